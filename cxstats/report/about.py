"""What the numbers of a report rest on, in sentences: who answered, what was left out, which intervals."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from cxstats.report.config import Config
from cxstats.report.measures import Measured
from cxstats.report.source import Source
from cxstats.report.suppression import ALL, PROTECTS
from cxstats.report.words import count, listed, runs

INTERVALS = {
    "share": "Percentages: Wilson's interval on the effective number of answers (Dean and Pagano 2015).",
    "balance": "Net percentages: the adjusted Wald interval on the effective number of answers (Rocks 2016).",
    "mean": "Means: t interval.",
    "ratio": "Ratios: t interval on the linearised ratio.",
    "total": "Totals: t interval.",
    "quantile": "Quantiles: Woodruff's interval.",
}
TARGETS = "Targets: judged by the interval of Korn and Graubard (1998) for percentages, else by the one shown."
CHANGES = (
    "Changes: from the joint covariance of the periods; {} Trends: t interval of the straight line through the periods."
)
MOVER = "of percentages by MOVER from their intervals (Zou and Donner 2008), of other measures by t."


def facts(source: Source, config: Config, m: Measured) -> list[str]:
    """Return sentences on who answered, when, and to what wording."""
    said = []
    if ALL not in m.hidden:
        said.append(
            f"{count(m.answers, 'answer')} of {count(m.rows, 'row')}.{_lacking(source, config, m)}{_why(source, m)}"
        )
    if m.silent:
        said.append(f"No answers in {runs(m.silent, m.periods)}: not asked then, or not in the data.")
    closed = [p for p in m.periods if (p, "", None) in m.hidden]
    if closed:
        said.append(f"Not shown, because answers are few: {runs(closed, m.periods)}.")
    for column in m.metric.score.columns():
        used = {w: years for w, years in source.wordings.get(column, {}).items() if set(years) & set(m.periods)}
        if len(used) > 1:
            parts = [f"“{wording}” in {runs(years, m.periods)}" for wording, years in used.items()]
            said.append(f"Caution: {column} is not known to be worded alike in all periods: {'; '.join(parts)}.")
    return said


def _lacking(source: Source, config: Config, m: Measured) -> str:
    """Return of a metric of several columns how many rows lack each, and how many lack more than one."""
    columns = m.metric.score.columns()
    inside = source.frame[source.frame[config.period].notna()]
    gaps = inside[columns].isna()
    if len(columns) < 2 or not gaps.to_numpy().any():
        return ""
    each = [f"{int(gaps[column].sum()):,} in {column}" for column in columns if gaps[column].any()]
    several = int((gaps.sum(axis=1) > 1).sum())
    shared = f" ({several:,} of them in more than one)" if several else ""
    return f" {count(int(gaps.any(axis=1).sum()), 'row')} without an answer: {listed(each)}{shared}."


def _why(source: Source, m: Measured) -> str:
    """Return why answers are missing, as far as the data says so: by column, if there are several."""
    columns = [column for column in m.metric.score.columns() if source.reasons.get(column)]
    named = len(m.metric.score.columns()) > 1
    said = [
        (f"{column}: " if named else "") + listed([f"{n:,} {reason}" for reason, n in source.reasons[column].items()])
        for column in columns
    ]
    return f" Missing answers in all rows of the data: {'; '.join(said)}." if said else ""


def cleaning(source: Source, config: Config) -> list[str]:
    """Return what was done to the cells of a file before anything was measured."""
    said = []
    if source.stripped:
        cells = listed([f"{n:,} in {column}" for column, n in source.stripped.items()])
        said.append(f"Blanks at the ends of {count(sum(source.stripped.values()), 'text cell')} removed: {cells}.")
    if config.file is not None:
        gone = {column: source.reasons[column] for column in config.columns() if source.reasons.get(column)}
        parts = [f"{c}, {listed([f'{n:,} {reason}' for reason, n in why.items()])}" for c, why in gone.items()]
        said += [f"Taken as missing: {'; '.join(parts)}."] if parts else []
    return said


def about(source: Source, config: Config, found: Sequence[Measured]) -> dict[str, Any]:
    """Return what the numbers rest on."""
    frame = source.frame
    lost = len(frame) - int(frame[config.period].notna().sum())
    inside = frame[frame[config.period].notna()]
    left_out = [f"{count(lost, 'row')} without {config.period}"] if lost else []
    left_out += [
        f"{count(int(n), 'row')} without {group} (in the totals, in no {group})"
        for group in config.groups
        if (n := inside[group].isna().sum())
    ]
    weight = config.design.get("weight")
    if weight and (zero := int((inside[weight] == 0).sum())):
        left_out.append(f"{count(zero, 'row')} with weight 0")
    unanswered = [
        f"{m.metric.name} {m.rows - m.answers:,} of {m.rows:,}"
        for m in found
        if ALL not in m.hidden and m.answers < m.rows
    ]
    families = list(dict.fromkeys(m.metric.score.family for m in found))
    mover = any(family in ("share", "balance") for family in families)
    targets = [TARGETS] if any(len(m.target) for m in found) else []
    hidden = [why for m in found for why in m.hidden.values()]
    return {
        "read": count(len(frame), "row"),
        "left_out": listed(left_out) if left_out else "" if unanswered else "none",
        "unanswered": "; ".join(unanswered),
        "cleaning": cleaning(source, config),
        "design": source.survey.design.describe(),
        "lone_psu": config.design.get("lone_psu"),
        "intervals": [*(INTERVALS[f] for f in families), CHANGES.format(MOVER if mover else "by t."), *targets],
        "comparisons": sum(len(m.changes) + len(m.trend) for m in found),
        "hidden": len(hidden),
        "protecting": sum(why == PROTECTS for why in hidden),
        "version": version("cxstats"),
    }
