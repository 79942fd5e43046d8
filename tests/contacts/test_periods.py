"""The periods of a log: named alike on every engine, as trends read them; mixes of channels and waits by period."""

import datetime

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError, DataError
from cxstats.frames import PERIODS, in_memory

ENGINES = {
    "pandas": lambda frame: frame,
    "pyarrow": lambda frame: pl.from_pandas(frame).to_arrow(),
    "polars": pl.from_pandas,
    "polars lazy": lambda frame: pl.from_pandas(frame).lazy(),
    "duckdb": duckdb.from_df,
}
MIX = ["phone", "app", "web", "branch"]


def some_times(zone: str | None = None) -> pd.DataFrame:
    """Return contacts about the turns of years, and at random since 1960, one of each customer."""
    rng = np.random.default_rng(3)
    turns = [
        f"{year}-{day}" for year in (1969, 2020, 2024, 2025) for day in ("12-28", "12-31 23:59:59", "01-01", "01-03")
    ]
    whenever = pd.Timestamp("1960-01-01") + pd.to_timedelta(rng.integers(0, 66 * 365 * 86_400, 500), unit="s")
    at = pd.to_datetime(pd.Series([*map(pd.Timestamp, turns), *whenever])).astype("datetime64[us]")
    at = at if zone is None else at.dt.tz_localize("UTC").dt.tz_convert(zone)
    return pd.DataFrame({"who": [f"c{k}" for k in range(len(at))], "at": at})


def by_hand(at: datetime.datetime) -> dict[str, str]:
    """Return the period of a moment by the calendar of Python."""
    monday = at.date() - datetime.timedelta(days=at.date().weekday())
    return {
        "year": f"{at.year}", "quarter": f"{at.year}Q{(at.month - 1) // 3 + 1}", "month": f"{at.year}-{at.month:02d}",
        "week": str(monday), "day": str(at.date()),
    }  # fmt: skip


def periods(native: object, period: str) -> list[str]:
    survey = cx.ContactLog(native, customer="who", time="at").survey(period=period)
    found = in_memory(survey.frame, ["who", period])
    return found.sort_values("who", key=lambda who: who.str[1:].astype(int))[period].tolist()


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("engine", ENGINES)
def test_each_contact_lies_in_its_period(engine: str, period: str) -> None:
    frame = some_times()
    assert periods(ENGINES[engine](frame), period) == [by_hand(at)[period] for at in frame["at"]]


@pytest.mark.parametrize("engine", ["pandas", "pyarrow", "polars"])
def test_times_with_a_zone_lie_in_the_periods_of_that_zone(engine: str) -> None:
    frame = some_times("America/New_York")
    for period in PERIODS:
        assert periods(ENGINES[engine](frame), period) == [by_hand(at)[period] for at in frame["at"]]


def test_on_duckdb_times_with_a_zone_lie_in_the_periods_of_the_session() -> None:
    frame = some_times("America/New_York")
    session = duckdb.connect()
    session.execute("set timezone = 'America/New_York'")
    session.register("contacts", frame)
    for period in PERIODS:
        found = periods(session.sql("select * from contacts"), period)
        assert found == [by_hand(at)[period] for at in frame["at"]]


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_days_may_be_dates(engine: str) -> None:
    frame = some_times().assign(at=lambda f: f["at"].dt.normalize())
    as_dates = pl.from_pandas(frame).with_columns(pl.col("at").cast(pl.Date))
    native = as_dates if engine == "polars" else duckdb.from_arrow(as_dates.to_arrow())
    for period in ("week", "quarter"):
        assert periods(native, period) == [by_hand(at)[period] for at in frame["at"]]


def test_the_quarters_are_those_of_the_sample() -> None:
    contacts = cx.load_contacts()
    log = cx.ContactLog(contacts.rename(columns={"quarter": "told"}), customer="customer", time="time")
    native = log.survey(period="quarter").frame.native
    assert native["quarter"].tolist() == native["told"].tolist()


@pytest.mark.parametrize(
    ("period", "steps"), [("year", 1), ("quarter", 4), ("month", 12), ("week", 365.25), ("day", 365.25)]
)
def test_trends_know_the_length_of_a_period(period: str, steps: float) -> None:
    """Contacts by phone grow evenly, so that the slope is known; weeks and days are dates, whose step is a day."""
    at = pd.date_range("2020-01-01", "2025-12-31", freq="D")
    frame = pd.DataFrame(
        {"who": [f"c{k % 700}" for k in range(len(at))], "at": at, "value": (at - at[0]).days / 365.25}
    )
    log = cx.ContactLog(frame, customer="who", time="at")
    by = cx.measure(log.survey(period=period), cx.mean("value"), by=period)
    assert by.trend(over=period).values[0] * steps == pytest.approx(1, abs=0.01)
    assert by.trend(over=period, per="year").values[0] == pytest.approx(1, abs=0.01)


def test_a_condition_may_name_the_period() -> None:
    frame = some_times()
    log = cx.ContactLog(frame, customer="who", time="at")
    survey = log.survey(cx.col("year") == "2024", period="year")
    assert len(survey.frame.native) == (frame["at"].dt.year == 2024).sum() > 0


def test_what_is_no_period_or_is_there_already_is_refused() -> None:
    log = cx.ContactLog(cx.load_contacts(), customer="customer", time="time")
    with pytest.raises(ArgumentError, match=r"period=\): 'quarters' is not one of .*Did you mean 'quarter'"):
        log.survey(period="quarters")
    with pytest.raises(ArgumentError, match=r"period=\): a log has a column 'quarter' of its own"):
        log.survey(period="quarter")


# --- what periods are for -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def contacts() -> pd.DataFrame:
    return cx.load_contacts().drop(columns="quarter").head(9_000)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_mix_of_channels_is_that_counted_by_hand(engine: str, contacts: pd.DataFrame) -> None:
    log = cx.ContactLog(ENGINES[engine](contacts), customer="customer", time="time")
    found = cx.measure(log.survey(period="quarter"), cx.distribution("channel", answers=MIX), by=["age", "quarter"])
    named = contacts[contacts["customer"].notna()]
    quarter = named["time"].dt.year.astype(str) + "Q" + named["time"].dt.quarter.astype(str)
    counts = pd.crosstab([named["age"], quarter], named["channel"], normalize="index")
    wanted = [100 * counts[channel] for channel in MIX]
    assert found.values == pytest.approx(np.concatenate(wanted), rel=1e-12)
    assert found.values.reshape(len(MIX), -1).sum(axis=0) == pytest.approx(100)


@pytest.mark.parametrize("engine", ENGINES)
def test_waits_by_quantile_have_names_of_their_own(engine: str, contacts: pd.DataFrame) -> None:
    log = cx.ContactLog(ENGINES[engine](contacts), customer="customer", time="time", wait="wait")
    found = cx.measure(log.survey(), [cx.quantile("wait", p) for p in (0.5, 0.9, 0.95)], by="channel")
    assert list(dict.fromkeys(found.labels["metric"])) == [f"quantile (wait, {p})" for p in (0.5, 0.9, 0.95)]
    named = contacts[contacts["customer"].notna()].groupby("channel")["wait"]
    wanted = [named.quantile(p, interpolation="higher") for p in (0.5, 0.9, 0.95)]
    assert found.values == pytest.approx(np.concatenate(wanted), abs=0.1)  # waits are told to a tenth of a minute
    low, high = found.interval()
    assert ((low <= found.values) & (found.values <= high)).all()


def test_negative_waits_are_counted_and_said(contacts: pd.DataFrame) -> None:
    wrong = contacts.assign(wait=contacts["wait"].where(contacts.index >= 3, -1.0))
    for native in (wrong, pl.from_pandas(wrong), duckdb.from_df(wrong)):
        log = cx.ContactLog(native, customer="customer", time="time", wait="wait")
        assert "negative" not in log.left_out
        assert ". 2 waits are negative. " in repr(log)  # of the three contacts one is without a customer
        with pytest.raises(DataError, match="negative waits in column 'wait'"):
            cx.forced_effort(log, long_wait=10)
    assert "negative" not in repr(cx.ContactLog(contacts, customer="customer", time="time", wait="wait"))


def test_negative_waits_are_those_of_contacts_that_stay(contacts: pd.DataFrame) -> None:
    """Neither of rows that are left out, nor twice of one contact."""
    known = contacts.index[contacts["customer"].notna()]
    wrong = contacts.assign(
        wait=contacts["wait"].mask(contacts["customer"].isna() | (contacts.index == known[0]), -1.0)
    )
    twice = pd.concat([wrong, wrong.loc[known[:1]]], ignore_index=True)
    for native in (twice, pl.from_pandas(twice), duckdb.from_df(twice)):
        log = cx.ContactLog(native, customer="customer", time="time", wait="wait")
        assert log.counts["twice there"] == 1
        assert ". 1 wait is negative. " in repr(log)
