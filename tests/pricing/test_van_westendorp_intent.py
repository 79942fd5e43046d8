"""Newton, Miller and Smith: trial and revenue from purchase intent at each respondent's own prices."""

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError, ColumnError, DataError
from cxstats.pricing.newton_miller_smith import CALIBRATION
from tests.pricing.test_van_westendorp import DESIGNS, QUESTIONS, SAMPLE, R, fixture, mixed

INTENT = {"intent_at_cheap": "at_cheap", "intent_at_expensive": "at_expensive"}


def with_intent(d: pd.DataFrame) -> pd.DataFrame:
    """Add the intents of 15_prices.R."""
    i = np.arange(len(d))
    first = 5 - 13 * i % 5
    return d.assign(at_cheap=first, at_expensive=np.maximum(1, first - i % 3))


def test_r_finds_the_same_trial_and_revenue(reference_data):
    known = R["trial"]
    answers = with_intent(mixed(reference_data("straddle")))
    found = cx.van_westendorp(cx.Survey(answers, **DESIGNS["straddle"]), **QUESTIONS, **INTENT)
    market = found.newton_miller_smith([row["price"] for row in known["labels"]])
    assert market.trial.values == pytest.approx(known["values"])
    assert market.trial.std_error == pytest.approx(known["std_error"])
    assert market.revenue.values == pytest.approx(known["revenue"])
    assert market.revenue.std_error == pytest.approx(known["revenue_std_error"])
    assert market.best_price.values[1] == market.prices[np.argmax(known["revenue"])]


def test_the_chance_to_buy_is_straight_between_the_four_prices():
    one = pd.DataFrame({"tc": [10.0], "c": [20.0], "e": [30.0], "te": [40.0], "at_cheap": [5], "at_expensive": [3]})
    d = pd.concat([one] * 12, ignore_index=True)
    market = cx.van_westendorp(d, **QUESTIONS, **INTENT).newton_miller_smith([5, 10, 15, 20, 25, 30, 35, 40, 50])
    assert market.trial.values == pytest.approx([0, 0, 35, 70, 50, 30, 15, 0, 0])
    assert market.revenue.values[3] == pytest.approx(14)
    tied = cx.van_westendorp(d.assign(tc=20.0, te=30.0), **QUESTIONS, **INTENT).newton_miller_smith(
        [19, 20, 25, 30, 31]
    )
    assert tied.trial.values == pytest.approx([0, 70, 50, 30, 0])


def test_the_calibration_is_stated_and_can_be_chosen():
    d = with_intent(fixture())
    usual = cx.van_westendorp(d, **QUESTIONS, **INTENT).newton_miller_smith()
    assert usual.calibration == CALIBRATION == {5: 0.7, 4: 0.5, 3: 0.3, 2: 0.1, 1: 0.0}
    assert "Calibration: 5: 0.7, 4: 0.5, 3: 0.3, 2: 0.1, 1: 0" in repr(usual.trial)
    half = {answer: chance / 2 for answer, chance in CALIBRATION.items()}
    found = cx.van_westendorp(d, **QUESTIONS, **INTENT, calibration=half).newton_miller_smith()
    assert found.trial.values == pytest.approx(usual.trial.values / 2)
    words = {5: "sure", 4: "likely", 3: "perhaps", 2: "hardly", 1: "no"}
    named = d.assign(**{name: d[name].map(words) for name in INTENT.values()})
    by_words = {words[answer]: chance for answer, chance in CALIBRATION.items()}
    texts = cx.van_westendorp(named, **QUESTIONS, **INTENT, calibration=by_words).newton_miller_smith()
    assert texts.trial.values == pytest.approx(usual.trial.values)


def test_only_consistent_answers_with_both_intents_count():
    d = with_intent(mixed(fixture(400)))
    d["at_cheap"] = d["at_cheap"].where(d.index % 10 != 0)
    found = cx.van_westendorp(d, **QUESTIONS, **INTENT, inconsistent="keep")
    market = found.newton_miller_smith()
    good = d["at_cheap"].notna() & d["te"].notna() & (d["tc"] <= d["c"])
    assert market.trial.n.tolist() == [good.sum()] * len(market.prices)
    assert f"Trial rests on {good.sum()} of 400 rows" in repr(market)
    assert found.prices.n[0] > good.sum()


def test_groups_share_prices_and_have_a_best_one_each():
    found = cx.van_westendorp(
        cx.sample_survey(), **SAMPLE, intent_at_cheap="intent_at_cheap", intent_at_expensive="intent_at_expensive",
        by="service_level",
    ).newton_miller_smith(range(20, 61, 4))  # fmt: skip
    assert len(found.trial) == 11 * 3
    gap = found.trial.contrast({"price": 40, "service_level": "wow"}, {"price": 40, "service_level": "poor"})
    assert gap.values[0] > 0
    best = found.best_price.frame()
    assert best["metric"].tolist() == ["trial"] * 3 + ["revenue"] * 3
    assert (best["conf_low"] <= best["estimate"]).all()
    assert (best["estimate"] <= best["conf_high"]).all()
    table = found.candidates()
    inside = table[table["may_be_best"] & (table["metric"] == "revenue") & (table["service_level"] == "wow")]
    row = best[(best["metric"] == "revenue") & (best["service_level"] == "wow")].iloc[0]
    assert (inside["price"].min(), inside["price"].max()) == (row["conf_low"], row["conf_high"])


def test_the_set_of_best_prices_covers():
    """The prices of the highest true revenue are in the 95 % set in at least 93 % of 50 samples of 80, each a stratum."""
    truth = market_of(1, 50_000, seed=1).revenue.values
    best = np.flatnonzero(truth > truth.max() * 0.9999)
    table = market_of(50, 80, seed=2).candidates().query("metric == 'revenue'")
    held = table["may_be_best"].to_numpy().reshape(50, -1)[:, best]
    assert held.mean() >= 0.93


def market_of(samples: int, n: int, seed: int) -> cx.NewtonMillerSmith:
    """Draw opinions of people to whom it is worth about 40, and their intents."""
    draw = np.random.default_rng(seed)
    worth = 40 * np.exp(0.35 * draw.normal(size=samples * n))
    prices = {name: worth * share for name, share in zip(QUESTIONS.values(), (0.62, 0.78, 1.1, 1.35), strict=True)}
    at_cheap = draw.integers(3, 6, len(worth))
    d = pd.DataFrame(prices).assign(at_cheap=at_cheap, at_expensive=at_cheap - draw.integers(0, 3, len(worth)))
    survey = cx.Survey(d.assign(sample=np.repeat(np.arange(samples), n)), strata="sample")
    found = cx.van_westendorp(survey, **QUESTIONS, **INTENT, by="sample")
    return found.newton_miller_smith([28, 30, 32, 34, 36, 40, 44])


@pytest.mark.parametrize(
    ("change", "options", "error", "said"),
    [
        ({}, {"intent_at_expensive": None}, ArgumentError, "only intent_at_cheap= is given"),
        ({}, {"intent_at_cheap": "nope"}, ColumnError, "no column 'nope'"),
        ({"at_cheap": 7}, {}, DataError, r"intent_at_cheap=\): column 'at_cheap' holds 7, for which no probability"),
        (
            {},
            {"calibration": {5: 70, 4: 50, 3: 30, 2: 10, 1: 0}},
            ArgumentError,
            "5 stands for a probability from 0 to 1, not for 70",
        ),
        ({}, {"calibration": dict.fromkeys(range(1, 6), 0.0)}, ArgumentError, "at least one answer"),
        ({"at_expensive": np.nan}, {}, DataError, "column 'at_expensive' has no answers"),
    ],
)
def test_bad_input_is_named(change, options, error, said):
    with pytest.raises(error, match=said):
        cx.van_westendorp(with_intent(fixture()).assign(**change), **(QUESTIONS | INTENT | options))


def test_without_intent_there_is_no_market():
    found = cx.van_westendorp(fixture(), **QUESTIONS)
    with pytest.raises(ArgumentError, match="purchase intent was not given"):
        found.newton_miller_smith()
    with pytest.raises(ArgumentError, match="calibration= is given without them"):
        cx.van_westendorp(fixture(), **QUESTIONS, calibration={1: 0.5})
    asked = cx.van_westendorp(with_intent(fixture()), **QUESTIONS, **INTENT)
    for prices in ([10], [10, 10], ["a", "b"], [-1, 5], range(200)):
        with pytest.raises(ArgumentError, match=r"prices=\): 2 to 60 different prices"):
            asked.newton_miller_smith(prices)
