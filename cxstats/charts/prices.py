"""Van Westendorp's four curves by price, named where they run, with their crossings and how surely each is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.charts.price_axis import SHADE, PricePoint, named, of_group, one_group, price_axis, price_rows, value_axis
from cxstats.charts.small_print import above, need_offers
from cxstats.charts.style import (
    INK,
    MARGIN,
    PALETTE,
    axes_for,
    dress,
    ink,
    need_axes,
    need_figure,
    plain,
    size_in_points,
    text_size,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

# The curves by colour and dash; the prices, each with a curve that runs through its crossing.
LOOKS: dict[str, tuple[str, Any]] = {
    "too_cheap": (PALETTE[0], "-"),
    "cheap": (PALETTE[4], (0, (5, 1.5))),
    "expensive": (PALETTE[1], (0, (4, 1.2, 1, 1.2))),
    "too_expensive": (PALETTE[3], (0, (1.6, 1.0))),
}
POINTS = {"low": "too_cheap", "optimum": "too_cheap", "indifference": "cheap", "high": "too_expensive"}
TAIL = 1.0  # % of a curve that may lie outside of the picture
BAND = 0.15  # opacity
STEPS = 400
BOLD = 0.65  # width of a bold character, in sizes


def plot_prices(result: Any, ax: Axes | None = None, *, group: Any = None, level: float = 0.95) -> Axes:
    """Draw the four curves of a price sensitivity meter, with the range of acceptable prices and where the curves cross.

    Each curve has its name, colour and dash, and a pale band of the intervals at each price by itself. The crossings are
    ringed; below the curves each has its price with the interval as a bar. The range from low to high is shaded. Of the
    original range, thin lines are what is left of 100 %: not cheap, and not expensive.

    Parameters
    ----------
    result : VanWestendorp
        What `van_westendorp` returns.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure. Of a figure with ``layout="constrained"``, no label is cut off.
    group : value or mapping, optional
        The group to draw, if the result has several: a value of the only ``by``, or one of each label.
    level : float
        Confidence level of bands and bars, by default 0.95. The note above the Axes states it.

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
    Prices that fewer than 1 % named beyond are outside of the picture; the note then says up to where prices were named. A band
    does not hold its whole curve at once; there is none at prices where a curve is at 0 or 100 %.

    References
    ----------
    van Westendorp, P. H. (1976). NSS price sensitivity meter (PSM): a new approach to study consumer perception of prices.
    *Proceedings of the 29th ESOMAR Congress*.

    Examples
    --------
    >>> import cxstats as cx
    >>> from matplotlib.figure import Figure
    >>> found = cx.van_westendorp(cx.sample_survey(), too_cheap="too_cheap", cheap="cheap", expensive="expensive",
    ...                           too_expensive="too_expensive", where=cx.col("quarter") == "2026Q3", unit="EUR")
    >>> ax = cx.plot_prices(found, Figure().subplots())
    >>> ax.get_xlabel(), [text.get_text() for text in ax.texts if text.get_label() == "_words"][:2]
    ('Price (EUR)', ['high 47.7 (46.3 to 49.5)', 'indifference 35.7 (34.7 to 36.6)'])
    """
    place = "plot_prices"
    need_offers(f"{place}(result=)", result, ("prices", "curves", "definition"), "the result of van_westendorp()")
    need_axes(place, ax)
    picked = one_group(place, result.prices.labels, group)
    prices = result.prices.pick(metric=list(POINTS), **picked)
    points = PricePoint.of(prices, list(POINTS), level)
    every = result.curves(level)
    curves = {name: of_group(every, picked | {"curve": name}) for name in LOOKS}
    lines = [Line.of(name, table) for name, table in curves.items()]
    if "not cheap" in result.definition:
        lines += [Line(f"not {line.name}", line.x, 100 - line.y, line.color) for line in lines if " " not in line.name]
    seen, cut = _seen(lines[: len(LOOKS)], points)
    ax = axes_for(prices, ax, 6.0, 4.2)
    dress(ax, "y")
    price_axis(ax, seen, str(prices.frame(level)["unit"].iloc[0]))
    value_axis(ax, (0.0, 102.0), "Percent", len(points))
    low, high = points[0].value, points[-1].value
    if np.isfinite(low + high):
        ax.axvspan(low, high, color=SHADE, linewidth=0, zorder=0.2, label="_range")
    for name, table in curves.items():
        x, y, least, most = table[["price", "estimate", "conf_low", "conf_high"]].to_numpy(dtype=float).T
        inner = ((y > 0) & (y < 100)).tolist()
        label = f"_{name} band"
        ax.fill_between(
            x, least, most, where=inner, color=LOOKS[name][0], alpha=BAND, linewidth=0, zorder=1, label=label
        )
    for line in lines:
        look: dict[str, Any] = {"linewidth": 1.8, "linestyle": line.dash, "zorder": 2}
        thin: dict[str, Any] = {"linewidth": 0.7, "linestyle": "-", "zorder": 1.5}
        ax.plot(line.x, line.y, color=line.color, label=f"_{line.name}", **(look if line.dash is not None else thin))
    on = {line.name: line for line in lines}
    heights = [on[POINTS[p.name].replace("_", " ")].at(p.value) for p in points]
    at = [p.value for p in points]
    ax.scatter(at, heights, s=26, facecolor="white", edgecolor=INK, linewidth=1.1, zorder=3.2, label="_crossing")
    price_rows(ax, points, 0.0, heights)
    n = f"n = {int(prices.n.max()):,}"
    above(ax, named(picked, f"{result.definition}. Bands and bars: {100 * level:.4g} % intervals; {n}{cut}"))
    name_lines(ax, lines)
    return ax


@dataclass(frozen=True)
class Line:
    """A curve from 0 to 100 %, or back, with its name and its look (dash None: thin)."""

    name: str
    x: np.ndarray
    y: np.ndarray
    color: str
    dash: Any = None

    @classmethod
    def of(cls, name: str, table: pd.DataFrame) -> Line:
        """Return the line of a table of curves."""
        x, y = table[["price", "estimate"]].to_numpy(dtype=float).T
        return cls(name.replace("_", " "), x, y, *LOOKS[name])

    def at(self, price: float) -> float:
        """Return the height at a price."""
        return float(np.interp(price, self.x, self.y))

    def span(self, low: float, high: float, places: np.ndarray) -> tuple[float, float] | None:
        """Return from where to where the line lies between two heights, nothing if it never does among the places."""
        y = np.interp(places, self.x, self.y)
        if y.max() < low or y.min() > high:
            return None
        y = y if y[-1] >= y[0] else -y
        ends = np.sort([low, high] if y[-1] >= 0 and y[0] >= 0 else [-high, -low])
        first, last = np.clip(np.searchsorted(y, ends), 0, len(places) - 1).tolist()
        return float(places[max(first - 1, 0)]), float(places[last])


def _seen(lines: Sequence[Line], points: Sequence[PricePoint]) -> tuple[tuple[float, float], str]:
    """Return the prices to show, and in words which are not shown."""
    x = lines[0].x
    moving = np.zeros(len(x), dtype=bool)
    for line in lines:
        moving |= (line.y > TAIL) & (line.y < 100 - TAIL)
    inner = x[moving] if moving.any() else x
    known = [each for p in points for each in (p.value, p.low, p.high) if np.isfinite(each)]
    low, high = min([inner.min(), *known]), max([inner.max(), *known])
    beyond = MARGIN * (high - low) or 1.0
    seen = max(low - beyond, min(0.0, low)), high + beyond
    cut = x[0] < seen[0] or x[-1] > seen[1]
    return seen, f"; prices named: {x[0]:,g} to {x[-1]:,g}" if cut else ""


def name_lines(ax: Axes, lines: Sequence[Line]) -> None:
    """Write the name of each line beside it, at the height and on the side where it has most room; never on another name."""
    size, (left, right) = text_size("x-small"), ax.get_xlim()
    need_figure(
        ax
    ).canvas.figure.draw_without_rendering()  # so that the layout, if there is one, has given the Axes their size
    width, height = size_in_points(ax)
    point, half = (right - left) / width, 0.65 * size / height * float(np.diff(ax.get_ylim())[0])
    places, taken = np.linspace(left, right, STEPS), list[tuple[float, float, float]]()  # from, to, at which height
    for k, line in enumerate(lines):
        wide, found = (len(line.name) * BOLD * size + 6) * point, list[tuple[float, float, float, bool]]()
        for h in np.linspace(half, 100 - half, 41).tolist():
            spans = [each.span(h - half, h + half, places) for each in lines]
            own = spans[k]
            if own is None:
                continue
            others = [s for i, s in enumerate(spans) if i != k and s]
            crossed = any(s[0] <= own[1] and s[1] >= own[0] for s in others)
            before = own[0] - max([left, *(s[1] for s in others if s[1] < own[0])]) - wide
            after = min([right, *(s[0] for s in others if s[0] > own[1])]) - own[1] - wide
            for room, begin, is_after in ((before, own[0] - wide, False), (after, own[1], True)):
                names = [t for t in taken if abs(t[2] - h) < 2 * half and t[0] < begin + wide and t[1] > begin]
                if not names and left <= begin and begin + wide <= right:
                    found.append((room - crossed * width * point, h, begin, is_after))
        if not found:
            continue
        _, h, begin, is_after = max(found, key=lambda f: (min(f[0], 12 * point), -abs(f[1] - 60)))
        taken.append((begin, begin + wide, h))
        ax.annotate(
            plain(line.name), (begin if is_after else begin + wide, h), xytext=(3 if is_after else -3, 0), va="center",
            textcoords="offset points", ha="left" if is_after else "right", size=size, color=ink(line.color), zorder=3.5,
            label="_name", weight="normal" if line.dash is None else "bold",
        )  # fmt: skip
