"""From weighted totals to values and one covariance matrix, by linearisation; numpy only.

PSU c of stratum h contributes z_hc = (Y_hc - theta X_hc) / X to a mean or ratio (Y_hc to a total), and
V = sum_h (1 - f_h) n_h / (n_h - 1) sum_c (z_hc - zbar_h)(z_hc - zbar_h)', jointly for all scores and groups.
PSUs without a row in the domain count as zero. A lone PSU is measured from the overall estimate ("center": z itself,
since z sums to zero) or left out ("skip").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from cxstats.inference.many import Overlap
from cxstats.inference.totals import Totals

ROUNDING = 1e-12  # a variance below this part of the raw second moment is rounding


class Covariance(Protocol):
    """One shared covariance matrix: its diagonal at once, the whole of it when asked for."""

    def diagonal(self) -> np.ndarray:
        """Return the variances."""

    def matrix(self) -> np.ndarray:
        """Return the whole matrix."""


@dataclass(frozen=True)
class Linear:
    """An estimate as a function of totals: its value and its derivatives by Y and X, each groups x scores."""

    value: np.ndarray
    by_y: np.ndarray
    by_x: np.ndarray


def linearise(totals: Totals) -> Linear:
    """Return values and derivatives: Y / X + shift for means and ratios, Y + shift X for totals."""
    y, x = totals.grouped["y"], totals.grouped["x"]
    with np.errstate(divide="ignore", invalid="ignore"):
        theta = np.where(x != 0, y / x, np.nan)
        value, by_y, by_x = theta + totals.shift, np.where(x != 0, 1 / x, 0.0), np.where(x != 0, -theta / x, 0.0)
    for k, score in enumerate(totals.scores):
        if score.family == "total":
            value[:, k] = y[:, k] + totals.shift[:, k] * x[:, k]
            by_y[:, k], by_x[:, k] = 1.0, totals.shift[:, k]
    value[totals.grouped["count"] == 0] = np.nan
    return Linear(value, by_y, by_x)


def scales(totals: Totals) -> np.ndarray:
    """Return (1 - f) n / (n - 1) by stratum; for lone PSUs 1 - f where they are centred overall, else 0."""
    n, f = totals.sampled, totals.fraction
    lone = {"center": 1.0, "skip": 0.0, "error": np.nan}[totals.lone_psu]
    scale = (1 - f) * np.where(n > 1, n / np.maximum(n - 1, 1), lone)
    return np.where(f >= 1, 0.0, scale)


def simple_variance(totals: Totals) -> np.ndarray:
    """Return what the variance would be in a simple random sample of the same size (with replacement)."""
    count = totals.grouped["count"]
    base = totals.grouped["b"]
    yy, yx, xx = (totals.grouped[pair] for pair in ("yy", "yx", "xx"))
    x = totals.grouped["x"]
    with np.errstate(divide="ignore", invalid="ignore"):
        theta = totals.grouped["y"] / x
        spread = np.maximum(yy - 2 * theta * yx + theta**2 * xx, 0.0) / base * count / (count - 1)
        variance = np.asarray(spread / count * (base / x) ** 2)
        for k, score in enumerate(totals.scores):
            if score.family == "total":
                variance[:, k] *= base[:, k] ** 2
    return variance


class SampleCovariance:
    """The covariance of everything one pass measured; rows are scores, within them groups."""

    def __init__(self, totals: Totals, linear: Linear) -> None:
        self.totals, self.linear = totals, linear
        self.groups, self.scores = len(totals.groups), len(totals.scores)

    def diagonal(self) -> np.ndarray:
        """Return the variances without forming the matrix."""
        return self._diagonal

    def matrix(self) -> np.ndarray:
        """Return the whole matrix."""
        return np.asarray(self._matrix)

    @cached_property
    def _scale(self) -> np.ndarray:
        return scales(self.totals)

    @cached_property
    def _lone(self) -> np.ndarray:
        return self.totals.sampled <= 1

    def _influence(self, score: int, inside: np.ndarray) -> np.ndarray:
        group = self.totals.group[inside]
        y, x = (self.totals.first[part][inside, score] for part in ("y", "x"))
        return np.asarray(self.linear.by_y[group, score] * y + self.linear.by_x[group, score] * x)

    @cached_property
    def _diagonal(self) -> np.ndarray:
        t = self.totals
        inside = t.group >= 0
        h, g = t.stratum[inside], t.group[inside]
        size = len(t.sampled) * self.groups
        slot = h * self.groups + g
        n = np.repeat(t.sampled, self.groups)
        present = np.bincount(slot, minlength=size)
        variances = []
        for k in range(self.scores):
            z = self._influence(k, inside)
            mean = np.where(np.repeat(self._lone, self.groups), 0.0, np.bincount(slot, weights=z, minlength=size) / n)
            if t.cluster is not None:
                squares = np.bincount(slot, weights=(z - mean[slot]) ** 2, minlength=size) + (n - present) * mean**2
            else:
                squares = self._squares(k, k, inside, slot, n)
            by_stratum = self._scale[:, None] * np.maximum(squares, 0.0).reshape(len(t.sampled), self.groups)
            variances.append(by_stratum.sum(axis=0))
        return np.concatenate(variances)

    def _squares(self, k: int, j: int, inside: np.ndarray, slot: np.ndarray, n: np.ndarray) -> np.ndarray:
        """Return sums of (z_k - zbar_k)(z_j - zbar_j) over the rows of each stratum, by stratum x group.

        Each moment is centred before it is multiplied: a total's z holds the shift again, whose square would drown the rest.
        """
        t, size = self.totals, len(n)
        group = np.tile(np.arange(self.groups), len(t.sampled))
        lone = np.repeat(self._lone, self.groups)
        parts = {"y": self.linear.by_y, "x": self.linear.by_x}
        found = np.zeros(size)
        for p in ("y", "x"):
            for q in ("y", "x"):
                raw = np.bincount(slot, weights=t.second[(p, k), (q, j)][inside], minlength=size)
                first, second = (
                    np.bincount(slot, weights=t.first[part][inside, score], minlength=size)
                    for part, score in ((p, k), (q, j))
                )
                centred = raw - np.where(lone, 0.0, first * second / n)
                found += parts[p][group, k] * parts[q][group, j] * centred
        return found

    @cached_property
    def _matrix(self) -> np.ndarray:
        t = self.totals
        inside = t.group >= 0
        h, g = t.stratum[inside], t.group[inside]
        width = self.scores * self.groups
        z = [self._influence(k, inside) for k in range(self.scores)]
        mean = np.zeros((len(t.sampled), width))
        for k in range(self.scores):
            np.add.at(mean, (h, k * self.groups + g), z[k])
        mean = np.where(self._lone[:, None], 0.0, mean / np.maximum(t.sampled, 1)[:, None])
        if t.cluster is None:
            return self._from_moments(inside, mean)
        stratum_of = np.empty(int(t.cluster.max()) + 1, dtype=np.int64)
        stratum_of[t.cluster] = t.stratum
        cluster = t.cluster[inside]
        order = np.argsort(cluster, kind="stable")
        matrix = np.zeros((width, width))
        step = max(1, 4_000_000 // max(width, 1))
        for start in range(0, len(stratum_of), step):
            stop = min(start + step, len(stratum_of))
            rows = order[np.searchsorted(cluster[order], start) : np.searchsorted(cluster[order], stop)]
            deviation = -mean[stratum_of[start:stop]]
            for k in range(self.scores):
                np.add.at(deviation, (cluster[rows] - start, k * self.groups + g[rows]), z[k][rows])
            deviation *= np.sqrt(self._scale[stratum_of[start:stop]])[:, None]
            matrix += deviation.T @ deviation
        return matrix

    def _from_moments(self, inside: np.ndarray, mean: np.ndarray) -> np.ndarray:
        t = self.totals
        slot = t.stratum[inside] * self.groups + t.group[inside]
        n = np.repeat(t.sampled, self.groups)
        weight = self._scale * np.where(self._lone, 0.0, t.sampled)
        matrix = -(mean * weight[:, None]).T @ mean  # rows of one group are zero in the others, if not PSUs of several
        rows = np.arange(self.groups)
        for k in range(self.scores):
            for j in range(self.scores):
                squares = self._squares(k, j, inside, slot, n).reshape(len(t.sampled), self.groups)
                matrix[k * self.groups + rows, j * self.groups + rows] = self._scale @ squares
                if t.overlap is not None:
                    self._add_overlap(matrix, t.overlap, k, j)
        return np.asarray(matrix)

    def _add_overlap(self, matrix: np.ndarray, overlap: Overlap, k: int, j: int) -> None:
        """Add the products of z over PSUs that are in two groups."""
        one, two = overlap.pair
        parts = {"y": self.linear.by_y, "x": self.linear.by_x}
        found = np.zeros(len(one))
        for p in ("y", "x"):
            for q in ("y", "x"):
                found += parts[p][one, k] * parts[q][two, j] * overlap.products((p, k), (q, j))
        np.add.at(matrix, (k * self.groups + one, j * self.groups + two), self._scale[overlap.stratum] * found)


@dataclass(frozen=True)
class Rescaled:
    """The covariance of estimates that are each `factor` times others."""

    parent: Covariance
    factor: np.ndarray

    def diagonal(self) -> np.ndarray:
        """Return the variances."""
        return np.asarray(self.parent.diagonal() * self.factor**2)

    def matrix(self) -> np.ndarray:
        """Return the whole matrix."""
        return np.asarray(self.parent.matrix() * np.outer(self.factor, self.factor))


@dataclass(frozen=True)
class Chosen:
    """The covariance of some rows of an estimate, in the order chosen."""

    parent: Covariance
    rows: np.ndarray

    def diagonal(self) -> np.ndarray:
        """Return the variances."""
        return np.asarray(self.parent.diagonal()[self.rows])

    def matrix(self) -> np.ndarray:
        """Return the whole matrix."""
        return np.asarray(self.parent.matrix()[np.ix_(self.rows, self.rows)])


@dataclass(frozen=True)
class Difference:
    """The covariance of row `plus[i]` minus row `minus[i]`."""

    parent: Covariance
    plus: np.ndarray
    minus: np.ndarray

    def diagonal(self) -> np.ndarray:
        """Return the variances."""
        v = self.parent.matrix()
        total = v[self.plus, self.plus] + v[self.minus, self.minus] - 2 * v[self.plus, self.minus]
        return np.asarray(np.maximum(total, 0.0))

    def matrix(self) -> np.ndarray:
        """Return the whole matrix."""
        v, p, m = self.parent.matrix(), self.plus, self.minus
        return np.asarray(v[np.ix_(p, p)] - v[np.ix_(p, m)] - v[np.ix_(m, p)] + v[np.ix_(m, m)])


class Dense:
    """A covariance that is known as a matrix."""

    def __init__(self, matrix: np.ndarray) -> None:
        self._matrix: np.ndarray = (matrix + matrix.T) / 2

    def diagonal(self) -> np.ndarray:
        """Return the variances."""
        return np.asarray(np.maximum(np.diagonal(self._matrix), 0.0))

    def matrix(self) -> np.ndarray:
        """Return the whole matrix."""
        return self._matrix


class Independent:
    """The covariance of estimates from independent samples, one after the other."""

    def __init__(self, parts: Sequence[Covariance]) -> None:
        self.parts = list(parts)

    def diagonal(self) -> np.ndarray:
        """Return the variances."""
        return np.concatenate([part.diagonal() for part in self.parts])

    def matrix(self) -> np.ndarray:
        """Return the whole matrix."""
        matrices = [part.matrix() for part in self.parts]
        size = sum(len(m) for m in matrices)
        whole, start = np.zeros((size, size)), 0
        for m in matrices:
            whole[start : start + len(m), start : start + len(m)] = m
            start += len(m)
        return whole
