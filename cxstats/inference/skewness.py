"""How skewed the estimates of amounts are: third cumulants by linearisation, and the interval that allows for them.

PSU c of stratum h contributes z_hc to an estimate; its third cumulant is ``sum_h n_h^2 / ((n_h - 1) (n_h - 2)) sum_c (z_hc -
zbar_h)^3``. A few customers spend most: if a sample has none of them, the mean and its variance are both too small, and the
upper limit of a t interval falls short. A transformation of t lengthens it on that side (Hall 1992, Zhou and Gao 2000).

Hall, P. (1992). On the removal of skewness by transformation. *JRSS B* 54.
Zhou, X.-H. and Gao, S. (2000). One-sided confidence intervals for means of positively skewed distributions. *Am. Stat.* 54.
"""

from __future__ import annotations

import numpy as np

from cxstats.inference.intervals import Limits
from cxstats.inference.plan import may_be_skewed
from cxstats.inference.totals import Totals
from cxstats.inference.variance import linearise

PER_SKEWNESS, MOST = 1.7, 2.0  # more than theory's 0.75, since samples show too little skewness: chosen by simulation


def third_cumulants(t: Totals) -> np.ndarray:
    """Return the third cumulant of each estimate, scores by groups; 0 where a scale bounds the answers."""
    linear, groups = linearise(t), len(t.groups)
    inside = np.flatnonzero(t.group >= 0)
    stratum, group = t.stratum[inside], t.group[inside]
    slot, size = stratum * groups + group, len(t.sampled) * groups
    n, free = np.repeat(t.sampled, groups), np.repeat(1 - t.fraction, groups)
    found = np.zeros((len(t.scores), groups))
    for k in (k for k, score in enumerate(t.scores) if may_be_skewed(score)):
        by_y, by_x = linear.by_y[group, k], linear.by_x[group, k]
        y, x = (t.first[part][inside, k] for part in ("y", "x"))

        def by_slot(z: np.ndarray) -> np.ndarray:
            return np.bincount(slot, z, size)

        z = by_y * y + by_x * x
        if t.cluster is not None:
            sums, squares, cubes = by_slot(z), by_slot(z**2), by_slot(z**3)
        else:
            yy, yx, xx = (t.second[(p, k), (q, k)][inside] for p, q in ("yy", "yx", "xx"))
            yyy, yyx, yxx, xxx = t.third[k][inside].T
            sums, squares = by_slot(z), by_slot(by_y**2 * yy + 2 * by_y * by_x * yx + by_x**2 * xx)
            cubes = by_slot(by_y**3 * yyy + 3 * by_y**2 * by_x * yyx + 3 * by_y * by_x**2 * yxx + by_x**3 * xxx)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = sums / n
            about = cubes - 3 * mean * squares + 3 * mean**2 * sums - n * mean**3
            few = n <= 2  # two PSUs show no skewness about their mean: it is taken about the whole estimate
            cumulants = free * np.where(few, cubes, n**2 / ((n - 1) * (n - 2)) * about)
        found[k] = np.where(np.isfinite(cumulants), cumulants, 0.0).reshape(-1, groups).sum(axis=0)
    return found.ravel()


def skewed(value: np.ndarray, se: np.ndarray, t: np.ndarray, third: np.ndarray) -> Limits:
    """Return value -+ t se, on the side to which the amounts are skewed ``se (exp(c t) - 1) / c`` instead.

    c is 1.7 times the skewness of the estimate, at most 2: the longer side is that of a shifted lognormal variable. It grows
    with the skewness and with t, without a jump.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        skewness = np.where(se > 0, third / se**3, 0.0)
    c = np.clip(PER_SKEWNESS * np.abs(np.nan_to_num(skewness)), 1e-9, MOST)
    with np.errstate(over="ignore"):
        longer = np.expm1(c * t) / c
    return value - se * np.where(skewness < 0, longer, t), value + se * np.where(skewness > 0, longer, t)
