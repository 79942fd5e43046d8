"""What is asked of rows (`Plan`), what comes back (`Sums`), and how numpy answers for frames in memory.

A pass over the rows evaluates expressions, sums them by key and returns one line a group. Frames in memory are summed
in chunks, so that little memory is needed beyond the data; `frames.py` has the engines that sum by themselves.
"""

from __future__ import annotations

import datetime
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 1 << 16
TRUE = np.bool_(True)
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": operator.truediv,
    "greater": operator.gt, "at_least": operator.ge, "less": operator.lt, "at_most": operator.le,
    "equal": operator.eq, "unequal": operator.ne,
}  # fmt: skip
ARITHMETIC = ("add", "subtract", "multiply", "divide")


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

    `columns` are expressions, `weighted` names products of two of them; each entry of `products` is one name or two.
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

    def tally(self, value: Rowwise, where: Rowwise, most: int = 5) -> list[tuple[Any, int]]:
        """Return the most frequent values among the rows `where`, with their counts (for messages)."""
        column = value.columns()[0]
        found = self.sums(Plan(columns={"rows": _One()}, products=[("rows",)], by=[column], inside=where))
        key = found.keys[column]
        counts = [(key.levels.iloc[c], int(n)) for c, n, i in zip(
            key.codes, found.values["rows",], found.inside, strict=True) if i and c >= 0]  # fmt: skip
        return sorted(counts, key=lambda pair: -pair[1])[:most]

    def described(self, column: str) -> str:
        """Return the kind of a column with an example: "text (such as 'n/a')"."""
        kind = self.kinds([column])[column]
        found = self.tally(_Named(column), _Answered(column), most=1)
        return f"{kind} (such as {found[0][0]!r})" if found else kind

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


@dataclass(frozen=True)
class Masked:
    """Values with their kind, and whether each is known."""

    values: Any
    known: Any
    kind: str

    def number(self) -> Any:
        return self.values if self.kind == "number" else np.asarray(self.values, dtype=np.float64)


class MemoryFrame(Frame):
    """A pandas frame; numpy sums it in chunks, so that little memory is needed beyond the data."""

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

    def first(self, value: Rowwise, where: Rowwise) -> float | None:
        for engine in self._chunks():
            chosen = where.evaluate(engine)
            rows = np.flatnonzero(chosen.values & chosen.known)
            if len(rows):
                found = value.evaluate(engine).number()[rows]
                finite = found[np.isfinite(found)]
                if len(finite):
                    return float(finite[0])
        return None

    def _chunks(self, size: int = CHUNK) -> Iterator[_Chunk]:
        arrays: dict[str, Any] = {}
        for start in range(0, len(self.data), size):
            yield _Chunk(self, arrays, slice(start, min(start + size, len(self.data))))

    def sums(self, plan: Plan) -> Sums:
        cells, keys, inside, size = self._cells(plan)
        weighted = dict(plan.weighted or {})
        totals = {product: np.zeros(size) for product in plan.products}
        for engine in self._chunks(max(CHUNK, size)):
            cell = cells[engine.rows]
            made = {name: _floats(column.evaluate(engine), engine.length) for name, column in plan.columns.items()}
            for name, (a, b) in weighted.items():
                made[name] = made[a] * made[b]
            for product, total in totals.items():
                values = made[product[0]] if len(product) == 1 else made[product[0]] * made[product[1]]
                total += np.bincount(cell, weights=values, minlength=size)
        return Sums(keys, inside, totals)

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

    def _cells(self, plan: Plan) -> tuple[np.ndarray, dict[str, Key], np.ndarray, int]:
        """Return each row's cell (keys x inside x by), numbered among those that occur, and the cells' keys."""
        length = len(self.data)
        member = np.ones(length, dtype=bool)
        if plan.inside is not None:
            parts = [_truth(plan.inside.evaluate(engine), engine.length) for engine in self._chunks()]
            member = np.concatenate(parts) if parts else member
        factors = {name: factorised(self.data[name]) for name in [*plan.keys, *plan.by]}
        code = member.astype(np.int64)
        size = 2
        for position, (codes, levels) in enumerate(factors.values()):
            known = codes if position < len(plan.keys) else np.where(member, codes, -1)
            if size * (len(levels) + 1) > np.iinfo(np.int64).max // 2:
                code, size = _compressed(code)
            code = code * (len(levels) + 1) + (known + 1)
            size *= len(levels) + 1
        occurring, cells = _numbered(code, size)
        first_row = np.full(len(occurring), -1, dtype=np.int64)
        first_row[cells[::-1]] = np.arange(length - 1, -1, -1)
        keys = {}
        for name, (codes, levels) in factors.items():
            cell_codes = codes[first_row] if len(first_row) else codes[:0]
            if name in plan.by and name not in plan.keys:
                cell_codes = np.where(member[first_row], cell_codes, -1)
            keys[name] = ordered(cell_codes, levels)
        return cells, keys, member[first_row] if len(first_row) else member[:0], len(occurring)


class _Chunk:
    """Some rows of a frame in memory, as an engine for expressions."""

    def __init__(self, frame: MemoryFrame, arrays: dict[str, Any], rows: slice) -> None:
        self.frame, self.arrays, self.rows = frame, arrays, rows
        self.length = rows.stop - rows.start
        self._columns: dict[str, Masked] = {}
        self.memo: dict[int, Masked] | None = {}

    def column(self, name: str) -> Masked:
        if name not in self._columns:
            if name not in self.arrays:
                self.arrays[name] = self.frame.data[name].array
            kind = self.frame.kinds([name])[name]
            self._columns[name] = _masked(self.arrays[name][self.rows], kind)
        return self._columns[name]

    def constant(self, value: Any) -> Masked:
        if isinstance(value, bool):
            return Masked(np.bool_(value), TRUE, "boolean")
        if isinstance(value, int | float):
            return Masked(np.float64(value), TRUE, "number")
        return Masked(value, TRUE, "text" if isinstance(value, str) else "time")

    def apply(self, operation: str, operands: Sequence[Masked]) -> Masked:
        if operation == "answered":
            return Masked(np.broadcast_to(operands[0].known, (self.length,)), TRUE, "boolean")
        if operation == "not":
            return Masked(~operands[0].values, operands[0].known, "boolean")
        if operation == "when":
            condition, then, otherwise = operands
            chosen = condition.values & condition.known
            numeric = then.kind == "number" or otherwise.kind == "number"
            values = np.where(
                chosen, *((then.number(), otherwise.number()) if numeric else (then.values, otherwise.values))
            )
            certain = then.known is TRUE and otherwise.known is TRUE
            known = TRUE if certain else np.where(chosen, then.known, otherwise.known)
            return Masked(values, known, "number" if numeric else then.kind)
        a, b = operands
        if operation in ("and", "or") and a.known is TRUE and b.known is TRUE:
            return Masked(a.values & b.values if operation == "and" else a.values | b.values, TRUE, "boolean")
        if operation == "and":
            false = (a.known & ~a.values) | (b.known & ~b.values)
            return Masked(a.values & b.values & ~false, (a.known & b.known) | false, "boolean")
        if operation == "or":
            true = (a.known & a.values) | (b.known & b.values)
            return Masked(true, (a.known & b.known) | true, "boolean")
        known = a.known & b.known
        if operation in ARITHMETIC:
            if operation == "divide":  # by zero there is no result, on any engine
                known = known & (b.number() != 0)
            with np.errstate(divide="ignore", invalid="ignore"):
                return Masked(OPERATORS[operation](a.number(), b.number()), known, "number")
        return Masked(self._compare(operation, a, b, known), known, "boolean")

    def _compare(self, operation: str, a: Masked, b: Masked, known: Any) -> Any:
        if {a.kind, b.kind} <= {"number", "boolean"}:
            return OPERATORS[operation](a.number(), b.number())
        left, right = (_comparable(side.values, other) for side, other in ((a, b), (b, a)))
        rows = np.broadcast_to(known, (self.length,))
        pick = [v[rows] if hasattr(v, "__len__") and not isinstance(v, str) else v for v in (left, right)]
        answer = np.zeros(self.length, dtype=bool)
        answer[rows] = np.asarray(OPERATORS[operation](*pick), dtype=bool)
        return answer

    def is_in(self, operand: Masked, options: Sequence[Any]) -> Masked:
        import pandas as pd

        if operand.kind in ("number", "boolean"):
            values = np.isin(operand.number(), np.asarray(options, dtype=np.float64))
        else:
            wanted = [_comparable(option, operand) for option in options]
            values = np.asarray(pd.Series(operand.values).isin(wanted), dtype=bool)
        return Masked(values, operand.known, "boolean")

    def lookup(self, by: Sequence[str], groups: pd.DataFrame, values: np.ndarray) -> Masked:
        import pandas as pd

        rows = self.frame.data.iloc[self.rows]
        index = pd.MultiIndex.from_arrays([groups[name].astype(object) for name in by])
        if not len(values):
            return Masked(np.full(self.length, np.nan), np.zeros(self.length, dtype=bool), "number")
        found = index.get_indexer(pd.MultiIndex.from_arrays([rows[name].astype(object) for name in by]))
        return Masked(np.where(found >= 0, values[found], np.nan), found >= 0, "number")


def _masked(array: Any, kind: str) -> Masked:
    import pandas as pd

    if isinstance(array, pd.Categorical) and kind in ("number", "boolean"):
        categories = np.append(np.asarray(array.categories, dtype=np.float64), np.nan)
        return Masked(categories[array.codes], array.codes >= 0, "number")
    known = _all_known(~np.asarray(pd.isna(array)))
    if kind == "number":
        values = np.asarray(pd.Series(array).to_numpy(dtype=np.float64, na_value=np.nan))
        return Masked(values, _all_known(~np.isnan(values)), kind)
    if kind == "boolean":
        return Masked(np.asarray(pd.Series(array).to_numpy(dtype=bool, na_value=False)), known, kind)
    return Masked(_moments(array) if kind == "time" else array, known, kind)


def _all_known(known: np.ndarray) -> Any:
    """Return one `TRUE` for all where nothing is missing: operations then need not look at each row."""
    return TRUE if known.all() else known


def _moments(array: Any) -> Any:
    """Return dates and times of any type as an array of moments, in the time zone they are in."""
    import pandas as pd

    series = pd.Series(array)
    if isinstance(series.dtype, pd.ArrowDtype):
        zone = getattr(series.dtype.pyarrow_dtype, "tz", None)
        if zone is not None:
            return series.astype(pd.DatetimeTZDtype("us", zone)).array
        series = series.astype("timestamp[us][pyarrow]").astype("datetime64[us]")
    return pd.to_datetime(series).array


def _comparable(values: Any, other: Masked) -> Any:
    """Return values as they compare with the other side: dates as time stamps (in its zone), texts as objects."""
    import pandas as pd

    if isinstance(values, str | datetime.date):
        if other.kind != "time":
            return values
        moment = pd.Timestamp(values)
        zone = getattr(other.values, "tz", None)
        return moment.tz_localize(zone) if zone is not None and moment.tz is None else moment
    return np.asarray(values, dtype=object) if other.kind == "text" else values


def _floats(made: Masked, length: int) -> np.ndarray:
    values = made.number() if made.known is TRUE else np.where(made.known, made.number(), 0.0)
    return np.ascontiguousarray(np.broadcast_to(values, (length,)))


def _truth(made: Masked, length: int) -> np.ndarray:
    return np.array(np.broadcast_to(made.values & made.known, (length,)))


def _kind_of_values(values: Any) -> str:
    from pandas.api.types import infer_dtype

    inferred = infer_dtype(values, skipna=True)
    if inferred in ("integer", "floating", "mixed-integer-float", "decimal", "empty"):
        return "number"
    names = {"boolean": "boolean", "string": "text", "datetime": "time", "datetime64": "time", "date": "time"}
    return names.get(inferred, "values of another kind")


def factorised(series: pd.Series[Any]) -> tuple[np.ndarray, Any]:
    """Return each value's code (-1 for missing) and the values coded; categories in their order."""
    import pandas as pd

    if isinstance(series.dtype, pd.CategoricalDtype):
        every = np.arange(len(series.dtype.categories))
        return series.cat.codes.to_numpy().astype(np.int64), pd.Categorical.from_codes(every, dtype=series.dtype)
    if isinstance(series.dtype, pd.ArrowDtype) and series.dtype.kind == "f":  # where NaN is not missing to pandas
        series = pd.Series(series.to_numpy(dtype=np.float64, na_value=np.nan))
    codes, levels = pd.factorize(series)
    return codes.astype(np.int64, copy=False), levels


def ordered(codes: np.ndarray, levels: Any) -> Key:
    """Keep the levels that occur, in order: sorted, or as the categories stand."""
    import pandas as pd

    used = np.unique(codes[codes >= 0])
    kept = pd.Series(levels[used])
    order = _sorting(kept)
    rank = np.full(len(levels) + 1, -1)  # the last place is for missing, code -1
    rank[used[order]] = np.arange(len(used))
    return Key(rank[codes], kept.iloc[order].reset_index(drop=True))


def _sorting(values: pd.Series[Any]) -> np.ndarray:
    try:
        return np.asarray(values.argsort(kind="stable"))
    except TypeError:  # values of several types have no order of their own: by type, then by text
        pairs = [(type(v).__name__, str(v)) for v in values]
        return np.asarray(sorted(range(len(pairs)), key=pairs.__getitem__), dtype=np.int64)


def _runs(group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where each run of equal numbers starts and stops."""
    edges = np.flatnonzero(np.diff(group, prepend=-1, append=-1))
    return edges[:-1], edges[1:]


def _compressed(code: np.ndarray) -> tuple[np.ndarray, int]:
    import pandas as pd

    codes, levels = pd.factorize(code)
    return codes.astype(np.int64), max(len(levels), 1)


def _numbered(code: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the codes that occur and, for each row, the position of its code among them."""
    import pandas as pd

    if size <= max(4 * len(code), CHUNK):
        occurring = np.flatnonzero(np.bincount(code, minlength=size))
        position = np.zeros(size, dtype=np.int64)
        position[occurring] = np.arange(len(occurring))
        return occurring, position[code]
    cells, occurring = pd.factorize(code)
    return np.asarray(occurring), cells.astype(np.int64)
