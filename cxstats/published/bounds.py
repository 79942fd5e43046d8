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

    def error(self) -> float:
        """Return the standard error of the share as printed, with a little added where it is 0 or 1."""
        p = (self.value * self.n + 1) / (self.n + 2)
        return float(np.sqrt(p * (1 - p) / self.n))

    @property
    def reversed(self) -> Share:
        """The share of all others."""
        return Share(1 - self.value, 1 - self.high, 1 - self.low, self.n)


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


def difference(p: Share, q: Share, alpha: float, correlations: Sequence[float]) -> tuple[float, float]:
    """Return the widest limits of p - q over some correlations, by MOVER at the ends of both bands of rounding."""
    low = [
        _combined(p.low, exact(p.low, p.n, alpha), 1.0, q.high, exact(q.high, q.n, alpha), r)[0] for r in correlations
    ]
    high = [
        _combined(p.high, exact(p.high, p.n, alpha), 1.0, q.low, exact(q.low, q.n, alpha), r)[1] for r in correlations
    ]
    return min(low), max(high)


def linear(shares: Sequence[Share], weights: Sequence[float], alpha: float) -> Limits:
    """Return limits of a weighted sum of shares of different people, by MOVER at the worst ends of rounding."""
    ends = []
    for side in (1.0, -1.0):  # of the sum, and of the sum with all signs turned
        value = reach = 0.0
        for share, c in zip(shares, weights, strict=True):
            rising = side * c >= 0
            at = share.low if rising else share.high
            limit = share.limits(alpha)[0 if rising else 1]
            value += side * c * at
            reach += (c * (at - limit)) ** 2
        ends.append(side * (value - float(np.sqrt(reach))))
    return ends[0], ends[1]


def _combined(
    p: float, one: tuple[float, float], times: float, q: float, two: tuple[float, float], r: float
) -> tuple[float, float]:
    """Return the limits of p - times q."""

    def row(value: float) -> np.ndarray:
        return np.asarray([value])

    sides = (row(one[0]), row(one[1])), (row(times * two[0]), row(times * two[1]))
    low, high = intervals.mover(row(p), sides[0], row(times * q), sides[1], row(r))
    return float(low[0]), float(high[0])


def correlation(p: float, q: float, both: float) -> float:
    """Return the correlation of two answers, given how many say both."""
    spread = p * (1 - p) * q * (1 - q)
    return float(np.clip((both - p * q) / np.sqrt(spread), -1, 1)) if spread > 0 else 0.0


def least_and_most(p: float, q: float) -> tuple[float, float]:
    """Return Frechet's bounds on how many say both."""
    return max(0.0, p + q - 1), min(p, q)


def both_limits(
    p: Share, q: Share, level: float, *, same_people: bool, among: bool
) -> tuple[float, float, float, float]:
    """Return the bounds on how many say both (among those who say q), and the interval that holds it with the level.

    Not fewer than t say both if ``p + q - 1 >= t``, and not fewer than t among those who say q if ``p + (1 - t) q >= 1``; not
    more if ``p <= t``, or ``p <= t q``. So the limits solve equations linear in p and q, each by MOVER, at the level of
    Imbens and Manski, which is one-sided where the bounds are apart.
    """
    few, most = least_and_most(p.low, q.low)[0], least_and_most(p.high, q.high)[1]
    lowest, highest = few, most
    if among:
        lowest, highest = (few / q.low, min(1.0, p.high / q.low)) if q.low > 0 else (0.0, 1.0)
    alpha = 2 * one_sided(max(highest - lowest, 0.0), max(p.error(), q.error()) / (q.value if among else 1.0), level)
    least, overlap_most = least_and_most(p.value, q.value)
    r_least, r_most = (correlation(p.value, q.value, both) if same_people else 0.0 for both in (least, overlap_most))

    def lower(t: float) -> float:
        """Return the lower limit of p + (1 - t) q - 1, or of p + q - 1 - t: above 0 if no fewer than t can be."""
        times, less = (1 - t, 0.0) if among else (1.0, t)
        rest = q.reversed
        limits = exact(rest.high, rest.n, alpha)
        found = _combined(p.low, exact(p.low, p.n, alpha), times, rest.high, limits, -r_most)
        return found[0] - (1 - times) - less

    def upper(t: float) -> float:
        """Return the upper limit of p - t q, or of p - t: below 0 if no more than t can be."""
        if not among:
            return max(exact(p.high, p.n, alpha)[1], 0.0) - t
        return _combined(p.high, exact(p.high, p.n, alpha), t, q.low, exact(q.low, q.n, alpha), r_least)[1]

    low = _root(lower)
    high = _root(upper)
    if not among:
        high = min(high, exact(q.high, q.n, alpha)[1])
    return lowest, highest, min(low, lowest), max(high, highest)


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
