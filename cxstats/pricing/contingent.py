"""Contingent valuation: customers are asked bids, or state limits, and the amounts they would pay follow by a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cxstats.errors import ArgumentError, ColumnError, NoRowsError, need_columns, one_of
from cxstats.expression import Expression
from cxstats.inference.asked import counted, domain_of, grouped, missing_groups
from cxstats.inference.covariates import covariates_of
from cxstats.inference.influence import REMARK, gathered
from cxstats.pricing.asked import codes
from cxstats.pricing.bids import PLACE, Columns, read
from cxstats.pricing.fitting import Asked, fits, need_names
from cxstats.pricing.tolerance import DISTRIBUTIONS
from cxstats.pricing.valuation import ContingentValuation
from cxstats.survey import Survey

TAKEN = ("metric", "answers", "price", "check", "found", "concern", "distribution")


def contingent_valuation(
    survey: Any,
    *,
    bid: str | None = None,
    answer: str | None = None,
    bid_up: str | None = None,
    bid_down: str | None = None,
    answer2: str | None = None,
    lower: str | None = None,
    upper: str | None = None,
    open_above: float | Sequence[float] | None = None,
    covariates: str | Sequence[str] = (),
    distribution: str = "log-logistic",
    yes: Any = None,
    unit: str = "",
    by: str | Sequence[str] | None = None,
    where: Expression | None = None,
) -> ContingentValuation:
    """Estimate what customers would pay from their answers to bids, with a design-based covariance.

    The share who would pay a is ``S(a) = F(x'b + c g(a))``, g the logarithm for log-logistic, log-normal and Weibull amounts.
    An answer says in which interval the amount lies, and adds ``w log(S(lower) - S(upper))`` to the log-likelihood.

    Parameters
    ----------
    survey : Survey or frame
        Answers with their design; a row a respondent.
    bid, answer : str
        Columns of the first price asked, and of what was said to it.
    bid_up, bid_down, answer2 : str, optional
        Double-bounded: columns of the price asked after a yes, of the one asked after a no (one column that holds both is
        given twice), and of what was said. One-and-one-half-bounded: the same, missing where no second price was asked.
    lower, upper : str, optional
        Instead of bids: columns of the limits between which the amount lies; infinite for none, equal for an exact amount.
    open_above : number or list of numbers, optional
        Codes in `upper` that mean "no upper limit", such as 999.
    covariates : str or list of str
        Columns of numbers, or of labels, each of which is compared with the first (sorted, or in category order).
    distribution : {"log-logistic", "log-normal", "weibull", "logistic", "normal"}
        Of the amounts. Logistic and normal ones may be negative.
    yes : value, list of values, or mapping, optional
        Which answers mean yes. By default true/false, 1/0 and yes/no. A mapping says True, False or None (no answer) for
        each.
    unit : str
        Of the bids, such as "EUR".
    by : str or list of str, optional
        Columns whose values make groups, each with a model of its own; the covariance is joint. Rows with a missing value are
        left out and counted.
    where : Expression, optional
        The domain, as in `measure`.

    Returns
    -------
    ContingentValuation
        With ``log_likelihood``, ``params``, ``median``, ``mean`` (NaN with the reason where the answers cannot bear it),
        ``truncated_mean``, ``amounts()``, ``intervals()``, ``turnbull()``, ``kristroem()``, ``acceptance()``,
        ``starting_point()``, ``compare_distributions()`` and ``checks()``.

    Raises
    ------
    ColumnError
        If a column is not there, or holds no amounts.
    DataError
        If a price is negative, bids or limits are out of order, or an answer is not said to mean yes or no.
        `NotIdentifiedError`, of this kind, if all say yes (or no), one price only was asked, a covariate follows from others,
        or decides answers wholly.
    ArgumentError
        If columns make no format, or the distribution is unknown.

    Notes
    -----
    Degrees of freedom are those of the PSUs (or rows) that tell of a coefficient (Bell and McCaffrey 2002): few if a level is
    met in few PSUs. A level that is met in one has no standard error; standard errors are those of R's survey otherwise.

    A stated amount is not a paid one: a yes costs nothing. The covariance of parameters is that of their influence, ``-H^-1
    u_i`` (Binder 1983), so it holds with weights and clusters, and where the distribution is wrong.

    References
    ----------
    Bell, R. M. and McCaffrey, D. F. (2002). Bias reduction in standard errors for linear regression with multi-stage samples.
    *Survey Methodology* 28.
    Hanemann, M., Loomis, J. and Kanninen, B. (1991). Statistical efficiency of double-bounded dichotomous choice contingent
    valuation. *Am. J. Agric. Econ.* 73.
    Cooper, J. C., Hanemann, M. and Signorello, G. (2002). One-and-one-half-bound dichotomous choice contingent valuation.
    *Rev. Econ. Stat.* 84.

    Examples
    --------
    >>> import cxstats as cx
    >>> found = cx.contingent_valuation(cx.sample_survey(), bid="bid", answer="bid_accepted", bid_up="second_bid",
    ...     bid_down="second_bid", answer2="second_accepted", distribution="log-normal", by="channel")
    >>> found.median.frame()[["channel", "n", "estimate", "conf_low", "conf_high"]].round(1)
      channel     n  estimate  conf_low  conf_high
    0     app  2619      38.7      38.1       39.2
    1  branch   815      39.0      38.0       40.1
    2   phone  1992      38.3      37.6       39.0
    3     web  1973      38.6      37.9       39.3
    """
    columns = Columns(bid, answer, bid_up, bid_down, answer2, lower, upper)
    named = columns.named()
    name = distribution.casefold() if isinstance(distribution, str) else distribution
    one_of(f"{PLACE}(distribution=)", name, list(DISTRIBUTIONS))
    survey = survey if isinstance(survey, Survey) else Survey(survey)
    wanted, groups = need_names("covariates", covariates, survey), need_names("by", by, survey)
    for argument, column in named.items():
        need_columns(f"{PLACE}({argument}=)", [column], survey.frame.columns)
    taken = next((column for column in groups if column in TAKEN), None)
    if taken is not None:
        raise ArgumentError(f"{PLACE}(by={taken!r}): results have a column {taken!r} of their own. Rename yours.")
    domain = _need_condition(where, survey)
    survey = gathered(survey, [*named.values(), *wanted, *groups, *domain])
    return _valued(survey, columns, wanted, groups, name, where, yes, open_above, unit)


def _valued(
    survey: Survey, columns: Columns, wanted: tuple[str, ...], groups: tuple[str, ...], name: str, where: Expression | None,
    yes: Any, open_above: Any, unit: str,
) -> ContingentValuation:  # fmt: skip
    data, weight, out = domain_of(PLACE, survey, where, groups)
    of = DISTRIBUTIONS[name]
    answers = read(survey, columns, out == "", yes, open_above)
    out = np.where(out == "", answers.out, out)
    for column in wanted:
        out[(out == "") & data[column].isna().to_numpy()] = f"without {column}"
    kept = np.flatnonzero(out == "")
    if not len(kept):
        raise NoRowsError(f"{PLACE}: no row is left (left out of {len(data):,}: {', '.join(counted(out))}).")
    x, stand_for, base = covariates_of(survey, wanted, kept, f"{PLACE}(covariates=)")
    group, table = grouped(survey, groups, kept)
    said = [*missing_groups(data, groups, (out != "outside where=") & (weight > 0), table), *answers.told(kept)]
    numbers = {name: data[name] for name in columns.amounts()}
    said += codes({name: v.iloc[kept].to_numpy(dtype=np.float64, na_value=np.nan) for name, v in numbers.items()})
    left_out = (*counted(out), *(f"{REMARK}{one}" for one in said))
    asked = Asked(
        survey, kept, answers.take(kept), x, tuple(stand_for), base, group, table, weight[kept], left_out, unit, len(data),
        int((out != "outside where=").sum()),
    )  # fmt: skip
    return ContingentValuation(of, asked, fits(of, asked))


def _need_condition(where: Expression | None, survey: Survey) -> list[str]:
    """Return the columns of the domain; raise unless it is a condition on columns that are there."""
    if where is None:
        return []
    if not isinstance(where, Expression):
        raise ArgumentError(
            f"{PLACE}(where=): a condition such as col('x') > 3 is needed, not a {type(where).__name__}."
        )
    columns = where.columns()
    need_columns(f"{PLACE}(where=)", columns, survey.frame.columns)
    kind = where.kind(survey.frame.kinds(columns), f"{PLACE}(where=)")
    if kind != "boolean":
        raise ColumnError(f"{PLACE}(where=): a condition is needed, not a {kind}. Compare it: col('x') > 3.")
    return columns
