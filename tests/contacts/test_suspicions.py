"""What is hardly so in a log: dates that stand for none are refused, a customer who is half the log is named."""

from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

import cxstats as cx
from cxstats.errors import DataError
from tests.contacts.logs import DAY, START

NAMED = {"customer": "who", "time": "at"}
ENGINES: dict[str, Callable[[pd.DataFrame], Any]] = {
    "pandas": lambda frame: frame,
    "pyarrow": lambda frame: pl.from_pandas(frame).to_arrow(),
    "polars": pl.from_pandas,
    "polars lazy": lambda frame: pl.from_pandas(frame).lazy(),
    "duckdb": lambda frame: duckdb.from_arrow(pl.from_pandas(frame).to_arrow()),
}


def four_months(*more: str, size: int = 500) -> pd.DataFrame:
    """Return contacts of 120 days from 2026-01-01 on, the last of them at the times given."""
    at = pd.Series(pd.date_range(START, START + 120 * DAY, periods=size)).astype("datetime64[us]")
    at[size - len(more) :] = [pd.Timestamp(time) for time in more]
    return pd.DataFrame({"who": [f"c{k % 150}" for k in range(size)], "at": at})


# --- dates that stand for none ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("times", "said"),
    [
        (["9999-12-31"], "1 contact lies after a gap of .* days, at 9999-12-31 00:00 or later; .* at 2026-04-30"),
        (["2099-01-01"] * 7, "7 contacts lie after a gap of .* days, at 2099-01-01 00:00 or later"),
        (["1900-01-01"] * 2, "2 contacts lie before a gap of .*, at 1900-01-01 00:00 or earlier; .* at 2026-01-01"),
        (["1900-01-01", "9999-12-31"], "1 contact lies after a gap"),
        (["1952-01-01", "2100-05-01"], "1 contact lies (before|after) a gap"),
        (["2027-05-10"], "1 contact lies after a gap of 374 days"),
    ],
)
def test_a_date_that_stands_for_none_neither_begins_nor_ends_a_log(engine: str, times: list[str], said: str) -> None:
    with pytest.raises(DataError, match=rf"ContactLog\(time='at'\): {said}.*leave it out.*ContactLog\(end=\)"):
        cx.ContactLog(ENGINES[engine](four_months(*times)), **NAMED)


def test_a_year_without_a_contact_may_be() -> None:
    assert cx.ContactLog(four_months("2027-04-28"), **NAMED).days == pytest.approx(482, abs=1)
    decades = pd.DataFrame({"who": "a", "at": pd.to_datetime([f"{year}-01-01" for year in range(1990, 2027, 6)])})
    assert cx.ContactLog(decades, **NAMED).days > 13_000  # far apart, but all alike so


@pytest.mark.parametrize("engine", ENGINES)
def test_who_says_when_the_log_ends_goes_on_and_is_told(engine: str) -> None:
    log = cx.ContactLog(ENGINES[engine](four_months("2028-01-01")), **NAMED, end="2028-01-02")
    assert log.end == pd.Timestamp("2028-01-02")
    assert "1 contact lies after a gap of 610 days" in repr(log)
    early = cx.ContactLog(ENGINES[engine](four_months("1900-01-01")), **NAMED, end="2026-05-02")
    assert "1 contact lies before a gap" in early.left_out
    with pytest.raises(DataError, match="said to end at 2026-05-02 00:00:00, but holds a contact at 9999-12-31"):
        cx.ContactLog(ENGINES[engine](four_months("9999-12-31")), **NAMED, end="2026-05-02")


@pytest.mark.parametrize("engine", ENGINES)
def test_the_rule_is_a_year_and_a_third_of_the_log(engine: str) -> None:
    """Against each gap looked at: whatever gap there is between two contacts, and wherever it lies."""
    rng = np.random.default_rng(7)
    for _ in range(12):
        parts, gap = rng.uniform(10, 2_000, 2), rng.uniform(200, 3_000)
        first = START + np.sort(rng.uniform(0, parts[0], 40)) * DAY
        second = first.max() + (gap + np.sort(rng.uniform(0, parts[1], 40))) * DAY
        at = pd.Series([*first, *second]).astype("datetime64[us]")
        frame = ENGINES[engine](pd.DataFrame({"who": np.arange(80) % 9, "at": at}))
        days = at.diff().max() / DAY
        if days > max(365, (at.max() - at.min()) / DAY / 3):
            with pytest.raises(DataError, match=f"a gap of {days:,.0f} days"):
                cx.ContactLog(frame, **NAMED)
        else:
            assert cx.ContactLog(frame, **NAMED).days > 0


# --- customers who are nobody -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("who", ["N/A", 99_999])
def test_a_customer_with_a_good_part_of_all_contacts_is_named(engine: str, who: object) -> None:
    size = 6_000
    others = [f"c{k}" if isinstance(who, str) else k + 1 for k in range(size)]
    frame = four_months(size=size).assign(who=[who if k % 50 == 0 else others[k] for k in range(size)])
    log = cx.ContactLog(ENGINES[engine](frame), **NAMED)
    said = (
        f"Customer {who!r} has 120 contacts, 2.0 % of all and 118 times the mean: if that is nobody, name it in nobody="
    )
    assert said in repr(log)
    assert said in repr(cx.resolution_curve(log, 7))
    named = cx.ContactLog(ENGINES[engine](frame), **NAMED, nobody=[*cx.ContactLog.NOBODY, who])
    assert named.counts["of nobody"] == 120
    assert "times the mean" not in repr(named)
    half = frame.assign(who=frame["who"].mask(frame.index % 100 == 0, others[0]))
    assert "times the mean" not in repr(cx.ContactLog(ENGINES[engine](half), **NAMED))  # 1 %, not more
    assert "times the mean" not in cx.ContactLog(ENGINES[engine](frame), **NAMED, duplicates="keep").left_out


def test_names_of_nobody_take_the_place_of_the_default_ones() -> None:
    frame = four_months().assign(who=lambda f: f["who"].where(f.index % 50 > 0, "0").where(f.index % 70 > 0, "guest"))
    counts = [cx.ContactLog(frame, **NAMED, **options).counts["of nobody"] for options in (
        {}, {"nobody": "guest"}, {"nobody": [*cx.ContactLog.NOBODY, "guest"]})]  # fmt: skip
    assert counts == [(frame["who"] == "0").sum(), (frame["who"] == "guest").sum(), counts[0] + counts[1]]
