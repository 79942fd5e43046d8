"""Times as they come: texts, numbers, objects, zones and the end stated are read as meant, or refused in words."""

import datetime
import math

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError, ColumnError, DataError, NoRowsError
from tests.contacts.logs import NAMED, UNLIKE, frame_of, log_of

WINTER, SUMMER = "2026-03-28T12:00:00+01:00", "2026-03-29T12:00:00+02:00"  # of Vienna: 23 hours lie between


@pytest.mark.parametrize("kind", ["texts", "moments"])
def test_times_of_several_zones_are_moments(kind: str) -> None:
    times = [WINTER, SUMMER] * 4
    given = times if kind == "texts" else pd.Series([datetime.datetime.fromisoformat(t) for t in times], dtype=object)
    log = log_of(change={"at": given, "who": range(1, 9)})
    assert log.start == datetime.datetime(2026, 3, 28, 11)
    assert log.days == pytest.approx(23 / 24)


@pytest.mark.parametrize("kind", ["texts", "moments"])
def test_some_times_with_a_zone_and_some_without_are_refused(kind: str) -> None:
    times = [WINTER] * 5 + ["2026-03-29T12:00:00"] * 3
    given = times if kind == "texts" else pd.Series([datetime.datetime.fromisoformat(t) for t in times], dtype=object)
    with pytest.raises(
        DataError, match=r"with a zone, such as '2026-03-28.*, and 3 without, such as '2026-03-29.*or none"
    ):
        log_of(change={"at": given})


def test_an_unreadable_text_among_times_with_a_zone_is_counted() -> None:
    times = [*(f"2026-03-{day}T12:00:00Z" for day in range(10, 17)), "yesterday"]
    counts = log_of(change={"at": times}).counts
    assert counts["with a time that cannot be read"] == 1
    assert counts["contacts"] == 7


@pytest.mark.parametrize("of", [datetime.datetime, datetime.date])
def test_times_may_be_objects_of_python(of: type) -> None:
    times = [one.to_pydatetime() if of is datetime.datetime else one.date() for one in frame_of()["at"]]
    log = log_of(change={"at": pd.Series(times, dtype=object)})
    assert log.days == (10.5 if of is datetime.datetime else 10)
    times[0] = None
    assert log_of(change={"at": pd.Series(times, dtype=object)}).counts["without a time"] == 1


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("engine", ["pandas", "polars", "pyarrow", "duckdb"])
def test_times_may_be_of_any_precision(engine: str, unit: str) -> None:
    log = log_of(engine, {"at": frame_of()["at"].astype(f"datetime64[{unit}]")})
    assert (log.start, log.days) == (datetime.datetime(2026, 1, 1), 10.5)


@pytest.mark.parametrize("engine", ["pandas", "pyarrow", "polars lazy", "duckdb"])
def test_times_that_are_missing_everywhere_leave_nothing(engine: str) -> None:
    gone = pd.Series([None] * 8, dtype="datetime64[us]")
    with pytest.raises(NoRowsError, match=r"no contact is left of 8 rows \(8 without a time\)"):
        log_of(engine, {"at": gone})


SECONDS = {"pandas": r"pandas.to_datetime\(", "polars lazy": "polars.from_epoch", "duckdb": "make_timestamp"}
TEXTS = {"polars lazy": r"polars.col\('at'\).str.to_datetime", "duckdb": r'TRY_CAST\("at" AS TIMESTAMP\)'}


@pytest.mark.parametrize("engine", UNLIKE)
def test_numbers_as_times_are_refused_with_the_remedy_of_the_engine(engine: str) -> None:
    with pytest.raises(ColumnError, match=rf"holds number .*Seconds since 1970 become times by {SECONDS[engine]}"):
        log_of(engine, {"at": [1.7e9 + k for k in range(8)]})


@pytest.mark.parametrize("engine", TEXTS)
def test_texts_on_a_lazy_engine_are_refused_with_its_remedy(engine: str) -> None:
    with pytest.raises(ColumnError, match=f"convert it there first, such as {TEXTS[engine]}"):
        log_of(engine, {"at": frame_of()["at"].astype(str)})


def test_the_remedies_make_times() -> None:
    moments = frame_of()["at"]
    seconds = (moments - pd.Timestamp(0)).dt.total_seconds()
    texts, numbers = frame_of(at=moments.astype(str)), frame_of(at=seconds.astype("int64"))
    for frame in (
        pl.from_pandas(texts).with_columns(pl.col("at").str.to_datetime(strict=False)),
        duckdb.from_df(texts).select('who, how, TRY_CAST("at" AS TIMESTAMP) AS "at"'),
        numbers.assign(at=pd.to_datetime(numbers["at"], unit="s")),
        pl.from_pandas(numbers).with_columns(pl.from_epoch("at")),
        duckdb.from_df(numbers).select('who, how, make_timestamp(CAST("at" * 1000000 AS BIGINT)) AS "at"'),
    ):
        log = cx.ContactLog(frame, **NAMED)
        assert (log.start, log.days) == (datetime.datetime(2026, 1, 1), 10.5)


def test_the_remedies_for_texts_make_blanks_missing() -> None:
    texts = frame_of(at=[*frame_of()["at"].astype(str)[:7], ""])
    for frame in (
        pl.from_pandas(texts).with_columns(pl.col("at").str.to_datetime(strict=False)),
        duckdb.from_df(texts).select('who, how, TRY_CAST("at" AS TIMESTAMP) AS "at"'),
    ):
        assert cx.ContactLog(frame, **NAMED).counts["without a time"] == 1


@pytest.mark.parametrize(
    ("times", "error", "said"),
    [
        (["13/01/2026"] * 4 + ["01/14/2026"] * 4, DataError, "two formats, such as '13/01/2026' and '01/14/2026'"),
        (["2026-01-03 10:00"] * 4 + ["3 Jan 2026 10:00"] * 4, DataError, "two formats"),
        ("nonsense", NoRowsError, r"8 with a time that cannot be read"),
        (pd.to_timedelta(range(8), unit="D"), ColumnError, "values of another kind .*: convert it first"),
    ],
)
def test_what_is_no_time_is_named(times: object, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        log_of(change={"at": times})


# --- the end of the log ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", UNLIKE)
def test_contacts_after_the_end_stated_are_named(engine: str) -> None:
    with pytest.raises(
        DataError, match=r"to end at 2026-01-05 .*but holds a contact at 2026-01-11 12:00:00. State a later"
    ):
        log_of(engine, end="2026-01-05")


@pytest.mark.parametrize("end", [20260201, 1.8e9, pd.NaT, np.int64(3), math.nan, "soon", [1, 2]])
def test_an_end_that_is_no_time_is_named(end: object) -> None:
    with pytest.raises(ArgumentError, match=r"ContactLog\(end=\): a time such as '2026-09-30 23:59' is needed, not"):
        log_of(end=end)


def test_an_end_with_a_zone_is_that_moment_in_a_database_too() -> None:
    log = log_of("duckdb", {"at": frame_of()["at"].dt.tz_localize("Europe/Vienna")}, end="2026-02-01T00:00+01:00")
    assert log.end == datetime.datetime(2026, 1, 31, 23)
    assert log.days == 31


@pytest.mark.parametrize("engine", UNLIKE)
def test_an_end_with_a_zone_needs_times_that_have_one(engine: str) -> None:
    with pytest.raises(ArgumentError, match=r"has a time zone, but the times of the log have none\. State it without"):
        log_of(engine, end="2026-02-01T00:00+01:00")


def test_an_end_without_a_zone_is_by_the_clock_of_the_log() -> None:
    zoned = {"at": frame_of()["at"].dt.tz_localize("Europe/Vienna")}
    for engine in ("pandas", "pyarrow", "polars", "polars lazy"):
        for end in ("2026-02-01", "2026-01-31T23:00Z", datetime.datetime(2026, 2, 1)):
            log = log_of(engine, zoned, end=end)
            assert log.end == datetime.datetime(2026, 1, 31, 23)
            assert log.days == 31


def test_an_end_may_be_centuries_away() -> None:
    assert log_of(end="9999-12-31").end == datetime.datetime(9999, 12, 31)
