"""A small published table of two figures by industry, branch or country: the line through it, and how little it rests on.

The points are groups. What holds between groups need not hold for a customer in any of them: the ecological fallacy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cxstats.claims.declaration import need_level
from cxstats.claims.reading import Reading
from cxstats.errors import ArgumentError
from cxstats.inference.intervals import t_interval
from cxstats.published import bearing
from cxstats.published.arguments import decimals_of, need_decimals, need_number
from cxstats.published.correlation import fisher
from cxstats.published.line import Line

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 4


@dataclass(frozen=True)
class EcologicalTable:
    """A published table of two figures by group: what the line through its points can bear.

    ``slope = S_xy / S_xx`` by least squares, with its t interval on n - 2 degrees of freedom; Pearson's r with Fisher's.

    Parameters
    ----------
    groups : mapping of name to (x, y)
        The two figures of each group, as printed.
    x, y : str
        What they are: "first-contact resolution", "satisfaction".
    of : str
        What the groups are, in the plural: "industries".
    source : str
        Who published it, and when.
    unit : str
        What the slope is in: units of y per unit of x.
    decimals : int, optional
        Decimals printed; by default the most that any figure has. Rounding counts as noise: the points scatter by no less than
        it about the line.

    Raises
    ------
    ArgumentError
        If there are fewer than four groups, a figure is no number, or x or y does not vary.

    Notes
    -----
    It is about groups, not about customers: within every industry the relation may be another, or the reverse. How many
    customers are behind each figure is not in the interval.

    References
    ----------
    Robinson, W. S. (1950). Ecological correlations and the behavior of individuals. *American Sociological Review* 15.

    Examples
    --------
    >>> import cxstats as cx
    >>> table = cx.EcologicalTable({"retail": (78, 81), "energy": (72, 76), "tech": (65, 75), "telco": (61, 68)},
    ...                            x="first-contact resolution", y="satisfaction", of="industries")
    >>> table.slope().round(2)
       n  slope  conf_low  conf_high
    0  4   0.66     -0.11       1.43
    """

    groups: Mapping[str, tuple[float, float]]
    x: str = "x"
    y: str = "y"
    of: str = "groups"
    source: str = ""
    unit: str = "points per point"
    decimals: int | None = None

    def __post_init__(self) -> None:
        place = "EcologicalTable(groups=)"
        if not isinstance(self.groups, Mapping):
            raise ArgumentError(f"{place}: a mapping of names to two figures, as in {{'retail': (78, 81)}}.")
        if len(self.groups) < FEWEST:
            raise ArgumentError(
                f"{place}: {len(self.groups)} groups. A line through fewer than {FEWEST} has next to no error to judge it by."
            )
        for name, pair in self.groups.items():
            if not isinstance(pair, tuple | list) or len(pair) != 2:
                raise ArgumentError(f"{place}: {name!r} needs two figures, (x, y), not {pair!r}.")
            for figure in pair:
                need_number(f"{place}, {name!r}", figure, "a number")
        figures = [float(figure) for pair in self.groups.values() for figure in pair]
        shown = max(decimals_of(figure) for figure in figures)
        for figure in figures:
            need_decimals("EcologicalTable", figure, shown if self.decimals is None else self.decimals)
        object.__setattr__(self, "decimals", shown if self.decimals is None else self.decimals)
        for axis, said in ((0, self.x), (1, self.y)):
            if len({float(pair[axis]) for pair in self.groups.values()}) == 1:
                raise ArgumentError(f"{place}: {said} is the same in all {self.of}, so there is no line.")
        object.__setattr__(self, "groups", {str(name): tuple(pair) for name, pair in self.groups.items()})

    @cached_property
    def points(self) -> np.ndarray:
        """The figures, a row a group."""
        return np.asarray(list(self.groups.values()), dtype=np.float64)

    def frame(self) -> pd.DataFrame:
        """Return the table as published: the names of the groups, x and y."""
        import pandas as pd

        return pd.DataFrame(self.points, columns=[self.x, self.y], index=pd.Index(list(self.groups), name=self.of))

    def slope(self, level: float = 0.95) -> pd.DataFrame:
        """Return the least-squares slope of y on x over the groups.

        Parameters
        ----------
        level : float
            Confidence level.

        Returns
        -------
        pandas.DataFrame
            One line: ``n`` (groups), ``slope``, ``conf_low``, ``conf_high``, in units of y per unit of x.

        Raises
        ------
        ArgumentError
            If the level is not between 0 and 1.

        Notes
        -----
        t's interval takes the groups as a random sample of groups whose y scatters alike around one line.

        References
        ----------
        Robinson, W. S. (1950). Ecological correlations and the behavior of individuals. *American Sociological Review* 15.

        Examples
        --------
        >>> import cxstats as cx
        >>> cx.EcologicalTable({"a": (1, 1), "b": (2, 3), "c": (3, 2), "d": (4, 4)}).slope(0.9).round(2)
           n  slope  conf_low  conf_high
        0  4    0.8     -0.44       2.04
        """
        import pandas as pd

        need_level("slope", level)
        found = [len(self.points), *self._line(self.points, 1 - level)]
        return pd.DataFrame([found], columns=["n", "slope", "conf_low", "conf_high"])

    def correlation(self, level: float = 0.95) -> pd.DataFrame:
        """Return Pearson's correlation of the two figures over the groups, with Fisher's interval.

        Parameters
        ----------
        level : float
            Confidence level.

        Returns
        -------
        pandas.DataFrame
            One line: ``n`` (groups), ``correlation``, ``conf_low``, ``conf_high``.

        Raises
        ------
        ArgumentError
            If the level is not between 0 and 1.

        Notes
        -----
        Correlations of group means are as a rule far higher than those of the people in the groups.

        References
        ----------
        Fisher, R. A. (1921). On the probable error of a coefficient of correlation. *Metron* 1.

        Examples
        --------
        >>> import cxstats as cx
        >>> cx.EcologicalTable({"a": (1, 1), "b": (2, 3), "c": (3, 2), "d": (4, 4)}).correlation(0.9).round(2)
           n  correlation  conf_low  conf_high
        0  4          0.8     -0.59       0.99
        """
        import pandas as pd

        need_level("correlation", level)
        r, low, high = self._r(self.points, 1 - level)
        found = [len(self.points), r, low, high]
        return pd.DataFrame([found], columns=["n", "correlation", "conf_low", "conf_high"])

    def leave_one_out(self, level: float = 0.95) -> pd.DataFrame:
        """Return slope and correlation without each of the groups in turn: whether the line hangs on one of them.

        Parameters
        ----------
        level : float
            Confidence level.

        Returns
        -------
        pandas.DataFrame
            One line a group, named by it: ``slope``, ``conf_low``, ``conf_high``, ``correlation``, all without it. NaN where x
            does not vary without it, so that there is no line; the correlation is NaN where y does not vary either.

        Raises
        ------
        ArgumentError
            If the level is not between 0 and 1.

        Notes
        -----
        A line that holds without each group may still hang on two.

        References
        ----------
        Belsley, D. A., Kuh, E. and Welsch, R. E. (1980). *Regression Diagnostics*. Wiley.

        Examples
        --------
        >>> import cxstats as cx
        >>> cx.EcologicalTable({"a": (1, 1), "b": (2, 3), "c": (3, 2), "d": (4, 4)}).leave_one_out().round(2)
           slope  conf_low  conf_high  correlation
        a   0.50    -10.50      11.50         0.50
        b   0.93     -3.79       5.64         0.93
        c   0.93     -3.79       5.64         0.93
        d   0.50    -10.50      11.50         0.50
        """
        import pandas as pd

        need_level("leave_one_out", level)
        lines = []
        for k in range(len(self.points)):
            rest = np.delete(self.points, k, axis=0)
            lines.append([*self._line(rest, 1 - level), _correlation(rest)])
        return pd.DataFrame(lines, index=list(self.groups), columns=["slope", "conf_low", "conf_high", "correlation"])

    @property
    def warning(self) -> str:
        """What such a table cannot say."""
        return (
            f"about {len(self.points)} {self.of}, not about customers: within each of them the relation may be another"
        )

    def reading(self) -> Reading:
        """Return the slope as a claim measures it."""
        slope = self._line(self.points, 0.05)[0]
        return Reading(
            slope, lambda alpha: self._line(self.points, alpha)[1:], self.unit, float(len(self.points)), low=-np.inf,
            high=np.inf, cautions=(self.warning,), associated="function", what=f"the slope of {self.y} on {self.x}",
        )  # fmt: skip

    def audited(self, level: float) -> Line:
        """Return the line of an audit about this table."""
        return bearing.of_table(self, level)

    def __str__(self) -> str:
        return f"{self.y} by {self.x}, {len(self.points)} {self.of}: {self.warning}"

    def _line(self, points: np.ndarray, alpha: float) -> tuple[float, float, float]:
        """Return the least-squares slope with its t limits; NaN where x does not vary."""
        x, y = _centred(points)
        if not x.any():
            return np.nan, np.nan, np.nan
        slope, df = x @ y / (x @ x), len(x) - 2
        rest = y - slope * x
        noise = max(rest @ rest / df, (1 + slope**2) * self._rounding)
        low, high = t_interval(np.asarray(slope), np.asarray(np.sqrt(noise / (x @ x))), np.asarray(float(df)), alpha)
        return float(slope), float(low), float(high)

    def _r(self, points: np.ndarray, alpha: float) -> tuple[float, float, float]:
        """Return Pearson's r with Fisher's limits, which take it for no closer to 1 than rounding lets it be known."""
        r, (x, y) = _correlation(points), _centred(points)
        least = (len(x) - 2) * self._rounding * (1 / (x @ x) + 1 / (y @ y))
        known = float(np.sign(r)) * min(abs(r), float(np.sqrt(max(1 - least, 0.0))))
        low, high = fisher(known, len(x), alpha)
        return r, min(low, r), max(high, r)

    @property
    def _rounding(self) -> float:
        """The variance of what rounding takes off a figure, if it is spread evenly."""
        return (10.0 ** -(self.decimals or 0)) ** 2 / 12


def _centred(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y less their means; what does not vary but for the last digits of a float is 0."""
    found = points - points.mean(axis=0)
    still = np.ptp(points, axis=0) <= 1e-9 * np.abs(points).max(axis=0)
    x, y = np.where(still, 0.0, found).T
    return x, y


def _correlation(points: np.ndarray) -> float:
    """Return Pearson's r; NaN where x or y does not vary."""
    x, y = _centred(points)
    spread = np.sqrt((x @ x) * (y @ y))
    return float(np.clip(x @ y / spread, -1, 1)) if spread > 0 else np.nan
