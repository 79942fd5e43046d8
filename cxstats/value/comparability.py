"""Can the levels be compared at all? Who had which, how far they differ, and what weights make them alike.

A level that never goes with a label (or a range of numbers) says nothing of those people: no overlap, and no like-for-like
mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.errors import NotIdentifiedError, listing
from cxstats.inference.covariates import Covariate
from cxstats.inference.ranked import Levels
from cxstats.value.fits import Chances, Columns, Weighted

if TYPE_CHECKING:
    import pandas as pd

LARGE = 20.0  # times the mean weight of the level: extreme
SMALL = 0.3  # of a level's answers, in worth, once they are weighted: few carry it
APART = 0.1  # standard deviations between a level and the population after weighting (Austin 2009)
CERTAIN = 1e-6  # of a chance: who has no more never gets the level


@dataclass(frozen=True)
class Adjusted:
    """What columns stand for, the labels that others start from, and by what each was centred and scaled."""

    terms: Sequence[Covariate]
    base: Mapping[str, Any]
    units: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Comparable:
    """One group and outcome: columns adjusted for (after ones), each row's level, the chances of levels, and weights."""

    columns: Columns
    terms: tuple[Covariate, ...]
    base: Mapping[str, Any]
    units: tuple[tuple[float, float], ...]
    code: np.ndarray
    weight: np.ndarray
    population: np.ndarray
    chances: Chances
    weighted: tuple[Weighted, ...]

    @classmethod
    def of(
        cls, columns: Columns, adjusted: Adjusted, code: np.ndarray, weight: np.ndarray, levels: Levels,
        among: int | None, place: str,
    ) -> Comparable:  # fmt: skip
        """Return how rows compare; raise `NotIdentifiedError` where the columns decide the level of some rows."""
        size = len(levels.order)
        population = np.ones(len(code)) if among is None else (code == among).astype(np.float64)
        chances = Chances.of(code, size, columns, weight, place)
        low = chances.chance[population > 0]
        none = (low < CERTAIN).sum(axis=0)
        if none.any() and len(adjusted.terms):
            j = int(none.argmax())
            raise NotIdentifiedError(
                f"{place}: the columns of adjust= decide the level: {none[j]:,} of {len(low):,} rows have next to no chance of "
                f"level {levels.order[j]!r} ({levels.column}), so no one there is like them. Adjust for fewer columns, merge "
                "labels, or leave such rows out with where=."
            )
        weighted = tuple(Weighted.inverse(chances, j, among) for j in range(size))
        terms, base, units = tuple(adjusted.terms), adjusted.base, tuple(adjusted.units)
        return cls(columns, terms, base, units, code, weight, population, chances, weighted)

    def overlap(self, levels: Levels) -> pd.DataFrame:
        """Return by level the chances of it in the population, and what its weights do."""
        import pandas as pd

        lines = []
        for j, value in enumerate(levels.order):
            here = self.code == j
            w, v = self.weight[here], (self.weight * self.weighted[j].v)[here]
            chance, of = self.chances.chance[:, j], self.population > 0
            top = np.sort(v)[::-1][: max(1, round(0.01 * len(v)))]
            lines.append(
                {
                    levels.column: value,
                    "n": int(here.sum()),
                    "share": 100 * w.sum() / self.weight.sum(),
                    "lowest_chance": 100 * float(chance[of].min()),
                    "highest_chance": 100 * float(chance[of].max()),
                    "n_effective": _kish(v),
                    "n_unadjusted": _kish(w),
                    "largest_weight": float(
                        (self.weighted[j].v[here]).max() / np.average(self.weighted[j].v[here], weights=w)
                    ),
                    "top_percent": 100 * float(top.sum() / v.sum()),
                }
            )
        return pd.DataFrame(lines)

    def balance(self, levels: Levels) -> pd.DataFrame:
        """Return by column and level how far its mean is from the population's, before and after weighting, in its SDs."""
        import pandas as pd

        lines, w = [], self.weight * self.population
        for name, column, (centre, scale) in self._every_column():
            mean = np.average(column, weights=w)
            spread = np.sqrt(np.average((column - np.average(column, weights=self.weight)) ** 2, weights=self.weight))
            for j, value in enumerate(levels.order):
                here = self.code == j
                before, after = (
                    (np.average(column[here], weights=part[here]) - mean) / spread
                    for part in (self.weight, self.weight * self.weighted[j].v)
                )
                lines.append(
                    {
                        "term": name,
                        levels.column: value,
                        "population": centre + scale * mean,
                        "before": before,
                        "after": after,
                    }
                )
        return pd.DataFrame(lines, columns=["term", levels.column, "population", "before", "after"])

    def _every_column(self) -> Iterator[tuple[str, np.ndarray, tuple[float, float]]]:
        """Yield names and columns, also those of the labels that others start from, with what numbers were centred by."""
        for k, term in enumerate(self.terms, start=1):
            first = self.base.get(term.column)
            if first is not None and (k == 1 or self.terms[k - 2].column != term.column):
                others = [i for i, one in enumerate(self.terms, start=1) if one.column == term.column]
                rest = 1 - self.columns.x[:, others].sum(axis=1)
                yield Covariate(term.column, first).name, rest, (0.0, 1.0)
            yield term.name, self.columns.x[:, k], self.units[k - 1]

    def remarks(self, levels: Levels) -> list[str]:
        """Return in words which levels hang on few rows, and which columns still differ."""
        said = []
        for line in self.overlap(levels).to_dict("records"):
            if line["largest_weight"] > LARGE or line["n_effective"] < SMALL * line["n_unadjusted"]:
                said.append(
                    f"level {line[levels.column]!r}: weights that make it like the rest are extreme (the largest is "
                    f"{line['largest_weight']:.0f} times their mean; {line['n']:,} answers are worth {line['n_effective']:.0f})"
                )
        table = self.balance(levels)
        left = table[table["after"].abs() > APART]
        for value in dict.fromkeys(left[levels.column]):
            terms = left.loc[left[levels.column] == value, "term"].tolist()
            said.append(
                f"level {value!r}: {listing(terms, 3)} still differ{'s' if len(terms) == 1 else ''} from the rest by more than "
                f"{APART:g} standard deviations after weighting"
            )
        return said


def _kish(w: np.ndarray) -> float:
    return float(w.sum() ** 2 / (w**2).sum())


@dataclass(frozen=True)
class Apart:
    """Which rows have no counterparts at some level, by one column alone, and why, in words; which lie beyond numbers met."""

    said: tuple[str, ...]
    alone: np.ndarray
    outside: np.ndarray
    beyond: dict[str, int]
    idle: np.ndarray


def apart(
    data: pd.DataFrame,
    adjust: Sequence[str],
    labels: Sequence[str],
    code: np.ndarray,
    levels: Levels,
    among: int | None,
) -> Apart:
    """Return which rows of the population (level `among`, or all) have no counterparts at some level.

    A label that some level never has, or a number beyond those of some level. Rows of other levels with a label that the
    population never has are idle: they say nothing of it.
    """
    size, people = len(levels.order), np.ones(len(data), dtype=bool) if among is None else code == among
    alone, outside, idle = (np.zeros_like(people) for _ in range(3))
    said, beyond = [], {}
    for name in adjust:
        column = data[name]
        if name in labels:
            for label in column.unique():
                has = (column == label).to_numpy()
                never = [levels.order[j] for j in range(size) if not (has & (code == j)).any()]
                if not (has & people).any():
                    idle |= has
                elif never:
                    alone |= has
                    count = int(has.sum())
                    rows = f"{count:,} row{'s'[: count != 1]}"
                    said.append(f"none of the {rows} with {name} = {_shown(label)} is of level {listing(never)}")
            continue
        values = column.to_numpy(dtype=np.float64)
        low, high = (
            end([one(values[code == j]) for j in range(size)]) for end, one in ((np.max, np.min), (np.min, np.max))
        )
        if low > high:
            outside |= True
            said.append(
                f"levels have no {name} in common (it goes up to {high:g} at one, and begins at {low:g} at another)"
            )
            continue
        far = (values < low) | (values > high)
        outside |= far
        if (far & people).any():
            beyond[name] = int((far & people).sum())
    return Apart(tuple(said), alone, outside, beyond, idle)


def _shown(label: Any) -> str:
    return repr(label.item() if hasattr(label, "item") else label)
