"""Bands of a published percentage: a dark one for rounding, a pale one for sampling and rounding together.

Where nobody told n there is a band for every n that is taken for possible, in another colour: the palest for the fewest people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.charts.shades import mixed
from cxstats.charts.style import INK, MARKERS, PALETTE, ink

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

TOLD, ASSUMED = (PALETTE[0], MARKERS[0]), (PALETTE[1], MARKERS[1])  # n as published, and as taken for possible
SHADES = (0.22, 0.42, 0.6)  # of the colour that is left: for the fewest people, for a told n, for the most people


def bands_of(figure: Any, level: float) -> pd.DataFrame:
    """Return the table of a figure, from the fewest people, whose band is the longest, to the most."""
    table: pd.DataFrame = figure.interval(level)
    return table.drop_duplicates("n").sort_values("n", ignore_index=True)


def draw_bands(ax: Axes, at: float, table: pd.DataFrame, thick: float, *, across: bool) -> None:
    """Draw the bands and the figure as printed, in a row at this height or at this time."""
    color, marker = TOLD if table["n_is"][0] == "published" else ASSUMED
    lines = ax.hlines if across else ax.vlines
    parts = [SHADES[1]] if len(table) == 1 else np.linspace(SHADES[0], SHADES[2], len(table)).tolist()
    for k, (low, high, part) in enumerate(zip(table["conf_low"], table["conf_high"], parts, strict=True)):
        lines(at, low, high, color=mixed(color, part), linewidth=thick, zorder=2 + 0.01 * k, label="_sampling")
    low, high = table["rounding_low"].min(), table["rounding_high"].max()
    lines(at, low, high, color=ink(color), linewidth=thick, zorder=2.5, label="_rounding")
    value = float(table["percentage"][0])
    ax.scatter(
        *((value, at) if across else (at, value)), s=(0.42 * thick) ** 2, marker=marker, color="white", edgecolor=INK,
        linewidth=0.6, zorder=3, clip_on=False, label="_printed",
    )  # fmt: skip


def meaning(figures: list[Any], level: float) -> str:
    """Return in words what the bands of these figures are."""
    said = f"Dark: rounding; pale: with sampling, {100 * level:.4g} % limits"
    sizes = sorted({n for figure in figures if figure.n is None for n in figure.sizes})
    if not sizes:
        return said
    if len(sizes) == 1:
        return f"{said}; squares: n assumed, {sizes[0]:,}"
    return f"{said}; squares: n assumed, {sizes[0]:,} to {sizes[-1]:,} (palest: fewest)"
