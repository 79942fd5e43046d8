"""Shades for what has an order: orange for low, blue for high, grey for neither, and the ink that can be read on each."""

from __future__ import annotations

import numpy as np

from cxstats.charts.style import PALETTE, luminance

LOW, HIGH, NEUTRAL = PALETTE[3], PALETTE[0], "#C9C9C9"
BLACK, PAPER = "#000000", "#FFFFFF"
PALEST = 0.28  # how much of the colour is left in the mildest shade


def mixed(color: str, part: float) -> str:
    """Return the colour with this part of it left, the rest being white paper."""
    from matplotlib.colors import to_hex, to_rgb

    rgb = part * np.asarray(to_rgb(color)) + (1 - part) * np.asarray(to_rgb(PAPER))
    return str(to_hex(tuple(rgb.tolist())))


def diverging(count: int) -> list[str]:
    """Return a colour for each of `count` ordered answers; the middle one of an odd number is grey."""
    half = count // 2
    strength = np.linspace(1.0, PALEST, half) if half > 1 else np.full(half, 0.85)
    low = [mixed(LOW, part) for part in strength]
    high = [mixed(HIGH, part) for part in strength[::-1]]
    return [*low, *([NEUTRAL] * (count % 2)), *high]


def ink_on(color: str) -> str:
    """Return black or white, whichever contrasts more with this ground: on any colour one of them does 4.5 to 1 (WCAG AA)."""
    from matplotlib.colors import to_rgb

    return BLACK if luminance(np.asarray(to_rgb(color))) > 0.179 else PAPER
