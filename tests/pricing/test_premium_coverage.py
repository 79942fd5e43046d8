"""Does a 95 % interval of a step hold the truth in 95 %? By the model, right or wrong, and without one."""

import numpy as np
import pandas as pd
from scipy.stats import lognorm, norm

import cxstats as cx

LEVELS = ["missed", "met", "exceeded"]
CAP = 25
NORMAL = [norm(mean, 10) for mean in (4, 9, 12)]
LOGNORMAL = [lognorm(1, scale=scale) for scale in (5, 8, 10)]


def answered(truth, seed, n=400, branches=None):
    """Return stated amounts of people at three levels: 0 for nothing (or less), 25 and "more" above it."""
    draw = np.random.default_rng(seed)
    level = draw.integers(0, 3, n)
    z = draw.normal(size=n)
    branch = np.arange(n)
    if branches is not None:  # a fifth of the variance is the branch's
        branch = draw.integers(0, branches, n)
        z = np.sqrt(0.2) * draw.normal(size=branches)[branch] + np.sqrt(0.8) * z
    amount = np.choose(level, [of.ppf(norm.cdf(z)) for of in truth])
    return pd.DataFrame(
        {"pays": np.clip(amount, 0, CAP), "more": amount > CAP, "level": np.asarray(LEVELS)[level], "branch": branch}
    )


def up_to(of):
    """Return the mean of amounts, below 0 as 0 and above the cap as the cap: the area under the share who pay more."""
    prices = np.linspace(0, CAP, 20_001)
    return float(np.trapezoid(of.sf(prices), prices))


def held(truth, samples, n=400, branches=None):
    """Return how often, in percent, intervals hold the truth, the mean estimate, and the truth; the misfit's is 0."""
    known = {
        "model": np.diff([of.mean() for of in truth]),
        "up_to": np.diff([up_to(of) for of in truth]),
        "misfit": np.zeros(3),
    }
    inside, steps = {name: [] for name in known}, {name: [] for name in known}
    for seed in range(samples):
        survey = cx.Survey(answered(truth, seed, n, branches), psu=None if branches is None else "branch")
        found = cx.experience_premium(survey, outcome="pays", more_than="more", level="level", order=LEVELS)
        made = {"model": found.steps, "up_to": found.steps_of(found.up_to()), "misfit": found.misfit()}
        for name, estimate in made.items():
            low, high = estimate.interval(0.95)
            inside[name].append((low <= known[name]) & (known[name] <= high))
            steps[name].append(estimate.values)
    return {name: (100 * np.mean(inside[name], axis=0), np.mean(steps[name], axis=0), known[name]) for name in known}


def test_all_hold_the_truth_where_the_model_is_right():
    for share, step, truth in held(NORMAL, 150).values():
        assert (share > 89).all()
        assert np.allclose(step, truth, atol=0.4)


def test_clusters_need_the_design():
    found = held(NORMAL, 120, branches=30)
    assert all((share > 88).all() for share, *_ in found.values())


def test_amounts_that_are_not_normal_mislead_the_model_alone():
    found = held(LOGNORMAL, 150)
    _, step, truth = found["model"]
    assert (step < 0.85 * truth).all()
    assert (found["up_to"][0] > 89).all()
    assert np.allclose(found["up_to"][1], found["up_to"][2], atol=0.3)
    assert (found["misfit"][0] < 50).any()  # it is seen
