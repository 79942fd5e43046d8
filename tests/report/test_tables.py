import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.tables.formulas import guarded, write_table

from .conftest import FORMULA, SCRIPT, answers


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_tables_of_a_report(built: Path) -> None:
    names = {p.stem for p in (built / "tables").iterdir()}
    assert names == {
        "by-period", "overall", "by-channel", "by-region", "by-period-and-channel", "by-period-and-region", "changes",
        "trends", "targets", "metrics",
    }  # fmt: skip


def test_a_text_is_never_a_formula_and_a_negative_number_stays_one(built: Path) -> None:
    for path in (built / "tables").iterdir():
        for row in rows_of(path):
            for name, cell in row.items():
                assert not cell.startswith(("=", "+", "@", "\t")), (path.name, name, cell)
                if cell.startswith("-"):
                    float(cell)
    assert {row["channel"] for row in rows_of(built / "tables" / "by-channel.csv")} >= {SCRIPT, f"'{FORMULA}"}
    assert {row["metric"] for row in rows_of(built / "tables" / "by-period.csv")} >= {"'=NPS"}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx"])
def test_what_begins_a_formula_gets_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert guarded(f"a{text}") == f"a{text}"


def test_headers_are_guarded_too_and_numbers_are_not(tmp_path: Path) -> None:
    path = write_table(tmp_path / "t.csv", pd.DataFrame({"=h": [-1.5, np.nan], "b": ["-x", None]}))
    assert path.read_text(encoding="utf-8") == "'=h,b\n-1.5,'-x\n,\n"


def test_every_digit_is_kept(built: Path) -> None:
    survey = cx.Survey(answers(), weight="weight", strata="region", psu="branch")
    estimate = cx.measure(survey, cx.csat("overall"), by="quarter").frame()
    found = [row for row in rows_of(built / "tables" / "by-period.csv") if row["metric"].startswith("Satisfied")]
    for column in ("estimate", "std_error", "conf_low", "conf_high"):
        assert [float(row[column]) for row in found] == estimate[column].tolist()
    assert [int(row["n"]) for row in found] == estimate["n"].tolist()


def test_suppressed_cells_are_empty_and_say_so(built: Path) -> None:
    closed = [row for row in rows_of(built / "tables" / "by-period-and-channel.csv") if "n < 10" in row["note"]]
    assert closed
    for row in closed:
        assert [row[c] for c in ("n", "estimate", "std_error", "conf_low", "conf_high", "n_effective")] == [""] * 6


def test_a_silent_period_has_no_answers_and_no_estimate(built: Path) -> None:
    found = [row for row in rows_of(built / "tables" / "by-period.csv") if row["metric"] == "'=NPS"]
    assert [(row["n"], row["estimate"], row["note"]) for row in found[:2]] == [("0", "", "no answers")] * 2
