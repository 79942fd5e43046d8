"""The value ladder: the mean outcome at each level of service, each step in words, and what it brings and costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.charts.numbers import written
from cxstats.charts.price_axis import named
from cxstats.charts.small_print import AIR
from cxstats.charts.style import (
    FAINT,
    INK,
    MARKERS,
    MUTED,
    PALETTE,
    axes_for,
    cell_height,
    dress,
    inside,
    need_figure,
    plain,
    sentence,
    shown,
    text_size,
    value_label,
    view,
)
from cxstats.charts.worth import (
    LINE,
    NARROW,
    digits_of,
    fitted,
    height_left,
    in_lines,
    limits_of,
    need_return,
    need_value,
    one_of_value,
    places_of,
    say,
    short,
    small_print,
    text_width,
    width_left,
)
from cxstats.errors import ArgumentError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STRIP = 0.36  # of the height, for what steps bring and cost
BESIDE = 7.0  # points from a mean to the one that is not adjusted
BAR, APART = 0.28, 0.18  # width of a bar, and from the middle of a step to that of a bar, in steps


def plot_value(
    value: Any,
    ax: Axes | None = None,
    *,
    roi: Any = None,
    group: Any = None,
    outcome: str | None = None,
    level: float = 0.95,
) -> Axes:
    """Draw what service is worth as a ladder: the mean outcome at each level, and every step between two of them in words.

    Dots are the means for the same customers with their intervals, in the order of the levels; small grey squares beside them
    are the means of those who had the level, whoever they are. Above each step stands its difference with the interval. With
    `roi`, a pair of bars below each step shows what it brings (with its interval) and what it costs a customer, on a scale of
    their own from 0.

    Parameters
    ----------
    value : ServiceValue
        What `service_value` returns.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure. Of a figure with ``layout="constrained"``, no label is cut off.
    roi : ReturnOnService, optional
        What `roi` returns for this value.
    group : value or mapping, optional
        The group to draw, if the value has several: a value of the only ``by``, or one of each label.
    outcome : str, optional
        The outcome to draw, if the value has several.
    level : float
        Confidence level of all intervals, by default 0.95. The note above the Axes states it.

    Returns
    -------
    matplotlib.axes.Axes
        Levels on the x axis, the outcome in its unit on the y axis. The bars are on an Axes inside of it.

    Raises
    ------
    ArgumentError
        If `value` or `roi` is no such result, the return is of another value, there are several groups or outcomes and none
        is picked, or the level is not between 0 and 1.

    Notes
    -----
    Levels stand at equal distances, whatever lies between them: a line that flattens says that a step is smaller than the one
    before, not that it was as long. ``value.flattens()`` has the difference with its interval.

    References
    ----------
    Anderson, E. W. and Mittal, V. (2000). Strengthening the satisfaction-profit chain. *J. Service Research* 3.

    Examples
    --------
    >>> import cxstats as cx
    >>> from matplotlib.figure import Figure
    >>> value = cx.service_value(cx.sample_survey(), outcome="spend", level="service_level",
    ...                          order=["poor", "adequate", "wow"], adjust="tenure", unit="EUR")
    >>> ax = cx.plot_value(value, Figure().subplots())
    >>> ax.get_ylabel(), [text.get_text() for text in ax.texts if text.get_label() == "_step"]
    ('Spend (EUR)', ['+15.3 EUR (11.7 to 18.9)', '+6.1 EUR (2.2 to 9.9)'])
    """
    place = "plot_value"
    need_value(place, value, ax)
    if roi is not None:
        need_return(f"{place}(roi=)", roi, ax)
        _need_same(place, roi.value, value)
    name, picked = one_of_value(place, value, outcome, group)
    means = value.pick(metric=name, **picked)
    raw = value.unadjusted.pick(metric=name, **picked).values
    steps = value.steps.pick(metric=name, **picked)
    ends = np.asarray(limits_of(means, level, np.arange(len(means))))
    by_step = np.asarray(limits_of(steps, level, np.arange(len(steps))))
    units = [str(est.frame(level)["unit"].iloc[0]) for est in (means, steps)]
    ax = axes_for(means, ax, 6.0, 3.8 if roi is None else 4.8)
    dress(ax, "y")
    adjusted = not np.allclose(raw, ends[0], equal_nan=True)
    said = small_print(
        ax,
        [
            named(picked, f"dots: means for the same customers, {100 * level:.4g} % intervals.") + _bars(roi),
            "" if np.isfinite(ends[1:]).all() else "Hollow: interval unknown.",
            "Squares: not adjusted." if adjusted else "",
            value.words,
            roi.assumed if roi is not None else "",
        ],
    )  # fmt: skip
    everything = np.vstack([ends, raw]) if adjusted else ends
    seen = view([everything], units[0], difference=False)
    height = height_left(ax, said, 4.0) * (1.0 if roi is None else 1 - STRIP)
    _value_axis(ax, seen, value_label(means.labels[["metric"]], units[0]), height)
    height = height_left(ax, said, _level_axis(ax, value, means.n)) * (1.0 if roi is None else 1 - STRIP)
    tops = np.nanmax(np.where(np.isfinite(everything), everything, np.nan), axis=0)
    size, texts = _in_words(by_step, units[1], width_left(ax) / len(means), 0.36 * height)
    words = max(text.count("\n") + 1 for text in texts) * LINE * size + 2 * AIR
    _room(ax, seen, float(tops.max()), words / height, bars=roi is not None)
    _means(ax, ends, raw if adjusted else None)
    for j, text in enumerate(texts):
        ax.annotate(
            plain(text), (j + 0.5, float(tops[j : j + 2].max())), xytext=(0, AIR), textcoords="offset points", ha="center",
            va="bottom", size=size, color=INK, linespacing=1.1, zorder=4, label="_step",
        )  # fmt: skip
    if roi is not None:
        _strip(ax, roi, picked, len(steps), level, height * STRIP / (1 - STRIP))
    say(ax, said)
    return ax


def _need_same(place: str, of: Any, value: Any) -> None:
    """Raise `ArgumentError` unless the return was reckoned from the value that is drawn."""
    same = of is value or (of.labels.equals(value.labels) and np.array_equal(of.values, value.values, equal_nan=True))
    if not same:
        raise ArgumentError(f"{place}(roi=): the return is of another value. Reckon it from this one: roi(value, ...).")


def _bars(roi: Any) -> str:
    """Return what the bars are, if there are any."""
    if roi is None:
        return ""
    unit = str(roi.net.frame()["unit"].iloc[0])
    return f" Bars: what a step brings (blue) and costs (orange) per customer{roi.span}{', ' if unit else ''}{unit}."


def _value_axis(ax: Axes, seen: tuple[float, float], text: str, height: float) -> None:
    """Give the axis of values its ticks, which stay within the values, and its name."""
    from matplotlib.ticker import FixedLocator

    from cxstats.charts.ticks import number_axis

    ax.set_ylim(seen)
    number_axis(ax.yaxis, seen, height, text_size(), across=False)
    ticks = np.asarray(ax.yaxis.get_major_locator().tick_values(*seen))
    ax.yaxis.set_major_locator(FixedLocator(ticks[(ticks >= seen[0]) & (ticks <= seen[1])].tolist()))
    ax.set_ylabel(plain(in_lines(text, text_size(), max(height, 0.45 * cell_height(ax)))))


def _level_axis(ax: Axes, value: Any, n: np.ndarray) -> float:
    """Name the levels with their n, at a size at which they fit; return the lines of the usual size that all this takes."""
    ax.set_xlim(-0.5, len(n) - 0.5)
    room, names = 0.9 * width_left(ax) / len(n), [shown(each) for each in value.order]
    size, texts = NARROW, names
    for size in np.arange(text_size(), NARROW - 0.01, -0.25).tolist():
        texts = [f"{in_lines(name, size, room)}\nn {count:,.0f}" for name, count in zip(names, n, strict=True)]
        if max(text_width(text, size) for text in texts) <= room and max(text.count("\n") for text in texts) <= 4:
            break
    ax.set_xticks(np.arange(len(n)), [plain(text) for text in texts], size=size)
    ax.set_xlabel(plain(in_lines(sentence(value.level), text_size(), width_left(ax))))
    return 1.5 + max(text.count("\n") + 1 for text in texts) * size / text_size()


def _in_words(ends: np.ndarray, unit: str, pitch: float, height: float) -> tuple[float, list[str]]:
    """Return the size and the texts of the steps, in as many lines as they need in the width of a step."""
    digits, unit = digits_of(*ends), {"% points": "points"}.get(unit, unit)
    unit = f" {unit}" if unit and len(unit) <= 8 else ""
    heads, tails = [], []
    for step, low, high in ends.T.tolist():
        heads.append(f"{written(step, digits, sign=True)}{unit}")
        known = np.isfinite(step) and not np.isnan(low + high)
        tails.append((written(low, digits), "to", written(high, digits)) if known else ("interval", "", "unknown"))
    whole = [" ".join(filter(None, tail)) for tail in tails]
    versions = [
        [f"{head} ({tail})" for head, tail in zip(heads, whole, strict=True)],
        [f"{head}\n({tail})" for head, tail in zip(heads, whole, strict=True)],
        [f"{h}\n({' '.join(filter(None, t[:2]))}\n{t[2]})" for h, t in zip(heads, tails, strict=True)],
    ]
    return fitted(versions, 0.92 * pitch, height)


def _room(ax: Axes, seen: tuple[float, float], top: float, part: float, *, bars: bool) -> None:
    """Leave room for words above the highest mark, in part of the height, and for bars below the lowest."""
    low, high = seen[0], max(seen[1], seen[0] + (top - seen[0]) / (1 - min(part, 0.5)))
    ax.set_ylim(low - (high - low) * STRIP / (1 - STRIP) if bars else low, high)
    if bars:
        ax.axhline(low, color=FAINT, linewidth=0.8, zorder=1.1, label="_floor")
        ax.spines["left"].set_bounds(low, seen[1])


def _means(ax: Axes, ends: np.ndarray, raw: np.ndarray | None) -> None:
    """Draw the means with their intervals and the line through them; beside them those that are not adjusted."""
    from matplotlib.transforms import ScaledTranslation

    value, low, high = ends
    x, color = np.arange(len(value)), PALETTE[0]
    known = np.isfinite(value) & ~np.isnan(low + high)
    ax.plot(x, value, color=color, linewidth=0.9, alpha=0.6, zorder=1.6, label="_ladder")
    seen = ax.get_ylim()
    ax.vlines(x[known], inside(low[known], seen), inside(high[known], seen), color=color, linewidth=1.8, zorder=2,
              label="_interval")  # fmt: skip
    for chosen, fill in ((known, color), (~known, "white")):
        ax.scatter(
            x[chosen], value[chosen], s=30, marker=MARKERS[0], facecolor=fill, edgecolor=color, linewidth=1.1, zorder=3,
            label="_mean",
        )  # fmt: skip
    if raw is not None:
        beside = ax.transData + ScaledTranslation(BESIDE / 72, 0, need_figure(ax).dpi_scale_trans)
        ax.scatter(
            x, raw, s=11, marker=MARKERS[1], color=MUTED, linewidth=0, zorder=2.5, transform=beside, label="_raw"
        )


def _strip(ax: Axes, roi: Any, picked: dict[str, Any], size: int, level: float, height: float) -> None:
    """Draw what each step brings and costs as bars from 0, on Axes below the ladder, so many points high."""
    rows = places_of(roi.net, picked)[:size]
    ends, costs = np.asarray(limits_of(roi.benefit, level, rows)), roi.cost.values[rows]
    brings, low, high = ends
    finite = np.where(np.isfinite(ends), ends, 0.0)
    tops, least = (
        [np.maximum(finite.max(axis=0), 0.0), np.maximum(costs, 0.0)],
        float(min(finite.min(), costs.min(), 0.0)),
    )
    numbers = [written(v, digits_of(*ends)) for v in brings], [short(v)[0] for v in costs.tolist()]
    named = [[f"{word}\n{number}" for number in of] for word, of in zip(("brings", "costs"), numbers, strict=True)]
    points, texts = fitted(
        [[*named[0], *named[1]], [*numbers[0], *numbers[1]]], 1.9 * APART * width_left(ax) / (size + 1), 0.5 * height
    )
    words = (max(text.count("\n") + 1 for text in texts) * LINE * points + 3 * AIR) / height
    strip = ax.inset_axes((0.0, 0.0, 1.0, STRIP), label="_strip")
    strip.set_axis_off()
    strip.patch.set_alpha(0.0)
    strip.set_xlim(ax.get_xlim())
    most, x = max(float(np.max(tops)), 1e-9), np.arange(size) + 0.5
    strip.set_ylim(least - 0.03 * (most - least), least + (most - least) / (1 - min(words, 0.7)))
    strip.axhline(0, color=MUTED, linewidth=0.8, zorder=2.5)
    for at, of, color, said, top, label in (
        (x - APART, brings, PALETTE[0], texts[:size], tops[0], "brings"),
        (x + APART, costs, PALETTE[1], texts[size:], tops[1], "costs"),
    ):
        strip.bar(at, of, BAR, color=color, label=f" {label}", zorder=2)
        for place, y, text in zip(at, top, said, strict=True):
            strip.annotate(
                text, (float(place), float(y)), xytext=(0, 2), textcoords="offset points", ha="center", va="bottom",
                size=points, color=INK, linespacing=1.05, label=f"_{label}",
            )  # fmt: skip
    strip.vlines(x - APART, low, high, color=INK, linewidth=1.0, zorder=3, label="_interval")
