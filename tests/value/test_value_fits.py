"""A weight more on a row moves a mean by its influence; rows of a kind are fitted once, and nothing changes by that."""

import numpy as np
import pytest

from cxstats.value.fits import LINKS, Chances, Columns, Weighted, fitted, mean_at

N, LEVELS = 240, 3


@pytest.fixture(scope="module")
def world():
    """Return columns with 12 kinds of rows, the level, weights, and outcomes of rows by link."""
    draw = np.random.default_rng(2)
    grade, label = draw.integers(-1, 3, N), draw.integers(0, 3, N)
    x = np.column_stack([np.ones(N), grade, label == 1, label == 2]).astype(float)
    code = (
        (draw.random(N)[:, None] > np.cumsum([[0.25, 0.5, 0.25]], axis=1) - 0.04 * grade[:, None])
        .sum(axis=1)
        .clip(0, 2)
    )
    weight = draw.uniform(0.5, 3, N)
    share = (draw.random(N) < 0.5 + 0.1 * grade).astype(float)
    pays = draw.exponential(10 + 3 * grade + 2 * code) * (draw.random(N) < 0.7)
    return x, code, weight, {"identity": pays - 5, "logit": share, "log": pays}


def test_kinds_are_the_rows_that_differ(world):
    x = world[0]
    columns = Columns.of(x)
    assert len(columns.kinds) == len(np.unique(x, axis=0)) == 12
    assert (columns.kinds[columns.kind] == x).all()


@pytest.mark.parametrize("link", LINKS)
def test_a_fit_on_kinds_is_that_on_rows(link, world):
    x, code, weight, outcomes = world
    rows, each = np.flatnonzero(code == 0), Columns(x, x, np.arange(N))
    found, known = (fitted(link, outcomes[link], c, weight, rows, "here") for c in (Columns.of(x), each))
    for name in ("index", "mean", "slope"):
        assert getattr(found, name) == pytest.approx(getattr(known, name), rel=1e-8, abs=1e-10)
    rest = (weight * (outcomes[link] - found.mean))[rows]
    assert x[rows].T @ rest == pytest.approx(np.zeros(x.shape[1]), abs=1e-7)


def test_chances_are_a_multinomial_logit(world):
    x, code, weight, _ = world
    found = Chances.of(code, LEVELS, Columns.of(x), weight, "here")
    base = int(np.bincount(code, weight).argmax())
    assert found.chance.sum(axis=1) == pytest.approx(np.ones(N))
    assert [moved is None for moved in found.influence] == [j == base for j in range(LEVELS)]
    for j in set(range(LEVELS)) - {base}:
        two, odds = (code == j) | (code == base), found.chance[:, j] / found.chance[:, base]
        rest = (weight * ((code == j) - odds / (1 + odds)))[two]
        assert x[two].T @ rest == pytest.approx(np.zeros(x.shape[1]), abs=1e-7)
        assert np.linalg.lstsq(x, np.log(odds), rcond=None)[1] == pytest.approx([0], abs=1e-15)


def test_the_base_is_the_same_in_any_order_of_rows_where_levels_weigh_alike():
    draw = np.random.default_rng(4)
    x, code = np.column_stack([np.ones(N), draw.normal(size=N)]), np.repeat([0, 1, 2], N // 3)
    weight = np.tile(draw.choice([0.1, 0.2, 0.3, 0.7], N // 3), 3)  # sums that differ by rounding alone
    known = Chances.of(code, LEVELS, Columns.of(x), weight, "here").chance
    for seed in range(10):
        to = np.random.default_rng(seed).permutation(N)
        found = Chances.of(code[to], LEVELS, Columns.of(x[to]), weight[to], "here").chance
        assert found == pytest.approx(known[to])


@pytest.mark.parametrize("among", [None, 0, 1])
@pytest.mark.parametrize("method", ["standardise", "weight", "both"])
@pytest.mark.parametrize("link", LINKS)
def test_influence_is_the_slope_by_a_row_s_weight(link, method, among, world):
    x, code, weight, outcomes = world
    columns = Columns.ones(N) if method == "weight" else Columns.of(x)
    y, link = outcomes[link], "identity" if method == "weight" else link
    population = np.ones(N) if among is None else (code == among).astype(float)

    def mean(weight):
        chances = Chances.of(code, LEVELS, Columns.of(x), weight, "here")
        weighted = Weighted.none(N) if method == "standardise" else Weighted.inverse(chances, 2, among)
        return mean_at(link, y, columns, weight, code == 2, population, weighted, np.arange(N), link == "logit", "here")

    found = mean(weight).influence
    assert weight @ found == pytest.approx(0, abs=1e-9)
    for row in [np.flatnonzero(code == j)[7] for j in range(LEVELS)]:
        more, less = (mean(weight + h * (np.arange(N) == row)).value for h in (1e-4, -1e-4))
        assert found[row] == pytest.approx((more - less) / 2e-4, rel=1e-5, abs=1e-8)
