"""What customers would pay by level of experience, step by step: by a model, and without one as the check on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cxstats.errors import ArgumentError, NotIdentifiedError
from cxstats.inference import Estimate
from cxstats.inference.influence import from_influence
from cxstats.inference.known import as_it_is
from cxstats.inference.leverage import Informed
from cxstats.inference.noted import of_their_levels
from cxstats.inference.ranked import Levels
from cxstats.inference.rows import unit_of_difference
from cxstats.pricing.amounts import indices, people, points
from cxstats.pricing.fitting import Asked, joint
from cxstats.pricing.observed import Observed
from cxstats.pricing.tolerance import Distribution, Fit

if TYPE_CHECKING:
    import pandas as pd


class ExperiencePremium(Observed):
    """How much more customers pay per step of experience; made by `experience_premium`.

    Attributes
    ----------
    means : Estimate
        The mean amount by level (and group), by interval regression, at the weighted means of the adjusting columns; labels
        ``metric``, those of ``by``, and the level. The spread that they share is that of all answers of the model.
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
        self._held, _ = points(asked, {levels.column: levels.order}, None)
        self._joint = joint(of, asked, {"": fits})
        self.params = self._joint.estimate._take(np.arange(len(asked.names(of)) * len(asked.groups)))
        self.params._labels.loc[self.params._labels.index[-len(asked.groups) :], "metric"] = "amount"

    @cached_property
    def means(self) -> Estimate:  # noqa: D102  (documented as an attribute)
        found = self._joint.through(lambda v: self._at_levels(v).ravel(), self._labels("mean"), self._asked.unit)
        return of_their_levels(found, people(self._asked, self._held))

    @cached_property
    def steps(self) -> Estimate:  # noqa: D102
        return self.steps_of(self.means)

    @cached_property
    def overall(self) -> Estimate:  # noqa: D102
        return self._levels.between(self.means, [(len(self._levels.order) - 1, 0)])

    @cached_property
    def per_step(self) -> Estimate:  # noqa: D102
        size, groups = len(self._levels.order), len(self._asked.groups)
        place = np.arange(size) - (size - 1) / 2
        slopes = np.kron(np.eye(groups), place / (place @ place))
        labels = self._asked.groups.assign(trend=f"slope over {self._levels.column}")
        labels.insert(0, "metric", "mean")
        unit = f"{unit_of_difference(np.asarray([self._asked.unit], dtype=object))[0]} per step".strip()
        units, means = np.full(groups, unit, dtype=object), self.means
        return means._linear(slopes @ means.values, slopes, slopes != 0, labels, units, as_it_is(means))

    def _at_levels(self, values: np.ndarray) -> np.ndarray:
        """Return the mean amounts, groups x levels: where the index ``x'b + c a`` is 0."""
        index, slope = indices(values.reshape(-1, len(self._asked.groups)), self._held)
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
                  contrast  estimate  conf_low  conf_high      unit
        0  adequate - poor      18.5      14.4       22.5  % points
        1   wow - adequate       6.2       2.8        9.6  % points
        """
        size = len(self._levels.order) * len(self._asked.groups)
        names = list(self.means.labels.columns)
        if not isinstance(by_level, Estimate) or list(by_level.labels.columns) != names or len(by_level) != size:
            raise ArgumentError("steps_of: an estimate by level is needed, such as up_to(), shares() or means.")
        return self._levels.between(by_level, self._levels.steps)

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
           estimate  conf_low  conf_high
        0      -9.2     -15.9       -2.4
        """
        return self._levels.flattening(self.steps)

    def misfit(self, cap: float | None = None) -> Estimate:
        """Return the mean up to a cap that the model gives for each level's people, minus the one observed: 0 if it fits.

        ``mean of int_0^cap P(amount > a | x) da - mean of min(max(amount, 0), cap)``, with the covariance of both.

        Parameters
        ----------
        cap : float, optional
            As in `up_to`.

        Returns
        -------
        Estimate
            By level, in the unit of the amounts.

        Raises
        ------
        ArgumentError, NotIdentifiedError
            As in `up_to`.

        Notes
        -----
        A misfit says that the amounts are not normal with one spread. Above the cap it sees nothing: there the means rest on
        the distribution alone.

        References
        ----------
        Newey, W. K. (1985). Maximum likelihood specification testing and conditional moment tests. *Econometrica* 53.

        Examples
        --------
        >>> import cxstats as cx
        >>> found = cx.experience_premium(cx.sample_survey(), outcome="spend", level="service_level",
        ...                               order=["poor", "adequate", "wow"], open_above=100)
        >>> found.misfit().frame()[["service_level", "estimate", "conf_low", "conf_high"]].round(1)
          service_level  estimate  conf_low  conf_high
        0          poor      -0.3      -0.7        0.1
        1      adequate      -2.3      -2.5       -2.2
        2           wow      -2.3      -2.8       -1.9
        """
        asked, size = self._asked, len(self._levels.order)
        cap, amounts = self._capped(cap)
        values = np.zeros((len(asked.groups), size))
        influence = np.full((asked.asked_of, *values.shape), np.nan)
        moves = self._joint.influence.reshape(asked.asked_of, -1, len(asked.groups))
        models: list[tuple[Informed, np.ndarray]] = []
        for g, (fit, rows) in enumerate(zip(self._fits, asked.members, strict=True)):
            area, slopes = _area(asked.x[rows], fit.coefficients, cap)
            here, code, each = asked.rows[rows], self._levels.code[rows], np.zeros((values.size, slopes.shape[1]))
            for j in range(size):
                of = np.where(code == j, asked.weight[rows], 0.0)
                of /= of.sum()
                values[g, j] = of @ (area - amounts[rows])
                own = of / asked.weight[rows] * (area - amounts[rows] - values[g, j])
                influence[here, g, j] = own + moves[here][:, : slopes.shape[1], g] @ (of @ slopes)
                each[g * size + j] = of @ slopes
            observed = Informed.of_means(here, asked.weight[rows], code, np.ones(size))
            models += [(self._joint.models[g][0], each), (observed, np.eye(values.size)[:, g * size : (g + 1) * size])]
        labels, flat = self._labels(f"misfit up to {cap:g}"), influence.reshape(asked.asked_of, -1)
        found = from_influence(
            asked.survey, values.ravel(), flat, labels, unit=asked.unit, left_out=asked.left_out, models=models
        )
        return of_their_levels(found, people(asked, self._held))

    @property
    def selection(self) -> str:  # noqa: D102
        told = self.answers.groupby(self._levels.column, observed=True)[["rows", "answered"]].sum()
        rows, answered = (int(told[name].sum()) for name in told)
        each = ", ".join(
            f"{level} {line['answered']:,} of {line['rows']:,} ({100 * line['answered'] / line['rows']:.0f} %)"
            for level, line in told.iterrows()
        )
        others = (
            " Nothing is said of the others: if who is asked, or answers, depends on the level (as where only likely "
            "repurchasers are asked), the premium among those who answered is not that of all customers."
        )
        return (
            f"{self._levels.outcome} is known of {answered:,} of {rows:,} rows with a level: {each}."
            f"{others if answered < rows else ''}"
        )

    def __repr__(self) -> str:
        levels, steps = self._levels, max(fit.steps for fit in self._fits)
        head = (
            f"Experience premium: {levels.outcome} by {levels.column} ({', '.join(map(str, levels.order))}); interval "
            f"regression, normal, log-likelihood {self.log_likelihood:,.3f}, settled in {steps} steps. Steps are associated "
            "with the level, not shown to be caused by it."
        )
        tables, unknown = {"By the model": self.means, "Steps": self.steps, "First to last": self.overall}, []
        observed: list[Callable[[], dict[str, Estimate]]] = [
            lambda: {
                "Without a distribution": self.up_to(),
                "Its steps": self.steps_of(self.up_to()),
                "Model minus observed (0 if it fits)": self.misfit(),
            },
            lambda: {"Who would pay more": self.shares(), "Its steps ": self.steps_of(self.shares())},
        ]
        for without in observed:
            try:
                tables |= without()
            except NotIdentifiedError as error:
                unknown.append(f"Without a distribution, {error}")
        bodies, feet = zip(*(repr(table).rsplit("\n", 1) for table in tables.values()), strict=True)
        titled = [f"{title.strip()}\n{body}" for title, body in zip(tables, bodies, strict=True)]
        return "\n\n".join([head, self.selection, *titled, *unknown, "\n".join(dict.fromkeys(feet))])


def _area(x: np.ndarray, theta: np.ndarray, cap: float) -> tuple[np.ndarray, np.ndarray]:
    """Return each row's ``int_0^cap F(x'b + c a) da`` for the normal F, and its slopes by b and c."""
    from scipy.special import ndtr

    index, c = x @ theta[:-1], theta[-1]
    top = index + c * cap

    def integral(e: np.ndarray) -> np.ndarray:
        return np.asarray(e * ndtr(e) + np.exp(-0.5 * e**2) / np.sqrt(2 * np.pi))

    area = (integral(top) - integral(index)) / c
    by_index, by_c = (ndtr(top) - ndtr(index)) / c, (cap * ndtr(top) - area) / c
    return area, np.column_stack([x * by_index[:, None], by_c])
