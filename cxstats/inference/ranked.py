"""Levels in an order that is given, the worst first, and which of them each row has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.errors import ArgumentError, DataError, NotIdentifiedError, suggestion
from cxstats.inference.estimate import Estimate

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

    @property
    def steps(self) -> list[tuple[int, int]]:
        """The places of each level but the first, and of the one before."""
        return [(j, j - 1) for j in range(1, len(self.order))]

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """The steps and, if there are several, the last level against the first."""
        return self.steps if len(self.order) == 2 else [*self.steps, (len(self.order) - 1, 0)]

    def named(self, pair: tuple[int, int]) -> str:
        """Return how the difference of two levels is called."""
        return f"{self.order[pair[0]]} - {self.order[pair[1]]}"

    def between(self, by_level: Estimate, pairs: Sequence[tuple[int, int]]) -> Estimate:
        """Return levels minus levels, by their places, within each set of an estimate whose rows are the levels in order."""
        size = len(self.order)
        first = size * np.arange(len(by_level) // size)[:, None]
        a, b = ((first + np.asarray([pair[side] for pair in pairs])).ravel() for side in (0, 1))
        labels = by_level.labels.drop(columns=self.column).iloc[a].reset_index(drop=True)
        labels["contrast"] = [self.named(pair) for pair in pairs] * len(first)
        return by_level._difference(a, b, labels, "steps")

    def flattening(self, steps: Estimate) -> Estimate:
        """Return the last step minus the first; raise `NotIdentifiedError` if there is one only."""
        self.need_two_steps("flattens")
        last, first = self.named(self.steps[-1]), self.named(self.steps[0])
        found = steps.contrast({"contrast": last}, {"contrast": first})
        found._labels["contrast"] = f"({last}) - ({first})"
        return found

    def need_two_steps(self, place: str) -> None:
        """Raise `NotIdentifiedError` unless there are two steps."""
        if len(self.steps) < 2:
            raise NotIdentifiedError(f"{place}: there is one step only ({self.named(self.steps[0])}); two are needed.")


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
