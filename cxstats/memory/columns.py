"""The columns of a frame in memory during one pass: each is read, coded or factorised once; rows come in chunks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.memory.asked import Frame, Rowwise
from cxstats.memory.keys import factorised
from cxstats.memory.vectors import TRUE, Vector, all_known, among, constant, numbers, operate, read

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 1 << 16  # rows at a time, so that little memory is needed beyond the data
Memo = dict[int, tuple[Rowwise, Vector]]  # by the identity of an expression, which is held so that it stays its own
ANSWERS = 255  # the whole numbers that a table of answers holds; its last line is for the missing


class Columns:
    """The columns of a frame during one pass."""

    def __init__(self, frame: Frame, data: pd.DataFrame) -> None:
        self.frame, self.data = frame, data
        self._arrays: dict[str, Any] = {}
        self._factors: dict[str, tuple[np.ndarray, Any]] = {}
        self._coded: dict[str, tuple[np.ndarray, Vector] | None] = {}
        self._shared: Memo = {}

    def chunks(self, size: int = CHUNK) -> Iterator[Chunk]:
        """Yield the rows, `size` at a time; results that do not depend on rows are handed on to the next."""
        for start in range(0, len(self.data), size):
            chunk = Chunk(self, slice(start, min(start + size, len(self.data))), dict(self._shared))
            yield chunk
            self._shared = {key: pair for key, pair in chunk.memo.items() if not pair[1].local}

    def kind(self, name: str) -> str:
        """Return what the column holds."""
        return self.frame.kinds([name])[name]

    def array(self, name: str) -> Any:
        """Return the column as pandas holds it; plain numbers and booleans as numpy does."""
        if name not in self._arrays:
            series = self.data[name]
            plain = isinstance(series.dtype, np.dtype) and series.dtype.kind in "fiub"
            self._arrays[name] = series.to_numpy() if plain else series.array
        return self._arrays[name]

    def factors(self, name: str) -> tuple[np.ndarray, Any]:
        """Return each row's code (-1 for missing) and the values coded."""
        if name not in self._factors:
            self._factors[name] = factorised(self.data[name])
        return self._factors[name]

    def coded(self, name: str) -> tuple[np.ndarray, Vector] | None:
        """Return each row's code and the table of answers it points into; None where answers are many."""
        if name not in self._coded:
            self._coded[name] = self._code(name)
        return self._coded[name]

    def _code(self, name: str) -> tuple[np.ndarray, Vector] | None:
        import pandas as pd

        kind, array = self.kind(name), self.array(name)
        if isinstance(array, pd.Categorical):
            if kind == "boolean":
                return _in_use(array.codes, np.append(np.asarray(array.categories, dtype=bool), False), kind, name)
            if kind == "number":
                table = np.append(np.asarray(array.categories, dtype=np.float64), np.nan)
                return _in_use(array.codes, table, kind, name)
            return _in_use(array.codes, _with_none(array.categories), kind, name) if kind == "text" else None
        if kind == "number":
            found = _few_numbers(array)
            return None if found is None else _in_use(*found, kind, name)
        if kind != "text":
            return None
        codes, levels = self.factors(name)
        return _in_use(codes, _with_none(levels), kind, name) if len(levels) <= CHUNK else None


def _with_none(levels: Any) -> np.ndarray:
    return np.array([*levels, None], dtype=object)


def _few_numbers(array: Any) -> tuple[np.ndarray, np.ndarray] | None:
    """Code whole numbers that lie close to each other; the last place of the table is for the missing."""
    lowest = None
    codes = np.full(len(array), ANSWERS, dtype=np.uint8)
    for start in range(0, len(array), CHUNK):
        rows = slice(start, start + CHUNK)
        values = numbers(array[rows])
        known = all_known(values == values)
        if lowest is None:  # the window of a table lies about the first answers met
            there = values if known is TRUE else values[known]
            if not len(there):
                continue
            low, high = there.min(), there.max()
            if np.isinf(low) or np.isinf(high) or not high - low < ANSWERS or low != np.floor(low):
                return None
            lowest = low - (ANSWERS - 1 - (high - low)) // 2
        distance = values - lowest
        codes[rows] = np.fmin(distance, ANSWERS)  # which is what a missing value becomes, too
        if (distance >= ANSWERS).any() or not (codes[rows] == distance)[known].all():
            return None
    return None if lowest is None else (codes, np.append(lowest + np.arange(ANSWERS), np.nan))


def _in_use(codes: np.ndarray, table: np.ndarray, kind: str, name: str) -> tuple[np.ndarray, Vector] | None:
    """Return the table with answers that occur only: the places of others repeat one that does."""
    size = len(table)
    if codes.dtype != np.uint8:  # where -1 is missing
        codes = np.where(codes < 0, size - 1, codes)
    used = np.bincount(codes, minlength=size) > 0
    if not used[:-1].any():
        return None
    table = table.copy()
    known = np.ones(size, dtype=bool)
    known[-1] = not used[-1]
    first = int(np.flatnonzero(used[:-1])[0])
    table[~used] = table[first]
    return codes, Vector(table, all_known(known), kind, name)


class Chunk:
    """Some rows of a frame in memory, as an engine for expressions."""

    def __init__(self, columns: Columns, rows: slice, memo: Memo) -> None:
        self.columns, self.rows = columns, rows
        self.length = rows.stop - rows.start
        self.memo = memo
        self._read: dict[str, Vector] = {}
        self._codes: dict[str, np.ndarray] = {}

    def column(self, name: str) -> Vector:
        coded = self.columns.coded(name)
        if coded is not None:
            return coded[1]
        if name not in self._read:
            self._read[name] = replace(read(self.columns.array(name)[self.rows], self.columns.kind(name)), local=True)
        return self._read[name]

    def constant(self, value: Any) -> Vector:
        return constant(value)

    def apply(self, operation: str, operands: Sequence[Vector]) -> Vector:
        owners = {operand.column for operand in operands if not operand.constant}
        local = any(operand.local for operand in operands)
        if not owners:
            return replace(operate(operation, operands), local=local)
        if len(owners) == 1 and None not in owners:  # one column of few answers: its table will do
            made = operate(operation, operands)
            return replace(made, local=local, column=None if made.constant else owners.pop()).settled()
        return replace(operate(operation, [self.rowwise(operand) for operand in operands]), local=True)

    def is_in(self, operand: Vector, options: Sequence[Any]) -> Vector:
        return among(operand, options).settled()

    def lookup(self, by: Sequence[str], groups: pd.DataFrame, values: np.ndarray) -> Vector:
        import pandas as pd

        rows = self.columns.data.iloc[self.rows]
        index = pd.MultiIndex.from_arrays([groups[name].astype(object) for name in by])
        if not len(values):
            return Vector(np.full(self.length, np.nan), np.zeros(self.length, dtype=bool), "number", local=True)
        found = index.get_indexer(pd.MultiIndex.from_arrays([rows[name].astype(object) for name in by]))
        return Vector(np.where(found >= 0, values[found], np.nan), found >= 0, "number", local=True)

    def passed(self, operand: Vector, ends: Sequence[float], reached: bool) -> Vector:
        found = np.searchsorted(np.asarray(ends), operand.number(), side="right" if reached else "left")
        return replace(operand, values=found.astype(np.float64), kind="number")

    def rowwise(self, vector: Vector) -> Vector:
        """Return a value a row where there was one an answer."""
        if vector.column is None:
            return vector
        if vector.column not in self._codes:
            coded = self.columns.coded(vector.column)
            assert coded is not None
            self._codes[vector.column] = coded[0][self.rows].astype(np.intp)
        return vector.take(self._codes[vector.column])

    def floats(self, vector: Vector) -> Any:
        """Return a number a row (or one for all), 0 where it is not known."""
        if vector.known is not TRUE:
            vector = Vector(np.where(vector.known, vector.number(), 0.0), TRUE, "number", vector.column)
        return self.rowwise(Vector(vector.number(), TRUE, "number", vector.column)).values

    def truth(self, vector: Vector) -> np.ndarray:
        """Return for each row whether the condition is known and true."""
        row = self.rowwise(vector)
        return np.array(np.broadcast_to(row.values & row.known, (self.length,)))
