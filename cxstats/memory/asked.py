"""What is asked of rows (`Plan`), what comes back (`Sums`), and what a frame on any engine must be able to do (`Frame`).

A pass over the rows evaluates expressions, sums them by key and returns one line a group.
"""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from cxstats.errors import CONVERT, ColumnError
from cxstats.memory.texts import obstacle

if TYPE_CHECKING:
    import pandas as pd

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": operator.truediv,
    "greater": operator.gt, "at_least": operator.ge, "less": operator.lt, "at_most": operator.le,
    "equal": operator.eq, "unequal": operator.ne,
}  # fmt: skip
ARITHMETIC = ("add", "subtract", "multiply", "divide")
MOST_TALLIED = 10_000  # different answers of a column that are looked at for a message


def zoneless(moment: object) -> ColumnError:
    """Return the error for comparing a column of times without a zone with a moment that has one."""
    return ColumnError(
        f"a column of times without a time zone is compared with {moment!s}, which has one. Give both a zone, or neither."
    )


class Rowwise(Protocol):
    """An expression, as far as a frame needs to know it."""

    def evaluate(self, engine: Any) -> Any: ...
    def columns(self) -> list[str]: ...


@dataclass(frozen=True)
class Key:
    """One grouping column of a result: `codes` index `levels` (sorted, or in category order); -1 is missing."""

    codes: np.ndarray
    levels: pd.Series[Any]


@dataclass(frozen=True)
class Sums:
    """What leaves the engine: one line a cell, with its keys and its sums."""

    keys: dict[str, Key]
    inside: np.ndarray
    values: dict[tuple[str, ...], np.ndarray]


@dataclass(frozen=True)
class Plan:
    """What to sum: `products` of the named `columns`, by `keys` and, within the rows `inside`, by `by`.

    `columns` are expressions, `weighted` names products of two of them; each entry of `products` is one name or several.
    Rows outside keep their `keys` and lose their `by`.
    """

    columns: Mapping[str, Rowwise]
    products: Sequence[tuple[str, ...]]
    keys: Sequence[str] = ()
    by: Sequence[str] = ()
    inside: Rowwise | None = None
    weighted: Mapping[str, tuple[str, str]] | None = None


class Frame(ABC):
    """Rows on some engine."""

    most_lookups: int | None = None  # how many groups a lookup may have

    def __init__(self, native: Any, columns: Sequence[str]) -> None:
        self.native = native
        self.columns = list(columns)
        self._kinds: dict[str, str] = {}

    def kinds(self, columns: Sequence[str]) -> dict[str, str]:
        """Return "number", "boolean", "text", "time" or "values of another kind" for each column."""
        for name in columns:
            if name not in self._kinds:
                self._kinds[name] = self._kind(name)
        return {name: self._kinds[name] for name in columns}

    def finer(self, columns: Sequence[str]) -> dict[str, str]:
        """Return the kinds with whole numbers apart from others and dates from times, where labels of parts must agree."""
        return {name: self._finer(name, kind) for name, kind in self.kinds(columns).items()}

    def _finer(self, column: str, kind: str) -> str:
        return kind

    def tally(self, value: Rowwise, where: Rowwise, most: int = 5) -> list[tuple[Any, int]]:
        """Return the most frequent values among the rows `where`, with their counts (for messages)."""
        column = value.columns()[0]
        found = self.sums(Plan(columns={"rows": _One()}, products=[("rows",)], by=[column], inside=where))
        key = found.keys[column]
        counts = [(int(c), int(n)) for c, n, i in zip(
            key.codes, found.values["rows",], found.inside, strict=True) if i and c >= 0]  # fmt: skip
        return [(key.levels.iloc[c], n) for c, n in sorted(counts, key=lambda pair: (-pair[1], pair[0]))[:most]]

    def described(self, column: str) -> str:
        """Return the kind of a column with an example: "text (such as 'n/a')"."""
        kind = self.kinds([column])[column]
        found = self.tally(_Named(column), _Answered(column), most=1)
        return f"{kind} (such as {found[0][0]!r})" if found else kind

    def why_no_number(self, column: str) -> tuple[str, str]:
        """Return the kind of a column with an answer that is no number, and what mends it (for messages)."""
        kind = self.kinds([column])[column]
        if kind not in ("text", "values of another kind"):
            return self.described(column), CONVERT
        example, remedy = obstacle(self.tally(_Named(column), _Answered(column), most=MOST_TALLIED), column)
        return f"{kind} (such as {example!r})" if example is not None else kind, remedy

    def inexact(self, by: Sequence[str]) -> str | None:
        """Return the first column whose labels cannot be looked up again, None if all can."""
        return None

    @property
    @abstractmethod
    def engine(self) -> str: ...
    @abstractmethod
    def _kind(self, column: str) -> str: ...
    @abstractmethod
    def first(self, value: Rowwise, where: Rowwise) -> float | None:
        """Return the value of some row `where` holds, None if there is none."""

    @abstractmethod
    def sums(self, plan: Plan) -> Sums:
        """Return the sums that the plan asks for; the pass over the rows."""

    def more_than(self, most: int, columns: Sequence[str]) -> bool:
        """Tell whether an engine would have to hand out more than so many combinations of values in these columns."""
        return False

    @abstractmethod
    def cells(self, plan: Plan) -> Frame:
        """Return the sums as rows of a frame on the same engine: columns key0..., inside, sum0... as in the plan."""

    @abstractmethod
    def cumulated(
        self,
        column: str,
        weight: Rowwise,
        by: Sequence[str],
        inside: Rowwise,
        near: float,
        span: tuple[float, float] | None,
    ) -> Cumulated:
        """Return the distribution of a column by group, sorted, for the rows inside.

        Engines need only return the lines about the share `near`, or those from `span[0]` to `span[1]`.
        """


@dataclass(frozen=True)
class Cumulated:
    """Distribution functions by group: a line has a value and the weighted shares below it and at or below it."""

    by: dict[str, Key]
    value: np.ndarray
    below: np.ndarray
    share: np.ndarray


class _One:
    def evaluate(self, engine: Any) -> Any:
        return engine.constant(1.0)

    def columns(self) -> list[str]:
        return []


@dataclass(frozen=True)
class _Named:
    name: str

    def evaluate(self, engine: Any) -> Any:
        return engine.column(self.name)

    def columns(self) -> list[str]:
        return [self.name]


class _Answered(_Named):
    def evaluate(self, engine: Any) -> Any:
        return engine.apply("answered", [engine.column(self.name)])
