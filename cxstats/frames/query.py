"""Expressions in the words of a lazy engine, through narwhals."""

from __future__ import annotations

import datetime
import functools
import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import narwhals as nw
import numpy as np

from cxstats.errors import ArgumentError
from cxstats.memory import ARITHMETIC, OPERATORS, Rowwise, zoneless

if TYPE_CHECKING:
    import pandas as pd

    from cxstats.frames.lazy import LazyFrame

MOST_LOOKUPS = 200  # a lazy engine writes a lookup as one CASE; longer ones exhaust its parser


@dataclass(frozen=True)
class Planned:
    """A narwhals expression with its kind and, for a column, its type."""

    expr: nw.Expr
    kind: str
    dtype: Any = None
    raw: Any = None

    def number(self) -> nw.Expr:
        return self.expr.cast(nw.Float64) if self.kind == "boolean" else self.expr


class Query:
    """Expressions in the words of a lazy engine, on rows of the columns asked for: one type of number, NaN as missing.

    Columns are cleaned once, under short names, before anything is computed of them: a query is as long as its expressions.
    """

    def __init__(
        self, frame: LazyFrame, columns: Iterable[str], keys: Sequence[str] = (), place: str = "column"
    ) -> None:
        self.frame = frame
        self.memo: dict[int, tuple[Rowwise, Planned]] = {}
        self.places = {name: f"{place}{i}" for i, name in enumerate(dict.fromkeys(columns))}
        self.keys = [f"key{i}" for i in range(len(keys))]
        self._key_of = dict(zip(keys, self.keys, strict=True))
        shown = {place: self.cleaned(name) for name, place in self.places.items()}
        shown |= {place: self._key(name) for name, place in zip(keys, self.keys, strict=True)}
        self.rows = frame.lazy.select(**shown) if shown else frame.lazy

    def cleaned(self, name: str) -> nw.Expr:
        expr, dtype = self.frame.column(name), self.frame.schema[name]
        if isinstance(dtype, nw.Enum):  # texts compare by their letters, on every engine
            return expr.cast(nw.String)
        if self.frame.kinds([name])[name] != "number":
            return expr
        expr = expr if dtype == nw.Float64 else expr.cast(nw.Float64)
        return nw.when(~expr.is_nan()).then(expr) if dtype.is_float() else expr

    def _key(self, name: str) -> nw.Expr:
        key = self.frame.column(name)
        return nw.when(~key.is_nan()).then(key) if self.frame.schema[name].is_float() else key

    def condition(self, condition: Rowwise) -> nw.Expr:
        """Return whether the condition is known and true."""
        return nw.when(condition.evaluate(self).expr).then(nw.lit(True)).otherwise(nw.lit(False))

    def number(self, value: Rowwise) -> nw.Expr:
        """Return the value as a number."""
        planned = value.evaluate(self)
        expr: nw.Expr = planned.number()
        return expr

    def column(self, name: str) -> Planned:
        dtype = self.frame.schema[name]
        dtype = nw.String() if isinstance(dtype, nw.Enum) else dtype
        return Planned(nw.col(self.places[name]), self.frame.kinds([name])[name], dtype)

    def constant(self, value: Any) -> Planned:
        if isinstance(value, bool):
            return Planned(nw.lit(value), "boolean", raw=value)
        if isinstance(value, int | float):
            return Planned(nw.lit(float(value)), "number", raw=value)
        return Planned(nw.lit(value), "text" if isinstance(value, str) else "time", raw=value)

    def apply(self, operation: str, operands: Sequence[Planned]) -> Planned:
        if operation == "answered":
            return Planned(~operands[0].expr.is_null(), "boolean")
        if operation == "not":
            return Planned(~operands[0].expr, "boolean")
        if operation == "when":
            condition, then, otherwise = operands
            numeric = then.kind == "number" or otherwise.kind == "number"
            pair = (then.number(), otherwise.number()) if numeric else (then.expr, otherwise.expr)
            return Planned(nw.when(condition.expr).then(pair[0]).otherwise(pair[1]), "number" if numeric else then.kind)
        a, b = operands
        if operation == "and":
            return Planned(a.expr & b.expr, "boolean")
        if operation == "or":
            return Planned(a.expr | b.expr, "boolean")
        if operation == "divide":  # by zero there is no result, on any engine
            return Planned(nw.when(b.number() != 0).then(a.number() / b.number()), "number")
        if operation in ARITHMETIC:
            return Planned(OPERATORS[operation](a.number(), b.number()), "number")
        if a.kind != b.kind and {a.kind, b.kind} <= {"number", "boolean"}:
            return Planned(OPERATORS[operation](a.number(), b.number()), "boolean")
        a, b = _dated(a, b, self.frame.engine)
        return Planned(OPERATORS[operation](a.expr, b.expr), "boolean")

    def is_in(self, operand: Planned, options: Sequence[Any]) -> Planned:
        if operand.kind == "time":
            alike = [self.apply("equal", [operand, self.constant(option)]).expr for option in options]
            found = functools.reduce(operator.or_, alike)
        elif operand.kind in ("number", "boolean"):
            found = operand.number().is_in([float(o) for o in options])
        else:
            found = operand.expr.is_in(list(options))
        return Planned(nw.when(~operand.expr.is_null()).then(found), "boolean")

    def passed(self, operand: Planned, ends: Sequence[float], reached: bool) -> Planned:
        value, count = operand.number(), len(ends)
        if list(ends) == list(range(1, count + 1)):  # whole numbers need no search
            found = (value.floor() if reached else value.ceil() - 1).clip(0, count)
        else:
            found = nw.lit(0.0)
            for i, end in enumerate(ends, start=1):
                found = nw.when((value >= end) if reached else (value > end)).then(nw.lit(float(i))).otherwise(found)
        return Planned(nw.when(~value.is_null()).then(found.cast(nw.Float64)), "number")

    def lookup(self, by: Sequence[str], groups: pd.DataFrame, values: np.ndarray) -> Planned:
        if name := self.frame.inexact(by):
            raise ArgumentError(
                f"measure(by=): column {name!r} holds {self.frame.schema[name]}, whose values cannot be matched exactly by "
                f"{self.frame.engine}. Cast it to texts or to 64-bit integers first."
            )
        if len(values) > MOST_LOOKUPS:
            raise ArgumentError(
                f"measure(by=): {len(values)} groups are too many for a query of {self.frame.engine} (at most {MOST_LOOKUPS}). "
                "Use where= to take fewer groups at a time, or pass the columns as a pandas frame."
            )
        expr = nw.lit(None, dtype=nw.Float64)
        for group, value in zip(groups[list(by)].itertuples(index=False), values, strict=True):
            if np.isfinite(value):
                matches = [
                    nw.col(self._key_of[n] if n in self._key_of else self.places[n])
                    == (v.item() if hasattr(v, "item") else v)
                    for n, v in zip(by, group, strict=True)
                ]
                expr = nw.when(functools.reduce(operator.and_, matches)).then(nw.lit(float(value))).otherwise(expr)
        return Planned(expr, "number")


def exact(dtype: Any) -> bool:
    """Tell whether a label of this type comes back from an engine as the value that it is."""
    whole = (nw.Int8, nw.Int16, nw.Int32, nw.Int64, nw.UInt8, nw.UInt16, nw.UInt32)
    plain = (*whole, nw.Float32, nw.Float64, nw.Boolean, nw.String, nw.Categorical, nw.Enum, nw.Date)
    return any(dtype == kind for kind in plain) or (isinstance(dtype, nw.Datetime) and dtype.time_unit != "ns")


def _dated(a: Planned, b: Planned, engine: str) -> tuple[Planned, Planned]:
    """Write a moment as the column beside it holds such, or a column of dates as times where the moment has a time of day."""
    if _is_moment(b.raw) and a.raw is None:
        return _dated_by(a, b.raw, engine)
    if _is_moment(a.raw) and b.raw is None:
        return _dated_by(b, a.raw, engine)[::-1]
    return a, b


def _is_moment(raw: Any) -> bool:
    return isinstance(raw, str | datetime.date)


def _dated_by(column: Planned, raw: Any, engine: str) -> tuple[Planned, Planned]:
    dtype = column.dtype
    if not isinstance(dtype, nw.Date | nw.Datetime):
        return column, Planned(nw.lit(raw), "text" if isinstance(raw, str) else "time", raw=raw)
    moment = datetime.datetime.fromisoformat(raw) if isinstance(raw, str) else raw
    if not isinstance(moment, datetime.datetime):
        moment = datetime.datetime(moment.year, moment.month, moment.day)
    zone = getattr(dtype, "time_zone", None)
    if zone is None and moment.tzinfo is not None:
        raise zoneless(raw)
    if isinstance(dtype, nw.Date):
        if moment.time() == datetime.time():
            return column, Planned(nw.lit(moment.date()), "time", raw=raw)
        return Planned(column.expr.cast(nw.Datetime("us")), "time"), Planned(
            zoneless_moment(moment, engine), "time", raw=raw
        )
    if zone is None:
        return column, Planned(zoneless_moment(moment, engine, dtype), "time", raw=raw)
    moment = moment.replace(tzinfo=ZoneInfo(zone)) if moment.tzinfo is None else moment.astimezone(ZoneInfo(zone))
    return column, Planned(nw.lit(moment, dtype), "time", raw=raw)


def zoneless_moment(moment: datetime.datetime, engine: str, dtype: Any = None) -> nw.Expr:
    """Return a moment without a zone; Spark would take one of Python's as of the zone of this computer, a text as it is."""
    return nw.lit(str(moment)).cast(nw.Datetime("us")) if engine == "pyspark" else nw.lit(moment, dtype)
