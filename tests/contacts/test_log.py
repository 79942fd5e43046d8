"""The contact log: what is left out of it, and what cannot be one."""

import datetime

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError, ColumnError, DataError, NoRowsError


def frame_of(**more: object) -> pd.DataFrame:
    at = pd.date_range("2026-01-01", periods=8, freq="36h")
    return pd.DataFrame({"who": ["a", "b", "a", "c", "b", "a", "c", "d"], "at": at, "how": list("pwpwpwpw")}).assign(
        **more
    )


def log_of(frame: object, **more: object) -> cx.ContactLog:
    return cx.ContactLog(frame, customer="who", time="at", channel="how", **more)


def test_what_is_left_out_is_counted() -> None:
    frame = frame_of(who=["a", "", None, "0", "b", "a", "anonymous", "d"])
    frame.loc[7, "at"] = pd.NaT
    frame = pd.concat([frame, frame.iloc[[5]]], ignore_index=True)
    for native in (frame, pl.from_pandas(frame), duckdb.from_df(frame)):
        log = log_of(native)
        assert log.counts == {
            "rows": 9, "without a time": 1, "without a customer": 1, "of nobody": 3, "twice there": 1, "contacts": 3,
        }  # fmt: skip
        assert "Left out of 9 rows: 1 without a time, 1 without a customer, 3 of nobody, 1 twice there" in repr(log)
    assert log_of(frame, nobody=["0"], duplicates="keep").counts["contacts"] == 6


def test_a_log_of_customers_and_times_alone_has_its_duplicates_taken_out() -> None:
    frame = frame_of()[["who", "at"]]
    frame = pd.concat([frame, frame.iloc[[1, 1, 4]]])
    for native in (frame, frame.iloc[::-1], pl.from_pandas(frame), duckdb.from_df(frame)):
        log = cx.ContactLog(native, customer="who", time="at")
        assert log.counts["twice there"] == 3
        assert cx.measure(log.survey(), cx.mean("days_after")).values[0] == pytest.approx((3 + 4.5 + 4.5 + 4.5) / 4)
        assert cx.ContactLog(native, customer="who", time="at", duplicates="keep").counts["contacts"] == 11


def test_customers_may_be_numbers() -> None:
    log = log_of(frame_of(who=[1, 2, 1, 0, 2, 1, 3, 0]))
    assert log.counts["of nobody"] == 2


def test_days_before_after_in_and_left() -> None:
    survey = log_of(frame_of()).survey()
    frame = survey.frame.native
    a = frame[frame["who"] == "a"]
    assert a["days_before"].tolist() == pytest.approx([np.nan, 3, 4.5], nan_ok=True)
    assert a["days_after"].tolist() == pytest.approx([3, 4.5, np.nan], nan_ok=True)
    assert frame["days_in"].tolist() == pytest.approx(1.5 * np.arange(8))
    assert frame["days_left"].tolist() == pytest.approx(1.5 * np.arange(8)[::-1])


def test_customers_are_the_psus() -> None:
    sample = cx.load_contacts()
    log = cx.ContactLog(sample, customer="customer", time="time", resolved="resolved")
    found = cx.measure(log.survey(), cx.first_contact_resolution("resolved", yes="yes"), by="channel")
    named = sample[sample["customer"].notna()]
    same = cx.measure(
        cx.Survey(named, psu="customer"), cx.first_contact_resolution("resolved", yes="yes"), by="channel"
    )
    assert found.values == pytest.approx(same.values)
    assert found.vcov == pytest.approx(same.vcov)
    assert found.synthetic == "synthetic sample data"
    phone = cx.measure(log.survey(cx.col("channel") == "phone"), cx.first_contact_resolution("resolved", yes="yes"))
    assert phone.values == pytest.approx(found.pick(channel="phone").values)


def test_ties_in_time_go_by_the_other_columns() -> None:
    same = pd.Timestamp("2026-02-01")
    frame = frame_of()
    frame.loc[[2, 5], "at"] = same
    logs = [log_of(f) for f in (frame, frame.iloc[::-1], pl.from_pandas(frame.iloc[[5, 1, 2, 0, 3, 4, 6, 7]]))]
    for log in logs:
        got = cx.measure(log.survey(), cx.mean("days_after"), by="how")
        assert got.values == pytest.approx(cx.measure(logs[0].survey(), cx.mean("days_after"), by="how").values)


def test_times_in_zones_dates_and_texts() -> None:
    plain, frame = log_of(frame_of()), frame_of()
    zoned = frame.assign(at=frame["at"].dt.tz_localize("Europe/Vienna"))
    texts = frame.assign(at=frame["at"].dt.strftime("%d.%m.%Y %H:%M"))
    for other in (zoned, pl.from_pandas(zoned), texts, frame.assign(at=frame["at"].astype(str))):
        assert log_of(other).days == pytest.approx(plain.days)
    assert log_of(zoned).start == datetime.datetime(2025, 12, 31, 23)
    dates = pl.from_pandas(frame).with_columns(pl.col("at").dt.date())
    assert log_of(dates).days == 10


def test_texts_that_cannot_be_read_are_counted() -> None:
    many = pd.concat([frame_of()] * 200, ignore_index=True)
    many["at"] = (many["at"] + pd.to_timedelta(np.arange(len(many)), unit="s")).astype(str)
    many.loc[3, "at"] = "yesterday"
    many.loc[9, "at"] = None
    counts = log_of(many).counts
    assert counts["with a time that cannot be read"] == 1
    assert counts["without a time"] == 1


@pytest.mark.parametrize(
    ("change", "options", "error", "said"),
    [
        ({"at": range(8)}, {}, ColumnError, r"time=\): column 'at' holds number .*pandas.to_datetime"),
        (
            {"at": ["2026-01-03"] * 4 + ["31.01.2026"] * 4},
            {},
            DataError,
            "two formats, such as '2026-01-03' and '31.01.2026'",
        ),
        (
            {"at": [f"0{k}/02/2026" for k in range(1, 9)]},
            {},
            DataError,
            "neither day nor month can be told.*dayfirst=True",
        ),
        ({"at": pd.NaT}, {}, NoRowsError, "no contact is left of 8 rows .8 without a time"),
        ({"who": None}, {}, NoRowsError, "8 without a customer"),
        ({"days_left": 1}, {}, ArgumentError, "has a column 'days_left' of its own"),
        ({}, {"issue": "topic"}, ColumnError, r"issue=\): no column 'topic'"),
        ({}, {"issue": "how"}, ArgumentError, "'how' is named twice"),
        ({}, {"end": "2026-01-05"}, DataError, "said to end at 2026-01-05 00:00:00, but holds a contact at 2026-01-11"),
        ({}, {"end": "soon"}, ArgumentError, r"end=\): a time such as"),
        ({}, {"duplicates": "maybe"}, ArgumentError, "duplicates"),
    ],
)
def test_bad_input_is_named(change: dict, options: dict, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        log_of(frame_of(**change), **options)


def test_texts_on_lazy_engines_are_refused_with_the_remedy() -> None:
    frame = frame_of()
    with pytest.raises(ColumnError, match=r'CAST."at" AS TIMESTAMP'):
        log_of(duckdb.from_df(frame.assign(at=frame["at"].astype(str))))


def test_a_later_end_of_the_log_watches_longer() -> None:
    log = log_of(frame_of(), end="2026-03-01")
    assert log.days == 59
    with pytest.raises(ArgumentError, match="a condition such as"):
        log.survey("phone")
