"""When does the straight line through the periods reach a level? Fieller's interval, which may have no end.

The line is ``a + b s`` at s steps after the last period. It reaches the level L at ``s = (L - a) / b``; the interval holds
every s at which the line may be L: ``(a + b s - L)^2 <= t^2 V(a + b s)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cxstats.errors import ArgumentError, NoGroupError
from cxstats.inference import picking
from cxstats.inference.estimate import Estimate
from cxstats.inference.intervals import t_quantile
from cxstats.inference.known import lent
from cxstats.inference.own import with_own_limits
from cxstats.inference.periods import calendar, positions, steps_per
from cxstats.inference.rows import OwnLimits


def reaching(estimate: Estimate, level: float, over: str | None = None, per: str | None = None) -> Estimate:
    """Return when the straight line through the periods reaches a level: steps (or years) after the last period.

    ``s = (level - a) / b`` with the least-squares line ``a + b s``, every period counting alike, as in `Estimate.trend`.

    Parameters
    ----------
    estimate : Estimate
        From `measure`, by periods.
    level : float
        The level to be reached, in the unit of the measure.
    over : str, optional
        The label column that holds the periods, as in `Estimate.trend`. By default the only ``by`` column.
    per : {"year"}, optional
        Count years; None counts steps of the periods.

    Returns
    -------
    Estimate
        One time for each combination of the labels left over; negative if the line reached the level before the last period.
        It has no standard error. The note names the period on the calendar, with the 95 % interval.

    Raises
    ------
    ArgumentError
        If the level is no number, there is no such label, fewer than two periods, or steps have no known length where years
        are asked for.

    Notes
    -----
    If the slope may be 0, so may the line never get there: the interval then has no end on one side, or the line may be at
    the level at any time but for a middle part; the widest honest interval then has no end on either side, and the note
    says so. A straight line that fits some years need not go on: this is arithmetic, not a forecast.

    Both limits together miss in 5 %, but if the true slope is near 0 nearly all of that falls on one side: a slope that seems
    to go the wrong way puts the time into the past. On either side 2.8 % missed at most, by kind of design
    (``benchmarks/claim_measures.md``).

    References
    ----------
    Fieller, E. C. (1954). Some problems in interval estimation. *JRSS B* 16.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> calls = pd.DataFrame({"phone": [1] * 58 + [0] * 42 + [1] * 52 + [0] * 48 + [1] * 50 + [0] * 50 + [1] * 40 + [0] * 60,
    ...                       "quarter": [q for q in ("2025Q1", "2025Q2", "2025Q3", "2025Q4") for _ in range(100)]})
    >>> when = cx.reaching(cx.measure(calls, cx.share(cx.col("phone") == 1), by="quarter"), level=10)
    >>> when.frame()[["estimate", "conf_low", "conf_high"]].round(1)
       estimate  conf_low  conf_high
    0       5.6       2.5       30.2
    >>> when.frame()["note"][0]
    '2027Q2 (95 %: 2026Q2 to 2033Q2)'
    """
    if isinstance(level, bool) or not isinstance(level, int | float | np.number) or not np.isfinite(level):
        raise ArgumentError(f"reaching(level=): a finite number in the unit of the measure is needed, not {level!r}.")
    over, sets, labels = picking.series_over(estimate.labels, over, estimate._rows, place="reaching")
    periods = estimate.labels[over]
    values, limits, notes = [], [], []
    for rows in sets:
        low, high = estimate._rows.low[rows].min(), estimate._rows.high[rows].max()
        if not low <= level <= high:
            raise ArgumentError(f"reaching(level={level!r}): the measure lies between {low:g} and {high:g}.")
        found = periods.iloc[rows].tolist()
        steps, per_year = positions(found, ordered=hasattr(periods, "cat"), place="reaching")
        if len(np.unique(steps)) < 2:
            raise NoGroupError(f"reaching(over={over!r}): there is one period only ({found[0]!r}); two are needed.")
        line = Line.through(steps - steps.max(), rows, estimate, float(level))
        times = steps_per(per, per_year, found, "reaching")
        values.append(line.reaches / times)
        limits.append(line.limits(times))
        notes.append(picking.join({line.note(found, steps.max()), *map(str, lent(estimate).note[rows])} - {""}))
    labels["trend"] = f"reaches {level:g}"
    return with_own_limits(
        estimate, values, labels, sets, limits, family="crossing", unit=f"{per}s" if per else "steps", notes=notes
    )


class Line:
    """A straight line that may reach a level: its distance from it at the last period, its slope, their covariance."""

    def __init__(self, distance: float, slope: float, v: np.ndarray, df: float, small: tuple[float, float]) -> None:
        self.distance, self.slope, self.v, self.df, self.small = distance, slope, v, df, small
        self.reaches = -distance / slope if slope else np.nan

    @classmethod
    def through(cls, steps: np.ndarray, rows: np.ndarray, e: Estimate, level: float) -> Line:
        """Return the line through some rows, `steps` after the last."""
        centred = steps - steps.mean()
        slope = centred / (centred @ centred)
        weights = np.stack([1 / len(steps) - slope * steps.mean(), slope])
        known = lent(e)
        v = weights @ known.covariance[np.ix_(rows, rows)] @ weights.T
        if known.unknown[rows].any():
            v[:] = np.nan
        used = np.unique(np.concatenate(e._used(rows)))
        distance, change = weights @ (e.values[rows] - level)
        df, (bias, kept) = e._origin.support.union(used), e._origin.small.of([used])
        return cls(float(distance), float(change), v, df, (float(bias[0]), float(kept[0])))

    def fieller(self, alpha: float, method: str | None = None) -> tuple[float, float, bool]:
        """Return the ends of the times at which the line may be at the level, or outside of which (True) it may be."""
        if np.isnan(self.v).any() or np.isnan(self.distance) or not self.df > 0:
            return np.nan, np.nan, False
        bias, kept = self.small if method == "guarded" else (1.0, 1.0)
        t2 = bias * float(t_quantile(alpha, np.asarray(max(self.df * kept, 1.0)))) ** 2
        a = self.slope**2 - t2 * self.v[1, 1]
        b = self.distance * self.slope - t2 * self.v[0, 1]
        c = self.distance**2 - t2 * self.v[0, 0]
        inside = b**2 - a * c
        if a == 0 or (a < 0 and inside <= 0):
            return -np.inf, np.inf, False
        ends = (-b + np.asarray([-1.0, 1.0]) * np.sqrt(max(inside, 0.0))) / a
        return float(ends.min()), float(ends.max()), a < 0

    def limits(self, times: float) -> OwnLimits:
        """Return the function from alpha to the widest honest interval."""

        def limits(alpha: float, method: str | None) -> tuple[float, float]:
            low, high, outside = self.fieller(alpha, method)
            return (-np.inf, np.inf) if outside else (low / times, high / times)

        return limits

    def note(self, found: Sequence[Any], last: float) -> str:
        """Say when that is on the calendar, with the 95 % interval, and whether the interval has a hole."""
        if not self.slope:
            return "the line is level, so it reaches nothing"
        low, high, outside = self.fieller(0.05)
        at, left, right = (calendar(found, last + s) for s in (self.reaches, low, high))
        if np.isnan(low):
            return at
        if outside:
            return f"{at} (95 %: any time up to {left or f'step {low:.1f}'} or from {right or f'step {high:.1f}'} on)".lstrip()
        ends = f"{left or 'no beginning'} to {right or 'no end'}" if np.isfinite([low, high]).any() else "any time"
        return f"{at} (95 %: {ends})" if at else ""
