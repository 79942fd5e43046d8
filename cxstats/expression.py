"""An expression says what to compute of a row; it never computes.

`col("wait") > 30` is a small tree of names, constants and operations. Whoever holds the rows (numpy,
polars, DuckDB, Spark) evaluates the tree with its own operations, so one definition of a metric serves
every engine. Logic is three-valued: a comparison with a missing answer is itself missing.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from cxstats.errors import CONVERT, ArgumentError, ColumnError

Value = TypeVar("Value")
Constant = bool | int | float | str | datetime.date | datetime.datetime

ARITHMETIC = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}
ORDER = {"greater": ">", "at_least": ">=", "less": "<", "at_most": "<="}
EQUALITY = {"equal": "==", "unequal": "!="}
LOGIC = {"and": "&", "or": "|"}
EXACT = 2**53  # whole numbers beyond are no longer exact in double precision
SIGNS = ARITHMETIC | ORDER | EQUALITY | LOGIC


class Engine(Protocol[Value]):
    """What an engine offers to an expression: its columns, constants, and operations by name.

    `memo`, if there is one, holds each expression that was evaluated, and its value.
    """

    memo: dict[int, tuple[Expression, Value]] | None

    def column(self, name: str) -> Value: ...
    def constant(self, value: Constant) -> Value: ...
    def apply(self, operation: str, operands: Sequence[Value]) -> Value: ...
    def is_in(self, operand: Value, options: Sequence[Constant]) -> Value: ...
    def lookup(self, by: Sequence[str], groups: Any, values: Any) -> Value: ...
    def passed(self, operand: Value, ends: Sequence[float], reached: bool) -> Value: ...


class Expression:
    """A column, a constant, or an operation on expressions; built with operators, never by hand."""

    def evaluate(self, engine: Engine[Value]) -> Value:
        raise TypeError("an abstract expression has no value")

    def columns(self) -> list[str]:
        """Return the names of the columns that the expression reads, each once."""
        return []

    def kind(self, kinds: Mapping[str, str], place: str) -> str:
        """Return "number", "boolean", "text" or "time"; raise `ColumnError` where kinds do not fit."""
        raise TypeError("an abstract expression has no kind")

    def __repr__(self) -> str:
        raise TypeError("an abstract expression has no text")

    def __add__(self, other: Operand) -> Expression:
        return _operate("add", self, other)

    def __radd__(self, other: Operand) -> Expression:
        return _operate("add", other, self)

    def __sub__(self, other: Operand) -> Expression:
        return _operate("subtract", self, other)

    def __rsub__(self, other: Operand) -> Expression:
        return _operate("subtract", other, self)

    def __mul__(self, other: Operand) -> Expression:
        return _operate("multiply", self, other)

    def __rmul__(self, other: Operand) -> Expression:
        return _operate("multiply", other, self)

    def __truediv__(self, other: Operand) -> Expression:
        return _operate("divide", self, other)

    def __rtruediv__(self, other: Operand) -> Expression:
        return _operate("divide", other, self)

    def __neg__(self) -> Expression:
        return _operate("subtract", 0, self)

    def __gt__(self, other: Operand) -> Expression:
        return _operate("greater", self, other)

    def __ge__(self, other: Operand) -> Expression:
        return _operate("at_least", self, other)

    def __lt__(self, other: Operand) -> Expression:
        return _operate("less", self, other)

    def __le__(self, other: Operand) -> Expression:
        return _operate("at_most", self, other)

    def __eq__(self, other: object) -> Expression:  # type: ignore[override]
        return _operate("equal", self, other)

    def __ne__(self, other: object) -> Expression:  # type: ignore[override]
        return _operate("unequal", self, other)

    def __and__(self, other: Operand) -> Expression:
        return _operate("and", self, other)

    def __rand__(self, other: Operand) -> Expression:
        return _operate("and", other, self)

    def __or__(self, other: Operand) -> Expression:
        return _operate("or", self, other)

    def __ror__(self, other: Operand) -> Expression:
        return _operate("or", other, self)

    def __invert__(self) -> Expression:
        return Operation("not", (self,))

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise ArgumentError(
            f"{self!r} has no truth value of its own: join conditions with & and |, negate with ~, "
            "and put each comparison in parentheses, as in (col('x') > 3) & (col('y') == 'app')."
        )

    def is_in(self, options: Iterable[Constant]) -> Expression:
        """Return a condition: the value is one of the options."""
        if isinstance(options, str) or not isinstance(options, Iterable):
            raise ArgumentError(f"is_in: {options!r} is not a list of options. Write is_in([{options!r}]).")
        return Membership(self, tuple(options))

    def between(self, low: Constant, high: Constant) -> Expression:
        """Return a condition: low <= value <= high."""
        return (self >= low) & (self <= high)

    def is_missing(self) -> Expression:
        """Return a condition: there is no answer (null, NaN or NA)."""
        return ~self.is_answered()

    def is_answered(self) -> Expression:
        """Return a condition: there is an answer (neither null nor NaN nor NA)."""
        return Operation("answered", (self,))


Operand = Expression | Constant


class Column(Expression):
    """The values of one column."""

    def __init__(self, name: str) -> None:
        if not isinstance(name, str) or not name:
            raise ArgumentError(f"col: a column is named by a text, not by {name!r}.")
        self.name = name

    def evaluate(self, engine: Engine[Value]) -> Value:
        return engine.column(self.name)

    def columns(self) -> list[str]:
        return [self.name]

    def kind(self, kinds: Mapping[str, str], place: str) -> str:
        return kinds[self.name]

    def __repr__(self) -> str:
        return f"col({self.name!r})"


class Literal(Expression):
    """One constant for every row."""

    def __init__(self, value: Constant) -> None:
        allowed = bool | int | float | str | datetime.date | datetime.datetime
        if hasattr(value, "item") and not isinstance(value, allowed):
            value = value.item()
        if not isinstance(value, allowed):
            raise ArgumentError(
                f"{value!r} cannot be compared with a column: use a number, a text, a date or True/False."
            )
        if isinstance(value, float) and value != value:
            raise ArgumentError("nan is nothing to compare with: use is_missing() or is_answered().")
        if isinstance(value, int) and abs(value) > EXACT:
            raise ArgumentError(
                f"{value!r} is beyond 2**53, where numbers are no longer exact. Hold such names as texts, and compare texts."
            )
        self.value = value

    def evaluate(self, engine: Engine[Value]) -> Value:
        return engine.constant(self.value)

    def kind(self, kinds: Mapping[str, str], place: str) -> str:
        return _kind_of(self.value)

    def __repr__(self) -> str:
        return repr(self.value)


class Operation(Expression):
    """A named operation on expressions: arithmetic, comparison, logic, "answered" or "when"."""

    def __init__(self, name: str, operands: Sequence[Expression]) -> None:
        self.name = name
        self.operands = tuple(operands)

    def evaluate(self, engine: Engine[Value]) -> Value:
        known = engine.memo
        if known is None:
            return engine.apply(self.name, [operand.evaluate(engine) for operand in self.operands])
        if (
            id(self) not in known
        ):  # a part that several expressions share is evaluated once; held, so that its id stays its own
            known[id(self)] = self, engine.apply(self.name, [operand.evaluate(engine) for operand in self.operands])
        return known[id(self)][1]

    def columns(self) -> list[str]:
        return list(dict.fromkeys(name for operand in self.operands for name in operand.columns()))

    def kind(self, kinds: Mapping[str, str], place: str) -> str:
        found = [operand.kind(kinds, place) for operand in self.operands]
        if self.name in ARITHMETIC:
            self._demand(found, ("number", "boolean"), place)
            return "number"
        if self.name in ORDER or self.name in EQUALITY:
            self._dates(found, place)
            if {*found} - {"number", "boolean"} and len({*found} - {"boolean"}) > 1:
                self._mismatch(found, place)
            return "boolean"
        if self.name in LOGIC or self.name == "not":
            self._demand(found, ("boolean",), place)
            return "boolean"
        if self.name == "when":
            self._demand(found[:1], ("boolean",), place)
        return "boolean" if self.name == "answered" else found[1]

    def _dates(self, found: list[str], place: str) -> None:
        """Take a text constant beside a time column for a date, if it is one."""
        for i, operand in enumerate(self.operands):
            if found[i] == "text" and found[1 - i] == "time" and isinstance(operand, Literal):
                if not _is_date(operand.value):
                    raise ArgumentError(f"{place}: {operand!r} is not a date. Write dates as '2025-03-31'.")
                found[i] = "time"

    def _demand(self, found: list[str], allowed: tuple[str, ...], place: str) -> None:
        for operand, kind in zip(self.operands, found, strict=False):
            if kind not in allowed:
                need_kind(place, operand, kind, " or ".join(allowed))

    def _mismatch(self, found: list[str], place: str) -> None:
        described = " with ".join(f"{o!r} ({k})" for o, k in zip(self.operands, found, strict=True))
        raise ColumnError(
            f"{place}: {self!r} compares {described}. Compare like with like: convert the column first, or write the "
            "constant as the column holds it."
        )

    def __repr__(self) -> str:
        if self.name in SIGNS:
            return f"({self.operands[0]!r} {SIGNS[self.name]} {self.operands[1]!r})"
        return f"{self.name}({', '.join(map(repr, self.operands))})"


class Membership(Expression):
    """A condition: the value is one of a list of constants."""

    def __init__(self, operand: Expression, options: Sequence[Constant]) -> None:
        if not options:
            raise ArgumentError(f"is_in: no options are given for {operand!r}.")
        self.operand = operand
        self.options = tuple(Literal(option).value for option in options)

    def evaluate(self, engine: Engine[Value]) -> Value:
        return engine.is_in(self.operand.evaluate(engine), self.options)

    def columns(self) -> list[str]:
        return self.operand.columns()

    def kind(self, kinds: Mapping[str, str], place: str) -> str:
        found = self.operand.kind(kinds, place)
        options = {_kind_of(option) for option in self.options}
        if options != {found} and not ({found} | options) <= {"number", "boolean"}:
            raise ColumnError(
                f"{place}: {self.operand!r} ({found}) is sought in {list(self.options)!r} ({' and '.join(sorted(options))}). "
                "Write the options as the column holds them: texts in quotes, numbers and true/false without."
            )
        return "boolean"

    def __repr__(self) -> str:
        return f"{self.operand!r}.is_in({list(self.options)!r})"


class Lookup(Expression):
    """The value that a small table holds for the row's group (missing where the table has no such group)."""

    def __init__(self, by: Sequence[str], groups: Any, values: Any, name: str) -> None:
        self.by, self.groups, self.values, self.name = tuple(by), groups, values, name

    def evaluate(self, engine: Engine[Value]) -> Value:
        return engine.lookup(self.by, self.groups, self.values)

    def columns(self) -> list[str]:
        return list(self.by)

    def kind(self, kinds: Mapping[str, str], place: str) -> str:
        return "number"

    def __repr__(self) -> str:
        return f"lookup({self.name})"


class Passed(Expression):
    """How many of some ascending ends lie below a number; if `reached`, those that it is equal to count, too."""

    def __init__(self, operand: Expression, ends: Sequence[float], reached: bool) -> None:
        self.operand, self.ends, self.reached = operand, tuple(ends), reached

    def evaluate(self, engine: Engine[Value]) -> Value:
        return engine.passed(self.operand.evaluate(engine), self.ends, self.reached)

    def columns(self) -> list[str]:
        return self.operand.columns()

    def kind(self, kinds: Mapping[str, str], place: str) -> str:
        return "number"

    def __repr__(self) -> str:
        return f"passed({self.operand!r}, {list(self.ends)!r}, {self.reached!r})"


def col(name: str) -> Expression:
    """Name a column, for `where=` and for scores of your own.

    Parameters
    ----------
    name : str
        The column's name in the frame.

    Returns
    -------
    Expression
        Supports ``+ - * /``, comparisons, ``& | ~`` and the methods ``is_in``, ``between``, ``is_missing``,
        ``is_answered``. Comparing a missing answer gives "missing", which no domain contains.

    Raises
    ------
    ArgumentError
        If the name is not a text.

    Notes
    -----
    ``and``, ``or`` and ``not`` cannot be used on columns; write ``&``, ``|``, ``~`` and parentheses. A division by zero is
    missing.

    Examples
    --------
    >>> import cxstats as cx
    >>> (cx.col("wait") > 30) & (cx.col("channel") == "phone")
    ((col('wait') > 30) & (col('channel') == 'phone'))
    """
    return Column(name)


def when(condition: Expression, then: Operand, otherwise: Operand) -> Expression:
    """Return `then` where the condition is known and true, `otherwise` elsewhere."""
    return Operation("when", (condition, _expression(then), _expression(otherwise)))


def need_kind(place: str, operand: Expression, found: str, wanted: str, remedy: str = "") -> None:
    """Raise the `ColumnError` for a column of the wrong kind."""
    what = f"column {operand.name!r}" if isinstance(operand, Column) else repr(operand)
    remedy = remedy or (CONVERT if wanted.startswith("number") else ("Write a comparison, such as col('x') > 3."))
    raise ColumnError(f"{place}: {what} holds {found}, where a {wanted} is needed. {remedy}")


def _expression(value: object) -> Expression:
    return value if isinstance(value, Expression) else Literal(value)  # type: ignore[arg-type]


def _operate(name: str, left: object, right: object) -> Expression:
    return Operation(name, (_expression(left), _expression(right)))


def _is_date(text: object) -> bool:
    try:
        datetime.datetime.fromisoformat(str(text))
    except ValueError:
        return False
    return True


def _kind_of(value: Constant) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else "time"
