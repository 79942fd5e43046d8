"""A change in words: clear, perhaps, or too small to tell; better or worse; with the decimals that its interval needs.

A gap that keeps its sign is not "up" or "down" but wider or narrower: delivered minus expected of -0.5 after -0.3 is wider.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cxstats.report.measures import Measured
from cxstats.report.words import UNKNOWN

MOST_DIGITS = 6
NOT_CLEAR, PERHAPS = "not clear", "perhaps "
GAP, WIDER, NARROWER = "gap", "wider", "narrower"


def judged_changes(m: Measured, digits: int, level: float) -> list[dict[str, Any]]:
    """Return the changes of a metric, judged."""
    value = dict(zip(m.periods, m.by_period["estimate"].tolist(), strict=True))
    rows = m.changes.to_dict("records")
    return [_judged(row, digits, level, _distances(m, [value[row["versus"]], value[row["period"]]])) for row in rows]


def judged_trend(m: Measured, digits: int, level: float) -> list[dict[str, Any]]:
    """Return the slope of a metric, judged; empty if there is none."""
    over = [value for p, value in zip(m.periods, m.by_period["estimate"].tolist(), strict=True) if p in m.compared]
    return [_judged(row, digits, level, _distances(m, over)) for row in m.trend.to_dict("records")]


def is_worse(side: str, direction: str | None) -> bool:
    """Return whether a change to this side is one for the worse; unknown where neither end of the measure is better."""
    return (side, direction) in (("up", "low"), ("down", "high"))


def _judged(row: Mapping[Any, Any], digits: int, level: float, distances: Mapping[str, str]) -> dict[str, Any]:
    """Return a change or slope with its verdict and the decimals to write it with.

    It is "up" or "down" if its p-value, adjusted for the comparisons of the report, is below 1 - level; "perhaps up" if its
    own interval is on one side of zero and only the other comparisons take that back; else "not clear". `course` is the
    side, or that of a gap.
    """
    low, high = float(row["conf_low"]), float(row["conf_high"])
    side = "up" if low > 0 else "down" if high < 0 else ""
    course = distances.get(side, side)
    digits = apart(digits, 0.0, low, high) if side else digits
    sure = bool(float(row["p_value"]) < 1 - level)
    verdict = (course if sure else PERHAPS + course) if side else NOT_CLEAR
    verdict = UNKNOWN if np.isnan(low) or np.isnan(high) else verdict
    return {
        **{str(k): v for k, v in row.items()},
        "verdict": verdict,
        "side": side,
        "course": course,
        "clear": bool(side) and sure,
        "digits": digits,
    }


def apart(digits: int, edge: float, *limits: float) -> int:
    """Return the decimals with which no limit just beside an edge is written like the edge."""
    beside = [abs(limit - edge) for limit in limits if limit != edge and np.isfinite(limit)]
    while digits < MOST_DIGITS and any(distance < 0.5 * 10**-digits for distance in beside):
        digits += 1
    return digits


def _distances(m: Measured, values: Sequence[float]) -> dict[str, str]:
    """Return what up and down mean for the size of a gap, if it lies on one side of zero all along."""
    if m.metric.kind != GAP or not values:
        return {}
    if max(values) <= 0:
        return {"up": NARROWER, "down": WIDER}
    return {"up": WIDER, "down": NARROWER} if min(values) >= 0 else {}
