"""Columns that say yes or no, as numbers, and spans of time, as days."""

from __future__ import annotations

import datetime
import re
from fractions import Fraction
from typing import Any

import numpy as np

from cxstats.errors import ArgumentError, ColumnError, DataError, listing
from cxstats.expression import Expression, Literal, col, when
from cxstats.memory import Frame
from cxstats.metrics.yes_no import NO, YES

SAID = {  # an answer that means yes, on engines that keep what is missing
    "polars": "polars.col({0!r}) {1} {2!r}",
    "duckdb": '("{0}" {1} {2!r}) AS "{0}"',  # SQL knows == as well
    "pyspark": "frame[{0!r}] {1} {2!r}",
}
IN_MEMORY = {
    "==": "frame[{0!r}].eq({2!r}).where(frame[{0!r}].notna())",
    ">": "frame[{0!r}].gt({2!r}).where(frame[{0!r}].notna())",
}
SECONDS = {"MIN": 60, "H": 3_600, "D": 86_400, "W": 604_800}


def flag(frame: Frame, column: str, place: str, by_name: bool = False) -> Expression:
    """Return 1 for yes, 0 for no and missing for no answer, of true/false, 1/0 or yes/no.

    If `by_name`, the caller can name the answers that mean yes.
    """
    kind = frame.kinds([column])[column]
    if kind in ("boolean", "number"):
        value = col(column) + 0
        other = [] if kind == "boolean" else frame.tally(col(column), (value != 0) & (value != 1), most=1)
        if other:
            raise DataError(
                f"{place}: column {column!r} holds {float(other[0][0]):g}, where 1 for yes or 0 for no is needed. Say "
                f"which numbers mean yes, such as {_meant(frame, column, '>', other[0][0], by_name)}."
            )
        return value
    if kind != "text":
        raise ColumnError(f"{place}: column {column!r} holds {frame.described(column)}, where yes or no is needed.")
    everyone = Literal(1.0) == 1.0
    found = [str(answer) for answer, _ in frame.tally(col(column), everyone, most=50)]
    odd = [answer for answer in found if answer.casefold() not in (*YES, *NO)]
    if odd:
        raise DataError(
            f"{place}: column {column!r} holds {listing(odd, 3)}, where yes or no is needed. Say "
            f"which answers mean yes, such as {_meant(frame, column, '==', odd[0], by_name)}."
        )
    answered = col(column).is_answered()
    yes = [answer for answer in found if answer.casefold() in YES]
    nothing = Literal(0.0) / Literal(0.0)
    return when(~answered, nothing, when(col(column).is_in(yes or ["yes"]), 1.0, 0.0))


def _meant(frame: Frame, column: str, operator: str, value: Any, by_name: bool) -> str:
    """Return how to say which answers mean yes, so that missing ones stay missing."""
    if by_name:
        return f"yes=[1, {value:g}]" if operator == ">" else f"yes={value!r}"
    return SAID.get(frame.engine, IN_MEMORY[operator]).format(column, operator, 0 if operator == ">" else value)


def span(within: Any, place: str, least: str = "above 0") -> float:
    """Return a span of time in days: a number of days, a text such as "7D", "36h" or "2W", or a timedelta."""
    if isinstance(within, np.timedelta64):
        within = within.astype("timedelta64[us]").astype(datetime.timedelta)
    if isinstance(within, str):
        found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(d|days?|h|hours?|w|weeks?|min)\s*", within, flags=re.IGNORECASE)
        if found and float(found[1]) > 0:
            unit = found[2].upper()
            return float(
                Fraction(found[1]) * SECONDS["MIN" if unit == "MIN" else unit[0]] / 86_400
            )  # as exact as gaps are
    elif hasattr(within, "total_seconds"):
        if within.total_seconds() > 0:
            return float(within / datetime.timedelta(days=1))
    elif isinstance(within, int | float | np.number) and not isinstance(within, bool) and 0 < within < float("inf"):
        return float(within)
    raise ArgumentError(f"{place}: a span {least} such as '7D', '36h', or a number of days, is needed, not {within!r}.")
