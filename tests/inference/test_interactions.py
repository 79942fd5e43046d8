"""Differences of differences."""

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError

EFFECT, AMONG = {"delight": ("yes", "no")}, {"met": ("yes", "no")}


def answers(rows: int = 600, seed: int = 9) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    delight, met = draw.choice(["yes", "no"], (2, rows))
    x = draw.normal(size=rows) + (met == "yes") + 0.5 * (delight == "yes") * (met == "yes")
    return pd.DataFrame(
        {
            "delight": delight,
            "met": met,
            "x": x,
            "good": x > 1,
            "psu": draw.integers(0, 25, rows),
            "wave": draw.integers(1, 3, rows),
        }
    )


def measured(score: cx.Score | None = None, by: tuple[str, ...] = ("delight", "met")) -> cx.Estimate:
    return cx.measure(cx.Survey(answers(), psu="psu"), score or cx.mean("x"), by=list(by))


SCORES = {"mean": cx.mean("x"), "share": cx.share(cx.col("good"))}


@pytest.mark.parametrize("kind", SCORES)
def test_it_is_a_difference_of_differences_with_the_covariance_of_all_four(kind):
    e = measured(SCORES[kind])
    found = cx.interaction(e, EFFECT, AMONG)
    labels = [*zip(e.labels["delight"], e.labels["met"], strict=True)]
    sign = np.asarray(
        [{("yes", "yes"): 1, ("no", "yes"): -1, ("yes", "no"): -1, ("no", "no"): 1}[label] for label in labels]
    )
    assert found.values[0] == pytest.approx(sign @ e.values)
    assert found.std_error[0] == pytest.approx(np.sqrt(sign @ e.vcov @ sign))
    assert found.df[0] == 24
    assert found.n[0] == e.n.sum()


def test_it_is_the_product_term_of_a_regression():
    import statsmodels.formula.api as smf

    frame = answers()
    found = cx.interaction(cx.measure(frame, cx.mean("x"), by=["delight", "met"]), EFFECT, AMONG)
    fit = smf.ols("x ~ C(delight) * C(met)", frame).fit(cov_type="HC0")
    assert found.values[0] == pytest.approx(fit.params.iloc[-1])
    assert found.std_error[0] == pytest.approx(fit.bse.iloc[-1] * np.sqrt(600 / 599))


@pytest.mark.parametrize("kind", SCORES)
def test_it_can_be_read_both_ways_and_turned_round(kind):
    e = measured(SCORES[kind])
    one, other = cx.interaction(e, EFFECT, AMONG), cx.interaction(e, AMONG, EFFECT)
    assert one.values[0] == pytest.approx(other.values[0])
    assert one.std_error[0] == pytest.approx(other.std_error[0])
    turned = cx.interaction(e, EFFECT, {"met": ("no", "yes")})
    np.testing.assert_allclose(np.ravel(turned.interval()), -np.ravel(one.interval())[::-1])


def test_shares_keep_intervals_of_their_kind():
    e = measured(SCORES["share"])
    found = cx.interaction(e, EFFECT, AMONG)
    t = found.values[0] + np.asarray([-1, 1]) * 2.06390 * found.std_error[0]
    assert np.ravel(found.interval()) == pytest.approx(t, rel=0.1)
    assert not np.allclose(np.ravel(found.interval()), t, rtol=1e-4)
    rare = pd.DataFrame(
        {
            "good": [False] * 160 + [True],
            "delight": ["yes", "no"] * 80 + ["yes"],
            "met": (["yes"] * 2 + ["no"] * 2) * 40 + ["no"],
        }
    )
    low, high = cx.interaction(cx.measure(rare, SCORES["share"], by=["delight", "met"]), EFFECT, AMONG).interval()
    assert low[0] < 0 < high[0]


def test_labels_say_what_it_is():
    found = cx.interaction(measured(), EFFECT, AMONG)
    assert found.labels["contrast"].tolist() == ["delight (yes - no) by met (yes - no)"]
    assert "delight (yes - no) by met (yes - no)" in str(found)


def test_one_for_each_label_left_over():
    e = measured(by=("delight", "met", "wave"))
    found = cx.interaction(e, EFFECT, AMONG)
    assert found.labels["wave"].tolist() == [1, 2]
    assert found.values[1] == pytest.approx(cx.interaction(e.pick(wave=2), EFFECT, AMONG).values[0])
    change = found.contrast({"wave": 2}, {"wave": 1})
    assert change.values[0] == pytest.approx(found.values[1] - found.values[0])


def test_what_is_no_interaction():
    e = measured()
    with pytest.raises(ArgumentError, match=r"interaction\(effect=\): one column with the two values"):
        cx.interaction(e, "delight", AMONG)
    with pytest.raises(ArgumentError, match=r"interaction\(by=\): one column with the two values"):
        cx.interaction(e, EFFECT, {"met": ("yes", "yes")})
    with pytest.raises(ArgumentError, match="both name 'delight'"):
        cx.interaction(e, EFFECT, {"delight": ("no", "yes")})
    with pytest.raises(ArgumentError, match=r"delight has no 'yess'.*Did you mean 'yes'"):
        cx.interaction(e, {"delight": ("yess", "no")}, AMONG)
    with pytest.raises(ArgumentError, match=r"label.*'mett'"):
        cx.interaction(e, EFFECT, {"mett": ("yes", "no")})
