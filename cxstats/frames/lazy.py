"""Frames whose own engine (polars, DuckDB, Spark) evaluates and sums."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import Any

import narwhals as nw
import numpy as np

from cxstats.frames.query import MOST_LOOKUPS, Query, exact
from cxstats.memory import Cumulated, Frame, Key, Plan, Rowwise, Sums, factorised, ordered

BAND = 25.0  # of a distribution the lines within 25 / sqrt(n) of the share asked for leave the engine, not all rows


class LazyFrame(Frame):
    """A frame whose own engine (polars, DuckDB, Spark) evaluates and sums."""

    most_lookups = MOST_LOOKUPS

    def __init__(
        self, native: Any, lazy: nw.LazyFrame[Any], held: bool = False, source: LazyFrame | None = None
    ) -> None:
        self.schema = lazy.collect_schema()
        super().__init__(native, list(self.schema.names()))
        self.lazy = lazy
        self.held = held  # the rows lie in memory, so that what is made of them may, too
        self.source: LazyFrame = source or self  # the same PSUs, before anything was computed of the rows

    def made(self, lazy: nw.LazyFrame[Any]) -> LazyFrame:
        """Return a frame of the same rows (if not as many times) with other columns."""
        return LazyFrame(lazy.to_native(), lazy, self.held, self.source)

    @property
    def engine(self) -> str:
        return str(self.lazy.implementation).rsplit(".", 1)[-1].lower()

    def first_with(self, columns: Sequence[str]) -> LazyFrame:
        """Return the frame of the same PSUs before anything was computed, if it has these columns: it is cheaper to ask."""
        return self.source if set(columns) <= set(self.source.columns) else self

    def column(self, name: str) -> nw.Expr:
        """Return a column, whatever its name: Spark takes dots as steps into a structure unless the name is quoted."""
        return nw.col(f"`{name.replace('`', '``')}`").alias(name) if self.engine == "pyspark" else nw.col(name)

    def _kind(self, column: str) -> str:
        dtype = self.schema[column]
        if dtype.is_numeric():
            return "number"
        if dtype == nw.Boolean:
            return "boolean"
        if dtype in (nw.String, nw.Categorical, nw.Enum):
            return "text"
        return "time" if dtype in (nw.Date, nw.Datetime) else "values of another kind"

    def _finer(self, column: str, kind: str) -> str:
        dtype = self.schema[column]
        return "whole number" if dtype.is_integer() else "date" if dtype == nw.Date else kind

    def inexact(self, by: Sequence[str]) -> str | None:
        return next((name for name in by if not exact(self.schema[name])), None)

    def first(self, value: Rowwise, where: Rowwise) -> float | None:
        query = Query(self, [*value.columns(), *where.columns()])
        shown = query.rows.select(value=query.number(value), chosen=query.condition(where))
        found = shown.filter(nw.col("chosen") & nw.col("value").is_finite()).select("value").head(1).collect()
        return float(found["value"].to_list()[0]) if len(found) else None

    def sums(self, plan: Plan) -> Sums:
        grouped, places = self._grouped(plan)
        return self._brought(plan, grouped.collect(), places)

    def more_than(self, most: int, columns: Sequence[str]) -> bool:
        """Tell whether there are more combinations of values in these columns than so many."""
        first = self.first_with(columns)
        return len(first.lazy.select(*map(first.column, columns)).unique().head(most + 1).collect()) > most

    def _brought(self, plan: Plan, table: nw.DataFrame[Any], places: dict[str, str]) -> Sums:
        """Return the sums that came back."""
        found = {name: self._collected(name, table.get_column(place)) for name, place in places.items()}
        inside = np.ones(len(table), bool) if plan.inside is None else np.asarray(table["inside"].to_list(), dtype=bool)
        return Sums(found, inside, {p: _numbers(table.get_column(f"sum{i}")) for i, p in enumerate(plan.products)})

    def cells(self, plan: Plan) -> LazyFrame:
        """Return the sums as rows of a frame that stays on the engine: columns key0..., inside, sum0... as in the plan."""
        grouped, _ = self._grouped(plan)
        return LazyFrame(grouped.to_native(), grouped)

    def pairs(self, same: Sequence[str], unlike: Sequence[str], where: Rowwise) -> LazyFrame:
        """Return all pairs of rows among those `where` that agree in some columns and differ in others.

        The columns of the second row are named ``other <name>``.
        """
        query = Query(self, where.columns())
        rows = self.lazy.with_columns(**{place: query.cleaned(name) for name, place in query.places.items()})
        one = rows.filter(query.condition(where)).select(*self.columns)
        two = one.select(*same, *(nw.col(name).alias(f"other {name}") for name in self.columns if name not in same))
        differ = functools.reduce(operator.or_, (nw.col(name) != nw.col(f"other {name}") for name in unlike))
        found = one.join(two, on=list(same), how="inner").filter(differ)
        return LazyFrame(found.to_native(), found)

    def _grouped(self, plan: Plan) -> tuple[nw.LazyFrame[Any], dict[str, str]]:
        """Return the sums by key, not yet asked for, and the name that each key has in them."""
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
        return (staged.group_by(*named).agg(*aggregates) if named else staged.select(*aggregates)), places

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
