"""The share who would pay each price: by a model, by the first answers, and without a distribution; with the median."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.charts.price_axis import PricePoint, named, one_group, price_axis, price_rows, value_axis
from cxstats.charts.small_print import above, need_offers
from cxstats.charts.style import INK, MARGIN, MARKERS, MUTED, PALETTE, axes_for, dress, need_axes

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


STEPS = 48  # prices at which the curve is drawn
NEAR = 0.004  # of the picture: where it begins
BATCH = 90  # prices and groups at a time
TAIL = 1.0  # % who would pay, from which on prices are outside of the picture
FURTHEST = 1.5  # times the end of the picture, up to which a median is in it
BAND = 0.18  # opacity


def plot_valuation(result: Any, ax: Axes | None = None, *, group: Any = None, level: float = 0.95) -> Axes:
    """Draw the share who would pay at least each price, by a contingent valuation.

    The curve is that of the model at the weighted means of its covariates, with the band of its intervals at each price by
    itself; beyond the highest price asked it is dashed. Thin steps are the share without a distribution, by all answers
    (Turnbull): below a price, the share that is known to pay it. Squares are the shares of yes to the first price with their
    intervals, adjacent ones that rise pooled. Below the curves is the median with its interval (delta method). The picture
    ends where at most 1 % would pay.

    Parameters
    ----------
    result : ContingentValuation
        What `contingent_valuation` returns.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure. Of a figure with ``layout="constrained"``, no label is cut off.
    group : value or mapping, optional
        The group to draw, if the result has several: a value of the only ``by``, or one of each label.
    level : float
        Confidence level of band and bars, by default 0.95. The note above the Axes states it.

    Returns
    -------
    matplotlib.axes.Axes
        Prices on the x axis, percent on the y axis.

    Raises
    ------
    ArgumentError
        If `result` is no such result, holds several groups and none is picked, or the level is not between 0 and 1.

    Notes
    -----
    Where curve and steps part, the distribution does not fit: see ``compare_distributions()``.

    References
    ----------
    Hanemann, W. M. (1984). Welfare evaluations in contingent valuation experiments with discrete responses. *Am. J. Agric.
    Econ.* 66.
    Turnbull, B. W. (1976). The empirical distribution function with arbitrarily grouped, censored and truncated data. *JRSS B*
    38.

    Examples
    --------
    >>> import cxstats as cx
    >>> from matplotlib.figure import Figure
    >>> found = cx.contingent_valuation(cx.sample_survey(), bid="bid", answer="bid_accepted", distribution="logistic")
    >>> ax = cx.plot_valuation(found, Figure().subplots())
    >>> ax.get_ylabel(), [text.get_text() for text in ax.texts if text.get_label() == "_words"]
    ('Would pay (%)', ['median 39.8 (39.4 to 40.3)'])
    """
    place = "plot_valuation"
    needed = ("median", "demand", "acceptance", "highest_bid", "distribution")
    need_offers(f"{place}(result=)", result, needed, "the result of contingent_valuation()")
    need_axes(place, ax)
    picked = one_group(place, result.median.labels, group)
    median = result.median.pick(metric="median", **picked)
    (point,) = PricePoint.of(median, ["median"], level)
    steps = result.acceptance().pick(metric="acceptance", **picked).frame(level)
    first = result.acceptance("first") if result.bids else None
    right, cut = _end(steps, point.value, float(result.highest_bid))
    curve = _curve(result, np.linspace(NEAR * right, right, STEPS), picked, level)
    ax = axes_for(median, ax, 6.0, 3.8)
    dress(ax, "y")
    price_axis(ax, (0.0, right * (1 + MARGIN)), str(median.frame(level)["unit"].iloc[0]))
    value_axis(ax, (0.0, 102.0), "Would pay (%)", 1)
    _model(ax, curve, float(result.highest_bid))
    at, share = steps[["price", "estimate"]].to_numpy(dtype=float).T
    _steps(ax, at, share)
    if first is not None:
        _yes(ax, first.pick(metric="acceptance", **picked).frame(level))
    if np.isfinite(point.value):
        ax.hlines(50, 0, point.value, color=MUTED, linewidth=0.7, linestyle=(0, (1, 2)), zorder=1.2, label="_half")
    price_rows(ax, [point], 0.0, [50.0])
    dots = "; squares: yes to the first price" if first is not None else ""
    sure = f"Bands and bars: {100 * level:.4g} % intervals; n = {int(median.n.max()):,}"
    above(ax, named(picked, f"line: {result.distribution}{dots}; steps: without a distribution. {sure}{cut}"))
    return ax


def _end(steps: pd.DataFrame, median: float, highest: float) -> tuple[float, str]:
    """Return the price where the picture ends, and in words up to where prices went if it ends before."""
    few = steps.loc[steps["estimate"] <= TAIL, "price"]
    end = float(few.min()) if len(few) else highest
    right = max(end, median) if median <= FURTHEST * end else end
    return right, f"; prices went up to {highest:,g}" if right < highest else ""


def _model(ax: Axes, curve: np.ndarray, highest: float) -> None:
    """Draw the share by the model with its band, dashed beyond the highest price asked."""
    price, value, low, high = curve
    color = PALETTE[0]
    ax.fill_between(price, low, high, color=color, alpha=BAND, linewidth=0, zorder=1, label="_band")
    last = max(int((price <= highest).sum()) - 1, 0)
    ax.plot(price[: last + 1], value[: last + 1], color=color, linewidth=1.8, zorder=2, label="_curve")
    ax.plot(price[last:], value[last:], color=color, linewidth=1.8, linestyle="--", zorder=2, label="_beyond")


def _steps(ax: Axes, at: np.ndarray, share: np.ndarray) -> None:
    """Draw the share without a distribution: below a price, the share that is known to pay it."""
    x, y = np.append(0.0, at), np.append(share[:1], share)
    ax.step(x, y, where="pre", color=MUTED, linewidth=0.9, zorder=1.8, label="_steps")


def _yes(ax: Axes, table: pd.DataFrame) -> None:
    """Draw the shares of yes to the first price, with their intervals."""
    bid, yes, least, most = table[["price", "estimate", "conf_low", "conf_high"]].to_numpy(dtype=float).T
    ax.vlines(bid, least, most, color=PALETTE[1], linewidth=1.6, zorder=2.5, label="_yes interval")
    ax.scatter(
        bid, yes, s=18, marker=MARKERS[1], color=PALETTE[1], edgecolor=INK, linewidth=0.6, zorder=3, label="_yes",
    )  # fmt: skip


def _curve(result: Any, grid: np.ndarray, picked: dict[str, Any], level: float) -> np.ndarray:
    """Return prices, the share who would pay each by the model, and its limits."""
    batches = np.array_split(grid, -(-len(grid) * len(result.median) // BATCH))
    found = [result.demand(some.tolist()).pick(metric="demand", **picked).frame(level) for some in batches]
    columns = ["price", "estimate", "conf_low", "conf_high"]
    return np.concatenate([table[columns].to_numpy(dtype=float) for table in found]).T
