"""Logs for tests: the same rows on every engine, and what a loop finds in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl

import cxstats as cx

START, HOUR, DAY = pd.Timestamp("2026-01-01"), pd.Timedelta(hours=1), pd.Timedelta(days=1)
ENGINES: dict[str, Callable[[pd.DataFrame], Any]] = {
    "pandas": lambda frame: frame,
    "in another order": lambda frame: frame.sample(frac=1, random_state=5),
    "pyarrow": lambda frame: pl.from_pandas(frame).to_arrow(),
    "polars": pl.from_pandas,
    "polars lazy": lambda frame: pl.from_pandas(frame).lazy(),
    "duckdb": lambda frame: duckdb.from_arrow(pl.from_pandas(frame).to_arrow()),
}
UNLIKE = ["pandas", "polars lazy", "duckdb"]
NAMED = {"customer": "who", "time": "at", "channel": "how"}
WHO = ["a", "b", "a", "c", "b", "a", "c", "d"]


def frame_of(**more: object) -> pd.DataFrame:
    """Return eight contacts over ten and a half days."""
    frame = pd.DataFrame(
        {"who": WHO, "at": pd.date_range("2026-01-01", periods=8, freq="36h"), "how": list("pwpwpwpw")}
    )
    return frame.assign(**more)


def log_of(engine: str = "pandas", change: dict[str, Any] | None = None, **more: Any) -> cx.ContactLog:
    return cx.ContactLog(ENGINES[engine](frame_of(**(change or {}))), **NAMED | more)


def as_rows(native: Any, columns: list[str]) -> list[dict]:
    """Return a frame of any engine as a list of rows in plain Python, NaN as None."""
    if isinstance(native, pd.DataFrame):
        rows = native[columns].to_dict("records")
    else:
        table = native.collect() if isinstance(native, pl.LazyFrame) else native
        arrow = table.to_arrow_table() if hasattr(table, "to_arrow_table") else table
        rows = (pl.from_arrow(arrow) if not isinstance(arrow, pl.DataFrame) else arrow).select(columns).to_dicts()
    return [{name: None if pd.isna(value) else value for name, value in row.items()} for row in rows]


def clustered_error(score: pd.Series, who: pd.Series, everyone: int | None = None) -> float:
    """Return the linearised standard error, in percent, of the mean of the scores that are there, with customers as clusters.

    All of the log (`everyone`) are clusters, also those without a score.
    """
    z = ((score - score.mean()).fillna(0.0) / score.notna().sum()).groupby(who.to_numpy()).sum()
    clusters = len(z) if everyone is None else everyone
    return float(100 * np.sqrt(clusters / (clusters - 1) * (z**2).sum()))
