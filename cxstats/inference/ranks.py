"""Which rank does each group hold? As many ranks as the differences between groups leave open."""

from __future__ import annotations

from functools import cache

import numpy as np

from cxstats.errors import ArgumentError
from cxstats.inference.differences import all_pairs
from cxstats.inference.estimate import Estimate
from cxstats.inference.limits import p_values
from cxstats.inference.own import with_own_limits
from cxstats.inference.picking import join
from cxstats.inference.rows import OwnLimits
from cxstats.inference.simultaneous import Simultaneous


def ranks(estimate: Estimate, *, highest_first: bool = True, simultaneous: bool = True) -> Estimate:
    """Return the rank of each row, with rank intervals.

    ``rank_j = 1 + #{k: y_k > y_j}``; its interval goes from ``1 + #{k surely above j}`` to ``K - #{k surely below j}``.
    Surely means that a simultaneous interval of the difference y_k - y_j does not reach 0.

    Parameters
    ----------
    estimate : Estimate
        From `measure`, by groups, or of several metrics of one unit; at least two rows.
    highest_first : bool
        Whether rank 1 is the highest value. False where low is good (effort, waiting).
    simultaneous : bool
        True: all ranks lie in their intervals at once with chance 1 - alpha. False: each by itself does; for one row of
        interest that was named before the data were seen.

    Returns
    -------
    Estimate
        One row a group, in the same order, without unit and without standard errors. Tied rows share the best rank. "One of
        the top three" is ``cx.below(3.5)``.

    Raises
    ------
    ArgumentError
        If there are fewer than two rows, or several metrics in several groups.
    VariantError
        If the rows are different measures.

    Notes
    -----
    Groups that do not differ in truth keep all ranks open, however large the sample. Differences keep intervals of their kind
    (shares MOVER) at the level alpha* at which all hold at once. A row without a value may hold any rank.

    With 3 to 8 groups, in at most 0.8 % of samples some rank lay outside its interval where 5 are allowed, and
    one named beforehand on either side of its own in at most 1.2 % where 2.5 are, by kind of design
    (``benchmarks/claim_measures.md``).

    References
    ----------
    Mogstad, M., Romano, J. P., Shaikh, A. M. and Wilhelm, D. (2024). Inference for ranks with applications to mobility across
    neighbourhoods and academic achievement across countries. *Rev. Econ. Stud.* 91.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> waits = pd.DataFrame({"wait": [1, 2, 3, 15, 17, 16, 3, 1, 4], "channel": ["app"] * 3 + ["call"] * 3 + ["chat"] * 3})
    >>> by_channel = cx.measure(waits, cx.mean("wait"), by="channel")
    >>> cx.ranks(by_channel, highest_first=False).frame()[["channel", "estimate", "conf_low", "conf_high"]]
      channel  estimate  conf_low  conf_high
    0     app       1.0       1.0        2.0
    1    call       3.0       3.0        3.0
    2    chat       2.0       1.0        2.0
    """
    for name, value in (("highest_first", highest_first), ("simultaneous", simultaneous)):
        if not isinstance(value, bool | np.bool_):
            raise ArgumentError(f"ranks({name}=): True or False is needed, not {value!r}.")
    size = len(estimate)
    a, b, pairs = all_pairs(estimate, "ranks")
    higher = estimate.values if highest_first else -estimate.values
    better = higher[:, None] > higher[None, :]
    rank = np.where(np.isnan(higher), np.nan, 1.0 + better.sum(axis=0))

    @cache
    def chances(method: str | None) -> np.ndarray:
        """Return, for k and j, the p-value of their difference if k is the better one in the sample, else 1."""
        p = np.ones((size, size))
        p[a, b] = p[b, a] = np.where(np.isnan(found := p_values(pairs, np.zeros(len(pairs)), method)), 1.0, found)
        return np.where(better, p, 1.0)

    @cache
    def everything(method: str | None) -> Simultaneous:
        return Simultaneous.of(pairs, method, two_sided=True)

    def limits_of(j: int) -> OwnLimits:
        @cache
        def mine(method: str | None) -> Simultaneous:
            chosen = np.flatnonzero((a == j) | (b == j))
            return Simultaneous.of(
                pairs._take(chosen), method, two_sided=False, sign=np.where(a[chosen] == j, -1.0, 1.0)
            )

        def limits(alpha: float, method: str | None) -> tuple[float, float]:
            # any of the two-sided errors of all pairs has chance alpha; one side of the pairs of j has alpha / 2
            strict = everything(method).each(min(2 * alpha, 1.0)) if simultaneous else mine(method).each(alpha)
            p = chances(method)
            return 1.0 + float((p[:, j] < strict).sum()), size - float((p[j] < strict).sum())

        return limits

    labels = estimate.labels
    labels["metric"] = [f"rank of {name}" for name in labels["metric"]]
    everyone = np.arange(size)
    return with_own_limits(
        estimate, rank, labels, [everyone] * size, [limits_of(j) for j in range(size)], family="rank", unit="",
        notes=[join({str(n)} - {""}) for n in estimate._rows.note], low=np.ones(size), high=np.full(size, float(size)),
    )  # fmt: skip
