"""Verdicts as one sheet of a workbook: numbers are numbers, and no text is a formula."""

from __future__ import annotations

import datetime
import io
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cxstats.claims.verdicts import Verdicts

CREATED = datetime.datetime(2000, 1, 1)  # equal verdicts give equal bytes
WIDE = {
    "claim": 28,
    "says": 48,
    "reason": 60,
    "sentence": 80,
    "region": 18,
    "verdict": 14,
    "source": 30,
    "declared": 18,
}


def workbook(verdicts: Verdicts, held: io.BytesIO) -> None:
    """Write the verdicts and their parts into a workbook."""
    import xlsxwriter

    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    table = verdicts.frame(parts=True)
    with xlsxwriter.Workbook(held, options) as book:
        book.set_properties({"created": CREATED})
        sheet = book.add_worksheet("verdicts")
        bold = book.add_format({"bold": True, "bottom": 1})
        text = book.add_format({"quote_prefix": True, "text_wrap": True, "valign": "top"})
        figure = book.add_format({"num_format": "#,##0.00", "valign": "top"})
        for column, name in enumerate(table.columns):
            sheet.write_string(0, column, name, bold)
            sheet.set_column(column, column, WIDE.get(name, 12))
            for row, value in enumerate(table[name].tolist(), 1):
                if isinstance(value, str):
                    sheet.write_string(row, column, value, text)
                elif np.isfinite(value):
                    sheet.write_number(row, column, value, figure)
                elif np.isinf(value):
                    sheet.write_string(row, column, "infinite", text)
        sheet.freeze_panes(1, 1)
        notes = verdicts._footer()
        for offset, note in enumerate(notes, len(table) + 2):
            sheet.write_string(offset, 0, note)
