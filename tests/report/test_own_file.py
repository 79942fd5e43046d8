"""What a file of one's own needs: its codes, its blanks, its decimal mark, and errors that say where they come from."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxstats.report import SAMPLE, build_report, config, read_config
from cxstats.report.answers import DATA
from cxstats.report.comparisons import COMPARE
from cxstats.report.periods import PERIOD
from cxstats.report.words import LANGUAGES, plain

from .conftest import CONFIG, answers
from .test_cli import run
from .test_page import Page

pytestmark = pytest.mark.usefixtures("no_charts")
KEYS = (*config.KEYS, *DATA, *config.DESIGN, *PERIOD, *config.GROUPS, *COMPARE)
GAP = '\n[[metrics]]\nkind = "gap"\ndelivered = "overall"\nexpected = "hoped"\nname = "Gap"\n'


def page_of(path: Path, out: Path) -> str:
    build_report(read_config(path), out)
    return re.sub(r"\s+", " ", Page((out / "report.html").read_text(encoding="utf-8")).text)


def messy() -> pd.DataFrame:
    rows = answers()
    rows["overall"] = rows["overall"].astype(object)
    rows.loc[[0, 1, 2], "overall"] = "Don't know"
    rows.loc[[3, 4], "overall"] = 99
    rows.loc[[6, 7], "region"] = [" north", "south "]
    return rows


def test_codes_blanks_and_a_decimal_comma_are_read_and_said(configured: Callable[..., Path], tmp_path: Path) -> None:
    text = CONFIG.replace("[data]\n", '[data]\ndecimal = ","\nmissing = [99, "Don\'t know"]\n')
    rows = messy()
    path = configured(text, rows)
    rows.to_csv(tmp_path / "answers.csv", index=False, sep=";", decimal=",")
    said = page_of(path, tmp_path / "out")
    assert (
        "395 answers of 400 rows. Missing answers in all rows of the data: 2 written “99” and 3 written “Don't know”."
        in said
    )
    assert "Blanks at the ends of 2 text cells removed: 2 in region." in said
    assert "Taken as missing: overall, 2 written “99” and 3 written “Don't know”." in said
    assert "5 of 400" in said
    tables = tmp_path / "out" / "tables"
    assert pd.read_csv(tables / "by-region.csv")["region"].unique().tolist() == ["north", "south"]


def test_blanks_stay_if_asked(configured: Callable[..., Path], tmp_path: Path) -> None:
    text = CONFIG.replace("[data]\n", '[data]\nstrip = false\nmissing = [99, "Don\'t know"]\n')
    text = text.replace('strata = "region"\npsu = "branch"', "")
    said = page_of(configured(text, messy()), tmp_path / "out")
    assert "Blanks" not in said
    assert " north" in pd.read_csv(tmp_path / "out" / "tables" / "by-region.csv")["region"].tolist()


def test_a_gap_counts_who_lacks_either_answer(configured: Callable[..., Path], tmp_path: Path) -> None:
    rows = answers().assign(hoped=np.resize([5, 4, None, 3], 400))
    rows.loc[[0, 2, 4], "overall"] = np.nan
    said = page_of(configured(CONFIG + GAP, rows), tmp_path / "out")
    assert (
        "298 answers of 400 rows. 102 rows without an answer: 3 in overall and 100 in hoped (1 of them in more than one)."
        in said
    )
    assert "Gap 102 of 400" in said
    assert "Left out" in said
    assert "none. A missing answer" not in said


def test_the_head_counts_the_rows_of_the_file(configured: Callable[..., Path], tmp_path: Path) -> None:
    rows = answers()
    rows.loc[:11, "quarter"] = None
    assert "answers.csv. 400 rows in the file, 12 without quarter; 2025Q1" in page_of(
        configured(rows=rows), tmp_path / "out"
    )


def test_numbers_at_a_glance_have_their_unit(configured: Callable[..., Path], tmp_path: Path) -> None:
    said = page_of(configured(CONFIG.replace("target = 60", "target = 48.96")), tmp_path / "out")
    glance = said[said.index("At a glance") : said.index("Customer satisfaction:")].replace("\N{NO-BREAK SPACE}", " ")
    assert re.search(r"Q4 \d\d\.\d %\d\d\.\d to \d\d\.\d", glance)
    assert re.search(r"[+−]?\d+\.\d points", glance)
    assert re.search(r"points a year", glance)
    assert re.search(r"48\.96 %: (met|missed|too close to tell)", glance)
    assert "49.0" not in glance


@pytest.mark.parametrize(
    ("value", "text"), [(0.75, "0.75"), (48.96, "48.96"), (75.0, "75"), (-5, "−5"), (1e-7, "0.0000001")]
)
def test_a_target_is_printed_as_written(value: float, text: str) -> None:
    assert plain(value) == text


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ('weight = "weight"', 'weight = "negative"', 3, "report.toml, [design] weight: "),
        ('strata = "region"\npsu = "branch"', 'strata = "lonely"', 3, "report.toml, [design] strata: "),
        ('psu = "branch"', 'psu = "holes"', 3, "report.toml, [design] psu: "),
        ('strata = "region"', 'strata = "channel"\nnest = false', 3, "report.toml, [design] "),
        ('column = "overall"', 'column = "channel"', 3, "report.toml, [[metrics]] number 1 (csat channel): "),
        ('column = "recommend"', 'column = "wrong"', 3, "report.toml, [[metrics]] number 2 (nps wrong): "),
        ('column = "quarter"', 'column = "quarter"\nevery = "year"', 3, "report.toml, [period] column: "),
        ("answers.csv", "anwsers.csv", 2, "report.toml, [data] file: "),
    ],
)
def test_errors_of_the_data_keep_their_place(
    configured: Callable[..., Path], tmp_path: Path, old: str, new: str, code: int, said: str
) -> None:
    rows = answers()
    n = len(rows)
    rows = rows.assign(
        negative=-1.0,
        lonely=["x", *["y"] * (n - 1)],
        wrong=11,
        holes=pd.Series(["b"] * n).where(pd.Series(range(n)) > 0),
    )
    assert old in CONFIG
    result = run("report", str(configured(CONFIG.replace(old, new, 1), rows)), "--out", str(tmp_path / "out"))
    assert (result.exit_code, result.stderr.count(said)) == (code, 1), result.stderr


def test_the_example_holds_every_key(tmp_path: Path) -> None:
    from cxstats.metrics import REGISTRY

    example = Path(__file__).parents[2] / "examples" / "own_file.toml"
    (tmp_path / "own_file.toml").write_bytes(example.read_bytes())
    (tmp_path / "answers.csv").write_text("a\n1\n")
    read = read_config(tmp_path / "own_file.toml")
    assert read.file == tmp_path / "answers.csv"
    assert (read.decimal, read.missing, read.strip) == (",", (99, "Don't know"), True)
    assert {metric.kind for metric in read.metrics} == set(REGISTRY)
    text = example.read_text(encoding="utf-8")
    assert read.marks == LANGUAGES["de"]
    for said in (text, SAMPLE.read_text(encoding="utf-8")):
        for key in KEYS:
            assert re.search(rf"^(# )?(\[+)?{key}\b", said, flags=re.MULTILINE), key


def test_help_lists_the_keys_and_names_the_example() -> None:
    said = run("report", "--help").stdout
    for key in KEYS:
        assert key in said, key
    assert "examples/own_file.toml" in said
