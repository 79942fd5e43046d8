"""Rows in memory: what is asked of any frame, and how numpy answers for pandas and pyarrow."""

from cxstats.memory.asked import ARITHMETIC, OPERATORS, Cumulated, Frame, Key, Plan, Rowwise, Sums, zoneless
from cxstats.memory.frame import MemoryFrame
from cxstats.memory.keys import factorised, ordered
from cxstats.memory.texts import obstacle

__all__ = [
    "ARITHMETIC", "OPERATORS", "Cumulated", "Frame", "Key", "MemoryFrame", "Plan", "Rowwise", "Sums", "factorised",
    "obstacle", "ordered", "zoneless",
]  # fmt: skip
