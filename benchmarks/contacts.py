"""Contact logs: the days before and after each contact, ours against pandas, polars and raw SQL of DuckDB.

    python benchmarks/contacts.py [--rows 1e6,1e7] [--lake 1e8] [--runs 3]      # writes contacts.md

A log is generated: contacts of customers over two years, five to a customer on average, in no order. Each side gives the number
of contacts that another of the same customer follows within 7 days, all of it in the frame it has: pandas sorts and shifts by
group, polars and DuckDB shift over windows. No ratio is shown before the numbers agree.

Then the same, a share with customers as PSUs and a resolution curve are asked of Parquet files (a lake of 10 million contacts a
file; customers lie in all of them) by DuckDB within 2.5 GB, each in a process of its own, whose peak memory is told.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl

import cxstats as cx

HERE = Path(__file__)
SEED, DAYS, EACH, WINDOW = 20261, 730, 5, 7


def log_of(rows: int) -> pd.DataFrame:
    """Return a log of so many contacts."""
    rng = np.random.default_rng(SEED)
    at = pd.Timestamp("2024-10-01") + pd.to_timedelta(rng.integers(0, DAYS * 86_400, rows), unit="s")
    return pd.DataFrame({"customer": rng.integers(1, rows // EACH, rows), "time": at})


def ours(frame: Any) -> int:
    log = cx.ContactLog(frame, customer="customer", time="time", duplicates="keep")
    found = cx.measure(
        cx.Survey(log.survey().frame), cx.share(cx.col("days_after") <= WINDOW)
    )  # of those with a next one
    return round(float(found.values[0] / 100 * found.n[0]))


def by_pandas(frame: pd.DataFrame) -> int:
    ordered = frame.sort_values(["customer", "time"])
    after = ordered.groupby("customer")["time"].shift(-1) - ordered["time"]
    return int((after <= pd.Timedelta(days=WINDOW)).sum())


def by_polars(frame: pl.DataFrame) -> int:
    after = pl.col("time").shift(-1).over("customer", order_by="time") - pl.col("time")
    return int(frame.lazy().select((after <= pl.duration(days=WINDOW)).sum()).collect().item())


def by_sql(frame: duckdb.DuckDBPyRelation) -> int:
    query = f"""
        SELECT count(*) FILTER (WHERE next - time <= INTERVAL {WINDOW} DAY) FROM
        (SELECT time, lead(time) OVER (PARTITION BY customer ORDER BY time) AS next FROM log)"""
    return int(frame.query("log", query).fetchall()[0][0])


def timed(call: Callable[[], int], runs: int) -> tuple[int, float]:
    """Return what a call gives, and the median of its seconds."""
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        found = call()
        seconds.append(time.perf_counter() - started)
    return found, median(seconds)


# --- from Parquet, beyond memory -------------------------------------------------------------------------------------------

LIMIT, FILE, GIB = "2500MB", 10_000_000, 2**20  # maxrss is in kilobytes
CHANNELS = np.array(["app", "branch", "phone", "web"])


def lake_of(rows: int, folder: Path) -> None:
    """Write a log of so many contacts, with channels, in files."""
    for number in range(0, rows, FILE):
        rng = np.random.default_rng(SEED + number)
        count = min(FILE, rows - number)
        at = pd.Timestamp("2024-10-01") + pd.to_timedelta(rng.integers(0, DAYS * 86_400, count), unit="s")
        customer = rng.integers(1, rows // EACH, count, dtype=np.int32)
        table = pl.DataFrame(
            {"customer": customer, "time": at.to_numpy(), "channel": CHANNELS[rng.integers(0, 4, count)]}
        )
        table.write_parquet(folder / f"{number // FILE:03}.parquet")


def asked_of_lake(what: str, folder: Path) -> dict[str, float]:
    """Return an answer with its seconds and the peak memory of this process."""
    connection = duckdb.connect(config={"memory_limit": LIMIT, "temp_directory": str(folder / "spill")})
    connection.execute("SET preserve_insertion_order = false")
    frame = connection.read_parquet(str(folder / "*.parquet"))
    started = time.perf_counter()
    found = LAKE[what](frame)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / GIB
    return {"found": float(found), "seconds": seconds, "peak": peak}


def log_in(frame: Any) -> cx.ContactLog:
    return cx.ContactLog(frame, customer="customer", time="time", channel="channel", duplicates="keep")


LAKE: dict[str, Callable[[Any], float]] = {
    "the bare query": by_sql,
    "ours, the same": ours,
    "ours, a share by channel, customers as PSUs": lambda frame: cx.measure(
        log_in(frame), cx.share(cx.col("days_after") <= WINDOW), by="channel"
    ).values[0],
    "ours, resolution_curve": lambda frame: cx.resolution_curve(log_in(frame)).values[-1],
}


def lake_lines(rows: int) -> list[str]:
    lines, found = [], {}
    with tempfile.TemporaryDirectory() as name:
        lake_of(rows, Path(name))
        for what in LAKE:
            asked = [sys.executable, str(HERE), "--ask", what, "--folder", name]
            told = json.loads(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)
            found[what] = told["found"]
            lines.append(f"| {rows:,} | {what} | {told['seconds']:.1f} | {told['peak']:.2f} |")
            print(lines[-1], flush=True)
    assert found["ours, the same"] == found["the bare query"], found
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lake", default="1e8")
    parser.add_argument("--ask")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--rows", default="1e6,1e7")
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    if asked.ask:
        print(json.dumps(asked_of_lake(asked.ask, asked.folder)))
        return
    lines = []
    for rows in (int(float(text)) for text in asked.rows.split(",")):
        frame = log_of(rows)
        arrow = pl.from_pandas(frame)
        native = duckdb.from_arrow(arrow.to_arrow())
        pairs = {
            "pandas": (frame, by_pandas, "pandas, sort and shift by group"),
            "polars": (arrow, by_polars, "polars, shift over customers"),
            "DuckDB": (native, by_sql, "DuckDB, the bare query"),
        }
        for engine, (given, peer, name) in pairs.items():
            expected, theirs = timed(lambda given=given, peer=peer: peer(given), asked.runs)
            found, mine = timed(lambda given=given: ours(given), asked.runs)
            assert found == expected, (engine, rows, found, expected)
            lines.append(f"| {rows:,} | {engine} | {name} | {theirs:.2f} | {mine:.2f} | {theirs / mine:.2f} |")
            print(lines[-1], flush=True)
    lake = [line for text in asked.lake.split(",") if text for line in lake_lines(int(float(text)))]
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("numpy", "pandas", "polars", "duckdb")
    )
    HERE.with_suffix(".md").write_text(
        f"""# Contact logs: the days to the next contact

Written by `python benchmarks/{HERE.name}` on {date.today()}; Python {platform.python_version()}, {versions}; 2 cores.

Contacts that another of the same customer follows within {WINDOW} days; the numbers agree. Ours reads and checks the log, adds
the days before and after, into the log and left in it, and measures. A ratio above 1: ours is faster.

| contacts | engine | peer | its seconds | our seconds | ratio |
|---|---|---|---|---|---|
"""
        + "\n".join(lines)
        + f"""

From Parquet files of 10 million contacts, by DuckDB within {LIMIT}, each in a process of its own. `ours, the same` is the
first table's question; the share and the curve (windows to 30 days) have customers as PSUs and one covariance.

| contacts | | seconds | peak memory, GiB |
|---|---|---|---|
"""
        + "\n".join(lake)
        + "\n"
    )


if __name__ == "__main__":
    main()
