"""Does an effect differ between two kinds of people? A difference of differences, with the covariance of all four groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cxstats.errors import ArgumentError
from cxstats.inference.estimate import Estimate


def interaction(estimate: Estimate, effect: Mapping[str, Any], by: Mapping[str, Any]) -> Estimate:
    """Return the difference of two differences: an effect among some, minus the same effect among others.

    ``(y[a, c] - y[b, c]) - (y[a, d] - y[b, d])`` for the effect of `a` over `b` among `c` minus among `d`.

    Parameters
    ----------
    estimate : Estimate
        From `measure` by (at least) two columns.
    effect : mapping of str to pair
        The column of the effect and its two values: ``{"delight": ("yes", "no")}`` is yes minus no.
    by : mapping of str to pair
        The column that the effect may differ by, and the two values compared: ``{"need_met": ("yes", "no")}``.

    Returns
    -------
    Estimate
        One row for each combination of the labels left over, in the unit of the measure. Interactions of shares (and NPS)
        have MOVER intervals, formed from the MOVER intervals of both differences; others t intervals.

    Raises
    ------
    ArgumentError
        If a column or value is not there, one column is named twice, or a pair is no pair.

    Notes
    -----
    On a scale with an end, an effect is smaller where people are close to the end: an interaction of shares can vanish on
    the log scale, and the other way round. The limits missed on either side in at most 2.1 % of samples, by
    kind of design (``benchmarks/claim_measures.md``), where 2.5 are meant to.

    References
    ----------
    Zou, G. Y. and Donner, A. (2008). Construction of confidence limits about effect measures. *Stat. Med.* 27.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> answers = pd.DataFrame({"overall": [5, 5, 4, 3, 3, 2, 2, 1], "need_met": ["yes"] * 4 + ["no"] * 4,
    ...                         "delight": ["yes", "yes", "no", "no"] * 2})
    >>> both = cx.measure(answers, cx.mean("overall"), by=["delight", "need_met"])
    >>> found = cx.interaction(both, {"delight": ("yes", "no")}, {"need_met": ("yes", "no")})
    >>> found.frame()[["contrast", "estimate"]]
                                       contrast  estimate
    0  delight (yes - no) by need_met (yes - no)       0.5
    """
    (what, (a, b)), (among, (c, d)) = _pair("effect", effect), _pair("by", by)
    if what == among:
        raise ArgumentError(f"interaction: effect= and by= both name {what!r}. Name two different columns.")
    effects = estimate.contrast({what: a}, {what: b})
    found = effects.contrast({among: c}, {among: d})
    found._labels["contrast"] = f"{what} ({a} - {b}) by {among} ({c} - {d})"
    return found


def _pair(place: str, given: Any) -> tuple[str, tuple[Any, Any]]:
    """Return the column and its two values."""
    if isinstance(given, Mapping) and len(given) == 1:
        ((name, pair),) = given.items()
        if isinstance(pair, tuple | list) and len(pair) == 2 and pair[0] != pair[1]:
            return name, (pair[0], pair[1])
    raise ArgumentError(
        f"interaction({place}=): one column with the two values to compare is needed, such as "
        f"{{'delight': ('yes', 'no')}}, not {given!r}."
    )
