import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from cxstats.cli import main
from cxstats.report import SAMPLE, build_report, read_config

from .conftest import CONFIG, answers
from .test_folder import bytes_of

ROWS = "report.xlsx, 10 tables and 0 charts: 400 rows, 4 periods"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def test_it_says_what_it_wrote_where(configured: Callable[..., Path], tmp_path: Path, no_charts: None) -> None:
    result = run("report", str(configured()), "--out", str(tmp_path / "out"))
    assert result.exit_code == 0
    assert result.stdout == f"Wrote {tmp_path / 'out' / 'report.html'}, {ROWS}.\n"
    assert result.stderr == ""


def test_paths_in_the_configuration_start_from_its_folder(
    configured: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_charts: None
) -> None:
    path = configured()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert run("report", str(path)).exit_code == 0
    assert (tmp_path / "elsewhere" / "report" / "report.html").is_file()


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("[data]", "titel = 'x'\n[data]", 2, "Did you mean 'title'"),
        ("answers.csv", "anwsers.csv", 2, "Did you mean 'answers.csv'"),
        ('column = "overall"', 'column = "overal"', 2, "no column 'overal'. Did you mean 'overall'"),
        ('weight = "weight"', 'weight = "wt"', 2, "[design] weight: no column 'wt'"),
        ('by = ["channel", "region"]', 'by = ["row"]', 2, "400 different values"),
        ('column = "overall"', 'column = "overall"\nscale = [1, 4]', 3, "answers outside the scale"),
        ('column = "overall"', 'column = "channel"', 3, "holds text"),
        ('strata = "region"\npsu = "branch"', 'strata = "lonely"', 3, "a single row"),
        ('weight = "weight"', 'weight = "negative"', 3, "negative"),
        ('column = "quarter"', 'column = "quarter"\nevery = "year"', 3, "no dates"),
        ('column = "quarter"', 'column = "told"', 3, "does not sort by time"),
        ('column = "quarter"', 'column = "nothing"', 4, "no period to report"),
        ('column = "overall"', 'column = "nothing"', 0, ""),
    ],
)
def test_exit_codes(
    configured: Callable[..., Path], tmp_path: Path, no_charts: None, old: str, new: str, code: int, said: str
) -> None:
    rows = answers()
    rows = rows.assign(
        row=range(len(rows)), nothing=None, negative=-1.0, lonely=["x", *["y"] * (len(rows) - 1)],
        told=rows["quarter"].map(lambda q: f"{q[4:]} {q[:4]}"),
    )  # fmt: skip
    assert old in CONFIG
    result = run("report", str(configured(CONFIG.replace(old, new, 1), rows)), "--out", str(tmp_path / "out"))
    assert result.exit_code == code, result.stderr
    assert said in result.stderr
    if code:
        assert result.stderr.startswith("cxstats: ")
        assert "Traceback" not in result.stderr
        assert result.stdout == ""
        assert {p.name for p in tmp_path.iterdir()} == {"answers.csv", "report.toml"}


def test_nothing_to_report(configured: Callable[..., Path], tmp_path: Path) -> None:
    result = run("report", str(configured(rows=answers().iloc[:0])), "--out", str(tmp_path / "out"))
    assert (result.exit_code, "no rows" in result.stderr) == (4, True)
    rows = answers().assign(overall=None, recommend=None)
    result = run("report", str(configured(rows=rows)), "--out", str(tmp_path / "out"))
    assert (result.exit_code, "nobody answered" in result.stderr) == (4, True)


def test_bad_files(configured: Callable[..., Path], tmp_path: Path) -> None:
    path = configured()
    (tmp_path / "answers.csv").write_bytes(b"")
    assert run("report", str(path)).exit_code == 3
    (tmp_path / "answers.csv").write_bytes(b"a,a\n1,2\n")
    assert run("report", str(path)).exit_code == 3
    result = run("report", str(tmp_path / "reprot.toml"))
    assert (result.exit_code, "Did you mean 'report.toml'" in result.stderr) == (2, True)


def test_a_folder_of_somebody_is_refused_before_anything_is_read(
    configured: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    path = configured(CONFIG.replace("answers.csv", "not there.csv"))
    result = run("report", str(path), "--out", str(tmp_path / "mine"))
    assert (result.exit_code, "thesis.txt" in result.stderr) == (2, True)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "x"


def test_usage() -> None:
    assert run("report", "--nonsense").exit_code == 2
    assert run("reprot").exit_code == 2
    assert run("--version").stdout.startswith("cxstats, version ")
    assert "4 nothing to report" in run("report", "--help").stdout


def test_without_a_file_the_sample_is_reported_and_says_synthetic(
    tmp_path: Path, no_charts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("report")
    assert result.exit_code == 0, result.stderr
    assert "synthetic" in result.stdout
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "Synthetic data." in page
    for name in ("overall", "metrics"):
        assert len(pd.read_csv(tmp_path / "report" / "tables" / f"{name}.csv")) == 5
    run("report", str(SAMPLE), "--out", "again")
    assert bytes_of(tmp_path / "report") == bytes_of(tmp_path / "again")


def test_two_runs_write_the_same_bytes(project: Path, built: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", "from cxstats.cli import main; main()"]
    done = subprocess.run(
        [*command, "report", str(project / "report.toml"), "--out", "other"], cwd=tmp_path, capture_output=True,
        text=True, check=False, env={**os.environ, "PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Asia/Tokyo"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Wrote {Path('other') / 'report.html'}, report.xlsx, 10 tables and 10 charts")
    assert bytes_of(tmp_path / "other") == bytes_of(built)


def test_a_dry_run_checks_all_and_writes_nothing(configured: Callable[..., Path], tmp_path: Path) -> None:
    path = configured()
    result = run("report", str(path), "--out", str(tmp_path / "out"), "--dry-run")
    assert result.exit_code == 0
    assert "in order: 400 rows, 4 periods. Nothing was written" in result.stdout
    assert {p.name for p in tmp_path.iterdir()} == {"answers.csv", "report.toml"}
    promised = build_report(read_config(path), tmp_path / "out", dry_run=True)
    assert (
        f"Files: {len(promised.files)} files: report.html, report.xlsx, manifest.json, 10 tables, 10 charts"
        in result.stdout
    )
    assert run("report", str(path), "--out", str(tmp_path / "out")).exit_code == 0
    assert set(bytes_of(tmp_path / "out")) == set(promised.files)


def test_a_dry_run_counts_answers_and_what_would_not_be_shown(configured: Callable[..., Path], tmp_path: Path) -> None:
    rows = answers()
    said = run("report", str(configured(rows=rows)), "--out", str(tmp_path / "out"), "--dry-run").stdout
    assert "Periods: 4 by quarter, 2025Q1 to 2025Q4.\n" in said
    assert "channel (4: " in said
    assert "region (2: north and south)" in said
    (line,) = [line for line in said.splitlines() if line.startswith("Satisfied")]
    assert line.split("  ")[1] == "400"
    assert "  100  " in line  # in each quarter
    cells = rows.groupby(["quarter", "channel"]).size()
    small = int((cells < 10).sum())
    whole = rows.groupby("channel").size()
    shown = whole[whole >= 10]
    assert f"  {shown.min()} to {shown.max()}  " in line
    assert small > 1
    assert f"  Satisfied & <b>happy</b>: by quarter and channel: {small} small and " in said
    for n in cells[cells < 10]:
        assert f" {n} to " not in line


def test_a_dry_run_says_so_if_nothing_would_be_hidden(configured: Callable[..., Path], tmp_path: Path) -> None:
    text = CONFIG.replace('[groups]\nby = ["channel", "region"]\n', "")
    said = run("report", str(configured(text)), "--out", str(tmp_path / "out"), "--dry-run").stdout
    assert "Groups: none.\n" in said
    assert "Suppressed: none of 10 cells; none has fewer than 10 answers.\n" in said


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ('column = "overall"', 'column = "overal"', 2, "no column 'overal'"),
        ('column = "overall"', 'column = "overall"\nscale = [1, 4]', 3, "answers outside the scale"),
        ('column = "quarter"', 'column = "quarter"\nevery = "year"', 3, "no dates"),
    ],
)
def test_a_dry_run_finds_what_a_run_would(
    configured: Callable[..., Path], tmp_path: Path, old: str, new: str, code: int, said: str
) -> None:
    result = run("report", str(configured(CONFIG.replace(old, new, 1))), "--out", str(tmp_path / "out"), "--dry-run")
    assert (result.exit_code, said in result.stderr, result.stdout) == (code, True, "")


def test_a_dry_run_leaves_a_former_report_and_refuses_a_folder_of_somebody(
    configured: Callable[..., Path], tmp_path: Path, no_charts: None
) -> None:
    path = configured()
    run("report", str(path), "--out", str(tmp_path / "out"))
    before = bytes_of(tmp_path)
    assert run("report", str(path), "--out", str(tmp_path / "out"), "--dry-run").exit_code == 0
    assert bytes_of(tmp_path) == before
    (tmp_path / "out" / "mine.txt").write_text("x")
    result = run("report", str(path), "--out", str(tmp_path / "out"), "--dry-run")
    assert (result.exit_code, "mine.txt" in result.stderr) == (2, True)


def test_init_writes_an_example_that_works_and_replaces_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("report", "--init")
    assert (result.exit_code, "report.toml" in result.stdout) == (0, True)
    assert (tmp_path / "report.toml").read_bytes() == SAMPLE.read_bytes()
    result = run("report", "report.toml", "--dry-run")
    assert (result.exit_code, "Nothing was written" in result.stdout) == (0, True), result.stderr
    (tmp_path / "report.toml").write_text("mine")
    result = run("report", "--init")
    assert (result.exit_code, "there already and stays" in result.stderr) == (2, True)
    assert (tmp_path / "report.toml").read_text() == "mine"
    assert [p.name for p in tmp_path.iterdir()] == ["report.toml"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--init", "--dry-run"), "Give one of the two"),
        (("my.txt", "--init"), "a configuration is a .toml file"),
        (("nowhere/my.toml", "--init"), "there is no folder nowhere"),
    ],
)
def test_init_says_what_is_wrong(
    arguments: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("report", *arguments)
    assert (result.exit_code, said in result.stderr) == (2, True), result.stderr
    assert list(tmp_path.iterdir()) == []


def test_help_is_laid_out() -> None:
    shown = CliRunner().invoke(main, ["report", "--help"]).output
    assert "\\b" not in shown
    assert "\n    [design]     weight, strata, psu, fpc, lone_psu, nest\n" in shown
