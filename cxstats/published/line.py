"""One line of an audit: a published figure, its limits, what it bears and what nobody told, in plain words."""

from __future__ import annotations

from collections.abc import Iterable
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
    """Return a number as it is read, with a real minus and no idle decimals."""
    text = f"{round(number, decimals) + 0.0:,.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", MINUS) if text not in ("-0", "") else "0"


def span(limits: tuple[float, float], decimals: int = 1) -> str:
    """Return limits in words: "65.4 to 68.6"."""
    return f"{told(limits[0], decimals)} to {told(limits[1], decimals)}"


def by_size(limits: dict[int, tuple[float, float]], unit: str = "", of: str = "were asked", decimals: int = 1) -> str:
    """Return limits for the fewest and the most that are possible."""
    few, many = min(limits), max(limits)
    first = f"{span(limits[few], decimals)}{unit and f' {unit}'} if {few:,} {of}"
    return first if few == many else f"{first}, {span(limits[many], decimals)} if {many:,}"


def people(count: float) -> str:
    """Return a number of people that would be needed, in words."""
    return "no number of" if np.isinf(count) else f"about {respondents(count)}"


def joined(parts: Iterable[str]) -> str:
    """Return what is there, each once, parted by semicolons."""
    return "; ".join(dict.fromkeys(part for part in parts if part))
