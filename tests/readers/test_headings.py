"""The names of columns: titles, merged headings, empty columns and blanks, and files that are not what their name says."""

from pathlib import Path

import pandas as pd
import pytest

from cxstats.errors import DataError
from cxstats.readers import read_frame


def read(folder: Path, text: str, name: str = "a.csv", **how: object) -> pd.DataFrame:
    (folder / name).write_bytes(text.encode("utf-8"))
    return read_frame(folder / name, **how)  # type: ignore[arg-type]


def book(folder: Path, cells: list[list[object]], **how: object) -> pd.DataFrame:
    pd.DataFrame(cells).to_excel(folder / "a.xlsx", index=False, header=False)
    return read_frame(folder / "a.xlsx", **how)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["Survey 2025\na;b\n1;2\n", "Survey 2025\n\n\na;b\n1;2\n"])
def test_a_title_above_the_names_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError, match=r"the first line is 'Survey 2025', the next has more cells.*delete titles"):
        read(tmp_path, text)


def test_one_column_of_sentences_is_no_title(tmp_path: Path) -> None:
    assert read(tmp_path, 'comment\n"good, but slow; really"\n')["comment"].tolist() == ["good, but slow; really"]


def test_columns_of_values_without_names_are_told_by_their_places(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"the columns 2, 4 hold values and have no name"):
        read(tmp_path, "Satisfaction;;Contact;\na;b;c;d\n1;2;3;4\n")
    with pytest.raises(DataError, match=r"the columns 2, 3 hold values and have no name"):
        book(tmp_path, [["Survey", None, None], ["a", "b", "c"], [1, 2, 3]])


def test_empty_columns_without_a_name_are_left_out_and_row_numbers_stay(tmp_path: Path) -> None:
    assert list(read(tmp_path, "a;b;;\n1;2;;\n").columns) == ["a", "b"]
    assert list(book(tmp_path, [["a", None, "b"], [1, None, 2]]).columns) == ["a", "b"]
    assert read(tmp_path, ",a\n0,5\n1,6\n").to_dict("list") == {"Unnamed: 0": [0, 1], "a": [5, 6]}
    assert list(read(tmp_path, "a,empty\n1,\n2,\n").columns) == ["a", "empty"]


def test_blanks_at_the_ends_of_names_go_if_asked(tmp_path: Path) -> None:
    assert list(read(tmp_path, " a ;b\u00a0\n1;2\n", strip=True).columns) == ["a", "b"]
    assert list(read(tmp_path, " a ;b \n1;2\n").columns) == [" a ", "b "]
    with pytest.raises(DataError, match="'a' more than once"):
        read(tmp_path, "a; a\n1;2\n", strip=True)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_line_about_the_separator_is_obeyed(tmp_path: Path, mark: str) -> None:
    assert read(tmp_path, f"{mark}sep=;\r\na;b,c\r\n1;2\r\n").to_dict("list") == {"a": [1], "b,c": [2]}


@pytest.mark.parametrize(
    ("start", "said"),
    [(b"PK\x03\x04", ".xlsx"), (b"\xd0\xcf\x11\xe0", ".xls"), (b"PAR1", ".parquet"), (b"%PDF", "PDF")],
)
def test_what_is_no_text_is_named(tmp_path: Path, start: bytes, said: str) -> None:
    (tmp_path / "a.csv").write_bytes(start + b"\0\1\2")
    with pytest.raises(DataError, match=f"no comma-separated text.*{said}"):
        read_frame(tmp_path / "a.csv")


def test_what_is_no_spreadsheet_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"looks like text: give it the ending \.csv"):
        read(tmp_path, "a;b\n1;2\n", "a.xlsx")
    with pytest.raises(DataError, match="web page"):
        read(tmp_path, "\n <html></html>", "a.xls")
    (tmp_path / "b.xlsx").write_bytes(b"PK\x03\x04\0\0")
    with pytest.raises(DataError) as caught:
        read_frame(tmp_path / "b.xlsx")
    assert "looks like" not in str(caught.value)
