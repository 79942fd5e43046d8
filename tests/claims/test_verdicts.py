"""Verdicts as a table: printed, in a notebook, sorted, exported; what came in as text is shown as text."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError

COLUMNS = [
    "claim", "says", "estimate", "conf_low", "conf_high", "region", "verdict", "reason", "n_to_settle", "unit", "level",
    "p_value", "n", "n_effective", "declared", "source", "synthetic", "sentence",
]  # fmt: skip


def satisfied(survey: Any) -> cx.Estimate:
    return cx.measure(survey, cx.csat("overall"))


@pytest.fixture
def claims(most: cx.Claim) -> list[Any]:
    few = cx.Claim("few", says="few are satisfied", source="a rumour", measure=satisfied, region=cx.below(20))
    near = cx.Claim("near", measure=satisfied, region=cx.between(69, 71))
    lost = cx.Claim("lost", measure=satisfied, region=cx.above(50), data="staff")
    return [few, lost, most, near, cx.all_of("both", parts=[most, near])]


@pytest.fixture
def verdicts(claims: list[Any], answers: pd.DataFrame) -> cx.Verdicts:
    return cx.check(claims, answers)


def test_the_frame_has_a_row_a_claim_and_on_request_its_parts(verdicts: cx.Verdicts) -> None:
    table, whole = verdicts.frame(), verdicts.frame(parts=True)
    assert list(table.columns) == COLUMNS
    assert table["claim"].tolist() == ["few", "lost", "most", "near", "both"]
    assert table["verdict"].tolist() == ["contradicted", "untestable", "supported", "inconclusive", "inconclusive"]
    assert whole["claim"].tolist()[5:] == ["both: most", "both: near"]
    pd.testing.assert_frame_equal(whole.iloc[:5], table)
    for verdict, (_, row) in zip(verdicts, table.iterrows(), strict=True):
        for name in COLUMNS:
            np.testing.assert_equal(row[name], getattr(verdict, name))


def test_verdicts_are_found_by_place_and_by_id(verdicts: cx.Verdicts) -> None:
    assert verdicts["most"] is verdicts[2] is verdicts[-3]
    assert [v.claim for v in verdicts[1:3]] == ["lost", "most"]
    assert isinstance(verdicts[1:3], cx.Verdicts)
    with pytest.raises(ArgumentError, match=r"no claim has that id.*Did you mean 'most'"):
        verdicts["mots"]


def test_sorting(verdicts: cx.Verdicts) -> None:
    assert [v.claim for v in verdicts.sort()] == ["most", "few", "near", "both", "lost"]
    assert [v.claim for v in verdicts.sort("claim")] == ["both", "few", "lost", "most", "near"]
    assert [v.claim for v in verdicts.sort("conf_low")][-1] == "lost"
    assert [v.claim for v in verdicts.sort("n_to_settle")][:2] == ["near", "both"]
    with pytest.raises(ArgumentError, match=r"sort\(by=\): 'p' is not one of"):
        verdicts.sort("p")


def test_the_printed_table(verdicts: cx.Verdicts) -> None:
    n = f"{verdicts['near'].n_to_settle:.0f}"
    lines = repr(verdicts).split("\n")
    assert lines[:8] == [
        "claim   verdict         estimate      interval  unit  region             n",
        "few     ✗ contradicted      70.0  65.2 to 74.5  %     below(20)        400",
        "lost    – untestable",
        "most    ✓ supported         70.0  65.2 to 74.5  %     above(50)        400",
        "near    ? inconclusive      70.0  65.2 to 74.5  %     between(69, 71)  400",
        "both    ? inconclusive      70.0  65.2 to 74.5  %     between(69, 71)  400",
        "  most  ✓ supported         70.0  65.2 to 74.5  %     above(50)        400",
        "  near  ? inconclusive      70.0  65.2 to 74.5  %     between(69, 71)  400",
    ]
    assert lines[8] == "lost: no data set 'staff' was given, only 'survey'."
    shown = f"{int(np.ceil(int(n) / 1000) * 1000):,}"
    assert (
        lines[9]
        == f"near: the interval 65.2 to 74.5 reaches across 69 and 71; about {shown} respondents would settle it"
    )
    assert lines[-1] == "5 claims: 1 supported, 1 contradicted, 2 inconclusive, 1 untestable. Level 95 %."


def test_the_footer_says_what_was_shared_declared_and_made_up(
    claims: list[Any], answers: pd.DataFrame, tmp_path: Path
) -> None:
    path = cx.declare(claims[:3], tmp_path / "claims.toml")
    changed = cx.Claim("few", says="few are satisfied", source="a rumour", measure=satisfied, region=cx.below(30))
    found = cx.check([changed, *claims[1:4]], answers.assign(synthetic=True), adjust="bonferroni", declared=path)
    assert repr(found).split("\n")[-3:] == [
        "4 claims: 1 supported, 1 contradicted, 1 inconclusive, 1 untestable. Level 95 %, shared by 4 claims (Bonferroni).",
        "Declared beforehand: 2 of 4; few changed: region was below(20); near not declared.",
        "Synthetic sample data: the verdicts only show whether the method finds what was put in.",
    ]
    assert "shared by 4 claims" in repr(found[:2])  # also where only some are shown
    assert repr(cx.check(claims[2], answers, declared=path)).endswith("Level 95 %.\nDeclared beforehand: 1 of 1.")


def test_no_verdicts_print_too() -> None:
    assert repr(cx.check([], {})).endswith(
        "0 claims: 0 supported, 0 contradicted, 0 inconclusive, 0 untestable. Level 95 %."
    )


def test_what_came_in_as_text_is_text_in_the_page(answers: pd.DataFrame) -> None:
    bad = '<script>alert("1")</script>'
    claims = [
        cx.Claim(f"{bad}{k}", says=bad, source=bad, what=bad, measure=satisfied, region=cx.above(50), data=data)
        for k, data in enumerate(["survey", f"{bad}set"])
    ]
    shown = cx.check([*claims, cx.all_of(bad, says=bad, parts=claims)], answers)._repr_html_()
    assert "<script" not in shown
    assert "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;set" in shown
    assert shown.count("<tr>") == 6
    assert "The data support" in shown


HOSTILE = "=HYPERLINK(1)"


@pytest.fixture
def hostile(answers: pd.DataFrame) -> cx.Verdicts:
    made = cx.Claim(HOSTILE, says="+1", source="@x", what="-1", measure=satisfied, region=cx.above(70))
    return cx.check([made, cx.Claim("lost", measure=satisfied, region=cx.above(5), data="=x")], answers)


def test_the_csv_runs_no_formula_and_is_the_same_each_time(
    hostile: cx.Verdicts, verdicts: cx.Verdicts, tmp_path: Path
) -> None:
    text = hostile.to_csv(tmp_path / "v.csv").read_text(encoding="utf-8")
    assert f"\n'{HOSTILE},'+1," in text
    back = pd.read_csv(tmp_path / "v.csv")
    assert list(back.columns) == COLUMNS
    assert not [v for v in back.to_numpy().ravel() if isinstance(v, str) and v.startswith(tuple("=+-@"))]
    assert verdicts.to_csv(tmp_path / "a.csv").read_bytes() == verdicts.to_csv(tmp_path / "b.csv").read_bytes()
    assert len(pd.read_csv(tmp_path / "a.csv")) == 7


def test_the_workbook_runs_no_formula_and_is_the_same_each_time(
    hostile: cx.Verdicts, verdicts: cx.Verdicts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from python_calamine import CalamineWorkbook

    path = hostile.to_excel(tmp_path / "v.xlsx")
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet.lower().replace(HOSTILE.lower(), "")
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert rows[0] == COLUMNS
    assert rows[1][0] == HOSTILE
    assert rows[1][2:5] == pytest.approx([hostile[0].estimate, hostile[0].conf_low, hostile[0].conf_high])
    assert rows[1][8] == "infinite"  # the estimate lies on the edge
    assert rows[2][2] == ""
    assert rows[4][0].startswith("2 claims: ")
    one = verdicts.to_excel(tmp_path / "a.xlsx").read_bytes()
    monkeypatch.setattr("time.time", lambda: 2e9)
    assert verdicts.to_excel(tmp_path / "b.xlsx").read_bytes() == one
