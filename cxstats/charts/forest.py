"""The plan of a forest: which row and panel each verdict has, from the verdicts alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cxstats.charts.style import wrapped

INDENT = 3  # blanks before the name of a condition
TOP = 0.1  # of a row, above the first


@dataclass(frozen=True)
class Row:
    """One row: its name, the verdict it shows, whether the numbers of that are drawn, and its height from the top."""

    name: str
    verdict: Any
    drawn: bool
    indent: int
    y: float

    def lines(self, width: int) -> str:
        """Return the name in lines of at most `width` characters, each of them indented."""
        return "\n".join(self.indent * " " + line for line in wrapped(self.name, width - self.indent).split("\n"))


@dataclass(frozen=True)
class Forest:
    """Where each verdict goes.

    Attributes
    ----------
    panels : dict of unit to list of Row
        Rows from the top; the conditions of an `all_of` stand below it, in the panels of their units.
    untestable : list of (str, str)
        Name and reason of what has no interval, so no place on an axis.
    """

    panels: dict[str, list[Row]]
    untestable: list[tuple[str, str]]

    @classmethod
    def of(cls, verdicts: Any, label: str) -> Forest:
        """Lay out the verdicts; `label` is the attribute that names the rows."""

        def name(verdict: Any) -> str:
            return str(getattr(verdict, label) or verdict.claim)

        panels: dict[str, list[Row]] = {}
        untestable = []
        for verdict in verdicts:
            parts = verdict.parts or (verdict,)
            known = [part for part in parts if part.verdict != "untestable"]
            for unit in dict.fromkeys(part.unit for part in known):
                rows = panels.setdefault(unit, [])
                heading = [(verdict, False)] if verdict.parts else []
                for shown, drawn in [*heading, *((part, True) for part in known if part.unit == unit)]:
                    indent = INDENT * bool(verdict.parts and drawn)
                    rows.append(Row(name(shown), shown, drawn, indent, TOP + len(rows) + 0.5))
            of = f"{name(verdict)}, " if verdict.parts else ""
            untestable += [(of + name(part), str(part.reason)) for part in parts if part not in known]
        return cls(panels, untestable)

    def height(self, unit: str) -> float:
        """Return the height of a panel, in rows."""
        return len(self.panels[unit]) + 2 * TOP

    def fitting(self, pitch: float, room: float, size: float, smallest: float) -> tuple[float, int]:
        """Return the largest size, and the characters in a line, at which all names fit into their rows and into `room`."""
        every = [row for rows in self.panels.values() for row in rows]
        width = 12
        for points in np.arange(size, smallest - 0.01, -0.25):
            lines = max(int(pitch / (1.12 * points)), 1)
            for width in [w for w in (16, 20, 26, 34, 44) if w * 0.55 * points <= room] or [12]:
                if all(row.lines(width).count("\n") < lines for row in every):
                    return float(points), width
        return smallest, width
