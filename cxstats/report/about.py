"""What the numbers of a report rest on, in sentences: who answered, what was left out, which intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from cxstats.report.comparisons import FIRST, PREVIOUS, YEAR
from cxstats.report.config import Config
from cxstats.report.measures import Measured
from cxstats.report.opening import opening
from cxstats.report.source import Source
from cxstats.report.suppression import ALL, PROTECTS
from cxstats.report.words import count, listed, percent, runs, shown

INTERVALS = {
    "share": "Percentages: Wilson's interval on the effective number of answers (Dean and Pagano 2015).",
    "balance": "Net percentages: the adjusted Wald interval on the effective number of answers (Rocks 2016).",
    "mean": "Means: t interval.",
    "ratio": "Ratios: t interval on the linearised ratio.",
    "total": "Totals: t interval.",
    "quantile": "Quantiles: Woodruff's interval.",
}
TARGETS = (
    "Targets: judged by stricter (“guarded”) intervals, which keep their promise also near the ends of a scale, for skewed "
    "amounts and for few or unequal PSUs (Korn and Graubard 1998, Hall 1992, Bell and McCaffrey 2002)."
)
CHANGES = (
    "Changes: from the joint covariance of the periods; {} Trends: t interval of the straight line through the periods."
)
SINCE = {PREVIOUS: "the previous period", YEAR: "the same period a year earlier", FIRST: "the first period"}
MOVER = "of percentages by MOVER from their intervals (Zou and Donner 2008), of other measures by t."


def facts(source: Source, config: Config, m: Measured) -> list[str]:
    """Return sentences on who answered, when, and to what wording."""
    said, marks = [], config.marks
    if ALL not in m.hidden:
        answered = f"{count(m.answers, 'answer', marks=marks)} of {count(m.rows, 'row', marks=marks)}."
        said.append(answered + _lacking(source, config, m) + _why(source, config, m))
    said += [f"Caution: {remark}." for remark in m.remarks if ALL not in m.hidden]
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
    marks = config.marks
    each = [f"{count(int(gaps[column].sum()), marks=marks)} in {column}" for column in columns if gaps[column].any()]
    several = int((gaps.sum(axis=1) > 1).sum())
    shared = f" ({count(several, marks=marks)} of them in more than one)" if several else ""
    return f" {count(int(gaps.any(axis=1).sum()), 'row', marks=marks)} without an answer: {listed(each)}{shared}."


def _why(source: Source, config: Config, m: Measured) -> str:
    """Return why answers are missing, as far as the data says so: by column, if there are several."""
    columns = [column for column in m.metric.score.columns() if source.reasons.get(column)]
    named = len(m.metric.score.columns()) > 1
    said = [(f"{column}: " if named else "") + _reasons(source.reasons[column], config) for column in columns]
    return f" Missing answers in all rows of the data: {'; '.join(said)}." if said else ""


def _reasons(counts: Mapping[str, int], config: Config) -> str:
    return listed([f"{count(n, marks=config.marks)} {reason}" for reason, n in counts.items()])


def cleaning(source: Source, config: Config) -> list[str]:
    """Return what was done to the cells of a file before anything was measured."""
    said, marks = [], config.marks
    if source.stripped:
        cells = listed([f"{count(n, marks=marks)} in {column}" for column, n in source.stripped.items()])
        total = count(sum(source.stripped.values()), "text cell", marks=marks)
        said.append(f"Blanks at the ends of {total} removed: {cells}.")
    if config.file is not None:
        gone = {column: source.reasons[column] for column in config.columns() if source.reasons.get(column)}
        parts = [f"{c}, {_reasons(why, config)}" for c, why in gone.items()]
        said += [f"Taken as missing: {'; '.join(parts)}."] if parts else []
    return said


def left_out(source: Source, config: Config) -> str:
    """Return the rows that are in no number, or not in all, and why; empty if there are none."""
    frame, marks = source.frame, config.marks
    inside = frame[frame[config.period].notna()]
    lost = len(frame) - len(inside)
    said = [f"{count(lost, 'row', marks=marks)} without {config.period}"] if lost else []
    said += [
        f"{count(int(n), 'row', marks=marks)} without {group} (in the totals, in no {group})"
        for group in config.groups
        if (n := inside[group].isna().sum())
    ]
    weight = config.design.get("weight")
    if weight and (zero := int((inside[weight] == 0).sum())):
        said.append(f"{count(zero, 'row', marks=marks)} with weight 0")
    return listed(said)


def unanswered(config: Config, found: Sequence[Measured]) -> str:
    """Return how many rows have no answer to each metric."""
    marks = config.marks
    return "; ".join(
        f"{m.metric.name} {count(m.rows - m.answers, marks=marks)} of {count(m.rows, marks=marks)}"
        for m in found
        if ALL not in m.hidden and m.answers < m.rows
    )


def many(config: Config, found: Sequence[Measured]) -> str:
    """Return how the p-values of a report are got, and over which family they are adjusted."""
    tables = [table["p_unadjusted"] for m in found for table in (m.changes, m.trend)]
    family, level = int(sum(table.notna().sum() for table in tables)), f"{1 - config.level:.3g}"
    kinds = [SINCE[since] for since in dict.fromkeys(since for m in found for since in m.changes["since"])]
    against = [f"against {listed(kinds)}"] if kinds else []
    against += ["its trend"] if any(len(m.trend) for m in found) else []
    said = "Each is got by inverting the interval beside it"
    if not family:
        return f"{said}. There is none on this page: nothing is compared."
    among = f"the {family} comparisons that this page makes (each metric {', and '.join(against)})"
    how = {
        "holm": f", then adjusted (Holm 1979) over {among}",
        "benjamini-hochberg": f", then adjusted (Benjamini and Hochberg 1995) over {among}",
        "none": f", and not adjusted for {among}",
    }[config.compare.adjust]
    words = f"“Up” and “down” need a p-value below {config.marks.written(level)}"
    maybe = "; “perhaps” means that only the number of comparisons makes the change doubtful"
    return f"{said}{how}. {words}{maybe if config.compare.adjust != 'none' else ''}. Targets are judged one by one."


def small_cells(config: Config, found: Sequence[Measured]) -> str:
    """Return what was suppressed."""
    hidden = [why for m in found for why in m.hidden.values()]
    protecting = sum(why == PROTECTS for why in hidden)
    return (
        f"Cells with fewer than {config.min_n} answers are not shown, nor cells that would give them away by subtraction: "
        f"{count(len(hidden), marks=config.marks)} suppressed here, {count(protecting, marks=config.marks)} of them to "
        "protect others."
    )


def about(source: Source, config: Config, found: Sequence[Measured]) -> dict[str, Any]:
    """Return what the numbers rest on."""
    families = list(dict.fromkeys(m.metric.score.family for m in found))
    mover = any(family in ("share", "balance") for family in families)
    targets = [TARGETS] if any(len(m.target) for m in found) else []
    missing, nobody = left_out(source, config), unanswered(config, found)
    return {
        "read": count(len(source.frame), "row", marks=config.marks),
        "left_out": missing or ("" if nobody else "none"),
        "unanswered": nobody,
        "cleaning": cleaning(source, config),
        "design": _design(source, config),
        "intervals": [*(INTERVALS[f] for f in families), CHANGES.format(MOVER if mover else "by t."), *targets],
        "many": many(config, found),
        "small_cells": small_cells(config, found),
        "version": version("cxstats"),
    }


def _design(source: Source, config: Config) -> str:
    lone = config.design.get("lone_psu")
    return source.survey.design.describe() + (f"; a stratum with one cluster: {lone}" if lone else "")


def workbook_facts(source: Source, config: Config, found: Sequence[Measured]) -> list[tuple[str, str]]:
    """Return the first sheet of the workbook: title, whether the data is synthetic, the opening, what the numbers rest on."""
    said = about(source, config, found)
    opened = opening(source, config, found)
    synthetic = "Synthetic: made by a program; it says nothing about any customer or company."
    missing = f"Rows without an answer: {said['unanswered']}." if said["unanswered"] else ""
    rows = {
        "Report": config.title,
        "Synthetic data": synthetic if source.synthetic else "",
        "In short": opened.text,
        "Data": f"{source.name}; {said['read']} read.",
        "Periods": " ".join(filter(None, (config.calendar.rule, _unfinished(source)))),
        "Cautions": " ".join(f"{caution[:1].upper()}{caution[1:]}." for caution in source.cautions),
        "Cleaned": " ".join(said["cleaning"]),
        "Left out": " ".join(filter(None, (f"{said['left_out']}." if said["left_out"] else "", missing))),
        "Design": said["design"],
        "Level": f"{percent(config.level, config.marks)} intervals. {' '.join(said['intervals'])}",
        "p-values": said["many"],
        "Small cells": said["small_cells"],
        "Association": "Differences between periods or groups are associations, not causes.",
        "Made with": f"cxstats {said['version']}",
    }
    return [(name, text) for name, text in rows.items() if text]


def _unfinished(source: Source) -> str:
    last = source.last
    return f"{shown(last.incomplete)} is incomplete. {last.why}" if last.incomplete is not None else ""
