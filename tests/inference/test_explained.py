"""How much of the variance of an answer groups explain."""

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

import cxstats as cx
from cxstats.errors import ArgumentError, ColumnError


def answers(percent: float = 10.0, groups: int = 4, rows: int = 800, seed: int = 5, psus: int = 0) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    group = draw.integers(0, groups, rows)
    line = np.linspace(-1, 1, groups)
    means = line / line.std() * np.sqrt(percent / (100 - percent))
    frame = pd.DataFrame({"group": group, "x": draw.normal(size=rows) + means[group]})
    if psus:
        frame["psu"] = draw.integers(0, psus, rows)
        frame["x"] += 0.5 * draw.normal(size=psus)[frame["psu"]]
    return frame


def by_hand(frame: pd.DataFrame) -> tuple[float, float, int, int]:
    """Return epsilon squared, F, and its degrees of freedom, from the sums of squares."""
    groups = frame.groupby("group")["x"]
    within = float(groups.agg(lambda x: ((x - x.mean()) ** 2).sum()).sum())
    total = float(((frame["x"] - frame["x"].mean()) ** 2).sum())
    k, n = groups.ngroups, len(frame)
    return (
        100 * (1 - within / (n - k) / (total / (n - 1))),
        (total - within) / (k - 1) / (within / (n - k)),
        k - 1,
        n - k,
    )


@pytest.mark.parametrize("percent", [0.5, 5, 30])
@pytest.mark.parametrize("groups", [2, 7])
def test_a_simple_random_sample_gives_epsilon_squared(percent, groups):
    frame = answers(percent, groups)
    epsilon, f, _, _ = by_hand(frame)
    found = cx.explained(frame, cx.mean("x"), "group")
    assert f > 1.5
    assert found.values[0] == pytest.approx(epsilon, rel=0.01, abs=0.005)


@pytest.mark.parametrize("groups", [2, 7])
def test_near_zero_the_interval_is_that_of_the_noncentral_f(groups):
    frame = answers(1.5, groups, rows=1500)
    _, f, d1, d2 = by_hand(frame)
    found = cx.explained(frame, cx.mean("x"), "group")
    for tail, end in ((0.975, 0), (0.025, 1)):
        lowest = stats.f.cdf(f, d1, d2) - tail
        nc = optimize.brentq(lambda c, t=tail: stats.ncf.cdf(f, d1, d2, c) - t, 1e-9, 900) if lowest > 0 else 0.0
        steiger = 100 * nc / (nc + len(frame))
        assert found.interval()[end][0] == pytest.approx(steiger, rel=0.08, abs=0.05)


@pytest.mark.parametrize("groups", [2, 6])
def test_the_interval_reaches_zero_just_if_the_groups_do_not_differ_by_the_f_test(groups):
    for seed in range(12):
        frame = answers(0.4, groups, rows=400, seed=seed)
        _, f, d1, d2 = by_hand(frame)
        p = stats.f.sf(f, d1, d2)
        low = [
            cx.explained(frame, cx.mean("x"), "group").interval(level)[0][0]
            for level in (1 - 2.2 * p, 1 - 1.8 * p)
            if 0 < level < 1
        ]
        if p < 0.45:
            assert low[0] > 0
            assert low[1] == 0


def test_the_unit_and_the_order_and_the_weight_scale_do_not_matter():
    frame = answers(psus=25).assign(w=np.tile([1.0, 3.0], 400))
    one = cx.explained(cx.Survey(frame, weight="w", psu="psu"), cx.mean("x"), "group").frame()
    other = frame.sample(frac=1, random_state=1).assign(x=lambda d: 1e6 - 50 * d["x"], w=lambda d: 1000 * d["w"])
    two = cx.explained(cx.Survey(other, weight="w", psu="psu"), cx.mean("x"), "group").frame()
    columns = ["estimate", "conf_low", "conf_high"]
    np.testing.assert_allclose(two[columns].astype(float), one[columns].astype(float), rtol=1e-6)


def test_weights_make_the_population():
    frame = answers(20)
    frame["w"] = 1 + frame["group"]
    weighted = cx.explained(cx.Survey(frame, weight="w"), cx.mean("x"), "group")
    p = frame.groupby("group")["w"].sum() / frame["w"].sum()
    means = frame.groupby("group")["x"].mean()
    within = float(frame.groupby("group")["x"].var(ddof=0) @ p)
    between = float(p @ (means - p @ means) ** 2)
    assert weighted.values[0] == pytest.approx(100 * between / (between + within), rel=0.02)


def test_clusters_widen_the_interval():
    frame = answers(3, psus=15)
    frame["x"] += 0.4 * np.random.default_rng(2).normal(size=(15, 4))[frame["psu"], frame["group"]]
    plain, clustered = (cx.explained(s, cx.mean("x"), "group") for s in (frame, cx.Survey(frame, psu="psu")))
    width = [np.diff(np.ravel(e.interval()))[0] for e in (plain, clustered)]
    assert width[1] > 1.3 * width[0]
    assert clustered.df[0] == 14


def test_the_limits_widen_with_the_level_and_the_p_value_inverts_them():
    found = cx.explained(answers(6), cx.mean("x"), "group")
    ends = np.asarray([np.ravel(found.interval(level)) for level in (0.01, 0.5, 0.9, 0.95, 0.99, 0.99999)])
    assert (np.diff(ends[:, 0]) <= 0).all()
    assert (np.diff(ends[:, 1]) >= 0).all()
    p = found.test(cx.below(10))["p_value"][0]
    assert found.interval(1 - p)[1][0] == pytest.approx(10, rel=1e-6)


def test_shares_and_balances_have_a_variance_too():
    frame = answers(15).assign(yes=lambda d: d["x"] > 0, recommend=lambda d: np.clip(np.round(7 + 2 * d["x"]), 0, 10))
    share = cx.explained(frame, cx.share(cx.col("yes")), "group")
    assert share.values[0] == pytest.approx(cx.explained(frame, cx.mean("yes"), "group").values[0])
    points = frame["recommend"].map(lambda r: 100.0 * ((r >= 9) - int(r <= 6)))
    nps = cx.explained(frame, cx.nps("recommend"), "group")
    assert nps.values[0] == pytest.approx(cx.explained(frame.assign(x=points), cx.mean("x"), "group").values[0])


def test_two_columns_make_their_cells_and_where_makes_the_domain():
    frame = answers().assign(half=np.tile(["a", "b"], 400))
    both = cx.explained(frame, cx.mean("x"), ["group", "half"])
    cells = frame.assign(cell=frame["group"].astype(str) + frame["half"])
    assert both.values[0] == pytest.approx(cx.explained(cells, cx.mean("x"), "cell").values[0])
    part = cx.explained(frame, cx.mean("x"), "group", where=cx.col("half") == "a")
    assert part.values[0] == pytest.approx(
        cx.explained(frame[frame["half"] == "a"], cx.mean("x"), "group").values[0], rel=0.01
    )
    assert part.n[0] == 400


def test_missing_answers_and_missing_groups_are_left_out():
    frame = answers().astype({"group": "float"})
    kept = frame.iloc[:600]
    frame.loc[600:699, "x"], frame.loc[700:, "group"] = np.nan, np.nan
    found = cx.explained(frame, cx.mean("x"), "group")
    assert found.values[0] == pytest.approx(cx.explained(kept, cx.mean("x"), "group").values[0], rel=0.01)
    assert found.n[0] == 600


def test_nothing_explained_is_given_as_zero():
    frame = pd.DataFrame({"x": np.tile([1.0, 2.0, 3.0, 4.0], 50), "group": np.repeat(["a", "b"], 100)})
    found = cx.explained(frame, cx.mean("x"), "group")
    assert found.values[0] == 0
    assert found.frame()["note"][0] == "below 0, given as 0"
    low, high = found.interval()
    assert low[0] == 0
    assert 0 < high[0] < 5


def test_answers_that_do_not_differ():
    frame = pd.DataFrame({"x": [1.0] * 20 + [2.0] * 20, "group": ["a"] * 20 + ["b"] * 20})
    found = cx.explained(frame, cx.mean("x"), "group")
    assert found.values[0] == 100
    assert found.test(cx.above(50))["verdict"][0] == "untestable"
    assert "do not differ within groups" in found.frame()["note"][0]
    still = cx.explained(frame.assign(x=3.0), cx.mean("x"), "group")
    assert np.isnan(still.values[0])


def test_a_group_of_one_answer_counts():
    frame = pd.concat([answers(groups=3), pd.DataFrame({"group": [9], "x": [0.5]})])
    found = cx.explained(frame, cx.mean("x"), "group")
    assert np.isfinite(np.ravel(found.interval())).all()


def test_what_cannot_be_divided():
    frame = answers()
    with pytest.raises(ArgumentError, match=r"not of a total"):
        cx.explained(frame, cx.total("x"), "group")
    with pytest.raises(ArgumentError, match=r"not of a str"):
        cx.explained(frame, "x", "group")
    with pytest.raises(ArgumentError, match=r"explained\(by=\)"):
        cx.explained(frame, cx.mean("x"), [])
    with pytest.raises(ColumnError, match="Did you mean 'group'"):
        cx.explained(frame, cx.mean("x"), "gruop")
    with pytest.raises(ArgumentError, match="1 groups have answers to mean; two are needed"):
        cx.explained(frame.assign(group=1), cx.mean("x"), "group")


@pytest.mark.parametrize("engine", ["polars-lazy", "duckdb", "pyarrow"])
def test_all_engines_agree(on, engine):
    frame = answers(psus=20)
    expected, found = (
        cx.explained(cx.Survey(on(name, frame), psu="psu"), cx.mean("x"), "group").frame()
        for name in ("pandas", engine)
    )
    columns = ["estimate", "conf_low", "conf_high"]
    np.testing.assert_allclose(found[columns].astype(float), expected[columns].astype(float), rtol=1e-9)
