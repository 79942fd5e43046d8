"""Which period a date belongs to, which one lies a year earlier, and whether the last one is over.

A fiscal year has the name of the calendar year in which it ends: where it starts in April, FY2026 runs from April 2025 to
March 2026, and FY2026Q1 is April to June 2025. The last period counts as incomplete if the configuration says so, or if its
last date lies well before its end: by more than a tenth of its length, and by more than in any period before.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.errors import ArgumentError, ConfigError
from cxstats.inference.periods import positions
from cxstats.report.dates import need_format
from cxstats.report.keys import TEXT, TRUTH, WHOLE, Key, checked
from cxstats.report.words import shown

if TYPE_CHECKING:
    import pandas as pd

PERIOD = {
    "column": Key(TEXT, needed=True),
    "every": Key(TEXT),
    "date_format": Key(TEXT),
    "fiscal_start": Key(WHOLE),
    "incomplete": Key(TRUTH),
}
EVERY = {"year": ("Y", 12), "quarter": ("Q", 3), "month": ("M", 1)}  # pandas' name, months
FISCAL = "FY"
WELL_BEFORE = 0.1  # of the length of the period
LONGEST_GAP = 2  # years without any row between two periods
FAR_LOWER, FEWEST_BEFORE = 0.5, 3  # of the median of the periods before, of which there have to be so many


@dataclass(frozen=True)
class Calendar:
    """How dates become periods: `every` year, quarter or month, the year starting in month `fiscal_start`.

    Attributes
    ----------
    every : str, optional
        None where the column holds periods already.
    fiscal_start : int
        The first month of the year, 1 to 12.
    incomplete : bool, optional
        What is stated of the last period; None leaves it to the dates.
    date_format : str, optional
        How the dates are written, in the codes of `strptime`; None for ISO 8601.
    """

    every: str | None = None
    fiscal_start: int = 1
    incomplete: bool | None = None
    date_format: str | None = None

    @property
    def _unit(self) -> str:
        """The name that pandas has for the periods: years and quarters are named by the month in which the year ends."""
        letter = EVERY[str(self.every)][0]
        last = (self.fiscal_start + 10) % 12
        return letter if letter == "M" else f"{letter}-{MONTHS[last][:3].upper()}"

    @property
    def _prefix(self) -> str:
        return FISCAL if self.fiscal_start != 1 else ""

    @property
    def rule(self) -> str:
        """The rule of the labels, in a sentence; empty where there is nothing to explain."""
        if not self._prefix:
            return ""
        first, last = MONTHS[self.fiscal_start - 1], MONTHS[(self.fiscal_start + 10) % 12]
        return (
            f"Fiscal years start in {first} and have the name of the calendar year in which they end: FY2026 runs from "
            f"{first} 2025 to {last} 2026."
        )

    def labels(self, dates: pd.Series[Any]) -> pd.Series[Any]:
        """Return the period of each date, as text in the order of time."""
        import pandas as pd

        periods: Any = dates.dt.to_period(self._unit)
        names: pd.Series[Any] = (self._prefix + periods.astype("string")).where(dates.notna())
        if not self._prefix:
            return names
        return names.astype(pd.CategoricalDtype(sorted(names.dropna().unique()), ordered=True))

    def ends(self, label: str) -> datetime.date:
        """Return the last day of a period."""
        import pandas as pd

        day: datetime.date = pd.Period(label.removeprefix(FISCAL), self._unit).end_time.date()
        return day

    def days(self, label: str) -> int:
        """Return the length of a period."""
        import pandas as pd

        period = pd.Period(label.removeprefix(FISCAL), self._unit)
        return (period.end_time - period.start_time).days + 1


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True)
class Last:
    """What is known of the last period: `incomplete` is its label, if it is; why, and what to beware of, in sentences."""

    incomplete: Any = None
    why: str = ""
    caution: str = ""


def read_calendar(place: str, table: Mapping[str, Any]) -> Calendar:
    """Return the calendar that a checked ``[period]`` table asks for."""
    start, every = table.get("fiscal_start"), table.get("every")
    if start is not None and not 1 <= start <= 12:
        raise ConfigError(f"{place} fiscal_start = {start} is no month. Write 4 for fiscal years that start in April.")
    if start is not None and every not in ("year", "quarter"):
        given = f"every = {every!r}" if every else "periods that are in the data already"
        raise ConfigError(
            f"{place} fiscal_start = {start} puts dates together to fiscal years or quarters, but there are {given}. "
            'Write every = "quarter" beside a column of dates, or leave fiscal_start out.'
        )
    if "date_format" in table:
        need_format(place, table["date_format"], every)
    return Calendar(every, start or 1, table.get("incomplete"), table.get("date_format"))


def read_period(place: str, table: Mapping[str, Any]) -> tuple[str, Calendar]:
    """Return the column and the calendar of a ``[period]`` table; raise `ConfigError` naming a key that is wrong."""
    given = checked(place, table, PERIOD)
    if "every" in given and given["every"] not in EVERY:
        raise ConfigError(f"{place} every: {given['every']!r} is not one of {', '.join(map(repr, EVERY))}.")
    return given["column"], read_calendar(place, given)


def on_axis(period: Any) -> Any:
    """Return a period as a time axis knows it: FY2026Q1 as 2026Q1."""
    return period.removeprefix(FISCAL) if isinstance(period, str) else period


def timeline(periods: Sequence[Any]) -> tuple[np.ndarray, float]:
    """Return the places of periods in steps, and the steps in a year: NaN if a year has no known number of steps."""
    names = [on_axis(p) for p in periods]
    try:
        return positions(names, ordered=True)
    except ArgumentError:
        return np.arange(len(names), dtype=float), float("nan")


def a_year_earlier(period: Any, periods: Sequence[Any]) -> Any:
    """Return the same period of the year before; None if it is not there, or a year has no known number of periods."""
    places, per_year = timeline(periods)
    if not np.isfinite(per_year) or per_year != round(per_year):
        return None
    wanted = places[list(periods).index(period)] - per_year
    return next((p for p, place in zip(periods, places, strict=True) if place == wanted), None)


def gaps(periods: Sequence[Any]) -> list[int]:
    """Return the places of the periods before which more than two years lie without any row."""
    if len(periods) < 2:
        return []
    places, per_year = timeline(periods)
    return [i for i in range(1, len(periods)) if (places[i] - places[i - 1] - 1) / per_year > LONGEST_GAP]


def far_away(periods: pd.Series[Any]) -> list[str]:
    """Tell of periods that lie years away from the others: mistyped dates."""
    names = _counted(periods).index.tolist()
    return [
        f"no row lies between {shown(names[i - 1])} and {shown(names[i])}, which is more than {LONGEST_GAP} years: are the "
        "dates on either side right? A change or trend across the gap may be that of a mistyped year"
        for i in gaps(names)
    ]


def _counted(periods: pd.Series[Any]) -> pd.Series[int]:
    rows = periods.value_counts(sort=False).sort_index()
    return rows[rows > 0]


def last_period(calendar: Calendar, column: str, periods: pd.Series[Any], dates: pd.Series[Any] | None) -> Last:
    """Return whether the last period is over, by what is stated, by the dates, or (a caution only) by its rows."""
    rows = _counted(periods)
    for i in gaps(rows.index.tolist())[:1]:
        rows = (
            rows.iloc[:i] if rows.iloc[i:].sum() < rows.iloc[:i].sum() else rows
        )  # a few dates of a far year are no last period
    if not len(rows):
        return Last()
    names = rows.index.tolist()
    last = names[-1]
    if calendar.incomplete is not None:
        return Last(last, "The configuration says so.") if calendar.incomplete else Last()
    if dates is not None:
        latest = dates.groupby(periods, observed=True).max()
        short = {p: (calendar.ends(p) - latest[p].date()).days for p in names}
        usual = max((gap for p, gap in short.items() if p != last), default=0)
        if short[last] > max(WELL_BEFORE * calendar.days(last), usual):
            until = (calendar.ends(last) - datetime.timedelta(days=short[last])).isoformat()
            return Last(
                last, f"The last {column} is {until}; the {calendar.every} ends on {calendar.ends(last).isoformat()}."
            )
        return Last()
    before = rows.iloc[:-1]
    if len(before) >= FEWEST_BEFORE and rows.iloc[-1] < FAR_LOWER * before.median():
        return Last(
            caution=f"{shown(last)} has less than half as many rows as the period in the middle of those before. If it is "
            "not over yet, write incomplete = true in [period], and it is left out of the comparisons."
        )
    return Last()
