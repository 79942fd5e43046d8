"""A small table of numbers, joined to the rows by a code: what an earlier pass found, put beside each row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals as nw
import numpy as np

from cxstats.frames.lazy import LazyFrame
from cxstats.frames.spaced import assigned
from cxstats.memory import Frame, MemoryFrame, Rowwise

CODE = "cx_code"


def coded(frame: Frame, code: Rowwise, table: Mapping[str, np.ndarray]) -> Frame:
    """Return the frame with the columns of the table more: in each row the entry at its code, missing where it has none."""
    rows = assigned(frame, {CODE: code})
    size = len(next(iter(table.values())))
    if isinstance(rows, MemoryFrame):
        at = rows.data[CODE].to_numpy()
        there = (at >= 0) & (at < size)
        place = np.where(there, at, size).astype(np.int64)
        found = {name: np.append(values, np.nan)[place] for name, values in table.items()}
        data = rows.data.drop(columns=CODE).assign(**found)
        return MemoryFrame(data, data)
    assert isinstance(rows, LazyFrame)
    small = nw.from_native(_native(rows, {CODE: np.arange(size, dtype=np.float64), **table})).lazy()
    joined = rows.lazy.join(small, on=CODE, how="left").select(*frame.columns, *table)
    return rows.made(joined)


def _native(frame: LazyFrame, table: Mapping[str, np.ndarray]) -> Any:
    """Return the table on the engine of the frame."""
    lines = list(zip(*(values.tolist() for values in table.values()), strict=True))
    if frame.engine == "pyspark":
        return frame.native.sparkSession.createDataFrame(lines, ", ".join(f"`{name}` double" for name in table))
    if frame.engine == "duckdb":  # numbers as texts, since SQL reads 0.1 as a decimal
        cells = ", ".join(f"({', '.join(f'CAST({str(v)!r} AS DOUBLE)' for v in line)})" for line in lines)
        names = ", ".join(f'"{name}"' for name in table)
        return frame.native.query("cx_rows", f"SELECT * FROM (VALUES {cells}) AS small({names})")
    import polars as pl

    return pl.LazyFrame(dict(table))
