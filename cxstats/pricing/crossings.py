"""Where two weighted price curves cross, and between which prices they may.

A curve is F_a(p), the share whose answer a is at or below the price p, or what is left of 1. Two curves cross where
``D(p) = F_a(p) + F_b(p) - 1`` is 0: at the median of both answers pooled. Between prices that someone named the curves are
straight. D is a mean, measured like any other, and never falls; the interval holds every price at which it may be 0:
``|D(p)| <= t se(D(p))`` (Woodruff's idea, with the error at each price).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cxstats.expression import Expression, Literal, Lookup, col, when
from cxstats.inference.estimate import Estimate
from cxstats.inference.intervals import t_quantile
from cxstats.inference.measure import measure
from cxstats.inference.request import Request
from cxstats.inference.rows import OwnLimits
from cxstats.inference.variance import Rescaled
from cxstats.score import Score
from cxstats.survey import Survey

FURTHEST = 1e-3  # the errors are measured as far out as limits at this alpha lie
PLAIN = 0.7  # D of one answer varies by about so much
KNOTS, FURTHER = 9, 6  # prices at which they are measured, near and further out; straight lines between them
Pair = tuple[str, str]


@dataclass(frozen=True)
class Curves:
    """One group's curves: the prices that anyone named, and of each answer the share at or below each of them."""

    prices: np.ndarray
    below: Mapping[str, np.ndarray]

    def height(self, pair: Pair) -> np.ndarray:
        """Return D = F_a + F_b - 1 at each price; shares that add up to 1 but for rounding give 0."""
        d = self.below[pair[0]] + self.below[pair[1]] - 1
        return np.asarray(np.where(np.abs(d) < 1e-12, 0.0, d))

    def crossing(self, pair: Pair) -> tuple[float, float]:
        """Return the first and the last price at which D is 0, which differ where no one is between the two curves."""
        d, p = self.height(pair), self.prices
        return rising(p, d, last=False), rising(p, d, last=True)


def rising(p: np.ndarray, d: np.ndarray, *, last: bool) -> float:
    """Return the first (or last) price at which a line that ends above 0 comes up to 0; infinite if it never does.

    A line that starts above 0 comes up at the first price.
    """
    if not len(d) or np.isnan(d).any():
        return np.nan
    under = d <= 0 if last else d < 0
    left = len(d) - 1 - int(np.argmax(under[::-1])) if under.any() else -1
    if left < 0:
        return float(p[0])
    if left == len(d) - 1:
        return np.inf
    return float(p[left] - d[left] * (p[left + 1] - p[left]) / (d[left + 1] - d[left]))


def curves(survey: Survey, columns: Sequence[str], base: Expression, by: tuple[str, ...], where: Expression | None) -> dict[
    tuple[Any, ...], Curves
]:  # fmt: skip
    """Return each group's curves of the answers in some columns, among the rows of the base."""
    request = Request(survey, (), by, where)
    weight = Literal(1.0) if request.weight is None else when(request.weight > 0, request.weight, 0.0)
    steps: dict[tuple[Any, ...], dict[str, tuple[np.ndarray, np.ndarray]]] = {}
    for name in columns:
        found = survey.frame.cumulated(name, weight, by, request.within(base), 0.5, None)
        labels = [found.by[b].levels.iloc[found.by[b].codes].tolist() for b in by]
        lines: dict[tuple[Any, ...], list[int]] = {}
        for i, group in enumerate(zip(*labels, strict=True) if by else [()] * len(found.value)):
            lines.setdefault(group, []).append(i)
        for group, at in lines.items():
            steps.setdefault(group, {})[name] = found.value[at], found.share[at]
    return {group: _on_one_grid(step) for group, step in steps.items()}


def _on_one_grid(steps: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> Curves:
    prices = np.unique(np.concatenate([value for value, _ in steps.values()]))
    below = {
        name: np.append(0.0, share)[np.searchsorted(value, prices, side="right")]
        for name, (value, share) in steps.items()
    }
    return Curves(prices, below)


@dataclass(frozen=True)
class Crossings:
    """Pairs of curves of each group, and the survey on which the distance of two curves is measured at any price."""

    survey: Survey
    base: Expression
    by: tuple[str, ...]
    where: Expression | None
    groups: Any
    curves: Sequence[Curves]

    def measured(self, pairs: Sequence[Pair], prices: np.ndarray) -> Estimate:
        """Return D of pair k at price `prices[k, g]` in group g."""
        return measure(
            self.survey,
            [self._distance(k, pair, at) for k, (pair, at) in enumerate(zip(pairs, prices, strict=True))],
            list(self.by),
            self.where,
        )

    def _distance(self, k: int, pair: Pair, prices: np.ndarray) -> Score:
        """Return the score whose mean is D at one price a group: 1 if both answers are at or below it, -1 if neither is."""
        left, right, part = (np.full(len(prices), np.nan) for _ in range(3))
        for g, (curve, price) in enumerate(zip(self.curves, prices, strict=True)):
            if np.isfinite(price):
                i = int(np.clip(np.searchsorted(curve.prices, price, side="right") - 1, 0, len(curve.prices) - 1))
                j = min(i + 1, len(curve.prices) - 1)
                left[g], right[g] = curve.prices[i], curve.prices[j]
                part[g] = (price - left[g]) / (right[g] - left[g]) if j > i else 0.0
        low, high, share = self._each(left), self._each(right), self._each(part)
        points: Expression = Literal(-1.0)
        for name in pair:
            points = points + (1 - share) * (col(name) <= low) + share * (col(name) <= high)
        return Score(points, self.base, f"distance {k}", range=(-1.0, 1.0))

    def _each(self, values: np.ndarray) -> Expression:
        if self.by:
            return Lookup(self.by, self.groups, values, f"by {', '.join(self.by)} {values.tolist()}")
        return Literal(float(values[0])) if len(values) and np.isfinite(values[0]) else Literal(0.0)

    def estimate(self, pairs: Mapping[str, Pair], unit: str, variant: str) -> Estimate:
        """Return the prices at which each pair crosses in each group, with the limits and covariance that D gives."""
        ends = np.asarray([[c.crossing(pair) for c in self.curves] for pair in pairs.values()])
        value = ends.mean(axis=2)
        at = self.measured(list(pairs.values()), value)
        se, size = at.std_error.reshape(value.shape), len(at)
        factor, unknown, note = np.ones(size), at._rows.unknown.copy(), np.full(size, "", dtype=object)
        own = np.full(size, None, dtype=object)
        df, (guarded, left) = at.df.reshape(value.shape), at._spread("guarded")
        for k, pair in enumerate(pairs.values()):
            few = PLAIN / np.sqrt(
                np.fmax(at.n.reshape(value.shape)[k], 1.0)
            )  # PSUs may cancel just where the curves cross
            knots, errors = self._errors(pair, se[k], np.fmax(se[k], few), df[k])
            for g, curve in enumerate(self.curves):
                i = k * len(self.curves) + g
                wider = guarded[i] / at.std_error[i] if at.std_error[i] > 0 else 1.0
                known = len(curve.prices) > 0
                own[i] = (
                    _limits(curve, pair, knots[g], errors[g], (df[k, g], 1.0), (left[i], wider)) if known else _unknown
                )
                note[i] = _note(ends[k, g], curve, bool(at.std_error[i] > 0))
                low, high = own[i](0.05, None)
                if np.isfinite(high - low) and high > low and at.std_error[i] > 0:
                    factor[i] = -(high - low) / (2 * float(t_quantile(0.05, df[k, g : g + 1])[0])) / at.std_error[i]
                else:
                    unknown[i] = True
                    note[i] = note[i] or "too few answers around the crossing for a standard error"
        labels = at.labels
        labels["metric"] = np.repeat(list(pairs), len(self.curves))
        rows = replace(
            at._rows, family=np.full(size, "quantile", dtype=object), unit=np.full(size, unit, dtype=object),
            variant=np.full(size, variant, dtype=object), low=np.zeros(size), high=np.full(size, np.inf),
            unknown=unknown, note=note, own=own,
        )  # fmt: skip
        return Estimate(value.ravel(), labels, rows, Rescaled(at._covariance, factor), at._origin, df=at.df)

    def _errors(self, pair: Pair, se: np.ndarray, wide: np.ndarray, df: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return, groups x knots, prices around the crossing and the standard errors of D there: near, and further out."""
        t = t_quantile(FURTHEST, df)
        near, far = (np.nan_to_num(t * error)[:, None] for error in (se, wide))
        heights = np.hstack([near * np.linspace(-1, 1, KNOTS), far * np.linspace(-1, 1, FURTHER)])
        knots = np.stack([np.interp(at, curve.height(pair), curve.prices) if len(curve.prices) else
                          np.full(at.shape, np.nan) for curve, at in zip(self.curves, heights, strict=True)])  # fmt: skip
        count = heights.shape[1]
        errors = self.measured([pair] * count, knots.T).std_error.reshape(count, len(se)).T
        return knots, np.nan_to_num(errors)


def _limits(
    curve: Curves, pair: Pair, knots: np.ndarray, errors: np.ndarray, plain: tuple[float, float], guarded: tuple[float, float]
) -> OwnLimits:  # fmt: skip
    """Return the function from alpha to the first and last price at which D may be 0; open ends are infinite."""
    d = curve.height(pair)
    prices = np.union1d(curve.prices, knots)
    height = np.interp(prices, curve.prices, d)
    places, first = np.unique(knots, return_index=True)
    error = np.interp(prices, places, errors[first])

    def limits(alpha: float, method: str | None) -> tuple[float, float]:
        df, wider = guarded if method == "guarded" else plain
        if not df > 0 or not error.max() > 0:
            return np.nan, np.nan
        half = float(t_quantile(alpha, np.asarray(df))) * wider * error
        low = rising(prices, height + half, last=False) if height[0] + half[0] < 0 else -np.inf
        return low, rising(prices, height - half, last=True)

    return limits


def _unknown(alpha: float, method: str | None) -> tuple[float, float]:
    return np.nan, np.nan


def _note(ends: np.ndarray, curve: Curves, known: bool) -> str:
    if not len(curve.prices):
        return "no consistent answers"
    apart = (
        f"the curves meet anywhere from {ends[0]:g} to {ends[1]:g}; the middle is shown" if ends[1] > ends[0] else ""
    )
    return apart if known else (apart or "the curves do not overlap, so nothing is known of the error")
