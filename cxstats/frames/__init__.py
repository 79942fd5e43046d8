"""Rows stay on their engine; only sums by group leave it.

`wrap` takes the caller's frame as it is. Frames in memory (pandas, pyarrow) go to numpy (`memory`); lazy ones (polars, DuckDB,
Spark) sum by themselves, asked through narwhals (`lazy`, in the words of `query`). This is the one room that imports narwhals.
"""

from cxstats.frames.calendar import PERIODS, dated
from cxstats.frames.runs import Runs, returned, runs
from cxstats.frames.spaced import AFTER, BEFORE, NEXT, assigned, extent, flagged, kept, placed, spaced, zone
from cxstats.frames.table import coded
from cxstats.frames.wrap import in_memory, some, together, wrap

__all__ = [
    "AFTER", "BEFORE", "NEXT", "PERIODS", "Runs", "assigned", "coded", "dated", "extent", "flagged", "in_memory", "kept",
    "placed", "returned", "runs", "some", "spaced", "together", "wrap", "zone",
]  # fmt: skip
