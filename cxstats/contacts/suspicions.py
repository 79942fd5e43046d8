"""What is hardly so in a log: contacts years away from all others, a customer with a good part of all contacts.

A date such as 9999-12-31 or 1900-01-01 stands for none, a customer such as "N/A" for nobody. Both are found in the log alone,
whatever day it is today: by a gap of more than a year and a third of the log, by more than 1 % of all contacts and 100 times
the mean.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from itertools import pairwise

from cxstats import frames
from cxstats.contacts.left_out import counted
from cxstats.expression import Literal, Passed, col
from cxstats.memory import Frame, Plan

DAY = 86_400e6  # microseconds
EPOCH = datetime.datetime(1970, 1, 1)
YEAR, THIRD = 365.0, 3
PARTS = 4 * THIRD  # of the log, in which contacts are counted: more than a third without any leaves three of them empty
PART = "cx_part"
SOME = 10_000  # contacts that are looked at first
SHARE, TIMES = 0.01, 100


@dataclass(frozen=True)
class Gap:
    """A time without a contact: between which moments, in microseconds since 1970, and how many contacts lie on either side."""

    before: float
    after: float
    earlier: int
    later: int

    def __str__(self) -> str:
        days = (self.after - self.before) / DAY
        late = self.later <= self.earlier
        few, at, other = (self.later, self.after, self.before) if late else (self.earlier, self.before, self.after)
        lie = "contact lies" if few == 1 else "contacts lie"
        return (
            f"{few:,} {lie} {'after' if late else 'before'} a gap of {days:,.0f} days, at {_shown(at)} or "
            f"{'later' if late else 'earlier'}; the next of the others is at {_shown(other)}"
        )


def _shown(at: float) -> str:
    return f"{EPOCH + datetime.timedelta(microseconds=at):%Y-%m-%d %H:%M}"


def gap_in(frame: Frame, time: str, first: float, last: float, names: tuple[str, str]) -> Gap | None:
    """Return the longest time without a contact if it is more than a year and a third of the log; one pass, in most logs."""
    days = (last - first) / DAY
    if not days > YEAR:
        return None
    ends = [days * k / PARTS for k in range(1, PARTS)]

    def parted(frame: Frame) -> tuple[Frame, dict[int, int]]:
        placed = frames.placed(frame, time, first, last, names)
        rows = frames.assigned(placed, {PART: Passed(col(names[0]), ends, reached=True)})
        return rows, {int(part): count for part, count in rows.tally(col(PART), Literal(True), most=PARTS)}

    if len(parted(frames.some(frame, SOME))[1]) == PARTS:  # some contacts in every part: no gap is so long
        return None
    rows, counts = parted(frame)
    wide, part = max((later - earlier, earlier) for earlier, later in pairwise(sorted(counts)))
    if wide < PARTS / THIRD:
        return None
    before = frames.extent(frames.kept(rows, col(PART) <= part), time)[1]
    after = frames.extent(frames.kept(rows, col(PART) > part), time)[0]
    if after - before <= max(YEAR, days / THIRD) * DAY:
        return None
    earlier = sum(count for one, count in counts.items() if one <= part)
    return Gap(before, after, earlier, sum(counts.values()) - earlier)


def crowd_in(frame: Frame, customer: str, contacts: int) -> str:
    """Return the customer, if there is one, with more than 1 % of all contacts and more than 100 times the mean, in words."""
    who, count, customers = _most(frame, customer, SHARE * contacts)
    if not count > TIMES * contacts / max(customers, 1):
        return ""
    return (
        f"customer {getattr(who, 'item', lambda: who)()!r} has {count:,} contacts, {100 * count / contacts:.1f} % of all and "
        f"{count * customers / contacts:,.0f} times the mean: if that is nobody, name it in nobody="
    )


def _most(frame: Frame, customer: str, least: float) -> tuple[object, int, int]:
    """Return the customer with most contacts, if more than `least`, how many these are, and how many customers there are."""
    cells = frame.cells(Plan({"rows": Literal(1.0)}, [("rows",)], by=[customer]))
    few = frames.in_memory(frames.kept(cells, col("sum0") > least), ["key0", "sum0"])  # customers may be many
    if not len(few):
        return None, 0, 0
    most = few.sort_values(["sum0", "key0"], ascending=[False, True])
    return most["key0"].iloc[0], int(most["sum0"].iloc[0]), counted(cells, {"there": col("sum0") > 0})["there"]
