"""The cells of a table of estimates: which label makes the rows, which the columns, and what lies where they meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.charts.style import is_constant
from cxstats.errors import ArgumentError, listing, one_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Cells:
    """A table of estimates: values, standard errors and bases by row and column; a base of 0 where there is no estimate."""

    down: str
    across: str
    rows: list[Any]
    columns: list[Any]
    value: np.ndarray
    error: np.ndarray
    n: np.ndarray

    @classmethod
    def of(cls, labels: pd.DataFrame, table: pd.DataFrame, down: str, across: str) -> Cells:
        """Lay out the rows of an estimate by two of its labels."""
        first, second = _in_order(labels[down], down), _in_order(labels[across], across)
        place = [first.index(v) for v in labels[down].tolist()], [second.index(v) for v in labels[across].tolist()]
        if len(set(zip(*place, strict=True))) < len(labels):
            raise ArgumentError(
                f"plot_heatmap(est=): two estimates have the same {down} and {across}, so they share a cell. Draw fewer "
                "estimates (est.pick)."
            )
        found = []
        for name, empty in (("estimate", np.nan), ("std_error", np.nan), ("n", 0.0)):
            grid = np.full((len(first), len(second)), empty)
            grid[place] = table[name].to_numpy(dtype=float)
            found.append(grid)
        return cls(down, across, first, second, *found)

    def row_labels(self) -> pd.DataFrame:
        """Return the labels of the rows."""
        import pandas as pd

        return pd.DataFrame({self.down: pd.Series(self.rows, dtype=object)})


def sides(labels: pd.DataFrame, rows: str | None, columns: str | None) -> tuple[str, str]:
    """Return the label columns that make rows and columns of the table."""
    groups = [str(c) for c in labels.columns if c not in ("metric", "contrast", "trend")]
    telling = [str(c) for c in labels.columns if not is_constant(labels, c)]
    for place, given in (("rows", rows), ("columns", columns)):
        if given is not None:
            one_of(f"plot_heatmap({place}=)", given, list(labels.columns))
    if rows is not None and rows == columns:
        raise ArgumentError(f"plot_heatmap(columns=): {columns!r} makes the rows already.")
    able = groups if len(groups) == 2 else telling
    able = able if rows is None and columns is None else list(dict.fromkeys([*able, *groups]))
    down = rows or next((c for c in able if c != columns), None)
    across = columns or next((c for c in able if c != down), None)
    left = [c for c in telling if c not in (down, across)]
    if down is None or across is None or left:
        raise ArgumentError(
            f"plot_heatmap(est=): two labels make a table, and these tell the estimates apart: {listing(telling)}. Measure one "
            "score by two columns (by=[a, b]), or pick one value of the others (est.pick)."
        )
    return down, across


def _in_order(column: pd.Series[Any], name: str) -> list[Any]:
    """Return the values of a label column: categories and metrics in their order, others sorted."""
    found = list(dict.fromkeys(column.tolist()))
    if hasattr(column, "cat"):
        return [value for value in column.cat.categories.tolist() if value in found]
    try:
        return found if name == "metric" else sorted(found)
    except TypeError:
        return found
