"""Times of contacts: read from texts of one format, and moments stated by the caller."""

from __future__ import annotations

import datetime
import warnings
from typing import Any

import numpy as np

from cxstats.errors import ArgumentError, ColumnError, DataError
from cxstats.memory import Frame, MemoryFrame

EPOCH = datetime.datetime(1970, 1, 1)
NEEDED = "a time such as '2026-09-30 23:59' is needed"
OTHER_FORMAT = 0.001  # of the texts may be slips; more that read as times of another format are another format
ZONED = r":\d\d(?:[.,]\d+)? ?(?:Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)$"
SQL = 'TRY_CAST("{0}" AS TIMESTAMP)'  # blanks become missing
TEXTS = {  # become times
    "polars": "polars.col({0!r}).str.to_datetime(strict=False)",
    "pyspark": "frame[{0!r}].cast('timestamp_ntz')",
}
SECONDS = {  # since 1970 become times
    "polars": "polars.from_epoch({0!r})",
    "duckdb": 'make_timestamp(CAST("{0}" * 1000000 AS BIGINT))',
    "pyspark": "frame[{0!r}].cast('timestamp')",
}


def as_times(frame: Frame, time: str, place: str) -> tuple[Frame, int]:
    """Return the frame with a column of times, and how many texts could not be read as such."""
    kind = frame.kinds([time])[time]
    if kind == "time":
        return (_moments(frame, time, place) if isinstance(frame, MemoryFrame) else frame), 0
    if kind == "text" and isinstance(frame, MemoryFrame):
        return _read(frame, time, place)
    if kind == "text":
        raise ColumnError(
            f"{place}: column {time!r} holds texts (such as {_example(frame, time)!r}). On {frame.engine} give it as times: "
            f"convert it there first, such as {TEXTS.get(frame.engine, SQL).format(time)}."
        )
    seconds = SECONDS.get(frame.engine, "pandas.to_datetime(frame[{0!r}], unit='s')").format(time)
    raise ColumnError(
        f"{place}: column {time!r} holds {frame.described(time)}, where times are needed"
        + (f". Seconds since 1970 become times by {seconds}." if kind == "number" else ": convert it first.")
    )


def _moments(frame: MemoryFrame, time: str, place: str) -> Frame:
    """Return the frame with dates and times that Python holds one by one as a column of times."""
    import pandas as pd

    column = frame.data[time]
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return frame
    values = column.astype(object)
    given = values[values.notna()]
    zoned = given.map(lambda value: getattr(value, "tzinfo", None) is not None).to_numpy(dtype=bool)
    _need_alike(given, zoned, time, place)
    data = frame.data.assign(**{time: pd.to_datetime(values, utc=bool(zoned.any()))})
    return MemoryFrame(data, data)


def _need_alike(values: Any, zoned: np.ndarray, time: str, place: str) -> None:
    """Raise `DataError` where some times have a zone and others none."""
    if zoned.any() and not zoned.all():
        one, other = (str(values[zoned == has].iloc[0]) for has in (True, False))
        raise DataError(
            f"{place}: column {time!r} holds times with a zone, such as {one!r}, and {int((~zoned).sum()):,} without, such as "
            f"{other!r}. Give all of them a zone, or none."
        )


def _example(frame: Frame, time: str) -> Any:
    return frame.described(time).removeprefix("text (such as ").removesuffix(")").strip("'\"")


def _read(frame: MemoryFrame, time: str, place: str) -> tuple[Frame, int]:
    import pandas as pd

    texts = frame.data[time].astype(object)
    given = texts.notna()
    if not given.any():
        data = frame.data.assign(**{time: pd.to_datetime(texts)})
        return MemoryFrame(data, data), 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # pandas on days and months: we say it ourselves
        found = _read_one_way(texts, given, time, place)
    unread = given & found.isna()
    data = frame.data.assign(**{time: found})
    return MemoryFrame(data, data), int(unread.sum())


def _read_one_way(texts: Any, given: Any, time: str, place: str) -> Any:
    """Return texts as times; raise `DataError` where they are of two formats, or day and month cannot be told apart."""
    one = str(texts[given].iloc[0])
    ways = {shape: _parsed(texts, shape) for shape in _shapes(one)}
    shape = max(ways, key=lambda way: ways[way].notna().sum())
    found, alike = ways[shape], [w for w in ways if ways[w].notna().equals(ways[shape].notna())]
    if len(alike) > 1 and not ways[alike[0]].equals(ways[alike[1]]) and "%d.%m" not in "".join(alike):
        raise DataError(
            f"{place}: column {time!r} holds texts such as {one!r}, of which neither day nor month can be told: all read both "
            f"ways. Convert them before: pandas.to_datetime(frame[{time!r}], dayfirst=True), or False."
        )
    found = next((ways[w] for w in alike if w.startswith("%d.%m")), found)  # with dots the day comes first
    unread = given & found.isna()
    if unread.sum() > OTHER_FORMAT * given.sum():
        two = str(texts[unread].iloc[0])
        if any(_parsed(texts[unread], other).notna().any() for other in _shapes(two)):
            row = int(unread.to_numpy().argmax()) + 1
            raise DataError(
                f"{place}: column {time!r} holds times of two formats, such as {one!r} and {two!r} (row {row}; "
                f"{int(unread.sum()):,} such rows). Convert them before, each by its own format."
            )
    if found.dt.tz is not None:  # texts without a zone would be read as of UTC
        read = texts[given & found.notna()].astype(str)
        _need_alike(read, read.str.contains(ZONED).to_numpy(dtype=bool), time, place)
    return found


def _shapes(example: str) -> list[str]:
    """Return the formats that a text may have, the month first or the day."""
    from pandas.tseries.api import guess_datetime_format

    if example[:4].isdigit() and example[4:5] == "-":
        return ["ISO8601"]
    found = [guess_datetime_format(example, dayfirst=first) for first in (False, True)]
    return list(dict.fromkeys(shape for shape in found if shape)) or ["ISO8601"]


def _parsed(texts: Any, shape: str) -> Any:
    """Return texts as times by a format, NaT where they do not fit; times of day may be shorter or longer if ISO.

    Texts of several zones become times of UTC.
    """
    import pandas as pd

    try:
        return pd.to_datetime(texts, errors="coerce", format=shape)
    except ValueError:  # of several zones, or some of none
        return pd.to_datetime(texts, errors="coerce", format=shape, utc=True)


def moment(stated: Any, seen: float, zone: str | None, place: str, begins: bool = False) -> float:
    """Return the end (or beginning) of a log in microseconds since 1970: as stated, by the clock of its zone, else as seen."""
    if stated is None:
        return seen
    import pandas as pd

    try:
        when = pd.NaT if isinstance(stated, int | float | np.number) else pd.Timestamp(stated)
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"{place}: {NEEDED}, not {stated!r}.") from error
    if pd.isna(when):
        raise ArgumentError(f"{place}: {NEEDED}, not {stated!r}.")
    if when.tzinfo is not None and zone is None:
        raise ArgumentError(
            f"{place}: {stated!s} has a time zone, but the times of the log have none. State it without."
        )
    if zone is not None:
        when = when.tz_localize(zone, ambiguous=False, nonexistent="shift_forward") if when.tzinfo is None else when
        when = when.tz_convert("UTC").tz_localize(None)
    at = (when.to_pydatetime(warn=False) - EPOCH) / datetime.timedelta(microseconds=1)
    if at > seen if begins else at < seen:
        other, does = EPOCH + datetime.timedelta(microseconds=seen), "begin" if begins else "end"
        raise DataError(
            f"{place}: the log is said to {does} at {when}, but holds a contact at {other}. State "
            f"{'an earlier beginning' if begins else 'a later end'}, or leave out contacts with times that cannot be."
        )
    return at
