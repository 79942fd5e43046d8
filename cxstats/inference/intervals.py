"""Intervals from a value, its variance, degrees of freedom and effective sample size; vectorised, numpy and scipy.special.

`alpha` is 1 - level and may be an array, so that p-values can be found by inverting the interval that is shown.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Limits = tuple[np.ndarray, np.ndarray]
Alpha = float | np.ndarray
SHARE_METHODS = ("wilson", "korn-graubard", "beta", "logit", "wald", "guarded")
FEWEST_DF = (4.0, 10.0)  # of a variance that rests on rare answers: in PSUs, and where rows are PSUs


def t_quantile(alpha: Alpha, df: np.ndarray) -> np.ndarray:
    """Return the upper alpha/2 point of t; NaN where there are no degrees of freedom."""
    from scipy import special

    with np.errstate(invalid="ignore"):
        return np.where(df > 0, -special.stdtrit(np.where(df > 0, df, 1.0), np.asarray(alpha) / 2), np.nan)


def z_quantile(alpha: Alpha) -> np.ndarray:
    """Return the upper alpha/2 point of the normal distribution."""
    from scipy import special

    return np.asarray(-special.ndtri(np.asarray(alpha) / 2))


def t_interval(value: np.ndarray, se: np.ndarray, df: np.ndarray, alpha: Alpha) -> Limits:
    """Return value -+ t se."""
    half = t_quantile(alpha, df) * se
    return value - half, value + half


def clipped(limits: Limits, low: np.ndarray, high: np.ndarray) -> Limits:
    """Keep limits inside the range of the metric."""
    return np.clip(limits[0], low, high), np.clip(limits[1], low, high)


def shrinkage(df: np.ndarray, alpha: Alpha, full: np.ndarray | None = None) -> np.ndarray:
    """Return (z / t_df)^2, by which an effective sample size shrinks since its design effect is estimated.

    An interval with z on the shrunk size is one with t on the size itself. Korn and Graubard (1998) set it against the
    degrees of freedom of a simple random sample, `full` = n - 1: (t_full / t_df)^2.
    """
    with np.errstate(invalid="ignore"):
        wide = z_quantile(alpha) if full is None else t_quantile(alpha, full)
        factor = (wide / t_quantile(alpha, df)) ** 2
    return np.asarray(factor if full is None else np.where(df >= full, 1.0, factor))


def guarded_df(df: np.ndarray, n: np.ndarray, p: np.ndarray, effect: np.ndarray, clustered: np.ndarray) -> np.ndarray:
    """Return the degrees of freedom left to the variance of a share `p` of `n` answers.

    ``2 / (2 / df + (1 - 2 p)^2 (6 (d - 1) + c / d) / (n p))`` with the design effect d, at least 4 (10 where rows are PSUs): a
    variance with df degrees of freedom has a relative variance of 2 / df, and one of counts in PSUs that are overdispersed
    (beta-binomial) has its excess kurtosis over the number of PSUs on top. c / d belongs to PSUs of several answers only:
    `clustered` is c, from 0 for rows as PSUs to 1 for two answers a PSU and more.
    """
    more = np.maximum(effect, 1.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        kurtosis = (1 - 2 * p) ** 2 * (6 * (more - 1) + clustered / more) / np.maximum(n * p, 0.5)
        left = 2 / (2 / df + kurtosis)
    fewest = FEWEST_DF[1] + (FEWEST_DF[0] - FEWEST_DF[1]) * clustered
    return np.asarray(np.maximum(left, np.minimum(fewest, df)))


def order_statistics(probability: float, n: float, alpha: float) -> tuple[float, float]:
    """Return the shares of the answers at which a quantile's limits lie: binomial, on n (effective) answers.

    The lower limit is the l-th lowest answer with the largest l for which fewer than l answers below the quantile have a
    chance of at most alpha / 2; the upper one likewise from above. It is infinite where no answer is far enough out.
    """
    return _lowest(probability, n, alpha), 1 - _lowest(1 - probability, n, alpha)


def _lowest(probability: float, n: float, alpha: float) -> float:
    """Return k / n with P(B <= k) = alpha / 2 for a binomial B, k continuous; minus infinity where even B = 0 is likelier."""
    from scipy import special

    if np.isinf(n):
        return probability
    far = n * np.log1p(-probability) < np.log(alpha / 2)
    return float(special.bdtrik(alpha / 2, n, probability)) / n if far else -np.inf


def wilson(p: np.ndarray, n: np.ndarray, alpha: Alpha) -> Limits:
    """Return Wilson's score interval of a proportion on n (effective) answers."""
    z2 = z_quantile(alpha) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        center = (p + z2 / (2 * n)) / (1 + z2 / n)
        half = np.sqrt(z2 * (p * (1 - p) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    unknown = np.isnan(p) | np.isnan(n)
    low = np.where(p <= 0, 0.0, np.maximum(center - half, 0.0))
    high = np.where(p >= 1, 1.0, np.minimum(center + half, 1.0))
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


def beta(p: np.ndarray, n: np.ndarray, alpha: Alpha) -> Limits:
    """Return the Clopper-Pearson interval of a proportion on n (effective, not nec. whole) answers."""
    from scipy import special

    alpha = np.asarray(alpha)
    x = p * n
    with np.errstate(invalid="ignore"):
        low = np.where(p <= 0, 0.0, special.betaincinv(np.maximum(x, 1e-300), n - x + 1, alpha / 2))
        high = np.where(p >= 1, 1.0, special.betaincinv(x + 1, np.maximum(n - x, 1e-300), 1 - alpha / 2))
    unknown = np.isnan(p) | np.isnan(n)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


def logit(p: np.ndarray, se: np.ndarray, df: np.ndarray, alpha: Alpha) -> Limits:
    """Return the t interval of the log odds, brought back to the proportion."""
    from scipy import special

    with np.errstate(divide="ignore", invalid="ignore"):
        odds, half = special.logit(p), t_quantile(alpha, df) * se / (p * (1 - p))
    return special.expit(odds - half), special.expit(odds + half)


def balance(value: np.ndarray, square: np.ndarray, n: np.ndarray, alpha: Alpha) -> Limits:
    """Return the adjusted Wald interval of a mean of -1, 0 and 1 (NPS) on n (effective) answers.

    Three answers are added: 3/4 promoters, 3/4 detractors and 3/2 passives (Rocks 2016).
    `square` is the mean of the squares: promoters plus detractors.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        center = value / (1 + 3 / n)
        spread = (square + 1.5 / n) / (1 + 3 / n) - center**2
        half = z_quantile(alpha) * np.sqrt(spread / (n + 3))
    return np.minimum(np.maximum(center - half, -1.0), value), np.maximum(np.minimum(center + half, 1.0), value)


def mover(first: np.ndarray, one: Limits, second: np.ndarray, two: Limits, correlation: np.ndarray) -> Limits:
    """Return the interval of first - second from the intervals of both (MOVER, Zou and Donner 2008)."""
    down1, up1 = first - one[0], one[1] - first
    down2, up2 = second - two[0], two[1] - second
    difference = first - second
    low = difference - np.sqrt(np.maximum(down1**2 - 2 * correlation * down1 * up2 + up2**2, 0.0))
    high = difference + np.sqrt(np.maximum(up1**2 - 2 * correlation * up1 * down2 + down2**2, 0.0))
    return low, high


def p_by_inversion(limits: Callable[[np.ndarray], Limits], value: np.ndarray, edge: np.ndarray) -> np.ndarray:
    """Return the smallest 1 - level at which the interval of `value` does not reach `edge`; NaN where limits are unknown.

    Solves for the normal quantile z, in which limits are nearly straight, by false position (Illinois): few steps for any
    number of intervals. p-values below 1e-16 are given as 1e-16.
    """
    from scipy import special

    above = value >= edge

    def room(z: np.ndarray) -> np.ndarray:
        """Return how far the interval at z stays away from the edge; negative where it reaches across."""
        low, high = limits(2 * special.ndtr(-z))
        return np.where(above, low - edge, edge - high)

    near, far = np.full(value.shape, 1e-4), np.full(value.shape, z_quantile(1e-16))
    room_near, room_far = room(near), room(far)
    unknown = np.isnan(room_near) | np.isnan(room_far) | np.isnan(value) | np.isnan(edge)
    at_once, never = ~(room_near > 0), room_far > 0
    done, z = at_once | never | unknown, near.copy()
    for step in range(150):
        if done.all():
            break
        with np.errstate(invalid="ignore", divide="ignore"):
            guess = (near * room_far - far * room_near) / (room_far - room_near)
        halve = ~np.isfinite(guess) | (step % 3 == 2)  # limits that jump (quantiles) or are open need halving
        z = np.where(done, z, np.where(halve, (near + far) / 2, guess))
        here = room(z)
        inside = here > 0
        stale = np.where(inside, room_far, room_near) / 2  # the end that stays is halved, so that it moves next time
        room_near, room_far = np.where(inside, here, stale), np.where(inside, stale, here)
        near, far = np.where(inside, z, near), np.where(inside, far, z)
        done |= (np.abs(here) <= 1e-14 * np.abs(value - edge)) | (far - near < 1e-13)
    p = np.where(at_once, 1.0, np.where(never, 1e-16, 2 * special.ndtr(-z)))
    return np.where(unknown, np.nan, p)
