"""Times of contacts: read from texts of one format, and moments stated by the caller."""

from __future__ import annotations

import datetime
import warnings
from typing import Any

from cxstats.errors import ArgumentError, ColumnError, DataError
from cxstats.memory import Frame, MemoryFrame

OTHER_FORMAT = 0.001  # of the texts may be slips; more that read as times of another format are another format


def as_times(frame: Frame, time: str, place: str) -> tuple[Frame, int]:
    """Return the frame with a column of times, and how many texts could not be read as such."""
    kind = frame.kinds([time])[time]
    if kind == "time":
        return frame, 0
    if kind == "text" and isinstance(frame, MemoryFrame):
        return _read(frame, time, place)
    if kind == "text":
        raise ColumnError(
            f"{place}: column {time!r} holds texts (such as {_example(frame, time)!r}). On {frame.engine} give it as times: "
            f"convert it there first, such as CAST({time} AS TIMESTAMP)."
        )
    raise ColumnError(
        f"{place}: column {time!r} holds {frame.described(time)}, where times are needed. Seconds since 1970 become times by "
        f"pandas.to_datetime(frame[{time!r}], unit='s')."
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
    return found


def _shapes(example: str) -> list[str]:
    """Return the formats that a text may have, the month first or the day."""
    from pandas.tseries.api import guess_datetime_format

    if example[:4].isdigit() and example[4:5] == "-":
        return ["ISO8601"]
    found = [guess_datetime_format(example, dayfirst=first) for first in (False, True)]
    return list(dict.fromkeys(shape for shape in found if shape)) or ["ISO8601"]


def _parsed(texts: Any, shape: str) -> Any:
    """Return texts as times by a format, NaT where they do not fit; times of day may be shorter or longer if ISO."""
    import pandas as pd

    return pd.to_datetime(texts, errors="coerce", format=shape)


def moment(stated: Any, last: float, place: str) -> float:
    """Return the end of the log in microseconds since 1970: the one stated, else its last contact."""
    if stated is None:
        return last
    import pandas as pd

    try:
        when = pd.Timestamp(stated)
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"{place}: a time such as '2026-09-30 23:59' is needed, not {stated!r}.") from error
    if when.tzinfo is not None:
        when = when.tz_convert("UTC").tz_localize(None)
    end = when.value / 1000
    if end < last:
        later = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=last)
        raise DataError(
            f"{place}: the log is said to end at {when}, but holds a contact at {later}. State a later end, or leave out "
            "contacts with times that cannot be."
        )
    return end
