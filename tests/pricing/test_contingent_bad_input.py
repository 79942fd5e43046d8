"""What contingent valuation refuses: each with the place, the value and the remedy."""

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.errors import (
    ArgumentError,
    ColumnError,
    DataError,
    NoColumnError,
    NoRowsError,
    NotIdentifiedError,
    Unanswerable,
)

BID = {"bid": "bid", "answer": "yes"}
BOTH = BID | {"bid_up": "up", "bid_down": "down", "answer2": "again"}


@pytest.fixture
def rows():
    draw = np.random.default_rng(3)
    n = 200
    bid = draw.choice([10.0, 20.0, 40.0], n)
    amount = np.exp(3 + 0.6 * draw.logistic(size=n))
    yes = amount > bid
    return pd.DataFrame(
        {"bid": bid, "yes": yes, "up": 2 * bid, "down": bid / 2, "again": np.where(yes, amount > 2 * bid, amount > bid / 2),
         "visits": draw.integers(1, 5, n), "group": draw.choice(["a", "b"], n)}
    )  # fmt: skip


def changed(rows, column, value, row=4):
    return rows.assign(**{column: rows[column].astype(object).where(np.arange(len(rows)) != row, value)})


def test_prices_that_are_texts(rows):
    for column, options in (("bid", BID), ("up", BOTH), ("down", BOTH)):
        argument = {"bid": "bid", "up": "bid_up", "down": "bid_down"}[column]
        with pytest.raises(
            ColumnError, match=rf"contingent_valuation\({argument}=\): column '{column}' holds text .*amounts are"
        ):
            cx.contingent_valuation(rows.assign(**{column: rows[column].astype(str) + " EUR"}), **options)


@pytest.mark.parametrize("value", [-5.0, 0.0, np.inf])
def test_prices_that_cannot_be(rows, value):
    rows.loc[4, "bid"] = value
    with pytest.raises(
        DataError, match=rf"column 'bid' holds {value:g} in row 5 \(1 such rows\). A price is a finite amount above 0"
    ):
        cx.contingent_valuation(rows, **BID)


def test_bids_out_of_order(rows):
    row = int(np.flatnonzero(rows["yes"])[0])
    rows.loc[row, "up"] = 1.0
    with pytest.raises(DataError, match=rf"in row {row + 1} \(1 such rows\) 'up' is 1, not above the first bid"):
        cx.contingent_valuation(rows, **BOTH)
    with pytest.raises(DataError, match="are the columns exchanged"):
        cx.contingent_valuation(rows, **(BOTH | {"bid_up": "down", "bid_down": "up"}))


def test_a_second_answer_without_a_bid(rows):
    row = int(np.flatnonzero(~rows["yes"])[0])
    rows.loc[row, "down"] = np.nan
    with pytest.raises(
        DataError, match=rf"row {row + 1} \(1 such rows\) has an answer in 'again' after a no, but no second bid"
    ):
        cx.contingent_valuation(rows, **BOTH)
    with pytest.raises(DataError, match=r"contingent_valuation\(bid_down=\): row .* after a no, but no second bid"):
        cx.contingent_valuation(rows, **{k: v for k, v in BOTH.items() if k != "bid_down"})


def test_answers_that_mean_neither(rows):
    with pytest.raises(
        DataError, match=r"column 'yes' holds 'perhaps' \(1 rows\), which is not said to mean yes or no"
    ):
        cx.contingent_valuation(changed(rows, "yes", "perhaps"), **BID)
    with pytest.raises(DataError, match="column 'yes' holds 2"):
        cx.contingent_valuation(changed(rows.assign(yes=rows["yes"].astype(int)), "yes", 2), **BID)
    words = rows.assign(yes=rows["yes"].map({True: "agree", False: "refuse"}))
    with pytest.raises(DataError, match=r"'(agree|refuse)'"):
        cx.contingent_valuation(words, **BID)
    with pytest.raises(DataError, match=r"Say what each answer means, such as yes=\{'"):
        cx.contingent_valuation(changed(words, "yes", "perhaps"), **BID, yes="agree")
    with pytest.raises(ArgumentError, match="an answer means True, False or None"):
        cx.contingent_valuation(words, **BID, yes={"agree": "y", "refuse": False})
    assert cx.contingent_valuation(words, **BID, yes="agree").params.n[0] == 200


@pytest.mark.parametrize(("answer", "said", "remedy"), [(True, "yes", "higher"), (False, "no", "lower")])
def test_all_say_the_same(rows, answer, said, remedy):
    with pytest.raises(NotIdentifiedError, match=rf"every answer is {said} \(200 rows\).* Ask {remedy} prices"):
        cx.contingent_valuation(rows.assign(yes=answer), **BID)
    assert issubclass(NotIdentifiedError, Unanswerable)


def test_one_price_only(rows):
    with pytest.raises(
        NotIdentifiedError, match=r"all 200 answers are to one price \(20\), which cannot show how acceptance falls"
    ):
        cx.contingent_valuation(rows.assign(bid=20), **BID)


def test_one_first_price_leaves_the_starting_point_open():
    draw = np.random.default_rng(4)
    amount = np.exp(3 + 0.6 * draw.logistic(size=200))
    one = pd.DataFrame({"bid": 20.0, "up": 40.0, "down": 10.0, "yes": amount > 20})
    one["again"] = np.where(one["yes"], amount > 40, amount > 10)
    found = cx.contingent_valuation(one, **BOTH)
    with pytest.raises(Unanswerable, match="one price"):
        found.starting_point()
    assert found.checks().set_index("check").loc["starting point", "found"].startswith("not to be told: ")


def test_covariates_that_cannot_be_told_apart(rows):
    with pytest.raises(
        NotIdentifiedError, match="'twice' follows from 'visits', so its part cannot be told from theirs"
    ):
        cx.contingent_valuation(rows.assign(twice=2 * rows["visits"] + 1), **BID, covariates=["visits", "twice"])
    with pytest.raises(NotIdentifiedError, match="'same' is the same in every row"):
        cx.contingent_valuation(rows.assign(same=3), **BID, covariates=["visits", "same"])
    with pytest.raises(NotIdentifiedError, match=r"'log bid' follows from 'price'"):
        cx.contingent_valuation(rows.assign(price=np.log(rows["bid"])), **BID, covariates="price")
    with pytest.raises(ArgumentError, match="'word' holds 1 label among the rows"):
        cx.contingent_valuation(rows.assign(word="x"), **BID, covariates="word")
    with pytest.raises(ArgumentError, match="200 labels"):
        cx.contingent_valuation(rows.assign(word=[f"w{i}" for i in range(200)]), **BID, covariates="word")
    with pytest.raises(DataError, match="holds inf in row 5"):
        cx.contingent_valuation(changed(rows, "visits", np.inf).astype({"visits": float}), **BID, covariates="visits")


def test_a_covariate_that_decides(rows):
    with pytest.raises(NotIdentifiedError, match="'fan' decides some answers wholly"):
        cx.contingent_valuation(rows.assign(fan=rows["yes"] & (rows["bid"] == 20)), **BID, covariates="fan")


def test_the_group_is_named(rows):
    rows.loc[rows["group"] == "b", "yes"] = True
    with pytest.raises(NotIdentifiedError, match=r"contingent_valuation, group 'b': every answer is yes"):
        cx.contingent_valuation(rows, **BID, by="group")


def test_limits(rows):
    limits = rows.assign(lower=rows["bid"], upper=2 * rows["bid"])
    options = {"lower": "lower", "upper": "upper"}
    with pytest.raises(
        DataError, match=r"row 5 \(1 such rows\) lies from .* to 1. The upper limit is never below the lower"
    ):
        cx.contingent_valuation(limits.assign(upper=limits["upper"].where(limits.index != 4, 1)), **options)
    with pytest.raises(DataError, match=r"\(lower=\): column 'lower' holds -5 in row 5"):
        cx.contingent_valuation(limits.assign(lower=limits["lower"].where(limits.index != 4, -5)), **options)
    with pytest.raises(DataError, match="1 amounts have the upper limit 0, but log-logistic amounts are above 0"):
        cx.contingent_valuation(limits.assign(lower=0, upper=limits["upper"].where(limits.index != 4, 0)), **options)
    some = limits.assign(lower=0, upper=limits["upper"].where(limits.index != 4, 0))
    some.loc[:30, "lower"], some.loc[5:30, "upper"] = some.loc[:30, "bid"].where(some.index[:31] != 4, 0), np.inf
    told = (
        cx.contingent_valuation(some, **options, distribution="logistic")
        .compare_distributions()
        .set_index("distribution")
    )
    assert told["note"].str.contains("above 0").to_dict() == {
        "logistic": False, "normal": False, "log-logistic": True, "log-normal": True, "weibull": True,
    }  # fmt: skip
    assert told["aic"].isna().sum() == 3
    with pytest.raises(NotIdentifiedError, match="no amount has an upper limit"):
        cx.contingent_valuation(limits.assign(upper=np.inf), **options)
    left = cx.contingent_valuation(
        limits.assign(
            lower=limits["lower"].where(limits.index != 4, -np.inf),
            upper=limits["upper"].where(limits.index != 4, np.inf),
        ),
        **options,
    )
    assert "1 with no limit on either side" in repr(left.params)


def test_formats_that_do_not_go_together(rows):
    cases = [
        ({}, "'bid', 'answer' is not given"),
        ({"bid": "bid"}, "'answer' is not given"),
        (BID | {"lower": "bid"}, "two formats"),
        (BID | {"answer2": "again"}, "answer2= needs the second bids"),
        (BID | {"bid_up": "up"}, "'answer2' is not given"),
        ({"lower": "bid"}, "'upper' is not given"),
        (BID | {"open_above": 999}, "belong to upper="),
        (BID | {"distribution": "gamma"}, "'gamma' is not one of"),
        (BID | {"by": ["group", "group"]}, "named twice"),
        (BID | {"where": "group"}, "a condition such as"),
    ]
    for options, said in cases:
        with pytest.raises(ArgumentError, match=said):
            cx.contingent_valuation(rows, **options)
    with pytest.raises(ArgumentError, match="Rename yours"):
        cx.contingent_valuation(rows.assign(price=1), **BID, by="price")
    with pytest.raises(
        NoColumnError, match=r"contingent_valuation\(covariates=\): no column 'visit'. Did you mean 'visits'"
    ):
        cx.contingent_valuation(rows, **BID, covariates="visit")
    with pytest.raises(NoColumnError, match=r"contingent_valuation\(bid=\): no column 'bids'"):
        cx.contingent_valuation(rows, bid="bids", answer="yes")
    with pytest.raises(NoRowsError, match=r"the frame has no rows"):
        cx.contingent_valuation(rows.head(0), **BID)
    with pytest.raises(NoRowsError, match=r"no row is left .*200 outside where="):
        cx.contingent_valuation(rows, **BID, where=cx.col("visits") > 9)
    with pytest.raises(ColumnError, match="a condition is needed"):
        cx.contingent_valuation(rows, **BID, where=cx.col("visits") + 1)


def test_what_is_left_out_is_counted(rows):
    rows.loc[:1, "bid"] = np.nan
    rows = rows.astype({"yes": object, "visits": float})
    rows.loc[2:4, "yes"] = None
    rows.loc[5:8, "visits"] = np.nan
    rows.loc[9:13, "group"] = None
    rows["w"] = np.where(np.arange(len(rows)) == 14, 0.0, 1.0)
    found = cx.contingent_valuation(cx.Survey(rows, weight="w"), **BID, covariates="visits", by="group")
    for said in ("2 without bid", "3 with no answer to yes", "4 without visits", "5 without group", "1 with weight 0"):
        assert said in repr(found.params)
    assert found.params.n[:2].sum() == 185


def test_asking_the_result_for_what_it_has_not(rows):
    found = cx.contingent_valuation(rows, **BID, covariates=["visits", "group"])
    with pytest.raises(ArgumentError, match=r"amounts: 'visit' is not one of 'visits', 'group'"):
        found.amounts("visit")
    with pytest.raises(ArgumentError, match="'c' is not one of 'a', 'b'"):
        found.amounts(at={"group": "c"})
    with pytest.raises(ArgumentError, match="a number is needed, not 'many'"):
        found.amounts(at={"visits": "many"})
    with pytest.raises(ArgumentError, match="stands in over= and in at="):
        found.amounts("group", at={"group": "a"})
    with pytest.raises(ArgumentError, match="it takes 200 values"):
        cx.contingent_valuation(rows.assign(age=np.arange(200.0)), **BID, covariates="age").amounts("age")
    with pytest.raises(ArgumentError, match="'exact' is not one of"):
        found.intervals(method="exact")
    with pytest.raises(ArgumentError, match="at least 100"):
        found.intervals(method="bootstrap", draws=5)
    with pytest.raises(Unanswerable, match=r"there are no second answers"):
        found.starting_point()
