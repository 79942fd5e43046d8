"""Columns that say yes or no, whatever they say it with: true/false, 1/0, or words.

A score is declared before anyone knows what kind of column it will meet, so the condition decides when it is evaluated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cxstats.errors import ColumnError
from cxstats.expression import Engine, Expression, Value, col
from cxstats.metrics.basic import share
from cxstats.score import Check, Score

YES, NO = ("yes", "true", "y"), ("no", "false", "n")


class Says(Expression):
    """A condition: the column says yes, or no; unknown where there is no answer."""

    def __init__(self, column: str, yes: bool) -> None:
        self.column, self.yes = col(column), yes
        self.words = tuple(form for word in (YES if yes else NO) for form in (word, word.capitalize(), word.upper()))

    def evaluate(self, engine: Engine[Value]) -> Value:
        """Return where the words, or 1, are met."""
        value: Any = self.column.evaluate(engine)
        if value.kind == "text":
            return engine.is_in(value, tuple(dict.fromkeys(self.words)))
        self._need(value.kind)
        found: Value = engine.apply(
            "equal", [engine.apply("add", [value, engine.constant(0)]), engine.constant(int(self.yes))]
        )
        return found

    def columns(self) -> list[str]:
        """Return the name of the column."""
        return self.column.columns()

    def kind(self, kinds: Mapping[str, str], place: str) -> str:
        """Return "boolean"; raise `ColumnError` for a column that can say neither."""
        self._need(self.column.kind(kinds, place), f"{place}: ")
        return "boolean"

    def _need(self, kind: str, place: str = "") -> None:
        if kind not in ("text", "number", "boolean"):
            raise ColumnError(
                f"{place}column {self.columns()[0]!r} holds {kind}, where yes/no, true/false or 1/0 is needed."
            )

    def __repr__(self) -> str:
        return f"{self.column!r} says {'yes' if self.yes else 'no'}"


def share_of_yes(column: str) -> Score:
    """Return the share of answers that say yes, in percent; answers that say neither yes nor no are refused."""
    yes, no, answered = Says(column, True), Says(column, False), col(column).is_answered()
    odd = Check(
        column, answered & ~yes & ~no, "answers that are neither yes/no, true/false nor 1/0",
        f"Write frame[{column!r}] as yes or no, or say which answer counts: share(col({column!r}) == ..., name={column!r}).",
    )  # fmt: skip
    return replace(share(yes, name=column), base=answered, checks=(odd,))


def says_yes(column: str) -> tuple[Expression, Check]:
    """Return the condition that a column says yes, and the check that there it says nothing else: odd answers are not lost."""
    yes, no = Says(column, True), Says(column, False)
    return col(column).is_answered() & ~no, Check(
        column, ~yes, "answers that are neither yes/no, true/false nor 1/0", f"Write frame[{column!r}] as yes or no."
    )
