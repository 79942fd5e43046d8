"""The largest of several estimates, with bounds that know it was picked for being large.

Some row is the largest in truth: its own upper limit holds it, so the largest upper limit does. No lower limit may be too
high, so these must hold all at once.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from cxstats.errors import NoGroupError, listing, one_of
from cxstats.inference.differences import all_pairs, row_names
from cxstats.inference.estimate import Estimate
from cxstats.inference.own import with_own_limits
from cxstats.inference.periods import over_time
from cxstats.inference.picking import join
from cxstats.inference.rows import OwnLimits, same_variant
from cxstats.inference.simultaneous import Simultaneous

OF = ("largest", "smallest", "largest absolute", "range")


def extreme(estimate: Estimate, of: str = "largest") -> Estimate:
    """Return the largest of several estimates (or the smallest, the largest in size, the range), with valid bounds.

    The upper limit of the largest is the largest upper limit of the rows at level 1 - alpha. Its lower limit is the largest
    lower limit at level 1 - alpha*, where alpha* is such that the lower limits of all rows hold at once with chance
    1 - alpha / 2: from the joint t distribution of the rows with their correlation.

    Parameters
    ----------
    estimate : Estimate
        From `measure` by groups, or differences from `Estimate.contrast` or `successive`; all of one measure.
    of : {"largest", "smallest", "largest absolute", "range"}
        "range" takes the values of groups: the largest minus the smallest, over all pairs.

    Returns
    -------
    Estimate
        Of one value, in the unit of the rows. It has no standard error. The note names the row that is the extreme.

    Raises
    ------
    ArgumentError
        If `of` is none of the four, there is no row, or one group only for a range.
    VariantError
        If the rows are different measures.

    Notes
    -----
    The estimate itself is too large on average where truths are close together: look at the interval. Each row keeps an
    interval of its kind (that of `method`; differences of shares MOVER). Rows without a value are left out and named; a row
    whose interval is unknown leaves the end open that it could hold. Where the correlation of a row is unknown, or with more
    than 500 rows, alpha* is Bonferroni's.

    With 2 to 8 groups, all truths equal or one apart, the limits missed on either side in at most 1.4 % of samples,
    by kind of design (``benchmarks/claim_measures.md``), where 2.5 are allowed.

    References
    ----------
    Berger, R. L. (1982). Multiparameter hypothesis testing and acceptance sampling. *Technometrics* 24.
    Hothorn, T., Bretz, F. and Westfall, P. (2008). Simultaneous inference in general parametric models. *Biom. J.* 50.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> waits = pd.DataFrame({"wait": [1, 2, 3, 5, 7, 6, 4, 3, 5], "channel": ["app"] * 3 + ["call"] * 3 + ["chat"] * 3})
    >>> by_channel = cx.measure(waits, cx.mean("wait"), by="channel")
    >>> cx.extreme(by_channel, of="range").frame()[["extreme", "estimate", "conf_low", "conf_high"]].round(2)
          extreme  estimate  conf_low  conf_high
    0  range of 3       4.0      1.05       5.82
    """
    one_of("extreme(of=)", of, OF)
    if not len(estimate):
        raise NoGroupError("extreme: there is no row.")
    size = len(estimate)
    rows = all_pairs(estimate, "extreme(of='range')")[2] if of == "range" else estimate
    first = np.zeros(len(rows), dtype=np.int64)
    same_variant("extreme", rows._rows, rows._rows.take(first))
    there = np.flatnonzero(~np.isnan(rows.values))
    if not len(there):
        there = np.arange(len(rows))
    named = row_names(rows)
    compared = rows._take(there)
    value, at = _value(compared.values, of)
    labels = estimate.labels[["metric"]].iloc[:1].reset_index(drop=True)
    if estimate.labels["metric"].nunique() > 1:
        labels["metric"] = "extreme"
    labels["extreme"] = f"{of} of {size}{_compared(estimate)}"
    low, high = compared._rows.low, compared._rows.high
    if of in ("range", "largest absolute"):
        low, high = np.zeros(1), np.maximum(np.abs(low), np.abs(high))
    notes = {str(note) for note in compared._rows.note if note}
    if of == "range" and not np.isnan(value):
        names = row_names(estimate)
        least, most = int(np.nanargmin(estimate.values)), int(np.nanargmax(estimate.values))
        notes |= {f"the range is from {names[least]} to {names[most]}"}
    elif len(rows) > 1:
        below = ", below 0" if of == "largest absolute" and compared.values[at] < 0 else ""
        notes |= {f"the {of}{_compared(estimate)[:-1]} is {named[there[at]]}{below}"}
    if len(there) < len(rows):
        notes |= {f"without a value and left out: {listing(np.delete(named, there).tolist(), 3)}"}
    one = compared._rows
    return with_own_limits(
        compared, [value], labels, [np.arange(len(compared))], [_limits(compared, of)],
        family="extreme", unit=str(one.unit[0]), notes=[join(notes)],
        low=np.asarray([low.min()]), high=np.asarray([high.max()]), variant=one.variant[:1], direction=one.direction[:1],
    )  # fmt: skip


def _compared(e: Estimate) -> str:
    """Say that the rows are differences, or changes from one period to another."""
    if e._parts is None:
        return ""
    return " changes" if all(over_time(str(name)) for name in e.labels.get("contrast", [""])) else " differences"


def _value(values: np.ndarray, of: str) -> tuple[float, int]:
    """Return the extreme and its row."""
    if np.isnan(values).any():
        return np.nan, 0
    size = {"largest": values, "smallest": -values}.get(of, np.abs(values))
    at = int(np.argmax(size))
    return float(values[at] if of in ("largest", "smallest") else size[at]), at


def _limits(e: Estimate, of: str) -> OwnLimits:
    """Return the function from alpha to both limits."""
    both = of not in ("largest", "smallest")

    @cache
    def joint(method: str | None) -> Simultaneous:
        return Simultaneous.of(e, method, two_sided=both)

    def limits(alpha: float, method: str | None) -> tuple[float, float]:
        loose = e._limits(np.full(len(e), alpha), method)
        strict = e._limits(np.full(len(e), joint(method).each(alpha)), method)
        if np.isnan(loose[0]).all():
            return np.nan, np.nan
        if of == "smallest":
            return _certain(loose[0], -np.inf).min(), _certain(strict[1], np.inf).min()
        if of == "largest":
            return _certain(strict[0], -np.inf).max(), _certain(loose[1], np.inf).max()
        apart = np.maximum(strict[0], -strict[1])
        return max(0.0, _certain(apart, 0.0).max()), _certain(np.maximum(-loose[0], loose[1]), np.inf).max()

    return limits


def _certain(limits: np.ndarray, unknown: float) -> np.ndarray:
    """Return limits with the unknown ones as far out as they could be."""
    return np.where(np.isnan(limits), unknown, limits)
