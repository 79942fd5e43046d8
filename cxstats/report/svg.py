"""An SVG file becomes a part of a page: its identifiers are made unique, its style kept to itself, and it gets words.

Its colours become variables of the page with the colours of the file as their values, so that the page's dark dress can
give them others: ``fill: #262626`` is ``fill: var(--c-262626, #262626)``.
"""

from __future__ import annotations

import html
import re

LARGEST = 1.65  # pixels a point: text of 10 points is as large as that of the page


def inlined(svg: str, prefix: str, title: str, description: str) -> str:
    """Return the ``<svg>`` element of a file, to be put into a page beside others.

    Matplotlib names the parts of two like charts alike, and its style element would reach the whole page: identifiers get
    the prefix, style rules the identifier of this chart. The element scales with the page (its size is in the viewBox).
    """
    svg = svg[svg.index("<svg") :].strip()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", svg)
    svg = re.sub(r'(xlink:href|href)="#([^"]+)"', rf'\1="#{prefix}-\2"', svg)
    svg = re.sub(r"(<style[^>]*>)\s*\*\s*\{", rf"\1#{prefix} *{{", svg)
    svg = re.sub(r"\b(fill|stroke): #([0-9a-f]{6})\b", r"\1: var(--c-\2, #\2)", svg)
    opening, rest = svg.split(">", 1)
    width = re.search(r'\swidth="([\d.]+)pt"', opening)
    opening = re.sub(r'\s(width|height)="[^"]*"', "", opening)
    size = f' style="max-width:{float(width[1]) * LARGEST:.0f}px"' if width else ""
    words = (
        f'<title id="{prefix}-title">{html.escape(title)}</title>'
        f'<desc id="{prefix}-desc">{html.escape(description)}</desc>'
    )
    return f'{opening} id="{prefix}" role="img" aria-labelledby="{prefix}-title {prefix}-desc"{size}>{words}{rest}'
