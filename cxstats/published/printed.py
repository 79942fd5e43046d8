"""What is printed with a percentage, and what can stand behind it: a share of the sample, and a number of people.

Where nobody says how many, every number of people that is taken for possible is kept, and limits are the widest of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxstats.claims.reading import Reading
from cxstats.claims.region import Region
from cxstats.errors import ArgumentError
from cxstats.published import bounds
from cxstats.published.bounds import Share

PLAUSIBLE = (100, 300, 1_000, 3_000, 10_000)  # taken where the number of people asked is not told


@dataclass(frozen=True)
class Printed:
    """A percentage as it stands in print; `Percentage` says what the fields are."""

    value: float
    n: int | None = None
    decimals: int = 0
    design_effect: float = 1.0
    weighted: bool = False
    says: str = ""
    population: str = ""
    source: str = ""
    plausible_n: Sequence[int] = PLAUSIBLE
    rounding: float | None = None
    unknown: str = ""

    def __post_init__(self) -> None:
        need_number("Percentage(value=)", self.value, "a percentage between 0 and 100")
        if not 0 <= self.value <= 100:
            raise ArgumentError(f"Percentage({self.value:g}): a percentage lies between 0 and 100.")
        if isinstance(self.decimals, bool) or not isinstance(self.decimals, int) or self.decimals < 0:
            raise ArgumentError(f"Percentage(decimals=): a number of decimals such as 0 or 1, not {self.decimals!r}.")
        if abs(round(self.value, self.decimals) - self.value) > 1e-9:
            shown = len(f"{self.value:.10f}".rstrip("0").partition(".")[2])
            raise ArgumentError(
                f"Percentage({self.value:g}, decimals={self.decimals}): the figure has {shown} decimals. Say "
                f"decimals={shown} if it was printed so."
            )
        need_sizes("Percentage", self.n, self.plausible_n, 1, "people")
        if self.rounding is not None:
            need_number("Percentage(rounding=)", self.rounding, "percentage points to either side, such as 2")
            if self.rounding < 0.5 * 10.0**-self.decimals - 1e-12:
                raise ArgumentError(
                    f"Percentage(rounding={self.rounding:g}): with {self.decimals} decimals a figure is rounded by "
                    f"{0.5 * 10.0**-self.decimals:g} points already; rounding= is for coarser ones."
                )
        need_number("Percentage(design_effect=)", self.design_effect, "a positive number, 1 for a simple random sample")
        if not self.design_effect > 0:
            raise ArgumentError(
                f"Percentage(design_effect={self.design_effect:g}): a positive number, 1 for a simple random sample."
            )

    @property
    def sizes(self) -> tuple[int, ...]:
        """The numbers of people taken for possible: `n` itself, if it is known."""
        return tuple(int(n) for n in self.plausible_n) if self.n is None else (int(self.n),)

    def at(self, n: int) -> Share:
        """Return the share behind the figure, if `n` people were asked."""
        low, high = max(self.value - self.half, 0.0) / 100, min(self.value + self.half, 100.0) / 100
        if n == self.n and not self.weighted and self.design_effect == 1:
            low, high = bounds.whole(low, high, n)
        return Share(self.value / 100, low, high, n / self.design_effect)

    @property
    def half(self) -> float:
        """How far the share of the sample may lie from the figure, in points."""
        return 0.5 * 10.0**-self.decimals if self.rounding is None else float(self.rounding)

    def limits(self, alpha: float) -> tuple[float, float]:
        """Return the widest limits over all numbers of people that are possible, in percent."""
        return bounds.widest(self.at(n).limits(alpha) for n in self.sizes)

    def needed(self, region: Region, level: float) -> float:
        """Return from how many people on the figure, as printed, would decide whether it lies in the region."""
        return bounds.deciding(region, lambda n: bounds.percent(self.at(n).limits(1 - level)))

    @property
    def n_is(self) -> str:
        """Whether the number of people was published, or is assumed."""
        return "assumed" if self.n is None else "published"

    def reading(self) -> Reading:
        """Return the figure as a claim measures it, with the widest limits over all possible numbers of people."""
        n = np.nan if self.n is None else float(self.n)
        return Reading(self.value, self.limits, n=n, assumed=assumed(self), needed=self.needed, cautions=cautions(self))

    @property
    def printed(self) -> str:
        """The figure as it was printed: "67 %"."""
        return f"{self.value:.{self.decimals}f} %"

    @property
    def words(self) -> str:
        """The figure with who said what: "67 % of adults would pay more"."""
        return " ".join(filter(None, [self.printed, self.population and f"of {self.population}", self.says]))

    def __str__(self) -> str:
        return f"{self.words} ({'n unknown' if self.n is None else f'n = {self.n:,}'})"


def assumed(*figures: Any) -> str:
    """Return what is taken for possible of the numbers of people that are not told; empty if all are."""
    sizes = sorted({n for figure in figures if figure.n is None for n in figure.sizes})
    if not sizes:
        return ""
    return f"n unknown, taken as {sizes[0]:,}" + (f" to {sizes[-1]:,}" if len(sizes) > 1 else "")


def cautions(*figures: Any) -> tuple[str, ...]:
    """Return what else is not told of figures."""
    return tuple(dict.fromkeys(f"not told: {figure.unknown}" for figure in figures if figure.unknown))


def need_sizes(place: str, n: Any, plausible: Any, least: int, whom: str) -> None:
    """Raise `ArgumentError` unless numbers of people, or of what else there is n of, are whole and large enough."""
    listed = isinstance(plausible, Sequence) and not isinstance(plausible, str)
    if n is None and not (listed and len(plausible)):
        raise ArgumentError(f"{place}(plausible_n=): at least one number of {whom} is needed, as in (100, 1000).")
    for size in plausible if n is None else [n]:
        whole = isinstance(size, int | np.integer) and not isinstance(size, bool)
        if not whole or size < least:
            name = "plausible_n" if n is None else "n"
            raise ArgumentError(f"{place}({name}=): a number of {whom} is whole and at least {least}, not {size!r}.")


def need_number(place: str, value: object, what: str) -> None:
    """Raise `ArgumentError` for what is no finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not np.isfinite(value):
        raise ArgumentError(f"{place}: {what}, not {value!r}.")


def need_edge(place: str, edge: object) -> None:
    """Raise `ArgumentError` for what is no percentage."""
    need_number(f"{place}(edge)", edge, "a percentage between 0 and 100")
    if not 0 <= float(edge) <= 100:  # type: ignore[arg-type]
        raise ArgumentError(f"{place}({edge!r}): a percentage lies between 0 and 100.")
