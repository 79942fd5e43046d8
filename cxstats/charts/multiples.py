"""Small multiples: each group over the periods in a panel of its own, the others behind it in grey, all on one scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxstats.charts.numbers import decimals, written
from cxstats.charts.plan import label_text
from cxstats.charts.series import TimeAxis, time_axis
from cxstats.charts.style import (
    INK,
    PALETTE,
    broken,
    dress,
    ink,
    inside,
    is_constant,
    is_difference,
    mark_synthetic,
    need_estimate,
    need_number,
    need_panels,
    one_unit,
    plain,
    sentence,
    text_size,
    value_label,
    view,
    wrapped,
)
from cxstats.charts.trend import RIBBON, periods_of, ribbon
from cxstats.errors import ArgumentError, listing, one_of
from cxstats.inference.periods import DAYS_PER_YEAR

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

    from cxstats.inference import Estimate

OTHERS = "#C4C4C4"
MOST_PANELS = 30
BOLD = 0.72  # width of a bold character in sizes


def plot_multiples(
    est: Estimate,
    *,
    over: str | None = None,
    by: str | None = None,
    columns: int = 3,
    figure: Figure | SubFigure | None = None,
    level: float = 0.95,
    method: str | None = None,
    target: float | None = None,
) -> np.ndarray:
    """Draw each group over the periods in a panel of its own: its line and ribbon, and all other groups in grey behind it.

    All panels have the same axes, so heights compare across them. The name of the group stands above its panel, its last
    value at the end of its line. A line breaks at a period for which its group has no estimate, and others have one.

    Parameters
    ----------
    est : Estimate
        Values of one unit by group and period, as ``measure(by=["channel", "quarter"])`` makes them.
    over : str, optional
        The label column that holds the periods; by default the one that is left when `by` is given.
    by : str, optional
        The label column whose values make the panels; by default the one that is left when `over` is given.
    columns : int
        Panels side by side, at most; by default 3.
    figure : matplotlib.figure.Figure or SubFigure, optional
        Where to draw; by default a new one. With ``layout="constrained"``, no label is cut off.
    level : float
        Confidence level of the ribbons, by default 0.95. The caption should state it.
    method : str, optional
        Interval of shares, as in ``est.frame(method=)``.
    target : float, optional
        A value to reach, drawn as a dashed line in every panel, in the unit of the estimates.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        One Axes a group, in the order of the estimate, row by row.

    Raises
    ------
    ArgumentError
        If `est` is no Estimate or mixes units, `over` and `by` do not tell all estimates apart, there are more than 30
        groups, or the level, method, target, columns or figure means nothing.

    Notes
    -----
    The panels show each group's own interval, not that of its distance from the others: test that with ``est.contrast``.

    References
    ----------
    Tufte, E. R. (1990). *Envisioning Information*, ch. 4. Graphics Press.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> from matplotlib.figure import Figure
    >>> answers = pd.DataFrame({"overall": [5, 4, 2, 5, 1, 3, 4, 4], "channel": list("aabb") * 2})
    >>> answers["quarter"] = ["2026Q1"] * 4 + ["2026Q2"] * 4
    >>> est = cx.measure(answers, cx.csat("overall"), by=["channel", "quarter"])
    >>> axes = cx.plot_multiples(est, over="quarter", by="channel", figure=Figure(layout="constrained"))
    >>> [ax.get_title("left") for ax in axes]
    ['a', 'b']
    """
    need_estimate("plot_multiples", est)
    need_panels("plot_multiples", figure)
    if isinstance(columns, bool) or not isinstance(columns, int | np.integer) or columns < 1:
        raise ArgumentError(f"plot_multiples(columns=): a number of panels such as 3 is needed, not {columns!r}.")
    labels, table = est.labels, est.frame(level, method)
    unit = one_unit("plot_multiples", table, labels["metric"])
    over, by = _labels(labels, over, by)
    places, axis = time_axis(labels[over])
    value, low, high = (table[c].to_numpy(dtype=float) for c in ("estimate", "conf_low", "conf_high"))
    panels = {name: _points(rows, places, axis) for name, rows in _panels(labels, over, by, places).items()}
    lines = {"zero": 0.0} if is_difference(labels) else {}
    if target is not None:
        lines["target"] = need_number("plot_multiples(target=)", target)
    seen = view([value, low, high, list(lines.values())], unit, difference=is_difference(labels))
    digits = decimals(table["std_error"].to_numpy(dtype=float))
    value, low, high = (np.append(found, np.nan) for found in (value, inside(low, seen), inside(high, seen)))

    across = min(int(columns), len(panels))
    down = -(-len(panels) // across)
    figure = _new_figure(6.0, 0.6 + 1.45 * down) if figure is None else figure
    grid = figure.subplots(down, across, squeeze=False, sharex=True, sharey=True)
    axes = grid.ravel()[: len(panels)]
    for spare in grid.ravel()[len(panels) :]:
        spare.remove()
    for k, (ax, (name, (x, rows))) in enumerate(zip(axes, panels.items(), strict=True)):
        dress(ax, "y")
        ax.set_ylim(seen)
        periods_of(ax, axis, sentence(over))
        ax.set_xlabel("")
        ax.tick_params(labelbottom=k + across >= len(panels), labelleft=k % across == 0)
        for other, (others_x, others_rows) in panels.items():
            if other != name:
                ax.plot(others_x, value[others_rows], color=OTHERS, linewidth=0.9, zorder=1)
        ribbon(ax, 0, x, low[rows], high[rows], RIBBON[0])
        ax.plot(x, value[rows], color=PALETTE[0], linewidth=1.4, marker="o", markersize=2.2, zorder=2)
        for what, at in lines.items():
            ax.axhline(at, color=INK, linewidth=0.8, linestyle=(0, (5, 3)) if what == "target" else "-", zorder=1.5)
        _name(ax, name, across, figure)
        _last(ax, x, value[rows], digits)
    mark_synthetic(axes[-1], est)
    _value_axis(figure, axes[0], seen, down, value_label(labels, unit, [by, over]), target)
    return axes


def _labels(labels: pd.DataFrame, over: str | None, by: str | None) -> tuple[str, str]:
    """Return the label columns that hold the periods and the groups; raise unless they tell all estimates apart."""
    able = [str(c) for c in labels.columns if c not in ("contrast", "trend")]
    for place, given in (("over", over), ("by", by)):
        if given is not None:
            one_of(f"plot_multiples({place}=)", given, able)
    telling = [c for c in able if c != "metric" or not is_constant(labels, "metric")]
    if over is None:
        left = [c for c in telling if c not in (by, "metric")]
        if len(left) != 1:
            said = f"one of {listing(left)}" if left else "measure(by=) makes labels"
            raise ArgumentError(f"plot_multiples(over=): name the label that holds the periods: {said}.")
        over = left[0]
    if by is None:
        left = [c for c in telling if c != over and not is_constant(labels, c)] or [c for c in telling if c != over]
        if len(left) != 1:
            said = f"one of {listing(left)}" if left else "measure(by=[group, period]) makes both"
            raise ArgumentError(f"plot_multiples(by=): name the label whose values make the panels: {said}.")
        by = left[0]
    if over == by:
        raise ArgumentError(f"plot_multiples(by=): {by!r} holds the periods already. Name the label of the groups.")
    others = [str(c) for c in labels.columns if c not in (over, by) and not is_constant(labels, c)]
    if others:
        raise ArgumentError(
            f"plot_multiples(est=): {listing(others)} tell estimates apart, too, and a panel shows one line. Pick one value of "
            "each (est.pick), or measure without them."
        )
    return over, by


def _panels(labels: pd.DataFrame, over: str, by: str, places: np.ndarray) -> dict[str, np.ndarray]:
    """Return the rows of each group in the order of time, by the group's name."""
    groups = labels[by].tolist()
    found: dict[str, np.ndarray] = {}
    for group in dict.fromkeys(groups):
        rows = np.asarray([i for i, other in enumerate(groups) if other == group])
        if len(np.unique(places[rows])) < len(rows):
            raise ArgumentError(f"plot_multiples(over={over!r}): a period occurs twice in {by} {group!r}.")
        found[label_text(by, group)] = rows[np.argsort(places[rows], kind="stable")]
    if len(found) > MOST_PANELS:
        raise ArgumentError(
            f"plot_multiples(by={by!r}): {len(found)} groups are too many; {MOST_PANELS} panels can be read. Measure fewer "
            "groups (where=), or draw them by parts (est.pick)."
        )
    return found


def _points(rows: np.ndarray, places: np.ndarray, axis: TimeAxis) -> tuple[np.ndarray, np.ndarray]:
    """Return the periods of a line and their rows: -1, which has no value, for a period that only other groups have.

    Dates are moments rather than periods; of these a line has its own only.
    """
    if axis.per_year == DAYS_PER_YEAR:
        return places[rows], rows
    row = dict(zip(places[rows].tolist(), rows.tolist(), strict=True))
    return axis.places, np.asarray([row.get(place, -1) for place in axis.places.tolist()])


def _new_figure(width: float, height: float) -> Figure:
    import matplotlib.pyplot as plt

    return plt.figure(figsize=(width, min(height, 14.0)), layout="constrained")


def _name(ax: Axes, name: str, across: int, figure: Figure | SubFigure) -> None:
    """Write the group's name above its panel, in the colour of its line."""
    size = text_size("x-small")
    width = int(0.85 * figure.bbox.width * 72 / figure.dpi / across / (BOLD * size))
    ax.set_title(
        plain(wrapped(name, max(width, 8))), loc="left", size=size, weight="bold", color=ink(PALETTE[0]), pad=3,
        linespacing=1.0,
    )  # fmt: skip


def _last(ax: Axes, x: np.ndarray, y: np.ndarray, digits: int) -> None:
    """Write the last value at the end of the line."""
    known = np.flatnonzero(np.isfinite(y))
    if len(known):
        ax.annotate(
            written(float(y[known[-1]]), digits), (x[known[-1]], y[known[-1]]), xytext=(4, 0), textcoords="offset points",
            ha="left", va="center", size=text_size("x-small"), color=ink(PALETTE[0]), annotation_clip=False,
            bbox={"facecolor": ax.get_facecolor(), "edgecolor": "none", "pad": 0.3, "alpha": 0.8},
        )  # fmt: skip


def _value_axis(
    figure: Figure | SubFigure, ax: Axes, seen: tuple[float, float], down: int, said: str, target: float | None
) -> None:
    """Write numbers on the shared axis of values, and say once what the values are."""
    from cxstats.charts.ticks import number_axis

    height = float(figure.bbox.height * 72 / figure.dpi)
    number_axis(ax.yaxis, seen, 0.6 * height / down, text_size(), across=False)
    said += f"; target {target:g}" if target is not None else ""
    figure.supylabel(
        plain(broken(said, max(int(0.8 * height / (0.55 * text_size())), 12))), size=text_size(), color=INK
    )
