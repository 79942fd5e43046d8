"""Amounts that people would pay (or tolerate), each known to lie in an interval: P(amount > a) = F(x'b + c g(a)), c < 0.

A row says lower < amount <= upper; its log-likelihood is ``log(F(at lower) - F(at upper))``, with F = 1 at no lower limit and
F = 0 at no upper one, or the log density where both are equal. Every F here has a log-concave density, so the sum is concave
and damped Newton steps reach its maximum, if there is one: answers that a covariate or the bid decides wholly have none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cxstats.errors import NotIdentifiedError, listing
from cxstats.inference.covariates import need_independent
from cxstats.inference.leverage import Informed

Parts = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]
MOST_STEPS = 50
SETTLED = 1e-9  # the last step promises less than this in log-likelihood; the error after it is of its square
USUAL_STEPS = 12  # more than these, or a flat Hessian, and the answers are searched for separation
FLAT = 1e-9


# --- distributions: log(F(a) - F(b)) with its derivatives by a and b (the mixed one is -by_a by_b), and log density --------


def _between_logistic(a: np.ndarray, b: np.ndarray) -> Parts:
    u, v, m = np.exp(-a), np.exp(b), -np.expm1(b - a)  # F(a) - F(b) = F(a) (1 - F(b)) (1 - exp(b - a))
    fa, gb, q = 1 / (1 + u), 1 / (1 + v), u * v / m
    curve = q * (1 + q)
    return np.log(fa * gb * m), u * fa + q, -v * gb - q, -u * fa**2 - curve, -v * gb**2 - curve


def _exactly_logistic(e: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    from scipy.special import expit, log_expit

    f = expit(e)
    return log_expit(e) + log_expit(-e), 1 - 2 * f, -2 * f * expit(-e)


def _between_normal(a: np.ndarray, b: np.ndarray) -> Parts:
    from scipy.special import log_ndtr

    turned = b > 0  # both in the upper tail: differences are exact in the lower one
    high, low = log_ndtr(np.where(turned, -b, a)), log_ndtr(np.where(turned, -a, b))
    log = high + np.log(-np.expm1(low - high))
    by_a, by_b = (np.exp(-0.5 * e**2 - 0.5 * np.log(2 * np.pi) - log) for e in (a, b))
    a, b = np.where(np.isfinite(a), a, 0.0), np.where(np.isfinite(b), b, 0.0)
    return log, by_a, -by_b, -a * by_a - by_a**2, b * by_b - by_b**2


def _exactly_normal(e: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return -0.5 * e**2 - 0.5 * np.log(2 * np.pi), -e, np.full(len(e), -1.0)


def _between_weibull(a: np.ndarray, b: np.ndarray) -> Parts:
    ha, hb = np.exp(-a), np.exp(-b)  # cumulative hazards: F = exp(-h)
    q = 1 / np.expm1(hb - ha)
    hb = np.where(np.isfinite(hb), hb, 0.0)  # no upper limit: q is 0 there
    log = -ha + np.where(q > 0, -np.log1p(q), 0.0)  # 1 - exp(-d) = 1 / (1 + 1 / expm1(d))
    curve = q * (1 + q)
    return log, ha * (1 + q), -hb * q, -ha * (1 + q) - ha**2 * curve, hb * q - hb**2 * curve


def _exactly_weibull(e: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    h = np.exp(-e)
    return -e - h, h - 1, -h


def _above_logistic(e: np.ndarray) -> np.ndarray:
    from scipy.special import expit

    return np.asarray(expit(e))


def _above_normal(e: np.ndarray) -> np.ndarray:
    from scipy.special import ndtr

    return np.asarray(ndtr(e))


def _above_weibull(e: np.ndarray) -> np.ndarray:
    return np.asarray(np.exp(-np.exp(-e)))


def _mean_loglogistic(index: np.ndarray, s: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(s > 1, np.exp(index / s) * (np.pi / s) / np.sin(np.pi / s), np.inf)


def _mean_weibull(index: np.ndarray, s: np.ndarray) -> np.ndarray:
    from scipy.special import gamma

    return np.asarray(np.exp(index / s) * gamma(1 + 1 / s))


def _mean_normal(index: np.ndarray, s: np.ndarray) -> np.ndarray:
    from scipy.special import ndtr

    return np.asarray((np.exp(-0.5 * index**2) / np.sqrt(2 * np.pi) + index * ndtr(index)) / s)


@dataclass(frozen=True)
class Distribution:
    """F, a function of the index: its value, the index of one half, log-likelihoods, the mean of amounts above 0."""

    name: str
    logged: bool
    half: float
    above: Callable[[np.ndarray], np.ndarray]
    between: Callable[[np.ndarray, np.ndarray], Parts]
    exactly: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]
    mean: Callable[[np.ndarray, np.ndarray], np.ndarray]

    def scaled(self, amounts: np.ndarray) -> np.ndarray:
        """Return g(a): the logarithm or the amount itself; no lower limit stays -inf, no upper one inf."""
        if not self.logged:
            return amounts
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(np.maximum(amounts, 0.0)))

    def median(self, index: np.ndarray, slope: np.ndarray) -> np.ndarray:
        """Return the amount that half would pay."""
        found = (self.half - index) / slope
        return np.asarray(np.exp(found) if self.logged else found)


DISTRIBUTIONS = {
    d.name: d
    for d in (
        Distribution("log-logistic", True, 0.0, _above_logistic, _between_logistic, _exactly_logistic, _mean_loglogistic),
        Distribution("log-normal", True, 0.0, _above_normal, _between_normal, _exactly_normal,
                     lambda index, s: np.exp(index / s + 0.5 / s**2)),
        Distribution("weibull", True, -float(np.log(np.log(2))), _above_weibull, _between_weibull, _exactly_weibull,
                     _mean_weibull),
        Distribution("logistic", False, 0.0, _above_logistic, _between_logistic, _exactly_logistic,
                     lambda index, s: np.logaddexp(0, index) / s),
        Distribution("normal", False, 0.0, _above_normal, _between_normal, _exactly_normal, _mean_normal),
    )
}  # fmt: skip


# --- the maximum of the likelihood ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Amounts:
    """What is known of the amounts: covariates (with a column of ones), limits on the scale of g, weights."""

    x: np.ndarray
    low: np.ndarray
    high: np.ndarray
    weight: np.ndarray
    names: Sequence[str]

    @cached_property
    def known(self) -> tuple[np.ndarray, ...]:
        """Where there is a lower limit, an upper one, or both as one; and the limits, 0 where there is none."""
        some, ends = np.isfinite(self.low), np.isfinite(self.high)
        low, high = np.where(some, self.low, 0.0), np.where(ends, self.high, 0.0)
        return some, ends, some & (self.low == self.high), low, high


@dataclass(frozen=True)
class Fit:
    """The maximum: coefficients (the last is that of g), each row's score, the Hessian, and how it was reached."""

    coefficients: np.ndarray
    scores: np.ndarray
    hessian: np.ndarray
    log_likelihood: float
    steps: int
    promised: float

    def influence(self) -> np.ndarray:
        """Return ``-H^-1 u_i``: by how much each coefficient moves for a weight of 1 more on row i."""
        return np.asarray(np.linalg.solve(-self.hessian, self.scores.T).T)

    def informed(self, of: Distribution, data: Amounts, rows: np.ndarray) -> Informed:
        """Return what each row tells of the coefficients; `rows` are the places of the data in the survey."""
        *_, xx, xg, gg = curvature(of, data, self.coefficients)

        def quadratic(m: np.ndarray) -> np.ndarray:
            u, c = data.x @ m[:-1], m[-1]
            return np.asarray(-(xx[:, None] * u**2 + 2 * c * xg[:, None] * u + c**2 * gg[:, None]))

        def product(m: np.ndarray) -> np.ndarray:
            u, c = data.x @ m[:-1], m[-1]
            return -np.column_stack([data.x * (xx * u + xg * c)[:, None], xg * u + gg * c])

        return Informed(rows, data.weight, np.linalg.inv(-self.hessian), quadratic, product)


def curvature(of: Distribution, data: Amounts, theta: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return of each row log-likelihood, slopes by index and c, and second derivatives: by the index, both, and c."""
    index, slope = data.x @ theta[:-1], theta[-1]
    some, ends, exact, low, high = data.known
    with np.errstate(all="ignore"):
        a = np.where(some, index + slope * low, np.inf)
        b = np.where(ends & ~exact, index + slope * high, -np.inf)
        log, by_a, by_b, aa, bb = of.between(a, b)
        ab = -by_a * by_b
        if exact.any():
            density, by_a[exact], aa[exact] = of.exactly(a[exact])
            log[exact] = density + np.log(-slope) - (low[exact] if of.logged else 0.0)
    by_c = by_a * low + by_b * high + exact / slope
    xx, xg = aa + 2 * ab + bb, aa * low + ab * (low + high) + bb * high
    gg = aa * low**2 + 2 * ab * low * high + bb * high**2 - exact / slope**2
    return log, by_a + by_b, by_c, xx, xg, gg


def likelihood(of: Distribution, data: Amounts, theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the weighted log-likelihood, each row's score, and the Hessian; -inf where the parameters cannot be."""
    log, by_index, by_c, xx, xg, gg = curvature(of, data, theta)
    with np.errstate(invalid="ignore"):
        total = float(data.weight @ log)
    scores = np.column_stack([data.x * by_index[:, None], by_c])
    weighted = data.x.T * data.weight
    cross = weighted @ xg
    hessian = np.block([[(weighted * xx) @ data.x, cross[:, None]], [cross, data.weight @ gg]])
    return (total if np.isfinite(total) else -np.inf), scores, hessian


def fitted(of: Distribution, data: Amounts, place: str, start: np.ndarray | None = None) -> Fit:
    """Return the maximum of the likelihood; raise `NotIdentifiedError` where there is none."""
    theta = _start(of, data) if start is None else start
    total, scores, hessian = likelihood(of, data, theta)
    steps, promised = 0, np.inf
    while promised > SETTLED and steps < MOST_STEPS:
        score = data.weight @ scores
        scale = np.sqrt(np.abs(np.diagonal(hessian))) + 1e-300
        curved = -hessian / np.outer(scale, scale)
        flat = not np.isfinite(curved).all() or np.linalg.eigvalsh(curved)[0] < FLAT
        if flat or steps == USUAL_STEPS:
            _need_no_separation(data, place)
        if not np.isfinite(curved).all():
            break
        step = np.linalg.lstsq(curved, score / scale, rcond=None)[0] / scale
        promised, steps, part = float(score @ step), steps + 1, 1.0
        while part > 1e-12:
            found = likelihood(of, data, theta + part * step)
            if found[0] >= total + 1e-4 * part * promised - 1e-10 * (1 + abs(total)):
                break
            part /= 2
        theta, (total, scores, hessian) = theta + part * step, found
    if not promised <= SETTLED:
        raise NotIdentifiedError(
            f"{place}: the likelihood has not settled after {steps} steps (the last still promised {promised:.2g}). "
            "Take fewer covariates, or another distribution."
        )
    return Fit(theta, scores, hessian, total, steps, promised)


def need_rank(data: Amounts, place: str) -> None:
    """Raise `NotIdentifiedError` where a column is a sum of multiples of others, so that its coefficient can be anything."""
    limits = [(data.x[np.isfinite(g)], g[np.isfinite(g)]) for g in (data.low, data.high)]
    table = np.vstack([np.column_stack([x, g]) for x, g in limits])
    need_independent(table, data.names, place)


def _start(of: Distribution, data: Amounts) -> np.ndarray:
    """Return a start that every answer allows: a falling curve over the limits, no covariate in it."""
    limits = np.concatenate([g[np.isfinite(g)] for g in (data.low, data.high)])
    spread = max(float(limits.std()), 1e-3 * abs(float(limits.mean())), 1e-9)
    theta = np.zeros(data.x.shape[1] + 1)
    theta[0], theta[-1] = of.half + limits.mean() / spread, -1 / spread
    return theta


def _need_no_separation(data: Amounts, place: str) -> None:
    """Raise if some direction makes no answer less likely, and one more likely, however far one goes (a linear programme)."""
    from scipy.optimize import linprog

    sides = [(np.isfinite(data.low), data.low, 1.0), (np.isfinite(data.high), data.high, -1.0)]
    better = np.vstack([sign * np.column_stack([data.x[rows], g[rows]]) for rows, g, sign in sides])
    better = np.unique(better / np.abs(better).max(axis=0), axis=0)
    found = linprog(-better.sum(axis=0), A_ub=-better, b_ub=np.zeros(len(better)), bounds=(-1, 1))
    if found.fun is not None and found.x is not None and found.fun < -1e-7:
        names = _named(data, found.x)
        raise NotIdentifiedError(
            f"{place}: {listing(names)} decide{'s' if len(names) == 1 else ''} some answers wholly (separation), so no "
            "finite coefficient fits best. Merge levels, leave it out, or take what needs no model "
            "(turnbull(); of a premium up_to())."
        )


def _named(data: Amounts, weights: np.ndarray) -> list[str]:
    """Return the names of the columns, but for the intercept, that have a part in a sum."""
    parts = zip(data.names, np.abs(weights), strict=False)
    return [name for name, part in parts if part > 1e-6 and name != "intercept"]
