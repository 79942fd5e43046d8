"""What acceptance by price brings in: revenue, margin, and the best price among those asked, with all that may be it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cxstats.errors import ArgumentError
from cxstats.inference.estimate import Estimate
from cxstats.inference.known import lent
from cxstats.pricing.best_price import Series, best_price, candidates, series

if TYPE_CHECKING:
    import pandas as pd


class GaborGranger:
    """Acceptance, revenue and margin by price; made by `gabor_granger`.

    Attributes
    ----------
    acceptance : Estimate
        The share (%) who would buy at each price, never rising with it; notes say where prices were pooled. Wilson intervals.
    asked : Estimate
        The same as it came out, before pooling.
    revenue, margin : Estimate
        Price x acceptance, and (price - cost) x acceptance, for each customer asked, in the unit of the prices; of the pooled
        acceptance, with t intervals.
    best_price : Estimate
        ``revenue`` (and ``margin``, if a cost is given): the price at which it is highest. It has no standard error; its
        interval is the range of `candidates` at the level asked for.
    """

    def __init__(self, asked: Estimate, acceptance: Estimate, cost: float | None, unit: str) -> None:
        self.asked, self.acceptance, self._cost, self._unit = asked, acceptance, cost, unit

    def _each(self, metric: str) -> np.ndarray:
        """Return what one percent more of acceptance brings in."""
        cost = self._cost if metric == "margin" and self._cost is not None else 0.0
        return (self.asked.labels["price"].to_numpy(dtype=np.float64) - cost) / 100

    def _worth(self, acceptance: Estimate, metric: str) -> Estimate:
        """Return (price - cost) x acceptance for each customer asked."""
        labels, known = acceptance.labels, lent(acceptance)
        each = self._each(metric)
        labels["metric"] = metric
        unit = np.full(len(acceptance), f"{self._unit} per customer asked".strip(), dtype=object)
        own = np.eye(len(acceptance))
        return acceptance._linear(each * acceptance.values, each[:, None] * own, own != 0, labels, unit, known)

    @cached_property
    def revenue(self) -> Estimate:  # noqa: D102  (documented as an attribute)
        return self._worth(self.acceptance, "revenue")

    @cached_property
    def margin(self) -> Estimate:  # noqa: D102
        if self._cost is None:
            raise ArgumentError(
                "gabor_granger(...).margin: the cost of a unit is not known. State it: gabor_granger(cost=)."
            )
        return self._worth(self.acceptance, "margin")

    @cached_property
    def _series(self) -> list[Series]:
        metrics = ["revenue"] if self._cost is None else ["revenue", "margin"]
        return [
            one for metric in metrics
            for one in series(
                self._worth(self.asked, metric), self._worth(self.acceptance, metric).values, self._each(metric), self.asked
            )
        ]  # fmt: skip

    @cached_property
    def best_price(self) -> Estimate:  # noqa: D102
        return best_price(self._series, self._unit)

    def candidates(self, level: float = 0.95) -> pd.DataFrame:
        """Return the confidence set of the best price: each price with its revenue (margin), and whether it may be the best.

        Parameters
        ----------
        level : float
            The chance, at least, that the set holds the price of the truly highest revenue among those asked.

        Returns
        -------
        pandas.DataFrame
            Columns ``metric``, those of ``by``, ``price``, ``estimate``, ``below_best`` (what it lacks to the highest) and
            ``may_be_best``: no other price is shown to bring in more.

        Raises
        ------
        ArgumentError
            If the level is not between 0 and 1.

        Notes
        -----
        Errors and degrees of freedom are those by which verdicts are decided. The price with the highest estimate is always
        in the set.

        References
        ----------
        Gupta, S. S. (1965). On some multiple decision (selection and ranking) rules. *Technometrics* 7.

        Examples
        --------
        >>> import cxstats as cx
        >>> asked = {price: f"buy_at_{price}" for price in (20, 30, 40, 50, 60)}
        >>> found = cx.gabor_granger(cx.sample_survey(), asked, where=cx.col("quarter") == "2026Q3")
        >>> found.candidates().round(1)
            metric  price  estimate  below_best  may_be_best
        0  revenue   20.0      18.8         5.5        False
        1  revenue   30.0      24.2         0.0         True
        2  revenue   40.0      20.0         4.3        False
        3  revenue   50.0      10.5        13.7        False
        4  revenue   60.0       2.2        22.1        False
        """
        return candidates(self._series, level)

    def demand_at(self, prices: Sequence[float]) -> Estimate:
        """Return acceptance (%) at prices that were not asked, on straight lines between those that were.

        Parameters
        ----------
        prices : sequence of float
            Between the lowest and the highest price asked.

        Returns
        -------
        Estimate
            Labelled by ``price`` and group, with t intervals.

        Raises
        ------
        ArgumentError
            If a price lies beyond those asked, where nothing is known.

        Notes
        -----
        The straight line is an assumption that no answer supports, and the interval does not hold its error.

        References
        ----------
        Gabor, A. and Granger, C. W. J. (1966). Price as an indicator of quality. *Economica* 33.

        Examples
        --------
        >>> import cxstats as cx
        >>> asked = {price: f"buy_at_{price}" for price in (20, 30, 40, 50, 60)}
        >>> found = cx.gabor_granger(cx.sample_survey(), asked, where=cx.col("quarter") == "2026Q3")
        >>> found.demand_at([35, 45]).frame()[["price", "estimate", "conf_low", "conf_high"]].round(1)
           price  estimate  conf_low  conf_high
        0   35.0      65.3      61.8       68.9
        1   45.0      35.4      31.5       39.4
        """
        import pandas as pd

        labels, e = self.acceptance.labels, self.acceptance
        asked = labels["price"].unique()
        wanted = np.asarray(prices, dtype=np.float64).ravel()
        beyond = wanted[~((wanted >= asked.min()) & (wanted <= asked.max()))]
        if len(beyond):
            raise ArgumentError(
                f"demand_at: price {beyond[0]:g} is not between {asked.min():g} and {asked.max():g}, the prices asked."
            )
        groups = len(e) // len(asked)
        between = np.stack([np.interp(wanted, asked, one) for one in np.eye(len(asked))], axis=1)
        jacobian = np.kron(between, np.eye(groups))
        named = pd.concat([labels.iloc[:groups]] * len(wanted), ignore_index=True)
        named["price"] = np.repeat(wanted, groups)
        unit = np.full(len(named), "%", dtype=object)
        values = np.where(jacobian != 0, jacobian * e.values, 0.0).sum(axis=1)
        return e._linear(values, jacobian, jacobian != 0, named, unit, lent(e))

    def __repr__(self) -> str:
        return f"{self.acceptance!r}\n\nbest price\n{self.best_price!r}"

    def _repr_html_(self) -> str:
        return f"{self.acceptance._repr_html_()}{self.best_price._repr_html_()}"
