from pathlib import Path

import pandas as pd
import pytest

from cxstats.errors import ArgumentError
from cxstats.readers import read_frame


def read(folder: Path, text: str, **how: object) -> pd.DataFrame:
    path = folder / "a.csv"
    path.write_text(text, encoding="utf-8")
    return read_frame(path, **how)  # type: ignore[arg-type]


def test_agreed_codes_become_missing_and_are_counted_by_column(tmp_path: Path) -> None:
    text = "a,b,c\n4,Don't know,x\n99,5,99\n3,99,y\n"
    frame = read(tmp_path, text, missing=[99, "Don't know", "99"])
    assert frame["a"].tolist() == [4, pd.NA, 3]
    assert frame["b"].tolist() == [pd.NA, 5, pd.NA]
    assert [str(dtype) for dtype in frame.dtypes] == ["Int64", "Int64", "string"]
    assert frame.attrs["left_out"] == {
        "a": {"written “99”": 1},
        "b": {"written “99”": 1, "written “Don't know”": 1},
        "c": {"written “99”": 1},
    }


def test_blanks_at_the_ends_of_texts_go_and_are_counted(tmp_path: Path) -> None:
    frame = read(tmp_path, "a,b\n web,4 \nweb\t,  \nweb,Don't know \n", strip=True, missing=["Don't know"])
    assert frame["a"].tolist() == ["web"] * 3
    assert frame["b"].tolist() == [4, pd.NA, pd.NA]
    assert frame.attrs["stripped"] == {"a": 2, "b": 2}
    assert frame.attrs["left_out"] == {"b": {"blank": 1, "written “Don't know”": 1}}
    kept = read(tmp_path, "a,b\n web,4\nweb,5\n")
    assert kept["a"].tolist() == [" web", "web"]
    assert kept.attrs == {"left_out": {}, "stripped": {}}


@pytest.mark.parametrize("separator", [";", ","])
def test_a_decimal_comma(tmp_path: Path, separator: str) -> None:
    rows = [("a", "b", "c"), ('"3,5"', '"1,5"', "1.5"), ('"-4,25"', "?", '"2,5"')]
    frame = read(tmp_path, "\n".join(map(separator.join, rows)) + "\n", decimal=",", missing=["?"])
    assert frame["a"].tolist() == [3.5, -4.25]
    assert frame["b"].tolist() == [1.5, pd.NA]
    assert frame["c"].tolist() == ["1.5", "2,5"]  # not all are numbers with a decimal comma


def test_one_text_that_is_no_number_keeps_the_column_a_text(tmp_path: Path) -> None:
    assert read(tmp_path, "a\n4\n99\nfour\n", missing=[99])["a"].tolist() == ["4", pd.NA, "four"]


def test_categories_and_truths_and_dates(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"c": pd.Categorical(["x", "refused"]), "t": [True, False], "d": pd.to_datetime(["2025-01-01"] * 2)}
    )
    frame.to_parquet(tmp_path / "a.parquet")
    found = read_frame(tmp_path / "a.parquet", missing=["refused", 1, 0], strip=True)
    assert found["c"].isna().tolist() == [False, True]
    assert found["t"].tolist() == [True, False]
    assert found["d"].notna().all()


def test_a_decimal_mark_that_means_nothing(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"decimal=';' is neither"):
        read(tmp_path, "a\n1\n", decimal=";")
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(ArgumentError, match="is for text files"):
        read_frame(tmp_path / "a.parquet", decimal=",")
