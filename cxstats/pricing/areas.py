"""Amounts as areas under a curve of acceptance that no distribution shapes: Turnbull's lower bound, Kristroem's mean."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.errors import ArgumentError
from cxstats.inference import Estimate
from cxstats.inference.influence import from_influence
from cxstats.pricing import amounts as money
from cxstats.pricing.bounds import Acceptance, acceptance
from cxstats.pricing.fitting import Asked

if TYPE_CHECKING:
    import pandas as pd


class Areas:
    """The part of a contingent valuation that needs no model."""

    _asked: Asked
    highest_bid: float

    @cached_property
    def _curves(self) -> list[Acceptance]:
        a, w = self._asked.answers, self._asked.weight
        return [acceptance(a.lower[rows], a.upper[rows], w[rows]) for rows in self._asked.members]

    def acceptance(self) -> Estimate:
        """Return the share who would pay each price, without a distribution: it falls by construction.

        With one bid each, shares of yes by bid, adjacent ones that rise pooled; otherwise the self-consistent nonparametric
        maximum likelihood estimate.

        Returns
        -------
        Estimate
            Labels ``metric`` ("acceptance"), those of ``by``, and ``price``; in percent.

        Notes
        -----
        The pooling (and which masses are 0) is taken as given, so intervals where shares were pooled are somewhat short.
        Covariates play no part.

        References
        ----------
        Turnbull, B. W. (1976). The empirical distribution function with arbitrarily grouped, censored and truncated data.
        *JRSS B* 38.

        Examples
        --------
        >>> import cxstats as cx
        >>> found = cx.contingent_valuation(cx.sample_survey(), bid="bid", answer="bid_accepted")
        >>> found.acceptance().frame()[["price", "estimate", "conf_low", "conf_high"]].round(1)
           price  estimate  conf_low  conf_high
        0   20.0      94.3      92.9       95.4
        1   30.0      78.8      76.0       81.3
        2   40.0      52.0      49.7       54.4
        3   50.0      18.6      17.0       20.4
        4   60.0       4.9       3.5        6.7
        """
        import pandas as pd

        curves, groups = self._curves, self._asked.groups
        labels = pd.concat([groups.iloc[[g] * len(c.prices)].assign(price=c.prices) for g, c in enumerate(curves)])
        values = 100 * np.concatenate([c.shares for c in curves])
        notes = [
            f"shares of yes rise at {', '.join(f'{p:g}' for p in c.rises)}: pooled" if c.rises else "" for c in curves
        ]
        each = [100 * c.influence for c in curves]
        made = self._measured(
            "acceptance", values, each, labels, "%", np.repeat(notes, [len(c.prices) for c in curves])
        )
        return money.as_shares(made)

    def turnbull(self) -> Estimate:
        """Return Turnbull's lower bound of the mean: what is sure without a distribution.

        ``sum_j S(b_j) (b_j - b_{j-1})`` over the prices in order, with S of `acceptance`: everyone pays the highest price
        that they are known to accept, and no more.

        Returns
        -------
        Estimate
            Labels ``metric`` ("lower bound") and those of ``by``; unit of the bids.

        Notes
        -----
        It depends on the bids that were asked: more and higher bids raise it. Covariates play no part.

        References
        ----------
        Haab, T. C. and McConnell, K. E. (1997). Referendum models and negative willingness to pay. *J. Environ. Econ. Manag.*
        32.

        Examples
        --------
        >>> import cxstats as cx
        >>> cx.contingent_valuation(cx.sample_survey(), bid="bid", answer="bid_accepted").turnbull().values.round(2).tolist()
        [34.29]
        """
        bounds = [c.lower_bound() for c in self._curves]
        return self._area(
            "lower bound", bounds, np.full(len(bounds), "everyone pays the highest price known to be accepted")
        )

    def kristroem(self, ends_at: float | None = None) -> Estimate:
        """Return Kristroem's mean: the area under straight lines between the shares of acceptance.

        ``sum_j (S(b_{j-1}) + S(b_j)) (b_j - b_{j-1}) / 2``, with ``S(0) = 1``.

        Parameters
        ----------
        ends_at : float, optional
            The price that no one would pay, above the highest bid. By default the area ends at the highest bid.

        Returns
        -------
        Estimate
            Labels ``metric`` ("mean, linear") and those of ``by``; unit of the bids.

        Raises
        ------
        ArgumentError
            If `ends_at` is not above the highest bid.

        Notes
        -----
        Where many still accept the highest bid, the mean rests on `ends_at`, which no answer vouches for.

        References
        ----------
        Kristroem, B. (1990). A non-parametric approach to the estimation of welfare measures in discrete response valuation
        studies. *Land Economics* 66.

        Examples
        --------
        >>> import cxstats as cx
        >>> found = cx.contingent_valuation(cx.sample_survey(), bid="bid", answer="bid_accepted")
        >>> found.kristroem(ends_at=100).values.round(2).tolist()
        [40.3]
        """
        if ends_at is not None and not (isinstance(ends_at, int | float) and self.highest_bid < ends_at < np.inf):
            raise ArgumentError(
                f"kristroem(ends_at=): a price above the highest bid ({self.highest_bid:g}) is needed, not {ends_at!r}."
            )
        if ends_at is None:
            notes = [f"ends at the highest bid, which {100 * c.shares[-1]:.0f} % accept" for c in self._curves]
        else:
            notes = [f"if no one pays {ends_at:g}"] * len(self._curves)
        return self._area("mean, linear", [c.linear_mean(ends_at) for c in self._curves], np.asarray(notes))

    def _area(self, metric: str, areas: list[tuple[float, np.ndarray]], notes: np.ndarray) -> Estimate:
        values, each = np.asarray([value for value, _ in areas]), [moves[:, None] for _, moves in areas]
        return self._measured(metric, values, each, self._asked.groups, self._asked.unit, notes)

    def _measured(
        self, metric: str, values: np.ndarray, each: list[np.ndarray], labels: pd.DataFrame, unit: str, notes: Any
    ) -> Estimate:
        asked, place = self._asked, 0
        influence = np.full((asked.asked_of, len(values)), np.nan)
        for rows, moves in zip(asked.members, each, strict=True):
            influence[asked.rows[rows], place : place + moves.shape[1]] = moves
            place += moves.shape[1]
        labels = labels.reset_index(drop=True)
        labels.insert(0, "metric", metric)
        made = from_influence(asked.survey, values, influence, labels, unit=unit, left_out=asked.left_out)
        return money.noted(made, np.asarray(notes, dtype=object), np.zeros(len(values), dtype=bool))
