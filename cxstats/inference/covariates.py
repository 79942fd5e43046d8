"""Columns that a model adjusts for: numbers as they are, labels as one column of 0 and 1 for each but the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxstats import frames
from cxstats.errors import ArgumentError, DataError, NotIdentifiedError, listing
from cxstats.survey import Survey

MOST_LEVELS = 100
DEPENDENT = 1e-9  # of a column's length is left when those before it are taken out: it says nothing of its own


@dataclass(frozen=True)
class Covariate:
    """One column of the model: a number as it is, or 1 for one level of a column of labels."""

    column: str
    level: Any = None

    @property
    def name(self) -> str:
        """How the parameter is called."""
        return self.column if self.level is None else f"{self.column} = {self.level}"


def covariates_of(
    survey: Survey, names: Sequence[str], rows: np.ndarray, place: str
) -> tuple[np.ndarray, list[Covariate], dict[str, Any]]:
    """Return covariates of rows as columns of numbers, what each stands for, and the level that labels start from."""
    import pandas as pd

    columns, stand_for, base = [np.ones(len(rows))], [], {}
    for name in names:
        series = frames.in_memory(survey.frame, [name])[name].iloc[rows]
        kind = survey.frame.kinds([name])[name]
        if kind in ("number", "boolean") and not isinstance(series.dtype, pd.CategoricalDtype):
            values = series.to_numpy(dtype=np.float64, na_value=np.nan)
            bad = np.flatnonzero(np.isinf(values))
            if len(bad):
                raise DataError(
                    f"{place}: column {name!r} holds {values[bad[0]]} in row {rows[bad[0]] + 1} ({len(bad):,} "
                    "such rows). Make it missing, and the row is left out and counted."
                )
            columns.append(values)
            stand_for.append(Covariate(name))
            continue
        need_adjustable(survey, name, place)
        if not isinstance(series.dtype, pd.CategoricalDtype):
            series = series.astype(pd.CategoricalDtype(sorted(series.unique())))
        series = series.cat.remove_unused_categories()
        codes, levels = series.cat.codes.to_numpy(), series.cat.categories
        if not 2 <= len(levels) <= MOST_LEVELS:
            raise ArgumentError(
                f"{place}: column {name!r} holds {len(levels):,} label{'s'[: len(levels) != 1]} among the rows "
                f"that answered; 2 to {MOST_LEVELS} can be compared. Leave it "
                f"out{', or group them' if len(levels) > 1 else ''}."
            )
        base[name] = levels[0]
        columns += [(codes == k).astype(np.float64) for k in range(1, len(levels))]
        stand_for += [Covariate(name, level) for level in levels[1:]]
    return np.column_stack(columns), stand_for, base


def need_adjustable(survey: Survey, name: str, place: str) -> None:
    """Raise `DataError` for dates, and `ArgumentError` for too many labels: nothing can be adjusted for these."""
    kind, column = survey.frame.kinds([name])[name], frames.in_memory(survey.frame, [name])[name]
    if kind == "time":
        raise DataError(f"{place}: column {name!r} holds dates. Make them numbers (years, days), or labels (quarters).")
    if kind not in ("number", "boolean") and column.nunique() > MOST_LEVELS:
        raise ArgumentError(
            f"{place}: column {name!r} holds {column.nunique():,} labels; up to {MOST_LEVELS} can be compared. Group them, or "
            "leave it out."
        )


def need_adjusting(place: str, adjust: Any) -> tuple[str, ...]:
    """Return the columns to adjust for; raise `ArgumentError` for anything but names."""
    if isinstance(adjust, str):
        return (adjust,)
    if not isinstance(adjust, list | tuple):
        raise ArgumentError(f"{place}(adjust=): a column or a list of columns is needed, not {adjust!r}.")
    return tuple(adjust)


def need_independent(table: np.ndarray, names: Sequence[str], place: str, least: float = DEPENDENT) -> None:
    """Raise `NotIdentifiedError` where a column is a sum of multiples of others, so that its coefficient can be anything.

    The first column is the intercept.
    """
    size = np.sqrt((table**2).sum(axis=0))
    if not size.all():
        nothing = names[int(np.argmin(size))]
        raise NotIdentifiedError(f"{place}: {nothing!r} is 0 in every row, so nothing can be told of it. Leave it out.")
    triangle: np.ndarray = np.asarray(np.linalg.qr(table / size, mode="r"))
    for j in range(1, triangle.shape[1]):
        if j >= len(triangle) or abs(triangle[j, j]) <= least:
            made_of = np.linalg.lstsq(triangle[:j, :j], triangle[:j, j], rcond=None)[0]
            others = [name for name, part in zip(names[1:j], np.abs(made_of[1:]), strict=True) if part > 1e-6]
            said = f"follows from {listing(others)}" if others else "is the same in every row"
            raise NotIdentifiedError(
                f"{place}: {names[j]!r} {said}, so its part cannot be told from theirs. Leave it out."
            )
