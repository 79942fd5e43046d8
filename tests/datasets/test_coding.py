"""A code is a value or a reason, never neither."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cxstats.datasets.coding import BLANK, NOT_APPLICABLE, OTHER_CODE, Coding, numbers

RATING = numbers(1, 5, "1 worst .. 5 best", {"0": BLANK, "6": NOT_APPLICABLE})
CODES = ["1", "2", "3", "4", "5", "0", "6", "", "Blank", "BLANK", " 4 ", "7", "18.5", "x"]


def test_codes_become_values_or_reasons() -> None:
    values, counts = RATING.read(pd.Series(CODES))
    assert values.dropna().tolist() == [1, 2, 3, 4, 5, 4]
    assert values.dtype == "float64"
    assert counts == {BLANK: 4, NOT_APPLICABLE: 1, OTHER_CODE: 3}


@given(st.lists(st.sampled_from(CODES)))
def test_every_row_is_accounted_for(codes: list[str]) -> None:
    values, counts = RATING.read(pd.Series(codes, dtype="str"))
    assert int(values.notna().sum()) + sum(counts.values()) == len(codes)
    assert values.dropna().between(1, 5).all()


def test_truth_keeps_missing_apart_from_false() -> None:
    truth = Coding("yes or no", {"1": True, "2": False}, {"0": BLANK})
    values, counts = truth.read(pd.Series(["1", "2", "0"], index=[7, 8, 9]))
    assert values.dtype == "boolean"
    assert values.index.tolist() == [7, 8, 9]
    assert values.tolist() == [True, False, pd.NA]
    assert counts == {BLANK: 1}


def test_labels_keep_their_order_whatever_the_rows() -> None:
    size = Coding("size", {"1": "small", "2": "large", "big": "large"}, ordered=True)
    values, _ = size.read(pd.Series(["big", "big"]))
    assert list(values.cat.categories) == ["small", "large"]
    assert values.cat.ordered
    assert values.tolist() == ["large", "large"]


def test_no_rows_are_no_error() -> None:
    values, counts = RATING.read(pd.Series([], dtype="str"))
    assert len(values) == 0
    assert counts == {}
