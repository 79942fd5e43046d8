"""Which columns of its group does a cell lie significantly above? Their letters are the answer.

All pairs of open cells of one metric and group are compared with the joint covariance of the estimate; the p-values are
adjusted together for the number of these pairs. The higher cell of a pair with p below 1 - level gets the letter of the
lower one.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cxstats.inference import Estimate
from cxstats.inference.multiplicity import adjusted


def letter(position: int) -> str:
    """Return the letter of a column: A to Z, then AA, AB, ... as in spreadsheets.

    Examples
    --------
    >>> [letter(i) for i in (0, 25, 26, 51, 52, 701, 702)]
    ['A', 'Z', 'AA', 'AZ', 'BA', 'ZZ', 'AAA']
    """
    text = ""
    position += 1
    while position:
        position, digit = divmod(position - 1, 26)
        text = chr(ord("A") + digit) + text
    return text


def lower_cells(estimate: Estimate, is_open: np.ndarray, adjust: str | None) -> list[dict[int, float]]:
    """Return, for each row, the open rows of its metric with a lower value, and the adjusted p-value of the difference.

    `estimate` has one ``by`` column; rows that are not open enter no comparison and do not count in the adjustment.
    """
    lower: list[dict[int, float]] = [{} for _ in range(len(estimate))]
    labels = estimate.labels
    if labels[labels.columns[1]].nunique() < 2:
        return lower
    table = estimate.compare(adjust="none")
    row = {key: i for i, key in enumerate(labels.itertuples(index=False, name=None))}
    one, two = (
        np.asarray([row[key] for key in table[["metric", side]].itertuples(index=False, name=None)])
        for side in ("group", "versus")
    )
    difference, p = table["difference"].to_numpy(), table["p_unadjusted"].to_numpy()
    compared = is_open[one] & is_open[two] & ~np.isnan(p)
    for metric in labels["metric"].unique():
        pairs = np.flatnonzero(compared & (table["metric"] == metric).to_numpy())
        for pair, value in zip(pairs.tolist(), adjusted(p[pairs], adjust).tolist(), strict=True):
            high, low = (one[pair], two[pair]) if difference[pair] > 0 else (two[pair], one[pair])
            if difference[pair] != 0:
                lower[high][int(low)] = value
    return lower


def named(lower: Mapping[int, float], letters: Mapping[int, str], level: float, second: float | None) -> str:
    """Return the letters of the lower cells in column order: capitals at the level, small ones at the second level."""
    found = []
    for other in sorted(lower):
        if lower[other] < 1 - level:
            found.append(letters[other])
        elif second is not None and lower[other] < 1 - second:
            found.append(letters[other].lower())
    return " ".join(found)
