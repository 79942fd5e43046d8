"""How strong something unmeasured would have to be: E-values; and how losses compare with gains: a ratio of steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.inference import Estimate
from cxstats.inference.crossing import Line
from cxstats.inference.known import as_it_is
from cxstats.inference.own import with_own_limits

if TYPE_CHECKING:
    import pandas as pd

STANDARDISED = (
    0.91  # exp(0.91 d) is the ratio of risks that goes with a difference of d standard deviations (Chinn 2000)
)


def e_value(ratio: np.ndarray) -> np.ndarray:
    """Return the E-value of ratios of risks, whichever way they go.

    Examples
    --------
    >>> e_value(np.asarray([3.9, 0.5, 1.0])).round(2).tolist()
    [7.26, 3.41, 1.0]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        away = np.maximum(ratio, 1 / ratio)
        return np.asarray(away + np.sqrt(away * (away - 1)))


def e_values(value: Any, spread: np.ndarray, shares: np.ndarray, level: float) -> pd.DataFrame:
    """Return E-values of the steps of a `ServiceValue`; `spread` is the standard deviation of customers behind each row."""
    size, pairs = len(value.order), value.levels.pairs
    first = size * np.arange(len(value) // size)[:, None]
    a, b = ((first + np.asarray([pair[side] for pair in pairs])).ravel() for side in (0, 1))
    steps = value.levels.between(value, pairs)
    low, high = steps.interval(level)
    shares = shares[a]
    logs = _log_ratios(value, a, b)
    left, right = logs.interval(level)
    with np.errstate(over="ignore"):
        ratio, least, most = (
            np.where(shares, np.exp(log), np.exp(STANDARDISED * number / spread[a]))
            for log, number in ((logs.values, steps.values), (left, low), (right, high))
        )
    nearest = np.where((least <= 1) & (most >= 1), 1.0, np.where(least > 1, least, most))
    found: pd.DataFrame = steps.labels.assign(
        estimate=steps.values,
        ratio=ratio,
        e_value=e_value(ratio),
        e_value_limit=np.where(np.isnan(low), np.nan, e_value(nearest)),
    )
    return found


def _log_ratios(value: Estimate, a: np.ndarray, b: np.ndarray) -> Estimate:
    """Return log(v[a] / v[b]) where both are above 0; 0 where not."""

    def logs(v: np.ndarray) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.where((value.values[a] > 0) & (value.values[b] > 0), np.log(v[a] / v[b]), 0.0))

    return value.transform(logs, labels=[f"log ratio {i}" for i in range(len(a))])


def ratio_of_steps(steps: Estimate, place: int, size: int) -> Estimate:
    """Return the step at a place, of `size` steps in each set, over the next one, with Fieller's interval."""
    known, every = as_it_is(steps), size * np.arange(len(steps) // size) + place
    names, values, limits, notes = [], [], [], []
    for i in every.tolist():
        one, two = steps.values[i], steps.values[i + 1]
        v = known.covariance[np.ix_([i, i + 1], [i, i + 1])] * np.asarray([[1, -1], [-1, 1]])
        if known.unknown[[i, i + 1]].any():
            v = np.full((2, 2), np.nan)
        both = steps._take(np.asarray([i, i + 1]))
        bias, kept = both._small
        line = Line(float(one), -float(two), v, float(both.df.min()), (float(bias.max()), float(kept.min())))
        low, high, outside = line.fieller(0.05)
        names.append("({}) / ({})".format(*both.labels["contrast"]))
        values.append(line.reaches)
        limits.append(line.limits(1.0))
        ends = "the gain may be 0, so the ratio has no end" if outside or not np.isfinite([low, high]).all() else ""
        ends = ends or ("the step up is no gain, so this is no ratio of a loss to a gain" if two < 0 else "")
        notes.append(ends if not np.isnan(low) else "the steps' errors are not known")
    labels = steps.labels.iloc[every].reset_index(drop=True).assign(contrast=names)
    enters = [np.asarray([i, i + 1]) for i in every.tolist()]
    return with_own_limits(steps, values, labels, enters, limits, family="fieller", unit="times", notes=notes)
