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
    """A regression: of every row the mean and its slope by the index."""

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
        mean = columns.kinds @ np.asarray(WLS(outcome, x, weights=count).fit().params)
        slope = np.ones(size)
    else:
        family = families.Binomial() if link == "logit" else families.Poisson()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it has not settled is looked at below
            found = GLM(outcome, x, family=family, var_weights=count).fit(
                maxiter=STEPS, tol=SETTLED, tol_criterion="params"
            )
        index = columns.kinds @ np.asarray(found.params)
        with np.errstate(over="ignore"):
            mean, slope = (np.asarray(of(index)) for of in (family.link.inverse, family.link.inverse_deriv))
    left = np.abs((count * (outcome - mean[met])) @ x).max()
    if not left <= 1e-6 * len(rows) * max(1e-12, float(np.abs(y[rows]).max())):
        raise NotIdentifiedError(
            f"{place}: the regression ({link}) has not settled in {STEPS} steps. Adjust for fewer columns, merge their labels, "
            "or take link='identity'."
        )
    return Fit(mean[columns.kind], slope[columns.kind])


@dataclass(frozen=True)
class Chances:
    """Of every row the chance of a level, by a logistic regression, and how rows move its coefficients."""

    x: np.ndarray
    chance: np.ndarray
    influence: np.ndarray

    @classmethod
    def of(cls, here: np.ndarray, columns: Columns, weight: np.ndarray, place: str) -> Chances:
        """Return the chances of being `here`."""
        x = columns.x
        fit = fitted("logit", here.astype(np.float64), columns, weight, np.arange(len(x)), place)
        hessian = (x.T * (weight * fit.slope)) @ x
        return cls(x, fit.mean, (x * (here - fit.mean)[:, None]) @ np.linalg.pinv(hessian, hermitian=True))


@dataclass(frozen=True)
class Weighted:
    """Weights of a level's rows that make them like a population, v, with slopes by the coefficients of the chances.

    `moves` are pairs of (dv/d index of a chance, that chance).
    """

    v: np.ndarray
    moves: tuple[tuple[np.ndarray, Chances], ...]

    @classmethod
    def none(cls, size: int) -> Weighted:
        """Return no weights."""
        return cls(np.ones(size), ())

    @classmethod
    def inverse(cls, level: Chances, among: Chances | None) -> Weighted:
        """Return 1 over the chance of the level, times that of the level whose people it is for."""
        if among is level:
            return cls.none(len(level.chance))
        e = np.maximum(level.chance, 1e-300)
        v = 1 / e if among is None else among.chance / e
        moves = [(-v * (1 - e), level)]
        if among is not None:
            moves.append((v * (1 - among.chance), among))
        return cls(v, tuple(moves))


@dataclass(frozen=True)
class Mean:
    """The mean at a level, how rows move it, and the model behind it with its slopes by the coefficients."""

    value: float
    influence: np.ndarray
    model: Informed
    slopes: np.ndarray


def mean_at(
    link: str, y: np.ndarray, columns: Columns, weight: np.ndarray, here: np.ndarray, population: np.ndarray,
    weighted: Weighted, places: np.ndarray, place: str,
) -> Mean:  # fmt: skip
    """Return the mean at the level of the rows `here`, for the rows of the population; `places` are the rows' in the survey."""
    rows, v, x = np.flatnonzero(here), weighted.v, columns.x
    fit = fitted(link, y, columns, weight * v, rows, place)
    people = (weight * population).sum()
    value = float((weight * population) @ fit.mean / people)
    d = (weight * population * fit.slope) @ x / people
    hessian = (x[rows].T * (weight * v * fit.slope)[rows]) @ x[rows]
    inverse = np.linalg.pinv(hessian, hermitian=True)
    a = inverse @ d
    rest = np.where(here, y - fit.mean, 0.0)
    influence = population * (fit.mean - value) / people + v * rest * (x @ a)
    for slope, chances in weighted.moves:
        influence += chances.influence @ ((weight * rest * (x @ a) * slope) @ chances.x)
    curve, own = fit.slope[rows], x[rows]

    def quadratic(m: np.ndarray) -> np.ndarray:
        return np.asarray(curve[:, None] * (own @ m) ** 2)

    def product(m: np.ndarray) -> np.ndarray:
        return np.asarray(own * (curve * (own @ m))[:, None])

    return Mean(value, influence, Informed(places[rows], (weight * v)[rows], inverse, quadratic, product), d)
