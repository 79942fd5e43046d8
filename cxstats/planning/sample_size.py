"""How many respondents? The smallest n whose interval is as narrow, or whose test is as powerful, as wanted.

Widths are those of the intervals that `Estimate.frame` shows, so what is planned is what will be seen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from cxstats.errors import one_of
from cxstats.planning.arguments import RANGES, need_aim, need_ranges, quantity_of
from cxstats.planning.power import Comparison, ExactComparison
from cxstats.planning.quantity import Mean, Nps, Quantity, Share
from cxstats.planning.sampling import Sampling
from cxstats.planning.size import SampleSize

POWER = 0.8
OPTIONS = {
    "against": ("wave", "value"),
    "alternative": ("two-sided", "one-sided"),
    "method": ("wilson", "korn-graubard"),
}


def sample_size(
    *,
    share: float | None = None,
    sd: float | None = None,
    promoters: float | None = None,
    detractors: float | None = None,
    half_width: float | None = None,
    difference: float | None = None,
    against: str = "wave",
    overlap: float = 0.0,
    correlation: float = 0.0,
    alternative: str = "two-sided",
    level: float = 0.95,
    power: float | None = None,
    method: str = "wilson",
    design_effect: float = 1.0,
    icc: float | None = None,
    cluster_size: float | None = None,
    population: int | None = None,
    response_rate: float = 1.0,
    groups: int = 1,
) -> SampleSize:
    """Return how many respondents an interval of a wanted width, or a test of a wanted power, needs.

    The interval of a mean has the half-width ``t s sqrt(deff (1 - n/N) / n)``, that of a share is Wilson's (or the exact one)
    and that of an NPS the adjusted Wald interval, on the effective size ``n / (deff (1 - n/N))``. A difference d is found with
    the chance ``P(T > t)``, T being t with non-centrality d / SE; for means exactly so, for shares and NPS in the normal form
    ``Phi((d - z SE_0) / SE)``, with the standard error SE_0 of no difference. Of two waves ``SE^2 = deff ((s1^2 + s2^2)(1/n -
    1/N) - 2 r s1 s2 (overlap/n - 1/N))``. Clusters of m answers have ``deff = 1 + (m - 1) icc``, and clusters minus one degrees
    of freedom. The result is the smallest n (of whole clusters) that is enough.

    Parameters
    ----------
    share : float, optional
        A share as expected, in percent (0 to 100): of the first wave, or the fixed value. 50 needs most respondents.
    sd : float, optional
        Standard deviation of a metric that is a mean, in its unit. An NPS of unknown composition has one of 60 to 90.
    promoters, detractors : float, optional
        The composition of an NPS, in percent. Give one of `share`, `sd`, or these two.
    half_width : float, optional
        The interval wanted: estimate -+ half_width, in the unit of the metric (percentage points for shares and NPS).
    difference : float, optional
        The difference that shall be found, in the unit of the metric. Give either this or `half_width`.
    against : {"wave", "value"}
        Whether the difference is one between two waves (or groups), of n respondents each, or one from a fixed value.
    overlap : float
        The part (0 to 1) of each wave's respondents who are the same people in both: 1 is a panel.
    correlation : float
        Correlation (-1 to 1) of the two answers of the same person.
    alternative : {"two-sided", "one-sided"}
        Whether the test looks at one side only.
    level : float
        Confidence level of the interval or the test.
    power : float, optional
        Chance to find the difference, by default 0.8.
    method : {"wilson", "korn-graubard"}
        Interval of a share; "korn-graubard" is the exact one, by which `Estimate.test` decides. It serves an interval and a
        test against a value.
    design_effect : float
        Variance over that of a simple random sample, such as that of weights; comes on top of the clusters'.
    icc, cluster_size : float, optional
        Intraclass correlation, and answers in each cluster (branch, agent).
    population : int, optional
        People in the population (of each group). None: so many that it does not matter.
    response_rate : float
        The part (0 to 1) of invitations that will be answered.
    groups : int
        Groups that shall each have the interval or the power.

    Returns
    -------
    SampleSize
        `n`, `invitations` and the rest; prints as plain sentences, `frame()` is one row. `remarks` says where a percentage
        below 1 may have been meant as a part of 1.

    Raises
    ------
    ArgumentError
        If not exactly one metric and one aim are given, or a number is out of its range.

    Notes
    -----
    A plan is as good as its guesses. With the share or sd as guessed, about half of all samples still give a slightly wider
    interval than planned. Counts are whole, so the power of a test of shares goes up and down by a point or two around the
    normal form; with "korn-graubard" n is such that it never falls short again. Non-response is more than lost answers:
    those who do not answer may be different, and inviting more people does not mend that.

    References
    ----------
    Cochran, W. G. (1977). *Sampling Techniques*, 3rd ed., ch. 4. Wiley.
    Kish, L. (1965). *Survey Sampling*, ch. 8 and 12. Wiley.
    Fleiss, J. L., Levin, B. and Paik, M. C. (2003). *Statistical Methods for Rates and Proportions*, 3rd ed., ch. 4. Wiley.

    Examples
    --------
    >>> import cxstats as cx
    >>> cx.sample_size(share=70, half_width=3, response_rate=0.25)
    894 respondents are needed to know a share of 70 % within ±3 points (95 % interval: Wilson). With 25 % answering, send
    3,576 invitations. Assumed: a simple random sample, a large population.
    >>> cx.sample_size(share=70, difference=5, icc=0.02, cluster_size=20).n
    1760
    """
    given = dict(locals())  # every argument by its name
    need_ranges({name: given[name] for name in RANGES if given[name] is not None})
    for name, options in OPTIONS.items():
        one_of(f"sample_size({name}=)", given[name], options)
    quantity = quantity_of(share, sd, promoters, detractors)
    need_aim(quantity, given)
    size = cluster_size or 1.0
    sampling = Sampling(design_effect * (1 + (size - 1) * (icc or 0.0)), size, population or np.inf)
    if half_width is not None:
        alpha = 1 - level
        n = sampling.smallest(lambda n: quantity.half_width(n, sampling, alpha, method) <= half_width * (1 + 1e-12))
        reached = quantity.half_width(n, sampling, alpha, method)
    else:
        test = _test(quantity, given)
        n = sampling.smallest(lambda n: test.enough(n, sampling))
        reached = test.power(n, sampling)
        given["power"] = test.wanted
    waves = 2 if difference is not None and against == "wave" else 1
    invited = math.ceil(round(n / response_rate, 9))
    return SampleSize(
        n=n,
        waves=waves,
        groups=int(groups),
        interviews=n * waves * int(groups),
        invitations=invited * waves * int(groups),
        clusters=None if cluster_size is None else math.ceil(round(n / cluster_size, 9)),
        reached=reached,
        attainable=population is None or invited <= population,
        assumed={name: value for name, value in given.items() if value is not None},
        aim=_aim(quantity, given),
    )


def _test(quantity: Quantity, given: Mapping[str, Any]) -> Comparison | ExactComparison:
    """Return the test whose power is wanted; its alpha counts both sides."""
    alpha = (1 - given["level"]) * (1 if given["alternative"] == "two-sided" else 2)
    wanted, difference = given["power"] or POWER, float(given["difference"])
    if given["method"] == "korn-graubard" and isinstance(quantity, Share):
        return ExactComparison(quantity.share, difference, alpha, wanted)
    waves = given["against"] == "wave"
    return Comparison(quantity, difference, alpha, wanted, waves, given["overlap"], given["correlation"])


def _aim(quantity: Quantity, given: Mapping[str, Any]) -> str:
    """Return what the respondents are needed for, in words."""
    level, unit = f"{100 * given['level']:g} %", f" {quantity.unit}".rstrip()
    if given["half_width"] is not None:
        kind = {Mean: "t", Nps: "adjusted Wald"}.get(type(quantity), given["method"].title())
        return f"to know {quantity} within ±{given['half_width']:g}{unit} ({level} interval: {kind})"
    what = f"a change of {given['difference']:+g}{unit} in {quantity}"
    if given["against"] == "value":
        what = f"a difference of {given['difference']:+g}{unit} from a fixed value, {quantity},"
    exact = ", exact" if given["method"] == "korn-graubard" else ""
    return f"to find {what} with a power of {100 * given['power']:g} % ({given['alternative']} test at {level}{exact})"
