"""What is wrong with an experience premium is said with the place, the value and the remedy, before anything is computed."""

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.errors import (
    ArgumentError,
    ColumnError,
    DataError,
    NoGroupError,
    NoRowsError,
    NotIdentifiedError,
    Unanswerable,
)

GOOD = {"outcome": "pays", "level": "met", "order": ["no", "some", "yes"]}


def rows(**changes):
    draw = np.random.default_rng(1)
    made = {
        "pays": np.clip(draw.normal(8, 10, 60).round(1), 0, 25),
        "more": np.arange(60) % 7 == 0,
        "met": ["no", "some", "yes"] * 20,
        "age": draw.integers(18, 80, 60),
        "kind": ["a", "b"] * 30,
        "when": pd.date_range("2025-01-01", periods=60),
    }
    return pd.DataFrame(made | changes)


def test_these_rows_are_good():
    assert np.isfinite(
        cx.experience_premium(rows(), **GOOD, more_than="more", adjust=["age", "kind"]).steps.std_error
    ).all()


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"outcome": "price"}, ColumnError, r"experience_premium\(outcome=\): no column 'price'"),
        ({"outcome": "kind"}, ColumnError, r"column 'kind' holds .*amounts are needed"),
        ({"outcome": None}, ArgumentError, "give outcome=, a column of amounts, or lower= and upper="),
        ({"lower": "pays"}, ArgumentError, "give outcome="),
        ({"level": "mett"}, ColumnError, "no column 'mett'. Did you mean 'met'"),
        ({"level": "pays"}, ArgumentError, "'pays' is named twice"),
        (
            {"order": ["no", "yes"]},
            DataError,
            r"column 'met' holds 'some' in row 2 \(20 rows are of no level in order=",
        ),
        ({"order": ["no", "Some", "yes"]}, DataError, "Did you mean 'Some'"),
        ({"order": ["no", "some", "yes", "wow"]}, NoGroupError, "no answer is of level 'wow'"),
        ({"order": ["no"]}, ArgumentError, "two levels or more"),
        ({"order": "no"}, ArgumentError, "two levels or more"),
        ({"order": ["no", "some", "yes", "no"]}, ArgumentError, "level 'no' is named twice"),
        ({"adjust": 3}, ArgumentError, r"adjust=\): a column or a list of columns"),
        ({"adjust": "agee"}, ColumnError, r"adjust='agee'\): no column"),
        ({"adjust": "when"}, DataError, r"experience_premium\(adjust=\): column 'when' holds dates"),
        ({"more_than": "kind"}, DataError, r"column 'kind' holds 'a' in row 1 .*True or false"),
        ({"more_than": "more", "open_above": 25}, ArgumentError, "Give one"),
        ({"open_above": 0}, ArgumentError, "a finite amount above 0 is needed, not 0"),
        ({"open_above": "25"}, ArgumentError, "not '25'"),
        ({"by": "met"}, ArgumentError, "'met' is the level and stands in by="),
        ({"where": "kind"}, ArgumentError, "a condition such as"),
        ({"unit": 3}, ArgumentError, "a text such as 'EUR'"),
        ({"where": cx.col("kind") == "z"}, NoRowsError, "no row is left"),
    ],
)
def test_arguments(change, error, said):
    with pytest.raises(error, match=said):
        cx.experience_premium(rows(), **(GOOD | change))


@pytest.mark.parametrize(
    ("changed", "more", "error", "said"),
    [
        ({"pays": [-1.0, *[5.0] * 59]}, {}, DataError, r"holds -1 in row 1 \(1 such rows\).*0 or more"),
        ({"pays": [np.inf, *[5.0] * 59]}, {}, DataError, "holds inf in row 1 .*more_than= or open_above="),
        ({"pays": [5.0] * 60}, {}, NotIdentifiedError, "level 'no' has 20 answers, all alike"),
        ({"met": ["no", *["some", "yes"] * 29, "yes"]}, {}, NotIdentifiedError, "level 'no' has one answer only"),
        (
            {"more": [True] * 60},
            {"more_than": "more"},
            NotIdentifiedError,
            "all 20 answers of level 'no' are more than",
        ),
        ({"pays": [0.0, 5.0, 9.0] * 20}, {}, NotIdentifiedError, "all 20 answers of level 'no' are 0"),
        ({"kind": ["a"] * 60}, {"adjust": "kind"}, ArgumentError, "holds 1 label"),
        ({"age": [3] * 60}, {"adjust": "age"}, NotIdentifiedError, "'age'"),
    ],
)
def test_answers(changed, more, error, said):
    with pytest.raises(error, match=said):
        cx.experience_premium(rows(**changed), **GOOD, **more)


def test_limits():
    limits = {"lower": "low", "upper": "high", "level": "met", "order": GOOD["order"]}
    good = rows(low=[0.0, 5.0, 10.0, 10.0] * 15, high=[5.0, 10.0, np.inf, 20.0] * 15)
    cx.experience_premium(good, **limits)
    with pytest.raises(DataError, match=r"row 1 .* lies from 9 to 5"):
        cx.experience_premium(good.assign(low=[9.0, *good["low"][1:]]), **limits)
    with pytest.raises(DataError, match=r"column 'low' holds -3 in row 1"):
        cx.experience_premium(good.assign(low=[-3.0, *good["low"][1:]]), **limits)
    with pytest.raises(ArgumentError, match="infinite upper= has no end"):
        cx.experience_premium(good, **limits, open_above=25)
    found = cx.experience_premium(good.assign(high=[np.inf, *good["high"][1:]], low=[0.0, *good["low"][1:]]), **limits)
    assert "1 with no limit on either side" in repr(found.means)


def test_what_a_result_cannot_say():
    found = cx.experience_premium(rows(), **GOOD, open_above=20)
    two = cx.experience_premium(rows(), **GOOD | {"order": ["no", "yes"]}, where=cx.col("met") != "some")
    with pytest.raises(ArgumentError, match=r"at most 20 is needed, not 30"):
        found.up_to(30)
    with pytest.raises(Unanswerable, match=r"above=22\): of .* answers it is not known"):
        found.shares(22)
    with pytest.raises(ArgumentError, match="finite amount of 0 or more is needed, not -1"):
        found.shares(-1)
    with pytest.raises(Unanswerable, match=r"one step only \(yes - no\)"):
        two.flattens()
    with pytest.raises(ArgumentError, match="an estimate by level is needed"):
        found.steps_of(found.steps)


def test_names_that_results_have():
    with pytest.raises(ArgumentError, match="a column 'rows' of their own"):
        cx.experience_premium(rows().rename(columns={"met": "rows"}), **GOOD | {"level": "rows"})
    with pytest.raises(NoRowsError, match="the frame has no rows"):
        cx.experience_premium(rows().head(0), **GOOD)


def test_weights_of_zero_and_missing_levels_are_counted():
    frame = rows(weight=[0.0, *[1.0] * 59]).astype({"met": object})
    frame.loc[5, "met"] = None
    found = cx.experience_premium(cx.Survey(frame, weight="weight"), **GOOD)
    assert "Left out of 60 rows: 1 with weight 0, 1 without met" in repr(found)
