"""A line over the periods with its ribbon: how a number moved, how surely, and whether a period stands out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cxstats.charts.series import TimeAxis, answers_apart, period_column, series_of, time_axis
from cxstats.charts.style import (
    INK,
    MARKERS,
    MUTED,
    PALETTE,
    SIGNAL,
    axes_for,
    broken,
    dress,
    ink,
    inside,
    is_difference,
    need_axes,
    need_estimate,
    need_number,
    one_unit,
    plain,
    sentence,
    size_in_points,
    text_size,
    value_label,
    view,
    wrapped,
)
from cxstats.errors import ArgumentError, listing

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from cxstats.inference import Estimate

SIGMAS = 3.0
OUTSIDE = "D"
RIBBON = (0.16, 0.09)  # opacity for one or two series, and for more


def plot_trend(
    est: Estimate,
    ax: Axes | None = None,
    *,
    over: str | None = None,
    level: float = 0.95,
    method: str | None = None,
    limits: bool = False,
    target: float | None = None,
) -> Axes:
    """Draw estimates over periods as a line with the ribbon of its confidence intervals.

    Periods lie where they belong in time, so a missing year leaves a gap; the line breaks where an estimate is missing.
    With ``limits=True`` it is a control chart, without the ribbon: the center line is the mean of the periods,
    ``m = sum(y_t) / T``, the control limits of period t are ``m - 3 se_t`` and ``m + 3 se_t``, and periods outside have a
    diamond for a marker. ``se_t`` is the period's own standard error; of a share (Shewhart's p-chart, with the design in
    it) the one that the mean would have there, ``sqrt(m (100 - m) / n_effective_t)``.

    Parameters
    ----------
    est : Estimate
        Values of one unit, with a label that holds periods: years, quarters ("2025Q3"), months ("2025-09"), dates,
        numbers, or any ordered labels. The shares of a `distribution`, such as a mix of channels, are one line an answer.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure. Of a figure with ``layout="constrained"``, no label is cut off.
    over : str, optional
        The label column that holds the periods; by default the only ``by`` column. Other labels make series, up to six.
    level : float
        Confidence level of the ribbon, by default 0.95. The caption should state it.
    method : str, optional
        Interval of shares, as in ``est.frame(method=)``.
    limits : bool
        Whether to draw center line and control limits; of one series only.
    target : float, optional
        A value to reach, drawn as a horizontal line, in the unit of the estimates.

    Returns
    -------
    matplotlib.axes.Axes
        Periods on the x axis, values on the y axis in the unit of the estimates; series are named at their ends.

    Raises
    ------
    ArgumentError
        If `est` is no Estimate or mixes units, `over` is no label or holds a period twice, there are too many series, or
        the level, method or target means nothing.

    Notes
    -----
    A period outside the control limits is a reason to look, not a finding: among stable periods about 3 in 1,000 fall
    outside. The limits take the periods as independent; where they share PSUs, test ``est.contrast`` or ``est.trend``.
    A share's own standard error would not do: it shrinks as the share nears 100 %, and calls 1 to 2 stable periods in 100
    of 40 answers at 80 or 90 % unusual.

    References
    ----------
    Shewhart, W. A. (1931). *Economic Control of Quality of Manufactured Product*. Van Nostrand.
    Montgomery, D. C. (2020). *Introduction to Statistical Quality Control*, 8th ed., ch. 7. Wiley.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> from matplotlib.figure import Figure
    >>> from cxstats.charts import plot_trend
    >>> answers = pd.DataFrame({"overall": [5, 4, 2, 5, 1, 2, 4, 4], "year": [2022] * 3 + [2023] * 2 + [2025] * 3})
    >>> ax = plot_trend(cx.measure(answers, cx.csat("overall"), by="year"), Figure().subplots(), target=80)
    >>> ax.get_ylabel(), ax.lines[0].get_xdata().tolist()
    ('CSAT (%)', [2022.0, 2023.0, 2025.0])
    """
    need_estimate("plot_trend", est)
    need_axes("plot_trend", ax)
    labels, table = est.labels, est.frame(level, method)
    unit = one_unit("plot_trend", table, labels["metric"])
    over, labels = period_column(labels, over), answers_apart(labels)
    places, axis = time_axis(labels[over])
    series = series_of(labels, over, places)
    if limits and len(series) > 1:
        raise ArgumentError(
            f"plot_trend(limits=): control limits belong to one series, and there are {len(series)} "
            f"({listing(list(series), 4)}). Measure and draw each on its own Axes (ax=)."
        )
    value, low, high = (table[c].to_numpy(dtype=float) for c in ("estimate", "conf_low", "conf_high"))
    lines = {"zero": 0.0} if is_difference(labels) else {}
    if target is not None:
        lines["target"] = need_number("plot_trend(target=)", target)
    center, allowed = control_limits(table) if limits else (np.nan, np.full(len(table), np.nan))
    drawn = [center - allowed, center + allowed] if limits else [low, high]
    seen = view([value, *drawn, list(lines.values())], unit, difference=is_difference(labels))

    ax = axes_for(est, ax, 6.0, 3.4)
    dress(ax, "y")
    ax.set_ylim(seen)
    periods_of(ax, axis, sentence(str(over)))
    _values(ax, seen, value_label(labels, unit))
    ends = []
    for k, (text, rows) in enumerate(series.items()):
        if limits:
            ends += _control(ax, places[rows], center, allowed[rows])
        else:
            ribbon(ax, k, places[rows], inside(low[rows], seen), inside(high[rows], seen), RIBBON[len(series) > 2])
        _line(ax, k, places[rows], value[rows], np.abs(value[rows] - center) > allowed[rows])
        ends += _end(k, text, places[rows], value[rows])
    ends += _across(ax, lines)
    _name_ends(ax, [end for end in ends if end.text and seen[0] <= end.y <= seen[1]])
    return ax


@dataclass(frozen=True)
class End:
    """What stands at the right end of a line: its text, its colour, and where the line ends (x None: at the edge)."""

    text: str
    y: float
    x: float | None = None
    color: str = MUTED


def control_limits(table: pd.DataFrame) -> tuple[float, np.ndarray]:
    """Return the mean of the periods, and how far from it each period may lie."""
    value, error, n = (table[c].to_numpy(dtype=float) for c in ("estimate", "std_error", "n_effective"))
    known = np.isfinite(value)
    center = float(value[known].mean()) if known.any() else np.nan
    share = (table["unit"] == "%").to_numpy() & np.isfinite(n) & (n > 0)
    at_center = np.sqrt(center * (100 - center) / np.where(share, n, np.nan)) if share.any() else error
    return center, np.where(known, SIGMAS * np.where(share, at_center, error), np.nan)


def ribbon(ax: Axes, k: int, x: np.ndarray, low: np.ndarray, high: np.ndarray, alpha: float) -> None:
    """Fill between the limits; a period whose neighbours have none has a bar, for a ribbon of one point has no area."""
    known = np.isfinite(low) & np.isfinite(high)
    alone = known & ~np.r_[False, known[:-1]] & ~np.r_[known[1:], False]
    color, where = PALETTE[k], (known & ~alone).tolist()
    ax.fill_between(x, low, high, where=where, color=color, alpha=alpha, linewidth=0, zorder=1.2)
    ax.vlines(x[alone], low[alone], high[alone], color=color, alpha=2 * alpha, linewidth=3, zorder=1.2)


def _line(ax: Axes, k: int, x: np.ndarray, y: np.ndarray, outside: np.ndarray) -> None:
    """Draw the line, which breaks at NaN, and its points; those outside control limits as diamonds."""
    size = 4.5 if len(x) <= 16 else 3.0
    ax.plot(x, y, color=PALETTE[k], linewidth=1.6, zorder=2)
    for chosen, marker, color, scale in ((~outside, MARKERS[k], PALETTE[k], 1.0), (outside, OUTSIDE, SIGNAL, 1.6)):
        here = chosen & np.isfinite(y)
        ax.scatter(
            x[here], y[here], s=(size * scale) ** 2, marker=marker, color=color, edgecolor="white", linewidth=0.5,
            zorder=3, clip_on=False,
        )  # fmt: skip


def _control(ax: Axes, x: np.ndarray, center: float, allowed: np.ndarray) -> list[End]:
    """Draw center line and control limits, each over its own period."""
    ax.axhline(center, color=MUTED, linewidth=1.0, zorder=1.5)
    half = float(np.diff(x).min()) / 2 if len(x) > 1 else 0.5
    known = np.isfinite(allowed)
    for limit in (center - allowed[known], center + allowed[known]):
        ax.hlines(
            limit, x[known] - half, x[known] + half, colors=MUTED, linewidth=1.0, linestyles=(0, (2, 2)), zorder=1.5,
        )  # fmt: skip
    upper, lower = (
        _end(0, f"{word} limit", x, center + sign * allowed) for word, sign in (("Upper", 1), ("Lower", -1))
    )
    return [End("Mean", center), *(replace(end, color=MUTED) for end in (*upper, *lower))]


def _across(ax: Axes, lines: dict[str, float]) -> list[End]:
    """Draw lines across: solid at zero, dashed at the target, which is named."""
    for name, at in lines.items():
        ax.axhline(at, color=INK, linewidth=1.0, linestyle=(0, (5, 3)) if name == "target" else "-", zorder=1.5)
    return [End(f"Target {at:,g}", at, color=INK) for name, at in lines.items() if name == "target"]


def _end(k: int, text: str, x: np.ndarray, y: np.ndarray) -> list[End]:
    """Return the end of a line at its last value, none if it has no value."""
    return [End(text, float(y[i]), float(x[i]), ink(PALETTE[k])) for i in np.flatnonzero(np.isfinite(y))[-1:]]


def _name_ends(ax: Axes, ends: list[End]) -> None:
    """Write the names at the right of the lines, moved apart where they would overlap, tied to the lines by hair lines."""
    if not ends:
        return
    size, height = text_size("x-small"), size_in_points(ax)[1]
    most = int(np.clip(height / (1.3 * size * len(ends)), 1, 5))
    low, high = ax.get_ylim()
    ends = sorted(ends, key=lambda end: end.y)
    width = next((w for w in (14, 18, 24, 36) if all(wrapped(end.text, w).count("\n") < most for end in ends)), 60)
    texts = [wrapped(end.text, width) for end in ends]
    heights = np.asarray([(text.count("\n") + 1) * 1.3 * size / height for text in texts])
    wanted = (np.asarray([end.y for end in ends]) - low) / (high - low)
    for end, text, at, want in zip(ends, texts, apart(wanted, heights), wanted, strict=True):
        tie = {"arrowstyle": "-", "color": end.color, "linewidth": 0.6, "relpos": (0, 0.5), "shrinkA": 1, "shrinkB": 3}
        start = (1.0, want) if end.x is None else (end.x, end.y)
        ax.annotate(
            plain(text), start, xycoords="axes fraction" if end.x is None else "data",
            xytext=(1.03, at), textcoords="axes fraction", ha="left", va="center", size=size, color=end.color,
            linespacing=1.0, arrowprops=tie, annotation_clip=False,
        )  # fmt: skip


def apart(wanted: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """Return the places nearest to those wanted (ascending, least squares) such that texts of these heights do not touch."""
    from scipy.optimize import isotonic_regression

    gaps = np.r_[0.0, np.cumsum((heights[1:] + heights[:-1]) / 2)]
    free = isotonic_regression(wanted - gaps).x
    return np.asarray(np.clip(free, 0.0, max(1.0 - gaps[-1], 0.0)) + gaps)


def _values(ax: Axes, seen: tuple[float, float], text: str) -> None:
    from cxstats.charts.ticks import number_axis

    _, height = size_in_points(ax)
    number_axis(ax.yaxis, seen, height, text_size(), across=False)
    ax.set_ylabel(plain(broken(text, max(int(height / (0.55 * text_size())), 12))))


def periods_of(ax: Axes, axis: TimeAxis, name: str) -> None:
    """Place the periods; text labels that do not fit side by side are turned, others thinned."""
    from matplotlib.ticker import FixedLocator, NullFormatter

    from cxstats.charts.ticks import PeriodTexts, PeriodTicks, parts_of

    margin = 0.04 * float(np.ptp(axis.places)) or 0.5
    ax.set_xlim(axis.places[0] - margin, axis.places[-1] + margin)
    texts = [parts_of(label) for label in axis.labels]
    ticks = PeriodTicks(texts, axis.places, axis.per_year, text_size())
    ax.xaxis.set_major_locator(ticks)
    ax.xaxis.set_major_formatter(PeriodTexts(texts, axis.places))
    ax.xaxis.set_minor_locator(FixedLocator(axis.places.tolist()))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.tick_params(axis="x", which="both", length=3, color=MUTED)
    if not np.isfinite(axis.per_year):
        ax.set_xlabel(plain(name))
    if not ticks.fits() and all(
        isinstance(label, str) and not year for label, (_, year) in zip(axis.labels, texts, strict=True)
    ):
        whole = [plain(wrapped(label, 24)) for label in axis.labels]
        ax.set_xticks(axis.places.tolist(), whole, rotation=40, ha="right", rotation_mode="anchor")
