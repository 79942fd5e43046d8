"""What two readers of part 5 broke: levels on few PSUs, limits of 0, years as covariates, guesses at what means no."""

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.errors import DataError, NoRowsError

BIDS = {"bid": "bid", "answer": "yes", "bid_up": "second", "bid_down": "second", "answer2": "yes2"}


def bidders(n: int, seed: int = 1, moved: np.ndarray | float = 0.0) -> pd.DataFrame:
    """Return people asked two bids, whose log amounts are logistic around log 36 plus `moved`."""
    rng = np.random.default_rng(seed)
    pays, bid = np.exp(np.log(36) + moved + rng.logistic(0, 0.25, n)), rng.choice([20, 30, 40, 50, 60], n)
    second = np.where(pays > bid, 1.4 * bid, 0.6 * bid)
    return pd.DataFrame({"bid": bid, "yes": pays > bid, "second": second, "yes2": pays > second})


# --- levels that few PSUs, or rows, hold ------------------------------------------------------------------------------------


def in_branches(met_in: int, seed: int) -> cx.Survey:
    """Return 600 people in 20 branches that differ; `met_in` of these have the level "new"."""
    branch = np.repeat(np.arange(20), 30)
    differ = np.random.default_rng(seed + 10_000).normal(0, 0.25, 20)[branch]
    frame = bidders(600, seed, differ).assign(branch=branch, kind=np.where(branch < met_in, "new", "as was"))
    return cx.Survey(frame, psu="branch")


def test_a_level_in_one_psu_has_no_standard_error() -> None:
    found = cx.contingent_valuation(in_branches(1, 1), **BIDS, covariates="kind")
    new = found.params.pick(metric="kind = new").frame()
    assert np.isfinite(new["estimate"]).all()
    assert np.isnan(new[["std_error", "conf_low", "conf_high"]]).all(axis=None)
    assert "between them is not known" in new["note"][0]
    amounts = found.amounts("kind").pick(metric="median").frame()
    assert np.isnan(amounts["std_error"]).tolist() == [False, True]
    drawn = found.intervals(method="krinsky-robb", over="kind", draws=200)
    assert drawn["conf_low"].isna().tolist() == [False, True] * 3


@pytest.mark.parametrize(("met_in", "most"), [(2, 2.5), (3, 4), (10, 18.5)])
def test_degrees_of_freedom_are_those_of_the_psus_that_tell_of_a_level(met_in: int, most: float) -> None:
    df = cx.contingent_valuation(in_branches(met_in, 2), **BIDS, covariates="kind").params.df
    assert 0.9 < df[1] < most


def test_a_level_in_three_branches_is_held_by_its_interval() -> None:
    held = []
    for seed in range(60):
        found = cx.contingent_valuation(in_branches(3, seed), **BIDS, covariates="kind").params
        low, high = found.interval(0.95)
        held.append(low[1] <= 0 <= high[1])
    assert np.mean(held) >= 0.9  # 79 % with the degrees of freedom of all branches


def test_a_premium_step_of_a_level_in_two_branches() -> None:
    rng = np.random.default_rng(3)
    branch = np.repeat(np.arange(20), 20)
    amount = np.clip(12 + rng.normal(0, 2, 20)[branch] + rng.normal(0, 6, 400), 0, 25).round(1)
    frame = pd.DataFrame({"branch": branch, "pays": amount, "kind": np.where(branch < 2, "b", "a")})
    survey = cx.Survey(frame, psu="branch")
    found = cx.experience_premium(survey, outcome="pays", level="kind", order=["a", "b"], open_above=25)
    assert found.steps.df[0] < 2
    assert found.means.df[0] > 10
    alone = cx.Survey(frame.assign(kind=np.where(branch < 1, "b", "a")), psu="branch")
    one = cx.experience_premium(alone, outcome="pays", level="kind", order=["a", "b"], open_above=25)
    assert np.isnan(one.steps.std_error[0])


def test_an_attribute_shown_to_two_respondents() -> None:
    rows = cx.load_choices()
    who = sorted(rows["respondent"].unique())
    rows = rows.assign(extra=np.where(rows["respondent"].isin(who[:2]) & (rows["alternative"] == "B"), 1.0, 0.0))
    asked = {"task": "task", "chosen": "chosen", "attributes": ["wait", "extra"], "price": "price"}
    found = cx.choice_model(rows, respondent="respondent", **asked)
    place = found.params.labels["metric"].tolist().index("extra")
    assert found.params.df[place] < 2.5
    assert (np.delete(found.params.df, place) > 300).all()
    rows["extra"] = np.where((rows["respondent"] == who[0]) & (rows["alternative"] == "B"), 1.0, 0.0)
    one = cx.choice_model(rows, respondent="respondent", **asked)
    assert np.isnan(one.params.std_error[place])
    limits = one.wtp_intervals(method="krinsky-robb").set_index("metric")
    assert np.isnan(limits.loc["extra", "conf_low"])
    assert np.isfinite(limits.loc["wait", "conf_low"])


# --- limits, covariates, shares ---------------------------------------------------------------------------------------------


def test_more_than_nothing_is_an_answer_where_amounts_may_be_below_nothing() -> None:
    rng = np.random.default_rng(4)
    pays = rng.normal(4, 5, 4000)
    frame = pd.DataFrame({"lower": np.where(pays > 0, 0.0, -np.inf), "upper": np.where(pays > 0, np.inf, 0.0)})
    told = rng.random(4000) < 0.5  # half say more: at most, or more than, 6
    frame.loc[told & (pays > 0) & (pays <= 6), "upper"] = 6
    frame.loc[told & (pays > 6), "lower"] = 6
    found = cx.contingent_valuation(frame, lower="lower", upper="upper", distribution="normal")
    low, high = found.median.interval(0.999)
    assert low[0] < 4 < high[0]
    assert found.median.n[0] == 4000


def test_a_year_as_covariate_has_amounts() -> None:
    frame = bidders(800, 5).assign(year=np.tile([2022, 2023, 2024, 2025], 200))
    found = cx.contingent_valuation(frame, **BIDS, covariates="year")
    since = cx.contingent_valuation(frame.assign(year=frame["year"] - 2023.5), **BIDS, covariates="year")
    assert found.median.values == pytest.approx(since.median.values, rel=1e-9)
    assert found.median.std_error == pytest.approx(since.median.std_error, rel=1e-6)
    by_year = found.amounts("year").pick(metric="median").std_error
    assert by_year == pytest.approx(since.amounts("year").pick(metric="median").std_error, rel=1e-6)
    assert "median" in repr(found)


def test_shares_of_choices_near_the_ends_are_those_of_shares() -> None:
    model = cx.choice_model(
        cx.load_choices(), task="task", chosen="chosen", attributes=["wait"], price="price", respondent="respondent"
    )
    offers = {"dear": {"price": 90, "wait": 30}, "cheap": {"price": 20, "wait": 1}}
    found = model.shares(offers).frame()
    assert found["estimate"][0] < 1
    assert 0 < found["conf_low"][0] < found["estimate"][0]  # t limits would end at 0
    same = model.shares({"one": {"price": 30, "wait": 5}, "two": {"price": 30, "wait": 5}}).frame()
    assert same[["estimate", "conf_low", "conf_high"]].to_numpy() == pytest.approx(50)


def test_a_bid_that_no_one_accepts_has_an_interval_of_its_own_answers() -> None:
    frame = pd.DataFrame({"bid": [10] * 50 + [20] * 40 + [90] * 30, "yes": [1] * 45 + [0] * 5 + [1] * 20 + [0] * 50})
    found = cx.contingent_valuation(frame, bid="bid", answer="yes").acceptance().frame()
    assert found["n"].tolist() == [50, 40, 30]
    assert found["estimate"].tolist() == pytest.approx([90, 50, 0])
    assert found["conf_low"][2] == 0
    assert found["conf_high"][2] == pytest.approx(11.35, abs=0.05)  # Wilson's of 0 of 30
    pooled = frame.assign(yes=[1] * 20 + [0] * 30 + [1] * 30 + [0] * 10 + [0] * 30)
    twice = cx.contingent_valuation(pooled, bid="bid", answer="yes").acceptance().frame()
    assert twice["n"].tolist() == [90, 90, 30]
    assert twice["estimate"].tolist() == pytest.approx([500 / 9, 500 / 9, 0])
    assert twice["note"].str.contains("pooled").tolist()[:2] == [True, True]


def test_acceptance_of_first_answers_leaves_second_ones_aside() -> None:
    frame = bidders(500, 6)
    found = cx.contingent_valuation(frame, **BIDS)
    first = cx.contingent_valuation(frame, bid="bid", answer="yes").acceptance()
    assert found.acceptance("first").values == pytest.approx(first.values)
    assert found.bids == (20, 30, 40, 50, 60)


# --- answers and rows that do not count ---------------------------------------------------------------------------------------


def test_one_other_answer_means_no_only_if_it_is_the_only_one_at_all_prices() -> None:
    frame = pd.DataFrame({"a": ["ja"] * 30 + ["nein"] * 10, "b": ["ja"] * 10 + ["weiss nicht"] * 30})
    with pytest.raises(DataError, match=r"'weiss nicht'.*with 'nein'.*2 answers beside what yes= names"):
        cx.gabor_granger(frame, {10: "a", 20: "b"}, yes="ja")
    said = cx.gabor_granger(frame, {10: "a", 20: "b"}, yes="ja", no=["nein", "weiss nicht"])
    assert said.acceptance.values == pytest.approx([75, 25])


def test_answers_outside_the_domain_are_not_judged() -> None:
    frame = pd.DataFrame(
        {"a": ["yes"] * 30 + ["no"] * 10 + ["odd"], "b": ["yes"] * 10 + ["no"] * 30 + ["odd"], "in": [1] * 40 + [0]}
    )
    found = cx.gabor_granger(frame, {10: "a", 20: "b"}, where=cx.col("in") == 1)
    assert found.acceptance.values == pytest.approx([75, 25])


def test_the_price_grid_is_that_of_the_domain() -> None:
    sample = cx.sample_survey()
    asked = {
        name: name
        for name in ("too_cheap", "cheap", "expensive", "too_expensive", "intent_at_cheap", "intent_at_expensive")
    }
    where = cx.col("quarter") == "2026Q3"
    grid = cx.van_westendorp(sample, **asked, where=where).newton_miller_smith().trial.labels["price"].tolist()
    frame = sample.frame.native.copy()
    outside = frame["quarter"] != "2026Q3"
    frame.loc[outside, "too_expensive"] = 7777
    frame.loc[outside, "intent_at_cheap"] = 9
    moved = cx.Survey(frame, weight="weight", strata="region", psu="branch")
    assert cx.van_westendorp(moved, **asked, where=where).newton_miller_smith().trial.labels["price"].tolist() == grid
    frame["intent_at_cheap"] = np.nan
    with pytest.raises((DataError, NoRowsError), match="no answers"):
        cx.van_westendorp(cx.Survey(frame), **asked, where=where).newton_miller_smith()


def test_prices_of_rows_of_weight_0_are_not_judged() -> None:
    rows = cx.load_choices()
    gone = rows["respondent"] == rows["respondent"].iloc[0]
    rows = rows.assign(w=np.where(gone, 0.0, 1.0), price=np.where(gone, -1.0, rows["price"]))
    asked = {"task": "task", "chosen": "chosen", "attributes": ["wait"], "price": "price", "respondent": "respondent"}
    found = cx.choice_model(rows, weight="w", **asked)
    assert found.params.values == pytest.approx(cx.choice_model(rows[~gone], **asked).params.values)


def test_a_replicate_without_a_group_or_a_level_is_left_out() -> None:
    frame = pd.concat([bidders(150, 7).assign(kind="a", where="x"), bidders(150, 8).assign(kind="a", where="y")])
    frame = frame.assign(branch=np.repeat(np.arange(12), 25))
    frame.loc[frame["branch"] >= 10, "where"] = "z"
    found = cx.contingent_valuation(cx.Survey(frame, psu="branch"), **BIDS, by="where")
    table = found.intervals(method="bootstrap", draws=100)
    assert table["note"].str.contains("of 100 replicates had no finite estimate").all()
    frame["kind"] = np.where(frame["branch"] >= 10, "b", "a")
    levels = cx.contingent_valuation(cx.Survey(frame, psu="branch"), **BIDS, covariates="kind")
    assert "replicates had no finite estimate" in levels.intervals(method="bootstrap", draws=100)["note"][0]
