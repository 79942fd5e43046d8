import math
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxstats.charts.style import luminance
from cxstats.report import build_report, read_config
from cxstats.report.svg import inlined
from cxstats.report.words import MINUS, heading, named, number, p_value, runs, slug
from cxstats.tables.text import decimals

from .conftest import CONFIG, FORMULA, SCRIPT, answers


class Page(HTMLParser):
    """What a test wants to know of a page: identifiers, tags, attributes, and the numbers with their texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.numbers: list[tuple[float, str]] = []
        self.text = ""
        self._value: float | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "data":
            self._value = float(dict(attrs)["value"] or "nan")

    def handle_data(self, data: str) -> None:
        if self._value is not None:
            self.numbers.append((self._value, data))
            self._value = None
        self.text += data


@pytest.fixture(scope="session")
def html(built: Path) -> str:
    return (built / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def page(html: str) -> Page:
    return Page(html)


def test_the_page_stands_alone(html: str, page: Page) -> None:
    for tag, attributes in page.tags:
        assert tag not in ("script", "link", "iframe", "img", "object", "base")
        for name, value in attributes.items():
            assert not name.startswith("on")
            if name in ("src", "href", "xlink:href", "action", "poster"):
                assert value.startswith("#"), (tag, value)
    style = "".join(re.findall(r"<style.*?</style>", html, flags=re.DOTALL))
    assert "@import" not in style
    assert not re.search(r"url\((?!#)", html)


def test_identifiers_are_unique_and_every_link_has_its_end(page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [a.get("href", a.get("xlink:href", "")) for _, a in page.tags]
    ends = {link[1:] for link in links if link.startswith("#")}
    ends |= {end for _, a in page.tags for end in a.get("aria-labelledby", "").split()}
    assert ends <= set(ids)


def test_labels_of_the_data_are_text(html: str, page: Page) -> None:
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "<b>happy" not in html
    assert SCRIPT in page.text
    assert FORMULA in page.text


def test_every_colour_of_a_chart_has_a_dark_one_that_can_be_seen(html: str) -> None:
    used = set(re.findall(r"var\(--c-([0-9a-f]{6}), #\1\)", html))
    assert {"262626", "ffffff", "0072b2"} <= used
    dark = dict(re.findall(r"--c-([0-9a-f]{6}): #([0-9a-f]{6})", html))
    ground = luminance(rgb(dark["ffffff"]))
    for colour in used - {"ffffff"}:
        contrast = (luminance(rgb(dark[colour])) + 0.05) / (ground + 0.05)
        assert contrast > (1.3 if colour in ("e4e4e4", "c4c4c4") else 4.5), colour
    assert not re.search(r"(fill|stroke): #", html)


def rgb(colour: str) -> np.ndarray:
    return np.asarray([int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)])


def test_the_page_is_ordered_by_what_a_reader_needs(html: str, page: Page) -> None:
    ids = [a["id"] for tag, a in page.tags if tag in ("h2", "h3")]
    assert ids == [
        "glance", "contents", "beside",
        "metric-satisfied-b-happy-b", "metric-satisfied-b-happy-b-by-channel", "metric-satisfied-b-happy-b-by-region",
        "metric-nps", "metric-nps-by-channel", "metric-nps-by-region", "about",
    ]  # fmt: skip
    assert html.index('class="opening"') < html.index('id="glance"')
    contents = html[html.index("<nav") : html.index("</nav>")]
    assert re.findall(r'href="#([^"]+)"', contents) == ids[2:]


def test_long_tables_are_folded_away_and_nothing_else_is(html: str, page: Page) -> None:
    assert not any("open" in a for tag, a in page.tags if tag == "details")
    outside = re.sub(r"<details>.*?</details>", "", html, flags=re.DOTALL)
    assert html.count("<details>") == 2 * 3  # a metric by quarter, by channel, by region
    assert outside.count("<table") == 4  # at a glance, side by side, two of changes
    assert outside.count("<svg") == html.count("<svg") == 10


def test_a_slope_that_is_not_told_has_its_reason(html: str) -> None:
    nps = html[html.index('id="metric-nps"') :]
    reason = "No slope is told: it needs at least 4 periods that together cover a year."
    assert html.count(reason) == nps.count(reason) == 1


def test_charts_have_words(page: Page) -> None:
    charts = [a for tag, a in page.tags if tag == "svg"]
    assert len(charts) == 10
    assert all(a["role"] == "img" and a["aria-labelledby"] for a in charts)
    assert sum(tag == "desc" for tag, _ in page.tags) == len(charts)


def test_every_number_is_that_of_a_table_rounded(page: Page, built: Path) -> None:
    known = {0.0}
    for path in (built / "tables").iterdir():
        known |= {float(v) for v in pd.read_csv(path).select_dtypes("number").to_numpy().ravel()}
    assert len(page.numbers) > 200
    for value, text in page.numbers:
        assert value in known, text
        if text.startswith("< "):
            assert value < 0.001
            continue
        digits = len(text.partition(".")[2])
        assert float(text.replace(MINUS, "-").replace(",", "")) == pytest.approx(round(value, digits), abs=1e-9)


def test_suppressed_numbers_are_nowhere_on_the_page(page: Page, html: str) -> None:
    counts = answers().groupby(["quarter", "channel"]).size()
    small = counts[counts < 10]
    assert len(small)
    assert page.text.count("n < 10") >= len(small)
    assert "withheld" in page.text
    assert not any(value in (1.0, 2.0, 3.0, 4.0, 5.0) and "." not in text for value, text in page.numbers)


def test_what_the_page_says_of_itself(html: str, page: Page, project: Path) -> None:
    assert html.startswith("<!DOCTYPE html>")
    assert ("html", {"lang": "en"}) in page.tags
    assert any(a.get("name") == "viewport" for _, a in page.tags)
    for said in (
        "answers.csv", "400 rows", "2025Q1 to 2025Q4", "95\N{NO-BREAK SPACE}%", "strata region", "clusters branch",
        "No answers in 2025Q1 and 2025Q2", "3 rows without channel", "Variant: csat, top 2 of 1-5", "inverting the interval",
        "fewer than 10 answers", "associations", "cxstats",
    ):  # fmt: skip
        assert said in page.text, said
    assert str(project) not in html
    assert "ynthetic" not in page.text


def test_the_sample_says_synthetic_on_every_surface(configured: Callable[..., Path], tmp_path: Path) -> None:
    rows = answers().assign(synthetic=True)
    text = CONFIG.replace('by = ["channel", "region"]', 'by = "region"')
    build_report(read_config(configured(text, rows)), tmp_path / "out")
    said = Page((tmp_path / "out" / "report.html").read_text(encoding="utf-8"))
    assert said.text.count("ynthetic") > 8
    assert "(synthetic sample data)" in said.text[:4000]


@pytest.mark.usefixtures("no_charts")
@pytest.mark.parametrize(
    "case", ["one period", "no groups", "all hidden", "nobody asked one", "unknown error", "dates"]
)
def test_the_page_of_data_that_holds_little(configured: Callable[..., Path], tmp_path: Path, case: str) -> None:
    rows, text = answers(), CONFIG
    if case == "one period":
        rows = rows[rows["quarter"] == "2025Q3"]
    elif case == "no groups":
        text = text.replace('[groups]\nby = ["channel", "region"]', "")
    elif case == "all hidden":
        text = "min_n = 500\n" + text
    elif case == "nobody asked one":
        rows["recommend"] = pd.array([pd.NA] * len(rows), dtype="Int64")
    elif case == "unknown error":
        rows["overall"] = 5
    elif case == "dates":
        rows["quarter"] = pd.to_datetime(
            rows["quarter"].map({f"2025Q{k}": f"2025-{3 * k:02d}-30" for k in range(1, 5)})
        )
        text = text.replace('file = "answers.csv"', 'file = "answers.parquet"')
    path = configured(text, rows)
    rows.to_parquet(tmp_path / "answers.parquet")
    build_report(read_config(path), tmp_path / "out")
    page = Page((tmp_path / "out" / "report.html").read_text(encoding="utf-8"))
    expected = {
        "all hidden": "n < 500",
        "nobody asked one": "No answers in",
        "dates": "2025-03-30",
        "unknown error": "the standard error is unknown",
    }
    assert expected.get(case, "At a glance") in page.text
    assert "nan" not in re.sub(r"[a-z]nan|nan[a-z]", "", page.text)
    if case == "all hidden":
        assert not [value for value, _ in page.numbers]


def test_numbers_are_written_for_readers() -> None:
    assert number(-1234.56, 1) == f"{MINUS}1,234.6"
    assert number(3.25, 1, sign=True) == "+3.2"
    assert number(-0.04, 1) == "0.0"
    assert number(0.04, 1, sign=True) == "0.0"
    assert number(math.nan, 1) == "unknown"
    assert number(-math.inf, 1) == f"{MINUS}∞"
    assert [p_value(p) for p in (0.0004, 0.0006, 0.05, math.nan)] == ["< 0.001", "0.001", "0.050", "unknown"]
    assert [decimals("%", [2.0]), decimals("points", [0.03, 0.05]), decimals("", [math.nan])] == [1, 3, 2]
    assert [named(c) for c in ("boarding_area", "NPS_group", "Region", "a_b c")] == [
        "boarding area", "NPS group", "Region", "a_b c",
    ]  # fmt: skip
    assert [heading(c) for c in ("boarding_area", "NPS_group")] == ["Boarding area", "NPS group"]
    assert runs([2010, 2011, 2012, 2014, 2016, 2017], range(2010, 2018)) == "2010 to 2012, 2014 and 2016 to 2017"
    assert slug("Zufriedenheit: Größe <1>", ["x"]) == "zufriedenheit-groe-1"
    assert slug("!", ["x"]) == "x-2"


def test_an_inlined_chart_keeps_its_style_and_names_to_itself() -> None:
    svg = (
        '<?xml version="1.0"?><!DOCTYPE svg><svg width="72pt" height="36pt" viewBox="0 0 72 36"><metadata>x</metadata>'
        '<defs><style type="text/css">*{stroke: red}</style><path id="a"/></defs><!-- =cmd -->'
        '<use xlink:href="#a" clip-path="url(#a)"/></svg>'
    )
    found = inlined(svg, "m1c1", "A & B", "<words>")
    assert found.startswith("<svg")
    for part in ('id="m1c1-a"', 'href="#m1c1-a"', "url(#m1c1-a)", "#m1c1 *{", "A &amp; B", "&lt;words&gt;"):
        assert part in found
    for part in ("metadata", "<!--", 'width="72pt"'):
        assert part not in found
