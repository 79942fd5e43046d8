"""The tornado of a return: by how much it swings if one thing that it hangs on goes from its low to its high end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.charts.numbers import written
from cxstats.charts.price_axis import named, of_group, one_group
from cxstats.charts.small_print import AIR
from cxstats.charts.style import INK, MUTED, PALETTE, axes_for, dress, plain, text_size
from cxstats.charts.worth import (
    SMALLEST,
    axis_name,
    digits_of,
    height_left,
    limits_of,
    name_rows,
    need_return,
    places_of,
    say,
    short,
    small_print,
    text_width,
    width_left,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

LOW, HIGH = PALETTE[4], "#00436B"  # light and dark, so that grey print tells them apart
BAR = 0.62  # of a row
NEAR = 0.75  # of the span of all bars: break-even is shown if it is no farther from them
HATCH = "////"  # of what was estimated


def plot_tornado(
    result: Any,
    contrast: str | None = None,
    ax: Axes | None = None,
    *,
    within: float = 0.2,
    level: float = 0.95,
    group: Any = None,
) -> Axes:
    """Draw a tornado: the net return of a step if one thing by itself moves from its low to its high end, the widest on top.

    Bars begin at the net return at the means. The light part goes to where the low end of the input leads, the dark part to
    where its high end does; the ends are written beside them. Hatched bars are estimated, and moved over their interval; the
    others were given.

    Parameters
    ----------
    result : ReturnOnService
        What `roi` returns.
    contrast : str, optional
        The step, such as "wow - adequate"; by default the last one.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure. Of a figure with ``layout="constrained"``, no label is cut off.
    within : float
        What was given as one number is moved by so much of itself, up and down: 0.2 is a fifth.
    level : float
        Level of the intervals over which estimates are moved, by default 0.95.
    group : value or mapping, optional
        The group to draw, if the result has several: a value of the only ``by``, or one of each label.

    Returns
    -------
    matplotlib.axes.Axes
        Net return per customer on the x axis. The line of break-even is drawn where 0 is near the bars.

    Raises
    ------
    ArgumentError
        If `result` is no such result, holds several groups and none is picked, there is no such step, `within` is not between
        0 and 1, or the level is none.

    Notes
    -----
    Bars say as much about the ranges as about what is moved: a wider range makes a wider bar.

    References
    ----------
    Howard, R. A. (1988). Decision analysis: practice and promise. *Management Science* 34.

    Examples
    --------
    >>> import cxstats as cx
    >>> from matplotlib.figure import Figure
    >>> value = cx.service_value(cx.sample_survey(), outcome="spend", level="service_level",
    ...                          order=["poor", "adequate", "wow"], adjust="tenure", unit="EUR")
    >>> found = cx.roi(value, cost={"poor": 5, "adequate": 12, "wow": (18, 26)}, margin=0.6)
    >>> ax = cx.plot_tornado(found, ax=Figure().subplots())
    >>> [tick.get_text().replace(chr(10), " ") for tick in ax.get_yticklabels()]
    ['cost of wow', 'cost of adequate', 'spend, wow less adequate', 'margin']
    """
    place = "plot_tornado"
    need_return(f"{place}(result=)", result, ax)
    picked = one_group(place, result.net.labels, group, ("metric", "contrast"))
    table = of_group(result.tornado(contrast, within=within, level=level), picked).reset_index(drop=True)
    names = list(dict.fromkeys(result.net.labels["contrast"]))
    step = names[len(names) - 1 - (len(names) > 2)] if contrast is None else contrast
    (row,) = places_of(result.net, {**picked, "contrast": step}).tolist()
    ends = np.asarray(limits_of(result.net, level, np.asarray([row])))
    unit = str(result.net.frame(level)["unit"].iloc[row])
    ax = axes_for(result.net, ax, 6.0, float(np.clip(1.4 + 0.3 * len(table), 2.2, 8.0)))
    dress(ax, "x")
    guessed = table["moved"].str.startswith("estimated").to_numpy()
    said = small_print(
        ax,
        [
            named(picked, f"net return of {step}: {_number(ends, unit, level)}; n = {result.net.n[row]:,.0f}."),
            f"Light: low end; dark: high end{'; hatched: estimated' if guessed.any() else ''}.",
            _moved(table, guessed, within, level),
            result.value.words,
        ],
    )
    height = height_left(ax, said) / len(table)
    ax.set_ylim(len(table) - 0.4, -0.6)
    name_rows(ax, np.arange(len(table)), table["input"].astype(str).tolist(), 0.9 * height)
    size = float(np.clip(0.6 * height, SMALLEST, text_size("x-small")))
    texts = [short(low, high) for low, high in table[["low", "high"]].to_numpy(dtype=float).tolist()]
    _axis(ax, table, [text for both in texts for text in both], size, unit, result.span)
    _bars(ax, table, guessed)
    _ends(ax, table, texts, size)
    say(ax, said)
    return ax


def _number(ends: np.ndarray, unit: str, level: float) -> str:
    """Return the net return with its interval."""
    digits, (value, low, high) = digits_of(*ends), ends[:, 0].tolist()
    known = not np.isnan(low + high)
    limits = (
        f"{written(low, digits)} to {written(high, digits)}, {100 * level:.4g} % interval"
        if known
        else "interval unknown"
    )
    return f"{written(value, digits)}{' ' if unit else ''}{unit} ({limits})"


def _moved(table: pd.DataFrame, guessed: np.ndarray, within: float, level: float) -> str:
    """Return over what estimated and given things are moved."""
    over = f"Estimated things go over their {100 * level:.4g} % interval." if guessed.any() else ""
    given = set(table.loc[~guessed, "moved"])
    one = any(said.startswith("one number") for said in given)
    parts = [f"numbers go {100 * within:g} % up and down"] if one else []
    parts += ["ranges and distributions go over what they span"] if len(given) > one else []
    return f"{over} Given {' and '.join(parts)}.".strip() if parts else over


def _axis(ax: Axes, table: pd.DataFrame, texts: Sequence[str], size: float, unit: str, over: str) -> None:
    """Give the axis of money its view, with room for the ends of inputs beside the bars, its ticks and its name."""
    from cxstats.charts.ticks import number_axis

    width = width_left(ax)
    reached = table[["net_low", "net_high", "net"]].to_numpy(dtype=float)
    low, high = float(np.nanmin(reached)), float(np.nanmax(reached))
    span = high - low if high > low else max(abs(high), 1.0)
    near = low - NEAR * span <= 0 <= high + NEAR * span
    room = max(text_width(text, size) for text in texts) + 2 * AIR
    point = span / max(width - 2 * room, 0.3 * width)
    left, right = low - room * point, high + room * point
    if near:
        left, right = min(left, -AIR * point), max(right, AIR * point)
        ax.axvline(0, color=INK, linewidth=1.0, zorder=2.6, label="_break-even")
    ax.set_xlim(left, right)
    number_axis(ax.xaxis, (left, right), width, text_size(), across=True)
    ax.set_xlabel(plain(axis_name(unit, "; 0 breaks even" if near else "", width, over)))
    ax.axvline(float(table["net"].iloc[0]), color=MUTED, linewidth=0.9, linestyle=(0, (3, 2)), zorder=1.3, label="_net")


def _bars(ax: Axes, table: pd.DataFrame, guessed: np.ndarray) -> None:
    """Draw to where the low and the high end lead from the net return; of two on one side the shorter one is in front."""
    net = table["net"].to_numpy(dtype=float)
    ways = {name: table[f"net_{name}"].to_numpy(dtype=float) - net for name in ("low", "high")}
    for k in range(len(table)):
        order = sorted(ways, key=lambda name: -abs(float(np.nan_to_num(ways[name][k]))))
        for name in order:
            if np.isfinite(ways[name][k]):
                ax.barh(
                    k, ways[name][k], BAR, left=net[k], color=LOW if name == "low" else HIGH, edgecolor="white",
                    hatch=HATCH if guessed[k] else None, linewidth=0.0, zorder=2, label=f" {name}",
                )  # fmt: skip


def _ends(ax: Axes, table: pd.DataFrame, texts: Sequence[Sequence[str]], size: float) -> None:
    """Write the ends of the inputs beside the bars; of what is unknown, that it is."""
    ground = {"facecolor": ax.get_facecolor(), "edgecolor": "none", "pad": 0.3}
    lines = table[["net_low", "net_high", "net"]].to_numpy(dtype=float).tolist()
    for k, ((low, high, net), both) in enumerate(zip(lines, texts, strict=True)):
        look: dict[str, Any] = {"textcoords": "offset points", "va": "center", "size": size, "color": INK, "zorder": 3}
        if np.isnan(low) or np.isnan(high):
            ax.annotate(
                "interval unknown", (net, k), xytext=(AIR, 0), ha="left", bbox=ground, label="_end", **look,
            )  # fmt: skip
            continue
        first = high < low  # a high end that leads to less stands at the left
        for at, text, side in ((min(low, high), both[first], -1), (max(low, high), both[not first], 1)):
            ax.annotate(
                plain(text), (at, k), xytext=(0.75 * side * AIR, 0), ha="right" if side < 0 else "left", bbox=ground,
                label="_end", **look,
            )  # fmt: skip
