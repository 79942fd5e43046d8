"""The metrics of customer service: each a declaration of what a row is worth and who counts.

A metric never sees data. To add one, write a function that returns a `Score` and enter it in `REGISTRY`.
"""

from __future__ import annotations

from cxstats.metrics.basic import mean, quantile, ratio, share, total
from cxstats.metrics.composition import distribution, nps_composition
from cxstats.metrics.service import csat, effort, first_contact_resolution, gap, nps

REGISTRY = {
    "csat": csat,
    "effort": effort,
    "first_contact_resolution": first_contact_resolution,
    "gap": gap,
    "mean": mean,
    "nps": nps,
    "quantile": quantile,
    "ratio": ratio,
    "share": share,
    "total": total,
}

__all__ = [
    "REGISTRY",
    "csat",
    "distribution",
    "effort",
    "first_contact_resolution",
    "gap",
    "mean",
    "nps",
    "nps_composition",
    "quantile",
    "ratio",
    "share",
    "total",
]
