"""The best of several prices, and every price that may be it.

A price stays in the set unless the revenue of some other one is shown to be higher. The test of one price against all others
is simultaneous: t of each difference against the point that the largest of them exceeds with chance alpha if all truths are
equal, from their joint covariance. So the truly best price is in the set with chance 1 - alpha, however flat the top.

Gupta, S. S. (1965). On some multiple decision (selection and ranking) rules. *Technometrics* 7.
Hsu, J. C. (1984). Constrained simultaneous confidence intervals for multiple comparisons with the best. *Ann. Statist.* 12.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.errors import ArgumentError
from cxstats.inference.estimate import Estimate
from cxstats.inference.intervals import t_quantile
from cxstats.inference.known import as_it_is, lent
from cxstats.inference.own import with_own_limits
from cxstats.inference.rows import OwnLimits
from cxstats.inference.simultaneous import Simultaneous

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Series:
    """The revenues (or margins, or shares) of one group at several prices: as shown, and as they came out.

    Where they are shares of answers times what `each` yes brings in, `shares` has these: of few who accept, their own variance
    says too little of what more of them would bring.
    """

    labels: dict[str, Any]
    rows: np.ndarray
    prices: np.ndarray
    shown: np.ndarray
    source: Estimate
    each: np.ndarray | None = None
    shares: Estimate | None = None

    @property
    def best(self) -> int:
        """The price of the highest value; the lowest of several."""
        return int(np.nanargmax(self.shown)) if np.isfinite(self.shown).any() else 0

    @cached_property
    def rivals(self) -> list[tuple[Estimate, Simultaneous, dict[Any, float]]]:
        """For each price, the others minus it, with their joint errors."""
        size, found = len(self.rows), list[tuple[Estimate, Simultaneous, dict[Any, float]]]()
        source = self.source._take(self.rows)
        for j in range(size):
            jacobian = np.delete(np.eye(size), j, axis=0)
            jacobian[:, j] = -1.0
            ahead, labels = np.delete(source.values, j) - source.values[j], source.labels.drop(index=j)
            unit = np.full(size - 1, "", dtype=object)
            apart = source._linear(ahead, jacobian, jacobian != 0, labels, unit, as_it_is(source))
            found.append((apart, Simultaneous.of(apart, "guarded", two_sided=False), {}))
        return found

    def plausible(self, alpha: float) -> np.ndarray:
        """Tell which prices are not shown to be worse than another, by errors as verdicts take them (guarded)."""
        inside = np.asarray([not self._beaten(j, alpha) for j in range(len(self.rows))])
        inside[self.best] = True
        return np.asarray(inside & self.answered.any())

    @property
    def answered(self) -> np.ndarray:
        """Whether anyone answered at each price."""
        return np.asarray(np.isfinite(self.shown))

    def _beaten(self, j: int, alpha: float) -> bool:
        apart, joint, strict = self.rivals[j]
        error, df = apart._spread("guarded")
        error = np.sqrt(error**2 + self._if_equal(j))
        with np.errstate(invalid="ignore", divide="ignore"):
            ahead = apart.values / np.where(error > 0, error, np.nan)

        def over(each: float) -> bool:
            return bool((ahead > t_quantile(each, df)).any())

        if not over(min(2 * alpha, 1.0)) or over(2 * alpha / len(ahead)):  # without, and with, all strictness there is
            return over(2 * alpha / len(ahead))
        if alpha not in strict:
            strict[alpha] = joint.each(min(2 * alpha, 1.0))
        return over(strict[alpha])

    def _if_equal(self, j: int) -> np.ndarray:
        """Return by how much the variance at price j would be larger, did it bring in as much as each other price does."""
        if self.shares is None or self.each is None or not self.each[j] > 0:
            return np.zeros(len(self.rows) - 1)
        own, n = self.shares.values[self.rows[j]], self.shares.n_effective[self.rows[j]]
        equal = np.clip(np.delete(self.source.values[self.rows], j) / self.each[j], own, 100.0)
        more = self.each[j] ** 2 * (equal * (100 - equal) - own * (100 - own)) / n
        return np.asarray(np.nan_to_num(np.maximum(more, 0.0)))

    def limits(self) -> OwnLimits:
        """Return the function from alpha to the lowest and the highest price of the set."""

        def limits(alpha: float, method: str | None) -> tuple[float, float]:
            if not (self.source.df[self.rows] > 0).any() or not self.answered.any():
                return np.nan, np.nan
            inside = self.prices[self.plausible(alpha)]
            return float(inside.min()), float(inside.max())

        return limits

    def note(self) -> str:
        """Say whether the best price lies at an end of those asked, and at which no one answered."""
        if not self.answered.any():
            return "no answers"
        end = {0: "lowest", len(self.prices) - 1: "highest"}.get(self.best)
        missing = ", ".join(f"{p:g}" for p in self.prices[~self.answered])
        said = [
            f"the best price is the {end} that was looked at" if end else "",
            f"no answers at {missing}" if missing else "",
        ]
        return "; ".join(filter(None, said))


def series(
    source: Estimate, shown: np.ndarray, each: np.ndarray | None = None, shares: Estimate | None = None
) -> list[Series]:
    """Return the rows of an estimate labelled by price as one series for each metric and group.

    If they are `shares` (in percent) times what a percent of them brings in, `each`, state both.
    """
    labels, known = source.labels, lent(source)
    same = np.eye(len(source))
    lifted = source._linear(source.values, same, same != 0, labels, source._rows.unit, known)
    names = [name for name in labels.columns if name != "price"]
    prices = labels["price"].to_numpy(dtype=np.float64)
    found = []
    for some in labels.groupby(names, sort=False, observed=True).indices.values():
        rows = np.asarray(some)
        first = dict(zip(names, labels[names].iloc[rows[0]].tolist(), strict=True))
        found.append(
            Series(first, rows, prices[rows], shown[rows], lifted, None if each is None else each[rows], shares)
        )
    return found


def best_price(of: Sequence[Series], unit: str) -> Estimate:
    """Return the best price of each series, with the range of the prices that may be it."""
    import pandas as pd

    source, rows = of[0].source, [one.rows for one in of]
    values = [one.prices[one.best] if one.answered.any() else np.nan for one in of]
    return with_own_limits(
        source, values, pd.DataFrame([one.labels for one in of]), rows, [one.limits() for one in of], family="extreme",
        unit=unit, notes=[one.note() for one in of],
    )  # fmt: skip


def candidates(of: Sequence[Series], level: float) -> pd.DataFrame:
    """Return, for each price, its value, what it lacks to the best one, and whether it may be the best."""
    import pandas as pd

    if isinstance(level, bool) or not isinstance(level, int | float) or not 0 < level < 1:
        raise ArgumentError(f"candidates(level={level!r}): a confidence level lies between 0 and 1, such as 0.95.")
    tables = []
    for one in of:
        values, inside = one.shown, one.plausible(1 - level)
        table = pd.DataFrame(one.labels, index=range(len(values)))
        tables.append(
            table.assign(price=one.prices, estimate=values, below_best=values[one.best] - values, may_be_best=inside)
        )
    return pd.concat(tables, ignore_index=True)
