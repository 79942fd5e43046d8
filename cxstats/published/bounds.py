"""Limits of shares that are known up to sampling and rounding, of their differences, and of how far two of them overlap.

`Share` is a printed share with the lowest and the highest share of the sample that round to it. What two shares of the same
people have in common is not known; between them lie Frechet's bounds ``max(0, p + q - 1)`` and ``min(p, q)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from cxstats.claims.region import Region
from cxstats.inference import intervals

EXACT = 1e-9
MOST_NEEDED = 10**9
FEW = 5  # people: with fewer, limits of sums add up
Limits = tuple[float, float]


@dataclass(frozen=True)
class Share:
    """A share as printed, the lowest and highest share of the sample that it can stand for, and what the answers are worth."""

    value: float
    low: float
    high: float
    n: float

    def limits(self, alpha: float) -> tuple[float, float]:
        """Return the limits of the share in the population: sampling and rounding together."""
        return exact(self.low, self.n, alpha)[0], exact(self.high, self.n, alpha)[1]

    def reaches(self, alpha: float) -> Limits:
        """Return how far its limits lie below and above the band of rounding, at least as far as a normal share's.

        Clopper and Pearson's limit towards the near end of the scale is closer than z standard errors; sums of such shares
        would not hold their level, so that the larger of both is taken, with half a person added to either side.
        """
        z, (low, high) = float(intervals.z_quantile(alpha)), self.limits(alpha)
        down, up = (
            z * float(np.sqrt(a * (1 - a) / self.n)) for a in (self._smoothed(self.low), self._smoothed(self.high))
        )
        return max(self.low - low, down), max(high - self.high, up)

    def _smoothed(self, p: float) -> float:
        return (p * self.n + 0.5) / (self.n + 1)

    @property
    def smoothed(self) -> float:
        """The share as printed, with half a person added to either side."""
        return self._smoothed(self.value)

    def error(self) -> float:
        """Return the standard error of the share as printed, with a little added where it is 0 or 1."""
        p = (self.value * self.n + 1) / (self.n + 2)
        return float(np.sqrt(p * (1 - p) / self.n))


def exact(p: float, n: float, alpha: float) -> tuple[float, float]:
    """Return Clopper and Pearson's limits of a share of (effective) n answers."""
    low, high = intervals.beta(np.asarray([p]), np.asarray([n]), alpha)
    return float(low[0]), float(high[0])


def counts(value: float, half: float, n: int) -> range:
    """Return the numbers of people out of n within `half` a point of a percentage; halves may be rounded either way."""
    first = int(np.ceil((value - half) * n / 100 - EXACT))
    return range(max(first, 0), min(int(np.floor((value + half) * n / 100 + EXACT)), n) + 1)


def whole(low: float, high: float, n: int) -> tuple[float, float]:
    """Return the lowest and highest whole number of people over n between two shares; these themselves if there is none."""
    first, last = np.ceil(low * n - EXACT), np.floor(high * n + EXACT)
    return (first / n, last / n) if first <= last else (low, high)


def difference(p: Share, q: Share, alpha: float, correlation: float = 0.0) -> Limits:
    """Return limits of p - q by MOVER, at the ends of both bands of rounding that make them widest."""
    (down_p, up_p), (down_q, up_q) = p.reaches(alpha), q.reaches(alpha)
    low = p.low - q.high - _joint([(p, down_p), (q, up_q)], correlation)
    high = p.high - q.low + _joint([(p, up_p), (q, down_q)], correlation)
    return max(low, -1.0), min(high, 1.0)


def nested(p: Share, q: Share, alpha: float) -> Limits:
    """Return limits of p - q where all who say the one say the other: the exact ones of those who say one only."""
    low, high = p.low - q.high, p.high - q.low
    left = exact(low, p.n, alpha)[0] if low > 0 else -exact(-low, p.n, alpha)[1]
    right = exact(high, p.n, alpha)[1] if high >= 0 else -exact(-high, p.n, alpha)[0]
    return left, right


def linear(shares: Sequence[Share], weights: Sequence[float], alpha: float) -> Limits:
    """Return limits of a weighted sum of shares of different people, by MOVER at the worst ends of rounding."""
    ends = []
    for side in (1.0, -1.0):  # of the sum, and of the sum with all signs turned
        value, reaches = 0.0, []
        for share, c in zip(shares, weights, strict=True):
            rising = side * c >= 0
            value += side * c * (share.low if rising else share.high)
            reaches.append((share, abs(c) * share.reaches(alpha)[0 if rising else 1]))
        ends.append(side * (value - _joint(reaches)))
    return ends[0], ends[1]


def _joint(reaches: Sequence[tuple[Share, float]], correlation: float = 0.0) -> float:
    """Return how far the limits of a sum reach: the root of the squares, and more than that with a handful of people."""
    few = sum(reach for share, reach in reaches if share.n < FEW)
    many = [reach for share, reach in reaches if share.n >= FEW]
    if len(many) == 2:
        a, b = many
        return few + float(np.sqrt(max(a * a + b * b - 2 * correlation * a * b, 0.0)))
    return few + float(np.sqrt(sum(reach**2 for reach in many)))


def least_correlation(p: Share, q: Share) -> float:
    """Return the correlation of two answers of the same people if as few as possible say both."""
    return _correlation(p, q, lambda a, b: max(0.0, a + b - 1))


def _correlation(p: Share, q: Share, both: Callable[[float, float], float]) -> float:
    """Return the correlation of two answers, of shares with half a person added to either side, given how many say both."""
    a, b = p.smoothed, q.smoothed
    return float(np.clip((both(a, b) - a * b) / np.sqrt(a * (1 - a) * b * (1 - b)), -1, 1))


def least_and_most(p: float, q: float) -> Limits:
    """Return Frechet's bounds on how many say both."""
    return max(0.0, p + q - 1), min(p, q)


def overlap(p: Share, q: Share, *, among: bool) -> Limits:
    """Return Frechet's bounds on how many say both (among those who say q), rounding included."""
    few, most = least_and_most(p.low, q.low)[0], least_and_most(p.high, q.high)[1]
    if not among:
        return few, most
    return (few / q.low, min(1.0, p.high / q.low)) if q.low > 0 else (0.0, 1.0)


def tail(p: Share, q: Share, level: float, *, among: bool) -> float:
    """Return the chance beyond each bound with which an interval holds what lies between: Imbens and Manski's (2004)."""
    lowest, highest = overlap(p, q, among=among)
    return one_sided(max(highest - lowest, 0.0), max(p.error(), q.error()) / (q.value if among else 1.0), level)


def overlap_limits(p: Share, q: Share, beyond: float, *, same_people: bool, among: bool) -> Limits:
    """Return limits of how many say both (among those who say q), each passed with a chance of `beyond` at most.

    Not fewer than t say both if ``p + q - 1 >= t``, and not fewer than t among those who say q if ``p + (1 - t) q >= 1``; not
    more if ``p <= t``, or ``p <= t q``. So the limits solve equations linear in p and q, each by MOVER. Of two samples either
    share may be the smaller, so that its upper limit is shared between them.
    """
    alpha = 2 * beyond
    (down_p, up_p), (down_q, _) = p.reaches(alpha), q.reaches(alpha)
    r_least = least_correlation(p, q) if same_people else 0.0
    r_most = _correlation(p, q, min) if same_people else 0.0

    def lower(t: float) -> float:
        """Return the lower limit of p + (1 - t) q - 1, or of p + q - 1 - t: above 0 if no fewer than t can be."""
        times, less = (1 - t, 1.0) if among else (1.0, 1.0 + t)
        return p.low + times * q.low - less - _joint([(p, down_p), (q, times * down_q)], -r_least)

    def upper(t: float) -> float:
        """Return the upper limit of p - t q: below 0 if no more than t can be."""
        return p.high - t * q.low + _joint([(p, up_p), (q, t * down_q)], r_most)

    lowest, highest = overlap(p, q, among=among)
    if among:
        return min(_root(lower), lowest), max(_root(upper), highest)
    each = alpha if same_people else alpha / 2
    most = min(exact(p.high, p.n, each)[1], exact(q.high, q.n, each)[1])
    return min(_root(lower), lowest), max(most, highest)


def _root(falling: Callable[[float], float]) -> float:
    """Return where a function of a share that falls reaches 0: 0 if it is below at once, 1 if it never is."""
    from scipy import optimize

    if falling(0.0) <= 0:
        return 0.0
    return 1.0 if falling(1.0) >= 0 else float(optimize.brentq(falling, 0.0, 1.0, xtol=1e-12))


def one_sided(apart: float, error: float, level: float) -> float:
    """Return the chance beyond each bound: (1 - level) / 2 if they meet, 1 - level if far apart (Imbens and Manski 2004)."""
    from scipy import optimize, special

    far = apart / error if error > 0 else np.inf

    def off(c: float) -> float:
        return float(special.ndtr(c + far) - special.ndtr(-c)) - level

    return 0.5 if off(0.0) >= 0 else float(special.ndtr(-optimize.brentq(off, 0.0, 10.0)))


def percent(limits: Limits) -> Limits:
    """Return limits of shares in percent."""
    return 100 * limits[0], 100 * limits[1]


def widest(limits: Iterable[Limits]) -> Limits:
    """Return the widest of several limits of shares, in percent."""
    low, high = zip(*limits, strict=True)
    return percent((min(low), max(high)))


def deciding(region: Region, limits: Callable[[int], Limits]) -> float:
    """Return from which number of people on the limits decide whether something lies in a region; infinite if never."""
    return smallest(lambda n: region.judge(*limits(n)) != "inconclusive")


def smallest(holds: Callable[[int], bool], most: int = MOST_NEEDED) -> float:
    """Return from which whole number on something holds that holds for all larger ones; infinite if not even at `most`."""
    if not holds(most):
        return np.inf
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if middle and holds(middle) else (middle, high)
    return float(high)
