"""A metric by two groups as a table whose cells are coloured: where it is high, where low, where answers are too few."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.charts.cells import Cells, sides
from cxstats.charts.estimates import pitch, rows_of
from cxstats.charts.numbers import decimals, written
from cxstats.charts.plan import Plan, label_text
from cxstats.charts.shades import HIGH, LOW, ink_on, mixed
from cxstats.charts.style import (
    INK,
    MUTED,
    axes_for,
    cell_height,
    cell_width,
    dress,
    is_difference,
    need_axes,
    need_estimate,
    need_number,
    one_unit,
    plain,
    size_in_points,
    text_size,
    value_label,
    wrapped,
)
from cxstats.errors import ArgumentError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cxstats.inference import Estimate

CHARACTER, SMALLEST, SMALLEST_NAME = 0.62, 3.0, 5.0  # width of a character in sizes; sizes in points
WIDE, MOST_LINES, HIGHEST = 26, 6, 130.0  # characters in a line of a row name; lines and points of a column name
PALEST = 0.08
NOISE = 4.0  # standard errors that the colours span at least


def plot_heatmap(
    est: Estimate,
    ax: Axes | None = None,
    *,
    rows: str | None = None,
    columns: str | None = None,
    target: float | None = None,
    min_n: int = 10,
) -> Axes:
    """Draw a metric by two groups as a table with its values, coloured by them.

    Without a target the shade goes from the lowest (pale) to the highest value (dark blue). About a target, cells above it
    are blue and cells below it orange, the stronger the further away. The shades span at least four standard errors, so
    that differences of mere chance stay pale. Cells of few answers show their n instead of a value.

    Parameters
    ----------
    est : Estimate
        One metric by two groups; or contrasts by two groups, which are coloured about 0; or several metrics of one unit by
        one group.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure. Of a figure with ``layout="constrained"``, no label is cut off.
    rows, columns : str, optional
        The label columns for rows and columns; by default in the order of ``by``.
    target : float, optional
        The value about which cells are coloured, in the unit of the estimates.
    min_n : int
        Cells with fewer answers are neither coloured nor valued, by default 10.

    Returns
    -------
    matplotlib.axes.Axes
        Groups on both axes; what the values are, and how many answers a cell has, below.

    Raises
    ------
    ArgumentError
        If `est` is no Estimate, mixes units, or its labels do not make a table; the target or `min_n` means nothing.

    Notes
    -----
    Colours invite to pick the extremes, and the extremes of many cells are extreme by chance, too: test those that matter
    with ``est.compare``. Blue is high, whether or not high is good.

    References
    ----------
    Wilkinson, L. and Friendly, M. (2009). The history of the cluster heat map. *The American Statistician* 63.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> from matplotlib.figure import Figure
    >>> answers = pd.DataFrame({"overall": [5, 4, 1, 2, 5, 2, 4, 1] * 5, "channel": ["app", "call"] * 20})
    >>> answers["region"] = ["east"] * 20 + ["west"] * 20
    >>> est = cx.measure(answers, cx.csat("overall"), by=["region", "channel"])
    >>> ax = cx.plot_heatmap(est, Figure().subplots(), target=60)
    >>> [text.get_text() for text in ax.texts], ax.get_xlabel()
    (['70', '30', '80', '20'], 'CSAT (%), blue above and orange below 60; n 10 a cell')
    """
    need_estimate("plot_heatmap", est)
    need_axes("plot_heatmap", ax)
    labels, table = est.labels, est.frame()
    unit = one_unit("plot_heatmap", table, labels["metric"])
    if isinstance(min_n, bool) or not isinstance(min_n, int | np.integer) or min_n < 0:
        raise ArgumentError(f"plot_heatmap(min_n=): a number of answers such as 10 is needed, not {min_n!r}.")
    center = 0.0 if is_difference(labels) else None
    center = center if target is None else need_number("plot_heatmap(target=)", target)
    cells = Cells.of(labels, table, *sides(labels, rows, columns))
    plan = Plan.of(cells.row_labels(), None)
    wide = len(cells.columns)
    said = value_label(labels, unit, [cells.across, cells.down])
    across = float(np.clip(1.8 + 0.55 * wide, 3.3, 9.0))
    names = _names(cells, _room(72 * across, plan.texts, text_size()) / wide, HIGHEST)
    ax = axes_for(est, ax, across, float(np.clip(0.9 + 0.27 * plan.height + names.height / 72, 1.8, 14.0)))
    dress(ax, "x")
    ax.grid(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    top = 0.1
    ax.set_xlim(0, wide)
    ax.set_ylim(top + plan.row * len(cells.rows), top)
    seen = np.isfinite(cells.value) & (cells.n >= max(min_n, 1))
    colors = _colors(cells, seen, center)
    ax.pcolormesh(
        np.arange(wide + 1), top + plan.row * np.arange(len(cells.rows) + 1), np.ma.array(cells.value, mask=~seen),
        cmap=colors.cmap, norm=colors.norm, edgecolor="white", linewidth=1.2, zorder=1,
    )  # fmt: skip
    rows_of(ax, plan)
    ticks = ax.get_yticklabels()
    width = _room(cell_width(ax), [tick.get_text() for tick in ticks], float(ticks[0].get_fontsize()))
    names = _names(cells, width / wide, min(0.45 * cell_height(ax), HIGHEST))
    small = text_size("x-small")
    explained = wrapped(_explained(cells, seen, said, center, min_n), max(int(width / (0.55 * small)), 20))
    left = cell_height(ax) - names.height - 1.25 * small * (explained.count("\n") + 1) - 12
    tight = replace(plan, height=plan.height * max(size_in_points(ax)[1] / max(left, 0.2 * cell_height(ax)), 1.0))
    rows_of(ax, tight)
    _texts(ax, tight, cells, seen, colors, width / wide)
    ax.set_xticks(np.arange(wide) + 0.5, names.texts, size=names.size, rotation=names.rotation)
    ax.set_xlabel(plain(explained), size=small, color=INK, linespacing=1.15)
    return ax


@dataclass(frozen=True)
class Colors:
    """The colour of each value: a map of colours and what its ends stand for."""

    cmap: Any
    norm: Any

    def __call__(self, value: float) -> str:
        """Return the colour of a value."""
        from matplotlib.colors import to_hex

        return str(to_hex(self.cmap(self.norm(value))))


def _colors(cells: Cells, seen: np.ndarray, center: float | None) -> Colors:
    """Return the colours: about the center if there is one, else from the lowest to the highest value."""
    from matplotlib.colors import LinearSegmentedColormap, Normalize

    values, errors = cells.value[seen], cells.error[seen]
    errors = errors[np.isfinite(errors)]
    least = NOISE * float(np.median(errors)) if len(errors) else 0.0
    if center is not None:
        half = max(float(np.abs(values - center).max(initial=0.0)), least / 2) or 1.0
        stops = [(0.0, LOW), (0.5, mixed(HIGH, 0.0)), (1.0, HIGH)]
        return Colors(LinearSegmentedColormap.from_list("cx", stops), Normalize(center - half, center + half))
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    half = max(high - low, least) / 2 or 1.0
    middle = (low + high) / 2
    cmap = LinearSegmentedColormap.from_list("cx", [mixed(HIGH, PALEST), HIGH])
    return Colors(cmap, Normalize(middle - half, middle + half))


def _room(cell: float, texts: list[str], size: float) -> float:
    """Return the width in points that the cells will have beside row names of this size; a safe guess, before layout."""
    longest = max(len(line) for text in texts for line in (text if "\n" in text else wrapped(text, WIDE)).split("\n"))
    return max(0.95 * cell - longest * 0.58 * size - 14, 40.0)


def _texts(ax: Axes, plan: Plan, cells: Cells, seen: np.ndarray, colors: Colors, width: float) -> None:
    """Write the value into each coloured cell, n into those of few answers, a dash where there is none."""
    digits = decimals(cells.error[seen])
    texts = np.full(cells.value.shape, "\N{EN DASH}", dtype=object)
    for at in np.ndindex(texts.shape):
        if seen[at]:
            texts[at] = written(float(cells.value[at]), digits)
        elif cells.n[at] > 0:
            texts[at] = f"n {cells.n[at]:,.0f}"
    longest = max(len(text) for text in texts.flat)
    room = min(0.86 * width / (CHARACTER * longest), 0.6 * plan.row * pitch(ax, plan))
    size = float(np.clip(room, SMALLEST, text_size("x-small")))
    for (i, j), text in np.ndenumerate(texts):
        color = ink_on(colors(float(cells.value[i, j]))) if seen[i, j] else MUTED
        ax.text(j + 0.5, plan.at[i], text, ha="center", va="center_baseline", size=size, color=color, zorder=2)


@dataclass(frozen=True)
class Names:
    """How the columns are named: texts, their size and rotation, and the height in points that they take."""

    texts: list[str]
    size: float
    rotation: float
    height: float


def _names(cells: Cells, width: float, highest: float) -> Names:
    """Name the columns: periods with their year below the first, others in lines as wide as a column, else turned."""
    from cxstats.charts.ticks import PeriodTexts, parts_of

    centers = np.arange(len(cells.columns)) + 0.5
    whole = [label_text(cells.across, value) for value in cells.columns]
    parts = [parts_of(value) for value in cells.columns]
    dated = all(year for _, year in parts)
    longest = 0 if dated else max(len(word) for text in whole for word in text.split())
    for size in np.arange(text_size(), SMALLEST_NAME, -0.5).tolist():
        most = int((width - 3) / (CHARACTER * size))
        texts = [wrapped(text, max(most, 1)) for text in whole]
        if dated:
            texts = PeriodTexts(parts, centers).format_ticks(centers.tolist())
        tall, wide = _extent(texts)
        if tall <= MOST_LINES and max(wide, longest) <= most:
            return Names([plain(text) for text in texts], size, 0.0, 1.25 * size * tall)
    size, texts = SMALLEST, whole
    for size, line in product(np.arange(text_size(), SMALLEST - 0.01, -0.25).tolist(), (60, 36, 24, 16)):
        texts = [wrapped(text, line) for text in whole]
        tall, wide = _extent(texts)
        if 1.25 * size * tall <= 0.95 * width and CHARACTER * size * wide <= highest:
            break
    return Names([plain(text) for text in texts], size, 90.0, CHARACTER * size * _extent(texts)[1])


def _extent(texts: list[str]) -> tuple[int, int]:
    """Return the most lines of a text, and the most characters of a line."""
    lines = [text.split("\n") for text in texts]
    return max(map(len, lines)), max(len(line) for each in lines for line in each)


def _explained(cells: Cells, seen: np.ndarray, said: str, center: float | None, min_n: int) -> str:
    """Return what the values are, what the colours mean, and how many answers a cell has."""
    if center is not None:
        said += f", blue above and orange below {center:g}".replace("-", "\N{MINUS SIGN}")
    n = cells.n[seen]
    if len(n):
        said += f"; n {n.min():,.0f}" + (f" to {n.max():,.0f}" if n.max() > n.min() else "") + " a cell"
    few = ((cells.n > 0) & ~seen).any() and min_n > 1
    return said + (f"; cells with n show fewer than {min_n:,} answers" if few else "")
