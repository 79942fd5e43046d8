"""What a price question needs of a survey: its columns, checked and read once, before anything is computed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats import frames
from cxstats.errors import CONVERT, ArgumentError, NoRowsError, need_columns
from cxstats.expression import Expression, col
from cxstats.inference.estimate import Estimate
from cxstats.inference.influence import gathered, weights
from cxstats.inference.request import need_by
from cxstats.memory import Rowwise
from cxstats.memory.columns import Columns
from cxstats.score import CODE, Check, Score
from cxstats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

FAR = 3  # times the next highest value: then the highest looks like a code


def asked(
    function: str, survey: Any, columns: Mapping[str, str], by: Any, where: Expression | None
) -> tuple[Survey, tuple[str, ...]]:
    """Return the survey on the columns of a price question, in memory, and the names of the groups."""
    survey = survey if isinstance(survey, Survey) else Survey(survey)
    groups, have = need_by(by), survey.frame.columns
    for place, name in columns.items():
        need_columns(f"{function}({place})", [name], have)
    named = list(columns.values())
    twice = next((name for name in named if named.count(name) > 1), None)
    if twice is not None:
        raise ArgumentError(f"{function}: column {twice!r} is named twice. Each question has a column of its own.")
    need_columns(f"{function}(by=)", groups, have)
    if "price" in groups:
        raise ArgumentError(f"{function}(by='price'): results have a column 'price' of their own. Rename yours.")
    if where is not None:
        if not isinstance(where, Expression):
            raise ArgumentError(
                f"{function}(where=): a condition such as col('x') > 3 is needed, not a {type(where).__name__}."
            )
        need_columns(f"{function}(where=)", where.columns(), have)
    return gathered(survey, [*named, *groups, *(where.columns() if where is not None else [])]), groups


def price_answer(place: str, column: str) -> Score:
    """Return the mean of a column of prices, which refuses texts, negative and infinite ones."""
    value = col(column)
    impossible = Check(
        column, (value < 0) | (value == math.inf), "prices below 0 or infinite",
        "Recode what means 'no answer' as missing, or leave such rows out with where=.", numeric=CONVERT,
    )  # fmt: skip
    return Score(value, value.is_answered(), place, checks=(impossible,))


def need_unit(function: str, unit: str) -> None:
    """Raise unless the unit is a text."""
    if not isinstance(unit, str):
        raise ArgumentError(f"{function}(unit=): a text such as 'EUR' is needed, not {unit!r}.")


def at_prices(e: Estimate, metric: str, prices: np.ndarray) -> Estimate:
    """Return an estimate of one score for each price, labelled by `metric`, `price` and the groups."""
    labels = e.labels
    labels["metric"] = metric
    labels.insert(1, "price", np.repeat(prices, len(e) // len(prices)))
    rows = replace(e._rows, variant=np.full(len(e), metric, dtype=object))
    return Estimate(e.values, labels, rows, e._covariance, e._origin, df=e.df, uses=e._uses)


def thinned(prices: np.ndarray, most: int) -> np.ndarray:
    """Return at most so many of the prices, evenly spread among them, with the first and the last."""
    return (
        prices if len(prices) <= most else prices[np.unique(np.linspace(0, len(prices) - 1, most).round().astype(int))]
    )


def holds(condition: Rowwise, survey: Survey) -> np.ndarray:
    """Return for each row whether it is known to fulfil the condition."""
    rows = Columns(survey.frame, frames.in_memory(survey.frame, survey.frame.columns))
    return np.concatenate([chunk.truth(condition.evaluate(chunk)) for chunk in rows.chunks()])


def domain_of(
    place: str, survey: Survey, where: Expression | None, columns: Sequence[str]
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Return the rows, their weights, and why each is outside of the domain ("": inside); columns named are answered."""
    data, weight = frames.in_memory(survey.frame, survey.frame.columns), weights(survey)
    if not len(data):
        raise NoRowsError(f"{place}: the frame has no rows.")
    out = np.full(len(data), "", dtype=object)
    if where is not None:
        out[~holds(where, survey)] = "outside where="
    out[(out == "") & (weight == 0)] = "with weight 0"
    for column in columns:
        out[(out == "") & data[column].isna().to_numpy()] = f"without {column}"
    return data, weight, out


def counting(survey: Survey, where: Expression | None) -> np.ndarray:
    """Return for each row whether it is in the domain, with a weight above 0."""
    inside = weights(survey) > 0
    return inside if where is None else inside & holds(where, survey)


def codes(values: Mapping[str, np.ndarray]) -> list[str]:
    """Say of each column whether its highest value, far above the next, looks like a code for "no answer"."""
    said = []
    for name, column in values.items():
        found = np.unique(column[np.isfinite(column)])
        if len(found) > 1 and found[-1] > FAR * found[-2] and CODE.fullmatch(f"{found[-1]:.15g}"):
            times, next_one = int((column == found[-1]).sum()), found[-2]
            rows = f"{times:,} row{'s'[: times != 1]}"
            said.append(
                f"{name!r} holds {found[-1]:g} ({rows}), far above the next, {next_one:g}: if it means no answer, "
                "make it missing"
            )
    return said
