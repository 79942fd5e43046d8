"""What will be measured, as far as it must be guessed beforehand: a share, an NPS by its composition, or a mean by its sd."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cxstats.inference import intervals
from cxstats.planning.sampling import Sampling


@dataclass(frozen=True)
class Mean:
    """A mean with a standard deviation, in the unit of the metric."""

    sd: float
    unit = ""

    def half_width(self, n: int, sampling: Sampling, alpha: float, method: str) -> float:
        """Return half the width of the t interval."""
        t = float(intervals.t_quantile(alpha, np.asarray(sampling.df(n))))
        return t * self.sd / math.sqrt(sampling.effective(n))

    def __str__(self) -> str:
        return f"a mean (standard deviation {self.sd:g})"


@dataclass(frozen=True)
class Share:
    """A share in percent."""

    share: float
    unit = "points"

    @property
    def sd(self) -> float:
        """Standard deviation of an answer, in points."""
        return math.sqrt(self.share * (100 - self.share))

    def half_width(self, n: int, sampling: Sampling, alpha: float, method: str) -> float:
        """Return half the width of the interval that `Estimate.frame` shows, at the share as guessed."""
        p = np.asarray(self.share / 100)
        if method == "wilson":
            low, high = intervals.wilson(p, np.asarray(sampling.proven(n, alpha)), alpha)
        else:
            effective = sampling.exact(n, alpha)
            low, high = (p, p) if np.isinf(effective) else intervals.beta(p, np.asarray(effective), alpha)
        return float(100 * (high - low) / 2)

    def __str__(self) -> str:
        return f"a share of {self.share:g} %"


@dataclass(frozen=True)
class Nps:
    """A Net Promoter Score by its composition in percent."""

    promoters: float
    detractors: float
    unit = "points"

    @property
    def score(self) -> float:
        """The score, -100 to 100."""
        return self.promoters - self.detractors

    @property
    def sd(self) -> float:
        """Standard deviation of an answer worth 100, 0 or -100."""
        return math.sqrt(100 * (self.promoters + self.detractors) - self.score**2)

    def half_width(self, n: int, sampling: Sampling, alpha: float, method: str) -> float:
        """Return half the width of the adjusted Wald interval."""
        square = np.asarray((self.promoters + self.detractors) / 100)
        effective = np.asarray(sampling.proven(n, alpha))
        low, high = intervals.balance(np.asarray(self.score / 100), square, effective, alpha)
        return float(100 * (high - low) / 2)

    def __str__(self) -> str:
        return f"an NPS of {self.score:g} ({self.promoters:g} % promoters, {self.detractors:g} % detractors)"


Quantity = Mean | Share | Nps
