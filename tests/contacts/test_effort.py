"""Forced effort against counts by hand, on every engine; what it refuses."""

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError, ColumnError, DataError, NoColumnError
from tests.contacts.logs import ENGINES, START, clustered_error

LOG = {
    "customer": "who", "time": "at", "issue": "about", "channel": "how", "wait": "wait", "transferred": "moved",
    "abandoned": "left",
}  # fmt: skip
ASKED = {"long_wait": 10, "repeated": "again", "self_service": "tried", "promised": "promise", "kept": "held"}


def contacts(seed: int = 1, size: int = 900) -> pd.DataFrame:
    """Return contacts of 150 customers, with yes/no of all kinds and some of them missing."""
    rng = np.random.default_rng(seed)
    promise = rng.choice(["yes", "no", None], size, p=[0.3, 0.65, 0.05])
    return pd.DataFrame(
        {
            "who": rng.choice([f"c{k}" for k in range(150)], size),
            "at": START + rng.permutation(size * 3)[:size] * pd.Timedelta(hours=1.5),
            "about": rng.choice(["bill", "order"], size),
            "how": rng.choice(["phone", "web", "app"], size, p=[0.5, 0.3, 0.2]),
            "wait": rng.choice([0.0, 4.5, 10.0, 10.5, 30.0, np.nan], size),
            "moved": rng.choice(["yes", "no"], size, p=[0.2, 0.8]),
            "left": pd.array(rng.choice([True, False], size, p=[0.1, 0.9]), dtype="boolean"),
            "again": rng.choice([1.0, 0.0, np.nan], size, p=[0.2, 0.7, 0.1]),
            "tried": pd.array(rng.choice([True, False, None], size), dtype="boolean"),
            "promise": promise,
            "held": np.where(promise == "yes", rng.choice(["yes", "no", None], size, p=[0.6, 0.3, 0.1]), None),
        }
    )


def by_hand(frame: pd.DataFrame) -> dict[str, pd.Series]:
    """Return each kind of effort as 1, 0 and NaN, a contact at a time."""
    word = {"yes": 1.0, "no": 0.0, True: 1.0, False: 0.0}  # 1 and 0 are found as True and False
    as_number = lambda name: pd.Series([word.get(v, np.nan) if not pd.isna(v) else np.nan for v in frame[name]])  # noqa: E731
    kinds = {
        "transferred": as_number("moved"),
        "information_repeated": as_number("again"),
        "long_wait": pd.Series([np.nan if np.isnan(w) else float(w > 10) for w in frame["wait"]]),
        "self_service_failed": as_number("tried"),
        "promise_broken": (1 - as_number("held")).where(as_number("promise") == 1),
        "abandoned": as_number("left"),
    }
    broken = kinds["promise_broken"].mask(as_number("promise") == 0, 0.0)  # what was not promised is not broken
    every = pd.DataFrame({**kinds, "promise_broken": broken})
    kinds["any"] = every.max(axis=1).where(every.notna().all(axis=1))
    return kinds


@pytest.mark.parametrize("engine", ENGINES)
def test_each_kind_is_the_share_counted_by_hand(engine: str) -> None:
    frame = contacts()
    found = cx.forced_effort(cx.ContactLog(ENGINES[engine](frame), **LOG), **ASKED)
    wanted = by_hand(frame)
    assert found.labels["metric"].tolist() == list(wanted)
    assert found.n.tolist() == [score.notna().sum() for score in wanted.values()]
    assert found.values == pytest.approx([100 * score.mean() for score in wanted.values()], rel=1e-12)
    assert found.std_error == pytest.approx([clustered_error(s, frame["who"]) for s in wanted.values()], rel=1e-9)


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
def test_groups_and_domains(engine: str) -> None:
    frame = contacts(2)
    log = cx.ContactLog(ENGINES[engine](frame), **LOG)
    found = cx.forced_effort(log, **ASKED, by="how", where=cx.col("about") == "bill")
    for name, score in by_hand(frame).items():
        for how in ("app", "phone", "web"):
            chosen = score[((frame["how"] == how) & (frame["about"] == "bill")).to_numpy()]
            one = found.pick(metric=name, how=how)
            assert one.n[0] == chosen.notna().sum()
            assert one.values[0] == pytest.approx(100 * chosen.mean(), rel=1e-12)


def test_kinds_are_compared_with_their_joint_covariance() -> None:
    frame = contacts(3)
    found = cx.forced_effort(cx.ContactLog(frame, **LOG), **ASKED)
    kinds = by_hand(frame)
    both = found.contrast({"metric": "transferred"}, {"metric": "abandoned"})
    assert both.values[0] == pytest.approx(100 * (kinds["transferred"] - kinds["abandoned"]).mean(), rel=1e-12)
    assert both.std_error[0] == pytest.approx(
        clustered_error(kinds["transferred"] - kinds["abandoned"], frame["who"]), rel=1e-9
    )
    assert found.test(cx.above(50)).set_index("metric")["verdict"]["any"] == "supported"


def test_a_kind_is_there_if_its_column_is() -> None:
    frame = contacts(4)
    bare = {"customer": "who", "time": "at"}
    only = cx.forced_effort(cx.ContactLog(frame, **bare, transferred="moved"))
    assert only.labels["metric"].tolist() == ["transferred"]
    waits = cx.forced_effort(cx.ContactLog(frame, **bare, wait="wait"), long_wait=4.5, repeated="again")
    assert waits.labels["metric"].tolist() == ["information_repeated", "long_wait", "any"]
    assert waits.pick(metric="long_wait").values[0] == pytest.approx(100 * (frame["wait"].dropna() > 4.5).mean())
    assert cx.forced_effort(cx.ContactLog(frame, **bare, wait="wait", abandoned="left")).labels["metric"].tolist() == [
        "abandoned"
    ]


def test_of_promises_kept_alone_no_answer_means_that_none_was_made() -> None:
    frame = contacts(5)
    log = cx.ContactLog(frame, customer="who", time="at", transferred="moved")
    found = cx.forced_effort(log, kept="held")
    assert found.pick(metric="promise_broken").values[0] == pytest.approx(100 * (frame["held"].dropna() == "no").mean())
    assert found.pick(metric="any").n[0] == len(frame)
    either = (frame["held"] == "no") | (frame["moved"] == "yes")
    assert found.pick(metric="any").values[0] == pytest.approx(100 * either.mean())


def test_what_is_left_out_is_said() -> None:
    frame = contacts(6)
    frame.loc[:9, "who"] = ""
    found = cx.forced_effort(cx.ContactLog(frame, **LOG), **ASKED)
    known = ((frame["promise"] == "yes") & frame["held"].notna())[10:].sum()
    assert "Left out of 900 rows: 10 of nobody." in repr(found)
    assert f"{890 - known} without a promised follow-up of which it is known whether it was kept" in repr(found)
    sample = cx.ContactLog(cx.load_contacts(), customer="customer", time="time", transferred="transferred")
    assert "Synthetic sample data" in repr(cx.forced_effort(sample))


@pytest.mark.parametrize(
    ("change", "options", "error", "said"),
    [
        (
            {},
            {"repeated": "agian"},
            NoColumnError,
            r"forced_effort\(repeated=\): no column 'agian'. Did you mean 'again'",
        ),
        (
            {"again": "often"},
            {"repeated": "again"},
            DataError,
            r"repeated=\): column 'again' holds 'often', where yes or no",
        ),
        ({"again": 3}, {"repeated": "again"}, DataError, r"holds 3, where 1 for yes or 0 for no"),
        (
            {"moved": START},
            {},
            ColumnError,
            r"log, transferred=\): column 'moved' holds time .*where yes or no is needed",
        ),
        ({}, {"promised": "promise"}, ArgumentError, r"promised='promise'\): kept= is needed"),
        ({}, {"long_wait": -1}, ArgumentError, r"long_wait=\): a number of minutes, 0 or more, is needed, not -1"),
        ({}, {"long_wait": "10"}, ArgumentError, "not '10'"),
        ({}, {"long_wait": True}, ArgumentError, "not True"),
        (
            {"wait": "ten"},
            {"long_wait": 10},
            ColumnError,
            r"column 'wait' holds text .*'ten'.*where minutes are needed",
        ),
        (
            {"wait": [-1.0] * 3 + [2.0] * 897},
            {"long_wait": 10},
            DataError,
            "long_wait: 3 negative waits in column 'wait'",
        ),
        ({}, {"by": "shop"}, NoColumnError, r"by=\): no column 'shop'"),
        ({}, {"where": "phone"}, ArgumentError, "a condition such as"),
    ],
)
def test_bad_input_is_named(change: dict, options: dict, error: type[Exception], said: str) -> None:
    log = cx.ContactLog(contacts().assign(**change), **LOG)
    with pytest.raises(error, match=said):
        cx.forced_effort(log, **options)


def test_without_any_kind_of_effort_there_is_nothing_to_measure() -> None:
    frame = contacts()
    with pytest.raises(ArgumentError, match=r"no kind of effort is named\. Give the log its transferred="):
        cx.forced_effort(cx.ContactLog(frame, customer="who", time="at"))
    with pytest.raises(NoColumnError, match=r"long_wait=5\): the log has no waits"):
        cx.forced_effort(cx.ContactLog(frame, customer="who", time="at"), long_wait=5)
    with pytest.raises(ArgumentError, match="a ContactLog is needed, not a DataFrame"):
        cx.forced_effort(frame)
