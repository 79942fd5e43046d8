"""The charts of a metric, each as PNG and SVG; the SVG goes into the page as well.

A chart shows what the tables show and nothing else: suppressed cells are left out by ``where=``, which changes no other
number. What a chart says is said again in words, for those who do not see it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from cxstats.charts.style import detached_figure
from cxstats.expression import Expression, col
from cxstats.inference import Estimate, measure
from cxstats.report.config import Config
from cxstats.report.measures import Measured, domain
from cxstats.report.source import Source
from cxstats.report.svg import inlined
from cxstats.report.words import count, heading, listed, runs, shown, slug

WIDTH, FONT = 4.8, 10.0
MOST_PANELS, COLUMNS = 12, 2


@dataclass(frozen=True)
class Picture:
    """One chart: its file name without ending, the markup for the page, and its words."""

    stem: str
    title: str
    svg: str


def draw_pictures(
    folder: Path, source: Source, config: Config, found: Measured, stem: str, mark: str
) -> dict[tuple[str, str], Picture]:
    """Draw the charts of a metric into a folder; return them by (what, group).

    `stem` begins the file names, `mark` the identifiers in the page; both are the metric's own.
    """
    from cxstats.charts import save

    pictures: dict[tuple[str, str], Picture] = {}
    for key, title, said, figure in _figures(source, config, found):
        name = slug(
            "-".join(
                [stem, *{"period": ("by-period",), "group": ("by", key[1])}.get(key[0], ("by-period-and", key[1]))]
            ),
            [picture.stem for picture in pictures.values()],
        )
        _signed(figure, source, config)
        svg = save(figure, folder / f"{name}.svg")
        figure.set_layout_engine("none")  # the layout stays as it was found
        save(figure, folder / f"{name}.png")
        markup = inlined(svg.read_text(encoding="utf-8"), f"{mark}c{len(pictures) + 1}", title, said)
        pictures[key] = Picture(name, title, markup)
    return pictures


def _figures(source: Source, config: Config, found: Measured) -> Iterator[tuple[tuple[str, str], str, str, Any]]:
    """Yield the key, title, description and figure of each chart that there is something to draw for."""
    from cxstats.charts import plot_estimates, plot_trend

    name, visible = found.metric.name, found.visible
    if len(visible) > 1:
        series = _series(source, config, found, domain(config), visible)
        figure = detached_figure(WIDTH, 2.9)
        plot_trend(series, figure.subplots(), over=config.period, level=config.level, target=found.metric.target)
        said = f"Line over {count(len(visible), 'period')}, {runs(visible, found.periods)}, with a ribbon of intervals."
        yield ("period", ""), f"{name} by {config.period}", said, figure
    for group in config.groups:
        values = found.seen_groups(group)
        if not values:
            continue
        title = f"{name} by {heading(group).lower()}"
        est = measure(source.survey, found.metric.score, by=group, where=domain(config) & col(group).is_in(values))
        figure = detached_figure(WIDTH, float(np.clip(1.1 + 0.26 * len(values), 1.8, 12.0)))
        plot_estimates(est, figure.subplots(), level=config.level)
        said = f"One dot with its interval for each of {listed([shown(v) for v in values])}."
        yield ("group", group), title, said, figure
        panels = _panels(source, config, found, group)
        if panels and len(visible) > 1:
            figure = _small_multiples(panels, plot_trend, config)
            said = f"One small line chart for each of {listed(list(panels))}, on the same scale."
            yield ("both", group), f"{title} and {config.period}", said, figure


def _series(source: Source, config: Config, found: Measured, inside: Expression, periods: list[Any]) -> Estimate:
    """Return the metric over the span of some periods, of which only these have a value: a line breaks at the others."""
    among = [found.periods.index(p) for p in found.visible]
    span = found.periods[min(among) : max(among) + 1]
    score = replace(found.metric.score, base=found.metric.score.base & inside & col(config.period).is_in(periods))
    return measure(source.survey, score, by=config.period, where=col(config.period).is_in(span))


def _panels(source: Source, config: Config, found: Measured, group: str) -> dict[str, Estimate]:
    """Return the series of each group that has periods to show; none if they are too many for a page."""
    values = [v for p, g, v in found.counts if g == group and p is None]
    seen = {value: [p for p in found.seen_periods(group, value) if p in found.visible] for value in values}
    if len(values) > MOST_PANELS:
        return {}
    return {
        shown(value): _series(source, config, found, col(group) == value, periods)
        for value, periods in seen.items()
        if periods
    }


def _small_multiples(panels: dict[str, Estimate], plot_trend: Callable[..., Any], config: Config) -> Any:
    """Draw one small chart a group, all on the same scales."""
    rows = -(-len(panels) // COLUMNS)
    figure = detached_figure(WIDTH, 0.4 + 1.6 * rows)
    axes = figure.subplots(rows, COLUMNS, squeeze=False).ravel()
    drawn = []
    for ax, (title, series) in zip(axes, panels.items(), strict=False):
        plot_trend(series, ax, over=config.period, level=config.level)
        ax.set_title(title.replace("$", r"\$"), loc="left", fontsize=0.9 * FONT)
        ax.set_ylabel("")
        drawn.append(ax)
    for ax in axes[len(panels) :]:
        ax.remove()
    for limits, setter in (("get_xlim", "set_xlim"), ("get_ylim", "set_ylim")):
        ends = np.asarray([getattr(ax, limits)() for ax in drawn])
        for ax in drawn:
            getattr(ax, setter)(float(ends[:, 0].min()), float(ends[:, 1].max()))
    return figure


def _signed(figure: Any, source: Source, config: Config) -> None:
    """Write under a chart what it rests on: a chart travels without its page."""
    text = f"{100 * config.level:g} % intervals. {'Synthetic data: no real customers.' if source.synthetic else ''}"
    figure.supxlabel(text.strip(), x=0.01, ha="left", fontsize=0.72 * FONT, color="#6B6B6B")
