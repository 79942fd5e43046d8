"""Rows stay on their engine; only sums by group leave it.

`wrap` takes the caller's frame as it is. Frames in memory (pandas, pyarrow) go to numpy (`memory`); lazy ones (polars, DuckDB,
Spark) sum by themselves, asked through narwhals (`lazy`, in the words of `query`). This is the one room that imports narwhals.
"""

from cxstats.frames.spaced import extent, kept, spaced
from cxstats.frames.wrap import in_memory, together, wrap

__all__ = ["extent", "in_memory", "kept", "spaced", "together", "wrap"]
