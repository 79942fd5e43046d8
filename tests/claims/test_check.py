"""Verdicts follow from intervals and regions; what the data lack is untestable, and every mistake stays an error."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError, ColumnError, CxError, DataError
from tests.conftest import move


def satisfied(survey: Any) -> cx.Estimate:
    return cx.measure(survey, cx.csat("overall"))


def trend(survey: Any) -> cx.Estimate:
    return cx.measure(survey, cx.mean("wait"), by="quarter").trend()


def waited(survey: Any) -> cx.Estimate:
    return cx.measure(survey, cx.mean("wait"))


def claim(id: str = "claim", measure: Callable[..., Any] = satisfied, region: Any = None, **given: Any) -> cx.Claim:
    return cx.Claim(id, measure=measure, region=region or cx.above(50), **given)


def verdict(claim: Any, data: Any, **options: Any) -> cx.Verdict:
    (found,) = cx.check(claim, data, **options)
    return found


# --- verdicts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "says"),
    [
        (cx.above(50), "supported"),
        (cx.below(50), "contradicted"),
        (cx.above(70.5), "inconclusive"),
        (cx.between(60, 80), "supported"),
        (cx.between(80, 90), "contradicted"),
        (cx.between(69, 71), "inconclusive"),
    ],
)
def test_a_verdict_is_where_the_interval_lies(answers: pd.DataFrame, region: cx.claims.Region, says: str) -> None:
    found = verdict(claim(region=region), answers)
    row = satisfied(answers).frame(method="korn-graubard").iloc[0]
    assert found.verdict == says == region.judge(found.conf_low, found.conf_high)
    assert (found.estimate, found.n, found.unit, found.level) == (row["estimate"], 400, "%", 0.95)
    np.testing.assert_allclose(
        [found.conf_low, found.conf_high], satisfied(answers).test(region)[["conf_low", "conf_high"]].iloc[0]
    )
    assert (found.p_value < 0.05) == (says != "inconclusive")
    assert np.isfinite(found.n_to_settle) == (says == "inconclusive")


def test_the_level_decides(answers: pd.DataFrame) -> None:
    p = verdict(claim(region=cx.above(67)), answers).p_value
    assert verdict(claim(region=cx.above(67)), answers, level=1 - p - 0.01).verdict == "supported"
    assert verdict(claim(region=cx.above(67)), answers, level=1 - p + 0.01).verdict == "inconclusive"


@pytest.mark.parametrize("engine", ["pandas", "polars-lazy", "duckdb"])
def test_verdicts_are_the_same_on_every_engine(answers: pd.DataFrame, engine: str) -> None:
    claims = [claim("a"), claim("b", trend, cx.above(0)), claim("c", region=cx.between(69, 71))]
    expected = cx.check(claims, answers).frame()
    pd.testing.assert_frame_equal(cx.check(claims, move(engine, answers)).frame(), expected)


def test_bonferroni_shares_the_level_among_the_claims(answers: pd.DataFrame) -> None:
    claims = [claim("a"), claim("b", region=cx.above(60)), claim("c", trend, cx.above(5))]
    shared, apart = cx.check(claims, answers, adjust="bonferroni"), cx.check(claims, answers, level=1 - 0.05 / 3)
    assert [v.level for v in shared] == pytest.approx([1 - 0.05 / 3] * 3)
    assert [v.conf_low for v in shared] == pytest.approx([v.conf_low for v in apart])
    assert [v.p_value for v in shared] == pytest.approx([v.p_value for v in cx.check(claims, answers)])
    assert (shared.level, shared.each, apart.each) == (0.95, pytest.approx(1 - 0.05 / 3), 1 - 0.05 / 3)


# --- several conditions and premises -------------------------------------------------------------------------------------


def test_an_all_of_is_supported_if_each_part_is(answers: pd.DataFrame) -> None:
    both = cx.all_of("both", parts=[claim("a"), claim("b", region=cx.above(60))])
    found = verdict(both, answers)
    assert found.verdict == "supported"
    assert [part.verdict for part in found.parts] == ["supported", "supported"]
    assert found.p_value == max(part.p_value for part in found.parts)  # as sure as the least sure part


def test_an_all_of_fails_only_by_a_part_that_fails_at_the_stricter_level(answers: pd.DataFrame) -> None:
    p = verdict(claim(region=cx.above(74.9)), answers).p_value
    assert 0.025 < p < 0.05  # contradicted by itself, at .95 and not at .975
    parts = [claim("a"), claim("b", region=cx.above(74.9))]
    alone, together = verdict(parts[1], answers), verdict(cx.all_of("both", parts=parts), answers)
    assert (alone.verdict, together.verdict) == ("contradicted", "inconclusive")
    sure = verdict(cx.all_of("both", parts=[claim("a"), claim("b", region=cx.above(80))]), answers)
    assert sure.verdict == "contradicted"
    assert sure.level == pytest.approx(0.975)
    assert sure.p_value == pytest.approx(2 * sure.parts[1].p_value)


def test_an_open_all_of_needs_what_its_neediest_part_needs(answers: pd.DataFrame) -> None:
    parts = [claim("a"), claim("b", region=cx.above(69)), claim("c", region=cx.above(68))]
    found = verdict(cx.all_of("all", parts=parts), answers)
    assert found.verdict == "inconclusive"
    needs = [part.n_to_settle for part in found.parts]
    assert found.n_to_settle == needs[1] > needs[2] > 400
    assert found.reason.startswith("b: ")
    assert found.reason.endswith("(supported: a)")


def test_a_part_that_cannot_be_tested_leaves_an_all_of_untestable_unless_another_fails(answers: pd.DataFrame) -> None:
    lost = claim("lost", lambda s: cx.measure(s, cx.mean("missing")))
    unknown = verdict(cx.all_of("both", parts=[claim("a"), lost]), answers)
    assert unknown.verdict == "untestable"
    assert unknown.reason.startswith("lost: mean (missing): no column 'missing'")
    assert verdict(cx.all_of("both", parts=[claim("a", region=cx.below(10)), lost]), answers).verdict == "contradicted"


@pytest.mark.parametrize(("region", "tested"), [(cx.above(50), True), (cx.above(70.5), False), (cx.above(90), False)])
def test_a_claim_is_tested_only_if_its_premise_is_supported(
    answers: pd.DataFrame, region: cx.claims.Region, tested: bool
) -> None:
    premise = claim("asked", says="customers are asked", region=region)
    found = verdict(claim(given=premise), answers)
    assert (found.verdict == "supported") == tested
    if not tested:
        state = verdict(premise, answers).verdict
        assert found.verdict == "untestable"
        assert found.reason.startswith(f"its premise 'customers are asked' is {state} (the interval")
        assert np.isnan(found.estimate)
    whole = verdict(cx.all_of("both", parts=[claim("a"), claim("b")], given=premise), answers)
    assert (whole.verdict == "supported") == tested


def test_a_premise_may_be_an_all_of_and_have_a_premise(answers: pd.DataFrame) -> None:
    first = claim("first", region=cx.above(90))
    second = cx.all_of("second", parts=[claim("a"), claim("b")], given=first)
    found = verdict(claim(given=second), answers)
    assert found.verdict == "untestable"
    assert "its premise 'second' is untestable (its premise 'first' is contradicted (" in found.reason


# --- parameters ----------------------------------------------------------------------------------------------------------


def test_parameters_replace_those_of_all_claims_or_of_one(answers: pd.DataFrame) -> None:
    claims = [claim(name, region=lambda d: cx.above(d), params={"d": 50}) for name in ("a", "b")]
    both = cx.all_of("both", parts=[claims[0], claims[1]])

    def regions(params: dict[str, Any]) -> list[str]:
        found = cx.check([*claims, both], answers, params=params)
        return [v.region for v in found[:2]] + [p.region for p in found["both"].parts]

    assert regions({}) == ["above(50)"] * 4
    assert regions({"d": 60}) == ["above(60)"] * 4
    assert regions({"b": {"d": 40}}) == ["above(50)", "above(40)", "above(50)", "above(50)"]
    assert regions({"d": 60, "both": {"d": 40}}) == ["above(60)", "above(60)", "above(40)", "above(40)"]


def test_a_premise_has_parameters_too(answers: pd.DataFrame) -> None:
    later = claim("later", given=claim("asked", region=lambda d: cx.above(d), params={"d": 90}))
    assert verdict(later, answers).verdict == "untestable"
    assert verdict(later, answers, params={"d": 50}).verdict == "supported"
    assert verdict(later, answers, params={"later": {"d": 50}}).verdict == "supported"


def test_a_parameter_may_be_a_dict(answers: pd.DataFrame) -> None:
    one = claim("one", region=lambda edges: cx.above(edges["low"]), params={"edges": {"low": 50}})
    assert verdict(one, answers, params={"edges": {"low": 65}}).region == "above(65)"


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"dd": 2}, "no claim has a parameter 'dd'. Did you mean 'd'"),
        ({"claim": {"e": 2}}, "claim 'claim' has no parameter 'e'; it has 'd'"),
        ({"claim": 3}, "'claim' is a claim; give its parameters as a dict, not 3"),
        ([("d", 3)], "parameters are named"),
    ],
)
def test_parameters_that_no_claim_has_are_refused(answers: pd.DataFrame, params: Any, says: str) -> None:
    with pytest.raises(ArgumentError, match=says):
        cx.check(claim(region=lambda d: cx.above(d), params={"d": 50}), answers, params=params)


# --- untestable ----------------------------------------------------------------------------------------------------------


def mailed(survey: Any) -> cx.Estimate:
    return cx.measure(survey, cx.csat("overall"), by="channel").contrast("app", "mail")


def lone(survey: Any) -> cx.Estimate:
    return cx.measure(survey, cx.mean("wait"), where=cx.col("branch") == "b1")


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (claim(data="surveys"), "no data set 'surveys' was given, only 'survey'. Did you mean 'survey'?"),
        (claim(data=["survey", "x"], measure=lambda a, b: a), "no data set 'x' was given, only 'survey'."),
        (claim(needs=["overall", "wiat", "zz"]), "data set 'survey' has no column 'wiat', 'zz'. Did you mean 'wait'?"),
        (claim(measure=lambda s: cx.measure(s, cx.mean("wiat"))), "mean (wiat): no column 'wiat'. Did you mean 'wait'?"),
        (claim(measure=lambda s: cx.measure(s, cx.mean("wait"), where=cx.col("wait") > 99), region=cx.above(1)), "no answers"),
        (claim(measure=lone, region=cx.above(1)), "no more PSUs than strata in this domain, so the standard error is unknown"),
        (claim(measure=mailed, region=cx.above(1)), "'mail'"),
        (
            claim(measure=lambda s: trend_of(s, cx.col("quarter") == "2025Q1"), region=cx.above(0)),
            "period",
        ),
    ],
    ids=["data set", "one of two data sets", "needed columns", "column", "nobody", "lone PSU", "group", "one period"],
)  # fmt: skip
def test_what_the_data_lack_makes_a_claim_untestable(answers: pd.DataFrame, made: cx.Claim, says: str) -> None:
    found = verdict(made, cx.Survey(answers, psu="branch"))
    assert found.verdict == "untestable"
    assert says in found.reason
    assert says in found.sentence
    assert np.isnan([found.conf_low, found.conf_high, found.p_value, found.n_to_settle]).all()


def trend_of(survey: Any, where: Any) -> cx.Estimate:
    return cx.measure(survey, cx.mean("wait"), by="quarter", where=where).trend()


def test_a_design_with_a_lone_psu_is_untestable_and_a_wrong_design_an_error(answers: pd.DataFrame) -> None:
    one = answers.assign(stratum=["a"] * 10 + ["b"] * 390, branch=["lone"] * 10 + [f"b{i % 40}" for i in range(390)])
    found = verdict(claim(), cx.Survey(one, strata="stratum", psu="branch"))
    assert found.verdict == "untestable"
    assert "PSU" in found.reason
    with pytest.raises(CxError, match=r"claim 'claim': .*PSU"):
        cx.check(claim(), cx.Survey(answers.assign(stratum=["a", "b"] * 200), strata="stratum", psu="quarter"))


def test_no_data_at_all(answers: pd.DataFrame) -> None:
    assert verdict(claim(), {}).reason == "no data set 'survey' was given, nor any other."
    assert len(cx.check([], answers)) == 0


# --- mistakes stay errors ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "kind", "says"),
    [
        (claim(measure=lambda s: satisfied(s).frame()), ArgumentError, "its measure returned DataFrame, not an Estimate"),
        (claim(measure=lambda s: None), ArgumentError, "its measure returned NoneType"),
        (
            claim(measure=lambda s: cx.measure(s, cx.csat("overall"), by="channel")), ArgumentError,
            r"its measure returned 2 values \('csat, app', 'csat, call'\), and a claim is about one. Use pick\(\)",
        ),
        (claim(measure=lambda s: cx.measure(s, cx.csat("wait"))), DataError, "csat"),
        (claim(measure=lambda s: cx.measure(s, cx.mean("channel"))), ColumnError, "'channel'"),
        (claim(measure=lambda s: cx.measure(s, cx.mean("wiat")), needs="wait"), ArgumentError, "'wiat'.*Name it in needs="),
        (claim(region=cx.above(150)), ArgumentError, r"the edge 150 of above\(150\) lies outside of what the measure can be"),
        (claim(region=cx.above(0.5)), ArgumentError, r"the edge 0.5 of above\(0.5\) is less than one percent.*Write 50"),
        (claim(region=cx.above(50, unit="points")), ArgumentError, "is in 'points', the measure in '%'"),
        (claim(measure=waited, region=cx.above(3, unit="min")), ArgumentError, "has no unit"),
    ],
    ids=["frame", "nothing", "several values", "scale", "text", "not in needs", "range", "share of one", "unit", "no unit"],
)  # fmt: skip
def test_a_mistake_is_an_error_that_names_the_claim(
    answers: pd.DataFrame, made: cx.Claim, kind: type[Exception], says: str
) -> None:
    with pytest.raises(kind, match=f"claim 'claim': .*{says}") as caught:
        cx.check([claim("fine"), made], answers)
    assert isinstance(caught.value, CxError)


def test_an_edge_below_one_percent_is_meant_if_its_unit_is_said(answers: pd.DataFrame) -> None:
    assert verdict(claim(region=cx.above(0.5, unit="%")), answers).verdict == "supported"
    assert verdict(claim(measure=waited, region=cx.above(0.5)), answers).n == 400


def wrong(survey: Any) -> Any:
    return survey.values + 1 + "x"


@pytest.mark.parametrize(
    ("measure", "kind"),
    [
        (lambda s: 1 + "x", TypeError),
        (lambda s: 1 / 0, ZeroDivisionError),
        (lambda s: {}["k"], KeyError),
        (wrong, AttributeError),
    ],
)
def test_an_error_of_the_measure_stays_what_it_is_and_says_of_which_claim(
    answers: pd.DataFrame, measure: Any, kind: type[Exception]
) -> None:
    with pytest.raises(kind) as caught:
        cx.check(claim("mine", measure), answers)
    assert type(caught.value) is kind
    assert caught.value.__notes__ == ["while measuring the claim 'mine'"]


@pytest.mark.parametrize(
    ("arguments", "options", "says"),
    [
        ([claim("a"), claim("a")], {}, "check: two claims have the id 'a'. Give each its own."),
        ([claim("a"), "b"], {}, "check: 'b' is not a claim"),
        ("most", {}, "'most' is not a claim"),
        (None, {}, "None is not a claim"),
        (claim(), {"adjust": "holm"}, "'holm' is not one of None, 'bonferroni'"),
        (claim(), {"level": 95}, "level=95.*between 0 and 1"),
        (claim(), {"level": True}, "level=True"),
    ],
)
def test_arguments_that_mean_nothing_are_refused(
    answers: pd.DataFrame, arguments: Any, options: Any, says: str
) -> None:
    with pytest.raises(ArgumentError, match=says):
        cx.check(arguments, answers, **options)


def test_nothing_is_not_enough_for_claims_about_data() -> None:
    whole = cx.all_of("both", parts=[claim("a"), claim("b", data="staff")])
    with pytest.raises(ArgumentError, match="nothing was given, and the claims take 'staff', 'survey'"):
        cx.check(whole)


@pytest.mark.parametrize("data", [3, "survey.csv", [1, 2]])
def test_data_that_is_none_is_refused(data: Any) -> None:
    with pytest.raises(
        CxError, match=f"{type(data).__name__}.*a frame is needed|a frame is needed.*{type(data).__name__}"
    ):
        cx.check(claim(), data)


def test_a_data_set_is_named_by_a_text(answers: pd.DataFrame) -> None:
    with pytest.raises(ArgumentError, match="named by a text, not by 3"):
        cx.check(claim(), {3: answers})


# --- data sets -----------------------------------------------------------------------------------------------------------


def test_measures_take_the_data_sets_they_name_in_that_order(answers: pd.DataFrame) -> None:
    staff = cx.Survey(answers.assign(overall=5))

    def apart(first: Any, second: Any) -> cx.Estimate:
        return cx.stack({"a": satisfied(first), "b": satisfied(second)}).contrast("a", "b")

    two = claim("two", apart, cx.above(5), data=["staff", "customers"])
    found = verdict(two, {"customers": answers, "staff": staff})
    assert (found.verdict, found.estimate) == ("supported", pytest.approx(30))
    assert verdict(claim(data="staff"), {"customers": answers, "staff": staff}).estimate == 100


def test_the_data_are_left_as_they_were(answers: pd.DataFrame) -> None:
    before = answers.copy()
    cx.check([claim("a"), claim("b", trend, cx.above(0))], answers)
    pd.testing.assert_frame_equal(answers, before)


def test_made_up_data_mark_the_verdict(answers: pd.DataFrame) -> None:
    found = cx.check([claim(), claim("lost", data="none")], answers.assign(synthetic=True))
    assert [v.synthetic for v in found] == ["synthetic sample data", ""]
    assert found.synthetic == "synthetic sample data"
    assert cx.check(claim(), answers).synthetic == ""


def test_a_frame_without_rows_makes_a_claim_untestable():
    empty = pd.DataFrame({"x": pd.Series([], dtype=float)})
    (verdict,) = cx.check(cx.Claim("a", measure=lambda s: cx.measure(s, cx.mean("x")), region=cx.above(0)), empty)
    assert verdict.verdict == "untestable"
    assert "no rows" in verdict.reason


# --- what a verdict tells besides --------------------------------------------------------------------------------------


def test_what_looks_like_a_slip_goes_with_the_verdict(answers: pd.DataFrame) -> None:
    rare = claim(measure=lambda s: cx.measure(s, cx.share(cx.col("channel") == "App")), region=cx.below(10))
    found = verdict(rare, answers)
    assert found.verdict == "supported"
    assert any("did you mean 'app'?" in note for note in found.notes)
    nowhere = claim(measure=lambda s: cx.measure(s, cx.csat("overall"), where=cx.col("channel") == "App"))
    found = verdict(nowhere, answers)
    assert found.verdict == "untestable"
    assert "did you mean 'app'?" in found.reason
    assert not found.notes


def test_rows_left_out_are_told(answers: pd.DataFrame) -> None:
    answers["overall"] = answers["overall"].where(answers.index >= 30)
    assert verdict(claim(), answers).left_out == "left out of 400 rows: 30 with no answer to csat (overall)"
    assert verdict(claim(measure=waited, region=cx.above(1)), answers).left_out == ""


def test_an_extreme_is_named(answers: pd.DataFrame) -> None:
    worst = claim(
        measure=lambda s: cx.extreme(cx.measure(s, cx.mean("wait"), by="channel"), "smallest"), region=cx.above(0)
    )
    assert verdict(worst, answers).notes == ("the smallest is call",)


def test_answers_that_a_claim_does_not_know_are_an_error(answers: pd.DataFrame) -> None:
    met = cx.Claim(
        "met", region=cx.above(50), needs=["need"], answers={"need": ("yes", "no")}, roles={"need": "need_met"},
        measure=lambda s: cx.measure(s, cx.share(cx.col("need") == "yes")),
    )  # fmt: skip
    assert verdict(met, answers.assign(need=["yes", "no"] * 200)).estimate == 50
    for others in (["ja", "nein"] * 200, [True, False] * 200, ["Yes", "no"] * 200):
        with pytest.raises(
            DataError, match=r"claim 'met': column 'need' .*role 'need_met'.*should be answered 'yes', 'no'"
        ):
            verdict(met, answers.assign(need=others))
    missing = verdict(met, answers)
    assert missing.verdict == "untestable"
    assert "'need' (role 'need_met')" in missing.reason


@pytest.mark.parametrize("engine", ["polars-lazy", "duckdb"])
def test_answers_are_looked_at_on_every_engine(answers: pd.DataFrame, engine: str) -> None:
    (met,) = [
        c
        for c in cx.catalogue(columns={"overall": "overall"}, scales={"overall": (1, 5)})
        if c.id == "enjoyed-but-unmet"
    ]
    with pytest.raises(DataError, match=r"catalogue\(columns=\{'need_met': cx.col\('need_met'\) == 'ja'\}\)"):
        verdict(met, move(engine, answers.assign(need_met=["ja", "ja", "ja", "nein"] * 100)))


def test_an_open_whole_says_at_which_level_its_part_is_open(answers: pd.DataFrame) -> None:
    """A part at 97 % is contradicted at 95 %, not at the 97.5 % that two parts share."""
    part = claim("low", measure=satisfied, region=cx.below(65.0))
    p = verdict(part, answers).p_value
    level = 1 - 1.3 * p
    whole = cx.all_of("both", parts=[part, claim("high", measure=waited, region=cx.above(0))])
    found = verdict(whole, answers, level=level)
    assert [v.verdict for v in found.parts] == ["contradicted", "supported"]
    assert found.verdict == "inconclusive"
    assert found.p_value == pytest.approx(2 * p, rel=1e-6)
    assert f"(level {100 * (1 - (1 - level) / 2):.4g} %, shared by 2 conditions)" in found.reason
    assert "reaches across 65" in found.reason
    assert verdict(whole, answers, level=1 - 2.01 * p).verdict == "contradicted"
    assert found.n_to_settle > 400


def test_the_base_of_a_contrast_of_metrics_counts_each_answer_once() -> None:
    frame = pd.DataFrame({"a": [1, 2, 3, 4, 5] * 20 + [None] * 100, "b": [None] * 90 + [2, 3, 4, 5, 1] * 22})
    both = cx.measure(frame, [cx.csat("a", name="A"), cx.csat("b", name="B")]).contrast(
        {"metric": "A"}, {"metric": "B"}
    )
    assert both.n.tolist() == [200]
    same = cx.measure(frame, [cx.csat("a", name="A"), cx.mean("a", name="B")]).transform(
        lambda v: v[1] - v[0] / 100, labels="x"
    )
    assert same.n.tolist() == [100]


def test_few_of_many_are_told_of_the_sample_that_would_settle(answers: pd.DataFrame) -> None:
    first = claim(
        measure=lambda s: cx.measure(s, cx.csat("overall"), where=cx.col("quarter") == "2025Q1"), region=cx.above(68)
    )
    found = verdict(first, answers)
    every, inside = (
        float(x.replace(",", ""))
        for x in re.findall(r"about ([\d,]+) .*\(([\d,]+) of them in the base\)", found.reason)[0]
    )
    assert inside == pytest.approx(every / 4, rel=0.1)
    assert every == pytest.approx(found.n_to_settle, rel=0.1)
