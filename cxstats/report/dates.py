"""Texts become dates by the format that is stated, never by a guess: where none is, the message offers those that fit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cxstats.errors import ConfigError, DataError, listing

if TYPE_CHECKING:
    import pandas as pd

EXCEL = "excel"  # days since 1899-12-30, which a spreadsheet shows as dates
ZONE = re.compile(r"(:\d{2}(?:\.\d+)?) ?(?:Z|[+-]\d{2}(?::?\d{2})?)$")  # a time zone behind a time
DAYS = [f"%{a}{mark}%{b}{mark}%{y}" for y in "Yy" for mark in "./-" for a, b in ("dm", "md")]
FORMATS = [day + time for time in ("", " %H:%M", " %H:%M:%S") for day in DAYS]
FORMATS += [day + time for time in (" %I:%M %p", " %I:%M:%S %p") for day in DAYS if "/" in day]
FORMATS += ["%d %B %Y", "%d %b %Y", "%d. %B %Y", "%B %d, %Y", "%b %d, %Y", "%d-%b-%Y", "%d-%b-%y"]
FORMATS += ["%m/%Y", "%m.%Y", "%b %Y", "%B %Y"]
FORMATS += ["%Y/%m/%d", "%Y.%m.%d", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S"]
MANY_DIGITS = re.compile(r"\d.*\d|\d.*[A-Za-z]{3}")  # what may be a date at all
MOST_TRIED, MOST_WORDS = 5_000, 8
FIRST_DAY, LAST_DAY = 20_000, 80_000  # Excel's numbers of 1954 and 2119
NEEDED = {
    "the year": ("%Y", "%y", "%G", "%c", "%x", "%D"),
    "the month": ("%m", "%b", "%B", "%j", "%U", "%W", "%V", "%c", "%x", "%D"),
}


def need_format(place: str, written: str, every: str | None) -> None:
    """Raise `ConfigError` unless the text is a format of dates."""
    if every is None:
        raise ConfigError(
            f'{place} date_format = "{written}" is for dates that are put together: write every = "quarter" as well, or '
            "leave date_format out."
        )
    if written == EXCEL:
        return
    for what, codes in NEEDED.items():
        if not any(code in written for code in codes) and (what == "the year" or every != "year"):
            raise ConfigError(
                f'{place} date_format = "{written}" has no code for {what}. Write 02.04.2024 as "%d.%m.%Y", 04/02/2024 as '
                f'"%m/%d/%Y", the day numbers of a spreadsheet as "{EXCEL}".'
            )


def as_dates(column: pd.Series[Any], name: str, written: str | None) -> pd.Series[Any]:
    """Return the dates of a column: the day in the time zone of the answer counts.

    Raises
    ------
    DataError
        Some values are no dates in the format stated, or in that of ISO 8601; formats that fit are offered.
    """
    import pandas as pd
    from pandas.api import types

    if types.is_datetime64_any_dtype(column.dtype):
        if written is not None:
            raise DataError(f"column {name!r} holds dates already. Leave date_format out.")
        return column.dt.tz_localize(None) if isinstance(column.dtype, pd.DatetimeTZDtype) else column
    if types.is_object_dtype(column.dtype) and 0 < sum(isinstance(v, str) for v in column) < column.notna().sum():
        raise DataError(
            f"column {name!r} holds dates and texts. A spreadsheet program took some texts for dates, perhaps with day and "
            "month exchanged: go back to the texts, or make all of them dates."
        )
    found = _read(column, written)
    wrong = column[not_dates(column, written)]
    if not len(wrong):
        return found
    such = f"column {name!r} holds {len(wrong):,} {'value that is no date' if len(wrong) == 1 else 'values that are no dates'}"
    if written is not None:
        such += f' of date_format = "{written}"'
    mend = remedy(column.dropna()) if len(wrong) > found.notna().sum() else _leave_out(wrong.drop_duplicates().tolist())
    raise DataError(f"{such}, such as {str(wrong.iloc[0])!r}. {mend}")


def not_dates(column: pd.Series[Any], written: str | None) -> pd.Series[bool]:
    """Return which values are no dates, in the format stated or in that of ISO 8601."""
    return _read(column, written).isna() & column.notna()


def remedy(values: pd.Series[Any]) -> str:
    """Return what to write for these values to be read as dates."""
    values = values.drop_duplicates().head(MOST_TRIED)
    dated = values[[bool(MANY_DIGITS.search(text)) for text in values.astype(str)]]
    fitting = formats(dated) if len(dated) else []
    if not fitting:
        return 'Dates are written 2025-09-30; those of another form need their date_format, as in "%d.%m.%Y" for 30.09.2025.'
    others = [text for text in values if text not in set(dated)]
    more = f" {_leave_out(others)}" if others else ""
    if fitting == [EXCEL]:
        said = f'Days as numbers come from a spreadsheet: write date_format = "{EXCEL}" in [period].'
        return said + more
    shown = [f'date_format = "{one}" ({_example(dated, one)})' for one in fitting]
    if len(fitting) == 1:
        return f"Write {shown[0]} in [period].{more}"
    return f"The data does not say which comes first, day or month: write {' or '.join(shown)} in [period].{more}"


def _leave_out(values: list[Any]) -> str:
    """Return what to do with a few values among dates."""
    shown = f"{listing(values)} in the file"
    if len(values) > MOST_WORDS:
        return f"Correct {shown}."
    return f"Correct {shown} or, if they mean that there is no date, write missing = {values!r} in [data]."


def formats(values: pd.Series[Any]) -> list[str]:
    """Return the formats that read every value; of dates with points the day comes first, as everywhere they are used."""
    values = values.dropna().drop_duplicates().head(MOST_TRIED)
    if not len(values):
        return []
    whole = values.astype("string").str.fullmatch(r"\d{5}(\.\d+)?").all()
    if whole and values.astype(float).between(FIRST_DAY, LAST_DAY).all():
        return [EXCEL]
    found = [one for one in FORMATS if _read(values, one).notna().all()]
    if any(one.startswith("%d.%m") for one in found):
        found = [one for one in found if not one.startswith("%m.%d")]
    four = [one for one in found if "%y" not in one]
    return (four or found)[:2]


def _read(column: pd.Series[Any], written: str | None) -> pd.Series[Any]:
    """Return the dates, missing where there is none in this format."""
    import pandas as pd

    if written == EXCEL:
        days = pd.to_numeric(column.astype("string"), errors="coerce").astype("Float64")
        days = days.where(days.between(FIRST_DAY, LAST_DAY)).astype("float64")
        return pd.to_datetime(days, unit="D", origin="1899-12-30")
    texts = column.astype("string").str.strip()
    if written is None or "%z" in written:
        texts = texts.str.replace(ZONE, r"\1", regex=True)
    written = "ISO8601" if written is None else written.replace("%z", "").rstrip()
    return pd.to_datetime(texts, format=written, errors="coerce")


def _example(values: pd.Series[Any], written: str) -> str:
    """Return how a format reads the first value: "02/04/2024 is 2 April 2024"."""
    first = _read(values.head(1), written).iloc[0]
    return f"{values.iloc[0]} is {first.day} {first:%B} {first.year}"
