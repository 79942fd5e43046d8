"""Pictures of estimates: axes-level functions, one file a chart family; the one importer of matplotlib.

Every function draws on the Axes it is given (or on one of a new figure), returns it, and leaves matplotlib's settings as
they were. Nothing here computes a number that the estimate does not already hold.
"""

from __future__ import annotations

from cxstats.charts.distribution import plot_distribution
from cxstats.charts.estimates import plot_estimates
from cxstats.charts.files import save
from cxstats.charts.heatmap import plot_heatmap
from cxstats.charts.kpi import plot_kpi
from cxstats.charts.multiples import plot_multiples
from cxstats.charts.nps import plot_nps
from cxstats.charts.trend import plot_trend
from cxstats.charts.verdicts import plot_verdicts

__all__ = [
    "plot_distribution",
    "plot_estimates",
    "plot_heatmap",
    "plot_kpi",
    "plot_multiples",
    "plot_nps",
    "plot_trend",
    "plot_verdicts",
    "save",
]
