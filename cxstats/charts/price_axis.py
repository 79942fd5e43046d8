"""What pictures of prices share: one group, an axis of prices, and prices with their intervals in rows below the values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.charts.numbers import decimals, written
from cxstats.charts.small_print import CHARACTER
from cxstats.charts.style import INK, MUTED, broken, inside, plain, sentence, shown, size_in_points, text_size, wrapped
from cxstats.errors import ArgumentError, listing, one_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from cxstats.inference import Estimate

SHADE = "#F1F1F1"  # of a range of prices
LAID_OUT = 0.8  # of the size of Axes that the layout leaves them, about
MOST = 0.6  # of the height, for rows
ROW = 1.6  # of the size of their text, from row to row


@dataclass(frozen=True)
class PricePoint:
    """A price with its interval, and how they are written."""

    name: str
    value: float
    low: float
    high: float
    digits: int

    @classmethod
    def of(cls, est: Estimate, names: Sequence[str], level: float) -> list[PricePoint]:
        """Return the prices of an estimate, with the decimals that they all bear; without errors, as they are."""
        limits, error = np.c_[est.values, *est.interval(level)].tolist(), est.std_error
        digits = decimals(error) if (error > 0).any() else _exact(limits)
        return [cls(name, value, low, high, digits) for name, (value, low, high) in zip(names, limits, strict=True)]

    @property
    def texts(self) -> tuple[str, str]:
        """The point in words: with its interval, and without."""
        if np.isnan(self.value):
            return (f"{self.name} unknown",) * 2
        value, low, high = (written(each, self.digits) for each in (self.value, self.low, self.high))
        short = f"{self.name} {value}"
        return f"{short} ({'interval unknown' if np.isnan(self.low + self.high) else f'{low} to {high}'})", short


def _exact(limits: Sequence[Sequence[float]]) -> int:
    """Return the decimals that show the finite numbers as they are."""
    return next((d for d in range(6) if all(round(v, d) == v for row in limits for v in row if np.isfinite(v))), 2)


def one_group(
    place: str, labels: pd.DataFrame, group: Any, beside: Sequence[str] = ("metric", "price")
) -> dict[str, Any]:
    """Return the labels of the group to draw, all `beside` these; raise `ArgumentError` where none of several is picked."""
    by = [str(c) for c in labels.columns if c not in beside]
    groups = list(dict.fromkeys(labels[by].itertuples(index=False, name=None))) if by else [()]
    if group is None:
        if len(groups) > 1:
            some = listing([shown(g[0]) if len(by) == 1 else dict(zip(by, g, strict=True)) for g in groups], 4)
            raise ArgumentError(
                f"{place}(group=): the result holds {len(groups)} groups by {' and '.join(by)} ({some}), and a picture shows "
                "one. Pick one by group=, and draw each on its own Axes (ax=)."
            )
        return dict(zip(by, groups[0], strict=True))
    if not by:
        raise ArgumentError(
            f"{place}(group={group!r}): the result has no groups. Make them by by=, or leave group= out."
        )
    picked = dict(group) if isinstance(group, Mapping) else {by[0]: group} if len(by) == 1 else {}
    if set(picked) != set(by):
        wanted = ", ".join(f"{name!r}: ..." for name in by)
        raise ArgumentError(f"{place}(group={group!r}): one value of each label is needed, {{{wanted}}}.")
    one_of(f"{place}(group=)", picked[by[0]], list(dict.fromkeys(g[0] for g in groups)))
    if tuple(picked[name] for name in by) not in groups:
        raise ArgumentError(f"{place}(group={group!r}): the result has no such group.")
    return picked


def of_group(table: pd.DataFrame, picked: Mapping[str, Any]) -> pd.DataFrame:
    """Return the rows of a table with these labels."""
    for name, value in picked.items():
        table = table[table[name] == value]
    return table


def named(picked: Mapping[str, Any], said: str) -> str:
    """Return small print that begins with the group, if there is one."""
    return sentence(
        ". ".join(filter(None, [", ".join(f"{name} {shown(v)}" for name, v in picked.items()), sentence(said)]))
    )


def price_axis(ax: Axes, seen: tuple[float, float], unit: str) -> None:
    """Give the axis of prices its view, ticks and name."""
    from cxstats.charts.ticks import number_axis

    width = LAID_OUT * size_in_points(ax)[0]
    ax.set_xlim(seen)
    number_axis(ax.xaxis, seen, width, text_size(), across=True)
    name = f"Price ({unit})" if unit else "Price"
    ax.set_xlabel(_in_lines(name, max(int(width / (CHARACTER * text_size())), 20)))


def value_axis(ax: Axes, seen: tuple[float, float], name: str, rows: int) -> None:
    """Give the axis of values its view, ticks and name, with room for rows below it."""
    from matplotlib.ticker import FixedLocator

    from cxstats.charts.ticks import number_axis

    height, span = LAID_OUT * size_in_points(ax)[1], seen[1] - seen[0]
    taken = min((rows + 0.3) * ROW * text_size("x-small") / height, MOST) if rows else 0.0
    ax.set_ylim(seen[0] - span * taken / (1 - taken), seen[1])
    number_axis(ax.yaxis, seen, (1 - taken) * height, text_size(), across=False)
    ticks = np.asarray(ax.yaxis.get_major_locator().tick_values(*seen))
    ax.yaxis.set_major_locator(FixedLocator(ticks[(ticks >= seen[0] - 1e-9 * span) & (ticks <= seen[1])].tolist()))
    ax.set_ylabel(_in_lines(name, max(int(height / (CHARACTER * text_size())), 12)))
    if rows:
        ax.axhline(seen[0], color=MUTED, linewidth=0.8, zorder=1.1, label="_floor")


def _in_lines(name: str, width: int) -> str:
    """Return the name of an axis in lines of so many characters; the unit is broken only if it is longer."""
    whole = broken(name, width)
    return plain(whole if max(map(len, whole.split("\n"))) <= width else wrapped(name, width))


def price_rows(ax: Axes, points: Sequence[PricePoint], floor: float, heights: Sequence[float]) -> None:
    """Draw prices with their intervals in rows below the floor, each tied to the place above it where it lies.

    Words stand where there is more room: at the right with the highest price on top, or at the left with the lowest, so that
    no tie runs through them.
    """
    low, (left, right) = ax.get_ylim()[0], ax.get_xlim()
    pitch = (floor - low) / (len(points) + 0.3)
    ends = np.asarray([inside(np.asarray([p.value, p.low, p.high]), (left, right)) for p in points])
    ends = np.where(np.isnan(ends), np.nan_to_num(ends[:, :1], nan=left), ends)
    rightwards = right - ends.max() >= ends.min() - left
    order = np.argsort(ends[:, 0] * (-1 if rightwards else 1), kind="stable")
    size, point = text_size("x-small"), (right - left) / (LAID_OUT * size_in_points(ax)[0])
    size = float(min(size, LAID_OUT * size_in_points(ax)[1] * pitch / float(np.diff(ax.get_ylim())[0]) / 1.2))
    start = ends.max(axis=1) + 5 * point if rightwards else ends.min(axis=1) - 5 * point
    room = (right - start if rightwards else start - left) / (CHARACTER * size * point)
    long = all(len(p.texts[0]) <= each for p, each in zip(points, room, strict=True))
    for k, i in enumerate(order.tolist()):
        p, y = points[i], floor - (k + 0.65) * pitch
        known = np.isfinite(p.value) and not np.isnan(p.low + p.high)
        if np.isfinite(p.value):
            ax.vlines(
                p.value, y, heights[i], color=MUTED, linewidth=0.7, linestyle=(0, (1, 2)), zorder=1.2, label="_tie"
            )
            ax.scatter(
                p.value,
                y,
                s=16,
                facecolor=INK if known else "white",
                edgecolor=INK,
                linewidth=0.8,
                zorder=3,
                label="_price",
            )
        if known:
            ax.hlines(y, *ends[i, 1:], color=INK, linewidth=2.0, zorder=2, label="_interval")
        text = p.texts[0 if long else 1]
        fits = len(text) <= room[i]
        at = start[i] if fits else (right if rightwards else left)
        side = "left" if rightwards == fits else "right"
        ground = {"facecolor": ax.get_facecolor(), "edgecolor": "none", "pad": 0.3, "alpha": 0.8}
        ax.text(
            float(at), y, plain(text), ha=side, va="center", size=size, color=INK, zorder=4, bbox=ground, label="_words"
        )
