"""Guarded intervals, by which verdicts are decided: they keep their promise where answers are rare."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import cxstats as cx
from cxstats.inference import intervals

MOST = 2.5  # percent of samples on either side


def by_sample(rows: pd.DataFrame, score: cx.Score, **design: str) -> cx.Estimate:
    """Many samples in one call, each a stratum of its own."""
    return cx.measure(cx.Survey(rows, strata="sample", **design), score, by="sample")


def missed(estimate: cx.Estimate, truth: float, method: str | None = "guarded") -> tuple[float, float]:
    """The percentages of intervals below and above the truth."""
    low, high = estimate.interval(0.95, method)
    return 100 * float(np.mean(high < truth)), 100 * float(np.mean(low > truth))


def tolerance(samples: int) -> float:
    """Three Monte-Carlo standard errors of a rate of 2.5 %."""
    return 3 * 100 * (0.025 * 0.975 / samples) ** 0.5


@pytest.mark.parametrize(
    ("psus", "size", "share", "icc"), [(30, 40, 0.02, 0.05), (20, 50, 0.01, 0.05), (40, 25, 0.1, 0.1)]
)
def test_rare_answers_in_clusters(psus, size, share, icc):
    draw, samples, spread = np.random.default_rng(11), 1000, (1 - icc) / icc
    chance = draw.beta(share * spread, (1 - share) * spread, (samples, psus))
    rows = pd.DataFrame({"sample": np.repeat(np.arange(samples), psus * size)})
    rows["psu"] = np.repeat(np.arange(samples * psus), size)
    rows["rare"] = draw.random(len(rows)) < np.repeat(chance.ravel(), size)
    found = by_sample(rows, cx.share(cx.col("rare")), psu="psu")
    below, above = missed(found, 100 * share)
    assert max(below, above) <= MOST + tolerance(samples)
    if share <= 0.02:  # the plain interval breaks the promise: the test can fail
        assert missed(found, 100 * share, "korn-graubard")[0] > MOST + 1


@pytest.mark.parametrize("n", [30, 100])
@pytest.mark.parametrize(("promoters", "detractors"), [(0.95, 0.0), (0.6, 0.2), (0.0, 0.95)])
def test_balances_near_their_ends(n, promoters, detractors):
    draw, samples = np.random.default_rng(12), 1000
    answers = draw.choice([10, 0, 7], p=[promoters, detractors, 1 - promoters - detractors], size=n * samples)
    rows = pd.DataFrame({"sample": np.repeat(np.arange(samples), n), "recommend": answers})
    found = cx.measure(rows, cx.nps("recommend"), by="sample")
    assert max(missed(found, 100 * (promoters - detractors))) <= MOST + tolerance(samples)


@pytest.mark.parametrize(("n", "probability"), [(100, 0.99), (50, 0.95), (100, 0.5)])
def test_extreme_quantiles(n, probability):
    draw, samples = np.random.default_rng(13), 800
    rows = pd.DataFrame({"sample": np.repeat(np.arange(samples), n), "wait": draw.exponential(size=n * samples)})
    found = cx.measure(rows, cx.quantile("wait", probability), by="sample")
    assert max(missed(found, stats.expon.ppf(probability))) <= MOST + tolerance(samples)


def test_a_simple_random_sample_keeps_the_exact_interval():
    rows = pd.DataFrame({"overall": [5] * 8 + [2] * 2})
    found = cx.measure(rows, cx.csat("overall"))
    for guarded, exact in zip(found.interval(0.95, "guarded"), found.interval(0.95, "korn-graubard"), strict=True):
        np.testing.assert_allclose(guarded, exact, rtol=1e-12)


def test_the_degrees_of_freedom_left_by_hand():
    df, n, p, effect = (np.array([x]) for x in (29.0, 1200.0, 0.02, 3.0))
    left = intervals.guarded_df(df, n, p, effect, np.array([True]))
    assert left[0] == pytest.approx(2 / (2 / 29 + (6 * 2 + 1 / 3) / 24), rel=1e-12)
    assert intervals.guarded_df(df, n, np.array([0.001]), effect, np.array([True]))[0] == 3.0  # never fewer
    assert intervals.guarded_df(np.array([2.0]), n, p, effect, np.array([True]))[0] == 2.0  # nor more than there are


@pytest.mark.parametrize("n", [7, 50, 301])
@pytest.mark.parametrize("probability", [0.05, 0.5, 0.99])
@pytest.mark.parametrize("alpha", [0.2, 0.05, 1e-6])
def test_order_statistics_are_those_of_the_binomial(n, probability, alpha):
    low, high = intervals.order_statistics(probability, n, alpha)
    first, last = round(low * n), round(high * n)
    count = stats.binom(n, probability)
    assert first == 0 or count.cdf(first - 1) <= alpha / 2  # fewer than `first` answers below the quantile
    assert count.cdf(first) > alpha / 2
    assert count.sf(last - 1) <= alpha / 2 < count.sf(last - 2)
