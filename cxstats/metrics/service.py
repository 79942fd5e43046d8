"""The metrics of the trade: satisfaction, effort, recommendation, first-contact resolution, the service gap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from cxstats.errors import CONVERT, ArgumentError, one_of
from cxstats.expression import Expression, col
from cxstats.metrics.basic import names, percent
from cxstats.metrics.yes_no import says_yes
from cxstats.score import RIGHT_SCALE, Check, Score

Scale = tuple[float, float]
ASKED = "an NPS is asked on 0 to 10: measure other scales with csat()."


def csat(column: str, *, scale: Scale = (1, 5), top: int = 2, name: str | None = None) -> Score:
    """Estimate customer satisfaction: the percentage in the top boxes of the answer scale.

    The estimate is ``100 * sum(w [x > high - top]) / sum(w)`` over those who answered, in percent.

    Parameters
    ----------
    column : str
        Answers on a scale whose high end is "very satisfied".
    scale : tuple of float
        Lowest and highest answer, by default 1 to 5.
    top : int
        How many of the highest answers count as satisfied, by default 2.
    name : str, optional
        Label in results. Default ``"csat"``.

    Returns
    -------
    Score
        To be passed to `measure`.

    Raises
    ------
    ArgumentError
        If the scale is upside down, or `top` is not less than the number of its answers.
    DataError
        By `measure`, if there are answers outside the scale.

    Notes
    -----
    "Top 2 of 1-5" and "top 3 of 1-7" are different measures; comparing them is refused.

    References
    ----------
    Farris, P. W. et al. (2010). *Marketing Metrics*, 2nd ed. Pearson.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> answers = pd.DataFrame({"overall": [5, 4, 3, 1, None]})
    >>> cx.measure(answers, cx.csat("overall", scale=(1, 5), top=2)).values.tolist()
    [50.0]
    """
    low, high = need_scale(f"csat({column!r})", scale)
    if isinstance(top, bool) or not isinstance(top, int) or not 1 <= top <= high - low:
        raise ArgumentError(
            f"csat({column!r}): top={top!r} of a scale from {low:g} to {high:g}. "
            f"Give a whole number from 1 to {high - low:g}."
        )
    value = col(column)
    return Score(
        percent(value > high - top),
        value.is_answered(),
        *names("csat", name, column),
        unit="%",
        family="share",
        range=(0.0, 100.0),
        direction="high",
        variant=f"csat, top {top} of {low:g}-{high:g}",
        checks=(within(column, low, high),),
    )


def effort(
    column: str, *, scale: Scale = (1, 7), kind: str = "mean", easy: str = "high", name: str | None = None
) -> Score:
    """Estimate the customer effort score.

    Parameters
    ----------
    column : str
        Answers to "the company made it easy for me" (or to "how much effort did you have to make").
    scale : tuple of float
        Lowest and highest answer, by default 1 to 7.
    kind : {"mean", "easy", "net"}
        "mean": the mean answer, in points. "easy": percentage in the three easiest answers. "net": percentage in the two
        easiest minus percentage in the three hardest answers, -100 to 100.
    easy : {"high", "low"}
        Which end of the scale means little effort.
    name : str, optional
        Label in results. Default ``"effort"``.

    Returns
    -------
    Score
        To be passed to `measure`.

    Raises
    ------
    ArgumentError
        If the scale is upside down, or has fewer than six answers where "easy" or "net" is asked for.
    DataError
        By `measure`, if there are answers outside the scale.

    Notes
    -----
    The first version (2010) asked for effort, easy = "low"; the second (2013) for agreement with "made it easy",
    easy = "high". Their means are not comparable.

    References
    ----------
    Dixon, M., Freeman, K. and Toman, N. (2010). Stop trying to delight your customers. *Harvard Business Review* 88.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> answers = pd.DataFrame({"easy": [7, 6, 5, 2]})
    >>> scores = [cx.effort("easy", kind=kind, name=kind) for kind in ("mean", "easy", "net")]
    >>> cx.measure(answers, scores).values.tolist()
    [5.0, 75.0, 25.0]
    """
    place = f"effort({column!r})"
    low, high = need_scale(place, scale)
    one_of(f"{place}, kind=", kind, ("mean", "easy", "net"))
    one_of(f"{place}, easy=", easy, ("high", "low"))
    if kind != "mean" and high - low < 5:
        raise ArgumentError(
            f"{place}: kind={kind!r} counts the three easiest or hardest answers, which on a scale from {low:g} to {high:g} "
            "would take in the middle. Use kind='mean', or share() with a condition of your own."
        )
    value = col(column)
    up = value if easy == "high" else (low + high) - value
    points: dict[str, Expression] = {
        "mean": value + 0,
        "easy": percent(up > high - 3),
        "net": percent(up > high - 2) - percent(up < low + 3),
    }
    mean = kind == "mean"
    return Score(
        points[kind],
        value.is_answered(),
        *names("effort", name, column),
        unit="points" if mean else "%" if kind == "easy" else "net %",
        family={"mean": "mean", "easy": "share", "net": "balance"}[kind],
        range=(low, high) if mean else (0.0, 100.0) if kind == "easy" else (-100.0, 100.0),
        direction=easy if mean else "high",
        variant=f"effort, {kind} of {low:g}-{high:g} ({easy} is easy)",
        checks=(within(column, low, high),),
    )


def nps(column: str, *, name: str | None = None) -> Score:
    """Estimate the Net Promoter Score: percentage of promoters (9-10) minus percentage of detractors (0-6).

    The estimate is ``100 * sum(w ([x >= 9] - [x <= 6])) / sum(w)`` over those who answered, from -100 to 100.

    Parameters
    ----------
    column : str
        Answers from 0 to 10 to "how likely are you to recommend us".
    name : str, optional
        Label in results. Default ``"nps"``.

    Returns
    -------
    Score
        To be passed to `measure`; its interval is the adjusted Wald interval, which stays in -100..100.

    Raises
    ------
    DataError
        By `measure`, if there are answers outside 0 to 10.

    Notes
    -----
    NPS needs many more respondents than a share to show the same change: see its interval before its change. A difference
    of two groups that share 4 PSUs was covered in 93.2 % of samples of 1,000 (``benchmarks/coverage.md``).

    References
    ----------
    Reichheld, F. F. (2003). The one number you need to grow. *Harvard Business Review* 81.
    Rocks, B. (2016). Interval estimation for the "Net Promoter Score". *The American Statistician* 70.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> cx.measure(pd.DataFrame({"recommend": [10, 9, 8, 3]}), cx.nps("recommend")).values.tolist()
    [25.0]
    """
    value = col(column)
    return Score(
        percent(value >= 9) - percent(value <= 6),
        value.is_answered(),
        *names("nps", name, column),
        unit="net %",
        family="balance",
        range=(-100.0, 100.0),
        direction="high",
        variant="nps, 9-10 minus 0-6",
        checks=(within(column, 0, 10, ASKED),),
    )


def first_contact_resolution(
    column: str, *, yes: object = None, resolvable: str | None = None, name: str | None = None
) -> Score:
    """Estimate first-contact resolution: the percentage whose issue was resolved at the first contact.

    The estimate is ``100 * sum(w [resolved]) / sum(w)`` over those who answered, in percent. The net rate leaves out what could
    not be resolved at a first contact.

    Parameters
    ----------
    column : str
        The answer to "was your issue resolved at the first contact": true/false or 0/1, or, with `yes`, any codes.
    yes : object or list, optional
        The answer or answers that mean "resolved". Every other answer then means "not resolved".
    resolvable : str, optional
        Column (yes/no, true/false or 1/0): could it be resolved at the first contact. The rate is then the net one: rows that
        say no, and rows that do not say, are left out, and counted with those who did not answer.
    name : str, optional
        Label in results. Default ``"first_contact_resolution"``, of the net rate ``"net_first_contact_resolution"``.

    Returns
    -------
    Score
        To be passed to `measure`.

    Raises
    ------
    ColumnError
        By `measure`, if the column holds text and `yes` is not given.
    DataError
        By `measure`, if the column holds numbers other than 0 and 1 and `yes` is not given, or `resolvable` holds other
        answers than yes and no.

    Notes
    -----
    This is the customer's (or the agent's) word. What the contact log says is often lower. Gross and net rates are different
    measures; comparing them is refused. Whoever decides what is resolvable decides the net rate: state the rule with it.

    References
    ----------
    Dixon, M., Toman, N. and DeLisi, R. (2013). *The Effortless Experience*. Portfolio.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> calls = pd.DataFrame({"resolved": ["yes", "no", "partly", "yes", None]})
    >>> cx.measure(calls, cx.first_contact_resolution("resolved", yes="yes")).values.tolist()
    [50.0]
    >>> calls["could_be"] = ["yes", "yes", "no", "yes", "yes"]
    >>> cx.measure(calls, cx.first_contact_resolution("resolved", yes="yes", resolvable="could_be")).values.round(1).tolist()
    [66.7]
    """
    value = col(column)
    base, net, flagged, own = value.is_answered(), "", [], "first_contact_resolution"
    if resolvable is not None:
        can_be, check = says_yes(resolvable)
        base, flagged, own = base & can_be, [check], f"net_{own}"
        net = f", net of what is not resolvable by {resolvable}"
    if yes is None:
        resolved = (value + 0) == 1
        checks: tuple[Check, ...] = (
            Check(
                column,
                ((value + 0) != 0) & ((value + 0) != 1),
                "answers that are neither 0/1 nor true/false",
                "State which answers mean resolved with yes=.",
                numeric="State which answers mean resolved with yes=.",
            ),
        )
        meaning = "true"
    else:
        answers: list[Any] = list(yes) if isinstance(yes, list | tuple | set | frozenset) else [yes]
        resolved, checks = value.is_in(answers), ()
        meaning = " or ".join(map(str, answers))
    return Score(
        percent(resolved),
        base,
        *names(own, name, column if resolvable is None else f"{column}, where {resolvable}"),
        unit="%",
        family="share",
        range=(0.0, 100.0),
        direction="high",
        variant=f"first-contact resolution, {meaning} means resolved{net}",
        checks=(*checks, *flagged),
    )


def gap(*, delivered: str, expected: str, scale: Scale | None = None, name: str | None = None) -> Score:
    """Estimate the service gap: delivered minus expected, answer by answer.

    The estimate is ``sum(w (delivered - expected)) / sum(w)`` over those who answered both, in scale points; negative
    means that service falls short of what was expected.

    Parameters
    ----------
    delivered, expected : str
        Columns of ratings on the same scale.
    scale : tuple of float, optional
        Lowest and highest answer of that scale; answers outside it are then an error, and the interval stays in range.
    name : str, optional
        Label in results. Default ``"gap"``.

    Returns
    -------
    Score
        To be passed to `measure`.

    Raises
    ------
    ColumnError
        By `measure`, if a column is not there or holds no numbers.
    DataError
        By `measure`, if there are answers outside the stated scale.

    Notes
    -----
    Difference scores are less reliable than their parts: look at both ratings as well.

    References
    ----------
    Parasuraman, A., Zeithaml, V. A. and Berry, L. L. (1985). A conceptual model of service quality.
    *Journal of Marketing* 49.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> ratings = pd.DataFrame({"got": [3, 4, 5, 2], "wanted": [5, 4, 4, None]})
    >>> cx.measure(ratings, cx.gap(delivered="got", expected="wanted")).values.round(4).tolist()
    [-0.3333]
    """
    got, wanted = col(delivered), col(expected)
    low, high = need_scale(f"gap({delivered!r}, {expected!r})", scale) if scale is not None else (0.0, 0.0)
    return Score(
        got - wanted,
        got.is_answered() & wanted.is_answered(),
        *names("gap", name, f"{delivered} - {expected}"),
        unit="points",
        range=(low - high, high - low) if scale is not None else None,
        direction="high",
        variant=f"gap, delivered minus expected{f' on {low:g}-{high:g}' if scale is not None else ''}",
        checks=(within(delivered, low, high), within(expected, low, high)) if scale is not None else (),
    )


def need_scale(place: str, scale: Sequence[float]) -> Scale:
    """Return the scale as two numbers; raise `ArgumentError` unless it is a low and a higher number."""
    good = isinstance(scale, tuple | list) and len(scale) == 2
    good = good and all(isinstance(end, int | float) and not isinstance(end, bool) for end in scale)
    if not good or not -math.inf < scale[0] < scale[1] < math.inf:
        raise ArgumentError(f"{place}: scale={scale!r} is not a lowest and a highest answer, such as (1, 5).")
    return float(scale[0]), float(scale[1])


def within(column: str, low: float, high: float, remedy: str = RIGHT_SCALE) -> Check:
    """Return the check that answers lie on the scale; `remedy` says what to do if that is wrong."""
    value = col(column)
    return Check(
        column,
        (value < low) | (value > high),
        f"answers outside the scale {low:g} to {high:g}",
        remedy,
        numeric=CONVERT,
        scale=(low, high),
    )
