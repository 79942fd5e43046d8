"""Published percentages: intervals that hold with rounding, bounds by brute force, verdicts over all that is not told."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import cxstats as cx
from cxstats.errors import ArgumentError
from cxstats.published import bounds

PAY = cx.Percentage(67, n=6723, says="would pay more", population="consumers")
MORE = cx.Percentage(64, says="say that experience matters more", population="consumers")


def missed(truth: float, found: dict[float, tuple[float, float]], drawn: np.ndarray) -> float:
    return 100 * float(np.mean([not found[v][0] <= 100 * truth <= found[v][1] for v in drawn.tolist()]))


# --- sampling and rounding ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("decimals", [0, 1])
@pytest.mark.parametrize("n", [40, 300, 50_000])
@pytest.mark.parametrize("truth", [0.02, 0.335, 0.67])
def test_intervals_hold_the_truth_with_rounding(truth, n, decimals):
    draw = np.random.default_rng(1)
    printed = np.round(100 * draw.binomial(n, truth, 4000) / n, decimals)
    figures = {v: cx.Percentage(v, n=n, decimals=decimals) for v in set(printed.tolist())}
    limits = {v: tuple(p.interval()[["conf_low", "conf_high"]].iloc[0]) for v, p in figures.items()}
    assert missed(truth, limits, printed) <= 5 + 3 * 100 * (0.05 * 0.95 / 4000) ** 0.5
    if n == 50_000 and decimals == 0 and truth == 0.335:  # sampling alone would not do: the test can fail
        bare = {v: tuple(100 * x for x in bounds.exact(v / 100, n, 0.05)) for v in limits}
        assert missed(truth, bare, printed) > 50


def test_the_interval_inverts_the_test_of_what_is_printed():
    """At the lower limit a figure as high as that, or higher, is printed with a chance of 2.5 %."""
    figure, n = cx.Percentage(67, n=240), 240
    low, high = figure.interval()[["conf_low", "conf_high"]].iloc[0] / 100
    counts = [k for k in range(n + 1) if 66.5 <= 100 * k / n <= 67.5]
    assert stats.binom.sf(min(counts) - 1, n, low) == pytest.approx(0.025, rel=1e-6)
    assert stats.binom.cdf(max(counts), n, high) == pytest.approx(0.025, rel=1e-6)


def test_a_design_effect_is_fewer_people():
    wide, narrow = (cx.Percentage(50, n=1000, design_effect=d).interval().iloc[0] for d in (4, 1))
    assert wide["conf_high"] - wide["conf_low"] > 1.8 * (narrow["conf_high"] - narrow["conf_low"])


def test_of_an_unknown_n_there_is_a_line_for_each():
    table = MORE.interval()
    assert table["n"].tolist() == [100, 300, 1000, 3000, 10000]
    assert set(table["n_is"]) == {"assumed"}
    assert (np.diff(table["conf_high"] - table["conf_low"]) < 0).all()
    assert cx.Percentage(64, plausible_n=(50,)).interval()["n"].tolist() == [50]


@pytest.mark.parametrize("n", [7, 24, 25, 99])
def test_feasible_by_counting(n):
    for value in range(101):
        found = cx.Percentage(value, n=n).feasible()
        counts = [k for k in range(n + 1) if abs(100 * k / n - value) <= 0.5 + 1e-9]
        assert (found.possible, list(found.counts)) == (bool(counts), counts)
        assert str(n) in found.reason


def test_feasible_is_silent_where_it_cannot_tell():
    for figure, why in ((PAY, "every figure"), (MORE, "nobody says"), (cx.Percentage(67, n=25, weighted=True), "weighted"),
                        (cx.Percentage(33.3, n=1000, decimals=1), "every figure")):  # fmt: skip
        found = figure.feasible()
        assert found.possible is None
        assert why in found.reason


# --- verdicts ---------------------------------------------------------------------------------------------------------------


def test_a_verdict_holds_for_every_n_or_not_at_all():
    assert MORE.exceeds(50).verdict == "supported"
    assert MORE.exceeds(62).verdict == "inconclusive"
    assert cx.Percentage(64, n=10_000).exceeds(62).verdict == "supported"
    assert MORE.exceeds(80).verdict == "contradicted"
    said = MORE.exceeds(50).sentence
    assert said.startswith(
        "The published figures support the claim that more than 50 % of consumers say that experience matters more"
    )
    assert "n unknown, taken as 100 to 10,000" in said
    assert "n = 6,723" in PAY.exceeds(50).sentence


def test_the_p_value_is_where_the_interval_touches_the_edge():
    verdict = cx.Percentage(53, n=500).exceeds(50)
    low, _ = cx.Percentage(53, n=500).interval(1 - verdict.p_value)[["conf_low", "conf_high"]].iloc[0]
    assert low == pytest.approx(50, abs=1e-6)


def test_published_claims_go_through_check_without_data(tmp_path):
    claim = cx.Claim("most", says="most would pay more", region=cx.above(50), data=(), measure=PAY.reading)
    file = cx.declare(claim, tmp_path / "declared.toml")
    found = cx.check(claim, declared=file)
    assert found[0].verdict == "supported"
    assert "published figures" in found[0].sentence
    with pytest.raises(ArgumentError, match="outside of what the measure can be"):
        cx.check(cx.Claim("odd", region=cx.above(150), data=(), measure=PAY.reading))


def test_n_needed_is_the_first_that_is_clear():
    needed = int(MORE.n_needed(PAY))
    for n, clear in ((needed - 1, False), (needed, True)):
        low, high = cx.Percentage(64, n=n, weighted=True).compare(PAY)[["conf_low", "conf_high"]].iloc[0]
        assert (low > 0 or high < 0) == clear or abs(n - needed) <= 60  # whole numbers of people make it jump
    assert cx.Percentage(50.4, decimals=1).n_needed(50) > 10_000
    assert np.isinf(cx.Percentage(50).n_needed(50.4))  # rounding hides it


# --- two figures ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("both", [0.31, 0.43, 0.63])
def test_differences_of_the_same_people_hold_the_truth(both):
    draw, n, p, q = np.random.default_rng(2), 400, 0.64, 0.67
    cells = draw.multinomial(n, [both, p - both, q - both, max(1 - p - q + both, 0.0)], 400)
    first, second = np.round(100 * (cells[:, 0] + cells[:, 1]) / n), np.round(100 * (cells[:, 0] + cells[:, 2]) / n)
    out = 0
    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        table = cx.Percentage(a, n=n).compare(cx.Percentage(b, n=n), same_people=True)
        out += not table["conf_low"].min() <= 100 * (p - q) <= table["conf_high"].max()
    assert 100 * out / 400 <= 5 + 3 * 100 * (0.05 * 0.95 / 400) ** 0.5


def test_the_overlap_is_shown_from_least_to_most():
    table = cx.Percentage(64, n=1000).compare(cx.Percentage(67, n=1000), same_people=True)
    assert table["overlap"].tolist() == pytest.approx([31, 64])
    width = table["conf_high"] - table["conf_low"]
    assert width[0] > width[1]
    apart = cx.Percentage(64, n=1000).compare(cx.Percentage(67, n=1000))
    assert apart["overlap"].isna().all()


@pytest.mark.parametrize("both", [0.31, 0.45, 0.64])
@pytest.mark.parametrize("among", [False, True])
def test_bounds_hold_what_is_asked_wherever_it_lies(both, among):
    draw, n, p, q = np.random.default_rng(3), 300, 0.64, 0.67
    cells = draw.multinomial(n, [both, p - both, q - both, max(1 - p - q + both, 0.0)], 300)
    truth, out = 100 * (both / q if among else both), 0
    for row in cells.tolist():
        a, b = (cx.Percentage(round(100 * k / n), n=n, population="all") for k in (row[0] + row[1], row[0] + row[2]))
        table = (a.given(b) if among else a.both(b)).iloc[0]
        out += not table["conf_low"] <= truth <= table["conf_high"]
        assert table["conf_low"] <= table["lowest"] <= table["highest"] <= table["conf_high"]
    assert 100 * out / 300 <= 5 + 3 * 100 * (0.05 * 0.95 / 300) ** 0.5


def test_the_level_between_one_side_and_two():
    assert bounds.one_sided(0.0, 0.1, 0.95) == pytest.approx(0.025, rel=1e-6)
    assert bounds.one_sided(10.0, 0.1, 0.95) == pytest.approx(0.05, rel=1e-6)
    middle = stats.norm.isf(bounds.one_sided(0.1, 0.1, 0.95))
    assert stats.norm.cdf(middle + 1) - stats.norm.cdf(-middle) == pytest.approx(0.95, rel=1e-6)


# --- replication ----------------------------------------------------------------------------------------------------------


def test_replication_is_equivalence():
    def own(yes: int, n: int) -> cx.Estimate:
        return cx.measure(pd.DataFrame({"pay": [1] * yes + [0] * (n - yes)}), cx.share(cx.col("pay") == 1))

    assert PAY.agrees_with(own(6700, 10_000))["answer"].tolist() == ["consistent"]
    assert PAY.agrees_with(own(5000, 10_000))["answer"].tolist() == ["not consistent"]
    assert PAY.agrees_with(own(67, 100))["answer"].tolist() == ["cannot tell"]
    assert MORE.agrees_with(own(6400, 10_000))["answer"].tolist()[0] == "cannot tell"  # n = 100 is possible


# --- bad input ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (lambda: cx.Percentage(101), "between 0 and 100"),
        (lambda: cx.Percentage(-1), "between 0 and 100"),
        (lambda: cx.Percentage("67"), "between 0 and 100"),
        (lambda: cx.Percentage(np.nan), "between 0 and 100"),
        (lambda: cx.Percentage(66.7), "Write decimals=1"),
        (lambda: cx.Percentage(67, decimals=-1), "number of decimals"),
        (lambda: cx.Percentage(67, n=0), "from 1 to"),
        (lambda: cx.Percentage(67, n=10.5), "whole"),
        (lambda: cx.Percentage(67, plausible_n=()), "plausible_n"),
        (lambda: cx.Percentage(67, design_effect=0), "positive"),
        (lambda: PAY.exceeds(150), "between 0 and 100"),
        (lambda: PAY.interval(95), "level lies between 0 and 1"),
        (lambda: PAY.n_needed(MORE), "n is unknown"),
        (lambda: PAY.compare(64), "is a Percentage"),
        (lambda: PAY.compare(cx.Percentage(64, n=100), same_people=True), "the same people are"),
        (lambda: PAY.both(cx.Percentage(64, n=6723)), "population="),
        (lambda: PAY.both(cx.Percentage(64, n=6723, population="firms")), "population="),
        (lambda: PAY.given(cx.Percentage(0, n=6723, population="consumers", says="pays")), "figure is 0 %, nobody pays"),
        (lambda: PAY.agrees_with(3), "estimate from measure"),
        (lambda: PAY.agrees_with(cx.measure(pd.DataFrame({"x": [1, 2]}), cx.mean("x"))), "Measure a share"),
    ],
)  # fmt: skip
def test_bad_input_is_refused(bad, says):
    with pytest.raises(ArgumentError, match=says):
        bad()
