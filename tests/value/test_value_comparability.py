"""Overlap and balance are what they are by hand; what weights make extreme is said; who has no counterpart is counted."""

import numpy as np
import pandas as pd
import pytest

import cxstats as cx

DESIGN = {"weight": "weight", "strata": "region", "psu": "branch"}
ORDER = ["poor", "adequate", "wow"]
LEVEL = {"level": "service_level", "order": ORDER}
ADJUST = ["tenure", "technology_met", "segment"]


@pytest.fixture(scope="module")
def sample():
    rows = cx.load_survey()
    needed = ["spend", "service_level", *ADJUST, *DESIGN.values()]
    return rows.loc[rows[needed].notna().all(axis=1), needed].head(1500)


@pytest.fixture(scope="module")
def survey(sample):
    return cx.Survey(sample, **DESIGN)


def chance(x, here, weight):
    """Return the chances of a logistic regression, by Newton's steps."""
    b = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ b))
        b += np.linalg.solve((x.T * (weight * p * (1 - p))) @ x, x.T @ (weight * (here - p)))
    return 1 / (1 + np.exp(-x @ b))


@pytest.mark.parametrize("among", [None, "poor"])
def test_overlap_and_balance_by_hand(among, sample, survey):
    found = cx.service_value(survey, outcome="spend", **LEVEL, adjust=ADJUST, among=among)
    columns = pd.get_dummies(sample[ADJUST], columns=["tenure", "segment"], drop_first=True, dtype=float)
    columns["technology_met"] -= columns["technology_met"].mean()
    columns["technology_met"] /= columns["technology_met"].std(ddof=0)
    x, w, level = (
        np.column_stack([np.ones(len(columns)), columns]),
        sample["weight"].to_numpy(),
        sample["service_level"].to_numpy(),
    )
    of = np.ones(len(w), dtype=bool) if among is None else level == among
    for name in ORDER:
        here, p = level == name, chance(x, level == name, w)
        v = (1 if among is None else chance(x, of, w)) / p if name != among else np.ones(len(w))
        own, both = w[here], (w * v)[here]
        line = found.overlap.set_index("service_level").loc[name]
        assert line.drop("metric").astype(float).to_dict() == pytest.approx(
            {
                "n": here.sum(), "share": 100 * own.sum() / w.sum(),
                "lowest_chance": 100 * p[of].min(), "highest_chance": 100 * p[of].max(),
                "n_effective": both.sum() ** 2 / (both**2).sum(), "n_unadjusted": own.sum() ** 2 / (own**2).sum(),
                "largest_weight": v[here].max() / np.average(v[here], weights=own),
                "top_percent": 100 * np.sort(both)[-max(1, round(0.01 * len(both))):].sum() / both.sum(),
            }
        )  # fmt: skip
        table = found.balance[found.balance["service_level"] == name].set_index("term")
        for column in columns:
            label = column.replace("tenure_", "tenure = ").replace("segment_", "segment = ")
            values = columns[column].to_numpy()
            mean = np.average(values[of], weights=w[of])
            spread = np.sqrt(np.average((values - np.average(values, weights=w)) ** 2, weights=w))
            assert table.loc[label, ["population", "before", "after"]].tolist() == pytest.approx(
                [mean, *((np.average(values[here], weights=part) - mean) / spread for part in (own, both))],
                abs=1e-9,
            )  # fmt: skip


def test_extreme_weights_are_said():
    draw = np.random.default_rng(7)
    x = draw.normal(size=4000)
    rows = pd.DataFrame({"x": x, "level": np.where(3 * x + draw.logistic(size=4000) > 0, "wow", "poor")})
    rows["pays"] = 10 + x + draw.normal(size=4000)
    found = cx.service_value(rows, outcome="pays", level="level", order=["poor", "wow"], adjust="x", method="weight")
    assert (found.overlap["largest_weight"] > 20).any()
    assert "weights that make it like the rest are extreme" in repr(found)
    calm = rows.assign(level=draw.choice(["poor", "wow"], 4000))
    assert "extreme" not in repr(
        cx.service_value(calm, outcome="pays", level="level", order=["poor", "wow"], adjust="x")
    )


def test_those_without_counterparts_are_left_out_and_counted(sample):
    rows = sample.assign(kind=np.where(sample["technology_met"] >= 4, "up", "down"))
    rows.loc[(rows["service_level"] == "wow") & (rows["kind"] == "up"), "kind"] = "down"
    found = cx.service_value(cx.Survey(rows, **DESIGN), outcome="spend", **LEVEL, adjust="kind", overlap="restrict")
    known = cx.service_value(cx.Survey(rows, **DESIGN), outcome="spend", **LEVEL, where=cx.col("kind") == "down")
    assert found.values == pytest.approx(known.values)
    assert found.std_error == pytest.approx(known.std_error)
    assert f"{(rows['kind'] == 'up').sum():,} like whom no one is at some level" in repr(found)
    assert "'kind' is the same in every row" in repr(found)
