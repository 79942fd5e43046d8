"""A percentage as it stands in print: what it can bear, and what it cannot.

What is printed is rounded, and often nobody says how many were asked. An interval takes sampling and rounding together, and
each answer is a table with a line for every number of people that is taken for possible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cxstats.claims import Claim, Verdict, above, check
from cxstats.claims.declaration import need_level
from cxstats.claims.reading import Reading
from cxstats.errors import ArgumentError
from cxstats.published import bounds, pairs
from cxstats.published.bounds import Share

if TYPE_CHECKING:
    import pandas as pd

    from cxstats.inference import Estimate

PLAUSIBLE = (100, 300, 1_000, 3_000, 10_000)  # taken where the number of people asked is not told
MOST_NEEDED = 10**9


class Feasible(NamedTuple):
    """Whether a whole number of people can stand behind a figure: yes, no, or None where that cannot be told, and why."""

    possible: bool | None
    reason: str
    counts: range


@dataclass(frozen=True)
class Percentage:
    """A published percentage, with what is known of it.

    Parameters
    ----------
    value : float
        The figure as printed, in percent: 67 for "67 %".
    n : int, optional
        How many people were asked. None if nobody says: every answer is then given for each of `plausible_n`, and a verdict
        holds only if it holds for all of them.
    decimals : int
        Decimals printed: "67 %" has 0, "67.0 %" has 1.
    design_effect : float
        By how much weights and clusters inflate the variance; 1 for a simple random sample.
    weighted : bool
        True if the figure was weighted, so that it is no whole number of people over n.
    says : str
        What the people said, as a clause: "would pay more for a better experience".
    population : str
        Of whom, such as "US adults". Two figures can only be joined if theirs is the same.
    source : str
        Who published it, and when.
    plausible_n : sequence of int
        Numbers of people taken for possible if `n` is None.

    Raises
    ------
    ArgumentError
        If the value does not lie between 0 and 100 or has more decimals than `decimals`, `n` is below 1, or the design effect
        is not positive.

    Notes
    -----
    Intervals know of sampling and rounding only: who was asked, and how, is not in the number.

    References
    ----------
    Clopper, C. J. and Pearson, E. S. (1934). The use of confidence or fiducial limits illustrated in the case of the
    binomial. *Biometrika* 26.

    Examples
    --------
    >>> import cxstats as cx
    >>> cx.Percentage(67, n=6723, says="would pay more").interval()[["n", "percentage", "conf_low", "conf_high"]].round(1)
          n  percentage  conf_low  conf_high
    0  6723        67.0      65.4       68.6
    """

    value: float
    n: int | None = None
    decimals: int = 0
    design_effect: float = 1.0
    weighted: bool = False
    says: str = ""
    population: str = ""
    source: str = ""
    plausible_n: Sequence[int] = PLAUSIBLE

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
        sizes = self.plausible_n if self.n is None else [self.n]
        if not len(sizes):
            raise ArgumentError("Percentage(plausible_n=): at least one number of people is needed.")
        for size in sizes:
            whole = isinstance(size, int | np.integer) and not isinstance(size, bool)
            if not whole or size < 1:
                place = "plausible_n" if self.n is None else "n"
                raise ArgumentError(f"Percentage({place}=): a number of people is whole and at least 1, not {size!r}.")
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
        half = 0.5 * 10.0**-self.decimals
        low, high = max(self.value - half, 0.0) / 100, min(self.value + half, 100.0) / 100
        if not self.weighted and self.design_effect == 1:
            low, high = bounds.whole(low, high, n)
        return Share(self.value / 100, low, high, n / self.design_effect)

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
        The interval is never shorter than its level; with few people it is longer, as Clopper and Pearson's always is.

        References
        ----------
        Clopper, C. J. and Pearson, E. S. (1934). The use of confidence or fiducial limits. *Biometrika* 26.

        Examples
        --------
        >>> import cxstats as cx
        >>> cx.Percentage(64).interval()[["n", "n_is", "conf_low", "conf_high"]].round(1)
               n     n_is  conf_low  conf_high
        0    100  assumed      53.8       73.4
        1    300  assumed      57.9       69.8
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

    @property
    def n_is(self) -> str:
        """Whether the number of people was published, or is assumed."""
        return "assumed" if self.n is None else "published"

    def reading(self) -> Reading:
        """Return the figure as a claim measures it, with the widest limits over all possible numbers of people."""

        def limits(alpha: float) -> tuple[float, float]:
            every = [self.at(n).limits(alpha) for n in self.sizes]
            return 100 * min(low for low, _ in every), 100 * max(high for _, high in every)

        return Reading(
            self.value,
            limits,
            n=np.nan if self.n is None else float(self.n),
            assumed=pairs.assumed(self),
        )

    def exceeds(self, edge: float = 50.0, *, level: float = 0.95) -> Verdict:
        """Judge whether more than `edge` percent of the population say so.

        Parameters
        ----------
        edge : float
            In percent, by default 50: a majority.
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
        claim = Claim(
            "exceeds", says=f"more than {edge:g} % {self.says or 'say so'}", source=self.source, data=(),
            measure=self.reading, region=above(edge), what=f"the share who {self.says}" if self.says else "the share",
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
        if self.weighted or self.design_effect != 1:
            return Feasible(None, "a weighted figure is no whole number of people over n", none)
        if self.n >= 100 * 10**self.decimals:
            printed = "whole percent" if not self.decimals else f"{self.decimals} decimal{'s'[: self.decimals > 1]}"
            return Feasible(None, f"with {self.n:,} people every figure of {printed} can occur", none)
        counts = bounds.counts(self.value, self.decimals, self.n)
        if counts:
            many = f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}"
            return Feasible(True, f"{many} of {self.n:,} round to {self._printed}", counts)
        below = int(self.value * self.n // 100)
        near = ", ".join(f"{k} are {100 * k / self.n:.4g} %" for k in (below, below + 1) if k <= self.n)
        return Feasible(False, f"no number of people out of {self.n:,} rounds to {self._printed}: {near}", counts)

    def n_needed(self, than: float | Percentage = 50.0, *, level: float = 0.95) -> float:
        """Return from how many people on the figure, as printed, is clear of an edge or of another figure.

        Parameters
        ----------
        than : float or Percentage
            An edge in percent, or another figure, of other people, whose n is known.
        level : float
            Level of the interval that must be clear.

        Returns
        -------
        float
            A number of people, of this figure's design effect; infinite if rounding hides the difference however many are
            asked.

        Raises
        ------
        ArgumentError
            If the edge is not between 0 and 100, or the other figure's n is unknown.

        Notes
        -----
        It says with what n the printed figure would bear the claim, not what n to ask next time: plan that by `sample_size`.

        References
        ----------
        Clopper, C. J. and Pearson, E. S. (1934). The use of confidence or fiducial limits. *Biometrika* 26.

        Examples
        --------
        >>> import cxstats as cx
        >>> cx.Percentage(64).n_needed(cx.Percentage(67, n=6723))
        3164.0
        """
        need_level("n_needed", level)
        if isinstance(than, Percentage):
            if than.n is None:
                raise ArgumentError(
                    "n_needed(than=): the other figure's n is unknown. Assume one: Percentage(..., n=1000)."
                )
            other = than.at(than.n)

            def clear(n: int) -> bool:
                low, high = bounds.difference(self.at(n), other, 1 - level, (0.0,))
                return low > 0 or high < 0
        else:
            need_edge("n_needed", than)

            def clear(n: int) -> bool:
                low, high = self.at(n).limits(1 - level)
                return 100 * low > than or 100 * high < than

        return bounds.smallest(clear, MOST_NEEDED)

    def compare(self, other: Percentage, *, same_people: bool = False, level: float = 0.95) -> pd.DataFrame:
        """Return the difference to another figure: this one minus the other.

        Of different people by MOVER from the limits of both; of the same people over every possible overlap, since how many
        said both is not told: ``V = (p10 + p01 - (p - q)^2) / n`` depends on it.

        Parameters
        ----------
        other : Percentage
            The other figure.
        same_people : bool
            Whether the same people gave both answers.
        level : float
            Confidence level.

        Returns
        -------
        pandas.DataFrame
            Lines for the possible numbers of people and, of the same people, for the least and the most overlap: ``n``,
            ``n_other``, ``overlap`` (percent who said both), ``difference``, ``conf_low``, ``conf_high``, in percentage points.

        Raises
        ------
        ArgumentError
            If `other` is no percentage, or the same people have two numbers or two populations.

        Notes
        -----
        A difference between two surveys holds everything in which they differ: the question, the year, who was asked.

        References
        ----------
        Zou, G. Y. and Donner, A. (2008). Construction of confidence limits about effect measures. *Stat. Med.* 27.

        Examples
        --------
        >>> import cxstats as cx
        >>> more, pay = cx.Percentage(64, n=1000), cx.Percentage(67, n=6723)
        >>> more.compare(pay)[["difference", "conf_low", "conf_high"]].round(1)
           difference  conf_low  conf_high
        0        -3.0      -7.3        1.2
        """
        need_level("compare", level)
        return pairs.comparison(self, other, same_people=same_people, level=level)

    def both(self, other: Percentage, *, same_people: bool = True, level: float = 0.95) -> pd.DataFrame:
        """Return the bounds on how many said both: ``max(0, p + q - 1)`` to ``min(p, q)``.

        Parameters
        ----------
        other : Percentage
            Another figure of the same population.
        same_people : bool
            Whether the same people gave both answers, or two samples of one population.
        level : float
            The interval holds the share who said both, wherever between the bounds it lies, with this probability.

        Returns
        -------
        pandas.DataFrame
            ``n``, ``n_other``, ``lowest`` and ``highest`` (bounds from the figures and their rounding), ``conf_low`` and
            ``conf_high`` (with sampling error), in percent.

        Raises
        ------
        ArgumentError
            If the populations are not stated or not the same.

        Notes
        -----
        Nothing between the bounds is more likely than anything else: only the answers themselves could tell.

        References
        ----------
        Frechet, M. (1951). Sur les tableaux de correlation dont les marges sont donnees. *Ann. Univ. Lyon* A 14.
        Imbens, G. W. and Manski, C. F. (2004). Confidence intervals for partially identified parameters. *Econometrica* 72.

        Examples
        --------
        >>> import cxstats as cx
        >>> more = cx.Percentage(64, n=1000, population="adults")
        >>> more.both(cx.Percentage(67, n=1000, population="adults"))[["lowest", "highest", "conf_low", "conf_high"]].round(1)
           lowest  highest  conf_low  conf_high
        0    30.0     64.5      25.0       67.0
        """
        need_level("both", level)
        return pairs.overlap(self, other, same_people=same_people, level=level, among=False)

    def given(self, other: Percentage, *, same_people: bool = True, level: float = 0.95) -> pd.DataFrame:
        """Return the bounds on the share who say this among those who say the other: what `both` is of the other figure.

        Parameters
        ----------
        other : Percentage
            Another figure of the same population: the condition.
        same_people : bool
            Whether the same people gave both answers, or two samples of one population.
        level : float
            The interval holds the share, wherever between the bounds it lies, with this probability.

        Returns
        -------
        pandas.DataFrame
            As from `both`.

        Raises
        ------
        ArgumentError
            If the populations are not stated or not the same, or nobody says the other.

        Notes
        -----
        "Only 67 % of those who say so would pay" is a statement about this share, not about 67 %.

        References
        ----------
        Imbens, G. W. and Manski, C. F. (2004). Confidence intervals for partially identified parameters. *Econometrica* 72.

        Examples
        --------
        >>> import cxstats as cx
        >>> pay = cx.Percentage(67, n=1000, population="adults")
        >>> pay.given(cx.Percentage(64, n=1000, population="adults"))[["lowest", "highest", "conf_low", "conf_high"]].round(1)
           lowest  highest  conf_low  conf_high
        0    47.2    100.0      40.9      100.0
        """
        need_level("given", level)
        return pairs.overlap(self, other, same_people=same_people, level=level, among=True)

    def agrees_with(self, estimate: Estimate, *, within: float = 3.0, level: float = 0.95) -> pd.DataFrame:
        """Tell whether an estimate from your own data replicates the figure, up to a difference that does not matter.

        Parameters
        ----------
        estimate : Estimate
            One share or rate in percent, measured on your data.
        within : float
            The largest difference that does not matter, in percentage points.
        level : float
            Level of the interval of the difference.

        Returns
        -------
        pandas.DataFrame
            ``n``, ``n_own``, ``difference`` (own minus published), ``conf_low``, ``conf_high`` and ``answer``: "consistent"
            (the interval lies within), "not consistent" (it lies outside) or "cannot tell".

        Raises
        ------
        ArgumentError
            If there is not one estimate, it is not in percent, or `within` is not positive.

        Notes
        -----
        A difference that is not significant is no agreement: the interval has to lie inside the margin.

        References
        ----------
        Schuirmann, D. J. (1987). A comparison of the two one-sided tests procedure. *J. Pharmacokin. Biopharm.* 15.

        Examples
        --------
        >>> import pandas as pd, cxstats as cx
        >>> own = cx.measure(pd.DataFrame({"pay": [1] * 640 + [0] * 360}), cx.share(cx.col("pay") == 1))
        >>> cx.Percentage(67, n=6723).agrees_with(own)[["difference", "conf_low", "conf_high", "answer"]].round(1)
           difference  conf_low  conf_high       answer
        0        -3.0      -6.8        0.7  cannot tell
        """
        need_level("agrees_with", level)
        return pairs.replication(self, estimate, within=within, level=level)

    @property
    def _printed(self) -> str:
        return f"{self.value:.{self.decimals}f} %"

    def __str__(self) -> str:
        asked = "n unknown" if self.n is None else f"n = {self.n:,}"
        return f"{self._printed}{f' {self.says}' if self.says else ''} ({asked})"


def need_number(place: str, value: object, what: str) -> None:
    """Raise `ArgumentError` for what is no finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not np.isfinite(value):
        raise ArgumentError(f"{place}: {what}, not {value!r}.")


def need_edge(place: str, edge: object) -> None:
    """Raise `ArgumentError` for what is no percentage."""
    need_number(f"{place}(edge)", edge, "a percentage between 0 and 100")
    if not 0 <= float(edge) <= 100:  # type: ignore[arg-type]
        raise ArgumentError(f"{place}({edge!r}): a percentage lies between 0 and 100.")
