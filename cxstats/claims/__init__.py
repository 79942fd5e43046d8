"""Claims: a measure and a region of the number line, declared before any data is seen."""

from __future__ import annotations

from cxstats.claims.region import Region, above, below, between

__all__ = ["Region", "above", "below", "between"]
