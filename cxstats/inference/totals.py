"""The pass: every score of a call, in one query, becomes a small table of weighted totals.

For each score a row carries `y` (points, shifted by a constant near their size), `x` (the denominator; 1 in the base)
and `b` (1 in the base). With PSUs the engine returns their weighted totals by stratum x PSU x group. Where rows are
their own PSUs it returns first and second moments by stratum x group, from which the same variance follows.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.errors import ColumnError, DataError, DesignError, need_columns
from cxstats.expression import Expression, Literal, col, need_kind, when
from cxstats.memory import Plan, Sums
from cxstats.score import Score
from cxstats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

PARTS = ("y", "x", "b")
SQUARES = ("yy", "yx", "xx", "ww")


@dataclass(frozen=True)
class LeftOut:
    """How many rows are not in the domain, and why."""

    rows: int
    outside_where: int
    missing_by: dict[str, int]
    zero_weight: int
    no_answer: dict[str, int]


@dataclass(frozen=True)
class Totals:
    """What the pass leaves; one line a cell (stratum x PSU x group, or stratum x group).

    `first["y"]` is cells x scores: weighted totals of the shifted points; `first["x"]` of the denominator, `first["b"]`
    of the base. `count` is unweighted. `square` holds weighted sums of yy, yx and xx (for the variance of one row), and
    the sum of squared weights, ww.
    `second` holds, for rows as PSUs, sums of products of the weighted row values, by pairs of (part, score).
    """

    scores: tuple[Score, ...]
    groups: pd.DataFrame
    group: np.ndarray
    stratum: np.ndarray
    cluster: np.ndarray | None
    sampled: np.ndarray
    fraction: np.ndarray
    rows: np.ndarray
    count: np.ndarray
    first: dict[str, np.ndarray]
    square: dict[str, np.ndarray]
    second: dict[tuple[tuple[str, int], tuple[str, int]], np.ndarray]
    shift: np.ndarray
    left_out: LeftOut
    strata_names: list[str]
    cluster_names: list[str] | None
    lone_psu: str
    sample: Any = field(repr=False, default=None)

    @cached_property
    def grouped(self) -> dict[str, np.ndarray]:
        """The sums by group (groups x scores): "count", "y", "x", "b", "yy", "yx", "xx", "ww"."""
        inside, groups = np.flatnonzero(self.group >= 0), len(self.groups)
        group = self.group[inside]

        def summed(cells: np.ndarray) -> np.ndarray:
            return _columns([np.bincount(group, weights=column[inside], minlength=groups) for column in cells.T])

        return {name: summed(cells) for name, cells in {"count": self.count, **self.first, **self.square}.items()}


def totals(
    survey: Survey,
    scores: Sequence[Score],
    by: Sequence[str],
    where: Expression | None,
    shifts: np.ndarray | None = None,
) -> Totals:
    """Make the pass over the survey's rows."""
    frame, design = survey.frame, survey.design
    check_columns(survey, scores, by, where)
    shift = _shifts(survey, scores) if shifts is None else shifts
    plan, names, bad = _plan(survey, scores, by, where, shift)
    sums = frame.sums(plan)
    if sums.values[bad].sum() != 0:
        _complain(survey, scores, by, where)
    values = {name: sums.values[product] for name, product in names.items()}
    _check_finite(survey, scores, values, sums.inside)
    if not len(sums.inside) or not values["rows"].sum():
        raise DataError("measure: the frame has no rows.")
    stratum, strata_names = _numbered(sums, design.strata)
    cluster, cluster_names, sampled = _clusters(survey, sums, stratum, strata_names, values["rows"])
    if design.weight and len(sums.inside) and not (values["weight"].sum() > 0):
        raise DataError(
            f"Survey(weight=): the weights in column {design.weight!r} are all zero, so no one is represented."
        )
    fraction = _fraction(survey, sums, stratum, strata_names, sampled, values)
    group, groups = _groups(sums, by)
    k = len(scores)
    first = {part: _columns([values[f"w{part}{i}"] for i in range(k)]) for part in PARTS}
    square = {pair: _columns([values[f"{pair}{i}"] for i in range(k)]) for pair in SQUARES}
    second = {}
    if cluster is None:
        parts = [(part, i) for part in ("y", "x") for i in range(k)]
        second = {(p, q): values[f"{p}*{q}"] for p in parts for q in parts}
    outside = values["rows"][~sums.inside].sum()
    missing = {name: int(values[f"missing {name}"].sum()) for name in by}
    zero = int(values["zero"].sum()) if design.weight else 0
    inside_rows = values["rows"][sums.inside].sum()
    silent = {place_of(s): int(inside_rows - values[f"n{i}"][sums.inside].sum()) for i, s in enumerate(scores)}
    left = LeftOut(
        rows=int(values["rows"].sum()),
        outside_where=0 if where is None else int(outside - values["unlabelled"].sum() - zero),
        missing_by=missing,
        zero_weight=zero,
        no_answer=silent,
    )
    if (
        design.lone_psu == "error"
        and (design.strata or design.psu)
        and np.any(sampled == 1)
        and np.any(fraction[sampled == 1] < 1)
    ):
        _lone(strata_names, sampled, design.strata, cluster is not None)
    return Totals(
        tuple(scores), groups, group, stratum, cluster, sampled, fraction, values["rows"],
        _columns([values[f"n{i}"] for i in range(k)]), first, square, second, shift, left,
        strata_names, cluster_names, design.lone_psu, _identity(frame.native),
    )  # fmt: skip


def undivided(t: Totals) -> Totals:
    """Return the totals as if there were no groups and no domain: one line a PSU, or a stratum."""
    line = t.stratum if t.cluster is None else t.cluster
    lines = int(line.max()) + 1

    def summed(cells: np.ndarray) -> np.ndarray:
        return np.bincount(line, weights=cells, minlength=lines)

    def each(cells: np.ndarray) -> np.ndarray:
        return _columns([summed(column) for column in cells.T])

    stratum = np.zeros(lines, dtype=np.int64)
    stratum[line] = t.stratum
    return replace(
        t,
        group=np.zeros(lines, dtype=np.int64),
        stratum=stratum,
        cluster=None if t.cluster is None else np.arange(lines),
        rows=summed(t.rows),
        count=each(t.count),
        first={part: each(cells) for part, cells in t.first.items()},
        square={pair: each(cells) for pair, cells in t.square.items()},
        second={pair: summed(cells) for pair, cells in t.second.items()},
    )


def _identity(native: Any) -> Any:
    """Return a token that is the same object for the same frame, without keeping the frame alive where that can be."""
    try:
        return weakref.ref(native)
    except TypeError:
        return native


def _columns(columns: Sequence[np.ndarray]) -> np.ndarray:
    """Return the arrays as columns that are each contiguous, since they are summed one by one."""
    return np.asfortranarray(np.column_stack(columns))


def place_of(score: Score) -> str:
    """Return how messages name a score."""
    return score.default_name or score.name


def check_columns(survey: Survey, scores: Sequence[Score], by: Sequence[str], where: Expression | None) -> None:
    """Raise for unknown columns and for kinds that do not fit, before anything is computed."""
    frame = survey.frame
    need_columns("measure(by=)", by, frame.columns)
    if where is not None:
        need_columns("measure(where=)", where.columns(), frame.columns)
        kind = where.kind(frame.kinds(where.columns()), "measure(where=)")
        if kind != "boolean":
            need_kind("measure(where=)", where, kind, "condition")
    for score in scores:
        place = place_of(score)
        need_columns(place, score.columns(), frame.columns)
        kinds = frame.kinds(score.columns())
        for check in score.checks:
            if check.numeric and kinds[check.column] not in ("number", "boolean"):
                need_kind(place, col(check.column), kinds[check.column], "number or boolean", check.numeric)
        for part in (score.points, *([score.per] if score.per is not None else [])):
            found = part.kind(kinds, place)
            if found not in ("number", "boolean"):
                need_kind(place, part, found, "number or boolean")


def domain_of(survey: Survey, by: Sequence[str], where: Expression | None) -> Expression | None:
    """Return the condition of being in the domain: chosen, labelled, and with a weight above zero."""
    conditions = [] if where is None else [where]
    conditions += [col(name).is_answered() for name in by]
    if survey.design.weight:
        conditions.append(col(survey.design.weight) > 0)
    domain: Expression | None = None
    for condition in conditions:
        domain = condition if domain is None else domain & condition
    return domain


def _invalid(score: Score) -> Expression | None:
    found: Expression | None = None
    for check in score.checks:
        found = check.invalid if found is None else found | check.invalid
    return found


def _bad_weight(survey: Survey) -> Expression | None:
    weight = survey.design.weight
    return None if weight is None else (col(weight) < 0) | col(weight).is_missing()


def _plan(
    survey: Survey, scores: Sequence[Score], by: Sequence[str], where: Expression | None, shift: np.ndarray
) -> tuple[Plan, dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Return what to sum, under which name each sum is found, and the sum that must be zero."""
    design = survey.design
    domain = domain_of(survey, by, where)
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
        if design.weight is None:
            return name
        weighted[f"w{name}"] = ("weight", name)
        return f"w{name}"

    def product(a: str, b: str) -> tuple[str, ...]:
        """Return the sum's key; an indicator times itself is itself."""
        return (a,) if a == b and a in ones else (a, b) if a <= b else (b, a)

    if design.weight is not None:
        columns["weight"] = when(col(design.weight).is_answered(), col(design.weight), 0.0)
    everyone = column(Literal(1.0))
    ones.add(everyone)
    names: dict[str, tuple[str, ...]] = {"rows": (everyone,)}
    if design.weight is not None:
        names["weight"] = ("weight",)
        counted = where if where is not None else Literal(True)
        names["zero"] = (column(when((col(design.weight) == 0) & counted, 1.0, 0.0)),)
    chosen = where if where is not None else Literal(True)
    unlabelled: Expression = Literal(False)
    for name in by:
        names[f"missing {name}"] = (column(when(chosen & col(name).is_missing(), 1.0, 0.0)),)
        unlabelled = unlabelled | col(name).is_missing()
    names["unlabelled"] = (column(when(chosen & unlabelled, 1.0, 0.0)),)
    if design.fpc is not None:
        fpc = column(when(col(design.fpc).is_answered(), col(design.fpc), 0.0))
        names["fpc"], names["fpc fpc"] = (fpc,), (fpc, fpc)
    trouble = _bad_weight(survey)
    rowwise = []
    for score, c in zip(scores, shift, strict=True):
        invalid = _invalid(score)
        base = score.base if invalid is None else score.base & ~invalid
        if design.weight is not None:
            base = base & (col(design.weight) > 0)
        if invalid is not None:
            seen = score.base & invalid if domain is None else score.base & invalid & domain
            trouble = seen if trouble is None else trouble | seen
        per = Literal(1.0) if score.per is None else score.per
        points = score.points if c == 0 else score.points - float(c) * per
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
        if design.weight is None:
            names |= {f"{('y', i)}*{('x', i)}": names[f"yx{i}"] for i in range(len(rowwise))}
            names |= {f"{('x', i)}*{('y', i)}": names[f"yx{i}"] for i in range(len(rowwise))}
    bad = (column(when(trouble, 1.0, 0.0) if trouble is not None else Literal(0.0)),)
    products = list(dict.fromkeys([*names.values(), bad]))
    keys = [*design.strata, *(name for name in design.psu if name not in design.strata)]
    return Plan(columns, products, keys, by, domain, weighted), names, bad


def _shifts(survey: Survey, scores: Sequence[Score]) -> np.ndarray:
    """Return a constant near each score's points, so that sums of squares keep their digits."""
    found = []
    for score in scores:
        if score.range is not None:
            found.append(0.0 if score.family in ("share", "balance") else sum(score.range) / 2)
        elif score.family == "ratio":
            found.append(0.0)
        else:
            base = score.base if not survey.design.weight else score.base & (col(survey.design.weight) > 0)
            found.append(survey.frame.first(score.points, base) or 0.0)
    return np.asarray(found)


def _check_finite(survey: Survey, scores: Sequence[Score], values: dict[str, np.ndarray], inside: np.ndarray) -> None:
    if survey.design.weight and not np.isfinite(values["weight"]).all():
        raise DataError(f"Survey(weight=): column {survey.design.weight!r} holds infinite weights.")
    for i, score in enumerate(scores):
        sums = [values[f"wy{i}"], values[f"wx{i}"], values[f"yy{i}"]]
        if not all(np.isfinite(s[inside]).all() for s in sums):
            infinite = [n for n in score.columns() if survey.frame.kinds([n])[n] == "number"]
            raise DataError(
                f"{place_of(score)}: there are infinite (or overflowing) values in {' or '.join(map(repr, infinite))}. "
                "Recode them as missing, or leave them out with where=."
            )
        for s in (*sums, values[f"yx{i}"], values[f"xx{i}"]):
            s[~np.isfinite(s)] = 0.0


def _complain(survey: Survey, scores: Sequence[Score], by: Sequence[str], where: Expression | None) -> None:
    """Find which check failed, and say how many answers and which."""
    weight = survey.design.weight
    if weight is not None:
        for invalid, what in ((col(weight).is_missing(), "missing"), (col(weight) < 0, "negative")):
            count = _rows(survey, invalid)
            if count:
                raise DataError(
                    f"Survey(weight=): {count} weights in column {weight!r} are {what}. "
                    "A weight is the number of people a row stands for; drop those rows or repair their weights."
                )
    domain = domain_of(survey, by, where)
    for score in scores:
        for check in score.checks:
            invalid = score.base & check.invalid if domain is None else score.base & check.invalid & domain
            count = _rows(survey, invalid)
            if count:
                tally = survey.frame.tally(col(check.column), invalid)
                shown = ", ".join(f"{_plain(value)}: {n} times" for value, n in tally)
                raise DataError(f"{place_of(score)}: {count} {check.complaint} ({shown}). {check.remedy}")


def _plain(value: object) -> str:
    number = value.item() if hasattr(value, "item") else value
    return f"{number:g}" if isinstance(number, float) else repr(number)


def _rows(survey: Survey, condition: Expression) -> int:
    found = survey.frame.sums(Plan({"rows": when(condition, 1.0, 0.0)}, [("rows",)]))
    return int(found.values["rows",].sum())


def _numbered(sums: Sums, columns: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """Return the number of each cell's combination of key columns, in sorted order, and the combinations' names."""
    for name in columns:
        missing = sums.keys[name].codes < 0
        if missing.any():
            raise DesignError(
                f"Survey: column {name!r} of the design has missing values. Every row needs its stratum and its PSU: "
                "repair them, or drop those rows before."
            )
    if not columns:
        return np.zeros(len(sums.inside), dtype=np.int64), [""]
    code = np.zeros(len(sums.inside), dtype=np.int64)
    for name in columns:
        _, code = np.unique(code * (len(sums.keys[name].levels) + 1) + sums.keys[name].codes, return_inverse=True)
    _, where, numbered = np.unique(code, return_index=True, return_inverse=True)
    labels = [sums.keys[name].levels.iloc[sums.keys[name].codes[where]].astype(str).tolist() for name in columns]
    return numbered, [" / ".join(parts) for parts in zip(*labels, strict=True)]


def _clusters(
    survey: Survey, sums: Sums, stratum: np.ndarray, strata_names: list[str], rows: np.ndarray
) -> tuple[np.ndarray | None, list[str] | None, np.ndarray]:
    """Return each cell's PSU, the PSUs' names, and the number of PSUs sampled in each stratum."""
    design, count = survey.design, len(strata_names)
    if not design.psu:
        return None, None, np.bincount(stratum, weights=rows, minlength=count)
    psu, names = _numbered(sums, design.psu)
    if design.nest:
        pairs, cluster = np.unique(stratum * len(names) + psu, return_inverse=True)
        home = pairs // len(names)
        names = [f"{strata_names[h]} / {names[p]}" for h, p in zip(home, pairs % len(names), strict=True)]
        return cluster, names, np.bincount(home, minlength=count)
    home = np.full(len(names), -1)
    home[psu] = stratum
    straddling = np.unique(psu[home[psu] != stratum])
    if len(straddling):
        shown = ", ".join(repr(names[p]) for p in straddling[:3])
        raise DesignError(
            f"Survey(psu=): {len(straddling)} PSUs lie in more than one stratum ({shown}). If PSU names are only unique "
            "within strata, say nest=True; if not, the stratum or the PSU of some rows is wrong."
        )
    return psu, names, np.bincount(home, minlength=count)


def _fraction(
    survey: Survey,
    sums: Sums,
    stratum: np.ndarray,
    names: list[str],
    sampled: np.ndarray,
    values: dict[str, np.ndarray],
) -> np.ndarray:
    """Return each stratum's sampling fraction; 0 without a population size."""
    name = survey.design.fpc
    if name is None:
        return np.zeros(len(names))
    rows, total, square = (
        np.bincount(stratum, weights=values[key], minlength=len(names)) for key in ("rows", "fpc", "fpc fpc")
    )
    size = total / np.maximum(rows, 1)
    spread = square / np.maximum(rows, 1) - size**2
    for h in np.flatnonzero((spread > 1e-9 * np.maximum(size, 1) ** 2) | ~(size >= sampled * (1 - 1e-12))):
        where = f"stratum {names[h]!r}" if survey.design.strata else "the sample"
        if size[h] >= sampled[h]:
            raise DesignError(f"Survey(fpc=): column {name!r} has different population sizes within {where}.")
        raise DesignError(
            f"Survey(fpc=): column {name!r} says that {where} has {size[h]:g} PSUs in the population, but {sampled[h]:g} "
            "were sampled. Give the number of PSUs in the stratum's population (a size, not a fraction)."
        )
    return np.asarray(sampled / np.maximum(size, 1))


def _groups(sums: Sums, by: Sequence[str]) -> tuple[np.ndarray, pd.DataFrame]:
    """Return each cell's group (-1 outside the domain) and the labels of the groups, sorted."""
    import pandas as pd

    group = np.where(sums.inside, 0, -1)
    if not by:
        return group, pd.DataFrame(index=range(1))
    code = np.zeros(len(group), dtype=np.int64)
    for name in by:
        code = code * (len(sums.keys[name].levels) + 1) + sums.keys[name].codes
    occurring, where, numbered = np.unique(code[sums.inside], return_index=True, return_inverse=True)
    group[sums.inside] = numbered
    labels = {name: sums.keys[name].levels.iloc[sums.keys[name].codes[sums.inside][where]].array for name in by}
    return group, pd.DataFrame(labels, index=range(len(occurring)))


def _lone(names: list[str], sampled: np.ndarray, strata: Sequence[str], clustered: bool) -> None:
    lone = np.flatnonzero(sampled == 1)
    what = "PSU" if clustered else "row"
    if not strata:
        raise DesignError(f"Survey: the sample has a single {what}, so nothing shows how much {what}s differ.")
    shown = ", ".join(repr(names[h]) for h in lone[:3])
    raise DesignError(
        f"Survey(strata=): {len(lone)} strata hold a single {what} ({shown}), which has no variance of its own. Join them "
        'to similar strata, or say lone_psu="center" (deviation from the overall estimate) or "skip" (left out).'
    )


def need_by(by: Any) -> list[str]:
    """Return the `by` columns as a list; raise `ColumnError` for anything but names."""
    names = [] if by is None else list(by) if isinstance(by, list | tuple) else [by]
    for name in names:
        if not isinstance(name, str):
            raise ColumnError(f"measure(by=): a column is named by a text, not by {name!r}.")
        if names.count(name) > 1:
            raise ColumnError(f"measure(by=): column {name!r} is named twice.")
    return names
