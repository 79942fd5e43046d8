"""Ticks that fit: numbers with one count of decimals, periods thinned to the width there is.

Imported by the chart functions when they draw, never by `import cxstats`: this module needs matplotlib.
"""

from __future__ import annotations

import calendar
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axis import Axis
from matplotlib.ticker import Formatter, Locator, MaxNLocator

from cxstats.charts.style import plain, shown, size_in_points, wrapped
from cxstats.inference.periods import PATTERNS

CHARACTER = 0.6
STEPS = {4.0: (1, 2, 4), 12.0: (1, 2, 3, 6, 12)}


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
    axis.set_major_locator(MaxNLocator(int(np.clip(length / room, 2, 7)), steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(Numbers())


class Periods(Locator, Formatter):
    """The places and texts of periods on a time axis: every period, or every second, third ... where width is short.

    Parameters
    ----------
    labels : sequence
        The periods, in order.
    places : array of float
        Their positions on the axis.
    per_year : float
        Steps in a year, NaN where that is unknown.
    size : float
        Size of the text, in points.
    """

    def __init__(self, labels: Sequence[Any], places: np.ndarray, per_year: float, size: float) -> None:
        self.size = size
        self.places, self.per_year = places, per_year
        self.parts = [parts_of(label) for label in labels]

    def __call__(self, x: Any = None, pos: Any = None) -> Any:
        """Return the places of the ticks (as a locator), or the text of one (as a formatter)."""
        return self.places[self._chosen()] if x is None else self.format_ticks([x])[0]

    def tick_values(self, vmin: float, vmax: float) -> np.ndarray:
        """Return the places of the ticks."""
        return self.places[self._chosen()]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Return the texts: a year stands under its first tick only."""
        said, texts = "", []
        for value in values:
            short, year = self.parts[int(np.argmin(np.abs(self.places - value)))]
            texts.append(plain(f"{short}\n{year}" if year and year != said else short))
            said = year
        return texts

    def fits(self, every: int = 1) -> bool:
        """Return whether every so manieth text has room on the axis."""
        chosen = self._every(every)
        width, _ = size_in_points(self.axis.axes)  # type: ignore[union-attr]
        low, high = self.axis.get_view_interval()  # type: ignore[union-attr]
        at = self.places[chosen] / (high - low) * width
        half = np.asarray([max(map(len, "\n".join(self.parts[i]).split("\n"))) for i in chosen]) * CHARACTER * self.size / 2
        return bool(np.all(np.diff(at) >= half[1:] + half[:-1] + 0.5 * self.size))

    def _chosen(self) -> np.ndarray:
        steps = [*STEPS.get(self.per_year, ()), *(int(self.per_year) * k for k in (2, 5, 10, 20, 50))] if (
            self.per_year in STEPS) else [k * 10**e for e in range(7) for k in (1, 2, 5)]  # fmt: skip
        return self._every(next((step for step in steps if self.fits(step)), steps[-1]))

    def _every(self, step: int) -> np.ndarray:
        """Return the periods at multiples of a step: first quarters, round years; where there are few such, by count."""
        whole = np.isfinite(self.per_year) and self.per_year <= 12 and bool(np.all(self.places % 1 == 0))
        chosen = np.flatnonzero(self.places % step == 0) if whole else np.zeros(0, dtype=np.int64)
        return chosen if len(chosen) > 1 else np.arange(0, len(self.places), step)


def parts_of(label: Any) -> tuple[str, str]:
    """Return the text of a period and, for quarters and months, its year apart."""
    text = shown(label)
    for pattern, steps in PATTERNS:
        found = pattern.fullmatch(text)
        if found:
            step = int(found[2])
            return (f"Q{step}" if steps == 4 else calendar.month_abbr[step]), found[1]
    return wrapped(text, 12), ""
