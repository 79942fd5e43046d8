"""What the value of a service is asked of: outcomes, levels in order, columns to adjust for, and the rows that tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats import frames, metrics
from cxstats.errors import (
    CONVERT,
    ArgumentError,
    DataError,
    NoGroupError,
    NoRowsError,
    NotIdentifiedError,
    listing,
    need_columns,
    suggestion,
)  # fmt: skip
from cxstats.expression import Expression, col, need_kind
from cxstats.inference import measure
from cxstats.inference.asked import domain_of, holds, points_of
from cxstats.inference.covariates import need_adjusting
from cxstats.inference.influence import gathered
from cxstats.inference.ranked import Levels, codes_of, need_order
from cxstats.inference.request import need_by, need_domain
from cxstats.metrics.yes_no import share_of_yes
from cxstats.score import Score
from cxstats.survey import Survey, survey_of

if TYPE_CHECKING:
    import pandas as pd

PLACE = "service_value"
TAKEN = (
    "metric", "contrast", "n", "estimate", "std_error", "conf_low", "conf_high", "n_effective", "unit", "note", "term",
    "population", "before", "after", "share", "lowest_chance", "highest_chance", "largest_weight", "e_value", "e_value_limit",
)  # fmt: skip
FAMILIES = ("mean", "share", "balance")
ALONE = "like whom no one is at some level"
SHARE_OF_ALL, FEW = 0.1, 0.001  # of an outcome that few rows hold, and how few


@dataclass(frozen=True)
class Outcome:
    """One outcome: its name and unit, whether it is a share, its link, and what each row is worth (NaN: no answer)."""

    name: str
    unit: str
    percent: bool
    scale: bool
    link: str
    points: np.ndarray

    @property
    def shares(self) -> bool:
        """Whether the means are shares."""
        return self.link == "logit"


@dataclass(frozen=True)
class Asked:
    """The rows of the domain with a level and all that is adjusted for, by place; and why others are out."""

    survey: Survey
    outcomes: tuple[Outcome, ...]
    levels: Levels
    adjust: tuple[str, ...]
    groups: tuple[str, ...]
    among: int | None
    data: pd.DataFrame
    weight: np.ndarray
    out: np.ndarray


def asked_of(
    survey: Any, outcome: Any, level: Any, order: Any, adjust: Any, by: Any, where: Any, among: Any, link: Any, unit: Any
) -> Asked:  # fmt: skip
    """Return what is asked, checked and read once."""
    survey = survey_of(survey)
    have, groups, adjusting = survey.frame.columns, need_by(by, PLACE), need_adjusting(PLACE, adjust)
    conditions = _conditions(level)
    ranked = need_order(PLACE, order if order is not None else _own_order(survey, level, conditions))
    name = "level" if conditions else str(level)
    scores = _scores(survey, outcome, unit)
    _need_names(name, groups, adjusting, scores, conditions)
    need_columns(f"{PLACE}(by=)", groups, have)
    need_columns(f"{PLACE}(adjust=)", adjusting, have)
    need_columns(
        f"{PLACE}(level=)", [c for e in conditions.values() for c in e.columns()] if conditions else [level], have
    )
    need_domain(where, survey.frame, PLACE)
    for value, condition in conditions.items():
        need_domain(condition, survey.frame, f"{PLACE}(level={{{value!r}: ...}})")
    read = [c for s in scores for c in s.columns()] + [c for e in conditions.values() for c in e.columns()]
    read += [*groups, *adjusting, *([] if conditions else [level]), *(where.columns() if where is not None else [])]
    synthetic, survey = survey.synthetic, gathered(survey, list(dict.fromkeys(read)))
    survey.synthetic = synthetic
    data, weight, out = domain_of(PLACE, survey, where, groups if conditions else (*groups, level))
    eligible = np.flatnonzero(out == "")
    if conditions:
        code = _code_of(survey, conditions, ranked, eligible)
        out[(out == "") & (code < 0)] = f"of no level ({', '.join(map(str, ranked))})"
    else:
        code = codes_of(PLACE, data[level], level, ranked, eligible)
    for column in adjusting:
        out[(out == "") & data[column].isna().to_numpy()] = f"without {column}"
    if not (out == "").any():
        raise NoRowsError(f"{PLACE}: no row is left of {len(data):,} that has a level and all columns of adjust=.")
    if among is not None and among not in ranked:
        raise ArgumentError(
            f"{PLACE}(among=): {among!r} is no level of {listing(list(ranked))}.{suggestion(among, ranked)} None is everybody."
        )
    levels = Levels(name, ranked, code, ", ".join(s.name for s in scores))
    outcomes = tuple(_outcome(survey, score, where, out, link) for score in scores)
    at = None if among is None else ranked.index(among)
    return Asked(survey, outcomes, levels, adjusting, groups, at, data, weight, out)


def _own_order(survey: Survey, level: Any, conditions: Mapping[Any, Expression]) -> list[Any]:
    """Return the order of conditions as they are named, or of an ordered categorical; raise for other columns."""
    if conditions:
        return list(conditions)
    need_columns(f"{PLACE}(level=)", [level], survey.frame.columns)
    column = frames.in_memory(survey.frame, [level])[level]
    if getattr(getattr(column, "cat", None), "ordered", False):
        return [value for value in column.cat.categories if (column == value).any()]
    found = listing(sorted(column.dropna().unique().tolist(), key=str))
    raise ArgumentError(f"{PLACE}(order=): column {level!r} holds {found}. Name them in order, the worst first.")


def _conditions(level: Any) -> dict[Any, Expression]:
    """Return the conditions of levels, if they are not a column."""
    if isinstance(level, str):
        return {}
    if not isinstance(level, Mapping) or len(level) < 2 or not all(isinstance(c, Expression) for c in level.values()):
        raise ArgumentError(
            f"{PLACE}(level=): a column, or a mapping of two levels or more to conditions, as in "
            f"{{'person': col('served_by') == 'person', 'bot': col('served_by') == 'bot'}}, not {level!r}."
        )
    return dict(level)


def _code_of(
    survey: Survey, conditions: Mapping[Any, Expression], order: Sequence[Any], eligible: np.ndarray
) -> np.ndarray:
    """Return each row's place in the order, -1 where no condition holds; raise where two do."""
    missing = [value for value in order if value not in conditions]
    if missing or len(order) < len(conditions):
        raise ArgumentError(
            f"{PLACE}(order=): {list(order)} are not the levels of level=, {listing(list(conditions))}. Leave order= out to "
            "take theirs."
        )
    held = np.column_stack([holds(conditions[value], survey) for value in order])
    both = eligible[held[eligible].sum(axis=1) > 1]
    if len(both):
        which = [order[j] for j in np.flatnonzero(held[both[0]]).tolist()]
        raise DataError(
            f"{PLACE}(level=): row {both[0] + 1} is of levels {listing(which)} at once ({len(both):,} such rows). Write "
            "conditions that exclude each other."
        )
    return np.asarray(np.where(held.any(axis=1), held.argmax(axis=1), -1))


def _scores(survey: Survey, outcome: Any, unit: Any) -> list[Score]:
    """Return the outcomes as scores: a column of yes and no is a share, one of numbers a mean."""
    listed = list(outcome) if isinstance(outcome, list | tuple) else [outcome]
    if not listed or not all(isinstance(one, str | Score) for one in listed):
        raise ArgumentError(
            f"{PLACE}(outcome=): a column, a score such as csat(...), or a list of them, not {outcome!r}."
        )
    if not isinstance(unit, str):
        raise ArgumentError(f"{PLACE}(unit=): a text such as 'EUR' is needed, not {unit!r}.")
    need_columns(f"{PLACE}(outcome=)", [one for one in listed if isinstance(one, str)], survey.frame.columns)
    scores = [_score(survey, one, unit) if isinstance(one, str) else one for one in listed]
    for score in scores:
        if score.family not in FAMILIES:
            raise ArgumentError(
                f"{PLACE}(outcome=): {score.name!r} of {listing(score.columns())} is a {score.family}; what one customer is "
                "worth is a mean, a share or a "
                "balance."
            )
    names = [score.name for score in scores]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ArgumentError(f"{PLACE}(outcome=): two outcomes are called {twice!r}. Give one another name=.")
    return scores


def _score(survey: Survey, column: str, unit: str) -> Score:
    kind = survey.frame.kinds([column])[column]
    if kind == "number":
        found = survey.frame.tally(col(column), col(column).is_answered(), most=3)
        if not found or {value for value, _ in found} - {0, 1}:
            return metrics.mean(column, name=column, unit=unit)
    if kind not in ("boolean", "number"):
        shown, remedy = survey.frame.why_no_number(column)
        if kind == "time" or remedy != CONVERT:
            need_kind(f"{PLACE}(outcome=)", col(column), shown, "number or boolean", remedy)
    return share_of_yes(column)


def _outcome(survey: Survey, score: Score, where: Expression | None, out: np.ndarray, link: Any) -> Outcome:
    """Return an outcome with what each row is worth; raise for answers that cannot be, and if all are alike."""
    measure(survey, score, where=where)  # answers outside of a scale, texts: its errors
    points = points_of(score, survey)
    answered = (out == "") & ~np.isnan(points)
    found = points[answered]
    if not len(found):
        raise NoRowsError(f"{PLACE}(outcome=): no row with a level has an answer to {score.name!r}.")
    if (found == found[0]).all():
        raise DataError(
            f"{PLACE}(outcome=): {score.name!r} is {found[0]:g} in all {len(found):,} rows with a level, so nothing can "
            "differ by level. Name an outcome that varies."
        )
    usual = "logit" if score.family == "share" else "identity"
    if link not in (None, "identity", "log"):
        raise ArgumentError(
            f"{PLACE}(link=): None, 'identity' or 'log' is needed, not {link!r}; shares take the logit unless 'identity' is "
            "said."
        )
    if link == "log" and score.family != "share" and found.min() < 0:
        raise DataError(
            f"{PLACE}(link='log'): {score.name!r} holds {found.min():g}; a logarithmic regression takes amounts of 0 or more."
        )
    chosen = usual if link is None or (link == "log" and usual == "logit") else str(link)
    return Outcome(score.name, score.unit, score.family == "share", score.range is not None, chosen, points)


def _need_names(
    level: str, groups: Sequence[str], adjusting: Sequence[str], scores: Sequence[Score], conditions: Mapping[Any, Any]
) -> None:
    """Raise where one column plays two parts, or has a name that results have."""
    taken = next((name for name in (*groups, level) if name in TAKEN), None)
    if taken is not None:
        raise ArgumentError(f"{PLACE}: results have a column {taken!r} of their own. Rename yours.")
    outcomes = [column for score in scores for column in score.columns()]
    parts = {"by=": list(groups), "adjust=": list(adjusting), "outcome=": outcomes}
    levels = [c for e in conditions.values() for c in e.columns()] if conditions else [level]
    for place, names in parts.items():
        for name in names:
            if name in levels:
                raise ArgumentError(
                    f"{PLACE}: {name!r} makes the levels and stands in {place}, too. Name another column."
                )
    for one, other in (("by=", "adjust="), ("by=", "outcome="), ("adjust=", "outcome=")):
        both = next((name for name in parts[one] if name in parts[other]), None)
        if both is not None:
            raise ArgumentError(f"{PLACE}: {both!r} stands in {one} and in {other}. Name another column.")
    twice = next((name for name in adjusting if list(adjusting).count(name) > 1), None)
    if twice is not None:
        raise ArgumentError(f"{PLACE}(adjust=): column {twice!r} is named twice.")


def need_levels(place: str, levels: Levels, code: np.ndarray, points: np.ndarray, name: str) -> None:
    """Raise for a level without an answer, or with answers that are all alike."""
    for j, value in enumerate(levels.order):
        here = points[code == j]
        if not len(here):
            raise NoGroupError(
                f"{place}: no row with an answer to {name!r} is of level {value!r} ({levels.column}). Leave it out of order= "
                "(and its rows out by where=), or merge it with a level beside it."
            )
        if (here == here[0]).all():
            raise NotIdentifiedError(
                f"{place}: level {value!r} has {len(here):,} answer{'s'[: len(here) != 1]} to {name!r}, "
                f"{'all ' if len(here) > 1 else ''}{here[0]:g}, so it is not known how they vary. Merge it with a level "
                "beside it."
            )
