"""The banner as it is read: an estimate with its letters in one cell, n and effective n below; and in a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.inference.show import number
from cxstats.tables.cells import WITHHELD
from cxstats.tables.footnotes import noted

if TYPE_CHECKING:
    import pandas as pd

    from cxstats.tables.banner import Banner

WIDTH = 120
GAP = "  "
LETTERS = 15  # characters beside a number; more letters go below


@dataclass(frozen=True)
class Shown:
    """One cell as it is shown: a number (or why there is none) as text, and letters."""

    number: str
    letters: str = ""

    @property
    def text(self) -> str:
        """Both in one text."""
        return f"{self.number} {self.letters}".rstrip()


@dataclass(frozen=True)
class Line:
    """One row of the table: the estimate of a metric (`row` is its unit), its n, or its effective n."""

    metric: str
    row: str
    cells: tuple[Shown, ...]

    @property
    def heading(self) -> str:
        """What stands at the left: "csat, %", then "n" and "effective n"."""
        if self.row in ("n", "effective n"):
            return self.row
        return self.metric if self.row == "estimate" else f"{self.metric}, {self.row}"


@dataclass(frozen=True)
class Column:
    """One column of the printed table, and how wide its numbers and its letters are."""

    place: int
    group: str
    name: str
    letter: str
    numbers: int
    letters: int

    @property
    def width(self) -> int:
        """Width in characters."""
        return self.numbers + (self.letters + 1 if self.letters else 0)

    def line(self, number: str, letters: str = "") -> str:
        """Return a cell: the number ends where all numbers of the column end, its letters follow."""
        return f"{number.rjust(self.numbers)} {letters}".rstrip().ljust(self.width)


def header(banner: Banner) -> list[tuple[str, str, str]]:
    """Return group, column and letter of each column."""
    cells = banner.frame()
    first = cells[cells["metric"] == cells["metric"].iloc[0]]
    return list(first[["group", "column", "letter"]].itertuples(index=False, name=None))


def lines(banner: Banner) -> list[Line]:
    """Return the rows of the table: of each metric the estimate, n, and effective n."""
    found, cells = [], banner.frame()
    marks = noted(cells)
    for metric, rows in records(cells):
        unit = str(rows[0]["unit"])
        digits = decimals(unit, [row["std_error"] for row in rows])
        found += [
            Line(metric, unit or "estimate", tuple(_estimate(row, digits, marks) for row in rows)),
            Line(metric, "n", tuple(_base(row, "n") for row in rows)),
            Line(metric, "effective n", tuple(_base(row, "n_effective") for row in rows)),
        ]
    return found


def records(cells: pd.DataFrame) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield each metric and its cells; n is NaN where a cell is closed."""
    plain = cells.assign(n=cells["n"].to_numpy(float, na_value=np.nan))
    for metric, rows in plain.groupby("metric", sort=False):
        yield (
            str(metric),
            [dict(zip(rows.columns, row, strict=True)) for row in rows.itertuples(index=False, name=None)],
        )


def decimals(unit: str, errors: Iterable[float]) -> int:
    """Return the decimals of a metric: one for percentages, else such that a typical standard error has two digits."""
    if unit in ("%", "net %"):
        return 1
    known = [error for error in errors if np.isfinite(error) and error > 0]
    return int(np.clip(1 - np.floor(np.log10(np.median(known))), 0, 4)) if known else 2


def _estimate(row: Mapping[str, Any], digits: int, marks: Mapping[str, str]) -> Shown:
    if np.isnan(row["n"]):
        return Shown(WITHHELD if row["note"].startswith(WITHHELD) else row["note"])
    if row["n"] == 0:
        return Shown("–")
    return Shown(number(row["estimate"], digits) + marks.get(row["note"], ""), row["higher_than"])


def _base(row: Mapping[str, Any], name: str) -> Shown:
    return Shown("" if np.isnan(row["n"]) else number(row[name], 0))


def printed(banner: Banner) -> str:
    """Return the table for a terminal, in blocks of columns that fit, and the notes below."""
    rows = lines(banner)
    heads = [f"  {line.heading}" if line.heading == line.row else line.heading for line in rows]
    left = max(map(len, heads))
    found = []
    for block in _blocks(_columns(header(banner), rows), WIDTH - left):
        top = [_groups(block), _joined(c.line(c.name) for c in block), _joined(c.line(c.letter) for c in block)]
        texts = [("", text) for text in top]
        texts += [pair for line, head in zip(rows, heads, strict=True) for pair in _texts(head, line, block)]
        found.append("\n".join((head.ljust(left) + GAP + text).rstrip() for head, text in texts))
    return "\n\n".join([*found, "\n".join(banner.notes)])


def _texts(head: str, line: Line, block: Sequence[Column]) -> Iterator[tuple[str, str]]:
    """Yield the heading and the cells of a row, and below them what letters find no room beside their numbers."""
    cells = [line.cells[column.place] for column in block]
    letters = [wrap(cell.letters, LETTERS) or [""] for cell in cells]
    for k in range(max(map(len, letters))):
        numbers = [cell.number if k == 0 else "" for cell in cells]
        parts = zip(block, numbers, [found[k] if k < len(found) else "" for found in letters], strict=True)
        yield head if k == 0 else "", _joined(column.line(number, text) for column, number, text in parts)


def _columns(heads: Sequence[tuple[str, str, str]], rows: Sequence[Line]) -> list[Column]:
    size = Counter(group for group, _, _ in heads)
    found = []
    for place, (group, name, letter) in enumerate(heads):
        cells = [line.cells[place] for line in rows]
        share = -(-len(group) // size[group])  # the name of the group has room over its columns
        numbers = max(share, len(name), len(letter), *(len(cell.number) for cell in cells))
        found.append(
            Column(place, group, name, letter, numbers, max(min(len(cell.letters), LETTERS) for cell in cells))
        )
    return found


def _blocks(columns: Sequence[Column], room: int) -> list[list[Column]]:
    """Return the columns of each block: whole groups as far as they find room, parts of those that never do."""
    blocks: list[list[Column]] = [[]]
    for _, of in groupby(columns, key=lambda column: column.group):
        group = list(of)
        if blocks[-1] and _width([*blocks[-1], *group]) > room >= _width(group):
            blocks.append([])
        for column in group:
            if blocks[-1] and _width([*blocks[-1], column]) > room:
                blocks.append([])
            blocks[-1].append(column)
    return blocks


def _width(columns: Sequence[Column]) -> int:
    return sum(column.width + len(GAP) for column in columns)


def _groups(block: Sequence[Column]) -> str:
    """Return the line of group names, each over its columns."""
    found = []
    for group, columns in groupby(block, key=lambda c: c.group):
        width = len(_joined(" " * c.width for c in columns))
        fits = len(group) <= width or group == block[-1].group
        found.append(group.ljust(width) if fits else f"{group[: width - 1]}…")
    return _joined(found)


def _joined(cells: Iterable[str]) -> str:
    return GAP.join(cells)
