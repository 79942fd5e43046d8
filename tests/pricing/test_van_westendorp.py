"""Van Westendorp's crossings: the printed fixture, R's inversion on every design, bad answers, the sample's truth."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError, ColumnError, DataError
from tests.conftest import move

R = json.loads((Path(__file__).parents[1] / "reference" / "15_prices.json").read_text())
QUESTIONS = {"too_cheap": "tc", "cheap": "c", "expensive": "e", "too_expensive": "te"}
SAMPLE = {name: name for name in QUESTIONS}
NAMES = ["low", "optimum", "indifference", "high"]
STORED = Path(__file__).parents[2] / "benchmarks" / "price_points.csv"


def fixture(n: int = 200) -> pd.DataFrame:
    """Answers made from the row number alone, as in the table of reference values."""
    i = np.arange(n)
    tc = 5 + (7 * i % 9)
    c = tc + 1 + (3 * i % 5)
    e = c + 1 + (5 * i % 7)
    return pd.DataFrame({"tc": tc, "c": c, "e": e, "te": e + 1 + (11 * i % 6)})


def mixed(d: pd.DataFrame) -> pd.DataFrame:
    """Add the answers of 15_prices.R to a frame: some out of order, some missing."""
    i = np.arange(len(d))
    d = d.assign(**{name: column.astype(float) for name, column in fixture(len(d)).items()})
    d.loc[i % 37 == 5, "c"] = d["tc"] - 1
    d.loc[i % 41 == 7, "te"] = np.nan
    return d


@pytest.fixture
def answers(reference_data):
    return mixed(reference_data("straddle"))


DESIGNS = {
    "rows": {},
    "straddle": {"weight": "weight", "strata": ["region", "zone"], "psu": "branch"},
    "straddle, fpc": {"weight": "weight", "strata": ["region", "zone"], "psu": "branch", "fpc": "fpc"},
}


def test_the_printed_fixture():
    found = cx.van_westendorp(fixture(), **QUESTIONS)
    assert found.prices.labels["metric"].tolist() == NAMES
    assert found.prices.values == pytest.approx([10.022727, 12.5, 13.4, 17.105263], abs=5e-7)
    assert found.narrower.values == pytest.approx([11.638889, 12.5, 13.4, 14.724138], abs=5e-7)
    narrow = cx.van_westendorp(fixture(), **QUESTIONS, definition="narrower")
    assert narrow.prices.values.tolist() == found.narrower.values.tolist()
    assert narrow.original.values.tolist() == found.prices.values.tolist()
    assert "too cheap x not cheap" in repr(found)
    assert "too cheap x expensive" in repr(narrow)


@pytest.mark.parametrize("domain", ["", ", channel app"])
@pytest.mark.parametrize("design", DESIGNS)
def test_r_finds_the_same_crossings_and_limits(answers, design, domain):
    known = R[design + domain]
    where = cx.col("channel") == "app" if domain else None
    found = cx.van_westendorp(cx.Survey(answers, **DESIGNS[design]), **QUESTIONS, where=where)
    both = [found.prices.frame(), found.narrower.frame().iloc[[0, 3]]]
    table = pd.concat(both, ignore_index=True)
    width = np.subtract(known["conf_high"], known["conf_low"])
    assert table["estimate"].to_numpy() == pytest.approx(known["values"], abs=1e-9)
    assert table["n"].tolist() == known["n"]
    assert found.prices.df.tolist() == known["df"][:4]
    for side in (
        "conf_low",
        "conf_high",
    ):  # errors are straight lines between 9 prices here, exact at every price there
        assert np.abs(table[side] - known[side]).max() < 0.02 * width.min()


def test_groups_are_what_each_is_by_itself_and_joint(answers):
    survey = cx.Survey(answers, **DESIGNS["straddle"])
    found = cx.van_westendorp(survey, **QUESTIONS, by="channel").prices
    channels = sorted(answers["channel"].unique())
    for channel in channels:
        alone = cx.van_westendorp(survey, **QUESTIONS, where=cx.col("channel") == channel).prices
        part = found.pick(channel=channel)
        assert part.values == pytest.approx(alone.values, abs=1e-12)
        assert np.ravel(part.interval()) == pytest.approx(np.ravel(alone.interval()), abs=1e-9)
        assert part.vcov == pytest.approx(alone.vcov, abs=1e-12)
    gap = found.contrast({"metric": "optimum", "channel": "app"}, {"metric": "optimum", "channel": "call"})
    rows = [i for i, row in found.labels.iterrows() if row["metric"] == "optimum" and row["channel"] in ("app", "call")]
    v = found.vcov[np.ix_(rows, rows)]
    assert v[0, 1] != 0, "branches serve both channels"
    assert gap.std_error[0] == pytest.approx(np.sqrt(v[0, 0] + v[1, 1] - 2 * v[0, 1]))
    width = found.contrast({"metric": "high"}, {"metric": "low"})
    assert width.labels["channel"].tolist() == channels
    assert width.values == pytest.approx(found.pick(metric="high").values - found.pick(metric="low").values)
    assert set(found.pick(metric="high").compare()["metric"]) == {"high"}


def test_the_standard_error_is_the_half_width_over_t(answers):
    from scipy import stats

    e = cx.van_westendorp(cx.Survey(answers, **DESIGNS["straddle"]), **QUESTIONS).prices
    low, high = e.interval()
    assert e.std_error == pytest.approx((high - low) / 2 / stats.t.ppf(0.975, e.df))
    assert e.test(cx.above(9.0)).iloc[0]["verdict"] == "supported"
    wide, narrow = e.interval(0.99), e.interval(0.5)
    assert (wide[0] < narrow[0]).all()
    assert (wide[1] > narrow[1]).all()


@pytest.mark.parametrize("engine", ["polars", "duckdb", "pyarrow"])
def test_engines_agree(engine, answers):
    known = cx.van_westendorp(cx.Survey(answers, **DESIGNS["straddle"]), **QUESTIONS, by="channel").prices
    found = cx.van_westendorp(cx.Survey(move(engine, answers), **DESIGNS["straddle"]), **QUESTIONS, by="channel").prices
    assert found.values == pytest.approx(known.values)
    assert found.vcov == pytest.approx(known.vcov)


def test_row_order_and_the_scale_of_weights_change_nothing(answers):
    survey = cx.Survey(answers, **DESIGNS["straddle"])
    known = cx.van_westendorp(survey, **QUESTIONS).prices
    moved = answers.sample(frac=1, random_state=3).assign(weight=lambda d: d["weight"] * 1000)
    found = cx.van_westendorp(cx.Survey(moved, **DESIGNS["straddle"]), **QUESTIONS).prices
    assert found.values == pytest.approx(known.values)
    assert found.frame()["conf_low"].to_numpy() == pytest.approx(known.frame()["conf_low"].to_numpy())


def test_inconsistent_and_missing_answers_are_counted_and_shown(answers):
    found = cx.van_westendorp(answers, **QUESTIONS)
    complete = answers[list(QUESTIONS.values())].notna().all(axis=1)
    wrong = complete & (answers["tc"] > answers["c"])
    row = found.answers.iloc[0]
    assert (row["complete"], row["inconsistent"], row["used"]) == (
        complete.sum(),
        wrong.sum(),
        (complete & ~wrong).sum(),
    )
    assert wrong.sum() > 5
    said = f"{(~complete).sum()} with no answer to all four prices, {wrong.sum()} with prices out of order"
    assert f"Left out of {len(answers)} rows: {said}." in repr(found)
    kept = cx.van_westendorp(answers, **QUESTIONS, inconsistent="keep")
    assert kept.prices.n[0] == complete.sum()
    assert f"Kept: {wrong.sum()} with prices out of order" in repr(kept)
    by = cx.van_westendorp(answers, **QUESTIONS, by="channel").answers
    assert by["used"].sum() == row["used"]
    assert by["inconsistent"].sum() == row["inconsistent"]


def test_equal_prices_are_consistent():
    d = fixture()
    d.loc[d.index < 50, "c"] = d["tc"]
    assert cx.van_westendorp(d, **QUESTIONS).answers["used"].tolist() == [200]


def test_a_coarse_grid_with_ties_and_gaps_is_joined_by_straight_lines():
    d = 10 * np.ceil(fixture() / 10)
    found = cx.van_westendorp(d, **QUESTIONS).prices
    below = {p: (d["c"] <= p).mean() + (d["e"] <= p).mean() - 1 for p in (10, 20)}
    assert found.values[2] == pytest.approx(10 - below[10] * 10 / (below[20] - below[10]))
    assert np.isfinite(np.ravel(found.interval())).all()


def test_where_nobody_is_between_the_curves_the_middle_is_shown_and_said():
    d = pd.DataFrame({"tc": [5, 6, 7] * 4, "c": [8, 8, 8] * 4, "e": [12, 12, 12] * 4, "te": [15, 16, 17] * 4})
    found = cx.van_westendorp(d, **QUESTIONS).prices
    row = found.frame().iloc[1]
    assert row["estimate"] == 9.5
    assert np.isnan(row["std_error"])
    assert row["conf_low"] < 7
    assert row["conf_high"] >= 12
    assert row["note"] == "the curves meet anywhere from 7 to 12; the middle is shown"


def test_a_group_without_consistent_answers_has_no_prices_and_says_so():
    d = fixture().assign(shop=["a"] * 190 + ["b"] * 10)
    d.loc[d["shop"] == "b", "c"] = 1
    table = cx.van_westendorp(d, **QUESTIONS, by="shop").prices.frame().query("shop == 'b'")
    assert table["n"].tolist() == [0] * 4
    assert table[["estimate", "conf_low", "conf_high"]].isna().all(axis=None)
    assert set(table["note"]) == {"no consistent answers"}


def test_the_curves_are_shares_with_wilson_intervals():
    table = cx.van_westendorp(fixture(), **QUESTIONS).curves()
    assert table.columns.tolist() == ["price", "curve", "estimate", "conf_low", "conf_high"]
    at = table[table["price"] == 12].set_index("curve")
    d = fixture()
    known = {"too_cheap": d["tc"] > 12, "cheap": d["c"] > 12, "expensive": d["e"] <= 12, "too_expensive": d["te"] <= 12}
    for name, yes in known.items():
        assert at["estimate"][name] == pytest.approx(100 * yes.mean())
    share = cx.measure(d, cx.share(cx.col("e") <= 12)).frame()
    assert at["conf_low"]["expensive"] == pytest.approx(share["conf_low"][0])
    grouped = cx.van_westendorp(fixture().assign(g=[1, 2] * 100), **QUESTIONS, by="g").curves()
    assert grouped.columns.tolist() == ["price", "g", "curve", "estimate", "conf_low", "conf_high"]
    many = pd.DataFrame({name: column + np.arange(200) / 200 for name, column in fixture().items()})
    assert cx.van_westendorp(many, **QUESTIONS).curves()["price"].nunique() == 100


def test_the_sample_is_recovered():
    """Two large samples of the same world: the interval of the smaller one holds what the larger one shows."""
    truth = cx.van_westendorp(cx.Survey(cx.simulate(n=25_000, seed=5), weight="weight"), **SAMPLE)
    found = cx.van_westendorp(cx.sample_survey(), **SAMPLE)
    for kind in ("original", "narrower"):
        low, high = getattr(found, kind).interval(0.99)
        assert ((low < getattr(truth, kind).values) & (getattr(truth, kind).values < high)).all()
    assert found.prices.synthetic == "synthetic sample data"
    mixed_up = found.answers.iloc[0]
    assert mixed_up["inconsistent"] / mixed_up["complete"] == pytest.approx(0.03, abs=0.01)


def test_intervals_cover():
    """In 150 samples of 100, each a stratum, the limits hold the four crossings of the population in about 95 %."""
    truth = cx.van_westendorp(people(np.random.default_rng(1), 100_000), **QUESTIONS).prices.values
    many = people(np.random.default_rng(8), 150 * 100).assign(sample=np.repeat(np.arange(150), 100))
    found = cx.van_westendorp(cx.Survey(many, strata="sample"), **QUESTIONS, by="sample").prices
    low, high = (side.reshape(4, 150).T for side in found.interval())
    assert 0.92 < ((low <= truth) & (truth <= high)).mean() < 0.98
    assert (truth < low).mean() < 0.05
    assert (truth > high).mean() < 0.05


def test_the_docstring_quotes_the_stored_run():
    table = pd.read_csv(STORED, dtype={"case": str}).query("what == 'crossing'")
    said = " ".join(cx.van_westendorp.__doc__.split())
    for (design, n), rows in table.groupby(["design", "n"]):
        assert f"{rows['coverage'].mean():.1f}" in said, (design, n, rows["coverage"].mean())
    weighted = table.query("design == 'unequal weights' and n == 60")["guarded"].mean()
    assert f"guarded limits in {weighted:.1f} %" in said


def people(draw: np.random.Generator, n: int) -> pd.DataFrame:
    """Draw answers on a grid of 5."""
    worth = np.exp(np.log(40) + 0.35 * draw.normal(size=n))
    prices = [worth * share * np.exp(0.08 * draw.normal(size=n)) for share in (0.62, 0.78, 1.10, 1.35)]
    return pd.DataFrame(5 * np.round(np.sort(np.stack(prices, axis=1), axis=1) / 5), columns=list(QUESTIONS.values()))


@pytest.mark.parametrize(
    ("change", "options", "error", "said"),
    [
        ({"c": "cheap"}, {}, ColumnError, r"van_westendorp\(cheap=\).*'c' holds text"),
        ({"c": -1.0}, {}, DataError, r"van_westendorp\(cheap=\): 200 prices below 0 or infinite in column 'c'"),
        ({"te": np.inf}, {}, DataError, r"van_westendorp\(too_expensive=\): 200 prices below 0 or infinite"),
        (
            {"c": 2.0},
            {},
            DataError,
            r"0 respondents gave four prices in order \(of 200 who gave four\).*inconsistent='keep'",
        ),
        ({"tc": 9, "c": 9, "e": 9, "te": 9}, {}, DataError, "named one price, 9, for all four"),
        ({"tc": np.nan}, {}, DataError, "no row holds all four prices"),
        ({}, {"cheap": "chep"}, ColumnError, r"van_westendorp\(cheap=\): no column 'chep'"),
        ({}, {"cheap": "tc"}, ArgumentError, "column 'tc' is named twice"),
        ({}, {"definition": "wide"}, ArgumentError, r"definition=\): 'wide' is not one of"),
        ({}, {"inconsistent": "fix"}, ArgumentError, r"inconsistent=\): 'fix' is not one of"),
        ({}, {"by": "chanel"}, ColumnError, r"van_westendorp\(by=\): no column 'chanel'"),
        ({}, {"where": True}, ArgumentError, r"where=\): a condition"),
        ({}, {"where": cx.col("nope") > 1}, ColumnError, r"where=\): no column 'nope'"),
        ({}, {"unit": 5}, ArgumentError, r"unit=\): a text"),
    ],
)
def test_bad_input_is_named(change, options, error, said):
    with pytest.raises(error, match=said):
        cx.van_westendorp(fixture().assign(**change), **(QUESTIONS | options))


def test_a_price_column_of_a_few_texts_is_refused():
    d = fixture().astype(object)
    d.loc[3, "e"] = "about 20"
    with pytest.raises(ColumnError, match="about 20"):
        cx.van_westendorp(d, **QUESTIONS)
