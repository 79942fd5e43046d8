"""`audit`: published figures in, one table in plain words out: what each can bear, and what nobody told."""

from __future__ import annotations

import html as markup
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.claims.declaration import need_level
from cxstats.claims.workbook import replacing
from cxstats.errors import ArgumentError
from cxstats.published import bearing
from cxstats.published.line import Line
from cxstats.published.percentage import Percentage
from cxstats.tables.formulas import write_table

if TYPE_CHECKING:
    import pandas as pd

WIDTHS = {"figure": 36, "n": 7, "bears": 52, "not told": 21}
FOOT = (
    "Limits hold for answers of a simple random sample, and for groups and pairs that scatter at random, rounding included: "
    "weights, clusters, who was reached and who answered are not in them, unless a design effect was given."
)


@dataclass(frozen=True, repr=False)
class Audit(Sequence[Line]):
    """What published figures bear; made by `audit`.

    Attributes
    ----------
    lines : tuple of Line
        One a figure, in the order given.
    level : float
        Level of the intervals.
    """

    lines: tuple[Line, ...]
    level: float

    def __len__(self) -> int:
        return len(self.lines)

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def __getitem__(self, key: Any) -> Any:
        return self.lines[key]

    def frame(self) -> pd.DataFrame:
        """Return the table, one row a figure; the columns are described at `audit`."""
        import pandas as pd

        return pd.DataFrame(self.lines, columns=list(Line._fields))

    def to_csv(self, path: str | Path) -> Path:
        """Write the table as CSV (.csv); no cell is a formula."""
        with replacing(path, ".csv") as fresh:
            write_table(fresh, self.frame())
        return Path(path)

    def _cells(self, line: Line) -> list[str]:
        figure = f"{line.figure} ({line.source})" if line.source else line.figure
        return [figure, f"{line.n:,.0f}" if np.isfinite(line.n) else "unknown", line.bears, line.not_told]

    def _foot(self) -> str:
        return f"{100 * self.level:g} % limits. {FOOT}"

    def __repr__(self) -> str:
        names, widths = list(WIDTHS), list(WIDTHS.values())

        def row(cells: Sequence[str]) -> list[str]:
            columns = [wrap(cell, width) or [""] for cell, width in zip(cells, widths, strict=True)]
            high = max(len(column) for column in columns)
            filled = [column + [""] * (high - len(column)) for column in columns]
            return [
                "  ".join(t.ljust(w) for t, w in zip(texts, widths, strict=True)).rstrip()
                for texts in zip(*filled, strict=True)
            ]

        shown = [*row(names), "-" * (sum(widths) + 2 * (len(widths) - 1))]
        for line in self.lines:
            shown += [*row(self._cells(line)), ""]
        return "\n".join([*shown, *wrap(self._foot(), sum(widths) + 2 * (len(widths) - 1))])

    def _repr_html_(self) -> str:
        look = "text-align:left;vertical-align:top;padding:2px 1em 2px 0"

        def row(cells: Iterable[str], tag: str) -> str:
            made = (f'<{tag} style="{look}">{markup.escape(cell)}</{tag}>' for cell in cells)
            return f"<tr>{''.join(made)}</tr>"

        body = "".join(row(self._cells(line), "td") for line in self.lines)
        table = f'<table class="cxstats"><thead>{row(WIDTHS, "th")}</thead><tbody>{body}</tbody></table>'
        return f'{table}<p style="font-size:smaller">{markup.escape(self._foot())}</p>'


def audit(figures: Iterable[Any], *, level: float = 0.95) -> Audit:
    """Tell of published figures what each can bear, and what nobody told, in one table in plain words.

    Parameters
    ----------
    figures : sequence
        `Percentage`, `Correlation`, `EcologicalTable` and `PublishedTrend` objects, and pairs ``(a, b)`` of percentages; or
        what `published_claims` returns. A pair is taken for answers of the same people, and says so, if source, n and
        population are told and equal; else for answers of different people.
    level : float
        Confidence level.

    Returns
    -------
    Audit
        Printed as a table; ``frame()`` has ``figure``, ``source``, ``n``, ``value``, ``conf_low`` and ``conf_high`` (the widest
        over all n that are possible), ``unit``, ``bears`` and ``not_told``.

    Raises
    ------
    ArgumentError
        If something is no published figure, or the level is not between 0 and 1.

    Notes
    -----
    What bears a claim in print need not be true of anybody: nothing here knows whether the right people were asked.

    References
    ----------
    Best, J. (2001). *Damned Lies and Statistics*. University of California Press.

    Examples
    --------
    >>> import cxstats as cx
    >>> pay = cx.Percentage(67, n=6723, says="would pay more", source="Salesforce 2018")
    >>> cx.audit([pay]).frame()[["figure", "bears"]].to_dict("records")
    [{'figure': '67 % would pay more', 'bears': 'a majority: 65.4 to 68.6 %'}]
    """
    need_level("audit", level)
    found = [figures] if hasattr(figures, "audited") else getattr(figures, "figures", figures)
    if isinstance(found, str) or not isinstance(found, Iterable):
        raise ArgumentError(f"audit(figures=): a published figure or a list of such, not {figures!r}.")
    lines = tuple(_line(figure, k, level) for k, figure in enumerate(found))
    if not lines:
        raise ArgumentError("audit(figures=): there are none. cx.Percentage(67, n=6723) makes one.")
    return Audit(lines, level)


def _line(figure: Any, place: int, level: float) -> Line:
    """Return the line about a figure, or about a pair of percentages."""
    if isinstance(figure, tuple | list) and len(figure) == 2 and all(isinstance(f, Percentage) for f in figure):
        return bearing.of_pair(figure[0], figure[1], level)
    if not hasattr(figure, "audited"):
        raise ArgumentError(
            f"audit(figures=): number {place + 1} is a {type(figure).__name__}. Percentage, Correlation, EcologicalTable and "
            "PublishedTrend are published figures, and so are pairs (a, b) of percentages."
        )
    found: Line = figure.audited(level)
    return found
