"""What is known of the errors behind a function of estimates; a variance can be lent to answers that are all alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from cxstats.inference.estimate import Estimate


class Known(NamedTuple):
    """A covariance matrix, 0 where it is unknown; which rows have no variance; and notes."""

    covariance: np.ndarray
    unknown: np.ndarray
    note: np.ndarray


def as_it_is(e: Estimate) -> Known:
    """Return what is known of the rows of an estimate."""
    unknown = e._rows.unknown
    return Known(np.where(unknown[:, None] | unknown, 0.0, e._covariance.matrix()), unknown, e._rows.note)


def lent(e: Estimate) -> Known:
    """Return the same once rows whose answers are all alike have borrowed a variance, so that a slope over them is known.

    It is that of a share of the scale with one more answer at either end, on what the answers are worth.
    """
    known, rows, m = as_it_is(e), e._rows, e.n_effective
    with np.errstate(divide="ignore", invalid="ignore"):
        span = rows.high - rows.low
        share = ((e.values - rows.low) / span * m + 1) / (m + 2)
        variance = span**2 * share * (1 - share) / m
    alike = rows.unknown & np.isin(rows.family, ("share", "balance", "mean")) & (e.df > 0) & np.isfinite(variance)
    at = np.flatnonzero(alike)
    known.covariance[at, at] = variance[at]
    said = "a period whose answers are all alike borrows its variance"
    return Known(known.covariance, rows.unknown & ~alike, np.where(alike, said, rows.note))
