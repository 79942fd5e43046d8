"""What is left out of a base, and why: each contact is counted once, under the first reason that holds for it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cxstats.errors import NoRowsError
from cxstats.expression import Expression, Literal, when
from cxstats.memory import Frame, Plan

KEPT = "in the base"


def exclusive(why: Mapping[str, Expression]) -> dict[str, Expression]:
    """Return each reason where none before it holds, and who stays."""
    stays: Expression = Literal(True)
    conditions = {}
    for reason, condition in why.items():
        conditions[reason] = stays & condition
        stays = stays & ~condition
    return conditions | {KEPT: stays}


def counted(frame: Frame, conditions: Mapping[str, Expression]) -> dict[str, int]:
    """Return how many rows fulfil each condition, in one pass."""
    if not conditions:
        return {}
    columns = {name: when(condition, 1.0, 0.0) for name, condition in conditions.items()}
    found = frame.sums(Plan(columns=columns, products=[(name,) for name in columns]))
    return {name: int(np.sum(found.values[name,])) for name in columns}


def reasons(frame: Frame, why: Mapping[str, Expression]) -> dict[str, int]:
    """Return how many contacts each reason takes away of those that the ones before it left, and how many stay."""
    return counted(frame, exclusive(why))


def need_some(place: str, left: Mapping[str, int], kept: int) -> None:
    """Raise `NoRowsError` if nothing is kept: there was nothing, or all was left out."""
    if kept:
        return
    if not sum(left.values()):
        raise NoRowsError(f"{place}: the frame has no rows.")
    why = ", ".join(f"{count:,} {reason}" for reason, count in left.items() if count)
    raise NoRowsError(f"{place}: no contact is left of {sum(left.values()):,} rows ({why}).")


def told(counts: Mapping[str, int], of: str = "contacts") -> str:
    """Return the counts in words."""
    said = [f"{count:,} {reason}" for reason, count in counts.items() if count and reason != KEPT]
    return f"left out of {sum(counts.values()):,} {of}: {', '.join(said) or 'none'}"


def capital(fact: str) -> str:
    """Return the fact with a capital, the rest as it is."""
    return fact[:1].upper() + fact[1:]
