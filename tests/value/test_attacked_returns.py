"""What two attackers found wrong in roi stays mended: each test is one finding."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import cxstats as cx
from cxstats.errors import ArgumentError

AB = {"level": "met", "order": ["a", "b"]}
YEAR = {"margin": 0.6, "horizon": 4, "discount": 0.02}


def paying(means, stay, size=300, spread=10.0, **columns):
    """Return customers of levels a, b, ...: as many at each, with means of what they pay and numbers who stay as said."""
    z = stats.zscore(np.random.default_rng(6).normal(size=size))
    pays = np.concatenate([mean + spread * z for mean in means])
    again = np.concatenate([np.arange(size) < n for n in stay])
    return pd.DataFrame({"met": np.repeat(list("abc")[: len(means)], size), "pays": pays, "again": again} | columns)


def valued(rows, **asked):
    return cx.service_value(rows, **{"outcome": ["pays", "again"], **AB, "unit": "EUR"} | asked)


@pytest.fixture(scope="module")
def value():
    return valued(paying([30, 34], [200, 240]))


def annuity(kept, discount, horizon):
    return sum((kept / (1 + discount)) ** t for t in range(horizon))


def ends(estimate, row=0, level=0.95):
    return [limit[row] for limit in estimate.interval(level)]


# --- ratios of what is estimated ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stay", [(215, 217), (210, 213)])
def test_a_margin_that_may_be_outside_of_fiellers_ends_holds_its_estimate(stay):
    found = cx.roi(valued(paying([30, 33], stay)), cost={"a": 10, "b": 10}, horizon=10, retention="again")
    low, high = ends(found.break_even_margin)
    assert (low, high) == (0, np.inf)
    assert low <= found.break_even_margin.values[0] <= high
    assert found.frame().loc[0, ["break_even_margin_low", "break_even_margin_high"]].tolist() == [0, np.inf]


def test_every_margin_of_an_estimated_cost_lies_in_its_interval():
    for more in range(0, 40, 4):
        found = cx.roi(
            valued(paying([30, 33], (215, 215 + more))), cost={"a": 10, "b": 10}, horizon=10, retention="again"
        )
        margin = found.break_even_margin
        low, high = ends(margin)
        assert np.isnan(margin.values[0]) == (more == 0)
        assert more == 0 or low <= margin.values[0] <= high
        ratio = found.benefit_cost
        assert more == 0 or ends(ratio)[0] <= ratio.values[0] <= ends(ratio)[1]


def test_benefit_over_an_estimated_cost_has_fiellers_interval(value):
    cost = {"a": 5, "b": 8}
    found = cx.roi(value, cost=cost, retention="again", **YEAR)

    def parts(v):
        a, b = (annuity(kept / 100, 0.02, 4) for kept in v[2:])
        return np.asarray([0.6 * (v[1] * b - v[0] * a), 8 * b - 5 * a])

    both = value.transform(parts, labels=["benefit", "cost"])
    (x, y), v, t = both.values, both.vcov, stats.t.ppf(0.975, both.df.min())
    roots = np.roots([y**2 - t**2 * v[1, 1], -2 * (x * y - t**2 * v[0, 1]), x**2 - t**2 * v[0, 0]])
    assert found.benefit_cost.values == pytest.approx([x / y])
    assert ends(found.benefit_cost) == pytest.approx(sorted(roots), rel=1e-6)
    assert found.roi.values == pytest.approx([100 * (x / y - 1)])
    assert ends(found.roi) == pytest.approx([100 * (root - 1) for root in sorted(roots)], rel=1e-6)
    known = cx.roi(value, cost=cost, retention={"a": 0.7, "b": 0.8}, **YEAR)  # a cost that is a number: t, as ever
    step = value.transform(lambda v: 0.6 * (v[1] * annuity(0.8, 0.02, 4) - v[0] * annuity(0.7, 0.02, 4)), labels=["it"])
    more = 8 * annuity(0.8, 0.02, 4) - 5 * annuity(0.7, 0.02, 4)
    assert known.benefit_cost.std_error == pytest.approx(step.std_error / more)
    assert ends(known.benefit_cost) == pytest.approx([end / more for end in ends(step)])


@pytest.mark.parametrize("paid", ["each period", "once"])
def test_a_step_that_may_cost_nothing_has_a_return_without_ends(paid):
    value = valued(paying([30, 33], [215, 217]))
    found = cx.roi(value, cost={"a": 10, "b": 10}, horizon=10, retention="again", paid=paid)
    for ratio in (found.benefit_cost, found.roi):
        if paid == "once":
            assert np.isnan(ratio.values).all()
            assert ratio.frame()["note"].tolist() == ["the step costs nothing more, so there is no return on its cost"]
        else:
            assert np.isfinite(ratio.values).all()
            assert ends(ratio) == [-np.inf, np.inf]
    assert "Benefit-cost ratio" in repr(found)


# --- costs -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kept", [{"retention": "again"}, {"retention": {"a": 0.7, "b": 0.8}}], ids=["estimated", "differs"]
)
def test_costs_beyond_the_first_level_need_it_where_levels_keep_customers_for_different_times(value, kept):
    with pytest.raises(
        ArgumentError, match=r"cost=\): the cost of 'a' is needed: who stays longer at a better level costs"
    ):
        cx.roi(value, cost={"b": 3}, **YEAR, **kept)
    whole, beyond = (cx.roi(value, cost=cost, **YEAR, **kept, paid="once") for cost in ({"a": 5, "b": 8}, {"b": 3}))
    assert beyond.net.values == pytest.approx(whole.net.values)
    assert beyond.net.std_error == pytest.approx(whole.net.std_error)


@pytest.mark.parametrize("kept", [0.8, (0.7, 0.9), {"a": 0.8, "b": 0.8}], ids=["number", "range", "the same by level"])
def test_costs_beyond_the_first_level_do_with_one_retention(value, kept):
    whole, beyond = (cx.roi(value, cost=cost, **YEAR, retention=kept) for cost in ({"a": 5, "b": 8}, {"b": 3}))
    for name in ("net", "cost", "break_even_margin", "benefit_cost"):
        one, two = getattr(whole, name), getattr(beyond, name)
        assert two.values == pytest.approx(one.values)
        assert ends(two) == pytest.approx(ends(one), rel=1e-6, nan_ok=True)  # a cost that is given has no interval


def test_the_extra_cost_of_a_step_stands_beside_what_breaks_even(value):
    asked = YEAR | {"retention": {"a": 0.7, "b": 0.8}}
    table = cx.roi(value, cost={"a": 5, "b": (6, 10)}, **asked).frame()
    assert table["extra_cost"].tolist() == [3]
    even = cx.roi(value, cost={"a": 5, "b": 5 + table["break_even_cost"][0]}, **asked)
    assert even.net.values == pytest.approx([0], abs=1e-9)
    assert even.frame()["extra_cost"].tolist() == pytest.approx(table["break_even_cost"].tolist())


@pytest.mark.parametrize(
    ("asked", "unit", "span"),
    [({}, "EUR", ""), (YEAR, "EUR a period", " over 4 periods"), (YEAR | {"paid": "once"}, "EUR", " over 4 periods")],
)
def test_what_breaks_even_is_told_a_period_where_costs_arise_each_period(value, asked, unit, span):
    found = cx.roi(value, cost={"a": 5, "b": 8}, retention=0.8, **asked)
    assert found.break_even_cost.frame()["unit"].tolist() == [unit]
    assert f"Net return per customer{span}\n" in repr(found)


def test_retention_is_told_by_level(value):
    given = cx.roi(value, cost={"a": 5, "b": 8}, retention={"a": 0.7, "b": 0.8}, **YEAR)
    assert "4 periods, retention of a 0.7, retention of b 0.8, discount" in given.assumed
    estimated = cx.roi(value, cost={"a": 5, "b": 8}, retention="again", **YEAR)
    assert "4 periods, retention estimated (again: 67, 80 % by level), discount" in estimated.assumed


@pytest.mark.parametrize("cost", [pd.Series({"a": 5.0, "b": 8.0}), {"a": 5, "b": (8, 8)}, {"a": (5, 5, 5), "b": 8}])
def test_costs_are_taken_from_a_column_and_a_range_of_one_number_is_that_number(value, cost):
    known, found = (cx.roi(value, cost=each, margin=0.6) for each in ({"a": 5, "b": 8}, cost))
    assert found.fixed
    assert ends(found.net) == pytest.approx(ends(known.net))


# --- draws -------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def unequal():
    """Two groups: one of 4 PSUs a level, one of customers who are their own."""
    few = paying([30, 33], [0, 0], size=200, where="few", psu=np.tile(np.arange(4), 100))
    few["pays"] += 4 * few["psu"].map({0: -1, 1: 0.4, 2: 0.2, 3: 0.4}) * np.where(few["met"] == "b", 1.5, 1.0)
    few["psu"] = few["met"] + few["psu"].astype(str)
    many = paying([30, 32], [0, 0], size=400, where="many", psu=[f"p{i}" for i in range(800)])
    return valued(cx.Survey(pd.concat([few, many], ignore_index=True), psu="psu"), outcome="pays", by="where")


def test_an_all_but_fixed_range_gives_each_group_the_interval_of_the_fixed_case(unequal):
    asked = {"margin": 0.6, "draws": 100_000}
    fixed = cx.roi(unequal, cost={"a": 5, "b": 6}, **asked)
    drawn = cx.roi(unequal, cost={"a": 5, "b": (6 - 1e-9, 6 + 1e-9)}, **asked)
    few, many = fixed.net.df
    assert few < 8 < 100 < many
    assert (fixed.fixed, drawn.fixed) == (True, False)
    assert drawn.net.values == pytest.approx(fixed.net.values)
    limits = [np.asarray(one.net.interval(0.95)) for one in (fixed, drawn)]
    assert limits[1] - fixed.net.values == pytest.approx(limits[0] - fixed.net.values, rel=0.03)
    guarded = [one.net.test(cx.above(0))[["conf_low", "conf_high"]].to_numpy().T for one in (fixed, drawn)]
    assert np.ptp(guarded[0], axis=0)[0] > 1.02 * np.ptp(limits[0], axis=0)[0]  # few PSUs: guarded is wider
    assert guarded[1] - fixed.net.values == pytest.approx(guarded[0] - fixed.net.values, rel=0.03)
    assert drawn.pays == pytest.approx(fixed.pays, abs=1)


def test_beyond_the_draws_there_is_no_end():
    found = cx.roi(valued(paying([30, 90], [200, 240])), cost={"b": (2, 4)}, draws=1000).net
    low, high = ends(found, level=0.99)
    assert np.isfinite([low, high]).all()
    assert low > 0
    assert ends(found, level=0.999) == [-np.inf, np.inf]


@pytest.mark.parametrize(("region", "verdict"), [(cx.above(0), "supported"), (cx.below(0), "contradicted")])
def test_no_p_value_is_less_than_the_draws_can_tell(region, verdict):
    tested = cx.roi(valued(paying([30, 90], [200, 240])), cost={"b": (2, 4)}, draws=1000).net.test(region)
    assert tested["verdict"].tolist() == [verdict]
    assert 2 / 1000 <= tested["p_value"][0] < 4 / 1000


@pytest.mark.parametrize("cost", [2, (1.5, 2.5)], ids=["fixed", "drawn"])
def test_a_cheaper_lesser_step_says_below_which_margin_it_pays(cost):
    found = cx.roi(valued(paying([40, 30], [200, 200]), outcome="pays"), cost={"a": 5, "b": cost}, margin=0.6)
    said = "the step costs less and brings less: it pays at margins below 0.3"
    assert np.isnan(found.break_even_margin.values).all()
    assert found.break_even_margin.frame()["note"].tolist() == [said]
    assert said in found.frame()["note"][0]
    for margin, net in ((0.29, 0.1), (0.31, -0.1)):
        assert cx.roi(found.value, cost={"a": 5, "b": 2}, margin=margin).net.values == pytest.approx([net])


# --- what is given, and how it is told ---------------------------------------------------------------------------------------


def test_the_tornado_moves_numbers_as_far_as_they_can_be(value):
    asked = {"cost": {"a": 5, "b": 8}, "horizon": 4, "retention": 0.9}
    table = cx.roi(value, **asked, margin=0.9).tornado().set_index("input")
    for name, changed in (("margin", {"margin": 1.0}), ("retention", {"retention": 1.0, "margin": 0.9})):
        assert table.loc[name, ["low", "high"]].tolist() == pytest.approx([0.72, 1])
        assert table.loc[name, "moved"] == "one number, 20 % up and down, as far as 0.72 to 1"
        assert table.loc[name, "net_high"] == pytest.approx(cx.roi(value, **asked | changed).net.values[0])
    assert table.loc["cost of b", "moved"] == "one number, 20 % up and down"


def test_what_was_not_given_is_no_line_of_the_tornado(value):
    asked = {"cost": {"a": 5, "b": 8}, "horizon": 4, "retention": 0.9}
    assert not {"margin", "worth"} & set(cx.roi(value, **asked).tornado()["input"])
    assert {"margin", "worth"} <= set(cx.roi(value, **asked, margin=0.9, worth=2).tornado()["input"])


@pytest.mark.parametrize(
    ("score", "told"),
    [
        (cx.nps("grade"), "'nps' is in net %, not in money"),
        (cx.effort("grade", scale=(0, 10)), "'effort' is in .+, not in money"),
        (cx.csat("grade", scale=(0, 10)), "'csat' is a share. Say what one customer who says yes is worth"),
    ],
    ids=["nps", "effort", "csat"],
)
def test_a_score_is_no_money_until_its_worth_is_said(score, told):
    rows = paying([30, 33], [215, 225], grade=np.random.default_rng(1).integers(0, 11, 600))
    found = valued(rows, outcome=score, unit="")
    with pytest.raises(ArgumentError, match=rf"roi\(worth=\): {told}"):
        cx.roi(found, cost={"b": 3})
    one, three = (cx.roi(found, cost={"b": 3}, worth=worth) for worth in (1, 3))
    assert three.benefit.values == pytest.approx(3 * one.benefit.values)
    who = "a customer who says yes" if "share" in told else f"one of {score.name}"
    assert f"{who} is worth 3" in three.assumed


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"discount": 2}, r"discount=\): discount is 2, and must be from 0 to 1\. It is a rate a period: 2 % is 0\.02"),
        ({"cost": {"b": stats.norm(3, 2)}}, r"cost of b is a distribution that reaches -[\d.]+, and must be 0 or more"),
        ({"margin": stats.norm(0.9, 0.2)}, r"margin is a distribution that reaches -0\.0\d*, and must be from 0 to 1"),
    ],
)
def test_what_cannot_be_is_said_as_what_it_is(value, asked, told):
    with pytest.raises(ArgumentError, match=told):
        cx.roi(value, **{"cost": {"b": 3}, "horizon": 2, "retention": 0.8} | asked)


@pytest.mark.parametrize("cost", [3, (2, 4)], ids=["fixed", "drawn"])
def test_a_probability_that_is_not_known_is_called_so(cost):
    shops = [f"a{i % 20}" for i in range(300)] + ["b"] * 300  # level b is met in one shop
    value = valued(cx.Survey(paying([30, 33], [0, 0], shop=shops), psu="shop"), outcome="pays")
    found = cx.roi(value, cost={"a": 1, "b": cost})
    assert np.isnan(found.pays).all()
    assert "Probability that it pays: b - a unknown." in repr(found)
    assert np.isnan(ends(found.net)).all()


def test_what_rests_on_answers_all_alike_has_no_probability():
    rows = paying([30, 33], [0, 0], size=200, seg=np.where(np.arange(400) < 190, "y", "x"))
    rows.loc[396:, "seg"] = "y"  # 4 of level b stand for 194 of 400
    rows["again"] = np.where(rows["met"] + rows["seg"] == "by", True, np.arange(400) % 3 == 0)
    found = cx.roi(valued(rows, outcome="again", adjust="seg"), cost={"a": 1, "b": 3}, worth=100)
    assert found.net.test(cx.above(0))["verdict"].tolist() == ["untestable"]
    assert np.isnan(found.pays).all()
