"""Amounts by level of experience as they were answered, without a distribution: the check on a model of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats import frames
from cxstats.errors import ArgumentError, NotIdentifiedError
from cxstats.expression import col
from cxstats.inference import Estimate, measure
from cxstats.inference.influence import designed
from cxstats.inference.ranked import Levels
from cxstats.metrics import mean, share
from cxstats.pricing.fitting import Asked, Joint

if TYPE_CHECKING:
    pass


class Observed:
    """The part of an experience premium that needs no model."""

    _asked: Asked
    _levels: Levels
    _joint: Joint

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
                   metric service_level     n  estimate  conf_low  conf_high
        0  mean up to 100          poor  1466      42.1      40.1       44.1
        1  mean up to 100      adequate  4421      53.6      52.6       54.7
        2  mean up to 100           wow  1733      57.8      55.8       59.9
        """
        cap, amounts = self._capped(cap)
        return self._measured(f"mean up to {cap:g}", amounts)

    def _capped(self, cap: float | None) -> tuple[float, np.ndarray]:
        """Return the cap, and the amount of each row that answered up to it; raise where it is not known."""
        lower, upper = self._asked.answers.lower, self._asked.answers.upper
        more = np.isposinf(upper)
        highest = float(lower[more].min() if more.any() else upper.max())
        if cap is not None and not (isinstance(cap, int | float | np.number) and 0 < cap <= highest):
            raise ArgumentError(
                f"up_to(cap=): an amount above 0 and at most {highest:g} is needed, not {cap!r}: up to {highest:g} the amount "
                "of everyone is known."
            )
        cap = highest if cap is None else float(cap)
        unknown = (lower != upper) & (lower < cap) & (upper > 0)
        if unknown.any() or cap <= 0:
            raise NotIdentifiedError(
                f"up_to: of {int(unknown.sum()):,} answers only limits are known, so the mean of amounts up to {cap:g} is not. "
                "Take shares(above=) at a limit that all were asked."
            )
        return cap, np.clip(lower, 0, cap)

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
                  metric service_level     n  estimate  conf_low  conf_high
        0  share above 0          poor  1466      76.2      73.5       78.7
        1  share above 0      adequate  4421      75.3      74.0       76.6
        2  share above 0           wow  1733      75.7      73.4       77.9
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
        ranked = f"{self._levels.column}, in order"  # beside the column itself, which may be of the design
        frame = frames.in_memory(asked.survey.frame, [*asked.survey.design.columns(), *asked.groups.columns])
        made_of: dict[str, Any] = {ranked: self._levels.of(code), name: column}
        survey = designed(asked.survey, frame.assign(**made_of))
        score = share(col(name) > 0, name=name) if shares else mean(name, name=name, unit=asked.unit)
        made = measure(survey, score, [*asked.groups.columns, ranked], col(name).is_answered())
        made._labels = made._labels.rename(columns={ranked: self._levels.column})
        made._origin = replace(made._origin, left_out=self._joint.estimate._origin.left_out)
        return made
