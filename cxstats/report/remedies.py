"""What the library says to a programmer, said to the author of a configuration: the same mistake, the key that mends it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

Written = str | Callable[[re.Match[str]], str]
OPTIONS = (
    "kind",
    "scale",
    "top",
    "easy",
    "yes",
    "name",
    "probability",
    "delivered",
    "expected",
    "encoding",
    "thousands",
)
KEY_OF = {"kind": "variant"}  # `kind` names the metric
RECODE = re.compile(
    r"Recode (\[.*?\]) as missing if they mean 'no answer': read_frame\(path, missing=\1\), or "
    r"(?:pd\.to_numeric\(frame\[.*?\], errors='coerce'\)|in pandas frame\[.*?\.isin\(\1\)\))(\.?)"
)
EMPTY = "; if not, correct or empty these cells"
COMMA = re.compile(r" ?They have a decimal comma: .*?','\.|; if it is a decimal comma, .*?','|(?<=') and decimal=','")
THOUSANDS = re.compile(r", or read the file with thousands='.'( and decimal=',')?")
SAID: Sequence[tuple[str, Written]] = (
    (r"^Survey(?:\(\w+=\))?: ", ""),
    (r"^read_frame\((.*?)\): ", r"\1: "),
    (r"If PSU names are only unique within strata, say nest=True; if not,",
     "If PSU names are only unique within strata, write nest = true in [design]; if not,"),
    (r"or say lone_psu=\"center\" \(deviation from the overall estimate\) or \"skip\" \(left out\)",
     'or write lone_psu = "center" (deviation from the overall estimate) or "skip" (left out) in [design]'),
    (r"State which answers mean resolved with yes=\.", 'State which answers mean resolved, as in yes = "ja" or yes = [1, 2].'),
    (r"write scale=\((\S+), (\S+)\)", r"write scale = [\1, \2] in [[metrics]]"),
    (r"[Rr]ead the file with encoding='([\w-]+)'", r'Write encoding = "\1" in [data]'),
    (r"read the file with thousands='(.)' and decimal=','", r'write thousands = "\1" and decimal = "," in [data]'),
    (r"read the file with thousands='(.)'", r'write thousands = "\1" in [data]'),
    (r"([Ss])tate the right scale=\.", r"\1tate the right scale in [[metrics]], as in scale = [1, 10]."),
    (r"measure other scales with csat\(\)", 'measure other scales with kind = "csat"'),
    (r"For another scale there is CSAT", 'For another scale there is kind = "csat"'),
    (r"Convert it first \(for example with pd\.to_numeric\), or name another column\.",
     "Name a column of numbers, or give its answers numbers in the file."),
    (r"They are numbers held as texts: convert them with .*?\)\.$",
     'They are numbers held as texts: leave decimal out of [data], or make them numbers in the file.'),
    (r"Recode them as missing, or leave them out with where=\.", "Correct them in the file."),
    (r"such as \((\d+), (\d+)\)", r"such as [\1, \2]"),
    (r"or share\(\) with a condition of your own", 'or kind = "share" with a condition of your own'),
    (r"Compare like with like: convert the column first, or write the constant as the column holds it\.",
     "Write the value as the column holds it: a text in quotes, a number without."),
    (r"is_in: (.*) is not a list of options\. Write is_in\((.*)\)\.", r"one_of = \1 is not a list. Write one_of = \2."),
    (r"is_in: no options are given for col\('(.*?)'\)\.", r"one_of = [] of column '\1' is empty. Name the answers that count."),
    (r"(\[.*\]|\{.*\}) cannot be compared with a column: use a number, a text, a date or True/False\.",
     r"\1 cannot be compared with a column: use a number, a text or a date; several values with one_of."),
    (r"sheet=('.*?') is for spreadsheets", r"sheet = \1 is for spreadsheets"),
    (r"spreadsheets need python-calamine", "spreadsheets need the package python-calamine"),
    (r"datetime\.date\((\d+), (\d+), (\d+)\)", lambda m: f"{int(m[1])}-{int(m[2]):02}-{int(m[3]):02}"),
    (r"datetime\.datetime\((\d+), (\d+), (\d+)[^)]*\)", lambda m: f"{int(m[1])}-{int(m[2]):02}-{int(m[3]):02}"),
    (r"\(?\(col\('([^']*)'\) ([<>=!]+) ([^()]*)\)\)?", r"column '\1' \2 \3"),
    (r"col\('([^']*)'\)\.is_in\((\[.*?\])\)", r"column '\1' is one of \2"),
    (r"col\('([^']*)'\)", r"column '\1'"),
    (r"\bcol: a column", "a column"),
    (r"\bTrue\b", "true"),
    (r"\bFalse\b", "false"),
)  # fmt: skip


def in_toml(
    said: str, *, missing: Sequence[object] = (), decimal: str = ".", text_file: bool = True, own: bool = True
) -> str:
    """Return a message in the words of a configuration whose [data] has these `missing` values and this `decimal` already.

    Only a file of one's `own` can have such values, and marks of numbers only if it is a text.
    """

    def recoded(found: re.Match[str]) -> str:
        codes = ", ".join([*map(repr, missing), found[1][1:-1]])
        mean = "mean" if ", " in found[1] else "means"
        return f'If {found[1][1:-1]} {mean} "no answer", write missing = [{codes}] in [data]{found[2]}'

    if own:
        said = RECODE.sub(recoded, said)
    else:  # of a named data set neither codes nor cells are the author's
        said = re.sub(rf"{RECODE.pattern}; else (\w)", lambda m: m[3].upper(), said).replace(EMPTY, "")
        said = re.sub(rf" {RECODE.pattern}", "", said)
    if decimal == ",":
        said = COMMA.sub("", said)
    if not text_file:
        said = THOUSANDS.sub("", said)
    comma = 'write decimal = "," in [data]' if text_file else "make them numbers in the file, where they are texts"
    said = said.replace("read the file with decimal=','", comma)
    for pattern, written in SAID:
        said = re.sub(pattern, written, said)
    for option in OPTIONS:
        said = re.sub(rf"\b{option}=(?=[^=\s])", f"{KEY_OF.get(option, option)} = ", said)
    return said


def of_metric(said: str, kind: str) -> str:
    """Return a message about a metric's arguments without the call that it begins with: the place names the metric."""
    called = re.match(rf"{kind}\((\w+)=\): ", said)
    if called:
        return f"{KEY_OF.get(called[1], called[1])}: {in_toml(said[called.end() :])}"
    said = re.sub(
        rf"^{kind}(?:\([^)]*\))?(?:, (\w+)=)?: ", lambda m: f"{KEY_OF.get(m[1], m[1])}: " if m[1] else "", said
    )
    return in_toml(said)
