"""Tables as comma-separated text that any program reads: UTF-8, every digit, and no cell that a spreadsheet would run.

A text that starts with ``=``, ``+``, ``-``, ``@``, tab or a line break gets an apostrophe in front (OWASP, CSV
injection). Numbers stay numbers: a negative one starts with its minus.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def write_table(path: Path, table: pd.DataFrame) -> Path:
    """Write one table; equal tables give equal bytes."""
    import pandas as pd

    safe = pd.DataFrame({guarded(str(name)): _guarded(table[name]) for name in table.columns})
    path.write_bytes(safe.to_csv(index=False, lineterminator="\n").encode("utf-8"))
    return path


def _guarded(column: pd.Series[Any]) -> pd.Series[Any]:
    from pandas.api import types

    if types.is_numeric_dtype(column.dtype):
        return column
    return column.astype(object).map(lambda value: guarded(value) if isinstance(value, str) else value)
