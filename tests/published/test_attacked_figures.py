"""What a statistician broke: sums of rare shares, the same people, slopes, bounds as verdicts, rounding in tables."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import cxstats as cx
from cxstats.errors import ArgumentError
from cxstats.published import bounds
from cxstats.published.bounds import Share

SLACK = 0.05  # of the level: what a grid of truths and rounding of floats may add


def shares(n: int) -> list[Share]:
    return [Share(k / n, k / n, k / n, n) for k in range(n + 1)]


def beyond(n: int, m: int, p: float, q: float, level: float) -> float:
    """Return the larger chance, of both sides, that the limits of p - q pass the truth, over all answers: no simulation."""
    alpha, truth = 1 - level, p - q
    limits = np.asarray([[bounds.difference(a, b, alpha) for b in shares(m)] for a in shares(n)])
    chance = stats.binom.pmf(np.arange(n + 1), n, p)[:, None] * stats.binom.pmf(np.arange(m + 1), m, q)
    return max(chance[limits[..., 0] > truth + 1e-12].sum(), chance[limits[..., 1] < truth - 1e-12].sum())


# --- differences --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0.9, 0.95, 0.975, 0.99])
@pytest.mark.parametrize(
    ("n", "m", "p", "q"),
    [
        (1, 1, 0.3, 0.7), (3, 3, 0.2, 0.65), (5, 5, 0.3, 0.65), (5, 5, 0.95, 0.05), (10, 10, 0.03, 0.97), (30, 30, 0.01, 0.99),
        (30, 100, 0.01, 0.65), (10, 60, 0.0167, 0.8833), (60, 60, 0.005, 0.997), (60, 10, 0.895, 0.995), (40, 40, 0.5, 0.5),
    ],
)  # fmt: skip
def test_limits_of_differences_are_passed_by_no_more_than_their_level(n, m, p, q, level):
    assert beyond(n, m, p, q, level) <= (1 - level) / 2 * (1 + SLACK)


def test_clopper_and_pearson_alone_would_not_do(monkeypatch):
    """The test above can fail: without the floor of a normal share's error, it does."""
    monkeypatch.setattr(
        Share, "reaches", lambda s, alpha: (s.low - s.limits(alpha)[0], s.limits(alpha)[1] - s.high), raising=True
    )
    assert beyond(30, 30, 0.01, 0.99, 0.95) > 0.06


@pytest.mark.parametrize(
    ("n", "p", "q"), [(4, 0.5, 0.5), (5, 0.5, 0.5), (10, 0.7, 0.3), (25, 0.9, 0.1), (60, 0.97, 0.03)]
)
@pytest.mark.parametrize("level", [0.95, 0.99])
def test_the_same_people_who_say_exactly_one(n, p, q, level):
    """Overlap as small as can be: one answer is the reverse of the other."""
    drawn = stats.binom.pmf(np.arange(n + 1), n, p)
    wrong = [0.0, 0.0]
    for k in range(n + 1):
        a, b = (cx.Percentage(round(100 * j / n, 2), n=n, decimals=2) for j in (k, n - k))
        low, high = a.difference(b, same_people=True).limits(1 - level)
        wrong[0] += drawn[k] * (low > 100 * (p - q) + 0.02)
        wrong[1] += drawn[k] * (high < 100 * (p - q) - 0.02)
    assert max(wrong) <= (1 - level) / 2 * (1 + SLACK)


@pytest.mark.parametrize(("n", "q", "more"), [(100, 0.5, 0.01), (100, 0.67, 0.02), (50, 0.5, 0.04)])
def test_the_same_people_where_all_who_say_one_say_the_other(n, q, more):
    """The line of the most overlap: whoever says b says a."""
    draw = np.random.default_rng(6).multinomial(n, [q, more, 1 - q - more], 1500)
    out = 0
    for both, only, _ in draw.tolist():
        a, b = (cx.Percentage(round(100 * k / n, 2), n=n, decimals=2) for k in (both + only, both))
        line = a.compare(b, same_people=True).iloc[1]
        out += not line["conf_low"] <= 100 * more <= line["conf_high"]
    assert out / 1500 <= 0.05 + 3 * (0.05 * 0.95 / 1500) ** 0.5


# --- slopes -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("times", "sizes", "shown"),
    [
        ((1, 3, 5, 10, 11, 12), (500, 2000, 500, 20, 100, 20), (0.97,) * 6),
        ((1, 2), (100, 100), (0.003, 0.997)),
        (range(8), (50,) * 8, tuple(np.linspace(0.01, 0.99, 8))),
    ],
)
def test_slopes_are_passed_by_no_more_than_their_level(times, sizes, shown):
    times, draw, runs = np.asarray(list(times), float), np.random.default_rng(7), 3000
    weights = (times - times.mean()) / ((times - times.mean()) ** 2).sum()
    truth = weights @ np.asarray(shown)
    counts = draw.binomial(sizes, shown, (runs, len(times)))
    known = [shares(n) for n in sizes]
    low, high = np.asarray(
        [
            bounds.linear([s[k] for s, k in zip(known, row, strict=True)], weights.tolist(), 0.05)
            for row in counts.tolist()
        ]
    ).T
    for wrong in (np.mean(low > truth + 1e-12), np.mean(high < truth - 1e-12)):
        assert wrong <= 0.025 + 3 * (0.025 * 0.975 / runs) ** 0.5


# --- bounds as verdicts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("p", "q", "edge", "n"), [(0.68, 0.64, 50.0, 2000), (0.4, 0.64, 6.25, 100)])
def test_a_claim_on_bounds_is_wrong_in_no_more_than_a_claim_on_shares(p, q, edge, n):
    """The truth is the lowest that can be, (p + q - 1) / q, and lies on the edge."""
    draw, runs = np.random.default_rng(8), 1200
    one, two = draw.binomial(n, p, runs), draw.binomial(n, q, runs)
    wrong = 0
    for k, j in zip(one.tolist(), two.tolist(), strict=True):
        a, b = shares_of(k, n), shares_of(j, n)
        low, _ = bounds.overlap_limits(a, b, 0.025, same_people=False, among=True)
        wrong += 100 * low > edge
    assert wrong / runs <= 0.025 + 3 * (0.025 * 0.975 / runs) ** 0.5


def shares_of(k: int, n: int) -> Share:
    return Share(k / n, k / n, k / n, n)


def test_two_samples_of_one_population_where_all_say_both():
    """Either sample may show the smaller share: the upper limit of how many say both holds all the same."""
    n, p, out = 100, 0.72, 0.0
    chance = stats.binom.pmf(np.arange(n + 1), n, p)
    for k in range(50, 95):
        for j in range(50, 95):
            a, b = shares_of(k, n), shares_of(j, n)
            low, high = bounds.overlap_limits(
                a, b, bounds.tail(a, b, 0.95, among=False), same_people=False, among=False
            )
            out += chance[k] * chance[j] * (not low <= p <= high)
    assert out <= 0.05


# --- tables and correlations ------------------------------------------------------------------------------------------------


def test_points_on_a_line_are_known_up_to_rounding():
    table = cx.EcologicalTable({"a": (70, 71), "b": (72, 73), "c": (74, 75), "d": (76, 77)})
    low, high = table.slope()[["conf_low", "conf_high"]].iloc[0]
    assert low < 0.9
    assert high > 1.1
    draw = np.random.default_rng(9)
    inside = 0
    for _ in range(500):
        x = draw.uniform(69.5, 76.5, 4)
        y = x + draw.normal(0, 0.05) + 1
        if len(set(np.round(x))) < 2:
            continue
        made = cx.EcologicalTable(
            {str(k): (float(a), float(b)) for k, (a, b) in enumerate(zip(x.round(), y.round(), strict=True))}
        )
        low, high = made.slope()[["conf_low", "conf_high"]].iloc[0]
        inside += low <= 1 <= high
    assert inside / 500 >= 0.93
    assert table.correlation()["conf_low"][0] < 0.99
    assert table.correlation()["conf_high"][0] == 1


def test_a_group_without_which_there_is_no_line_is_named():
    table = cx.EcologicalTable({"a": (0.1, 80), "b": (0.1, 75), "c": (0.1, 70.5), "d": (5.1, 90)}, of="firms")
    assert table.leave_one_out().loc["d"].isna().all()
    (line,) = cx.audit(table)
    assert "without d there is no line" in line.bears


@pytest.mark.parametrize(("n", "rho"), [(5, 0.95), (7, 0.95), (20, 0.95), (10, -0.5)])
def test_correlations_are_passed_by_no_more_than_their_level(n, rho):
    draw, runs = np.random.default_rng(10), 20_000
    x = draw.standard_normal((runs, n))
    y = rho * x + np.sqrt(1 - rho**2) * draw.standard_normal((runs, n))
    x, y = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    r = (x * y).sum(axis=1) / np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    low, high = np.asarray([cx.Correlation(round(v, 4), n=n, decimals=4).limits(0.05) for v in r[:6000].tolist()]).T
    for wrong in (np.mean(low > rho), np.mean(high < rho)):
        assert wrong <= 0.025 + 3.5 * (0.025 * 0.975 / 6000) ** 0.5


# --- numbers and words --------------------------------------------------------------------------------------------------------


def test_numbers_of_numpy_do_not_wrap_round():
    a, b = cx.Percentage(np.uint8(50), n=np.int8(100)), cx.Percentage(np.uint8(67), n=np.int8(100))
    assert a.difference(b).value == -17
    assert a.difference(b).n == 200
    assert cx.Percentage(np.float32(67.3), n=1000, decimals=1).value == 67.3
    assert cx.Percentage(67, plausible_n=np.array([100, 50])).sizes == (50, 100)


def test_needed_is_of_each_figure():
    untold, told = (cx.Percentage(52), cx.Percentage(48)), (cx.Percentage(52, n=500), cx.Percentage(48, n=500))
    lines = cx.audit([untold, told])
    assert [line.bears.partition("about ")[2].split(" would")[0] for line in lines] == ["2,200 people each"] * 2
    trend = cx.PublishedTrend({1: cx.Percentage(48), 2: cx.Percentage(52)})
    assert trend.n_needed() == untold[0].difference(untold[1]).needed(cx.above(0), 0.95)


def test_an_n_that_is_told_may_be_what_hides_a_difference():
    few, many = cx.Percentage(70, n=1018), cx.Percentage(70, n=10**7)
    coarse = cx.Percentage(67, rounding=2)
    assert np.isinf(coarse.n_needed(few))
    assert np.isfinite(coarse.n_needed(many))
    (line,) = cx.audit([(coarse, few)])
    assert "rounding, or the n that is told, leaves it open" in line.bears


def test_a_figure_that_is_clear_with_its_own_people_needs_no_more():
    figure = cx.Percentage(64, n=50)
    assert figure.exceeds(49).verdict == "supported"
    assert figure.n_needed(49) == 50


def test_answers_of_one_poll_are_not_taken_for_two():
    told = {"n": 2000, "population": "UK adults", "source": "poll 2025"}
    a, b = cx.Percentage(46, says="prefer A", **told), cx.Percentage(41, says="prefer B", **told)
    (line,) = cx.audit([(a, b)])
    widest = a.compare(b, same_people=True)
    assert (line.conf_low, line.conf_high) == (widest["conf_low"].min(), widest["conf_high"].max())
    assert line.n == 2000
    assert "taken for answers of the same people" in line.bears
    (apart,) = cx.audit([(a, cx.Percentage(41, says="prefer B", n=2000, population="UK adults", source="poll 2024"))])
    assert apart.n == 4000
    assert "may say both" not in apart.bears


def test_quarters_are_times():
    trend = cx.PublishedTrend({"2025Q3": cx.Percentage(66, n=800), "2025Q1": cx.Percentage(61, n=800)})
    assert list(trend.figures) == ["2025Q1", "2025Q3"]
    assert trend.slope()["slope"][0] == pytest.approx(2.5)
    assert trend.reading().unit == "% points per quarter"
    yearly = cx.PublishedTrend(trend.figures, per="year")
    assert yearly.slope()["slope"][0] == pytest.approx(10)
    assert trend.changes()["change"].tolist() == ["2025Q3 - 2025Q1"]


def test_a_claim_may_measure_a_published_figure_itself():
    figure = cx.Percentage(67, n=6723, says="would pay more", population="adults")
    verdict = cx.check(cx.Claim("most", measure=lambda: figure, region=cx.above(50), data=()))["most"]
    assert verdict.verdict == "supported"
    assert "the share of adults who would pay more is 67.0 %" in verdict.sentence
    with pytest.raises(ArgumentError, match=r"declared with data=\(\)"):
        cx.Claim("most", measure=lambda: figure, region=cx.above(50))


def test_verdicts_on_print_say_what_they_take_for_granted():
    found = cx.check(cx.published_claims())
    assert "hold for answers of a simple random sample" in " ".join(repr(found).split())
    own = cx.check(
        cx.Claim("m", measure=lambda s: cx.measure(s, cx.mean("x")), region=cx.above(0)), pd.DataFrame({"x": [1, 2, 3]})
    )
    assert "simple random sample" not in repr(own)


def test_slopes_and_correlations_are_associations():
    falls = cx.PublishedTrend({1: cx.Percentage(60, n=900), 2: cx.Percentage(50, n=900)})
    sentences = [
        cx.check(cx.Claim("x", measure=lambda f=f: f, region=cx.above(-1), data=()))[0].sentence
        for f in (
            falls,
            cx.Correlation(0.9, n=20),
            cx.EcologicalTable({k: (i, i + i % 2) for i, k in enumerate("abcde")}),
        )
    ]
    assert "a change associated with time" in sentences[0]
    assert all("a relation associated with what sets the groups apart" in s for s in sentences[1:])


def test_small_edges_and_odd_arguments():
    assert cx.Percentage(2, n=10_000).exceeds(0.5).verdict == "supported"
    with pytest.raises(ArgumentError, match="no percentage exceeds 100"):
        cx.Percentage(2, n=10_000).exceeds(100)
    with pytest.raises(ArgumentError, match="NPS is no percentage"):
        cx.Percentage(-5)
    with pytest.raises(ArgumentError, match=r"67 if 0\.67 is a share of 1"):
        cx.Percentage(0.67)
    with pytest.raises(ArgumentError, match="more than 50 say nothing"):
        cx.Percentage(67, rounding=200)
    with pytest.raises(ArgumentError, match="numbers of people"):
        cx.Percentage(67, plausible_n=500)
    empty = cx.measure(pd.DataFrame({"x": [np.nan, np.nan]}), cx.share(cx.col("x") > 1))
    assert cx.Percentage(67, n=100).agrees_with(empty, within=np.int64(3))["answer"].tolist() == ["cannot tell"]
    blanks = cx.Percentage(64, n=100, population="US "), cx.Percentage(60, n=100, population=" US")
    assert len(blanks[0].compare(blanks[1], same_people=True)) == 2


def test_a_figure_may_keep_its_own_words():
    (line,) = cx.audit(cx.Percentage(67, rounding=2, wording="two thirds", population="adults", says="agree"))
    assert line.figure == "two thirds of adults agree"
