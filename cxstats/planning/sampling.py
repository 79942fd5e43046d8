"""What n answers will be worth: design effect, clusters, finite population, degrees of freedom.

An estimate from n answers is as exact as one from ``n / (deff (1 - n / N))`` answers of a simple random sample. Its
degrees of freedom are the clusters less one, or the answers less one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cxstats.errors import ArgumentError
from cxstats.inference.intervals import shrinkage

MOST = 10**9


@dataclass(frozen=True)
class Sampling:
    """How the sample will be drawn.

    Attributes
    ----------
    design_effect : float
        Of weights and clusters together.
    cluster_size : float
        Answers a cluster; 1 without clusters.
    population : float
        People in the population; infinite if not given.
    """

    design_effect: float = 1.0
    cluster_size: float = 1.0
    population: float = np.inf

    @property
    def simple(self) -> bool:
        """A simple random sample from a large population: its effective n is n itself, with nothing estimated."""
        return self.design_effect == 1 and self.cluster_size == 1 and np.isinf(self.population)

    def df(self, n: int) -> float:
        """Return the degrees of freedom: clusters (or answers) less one."""
        return n / self.cluster_size - 1

    def effective(self, n: int) -> float:
        """Return the size of the simple random sample that is as exact; infinite for a census."""
        left = self.design_effect * (1 - n / self.population)
        return n / left if left > 0 else np.inf

    def proven(self, n: int, alpha: float) -> float:
        """Return the effective n that intervals of shares and NPS rest on: shrunk, since its design effect is estimated."""
        return n if self.simple else self.effective(n) * float(shrinkage(np.asarray(self.df(n)), alpha))

    def exact(self, n: int, alpha: float) -> float:
        """Return the effective n of Korn and Graubard's interval: never more than n."""
        if self.simple or n == self.population:
            return self.effective(n)
        shrunk = shrinkage(np.asarray(self.df(n)), alpha, np.asarray(n - 1.0))
        return min(float(n), self.effective(n) * (n - 1) / n * float(shrunk))

    def smallest(self, enough: Callable[[int], bool]) -> int:
        """Return the smallest n that is enough, of whole clusters; the population if none smaller is."""
        size = self.cluster_size
        most = int(np.ceil(min(self.population, MOST) / size))

        def answers(clusters: int) -> int:
            return int(min(np.ceil(round(clusters * size, 9)), self.population))

        low, high = 1, 2  # one cluster shows nothing of how clusters differ
        while not enough(answers(high)):
            if high >= most:
                if np.isfinite(self.population):
                    return answers(most)
                raise ArgumentError(
                    f"sample_size: more than {MOST:,} respondents would be needed. Ask for a wider interval or a larger "
                    "difference."
                )
            low, high = high, min(2 * high, most)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if enough(answers(middle)) else (middle, high)
        return answers(high)
