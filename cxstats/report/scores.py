"""One `[[metrics]]` table becomes one score: its keys are the arguments of the metric's function.

Two things cannot be written in TOML as in Python. A condition is a table, ``condition = {column = "wait", at_most = 5}``.
An argument that is itself called `kind` (of `effort`) is written ``variant``, since ``kind`` names the metric.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from cxstats.errors import ConfigError, CxError, listing, suggestion
from cxstats.expression import Expression, col
from cxstats.metrics import REGISTRY
from cxstats.report.keys import ANYTHING, NUMBER, TEXT, Key, checked
from cxstats.report.remedies import of_metric
from cxstats.report.words import plain
from cxstats.score import Score

CONDITIONS: dict[str, Callable[[Expression, Any], Expression]] = {
    "above": lambda column, value: column > value,
    "at_least": lambda column, value: column >= value,
    "below": lambda column, value: column < value,
    "at_most": lambda column, value: column <= value,
    "equals": lambda column, value: column == value,
    "one_of": lambda column, value: column.is_in(value),
}
DECLARE: Mapping[str, Callable[..., Score]] = dict(cast("Mapping[str, Callable[..., Score]]", REGISTRY))
WRITTEN = {"kind": "variant"}
HEADINGS = {  # as the trade writes them, where the author gives no name
    "csat": "CSAT", "effort": "Effort", "first_contact_resolution": "First-contact resolution", "gap": "Gap", "nps": "NPS",
}  # fmt: skip
ALIASES = {
    "fcr": "first_contact_resolution", "ces": "effort", "customer_effort": "effort", "satisfaction": "csat",
    "median": "quantile", "percentile": "quantile", "average": "mean", "percentage": "share", "sum": "total",
}  # fmt: skip


@dataclass(frozen=True)
class Metric:
    """A score to report, what it means in words, the value it should reach, the scale of its answers, and what it was given."""

    score: Score
    kind: str
    meaning: str
    target: float | None = None
    scale: tuple[float, float] | None = None
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The label in results."""
        return self.score.name


def metrics(place: str, tables: Sequence[Mapping[str, Any]]) -> tuple[Metric, ...]:
    """Return the metrics that the tables declare, each with a name of its own."""
    found = [_metric(f"{place}, [[metrics]] number {i}", table) for i, table in enumerate(tables, start=1)]
    names = [metric.name for metric in found]
    named = [_renamed(metric) if names.count(metric.name) > 1 else metric for metric in found]
    names = [metric.name for metric in named]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ConfigError(f"{place}, [[metrics]]: two metrics are named {twice!r}. Give one of them another name.")
    return tuple(named)


def _renamed(metric: Metric) -> Metric:
    longer = metric.score.default_name.replace(metric.kind, HEADINGS.get(metric.kind, metric.kind), 1)
    return replace(metric, score=replace(metric.score, name=longer)) if longer else metric


def _metric(place: str, table: Mapping[str, Any]) -> Metric:
    kind = table.get("kind")
    if kind not in REGISTRY:
        missing = "the key 'kind' is missing" if kind is None else f"kind = {kind!r} is no metric"
        meant = ALIASES.get(str(kind).strip().lower())
        raise ConfigError(
            f"{place}: {missing}.{suggestion(meant or kind, REGISTRY)} The metrics are {listing(list(REGISTRY), 20)}."
        )
    declare: Callable[..., Score] = DECLARE[kind]
    parameters = inspect.signature(declare).parameters
    keys = {"kind": Key(TEXT, needed=True), "target": Key(NUMBER), "better": Key(TEXT)}
    for name, parameter in parameters.items():
        keys[WRITTEN.get(name, name)] = Key(ANYTHING, needed=parameter.default is parameter.empty)
    given = checked(f"{place} ({kind})", table, keys)
    arguments = {name: given[WRITTEN.get(name, name)] for name in parameters if WRITTEN.get(name, name) in given}
    try:
        if "condition" in arguments:
            arguments["condition"] = _condition(f"{place} ({kind})", arguments["condition"])
        score = declare(**arguments)
    except ConfigError:
        raise
    except CxError as error:
        raise ConfigError(f"{place} ({kind}): {of_metric(str(error), kind)}") from error
    score = replace(score, direction=_better(f"{place} ({kind})", given, score))
    if "name" not in given:
        score = replace(score, name=HEADINGS.get(kind, score.name))
    target = _target(f"{place} ({kind})", given.get("target"), score)
    return Metric(score, kind, _meaning(kind, score, given), target, _scale(score), given)


def _scale(score: Score) -> tuple[float, float] | None:
    """Return the scale of the answers, if it has one."""
    return next((check.scale for check in score.checks if check.scale is not None), None)


def _condition(place: str, table: Any) -> Expression:
    example = 'condition = {column = "wait", at_most = 5}'
    if not isinstance(table, dict):
        raise ConfigError(f"{place}: condition = {table!r} is not a table such as {example}.")
    keys = {"column": Key(TEXT, needed=True), **dict.fromkeys(CONDITIONS, Key(ANYTHING))}
    given = checked(f"{place}, condition", table, keys)
    asked = [name for name in CONDITIONS if name in given]
    if len(asked) != 1:
        raise ConfigError(f"{place}, condition: one of {listing(list(CONDITIONS))} is needed, as in {example}.")
    return CONDITIONS[asked[0]](col(given["column"]), given[asked[0]])


def _better(place: str, given: Mapping[str, Any], score: Score) -> str | None:
    """Return which end of the metric is better for the customer; a target needs one."""
    better: str | None = given.get("better", score.direction)
    if better not in ("high", "low", None):
        raise ConfigError(f"{place}: better = {better!r} is neither 'high' nor 'low'.")
    if better is None and "target" in given:
        raise ConfigError(
            f"{place}: a target needs to know which way is better. Add better = 'low' (as for waiting times) or 'high'."
        )
    return better


def _target(place: str, target: float | None, score: Score) -> float | None:
    if target is None:
        return None
    if score.range is not None and not score.range[0] <= target <= score.range[1]:
        low, high = score.range
        raise ConfigError(f"{place}: target = {target:g} is outside the range of the metric, {low:g} to {high:g}.")
    if score.unit == "%" and score.direction == "high" and 0 < target <= 1:
        raise ConfigError(f"{place}: target = {plain(target)} is in percent: write {plain(round(100 * target, 10))}.")
    return float(target)


def _meaning(kind: str, score: Score, given: Mapping[str, Any]) -> str:
    """Return the definition: the first line of the metric's documentation, its variant, its columns."""
    said = (inspect.getdoc(REGISTRY[kind]) or kind).splitlines()[0].removeprefix("Estimate ")
    variant = f"Variant: {score.variant}. "
    if "condition" in given:
        column, (name, value) = (
            given["condition"]["column"],
            next((k, v) for k, v in given["condition"].items() if k != "column"),
        )
        variant = f"Condition: {column} {name.replace('_', ' ')} {_written(value)}. "
    columns = " and ".join(score.columns())
    return f"{said[:1].upper()}{said[1:]} {variant}Asked in: {columns}."


def _written(value: Any) -> str:
    """Return a value of a condition in words."""
    if isinstance(value, list):
        return ", ".join(map(_written, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
