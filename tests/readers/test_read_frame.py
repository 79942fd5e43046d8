import builtins
import warnings
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError, CxError, DataError
from cxstats.readers import files, read_frame


def written(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_whole_numbers_and_truths_stay_what_they_are_beside_missing_cells(tmp_path: Path) -> None:
    frame = read_frame(written(tmp_path, "a.csv", "year,score,ok,name\n2024,4,True,a\n2025,,,b\n,2,False,\n"))
    assert [str(dtype) for dtype in frame.dtypes] == ["Int64", "Int64", "boolean", "string"]
    assert frame["year"].tolist()[:2] == [2024, 2025]
    assert frame.isna().sum().tolist() == [1, 1, 1, 1]


def test_na_is_missing_among_numbers_and_a_text_among_texts(tmp_path: Path) -> None:
    frame = read_frame(written(tmp_path, "a.csv", "score,region\n1,NA\nNA,EU\n3,NA\n"))
    assert frame["score"].isna().tolist() == [False, True, False]
    assert frame["region"].tolist() == ["NA", "EU", "NA"]


@pytest.mark.parametrize("separator", [";", "\t", "|", ","])
def test_the_separator_is_read_off_the_header(tmp_path: Path, separator: str) -> None:
    text = f'a{separator}b\n1{separator}"x, y; z"\n'
    assert read_frame(written(tmp_path, "a.csv", text)).to_dict("list") == {"a": [1], "b": ["x, y; z"]}


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    assert list(read_frame(written(tmp_path, "a.csv", "a,b\n1,2\n", "utf-8-sig")).columns) == ["a", "b"]


def test_a_header_alone_is_a_frame_without_rows(tmp_path: Path) -> None:
    assert read_frame(written(tmp_path, "a.csv", "a,b\n")).shape == (0, 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("\n1,2\n", "first line is empty"),
        ("a,a\n1,2\n", "'a' more than once"),
        ("a,b\n1,2,3\n4,5,6\n", "more cells than the 2 names"),
        ("a,b\n1,2\n4,5,6\n", "line 3"),
    ],
)
def test_text_that_cannot_be_right_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        read_frame(written(tmp_path, "a.csv", text))


def test_another_encoding_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not UTF-8"):
        read_frame(written(tmp_path, "a.csv", "a,b\nä,1\n", "latin-1"))


def test_a_missing_file_suggests_its_neighbour(tmp_path: Path) -> None:
    written(tmp_path, "survey.csv", "a\n1\n")
    with pytest.raises(ArgumentError, match=r"Did you mean 'survey\.csv'"):
        read_frame(tmp_path / "survy.csv")
    with pytest.raises(ArgumentError, match="no folder"):
        read_frame(tmp_path / "nowhere" / "survey.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(ArgumentError, match="is a folder"):
        read_frame(tmp_path / "folder.csv")


def test_an_unknown_kind_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"\.parquet"):
        read_frame(written(tmp_path, "survey.sav", "x"))


@pytest.fixture
def typed() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "score": pd.array([1, None, 3], dtype="Int64"),
            "ok": pd.array([True, None, False], dtype="boolean"),
            "region": ["NA", None, "EU"],
            "day": pd.to_datetime(["2025-01-31", None, "2025-03-31"]),
            "weight": [1.5, 2.5, None],
        }
    )


@pytest.mark.parametrize("engine", [files._by_pyarrow, files._by_duckdb, files._by_polars])
def test_every_engine_reads_the_same_from_parquet(
    tmp_path: Path, typed: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, engine: Any
) -> None:
    typed.to_parquet(tmp_path / "a.parquet")
    for name in ("_by_pyarrow", "_by_duckdb", "_by_polars"):
        if getattr(files, name) is not engine:
            monkeypatch.setattr(files, name, _not_installed)
    frame = read_frame(tmp_path / "a.parquet")
    kinds = ["Int64", "boolean", "str", "datetime64", "Float64"]
    assert all(str(d).startswith((k, "string")) for d, k in zip(frame.dtypes, kinds, strict=True)), frame.dtypes
    assert frame.isna().sum().tolist() == [1, 1, 1, 1, 1]
    assert frame["score"].sum() == 4
    assert cx.measure(frame, cx.mean("score")).values.tolist() == [2.0]


def _not_installed(path: Path) -> pd.DataFrame:
    raise ImportError(path.name)


def test_parquet_without_any_engine_says_what_to_install(
    tmp_path: Path, typed: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed.to_parquet(tmp_path / "a.parquet")
    for name in ("_by_pyarrow", "_by_duckdb", "_by_polars"):
        monkeypatch.setattr(files, name, _not_installed)
    with pytest.raises(ArgumentError, match=r"pip install cxstats\[engines\]"):
        read_frame(tmp_path / "a.parquet")


@pytest.fixture
def book(tmp_path: Path, typed: pd.DataFrame) -> Path:
    with pd.ExcelWriter(tmp_path / "answers.xlsx", engine="xlsxwriter") as writer:
        typed.to_excel(writer, sheet_name="answers", index=False)
        pd.DataFrame([[1, 2]], columns=["q", "q"]).to_excel(writer, sheet_name="twice", index=False)
        pd.DataFrame().to_excel(writer, sheet_name="nothing", index=False)
    return tmp_path / "answers.xlsx"


def test_a_sheet_keeps_its_types(book: Path) -> None:
    frame = read_frame(book)
    assert frame["score"].dropna().tolist() == [1, 3]
    assert str(frame["ok"].dtype) == "boolean"
    assert frame["region"].dropna().tolist() == ["NA", "EU"]
    assert read_frame(book, sheet="answers").equals(frame)


def test_sheets_that_cannot_be_read_are_named(book: Path, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="Did you mean 'answers'"):
        read_frame(book, sheet="answer")
    with pytest.raises(DataError, match="more than once"):
        read_frame(book, sheet="twice")
    with pytest.raises(DataError, match="is empty"):
        read_frame(book, sheet="nothing")
    with pytest.raises(ArgumentError, match="no sheets"):
        read_frame(written(tmp_path, "a.csv", "a\n1\n"), sheet="answers")


@pytest.mark.parametrize("name", ["a.xlsx", "a.parquet"])
def test_a_damaged_file_is_bad_data_and_names_no_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="cannot") as error:
        read_frame(written(tmp_path, name, "this is not it"))
    assert str(tmp_path) not in str(error.value)


def test_a_spreadsheet_without_calamine_says_what_to_install(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "python_calamine":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(CxError, match=r"cxstats\[io\]"):
        read_frame(book)


def test_reading_warns_of_nothing(book: Path, tmp_path: Path) -> None:
    mixed = written(tmp_path, "mixed.csv", "a,b\n" + "1,x\n" * 50_000 + "z,2\n")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_frame(book)
        assert read_frame(mixed)["a"].iloc[-1] == "z"


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8", "utf-8-sig"])
def test_an_encoding_is_read_as_stated(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, "a.csv", "größe;b\nä;1\n", encoding)
    assert read_frame(path, encoding=encoding).to_dict("list") == {"größe": ["ä"], "b": [1]}


@pytest.mark.parametrize(("encoding", "remedy"), [("cp1252", "cp1252"), ("utf-16", "utf-16")])
def test_the_encoding_that_is_likely_is_offered(tmp_path: Path, encoding: str, remedy: str) -> None:
    with pytest.raises(DataError, match=f"not UTF-8 .*encoding='{remedy}'"):
        read_frame(written(tmp_path, "a.csv", "größe;b\nä;1\n", encoding))


def test_marks_between_thousands_go_and_dates_stay(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "a;b;c\n1.090,00;1.090;01.02.2025\n3,5;12;01.02.2026\n")
    frame = read_frame(path, decimal=",", thousands=".")
    assert frame["a"].tolist() == [1090.0, 3.5]
    assert frame["b"].tolist() == [1090, 12]
    assert frame["c"].tolist() == ["01.02.2025", "01.02.2026"]
    assert read_frame(path, decimal=",")["a"].tolist() == ["1.090,00", "3,5"]


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("a.csv", {"thousands": "."}, "or the decimal one"),
        ("a.csv", {"thousands": "x"}, "is no mark"),
        ("a.csv", {"encoding": "cp12"}, "'cp12' is not known"),
        ("a.xlsx", {"encoding": "cp1252"}, "for text files"),
    ],
)
def test_marks_and_encodings_that_mean_nothing(tmp_path: Path, name: str, options: dict[str, str], said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        read_frame(written(tmp_path, name, "a\n1\n"), **options)  # type: ignore[arg-type]
