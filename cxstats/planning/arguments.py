"""The arguments of `sample_size`, each checked before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cxstats.errors import ArgumentError
from cxstats.planning.quantity import Mean, Nps, Quantity, Share

INF = np.inf
RANGES: Mapping[str, tuple[str, float, float, str]] = {  # round ends are open
    "share": ("[]", 0, 100, "a share in percent lies from 0 to 100"),
    "sd": ("()", 0, INF, "a standard deviation is a number above 0"),
    "promoters": ("[]", 0, 100, "a share in percent lies from 0 to 100"),
    "detractors": ("[]", 0, 100, "a share in percent lies from 0 to 100"),
    "half_width": ("()", 0, INF, "half of an interval's width is a number above 0"),
    "difference": ("()", -INF, INF, "a difference to be found is a number other than 0"),
    "overlap": ("[]", 0, 1, "it is a part of the respondents, from 0 to 1"),
    "correlation": ("[]", -1, 1, "a correlation lies from -1 to 1"),
    "level": ("()", 0, 1, "a confidence level lies between 0 and 1, such as 0.95"),
    "power": ("()", 0, 1, "a power lies between 0 and 1, such as 0.8"),
    "design_effect": ("()", 0, INF, "a design effect is a number above 0, such as 1.5"),
    "icc": ("[]", 0, 1, "an intraclass correlation lies from 0 to 1, such as 0.05"),
    "cluster_size": ("[)", 1, INF, "a cluster holds one answer or more"),
    "population": ("[)", 2, INF, "a population is a whole number of people, 2 or more"),
    "response_rate": ("(]", 0, 1, "it is a part of the invitations, above 0 and up to 1 (0.25 for 25 %)"),
    "groups": ("[)", 1, INF, "a number of groups is a whole number, 1 or more"),
}
WHOLE = ("population", "groups")


def need_ranges(given: Mapping[str, Any]) -> None:
    """Raise `ArgumentError` for the first argument that is no number, or out of its range."""
    for name, value in given.items():
        ends, low, high, words = RANGES[name]
        good = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        good = good and (low < value or (ends[0] == "[" and value == low))
        good = good and (value < high or (ends[1] == "]" and value == high))
        good = good and not (name in WHOLE and value != int(value)) and not (name == "difference" and value == 0)
        if not good:
            raise ArgumentError(f"sample_size({name}={value!r}): {words}.{_meant(name, value)}")


def _meant(name: str, value: Any) -> str:
    """Return the part of 1 that a percentage was meant as."""
    part = name in ("level", "power", "response_rate", "overlap", "icc") and isinstance(value, int | float)
    return f" For {value:g} % write {value / 100:g}." if part and 1 < value <= 100 else ""


def quantity_of(share: float | None, sd: float | None, promoters: float | None, detractors: float | None) -> Quantity:
    """Return what is measured; raise unless just one description is given."""
    given = [name for name, value in (("share", share), ("sd", sd), ("promoters", promoters)) if value is not None]
    if len(given) == 1 and (promoters is None) == (detractors is None):
        if share is not None:
            return Share(float(share))
        if sd is not None:
            return Mean(float(sd))
    if promoters is None or detractors is None or len(given) != 1:
        found = given + (["detractors"] if detractors is not None else [])
        raise ArgumentError(
            f"sample_size: one metric is needed, not {' and '.join(found) or 'none'}. Give share= in percent, or sd= of a "
            "mean, or both promoters= and detractors= of an NPS in percent."
        )
    if promoters + detractors > 100:
        raise ArgumentError(
            f"sample_size(promoters={promoters:g}, detractors={detractors:g}): together they are more than 100 %."
        )
    return Nps(float(promoters), float(detractors))


def need_aim(quantity: Quantity, given: Mapping[str, Any]) -> None:
    """Raise unless one aim is given, with nothing that belongs to the other."""
    if (given["half_width"] is None) == (given["difference"] is None):
        raise ArgumentError("sample_size: give either half_width= (an interval) or difference= (a test), and not both.")
    if given["half_width"] is not None:
        asked = {
            "power": given["power"] is not None,
            "overlap": given["overlap"] != 0,
            "against": given["against"] != "wave",
            "alternative": given["alternative"] != "two-sided",
        }
        extra = next((name for name, there in asked.items() if there), None)
        if extra is not None:
            raise ArgumentError(f"sample_size({extra}=): it belongs to difference=, not to half_width=.")
    elif given["against"] == "value" and given["overlap"] != 0:
        raise ArgumentError("sample_size(overlap=): two waves can overlap; against='value' has one sample.")
    if given["correlation"] != 0 and given["overlap"] == 0:
        raise ArgumentError(
            "sample_size(correlation=): it is that of the same people in two waves; say how many with overlap=."
        )
    if (given["icc"] is None) != (given["cluster_size"] is None):
        raise ArgumentError("sample_size: clusters need both icc= and cluster_size= (answers in each).")
    exact = given["method"] != "wilson"
    if exact and (not isinstance(quantity, Share) or (given["difference"] is not None and given["against"] == "wave")):
        raise ArgumentError(
            f"sample_size(method={given['method']!r}): it is an interval of one share; leave it out for other metrics and for "
            "differences of waves."
        )
    if isinstance(quantity, Share) and given["difference"] is not None:
        after = quantity.share + given["difference"]
        if not 0 <= after <= 100:
            raise ArgumentError(
                f"sample_size(difference={given['difference']:g}): from a share of {quantity.share:g} % it leads to "
                f"{after:g} %, outside 0 to 100."
            )
    if isinstance(quantity, Nps) and quantity.sd == 0 and given["difference"] is not None:
        raise ArgumentError(
            "sample_size: an NPS whose answers are all alike has no spread; give a composition that is mixed."
        )
