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
from cxstats.inference.leverage import Informed
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
        values, each = 100 * np.concatenate([c.shares for c in curves]), [100 * np.eye(len(c.prices)) for c in curves]
        found = as_shares(self._measured(values, each, labels, "%"))
        return _ends(
            found, np.concatenate([_asked_at(asked, c, rows) for c, rows in zip(curves, asked.members, strict=True)])
        )

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
        labels = self._asked.groups.copy()
        labels.insert(0, "metric", metric)
        values, each = np.asarray([value for value, _ in areas]), [slopes[:, None] for _, slopes in areas]
        return noted(self._measured(values, each, labels, self._asked.unit), notes)

    def _measured(self, values: np.ndarray, each: list[np.ndarray], labels: pd.DataFrame, unit: str) -> Estimate:
        """Return functions of the shares of each group, given their slopes by them (prices x functions)."""
        asked, place, models = self._asked, 0, list[tuple[Informed, np.ndarray]]()
        influence = np.full((asked.asked_of, len(values)), np.nan)
        for curve, rows, slopes in zip(self._curves, asked.members, each, strict=True):
            here = slice(place, place + slopes.shape[1])
            influence[asked.rows[rows], here] = curve.influence @ slopes
            by_coefficient = np.zeros((len(values), curve.slopes.shape[1]))
            by_coefficient[here] = slopes.T @ curve.slopes
            models.append((curve.informed(asked.rows[rows]), by_coefficient))
            place = here.stop
        group = np.repeat(np.arange(len(each)), [slopes.shape[1] for slopes in each])
        return from_influence(
            asked.survey, values, influence, labels.reset_index(drop=True), unit=unit, left_out=asked.left_out, models=models,
            group=group.tolist(),
        )  # fmt: skip


def _asked_at(asked: Asked, curve: Acceptance, rows: np.ndarray) -> np.ndarray:
    """Return how many answers (of one weight, by Kish) have each price as a limit."""
    lower, upper, weight = asked.answers.lower[rows], asked.answers.upper[rows], asked.weight[rows]
    at = [(lower == price) | (upper == price) for price in curve.prices]
    return np.asarray([weight[here].sum() ** 2 / (weight[here] ** 2).sum() if here.any() else np.nan for here in at])


def _ends(found: Estimate, asked_at: np.ndarray) -> Estimate:
    """Return shares that give those of 0 and 100 % the interval of as many answers as were asked there."""
    end = np.isclose(found.values, 0.0, atol=1e-9) | np.isclose(found.values, 100.0, rtol=0, atol=1e-9)
    worth = np.where(end, asked_at, found._rows.n_effective)
    note = np.where(end, "as if from those asked there alone", "")
    return noted(found, note, unknown=found._rows.unknown | end, n_effective=worth)


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
    made._labels, made._origin = labels, replace(made._origin, left_out=told(asked.asked_of, asked.left_out))
    return noted(made, notes)
