"""What is left out of a base, and why: each contact is counted once, under the first reason that holds for it."""

from __future__ import annotations

from collections.abc import Mapping

from cxstats.contacts.log import counted
from cxstats.expression import Expression, Literal
from cxstats.memory import Frame

KEPT = "in the base"


def reasons(frame: Frame, why: Mapping[str, Expression]) -> dict[str, int]:
    """Return how many contacts each reason takes away of those that the ones before it left, and how many stay."""
    stays: Expression = Literal(True)
    conditions = {}
    for reason, condition in why.items():
        conditions[reason] = stays & condition
        stays = stays & ~condition
    return counted(frame, conditions | {KEPT: stays})


def told(counts: Mapping[str, int]) -> str:
    """Return the counts in words."""
    said = [f"{count:,} {reason}" for reason, count in counts.items() if count and reason != KEPT]
    return f"left out of {sum(counts.values()):,} contacts: {', '.join(said) or 'none'}"
