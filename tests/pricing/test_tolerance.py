"""The likelihood of amounts in intervals: its slopes are right, its maximum is found; where there is none it says so."""

import json
from pathlib import Path

import numpy as np
import pytest

import cxstats as cx
from cxstats.errors import NotIdentifiedError, Unanswerable
from cxstats.pricing.tolerance import DISTRIBUTIONS, Amounts, fitted, likelihood, need_rank

REFERENCE = Path(__file__).parents[1] / "reference" / "13_contingent.json"
KINDS = list(DISTRIBUTIONS)


def amounts(kind, n=300, seed=1, exact=True):
    """Return amounts known in all ways: between limits, above one, below one, exactly."""
    of, draw = DISTRIBUTIONS[kind], np.random.default_rng(seed)
    x = np.column_stack([np.ones(n), draw.normal(size=n), draw.integers(0, 2, n)])
    amount = np.exp(2.5 + 0.3 * x[:, 1] + 0.5 * draw.logistic(size=n))
    width = draw.choice([2.0, 5.0, 20.0], n)
    low, high = np.floor(amount / width) * width, np.ceil(amount / width) * width
    way = draw.integers(0, 4 if exact else 3, n)
    low = np.select([way == 1, way == 3], [-np.inf, amount], low)
    high = np.select([way == 2, way == 3], [np.inf, amount], high)
    low[low == 0] = -np.inf
    weight = draw.uniform(0.5, 2, n)
    return of, Amounts(x, of.scaled(low), of.scaled(high), weight, ["intercept", "p", "q", "log bid"])


@pytest.mark.parametrize("kind", KINDS)
def test_scores_and_hessian_are_the_slopes_of_the_likelihood(kind):
    of, data = amounts(kind)
    theta = np.array([3.0, 0.3, -0.1, -1.4]) if of.logged else np.array([2.0, 0.3, -0.1, -0.12])
    _, scores, hessian = likelihood(of, data, theta)
    step = 1e-5
    for j in range(4):
        move = step * np.eye(4)[j]
        up, down = likelihood(of, data, theta + move), likelihood(of, data, theta - move)
        assert data.weight @ scores[:, j] == pytest.approx((up[0] - down[0]) / (2 * step), rel=1e-6, abs=1e-5)
        slope = data.weight @ (up[1] - down[1]) / (2 * step)
        assert hessian[j] == pytest.approx(slope, rel=1e-6, abs=1e-4)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("exact", [True, False])
def test_the_maximum_is_one(kind, exact):
    of, data = amounts(kind, exact=exact)
    found = fitted(of, data, "test")
    assert np.abs(data.weight @ found.scores).max() < 1e-5
    assert np.linalg.eigvalsh(found.hessian).max() < 0
    draw = np.random.default_rng(0)
    for _ in range(20):
        other = found.coefficients * (1 + 0.05 * draw.normal(size=4))
        assert likelihood(of, data, other)[0] < found.log_likelihood


@pytest.mark.parametrize("kind", KINDS)
def test_steps_are_few_and_scales_do_not_matter(kind):
    of, data = amounts(kind)
    found = fitted(of, data, "test")
    assert found.steps <= 10
    size = np.array([1, 1e6, 1e-6])
    scaled = Amounts(data.x * size, data.low, data.high, data.weight * 1000, data.names)
    again = fitted(of, scaled, "test")
    assert again.coefficients * np.append(size, 1) == pytest.approx(found.coefficients, rel=1e-7)
    assert again.influence() * np.append(size, 1) * 1000 == pytest.approx(found.influence(), rel=1e-5, abs=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_far_tails_and_narrow_intervals_stay_finite(kind):
    of = DISTRIBUTIONS[kind]
    a = np.array([30.0, -3.0, 1e-9 + 2.0, 8.5, np.inf, -2.0])
    b = np.array([29.0, -4.0, 2.0, 8.0, -5.0, -np.inf])
    with np.errstate(all="ignore"):
        parts = of.between(a, b)
    assert all(np.isfinite(part).all() for part in parts)
    middle = 0.5 * (a[2] + b[2])
    assert parts[0][2] == pytest.approx(of.exactly(np.array([middle]))[0][0] + np.log(a[2] - b[2]), abs=1e-6)
    assert parts[0][4] == pytest.approx(np.log1p(-of.above(b[4:5])[0]), rel=1e-9)


def test_exact_amounts_as_in_r():
    known = json.loads(REFERENCE.read_text())["exact amounts, log-logistic"]
    rows = cx.load_survey()
    rows = rows[rows["bid_accepted"].notna() & rows["second_accepted"].notna()].head(1200)
    amount = np.log(rows["spend"][rows["spend"] > 0].to_numpy())
    data = Amounts(np.ones((len(amount), 1)), amount, amount, np.ones(len(amount)), ["intercept", "log bid"])
    found = fitted(DISTRIBUTIONS["log-logistic"], data, "test")
    assert found.coefficients == pytest.approx(known["values"], rel=1e-8)
    assert found.log_likelihood == pytest.approx(known["log_likelihood"][0], rel=1e-10)


@pytest.mark.parametrize("kind", KINDS)
def test_separation_is_told_from_slow_steps(kind):
    of, data = amounts(kind, exact=False)
    decides = np.isposinf(data.high).astype(float)  # whoever has it accepts everything
    x = np.column_stack([data.x, decides])
    split = Amounts(x, data.low, data.high, data.weight, ["intercept", "p", "q", "decides", "log bid"])
    with pytest.raises(NotIdentifiedError, match=r"'decides' decides some answers wholly \(separation\)"):
        fitted(of, split, "here")
    assert issubclass(NotIdentifiedError, Unanswerable)


@pytest.mark.parametrize("kind", KINDS)
def test_a_level_that_nearly_decides_is_not_separation(kind):
    of, data = amounts(kind, exact=False)
    nearly = np.isposinf(data.high).astype(float)
    nearly[np.flatnonzero(nearly == 0)[:2]] = 1
    x = np.column_stack([data.x, nearly])
    found = fitted(of, Amounts(x, data.low, data.high, data.weight, ["i", "p", "q", "nearly", "log bid"]), "here")
    assert np.isfinite(found.coefficients).all()


def test_dependent_columns_are_named():
    _, data = amounts("logistic", exact=False)
    x = np.column_stack([data.x, 2 * data.x[:, 1] - data.x[:, 2]])
    names = ["intercept", "p", "q", "sum", "bid"]
    with pytest.raises(NotIdentifiedError, match=r"here: 'sum' follows from 'p', 'q'"):
        need_rank(Amounts(x, data.low, data.high, data.weight, names), "here")
    x = np.column_stack([data.x[:, :2], np.full(len(x), 3.0)])
    with pytest.raises(NotIdentifiedError, match="'q' is the same in every row"):
        need_rank(Amounts(x, data.low, data.high, data.weight, [*names[:3], "bid"]), "here")
    need_rank(data, "here")
