"""Answers of which the truth is plain, and the claims that are made about them."""

from __future__ import annotations

import pandas as pd
import pytest

import cxstats as cx


@pytest.fixture
def answers() -> pd.DataFrame:
    """Return 400 answers: 70 % satisfied, waits of 1 to 7 minutes, two channels that differ, four quarters, 40 branches."""
    rows = range(400)
    return pd.DataFrame(
        {
            "overall": [5 if i % 10 < 7 else 2 for i in rows],
            "wait": [1 + i % 7 + 3 * (i % 2) for i in rows],
            "channel": ["app" if i % 2 else "call" for i in rows],
            "quarter": [f"2025Q{1 + i // 100}" for i in rows],
            "branch": [f"b{i % 40}" for i in rows],
        }
    )


@pytest.fixture
def most() -> cx.Claim:
    """Return a claim that these answers support: 70 % against 50 %."""
    return cx.Claim("most", says="most customers are satisfied", measure=_satisfied, region=cx.above(50))


def _satisfied(survey: object) -> cx.Estimate:
    return cx.measure(survey, cx.csat("overall"))
