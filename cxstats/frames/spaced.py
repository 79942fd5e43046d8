"""A log in the order of each customer: how long since the contact before, and until the next.

One idea on every engine: a key, one sort, a shift. In memory customer and time are packed into one 64-bit number where they fit
(else sorted as two); lazy engines shift within windows over the key.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import narwhals as nw
import numpy as np

from cxstats.errors import ColumnError
from cxstats.frames.lazy import LazyFrame
from cxstats.frames.query import Query, zoneless_moment
from cxstats.memory import Frame, MemoryFrame, Rowwise
from cxstats.memory.columns import Columns
from cxstats.memory.keys import Cells, factorised, ordered
from cxstats.memory.order import in_order

if TYPE_CHECKING:
    import pandas as pd

DAY = 86_400e6  # microseconds
EPOCH = datetime.datetime(1970, 1, 1)
BEFORE, AFTER, NEXT = "days_before", "days_after", "next_"


def kept(frame: Frame, condition: Rowwise) -> Frame:
    """Return the rows for which the condition is known and true."""
    if isinstance(frame, MemoryFrame):
        held = np.concatenate([c.truth(condition.evaluate(c)) for c in Columns(frame, frame.data).chunks()])
        data = frame.data if held.all() else frame.data[held]
        return MemoryFrame(data, data)
    assert isinstance(frame, LazyFrame)
    _need_plain(frame)
    query = _query(frame, condition.columns())
    shown = frame.lazy.with_columns(**{place: query.cleaned(name) for name, place in query.places.items()})
    found = shown.filter(query.condition(condition)).select(*frame.columns)
    return LazyFrame(found.to_native(), found, frame.held)


def _need_plain(frame: LazyFrame) -> None:
    """Raise `ColumnError` for a name that Spark reads as a step into a structure: windows take columns by their bare names."""
    odd = next((name for name in frame.columns if frame.engine == "pyspark" and ("." in name or "`" in name)), None)
    if odd is not None:
        raise ColumnError(
            f"column {odd!r}: Spark reads dots and backticks in a name as steps into a structure. Rename it first: "
            f"frame.withColumnRenamed({odd!r}, {odd.replace('.', '_').replace('`', '_')!r})."
        )


def assigned(frame: Frame, columns: Mapping[str, Rowwise]) -> Frame:
    """Return the frame with columns of numbers more, missing where an expression is."""
    if isinstance(frame, MemoryFrame):
        chunks = list(Columns(frame, frame.data).chunks())
        made = {name: [chunk.rowwise(value.evaluate(chunk)) for chunk in chunks] for name, value in columns.items()}
        found = {
            name: [np.broadcast_to(np.where(v.known, v.number(), np.nan), (c.length,)) for v, c in zip(vs, chunks, strict=True)]
            for name, vs in made.items()
        }  # fmt: skip
        data = frame.data.assign(**{name: np.concatenate([np.zeros(0), *parts]) for name, parts in found.items()})
        return MemoryFrame(data, data)
    assert isinstance(frame, LazyFrame)
    query = _query(frame, [name for value in columns.values() for name in value.columns()])
    shown = frame.lazy.with_columns(**{place: query.cleaned(name) for name, place in query.places.items()})
    rows = shown.with_columns(**{name: query.number(value) for name, value in columns.items()})
    rows = rows.select(*frame.columns, *columns)
    return frame.made(rows)


def flagged(frame: Frame, conditions: Mapping[str, Rowwise], drop: Sequence[str] = ()) -> Frame:
    """Return the frame with columns more that are true where a condition is known and true, without the columns to drop."""
    if isinstance(frame, MemoryFrame):
        chunks = list(Columns(frame, frame.data).chunks())
        made = {name: [c.truth(condition.evaluate(c)) for c in chunks] for name, condition in conditions.items()}
        data = frame.data.assign(**{name: np.concatenate([np.zeros(0, bool), *parts]) for name, parts in made.items()})
        data = data.drop(columns=list(drop))
        return MemoryFrame(data, data)
    assert isinstance(frame, LazyFrame)
    query = _query(frame, [name for condition in conditions.values() for name in condition.columns()])
    shown = frame.lazy.with_columns(**{place: query.cleaned(name) for name, place in query.places.items()})
    rows = shown.with_columns(**{name: query.condition(condition) for name, condition in conditions.items()})
    rows = rows.select(*(name for name in frame.columns if name not in drop), *conditions)
    return frame.made(rows)


def _query(frame: LazyFrame, columns: Sequence[str]) -> Query:
    return Query(frame, columns, place=hidden(frame))


def hidden(frame: Frame) -> str:
    """Return how names begin that no column of the frame has: longer than any of them."""
    return f"cx {max(map(len, frame.columns), default=0) * 'x'}"


def extent(frame: Frame, time: str) -> tuple[float, float]:
    """Return the first and the last time, in microseconds since 1970 (NaN if there are none)."""
    if isinstance(frame, MemoryFrame):
        at = _microseconds(frame, time)
        return (float(at.min()), float(at.max())) if len(at) else (np.nan, np.nan)
    assert isinstance(frame, LazyFrame)
    moments = frame.lazy.select(at=moment(frame, time))
    found = moments.select(first=nw.col("at").min(), last=nw.col("at").max()).collect()
    first, last = found["first"].to_list()[0], found["last"].to_list()[0]
    return (np.nan, np.nan) if first is None else (float(first), float(last))


def zone(frame: Frame, time: str) -> str | None:
    """Return the time zone of a column of times, if it has one."""
    if isinstance(frame, MemoryFrame):
        found = getattr(frame.data[time].dt, "tz", None)
        return None if found is None else str(found)
    assert isinstance(frame, LazyFrame)
    return getattr(frame.schema[time], "time_zone", None)


def spaced(
    frame: Frame, by: Sequence[str], time: str, ties: Sequence[str], alike: bool, carry: Sequence[str] = ()
) -> tuple[Frame, int]:
    """Return the frame with columns ``days_before`` and ``days_after``, and how many rows it lost as duplicates.

    Times and keys are never missing here. Contacts of one key at one time go by the columns `ties`, missing ones first. If
    `alike`, rows that agree in key, time and all of these are one contact. Of the columns `carry`, ``next_<name>`` holds the
    value at the next contact.
    """
    return (
        _in_memory(frame, by, time, ties, alike, carry)
        if isinstance(frame, MemoryFrame)
        else _lazily(frame, by, time, ties, alike, carry)
    )


def placed(frame: Frame, time: str, first: float, last: float, names: tuple[str, str]) -> Frame:
    """Return the frame with two columns more: days since the first moment, and days until the last."""
    if isinstance(frame, MemoryFrame):
        at = _microseconds(frame, time)
        data = beside(frame.data, {names[0]: (at - first) / DAY, names[1]: (last - at) / DAY})
        return MemoryFrame(data, data)
    assert isinstance(frame, LazyFrame)
    when = moment(frame, time)
    rows = frame.lazy.with_columns(_days(when - first, when).alias(names[0]), _days(last - when, when).alias(names[1]))
    return frame.made(rows)


def beside(data: pd.DataFrame, columns: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Return the frame with columns more, none of them copied."""
    import pandas as pd

    found = pd.concat([data, pd.DataFrame(columns, index=data.index, copy=False)], axis=1)
    found.attrs = dict(data.attrs)
    return found


# --- in memory ------------------------------------------------------------------------------------------------------------


def _microseconds(frame: MemoryFrame, time: str) -> np.ndarray:
    series: Any = frame.data[time]
    if getattr(series.dt, "tz", None) is not None:
        series = series.dt.tz_convert("UTC").dt.tz_localize(None)
    return np.asarray(series.to_numpy(dtype="datetime64[us]").astype(np.int64))


def sorted_rows(
    frame: MemoryFrame, by: Sequence[str], time: str, ties: Sequence[str], alike: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Return the rows by key and time; in this order where a key begins and the times; and how many rows were twice there."""
    at, factors = _microseconds(frame, time), [factorised(frame.data[name]) for name in by]
    codes = [codes for codes, _ in factors]
    key = codes[0] if len(by) == 1 else Cells(codes, [len(levels) for _, levels in factors], len(at)).number
    order, keys, at = in_order(key, at)
    new = _changes(keys)
    tied = np.flatnonzero(~(new | _changes(at)))
    if not len(tied):
        return order, new, at, 0
    order, gone = _untied(frame, order, tied, ties, alike)
    if len(gone):
        order, keys, at = (np.delete(column, gone) for column in (order, keys, at))
    return order, _changes(keys), at, len(gone)


def _in_memory(
    frame: MemoryFrame, by: Sequence[str], time: str, ties: Sequence[str], alike: bool, carry: Sequence[str]
) -> tuple[Frame, int]:
    order, new, at, gone = sorted_rows(frame, by, time, ties, alike)
    step = np.diff(at, prepend=0) / DAY
    step[new] = np.nan
    rows = len(frame.data)
    before, after = np.zeros(rows), np.full(rows, np.nan)
    before[order] = step
    after[order[:-1]] = step[1:]
    data = beside(frame.data, {BEFORE: before, AFTER: after})
    if carry:
        following = np.full(rows, -1)  # the row of the next contact, -1 for none
        following[order[:-1]] = np.where(new[1:], -1, order[1:])
        there = frame.data[list(carry)].reset_index(drop=True).reindex(following)
        data = data.assign(**{NEXT + name: there[name].array for name in carry})
    if gone:
        stays = np.zeros(rows, dtype=bool)
        stays[order] = True
        data = data[stays]
    return MemoryFrame(data, data), gone


def _changes(values: np.ndarray) -> np.ndarray:
    """Return where a value is not the one before it."""
    found = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=found[1:])
    return found


def _untied(
    frame: MemoryFrame, order: np.ndarray, tied: np.ndarray, ties: Sequence[str], alike: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return the order with contacts at one time in the order of `ties`, and the places in it of what is twice there."""
    places = np.unique(np.concatenate([tied - 1, tied]))
    run = np.cumsum(~np.isin(places, tied))
    rows = frame.data.iloc[order[places]]
    codes = [ordered(*factorised(rows[name])).codes for name in ties]
    rest = (
        [name for name in frame.columns if name not in ties] if alike else []
    )  # the first by what else they hold stays
    last = [ordered(*factorised(rows[name])).codes for name in rest]
    sorting = np.lexsort((*reversed(last), *reversed(codes), run))
    order = order.copy()
    order[places] = order[places][sorting]
    same = ~_changes(run[sorting])
    for code in codes:
        same &= ~_changes(code[sorting])
    return order, places[same] if alike else np.zeros(0, dtype=np.int64)


# --- lazy engines -----------------------------------------------------------------------------------------------------------


def moment(frame: LazyFrame, time: str) -> nw.Expr:
    """Return whole microseconds since 1970, as a 64-bit float holds them exactly."""
    dtype = frame.schema[time]
    if frame.engine == "pyspark":
        return _moment_on_spark(nw.col(time), dtype)
    if dtype == nw.Date:
        return (nw.col(time).cast(nw.Datetime("us")) - EPOCH).dt.total_microseconds().cast(nw.Float64)
    zone = getattr(dtype, "time_zone", None)
    epoch = EPOCH if zone is None else EPOCH.replace(tzinfo=datetime.UTC).astimezone(ZoneInfo(zone))
    return (nw.col(time) - nw.lit(epoch)).dt.total_microseconds().cast(nw.Float64)


def _moment_on_spark(at: nw.Expr, dtype: Any) -> nw.Expr:
    """Return microseconds on Spark, whose spans are cast to whole seconds; what has no zone is never read in the session's."""
    if getattr(dtype, "time_zone", None) is not None:
        return (at.cast(nw.Float64) * 1e6).round(0)
    at = at.cast(nw.Datetime("us"))
    seconds = (at - zoneless_moment(EPOCH, "pyspark")).cast(nw.Int64).cast(nw.Float64)
    return seconds * 1e6 + at.dt.microsecond()


def _days(span: nw.Expr, at: nw.Expr) -> nw.Expr:
    """Return microseconds as days, to the last digit: by a constant polars does not divide, it multiplies by the inverse."""
    return span / (at * 0 + DAY)


def _lazily(
    frame: Frame, by: Sequence[str], time: str, ties: Sequence[str], alike: bool, carry: Sequence[str]
) -> tuple[Frame, int]:
    assert isinstance(frame, LazyFrame)
    rows, gone = frame.lazy, 0
    if alike:
        named = list(dict.fromkeys([*by, time, *ties]))
        counts = rows.group_by(*named).agg(times=nw.len()).filter(nw.col("times") > 1)
        found = counts.select(more=(nw.col("times") - 1).cast(nw.Float64).sum()).collect()["more"].to_list()[0]
        gone = int(found or 0)
        rest = [
            one for one in frame.columns if one not in named
        ]  # of those alike the first by what else they hold stays
        if gone:
            rows = rows.unique(subset=named, keep="first", order_by=rest) if rest else rows.unique(subset=named)
    name = hidden(frame) + "at"
    over, at = {"order_by": [name, *ties]}, nw.col(name)
    rows = rows.with_columns(moment(frame, time).alias(name)).with_columns(
        _days(at - at.shift(1).over(*by, **over), at).alias(BEFORE),
        _days(at.shift(-1).over(*by, **over) - at, at).alias(AFTER),
        *(nw.col(one).shift(-1).over(*by, **over).alias(NEXT + one) for one in carry),
    )
    rows = rows.drop(name)
    rows = rows.collect().lazy() if frame.held else rows  # sorted once, not in every pass
    return frame.made(rows), gone
