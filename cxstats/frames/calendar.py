"""The period of the calendar that a time lies in, as a text that sorts: "2026", "2026Q3", "2026-09", "2026-09-28".

In memory a period is a whole number (quarters since 1970), and only those that occur are named. Lazy engines put the text
together of the parts of the date. Times with a zone lie in the periods of that zone, on DuckDB and Spark of the session's.
"""

from __future__ import annotations

import datetime
from typing import Any

import narwhals as nw
import numpy as np

from cxstats.frames.lazy import LazyFrame
from cxstats.memory import Frame, MemoryFrame
from cxstats.memory.vectors import read

PERIODS = ("year", "quarter", "month", "week", "day")
EPOCH = datetime.date(1970, 1, 1)
TO_MONDAY = 3  # days from the Monday before to 1970-01-01, a Thursday


def dated(frame: Frame, time: str, period: str) -> Frame:
    """Return the frame with a column more, named as the period, of the one that each time lies in; weeks are their Mondays."""
    if isinstance(frame, MemoryFrame):
        import pandas as pd

        rows, numbers = pd.factorize(_numbers(_local(frame, time), period))
        texts = np.asarray([_text(int(number), period) for number in numbers], dtype=object)
        data = frame.data.assign(**{period: texts[rows]})
        return MemoryFrame(data, data)
    assert isinstance(frame, LazyFrame)
    day = frame.column(time)
    if frame.schema[time] != nw.Date:
        day = day.dt.date()  # by a clock in its zone, which a cast is not everywhere
    found = frame.lazy.with_columns(_named(day, period).alias(period))
    return frame.made(found)


# --- in memory ------------------------------------------------------------------------------------------------------------


def _local(frame: MemoryFrame, time: str) -> np.ndarray:
    """Return the times as a clock in their zone shows them."""
    moments: Any = read(frame.data[time].array, "time").values
    local = moments if moments.tz is None else moments.tz_localize(None)
    return np.asarray(local, dtype="datetime64[us]")


def _numbers(at: np.ndarray, period: str) -> np.ndarray:
    """Return how many periods lie between 1970 and each time."""
    if period in ("week", "day"):
        days = at.astype("datetime64[D]").astype(np.int64)
        return days if period == "day" else (days + TO_MONDAY) // 7
    return at.astype("datetime64[M]").astype(np.int64) // {"month": 1, "quarter": 3, "year": 12}[period]


def _text(number: int, period: str) -> str:
    if period in ("week", "day"):
        return (EPOCH + datetime.timedelta(days=number if period == "day" else 7 * number - TO_MONDAY)).isoformat()
    year, part = divmod(number, {"month": 12, "quarter": 4, "year": 1}[period])
    return f"{1970 + year:04d}" + {"month": f"-{part + 1:02d}", "quarter": f"Q{part + 1}", "year": ""}[period]


# --- lazy engines -----------------------------------------------------------------------------------------------------------


def _named(day: nw.Expr, period: str) -> nw.Expr:
    """Return the text of a date's period; a Monday is the date less the days since."""
    if period == "week":
        weekday, monday = day.dt.weekday() % 7, day  # Sunday is 7, on Spark 0
        for number in (0, 2, 3, 4, 5, 6):
            monday = nw.when(weekday == number).then(day.dt.offset_by(f"-{(number - 1) % 7}d")).otherwise(monday)
        return _named(monday.cast(nw.Date), "day")
    year, month = day.dt.year(), day.dt.month()
    if period == "quarter":
        return nw.concat_str(_digits(year, 4), nw.lit("Q"), _digits((month + 2) // 3, 1))
    parts = [_digits(year, 4), nw.lit("-"), _digits(month, 2), nw.lit("-"), _digits(day.dt.day(), 2)]
    return nw.concat_str(*parts[: {"year": 1, "month": 3, "day": 5}[period]])


def _digits(number: nw.Expr, count: int) -> nw.Expr:
    return number.cast(nw.Int64).cast(nw.String).str.zfill(count)
