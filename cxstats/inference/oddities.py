"""What looks like a slip of whoever asks: an answer that no one gave, a question that was not asked on 0 to 10.

Each is looked for only where the numbers give a reason (an empty domain, a share that no answer counts for, an NPS without
a promoter), so that a measure of sound data costs no pass over the rows more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.errors import suggestion
from cxstats.expression import Column, Expression, Literal, Membership, Operation, col
from cxstats.inference.plan import plain
from cxstats.inference.request import Request, place_of

if TYPE_CHECKING:
    from cxstats.inference.totals import Totals

MOST_TALLIED, MOST_SHOWN = 10_000, 6
ENOUGH = 20  # with fewer answers, no promoter may be chance
LOW = 7  # the highest answer of the scales that an NPS question is mistaken for: 1 to 5, 0 to 5, 1 to 7


def oddities(t: Totals, request: Request, value: np.ndarray) -> list[str]:
    """Say what looks like a slip, in sentences without their full stop."""
    said = _empty_domain(t, request)
    for k, score in enumerate(t.scores):
        known = value[k * len(t.groups) : (k + 1) * len(t.groups)]
        known = known[~np.isnan(known)]
        if score.family == "share" and len(score.columns()) == 1 and len(known) and not known.any():
            answers = _answers(request, score.columns()[0], request.within(score.base))
            said.append(f"no answer counts for {place_of(score)}; the answers are {_shown(answers)}")
            said[-1] += "".join(_meant(column, sought, answers) for column, sought in _sought(score.points))
        said += _not_0_to_10(t, request, k)
    return said


def _empty_domain(t: Totals, request: Request) -> list[str]:
    """Say, if `where` holds no row, which of the values that it asks for do not occur."""
    left = t.left_out
    if request.where is None or not left.rows or left.outside_where < left.rows:
        return []
    said = "where= holds no row"
    for column, sought in _sought(request.where):
        answers = _answers(request, column, col(column).is_answered())
        if sought not in [answer for answer, _ in answers]:
            hint = _meant(column, sought, answers) or f"; its values are {_shown(answers)}"
            said += f"; {column} is nowhere {sought!r}{hint}"
    return [said]


def _not_0_to_10(t: Totals, request: Request, k: int) -> list[str]:
    """Say that an NPS has no answer above 7: the question may have been asked on another scale."""
    score, sums = t.scores[k], t.grouped
    answers, squares = sums["count"][:, k].sum(), sums["yy"][:, k].sum() / 100
    promoters = squares + sums["y"][:, k].sum() > 1e-9 * squares
    if not score.variant.startswith("nps,") or answers < ENOUGH or promoters:
        return []
    column = score.columns()[0]
    values = [answer for answer, _ in _answers(request, column, request.within(score.base))]
    if max(values) > LOW:
        return []
    return [
        f"all {answers:,.0f} answers to {place_of(score)} lie from {plain(min(values))} to {plain(max(values))}: was the "
        "question asked on 0 to 10? For another scale there is CSAT"
    ]


def _answers(request: Request, column: str, inside: Expression) -> list[tuple[Any, int]]:
    return request.survey.frame.tally(col(column), inside, most=MOST_TALLIED)


def _shown(answers: list[tuple[Any, int]]) -> str:
    shown = ", ".join(f"{plain(answer)} ({count:,})" for answer, count in answers[:MOST_SHOWN])
    return shown + (f" and {len(answers) - MOST_SHOWN:,} more" if len(answers) > MOST_SHOWN else "")


def _meant(column: str, sought: Any, answers: list[tuple[Any, int]]) -> str:
    """Return the answer that is like the one sought, if that one does not occur."""
    values = [answer for answer, _ in answers]
    if not isinstance(sought, str) or sought in values:
        return ""
    near = suggestion(sought, values).strip()
    return f" (d{near[1:]})" if near else ""


def _sought(expression: Expression) -> Iterator[tuple[str, Any]]:
    """Yield each column with each value that an expression asks of it: ``col("x") == "a"``, ``col("x").is_in(["a"])``."""
    if isinstance(expression, Membership) and isinstance(expression.operand, Column):
        yield from ((expression.operand.name, option) for option in expression.options)
    if isinstance(expression, Operation):
        sides = expression.operands
        if expression.name == "equal" and len(sides) == 2:
            for one, other in (sides, sides[::-1]):
                if isinstance(one, Column) and isinstance(other, Literal):
                    yield one.name, other.value
        for operand in sides:
            yield from _sought(operand)
