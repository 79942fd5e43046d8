"""A figure published again and again: its slope, its changes, and with how many people they could be told from none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.claims.declaration import need_level
from cxstats.claims.reading import Reading
from cxstats.claims.region import Region, above
from cxstats.errors import ArgumentError
from cxstats.inference.periods import DAYS_PER_YEAR, positions, steps_per
from cxstats.published import bearing, bounds, pairs
from cxstats.published.arguments import need_number
from cxstats.published.line import Line
from cxstats.published.percentage import Percentage
from cxstats.published.printed import assumed, cautions

STEPS = {1.0: "year", 4.0: "quarter", 12.0: "month", DAYS_PER_YEAR: "day"}

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
        Times are years, quarters such as "2025Q3", months such as "2025-09", dates or other numbers; two or more, in any order.
        Where n is unknown, it is taken for the same at all times.
    per : {"year"}, optional
        Slopes per year; by default per step of the times: per quarter of quarters.
    says : str
        What the figures are, such as "riders satisfied".
    source : str
        Who published them.

    Raises
    ------
    ArgumentError
        If there are fewer than two times, they have no order in time, or what is published is no `Percentage`.

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
    0  1000  assumed  -2.75     -4.29      -1.16
    1  5000  assumed  -2.75     -3.67      -1.83
    """

    figures: Mapping[Any, Percentage]
    per: str | None = None
    says: str = ""
    source: str = ""
    times: np.ndarray = field(init=False, repr=False, compare=False)
    step: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        place = "PublishedTrend(figures=)"
        if not isinstance(self.figures, Mapping) or len(self.figures) < 2:
            raise ArgumentError(
                f"{place}: figures of two times or more, as in {{2016: Percentage(68.8, decimals=1), ...}}."
            )
        for time, figure in self.figures.items():
            if not isinstance(figure, Percentage):
                kind = type(figure).__name__
                raise ArgumentError(
                    f"{place}: that of {time} is a {kind}; a number is made one by Percentage({figure!r})."
                )
        labels = list(self.figures)
        steps, per_year = positions(labels, ordered=False, place=place)
        times = steps / steps_per(self.per, per_year, labels, place)
        order = np.argsort(times, kind="stable")
        if len(np.unique(times)) < len(times):
            raise ArgumentError(f"{place}: two figures of one time. Give each its own, or a trend for each series.")
        object.__setattr__(self, "figures", {labels[k]: self.figures[labels[k]] for k in order.tolist()})
        object.__setattr__(self, "times", times[order])
        object.__setattr__(self, "step", self.per or STEPS.get(per_year, "step"))

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The numbers of people taken for possible where they are not told; the sum of all, if all are told."""
        open_sizes = {n for figure in self.figures.values() if figure.n is None for n in figure.sizes}
        return tuple(sorted(open_sizes)) or (sum(f.n or 0 for f in self.figures.values()),)

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
            One line for each possible number of people: ``n`` (where it is not told; the sum of all if all are told), ``n_is``,
            ``slope``, ``conf_low``, ``conf_high``.

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
            table.insert(0, "change", f"{later} - {earlier}")
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
            People asked at each time whose n is not told, or else at each time; infinite if rounding, or an n that is told,
            hides the slope however many are asked (up to a billion).

        Raises
        ------
        ArgumentError
            If the edge is no number or the level is not between 0 and 1.

        Notes
        -----
        It says nothing of whether the same slope would be seen with as many.

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
        mixed = self.n_is == "assumed" and any(f.n for f in every)
        return Reading(
            self._slope, limits, f"% points per {self.step}", n, assumed(*every), low=-np.inf, high=np.inf, needed=self.needed,
            cautions=cautions(*every), associated="trend", whom="people where n is not told" if mixed else "people each time",
            hides="rounding, or an n that is told, leaves it open" if mixed else "rounding leaves it open",
            what=f"the slope of {self.says}" if self.says else "the slope of the published shares",
        )  # fmt: skip

    def change(self, earlier: float, later: float) -> Reading:
        """Return the change between two times as a claim measures it."""
        for time in (earlier, later):
            if time not in self.figures:
                shown = ", ".join(map(str, self.figures))
                raise ArgumentError(f"change: nothing was published for {time!r}; there are {shown}.")
        return pairs.reading(self.figures[later], self.figures[earlier], same_people=False)

    def audited(self, level: float) -> Line:
        """Return the line of an audit about this trend."""
        return bearing.of_trend(self, level)

    def __str__(self) -> str:
        first, *_, last = self.figures
        return f"{self.says or 'figures'}, {first} to {last}: {self._slope:+.2f} points a {self.step}"
