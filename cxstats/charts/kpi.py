"""One number at a glance: its latest value, its change with the interval of the change, and a small line of how it came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.charts.numbers import decimals, written
from cxstats.charts.series import time_axis
from cxstats.charts.style import (
    INK,
    MUTED,
    PALETTE,
    axes_for,
    cell_height,
    cell_width,
    inside,
    is_constant,
    need_axes,
    need_estimate,
    need_number,
    one_unit,
    plain,
    shown,
    size_in_points,
    text_size,
    value_label,
    view,
    wrapped,
)
from cxstats.charts.trend import RIBBON, ribbon
from cxstats.errors import ArgumentError, listing, one_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from cxstats.inference import Estimate

WORDS = 0.54  # the part of the width that the words have; the line has the rest
VALUE, CHANGE = 1, 3  # which of the words are the value and its change
LARGE, LINE = 3.2, 1.35  # size of the latest value, and from line to line, in sizes of the small text


def plot_kpi(
    est: Estimate,
    ax: Axes | None = None,
    *,
    over: str | None = None,
    level: float = 0.95,
    method: str | None = None,
    target: float | None = None,
) -> Axes:
    """Draw the latest value large, with its change against the period before, and a small line of all periods.

    The change and its interval are those of ``est.contrast(latest, before)``, so periods that share PSUs are not taken as
    independent. A change whose interval holds zero is called "no clear change".

    Parameters
    ----------
    est : Estimate
        One metric over periods: years, quarters ("2025Q3"), months ("2025-09"), dates, or any ordered labels.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure. Of a figure with ``layout="constrained"``, no label is cut off.
    over : str, optional
        The label column that holds the periods; by default the only ``by`` column that varies.
    level : float
        Confidence level of the intervals, by default 0.95; stated in the picture.
    method : str, optional
        Interval of shares, as in ``est.frame(method=)``.
    target : float, optional
        A value to reach, drawn as a dashed line and said in words, in the unit of the estimates.

    Returns
    -------
    matplotlib.axes.Axes
        Words at the left, the line of the periods with its ribbon at the right.

    Raises
    ------
    ArgumentError
        If `est` is no Estimate, holds several series, has no periods, or the level, method or target means nothing.

    Notes
    -----
    An interval of the change that holds zero does not say that nothing changed: the change may be anywhere in it. A last
    period that is not complete compares unlike times; leave it out with ``where=``.

    References
    ----------
    Few, S. (2013). *Information Dashboard Design*, 2nd ed. Analytics Press.
    Tufte, E. R. (2006). *Beautiful Evidence*, on sparklines. Graphics Press.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> from matplotlib.figure import Figure
    >>> answers = pd.DataFrame({"overall": [5, 1] * 20 + [5, 5, 4, 1] * 10, "year": [2025] * 40 + [2026] * 40})
    >>> ax = cx.plot_kpi(cx.measure(answers, cx.csat("overall"), by="year"), Figure().subplots())
    >>> [text.get_text() for text in ax.texts][1:4]
    ['75 %', '60 to 86 (95 % interval), n 40', 'Up by 25 percentage points on 2025']
    """
    need_estimate("plot_kpi", est)
    need_axes("plot_kpi", ax)
    labels, table = est.labels, est.frame(level, method)
    unit = one_unit("plot_kpi", table, labels["metric"])
    over = _period_column(labels, over)
    places, axis = time_axis(labels[over])
    if len(np.unique(places)) < len(places):
        raise ArgumentError(f"plot_kpi(over={over!r}): a period occurs twice. Pick one series (est.pick).")
    order = np.argsort(places, kind="stable")
    value, low, high = (table[c].to_numpy(dtype=float)[order] for c in ("estimate", "conf_low", "conf_high"))
    goal = None if target is None else need_number("plot_kpi(target=)", target)
    last = table.iloc[order[-1]]
    digits = decimals(table["std_error"].to_numpy(dtype=float)[order[-2:]])
    words = [
        f"{value_label(labels, '')}, {shown(axis.labels[-1])}",
        f"{written(float(value[-1]), digits)} {_short(unit)}".strip() if last["n"] else "no answers",
        f"{_between(low[-1], high[-1], digits, level)}, n {last['n']:,.0f}" if last["n"] else "",
        *_change(est, over, axis.labels, level, method, digits),
        "" if goal is None else f"Target {goal:g}".replace("-", "\N{MINUS SIGN}"),
    ]
    ax = axes_for(est, ax, 6.0, 1.35)
    ax.set_axis_off()
    ax.set(xticks=[], yticks=[])
    _words(ax, words)
    line = Line(places[order], value, low, high)
    _sparkline(ax, line, unit, goal)
    _name_ends(ax, line, axis.labels)
    return ax


@dataclass(frozen=True)
class Line:
    """The values of all periods with their limits, in the order of time."""

    x: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray


def _period_column(labels: pd.DataFrame, over: str | None) -> str:
    """Return the label column that holds the periods; raise if other labels vary."""
    able = [str(c) for c in labels.columns if c not in ("metric", "contrast", "trend")]
    if over is None:
        varying = [c for c in able if not is_constant(labels, c)] or able
        if len(varying) != 1:
            said = f"one of {listing(varying)}" if varying else "measure(by=) makes labels"
            raise ArgumentError(f"plot_kpi(over=): name the label that holds the periods: {said}.")
        over = varying[0]
    one_of("plot_kpi(over=)", over, able)
    others = [str(c) for c in labels.columns if c != over and not is_constant(labels, c)]
    if others:
        raise ArgumentError(
            f"plot_kpi(est=): one series is drawn, and {listing(others)} tell several apart. Pick one value of each, such as "
            f"est.pick({others[0]}={labels[others[0]].iloc[0]!r}), and draw each on its own Axes (ax=)."
        )
    return over


def _short(unit: str) -> str:
    return "" if unit == "net %" else "percentage points" if unit.endswith("% points") else unit


def _between(low: float, high: float, digits: int, level: float) -> str:
    if not low <= high:
        return "interval unknown"
    return f"{written(float(low), digits)} to {written(float(high), digits)} ({100 * level:g} % interval)"


def _change(
    est: Estimate, over: str, periods: list[Any], level: float, method: str | None, digits: int
) -> tuple[str, str]:
    """Say by how much the latest period differs from the one before, and how sure that is."""
    if len(periods) < 2:
        return "No period before", ""
    change = est.contrast({over: periods[-1]}, {over: periods[-2]}).frame(level, method).iloc[0]
    size, low, high = (float(change[name]) for name in ("estimate", "conf_low", "conf_high"))
    before = shown(periods[-2])
    if np.isnan(size):
        return f"Change on {before} unknown", ""
    unit = "percentage points" if str(change["unit"]).endswith("% points") else str(change["unit"])
    amount, signed = (f"{written(x, digits, sign=x is size)} {unit}".strip() for x in (abs(size), size))
    if not low <= high:
        return f"Change {signed} on {before}", "interval of the change unknown"
    interval = _between(low, high, digits, level)
    if low <= 0 <= high:
        return f"Change {signed} on {before}", f"{interval}: no clear change"
    return f"{'Up' if size > 0 else 'Down'} by {amount} on {before}", interval


def _words(ax: Axes, words: list[str]) -> None:
    """Write the words one below the other at the left, the value large, as large as the height allows."""
    small = text_size("x-small")
    width, height = WORDS * cell_width(ax), 0.94 * cell_height(ax)
    texts = [
        text if k == VALUE else wrapped(text, max(int(width / (0.58 * small)), 12)) for k, text in enumerate(words)
    ]
    large = min(LARGE, width / (0.7 * small * len(texts[VALUE])))
    sizes = [large if k == VALUE else 1.0 for k in range(len(texts))]
    tall = [
        bool(text) * LINE * size * (text.count("\n") + 1) * (0.88 if k == VALUE else 1.0)
        for k, (size, text) in enumerate(zip(sizes, texts, strict=True))
    ]
    scale = float(min(small, height / sum(tall)))
    top = scale * sum(tall) / 2
    for k, (text, size, room) in enumerate(zip(texts, sizes, tall, strict=True)):
        ax.annotate(
            plain(text), (0, 0.5), xycoords="axes fraction", xytext=(0, top - scale * room / 2), textcoords="offset points",
            ha="left", va="center", size=scale * size, weight="bold" if k == VALUE else "normal",
            color=INK if k in (VALUE, CHANGE) else MUTED, linespacing=1.1, annotation_clip=False,
        )  # fmt: skip
        top -= scale * room


def _sparkline(ax: Axes, line: Line, unit: str, goal: float | None) -> None:
    """Draw the line of all periods with its ribbon in the right part, its last point marked."""
    seen = view([line.value, line.low, line.high, [] if goal is None else [goal]], unit, difference=False)
    span = float(np.ptp(line.x)) or 1.0
    part = 1 - WORDS - 0.04
    ax.set_xlim(line.x[-1] + 0.02 * span - span / part, line.x[-1] + 0.02 * span)
    ax.set_ylim(seen[0] - 0.25 * (seen[1] - seen[0]), seen[1] + 0.08 * (seen[1] - seen[0]))
    ribbon(ax, 0, line.x, inside(line.low, seen), inside(line.high, seen), RIBBON[0])
    ax.plot(line.x, line.value, color=PALETTE[0], linewidth=1.4, zorder=2)
    ax.scatter(line.x[-1:], line.value[-1:], s=22, color=PALETTE[0], zorder=3, clip_on=False)
    if goal is not None:
        ax.hlines(goal, line.x[-1] - span, line.x[-1], color=INK, linewidth=0.8, linestyle=(0, (5, 3)), zorder=1.5)


def _name_ends(ax: Axes, line: Line, periods: list[Any]) -> None:
    """Name the first and the last period below the line."""
    size = min(text_size("x-small"), 0.16 * size_in_points(ax)[1])
    for k, side in ((0, "left"), (-1, "right"))[-len(periods) :]:
        ax.text(
            line.x[k], 0.0, plain(shown(periods[k])), transform=ax.get_xaxis_transform(), ha=side, va="bottom", size=size,
            color=MUTED,
        )  # fmt: skip
