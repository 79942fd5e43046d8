"""Comma-separated text: the separator is read off the header line, everything else is as RFC 4180 has it."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

from cxstats.errors import DataError
from cxstats.readers.contents import need_text, other_encoding
from cxstats.readers.headings import TITLE, need_unique

if TYPE_CHECKING:
    import pandas as pd

SEPARATORS = (",", ";", "\t", "|")
UTF_8 = "utf-8-sig"  # with the mark of its kind in front, or without
STATED = re.compile(r"sep=(.)\s*", re.IGNORECASE)  # Excel's line about the separator, above the header


def start_of(path: Path, usual: str, encoding: str) -> tuple[str, str, bool]:
    """Return the line of the header, the separator, and whether a line above states it; `usual` is taken if none shows."""
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline()
        stated = STATED.fullmatch(first)
        first = file.readline() if stated else first
    return first, stated[1] if stated else max(SEPARATORS, key=lambda s: (first.count(s), s == usual)), bool(stated)


def read_text(path: Path, place: str, usual: str, decimal: str = ".", encoding: str = UTF_8) -> pd.DataFrame:
    """Return the lines as a frame; `usual` is the separator where the header has none."""
    import pandas as pd

    need_text(path, place)
    try:
        first, separator, stated = start_of(path, usual, encoding)
        if not first.strip():
            raise DataError(f"{place}: the first line is empty; the column names belong there.")
        with path.open(encoding=encoding, newline="") as file:
            if stated:
                file.readline()
            header = next(csv.reader(file, delimiter=separator))
            second = next(filter(str.strip, file), "")
        other = separator not in second and any(s in second for s in SEPARATORS)
        if '"' not in second and (other or (len(header) == 1 and separator in second)):
            raise DataError(f"{place}: the first line is {first.strip()!r}, the next has more cells. {TITLE}")
        need_unique(place, [name for name in header if name.strip()])
        frame = pd.read_csv(
            path, sep=separator, encoding=encoding, dtype_backend="numpy_nullable", keep_default_na=False,
            na_values=[""], low_memory=False, decimal=decimal, skiprows=1 if stated else 0,
        )  # fmt: skip
    except UnicodeError as error:
        found = (
            f" (byte {error.object[error.start]:#04x} at position {error.start})"
            if isinstance(error, UnicodeDecodeError)
            else ""
        )
        raise DataError(
            f"{place}: it is not {'UTF-8' if encoding == UTF_8 else encoding} text{found}. {other_encoding(path)}"
        ) from error
    except (pd.errors.ParserError, csv.Error) as error:
        said = str(error).removeprefix("Error tokenizing data. C error: ").strip()
        raise DataError(
            f"{place}: its lines do not fit its header, {first.strip()!r}: {said}. Put cells "
            f"that contain {separator!r} in quotes; delete title lines above the column names."
        ) from error
    if len(frame) and not isinstance(frame.index, pd.RangeIndex):  # pandas takes surplus cells for an index
        raise DataError(
            f"{place}: the lines have more cells than the {len(header)} names of the header, {first.strip()!r}. If that is a "
            f"title, delete it; else put cells that contain {separator!r} in quotes, or name every column."
        )
    return frame
