"""The charts of a metric, each as PNG and SVG; the SVG goes into the page as well.

A chart shows what the tables show and nothing else: suppressed cells are left out by ``where=``, which changes no other
number. A period that is not over has a grey ground and a hollow marker. What a chart says is said again in words, for those
who do not see it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

import numpy as np

from cxstats.charts.series import time_axis
from cxstats.charts.style import MUTED, PALETTE, detached_figure, mark_once
from cxstats.expression import col
from cxstats.inference import Estimate, measure
from cxstats.inference.show import sentence
from cxstats.report.config import Config
from cxstats.report.measures import Measured, domain
from cxstats.report.periods import FISCAL, MONTHS, on_axis
from cxstats.report.source import Source
from cxstats.report.svg import inlined
from cxstats.report.words import EN, SPACE, Marks, count, listed, named, percent, runs, shown, slug

WIDTH, FONT = 4.8, 10.0
MOST_PANELS, IN_TWOS = 12, (2, 4)
NUMERIC = re.compile(r"(n |Target )?[−\d,.]+( to [−\d,.]+)?")  # what the chart functions write as numbers
Key = tuple[str, str]  # what it shows ("period", "group" or "both"), and by which group


@dataclass(frozen=True)
class Picture:
    """One chart: its file name without ending, the markup for the page, and its words."""

    stem: str
    title: str
    svg: str


def planned(config: Config, found: Measured, stem: str) -> dict[Key, str]:
    """Return the charts of a metric that there is something to draw for, with their file names, which `stem` begins."""
    keys: list[Key] = [("period", "")] if len(found.visible) > 1 else []
    for group in config.groups:
        keys += [("group", group)] if found.seen_groups(group) else []
        keys += [("both", group)] if len(found.visible) > 1 and _panel_periods(found, group) else []
    names: dict[Key, str] = {}
    for what, group in keys:
        end = {"period": "by-period", "group": f"by-{group}", "both": f"by-period-and-{group}"}[what]
        names[what, group] = slug(f"{stem}-{end}", names.values())
    return names


def draw_pictures(
    folder: Path, source: Source, config: Config, found: Measured, stem: str, mark: str
) -> dict[Key, Picture]:
    """Draw the charts of a metric into a folder; return them by (what, group).

    `stem` begins the file names, `mark` the identifiers in the page; both are the metric's own.
    """
    from cxstats.charts import save

    pictures: dict[Key, Picture] = {}
    for i, (key, name) in enumerate(planned(config, found, stem).items(), start=1):
        title, said, figure = _figure(source, config, found, *key)
        _signed(figure, config)
        in_language(figure, config.marks)
        svg = save(figure, folder / f"{name}.svg")
        figure.set_layout_engine("none")  # the layout stays as it was found
        save(figure, folder / f"{name}.png")
        markup = inlined(svg.read_text(encoding="utf-8"), f"{mark}c{i}", title, said)
        pictures[key] = Picture(name, title, markup)
    return pictures


def _figure(source: Source, config: Config, found: Measured, what: str, group: str) -> tuple[str, str, Any]:
    """Return title, description and figure of a chart."""
    from cxstats.charts import plot_estimates

    name, visible = found.metric.name, found.visible
    open_period = found.incomplete in visible
    unfinished = f" {shown(found.incomplete)}, on a grey ground, is incomplete." if open_period else ""
    if what == "period":
        figure = detached_figure(WIDTH, 2.9)
        _line(_series(source, config, found), figure.subplots(), config, found)
        said = f"Line over {count(len(visible), 'period')}, {runs(visible, found.periods)}, with a ribbon of intervals."
        return f"{name} by {named(config.step)}", said + unfinished, figure
    title = f"{name} by {named(group)}"
    if what == "group":
        values = found.seen_groups(group)
        est = measure(source.survey, found.metric.score, by=group, where=domain(config) & col(group).is_in(values))
        figure = detached_figure(WIDTH, float(np.clip(1.1 + 0.26 * len(values), 1.8, 12.0)))
        plot_estimates(est, figure.subplots(), level=config.level)
        return title, f"One dot with its interval for each of {listed([shown(v) for v in values])}.", figure
    panels = [shown(value) for value in _panel_periods(found, group)]
    columns = 2 if len(panels) in IN_TWOS else 3
    figure = detached_figure(WIDTH, max(0.75 + 0.95 * -(-len(panels) // columns), 2.1))
    _panels(_series(source, config, found, group), figure, columns, config, found, group)
    said = f"One small line chart for each of {listed(panels)}, on the same scale, with the others behind it in grey."
    return f"{title} and {named(config.step)}", said + unfinished, figure


def _series(source: Source, config: Config, found: Measured, group: str = "") -> Estimate:
    """Return the metric by period, of each group: a period that is not shown has no value, so that a line breaks there."""
    among = [found.periods.index(p) for p in found.visible]
    span = col(config.period).is_in([on_axis(p) for p in found.periods[min(among) : max(among) + 1]])
    seen = col(config.period).is_in([on_axis(p) for p in found.visible])
    if group:
        panels = _panel_periods(found, group).items()
        parts = [(col(group) == v) & col(config.period).is_in([on_axis(p) for p in periods]) for v, periods in panels]
        seen, span = reduce(or_, parts), span & col(group).is_in([v for v, _ in panels])
    score = replace(found.metric.score, base=found.metric.score.base & domain(config) & seen)
    return measure(source.timed, score, by=[group, config.period] if group else config.period, where=span)


def _panel_periods(found: Measured, group: str) -> dict[Any, list[Any]]:
    """Return the groups that have periods to show, with these; none if the groups are too many for a page."""
    values = [v for p, g, v in found.counts if g == group and p is None]
    seen = {value: [p for p in found.seen_periods(group, value) if p in found.visible] for value in values}
    return {value: periods for value, periods in seen.items() if periods} if len(values) <= MOST_PANELS else {}


def _line(series: Estimate, ax: Any, config: Config, found: Measured) -> None:
    """Draw a series over time, with its target."""
    from cxstats.charts import plot_trend

    plot_trend(series, ax, over=config.period, level=config.level, target=found.metric.target)
    if config.calendar.rule:
        _fiscal(ax.xaxis)
    if _unfinished(ax, series, config, found):
        ax.annotate(
            "incomplete", (1, 1), xycoords="axes fraction", xytext=(0, 2), textcoords="offset points", ha="right",
            va="bottom", size="x-small", color=MUTED,
        )  # fmt: skip


def _panels(series: Estimate, figure: Any, columns: int, config: Config, found: Measured, group: str) -> None:
    """Draw a panel a group, all on the same scale."""
    from cxstats.charts import plot_multiples

    axes = plot_multiples(series, over=config.period, by=group, columns=columns, figure=figure, level=config.level)
    if config.calendar.rule:
        _fiscal(axes[0].xaxis)  # all panels share it
    for ax, value in zip(axes.tolist(), dict.fromkeys(series.labels[group].tolist()), strict=True):
        _unfinished(ax, series.pick(**{group: value}), config, found)


def _unfinished(ax: Any, series: Estimate, config: Config, found: Measured) -> bool:
    """Draw a period that is not over on a grey ground and hollow; return whether it is there."""
    labels, unfinished = series.labels[config.period].tolist(), on_axis(found.incomplete)
    if unfinished not in labels:
        return False
    places, axis = time_axis(series.labels[config.period])
    row = labels.index(unfinished)
    at, value = float(places[row]), float(series.values[row])
    half = float(np.diff(axis.places).min()) / 2 if len(axis.places) > 1 else 0.5
    ax.axvspan(at - half, ax.get_xlim()[1], color=MUTED, alpha=0.14, linewidth=0, zorder=0.5)
    if np.isfinite(value):
        hollow = {"facecolor": "white", "edgecolor": PALETTE[0], "linewidth": 1.2}
        ax.scatter([at], [value], s=20, zorder=4, clip_on=False, **hollow)
    return True


def _fiscal(axis: Any) -> None:
    """Write the years below the quarters as fiscal years."""
    ticks, texts = axis.get_major_locator(), axis.get_major_formatter()
    texts.texts = [(short, f"{FISCAL}{year}") if year else (f"{FISCAL}{short}", "") for short, year in texts.texts]
    ticks.characters = ticks.characters + len(FISCAL)


def in_language(figure: Any, marks: Marks) -> None:
    """Write the numbers of a figure with the marks of a language."""
    from cxstats.charts.ticks import Numbers

    class Written(Numbers):
        def format_ticks(self, values: Sequence[float]) -> list[str]:
            return [marks.written(text) for text in super().format_ticks(values)]

    if (marks.decimal, marks.thousands) == (EN.decimal, EN.thousands):
        return
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            if isinstance(axis.get_major_formatter(), Numbers):
                axis.set_major_formatter(Written())
        for text in ax.texts:
            if NUMERIC.fullmatch(text.get_text()):
                text.set_text(marks.written(text.get_text()))


def _signed(figure: Any, config: Config) -> None:
    """Write under a chart what it rests on: a chart travels without its page."""
    first = MONTHS[config.calendar.fiscal_start - 1]
    said = [
        f"{percent(config.level, config.marks)} intervals.".replace(SPACE, " "),
        f"Fiscal years start in {first}." if config.calendar.rule else "",
        sentence(mark_once(figure)),
    ]
    text = " ".join(filter(None, said))
    figure.supxlabel(text, x=0.01, ha="left", fontsize=0.72 * FONT, color="#6B6B6B")
