"""Answers to a survey beside the contacts that they are about: a column of the log, or a frame joined by a key.

A log may be of any size, on any engine; answers are few. They are read into memory, and the contacts learn theirs there, or by
two lists in the query: the keys of those who say yes, and of those who say no.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats import frames
from cxstats.contacts.flags import flag
from cxstats.contacts.log import ContactLog
from cxstats.errors import ArgumentError, ColumnError, DataError, NoRowsError, need_columns, need_free
from cxstats.expression import Expression, Literal, Lookup, col, when
from cxstats.memory import Frame, Plan
from cxstats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

SAID = "cx_said"
NOTHING = Literal(0.0) / Literal(0.0)
MOST = 100_000  # answers in a list that is written into a query


@dataclass(frozen=True)
class Beside:
    """Answers beside the log: how many there are, how many of them no contact learns, and why."""

    answers: int
    unseen: dict[str, int]

    def __str__(self) -> str:
        found = {"of contacts": self.answers - sum(self.unseen.values())}
        found |= {why.removeprefix("answers ").removeprefix("that are "): count for why, count in self.unseen.items()}
        said = (f"{count:,} {'is' if count == 1 else 'are'} {what}" for what, count in found.items() if count)
        return f"of {self.answers:,} answers {', '.join(said)}"


def answered(
    log: ContactLog, contacts: Survey, answer: str, yes: Any, answers: Any, on: str | None, place: str
) -> tuple[Survey, Expression, Beside | None]:
    """Return the contacts with their answers, whether one says yes, and which answers beside the log no contact has."""
    if (answers is None) != (on is None):
        raise ArgumentError(
            f"{place}: answers= and on= belong together: a frame of answers, and the column that both have."
        )
    frame, mark = contacts.frame, contacts.synthetic
    beside: Beside | None = None
    need_free(place, [SAID], frame.columns)
    if answers is None or on is None:
        frame = frames.assigned(frame, {SAID: _yes(frame, answer, yes, f"{place}(answer=)")})
    else:
        asked = answers if isinstance(answers, Survey) else Survey(answers)
        said, blank = _by_key(frame, asked.frame, answer, yes, on, place)
        frame = frames.assigned(frame, {SAID: _told(frame, on, said, place)})
        whole = frames.wrap(log.given)
        met = _met(frame, on, place)
        there = len(_times(frames.assigned(whole, {SAID: _told(whole, on, said, place)}), on))
        beside = Beside(len(said) + blank, {
            "answers that are blank": blank,
            "answers of contacts that the log left out": there - met,
            "answers without a contact": len(said) - there,
        })  # fmt: skip
        mark = mark or asked.synthetic
    made = Survey(frame, psu=list(contacts.design.psu))
    made.synthetic = mark
    return made, col(SAID) == 1, beside


def _yes(frame: Frame, column: str, yes: Any, place: str) -> Expression:
    """Return 1 for an answer that means yes, 0 for another, and missing for none."""
    need_columns(place, [column], frame.columns)
    if yes is None:
        return flag(frame, column, place, by_name=True)
    meant = col(column).is_in(list(yes) if isinstance(yes, list | tuple | set | frozenset) else [yes])
    meant.kind(frame.kinds([column]), place)
    return when(col(column).is_answered(), when(meant, 1.0, 0.0), NOTHING)


def _by_key(frame: Frame, asked: Frame, answer: str, yes: Any, on: str, place: str) -> tuple[pd.DataFrame, int]:
    """Return the answers that are there, one a key, and how many rows have none, or no key."""
    need_columns(f"{place}(on=)", [on], frame.columns)
    need_columns(f"{place}(answers=, on=)", [on], asked.columns)
    need_columns(f"{place}(answers=, answer=)", [answer], asked.columns)
    kinds = [one.kinds([on])[on] for one in (frame, asked)]
    if kinds[0] != kinds[1] or kinds[0] not in ("text", "number"):
        raise ColumnError(
            f"{place}(on={on!r}): the log holds {frame.described(on)}, the answers {asked.described(on)}. Give both as "
            "texts, or both as numbers."
        )
    given = frames.wrap(frames.in_memory(asked, [on, answer]))
    said = frames.in_memory(frames.assigned(given, {SAID: _yes(given, answer, yes, f"{place}(answer=)")}), [on, SAID])
    rows, said = len(said), said[said[on].notna() & said[SAID].notna()]
    if not len(said):
        raise NoRowsError(f"{place}(answers=): no row has both {on!r} and {answer!r}.")
    twice = said[on][said[on].duplicated()]
    if len(twice):
        raise DataError(
            f"{place}(answers=): {on} {twice.iloc[0]!r} answers more than once ({len(twice):,} rows more than keys). Keep one "
            "answer of each."
        )
    return said, rows - len(said)


def _told(frame: Frame, on: str, said: pd.DataFrame, place: str) -> Expression:
    """Return each contact's answer: looked up in memory, written as two lists of keys for an engine of its own."""
    if frame.most_lookups is None:
        return Lookup([on], said[[on]], said[SAID].to_numpy(), "answers")
    if len(said) > MOST:
        raise DataError(
            f"{place}(answers=): {len(said):,} answers are too many for one query of {frame.engine} (at most {MOST:,}). Join "
            "them to the log there, and name their column: reconcile(log, answer=)."
        )
    keys = (said[on][said[SAID] == value].tolist() for value in (1.0, 0.0))
    says_yes, says_no = (col(on).is_in(found) if found else Literal(False) for found in keys)
    return when(says_yes, 1.0, when(says_no, 0.0, NOTHING))


def _met(frame: Frame, on: str, place: str) -> int:
    """Return how many answers have a contact; raise `DataError` if one has several."""
    times = _times(frame, on)
    if times.max(initial=0) > 1:
        key, count = frame.tally(col(on), col(SAID).is_answered(), most=1)[0]
        raise DataError(
            f"{place}(on={on!r}): {key!r} answers once but has {count:,} contacts in the log. Join each answer to the "
            "contact that it is about, by a key of the contact."
        )
    return len(times)


def _times(frame: Frame, on: str) -> np.ndarray:
    """Return how many contacts each answer has, of those that have one."""
    found = frame.sums(Plan({"rows": Literal(1.0)}, [("rows",)], by=[on], inside=col(SAID).is_answered()))
    return found.values["rows",][found.inside & (found.keys[on].codes >= 0)]
