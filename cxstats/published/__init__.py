"""Published figures: what a headline percentage can and cannot bear."""

from cxstats.published.percentage import Percentage

__all__ = ["Percentage"]
