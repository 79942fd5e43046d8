"""The contact log: one row a contact, checked once, and what is left out of it counted.

Contacts without a customer, or of a customer who is nobody ("", 0), cannot be followed: they are kept apart.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from cxstats import frames
from cxstats.contacts.flags import flag, span
from cxstats.contacts.times import as_times, moment
from cxstats.errors import ArgumentError, NoRowsError, need_columns, one_of
from cxstats.expression import Expression, col, when
from cxstats.memory import Frame, Plan
from cxstats.survey import Survey

PLACE = "ContactLog"
NOBODY = (0, "0", "", "anonymous", "unknown")
DAY = 86_400e6  # microseconds
IN, LEFT = "days_in", "days_left"


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


class ContactLog:
    """A log of contacts: who came when, through which channel, with what outcome.

    Parameters
    ----------
    frame : frame
        One row a contact: pandas, polars (eager or lazy), pyarrow, a DuckDB relation (also of Parquet) or a PySpark frame.
    customer, time : str
        Columns of who came, and when: times, dates, or texts of one format (in pandas and pyarrow).
    issue, channel, resolved, wait, transferred, agent, abandoned : str, optional
        Columns of what it was about, how they came, whether it was resolved, the wait, whether it was passed on, who served,
        and whether the customer gave up. They also say which of two contacts at one time comes first (in this order, missing
        first).
    nobody : list of values
        Customers who are nobody, besides missing ones: by default 0, "0", "", "anonymous" and "unknown".
    duplicates : {"drop", "keep"}
        Rows that agree in all the columns named here are one contact ("drop"); "keep" does not look for them, which saves a
        pass over a large log.
    end : time, optional
        When the log ends, if later than its last contact: until then no contact went unseen.

    Attributes
    ----------
    counts : dict of str to int
        ``rows`` of the frame, and how many of them are not followed: ``without a time``, ``without a customer``, ``of nobody``,
        ``twice there``; ``contacts`` are left.
    start, end : datetime
        When the log begins (its first contact) and ends.

    Raises
    ------
    ColumnError
        If a column is not there, or times are numbers, or texts on an engine that cannot read them.
    DataError
        If times are texts of two formats, or contacts lie after the `end` stated.
    NoRowsError
        If no contact is left.

    Notes
    -----
    Rows may come in any order. Whoever exports a log by month cuts episodes at its edges: pass the whole log.

    References
    ----------
    Reichheld, F. F. and Sasser, W. E. (1990). Zero defections: quality comes to services. *Harvard Business Review* 68.

    Examples
    --------
    >>> import cxstats as cx
    >>> log = cx.ContactLog(cx.load_contacts(), customer="customer", time="time", issue="issue", channel="channel",
    ...                     resolved="resolved", wait="wait", transferred="transferred", agent="agent")
    >>> log.counts
    {'rows': 45469, 'without a time': 0, 'without a customer': 1570, 'of nobody': 0, 'twice there': 0, 'contacts': 43899}
    """

    def __init__(
        self,
        frame: Any,
        *,
        customer: str,
        time: str,
        issue: str | None = None,
        channel: str | None = None,
        resolved: str | None = None,
        wait: str | None = None,
        transferred: str | None = None,
        agent: str | None = None,
        abandoned: str | None = None,
        nobody: Sequence[Any] = NOBODY,
        duplicates: str = "drop",
        end: Any = None,
    ) -> None:
        self.columns = Columns(customer, time, issue, channel, resolved, wait, transferred, agent, abandoned)
        one_of(f"{PLACE}(duplicates=)", duplicates, ("drop", "keep"))
        wrapped = frames.wrap(frame)
        for place, name in self.columns.named().items():
            need_columns(f"{PLACE}({place}=)", [name], wrapped.columns)
        twice = next(
            (n for n in self.columns.named().values() if list(self.columns.named().values()).count(n) > 1), None
        )
        if twice is not None:
            raise ArgumentError(f"{PLACE}: column {twice!r} is named twice. Each argument has a column of its own.")
        taken = next((name for name in (frames.BEFORE, frames.AFTER, IN, LEFT) if name in wrapped.columns), None)
        if taken is not None:
            raise ArgumentError(f"{PLACE}: a log has a column {taken!r} of its own. Rename yours.")
        self._synthetic = Survey(wrapped).synthetic
        wrapped, unread = as_times(wrapped, time, f"{PLACE}(time=)")
        self._nobody = _of_kind(nobody, wrapped.kinds([customer])[customer])
        self._drops = duplicates == "drop"
        self._every = wrapped
        who, at = col(customer), col(time).is_answered()
        known = who.is_answered() & ~who.is_in(self._nobody) if self._nobody else who.is_answered()
        counts = counted(wrapped, {
            "rows": at | ~at, "without a time": ~at, "without a customer": at & ~who.is_answered(),
            "of nobody": at & who.is_answered() & ~known, "contacts": at & known,
        })  # fmt: skip
        if not counts["rows"]:
            raise NoRowsError(f"{PLACE}: the frame has no rows.")
        self._left = {k: v for k, v in counts.items() if k not in ("rows", "contacts")}
        if unread:
            self._left = {"with a time that cannot be read": unread} | self._left
            self._left["without a time"] -= unread
        self._rows = counts["rows"]
        if not counts["contacts"]:
            why = ", ".join(f"{count:,} {why}" for why, count in self._left.items() if count)
            raise NoRowsError(f"{PLACE}: no contact is left of {self._rows:,} rows ({why}).")
        self._kept = frames.kept(wrapped, at & known)
        self._first, last = frames.extent(self._kept, time)
        self._last = moment(end, last, f"{PLACE}(end=)")

    # --- what it holds ------------------------------------------------------------------------------------------------

    @property
    def start(self) -> datetime.datetime:  # noqa: D102  (documented as an attribute)
        return datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=self._first)

    @property
    def end(self) -> datetime.datetime:  # noqa: D102
        return datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=self._last)

    @property
    def days(self) -> float:
        """How many days lie between the start and the end."""
        return (self._last - self._first) / DAY

    @property
    def counts(self) -> dict[str, int]:  # noqa: D102
        gone = self._spaced(self._same(None))[1] if self._drops else 0
        left = self._left | {"twice there": gone}
        return {"rows": self._rows} | left | {"contacts": self._rows - sum(left.values())}

    @property
    def left_out(self) -> str:
        """What is not followed, in words."""
        counts = self.counts
        said = [f"{n:,} {why}" for why, n in counts.items() if n and why not in ("rows", "contacts")]
        return f"left out of {counts['rows']:,} rows: {', '.join(said) or 'none'}"

    def _same(self, same_issue: bool | None) -> tuple[str, ...]:
        """Return the columns that say which contacts belong together."""
        if same_issue is None:
            same_issue = self.columns.issue is not None
        if same_issue and self.columns.issue is None:
            raise ArgumentError(f"{PLACE}: same_issue=True needs issue=, the column of what a contact was about.")
        customer = (self.columns.customer,)
        return (*customer, self.columns.issue) if same_issue and self.columns.issue else customer

    def _spaced(self, by: tuple[str, ...], carry: tuple[str, ...] = ()) -> tuple[Frame, int]:
        if (by, carry) not in self._orders:
            self._orders[by, carry] = frames.spaced(
                self._kept, by, self.columns.time, self._ties(by), self._drops, carry
            )
        return self._orders[by, carry]

    @cached_property
    def _orders(self) -> dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[Frame, int]]:
        return {}

    # --- as surveys -----------------------------------------------------------------------------------------------------

    def survey(
        self, where: Expression | None = None, *, same_issue: bool | None = None, carry: Sequence[str] = ()
    ) -> Survey:
        """Return the contacts as a survey with customers as primary sampling units, for every score, comparison and claim.

        Parameters
        ----------
        where : Expression, optional
            The contacts wanted.
        same_issue : bool, optional
            Whether only contacts about the same issue are before or after one another; by default where the log has issues.
        carry : list of str, optional
            Columns whose value at the next contact is wanted, too: "channel" gives a column ``next_channel``.

        Returns
        -------
        Survey
            The columns of the frame, and ``days_before`` and ``days_after``: days since the contact before of the same
            customer (and issue), and until the next (missing where there is none); ``days_in`` and ``days_left``: days since
            the start of the log, and until its end.

        Raises
        ------
        ArgumentError
            If `where` is no condition, there are no issues to tell apart, or the log has a column ``next_<name>`` already.
        ColumnError
            If a column to carry is not there.

        Notes
        -----
        Contacts of one customer are alike, so errors are those of a sample of customers. A month is not a sample of a
        customer's life: who has no contact in it is not there.

        References
        ----------
        Lumley, T. (2010). *Complex Surveys: A Guide to Analysis Using R*. Wiley.

        Examples
        --------
        >>> import cxstats as cx
        >>> log = cx.ContactLog(cx.load_contacts(), customer="customer", time="time", channel="channel", resolved="resolved")
        >>> found = cx.measure(log.survey(), cx.first_contact_resolution("resolved", yes="yes"), by="channel")
        >>> found.frame()[["channel", "n", "estimate", "conf_low", "conf_high"]].round(1)
          channel      n  estimate  conf_low  conf_high
        0     app  13440      84.8      84.2       85.4
        1  branch   4734      84.8      83.7       85.8
        2   phone  14508      84.0      83.4       84.6
        3     web  10194      85.3      84.6       85.9
        """
        need_columns("survey(carry=)", carry, self._kept.columns)
        taken = next((frames.NEXT + name for name in carry if frames.NEXT + name in self._kept.columns), None)
        if taken is not None:
            raise ArgumentError(f"survey(carry=): the log has a column {taken!r} of its own. Rename yours.")
        found = self._frame(self._same(same_issue), tuple(carry))
        if where is not None:
            if not isinstance(where, Expression):
                raise ArgumentError(
                    f"survey(where=): a condition such as col('x') > 3 is needed, not a {type(where).__name__}."
                )
            need_columns("survey(where=)", where.columns(), found.columns)
            found = frames.kept(found, where)
        made = Survey(found, psu=self.columns.customer)
        made.synthetic = self._synthetic
        return made

    def episodes(self, within: Any = "7D", *, same_issue: bool | None = None) -> Any:
        """Return one row for each first contact: what followed it, and what is not known.

        A first contact is one with none before it, of the same customer (and issue), within the window. Its episode runs until
        a gap longer than the window.

        Parameters
        ----------
        within : str or number
            The window: "7D", "36h", or a number of days. A contact exactly so long after still belongs to the episode.
        same_issue : bool, optional
            Whether a contact about another issue belongs to another episode; by default so, where the log has issues.

        Returns
        -------
        frame
            Of the kind given, on its engine (lazy ones stay lazy): the columns of the first contact, ``days_before``,
            ``days_after``, ``days_in``, ``days_left``, and ``repeat``: another follows within the window; ``contacts``: of the
            episode; ``days``: to its last; ``channels`` in order, five at most; ``transfers``; ``censored``: no repeat so far,
            but watched for less than the window; ``open``: the last contact is less than a window from the end of the log;
            ``early``: it is less than a window from the start, so that one before it may be missing.

        Raises
        ------
        ArgumentError
            If the window is none.
        NoRowsError
            If the window is longer than the log: then no first contact can be told.

        Notes
        -----
        The share of ``repeat`` is too low where rows are ``censored``: `resolution_curve` allows for it. Contacts at the same
        time go by the other columns of the log.

        References
        ----------
        Kaplan, E. L. and Meier, P. (1958). Nonparametric estimation from incomplete observations. *J. Am. Stat. Assoc.* 53.

        Examples
        --------
        >>> import cxstats as cx
        >>> log = cx.ContactLog(cx.load_contacts(), customer="customer", time="time", channel="channel")
        >>> log.episodes("7D")[["customer", "repeat", "contacts", "channels", "censored"]].head(3)
              customer  repeat  contacts channels  censored
        0       c05048   False         1      web     False
        9389    c05048   False         1   branch     False
        17407   c05048   False         1      web     False
        """
        window, by = span(within, "episodes(within=)"), self._same(same_issue)
        if window > self.days:
            raise NoRowsError(
                f"episodes(within={within!r}): the log lasts {self.days:,.1f} days, less than the window, so that no first "
                "contact can be told. Take a shorter window, or a longer log."
            )
        c, rows = self.columns, self._frame(by)
        if c.transferred is not None:
            rows = frames.assigned(rows, {"cx_transfers": flag(rows, c.transferred, "episodes(transferred)")})
        how = frames.Runs(
            by, c.time, self._ties(by), window, LEFT, c.channel, "cx_transfers" if c.transferred else None
        )
        found = frames.runs(rows, how)
        again = col(frames.AFTER).is_answered() & (col(frames.AFTER) <= window)
        made = {"repeat": again, "censored": ~again & (col(LEFT) < window), "early": col(IN) < window}
        return frames.flagged(found, made, drop=["cx_transfers"] if c.transferred else []).native

    def _ties(self, by: tuple[str, ...]) -> list[str]:
        return [name for place, name in self.columns.named().items() if name not in by and place != "time"]

    def _frame(self, by: tuple[str, ...], carry: tuple[str, ...] = ()) -> Frame:
        """Return the contacts with the days before and after, into the log and left in it."""
        return frames.placed(self._spaced(by, carry)[0], self.columns.time, self._first, self._last, (IN, LEFT))

    def __repr__(self) -> str:
        span = f"{self.start:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M} ({self.days:,.1f} days)"
        mark = f" {self._synthetic.capitalize()}." if self._synthetic else ""
        return (
            f"<ContactLog of {self.counts['contacts']:,} contacts on {self._kept.engine}, {span}. "
            f"{self.left_out.capitalize()}.{mark}>"
        )


def _of_kind(values: Sequence[Any], kind: str) -> list[Any]:
    """Return the values that a column of this kind can hold."""
    wanted = {"text": str, "number": (int, float)}.get(kind, ())
    return [v for v in values if isinstance(v, wanted) and not isinstance(v, bool)]  # type: ignore[arg-type]


def counted(frame: Frame, conditions: Mapping[str, Expression]) -> dict[str, int]:
    """Return how many rows fulfil each condition, in one pass."""
    if not conditions:
        return {}
    columns = {name: when(condition, 1.0, 0.0) for name, condition in conditions.items()}
    found = frame.sums(Plan(columns=columns, products=[(name,) for name in columns]))
    return {name: int(np.sum(found.values[name,])) for name in columns}
