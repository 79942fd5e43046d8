"""What a model estimates from rows, as an `Estimate`: each row's influence is a column, and its total is measured.

An estimate theta that solves ``sum_i w_i u_i(theta) = 0`` moves by ``z_i = -H^-1 u_i`` with row i, H the derivative of the
sum. Its design-based covariance is that of the weighted totals of z (Binder 1983): strata, clusters, finite populations and
domains are those of every other estimate, and what one call fits for several groups has one covariance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats import frames
from cxstats.errors import DataError
from cxstats.inference.estimate import Estimate
from cxstats.inference.known import as_it_is
from cxstats.inference.leverage import Informed, Psus, Sight
from cxstats.inference.measure import measure
from cxstats.inference.small_sample import INFLUENCE
from cxstats.inference.variance import Dense
from cxstats.metrics import total
from cxstats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

REMARK = "Note: "
WIDE = (
    -1e150,
    1e150,
)  # a scale for influence, so that no skewness is asked for: that of the parts is not that of their sums


def gathered(survey: Any, columns: Sequence[str]) -> Survey:
    """Return the survey on a pandas frame of its design's columns and those named, for models that need rows.

    Rows come once, in one order; weights, strata, clusters and the mark of synthetic data stay as they were.
    """
    survey = survey if isinstance(survey, Survey) else Survey(survey)
    frame = frames.in_memory(survey.frame, [*survey.design.columns(), *columns])
    return designed(survey, frame)


def weights(survey: Survey) -> np.ndarray:
    """Return the rows' weights, 1 where there are none; raise `DataError` for weights that cannot be."""
    weight = survey.design.weight
    column = frames.in_memory(survey.frame, [weight] if weight else survey.frame.columns[:1])
    if not weight:
        return np.ones(len(column))
    found = column[weight].to_numpy(dtype=np.float64, na_value=np.nan)
    bad = np.flatnonzero(~(np.isfinite(found) & (found >= 0)))
    if len(bad):
        raise DataError(
            f"Survey(weight=): column {weight!r} holds {found[bad[0]]:g} in row {bad[0] + 1} ({len(bad):,} such rows); weights "
            "are 0 or more and never missing. Leave those rows out, or give them a weight."
        )
    if not found.any():
        raise DataError(f"Survey(weight=): the weights in column {weight!r} are all zero, so no one is represented.")
    return found


def from_influence(
    survey: Survey,
    values: np.ndarray,
    influence: np.ndarray,
    labels: pd.DataFrame,
    *,
    unit: str | Sequence[str] = "",
    left_out: Sequence[str] = (),
    models: Sequence[tuple[Informed, np.ndarray]] = (),
    group: Sequence[int] | None = None,
) -> Estimate:
    """Return values with the design-based covariance that the influence of the rows gives.

    What the PSUs do not tell of a model (`leverage`) takes degrees of freedom; a variance that they hide is NaN.

    Parameters
    ----------
    survey : Survey
        As from `gathered`.
    values : array of k numbers
        The estimates.
    influence : array, rows x k
        By how much each estimate moves for a weight of 1 more on the row; NaN for rows that it does not rest on.
    labels : DataFrame of k rows
        With a column ``metric``.
    unit : str, or one for each
        Units of the values.
    left_out : sequence of str
        What was left out, in words; counts of rows. What begins with "Note: " is a remark of its own.
    models : sequence of (Informed, array k x coefficients)
        The models behind the values, each with the slopes of the values by its coefficients.
    group : sequence of int, optional
        The group whose answers each value rests on: those of different groups are different people. One for all unless given.
    """
    import pandas as pd

    names, design = [f"influence {k}" for k in range(len(values))], survey.design.columns()
    frame = pd.DataFrame(influence, columns=names)
    if design:
        frame = pd.concat([frames.in_memory(survey.frame, design).reset_index(drop=True), frame], axis=1)
    totals = measure(designed(survey, frame), [replace(total(name), range=WIDE, variant=INFLUENCE) for name in names])
    totals._origin = replace(totals._origin, left_out=told(len(frame), left_out))
    if group is not None:
        totals._origin = replace(totals._origin, group=np.asarray(group, dtype=np.int64))
    units = np.asarray([unit] * len(values) if isinstance(unit, str) else list(unit), dtype=object)
    each, sight = np.eye(len(values)), Sight(Psus.read(survey), tuple(models)) if models else None
    if sight is not None:
        _tell(totals, *sight.known)
    return totals._linear(np.asarray(values, dtype=np.float64), each, each != 0, labels, units, as_it_is(totals), sight)


def with_covariance(estimate: Estimate, covariance: np.ndarray, note: str) -> Estimate:
    """Return the estimate with a covariance that a model gives instead of the design's, said in a note."""
    size = len(estimate)
    rows = replace(
        estimate._rows, note=np.full(size, note, dtype=object), unknown=~np.isfinite(np.diagonal(covariance)),
        n_effective=np.full(size, np.nan),
    )  # fmt: skip
    return Estimate(
        estimate.values, estimate.labels, rows, Dense(covariance), estimate._origin, df=np.full(size, np.inf),
        uses=estimate._uses,
    )  # fmt: skip


def designed(survey: Survey, frame: Any) -> Survey:
    """Return a survey of other columns with the design and the mark of this one."""
    d = survey.design
    made = Survey(frame, d.weight, list(d.strata) or None, list(d.psu) or None, d.fpc, d.lone_psu, d.nest)
    made.synthetic = survey.synthetic
    return made


def _tell(totals: Estimate, bias: np.ndarray, df: np.ndarray) -> None:
    """Give the totals the bias and the degrees of freedom that models leave, for functions that forget the models."""
    origin, hidden = totals._origin, np.isinf(bias)
    every = np.fmax(origin.support.each(), 1.0)
    part = np.where(hidden | np.isnan(df), 1.0, np.clip(df / every, 0.0, 1.0))
    small = replace(
        origin.small, passes=tuple(replace(t, bias=np.where(hidden, 1.0, bias)) for t in origin.small.passes)
    )
    totals._origin = replace(origin, support=replace(origin.support, part=part), small=small)


def told(rows: int, left_out: Sequence[str]) -> tuple[str, ...]:
    """Return in words what was left out of so many rows, and remarks."""
    gone = [said for said in left_out if not said.startswith(REMARK)]
    remarks = [said.removeprefix(REMARK) for said in left_out if said.startswith(REMARK)]
    return f"left out of {rows:,} rows: {', '.join(gone) if gone else 'none'}", *remarks
