"""In which groups contacts are counted: the columns that a caller names in by=, checked before anything is computed.

A group may be a period of the calendar, such as "month": if the log has no column of that name, it is made of the times.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cxstats import frames
from cxstats.contacts.log import ContactLog
from cxstats.errors import ArgumentError, need_columns
from cxstats.expression import Literal
from cxstats.inference.request import need_by
from cxstats.memory import Frame, Plan
from cxstats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

MOST = 1_000  # groups; of more, the covariance of all with all is no longer a table
SPANS = {"year": "Y", "quarter": "Q", "month": "M", "week": "W-SUN", "day": "D"}


def need_log(log: Any, place: str) -> None:
    """Raise `ArgumentError` for anything but a log."""
    if not isinstance(log, ContactLog):
        raise ArgumentError(
            f"{place}(log): a ContactLog is needed, not a {type(log).__name__}. Make one: "
            "cx.ContactLog(frame, customer=, time=)."
        )


def grouped(log: ContactLog, by: Any, place: str, **options: Any) -> tuple[Survey, list[str]]:
    """Return the contacts with the periods that `by` names and the log has no column of, and the columns of the groups."""
    groups = list(need_by(by))
    made = periods_made(log, groups)
    if len(made) > 1:
        raise ArgumentError(
            f"{place}(by=): {made[0]!r} and {made[1]!r} are both periods, and only one is made of the times. Name one."
        )
    survey = log.survey(period=made[0] if made else None, **options)
    need_columns(f"{place}(by=)", groups, survey.frame.columns)
    return survey, groups


def periods_made(log: ContactLog, groups: Sequence[str]) -> list[str]:
    """Return the groups that are periods of the calendar and no columns of the log."""
    return [name for name in groups if name in frames.PERIODS and name not in log.names]


def need_few(frame: Frame, groups: Sequence[str], place: str) -> None:
    """Raise `ArgumentError` for more groups than a table can hold."""
    if not groups:
        return
    many = frame.more_than(MOST, groups)
    if frame.most_lookups is None:
        many = len(frame.sums(Plan({"one": Literal(1.0)}, [("one",)], by=groups)).values["one",]) > MOST
    if many:
        raise ArgumentError(
            f"{place}(by={list(groups)!r}): there are more than {MOST:,} groups. Put what is alike into one, such as days "
            "into months, or take another column."
        )


def in_part(log: ContactLog, labels: pd.Series[Any], period: str, washout: float) -> str:
    """Return which of the first and the last period are seen in part only, in words, by the clock of the log."""
    import pandas as pd

    first, last = (pd.Period(str(label), freq=SPANS[period]) for label in (labels.min(), labels.max()))
    begins, ends = (pd.Timestamp(at) for at in log.by_its_clock(log.start, log.end))
    begins += pd.Timedelta(days=washout)
    said = [f"{labels.min()} from {begins:%Y-%m-%d} on"] if first.start_time < begins else []
    said += [f"{labels.max()} until {ends:%Y-%m-%d}"] if last.end_time.floor("D") > ends else []
    return f"of the first and the last {period}, seen in part: {' and '.join(said)}" if said else ""
