"""The column names of a file: one a column, each once; titles, merged headings and empty columns are told apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cxstats.errors import DataError, listing

if TYPE_CHECKING:
    import pandas as pd

TITLE = (
    "The column names belong in the first line, one a column: delete titles and merged headings above them, and name every "
    "column."
)
UNNAMED = re.compile(r"Unnamed: (\d+)")  # what pandas calls a column without a name


def need_unique(place: str, columns: list[str]) -> None:
    """Raise `DataError` if two columns share a name, which pandas would quietly change."""
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise DataError(
            f"{place}: the header names {listing(twice)} more than once. Give each column a name of its own."
        )


def named(frame: pd.DataFrame, place: str, strip: bool) -> pd.DataFrame:
    """Return the frame without empty columns that have no name, and, if asked, names without blanks at their ends.

    One column without a name may hold something: the row numbers that other programs write.
    """
    frame = frame.rename(columns=str)
    blank = [name for name in frame.columns if UNNAMED.fullmatch(name) or not name.strip()]
    empty = [name for name in blank if frame[name].isna().all()]
    held = [name for name in blank if name not in empty]
    if len(held) > 1:
        places = ", ".join(str(i) for i, name in enumerate(frame.columns, start=1) if name in held[:8])
        raise DataError(f"{place}: the columns {places} hold values and have no name. {TITLE}")
    frame = frame.drop(columns=empty)
    if strip:
        need_unique(place, [name.strip() for name in frame.columns])
        frame = frame.rename(columns=str.strip)
    return frame
