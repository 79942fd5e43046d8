"""Channel switches against a loop over each customer's contacts, on every engine; what they refuse."""

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError, ColumnError, NoColumnError, NoRowsError
from tests.contacts.logs import ENGINES, START, clustered_error

LOG = {
    "customer": "who", "time": "at", "issue": "about", "channel": "how",
}  # fmt: skip


def contacts(seed: int = 1, size: int = 900) -> pd.DataFrame:
    """Return contacts of 150 customers, with issues and channels."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "who": rng.choice([f"c{k}" for k in range(150)], size),
            "at": START + rng.permutation(size * 3)[:size] * pd.Timedelta(hours=1.5),
            "about": rng.choice(["bill", "order"], size),
            "how": rng.choice(["phone", "web", "app"], size, p=[0.5, 0.3, 0.2]),
        }
    )


def followed(frame: pd.DataFrame, days: float, by: list[str]) -> pd.DataFrame:
    """Return for each contact the channel of the next within so many days, by a loop over each customer's contacts."""
    end, rows = frame["at"].max(), []
    for _, life in frame.sort_values("at").groupby(by):
        lived = life.to_dict("records")
        for i, one in enumerate(lived):
            after = lived[i + 1] if i + 1 < len(lived) else None
            near = after is not None and after["at"] - one["at"] <= pd.Timedelta(days=days)
            censored = after is None and end - one["at"] < pd.Timedelta(days=days)
            rows.append({**one, "next": after["how"] if near else None, "near": near, "censored": censored})
    return pd.DataFrame(rows)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("same_issue", [True, False])
def test_switches_are_those_of_a_loop(engine: str, same_issue: bool) -> None:
    frame = contacts(7)
    frame.loc[::40, "how"] = None
    found = cx.channel_switches(cx.ContactLog(ENGINES[engine](frame), **LOG), "10D", same_issue=same_issue)
    pairs = followed(frame, 10, ["who", "about"] if same_issue else ["who"])
    assert found.labels.columns.tolist() == ["metric", "channel", "next_channel"]
    assert found.labels[["channel", "next_channel"]].to_numpy().tolist() == [
        [a, b] for a in ("app", "phone", "web") for b in ("app", "phone", "web")
    ]
    known = pairs[pairs["next"].notna()]
    for i, (channel, after) in enumerate(found.labels[["channel", "next_channel"]].itertuples(index=False)):
        base = known[known["how"] == channel]
        assert found.n[i] == len(base)
        assert found.values[i] == pytest.approx(100 * (base["next"] == after).mean(), rel=1e-12)
        score = (pairs["next"] == after).astype(float).where((pairs["how"] == channel) & pairs["next"].notna())
        assert found.std_error[i] == pytest.approx(clustered_error(score, pairs["who"]), rel=1e-9)
    assert found.values.reshape(3, 3).sum(axis=1) == pytest.approx([100] * 3)
    told = pairs[pairs["how"].notna()]
    assert f"{told['censored'].sum()} followed by none so far, watched for less than the window (censored)" in repr(
        found
    )
    assert f"{(~told['near'] & ~told['censored']).sum()} followed by none within 10 days" in repr(found)
    assert f"{(told['near'] & told['next'].isna()).sum()} whose next has no how" in repr(found)
    assert f"{pairs['how'].isna().sum()} without how" in repr(found)


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
def test_switches_by_group_with_one_covariance(engine: str) -> None:
    frame = contacts(8)
    log = cx.ContactLog(ENGINES[engine](frame), customer="who", time="at", channel="how")
    found = cx.channel_switches(log, 20, by="about")
    pairs = followed(frame, 20, ["who"])
    for about, channel, after in found.labels[["about", "channel", "next_channel"]].itertuples(index=False):
        base = pairs[(pairs["about"] == about) & (pairs["how"] == channel) & pairs["near"]]
        one = found.pick(about=about, channel=channel, next_channel=after)
        assert one.n[0] == len(base)
        assert one.values[0] == pytest.approx(100 * (base["next"] == after).mean(), rel=1e-12)
    assert found.values.reshape(-1, 3).sum(axis=1) == pytest.approx([100] * 6)
    assert found.vcov.reshape(6, 3, 18).sum(axis=1) == pytest.approx(np.zeros((6, 18)), abs=1e-9)
    stays = found.pick(about="bill").contrast({"channel": "phone"}, {"channel": "web"})
    assert np.isfinite(stays.std_error).all()


def test_next_channels_of_all_kinds() -> None:
    """Channels by number, by true and false, and in the order of categories; the next of a shop that no one left is there."""
    frame = contacts(9)
    at = {"customer": "who", "time": "at", "channel": "how"}
    words = cx.channel_switches(cx.ContactLog(frame, **at))
    number = frame.assign(how=frame["how"].map({"app": 1, "phone": 2, "web": 3}))
    for native in (number, pl.from_pandas(number), duckdb.from_df(number)):
        found = cx.channel_switches(cx.ContactLog(native, **at))
        assert found.values == pytest.approx(words.values)
        assert found.labels["next_channel"].tolist() == [1, 2, 3] * 3
    ordered = frame.assign(how=pd.Categorical(frame["how"], ["web", "phone", "app"]))
    found = cx.channel_switches(cx.ContactLog(ordered, **at))
    assert found.labels["next_channel"].tolist() == ["web", "phone", "app"] * 3
    assert found.values == pytest.approx(words.values[::-1])
    truth = frame.assign(how=frame["how"] == "web")
    assert cx.channel_switches(cx.ContactLog(truth, **at)).labels["next_channel"].tolist() == [False, True] * 2
    last = pd.DataFrame({"who": ["a"] * 2 + ["b"] * 2 + ["c"], "how": ["x", "y", "x", "x", "y"]})
    last["at"] = START + pd.to_timedelta([0, 2, 1, 5, 9], unit="D")
    found = cx.channel_switches(cx.ContactLog(last, **at), "4D").frame()
    assert found["estimate"].tolist()[:2] == [50.0, 50.0]
    assert found["n"].tolist() == [2, 2, 0, 0]
    assert found["note"].tolist()[2:] == ["no answers"] * 2


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"within": "7 apples"}, ArgumentError, r"channel_switches\(within=\): a span above 0"),
        ({"within": "999D"}, NoRowsError, r"within='999D'\): the log lasts .* days, less than the window"),
        (
            {"within": "1 min"},
            NoRowsError,
            "no contact is followed by another within 0.000694444 days; left out of 900",
        ),
        ({"by": "how"}, ArgumentError, r"by='how'\): the channels of both contacts are labels already"),
        ({"by": "next_channel"}, ArgumentError, "labels already"),
        ({"by": "shop"}, NoColumnError, r"by=\): no column 'shop'"),
    ],
)
def test_bad_switches_are_named(options: dict, error: type[Exception], said: str) -> None:
    log = cx.ContactLog(contacts(), **LOG)
    with pytest.raises(error, match=said):
        cx.channel_switches(log, **options)


def test_columns_that_are_no_channels_are_named() -> None:
    frame = contacts()
    at = {"customer": "who", "time": "at"}
    with pytest.raises(NoColumnError, match="the log has no channels"):
        cx.channel_switches(cx.ContactLog(frame, **at))
    with pytest.raises(ArgumentError, match="more than 30 channels"):
        cx.channel_switches(cx.ContactLog(frame.assign(how=[f"h{k}" for k in range(900)]), **at, channel="how"), 60)
    with pytest.raises(ColumnError, match=r"holds time .* where names of channels are needed"):
        cx.channel_switches(cx.ContactLog(frame.assign(how=frame["at"]), **at, channel="how"))
    with pytest.raises(ArgumentError, match="has a column 'next_how' of its own"):
        cx.channel_switches(cx.ContactLog(frame.assign(next_how="x"), **at, channel="how"))
    with pytest.raises(ArgumentError, match="same_issue=True needs issue="):
        cx.channel_switches(cx.ContactLog(frame, **at, channel="how"), same_issue=True)
    with pytest.raises(ArgumentError, match="a ContactLog is needed"):
        cx.channel_switches(frame)
    with pytest.raises(NoColumnError, match=r"survey\(carry=\): no column 'shop'"):
        cx.ContactLog(frame, **at).survey(carry=["shop"])
