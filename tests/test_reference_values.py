"""The published numbers: every row of the table of reference values that scores, designs and estimates reach.

R 4.2 with survey 4.1-1 printed them; the whole matrices are in `inference/test_against_r.py`.
"""

import math

import numpy as np
import pandas as pd
import pytest

import cxstats as cx


def printed(text: str):
    """Match a number at the digits in which it was printed: half a unit of the last one."""
    decimals = len(text.partition(".")[2])
    return pytest.approx(float(text), rel=0, abs=0.5000001 * 10.0**-decimals)


@pytest.fixture
def apisrs(reference_data):
    return cx.Survey(reference_data("apisrs"), weight="pw", fpc="fpc")


@pytest.fixture
def apistrat(reference_data):
    return cx.Survey(reference_data("apistrat"), weight="pw", strata="stype", fpc="fpc")


@pytest.fixture
def apiclus1(reference_data):
    return cx.Survey(reference_data("apiclus1"), weight="pw", psu="dnum", fpc="fpc")


def answers(*counts_of):
    return pd.DataFrame({"answer": [answer for answer, count in counts_of for _ in range(count)]})


@pytest.mark.parametrize(
    ("design", "score", "value", "std_error"),
    [
        ("apisrs", cx.mean("api00"), "656.585", "9.24972"),
        ("apistrat", cx.mean("api00"), "662.2873632", "9.4089408"),
        ("apistrat", cx.total("enroll"), "3687177.5", "114641.72"),
        ("apistrat", cx.ratio("api.stu", "enroll"), ".8369568869", ".007757103"),
        ("apistrat", cx.gap(delivered="api00", expected="api99"), "32.892518", "2.05111"),
        ("apiclus1", cx.mean("api00"), "644.169399", "23.542241"),
        ("apiclus1", cx.total("enroll"), "3404940.1", "932235.03"),
    ],
)
def test_value_and_standard_error(design, score, value, std_error, request):
    estimate = cx.measure(request.getfixturevalue(design), score)
    assert estimate.values[0] == printed(value)
    assert estimate.std_error[0] == printed(std_error)


@pytest.mark.parametrize(("design", "deff"), [("apistrat", "1.20446"), ("apiclus1", "9.34587")])
def test_design_effect(design, deff, request):
    estimate = cx.measure(request.getfixturevalue(design), cx.mean("api00"))
    assert estimate.design_effect(replacement=False)[0] == printed(deff)


def test_kish_design_effect_of_the_weights(apistrat):
    everyone = cx.measure(apistrat, cx.share(cx.col("api00") > 0))  # no spread: only the weights cost precision
    assert everyone.n[0] / everyone.n_effective[0] == printed("1.186370985")


@pytest.mark.parametrize(
    ("probability", "value", "low", "high"), [(0.25, 565, 535, 597), (0.5, 668, 642, 694), (0.75, 756, 726, 778)]
)
def test_quartiles_with_woodruff_intervals(apistrat, probability, value, low, high):
    row = cx.measure(apistrat, cx.quantile("api00", probability)).frame().iloc[0]
    assert (row["estimate"], row["conf_low"], row["conf_high"]) == (value, low, high)


@pytest.mark.parametrize(
    ("method", "low", "high"),
    [
        ("logit", ".0880999", ".1762011"),  # R 4.2.2 gives .176201108; the table has .1762012
        ("beta", ".0852955", ".1762978"),
        ("korn-graubard", ".081368", ".182597"),
    ],
)
def test_intervals_of_a_share_of_clusters(apiclus1, method, low, high):
    row = cx.measure(apiclus1, cx.share(cx.col("sch.wide") == "No")).frame(method=method).iloc[0]
    assert row["estimate"] / 100 == printed(".1256830601")
    assert row["conf_low"] / 100 == printed(low)
    assert row["conf_high"] / 100 == printed(high)


def test_t_test_of_two_domains(apiclus1):
    by = cx.measure(apiclus1, cx.mean("api00"), by="comp.imp")
    difference = by.contrast("Yes", "No")
    assert difference.values[0] / difference.std_error[0] == printed(".92506724")
    assert difference.df[0] == 14  # the union of both domains; R takes 13, from a regression
    assert by.compare(adjust="none")["p_value"][0] == printed(".3706")


def test_net_promoter_score_of_a_thousand():
    estimate = cx.measure(answers((10, 462), (8, 176), (3, 362)), cx.nps("answer"))
    row = estimate.frame().iloc[0]
    assert row["estimate"] / 100 == printed(".10")
    # the printed standard error divides by n, the one of a survey by n - 1
    assert row["std_error"] / 100 * math.sqrt(999 / 1000) == printed(".02853069")
    assert row["conf_low"] / 100 == printed(".0438967")
    assert row["conf_high"] / 100 == printed(".1555051")


def test_net_promoter_score_of_fifteen():
    row = cx.measure(answers((9, 8), (7, 4), (0, 3)), cx.nps("answer")).frame().iloc[0]
    assert row["conf_low"] / 100 == printed("-.08518")
    assert row["conf_high"] / 100 == printed(".64073")


@pytest.mark.parametrize(
    ("method", "low", "high"), [(None, ".490", ".943"), ("wilson", ".490", ".943"), ("korn-graubard", ".444", ".975")]
)
def test_eight_of_ten(method, low, high):
    row = cx.measure(answers((1, 8), (0, 2)), cx.share(cx.col("answer") == 1)).frame(method=method).iloc[0]
    assert row["conf_low"] / 100 == printed(low)
    assert row["conf_high"] / 100 == printed(high)


def test_korn_graubard_on_a_simple_random_sample_is_clopper_pearson():
    from scipy import stats

    row = cx.measure(answers((1, 8), (0, 2)), cx.share(cx.col("answer") == 1)).frame(method="korn-graubard").iloc[0]
    expected = stats.binomtest(8, 10).proportion_ci(0.95, "exact")
    np.testing.assert_allclose([row["conf_low"] / 100, row["conf_high"] / 100], list(expected), rtol=1e-9)
