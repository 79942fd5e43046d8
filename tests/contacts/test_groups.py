"""What a caller names in by= and where=: periods made of the times, groups by the thousand, conditions that are none."""

from collections.abc import Callable
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError, ColumnError, NoColumnError, NoRowsError
from tests.contacts.logs import DAY, START

LOG = {"customer": "customer", "time": "time", "channel": "channel", "transferred": "transferred"}
ENGINES: dict[str, Callable[[pd.DataFrame], Any]] = {
    "pandas": lambda frame: frame,
    "polars lazy": lambda frame: pl.from_pandas(frame).lazy(),
    "duckdb": duckdb.from_df,
}


@pytest.fixture(scope="module")
def contacts() -> pd.DataFrame:
    return cx.load_contacts().drop(columns="quarter").query("time < '2025-05-11'").reset_index(drop=True)


def log_of(contacts: pd.DataFrame, engine: str) -> cx.ContactLog:
    return cx.ContactLog(ENGINES[engine](contacts), **LOG)


# --- periods ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
def test_a_curve_by_a_period_is_that_of_a_column_of_it(engine: str, contacts: pd.DataFrame) -> None:
    log = log_of(contacts, engine)
    for period, code in (("quarter", "Q"), ("month", "M")):
        told = contacts.assign(told=contacts["time"].dt.to_period(code).astype(str))
        found, wanted = (
            cx.resolution_curve(log, 7, by=period),
            cx.resolution_curve(cx.ContactLog(told, **LOG), 7, by="told"),
        )
        assert found.labels[period].tolist() == wanted.labels["told"].tolist()
        assert found.values == pytest.approx(wanted.values, rel=1e-12)
        assert found.vcov == pytest.approx(wanted.vcov, rel=1e-9, abs=1e-12)
    assert "first and the last month, seen in part: 2024-10 from 2024-10-08 on and 2025-05 until 2025-05-10." in repr(
        found
    )
    by_two = cx.resolution_curve(log, 7, by=["channel", "quarter"])
    assert by_two.labels[["channel", "quarter"]].drop_duplicates().shape == (12, 2)


def test_periods_that_are_whole_are_not_said_to_be_in_part() -> None:
    frame = pd.DataFrame(
        {"who": [f"c{k}" for k in range(900)], "at": pd.date_range(START, START + 89.99 * DAY, periods=900)}
    )
    log = cx.ContactLog(frame, customer="who", time="at")
    assert "seen in part" not in repr(cx.resolution_curve(log, 1, 0, by="month"))
    assert "seen in part: 2026-01 from 2026-01-06 on." in repr(cx.resolution_curve(log, 1, 5, by="month"))
    zoned = cx.ContactLog(frame.assign(at=frame["at"].dt.tz_localize("Asia/Tokyo")), customer="who", time="at")
    assert "seen in part" not in repr(cx.resolution_curve(zoned, 1, 0, by="month"))


@pytest.mark.parametrize("engine", ENGINES)
def test_effort_switches_and_answers_take_periods_too(engine: str, contacts: pd.DataFrame) -> None:
    log = log_of(contacts.assign(said="yes"), engine)
    quarters = ["2024Q4", "2025Q1", "2025Q2"]
    assert cx.forced_effort(log, by="quarter").labels["quarter"].tolist() == quarters
    assert cx.channel_switches(log, by="quarter").labels["quarter"].unique().tolist() == quarters
    assert cx.reconcile(log, "said", by="quarter").kappa.labels["quarter"].tolist() == quarters


def test_a_column_of_the_log_goes_before_a_period_and_one_period_is_made(contacts: pd.DataFrame) -> None:
    own = cx.ContactLog(contacts.assign(quarter="mine"), **LOG)
    assert cx.resolution_curve(own, 7, by="quarter").labels["quarter"].tolist() == ["mine"]
    with pytest.raises(ArgumentError, match=r"by=\): 'month' and 'year' are both periods.*Name one"):
        cx.resolution_curve(log_of(contacts, "pandas"), 7, by=["month", "year"])


# --- groups and conditions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
def test_more_groups_than_a_table_holds_are_refused(engine: str, contacts: pd.DataFrame) -> None:
    log = log_of(contacts.assign(said="yes"), engine)
    said = r"\(by=\['contact'\]\): there are more than 1,000 groups"
    with pytest.raises(ArgumentError, match=f"resolution_curve{said}"):
        cx.resolution_curve(log, 7, by="contact")
    with pytest.raises(ArgumentError, match=f"reconcile{said}"):
        cx.reconcile(log, "said", by="contact")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("where", "error", "said"),
    [
        (cx.col("chanel") == "phone", NoColumnError, "no column 'chanel'. Did you mean 'channel'"),
        (cx.col("wait") > "3", ColumnError, r".*compares col\('wait'\) \(number\) with '3' \(text\)"),
        (cx.col("wait"), ColumnError, "column 'wait' holds number, where a condition is needed"),
        ("channel == 'phone'", ArgumentError, r"a condition such as col\('x'\) > 3 is needed, not a str"),
        (pd.Series([True]), ArgumentError, ".* is needed, not a Series"),
    ],
)
def test_conditions_that_are_none_are_refused(
    engine: str, where: Any, error: type[Exception], said: str, contacts: pd.DataFrame
) -> None:
    log = log_of(contacts, engine)
    for place, asked in (
        ("resolution_curve", lambda: cx.resolution_curve(log, 7, where=where)),
        ("forced_effort", lambda: cx.forced_effort(log, where=where)),
        ("survey", lambda: log.survey(where)),
    ):
        with pytest.raises(error, match=rf"{place}\(where=\): {said}"):
            asked()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_value_that_does_not_occur_has_a_neighbour(engine: str, contacts: pd.DataFrame) -> None:
    said = r"no first contact is left; left out of .* outside where=.*channel is nowhere 'Phone' \(did you mean 'phone'\?\)"
    with pytest.raises(NoRowsError, match=said):
        cx.resolution_curve(log_of(contacts, engine), 7, where=cx.col("channel") == "Phone")


# --- answers that mean yes --------------------------------------------------------------------------------------------------


def test_what_is_proposed_to_say_yes_keeps_missing_answers_missing(contacts: pd.DataFrame) -> None:
    passed = contacts["transferred"].map({"yes": 2.0, "no": 0.0}).where(contacts.index % 7 > 0)
    words = passed.map({2.0: "ja", 0.0: "nein"})
    wanted = passed.notna() & contacts["customer"].notna()
    for column, pandas, polars, sql in (
        (passed, lambda f: f["x"].gt(0).where(f["x"].notna()), pl.col("x") > 0, '("x" > 0) AS "x"'),
        (words, lambda f: f["x"].eq("ja").where(f["x"].notna()), pl.col("x") == "ja", '("x" == \'ja\') AS "x"'),
    ):
        frame = contacts[["customer", "time"]].assign(x=column)
        mended = (
            frame.assign(x=pandas), pl.from_pandas(frame).with_columns(polars),
            duckdb.from_df(frame).select(f"customer, time, {sql}"),
        )  # fmt: skip
        remedies = (r"frame\['x'\].*\.where\(frame\['x'\]\.notna\(\)\)", r"polars\.col\('x'\) ", r'AS "x"')
        for (engine, native), better, remedy in zip(ENGINES.items(), mended, remedies, strict=True):
            log = cx.ContactLog(native(frame), customer="customer", time="time", transferred="x")
            with pytest.raises(cx.errors.DataError, match=f"such as .*{remedy}"):
                cx.forced_effort(log)
            found = cx.forced_effort(cx.ContactLog(better, customer="customer", time="time", transferred="x"))
            assert found.n.tolist() == [wanted.sum()], engine
            assert found.values[0] == pytest.approx(50 * passed[wanted].mean())
