"""Prices: what customers would pay, and what experience adds to it."""

from cxstats.pricing.choice import choice_model
from cxstats.pricing.choices import ChoiceModel
from cxstats.pricing.contingent import contingent_valuation
from cxstats.pricing.demand import GaborGranger
from cxstats.pricing.gabor_granger import gabor_granger
from cxstats.pricing.long import to_long
from cxstats.pricing.newton_miller_smith import NewtonMillerSmith
from cxstats.pricing.premium import experience_premium
from cxstats.pricing.steps import ExperiencePremium
from cxstats.pricing.valuation import ContingentValuation
from cxstats.pricing.van_westendorp import VanWestendorp, van_westendorp

__all__ = [
    "ChoiceModel",
    "ContingentValuation",
    "ExperiencePremium",
    "GaborGranger",
    "NewtonMillerSmith",
    "VanWestendorp",
    "choice_model",
    "contingent_valuation",
    "experience_premium",
    "gabor_granger",
    "to_long",
    "van_westendorp",
]
