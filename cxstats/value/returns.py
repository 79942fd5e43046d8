"""What a customer brings and costs at each level of service over the horizon, as a function of means and inputs.

With the outcome s (money a period), the margin m, the retention r and the discount d a period, a customer at a level brings
``m s A`` and costs ``c A``, ``A = sum_{t < T} (r / (1 + d))^t`` the periods that are to come, discounted; or costs c once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cxstats.value.inputs import Input

QUANTITIES = ("benefit", "cost", "net", "benefit_cost", "roi", "break_even_cost", "break_even_margin")


@dataclass(frozen=True)
class Inputs:
    """Costs by level, margin, worth of a unit of the outcome, discount, and retention by level (None: estimated)."""

    costs: list[Input]
    margin: Input
    worth: Input
    discount: Input
    retention: list[Input] | None
    horizon: int
    once: bool

    @property
    def named(self) -> list[Input]:
        """All inputs, each once."""
        kept = [] if self.retention is None or self.horizon == 1 else list({r.name: r for r in self.retention}.values())
        return [*self.costs, self.margin, self.worth, self.discount, *kept]

    @property
    def costs_given(self) -> bool:
        """Whether nothing of the cost of a step is estimated: it hangs on nobody's stay, or that is given."""
        return self.retention is not None or self.once or self.horizon == 1

    @property
    def fixed(self) -> bool:
        """Whether every input is one number."""
        return all(one.fixed for one in self.named)


@dataclass(frozen=True)
class Point:
    """Values of all inputs: numbers, or arrays of draws (costs and retention by level)."""

    costs: list[np.ndarray]
    margin: np.ndarray
    worth: np.ndarray
    discount: np.ndarray
    retention: list[np.ndarray] | None

    @classmethod
    def at(cls, inputs: Inputs, take: Callable[[Input], np.ndarray]) -> Point:
        """Return what `take` makes of each input."""
        seen = {one.name: take(one) for one in inputs.named}
        kept = None
        if inputs.retention is not None:
            kept = [seen.get(r.name, np.asarray(r.mean)) for r in inputs.retention]
        return cls(
            [seen[c.name] for c in inputs.costs],
            seen[inputs.margin.name],
            seen[inputs.worth.name],
            seen[inputs.discount.name],
            kept,
        )


def periods(retention: np.ndarray, discount: np.ndarray, horizon: int) -> np.ndarray:
    """Return ``A``: 1 for one period.

    Examples
    --------
    >>> periods(np.asarray(0.8), np.asarray(0.0), 3).round(2).item()
    2.44
    """
    kept = np.asarray(retention / (1 + discount))
    return np.asarray(sum((kept**t for t in range(1, horizon)), np.ones_like(kept)))


def step(
    inputs: Inputs, at: Point, outcome: np.ndarray, kept: np.ndarray | None, later: int, earlier: int
) -> dict[str, np.ndarray]:
    """Return what a step brings: `outcome` and `kept` are means by level in the first axis (kept: shares, or None).

    A return on a step that costs nothing more, and the margin at which one pays that brings nothing more, are NaN.
    """
    stays = at.retention if kept is None else list(kept)
    assert stays is not None
    a = [periods(np.clip(stays[j], 0.0, 1.0), at.discount, inputs.horizon) for j in (earlier, later)]
    b = [np.ones_like(one) for one in a] if inputs.once else a
    bring = at.worth * (outcome[later] * a[1] - outcome[earlier] * a[0])
    benefit = at.margin * bring
    cost = at.costs[later] * b[1] - at.costs[earlier] * b[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(cost > 0, benefit / cost, np.nan)
        margin = np.where((bring > 0) & (cost > 0), cost / bring, np.nan)
        even = (benefit + at.costs[earlier] * b[0]) / b[1] - at.costs[earlier]
    found = (benefit, cost, benefit - cost, ratio, 100 * (ratio - 1), even, margin)
    return dict(zip(QUANTITIES, np.broadcast_arrays(*found), strict=True))
