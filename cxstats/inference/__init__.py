"""From rows to estimates: the pass, the variance, intervals, and the functions of estimates."""

from __future__ import annotations

from cxstats.inference.estimate import Estimate
from cxstats.inference.measure import measure
from cxstats.inference.stacking import stack

__all__ = ["Estimate", "measure", "stack"]
