"""A published correlation: what its number of firms, or of people, lets it bear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxstats.claims.declaration import need_level
from cxstats.claims.reading import Reading
from cxstats.claims.region import Region, above
from cxstats.claims.words import MINUS
from cxstats.errors import ArgumentError
from cxstats.inference.intervals import z_quantile
from cxstats.published import bounds
from cxstats.published.line import Line, by_size, joined, people, span
from cxstats.published.printed import assumed, cautions, need_number, need_sizes

if TYPE_CHECKING:
    import pandas as pd

PLAUSIBLE = (5, 10, 20, 50)
FEWEST = 4  # Fisher's interval has no error with three pairs


@dataclass(frozen=True)
class Correlation:
    """A published correlation coefficient, with what is known of it.

    Parameters
    ----------
    value : float
        Pearson's r as printed, between -1 and 1.
    n : int, optional
        How many pairs it is of: firms, industries, people. None if nobody says.
    decimals : int
        Decimals printed.
    says : str
        What goes with what, such as "NPS and growth of airlines".
    source : str
        Who published it, and when.
    plausible_n : sequence of int
        Numbers of pairs taken for possible if `n` is None.
    unknown : str
        What else is not told.

    Raises
    ------
    ArgumentError
        If the value does not lie between -1 and 1 or has more decimals than `decimals`, or there are fewer than four pairs.

    Notes
    -----
    Fisher's interval is for pairs drawn at random from a normal distribution. The handful of large firms of an industry is no
    such sample; for them it only shows how far an r of so few pairs can move by chance.

    References
    ----------
    Fisher, R. A. (1921). On the probable error of a coefficient of correlation. *Metron* 1.

    Examples
    --------
    >>> import cxstats as cx
    >>> cx.Correlation(0.40, says="NPS and growth").interval().round(2)
        n     n_is  correlation  conf_low  conf_high
    0   5  assumed          0.4     -0.75       0.95
    1  10  assumed          0.4     -0.31       0.82
    2  20  assumed          0.4     -0.06       0.72
    3  50  assumed          0.4      0.13       0.61
    """

    value: float
    n: int | None = None
    decimals: int = 2
    says: str = ""
    source: str = ""
    plausible_n: Sequence[int] = PLAUSIBLE
    unknown: str = ""

    def __post_init__(self) -> None:
        need_number("Correlation(value=)", self.value, "a number between -1 and 1")
        if not -1 <= self.value <= 1:
            raise ArgumentError(f"Correlation({self.value:g}): a correlation lies between -1 and 1.")
        if isinstance(self.decimals, bool) or not isinstance(self.decimals, int) or self.decimals < 0:
            raise ArgumentError(f"Correlation(decimals=): a number of decimals such as 2, not {self.decimals!r}.")
        if abs(round(self.value, self.decimals) - self.value) > 1e-9:
            raise ArgumentError(
                f"Correlation({self.value:g}, decimals={self.decimals}): the figure has more decimals than that. Say how many "
                "were printed."
            )
        need_sizes("Correlation", self.n, self.plausible_n, FEWEST, "pairs")

    @property
    def sizes(self) -> tuple[int, ...]:
        """The numbers of pairs taken for possible: `n` itself, if it is known."""
        return tuple(int(n) for n in self.plausible_n) if self.n is None else (int(self.n),)

    def at(self, n: int, alpha: float) -> tuple[float, float]:
        """Return the limits if it is of n pairs: Fisher's, of the lowest and of the highest r that rounds to it."""
        half = 0.5 * 10.0**-self.decimals
        return fisher(self.value - half, n, alpha)[0], fisher(self.value + half, n, alpha)[1]

    def interval(self, level: float = 0.95) -> pd.DataFrame:
        """Return Fisher's interval, rounding included: ``tanh(atanh(r) -+ z / sqrt(n - 3))``.

        Parameters
        ----------
        level : float
            Confidence level.

        Returns
        -------
        pandas.DataFrame
            One line for each possible number of pairs: ``n``, ``n_is`` ("published" or "assumed"), ``correlation``,
            ``conf_low``, ``conf_high``.

        Raises
        ------
        ArgumentError
            If the level is not between 0 and 1.

        Notes
        -----
        With five pairs nearly every correlation is compatible with nearly every other.

        References
        ----------
        Fisher, R. A. (1921). On the probable error of a coefficient of correlation. *Metron* 1.

        Examples
        --------
        >>> import cxstats as cx
        >>> cx.Correlation(-0.45, n=15).interval()[["conf_low", "conf_high"]].round(2)
           conf_low  conf_high
        0     -0.78       0.09
        """
        import pandas as pd

        need_level("interval", level)
        lines = [[n, self.n_is, float(self.value), *self.at(n, 1 - level)] for n in self.sizes]
        return pd.DataFrame(lines, columns=["n", "n_is", "correlation", "conf_low", "conf_high"])

    @property
    def n_is(self) -> str:
        """Whether the number of pairs was published, or is assumed."""
        return "assumed" if self.n is None else "published"

    def limits(self, alpha: float) -> tuple[float, float]:
        """Return the widest limits over all numbers of pairs that are possible."""
        low, high = zip(*(self.at(n, alpha) for n in self.sizes), strict=True)
        return min(low), max(high)

    def needed(self, region: Region, level: float) -> float:
        """Return of how many pairs the correlation, as printed, would decide whether it lies in the region."""
        return max(bounds.deciding(region, lambda n: self.at(max(n, FEWEST), 1 - level)), FEWEST)

    def reading(self) -> Reading:
        """Return the correlation as a claim measures it."""
        n = np.nan if self.n is None else float(self.n)
        return Reading(
            self.value, self.limits, "correlation", n, assumed(self), low=-1.0, high=1.0, needed=self.needed,
            cautions=cautions(self), whom="pairs",
        )  # fmt: skip

    def audited(self, level: float) -> Line:
        """Return the line of an audit about this correlation."""
        low, high = self.limits(1 - level)
        limits = (
            span((low, high), 2)
            if self.n
            else by_size({n: self.at(n, 1 - level) for n in self.sizes}, of="pairs", decimals=2)
        )
        if low > 0 or high < 0:
            bears = f"that it is {'above' if low > 0 else 'below'} 0: {limits}"
        else:
            count = self.needed(above(0.0), level)
            bears = f"not even its sign: {limits}; it would take {people(count)} pairs"
        n = np.nan if self.n is None else float(self.n)
        return Line(
            str(self), self.source, n, self.value, low, high, "correlation", bears,
            joined(["" if self.n else "how many pairs", self.unknown]),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"r = {self.value:.{self.decimals}f}".replace("-", MINUS) + (f", {self.says}" if self.says else "")


def fisher(r: float, n: float, alpha: float) -> tuple[float, float]:
    """Return Fisher's limits of a correlation of n pairs; those of -1 and 1 are themselves."""
    r = float(np.clip(r, -1, 1))
    if abs(r) == 1:
        return r, r
    z, step = np.arctanh(r), float(z_quantile(alpha)) / np.sqrt(n - 3)
    return float(np.tanh(z - step)), float(np.tanh(z + step))
