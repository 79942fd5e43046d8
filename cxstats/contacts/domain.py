"""Which contacts count: the condition that a caller names in where=, checked before anything is computed."""

from __future__ import annotations

from typing import Any

from cxstats.errors import need_columns
from cxstats.expression import Expression, col, need_kind
from cxstats.inference.measure import measure, need_condition
from cxstats.memory import Frame
from cxstats.metrics import share
from cxstats.survey import Survey


def need_domain(where: Any, frame: Frame, place: str) -> None:
    """Raise unless `where` is a condition on columns that are there, of kinds that can be compared."""
    need_condition(where, place)
    if where is None:
        return
    named = f"{place}(where=)"
    need_columns(named, where.columns(), frame.columns)
    kind = where.kind(frame.kinds(where.columns()), named)
    if kind != "boolean":
        need_kind(named, where, kind, "condition")


def why_none(survey: Survey, where: Expression) -> str:
    """Return what `measure` says of a domain without a row: which value does not occur, and which is like it."""
    everyone = share(col(survey.design.psu[0]).is_answered(), name="everyone")
    return next((said for said in measure(survey, everyone, where=where).remarks if said.startswith("where=")), "")
