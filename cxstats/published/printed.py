"""One printed percentage: the share of the sample and the number of people that can stand behind it, and what it bears alone.

Where nobody says how many people, every number that is taken for possible is kept, and limits are the widest of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cxstats.claims import Claim, Verdict, above, check
from cxstats.claims.declaration import need_level
from cxstats.claims.reading import Reading
from cxstats.claims.region import Region
from cxstats.errors import ArgumentError
from cxstats.published import bounds
from cxstats.published.arguments import need_decimals, need_edge, need_number, need_sizes
from cxstats.published.bounds import Share

if TYPE_CHECKING:
    import pandas as pd

PLAUSIBLE = (100, 300, 1_000, 3_000, 10_000)  # taken where the number of people asked is not told


class Feasible(NamedTuple):
    """Whether a whole number of people can stand behind a figure: yes, no, or None where that cannot be told, and why."""

    possible: bool | None
    reason: str
    counts: range


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
    wording: str = ""

    def __post_init__(self) -> None:
        need_number("Percentage(value=)", self.value, "a percentage between 0 and 100")
        if not 0 <= self.value <= 100:
            net = " A net score such as NPS is no percentage: its variance needs both shares." if self.value < 0 else ""
            raise ArgumentError(f"Percentage({self.value:g}): a percentage lies between 0 and 100.{net}")
        fraction = f", and {100 * self.value:g} if {self.value:g} is a share of 1" if 0 < self.value < 1 else ""
        need_decimals("Percentage", self.value, self.decimals, fraction)
        sizes = need_sizes("Percentage", self.n, self.plausible_n, 1, "people")
        if self.rounding is not None:
            need_number("Percentage(rounding=)", self.rounding, "percentage points to either side, such as 2")
            if self.rounding > 50:
                raise ArgumentError(
                    f"Percentage(rounding={self.rounding:g}): percentage points to either side; more than 50 say nothing."
                )
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
        for name in ("says", "population", "source", "unknown", "wording"):
            if not isinstance(getattr(self, name), str):
                raise ArgumentError(f"Percentage({name}=): a text, not {getattr(self, name)!r}.")
            object.__setattr__(self, name, getattr(self, name).strip())
        object.__setattr__(self, "value", round(float(self.value), self.decimals))
        object.__setattr__(self, "n", None if self.n is None else int(self.n))
        object.__setattr__(self, "plausible_n", sizes if self.n is None else tuple(self.plausible_n))

    @property
    def sizes(self) -> tuple[int, ...]:
        """The numbers of people taken for possible: `n` itself, if it is known."""
        return tuple(int(n) for n in self.plausible_n) if self.n is None else (int(self.n),)

    def at(self, n: int) -> Share:
        """Return the share behind the figure, if `n` people were asked."""
        low, high = max(self.value - self.half, 0.0) / 100 + 0.0, min(self.value + self.half, 100.0) / 100
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
        of, who = (f" of {self.population}" if self.population else ""), f" who {self.says}" if self.says else ""
        return Reading(
            self.value, self.limits, n=n, assumed=assumed(self), needed=self.needed, cautions=cautions(self),
            what=f"the share{of}{who}" if of or who else "the published share",
        )  # fmt: skip

    def interval(self, level: float = 0.95) -> pd.DataFrame:
        """Return the interval of the share in the population, from sampling and rounding together.

        Clopper and Pearson's lower limit of the lowest share that rounds to the figure, and the upper limit of the highest.

        Parameters
        ----------
        level : float
            Confidence level.

        Returns
        -------
        pandas.DataFrame
            One line for each possible number of people: ``n``, ``n_is`` ("published" or "assumed"), ``percentage``,
            ``rounding_low`` and ``rounding_high`` (the shares in the sample that round to it), ``conf_low``, ``conf_high``,
            in percent.

        Raises
        ------
        ArgumentError
            If the level is not between 0 and 1.

        Notes
        -----
        The interval is never shorter than its level; with few people it is longer, as Clopper and Pearson's always is. Where n
        is told, only whole numbers of people out of n stand behind the figure; an assumed n is about so many, and leaves the
        whole band of rounding.

        References
        ----------
        Clopper, C. J. and Pearson, E. S. (1934). The use of confidence or fiducial limits. *Biometrika* 26.

        Examples
        --------
        >>> import cxstats as cx
        >>> cx.Percentage(64).interval()[["n", "n_is", "conf_low", "conf_high"]].round(1)
               n     n_is  conf_low  conf_high
        0    100  assumed      53.3       73.8
        1    300  assumed      57.8       69.9
        2   1000  assumed      60.4       67.5
        3   3000  assumed      61.7       66.2
        4  10000  assumed      62.5       65.4
        """
        import pandas as pd

        need_level("interval", level)
        lines = []
        for n in self.sizes:
            share = self.at(n)
            low, high = share.limits(1 - level)
            lines.append([n, self.n_is, float(self.value), *(100 * x for x in (share.low, share.high, low, high))])
        names = ["n", "n_is", "percentage", "rounding_low", "rounding_high", "conf_low", "conf_high"]
        return pd.DataFrame(lines, columns=names)

    def exceeds(self, edge: float = 50.0, *, level: float = 0.95) -> Verdict:
        """Judge whether more than `edge` percent of the population say so.

        Parameters
        ----------
        edge : float
            In percent, by default 50: a majority; at least 0 and below 100.
        level : float
            Level of the interval that decides.

        Returns
        -------
        Verdict
            As from `check`; if n is unknown it is decided only if it is so for every possible n.

        Raises
        ------
        ArgumentError
            If the edge is not between 0 and 100.

        Notes
        -----
        The verdict is about the population that was sampled, if it was sampled at random.

        References
        ----------
        Wellek, S. (2010). *Testing Statistical Hypotheses of Equivalence and Noninferiority*, 2nd ed. CRC.

        Examples
        --------
        >>> import cxstats as cx
        >>> cx.Percentage(52, n=500, says="would pay more").exceeds(50).verdict
        'inconclusive'
        """
        need_edge("exceeds", edge)
        if edge == 100:
            raise ArgumentError("exceeds(100): no percentage exceeds 100.")
        of = f" of {self.population}" if self.population else ""
        claim = Claim(
            "exceeds", says=f"more than {edge:g} %{of} {self.says or 'say so'}", source=self.source, data=(),
            measure=self.reading, region=above(edge, unit="%"),
        )  # fmt: skip
        (verdict,) = check(claim, level=level)
        return verdict

    def feasible(self) -> Feasible:
        """Tell whether some whole number of people out of n rounds to the figure (a GRIM test of a percentage).

        Returns
        -------
        Feasible
            ``possible`` (None where it cannot be told), ``reason``, and ``counts``, the numbers of people it can be.

        Notes
        -----
        A figure that is not possible was weighted, has another base, or is wrong; it does not say which.

        References
        ----------
        Brown, N. J. L. and Heathers, J. A. J. (2017). The GRIM test. *Social Psychological and Personality Science* 8.

        Examples
        --------
        >>> import cxstats as cx
        >>> print(cx.Percentage(67, n=25).feasible().reason)
        no number of people out of 25 rounds to 67 %: 16 are 64 %, 17 are 68 %
        """
        none = range(0)
        if self.n is None:
            return Feasible(None, "nobody says how many were asked", none)
        if self.weighted:
            return Feasible(None, "a weighted figure is no whole number of people over n", none)
        if self.design_effect != 1:
            return Feasible(
                None, "a design effect may come of weights, and then it is no whole number of people over n", none
            )
        if self.n * 2 * self.half >= 100:
            printed = f"of {self.decimals} decimal{'s'[: self.decimals > 1]}" if self.decimals else "of whole percent"
            printed = printed if self.rounding is None else f"rounded by {self.rounding:g} points"
            return Feasible(None, f"with {self.n:,} people every figure {printed} can occur", none)
        counts = bounds.counts(self.value, self.half, self.n)
        if counts:
            many = f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}"
            return Feasible(True, f"{many} of {self.n:,} round to {self.printed}", counts)
        below = int(self.value * self.n // 100)
        near = ", ".join(f"{k} are {100 * k / self.n:.4g} %" for k in (below, below + 1) if k <= self.n)
        return Feasible(False, f"no number of people out of {self.n:,} rounds to {self.printed}: {near}", counts)

    @property
    def printed(self) -> str:
        """The figure as it was printed: "67 %", "two thirds"."""
        return self.wording or f"{self.value:.{self.decimals}f} %"

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
