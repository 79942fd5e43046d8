"""Drawing answers so that their expectation is exactly what is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cxstats.errors import ArgumentError


class Draw:
    """Random draws for one table; a table's draws do not depend on another's."""

    def __init__(self, seed: int, table: str) -> None:
        self._random = np.random.default_rng([seed, *table.encode()])

    def uniform(self, *shape: int) -> np.ndarray:
        """Return numbers, even between 0 and 1."""
        return np.asarray(self._random.random(shape))

    def normal(self, n: int) -> np.ndarray:
        """Return standard normal numbers."""
        return self._random.standard_normal(n)

    def exponential(self, n: int) -> np.ndarray:
        """Return exponential numbers of mean 1."""
        return self._random.standard_exponential(n)

    def shuffled(self, n: int) -> np.ndarray:
        """Return 0 to n - 1 in some order."""
        return self._random.permutation(n)

    def counts(self, tries: int, chances: Sequence[float], n: int) -> np.ndarray:
        """Return n multinomial counts of so many tries."""
        return np.asarray(self._random.multinomial(tries, np.asarray(chances) / np.sum(chances), size=n))

    def yes(self, chance: Any, what: str, n: int | None = None) -> np.ndarray:
        """Return whether it happens, each with its chance."""
        chances = np.broadcast_to(np.asarray(chance, dtype=np.float64), (n,)) if n is not None else np.asarray(chance)
        within(what, chances, 0.0, 1.0, "a chance")
        return np.asarray(self._random.random(len(chances)) < chances)

    def one_of(self, shares: Mapping[Any, float], n: int, what: str) -> np.ndarray:
        """Return the position of one of the values, each with its share."""
        chances = np.asarray(list(shares.values()), dtype=np.float64)
        within(what, chances, 0.0, 1.0, "a share")
        if abs(chances.sum() - 1) > 1e-9:
            raise ArgumentError(f"simulate: the shares of {what} add up to {chances.sum():g}, not to 1.")
        return np.asarray(
            np.minimum(np.searchsorted(np.cumsum(chances), self._random.random(n), side="right"), len(chances) - 1)
        )

    def rated(self, mean: np.ndarray, low: int, high: int, spread: float, what: str) -> np.ndarray:
        """Return whole numbers from low to high with exactly these means: evenly spread, then rounded up or down by chance."""
        within(what, mean, low + spread, high - spread, f"a mean on {low}-{high} (less {spread:g} for spread)")
        exact = mean + spread * (2 * self._random.random(len(mean)) - 1)
        return np.asarray(np.floor(exact + self._random.random(len(mean))), dtype=np.int64)


def within(what: str, values: np.ndarray, low: float, high: float, kind: str) -> None:
    """Raise `ArgumentError` if truths contradict each other: an expectation outside what an answer can be."""
    if len(values) and (values.min() < low - 1e-9 or values.max() > high + 1e-9):
        found = values.min() if values.min() < low - 1e-9 else values.max()
        raise ArgumentError(
            f"simulate: the truths stated take {what} to {found:.4g}, but as {kind} it lies between {low:g} and {high:g}. "
            "Change them by less, or others with them."
        )


def by(table: Mapping[Any, float], order: Sequence[Any], position: np.ndarray) -> np.ndarray:
    """Return each row's entry of a table."""
    entries = np.asarray([table[key] for key in order], dtype=np.float64)
    return entries.take(position)
