"""A number that was read somewhere, not measured: published figures and what follows from them.

It has limits at any level, but no rows. Where something is not known (how many were asked, how far two answers overlap), its
limits are the widest over everything that is taken for possible, so that a verdict holds only if it holds for all of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cxstats.claims.region import Region
from cxstats.inference.intervals import p_by_inversion

Limits = Callable[[float], tuple[float, float]]  # alpha to the widest limits
Needed = Callable[[Region, float], float]  # region and level to the people with whom the figures would decide


@dataclass(frozen=True)
class Reading:
    """A value with limits, in a unit.

    Attributes
    ----------
    value : float
        The number; NaN where only its bounds are known.
    limits : callable
        From alpha to lower and upper limit.
    unit : str
        "%", "% points", "correlation" or what else the number is in.
    n : float
        People asked, or what else it is of; NaN if that is not known.
    assumed : str
        What was taken for what is not known: "n from 100 to 10,000".
    associated : {"", "difference", "trend", "function"}
        What it compares: groups, time, figures of several groups; then the verdict says "associated with".
    low, high : float
        The range that it can have.
    needed : callable, optional
        From region and level to the number of people with whom the figures, as printed, would decide; NaN where no number of
        people tells that.
    cautions : tuple of str
        What to know of the number.
    whom : str
        What `needed` counts: "people", "people each", "pairs".
    hides : str
        What leaves a claim open however many are asked.
    what : str
        What it is, in words, where the claim does not say.
    middle : float
        The middle of the bounds, where only they are known.
    """

    value: float
    limits: Limits
    unit: str = "%"
    n: float = np.nan
    assumed: str = ""
    associated: str = ""
    low: float = 0.0
    high: float = 100.0
    needed: Needed | None = None
    cautions: tuple[str, ...] = ()
    whom: str = "people"
    hides: str = "rounding leaves it open"
    what: str = "the published figure"
    middle: float = np.nan

    @property
    def centre(self) -> float:
        """The value, or the middle of its bounds where only they are known."""
        return self.middle if np.isnan(self.value) else self.value

    def p_value(self, edge: float) -> float:
        """Return 1 - level at which the limits just reach the edge."""
        if not np.isfinite(edge):
            return 0.0

        def limits(alpha: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            low, high = zip(*(self.limits(float(a)) for a in alpha), strict=True)
            return np.asarray(low), np.asarray(high)

        return float(p_by_inversion(limits, np.asarray([self.centre]), np.asarray([edge]))[0])
