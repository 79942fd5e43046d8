"""The pass: every score of a call, in one query, becomes a small table of weighted totals.

For each score a row carries `y` (points, shifted by a constant near their size), `x` (the denominator; 1 in the base)
and `b` (1 in the base). With PSUs the engine returns their weighted totals by stratum x PSU x group. Where rows are
their own PSUs it returns first and second moments by stratum x group, from which the same variance follows.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.errors import DataError, NoRowsError
from cxstats.inference.many import FEW_PSUS, POWERS, Many, Overlap
from cxstats.inference.plan import (
    CUBES,
    Sum,
    check_finite,
    complain,
    may_be_skewed,
    plan_of,
    shifts_by_group,
    shifts_of,
)
from cxstats.inference.request import Request, place_of
from cxstats.inference.sampling import clusters, complain_of_lone, dense, fractions, numbered
from cxstats.memory import Plan, Sums
from cxstats.score import Score

if TYPE_CHECKING:
    import pandas as pd

PARTS = ("y", "x", "b")
SQUARES = ("yy", "yx", "xx")


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
    of the base. `count` is unweighted. `square` holds weighted sums of yy, yx and xx (for the variance of one row).
    `second` holds, for rows as PSUs, sums of products of the weighted row values, by pairs of (part, score); `third` those
    of three, cells x (yyy, yyx, yxx, xxx), by the number of a score that may be skewed. `shared` counts answers that two
    scores have in common, by their numbers. `bias` is by how much a variance is too small, where a model knows it (else NaN).

    Of many PSUs (`many`) moments come back instead, as if PSUs were rows: `second` and `third` are of their totals, `psus`
    (cells x scores) counts those with an answer, `powers` are what `small_sample` needs, and `overlap` what PSUs of several
    groups share; `whole` makes the pass for all of the sample as one group.
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
    third: dict[int, np.ndarray]
    shared: dict[tuple[int, int], np.ndarray]
    shift: np.ndarray
    left_out: LeftOut
    strata_names: list[str]
    cluster_names: list[str] | None
    lone_psu: str
    sample: Any = field(repr=False, default=None)
    bias: np.ndarray | None = None
    psus: np.ndarray | None = None
    powers: dict[str, np.ndarray] = field(default_factory=dict)
    overlap: Overlap | None = None
    whole: Callable[[], Totals] | None = field(repr=False, default=None)

    @cached_property
    def grouped(self) -> dict[str, np.ndarray]:
        """The sums by group (groups x scores): "count", "y", "x", "b", "yy", "yx", "xx"."""
        inside, groups = np.flatnonzero(self.group >= 0), len(self.groups)
        group = self.group[inside]

        def summed(cells: np.ndarray) -> np.ndarray:
            return _columns([np.bincount(group, weights=column[inside], minlength=groups) for column in cells.T])

        return {name: summed(cells) for name, cells in {"count": self.count, **self.first, **self.square}.items()}


def totals(request: Request, shift: np.ndarray | None = None, shifted: pd.DataFrame | None = None) -> Totals:
    """Make the pass over the survey's rows; `shift` (groups x scores) of the groups `shifted` replaces the usual one."""
    request.check()
    usual = shifts_of(request) if shift is None or shifted is None else shifts_by_group(request, shifted, shift)
    plan, names = plan_of(request, usual)
    return summed(request, plan, names, np.asarray(usual, dtype=np.float64) if shift is None else shift)


def summed(request: Request, plan: Plan, names: dict[str, Sum], shift: np.ndarray) -> Totals:
    """Make the pass that a plan asks for; the shift is one for all groups, or one for each."""
    survey, scores, design = request.survey, request.scores, request.survey.design
    many = None
    if design.psu and survey.frame.more_than(FEW_PSUS, list(dict.fromkeys([*design.strata, *design.psu]))):
        many = Many(request, plan, names)
        sums, values = many.sums, many.values
    else:
        sums = survey.frame.sums(plan)
        values = {name: _times(sums.values[found.product], found.times) for name, found in names.items()}
    group, groups = checked(request, sums, values)
    stratum, strata_names = numbered(sums, design.strata)
    if many is None:
        cluster, cluster_names, sampled = clusters(survey, sums, stratum, strata_names, values["rows"])
    else:
        cluster, cluster_names, sampled = None, None, many.sampled(stratum, strata_names)
    fraction = fractions(survey, sums, stratum, strata_names, sampled, values)
    shifts = np.tile(shift, (len(groups), 1)) if shift.ndim == 1 else shift
    k = len(scores)
    first = {part: _columns([values[f"w{part}{i}"] for i in range(k)]) for part in PARTS}
    square = {pair: _columns([values[f"{pair}{i}"] for i in range(k)]) for pair in SQUARES}
    second, third = {}, {}
    if cluster is None:
        parts = [(part, i) for part in ("y", "x") for i in range(k)]
        second = {(p, q): values[f"{p[0]}{p[1]}*{q[0]}{q[1]}"] for p in parts for q in parts}
        third = {i: _columns([values[f"{name}{i}"] for name in CUBES]) for i in range(k) if may_be_skewed(scores[i])}
    if (
        design.lone_psu == "error"
        and (design.strata or design.psu)
        and np.any(sampled == 1)
        and np.any(fraction[sampled == 1] < 1)
    ):
        complain_of_lone(strata_names, sampled, design.strata, design.psu)
    return Totals(
        scores, groups, group, stratum, cluster, sampled, fraction, values["rows"],
        _columns([values[f"n{i}"] for i in range(k)]), first, square, second, third,
        {(i, j): values[f"n{i}&{j}"] for j in range(k) for i in range(j) if f"n{i}&{j}" in values},
        shifts, _left_out(request, sums, values, group >= 0),
        strata_names, cluster_names, design.lone_psu, _identity(survey.frame.native), None,
        None if many is None else _columns([values[f"psus{i}"] for i in range(k)]),
        {} if many is None else {power: _columns([values[f"power {power}{i}"] for i in range(k)]) for power in POWERS},
        None if many is None else many.overlap(groups, strata_names),
        None if many is None else lambda: summed(
            replace(request, by=(), where=None), replace(plan, by=(), inside=None), names, shift
        ),
    )  # fmt: skip


def checked(request: Request, sums: Sums, values: dict[str, np.ndarray]) -> tuple[np.ndarray, pd.DataFrame]:
    """Return each cell's group and the groups; raise for weights and answers that cannot be."""
    if not len(sums.inside) or not values["rows"].sum():
        raise NoRowsError(f"{request.place}: the frame has no rows.")
    if "bad weight" in values and values["bad weight"].sum() != 0:
        complain(request)
    group, groups = groups_of(sums, request.by, values["counted"] > 0)
    if values["bad"][group >= 0].sum() != 0:
        complain(request)
    check_finite(request, values, group >= 0)
    if not values["counted"].sum():
        weight = request.survey.design.weight
        raise DataError(f"Survey(weight=): the weights in column {weight!r} are all zero, so no one is represented.")
    return group, groups


def undivided(t: Totals) -> Totals:
    """Return the totals as if there were no groups and no domain: one line a PSU, or a stratum."""
    import pandas as pd

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
        groups=pd.DataFrame(index=range(1)),
        shift=t.shift[:1],
        group=np.zeros(lines, dtype=np.int64),
        stratum=stratum,
        cluster=None if t.cluster is None else np.arange(lines),
        rows=summed(t.rows),
        count=each(t.count),
        first={part: each(cells) for part, cells in t.first.items()},
        square={pair: each(cells) for pair, cells in t.square.items()},
        second={pair: summed(cells) for pair, cells in t.second.items()},
        third={i: each(cells) for i, cells in t.third.items()},
        shared={pair: summed(cells) for pair, cells in t.shared.items()},
    )


def _identity(native: Any) -> Any:
    """Return a token that is the same object for the same frame, without keeping the frame alive where that can be."""
    try:
        return weakref.ref(native)
    except TypeError:
        return native


def _times(values: np.ndarray, factor: float) -> np.ndarray:
    return values if factor == 1 else factor * values


def _columns(columns: Sequence[np.ndarray]) -> np.ndarray:
    """Return the arrays as columns that are each contiguous, since they are summed one by one."""
    return np.array(columns).T


def _left_out(request: Request, sums: Sums, values: dict[str, np.ndarray], inside: np.ndarray) -> LeftOut:
    """Count the rows outside the domain; `inside` says which cells hold some of it."""
    rows, chosen = values["rows"], sums.inside
    labelled = chosen & _labelled(sums, request.by)
    return LeftOut(
        rows=int(rows.sum()),
        outside_where=int(rows[~chosen].sum()),
        missing_by={name: int(rows[chosen & (sums.keys[name].codes < 0)].sum()) for name in request.by},
        zero_weight=int((rows - values["counted"])[labelled].sum()),
        no_answer=_no_answer(
            request.scores, [(values["counted"] - values[f"n{i}"])[inside].sum() for i in range(len(request.scores))]
        ),
    )


def _no_answer(scores: Sequence[Score], missing: Sequence[float]) -> dict[str, int]:
    """Return how many answers are missing, told once for scores that ask the same columns and miss as many."""
    alike: dict[tuple[tuple[str, ...], int], list[str]] = {}
    for score, count in zip(scores, missing, strict=True):
        alike.setdefault((tuple(sorted(score.base.columns())), int(count)), []).append(place_of(score))
    told: dict[str, int] = {}
    for (_, count), places in alike.items():
        names = list(dict.fromkeys(places))
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        told[shown] = max(told.get(shown, 0), count)
    return told


def _labelled(sums: Sums, by: Sequence[str]) -> np.ndarray:
    """Tell of each cell whether it has a label in every grouping column."""
    known = np.ones(len(sums.inside), dtype=bool)
    for name in by:
        known &= sums.keys[name].codes >= 0
    return known


def groups_of(sums: Sums, by: Sequence[str], counted: np.ndarray) -> tuple[np.ndarray, pd.DataFrame]:
    """Return each cell's group (-1 outside the domain) and the labels of the groups, sorted."""
    import pandas as pd

    inside = sums.inside & counted & _labelled(sums, by)
    group = np.where(inside, 0, -1)
    if not by:
        return group, pd.DataFrame(index=range(1))
    code, names = dense([sums.keys[name].codes[inside] for name in by])
    group[inside] = code
    labels = {name: sums.keys[name].levels.iloc[found].array for name, found in zip(by, names, strict=True)}
    return group, pd.DataFrame(labels, index=range(len(names[0])))
