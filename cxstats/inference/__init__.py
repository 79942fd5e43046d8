"""From rows to estimates: the pass, the variance, intervals, and the functions of estimates."""

from __future__ import annotations

from cxstats.inference.crossing import reaching
from cxstats.inference.differences import successive
from cxstats.inference.estimate import Estimate
from cxstats.inference.explained import explained
from cxstats.inference.extremes import extreme
from cxstats.inference.interactions import interaction
from cxstats.inference.measure import measure
from cxstats.inference.ranks import ranks
from cxstats.inference.stacking import stack

__all__ = [
    "Estimate",
    "explained",
    "extreme",
    "interaction",
    "measure",
    "ranks",
    "reaching",
    "stack",
    "successive",
]
