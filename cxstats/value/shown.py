"""Several tables under one headline, as text and as notebooks show them; what they rest on is said once."""

from __future__ import annotations

import html as markup
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cxstats.inference import Estimate
from cxstats.inference.show import footer, html, text

if TYPE_CHECKING:
    import pandas as pd


def as_text(head: str, parts: Mapping[str, Estimate | pd.DataFrame | str]) -> str:
    """Return headline, titled tables (a text stands for itself), and the line of what they rest on."""
    shown = []
    for title, part in parts.items():
        if isinstance(part, Estimate):
            shown.append(f"{title}\n{text(part, foot=False)}")
        else:
            shown.append(
                part if isinstance(part, str) else f"{title}\n{part.to_string(index=False, float_format=_short)}"
            )
    return "\n\n".join([head, *shown, _foot(parts)])


def as_html(head: str, parts: Mapping[str, Estimate | pd.DataFrame | str]) -> str:
    """Return the same for notebooks; text from the data is escaped."""
    shown = []
    for title, part in parts.items():
        if isinstance(part, str):
            shown.append(f"<p>{markup.escape(part)}</p>")
            continue
        table = html(part, foot=False) if isinstance(part, Estimate) else part.to_html(index=False, float_format=_short)
        shown.append(f"<p><b>{markup.escape(title)}</b></p>{table}")
    foot = f'<p style="font-size:smaller">{markup.escape(_foot(parts))}</p>'
    return f"<div><p>{markup.escape(head)}</p>{''.join(shown)}{foot}</div>"


def _short(number: float) -> str:
    return f"{number:,.2f}"


def _foot(parts: Mapping[str, Estimate | pd.DataFrame | str]) -> str:
    return footer(*(part for part in parts.values() if isinstance(part, Estimate)))
