"""One model for each group, one covariance for all: every row's influence on coefficients and covariate means is measured.

The means of the covariates are estimated beside the coefficients, so that an amount "at the means" carries their error, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.errors import ArgumentError, NotIdentifiedError, need_columns
from cxstats.inference import Estimate
from cxstats.inference.covariates import Covariate
from cxstats.inference.influence import from_influence
from cxstats.inference.known import as_it_is
from cxstats.inference.leverage import Informed
from cxstats.inference.slopes import gradient
from cxstats.pricing.bids import PLACE, Answers
from cxstats.pricing.tolerance import Amounts, Distribution, Fit, fitted, need_rank
from cxstats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

MOST_LEVELS = 100


@dataclass(frozen=True)
class Asked:
    """The rows that answered: what they said, their covariates (after a column of ones), groups and weights.

    `asked_of` counts all rows, `chosen` those of the domain.
    """

    survey: Survey
    rows: np.ndarray
    answers: Answers
    x: np.ndarray
    covariates: tuple[Covariate, ...]
    base: Mapping[str, Any]
    group: np.ndarray
    groups: pd.DataFrame
    weight: np.ndarray
    left_out: tuple[str, ...]
    unit: str
    asked_of: int
    chosen: int

    @cached_property
    def highest(self) -> float:
        """The highest bid, or limit, of all."""
        limits = np.concatenate([self.answers.lower, self.answers.upper])
        return float(limits[np.isfinite(limits)].max())

    @cached_property
    def members(self) -> list[np.ndarray]:
        """The places of each group's rows."""
        return [np.flatnonzero(self.group == g) for g in range(len(self.groups))]

    def place(self, g: int) -> str:
        """Return how messages name a group."""
        labels = ", ".join(f"{k} {v!r}" for k, v in self.groups.iloc[g].items())
        return f"{PLACE}, {labels}" if labels else PLACE

    def first_only(self) -> Asked:
        """Return the same rows with the first answer alone."""
        lower, upper = self.answers.first_only()
        return replace(self, answers=replace(self.answers, lower=lower, upper=upper, second=None))

    def names(self, of: Distribution) -> list[str]:
        """Return the names of the parameters."""
        return ["intercept", *(c.name for c in self.covariates), "log bid" if of.logged else "bid"]

    def data(self, of: Distribution, g: int, weight: np.ndarray | None = None) -> Amounts:
        """Return a group's rows as the likelihood takes them; weights sum to the rows."""
        rows, a = self.members[g], self.answers
        w = (self.weight if weight is None else weight)[rows]
        used = w > 0
        rows, w = rows[used], w[used]
        low, high = of.scaled(a.lower[rows]), of.scaled(a.upper[rows])
        return Amounts(self.x[rows], low, high, w * (len(w) / w.sum()), self.names(of))


def fits(of: Distribution, asked: Asked) -> list[Fit]:
    """Return the model of each group, after a check that there is one."""
    found = []
    for g in range(len(asked.groups)):
        data, place = asked.data(of, g), asked.place(g)
        _need_spread(of, asked, g, place)
        need_rank(data, place)
        found.append(fitted(of, data, place))
    return found


@dataclass(frozen=True)
class Joint:
    """Coefficients and means of covariates with one covariance, and what each row does to them (NaN: nothing).

    `models` gives of each fit what its rows tell, and which values are its coefficients.
    """

    asked: Asked
    estimate: Estimate
    influence: np.ndarray
    models: list[tuple[Informed, np.ndarray]]

    def through(self, function: Callable[[np.ndarray], np.ndarray], labels: pd.DataFrame, unit: str) -> Estimate:
        """Return a smooth function of the values; the influence of a row on it is its slopes times that on the values."""
        values, jacobian = self._slopes(function)
        influence = np.nan_to_num(self.influence) @ jacobian.T
        influence[~(~np.isnan(self.influence) @ (jacobian != 0).T)] = np.nan
        models = [(model, jacobian[:, places]) for model, places in self.models]
        asked, groups = self.asked, len(self.asked.groups)
        uses = [next((i for i, (_, slopes) in enumerate(models) if slopes[row].any()), 0) for row in range(len(values))]
        return from_influence(
            asked.survey, values, influence, labels, unit=unit, left_out=asked.left_out, models=models,
            group=[i % groups for i in uses],
        )  # fmt: skip

    def _slopes(self, function: Callable[[np.ndarray], np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Return values and Jacobian of a function, by steps in the index at the means of covariates, not at their 0.

        A covariate may be far from 0 (a year): the intercept is then nearly all of its error that of the slope.
        """
        values, known = self.estimate.values, as_it_is(self.estimate).covariance
        back = np.eye(len(values))
        for places, means in self.centres:
            back[places[0], places[1:-1]] = -values[means]  # intercept = index at the means - slopes x means
        ahead = 2 * np.eye(len(values)) - back
        result, slopes = gradient(
            lambda u: function(back @ u), ahead @ values, np.sqrt(np.diagonal(ahead @ known @ ahead.T))
        )
        return result, slopes @ ahead

    @property
    def centres(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """The places of the coefficients of each fit, and those of the means of its covariates."""
        for _, places in self.models:
            step = int(places[1] - places[0])
            yield places, places[-1] + step * np.arange(1, len(places) - 1)


def joint(of: Distribution, asked: Asked, sets: Mapping[str, list[Fit]]) -> Joint:
    """Return coefficients and means of covariates of every set of fits and group.

    Rows: parameters, then means; within them sets, within these groups.
    """
    import pandas as pd

    groups = len(asked.groups)
    names = [*asked.names(of), *(f"mean of {c.name}" for c in asked.covariates)]
    values = np.zeros((len(names), len(sets), groups))
    influence = np.full((asked.asked_of, *values.shape), np.nan)
    number, models = np.arange(values.size).reshape(values.shape), []
    for s, found in enumerate(sets.values()):
        for g, fit in enumerate(found):
            rows = asked.members[g]
            x, total = asked.x[rows, 1:], asked.weight[rows].sum()
            means = asked.weight[rows] @ x / total
            values[:, s, g] = [*fit.coefficients, *means]
            moves = fit.influence() * (len(rows) / total)
            influence[asked.rows[rows], :, s, g] = np.hstack([moves, (x - means) / total])
            told = fit.informed(of, asked.data(of, g), asked.rows[rows])
            models.append((told, number[: len(fit.coefficients), s, g]))
    labels = pd.concat([asked.groups.assign(answers=name) for name in sets], ignore_index=True)
    labels = pd.concat([labels.assign(metric=name) for name in names], ignore_index=True)
    order = ["metric", *asked.groups.columns, *(["answers"] if len(sets) > 1 else [])]
    flat = influence.reshape(len(influence), -1)
    each = np.eye(values.size)
    slopes = [(told, each[:, places]) for told, places in models]
    made = from_influence(
        asked.survey, values.ravel(), flat, labels[order], left_out=asked.left_out, models=slopes,
        group=[i % groups for i in range(values.size)],
    )  # fmt: skip
    return Joint(asked, made, flat, models)


def need_names(argument: str, names: Any, survey: Survey) -> tuple[str, ...]:
    """Return the columns named; raise `ColumnError` for others, `ArgumentError` for one named twice."""
    found = () if names is None else (names,) if isinstance(names, str) else tuple(names)
    need_columns(f"{PLACE}({argument}=)", found, survey.frame.columns)
    if len(set(found)) < len(found):
        raise ArgumentError(f"{PLACE}({argument}=): a column is named twice in {list(found)}.")
    return found


def _need_spread(of: Distribution, asked: Asked, g: int, place: str) -> None:
    """Raise where answers have no end on one side, rest on one price, or cannot be of the distribution."""
    rows, a = asked.members[g], asked.answers
    lower, upper = a.lower[rows], a.upper[rows]
    nothing = int((upper <= 0).sum())
    if of.logged and nothing:
        raise NotIdentifiedError(
            f"{place}: {nothing:,} amounts have the upper limit 0, but {of.name} amounts are above 0. Leave those rows out, or "
            "take distribution='logistic'."
        )
    for limit, said, remedy in ((upper, "yes", "higher"), (np.where(lower > 0, lower, np.inf), "no", "lower")):
        if np.isinf(limit).all():
            what = (
                f"every answer is {said}"
                if a.bid is not None
                else f"no amount has {'an upper' if said == 'yes' else 'a lower'} limit"
            )
            raise NotIdentifiedError(
                f"{place}: {what} ({len(rows):,} rows), so the amounts have no end on that side. Ask {remedy} prices, or "
                "merge groups."
            )
    limits = np.concatenate([lower[np.isfinite(lower)], upper[np.isfinite(upper)]])
    if len(np.unique(limits)) < 2:
        raise NotIdentifiedError(
            f"{place}: all {len(rows):,} answers are to one price ({limits[0]:g}), which cannot show how acceptance falls. "
            "Ask at least two; share() gives the share who accept this one."
        )
