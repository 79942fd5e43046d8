"""Amounts as areas under a curve of acceptance that no distribution shapes: Turnbull's lower bound, Kristroem's mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats import frames
from cxstats.errors import ArgumentError, one_of
from cxstats.expression import col
from cxstats.inference import Estimate
from cxstats.inference.influence import designed, from_influence, told
from cxstats.inference.measure import measure
from cxstats.inference.noted import as_shares, noted
from cxstats.metrics import share
from cxstats.pricing.bounds import Acceptance, Pooled, acceptance
from cxstats.pricing.fitting import Asked

if TYPE_CHECKING:
    import pandas as pd


class Areas:
    """The part of a contingent valuation that needs no model."""

    _asked: Asked
    highest_bid: float
    bids: tuple[float, ...]

    @cached_property
    def _curves(self) -> list[Acceptance]:
        return _curves_of(self._asked)

    def acceptance(self, answers: str = "all") -> Estimate:
        """Return the share who would pay each price, without a distribution: it falls by construction.

        With one bid each, shares of yes by bid, adjacent ones that rise pooled; otherwise the self-consistent nonparametric
        maximum likelihood estimate.

        Parameters
        ----------
        answers : {"all", "first"}
            "first" leaves second answers aside: shares of yes by first bid.

        Returns
        -------
        Estimate
            Labels ``metric`` ("acceptance"), those of ``by``, and ``price``; in percent. Where each row was asked one bid, `n`
            counts the answers at it (and at those pooled with it).

        Raises
        ------
        ArgumentError
            If `answers` is neither, or first ones are wanted where limits were stated.

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
        2   40.0      52.0      49.4       54.7
        3   50.0      18.6      16.7       20.8
        4   60.0       4.9       3.5        6.7
        """
        import pandas as pd

        one_of("acceptance(answers=)", answers, ("all", "first"))
        if answers == "first" and not self.bids:
            raise ArgumentError("acceptance(answers='first'): limits were stated, no bids asked. Take answers='all'.")
        asked = self._asked.first_only() if answers == "first" else self._asked
        curves, groups = self._curves if answers == "all" else _curves_of(asked), asked.groups
        labels = pd.concat([groups.iloc[[g] * len(c.prices)].assign(price=c.prices) for g, c in enumerate(curves)])
        labels.insert(0, "metric", "acceptance")
        labels = labels.reset_index(drop=True)
        if all(isinstance(c, Pooled) for c in curves):
            return _shares(asked, curves, labels)
        values, each = 100 * np.concatenate([c.shares for c in curves]), [100 * c.influence for c in curves]
        return as_shares(self._measured(values, each, labels, "%", np.full(len(labels), "")))

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
        labels = self._asked.groups.copy()
        labels.insert(0, "metric", metric)
        return self._measured(values, each, labels, self._asked.unit, notes)

    def _measured(
        self, values: np.ndarray, each: list[np.ndarray], labels: pd.DataFrame, unit: str, notes: Any
    ) -> Estimate:
        asked, place = self._asked, 0
        influence = np.full((asked.asked_of, len(values)), np.nan)
        for rows, moves in zip(asked.members, each, strict=True):
            influence[asked.rows[rows], place : place + moves.shape[1]] = moves
            place += moves.shape[1]
        labels = labels.reset_index(drop=True)
        made = from_influence(asked.survey, values, influence, labels, unit=unit, left_out=asked.left_out)
        return noted(made, notes)


def _curves_of(asked: Asked) -> list[Acceptance]:
    a, w = asked.answers, asked.weight
    return [acceptance(a.lower[rows], a.upper[rows], w[rows]) for rows in asked.members]


def _shares(asked: Asked, curves: Sequence[Any], labels: pd.DataFrame) -> Estimate:
    """Return shares of yes by block of pooled prices, each measured as a share, at every price of the block."""
    import pandas as pd

    cells = np.full((asked.asked_of, 3), np.nan)
    for g, (curve, rows) in enumerate(zip(curves, asked.members, strict=True)):
        yes = np.isfinite(asked.answers.lower[rows])
        cells[asked.rows[rows]] = np.column_stack([np.full(len(rows), g), curve.block[curve.at], yes])
    names, design = ["group of rows", "pooled prices", "says yes"], asked.survey.design.columns()
    frame = pd.DataFrame(cells, columns=names)
    if design:
        frame = pd.concat([frames.in_memory(asked.survey.frame, design).reset_index(drop=True), frame], axis=1)
    found = measure(designed(asked.survey, frame), share(col(names[2]) == 1, name="acceptance"), by=names[:2])
    place = {pair: i for i, pair in enumerate(found.labels[names[:2]].itertuples(index=False, name=None))}
    at = [place[g, b] for g, curve in enumerate(curves) for b in curve.block.tolist()]
    notes = [
        f"shares of yes rise at {', '.join(f'{p:g}' for p in curve.rises)}: pooled" if curve.rises else ""
        for curve in curves for _ in curve.prices
    ]  # fmt: skip
    made = found._take(np.asarray(at))
    made._labels, made._origin = labels, replace(made._origin, left_out=(told(asked.asked_of, asked.left_out),))
    return noted(made, notes)
