"""The median's interval holds the truth as often as it says, in simple samples and in clusters with weights."""

import numpy as np
import pandas as pd

import cxstats as cx

SECOND = {"bid": "bid", "answer": "yes", "bid_up": "second", "bid_down": "second", "answer2": "again"}
MEDIAN = 20.0


def asked(amount, draw):
    """Return two-step answers of people with these amounts."""
    bid = draw.choice([8, 16, 32, 64], len(amount))
    yes = amount > bid
    second = np.where(yes, 2 * bid, bid // 2)
    return {"bid": bid, "yes": yes, "second": second, "again": amount > second}


def simple(seed, n=200):
    draw = np.random.default_rng(seed)
    return pd.DataFrame(asked(MEDIAN * np.exp(0.7 * draw.logistic(size=n)), draw))


def clustered(seed, branches=30, customers=12):
    """Large branches stand for more, and what sets a branch apart moves all its customers.

    Amounts are log-normal with median 20: branch and customer effects on the log scale, by independent draws of weights.
    """
    draw = np.random.default_rng(seed)
    branch = np.repeat(np.arange(branches), customers)
    log = 0.5 * draw.normal(size=branches)[branch] + 0.9 * draw.normal(size=len(branch))
    weight = draw.choice([1.0, 2.0, 4.0], branches)[branch]
    return pd.DataFrame(asked(MEDIAN * np.exp(log), draw)).assign(branch=branch, weight=weight)


def coverage(samples, survey_of, distribution, methods=("delta",)):
    """Return how often, in percent, the 95 % interval of the median holds the truth, by method."""
    held = dict.fromkeys(methods, 0)
    for rows in samples:
        found = cx.contingent_valuation(survey_of(rows), **SECOND, distribution=distribution)
        for method in methods:
            row = found.intervals(method=method, draws=400).iloc[0]
            held[method] += row["conf_low"] <= MEDIAN <= row["conf_high"]
    return {method: 100 * count / len(samples) for method, count in held.items()}


def designed(rows):
    return cx.Survey(rows, weight="weight", psu="branch")


def without_branches(rows):
    return cx.Survey(rows, weight="weight")


def test_simple_random_samples():
    held = coverage([simple(seed) for seed in range(120)], cx.Survey, "log-logistic", ("delta", "krinsky-robb"))
    assert all(90 <= share <= 99 for share in held.values())


def test_clusters_and_weights_need_the_design():
    samples = [clustered(seed) for seed in range(120)]
    assert 89 <= coverage(samples, designed, "log-normal")["delta"] <= 99
    assert coverage(samples, without_branches, "log-normal")["delta"] < 85
