"""The first paragraph of a report, in plain words: what changed, by how much, how sure, and what is too small to tell.

It begins with what to look at first: a target missed, or a measure that clearly got worse. Every number in it stands in a
table, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from cxstats.report.comparisons import PREVIOUS, YEAR
from cxstats.report.config import Config
from cxstats.report.measures import Measured
from cxstats.report.source import Source
from cxstats.report.verdicts import NARROWER, PERHAPS, WIDER, apart, is_worse, judged_changes, judged_trend
from cxstats.report.words import agreed, listed, number, percent, plain, shown, slug, unit_after
from cxstats.tables.text import decimals

MOST_NAMED = 6
CAME = {"up": "rose", "down": "fell", WIDER: "widened", NARROWER: "narrowed"}
HAS_COME = {"up": "has risen", "down": "has fallen", WIDER: "has widened", NARROWER: "has narrowed"}
TARGETS = {
    "missed": "Target missed: {}.",
    "met": "Target met: {}.",
    "inconclusive": "Too close to the target to tell: {}.",
    "untestable": "Target not testable: {}.",
}


@dataclass(frozen=True)
class Opening:
    """One sentence to read if no other is; a paragraph each on changes, targets and what is too small; what words mean."""

    headline: Markup
    paragraphs: list[Markup]
    meaning: Markup

    @property
    def text(self) -> str:
        """The opening without its markup."""
        return " ".join(part.striptags() for part in (self.headline, *self.paragraphs, self.meaning) if part)


def opening(source: Source, config: Config, found: Sequence[Measured]) -> Opening:
    """Return the opening of a report."""
    named = zip(found, anchors(found), strict=True)
    told = sorted(
        (_Told(m, config, anchor) for m, anchor in named if m.latest is not None), key=lambda t: not t.attention
    )
    paragraphs = [
        [_period(source, told), Markup(source.last.caution and "Caution: {}").format(source.last.caution)],
        [*(t.clear() for t in told), _perhaps(told)],
        [_targets(told, verdict) for verdict in TARGETS],
        [_too_small(told)],
    ]
    joined = [Markup(" ").join(part for part in parts if part) for parts in paragraphs]
    return Opening(_headline(told), [paragraph for paragraph in joined if paragraph], _meaning(config, told))


def anchors(found: Sequence[Measured]) -> list[str]:
    """Return the name of each metric's place on the page."""
    names: list[str] = []
    for m in found:
        names.append(slug(f"metric {m.metric.name}", names))
    return names


class _Told:
    """One metric, ready to be told: its changes judged, its numbers written."""

    def __init__(self, m: Measured, config: Config, anchor: str) -> None:
        self.m, self.marks, self.unit = m, config.marks, m.metric.score.unit
        self.name = Markup("<strong>{}</strong>").format(m.metric.name)
        self.link = Markup('<a href="#{}">{}</a>').format(anchor, m.metric.name)
        self.digits = decimals(self.unit, m.by_period["std_error"])
        few = self.digits if self.unit in ("%", "net %") else max(self.digits - 1, 0)
        self.few = few  # decimals of a text that is read, not looked up
        self.at = dict(zip(m.periods, m.by_period.to_dict("records"), strict=True))
        self.changes = judged_changes(m, few, config.level)
        self.trend = judged_trend(m, few, config.level)
        self.target = next(iter(m.target.to_dict("records")), None)

    @property
    def beside_target(self) -> int:
        """The decimals with which no limit is written like the target."""
        numbers = [] if self.target is None else [self.target[name] for name in ("target", "conf_low", "conf_high")]
        return apart(self.digits, *numbers) if numbers else self.digits

    @property
    def judged(self) -> list[dict[str, Any]]:
        return [*self.changes, *self.trend]

    @property
    def attention(self) -> str:
        """Why it should be looked at first: a target missed, or a change for the worse; empty if there is no reason."""
        missed = "misses its target" if self.target is not None and self.target["verdict"] == "missed" else ""
        worse = self.lately([row for row in self.judged if row["clear"] and self.worse(row)], "clearly got worse")
        return " and ".join(filter(None, (worse, missed)))

    @property
    def praise(self) -> str:
        """How it clearly changed and not for the worse; empty if it did not."""
        return self.lately([row for row in self.judged if row["clear"] and not self.worse(row)], self.better)

    @property
    def better(self) -> str:
        return "clearly improved" if self.m.metric.score.direction else "clearly changed"

    def lately(self, rows: Sequence[Mapping[str, Any]], words: str) -> str:
        """Return the words, with "over time" if none of the rows is a change since lately; empty if there are no rows."""
        recent = any(row.get("since") in (PREVIOUS, YEAR) for row in rows)
        return words + ("" if recent else " over time") if rows else ""

    def worse(self, row: dict[str, Any]) -> bool:
        return is_worse(row["side"], self.m.metric.score.direction)

    def amount(self, value: float, digits: int, *, sign: bool = False, unit: bool = True) -> Markup:
        """Return a number of this metric, with its unit: that of a change if it has a sign."""
        after = unit_after(self.unit, difference=sign, marks=self.marks) if unit else ""
        text = number(value, digits, sign=sign, marks=self.marks)
        after = agreed(text, after)
        return Markup('<data value="{}">{}</data>{}').format(value, text, after)

    def interval(self, row: Mapping[Any, Any], digits: int, *, sign: bool = False) -> Markup:
        low, high = (self.amount(row[end], digits, sign=sign, unit=False) for end in ("conf_low", "conf_high"))
        return Markup("{} to {}").format(low, high)

    def small(self, row: Mapping[str, Any]) -> Markup:
        """Return a change that may be chance: "+3.0 points since 2026Q2, interval −4.0 to +10.0"."""
        versus, digits = shown(row["versus"]), row["digits"]
        if not np.isfinite(row["conf_low"] + row["conf_high"]):
            return Markup("since {} unknown").format(versus)
        change, interval = self.amount(row["difference"], digits, sign=True), self.interval(row, digits, sign=True)
        return Markup("{} since {}, interval {}").format(change, versus, interval)

    def clear(self) -> Markup:
        """Return a sentence on what changed clearly."""
        said = [
            Markup("{} from {} in {} to {} in {}: {} ({})").format(
                CAME[row["course"]],
                self.amount(self.at[row["versus"]]["estimate"], self.few), shown(row["versus"]),
                self.amount(self.at[row["period"]]["estimate"], self.few), shown(row["period"]),
                self.amount(row["difference"], row["digits"], sign=True), self.interval(row, row["digits"], sign=True),
            )
            for row in self.changes
            if row["clear"]
        ]  # fmt: skip
        said += [
            Markup("{} over {} to {}: {} a {} ({})").format(
                HAS_COME[row["course"]], shown(row["first"]), shown(row["last"]),
                self.amount(row["slope"], row["digits"], sign=True), row["per"],
                self.interval(row, row["digits"], sign=True),
            )
            for row in self.trend
            if row["clear"]
        ]  # fmt: skip
        return Markup("{} {}.").format(self.name, Markup("; it ").join(said)) if said else Markup("")


def _period(source: Source, told: Sequence[_Told]) -> Markup:
    """Return what is said of a last period that is not over."""
    last = source.last.incomplete
    if last is None:
        return Markup("")
    over = list(dict.fromkeys(t.m.latest for t in told if t.m.compared))
    instead = f"the numbers here are of {listed([shown(p) for p in over])}" if over else "it is compared with nothing"
    return Markup("{} is incomplete, so {}. {}").format(shown(last), instead, source.last.why)


def _headline(told: Sequence[_Told]) -> Markup:
    first = [Markup("{}, which {}").format(t.link, t.attention) for t in told if t.attention]
    if first:
        return Markup("Look first at {}.").format(_listed(first))
    if not any(t.judged for t in told):
        return Markup("There is nothing to compare with yet.")
    verdicts = [t.target["verdict"] for t in told if t.target is not None]
    target = ", and no target is missed" if "met" in verdicts else ", and no target is clearly met or missed"
    calm = "no measure clearly got worse" + (target if verdicts else "")
    good = {words: [t.link for t in told if t.praise == words] for words in dict.fromkeys(t.praise for t in told)}
    parts = [Markup("{} {}").format(_listed(names), words) for words, names in good.items() if words]
    whole = Markup("; ").join([*parts, calm]) + "."
    return whole if parts else whole[:1].upper() + whole[1:]


def _perhaps(told: Sequence[_Told]) -> Markup:
    """Return the changes that only the number of comparisons makes doubtful."""
    maybe = [
        Markup("{} ({} since {})").format(
            t.m.metric.name, t.amount(row["difference"], row["digits"], sign=True), shown(row["versus"])
        )
        for t in told
        for row in t.changes
        if row["verdict"].startswith(PERHAPS)
    ]
    maybe += [
        Markup("{} ({} a {})").format(t.m.metric.name, t.amount(row["slope"], row["digits"], sign=True), row["per"])
        for t in told
        for row in t.trend
        if row["verdict"].startswith(PERHAPS)
    ]
    words = Markup("Perhaps changed, but not surely when all comparisons are counted: {}.")
    return words.format(_listed(maybe)) if maybe else Markup("")


def _targets(told: Sequence[_Told], verdict: str) -> Markup:
    """Return the metrics whose targets came out so, each with the interval that decides."""
    found = [
        Markup('{} ({} in {}, {}; target <data value="{}">{}</data>)').format(
            t.m.metric.name, t.amount(t.target["estimate"], t.digits), shown(t.target["period"]),
            t.interval(t.target, t.beside_target), t.target["target"], plain(t.target["target"], t.marks),
        )
        for t in told
        if t.target is not None and t.target["verdict"] == verdict
    ]  # fmt: skip
    return Markup(TARGETS[verdict]).format(_listed(found)) if found else Markup("")


def _too_small(told: Sequence[_Told]) -> Markup:
    """Return the metrics of which no change shows, with each change and how far it may be off."""
    still = [t for t in told if t.changes and not any(row["side"] for row in t.changes)]
    named = [Markup("{} ({})").format(t.m.metric.name, Markup("; ").join(map(t.small, t.changes))) for t in still]
    return Markup("Not clear from chance: {}.").format(_listed(named)) if named else Markup("")


def _listed(names: Sequence[Markup]) -> Markup:
    more = len(names) - MOST_NAMED
    said = [*names[:MOST_NAMED], Markup("{} more").format(more)] if more > 0 else list(names)
    return Markup("{} and {}").format(Markup(", ").join(said[:-1]), said[-1]) if said[1:] else said[0]


def _meaning(config: Config, told: Sequence[_Told]) -> Markup:
    """Return how sure the paragraph is, in words."""
    family, chance = sum(len(t.judged) for t in told), percent(1 - config.level, config.marks)
    surely = {
        "holm": f"A change is told as one only if it holds up among all {family} comparisons of this report: the risk of "
        f"telling even one that is mere chance is at most {chance}.",
        "benjamini-hochberg": f"Among all {family} comparisons of this report, at most {chance} of the changes told are "
        "expected to be mere chance.",
        "none": f"Each of the {family} comparisons of this report is judged by itself: where nothing changes, about {chance} "
        "of them look like a change.",
    }[config.compare.adjust]
    level = percent(config.level, config.marks)
    return Markup("In brackets: {} intervals, which hold the true value in about {} of such surveys. {}").format(
        level, level, surely if family else ""
    )
