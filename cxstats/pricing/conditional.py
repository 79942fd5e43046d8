"""Conditional logit: an alternative is chosen with a chance in proportion to the exponential of its utility.

With ``d_j = x_j - x_chosen`` for each alternative not chosen, choice set t adds ``-w log(1 + sum_j exp(d_j b))`` to the
log-likelihood, ``s = -sum_j p_j d_j`` to its gradient and ``w (sum_j p_j d_j d_j' - s s')`` to the information. The
log-likelihood is concave: Newton's steps, halved where they overshoot, end at its one top, unless there is a direction along
which the chosen alternatives always win (separation).

McFadden, D. (1974). Conditional logit analysis of qualitative choice behavior. In *Frontiers in Econometrics*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from cxstats.errors import DataError, listing
from cxstats.inference.leverage import Informed

STEPS, CLOSE = 100, 1e-12  # Newton's steps at most; the last is the first that promises less than this part of a choice
LOST = 1e-6  # of the information, in some direction: then separation is looked for
NOTHING, ROUNDING = 1e-9, 1e-11


@dataclass(frozen=True)
class ChoiceSets:
    """Alternatives of choice sets, one set after the other.

    `x` are the attributes (alternatives x attributes), `chosen` tells which alternatives were chosen, `start` is the first
    alternative of each set and `weight` what each set counts for.
    """

    x: np.ndarray
    chosen: np.ndarray
    start: np.ndarray
    weight: np.ndarray

    @property
    def sizes(self) -> np.ndarray:
        """How many alternatives each set has."""
        return np.diff(self.start, append=len(self.x))

    def take(self, kept: np.ndarray) -> ChoiceSets:
        """Return the sets kept (a condition on sets)."""
        if kept.all():
            return self
        rows, sizes = np.repeat(kept, self.sizes), self.sizes[kept]
        return ChoiceSets(self.x[rows], self.chosen[rows], np.cumsum(sizes) - sizes, self.weight[kept])

    @cached_property
    def against(self) -> Against:
        """The alternatives not chosen, against the one that was."""
        own = np.repeat(self.x[self.chosen], self.sizes, axis=0)
        number = np.arange(len(self.start))
        return Against(
            (self.x - own)[~self.chosen], self.start - number, np.repeat(number, self.sizes - 1), self.weight
        )


@dataclass(frozen=True)
class Against:
    """By how much alternatives not chosen differ from the one chosen in their set (`set`; each begins at `start`)."""

    d: np.ndarray
    start: np.ndarray
    set: np.ndarray
    weight: np.ndarray

    @cached_property
    def across(self) -> np.ndarray:
        """The differences, attribute by attribute: products with one number an alternative are faster so."""
        return np.ascontiguousarray(self.d.T)

    def at(self, b: np.ndarray) -> Fit:
        """Return log-likelihood, scores and information at coefficients b."""
        from scipy import sparse

        p, log_total = self.chances(b)
        chances = sparse.csr_array((p, np.arange(len(p)), np.append(self.start, len(p))))
        scores = -(chances @ self.d)
        weighted = self.weight[self.set] * p * self.across
        information = weighted @ self.d - (self.weight[:, None] * scores).T @ scores
        return Fit(b, -float(self.weight @ log_total), scores, information)

    def chances(self, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the chance of each alternative, and of each set minus the log chance of the one chosen."""
        utility = np.einsum("ij,j->i", self.d, b)
        best = np.maximum(np.maximum.reduceat(utility, self.start), 0.0)
        odds = np.exp(utility - best[self.set])
        total = np.exp(-best) + np.add.reduceat(odds, self.start)
        return odds / total[self.set], np.log(total) + best

    def informed(self, fit: Fit, rows: np.ndarray) -> Informed:
        """Return what each set tells of the coefficients; `rows` are the places of the sets in the survey."""
        p, _ = self.chances(fit.b)

        def of_sets(z: np.ndarray) -> np.ndarray:
            return np.asarray(np.add.reduceat(z, self.start, axis=0))

        def quadratic(m: np.ndarray) -> np.ndarray:
            v = self.d @ m
            return np.asarray(of_sets(p[:, None] * v**2) - of_sets(p[:, None] * v) ** 2)

        def product(m: np.ndarray) -> np.ndarray:
            weighted, v = p[:, None] * self.d, self.d @ m
            return np.asarray(of_sets(weighted * v[:, None]) - of_sets(weighted) * of_sets(p * v)[:, None])

        return Informed(rows, self.weight, fit.covariance, quadratic, product)

    def hits(self, b: np.ndarray) -> np.ndarray:
        """Return 1 for each set whose likeliest alternative was chosen, 1 / n if n are as likely, else 0."""
        utility = np.einsum("ij,j->i", self.d, b)
        ties = np.add.reduceat((np.abs(utility) <= NOTHING).astype(float), self.start)
        return np.where(np.maximum.reduceat(utility, self.start) > NOTHING, 0.0, 1 / (1 + ties))


@dataclass(frozen=True)
class Fit:
    """A point of the log-likelihood: coefficients, what each set adds to the gradient (before weights), the information."""

    b: np.ndarray
    log_likelihood: float
    scores: np.ndarray
    information: np.ndarray

    @property
    def covariance(self) -> np.ndarray:
        """The model's covariance, which takes all choices as independent and the model as true."""
        return np.linalg.inv(self.information)

    def per(self, unit: np.ndarray) -> Fit:
        """Return the same where attributes, so far in multiples of `unit`, are in units of 1."""
        return Fit(self.b / unit, self.log_likelihood, self.scores * unit, self.information * np.outer(unit, unit))


def fitted(sets: ChoiceSets, names: Sequence[str], place: str) -> Fit:
    """Return the maximum likelihood fit; raise `DataError` where the choices do not determine every coefficient."""
    against = sets.against
    spread = np.sqrt((against.d**2).mean(axis=0))
    need_varying(spread, len(sets.start), names, place)
    against = replace(against, d=against.d / spread)
    here = null = against.at(np.zeros(len(spread)))
    need_independent(null.information, names, place)
    for _ in range(STEPS):
        gradient = against.weight @ here.scores
        step = np.linalg.lstsq(here.information, gradient, rcond=None)[0]
        last = bool(step @ gradient <= CLOSE * against.weight.mean())
        there = against.at(here.b + step)
        while there.log_likelihood < here.log_likelihood * (1 + ROUNDING) and not last:
            step = step / 2
            there, last = against.at(here.b + step), bool((np.abs(step) < NOTHING).all())
        here = there
        if last:
            break
    need_overlap(here.information, null.information, against.d, names, place)
    return here.per(spread)


def chances(x: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the chance of each alternative of one set, and its slopes ``p_j (x_j - sum_k p_k x_k)``.

    `b` are coefficients x groups; chances are alternatives x groups, slopes those x coefficients x groups.
    """
    odds = np.exp(x @ b - (x @ b).max(axis=0))
    p = odds / odds.sum(axis=0)
    slopes = np.zeros((*p.shape, *b.shape))
    for g in range(b.shape[1]):
        slopes[:, g, :, g] = p[:, g, None] * (x - p[:, g] @ x)
    return p, slopes


# --- what choices cannot tell -------------------------------------------------------------------------------------------


def need_varying(spread: np.ndarray, sets: int, names: Sequence[str], place: str) -> None:
    """Raise `DataError` for an attribute that is the same in all alternatives of every set."""
    constant = [name for name, size in zip(names, spread, strict=True) if size == 0]
    if constant:
        raise DataError(
            f"{place}: {listing(constant)} never varies within a choice set ({sets:,} sets), so the choices say "
            "nothing of what it is worth. Leave it out, or name it as by= if it tells respondents apart."
        )


def need_independent(information: np.ndarray, names: Sequence[str], place: str) -> None:
    """Raise `DataError` where one attribute follows from others within every set."""
    size = np.sqrt(np.diagonal(information))
    roots, directions = np.linalg.eigh(information / np.outer(size, size))
    if roots[0] > NOTHING:
        return
    tied = [name for name, part in zip(names, directions[:, 0], strict=True) if abs(part) > 1e-4]
    raise DataError(
        f"{place}: within the choice sets {listing(tied)} move together: one follows from the others, so their coefficients "
        "are not identified. Leave one of them out."
    )


def need_overlap(now: np.ndarray, before: np.ndarray, d: np.ndarray, names: Sequence[str], place: str) -> None:
    """Raise `DataError` where attributes always decide, so that the likelihood grows without end.

    Looked for only where the information has all but gone in some direction, which separation brings about.
    """
    root = np.linalg.inv(np.linalg.cholesky(before))
    if np.linalg.eigvalsh(root @ now @ root.T)[0] > LOST:
        return
    alone = [name for name, column in zip(names, d.T, strict=True) if (column <= 0).all() or (column >= 0).all()]
    tied = alone[:1] or [name for name, part in zip(names, _winning(d), strict=True) if abs(part) > NOTHING]
    if tied:
        what = f"{tied[0]!r} always decides" if len(tied) == 1 else f"{listing(tied)} together always decide"
        raise DataError(
            f"{place}: {what} (separation): no one ever chose against it, so its coefficient has no end. Leave it "
            "out and report it as it is, or gather choices in which it is traded against the others."
        )


def _winning(d: np.ndarray) -> np.ndarray:
    """Return a direction along which no alternative beats the chosen one and some lose; zeros if there is none."""
    from scipy.optimize import linprog

    rows = np.unique(d, axis=0)
    found = linprog(rows.sum(axis=0), A_ub=rows, b_ub=np.zeros(len(rows)), bounds=(-1, 1)).x
    return np.asarray(found if (rows @ found).min() < -1e-5 else np.zeros(d.shape[1]))
