"""A request as a plan of sums: which columns, times which weight, by which key; and what to say of bad answers.

For each score a row carries `y` (points, shifted by a constant near their size), `x` (the denominator; 1 in the base)
and `b` (1 in the base). Every expression and every sum is asked for once, however many scores use it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cxstats.errors import DataError
from cxstats.expression import Expression, Literal, Lookup, col, when
from cxstats.inference.request import Request, invalid_answer, place_of
from cxstats.memory import Plan
from cxstats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd


def plan_of(request: Request, shift: Sequence[float | Expression]) -> tuple[Plan, dict[str, tuple[str, ...]]]:
    """Return what to sum, and under which name each sum is found; the sum "bad" must be zero."""
    design, weight, domain = request.survey.design, request.weight, request.domain
    columns: dict[str, Expression] = {}
    weighted: dict[str, tuple[str, str]] = {}
    identity: dict[str, str] = {}
    ones: set[str] = set()

    def column(expression: Expression) -> str:
        """Enter an expression once, however many scores use it."""
        text = repr(expression)
        if text not in identity:
            identity[text] = f"c{len(columns)}"
            columns[identity[text]] = expression
        return identity[text]

    def times_weight(name: str) -> str:
        if weight is None:
            return name
        weighted[f"w{name}"] = ("weight", name)
        return f"w{name}"

    def product(a: str, b: str) -> tuple[str, ...]:
        """Return the sum's key; an indicator times itself is itself."""
        return (a,) if a == b and a in ones else (a, b) if a <= b else (b, a)

    if weight is not None:
        columns["weight"] = when(weight.is_answered(), weight, 0.0)
    everyone = column(Literal(1.0))
    ones.add(everyone)
    names: dict[str, tuple[str, ...]] = {"rows": (everyone,)}
    if weight is not None:
        names["weight"] = ("weight",)
        names["zero"] = (column(when((weight == 0) & request.chosen, 1.0, 0.0)),)
    unlabelled: Expression = Literal(False)
    for name in request.by:
        names[f"missing {name}"] = (column(when(request.chosen & col(name).is_missing(), 1.0, 0.0)),)
        unlabelled = unlabelled | col(name).is_missing()
    names["unlabelled"] = (column(when(request.chosen & unlabelled, 1.0, 0.0)),)
    if design.fpc is not None:
        fpc = column(when(col(design.fpc).is_answered(), col(design.fpc), 0.0))
        names["fpc"], names["fpc fpc"] = (fpc,), (fpc, fpc)
    trouble: Expression = Literal(False) if weight is None else (weight < 0) | weight.is_missing()
    rowwise = []
    for score, c in zip(request.scores, shift, strict=True):
        invalid = invalid_answer(score)
        base = score.base if invalid is None else score.base & ~invalid
        if weight is not None:
            base = base & (weight > 0)
        if invalid is not None:
            trouble = trouble | request.within(score.base & invalid)
        per = Literal(1.0) if score.per is None else score.per
        points = score.points if isinstance(c, float) and c == 0 else score.points - c * per
        b = column(when(base, 1.0, 0.0))
        ones.add(b)
        x = b if score.per is None else column(when(base, per, 0.0))
        rowwise.append({"y": column(when(base, points, 0.0)), "x": x, "b": b})
    for i, row in enumerate(rowwise):
        heavy = {part: times_weight(name) for part, name in row.items()}
        names |= {f"w{part}{i}": (name,) for part, name in heavy.items()}
        names[f"n{i}"] = (row["b"],)
        names |= {f"{p}{q}{i}": product(heavy[p], row[q]) for p, q in ("yy", "yx", "xx")}
        names[f"ww{i}"] = product(heavy["b"], heavy["b"])
        if row["x"] == row["b"]:  # the base is an indicator: y x = y and x x = x
            names[f"yx{i}"], names[f"xx{i}"] = (heavy["y"],), (heavy["x"],)
    if not design.psu:
        flat = [((part, i), times_weight(row[part])) for part in ("y", "x") for i, row in enumerate(rowwise)]
        names |= {f"{p}*{q}": product(a, b) for p, a in flat for q, b in flat}
        if weight is None:
            names |= {f"{('y', i)}*{('x', i)}": names[f"yx{i}"] for i in range(len(rowwise))}
            names |= {f"{('x', i)}*{('y', i)}": names[f"yx{i}"] for i in range(len(rowwise))}
    names["bad"] = (column(when(trouble, 1.0, 0.0)),)
    products = list(dict.fromkeys(names.values()))
    keys = [*design.strata, *(name for name in design.psu if name not in design.strata)]
    return Plan(columns, products, keys, request.by, domain, weighted), names


def shifts_of(request: Request) -> list[float]:
    """Return a constant near each score's points, so that sums of squares keep their digits."""
    found = []
    for score in request.scores:
        if score.range is not None:
            found.append(0.0 if score.family in ("share", "balance") else sum(score.range) / 2)
        elif score.family == "ratio":
            found.append(0.0)
        else:
            found.append(request.survey.frame.first(score.points, request.within(score.base)) or 0.0)
    return [float(shift) for shift in found]


def shifts_by_group(request: Request, groups: pd.DataFrame, shift: np.ndarray) -> list[float | Expression]:
    """Return each score's shift as an expression: the number that the row's group has in the table (groups x scores)."""
    if not request.by:
        return [float(c) for c in shift[0]]
    return [
        Lookup(request.by, groups, column, f"shift of score {k} {column.tolist()}") for k, column in enumerate(shift.T)
    ]


def check_finite(request: Request, values: dict[str, np.ndarray], inside: np.ndarray) -> None:
    """Raise for infinite values in the domain; outside it they are nothing."""
    survey = request.survey
    if survey.design.weight and not np.isfinite(values["weight"]).all():
        raise DataError(f"Survey(weight=): column {survey.design.weight!r} holds infinite weights.")
    for i, score in enumerate(request.scores):
        sums = [values[f"wy{i}"], values[f"wx{i}"], values[f"yy{i}"]]
        if not all(np.isfinite(s[inside]).all() for s in sums):
            infinite = [n for n in score.columns() if survey.frame.kinds([n])[n] == "number"]
            raise DataError(
                f"{place_of(score)}: there are infinite (or overflowing) values in {' or '.join(map(repr, infinite))}. "
                "Recode them as missing, or leave them out with where=."
            )
        for s in (*sums, values[f"yx{i}"], values[f"xx{i}"]):
            s[~np.isfinite(s)] = 0.0


def complain(request: Request) -> None:
    """Find which check failed, and say how many answers and which."""
    survey, weight = request.survey, request.weight
    if weight is not None:
        for invalid, what in ((weight.is_missing(), "missing"), (weight < 0, "negative")):
            count = _rows(survey, invalid)
            if count:
                raise DataError(
                    f"Survey(weight=): {count} weights in column {survey.design.weight!r} are {what}. "
                    "A weight is the number of people a row stands for; drop those rows or repair their weights."
                )
    for score in request.scores:
        for check in score.checks:
            invalid = request.within(score.base & check.invalid)
            count = _rows(survey, invalid)
            if count:
                tally = survey.frame.tally(col(check.column), invalid)
                shown = ", ".join(f"{plain(value)}: {n} times" for value, n in tally)
                raise DataError(
                    f"{place_of(score)}: {count} {check.complaint} in column {check.column!r} ({shown}). {check.remedy}"
                )


def plain(value: object) -> str:
    """Return an answer as messages show it."""
    number = value.item() if hasattr(value, "item") else value
    return f"{number:g}" if isinstance(number, float) else repr(number)


def _rows(survey: Survey, condition: Expression) -> int:
    found = survey.frame.sums(Plan({"rows": when(condition, 1.0, 0.0)}, [("rows",)]))
    return int(found.values["rows",].sum())
