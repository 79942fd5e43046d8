"""What is known of each row of an estimate besides its value: base, unit, range, definition, and how to form limits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from cxstats.errors import VariantError
from cxstats.inference.intervals import Limits

OwnLimits = Callable[[float, str | None], tuple[float, float]]  # (alpha, method of shares) to (low, high)
# their intervals are not formed from value and variance
OWN = ("quantile", "extreme", "rank", "explained", "crossing", "fieller", "drawn")


@dataclass(frozen=True)
class Rows:
    """Parallel arrays, one entry a row of the estimate.

    Attributes
    ----------
    n, n_effective : array of float
        Base (unweighted answers) and its effective size, n over the design effect.
    most : array of float
        The largest effective size an interval may rest on. Answers that differ in weight or share PSUs are not worth more
        than n (over 1 - f where a fraction f is drawn), however alike the few PSUs of a sample come out.
    kish : array of float
        ``(sum w)^2 / sum w^2``: what unequal weights leave of n if they have nothing to do with the answers. Infinite
        without weights, and where rows are not the PSUs.
    represented : array of float
        Sum of the weights in the base: the people the answers stand for.
    square : array of float
        Mean of the squared points, needed for the interval of a balance.
    unknown : array of bool
        The variance is unknown: no answers, one PSU, or answers that are all alike.
    simple : bool
        A simple random sample: the effective size is n itself.
    family, unit, variant, direction, note : array of str
        See `Score`.
    low, high : array of float
        The range of the metric, infinite where it has none.
    own : array of object
        For the families in `OWN`, a function from alpha and the method of shares to limits; None elsewhere.
    """

    n: np.ndarray
    n_effective: np.ndarray
    most: np.ndarray
    kish: np.ndarray
    represented: np.ndarray
    square: np.ndarray
    unknown: np.ndarray
    simple: np.ndarray
    family: np.ndarray
    unit: np.ndarray
    variant: np.ndarray
    direction: np.ndarray
    low: np.ndarray
    high: np.ndarray
    note: np.ndarray
    own: np.ndarray

    def take(self, rows: np.ndarray) -> Rows:
        """Return some of the rows, in the order given."""
        return Rows(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    @classmethod
    def stack(cls, parts: Sequence[Rows]) -> Rows:
        """Return the rows of several estimates, one after the other."""
        return cls(**{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(cls)})

    @classmethod
    def derived(cls, n: np.ndarray, unknown: np.ndarray, unit: np.ndarray, **given: Any) -> Rows:
        """Return rows for a function of estimates: no range and a t interval unless given."""
        size = len(n)
        texts = {name: np.full(size, "", dtype=object) for name in ("variant", "direction", "note")}
        made: dict[str, Any] = {
            "n": n,
            "n_effective": np.full(size, np.nan),
            "most": np.full(size, np.inf),
            "kish": np.full(size, np.inf),
            "represented": np.full(size, np.nan),
            "square": np.full(size, np.nan),
            "unknown": unknown,
            "simple": np.zeros(size, dtype=bool),
            "family": np.full(size, "derived", dtype=object),
            "unit": unit,
            "low": np.full(size, -np.inf),
            "high": np.full(size, np.inf),
            "own": np.full(size, None, dtype=object),
        }
        return cls(**(made | texts | given))


def unit_of_difference(unit: np.ndarray) -> np.ndarray:
    """Return the unit of differences: those of percentages are percentage points."""
    return np.asarray([f"{u} points" if u.endswith("%") else u for u in unit], dtype=object)


def same_variant(place: str, a: Rows, b: Rows) -> None:
    """Raise `VariantError` unless row i of both is the same measure, or both are plain means or shares of one unit."""
    plain = (a.direction == "") & (b.direction == "")
    unlike = (a.unit != b.unit) | ((a.variant != b.variant) & ~plain)
    for i in np.flatnonzero(unlike).tolist():
        raise VariantError(
            f"{place}: {_named(a, i)} and {_named(b, i)} are different measures. "
            "Measure both by one definition, or bring them to one scale with transform()."
        )


def _named(rows: Rows, i: int) -> str:
    unit = f" in {rows.unit[i]}" if rows.unit[i] else ""
    return f"'{rows.variant[i]}'{unit}"


def own_limits(rows: Rows, alpha: np.ndarray, method: str | None) -> Limits:
    """Return the limits of the rows that bring their own (quantiles: Woodruff); NaN elsewhere."""
    found = [(np.nan, np.nan) if own is None else own(float(a), method) for own, a in zip(rows.own, alpha, strict=True)]
    pairs = np.asarray(found, dtype=np.float64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]
