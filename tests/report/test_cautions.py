"""Slips that give numbers without an error are told beside them, on the page and in the terminal."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxstats.report.periods import gaps

from .slips import ALL, CSAT, FCR, HEAD, PYTHON, metric, period, rows
from .test_cli import run
from .test_own_file import page_of

pytestmark = pytest.mark.usefixtures("no_charts")
EFFORT = metric("effort", column='"easy"', scale="[1, 10]")
BOTH = HEAD.replace("[period]", "missing = [0]\n[period]") + CSAT + '[[metrics]]\nkind = "nps"\ncolumn = "recommend"\n'
GROUPED = ALL + '[groups]\nby = ["channel"]\n'
TWICE = pd.concat([rows(), rows()], ignore_index=True)


def heard(folder: Path, text: str, frame: pd.DataFrame) -> tuple[str, str, str]:
    """Return what a dry run says, its cautions, and the page."""
    frame.to_csv(folder / "answers.csv", index=False, sep=";")
    (folder / "my.toml").write_text(text, encoding="utf-8")
    result = run("report", str(folder / "my.toml"), "--dry-run", "--out", str(folder / "out"))
    assert result.exit_code == 0, result.stderr
    return result.stdout, result.stderr, page_of(folder / "my.toml", folder / "out")


SLIPS = {
    "yes in two languages": (
        metric("first_contact_resolution", **FCR, yes='"ja"'),
        rows(resolved=np.resize(["ja", "ja", "nein", "yes"], 80)),
        "the answers 'nein' and 'yes' both count as not resolved; if one of them means resolved, name all that do in yes =",
    ),
    "yes in many words": (
        metric("first_contact_resolution", **FCR, yes='"ja"'),
        rows(resolved=np.resize(["ja", *"abcdefg"], 80)),
        "the answers 'a', 'b', 'c', 'd', 'e' and 2 more all count as not resolved",
    ),
    "a code that is an answer elsewhere": (
        BOTH,
        rows(overall=[0, *[4] * 79]),
        "missing = [0] in [data] took 8 answers from recommend, whose scale from 0 to 10 holds 0",
    ),
    "a scale too long": (
        EFFORT,
        rows(easy=np.resize(np.arange(1, 8), 80)),
        "all 80 answers to easy lie from 1 to 7, but the scale goes to 10: if 7 was the highest that could be given, write "
        "scale = [1, 7]",
    ),
    "the same file twice": (ALL, TWICE, "160 of 160 rows are the same as another row in all 10 columns"),
    "capitals of labels": (
        GROUPED,
        rows(channel=np.resize(["CHAT", "Chat", "Web"], 80)),
        "labels of channel differ in blanks or capitals only: 'CHAT', 'Chat'",
    ),
    "a far year": (
        period(column='"date"', every='"quarter"'),
        rows(date=[*["2052-01-03"] * 3, *np.resize(["2025-03-31", "2025-06-29", "2025-09-30", "2025-10-31"], 77)]),
        "no row lies between 2025Q4 and 2052Q1, which is more than 2 years",
    ),
}


@pytest.mark.parametrize("slip", SLIPS, ids=list(SLIPS))
def test_a_slip_is_told_in_the_terminal_and_on_the_page(tmp_path: Path, slip: str) -> None:
    text, frame, said = SLIPS[slip]
    out, cautions, page = heard(tmp_path, text, frame)
    assert cautions.count(said) == 1, cautions
    assert page.count(said[1:]) == 1, page  # the first letter may be a capital there
    assert out.startswith("Configuration and data can be read, with 1 caution (see below): ")
    assert not PYTHON.findall(cautions), cautions


def test_labels_are_told_of_once_for_all_metrics(tmp_path: Path) -> None:
    text = GROUPED + '[[metrics]]\nkind = "nps"\ncolumn = "recommend"\n'
    _, cautions, page = heard(tmp_path, text, rows(channel=np.resize(["CHAT", "Chat", "Web"], 80)))
    assert cautions.count("labels of channel") == page.count("labels of channel") == 1


NONE = {
    "all that mean resolved are named": (
        metric("first_contact_resolution", **FCR, yes='["ja", "yes"]'),
        rows(resolved=np.resize(["ja", "ja", "nein", "yes"], 80)),
    ),
    "a code off every scale": (BOTH.replace("[0]", "[99]"), rows(overall=[99, *[4] * 79])),
    "a scale whose end is not given": (EFFORT, rows(easy=np.resize(np.arange(1, 9), 80))),
    "few answers": (EFFORT, rows(easy=[*[7] * 19, *[None] * 61])),
    "a few copies": (ALL, pd.concat([rows(), rows().head(20)], ignore_index=True)),
    "two years apart": (ALL, rows(quarter=np.repeat(["2023Q1", "2023Q2", "2025Q2", "2025Q3"], 20))),
}


@pytest.mark.parametrize("case", NONE, ids=list(NONE))
def test_what_is_no_slip_is_not_told(tmp_path: Path, case: str) -> None:
    out, cautions, page = heard(tmp_path, *NONE[case])
    assert cautions == ""
    assert "Caution" not in page
    assert out.startswith("Configuration and data are in order: ")


def test_the_last_period_before_a_far_year_is_the_one_that_may_be_incomplete(tmp_path: Path) -> None:
    text, frame, _ = SLIPS["a far year"]
    out, _, page = heard(tmp_path, text, frame)
    assert "2025Q4 is incomplete" in out
    assert "2052Q1 is incomplete" not in page


@pytest.mark.parametrize(
    ("periods", "found"),
    [
        (["2023Q1", "2025Q1", "2027Q3"], [2]),
        ([2015, 2018], []),
        ([2015, 2019], [1]),
        (["wave 1", "wave 9"], []),
        (["FY2020Q1", "FY2026Q1"], [1]),
        (["2025-01"], []),
    ],
)
def test_gaps_are_of_more_than_two_years(periods: list[object], found: list[int]) -> None:
    assert gaps(periods) == found
