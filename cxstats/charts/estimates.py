"""Dots with intervals: one row an estimate, so that groups and metrics are compared along one axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.charts.plan import DOT, HEADING, WIDE, Plan
from cxstats.charts.series import answers_apart
from cxstats.charts.style import (
    INK,
    MARKERS,
    MUTED,
    PALETTE,
    axes_for,
    broken,
    cell_width,
    dress,
    inside,
    is_difference,
    need_axes,
    need_estimate,
    need_figure,
    need_number,
    one_unit,
    plain,
    size_in_points,
    text_size,
    value_label,
    view,
    wrapped,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from cxstats.inference import Estimate

SMALLEST_TEXT, SMALLEST_LABEL = 5.0, 3.0  # below these, a base is left out and a label overlaps the next
VERY_WIDE = 60  # characters in a line, where no size is small enough


def plot_estimates(
    est: Estimate,
    ax: Axes | None = None,
    *,
    level: float = 0.95,
    method: str | None = None,
    color_by: str | None = "auto",
    reference: float | Sequence[float] | None = None,
    show_n: bool = True,
) -> Axes:
    """Draw estimates as dots with their confidence intervals, one row an estimate.

    The labels that tell the estimates apart make the rows; the last of several makes colours and marker shapes (up to four
    of them, else blocks of rows). A hollow dot has no interval: it is unknown. A row without an estimate says so.

    Parameters
    ----------
    est : Estimate
        Values of one unit: groups, metrics, contrasts, slopes.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure. Of a figure with ``layout="constrained"``, no label is cut off.
    level : float
        Confidence level of the intervals, by default 0.95. The caption should state it.
    method : str, optional
        Interval of shares, as in ``est.frame(method=)``.
    color_by : str, optional
        The label column shown by colour; "auto" chooses, None uses none.
    reference : float or sequence of float, optional
        Where to draw vertical lines, in the unit of the estimates. Contrasts and slopes have one at 0 unless told
        otherwise; an empty list draws none.
    show_n : bool
        Whether to write the base (answers) of each estimate at the right.

    Returns
    -------
    matplotlib.axes.Axes
        Values on the x axis in the unit of the estimates, rows from the top in the order of the estimate.

    Raises
    ------
    ArgumentError
        If `est` is no Estimate or mixes units, the level, method or reference means nothing, or `color_by` is no label.

    Notes
    -----
    Two intervals that overlap do not mean that the groups are alike: draw ``est.contrast(a, b)`` to see the difference.

    References
    ----------
    Cleveland, W. S. (1984). Graphical methods for data presentation: dot charts. *The American Statistician* 38.
    Okabe, M. and Ito, K. (2008). *Color Universal Design*.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> from matplotlib.figure import Figure
    >>> from cxstats.charts import plot_estimates
    >>> answers = pd.DataFrame({"overall": [5, 4, 4, 2, 5, 1, 2, 4], "channel": ["app"] * 4 + ["call"] * 4})
    >>> by_channel = cx.measure(answers, cx.csat("overall"), by="channel")
    >>> ax = plot_estimates(by_channel, Figure().subplots(), reference=80)
    >>> ax.get_xlabel(), [tick.get_text() for tick in ax.get_yticklabels()]
    ('CSAT (%)', ['app', 'call'])
    """
    need_estimate("plot_estimates", est)
    need_axes("plot_estimates", ax)
    labels, table = est.labels, est.frame(level, method)
    unit = one_unit("plot_estimates", table, labels["metric"])
    lines = _references(reference, is_difference(labels))
    labels = labels if color_by == "metric" else answers_apart(labels)
    plan = Plan.of(labels, color_by)
    ax = axes_for(est, ax, 6.0, float(np.clip(1.1 + 0.24 * plan.height, 1.8, 14.0)))
    dress(ax, "x")
    value, low, high = (table[name].to_numpy(dtype=float) for name in ("estimate", "conf_low", "conf_high"))
    limits = view([value, low, high, lines], unit, difference=is_difference(labels))
    ax.set_xlim(limits)
    ax.set_ylim(plan.height, 0)
    for at in lines:
        ax.axvline(at, color=MUTED, linewidth=1.0, zorder=1, label="_reference")
    _dots(ax, plan, value, inside(low, limits), inside(high, limits))
    _notes(ax, plan, table)
    rows_of(ax, plan)
    _values(ax, limits, value_label(labels, unit, plan.said))
    if show_n:
        bases_of(ax, plan, table["n"].to_numpy(dtype=float))
    if plan.colors:
        _legend(ax, plan, header=show_n)
    return ax


def _references(reference: Any, difference: bool) -> list[float]:
    if reference is None:
        return [0.0] if difference else []
    several = isinstance(reference, list | tuple | np.ndarray)
    return [need_number("plot_estimates(reference=)", at) for at in (reference if several else [reference])]


def _dots(ax: Axes, plan: Plan, value: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
    """Draw bars and dots of each colour; `scatter` keeps the values as they are."""
    side = float(np.clip(0.55 * pitch(ax, plan) * (DOT if len(plan.colors) else 1.0), 2.5, 5.5))
    for k in range(max(len(plan.colors), 1)):
        color = PALETTE[k]
        mine = (plan.series == k) & np.isfinite(value)
        known = mine & np.isfinite(low) & np.isfinite(high)
        ax.hlines(plan.y[known], low[known], high[known], color=color, linewidth=side / 3, zorder=2)
        for chosen, fill in ((known, color), (mine & ~known, "white")):
            ax.scatter(
                value[chosen], plan.y[chosen], s=side**2, marker=MARKERS[k], facecolor=fill, edgecolor=color,
                linewidth=side / 5, zorder=3, clip_on=False,
            )  # fmt: skip


def _notes(ax: Axes, plan: Plan, table: pd.DataFrame) -> None:
    """Say in words where an estimate or its interval is missing; hollow dots alone do where rows are too close."""
    size = min(text_size("x-small"), 0.85 * pitch(ax, plan) * (DOT if plan.colors else 1.0))
    if size < SMALLEST_TEXT:
        return
    left, right = ax.get_xlim()
    for y, value, low, high, n in zip(
        plan.y, *(table[c] for c in ("estimate", "conf_low", "conf_high", "n")), strict=True
    ):
        if np.isnan(value):
            said = "no answers" if n == 0 else "unknown"
            ax.text(
                0.01, y, said, transform=ax.get_yaxis_transform(), size=size, color=MUTED, va="center", bbox=_box(ax)
            )
        elif np.isnan(low) or np.isnan(high):
            near = value > (left + right) / 2
            ax.annotate(
                "interval unknown", (value, y), xytext=(-7 if near else 7, 0), textcoords="offset points",
                ha="right" if near else "left", va="center", size=size, color=MUTED, bbox=_box(ax),
            )  # fmt: skip


def _box(ax: Axes) -> dict[str, Any]:
    """Return a ground that keeps grid lines out of a text."""
    return {"facecolor": ax.get_facecolor(), "edgecolor": "none", "pad": 1}


def pitch(ax: Axes, plan: Plan) -> float:
    """Return the points from row to row."""
    return size_in_points(ax)[1] / plan.height


def rows_of(ax: Axes, plan: Plan) -> None:
    """Write the texts of the rows at the largest size at which they fit whole; headings stand above their blocks."""
    room, size, width = plan.row * pitch(ax, plan), SMALLEST_LABEL, 0
    for size in np.arange(text_size(), SMALLEST_LABEL - 0.01, -0.25):
        widths = [w for w in (20, 26, WIDE, 44) if w * 0.55 * size <= 0.42 * cell_width(ax)] or [15]
        most = int(room / (1.12 * size))
        width = next((w for w in widths if all(wrapped(t, w).count("\n") < most for t in plan.texts)), 0)
        if width:
            break
    ax.set_yticks(plan.at, [plain(wrapped(text, width or VERY_WIDE)) for text in plan.texts], size=float(size))
    for tick in ax.get_yticklabels():
        tick.set(linespacing=1.0, verticalalignment="center")
    bold = min(float(size), 0.9 * HEADING * pitch(ax, plan))
    for text, y in plan.headings:
        ax.text(
            0, y, plain(text), transform=ax.get_yaxis_transform(), size=bold, weight="bold", color=INK,
            va="center", bbox=_box(ax),
        )  # fmt: skip


def _values(ax: Axes, limits: tuple[float, float], text: str) -> None:
    from cxstats.charts.ticks import number_axis

    width, _ = size_in_points(ax)
    number_axis(ax.xaxis, limits, width, text_size(), across=True)
    ax.set_xlabel(plain(broken(text, max(int(width / (0.55 * text_size())), 20))))


def bases_of(ax: Axes, plan: Plan, n: np.ndarray) -> None:
    """Write the bases at the right of the rows; where rows are too close for that, their range above."""
    size = min(text_size("x-small"), 0.85 * pitch(ax, plan) * (DOT if plan.colors else 1.0))
    texts = [f"{count:,.0f}" for count in n]
    if size < SMALLEST_TEXT:
        head = f"n {n.min():,.0f} to {n.max():,.0f}"
    else:
        widest, head = max(len(t) for t in texts) * 0.62 * size, "n"
        for y, text in zip(plan.y, texts, strict=True):
            ax.annotate(
                text, (1, y), xycoords=ax.get_yaxis_transform(), xytext=(6 + widest, 0), textcoords="offset points",
                ha="right", va="center", size=size, color=MUTED, annotation_clip=False,
            )  # fmt: skip
    ax.annotate(
        head, (1, 1), xycoords="axes fraction", xytext=(6 + widest if head == "n" else 0, 2), textcoords="offset points",
        ha="right", va="bottom", size=max(size, text_size("x-small")), color=MUTED,
    )  # fmt: skip


def _legend(ax: Axes, plan: Plan, *, header: bool) -> None:
    """Name the colours above the rows, in as many columns as there is width for."""
    from matplotlib.lines import Line2D
    from matplotlib.transforms import ScaledTranslation

    size = text_size()
    texts = [plain(wrapped(text, 30)) for text in plan.colors]
    needed = (max(len(text) for text in texts) + 5) * 0.6 * size
    columns = int(np.clip(0.95 * cell_width(ax) / needed, 1, len(texts)))
    handles = [
        Line2D([], [], color=PALETTE[k], marker=MARKERS[k], markersize=5, linewidth=1.6) for k in range(len(texts))
    ]
    figure = need_figure(ax)
    up = ScaledTranslation(0, (1.5 * size if header else 0.3 * size) / 72, figure.dpi_scale_trans)
    legend = ax.legend(
        handles, texts, title=plain(plan.title), fontsize=size, title_fontsize=size, frameon=False, loc="lower right",
        bbox_to_anchor=(1, 1), bbox_transform=ax.transAxes + up, ncols=columns,
        borderaxespad=0, borderpad=0.1, handlelength=1.6, columnspacing=1.4, labelcolor=INK, alignment="left",
    )  # fmt: skip
    legend.get_title().set_color(INK)
