"""A report of made-up data says so in every part of it that may travel alone; one of real data nowhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.figure import Figure
from python_calamine import CalamineWorkbook

from cxstats.report import build_report, read_config

from .conftest import CONFIG, answers

MARK = "synthetic sample data"
CAPTION = re.compile(r'<(?:figcaption|p class="caption")>.*?</(?:figcaption|p)>', re.DOTALL)


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a report on answers whose column `synthetic` is true."""
    folder = tmp_path_factory.mktemp("made-up")
    answers().assign(synthetic=True).to_csv(folder / "answers.csv", index=False)
    (folder / "report.toml").write_text(CONFIG.replace("{name}", "a report"), encoding="utf-8")
    build_report(read_config(folder / "report.toml"), folder / "out")
    return folder / "out"


def captions(folder: Path) -> list[str]:
    return [found[0] for found in CAPTION.finditer((folder / "report.html").read_text(encoding="utf-8"))]


def test_every_caption(made_up: Path, built: Path) -> None:
    assert len(captions(made_up)) == len(captions(built)) > 15
    assert all(caption.count(f"({MARK})") == 1 for caption in captions(made_up))


def test_every_table_and_every_sheet(made_up: Path) -> None:
    tables = sorted((made_up / "tables").iterdir())
    assert len(tables) == 10
    for path in tables:
        assert pd.read_csv(path)["synthetic"].tolist() == [True] * len(pd.read_csv(path)), path.name
    book = CalamineWorkbook.from_path(made_up / "report.xlsx")
    assert len(book.sheet_names) == 12
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python()
        assert any("ynthetic" in str(cell) for row in rows for cell in row), name


def test_every_chart_once(configured: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = []

    def kept(figure: Figure, path: Path, **options: object) -> Path:
        shown = [text.get_text() for text in figure.findobj(lambda a: hasattr(a, "get_text"))]
        said.append([text for text in shown if "ynthetic" in text])
        path.write_text("<svg></svg>", encoding="utf-8")
        return path

    monkeypatch.setattr("cxstats.charts.save", kept)
    monkeypatch.setattr("cxstats.report.pictures.inlined", lambda svg, *words: svg)
    text = CONFIG.replace('by = ["channel", "region"]', 'by = "region"')
    build_report(read_config(configured(text, answers().assign(synthetic=True))), tmp_path / "out")
    assert len(said) == 12
    assert all(texts == ["95 % intervals. Synthetic sample data."] for texts in said)
    said.clear()
    build_report(read_config(configured(text)), tmp_path / "out")
    assert said == [[]] * 12


def test_a_report_of_other_data_says_it_nowhere(built: Path) -> None:
    texts = [path for path in built.rglob("*") if path.suffix in (".csv", ".html", ".svg", ".json")]
    assert len(texts) > 15
    assert not [path.name for path in texts if "ynthetic" in path.read_text(encoding="utf-8")]
    book = CalamineWorkbook.from_path(built / "report.xlsx")
    assert "ynthetic" not in str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])


def test_a_column_that_is_not_true_in_every_row_says_nothing(
    configured: Callable[..., Path], tmp_path: Path, no_charts: None
) -> None:
    rows = answers().assign(synthetic=[True] * 399 + [False])
    assert build_report(read_config(configured(CONFIG, rows)), tmp_path / "out").synthetic == ""
