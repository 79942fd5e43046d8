"""The number of respondents that would settle a claim: with so many, about 80 of 100 samples do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.inference.settle import settling_factor

METHOD = "korn-graubard"


def needed(estimate: cx.Estimate, region: Any, level: float = 0.95, method: str = METHOD) -> float:
    return float(np.ceil(estimate.respondents * settling_factor(estimate, region, level, method)))


# --- known answers -------------------------------------------------------------------------------------------------------


def normal(n: int, mean: float, sd: float) -> pd.DataFrame:
    """Return answers with exactly this mean and standard deviation."""
    x = np.random.default_rng(1).normal(size=n)
    return pd.DataFrame({"x": mean + sd * (x - x.mean()) / x.std(ddof=1)})


@pytest.mark.parametrize(("level", "power_z"), [(0.95, 1.959964 + 0.841621), (0.99, 2.575829 + 0.841621)])
def test_of_a_mean_it_is_the_textbooks_formula(level: float, power_z: float) -> None:
    estimate = cx.measure(normal(2000, 1.0, 10.0), cx.mean("x"))
    found = needed(estimate, cx.above(0.8), level)
    assert found == pytest.approx((power_z * 10 / 0.2) ** 2, rel=2e-3)
    assert found == pytest.approx(needed(estimate, cx.below(0.8), level), rel=1e-6)  # contradicted by as many


@pytest.mark.parametrize("edge", [0.8, 0.99])
@pytest.mark.parametrize("score", [cx.mean("x"), cx.share(cx.col("x") > 0)], ids=["mean", "share"])
def test_of_a_finite_population_no_more_than_everybody_is_asked(edge: float, score: cx.Score) -> None:
    frame, size = normal(2000, 1.0, 10.0), 20_000
    edge = edge if score.family == "mean" else float(cx.measure(frame, score).values[0]) - 5 * (1 - edge)
    endless = needed(
        cx.measure(cx.Survey(frame.assign(stratum=1), strata="stratum"), score), cx.above(edge), method="guarded"
    )
    found = needed(cx.measure(cx.Survey(frame.assign(size=size), fpc="size"), score), cx.above(edge), method="guarded")
    assert found == pytest.approx(endless / (1 + endless / size), rel=2e-2)
    assert found < size


def test_a_census_has_no_room() -> None:
    frame = pd.DataFrame({"x": [1, 2, 5, 5], "size": 4})
    for score in (cx.mean("x"), cx.effort("x", scale=(1, 5), kind="mean", easy="high"), cx.share(cx.col("x") > 2)):
        by = cx.measure(cx.Survey(frame, fpc="size"), score)
        low, high = by.interval(0.95, "guarded")
        assert low[0] == high[0] == by.values[0]


def test_between_two_edges_both_count() -> None:
    estimate = cx.measure(normal(2000, 0.0, 10.0), cx.mean("x"))
    both = needed(estimate, cx.between(-0.3, 0.3))
    assert both == pytest.approx(((1.959964 + 1.281552) * 10 / 0.3) ** 2, rel=2e-3)  # 90 % at each edge
    far = needed(estimate, cx.between(-0.3, 30))
    assert far == pytest.approx(needed(estimate, cx.above(-0.3)), rel=1e-4)
    assert far < both


def test_outside_of_two_edges_the_nearer_one_counts() -> None:
    estimate = cx.measure(normal(2000, 1.0, 10.0), cx.mean("x"))
    assert needed(estimate, cx.between(-5, 0.8)) == pytest.approx(needed(estimate, cx.below(0.8)), rel=1e-4)


def test_on_the_edge_no_sample_settles_it() -> None:
    estimate = cx.measure(pd.DataFrame({"x": [1.0, 2.0, 3.0]}), cx.mean("x"))
    assert needed(estimate, cx.above(2)) == np.inf
    assert needed(estimate, cx.between(0, 2)) == np.inf
    assert needed(estimate, cx.above(2 + 1e-9)) == np.inf  # as good as on it
    assert np.isfinite(needed(estimate, cx.above(2.1)))


def test_without_an_error_there_is_no_number() -> None:
    alone = cx.measure(pd.DataFrame({"x": [2.0]}), cx.mean("x"))
    assert np.isnan(settling_factor(alone, cx.above(1), 0.95))
    nobody = cx.measure(pd.DataFrame({"x": [np.nan, np.nan]}), cx.mean("x"))
    assert np.isnan(settling_factor(nobody, cx.above(1), 0.95))


def test_it_grows_with_the_level_and_as_the_edge_comes_near() -> None:
    estimate = cx.measure(pd.DataFrame({"overall": [5] * 70 + [1] * 30}), cx.csat("overall"))
    by_edge = [needed(estimate, cx.above(edge)) for edge in (62, 64, 66, 68)]
    by_level = [needed(estimate, cx.above(66), level) for level in (0.8, 0.9, 0.95, 0.99)]
    assert by_edge == sorted(by_edge)
    assert by_level == sorted(by_level)
    assert min(by_edge + by_level) > 100


def test_a_domain_needs_respondents_of_the_whole_sample() -> None:
    rows = normal(2000, 1.0, 10.0)
    whole = needed(cx.measure(rows, cx.mean("x")), cx.above(0.8))
    half = pd.concat([rows.assign(g="a"), rows.assign(g="b")])
    part = needed(cx.measure(half, cx.mean("x"), where=cx.col("g") == "a"), cx.above(0.8))
    assert part == pytest.approx(2 * whole, rel=2e-3)


def test_the_estimate_is_left_as_it_was() -> None:
    estimate = cx.measure(pd.DataFrame({"overall": [5] * 70 + [1] * 30}), cx.csat("overall"))
    before = estimate.frame()
    needed(estimate, cx.between(65, 75))
    pd.testing.assert_frame_equal(estimate.frame(), before)


# --- the promise ---------------------------------------------------------------------------------------------------------

Draw = Callable[[np.random.Generator, int], Any]


def means(rng: np.random.Generator, n: int) -> pd.DataFrame:
    return pd.DataFrame({"x": 2 + (rng.gamma(4, 1, n) - 4) / 2})


def shares(rng: np.random.Generator, n: int) -> pd.DataFrame:
    return pd.DataFrame({"overall": np.where(rng.random(n) < 0.12, 5.0, 1.0)})


def groups(rng: np.random.Generator, n: int) -> pd.DataFrame:
    app = np.arange(n) % 3 == 0
    happy = rng.random(n) < np.where(app, 0.75, 0.68)
    return pd.DataFrame({"channel": np.where(app, "app", "call"), "overall": np.where(happy, 5.0, 1.0)})


def branches(rng: np.random.Generator, n: int) -> cx.Survey:
    """Return n answers from n / 20 branches that differ: a design effect of 2.9."""
    branch = np.arange(n) // 20
    x = 3 + rng.normal(0, 1, branch.max() + 1)[branch] + rng.normal(0, 3, n)
    return cx.Survey(pd.DataFrame({"x": x, "branch": branch}), psu="branch")


def true_means(n: int) -> pd.DataFrame:
    return normal(n, 2.0, 1.0)


def true_shares(n: int) -> pd.DataFrame:
    return pd.DataFrame({"overall": [5.0] * (12 * n // 100) + [1.0] * (88 * n // 100)})


def true_groups(n: int) -> pd.DataFrame:
    app = pd.DataFrame({"channel": "app", "overall": [5.0] * (n // 4) + [1.0] * (n // 12)})
    call = pd.DataFrame({"channel": "call", "overall": [5.0] * (68 * n // 150) + [1.0] * (32 * n // 150)})
    return pd.concat([app, call])


def true_branches(n: int) -> cx.Survey:
    """Return branches whose means vary by just as much as they do in the long run: 1 + 9 / 20."""
    level = normal(n // 20, 3.0, (1 + 9 / 20) ** 0.5)["x"].to_numpy()
    within = np.random.default_rng(2).normal(0, 3, (n // 20, 20))
    x = level[:, None] + within - within.mean(axis=1, keepdims=True)
    return cx.Survey(pd.DataFrame({"x": x.ravel(), "branch": np.arange(n) // 20}), psu="branch")


def mean(survey: Any) -> cx.Estimate:
    return cx.measure(survey, cx.mean("x"))


def csat(survey: Any) -> cx.Estimate:
    return cx.measure(survey, cx.csat("overall"))


def apart(survey: Any) -> cx.Estimate:
    return cx.measure(survey, cx.csat("overall"), by="channel").contrast("app", "call")


# how samples are drawn; one whose estimate is the truth, and its size; what is measured, the region, the verdict
WORLDS: dict[str, tuple[Draw, Any, Callable[[Any], cx.Estimate], Any, str]] = {
    "mean": (means, true_means(150), mean, cx.above(1.9), "supported"),
    "mean of few": (means, true_means(12), mean, cx.below(1.7), "contradicted"),
    "share": (shares, true_shares(200), csat, cx.below(15), "supported"),
    "difference of shares": (groups, true_groups(600), apart, cx.above(0), "supported"),
    "equivalence": (means, true_means(200), mean, cx.between(1.88, 2.12), "supported"),
    "clustered": (branches, true_branches(600), mean, cx.above(2.7), "supported"),
}


@pytest.mark.parametrize("name", WORLDS)
def test_with_so_many_respondents_eight_in_ten_samples_settle_it(name: str) -> None:
    draw, true, measure, region, says = WORLDS[name]
    estimate = measure(true)
    assert estimate.test(region)["verdict"].tolist() == ["inconclusive"]
    whole = {"clustered": 20, "difference of shares": 3}.get(name, 1)  # branches, and one in three by app
    n = int(-(-needed(estimate, region) // whole) * whole)
    assert n > estimate.respondents
    rng = np.random.default_rng(1)
    samples = [measure(draw(rng, n)) for _ in range(300)]
    verdicts = [region.judge(*(float(side[0]) for side in each.interval(0.95, METHOD))) for each in samples]
    rate = verdicts.count(says) / len(samples)
    assert 0.73 <= rate <= 0.87, f"{rate:.1%} of samples of {n} say {says}"  # three standard errors of the simulation
