"""How sure a willingness to pay is: intervals of ``-b_attribute / b_price``, a ratio whose denominator is uncertain, too.

Both take the coefficients' joint covariance, whatever the design. `worth` and `paid` are the rows of the attributes'
coefficients and of the prices' coefficients that go with them.

Krinsky, I. and Robb, A. L. (1986). On approximating the statistical properties of elasticities. *Rev. Econ. Stat.* 68.
Fieller, E. C. (1954). Some problems in interval estimation. *JRSS B* 16.
"""

from __future__ import annotations

import numpy as np

from cxstats.inference.crossing import Line
from cxstats.inference.estimate import Estimate
from cxstats.inference.intervals import Limits
from cxstats.inference.known import as_it_is

Pairs = tuple[np.ndarray, np.ndarray]


def krinsky_robb(params: Estimate, pairs: Pairs, level: float, seed: int, draws: int) -> Limits:
    """Return quantiles of the ratio over draws of the coefficients from their joint t distribution."""
    known, rng, (worth, paid) = as_it_is(params), np.random.default_rng(seed), pairs
    spread = rng.multivariate_normal(np.zeros(len(params)), known.covariance, draws, method="eigh")
    unknown = known.unknown[worth] | known.unknown[paid]
    df = np.where(unknown, np.inf, np.fmin(params.df[worth], params.df[paid]))
    finite = np.where(np.isfinite(df), df, 1.0)
    longer = np.where(np.isfinite(df), np.sqrt(finite / rng.chisquare(finite, (draws, len(worth)))), 1.0)
    drawn = params.values[worth] + longer * spread[:, worth], params.values[paid] + longer * spread[:, paid]
    low, high = np.quantile(-drawn[0] / drawn[1], [(1 - level) / 2, (1 + level) / 2], axis=0)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


def fieller(params: Estimate, pairs: Pairs, level: float) -> Limits:
    """Return the ends of the amounts a for which ``b_attribute + a b_price = 0`` is not rejected; infinite if it has none."""
    ends = np.asarray([_ends(params, int(k), int(p), 1 - level) for k, p in zip(*pairs, strict=True)])
    return ends[:, 0], ends[:, 1]


def _ends(params: Estimate, worth: int, paid: int, alpha: float) -> tuple[float, float]:
    """Return the ends for one attribute: ``b_attribute + a b_price`` is a line over amounts a, which reaches 0 in between."""
    pair, known = [worth, paid], as_it_is(params)
    covariance = known.covariance[np.ix_(pair, pair)]
    if known.unknown[pair].any():
        return np.nan, np.nan
    df, (b, price) = float(np.nanmin(params.df[pair])), params.values[pair]
    low, high, outside = Line(float(b), float(price), covariance, df, (1.0, 1.0)).fieller(alpha, None)
    return (-np.inf, np.inf) if outside or np.isinf([low, high]).any() else (low, high)


def turned(limits: Limits, sign: np.ndarray) -> Limits:
    """Return limits of amounts whose sign is turned where `sign` is -1."""
    low, high = limits
    return np.where(sign > 0, low, -high), np.where(sign > 0, high, -low)
