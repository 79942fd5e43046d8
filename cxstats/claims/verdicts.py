"""The verdicts of one `check`, as a table: printed, in a notebook, sorted, exported."""

from __future__ import annotations

import html as markup
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.claims import words
from cxstats.claims.verdict import VERDICTS, Verdict
from cxstats.errors import ArgumentError, listing, one_of, suggestion

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 120
MARK = {"supported": "✓", "contradicted": "✗", "inconclusive": "?", "untestable": "–"}
COLUMNS = (
    "claim", "says", "estimate", "conf_low", "conf_high", "region", "verdict", "reason", "n_to_settle", "unit", "level",
    "p_value", "n", "n_effective", "declared", "source", "synthetic", "sentence", "what", "why", "notes",
)  # fmt: skip
SHOWN = ("claim", "verdict", "estimate", "interval", "unit", "region", "n")
RIGHT = ("estimate", "interval", "n")
NAMED = 3  # claims that were declared and not checked; of more, the number
RANDOM = "Verdicts on published figures hold for answers of a simple random sample, and say nothing of who was asked"
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
    unchecked : tuple of str
        The ids of claims that were declared beforehand and not checked.
    conditions : str
        What differs from the level and the adjustment declared beforehand, in words.

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
    unchecked: tuple[str, ...] = ()
    conditions: str = ""

    def __len__(self) -> int:
        return len(self.verdicts)

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self.verdicts)

    def __getitem__(self, key: Any) -> Any:
        """Return a verdict by its place or by the id of its claim; a slice gives `Verdicts`."""
        if isinstance(key, slice):
            return replace(self, verdicts=self.verdicts[key])
        if not isinstance(key, str):
            return self.verdicts[key]
        for verdict in self.verdicts:
            if verdict.claim == key:
                return verdict
        ids = [verdict.claim for verdict in self.verdicts]
        raise ArgumentError(f"verdicts[{key!r}]: no claim has that id; there are {listing(ids)}.{suggestion(key, ids)}")

    def __contains__(self, key: object) -> bool:
        """Return whether a verdict is among these, given itself or the id of its claim."""
        return any(verdict.claim == key for verdict in self) if isinstance(key, str) else key in self.verdicts

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
            ``synthetic``, ``sentence``, ``what``, ``why``, ``notes``.

        Notes
        -----
        An `all_of` shows the numbers of the part that decides it; ``reason`` names that part. ``notes`` are joined by "; ", and
        end with the rows that were left out.

        Examples
        --------
        >>> import pandas as pd, cxstats as cx
        >>> claim = cx.Claim("quick", measure=lambda s: cx.measure(s, cx.mean("wait")), region=cx.below(5))
        >>> cx.check(claim, pd.DataFrame({"wait": [1, 2, 3, 2, 1, 3]})).frame()[["claim", "estimate", "verdict"]]
           claim  estimate    verdict
        0  quick       2.0  supported
        """
        import pandas as pd

        rows = self._rows() if parts else self.verdicts
        return pd.DataFrame([[_cell(v, name) for name in COLUMNS] for v in rows], columns=list(COLUMNS))

    def sort(self, by: str = "verdict") -> Verdicts:
        """Return the verdicts sorted: by verdict (supported first), or by any column of `frame`, lowest first, unknown last."""
        one_of("sort(by=)", by, COLUMNS)

        def key(verdict: Verdict) -> tuple[bool, Any]:
            value = VERDICTS.index(verdict.verdict) if by == "verdict" else _cell(verdict, by)
            unknown = isinstance(value, float) and np.isnan(value)
            return unknown, 0.0 if unknown else value

        return replace(self, verdicts=tuple(sorted(self.verdicts, key=key)))

    def to_csv(self, path: str | Path) -> Path:
        """Write the table, with the parts, as CSV (.csv); no cell is a formula."""
        from cxstats.claims.workbook import write_csv

        return write_csv(self, path)

    def to_excel(self, path: str | Path) -> Path:
        """Write the table, with the parts, as a workbook (.xlsx), and a sheet about it; equal verdicts give equal bytes."""
        from cxstats.claims.workbook import write_workbook

        return write_workbook(self, path)

    # --- how it is shown ----------------------------------------------------------------------------------------------

    def _rows(self) -> list[Verdict]:
        """Return the verdicts, each `all_of` followed by its parts, named "id: part"."""
        return [
            row
            for verdict in self.verdicts
            for row in (verdict, *(replace(part, claim=f"{verdict.claim}: {part.claim}") for part in verdict.parts))
        ]

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

    def _notes(self) -> list[tuple[str, str]]:
        """Return each note once, with the claims that share it: an `all_of` if all its parts do, else those parts."""
        told: dict[str, list[str]] = {}
        for verdict in self.verdicts:
            for note in dict.fromkeys([*verdict.notes, *(note for part in verdict.parts for note in part.notes)]):
                sharing = [f"{verdict.claim}: {part.claim}" for part in verdict.parts if note in part.notes]
                some = 0 < len(sharing) < len(verdict.parts)
                told.setdefault(note, []).extend(sharing if some else [verdict.claim])
        return [(", ".join(dict.fromkeys(ids)), note) for note, ids in told.items()]

    def _facts(self) -> dict[str, str]:
        """Return what is to be said of all verdicts together, by what it is about."""
        counts = ", ".join(f"{sum(v.verdict == name for v in self.verdicts)} {name}" for name in VERDICTS)
        shared = round((1 - self.level) / (1 - self.each)) if self.adjust else 1
        facts = {
            "claims": f"{len(self)} claim{'s'[: len(self) != 1]}: {counts}" if len(self) else "No claims",
            "level": f"Level {100 * self.level:g} %{f', shared by {shared} claims (Bonferroni)' if shared > 1 else ''}",
            "declared": self._declared(),
            "unchecked": self._unchecked(),
            "conditions": _sentence(self.conditions),
            "published": RANDOM if any(v.basis != "data" for v in self.verdicts) else "",
            "synthetic": f"{_sentence(self.synthetic)}: {ONLY_METHOD}" if self.synthetic else "",
        }
        return {name: f"{said}." for name, said in facts.items() if said}

    def _declared(self) -> str:
        """Say how many claims were declared beforehand as they are, and what is not so of the others."""
        compared = [v for v in self.verdicts if v.declared]
        others = [f"{v.claim} {v.declared}" for v in compared if v.declared != "declared"]
        count = f"Declared beforehand: {len(compared) - len(others)} of {len(compared)}"
        return "; ".join([count, *others]) if compared else ""

    def _unchecked(self) -> str:
        """Say which claims were declared beforehand and left out of this check."""
        count, more = len(self.unchecked), len(self.unchecked) - NAMED
        named = ", ".join(self.unchecked[:NAMED]) + (f" and {more} more" if more > 0 else "")
        return f"{count} declared claim{' was' if count == 1 else 's were'} not checked: {named}" if count else ""

    def _footer(self) -> list[str]:
        claims, level, *others = self._facts().values()
        return [f"{claims} {level}", *others]

    def __repr__(self) -> str:
        said = [f"{claim}: {text}" for claim, text in [*self._open(), *self._notes()]]
        below = [line for text in [*said, *self._footer()] for line in _wrapped(text)]
        if not len(self):
            return "\n".join(below)
        lines = [{name: name for name in SHOWN}, *self._lines()]
        shown = [name for name in SHOWN if name != "unit" or any(line["unit"] for line in lines[1:])]
        widths = {name: max(len(line[name]) for line in lines) for name in shown}
        table = [
            "  ".join(
                line[name].rjust(widths[name]) if name in RIGHT else line[name].ljust(widths[name]) for name in shown
            )
            for line in lines
        ]
        return "\n".join([*(line.rstrip() for line in table), *below])

    def _repr_html_(self) -> str:
        def row(cells: dict[str, str], tag: str) -> str:
            look = "white-space:pre;padding:2px 1em 2px 0;text-align:"
            styled = (
                f'<{tag} style="{look}{"right" if name in RIGHT else "left"}">{markup.escape(cells[name])}</{tag}>'
                for name in SHOWN
            )
            return f"<tr>{''.join(styled)}</tr>"

        def paragraph(lines: list[str]) -> str:
            return f'<p style="font-size:smaller">{"<br>".join(lines)}</p>' if lines else ""

        def told(pairs: list[tuple[str, str]]) -> str:
            return paragraph([f"<b>{markup.escape(claim)}</b>: {markup.escape(text)}" for claim, text in pairs])

        head, body = row({name: name for name in SHOWN}, "th"), "".join(row(line, "td") for line in self._lines())
        table = f'<table class="cxstats"><thead>{head}</thead><tbody>{body}</tbody></table>'
        return (
            (f'<div style="overflow-x:auto">{table}</div>' if len(self) else "")
            + told([(v.claim, v.sentence) for v in self.verdicts])
            + told(self._notes())
            + paragraph([markup.escape(line) for line in self._footer()])
        )


def _cell(v: Verdict, name: str) -> Any:
    """Return one value of the table; notes are one text, at the end the rows that were left out."""
    return "; ".join(filter(None, [*v.notes, v.left_out])) if name == "notes" else getattr(v, name)


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


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}"


def _wrapped(text: str) -> list[str]:
    return wrap(text, WIDTH, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False)
