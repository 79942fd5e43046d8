"""What verdicts make of a standard error: its bias, its degrees of freedom, and the skewness beside it.

An estimate that one pass measured has those of `small_sample` and `skewness`. A difference, or another linear function, has the
worst bias of its terms, the third cumulants of all, and Welch's degrees of freedom, if those are fewer: a difference between
three answers and three hundred is known no better than the three.

Welch, B. L. (1947). The generalization of Student's problem when several different population variances are involved.
*Biometrika* 34.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cxstats.inference.estimate import Estimate


@dataclass(frozen=True)
class Terms:
    """A linear function of the rows of an estimate: its slopes, results x rows."""

    source: Estimate
    jacobian: np.ndarray

    def take(self, rows: np.ndarray) -> Terms:
        """Return some of the results."""
        return Terms(self.source, self.jacobian[rows])


def guarded_spread(e: Estimate) -> tuple[np.ndarray, np.ndarray]:
    """Return standard errors and degrees of freedom that allow for PSUs of unequal size, small domains and small sides."""
    bias, kept = e._small
    df = np.maximum(e.df * kept, np.minimum(e.df, 1.0))
    variance, of = _shares(e)
    if len(variance):
        with np.errstate(divide="ignore", invalid="ignore"):
            welch = variance.sum(axis=0) ** 2 / (variance**2 / of).sum(axis=0)
        df = np.where(np.isfinite(welch), np.fmin(df, np.maximum(welch, 1.0)), df)
    return e.std_error * np.sqrt(bias), df


def _shares(e: Estimate) -> tuple[np.ndarray, np.ndarray]:
    """Return the variance that each term brings, terms x rows, and its degrees of freedom; empty if there are no terms."""
    if e._parts is not None:
        spreads = [part._guarded_spread for part in e._parts]
        return np.stack([np.nan_to_num(se) ** 2 for se, _ in spreads]), np.stack(
            [np.fmax(df, 1.0) for _, df in spreads]
        )
    if e._terms is not None:
        se, df = e._terms.source._guarded_spread
        variance = (e._terms.jacobian**2 * np.nan_to_num(se) ** 2).T
        return variance, np.broadcast_to(np.fmax(df, 1.0)[:, None], variance.shape)
    return np.zeros((0, len(e))), np.zeros((0, len(e)))


def third(e: Estimate) -> np.ndarray:
    """Return third cumulants of amounts and of their linear functions; 0 elsewhere."""
    if e._parts is not None:
        return np.asarray(e._parts[0]._third - e._parts[1]._third)
    if e._terms is not None:
        return np.asarray(e._terms.jacobian**3 @ e._terms.source._third)
    amounts = np.isin(e._rows.family, ("mean", "ratio", "total"))
    if not amounts.any():
        return np.zeros(len(e))
    first = np.asarray([used[0] for used in e._used(np.arange(len(e)))])
    return np.where(amounts, e._origin.small.third[first], 0.0)
