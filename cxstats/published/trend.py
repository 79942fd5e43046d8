"""A figure published again and again: its slope, its changes, and with how many people they could be told from none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from cxstats.claims.declaration import need_level
from cxstats.claims.reading import Reading
from cxstats.claims.region import Region, above
from cxstats.errors import ArgumentError
from cxstats.published import bounds, pairs
from cxstats.published.line import Line, by_size, joined, people, span
from cxstats.published.percentage import Percentage
from cxstats.published.printed import assumed, cautions, need_number

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class PublishedTrend:
    """One percentage, published at several times, of different people each time.

    The slope is that of the least-squares line through the shares, ``sum_t c_t p_t`` with
    ``c_t = (t - tbar) / sum (t - tbar)^2``; its interval adds up those of the single figures, rounding included (MOVER).

    Parameters
    ----------
    figures : mapping of time to Percentage
        Times are numbers, such as years; two or more, in any order. Where n is unknown, it is taken for the same at all times.
    per : str
        What the time is counted in: "year".
    says : str
        What the figures are, such as "riders satisfied".
    source : str
        Who published them.

    Raises
    ------
    ArgumentError
        If there are fewer than two times, a time is no number, or what is published is no `Percentage`.

    Notes
    -----
    The interval knows of sampling and rounding at the times published. It says nothing of the years between and to come, nor
    of a change of the question or of the way it was asked.

    References
    ----------
    Zou, G. Y., Huang, W. and Zhang, X. (2009). A note on confidence interval estimation for a linear function of binomial
    proportions. *Comput. Stat. Data Anal.* 53.

    Examples
    --------
    >>> import cxstats as cx
    >>> riders = cx.PublishedTrend({2014: cx.Percentage(74.3, decimals=1, plausible_n=(1000, 5000)),
    ...                             2016: cx.Percentage(68.8, n=5342, decimals=1)})
    >>> riders.slope().round(2)
          n     n_is  slope  conf_low  conf_high
    0  1000  assumed  -2.75     -4.28      -1.16
    1  5000  assumed  -2.75     -3.67      -1.83
    """

    figures: Mapping[float, Percentage]
    per: str = "year"
    says: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        place = "PublishedTrend(figures=)"
        if not isinstance(self.figures, Mapping) or len(self.figures) < 2:
            raise ArgumentError(
                f"{place}: figures of two times or more, as in {{2016: Percentage(68.8, decimals=1), ...}}."
            )
        for time, figure in self.figures.items():
            need_number(f"{place}, time", time, "a number, such as a year")
            if not isinstance(figure, Percentage):
                raise ArgumentError(
                    f"{place}: that of {time} is a {type(figure).__name__}; Percentage({figure!r}) makes one."
                )
        object.__setattr__(self, "figures", dict(sorted(self.figures.items())))

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The numbers of people taken for possible where they are not told; that of the largest, if all are told."""
        open_sizes = {n for figure in self.figures.values() if figure.n is None for n in figure.sizes}
        return tuple(sorted(open_sizes)) or (max(f.n or 0 for f in self.figures.values()),)

    @cached_property
    def times(self) -> np.ndarray:
        """When the figures were published."""
        return np.asarray(list(self.figures), dtype=np.float64)

    @property
    def n_is(self) -> str:
        """Whether all numbers of people were published, or some are assumed."""
        return "assumed" if any(f.n is None for f in self.figures.values()) else "published"

    def at(self, n: int, alpha: float) -> tuple[float, float]:
        """Return the limits of the slope, in points, if those of unknown n asked n people."""
        centred = self.times - self.times.mean()
        shares = [f.at(f.n or n) for f in self.figures.values()]
        return bounds.percent(bounds.linear(shares, (centred / (centred @ centred)).tolist(), alpha))

    def slope(self, level: float = 0.95) -> pd.DataFrame:
        """Return the slope of the least-squares line through the figures, in percentage points per unit of time.

        Parameters
        ----------
        level : float
            Confidence level.

        Returns
        -------
        pandas.DataFrame
            One line for each possible number of people: ``n``, ``n_is``, ``slope``, ``conf_low``, ``conf_high``.

        Raises
        ------
        ArgumentError
            If the level is not between 0 and 1.

        Notes
        -----
        A slope below 0 does not mean that the figure fell every time: look at `changes`.

        References
        ----------
        Zou, G. Y., Huang, W. and Zhang, X. (2009). A note on confidence interval estimation for a linear function of binomial
        proportions. *Comput. Stat. Data Anal.* 53.

        Examples
        --------
        >>> import cxstats as cx
        >>> riders = cx.PublishedTrend({2016: cx.Percentage(68.8, n=5342, decimals=1), 2018: cx.Percentage(56, n=5000)})
        >>> riders.slope()[["slope", "conf_low", "conf_high"]].round(2)
           slope  conf_low  conf_high
        0   -6.4      -7.6      -5.19
        """
        import pandas as pd

        need_level("slope", level)
        lines = [[n, self.n_is, self._slope, *self.at(n, 1 - level)] for n in self.sizes]
        return pd.DataFrame(lines, columns=["n", "n_is", "slope", "conf_low", "conf_high"])

    def changes(self, level: float = 0.95) -> pd.DataFrame:
        """Return the change from each time to the next, and from the first to the last.

        Parameters
        ----------
        level : float
            Confidence level, of each change by itself.

        Returns
        -------
        pandas.DataFrame
            One line a change and possible number of people: ``change`` ("2016 - 2014"), ``n`` and ``n_other`` (people asked
            at the later and the earlier time), ``difference``, ``conf_low``, ``conf_high``, in percentage points.

        Raises
        ------
        ArgumentError
            If the level is not between 0 and 1.

        Notes
        -----
        The largest of several changes is looked at because it is the largest: claim it beforehand, or share the level.

        References
        ----------
        Zou, G. Y. and Donner, A. (2008). Construction of confidence limits about effect measures. *Stat. Med.* 27.

        Examples
        --------
        >>> import cxstats as cx
        >>> riders = cx.PublishedTrend({2016: cx.Percentage(68.8, n=5342, decimals=1), 2018: cx.Percentage(56, n=5000)})
        >>> riders.changes().round(1)
                change     n  n_other  difference  conf_low  conf_high
        0  2018 - 2016  5000     5342       -12.8     -15.2      -10.4
        """
        import pandas as pd

        need_level("changes", level)
        times = list(self.figures)
        compared = [*pairwise(times), *([(times[0], times[-1])] if len(times) > 2 else [])]
        tables = []
        for earlier, later in compared:
            table = self.figures[later].compare(self.figures[earlier], level=level).drop(columns="overlap")
            table.insert(0, "change", f"{later:g} - {earlier:g}")
            tables.append(table)
        return pd.concat(tables, ignore_index=True)

    def n_needed(self, than: float = 0.0, *, level: float = 0.95) -> float:
        """Return from how many people, where that is not told, the slope as printed is clear of an edge.

        Parameters
        ----------
        than : float
            An edge in percentage points per unit of time: 0 for "it falls" or "it rises".
        level : float
            Level of the interval that must be clear.

        Returns
        -------
        float
            People asked at each time; infinite if rounding hides the slope however many are asked.

        Raises
        ------
        ArgumentError
            If the edge is no number or the level is not between 0 and 1.

        Notes
        -----
        Where all n are told, it is the n that each of them would need.

        References
        ----------
        Zou, G. Y., Huang, W. and Zhang, X. (2009). A note on confidence interval estimation for a linear function of binomial
        proportions. *Comput. Stat. Data Anal.* 53.

        Examples
        --------
        >>> import cxstats as cx
        >>> cx.PublishedTrend({2008: cx.Percentage(83.8, decimals=1), 2012: cx.Percentage(83.9, decimals=1)}).n_needed()
        inf
        """
        need_number("n_needed(than=)", than, "an edge in percentage points per unit of time")
        need_level("n_needed", level)
        return self.needed(above(float(than)), level)

    def needed(self, region: Region, level: float) -> float:
        """Return from how many people on, where that is not told, the slope decides whether it lies in the region."""
        told = self.n_is == "published"
        centred = self.times - self.times.mean()
        weights = (centred / (centred @ centred)).tolist()

        def limits(n: int) -> tuple[float, float]:
            shares = [f.at(n if told or f.n is None else f.n) for f in self.figures.values()]
            return bounds.percent(bounds.linear(shares, weights, 1 - level))

        return bounds.deciding(region, limits)

    @property
    def _slope(self) -> float:
        centred = self.times - self.times.mean()
        return float(centred @ np.asarray([f.value for f in self.figures.values()]) / (centred @ centred))

    def reading(self) -> Reading:
        """Return the slope as a claim measures it, with the widest limits over all possible numbers of people."""

        def limits(alpha: float) -> tuple[float, float]:
            low, high = zip(*(self.at(n, alpha) for n in self.sizes), strict=True)
            return min(low), max(high)

        every: Sequence[Percentage] = list(self.figures.values())
        n = float(sum(f.n or 0 for f in every)) if self.n_is == "published" else np.nan
        return Reading(
            self._slope, limits, f"% points per {self.per}", n, assumed(*every), low=-np.inf, high=np.inf, needed=self.needed,
            cautions=cautions(*every),
        )  # fmt: skip

    def change(self, earlier: float, later: float) -> Reading:
        """Return the change between two times as a claim measures it."""
        for time in (earlier, later):
            if time not in self.figures:
                shown = ", ".join(f"{t:g}" for t in self.figures)
                raise ArgumentError(f"change: nothing was published for {time!r}; there are {shown}.")
        return pairs.reading(self.figures[later], self.figures[earlier], same_people=False)

    def audited(self, level: float) -> Line:
        """Return the line of an audit about this trend."""
        found = self.reading()
        low, high = found.limits(1 - level)
        limits = {n: self.at(n, 1 - level) for n in self.sizes}
        unit = f"points a {self.per}"
        said = by_size(limits, unit, decimals=2) if self.n_is == "assumed" else f"{span((low, high), 2)} {unit}"
        if low > 0 or high < 0:
            bears = f"that it {'rises' if low > 0 else 'falls'}: {said}"
        else:
            count = self.n_needed(level=level)
            clear = (
                "no number of people would tell, rounded as they are"
                if np.isinf(count)
                else f"it would take {people(count)} people each time"
            )
            bears = f"neither rise nor fall: {said}; {clear}"
        times = ", ".join(f"{t:g}" for t, f in self.figures.items() if f.n is None)
        shown = ", ".join(f"{t:g} {f.printed}" for t, f in self.figures.items())
        return Line(
            f"{self.says or 'figures'}: {shown}", self.source, found.n, found.value, low, high, found.unit, bears,
            joined([f"n of {times}" if times else "", *(f.unknown for f in self.figures.values())]),
        )  # fmt: skip

    def __str__(self) -> str:
        return (
            f"{self.says or 'figures'}, {self.times[0]:g} to {self.times[-1]:g}: {self._slope:+.2f} points a {self.per}"
        )
