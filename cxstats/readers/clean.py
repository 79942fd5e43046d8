"""Cells as they were meant: blanks around a text removed, agreed codes made missing; every change is counted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

BLANK = "blank"


def cleaned(frame: pd.DataFrame, missing: Sequence[object], strip: bool) -> pd.DataFrame:
    """Return the frame with `missing` values missing and, if asked, texts without blanks at their ends.

    ``attrs["left_out"]`` counts by column what became missing, ``attrs["stripped"]`` the cells that lost blanks.
    """
    frame = frame.rename(columns=str)
    gone: dict[str, dict[str, int]] = {}
    stripped: dict[str, int] = {}
    columns: dict[str, Any] = {}
    for name in frame.columns:
        column, counts = frame[name], {}
        if strip:
            column, changed, blank = _stripped(column)
            if changed:
                stripped[name] = changed
            if blank:
                counts[BLANK] = blank
        column, coded = _without(column, missing)
        counts.update(coded)
        columns[name] = column
        if counts:
            gone[name] = counts
    frame = frame.assign(**columns)
    frame.attrs["left_out"], frame.attrs["stripped"] = gone, stripped
    return frame


def written(code: object) -> str:
    """Return how a count of what became missing names the code."""
    return f"written “{code}”"


def _is_text(column: pd.Series[Any]) -> bool:
    from pandas.api import types

    return types.is_object_dtype(column.dtype) or types.is_string_dtype(column.dtype)


def _stripped(column: pd.Series[Any]) -> tuple[pd.Series[Any], int, int]:
    """Return the column without blanks at the ends of texts, how many texts changed, and how many were only blanks."""
    import pandas as pd

    if not _is_text(column) or isinstance(column.dtype, pd.CategoricalDtype):
        return column, 0, 0
    values = column.tolist()
    changed = [isinstance(v, str) and v != v.strip() for v in values]
    if not any(changed):
        return column, 0, 0
    new = [(v.strip() or None) if c else v for v, c in zip(values, changed, strict=True)]
    blank = sum(c and v is None for v, c in zip(new, changed, strict=True))
    return pd.Series(new, index=column.index, dtype=column.dtype), sum(changed) - blank, blank


def _without(column: pd.Series[Any], missing: Sequence[object]) -> tuple[pd.Series[Any], dict[str, int]]:
    """Return the column with the agreed values missing, and how often each was there."""
    import pandas as pd
    from pandas.api import types

    if not missing or types.is_datetime64_any_dtype(column.dtype) or types.is_bool_dtype(column.dtype):
        return column, {}
    codes: dict[Any, str] = {}
    for value in missing:
        codes.setdefault(_alike(value), str(value))
    present = [v for v in column.dropna().unique().tolist() if not isinstance(v, bool)]
    hits = {value: codes[_alike(value)] for value in present if _alike(value) in codes}
    if not hits:
        return column, {}
    found = column.isin(list(hits)).fillna(False).astype(bool)
    counts: dict[str, int] = {}
    for value, n in column[found].value_counts(sort=False).items():
        if n:
            said = written(hits[value])
            counts[said] = counts.get(said, 0) + int(n)
    column = column.where(~found)
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.cat.remove_categories(list(hits))
    return column, dict(sorted(counts.items()))


def _alike(value: object) -> object:
    """Return what two spellings of one value share: 99, 99.0 and "99" are the same code."""
    try:
        number = float(str(value))
    except ValueError:
        return str(value)
    return number if math.isfinite(number) else str(value)
