"""Answers as a whole: one share an answer, and a score with the shares that it is made of."""

from __future__ import annotations

from collections.abc import Sequence

from cxstats.errors import CONVERT, ArgumentError, listing, one_of
from cxstats.expression import Constant, col
from cxstats.metrics.basic import names, percent
from cxstats.metrics.service import ASKED, Scale, need_scale, nps, within
from cxstats.score import RIGHT_SCALE, Check, Score

MOST_ANSWERS = 11  # 0 to 10, the longest scale in use
MOST_NAMED = 8  # answers named in a message
BETWEEN = ": "  # between the question and the answer in a name


def distribution(
    column: str,
    *,
    scale: Scale = (1, 5),
    labels: Sequence[str] | None = None,
    best: str = "high",
    answers: Sequence[Constant] | None = None,
    name: str | None = None,
) -> list[Score]:
    """Estimate how the answers to a question are distributed: one share an answer; of a rating, from the worst to the best.

    The estimate for answer a is ``100 * sum(w [x = a]) / sum(w)`` over those who answered, in percent; the shares of a
    question sum to 100. The middle one of an odd number of answers is neutral, those below it are low, those above it are
    high; of an even number one half is low, one half is high, and none is neutral.

    Parameters
    ----------
    column : str
        Answers in whole numbers.
    scale : tuple of int
        Lowest and highest answer, by default 1 to 5; at most eleven answers.
    labels : sequence of str, optional
        The text of each answer, from the lowest to the highest. By default the numbers.
    best : {"high", "low"}
        Which end of the scale is best for the customer, by default "high". With "low" the order is turned round.
    answers : sequence of text, number or bool, optional
        The answers of a column that is no rating, all of them, in the order wanted: the channels of contacts. There is no scale
        then, and no end of it is best.
    name : str, optional
        The question in results. By default the column.

    Returns
    -------
    list of Score
        To be passed to `measure`, all at once; their names are "question: answer".

    Raises
    ------
    ArgumentError
        If the scale is upside down, fractional or too long, the labels do not fit it, or answers are fewer than two or twice
        there.
    DataError
        By `measure`, if there are other answers than these.

    Notes
    -----
    The midpoint of a scale is not always meant as neutral ("3 = as expected" is, "3 = good" is not): read the question. Answers
    without a scale have no middle: draw them with `plot_trend` or `plot_estimates`, not with `plot_distribution`. The
    shares of one question are negatively correlated; their difference needs the joint covariance that `measure` keeps.

    References
    ----------
    Robbins, N. B. and Heiberger, R. M. (2011). Plotting Likert and other rating scales. *Proc. JSM*.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> answers = pd.DataFrame({"overall": [5, 4, 4, 3, 1, None]})
    >>> cx.measure(answers, cx.distribution("overall")).frame()[["metric", "n", "estimate"]]
           metric  n  estimate
    0  overall: 1  5      20.0
    1  overall: 2  5       0.0
    2  overall: 3  5      20.0
    3  overall: 4  5      40.0
    4  overall: 5  5      20.0

    The channels of contacts:

    >>> contacts = pd.DataFrame({"channel": ["phone", "app", "phone", None, "web"]})
    >>> mix = cx.distribution("channel", answers=["phone", "app", "web"])
    >>> cx.measure(contacts, mix).frame()[["metric", "n", "estimate"]]
               metric  n  estimate
    0  channel: phone  4      50.0
    1    channel: app  4      25.0
    2    channel: web  4      25.0
    """
    place = f"distribution({column!r})"
    if answers is not None:
        if labels is None:
            return _named(place, column, answers, name)
        raise ArgumentError(f"{place}: labels= belong to the answers of a scale; answers= are their own labels.")
    low, high = need_scale(place, scale)
    count = high - low + 1
    if not (low.is_integer() and high.is_integer() and count <= MOST_ANSWERS):
        raise ArgumentError(
            f"{place}: scale={scale!r} is not a scale of at most {MOST_ANSWERS} whole numbers. For a longer one declare bands, "
            f"such as share(col({column!r}) <= 30, name='low')."
        )
    one_of(f"{place}, best=", best, ("high", "low"))
    rated = [low + step for step in range(int(count))]
    texts = [f"{answer:g}" for answer in rated] if labels is None else _texts(place, labels, rated)
    value = col(column)
    question, whole = names("distribution", column if name is None else name, column)[0], f"distribution ({column})"
    allowed = Check(
        column,
        ~value.is_in(rated),
        f"answers that are not whole numbers from {low:g} to {high:g}",
        RIGHT_SCALE,
        numeric=CONVERT,
        scale=(low, high),
    )
    middle = (low + high) / 2
    scores = [
        Score(
            percent(value == answer),
            value.is_answered(),
            f"{question}{BETWEEN}{text}",
            whole,
            unit="%",
            family="share",
            range=(0.0, 100.0),
            direction=None if answer == middle else "high" if (answer > middle) == (best == "high") else "low",
            variant=f"answer {answer:g} of {low:g}-{high:g}",
            checks=(allowed,),
        )
        for answer, text in zip(rated, texts, strict=True)
    ]
    return scores if best == "high" else scores[::-1]


def _named(place: str, column: str, answers: Sequence[Constant], name: str | None) -> list[Score]:
    """Return one share an answer of a column that is no rating."""
    given = [] if isinstance(answers, str) else list(answers)
    texts = [f"{answer:g}" if isinstance(answer, float) else str(answer) for answer in given]
    if len(given) < 2 or len(set(texts)) < len(texts) or not all(texts):
        raise ArgumentError(f"{place}: answers={answers!r} are not two or more answers, each of them once.")
    value, among = col(column), f"of {listing(given, MOST_NAMED)}"
    question = names("distribution", column if name is None else name, column)[0]
    allowed = Check(column, ~value.is_in(given), f"answers that are none {among}", "Name all answers in answers=.")
    return [
        Score(
            percent(value == answer), value.is_answered(), f"{question}{BETWEEN}{text}", f"distribution ({column})",
            unit="%", family="share", range=(0.0, 100.0), variant=f"answer {answer!r} {among}", checks=(allowed,),
        )
        for answer, text in zip(given, texts, strict=True)
    ]  # fmt: skip


def nps_composition(column: str, *, name: str | None = None) -> list[Score]:
    """Estimate the Net Promoter Score with what it is made of: promoters (9-10), passives (7-8) and detractors (0-6).

    The score is that of `nps`; the parts are shares ``100 * sum(w [x in part]) / sum(w)`` over those who answered, which sum
    to 100, and the score is promoters minus detractors.

    Parameters
    ----------
    column : str
        Answers from 0 to 10 to "how likely are you to recommend us".
    name : str, optional
        Label of the score in results, by default ``"nps"``; that of the parts is then "name: promoters".

    Returns
    -------
    list of Score
        The score, promoters, passives, detractors; to be passed to `measure`, all at once.

    Raises
    ------
    DataError
        By `measure`, if there are answers outside 0 to 10.

    Notes
    -----
    The same score can come from many passives or from none: 60 % promoters with 40 % detractors, or 20 % with none. Look
    at the parts before acting on the score.

    References
    ----------
    Reichheld, F. F. (2003). The one number you need to grow. *Harvard Business Review* 81.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> answers = pd.DataFrame({"recommend": [10, 9, 8, 3]})
    >>> cx.measure(answers, cx.nps_composition("recommend")).frame()[["metric", "estimate", "unit"]]
           metric  estimate   unit
    0         nps      25.0  net %
    1   promoters      50.0      %
    2    passives      25.0      %
    3  detractors      25.0      %
    """
    value = col(column)
    parts = {
        "promoters": (value >= 9, "high", "promoters, 9-10"),
        "passives": ((value > 6) & (value < 9), None, "passives, 7-8"),
        "detractors": (value <= 6, "low", "detractors, 0-6"),
    }
    shares = [
        Score(
            percent(condition),
            value.is_answered(),
            *_part_names(part, name, column),
            unit="%",
            family="share",
            range=(0.0, 100.0),
            direction=direction,
            variant=variant,
            checks=(within(column, 0, 10, ASKED),),
        )
        for part, (condition, direction, variant) in parts.items()
    ]
    return [nps(column, name=name), *shares]


def _part_names(part: str, name: str | None, column: str) -> tuple[str, str]:
    """Return the label of a part and its longer one: a named question is that of all parts, so who left it out counts once."""
    return (f"{name}{BETWEEN}{part}", name) if name else names(part, None, column)


def _texts(place: str, labels: Sequence[str], answers: Sequence[float]) -> list[str]:
    """Return the labels of the answers; raise unless there is one of its own for each."""
    given = [] if isinstance(labels, str) else list(labels)
    if len(given) != len(answers) or not all(isinstance(text, str) and text.strip() for text in given):
        raise ArgumentError(
            f"{place}, labels=: {labels!r} is not a list of {len(answers)} texts, one for each answer from "
            f"{answers[0]:g} to {answers[-1]:g}."
        )
    twice = next((text for text in given if given.count(text) > 1), None)
    if twice is not None:
        raise ArgumentError(f"{place}, labels=: {twice!r} stands for two answers. Give each a text of its own.")
    split = [text for text in given if BETWEEN in text]
    if split:
        raise ArgumentError(
            f"{place}, labels=: {listing(split, 3)} has a colon and a blank, which part question and answer. Use a dash."
        )
    return given
