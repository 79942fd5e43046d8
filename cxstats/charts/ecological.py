"""A small table of two figures by group as a scatter: points by name, the line, how wide its band is, and whom it hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.charts.numbers import decimals, written
from cxstats.charts.shades import mixed
from cxstats.charts.small_print import CHARACTER, above, axes_or_new, below, need_offers
from cxstats.charts.style import (
    INK,
    MUTED,
    PALETTE,
    dress,
    need_axes,
    plain,
    sentence,
    size_in_points,
    text_size,
    view,
    wrapped,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PALE = 0.16  # of the colour that the band keeps
STEPS = 50  # of the band, which is curved
REACH = 0.6  # of the range of the points, that the band may go beyond them
SCALES = (1.0, 0.85, 0.7)  # how much of their size the Axes may keep when the layout is done
NAME = 16  # characters in a line of a name
ROUND = [(np.cos(turn), np.sin(turn)) for turn in np.radians([0, 180, 90, 270, 35, 145, 215, 325])]
AWAY = (6.0, 12.0, 20.0, 30.0, 42.0)  # points from a dot to its name


def plot_ecological(table: Any, ax: Axes | None = None, *, level: float = 0.95) -> Axes:
    """Draw a published table of two figures by group: points by name, the line through them, and how little it rests on.

    The band is pointwise: ``y(x) -+ t s sqrt(1/n + (x - xbar)^2 / S_xx)``. Thin grey lines are those without each of the groups
    in turn. Below stands what such a table cannot say.

    Parameters
    ----------
    table : EcologicalTable
        The figures of the groups.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure. Of a figure with ``layout="constrained"``, no label is cut off.
    level : float
        Confidence level of the band and of the slope in the note, by default 0.95.

    Returns
    -------
    matplotlib.axes.Axes
        x and y of the table on their axes; the slope and its interval in a note above.

    Raises
    ------
    ArgumentError
        If `table` is no such table, or the level is not between 0 and 1.

    Notes
    -----
    The line is about groups: within each of them the relation of the same two figures may be another, or the reverse.

    References
    ----------
    Robinson, W. S. (1950). Ecological correlations and the behavior of individuals. *American Sociological Review* 15.

    Examples
    --------
    >>> import cxstats as cx
    >>> from matplotlib.figure import Figure
    >>> table = cx.EcologicalTable({"retail": (78, 81), "energy": (72, 76), "tech": (65, 75), "telco": (61, 68)},
    ...                            x="first-contact resolution", y="satisfaction", of="industries")
    >>> ax = cx.plot_ecological(table, Figure().subplots())
    >>> ax.get_xlabel(), ax.get_ylabel(), len(ax.lines)
    ('First-contact resolution', 'Satisfaction', 5)
    """
    needed = ("frame", "slope", "leave_one_out", "warning", "x", "y", "of")
    need_offers("plot_ecological(table=)", table, needed, "an EcologicalTable")
    need_axes("plot_ecological", ax)
    slope, low, high = table.slope(level)[["slope", "conf_low", "conf_high"]].iloc[0].tolist()
    without, frame = table.leave_one_out(level)["slope"].to_numpy(dtype=float), table.frame()
    x, y = frame.to_numpy(dtype=float).T
    places = np.linspace(x.min(), x.max(), STEPS)
    line = y.mean() + slope * (places - x.mean())
    spread = np.sum((x - x.mean()) ** 2)
    half = (high - low) / 2 * np.sqrt(spread / len(x) + (places - x.mean()) ** 2)
    ax = axes_or_new(ax, 6.0, 4.2)
    dress(ax, "y")
    _axes(ax, table, x, np.concatenate([y, *_kept(y, line - half, line + half)]))
    ax.fill_between(
        places, line - half, line + half, color=mixed(PALETTE[0], PALE), linewidth=0, zorder=0.6, label="_band"
    )
    for k, other in enumerate(without):
        if np.isfinite(other):
            rest = np.delete(np.c_[x, y], k, axis=0).mean(axis=0)
            ends = places[[0, -1]]
            ax.plot(
                ends,
                rest[1] + other * (ends - rest[0]),
                color=MUTED,
                alpha=0.5,
                linewidth=0.6,
                zorder=1,
                label="_without",
            )
    ax.plot(places, line, color=PALETTE[0], linewidth=1.6, zorder=1.5, label="_line")
    ax.scatter(x, y, s=22, color=INK, edgecolor="white", linewidth=0.5, zorder=3, clip_on=False)
    aside = np.where(y >= y.mean() + slope * (x - x.mean()), 1.0, -1.0)[:, None] * [-np.sign(slope), 1.0]
    _names(ax, [str(name) for name in frame.index], x, y, aside)
    digits = decimals(np.asarray([(high - low) / 4])) + 1
    said = [written(number, digits) for number in (slope, low, high)]
    above(
        ax,
        f"Slope {said[0]} ({said[1]} to {said[2]}) and band: {100 * level:.4g} % limits; thin: without each of the "
        f"{len(x)} {table.of} in turn",
    )
    below(ax, sentence(table.warning))
    return ax


def _kept(y: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the band, cut off where they would squeeze the points."""
    room = REACH * (y.max() - y.min())
    return np.maximum(low, y.min() - room), np.minimum(high, y.max() + room)


def _axes(ax: Axes, table: Any, x: np.ndarray, y: np.ndarray) -> None:
    """Give both axes their view, ticks and names."""
    from cxstats.charts.ticks import number_axis

    width, height = size_in_points(ax)
    for axis, seen, length, name in (
        (ax.xaxis, view([x], "", difference=True), width, table.x),
        (ax.yaxis, view([y], "", difference=True), height, table.y),
    ):
        across = axis is ax.xaxis
        (ax.set_xlim if across else ax.set_ylim)(seen)
        number_axis(axis, seen, length, text_size(), across=across)
        axis.set_label_text(plain(wrapped(sentence(name), max(int(length / (0.55 * text_size())), 12))))


def _names(ax: Axes, names: Sequence[str], x: np.ndarray, y: np.ndarray, aside: np.ndarray) -> None:
    """Write each name near its dot, where it lies on no other name or dot however the layout shrinks the Axes.

    `aside` is where the line does not run, seen from each dot. Names further away are tied to their dots by hair lines.
    """
    size, (left, right), (bottom, top) = text_size("x-small"), ax.get_xlim(), ax.get_ylim()
    page = np.asarray(size_in_points(ax))
    dots = np.c_[(x - left) / (right - left), (y - bottom) / (top - bottom)]
    taken: list[tuple[np.ndarray, np.ndarray]] = []  # where a name's dot is, and how far from it the name's corners lie
    for k in np.argsort(-dots[:, 1], kind="stable"):
        text = wrapped(names[k], NAME)
        lines = text.split("\n")
        box = np.asarray([max(map(len, lines)) * CHARACTER * size, len(lines) * 1.15 * size])
        turns = sorted(ROUND, key=lambda turn: -float(np.dot(turn, aside[k])))
        corners = [_corners(away, turn, box) for away, turn in product(AWAY, turns)]
        free = [c for c in corners if all(_free(dots[k], c, dots, taken, scale * page) for scale in SCALES)]
        chosen = (free or corners)[0]
        taken.append((dots[k], chosen))
        middle = chosen.mean(axis=0)
        far = not free or not any(chosen is c for c in corners[: 2 * len(ROUND)])
        ax.annotate(
            plain(text), (x[k], y[k]), xytext=tuple(middle), textcoords="offset points", ha="center", va="center", size=size,
            color=INK, linespacing=1.0, zorder=3.5, annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": MUTED, "linewidth": 0.5, "shrinkA": 0, "shrinkB": 2} if far else None,
        )  # fmt: skip


def _corners(away: float, turn: tuple[float, float], box: np.ndarray) -> np.ndarray:
    """Return lower left and upper right of a box that lies so many points away in a direction."""
    side = np.asarray(turn)
    middle = away * side + np.where(np.abs(side) > 0.3, np.sign(side), 0.0) * box / 2
    return np.asarray([middle - box / 2, middle + box / 2])


def _free(
    dot: np.ndarray, corners: np.ndarray, dots: np.ndarray, taken: list[tuple[np.ndarray, np.ndarray]], page: np.ndarray
) -> bool:
    """Tell whether a name lies inside the page and on no dot or other name, if the page has this size in points."""
    low, high = corners + dot * page
    others = [c + at * page for at, c in taken] + [np.asarray([d * page - 3, d * page + 3]) for d in dots]
    apart = all(np.any((high < other[0] + 1) | (low > other[1] - 1)) for other in others)
    return apart and bool(np.all(low >= 0) and np.all(high <= page))
