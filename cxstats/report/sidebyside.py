"""All metrics of the latest period side by side over all groups, with letters for significant differences.

Only groups without a hidden cell in this period are in it, so it shows nothing that the tables by period and group do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cxstats.expression import col
from cxstats.report.config import Config
from cxstats.report.measures import Measured, domain
from cxstats.report.source import Source
from cxstats.report.words import listed, shown
from cxstats.tables import Banner, banner


@dataclass(frozen=True)
class SideBySide:
    """The banner, its period, and the metrics that are not in it, with the reason."""

    banner: Banner | None
    period: str
    left_out: str


def side_by_side(source: Source, config: Config, found: Sequence[Measured]) -> SideBySide | None:
    """Return the banner of the latest period; None without groups or periods."""
    period = next((p for p in reversed(found[0].periods) if any(m.latest == p for m in found)), None)
    if not config.groups or period is None:
        return None
    asked = [m for m in found if m.latest == period]
    groups = [group for group in config.groups if not any(_hides(m, period, group) for m in asked)]
    closed, unasked = (
        [g for g in config.groups if g not in groups],
        [m.metric.name for m in found if m.latest != period],
    )
    said = [f"{listed(closed)} (some cells have too few answers to be shown)"] if closed else []
    said += [f"{listed(unasked)} (no answers in this period)"] if unasked else []
    left_out = f"Not in this table: {'; '.join(said)}." if said else ""
    if not groups:
        return SideBySide(None, shown(period), left_out)
    where = domain(config) & (col(config.period) == period)
    made = banner(source.survey, [m.metric.score for m in asked], groups, where=where, level=config.level)
    notes = made.notes[:-1]  # the design and the domain are said elsewhere on the page
    return SideBySide(Banner(made.frame(), notes), shown(period), left_out)


def _hides(m: Measured, period: Any, group: str) -> bool:
    return any(p == period and by == group for p, by, _ in m.hidden)
