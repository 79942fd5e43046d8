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
class Fit:
    """A regression: its coefficients, and of every row of x the mean and its slope by the index."""

    coefficients: np.ndarray
    mean: np.ndarray
    slope: np.ndarray


def fitted(link: str, y: np.ndarray, x: np.ndarray, weight: np.ndarray, rows: np.ndarray, place: str) -> Fit:
    """Return the regression of y on x among some rows by statsmodels' GLM, with the means of all rows of x."""
    from statsmodels.genmod import families
    from statsmodels.genmod.generalized_linear_model import GLM

    family = {"identity": families.Gaussian, "logit": families.Binomial, "log": families.Poisson}[link]()
    w = weight[rows] / weight[rows].mean()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it has not settled is looked at below
        found = GLM(y[rows], x[rows], family=family, var_weights=w).fit(
            maxiter=STEPS, tol=SETTLED, tol_criterion="params"
        )
    b = np.asarray(found.params)
    index = x @ b
    with np.errstate(over="ignore"):
        mean = np.asarray(family.link.inverse(index))
        slope = np.asarray(family.link.inverse_deriv(index))
    left = np.abs((w * (y[rows] - mean[rows])) @ x[rows]).max()
    if not left <= 1e-6 * len(rows) * max(1e-12, float(np.abs(y[rows]).max())):
        raise NotIdentifiedError(
            f"{place}: the regression ({link}) has not settled in {STEPS} steps. Adjust for fewer columns, merge their labels, "
            "or take link='identity'."
        )
    return Fit(b, mean, slope)


@dataclass(frozen=True)
class Chances:
    """Of every row the chance of a level, by a logistic regression, and how rows move its coefficients."""

    x: np.ndarray
    chance: np.ndarray
    influence: np.ndarray

    @classmethod
    def of(cls, here: np.ndarray, x: np.ndarray, weight: np.ndarray, place: str) -> Chances:
        """Return the chances of being `here`."""
        fit = fitted("logit", here.astype(np.float64), x, weight, np.arange(len(x)), place)
        hessian = (x.T * (weight * fit.slope)) @ x
        return cls(x, fit.mean, np.linalg.lstsq(hessian, (x * (here - fit.mean)[:, None]).T, rcond=None)[0].T)


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
    link: str, y: np.ndarray, x: np.ndarray, weight: np.ndarray, here: np.ndarray, population: np.ndarray,
    weighted: Weighted, places: np.ndarray, place: str,
) -> Mean:  # fmt: skip
    """Return the mean at the level of the rows `here`, for the rows of the population; `places` are the rows' in the survey."""
    rows, v = np.flatnonzero(here), weighted.v
    fit = fitted(link, y, x, weight * v, rows, place)
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
