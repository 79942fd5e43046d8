"""Expressions on rows in memory, with numpy: values, whether each is known, and their kind.

A column with few answers (a scale, some texts) is read once, as codes into the table of its answers. Operations on it
alone are done on that table, whatever the number of rows; only where columns meet does it become one value a row again.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cxstats.memory.asked import ARITHMETIC, OPERATORS, zoneless

TRUE = np.bool_(True)


@dataclass(frozen=True)
class Vector:
    """Values with their kind, and whether each is known: one a row, one for all, or one an answer of a `column`.

    `local` ones hold for some rows only, even if they are one for all of these.
    """

    values: Any
    known: Any
    kind: str
    column: str | None = None
    local: bool = False

    @property
    def constant(self) -> bool:
        """Whether there is one value for all of the rows."""
        return self.column is None and np.ndim(self.values) == 0 and np.ndim(self.known) == 0

    def number(self) -> Any:
        """Return the values as numbers."""
        return self.values if self.kind == "number" else np.asarray(self.values, dtype=np.float64)

    def take(self, codes: np.ndarray) -> Vector:
        """Return the answers that the rows' codes stand for."""
        parts = (self.values, self.known)
        values, known = (part if np.ndim(part) == 0 else part.take(codes, mode="wrap") for part in parts)
        return Vector(values, known, self.kind)

    def settled(self) -> Vector:
        """Return a condition that all answers decide alike as one constant."""
        if self.kind == "boolean" and self.known is TRUE and self.column is not None:
            if not np.any(self.values):
                return Vector(np.bool_(False), TRUE, "boolean", local=self.local)
            if np.all(self.values):
                return Vector(TRUE, TRUE, "boolean", local=self.local)
        return self


def constant(value: Any) -> Vector:
    """Return one value for all rows."""
    if isinstance(value, bool):
        return Vector(np.bool_(value), TRUE, "boolean")
    if isinstance(value, int | float):
        return Vector(np.float64(value), TRUE, "number")
    return Vector(value, TRUE, "text" if isinstance(value, str) else "time")


def operate(operation: str, operands: Sequence[Vector]) -> Vector:
    """Return the result of a named operation, with three-valued logic."""
    if operation == "answered":
        return Vector(operands[0].known, TRUE, "boolean")
    if operation == "not":
        return Vector(~operands[0].values, operands[0].known, "boolean")
    if operation == "when":
        return _when(*operands)
    a, b = operands
    if operation in ("and", "or"):
        return _both(a, b) if operation == "and" else _either(a, b)
    known = a.known & b.known
    if operation in ARITHMETIC:
        if operation == "divide":  # by zero there is no result, on any engine
            known = known & (b.number() != 0)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return Vector(OPERATORS[operation](a.number(), b.number()), known, "number")
    return Vector(_compared(operation, a, b, known), known, "boolean")


def _when(condition: Vector, then: Vector, otherwise: Vector) -> Vector:
    numeric = then.kind == "number" or otherwise.kind == "number"
    kind = "number" if numeric else then.kind
    first, second = (part.number() if numeric else part.values for part in (then, otherwise))
    chosen = condition.values & condition.known
    for whole, part, known in ((np.all, first, then.known), (_none, second, otherwise.known)):
        if whole(chosen):
            return Vector(part, known, kind)
    if then.constant and otherwise.constant and numeric and (first, second) == (1.0, 0.0):
        return Vector(chosen.astype(np.float64), TRUE, kind)
    certain = then.known is TRUE and otherwise.known is TRUE
    known = TRUE if certain else np.where(chosen, then.known, otherwise.known)
    return Vector(np.where(chosen, first, second), known, kind)


def _none(chosen: Any) -> bool:
    return not np.any(chosen)


def _both(a: Vector, b: Vector) -> Vector:
    for one, other in ((a, b), (b, a)):
        if one.constant and one.known:
            return other if one.values else one
    if a.known is TRUE and b.known is TRUE:
        return Vector(a.values & b.values, TRUE, "boolean")
    false = (a.known & ~a.values) | (b.known & ~b.values)
    return Vector(a.values & b.values & ~false, (a.known & b.known) | false, "boolean")


def _either(a: Vector, b: Vector) -> Vector:
    for one, other in ((a, b), (b, a)):
        if one.constant and one.known:
            return one if one.values else other
    if a.known is TRUE and b.known is TRUE:
        return Vector(a.values | b.values, TRUE, "boolean")
    true = (a.known & a.values) | (b.known & b.values)
    return Vector(true, (a.known & b.known) | true, "boolean")


def _compared(operation: str, a: Vector, b: Vector, known: Any) -> Any:
    if {a.kind, b.kind} <= {"number", "boolean"}:
        return OPERATORS[operation](a.number(), b.number())
    left, right = (_comparable(side.values, other) for side, other in ((a, b), (b, a)))
    sizes = [len(v) for v in (left, right) if _many(v)]
    if not sizes:
        return np.bool_(OPERATORS[operation](left, right))
    rows = np.broadcast_to(known, (sizes[0],))
    answer = np.zeros(sizes[0], dtype=bool)
    pick = [v[rows] if _many(v) else v for v in (left, right)]
    answer[rows] = np.asarray(OPERATORS[operation](*pick), dtype=bool)
    return answer


def _many(values: Any) -> bool:
    return hasattr(values, "__len__") and not isinstance(values, str)


def among(operand: Vector, options: Sequence[Any]) -> Vector:
    """Return whether the values are among the options."""
    import pandas as pd

    if operand.kind in ("number", "boolean"):
        values = np.isin(operand.number(), np.asarray(options, dtype=np.float64))
    else:
        wanted = [_comparable(option, operand) for option in options]
        values = np.asarray(pd.Series(operand.values).isin(wanted), dtype=bool)
    return replace(operand, values=values, kind="boolean")


def _comparable(values: Any, other: Vector) -> Any:
    """Return values as they compare with the other side: dates as time stamps (in its zone), texts as objects."""
    import pandas as pd

    if isinstance(values, str | datetime.date):
        if other.kind != "time":
            return values
        moment = pd.Timestamp(values)
        zone = getattr(other.values, "tz", None)
        if zone is None and moment.tz is not None:
            raise zoneless(values)
        return moment.tz_localize(zone) if zone is not None and moment.tz is None else moment
    return np.asarray(values, dtype=object) if other.kind == "text" else values


def read(array: Any, kind: str) -> Vector:
    """Return some rows of a column."""
    import pandas as pd

    if kind == "number":
        values = numbers(array)
        return Vector(values, all_known(values == values), kind)
    if isinstance(array, np.ndarray) and array.dtype == bool:
        return Vector(array, TRUE, kind)
    known = all_known(~np.asarray(pd.isna(array)))
    if kind == "boolean":
        return Vector(np.asarray(pd.Series(array).to_numpy(dtype=bool, na_value=False)), known, kind)
    return Vector(_moments(array) if kind == "time" else array, known, kind)


def numbers(array: Any) -> np.ndarray:
    """Return an array of any type as numbers, NaN where it is missing."""
    import pandas as pd

    if isinstance(array, np.ndarray) and array.dtype.kind in "fiu":
        return array.astype(np.float64, copy=False)
    return np.asarray(pd.Series(array).to_numpy(dtype=np.float64, na_value=np.nan))


def all_known(known: np.ndarray) -> Any:
    """Return one `TRUE` for all where nothing is missing: operations then need not look at each row."""
    return TRUE if known.all() else known


def _moments(array: Any) -> Any:
    """Return dates and times of any type as an array of moments, in the time zone they are in."""
    import pandas as pd

    series: Any = pd.Series(array)
    if isinstance(series.dtype, pd.ArrowDtype):
        kind: Any = series.dtype.pyarrow_dtype
        zone = getattr(kind, "tz", None)
        unit: Any = getattr(kind, "unit", "us")  # dates have none
        unit = "us" if unit == "D" else unit
        if zone is not None:
            return series.astype(pd.DatetimeTZDtype(unit, zone)).array
        series = series.astype(f"timestamp[{unit}][pyarrow]").astype(np.dtype(f"datetime64[{unit}]"))
    return pd.to_datetime(series).array
