"""What looks like a slip and yet gives numbers: told on the page and in the terminal, beside them.

A caution names answers, never how many gave a single one of them, which may be few; counts are of whole columns, or of what
the configuration itself took out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cxstats.readers.clean import written
from cxstats.report.config import Config
from cxstats.report.scores import Metric
from cxstats.report.source import Source
from cxstats.report.words import count, listed, plain

if TYPE_CHECKING:
    import pandas as pd

RESOLVED = "first_contact_resolution"
MOST_NAMED = 5
USUAL_ENDS, ENOUGH = (5, 7, 10), 20  # highest answers of usual scales; answers from which an end is known


def cautions(source: Source, config: Config, metric: Metric) -> list[str]:
    """Return what looks like a slip in the answers to one metric, in sentences without their full stop."""
    inside = source.frame[config.period].notna()
    said: list[str] = []
    for column in metric.score.columns():
        answers = source.frame.loc[inside, column].dropna()
        said += [*_not_resolved(metric, answers), *_shorter(config, metric, column, answers)]
        said += _taken(source, config, metric, column)
    return said


def _not_resolved(metric: Metric, answers: pd.Series[Any]) -> Iterator[str]:
    """Tell of several answers that count as not resolved: one of them may mean yes, in another language."""
    yes = metric.given.get("yes")
    if metric.kind != RESOLVED or yes is None:
        return
    resolved = yes if isinstance(yes, list) else [yes]
    found = sorted(answers.unique().tolist(), key=str)
    others = [answer for answer in found if answer not in resolved]
    if len(others) > 1 and len(others) < len(found):
        more = len(others) - MOST_NAMED
        named = [*map(repr, others[:MOST_NAMED]), *([f"{more} more"] if more > 0 else [])]
        yield (
            f"the answers {listed(named)} {'both' if len(others) == 2 else 'all'} count as not "
            "resolved; if one of them means resolved, name all that do in yes = [...]"
        )


def _shorter(config: Config, metric: Metric, column: str, answers: pd.Series[Any]) -> Iterator[str]:
    """Tell of answers that end where a shorter scale does."""
    if metric.scale is None or metric.kind == "nps" or len(answers) < ENOUGH:  # of an NPS `measure` says so
        return
    low, high = float(answers.min()), float(answers.max())
    if high < metric.scale[1] and high in USUAL_ENDS:
        n = count(len(answers), "answer", marks=config.marks)
        yield (
            f"all {n} to {column} lie from {plain(low)} to {plain(high)}, but the scale goes to {plain(metric.scale[1])}: if "
            f"{plain(high)} was the highest that could be given, write scale = [{plain(metric.scale[0])}, {plain(high)}]"
        )


def _taken(source: Source, config: Config, metric: Metric, column: str) -> Iterator[str]:
    """Tell of codes for "no answer" that may be answers to this question, since they hold for every column."""
    if metric.scale is None:
        return
    for code in config.missing:
        n = source.reasons.get(column, {}).get(written(code), 0)
        if n and _inside(code, *metric.scale):
            low, high = map(plain, metric.scale)
            yield (
                f"missing = [{code!r}] in [data] took {count(n, 'answer', marks=config.marks)} from {column}, whose scale "
                f"from {low} to {high} holds {code}: it applies to every column. If {code} means “no answer” elsewhere only, "
                "leave it out of missing and empty those cells in the file"
            )


def _inside(code: object, low: float, high: float) -> bool:
    try:
        return low <= float(str(code)) <= high
    except ValueError:
        return False
