"""What PSUs tell of a model's coefficients: how much a variance misses, and its degrees of freedom (Bell and McCaffrey).

Row i gives the information ``w_i I_i`` on the coefficients, PSU c the sum ``A_c``, all together ``M^-1``. A model fitted to a
PSU hides a part of its errors: of a coefficient ``l'b``, with ``m = M l``, the contributions of PSUs vary by

    S = diag(g) - P E P',   g_c = m'D_c m,   P = [A_c m, D_c m],   E = [[-M D M, M], [M, 0]]

where ``D_c = f_c sum w_i^2 I_i`` is the variance of its score, ``f_c = 1 + rho (n_c - 1)``. With C, the centring in strata
times (1 - f) n / (n - 1), the variance is estimated by tr(CS) on average, where sum g is the truth, with ``tr(CS)^2 /
tr(CSCS)`` degrees of freedom. A level that is met in two PSUs leaves one; one that is met in one PSU leaves nothing.

Bell, R. M. and McCaffrey, D. F. (2002). Bias reduction in standard errors for linear regression with multi-stage samples.
*Survey Methodology* 28.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cxstats import frames
from cxstats.inference.many import RHO
from cxstats.survey import Survey

HIDES = "it rests on too few rows or PSUs that differ in it: how much it varies between them is not known"
PLENTY = 500  # PSUs, counted as if of one weight: what a fit hides of them is less than what is rounded
HIDDEN = 2.6  # a variance that is seen to less than this part is not known: two PSUs show a half, one of three a third


@dataclass(frozen=True)
class Psus:
    """Of each row its PSU; of each PSU its stratum; of each stratum how many PSUs, (1 - f) n / (n - 1), f."""

    of: np.ndarray
    stratum: np.ndarray
    count: np.ndarray
    scale: np.ndarray
    fraction: np.ndarray

    @classmethod
    def read(cls, survey: Survey) -> Psus:
        """Return the PSUs of a survey in memory."""
        d = survey.design
        table = frames.in_memory(survey.frame, d.columns() or survey.frame.columns[:1])

        def numbered(names: list[str]) -> np.ndarray:
            groups = table.groupby(names, dropna=False, observed=True) if names else None
            return np.zeros(len(table), dtype=np.int64) if groups is None else groups.ngroup().to_numpy()

        stratum = numbered(list(d.strata))
        psu = numbered([*(d.strata if d.nest else ()), *d.psu]) if d.psu else np.arange(len(table))
        first = np.unique(psu, return_index=True)[1]
        count = np.bincount(stratum[first])
        fraction = np.zeros(len(count))
        if d.fpc:
            population = table[d.fpc].to_numpy(dtype=np.float64)
            fraction[stratum] = np.minimum(count[stratum] / population, 1.0)
        lone = 0.0 if d.lone_psu == "skip" else 1.0
        scale = (1 - fraction) * np.where(count > 1, count / np.maximum(count - 1, 1), lone)
        return cls(psu, stratum[first], count, scale, fraction)


@dataclass(frozen=True)
class Informed:
    """A fitted model: its rows (places in the survey), their weights, and the information each gives.

    `inverse` is that of the sum of ``w_i I_i``; ``quadratic(m)`` returns ``m'I_i m`` for every column of m, rows x columns;
    ``product(m)`` returns ``I_i m`` for one m, rows x coefficients.
    """

    rows: np.ndarray
    weight: np.ndarray
    inverse: np.ndarray
    quadratic: Callable[[np.ndarray], np.ndarray]
    product: Callable[[np.ndarray], np.ndarray]

    @classmethod
    def of_means(cls, rows: np.ndarray, weight: np.ndarray, code: np.ndarray, variance: np.ndarray) -> Informed:
        """Return the means of groups of rows, each with a variance of one row, as a model."""
        size, width = np.bincount(code, weight, len(variance)), len(variance)

        def product(m: np.ndarray) -> np.ndarray:
            return np.asarray(np.eye(width)[code] * (m / variance))

        def quadratic(m: np.ndarray) -> np.ndarray:
            return np.asarray((m**2 / variance[:, None])[code])

        return cls(rows, weight, np.diag(variance / size), quadratic, product)

    @classmethod
    def of_scores(cls, rows: np.ndarray, weight: np.ndarray, scores: np.ndarray) -> Informed:
        """Return a model by the squares of its scores, rows x coefficients, where its information is not written down."""
        inverse = np.linalg.pinv((scores * weight[:, None]).T @ scores)
        return cls(rows, weight, inverse, lambda m: (scores @ m) ** 2, lambda m: scores * (scores @ m)[:, None])


@dataclass(frozen=True)
class Sight:
    """The models behind the rows of an estimate, each with the slopes of the rows by its coefficients."""

    psus: Psus
    parts: tuple[tuple[Informed, np.ndarray], ...]

    def through(self, jacobian: np.ndarray) -> Sight:
        """Return the same of linear functions of the rows."""
        return Sight(self.psus, tuple((model, jacobian @ slopes) for model, slopes in self.parts))

    def take(self, rows: np.ndarray) -> Sight:
        """Return the same of some rows."""
        return Sight(self.psus, tuple((model, slopes[rows]) for model, slopes in self.parts))

    @cached_property
    def known(self) -> tuple[np.ndarray, np.ndarray]:
        """Return by how much variances are too small, and their degrees of freedom; see `seen`."""
        return seen(self.psus, [(model, _without_dust(slopes)) for model, slopes in self.parts])


def _without_dust(slopes: np.ndarray) -> np.ndarray:
    """Return slopes without what rounding leaves where coefficients cancel."""
    return np.where(np.abs(slopes) > 1e-9 * np.abs(slopes).max(initial=0.0), slopes, 0.0)


def seen(psus: Psus, parts: Sequence[tuple[Informed, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """Return by how much variances are too small, and their degrees of freedom: infinite and 0 where nothing is known.

    Each part is a model and the slopes of all functions by its coefficients, functions x coefficients; a function of several
    models is known no better than by the worst. NaN for functions of no coefficient.
    """
    size = len(parts[0][1]) if parts else 0
    bias, df = np.full(size, np.nan), np.full(size, np.nan)
    for model, slopes in parts:
        used = np.flatnonzero((slopes != 0).any(axis=1))
        if len(used):
            found = _Seen(psus, model).of(slopes[used])
            bias[used], df[used] = np.fmax(bias[used], found[0]), np.fmin(df[used], found[1])
    return bias, df


class _Seen:
    """One model's PSUs."""

    def __init__(self, psus: Psus, model: Informed) -> None:
        self.model = model
        here, self.at = np.unique(psus.of[model.rows], return_inverse=True)
        self.size, stratum = len(here), psus.stratum[here]
        strata, self.stratum = np.unique(stratum, return_inverse=True)
        self.count, self.scale, fraction = psus.count[strata], psus.scale[strata], psus.fraction[strata]
        self.mean_of = np.where(self.count > 1, 1 / self.count, 0.0)  # a lone PSU is measured from the whole
        self.free = (1 - fraction)[self.stratum]
        counted = (
            self.scale[self.stratum] > 0
        )  # a lone PSU that is skipped has no part in the variance, nor in the truth
        self.grown = counted * (1 + RHO * (np.bincount(self.at) - 1))
        self.square = model.weight**2

    def of(self, slopes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return bias and degrees of freedom of functions with these slopes."""
        m = self.model.inverse @ slopes.T
        g = self._by_psu(self.square[:, None] * self.model.quadratic(m)) * self.grown[:, None]
        scale = (self.scale * (1 - self.mean_of))[self.stratum, None]
        seen, spread = (scale * g).sum(axis=0), self._spread(g)
        with np.errstate(divide="ignore", invalid="ignore"):
            bias, df = np.ones(len(seen)), seen**2 / spread
            for j in np.flatnonzero(~(g.sum(axis=0) ** 2 / (g**2).sum(axis=0) > PLENTY)):
                seen[j], spread[j] = self._fitted(m[:, j], g[:, j], float(seen[j]), float(spread[j]))
                bias[j], df[j] = (self.free * g[:, j]).sum() / seen[j], seen[j] ** 2 / spread[j]
        counted = (self.free[:, None] * g).sum(axis=0) == 0  # in full: there is no variance to miss
        hidden = ~((bias >= 0) & (bias <= HIDDEN)) & ~counted
        bias = np.where(hidden, np.inf, np.where(counted, 1.0, np.maximum(bias, 1.0)))
        return bias, np.where(hidden, 0.0, np.where(counted, np.inf, df))

    def _spread(self, g: np.ndarray) -> np.ndarray:
        """Return tr(CGCG) of every column."""
        sums, squares = (self._by_stratum(z) for z in (g, g**2))
        scale, mean_of = self.scale[:, None] ** 2, self.mean_of[:, None]
        return np.asarray((scale * ((1 - mean_of) ** 2 * squares + mean_of**2 * (sums**2 - squares))).sum(axis=0))

    def _fitted(self, m: np.ndarray, g: np.ndarray, seen: float, spread: float) -> tuple[float, float]:
        """Return tr(CS) and tr(CSCS) for one function: what is seen and its spread, less what the fit hides."""
        products = self.model.product(m)
        p = np.hstack([
            self._by_psu(self.model.weight[:, None] * products),
            self._by_psu(self.square[:, None] * products) * self.grown[:, None],
        ])  # fmt: skip
        inverse, nothing = self.model.inverse, np.zeros_like(self.model.inverse)
        e = np.block([[-inverse @ self._all @ inverse, inverse], [inverse, nothing]])
        mean = (self.mean_of[:, None] * self._by_stratum(p))[self.stratum]
        centred = self.scale[self.stratum, None] * (p - mean)
        once, twice = e @ (p.T @ centred), e @ (centred.T @ (g[:, None] * centred))
        return seen - float(np.trace(once)), spread - 2 * float(np.trace(twice)) + float(np.trace(once @ once))

    @property
    def _all(self) -> np.ndarray:
        """The variance of the score, all PSUs together."""
        worth = self.square * self.grown[self.at]
        return np.column_stack([worth @ self.model.product(one) for one in np.eye(len(self.model.inverse))])

    def _by_psu(self, z: np.ndarray) -> np.ndarray:
        return _summed(self.at, z, self.size)

    def _by_stratum(self, z: np.ndarray) -> np.ndarray:
        return _summed(self.stratum, z, len(self.count))


def _summed(at: np.ndarray, z: np.ndarray, size: int) -> np.ndarray:
    return np.column_stack([np.bincount(at, column, size) for column in z.T])


def as_seen(sight: Sight | None, df: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return degrees of freedom as models leave them (those given where there is none), what they hide, and notes on it."""
    if sight is None:
        return df, np.zeros(len(df), dtype=bool), [""] * len(df)
    bias, left = sight.known
    hidden = np.isinf(bias)
    return np.where(np.isnan(left) | hidden, df, np.fmin(df, left)), hidden, [HIDES if one else "" for one in hidden]
