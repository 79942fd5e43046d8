"""Verdicts as a table: printed, in a notebook, sorted, exported; what came in as text is shown as text."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

import cxstats as cx
from cxstats.claims import words
from cxstats.errors import ArgumentError

COLUMNS = [
    "claim", "says", "estimate", "conf_low", "conf_high", "region", "verdict", "reason", "n_to_settle", "unit", "level",
    "p_value", "n", "n_effective", "declared", "source", "synthetic", "sentence", "what", "why", "notes",
]  # fmt: skip
LONE, HIGHEST = "one stratum has a lone branch", "the highest group is 'app'"


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
    found = cx.check(claims, answers)
    return replace(found, verdicts=tuple(noted(v) for v in found))


def noted(v: Any, *notes: str) -> Any:
    """Return the verdict with these notes and no others, and with none in its parts."""
    return replace(v, notes=notes, left_out="", parts=tuple(noted(part) for part in v.parts))


@pytest.fixture
def with_notes(verdicts: cx.Verdicts) -> cx.Verdicts:
    """Return verdicts of which two claims and a part share a note, and the part has one of its own."""
    few, lost, most, near, both = verdicts
    parts = (noted(both.parts[0], LONE, HIGHEST), both.parts[1])
    both = replace(both, notes=(LONE,), parts=parts)
    few = replace(noted(few, LONE), what="the share", why="a rumour says 20", left_out="left out: 3 of 9")
    return replace(verdicts, verdicts=(few, lost, noted(most, LONE), near, both))


def test_the_frame_has_a_row_a_claim_and_on_request_its_parts(verdicts: cx.Verdicts) -> None:
    table, whole = verdicts.frame(), verdicts.frame(parts=True)
    assert list(table.columns) == COLUMNS
    assert table["claim"].tolist() == ["few", "lost", "most", "near", "both"]
    assert table["verdict"].tolist() == ["contradicted", "untestable", "supported", "inconclusive", "inconclusive"]
    assert whole["claim"].tolist()[5:] == ["both: most", "both: near"]
    pd.testing.assert_frame_equal(whole.iloc[:5], table)
    for verdict, (_, row) in zip(verdicts, table.iterrows(), strict=True):
        for name in COLUMNS[:-1]:
            np.testing.assert_equal(row[name], getattr(verdict, name))


def test_the_frame_ends_with_what_why_and_the_notes(with_notes: cx.Verdicts) -> None:
    table = with_notes.frame(parts=True).set_index("claim")
    assert table.loc["few", ["what", "why"]].tolist() == ["the share", "a rumour says 20"]
    few = f"{LONE}; left out: 3 of 9"
    assert table["notes"].tolist() == [few, "", LONE, "", LONE, f"{LONE}; {HIGHEST}", ""]
    assert [v.claim for v in with_notes.sort("notes")] == ["lost", "near", "most", "both", "few"]


def test_verdicts_are_found_by_place_and_by_id(verdicts: cx.Verdicts) -> None:
    assert verdicts["most"] is verdicts[2] is verdicts[-3]
    assert [v.claim for v in verdicts[1:3]] == ["lost", "most"]
    assert isinstance(verdicts[1:3], cx.Verdicts)
    with pytest.raises(ArgumentError, match=r"no claim has that id.*Did you mean 'most'"):
        verdicts["mots"]
    assert "most" in verdicts
    assert "mots" not in verdicts
    assert verdicts[2] in verdicts
    assert verdicts[2] not in verdicts[:2]
    assert 3 not in verdicts


def test_what_is_cut_out_or_sorted_keeps_what_was_said_of_all(verdicts: cx.Verdicts) -> None:
    whole = replace(verdicts, unchecked=("a",), conditions="level 0.9, declared 0.95")
    for some in (whole[:2], whole.sort(), whole.sort("n")):
        assert (some.unchecked, some.conditions) == (("a",), "level 0.9, declared 0.95")


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
        "lost    – untestable                                  above(50)",
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
    assert repr(cx.check(claims[:3], answers, declared=path)).endswith("Level 95 %.\nDeclared beforehand: 3 of 3.")


@pytest.mark.parametrize(
    ("unchecked", "says"),
    [("abc", "3 declared claims were not checked: a, b, c."),
     ("abcdefghijkl", "12 declared claims were not checked: a, b, c and 9 more."),
     ("a", "1 declared claim was not checked: a.")],
)  # fmt: skip
def test_the_footer_says_what_was_declared_and_not_checked(
    claims: list[Any], answers: pd.DataFrame, tmp_path: Path, unchecked: str, says: str
) -> None:
    path = cx.declare(claims[2], tmp_path / "claims.toml")
    found = cx.check(claims[2], answers, declared=path)
    more = replace(found, unchecked=tuple(unchecked), conditions="level 0.9, declared 0.95")
    below = ["Declared beforehand: 1 of 1.", says, "Level 0.9, declared 0.95."]
    assert repr(more).split("\n")[-3:] == below
    assert "<br>".join(below) in more._repr_html_()
    assert repr(more[:0]) == f"No claims. Level 95 %.\n{says}\nLevel 0.9, declared 0.95."


def test_no_claims_are_said_in_words(tmp_path: Path) -> None:
    none = cx.check([], {})
    assert repr(none) == "No claims. Level 95 %."
    assert none._repr_html_() == '<p style="font-size:smaller">No claims. Level 95 %.</p>'
    assert len(pd.read_csv(none.to_csv(tmp_path / "v.csv"))) == 0
    assert len(pd.read_excel(none.to_excel(tmp_path / "v.xlsx"), engine="calamine")) == 0


def test_a_note_is_told_once_with_the_claims_that_share_it(with_notes: cx.Verdicts) -> None:
    lines = repr(with_notes).split("\n")
    at = lines.index(f"few, most, both: most: {LONE}")
    assert lines[at + 1] == f"both: most: {HIGHEST}"
    assert lines[at + 2].startswith("5 claims: ")
    assert repr(with_notes).count(LONE) == 1
    html = with_notes._repr_html_()
    assert f"<b>few, most, both: most</b>: {LONE}<br><b>both: most</b>: the highest group is &#x27;app&#x27;" in html


def test_long_notes_and_reasons_are_wrapped_between_words(verdicts: cx.Verdicts) -> None:
    long = " ".join(["left-out-because-of-that"] * 9)
    lines = repr(replace(verdicts, verdicts=(noted(verdicts["near"], long),))).split("\n")
    assert all(len(text) <= 120 for text in lines)
    told = lines[next(n for n, text in enumerate(lines) if text.startswith("near: left")) : -1]
    assert len(told) == 3
    assert " ".join(text.strip() for text in told) == f"near: {long}"


def test_an_open_all_of_says_why_though_a_part_is_contradicted(answers: pd.DataFrame) -> None:
    """A part beyond the level 1 - alpha but not beyond 1 - alpha/2 does not contradict the whole."""
    low = cx.measure(answers, cx.csat("overall")).test(cx.above(0), level=0.96, method="guarded")["conf_high"].iloc[0]
    parts = [cx.Claim(k, measure=satisfied, region=cx.above(edge)) for k, edge in (("a", float(low)), ("b", 50))]
    found = cx.check(cx.all_of("both", parts=parts), answers)
    assert [found[0].verdict, found[0].parts[0].verdict] == ["inconclusive", "contradicted"]
    assert f"\nboth: {found[0].reason[:40]}" in repr(found)
    assert f"<b>both</b>: {found[0].sentence[:20]}" in found._repr_html_()


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
    marked = cx.check(claims, answers)
    assert (
        "<script"
        not in replace(marked, verdicts=(noted(marked[0], bad),), unchecked=(bad,), conditions=bad)._repr_html_()
    )


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
    path = hostile.to_excel(tmp_path / "v.xlsx")
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet.lower().replace(HOSTILE.lower(), "")
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert rows[0] == COLUMNS
    assert rows[1][0] == HOSTILE
    assert rows[1][2:5] == pytest.approx([hostile[0].estimate, hostile[0].conf_low, hostile[0].conf_high])
    assert rows[1][8] == "inf"  # the estimate lies on the edge
    assert rows[2][2] == ""
    assert len(rows) == 3
    one = verdicts.to_excel(tmp_path / "a.xlsx").read_bytes()
    monkeypatch.setattr("time.time", lambda: 2e9)
    assert verdicts.to_excel(tmp_path / "b.xlsx").read_bytes() == one


def patterns(path: Path) -> dict[str, str]:
    """Return how each number on the first sheet of a workbook is shown, by cell."""
    main = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    with zipfile.ZipFile(path) as book:
        styles, sheet = (ElementTree.fromstring(book.read(f"xl/{n}.xml")) for n in ("styles", "worksheets/sheet1"))
    known = {f.attrib["numFmtId"]: f.attrib["formatCode"] for f in styles.iterfind("m:numFmts/m:numFmt", main)}
    known |= {"3": "#,##0", "4": "#,##0.00", "11": "0.00E+00"}  # those that every workbook has
    shown = [f.attrib["numFmtId"] for f in styles.iterfind("m:cellXfs/m:xf", main)]
    cells = [c for c in sheet.iterfind(".//m:c", main) if c.attrib.get("t") != "s"]
    return {c.attrib["r"]: known[shown[int(c.attrib["s"])]] for c in cells}


def test_the_workbook_shows_numbers_as_they_are_read(verdicts: cx.Verdicts, tmp_path: Path) -> None:
    near = replace(
        verdicts["near"],
        p_value=1.4e-7,
        conf_low=-np.inf,
        conf_high=np.inf,
        n=1891.0,
        n_effective=1702.3,
        n_to_settle=5e4,
    )
    fine = replace(
        verdicts["most"],
        estimate=0.12345,
        conf_low=0.1226,
        conf_high=0.1241,
        edges=(0.1, np.inf),
        unit="",
        p_value=0.25,
    )
    made = replace(verdicts, verdicts=(near, fine))
    shown = patterns(made.to_excel(tmp_path / "v.xlsx"))
    by_name = {(COLUMNS[ord(cell[0]) - ord("A")], int(cell[1])): pattern for cell, pattern in shown.items()}
    assert {by_name[name, 2] for name in ("n", "n_effective", "n_to_settle")} == {"#,##0"}
    assert (by_name["p_value", 2], by_name["p_value", 3]) == ("0.00E+00", "0.0000")
    _, *numbers = words.numbers(fine)
    assert {len(text) - 2 for text in numbers} == {4}
    assert {by_name[name, 3] for name in ("estimate", "conf_low", "conf_high")} == {"#,##0.0000"}
    assert by_name["level", 2] == "0.0###"
    rows = CalamineWorkbook.from_path(tmp_path / "v.xlsx").get_sheet_by_index(0).to_python()
    written = pd.read_csv(made.to_csv(tmp_path / "v.csv"), dtype=str)
    for name in ("conf_low", "conf_high"):
        assert written.loc[0, name] == rows[1][COLUMNS.index(name)] == str(getattr(near, name))
        assert rows[2][COLUMNS.index(name)] == getattr(fine, name)


def test_the_workbook_has_a_sheet_about_the_verdicts(with_notes: cx.Verdicts, tmp_path: Path) -> None:
    made = replace(
        with_notes, adjust="bonferroni", unchecked=("a", "b"), conditions="level 0.9, declared 0.95",
        verdicts=tuple(
            replace(v, level=0.99, parts=tuple(replace(p, level=0.99) for p in v.parts), synthetic="made up",
                    declared="declared")
            for v in with_notes
        ),
    )  # fmt: skip
    book = CalamineWorkbook.from_path(made.to_excel(tmp_path / "v.xlsx"))
    assert book.sheet_names == ["verdicts", "about"]
    assert book.get_sheet_by_name("about").to_python() == [
        ["claims", "5 claims: 1 supported, 1 contradicted, 2 inconclusive, 1 untestable."],
        ["level", "Level 95 %, shared by 5 claims (Bonferroni)."],
        ["adjust", "bonferroni"],
        ["level of each claim", "99 %"],
        ["declared", "Declared beforehand: 5 of 5."],
        ["unchecked", "2 declared claims were not checked: a, b."],
        ["conditions", "Level 0.9, declared 0.95."],
        ["synthetic", "Made up: the verdicts only show whether the method finds what was put in."],
        ["note", f"few, most, both: most: {LONE}"],
        ["note", f"both: most: {HIGHEST}"],
    ]


def test_a_file_of_another_kind_or_in_no_folder_is_refused(verdicts: cx.Verdicts, tmp_path: Path) -> None:
    (tmp_path / "there.csv").mkdir()
    (tmp_path / "there.xlsx").mkdir()
    for write, other, right, wrong in (
        (verdicts.to_csv, "to_excel", ".csv", ".xlsx"),
        (verdicts.to_excel, "to_csv", ".xlsx", ".csv"),
    ):
        cases: list[tuple[Any, str]] = [
            (tmp_path / f"v{wrong}", rf"ends in {wrong}\. End it in {right}, or call {other}\(\)\."),
            (str(tmp_path / "v"), rf"ends in nothing\. End it in {right}\."),
            (tmp_path / "v.txt", rf"ends in \.txt\. End it in {right}\."),
            (tmp_path / "nowhere" / f"v{right}", "there is no folder 'nowhere'. Make it first"),
            (tmp_path / f"there{right}", "this is a folder. Name a file"),
            (3, r"\(path='3'\): a path is a text or a pathlib.Path, not int"),
            (None, "not NoneType"),
            (b"v.csv", "not bytes"),
        ]
        for path, says in cases:
            with pytest.raises(ArgumentError, match=says):
                write(path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["there.csv", "there.xlsx"]


@pytest.mark.parametrize("name", ["v.csv", "v.XLSX"])
def test_what_fails_leaves_the_earlier_file(
    verdicts: cx.Verdicts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def write(found: cx.Verdicts) -> Path:
        return (found.to_csv if name == "v.csv" else found.to_excel)(str(tmp_path / name))

    before = write(verdicts[:2]).read_bytes()

    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[:10])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        with pytest.raises(ArgumentError, match=rf"{name}'\): the file cannot be written \(No space left on device\)"):
            write(verdicts)
    assert [p.name for p in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_bytes() == before
    assert write(verdicts).read_bytes() != before
