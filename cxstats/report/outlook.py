"""What a report would hold, in a few lines for a terminal: answers by metric, period and group, what would not be shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cxstats.report.config import Config
from cxstats.report.measures import Measured
from cxstats.report.suppression import ALL, PROTECTS, SMALL, Cell
from cxstats.report.words import count, listed, named, shown

MOST_NAMED = 8
GAP = "  "
WHY = {SMALL: "small", PROTECTS: "to protect"}


def outlook(config: Config, found: Sequence[Measured], files: Sequence[str]) -> tuple[str, ...]:
    """Return the lines; of cells that would be suppressed only how many there are."""
    periods = found[0].periods
    span = f", {shown(periods[0])} to {shown(periods[-1])}" if len(periods) > 1 else f", {shown(periods[0])}"
    groups = [f"{named(g)} ({len(values)}: {_few(values)})" for g in config.groups for values in [_values(found[0], g)]]
    return (
        f"Periods: {len(periods)} by {named(config.step)}{span}.",
        f"Groups: {'; '.join(groups) or 'none'}.",
        "",
        *_answers(config, found),
        "",
        *_suppressed(config, found),
        "",
        _files(files),
    )


def _values(m: Measured, group: str) -> list[str]:
    return [shown(value) for period, column, value in m.counts if column == group and period is None]


def _few(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return listed([*names[:MOST_NAMED], f"{more} more"] if more > 0 else names)


def _answers(config: Config, found: Sequence[Measured]) -> list[str]:
    """Return a table of answers: of each metric in all, and the fewest and most of its cells that would be shown."""
    head = ["Answers", "all", f"a {named(config.step)}", *(f"a {named(group)}" for group in config.groups)]
    head += [f"a {named(config.step)} and {named(group)}" for group in config.groups]
    rows = [head]
    for m in found:
        kinds = [(True, ""), *((False, g) for g in config.groups), *((True, g) for g in config.groups)]
        ranges = [_range(m, config, timed, group) for timed, group in kinds]
        rows.append([m.metric.name, _range(m, config, False, ""), *ranges])
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    return [
        GAP.join([row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    ]


def _range(m: Measured, config: Config, timed: bool, group: str) -> str:
    """Return the fewest and most answers of the cells of one kind, "none" if none would be shown."""
    sizes = [n for cell, n in m.counts.items() if _kind(cell) == (timed, group) and m.seen(cell)]
    ends = dict.fromkeys(count(n, marks=config.marks) for n in (min(sizes), max(sizes))) if sizes else ["none"]
    return " to ".join(ends)


def _kind(cell: Cell) -> tuple[bool, str]:
    """Return whether a cell is one of a period, and the column of its group: "" for all."""
    return (cell != ALL and cell[0] is not None, cell[1])


def _suppressed(config: Config, found: Sequence[Measured]) -> list[str]:
    """Return what would not be shown, by metric and kind of cell."""
    cells, hidden = sum(len(m.counts) for m in found), sum(len(m.hidden) for m in found)
    limit = f"fewer than {config.min_n} answers"
    if not hidden:
        return [f"Suppressed: none of {count(cells, 'cell', marks=config.marks)}; none has {limit}."]
    said = f"Suppressed: {hidden} of {count(cells, 'cell', marks=config.marks)}, for {limit} or to protect such a cell."
    return [said, *(f"{GAP}{m.metric.name}: {line}" for m in found for line in _hidden(m, config))]


def _hidden(m: Measured, config: Config) -> list[str]:
    why: dict[tuple[bool, str], Counter[str]] = {}
    for cell, reason in m.hidden.items():
        why.setdefault(_kind(cell), Counter())[reason] += 1
    return [
        f"{_by(config, *kind)}: {listed([f'{n[r]} {word}' for r, word in WHY.items() if n[r]])}"
        for kind, n in why.items()
    ]


def _by(config: Config, timed: bool, group: str) -> str:
    names = [named(config.step)] * timed + [named(group)] * bool(group)
    return f"by {' and '.join(names)}" if names else "all answers"


def _files(files: Sequence[str]) -> str:
    """Return how many files of each kind there would be."""
    kinds = Counter(name.partition("/")[0] if "/" in name else name for name in files)
    tables, charts = kinds.pop("tables", 0), kinds.pop("charts", 0)
    drawn = f", {count(charts // 2, 'chart')} (each svg and png)" if charts else ""
    return f"Files: {count(len(files), 'file')}: {', '.join(kinds)}, {count(tables, 'table')}{drawn}."
