"""What a report compares: the last complete period with others, its slope over time, its target; one family of p-values.

Changes and slopes rest on the joint covariance of the periods, which are not independent where they share PSUs. The
p-values of all changes and slopes of all metrics of a report are one family, adjusted together; each interval belongs to
its own difference and to its unadjusted p-value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.claims import Region, above, below
from cxstats.errors import ArgumentError
from cxstats.inference import Estimate
from cxstats.inference.multiplicity import adjusted
from cxstats.report.keys import TEXT, TRUTH, Key, checked, need_one_of
from cxstats.report.periods import FISCAL, a_year_earlier, timeline
from cxstats.report.scores import Metric

if TYPE_CHECKING:
    import pandas as pd

COMPARE = {
    "previous": Key(TRUTH),
    "year_earlier": Key(TRUTH),
    "first": Key(TRUTH),
    "trend": Key(TRUTH),
    "adjust": Key(TEXT),
}
ADJUST = ("holm", "benjamini-hochberg", "none")
PREVIOUS, YEAR, FIRST = "previous period", "year earlier", "first period"
FEWEST_FOR_TREND = 4
NUMBERS = ["std_error", "conf_low", "conf_high", "p_value", "p_unadjusted"]


@dataclass(frozen=True)
class Compare:
    """Which comparisons a report makes, and how their p-values are adjusted for being many."""

    previous: bool = True
    year_earlier: bool = True
    first: bool = False
    trend: bool = True
    adjust: str = "holm"


def read_compare(place: str, table: Mapping[str, Any]) -> Compare:
    """Return the comparisons that a ``[compare]`` table asks for; raise `ConfigError` naming a key that is wrong."""
    given = checked(place, table, COMPARE)
    if "adjust" in given:
        need_one_of(f"{place} adjust", given["adjust"], ADJUST)
    return Compare(**given)


def changes(
    series: Estimate | None, metric: Metric, over: Sequence[Any], compare: Compare, level: float
) -> pd.DataFrame:
    """Return the differences of the last of the periods compared; p-values not yet adjusted."""
    import pandas as pd

    columns = ["metric", "since", "period", "versus", "difference", *NUMBERS, "df"]
    rows = []
    for since, versus in _bases(over, compare).items():
        if series is None:
            continue
        table = series.compare(to=versus, adjust="none", level=level)
        row = table[[g == over[-1] for g in table["group"].tolist()]].iloc[0]
        rows.append([metric.name, since, over[-1], versus, *(float(row[name]) for name in columns[4:])])
    return pd.DataFrame(rows, columns=columns)


def _bases(over: Sequence[Any], compare: Compare) -> dict[str, Any]:
    """Return what the last period is compared with, each period once, by what it is to the last one."""
    if len(over) < 2:
        return {}
    asked = {
        PREVIOUS: over[-2] if compare.previous else None,
        YEAR: a_year_earlier(over[-1], over) if compare.year_earlier else None,
        FIRST: over[0] if compare.first else None,
    }
    found: dict[str, Any] = {}
    for since, versus in asked.items():
        if versus is not None and versus not in found.values():
            found[since] = versus
    return found


def trend(
    series: Estimate | None, metric: Metric, over: Sequence[Any], column: str, compare: Compare, level: float
) -> pd.DataFrame:
    """Return the slope a year; where the length of a period is unknown, a period. Its p-value is not yet adjusted."""
    import pandas as pd

    columns = ["metric", "per", "first", "last", "periods", "slope", *NUMBERS]
    if series is None or not compare.trend or no_trend(over):
        return pd.DataFrame(columns=columns)
    timed = _timed(series.pick(**{column: list(over)}), column)
    try:
        slope, per = timed.trend(over=column, per="year"), "year"
    except ArgumentError:  # the periods are not years, quarters, months or dates
        slope, per = timed.trend(over=column), "period"
    row = slope.frame(level).iloc[0]
    p = float(slope.test(above(0), level=level)["p_value"].iloc[0])
    numbers = [float(row[name]) for name in ("estimate", "std_error", "conf_low", "conf_high")]
    return pd.DataFrame([[metric.name, per, over[0], over[-1], len(over), *numbers, p, p]], columns=columns)


def no_trend(over: Sequence[Any]) -> str:
    """Return why no slope is told over these periods: they are too few, or cover less than a year; else nothing."""
    places, per_year = timeline(over) if over else (np.zeros(1), 1.0)
    years = round((places[-1] - places[0] + 1) / per_year, 2)  # the last period counts: four quarters are a year
    if len(over) >= FEWEST_FOR_TREND and not years < 1:
        return ""
    return f"No slope is told: it needs at least {FEWEST_FOR_TREND} periods that together cover a year."


def _timed(series: Estimate, column: str) -> Estimate:
    """Return the series with fiscal periods written as the time axis knows them: FY2026Q1 as 2026Q1."""
    names = series.labels[column].astype(str)
    if not names.str.startswith(FISCAL).all():
        return series
    return series.transform(
        lambda values: values, labels=series.labels.assign(**{column: names.str.removeprefix(FISCAL)})
    )


def target(series: Estimate | None, metric: Metric, over: Sequence[Any], column: str, level: float) -> pd.DataFrame:
    """Judge the last period against the target's region by the interval that decides claims (`Estimate.test`: "guarded")."""
    import pandas as pd

    columns = ["metric", "period", "target", "region", "estimate", "conf_low", "conf_high", "verdict"]
    if series is None or metric.target is None or not len(over):
        return pd.DataFrame(columns=columns)
    region = wanted(metric)
    row = series.pick(**{column: [over[-1]]}).test(region, level=level).iloc[0]
    numbers = [float(row[name]) for name in ("estimate", "conf_low", "conf_high")]
    verdict = of_target(str(row["verdict"]))
    return pd.DataFrame([[metric.name, over[-1], metric.target, str(region), *numbers, verdict]], columns=columns)


def wanted(metric: Metric) -> Region:
    """Return the values that reach the target of a metric."""
    return (below if metric.score.direction == "low" else above)(float(metric.target or 0.0))


def of_target(verdict: str) -> str:
    """Return a verdict on the region of a target in the words of targets."""
    return {"supported": "met", "contradicted": "missed"}.get(verdict, verdict)


def in_one_family(tables: Sequence[pd.DataFrame], method: str) -> list[pd.DataFrame]:
    """Return the tables with the p-values of all their rows adjusted together."""
    p = np.concatenate([np.zeros(0), *(table["p_unadjusted"].to_numpy(dtype=float) for table in tables)])
    ends = np.cumsum([len(table) for table in tables])[:-1]
    family = int(np.isfinite(p).sum())
    return [
        table.assign(p_value=mine, adjusted=method, family=family)
        for table, mine in zip(tables, np.split(adjusted(p, method), ends), strict=True)
    ]
