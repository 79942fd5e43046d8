"""Regions: open intervals whose edges belong to neither side, and whose text tells them apart."""

from __future__ import annotations

import numpy as np
import pytest

import cxstats as cx
from cxstats.claims import Region


@pytest.mark.parametrize(
    ("region", "low", "high", "says"),
    [
        (cx.above(50), 50.1, 60, "supported"),
        (cx.above(50), 50, 60, "inconclusive"),
        (cx.above(50), 40, 50, "inconclusive"),
        (cx.above(50), 40, 49.9, "contradicted"),
        (cx.above(50), 50.1, np.inf, "supported"),
        (cx.above(50), -np.inf, np.inf, "inconclusive"),
        (cx.below(50), -np.inf, 49, "supported"),
        (cx.below(50), 51, np.inf, "contradicted"),
        (cx.between(-3, 3), -2.9, 2.9, "supported"),
        (cx.between(-3, 3), -3, 2, "inconclusive"),
        (cx.between(-3, 3), -9, 9, "inconclusive"),
        (cx.between(-3, 3), 3.1, 9, "contradicted"),
        (cx.between(-3, 3), -9, -3.1, "contradicted"),
        (cx.above(50), np.nan, 60, "untestable"),
        (cx.above(50), 60, np.nan, "untestable"),
    ],
)
def test_an_interval_is_judged(region: Region, low: float, high: float, says: str) -> None:
    assert region.judge(low, high) == says


@pytest.mark.parametrize(
    ("region", "text"),
    [
        (cx.above(50), "above(50)"),
        (cx.below(-0.25), "below(-0.25)"),
        (cx.between(0.1 * 3, 1234567), "between(0.3, 1234567)"),
        (cx.above(50.00001), "above(50.00001)"),
    ],
)
def test_different_regions_have_different_texts(region: Region, text: str) -> None:
    assert str(region) == repr(region) == text
    assert repr(Region(region.low, region.high, "min")) == f"{text[:-1]}, unit='min')"


def test_the_edges_are_outside() -> None:
    assert 50 not in cx.above(50)
    assert 50.1 in cx.above(50)
    assert 3 not in cx.between(-3, 3)
