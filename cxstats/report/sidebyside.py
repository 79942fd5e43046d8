"""All metrics of the latest period side by side over all groups, with letters for significant differences.

Only metrics that hide no cell of this period are in it, so it shows nothing that the tables by period and group do not.
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

    banner: Banner
    period: str
    left_out: str


def side_by_side(source: Source, config: Config, found: Sequence[Measured]) -> SideBySide | None:
    """Return the banner of the latest period; None without groups, or without a metric that may be shown."""
    if not config.groups:
        return None
    period = next((p for p in reversed(found[0].periods) if any(m.latest == p for m in found)), None)
    shown_here = [m for m in found if m.latest == period and not _hides(m, period)]
    if period is None or not shown_here:
        return None
    where = domain(config) & (col(config.period) == period)
    scores = [m.metric.score for m in shown_here]
    made = banner(source.survey, scores, list(config.groups), where=where, level=config.level)
    hidden = [m.metric.name for m in found if m.latest == period and _hides(m, period)]
    unasked = [m.metric.name for m in found if m.latest != period]
    said = [
        f"{listed(names)} ({why})" for names, why in ((hidden, "cells are few"), (unasked, "no answers then")) if names
    ]
    made = Banner(made.frame(), made.notes[:-1])  # the design and the domain are said elsewhere on the page
    return SideBySide(made, shown(period), f"Not in this table: {'; '.join(said)}." if said else "")


def _hides(m: Measured, period: Any) -> bool:
    return any(cell[0] == period for cell in m.hidden)
