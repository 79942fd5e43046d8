"""A change in words: clear, perhaps, or too small to tell; better or worse; with the decimals that its interval needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cxstats.report.words import UNKNOWN

MOST_DIGITS = 6
NOT_CLEAR, PERHAPS = "not clear", "perhaps "


def judged(row: Mapping[Any, Any], digits: int, level: float) -> dict[str, Any]:
    """Return a change or slope with its verdict and the decimals to write it with.

    It is "up" or "down" if its p-value, adjusted for the comparisons of the report, is below 1 - level; "perhaps up" if its
    own interval is on one side of zero and only the other comparisons take that back; else "not clear".
    """
    low, high = float(row["conf_low"]), float(row["conf_high"])
    side = "up" if low > 0 else "down" if high < 0 else ""
    while side and digits < MOST_DIGITS and min(abs(low), abs(high)) < 0.5 * 10**-digits:
        digits += 1  # a limit just beside zero is not written as zero
    sure = bool(float(row["p_value"]) < 1 - level)
    verdict = (side if sure else PERHAPS + side) if side else NOT_CLEAR
    verdict = UNKNOWN if np.isnan(low) or np.isnan(high) else verdict
    return {
        **{str(k): v for k, v in row.items()},
        "verdict": verdict,
        "side": side,
        "clear": bool(side) and sure,
        "digits": digits,
    }


def is_worse(side: str, direction: str | None) -> bool:
    """Return whether a change to this side is one for the worse; unknown where neither end of the measure is better."""
    return (side, direction) in (("up", "low"), ("down", "high"))
