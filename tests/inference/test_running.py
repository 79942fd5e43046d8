"""Running totals: parts added up give what the whole gives, whatever lies in which part."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError, ColumnError, DataError
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
    spoilt = cx.totals(survey, cx.mean("x")).frame().assign(cx_definition="{}")
    with pytest.raises(DataError, match=r"is not one that totals wrote"):
        cx.read_totals(spoilt)


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


@pytest.mark.parametrize("make", [lambda f: f, lambda f: duckdb.from_arrow(pl.from_pandas(f).to_arrow())])
def test_a_part_is_not_counted_twice(contacts: pd.DataFrame, tmp_path: Path, make: Any) -> None:
    one, two, *_ = (cx.totals(cx.Survey(make(day), psu="customer"), SCORES, by="channel") for day in days(contacts))
    again = cx.totals(cx.Survey(make(days(contacts)[1]), psu="customer"), SCORES, by="channel")
    both = cx.read_totals((one + two).to_parquet(tmp_path / "running.parquet"))
    for running in (one + two, both):
        with pytest.raises(ArgumentError, match=r"1 of the parts to be added.* in the totals already"):
            running + again
        with pytest.raises(ArgumentError, match=r"in the totals already"):
            again + running
    rows = cx.totals(pd.DataFrame({"x": [1, 1]}), cx.mean("x"))  # days without names may well be alike
    assert (rows + cx.totals(pd.DataFrame({"x": [1, 1]}), cx.mean("x"))).estimate().n.tolist() == [4]


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
    with pytest.raises(ArgumentError, match=r"column 'customer' holds number in one part, text in another"):
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
