"""What a reader is told: each thing once, each mark with one meaning, names as they are written."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np

import cxstats as cx
from cxstats.report import build_report, read_config

from .conftest import CONFIG, answers
from .test_page import Page

PLAIN = """
[data]
file = "answers.csv"
[period]
column = "quarter"
[[metrics]]
kind = "csat"
column = "overall"
"""


def test_one_mark_has_one_meaning(configured: Callable[..., Path], tmp_path: Path, no_charts: None) -> None:
    rows = answers()
    rows.loc[rows["quarter"] == "2025Q1", "overall"] = 5
    rows.loc[rows.index[rows["quarter"] == "2025Q2"][1:], "overall"] = np.nan
    build_report(read_config(configured("min_n = 1\n" + PLAIN.replace("csat", "mean"), rows)), tmp_path / "out")
    html = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    meant = dict(re.findall(r'<sup title="([^"]+)">([^<]+)</sup>', html))
    assert sorted(meant.values()) == ["*", "†"]
    for note, mark in meant.items():
        assert f'<p class="small soft">{mark} {note[:1].upper()}{note[1:]}.</p>' in html


def test_an_apostrophe_in_the_tables_is_explained_where_there_is_one(
    built: Path, configured: Callable[..., Path], tmp_path: Path, no_charts: None
) -> None:
    text = (built / "report.html").read_text(encoding="utf-8")
    assert "texts that begin like a formula, such as “=NPS”, have an apostrophe in front" in text
    rows = answers()
    rows = rows[rows["channel"] == "web"].assign(channel="-web")
    text = CONFIG.replace("=NPS", "NPS")
    for channel, told in (("-web", "“-web”"), ("web", "")):
        build_report(read_config(configured(text, rows.assign(channel=channel))), tmp_path / channel)
        said = Page((tmp_path / channel / "report.html").read_text(encoding="utf-8")).text
        assert ("apostrophe" in said) == bool(told)
        assert told in said


def test_titles_keep_the_capitals_of_a_column(configured: Callable[..., Path], tmp_path: Path, no_charts: None) -> None:
    text = CONFIG.replace('["channel", "region"]', '["NPS_group", "region"]').replace('"quarter"', '"wave_Q"')
    build_report(
        read_config(configured(text, answers().assign(NPS_group="a", wave_Q=lambda f: f["quarter"]))), tmp_path / "out"
    )
    said = Page((tmp_path / "out" / "report.html").read_text(encoding="utf-8")).text
    for part in ("=NPS by NPS group", "=NPS by wave Q and NPS group", "Numbers by wave Q"):
        assert part in said, part
    assert "nps group" not in said
    assert "wave_Q" not in said.replace("without wave_Q", "")


def test_one_interval_is_shown_and_another_that_decides_only_where_it_matters(
    configured: Callable[..., Path], tmp_path: Path, no_charts: None
) -> None:
    last = cx.measure(answers().query("quarter == '2025Q4'"), cx.csat("overall"))
    wilson, exact = (float(last.frame(method=m)["conf_low"].iloc[0]) for m in (None, "guarded"))
    assert exact < wilson
    for target, verdict, explained in (((wilson + exact) / 2, "too close to tell", True), (5.0, "met", False)):
        build_report(read_config(configured(f"{PLAIN}target = {target:.4f}\n", answers())), tmp_path / verdict)
        page = Page((tmp_path / verdict / "report.html").read_text(encoding="utf-8"))
        assert f": {verdict}, judged by" in page.text.replace("\n", "")
        assert ("would say “met”. A target is judged by a stricter one" in page.text) == explained
        assert any(value == exact for value, _ in page.numbers)
        assert any(value == wilson for value, _ in page.numbers)
