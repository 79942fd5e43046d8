"""Frames in memory: numpy sums them in chunks, so that little memory is needed beyond the data."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.memory.asked import Cumulated, Frame, Key, Plan, Rowwise, Sums
from cxstats.memory.columns import CHUNK, Columns
from cxstats.memory.keys import Cells, ordered

if TYPE_CHECKING:
    import pandas as pd

FEW, MANY = 100, 20  # cells of more rows than FEW, and more products than MANY, are multiplied as matrices


class MemoryFrame(Frame):
    """A pandas frame (or what was made one)."""

    def __init__(self, native: Any, data: pd.DataFrame) -> None:
        super().__init__(native, list(data.columns))
        self.data = data

    @property
    def engine(self) -> str:
        return "pandas" if self.native is self.data else "pyarrow"

    def _kind(self, column: str) -> str:
        import pandas as pd
        from pandas.api import types

        dtype: Any = self.data[column].dtype
        if isinstance(dtype, pd.CategoricalDtype):
            return _kind_of_values(dtype.categories)
        if types.is_bool_dtype(dtype):
            return "boolean"
        if types.is_numeric_dtype(dtype):
            return "number"
        if types.is_datetime64_any_dtype(dtype):
            return "time"
        return _kind_of_values(self.data[column])

    def _finer(self, column: str, kind: str) -> str:
        from pandas.api import types

        held: Any = self.data[column].dtype
        held = getattr(held, "categories", self.data[column]).dtype
        if kind == "number":
            return "whole number" if types.is_integer_dtype(held) else kind
        return "date" if kind == "time" and not types.is_datetime64_any_dtype(held) else kind

    def first(self, value: Rowwise, where: Rowwise) -> float | None:
        for start in range(0, len(self.data), CHUNK):  # some rows will do: columns are not read whole
            (chunk,) = Columns(self, self.data.iloc[start : start + CHUNK]).chunks(CHUNK)
            rows = np.flatnonzero(chunk.truth(where.evaluate(chunk)))
            if len(rows):
                made = chunk.rowwise(value.evaluate(chunk))
                found = np.broadcast_to(np.where(made.known, made.number(), np.nan), (chunk.length,))[rows]
                finite = found[np.isfinite(found)]
                if len(finite):
                    return float(finite[0])
        return None

    def sums(self, plan: Plan) -> Sums:
        columns = Columns(self, self.data)
        cells, keys, inside = _cells(plan, columns)
        totals = {product: np.zeros(len(cells)) for product in plan.products}
        for chunk in columns.chunks(max(CHUNK, len(cells))):
            made = {name: chunk.floats(column.evaluate(chunk)) for name, column in plan.columns.items()}
            for name, pair in (plan.weighted or {}).items():
                made[name] = _product(made, pair)
            for product, found in _summed(made, plan.products, cells.number[chunk.rows], len(cells)):
                totals[product] += found
        return Sums(keys, inside, totals)

    def cells(self, plan: Plan) -> Frame:
        import pandas as pd

        found = self.sums(plan)
        table: dict[str, Any] = {
            f"key{i}": key.levels.reindex(key.codes).array for i, key in enumerate(found.keys.values())
        }
        table |= {} if plan.inside is None else {"inside": found.inside}
        data = pd.DataFrame(table | {f"sum{i}": found.values[product] for i, product in enumerate(plan.products)})
        return MemoryFrame(data, data)

    def cumulated(
        self,
        column: str,
        weight: Rowwise,
        by: Sequence[str],
        inside: Rowwise,
        near: float,
        span: tuple[float, float] | None,
    ) -> Cumulated:
        keys = [] if column in by else [column]
        found = self.sums(Plan({"weight": weight}, [("weight",)], keys=keys, by=by, inside=inside))
        key = found.keys[column]
        levels = key.levels.to_numpy(dtype=np.float64, na_value=np.nan)
        heavy = found.values["weight",]
        cells = np.flatnonzero(found.inside & (key.codes >= 0) & (heavy > 0))
        value = levels[key.codes[cells]]
        order = np.lexsort((value, *(found.keys[name].codes[cells] for name in by)))
        cells, value = cells[order], value[order]
        codes = {name: found.keys[name].codes[cells] for name in by}
        changes = np.zeros(len(cells), dtype=bool)
        for code in codes.values():
            changes[1:] |= code[1:] != code[:-1]
        group = np.cumsum(changes)
        share, below = np.zeros(len(cells)), np.zeros(len(cells))
        for start, stop in zip(*_runs(group), strict=True):
            so_far = np.cumsum(heavy[cells[start:stop]])
            share[start:stop] = so_far / so_far[-1]
            below[start + 1 : stop] = share[start : stop - 1]
        return Cumulated({name: Key(codes[name], found.keys[name].levels) for name in by}, value, below, share)


def _cells(plan: Plan, columns: Columns) -> tuple[Cells, dict[str, Key], np.ndarray]:
    """Return each row's cell (inside x keys x by), and of each cell the keys and whether it is inside."""
    factors = {name: columns.factors(name) for name in dict.fromkeys([*plan.keys, *plan.by])}
    coded, rows = {name: codes for name, (codes, _) in factors.items()}, len(columns.data)
    member = None
    if plan.inside is not None:
        parts = [chunk.truth(plan.inside.evaluate(chunk)) for chunk in columns.chunks()]
        member = np.concatenate([np.zeros(0, dtype=bool), *parts])
        coded |= {name: np.where(member, coded[name], -1) for name in plan.by if name not in plan.keys}
    first = [] if member is None else [member.astype(np.int64)]
    sizes = [*([2] * len(first)), *(len(levels) for _, levels in factors.values())]
    cells = Cells([*first, *coded.values()], sizes, rows)
    found = cells.codes()
    inside = np.ones(len(cells), dtype=bool) if member is None else found[0] == 1
    keys = {name: ordered(codes, factors[name][1]) for name, codes in zip(factors, found[len(first) :], strict=True)}
    return cells, keys, inside


def _product(made: dict[str, Any], names: tuple[str, ...]) -> Any:
    """Return the product of columns; one that is 1 throughout costs nothing."""
    values = [v for v in (made[name] for name in names) if np.ndim(v) or v != 1]
    return functools.reduce(operator.mul, values) if values else 1.0


def _summed(
    made: dict[str, Any], products: Sequence[tuple[str, ...]], cell: np.ndarray, cells: int
) -> Iterator[tuple[tuple[str, ...], np.ndarray]]:
    """Yield the sums of the products by cell."""
    rows = np.bincount(cell, minlength=cells)
    made, asked = _in_pairs(made, products)
    pairs = [p for p in asked if len(p) == 2 and np.ndim(made[p[0]]) and np.ndim(made[p[1]])]
    if cells * FEW <= len(cell) and len(pairs) >= MANY:
        for pair, found in _squared(made, pairs, cell, rows):
            yield asked[pair], found
    else:
        pairs = []
    for product in (p for p in asked if p not in pairs):
        values = _product(made, product)
        found = values * rows if np.ndim(values) == 0 else np.bincount(cell, weights=values, minlength=cells)
        yield asked[product], found


def _in_pairs(
    made: dict[str, Any], products: Sequence[tuple[str, ...]]
) -> tuple[dict[str, Any], dict[tuple[str, ...], tuple[str, ...]]]:
    """Return the columns with the squares that cubes need, and each product, cubes as pairs, with its name."""
    made, asked = dict(made), dict[tuple[str, ...], tuple[str, ...]]()
    for product in products:
        twice = next((name for name in product if product.count(name) > 1), None) if len(product) == 3 else None
        if twice is None:
            asked[product] = product
            continue
        (other,) = [name for name in product if name != twice] or [twice]
        square = f"{twice} squared"
        if square not in made:
            made[square] = made[twice] * made[twice]
        asked[square, other] = product
    return made, asked


def _squared(
    made: dict[str, Any], pairs: Sequence[tuple[str, ...]], cell: np.ndarray, rows: np.ndarray
) -> Iterator[tuple[tuple[str, ...], np.ndarray]]:
    """Yield the sums of many products at once: with the rows sorted by cell, one matrix times its transpose a cell."""
    names = list(dict.fromkeys(name for pair in pairs for name in pair))
    order = np.argsort(cell.astype(np.uint16), kind="stable")
    columns = np.stack([made[name].take(order) for name in names])
    squares, start = np.empty((len(rows), len(names), len(names))), 0
    for i, size in enumerate(rows.tolist()):
        block = columns[:, start : start + size]
        squares[i] = block @ block.T
        start += size
    for a, b in pairs:
        yield (a, b), squares[:, names.index(a), names.index(b)]


def _kind_of_values(values: Any) -> str:
    from pandas.api.types import infer_dtype

    inferred = infer_dtype(values, skipna=True)
    if inferred in ("integer", "floating", "mixed-integer-float", "decimal", "empty"):
        return "number"
    names = {"boolean": "boolean", "string": "text", "datetime": "time", "datetime64": "time", "date": "time"}
    return names.get(inferred, "values of another kind")


def _runs(group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where each run of equal numbers starts and stops."""
    edges = np.flatnonzero(np.diff(group, prepend=-1, append=-1))
    return edges[:-1], edges[1:]
