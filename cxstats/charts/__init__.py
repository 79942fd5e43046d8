"""Pictures of estimates, verdicts and published figures: axes-level functions; the one importer of matplotlib.

Every function draws on the Axes it is given (or on one of a new figure), returns it, and leaves matplotlib's settings as
they were. Nothing here computes an interval that what is drawn does not already hold.
"""

from __future__ import annotations

from cxstats.charts.balance import plot_balance
from cxstats.charts.demand import plot_demand
from cxstats.charts.distribution import plot_distribution
from cxstats.charts.ecological import plot_ecological
from cxstats.charts.estimates import plot_estimates
from cxstats.charts.files import save
from cxstats.charts.heatmap import plot_heatmap
from cxstats.charts.kpi import plot_kpi
from cxstats.charts.ladder import plot_value
from cxstats.charts.multiples import plot_multiples
from cxstats.charts.nps import plot_nps
from cxstats.charts.overlap import plot_overlap
from cxstats.charts.prices import plot_prices
from cxstats.charts.published import plot_percentages, plot_published_trend
from cxstats.charts.resolution import plot_resolution
from cxstats.charts.returns import plot_roi
from cxstats.charts.tornado import plot_tornado
from cxstats.charts.trend import plot_trend
from cxstats.charts.valuation import plot_valuation
from cxstats.charts.verdicts import plot_verdicts

__all__ = [
    "plot_balance",
    "plot_demand",
    "plot_distribution",
    "plot_ecological",
    "plot_estimates",
    "plot_heatmap",
    "plot_kpi",
    "plot_multiples",
    "plot_nps",
    "plot_overlap",
    "plot_percentages",
    "plot_prices",
    "plot_published_trend",
    "plot_resolution",
    "plot_roi",
    "plot_tornado",
    "plot_trend",
    "plot_valuation",
    "plot_value",
    "plot_verdicts",
    "save",
]
