"""A banner as text, HTML and workbook."""

import re
from html.parser import HTMLParser

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

import cxstats as cx
from cxstats.tables import write_banner
from cxstats.tables.text import WIDTH

NASTY = '=HYPERLINK("http://x")<script>alert(1)</script>&'


@pytest.fixture
def answers() -> pd.DataFrame:
    rows = [("app", "new", 5)] * 60 + [("app", "old", 2)] * 20 + [("web", "new", 4)] * 30 + [(NASTY, "old", 1)] * 40
    return pd.DataFrame([*rows, ("fax", "old", 1)] * 2, columns=["channel", "customer", "overall"])


@pytest.fixture
def banner(answers: pd.DataFrame) -> cx.Banner:
    scores = [cx.csat("overall"), cx.mean("overall", name="=1+1")]
    return cx.banner(answers, scores, by=["channel", "customer"], second_level=0.8, min_n=5)


def test_the_table_shows_what_the_frame_says(banner: cx.Banner) -> None:
    table, frame = banner.table(), banner.frame()
    assert list(table.columns) == list(
        frame.iloc[: table.shape[1]][["group", "column", "letter"]].itertuples(index=False, name=None)
    )
    shown = table.loc[("csat", "%")].tolist()
    for text, cell in zip(shown, frame[frame["metric"] == "csat"].itertuples(), strict=True):
        if cell.n is pd.NA:
            assert text in ("n < 5", "withheld")
        else:
            number, *letters = text.split()
            assert float(number.rstrip("*")) == pytest.approx(cell.estimate, abs=0.0500001)
            assert " ".join(letters) == cell.higher_than


def test_the_printed_form_has_all_columns_and_is_no_wider_than_a_terminal(answers: pd.DataFrame) -> None:
    many = pd.concat([answers.assign(store=f"store {k:02d}") for k in range(30)])
    text = repr(cx.banner(many, cx.csat("overall"), by=["customer", "store"]))
    table = text.split("\n\nA letter names")[0]
    assert max(map(len, table.splitlines())) <= WIDTH
    assert [f"store {k:02d}" for k in range(30)] == re.findall(r"store \d\d", table)
    assert len(re.findall(r"^csat, %", table, flags=re.MULTILINE)) > 1


class Table(HTMLParser):
    """Collects the cells of the rows, and the tags met."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self.cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.cell = True

    def handle_endtag(self, tag: str) -> None:
        self.cell = self.cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.cell:
            self.rows[-1][-1] += data


def test_html_holds_the_same_cells_and_no_markup_of_the_data(banner: cx.Banner) -> None:
    found = Table()
    found.feed(banner.to_html())
    assert "script" not in found.tags
    assert found.rows[1][1:] == [column for _, column, _ in banner.table().columns]
    body = [[cell.strip() for cell in row[1:]] for row in found.rows[3:]]
    assert body == banner.table().to_numpy().tolist()
    assert NASTY in found.rows[1]


def test_html_page_is_whole_and_written_the_same_twice(banner: cx.Banner, tmp_path) -> None:
    text = banner.to_html(tmp_path / "b.html")
    assert (tmp_path / "b.html").read_text(encoding="utf-8") == text
    assert text.startswith("<!DOCTYPE html>")
    assert banner._repr_html_() in text
    assert not re.search(r"https?://(?!x)", text)


def test_workbook_has_numbers_letters_and_no_formula(banner: cx.Banner, tmp_path) -> None:
    path = banner.to_excel(tmp_path / "b.xlsx")
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("banner").to_python()
    frame = banner.frame()
    assert rows[1][1:] == frame["column"].iloc[:7].tolist()
    assert rows[2][1:] == frame["letter"].iloc[:7].tolist()
    csat = frame[frame["metric"] == "csat"]
    for column, cell in enumerate(csat.itertuples(), 1):
        if cell.n is pd.NA:
            assert rows[3][column] in ("n < 5", "withheld")
            assert [rows[r][column] for r in (4, 5, 6)] == ["", "", ""]
        else:
            assert [rows[r][column] for r in (4, 5)] == [cell.higher_than, cell.n]
            assert [rows[r][column] for r in (3, 6)] == pytest.approx([cell.estimate, cell.n_effective], rel=1e-14)
    assert rows[8][0] == "=1+1"
    assert NASTY in rows[1]
    assert b"<f>" not in _sheet(path)


def _sheet(path) -> bytes:
    import zipfile

    with zipfile.ZipFile(path) as file:
        return file.read("xl/worksheets/sheet1.xml")


def test_workbooks_are_equal_to_the_byte(answers: pd.DataFrame, tmp_path) -> None:
    one, two = (
        cx.banner(answers, cx.csat("overall"), by="channel").to_excel(tmp_path / f"{name}.xlsx") for name in ("a", "b")
    )
    assert one.read_bytes() == two.read_bytes()


def test_a_banner_is_one_sheet_of_a_workbook_of_others(banner: cx.Banner, tmp_path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "all.xlsx") as book:
        book.add_worksheet("about").write_string(0, 0, "first")
        write_banner(book, banner, "by channel")
        write_banner(book, banner, "again")
    assert CalamineWorkbook.from_path(tmp_path / "all.xlsx").sheet_names == ["about", "by channel", "again"]


def test_frames_are_copies(banner: cx.Banner) -> None:
    taken = banner.frame()
    taken["estimate"] = 0.0
    assert banner.frame()["estimate"].iloc[0] != 0.0
