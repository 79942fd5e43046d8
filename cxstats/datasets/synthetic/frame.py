"""A table of the synthetic world as the frame that callers get: typed, and marked twice, by a column and by ``attrs``.

`cxstats.survey` reads both; what outlives which operation is written at the loaders (`cxstats.datasets.sample`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

NOTES = (
    "Synthetic: every answer was drawn by a program from truths stated in cxstats.datasets.synthetic.truth; no real "
    "customer answered.",
)
AMOUNTS = ("weight", "spend", "wait", "technology", "basics_delivered", "innovation", "clarity", "investment", "improvement",
           "cost", "margin", "planned_return")  # fmt: skip


def as_frame(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with whole numbers as such, also where some are missing, with times, without empty texts, and marked."""
    import pandas as pd

    types = pd.api.types
    typed: dict[str, pd.Series[Any]] = {}
    for name in table.columns:
        column = table[name]
        if name == "time":
            typed[name] = pd.to_datetime(column)
        elif types.is_numeric_dtype(column) and not types.is_bool_dtype(column) and name not in AMOUNTS:
            typed[name] = column.astype("Int64" if column.isna().any() else "int64")
        elif types.is_string_dtype(column):
            typed[name] = column.astype("str").mask(column == "")
        else:
            typed[name] = column
    frame = pd.DataFrame(typed)
    frame.attrs |= {"synthetic": True, "notes": list(NOTES)}
    return frame
