"""Numbers and facts as a reader writes them: few digits, real minus signs, periods without gaps, plain sentences."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

MINUS = "\N{MINUS SIGN}"
SPACE, THIN, APOSTROPHE = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "\N{RIGHT SINGLE QUOTATION MARK}"
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Marks:
    """How a language writes numbers: the decimal mark, the mark between thousands, the gap before a percent sign."""

    decimal: str
    thousands: str
    percent: str

    def written(self, text: str) -> str:
        """Return a number that Python wrote, "1,234.5", with the marks of the language."""
        return text.translate({ord(","): self.thousands, ord("."): self.decimal})


EN = Marks(".", ",", SPACE)  # the gap of the International System of Units, as the library writes everywhere
LANGUAGES = {
    "en": EN,
    "en-us": Marks(".", ",", ""),
    "de": Marks(",", ".", SPACE),
    "de-ch": Marks(".", APOSTROPHE, ""),
    "fr": Marks(",", THIN, THIN),
    "es": Marks(",", ".", SPACE),
    "it": Marks(",", ".", ""),
    "nl": Marks(",", ".", ""),
}


def number(value: float, digits: int, *, sign: bool = False, marks: Marks = EN) -> str:
    """Return a number rounded to digits, with a real minus and, if asked, a plus; "unknown" for NaN."""
    if value is None or np.isnan(value):
        return UNKNOWN
    if np.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    text = f"{round(float(value), digits) + 0.0:{'+' if sign else ''},.{digits}f}"
    text = text[1:] if float(text.replace(",", "")) == 0 and sign else text
    return marks.written(text).replace("-", MINUS)


def plain(value: float, marks: Marks = EN) -> str:
    """Return a number with the digits it was written with: 0.75, 48.96, 75."""
    return marks.written(np.format_float_positional(float(value), trim="-")).replace("-", MINUS)


def p_value(p: float, marks: Marks = EN) -> str:
    """Return a p-value: three decimals, below that "< 0.001"."""
    if np.isnan(p):
        return UNKNOWN
    return marks.written("< 0.001" if p < 0.0005 else f"{p:.3f}")


def percent(share: float, marks: Marks = EN) -> str:
    """Return a share of 1 as a percentage: "95 %"."""
    return f"{marks.written(f'{100 * share:g}')}{marks.percent}%"


def shown(value: Any) -> str:
    """Return a label of the data as text: dates without an idle midnight, whole numbers without a point."""
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def named(column: str) -> str:
    """Return the name of a column as it stands in a sentence: "boarding_area" is "boarding area", "NPS_group" "NPS group"."""
    return column.replace("_", " ").strip() if column.isidentifier() else column


def heading(column: str) -> str:
    """Return the name of a column as a heading: "boarding_area" is "Boarding area"."""
    return named(column)[:1].upper() + named(column)[1:]


def unit_of_value(unit: str) -> str:
    """Return the unit as it stands in a heading."""
    return {"net %": "-100 to 100", "": "own unit"}.get(unit, unit).replace("-", MINUS)


def unit_after(unit: str, *, difference: bool = False, marks: Marks = EN) -> str:
    """Return the unit as it follows a number, with the gap before it: " %"; differences of percentages are points."""
    if unit in ("%", "net %") and difference:
        unit = "points"
    return f"{marks.percent if unit == '%' else SPACE}{unit}" if unit else ""


def agreed(text: str, after: str) -> str:
    """Return the unit that follows a number, in the singular after one: "+1 point"."""
    return after.removesuffix("s") if after.endswith("points") and text.lstrip(f"+{MINUS}") == "1" else after


def unit_of_difference(unit: str) -> str:
    """Return the unit of differences: of percentages they are points."""
    return "points" if unit in ("%", "net %", "points") else unit or "the unit of its column"


def runs(chosen: Sequence[Any], every: Sequence[Any]) -> str:
    """Return periods as "2010 to 2016 and 2018": neighbours among all periods are put together."""
    found: list[list[Any]] = []
    for period in every:
        if period not in chosen:
            found.append([])
        elif found:
            found[-1].append(period)
        else:
            found.append([period])
    found = [run for run in found if run]
    if len(found) == 1 and len(found[0]) == 2:
        return listed([shown(period) for period in found[0]])
    return listed([shown(run[0]) if len(run) == 1 else f"{shown(run[0])} to {shown(run[-1])}" for run in found])


def listed(texts: Sequence[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else "".join(texts)


def count(n: int, one: str = "", many: str = "", *, marks: Marks = EN) -> str:
    """Return "1 row", "2,000 rows"; without a word, the number alone."""
    return f"{marks.written(f'{n:,}')} {(one if n == 1 else many or one + 's') if one else ''}".rstrip()


def slug(text: str, taken: Iterable[str] = ()) -> str:
    """Return a name for a file or an anchor: small letters, digits and hyphens, unlike those taken."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")[:60].strip("-") or "x"
    used, name, k = set(taken), stem, 2
    while name in used:
        name, k = f"{stem}-{k}", k + 1
    return name
