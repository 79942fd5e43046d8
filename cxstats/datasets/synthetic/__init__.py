"""Synthetic customers whose truth is known: survey, contact log, staff, branches, choices and costs of one invented firm."""

from cxstats.datasets.synthetic.truth import Truth
from cxstats.datasets.synthetic.world import TABLES, draw_world

__all__ = ["TABLES", "Truth", "draw_world"]
