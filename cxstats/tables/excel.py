"""The banner as one sheet of a workbook: numbers with all their digits, letters below them, and no cell that is a formula."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.tables.cells import WITHHELD
from cxstats.tables.text import decimals, header, records

if TYPE_CHECKING:
    from cxstats.tables.banner import Banner

CREATED = datetime.datetime(2000, 1, 1)  # equal banners give equal bytes
HEADS, LEFT = 3, 1
TEXT = {"quote_prefix": True}  # stays a text when edited, whatever it starts with


def workbook(banner: Banner) -> bytes:
    """Return the bytes of a workbook with the banner as its only sheet."""
    import xlsxwriter

    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True})
    book.set_properties({"created": CREATED})
    write_banner(book, banner)
    book.close()
    return held.getvalue()


def write_banner(book: Any, banner: Banner, name: str = "banner") -> Any:
    """Write a banner as one sheet of a workbook.

    Parameters
    ----------
    book : xlsxwriter.Workbook
        The workbook, still open.
    banner : Banner
        What to write.
    name : str
        Name of the sheet; Excel takes at most 31 characters, no brackets, colons, asterisks, slashes or question marks.

    Returns
    -------
    xlsxwriter.Worksheet
        The sheet. Of each metric it has four rows: the estimate as a number, the letters of the columns it lies significantly
        above, n, and effective n; the notes stand below. Text is written as text, whatever it starts with.

    Examples
    --------
    >>> import io, pandas as pd, xlsxwriter, cxstats as cx
    >>> from cxstats.tables import write_banner
    >>> answers = pd.DataFrame({"overall": [5, 4, 2, 5, 3, 4], "channel": list("aaabbb")})
    >>> with xlsxwriter.Workbook(io.BytesIO()) as book:
    ...     write_banner(book, cx.banner(answers, cx.csat("overall"), by="channel"), "satisfaction").get_name()
    'satisfaction'
    """
    sheet = book.add_worksheet(name)
    formats = {
        "bold": book.add_format({"bold": True, **TEXT}),
        "name": book.add_format({"bold": True, "align": "right", "text_wrap": True, "valign": "bottom", **TEXT}),
        "letter": book.add_format({"align": "right", "bottom": 1}),
        "higher": book.add_format({"align": "right", "bold": True, "font_size": 9}),
        "word": book.add_format({"align": "right", "italic": True}),
        "base": book.add_format({"num_format": "#,##0", "font_color": "#666666"}),
        "note": book.add_format(TEXT),
        "soft": book.add_format({"indent": 1, "font_color": "#666666"}),
    }
    columns = header(banner)
    _head(sheet, columns, formats)
    row = HEADS
    for metric, cells in records(banner.frame()):
        unit = str(cells[0]["unit"])
        digits = decimals(unit, np.asarray([cell["std_error"] for cell in cells]))
        formats["number"] = book.add_format({"num_format": "#,##0" + ("." + "0" * digits if digits else "")})
        sheet.write_string(row, 0, f"{metric}, {unit}" if unit else metric, formats["bold"])
        for offset, heading in enumerate(("higher than", "n", "effective n"), 1):
            sheet.write_string(row + offset, 0, heading, formats["soft"])
        for column, cell in enumerate(cells, LEFT):
            _cell(sheet, row, column, cell, formats)
        row += 5
    for offset, note in enumerate(banner.notes):
        sheet.write_string(row + offset, 0, note, formats["note"])
    return sheet


def _head(sheet: Any, columns: list[tuple[str, str, str]], formats: Mapping[str, Any]) -> None:
    """Write the names of groups and columns and the letters, and keep them in sight."""
    column = LEFT
    for group, of in groupby(head[0] for head in columns):
        sheet.write_string(0, column, group, formats["bold"])
        column += len(list(of))
    sheet.write_string(2, 0, "", formats["letter"])
    for column, (_, name, letter) in enumerate(columns, LEFT):
        sheet.write_string(1, column, name, formats["name"])
        sheet.write_string(2, column, letter, formats["letter"])
    sheet.set_column(0, 0, 28)
    sheet.set_column(LEFT, LEFT + len(columns) - 1, 11)
    sheet.freeze_panes(HEADS, LEFT)


def _cell(sheet: Any, row: int, column: int, cell: Mapping[str, Any], formats: Mapping[str, Any]) -> None:
    """Write one cell of the banner: number, letters, n and effective n below each other, or why there are none."""
    if np.isnan(cell["n"]):
        why = WITHHELD if cell["note"].startswith(WITHHELD) else cell["note"]
        sheet.write_string(row, column, why, formats["word"])
        return
    if np.isfinite(cell["estimate"]):
        sheet.write_number(row, column, cell["estimate"], formats["number"])
    else:
        sheet.write_string(row, column, "–" if cell["n"] == 0 else "unknown", formats["word"])
    sheet.write_string(row + 1, column, cell["higher_than"], formats["higher"])
    sheet.write_number(row + 2, column, cell["n"], formats["base"])
    if np.isfinite(cell["n_effective"]):
        sheet.write_number(row + 3, column, cell["n_effective"], formats["base"])
    elif np.isinf(cell["n_effective"]):
        sheet.write_string(row + 3, column, "∞", formats["word"])
