"""How skewed the estimates of amounts are: third cumulants by linearisation, and the interval that allows for them.

PSU c of stratum h contributes z_hc to an estimate; its third cumulant is ``sum_h n_h^2 / ((n_h - 1) (n_h - 2)) sum_c (z_hc -
zbar_h)^3``. A few customers spend most: if a sample has none of them, the mean and its variance are both too small, and the
upper limit of a t interval falls short. Hall's (1992) transformation lengthens the interval on that side.

Hall, P. (1992). On the removal of skewness by transformation. *JRSS B* 54.
"""

from __future__ import annotations

import numpy as np

from cxstats.inference.intervals import Limits
from cxstats.inference.plan import may_be_skewed
from cxstats.inference.totals import Totals
from cxstats.inference.variance import linearise

UNSEEN = 1.75  # samples show less skewness than there is: chosen by simulation of lognormal and exponential amounts


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
            cumulants = free * np.where(n > 2, n**2 / ((n - 1) * (n - 2)), 0.0) * about
        found[k] = np.where(np.isfinite(cumulants), cumulants, 0.0).reshape(-1, groups).sum(axis=0)
    return found.ravel()


def skewed(value: np.ndarray, se: np.ndarray, t: np.ndarray, third: np.ndarray) -> Limits:
    """Return the limits ``value - se g^-1(+-t)``, no tighter than those of t itself, from the third cumulant.

    ``g(T) = T + s T^2 / 3 + s^2 T^3 / 27 + s / 6`` is nearly t distributed if T has the skewness -2 s.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        s = UNSEEN * third / se**3
    s = np.where(np.isfinite(s), s, 0.0)
    return value - se * np.maximum(_inverse(s, t), t), value - se * np.minimum(_inverse(s, -t), -t)


def _inverse(s: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Return g^-1(t) = 3 / s ((1 + s (t - s / 6))^(1/3) - 1)."""
    moved = t - s / 6
    flat = np.abs(s) < 1e-6
    with np.errstate(divide="ignore", invalid="ignore"):
        bent = 3 / s * (np.cbrt(1 + s * moved) - 1)
    return np.where(flat, moved, bent)
