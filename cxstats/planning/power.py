"""The chance that a test finds a difference that is there.

``power = P(T > t)`` where T has the difference over its standard error as non-centrality. The difference of two waves of n
answers, of which a part `overlap` comes from the same people with correlation r, has the variance
``deff ((s1^2 + s2^2)(1/n - 1/N) - 2 r s1 s2 (overlap/n - 1/N))`` (Kish 1965, ch. 12). Shares have another variance where
there is no difference: that of the average share.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cxstats.inference.intervals import t_quantile, z_quantile
from cxstats.planning.quantity import Mean, Quantity, Share
from cxstats.planning.sampling import Sampling


@dataclass(frozen=True)
class Comparison:
    """A test of a difference: between two waves, or from a fixed value.

    Attributes
    ----------
    quantity : Mean, Share or Nps
        What is measured; a share as it is in the first wave, or the fixed value.
    difference : float
        The true difference, in the unit of the metric.
    alpha : float
        Chance of a false finding, of both sides together.
    wanted : float
        The power wanted.
    waves : bool
        Two waves are compared; else one sample with a fixed value.
    overlap, correlation : float
        The part of the answers that come from the same people in both waves, and the correlation of their answers.
    """

    quantity: Quantity
    difference: float
    alpha: float
    wanted: float
    waves: bool = False
    overlap: float = 0.0
    correlation: float = 0.0

    def enough(self, n: int, sampling: Sampling) -> bool:
        """Return whether n answers (a wave) have the power wanted."""
        return self.power(n, sampling) >= self.wanted

    def power(self, n: int, sampling: Sampling) -> float:
        """Return the power with n answers (a wave)."""
        from scipy import special

        before, after, null = self._spreads
        error, error_null = (self._error(n, sampling, *sides) for sides in ((before, after), (null, null)))
        df = sampling.df(n) * (2 - self.overlap if self.waves else 1)
        critical = float(t_quantile(self.alpha, np.asarray(df)))
        if isinstance(self.quantity, Mean) and error > 0:
            return float(1 - special.nctdtr(df, abs(self.difference) / error, critical))
        if sampling.simple:
            critical = float(z_quantile(self.alpha))
        above = abs(self.difference) - critical * error_null
        return float(special.ndtr(above / error)) if error > 0 else float(above > 0)

    @property
    def _spreads(self) -> tuple[float, float, float]:
        """Standard deviations of an answer: before, after, and where there is no difference."""
        if not isinstance(self.quantity, Share):
            return (self.quantity.sd,) * 3
        before = self.quantity.share
        after = before + self.difference
        null = (before + after) / 2 if self.waves else before
        return Share(before).sd, Share(after).sd, Share(null).sd

    def _error(self, n: int, sampling: Sampling, before: float, after: float) -> float:
        """Return the standard error of the difference."""
        rest, everyone = 1 / n - 1 / sampling.population, 1 / sampling.population
        if not self.waves:
            variance = after**2 * rest
        else:
            common = self.overlap / n - everyone
            variance = (before**2 + after**2) * rest - 2 * self.correlation * before * after * common
        return float(max(sampling.design_effect * variance, 0.0) ** 0.5)


@dataclass(frozen=True)
class ExactComparison:
    """A test of a share against a fixed value by the exact (Clopper-Pearson, Korn-Graubard) interval."""

    share: float
    difference: float
    alpha: float
    wanted: float

    def power(self, n: int, sampling: Sampling) -> float:
        """Return the power with n answers."""
        effective = sampling.exact(n, self.alpha)
        return 1.0 if np.isinf(effective) else float(self._powers(np.asarray([np.floor(effective)]))[0])

    def enough(self, n: int, sampling: Sampling) -> bool:
        """Return whether n answers have the power wanted, and no larger number falls short of it again."""
        return sampling.exact(n, self.alpha) >= self._simple

    @cached_property
    def _simple(self) -> int:
        """Answers of a simple random sample. The power goes up in a saw-tooth; from here on it stays above."""
        plain = Comparison(Share(self.share), self.difference, self.alpha, self.wanted)
        near = Sampling().smallest(lambda n: plain.enough(n, Sampling()))
        sizes = np.arange(2 if near < 5000 else near - 100, near + 500 / abs(self.difference) + 100)
        short = np.flatnonzero(self._powers(sizes) < self.wanted)
        return int(sizes[short[-1]]) + 1 if len(short) else int(sizes[0])

    def _powers(self, n: np.ndarray) -> np.ndarray:
        """Return the exact power of each n: the chance of as many answers as the value would give with alpha / 2 at most."""
        from scipy import stats

        before, after = self.share / 100, (self.share + self.difference) / 100
        if self.difference < 0:
            before, after = 1 - before, 1 - after
        return np.asarray(stats.binom.sf(stats.binom.isf(self.alpha / 2, n, before), n, after))
