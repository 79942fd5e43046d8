"""A file of answers becomes a pandas frame; what kind of file it is, its name says.

One kind of frame comes back whatever is installed, so a report does not depend on it. What cannot be read is an error
with the place and the remedy, never a frame that is quietly wrong.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cxstats.errors import ArgumentError, DataError, listing, suggestion
from cxstats.readers.clean import cleaned
from cxstats.readers.contents import looks_like
from cxstats.readers.headings import named, need_unique
from cxstats.readers.text import UTF_8, read_text
from cxstats.readers.types import settled

if TYPE_CHECKING:
    import pandas as pd

TEXT = {".csv": ",", ".tsv": "\t"}
PARQUET = (".parquet", ".pq")
SHEETS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")


def read_frame(
    path: str | Path,
    *,
    sheet: str | None = None,
    decimal: str = ".",
    thousands: str | None = None,
    encoding: str | None = None,
    missing: Sequence[object] = (),
    strip: bool = False,
) -> pd.DataFrame:
    """Read a file of answers: comma-separated text, parquet or a spreadsheet.

    Parameters
    ----------
    path : str or pathlib.Path
        ``.csv`` or ``.tsv`` (first line the column names; ``;`` and tabs are recognised, a line ``sep=;`` above is
        obeyed), ``.parquet``, or ``.xlsx``, ``.xls``, ``.xlsb``, ``.ods``.
    sheet : str, optional
        Name of the sheet of a spreadsheet. Default: the first one.
    decimal : str
        "." or ",": the decimal mark of the numbers in a text file.
    thousands : str, optional
        The mark between thousands in the numbers of a text file: "." of 1.090,00.
    encoding : str, optional
        How a text file writes letters, by default UTF-8: "cp1252" of Excel's "CSV" in Western Europe, "utf-16".
    missing : sequence
        Values that mean "no answer", in every column: ``[99, "Don't know"]``. A number is found in columns of numbers
        and of texts alike.
    strip : bool
        Whether texts and column names lose the blanks at their ends. A text of nothing but blanks is then missing.

    Returns
    -------
    pandas.DataFrame
        One row a line, with nullable types: whole numbers stay whole beside a missing answer. ``attrs["left_out"]``
        counts what `missing` and `strip` made missing, by column; ``attrs["stripped"]`` the texts that lost blanks.

    Raises
    ------
    ArgumentError
        There is no such file (near names are suggested), no such sheet, the file is of another kind, or `decimal` is
        neither "." nor ",", or not for such a file; so with `thousands` and `encoding`.
    DataError
        The file is empty, not what its name says, its lines do not fit its header, or several columns of values have no
        name (a title or merged headings stand above the names).

    Notes
    -----
    Caution: an empty cell is missing. "NA", "n/a", "NaN" and "null" are missing only in a column that otherwise holds
    numbers or true/false; among texts they are texts, so a region "NA" is not lost. Empty columns without a name are left
    out; a single column of values without one is kept as "Unnamed: 0" (row numbers that another program wrote).

    Examples
    --------
    .. code-block:: python

        import cxstats as cx
        from cxstats.readers import read_frame

        cx.Survey(read_frame("answers.csv"), weight="weight")
    """
    path = Path(path)
    place = f"read_frame({path.name})"
    kind = path.suffix.lower()
    if kind not in TEXT and kind not in PARQUET and kind not in SHEETS:
        raise ArgumentError(
            f"{place}: files {f'of the kind {kind!r}' if kind else 'without an ending'} are not read. "
            f"Save the answers as one of {listing([*TEXT, *PARQUET, *SHEETS], most=20)}."
        )
    _need_file(path, place)
    if sheet is not None and kind not in SHEETS:
        raise ArgumentError(f"{place}: sheet={sheet!r} is for spreadsheets; this file has no sheets. Leave it out.")
    if decimal not in (".", ","):
        raise ArgumentError(f"{place}: decimal={decimal!r} is neither '.' nor ','.")
    if decimal != "." and kind not in TEXT:
        raise ArgumentError(f"{place}: decimal={decimal!r} is for text files; this one holds numbers. Leave it out.")
    if thousands is not None and (len(thousands) != 1 or thousands.isalnum() or thousands == decimal):
        raise ArgumentError(
            f"{place}: thousands={thousands!r} is no mark, or the decimal one. Usual are '.', ',' and ' '."
        )
    for option, value in (("thousands", thousands), ("encoding", encoding)):
        if value is not None and kind not in TEXT:
            raise ArgumentError(f"{place}: {option}={value!r} is for text files. Leave it out.")
    if path.stat().st_size == 0:
        raise DataError(f"{place}: the file is empty (0 bytes).")
    if kind in TEXT:
        frame = read_text(path, place, TEXT[kind], decimal, _encoding(place, encoding))
    else:
        frame = _parquet(path, place) if kind in PARQUET else _spreadsheet(path, place, sheet)
    return settled(cleaned(named(frame, place, strip), missing, strip), decimal, thousands)


def _encoding(place: str, name: str | None) -> str:
    """Return the encoding of a text file; UTF-8 with and without the mark of its kind in front."""
    try:
        known = codecs.lookup(name or UTF_8).name
    except LookupError as error:
        raise ArgumentError(
            f"{place}: encoding={name!r} is not known. Usual are 'utf-8', 'cp1252' and 'utf-16'."
        ) from error
    return UTF_8 if known == "utf-8" else known


def _need_file(path: Path, place: str) -> None:
    if path.is_file():
        return
    if path.is_dir():
        raise ArgumentError(f"{place}: {path} is a folder. Name a file in it.")
    if not path.parent.is_dir():
        raise ArgumentError(f"{place}: there is no folder {path.parent}.")
    near = sorted(
        p.name for p in path.parent.iterdir() if p.is_file() and p.suffix.lower() in (*TEXT, *PARQUET, *SHEETS)
    )
    there = f" The data files there are {listing(near)}." if near else " No data file is there."
    raise ArgumentError(f"{place}: no such file in {path.parent}.{suggestion(path.name, near) or there}")


def _parquet(path: Path, place: str) -> pd.DataFrame:
    """Read with the first engine that is installed; all give the same values."""
    engines: list[tuple[str, Callable[[Path], pd.DataFrame]]] = [
        ("pyarrow", _by_pyarrow),
        ("duckdb", _by_duckdb),
        ("polars", _by_polars),
    ]
    for name, read in engines:
        try:
            return read(path)
        except ImportError:
            continue
        except Exception as error:  # each engine has errors of its own
            raise DataError(f"{place}: {name} cannot read it as parquet: {_first_line(error, path)}") from error
    raise ArgumentError(f"{place}: parquet needs pyarrow, duckdb or polars: pip install cxstats[engines].")


def _by_pyarrow(path: Path) -> pd.DataFrame:
    import pandas as pd

    return pd.read_parquet(path, engine="pyarrow", dtype_backend="numpy_nullable")


def _by_duckdb(path: Path) -> pd.DataFrame:
    import duckdb

    with duckdb.connect() as connection:
        frame: pd.DataFrame = connection.read_parquet(str(path)).df()
    return frame


def _by_polars(path: Path) -> pd.DataFrame:
    import pandas as pd
    import polars as pl

    return pd.DataFrame(pl.read_parquet(path).to_dict(as_series=False))


def _spreadsheet(path: Path, place: str, sheet: str | None) -> pd.DataFrame:
    import pandas as pd

    try:
        import python_calamine  # noqa: F401
    except ImportError as error:
        raise ArgumentError(f"{place}: spreadsheets need python-calamine: pip install cxstats[io].") from error
    try:
        book = pd.ExcelFile(path, engine="calamine")
    except Exception as error:  # a damaged file raises the parser's own errors
        raise DataError(
            f"{place}: it cannot be read as a spreadsheet: {_first_line(error, path)}.{looks_like(path)}"
        ) from error
    with book:
        names = [str(name) for name in book.sheet_names]
        if sheet is not None and sheet not in names:
            hint = suggestion(sheet, names) or f" The sheets are {listing(names)}."
            raise ArgumentError(f"{place}: no sheet {sheet!r}.{hint}")
        header = pd.read_excel(book, sheet_name=sheet or names[0], header=None, nrows=1, dtype=object)
        if not len(header):
            raise DataError(f"{place}: sheet {sheet or names[0]!r} is empty.")
        need_unique(place, [str(cell) for cell in header.iloc[0] if pd.notna(cell)])
        return pd.read_excel(book, sheet_name=sheet or names[0], keep_default_na=False, na_values=[""], dtype=object)


def _first_line(error: Exception, path: Path) -> str:
    """Return what an engine says, with the file by its name only."""
    lines = str(error).replace(str(path), path.name).strip().splitlines()
    return lines[0] if lines else type(error).__name__
