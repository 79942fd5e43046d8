"""First-contact resolution by the days that a repeat counts: a falling line with its ribbon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxstats.charts.style import PALETTE, axes_for, need_axes, text_size
from cxstats.charts.trend import plot_trend
from cxstats.errors import ArgumentError
from cxstats.inference import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WATCHED = "are watched so long"  # how the notes of a resolution curve end where few are


def plot_resolution(curve: Estimate, ax: Axes | None = None, *, level: float = 0.95) -> Axes:
    """Draw the share of first contacts without a repeat by the days within which one counts.

    Parameters
    ----------
    curve : Estimate
        As `resolution_curve` gives it, at two windows or more; by one column, up to six groups.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.
    level : float
        Confidence level of the ribbon. The caption should state it.

    Returns
    -------
    matplotlib.axes.Axes
        Days on the x axis, percent on the y axis. A hollow marker stands for a window that few first contacts are watched
        for; groups are named at their ends.

    Raises
    ------
    ArgumentError
        If the curve is no Estimate, has no windows in days, or one only, or more than six groups.

    Notes
    -----
    Between the windows asked for lines are straight; the curve is not. Ribbons that overlap do not say that groups do not
    differ: use ``curve.contrast``.

    References
    ----------
    Pocock, S. J., Clayton, T. C. and Altman, D. G. (2002). Survival plots of time-to-event outcomes in clinical trials: good
    practice and pitfalls. *Lancet* 359.

    Examples
    --------
    >>> import cxstats as cx
    >>> from matplotlib.figure import Figure
    >>> log = cx.ContactLog(cx.load_contacts(), customer="customer", time="time", channel="channel")
    >>> ax = cx.plot_resolution(cx.resolution_curve(log), Figure().subplots())
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('Days within which a contact counts as a repeat', 'Not come again (%)')
    """
    place = "plot_resolution"
    if not isinstance(curve, Estimate):
        raise ArgumentError(
            f"{place}(curve=): the Estimate that resolution_curve(log) gives is needed, not {type(curve).__name__}."
        )
    need_axes(place, ax)
    labels = curve.labels
    if "days" not in labels.columns or labels["days"].nunique() < 2:
        raise ArgumentError(
            f"{place}(curve=): windows of two lengths or more are needed, as resolution_curve(log, days=(1, 7, 30)) gives them."
        )
    groups = len(labels.drop(columns=["days"]).drop_duplicates())
    if groups > len(PALETTE):
        raise ArgumentError(
            f"{place}(curve=): {groups} groups are too many for one Axes; {len(PALETTE)} lines can be told apart. Draw some: "
            "curve.pick(), or the periods of one window: plot_trend(curve.pick(days=7))."
        )
    ax = plot_trend(curve, axes_for(curve, ax, 6.0, 3.8), over="days", level=level)
    ax.set_xlabel("Days within which a contact counts as a repeat")
    ax.set_ylabel("Not come again (%)")
    notes = np.asarray([WATCHED in str(note) for note in curve.frame(level)["note"]])
    for days, value in zip(labels["days"][notes], curve.values[notes], strict=True):
        if np.isfinite(value):
            ax.plot(
                [float(days)], [value], "o", markersize=text_size() / 2, markerfacecolor="white", zorder=5, label="_few"
            )
    return ax
