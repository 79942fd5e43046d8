"""Numbers are written as a language writes them, on the page and in the charts; files keep points."""

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.figure import Figure

import cxstats as cx
from cxstats.report import build_report, read_config
from cxstats.report.pictures import in_language
from cxstats.report.words import LANGUAGES, MINUS, count, number, p_value, percent, plain, unit_after

from .conftest import CONFIG
from .test_page import Page

NBSP, THIN = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("language", "written", "share"),
    [
        ("en", "1,234.5", f"95{NBSP}%"), ("en-us", "1,234.5", "95%"), ("de", "1.234,5", f"95{NBSP}%"),
        ("de-ch", "1’234.5", "95%"), ("fr", f"1{THIN}234,5", f"95{THIN}%"), ("es", "1.234,5", f"95{NBSP}%"),
        ("it", "1.234,5", "95%"), ("nl", "1.234,5", "95%"),
    ],
)  # fmt: skip
def test_marks(language: str, written: str, share: str) -> None:
    marks = LANGUAGES[language]
    assert number(-1234.5, 1, marks=marks) == MINUS + written
    assert percent(0.95, marks) == share
    assert unit_after("%", marks=marks) == share.removeprefix("95")
    assert unit_after("net %", marks=marks) == f"{NBSP}net %"
    assert count(1234, marks=marks) == written[:-2]


def test_small_numbers_follow() -> None:
    marks = LANGUAGES["de"]
    assert [plain(0.75, marks), p_value(0.0001, marks), p_value(0.05, marks)] == ["0,75", "< 0,001", "0,050"]
    assert percent(0.995, marks) == f"99,5{NBSP}%"
    assert set(LANGUAGES) == {"en", "en-us", "de", "de-ch", "fr", "es", "it", "nl"}


def test_a_german_page_has_no_english_number_and_its_tables_keep_points(
    configured: Callable[..., Path], tmp_path: Path, no_charts: None
) -> None:
    path = configured('numbers = "de"\n' + CONFIG)
    build_report(read_config(path), tmp_path / "out")
    html = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    page = Page(re.sub(r"<style.*?</style>", "", html, flags=re.DOTALL))
    assert len(page.numbers) > 200
    for value, text in page.numbers:
        assert "." not in text or abs(value) >= 1000, text
        assert float(text.removeprefix("< ").replace(MINUS, "-").replace(".", "").replace(",", ".")) == pytest.approx(
            value, abs=0.06
        )
    body = page.text[page.text.index("answers.csv. 400 rows") : page.text.index("Made with")]
    assert not re.search(r"\d\.\d", body)
    assert pd.read_csv(tmp_path / "out" / "tables" / "by-period.csv")["estimate"].dtype == float


def test_axes_and_bases_of_charts_are_written_so_too() -> None:
    answers = pd.DataFrame({"x": [0.5, 1.25] * 1200, "g": ["1,000", "b"] * 1200})
    ax = Figure().subplots()
    cx.plot_estimates(cx.measure(answers, cx.mean("x"), by="g"), ax)
    before = [text.get_text() for text in ax.texts]
    assert "1,200" in before
    in_language(ax.figure, LANGUAGES["de"])
    assert "1.200" in [text.get_text() for text in ax.texts]
    texts = [tick.get_text() for tick in ax.get_xticklabels()]
    assert texts
    assert all(re.fullmatch(r"\d(,\d+)?", text) for text in texts)
    assert any("," in text for text in texts)
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["1,000", "b"]
