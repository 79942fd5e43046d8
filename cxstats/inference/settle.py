"""How many respondents would settle it: the sample in which an interval would clear the edge of a region.

The design is kept and everything grows alike, PSUs too: variances shrink by 1 / f, degrees of freedom and effective sizes
grow by f. Of a finite population the part drawn grows, too, and to ask everybody settles it. The power at f comes from the
interval that is shown: with z the normal quantile at which it just reaches the edge, it clears the edge at level 1 - alpha with
probability Phi(z - z_{1 - alpha/2}).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cxstats.inference.intervals import z_quantile
from cxstats.inference.limits import p_values
from cxstats.inference.rows import OWN
from cxstats.inference.variance import Rescaled

if TYPE_CHECKING:
    from cxstats.inference.estimate import Estimate, Region

POWER = 0.8
MOST = 1e8  # times the sample: beyond it the estimate lies on the edge for all that anyone will know
TOLERANCE, MOST_STEPS = 1e-5, 30
NO_RULE = tuple(family for family in OWN if family != "quantile")  # their intervals do not shrink with the root of n


def settling_factor(e: Estimate, region: Region, level: float, method: str | None = None) -> float:
    """Return how many times the sample settles whether the one value of `e` lies in the region, with 80 % power.

    It is infinite if the estimate lies on an edge, NaN where the variance is unknown or no rule gives it (extremes, ranks).
    """
    from scipy import special

    value = float(e.values[0])
    if e._rows.family[0] in NO_RULE or np.isnan(value) or np.isnan(e.std_error[0]):
        return np.nan
    if value in (region.low, region.high):
        return np.inf
    inside = region.low < value < region.high
    nearest = region.low if value < region.low else region.high
    edges = [edge for edge in (region.low, region.high) if np.isfinite(edge)] if inside else [nearest]

    def cleared(factor: float, power: float) -> bool:
        """Tell whether each edge is cleared with this power: the interval at z_{1 - alpha/2} + z_power does not reach it."""
        z = np.full(1, z_quantile(1 - level)) + special.ndtri(power)
        low, high = _scaled(e, factor)._limits(2 * special.ndtr(-z), method)
        return not any(low[0] <= edge <= high[0] for edge in edges)

    least = _smallest(lambda factor: cleared(factor, POWER), 1.0)
    if len(edges) == 1 or np.isinf(least):
        return least
    return _both_cleared(e, least, edges, float(z_quantile(1 - level)), method)


def _both_cleared(e: Estimate, factor: float, edges: list[float], z_level: float, method: str | None) -> float:
    """Return the factor at which both edges are cleared at once with the power: z grows with its root, nearly."""
    from scipy import special

    for _ in range(MOST_STEPS):
        larger = _scaled(e, factor)
        z = [float(z_quantile(p_values(larger, np.full(1, edge), method))[0]) for edge in edges]

        def enough(more: float, z: list[float] = z) -> bool:
            return sum(float(special.ndtr(each * more**0.5 - z_level)) - 1 for each in z) + 1 >= POWER

        step = _bisected(enough, 1e-3, 1e3)
        factor *= step
        if abs(step - 1) < 2 * TOLERANCE:
            break
    return factor


def _smallest(holds: Callable[[float], bool], low: float) -> float:
    """Return the smallest factor above `low` at which something holds that holds for all larger ones."""
    high = 2 * low
    while not holds(high):
        low, high = high, high * 4
        if high > MOST:
            return np.inf
    return _bisected(holds, low, high)


def _bisected(holds: Callable[[float], bool], low: float, high: float) -> float:
    while high / low > 1 + TOLERANCE:
        middle = (low * high) ** 0.5
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _scaled(e: Estimate, factor: float) -> Estimate:
    """Return the estimate as `factor` times the sample of the same design would give it, if its values are true."""
    from cxstats.inference.estimate import Estimate

    rows, used = e._rows, e._used(np.arange(len(e)))
    free = np.asarray([e._origin.free[u].mean() for u in used])
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.where(free > 0, np.maximum(1 - factor * (1 - free), 0) / free, 1.0)  # of a finite population
        worth = factor / left
    own = np.isin(rows.family, OWN)  # quantiles: their standard error, with t limits
    grown = replace(
        rows,
        **{name: getattr(rows, name) * factor for name in ("n", "kish", "represented")},
        **{name: getattr(rows, name) * worth for name in ("n_effective", "most")},
        family=np.where(own, "derived", rows.family),
    )
    parts = None if e._parts is None else (_scaled(e._parts[0], factor), _scaled(e._parts[1], factor))
    shrunk = Rescaled(e._covariance, worth**-0.5)
    origin = replace(e._origin, small=e._origin.small.grown(factor))
    terms = None if e._terms is None else replace(e._terms, source=_scaled(e._terms.source, factor))
    return Estimate(e.values, e.labels, grown, shrunk, origin, df=e.df * factor, uses=e._uses, parts=parts, terms=terms)
