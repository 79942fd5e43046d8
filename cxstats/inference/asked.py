"""What a model asks of a survey: its columns, checked and read once, the rows of its domain, its groups, what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats import frames
from cxstats.errors import ArgumentError, NoRowsError, need_columns
from cxstats.expression import Expression
from cxstats.inference.influence import gathered, weights
from cxstats.inference.request import need_by
from cxstats.memory import Rowwise
from cxstats.memory.columns import Columns
from cxstats.score import Score
from cxstats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd


def asked(
    function: str, survey: Any, columns: Mapping[str, str], by: Any, where: Expression | None, taken: Sequence[str] = ()
) -> tuple[Survey, tuple[str, ...]]:
    """Return the survey on the columns of a question, in memory, and the names of the groups, none of which is `taken`."""
    survey = survey if isinstance(survey, Survey) else Survey(survey)
    groups, have = need_by(by), survey.frame.columns
    for place, name in columns.items():
        need_columns(f"{function}({place})", [name], have)
    named = list(columns.values())
    twice = next((name for name in named if named.count(name) > 1), None)
    if twice is not None:
        raise ArgumentError(f"{function}: column {twice!r} is named twice. Each question has a column of its own.")
    need_columns(f"{function}(by=)", groups, have)
    own = next((name for name in groups if name in taken), None)
    if own is not None:
        raise ArgumentError(f"{function}(by={own!r}): results have a column {own!r} of their own. Rename yours.")
    if where is not None:
        if not isinstance(where, Expression):
            raise ArgumentError(
                f"{function}(where=): a condition such as col('x') > 3 is needed, not a {type(where).__name__}."
            )
        need_columns(f"{function}(where=)", where.columns(), have)
    return gathered(survey, [*named, *groups, *(where.columns() if where is not None else [])]), groups


def need_unit(function: str, unit: str) -> None:
    """Raise unless the unit is a text."""
    if not isinstance(unit, str):
        raise ArgumentError(f"{function}(unit=): a text such as 'EUR' is needed, not {unit!r}.")


def holds(condition: Rowwise, survey: Survey) -> np.ndarray:
    """Return for each row whether it is known to fulfil the condition."""
    rows = Columns(survey.frame, frames.in_memory(survey.frame, survey.frame.columns))
    none = np.zeros(0, dtype=bool)  # of a frame without rows
    return np.concatenate([none, *(chunk.truth(condition.evaluate(chunk)) for chunk in rows.chunks())])


def points_of(score: Score, survey: Survey) -> np.ndarray:
    """Return what each row is worth by a score; NaN for rows that do not count."""
    rows = Columns(survey.frame, frames.in_memory(survey.frame, survey.frame.columns))
    points: Rowwise = score.points
    base: Rowwise = score.base
    known: Rowwise = score.points.is_answered()
    found = []
    for chunk in rows.chunks():
        counted = chunk.truth(base.evaluate(chunk)) & chunk.truth(known.evaluate(chunk))
        found.append(np.where(counted, chunk.floats(points.evaluate(chunk)), np.nan))
    return np.concatenate(found)


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


def grouped(survey: Survey, by: Sequence[str], rows: np.ndarray) -> tuple[np.ndarray, pd.DataFrame]:
    """Return the group of each row, and the groups in order; one group without labels if there is no `by`."""
    import pandas as pd

    if not by:
        return np.zeros(len(rows), dtype=np.int64), pd.DataFrame(index=[0])
    frame = frames.in_memory(survey.frame, by).iloc[rows]
    parts = frame.groupby(list(by), sort=True, observed=True, dropna=True)
    return parts.ngroup().to_numpy(), parts.size().reset_index()[list(by)]


def missing_groups(data: pd.DataFrame, by: Sequence[str], eligible: np.ndarray, found: pd.DataFrame) -> list[str]:
    """Return, in words, the groups of the domain in which no one answered."""
    if not by:
        return []
    have = set(found.itertuples(index=False, name=None))
    lines = data.loc[eligible, list(by)].dropna().itertuples(index=False, name=None)
    gone = Counter(group for group in lines if group not in have)
    return [f"no one answered in {', '.join(map(str, group))} ({n:,} rows)" for group, n in gone.items()]


def counted(out: np.ndarray) -> tuple[str, ...]:
    """Return why rows are left out, with counts, in words."""
    return tuple(f"{count:,} {reason}" for reason, count in Counter(out[out != ""].tolist()).items())
