"""What a conditional logit says: what attributes are worth, who would be chosen, and what a change does to that.

Everything is a function of the coefficients, so that its uncertainty is that of their joint covariance.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.errors import ArgumentError, one_of
from cxstats.inference.estimate import Estimate
from cxstats.inference.known import Known, as_it_is
from cxstats.inference.noted import as_shares, noted
from cxstats.pricing.attributes import Attribute, offered
from cxstats.pricing.conditional import chances
from cxstats.pricing.worth import fieller, krinsky_robb, turned

if TYPE_CHECKING:
    import pandas as pd

METHODS = ("delta", "krinsky-robb", "fieller")
WEAK = "the interval of the price coefficient reaches 0, so this amount may be anything: see wtp_intervals(method='fieller')"
REVERSED = "dearer alternatives are chosen more often, so this amount has no meaning"
LESS = "for one less"
UNBOUNDED = "the price coefficient may be 0, so the interval has no end"


@dataclass(frozen=True, eq=False)
class ChoiceModel:
    """A conditional logit that `choice_model` fitted.

    Attributes
    ----------
    params : Estimate
        Coefficients: utility for one unit more of a number, or for a level instead of the base. Labels ``metric`` (the
        attribute, or ``attribute: level``) and that of ``by``.
    wtp : Estimate
        Willingness to pay, in the unit of the price, with standard errors by the delta method: for a level instead of the base,
        ``-b_attribute / b_price``, negative where the base is liked better; of a number, for one unit more where more is liked,
        and for one unit less (``b_attribute / b_price``, said in the note) where less is: a wait, a change of trains.
    log_likelihood, log_likelihood_null : float
        At the coefficients, and if all alternatives of a set were as likely; weights are scaled to a mean of 1. Of several
        groups, the sum.
    rho_squared : float
        Likelihood-ratio index ``1 - log_likelihood / log_likelihood_null``, from 0 to 1; no share of variance.
    hit_rate : float
        Percentage of choices (weighted) that went to the likeliest alternative, in the data that the model was fitted to.
    choices : int
        Choice sets that the coefficients rest on.
    respondents : int
        Who chose, where they are named; else 0.
    attributes : tuple of Attribute
        Each with its `levels` (the first is the base) or the range of numbers shown, `low` to `high`.
    """

    params: Estimate
    log_likelihood: float
    log_likelihood_null: float
    hit_rate: float
    choices: int
    attributes: tuple[Attribute, ...]
    price: str
    unit: str
    groups: pd.DataFrame
    caution: str = ""
    respondents: int = 0

    @property
    def rho_squared(self) -> float:  # noqa: D102  (documented as an attribute)
        return 1 - self.log_likelihood / self.log_likelihood_null

    @property
    def base_levels(self) -> dict[str, Any]:
        """The level that each attribute of texts is compared with."""
        return {a.name: a.levels[0] for a in self.attributes if a.levels}

    @cached_property
    def wtp(self) -> Estimate:  # noqa: D102
        b, (worth, paid) = self.params.values, self._pairs
        rows, jacobian = np.arange(len(worth)), np.zeros((len(worth), len(b)))
        jacobian[rows, worth] = -self._sign / b[paid]
        jacobian[rows, paid] = self._sign * b[worth] / b[paid] ** 2
        labels = self.params.labels.iloc[worth].reset_index(drop=True)
        found = self._function(-self._sign * b[worth] / b[paid], jacobian, labels, self.unit, self.params._rows.note)
        low, high = (limit[paid] for limit in self.params.interval())
        found = noted(found, np.where(self._sign < 0, LESS, ""))
        return noted(found, np.where(low > 0, REVERSED, np.where(high >= 0, WEAK, "")))

    def wtp_intervals(
        self, level: float = 0.95, method: str = "delta", *, seed: int = 1, draws: int = 10_000
    ) -> pd.DataFrame:
        """Return intervals of willingness to pay.

        "delta": ``wtp -+ t se``. "krinsky-robb": quantiles of the ratio over draws of the coefficients from their joint (t)
        distribution. "fieller": all amounts a that ``b_attribute + a b_price = 0`` is not rejected for (less: ``-a``).

        Parameters
        ----------
        level : float
            Confidence level.
        method : {"delta", "krinsky-robb", "fieller"}
            "delta" is symmetric, and falls short where the price coefficient is uncertain; "fieller" needs no approximation
            of the ratio.
        seed, draws : int
            Of Krinsky and Robb's method.

        Returns
        -------
        pandas.DataFrame
            The labels, ``estimate``, ``conf_low``, ``conf_high`` (in the unit of the price), ``method``, ``note``.

        Raises
        ------
        ArgumentError
            If the level is not between 0 and 1, the method is unknown, or draws are fewer than 1,000.

        Notes
        -----
        Where the price coefficient may be 0 at this level, Fieller's interval has no end (infinite), and the note says so; the
        two other methods give limits all the same, which are not to be trusted. With 30 respondents in the simulation of
        `choice_model`, delta held the amount in 95.4 %, Krinsky-Robb in 94.8 % and Fieller in 94.6 % of 1,000 samples.

        References
        ----------
        Krinsky, I. and Robb, A. L. (1986). On approximating the statistical properties of elasticities. *Rev. Econ. Stat.* 68.
        Hole, A. R. (2007). A comparison of approaches to estimating confidence intervals for willingness to pay measures.
        *Health Economics* 16.

        Examples
        --------
        >>> import cxstats as cx
        >>> model = cx.choice_model(cx.load_choices(), task="task", chosen="chosen", attributes=["wait", "expertise"],
        ...                         price="price", respondent="respondent")
        >>> model.wtp_intervals(method="fieller")[["metric", "estimate", "conf_low", "conf_high"]].round(2)
                      metric  estimate  conf_low  conf_high
        0               wait      0.86      0.71       1.01
        1  expertise: expert     12.41     10.84      14.06
        """
        one_of("wtp_intervals(method=)", method, METHODS)
        if isinstance(draws, bool) or not isinstance(draws, int) or draws < 1000:
            raise ArgumentError(f"wtp_intervals(draws={draws!r}): 1,000 draws or more are needed.")
        low, high = self.wtp.interval(level)
        note = self.wtp._rows.note
        if method == "krinsky-robb":
            low, high = turned(krinsky_robb(self.params, self._pairs, level, seed, draws), self._sign)
        elif method == "fieller":
            low, high = turned(fieller(self.params, self._pairs, level), self._sign)
            note = np.where(np.isinf(low), UNBOUNDED, note)
        return self.wtp.labels.assign(estimate=self.wtp.values, conf_low=low, conf_high=high, method=method, note=note)

    def shares(self, alternatives: Any) -> Estimate:
        """Return the share of choices that each of several alternatives would get.

        ``100 exp(x_j b) / sum_k exp(x_k b)`` percent: shares sum to 100, their covariance is joint.

        Parameters
        ----------
        alternatives : mapping, list of mappings or frame
            What is offered: ``{"ours": {"price": 20, "wait": 5}, "theirs": {...}}`` with every attribute. Those of a list are
            numbered from 1; of a frame each row is one, named by its column ``alternative`` if there is one.

        Returns
        -------
        Estimate
            One row an alternative (and group), labelled ``alternative``, in percent.

        Raises
        ------
        ArgumentError
            If fewer than two alternatives are given, or an attribute is lacking or has a level that was never shown.

        Notes
        -----
        These are choices among just these alternatives, by those who took part, under the conditions of the experiment:
        not market shares. A value outside of what was shown is said in a note.

        References
        ----------
        Train, K. (2009). *Discrete Choice Methods with Simulation*, 2nd ed., ch. 3. Cambridge University Press.

        Examples
        --------
        >>> import cxstats as cx
        >>> model = cx.choice_model(cx.load_choices(), task="task", chosen="chosen", attributes=["wait", "expertise"],
        ...                         price="price", respondent="respondent")
        >>> model.shares({"cheap": {"price": 20, "wait": 15, "expertise": "basic"},
        ...               "expert": {"price": 40, "wait": 5, "expertise": "expert"}}).values.round(1).tolist()
        [48.5, 51.5]
        """
        return self._shares({"": alternatives}, "shares(alternatives)")

    def effect(self, alternatives: Any, alternative: Any, change: Mapping[str, Any]) -> Estimate:
        """Return what a change of one alternative does to the shares of all: shares after minus shares before.

        Parameters
        ----------
        alternatives : mapping, list of mappings or frame
            What is offered before the change, as in `shares`.
        alternative : value
            The name (or number) of the one that changes.
        change : mapping
            Attributes and their new values, such as ``{"expertise": "expert"}``.

        Returns
        -------
        Estimate
            One row an alternative (and group), in percentage points that sum to 0: a contrast of shares from the same
            coefficients.

        Raises
        ------
        ArgumentError
            As `shares`; if there is no such alternative or attribute, or the change changes nothing.

        Notes
        -----
        Attributes were varied by design, so within the experiment this is an effect; in the market, others react.

        References
        ----------
        Train, K. (2009). *Discrete Choice Methods with Simulation*, 2nd ed., ch. 3. Cambridge University Press.

        Examples
        --------
        >>> import cxstats as cx
        >>> model = cx.choice_model(cx.load_choices(), task="task", chosen="chosen", attributes=["wait", "expertise"],
        ...                         price="price", respondent="respondent")
        >>> offers = {"ours": {"price": 30, "wait": 5, "expertise": "basic"},
        ...           "theirs": {"price": 30, "wait": 5, "expertise": "basic"}}
        >>> model.effect(offers, "ours", {"expertise": "expert"}).frame()[["alternative", "estimate", "unit"]].round(1)
          alternative  estimate      unit
        0        ours      18.2  % points
        1      theirs     -18.2  % points
        """
        names, offers, _ = offered(self.attributes, alternatives, "effect(alternatives)")
        one_of("effect(alternative)", alternative, names)
        if not isinstance(change, Mapping):
            raise ArgumentError(f"effect(change): a mapping of attributes to new values is needed, not {change!r}.")
        before = dict(zip(names, offers, strict=True))
        old = before[alternative]
        for name in change:
            one_of("effect(change)", name, list(old))
        if all(old[name] == value for name, value in change.items()):
            raise ArgumentError(f"effect(change): {alternative!r} is {dict(change)!r} already, so nothing changes.")
        both = self._shares({"after": before | {alternative: {**old, **change}}, "before": before}, "effect")
        return both.contrast({"change": "after"}, {"change": "before"})

    @cached_property
    def _pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """The row of each coefficient but the price's, and that of the price's in its group."""
        count, rows = len(self.groups), np.arange(len(self.params))
        price = int(np.flatnonzero(self.params.labels["metric"].to_numpy() == self.price)[0])
        worth = rows[(rows < price) | (rows >= price + count)]
        return worth, price + worth % count

    @cached_property
    def _sign(self) -> np.ndarray:
        """1 for one unit more or a level instead of the base, -1 for one unit less, of numbers of which less is liked."""
        worth, paid = self._pairs
        raw = (-self.params.values[worth] / self.params.values[paid]).reshape(-1, len(self.groups))
        numbers = {a.name for a in self.attributes if not a.levels}
        number = self.params.labels["metric"].isin(numbers).to_numpy()[worth]
        less = np.repeat(raw.sum(axis=1) < 0, len(self.groups))
        return np.where(number & less, -1.0, 1.0)

    def _function(self, values: np.ndarray, jacobian: np.ndarray, labels: Any, unit: str, note: Any) -> Estimate:
        """Return a function of the coefficients, given its values and slopes."""
        covariance, unknown, _ = as_it_is(self.params)
        units = np.full(len(values), unit, dtype=object)
        every = np.ones(jacobian.shape, dtype=bool)  # two equal offers have a share of 50 % whatever the coefficients
        enters = every if unit == "%" else jacobian != 0
        return self.params._linear(values, jacobian, enters, labels, units, Known(covariance, unknown, note))

    def _shares(self, offers: Mapping[str, Any], place: str) -> Estimate:
        """Return shares of several offers: by offer (if more than one), alternative and group."""
        import pandas as pd

        count, values, slopes, labels, notes = len(self.groups), [], [], [], []
        b = self.params.values.reshape(-1, count)
        for offer, alternatives in offers.items():
            names, described, x = offered(self.attributes, alternatives, place)
            p, slope = chances(x, b)
            values.append(p.ravel())
            slopes.append(slope.reshape(p.size, b.size))
            table = pd.concat([self.groups] * len(names), ignore_index=True)
            table.insert(0, "metric", "share")
            table.insert(1, "alternative", pd.Series(names).repeat(count).reset_index(drop=True))
            labels.append(table if len(offers) == 1 else table.assign(change=offer))
            said = ["; ".join(filter(None, (a.beyond(v[a.name]) for a in self.attributes))) for v in described]
            notes += [note for note in said for _ in range(count)]
        caution, table = np.full(len(self.params), self.caution, dtype=object), pd.concat(labels, ignore_index=True)
        found = self._function(100 * np.concatenate(values), 100 * np.concatenate(slopes), table, "%", caution)
        return as_shares(noted(found, notes))

    def __repr__(self) -> str:
        return f"{self._headline()}\n{self.params!r}"

    def _repr_html_(self) -> str:
        return f"<div><p>{html.escape(self._headline())}</p>{self.params._repr_html_()}</div>"

    def _headline(self) -> str:
        likelihood = f"log-likelihood {self.log_likelihood:,.2f} (with equal chances {self.log_likelihood_null:,.2f})"
        fit = f"likelihood-ratio index {self.rho_squared:.3f}, {self.hit_rate:.1f} % of choices hit"
        who = f" by {self.respondents:,} respondents" if self.respondents else ""
        return f"Conditional logit of {self.choices:,} choices{who}: {likelihood}, {fit}."
