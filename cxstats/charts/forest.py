"""The plan of a forest: which row and panel each verdict has, from the verdicts alone.

A panel holds verdicts of one unit and of like size, so that no interval vanishes in its marker.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxstats.charts.style import wrapped

INDENT = 3  # blanks before the name of a condition
TOP = 0.1  # of a row, above the first
APART = (
    30.0  # times narrower than another interval, or than its panel: what would not be seen, and gets a panel of its own
)


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
class Panel:
    """Rows of one unit and of like size, from the top."""

    unit: str
    rows: list[Row]

    @property
    def height(self) -> float:
        """Return its height, in rows."""
        return len(self.rows) + 2 * TOP

    def add(self, name: str, verdict: Any, *, drawn: bool, indent: int = 0) -> None:
        """Add a row at the bottom."""
        self.rows.append(Row(name, verdict, drawn, indent, TOP + len(self.rows) + 0.5))

    def suits(self, verdict: Any) -> bool:
        """Return whether the interval and the numbers of each row stay wide enough to be seen if this one joins them."""
        drawn = [row.verdict for row in self.rows if row.drawn] + [verdict]
        numbers = [[x for x in (v.estimate, v.conf_low, v.conf_high, *v.edges) if np.isfinite(x)] for v in drawn]
        widths = _sizes([v.conf_low, v.conf_high] for v in drawn)
        panel = _sizes([[x for each in numbers for x in each]])
        return all(
            max(wide) <= APART * min(narrow) for wide, narrow in ((widths, widths), (panel, _sizes(numbers))) if wide
        )


@dataclass(frozen=True)
class Forest:
    """Where each verdict goes.

    Attributes
    ----------
    panels : list of Panel
        From the top. An `all_of` stands once, above its conditions; those in other panels are named "id: condition".
    untestable : list of (str, str)
        Name and reason of what has no interval, so no place on an axis.
    """

    panels: list[Panel]
    untestable: list[tuple[str, str]]

    @classmethod
    def of(cls, verdicts: Any, label: str, *, by_size: bool) -> Forest:
        """Lay out the verdicts; `label` is the attribute that names the rows, and panels are of one unit, and of like size."""

        def name(verdict: Any) -> str:
            return str(getattr(verdict, label) or verdict.claim)

        found = cls([], [])
        for verdict in verdicts:
            headed = None
            for part in verdict.parts or (verdict,):
                whole = f"{name(verdict)}: {name(part)}" if verdict.parts else name(part)
                if part.verdict == "untestable":
                    found.untestable.append((whole, str(part.reason)))
                    continue
                panel = found._panel(part, by_size)
                if verdict.parts and headed is None:
                    headed = panel
                    panel.add(name(verdict), verdict, drawn=False)
                if panel is headed:
                    panel.add(name(part), part, drawn=True, indent=INDENT)
                else:
                    panel.add(whole, part, drawn=True)
        return found

    def _panel(self, verdict: Any, by_size: bool) -> Panel:
        """Return the first panel where a verdict fits, or a new one."""
        for panel in self.panels:
            if panel.unit == verdict.unit and (not by_size or panel.suits(verdict)):
                return panel
        self.panels.append(Panel(verdict.unit, []))
        return self.panels[-1]

    def fitting(self, pitch: float, room: float, size: float, smallest: float) -> tuple[float, int]:
        """Return the largest size, and the characters in a line, at which all names fit into their rows and into `room`."""
        every = [row for panel in self.panels for row in panel.rows]
        width = 12
        for points in np.arange(size, smallest - 0.01, -0.25):
            lines = max(int(pitch / (1.12 * points)), 1)
            for width in [w for w in (16, 20, 26, 34, 44) if w * 0.55 * points <= room] or [12]:
                if all(row.lines(width).count("\n") < lines for row in every):
                    return float(points), width
        return smallest, width


def _sizes(groups: Iterable[list[float]]) -> list[float]:
    """Return how far numbers reach, of each group that reaches somewhere: an interval without an end or width has no size."""
    reach = [max(group) - min(group) for group in groups if group]
    return [size for size in reach if np.isfinite(size) and size > 0]
