"""A request as a plan of sums: which columns, times which weight, by which key; and what to say of bad answers.

For each score a row carries `y` (points, shifted by a constant near their size), `x` (the denominator; 1 in the base)
and `b` (1 in the base). Every expression and every sum is asked for once, however many scores use it; what follows from
another sum (the square of a share's points, the product of an indicator and its weight) is not asked for at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxstats.errors import DataError
from cxstats.expression import Expression, Literal, Lookup, Operation, col, when
from cxstats.inference.request import Request, invalid_answer, place_of
from cxstats.memory import Plan
from cxstats.score import Score
from cxstats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

LARGEST = float(np.finfo(np.float64).max)
CUBES = ("yyy", "yyx", "yxx", "xxx")
FEW = 4  # scores
MOST_CODES, MOST_TALLIED = 5, 1000  # answers off the scale that are shown, and looked at


@dataclass(frozen=True)
class Sum:
    """A sum that is needed: `times` the sum of a product of columns."""

    product: tuple[str, ...]
    times: float = 1.0


@dataclass(frozen=True)
class Scored:
    """The columns of one score, and the one number besides 0 that its points are, if there is one."""

    y: str
    x: str
    b: str
    only: float | None


class Entered:
    """Columns of a plan, each expression entered once, however many scores use it."""

    def __init__(self, prefix: str) -> None:
        self.columns: dict[str, Expression] = {}
        self._prefix, self._names = prefix, dict[str, str]()

    def __call__(self, expression: Expression) -> str:
        """Return the name of the column."""
        name = self._names.setdefault(repr(expression), f"{self._prefix}{len(self.columns)}")
        self.columns.setdefault(name, expression)
        return name


def plan_of(
    request: Request, shift: Sequence[float | Expression], squares: bool = False
) -> tuple[Plan, dict[str, Sum]]:
    """Return what to sum, and of which product, times what, each named sum is made; "bad" ones must be zero.

    With `squares`, "ww0" and so on are sums of squared weights, for who cannot ask for them later.
    """
    design, weight = request.survey.design, request.weight
    column, weighted, ones = Entered("c"), dict[str, tuple[str, str]](), set[str]()

    def heavy(name: str) -> str:
        """Enter a column times the weight."""
        if weight is None:
            return name
        weighted[f"w{name}"] = ("weight", name)
        return f"w{name}"

    def product(*factors: str) -> tuple[str, ...]:
        """Return the product of columns; an indicator times itself is itself."""
        once = {name for name in factors if name in ones}
        return tuple(sorted([*once, *(name for name in factors if name not in ones)]))

    counted = column(Literal(1.0) if weight is None else when(weight > 0, 1.0, 0.0))
    ones.add(counted)
    names: dict[str, Sum] = {"rows": Sum((column(Literal(1.0)),)), "counted": Sum((counted,))}
    if weight is not None:
        column.columns["weight"] = when(weight.is_answered(), weight, 0.0)
        names["bad weight"] = Sum((column(when((weight < 0) | (weight > LARGEST) | weight.is_missing(), 1.0, 0.0)),))
    if design.fpc is not None:
        fpc = column(when(col(design.fpc).is_answered(), col(design.fpc), 0.0))
        names["fpc"], names["fpc fpc"] = Sum((fpc,)), Sum((fpc, fpc))
        names["no fpc"] = Sum((column(when(col(design.fpc).is_missing(), 1.0, 0.0)),))
    scored = []
    bad: Expression = Literal(False)
    for score, c in zip(request.scores, shift, strict=True):
        invalid = invalid_answer(score)
        base, per = score.base, Literal(1.0) if score.per is None else score.per
        if invalid is not None:
            bad, base = bad | (base & invalid), base & ~invalid
        points = score.points if isinstance(c, float) and c == 0 else score.points - c * per
        b = column(when(base, 1.0, 0.0))
        ones.add(b)
        # where answers have no range, an infinite one in a row of weight 0 must not make 0 times infinity
        held = base if weight is None or score.range is not None else base & (weight > 0)
        x = b if score.per is None else column(when(held, per, 0.0))
        scored.append(Scored(column(when(held, points, 0.0)), x, b, _only_value(score.points, c)))
    names["bad"] = Sum((counted, column(when(bad, 1.0, 0.0))))
    for i, row in enumerate(scored):
        wy, wx, wb = heavy(row.y), heavy(row.x), heavy(row.b)
        names |= {f"wy{i}": Sum((wy,)), f"wx{i}": Sum((wx,)), f"wb{i}": Sum((wb,))}
        names[f"n{i}"] = Sum((row.b,) if weight is None else product(counted, row.b))
        names[f"yy{i}"] = Sum(product(wy, row.y)) if row.only is None else Sum((wy,), row.only)
        plain = row.x == row.b  # the base is an indicator: y x = y and x x = x
        names[f"yx{i}"] = Sum((wy,) if plain else product(wy, row.x))
        names[f"xx{i}"] = Sum((wx,) if plain else product(wx, row.x))
    for i, j in sharing(request.scores):
        factors = (scored[i].b, scored[j].b) if weight is None else (counted, scored[i].b, scored[j].b)
        names[f"n{i}&{j}"] = Sum(product(*factors))
    if squares and weight is not None:
        names |= {f"ww{i}": Sum(product("weight", heavy(row.b))) for i, row in enumerate(scored)}
    if not design.psu:
        flat = [(f"{part}{i}", heavy(getattr(row, part))) for part in ("y", "x") for i, row in enumerate(scored)]
        names |= {f"{p}*{q}": Sum(product(a, b)) for p, a in flat for q, b in flat}
        for i, row in enumerate(scored):
            yy, yx, xy, xx = (f"{p}{i}*{q}{i}" for p, q in ("yy", "yx", "xy", "xx"))
            if row.only is not None:  # y is this number or 0, and x is 1 where it is not 0
                names[yy] = Sum(names[xy].product, row.only)
            if weight is None:
                names |= {yy: names[f"yy{i}"], yx: names[f"yx{i}"], xy: names[f"yx{i}"], xx: names[f"xx{i}"]}
            if may_be_skewed(request.scores[i]):
                y, x, free = heavy(row.y), heavy(row.x), weight is None and row.x == row.b
                cubes = ((y, y, y), (y, y), (y,), (x,)) if free else ((y, y, y), (y, y, x), (y, x, x), (x, x, x))
                names |= {f"{name}{i}": Sum(product(*cube)) for name, cube in zip(CUBES, cubes, strict=True)}
    products = list(dict.fromkeys(found.product for found in names.values()))
    keys = [*design.strata, *(name for name in design.psu if name not in design.strata)]
    return Plan(column.columns, products, keys, request.by, request.where, weighted), names


def sharing(scores: Sequence[Score]) -> list[tuple[int, int]]:
    """Return the pairs of scores whose common answers are counted: of few scores all, else one question in two domains."""
    pairs = [(i, j) for j in range(len(scores)) for i in range(j)]
    asked = [(repr(score.points), repr(score.base)) for score in scores]
    return [
        (i, j) for i, j in pairs if asked[i][1] != asked[j][1] and (len(scores) <= FEW or asked[i][0] == asked[j][0])
    ]


def may_be_skewed(score: Score) -> bool:
    """Tell whether a score is an average or total of amounts that no scale bounds, such as waits and spend."""
    return score.range is None and score.family in ("mean", "ratio", "total")


def _only_value(points: Expression, shift: float | Expression) -> float | None:
    """Return the one number besides 0 that a row is worth, if there is one and nothing shifts it: 100 for shares."""
    if not (isinstance(points, Operation) and points.name == "when" and isinstance(shift, float) and shift == 0):
        return None
    _, then, otherwise = points.operands
    plain = isinstance(then, Literal) and isinstance(otherwise, Literal) and otherwise.value == 0
    return float(then.value) if plain and isinstance(then, Literal) and isinstance(then.value, int | float) else None


def shifts_of(request: Request) -> list[float]:
    """Return a constant near each score's points, so that sums of squares keep their digits."""
    found = []
    for score in request.scores:
        if score.family in ("share", "balance", "ratio"):
            found.append(0.0)
        elif score.range is not None:
            found.append(sum(score.range) / 2)
        else:
            found.append(request.survey.frame.first(score.points, request.within(score.base)) or 0.0)
    return [float(shift) for shift in found]


def shifts_by_group(request: Request, groups: pd.DataFrame, shift: np.ndarray) -> list[float | Expression]:
    """Return each score's shift as an expression: the number that the row's group has in the table (groups x scores)."""
    return [
        float(column[0])
        if np.all(column == column[0])
        else Lookup(request.by, groups, column, f"shift of score {k} {column.tolist()}")
        for k, column in enumerate(shift.T)
    ]


def squared_weights(request: Request) -> np.ndarray:
    """Return the sum of squared weights of each score's base, in the whole sample: a small pass of its own."""
    if request.gone:
        name = "cx_wb" if request.weight is None else "cx_ww"
        kept = {f"{name}{i}": col(f"{name}{i}") for i in range(len(request.scores))}
        found = request.survey.frame.sums(Plan(kept, [(name,) for name in kept])).values
        return np.asarray([found[name,].sum() for name in kept])
    columns = {f"b{i}": when(score.base, 1.0, 0.0) for i, score in enumerate(request.scores)}
    if request.weight is None:
        plan = Plan(columns, [(name,) for name in columns])
    else:
        columns["weight"] = request.weight
        weighted = {f"w{i}": ("weight", f"b{i}") for i in range(len(request.scores))}
        plan = Plan(columns, [(name, name) for name in weighted], weighted=weighted)
    sums = request.survey.frame.sums(plan)
    return np.asarray([sums.values[product].sum() for product in plan.products])


def infinite(request: Request, score: Score) -> DataError:
    """Return the error for infinite answers."""
    names = [n for n in score.columns() if request.survey.frame.kinds([n])[n] == "number"]
    return DataError(
        f"{place_of(score)}: there are infinite (or overflowing) values in {' or '.join(map(repr, names))}. "
        "Recode them as missing, or leave them out with where=."
    )


def check_finite(request: Request, values: dict[str, np.ndarray], inside: np.ndarray) -> None:
    """Raise for infinite values in the domain; outside it they are nothing."""
    for i, score in enumerate(request.scores):
        sums = [values[f"{name}{i}"] for name in ("wy", "wx", "yy", "yx", "xx")]
        if not all(np.isfinite(s[inside]).all() for s in sums):
            raise infinite(request, score)
        for s in sums:
            s[~np.isfinite(s)] = 0.0


def complain(request: Request) -> None:
    """Find which check failed, and say how many answers and which."""
    survey, weight = request.survey, request.weight
    if weight is not None:
        for invalid, what in (
            (weight.is_missing(), "missing"),
            (weight < 0, "negative"),
            (weight > LARGEST, "infinite"),
        ):
            count = _rows(survey, invalid)
            if count:
                raise DataError(
                    f"Survey(weight=): {f'{count} weights' if count > 1 else 'a weight'} in column {survey.design.weight!r} "
                    f"{'are' if count > 1 else 'is'} {what}. "
                    "A weight is the number of people a row stands for; drop those rows or repair their weights."
                )
    for score in request.scores:
        for check in score.checks:
            invalid = request.within(score.base & check.invalid)
            count = _rows(survey, invalid)
            if count:
                tally = survey.frame.tally(col(check.column), invalid, most=MOST_TALLIED)
                shown = ", ".join(f"{plain(value)}: {n} time{'s'[: n != 1]}" for value, n in tally[:MOST_CODES])
                remedy = check.mend([value for value, _ in tally])
                complaint = (
                    check.complaint.replace("answers outside", "answer outside") if count == 1 else check.complaint
                )
                raise DataError(
                    f"{place_of(score)}: {count} {complaint} in column {check.column!r} ({shown}). {remedy}"
                )


def plain(value: object) -> str:
    """Return an answer as messages show it."""
    number = value.item() if hasattr(value, "item") else value
    return f"{number:g}" if isinstance(number, float) else repr(number)


def _rows(survey: Survey, condition: Expression) -> int:
    found = survey.frame.sums(Plan({"rows": when(condition, 1.0, 0.0)}, [("rows",)]))
    return int(found.values["rows",].sum())
