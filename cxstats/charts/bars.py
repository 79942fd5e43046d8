"""Diverging bars of shares: low answers to the left of zero, high ones to the right, the neutral one apart; 100 % a bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.charts.estimates import bases_of, pitch, rows_of
from cxstats.charts.numbers import written
from cxstats.charts.plan import Plan
from cxstats.charts.shades import diverging, ink_on
from cxstats.charts.style import (
    INK,
    MUTED,
    cell_height,
    cell_width,
    dress,
    need_figure,
    plain,
    size_in_points,
    text_size,
    wrapped,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

BAR, ROW, LANE = (
    0.62,
    0.27,
    42.0,
)  # height of a bar in lanes; of a row in inches, at least; of a lane in points, at most
GAP, AIR = 12.0, 3.0  # points before the neutral answers, and around a number
CHARACTER, BOLD, SMALLEST = 0.6, 0.7, 4.5  # widths of a character in sizes; smallest text, in points
STEPS = (10, 20, 25, 50, 100)
NAMES, LINES = 0.3, (24, 36, 60)  # the part of the height that the names of answers may take; characters in their lines


@dataclass(frozen=True)
class Bars:
    """Bars of shares in percent: one row a bar, one column an answer from the lowest to the highest; NaN where unknown.

    The middle one of an odd number of answers is neutral. `least` and `most` are what else the axis has to show.
    """

    shares: np.ndarray
    texts: list[str]
    least: float = 0.0
    most: float = 0.0

    @property
    def half(self) -> int:
        """How many answers are low, and how many are high."""
        return len(self.texts) // 2

    @property
    def has_neutral(self) -> bool:
        """Whether the answer in the middle is neutral."""
        return len(self.texts) % 2 == 1

    @property
    def low(self) -> np.ndarray:
        """The sum of the low answers of each bar."""
        return np.asarray(self.shares[:, : self.half].sum(axis=1))

    @property
    def high(self) -> np.ndarray:
        """The sum of the high answers of each bar."""
        return np.asarray(self.shares[:, len(self.texts) - self.half :].sum(axis=1))

    @property
    def reach(self) -> tuple[float, float, float]:
        """How far the axis goes to the left and to the right of zero, and the largest neutral share."""
        middle = _most(self.shares[:, self.half]) if self.has_neutral else 0.0
        return min(-_most(self.low), self.least), max(_most(self.high), self.most), middle

    def lefts(self, apart: float) -> np.ndarray:
        """Return where each share begins, as an array like the shares; the neutral ones at `apart`."""
        known = np.nan_to_num(self.shares)
        start = np.cumsum(known, axis=1) - known - known[:, : self.half].sum(axis=1, keepdims=True)
        if self.has_neutral:
            start[:, self.half + 1 :] -= known[:, [self.half]]
            start[:, self.half] = apart
        return np.asarray(start)


@dataclass(frozen=True)
class Scale:
    """The axis of percent: its ends, where the neutral answers have their zero, and how much percent a point is."""

    left: float
    right: float
    apart: float
    point: float

    @classmethod
    def of(cls, bars: Bars, width: float, before: float, beyond: float) -> Scale:
        """Lay out `width` points such that so many points are left free before and beyond the bars."""
        low, high, middle = bars.reach
        taken = before + beyond + (GAP + AIR if bars.has_neutral else 0.0)
        point = max(high - low + middle, 1.0) / max(width - taken, 0.4 * width)
        apart = high + (beyond + GAP) * point
        right = apart + max(middle + AIR * point, beyond * point) if bars.has_neutral else high + beyond * point
        return cls(low - before * point, right, apart, point)


def _most(sums: np.ndarray) -> float:
    return float(np.nanmax(sums, initial=0.0))


def new_size(plan: Plan, row: float = ROW) -> tuple[float, float]:
    """Return width and height (inches) of a new figure with rows of this height, higher where their texts need it."""
    return 6.0, float(np.clip(1.15 + max(ROW, row / plan.row) * plan.height, 1.7, 14.0))


def frame_bars(ax: Axes, plan: Plan, bars: Bars, n: np.ndarray, said: str, extra: Sequence[Any] = ()) -> Plan:
    """Write what stands around the bars: rows, bases, names of the answers, what the values are.

    Returned is the plan with the height that its rows will have when all that has its place.
    """
    dress(ax, "x")
    ax.set_ylim(plan.height, 0)
    size, cell = text_size(), cell_height(ax)
    lines = 1 + (len(said) * 0.55 * size > 0.5 * cell_width(ax))
    left = cell - name_answers(ax, bars, extra) - (1.5 + 1.3 + 1.3 * lines) * size - 8
    tight = replace(plan, height=plan.height * max(size_in_points(ax)[1] / max(left, 0.2 * cell), 1.0))
    rows_of(ax, tight)
    bases_of(ax, tight, n)
    ax.set_xlabel(plain(wrapped(said, max(int(_width(ax, n) / (0.55 * size)), 20))))
    return tight


def lane(ax: Axes, plan: Plan) -> float:
    """Return the part of a row, in units of the axis, that a bar and what belongs to it may take."""
    return min(plan.row, LANE / pitch(ax, plan))


def draw_bars(
    ax: Axes, plan: Plan, bars: Bars, n: np.ndarray, *, at: float = 0.0, height: float = BAR, sums: bool = True,
    signed: bool = False,
) -> float:  # fmt: skip
    """Draw the bars with their numbers and axis; return how thick they are, in points.

    `at` moves the bars off the middle of their rows and `height` is theirs, both in lanes; `signed` says that the axis has
    negative numbers.
    """
    height *= lane(ax, plan)
    thick = height * pitch(ax, plan)
    size = min(text_size("x-small"), 0.85 * thick)
    digits = max(len(f"{end:.0f}") for end in bars.reach)
    room = digits * BOLD * size + 2 * AIR
    scale = Scale.of(bars, _width(ax, n), room if sums else AIR, room)
    ax.set_xlim(scale.left, scale.right)
    colors, lefts, y = diverging(len(bars.texts)), bars.lefts(scale.apart), plan.y + at * lane(ax, plan)
    for k, (text, color) in enumerate(zip(bars.texts, colors, strict=True)):
        ax.barh(
            y, bars.shares[:, k], height, left=lefts[:, k], color=color, edgecolor="white", linewidth=0.6,
            label=f" {text}", zorder=2,
        )  # fmt: skip
    for zero in [0.0, *([scale.apart] if bars.has_neutral else [])]:
        ax.axvline(zero, color=INK, linewidth=0.8, zorder=2.5)
    if size >= SMALLEST:
        _shares(ax, y, bars, lefts, colors, size, scale)
        if sums:
            _sums(ax, y, bars, size)
    _unknown(ax, y, n, bars, max(size, 3.0))
    _axis(ax, bars, scale, signed)
    return thick


def _width(ax: Axes, n: np.ndarray) -> float:
    """Return the width in points that the bars will have when labels and bases have theirs; a safe guess, before layout."""
    ticks = ax.get_yticklabels()
    longest = max(len(line) for tick in ticks for line in tick.get_text().split("\n"))
    base = max(len(f"{count:,.0f}") for count in n) * CHARACTER * text_size("x-small")
    return max(0.94 * cell_width(ax) - longest * CHARACTER * float(ticks[0].get_fontsize()) - base - 14, 60.0)


def _shares(
    ax: Axes, y: np.ndarray, bars: Bars, lefts: np.ndarray, colors: Sequence[str], size: float, scale: Scale
) -> None:
    """Write the shares into their bars where there is room."""
    for (i, k), share in np.ndenumerate(bars.shares):
        text = f"{share:.0f}"
        if np.isfinite(share) and share >= (len(text) * CHARACTER * size + AIR) * scale.point:
            ax.text(
                float(lefts[i, k] + share / 2), float(y[i]), text, ha="center", va="center_baseline", size=size,
                color=ink_on(colors[k]), zorder=3,
            )  # fmt: skip


def _sums(ax: Axes, y: np.ndarray, bars: Bars, size: float) -> None:
    """Write the sums of the low and of the high answers beyond the ends of the bars."""
    for sign, side in ((-1, bars.low), (1, bars.high)):
        for total, height in zip(side, y, strict=True):
            if np.isfinite(total):
                ax.annotate(
                    f"{total:.0f}", (sign * total, height), xytext=(sign * AIR, 0), textcoords="offset points",
                    ha="left" if sign > 0 else "right", va="center_baseline", size=size, weight="bold", color=INK, zorder=3,
                )  # fmt: skip


def _unknown(ax: Axes, y: np.ndarray, n: np.ndarray, bars: Bars, size: float) -> None:
    """Say where there is no bar, and why."""
    for i in np.flatnonzero(np.isnan(bars.shares).any(axis=1)):
        ax.annotate(
            "no answers" if n[i] == 0 else "unknown", (0, y[i]), xytext=(4, 0), textcoords="offset points",
            ha="left", va="center", size=size, color=MUTED,
        )  # fmt: skip


def _axis(ax: Axes, bars: Bars, scale: Scale, signed: bool) -> None:
    """Write numbers on the axis from both zeros, in steps of one length: the neutral bars have a zero of their own."""
    low, high, middle = bars.reach
    size = text_size()
    step = next((s for s in STEPS if s / scale.point >= 3.4 * size), 100)
    steps = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
    apart = np.arange(0, middle + 1e-9, step) if bars.has_neutral else np.zeros(0)
    shown = steps if signed else np.abs(steps)
    texts = [written(float(number), 0) for number in [*shown, *apart]]
    ax.set_xticks([*steps.tolist(), *(scale.apart + apart).tolist()], texts, size=size)


def name_answers(ax: Axes, bars: Bars, extra: Sequence[Any] = ()) -> float:
    """Name the shades above the bars from the lowest answer to the highest; return the height in points that this takes.

    Names go row by row where one row is too short. Long ones are set smaller and in longer lines, until all together take
    no more than a part of the height.
    """
    from matplotlib.patches import Patch
    from matplotlib.transforms import ScaledTranslation

    colors = diverging(len(bars.texts))
    handles: list[Any] = [Patch(facecolor=c, label=t) for c, t in zip(colors, bars.texts, strict=True)] + list(extra)
    whole = [str(handle.get_label()) for handle in handles]
    size, columns, texts, tall = SMALLEST, 1, whole, 0.0
    for size, line in product(np.arange(text_size("x-small"), SMALLEST - 0.01, -0.5).tolist(), LINES):
        texts = [wrapped(text, line) for text in whole]
        columns = _columns(texts, size, 0.95 * cell_width(ax))
        tall = sum(
            max(text.count("\n") + 1.3 for text in texts[first : first + columns])
            for first in range(0, len(texts), columns)
        )
        if tall * size <= NAMES * cell_height(ax):
            break
    for handle, text in zip(handles, texts, strict=True):
        handle.set_label(plain(text))
    up = ScaledTranslation(0, 1.5 * text_size("x-small") / 72, need_figure(ax).dpi_scale_trans)
    ax.legend(
        handles=[handles[i] for first in range(columns) for i in range(first, len(handles), columns)],
        fontsize=size, frameon=False, loc="lower right", bbox_to_anchor=(1, 1),
        bbox_transform=ax.transAxes + up, ncols=columns, borderaxespad=0, borderpad=0.1, handlelength=1.1, handleheight=1.0,
        handletextpad=0.4, columnspacing=1.2, labelspacing=0.3, labelcolor=INK,
    )  # fmt: skip
    return tall * size


def _columns(texts: Sequence[str], size: float, width: float) -> int:
    """Return in how many columns the texts go, row by row, such that all rows but the last are full."""
    wide = [(max(len(line) for line in text.split("\n")) * CHARACTER + 2.8) * size for text in texts]
    fitting = (c for c in range(len(wide), 1, -1) if sum(max(wide[k::c]) for k in range(c)) <= width)
    columns = next(fitting, 1)
    return -(-len(wide) // -(-len(wide) // columns))


def bar_labels(labels: pd.DataFrame, rows: np.ndarray, metric: Sequence[str]) -> pd.DataFrame:
    """Return the labels of the bars: those of the groups, under the name of what the bar is of."""
    table = labels.iloc[rows].reset_index(drop=True)
    table["metric"] = list(metric)
    return table
