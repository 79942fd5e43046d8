"""Demand by price, what it brings in, and the best price with every price that may be it; a panel each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.charts.price_axis import SHADE, PricePoint, named, of_group, one_group, price_axis, price_rows, value_axis
from cxstats.charts.small_print import above, need_offers
from cxstats.charts.style import INK, MUTED, PALETTE, dress, inside, mark_synthetic, need_axes, value_label, view
from cxstats.errors import one_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cxstats.inference import Estimate

DEMAND = ("acceptance", "trial")  # what results of different methods call it
PANEL = 2.5  # inches
BAND = 0.18  # opacity
MANY = 16  # prices, beyond which dots are small


def plot_demand(
    result: Any, ax: Axes | None = None, *, of: str | None = None, group: Any = None, level: float = 0.95
) -> np.ndarray:
    """Draw demand by price and what it brings in, with the best price and all that may be it.

    Each panel has a line through the prices looked at, with the band of the intervals at each price by itself. Where a best
    price is known its place is a bar below: the prices that are not shown to be worse than another. These have filled dots,
    the others hollow ones, and their range is shaded. Crosses are shares as answered, where they rose with the price and were
    pooled.

    Parameters
    ----------
    result : GaborGranger or NewtonMillerSmith
        What `gabor_granger` or ``van_westendorp(...).newton_miller_smith()`` returns.
    ax : matplotlib.axes.Axes, optional
        Where to draw one panel; by default a new figure. Of a figure with ``layout="constrained"``, no label is cut off.
    of : {"acceptance", "trial", "revenue", "margin"}, optional
        What to draw. By default all that the result holds, a panel each; on `ax`, demand.
    group : value or mapping, optional
        The group to draw, if the result has several: a value of the only ``by``, or one of each label.
    level : float
        Confidence level of the bands and of the sets of prices, by default 0.95. The notes above the panels state it.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        One Axes a panel, from the top: demand, revenue, and margin if the cost of a unit is known. Prices on the x axes.

    Raises
    ------
    ArgumentError
        If `result` is no such result or does not hold `of`, there are several groups and none is picked, or the level is not
        between 0 and 1.

    Notes
    -----
    The straight lines between the prices looked at are no estimates. The best price is the best of those looked at.

    References
    ----------
    Gabor, A. and Granger, C. W. J. (1966). Price as an indicator of quality. *Economica* 33.
    Gupta, S. S. (1965). On some multiple decision (selection and ranking) rules. *Technometrics* 7.

    Examples
    --------
    >>> import cxstats as cx
    >>> from matplotlib.figure import Figure
    >>> asked = {price: f"buy_at_{price}" for price in (20, 30, 40, 50, 60)}
    >>> found = cx.gabor_granger(cx.sample_survey(), asked, where=cx.col("quarter") == "2026Q3", unit="EUR")
    >>> (ax,) = cx.plot_demand(found, Figure().subplots(), of="revenue")
    >>> ax.get_xlabel(), [text.get_text() for text in ax.texts if text.get_label() == "_words"]
    ('Price (EUR)', ['best 30 (30 to 30)'])
    """
    place = "plot_demand"
    wanted = "the result of gabor_granger(), or of newton_miller_smith(),"
    need_offers(f"{place}(result=)", result, ("revenue", "best_price", "candidates"), wanted)
    need_axes(place, ax)
    held = result.best_price.labels["metric"].tolist()
    metrics = list(dict.fromkeys([*(name for name in DEMAND if hasattr(result, name)), *held]))
    if of is not None:
        one_of(f"{place}(of=)", of, metrics)
    drawn = [of] if of is not None else metrics[: 1 if ax is not None else None]
    picked = one_group(place, result.revenue.labels, group)
    panels = [Panel(result, metric, picked, level) for metric in drawn]
    axes = np.asarray([ax]) if ax is not None else _axes(len(panels))
    for on, panel in zip(axes, panels, strict=True):
        panel.draw(on)
    mark_synthetic(axes[-1], panels[-1].est)
    return axes


def _axes(count: int) -> np.ndarray:
    import matplotlib.pyplot as plt

    return plt.subplots(count, 1, figsize=(6.0, PANEL * count + 0.2), layout="constrained", squeeze=False)[1][:, 0]


class Panel:
    """One metric by price, and its best price if there is one."""

    def __init__(self, result: Any, metric: str, picked: dict[str, Any], level: float) -> None:
        self.metric, self.picked, self.level = metric, picked, level
        self.est: Estimate = getattr(result, metric).pick(metric=metric, **picked)
        self.table = self.est.frame(level)
        self.unit = str(result.best_price.frame(level)["unit"].iloc[0])
        self.best, self.may_be = list[PricePoint](), np.ones(len(self.est), dtype=bool)
        if metric in result.best_price.labels["metric"].tolist():
            one = result.best_price.pick(metric=metric, **picked)
            self.best = PricePoint.of(one, ["best"], level)
            set_of = of_group(result.candidates(level), {"metric": metric, **picked})
            self.may_be = set_of["may_be_best"].to_numpy(dtype=bool)
        self.raw = np.full(len(self.est), np.nan)  # shares as answered, where they are not those shown
        if metric == "acceptance":
            raw = result.asked.pick(metric=metric, **picked).values
            self.raw = np.where(np.isclose(raw, self.est.values), np.nan, raw)

    def draw(self, ax: Axes) -> None:
        """Draw the panel."""
        value, low, high = (self.table[name].to_numpy(dtype=float) for name in ("estimate", "conf_low", "conf_high"))
        price, unit = self.table["price"].to_numpy(dtype=float), str(self.table["unit"].iloc[0])
        bottom, top = view([value, low, high, self.raw, [0.0]], unit, difference=False)
        seen = min(0.0, bottom if np.nanmin([0.0, *low[np.isfinite(low)]]) < 0 else 0.0), top
        dress(ax, "y")
        beside = 0.05 * float(np.ptp(price))
        price_axis(ax, (price.min() - beside, price.max() + beside), self.unit)
        value_axis(ax, seen, value_label(self.est.labels, unit), len(self.best))
        if seen[0] < 0:
            ax.axhline(0, color=INK, linewidth=0.8, zorder=1.2, label="_zero")
        color, side = PALETTE[0], 26.0 if len(price) <= MANY else 9.0
        known = np.isfinite(low) & np.isfinite(high)
        ax.fill_between(
            price, inside(low, seen), inside(high, seen), where=known.tolist(), color=color, alpha=BAND, linewidth=0, zorder=1,
            label="_band",
        )  # fmt: skip
        ax.plot(price, value, color=color, linewidth=1.6, zorder=2, label="_line")
        for chosen, face in ((self.may_be, color), (~self.may_be, "white")):
            ax.scatter(
                price[chosen], value[chosen], s=side, facecolor=face, edgecolor=color, linewidth=1.0, zorder=3, clip_on=False,
                label="_prices",
            )  # fmt: skip
        ax.scatter(price, self.raw, s=20, marker="x", color=MUTED, linewidth=1.0, zorder=2.5, label="_raw")
        if self.best:
            (best,) = self.best
            if best.high > best.low:
                ax.axvspan(best.low, best.high, color=SHADE, linewidth=0, zorder=0.2, label="_set")
            price_rows(ax, self.best, seen[0], [float(np.interp(best.value, price, value))])
        above(ax, self.note())

    def note(self) -> str:
        """Return what bands, dots and crosses are, and how many answers they rest on."""
        n = self.est.n
        said = f"Band: {100 * self.level:.4g} % interval at each price; n = {_range(n)}"
        if self.best:
            said += f"; filled, bar and shade: may be the best of {len(self.est)} prices"
        crosses = "; crosses: as answered, before pooling" if np.isfinite(self.raw).any() else ""
        return named(self.picked, f"{said}{crosses}")


def _range(n: np.ndarray) -> str:
    return f"{n.min():,.0f}" if n.min() == n.max() else f"{n.min():,.0f} to {n.max():,.0f}"
