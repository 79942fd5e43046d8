"""Willingness to pay without a distribution: the share who would pay each price, falling by construction, and areas under it.

Answers to one bid each are shares by bid, made to fall by pooling adjacent violators; answers to several bids, or limits,
give the nonparametric maximum likelihood estimate, which is self-consistent: masses p_k with ``p_k = sum_i w_i P(k | interval
i) / W``. Turnbull's lower bound is the area of the steps to the left, Kristroem's mean the one under straight lines between
the points.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cxstats.errors import ArgumentError
from cxstats.inference.leverage import Informed
from cxstats.pricing.monotone import falling

MOST_LIMITS = 400  # distinct limits of one group: beyond them the masses are too many to be told apart
SELF_CONSISTENT = 1e-10


@dataclass(frozen=True)
class Acceptance:
    """The share who would pay each price, and what each row does to it.

    `informed` is the model behind it, given the places of its rows; `slopes` are those of the shares by its coefficients.
    """

    prices: np.ndarray
    shares: np.ndarray
    influence: np.ndarray
    informed: Callable[[np.ndarray], Informed]
    slopes: np.ndarray

    def lower_bound(self) -> tuple[float, np.ndarray]:
        """Return Turnbull's lower bound of the mean, ``sum_j S(b_j) (b_j - b_{j-1})``, and its slopes by the shares."""
        widths = np.diff(self.prices, prepend=0.0)
        return float(self.shares @ widths), widths

    def linear_mean(self, ends_at: float | None) -> tuple[float, np.ndarray]:
        """Return Kristroem's mean, the area under lines from all at 0 to no one at `ends_at`, and its slopes by the shares."""
        points = np.append(self.prices, [] if ends_at is None else [ends_at])
        widths = np.diff(points, prepend=0.0)
        area = 0.5 * (widths[: len(self.prices)] + np.append(widths[1:], 0.0)[: len(self.prices)])
        return float(0.5 * widths[0] + self.shares @ area), area


@dataclass(frozen=True)
class Pooled(Acceptance):
    """The same where each row was asked one bid (`at`: its place): the pooled block of each price, where raw shares rose."""

    block: np.ndarray
    at: np.ndarray
    rises: tuple[float, ...]


def acceptance(lower: np.ndarray, upper: np.ndarray, weight: np.ndarray) -> Acceptance:
    """Return the falling curve of acceptance for limits of amounts (-inf and inf: none)."""
    if (np.isinf(lower) | np.isinf(upper)).all() and not (np.isinf(lower) & np.isinf(upper)).any():
        return _pooled(np.where(np.isinf(lower), upper, lower), np.isfinite(lower), weight)
    return _self_consistent(np.where(np.isneginf(lower), 0.0, lower), upper, weight)


def violations(shares: np.ndarray) -> np.ndarray:
    """Return the places at which a share is above the one before it."""
    return np.flatnonzero(np.diff(shares) > 0) + 1


def _pooled(bid: np.ndarray, yes: np.ndarray, weight: np.ndarray) -> Pooled:
    """Return shares of yes by bid, adjacent ones that rise pooled into one."""
    prices, at = np.unique(bid, return_inverse=True)
    asked = np.bincount(at, weights=weight)
    raw = np.bincount(at, weights=weight * yes) / asked
    blocks = falling(raw, asked)
    block = np.repeat(np.arange(len(blocks)), [len(b) for b in blocks])
    size = np.bincount(block, weights=asked)
    share = np.bincount(block, weights=raw * asked) / size
    residual = (yes - share[block[at]]) / size[block[at]]
    influence = residual[:, None] * (block[at][:, None] == block)
    variance = np.maximum(share * (1 - share), 0.5 / np.bincount(block[at]))

    def informed(rows: np.ndarray) -> Informed:
        return Informed.of_means(rows, weight, block[at], variance)

    rises = tuple(prices[violations(raw)].tolist())
    return Pooled(prices, share[block], influence, informed, np.eye(len(size))[block], block, at, rises)


def _self_consistent(lower: np.ndarray, upper: np.ndarray, weight: np.ndarray) -> Acceptance:
    """Return the curve of the nonparametric maximum likelihood estimate; its masses lie in the innermost intervals."""
    exact = lower == upper
    begins = np.column_stack(
        [lower, np.where(exact, 0, 2)]
    )  # (lower, upper]: ends come before beginnings, points before both
    ends = np.column_stack([upper, np.ones(len(upper))])
    keys, rank = np.unique(np.vstack([begins, ends]), axis=0, return_inverse=True)
    pairs, of = np.unique(rank.reshape(2, -1).T, axis=0, return_inverse=True)
    of = of.ravel()
    is_begin = keys[:, 1] != 1
    inner = np.flatnonzero(is_begin[:-1] & ~is_begin[1:])  # a beginning that an end follows at once
    if len(inner) > MOST_LIMITS:
        raise ArgumentError(
            f"turnbull: {len(inner):,} distinct intervals are more than the {MOST_LIMITS} that can be told apart. Round the "
            "limits."
        )
    covers = ((pairs[:, :1] <= inner) & (inner + 1 <= pairs[:, 1:])).astype(np.float64)
    mass = _masses(covers, np.bincount(of, weights=weight))
    support = np.flatnonzero(mass > 0)
    left = keys[inner, 0]
    prices = np.unique(np.concatenate([limit[np.isfinite(limit) & (limit > 0)] for limit in (lower, upper)]))
    above = (left >= prices[:, None]).astype(np.float64)
    likely = covers[:, support] / (covers @ mass)[:, None]
    free = (likely[:, :-1] - likely[:, -1:])[of]  # the last mass is what the others leave
    moves = free @ np.linalg.pinv((free * weight[:, None]).T @ free)
    turned = above[:, support[:-1]] - above[:, support[-1:]]

    def informed(rows: np.ndarray) -> Informed:
        return Informed.of_scores(rows, weight, free)

    return Acceptance(prices, np.clip(above @ mass, 0.0, 1.0), moves @ turned.T, informed, turned)


def _masses(covers: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the masses of greatest likelihood: least squares steps above 0, shortened until they gain (Wang 2007)."""
    from scipy.optimize import nnls

    weight = weight / weight.sum()
    mass, root, heavy = np.full(covers.shape[1], 1 / covers.shape[1]), np.sqrt(weight), 1e3
    for _ in range(200):
        likely = covers / (covers @ mass)[:, None]
        slope = weight @ likely  # 1 for masses above 0 and no more than 1 for others: self-consistent
        if slope.max() <= 1 + SELF_CONSISTENT and (np.abs(slope - 1) * mass).max() <= SELF_CONSISTENT:
            break
        table = np.vstack([root[:, None] * likely, np.full(len(mass), heavy)])
        wanted = nnls(table, np.append(2 * root, heavy))[0]
        step, part = wanted / wanted.sum() - mass, 1.0
        now, gain = weight @ np.log(covers @ mass), slope @ step
        with np.errstate(divide="ignore"):
            while part > 1e-9 and not weight @ np.log(covers @ (mass + part * step)) >= now + part * gain / 3 - 1e-15:
                part /= 2
        mass = mass + part * step
    mass = np.where(mass < 1e-12, 0.0, mass)
    return np.asarray(mass / mass.sum())
