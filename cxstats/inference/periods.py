"""Where a period lies on the time axis: quarters, months, years and dates as positions, and how many make a year."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from cxstats.errors import ArgumentError, one_of

PATTERNS = (
    (re.compile(r"(\d{4})\s*-?\s*Q([1-4])", re.IGNORECASE), 4),
    (re.compile(r"(\d{4})-(0[1-9]|1[0-2])"), 12),
    (re.compile(r"([12]\d{3})()"), 1),
)
FISCAL = re.compile(r"(\d{4})[-/](\d{2})")  # 2018-19: the year that starts in 2018
DAYS_PER_YEAR = 365.25


def over_time(contrast: str) -> bool:
    """Tell whether a contrast such as "2025Q2 - 2025Q1" is between two periods."""
    sides = contrast.split(" - ")
    return len(sides) == 2 and all(any(p.fullmatch(s) for p, _ in PATTERNS) or FISCAL.fullmatch(s) for s in sides)


def positions(labels: Sequence[Any], *, ordered: bool, place: str = "trend") -> tuple[np.ndarray, float]:
    """Return each period's position in steps, and the number of steps in a year (NaN where that is unknown).

    Numbers stand where they are (whole numbers between 1000 and 3000 are years); "2025", "2025Q3" and "2025-09" count
    years, quarters and months; dates (also as "2025-09-30") count days; anything else counts 0, 1, 2
    in the order given if that is the order of categories (`ordered`); texts have no order in time.
    """
    values = list(labels)
    if all(hasattr(v, "ordinal") and hasattr(v, "freqstr") for v in values):
        names = {"Q": 4.0, "M": 12.0, "Y": 1.0, "A": 1.0, "W": DAYS_PER_YEAR / 7, "D": DAYS_PER_YEAR}
        return np.asarray([v.ordinal for v in values], float), names.get(values[0].freqstr[0], np.nan)
    if all(isinstance(v, datetime.date) for v in values):
        return np.asarray([_days(v) for v in values], float), DAYS_PER_YEAR
    if all(isinstance(v, int | float | np.number) and not isinstance(v, bool) for v in values):
        numbers = np.asarray(values, float)
        if np.all((numbers == np.round(numbers)) & (numbers >= 190001) & (numbers <= 210012)):
            months = numbers % 100
            if np.all((months >= 1) & (months <= 12)):  # 202411: November 2024
                return numbers // 100 * 12 + months - 1, 12.0
        years = np.all((numbers == np.round(numbers)) & (numbers >= 1000) & (numbers <= 3000))
        return numbers, 1.0 if years else np.nan
    fiscal = [FISCAL.fullmatch(str(v)) for v in values]
    if all(m is not None and (int(m[1]) + 1) % 100 == int(m[2]) for m in fiscal) and len(values) > 1:
        return np.asarray([int(m[1]) for m in fiscal if m], float), 1.0
    for pattern, steps in PATTERNS:
        found = [pattern.fullmatch(str(v)) for v in values]
        if all(found):
            return np.asarray([int(m[1]) * steps + int(m[2] or 1) - 1 for m in found if m], float), float(steps)
    try:
        days = [datetime.date.fromisoformat(str(v)) for v in values]
    except ValueError:
        if ordered:
            return np.arange(len(values), dtype=float), np.nan
        raise ArgumentError(
            f"{place}: {values[0]!r} is not a year, a quarter such as '2025Q3', a month such as '2025-09' or a date, so its "
            "place in time is unknown. Write periods so, or make the column categorical with its categories in order."
        ) from None
    return np.asarray([day.toordinal() for day in days], float), DAYS_PER_YEAR


def _days(moment: datetime.date) -> float:
    """Return days since the year 1; the time of day is a fraction."""
    if not isinstance(moment, datetime.datetime):
        return float(moment.toordinal())
    midnight = datetime.timedelta(
        hours=moment.hour, minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond
    )
    return moment.toordinal() + midnight / datetime.timedelta(days=1)


def steps_per(per: str | None, per_year: float, labels: Sequence[Any], place: str = "trend") -> float:
    """Return by what a slope per step is multiplied."""
    if per is None:
        return 1.0
    one_of(f"{place}(per=)", per, ("year",))
    if not np.isfinite(per_year):
        raise ArgumentError(
            f"{place}(per='year'): {labels[0]!r} is not a year, a quarter such as '2025Q3', a month such as '2025-09' or a "
            "date, so the length of a step is unknown. Leave per= out for the slope per step."
        )
    return per_year


def calendar(labels: Sequence[Any], position: float) -> str:
    """Return the period nearest a position, as text; nothing where the labels are no calendar or the position is none."""
    _, per_year = positions(labels, ordered=True)
    counted = hasattr(labels[0], "ordinal")  # pandas' periods count from 1970
    if not np.isfinite(position) or per_year not in ((1.0, 4.0, 12.0) if counted else (1.0, 4.0, 12.0, DAYS_PER_YEAR)):
        return ""
    nearest = int(np.floor(position + 0.5))
    if per_year == DAYS_PER_YEAR:
        last = datetime.date.max.toordinal()
        return datetime.date.fromordinal(nearest).isoformat() if 1 <= nearest <= last else ""
    year, part = divmod(nearest, int(per_year))
    year += 1970 if counted else 0
    shown = {1.0: f"{year}", 4.0: f"{year}Q{part + 1}", 12.0: f"{year}-{part + 1:02d}"}
    return shown[per_year] if 1 <= year <= 9999 else ""
