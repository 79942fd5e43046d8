"""One frame on every engine that cxstats reads, and the reference data."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib
import pandas as pd
import pytest

matplotlib.use("Agg")

REFERENCE = Path(__file__).parent / "reference"
Move = Callable[[pd.DataFrame], Any]


def _polars(frame: pd.DataFrame) -> Any:
    import polars as pl

    return pl.from_pandas(frame)


def _arrow(frame: pd.DataFrame) -> Any:
    import pyarrow as pa

    return pa.Table.from_pandas(frame, preserve_index=False)


def _duckdb(frame: pd.DataFrame) -> Any:
    import duckdb

    return duckdb.from_arrow(_arrow(frame))


@functools.cache
def spark_session() -> Any:
    """Return the one session of Spark on this machine."""
    from pyspark.sql import SparkSession

    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",  # quick to start
        "spark.driver.host": "127.0.0.1",
        "spark.log.level": "ERROR",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    return SparkSession.builder.master("local[2]").appName("cxstats").config(map=settings).getOrCreate()


def _spark(frame: pd.DataFrame) -> Any:
    return spark_session().createDataFrame(_arrow(frame))


MOVES: dict[str, Move] = {
    "pandas": lambda frame: frame,
    "pandas-nullable": lambda frame: frame.convert_dtypes(),
    "pandas-pyarrow": lambda frame: frame.convert_dtypes(dtype_backend="pyarrow"),
    "polars": _polars,
    "polars-lazy": lambda frame: _polars(frame).lazy(),
    "pyarrow": _arrow,
    "duckdb": _duckdb,
    "spark": _spark,
}
ENGINES = [engine for engine in MOVES if engine != "spark"]  # which starts slowly: `test_spark`
UNLIKE = ["pandas", "polars-lazy", "duckdb"]  # three different roads through the code


def move(engine: str, frame: pd.DataFrame) -> Any:
    """Return the rows of a pandas frame as a frame of the engine."""
    return MOVES[engine](frame)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Return the name of each engine in turn."""
    return str(request.param)


@pytest.fixture(params=UNLIKE)
def unlike_engine(request: pytest.FixtureRequest) -> str:
    """Return the name of one engine of each kind: in memory, lazy in memory, a database."""
    return str(request.param)


@pytest.fixture(scope="session")
def on() -> Callable[[str, pd.DataFrame], Any]:
    """Return the function `on(engine, pandas_frame)` that brings rows to an engine."""
    return move


@pytest.fixture(scope="session")
def reference_data() -> Callable[[str], pd.DataFrame]:
    """Return a function from the name of a reference csv to a new frame of its rows."""
    read: dict[str, pd.DataFrame] = {}

    def data(name: str) -> pd.DataFrame:
        if name not in read:
            read[name] = pd.read_csv(REFERENCE / "data" / f"{name}.csv")
        return read[name].copy()

    return data


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Return a schedule in which one worker runs all tests of Spark, so that it starts once, and any worker the others."""
    from xdist.scheduler import LoadScopeScheduling

    class OneSession(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "spark" if nodeid.startswith("tests/test_spark.py") else nodeid

    return OneSession(config, log) if config.getvalue("dist") == "load" else None
