"""What is not TOML, or not the TOML of a report: the line is shown, with what to write."""

from pathlib import Path

import pytest

from cxstats.report import answers, config, read_config
from cxstats.report.comparisons import COMPARE
from cxstats.report.keys import HOMES
from cxstats.report.periods import PERIOD

from .slips import ALL, CSAT, HEAD, hear

LINES = {
    "a number with a comma": ("level = 0,9", "write level = 0.9"),
    "thousands": ("min_n = 1,000", "write min_n = 1000"),
    "a path": (
        'file = "C:\\Users\\me\\answers.csv"',
        "write paths with / or in single quotes. file = 'C:\\Users\\me\\answers.csv'",
    ),
    "a percentage": ("target = 75 %", "Leave the percent sign out"),
    "no quotes": ("column = quarter", 'Texts need quotes: write column = "quarter"'),
    "a capital truth": ("strip = True", "Write true or false, in small letters"),
    "a German truth": ("strip = ja", "Write true or false"),
    "curly quotes": ("column = „quarter“", "write straight ones"),
    "no brackets": ('by = "region", "channel"', 'in brackets: by = ["region", "channel"]'),
    "a colon": ('column: "quarter"', "Between key and value stands ="),
    "a semicolon": ('column = "quarter";', "No semicolon ends a line"),
    "a comment": ("// hello", "A comment begins with #"),
    "a quote missing": ('column = "quarter', "a quote is missing"),
    "a bracket missing": ("[data", "stands in brackets"),
    "a dash": ("target = –5", "dash"),
    "a sentence": ("größe = 3", "A line is a key with its value"),
}


@pytest.mark.parametrize("slip", LINES, ids=list(LINES))
def test_a_line_that_is_not_toml_is_shown_with_what_to_write(tmp_path: Path, slip: str) -> None:
    line, words = LINES[slip]
    heard = hear(tmp_path, f"title = 'x'\n{line}\n" + ALL)
    assert heard.startswith(f"[2] cxstats: my.toml, line 2, {line}: this is not TOML. ")
    assert words in heard, heard


TABLES = {
    "metrics": (HEAD + CSAT.replace("[[metrics]]", "[metrics]"), "Write [[metrics]], in double brackets, above each"),
    "two metrics": (HEAD + 2 * CSAT.replace("[[metrics]]", "[metrics]"), "write [[metrics]]"),
    "data": (ALL.replace("[data]", "[[data]]"), "Write [data], in single brackets"),
    "data twice": (ALL + '[data]\nsheet = "x"\n', "[data] is there already"),
    "a key twice": (ALL + 'column = "wait"\n', "The key is there already; a second metric begins with [[metrics]]"),
    "a silent path": (ALL.replace("answers", "C:\\temp\\next"), "in single quotes"),
    "a number in quotes": (ALL + 'target = "75,5 %"\n', "Write it without quotes: target = 75.5."),
    "thousands with a point": ("min_n = 1.000\n" + ALL, "Write it without a point"),
    "a truth in quotes": (
        ALL.replace("[period]", '[period]\nincomplete = "yes"'),
        "Write incomplete = true or incomplete = false",
    ),
    "a level in percent": ("level = 95\n" + ALL, "Write 0.95 for 95 %."),
    "a code without brackets": (
        ALL.replace("[period]", "missing = 99\n[period]"),
        "Write it in brackets: missing = [99]",
    ),
    "a year as a text": (ALL.replace('"quarter"', "2025"), 'Write it in quotes: column = "2025"'),
    "a key in a wrong table": (ALL + "level = 0.9\n", "unknown key 'level'. It belongs above the first [table]."),
    "no table": ("", "the key 'data' is missing; it holds a table. Write [data] and its keys."),
}


@pytest.mark.parametrize("mistake", TABLES, ids=list(TABLES))
def test_tables_and_types_come_with_what_to_write(tmp_path: Path, mistake: str) -> None:
    text, words = TABLES[mistake]
    heard = hear(tmp_path, text)
    assert heard.startswith("[2] cxstats: my.toml")
    assert words in heard, heard


def test_a_byte_order_mark_in_the_configuration_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_bytes(b"\xef\xbb\xbf" + ALL.encode())
    assert read_config(tmp_path / "my.toml").period == "quarter"


def test_every_key_has_the_home_that_its_table_says() -> None:
    homes = {
        "above the first [table]": config.KEYS,
        "in [data]": answers.DATA,
        "in [design]": config.DESIGN,
        "in [period]": PERIOD,
        "in [groups]": config.GROUPS,
        "in [compare]": COMPARE,
    }
    for home, keys in homes.items():
        assert set(HOMES[home]) <= set(keys)
        assert {key for key in keys if keys[key].words not in ("a table", "a list of tables")} - {
            "source",
            "column",
        } <= set(HOMES[home])
