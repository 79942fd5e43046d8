"""The banner as HTML: a table that any page can hold, and a page of its own. All text from the data is escaped."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from cxstats.tables.text import Line, Shown, header, lines

if TYPE_CHECKING:
    from cxstats.tables.banner import Banner

STYLE = """
.cx-banner div { overflow-x: auto; max-width: 100%; }
.cx-banner table { border-collapse: separate; border-spacing: 0; font-size: .88em; font-variant-numeric: tabular-nums; }
.cx-banner th, .cx-banner td { padding: .15em .6em; text-align: right; vertical-align: top; border: 0; background: none; }
.cx-banner td { white-space: nowrap; }
.cx-banner thead th { font-weight: 600; vertical-align: bottom; }
.cx-banner thead tr:first-child th { text-align: left; }
.cx-banner thead tr:last-child th { border-bottom: 1px solid rgba(128, 128, 128, .8); font-weight: 400; }
.cx-banner tbody th { text-align: left; font-weight: 400; min-width: 8em; position: sticky; left: 0;
  background: var(--page, Canvas); }
.cx-banner tbody tr.estimate th, .cx-banner tbody tr.estimate td { padding-top: .5em; }
.cx-banner tbody tr.estimate th { font-weight: 600; }
.cx-banner tbody tr.base th { padding-left: 1.6em; }
.cx-banner tbody tr.base { font-size: .9em; color: color-mix(in srgb, currentColor 75%, transparent); }
.cx-banner tbody tr:nth-child(3n) > * { padding-bottom: .5em; border-bottom: 1px solid rgba(128, 128, 128, .35); }
.cx-banner .first { border-left: 1px solid rgba(128, 128, 128, .35); }
.cx-banner b { font-size: .85em; font-weight: 700; }
.cx-banner td b { display: block; white-space: normal; min-width: 4.2em; min-height: 1.2em; }
.cx-banner p { font-size: .85em; max-width: 50em; margin: .6em 0 0; }
@media (max-width: 34rem) { .cx-banner tbody th { min-width: 5.5em; max-width: 7.5em; overflow-wrap: anywhere; } }
@media print { .cx-banner div { overflow: visible; } }
"""


def part(banner: Banner, written: Callable[[str], str] = str) -> str:
    """Return the table with its style and its notes, to be put into a page; `written` puts numbers into another language."""
    columns, rows = header(banner), lines(banner)
    first = [i > 0 and column[0] != columns[i - 1][0] for i, column in enumerate(columns)]
    body = "".join(_row(line, first, written) for line in rows)
    notes = "<br>".join(escape(note) for note in banner.notes)
    return (
        f'<div class="cx-banner"><style>{STYLE}</style>\n<div tabindex="0" role="region" aria-label="Banner table">\n'
        f"<table>\n<thead>\n{_head(columns, first)}</thead>\n<tbody>\n{body}</tbody>\n"
        f"</table>\n</div>\n<p>{notes}</p>\n</div>\n"
    )


def page(banner: Banner) -> str:
    """Return a page that holds the table alone."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>Banner table</title>\n'
        "<style>:root { color-scheme: light dark; } body { font-family: system-ui, sans-serif; margin: 1rem; }</style>\n"
        f"</head>\n<body>\n{part(banner)}</body>\n</html>\n"
    )


def _head(columns: list[tuple[str, str, str]], first: list[bool]) -> str:
    groups = [(name, len(list(of))) for name, of in groupby(column[0] for column in columns)]
    top = "".join(
        f'<th scope="colgroup" colspan="{size}"{" class=first" if i else ""}>{escape(name)}</th>'
        for i, (name, size) in enumerate(groups)
    )
    names = "".join(
        f'<th scope="col"{_mark(f)}>{escape(name)}</th>' for (_, name, _), f in zip(columns, first, strict=True)
    )
    letters = "".join(
        f"<th{_mark(f)}>{letter and f'<b>{letter}</b>'}</th>" for (_, _, letter), f in zip(columns, first, strict=True)
    )
    return "".join(f"<tr><td></td>{cells}</tr>\n" for cells in (top, names, letters))


def _row(line: Line, first: list[bool], written: Callable[[str], str]) -> str:
    kind = "base" if line.heading == line.row else "estimate"
    cells = "".join(f"<td{_mark(f)}>{_cell(cell, written)}</td>" for cell, f in zip(line.cells, first, strict=True))
    return f'<tr class="{kind}"><th scope="row">{escape(line.heading)}</th>{cells}</tr>\n'


def _cell(cell: Shown, written: Callable[[str], str]) -> str:
    return escape(written(cell.number)) + (f" <b>{cell.letters}</b>" if cell.letters else "")


def _mark(first: bool) -> str:
    return ' class="first"' if first else ""
