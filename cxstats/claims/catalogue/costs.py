"""The table of costs: a row a level of service, which a condition picks, and one number of it in a column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxstats import frames
from cxstats.claims.catalogue.roles import Columns
from cxstats.errors import ColumnError, DataError, NoGroupError, NoRowsError
from cxstats.expression import Expression
from cxstats.inference.asked import holds
from cxstats.inference.influence import gathered
from cxstats.survey import survey_of

ENDS = {"cost": (0.0, np.inf), "margin": (0.0, 1.0), "planned_return": (-np.inf, np.inf)}
REMEDY = {
    "cost": "It is what one customer served costs, 0 or more.",
    "margin": "It is a part of spend, from 0 to 1: 60 % is 0.6.",
    "planned_return": "It is what the plan expects back for one unit of extra cost.",
}


@dataclass(frozen=True)
class Costs:
    """Which row of the table is of which level, and which columns play the roles."""

    rows: Mapping[str, Expression]
    columns: Mapping[str, str]

    @classmethod
    def of(cls, c: Columns, *levels: str) -> Costs:
        """Return the costs of some levels."""
        return cls({level: c.when(f"costs_of_{level}") for level in levels}, {role: c.name(role) for role in ENDS})

    def read(self, role: str, costs: Any) -> dict[str, float]:
        """Return what a column says of each level."""
        return {level: self.number(role, level, costs) for level in self.rows}

    def margin(self, costs: Any) -> float:
        """Return the margin on spend; raise `DataError` where it differs by level."""
        margins = self.read("margin", costs)
        if len(set(margins.values())) > 1:
            shown = ", ".join(f"{margin:g} ({level})" for level, margin in margins.items())
            raise DataError(
                f"data set 'costs': column {self.columns['margin']!r} differs by level: {shown}. It is the margin on spend, "
                "one for all; what else a level costs belongs into the cost."
            )
        return next(iter(margins.values()))

    def number(self, role: str, level: str, costs: Any) -> float:
        """Return what a column says of a level; raise where its row is missing, or holds no number that can be."""
        import pandas as pd

        condition, column = self.rows[level], self.columns[role]
        table = gathered(survey_of(costs), [column, *condition.columns()])
        cells = frames.in_memory(table.frame, [column])[column]
        if not len(cells):
            raise NoRowsError("data set 'costs': the frame has no rows.")
        rows = np.flatnonzero(holds(condition, table))
        if not len(rows):
            raise NoGroupError(
                f"data set 'costs': no row is of {level} service {condition!r}. Name its condition: "
                f"catalogue(columns={{'costs_of_{level}': col(...) == ...}})."
            )
        if len(rows) > 1:
            raise DataError(
                f"data set 'costs': rows {rows[0] + 1} and {rows[1] + 1} are both of {level} service {condition!r}. Leave "
                "one in: a level has one row."
            )
        place = f"data set 'costs': column {column!r}, row {rows[0] + 1} ({level} service)"
        kind, given = table.frame.kinds([column])[column], cells.iloc[rows[0]]
        if pd.isna(given):
            raise NoRowsError(f"{place}: there is no number. {REMEDY[role]}")
        if kind != "number":
            raise ColumnError(
                f"{place}: {str(given)!r} is no number. Convert the column first, for example with pd.to_numeric."
            )
        number, (low, high) = float(given), ENDS[role]
        if not (np.isfinite(number) and low <= number <= high):
            raise DataError(f"{place}: {number:g} cannot be. {REMEDY[role]}")
        return number
