"""cxstats: the statistics of customer service.

What is the number, how sure are we, and does the claim hold? Three ideas carry everything: a *score* says what a row is
worth and who counts; an *estimate* is numbers with one shared covariance matrix; a *claim* is a measure and a region of
the number line.

>>> import pandas as pd, cxstats as cx
>>> answers = pd.DataFrame({"recommend": [10, 9, 8, 3, 10, 7], "channel": ["app", "app", "app", "call", "call", "call"]})
>>> cx.measure(answers, cx.nps("recommend"), by="channel").contrast("app", "call").values.round(1).tolist()
[66.7]
"""

from __future__ import annotations

from cxstats.charts import (
    plot_demand,
    plot_distribution,
    plot_ecological,
    plot_estimates,
    plot_heatmap,
    plot_kpi,
    plot_multiples,
    plot_nps,
    plot_overlap,
    plot_percentages,
    plot_prices,
    plot_published_trend,
    plot_trend,
    plot_valuation,
    plot_verdicts,
)
from cxstats.claims import (
    Claim,
    Verdict,
    Verdicts,
    above,
    all_of,
    below,
    between,
    catalogue,
    check,
    declare,
)
from cxstats.contacts import ContactLog, resolution_curve
from cxstats.datasets import (
    fetch_acsi,
    fetch_sfo,
    load_branches,
    load_choices,
    load_contacts,
    load_costs,
    load_staff,
    load_survey,
    sample_survey,
    sfo_questions,
    simulate,
    simulate_world,
)
from cxstats.errors import CxError
from cxstats.expression import col
from cxstats.inference import (
    Estimate,
    explained,
    extreme,
    interaction,
    measure,
    ranks,
    reaching,
    stack,
    successive,
)
from cxstats.metrics import (
    csat,
    distribution,
    effort,
    first_contact_resolution,
    gap,
    mean,
    nps,
    nps_composition,
    quantile,
    ratio,
    share,
    total,
)
from cxstats.planning import SampleSize, sample_size
from cxstats.pricing import (
    ChoiceModel,
    ContingentValuation,
    ExperiencePremium,
    GaborGranger,
    NewtonMillerSmith,
    VanWestendorp,
    choice_model,
    contingent_valuation,
    experience_premium,
    gabor_granger,
    to_long,
    van_westendorp,
)
from cxstats.published import (
    Correlation,
    EcologicalTable,
    Percentage,
    PublishedTrend,
    audit,
    published_claims,
)
from cxstats.score import Score
from cxstats.survey import Survey, concat
from cxstats.tables import Banner, banner

__version__ = "0.1.0"

__all__ = [
    "Banner",
    "ChoiceModel",
    "Claim",
    "ContactLog",
    "ContingentValuation",
    "Correlation",
    "CxError",
    "EcologicalTable",
    "Estimate",
    "ExperiencePremium",
    "GaborGranger",
    "NewtonMillerSmith",
    "Percentage",
    "PublishedTrend",
    "SampleSize",
    "Score",
    "Survey",
    "VanWestendorp",
    "Verdict",
    "Verdicts",
    "above",
    "all_of",
    "audit",
    "banner",
    "below",
    "between",
    "catalogue",
    "check",
    "choice_model",
    "col",
    "concat",
    "contingent_valuation",
    "csat",
    "declare",
    "distribution",
    "effort",
    "experience_premium",
    "explained",
    "extreme",
    "fetch_acsi",
    "fetch_sfo",
    "first_contact_resolution",
    "gabor_granger",
    "gap",
    "interaction",
    "load_branches",
    "load_choices",
    "load_contacts",
    "load_costs",
    "load_staff",
    "load_survey",
    "mean",
    "measure",
    "nps",
    "nps_composition",
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
    "plot_trend",
    "plot_valuation",
    "plot_verdicts",
    "published_claims",
    "quantile",
    "ranks",
    "ratio",
    "reaching",
    "resolution_curve",
    "sample_size",
    "sample_survey",
    "sfo_questions",
    "share",
    "simulate",
    "simulate_world",
    "stack",
    "successive",
    "to_long",
    "total",
    "van_westendorp",
]
