"""The mean outcome by level of service, its steps, and what they rest on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.errors import ArgumentError, listing
from cxstats.inference import Estimate
from cxstats.inference.ranked import Levels
from cxstats.value.asked import ALONE, Asked
from cxstats.value.estimated import Cell, estimated
from cxstats.value.sensitivity import e_values, ratio_of_steps
from cxstats.value.shown import as_html, as_text
from cxstats.value.told import ASSOCIATED, CAUSED, METHODS

if TYPE_CHECKING:
    import pandas as pd


class ServiceValue(Estimate):
    """The mean outcome at each level of service, for the same customers; made by `service_value`.

    An `Estimate` whose rows are levels in their order, within groups, within outcomes; so ``value.contrast("wow", "adequate")``
    is a step.

    Attributes
    ----------
    steps : Estimate
        Each level minus the one before, labelled by ``contrast``: "wow - adequate".
    overall : Estimate
        The last level minus the first.
    unadjusted : Estimate
        The mean outcome of those who had each level, whoever they are; rows as here.
    overlap : pandas.DataFrame
        By outcome, group and level: ``n``; ``share`` of the customers who had it (%); ``lowest_chance`` and ``highest_chance``
        of it over the customers it is estimated for (%); ``n_effective``, what the level's answers are worth once weighted to
        be like these, and ``n_unadjusted``, before; ``largest_weight``, of their mean; ``top_percent``, the part of all weight
        that the largest hundredth has (%).
    balance : pandas.DataFrame
        By outcome, group, column (``term``) and level: the ``population`` mean (of a label, its share from 0 to 1), and by how
        many standard deviations the level's mean differs from it, ``before`` and ``after`` weighting by the inverse of the
        chance of the level.
    method, randomised
        As asked.
    """

    def __init__(self, found: Estimate, asked: Asked, cells: Sequence[Cell], method: str, randomised: bool) -> None:
        super().__init__(
            found.values, found._labels, found._rows, found._covariance, found._origin, df=found.df, uses=found._uses,
            parts=found._parts, terms=found._terms, sight=found._sight,
        )  # fmt: skip
        self._asked, self._cells, self.method, self.randomised = asked, list(cells), method, randomised

    @classmethod
    def of(cls, asked: Asked, cells: Sequence[Cell], method: str, randomised: bool) -> ServiceValue:
        """Return the means by a method."""
        return cls(estimated(asked, cells, method), asked, cells, method, randomised)

    @property
    def levels(self) -> Levels:
        """The levels in their order, and which of them each row has."""
        return self._asked.levels

    @property
    def level(self) -> str:
        """The label that holds the levels."""
        return self._asked.levels.column

    @property
    def order(self) -> tuple[Any, ...]:
        """The levels, the worst first."""
        return self._asked.levels.order

    @cached_property
    def steps(self) -> Estimate:  # noqa: D102  (documented as an attribute)
        return self.levels.between(self, self.levels.steps)

    @cached_property
    def overall(self) -> Estimate:  # noqa: D102
        return self.levels.between(self, [(len(self.order) - 1, 0)])

    @cached_property
    def unadjusted(self) -> Estimate:  # noqa: D102
        return estimated(self._asked, self._cells, "none")

    def flattens(self) -> Estimate:
        """Return the last step minus the first: below 0 where returns diminish towards the best service.

        Returns
        -------
        Estimate
            One row an outcome and group, in the unit of the outcome.

        Raises
        ------
        NotIdentifiedError
            If there are two levels, and so one step.

        Notes
        -----
        It depends on where the levels were cut: steps need not be equally wide.

        References
        ----------
        Anderson, E. W. and Mittal, V. (2000). Strengthening the satisfaction-profit chain. *J. Service Research* 3.

        Examples
        --------
        >>> import cxstats as cx
        >>> value = cx.service_value(cx.sample_survey(), outcome="spend", level="service_level",
        ...                          order=["poor", "adequate", "wow"], adjust="tenure", unit="EUR")
        >>> value.flattens().frame()[["contrast", "estimate", "conf_low", "conf_high"]].round(1)
                                       contrast  estimate  conf_low  conf_high
        0  (wow - adequate) - (adequate - poor)      -9.2     -14.4       -4.0
        """
        return self.levels.flattening(self.steps)

    def losses_to_gains(self, reference: Any = None) -> Estimate:
        """Return how many times a step down from a level loses what the next step up gains.

        ``(mean at the reference - mean one level below) / (mean one level above - mean at the reference)``, with Fieller's
        interval.

        Parameters
        ----------
        reference : value, optional
            A level between the first and the last; by default the second.

        Returns
        -------
        Estimate
            One row an outcome and group; it has no standard error. Above 1 losses loom larger than gains.

        Raises
        ------
        NotIdentifiedError
            If there are two levels.
        ArgumentError
            If the reference is no level between two others.

        Notes
        -----
        Where the gain may be 0, so may the ratio be anything: the interval then has no end, and the note says so.
        ``flattens()`` has an end always.

        References
        ----------
        Fieller, E. C. (1954). Some problems in interval estimation. *JRSS B* 16.
        Mittal, V., Ross, W. T. and Baldasare, P. M. (1998). The asymmetric impact of negative and positive attribute-level
        performance on overall satisfaction and repurchase intentions. *J. Marketing* 62.

        Examples
        --------
        >>> import cxstats as cx
        >>> value = cx.service_value(cx.sample_survey(), outcome="renewed", level="service_level",
        ...                          order=["poor", "adequate", "wow"], adjust="tenure")
        >>> value.losses_to_gains().frame()[["estimate", "conf_low", "conf_high", "unit"]].round(1)
           estimate  conf_low  conf_high   unit
        0       7.5       4.9       14.5  times
        """
        self.levels.need_two_steps("losses_to_gains")
        middle = list(self.order[1:-1])
        if reference is not None and reference not in middle:
            raise ArgumentError(
                f"losses_to_gains(reference=): a level between two others is needed, one of {listing(middle)}, not "
                f"{reference!r}."
            )
        return ratio_of_steps(self.steps, middle.index(reference) if reference is not None else 0, len(self.order) - 1)

    def e_values(self, level: float = 0.95) -> pd.DataFrame:
        """Return how strongly something unmeasured would have to go with level and outcome to explain each step away.

        ``E = RR + sqrt(RR (RR - 1))``, RR the ratio of the shares; for amounts ``exp(0.91 d)`` with the difference d in
        standard deviations of customers at one level.

        Parameters
        ----------
        level : float
            Of the interval whose limit nearest to no difference has an E-value of its own.

        Returns
        -------
        pandas.DataFrame
            Labels, ``contrast``, ``estimate``, ``ratio`` (RR), ``e_value``, ``e_value_limit``: 1 where the interval holds no
            difference. Each step, and the last level minus the first.

        Raises
        ------
        ArgumentError
            If the level is not between 0 and 1.

        Notes
        -----
        An E-value of 2 says: something that is twice as frequent at the one level, and makes the outcome twice as frequent,
        beyond all that is adjusted for, could explain the step away; nothing weaker could. Whether there is such a thing, it
        cannot say.

        References
        ----------
        VanderWeele, T. J. and Ding, P. (2017). Sensitivity analysis in observational research: introducing the E-value.
        *Annals of Internal Medicine* 167.

        Examples
        --------
        >>> import cxstats as cx
        >>> value = cx.service_value(cx.sample_survey(), outcome="renewed", level="service_level",
        ...                          order=["poor", "adequate", "wow"], adjust="tenure")
        >>> value.e_values()[["contrast", "ratio", "e_value", "e_value_limit"]].round(2)
                  contrast  ratio  e_value  e_value_limit
        0  adequate - poor   1.89     3.18           2.88
        1   wow - adequate   1.06     1.32           1.22
        2       wow - poor   2.01     3.43           3.10
        """
        spread = np.repeat([_spread(cell) for cell in self._cells], len(self.order))
        shares = np.repeat([cell.outcome.percent for cell in self._cells], len(self.order))
        return e_values(self, spread, shares, level)

    @cached_property
    def overlap(self) -> pd.DataFrame:  # noqa: D102
        return self._by_cell(lambda cell: cell.comparable.overlap(self.levels))

    @cached_property
    def balance(self) -> pd.DataFrame:  # noqa: D102
        return self._by_cell(lambda cell: cell.comparable.balance(self.levels))

    def _by_cell(self, table: Callable[[Cell], pd.DataFrame]) -> pd.DataFrame:
        import pandas as pd

        found = []
        for cell in self._cells:
            labels = {"metric": cell.outcome.name, **cell.labels.iloc[0].to_dict()}
            lines = table(cell)
            found.append(pd.concat([pd.DataFrame([labels] * len(lines), columns=list(labels)), lines], axis=1))
        return pd.concat(found, ignore_index=True)

    def scored(self, outcome: str) -> str:
        """Return in which unit other than money an outcome is: "share", the points of a scale; "" where it may be money."""
        found = next(cell.outcome for cell in self._cells if cell.outcome.name == outcome)
        return "share" if found.percent else found.unit if found.scale else ""

    @property
    def words(self) -> str:
        """How sure words about steps may be: associated with the level, or effects of it."""
        return CAUSED if self.randomised else ASSOCIATED

    def __repr__(self) -> str:
        return as_text(self._head(), self._parts_shown())

    def _repr_html_(self) -> str:
        return as_html(self._head(), self._parts_shown())

    def _parts_shown(self) -> dict[str, Any]:
        """Return what is shown: means, steps, and whether levels can be compared."""
        found: dict[str, Any] = {"Mean by level": self, "Steps": self.steps}
        if self._asked.adjust:
            found["Steps, not adjusted"] = self.levels.between(self.unadjusted, self.levels.steps)
        if len(self.order) > 2:
            found |= {
                "First to last": self.overall,
                "Last step minus first (below 0: returns diminish)": self.flattens(),
            }
        if self._asked.adjust:
            found |= {"Overlap": self.overlap} | ({"Balance": self._balanced()} if len(self.balance) else {})
        if not self.randomised:
            found["E-values"] = self.e_values()
        return found

    def _balanced(self) -> str:
        """Return how far levels differ at most in what is adjusted for, before and after weighting."""
        table, said = self.balance, []
        for when in ("before", "after"):
            line = table.iloc[int(table[when].abs().to_numpy().argmax())]
            said.append(f"{abs(line[when]):.2f} {when} weighting ({line['term']}, {line[self.level]})")
        return f"Balance: levels differ from all customers by at most {' and '.join(said)} standard deviations; see .balance."

    def _head(self) -> str:
        asked = self._asked
        how = (
            f"{METHODS[self.method]}, adjusted for {', '.join(asked.adjust)}"
            if asked.adjust
            else "not adjusted for anything"
        )
        whom = "all customers" if asked.among is None else f"customers at level {self.order[asked.among]!r}"
        if any(ALONE in said for cell in self._cells for said in cell.left_out):
            whom += " who have counterparts at every level"
        return f"Value of service: {asked.levels.outcome} by {self.level}, for {whom}; {how}. {self.words}"


def _spread(cell: Cell) -> float:
    """Return the weighted standard deviation of the outcome among customers of one level."""
    y, w, code = cell.outcome.points[cell.rows], cell.comparable.weight, cell.comparable.code
    total, count = np.bincount(code, w * y), np.bincount(code, w)
    return float(np.sqrt(np.average((y - (total / count)[code]) ** 2, weights=w)))
