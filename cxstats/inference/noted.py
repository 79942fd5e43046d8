"""Estimates that a model or a curve gives, with notes, and percentages as the shares they are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from cxstats.inference.estimate import Estimate


def noted(estimate: Estimate, notes: Any, withheld: Any = False, **given: np.ndarray) -> Estimate:
    """Return the estimate with a note more on each row, without the values withheld, with what else is given of its rows."""
    both = zip(estimate._rows.note, np.broadcast_to(np.asarray(notes, dtype=object), len(estimate)), strict=True)
    joined = np.asarray(["; ".join(filter(None, pair)) for pair in both], dtype=object)
    known = {"note": joined, "unknown": estimate._rows.unknown | withheld}
    rows = replace(estimate._rows, **(known | given))
    return Estimate(
        np.where(withheld, np.nan, estimate.values), estimate.labels, rows, estimate._covariance, estimate._origin,
        df=estimate.df, uses=estimate._uses, terms=estimate._terms, sight=estimate._sight,
    )  # fmt: skip


def as_shares(estimate: Estimate) -> Estimate:
    """Return percentages that a model gives as the shares they are: their intervals stay between 0 and 100 %."""
    size = len(estimate)
    with np.errstate(divide="ignore", invalid="ignore"):
        worth = estimate.values * (100 - estimate.values) / estimate.std_error**2
    return noted(
        estimate, "", family=np.full(size, "share", dtype=object),
        low=np.zeros(size), high=np.full(size, 100.0), n_effective=worth,
    )  # fmt: skip


def of_their_levels(estimate: Estimate, n: np.ndarray, metrics: int = 1, group: np.ndarray | None = None) -> Estimate:
    """Return values by level with the number of people of each level; those of different levels are different people."""
    every = np.tile(n.ravel(), metrics)
    made = noted(estimate, "", n=every)
    if (every != estimate.n).any():
        people = np.tile(np.arange(n.size), metrics) if group is None else group
        made._origin = replace(made._origin, base=every, group=people)
    return made
