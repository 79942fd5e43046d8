"""What speaks against an amount: other distributions, second answers unlike first ones, and checks in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cxstats.errors import NotIdentifiedError, Unanswerable
from cxstats.inference import Estimate
from cxstats.inference.influence import REMARK
from cxstats.pricing import amounts as money
from cxstats.pricing.areas import Areas
from cxstats.pricing.bounds import violations
from cxstats.pricing.fitting import fits, joint
from cxstats.pricing.tolerance import DISTRIBUTIONS, Distribution, Fit

if TYPE_CHECKING:
    import pandas as pd

Line = tuple[str, str, bool]
MOST_AT_HIGHEST = (
    20.0  # % who still accept the highest price: beyond it the tail is the distribution's, not the answers'
)
LEAST_LEFT = 0.9  # of the rows of the domain answered: with fewer, who did not may differ
FAR = 5  # times the second largest upper limit: the largest looks like a code


class Doubts(Areas):
    """The part of a contingent valuation that tests it."""

    _of: Distribution
    _fits: list[Fit]
    median: Estimate

    def starting_point(self) -> Estimate:
        """Return the median by all answers minus the median by first answers only: 0 if the first bid leads no one.

        Returns
        -------
        Estimate
            Labels ``metric``, those of ``by``, and ``contrast``; unit of the bids. Both models are of the same rows, and so
            is their covariance.

        Raises
        ------
        Unanswerable
            If there are no second answers, or first answers alone identify no model.

        Notes
        -----
        A difference says that first and second answers do not come from one distribution of amounts: anchoring on the first
        bid, or annoyance at a second.

        References
        ----------
        Herriges, J. A. and Shogren, J. F. (1996). Starting point bias in dichotomous choice valuation with follow-up
        questioning. *J. Environ. Econ. Manag.* 30.

        Examples
        --------
        >>> import cxstats as cx
        >>> found = cx.contingent_valuation(cx.sample_survey(), bid="bid", answer="bid_accepted", bid_up="second_bid",
        ...     bid_down="second_bid", answer2="second_accepted")
        >>> found.starting_point().values.round(2).tolist()
        [0.79]
        """
        import pandas as pd

        asked = self._asked
        if asked.answers.second is None:
            raise NotIdentifiedError("starting_point: there are no second answers to compare the first with.")
        first = fits(self._of, asked.first_only())
        both = joint(self._of, asked, {"all": self._fits, "first only": first})
        sets = pd.concat([asked.groups.assign(answers=name) for name in ("all", "first only")], ignore_index=True)
        points, labels = money.points(asked, (), None)
        found = money.amounts(self._of, both, points, labels, replace(asked, groups=sets))
        return found.pick(metric="median").contrast({"answers": "all"}, {"answers": "first only"})

    def compare_distributions(self) -> pd.DataFrame:
        """Return the same model with every distribution, the likeliest first.

        Returns
        -------
        pandas.DataFrame
            Columns ``distribution``, those of ``by``, ``log_likelihood``, ``aic`` (``2 p - 2 log L``), ``median``,
            ``truncated_mean``, ``note``.

        Notes
        -----
        With weights or clusters the likelihood is a pseudo-likelihood: AIC then orders, but its differences have no known
        scale. Where truncated means differ much, the answers do not say which is right.

        References
        ----------
        Akaike, H. (1974). A new look at the statistical model identification. *IEEE Trans. Autom. Control* 19.

        Examples
        --------
        >>> import cxstats as cx
        >>> found = cx.contingent_valuation(cx.sample_survey(), bid="bid", answer="bid_accepted")
        >>> found.compare_distributions()[["distribution", "aic", "median", "truncated_mean"]].round(1)
           distribution     aic  median  truncated_mean
        0      logistic  6249.2    39.8            39.5
        1        normal  6249.6    39.8            39.6
        2       weibull  6249.6    40.0            39.6
        3  log-logistic  6334.9    38.4            39.5
        4    log-normal  6360.0    38.0            39.3
        """
        import pandas as pd

        points, labels = money.points(self._asked, (), None)
        tables = []
        for of in DISTRIBUTIONS.values():
            groups = self._asked.groups.copy()
            groups.insert(0, "distribution", of.name)
            try:
                found = fits(of, self._asked)
            except Unanswerable as error:
                tables.append(groups.assign(note=str(error)))
                continue
            made = money.amounts(of, joint(of, self._asked, {"": found}), points, labels, self._asked)
            like = np.asarray([fit.log_likelihood for fit in found])
            tables.append(groups.assign(
                log_likelihood=like, aic=2 * len(found[0].coefficients) - 2 * like,
                median=made.pick(metric="median").values, truncated_mean=made.pick(metric="truncated mean").values, note="",
            ))  # fmt: skip
        table = pd.concat(tables, ignore_index=True)
        return table.sort_values([*self._asked.groups.columns, "aic"], kind="stable", ignore_index=True)

    def checks(self, level: float = 0.95) -> pd.DataFrame:
        """Return what to know before a number is used, in plain words.

        Parameters
        ----------
        level : float
            Of the interval of the starting-point effect.

        Returns
        -------
        pandas.DataFrame
            Columns those of ``by``, ``check``, ``found``, ``concern`` (bool).

        Notes
        -----
        No concern is no proof: a yes costs nothing, and stated amounts lie above paid ones.

        References
        ----------
        Johnston, R. J. et al. (2017). Contemporary guidance for stated preference studies. *J. Assoc. Environ. Resour. Econ.*
        4.

        Examples
        --------
        >>> import cxstats as cx
        >>> found = cx.contingent_valuation(cx.sample_survey(), bid="bid", answer="bid_accepted")
        >>> found.checks()[["check", "concern"]]
                              check  concern
        0              lowest price    False
        1             highest price    False
        2      falls with the price    False
        3  median within the prices    False
        4               convergence    False
        5                separation    False
        6                  left out     True
        """
        import pandas as pd

        asked, tables = self._asked, []
        effect: Estimate | Unanswerable
        try:
            effect = self.starting_point()
        except Unanswerable as error:
            effect = error
        for g in range(len(asked.groups)):
            lines = [*_curve(self, g), *_median(self, g), *_starting_point(self, effect, g, level), *_settled(self, g)]
            table = pd.DataFrame(lines, columns=["check", "found", "concern"])
            for place, (name, value) in enumerate(asked.groups.iloc[g].items()):
                table.insert(place, str(name), [value] * len(table))
            tables.append(table)
        left = ", ".join(why for why in asked.left_out if not why.startswith(REMARK)) or "none"
        overall = [
            *_codes(self),
            ("left out", f"of {asked.asked_of:,} rows: {left}", len(asked.rows) < LEAST_LEFT * asked.chosen),
        ]
        return pd.concat([*tables, pd.DataFrame(overall, columns=["check", "found", "concern"])], ignore_index=True)[
            [*asked.groups.columns, "check", "found", "concern"]
        ]


def _curve(found: Doubts, g: int) -> Iterator[Line]:
    """Yield the shares at both ends, and where they rise."""
    asked, rows = found._asked, found._asked.members[g]
    answers, weight = asked.answers, asked.weight[rows]
    if answers.bid is None or answers.first is None:
        curve = found._curves[g]
        prices, share, n, says = curve.prices, 100 * curve.shares, None, "would pay"
    else:
        prices, at = np.unique(answers.bid[rows], return_inverse=True)
        share = 100 * np.bincount(at, weights=weight * answers.first[rows]) / np.bincount(at, weights=weight)
        n, says = np.bincount(at), "say yes to"
    asked_of = ["" if n is None else f" (n = {n[i]:,})" for i in (0, -1)]
    yield "lowest price", f"{share[0]:.0f} % {says} {prices[0]:g}{asked_of[0]}", bool(share[0] < 50)
    yield "highest price", f"{share[-1]:.0f} % {says} {prices[-1]:g}{asked_of[1]}", bool(share[-1] > MOST_AT_HIGHEST)
    if n is not None:
        rises = violations(share)
        told = [f"from {share[i - 1]:.0f} % at {prices[i - 1]:g} to {share[i]:.0f} % at {prices[i]:g}" for i in rises]
        yield "falls with the price", f"it rises {', '.join(told)}" if told else "it rises nowhere", bool(told)


def _median(found: Doubts, g: int) -> Iterator[Line]:
    limits = np.concatenate([found._asked.answers.lower, found._asked.answers.upper])
    lowest, value = float(limits[np.isfinite(limits) & (limits > 0)].min()), float(found.median.values[g])
    if np.isnan(value):
        yield "median within the prices", str(found.median._rows.note[g]), True
    else:
        inside = lowest <= value <= found.highest_bid
        yield "median within the prices", f"{value:.4g}; prices from {lowest:g} to {found.highest_bid:g}", not inside


def _starting_point(found: Doubts, effect: Estimate | Unanswerable, g: int, level: float) -> Iterator[Line]:
    answers, rows = found._asked.answers, found._asked.members[g]
    if answers.second is None:
        return
    alone = int(np.isnan(answers.second[rows]).sum())
    yield "second answers", f"{len(rows) - alone:,} of {len(rows):,}; the others count by the first alone", False
    if isinstance(effect, Unanswerable):
        yield "starting point", f"not to be told: {effect}", True
        return
    low, high = (float(limit[g]) for limit in effect.interval(level))
    said = f"{effect.values[g]:.4g} ({100 * level:g} % interval {low:.4g} to {high:.4g})"
    yield "starting point", f"median by all answers minus by first only: {said}", not low <= 0 <= high


def _settled(found: Doubts, g: int) -> Iterator[Line]:
    fit = found._fits[g]
    yield "convergence", f"settled in {fit.steps} steps; the last promised {fit.promised:.1g} in log-likelihood", False
    yield "separation", "none: one set of finite coefficients fits best", False


def _codes(found: Doubts) -> Iterator[Line]:
    if found._asked.answers.bid is not None:
        return
    upper = np.unique(found._asked.answers.upper)
    upper = upper[np.isfinite(upper)]
    if len(upper) > 1 and upper[-1] > FAR * upper[-2]:
        yield (
            "upper limits",
            f"{upper[-1]:g} is far above the next, {upper[-2]:g}: a code? Then state open_above={upper[-1]:g}",
            True,
        )
