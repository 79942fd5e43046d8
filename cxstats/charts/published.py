"""Published percentages with what they can stand for: side by side as rows, or at several times as a trend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.charts.estimates import pitch, rows_of
from cxstats.charts.plan import Plan
from cxstats.charts.published_bands import ASSUMED, bands_of, draw_bands, meaning
from cxstats.charts.series import TimeAxis
from cxstats.charts.small_print import AIR, CHARACTER, above, axes_or_new, lines_across, need_offers
from cxstats.charts.style import (
    INK,
    MUTED,
    broken,
    cell_height,
    cell_width,
    dress,
    ink,
    need_axes,
    need_figure,
    need_number,
    plain,
    sentence,
    size_in_points,
    text_size,
    view,
    wrapped,
)
from cxstats.charts.trend import periods_of
from cxstats.errors import ArgumentError
from cxstats.inference.periods import DAYS_PER_YEAR, positions

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

OFFERS = ("interval", "words", "value", "n", "sizes", "source")
ROW, BAND, THICKEST = 0.42, 0.5, 12.0  # inches of a row; of a row, the bands; points
SMALLEST = 5.0  # points of a text that can be read
WIDE = 40  # characters in a line of words

PERIODS = {1.0: "Year", 4.0: "Quarter", 12.0: "Month", DAYS_PER_YEAR: "Date"}


def plot_percentages(
    figures: Any, ax: Axes | None = None, *, level: float = 0.95, against: float | None = None
) -> Axes:
    """Draw published percentages, a row each, with bands for what they can stand for.

    A marker is the figure as printed. The dark band behind it holds the shares of the sample that round to it, the pale band is
    the interval for the population, from sampling and rounding together. Where n was not told the marker is a square and
    there is a band for each n that is taken for possible, which is written where the band ends if there is room.

    Parameters
    ----------
    figures : Percentage or sequence of Percentage
        Rows from the top.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure. Of a figure with ``layout="constrained"``, no label is cut off.
    level : float
        Confidence level of the bands, by default 0.95. The note above the Axes states it.
    against : float, optional
        Where to draw a vertical line, in percent: 50 for a majority.

    Returns
    -------
    matplotlib.axes.Axes
        Percent on the x axis, the figures in words at the left, n or "n assumed" at the right.

    Raises
    ------
    ArgumentError
        If something is no percentage or there is none, the level is not between 0 and 1, or `against` is no percentage.

    Notes
    -----
    The bands know of sampling and rounding only: who was asked, and how, is not in them.

    References
    ----------
    Clopper, C. J. and Pearson, E. S. (1934). The use of confidence or fiducial limits. *Biometrika* 26.

    Examples
    --------
    >>> import cxstats as cx
    >>> from matplotlib.figure import Figure
    >>> told, untold = cx.Percentage(67, n=6723, says="would pay more"), cx.Percentage(64, says="say it matters")
    >>> ax = cx.plot_percentages([told, untold], Figure().subplots(), against=50)
    >>> [tick.get_text() for tick in ax.get_yticklabels()], [text.get_text() for text in ax.texts][:2]
    (['67 % would pay more', '64 % say it matters'], ['n = 6,723', 'n assumed'])
    """
    place = "plot_percentages(figures=)"
    rows = [figures] if hasattr(figures, "interval") or not isinstance(figures, Iterable) else list(figures)
    if not rows:
        raise ArgumentError(f"{place}: there are no figures, so there is nothing to draw.")
    for k, figure in enumerate(rows):
        need_offers(f"{place}, number {k + 1}", figure, OFFERS, "a Percentage")
    need_axes("plot_percentages", ax)
    lines = [] if against is None else [need_number("plot_percentages(against=)", against)]
    if lines and not 0 <= lines[0] <= 100:
        raise ArgumentError(f"plot_percentages(against={against!r}): a percentage lies between 0 and 100.")
    tables = [bands_of(figure, level) for figure in rows]
    plan = _plan(rows)
    ax = axes_or_new(ax, 6.0, float(np.clip(1.0 + ROW * plan.row * len(rows), 1.5, 14.0)))
    dress(ax, "x")
    ax.set_ylim(plan.height, 0)
    said = meaning(rows, level)
    plan = _tight(ax, plan, said)
    rows_of(ax, plan)
    right = _column(ax, plan, rows)
    width = _percent_axis(ax, [*(t[["conf_low", "conf_high"]] for t in tables), lines], right)
    for at in lines:
        ax.axvline(at, color=MUTED, linewidth=1.0, zorder=1, label="_reference")
    tall = pitch(ax, plan) * plan.row
    thick = float(np.clip(BAND * tall, 2.0, THICKEST))
    for y, table in zip(plan.y, tables, strict=True):
        draw_bands(ax, float(y), table, thick, across=True)
        _sizes(ax, float(y), table, thick, min(tall - thick, 2 * THICKEST), width)
    above(ax, said)
    return ax


def plot_published_trend(trend: Any, ax: Axes | None = None, *, level: float = 0.95) -> Axes:
    """Draw a percentage that was published at several times, with bands for what each figure can stand for.

    Markers are the figures as printed, and upright bands what `plot_percentages` draws across: dark for rounding, pale for
    sampling and rounding together, one for each n that is taken for possible where it was not told (squares). The thin line
    is that of least squares.

    Parameters
    ----------
    trend : PublishedTrend
        The figures and their times.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure. Of a figure with ``layout="constrained"``, no label is cut off.
    level : float
        Confidence level of the bands, by default 0.95. The note above the Axes states it.

    Returns
    -------
    matplotlib.axes.Axes
        Times on the x axis, percent on the y axis.

    Raises
    ------
    ArgumentError
        If `trend` is no published trend, or the level is not between 0 and 1.

    Notes
    -----
    The line is a summary of the times published; it says nothing of those between and to come.

    References
    ----------
    Zou, G. Y., Huang, W. and Zhang, X. (2009). A note on confidence interval estimation for a linear function of binomial
    proportions. *Comput. Stat. Data Anal.* 53.

    Examples
    --------
    >>> import cxstats as cx
    >>> from matplotlib.figure import Figure
    >>> riders = cx.PublishedTrend({2016: cx.Percentage(68.8, n=5342, decimals=1), 2018: cx.Percentage(56, n=5000)},
    ...                            says="riders satisfied")
    >>> ax = cx.plot_published_trend(riders, Figure().subplots())
    >>> ax.get_ylabel(), [float(value) for value in ax.lines[0].get_ydata()]
    ('Riders satisfied (%)', [68.8, 56.0])
    """
    place = "plot_published_trend"
    need_offers(f"{place}(trend=)", trend, ("figures", "slope", "says", "times"), "a PublishedTrend")
    need_axes(place, ax)
    figures, (times, per_year) = list(trend.figures.values()), positions(list(trend.figures), ordered=False)
    tables, slope = [bands_of(figure, level) for figure in figures], float(trend.slope(level)["slope"].iloc[0])
    line = float(np.mean([figure.value for figure in figures])) + slope * (trend.times - trend.times.mean())
    seen = view([line, *(table[["conf_low", "conf_high"]] for table in tables)], "%", difference=False)
    ax = axes_or_new(ax, 6.0, 3.4)
    dress(ax, "y")
    gap, thick = _times(ax, TimeAxis(list(trend.figures), times, per_year))
    _percent_upwards(ax, seen, trend.says)
    ax.plot(times, line, color=INK, linewidth=0.8, zorder=1, label="_line")
    for time, table in zip(times, tables, strict=True):
        draw_bands(ax, float(time), table, thick, across=False)
        _told(ax, float(time), table, gap)
    above(ax, f"{meaning(figures, level)}; thin line: least squares")
    return ax


def _times(ax: Axes, axis: TimeAxis) -> tuple[float, float]:
    """Give the axis of times its view and ticks; return the points from time to time, at least, and how thick bands are."""
    places = axis.places
    reach, width = float(np.ptp(places)), 0.8 * size_in_points(ax)[0]
    gap = float(np.diff(places).min()) / reach * width
    thick = float(np.clip(BAND * gap, 2.0, THICKEST))
    periods_of(ax, axis, PERIODS.get(axis.per_year, "Time"))
    beside = max(0.04, 0.7 * thick / width) * reach
    ax.set_xlim(places[0] - beside, places[-1] + beside)
    return gap, thick


def _percent_upwards(ax: Axes, seen: tuple[float, float], says: str) -> None:
    """Give the axis of percent its view, ticks and name."""
    from cxstats.charts.ticks import number_axis

    height = 0.8 * size_in_points(ax)[1]
    ax.set_ylim(seen)
    number_axis(ax.yaxis, seen, height, text_size(), across=False)
    name = f"{sentence(says)} (%)" if says else "Percent"
    ax.set_ylabel(plain(broken(name, max(int(height / (CHARACTER * text_size())), 12))))


def _plan(figures: list[Any]) -> Plan:
    """Return where the rows go: words that occur twice are told apart by their sources."""
    words = [figure.words for figure in figures]
    texts = [
        f"{said} ({figure.source})" if words.count(said) > 1 and figure.source else said
        for said, figure in zip(words, figures, strict=True)
    ]
    row = max(1.0, 0.3 + 0.32 * max(wrapped(text, WIDE).count("\n") + 1 for text in texts))
    y = 0.1 + row * (np.arange(len(texts)) + 0.5)
    return Plan(y, np.zeros(len(texts), int), [], "", texts, y.tolist(), [], row, 0.2 + row * len(texts), [])


def _tight(ax: Axes, plan: Plan, said: str) -> Plan:
    """Return the plan with the height that its rows will have when the axis and the note have theirs."""
    lines = 1.2 * text_size("x-small") * (lines_across(ax, said).count("\n") + 1)
    left = cell_height(ax) - lines - 3.6 * text_size() - 3 * AIR
    return replace(plan, height=plan.height * max(size_in_points(ax)[1] / max(left, 0.2 * cell_height(ax)), 1.0))


def _sizes(ax: Axes, y: float, table: pd.DataFrame, thick: float, room: float, width: float) -> None:
    """Write below each band of an assumed n where it ends for how many people it is, as far as there is room."""
    size = min(0.85 * text_size("x-small"), 0.45 * room)
    if table["n_is"][0] == "published" or size < SMALLEST - 1:
        return
    point, taken = float(np.diff(ax.get_xlim())[0]) / width, -np.inf
    for n, low in zip(table["n"], table["conf_low"], strict=True):
        text = f"{n:,}"
        half = 0.5 * 0.6 * size * len(text) * point
        if low - half < taken:
            return
        ax.annotate(
            text, (low, y), xytext=(0, -thick / 2 - 1), textcoords="offset points", ha="center", va="top", size=size,
            color=ink(ASSUMED[0]), label="_n",
        )  # fmt: skip
        taken = low + half + 0.5 * size * point


def _told(ax: Axes, time: float, table: pd.DataFrame, gap: float) -> None:
    """Write how many were asked above or below the band of a figure whose n was told, if there is room beside the others."""
    text, size = f"n = {table['n'][0]:,}", 0.85 * text_size("x-small")
    if table["n_is"][0] != "published" or len(text) * CHARACTER * size > gap:
        return
    over = float(table["percentage"][0]) < float(np.mean(ax.get_ylim()))
    ax.annotate(
        text, (time, float(table["conf_high" if over else "conf_low"][0])), xytext=(0, 2 if over else -2),
        textcoords="offset points", ha="center", va="bottom" if over else "top", size=size, color=MUTED, label="_n", zorder=3.5,
        bbox={"facecolor": ax.get_facecolor(), "edgecolor": "none", "pad": 0},
    )  # fmt: skip


def _column(ax: Axes, plan: Plan, figures: list[Any]) -> float:
    """Write at the right of the rows how many were asked, or that it is assumed; return the points that this takes."""
    size = float(np.clip(0.85 * pitch(ax, plan), SMALLEST - 2, text_size("x-small")))
    texts = ["n assumed" if figure.n is None else f"n = {figure.n:,}" for figure in figures]
    for y, text in zip(plan.y, texts, strict=True):
        ax.annotate(
            text, (1, y), xycoords=ax.get_yaxis_transform(), xytext=(6, 0), textcoords="offset points", ha="left",
            va="center", size=size, color=ink(ASSUMED[0]) if text == "n assumed" else MUTED, annotation_clip=False,
        )  # fmt: skip
    return 6 + max(len(text) for text in texts) * CHARACTER * size


def _percent_axis(ax: Axes, numbers: list[Any], right: float) -> float:
    """Give the axis of percent its view, ticks and name; return the points that it will be wide."""
    from cxstats.charts.ticks import number_axis

    seen = view(numbers, "%", difference=False)
    ax.set_xlim(seen)
    named = max(tick.get_window_extent().width for tick in ax.get_yticklabels()) * 72 / need_figure(ax).dpi
    width = max(0.94 * cell_width(ax) - float(named) - right - 10, 40.0)
    number_axis(ax.xaxis, seen, width, text_size(), across=True)
    ax.set_xlabel("Percent")
    return width
