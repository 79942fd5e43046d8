"""The columns of a contact log, by what they hold: which contacts belong together, and which of two at one time is first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cxstats.errors import ArgumentError, need_columns, need_free
from cxstats.expression import Expression, Literal, col
from cxstats.memory import Frame

PLACE = "ContactLog"


@dataclass(frozen=True)
class Columns:
    """The columns of a log, by what they hold."""

    customer: str
    time: str
    issue: str | None = None
    channel: str | None = None
    resolved: str | None = None
    wait: str | None = None
    transferred: str | None = None
    agent: str | None = None
    abandoned: str | None = None

    def named(self) -> dict[str, str]:
        """Return the columns given, by argument."""
        return {place: name for place, name in vars(self).items() if name is not None}

    def need(self, there: Sequence[str], taken: Sequence[str]) -> None:
        """Raise unless all columns are there, each named once, and none has a name that is taken."""
        for place, name in self.named().items():
            need_columns(f"{PLACE}({place}=)", [name], there)
        given = list(self.named().values())
        twice = next((name for name in given if given.count(name) > 1), None)
        if twice is not None:
            raise ArgumentError(f"{PLACE}: column {twice!r} is named twice. Each argument has a column of its own.")
        need_free(PLACE, taken, there)

    def together(self, same_issue: bool | None) -> tuple[str, ...]:
        """Return the columns that say which contacts belong together: by default those of one issue, where there are issues."""
        if same_issue and self.issue is None:
            raise ArgumentError(f"{PLACE}: same_issue=True needs issue=, the column of what a contact was about.")
        split = self.issue is not None if same_issue is None else same_issue
        return (self.customer, self.issue) if split and self.issue is not None else (self.customer,)

    def ties(self, by: Sequence[str]) -> list[str]:
        """Return the columns that say which of two contacts at one time comes first."""
        return [name for place, name in self.named().items() if name not in by and place != "time"]

    def lost(self, frame: Frame, nobody: Sequence[Any]) -> dict[str, Expression]:
        """Return why a row cannot be followed: no time, no customer, or one of the names of nobody that the column can hold."""
        who, wanted = (
            col(self.customer),
            {"text": str, "number": (int, float)}.get(frame.kinds([self.customer])[self.customer], ()),
        )
        named = [nobody] if isinstance(nobody, str) else nobody
        names = [v for v in named if isinstance(v, wanted) and not isinstance(v, bool)]  # type: ignore[arg-type]
        return {
            "without a time": col(self.time).is_missing(),
            "without a customer": who.is_missing(),
            "of nobody": who.is_in(names) if names else Literal(False),
        }
