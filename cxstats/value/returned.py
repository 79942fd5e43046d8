"""What each step in service returns, in money per customer: the table, what it hangs on, and in words."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.errors import ArgumentError, one_of
from cxstats.inference import Estimate
from cxstats.inference.noted import noted
from cxstats.value.inputs import shown
from cxstats.value.reckoned import Reckoning
from cxstats.value.shown import as_html, as_text
from cxstats.value.swings import swings

if TYPE_CHECKING:
    import pandas as pd

FLAT_PRIOR = (
    "This is the part of the distribution of the net return, as data and inputs leave it, that lies above 0; nothing else is "
    "taken to be known."
)


class ReturnOnService:
    """What each step in service returns, per customer over the horizon; made by `roi`.

    Attributes
    ----------
    benefit, cost : Estimate
        What a step brings (margin times outcome) and costs more than the level before, labelled by ``contrast``; the last row
        (of a group) is the last level against the first, if there are more than two.
    net : Estimate
        Benefit less cost: above 0 the step pays.
    benefit_cost : Estimate
        The benefit-cost ratio, money back for one spent more; NaN where a step costs nothing more.
    roi : Estimate
        The return on investment, net over cost, in percent: ``100 (benefit_cost - 1)``.
    break_even_cost : Estimate
        What a customer may cost more than at the level before, each period (or once), for the step to break even: to be
        compared with the difference of the costs given, ``extra_cost`` in `frame`.
    break_even_margin : Estimate
        The margin at which the step breaks even; it may lie above 1, which no margin is.
    pays : numpy.ndarray
        The probability that a step pays, in percent: the part of the distribution of the net return above 0.
    fixed : bool
        Whether all inputs are numbers.
    """

    def __init__(self, reckoned: Reckoning) -> None:
        self._reckoned = reckoned
        self.fixed, self.value, self.inputs = reckoned.fixed, reckoned.value, reckoned.inputs

    # --- the quantities ---------------------------------------------------------------------------------------------------

    @cached_property
    def benefit(self) -> Estimate:  # noqa: D102  (documented as attributes)
        return self._reckoned.quantity("benefit", self._reckoned.unit)

    @cached_property
    def cost(self) -> Estimate:  # noqa: D102
        made = self._reckoned.quantity("cost", self._reckoned.unit)
        given = self.fixed and np.isnan(made.std_error)
        return noted(made, np.where(given, "given, not estimated", ""))

    @cached_property
    def net(self) -> Estimate:  # noqa: D102
        return self._reckoned.quantity("net", self._reckoned.unit)

    @cached_property
    def benefit_cost(self) -> Estimate:  # noqa: D102
        return self._reckoned.benefit_cost(percent=False)

    @cached_property
    def roi(self) -> Estimate:  # noqa: D102
        return self._reckoned.benefit_cost(percent=True)

    @cached_property
    def break_even_cost(self) -> Estimate:  # noqa: D102
        each = "" if self.inputs.once or self.inputs.horizon == 1 else " a period"
        return self._reckoned.quantity("break_even_cost", f"{self._reckoned.unit}{each}".strip())

    @cached_property
    def break_even_margin(self) -> Estimate:  # noqa: D102
        return self._reckoned.margin()

    @cached_property
    def pays(self) -> np.ndarray:  # noqa: D102
        return self._reckoned.chance(self.net)

    def frame(self, level: float = 0.95) -> pd.DataFrame:
        """Return the table: one row a step (and group), the last against the first below.

        Parameters
        ----------
        level : float
            Of the intervals, which are those of the attributes of the same names.

        Returns
        -------
        pandas.DataFrame
            Labels of groups, ``contrast``; ``extra_cost`` of the step, each period (or once); ``benefit``, ``cost``, ``net``,
            ``net_low``, ``net_high`` (money per customer over the horizon);
            ``pays`` (probability, %); ``benefit_cost``, ``benefit_cost_low``, ``benefit_cost_high``; ``break_even_cost`` and
            ``break_even_margin``, each with ``_low`` and ``_high``; ``note``.

        Raises
        ------
        ArgumentError
            If the level is not between 0 and 1.

        Notes
        -----
        A return is no more causal than the value that it is made of.

        References
        ----------
        Rust, R. T., Zahorik, A. J. and Keiningham, T. L. (1995). Return on quality (ROQ). *J. Marketing* 59.

        Examples
        --------
        >>> import cxstats as cx
        >>> value = cx.service_value(cx.sample_survey(), outcome="spend", level="service_level",
        ...                          order=["poor", "adequate", "wow"], adjust="tenure", unit="EUR")
        >>> found = cx.roi(value, cost={"poor": 5, "adequate": 12, "wow": 22}, margin=0.6)
        >>> found.frame()[["contrast", "benefit", "cost", "net", "net_low", "net_high", "pays"]].round(1)
                  contrast  benefit  cost  net  net_low  net_high  pays
        0  adequate - poor      9.2   7.0  2.2      0.0       4.3  97.7
        1   wow - adequate      3.6  10.0 -6.4     -8.7      -4.0   0.0
        2       wow - poor     12.8  17.0 -4.2     -7.4      -1.0   0.6
        """
        table = self._reckoned.labels("").drop(columns="metric")
        extra = [self.inputs.costs[b].mean - self.inputs.costs[a].mean for b, a in self._reckoned.pairs]
        table["extra_cost"] = np.tile(extra, len(self._reckoned.source.groups))
        table = table.assign(benefit=self.benefit.values, cost=self.cost.values, net=self.net.values)
        for name, found in (
            ("net", self.net), ("benefit_cost", self.benefit_cost), ("break_even_cost", self.break_even_cost),
            ("break_even_margin", self.break_even_margin),
        ):  # fmt: skip
            table[name] = found.values
            table[f"{name}_low"], table[f"{name}_high"] = found.interval(level)
            if name == "net":
                table["pays"] = self.pays
        notes = zip(self.benefit_cost.frame()["note"], self.break_even_margin.frame()["note"], strict=True)
        table["note"] = ["; ".join(dict.fromkeys(filter(None, pair))) for pair in notes]
        if self.value.synthetic:
            table.attrs["synthetic"] = True
        return table

    def tornado(self, contrast: str | None = None, *, within: float = 0.2, level: float = 0.95) -> pd.DataFrame:
        """Return what the net return of a step hangs on: each thing by itself moved from its low to its high end.

        Parameters
        ----------
        contrast : str, optional
            The step, such as "wow - adequate"; by default the last one.
        within : float
            What was given as one number is moved by so much of itself, up and down: 0.2 is a fifth.
        level : float
            What was estimated is moved over its interval of this level, what is given as a range over all of it.

        Returns
        -------
        pandas.DataFrame
            The widest swing first: labels of groups, ``input``, ``low``, ``high`` (its ends), ``net_low``, ``net_high`` (the
            net return there), ``net``, ``swing`` (their distance), ``moved`` (over what), ``decides`` (whether the sign
            changes).

        Raises
        ------
        ArgumentError
            If there is no such step, `within` is not between 0 and 1, or the level is none.

        Notes
        -----
        One thing at a time: things that move together are in no line. ``net.interval()`` has what is estimated all at once.

        References
        ----------
        Howard, R. A. (1988). Decision analysis: practice and promise. *Management Science* 34.

        Examples
        --------
        >>> import cxstats as cx
        >>> value = cx.service_value(cx.sample_survey(), outcome="spend", level="service_level",
        ...                          order=["poor", "adequate", "wow"], adjust="tenure", unit="EUR")
        >>> found = cx.roi(value, cost={"poor": 5, "adequate": 12, "wow": (18, 26)}, margin=0.6)
        >>> found.tornado()[["input", "net_low", "net_high", "swing"]].round(2)
                              input  net_low  net_high  swing
        0               cost of wow    -2.36    -10.36   8.00
        1          cost of adequate    -8.76     -3.96   4.80
        2  spend, wow less adequate    -8.66     -4.05   4.62
        3                    margin    -7.09     -5.63   1.46
        """
        names = list(self._reckoned.labels("")["contrast"].unique())
        place = len(names) - 1 - (len(names) > 2) if contrast is None else -1
        if contrast is not None:
            one_of("tornado(contrast)", contrast, names)
            place = names.index(contrast)
        if isinstance(within, bool) or not isinstance(within, int | float) or not 0 < within < 1:
            raise ArgumentError(f"tornado(within=): a part between 0 and 1, such as 0.2, is needed, not {within!r}.")
        return swings(self._reckoned, place, float(within), level)

    def __repr__(self) -> str:
        return as_text(self._head(), self._parts_shown())

    def _repr_html_(self) -> str:
        return as_html(self._head(), self._parts_shown())

    def _head(self) -> str:
        drawn = f" Values at the means of the inputs, limits by {self._reckoned.draws:,} draws (seed {self._reckoned.seed})."
        how = "" if self.fixed else drawn
        return f"{self.assumed} {self.value.words}{how}"

    def _parts_shown(self) -> dict[str, Any]:
        parts = ["unknown" if np.isnan(part) else f"{part:.1f} %" for part in self.pays]
        sure = ", ".join(f"{name} {part}" for name, part in zip(self._named(), parts, strict=True))
        return {
            f"Net return per customer{self.span}": self.net, "Benefit-cost ratio": self.benefit_cost,
            "Break-even extra cost": self.break_even_cost, "Break-even margin": self.break_even_margin,
            "Probability": f"Probability that it pays: {sure}. {FLAT_PRIOR}",
        }  # fmt: skip

    def _named(self) -> list[str]:
        """Return the steps with their groups, in words."""
        table = self._reckoned.labels("").drop(columns="metric")
        return [", ".join(map(str, line)) for line in table.itertuples(index=False, name=None)]

    @property
    def span(self) -> str:
        """Over how many periods, in words; "" for one."""
        return f" over {self.inputs.horizon} periods" if self.inputs.horizon > 1 else ""

    @property
    def assumed(self) -> str:
        """What the return is reckoned with, in words."""
        i, once = self.inputs, "once" if self.inputs.once else "each period"
        beyond = i.costs[0].given.startswith("not given")
        costs = [
            f"{one.name} {shown(one)}{' beyond ' + str(self.value.order[0]) if beyond else ''}"
            for one in i.costs[beyond:]
        ]
        told = [*costs, f"margin {shown(i.margin)}", f"costs {once}"]
        source = self._reckoned.source
        if not (i.worth.fixed and i.worth.mean == 1):
            what = "a customer who says yes" if source.share else f"one of {source.outcome}"
            told.append(f"{what} is worth {shown(i.worth)}")
        if i.horizon > 1:
            means = [] if source.kept is None else self.value.values[source.rows(source.kept)].mean(axis=1)
            each = ", ".join(f"{mean:.0f}" for mean in means)
            kept = f"estimated ({source.kept}: {each} % by level)" if i.retention is None else ""
            kept = kept or ", ".join(dict.fromkeys(f"{one.name} {shown(one)}" for one in i.retention or []))
            kept = kept if i.retention else f"retention {kept}"
            told += [f"{i.horizon} periods", kept, f"discount {shown(i.discount)} a period"]
        else:
            told.append("one period")
        return f"Return on service: {self._reckoned.source.outcome} by {self.value.level}; {', '.join(told)}."
