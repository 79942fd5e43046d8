"""Running totals: parts added up give what the whole gives, whatever lies in which part."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError, ColumnError, DataError
from cxstats.memory import MemoryFrame
from tests.inference.test_many import SCORES, alike, contacts, same

__all__ = ["contacts"]
DESIGNS: list[dict[str, Any]] = [
    {}, {"weight": "w"}, {"strata": "region", "weight": "w"}, {"psu": "customer"},
    {"psu": "customer", "strata": "region", "weight": "w", "fpc": "size"}, {"psu": "customer", "strata": "half", "nest": True},
]  # fmt: skip


def days(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Return four parts; customers lie in several."""
    of = np.random.default_rng(5).integers(0, 4, len(frame))
    return [frame[of == day] for day in range(4)]


@pytest.mark.parametrize("by", [None, ["half", "channel"]])
@pytest.mark.parametrize("where", [None, cx.col("x") > 100.5], ids=["all", "where"])
@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_parts_add_up_to_the_whole(
    contacts: pd.DataFrame, tmp_path: Path, design: dict[str, Any], where: Any, by: Any
) -> None:
    whole = cx.measure(cx.Survey(contacts, **design), SCORES, by=by, where=where)
    parts = [cx.totals(cx.Survey(day, **design), SCORES, by=by, where=where) for day in days(contacts)]
    alike(whole, sum(parts).estimate())
    files = [part.to_parquet(tmp_path / f"{i}.parquet") for i, part in enumerate(parts)]
    alike(whole, cx.read_totals(files).estimate())
    half = (parts[0] + parts[1]).to_parquet(tmp_path / "half.parquet")
    alike(whole, (cx.read_totals(half) + parts[2] + parts[3]).estimate())


@pytest.mark.parametrize("psus", [5, 100_000], ids=["many", "few"])
def test_files_of_totals_may_stay_on_their_engine(
    contacts: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, psus: int
) -> None:
    whole = cx.measure(cx.Survey(contacts, psu="customer"), SCORES, by="channel")
    files = [
        str(cx.totals(cx.Survey(day, psu="customer"), SCORES, by="channel").to_parquet(tmp_path / f"{i}.parquet"))
        for i, day in enumerate(days(contacts))
    ]
    monkeypatch.setattr("cxstats.inference.totals.FEW_PSUS", psus)
    alike(whole, cx.read_totals(duckdb.read_parquet(files)).estimate())
    alike(whole, cx.read_totals(pl.scan_parquet(files)).estimate())


@pytest.mark.parametrize("make", [pl.from_pandas, lambda f: duckdb.from_arrow(pl.from_pandas(f).to_arrow())])
def test_parts_on_an_engine_add_to_parts_in_memory(contacts: pd.DataFrame, make: Any) -> None:
    one, *rest = days(contacts)
    design = {"psu": "customer", "strata": "region"}
    found = cx.totals(cx.Survey(make(one), **design), SCORES, by="channel")
    for part in rest:
        found = found + cx.totals(cx.Survey(part, **design), SCORES, by="channel")
    alike(cx.measure(cx.Survey(contacts, **design), SCORES, by="channel"), found.estimate())


def test_contrasts_know_that_customers_lie_in_several_parts_and_groups(contacts: pd.DataFrame) -> None:
    parts = [cx.totals(cx.Survey(day, psu="customer"), cx.mean("x"), by="channel") for day in days(contacts)]
    found = sum(parts).estimate().contrast("app", "web")
    whole = cx.measure(cx.Survey(contacts, psu="customer"), cx.mean("x"), by="channel").contrast("app", "web")
    same([found.values[0], found.std_error[0], found.df[0]], [whole.values[0], whole.std_error[0], whole.df[0]])


def test_each_customer_is_written_once_in_a_group(contacts: pd.DataFrame, tmp_path: Path) -> None:
    parts = [cx.totals(cx.Survey(day, psu="customer"), cx.mean("x")) for day in days(contacts)]
    assert sum(len(part.frame()) for part in parts) > contacts["customer"].nunique()
    assert len(sum(parts).frame()) == contacts["customer"].nunique()


def test_numbers_and_categories_stay_labels(contacts: pd.DataFrame, tmp_path: Path) -> None:
    order = pd.CategoricalDtype(["web", "app", "phone"], ordered=True)
    frame = contacts.assign(channel=contacts["channel"].astype(order), year=2024 + contacts["customer"] % 2)
    by = ["year", "channel"]
    whole = cx.measure(cx.Survey(frame, psu="customer"), cx.mean("x"), by=by, where=cx.col("x") > 101)
    parts = [cx.totals(cx.Survey(d, psu="customer"), cx.mean("x"), by=by, where=cx.col("x") > 101) for d in days(frame)]
    files = [part.to_parquet(tmp_path / f"{i}.parquet") for i, part in enumerate(parts)]
    for found in (sum(parts).estimate(), cx.read_totals(files).estimate()):
        assert found.labels.astype(str).values.tolist() == whole.labels.astype(str).values.tolist()
        assert found.labels["year"].tolist() == whole.labels["year"].tolist()
    other = frame.assign(channel=frame["channel"].cat.reorder_categories(["app", "web", "phone"]))
    with pytest.raises(ArgumentError, match=r"column 'channel' has other categories"):
        (
            parts[0] + cx.totals(cx.Survey(other, psu="customer"), cx.mean("x"), by=by, where=cx.col("x") > 101)
        ).estimate()


def test_what_is_not_the_same_is_not_added(contacts: pd.DataFrame) -> None:
    survey = cx.Survey(contacts, psu="customer")
    base = cx.totals(survey, cx.csat("nps", scale=(0, 10), top=2), by="channel")
    for other, said in (
        (cx.totals(survey, cx.csat("nps", scale=(0, 10), top=3), by="channel"), r"different scores .* top 2 .* top 3"),
        (cx.totals(survey, cx.csat("nps", scale=(0, 10), top=2)), r"different groups .*channel.* and none"),
        (cx.totals(survey, cx.csat("nps", scale=(0, 10)), by="channel", where=cx.col("x") > 101), r"different domains"),
        (cx.totals(cx.Survey(contacts), cx.csat("nps", scale=(0, 10)), by="channel"), r"different designs"),
    ):
        with pytest.raises(ArgumentError, match=said):
            base + other
    with pytest.raises(ArgumentError, match=r"only totals can be added to totals, not Estimate"):
        base + cx.measure(survey, cx.mean("x"))
    one = cx.totals(survey, cx.mean("x", name="it"))
    with pytest.raises(ArgumentError, match=r"different scores"):
        one + cx.totals(survey, cx.mean("nps", name="it"))


def test_bad_input_is_refused_before_anything_is_added(contacts: pd.DataFrame, tmp_path: Path) -> None:
    survey = cx.Survey(contacts, psu="customer")
    with pytest.raises(ArgumentError, match=r"is a quantile, which is no function of totals"):
        cx.totals(survey, cx.quantile("x", 0.5))
    with pytest.raises(DataError, match=r"answers outside"):
        cx.totals(survey, cx.csat("nps", scale=(1, 5)))
    with pytest.raises(ColumnError, match=r"chanel.*channel"):
        cx.totals(survey, cx.mean("x"), by="chanel")
    with pytest.raises(ArgumentError, match=r"totals\(where=\)"):
        cx.totals(survey, cx.mean("x"), where="x > 3")  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match=r"begins with 'cx_'"):
        cx.totals(cx.Survey(contacts.rename(columns={"channel": "cx_channel"})), cx.mean("x"), by="cx_channel")
    contacts.to_parquet(tmp_path / "log.parquet")
    with pytest.raises(DataError, match=r"only what to_parquet\(\) of totals wrote"):
        cx.read_totals(tmp_path / "log.parquet")
    with pytest.raises(ArgumentError, match=r"no file is given"):
        cx.read_totals([])
    lines = cx.totals(survey, cx.mean("x")).frame()
    text = lines["cx_definition"].iloc[0]
    for spoilt in ("{}", text.replace('"error"', '"foo"'), text.replace('"mean"', '"xyz"'), text[:40]):
        with pytest.raises(DataError, match=r"is not one that totals wrote"):
            cx.read_totals(lines.assign(cx_definition=spoilt))


def test_a_write_that_fails_leaves_the_file_there_was(
    contacts: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = cx.totals(cx.Survey(contacts), cx.mean("x")).to_parquet(tmp_path / "x.parquet")
    before = path.read_bytes()

    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    with pytest.raises(OSError, match="disk full"):
        cx.totals(cx.Survey(contacts.head(50)), cx.mean("x")).to_parquet(path)
    assert path.read_bytes() == before


def test_totals_tell_what_they_hold(contacts: pd.DataFrame) -> None:
    parts = [cx.totals(cx.Survey(day, psu="customer"), SCORES[:2], by="channel") for day in days(contacts)]
    assert repr(sum(parts)) == (
        "<RunningTotals of mean, first_contact_resolution by channel: 2,000 rows in 4 parts; clusters customer>"
    )


def test_sample_data_stays_marked() -> None:
    log = cx.load_contacts().dropna(subset="customer")
    found = cx.totals(cx.Survey(log, psu="customer"), cx.mean("wait"))
    assert "synthetic sample data" in repr(found)
    assert found.estimate().synthetic == "synthetic sample data"


def test_numbers_far_from_zero_keep_their_digits() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"x": 1e9 + rng.normal(0, 1, 1000)})
    whole = cx.measure(frame, cx.mean("x"))
    found = (cx.totals(frame.iloc[:300], cx.mean("x")) + cx.totals(frame.iloc[300:], cx.mean("x"))).estimate()
    same(found.std_error, whole.std_error, rtol=1e-6)


def named(frame: pd.DataFrame, part: str) -> cx.RunningTotals:
    return cx.totals(cx.Survey(frame, psu="customer"), SCORES[:2], by="channel", part=part)


def test_a_part_with_a_name_is_not_counted_twice(contacts: pd.DataFrame, tmp_path: Path) -> None:
    one, two, three, _ = (named(day, f"day {i}") for i, day in enumerate(days(contacts)))
    again = named(days(contacts)[1].sample(frac=1, random_state=1), "day 1")
    both = cx.read_totals((one + two).to_parquet(tmp_path / "both.parquet"))
    for running in (one + two, both, one + three + two):
        with pytest.raises(ArgumentError, match=r"hold part 'day 1' already"):
            running + again
        with pytest.raises(ArgumentError, match=r"hold part 'day 1' already"):
            again + running
    two.to_parquet(tmp_path / "two.parquet")
    files = [str(tmp_path / f"{name}.parquet") for name in ("both", "two")]
    for lake in (duckdb.read_parquet(files), pl.scan_parquet(files), pd.read_parquet(tmp_path)):
        with pytest.raises(ArgumentError, match=r"hold part 'day 1' already"):
            cx.read_totals(lake)
    for odd in ("", "#1", 3):
        with pytest.raises(ArgumentError, match=r"totals\(part=\): a name"):
            cx.totals(contacts, cx.mean("x"), part=odd)  # type: ignore[arg-type]


def test_two_days_may_be_alike_but_it_is_said(contacts: pd.DataFrame, tmp_path: Path) -> None:
    """Small units answer alike on two days: equal sums do not prove that a part is there twice."""
    day = pd.DataFrame({"customer": ["a", "b", "c"], "resolved": [1, 1, 0]})
    score = cx.first_contact_resolution("resolved")
    monday, tuesday = (cx.totals(cx.Survey(day, psu="customer"), score) for _ in range(2))
    kept = cx.read_totals((monday + tuesday).to_parquet(tmp_path / "kept.parquet"))
    for one in ((monday + tuesday).estimate(), kept.estimate()):
        assert "1 of the parts hold the same sums as another" in repr(one)
        alike(cx.measure(cx.Survey(pd.concat([day, day]), psu="customer"), score), _without_remark(one))
    assert "hold the same sums" not in repr((named(contacts, "a")).estimate())


def _without_remark(found: cx.Estimate) -> cx.Estimate:
    found._origin = replace(found._origin, left_out=found._origin.left_out[:-1])
    return found


def test_lines_that_are_there_twice_or_lost_are_noticed(contacts: pd.DataFrame) -> None:
    lines = cx.totals(cx.Survey(contacts, psu="customer"), cx.mean("x")).frame()
    for spoilt in (pd.concat([lines, lines]), lines.iloc[5:]):
        with pytest.raises(DataError, match=r"a file is there twice, or not whole"):
            cx.read_totals(spoilt)


@pytest.mark.parametrize("design", [{}, {"psu": "customer"}], ids=str)
def test_a_first_part_without_an_answer_does_not_take_the_digits(design: dict[str, Any]) -> None:
    rng = np.random.default_rng(6)
    frame = pd.DataFrame({"customer": np.arange(800) // 2, "y": 1e7 + rng.normal(0, 1, 800), "day": np.arange(800) % 4})
    where = cx.col("day") >= 1
    parts = [cx.totals(cx.Survey(frame[frame["day"] == d], **design), cx.mean("y"), where=where) for d in range(4)]
    whole = cx.measure(cx.Survey(frame, **design), cx.mean("y"), where=where)
    same(sum(parts).estimate().std_error, whole.std_error, rtol=1e-6)


def test_a_group_of_one_answer_beside_many_psus_on_their_engine(
    contacts: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = contacts.assign(channel=np.where(np.arange(len(contacts)) == 7, "fax", contacts["channel"]))
    whole = cx.measure(cx.Survey(one, psu="customer", weight="w"), cx.share(cx.col("x") > 101), by="channel")
    score = cx.share(cx.col("x") > 101)
    files = [
        str(
            cx.totals(cx.Survey(day, psu="customer", weight="w"), score, by="channel").to_parquet(
                tmp_path / f"{i}.parquet"
            )
        )
        for i, day in enumerate(days(one))
    ]
    monkeypatch.setattr("cxstats.inference.totals.FEW_PSUS", 5)
    pd.testing.assert_frame_equal(cx.read_totals(duckdb.read_parquet(files)).estimate().frame(), whole.frame())


@pytest.mark.parametrize(
    ("one", "two"),
    [(2025, "2025"), (1, 1.5), (True, 1), (pd.Timestamp("2026-01-01"), pd.Timestamp("2026-01-01").date())],
    ids=str,
)
def test_groups_have_one_name_in_all_parts(one: Any, two: Any) -> None:
    parts = [cx.totals(pd.DataFrame({"g": [label, label], "x": [1, 2]}), cx.mean("x"), by="g") for label in (one, two)]
    with pytest.raises(ArgumentError, match=r"column 'g' holds .* in one part, .* in another"):
        parts[0] + parts[1]


@pytest.mark.parametrize("design", [{}, {"weight": "w"}, {"psu": "customer", "weight": "w"}], ids=str)
def test_a_share_of_100_borrows_what_it_would_borrow_of_the_whole(
    contacts: pd.DataFrame, design: dict[str, Any]
) -> None:
    one = contacts.assign(r=np.where(contacts["channel"] == "app", 1.0, contacts["r"].fillna(0)))
    score = cx.first_contact_resolution("r")
    whole = cx.measure(cx.Survey(one, **design), score, by="channel")
    assert whole.frame()["estimate"].max() == pytest.approx(100)
    alike(whole, sum(cx.totals(cx.Survey(day, **design), score, by="channel") for day in days(one)).estimate())
    all_yes = one.assign(r=1.0)  # in the whole, too: Kish's effect of the weights is borrowed
    whole = cx.measure(cx.Survey(all_yes, **design), score)
    alike(whole, sum(cx.totals(cx.Survey(day, **design), score) for day in days(all_yes)).estimate())


def log_of(frame: pd.DataFrame) -> cx.ContactLog:
    return cx.ContactLog(frame, customer="customer", time="time")


def test_what_looks_on_to_other_rows_is_parted_by_customer_not_by_day() -> None:
    contacts = cx.load_contacts().head(6000)
    again = cx.share(cx.col("days_after") <= 7)
    half = contacts["time"] < contacts["time"].median()
    old, new = (cx.totals(log_of(contacts[part]), again) for part in (half, ~half))
    with pytest.raises(ArgumentError, match=r"PSUs lie in both parts \(such as 'c\d+'\).* by customer, not by day"):
        old + new
    first = contacts["customer"].fillna("") < "c05"
    parts = [cx.totals(log_of(contacts[part]), again) for part in (first, ~first)]
    found, whole = sum(parts).estimate(), cx.measure(log_of(contacts), again)
    same([found.values[0], found.std_error[0], found.df[0]], [whole.values[0], whole.std_error[0], whole.df[0]])
    waits = [
        cx.totals(log_of(contacts[part]), cx.mean("wait")) for part in (half, ~half)
    ]  # a wait is the contact's own
    same(sum(waits).estimate().std_error, cx.measure(log_of(contacts), cx.mean("wait")).std_error)


def test_what_the_logs_left_out_adds_up(tmp_path: Path) -> None:
    contacts = cx.load_contacts().head(6000)
    parts = [cx.totals(log_of(contacts.iloc[i::5]), cx.mean("wait")) for i in range(5)]
    gone = int(contacts["customer"].isna().sum())
    files = [part.to_parquet(tmp_path / f"{i}.parquet") for i, part in enumerate(parts)]
    running = cx.read_totals(sum(parts[:3]).to_parquet(tmp_path / "three.parquet")) + parts[3] + parts[4]
    every = (
        sum(parts),
        cx.read_totals(files),
        cx.read_totals(str(tmp_path / "?.parquet").replace("?", "[0-4]*")),
        running,
    )
    for found in every:
        assert f"Left out of 6,000 rows: {gone} without a customer." in repr(found.estimate())


def test_one_psu_has_one_name_in_all_parts(contacts: pd.DataFrame) -> None:
    one = cx.totals(cx.Survey(contacts, psu="customer"), cx.mean("x"))
    two = cx.totals(cx.Survey(contacts.assign(customer=contacts["customer"].astype(str)), psu="customer"), cx.mean("x"))
    with pytest.raises(ArgumentError, match=r"column 'customer' holds text in one part, whole number in another"):
        one + two


def test_files_that_cannot_be_read_are_named(contacts: pd.DataFrame, tmp_path: Path) -> None:
    path = cx.totals(contacts, cx.mean("x")).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(ArgumentError, match=r"'a.parquet' is given twice"):
        cx.read_totals([path, str(path)])
    with pytest.raises(DataError, match=r"b\.parquet cannot be read as Parquet"):
        cx.read_totals(tmp_path / "b.parquet")
    (tmp_path / "c.parquet").write_bytes(path.read_bytes()[:100])
    with pytest.raises(DataError, match=r"c\.parquet cannot be read as Parquet"):
        cx.read_totals(tmp_path / "c.parquet")
    with pytest.raises(ColumnError, match=r"totals\(by=\): no column 'chanel'"):
        cx.totals(contacts, cx.mean("x"), by="chanel")


def test_days_into_a_log_are_counted_from_one_start_in_all_parts(tmp_path: Path) -> None:
    contacts = cx.load_contacts().head(6000)
    first, watched = contacts["customer"].fillna("") < "c05", (cx.col("days_in") >= 7) & (cx.col("days_left") >= 7)
    halves, score = [contacts[first], contacts[~first]], cx.share(cx.col("channel") == "phone")
    apart = [cx.totals(log_of(half), score, where=watched) for half in halves]
    with pytest.raises(
        ArgumentError, match=r"count days_in and days_left from different times: give both start= and end="
    ):
        apart[0] + apart[1]
    span = {"start": "2024-10-01", "end": "2025-12-31"}
    told = [cx.ContactLog(f, customer="customer", time="time", **span) for f in (*halves, contacts)]
    parts = [cx.totals(log, score, where=watched) for log in told[:2]]
    alike(cx.measure(told[2], score, where=watched), sum(parts).estimate())
    files = [part.to_parquet(tmp_path / f"{i}.parquet") for i, part in enumerate((*apart, *parts))]
    with pytest.raises(ArgumentError, match=r"count days_in and days_left from different times"):
        cx.read_totals(files[:2])
    alike(cx.measure(told[2], score, where=watched), (cx.read_totals(files[2]) + parts[1]).estimate())
    with pytest.raises(DataError, match=r"said to begin at .* but holds a contact at 2024-10-01"):
        cx.ContactLog(contacts, customer="customer", time="time", start="2024-11-01")


def test_each_part_is_asked_once_however_many_there_are(
    contacts: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A year of days is added up in no time: what a part is asked at one addition is not asked again at the next."""
    frame = contacts.assign(day=np.arange(len(contacts)) % 40)
    parts = [cx.totals(cx.Survey(day, psu="customer"), cx.mean("x"), by="channel") for _, day in frame.groupby("day")]
    passes: list[Any] = []
    sums = MemoryFrame.sums

    def counted(self: MemoryFrame, plan: Any) -> Any:
        passes.append(plan)
        return sums(self, plan)

    monkeypatch.setattr(MemoryFrame, "sums", counted)
    found = sum(parts)
    assert len(passes) <= 3 * len(parts)
    monkeypatch.undo()
    alike(cx.measure(cx.Survey(frame, psu="customer"), cx.mean("x"), by="channel"), found.estimate())
