"""Groups side by side: the same numbers as in the tables of the period, and no cell that these hide."""

from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

import cxstats as cx
from cxstats.report import read_config
from cxstats.report.measures import measured
from cxstats.report.sidebyside import side_by_side
from cxstats.report.source import read_source

from .conftest import CONFIG, answers


def made(folder: Path, config: str, frame: pd.DataFrame):
    frame.to_csv(folder / "answers.csv", index=False)
    (folder / "report.toml").write_text(config, encoding="utf-8")
    read = read_config(folder / "report.toml")
    source = read_source(read)
    return side_by_side(source, read, [measured(source, read, metric) for metric in read.metrics]), source


def test_a_group_that_hides_a_cell_of_the_period_is_not_in_it(tmp_path: Path) -> None:
    found, _ = made(tmp_path, CONFIG.format(name="x"), answers())  # fax has few answers in every quarter
    assert found is not None
    assert found.left_out == "Not in this table: channel (some cells have too few answers to be shown)."
    assert found.banner is not None
    assert set(found.banner.frame()["group"]) == {"", "region"}
    only = CONFIG.format(name="x").replace('["channel", "region"]', '["channel"]')
    alone, _ = made(tmp_path, only, answers())
    assert alone is not None
    assert alone.banner is None
    assert alone.left_out


def test_the_numbers_are_those_of_the_period(tmp_path: Path) -> None:
    frame = answers()
    frame = frame[frame["channel"] != "fax"]
    found, source = made(tmp_path, CONFIG.format(name="x"), frame)
    assert found is not None
    assert found.period == "2025Q4"
    table = found.banner.frame()
    assert set(table["metric"]) == {"Satisfied & <b>happy</b>", "=NPS"}
    last = cx.col("quarter") == "2025Q4"
    for group in ("channel", "region"):
        est = cx.measure(source.survey, cx.csat("overall"), by=group, where=last).frame()
        rows = table[(table["group"] == group) & (table["metric"] == "Satisfied & <b>happy</b>")]
        assert rows["n"].tolist() == est["n"].tolist()
        assert rows["estimate"].tolist() == pytest.approx(est["estimate"].tolist())
    assert not any("answered" in note or "Design" in note for note in found.banner.notes)


def test_a_metric_that_was_not_asked_is_named(tmp_path: Path) -> None:
    frame = answers()
    frame = frame[frame["channel"] != "fax"]
    frame.loc[frame["quarter"] == "2025Q4", "recommend"] = pd.NA
    found, _ = made(tmp_path, CONFIG.format(name="x"), frame)
    assert found is not None
    assert found.left_out == "Not in this table: =NPS (no answers in this period)."


def test_without_groups_there_is_none(tmp_path: Path) -> None:
    config = CONFIG.format(name="x").replace('[groups]\nby = ["channel", "region"]\n', "")
    found, _ = made(tmp_path, config, answers())
    assert found is None


def test_page_and_workbook_have_it(tmp_path: Path) -> None:
    from cxstats.report import build_report

    frame = answers()
    frame[frame["channel"] != "fax"].to_csv(tmp_path / "answers.csv", index=False)
    (tmp_path / "report.toml").write_text(CONFIG.format(name="x"), encoding="utf-8")
    build_report(read_config(tmp_path / "report.toml"), tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Groups side by side, 2025Q4" in page
    assert "<script>alert(1)</script>" not in page
    book = CalamineWorkbook.from_path(tmp_path / "out" / "report.xlsx")
    rows = book.get_sheet_by_name("side by side").to_python()
    assert any("=NPS" in str(row[0]) for row in rows)
