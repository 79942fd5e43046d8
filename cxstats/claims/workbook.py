"""Verdicts as files, a CSV or a workbook, each written whole or not at all: numbers are numbers, and no text is a formula."""

from __future__ import annotations

import datetime
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.claims import words
from cxstats.errors import ArgumentError
from cxstats.tables.formulas import write_table

if TYPE_CHECKING:
    from cxstats.claims.verdict import Verdict
    from cxstats.claims.verdicts import Verdicts

CREATED = datetime.datetime(2000, 1, 1)  # equal verdicts give equal bytes
WRITER = {".csv": "to_csv", ".xlsx": "to_excel"}
WIDE = {
    "claim": 28, "says": 48, "reason": 60, "sentence": 80, "region": 18, "verdict": 14, "source": 30, "declared": 18,
    "what": 40, "why": 40, "notes": 60,
}  # fmt: skip
COUNTS, MEASURED = ("n", "n_effective", "n_to_settle"), ("estimate", "conf_low", "conf_high")
SMALL_P = 0.0001


def write_csv(verdicts: Verdicts, path: str | Path) -> Path:
    """Write the verdicts and their parts as comma-separated values."""
    with replacing(path, ".csv") as fresh:
        write_table(fresh, verdicts.frame(parts=True))
    return Path(path)


def write_workbook(verdicts: Verdicts, path: str | Path) -> Path:
    """Write the verdicts and their parts as the first sheet of a workbook, and what they rest on as the second."""
    with replacing(path, ".xlsx") as fresh:
        fresh.write_bytes(_workbook(verdicts))
    return Path(path)


@contextmanager
def replacing(path: Any, ending: str) -> Iterator[Path]:
    """Give a new file to write; when the block ends well it takes the place of the path, else what was there stays."""
    place = f"{WRITER[ending]}(path={str(path)!r})"
    if not isinstance(path, str | os.PathLike) or isinstance(os.fspath(path), bytes):
        raise ArgumentError(f"{place}: a path is a text or a pathlib.Path, not {type(path).__name__}.")
    target = Path(os.path.realpath(path))
    kind = Path(path).suffix.lower()
    if kind != ending:
        other = f", or call {WRITER[kind]}()" if kind in WRITER else ""
        raise ArgumentError(f"{place}: the name of the file ends in {kind or 'nothing'}. End it in {ending}{other}.")
    if not target.parent.is_dir():
        raise ArgumentError(f"{place}: there is no folder {target.parent.name!r}. Make it first, or name another.")
    if target.is_dir():
        raise ArgumentError(f"{place}: this is a folder. Name a file.")
    try:
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(None, "it is protected from writing")
        with tempfile.TemporaryDirectory(prefix=".", dir=target.parent) as workshop:
            fresh = Path(workshop) / target.name
            yield fresh
            fresh.replace(target)
    except OSError as error:
        raise ArgumentError(f"{place}: the file cannot be written ({error.strerror}). Name another.") from error


def _workbook(verdicts: Verdicts) -> bytes:
    import xlsxwriter

    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, options) as book:
        book.set_properties({"created": CREATED})
        text = book.add_format({"quote_prefix": True, "text_wrap": True, "valign": "top"})
        _table(book, verdicts, text)
        sheet = book.add_worksheet("about")
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 100)
        for row, (name, said) in enumerate(_about(verdicts)):
            sheet.write_string(row, 0, name, text)
            sheet.write_string(row, 1, said, text)
    return held.getvalue()


def _table(book: Any, verdicts: Verdicts, text: Any) -> None:
    """Write one row a verdict, each number as it is read and with all its digits; infinite ones as in the CSV."""
    sheet, table, rows = book.add_worksheet("verdicts"), verdicts.frame(parts=True), verdicts._rows()
    bold = book.add_format({"bold": True, "bottom": 1})
    figures: dict[str, Any] = {}
    for column, name in enumerate(table.columns):
        sheet.write_string(0, column, name, bold)
        sheet.set_column(column, column, WIDE.get(name, 12))
        for row, (verdict, value) in enumerate(zip(rows, table[name].tolist(), strict=True), 1):
            if isinstance(value, str):
                sheet.write_string(row, column, value, text)
            elif np.isfinite(value):
                pattern = _pattern(verdict, name, value)
                if pattern not in figures:
                    figures[pattern] = book.add_format({"num_format": pattern, "valign": "top"})
                sheet.write_number(row, column, value, figures[pattern])
            elif np.isinf(value):
                sheet.write_string(row, column, str(value), text)
    sheet.freeze_panes(1, 1)


def _pattern(verdict: Verdict, name: str, value: float) -> str:
    """Return how a number is shown: counts whole, what is measured with the decimals that the printed table has."""
    if name in COUNTS:
        return "#,##0"
    if name == "p_value":
        return "0.00E+00" if 0 < value < SMALL_P else "0.0000"
    if name not in MEASURED:
        return "0.0###"
    shown = words.numbers(verdict)
    if any("e" in text or "×" in text for text in shown):
        return "0.00E+00"
    decimals = max(len(text.partition(".")[2]) for text in shown)
    return "#,##0." + "0" * decimals if decimals else "#,##0"


def _about(verdicts: Verdicts) -> list[tuple[str, str]]:
    """Return what the verdicts rest on, by name: the tally, the level and how it is shared, the declaration, the notes."""
    facts = verdicts._facts()
    shared = {"adjust": verdicts.adjust or "none", "level of each claim": f"{100 * verdicts.each:.4g} %"}
    about = {"claims": facts.pop("claims"), "level": facts.pop("level"), **shared, **facts}
    return [*about.items(), *(("note", f"{claim}: {note}") for claim, note in verdicts._notes())]
