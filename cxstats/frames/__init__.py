"""Rows stay on their engine; only sums by group leave it.

`wrap` takes the caller's frame as it is. Frames in memory (pandas, pyarrow) go to numpy (`memory`); lazy ones (polars, DuckDB,
Spark) sum by themselves, asked through narwhals (`lazy`, in the words of `query`). This is the one room that imports narwhals.
"""

from cxstats.frames.runs import Runs, runs
from cxstats.frames.spaced import AFTER, BEFORE, NEXT, assigned, extent, flagged, kept, placed, spaced
from cxstats.frames.wrap import in_memory, together, wrap

__all__ = [
    "AFTER", "BEFORE", "NEXT", "Runs", "assigned", "extent", "flagged", "in_memory", "kept", "placed", "runs", "spaced",
    "together", "wrap",
]  # fmt: skip
