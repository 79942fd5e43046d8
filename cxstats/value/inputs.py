"""What a return is reckoned with and no survey tells: costs, a margin, a discount; a number, a range, or a distribution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cxstats.errors import ArgumentError, listing, suggestion

PLACE = "roi"
TAILS = 0.025  # of a distribution: from there to there it is shown
EDGE = 1e-6  # of a distribution, taken for its end


@dataclass(frozen=True)
class Input:
    """One input: its mean, the ends that are shown, and its quantiles; `given` says what it is."""

    name: str
    mean: float
    low: float
    high: float
    given: str
    shape: tuple[float, ...] = ()
    distribution: Any = None
    limits: tuple[float, float] = (-np.inf, np.inf)

    def around(self, within: float) -> tuple[float, float]:
        """Return the ends over which one number is moved: a part of itself up and down, as far as it can be."""
        return max(self.mean * (1 - within), self.limits[0]), min(self.mean * (1 + within), self.limits[1])

    @property
    def fixed(self) -> bool:
        """Whether it is one number."""
        return not self.shape and self.distribution is None

    def quantiles(self, u: np.ndarray) -> np.ndarray:
        """Return the quantiles at u."""
        if self.distribution is not None:
            return np.asarray(self.distribution.ppf(u), dtype=np.float64)
        if len(self.shape) == 2:
            return self.low + u * (self.high - self.low)
        if len(self.shape) == 3:  # triangular
            low, usual, high = self.shape
            part = (usual - low) / (high - low)
            up = low + np.sqrt(u * (high - low) * (usual - low))
            return np.where(u < part, up, high - np.sqrt((1 - u) * (high - low) * (high - usual)))
        return np.full(len(u), self.mean)


def input_of(place: str, name: str, given: Any, least: float, most: float, remedy: str) -> Input:
    """Return an input; raise `ArgumentError` unless all of it lies from `least` to `most`."""
    made = _input(place, name, given)
    ends = (made.low, made.high) if made.distribution is None else made.distribution.ppf([EDGE, 1 - EDGE])
    for end in ends:
        if not least <= end <= most:
            limit = f"{least:g} or more" if most == np.inf else f"from {least:g} to {most:g}"
            said = "is" if made.distribution is None else "is a distribution that reaches"
            raise ArgumentError(f"{place}: {name} {said} {end:g}, and must be {limit}. {remedy}")
    return replace(made, limits=(least, most))


def _input(place: str, name: str, given: Any) -> Input:
    if _number(given):
        return Input(name, float(given), float(given), float(given), "one number")
    if isinstance(given, tuple | list) and len(given) in (2, 3) and all(_number(part) for part in given):
        shape = tuple(float(part) for part in given)
        if len(set(shape)) == 1:
            return _input(place, name, shape[0])
        if list(shape) != sorted(shape):
            raise ArgumentError(f"{place}: {name} is {given!r}; a range goes from its lowest to its highest number.")
        kind = "range, any part of it alike" if len(shape) == 2 else f"range, {shape[1]:g} the likeliest"
        return Input(name, sum(shape) / len(shape), shape[0], shape[-1], kind, shape)
    if callable(getattr(given, "ppf", None)) and callable(getattr(given, "mean", None)):
        low, high = (float(given.ppf(u)) for u in (TAILS, 1 - TAILS))
        mean = float(given.mean())
        if not np.isfinite([mean, low, high]).all():
            raise ArgumentError(f"{place}: {name} is a distribution without a finite mean and finite quantiles.")
        return Input(name, mean, low, high, "distribution, its middle 95 %", distribution=given)
    raise ArgumentError(
        f"{place}: {name} is {given!r}; a number, a range (lowest, highest), (lowest, likeliest, highest), or a distribution "
        "such as scipy.stats.norm(12, 2) is needed."
    )


def _number(value: Any) -> bool:
    return (
        isinstance(value, int | float | np.number)
        and not isinstance(value, bool | np.bool_)
        and bool(np.isfinite(value))
    )


def costs_of(cost: Any, order: tuple[Any, ...]) -> list[Input]:
    """Return the cost of each level; that of the first may be left out, the others are then beyond it."""
    cost = cost.to_dict() if callable(getattr(cost, "to_dict", None)) else cost  # a column of costs by level
    if not isinstance(cost, Mapping):
        raise ArgumentError(
            f"{PLACE}(cost=): a mapping of levels to costs, as in {{{order[-1]!r}: 22}}, is needed, not {cost!r}."
        )
    unknown = next((key for key in cost if key not in order), None)
    if unknown is not None:
        raise ArgumentError(
            f"{PLACE}(cost=): {unknown!r} is no level of {listing(list(order))}.{suggestion(unknown, order)}"
        )
    missing = [level for level in order[1:] if level not in cost]
    if missing:
        raise ArgumentError(f"{PLACE}(cost=): no cost of {listing(missing)}. Name one for every level but the first.")
    remedy = "Costs are what one customer costs, never below 0."
    found = [
        input_of(f"{PLACE}(cost=)", f"cost of {level}", cost.get(level, 0.0), 0.0, np.inf, remedy) for level in order
    ]
    if order[0] not in cost:
        found[0] = replace(found[0], given=f"not given: costs are beyond those of {order[0]}")
    return found


def shown(one: Input) -> str:
    """Return an input as a reader would write it."""
    return f"{one.mean:g}" if one.fixed else f"{one.low:.4g} to {one.high:.4g}"


def drawn(inputs: list[Input], draws: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Return draws of inputs, each spread evenly over its distribution (McKay, Beckman and Conover's Latin hypercube)."""
    found = []
    for one in inputs:
        u = (rng.permutation(draws) + rng.random(draws)) / draws
        found.append(np.full(draws, one.mean) if one.fixed else one.quantiles(u))
    return found
