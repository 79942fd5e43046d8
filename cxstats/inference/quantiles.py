"""Quantiles with Woodruff intervals, joint with everything else that one call measures.

q = min{x : F(x) >= p}. The pass measures the share F(q) among all other scores; its interval F(q) -+ t se, read off the
same distribution function, gives the interval of q. The half-width over t is the standard error; its ratio to the
standard error of F(q) carries the covariance with other estimates over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.expression import Expression, Literal, Lookup, col, when
from cxstats.inference.intervals import order_statistics, shrinkage, t_quantile
from cxstats.inference.plan import infinite
from cxstats.inference.request import Request
from cxstats.inference.rows import OwnLimits, Rows
from cxstats.inference.small_sample import SmallSample
from cxstats.inference.totals import Totals
from cxstats.inference.variance import Covariance, Rescaled
from cxstats.score import Score

if TYPE_CHECKING:
    import pandas as pd

SMALLEST_ALPHA = 1e-4  # limits beyond this alpha may lie outside what was brought; they are then open
NEARLY = 1e-12  # rounding in cumulated weights must not move a quantile to the next value


@dataclass(frozen=True)
class Distribution:
    """A weighted distribution function, or the part of one near a quantile: sorted values, the shares below and at or below."""

    values: np.ndarray
    below: np.ndarray
    share: np.ndarray

    def quantile(self, p: float) -> float:
        """Return min{x : F(x) >= p}; NaN for p outside 0..1."""
        if not len(self.values) or not -NEARLY <= p <= 1 + NEARLY:
            return np.nan
        place = int(np.searchsorted(self.share, p - NEARLY, side="left"))
        return float(self.values[min(place, len(self.values) - 1)])

    def covers(self, low: float, high: float) -> bool:
        """Tell whether quantiles from `low` to `high` can be read off."""
        return (
            len(self.share) > 0
            and self.below[0] <= max(low, 0.0) + NEARLY
            and self.share[-1] >= min(high, 1.0) - NEARLY
        )


Fetch = Callable[[tuple[float, float] | None], dict[tuple[Any, ...], Distribution]]


@dataclass(frozen=True)
class Quantiles:
    """The distributions of one score by group, and the score "at or below the group's quantile" that the pass measures."""

    score: Score
    distributions: dict[tuple[Any, ...], Distribution]
    probability: float
    fetch: Fetch


def thresholds(request: Request) -> list[Quantiles | None]:
    """Return, for each quantile score, its values and the score of its distribution function; None for others."""
    return [_threshold(request.asking([s]), s) if s.family == "quantile" else None for s in request.scores]


def _threshold(request: Request, score: Score) -> Quantiles:
    import pandas as pd

    request.check()
    name, by, frame = score.columns()[0], request.by, request.survey.frame
    weight = Literal(1.0) if request.weight is None else when(request.weight > 0, request.weight, 0.0)
    probability = score.probability or 0.5

    def fetch(span: tuple[float, float] | None) -> dict[tuple[Any, ...], Distribution]:
        found = frame.cumulated(name, weight, by, request.within(score.base), probability, span)
        labels = [found.by[n].levels.iloc[found.by[n].codes].tolist() for n in by]
        groups = list(zip(*labels, strict=True)) if by else [()] * len(found.value)
        lines: dict[tuple[Any, ...], list[int]] = {}
        for i, group in enumerate(groups):
            lines.setdefault(group, []).append(i)
        return {group: Distribution(found.value[at], found.below[at], found.share[at]) for group, at in lines.items()}

    distributions = fetch(None)
    values = np.asarray([d.quantile(probability) for d in distributions.values()])
    if np.isinf(values).any():
        raise infinite(request, score)
    table = pd.DataFrame(list(distributions), columns=list(by)) if by else pd.DataFrame(index=range(len(values)))
    limit = _limit(name, by, table, values, score.name)
    below = replace(
        score, points=100 * ((col(name) <= limit) + 0), base=score.base & limit.is_answered(), range=(0.0, 100.0)
    )
    return Quantiles(below, distributions, probability, fetch)


def _limit(name: str, by: Sequence[str], groups: pd.DataFrame, found: np.ndarray, label: str) -> Expression:
    if by:
        return Lookup(by, groups, found, f"{label}: {name} by {', '.join(by)} {found.tolist()}")
    return Literal(float(found[0])) if len(found) and np.isfinite(found[0]) else Literal(0.0)


def quantiles(
    t: Totals,
    found: Sequence[Quantiles | None],
    value: np.ndarray,
    covariance: Covariance,
    rows: Rows,
    df: np.ndarray,
    small: SmallSample,
) -> tuple[np.ndarray, Covariance, Rows]:
    """Replace the measured shares F(q) by the quantiles, with Woodruff limits and standard errors."""
    groups = len(t.groups)
    value, factor = value.copy(), np.ones(len(value))
    low, high, note = rows.low.copy(), rows.high.copy(), rows.note.copy()
    unknown, own = rows.unknown.copy(), rows.own.copy()
    se = np.sqrt(covariance.diagonal())
    labels = list(t.groups.itertuples(index=False, name=None)) if len(t.groups.columns) else [()] * groups
    for k, quantile in enumerate(found):
        if quantile is None:
            continue
        rows_of = slice(k * groups, (k + 1) * groups)
        half = np.where(unknown[rows_of], 0.0, t_quantile(SMALLEST_ALPHA, df[rows_of]) * se[rows_of] / 100)
        distributions = _wide_enough(quantile, labels, value[rows_of] / 100, np.nan_to_num(half))
        for g, label in enumerate(labels):
            i = k * groups + g
            share, error, distribution = value[i] / 100, se[i] / 100, distributions.get(label, EMPTY)
            value[i], low[i], high[i] = distribution.quantile(quantile.probability), -np.inf, np.inf
            worth = min(rows.n_effective[i], rows.most[i], rows.kish[i])
            known = worth if rows.simple[i] else _Worth(worth, df[i], small, i)
            limits = _limits_of(distribution, share, error, df[i], bool(unknown[i]), quantile.probability, known)
            own[i] = limits
            left, right = limits(0.05, None)
            width = right - left
            if not np.isfinite(width) or width <= 0:
                unknown[i] = True
                note[i] = (
                    note[i].split("; the interval")[0] or "too few answers beyond the quantile for a standard error"
                )
            else:
                factor[i] = -width / (2 * float(t_quantile(0.05, df[i : i + 1])[0])) / se[i]
    rows = replace(rows, low=low, high=high, note=note, unknown=unknown, own=own)
    return value, Rescaled(covariance, factor), rows


def _wide_enough(
    quantile: Quantiles, labels: list[tuple[Any, ...]], share: np.ndarray, half: np.ndarray
) -> dict[tuple[Any, ...], Distribution]:
    """Return the distributions, fetched again if the limits lie outside the part that was brought."""
    needed = [
        (quantile.distributions[label], s - h, s + h)
        for label, s, h in zip(labels, share, half, strict=True)
        if label in quantile.distributions and np.isfinite(s)
    ]
    if all(d.covers(low, high) for d, low, high in needed):
        return quantile.distributions
    lowest, highest = min(low for _, low, _ in needed), max(high for _, _, high in needed)
    return quantile.fetch((min(lowest, quantile.probability), max(highest, quantile.probability)))


@dataclass(frozen=True)
class _Worth:
    """The effective answers behind quantile number `i` of a pass, less for a variance that is biased or little known."""

    n: float
    df: float
    small: SmallSample
    i: int

    def at(self, alpha: float) -> float:
        (bias,), (kept,) = self.small.of([np.asarray([self.i])])
        df = max(self.df * kept, min(self.df, 1.0))
        return float(self.n / bias * shrinkage(np.asarray([df]), alpha)[0])


def _limits_of(
    distribution: Distribution,
    share: float,
    error: float,
    df: float,
    unknown: bool,
    probability: float,
    worth: float | _Worth,
) -> OwnLimits:
    """Return the function from alpha to the limits of one quantile: F(q) -+ t se, read off F; open ends are infinite.

    Guarded limits are order statistics on what the answers are worth.
    """

    def limits(alpha: float, method: str | None) -> tuple[float, float]:
        if unknown or not df > 0:
            return np.nan, np.nan
        half = float(t_quantile(alpha, np.asarray([df]))[0]) * error
        left, right = share - half, share + half
        if method == "guarded":
            n = worth.at(alpha) if isinstance(worth, _Worth) else worth
            left, right = order_statistics(probability, max(n, 1.0), alpha)
        return (
            distribution.quantile(left) if left > 0 and distribution.covers(left, left) else -np.inf,
            distribution.quantile(right) if right <= 1 and distribution.covers(right, right) else np.inf,
        )

    return limits


EMPTY = Distribution(np.zeros(0), np.zeros(0), np.zeros(0))
