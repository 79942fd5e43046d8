"""Ticks that fit: numbers with one count of decimals, periods thinned to the width there is.

Imported by the chart functions when they draw, never by `import cxstats`: this module needs matplotlib.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axis import Axis
from matplotlib.ticker import Formatter, Locator, MaxNLocator

from cxstats.charts.style import plain, shown, size_in_points, wrapped
from cxstats.inference.periods import PATTERNS

CHARACTER = 0.6
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
STEPS = {4.0: (1, 2), 12.0: (1, 2, 3, 6)}


class Numbers(Formatter):
    """Write the ticks of an axis with thousands separated and as many decimals as their step needs."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Return one tick's text."""
        return self.format_ticks([x])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Return the texts of all ticks of the axis, which share one count of decimals."""
        digits = next((d for d in range(10) if all(_is_round(v, d) for v in values)), 10)
        return [f"{v:,.{digits}f}".replace("-", "\N{MINUS SIGN}") for v in (round(v, digits) + 0.0 for v in values)]


def _is_round(value: float, digits: int) -> bool:
    return math.isclose(value, round(value, digits), rel_tol=1e-9, abs_tol=1e-12)


def number_axis(axis: Axis, limits: tuple[float, float], length: float, size: float, *, across: bool) -> None:
    """Give an axis of `length` points as many ticks as fit, `across` the page or up it."""
    texts = Numbers().format_ticks(list(MaxNLocator(5).tick_values(*limits)))
    room = max(len(t) for t in texts) * CHARACTER * size + 1.6 * size if across else 2.6 * size
    most = 1 if length < 1.5 * room else int(np.clip(length / room, 2, 7))
    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(Numbers())


class PeriodTicks(Locator):
    """The places of periods on a time axis: all of them, or every second, third ... where the axis is short.

    Parameters
    ----------
    texts : sequence of (str, str)
        The text of each period and its year apart, as `parts_of` returns them, in order.
    places : array of float
        Their positions on the axis.
    per_year : float
        Steps in a year, NaN where that is unknown.
    size : float
        Size of the text, in points.
    """

    def __init__(self, texts: Sequence[tuple[str, str]], places: np.ndarray, per_year: float, size: float) -> None:
        self.places, self.per_year, self.size = places, per_year, size
        self.characters = np.asarray([max(len(line) for part in text for line in part.split("\n")) for text in texts])

    def __call__(self) -> Sequence[float]:
        """Return the places of the ticks."""
        steps = [*STEPS.get(self.per_year, ()), *(k * 10**e * int(self.per_year if self.per_year in STEPS else 1)
                 for e in range(6) for k in (1, 2, 5))]  # fmt: skip
        step = next((step for step in steps if self.fits(step)), steps[-1])
        return [float(place) for place in self.places[self._every(step)]]

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        """Return the places of the ticks, whatever the limits."""
        return self()

    def fits(self, step: int = 1) -> bool:
        """Return whether the texts of every so manieth period have room on the axis, as long as it is now."""
        chosen = self._every(step)
        length, _ = size_in_points(self.axis.axes)  # type: ignore[union-attr]
        low, high = self.axis.get_view_interval()  # type: ignore[union-attr]
        half = self.characters[chosen] * CHARACTER * self.size / 2
        return bool(
            np.all(np.diff(self.places[chosen]) / (high - low) * length >= half[1:] + half[:-1] + self.size / 2)
        )

    def _every(self, step: int) -> np.ndarray:
        """Return the periods at multiples of a step: first quarters, round years; where there are few such, by count."""
        whole = self.per_year <= 12 and bool(np.all(self.places % 1 == 0))
        chosen = np.flatnonzero(self.places % step == 0) if whole else np.zeros(0, dtype=np.int64)
        return chosen if len(chosen) > 1 else np.arange(0, len(self.places), step)


class PeriodTexts(Formatter):
    """The texts of periods: under quarters and months, the year stands below the first tick of each year."""

    def __init__(self, texts: Sequence[tuple[str, str]], places: np.ndarray) -> None:
        self.texts, self.places = texts, places

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Return one tick's text."""
        return self.format_ticks([x])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Return the texts of all ticks of the axis."""
        said, lines = "", []
        for value in values:
            short, year = self.texts[int(np.argmin(np.abs(self.places - value)))]
            lines.append(plain(f"{short}\n{year}" if year and year != said else short))
            said = year
        return lines


def parts_of(label: Any) -> tuple[str, str]:
    """Return the text of a period and, for quarters and months, its year apart."""
    text = shown(label)
    for pattern, steps in PATTERNS:
        found = pattern.fullmatch(text)
        if found and found[2] and 1 <= int(found[2]) <= steps:
            return (f"Q{found[2]}" if steps == 4 else MONTHS[int(found[2]) - 1]), found[1]
    return wrapped(text, 12), ""
