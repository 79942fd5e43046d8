"""The verdicts of one `check`, as a table: printed, in a notebook, sorted, exported."""

from __future__ import annotations

import html as markup
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.claims import words
from cxstats.claims.verdict import VERDICTS, Verdict
from cxstats.errors import ArgumentError, listing, one_of, suggestion
from cxstats.tables.formulas import write_table

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 120
MARK = {"supported": "✓", "contradicted": "✗", "inconclusive": "?", "untestable": "–"}
COLUMNS = (
    "claim", "says", "estimate", "conf_low", "conf_high", "region", "verdict", "reason", "n_to_settle", "unit", "level",
    "p_value", "n", "n_effective", "declared", "source", "synthetic", "sentence",
)  # fmt: skip
SHOWN = ("claim", "verdict", "estimate", "interval", "unit", "region", "n")
RIGHT = ("estimate", "interval", "n")
ONLY_METHOD = "the verdicts only show whether the method finds what was put in"


@dataclass(frozen=True, repr=False)
class Verdicts(Sequence[Verdict]):
    """Verdicts in the order of their claims; made by `check`.

    Attributes
    ----------
    verdicts : tuple of Verdict
        One a claim; an `all_of` carries the verdicts of its parts.
    level : float
        The level asked for.
    adjust : {None, "bonferroni"}
        Whether it was shared among the claims.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> answers = pd.DataFrame({"overall": [5] * 60 + [3] * 20 + [1] * 10})
    >>> def satisfied(survey):
    ...     return cx.measure(survey, cx.csat("overall"))
    >>> regions = {"most": cx.above(50), "nearly-all": cx.above(90)}
    >>> claims = [cx.Claim(name, measure=satisfied, region=region) for name, region in regions.items()]
    >>> cx.check(claims, answers).frame()[["claim", "estimate", "region", "verdict"]].round(1)
            claim  estimate     region       verdict
    0        most      66.7  above(50)     supported
    1  nearly-all      66.7  above(90)  contradicted
    """

    verdicts: tuple[Verdict, ...]
    level: float
    adjust: str | None = None

    def __len__(self) -> int:
        return len(self.verdicts)

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self.verdicts)

    def __getitem__(self, key: Any) -> Any:
        """Return a verdict by its place or by the id of its claim; a slice gives `Verdicts`."""
        if isinstance(key, slice):
            return Verdicts(self.verdicts[key], self.level, self.adjust)
        if not isinstance(key, str):
            return self.verdicts[key]
        for verdict in self.verdicts:
            if verdict.claim == key:
                return verdict
        ids = [verdict.claim for verdict in self.verdicts]
        raise ArgumentError(f"verdicts[{key!r}]: no claim has that id; there are {listing(ids)}.{suggestion(key, ids)}")

    @property
    def synthetic(self) -> str:
        """What marks verdicts on data that a program made: "synthetic sample data"; empty for your own."""
        return "; ".join(dict.fromkeys(verdict.synthetic for verdict in self.verdicts if verdict.synthetic))

    @property
    def each(self) -> float:
        """The level at which each claim is judged: `level`, or what is left of it where claims share it."""
        levels = [(verdict.parts or (verdict,))[0].level for verdict in self.verdicts]
        return levels[0] if levels else self.level

    def frame(self, *, parts: bool = False) -> pd.DataFrame:
        """Return the table, one row a claim.

        Parameters
        ----------
        parts : bool
            Whether each `all_of` is followed by its parts, named "id: part".

        Returns
        -------
        pandas.DataFrame
            Columns ``claim``, ``says``, ``estimate``, ``conf_low``, ``conf_high``, ``region``, ``verdict``, ``reason``,
            ``n_to_settle``, then ``unit``, ``level``, ``p_value``, ``n``, ``n_effective``, ``declared``, ``source``,
            ``synthetic``, ``sentence``.

        Notes
        -----
        An `all_of` shows the numbers of the part that decides it; ``reason`` names that part.

        Examples
        --------
        >>> import pandas as pd, cxstats as cx
        >>> claim = cx.Claim("quick", measure=lambda s: cx.measure(s, cx.mean("wait")), region=cx.below(5))
        >>> cx.check(claim, pd.DataFrame({"wait": [1, 2, 3, 2, 1, 3]})).frame()[["claim", "estimate", "verdict"]]
           claim  estimate    verdict
        0  quick       2.0  supported
        """
        import pandas as pd

        rows = []
        for verdict in self.verdicts:
            rows.append(verdict)
            rows += [_named(part, f"{verdict.claim}: {part.claim}") for part in verdict.parts] if parts else []
        return pd.DataFrame([[getattr(v, name) for name in COLUMNS] for v in rows], columns=list(COLUMNS))

    def sort(self, by: str = "verdict") -> Verdicts:
        """Return the verdicts sorted: by verdict (supported first), or by any column of `frame`, lowest first, unknown last."""
        one_of("sort(by=)", by, COLUMNS)
        if by == "verdict":
            return Verdicts(
                tuple(sorted(self.verdicts, key=lambda v: VERDICTS.index(v.verdict))), self.level, self.adjust
            )

        def key(verdict: Verdict) -> tuple[bool, Any]:
            value = getattr(verdict, by)
            unknown = isinstance(value, float) and np.isnan(value)
            return unknown, 0.0 if unknown else value

        return Verdicts(tuple(sorted(self.verdicts, key=key)), self.level, self.adjust)

    def to_csv(self, path: str | Path) -> Path:
        """Write the table, with the parts, as CSV; no cell is a formula."""
        return write_table(Path(path), self.frame(parts=True))

    def to_excel(self, path: str | Path) -> Path:
        """Write the table, with the parts, as a workbook; equal verdicts give equal bytes."""
        from cxstats.claims.workbook import workbook

        held = io.BytesIO()
        workbook(self, held)
        target = Path(path)
        target.write_bytes(held.getvalue())
        return target

    # --- how it is shown ----------------------------------------------------------------------------------------------

    def _lines(self) -> list[dict[str, str]]:
        """Return the rows as texts, parts indented below their claim."""
        lines = []
        for verdict in self.verdicts:
            lines.append(_line(verdict, verdict.claim))
            lines += [_line(part, f"  {part.claim}") for part in verdict.parts]
        return lines

    def _open(self) -> list[tuple[str, str]]:
        """Return the claims that are not settled, with the reason."""
        return [(v.claim, v.reason) for v in self.verdicts if v.verdict in ("inconclusive", "untestable")]

    def _footer(self) -> list[str]:
        counts = ", ".join(f"{sum(v.verdict == name for v in self.verdicts)} {name}" for name in VERDICTS)
        shared = round((1 - self.level) / (1 - self.each)) if self.adjust else 1
        level = f"Level {100 * self.level:g} %{f', shared by {shared} claims (Bonferroni)' if shared > 1 else ''}."
        said = [f"{len(self)} claim{'s'[: len(self) != 1]}: {counts}. {level}", *self._declared()]
        mark = self.synthetic
        return [*said, *([f"{mark[:1].upper()}{mark[1:]}: {ONLY_METHOD}."] if mark else [])]

    def _declared(self) -> list[str]:
        """Say how many claims were declared beforehand as they are, and what is not so of the others."""
        compared = [v for v in self.verdicts if v.declared]
        if not compared:
            return []
        others = [f"{v.claim} {v.declared}" for v in compared if v.declared != "declared"]
        count = f"Declared beforehand: {len(compared) - len(others)} of {len(compared)}"
        return [f"{count}{'; ' if others else ''}{'; '.join(others)}."]

    def __repr__(self) -> str:
        lines = [{name: name for name in SHOWN}, *self._lines()]
        shown = [name for name in SHOWN if name != "unit" or any(line["unit"] for line in lines[1:])]
        widths = {name: max(len(line[name]) for line in lines) for name in shown}
        table = [
            "  ".join(
                line[name].rjust(widths[name]) if name in RIGHT else line[name].ljust(widths[name]) for name in shown
            )
            for line in lines
        ]
        reasons = [
            line for claim, why in self._open() for line in wrap(f"{claim}: {why}", WIDTH, subsequent_indent="  ")
        ]
        return "\n".join([*(line.rstrip() for line in table), *reasons, *self._footer()])

    def _repr_html_(self) -> str:
        def row(cells: dict[str, str], tag: str) -> str:
            styled = (
                f'<{tag} style="text-align:{"right" if name in RIGHT else "left"};white-space:pre">{markup.escape(cells[name])}'
                f"</{tag}>"
                for name in SHOWN
            )
            return f"<tr>{''.join(styled)}</tr>"

        head, body = row({name: name for name in SHOWN}, "th"), "".join(row(line, "td") for line in self._lines())
        said = "<br>".join(markup.escape(v.sentence) for v in self.verdicts)
        below = "<br>".join(markup.escape(line) for line in self._footer())
        return (
            f'<div style="overflow-x:auto"><table class="cxstats"><thead>{head}</thead><tbody>{body}</tbody></table></div>'
            f'<p style="font-size:smaller">{said}</p><p style="font-size:smaller">{below}</p>'
        )


def _line(v: Verdict, name: str) -> dict[str, str]:
    value, low, high = words.numbers(v)
    known = not np.isnan(v.estimate)
    return {
        "claim": name,
        "verdict": f"{MARK[v.verdict]} {v.verdict}",
        "estimate": value if known else "",
        "interval": f"{low} to {high}" if not np.isnan(v.conf_low) else "",
        "unit": v.unit,
        "region": v.region,
        "n": f"{v.n:,.0f}" if np.isfinite(v.n) else "",
    }


def _named(verdict: Verdict, name: str) -> Verdict:
    return replace(verdict, claim=name)
