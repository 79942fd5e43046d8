"""One line of an audit: a published figure, its limits, what it bears and what nobody told, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from cxstats.claims.words import MINUS, respondents


class Line(NamedTuple):
    """What an audit says of one figure, or of what follows from several."""

    figure: str
    source: str
    n: float  # NaN if nobody told it
    value: float
    conf_low: float
    conf_high: float
    unit: str
    bears: str
    not_told: str


def told(number: float, decimals: int = 1) -> str:
    """Return a number as it is read, with a real minus."""
    text = f"{round(number, decimals) + 0.0:,.{decimals}f}"
    return text.replace("-", MINUS) if text.strip("-0.,") else text.removeprefix("-")


def span(limits: tuple[float, float], decimals: int = 1, edges: Sequence[float] = ()) -> str:
    """Return limits in words, "65.4 to 68.6", with more decimals where one would be read as an edge that it is not."""
    while decimals < 6 and any(x != e and round(x, decimals) == e for x in limits for e in edges):
        decimals += 1
    return f"{told(limits[0], decimals)} to {told(limits[1], decimals)}"


def by_size(
    limits: dict[int, tuple[float, float]], unit: str = "", decimals: int = 1, edges: Sequence[float] = ()
) -> str:
    """Return limits for the lowest and the highest n that are possible."""
    few, many = min(limits), max(limits)
    first = f"{span(limits[few], decimals, edges)}{unit and f' {unit}'} if n is {few:,}"
    return first if few == many else f"{first}, {span(limits[many], decimals, edges)} if {many:,}"


def people(count: float) -> str:
    """Return a number of people that would be needed, in words."""
    return "no number of" if np.isinf(count) else f"about {respondents(count)}"


def joined(parts: Iterable[str]) -> str:
    """Return what is there, each once, parted by semicolons."""
    return "; ".join(dict.fromkeys(part for part in parts if part))
