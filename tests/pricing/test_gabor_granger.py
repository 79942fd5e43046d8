"""Gabor and Granger: acceptance that does not rise, what it brings in, and every price that may be the best."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

import cxstats as cx
from cxstats.errors import ArgumentError, ColumnError, DataError
from cxstats.pricing.monotone import falling
from tests.conftest import move

R = json.loads((Path(__file__).parents[1] / "reference" / "15_prices.json").read_text())
PRICES = {price: f"buy_at_{price}" for price in (20, 30, 40, 50, 60)}
ASKED = {10: "a", 12: "b", 15: "c", 20: "d", 30: "e"}
STORED = Path(__file__).parents[2] / "benchmarks" / "price_points.csv"


def buyers(shares, n: int = 400, seed: int = 4) -> pd.DataFrame:
    """Draw respondents who accept each price with the chance given, all prices up to what it is worth to them."""
    u = np.random.default_rng(seed).random(n)
    return pd.DataFrame({name: u <= share for name, share in zip("abcde", shares, strict=False)})


def test_acceptance_is_what_measure_finds():
    survey = cx.sample_survey()
    found = cx.gabor_granger(survey, PRICES, by="channel").acceptance
    known = cx.measure(survey, [cx.share(cx.col(name) == "yes", name=name) for name in PRICES.values()], by="channel")
    assert found.labels.columns.tolist() == ["metric", "price", "channel"]
    assert found.labels["price"].unique().tolist() == list(PRICES)
    assert found.values == pytest.approx(known.values)
    assert found.vcov == pytest.approx(known.vcov)
    assert np.ravel(found.interval()) == pytest.approx(np.ravel(known.interval()))
    gap = found.contrast({"price": 20, "channel": "app"}, {"price": 20, "channel": "phone"})
    assert gap.std_error[0] == pytest.approx(known.pick(metric="buy_at_20").contrast("app", "phone").std_error[0])


def test_the_sample_is_recovered():
    worth = {"poor": 36.0, "adequate": 40.0, "wow": 43.0}
    found = cx.gabor_granger(cx.sample_survey(), PRICES, by="service_level", cost=12)
    table = found.acceptance.frame(level=0.999)
    truth = np.asarray([100 * expit((worth[r.service_level] - r.price) / 7) for r in table.itertuples()])
    assert ((table["conf_low"] < truth) & (truth < table["conf_high"])).all()
    best = found.best_price.frame()
    assert best["metric"].tolist() == ["revenue"] * 3 + ["margin"] * 3
    for row in best.itertuples():
        cost = 12 if row.metric == "margin" else 0
        right = max(PRICES, key=lambda p: (p - cost) * expit((worth[row.service_level] - p) / 7))
        assert row.conf_low <= right <= row.conf_high
    assert found.acceptance.synthetic == "synthetic sample data"


def test_revenue_and_margin_are_price_times_acceptance():
    found = cx.gabor_granger(buyers([0.9, 0.75, 0.6, 0.4, 0.2]), ASKED, cost=4, unit="EUR")
    price = np.asarray(list(ASKED), dtype=float)
    assert found.revenue.values == pytest.approx(price * found.acceptance.values / 100)
    assert found.margin.values == pytest.approx((price - 4) * found.acceptance.values / 100)
    scale = np.diag(price / 100)
    assert found.revenue.vcov == pytest.approx(scale @ found.acceptance.vcov @ scale)
    assert set(found.revenue.frame()["unit"]) == {"EUR per customer asked"}
    assert set(found.best_price.frame()["unit"]) == {"EUR"}
    with pytest.raises(ArgumentError, match=r"State it: gabor_granger\(cost=\)"):
        _ = cx.gabor_granger(buyers([0.9, 0.5]), {10: "a", 12: "b"}).margin


@pytest.mark.parametrize("case", [name for name in R if name.startswith("falling")])
def test_pooling_is_that_of_isoreg(case):
    shares, weight = np.asarray(R[case]["shares"], float), np.asarray(R[case]["weight"], float)
    found = np.empty(len(shares))
    for block in falling(shares, weight):
        found[block] = weight[block] @ shares[block] / weight[block].sum()
    assert found == pytest.approx(R[case]["values"])


def test_where_acceptance_rises_prices_are_pooled_and_named():
    d = pd.DataFrame(
        {"a": [1] * 60 + [0] * 40, "b": [0] * 30 + [1] * 70, "c": [1] * 20 + [0] * 80, "w": [1.0, 3.0] * 50}
    )
    found = cx.gabor_granger(cx.Survey(d, weight="w"), {10: "a", 20: "b", 30: "c"})
    assert found.acceptance.values == pytest.approx([65, 65, 20])
    assert found.asked.values == pytest.approx([60, 70, 20])
    notes = found.acceptance.frame()["note"].tolist()
    assert notes == ["pooled over 10 and 20: acceptance rose with the price"] * 2 + [""]
    v = found.asked.vcov[:2, :2]
    assert found.acceptance.std_error[:2] == pytest.approx(np.sqrt(v.sum() / 4))
    assert found.acceptance.vcov[0, 1] == pytest.approx(v.sum() / 4)
    assert (found.acceptance.n_effective <= 100).all()
    assert found.revenue.values == pytest.approx([6.5, 13.0, 6.0])
    assert found.best_price.values.tolist() == [20]


def test_every_price_that_may_be_the_best_is_in_the_set():
    clear = cx.gabor_granger(buyers([0.9, 0.6, 0.4, 0.2, 0.1], n=2000), ASKED)
    assert clear.candidates()["may_be_best"].tolist() == [True, False, False, False, False]
    assert clear.best_price.frame()[["estimate", "conf_low", "conf_high"]].iloc[0].tolist() == [10, 10, 10]
    assert clear.best_price.frame()["note"].tolist() == ["the best price is the lowest that was looked at"]
    flat = cx.gabor_granger(buyers([0.9, 0.75, 0.6, 0.3, 0.1], n=2000), ASKED)
    assert flat.candidates()["may_be_best"].tolist() == [True, True, True, False, False]
    low, high = flat.best_price.interval()
    assert (low[0], high[0]) == (10, 15)
    sizes = [flat.candidates(level)["may_be_best"].sum() for level in (0.1, 0.5, 0.9, 0.999999)]
    assert sizes == sorted(sizes)
    with pytest.raises(ArgumentError, match="between 0 and 1"):
        flat.candidates(95)


@pytest.mark.parametrize("shares", [(0.9, 0.75, 0.6, 0.40, 0.2), (0.8, 0.6, 0.55, 0.50, 0.2)], ids=["flat", "clear"])
def test_the_set_covers(shares):
    """In 80 samples of 100, the prices of the highest true revenue are in the 95 % set in at least 93 % on average."""
    revenue = np.asarray(list(ASKED)) * np.asarray(shares)
    best = np.flatnonzero(revenue > revenue.max() - 1e-9)
    held = [
        cx.gabor_granger(buyers(shares, n=100, seed=seed), ASKED).candidates()["may_be_best"].to_numpy()[best]
        for seed in range(80)
    ]
    assert np.mean(held) >= 0.93


def test_the_docstring_quotes_the_stored_run():
    table = pd.read_csv(STORED).query("what == 'best price'")
    said = " ".join(cx.gabor_granger.__doc__.split())
    for world, rows in table.groupby("case"):
        assert f"{rows['coverage'].mean():.1f} %" in said, (world, rows["coverage"].mean())
    flat = table[table["case"].isin(["two best", "three best"])].groupby(["design", "n", "case"])["coverage"].mean()
    assert f"in the worst cell {flat.min():.1f} %" in said
    assert flat.min() >= 93


def test_missing_answers_are_out_of_the_base_unless_a_ladder_implies_them():
    full = buyers([0.9, 0.7, 0.5, 0.3, 0.1], n=300)
    ladder = full.astype("boolean")
    for left, right in zip("abcd", "bcde", strict=True):  # asking stops after a no
        ladder.loc[~full[left], right] = pd.NA
    known = cx.gabor_granger(full, ASKED).acceptance
    found = cx.gabor_granger(ladder, ASKED, ladder=True)
    assert found.acceptance.values == pytest.approx(known.values)
    assert found.acceptance.n.tolist() == [300] * 5
    implied = int(ladder.isna().to_numpy().sum())
    assert f"Ladder: {implied} missing answers stand for a no above a no, or a yes below a yes" in repr(found)
    plain = cx.gabor_granger(ladder, ASKED)
    assert plain.asked.n.tolist() == [300, *(int(full[name].sum()) for name in "abcd")]
    assert f"{300 - int(full['a'].sum())} with no answer to price 12" in repr(plain)
    down = full.astype("boolean")
    for left, right in zip("bcde", "abcd", strict=True):  # from the highest price down, asking stops after a yes
        down.loc[full[left], right] = pd.NA
    assert cx.gabor_granger(down, ASKED, ladder=True).acceptance.values == pytest.approx(known.values)


def test_a_missing_answer_between_a_no_and_a_later_yes_stays_missing():
    d = pd.DataFrame({"a": [1, 1, 0] * 10, "b": [1, 0, np.nan] * 10, "c": [0, 0, 1] * 10})
    found = cx.gabor_granger(d, {10: "a", 20: "b", 30: "c"}, ladder=True)
    assert found.asked.n.tolist() == [30, 20, 30]
    assert found.asked.values[1] == pytest.approx(50)
    assert "10 respondents accept a price above one that they refuse" in repr(found)


@pytest.mark.parametrize(
    ("yes", "no", "options"),
    [(True, False, {}), (1, 0, {}), (1.0, 0.0, {}), ("yes", "no", {}), ("ja", "nein", {"yes": "ja"}),
     ("ja", "nein", {"no": "nein"}), (4, 2, {"yes": [4, 5], "no": [1, 2, 3]})],
)  # fmt: skip
def test_codings_of_yes_and_no(yes, no, options):
    full = buyers([0.9, 0.5])
    coded = pd.DataFrame({name: np.where(full[name], yes, no) for name in "ab"})
    found = cx.gabor_granger(coded, {10: "a", 12: "b"}, **options).acceptance
    assert found.values == pytest.approx(cx.gabor_granger(full, {10: "a", 12: "b"}).acceptance.values)


@pytest.mark.parametrize("engine", ["polars", "duckdb", "pyarrow"])
def test_engines_agree(engine):
    rows = cx.load_survey().head(1500)
    design = {"weight": "weight", "strata": "region", "psu": "branch"}
    where = cx.col("channel") != "web"
    known = cx.gabor_granger(cx.Survey(rows, **design), PRICES, by="channel", where=where)
    found = cx.gabor_granger(cx.Survey(move(engine, rows), **design), PRICES, by="channel", where=where)
    assert found.acceptance.values == pytest.approx(known.acceptance.values)
    assert found.acceptance.vcov == pytest.approx(known.acceptance.vcov)
    assert found.candidates()["may_be_best"].tolist() == known.candidates()["may_be_best"].tolist()


def test_a_group_that_was_not_asked_a_price_has_no_share_there():
    d = buyers([0.9, 0.7, 0.5], n=200).astype("boolean").assign(shop=["a", "b"] * 100)
    d.loc[d["shop"] == "b", "b"] = pd.NA
    found = cx.gabor_granger(d, {10: "a", 12: "b", 15: "c"}, by="shop")
    alone = cx.gabor_granger(d, {10: "a", 15: "c"}, where=cx.col("shop") == "b")
    missing = found.acceptance.labels.eval("price == 12 and shop == 'b'").to_numpy()
    assert np.isnan(found.acceptance.values).tolist() == missing.tolist()
    assert np.isnan(found.revenue.values).tolist() == missing.tolist()
    assert found.acceptance.pick(shop="b").values[[0, 2]] == pytest.approx(alone.acceptance.values)
    assert np.isnan(found.demand_at([11, 15]).values).tolist() == [False, True, False, False]
    assert found.best_price.pick(shop="b").values[0] == alone.best_price.values[0]


def test_between_the_prices_asked_demand_is_a_straight_line():
    found = cx.gabor_granger(buyers([0.9, 0.7, 0.5, 0.3, 0.1]), ASKED)
    between = found.demand_at([10, 11, 25])
    a = found.acceptance.values
    assert between.values == pytest.approx([a[0], (a[0] + a[1]) / 2, (a[3] + a[4]) / 2])
    v = found.acceptance.vcov[:2, :2]
    assert between.std_error[1] == pytest.approx(np.sqrt(v.sum()) / 2)
    with pytest.raises(ArgumentError, match="price 35 is not between 10 and 30"):
        found.demand_at([35])


def test_a_price_that_all_accept_has_an_unknown_error_and_still_a_set():
    found = cx.gabor_granger(buyers([1.0, 0.95, 0.3, 0.2, 0.1], n=60), ASKED)
    assert found.acceptance.values[0] == 100
    assert np.isnan(found.acceptance.std_error[0])
    assert found.candidates()["may_be_best"].tolist() == [True, True, False, False, False]


@pytest.mark.parametrize(
    ("change", "prices", "options", "error", "said"),
    [
        ({}, {"10": "a", "12": "b"}, {}, ArgumentError, "'10' is no price"),
        ({}, {-10: "a", 12: "b"}, {}, ArgumentError, "-10 is no price"),
        ({}, {10: "a"}, {}, ArgumentError, "1 price is given; a demand curve needs two"),
        ({}, ["a", "b"], {}, ArgumentError, "a mapping such as"),
        ({}, {10: "a", 12: "nope"}, {}, ColumnError, r"at 12.*no column 'nope'"),
        ({}, {10: "a", 12: "a"}, {}, ArgumentError, "column 'a' is named twice"),
        ({"b": "maybe"}, {10: "a", 12: "b"}, {}, DataError, r"column 'b' holds 'maybe', which means neither.*by yes="),
        ({"b": 3}, {10: "a", 12: "b"}, {}, DataError, "column 'b' holds 3, which means neither"),
        (
            {"b": ["ja", "nein", "?", "ja"] * 10},
            {10: "a", 12: "b"},
            {"yes": ["ja", True]},
            DataError,
            "State which of them mean no",
        ),
        (
            {"b": ["ja", "nein", "?", "ja"] * 10},
            {10: "b", 12: "a"},
            {"yes": ["ja", True], "no": ["nein", False]},
            DataError,
            "at 10.*holds '[?]', which means neither",
        ),
        ({}, {10: "a", 12: "b"}, {"yes": True, "no": True}, ArgumentError, "cannot mean both"),
        ({"a": True, "b": True}, {10: "a", 12: "b"}, {}, DataError, "everyone says yes at every price.*Ask higher"),
        ({"a": False, "b": False}, {10: "a", 12: "b"}, {}, DataError, "everyone says no at every price.*Ask lower"),
        ({"b": np.nan}, {10: "a", 12: "b"}, {}, DataError, "column 'b' has no answers"),
        ({"b": [True] * 9 + [None] * 31}, {10: "a", 12: "b"}, {}, DataError, "9 answered at price 12; at least 10"),
        ({}, {10: "a", 12: "b"}, {"cost": -1}, ArgumentError, r"cost=\): a number, 0 or more"),
        ({}, {10: "a", 12: "b"}, {"by": "price"}, ArgumentError, r"by='price'\).*Rename yours"),
        ({}, {10: "a", 12: "b"}, {"by": "shop"}, ColumnError, r"by=\): no column 'shop'"),
    ],
)
def test_bad_input_is_named(change, prices, options, error, said):
    d = buyers([0.9, 0.5], n=40).assign(price=1, **change)
    with pytest.raises(error, match=said):
        cx.gabor_granger(d, prices, **options)
