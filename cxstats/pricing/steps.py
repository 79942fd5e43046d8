"""What customers would pay by level of experience, step by step: by a model, and without one as the check on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats import frames
from cxstats.errors import ArgumentError
from cxstats.inference import Estimate, measure
from cxstats.inference.influence import _designed
from cxstats.metrics import mean, share
from cxstats.pricing.amounts import indices, points
from cxstats.pricing.fitting import Asked, joint
from cxstats.pricing.tolerance import Distribution, Fit, NotIdentifiedError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Levels:
    """The levels of experience in their order, which of them each row that answered has, and what the amounts are called."""

    column: str
    order: tuple[Any, ...]
    code: np.ndarray
    outcome: str

    def of(self, code: np.ndarray) -> pd.Categorical:
        """Return levels by their numbers, as a column whose categories are in order."""
        import pandas as pd

        return pd.Categorical.from_codes(code, categories=list(self.order), ordered=True)


class ExperiencePremium:
    """How much more customers pay per step of experience; made by `experience_premium`.

    Attributes
    ----------
    means : Estimate
        The mean amount by level (and group), by interval regression, at the weighted means of the adjusting columns; labels
        ``metric``, those of ``by``, and the level. `n` counts all answers of the model, which share its spread.
    steps : Estimate
        Each level minus the one before, labelled by ``contrast``: "met - missed".
    overall : Estimate
        The last level minus the first.
    per_step : Estimate
        The slope of the straight line through the means, levels counted 1, 2, 3 ...
    params : Estimate
        Of the model: ``P(amount > a) = F(x'b + c a)``, F the normal distribution; ``c = -1 / standard deviation``.
    log_likelihood : float
        At its maximum, summed over groups.
    answers : pandas.DataFrame
        By group and level: ``rows`` of the domain, those ``answered`` and their ``share`` (%), of these ``nothing`` (0),
        ``more`` (more than stated), and those ``used`` (no adjusting column missing); unweighted counts.
    selection : str
        Of how many rows the outcome is known, by level, and that nothing is said of the others.
    """

    def __init__(self, of: Distribution, asked: Asked, fits: list[Fit], levels: Levels, answers: pd.DataFrame) -> None:
        self._asked, self._fits, self._levels, self.answers = asked, fits, levels, answers
        self.log_likelihood = float(sum(fit.log_likelihood for fit in fits))
        self._joint = joint(of, asked, {"": fits})
        self.params = self._joint.estimate._take(np.arange(len(asked.names(of)) * len(asked.groups)))

    @cached_property
    def means(self) -> Estimate:  # noqa: D102  (documented as an attribute)
        return self._joint.through(lambda v: self._at_levels(v).ravel(), self._labels("mean"), self._asked.unit)

    @cached_property
    def steps(self) -> Estimate:  # noqa: D102
        return self.steps_of(self.means)

    @cached_property
    def overall(self) -> Estimate:  # noqa: D102
        return self._between(self.means, [len(self._levels.order) - 1], [0])

    @cached_property
    def per_step(self) -> Estimate:  # noqa: D102
        place = np.arange(len(self._levels.order)) - (len(self._levels.order) - 1) / 2
        labels = self._asked.groups.assign(trend=f"slope over {self._levels.column}")
        labels.insert(0, "metric", "mean")
        unit = f"{self._asked.unit} per step".strip()
        return self._joint.through(lambda v: self._at_levels(v) @ place / (place @ place), labels, unit)

    def _at_levels(self, values: np.ndarray) -> np.ndarray:
        """Return the mean amounts, groups x levels: where the index ``x'b + c a`` is 0."""
        at, _ = points(self._asked, {self._levels.column: self._levels.order}, None)
        index, slope = indices(values.reshape(-1, len(self._asked.groups)), at)
        return np.asarray(-index / slope)

    def _labels(self, metric: str) -> pd.DataFrame:
        import pandas as pd

        levels = pd.DataFrame({self._levels.column: self._levels.of(np.arange(len(self._levels.order)))})
        table = pd.merge(self._asked.groups, levels, how="cross")
        table.insert(0, "metric", metric)
        return table

    def steps_of(self, by_level: Estimate) -> Estimate:
        """Return each level minus the one before, of an estimate by level: `up_to`, `shares` or `means`.

        Parameters
        ----------
        by_level : Estimate
            Made by this result.

        Returns
        -------
        Estimate
            Labelled by ``contrast``, with one covariance; differences of shares by MOVER.

        Raises
        ------
        ArgumentError
            If the estimate is not one by the levels and groups of this result.

        Notes
        -----
        A step is an association: who had the better experience may differ in more than that.

        References
        ----------
        Zou, G. Y. and Donner, A. (2008). Construction of confidence limits about effect measures. *Stat. Med.* 27.

        Examples
        --------
        >>> import cxstats as cx
        >>> found = cx.experience_premium(cx.sample_survey(), outcome="spend", level="service_level",
        ...                               order=["poor", "adequate", "wow"], open_above=100)
        >>> found.steps_of(found.shares(50)).frame()[["contrast", "estimate", "conf_low", "conf_high", "unit"]].round(1)
        """
        size = len(self._levels.order) * len(self._asked.groups)
        if not isinstance(by_level, Estimate) or [*by_level.labels.columns] != [*self.means.labels.columns] or (
            len(by_level) != size
        ):  # fmt: skip
            raise ArgumentError("steps_of: an estimate by level is needed, such as up_to(), shares() or means.")
        later = range(1, len(self._levels.order))
        return self._between(by_level, later, [j - 1 for j in later])

    def _between(self, by_level: Estimate, later: Sequence[int], earlier: Sequence[int]) -> Estimate:
        """Return levels minus levels, by their places in the order, within each group."""
        order, groups = self._levels.order, len(self._asked.groups)
        first = len(order) * np.arange(groups)[:, None]
        a, b = ((first + np.asarray(places)).ravel() for places in (later, earlier))
        labels = by_level.labels.drop(columns=self._levels.column).iloc[a].reset_index(drop=True)
        labels["contrast"] = [f"{order[i]} - {order[j]}" for i, j in zip(later, earlier, strict=True)] * groups
        return by_level._difference(a, b, labels, "steps")

    def flattens(self) -> Estimate:
        """Return the last step minus the first: below 0 where the premium flattens towards the best experience.

        Returns
        -------
        Estimate
            One row (and group), in the unit of the amounts.

        Raises
        ------
        NotIdentifiedError
            If there are two levels, and so one step.

        Notes
        -----
        It depends on where the levels were cut: steps need not be equally wide.

        References
        ----------
        Anderson, E. W. (1996). Customer satisfaction and price tolerance. *Marketing Letters* 7.

        Examples
        --------
        >>> import cxstats as cx
        >>> found = cx.experience_premium(cx.sample_survey(), outcome="spend", level="service_level",
        ...                               order=["poor", "adequate", "wow"], open_above=100)
        >>> found.flattens().frame()[["estimate", "conf_low", "conf_high"]].round(1)
        """
        order = self._levels.order
        if len(order) < 3:
            raise NotIdentifiedError(f"flattens: there is one step only ({order[1]} - {order[0]}); two are needed.")
        last, first = f"{order[-1]} - {order[-2]}", f"{order[1]} - {order[0]}"
        return self.steps.contrast({"contrast": last}, {"contrast": first})

    def up_to(self, cap: float | None = None) -> Estimate:
        """Return the mean of ``min(amount, cap)`` by level, without a distribution: the check on the model.

        Parameters
        ----------
        cap : float, optional
            At most the highest amount up to which everyone's is known: the lowest "more than", the default, or the largest
            amount where none is open.

        Returns
        -------
        Estimate
            By level, in the unit of the amounts; weighted means of the answers themselves, not adjusted.

        Raises
        ------
        ArgumentError
            If the cap is no amount, or above the highest that is known of everyone.
        NotIdentifiedError
            If answers lie between limits, so that their means are not known.

        Notes
        -----
        What is paid above the cap counts as the cap, so its steps are no more than those of the whole amounts if these rise
        at every part of the scale; they are right for what they are, whatever the distribution.

        References
        ----------
        Irwin, J. O. (1949). The standard error of an estimate of expectation of life. *J. Hygiene* 47.

        Examples
        --------
        >>> import cxstats as cx
        >>> found = cx.experience_premium(cx.sample_survey(), outcome="spend", level="service_level",
        ...                               order=["poor", "adequate", "wow"], open_above=100)
        >>> found.up_to().frame()[["metric", "service_level", "n", "estimate", "conf_low", "conf_high"]].round(1)
        """
        lower, upper = self._asked.answers.lower, self._asked.answers.upper
        more = np.isposinf(upper)
        highest = float(lower[more].min() if more.any() else upper.max())
        if cap is not None and not (isinstance(cap, int | float | np.number) and 0 < cap <= highest):
            raise ArgumentError(
                f"up_to(cap=): an amount above 0 and at most {highest:g} is needed, not {cap!r}: up to {highest:g} the amount of "
                "everyone is known."
            )
        cap = highest if cap is None else float(cap)
        unknown = (lower != upper) & (lower < cap) & (upper > 0)
        if unknown.any() or cap <= 0:
            raise NotIdentifiedError(
                f"up_to: of {int(unknown.sum()):,} answers only limits are known, so the mean of amounts up to {cap:g} is not. "
                "Take shares(above=) at a limit that all were asked."
            )
        return self._measured(f"mean up to {cap:g}", np.clip(lower, 0, cap))

    def shares(self, above: float = 0) -> Estimate:
        """Return the share by level who would pay more than an amount.

        Parameters
        ----------
        above : float
            The amount, 0 or more, in their unit: 0 asks who would pay anything more.

        Returns
        -------
        Estimate
            By level, in percent; weighted shares of the answers themselves, not adjusted.

        Raises
        ------
        ArgumentError
            If `above` is no amount.
        NotIdentifiedError
            If of some answers it is not known on which side of the amount they lie.

        Notes
        -----
        With ``open_above=`` an answer just there counts as more.

        References
        ----------
        Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. *JASA* 22.

        Examples
        --------
        >>> import cxstats as cx
        >>> found = cx.experience_premium(cx.sample_survey(), outcome="spend", level="service_level",
        ...                               order=["poor", "adequate", "wow"], open_above=100)
        >>> found.shares().frame()[["metric", "service_level", "n", "estimate", "conf_low", "conf_high"]].round(1)
        """
        if isinstance(above, bool) or not isinstance(above, int | float | np.number) or not 0 <= above < np.inf:
            raise ArgumentError(f"shares(above=): a finite amount of 0 or more is needed, not {above!r}.")
        lower, upper = self._asked.answers.lower, self._asked.answers.upper
        exact = lower == upper
        yes, no = np.where(exact, lower > above, lower >= above), upper <= above
        unknown = np.flatnonzero(~yes & ~no)
        if len(unknown):
            i = unknown[0]
            raise NotIdentifiedError(
                f"shares(above={above:g}): of {len(unknown):,} answers it is not known whether they are more (row "
                f"{self._asked.rows[i] + 1} lies from {lower[i]:g} to {upper[i]:g}). Take an amount that all were asked."
            )
        return self._measured(f"share above {above:g}", yes, shares=True)

    def _measured(self, name: str, values: np.ndarray, *, shares: bool = False) -> Estimate:
        """Return the weighted means (or shares) by level of what is known of each row that answered."""
        asked = self._asked
        column, code = np.full(asked.asked_of, np.nan), np.full(asked.asked_of, -1)
        column[asked.rows], code[asked.rows] = values, self._levels.code
        frame = frames.in_memory(asked.survey.frame, [*asked.survey.design.columns(), *asked.groups.columns])
        survey = _designed(asked.survey, frame.assign(**{self._levels.column: self._levels.of(code), name: column}))
        known = frames_known(name)
        score = share(known[0] > 0, name=name) if shares else mean(name, name=name)
        made = measure(survey, score, [*asked.groups.columns, self._levels.column], known[1])
        made._origin = replace(made._origin, left_out=self.means._origin.left_out)
        if not shares:
            made._rows = replace(made._rows, unit=np.full(len(made), asked.unit, dtype=object))
        return made
