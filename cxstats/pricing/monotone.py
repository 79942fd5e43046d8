"""Shares that cannot rise with the price: neighbours that seem to are pooled, weighted by their answers, until none does.

Given which are pooled, each pooled share is a weighted mean of shares, and its errors are those of that mean.

Ayer, M. et al. (1955). An empirical distribution function for sampling with incomplete information. *Ann. Math. Statist.* 26.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cxstats.inference.estimate import Estimate
from cxstats.inference.known import as_it_is
from cxstats.inference.variance import Dense


def pooled(raw: Estimate) -> Estimate:
    """Return the shares with neighbours pooled until none rises with the price; unchanged where none does."""
    labels = raw.labels
    prices, groups = labels["price"].to_numpy(), len(labels) // labels["price"].nunique()
    average, note = np.eye(len(raw)), raw._rows.note.copy()
    weight = np.where(np.isfinite(raw._rows.represented), raw._rows.represented, raw.n)
    for g in range(groups):
        rows = np.arange(g, len(raw), groups)
        for block in falling(raw.values[rows], weight[rows]):
            if len(block) > 1:
                at = rows[block]
                average[np.ix_(at, at)] = weight[at] / weight[at].sum()
                note[at] = f"pooled over {' and '.join(f'{p:g}' for p in prices[at])}: acceptance rose with the price"
    if (average == np.eye(len(raw))).all():
        return raw
    known = as_it_is(raw)
    values = average @ np.where(raw.n > 0, raw.values, 0.0)
    joint = Dense(average @ known.covariance @ average.T)
    together = (average > 0).sum(axis=1) > 1
    with np.errstate(divide="ignore", invalid="ignore"):
        worth = values * (100 - values) / joint.diagonal()
    unknown = np.where(together, ~(joint.diagonal() > 0), raw._rows.unknown)
    uses = [
        np.unique(np.concatenate([raw._used(np.arange(len(raw)))[i] for i in np.flatnonzero(row)])) for row in average
    ]
    rows_of = replace(
        raw._rows, note=note, unknown=unknown, simple=raw._rows.simple & ~together,
        n_effective=np.where(together & ~unknown, worth, raw._rows.n_effective),
        most=np.where(together, raw.n, raw._rows.most),
    )  # fmt: skip
    values[raw.n == 0] = np.nan
    return Estimate(values, labels, rows_of, joint, raw._origin, df=raw.df, uses=uses)


def falling(shares: np.ndarray, weight: np.ndarray) -> list[list[int]]:
    """Return the blocks that pool-adjacent-violators makes of shares that should not rise; a missing share stands alone."""
    blocks: list[list[int]] = []
    for k in range(len(shares)):
        if np.isnan(shares[k]):
            continue
        blocks.append([k])
        while len(blocks) > 1 and _mean(shares, weight, blocks[-1]) > _mean(shares, weight, blocks[-2]) + 1e-9:
            last = blocks.pop()
            blocks[-1] += last
    return blocks


def _mean(shares: np.ndarray, weight: np.ndarray, block: list[int]) -> float:
    return float(weight[block] @ shares[block] / weight[block].sum())
