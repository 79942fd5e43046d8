"""A score among some of the rows, so that one pass measures groups that no column names."""

from __future__ import annotations

from dataclasses import replace

from cxstats.expression import Expression
from cxstats.score import Score


def among(score: Score, condition: Expression, name: str) -> Score:
    """Return the score among the rows that fulfil a condition, under a name of its own; one pass measures several."""
    return replace(score, base=score.base & condition, name=name, default_name="")
