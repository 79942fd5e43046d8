"""What a second pair of readers broke: what few PSUs hide of functions, dear prices, numbers of people, codes."""

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError, DataError, NoGroupError
from tests.pricing.test_attacked_prices import BIDS, bidders, in_branches


def premium_in_branches(met_in: int, **more: object) -> cx.ExperiencePremium:
    rng = np.random.default_rng(met_in)
    branch = np.repeat(np.arange(20), 20)
    pays = np.clip(12 + 2.7 * rng.normal(size=20)[branch] + 5.4 * rng.normal(size=400), 0, 25)
    frame = pd.DataFrame({"branch": branch, "pays": pays, "kind": np.where(branch < met_in, "b", "a")})
    return cx.experience_premium(
        cx.Survey(frame, psu="branch"), outcome="pays", level="kind", order=["a", "b"], open_above=25, **more
    )


# --- what few PSUs hide ---


def test_the_misfit_of_a_level_is_known_no_better_than_the_level() -> None:
    one, two = premium_in_branches(1).misfit(), premium_in_branches(2).misfit()
    assert np.isnan(one.std_error).tolist() == [False, True]
    assert two.df[1] < 2
    assert two.df[0] > 10


def test_differences_over_a_number_rest_on_the_psus_that_differ_in_it() -> None:
    frame = in_branches(1, 3).frame.native
    spread = {}
    for met_in in (1, 3):
        survey = cx.Survey(frame.assign(z=(frame["branch"] < met_in) * 1.0), psu="branch")
        amounts = (
            cx.contingent_valuation(survey, **BIDS, covariates="z").amounts({"z": [0.0, 0.2]}).pick(metric="median")
        )
        assert (amounts.df > 10).all()
        spread[met_in] = amounts.contrast({"z": 0.2}, {"z": 0.0})
    assert np.isnan(spread[1].std_error[0])
    assert "not known" in spread[1].frame()["note"][0]
    assert spread[3].df[0] < 4


def test_a_stratum_of_one_psu_that_is_skipped_takes_no_standard_errors() -> None:
    branch = np.concatenate([np.repeat(np.arange(4), 40), np.repeat(np.arange(4, 16), 10)])
    frame = bidders(280, 9).assign(branch=branch, stratum=np.where(branch < 4, branch, 10 + branch % 3))
    frame["x"] = np.random.default_rng(9).normal(size=280)
    for how in ("skip", "center"):
        survey = cx.Survey(frame, strata="stratum", psu="branch", lone_psu=how)
        found = cx.contingent_valuation(survey, **BIDS, covariates="x").params
        assert np.isfinite(found.std_error).all()
        assert ((found.df > 3) & (found.df <= 12)).all()


def test_bounds_of_bids_asked_by_branch_rest_on_the_branches_of_each_bid() -> None:
    rng = np.random.default_rng(4)
    branch = np.repeat(np.arange(10), 30)
    pays = np.exp(np.log(36) + 0.1 * rng.normal(size=10)[branch] + rng.logistic(0, 0.25, 300))
    frame = pd.DataFrame({"branch": branch, "bid": np.asarray([20, 30, 40, 50, 60])[branch % 5]})
    split = cx.contingent_valuation(
        cx.Survey(frame.assign(yes=pays > frame["bid"]), psu="branch"), bid="bid", answer="yes"
    )
    frame["bid"] = rng.choice([20, 30, 40, 50, 60], 300)
    mixed = cx.contingent_valuation(
        cx.Survey(frame.assign(yes=pays > frame["bid"]), psu="branch"), bid="bid", answer="yes"
    )
    assert split.turnbull().df[0] < 5.5 < mixed.turnbull().df[0]
    assert split.kristroem().df[0] < 5.5 < mixed.kristroem().df[0]


def test_a_slope_of_large_amounts_is_no_kink() -> None:
    rng = np.random.default_rng(59)
    level = rng.integers(0, 3, 200)
    frame = pd.DataFrame({"level": level, "pays": 2000 + 8 * rng.normal(size=200)})
    found = cx.experience_premium(frame, outcome="pays", level="level", order=[0, 1, 2])
    means = found.means
    assert found.per_step.values[0] == pytest.approx((means.values[2] - means.values[0]) / 2)
    variance = (means.vcov[2, 2] + means.vcov[0, 0] - 2 * means.vcov[0, 2]) / 4
    assert found.per_step.std_error[0] == pytest.approx(np.sqrt(variance))


def test_prices_that_all_or_none_of_two_answers_accept_have_intervals() -> None:
    rng = np.random.default_rng(2)
    pays, bid = np.exp(np.log(36) + rng.logistic(0, 0.1, 120)), rng.choice([10, 20, 30, 40, 90], 120)
    second = np.where(pays > bid, 1.5 * bid, 0.5 * bid)
    frame = pd.DataFrame({"bid": bid, "yes": pays > bid, "second": second, "yes2": pays > second})
    table = cx.contingent_valuation(frame, **BIDS).acceptance().frame()
    ends = table[table["estimate"].isin([0, 100])]
    assert len(ends) >= 2
    assert (ends["conf_high"] - ends["conf_low"] > 2).all()
    assert ends["note"].str.contains("as if from those asked there alone").all()


def test_a_dear_price_that_few_accept_may_be_the_best() -> None:
    few = pd.DataFrame({"a": [1] * 30 + [0] * 30, "b": [1] + [0] * 59})
    for frame in (few, few.assign(b=0)):
        assert cx.gabor_granger(frame, {10: "a", 100: "b"}).candidates()["may_be_best"].all()
    held = []
    for seed in range(60):
        u = np.random.default_rng(seed).random(60)
        found = cx.gabor_granger(pd.DataFrame({"a": u < 0.5, "b": u < 0.05}), {10: "a", 100: "b"}).candidates()
        held.append(found["may_be_best"].tolist())
    assert (np.mean(held, axis=0) > 0.9).all()  # both bring in the same; 87 % with the error of the few alone
    clear = pd.DataFrame({"a": [1] * 500 + [0] * 500, "b": [1] * 5 + [0] * 995})
    assert cx.gabor_granger(clear, {10: "a", 100: "b"}).candidates()["may_be_best"].tolist() == [True, False]


# --- numbers of people, and groups without answers ---


def test_the_number_behind_a_difference_of_groups_is_that_of_both() -> None:
    frame = bidders(300, 5).assign(kind=["a"] * 120 + ["b"] * 180, level=list("xyz") * 100)
    by = cx.contingent_valuation(frame, **BIDS, by="kind")
    assert by.median.contrast("a", "b").n.tolist() == [300]
    levels = cx.contingent_valuation(frame, **BIDS, covariates="kind").amounts("kind").pick(metric="median")
    assert levels.n.tolist() == [120, 180]
    assert levels.contrast("b", "a").n.tolist() == [300]
    premium = cx.experience_premium(frame.assign(pays=frame["bid"] * 1.1 + np.arange(300) % 7), outcome="pays", level="level",
                                    order=["x", "y", "z"], by="kind")  # fmt: skip
    assert premium.means.n.tolist() == [40] * 3 + [60] * 3
    assert premium.steps.n.tolist() == [80, 80, 120, 120]


def test_a_group_in_which_no_one_answered_has_no_best_price() -> None:
    frame = pd.DataFrame({"a": [1] * 20 + [0] * 20 + [np.nan] * 5, "b": [1] * 6 + [0] * 34 + [np.nan] * 5})
    frame["who"] = ["all"] * 40 + ["none"] * 5
    found = cx.gabor_granger(frame, {10: "a", 20: "b"}, by="who")
    best = found.best_price.frame().set_index("who")
    assert np.isnan(best.loc["none", ["estimate", "conf_low", "conf_high"]].astype(float)).all()
    assert best.loc["none", "note"] == "no answers"
    assert not found.candidates().query("who == 'none'")["may_be_best"].any()
    bids = bidders(100, 6).assign(who=["all"] * 90 + ["none"] * 10).astype({"yes": object})
    bids.loc[90:, "yes"] = None
    assert "No one answered in none (10 rows)" in repr(
        cx.contingent_valuation(bids, bid="bid", answer="yes", by="who").params
    )


def test_a_level_that_a_group_lacks_names_the_group() -> None:
    frame = pd.DataFrame(
        {"pays": np.arange(40.0) % 9, "kind": ["a", "b"] * 15 + ["a"] * 10, "who": ["x"] * 30 + ["y"] * 10}
    )
    with pytest.raises(NoGroupError, match=r"who 'y': no answer is of level 'b' .*Leave the group out with where="):
        cx.experience_premium(frame, outcome="pays", level="kind", order=["a", "b"], by="who")


def test_a_value_that_stands_in_one_column_is_enough_for_a_contrast() -> None:
    frame = pd.DataFrame({"a": [1, 0] * 30, "b": [1, 0, 0] * 20, "who": ["x"] * 30 + ["y"] * 30})
    found = cx.gabor_granger(frame, {10: "a", 20: "b"}, by="who").acceptance
    assert found.contrast("x", "y").labels["price"].tolist() == [10, 20]
    with pytest.raises(ArgumentError, match="'z' is a value of none of 'price', 'who'"):
        found.contrast("x", "z")


# --- answers ---


def test_what_looks_like_a_code_is_said() -> None:
    sample = cx.sample_survey().frame.native.copy()
    sample.loc[sample.index[:20], ["too_cheap", "cheap", "expensive", "too_expensive"]] = 999
    found = cx.van_westendorp(
        sample, too_cheap="too_cheap", cheap="cheap", expensive="expensive", too_expensive="too_expensive"
    )
    assert "'cheap' holds 999 (20 rows), far above the next" in repr(found)
    sample["spend"] = sample["spend"].mask(sample.index < 9, 9999)
    premium = cx.experience_premium(sample, outcome="spend", level="service_level", order=["poor", "adequate", "wow"])
    assert "'spend' holds 9999 (9 rows)" in repr(premium.means)
    rows = cx.load_choices()
    rows["wait"] = rows["wait"].mask(rows.index < 30, 999)
    choice = cx.choice_model(
        rows, task="task", chosen="chosen", attributes=["wait"], price="price", respondent="respondent"
    )
    assert "'wait' holds 999 (30 rows)" in repr(choice)
    assert "by 400 respondents" in repr(choice)


def test_asking_that_stopped_at_a_no_is_noticed() -> None:
    pays = np.tile([5, 11, 16, 21, 40], 12)
    frame = pd.DataFrame({p: np.where(pays >= p, 1.0, 0.0) for p in (10, 15, 20)})
    for p, before in ((15, 10), (20, 15)):
        frame[p] = frame[p].mask((frame[before] == 0) | frame[before].isna())
    frame.columns = ["a", "b", "c"]
    found = cx.gabor_granger(frame, {10: "a", 15: "b", 20: "c"})
    assert "36 of 36 missing answers lie above a no or below a yes: if asking stopped there, state ladder=True" in repr(
        found
    )
    assert "if asking stopped" not in repr(cx.gabor_granger(frame, {10: "a", 15: "b", 20: "c"}, ladder=True))


def test_more_without_an_amount_is_refused() -> None:
    frame = pd.DataFrame({"pays": [5.0, 8, None, 12, 25], "more": [0, 0, 1, 0, 1], "kind": list("ababa")})
    with pytest.raises(DataError, match=r"row 3 .1 such rows. says more by 'more', but has no amount in 'pays'"):
        cx.experience_premium(frame, outcome="pays", level="kind", order=["a", "b"], more_than="more")


def test_the_mapping_in_the_message_is_the_one_to_write() -> None:
    frame = bidders(60, 7)
    frame["yes"], frame["yes2"] = (
        frame["yes"].map({True: "Ja", False: "Nein"}),
        frame["yes2"].map({True: "ja", False: "nein"}),
    )
    with pytest.raises(DataError, match=r"there are more. Say what each answer means, such as yes=") as raised:
        cx.contingent_valuation(frame, **BIDS, yes=["Ja", "ja"])
    said = str(raised.value)
    assert "'Ja': True" in said
    assert "'Nein': False" in said
    assert "'nein': False" in said


def test_second_answers_that_are_missing_are_counted_in_the_print() -> None:
    frame = bidders(200, 8).astype({"yes2": object})
    frame.loc[:79, "yes2"] = None
    assert "Second answers from 120 of 200; the others count by the first alone" in repr(
        cx.contingent_valuation(frame, **BIDS)
    )


def test_currency_signs_have_a_remedy() -> None:
    with pytest.raises(Exception, match=r"Take the currency signs out: 7.7 instead of '€ 7,7'"):
        cx.measure(pd.DataFrame({"pays": ["€ 7,7", "€ 8,1"]}), cx.mean("pays"))


def test_a_choice_of_none_of_these_says_how_to_enter_it() -> None:
    wide = pd.DataFrame({"price_A": [1, 2], "price_B": [2, 1], "pick": ["A", "none"]})
    with pytest.raises(DataError, match=r"none was chosen, make it missing .* an attribute that is 1 for it alone"):
        cx.to_long(wide, chosen="pick", attributes=["price"])


def test_a_median_without_groups_is_no_relation_of_groups() -> None:
    found = cx.contingent_valuation(bidders(200, 9), **BIDS)
    claim = cx.Claim("median", says="half would pay 30", measure=lambda data: found.median, region=cx.above(30))
    verdict = cx.check([claim], bidders(10))
    assert "associated" not in verdict.frame()["sentence"][0]
