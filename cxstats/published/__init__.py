"""Published figures: what a headline percentage can and cannot bear."""

from cxstats.published.audit import Audit, audit
from cxstats.published.claims import PublishedClaims, published_claims
from cxstats.published.correlation import Correlation
from cxstats.published.ecology import EcologicalTable
from cxstats.published.percentage import Percentage
from cxstats.published.trend import PublishedTrend

__all__ = [
    "Audit",
    "Correlation",
    "EcologicalTable",
    "Percentage",
    "PublishedClaims",
    "PublishedTrend",
    "audit",
    "published_claims",
]
