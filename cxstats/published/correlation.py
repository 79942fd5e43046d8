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
from cxstats.published.arguments import need_decimals, need_number, need_sizes
from cxstats.published.line import Line, by_size, joined, people, span
from cxstats.published.printed import assumed, cautions

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
    0   5  assumed          0.4     -0.77       0.95
    1  10  assumed          0.4     -0.33       0.82
    2  20  assumed          0.4     -0.07       0.72
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
        need_decimals("Correlation", self.value, self.decimals)
        sizes = need_sizes("Correlation", self.n, self.plausible_n, FEWEST, "pairs")
        object.__setattr__(self, "value", round(float(self.value), self.decimals))
        object.__setattr__(self, "n", None if self.n is None else int(self.n))
        object.__setattr__(self, "plausible_n", sizes if self.n is None else tuple(self.plausible_n))

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

        Fisher's transformed r is biased away from 0 by about ``r / (2 (n - 1))``; the limit towards 0 allows for that.

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
        0     -0.78        0.1
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
            cautions=cautions(self), whom="pairs", associated="function", what=f"r{f' of {self.says}' if self.says else ''}",
        )  # fmt: skip

    def audited(self, level: float) -> Line:
        """Return the line of an audit about this correlation."""
        low, high = self.limits(1 - level)
        limits = {n: self.at(n, 1 - level) for n in self.sizes}
        shown = span((low, high), 2, (0.0,)) if self.n else by_size(limits, decimals=2, edges=(0.0,))
        side = "above" if self.value > 0 else "below"
        count = self.needed(above(0.0), level)
        if low > 0 or high < 0:
            bears = f"that it is {side} 0"
        elif np.isinf(count):
            bears = "its sign cannot be told with any n"
        elif self.n:
            bears = f"its sign cannot be told; as printed it would be {side} 0 from {people(count)} pairs on"
        else:
            bears = f"that it is {side} 0 if n is {people(count)} or more"
        bears = f"{bears}: {shown}"
        n = np.nan if self.n is None else float(self.n)
        return Line(
            str(self), self.source, n, self.value, low, high, "correlation", bears,
            joined(["" if self.n else "n (pairs)", self.unknown, "whether the pairs are a sample of anything"]),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"r = {self.value:.{self.decimals}f}".replace("-", MINUS) + (f", {self.says}" if self.says else "")


def fisher(r: float, n: float, alpha: float) -> tuple[float, float]:
    """Return Fisher's limits of a correlation of n pairs, with the limit towards 0 less its bias; -1 and 1 are themselves."""
    r = float(np.clip(r, -1, 1))
    if abs(r) == 1:
        return r, r
    z, step = float(np.arctanh(r)), float(z_quantile(alpha)) / np.sqrt(n - 3)
    unbiased = z - r / (2 * (n - 1))
    return float(np.tanh(min(z, unbiased) - step)), float(np.tanh(max(z, unbiased) + step))
