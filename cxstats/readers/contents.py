"""What a file holds, by its first bytes, where that is not what its name says."""

from __future__ import annotations

import codecs
from pathlib import Path

from cxstats.errors import DataError

BEGINNINGS = {
    b"PK\x03\x04": "It is a spreadsheet: give it the ending .xlsx (or .ods)",
    b"\xd0\xcf\x11\xe0": "It is an old spreadsheet: give it the ending .xls",
    b"PAR1": "It is parquet: give it the ending .parquet",
    b"%PDF": "It is a PDF: export the answers themselves",
}


def need_text(path: Path, place: str) -> None:
    """Raise `DataError` if a file with the name of a text is something else."""
    with path.open("rb") as file:
        start = file.read(8)
    for beginning, said in BEGINNINGS.items():
        if start.startswith(beginning):
            raise DataError(f"{place}: this is no comma-separated text. {said}.")


def looks_like(path: Path) -> str:
    """Return what a file that is no spreadsheet rather is, in a sentence; empty if nothing shows it."""
    with path.open("rb") as file:
        start = file.read(2000)
    if start.lstrip()[:1] == b"<":
        return " It is a web page (HTML) under another name: open it in a spreadsheet program and save it as .xlsx."
    if start and b"\0" not in start and not any(start.startswith(beginning) for beginning in BEGINNINGS):
        return " It looks like text: give it the ending .csv."
    return ""


def other_encoding(path: Path) -> str:
    """Return what to do with a text in another encoding than the one expected."""
    with path.open("rb") as file:
        wide = file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    name, who = ("utf-16", "two bytes a letter") if wide else ("cp1252", "'CSV' of Excel in Western Europe")
    return (
        f"Read the file with encoding='{name}' ({who}), or save it as 'CSV UTF-8' (in Excel a file type of its own beside "
        "'CSV') or as a spreadsheet."
    )
