"""What draws of a return say: those without a result are endless or unknown, and limits are quantiles of the rest."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cxstats.inference.rows import OwnLimits

RATIOS = ("benefit_cost", "roi", "break_even_margin")


def complete(name: str, draws: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return draws of a quantity, endless where no margin pays, or something comes of nothing."""
    found, costs, brings = draws[name], draws["cost"] > 0, draws["benefit"] > 0
    if name == "break_even_margin":
        found = np.where(costs & ~brings, np.inf, np.where(brings & ~costs, 0.0, found))
    elif name in RATIOS:
        found = np.where(brings & ~costs, np.inf, found)
    return np.where(np.isnan(draws["net"]), np.nan, found)


def quantiles(plain: np.ndarray, guarded: np.ndarray) -> OwnLimits:
    """Return the function from alpha to the quantiles of draws; one that has no result may be anything.

    Of fewer draws than one beyond a limit nothing is known: it has no end.
    """
    nothing, size = bool(np.isnan(plain).all()), len(plain)
    ends = [[np.sort(np.where(np.isnan(draws), end, draws)) for end in (-np.inf, np.inf)] for draws in (plain, guarded)]

    def limits(alpha: float, method: str | None) -> tuple[float, float]:
        if nothing:
            return np.nan, np.nan
        if alpha / 2 * size < 1:
            return -np.inf, np.inf
        least, most = ends[method == "guarded"]
        at = np.asarray([alpha / 2, 1 - alpha / 2]) * (size - 1)
        return float(least[int(np.floor(at[0]))]), float(most[int(np.ceil(at[1]))])

    return limits
