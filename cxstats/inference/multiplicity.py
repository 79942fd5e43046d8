"""p-values adjusted for the number of comparisons."""

from __future__ import annotations

import numpy as np

from cxstats.errors import one_of

METHODS = ("holm", "bonferroni", "benjamini-hochberg", "none")


def adjusted(p: np.ndarray, method: str | None) -> np.ndarray:
    """Return adjusted p-values, in the order given; NaN stays and does not count.

    Holm (1979) and Bonferroni bound the chance of any false finding, Benjamini and Hochberg (1995) the expected share of
    false findings.
    """
    method = "none" if method is None else method
    one_of("compare(adjust=)", method, METHODS)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    m = len(order)
    out = np.array(p, dtype=np.float64)
    if method == "bonferroni":
        out[order] = p[order] * m
    elif method == "holm":
        out[order] = np.maximum.accumulate(p[order] * np.arange(m, 0, -1))
    elif method == "benjamini-hochberg":
        out[order[::-1]] = np.minimum.accumulate((p[order] * m / np.arange(1, m + 1))[::-1])
    return np.minimum(out, 1.0)
