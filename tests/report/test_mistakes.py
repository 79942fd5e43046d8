"""The mistakes of an analyst with a spreadsheet's export: each is told with its place, its value and the key that mends it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from .slips import ALL, COMMAS, CSAT, DATED, FCR, HEAD, PYTHON, WAIT, design, hear, metric, period, rows

MISTAKES = {
    "codes": (
        ALL,
        rows(overall=[99, -1, *[4] * 78]),
        "[3]",
        "(-1: 1 time, 99: 1 time). If -1, 99 mean",
        "write missing = [-1, 99] in [data]; else state the right scale in [[metrics]]",
    ),
    "codes beside codes": (
        ALL.replace("[period]", 'missing = [98, "k.A."]\n[period]'),
        rows(overall=[99, 98, *[4] * 78]),
        "[3]",
        "1 answer outside the scale 1 to 5",
        "write missing = [98, 'k.A.', 99] in [data]",
    ),
    "a longer scale": (
        ALL,
        rows(overall=[6, 7, 0, *[4] * 77]),
        "[3]",
        "if that is the scale, write scale = [0, 7] in [[metrics]]; if not, correct or empty these cells.",
        "In answers.csv: lines 2, 3 and 4.",
    ),
    "a longer scale and a code": (
        ALL,
        rows(overall=[6, 7, 999, *[4] * 77]),
        "[3]",
        "The answers go from 1 to 7",
        'If 999 means "no answer", write missing = [999] in [data]',
    ),
    "more lines than are named": (
        ALL,
        rows(overall=[*[7] * 8, *[4] * 72]),
        "[3]",
        "In answers.csv: lines 2, 3, 4, 5, 6 and 3 more.",
    ),
    "a total below": (ALL, rows(overall=[*[3] * 79, "Summe"]), "[3]", "delete its row", "In answers.csv: line 81."),
    "a stratum that is missing": (
        design(strata='"region"'),
        rows(region=[*["north", "south"] * 39, None, None]),
        "[3]",
        "[design] strata: column 'region' of the design has missing values",
        "In answers.csv: lines 80 and 81.",
    ),
    "a weight that is missing": (
        design(weight='"weight"'),
        rows(weight=[None, *[1.5] * 79]),
        "[3]",
        "a weight in column 'weight' is missing",
        "In answers.csv: line 2.",
    ),
    "another name of a metric": (metric("fcr", **FCR), None, "[2]", "Did you mean 'first_contact_resolution'?"),
    "ces": (metric("CES", column='"overall"'), None, "[2]", "Did you mean 'effort'?"),
    "thousands beside a decimal mark": (
        WAIT.replace("[period]", 'decimal = ","\n[period]'),
        rows(wait=np.resize(["1.090,00", "12,5"], 80)),
        "[3]",
        "out of texts such as '1.090,00', or write thousands = \".\" in [data].",
    ),
    "thousands that are the decimal mark": (
        WAIT.replace("[period]", 'decimal = ","\nthousands = ","\n[period]'),
        None,
        "[2]",
        "thousands = ',' is no mark, or the decimal one",
    ),
    "an encoding": (
        ALL.replace("[period]", 'encoding = "cp12"\n[period]'),
        None,
        "[2]",
        "encoding = 'cp12' is not known",
    ),
    "nps of percentages": (
        metric("nps", column='"overall"'),
        rows(overall=np.resize(np.arange(20, 81, 10), 80)),
        "[3]",
        'measure other scales with kind = "csat"',
    ),
    "decimal comma": (
        WAIT,
        rows(wait=COMMAS),
        "[3]",
        "number 1 (mean wait): column 'wait' holds text (such as '3,5')",
        'decimal comma: write decimal = "," in [data].',
    ),
    "decimal comma in weights": (
        design(weight='"weight"'),
        rows(weight=COMMAS),
        "[3]",
        "[design] weight: column 'weight' holds text",
        'write decimal = "," in [data]',
    ),
    "decimal point": (
        WAIT.replace("[period]", 'decimal = ","\n[period]'),
        rows(),
        "[3]",
        "leave decimal out of [data]",
    ),
    "nested PSUs": (
        design(strata='"region"', psu='"branch"'),
        None,
        "[3]",
        "[design] psu: 2 PSUs lie in more than one stratum",
        "write nest = true in [design]",
    ),
    "lone PSU": (design(strata='"s"'), rows(s=["x", *["y"] * 79]), "[3]", 'write lone_psu = "center"', "in [design]"),
    "words": (
        metric("mean", column='"channel"'),
        None,
        "[3]",
        "column 'channel' holds text (such as 'App')",
        "Name a column of numbers",
    ),
    "weights of words": (
        design(weight='"channel"'),
        None,
        "[3]",
        "[design] weight: column 'channel' holds text",
        "Name a column of numbers",
    ),
    "negative weights": (
        design(weight='"weight"'),
        rows(weight=-1),
        "[3]",
        "80 weights in column 'weight' are negative",
    ),
    "infinite": (
        WAIT,
        rows(wait=[np.inf, *[3] * 79]),
        "[3]",
        "number 1 (mean wait): there are infinite",
        "Correct them in the file",
    ),
    "a few words": (
        WAIT,
        rows(wait=["k.A.", "k.A.", "weiß nicht", *[3] * 77]),
        "[3]",
        "3 of 80 answers are no numbers: 'k.A.', 'weiß nicht'",
        "write missing = ['k.A.', 'weiß nicht'] in [data]",
    ),
    "words with brackets": (
        WAIT,
        rows(wait=["k.A. (n/a)", "[leer]", *[3] * 78]),
        "[3]",
        "write missing = ['[leer]', 'k.A. (n/a)'] in [data].",
    ),
    "a second heading": (
        ALL,
        rows(overall=["Wie zufrieden?", *[3] * 79]),
        "[3]",
        "such as 'Wie zufrieden?'",
        "delete its row if it is a second heading or a total",
    ),
    "percent signs": (WAIT, rows(wait="75 %"), "[3]", "Take the percent signs out: 75 instead of '75 %'"),
    "thousands": (
        WAIT,
        rows(wait=np.resize(["1.234,5", "12"], 80)),
        "[3]",
        "Take the marks between thousands out of texts such as '1.234,5'",
    ),
    "labels": (ALL, rows(overall="5 - sehr gut"), "[3]", "Keep the number alone: 5 instead of '5 - sehr gut'"),
    "yes in words": (
        metric("first_contact_resolution", **FCR),
        None,
        "[3]",
        'State which answers mean resolved, as in yes = "ja"',
    ),
    "yes in other words": (
        metric("first_contact_resolution", **FCR, yes='"Ja"'),
        None,
        "[0]",
        "no answer counts",
        "the answers are 'ja', 'nein' (did you mean 'ja'?)",
    ),
    "yes as a truth": (
        metric("first_contact_resolution", **FCR, yes="true"),
        None,
        "[3]",
        "column 'resolved' (text) is sought in [true] (boolean)",
    ),
    "yes as a text": (
        metric("first_contact_resolution", column='"overall"', yes='"1"'),
        None,
        "[3]",
        "column 'overall' (number) is sought in ['1'] (text)",
    ),
    "a condition unlike its column": (
        metric("share", condition='{column = "channel", above = 3}'),
        None,
        "[3]",
        "column 'channel' > 3 compares column 'channel' (text) with 3 (number). Write the value as the column holds it",
    ),
    "a date unlike its column": (
        metric("share", condition='{column = "date", above = 2025-01-31}'),
        None,
        "[3]",
        "column 'date' > 2025-01-31",
    ),
    "a condition of one": (
        metric("share", condition='{column = "wait", one_of = 3}'),
        None,
        "[2]",
        "Write one_of = [3]",
    ),
    "a condition of none": (
        metric("share", condition='{column = "wait", one_of = []}'),
        None,
        "[2]",
        "one_of = [] of column 'wait' is empty",
    ),
    "a condition that none fulfils": (
        metric("share", condition='{column = "channel", equals = "app"}'),
        None,
        "[0]",
        "did you mean 'App'?",
    ),
    "a variant": (
        metric("effort", column='"recommend"', variant='"nett"'),
        None,
        "[2]",
        "number 1 (effort): variant: 'nett' is not one of 'mean', 'easy', 'net'. Did you mean 'net'?",
    ),
    "an end": (
        metric("effort", column='"recommend"', easy='"left"'),
        None,
        "[2]",
        "easy: 'left' is not one of 'high', 'low'",
    ),
    "a variant of a short scale": (
        metric("effort", column='"overall"', variant='"net"', scale="[1, 5]"),
        None,
        "[2]",
        "variant = 'net' counts",
        "Use variant = 'mean', or kind = \"share\"",
    ),
    "boxes": (
        ALL + "top = 9\n",
        None,
        "[2]",
        "(csat): top = 9 of a scale from 1 to 5. Give a whole number from 1 to 4.",
    ),
    "a scale": (
        ALL + 'scale = "1-5"\n',
        None,
        "[2]",
        "scale = '1-5' is not a lowest and a highest answer, such as [1, 5]",
    ),
    "a column of columns": (HEAD + CSAT.replace('"overall"', '["overall", "wait"]'), None, "[2]", "named by a text"),
    "a name": (ALL + "name = 3\n", None, "[2]", "(csat): name: a text is needed, not 3"),
    "a probability": (metric("quantile", column='"wait"', probability="50"), None, "[2]", "it is not 50. Write 0.5."),
    "nps of another scale": (
        metric("nps", column='"overall"'),
        None,
        "[0]",
        "all 80 answers to nps (overall) lie from 1 to 5",
        'kind = "csat"',
    ),
    "German dates": (
        period(**DATED),
        None,
        "[3]",
        "[period] column: column 'date' holds 80 values that are no dates, such as '01.01.2025'",
        'Write date_format = "%d.%m.%Y" (01.01.2025 is 1 January 2025) in [period]',
    ),
    "German dates as periods": (
        period(column='"date"'),
        None,
        "[3]",
        "does not sort by time",
        'every = "quarter"',
        'date_format = "%d.%m.%Y"',
    ),
    "day or month first": (
        period(**DATED),
        rows(date="02/04/2024"),
        "[3]",
        "does not say which comes first",
        '"%d/%m/%Y" (02/04/2024 is 2 April 2024) or',
        '"%m/%d/%Y" (02/04/2024 is 4 February 2024)',
    ),
    "days of a spreadsheet": (
        period(**DATED),
        rows(date=np.arange(80) + 45_384),
        "[3]",
        "such as '45384'",
        'write date_format = "excel" in [period]',
    ),
    "days of a spreadsheet as periods": (
        period(column='"date"'),
        rows(date=np.resize([45_292, 45_383], 80)),
        "[3]",
        "period '45292'",
        '"excel"',
    ),
    "another format": (
        period(**DATED, date_format='"%m/%d/%Y"'),
        None,
        "[3]",
        'no dates of date_format = "%m/%d/%Y"',
        'Write date_format = "%d.%m.%Y"',
    ),
    "a day that is none": (
        period(**DATED, date_format='"%d.%m.%Y"'),
        rows(date=["31.02.2025", *["01.02.2025"] * 79]),
        "[3]",
        "holds 1 value that is no date",
        "Correct '31.02.2025' in the file or",
        "In answers.csv: line 2.",
    ),
    "a format in letters": (
        period(**DATED, date_format='"DD.MM.YYYY"'),
        None,
        "[2]",
        "has no code for the year",
        '"%d.%m.%Y"',
    ),
    "minutes for months": (period(**DATED, date_format='"%d.%M.%Y"'), None, "[2]", "has no code for the month"),
    "a format without every": (
        period(column='"date"', date_format='"%d.%m.%Y"'),
        None,
        "[2]",
        'write every = "quarter" as well',
    ),
    "quarters before years": (
        ALL,
        rows(quarter=np.repeat(["Q1/25", "Q2/25", "Q1/26", "Q2/26"], 20)),
        "[3]",
        "'Q1/25'",
        "does not sort by time",
    ),
    "months in German": (ALL, rows(quarter=np.repeat(["Mai 25", "Okt 25"], 40)), "[3]", "does not sort by time"),
    "capitals of headings": (
        ALL,
        rows().rename(columns=str.upper),
        "[2]",
        "no column 'quarter'. Did you mean 'QUARTER'?",
    ),
    "empty questions": (ALL, rows(overall=None), "[4]", "nobody answered"),
}


@pytest.mark.parametrize("mistake", MISTAKES, ids=list(MISTAKES))
def test_a_mistake_is_told_in_the_words_of_the_configuration(tmp_path: Path, mistake: str) -> None:
    text, frame, code, *words = MISTAKES[mistake]
    heard = hear(tmp_path, text, frame)
    for word in (code, *words):
        assert word in heard, f"{word!r} is not in {heard!r}"
    assert not PYTHON.findall(heard), f"{PYTHON.findall(heard)} in {heard!r}"


CSV = rows().to_csv(index=False, sep=";")
FILES: dict[str, tuple[bytes | str, str, tuple[str, ...]]] = {
    "latin-1": (
        CSV.replace("App", "Größe").encode("latin-1"),
        "[3]",
        ("not UTF-8", 'Write encoding = "cp1252" in [data]', "save it as 'CSV UTF-8'"),
    ),
    "UTF-16": (CSV.encode("utf-16"), "[3]", ("not UTF-8", 'Write encoding = "utf-16" in [data]')),
    "a title": (
        "Kundenbefragung 2025\n\n" + CSV,
        "[3]",
        ("'Kundenbefragung 2025'", "delete titles and merged headings"),
    ),
    "a padded title": ("Kundenbefragung 2025" + ";" * 9 + "\n" + CSV, "[3]", ("have no name", "delete titles")),
    "merged headings": ("a;;;b;;;c;;;\n" + CSV, "[3]", ("columns 2, 3, 5, 6, 8, 9, 10 hold values and have no name",)),
    "a spreadsheet as text": (b"PK\x03\x04 and more", "[3]", ("It is a spreadsheet: give it the ending .xlsx",)),
    "a title of two cells": (
        "Kundenbefragung;2025\n" + CSV,
        "[3]",
        ("more cells than the 2 names of the header, 'Kundenbefragung;2025'. If that is a title, delete it",),
    ),
    "a title with a comma": (
        "Kundenbefragung, 2025\n" + CSV.replace(",", "."),
        "[3]",
        ("the first line is 'Kundenbefragung, 2025', the next has more cells", "delete titles"),
    ),
    "a line of separators": ("sep=;\n" + CSV, "[0]", ()),
    "a byte order mark": ("\ufeff" + CSV, "[0]", ()),
    "blanks in headings": (CSV.replace("overall;", " overall ;", 1), "[0]", ()),
    "empty columns": ("\n".join(line + ";;" for line in CSV.splitlines()), "[0]", ()),
    "row numbers": (rows().to_csv(sep=";"), "[0]", ()),
}


@pytest.mark.parametrize("kind", FILES, ids=list(FILES))
def test_a_file_of_a_spreadsheet_program(tmp_path: Path, kind: str) -> None:
    raw, code, words = FILES[kind]
    heard = hear(tmp_path, ALL, raw=raw)
    for word in (code, *words):
        assert word in heard, f"{word!r} is not in {heard!r}"
    assert (heard == "[0] ") == (code == "[0]")
    assert not PYTHON.findall(heard.replace("sep=", "")), heard


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        (WAIT, "a.xlsx", ("decimal comma", "make them numbers in the file")),
        (
            period(**DATED, date_format='"%d.%m.%Y"'),
            "a.xlsx",
            ("column 'date' holds dates already. Leave date_format out",),
        ),
        (ALL.replace("[period]", 'sheet = "Antworten"\n[period]'), "a.xlsx", ("no sheet 'Antworten'", "'Sheet1'")),
    ],
    ids=["texts with commas", "dates", "a sheet"],
)
def test_a_workbook(tmp_path: Path, text: str, name: str, words: tuple[str, ...]) -> None:
    heard = hear(tmp_path, text, rows(wait=COMMAS, date=pd.Timestamp("2025-02-01")), name=name)
    assert all(word in heard for word in words), heard
    assert not PYTHON.findall(heard), heard


def test_a_damaged_workbook_that_is_text_or_a_web_page(tmp_path: Path) -> None:
    assert "It looks like text: give it the ending .csv" in hear(tmp_path, ALL, raw="a;b\n1;2\n", name="a.xlsx")
    assert "It is a web page (HTML)" in hear(tmp_path, ALL, raw="<html><table></table></html>", name="a.xls")


def test_a_named_data_set_has_no_codes_but_another_scale(tmp_path: Path) -> None:
    text = ALL.replace('file = "answers.csv"', 'source = "sample"').replace("overall", "recommend")
    heard = hear(tmp_path, text)
    assert "The answers go from 0 to 10: if that is the scale, write scale = [0, 10] in [[metrics]]." in heard
    assert "missing" not in heard
    years = ALL.replace('file = "answers.csv"', 'source = "sfo"\nyears = [1990]')
    assert "[2] cxstats: my.toml, [data] years: no survey of 1990." in hear(tmp_path, years)


def test_many_answers_off_the_scale_are_another_scale(tmp_path: Path) -> None:
    heard = hear(tmp_path, ALL, rows(overall=np.resize(np.arange(11), 80)))
    assert "(0: 8 times, 6: 7 times, 7: 7 times, 8: 7 times, 9: 7 times). The answers go from 0 to 10" in heard
    assert "if that is the scale, write scale = [0, 10] in [[metrics]]; if not, correct or empty these cells." in heard
    assert "missing" not in heard


def test_the_words_of_python_are_found_where_they_are() -> None:
    for said in ("say nest=True", "with pd.to_numeric", "where=x", "col('x')", "read_frame(a.csv)", "top=9"):
        assert PYTHON.search(said), said
    assert not PYTHON.search('write missing = [99] or decimal = "," in [data]; a == b')
