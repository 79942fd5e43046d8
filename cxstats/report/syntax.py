"""What is wrong with a line that is not TOML, and what to write instead."""

from __future__ import annotations

import re

PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
VALUE = r"^\s*[\w\"'.-]+\s*=\s*"
BACKSLASH = "In double quotes \\ has a meaning of its own: write paths with / or in single quotes."
SLIPS = (  # what such a line holds, and the remedy; the first that fits
    (r'"[^"]*\\', f"{BACKSLASH} {{single}}"),
    (r"[“”„‟«»‘’‚]", 'The quotes are those of a text program: write straight ones, "...".'),
    (VALUE + r"[+-]?\d+,\d+\s*(#.*)?$", "The decimal mark is a point, and thousands have no mark: write {point}."),
    (
        VALUE + r"[+-]?[\d.,]+ ?%",
        "Leave the percent sign out: percentages are plain numbers (target = 75), level is 0.95.",
    ),
    (VALUE + r"[–—−]", "The minus is a dash of a text program: write -."),
    (VALUE + r"(?i:true|false|yes|no|ja|nein|wahr|falsch|on|off)\s*(#.*)?$", "Write true or false, in small letters."),
    (VALUE + r"(\"[^\"]*\"|'[^']*')\s*,", "Write several values as a list, in brackets: {listed}."),
    (VALUE + r".*;\s*(#.*)?$", "No semicolon ends a line: leave it out."),
    (VALUE + r"[^\W\d]\w*", "Texts need quotes: write {quoted}."),
    (VALUE + r"(\"[^\"]*|'[^']*)$", "The text does not end: a quote is missing."),
    (r"^\s*(//|;|--)", "A comment begins with #."),
    (r"^\s*\[+[^\]]*\]?$", "The name of a table stands in brackets: [data], and [[metrics]] for each metric."),
    (r"^\s*[\w-]+\s*:", 'Between key and value stands =, as in column = "overall".'),
)


def slip(text: str, said: str) -> str:
    """Return where a text is not TOML, the line, and what to write; `said` is what the parser says."""
    reason = PLACE.sub("", said)
    found = PLACE.search(said)
    number = int(found[1]) if found and found[1] else len(text.rstrip().splitlines())
    line = (text.splitlines() or [""])[max(number, 1) - 1].strip()
    return f"line {number}, {line}: this is not TOML. {_remedy(line, reason)} (The parser says: {reason}.)"


def _remedy(line: str, reason: str) -> str:
    if reason.startswith(("Cannot declare", "Cannot mutate")):
        name = line.strip("[] ")
        if name == "metrics":
            return "Each metric has a table of its own, in double brackets: write [[metrics]]."
        return f"[{name}] is there already: put all its keys below the first one."
    if reason.startswith("Cannot overwrite"):
        return "The key is there already; a second metric begins with [[metrics]]."
    for pattern, remedy in SLIPS:
        if re.search(pattern, line):
            return remedy.format(**_written(line))
    return 'A line is a key with its value (column = "overall"), a table ([data]) or a comment (# ...).'


def _written(line: str) -> dict[str, str]:
    """Return the line as it could be written."""
    key, _, value = (part.strip() for part in line.partition("="))
    value = value.split("#")[0].strip()
    parts = value.split(",")
    whole = len(parts) > 1 and all(len(part) == 3 for part in parts[1:])
    return {
        "single": f"{key} = '{value.strip(chr(34))}'",
        "point": f"{key} = {''.join(parts) if whole else '.'.join(parts)}",
        "listed": f"{key} = [{value}]",
        "quoted": f'{key} = "{value}"',
    }
