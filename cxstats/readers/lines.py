"""Where a row lies in its file: what an editor or a spreadsheet program shows in the margin."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from cxstats.readers.files import SHEETS, TEXT
from cxstats.readers.text import UTF_8, start_of


def line_numbers(path: Path, rows: Sequence[int], encoding: str | None = None) -> list[int]:
    """Return the lines of a file in which rows begin, both in rising order; rows are counted from 0, lines from 1.

    Empty lines and cells of several lines are counted as an editor counts them. Parquet has rows only.
    """
    kind = path.suffix.lower()
    if kind not in TEXT:
        return [row + 1 + (kind in SHEETS) for row in rows]
    _, separator, stated = start_of(path, TEXT[kind], encoding or UTF_8)
    with path.open(encoding=encoding or UTF_8, newline="") as file:
        reader = csv.reader(islice(file, int(stated), None), delimiter=separator)
        begins, wanted, row, found = int(stated) + 1, set(rows), -1, []
        for cells in reader:  # the header is row -1
            if cells and row in wanted:
                found.append(begins)
            if len(found) == len(wanted):
                break
            row += bool(cells)
            begins = reader.line_num + int(stated) + 1
    return found
