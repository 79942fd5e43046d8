"""Rows of alternatives, read into choice sets and checked before anything is computed.

A set is a task, of a respondent if one is named. It is left out as a whole if anything in it is missing; it must have two
alternatives or more, one of them chosen, and one respondent, weight and group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.errors import ColumnError, DataError, NoRowsError, listing, need_columns
from cxstats.inference.influence import REMARK, gathered, weights
from cxstats.memory import factorised, ordered
from cxstats.memory.keys import Cells
from cxstats.pricing.asked import codes
from cxstats.pricing.attributes import Attribute, coded, numbers_of
from cxstats.pricing.conditional import ChoiceSets
from cxstats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

PLACE = "choice_model"


@dataclass(frozen=True)
class Names:
    """The columns of a choice experiment."""

    task: str
    chosen: str
    attributes: Sequence[str]
    price: str
    respondent: str | None = None
    by: str | None = None

    def columns(self) -> dict[str, list[str]]:
        """Return the columns by the argument that names them."""
        needed = {"task": [self.task], "chosen": [self.chosen], "price": [self.price], "attributes": [*self.attributes]}
        optional = {"respondent": self.respondent, "by": self.by}
        return needed | {place: [name] for place, name in optional.items() if name is not None}


@dataclass(frozen=True)
class Reading:
    """What was read: `every` choice set as a row of a survey, and the sets that can be fitted, which are those `kept`.

    `group` numbers the group of each set, of which `groups` has the labels (one row each).
    """

    every: Survey
    sets: ChoiceSets
    kept: np.ndarray
    group: np.ndarray
    groups: pd.DataFrame
    attributes: tuple[Attribute, ...]
    left_out: tuple[str, ...]
    respondents: int = 0

    @property
    def terms(self) -> list[str]:
        """Names of the columns that the attributes make."""
        return [term for attribute in self.attributes for term in attribute.terms]


def read(survey: Survey, names: Names) -> Reading:
    """Return the choice sets of a survey of alternatives; raise for what cannot be a choice."""
    columns = names.columns()
    for place, given in columns.items():
        need_columns(f"{PLACE}({place}=)", given, survey.frame.columns)
    survey = gathered(survey, [name for given in columns.values() for name in given])
    frame: Any = survey.frame
    data: pd.DataFrame = frame.data
    if not len(data):
        raise NoRowsError(f"{PLACE}: the frame has no rows.")
    counts = weights(survey) > 0
    chosen = _chosen(frame, data, names.chosen, counts)
    coding = [_coded(frame, data, name, names.price, counts) for name in names.attributes]
    rows = _Rows(data, names)
    missing = {names.chosen: np.isnan(chosen)} | {a.name: gaps for a, _, gaps in coding}
    every = _one_row_a_set(survey, data.iloc[rows.order[rows.start]].reset_index(drop=True))
    rows.need_same([*survey.design.columns(), *([names.by] if names.by else [])])
    weight, groups = weights(every), rows.groups()
    left = {f"with a missing value ({_counts(rows, missing)})": rows.any_of(np.any(list(missing.values()), axis=0)),
            f"without {names.by}": groups[0] < 0, "with weight 0": weight == 0}  # fmt: skip
    kept, left_out = np.ones(len(rows.start), dtype=bool), []
    for why, gone in left.items():
        if (gone & kept).any():
            left_out.append(f"{(gone & kept).sum():,} {why}")
        kept &= ~gone
    if not kept.any():
        raise NoRowsError(f"{PLACE}: no choice set is left: {', '.join(left_out)}, of {len(kept):,}.")
    rows.need_choices(chosen, kept)
    x = np.concatenate([columns for _, columns, _ in coding], axis=1)[rows.order]
    sets = ChoiceSets(x, chosen[rows.order] == 1, rows.start, weight).take(kept)
    used = np.bincount(groups[0][kept], minlength=len(groups[1])) > 0
    number = np.where(kept, (np.cumsum(used) - 1)[groups[0]], -1)
    labels = groups[1][used].reset_index(drop=True)
    who = 0 if names.respondent is None else int(every.frame.data.loc[kept, names.respondent].nunique())  # type: ignore[attr-defined]
    values = {a.name: columns[:, 0] for a, columns, _ in coding if not a.levels}
    left_out += [f"{REMARK}{one}" for one in codes(values)]
    return Reading(every, sets, kept, number, labels, tuple(a for a, _, _ in coding), tuple(left_out), who)


def _one_row_a_set(survey: Survey, data: pd.DataFrame) -> Survey:
    """Return the first row of each set with the design and the mark of the survey."""
    d = survey.design
    made = Survey(data, d.weight, list(d.strata) or None, list(d.psu) or None, d.fpc, d.lone_psu, d.nest)
    made.synthetic = survey.synthetic
    return made


def _chosen(frame: Any, data: pd.DataFrame, name: str, counts: np.ndarray) -> np.ndarray:
    """Return 1 for chosen, 0 for not, NaN where it is missing."""
    if frame.kinds([name])[name] not in ("number", "boolean"):
        raise ColumnError(
            f"{PLACE}(chosen=): column {name!r} holds {frame.described(name)}, where true/false (or 1/0) is needed. "
            f"Say what means chosen, such as frame[{name!r}] == 'yes'; to_long() makes it from one row a choice set."
        )
    values = numbers_of(frame, data, name, f"{PLACE}(chosen=)")
    odd = np.flatnonzero(counts & ~np.isnan(values) & (values != 0) & (values != 1))
    if len(odd):
        raise DataError(
            f"{PLACE}(chosen=): column {name!r} holds {values[odd[0]]:g} in row {odd[0] + 1} ({len(odd):,} such rows); 1 means "
            "chosen and 0 not chosen. Code it so, or set it missing."
        )
    return values


def _coded(
    frame: Any, data: pd.DataFrame, name: str, price: str, counts: np.ndarray
) -> tuple[Attribute, np.ndarray, np.ndarray]:
    """Return an attribute, its columns and where it is missing; a price is a number, never negative."""
    if name != price:
        return coded(frame, data, name, f"{PLACE}(attributes=)")
    values = numbers_of(frame, data, name, f"{PLACE}(price=)")
    negative = np.flatnonzero(counts & (values < 0))
    if len(negative):
        raise DataError(
            f"{PLACE}(price=): column {name!r} holds {values[negative[0]]:g} in row {negative[0] + 1} ({len(negative):,} such "
            "rows); a price is 0 or more. Set codes for missing prices missing; where alternatives pay something back, add one "
            "amount to all prices: only differences within a choice set count."
        )
    return coded(frame, data, name, f"{PLACE}(price=)")


def _counts(rows: _Rows, missing: dict[str, np.ndarray]) -> str:
    counts = {name: int(rows.any_of(gaps).sum()) for name, gaps in missing.items()}
    return ", ".join(f"{name} {count:,}" for name, count in counts.items() if count)


class _Rows:
    """Which rows make which set: `order` puts rows of a set side by side, `start` is where each set begins in it."""

    def __init__(self, data: pd.DataFrame, names: Names) -> None:
        self.data, self.names = data, names
        keys = [names.task] if names.respondent is None else [names.respondent, names.task]
        factors = {name: factorised(data[name]) for name in keys}
        for argument, name in zip(("task", "respondent"), reversed(keys), strict=False):
            gaps = np.flatnonzero(factors[name][0] < 0)
            if len(gaps):
                raise DataError(
                    f"{PLACE}({argument}=): column {name!r} is missing in row {gaps[0] + 1} ({len(gaps):,} such rows), so no "
                    "one knows which choice set they belong to. Fill it in, or leave out all rows of those sets."
                )
        number = Cells(
            [codes for codes, _ in factors.values()], [len(f[1]) for f in factors.values()], len(data)
        ).number
        self.task = factors[names.task][0]
        self.order = np.argsort(number, kind="stable")
        self.start = np.flatnonzero(np.diff(number[self.order], prepend=-1))

    @cached_property
    def sizes(self) -> np.ndarray:
        return np.diff(self.start, append=len(self.order))

    def any_of(self, condition: np.ndarray) -> np.ndarray:
        """Tell of each set whether a row of it fulfils a condition."""
        return np.asarray(np.logical_or.reduceat(condition[self.order], self.start))

    def named(self, at: int) -> str:
        """Name a set, as messages do."""
        row, names = self.order[self.start[at]], self.names
        who = "" if names.respondent is None else f" of {names.respondent} {self.value(names.respondent, row)!r}"
        return f"{names.task} {self.value(names.task, row)!r}{who}"

    def value(self, column: str, row: int) -> Any:
        """Return one value, as Python writes it."""
        return self.data[column].iloc[[row]].tolist()[0]

    def groups(self) -> tuple[np.ndarray, pd.DataFrame]:
        """Return the group of each set (-1 for none), and the labels of groups."""
        import pandas as pd

        if self.names.by is None:
            return np.zeros(len(self.start), dtype=np.int64), pd.DataFrame(index=[0])
        key = ordered(*factorised(self.data[self.names.by]))
        return key.codes[self.order[self.start]], pd.DataFrame({self.names.by: key.levels})

    def need_same(self, columns: Sequence[str]) -> None:
        """Raise `DataError` for a set with two weights, strata, PSUs or groups."""
        for name in columns:
            codes = factorised(self.data[name])[0][self.order]
            apart = np.flatnonzero(codes != np.repeat(codes[self.start], self.sizes))
            if len(apart):
                at = int(np.searchsorted(self.start, apart[0], side="right")) - 1
                pair = [self.value(name, self.order[row]) for row in (self.start[at], apart[0])]
                hint = (
                    ""
                    if self.names.respondent
                    else " If tasks are numbered anew for each respondent, name respondent=."
                )
                raise DataError(
                    f"{PLACE}: {self.named(at)} has {pair[0]!r} and {pair[1]!r} in column {name!r}, but one respondent "
                    f"answers a choice set once.{hint}"
                )

    def need_choices(self, chosen: np.ndarray, kept: np.ndarray) -> None:
        """Raise `DataError` for sets of one alternative, with none or with several chosen."""
        taken = np.add.reduceat(np.nan_to_num(chosen[self.order]), self.start)
        wrong = {
            "one alternative only": self.sizes < 2,
            "no alternative chosen": taken == 0,
            "alternatives chosen": taken > 1,
        }
        for what, sets in wrong.items():
            found = np.flatnonzero(sets & kept)
            if not len(found):
                continue
            self._need_one_respondent(chosen, found)
            many = f"{taken[found[0]]:g} {what}" if what == "alternatives chosen" else what
            hint = "Leave such sets out, or mend them"
            if taken[found[0]] > 1 and self.names.respondent is None:
                hint = "If tasks are numbered anew for each respondent, name respondent=; else mend them"
            raise DataError(
                f"{PLACE}: {self.named(found[0])} has {many} ({len(found):,} such choice sets); a choice is one of two or more "
                f"alternatives. {hint}."
            )

    def _need_one_respondent(self, chosen: np.ndarray, found: np.ndarray) -> None:
        """Raise `DataError` if a set is in pieces because its task is put to two respondents: as one, it has one choice."""
        if self.names.respondent is None:
            return
        once = np.bincount(self.task, np.nan_to_num(chosen)) == 1
        firsts = self.order[self.start[found]]
        for row in firsts[once[self.task[firsts]]][:1].tolist():
            task, who = self.value(self.names.task, row), self.data[self.names.respondent][self.task == self.task[row]]
            if who.nunique() > 1:
                raise DataError(
                    f"{PLACE}: {self.names.task} {task!r} belongs to two respondents, {listing(who.unique().tolist(), 2)}, "
                    f"with one alternative chosen between them. Give its rows one {self.names.respondent}."
                )
