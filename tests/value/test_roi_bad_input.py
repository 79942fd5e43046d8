"""Costs, margins and rates that cannot be are refused before anything is reckoned, with the place, the value and the remedy."""

import pytest
from scipy import stats

import cxstats as cx
from cxstats.errors import ArgumentError, VariantError

COST = {"poor": 5, "adequate": 12, "wow": 22}


@pytest.fixture(scope="module")
def value():
    return cx.service_value(
        cx.sample_survey(), outcome=["spend", "renewed"], level="service_level", order=["poor", "adequate", "wow"]
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"cost": COST | {"wow": -1}},
            "roi(cost=): cost of wow is -1, and must be 0 or more. Costs are what one customer",
        ),
        ({"cost": COST | {"wow": (-2, 4)}}, "roi(cost=): cost of wow is -2, and must be 0 or more."),
        ({"cost": COST | {"wow": stats.norm(1, 3)}}, "and must be 0 or more."),
        (
            {"cost": COST | {"wow": (4, 2)}},
            "cost of wow is (4, 2); a range goes from its lowest to its highest number.",
        ),
        ({"cost": COST | {"wow": "22"}}, "cost of wow is '22'; a number, a range (lowest, highest)"),
        ({"cost": COST | {"wow": float("nan")}}, "cost of wow is nan; a number"),
        ({"cost": COST | {"wow": stats.cauchy()}}, "cost of wow is a distribution without a finite mean"),
        ({"cost": {"adequate": 7}}, "roi(cost=): no cost of 'wow'. Name one for every level but the first."),
        (
            {"cost": COST | {"woow": 3}},
            "roi(cost=): 'woow' is no level of 'poor', 'adequate', 'wow'. Did you mean 'wow'?",
        ),
        ({"cost": 5}, "roi(cost=): a mapping of levels to costs, as in {'wow': 22}, is needed, not 5."),
        ({"margin": 60}, "roi(margin=): margin is 60, and must be from 0 to 1."),
        ({"margin": 60}, "60 % is 0.6."),
        ({"margin": (0.5, 1.2)}, "roi(margin=): margin is 1.2, and must be from 0 to 1."),
        ({"margin": 0}, "roi(margin=): margin is 0, so nothing is left of the outcome."),
        ({"margin": -0.1}, "margin is -0.1"),
        ({"margin": True}, "margin is True; a number"),
        (
            {"discount": -0.1},
            "roi(discount=): discount is -0.1, and must be from 0 to 1. It is a rate a period: 2 % is 0.02.",
        ),
        ({"horizon": 0}, "roi(horizon=): a whole number of 1 or more is needed, not 0."),
        ({"horizon": 1.5}, "roi(horizon=): a whole number of 1 or more is needed, not 1.5."),
        ({"horizon": 4}, "roi(retention=): over 4 periods it must be said which part of customers stays"),
        ({"horizon": 4, "retention": 80}, "roi(retention=): retention is 80, and must be from 0 to 1."),
        (
            {"horizon": 4, "retention": {"poor": 0.5}},
            "roi(retention=): one for each level of 'poor', 'adequate', 'wow'",
        ),
        ({"outcome": "spent"}, "roi(outcome=): 'spent' is not one of 'spend', 'renewed'. Did you mean 'spend'?"),
        (
            {"outcome": "renewed"},
            "roi(worth=): 'renewed' is a share. Say what one customer who says yes is worth",
        ),
        ({"worth": -3}, "roi(worth=): worth is -3, and must be 0 or more."),
        ({"paid": "twice"}, "roi(paid=): 'twice' is not one of 'each period', 'once'."),
        ({"draws": 10}, "roi(draws=): a whole number of 1,000 or more is needed, not 10."),
        ({"seed": -1}, "roi(seed=): a whole number of 0 or more is needed, not -1."),
    ],
)
def test_what_cannot_be_is_refused(value, options, message):
    with pytest.raises(ArgumentError) as error:
        cx.roi(value, **({"cost": COST} | options))
    assert message in str(error.value)


def test_retention_must_be_a_share_of_the_value(value):
    with pytest.raises(VariantError, match=r"'spend' is no share among the outcomes of the value, 'spend', 'renewed'"):
        cx.roi(value, cost=COST, horizon=4, retention="spend")
    with pytest.raises(VariantError, match=r"Estimate it along: service_value\(outcome=\[..., 'stays'\]\)"):
        cx.roi(value, cost=COST, horizon=4, retention="stays")


def test_only_a_value_has_a_return():
    means = cx.measure(cx.sample_survey(), cx.mean("spend"), by="service_level")
    with pytest.raises(ArgumentError, match=r"roi: what service_value\(\) returns is needed, not a Estimate"):
        cx.roi(means, cost=COST)


def test_two_amounts_must_be_chosen_between():
    both = cx.service_value(
        cx.sample_survey(), outcome=["spend", "satisfaction"], level="service_level", order=["poor", "adequate", "wow"]
    )
    with pytest.raises(
        ArgumentError, match=r"has the outcomes 'spend', 'satisfaction'\. Name the one that brings the money"
    ):
        cx.roi(both, cost=COST)
    assert len(cx.roi(both, cost=COST, outcome="spend").net) == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"contrast": "wow - good"},
            "tornado(contrast): 'wow - good' is not one of 'adequate - poor', 'wow - adequate'",
        ),
        ({"within": 2}, "tornado(within=): a part between 0 and 1, such as 0.2, is needed, not 2."),
        ({"level": 95}, "level=95: a confidence level lies between 0 and 1"),
    ],
)
def test_bad_tornado(value, options, message):
    with pytest.raises(ArgumentError) as error:
        cx.roi(value, cost=COST).tornado(**options)
    assert message in str(error.value)
