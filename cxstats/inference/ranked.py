"""Levels in an order that is given, the worst first, and which of them each row has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.errors import ArgumentError, DataError, suggestion

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Levels:
    """Levels in their order, which of them each row that answered has, and what the outcome is called."""

    column: str
    order: tuple[Any, ...]
    code: np.ndarray
    outcome: str

    def of(self, code: np.ndarray) -> pd.Categorical[Any]:
        """Return levels by their numbers, as a column whose categories are in order."""
        import pandas as pd

        return pd.Categorical.from_codes(code, dtype=pd.CategoricalDtype(list(self.order), ordered=True))


def need_order(place: str, order: Any) -> tuple[Any, ...]:
    """Return the order; raise `ArgumentError` unless it is one of two levels or more."""
    if not isinstance(order, list | tuple) or len(order) < 2:
        raise ArgumentError(
            f"{place}(order=): a list of two levels or more, the worst first, is needed, not {order!r}."
        )
    twice = next((value for i, value in enumerate(order) if value in order[:i]), None)
    if twice is not None:
        raise ArgumentError(f"{place}(order=): level {twice!r} is named twice.")
    return tuple(order)


def codes_of(
    place: str, series: pd.Series[Any], level: str, order: tuple[Any, ...], eligible: np.ndarray
) -> np.ndarray:
    """Return each row's place in the order, -1 where it has none; raise for values that are not in it."""
    values = series.astype(object)
    at = {value: j for j, value in enumerate(order)}
    code = np.asarray([at.get(value, -1) for value in values], dtype=np.int64)
    odd = eligible[code[eligible] < 0]
    if len(odd):
        found = values.iloc[odd[0]]
        raise DataError(
            f"{place}(level=): column {level!r} holds {found!r} in row {odd[0] + 1} ({len(odd):,} rows are of no level in "
            f"order={list(order)}).{suggestion(found, order)} Add it to order=, or leave such rows out with where=."
        )
    return code
