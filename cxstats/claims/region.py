"""A claim's region: the part of the number line where the claim is true, declared before any data is seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxstats.errors import ArgumentError


@dataclass(frozen=True)
class Region:
    """An open interval of the number line, built with `above`, `below` or `between`.

    Attributes
    ----------
    low, high : float
        Its edges, in the unit of the measure; infinite where it has none.
    """

    low: float
    high: float

    def judge(self, low: float, high: float) -> str:
        """Return the verdict on an interval: "supported" inside the region, "contradicted" outside, else "inconclusive".

        An interval that is not known is "untestable".
        """
        if np.isnan(low) or np.isnan(high):
            return "untestable"
        if (low > self.low or self.low == -np.inf) and (high < self.high or self.high == np.inf):
            return "supported"
        if high < self.low or low > self.high:
            return "contradicted"
        return "inconclusive"

    def __contains__(self, value: float) -> bool:
        return self.low < value < self.high

    def __str__(self) -> str:
        if self.high == np.inf:
            return f"above({self.low:g})"
        if self.low == -np.inf:
            return f"below({self.high:g})"
        return f"between({self.low:g}, {self.high:g})"

    __repr__ = __str__


def above(edge: float) -> Region:
    """Return the region of values above an edge.

    Parameters
    ----------
    edge : float
        In the unit of the measure (percent for shares, points for scales).

    Returns
    -------
    Region
        The open interval from `edge` to infinity.

    Raises
    ------
    ArgumentError
        If the edge is not a finite number.

    Notes
    -----
    ``above(0)`` on a difference is superiority; ``above(-d)`` is non-inferiority.

    References
    ----------
    Wellek, S. (2010). *Testing Statistical Hypotheses of Equivalence and Noninferiority*, 2nd ed. CRC.

    Examples
    --------
    >>> import cxstats as cx
    >>> cx.above(50).judge(53.1, 60.2)
    'supported'
    """
    return Region(_edge("above", edge), np.inf)


def below(edge: float) -> Region:
    """Return the region of values below an edge.

    Parameters
    ----------
    edge : float
        In the unit of the measure (percent for shares, points for scales).

    Returns
    -------
    Region
        The open interval from minus infinity to `edge`.

    Raises
    ------
    ArgumentError
        If the edge is not a finite number.

    Notes
    -----
    ``below(10)`` on a share in percent says "fewer than one in ten".

    References
    ----------
    Wellek, S. (2010). *Testing Statistical Hypotheses of Equivalence and Noninferiority*, 2nd ed. CRC.

    Examples
    --------
    >>> import cxstats as cx
    >>> cx.below(10).judge(8.0, 12.0)
    'inconclusive'
    """
    return Region(-np.inf, _edge("below", edge))


def between(low: float, high: float) -> Region:
    """Return the region of values between two edges.

    Parameters
    ----------
    low, high : float
        In the unit of the measure.

    Returns
    -------
    Region
        The open interval from `low` to `high`.

    Raises
    ------
    ArgumentError
        If an edge is not a finite number, or the region is upside down.

    Notes
    -----
    ``between(-d, d)`` on a difference is equivalence: the difference is too small to matter.

    References
    ----------
    Schuirmann, D. J. (1987). A comparison of the two one-sided tests procedure. *J. Pharmacokin. Biopharm.* 15.

    Examples
    --------
    >>> import cxstats as cx
    >>> cx.between(-3, 3).judge(-1.2, 2.4)
    'supported'
    """
    left, right = _edge("between", low), _edge("between", high)
    if not left < right:
        raise ArgumentError(f"between({low!r}, {high!r}): the region is upside down. Write between({high!r}, {low!r}).")
    return Region(left, right)


def _edge(place: str, edge: float) -> float:
    if isinstance(edge, bool) or not isinstance(edge, int | float | np.number) or not np.isfinite(edge):
        raise ArgumentError(f"{place}: an edge is a finite number, not {edge!r}.")
    return float(edge)
