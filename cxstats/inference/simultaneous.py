"""How strict each of several intervals must be so that all of them hold at once.

With events A_i = {T_i > t_i(a)} that each have chance a, ``P(some A_i) = a sum_i E[1 / S | A_i]``, where S counts the events
that happen together. The mean is simulated given A_i, so it is as exact for one chance in a billion as for one in forty.
T_i = Z_i / sqrt(W_i): Z has the correlation R of the estimates, W the distribution of their estimated variances, which are
correlated by R squared (those of a Wishart matrix), so T_i is a t variable with the degrees of freedom of row i.

Owen, A. B., Maximov, Y. and Chertkov, M. (2019). Importance sampling the union of rare events. *Electron. J. Statist.* 13.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cxstats.inference.intervals import t_quantile

if TYPE_CHECKING:
    from cxstats.inference.estimate import Estimate

DRAWS, LEVELS, SEED = 2048, 64, 1
MOST = 500  # more estimates than this are treated by Bonferroni
COARSE = np.asarray([0, 0.5, 1, 1.5, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.5, 4, 5, 6, 8.5])
STEPS = (np.arange(LEVELS) + 0.5) / LEVELS
NORMAL = 300  # if all have more degrees of freedom, t is taken for normal


@dataclass(frozen=True)
class Simultaneous:
    """Errors of estimates with a known `correlation` (and `df`), and of `alone` more of which only the chance is known."""

    correlation: np.ndarray
    df: np.ndarray
    alone: int
    two_sided: bool

    @classmethod
    def of(
        cls, e: Estimate, method: str | None = None, *, two_sided: bool, sign: np.ndarray | None = None
    ) -> Simultaneous:
        """Return the joint errors of the rows of an estimate; one- or two-sided. Rows with `sign` -1 are turned round."""
        error, (_, df) = np.nan_to_num(e.std_error), e._spread(method)
        known = np.flatnonzero((error > 0) & (df > 0))
        if len(known) > MOST:
            known = known[:0]
        v = e._covariance.matrix()[np.ix_(known, known)] if len(known) else np.zeros((0, 0))
        scale = error[known] if sign is None else error[known] * sign[known]
        r = np.clip(v / np.outer(scale, scale), -1, 1)
        np.fill_diagonal(r, 1.0)
        return cls(r, df[known], len(e) - len(known), two_sided)

    def each(self, alpha: float) -> float:
        """Return alpha*: if each interval has level 1 - alpha*, the chance of a miss (on one side, if one-sided) is alpha / 2.

        Its normal quantile z lies between that of alpha, as if all misses came together, and Bonferroni's.
        """
        from scipy import special

        size, sides = len(self.df), 2 if self.two_sided else 1
        first, last = (-special.ndtri(alpha / 2 / sides / count) for count in (1, size + self.alone))
        z = np.linspace(first, last, 200)
        nodes = slice(np.searchsorted(COARSE, first, side="right") - 1, np.searchsorted(COARSE, last) + 1)
        apart = np.interp(z, COARSE[nodes], [self._apart(node) for node in COARSE[nodes].tolist()], right=1.0)
        chance = special.log_ndtr(-z) + np.log(sides * (apart * size + self.alone))
        found = np.interp(-np.log(alpha / 2), np.maximum.accumulate(-chance), z)
        return float(min(2 * special.ndtr(-found), alpha))

    def _apart(self, z: float) -> float:
        """Return E[1 / S | A_i], averaged over i: 1 if misses never coincide; two standard errors of simulation on top."""
        if len(self.df) > 1 and z not in self._found:
            self._found[z] = self._simulated(z)
        return self._found.get(z, 1.0)

    @cached_property
    def _found(self) -> dict[float, float]:
        return {}

    def _simulated(self, z: float) -> float:
        from scipy import special

        chance = float(special.ndtr(-z))
        i, u, y, root, h = self._drawn
        row, r = np.arange(DRAWS), self.correlation[i]
        if (self.df > NORMAL).all():
            edge, t = np.full(len(self.df), z), -special.ndtri(chance * STEPS)[u]
            t_all = y + r * (t - y[row, i])[:, None]
        else:
            edge, (some, which) = t_quantile(2 * chance, self.df), np.unique(self.df, return_inverse=True)
            t = -special.stdtrit(some[:, None], chance * STEPS)[which[i], u]
            w = root / (self.df[i] + t**2)  # the estimated variance of row i over the true one, given T_i
            spread = np.sqrt(2 / (9 * self.df))
            # chi square over df is (1 - s^2 + s g)^3 with a normal g (Wilson and Hilferty 1931)
            g = (np.cbrt(w) - 1 + spread[i] ** 2) / spread[i]
            g_all = h + r**2 * (g - h[row, i])[:, None]
            third = np.maximum(1 - spread**2 + spread * g_all, 0.01)
            t_all = (y + r * (t * np.sqrt(w) - y[row, i])[:, None]) / (third * np.sqrt(third))
        happens = (np.abs(t_all) if self.two_sided else t_all) > edge * (1 - 1e-9)
        happens[row, i] = True
        share = 1 / happens.sum(axis=1)
        return float(min(share.mean() + 2 * share.std() / np.sqrt(DRAWS), 1.0))

    @cached_property
    def _drawn(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Draw which row misses, how far, and normal variables with the correlations of the errors and of their variances."""
        draw, size = np.random.default_rng(SEED), len(self.df)
        i = np.arange(DRAWS) * size // DRAWS if size <= DRAWS else draw.integers(0, size, DRAWS)
        u = draw.permutation(DRAWS) % LEVELS
        y = draw.standard_normal((DRAWS, size)) @ _root(self.correlation)
        h = draw.standard_normal((DRAWS, size)) @ _root(self.correlation**2)
        return i, u, y, draw.chisquare(self.df[i] + 1), h


def _root(matrix: np.ndarray) -> np.ndarray:
    """Return the symmetric square root."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T)
