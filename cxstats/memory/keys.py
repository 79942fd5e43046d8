"""Grouping columns as codes: each value a number, the levels in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.memory.asked import Key

if TYPE_CHECKING:
    import pandas as pd

SPARE = 1 << 16  # how many numbers besides those that occur a table of numbers may have


def factorised(series: pd.Series[Any]) -> tuple[np.ndarray, Any]:
    """Return each value's code (-1 for missing) and the values coded; categories in their order."""
    import pandas as pd

    if isinstance(series.dtype, pd.CategoricalDtype):
        every = np.arange(len(series.dtype.categories))
        return series.cat.codes.to_numpy().astype(np.int64), pd.Categorical.from_codes(every, dtype=series.dtype)
    if isinstance(series.dtype, np.dtype) and series.dtype.kind in "iu" and len(series):
        values = series.to_numpy()
        low, high = int(values.min()), int(values.max())
        if (
            high - low <= len(values) + SPARE and high <= np.iinfo(np.int64).max
        ):  # close enough for codes without a hash
            return values.astype(np.int64) - low, np.arange(low, high + 1, dtype=np.int64).astype(values.dtype)
    if (
        not isinstance(series.dtype, np.dtype) and getattr(series.dtype, "kind", "") == "f"
    ):  # NaN may not be missing there
        series = pd.Series(series.to_numpy(dtype=np.float64, na_value=np.nan))
    codes, levels = pd.factorize(series)
    return codes.astype(np.int64, copy=False), levels


def ordered(codes: np.ndarray, levels: Any) -> Key:
    """Keep the levels that occur, in order: sorted, or as the categories stand."""
    import pandas as pd

    used = np.flatnonzero(np.bincount(codes[codes >= 0], minlength=len(levels)))
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


class Cells:
    """The combinations of several columns of codes that occur, numbered from 0.

    `number` holds each row's cell; `codes(i)` the code of column i in each cell. A code is -1 or more, and below the size of
    its column.
    """

    def __init__(self, columns: Sequence[np.ndarray], sizes: Sequence[int], rows: int) -> None:
        self._steps: list[tuple[int, np.ndarray | None]] = []
        number, size = np.zeros(rows, dtype=np.int64), 1
        for codes, own in zip(columns, sizes, strict=True):
            before = None
            if size * (own + 1) > np.iinfo(np.int64).max // 2:
                number, before = _numbered(number, size)
                size = max(len(before), 1)
            self._steps.append((own + 1, before))
            number *= own + 1
            number += codes
            number += 1  # a missing code is -1
            size *= own + 1
        self.number, self.occurring = _numbered(number, size)

    def __len__(self) -> int:
        return len(self.occurring)

    def codes(self) -> list[np.ndarray]:
        """Return each column's code by cell."""
        found, rest = [], self.occurring
        for size, before in reversed(self._steps):
            found.append(rest % size - 1)
            rest = rest // size
            rest = rest if before is None else before[rest]
        return found[::-1]


def _numbered(code: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return for each row the position of its code among those that occur, and these."""
    import pandas as pd

    if size <= 4 * len(code) + SPARE:
        occurring = np.flatnonzero(np.bincount(code, minlength=size))
        position = np.zeros(size, dtype=np.int64)
        position[occurring] = np.arange(len(occurring))
        return position[code], occurring
    cells, occurring = pd.factorize(code)
    return cells.astype(np.int64), np.asarray(occurring)
