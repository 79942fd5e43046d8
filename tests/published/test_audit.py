"""The audit in plain words, and the claims that rest on published figures."""

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.claims.claim import AllOf
from cxstats.errors import ArgumentError

PAY = cx.Percentage(67, n=6723, says="would pay more", population="adults", source="Salesforce 2018")
MORE = cx.Percentage(64, says="say that it matters more", population="adults")
TABLE = cx.EcologicalTable({"a": (1, 1), "b": (2, 3), "c": (3, 2), "d": (4, 4)}, of="industries")


def bears(*figures, level=0.95) -> str:
    (line,) = cx.audit(list(figures), level=level)
    return line.bears


# --- the table ----------------------------------------------------------------------------------------------------------------


def test_each_figure_has_a_line_with_its_limits():
    table = cx.audit([PAY, MORE]).frame()
    assert table.columns.tolist() == [
        "figure", "source", "n", "value", "conf_low", "conf_high", "unit", "bears", "not_told",
    ]  # fmt: skip
    assert table["n"][0] == 6723
    assert np.isnan(table["n"][1])
    assert table.loc[0, ["conf_low", "conf_high"]].tolist() == PAY.interval().loc[0, ["conf_low", "conf_high"]].tolist()
    widest = MORE.interval()
    assert table.loc[1, ["conf_low", "conf_high"]].tolist() == [widest["conf_low"].min(), widest["conf_high"].max()]


def test_what_a_percentage_bears():
    assert bears(PAY) == "a majority: 65.4 to 68.6 %"
    assert bears(cx.Percentage(20, n=500)).startswith("a minority: ")
    assert bears(MORE).startswith(
        f"a majority if n is about {MORE.n_needed(50):.0f} or more: 53.3 to 73.8 % if n is 100, "
    )
    assert bears(cx.Percentage(52, n=500)).startswith(
        "whether it is a majority cannot be told; as printed it would be a "
    )
    assert "cannot be told with any n" in bears(cx.Percentage(50, n=500))
    some = bears(cx.Percentage(56))
    needed = cx.Percentage(56).n_needed(50)
    assert some.startswith(f"a majority if n is about {needed:,.0f} or more")
    assert bears(cx.Percentage(51, n=40_000)) == "a majority: 50.01 to 51.99 %"  # not "50.0"
    assert 300 < needed < 1000


def test_what_nobody_told():
    lines = cx.audit(
        [PAY, MORE, cx.Percentage(67, n=25), cx.Percentage(5, n=9000, population="all", unknown="the question")]
    )
    assert [line.not_told for line in lines][:2] == ["", "n"]
    assert lines[2].not_told == "who was asked; its weights, or its base, if it is no slip"
    assert lines[2].bears.startswith(
        "no number of people out of 25 rounds to 67 %: 16 are 64 %, 17 are 68 %; taken as printed, "
    )
    (weighted,) = cx.audit(cx.Percentage(67, n=900, weighted=True, population="all"))
    assert weighted.not_told == "what its weights cost (design effect)"
    assert lines[3].not_told == "the question"


def test_pairs_are_compared_and_joined_only_in_one_population():
    (line,) = cx.audit([(MORE, PAY)])
    assert "which is more cannot be told" in line.bears
    both = MORE.both(PAY, same_people=False)
    assert f"{both['conf_low'].min():.1f} to {both['conf_high'].max():.1f} % may say both" in line.bears
    assert line.not_told == "n of 64 %; what else sets the two apart: question, time, who was asked"
    (apart,) = cx.audit([(cx.Percentage(64, n=900), PAY)])
    assert "may say both" not in apart.bears
    assert "whether both are of one population" in apart.not_told
    (groups,) = cx.audit([(cx.Percentage(49, n=900, population="Peru"), cx.Percentage(17, n=900, population="US"))])
    assert groups.bears.startswith("49 % is more than 17 %, by ")
    assert groups.not_told == "what else sets the two apart: question, time, who was asked"
    (turned,) = cx.audit([(cx.Percentage(17, n=900, population="US"), cx.Percentage(49, n=900, population="Peru"))])
    assert turned.bears == groups.bears
    assert (turned.value, groups.value) == (-32, 32)


def test_tables_trends_and_correlations_have_a_line():
    trend = cx.PublishedTrend({1: cx.Percentage(60, n=900), 2: cx.Percentage(50, n=900)}, says="satisfied")
    falling, flat, table, r = cx.audit(
        [trend, cx.PublishedTrend({1: cx.Percentage(60), 2: cx.Percentage(60)}), TABLE, cx.Correlation(0.4, n=30)]
    )
    assert falling.bears.startswith("that it falls: ")
    assert falling.bears.endswith(" points a step")
    assert flat.bears.startswith("whether it rises or falls cannot be told; no number of people each time would tell")
    assert flat.not_told == "n of 1, 2"
    assert "not about customers" in table.bears
    assert r.bears.startswith("that it is above 0: ")


def test_it_prints_and_shows_every_word():
    found = cx.audit([PAY, MORE, (MORE, PAY)], level=0.9)
    for text in (repr(found), found._repr_html_()):
        words = " ".join(text.split())
        assert "90 % limits." in words
        assert "Salesforce 2018" in words
        assert "who was asked" in words
    assert max(len(line) for line in repr(found).splitlines()) <= 122
    risky = cx.audit([cx.Percentage(5, n=100, says="<script>")])._repr_html_()
    assert "<script>" not in risky


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (lambda: cx.audit(67), "or a list of such, not 67"),
        (lambda: cx.audit("67 %"), "or a list of such"),
        (lambda: cx.audit([]), "there are none"),
        (lambda: cx.audit([67]), "number 1 is a int"),
        (lambda: cx.audit([PAY, (PAY, 64)]), "number 2 is a tuple"),
        (lambda: cx.audit([PAY], level=95), "level"),
    ],
)
def test_bad_input_is_refused(bad, says):
    with pytest.raises(ArgumentError, match=says):
        bad()


def test_it_is_written_as_a_table(tmp_path):
    file = cx.audit([PAY, MORE, cx.Percentage(5, n=100, says="=1+1")]).to_csv(tmp_path / "audit.csv")
    table = pd.read_csv(file)
    assert table["bears"].tolist()[0] == "a majority: 65.4 to 68.6 %"
    assert not table["figure"].str.startswith("=").any()
    with pytest.raises(ArgumentError, match=r"End it in \.csv"):
        cx.audit(PAY).to_csv(tmp_path / "audit.txt")


# --- published claims ---------------------------------------------------------------------------------------------------------


def test_all_published_claims_enter_check_like_any_other(tmp_path):
    claims = cx.published_claims()
    file = cx.declare(claims, tmp_path / "published.toml")
    verdicts = cx.check(claims, declared=file)
    assert [v.claim for v in verdicts] == [claim.id for claim in claims]
    assert {v.declared for v in verdicts} == {"declared"}
    assert {v.basis for v in verdicts} == {"published figures"}
    assert {v.verdict for v in verdicts} == {"supported", "inconclusive", "untestable"}
    assert all(v.sentence.startswith("The published figures") for v in verdicts)
    assert "not recorded" not in file.read_text()


def test_every_published_claim_has_words_and_a_source():
    for claim in cx.published_claims():
        assert claim.says
        assert claim.source
        for part in claim.parts if isinstance(claim, AllOf) else [claim]:
            assert part.what
            assert part.why
            assert part.sets == ()


def test_only_67_does_not_follow():
    """67 is more than 64; with enough people behind the 64 the claim is contradicted, without it is open."""
    verdicts = cx.check(cx.published_claims())
    open_ = verdicts["only-67-would-pay"]
    assert open_.verdict == "inconclusive"
    pay, more = (next(f for f in cx.published_claims().figures if getattr(f, "value", 0) == v) for v in (67, 64))
    assert open_.n_to_settle == more.n_needed(pay)
    enough = cx.Percentage(64, n=int(open_.n_to_settle), weighted=True)
    told = cx.Claim("only", measure=lambda: pay.difference(enough), region=cx.below(0), data=())
    assert cx.check(told)["only"].verdict == "contradicted"


def test_bounds_are_judged_as_bounds():
    a, b = cx.Percentage(90, n=5000, population="all"), cx.Percentage(80, n=5000, population="all")
    regions = {"most": cx.above(50), "few": cx.below(50), "nearly-all": cx.above(90)}
    claims = [
        cx.Claim(name, measure=lambda: a.among(b), region=r, data=(), what="the share") for name, r in regions.items()
    ]
    verdicts = cx.check(claims)
    assert [v.verdict for v in verdicts] == ["supported", "contradicted", "inconclusive"]
    table = a.given(b)
    assert (
        verdicts[0].conf_low < table["conf_low"][0]
    )  # each side at 2.5 %, where the table's interval has 5 % beyond it
    assert all(np.isnan(v.estimate) for v in verdicts)
    assert "lies anywhere from" in verdicts["most"].sentence
    assert len(cx.plot_verdicts(verdicts)) == 1
    c, d = cx.Percentage(76, n=80, population="all"), cx.Percentage(75, n=80, population="all")
    verdict = cx.check(cx.Claim("most", measure=lambda: c.among(d), region=cx.above(50), data=()))["most"]
    assert 1e-4 < verdict.p_value < 0.05
    assert c.among(d).limits(verdict.p_value)[0] == pytest.approx(50, abs=0.01)


def test_figures_of_two_populations_are_untestable_together():
    verdict = cx.check(cx.published_claims())["who-says-so-would-pay"]
    assert verdict.verdict == "untestable"
    assert "64 %: not stated" in verdict.reason
    assert verdict.sentence.startswith("The published figures cannot test whether most of those who say")


def test_the_figures_are_those_that_were_printed():
    table = cx.published_claims().frame()
    printed = table.set_index("figure")["value"]
    assert len(table) == len(printed.index.unique())
    assert table["n"].dropna().tolist() == [6723, 15000, 4000, 1018, 1018, 1018, 1018, 7]
    shown = [v for v in printed.tolist() if v == round(v)]
    assert shown == [64, 67, 32, 17, 49, 43, 58, 70, 67, 6, 61, 29, 96, 9]
    assert (table["not_told"][table["n"].isna()] != "").all()


def test_two_thirds_is_coarser_than_67_percent():
    coarse, fine = (
        cx.Percentage(67, n=5000, rounding=2).interval().iloc[0],
        cx.Percentage(67, n=5000).interval().iloc[0],
    )
    assert coarse["rounding_low"] == pytest.approx(65, abs=0.02)
    assert coarse["conf_low"] < fine["conf_low"] - 1.4
    with pytest.raises(ArgumentError, match=r"rounding= is for coarser"):
        cx.Percentage(67, rounding=0.1)
    found = cx.Percentage(67, n=25, rounding=2).feasible()
    assert found.possible is None
    assert "rounded by 2 points" in found.reason


def test_notes_of_all_conditions_are_told_once():
    text = repr(cx.check(cx.published_claims()["nps-goes-with-growth"]))
    assert "nps-goes-with-growth: n unknown, taken as 5 to 50" in text
    assert "industry 1: n unknown" not in text


def test_the_picture_of_verdicts_says_that_n_is_not_told():
    claims = cx.published_claims()
    axes = cx.plot_verdicts(cx.check([claims["experience-beats-price"], claims["most-would-pay-more"]]))
    texts = [text.get_text() for text in axes[0].texts]
    assert "?" in texts
    assert "6,723" in texts
    assert "nan" not in texts
