"""Rows stay on their engine; only sums by group leave it.

`wrap` takes the caller's frame as it is. Frames in memory (pandas, pyarrow) go to numpy (`memory`); lazy ones
(polars, DuckDB, Spark) sum by themselves, asked through narwhals. This is the one file that imports narwhals.
"""

from __future__ import annotations

import datetime
import functools
import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import narwhals as nw
import numpy as np

from cxstats.errors import ArgumentError, CxError, need_columns
from cxstats.memory import (
    ARITHMETIC,
    OPERATORS,
    Cumulated,
    Frame,
    Key,
    MemoryFrame,
    Plan,
    Rowwise,
    Sums,
    factorised,
    ordered,
    zoneless,
)

if TYPE_CHECKING:
    import pandas as pd

BAND = 25.0  # of a distribution the lines within 25 / sqrt(n) of the share asked for leave the engine, not all rows
MOST_LOOKUPS = 200  # a lazy engine writes a lookup as one CASE; longer ones exhaust its parser
ACCEPTED = "a pandas, polars (eager or lazy) or pyarrow frame, a DuckDB relation or a PySpark DataFrame"


def wrap(native: Any) -> Frame:
    """Return the frame behind one interface; raise `ArgumentError` for anything that is not a frame."""
    if isinstance(native, Frame):
        return native
    try:
        frame = nw.from_native(native)
    except TypeError as error:
        kind = type(native).__name__
        raise ArgumentError(f"a frame is needed, not {kind}: pass {ACCEPTED}.") from error
    except ValueError as error:  # narwhals refuses duplicate names with its own words
        raise _duplicated(native, error) from error
    if isinstance(frame, nw.LazyFrame):
        return LazyFrame(native, frame)
    if frame.implementation.is_polars():
        return LazyFrame(native, frame.lazy())
    if frame.implementation.is_pandas():
        return MemoryFrame(native, native)
    if frame.implementation.is_pyarrow():
        import pandas as pd
        from pyarrow.types import is_dictionary

        decoded = native
        for i, kind in enumerate(
            native.schema.types
        ):  # a dictionary is in order of appearance unless it says otherwise
            if is_dictionary(kind) and not kind.ordered:
                decoded = decoded.set_column(i, native.column_names[i], native.column(i).cast(kind.value_type))
        plain = {kind: pd.ArrowDtype(kind) for kind in decoded.schema.types if not is_dictionary(kind)}
        return MemoryFrame(native, decoded.to_pandas(types_mapper=plain.get))
    return MemoryFrame(native, frame.to_pandas())


def _duplicated(native: Any, error: ValueError) -> CxError:
    names = list(native.column_names if hasattr(native, "column_names") else getattr(native, "columns", []))
    twice = next((n for n in names if isinstance(n, str) and names.count(n) > 1), None)
    if twice is None:
        return ArgumentError(f"the frame cannot be read: {error}")
    try:
        need_columns("frame", [twice], names)
    except CxError as duplicate:
        return duplicate
    return ArgumentError(f"the frame cannot be read: {error}")


def together(samples: Mapping[str, Frame], weights: Mapping[str, str | None] | None) -> Any:
    """Return one native frame with the rows of all samples, their columns in union, and a column `source`.

    Where `weights` are given, a column `source_weight` holds each sample's own weight (1 where it has none).
    """
    engines = {name: frame.engine for name, frame in samples.items()}
    if len(set(engines.values())) > 1:
        described = ", ".join(f"{name!r} on {engine}" for name, engine in engines.items())
        raise ArgumentError(f"concat: the samples lie on different engines ({described}). Bring them to one first.")
    memory = [frame for frame in samples.values() if isinstance(frame, MemoryFrame)]
    if memory:
        import pandas as pd

        parts = []
        for name, frame in zip(samples, memory, strict=True):
            weight = weights[name] if weights else None
            own = {"source_weight": frame.data[weight] if weight else 1.0} if weights else {}
            parts.append(frame.data.assign(source=name, **own))
        return pd.concat(parts, ignore_index=True)
    lazy = {name: frame for name, frame in samples.items() if isinstance(frame, LazyFrame)}
    types = {column: dtype for one in lazy.values() for column, dtype in one.schema.items()}
    for column, dtype in types.items():
        found = {one.schema[column] for one in lazy.values() if column in one.schema}
        if len(found) > 1 and all(one.is_numeric() for one in found):
            types[column] = nw.Int64() if all(one.is_integer() for one in found) else nw.Float64()
        else:
            types[column] = dtype
    selected = []
    for name, one in lazy.items():
        columns = [
            (nw.col(c) if one.schema[c] == t else nw.col(c).cast(t))
            if c in one.schema
            else nw.lit(None, dtype=t).alias(c)
            for c, t in types.items()
        ]
        columns.append(nw.lit(name).alias("source"))
        if weights:
            weight = weights[name]
            value = nw.col(weight).cast(nw.Float64) if weight else nw.lit(1.0)
            columns.append(value.alias("source_weight"))
        selected.append(one.lazy.select(*columns))
    return nw.concat(selected, how="vertical").to_native()


def in_memory(frame: Frame, columns: Sequence[str]) -> pd.DataFrame:
    """Return some columns as a pandas frame, for models that need the rows; lazy engines read them once."""
    import pandas as pd

    names = list(dict.fromkeys(columns))
    if isinstance(frame, MemoryFrame):
        return frame.data[names].reset_index(drop=True)
    assert isinstance(frame, LazyFrame)
    found = frame.lazy.select(*names).collect()
    return pd.DataFrame({name: _as_pandas(found.get_column(name)) for name in names})


def _as_pandas(column: nw.Series[Any]) -> Any:
    """Return a column as pandas holds it: numbers with NaN as missing, enumerations in their order."""
    import pandas as pd

    if isinstance(column.dtype, nw.Enum):
        return pd.Categorical(column.to_list(), categories=list(column.dtype.categories), ordered=True)
    if column.dtype.is_numeric():
        missing = bool(column.null_count())
        return (column.cast(nw.Float64).fill_null(float("nan")) if missing else column).to_numpy()
    return pd.Series(column.to_list())


@dataclass(frozen=True)
class Planned:
    """A narwhals expression with its kind and, for a column, its type."""

    expr: nw.Expr
    kind: str
    dtype: Any = None
    raw: Any = None

    def number(self) -> nw.Expr:
        return self.expr.cast(nw.Float64) if self.kind == "boolean" else self.expr


class LazyFrame(Frame):
    """A frame whose own engine (polars, DuckDB, Spark) evaluates and sums."""

    most_lookups = MOST_LOOKUPS

    def __init__(self, native: Any, lazy: nw.LazyFrame[Any]) -> None:
        self.schema = lazy.collect_schema()
        super().__init__(native, list(self.schema.names()))
        self.lazy = lazy

    @property
    def engine(self) -> str:
        return str(self.lazy.implementation).rsplit(".", 1)[-1].lower()

    def _kind(self, column: str) -> str:
        dtype = self.schema[column]
        if dtype.is_numeric():
            return "number"
        if dtype == nw.Boolean:
            return "boolean"
        if dtype in (nw.String, nw.Categorical, nw.Enum):
            return "text"
        return "time" if dtype in (nw.Date, nw.Datetime) else "values of another kind"

    def inexact(self, by: Sequence[str]) -> str | None:
        return next((name for name in by if not _exact(self.schema[name])), None)

    def first(self, value: Rowwise, where: Rowwise) -> float | None:
        query = Query(self, [*value.columns(), *where.columns()])
        shown = query.rows.select(value=query.number(value), chosen=query.condition(where))
        found = shown.filter(nw.col("chosen") & nw.col("value").is_finite()).select("value").head(1).collect()
        return float(found["value"].to_list()[0]) if len(found) else None

    def sums(self, plan: Plan) -> Sums:
        keys = list(dict.fromkeys([*plan.keys, *plan.by]))
        asked = [*plan.columns.values(), *([plan.inside] if plan.inside is not None else [])]
        query = Query(self, [name for part in asked for name in part.columns()], keys)
        places = dict(zip(keys, query.keys, strict=True))
        named = {place: nw.col(place) for place in query.keys}
        if plan.inside is not None:
            named["inside"] = query.condition(plan.inside)
            named |= {places[n]: nw.when(named["inside"]).then(nw.col(places[n])) for n in keys if n not in plan.keys}
        made = {name: query.number(column) for name, column in plan.columns.items()}
        staged = query.rows.select(**named, **made)
        if plan.weighted:
            staged = staged.with_columns(**{n: nw.col(a) * nw.col(b) for n, (a, b) in plan.weighted.items()})
        aggregates = [
            functools.reduce(operator.mul, map(nw.col, product)).sum().alias(f"sum{i}")
            for i, product in enumerate(plan.products)
        ]
        table = (staged.group_by(*named).agg(*aggregates) if named else staged.select(*aggregates)).collect()
        found = {name: self._collected(name, table.get_column(place)) for name, place in places.items()}
        inside = np.ones(len(table), bool) if plan.inside is None else np.asarray(table["inside"].to_list(), dtype=bool)
        return Sums(found, inside, {p: _numbers(table.get_column(f"sum{i}")) for i, p in enumerate(plan.products)})

    def cumulated(
        self,
        column: str,
        weight: Rowwise,
        by: Sequence[str],
        inside: Rowwise,
        near: float,
        span: tuple[float, float] | None,
    ) -> Cumulated:
        query = Query(self, [column, *weight.columns(), *inside.columns()], by)
        keys = query.keys
        over = keys or ["everyone"]
        rows = query.rows.select(
            *keys, **({} if keys else {"everyone": nw.lit(1)}), chosen=query.condition(inside),
            value=query.column(column).expr, weight=query.number(weight), one=nw.lit(1.0),
        )  # fmt: skip
        cells = rows.filter(nw.col("chosen") & (nw.col("weight") > 0)).group_by(*over, "value")
        sums = cells.agg(nw.col("weight").sum(), nw.col("one").sum()).with_columns(
            below=nw.col("weight").cum_sum().over(*over, order_by="value"),
            total=nw.col("weight").sum().over(*over),
            size=nw.col("one").sum().over(*over),
        )
        shares = sums.with_columns(
            share=nw.col("below") / nw.col("total"), before=(nw.col("below") - nw.col("weight")) / nw.col("total")
        )
        share, before, reach = nw.col("share"), nw.col("before"), BAND**2 / nw.col("size")
        if span is None:
            kept = ((share >= near) | ((share - near) ** 2 <= reach)) & (
                (before <= near) | ((before - near) ** 2 <= reach)
            )
        else:
            kept = (share >= span[0]) & (before <= span[1])
        table = shares.filter(kept).select(*keys, "value", "before", "share").collect().sort(*keys, "value")
        columns = [np.array(table[n].to_numpy(), dtype=np.float64) for n in ("value", "before", "share")]
        return Cumulated({n: self._collected(n, table[k]) for n, k in zip(by, keys, strict=True)}, *columns)

    def _collected(self, name: str, column: nw.Series[Any]) -> Key:
        """Return a key column that came back: enumerations in their order, everything else sorted."""
        import pandas as pd

        own = self.schema[name]
        if isinstance(own, nw.Enum):
            dtype = pd.CategoricalDtype(list(own.categories))
            return ordered(*factorised(pd.Series(pd.Categorical(column.to_list(), dtype=dtype))))
        if column.dtype.is_integer() and not column.null_count():
            return ordered(*factorised(pd.Series(column.to_numpy())))
        codes, levels = pd.factorize(np.asarray([*column.to_list(), None], dtype=object)[:-1])
        return ordered(codes.astype(np.int64), pd.Series(levels, dtype=object).infer_objects().array)


def _numbers(column: nw.Series[Any]) -> np.ndarray:
    """Return sums as numbers; where an engine has no sum of nothing, it is 0."""
    return np.array((column.fill_null(0.0) if column.null_count() else column).to_numpy(), dtype=np.float64)


class Query:
    """Expressions in the words of a lazy engine, on rows of the columns asked for: one type of number, NaN as missing.

    Columns are cleaned once, under short names, before anything is computed of them: a query is as long as its expressions.
    """

    def __init__(self, frame: LazyFrame, columns: Iterable[str], keys: Sequence[str] = ()) -> None:
        self.frame = frame
        self.memo: dict[int, tuple[Rowwise, Planned]] = {}
        self._places = {name: f"column{i}" for i, name in enumerate(dict.fromkeys(columns))}
        self.keys = [f"key{i}" for i in range(len(keys))]
        self._key_of = dict(zip(keys, self.keys, strict=True))
        shown = {place: self._cleaned(name) for name, place in self._places.items()}
        shown |= {place: self._key(name) for name, place in zip(keys, self.keys, strict=True)}
        self.rows = frame.lazy.select(**shown) if shown else frame.lazy

    def _cleaned(self, name: str) -> nw.Expr:
        expr, dtype = nw.col(name), self.frame.schema[name]
        if isinstance(dtype, nw.Enum):  # texts compare by their letters, on every engine
            return expr.cast(nw.String)
        if self.frame.kinds([name])[name] != "number":
            return expr
        expr = expr if dtype == nw.Float64 else expr.cast(nw.Float64)
        return nw.when(~expr.is_nan()).then(expr) if dtype.is_float() else expr

    def _key(self, name: str) -> nw.Expr:
        key = nw.col(name)
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
        return Planned(nw.col(self._places[name]), self.frame.kinds([name])[name], dtype)

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
        a, b = _dated(a, b)
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

    def lookup(self, by: Sequence[str], groups: pd.DataFrame, values: np.ndarray) -> Planned:
        if name := self.frame.inexact(by):
            raise ArgumentError(
                f"quantile: column {name!r} holds {self.frame.schema[name]}, whose values cannot be matched exactly by "
                f"{self.frame.engine}. Cast it to texts or to 64-bit integers first."
            )
        if len(values) > MOST_LOOKUPS:
            raise ArgumentError(
                f"quantile: {len(values)} groups are too many for one query of {self.frame.engine} (at most {MOST_LOOKUPS}). "
                "Use where= to take fewer groups at a time, or pass the columns as a pandas frame."
            )
        expr = nw.lit(None, dtype=nw.Float64)
        for group, value in zip(groups[list(by)].itertuples(index=False), values, strict=True):
            if np.isfinite(value):
                matches = [
                    nw.col(self._key_of[n] if n in self._key_of else self._places[n])
                    == (v.item() if hasattr(v, "item") else v)
                    for n, v in zip(by, group, strict=True)
                ]
                expr = nw.when(functools.reduce(operator.and_, matches)).then(nw.lit(float(value))).otherwise(expr)
        return Planned(expr, "number")


def _exact(dtype: Any) -> bool:
    """Tell whether a label of this type comes back from an engine as the value that it is."""
    whole = (nw.Int8, nw.Int16, nw.Int32, nw.Int64, nw.UInt8, nw.UInt16, nw.UInt32)
    plain = (*whole, nw.Float32, nw.Float64, nw.Boolean, nw.String, nw.Categorical, nw.Enum, nw.Date)
    return any(dtype == kind for kind in plain) or (isinstance(dtype, nw.Datetime) and dtype.time_unit != "ns")


def _dated(a: Planned, b: Planned) -> tuple[Planned, Planned]:
    """Write a moment as the column beside it holds such, or a column of dates as times where the moment has a time of day."""
    if _is_moment(b.raw) and a.raw is None:
        return _dated_by(a, b.raw)
    if _is_moment(a.raw) and b.raw is None:
        return _dated_by(b, a.raw)[::-1]
    return a, b


def _is_moment(raw: Any) -> bool:
    return isinstance(raw, str | datetime.date)


def _dated_by(column: Planned, raw: Any) -> tuple[Planned, Planned]:
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
        return Planned(column.expr.cast(nw.Datetime("us")), "time"), Planned(nw.lit(moment), "time", raw=raw)
    if zone is not None:
        moment = moment.replace(tzinfo=ZoneInfo(zone)) if moment.tzinfo is None else moment.astimezone(ZoneInfo(zone))
    return column, Planned(nw.lit(moment, dtype), "time", raw=raw)
