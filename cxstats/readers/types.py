"""Columns get the type that their values have: whole numbers stay whole, yes/no stays yes/no, beside missing cells."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

MISSING_NUMBERS = frozenset({"NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "#N/A"})


def settled(frame: pd.DataFrame, decimal: str = ".", thousands: str | None = None) -> pd.DataFrame:
    """Return the frame with nullable types; "NA" is missing where every other value is a number or true/false."""
    frame = frame.rename(columns=str)
    return frame.assign(**{name: _settled(frame[name], decimal, thousands) for name in frame.columns})


def _settled(column: pd.Series[Any], decimal: str, thousands: str | None) -> pd.Series[Any]:
    import pandas as pd
    from pandas.api import types

    column = column.infer_objects()
    if isinstance(column.dtype, pd.CategoricalDtype) or types.is_datetime64_any_dtype(column.dtype):
        return column
    if not (types.is_object_dtype(column.dtype) or types.is_string_dtype(column.dtype)):
        return column.convert_dtypes()
    blank = column.isna() | column.isin(list(MISSING_NUMBERS))
    values = column[~blank]
    if not len(values):
        return column.where(~column.isna()) if column.notna().any() else pd.Series(pd.NA, column.index, dtype="Float64")
    truths = {True: True, False: False, "True": True, "False": False, "TRUE": True, "FALSE": False}
    if values.isin(list(truths)).all() and not any(type(v) in (int, float) for v in values.unique()):
        return column.where(~blank).map(truths).astype("boolean")
    if thousands is not None:
        values = values.map(partial(_without_marks, mark=thousands, decimal=decimal))
    numbers = pd.to_numeric(values if decimal == "." else values.map(_with_point), errors="coerce")
    if not any(isinstance(v, bool) for v in values.unique()) and numbers.notna().all():
        return numbers.reindex(column.index).convert_dtypes()
    return column


def _with_point(value: Any) -> Any:
    """Return a text with a decimal comma as one with a point; one with a point already is no number."""
    return value if not isinstance(value, str) else "" if "." in value else value.replace(",", ".")


def _without_marks(value: Any, mark: str, decimal: str) -> Any:
    """Return a text such as 1.090,00 without its marks between thousands; others, such as 01.02.2025, stay."""
    grouped = rf"[+-]?\d{{1,3}}({re.escape(mark)}\d{{3}})+({re.escape(decimal)}\d+)?"
    return value.replace(mark, "") if isinstance(value, str) and re.fullmatch(grouped, value.strip()) else value
