"""Means, shares, ratios, totals and quantiles of any column: the scores that need no scale."""

from __future__ import annotations

import math
import re

from cxstats.errors import CONVERT, ArgumentError
from cxstats.expression import Expression, col, when
from cxstats.score import Check, Score


def mean(column: str, *, name: str | None = None, unit: str = "") -> Score:
    """Estimate the mean of a column among those who answered.

    The estimate is ``sum(w x) / sum(w)`` over the rows with an answer, in the column's own unit.

    Parameters
    ----------
    column : str
        A numeric (or true/false) column.
    name : str, optional
        Label in results. Default ``"mean"``.
    unit : str
        Of the result, such as "minutes" or "EUR": shown with it, and asked of the regions of claims.

    Returns
    -------
    Score
        To be passed to `measure`; its intervals are t intervals.

    Raises
    ------
    ColumnError
        By `measure`, if the column is not there or holds no numbers.

    Notes
    -----
    A mean of an answer scale treats its steps as equal. For satisfaction answers the share in the top boxes (`csat`)
    needs no such assumption. In a strongly skewed column (log-normal spend) the 95 % interval held the mean in 85.5 % of
    simple random samples of 15, 87.6 % of 30 and 92.0 % of 100, nearly always by lying too low
    (``benchmarks/coverage.md``).

    References
    ----------
    Cochran, W. G. (1977). *Sampling Techniques*, 3rd ed. Wiley.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> cx.measure(pd.DataFrame({"wait": [3.0, 5.0, None, 10.0]}), cx.mean("wait")).values.tolist()
    [6.0]
    """
    value = col(column)
    return Score(value, value.is_answered(), *names("mean", name, column), unit=unit, variant="mean")


def share(condition: Expression, *, name: str | None = None) -> Score:
    """Estimate the percentage of rows that fulfil a condition, among those for whom it is known.

    The estimate is ``100 * sum(w [condition]) / sum(w)`` over the rows where the condition is neither null nor
    unknown for a missing answer, in percent.

    Parameters
    ----------
    condition : Expression
        Such as ``col("wait") > 3`` or ``col("channel").is_in(["app", "web"])``.
    name : str, optional
        Label in results. Default ``"share"``.

    Returns
    -------
    Score
        To be passed to `measure`; its intervals are Wilson intervals unless asked otherwise.

    Raises
    ------
    ArgumentError
        If `condition` is not a condition on columns.

    Notes
    -----
    A row whose condition cannot be decided is out of the base: ``(a > 3) & (b > 3)`` with `b` missing counts as "no"
    when ``a <= 3`` and is left out otherwise. Near 0 and 100 % Wilson's interval can fall short: it held a share of 1 % in
    86.6 % of simple random samples of 15 and 91.1 % of 100; ``method="korn-graubard"`` held it in at least 94.2 %
    in every design that was run.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. *JASA* 22.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> waits = pd.DataFrame({"wait": [3.0, 5.0, None, 10.0, 1.0]})
    >>> cx.measure(waits, cx.share(cx.col("wait") > 4)).values.tolist()
    [50.0]
    """
    if not isinstance(condition, Expression):
        raise ArgumentError(f"share: a condition such as col('x') > 3 is needed, not {condition!r}.")
    text = repr(condition)
    return Score(
        percent(condition),
        condition.is_answered(),
        *names("share", name, text),
        unit="%",
        family="share",
        range=(0.0, 100.0),
        variant=f"share with {_anonymous(text)}",
    )


def ratio(numerator: str, denominator: str, *, name: str | None = None, unit: str = "") -> Score:
    """Estimate the ratio of two totals, such as spend per visit.

    The estimate is ``sum(w x) / sum(w y)`` over the rows where both are answered.

    Parameters
    ----------
    numerator, denominator : str
        Numeric columns.
    name : str, optional
        Label in results. Default ``"ratio"``.
    unit : str
        Of the result, such as "minutes" or "EUR": shown with it, and asked of the regions of claims.

    Returns
    -------
    Score
        To be passed to `measure`; the variance is that of the linearised ratio, the interval a t interval.

    Raises
    ------
    ColumnError
        By `measure`, if a column is not there or holds no numbers.

    Notes
    -----
    The ratio of totals is not the mean of the rows' ratios: rows with a large denominator weigh more. The linearised
    interval is short in small samples: it held a skewed ratio in 90.9 % of simple random samples of 15, 93.0 % of 30 and
    93.6 % of 100 (``benchmarks/coverage.md``).

    References
    ----------
    Cochran, W. G. (1977). *Sampling Techniques*, 3rd ed., ch. 6. Wiley.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> visits = pd.DataFrame({"spend": [10.0, 30.0, 20.0], "visits": [1, 2, 3]})
    >>> cx.measure(visits, cx.ratio("spend", "visits")).values.tolist()
    [10.0]
    """
    top, bottom = col(numerator), col(denominator)
    return Score(
        top,
        top.is_answered() & bottom.is_answered(),
        *names("ratio", name, f"{numerator} / {denominator}"),
        unit=unit,
        family="ratio",
        variant="ratio",
        per=bottom,
    )


def total(column: str, *, name: str | None = None, unit: str = "") -> Score:
    """Estimate the total of a column in the population.

    The estimate is ``sum(w x)`` over the rows with an answer, in the column's own unit; without weights it is the total
    of the sample.

    Parameters
    ----------
    column : str
        A numeric (or true/false) column.
    name : str, optional
        Label in results. Default ``"total"``.
    unit : str
        Of the result, such as "minutes" or "EUR": shown with it, and asked of the regions of claims.

    Returns
    -------
    Score
        To be passed to `measure`; its intervals are t intervals.

    Raises
    ------
    ColumnError
        By `measure`, if the column is not there or holds no numbers.

    Notes
    -----
    A missing answer counts as nothing, so a total over a column with missing answers is too low. The number left out is
    stated with the result.

    References
    ----------
    Horvitz, D. G. and Thompson, D. J. (1952). A generalization of sampling without replacement. *JASA* 47.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> spend = pd.DataFrame({"spend": [10.0, 30.0, 20.0], "weight": [2.0, 1.0, 1.0]})
    >>> cx.measure(cx.Survey(spend, weight="weight"), cx.total("spend")).values.tolist()
    [70.0]
    """
    value = col(column)
    return Score(value, value.is_answered(), *names("total", name, column), unit=unit, family="total", variant="total")


def quantile(column: str, probability: float, *, name: str | None = None, unit: str = "") -> Score:
    """Estimate a quantile of a column among those who answered: the median of a wait, its 90 % point.

    The estimate is the smallest value whose weighted distribution function reaches the probability,
    ``min{x : F(x) >= probability}``. Its interval inverts the interval of ``F`` (Woodruff), so it is read off the data
    and need not be symmetric.

    Parameters
    ----------
    column : str
        A numeric column.
    probability : float
        Between 0 and 1: 0.5 is the median.
    name : str, optional
        Label in results. Default ``"quantile"``.
    unit : str
        Of the result, such as "minutes" or "EUR": shown with it, and asked of the regions of claims.

    Returns
    -------
    Score
        To be passed to `measure`. The standard error is the interval's half-width over the t quantile.

    Raises
    ------
    ArgumentError
        If the probability is not between 0 and 1.
    ColumnError
        By `measure`, if the column is not there or holds no numbers.

    Notes
    -----
    A second pass over the rows is made; lazy engines send back the part of the distribution near the quantile. In samples
    of a few PSUs an interval may be open at one end (infinite). Answers of a few values (ratings) have many ties, and
    Woodruff's interval, centred at F(q), leans upwards there: take ``method="guarded"`` (ranks, centred at the probability),
    as `Estimate.test` does.

    References
    ----------
    Woodruff, R. S. (1952). Confidence intervals for medians and other position measures. *JASA* 47.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> waits = pd.DataFrame({"wait": [3, 5, 1, 10, 7, 2, 2]})
    >>> cx.measure(waits, cx.quantile("wait", 0.5)).values.tolist()
    [3.0]
    """
    if isinstance(probability, bool) or not isinstance(probability, int | float) or not 0 < probability < 1:
        percent_meant = isinstance(probability, int | float) and 1 < probability < 100
        hint = (
            f"{probability / 100:g}" if percent_meant else "0.5 for the median, 0.9 for the point that 90 % lie below"
        )
        raise ArgumentError(
            f"quantile({column!r}): the probability lies between 0 and 1, it is not {probability!r}. Write {hint}."
        )
    value = col(column)
    infinite = Check(
        column,
        (value == math.inf) | (value == -math.inf),
        "infinite values",
        "Recode them as missing, or leave them out with where=.",
        numeric=CONVERT,
    )
    return Score(
        value,
        value.is_answered(),
        *names("quantile", name, f"{column}, {probability:g}"),
        unit=unit,
        family="quantile",
        variant=f"{probability:g} quantile",
        probability=float(probability),
        checks=(infinite,),
    )


def percent(condition: Expression) -> Expression:
    """Return 100 where the condition holds and 0 elsewhere."""
    return when(condition, 100.0, 0.0)


def _anonymous(text: str) -> str:
    """Return the condition without its column names, so that one question under two names is one variant."""
    return re.sub(r"col\('[^']*'\)", "answer", text)


def names(function: str, name: str | None, column: str) -> tuple[str, str]:
    """Return the label, and the longer one for the case that two scores of a call would share it."""
    if name is not None and (not isinstance(name, str) or not name):
        raise ArgumentError(f"{function}(name=): a text is needed, not {name!r}.")
    return (name, "") if name else (function, f"{function} ({column})")
