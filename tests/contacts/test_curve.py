"""The resolution curve: against R's survival, against each contact counted by hand, on every engine; what it refuses."""

import json
from datetime import timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

import cxstats as cx
from cxstats.datasets.synthetic.contacts import no_repeat
from cxstats.datasets.synthetic.truth import Truth
from cxstats.errors import ArgumentError, ColumnError, NoRowsError

REFERENCE = json.loads((Path(__file__).parent.parent / "reference" / "17_contacts.json").read_text())
COLUMNS = {"customer": "customer", "time": "time", "channel": "channel"}


@pytest.fixture(scope="module")
def contacts() -> pd.DataFrame:
    return cx.load_contacts()


def made(rows: list[tuple[str, float]], **more: object) -> cx.ContactLog:
    """Return a log of customers and the days of their contacts."""
    start = pd.Timestamp("2026-01-01")
    frame = pd.DataFrame({"who": [w for w, _ in rows], "at": [start + pd.Timedelta(days=d) for _, d in rows]})
    return cx.ContactLog(frame, customer="who", time="at", **more)


def test_it_is_kaplan_and_meiers_with_robust_errors_of_r(contacts: pd.DataFrame) -> None:
    whole = contacts.assign(time=contacts["time"].dt.normalize())
    log = cx.ContactLog(whole, **COLUMNS)
    watched = {"days": (1, 3, 7, 14), "where": cx.col("days_left") >= 1}
    all_of, by = cx.resolution_curve(log, **watched), cx.resolution_curve(log, **watched, by="channel")
    customers = REFERENCE["log"]["customers"][0]
    for name in ("all", "app", "branch", "phone", "web"):
        ours, theirs = all_of if name == "all" else by.pick(channel=name), REFERENCE[name]
        assert ours.n.tolist() == theirs["n"] * 4
        assert ours.values == pytest.approx(100 * np.asarray(theirs["survival"]), rel=1e-12)
        errors = 100 * np.asarray(theirs["se"]) * np.sqrt(customers / (customers - 1))  # R leaves n / (n - 1) out
        assert ours.std_error == pytest.approx(errors, rel=1e-6)


def test_it_finds_the_truth_of_the_sample(contacts: pd.DataFrame) -> None:
    """Repeats of customers who are not named go unseen, so the curve lies above the truth by as many at most."""
    found = cx.resolution_curve(cx.ContactLog(contacts, **COLUMNS))
    truth = np.asarray([100 * no_repeat(Truth(), days) for days in (1, 3, 7, 14, 30)])
    low, high = found.interval(0.99)
    unseen = contacts["customer"].isna().mean() * (100 - truth)
    assert (low <= truth + unseen).all()
    assert (truth <= high).all()


def test_each_contact_counted_by_hand(contacts: pd.DataFrame) -> None:
    some = contacts[contacts["customer"].isin(sorted(contacts["customer"].dropna().unique())[:400])]
    found = cx.resolution_curve(cx.ContactLog(some, **COLUMNS), days=(2, 10), washout=20)
    start, end = some["time"].min(), some["time"].max()
    bins = {k: [0, 0] for k in range(1, 11)}
    for _, one in some.groupby("customer"):
        times = sorted(one["time"])
        for i, at in enumerate(times):
            before = (at - times[i - 1]) / pd.Timedelta(days=1) if i else np.inf
            after = (times[i + 1] - at) / pd.Timedelta(days=1) if i + 1 < len(times) else np.inf
            if before <= 20 or (at - start) / pd.Timedelta(days=1) < 20:
                continue
            for k, counts in bins.items():
                if (end - at) / pd.Timedelta(days=1) >= k and after > k - 1:
                    counts[0] += 1
                    counts[1] += after <= k
    left = np.cumprod([1 - events / risk for risk, events in bins.values()])
    assert found.values == pytest.approx([100 * left[1], 100 * left[9]], rel=1e-12)
    assert found.n.tolist() == [bins[1][0]] * 2


ENGINES = {
    "polars": pl.from_pandas,
    "polars lazy": lambda frame: pl.from_pandas(frame).lazy(),
    "pyarrow": lambda frame: pl.from_pandas(frame).to_arrow(),
    "duckdb": duckdb.from_df,
    "in another order": lambda frame: frame.sample(frac=1, random_state=3),
}


@pytest.mark.parametrize("engine", ENGINES)
def test_engines_and_orders_agree(engine: str, contacts: pd.DataFrame) -> None:
    some = contacts.head(15_000)
    twice = pd.concat([some, some.iloc[5:9]])
    here, there = (cx.ContactLog(frame, **COLUMNS) for frame in (twice, ENGINES[engine](twice)))
    assert there.counts == here.counts
    assert here.counts["twice there"] == 4 - twice.iloc[-4:]["customer"].isna().sum()
    for options in ({"days": (1, 7)}, {"days": 7, "by": "channel", "where": cx.col("age") != "18-24"}):
        a, b = (cx.resolution_curve(log, **options) for log in (here, there))
        assert b.labels.astype(str).equals(a.labels.astype(str))
        assert b.values == pytest.approx(a.values, rel=1e-9)
        assert b.vcov == pytest.approx(a.vcov, rel=1e-9, abs=1e-15)
        assert b.n.tolist() == a.n.tolist()


def test_within_seven_days_means_at_most_seven_times_24_hours() -> None:
    log = made([("a", 30), ("a", 37), ("b", 30), ("b", 37 + 1 / 86_400), ("c", 0), ("c", 60)])
    found = cx.resolution_curve(log, days=7)
    assert found.n[0] == 3  # 37 days is no first contact of a; it is one of b; c's last is not watched
    assert found.values[0] == pytest.approx(100 * (1 - 1 / 3))


def test_a_contact_about_another_issue_is_no_repeat() -> None:
    start = pd.Timestamp("2026-01-01")
    rows = [
        ("x", 0, "bill"),
        ("a", 10, "bill"),
        ("a", 12, "order"),
        ("b", 10, "bill"),
        ("b", 12, "bill"),
        ("x", 40, "bill"),
    ]
    frame = pd.DataFrame(rows, columns=["who", "day", "about"])
    frame["at"] = start + pd.to_timedelta(frame["day"], unit="D")
    log = cx.ContactLog(frame, customer="who", time="at", issue="about")
    assert cx.resolution_curve(log, days=3, washout=5).values[0] == pytest.approx(100 * 2 / 3)
    assert cx.resolution_curve(log, days=3, washout=5, same_issue=False).values[0] == pytest.approx(0)


def test_the_naive_rate_is_too_high_in_the_newest_month(contacts: pd.DataFrame) -> None:
    log = cx.ContactLog(contacts, **COLUMNS)
    newest = cx.col("days_left") < 30
    survey = log.survey()
    first = cx.col("days_before").is_missing() | (cx.col("days_before") > 30)
    none = cx.col("days_after").is_missing() | (cx.col("days_after") > 30)
    naive = cx.measure(survey, cx.share(none), where=newest & first)
    right = cx.resolution_curve(log, days=30, where=newest).frame()
    whole = cx.resolution_curve(log, days=30)
    assert naive.values[0] > whole.values[0] + 3
    assert np.isnan(right["estimate"][0])
    assert "0 are watched so long" in right["note"][0]


def test_contrasts_of_groups_and_days_carry_shared_customers(contacts: pd.DataFrame) -> None:
    found = cx.resolution_curve(cx.ContactLog(contacts, **COLUMNS), days=(7, 30), by="channel")
    difference = found.pick(days=7).contrast({"channel": "phone"}, {"channel": "app"})
    assert np.isfinite(difference.std_error).all()
    assert found.vcov[0, 1] != 0
    assert (found.pick(days=30).values < found.pick(days=7).values).all()


def test_no_repeat_at_all_is_a_hundred_percent_with_an_interval() -> None:
    log = made([(f"c{i}", 10 + i / 50) for i in range(200)] + [("z", 0), ("z", 60)])
    found = cx.resolution_curve(log, days=(1, 7)).frame()
    assert found["estimate"].tolist() == [100, 100]
    assert (found["conf_low"] < 100).all()
    assert (found["conf_low"] > 95).all()


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"days": 40}, NoRowsError, "lasts 60.0 days, which is less than a washout of 40 and a window of 40"),
        ({"days": (7, 0)}, ArgumentError, r"days=\): a span above 0 such as '7D', .* is needed, not 0"),
        ({"days": "7"}, ArgumentError, r"days=\): a span above 0 such as '7D', .* is needed, not '7'"),
        ({"days": None}, ArgumentError, r"days=\): a span above 0 .* is needed, not None"),
        ({"days": True}, ArgumentError, r"days=\): a span above 0 .* is needed, not True"),
        ({"days": []}, ArgumentError, r"days=\): a window at least is needed, .* not \[\]"),
        ({"days": 7, "washout": -1}, ArgumentError, r"washout=\): a span of 0 or more .* is needed, not -1"),
        ({"days": 7, "by": "shop"}, ColumnError, r"by=\): no column 'shop'"),
        ({"days": 7, "same_issue": True}, ArgumentError, "needs issue="),
    ],
)
def test_bad_input_is_named(options: dict, error: type[Exception], said: str) -> None:
    log = made([("a", 0), ("a", 20), ("b", 10), ("b", 60)])
    with pytest.raises(error, match=said):
        cx.resolution_curve(log, **options)


@pytest.mark.parametrize(
    "span", [7, 7.0, np.int64(7), "7D", "168h", "1W", pd.Timedelta("7D"), timedelta(days=7), np.timedelta64(7, "D")]
)
def test_spans_have_one_grammar(contacts: pd.DataFrame, span: object) -> None:
    log = cx.ContactLog(contacts.head(3_000), **COLUMNS)
    found, wanted = cx.resolution_curve(log, span, "2D"), cx.resolution_curve(log, (7,), 2)
    assert found.labels["days"].tolist() == [7]
    assert [found.n[0], found.values[0]] == [wanted.n[0], wanted.values[0]]
    assert len(log.episodes(span)) == len(log.episodes("7D"))


@pytest.mark.parametrize("engine", ["pandas", *ENGINES])
def test_all_contacts_of_the_log_are_in_the_base_or_counted_under_a_reason(contacts: pd.DataFrame, engine: str) -> None:
    """Each contact once, under the first reason that holds, as counted by hand."""
    some = contacts.head(9_000).assign(channel=lambda f: f["channel"].where(f.index % 11 > 0))
    frame = some if engine == "pandas" else ENGINES[engine](some)
    log = cx.ContactLog(frame, **COLUMNS)
    found = cx.resolution_curve(log, (2, 7), 7, by="channel", where=cx.col("age") != "65+")
    rows = some[some["customer"].notna()].sort_values("time")
    before = rows.groupby("customer")["time"].diff() <= pd.Timedelta(days=7)
    early = rows["time"] - rows["time"].min() < pd.Timedelta(days=7)
    late = rows["time"].max() - rows["time"] < pd.Timedelta(days=1)
    stays, said = pd.Series(True, index=rows.index), []
    for why, gone in (
        ("outside where=", ~(rows["age"] != "65+") | rows["age"].isna()), ("not first contacts", before),
        ("in the first 7 days, so that one before is not known", early), ("watched for less than 1 day", late),
        ("without channel", rows["channel"].isna()),
    ):  # fmt: skip
        assert (stays & gone).sum() > 0
        said.append(f"{(stays & gone).sum():,} {why}")
        stays &= ~gone
    assert f"Left out of {len(rows):,} contacts: {', '.join(said)}." in repr(found)
    assert found.pick(days=7).n.sum() == stays.sum()


def test_a_curve_is_worth_no_more_than_its_first_contacts(contacts: pd.DataFrame) -> None:
    """Customers whose contacts are unlike each other make the variance smaller than that of a simple random sample."""
    days = [0, *(40 + 30 * k for k in range(8)), 300]
    rows = [(f"c{i}", d + (i % 7)) for i in range(200) for d in days[1:-1]]
    rows += [
        (f"c{i}", 40 + 30 * k + (i % 7) + 2)
        for i in range(200)
        for k in range(8)
        if (k + i) % 2 or (k == 0 and i % 9 == 0)
    ]
    found = cx.resolution_curve(made([*rows, ("z", 0), ("z", 300)]), days=(1, 7), washout=5)
    raw = found.values[1] * (100 - found.values[1]) / found.std_error[1] ** 2
    assert raw > 2 * found.n[1]
    assert (found.n_effective <= found.n).all()
    survey = cx.measure(pd.DataFrame({"held": [1] * 800 + [0] * 800}), cx.share(cx.col("held") == 1))
    assert np.diff(found.interval(), axis=0)[0, 1] == pytest.approx(np.diff(survey.interval(), axis=0)[0, 0], rel=0.02)


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize("psus", [0, 100_000], ids=["moments", "totals"])
def test_many_customers_stay_on_their_engine(
    contacts: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, engine: str, psus: int
) -> None:
    """Groups share customers: the covariance of their curves is asked for as moments of pairs."""
    monkeypatch.setattr("cxstats.inference.totals.FEW_PSUS", psus)
    table = pl.from_pandas(contacts[list(COLUMNS)])
    frame = table.lazy() if engine == "polars" else duckdb.from_arrow(table.to_arrow())
    whole, found = (
        cx.resolution_curve(cx.ContactLog(f, **COLUMNS), days=(1, 7, 30), by="channel") for f in (contacts, frame)
    )
    pd.testing.assert_frame_equal(found.frame(), whole.frame(), rtol=1e-9)
    np.testing.assert_allclose(found.vcov, whole.vcov, rtol=1e-9, atol=1e-12)
    one, two = (e.contrast({"channel": "app", "days": 7}, {"channel": "web", "days": 7}) for e in (whole, found))
    assert [two.values[0], two.std_error[0], two.df[0]] == pytest.approx([one.values[0], one.std_error[0], one.df[0]])


def test_groups_without_a_first_contact_are_said_and_none_at_all_is_refused(contacts: pd.DataFrame) -> None:
    log = cx.ContactLog(contacts, **COLUMNS)
    some = cx.resolution_curve(log, by="channel", where=cx.col("channel") != "app")
    assert some.labels["channel"].unique().tolist() == ["branch", "phone", "web"]
    with pytest.raises(NoRowsError, match=r"no first contact is left"):
        cx.resolution_curve(log, where=cx.col("channel") == "fax")


def test_all_who_come_again_leave_nobody() -> None:
    """S is 0 from there on, with the limits that nobody of those watched gives."""
    log = made([(w, 40 + i + d) for i, w in enumerate("abcdefgh") for d in (0, 2)] + [("z", 0), ("z", 150)])
    found = cx.resolution_curve(log, days=(1, 3, 7), where=cx.col("who") != "z")
    assert found.values.tolist() == [100.0, 0.0, 0.0]
    assert (found.interval()[1][1:] < 45).all()
    assert (found.interval()[0][:1] > 55).all()
