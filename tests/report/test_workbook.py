"""The workbook: what the tables say, as numbers; nothing that may not be seen; texts that stay texts."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from cxstats.report import build_report, read_config
from cxstats.report.workbook import write_workbook

from .conftest import CONFIG, FORMULA, SCRIPT, answers


def sheets(path: Path) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def xml(path: Path, part: str) -> str:
    with zipfile.ZipFile(path) as file:
        return "".join(file.read(name).decode() for name in file.namelist() if re.fullmatch(part, name))


@pytest.fixture(scope="module")
def book(built: Path) -> dict[str, list[list[Any]]]:
    return sheets(built / "report.xlsx")


def test_a_sheet_a_table_and_one_before_them(book: dict[str, list[list[Any]]], built: Path) -> None:
    assert next(iter(book)) == "about"
    assert set(book) - {"about", "side by side"} == {p.stem for p in (built / "tables").iterdir()}


def test_the_first_sheet_says_what_the_numbers_rest_on(book: dict[str, list[list[Any]]]) -> None:
    said = {row[0]: row[1] for row in book["about"]}
    assert said["Report"] == "Test of labels"
    assert "Synthetic data" not in said
    for name, part in (
        ("Design", "strata region, clusters branch"), ("Level", "95\N{NO-BREAK SPACE}% intervals"),
        ("Left out", "3 rows without channel"), ("Small cells", "fewer than 10 answers"), ("p-values", "comparisons"),
        ("In short", "In brackets"), ("Made with", "cxstats"),
    ):  # fmt: skip
        assert part in said[name], name


def test_numbers_are_those_of_the_tables_and_suppressed_cells_are_empty(
    book: dict[str, list[list[Any]]], built: Path
) -> None:
    hidden = 0
    for path in (built / "tables").iterdir():
        table = pd.read_csv(path)
        header, *rows = book[path.stem]
        assert [name.lstrip("'") for name in table.columns] == header
        for column, name in enumerate(table.columns):
            cells = [row[column] for row in rows]
            for cell, value in zip(cells, table[name].tolist(), strict=True):
                if pd.isna(value):
                    assert cell == "", (path.stem, name)
                    hidden += name == "estimate"
                elif isinstance(value, str):
                    assert cell == value.removeprefix("'") if value.startswith(("'=", "'-")) else cell == value
                else:
                    assert isinstance(cell, float)
                    assert cell == pytest.approx(value, rel=1e-15)
    assert hidden > 5


def test_small_cells_are_nowhere_in_the_file(book: dict[str, list[list[Any]]]) -> None:
    header, *rows = book["by-period-and-channel"]
    n, note = header.index("n"), header.index("note")
    closed = [row for row in rows if "n < 10" in row[note]]
    assert any("withheld" in row[note] for row in closed)
    assert all(row[i] == "" for row in closed for i in range(n, header.index("unit")))
    assert all(row[n] == 0 or row[n] >= 10 for row in rows if row not in closed)


def test_a_text_is_never_a_formula(built: Path, book: dict[str, list[list[Any]]]) -> None:
    assert "<f>" not in xml(built / "report.xlsx", r"xl/worksheets/sheet\d+\.xml")
    assert "hyperlink" not in xml(built / "report.xlsx", r"xl/worksheets/.*")
    labels = {row[1] for row in book["by-channel"]}
    assert {FORMULA, SCRIPT} <= labels
    assert 'quotePrefix="1"' in xml(built / "report.xlsx", r"xl/styles\.xml")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "http://x.org", "1.5"])
def test_any_text_stays_what_it_is(tmp_path: Path, text: str, built: Path) -> None:
    path = write_workbook(
        tmp_path / "t.xlsx", [("Report", text)], {"a/b": pd.DataFrame({text: [text], "x": [-1.5]})}, []
    )
    found = sheets(path)
    assert list(found) == ["about", "a b"]
    assert found["a b"][1][1] == -1.5
    assert isinstance(found["a b"][1][0], str)
    assert found["a b"][1][0].strip() == text.strip()
    sheet = xml(path, r"xl/worksheets/sheet2\.xml")
    assert "<f>" not in sheet
    assert sheet.count('t="s"') == 3


def test_the_header_stays_in_sight_and_columns_are_wide_enough(built: Path) -> None:
    every = xml(built / "report.xlsx", r"xl/worksheets/sheet[2-9]\.xml")
    assert every.count("<autoFilter") == 7  # all tables but the groups side by side
    assert every.count('state="frozen"') == 8
    assert every.count("<cols>") == 8
    formats = xml(built / "report.xlsx", r"xl/styles\.xml")
    assert 'formatCode="#,##0.0"' in formats
    assert 'formatCode="0.000"' in formats


def test_the_sample_says_synthetic_and_two_runs_give_the_same_bytes(
    configured: Callable[..., Path], tmp_path: Path, no_charts: None
) -> None:
    path = configured(CONFIG, answers().assign(synthetic=True))
    for out in ("one", "two"):
        build_report(read_config(path), tmp_path / out)
    one, two = ((tmp_path / out / "report.xlsx") for out in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    assert any("Synthetic: made by a program" in row[1] for row in sheets(one)["about"])
    assert "2000-01-01" in xml(one, r"docProps/core\.xml")


def test_names_of_sheets_are_what_a_spreadsheet_allows(tmp_path: Path) -> None:
    tables = {
        "by-period-and-" + "x" * 40: pd.DataFrame({"a": [1]}),
        "by-period-and-" + "x" * 41: pd.DataFrame({"a": [1]}),
    }
    names = list(sheets(write_workbook(tmp_path / "t.xlsx", [("Report", "t")], tables, [])))
    assert len(set(names)) == 3
    assert max(map(len, names)) <= 31
