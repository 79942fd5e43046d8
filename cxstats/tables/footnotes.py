"""The notes on the cells of a banner, each with a mark of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxstats.inference.footnotes import footnotes

if TYPE_CHECKING:
    import pandas as pd


def noted(cells: pd.DataFrame) -> dict[str, str]:
    """Return the mark of each note on the cells of a banner that show a number."""
    return footnotes(cells.loc[cells["n"].notna() & (cells["n"] > 0), "note"])
