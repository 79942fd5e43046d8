"""Why texts are no numbers, and what mends it: a decimal comma, a percent sign, a few words among numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from cxstats.errors import CONVERT, listing

NUMBER = r"[+-]?\d+"
SHAPES = {  # what a text looks like, from the surest to the vaguest
    "number": re.compile(rf"{NUMBER}(\.\d+)?"),
    "thousands": re.compile(
        r"[+-]?[1-9]\d{0,2}(([,'’ \u00a0\u202f]\d{3})+(\.\d+)?|(\.\d{3})+,\d+|([.,]\d{3}){2,}([.,]\d+)?)"
    ),
    "comma": re.compile(rf"{NUMBER},\d+"),
    "percent": re.compile(rf"{NUMBER}([.,]\d+)? ?%"),
    "currency": re.compile(rf"[€$£¥] ?{NUMBER}([.,]\d+)?|{NUMBER}([.,]\d+)? ?[€$£¥]"),
    "labelled": re.compile(rf"{NUMBER}([.,]\d+)? ?([-–—:=.)(]+ ?)?[^\W\d].*|{NUMBER} ?[-–—:=(].*"),
}
MOST_WORDS = 8  # more different words are no codes for "no answer"


def obstacle(answers: Sequence[tuple[Any, int]], column: str) -> tuple[Any, str]:
    """Return an answer that is no number, and the remedy.

    `answers` are the different values of the column and how often each is there.
    """
    shapes = {value: _shape(value) for value, _ in answers}
    rows = dict.fromkeys([*SHAPES, "words"], 0)
    for value, count in answers:
        rows[shapes[value]] += count
    every = sum(rows.values())
    first = {shape: next((v for v in shapes if shapes[v] == shape), None) for shape in rows}
    if rows["thousands"] and _fractions(shapes):
        rows |= {"comma": rows["comma"] + rows["thousands"], "thousands": 0}
    if not every or 2 * rows["words"] >= every:
        return first["words"], CONVERT
    said = {
        "comma": "They have a decimal comma: read the file with decimal=','.",
        "percent": f"Take the percent signs out: {_bare(first['percent'])} instead of {first['percent']!r}.",
        "currency": f"Take the currency signs out: {_bare(first['currency'])} instead of {first['currency']!r}.",
        "thousands": _thousands(first["thousands"]),
        "labelled": f"Keep the number alone: {_bare(first['labelled'])} instead of {first['labelled']!r}.",
        "words": _words([(value, count) for value, count in answers if shapes[value] == "words"], every, column),
    }
    found = [shape for shape in ("words", "labelled", "currency", "percent", "thousands", "comma") if rows[shape]]
    if rows["thousands"] and "decimal=','" in said["thousands"]:
        found = [shape for shape in found if shape != "comma"]
    if not found:
        return first["number"], f"They are numbers held as texts: convert them with pd.to_numeric(frame[{column!r}])."
    example = next((first[shape] for shape in found if first[shape] is not None), answers[0][0])
    return example, " ".join(said[shape] for shape in found)


def _shape(value: Any) -> str:
    if not isinstance(value, str):
        return "number"
    text = value.strip()
    return next((name for name, shape in SHAPES.items() if shape.fullmatch(text)), "words")


def _fractions(shapes: dict[Any, str]) -> bool:
    """Return whether texts such as 3,125 are fractions rather than thousands: others, such as 3,5, can only be so."""
    doubtful = [v for v, shape in shapes.items() if shape == "thousands"]
    commas = any(shape == "comma" for shape in shapes.values())
    return commas and all(re.fullmatch(rf"{NUMBER},\d+", v.strip()) for v in doubtful)


def _thousands(example: Any) -> str:
    """Return what to do with marks between thousands; 1,234 may be a fraction, and nothing else in the column tells."""
    mark = re.search(r"\D", str(example).lstrip("+-"))
    comma = " and decimal=','" if re.search(r"\..*,", str(example)) else ""
    said = f"Take the marks between thousands out of texts such as {example!r}"
    said += f", or read the file with thousands={mark[0]!r}{comma}" if mark else ""
    if not re.fullmatch(rf"{NUMBER},\d{{3}}", str(example)):
        return f"{said}."
    return f"{said}; if it is a decimal comma, read the file with decimal=','."


def _bare(value: Any) -> str:
    """Return the number in a text."""
    found = re.search(r"[+-]?\d+([.,]\d+)?", str(value))
    return found[0].replace(",", ".") if found else ""


def _words(words: list[tuple[Any, int]], every: int, column: str) -> str:
    """Return what to do with a few words among numbers."""
    if not words:
        return ""
    count, values = sum(n for _, n in words), [value for value, _ in words]
    if count == 1:
        where = "The only answer that is no number"
        return (
            f"{where} is {values[0]!r}: delete its row if it is a second heading or a total. {_missing(values, column)}"
        )
    shown = f"{count:,} of {every:,} answers are no numbers: {listing(values, 4)}."
    return f"{shown} {_missing(values, column)}" if len(values) <= MOST_WORDS else shown


def _missing(values: list[Any], column: str) -> str:
    """Return how words become missing; `report` says it in the words of its configuration."""
    return (
        f"Recode {values!r} as missing if they mean 'no answer': read_frame(path, missing={values!r}), or "
        f"pd.to_numeric(frame[{column!r}], errors='coerce')."
    )
