"""Correlations, tables of groups and trends against R and by simulation; what they refuse."""

import json
from pathlib import Path

import numpy as np
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError

CASES = json.loads((Path(__file__).parents[1] / "reference" / "12_published.json").read_text())
SQM = {"retail": (78, 81), "insurance": (76, 80), "health": (72, 80), "energy": (72, 76), "finance": (71, 75),
       "tech": (65, 75), "telco": (61, 68)}  # fmt: skip
BART = {2008: 83.8, 2010: 81.9, 2012: 83.9, 2014: 74.3, 2016: 68.8, 2018: 56.0}


def cases(kind: str) -> list:
    return [pytest.param(case, id=name) for name, case in CASES.items() if name.startswith(kind)]


def riders(**told) -> cx.PublishedTrend:
    return cx.PublishedTrend({year: cx.Percentage(value, decimals=1, **told) for year, value in BART.items()})


# --- against R --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases("percentage"))
def test_percentages_as_r(case):
    found = cx.Percentage(case["value"], n=case["n"], decimals=case["decimals"]).interval(case["level"]).iloc[0]
    assert found[["rounding_low", "rounding_high"]].tolist() == pytest.approx(case["rounding"], rel=1e-9)
    assert found[["conf_low", "conf_high"]].tolist() == pytest.approx(case["limits"], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("case", cases("table"))
def test_tables_as_r(case):
    pairs = zip(case["x"], case["y"], strict=True)
    table = cx.EcologicalTable(dict(zip(case["groups"], pairs, strict=True)))
    level = case["level"]
    assert table.slope(level).iloc[0, 1:].tolist() == pytest.approx(case["slope"], rel=1e-9)
    assert table.correlation(level).iloc[0, 1:].tolist() == pytest.approx(case["correlation"], rel=1e-9)
    without = table.leave_one_out(level)
    assert without.index.tolist() == case["groups"]
    assert without.to_numpy() == pytest.approx(np.asarray(case["without"]), rel=1e-9)


@pytest.mark.parametrize("case", cases("correlation"))
def test_correlations_as_r(case):
    found = cx.Correlation(case["value"], n=case["n"]).interval().iloc[0]
    assert found[["conf_low", "conf_high"]].tolist() == pytest.approx(case["limits"], rel=1e-7)


def test_the_slope_of_a_trend_as_r():
    found = riders().slope()
    assert found["slope"].tolist() == pytest.approx([CASES["trend"]["slope"]] * len(found), rel=1e-9)


# --- tables of groups ---------------------------------------------------------------------------------------------------------


def test_one_point_for_one_is_left_open():
    """The figures of the trade: slope 0.69, from 0.33 to 1.05."""
    table = cx.EcologicalTable(SQM, of="industries")
    assert table.slope().round(2).iloc[0].tolist() == [7, 0.69, 0.33, 1.05]
    claim = cx.Claim("one", measure=table.reading, region=cx.between(0.9, 1.1), data=())
    verdict = cx.check(claim)["one"]
    assert (verdict.verdict, verdict.n, verdict.unit) == ("inconclusive", 7, "points per point")
    assert "not about customers" in verdict.notes[0]
    assert np.isnan(verdict.n_to_settle)


def test_a_line_through_equal_figures_without_one_group_is_unknown():
    table = cx.EcologicalTable({"a": (1, 1), "b": (1, 2), "c": (1, 3), "d": (2, 5)})
    assert table.leave_one_out().loc["d"].isna().all()
    assert table.leave_one_out().drop("d").notna().all(axis=None)


def test_the_ecological_fallacy_is_real():
    """Groups can lie on a rising line while it falls within each of them: the table cannot tell."""
    means = {"a": (1.0, 1.0), "b": (2.0, 2.0), "c": (3.0, 3.1), "d": (4.0, 4.0)}
    within = np.asarray([-1.0, 0.0, 1.0])
    people = np.concatenate([np.column_stack([x + within, y - 3 * within]) for x, y in means.values()])
    table = cx.EcologicalTable(means)
    assert table.slope()["conf_low"][0] > 0
    assert np.corrcoef(people.T)[0, 1] < 0


# --- trends -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [60, 400])
def test_slopes_hold_the_truth_with_rounding(n):
    draw, years = np.random.default_rng(4), np.arange(5.0)
    shares = 0.9 - 0.02 * years
    centred = years - years.mean()
    truth = 100 * centred @ shares / (centred @ centred)
    out = 0
    for _ in range(600):
        printed = np.round(100 * draw.binomial(n, shares) / n)
        trend = cx.PublishedTrend({int(t): cx.Percentage(p, n=n) for t, p in zip(years, printed.tolist(), strict=True)})
        low, high = trend.slope()[["conf_low", "conf_high"]].iloc[0]
        out += not low <= truth <= high
    assert 100 * out / 600 <= 5


def test_with_many_people_only_rounding_is_left():
    """With 10^9 people the slope is known up to the rounding of both ends: half a point each, over ten years."""
    trend = cx.PublishedTrend({2008: cx.Percentage(60, n=10**9), 2018: cx.Percentage(50, n=10**9)})
    low, high = trend.slope()[["conf_low", "conf_high"]].iloc[0]
    assert [low, high] == pytest.approx([-1.1, -0.9], abs=1e-3)


def test_n_needed_is_the_first_with_a_clear_slope():
    trend = cx.PublishedTrend({1: cx.Percentage(60), 2: cx.Percentage(58), 3: cx.Percentage(56)})
    needed = int(trend.n_needed())
    for n, clear in ((needed - 1, False), (needed, True)):
        at = cx.PublishedTrend({t: cx.Percentage(f.value, plausible_n=(n,)) for t, f in trend.figures.items()})
        assert (at.slope()["conf_high"][0] < 0) == clear
    assert np.isinf(cx.PublishedTrend({1: cx.Percentage(60), 2: cx.Percentage(60)}).n_needed())
    published = cx.PublishedTrend({t: cx.Percentage(f.value, n=50) for t, f in trend.figures.items()})
    assert published.n_needed() == pytest.approx(needed)


def test_told_and_untold_n_go_together():
    told = {
        2014: cx.Percentage(74.3, decimals=1, plausible_n=(500, 5000)),
        2016: cx.Percentage(68.8, n=5342, decimals=1),
    }
    table = cx.PublishedTrend(told).slope()
    assert table["n"].tolist() == [500, 5000]
    assert set(table["n_is"]) == {"assumed"}
    assert table["conf_low"][0] < table["conf_low"][1]


def test_changes_are_those_of_each_step_and_of_all():
    table = riders(n=5000).changes()
    assert table["change"].tolist() == [
        "2010 - 2008", "2012 - 2010", "2014 - 2012", "2016 - 2014", "2018 - 2016", "2018 - 2008",
    ]  # fmt: skip
    steps = table["difference"][:5]
    assert steps.sum() == pytest.approx(table["difference"][5])
    alone = cx.Percentage(56.0, n=5000, decimals=1).compare(cx.Percentage(68.8, n=5000, decimals=1))
    assert table.loc[4, ["conf_low", "conf_high"]].tolist() == alone.loc[0, ["conf_low", "conf_high"]].tolist()


def test_times_come_in_order_and_the_slope_is_per_unit_of_time():
    forth = cx.PublishedTrend({2: cx.Percentage(58, n=500), 1: cx.Percentage(60, n=500), 4: cx.Percentage(55, n=500)})
    assert list(forth.figures) == [1, 2, 4]
    doubled = cx.PublishedTrend({2 * t: f for t, f in forth.figures.items()}).slope()
    assert (2 * doubled["slope"]).tolist() == pytest.approx(forth.slope()["slope"].tolist())


def test_a_trend_enters_check():
    falls = cx.Claim(
        "falls", says="it falls", measure=riders(plausible_n=(3000, 8000)).reading, region=cx.below(0), data=()
    )
    verdict = cx.check(falls)["falls"]
    assert (verdict.verdict, verdict.unit) == ("supported", "% points per year")
    assert verdict.notes == ("n unknown, taken as 3,000 to 8,000",)
    flat = cx.PublishedTrend({1: cx.Percentage(60), 2: cx.Percentage(59)})
    open_ = cx.check(cx.Claim("falls", measure=flat.reading, region=cx.below(0), data=()))["falls"]
    assert open_.verdict == "inconclusive"
    assert np.isinf(open_.n_to_settle)  # 59.5 to 59.5: rounding alone hides it
    assert "no number of people each time would settle it: rounding leaves it open" in open_.reason


# --- correlations ---------------------------------------------------------------------------------------------------------


def test_fishers_interval_holds_the_truth():
    draw, rho, n = np.random.default_rng(5), 0.5, 12
    x = draw.standard_normal((3000, n, 1))
    y = rho * x + np.sqrt(1 - rho**2) * draw.standard_normal((3000, n, 1))
    both = np.concatenate([x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)], axis=2)
    found = (both[..., 0] * both[..., 1]).sum(axis=1) / np.sqrt((both**2).sum(axis=1).prod(axis=1))
    figures = {r: cx.Correlation(r, n=n).limits(0.05) for r in set(np.round(found, 2).tolist())}
    out = np.mean([not figures[r][0] <= rho <= figures[r][1] for r in np.round(found, 2).tolist()])
    assert 100 * out <= 5 + 3 * 100 * (0.05 * 0.95 / 3000) ** 0.5


def test_a_correlation_is_decided_only_if_it_is_so_for_every_n():
    strong = cx.Correlation(0.86, plausible_n=(10, 20))
    claims = [
        cx.Claim("strong", measure=strong.reading, region=cx.above(0), data=()),
        cx.Claim("of-five", measure=cx.Correlation(0.86).reading, region=cx.above(0), data=()),
    ]
    verdicts = cx.check(claims)
    assert [v.verdict for v in verdicts] == ["supported", "inconclusive"]
    assert "the same figures of about 6 pairs would support it" in verdicts["of-five"].reason
    assert cx.Correlation(0.86, n=6).limits(0.05)[0] > 0 > cx.Correlation(0.86, n=5).limits(0.05)[0]


def test_a_perfect_correlation_has_limits_from_its_rounding():
    low, high = cx.Correlation(1, n=10).limits(0.05)
    assert low < 0.995
    assert high == 1


# --- what is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (lambda: cx.Correlation(1.2), "between -1 and 1"),
        (lambda: cx.Correlation("x"), "between -1 and 1"),
        (lambda: cx.Correlation(0.405), "has 3 decimals"),
        (lambda: cx.Correlation(0.4, decimals="2"), "number of decimals"),
        (lambda: cx.Correlation(0.4, n=3), "from 4 to"),
        (lambda: cx.Correlation(0.4, plausible_n=()), "plausible_n"),
        (lambda: cx.Correlation(0.4).interval(0), "level"),
        (lambda: cx.EcologicalTable([1, 2, 3, 4]), "a mapping"),
        (lambda: cx.EcologicalTable(SQM | {"a": (1.5, 2)}, decimals=0), "has 1 decimals"),
        (lambda: cx.EcologicalTable({"a": (1, 2)}), "1 groups"),
        (lambda: cx.EcologicalTable({"a": (1, 2), "b": 3, "c": (1, 2), "d": (2, 2)}), "'b' needs two figures"),
        (lambda: cx.EcologicalTable({"a": (1, 2), "b": (3, "x"), "c": (1, 2), "d": (2, 2)}), "'b': a number, not 'x'"),
        (lambda: cx.EcologicalTable({k: (1, i) for i, k in enumerate("abcd")}, x="effort"), "effort is the same in all"),
        (lambda: cx.EcologicalTable({k: (i, 1) for i, k in enumerate("abcd")}), "y is the same in all"),
        (lambda: cx.PublishedTrend({2018: cx.Percentage(56)}), "two times or more"),
        (lambda: cx.PublishedTrend({"2018": cx.Percentage(56), "spring": cx.Percentage(68)}), "is not a year, a quarter"),
        (lambda: cx.PublishedTrend({2018: 56, 2016: cx.Percentage(68)}), "made one by Percentage\\(56\\)"),
        (lambda: riders().n_needed("none"), "an edge"),
        (lambda: riders().change(2008, 2009), "nothing was published for 2009"),
        (lambda: riders().slope(95), "level"),
    ],
)  # fmt: skip
def test_bad_input_is_refused(bad, says):
    with pytest.raises(ArgumentError, match=says):
        bad()
