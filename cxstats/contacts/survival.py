"""The share of contacts that have not come again, by linearisation: two passes, whatever the number of days.

The first pass counts, by group, the bin of days in which each contact comes again or is last watched. From these counts follow
S(d), the product of ``1 - events / at risk``, and by how much each contact moves it,

    z(d) = -S(d) (1{came again in bin t <= d} / (R_t - E_t)  -  sum over bins s <= d at risk of E_s / (R_s (R_s - E_s)))

with E events and R at risk. The second pass measures the totals of z with customers as primary sampling units.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxstats import frames
from cxstats.contacts.left_out import exclusive, told
from cxstats.errors import NoRowsError
from cxstats.expression import Expression, Literal, Lookup, Passed, col, when
from cxstats.inference.estimate import Estimate
from cxstats.inference.influence import WIDE, designed
from cxstats.inference.measure import measure
from cxstats.inference.small_sample import INFLUENCE
from cxstats.inference.totals import groups_of
from cxstats.memory import Frame, Plan
from cxstats.score import Score
from cxstats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

LAST = "cx_last"  # twice the last bin in which a contact is at risk, one more if it comes again in it


@dataclass(frozen=True)
class Survival:
    """What two passes found.

    Attributes
    ----------
    groups : DataFrame
        Labels of the groups, sorted.
    at_risk, still : array, bins x groups
        Contacts at risk in each bin, and S at its end: unknown from where nobody is at risk, unless it is 0 before.
    counts : dict of str to int
        How many contacts each reason takes away of those that the ones before it left, and how many stay.
    change : Estimate
        Of each S (bins asked for, within them groups), the total of z: 0, with the covariance of S.
    """

    groups: pd.DataFrame
    at_risk: np.ndarray
    still: np.ndarray
    counts: dict[str, int]
    change: Estimate


def survival(
    survey: Survey,
    after: str,
    watched: str,
    ends: Sequence[float],
    asked: Sequence[int],
    base: Expression,
    by: Sequence[str],
    why: Mapping[str, Expression],
) -> Survival:
    """Return S for the rows of the base: days to the next contact in the column `after`, days until the log ends in `watched`.

    Bins end at the days `ends`; S is wanted at the ends numbered `asked`. Rows not in the base are counted by the reason `why`.
    """
    rows = frames.assigned(survey.frame, {LAST: _last(col(after), col(watched), ends)})
    base = base & (col(LAST) >= 2)
    groups, at_risk, events, counts = _counted(rows, base, by, len(ends), exclusive(why))
    with np.errstate(divide="ignore", invalid="ignore"):
        repeats = events / at_risk
        still = _still(repeats)
    stay = at_risk - events  # where all come again S is 0, and stays it
    jump = np.divide(1.0, stay, out=np.zeros_like(stay), where=stay > 0)
    step = np.where(stay > 0, np.nan_to_num(repeats), 0.0) * jump
    cells, size = 2 * (len(ends) + 1), len(groups)
    table = {}
    for place, t in enumerate(asked):
        z = np.zeros((size, cells))
        for q in range(1, len(ends) + 1):
            spent = step[: min(q, t + 1)].sum(axis=0)
            z[:, 2 * q] = spent
            z[:, 2 * q + 1] = spent - (jump[q - 1] if q <= t + 1 else 0.0)
        table[f"cx_z{place}"] = (np.nan_to_num(still[t])[:, None] * z).ravel()
    group: Expression = Literal(0.0)
    if by:
        group = Lookup(by, groups, np.arange(size, dtype=np.float64), "group")
    told = frames.coded(rows, group * float(cells) + col(LAST), table)
    scores = [Score(col(name), base, name, family="total", range=WIDE, variant=INFLUENCE) for name in table]
    change = measure(designed(survey, told), scores, by, base)
    return Survival(groups, at_risk, still, counts, change)


def _last(after: Expression, watched: Expression, ends: Sequence[float]) -> Expression:
    """Return twice the last bin at risk (from 1 on; 0 for none), one more if the contact comes again in it."""
    again = when(after.is_answered(), Passed(after, ends, reached=False), float(len(ends))) + 1
    seen = Passed(watched, ends, reached=True)
    return when(again <= seen, 2.0 * again + 1.0, 2.0 * seen)


def _counted(
    rows: Frame, base: Expression, by: Sequence[str], bins: int, why: Mapping[str, Expression]
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, dict[str, int]]:
    """Return the groups, of each bin and group how many are at risk and how many come again, and the rows by reason."""
    columns = {"one": when(base, 1.0, 0.0)} | {
        f"why {k}": when(holds, 1.0, 0.0) for k, holds in enumerate(why.values())
    }
    found = rows.sums(Plan(columns, [(name,) for name in columns], keys=[LAST], by=by, inside=base))
    counts = {reason: round(found.values[f"why {k}",].sum()) for k, reason in enumerate(why)}
    group, labels = groups_of(found, by, found.values["one",] > 0)
    known = group >= 0
    if not known.any():
        raise NoRowsError(f"resolution_curve: no first contact is left; {told(counts)}.")
    key = found.keys[LAST]
    cell = key.levels.to_numpy(dtype=np.float64)[key.codes[known]].astype(np.int64)
    table = np.zeros((2 * (bins + 1), len(labels)))
    np.add.at(table, (cell, group[known]), found.values["one",][known])
    leaving = table[::2] + table[1::2]
    return labels, np.cumsum(leaving[::-1], axis=0)[::-1][1:], table[3::2], counts


def _still(repeats: np.ndarray) -> np.ndarray:
    """Return the product of one minus the shares of repeats: 0 once it is, and unknown where none is watched."""
    with np.errstate(invalid="ignore"):
        product = np.cumprod(1 - repeats, axis=0)
        over = np.maximum.accumulate(product == 0, axis=0)
    return np.where(over, 0.0, product)
