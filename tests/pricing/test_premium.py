"""The experience premium gives R's numbers on any design, the kernel's without a model, and says who answered."""

import importlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import cxstats as cx

KNOWN = json.loads((Path(__file__).parents[1] / "reference" / "16_premium.json").read_text())
DESIGN = {"weight": "weight", "strata": "region", "psu": "branch"}
LEVEL = {"level": "service_level", "order": ["poor", "adequate", "wow"]}
SPEND = {"outcome": "spend", "open_above": 100} | LEVEL


@pytest.fixture(scope="module")
def sample():
    """Return the rows of 16_premium.R, with what is open beside the amount, and the limits that two bids leave."""
    rows = cx.load_survey()
    rows = rows[rows[["spend", "bid_accepted", "second_accepted"]].notna().all(axis=1)].head(1500)
    yes, again = rows["bid_accepted"] == "yes", rows["second_accepted"] == "yes"
    bid, second = rows["bid"].to_numpy(float), rows["second_bid"].to_numpy(float)
    return rows.assign(
        capped=rows["spend"].clip(upper=100), over=rows["spend"] >= 100,
        low=np.where(yes, np.where(again, second, bid), np.where(again, second, -np.inf)),
        high=np.where(yes, np.where(again, np.inf, second), np.where(again, bid, second)),
    )  # fmt: skip


@pytest.mark.parametrize("name", KNOWN)
def test_as_in_r(name, sample):
    case = KNOWN[name]
    survey = cx.Survey(sample, **(DESIGN if case["weighted"][0] else {}))
    columns = SPEND if case["answers"] == "spend" else {"lower": "low", "upper": "high"} | LEVEL
    found = cx.experience_premium(survey, **columns, adjust=["tenure", "technology_met"] if case["adjusted"][0] else ())
    assert found.means.values == pytest.approx(case["means"], rel=1e-8)
    size = np.sqrt(np.outer(*[np.diagonal(case["vcov"])] * 2))
    assert found.means.vcov / size == pytest.approx(np.asarray(case["vcov"]) / size, abs=1e-6)
    assert found.log_likelihood == pytest.approx(case["log_likelihood"][0], rel=1e-10)
    assert -1 / found.params.pick(metric="amount").values == pytest.approx(case["scale"], rel=1e-8)
    functions = [found.steps, found.overall, found.per_step, found.flattens()]
    assert np.concatenate([e.values for e in functions]) == pytest.approx(case["functions"], rel=1e-8)
    assert np.concatenate([e.std_error for e in functions]) == pytest.approx(case["functions_std_error"], rel=1e-6)


def test_labels_say_which_step(sample):
    found = cx.experience_premium(sample, **SPEND, unit="EUR")
    assert found.means.labels["service_level"].tolist() == LEVEL["order"]
    assert found.steps.labels["contrast"].tolist() == ["adequate - poor", "wow - adequate"]
    assert found.overall.labels["contrast"].tolist() == ["wow - poor"]
    assert found.flattens().labels["contrast"].tolist() == ["(wow - adequate) - (adequate - poor)"]
    assert found.per_step.frame()["unit"].tolist() == ["EUR per step"]
    assert found.steps.frame()["unit"].tolist() == found.up_to().frame()["unit"].tolist()[:2] == ["EUR", "EUR"]
    assert found.means.contrast("wow", "poor").values == pytest.approx(found.overall.values)
    assert found.means.test(cx.above(0))["verdict"].tolist()[1:] == ["supported", "supported"]


def test_a_column_that_says_more_is_as_good_as_an_amount_from_which_on_it_does(sample):
    one = cx.experience_premium(sample, **SPEND)
    two = cx.experience_premium(sample, outcome="capped", more_than="over", **LEVEL)
    told = cx.experience_premium(
        sample.assign(over=sample["over"].map({True: "yes", False: "no"})), outcome="capped", more_than="over", **LEVEL
    )
    limits = sample.assign(
        low=np.where(sample["spend"] == 0, -np.inf, sample["capped"]),
        high=np.where(sample["over"], np.inf, sample["capped"]),
    )
    three = cx.experience_premium(limits, lower="low", upper="high", **LEVEL)
    for other in (two, told, three):
        assert other.means.values == pytest.approx(one.means.values, rel=1e-12)
        assert other.means.vcov == pytest.approx(one.means.vcov, rel=1e-12)
        assert other.up_to().values == pytest.approx(one.up_to().values, rel=1e-12)


def test_exact_amounts_have_the_means_of_the_rows(sample):
    rows = sample[sample["spend"] > 0]
    found = cx.experience_premium(rows, outcome="spend", **LEVEL)
    known = cx.measure(rows, cx.mean("spend"), by="service_level").pick(service_level=LEVEL["order"])
    by_level = dict(zip(known.labels["service_level"], known.values, strict=True))
    assert found.means.values == pytest.approx([by_level[name] for name in LEVEL["order"]])
    assert found.up_to().values == pytest.approx(found.means.values)


@pytest.mark.parametrize("design", [{}, DESIGN], ids=["rows", "clusters"])
def test_without_a_model_it_is_the_kernel(design, sample):
    found = cx.experience_premium(cx.Survey(sample, **design), **SPEND)
    survey = cx.Survey(sample.assign(at_most=sample["spend"].clip(upper=60)), **design)
    known = cx.measure(survey, cx.mean("at_most"), by="service_level")
    assert found.up_to(60).contrast("wow", "poor").values == pytest.approx(known.contrast("wow", "poor").values)
    assert found.up_to(60).contrast("wow", "poor").std_error == pytest.approx(known.contrast("wow", "poor").std_error)
    shares = cx.measure(survey, cx.share(cx.col("spend") > 20), by="service_level")
    made = found.shares(20)
    for limit, other in zip(made.interval(0.95), shares.interval(0.95), strict=True):
        assert sorted(limit) == pytest.approx(sorted(other))
    assert made.frame()["unit"].tolist() == ["%"] * 3
    steps = found.steps_of(made)
    assert steps.values[1] == pytest.approx(shares.contrast("wow", "adequate").values[0])
    assert steps.interval(0.95)[0][1] == pytest.approx(shares.contrast("wow", "adequate").interval(0.95)[0][0])


def test_groups_have_a_model_each_and_one_covariance(sample):
    survey = cx.Survey(sample, **DESIGN)
    both = cx.experience_premium(survey, **SPEND, by="target")
    for target in ("no", "yes"):
        alone = cx.experience_premium(survey, **SPEND, where=cx.col("target") == target)
        part = both.means.pick(target=target)
        assert part.values == pytest.approx(alone.means.values, rel=1e-9)
        assert part.std_error == pytest.approx(alone.means.std_error, rel=1e-9)
        assert part.df == pytest.approx(alone.means.df)
        assert both.up_to().pick(target=target).values == pytest.approx(alone.up_to().values)
    assert both.steps.labels["target"].tolist() == ["no", "no", "yes", "yes"]
    assert np.abs(both.means.vcov[:3, 3:]).max() > 0
    assert both.answers["rows"].sum() == len(sample)


def test_order_of_numbers_is_the_order_given(sample):
    rows = sample.assign(grade=sample["service_level"].map({"poor": 3, "adequate": 2, "wow": 1}))
    columns = {"outcome": "spend", "open_above": 100, "level": "grade", "order": [3, 2, 1]}
    found, known = cx.experience_premium(rows, **columns), cx.experience_premium(sample, **SPEND)
    assert found.means.values == pytest.approx(known.means.values, rel=1e-9)
    assert found.per_step.values == pytest.approx(known.per_step.values, rel=1e-9)
    assert found.steps.labels["contrast"].tolist() == ["2 - 3", "1 - 2"]
    assert found.steps_of(found.up_to()).values == pytest.approx(known.steps_of(known.up_to()).values)


@pytest.mark.parametrize("engine", ["polars", "duckdb", "pyarrow"])
def test_any_engine(engine, sample):
    library = importlib.import_module(engine)
    make = {"polars": "from_pandas", "duckdb": "from_df"}
    native = library.Table.from_pandas(sample) if engine == "pyarrow" else getattr(library, make[engine])(sample)
    found = cx.experience_premium(cx.Survey(native, **DESIGN), **SPEND, adjust="tenure")
    known = cx.experience_premium(cx.Survey(sample, **DESIGN), **SPEND, adjust="tenure")
    assert found.means.values == pytest.approx(known.means.values)
    assert found.means.vcov == pytest.approx(known.means.vcov)
    assert found.answers.astype({"service_level": str}).equals(known.answers.astype({"service_level": str}))


def test_weights_and_order_of_rows_are_irrelevant(sample):
    known = cx.experience_premium(cx.Survey(sample, **DESIGN), **SPEND)
    other = sample.assign(weight=1000 * sample["weight"]).sample(frac=1, random_state=3)
    found = cx.experience_premium(cx.Survey(other, **DESIGN), **SPEND)
    assert found.means.values == pytest.approx(known.means.values)
    assert found.means.vcov == pytest.approx(known.means.vcov)


def test_the_level_may_be_of_the_design(sample):
    survey = cx.Survey(sample, strata="service_level")
    found = cx.experience_premium(survey, **SPEND, where=cx.col("target") == "yes")
    assert np.isfinite(found.up_to().std_error).all()


def test_what_is_left_out_is_counted_and_who_answered_is_said():
    rows = pd.DataFrame(
        {
            "pays": [0.0, 5, 8, 25, np.nan, 3, 10, 25, 25, 7, 9, np.nan],
            "over": [False, False, False, True, None, False, False, True, False, None, False, None],
            "met": ["no"] * 5 + ["yes"] * 6 + ["yes"],
            "age": [30.0, 40, 50, 60, 70, 20, 30, 40, 50, 60, np.nan, 30],
        }
    )
    found = cx.experience_premium(
        rows, outcome="pays", more_than="over", level="met", order=["no", "yes"], adjust="age"
    )
    counts = found.answers.set_index("met")
    assert counts.loc["no"].tolist() == [5, 4, 80.0, 1, 1, 4]
    assert counts.loc["yes"].tolist() == [7, 5, pytest.approx(500 / 7), 0, 1, 4]
    assert "pays is known of 9 of 12 rows with a level: no 4 of 5 (80 %), yes 5 of 7 (71 %)." in found.selection
    assert "Nothing is said of the others" in found.selection
    shown = repr(found)
    assert found.selection in shown
    assert "Left out of 12 rows: 2 with no answer to pays, 1 with no answer to over, 1 without age" in shown
    assert "associated with the level" in shown
    assert found.means.n.tolist() == [4, 4]
    assert found.up_to().n.tolist() == [4, 4]
    assert found.shares(25).values.tolist() == [25.0, 25.0]  # 25 itself is not more
    assert found.up_to().values.tolist() == pytest.approx([9.5, 15.75])


def test_sample_data_says_so():
    found = cx.experience_premium(cx.sample_survey(), **SPEND)
    for estimate in (found.means, found.up_to(), found.shares(), found.flattens()):
        assert estimate.synthetic == "synthetic sample data"


def test_misfit_is_the_model_up_to_the_cap_minus_what_was_answered(sample):
    found = cx.experience_premium(cx.Survey(sample, weight="weight"), **SPEND)
    spread = -1 / found.params.pick(metric="amount").values[0]
    prices = np.linspace(0, 60, 20_001)
    model = [np.trapezoid(norm.sf(prices, mean, spread), prices) for mean in found.means.values]
    assert found.misfit(60).values == pytest.approx(model - found.up_to(60).values, rel=1e-6)


def test_misfit_moves_with_the_weight_of_a_row_as_its_error_says(sample):
    rows = sample.head(40).assign(weight=1.0)

    def misfit(weight):
        survey = cx.Survey(rows.assign(weight=weight), weight="weight")
        return cx.experience_premium(survey, **SPEND, adjust="technology_met").misfit()

    step = 1e-4 * np.eye(len(rows))
    moves = np.asarray([(misfit(1 + h).values - misfit(1 - h).values) / 2e-4 for h in step])
    error = np.sqrt(len(rows) / (len(rows) - 1) * (moves**2).sum(axis=0))
    assert misfit(rows["weight"]).std_error == pytest.approx(error, rel=1e-5)


def test_limits_say_what_they_bear(sample):
    found = cx.experience_premium(sample, lower="low", upper="high", **LEVEL)
    shown = repr(found)
    assert "answers only limits are known" in shown
    assert "it is not known whether they are more" in shown
    assert "wow - adequate" in shown


@pytest.mark.public
def test_acsi_as_in_pandas():
    acsi = cx.fetch_acsi()
    cut = pd.cut(acsi["confirmation"].astype(float), [0, 4, 7, 10], labels=["missed", "met", "exceeded"])
    acsi = acsi.assign(confirmed=cut.astype(object))
    found = cx.experience_premium(
        acsi, outcome="price_rise_tolerated", more_than="price_rise_over_25", level="confirmed",
        order=["missed", "met", "exceeded"], unit="%",
    )  # fmt: skip
    known = acsi[acsi["confirmed"].notna()]
    counts = found.answers.set_index("confirmed")
    for level, rows in known.groupby("confirmed"):
        told = rows["price_rise_tolerated"].dropna()
        assert counts.loc[level, ["rows", "answered"]].tolist() == [len(rows), len(told)]
        assert counts.loc[level, "nothing"] == (told == 0).sum()
        assert counts.loc[level, "more"] == rows["price_rise_over_25"].sum()
        assert found.shares().pick(confirmed=level).values == pytest.approx(100 * (told > 0).mean())
        assert found.up_to().pick(confirmed=level).values == pytest.approx(float(told.mean()))
    assert counts["share"].is_monotonic_increasing  # only likely repurchasers were asked: the selection is by level
    assert found.flattens().n.tolist() == [counts["used"].sum()]
    assert np.isfinite(found.steps.std_error).all()
