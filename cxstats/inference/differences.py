"""Differences within one estimate: of successive periods, and of all pairs of groups."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from cxstats.errors import ArgumentError, NoGroupError
from cxstats.inference import picking
from cxstats.inference.periods import positions

if TYPE_CHECKING:
    from cxstats.inference.estimate import Estimate


def successive(estimate: Estimate, over: str | None = None) -> Estimate:
    """Return the difference of each period from the one before it, with their joint covariance.

    ``y_2 - y_1, y_3 - y_2, ...`` in the order of time, whatever the order of the rows.

    Parameters
    ----------
    estimate : Estimate
        From `measure`, by periods.
    over : str, optional
        The label column that holds the periods, as in `Estimate.trend`. By default the only ``by`` column.

    Returns
    -------
    Estimate
        One row less than periods (for each combination of the labels left over), labelled by ``contrast``: "2025 - 2024";
        in the unit of the measure. Differences of shares have MOVER intervals, others t intervals.

    Raises
    ------
    ArgumentError
        If there is no such label, fewer than two periods, or their order is unknown.

    Notes
    -----
    A period that is not there is passed over: the difference then spans the gap, and its label says so. The largest of the
    differences below 0, ``extreme(successive(estimate))``, says "worse every year".

    References
    ----------
    Kish, L. (1965). *Survey Sampling*, ch. 12. Wiley.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> answers = pd.DataFrame({"overall": [5, 4, 4, 4, 3, 4], "year": [2025, 2025, 2024, 2024, 2026, 2026]})
    >>> cx.successive(cx.measure(answers, cx.mean("overall"), by="year")).frame()[["contrast", "estimate"]]
          contrast  estimate
    0  2025 - 2024       0.5
    1  2026 - 2025      -1.0
    """
    over, sets, labels = picking.series_over(estimate.labels, over, estimate._rows, place="successive")
    periods = estimate.labels[over]
    later, earlier, series, names = [], [], [], []
    for i, rows in enumerate(sets):
        found = periods.iloc[rows].tolist()
        if len(found) < 2:
            raise NoGroupError(f"successive(over={over!r}): there is one period only ({found[0]!r}); two are needed.")
        steps, _ = positions(found, ordered=hasattr(periods, "cat"), place="successive")
        order = np.argsort(steps, kind="stable")
        later.append(rows[order[1:]])
        earlier.append(rows[order[:-1]])
        series += [i] * (len(order) - 1)
        names += [f"{found[b]} - {found[a]}" for a, b in pairwise(order)]
    table = labels.drop(columns="trend").iloc[series].reset_index(drop=True)
    table["contrast"] = names
    return estimate._difference(np.concatenate(later), np.concatenate(earlier), table, "successive")


def all_pairs(estimate: Estimate, place: str) -> tuple[np.ndarray, np.ndarray, Estimate]:
    """Return the rows of each pair and their differences (the later minus the earlier one); all rows are one set."""
    labels = estimate.labels
    by = [name for name in labels.columns if name != "metric"]
    if by and labels["metric"].nunique() > 1:
        raise ArgumentError(f"{place}: there are several metrics in several groups. Choose one with pick(metric=...).")
    if len(estimate) < 2:
        raise NoGroupError(f"{place}: there is one group only; two are needed.")
    b, a = np.triu_indices(len(estimate), 1)
    named = row_names(estimate)
    table = labels[["metric"]].iloc[a].reset_index(drop=True)
    table["contrast"] = [f"{named[i]} - {named[j]}" for i, j in zip(a, b, strict=True)]
    return a, b, estimate._difference(a, b, table, place)


def row_names(estimate: Estimate) -> list[str]:
    """Return what tells the rows apart, as text: the labels that differ, or the metric."""
    labels = estimate.labels
    telling = [name for name in labels.columns if name != "metric" and labels[name].nunique(dropna=False) > 1]
    names = telling or [name for name in labels.columns if name != "metric"][:1]
    if labels["metric"].nunique() > 1 or not names:
        names = ["metric", *telling]
    return [", ".join(str(value) for value in row) for row in labels[names].itertuples(index=False, name=None)]
