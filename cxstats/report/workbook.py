"""The tables as one workbook: what they rest on first, then a sheet a table; what is a text is never a formula.

Numbers are numbers, shown with the decimals of their metric and kept with all their digits. A text that starts as a formula
would is marked as text for the spreadsheet program too (the quote prefix of its cell), so it stays one when edited. The
file carries no time, so that equal tables give equal bytes.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxstats.report.measures import Measured
from cxstats.report.sidebyside import SideBySide
from cxstats.report.words import shown
from cxstats.tables import write_banner
from cxstats.tables.formulas import FORMULA
from cxstats.tables.text import decimals

if TYPE_CHECKING:
    import pandas as pd

CREATED = datetime.datetime(2000, 1, 1)
WHOLE, P = ("n", "periods", "family", "answers"), ("p_value", "p_unadjusted")
ONE_DIGIT = ("n_effective", "df")
LONGEST_NAME, FORBIDDEN = 31, str.maketrans("[]:*?/\\", "       ")
WIDEST, NARROWEST = 60, 9


def write_workbook(
    path: Path,
    facts: Sequence[tuple[str, str]],
    tables: Mapping[str, pd.DataFrame],
    found: Sequence[Measured],
    beside: SideBySide | None = None,
) -> Path:
    """Write a workbook and return its path.

    Parameters
    ----------
    path : pathlib.Path
        The file, ``.xlsx``.
    facts : sequence of (str, str)
        What the first sheet says: a name and a text a row; the first is the title.
    tables : mapping of pandas.DataFrame
        The sheets, by name.
    found : sequence of Measured
        The metrics, whose decimals the numbers are shown with.
    beside : SideBySide, optional
        The groups of the latest period side by side, a sheet of its own.

    Returns
    -------
    pathlib.Path
        The path.
    """
    import xlsxwriter

    digits = {m.metric.name: decimals(m.metric.score.unit, m.by_period["std_error"]) for m in found}
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"created": CREATED, "title": facts[0][1], "author": "", "comments": "Made with cxstats"})
        style = _Styles(book)
        _about(book.add_worksheet("about"), style, facts)
        names = {"about"}
        if beside is not None and beside.banner is not None:
            names.add("side by side")
            write_banner(book, beside.banner, "side by side")
        for name, table in tables.items():
            names.add(title := _sheet_name(name, names))
            _table(book.add_worksheet(title), style, table, digits)
    return path


class _Styles:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book, self._made = book, {}  # type: Any, dict[tuple[tuple[str, Any], ...], Any]

    def __call__(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"valign": "top", **properties})
        return self._made[key]

    def text(self, text: str, **properties: Any) -> Any:
        """Return the format of a text, which the program takes as one whatever it starts with."""
        return self(**properties, quote_prefix=True) if text.startswith(FORMULA) else self(**properties)


def _sheet_name(name: str, taken: set[str]) -> str:
    """Return a name that a spreadsheet allows, unlike those taken."""
    stem = name.translate(FORBIDDEN).strip("' ")[:LONGEST_NAME] or "table"
    free, k = stem, 2
    while free.lower() in taken:
        free, k = f"{stem[: LONGEST_NAME - 3]}-{k}", k + 1
    return free


def _about(sheet: Any, style: _Styles, facts: Sequence[tuple[str, str]]) -> None:
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 100)
    sheet.hide_gridlines(2)
    for row, (name, said) in enumerate(facts):
        size = {"font_size": 14, "bold": True} if row == 0 else {}
        sheet.write_string(row, 0, name, style(font_color="#57606A"))
        sheet.write_string(row, 1, said, style.text(said, text_wrap=True, **size))


def _table(sheet: Any, style: _Styles, table: pd.DataFrame, digits: Mapping[str, int]) -> None:
    """Write one table under a header that stays in sight, columns as wide as their texts, rows to be filtered."""
    columns = list(map(str, table.columns))
    for c, name in enumerate(columns):
        sheet.write_string(0, c, name, style.text(name, bold=True, bottom=1, bg_color="#F0F3F6"))
        texts = [name]
        for r, (value, metric) in enumerate(zip(table[name].tolist(), _metrics(table), strict=True), start=1):
            texts.append(_cell(sheet, style, r, c, value, name, digits.get(metric, 2)))
        sheet.set_column(c, c, min(max(NARROWEST, 2 + max(map(len, texts))), WIDEST))
    first = 1 if columns and columns[0] == "metric" else 0
    sheet.freeze_panes(1, first)
    sheet.autofilter(0, 0, max(len(table), 1), max(len(columns) - 1, 0))


def _metrics(table: pd.DataFrame) -> list[str]:
    return [str(m) for m in table["metric"]] if "metric" in table else [""] * len(table)


def _cell(sheet: Any, style: _Styles, row: int, column: int, value: Any, name: str, digits: int) -> str:
    """Write one cell and return its text as far as width goes; what is missing stays empty."""
    import pandas as pd

    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        text = shown(value)
        sheet.write_string(row, column, text, style.text(text))
        return text
    pattern = _pattern(value, name, digits)
    sheet.write_number(row, column, value, style(num_format=pattern))
    return f"{value:,.0f}" + pattern.partition(".")[2]


def _pattern(value: float, name: str, digits: int) -> str:
    """Return how a number is shown: counts whole, p-values with three decimals, the rest as its metric; years as they are."""
    if name in P:
        return "0.000"
    if name in WHOLE:
        return "#,##0"
    if name in ONE_DIGIT:
        return "#,##0.0"
    if isinstance(value, int):
        return "0"
    more = digits + (name in ("std_error", "slope"))
    return "#,##0." + "0" * more if more else "#,##0"
