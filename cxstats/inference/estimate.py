"""An estimate is numbers with one shared covariance matrix.

Contrasts, comparisons, trends and transforms are functions of it (delta method): they never go back to the rows, and
never pretend that two groups of one sample are independent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from cxstats.errors import ArgumentError, NoGroupError, one_of
from cxstats.inference import picking
from cxstats.inference.bases import union
from cxstats.inference.guard import Terms, guarded_spread, third
from cxstats.inference.intervals import SHARE_METHODS, Limits
from cxstats.inference.known import Known, as_it_is, lent
from cxstats.inference.leverage import Sight, as_seen
from cxstats.inference.limits import limits, p_values
from cxstats.inference.multiplicity import METHODS, adjusted
from cxstats.inference.periods import positions, steps_per
from cxstats.inference.rows import Rows, same_variant, unit_of_difference
from cxstats.inference.slopes import gradient
from cxstats.inference.small_sample import SmallSample
from cxstats.inference.support import Support
from cxstats.inference.variance import ROUNDING, Chosen, Covariance, Dense, Difference

if TYPE_CHECKING:
    import pandas as pd


class Region(Protocol):
    """A part of the number line that can judge an interval."""

    @property
    def low(self) -> float:
        """The lower edge."""

    @property
    def high(self) -> float:
        """The upper edge."""

    def judge(self, low: float, high: float) -> str:
        """Return the verdict on an interval."""


@dataclass(frozen=True)
class Origin:
    """Where the numbers came from: the PSUs behind them, the samples, what to say of both, and each row's mark."""

    support: Support
    base: np.ndarray
    group: np.ndarray
    samples: tuple[Any, ...]
    psus: frozenset[str]
    design: str
    left_out: tuple[str, ...]
    synthetic: np.ndarray
    rows: int
    small: SmallSample
    free: np.ndarray
    shared: Mapping[tuple[int, int], float]


class Estimate:
    """Values with their joint covariance, degrees of freedom and labels; made by `measure`, never by hand.

    Rows are scores in the order given, within them groups in sorted (or category) order.

    Attributes
    ----------
    values : numpy.ndarray
        The estimates, one a row, each in its own unit; read-only.
    vcov : numpy.ndarray
        Their covariance matrix, formed when first asked for; NaN where a variance is unknown.
    df : numpy.ndarray
        Degrees of freedom, one a row: PSUs minus strata of the row's base.
    std_error : numpy.ndarray
        Square roots of the variances; NaN where unknown, never 0 for want of knowledge.
    labels : pandas.DataFrame
        Columns ``metric`` and those of ``by``.
    n, n_effective : numpy.ndarray
        Answers in the base, and the size of the simple random sample that would be as exact: n over the design effect, and
        no more than n (over 1 - f) where rows differ in weight or share PSUs.
    """

    def __init__(
        self,
        values: np.ndarray,
        labels: pd.DataFrame,
        rows: Rows,
        covariance: Covariance,
        origin: Origin,
        *,
        df: np.ndarray,
        uses: Any = None,
        parts: tuple[Estimate, Estimate] | None = None,
        terms: Terms | None = None,
        sight: Sight | None = None,
    ) -> None:
        self.values = np.array(values, dtype=np.float64)
        self.df = np.where(df > 0, df, np.nan)
        self.n, self.n_effective = np.array(rows.n, float), np.minimum(rows.n_effective, rows.most)
        for array in (self.values, self.df, self.n, self.n_effective):
            array.flags.writeable = False
        self._labels, self._rows, self._covariance, self._origin = labels, rows, covariance, origin
        self._uses, self._parts, self._terms, self._sight = uses, parts, terms, sight

    def __len__(self) -> int:
        return len(self.values)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What looks like a slip: a share that no answer counts for, labels that differ in blanks or capitals only."""
        return tuple(said for said in self._origin.left_out if not said.startswith("left out of"))

    @property
    def synthetic(self) -> str:
        """What marks numbers of data that a program made: "synthetic sample data"; empty for your own."""
        used = [np.zeros(0, dtype=np.int64), *self._used(np.arange(len(self)))]
        return "; ".join(dict.fromkeys(filter(None, self._origin.synthetic[np.concatenate(used)])))

    @property
    def respondents(self) -> int:
        """How many rows the samples behind the numbers hold, in and out of the domain."""
        return self._origin.rows

    @property
    def labels(self) -> pd.DataFrame:  # noqa: D102  (documented as an attribute)
        return self._labels.copy()

    @cached_property
    def std_error(self) -> np.ndarray:  # noqa: D102
        se = np.where(self._rows.unknown, np.nan, np.sqrt(self._covariance.diagonal()))
        se.flags.writeable = False
        return se

    @cached_property
    def vcov(self) -> np.ndarray:  # noqa: D102
        matrix = np.array(self._covariance.matrix())
        unknown = np.flatnonzero(self._rows.unknown)
        matrix[unknown, unknown] = np.nan
        matrix.flags.writeable = False
        return matrix

    def _spread(self, method: str | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return standard errors and degrees of freedom; guarded ones for PSUs of unequal size and small domains, too."""
        return self._guarded_spread if method == "guarded" else (self.std_error, self.df)

    @cached_property
    def _guarded_spread(self) -> tuple[np.ndarray, np.ndarray]:
        return guarded_spread(self)

    @cached_property
    def _small(self) -> tuple[np.ndarray, np.ndarray]:
        bias, kept = self._origin.small.of(self._used(np.arange(len(self))))
        if self._sight is not None:  # the models say more than the worst of what enters
            own = self._sight.known[0]
            bias = np.where(np.isfinite(own), own, bias)
        return bias, kept

    @cached_property
    def _third(self) -> np.ndarray:
        return third(self)

    # --- the table ----------------------------------------------------------------------------------------------------

    def frame(self, level: float = 0.95, method: str | None = None) -> pd.DataFrame:
        """Return the table: one row an estimate, with its interval.

        Parameters
        ----------
        level : float
            Confidence level, by default 0.95.
        method : {"wilson", "korn-graubard", "beta", "logit", "wald", "guarded"}, optional
            Interval of shares, by default Wilson on the design-adjusted effective sample size. Means take t intervals,
            NPS the adjusted Wald interval, quantiles Woodruff's, differences of shares MOVER from the shares' intervals.
            "guarded" is what `test` and claims decide by, for measures of all kinds: wider where few answers, few or
            unequal PSUs or skewed amounts call for it.

        Returns
        -------
        pandas.DataFrame
            Columns ``metric``, those of ``by``, ``n`` (answers in the base), ``estimate``, ``std_error``, ``conf_low``,
            ``conf_high`` (in the unit), ``n_effective``, ``unit``, ``note``.

        Raises
        ------
        ArgumentError
            If the level is not between 0 and 1 or the method is unknown.

        Notes
        -----
        Where a standard error is NaN, the note says why. A share of 0 or 100 % still has an interval: it borrows the
        design effect of the whole sample.

        References
        ----------
        Korn, E. L. and Graubard, B. I. (1998). Confidence intervals for proportions with small expected number of
        positive counts. *Survey Methodology* 24.
        Dean, N. and Pagano, M. (2015). Evaluating confidence interval methods for binomial proportions in clustered
        surveys. *J. Survey Stat. Methodol.* 3.

        Examples
        --------
        >>> import pandas as pd, cxstats as cx
        >>> answers = pd.DataFrame({"overall": [5, 4, 4, 5, 4, 5, 5, 4, 2, 1]})
        >>> cx.measure(answers, cx.csat("overall")).frame()[["n", "estimate", "conf_low", "conf_high"]].round(1)
            n  estimate  conf_low  conf_high
        0  10      80.0      49.0       94.3
        """
        low, high = self.interval(level, method)
        table = self._labels.copy()
        table["n"] = _whole(self.n)
        table["estimate"], table["std_error"] = self.values, self.std_error
        table["conf_low"], table["conf_high"] = low, high
        table["n_effective"] = self.n_effective
        table["unit"], table["note"] = self._rows.unit, self._rows.note
        if self.synthetic:
            table.attrs["synthetic"] = True
        return table.reset_index(drop=True)

    def design_effect(self, *, replacement: bool = True) -> np.ndarray:
        """Return the design effect: the variance over that of a simple random sample with as many answers.

        ``V / (S^2 / n)`` with the weighted variance `S^2` of the points, so ``n / n_effective``; without replacement
        ``V / ((1 - n / N) S^2 / n)`` with `N` the sum of the weights.

        Parameters
        ----------
        replacement : bool
            Whether the simple random sample is drawn with replacement. False needs weights that sum to the population
            (it is R survey's ``deff=TRUE``; True is its ``deff="replace"``).

        Returns
        -------
        numpy.ndarray
            One design effect a row, without unit; NaN where the variance is unknown or the row is no mean of points.

        Raises
        ------
        ArgumentError
            If `replacement` is False and the weights sum to no more than the answers.

        Notes
        -----
        It depends on the score: weights that cost much for one may cost nothing for another.

        References
        ----------
        Kish, L. (1965). *Survey Sampling*, ch. 8. Wiley.

        Examples
        --------
        >>> import pandas as pd, cxstats as cx
        >>> answers = pd.DataFrame({"overall": [5, 4, 2, 5, 3, 4], "branch": list("aabbcc")})
        >>> cx.measure(cx.Survey(answers, psu="branch"), cx.mean("overall")).design_effect().round(3).tolist()
        [0.488]
        """
        effect = np.where(
            self._rows.unknown, np.nan, self.n / np.where(self._rows.unknown, 1.0, self._rows.n_effective)
        )
        if replacement:
            return np.asarray(effect)
        people = self._rows.represented
        small = np.flatnonzero(people <= self.n)
        if len(small):
            raise ArgumentError(
                f"design_effect(replacement=False): the weights of row {int(small[0]) + 1} sum to {people[small[0]]:g}, but "
                f"there are {self.n[small[0]]:g} answers. Weights must sum to the population, or say replacement=True."
            )
        return np.asarray(effect / (1 - self.n / people))

    def interval(self, level: float = 0.95, method: str | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return lower and upper limits, as `frame` shows them."""
        _need_level(level)
        if method is not None:
            one_of("frame(method=)", method, SHARE_METHODS)
        return self._limits(np.full(len(self), 1 - level), method)

    def _limits(self, alpha: np.ndarray, method: str | None = None) -> Limits:
        """Return limits at one alpha a row: each family by its own interval."""
        return limits(self, alpha, method)

    # --- functions of the estimate --------------------------------------------------------------------------------------

    def _take(self, rows: np.ndarray) -> Estimate:
        """Return some rows, in the order given."""
        parts = None if self._parts is None else (self._parts[0]._take(rows), self._parts[1]._take(rows))
        return Estimate(
            self.values[rows], self._labels.iloc[rows].reset_index(drop=True), self._rows.take(rows),
            Chosen(self._covariance, np.asarray(rows)), self._origin,
            df=self.df[rows], uses=self._used(np.asarray(rows)), parts=parts,
            terms=None if self._terms is None else self._terms.take(np.asarray(rows)),
            sight=None if self._sight is None else self._sight.take(np.asarray(rows)),
        )  # fmt: skip

    def _used(self, rows: np.ndarray) -> list[np.ndarray]:
        """Return, for each row, the first estimates that it is a function of."""
        return [np.asarray([r]) for r in rows] if self._uses is None else [self._uses[r] for r in rows]

    def pick(self, **labels: Any) -> Estimate:
        """Return the rows with the labels given, with their covariance.

        Parameters
        ----------
        **labels
            Label columns and the value, or list of values, to keep: ``pick(metric="csat", quarter=["2025Q3", "2025Q4"])``.

        Returns
        -------
        Estimate
            The rows kept, in their order.

        Raises
        ------
        ArgumentError
            If there is no such label or value, or no row has all of them.

        Notes
        -----
        Picking rows changes no interval: the domain of each row stays what it was.

        References
        ----------
        Wickham, H. (2014). Tidy data. *Journal of Statistical Software* 59.

        Examples
        --------
        >>> import pandas as pd, cxstats as cx
        >>> waits = pd.DataFrame({"wait": [1, 2, 3, 5, 7, 6], "channel": ["app"] * 3 + ["call"] * 3})
        >>> cx.measure(waits, cx.mean("wait"), by="channel").pick(channel="call").values.tolist()
        [6.0]
        """
        return self._take(picking.rows_with(self._labels, labels))

    def contrast(self, plus: Any, minus: Any) -> Estimate:
        """Return the differences `plus` minus `minus`, with the covariance of both sides.

        Parameters
        ----------
        plus, minus : value or dict
            A value of the only ``by`` column, or a dict that picks labels, such as ``{"channel": "app", "quarter": "2025Q4"}``
            or ``{"metric": "nps"}``. Rows of the two sides are paired on the labels left over.

        Returns
        -------
        Estimate
            One row a pair, labelled by the labels left over and ``contrast``; in the unit of the measure. Differences of
            shares (and of NPS) have MOVER intervals, others t intervals.

        Raises
        ------
        ArgumentError
            If a label is not there, or rows cannot be paired.
        VariantError
            If the two sides are different measures.

        Notes
        -----
        The degrees of freedom are the PSUs minus the strata of the union of the domains that enter.

        References
        ----------
        Zou, G. Y. and Donner, A. (2008). Construction of confidence limits about effect measures. *Stat. Med.* 27.

        Examples
        --------
        >>> import pandas as pd, cxstats as cx
        >>> waits = pd.DataFrame({"wait": [1, 2, 3, 5, 7, 6], "channel": ["app"] * 3 + ["call"] * 3})
        >>> cx.measure(waits, cx.mean("wait"), by="channel").contrast("app", "call").values.tolist()
        [-4.0]
        """
        a, b, labels = picking.pair(self._labels, plus, minus)
        return self._difference(a, b, labels, "contrast")

    def _difference(self, a: np.ndarray, b: np.ndarray, labels: pd.DataFrame, place: str) -> Estimate:
        one, two = self._rows.take(a), self._rows.take(b)
        same_variant(place, one, two)
        covariance = Difference(self._covariance, a, b)
        own = self._covariance.diagonal()
        still = (covariance.diagonal() <= ROUNDING * (own[a] + own[b])) & (own[a] + own[b] > 0)
        unknown = one.unknown | two.unknown | still
        if self._uses is None:
            uses, df = list(np.column_stack([a, b])), self._origin.support.pairs(a, b)
        else:
            uses = [np.union1d(u, v) for u, v in zip(self._used(a), self._used(b), strict=True)]
            df = np.asarray([self._origin.support.union(used) for used in uses])
        sight = None if self._sight is None else self._sight.through(np.eye(len(self))[a] - np.eye(len(self))[b])
        df, hidden, said = as_seen(sight, df)
        rows = Rows.derived(
            self._bases(uses), unknown | hidden, unit_of_difference(one.unit), low=one.low - two.high, high=one.high - two.low,
            variant=one.variant, direction=one.direction, note=picking.joined_notes(one.note, two.note, still, said),
        )  # fmt: skip
        return Estimate(
            self.values[a] - self.values[b], labels, rows, covariance, self._origin,
            df=df, uses=uses, parts=(self._take(a), self._take(b)), sight=sight,
        )  # fmt: skip

    def _bases(self, uses: Sequence[np.ndarray]) -> np.ndarray:
        """Return how many answers stand behind functions of estimates: scores of one group share their answers."""
        base, group = self._origin.base, self._origin.group
        if self._origin.shared:
            return np.asarray([union(base, group, self._origin.shared, used) for used in uses])
        row = np.repeat(np.arange(len(uses)), [len(used) for used in uses])
        used = np.concatenate([np.zeros(0, dtype=np.int64), *uses])
        order = np.lexsort((base[used], group[used], row))
        row, used = row[order], used[order]
        largest = np.append((np.diff(row) != 0) | (np.diff(group[used]) != 0), True)[: len(row)]
        return np.bincount(row[largest], weights=base[used][largest], minlength=len(uses))

    def compare(self, to: Any = None, adjust: str | None = "holm", *, level: float = 0.95) -> pd.DataFrame:
        """Compare all pairs of groups, or all groups with one of them.

        Parameters
        ----------
        to : value or dict, optional
            The group that the others are compared with; None compares all pairs (the later minus the earlier one).
        adjust : {"holm", "bonferroni", "benjamini-hochberg", "none"}
            How p-values are adjusted for the number of comparisons within a metric.
        level : float
            Level of the intervals.

        Returns
        -------
        pandas.DataFrame
            Columns ``metric``, ``group``, ``versus``, ``difference`` (group minus versus), ``std_error``, ``conf_low``,
            ``conf_high`` (of this one difference), ``p_value`` (adjusted), ``p_unadjusted`` (got by inverting the interval
            shown), ``df``. With "bonferroni" the intervals are simultaneous, too.

        Raises
        ------
        ArgumentError
            If there are no groups, `to` is not one of them, or `adjust` is unknown.

        Notes
        -----
        The covariance of the groups is used: groups that share PSUs are not independent.

        References
        ----------
        Holm, S. (1979). A simple sequentially rejective multiple test procedure. *Scand. J. Statist.* 6.
        Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. *JRSS B* 57.

        Examples
        --------
        >>> import pandas as pd, cxstats as cx
        >>> waits = pd.DataFrame({"wait": [1, 2, 3, 5, 7, 6], "channel": ["app"] * 3 + ["call"] * 3})
        >>> cx.measure(waits, cx.mean("wait"), by="channel").compare()[["group", "versus", "difference"]]
          group versus  difference
        0  call    app         4.0
        """
        one_of("compare(adjust=)", adjust or "none", METHODS)
        _need_level(level)
        a, b, labels = picking.pairs(self._labels, to)
        both = self._difference(a, b, labels, "compare")
        counts = labels.groupby("metric", sort=False)["metric"].transform("size").to_numpy()
        alpha = (1 - level) / (counts if adjust == "bonferroni" else 1.0) + np.zeros(len(both))
        low, high = both._limits(alpha)
        table = labels.assign(difference=both.values, std_error=both.std_error, conf_low=low, conf_high=high)
        p = p_values(both, np.zeros(len(both))) if len(both) else np.zeros(0)
        table["p_value"] = p
        for _, rows in labels.groupby("metric", sort=False).indices.items():
            table.loc[rows, "p_value"] = adjusted(p[rows], adjust)
        table["p_unadjusted"], table["df"] = p, both.df
        return table

    def transform(self, function: Callable[[Any], Any], labels: Any = None) -> Estimate:
        """Return a smooth function of the values, with its covariance by the delta method.

        ``V(f) = J V J'`` with the Jacobian `J` by central differences, checked at two step sizes.

        Parameters
        ----------
        function : callable
            Takes the array `values`, returns a number or an array.
        labels : str, list of str, pandas.DataFrame or mapping of columns, optional
            Names of the results. By default those of the estimate if their number is unchanged.

        Returns
        -------
        Estimate
            With t intervals; degrees of freedom of the union of the domains that enter each result.

        Raises
        ------
        ArgumentError
            If the function is not smooth at the values, or labels do not fit.

        Notes
        -----
        The delta method is a straight line through a curve: for a ratio whose denominator is uncertain (more than about a
        tenth of its size), work on its logarithm.

        References
        ----------
        Oehlert, G. W. (1992). A note on the delta method. *The American Statistician* 46.

        Examples
        --------
        >>> import pandas as pd, cxstats as cx
        >>> waits = pd.DataFrame({"wait": [1, 2, 3, 5, 7, 6], "channel": ["app"] * 3 + ["call"] * 3})
        >>> by_channel = cx.measure(waits, cx.mean("wait"), by="channel")
        >>> by_channel.transform(lambda v: v[1] / v[0], labels="call to app").values.tolist()
        [3.0]
        """
        values, jacobian = gradient(function, self.values, self.std_error)
        named = picking.transformed_labels(self._labels, labels, len(values))
        return self._linear(
            values, jacobian, jacobian != 0, named, np.full(len(values), "", dtype=object), as_it_is(self)
        )

    def _linear(
        self, values: np.ndarray, jacobian: np.ndarray, enters: np.ndarray, labels: pd.DataFrame, unit: np.ndarray,
        known: Known, sight: Sight | None = None,
    ) -> Estimate:  # fmt: skip
        """Return a function of the estimates, given its values, its slopes, and which estimates enter each result.

        `sight` are the models behind the results, if they are not those behind the estimates.
        """
        unknown = (enters & known.unknown).any(axis=1) | ~enters.any(axis=1)
        used = self._used(np.arange(len(self)))
        uses = [
            np.unique(np.concatenate([used[i] for i in np.flatnonzero(row)] or [np.zeros(0, int)])) for row in enters
        ]
        df = np.asarray([self._origin.support.union(u) if len(u) else np.nan for u in uses])
        if sight is None and self._sight is not None:
            sight = self._sight.through(jacobian)
        df, hidden, said = as_seen(sight, df)
        told = [{*map(str, known.note[row]), more} - {""} for row, more in zip(enters, said, strict=True)]
        notes = np.asarray([picking.join(one) for one in told], dtype=object)
        rows = Rows.derived(self._bases(uses), unknown | hidden, unit, note=notes)
        joint = Dense(jacobian @ known.covariance @ jacobian.T)
        terms = Terms(self, jacobian)
        return Estimate(values, labels, rows, joint, self._origin, df=df, uses=uses, terms=terms, sight=sight)

    def trend(self, over: str | None = None, per: str | None = None) -> Estimate:
        """Return the slope of the straight line through the periods (least squares over the periods).

        ``slope = sum (t - tbar) y_t / sum (t - tbar)^2``, a contrast of the periods with their joint covariance.

        Parameters
        ----------
        over : str, optional
            The label column that holds the periods: years, quarters ("2025Q3"), months ("2025-09"), dates, numbers, or a
            categorical column (then steps are counted in its order). By default the only ``by`` column.
        per : {"year"}, optional
            Unit of time of the slope; None for one step of the periods.

        Returns
        -------
        Estimate
            One slope for each combination of the labels left over, in the unit of the measure per step or per year.

        Raises
        ------
        ArgumentError
            If there is no such label, fewer than two periods, or steps have no known length where a year is asked for.

        Notes
        -----
        Every period counts alike, however many answers it has. A slope says nothing about single periods. A period whose
        answers are all alike (a share of 0 %) takes the variance that one more answer at either end of the scale would give.

        References
        ----------
        Cochran, W. G. (1977). *Sampling Techniques*, 3rd ed., ch. 12. Wiley.

        Examples
        --------
        >>> import pandas as pd, cxstats as cx
        >>> answers = pd.DataFrame({"overall": [3, 4, 4, 5, 5, 6], "quarter": ["2025Q1"] * 2 + ["2025Q2"] * 2 + ["2025Q3"] * 2})
        >>> slope = cx.measure(answers, cx.mean("overall"), by="quarter").trend(over="quarter", per="year")
        >>> slope.values.round(6).tolist()
        [4.0]
        """
        over, sets, labels = picking.series_over(self._labels, over, self._rows)
        jacobian = np.zeros((len(sets), len(self)))
        for i, rows in enumerate(sets):
            periods = self._labels[over].iloc[rows].tolist()
            steps, per_year = positions(periods, ordered=hasattr(self._labels[over], "cat"))
            if len(np.unique(steps)) < 2:
                raise NoGroupError(f"trend(over={over!r}): there is one period only ({periods[0]!r}); two are needed.")
            centred = steps - steps.mean()
            jacobian[i, rows] = centred / (centred @ centred) * steps_per(per, per_year, periods)
        units = unit_of_difference(self._rows.unit[[r[0] for r in sets]])
        unit = np.asarray([f"{u} per {per or 'step'}".strip() for u in units], dtype=object)
        values = np.asarray([jacobian[i, rows] @ self.values[rows] for i, rows in enumerate(sets)])
        enters = np.zeros(jacobian.shape, dtype=bool)
        for i, rows in enumerate(sets):
            enters[i, rows] = True
        return self._linear(values, jacobian, enters, labels, unit, lent(self))

    def test(self, region: Region, *, level: float = 0.95, method: str | None = None) -> pd.DataFrame:
        """Judge each row against a region of the number line.

        Parameters
        ----------
        region : Region
            From `above`, `below` or `between`, in the unit of the measure.
        level : float
            Level of the interval that decides.
        method : str, optional
            Interval of shares, as in `frame`; by default "guarded", made to keep its level near the ends of a scale, for
            skewed amounts and for few or unequal PSUs: see the notes.

        Returns
        -------
        pandas.DataFrame
            The labels, ``estimate``, ``conf_low``, ``conf_high``, ``region``, ``method``, ``p_value``, ``verdict``. The limits
            are those that decide, not those that `frame` shows. The p-value is the smallest 1 - level at which the interval
            still decides: the verdict is "supported" or "contradicted" just if it is below 1 - level.

        Raises
        ------
        ArgumentError
            If the region is not a region, the level is not between 0 and 1 or the method is unknown.

        Notes
        -----
        At level .95 a wrong "supported" for a one-sided region is meant to happen in at most 2.5 % of samples;
        ``benchmarks/calibration.md`` shows in how many it does. Guarded intervals are Korn and Graubard's for shares, with
        the degrees of freedom that rare answers leave, MOVER of two such for NPS, order statistics for quantiles, Wilson's
        for means of a scale, and t after Hall's transformation for skewed amounts. Where PSUs are of unequal size or a
        domain is small, variances and degrees of freedom are those of Bell and McCaffrey; differences are MOVER of the limits
        of both sides, never tighter than t with Welch's degrees of freedom.

        References
        ----------
        Wellek, S. (2010). *Testing Statistical Hypotheses of Equivalence and Noninferiority*, 2nd ed. CRC.
        Hall, P. (1992). On the removal of skewness by transformation. *JRSS B* 54.
        Bell, R. M. and McCaffrey, D. F. (2002). Bias reduction in standard errors for linear regression with multi-stage
        samples. *Survey Methodology* 28.

        Examples
        --------
        >>> import pandas as pd, cxstats as cx
        >>> answers = pd.DataFrame({"overall": [5] * 40 + [2] * 10})
        >>> cx.measure(answers, cx.csat("overall")).test(cx.above(60))["verdict"].tolist()
        ['supported']
        """
        if not hasattr(region, "judge"):
            raise ArgumentError(f"test: a region such as above(0) or between(-1, 1) is needed, not {region!r}.")
        method = "guarded" if method is None else method
        low, high = self.interval(level, method)
        edges = [np.full(len(self), edge) for edge in (region.low, region.high)]
        inside = (self.values > region.low) & (self.values < region.high)
        p = [p_values(self, edge, method) for edge in edges]
        nearest = np.where(self.values <= region.low, p[0], p[1])
        table = self.labels.assign(estimate=self.values, conf_low=low, conf_high=high, region=str(region))
        table["method"] = method
        table["p_value"] = np.where(np.isnan(low), np.nan, np.where(inside, np.maximum(*p), nearest))
        table["verdict"] = [region.judge(left, right) for left, right in zip(low, high, strict=True)]
        return table

    def __repr__(self) -> str:
        from cxstats.inference.show import text

        return text(self)

    def _repr_html_(self) -> str:
        from cxstats.inference.show import html

        return html(self)


def _need_level(level: float) -> None:
    if isinstance(level, bool) or not isinstance(level, int | float) or not 0 < level < 1:
        raise ArgumentError(f"level={level!r}: a confidence level lies between 0 and 1, such as 0.95.")


def _whole(n: np.ndarray) -> np.ndarray:
    return n.astype(np.int64) if np.isfinite(n).all() else n
