"""The value of service gives R's numbers by every method, and `measure`'s where nothing is adjusted for."""

import importlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

import cxstats as cx
from cxstats.value.sensitivity import e_value

KNOWN = json.loads((Path(__file__).parents[1] / "reference" / "18_value.json").read_text())
DESIGN = {"weight": "weight", "strata": "region", "psu": "branch"}
ORDER = ["poor", "adequate", "wow"]
LEVEL = {"level": "service_level", "order": ORDER}
ADJUST = ["tenure", "technology_met", "segment"]
METHODS = ["standardise", "weight", "both"]
NEEDED = ["spend", "renewed", "service_level", *ADJUST]


@pytest.fixture(scope="module")
def sample():
    """Return the rows of 18_value.R."""
    rows = cx.load_survey()
    kept = rows[NEEDED].notna().all(axis=1)
    return rows.loc[kept, [*NEEDED, *DESIGN.values(), "overall", "recommend", "target"]].head(1500)


@pytest.fixture(scope="module")
def survey(sample):
    return cx.Survey(sample, **DESIGN)


def value_of(survey, outcome="spend", **asked):
    return cx.service_value(survey, **({"outcome": outcome, "adjust": ADJUST} | LEVEL | asked))


@pytest.mark.parametrize("name", KNOWN)
def test_as_in_r(name, sample):
    case = {
        key: known[0] if isinstance(known, list) and len(known) == 1 else known for key, known in KNOWN[name].items()
    }
    none = case["method"] == "none"
    found = value_of(
        cx.Survey(sample, **(DESIGN if case["weighted"] else {})), case["outcome"], adjust=[] if none else ADJUST,
        method="standardise" if none else case["method"], among=case["among"] or None,
        link="log" if case["link"] == "log" else None,
    )  # fmt: skip
    assert found.values == pytest.approx(case["means"], rel=1e-9)
    size = np.sqrt(np.outer(*[np.diagonal(case["vcov"])] * 2))
    assert found.vcov / size == pytest.approx(np.asarray(case["vcov"]) / size, abs=1e-7)
    if "functions" in case:
        functions = [found.steps, found.overall, found.flattens()]
        assert np.concatenate([e.values for e in functions]) == pytest.approx(case["functions"], rel=1e-8)
        assert np.concatenate([e.std_error for e in functions]) == pytest.approx(case["functions_std_error"], rel=1e-7)


@pytest.mark.parametrize("engine", ["polars", "duckdb", "pyarrow"])
def test_any_engine(engine, sample, survey):
    library = importlib.import_module(engine)
    make = {"polars": "from_pandas", "duckdb": "from_df"}
    native = library.Table.from_pandas(sample) if engine == "pyarrow" else getattr(library, make[engine])(sample)
    found, known = (value_of(s, method="both") for s in (cx.Survey(native, **DESIGN), survey))
    assert found.values == pytest.approx(known.values)
    assert found.vcov == pytest.approx(known.vcov)
    pd.testing.assert_frame_equal(found.overlap, known.overlap)
    pd.testing.assert_frame_equal(found.balance, known.balance)


@pytest.mark.parametrize("method", METHODS)
def test_weights_and_order_of_rows_are_irrelevant(method, sample, survey):
    known = value_of(survey, ["spend", "renewed"], method=method)
    other = sample.assign(weight=1000 * sample["weight"]).sample(frac=1, random_state=3)
    found = value_of(cx.Survey(other, **DESIGN), ["spend", "renewed"], method=method)
    assert found.values == pytest.approx(known.values)
    assert found.vcov == pytest.approx(known.vcov)
    assert found.df == pytest.approx(known.df)
    pd.testing.assert_frame_equal(found.overlap, known.overlap)


@pytest.mark.parametrize("method", METHODS)
def test_groups_have_a_model_each_and_one_covariance(method, survey):
    both = value_of(survey, by="target", method=method)
    for target in ("no", "yes"):
        alone, part = value_of(survey, where=cx.col("target") == target, method=method), both.pick(target=target)
        assert part.values == pytest.approx(alone.values)
        assert part.vcov == pytest.approx(alone.vcov)
        assert part.df == pytest.approx(alone.df)
        assert both.steps.pick(target=target).std_error == pytest.approx(alone.steps.std_error)
        assert part.n.tolist() == alone.n.tolist()
        own = both.overlap[both.overlap["target"] == target].drop(columns="target").reset_index(drop=True)
        pd.testing.assert_frame_equal(own, alone.overlap)
    assert both.steps.labels["target"].tolist() == ["no", "no", "yes", "yes"]
    assert np.abs(both.vcov[:3, 3:]).max() > 0


def test_several_outcomes_are_each_by_itself(survey):
    outcomes = ["spend", "renewed", cx.csat("overall", scale=(1, 5)), cx.nps("recommend")]
    together = value_of(survey, outcomes, method="both")
    for place, outcome in enumerate(outcomes):
        alone, rows = value_of(survey, outcome, method="both"), slice(3 * place, 3 * place + 3)
        assert together.values[rows] == pytest.approx(alone.values)
        assert together.vcov[rows, rows] == pytest.approx(alone.vcov)
        assert together.frame()["unit"].tolist()[rows] == alone.frame()["unit"].tolist()
        assert together.n.tolist()[rows] == alone.n.tolist()
    assert np.linalg.eigvalsh(together.vcov)[0] > 0
    assert np.abs(together.vcov[:3, 3:6]).max() > 0


def test_conditions_are_levels_like_a_column(survey):
    column = value_of(survey, method="both")
    conditions = {name: cx.col("service_level") == name for name in ORDER}
    found = value_of(survey, level=conditions, order=None, method="both")
    assert found.level == "level"
    assert found.values == pytest.approx(column.values)
    assert found.vcov == pytest.approx(column.vcov)
    two = value_of(
        survey, level={"less": cx.col("service_level") == "poor", "wow": cx.col("service_level") == "wow"}, order=None
    )
    known = value_of(survey, where=cx.col("service_level").is_in(["poor", "wow"]), order=["poor", "wow"])
    assert two.values == pytest.approx(known.values)
    assert two.vcov == pytest.approx(known.vcov)
    assert f"{(survey.frame.native['service_level'] == 'adequate').sum():,} of no level (less, wow)" in repr(two)


def test_yes_and_no_are_alike_in_words_numbers_and_booleans(sample):
    yes = sample["renewed"] == "yes"
    told = [sample["renewed"], yes.astype(int), yes, yes.astype(float), yes.map({True: "Yes", False: "No"})]
    found = [value_of(cx.Survey(sample.assign(renewed=column), **DESIGN), "renewed") for column in told]
    for other in found[1:]:
        assert other.values == pytest.approx(found[0].values)
        assert other.vcov == pytest.approx(found[0].vcov)
        assert other.frame()["unit"].tolist() == ["%"] * 3
    linear = value_of(cx.Survey(sample, **DESIGN), "renewed", link="identity")
    points = value_of(cx.Survey(sample.assign(points=100.0 * yes), **DESIGN), "points")
    assert linear.values == pytest.approx(points.values)
    assert linear.vcov == pytest.approx(points.vcov)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "outcome", ["spend", "renewed", cx.csat("overall", scale=(1, 5)), cx.nps("recommend")], ids=str
)
def test_nothing_adjusted_for_is_measure(outcome, method, sample, survey):
    found = value_of(survey, outcome, adjust=(), method=method)
    score = {"spend": cx.mean("spend"), "renewed": cx.share(cx.col("renewed") == "yes")}.get(str(outcome), outcome)
    known = cx.measure(survey, score, by="service_level")
    at = [sorted(ORDER).index(name) for name in ORDER]
    assert found.values == pytest.approx(known.values[at])
    assert found.vcov == pytest.approx(known.vcov[np.ix_(at, at)])
    assert found.n.tolist() == known.n[at].tolist()
    adjusted = value_of(survey, outcome, method=method)
    for other in (found.unadjusted, adjusted.unadjusted):
        assert other.values == pytest.approx(found.values)
        assert other.vcov == pytest.approx(found.vcov)
    assert np.abs(adjusted.values - found.values).max() > 0.01


def test_a_difference_is_called_an_effect_only_of_levels_drawn_by_lot(survey):
    found, drawn = value_of(survey), value_of(survey, randomised=True)
    assert "associated with the level, not shown to be caused" in repr(found)
    assert "E-values" in repr(found)
    assert "effects of the level" in repr(drawn)
    assert "associated" not in repr(drawn)
    assert "E-values" not in repr(drawn)
    assert drawn.values == pytest.approx(found.values)
    assert "by lot" in drawn.words
    assert "caused" not in drawn.words


@pytest.mark.parametrize("outcome", ["spend", "renewed"])
def test_losses_to_gains_by_fieller(outcome, survey):
    found = value_of(survey, outcome)
    a, b = found.steps.values
    v, ratio = found.steps.vcov, found.losses_to_gains()
    t2 = student.ppf(0.975, found.steps.df.min()) ** 2
    squares = [b**2 - t2 * v[1, 1], -2 * (a * b - t2 * v[0, 1]), a**2 - t2 * v[0, 0]]
    roots = np.sort(np.roots(squares))
    low, high = (float(limit[0]) for limit in ratio.interval(0.95))
    assert ratio.values == pytest.approx([a / b])
    if squares[0] > 0:
        assert (low, high) == pytest.approx(roots)
    else:
        assert not np.isfinite([low, high]).all()
        assert "no end" in ratio.frame()["note"].iloc[0]
    assert ratio.labels["contrast"].tolist() == ["(adequate - poor) / (wow - adequate)"]
    assert ratio.frame()["unit"].tolist() == ["times"]


def test_losses_to_gains_with_two_ends():
    draw = np.random.default_rng(4)
    rows = pd.DataFrame({"level": np.repeat(ORDER, 400), "pays": draw.normal(np.repeat([10, 20, 25], 400), 8)})
    found = cx.service_value(rows, outcome="pays", level="level", order=ORDER)
    (a, b), v = found.steps.values, found.steps.vcov
    ratio, t2 = found.losses_to_gains("adequate"), student.ppf(0.975, found.steps.df.min()) ** 2
    roots = np.sort(np.roots([b**2 - t2 * v[1, 1], -2 * (a * b - t2 * v[0, 1]), a**2 - t2 * v[0, 0]]))
    assert [limit[0] for limit in ratio.interval(0.95)] == pytest.approx(roots, rel=1e-6)
    assert ratio.values == pytest.approx([a / b])


def test_e_value_as_published():  # VanderWeele and Ding 2017: risk ratio 3.9, limit 1.8
    assert e_value(np.asarray([3.9, 1.8])).round(2).tolist() == [7.26, 3.0]
    assert e_value(np.asarray([1 / 3.9])).round(2).tolist() == [7.26]


def test_e_values_of_shares_and_amounts(sample, survey):
    found = value_of(survey, ["spend", "renewed"])
    table = found.e_values()
    assert table["contrast"].tolist() == ["adequate - poor", "wow - adequate", "wow - poor"] * 2
    pays, renews = found.values[:3], found.values[3:]
    mean = sample.groupby("service_level").apply(
        lambda g: np.average(g["spend"], weights=g["weight"]), include_groups=False
    )
    spread = np.sqrt(np.average((sample["spend"] - sample["service_level"].map(mean)) ** 2, weights=sample["weight"]))
    steps = np.asarray([pays[1] - pays[0], pays[2] - pays[1], pays[2] - pays[0]])
    ratios = np.concatenate(
        [np.exp(0.91 * steps / spread), [renews[1] / renews[0], renews[2] / renews[1], renews[2] / renews[0]]]
    )
    assert table["ratio"].to_numpy() == pytest.approx(ratios)
    away = np.maximum(ratios, 1 / ratios)
    assert table["e_value"].to_numpy() == pytest.approx(away + np.sqrt(away * (away - 1)))
    low = found.steps.pick(metric="spend").interval(0.95)[0]
    limits = np.exp(0.91 * low / spread)
    assert table["e_value_limit"].to_numpy()[0] == pytest.approx(limits[0] + np.sqrt(limits[0] * (limits[0] - 1)))
    part = found.vcov[3:5, 3:5]
    error = np.sqrt(np.asarray([-1 / renews[0], 1 / renews[1]]) @ part @ np.asarray([-1 / renews[0], 1 / renews[1]]))
    limit = np.exp(np.log(renews[1] / renews[0]) - student.ppf(0.975, found.steps.df[2]) * error)
    assert table["e_value_limit"].to_numpy()[3] == pytest.approx(limit + np.sqrt(limit * (limit - 1)))
    linear = value_of(survey, "renewed", link="identity")
    means = linear.values
    assert linear.e_values()["ratio"].tolist() == pytest.approx(
        [means[1] / means[0], means[2] / means[1], means[2] / means[0]]
    )
    holds_none = (found.steps.interval(0.95)[0] <= 0) & (found.steps.interval(0.95)[1] >= 0)
    assert (table["e_value_limit"].to_numpy()[[0, 1]] == 1).tolist() == holds_none[:2].tolist()


@pytest.mark.parametrize(
    ("method", "merged", "outcome"), [("standardise", 2, "renewed"), ("weight", 2, "spend"), ("both", 1, "spend")]
)
def test_errors_are_those_of_a_jackknife_of_branches(method, merged, outcome, sample):
    """Ours take each row's influence as straight; a jackknife estimates anew without each of 40 branches, or of 20 pairs."""
    pair = (sample["branch"].str[-2:].astype(int) - 1) // merged
    sample = sample.assign(branch=sample["region"] + pair.astype(str))
    asked = {"outcome": outcome, "adjust": "technology_met", "method": method}
    ours, squares = value_of(cx.Survey(sample, **DESIGN), **asked), 0.0
    for _, stratum in sample.groupby("region"):
        branches = stratum["branch"].unique()
        assert len(branches) == 10 / merged
        found = np.asarray([value_of(without(sample, one, len(branches)), **asked).values for one in branches])
        squares = squares + (len(branches) - 1) / len(branches) * ((found - ours.values) ** 2).sum(axis=0)
    assert np.sqrt(squares) == pytest.approx(ours.std_error, rel=0.05)


def without(sample, branch, count):
    """Return the survey without a branch, the others of its region in its place."""
    region = sample.loc[sample["branch"] == branch, "region"].iloc[0]
    times = np.where(sample["region"] == region, count / (count - 1), 1.0)
    rows = sample.assign(weight=sample["weight"] * times)[sample["branch"] != branch]
    return cx.Survey(rows, **DESIGN)
