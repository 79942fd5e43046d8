"""Quantiles with Woodruff intervals, joint with everything else that one call measures.

q = min{x : F(x) >= p}. The pass measures the share F(q) among all other scores; its interval F(q) -+ t se, read off the
same distribution function, gives the interval of q. The half-width over t is the standard error; its ratio to the
standard error of F(q) carries the covariance with other estimates over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cxstats.expression import Expression, Literal, Lookup, col, when
from cxstats.inference.intervals import t_quantile
from cxstats.inference.rows import Rows
from cxstats.inference.totals import Totals
from cxstats.inference.variance import Covariance, Rescaled
from cxstats.memory import Plan
from cxstats.score import Score
from cxstats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

NEARLY = 1e-12  # rounding in cumulated weights must not move a quantile to the next value


@dataclass(frozen=True)
class Distribution:
    """A weighted distribution function: sorted values and the share at or below each."""

    values: np.ndarray
    share: np.ndarray

    def quantile(self, p: float) -> float:
        """Return min{x : F(x) >= p}; NaN for p outside 0..1."""
        if not len(self.values) or not -NEARLY <= p <= 1 + NEARLY:
            return np.nan
        place = int(np.searchsorted(self.share, p - NEARLY, side="left"))
        return float(self.values[min(place, len(self.values) - 1)])


@dataclass(frozen=True)
class Quantiles:
    """The quantiles of one score by group, and the score "at or below the group's quantile" that the pass measures."""

    score: Score
    distributions: list[Distribution]
    values: np.ndarray


def thresholds(
    survey: Survey, scores: Sequence[Score], by: Sequence[str], where: Expression | None
) -> list[Quantiles | None]:
    """Return, for each quantile score, its values and the score of its distribution function; None for others."""
    return [_threshold(survey, s, by, where) if s.family == "quantile" else None for s in scores]


def _threshold(survey: Survey, score: Score, by: Sequence[str], where: Expression | None) -> Quantiles:
    from cxstats.inference.totals import _check_columns, _domain, _groups

    _check_columns(survey, [score], by, where)
    name, weight = score.columns()[0], survey.design.weight
    domain = _domain(survey, by, where)
    answered = score.base if domain is None else score.base & domain
    represented: Expression = Literal(1.0) if weight is None else when(col(weight).is_answered(), col(weight), 0.0)
    keys = [name] if name not in by else []
    sums = survey.frame.sums(Plan({"weight": represented}, [("weight",)], keys=keys, by=by, inside=answered))
    value = sums.keys[name]
    levels = value.levels.to_numpy(dtype=np.float64, na_value=np.nan)
    group, groups = _groups(sums, by)
    distributions = []
    for g in range(len(groups)):
        cells = np.flatnonzero((group == g) & (value.codes >= 0) & (sums.values["weight",] > 0))
        cells = cells[np.argsort(levels[value.codes[cells]], kind="stable")]
        heavy = np.cumsum(sums.values["weight",][cells])
        distributions.append(Distribution(levels[value.codes[cells]], heavy / heavy[-1] if len(heavy) else heavy))
    probability = score.probability or 0.5
    found = np.asarray([d.quantile(probability) for d in distributions])
    limit = _limit(name, by, groups, found, score.name)
    below = replace(
        score, points=100 * ((col(name) <= limit) + 0), base=score.base & limit.is_answered(), range=(0.0, 100.0)
    )
    return Quantiles(below, distributions, found)


def _limit(name: str, by: Sequence[str], groups: pd.DataFrame, found: np.ndarray, label: str) -> Expression:
    if by:
        return Lookup(by, groups, found, f"{label}: {name} by {', '.join(by)} {found.tolist()}")
    return Literal(float(found[0])) if len(found) and np.isfinite(found[0]) else Literal(0.0)


def quantiles(
    t: Totals,
    scores: Sequence[Score],
    found: Sequence[Quantiles | None],
    value: np.ndarray,
    covariance: Covariance,
    rows: Rows,
    df: np.ndarray,
) -> tuple[np.ndarray, Covariance, Rows]:
    """Replace the measured shares F(q) by the quantiles, with Woodruff limits and standard errors."""
    groups = len(t.groups)
    value, factor = value.copy(), np.ones(len(value))
    low, high, note = rows.low.copy(), rows.high.copy(), rows.note.copy()
    unknown, woodruff = rows.unknown.copy(), rows.woodruff.copy()
    se = np.sqrt(covariance.diagonal())
    for k, quantile in enumerate(found):
        if quantile is None:
            continue
        for g in range(groups):
            i = k * groups + g
            share, error, distribution = value[i] / 100, se[i] / 100, quantile.distributions[g]
            value[i], low[i], high[i] = quantile.values[g], -np.inf, np.inf
            limits = _limits_of(distribution, share, error, df[i], bool(unknown[i]))
            woodruff[i] = limits
            left, right = limits(0.05)
            width = right - left
            if not np.isfinite(width) or width <= 0:
                unknown[i] = True
                note[i] = note[i] or "too few answers beyond the quantile for a standard error"
            else:
                factor[i] = -width / (2 * float(t_quantile(0.05, df[i : i + 1])[0])) / se[i]
    rows = replace(rows, low=low, high=high, note=note, unknown=unknown, woodruff=woodruff,
                   n_effective=np.where(rows.family == "quantile", rows.n_effective, rows.n_effective))  # fmt: skip
    return value, Rescaled(covariance, factor), rows


def _limits_of(distribution: Distribution, share: float, error: float, df: float, unknown: bool):  # type: ignore[no-untyped-def]
    """Return the function from alpha to the limits of one quantile: F(q) -+ t se, read off F; open ends are infinite."""

    def limits(alpha: float) -> tuple[float, float]:
        if unknown or not df > 0:
            return np.nan, np.nan
        half = float(t_quantile(alpha, np.asarray([df]))[0]) * error
        left, right = share - half, share + half
        return (
            distribution.quantile(left) if left > 0 else -np.inf,
            distribution.quantile(right) if right <= 1 else np.inf,
        )

    return limits
