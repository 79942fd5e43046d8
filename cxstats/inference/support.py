"""Degrees of freedom: the PSUs that a domain touches, minus the strata it touches.

A contrast has those of the union of the domains that enter it, so a PSU that straddles two groups counts once.
Where rows are their own PSUs, two scores of one group are taken to share rows (the larger base counts): never too many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.inference.many import Overlap
from cxstats.inference.sampling import dense
from cxstats.inference.totals import Totals

if TYPE_CHECKING:
    from scipy import sparse


@dataclass(frozen=True)
class Shared:
    """PSUs that several groups share, of `width` estimates from `start` on whose PSUs are counted by group."""

    start: int
    width: int
    overlap: Overlap

    def between(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Return how many PSUs the groups of estimate a[i] and estimate b[i] share; 0 within one group."""
        groups, found = len(self.overlap.groups), np.zeros(len(a))
        i, j = a - self.start, b - self.start
        mine = (i >= 0) & (j >= 0) & (i < self.width) & (j < self.width)
        for k, m in np.unique(np.column_stack([i[mine] // groups, j[mine] // groups]), axis=0).tolist():
            at = np.flatnonzero(mine & (i // groups == k) & (j // groups == m))
            found[at] = self.overlap.psus(k, m)[i[at] % groups, j[at] % groups]
        return found

    def union(self, estimates: np.ndarray, counts: np.ndarray) -> float:
        """Return how many PSUs the groups of some estimates touch together, at least, with the count of each estimate.

        Known are the counts of groups and of pairs of groups; from these the bound of Dawson and Sankoff (1967), exact for two.
        """
        groups, i = len(self.overlap.groups), estimates - self.start
        at, of = np.unique(i % groups, return_inverse=True)
        size = np.zeros(len(at))
        np.maximum.at(size, of, counts)
        one, two = (side.ravel() for side in np.meshgrid(np.arange(len(i)), np.arange(len(i))))
        both = np.zeros((len(at), len(at)))
        np.maximum.at(both, (of[one], of[two]), self.between(estimates[one], estimates[two]))
        np.fill_diagonal(both, 0.0)
        first, second = float(size.sum()), float(both.sum()) / 2
        k = 1 + int(2 * second / first) if first else 1
        pairs = size[:, None] + size - both
        least = 2 / (k + 1) * first - 2 / (k * (k + 1)) * second
        return max(least, float(pairs[~np.eye(len(at), dtype=bool)].max(initial=0.0)), float(size.max(initial=0.0)))


@dataclass(frozen=True)
class Support:
    """How many PSUs (`count`) of each unit the base of each estimate touches.

    A unit is a PSU, or a stratum x group cell whose rows are the PSUs. `unit`, `estimate` and `count` are parallel;
    `stratum` gives each unit's stratum. Of an estimate that a model gives, `part` of the degrees of freedom is left (1 of
    others): a coefficient may rest on few of the PSUs.
    """

    unit: np.ndarray
    estimate: np.ndarray
    count: np.ndarray
    stratum: np.ndarray
    width: int
    part: np.ndarray
    shared: tuple[Shared, ...] = ()

    @classmethod
    def of(cls, totals: Totals) -> Support:
        """Return the support of everything one pass measured."""
        groups = len(totals.groups)
        inside = np.flatnonzero(totals.group >= 0)
        if totals.cluster is None:
            unit_of, stratum = np.arange(len(totals.group)), totals.stratum
        else:
            unit_of = totals.cluster
            stratum = np.zeros(int(unit_of.max()) + 1, dtype=np.int64)
            stratum[unit_of] = totals.stratum
        units, estimates, counts = [], [], []
        for k in range(len(totals.scores)):
            cells = inside[totals.count[inside, k] > 0]
            units.append(unit_of[cells])
            estimates.append(k * groups + totals.group[cells])
            rows = totals.count if totals.psus is None else totals.psus
            counts.append(rows[cells, k] if totals.cluster is None else np.ones(len(cells)))
        width = groups * len(totals.scores)
        shared = () if totals.overlap is None else (Shared(0, width, totals.overlap),)
        unit, estimate, count = np.concatenate(units), np.concatenate(estimates), np.concatenate(counts)
        return cls(unit, estimate, count, stratum, width, np.ones(width), shared)

    @classmethod
    def stack(cls, parts: Sequence[Support]) -> Support:
        """Return the support of independent samples, one after the other."""
        units = np.cumsum([0, *(len(p.stratum) for p in parts)])
        strata = np.cumsum([0, *(int(p.stratum.max(initial=-1)) + 1 for p in parts)])
        widths = np.cumsum([0, *(p.width for p in parts)])
        return cls(
            np.concatenate([p.unit + u for p, u in zip(parts, units, strict=False)]),
            np.concatenate([p.estimate + w for p, w in zip(parts, widths, strict=False)]),
            np.concatenate([p.count for p in parts]),
            np.concatenate([p.stratum + s for p, s in zip(parts, strata, strict=False)]),
            int(widths[-1]),
            np.concatenate([p.part for p in parts]),
            tuple(replace(s, start=s.start + int(w)) for p, w in zip(parts, widths, strict=False) for s in p.shared),
        )

    @cached_property
    def _psus(self) -> sparse.csc_matrix[Any]:
        from scipy import sparse

        return sparse.csc_matrix((self.count, (self.unit, self.estimate)), shape=(len(self.stratum), self.width))

    @cached_property
    def _strata(self) -> sparse.csc_matrix[Any]:
        from scipy import sparse

        size = int(self.stratum.max(initial=-1)) + 1
        ones = np.ones(len(self.unit))
        touched = sparse.csc_matrix((ones, (self.stratum[self.unit], self.estimate)), shape=(size, self.width))
        touched.data[:] = 1.0
        return touched

    def drawn(self, sampled: np.ndarray) -> np.ndarray:
        """Tell of each estimate whether its base touches a stratum that is `sampled`, not counted in full."""
        touches = sampled[self.stratum[self.unit]]
        return np.bincount(self.estimate, weights=touches, minlength=self.width) > 0

    def each(self) -> np.ndarray:
        """Return the degrees of freedom of each estimate."""
        _, (_, estimates) = dense([self.stratum[self.unit], self.estimate])  # the pairs that occur
        strata = np.bincount(estimates, minlength=self.width)
        psus = np.bincount(self.estimate, weights=self.count, minlength=self.width)
        return np.asarray(self.part * (psus - strata), dtype=np.float64)

    def union(self, estimates: np.ndarray) -> float:
        """Return the degrees of freedom of a function of several estimates."""
        psus = self._psus[:, estimates].max(axis=1)
        touched = np.unique(self.stratum[psus.tocoo().row])
        count = float(psus.sum())
        for shared in self.shared:
            mine = estimates[(estimates >= shared.start) & (estimates < shared.start + shared.width)]
            if len(mine):
                held = self._psus[:, mine]
                count += shared.union(mine, np.asarray(held.sum(axis=0)).ravel()) - float(held.max(axis=1).sum())
        return float(self.part[estimates].min(initial=1.0) * (count - len(touched)))

    def pairs(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Return the degrees of freedom of a function of estimate a[i] and estimate b[i]."""
        first, second = self._psus[:, a], self._psus[:, b]
        psus = np.asarray(first.maximum(second).sum(axis=0)).ravel()
        for shared in self.shared:
            psus = psus - shared.between(a, b)
        strata = np.asarray(self._strata[:, a].maximum(self._strata[:, b]).sum(axis=0)).ravel()
        return np.asarray(np.minimum(self.part[a], self.part[b]) * (psus - strata))
