"""Public data sets: fetched by name and sha256, harmonised, with what was left out counted."""

from cxstats.datasets.acsi import fetch_acsi
from cxstats.datasets.public import PUBLIC_FILES, PublicFile, public_file
from cxstats.datasets.sample import load_survey, sample_survey, simulate
from cxstats.datasets.sfo import fetch_sfo, sfo_questions

__all__ = [
    "PUBLIC_FILES",
    "PublicFile",
    "fetch_acsi",
    "fetch_sfo",
    "load_survey",
    "public_file",
    "sample_survey",
    "sfo_questions",
    "simulate",
]
