"""A mean at one level of service for a population: a regression, weighted or not, averaged over the people it is for.

Rows i of level j fit the regression ``sum w_i v_i (y_i - m(x_i'b)) x_i = 0`` with ``m`` the canonical mean. The mean for a
population, whose rows have p_i = 1, is ``mu = sum w_i p_i m(x_i'b) / P``, ``P = sum w_i p_i``. A weight of 1 more on row i
moves it by

    p_i (m_i - mu) / P  +  a' [v_i (y_i - m_i) x_i + G psi_i],    a' = D' H^-1

with ``D = sum w p m' x / P``, ``H = sum w v m' x x'`` over the level's rows, and, where the weights ``v`` are made of chances
with coefficients c that move by psi_i, ``G = sum w (y - m) x (dv/dc)'``. With ``x = 1`` this is a weighted mean (Hajek's),
with ``v = 1`` regression standardisation, with both it is doubly robust.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from cxstats.errors import NotIdentifiedError
from cxstats.inference.leverage import Informed

LINKS = ("identity", "logit", "log")
STEPS = 60
SETTLED = 1e-10  # of the coefficients' change, the last step
CERTAIN = 1e-6  # of a mean: as good as none, or all
FARTHEST = 700.0  # an index beyond which nothing can be told from 0 or 1


@dataclass(frozen=True)
class Columns:
    """The columns of a regression, the first of ones: of every row, and of the `kinds` of rows that there are.

    Rows of a kind have one mean, so a regression with the canonical link needs of each kind only their weight and mean outcome.
    """

    x: np.ndarray
    kinds: np.ndarray
    kind: np.ndarray

    @classmethod
    def of(cls, x: np.ndarray) -> Columns:
        """Return the columns with their kinds."""
        import pandas as pd

        table = pd.DataFrame(x)
        kind = table.groupby(list(table.columns), sort=False).ngroup().to_numpy()
        first = np.unique(kind, return_index=True)[1]
        return cls(x, x[first], kind)

    @classmethod
    def ones(cls, size: int) -> Columns:
        """Return a column of ones alone: its regression is a mean."""
        return cls(np.ones((size, 1)), np.ones((1, 1)), np.zeros(size, dtype=np.int64))


@dataclass(frozen=True)
class Fit:
    """A regression: of every row the index, the mean, and its slope by the index."""

    index: np.ndarray
    mean: np.ndarray
    slope: np.ndarray


def fitted(link: str, y: np.ndarray, columns: Columns, weight: np.ndarray, rows: np.ndarray, place: str) -> Fit:
    """Return the regression of y on columns among some rows by statsmodels, with the means of all rows."""
    from statsmodels.genmod import families
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.regression.linear_model import WLS

    size, w = len(columns.kinds), weight[rows] / weight[rows].mean()
    every = np.bincount(columns.kind[rows], w, size)
    met = every > 0
    x, count = columns.kinds[met], every[met]
    outcome = np.bincount(columns.kind[rows], w * y[rows], size)[met] / count
    if link == "identity":
        index = columns.kinds @ np.asarray(WLS(outcome, x, weights=count).fit().params)
        mean, slope = index, np.ones(size)
    else:
        family = families.Binomial() if link == "logit" else families.Poisson()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it has not settled is looked at below
            found = GLM(outcome, x, family=family, var_weights=count).fit(
                maxiter=STEPS, tol=SETTLED, tol_criterion="params"
            )
        index = np.clip(columns.kinds @ np.asarray(found.params), -FARTHEST, FARTHEST)
        mean = np.asarray(family.link.inverse(index))
        slope = mean * (1 - mean) if link == "logit" else mean
    left = np.abs((count * (outcome - mean[met])) @ x).max()
    if not left <= 1e-6 * len(rows) * max(1e-12, float(np.abs(y[rows]).max())):
        raise NotIdentifiedError(
            f"{place}: the regression ({link}) has not settled in {STEPS} steps. Adjust for fewer columns, merge their labels, "
            "or take link='identity'."
        )
    return Fit(index[columns.kind], mean[columns.kind], slope[columns.kind])


@dataclass(frozen=True)
class Chances:
    """Of every row the chance of each level, rows x levels, by a multinomial logit, and how rows move its coefficients.

    ``log P(j) / P(base) = x'c_j``, fitted level by level among the rows of level j and of the base, the most frequent one (Begg
    and Gray 1984): the chances of all levels sum to 1.
    """

    x: np.ndarray
    index: np.ndarray
    chance: np.ndarray
    influence: tuple[np.ndarray | None, ...]

    @classmethod
    def of(cls, code: np.ndarray, size: int, columns: Columns, weight: np.ndarray, place: str) -> Chances:
        """Return the chances of `size` levels."""
        x, total = columns.x, np.bincount(code, weight, size)
        base = int(np.round(total / total.max(), 9).argmax())  # the first of those that differ by rounding alone
        index = np.zeros((len(x), size))
        influence: list[np.ndarray | None] = []
        for j in range(size):
            if j == base:
                influence.append(None)
                continue
            here, rows = code == j, np.flatnonzero((code == j) | (code == base))
            fit = fitted("logit", here.astype(np.float64), columns, weight, rows, f"{place}, chance of a level")
            hessian = (x[rows].T * (weight * fit.slope)[rows]) @ x[rows]
            score = np.zeros_like(x)
            score[rows] = x[rows] * (here - fit.mean)[rows, None]
            index[:, j] = fit.index
            influence.append(score @ np.linalg.pinv(hessian, hermitian=True))
        odds = np.exp(index - index.max(axis=1, keepdims=True))
        return cls(x, index, odds / odds.sum(axis=1, keepdims=True), tuple(influence))


@dataclass(frozen=True)
class Weighted:
    """Weights of a level's rows that make them like a population, v, with slopes by the coefficients of the chances.

    `moves` are pairs of (dv/d index, the influence of rows on the coefficients of this index); `x` are its columns.
    """

    v: np.ndarray
    x: np.ndarray
    moves: tuple[tuple[np.ndarray, np.ndarray], ...]

    @classmethod
    def none(cls, size: int) -> Weighted:
        """Return no weights."""
        return cls(np.ones(size), np.ones((size, 1)), ())

    @classmethod
    def inverse(cls, chances: Chances, level: int, among: int | None) -> Weighted:
        """Return 1 over the chance of the level, or the odds of the level whose people it is for."""
        if among == level:
            return cls.none(len(chances.x))
        with np.errstate(over="ignore", divide="ignore"):
            if among is None:
                v = 1 / chances.chance[:, level]
                slopes = [v * (e - (j == level)) for j, e in enumerate(chances.chance.T)]
            else:
                v = np.exp(chances.index[:, among] - chances.index[:, level])
                slopes = [v * ((j == among) * 1.0 - (j == level)) for j in range(len(chances.influence))]
        pairs = zip(slopes, chances.influence, strict=True)
        return cls(v, chances.x, tuple((slope, moved) for slope, moved in pairs if moved is not None))


@dataclass(frozen=True)
class Mean:
    """The mean at a level, how rows move it, and the model behind it with its slopes by the coefficients.

    `certain` is the part of the population of whom the regression is certain, since all rows like them answered alike (none, or
    all); `behind` is how many rows of the level that rests on.
    """

    value: float
    influence: np.ndarray
    model: Informed
    slopes: np.ndarray
    certain: float
    behind: int


def mean_at(
    link: str, y: np.ndarray, columns: Columns, weight: np.ndarray, here: np.ndarray, population: np.ndarray,
    weighted: Weighted, places: np.ndarray, bounded: bool, place: str,
) -> Mean:  # fmt: skip
    """Return the mean at the level of the rows `here`, for the rows of the population; `places` are the rows' in the survey.

    What is `bounded` lies between 0 and 1.
    """
    rows, v, x = np.flatnonzero(here), np.where(here, weighted.v, 0.0), columns.x
    fit = fitted(link, y, columns, weight * v, rows, place)
    people = (weight * population).sum()
    value = float((weight * population) @ fit.mean / people)
    d = (weight * population * fit.slope) @ x / people
    hessian = (x[rows].T * (weight * v * fit.slope)[rows]) @ x[rows]
    inverse = np.linalg.pinv(hessian, hermitian=True)
    a = inverse @ d
    rest = np.where(here, y - fit.mean, 0.0)
    influence = population * (fit.mean - value) / people + v * rest * (x @ a)
    for slope, moved in weighted.moves:
        influence += moved @ ((weight * rest * (x @ a) * np.where(here, slope, 0.0)) @ weighted.x)
    curve, own = fit.slope[rows], x[rows]

    def quadratic(m: np.ndarray) -> np.ndarray:
        return np.asarray(curve[:, None] * (own @ m) ** 2)

    def product(m: np.ndarray) -> np.ndarray:
        return np.asarray(own * (curve * (own @ m))[:, None])

    sure = np.zeros(len(y), dtype=bool)
    if columns.x.shape[1] > 1 and (link != "identity" or bounded):
        sure = (fit.mean < CERTAIN) | ((fit.mean > 1 - CERTAIN) & bounded)
    part = float((weight * population)[sure].sum() / people)
    model = Informed(places[rows], (weight * v)[rows], inverse, quadratic, product)
    return Mean(value, influence, model, d, part, int((sure & here).sum()))
