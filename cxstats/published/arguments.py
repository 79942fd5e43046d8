"""What figures may be: numbers in their range, with the decimals they are said to have, of whole numbers of people."""

from __future__ import annotations

from typing import Any

import numpy as np

from cxstats.errors import ArgumentError
from cxstats.published import bounds


def need_decimals(place: str, value: float, decimals: Any, remedy: str = "") -> None:
    """Raise `ArgumentError` unless a figure has no more decimals than it is said to have."""
    if isinstance(decimals, bool) or not isinstance(decimals, int) or decimals < 0:
        raise ArgumentError(f"{place}(decimals=): a number of decimals such as 0 or 1, not {decimals!r}.")
    if abs(round(float(value), decimals) - float(value)) > 1e-5:  # what a number of single precision is off
        shown = decimals_of(value)
        raise ArgumentError(
            f"{place}({value:g}, decimals={decimals}): the figure has {shown} decimals. Write decimals={shown} if it was "
            f"printed so{remedy}."
        )


def decimals_of(value: float) -> int:
    """Return how many decimals a figure has, six at most."""
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])


def need_sizes(place: str, n: Any, plausible: Any, least: int, whom: str) -> tuple[int, ...]:
    """Return the numbers of people, or of what else there is n of, that are possible; raise for those that cannot be."""
    try:
        sizes = list(plausible) if n is None else [n]
    except TypeError:
        sizes = []
    if not sizes:
        raise ArgumentError(f"{place}(plausible_n=): numbers of {whom}, as in (100, 1000), not {plausible!r}.")
    for size in sizes:
        whole = isinstance(size, int | np.integer) and not isinstance(size, bool)
        if not whole or not least <= size <= bounds.MOST_NEEDED:
            name = "plausible_n" if n is None else "n"
            raise ArgumentError(
                f"{place}({name}=): a number of {whom} is whole, from {least} to {bounds.MOST_NEEDED:,}, not {size!r}."
            )
    return tuple(sorted({int(size) for size in sizes}))


def need_number(place: str, value: object, what: str) -> None:
    """Raise `ArgumentError` for what is no finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not np.isfinite(value):
        raise ArgumentError(f"{place}: {what}, not {value!r}.")


def need_edge(place: str, edge: object) -> None:
    """Raise `ArgumentError` for what is no percentage."""
    need_number(f"{place}(edge)", edge, "a percentage between 0 and 100")
    if not 0 <= float(edge) <= 100:  # type: ignore[arg-type]
        raise ArgumentError(f"{place}({edge!r}): a percentage lies between 0 and 100.")
