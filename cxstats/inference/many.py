"""Many PSUs, such as the customers of a contact log: their totals stay on the engine, and only moments of them leave it.

Rows are summed by PSU and group, these sums (and their products) by stratum and group: two passes in one query. Everything
that PSUs are needed for follows from moments: the variance from squares, the skewness from cubes, the degrees of freedom from
counts, and the covariance of two groups from products over the PSUs that are in both, asked for when it is first needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from cxstats.errors import DataError, DesignError
from cxstats.expression import Expression, Literal, col, when
from cxstats.inference.plan import CUBES, Entered, Sum, may_be_skewed
from cxstats.inference.request import Request
from cxstats.inference.sampling import numbered, straddling
from cxstats.memory import Plan, Sums

if TYPE_CHECKING:
    import pandas as pd

FEW_PSUS = 100_000  # the sums of so many leave the engine as they are
CHANGED = (
    "the frame is not the one that was measured any more. What PSUs of several groups have in common is asked of the engine "
    "when a contrast or a covariance needs it: measure again, and ask before the table changes."
)
RHO = 0.05  # the correlation within PSUs that small samples are judged with
POWERS = ("x", "xx", "u", "uu", "ux", "uxx", "uux")  # of a PSU's part x of the base, and of the variance u of its total
PARTS = ("y", "x")
Part = tuple[str, int]


class Many:
    """The sums that a plan asks for and moments of the PSUs' sums, by stratum and group.

    Attributes
    ----------
    sums : Sums
        Lines are strata x groups.
    values : dict of array
        By the names of the plan; ``"y0*x1"`` sums products of PSUs' totals, ``"yyy0"`` cubes, ``"psus0"`` counts the PSUs with
        an answer, ``"power ux0"`` and the like are the moments that `small_sample` needs.
    """

    def __init__(self, request: Request, plan: Plan, names: Mapping[str, Sum]) -> None:
        design = request.survey.design
        frame: Any = request.survey.frame
        self._request, self._names = request, names
        self._place = {product: f"sum{i}" for i, product in enumerate(plan.products)}
        keys = list(dict.fromkeys([*plan.keys, *plan.by]))
        self._key = {name: f"key{i}" for i, name in enumerate(keys)}
        self.lines: Any = frame.cells(plan)
        self._inside = None if plan.inside is None else col("inside")
        columns, products = self._asked()
        asked = list(dict.fromkeys(products.values()))
        found = self.lines.sums(Plan(columns, asked, self._keys(design.strata), self._keys(plan.by), self._inside))
        self.sums = Sums({n: found.keys[self._key[n]] for n in (*design.strata, *plan.by)}, found.inside, found.values)
        self.values = {name: found.values[product] for name, product in products.items()}
        for name, told in names.items():
            if told.times != 1:
                self.values[name] = told.times * self.values[name]
        self._size = self._rows()
        if self.values["no psu"].sum():
            raise DesignError(
                f"Survey: the columns {', '.join(map(repr, design.psu))} of the design have missing values. Every row needs "
                "its stratum and its PSU: repair them, or drop those rows before."
            )

    def _keys(self, names: Sequence[str]) -> list[str]:
        return [self._key[name] for name in names]

    def _sum(self, name: str) -> Expression:
        """Return the sum of a PSU in a group that a name of the plan stands for, without its factor."""
        return col(self._place[self._names[name].product])

    def _asked(self) -> tuple[dict[str, Expression], dict[str, tuple[str, ...]]]:
        """Return the columns of a PSU's line, and which products of them each name of the moments is."""
        column = Entered("m")
        design, scores = self._request.survey.design, self._request.scores
        missing: Expression = Literal(False)
        for key in self._keys(design.psu):
            missing = missing | col(key).is_missing()
        products: dict[str, tuple[str, ...]] = {name: (column(self._sum(name)),) for name in self._names}
        products |= {"no psu": (column(when(missing, 1.0, 0.0)),), "lines": (column(Literal(1.0)),)}
        flat = {f"{part}{k}": column(self._sum(f"w{part}{k}")) for part in PARTS for k in range(len(scores))}
        products |= {f"{p}*{q}": tuple(sorted((a, b))) for p, a in flat.items() for q, b in flat.items()}
        for k, score in enumerate(scores):
            x, n = self._sum(f"wx{k}"), self._sum(f"n{k}")
            there = when(n > 0, 1.0, 0.0)
            products[f"psus{k}"] = (column(there),)
            of = {"x": column(x * there), "u": column(when(n > 0, x * x * (RHO + (1 - RHO) / n), 0.0))}
            products |= {f"power {power}{k}": tuple(of[letter] for letter in power) for power in POWERS}
            if may_be_skewed(score):
                y, per = flat[f"y{k}"], flat[f"x{k}"]
                products |= {f"{cube}{k}": tuple(y if p == "y" else per for p in cube) for cube in CUBES}
        return column.columns, products

    def _rows(self) -> float:
        """Return how many rows the frame has now, before anything is computed of them."""
        frame, keys = cast("Any", self._request.survey.frame), list(self._request.survey.design.psu)
        counted: Sums = frame.first_with(keys).sums(
            Plan({"row": when(col(keys[0]).is_answered(), 1.0, 0.0)}, [("row",)])
        )
        return float(counted.values["row",].sum())

    def sampled(self, stratum: np.ndarray, names: Sequence[str]) -> np.ndarray:
        """Return the number of PSUs of each stratum, in the domain or not; raise for PSUs of two strata."""
        design = self._request.survey.design
        if not self._request.by and self._inside is None:
            self._whole(self.lines, self._key)
            return np.bincount(stratum, weights=self.values["lines"], minlength=len(names))
        keys, frame = list(dict.fromkeys([*design.strata, *design.psu])), cast("Any", self._request.survey.frame)
        place = {name: f"key{i}" for i, name in enumerate(keys)}
        psus = frame.first_with(keys).cells(Plan({"one": Literal(1.0)}, [("one",)], keys))
        self._whole(psus, place)
        found = psus.sums(
            Plan({"one": when(col("sum0") > 0, 1.0, 0.0)}, [("one",)], [place[name] for name in design.strata])
        )
        of, _ = self._strata(found, place)
        return np.bincount(of, weights=found.values["one",], minlength=len(names))

    def _strata(self, sums: Sums, place: Mapping[str, str]) -> tuple[np.ndarray, list[str]]:
        """Return the number of each line's stratum, and the strata's names."""
        strata = self._request.survey.design.strata
        return numbered(Sums({name: sums.keys[place[name]] for name in strata}, sums.inside, {}), strata)

    def _whole(self, psus: Any, place: Mapping[str, str]) -> None:
        """Raise `DesignError` for PSUs that lie in more than one stratum; `psus` has one row for each PSU of each stratum."""
        design = self._request.survey.design
        if not design.strata or design.nest:
            return
        strata = psus.cells(Plan({"one": Literal(1.0)}, [("one",)], [place[name] for name in design.psu]))
        found = strata.sums(Plan({"more": when(col("sum0") > 1, 1.0, 0.0)}, [("more",)]))
        if count := int(found.values["more",].sum()):
            raise straddling(count)

    def overlap(self, groups: pd.DataFrame, strata: Sequence[str]) -> Overlap | None:
        """Return what PSUs in several groups have in common, None if none can be."""
        design, by = self._request.survey.design, self._request.by
        same = self._keys(list(dict.fromkeys([*design.strata, *design.psu])) if design.nest else design.psu)
        unlike = [place for place in self._keys(by) if place not in same]
        return Overlap(self, tuple(same), tuple(unlike), groups, tuple(strata)) if unlike else None

    def in_common(self, same: Sequence[str], unlike: Sequence[str]) -> Sums:
        """Return sums over the PSUs in two groups of products of their totals in each, by stratum and pair of groups."""
        design, by = self._request.survey.design, self._request.by
        known: Expression = Literal(True) if self._inside is None else self._inside
        for place in self._keys(by):
            known = known & col(place).is_answered()
        count, columns = len(self._request.scores), dict[str, Expression]()
        for k in range(count):
            for part in PARTS:
                name = self._place[self._names[f"w{part}{k}"].product]
                columns |= {f"{part}{k}": col(name), f"other {part}{k}": col(f"other {name}")}
            name = self._place[self._names[f"n{k}"].product]
            columns |= {f"n{k}": when(col(name) > 0, 1.0, 0.0), f"other n{k}": when(col(f"other {name}") > 0, 1.0, 0.0)}
        flat = [f"{part}{k}" for part in PARTS for k in range(count)]
        products = [(a, f"other {b}") for a in flat for b in flat]
        products += [(f"n{i}", f"other n{j}") for i in range(count) for j in range(count)]
        others = [place if place in same else f"other {place}" for place in self._keys(by)]
        keys = list(dict.fromkeys([*self._keys(design.strata), *self._keys(by), *others]))
        if self._rows() != self._size:
            raise DataError(CHANGED)
        found: Sums = self.lines.pairs(same, unlike, known).sums(Plan(columns, products, keys))
        return found

    def group_of(self, sums: Sums, groups: pd.DataFrame, other: str = "", same: Sequence[str] = ()) -> np.ndarray:
        """Return the number of the group that each line belongs to, -1 for none that is left."""
        import pandas as pd

        labels, found = [], []
        for name in self._request.by:
            key = sums.keys[self._key[name] if self._key[name] in same else f"{other}{self._key[name]}"]
            held = key.levels.to_numpy(dtype=object)
            labels.append(pd.Index(held).get_indexer(pd.Index(groups[name].to_numpy(dtype=object))))
            found.append(key.codes)
        at = {tuple(codes): g for g, codes in enumerate(zip(*labels, strict=True))}
        return np.asarray(
            [at.get(codes, -1) for codes in zip(*(c.tolist() for c in found), strict=True)], dtype=np.int64
        )

    def stratum_of(self, sums: Sums, strata: Sequence[str]) -> np.ndarray:
        """Return the number of the stratum that each line belongs to."""
        found, names = self._strata(sums, self._key)
        return np.asarray([strata.index(name) for name in names], dtype=np.int64).take(found)


@dataclass(frozen=True)
class Overlap:
    """What PSUs have in common that are in several groups; asked of the engine when first needed."""

    many: Many
    same: tuple[str, ...]
    unlike: tuple[str, ...]
    groups: pd.DataFrame
    strata: tuple[str, ...]

    @cached_property
    def _lines(self) -> tuple[Sums, np.ndarray, np.ndarray, np.ndarray]:
        """The sums, the lines of groups that count, and the two groups of each of these."""
        sums = self.many.in_common(self.same, self.unlike)
        one = self.many.group_of(sums, self.groups)
        two = self.many.group_of(sums, self.groups, "other ", self.same)
        kept = np.flatnonzero((one >= 0) & (two >= 0))
        return sums, kept, one[kept], two[kept]

    @cached_property
    def stratum(self) -> np.ndarray:
        """The stratum of each line."""
        return np.asarray(self.many.stratum_of(self._lines[0], self.strata)[self._lines[1]])

    @property
    def pair(self) -> tuple[np.ndarray, np.ndarray]:
        """The two groups of each line."""
        return self._lines[2:]

    def products(self, p: Part, q: Part) -> np.ndarray:
        """Return the sums of products of part p in the first group and part q in the second."""
        return self._lines[0].values[f"{p[0]}{p[1]}", f"other {q[0]}{q[1]}"].take(self._lines[1])

    def psus(self, i: int, j: int) -> np.ndarray:
        """Return how many PSUs have an answer to score i in one group and to score j in the other: groups x groups."""
        (one, two), size = self.pair, len(self.groups)
        both = self._lines[0].values[f"n{i}", f"other n{j}"][self._lines[1]]
        return np.asarray(np.bincount(one * size + two, both, size * size).reshape(size, size))
