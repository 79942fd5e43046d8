"""Data: public surveys, fetched by name and sha256 and harmonised; and synthetic ones, whose truth is known."""

from cxstats.datasets.acsi import fetch_acsi
from cxstats.datasets.public import PUBLIC_FILES, PublicFile, public_file
from cxstats.datasets.sample import (
    SAMPLES,
    load_branches,
    load_choices,
    load_contacts,
    load_costs,
    load_staff,
    load_survey,
    sample_survey,
)
from cxstats.datasets.sfo import fetch_sfo, sfo_questions
from cxstats.datasets.simulate import sample_truth, simulate, simulate_world

__all__ = [
    "PUBLIC_FILES",
    "SAMPLES",
    "PublicFile",
    "fetch_acsi",
    "fetch_sfo",
    "load_branches",
    "load_choices",
    "load_contacts",
    "load_costs",
    "load_staff",
    "load_survey",
    "public_file",
    "sample_survey",
    "sample_truth",
    "sfo_questions",
    "simulate",
    "simulate_world",
]
