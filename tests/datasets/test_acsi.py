"""The ACSI workbook: names a reader knows, 98 and 99 missing, censored prices said so. All rows are made up."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from cxstats.datasets import fetch_acsi

RATINGS = ["SATIS", "CONFIRM", "IDEAL", "OVERALLX", "CUSTOMX", "WRONGX", "OVERALLQ", "CUSTOMQ", "WRONGQ", "PQ", "QP"]
BEHAVIOUR = ["COMP", "HANDLE", "REPUR", "HIGHPTOL", "LOWPTOL"]
FACTS = ["INDUSTRY", "YEAR", "AGE", "EDUCAT", "HISPANIC", "RACE_1", "INCOME", "GENDER", "ZIPCODE"]


@pytest.fixture
def acsi(data_folder: Path, register: Callable[[Path], Path]) -> Callable[..., pd.DataFrame]:
    """Return a function that writes made-up rows to a workbook and fetches it."""

    def fetch(*rows: dict[str, float | None]) -> pd.DataFrame:
        blank = dict.fromkeys([*RATINGS, *BEHAVIOUR, *FACTS]) | {
            "INDUSTRY": 3003,
            "YEAR": 2015,
            "AGE": 40,
            "ZIPCODE": 12345,
            "RACE_1": 1,
        }
        path = data_folder / "acsi_2015.xlsx"
        pd.DataFrame([blank | row for row in rows]).to_excel(path, index=False)
        register(path)
        return fetch_acsi()

    return fetch


def test_expected_and_received_are_paired(acsi: Callable[..., pd.DataFrame]) -> None:
    codes = {"OVERALLX": 9, "OVERALLQ": 8, "CUSTOMX": 7, "CUSTOMQ": 6, "WRONGX": 5, "WRONGQ": 4}
    row = acsi(codes).iloc[0]
    names = [
        f"{what}_{when}" for what in ("overall", "customization", "reliability") for when in ("expected", "received")
    ]
    assert row[names].tolist() == [9, 8, 7, 6, 5, 4]
    assert row["industry"] == "airlines"


def test_no_answers_are_missing_and_counted(acsi: Callable[..., pd.DataFrame]) -> None:
    frame = acsi({"SATIS": 98}, {"SATIS": 99}, {"SATIS": 10}, {"SATIS": None}, {"SATIS": 11})
    assert frame["satisfaction"].dropna().tolist() == [10]
    assert frame.attrs["left_out"]["satisfaction"] == {"no answer (98, 99)": 2, "blank": 1, "other code": 1}


def test_more_than_25_percent_is_censored_not_26(acsi: Callable[..., pd.DataFrame]) -> None:
    frame = acsi({"HIGHPTOL": 26}, {"HIGHPTOL": 25}, {"HIGHPTOL": 101}, {"LOWPTOL": 26}, {})
    assert frame["price_rise_tolerated"].tolist()[:2] == [25, 25]
    assert frame["price_rise_tolerated"].isna().tolist() == [False, False, True, True, True]
    assert frame["price_rise_over_25"].tolist() == [True, False, pd.NA, pd.NA, pd.NA]
    assert frame["price_cut_over_25"].tolist() == [pd.NA, pd.NA, pd.NA, True, pd.NA]
    assert frame.attrs["left_out"]["price_rise_tolerated"] == {"other code": 1, "blank": 2}


def test_a_complaint_is_true_or_false(acsi: Callable[..., pd.DataFrame]) -> None:
    assert acsi({"COMP": 1}, {"COMP": 0}, {"COMP": 98})["complained"].tolist() == [True, False, pd.NA]


def test_zip_code_race_and_origin_are_left_out(acsi: Callable[..., pd.DataFrame]) -> None:
    frame = acsi({"GENDER": 2, "EDUCAT": 4, "INCOME": 1})
    assert not [name for name in map(str, frame) if "zip" in name or "race" in name or "hisp" in name]
    assert "12345" not in frame.to_csv()
    assert list(frame[["gender", "education", "income"]].iloc[0]) == ["female", "college graduate", "under $20,000"]


def test_every_column_has_a_scale_and_the_frame_its_source(acsi: Callable[..., pd.DataFrame]) -> None:
    frame = acsi({})
    flags = {"price_rise_over_25", "price_cut_over_25"}
    assert set(frame.attrs["scales"]) == set(frame) - flags
    assert "Morgeson" in frame.attrs["source"][0]
