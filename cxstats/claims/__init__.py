"""Claims, declared, tested and judged: a claim is a measure and a region of the number line."""

from __future__ import annotations

from cxstats.claims.catalogue import catalogue
from cxstats.claims.check import check
from cxstats.claims.claim import AllOf, Claim, all_of
from cxstats.claims.declaration import declare
from cxstats.claims.region import Region, above, below, between
from cxstats.claims.verdict import Verdict
from cxstats.claims.verdicts import Verdicts

__all__ = [
    "AllOf",
    "Claim",
    "Region",
    "Verdict",
    "Verdicts",
    "above",
    "all_of",
    "below",
    "between",
    "catalogue",
    "check",
    "declare",
]
