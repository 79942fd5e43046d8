"""Do means for the same customers hit the truth, and intervals hold it in 95 %, where levels go to different customers?

Spend has a share of zeros that depends on customer and level, renewal is yes or no; branches share luck, and customers who are
drawn less often have greater weights.
"""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from scipy.stats import norm

import cxstats as cx

ORDER = ["poor", "adequate", "wow"]
METHODS = ("standardise", "weight", "both")
OUTCOMES = ["spend", "renewed"]


def spend_mean(x, j):
    """Return the mean spend at level j: a straight line of x at each level."""
    return np.asarray([30, 45, 50])[j] + np.asarray([12, 10, 15])[j] * x


def renewal_chance(x, j):
    """Return the chance of renewal at level j: logistic in x at each level."""
    return expit(np.asarray([-0.6, 0.6, 0.9])[j] + np.asarray([0.8, 1.0, 0.5])[j] * x)


def level_chances(x):
    """Return the chances of three levels: who has more of x gets the better."""
    odds = np.exp(np.column_stack([-0.9 - 0.7 * x, 0 * x, -0.8 + 0.6 * x]))
    return odds / odds.sum(axis=1, keepdims=True)


def two_levels(index):
    """Return chances of two levels, the second with these log odds."""
    return lambda x: np.column_stack([1 - expit(index(x)), expit(index(x))])


def drawn(seed, n=450, branches=30, chances=level_chances, spend=spend_mean, tail=0.5, most_weight=3.0):
    """Return customers of branches, with the mean spend that is given by x and level; at the worst, 60 % spend nothing."""
    draw = np.random.default_rng(seed)
    branch = draw.integers(0, branches, 6 * n)
    x = np.clip(0.4 * draw.normal(size=branches)[branch] + 0.9 * draw.normal(size=len(branch)), -2, 2)
    weight = 1 + (most_weight - 1) * expit(3 * x)
    kept = np.flatnonzero(draw.random(len(x)) < 1 / weight)[:n]
    branch, x, weight = branch[kept], x[kept], weight[kept]
    share = chances(x)
    level = (draw.random(len(x))[:, None] > share.cumsum(axis=1)).sum(axis=1).clip(0, share.shape[1] - 1)

    def luck():  # a tenth of its variance is the branch's
        shared = np.sqrt(0.1) * draw.normal(size=branches)[branch] + np.sqrt(0.9) * draw.normal(size=len(branch))
        return norm.cdf(shared)

    pays = 0.4 + 0.15 * level
    amount = spend(x, level) / pays * np.exp(tail * norm.ppf(luck()) - tail**2 / 2)
    return pd.DataFrame(
        {
            "spend": np.where(luck() < pays, amount, 0.0),
            "renewed": np.where(luck() < renewal_chance(x, level), "yes", "no"),
            "level": np.asarray(ORDER)[level], "x": x, "weight": weight, "branch": branch,
        }
    )  # fmt: skip


def truth(means, levels=3):
    """Return the mean at each level over all customers: x is normal with a variance of 0.97, cut off at 2 and -2."""
    width = np.sqrt(0.4**2 + 0.9**2)
    inner = np.linspace(-2, 2, 20_001)
    mass = norm.pdf(inner, 0, width) / norm.pdf(inner, 0, width).sum() * (2 * norm.cdf(2 / width) - 1)
    ends = np.asarray([-2.0, 2.0])
    x, p = np.append(inner, ends), np.append(mass, [norm.sf(2 / width)] * 2)
    return np.asarray([p @ means(x, np.full(len(x), j)) for j in range(levels)])


def estimated(samples, method, outcome, order=ORDER, adjust="x"):
    """Return the means of samples in one call: a stratum and a group each, so that nothing of one is used for another."""
    rows = pd.concat(samples, keys=range(len(samples)), names=["sample", None]).reset_index("sample")
    survey = cx.Survey(rows, weight="weight", strata="sample", psu="branch", nest=True)
    return cx.service_value(
        survey, outcome=outcome, level="level", order=order, adjust=adjust, method=method, by="sample"
    )


def in_lines(estimate, samples):
    """Return steps of two outcomes, a line a sample."""
    return np.hstack(np.asarray(estimate).reshape(2, samples, 2))


@pytest.fixture(scope="module")
def many():
    """Return 30 samples, fifteen at a time."""
    return [[drawn(seed) for seed in range(first, first + 15)] for first in (0, 15)]


STEPS = np.concatenate([np.diff(truth(spend_mean)), 100 * np.diff(truth(renewal_chance))])


@pytest.mark.parametrize("method", METHODS)
def test_same_customers_give_the_truth_and_intervals_hold_it(method, many):
    values, inside = [], []
    for samples in many:
        found = estimated(samples, method, OUTCOMES)
        low, high = (in_lines(limit, len(samples)) for limit in found.steps.interval(0.95))
        values.append(in_lines(found.steps.values, len(samples)))
        inside.append((low <= STEPS) & (high >= STEPS))
    values, held = np.vstack(values), np.vstack(inside)
    error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
    assert (np.abs(values.mean(axis=0) - STEPS) < 3 * error).all()
    assert (100 * held.mean(axis=0) > 81.9).all()  # 95 % less 3.3 standard errors of 30
    assert 100 * held.mean() > 89.4  # less 2.8 of 120, if all steps were independent


def test_as_they_are_levels_differ_by_more(many):
    found = [
        in_lines(estimated(samples, "standardise", OUTCOMES, adjust=()).steps.values, len(samples)) for samples in many
    ]
    values = np.vstack(found)
    error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
    assert (values.mean(axis=0) - STEPS > 2.5 * error).all()


def misses(chances, spend, method):
    """Return by how many standard errors a step of one large sample misses the truth."""
    rows = drawn(1, n=20_000, branches=400, chances=two_levels(chances), spend=spend, tail=0.3)
    step = estimated([rows], method, "spend", ORDER[:2]).steps
    return abs(float((step.values - np.diff(truth(spend, 2)))[0] / step.std_error[0]))


@pytest.mark.parametrize(
    ("chances", "spend", "wrong"),
    [
        (lambda x: 1.2 * x, lambda x, j: np.asarray([70, 45])[j] + np.asarray([-15, 15])[j] * x**2, "standardise"),
        (lambda x: np.where(x < 0.8, -1.2, 2.5), lambda x, j: np.asarray([75, 90])[j] + np.asarray([-30, 40])[j] * x, "weight"),
    ],
    ids=["chances are logistic, spend is no line", "spend is a line, chances jump"],
)  # fmt: skip
def test_both_is_right_if_one_of_two_is(chances, spend, wrong):
    found = {method: misses(chances, spend, method) for method in METHODS}
    assert found.pop(wrong) > 5
    assert max(found.values()) < 3
