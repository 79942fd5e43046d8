"""Verdicts in words: numbers as they are read, and sentences that can be read aloud."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.claims import words


def satisfied(survey: Any) -> cx.Estimate:
    return cx.measure(survey, cx.csat("overall"))


def apart(survey: Any) -> cx.Estimate:
    return cx.measure(survey, cx.mean("wait"), by="channel").contrast("app", "call")


def trend(survey: Any) -> cx.Estimate:
    return cx.measure(survey, cx.mean("wait"), by="quarter").trend(per="year")


def sentence(claim: Any, answers: pd.DataFrame) -> str:
    return cx.check(claim, answers)[0].sentence


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(1234.56, 1, "1,234.6"), (-0.04, 1, "0.0"), (-3.2, 0, "−3"), (np.inf, 2, "∞"), (-np.inf, 0, "−∞"), (np.nan, 1, "unknown")],
)  # fmt: skip
def test_numbers_are_written_as_they_are_read(value: float, decimals: int, text: str) -> None:
    assert words.number(value, decimals) == text


@pytest.mark.parametrize(
    ("low", "high", "estimate", "count"),
    [(68.6, 71.9, 70, 1), (0.011, 0.042, 0.02, 3), (900, 2000, 1500, 0), (5, 5, 5, 1), (-np.inf, np.inf, 123, 0), (0, 0, 0, 1)],
)  # fmt: skip
def test_decimals_give_the_width_of_the_interval_two_digits(
    low: float, high: float, estimate: float, count: int
) -> None:
    assert words.digits(low, high, estimate) == max(count, 0)


def test_a_limit_beside_an_edge_is_told_apart_from_it(answers: pd.DataFrame) -> None:
    (found,) = cx.check(cx.Claim("most", measure=satisfied, region=cx.above(50)), answers)
    near = replace(found, conf_low=50.0004, edges=(50.0, np.inf))
    assert words.numbers(near)[1] == "50.0004"
    assert words.numbers(replace(near, conf_low=50.0))[1] == "50.0"


@pytest.mark.parametrize(("count", "text"), [(387, "387"), (1201, "1,300"), (507_057, "510,000"), (1000, "1,000")])
def test_nobody_plans_to_the_person(count: float, text: str) -> None:
    assert words.respondents(count) == text


def test_each_verdict_in_one_sentence(answers: pd.DataFrame) -> None:
    def said(region: Any, **given: Any) -> str:
        return sentence(cx.Claim("most", measure=satisfied, region=region, **given), answers)

    found = "(95 % interval 65.2 to 74.5, n = 400)"
    what = {"says": "most customers are satisfied", "what": "the share satisfied"}
    assert said(cx.above(50), **what) == (
        f"The data support the claim that most customers are satisfied: the share satisfied is 70.0 % {found}."
    )
    assert said(cx.above(90), **what) == (
        f"The data contradict the claim that most customers are satisfied: the share satisfied is 70.0 % {found}."
    )
    open_ = said(cx.above(68), **what)
    assert open_.startswith(
        f"The data leave open whether most customers are satisfied: the share satisfied is 70.0 % {found}; about "
    )
    assert open_.endswith(" respondents would settle it.")
    assert said(cx.above(70)).endswith("; the estimate lies on the edge, so no sample would settle it.")
    assert said(cx.above(50), needs="x", says="x is so") == (
        "The data cannot test whether x is so: data set 'survey' has no column 'x'."
    )


@pytest.mark.parametrize(
    ("says", "claim", "whether"),
    [
        ("most are happy.", "the claim that most are happy", "whether most are happy"),
        ("German customers wait", "the claim 'German customers wait'", "the claim 'German customers wait'"),
        ("NPS rises", "the claim 'NPS rises'", "the claim 'NPS rises'"),
        ("", "the claim 'most'", "the claim 'most'"),
    ],
)
def test_clauses_follow_on_and_sentences_are_quoted(answers: pd.DataFrame, says: str, claim: str, whether: str) -> None:
    made = cx.Claim("most", says=says, measure=satisfied, region=cx.above(50))
    assert sentence(made, answers).startswith(f"The data support {claim}: csat is 70.0 %")
    lost = cx.Claim("most", says=says, measure=satisfied, region=cx.above(50), data="x")
    assert sentence(lost, answers) == f"The data cannot test {whether}: no data set 'x' was given, only 'survey'."


def test_a_difference_is_associated_unless_it_is_identified(answers: pd.DataFrame) -> None:
    said = sentence(cx.Claim("apart", measure=apart, region=cx.above(1)), answers)
    assert said.endswith("a difference associated with what sets the groups apart, not shown to be its effect.")
    over_time = sentence(cx.Claim("trend", measure=trend, region=cx.above(-90)), answers)
    assert over_time.endswith("a change associated with time, whatever drives it.")
    tried = sentence(cx.Claim("tried", measure=apart, region=cx.above(1), identified=True), answers)
    assert "associated" not in tried
    for text in (said, over_time, tried):
        assert "cause" not in text
    assert "associated" not in sentence(cx.Claim("most", measure=satisfied, region=cx.above(50)), answers)


def test_an_all_of_in_one_sentence(answers: pd.DataFrame) -> None:
    def said(*regions: Any) -> str:
        parts = [cx.Claim(name, measure=satisfied, region=region) for name, region in zip("abc", regions, strict=False)]
        return sentence(cx.all_of("both", says="all is well", parts=parts), answers)

    assert said(cx.above(50), cx.above(60)) == (
        "The data support the claim that all is well: both conditions hold (a 70.0 %, 65.2 to 74.5; b 70.0 %, 65.2 to 74.5)."
    )
    assert "all 3 conditions hold" in said(cx.above(50), cx.above(60), cx.below(90))
    assert said(cx.above(50), cx.below(20)).startswith(
        "The data contradict the claim that all is well: its condition 'b' fails, the interval 64.6 to 75.1 "
        "lies outside below(20)"
    )
    assert said(cx.above(50), cx.above(68)).startswith(
        "The data leave open whether all is well: 1 of its 2 conditions is shown to hold; 'b' is open, the interval "
        "65.2 to 74.5 reaches across 68; about "
    )
    assert "none of its 2 conditions is shown to hold" in said(cx.above(69), cx.above(68))


def test_ranks_and_extremes_say_that_no_rule_gives_their_sample(answers: pd.DataFrame) -> None:
    def widest(survey: Any) -> cx.Estimate:
        by = cx.measure(survey, cx.csat("overall"), by="quarter")
        return cx.extreme(cx.successive(by, over="quarter"), "largest")

    (found,) = cx.check(cx.Claim("calm", measure=widest, region=cx.below(1)), answers)
    assert found.verdict == "inconclusive"
    assert np.isnan(found.n_to_settle)
    assert found.reason.endswith("; no rule gives the sample that would settle a measure of this kind")
