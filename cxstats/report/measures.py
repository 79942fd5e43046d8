"""What a report says of one metric: by period, by group, by both; changes, trend and target; nothing that may not be seen.

All numbers come from `measure` on the whole survey; a period or a group is a domain (``by=``, ``where=``), so the design
stays whole. An incomplete last period is shown and marked, and neither compared nor judged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.expression import Expression, col
from cxstats.inference import Estimate, measure
from cxstats.report import comparisons
from cxstats.report.cautions import cautions
from cxstats.report.comparisons import in_one_family as adjusted
from cxstats.report.config import NUMBERS, Config
from cxstats.report.remedies import in_toml
from cxstats.report.scores import Metric
from cxstats.report.source import Source
from cxstats.report.suppression import ALL, PROTECTS, SMALL, Cell, suppressed

if TYPE_CHECKING:
    import pandas as pd

INCOMPLETE = "incomplete period"
COUNTED = re.compile(r" \(\d[\d,]*\)")


@dataclass(frozen=True)
class Measured:
    """One metric, measured.

    Attributes
    ----------
    metric : Metric
        What was measured.
    answers, rows : int
        Answers, and rows with a period.
    periods : list
        All periods of the data, in order.
    counts : dict
        Answers by cell.
    hidden : dict
        Suppressed cells and why.
    overall, by_period : pandas.DataFrame
        As `Estimate.frame`, suppressed cells without their numbers.
    by_group, by_both : dict of pandas.DataFrame
        The same by group, and by period and group.
    changes : pandas.DataFrame
        The last complete period against the one before, a year earlier, the first: what the configuration asks for.
    trend, target : pandas.DataFrame
        The slope over the complete periods; the last of them against the target. No rows where there is none.
    incomplete : object, optional
        The last period, if it is not over.
    remarks : tuple of str
        What looks like a slip, such as a share that no answer counts for.
    """

    metric: Metric
    answers: int
    rows: int
    periods: list[Any]
    counts: dict[Cell, int]
    hidden: dict[Cell, str]
    overall: pd.DataFrame
    by_period: pd.DataFrame
    changes: pd.DataFrame
    trend: pd.DataFrame
    target: pd.DataFrame
    incomplete: Any = None
    remarks: tuple[str, ...] = ()
    by_group: dict[str, pd.DataFrame] = field(default_factory=dict)
    by_both: dict[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def silent(self) -> list[Any]:
        """The periods without any answer to this metric."""
        return [p for p in self.periods if not self.counts[p, "", None]]

    @property
    def visible(self) -> list[Any]:
        """The periods that are shown: with answers, and not suppressed."""
        return [p for p in self.periods if self.seen((p, "", None))]

    @property
    def compared(self) -> list[Any]:
        """The periods that are shown and over."""
        return [p for p in self.visible if p != self.incomplete]

    @property
    def latest(self) -> Any:
        """The period that the report is about: the last that is shown and over, else the last that is shown."""
        return next(iter([*self.compared[-1:], *self.visible[-1:]]), None)

    def seen(self, cell: Cell) -> bool:
        """Return whether a cell has answers and is not suppressed."""
        return self.counts.get(cell, 0) > 0 and cell not in self.hidden

    def seen_groups(self, group: str) -> list[Any]:
        """Return the values of a group column that are shown over all periods."""
        return [v for p, g, v in self.counts if p is None and g == group and self.seen((p, g, v))]

    def seen_periods(self, group: str, value: Any) -> list[Any]:
        """Return the periods in which one group is shown."""
        return [p for p in self.periods if self.seen((p, group, value))]


def measured(source: Source, config: Config, metric: Metric) -> Measured:
    """Measure one metric by period and group, with what may not be seen taken out.

    Parameters
    ----------
    source : Source
        The answers.
    config : Config
        Periods, groups, level and the fewest answers of a cell.
    metric : Metric
        What to measure.

    Returns
    -------
    Measured
        The tables of the metric.

    Raises
    ------
    DataError, DesignError, ColumnError
        By `measure`, if the answers or the design do not hold what was said of them.
    """
    period = config.period
    inside = domain(config)

    def estimate(*by: str) -> Estimate:
        return measure(source.survey, metric.score, by=list(by) or None, where=inside)

    over_time, everyone = estimate(period), estimate()
    groups = {group: estimate(group) for group in config.groups}
    overall, by_period = everyone.frame(config.level), over_time.frame(config.level)
    by_group = {group: found.frame(config.level) for group, found in groups.items()}
    by_both = {group: estimate(period, group).frame(config.level) for group in config.groups}
    tables = {("", ""): overall, (period, ""): by_period}
    tables |= {("", group): frame for group, frame in by_group.items()}
    tables |= {(period, group): frame for group, frame in by_both.items()}
    counts = {cell: n for keys, frame in tables.items() for cell, n in _counts(frame, *keys)}
    hidden = suppressed(counts, config.min_n)
    periods = by_period[period].tolist()
    unfinished = source.last.incomplete
    over = [p for p in periods if counts[p, "", None] and (p, "", None) not in hidden and p != unfinished]
    series = over_time.pick(**{period: over}) if over else None
    return Measured(
        metric=metric,
        answers=int(overall["n"].sum()),
        rows=int(source.frame[period].notna().sum()),
        periods=periods,
        counts=counts,
        hidden=hidden,
        overall=veiled(overall, hidden, config.min_n),
        by_period=marked(veiled(by_period, hidden, config.min_n, period), period, unfinished),
        by_group={g: veiled(frame, hidden, config.min_n, "", g) for g, frame in by_group.items()},
        by_both={
            g: marked(veiled(frame, hidden, config.min_n, period, g), period, unfinished)
            for g, frame in by_both.items()
        },
        changes=comparisons.changes(series, metric, over, config.compare, config.level),
        trend=comparisons.trend(series, metric, over, period, config.compare, config.level),
        target=comparisons.target(series, metric, over, period, config.level),
        incomplete=unfinished,
        remarks=_remarks(everyone, *groups.values(), also=cautions(source, config, metric)),
    )


def _remarks(*estimates: Estimate, also: Sequence[str]) -> tuple[str, ...]:
    """Return what looks like a slip, each once, in the words of a configuration."""
    found = [in_toml(_uncounted(remark)) for estimate in estimates for remark in estimate.remarks]
    return tuple(dict.fromkeys([*found, *also]))


def said_once(found: Sequence[Measured]) -> list[Measured]:
    """Return the metrics, each without the remarks of those before it: labels of groups are the same for all."""
    said: set[str] = set()
    kept = []
    for m in found:
        kept.append(replace(m, remarks=tuple(remark for remark in m.remarks if remark not in said)))
        said |= set(m.remarks)
    return kept


def _uncounted(remark: str) -> str:
    """Return a remark without the counts of single answers, which may be few."""
    said, listed, answers = remark.partition("; the answers are ")
    return said + listed + COUNTED.sub("", answers)


def domain(config: Config) -> Expression:
    """Return the condition that all numbers of a report share: the row has a period."""
    return col(config.period).is_answered()


def veiled(
    table: pd.DataFrame, hidden: Mapping[Cell, str], min_n: int, period: str = "", group: str = ""
) -> pd.DataFrame:
    """Return the table without the numbers of hidden cells; the note says why."""
    said = {SMALL: f"n < {min_n}", PROTECTS: "withheld: it would give away a cell with n < " + str(min_n)}
    reasons = [hidden.get(cell) for cell, _ in _counts(table, period, group)]
    table = table.copy()
    closed = np.asarray([reason is not None for reason in reasons])
    if closed.any():
        table["n"] = table["n"].astype("Int64")
        table.loc[closed, "n"] = None
        table.loc[closed, list(NUMBERS[1:])] = np.nan
        table.loc[closed, "note"] = [said[reason] for reason in reasons if reason]
    return table


def marked(table: pd.DataFrame, period: str, incomplete: Any) -> pd.DataFrame:
    """Return the table with the rows of an incomplete period noted as such."""
    if incomplete is None:
        return table
    here = [p == incomplete for p in table[period].tolist()]
    notes = table["note"].astype(str).tolist()
    said = [f"{note}; {INCOMPLETE}".removeprefix("; ") if now else note for note, now in zip(notes, here, strict=True)]
    return table.assign(note=said)


def _counts(table: pd.DataFrame, period: str, group: str) -> list[tuple[Cell, int]]:
    size = len(table)
    periods = table[period].tolist() if period else [None] * size
    values = table[group].tolist() if group else [None] * size
    cells = [(p, group, v) if period or group else ALL for p, v in zip(periods, values, strict=True)]
    return list(zip(cells, table["n"].astype(int).tolist(), strict=True))


def in_one_family(found: Sequence[Measured], config: Config) -> list[Measured]:
    """Return the metrics with the p-values of all their changes and slopes adjusted together."""
    tables = adjusted([table for m in found for table in (m.changes, m.trend)], config.compare.adjust)
    return [replace(m, changes=tables[2 * i], trend=tables[2 * i + 1]) for i, m in enumerate(found)]


def joined(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of all tables under one header."""
    import pandas as pd

    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else tables[0]
