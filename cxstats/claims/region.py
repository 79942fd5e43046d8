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
    unit : str
        The unit that the edges are in, if it was said; then it must be that of the measure.
    """

    low: float
    high: float
    unit: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.unit, str):
            raise ArgumentError(f"{self}: unit= is a text such as '%', not {self.unit!r}.")

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

    def need_unit(self, place: str, unit: str, lowest: float, highest: float) -> None:
        """Raise `ArgumentError` where the edges cannot be in the unit of a measure, or lie outside what it can be."""
        if self.unit and self.unit != unit:
            remedy = f"write unit={unit!r}, or leave it out" if unit else "leave unit= out"
            raise ArgumentError(
                f"{place}: the region {self} is in {self.unit!r}, the measure {f'in {unit!r}' if unit else 'has no unit'}. "
                f"Give the edges in the measure's unit, and {remedy}."
            )
        for edge in (edge for edge in (self.low, self.high) if np.isfinite(edge)):
            if not lowest <= edge <= highest:
                raise ArgumentError(
                    f"{place}: the edge {edge:g} of {self} lies outside of what the measure can be, {lowest:g} to {highest:g}"
                    f"{f' {unit}' if unit else ''}."
                )
            if unit == "%" and 0 < abs(edge) < 1 and not self.unit:
                raise ArgumentError(
                    f"{place}: the edge {edge:g} of {self} is less than one percent, and the measure is in {unit}. Write "
                    f"{100 * edge:g} if that was meant, or say unit={unit!r} if it was not."
                )
        if self.high <= lowest or self.low >= highest:
            raise ArgumentError(
                f"{place}: {self} can never hold of a measure that lies between {lowest:g} and {highest:g}"
                f"{f' {unit}' if unit else ''}. Move the edge."
            )

    def __str__(self) -> str:
        if self.high == np.inf:
            return f"above({self.low:.12g})"
        if self.low == -np.inf:
            return f"below({self.high:.12g})"
        return f"between({self.low:.12g}, {self.high:.12g})"

    def __repr__(self) -> str:
        return f"{str(self)[:-1]}, unit={self.unit!r})" if self.unit else str(self)


def above(edge: float, *, unit: str = "") -> Region:
    """Return the region of values above an edge.

    Parameters
    ----------
    edge : float
        In the unit of the measure (percent for shares, points for scales).
    unit : str
        The unit of the edges, such as "%"; a claim whose measure has another is refused.

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
    return Region(_edge("above", edge), np.inf, unit)


def below(edge: float, *, unit: str = "") -> Region:
    """Return the region of values below an edge.

    Parameters
    ----------
    edge : float
        In the unit of the measure (percent for shares, points for scales).
    unit : str
        The unit of the edges, such as "%"; a claim whose measure has another is refused.

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
    return Region(-np.inf, _edge("below", edge), unit)


def between(low: float, high: float, *, unit: str = "") -> Region:
    """Return the region of values between two edges.

    Parameters
    ----------
    low, high : float
        In the unit of the measure.
    unit : str
        The unit of the edges, such as "%"; a claim whose measure has another is refused.

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
        how = "empty. Its edges must differ" if left == right else f"upside down. Write between({high!r}, {low!r})"
        raise ArgumentError(f"between({low!r}, {high!r}): the region is {how}.")
    return Region(left, right, unit)


def _edge(place: str, edge: float) -> float:
    if isinstance(edge, bool) or not isinstance(edge, int | float | np.number) or not np.isfinite(edge):
        raise ArgumentError(f"{place}: an edge is a finite number, not {edge!r}.")
    return float(edge)
