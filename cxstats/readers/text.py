"""Comma-separated text: the separator is read off the header line, everything else is as RFC 4180 has it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from cxstats.errors import DataError, listing

if TYPE_CHECKING:
    import pandas as pd

SEPARATORS = (",", ";", "\t", "|")


def read_text(path: Path, place: str, usual: str, decimal: str = ".") -> pd.DataFrame:
    """Return the lines as a frame; `usual` is the separator where the header has none."""
    import pandas as pd

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
        if not first.strip():
            raise DataError(f"{place}: the first line is empty; the column names belong there.")
        separator = max(SEPARATORS, key=lambda s: (first.count(s), s == usual))
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file, delimiter=separator))
        twice = sorted({name for name in header if header.count(name) > 1})
        if twice:
            raise DataError(
                f"{place}: the header names {listing(twice)} more than once. Give each column its own name."
            )
        frame = pd.read_csv(
            path, sep=separator, encoding="utf-8-sig", dtype_backend="numpy_nullable", keep_default_na=False,
            na_values=[""], low_memory=False, decimal=decimal,
        )  # fmt: skip
    except UnicodeDecodeError as error:
        raise DataError(
            f"{place}: it is not UTF-8 text (byte {error.object[error.start]:#04x} at position {error.start}). "
            "Save it as 'CSV UTF-8', or as a spreadsheet."
        ) from error
    except (pd.errors.ParserError, csv.Error) as error:
        said = str(error).removeprefix("Error tokenizing data. C error: ").strip()
        raise DataError(f"{place}: its lines do not fit its header: {said}.") from error
    if len(frame) and not isinstance(frame.index, pd.RangeIndex):  # pandas takes surplus cells for an index
        raise DataError(
            f"{place}: the lines have more cells than the {len(header)} names of the header. "
            "Put cells that contain the separator in quotes, or name every column."
        )
    return frame
