"""Returns are what arithmetic on means gives, with their covariance; ranges widen them; and what they hang on is told."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import cxstats as cx
from cxstats.datasets.synthetic.truth import Truth
from cxstats.value.inputs import input_of

LEVELS = {"level": "service_level", "order": ["poor", "adequate", "wow"]}
COST = {"poor": 5, "adequate": 12, "wow": 22}
STEPS = ["adequate - poor", "wow - adequate", "wow - poor"]


@pytest.fixture(scope="module")
def value():
    return cx.service_value(cx.sample_survey(), outcome=["spend", "renewed"], adjust="tenure", unit="EUR", **LEVELS)


@pytest.fixture(scope="module")
def spend(value):
    return value.pick(metric="spend")


def annuity(kept, discount, periods):
    return sum((kept / (1 + discount)) ** t for t in range(periods))


# --- one period: linear in the means -----------------------------------------------------------------------------------------


def test_one_period_is_margin_times_step_less_cost(value, spend):
    found = cx.roi(value, cost=COST, margin=0.6)
    for row, (later, earlier) in enumerate((("adequate", "poor"), ("wow", "adequate"), ("wow", "poor"))):
        step, more = spend.contrast(later, earlier), COST[later] - COST[earlier]
        assert found.benefit.values[row] == pytest.approx(0.6 * step.values[0])
        assert found.net.values[row] == pytest.approx(0.6 * step.values[0] - more)
        assert found.net.std_error[row] == pytest.approx(0.6 * step.std_error[0], rel=1e-6)
        assert found.net.df[row] == pytest.approx(step.df[0])
        assert found.net.n[row] == step.n[0]
        assert found.cost.values[row] == more
        assert found.benefit_cost.values[row] == pytest.approx(0.6 * step.values[0] / more)
        assert found.benefit_cost.std_error[row] == pytest.approx(0.6 * step.std_error[0] / more, rel=1e-6)
        assert found.roi.values[row] == pytest.approx(100 * (found.benefit_cost.values[row] - 1))
        assert found.break_even_cost.values[row] == pytest.approx(0.6 * step.values[0])
        assert found.break_even_margin.values[row] == pytest.approx(more / step.values[0])
        low, high = (limit[0] for limit in step.interval(0.95))
        even = [limit[row] for limit in found.break_even_cost.interval(0.95)]
        assert even == pytest.approx([0.6 * low, 0.6 * high], rel=1e-6)
        margin = [limit[row] for limit in found.break_even_margin.interval(0.95)]
        assert margin == pytest.approx([more / high, more / low], rel=1e-6)
        t = found.net.values[row] / found.net.std_error[row]
        assert found.pays[row] == pytest.approx(100 * stats.t.cdf(t, step.df[0]))
    assert found.net.labels["contrast"].tolist() == STEPS
    assert found.net.frame()["unit"].tolist() == ["EUR"] * 3
    assert set(found.cost.frame()["note"]) == {"given, not estimated"}
    cross = np.asarray([-1, 1, 0]) @ spend.vcov @ np.asarray([0, -1, 1])
    assert found.net.vcov[0, 1] == pytest.approx(0.36 * cross)


def test_costs_beyond_the_first_level_are_the_same_steps(value):
    whole, beyond = cx.roi(value, cost=COST, margin=0.6), cx.roi(value, cost={"adequate": 7, "wow": 17}, margin=0.6)
    assert beyond.net.values == pytest.approx(whole.net.values)
    assert "cost of adequate 7 beyond poor, cost of wow 17 beyond poor, margin" in beyond.assumed


def test_a_margin_that_no_margin_is_and_one_that_is_not_there(value):
    found = cx.roi(value, cost={"adequate": 7, "wow": 200}, margin=0.6)
    assert found.break_even_margin.values[1] > 1
    worse = cx.service_value(
        cx.sample_survey(), outcome="spend", level="service_level", order=["wow", "adequate", "poor"]
    )
    back = cx.roi(worse, cost={"adequate": 7, "poor": 17}, margin=0.6)
    assert np.isnan(back.break_even_margin.values).all()
    assert set(back.break_even_margin.frame()["note"]) == {"the step brings nothing more, so no margin pays it"}


def test_a_step_that_costs_nothing_more_has_no_return_on_its_cost(value):
    found = cx.roi(value, cost={"adequate": 7, "wow": 7}, margin=0.6)
    assert np.isnan(found.benefit_cost.values).tolist() == [False, True, False]
    assert found.roi.frame()["note"][1] == "the step costs nothing more, so there is no return on its cost"
    assert found.net.values[1] == pytest.approx(found.benefit.values[1])
    assert found.frame()["note"][1].startswith("the step costs nothing more")


def test_fieller_has_no_end_where_the_step_may_bring_nothing():
    few = cx.sample_survey().frame.native.head(400)
    value = cx.service_value(few, outcome="spend", **LEVELS)
    found = cx.roi(value, cost=COST, margin=0.6)
    low, high = value.contrast("wow", "adequate").interval(0.95)
    assert low[0] < 0 < high[0]
    ends = [limit[1] for limit in found.break_even_margin.interval(0.95)]
    assert ends[0] == pytest.approx(10 / high[0], rel=1e-6)
    assert ends[1] == np.inf


# --- a horizon ---------------------------------------------------------------------------------------------------------------


def test_over_a_horizon_who_stays_spends_again(value):
    found = cx.roi(value, cost=COST, margin=0.6, horizon=6, retention=0.8, discount=0.03)
    a, one = annuity(0.8, 0.03, 6), cx.roi(value, cost=COST, margin=0.6)
    assert found.net.values == pytest.approx(a * one.net.values)
    assert found.net.std_error == pytest.approx(a * one.net.std_error, rel=1e-6)
    assert found.break_even_cost.values == pytest.approx(one.break_even_cost.values)
    once = cx.roi(value, cost=COST, margin=0.6, horizon=6, retention=0.8, discount=0.03, paid="once")
    assert once.net.values == pytest.approx(a * one.benefit.values - one.cost.values)
    assert once.break_even_cost.values == pytest.approx(a * one.benefit.values)


def test_retention_by_level_and_as_it_is_estimated(value, spend):
    kept = value.pick(metric="renewed")
    by_level = dict(zip(LEVELS["order"], kept.values / 100, strict=True))
    given = cx.roi(value, cost=COST, margin=0.6, horizon=5, retention=by_level, discount=0.02)
    told = cx.roi(value, cost=COST, margin=0.6, horizon=5, retention="renewed", discount=0.02)
    assert told.net.values == pytest.approx(given.net.values)

    def net(v):
        brings = [(0.6 * v[j] - cost) * annuity(v[3 + j] / 100, 0.02, 5) for j, cost in enumerate(COST.values())]
        return np.asarray([brings[1] - brings[0], brings[2] - brings[1], brings[2] - brings[0]])

    known = value.transform(net, labels=STEPS)
    assert told.net.values == pytest.approx(known.values)
    assert told.net.vcov == pytest.approx(known.vcov, rel=1e-6)
    assert (told.net.std_error > given.net.std_error).all()
    assert told.cost.std_error[0] > 0
    # at the break-even cost the step breaks even, at the break-even margin, too
    even = cx.roi(value, cost=COST | {"wow": 12 + told.break_even_cost.values[1]}, margin=0.6, horizon=5, retention="renewed",
                  discount=0.02)  # fmt: skip
    assert even.net.values[1] == pytest.approx(0, abs=1e-9)
    dear = cx.roi(
        value, cost=COST, margin=told.break_even_margin.values[0], horizon=5, retention="renewed", discount=0.02
    )
    assert dear.net.values[0] == pytest.approx(0, abs=1e-9)


def test_the_ends_of_a_margin_are_where_the_net_return_is_just_told_from_nothing(value):
    asked = {"cost": COST, "horizon": 5, "retention": "renewed", "discount": 0.02}
    found = cx.roi(value, margin=0.6, **asked)
    for side, other in ((0, 1), (1, 0)):
        end = found.break_even_margin.interval(0.95)[side][0]
        at_end = cx.roi(value, margin=end, **asked).net
        assert at_end.interval(0.95)[other][0] == pytest.approx(0, abs=1e-4)


def test_a_share_is_worth_what_is_said(value):
    found = cx.roi(value, outcome="renewed", worth=250, cost=COST)
    step = value.pick(metric="renewed").contrast("wow", "adequate").values[0]
    assert found.benefit.values[1] == pytest.approx(2.5 * step)
    assert "a customer who says yes is worth 250" in found.assumed


def test_what_is_not_known_of_a_level_is_not_known_of_its_return():
    rows = cx.load_survey().dropna(subset=["spend"]).head(300)
    rows = rows.assign(branch=[i // 75 for i in range(300)])
    rows = rows[(rows["service_level"] != "wow") | (rows["branch"] == 0)]
    value = cx.service_value(cx.Survey(rows, psu="branch"), outcome="spend", **LEVELS)
    assert np.isnan(value.std_error).tolist() == [False, False, True]
    for cost in ({"adequate": 7, "wow": 17}, {"adequate": 7, "wow": (16, 18)}):
        found = cx.roi(value, cost=cost, margin=0.6)
        for name in ("net", "benefit_cost", "break_even_cost", "break_even_margin"):
            limits = np.asarray(getattr(found, name).interval(0.95))
            assert np.isnan(limits).any(axis=0).tolist() == [False, True, True]
        assert np.isnan(found.pays).tolist() == [False, True, True]
        assert not found.benefit_cost.frame()["note"].str.contains("costs nothing more").any()
        assert not found.tornado().set_index("input").loc["spend, wow less adequate", "decides"]


# --- ranges and distributions ------------------------------------------------------------------------------------------------


def test_a_range_of_next_to_nothing_changes_nothing(value):
    sure = cx.roi(value, cost=COST, margin=0.6, horizon=3, retention="renewed")
    drawn = cx.roi(
        value, cost=COST | {"wow": (21.999, 22.001)}, margin=0.6, horizon=3, retention="renewed", draws=100_000
    )
    for name in ("net", "benefit_cost", "break_even_cost", "break_even_margin"):
        one, two = getattr(sure, name), getattr(drawn, name)
        assert two.values == pytest.approx(one.values, rel=1e-3)
        width = one.interval(0.95)[1] - one.interval(0.95)[0]
        for a, b in zip(one.interval(0.95), two.interval(0.95), strict=True):
            assert np.abs(a - b).max() <= 0.04 * width.max()
    assert drawn.pays == pytest.approx(sure.pays, abs=0.5)


def test_ranges_widen_as_their_variances_add(value):
    sure = cx.roi(value, cost=COST, margin=0.6)
    wide = cx.roi(value, cost=COST | {"wow": stats.norm(22, 2)}, margin=0.6, draws=100_000)
    low, high = wide.net.interval(0.95)
    expected = np.hypot(stats.t.ppf(0.975, sure.net.df[1]) * sure.net.std_error[1], stats.norm.ppf(0.975) * 2)
    assert (high - low)[1] / 2 == pytest.approx(expected, rel=0.02)
    assert (high - low)[0] == pytest.approx(np.diff(sure.net.interval(0.95), axis=0)[0][0], rel=0.02)
    assert wide.pays[1] > sure.pays[1]
    assert wide.net.n[0] == sure.net.n[0]


def test_a_seed_gives_the_same_and_another_others(value):
    asked = {"cost": COST | {"wow": (18, 26)}, "margin": (0.5, 0.6, 0.7)}
    one, two, three = (cx.roi(value, **asked, seed=seed).net.interval(0.95) for seed in (1, 1, 2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, three)
    assert "limits by 20,000 draws (seed 1)" in repr(cx.roi(value, **asked, seed=1))


def test_wider_levels_are_wider_and_p_values_agree_with_intervals(value):
    found = cx.roi(value, cost=COST | {"wow": (18, 26)}, margin=0.6).net
    inner, outer = found.interval(0.8), found.interval(0.99)
    assert (inner[0] > outer[0]).all()
    assert (inner[1] < outer[1]).all()
    tested = found.test(cx.above(0))
    decided = (found.interval(0.95)[0] > 0) | (found.interval(0.95)[1] < 0)
    assert ((tested["p_value"] < 0.05).to_numpy() == decided).all()


@pytest.mark.parametrize(
    ("given", "mean", "low", "high"),
    [(3, 3, 3, 3), ((2, 6), 4, 2, 6), ((0, 1, 5), 2, 0, 5), (stats.uniform(1, 2), 2, 1.05, 2.95)],
)
def test_inputs_have_the_quantiles_of_what_was_given(given, mean, low, high):
    one = input_of("here", "cost", given, 0, np.inf, "")
    assert [one.mean, one.low, one.high] == pytest.approx([mean, low, high])
    u = (np.arange(20_000) + 0.5) / 20_000
    drawn = one.quantiles(u)
    assert drawn.mean() == pytest.approx(mean, rel=1e-3)
    if isinstance(given, tuple) and len(given) == 3:
        triangle = stats.triang((given[1] - given[0]) / (given[2] - given[0]), given[0], given[2] - given[0])
        assert drawn == pytest.approx(triangle.ppf(u), abs=1e-12)


def test_a_step_that_may_be_free_has_a_ratio_without_an_end(value):
    found = cx.roi(value, cost={"poor": 5, "adequate": 12, "wow": (11, 14)}, margin=0.6)
    low, high = found.benefit_cost.interval(0.95)
    assert high[1] == np.inf
    assert low[1] > 0


# --- what it hangs on --------------------------------------------------------------------------------------------------------


def test_the_tornado_moves_one_thing_at_a_time(value):
    found = cx.roi(value, cost=COST | {"wow": (18, 26)}, margin=0.6, horizon=4, retention="renewed", discount=0.02)
    table = found.tornado("wow - adequate").set_index("input")
    for name, changed in (("cost of wow", {"cost": COST | {"wow": 18}}), ("margin", {"cost": COST, "margin": 0.48})):
        asked = {"margin": 0.6, "horizon": 4, "retention": "renewed", "discount": 0.02} | changed
        assert table.loc[name, "net_low"] == pytest.approx(cx.roi(value, **asked).net.values[1])
    step = value.pick(metric="spend").contrast("wow", "adequate")
    assert table.loc["spend, wow less adequate", ["low", "high"]].tolist() == pytest.approx(
        np.ravel(step.interval(0.95))
    )
    assert table["swing"].is_monotonic_decreasing
    assert table["swing"].to_numpy() == pytest.approx((table["net_high"] - table["net_low"]).abs())
    assert (table["decides"] == (np.sign(table["net_low"]) != np.sign(table["net_high"]))).all()
    assert "cost of poor" not in table.index
    assert found.tornado().equals(found.tornado("wow - adequate"))
    assert "cost of poor" in set(found.tornado("wow - poor")["input"])


def test_groups_have_returns_of_their_own(value):
    by = cx.service_value(
        cx.sample_survey(), outcome=["spend", "renewed"], adjust="segment", by="tenure", unit="EUR", **LEVELS
    )
    found = cx.roi(by, cost=COST, margin=0.6, horizon=2, retention="renewed")
    assert found.net.labels["tenure"].tolist() == [t for t in ("long", "new", "settled") for _ in range(3)]
    new = cx.col("tenure") == "new"
    alone = cx.service_value(cx.sample_survey(), outcome=["spend", "renewed"], adjust="segment", where=new, **LEVELS)
    one = cx.roi(alone, cost=COST, margin=0.6, horizon=2, retention="renewed")
    assert found.net.values[3:6] == pytest.approx(one.net.values)
    assert found.net.std_error[3:6] == pytest.approx(one.net.std_error, rel=1e-6)
    assert len(found.tornado()) == 3 * len(one.tornado())
    drawn = cx.roi(by, cost=COST | {"wow": (21, 23)}, margin=0.6)
    assert len(drawn.frame()) == 9
    assert drawn.net.n.tolist() == cx.roi(by, cost=COST, margin=0.6).net.n.tolist()


def test_it_finds_the_truth_it_was_drawn_from(value):
    truth, costs = Truth(), cx.load_costs()
    cost, margin = dict(zip(costs["service_level"], costs["cost"], strict=True)), costs["margin"].iloc[0]
    found = cx.roi(value, cost=cost, margin=margin)
    for row, (later, earlier) in enumerate((("adequate", "poor"), ("wow", "adequate"))):
        true = margin * (truth.spend[later] - truth.spend[earlier]) - (cost[later] - cost[earlier])
        low, high = (limit[row] for limit in found.net.interval(0.95))
        assert low < true < high


def test_words(value):
    found = cx.roi(value, cost=COST, margin=0.6)
    text = repr(found)
    assert "Synthetic sample data" in text
    assert "associated with the level, not shown to be caused by it" in text
    assert "Probability that it pays: adequate - poor" in text
    assert "<table" in found._repr_html_()
    lots = cx.service_value(cx.sample_survey(), outcome="spend", randomised=True, **LEVELS)
    assert "effects of the level" in repr(cx.roi(lots, cost=COST))
    table = found.frame()
    assert table.attrs["synthetic"]
    assert isinstance(table, pd.DataFrame)
    assert table["contrast"].tolist() == STEPS
