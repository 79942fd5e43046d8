"""What is asked of the rows: scores on a survey, by groups, in a domain; checked before anything is computed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from operator import and_
from typing import Any

from cxstats.errors import CONVERT, ArgumentError, ColumnError, need_columns
from cxstats.expression import Expression, Literal, col, need_kind
from cxstats.memory import Frame
from cxstats.score import Score
from cxstats.survey import Survey


@dataclass(frozen=True)
class Request:
    """Scores to measure on a survey, by groups, among the rows `where` holds.

    If the rows are `gone`, the survey's frame holds lines of running totals. `place` is who asks, in messages.
    """

    survey: Survey
    scores: tuple[Score, ...]
    by: tuple[str, ...]
    where: Expression | None
    gone: bool = False
    place: str = "measure"

    def asking(self, scores: Iterable[Score]) -> Request:
        """Return the same request for other scores."""
        return replace(self, scores=tuple(scores))

    @property
    def weight(self) -> Expression | None:
        """The weight of a row, if rows have weights."""
        name = self.survey.design.weight
        return None if name is None else col(name)

    @property
    def chosen(self) -> Expression:
        """The condition of being chosen by `where`."""
        return Literal(True) if self.where is None else self.where

    @cached_property
    def domain(self) -> Expression | None:
        """The condition of being in the domain: chosen, labelled, and with a weight above zero."""
        conditions = [] if self.where is None else [self.where]
        conditions += [col(name).is_answered() for name in self.by]
        if self.weight is not None:
            conditions.append(self.weight > 0)
        return reduce(and_, conditions) if conditions else None

    def within(self, condition: Expression) -> Expression:
        """Return the condition, restricted to the domain."""
        return condition if self.domain is None else condition & self.domain

    def check(self) -> None:
        """Raise for unknown columns and for kinds that do not fit."""
        frame = self.survey.frame
        need_columns(f"{self.place}(by=)", self.by, frame.columns)
        for score in self.scores:
            need_columns(place_of(score), score.columns(), frame.columns)
            _check_kinds(score, frame)


def _check_kinds(score: Score, frame: Frame) -> None:
    place, kinds = place_of(score), frame.kinds(score.columns())
    for check in score.checks:
        if check.numeric and kinds[check.column] not in ("number", "boolean"):
            found, remedy = frame.why_no_number(check.column)
            need_kind(
                place,
                col(check.column),
                found,
                "number or boolean",
                remedy if check.numeric == CONVERT else check.numeric,
            )
    for part in (score.points, *([score.per] if score.per is not None else [])):
        found = part.kind(kinds, place)
        if found not in ("number", "boolean"):
            columns = part.columns()
            shown, remedy = frame.why_no_number(columns[0]) if len(columns) == 1 else (found, "")
            need_kind(place, part, shown, "number or boolean", remedy)


def need_domain(where: Any, frame: Frame, place: str) -> None:
    """Raise unless `where` is a condition on columns that are there, of kinds that can be compared."""
    named = f"{place}(where=)"
    if where is None:
        return
    if not isinstance(where, Expression):
        raise ArgumentError(f"{named}: a condition such as col('x') > 3 is needed, not a {type(where).__name__}.")
    need_columns(named, where.columns(), frame.columns)
    kind = where.kind(frame.kinds(where.columns()), named)
    if kind != "boolean":
        need_kind(named, where, kind, "condition")


def place_of(score: Score) -> str:
    """Return how messages name a score."""
    return score.default_name or score.name


def invalid_answer(score: Score) -> Expression | None:
    """Return the condition that an answer breaks one of the score's checks."""
    found: Expression | None = None
    for check in score.checks:
        found = check.invalid if found is None else found | check.invalid
    return found


def need_by(by: Any, place: str = "measure") -> tuple[str, ...]:
    """Return the `by` columns; raise `ColumnError` for anything but names."""
    names = [] if by is None else list(by) if isinstance(by, list | tuple) else [by]
    for name in names:
        if not isinstance(name, str):
            raise ColumnError(f"{place}(by=): a column is named by a text, not by {name!r}.")
        if names.count(name) > 1:
            raise ColumnError(f"{place}(by=): column {name!r} is named twice.")
    return tuple(names)
