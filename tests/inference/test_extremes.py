"""The largest of several, with bounds that know it was picked; differences of periods and pairs."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import cxstats as cx
from cxstats.errors import ArgumentError, VariantError
from cxstats.inference.simultaneous import Simultaneous

OF = ["largest", "smallest", "largest absolute", "range"]


def answers(groups: int = 4, rows: int = 400, seed: int = 3, psus: int = 0) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    group = draw.integers(0, groups, rows)
    frame = pd.DataFrame(
        {"group": [f"g{i}" for i in group], "x": draw.normal(size=rows) + 0.3 * group, "year": 2020 + group}
    )
    frame["yes"] = draw.random(rows) < 0.1 + 0.05 * group
    if psus:
        frame["psu"] = draw.integers(0, psus, rows)
    return frame


def by_group(score: cx.Score | None = None, **kind: int) -> cx.Estimate:
    frame = answers(**kind)
    return cx.measure(cx.Survey(frame, psu="psu" if "psu" in frame else None), score or cx.mean("x"), by="group")


SHARE = cx.share(cx.col("yes"))


def equal(size: int, r: float) -> np.ndarray:
    return np.full((size, size), r) + (1 - r) * np.eye(size)


@pytest.mark.parametrize("df", [5.0, 40.0, 1e4])
@pytest.mark.parametrize("two_sided", [False, True])
@pytest.mark.parametrize("alpha", [0.5, 0.05, 0.01])
def test_the_critical_value_is_that_of_studentised_normal_variables(df, two_sided, alpha):
    r, size, draw = equal(4, 0.4), 60_000, np.random.default_rng(8)
    root = np.linalg.cholesky(r)
    z = draw.standard_normal((size, 4)) @ root.T
    if df < 1e4:
        z /= np.sqrt(sum((draw.standard_normal((size, 4)) @ root.T) ** 2 for _ in range(int(df))) / df)
    each = Simultaneous(r, np.full(4, df), 0, two_sided).each(alpha)
    largest = (np.abs(z) if two_sided else z).max(axis=1)
    missed = (largest > stats.t.isf(each / 2, df)).mean()
    assert missed == pytest.approx(alpha / 2, abs=4 * np.sqrt(alpha / 2 / size) + 0.02 * alpha / 2 + 0.004 * (df == 5))


@pytest.mark.parametrize(("size", "r"), [(3, 0.5), (5, 0.9), (8, 0.3)])
def test_the_critical_value_is_that_of_the_normal_distribution(size, r):
    """As R: qmvnorm(0.975, corr = R) is 2.34895 for three of correlation 0.5, 2.70333 for eight of 0.3."""
    z = stats.norm.isf(Simultaneous(equal(size, r), np.full(size, 1e9), 0, False).each(0.05) / 2)
    together = stats.multivariate_normal(np.zeros(size), equal(size, r), maxpts=200_000, abseps=1e-6, seed=1)
    missed = 1 - together.cdf(np.full(size, z))
    assert 0.96 * 0.025 < missed < 1.003 * 0.025


@pytest.mark.parametrize("groups", [3, 8])
def test_all_pairs_are_those_of_tukey(groups):
    b, a = np.triu_indices(groups, 1)
    pairs = np.eye(groups)[a] - np.eye(groups)[b]
    z = stats.norm.isf(Simultaneous(pairs @ pairs.T / 2, np.full(len(a), 1e9), 0, True).each(0.05) / 2)
    assert z == pytest.approx(stats.studentized_range.ppf(0.975, groups, 1e9) / np.sqrt(2), abs=0.015)


@pytest.mark.parametrize("size", [2, 5, 12])
def test_independent_errors_are_those_of_sidak(size):
    each = Simultaneous(np.eye(size), np.full(size, 1e9), 0, False).each(0.05)
    assert each / 2 == pytest.approx(1 - 0.975 ** (1 / size), rel=0.01)
    two = Simultaneous(np.eye(size), np.full(size, 1e9), 0, True).each(0.05)
    assert two == pytest.approx(1 - 0.975 ** (1 / size), rel=0.01)


def test_perfect_correlation_costs_nothing_and_unknown_correlation_costs_bonferroni():
    same = Simultaneous(np.ones((6, 6)), np.full(6, 50.0), 0, False)
    assert same.each(0.05) == pytest.approx(0.05, rel=1e-6)
    opposite = Simultaneous(np.asarray([[1.0, -1.0], [-1.0, 1.0]]), np.full(2, 50.0), 0, True)
    assert opposite.each(0.05) == pytest.approx(0.025, rel=1e-6)
    alone = Simultaneous(np.zeros((0, 0)), np.zeros(0), 5, False)
    assert alone.each(0.05) == pytest.approx(0.01, rel=1e-6)
    assert alone.each(1e-12) == pytest.approx(2e-13, rel=1e-6)


@pytest.mark.parametrize("two_sided", [False, True])
def test_strictness_lies_between_none_and_bonferroni_and_rises_with_the_level(two_sided):
    joint = Simultaneous(equal(10, 0.3), np.linspace(4, 30, 10), 2, two_sided)
    alpha = np.geomspace(1e-14, 1, 60)
    each = np.asarray([joint.each(a) for a in alpha])
    assert (np.diff(each) > 0).all()
    assert (each <= alpha).all()
    assert (each >= alpha / 12 / (2 if two_sided else 1) * (1 - 1e-6)).all()


def test_limits_are_those_of_the_rows():
    e = by_group()
    low, high = e.interval()
    strict = e.interval(1 - Simultaneous.of(e, two_sided=False).each(0.05))
    largest, smallest = cx.extreme(e), cx.extreme(e, "smallest")
    assert largest.values[0] == e.values.max()
    np.testing.assert_allclose(np.ravel(largest.interval()), [strict[0].max(), high.max()])
    assert smallest.values[0] == e.values.min()
    np.testing.assert_allclose(np.ravel(smallest.interval()), [low.min(), strict[1].min()])


@pytest.mark.parametrize("score", [cx.mean("x"), SHARE], ids=["mean", "share"])
@pytest.mark.parametrize("psus", [0, 12])
def test_a_range_is_the_largest_difference_of_all_pairs(score, psus):
    e = by_group(score, psus=psus)
    found = cx.extreme(e, "range")
    assert found.values[0] == pytest.approx(np.ptp(e.values))
    pairs = [e.contrast(a, b) for i, a in enumerate(e.labels["group"]) for b in e.labels["group"][:i]]
    for method in (None, "korn-graubard", "guarded"):
        ends = np.abs([side[0] for pair in pairs for side in pair.interval(0.9, method)])
        assert found.interval(0.9, method)[1][0] == pytest.approx(ends.max())
    assert found.interval()[0][0] >= 0
    assert found.n[0] == e.n.sum()
    if psus:
        assert found.df[0] == psus - 1


@pytest.mark.parametrize("of", OF)
def test_the_order_of_groups_and_the_unit_of_the_answers_do_not_matter(of):
    frame = answers()
    one = cx.extreme(cx.measure(frame, cx.mean("x"), by="group"), of).frame()
    turned = frame.assign(group=frame["group"].map({"g0": "d", "g1": "b", "g2": "c", "g3": "a"}), x=1000 * frame["x"])
    two = cx.extreme(cx.measure(turned, cx.mean("x"), by="group"), of).frame()
    found = two[["estimate", "conf_low", "conf_high"]].to_numpy() / 1000
    np.testing.assert_allclose(found, one[["estimate", "conf_low", "conf_high"]].to_numpy(), rtol=0.01, atol=1e-9)


def test_the_smallest_is_the_largest_of_the_negatives():
    frame = answers()
    down = cx.extreme(cx.measure(frame.assign(x=-frame["x"]), cx.mean("x"), by="group"))
    up = cx.extreme(cx.measure(frame, cx.mean("x"), by="group"), "smallest")
    np.testing.assert_allclose(down.interval()[0], -up.interval()[1], rtol=1e-9)
    np.testing.assert_allclose(down.interval()[1], -up.interval()[0], rtol=1e-9)


@pytest.mark.parametrize("of", OF)
@pytest.mark.parametrize("score", [cx.mean("x"), SHARE], ids=["mean", "share"])
def test_limits_widen_with_the_level_and_the_p_value_inverts_them(of, score):
    found = cx.extreme(by_group(score, psus=15), of)
    ends = np.asarray([np.ravel(found.interval(level)) for level in (0.01, 0.5, 0.8, 0.9, 0.95, 0.99, 0.9999)])
    assert (np.diff(ends[:, 0]) <= 0).all()
    assert (np.diff(ends[:, 1]) >= 0).all()
    edge = float(found.values[0]) + 0.8 * (ends[-2, 1] - float(found.values[0]))
    p = found.test(cx.below(edge))["p_value"][0]
    assert found.interval(1 - p, "guarded")[1][0] == pytest.approx(edge, rel=1e-6)


def test_the_method_of_shares_reaches_the_rows():
    e = by_group(SHARE)
    found = cx.extreme(e)
    for method in ("wilson", "korn-graubard", "guarded"):
        assert found.interval(0.95, method)[1][0] == pytest.approx(e.interval(0.95, method)[1].max())
    assert found.test(cx.below(50))["conf_high"][0] == found.interval(0.95, "guarded")[1][0] != found.interval()[1][0]


def test_one_row_is_its_own_extreme():
    e = by_group().pick(group="g2")
    for of in ("largest", "smallest"):
        np.testing.assert_allclose(cx.extreme(e, of).interval(), e.interval(), rtol=1e-9)


def test_ties_and_answers_that_do_not_differ():
    frame = pd.DataFrame({"x": [3.0] * 6 + [1.0, 5.0, 3.0] * 2, "group": ["a"] * 6 + ["b"] * 6})
    found = cx.extreme(cx.measure(frame, cx.mean("x"), by="group"))
    assert found.values[0] == 3.0
    low, high = found.interval()
    assert low[0] <= 3.0
    assert high[0] == np.inf, "the group whose answers are alike has no interval, so it may be any size"
    assert "standard error is unknown" in found.frame()["note"][0]
    shares = cx.extreme(
        cx.measure(frame.assign(yes=frame["group"] == "a"), cx.share(cx.col("yes")), by="group"), "range"
    )
    assert shares.values[0] == 100.0
    assert shares.interval()[0][0] > 0


def test_groups_without_answers_are_left_out_and_named():
    frame = answers()
    frame.loc[frame["group"] == "g3", "x"] = np.nan
    found = cx.extreme(cx.measure(frame, cx.mean("x"), by="group"))
    assert found.values[0] == cx.measure(frame, cx.mean("x"), by="group").values[:3].max()
    assert "left out: 'g3'" in found.frame()["note"][0]
    nothing = cx.extreme(cx.measure(frame.assign(x=np.nan), cx.mean("x"), by="group"))
    assert np.isnan(nothing.values[0])
    assert nothing.test(cx.above(0))["verdict"][0] == "untestable"


def test_what_cannot_be_compared():
    with pytest.raises(ArgumentError, match=r"extreme\(of=\).*'larges'.*Did you mean 'largest'"):
        cx.extreme(by_group(), "larges")
    with pytest.raises(ArgumentError, match="one group only"):
        cx.extreme(by_group().pick(group="g1"), "range")
    with pytest.raises(ArgumentError, match=r"several metrics.*pick\(metric="):
        cx.extreme(cx.measure(answers(), [cx.mean("x"), SHARE], by="group"), "range")
    with pytest.raises(VariantError, match="different measures"):
        cx.extreme(cx.measure(answers(), [cx.mean("x"), SHARE], by="group"))


def test_it_prints_what_it_is():
    shown = str(cx.extreme(by_group(), "range"))
    assert "range of 4" in shown
    assert "from g0 to g3" in shown
    assert "extremes by joint t" in shown


# --- successive differences ----------------------------------------------------------------------------------------------


def test_successive_differences_follow_time_not_the_rows():
    frame = answers(psus=20)
    e = cx.measure(
        cx.Survey(frame.assign(year=pd.Categorical(frame["year"], [2023, 2021, 2020, 2022])), psu="psu"),
        SHARE,
        by="year",
    )
    found = cx.successive(cx.measure(cx.Survey(frame, psu="psu"), SHARE, by="year"))
    assert found.labels["contrast"].tolist() == ["2021 - 2020", "2022 - 2021", "2023 - 2022"]
    by_hand = [e.contrast(y + 1, y) for y in (2020, 2021, 2022)]
    np.testing.assert_allclose(found.values, [d.values[0] for d in by_hand])
    np.testing.assert_allclose(found.std_error, [d.std_error[0] for d in by_hand])
    np.testing.assert_allclose(found.interval()[0], [d.interval()[0][0] for d in by_hand])
    assert cx.successive(e).labels["contrast"].tolist() == found.labels["contrast"].tolist()


def test_successive_differences_within_each_group():
    frame = answers().assign(half=np.tile(["one", "two"], 200))
    e = cx.measure(frame, cx.mean("x"), by=["half", "year"])
    found = cx.successive(e, over="year")
    assert found.labels["half"].tolist() == ["one"] * 3 + ["two"] * 3
    assert found.values[4] == e.values[6] - e.values[5]


def test_what_has_no_successive_differences():
    e = cx.measure(answers(), cx.mean("x"), by="year")
    with pytest.raises(ArgumentError, match=r"successive\(over='year'\).*one period only"):
        cx.successive(e.pick(year=2021))
    with pytest.raises(ArgumentError, match=r"successive\(over=\).*Did you mean 'year'"):
        cx.successive(e, over="yaer")
    with pytest.raises(ArgumentError, match="successive: 'g0' is not a year"):
        cx.successive(by_group())
