"""Verdicts as a forest: a row a claim, its interval against the region where it should lie, a panel a unit and size."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.charts.forest import Forest, Panel, Row
from cxstats.charts.shades import mixed
from cxstats.charts.style import (
    INK,
    MUTED,
    NOTE,
    PALETTE,
    broken,
    cell_height,
    cell_width,
    dress,
    ink,
    inside,
    lowest,
    mark_synthetic,
    need_axes,
    need_figure,
    need_panels,
    plain,
    size_in_points,
    text_size,
    unit_label,
    view,
    wrapped,
)
from cxstats.errors import ArgumentError, listing, one_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

# Told apart by shape, by word and by a blue, an orange and a grey that colour-blind readers tell apart, too.
LOOKS = {
    "supported": ("o", PALETTE[0]),
    "contradicted": ("X", PALETTE[3]),
    "inconclusive": ("D", MUTED),
    "untestable": ("_", MUTED),
}
REGION = 0.16  # how much of the colour the shade of a region keeps
BAND = 0.42  # of a row, above and below its middle: the region that is shaded
WIDEST = 0.36  # of the width, for the names
CHARACTER = 0.56  # width of a character, in sizes
SMALLEST = 3.0
ROW, AXIS = 0.26, 0.5  # inches that a row and an axis with its name take


def plot_verdicts(
    verdicts: Any,
    ax: Axes | None = None,
    *,
    label: str = "claim",
    figure: Figure | SubFigure | None = None,
) -> np.ndarray:
    """Draw the verdicts on claims as a forest: each estimate with its interval, against the region where it should lie.

    On the row of each claim its region is shaded, with its edges as upright lines. A dot is supported, a cross contradicted, a
    diamond inconclusive; the word stands at the right, beside the base n. Claims of one unit share a panel, unless one of them
    would be too small to be seen beside another. The conditions of an `all_of` stand indented below it, or in another panel as
    "id: condition"; it has no number of its own. An arrow is an interval without an end. Claims that the data cannot test are
    listed at the bottom, with the reason. A question mark stands for an n that published figures do not tell.

    Parameters
    ----------
    verdicts : Verdicts
        What `check` returns.
    ax : matplotlib.axes.Axes, optional
        Where to draw verdicts of one unit, all in one panel; by default a new figure. With ``layout="constrained"``, no label
        is cut off.
    label : {"claim", "says"}
        What names the rows: the ids of the claims, or the claims in words.
    figure : matplotlib.figure.Figure or SubFigure, optional
        Where to draw the panels, instead of a new figure.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        One Axes a panel, from the top, in the order in which units and sizes occur; one without a scale if no claim can be
        tested.

    Raises
    ------
    ArgumentError
        If `verdicts` are none, `ax` is given for verdicts of several units or beside `figure`, or an option means nothing.

    Notes
    -----
    The verdict is that of the whole interval: a dot inside the shaded region supports nothing while its interval leaves it.
    A panel takes a claim if no interval is then 30 times as wide as another, and the panel not 30 times as wide as what any
    claim needs for its interval and the edges of its region.

    References
    ----------
    Lewis, S. and Clarke, M. (2001). Forest plots: trying to see the wood and the trees. *BMJ* 322.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> from matplotlib.figure import Figure
    >>> answers = pd.DataFrame({"overall": [5] * 60 + [3] * 20 + [1] * 10})
    >>> regions = {"most": cx.above(50), "nearly-all": cx.above(90)}
    >>> claims = [cx.Claim(id, measure=lambda s: cx.measure(s, cx.csat("overall")), region=r) for id, r in regions.items()]
    >>> (ax,) = cx.plot_verdicts(cx.check(claims, answers), Figure().subplots())
    >>> ax.get_xlabel(), [text.get_text() for text in ax.get_yticklabels()]
    ('Percent', ['most', 'nearly-all'])
    """
    _need_verdicts(verdicts)
    need_axes("plot_verdicts", ax)
    need_panels("plot_verdicts", figure)
    one_of("plot_verdicts(label=)", label, ("claim", "says"))
    forest = Forest.of(verdicts, label, by_size=ax is None)
    if ax is not None and (figure is not None or len(forest.panels) > 1):
        units = listing([panel.unit for panel in forest.panels])
        why = f"units {units} need an Axes each" if figure is None else "figure= is given, too"
        raise ArgumentError(f"plot_verdicts(ax=): {why}. Leave ax= out, or give figure=, and the panels are made.")
    axes = np.asarray([ax]) if ax is not None else _axes(forest, figure, bool(verdicts.synthetic))
    drawn = list(zip(axes, forest.panels, strict=False))  # with none there is an Axes for the reasons only
    for on, panel in drawn:
        dress(on, "x")
        on.set_ylim(panel.height, 0)
    reasons = _reasons(axes[-1], forest)
    pitch = _pitch(axes, forest, ax is None, reasons)
    left = _names(axes, forest, pitch) if forest.panels else 0.0
    for k, (on, panel) in enumerate(drawn):
        right = _columns(on, panel.rows, pitch, headed=k == 0)
        _values(on, panel, cell_width(on) - left - right - 24)
        for row in panel.rows:
            if row.drawn:
                _interval(on, row, pitch)
    if forest.panels:
        _note(axes[0], verdicts, left, right)
    else:
        axes[0].set_axis_off()
    mark_synthetic(axes[-1], verdicts, drop=_listed(axes[-1], reasons, left, alone=not forest.panels))
    return axes


def _need_verdicts(verdicts: Any) -> None:
    if not all(hasattr(verdicts, name) for name in ("verdicts", "level", "each", "synthetic")):
        raise ArgumentError(
            f"plot_verdicts(verdicts=): Verdicts, as check() returns, are needed, not {type(verdicts).__name__}."
        )
    if not len(verdicts):
        raise ArgumentError("plot_verdicts(verdicts=): there are no verdicts, so there is nothing to draw.")


def _axes(forest: Forest, figure: Figure | SubFigure | None, marked: bool) -> np.ndarray:
    """Return the Axes of the panels, each as high as its rows."""
    import matplotlib.pyplot as plt

    heights = [panel.height for panel in forest.panels] or [1.0]
    if figure is None:
        below = sum(0.16 * (1 + len(f"{name} {reason}") // 100) for name, reason in forest.untestable)
        inches = 0.25 + ROW * sum(heights) + AXIS * len(forest.panels) + below + 0.2 * bool(below) + NOTE * marked / 72
        figure = plt.figure(figsize=(6.0, float(np.clip(inches, 1.2, 14.0))), layout="constrained")
    return np.asarray(figure.subplots(len(heights), 1, squeeze=False, height_ratios=heights).ravel())


def _pitch(axes: np.ndarray, forest: Forest, whole: bool, reasons: str) -> float:
    """Return the points from row to row, when notes, axes and reasons have theirs; of the whole figure or of one cell."""
    figure = need_figure(axes[0])
    height = float(figure.bbox.height * 72 / figure.dpi) if whole else cell_height(axes[0])
    notes = 2 * NOTE + 1.1 * text_size("x-small") * (reasons.count("\n") + 1) * bool(reasons)
    rows = sum(panel.height for panel in forest.panels)
    drawn = [size_in_points(ax)[1] / panel.height for ax, panel in zip(axes, forest.panels, strict=False)]
    return max(min([(height - notes - 72 * AXIS * len(axes)) / max(rows, 1), *drawn]), SMALLEST)


def _names(axes: np.ndarray, forest: Forest, pitch: float) -> float:
    """Name the rows, left-aligned over all panels, so that conditions stand indented; return the points that it takes."""
    size, width = forest.fitting(pitch, WIDEST * cell_width(axes[0]), text_size(), SMALLEST)
    for ax, panel in zip(axes, forest.panels, strict=True):
        ax.set_yticks([row.y for row in panel.rows], [plain(row.lines(width)) for row in panel.rows], size=size)
        for tick in ax.get_yticklabels():
            tick.set(linespacing=1.0, verticalalignment="center", horizontalalignment="left")
    extents = [tick.get_window_extent().width for ax in axes for tick in ax.get_yticklabels()]
    room = float(max(extents)) * 72 / need_figure(axes[0]).dpi + 6
    for ax in axes:
        ax.tick_params(axis="y", pad=room)
    return room


def _columns(ax: Axes, rows: list[Row], pitch: float, *, headed: bool) -> float:
    """Write n, symbol and verdict at the right of each row; return the points that they take."""
    from matplotlib.transforms import ScaledTranslation

    size = float(np.clip(0.85 * pitch, SMALLEST, text_size("x-small")))
    widest = max(len(_people(row.verdict.n)) for row in rows) * 0.64 * size
    symbol = 6 + widest + 1.2 * size
    there = ax.get_yaxis_transform() + ScaledTranslation(symbol / 72, 0, need_figure(ax).dpi_scale_trans)

    def write(text: str, row: Row, at: float, side: str, color: str) -> None:
        ax.annotate(
            text, (1, row.y), xycoords=ax.get_yaxis_transform(), xytext=(at, 0), textcoords="offset points", ha=side,
            va="center", size=size, color=color, annotation_clip=False,
        )  # fmt: skip

    for row in rows:
        marker, color = LOOKS[row.verdict.verdict]
        if row.drawn:
            write(_people(row.verdict.n), row, 6 + widest, "right", MUTED)
        ax.plot([1], [row.y], marker, color=color, markersize=0.55 * size, transform=there, clip_on=False)
        write(row.verdict.verdict, row, symbol + 0.7 * size, "left", ink(color))
    if headed:
        ax.annotate(
            "n", (1, 1), xycoords="axes fraction", xytext=(6 + widest, 2), textcoords="offset points", ha="right",
            va="bottom", size=text_size("x-small"), color=MUTED,
        )  # fmt: skip
    return float(symbol + 8.5 * size)


def _people(n: float) -> str:
    """Return a number of answers; that of published figures may not be told."""
    return f"{n:,.0f}" if np.isfinite(n) else "?"


def _values(ax: Axes, panel: Panel, width: float) -> None:
    """Give the axis of values its view, its ticks and its name."""
    from cxstats.charts.ticks import number_axis

    shown, unit = [row.verdict for row in panel.rows if row.drawn], panel.unit
    numbers = [[v.estimate, v.conf_low, v.conf_high, *v.edges] for v in shown]
    seen = view([numbers], unit, difference=unit not in ("%", "net %"))
    ax.set_xlim(seen)
    number_axis(ax.xaxis, seen, max(width, 40.0), text_size(), across=True)
    ax.set_xlabel(plain(broken(unit_label(unit), max(int(width / (CHARACTER * text_size())), 20))))


def _interval(ax: Axes, row: Row, pitch: float) -> None:
    """Draw the region, the interval and the estimate of one claim."""
    v, seen = row.verdict, ax.get_xlim()
    marker, color = LOOKS[v.verdict]
    side = float(np.clip(0.4 * pitch, 2.5, 4.5))
    ax.fill_between(
        inside(np.asarray(v.edges), seen),
        row.y - BAND,
        row.y + BAND,
        color=mixed(PALETTE[0], REGION),
        linewidth=0,
        zorder=0.6,
        label="_region",
    )
    edges = [edge for edge in v.edges if np.isfinite(edge)]
    ax.vlines(edges, row.y - BAND, row.y + BAND, color=INK, linewidth=0.9, zorder=1.5, label="_edges")
    low, high = np.clip([v.conf_low, v.conf_high], *seen)
    ax.hlines(row.y, low, high, color=color, linewidth=side / 3, zorder=2, label="_interval")
    look: dict[str, Any] = {"s": side**2, "color": color, "linewidth": 0, "clip_on": False}
    for limit, end, arrow in ((v.conf_low, low, "<"), (v.conf_high, high, ">")):
        if np.isinf(limit):
            ax.scatter(end, row.y, marker=arrow, zorder=2.5, label="_open", **look)
    if np.isfinite(v.estimate):
        ax.scatter(v.estimate, row.y, marker=marker, zorder=3, label="_estimate", **look)


def _note(ax: Axes, verdicts: Any, left: float, right: float) -> None:
    """Say above the panels what is drawn, and at which level."""
    said = f"{100 * verdicts.each:.4g} % intervals"
    if verdicts.each != verdicts.level:
        claims = round((1 - verdicts.level) / (1 - verdicts.each))
        said += f" ({100 * verdicts.level:g} % shared by {claims} claims)"
    size = text_size("x-small")
    width = max(int((cell_width(ax) - right) / (CHARACTER * size)), 16)
    ax.annotate(
        wrapped(f"{said}, shaded where the claim holds", width), (0, 1), xycoords="axes fraction", xytext=(-left, 2),
        textcoords="offset points", ha="left", va="bottom", size=size, color=MUTED,
    )  # fmt: skip


def _reasons(ax: Axes, forest: Forest) -> str:
    """Return what the data cannot test, with the reasons, in lines as wide as the Axes and their labels."""
    if not forest.untestable:
        return ""
    width = max(int((cell_width(ax) - 6) / (CHARACTER * text_size("x-small"))), 20)
    listed = [wrapped(f"{name}: {reason}", width).replace("\n", "\n    ") for name, reason in forest.untestable]
    return "\n".join(["Untestable", *listed])


def _listed(ax: Axes, reasons: str, left: float, *, alone: bool) -> float:
    """Write the reasons below all panels, or alone; return the points that they take below the Axes."""
    from matplotlib.text import Text

    if not reasons:
        return 0.0
    where: Any = ((0, 1), "axes fraction") if alone else ((0, 0), ("axes fraction", partial(lowest, ax)))
    said = ax.annotate(
        plain(reasons), where[0], xycoords=where[1], xytext=(-left, -4), textcoords="offset points", ha="left", va="top",
        size=text_size("x-small"), color=MUTED, linespacing=1.15, annotation_clip=False, label="_untestable",
    )  # fmt: skip
    return 0.0 if alone else 4 + float(Text.get_window_extent(said).height) * 72 / need_figure(ax).dpi
