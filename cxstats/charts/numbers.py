"""Numbers in words of a chart: as many decimals as their standard errors bear."""

from __future__ import annotations

import numpy as np

MOST_DECIMALS = 6


def decimals(errors: np.ndarray) -> int:
    """Return the decimals that values with these standard errors bear: the last one is worth a tenth to all of an error."""
    known = errors[np.isfinite(errors) & (errors > 0)]
    if not len(known):
        return 0
    return int(np.clip(np.ceil(np.log10(1 / float(np.median(known)))), 0, MOST_DECIMALS))


def written(value: float, digits: int, *, sign: bool = False) -> str:
    """Return the number with thousands separated and a true minus sign; nought has no sign, NaN is "unknown"."""
    if np.isnan(value):
        return "unknown"
    if np.isinf(value):
        return "\N{INFINITY}" if value > 0 else "\N{MINUS SIGN}\N{INFINITY}"
    rounded = round(float(value), digits) + 0.0
    text = f"{rounded:+,.{digits}f}" if sign and rounded else f"{rounded:,.{digits}f}"
    return text.replace("-", "\N{MINUS SIGN}")
