"""Expectations: of the service overall and touchpoint by touchpoint, against what was delivered; what matters, in points."""

from __future__ import annotations

import numpy as np

from cxstats.datasets.synthetic.branches import Branches
from cxstats.datasets.synthetic.draw import Draw, by
from cxstats.datasets.synthetic.people import People
from cxstats.datasets.synthetic.service import Columns
from cxstats.datasets.synthetic.truth import INDUSTRIES, TOUCHPOINTS, Truth

TOP = 5
EXPECTED_SPREAD, DELIVERED_SPREAD = 0.7, 1.2
GIVEN_AT_ONCE = 5  # importance is given in fives


def draw_touchpoints(truth: Truth, seed: int, people: People, branches: Branches, met: np.ndarray) -> Columns:
    """Return expected and delivered, overall and by touchpoint, and the 100 points given by importance."""
    draw, n = Draw(seed, "touchpoints"), len(people)
    expected = truth.expected + truth.expected_per_year * people.years
    delivered = np.where(met, truth.delivered[1], truth.delivered[0]) + truth.delivered_per_year * people.years
    perfect = draw.yes(truth.perfectionists, "perfectionists", n)
    found: Columns = {
        "expected": draw.rated(expected, 1, TOP, 0.9, "expected"),
        "delivered": draw.rated(delivered, 1, TOP, 0.9, "delivered"),
    }
    industry = by(truth.expected_industry, INDUSTRIES, branches.industry[people.branch])
    for touchpoint in TOUCHPOINTS:
        mean = truth.touchpoint_expected[touchpoint] + industry
        wish = draw.rated(mean, 1, TOP, EXPECTED_SPREAD, f"touchpoint_expected[{touchpoint!r}]")
        wish = np.where(perfect, TOP, wish)
        low, high = draw.yes(0.5, "", n), draw.yes(0.5, "", n)
        found[f"expected_{touchpoint}"] = wish
        found[f"adequate_{touchpoint}"] = np.where(perfect, wish, np.maximum(wish - 1 - low, 1))
        found[f"desired_{touchpoint}"] = np.minimum(wish + high, TOP)
        got = np.full(n, truth.touchpoint_delivered[touchpoint])
        found[f"delivered_{touchpoint}"] = draw.rated(
            got, 1, TOP, DELIVERED_SPREAD, f"touchpoint_delivered[{touchpoint!r}]"
        )
    points = draw.counts(100 // GIVEN_AT_ONCE, [truth.stated_importance[t] for t in TOUCHPOINTS], n) * GIVEN_AT_ONCE
    return found | {f"points_{t}": points[:, i] for i, t in enumerate(TOUCHPOINTS)}


def expected_of(truth: Truth, touchpoint: str) -> float:
    """Return what customers expect of a touchpoint on average, the industries alike in number."""
    industries = np.mean([truth.expected_industry[i] for i in INDUSTRIES])
    usual = truth.touchpoint_expected[touchpoint] + industries
    return float(truth.perfectionists * TOP + (1 - truth.perfectionists) * usual)
