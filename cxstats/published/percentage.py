"""A percentage as it stands in print: what it can bear, beside another figure and beside your own data, and what it cannot.

What is printed is rounded, and often nobody says how many were asked. An interval takes sampling and rounding together, and
each answer is a table with a line for every number of people that is taken for possible. What a figure bears alone is in
`printed`, what two bear in `pairs`, their formulas in `bounds`.
"""

from __future__ import annotations

from collections.abc import Sequence  # noqa: F401  (pdoc reads the annotations of the fields here)
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxstats.claims.declaration import need_level
from cxstats.errors import ArgumentError
from cxstats.published import bearing, bounds, pairs
from cxstats.published.arguments import need_edge
from cxstats.published.line import Line
from cxstats.published.printed import Printed

if TYPE_CHECKING:
    import pandas as pd

    from cxstats.claims.reading import Reading
    from cxstats.inference import Estimate


@dataclass(frozen=True)
class Percentage(Printed):
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
        True if the figure was weighted, so that it is no whole number of people over n. It makes no interval wider: what the
        weights cost is the design effect.
    says : str
        What the people said, as a clause that begins with a verb: "would pay more for a better experience".
    population : str
        Of whom, in the plural, such as "US adults". Two figures can only be joined if theirs is the same.
    source : str
        Who published it, and when.
    plausible_n : sequence of int
        Numbers of people taken for possible if `n` is None.
    rounding : float, optional
        How far the share of the sample may lie from the figure, in points, where it is told in coarser words than its decimals:
        2 for "two thirds" given as 67. By default half a unit of the last decimal.
    unknown : str
        What else is not told: "the base of the percentage".
    wording : str
        How it was printed, if not as a number: "two thirds".

    Raises
    ------
    ArgumentError
        If the value does not lie between 0 and 100 or has more decimals than `decimals`, `n` is below 1, or the design effect
        is not positive.

    Notes
    -----
    Intervals know of sampling and rounding only: who was asked, and how, is not in the number. A net score (NPS), a mean or a
    ratio ("twice as likely") is no percentage and cannot be written as one.

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
            A number of people, of this figure's design effect; infinite if rounding, or the n of the other figure, hides the
            difference however many are asked (up to a billion).

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
        3257.0
        """
        need_level("n_needed", level)
        if isinstance(than, Percentage):
            if than.n is None:
                raise ArgumentError(
                    "n_needed(than=): the other figure's n is unknown. Assume one: Percentage(..., n=1000)."
                )
            other = than.at(than.n)

            def clear(n: int) -> bool:
                low, high = bounds.difference(self.at(n), other, 1 - level)
                return low > 0 or high < 0
        else:
            need_edge("n_needed", than)

            def clear(n: int) -> bool:
                low, high = self.at(n).limits(1 - level)
                return 100 * low > than or 100 * high < than

        found = bounds.smallest(clear)
        return float(self.n) if self.n and self.n < found and clear(self.n) else found

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

    def difference(self, other: Percentage, *, same_people: bool = False) -> Reading:
        """Return the difference to another figure as the measure of a claim: this one minus the other.

        Parameters
        ----------
        other : Percentage
            The other figure.
        same_people : bool
            Whether the same people gave both answers.

        Returns
        -------
        Reading
            What a `Claim` on published figures measures, with the widest limits over all that is not told.

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
        >>> more, pay = cx.Percentage(64, n=5000), cx.Percentage(67, n=6723)
        >>> fewer = cx.Claim("fewer", says="fewer would pay", measure=lambda: pay.difference(more), region=cx.below(0), data=())
        >>> cx.check(fewer)["fewer"].verdict
        'contradicted'
        """
        return pairs.reading(self, other, same_people=same_people)

    def among(self, other: Percentage, *, same_people: bool = True) -> Reading:
        """Return the share who say this among those who say the other as the measure of a claim: bounds, as of `given`.

        Parameters
        ----------
        other : Percentage
            Another figure of the same population: the condition.
        same_people : bool
            Whether the same people gave both answers, or two samples of one population.

        Returns
        -------
        Reading
            What a `Claim` on published figures measures. A claim about figures of two populations is untestable.

        Raises
        ------
        PopulationError
            If the populations are not stated or not the same; `check` makes it "untestable".
        ArgumentError
            If nobody says the other.

        Notes
        -----
        The verdict is decided only if the whole range of what is possible lies on one side.

        References
        ----------
        Imbens, G. W. and Manski, C. F. (2004). Confidence intervals for partially identified parameters. *Econometrica* 72.

        Examples
        --------
        >>> import cxstats as cx
        >>> pay, more = (cx.Percentage(v, n=1000, population="adults") for v in (67, 64))
        >>> most = cx.Claim("most", says="most of them would", measure=lambda: pay.among(more), region=cx.above(50), data=())
        >>> cx.check(most).frame()[["conf_low", "conf_high", "verdict"]].round(1)
           conf_low  conf_high       verdict
        0      43.2      100.0  inconclusive
        """
        return pairs.overlap_reading(self, other, same_people=same_people, among=True)

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
        0    30.0     64.5      27.5       67.0
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
        0    47.2    100.0      43.8      100.0
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

    def audited(self, level: float) -> Line:
        """Return the line of an audit about this figure."""
        return bearing.of_percentage(self, level)
