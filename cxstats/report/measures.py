"""What a report says of one metric: by period, by group, by both; changes, trend and target; nothing that may not be seen.

All numbers come from `measure` on the whole survey; a period or a group is a domain (``by=``, ``where=``), so the design
stays whole. Changes and trends rest on the joint covariance of the periods, which are not independent where they share
PSUs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.claims import above, below
from cxstats.errors import ArgumentError
from cxstats.expression import Expression, col
from cxstats.inference import Estimate, measure
from cxstats.report.config import NUMBERS, Config
from cxstats.report.scores import Metric
from cxstats.report.source import Source
from cxstats.report.suppression import ALL, PROTECTS, SMALL, Cell, suppressed

if TYPE_CHECKING:
    import pandas as pd

FEWEST_FOR_TREND = 3


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
        The last period against the one before and against the first.
    trend, target : pandas.DataFrame
        The slope over the periods; the last period against the target. No rows where there is none.
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

    over_time = estimate(period)
    overall, by_period = estimate().frame(config.level), over_time.frame(config.level)
    by_group = {group: estimate(group).frame(config.level) for group in config.groups}
    by_both = {group: estimate(period, group).frame(config.level) for group in config.groups}
    tables = {("", ""): overall, (period, ""): by_period}
    tables |= {("", group): frame for group, frame in by_group.items()}
    tables |= {(period, group): frame for group, frame in by_both.items()}
    counts = {cell: n for keys, frame in tables.items() for cell, n in _counts(frame, *keys)}
    hidden = suppressed(counts, config.min_n)
    periods = by_period[period].tolist()
    visible = [p for p in periods if counts[p, "", None] and (p, "", None) not in hidden]
    series = over_time.pick(**{period: visible}) if visible else None
    return Measured(
        metric=metric,
        answers=int(overall["n"].sum()),
        rows=int(source.frame[period].notna().sum()),
        periods=periods,
        counts=counts,
        hidden=hidden,
        overall=veiled(overall, hidden, config.min_n),
        by_period=veiled(by_period, hidden, config.min_n, period),
        by_group={g: veiled(frame, hidden, config.min_n, "", g) for g, frame in by_group.items()},
        by_both={g: veiled(frame, hidden, config.min_n, period, g) for g, frame in by_both.items()},
        changes=_changes(series, metric, visible, config),
        trend=_trend(series, metric, visible, config),
        target=_target(series, metric, visible, config),
    )


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


def _counts(table: pd.DataFrame, period: str, group: str) -> list[tuple[Cell, int]]:
    size = len(table)
    periods = table[period].tolist() if period else [None] * size
    values = table[group].tolist() if group else [None] * size
    cells = [(p, group, v) if period or group else ALL for p, v in zip(periods, values, strict=True)]
    return list(zip(cells, table["n"].astype(int).tolist(), strict=True))


def _changes(series: Estimate | None, metric: Metric, visible: list[Any], config: Config) -> pd.DataFrame:
    """Return the differences of the last period; its p-values invert the intervals shown, and are not adjusted."""
    import pandas as pd

    columns = [
        "metric",
        "since",
        "period",
        "versus",
        "difference",
        "std_error",
        "conf_low",
        "conf_high",
        "p_value",
        "df",
    ]
    rows = []
    steps = {"previous period": visible[-2:-1], "first period": visible[:1] if len(visible) > 2 else []}
    for since, base in steps.items():
        if series is None or not base:
            continue
        table = series.compare(to=base[0], adjust="none", level=config.level)
        row = table[[g == visible[-1] for g in table["group"].tolist()]].iloc[0]
        rows.append([metric.name, since, visible[-1], base[0], *(float(row[name]) for name in columns[4:])])
    return pd.DataFrame(rows, columns=columns)


def _trend(series: Estimate | None, metric: Metric, visible: list[Any], config: Config) -> pd.DataFrame:
    """Return the slope a year; where the length of a period is unknown, a period."""
    import pandas as pd

    columns = ["metric", "per", "first", "last", "periods", "slope", "std_error", "conf_low", "conf_high", "p_value"]
    if series is None or len(visible) < FEWEST_FOR_TREND:
        return pd.DataFrame(columns=columns)
    try:
        slope, per = series.trend(over=config.period, per="year"), "year"
    except ArgumentError:  # the periods are not years, quarters, months or dates
        slope, per = series.trend(over=config.period), "period"
    row = slope.frame(config.level).iloc[0]
    p = float(slope.test(above(0), level=config.level)["p_value"].iloc[0])
    numbers = [float(row[name]) for name in ("estimate", "std_error", "conf_low", "conf_high")]
    return pd.DataFrame([[metric.name, per, visible[0], visible[-1], len(visible), *numbers, p]], columns=columns)


def _target(series: Estimate | None, metric: Metric, visible: list[Any], config: Config) -> pd.DataFrame:
    """Judge the last period against the target by the interval that decides claims (Korn-Graubard for shares)."""
    import pandas as pd

    columns = ["metric", "period", "target", "estimate", "conf_low", "conf_high", "verdict"]
    if series is None or metric.target is None:
        return pd.DataFrame(columns=columns)
    low_is_good = metric.score.direction == "low"
    table = series.test((below if low_is_good else above)(metric.target), level=config.level)
    row = table.iloc[-1]
    numbers = [float(row[name]) for name in ("estimate", "conf_low", "conf_high")]
    verdict = {"supported": "met", "contradicted": "missed"}.get(str(row["verdict"]), str(row["verdict"]))
    return pd.DataFrame([[metric.name, visible[-1], metric.target, *numbers, verdict]], columns=columns)


def joined(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of all tables under one header."""
    import pandas as pd

    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else tables[0]
