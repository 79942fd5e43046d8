"""What can be done with an estimate: contrasts, comparisons, transforms, trends, tests, stacking, printing."""

import datetime
import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

import cxstats as cx
from cxstats.inference import intervals
from cxstats.inference.multiplicity import adjusted
from cxstats.inference.periods import positions
from tests.conftest import move

QUARTERS = ["2025Q1", "2025Q2", "2025Q3", "2025Q4"]


def straddling(rows: int = 240, seed: int = 11) -> pd.DataFrame:
    """Return answers of branches that serve every channel in every quarter."""
    draw = np.random.default_rng(seed)
    branch = draw.integers(0, 24, rows)
    channel = draw.choice(["app", "call", "chat"], rows)
    return pd.DataFrame(
        {
            "branch": branch,
            "region": np.where(branch < 12, "north", "south"),
            "channel": channel,
            "quarter": draw.choice(QUARTERS, rows),
            "weight": draw.integers(1, 9, rows) / 4,
            "overall": np.clip(draw.integers(1, 6, rows) + (channel == "app") + branch % 2, 1, 5),
            "recommend": draw.integers(0, 11, rows),
            "wait": draw.gamma(2, 10, rows).round(1) + (branch % 4) * 3,
            "spend": draw.gamma(2, 20, rows).round(2) + 1,
        }
    )


def survey(rows: pd.DataFrame | None = None) -> cx.Survey:
    return cx.Survey(straddling() if rows is None else rows, weight="weight", strata="region", psu="branch")


SCORES = {"mean": cx.mean("wait"), "share": cx.csat("overall"), "balance": cx.nps("recommend")}


@pytest.fixture(params=list(SCORES))
def score(request: pytest.FixtureRequest) -> cx.Score:
    """Return a score of each family in turn: their differences have intervals of different kinds."""
    return SCORES[request.param]


def at(estimate: cx.Estimate, **labels: object) -> np.ndarray:
    """Return the rows with these labels, found by hand."""
    chosen = np.ones(len(estimate), dtype=bool)
    for name, value in labels.items():
        chosen &= (estimate.labels[name] == value).to_numpy()
    return np.flatnonzero(chosen)


# --- contrasts -----------------------------------------------------------------------------------------------------------


def test_a_contrast_is_a_difference_with_the_covariance_of_both_sides(score):
    by = cx.measure(survey(), score, by="channel")
    difference = by.contrast("app", "call")
    assert difference.values[0] == by.values[0] - by.values[1]
    v = by.vcov
    assert difference.std_error[0] ** 2 == pytest.approx(v[0, 0] + v[1, 1] - 2 * v[0, 1], rel=1e-12)
    assert abs(v[0, 1]) > 1e-3 * v[0, 0], "branches that serve both channels make them dependent"


def test_a_contrast_turned_round_is_the_negative(score):
    by = cx.measure(survey(), score, by="channel")
    one, two = by.contrast("app", "call").frame(), by.contrast("call", "app").frame()
    assert one["estimate"][0] == -two["estimate"][0]
    assert one["conf_low"][0] == pytest.approx(-two["conf_high"][0], rel=1e-9)
    assert one["conf_high"][0] == pytest.approx(-two["conf_low"][0], rel=1e-9)


def test_a_value_and_a_dict_pick_the_same_rows():
    by = cx.measure(survey(), list(SCORES.values()), by="channel")
    one, two = by.contrast("app", "call"), by.contrast({"channel": "app"}, {"channel": "call"})
    pd.testing.assert_frame_equal(one.frame(), two.frame())


def test_rows_are_paired_on_the_labels_left_over():
    by = cx.measure(survey(), [cx.csat("overall"), cx.mean("wait")], by=["channel", "quarter"])
    paired = by.contrast({"channel": "chat"}, {"channel": "app"})
    expected = [(metric, quarter) for metric in ("csat", "mean") for quarter in QUARTERS]
    assert list(paired.labels[["metric", "quarter"]].itertuples(index=False, name=None)) == expected
    assert set(paired.labels["contrast"]) == {"chat - app"}
    for i, (metric, quarter) in enumerate(expected):
        (chat,), (app,) = (at(by, metric=metric, quarter=quarter, channel=c) for c in ("chat", "app"))
        assert paired.values[i] == by.values[chat] - by.values[app]


def test_dicts_may_pick_single_rows():
    by = cx.measure(survey(), cx.csat("overall"), by=["channel", "quarter"])
    one = by.contrast({"channel": "app", "quarter": "2025Q4"}, {"channel": "call", "quarter": "2025Q1"})
    (app,), (call,) = at(by, channel="app", quarter="2025Q4"), at(by, channel="call", quarter="2025Q1")
    assert one.values.tolist() == [by.values[app] - by.values[call]]
    assert one.labels["contrast"].tolist() == ["app, 2025Q4 - call, 2025Q1"]


def test_metrics_of_one_kind_may_be_contrasted():
    both = cx.measure(
        survey(), [cx.share(cx.col("wait") > 30, name="long"), cx.share(cx.col("wait") < 10, name="short")]
    )
    difference = both.contrast({"metric": "long"}, {"metric": "short"})
    assert difference.values[0] == both.values[0] - both.values[1]
    assert difference.labels["metric"].tolist() == ["long - short"]


def test_a_difference_of_differences_uses_the_whole_matrix(score):
    by = cx.measure(survey(), score, by=["channel", "quarter"])
    twice = by.contrast({"channel": "app"}, {"channel": "call"}).contrast({"quarter": "2025Q4"}, {"quarter": "2025Q1"})
    weights = np.zeros(len(by))
    for channel, quarter, sign in [
        ("app", "2025Q4", 1), ("call", "2025Q4", -1), ("app", "2025Q1", -1), ("call", "2025Q1", 1)
    ]:  # fmt: skip
        weights[at(by, channel=channel, quarter=quarter)] = sign
    assert twice.values[0] == pytest.approx(weights @ by.values, rel=1e-12)
    assert twice.std_error[0] == pytest.approx(np.sqrt(weights @ by.vcov @ weights), rel=1e-12)
    rows = straddling()
    entering = rows[rows["channel"].isin(["app", "call"]) & rows["quarter"].isin(["2025Q1", "2025Q4"])]
    assert twice.df[0] == entering["branch"].nunique() - entering["region"].nunique()


def test_degrees_of_freedom_of_a_contrast_count_a_straddling_psu_once():
    rows = straddling()
    rows = rows[(rows["channel"] != "app") | (rows["branch"] < 14)]  # the app is met in 14 of 24 branches
    by = cx.measure(survey(rows), cx.mean("wait"), by="channel")
    met = rows.groupby("channel")["branch"].unique().map(set)
    assert by.df.tolist() == [len(branches) - 2 for branches in met]
    assert by.contrast("app", "call").df.tolist() == [len(met["app"] | met["call"]) - 2]
    assert len(met["app"] & met["call"]) > 5


def test_differences_of_shares_stay_in_range_and_have_no_width_of_zero():
    rows = pd.DataFrame({"channel": ["app"] * 12 + ["call"] * 12, "overall": [5] * 12 + [1] * 12})
    table = cx.measure(rows, cx.csat("overall"), by="channel").contrast("app", "call").frame()
    assert table["estimate"][0] == 100
    assert table["conf_high"][0] == 100
    assert 50 < table["conf_low"][0] < 100


def test_the_interval_of_a_difference_of_shares_is_mover_of_their_own_intervals():
    by = cx.measure(survey(), cx.csat("overall"), by="channel")
    (low, high), difference = by.interval(), by.contrast("app", "call")
    r = by.vcov[0, 1] / np.sqrt(by.vcov[0, 0] * by.vcov[1, 1])
    down, up = by.values - low, high - by.values
    left = difference.values[0] - np.sqrt(down[0] ** 2 - 2 * r * down[0] * up[1] + up[1] ** 2)
    right = difference.values[0] + np.sqrt(up[0] ** 2 - 2 * r * up[0] * down[1] + down[1] ** 2)
    np.testing.assert_allclose([limit[0] for limit in difference.interval()], [left, right], rtol=1e-9)


def test_picking_rows_changes_no_number():
    by = cx.measure(survey(), list(SCORES.values()), by=["channel", "quarter"])
    some = by.pick(metric=["mean", "csat"], channel="call")
    rows = [
        i for i in range(len(by)) if by.labels["metric"][i] in ("mean", "csat") and by.labels["channel"][i] == "call"
    ]
    assert some.labels.to_dict("list") == by.labels.iloc[rows].to_dict("list")
    np.testing.assert_array_equal(some.values, by.values[rows])
    np.testing.assert_array_equal(some.vcov, by.vcov[np.ix_(rows, rows)])
    pd.testing.assert_frame_equal(some.frame(), by.frame().iloc[rows].reset_index(drop=True))
    whole, part = (
        e.contrast({"quarter": "2025Q4"}, {"quarter": "2025Q1"})
        for e in (by.pick(metric="csat"), some.pick(metric="csat"))
    )
    assert part.frame()["conf_low"][0] == whole.frame()["conf_low"][1]


# --- comparisons ---------------------------------------------------------------------------------------------------------


def test_all_pairs_are_the_later_minus_the_earlier_group():
    by = cx.measure(survey(), cx.mean("wait"), by="channel")
    table = by.compare()
    assert list(zip(table["group"], table["versus"], strict=True)) == [
        ("call", "app"),
        ("chat", "app"),
        ("chat", "call"),
    ]
    for row in table.itertuples():
        contrast = by.contrast(row.group, row.versus)
        assert row.difference == contrast.values[0]
        assert row.std_error == pytest.approx(contrast.std_error[0], rel=1e-12)
        assert (row.conf_low, row.conf_high) == pytest.approx([side[0] for side in contrast.interval()], rel=1e-12)
        assert row.df == contrast.df[0]


def test_all_groups_may_be_compared_with_one():
    by = cx.measure(survey(), [cx.csat("overall"), cx.mean("wait")], by="channel")
    table = by.compare(to="call")
    assert table["group"].tolist() == ["app", "chat"] * 2
    assert set(table["versus"]) == {"call"}
    assert table["metric"].tolist() == ["csat", "csat", "mean", "mean"]


def test_groups_of_two_columns_are_compared_by_both():
    by = cx.measure(survey(), cx.mean("wait"), by=["channel", "quarter"])
    table = by.compare(to={"channel": "app", "quarter": "2025Q1"})
    assert len(table) == len(by) - 1
    assert table["group"][0] == "app, 2025Q2"
    assert set(table["versus"]) == {"app, 2025Q1"}


METHODS = {"holm": "holm", "bonferroni": "bonferroni", "benjamini-hochberg": "fdr_bh"}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("seed", range(4))
def test_adjusted_p_values_are_those_of_statsmodels(method, seed):
    p = np.random.default_rng(seed).random(17) ** 4
    p[5] = p[11]
    np.testing.assert_allclose(adjusted(p, method), multipletests(p, method=METHODS[method])[1], rtol=1e-12)


def test_an_unknown_p_value_stays_unknown_and_does_not_count():
    p = np.asarray([0.01, np.nan, 0.03])
    np.testing.assert_allclose(adjusted(p, "holm"), [0.02, np.nan, 0.03])
    np.testing.assert_allclose(adjusted(p, "bonferroni"), [0.02, np.nan, 0.06])
    np.testing.assert_allclose(adjusted(p, None), p)


@pytest.mark.parametrize("method", METHODS)
def test_p_values_are_adjusted_within_each_metric(method):
    by = cx.measure(survey(), [cx.csat("overall"), cx.mean("wait")], by=["channel", "region"])
    table = by.compare(adjust=method)
    for _, family in table.groupby("metric"):
        assert len(family) == 15
        expected = multipletests(family["p_unadjusted"], method=METHODS[method])[1]
        np.testing.assert_allclose(family["p_value"], expected, rtol=1e-9)


@pytest.mark.parametrize("adjust", [None, "none"])
def test_without_adjustment_both_p_values_are_one(adjust):
    table = cx.measure(survey(), cx.mean("wait"), by="channel").compare(adjust=adjust)
    np.testing.assert_array_equal(table["p_value"], table["p_unadjusted"])


def test_bonferroni_intervals_are_simultaneous(score):
    by = cx.measure(survey(), score, by="channel")
    table = by.compare(adjust="bonferroni", level=0.94)
    low, high = by.contrast("chat", "call").interval(1 - 0.06 / 3)
    np.testing.assert_allclose([table["conf_low"][2], table["conf_high"][2]], [low[0], high[0]], rtol=1e-9)
    outside = (table["conf_low"] > 0) | (table["conf_high"] < 0)
    assert ((table["p_value"] < 0.06) == outside).all()


# --- one interval, one p -------------------------------------------------------------------------------------------------


def test_the_p_value_of_a_difference_is_where_the_interval_shown_touches_zero(score):
    by = cx.measure(survey(), score, by="channel")
    table = by.compare(adjust="none")
    assert (table["p_unadjusted"] < 1).all()
    for row in table.itertuples():
        low, high = by.contrast(row.group, row.versus).interval(1 - row.p_unadjusted)
        nearest = low[0] if row.difference > 0 else high[0]
        assert nearest == pytest.approx(0, abs=1e-6 * row.std_error)


def test_the_p_value_of_a_mean_is_that_of_a_t_test():
    table = cx.measure(survey(), cx.mean("wait"), by="channel").compare()
    expected = 2 * stats.t.sf(np.abs(table["difference"] / table["std_error"]), table["df"])
    np.testing.assert_allclose(table["p_unadjusted"], expected, rtol=1e-9)


def test_a_difference_far_beyond_doubt_keeps_a_small_p_value():
    rows = pd.DataFrame({"group": np.repeat(["a", "b"], 200), "x": np.r_[np.arange(200) % 3, 100 + np.arange(200) % 3]})
    p = cx.measure(rows, cx.mean("x"), by="group").compare()["p_value"][0]
    assert 0 <= p < 1e-15


EDGES = {"mean": [20.0, 30.0], "share": [50.0, 70.0], "balance": [-60.0, 0.0]}


@pytest.mark.parametrize("kind", SCORES)
@pytest.mark.parametrize("region", [cx.above, cx.below])
def test_the_p_value_of_a_test_is_where_its_interval_touches_the_edge(kind, region):
    by = cx.measure(survey(), SCORES[kind], by="channel")
    for edge in EDGES[kind]:
        table = by.test(region(edge))
        for i, row in table.iterrows():
            low, high = by.interval(1 - row["p_value"], "guarded")
            assert min(abs(low[i] - edge), abs(high[i] - edge)) < 1e-6 * by.std_error[i]


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
@pytest.mark.parametrize("kind", SCORES)
def test_a_verdict_is_given_just_where_the_p_value_is_below_the_level(kind, level):
    by = cx.measure(survey(), SCORES[kind], by="channel")
    low, high = EDGES[kind]
    verdicts = set()
    for region in (cx.above(low), cx.above(high), cx.below(low), cx.below(high), cx.between(low, high)):
        table = by.test(region, level=level)
        decided = table["verdict"].isin(["supported", "contradicted"])
        assert (decided == (table["p_value"] < 1 - level)).all()
        verdicts |= set(table["verdict"])
    if level < 0.99:  # there the few answers of a cell decide nothing
        assert verdicts == {"supported", "contradicted", "inconclusive"}


def test_shares_are_judged_by_korn_graubard():
    by = cx.measure(survey(), cx.csat("overall"), by="channel")
    table = by.test(cx.above(50))
    low, high = by.interval(method="guarded")
    np.testing.assert_array_equal(table["conf_low"], low)
    np.testing.assert_array_equal(table["conf_high"], high)


def test_the_verdict_follows_from_the_interval():
    rows = pd.DataFrame(
        {"group": np.repeat(list("abc"), 40), "overall": [5] * 38 + [1] * 2 + [5, 1] * 20 + [1] * 38 + [5] * 2}
    )
    table = cx.measure(rows, cx.csat("overall"), by="group").test(cx.above(60))
    assert table["verdict"].tolist() == ["supported", "inconclusive", "contradicted"]
    assert set(table["region"]) == {"above(60)"}


def test_what_is_unknown_is_untestable():
    rows = pd.DataFrame({"group": ["a", "a", "a", "b"], "wait": [1.0, 2.0, 4.0, 9.0]})
    table = cx.measure(rows, cx.mean("wait"), by="group").test(cx.above(0))
    assert table["verdict"].tolist()[1] == "untestable"
    assert np.isnan(table["p_value"][1])


# --- quantiles -----------------------------------------------------------------------------------------------------------


def smallest_reaching(rows: pd.DataFrame, p: float) -> float:
    """Return min{x : F(x) >= p}, open outside 0..1."""
    if p <= 0 or p > 1 + 1e-12:
        return -np.inf if p <= 0 else np.inf
    known = rows[rows["wait"].notna()].sort_values("wait")
    reached = known["weight"].cumsum() / known["weight"].sum()
    return float(known["wait"].to_numpy()[np.searchsorted(reached.to_numpy(), p - 1e-12)])


@pytest.mark.parametrize("p", [0.02, 0.5, 0.9, 0.995])
def test_the_interval_of_a_quantile_is_read_off_its_own_distribution(unlike_engine, p):
    rows = straddling(3000).assign(wait=lambda d: d["wait"].where(d["recommend"] != 3))
    sample = survey(move(unlike_engine, rows))
    found = cx.measure(sample, cx.quantile("wait", p), by="channel")
    for i, (channel, part) in enumerate(rows.groupby("channel")):
        value = smallest_reaching(part, p)
        assert found.values[i] == value
        below = cx.measure(survey(rows), cx.share(cx.col("wait") <= value), where=cx.col("channel") == channel)
        at = below.values[0] / 100
        for level in (0.5, 0.95, 0.999):
            half = stats.t.isf((1 - level) / 2, below.df[0]) * below.std_error[0] / 100
            low, high = found.interval(level)
            assert low[i] == smallest_reaching(part, at - half)
            assert high[i] == smallest_reaching(part, at + half)


@pytest.mark.parametrize("engine", ["pandas", "polars", "polars-lazy", "duckdb"])
def test_quantiles_and_means_are_measured_jointly(engine):
    sample = survey(move(engine, straddling(1000)))
    together = cx.measure(sample, [cx.mean("wait"), cx.quantile("wait", 0.5), cx.quantile("spend", 0.9)], by="channel")
    alone = [
        cx.measure(sample, s, by="channel")
        for s in (cx.mean("wait"), cx.quantile("wait", 0.5), cx.quantile("spend", 0.9))
    ]
    for i, one in enumerate(alone):
        np.testing.assert_allclose(together.values[3 * i : 3 * i + 3], one.values, rtol=1e-12)
        np.testing.assert_allclose(together.std_error[3 * i : 3 * i + 3], one.std_error, rtol=1e-9)
    mean_and_median = together.vcov[0, 3] / (together.std_error[0] * together.std_error[3])
    assert 0.3 < mean_and_median < 1, "a mean and a median of the same answers move together"


def test_the_p_value_of_a_quantile_is_where_its_interval_crosses_the_edge():
    by = cx.measure(survey(straddling(1500)), cx.quantile("wait", 0.5), by="channel")
    for edge in (by.values.min() - 2.05, by.values.max() + 2.05):
        for i, p in enumerate(by.test(cx.above(edge))["p_value"]):
            assert 1e-4 < p < 1
            (low, high), (lower, higher) = (by.interval(1 - p * c, "guarded") for c in (1.0001, 0.9999))
            assert not low[i] <= edge <= high[i]
            assert lower[i] <= edge <= higher[i]


# --- transforms ----------------------------------------------------------------------------------------------------------

FUNCTIONS = {
    "ratio": (lambda v: v[0] / v[1], lambda v: [[1 / v[1], -v[0] / v[1] ** 2, 0]]),
    "log": (np.log, lambda v: np.diag(1 / v)),
    "product": (lambda v: v.prod(), lambda v: [v.prod() / v]),
    "index": (
        lambda v: 100 * v / v[0],
        lambda v: 100 * np.asarray([[0, 0, 0], [-v[1] / v[0] ** 2, 1 / v[0], 0], [-v[2] / v[0] ** 2, 0, 1 / v[0]]]),
    ),
    "saving": (lambda v: 1e6 * (v[1] - v[0]) - 5e5, lambda v: [[-1e6, 1e6, 0]]),
    "small": (lambda v: 1e-8 * np.exp(-v[2] / 10), lambda v: [[0, 0, -1e-9 * np.exp(-v[2] / 10)]]),
}  # fmt: skip


@pytest.mark.parametrize(("function", "derivative"), FUNCTIONS.values(), ids=list(FUNCTIONS))
def test_the_covariance_of_a_transform_is_that_of_the_known_derivative(function, derivative):
    by = cx.measure(survey(), cx.mean("wait"), by="channel")
    found = by.transform(function)
    jacobian = np.asarray(derivative(by.values), dtype=float)
    expected = jacobian @ by.vcov @ jacobian.T
    np.testing.assert_array_equal(found.values, np.atleast_1d(function(by.values)))
    moving = np.diagonal(expected) > 0
    np.testing.assert_allclose(
        found.vcov[np.ix_(moving, moving)], expected[np.ix_(moving, moving)], rtol=1e-8, atol=1e-8 * expected.max()
    )
    np.testing.assert_allclose(found.std_error[moving], np.sqrt(np.diagonal(expected))[moving], rtol=1e-8)


def test_a_transform_of_a_transform_is_the_transform_of_both():
    by = cx.measure(survey(), cx.mean("wait"), by="channel")
    once, twice = by.transform(lambda v: np.log(v) ** 2), by.transform(np.log).transform(lambda v: v**2)
    np.testing.assert_allclose(once.vcov, twice.vcov, rtol=1e-8)
    np.testing.assert_array_equal(once.df, twice.df)


def test_a_transform_keeps_the_labels_or_takes_those_given():
    by = cx.measure(survey(), cx.mean("wait"), by="channel")
    pd.testing.assert_frame_equal(by.transform(np.log).labels, by.labels)
    assert by.transform(lambda v: v.mean(), labels="index").labels["metric"].tolist() == ["index"]
    table = pd.DataFrame({"pair": ["one", "two"]})
    named = by.transform(lambda v: v[:2], labels=table)
    assert named.labels["pair"].tolist() == ["one", "two"]
    assert list(named.labels.columns) == ["metric", "pair"]


def test_degrees_of_freedom_of_a_transform_are_of_the_values_that_enter_it():
    rows = straddling()
    rows = rows[(rows["channel"] != "app") | (rows["branch"] < 14)]
    by = cx.measure(survey(rows), cx.mean("wait"), by="channel")
    met = rows.groupby("channel")["branch"].unique().map(set)
    found = by.transform(lambda v: np.asarray([v[0] ** 2, v[0] / v[1], v[2] + 1]))
    assert found.df.tolist() == [len(met["app"]) - 2, len(met["app"] | met["call"]) - 2, len(met["chat"]) - 2]


def test_a_result_is_unknown_where_an_unknown_value_enters_it():
    rows = pd.DataFrame({"group": ["a", "a", "a", "b", "c", "c"], "wait": [1.0, 2.0, 4.0, 9.0, 3.0, 8.0]})
    by = cx.measure(rows, cx.mean("wait"), by="group")
    found = by.transform(lambda v: np.asarray([v[0] + v[1], v[0] + v[2]]))
    assert found.values.tolist() == pytest.approx([7 / 3 + 9, 7 / 3 + 5.5])
    assert np.isnan(found.std_error).tolist() == [True, False]
    assert found.frame()["note"].tolist()[0] != ""


def test_a_group_without_answers_spoils_only_what_it_enters():
    rows = pd.DataFrame({"group": ["a", "a", "b", "b", "c", "c"], "wait": [1.0, 2.0, None, None, 3.0, 8.0]})
    by = cx.measure(rows, cx.mean("wait"), by="group")
    found = by.transform(lambda v: np.asarray([v[2] - v[0], v[1] - v[0]]))
    assert np.isnan(found.values).tolist() == [False, True]
    assert np.isnan(found.std_error).tolist() == [False, True]


# --- trends --------------------------------------------------------------------------------------------------------------


def slope_by_hand(by: cx.Estimate, rows: np.ndarray, steps: np.ndarray) -> tuple[float, float]:
    """Return the least-squares slope and its standard error from the joint covariance."""
    slope = np.polyfit(steps, by.values[rows], 1)[0]
    centred = steps - steps.mean()
    weights = centred / (centred @ centred)
    return slope, float(np.sqrt(weights @ by.vcov[np.ix_(rows, rows)] @ weights))


def test_a_trend_is_the_least_squares_slope(score):
    by = cx.measure(survey(), score, by="quarter")
    trend = by.trend()
    slope, error = slope_by_hand(by, np.arange(4), np.arange(4.0))
    assert trend.values[0] == pytest.approx(slope, rel=1e-10)
    assert trend.std_error[0] == pytest.approx(error, rel=1e-10)
    assert trend.df.tolist() == [22]


def test_a_trend_is_taken_within_the_labels_left_over():
    by = cx.measure(survey(), [cx.csat("overall"), cx.mean("wait")], by=["channel", "quarter"])
    trend = by.trend(over="quarter")
    expected = [(metric, channel) for metric in ("csat", "mean") for channel in ("app", "call", "chat")]
    assert list(trend.labels[["metric", "channel"]].itertuples(index=False, name=None)) == expected
    for i, (metric, channel) in enumerate(expected):
        rows = at(by, metric=metric, channel=channel)
        assert (trend.values[i], trend.std_error[i]) == pytest.approx(
            slope_by_hand(by, rows, np.arange(4.0)), rel=1e-10
        )


def test_a_missing_period_leaves_a_gap_in_time():
    rows = straddling()
    by = cx.measure(survey(rows[rows["quarter"] != "2025Q3"]), cx.mean("wait"), by="quarter")
    slope, error = slope_by_hand(by, np.arange(3), np.asarray([0.0, 1.0, 3.0]))
    trend = by.trend(over="quarter")
    assert (trend.values[0], trend.std_error[0]) == pytest.approx((slope, error), rel=1e-10)


def test_a_trend_over_groups_with_different_gaps_takes_each_on_its_own():
    rows = straddling()
    rows = rows[(rows["channel"] != "app") | (rows["quarter"] != "2025Q2")]
    by = cx.measure(survey(rows), cx.mean("wait"), by=["channel", "quarter"])
    trend = by.trend(over="quarter")
    for i, (channel, steps) in enumerate({"app": [0, 2, 3], "call": [0, 1, 2, 3], "chat": [0, 1, 2, 3]}.items()):
        expected = slope_by_hand(by, at(by, channel=channel), np.asarray(steps, dtype=float))
        assert (trend.values[i], trend.std_error[i]) == pytest.approx(expected, rel=1e-10)


def test_a_period_without_answers_makes_the_slope_unknown():
    rows = straddling().assign(wait=lambda d: d["wait"].where(d["quarter"] != "2025Q2"))
    row = cx.measure(survey(rows), cx.mean("wait"), by="quarter").trend().frame().iloc[0]
    assert row[["estimate", "std_error", "conf_low", "conf_high"]].isna().all()
    assert "no answers" in row["note"]


@pytest.mark.parametrize(
    ("labels", "steps", "per_year"),
    [
        (["2024Q4", "2025Q1", "2025Q3"], [0, 1, 3], 4),
        (["2024-Q4", "2025-q1"], [0, 1], 4),
        (["2024-11", "2024-12", "2025-02"], [0, 1, 3], 12),
        ([2023, 2024, 2026], [0, 1, 3], 1),
        (["2023", "2024", "2026"], [0, 1, 3], 1),
        ([datetime.date(2024, 12, 31), datetime.date(2025, 1, 1), datetime.date(2025, 1, 4)], [0, 1, 4], 365.25),
        (list(pd.to_datetime(["2024-12-31", "2025-01-01", "2025-01-04"])), [0, 1, 4], 365.25),
        (["2024-12-31", "2025-01-01", "2025-01-04"], [0, 1, 4], 365.25),
        (list(pd.PeriodIndex(["2024Q4", "2025Q1", "2025Q3"], freq="Q")), [0, 1, 3], 4),
        (list(pd.PeriodIndex(["2024-11", "2025-02"], freq="M")), [0, 3], 12),
        ([0.5, 1.0, 3.0], [0, 0.5, 2.5], None),
    ],
    ids=str,
)
def test_periods_lie_where_the_calendar_puts_them(labels, steps, per_year):
    found, length = positions(labels, ordered=False)
    np.testing.assert_allclose(np.asarray(found) - found[0], steps)
    assert length == per_year if per_year else np.isnan(length)


def test_texts_have_no_order_in_time_unless_they_are_categories():
    waves = ["before", "after", "before", "after"]
    found, length = positions(["before", "after"], ordered=True)
    assert found.tolist() == [0, 1]
    assert np.isnan(length)
    rows = pd.DataFrame({"wait": [1, 5, 3, 7], "wave": pd.Categorical(waves, categories=["before", "after"])})
    assert cx.measure(rows, cx.mean("wait"), by="wave").trend().values.tolist() == [4.0]
    with pytest.raises(cx.CxError, match=r"'after' is not a year.*categories in order"):
        cx.measure(rows.assign(wave=waves), cx.mean("wait"), by="wave").trend()


def test_the_base_of_a_slope_is_that_of_all_its_periods():
    rows = pd.DataFrame({"wait": [1, 5, 3, 7, 2], "year": [2023, 2024, 2025, 2025, 2024]})
    assert cx.measure(rows, cx.mean("wait"), by="year").trend().n.tolist() == [5]


def test_a_slope_per_year_is_that_of_a_quarter_times_four():
    by = cx.measure(survey(), cx.mean("wait"), by="quarter")
    step, year = by.trend(over="quarter"), by.trend(over="quarter", per="year")
    assert year.values[0] == pytest.approx(4 * step.values[0], rel=1e-12)
    assert year.std_error[0] == pytest.approx(4 * step.std_error[0], rel=1e-12)
    assert "per year" in year.frame()["unit"][0]


# --- samples put together ------------------------------------------------------------------------------------------------


def test_stacked_samples_have_no_covariance():
    rows = straddling()
    parts = {
        region: cx.Survey(rows[rows["region"] == region], weight="weight", psu="branch")
        for region in ("north", "south")
    }
    both = cx.stack({name: cx.measure(part, [cx.csat("overall"), cx.mean("wait")]) for name, part in parts.items()})
    assert both.labels["source"].tolist() == ["north", "north", "south", "south"]
    assert (both.vcov[:2, 2:] == 0).all()
    assert both.vcov[0, 1] != 0
    difference = both.contrast("north", "south")
    np.testing.assert_allclose(difference.std_error**2, both.std_error[:2] ** 2 + both.std_error[2:] ** 2, rtol=1e-12)
    assert difference.df.tolist() == [22, 22]


def test_stacked_contrasts_keep_their_kind_of_interval():
    rows = {
        name: straddling(seed=seed).assign(branch=lambda d, name=name: name + d["branch"].astype(str))
        for name, seed in [("old", 1), ("new", 2)]
    }
    differences = {
        n: cx.measure(survey(r), cx.csat("overall"), by="channel").contrast("app", "call") for n, r in rows.items()
    }
    both = cx.stack(differences)
    for i, difference in enumerate(differences.values()):
        np.testing.assert_allclose(
            [side[i] for side in both.interval()], [side[0] for side in difference.interval()], rtol=1e-12
        )
    twice = both.contrast({"source": "old"}, {"source": "new"})
    assert twice.values[0] == pytest.approx(both.values[0] - both.values[1])
    assert twice.std_error[0] ** 2 == pytest.approx((both.std_error**2).sum())


def test_samples_put_together_keep_the_covariance_of_shared_psus(unlike_engine):
    rows = straddling()
    customers, staff = rows[rows["channel"] == "app"], rows[rows["channel"] == "call"]
    samples = {
        name: cx.Survey(
            move(unlike_engine, part.reset_index(drop=True)), strata="region", psu="branch", weight="weight"
        )
        for name, part in {"customers": customers, "staff": staff}.items()
    }
    together = cx.measure(cx.concat(samples), cx.mean("wait"), by="source")
    expected = cx.measure(survey(rows), cx.mean("wait"), by="channel")
    np.testing.assert_allclose(together.values, expected.values[:2], rtol=1e-12)
    np.testing.assert_allclose(together.vcov, expected.vcov[:2, :2], rtol=1e-9)
    assert together.vcov[0, 1] != 0


def test_samples_put_together_have_the_union_of_their_columns(unlike_engine):
    customers = pd.DataFrame({"branch": ["a", "b", "c"], "wait": [3.0, 5.0, 1.0]})
    staff = pd.DataFrame({"branch": ["a", "b", "b", "c"], "effort": [7, 6, 2, 3], "weight": [1.0, 2.0, 1.0, 1.0]})
    both = cx.concat(
        {
            "customers": cx.Survey(move(unlike_engine, customers), psu="branch"),
            "staff": cx.Survey(move(unlike_engine, staff), psu="branch", weight="weight"),
        }
    )
    estimate = cx.measure(both, [cx.mean("wait"), cx.mean("effort")], by="source")
    np.testing.assert_allclose(estimate.values, [3, np.nan, np.nan, 24 / 5])
    assert estimate.n.tolist() == [3, 0, 0, 4]


# --- the estimate itself -------------------------------------------------------------------------------------------------


def test_values_are_frozen():
    estimate = cx.measure(survey(), cx.mean("wait"), by="channel")
    for array in (estimate.values, estimate.vcov, estimate.df, estimate.std_error, estimate.n, estimate.n_effective):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_tables_that_are_handed_out_are_copies():
    estimate = cx.measure(survey(), cx.mean("wait"), by="channel")
    before = estimate.frame()
    labels, table = estimate.labels, estimate.frame()
    labels.loc[0, "channel"] = "changed"
    table.loc[:, "estimate"] = 0.0
    pd.testing.assert_frame_equal(estimate.frame(), before)


def test_a_function_that_changes_its_argument_changes_no_estimate():
    estimate = cx.measure(survey(), cx.mean("wait"), by="channel")
    before = estimate.values.copy()

    def careless(values):
        values *= 2
        return values

    np.testing.assert_array_equal(estimate.transform(careless).values, 2 * before)
    np.testing.assert_array_equal(estimate.values, before)


def test_the_frame_has_the_promised_columns_in_order():
    estimate = cx.measure(survey(), cx.csat("overall"), by=["channel", "quarter"])
    expected = ["metric", "channel", "quarter", "n", "estimate", "std_error", "conf_low", "conf_high"]
    assert list(estimate.frame().columns)[:8] == expected
    assert list(estimate.labels.columns) == ["metric", "channel", "quarter"]
    assert len(estimate) == len(estimate.df) == len(estimate.values) == 12


def test_rows_are_scores_in_the_order_given_and_groups_in_sorted_order(engine):
    rows = straddling().assign(channel=lambda d: d["channel"].map({"app": "z", "call": "a", "chat": "k"}))
    estimate = cx.measure(move(engine, rows), [cx.mean("wait"), cx.csat("overall")], by=["channel", "region"])
    pairs = [(channel, region) for channel in "akz" for region in ("north", "south")]
    expected = [(metric, *pair) for metric in ("mean", "csat") for pair in pairs]
    assert list(estimate.labels.itertuples(index=False, name=None)) == expected


# --- printing ------------------------------------------------------------------------------------------------------------

WICKED = "<script>alert('x')</script>"


def wicked() -> cx.Estimate:
    rows = pd.DataFrame({"wait": [1.0, 2.0, 4.0, 3.0], "<b>group</b>": [WICKED, WICKED, "b & c", "b & c"]})
    return cx.measure(rows, cx.mean("wait", name="<i>wait</i>"), by="<b>group</b>")


def estimates() -> dict[str, cx.Estimate]:
    by = cx.measure(
        survey(), [cx.csat("overall"), cx.nps("recommend"), cx.mean("wait"), cx.quantile("wait", 0.5)], by="channel"
    )
    quarters = cx.measure(survey(), cx.csat("overall"), by="quarter")
    return {
        "by": by,
        "contrast": by.contrast("app", "call"),
        "transform": cx.measure(survey(), cx.ratio("wait", "spend"), by="channel").transform(np.log),
        "trend": quarters.trend(per="year"),
        "empty domain": cx.measure(survey(), cx.total("wait"), where=cx.col("wait") > 1e6),
        "wicked": wicked(),
    }


@pytest.mark.parametrize("kind", ["by", "contrast", "transform", "trend", "empty domain", "wicked"])
def test_an_estimate_prints_as_a_table_with_what_it_rests_on(kind):
    estimate = estimates()[kind]
    text, html = repr(estimate), estimate._repr_html_()
    for shown in (text, html):
        assert "object at 0x" not in shown
        assert "nan" not in shown
        assert "95 % intervals" in shown
        assert "Design:" in shown
    assert "<table" in html
    assert len(text.splitlines()) >= len(estimate) + 2


def test_text_from_the_data_is_escaped_in_html():
    html = wicked()._repr_html_()
    for tag in ("<script", "<b>", "<i>", "b & c"):
        assert tag not in html
    assert "&lt;script&gt;" in html
    assert "b &amp; c" in html


def test_numbers_are_printed_to_the_digits_that_the_error_allows():
    rows = pd.DataFrame({"wait": np.r_[np.arange(1000) % 7, 1e6] / 3})
    lines = repr(cx.measure(rows, cx.mean("wait"))).splitlines()
    assert "," in lines[1]
    assert "e+" not in lines[1]


def test_a_long_table_is_cut_and_says_so():
    rows = pd.DataFrame({"wait": np.arange(200) % 7, "customer": np.arange(200) % 100})
    estimate = cx.measure(rows, cx.mean("wait"), by="customer")
    assert "and 60 more rows" in repr(estimate)
    assert len(repr(estimate).splitlines()) < 50
    assert len(estimate.frame()) == 100


def test_what_is_unknown_is_printed_as_unknown_with_its_reason():
    rows = pd.DataFrame({"group": ["a", "a", "a", "b"], "wait": [1.0, 2.0, 4.0, 9.0]})
    text = repr(cx.measure(rows, cx.mean("wait"), by="group"))
    assert "unknown" in text
    assert any(line.startswith("* ") for line in text.splitlines())


# --- labels --------------------------------------------------------------------------------------------------------------


def satisfied(groups: object, engine: str = "pandas") -> cx.Estimate:
    return cx.measure(move(engine, pd.DataFrame({"x": np.arange(8.0), "group": groups})), cx.mean("x"), by="group")


ORDER = ["low", "mid", "high", "never"]
SHUFFLED = ["high", "low", "mid", "low", "high", "mid", "low", "high"]


IN_MEMORY = ["pandas", "pandas-nullable", "pandas-pyarrow"]


@pytest.mark.parametrize(
    ("engine", "ordered"), [*((engine, o) for engine in IN_MEMORY for o in (True, False)), ("pyarrow", True)]
)
def test_groups_keep_the_order_of_categories_and_none_is_invented(engine, ordered):
    groups = pd.Categorical(SHUFFLED, categories=ORDER, ordered=ordered)
    assert satisfied(groups, engine).labels["group"].tolist() == ["low", "mid", "high"]


def test_groups_of_an_unordered_dictionary_of_arrow_are_sorted():
    groups = pd.Categorical(SHUFFLED, categories=ORDER)  # to arrow, a dictionary is a way to store texts
    assert satisfied(groups, "pyarrow").labels["group"].tolist() == ["high", "low", "mid"]


@pytest.mark.parametrize("lazy", [False, True])
def test_groups_keep_the_order_of_an_enum_of_polars(lazy):
    import polars as pl

    frame = pl.DataFrame({"x": np.arange(8.0), "group": pl.Series(SHUFFLED, dtype=pl.Enum(ORDER))})
    estimate = cx.measure(frame.lazy() if lazy else frame, cx.mean("x"), by="group")
    assert estimate.labels["group"].tolist() == ["low", "mid", "high"]


def test_groups_keep_the_order_of_an_enum_of_duckdb():
    import duckdb

    values = ", ".join(f"({i}, '{group}')" for i, group in enumerate(SHUFFLED))
    relation = duckdb.sql(
        f"SELECT x, g::ENUM('low', 'mid', 'high', 'never') AS \"group\" FROM (VALUES {values}) t(x, g)"
    )
    assert cx.measure(relation, cx.mean("x"), by="group").labels["group"].tolist() == ["low", "mid", "high"]


@pytest.mark.parametrize("rows", [SHUFFLED, SHUFFLED[::-1]], ids=["one order of rows", "another"])
def test_groups_of_a_polars_categorical_are_sorted_whatever_the_order_of_rows(rows):
    import polars as pl

    frame = pl.DataFrame({"x": np.arange(8.0), "group": pl.Series(rows, dtype=pl.Categorical)})
    assert cx.measure(frame, cx.mean("x"), by="group").labels["group"].tolist() == ["high", "low", "mid"]


def test_a_category_without_an_answer_in_the_domain_is_not_invented():
    groups = pd.Categorical(SHUFFLED, categories=ORDER)
    rows = pd.DataFrame({"x": np.arange(8.0), "group": groups})
    estimate = cx.measure(rows, cx.mean("x"), by="group", where=cx.col("group") != "mid")
    assert estimate.labels["group"].tolist() == ["low", "high"]


LABELS = {
    "whole numbers": [3, 1, 2, 3, 1, 2, 3, 1],
    "true and false": [True, False] * 4,
    "times": list(pd.to_datetime(["2025-02-01", "2025-01-01"])) * 4,
    "dates": [datetime.date(2025, 2, 1), datetime.date(2025, 1, 1)] * 4,
    "texts": ["b", "a"] * 4,
    "digits": ["10", "9"] * 4,
}


@pytest.mark.parametrize("kind", LABELS)
def test_labels_stay_what_they_were(engine, kind):
    groups = LABELS[kind]
    estimate = satisfied(groups, engine)
    expected = sorted(set(groups))
    found = estimate.labels["group"].tolist()
    assert found == expected
    if kind == "whole numbers":
        assert not any(isinstance(label, float) for label in found)
        assert "1.0" not in [line.split()[1] for line in repr(estimate).splitlines()[1:4]]
    if kind == "true and false":
        assert all(isinstance(label, bool) for label in found)
    assert estimate.contrast(expected[-1], expected[0]).values[0] == estimate.values[-1] - estimate.values[0]


@pytest.mark.parametrize("kind", LABELS)
def test_quantiles_find_the_groups_of_every_kind(engine, kind):
    rows = pd.DataFrame({"x": np.arange(8.0), "group": LABELS[kind]})
    estimate = cx.measure(move(engine, rows), [cx.quantile("x", 0.5), cx.mean("x")], by="group")
    groups = rows.groupby("group")["x"]
    expected = [sorted(x)[(len(x) - 1) // 2] for _, x in groups] + groups.mean().tolist()
    np.testing.assert_allclose(estimate.values, expected)


def test_whole_numbers_beside_missing_ones_stay_whole(engine):
    estimate = satisfied(pd.array([3, 1, None, 3, 1, 2, None, 1], dtype="Int64"), engine)
    assert estimate.labels["group"].tolist() == [1, 2, 3]
    assert not any(isinstance(label, float) for label in estimate.labels["group"].tolist())


# --- 0 and 100 percent ---------------------------------------------------------------------------------------------------

DESIGNS = {
    "simple": {},
    "weights": {"weight": "weight"},
    "strata": {"weight": "weight", "strata": "region"},
    "clusters": {"weight": "weight", "strata": "region", "psu": "branch"},
}


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("method", [None, "wilson", "korn-graubard", "beta", "logit", "wald", "guarded"])
@pytest.mark.parametrize(("answer", "share"), [(5, 100), (1, 0)])
def test_an_interval_at_the_edge_is_neither_degenerate_nor_outside(design, method, answer, share):
    sample = cx.Survey(straddling().assign(overall=answer), **DESIGNS[design])
    estimate = cx.measure(sample, cx.csat("overall"))
    row = estimate.frame(method=method).iloc[0]
    assert row["estimate"] == share
    assert np.isnan(row["std_error"])
    assert "unknown" in row["note"]
    inner, outer = (row["conf_low"], row["conf_high"]) if share else (row["conf_high"], row["conf_low"])
    assert outer == share
    assert 1 < abs(inner - share) < 15


def test_an_interval_at_the_edge_of_a_simple_sample_is_the_textbooks():
    rows = pd.DataFrame({"overall": [5] * 20})
    estimate = cx.measure(rows, cx.csat("overall"))
    z2 = stats.norm.isf(0.025) ** 2
    assert estimate.frame()["conf_low"][0] == pytest.approx(100 * 20 / (20 + z2), rel=1e-9)
    assert estimate.frame(method="korn-graubard")["conf_low"][0] == pytest.approx(100 * 0.025 ** (1 / 20), rel=1e-9)


@pytest.mark.parametrize("design", DESIGNS)
def test_a_group_at_the_edge_borrows_the_design_effect_of_the_whole(design, unlike_engine):
    rows = straddling()
    rows.loc[rows["channel"] == "chat", "overall"] = 5
    sample = cx.Survey(move(unlike_engine, rows), **DESIGNS[design])
    effect = cx.measure(sample, cx.csat("overall")).design_effect()[0]
    chat = [
        cx.measure(sample, cx.csat("overall"), by="channel").pick(channel="chat"),
        cx.measure(sample, cx.csat("overall"), where=cx.col("channel") == "chat"),
        cx.measure(sample, [cx.mean("wait"), cx.csat("overall")], by=["channel", "region"]).pick(
            metric="csat", channel="chat"
        ),
    ]
    for estimate in chat:
        expected = np.minimum(estimate.n / effect, estimate.n)
        np.testing.assert_allclose(estimate.n_effective, expected, rtol=1e-9)
        assert all("borrows the design effect" in note for note in estimate.frame()["note"])


def test_the_borrowed_effective_size_is_never_above_the_answers():
    rows = straddling().sort_values("overall").assign(region=lambda d: np.where(d["overall"] > 3, "north", "south"))
    rows["branch"] = np.arange(len(rows)) % 24 + np.where(rows["region"] == "north", 100, 0)
    rows.loc[rows["channel"] == "chat", "overall"] = 5
    by = cx.measure(cx.Survey(rows, strata="region", psu="branch"), cx.csat("overall"), by="channel")
    assert by.n_effective[2] <= by.n[2]


CENSUS = [cx.csat("overall"), cx.nps("recommend"), cx.mean("wait"), cx.total("wait"), cx.ratio("wait", "spend")]


@pytest.mark.parametrize("score", CENSUS, ids=lambda s: s.name)
@pytest.mark.parametrize("by", [None, "channel"])
def test_a_census_has_no_sampling_error(score, by):
    rows = straddling().assign(everyone=12)
    estimate = cx.measure(cx.Survey(rows, strata="region", psu="branch", fpc="everyone"), score, by=by)
    assert (estimate.std_error == 0).all()
    for limit in estimate.interval():
        np.testing.assert_allclose(limit, estimate.values, rtol=1e-12)


def test_a_share_of_a_census_may_be_0_or_100_percent_for_sure():
    rows = straddling().assign(everyone=12, overall=5)
    row = cx.measure(cx.Survey(rows, strata="region", psu="branch", fpc="everyone"), cx.csat("overall")).frame().iloc[0]
    assert (row["estimate"], row["conf_low"], row["conf_high"], row["std_error"]) == (100, 100, 100, 0)


def test_a_mean_of_answers_all_alike_has_an_interval_inside_its_scale():
    rows = pd.DataFrame({"easy": [7] * 30})
    row = cx.measure(rows, cx.effort("easy")).frame().iloc[0]
    assert np.isnan(row["std_error"])
    assert row["conf_high"] == 7
    assert 5 < row["conf_low"] < 7


def test_a_mean_without_a_scale_and_answers_all_alike_has_no_interval():
    row = cx.measure(pd.DataFrame({"wait": [7.0] * 30}), cx.mean("wait")).frame().iloc[0]
    assert row[["std_error", "conf_low", "conf_high"]].isna().all()
    assert "unknown" in row["note"]


# --- intervals -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 8, 10])
def test_proportion_intervals_are_those_of_scipy(count):
    n = 10
    p = np.asarray([count / n])
    for formula, name in ((intervals.wilson, "wilson"), (intervals.beta, "exact")):
        expected = stats.binomtest(count, n).proportion_ci(0.9, name)
        low, high = formula(p, np.asarray([float(n)]), 0.1)
        np.testing.assert_allclose([low[0], high[0]], list(expected), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", SCORES)
def test_intervals_are_nested_in_those_of_a_higher_level(kind):
    by = cx.measure(survey(), SCORES[kind], by="channel")
    for method in (None, "wilson", "korn-graubard", "beta", "logit", "wald", "guarded"):
        sides = [by.interval(level, method) for level in (0.5, 0.8, 0.95, 0.999)]
        for (low, high), (lower, higher) in itertools.pairwise(sides):
            assert (lower <= low).all()
            assert (high <= higher).all()


def test_the_interval_of_a_mean_is_students():
    by = cx.measure(survey(), cx.mean("wait"), by="channel")
    low, high = by.interval(0.9)
    half = stats.t.isf(0.05, by.df) * by.std_error
    np.testing.assert_allclose(low, by.values - half, rtol=1e-12)
    np.testing.assert_allclose(high, by.values + half, rtol=1e-12)
