"""The Net Promoter Score with its interval, on the bars it is made of: detractors, passives, promoters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.charts.bars import AIR, SMALLEST, Bars, bar_labels, draw_bars, frame_bars, lane, new_size
from cxstats.charts.numbers import written
from cxstats.charts.plan import Plan
from cxstats.charts.style import (
    INK,
    axes_for,
    need_axes,
    need_estimate,
    sentence,
    text_size,
)
from cxstats.errors import ArgumentError, listing

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from cxstats.inference import Estimate

PARTS = ("detractors", "passives", "promoters")
MEANING = ("Detractors (0\N{EN DASH}6)", "Passives (7\N{EN DASH}8)", "Promoters (9\N{EN DASH}10)")
BAR, SCORE = -0.17, 0.29  # where the bar and the score lie in their lane
SAME = 1e-6


def plot_nps(est: Estimate, ax: Axes | None = None, *, level: float = 0.95) -> Axes:
    """Draw the Net Promoter Score with its confidence interval under the bar of what it is made of, one bar a group.

    Detractors lie to the left of zero and promoters to the right, so the score, promoters minus detractors, lies on the
    same axis; passives, who do not count in it, stand apart at the right. A hollow dot has no interval: it is unknown.

    Parameters
    ----------
    est : Estimate
        The score and its parts, as `nps_composition` declares them, by group or of all.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure. Of a figure with ``layout="constrained"``, no label is cut off.
    level : float
        Confidence level of the intervals, by default 0.95. The legend states it.

    Returns
    -------
    matplotlib.axes.Axes
        Percent of answers (and the score) on the x axis, groups from the top in the order of the estimate, the base n at
        their right.

    Raises
    ------
    ArgumentError
        If `est` is no Estimate or does not hold one score with its three parts, or the level means nothing.

    Notes
    -----
    Two intervals that overlap do not mean that the groups are alike: draw ``est.contrast(a, b)`` of the score.

    References
    ----------
    Reichheld, F. F. (2003). The one number you need to grow. *Harvard Business Review* 81.
    Rocks, B. (2016). Interval estimation for the "Net Promoter Score". *The American Statistician* 70.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> from matplotlib.figure import Figure
    >>> answers = pd.DataFrame({"recommend": [10, 9, 8, 3, 9, 7, 6, 10], "channel": ["app"] * 4 + ["call"] * 4})
    >>> by_channel = cx.measure(answers, cx.nps_composition("recommend"), by="channel")
    >>> ax = cx.plot_nps(by_channel, Figure().subplots())
    >>> ax.get_xlabel(), ax.containers[2].datavalues.tolist()
    ('NPS and percent of answers', [50.0, 50.0])
    """
    need_estimate("plot_nps", est)
    need_axes("plot_nps", ax)
    labels, table = est.labels, est.frame(level)
    rows, name = _parts(labels, table)
    score = table.iloc[rows[:, 0]]
    value, low, high = (score[c].to_numpy(dtype=float) for c in ("estimate", "conf_low", "conf_high"))
    drawn = np.concatenate([value, low, high, [0.0]])
    bars = Bars(est.values[rows[:, 1:]], list(MEANING), float(np.nanmin(drawn)), float(np.nanmax(drawn)))
    plan = Plan.of(bar_labels(labels, rows[:, 0], [name] * len(rows)), None)
    ax = axes_for(est, ax, *new_size(plan, 0.42))
    n = score["n"].to_numpy(dtype=float)
    plan = frame_bars(
        ax,
        plan,
        bars,
        n,
        f"{sentence(name)} and percent of answers",
        [_dot(f"{sentence(name)} with {100 * level:g} % interval")],
    )
    thick = draw_bars(ax, plan, bars, n, at=BAR, height=0.42, sums=False, signed=True)
    _scores(ax, plan.y + SCORE * lane(ax, plan), value, low, high, thick)
    return ax


def _parts(labels: pd.DataFrame, table: pd.DataFrame) -> tuple[np.ndarray, str]:
    """Return the rows of the score, detractors, passives and promoters of each group, and the name of the score."""
    metrics = list(dict.fromkeys(labels["metric"].tolist()))
    units = dict(zip(labels["metric"], table["unit"], strict=True))
    scores = [metric for metric in metrics if units[metric] == "net %"]
    parts = [[metric for metric in metrics if part in str(metric) and units[metric] == "%"] for part in PARTS]
    found = [scores, *parts]
    if len(metrics) != 4 or any(len(names) != 1 for names in found):
        raise ArgumentError(
            f"plot_nps(est=): one score with its promoters, passives and detractors is needed, not {listing(metrics, 4)}. "
            "Measure nps_composition('recommend') in one call."
        )
    by = [column for column in labels.columns if column != "metric"]
    keys = list(labels[by].itertuples(index=False, name=None)) if by else [()] * len(labels)
    groups = list(dict.fromkeys(keys))
    place = {(metric, key): i for i, (metric, key) in enumerate(zip(labels["metric"], keys, strict=True))}
    if len(place) != len(labels) or len(place) != 4 * len(groups):
        raise ArgumentError(
            "plot_nps(est=): some groups lack a part of the score, or have one twice. Measure in one call."
        )
    rows = np.asarray([[place[names[0], key] for names in found] for key in groups])
    score, low, middle, high = table["estimate"].to_numpy(dtype=float)[rows].T
    if (np.abs(low + middle + high - 100) > SAME).any() or (np.abs(high - low - score) > SAME).any():
        raise ArgumentError(
            f"plot_nps(est=): {scores[0]!r} is not promoters minus detractors of the same answers. Measure "
            "nps_composition('recommend') in one call."
        )
    return rows, str(scores[0])


def _scores(ax: Axes, y: np.ndarray, value: np.ndarray, low: np.ndarray, high: np.ndarray, thick: float) -> None:
    """Draw dots with intervals below the bars, and write the score beside each."""
    side = float(np.clip(0.42 * thick, 2.0, 5.0))
    known = np.isfinite(low) & np.isfinite(high)
    ax.hlines(y[known], low[known], high[known], color=INK, linewidth=side / 3, zorder=3)
    for chosen, fill in ((known, INK), (np.isfinite(value) & ~known, "white")):
        ax.scatter(value[chosen], y[chosen], s=side**2, facecolor=fill, edgecolor=INK, linewidth=side / 5, zorder=3.5)
    size = min(text_size("x-small"), 0.95 * thick)
    if size < SMALLEST:
        return
    for at, number, end in zip(y, value, np.where(known, high, value), strict=True):
        if np.isfinite(number):
            ax.annotate(
                written(number, 0), (end, at), xytext=(AIR + side / 2, 0), textcoords="offset points",
                ha="left", va="center_baseline", size=size, weight="bold", color=INK, zorder=3,
                bbox={"facecolor": ax.get_facecolor(), "edgecolor": "none", "pad": 0.5},
            )  # fmt: skip


def _dot(text: str) -> Any:
    from matplotlib.lines import Line2D

    return Line2D([], [], color=INK, marker="o", markersize=4, linewidth=1.4, label=text, markeredgecolor=INK)
