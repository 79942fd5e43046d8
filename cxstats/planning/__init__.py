"""Before the survey: how many respondents an interval of a wanted width, or a test of a wanted power, needs."""

from __future__ import annotations

from cxstats.planning.sample_size import sample_size
from cxstats.planning.size import SampleSize

__all__ = ["SampleSize", "sample_size"]
