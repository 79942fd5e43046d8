"""Overlap and balance are what they are by hand; what weights make extreme is said; who has no counterpart is counted."""

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.errors import NotIdentifiedError

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


def log_odds(x, here, weight):
    """Return the coefficients of a logistic regression, by Newton's steps."""
    b = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ b))
        b += np.linalg.solve((x.T * (weight * p * (1 - p))) @ x, x.T @ (weight * (here - p)))
    return b


def chances(x, level, weight):
    """Return the chance of each level: its odds against the heaviest come from the rows of these two."""
    base = max(ORDER, key=lambda name: weight[level == name].sum())
    odds = {}
    for name in ORDER:
        two = np.isin(level, [name, base])
        odds[name] = 1.0 if name == base else np.exp(x @ log_odds(x[two], (level == name)[two], weight[two]))
    return {name: odds[name] / sum(odds.values()) for name in ORDER}


@pytest.mark.parametrize("among", [None, "poor"])
def test_overlap_and_balance_by_hand(among, sample, survey):
    found = cx.service_value(survey, outcome="spend", **LEVEL, adjust=ADJUST, among=among)
    columns = pd.get_dummies(sample[ADJUST], columns=["tenure", "segment"], drop_first=True, dtype=float)
    every = pd.get_dummies(sample[ADJUST], columns=["tenure", "segment"], dtype=float)
    columns["technology_met"] -= columns["technology_met"].mean()
    columns["technology_met"] /= columns["technology_met"].std(ddof=0)
    x, w, level = (
        np.column_stack([np.ones(len(columns)), columns]),
        sample["weight"].to_numpy(),
        sample["service_level"].to_numpy(),
    )
    of = np.ones(len(w), dtype=bool) if among is None else level == among
    by_level = chances(x, level, w)
    assert sum(by_level.values()) == pytest.approx(np.ones(len(w)))
    for name in ORDER:
        here, p = level == name, by_level[name]
        v = (1 if among is None else by_level[among]) / p
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
        assert len(table) == every.shape[1]
        for column in every:
            label = column.replace("tenure_", "tenure = ").replace("segment_", "segment = ")
            values = every[column].to_numpy()
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


def test_labels_are_asked_of_the_population_only(sample):
    rows = sample.assign(kind=np.where(sample["technology_met"] >= 4, "up", "down"))
    odd = (rows["service_level"] != "poor") & (rows["technology_met"] == 2)
    rows.loc[odd, "kind"] = "never poor"
    survey, asked = cx.Survey(rows, **DESIGN), {"outcome": "spend", **LEVEL, "adjust": "kind"}
    with pytest.raises(
        NotIdentifiedError, match=rf"none of the {odd.sum()} rows with kind = 'never poor' is of level 'poor'"
    ):
        cx.service_value(survey, **asked)
    found = cx.service_value(survey, **asked, among="poor")
    known = cx.service_value(survey, **asked, among="poor", where=cx.col("kind") != "never poor")
    assert found.values == pytest.approx(known.values)
    assert found.std_error == pytest.approx(known.std_error)
    assert found.n.tolist() == rows.loc[~odd, "service_level"].value_counts()[ORDER].tolist()
    assert f"{odd.sum():,} like whom no one is at some level" in repr(found)


@pytest.fixture(scope="module")
def mixed():
    """Return rows whose x lies higher at the better level, in part beyond all of the worse."""
    draw = np.random.default_rng(8)
    x = draw.normal(size=600)
    level = np.where(x + draw.logistic(size=600) > 0, "wow", "poor")
    return pd.DataFrame({"x": x, "level": level, "pays": 10 + x + draw.normal(size=600)})


def ends(rows):
    """Return the largest of the smallest x of the levels, and the smallest of the largest."""
    by = rows.groupby("level")["x"]
    return by.min().max(), by.max().min()


@pytest.mark.parametrize("among", [None, "poor", "wow"])
def test_numbers_beyond_those_met_are_said(among, mixed):
    low, high = ends(mixed)
    people = mixed if among is None else mixed[mixed["level"] == among]
    count = int(((people["x"] < low) | (people["x"] > high)).sum())
    asked = {"outcome": "pays", "level": "level", "order": ["poor", "wow"], "adjust": "x", "among": among}
    said = "have 'x' beyond what is met at some level: there regressions are carried on"
    assert count > 0
    assert f"{count:,} rows {said}" in repr(cx.service_value(mixed, **asked))
    inside = mixed[mixed["x"].between(low, high)]
    same = inside.assign(x=inside["x"].round(1).clip(-1, 1))  # the ends are met at both levels
    assert said not in repr(cx.service_value(same, **asked))


def test_restricted_to_numbers_met_at_all_levels(mixed):
    low, high = ends(mixed)
    asked = {"outcome": "pays", "level": "level", "order": ["poor", "wow"], "adjust": "x"}
    found = cx.service_value(mixed, **asked, overlap="restrict")
    known = cx.service_value(mixed[mixed["x"].between(low, high)], **asked)
    assert found.n.tolist() == known.n.tolist()
    assert found.values == pytest.approx(known.values)
    assert f"{len(mixed) - known.n.sum():,.0f} like whom no one is at some level" in repr(found)


@pytest.mark.parametrize(
    "told",
    [(0, 1), (0.0, 1.0), (3, 7), (False, True), ("no", "yes")],
    ids=["integers", "floats", "two numbers", "booleans", "words"],
)
def test_columns_of_two_values_are_labels(told, sample):
    flagged = ((sample["technology_met"] >= 4) & (sample["service_level"] != "wow")).to_numpy()
    rows = sample.assign(flag=np.asarray(told)[flagged.astype(int)])
    asked = {"outcome": "spend", **LEVEL, "adjust": "flag"}
    with pytest.raises(
        NotIdentifiedError, match=rf"none of the {flagged.sum()} rows with flag = {told[1]!r} is of level 'wow'"
    ):
        cx.service_value(cx.Survey(rows, **DESIGN), **asked)
    found = cx.service_value(cx.Survey(rows, **DESIGN), **asked, overlap="restrict")
    known = cx.service_value(cx.Survey(rows, **DESIGN), **LEVEL, outcome="spend", where=cx.col("flag") == told[0])
    assert found.values == pytest.approx(known.values)
    assert found.std_error == pytest.approx(known.std_error)


def test_nothing_is_left_to_adjust_for(sample):
    survey = cx.Survey(sample.assign(one="a", two=3.5), **DESIGN)
    found, known = (cx.service_value(survey, outcome="spend", **LEVEL, adjust=a) for a in (["one", "two"], ()))
    assert found.values == pytest.approx(known.values)
    for shown in (repr(found), found._repr_html_()):
        assert all(f"{name!r} is the same in every row" in shown.replace("&#x27;", "'") for name in ("one", "two"))
    assert len(found.balance) == 0
    assert found.overlap["lowest_chance"].to_numpy() == pytest.approx(found.overlap["share"])
