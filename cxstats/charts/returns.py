"""What each step in service returns: its net return against break-even, and in words how surely it pays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.charts.numbers import written
from cxstats.charts.price_axis import named, one_group
from cxstats.charts.small_print import AIR
from cxstats.charts.style import (
    INK,
    MUTED,
    PALETTE,
    axes_for,
    dress,
    inside,
    plain,
    text_size,
    view,
)
from cxstats.charts.worth import (
    LINE,
    SMALLEST,
    axis_name,
    digits_of,
    height_left,
    in_lines,
    limits_of,
    name_rows,
    need_return,
    places_of,
    say,
    short,
    small_print,
    text_width,
    width_left,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOOKS = {"pays": ("o", PALETTE[0]), "does not": ("X", PALETTE[3]), "open": ("D", MUTED)}
DOT = 0.28  # of a row, from its top: the dot; the words stand below
WORDS = 0.54  # of a row, for the words


def plot_roi(result: Any, ax: Axes | None = None, *, group: Any = None, level: float = 0.95) -> Axes:
    """Draw the net return of each step with its interval, against break-even, and write how surely it pays.

    A dot's interval lies above 0, a cross's below it, a diamond's across it. Below stand the probability that the step pays,
    and what a customer may cost more for it to break even, beside what one does cost more. The net return stands at the right.

    Parameters
    ----------
    result : ReturnOnService
        What `roi` returns.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure. Of a figure with ``layout="constrained"``, no label is cut off.
    group : value or mapping, optional
        The group to draw, if the result has several: a value of the only ``by``, or one of each label.
    level : float
        Confidence level of the intervals, by default 0.95. The note above the Axes states it.

    Returns
    -------
    matplotlib.axes.Axes
        Money per customer on the x axis, steps from the top; below them the last level against the first, if there are more
        than two.

    Raises
    ------
    ArgumentError
        If `result` is no such result, holds several groups and none is picked, or the level is not between 0 and 1.

    Notes
    -----
    The probability that a step pays takes all inputs as they were given: a cost that was given as one number is sure.

    References
    ----------
    Rust, R. T., Zahorik, A. J. and Keiningham, T. L. (1995). Return on quality (ROQ). *J. Marketing* 59.

    Examples
    --------
    >>> import cxstats as cx
    >>> from matplotlib.figure import Figure
    >>> value = cx.service_value(cx.sample_survey(), outcome="spend", level="service_level",
    ...                          order=["poor", "adequate", "wow"], adjust="tenure", unit="EUR")
    >>> found = cx.roi(value, cost={"poor": 5, "adequate": 12, "wow": 22}, margin=0.6)
    >>> ax = cx.plot_roi(found, Figure().subplots())
    >>> ax.get_xlabel(), [" ".join(text.get_text().split()) for text in ax.texts if text.get_label() == "_words"][1]
    ('Net return per customer (EUR); 0 breaks even', 'pays: under 0.1 %; breaks even at 3.6 (1.3 to 6.0) a customer, cost 10')
    """
    place = "plot_roi"
    need_return(f"{place}(result=)", result, ax)
    picked = one_group(place, result.net.labels, group, ("metric", "contrast"))
    rows = places_of(result.net, picked)
    ends = np.asarray(limits_of(result.net, level, rows))
    words = _in_words(result, rows, level)
    unit, names = str(result.net.frame(level)["unit"].iloc[0]), result.net.labels["contrast"].iloc[rows].tolist()
    n = result.net.n[rows]
    ax = axes_for(result.net, ax, 6.0, 1.3 + 0.58 * len(rows))
    dress(ax, "x")
    said = small_print(
        ax,
        [
            named(picked, f"{100 * level:.4g} % intervals; n = {n.min():,.0f} to {n.max():,.0f} a step.")
            if n.min() < n.max() else named(picked, f"{100 * level:.4g} % intervals; n = {n.max():,.0f}."),
            "" if np.isfinite(ends).all() else "Hollow: interval unknown.",
            "Dot: above break-even; cross: below; diamond: not known.",
            result.assumed,
            result.value.words,
        ],
    )  # fmt: skip
    row = height_left(ax, said) / len(rows)
    ax.set_ylim(len(rows), 0)
    name_rows(ax, np.arange(len(rows)) + DOT + 0.12, names, 0.8 * row)
    column = _numbers(ax, ends[0], digits_of(*ends), row)
    width = width_left(ax) - column
    _axis(ax, view([ends, [0.0]], unit, difference=True), unit, width, result.span)
    _intervals(ax, ends, row)
    _words(ax, words, width, WORDS * row)
    say(ax, said)
    return ax


def _in_words(result: Any, rows: np.ndarray, level: float) -> list[list[str]]:
    """Return of each row how surely the step pays and where it breaks even, at length and in short."""
    even = np.asarray(limits_of(result.break_even_cost, level, rows))
    inputs, digits = result.inputs, digits_of(*even)
    a_customer = "a customer" if inputs.horizon == 1 else "a customer, once" if inputs.once else "a customer and period"
    last = len(inputs.costs) - 1
    pairs = [(j, j - 1) for j in range(1, last + 1)] + ([(last, 0)] if last > 1 else [])
    found = []
    for k, (later, earlier) in enumerate(pairs):
        costs = inputs.costs[later], inputs.costs[earlier]
        cost = f"{'' if all(one.fixed for one in costs) else 'mean '}cost {short(costs[0].mean - costs[1].mean)[0]}"
        value, low, high = even[:, k].tolist()
        known = not np.isnan(low + high)
        limits = f"{written(low, digits)} to {written(high, digits)}" if known else "interval unknown"
        at, pays = f"{written(value, digits)} ({limits})", chance(float(result.pays[rows[k]]))
        found.append(
            [f"pays: {pays}; breaks even at {at} {a_customer}, {cost}", f"pays: {pays}; break-even {at}, {cost}"]
        )
    return found


def chance(percent: float) -> str:
    """Return a probability in words: near 0 and 100 % with a decimal, and never as either.

    Examples
    --------
    >>> from cxstats.charts.returns import chance
    >>> [chance(p) for p in (0.0005, 0.59, 2.4, 99.99, float("nan"))]
    ['under 0.1 %', '0.6 %', '2 %', 'over 99.9 %', 'unknown']
    """
    if np.isnan(percent):
        return "unknown"
    if not 0.1 <= percent <= 99.9:
        return "under 0.1 %" if percent < 50 else "over 99.9 %"
    return f"{percent:.{int(not 1 <= percent <= 99)}f} %"


def _numbers(ax: Axes, value: np.ndarray, digits: int, row: float) -> float:
    """Write the net returns at the right of the rows; return the points that they take."""
    size = float(np.clip(0.4 * row, SMALLEST, text_size("x-small")))
    texts = [written(each, digits, sign=True) for each in value]
    widest = max(text_width(text, size) for text in texts) + 2 * AIR
    there: dict[str, Any] = {"textcoords": "offset points", "ha": "right", "size": size, "annotation_clip": False}
    for k, text in enumerate(texts):
        ax.annotate(
            text, (1, k + DOT), xycoords=ax.get_yaxis_transform(), xytext=(widest, 0), va="center", color=INK,
            label="_net", **there,
        )  # fmt: skip
    return widest


def _axis(ax: Axes, seen: tuple[float, float], unit: str, width: float, span: str) -> None:
    """Give the axis of money its view, ticks and name, and the line of break-even."""
    from cxstats.charts.ticks import number_axis

    ax.set_xlim(seen)
    number_axis(ax.xaxis, seen, width, text_size(), across=True)
    ax.set_xlabel(plain(axis_name(unit, "; 0 breaks even", width, span)))
    ax.axvline(0, color=INK, linewidth=1.0, zorder=1.2, label="_break-even")


def _intervals(ax: Axes, ends: np.ndarray, row: float) -> None:
    """Draw net returns and intervals, by what the interval says."""
    seen, side = ax.get_xlim(), float(np.clip(0.16 * row, 2.5, 5.5))
    for k, (value, low, high) in enumerate(ends.T.tolist()):
        marker, color = LOOKS["pays" if low > 0 else "does not" if high < 0 else "open"]
        known = not np.isnan(low + high)
        if known:
            ax.hlines(
                k + DOT,
                *inside(np.asarray([low, high]), seen),
                color=color,
                linewidth=side / 2.5,
                zorder=2,
                label="_interval",
            )
        if np.isfinite(value):
            ax.scatter(
                value, k + DOT, s=side**2 * (1.5 if marker == "X" else 1), marker=marker, facecolor=color if known else "white",
                edgecolor=color, linewidth=side / 6, zorder=3, clip_on=False, label="_estimate",
            )  # fmt: skip


def _words(ax: Axes, words: list[list[str]], width: float, height: float) -> None:
    """Write the words below the intervals, at the largest size at which all fit; the short ones where long ones do not."""
    size, texts = SMALLEST, [long for long, _ in words]
    tries = [(s, k) for s in np.arange(text_size("x-small"), SMALLEST - 0.01, -0.25).tolist() for k in (0, 1)]
    for size, k in tries:
        texts = [in_lines(both[k], size, width) for both in words]
        if all((t.count("\n") + 1) * LINE * size <= height and text_width(t, size) <= width for t in texts):
            break
    for k, text in enumerate(texts):
        ax.annotate(
            plain(text), (0, k + 1 - WORDS), xycoords=ax.get_yaxis_transform(), xytext=(AIR / 2, 0),
            textcoords="offset points", ha="left", va="top", size=size, color=INK, linespacing=1.1, zorder=4,
            bbox={"facecolor": ax.get_facecolor(), "edgecolor": "none", "pad": 0.4}, label="_words",
        )  # fmt: skip
