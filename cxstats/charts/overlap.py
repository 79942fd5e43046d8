"""How many can have said both: two bars of one population, with as little overlap as two percentages allow, and as much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.charts.numbers import written
from cxstats.charts.shades import ink_on
from cxstats.charts.small_print import AIR, above, axes_or_new, below, need_offers, outside
from cxstats.charts.style import (
    FAINT,
    INK,
    PALETTE,
    cell_width,
    dress,
    need_axes,
    plain,
    size_in_points,
    text_size,
    wrapped,
)
from cxstats.charts.trend import apart

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BARS = ("Least\noverlap", "Most\noverlap")
PARTS = {"only A": PALETTE[0], "both": PALETTE[2], "only B": PALETTE[1], "neither": FAINT}
THICK, CHARACTER = 0.5, 0.6  # of a row; width of a character, in sizes
BELOW = 0.36  # of a row, below the middle of the bar: what has no room in it


def plot_overlap(a: Any, b: Any, ax: Axes | None = None, *, same_people: bool = True, level: float = 0.95) -> Axes:
    """Draw the least and the most overlap that two percentages of one population allow, a bar of 100 % each.

    Of those who say A, those who say B and those who say neither the shares are not told. As few as ``max(0, p + q - 100)``
    percent can have said both, and as many as ``min(p, q)``; the bars show both cases for the figures as printed. The
    note below has the limits with rounding and sampling.

    Parameters
    ----------
    a, b : Percentage
        Two figures of the same population.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure. Of a figure with ``layout="constrained"``, no label is cut off.
    same_people : bool
        Whether the same people gave both answers, or two samples of one population, as in ``a.both(b)``.
    level : float
        Level of the interval in the note, by default 0.95.

    Returns
    -------
    matplotlib.axes.Axes
        Percent of the population on the x axis.

    Raises
    ------
    ArgumentError
        If something is no percentage, the populations are not stated or not the same, or the level is not between 0 and 1.

    Notes
    -----
    Nothing between the two bars is more likely than anything else: only the answers themselves could tell.

    References
    ----------
    Frechet, M. (1951). Sur les tableaux de correlation dont les marges sont donnees. *Ann. Univ. Lyon* A 14.

    Examples
    --------
    >>> import cxstats as cx
    >>> from matplotlib.figure import Figure
    >>> more, pay = (cx.Percentage(p, n=1000, population="adults") for p in (64, 67))
    >>> ax = cx.plot_overlap(more, pay, Figure().subplots())
    >>> {bars.get_label().strip(): bars.datavalues.tolist() for bars in ax.containers}
    {'only A': [33.0, 0.0], 'both': [31.0, 64.0], 'only B': [36.0, 3.0], 'neither': [0.0, 33.0]}
    """
    for name, figure in (("a", a), ("b", b)):
        need_offers(f"plot_overlap({name}=)", figure, ("both", "population", "value", "decimals"), "a Percentage")
    need_axes("plot_overlap", ax)
    table = a.both(b, same_people=same_people, level=level)
    p, q, digits = float(a.value), float(b.value), max(a.decimals, b.decimals)
    both = np.asarray([max(0.0, p + q - 100), min(p, q)])
    shares = np.round([p - both, both, q - both, 100 - p - q + both], digits) + 0.0
    ax = axes_or_new(ax, 6.0, 2.6)
    dress(ax, "x")
    ax.set_xlim(0, 100)
    ax.set_ylim(1.6, -0.45)
    ax.set_yticks([0, 1], list(BARS))
    _axis(ax, a.population.strip())
    for (name, color), share, left in zip(PARTS.items(), shares, np.cumsum(shares, axis=0) - shares, strict=True):
        ax.barh(
            [0, 1], share, THICK, left=left, color=color, edgecolor="white", linewidth=0.6, zorder=2, label=f" {name}"
        )
    for row in (0, 1):
        _label(ax, row, shares[:, row], digits)
    above(ax, f"A: {a}\nB: {b}")
    low, high = table["conf_low"].min(), table["conf_high"].max()
    printed = f"{written(both[0], digits)} to {written(both[1], digits)} % by the figures as printed"
    known = (
        f"{written(low, digits)} to {written(high, digits)} % with rounding and sampling ({100 * level:.4g} % limits)"
    )
    below(ax, f"Both: {printed}, {known}")
    return ax


def _axis(ax: Axes, population: str) -> None:
    from cxstats.charts.ticks import number_axis

    width = cell_width(ax) - outside(ax) - 4 * AIR
    number_axis(ax.xaxis, (0.0, 100.0), width, text_size(), across=True)
    ax.set_xlabel(plain(wrapped(f"Percent of {population}", max(int(width / (0.55 * text_size())), 20))))


def _label(ax: Axes, row: int, shares: np.ndarray, digits: int) -> None:
    """Write names and percents of the parts of a bar: into it, or tied to it from below where they have no room."""
    width, height = cell_width(ax) - outside(ax) - 4 * AIR, size_in_points(ax)[1]
    pitch = 0.8 * height / (ax.get_ylim()[0] - ax.get_ylim()[1])
    size = float(np.clip(0.4 * THICK * pitch, 4.5, text_size("x-small")))
    narrow = []
    for (name, color), share, end in zip(PARTS.items(), shares.tolist(), np.cumsum(shares).tolist(), strict=True):
        percent, middle = f"{written(share, digits)} %", end - share / 2
        if share / 100 * width > max(len(name), len(percent)) * CHARACTER * size + AIR:
            ax.text(
                middle, row, f"{name}\n{percent}", ha="center", va="center", size=size, color=ink_on(color), zorder=3,
                linespacing=1.0,
            )  # fmt: skip
        elif share > 0 or name == "both":
            narrow.append((f"{name} {percent}", middle))
    wide = np.asarray([(len(text) * CHARACTER * size + 2 * AIR) / width for text, _ in narrow])
    wanted = np.clip([at / 100 for _, at in narrow], wide / 2, 1 - wide / 2)
    for (text, at), place in zip(narrow, _spread(wanted, wide), strict=True):
        ax.annotate(
            text, (at, row + THICK / 2), xytext=(100 * place, row + BELOW), ha="center", va="top", size=size, color=INK,
            arrowprops={"arrowstyle": "-", "color": INK, "linewidth": 0.6, "relpos": (0.5, 1), "shrinkA": 0, "shrinkB": 0},
            zorder=3, annotation_clip=False,
        )  # fmt: skip


def _spread(wanted: np.ndarray, wide: np.ndarray) -> list[float]:
    """Return the middles nearest to those wanted at which the texts do not touch, and leave the bar at neither end."""
    if not len(wanted):
        return []
    places = apart(wanted - wide[0] / 2, wide) + wide[0] / 2
    beyond = max(float(places[-1] + wide[-1] / 2) - 1, 0.0)
    return [float(place) - beyond for place in places]
