"""The contact log: one row a contact, checked once, and what is left out of it counted.

Contacts without a customer, or of a customer who is nobody ("", 0), cannot be followed: they are kept apart.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from cxstats import frames
from cxstats.contacts.columns import Columns
from cxstats.contacts.flags import flag, span
from cxstats.contacts.left_out import KEPT, capital, counted, exclusive, need_some, told
from cxstats.contacts.suspicions import crowd_in, gap_in
from cxstats.contacts.times import as_times, moment
from cxstats.errors import DataError, NoRowsError, need_columns, need_free, one_of
from cxstats.expression import Expression, col
from cxstats.inference.request import need_domain
from cxstats.memory import Frame
from cxstats.survey import Survey

PLACE = "ContactLog"
DAY = 86_400e6  # microseconds
IN, LEFT = "days_in", "days_left"
TRANSFERS = "cx_transfers"
EPISODE = ("repeat", "contacts", "days", "channels", "transfers", "censored", "open", "early", TRANSFERS)


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
        Customers who are nobody, besides missing ones: by default 0, "0", "", "anonymous" and "unknown". Names of your own
        take the place of these: ``nobody=[*cx.ContactLog.NOBODY, "N/A"]`` adds one.
    duplicates : {"drop", "keep"}
        Rows that agree in all the columns named here are one contact ("drop"): the first by its other columns, in their order,
        stays. "keep" does not look for them, nor for a customer with a good part of all contacts, which saves passes over a
        large log.
    start : time, optional
        When the log begins, if earlier than its first contact: from then on no contact went unseen. Parts of a log that are
        measured apart (`totals`) need one start and one end.
    end : time, optional
        When the log ends, if later than its last contact: until then no contact went unseen. By the clock of the zone of the
        log's times, if they have one. It also says that contacts years away from all others are meant.

    Attributes
    ----------
    counts : dict of str to int
        ``rows`` of the frame, and how many of them are not followed: ``without a time``, ``without a customer``, ``of nobody``,
        ``twice there``; ``contacts`` are left.
    start, end : datetime
        When the log begins (its first contact) and ends; in UTC, if times have a zone.

    Raises
    ------
    ColumnError
        If a column is not there, or times are numbers, or texts on an engine that cannot read them.
    DataError
        If times are texts of two formats, some have a zone and some none, contacts lie after the `end` stated, or nobody came
        for more than a year and a third of the log: 9999-12-31 or 1900-01-01 is no time, and would end or begin the log.
    NoRowsError
        If no contact is left.
    ArgumentError
        If a column is named twice, the frame has one of a name that a log gives (capitals apart), or `end` is no time.

    Notes
    -----
    Rows may come in any order. Whoever exports a log by month cuts episodes at its edges: pass the whole log. Negative waits
    of its contacts are counted where the log is printed: `forced_effort` refuses them, means and quantiles take them as they
    are. A customer with more than 1 % of the contacts and 100 times the mean is named: it may be nobody.

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

    NOBODY = (0, "0", "", "anonymous", "unknown")

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
        start: Any = None,
        end: Any = None,
    ) -> None:
        self.columns = Columns(customer, time, issue, channel, resolved, wait, transferred, agent, abandoned)
        one_of(f"{PLACE}(duplicates=)", duplicates, ("drop", "keep"))
        self.given, wrapped = frame, frames.wrap(frame)
        self.columns.need(wrapped.columns, (frames.BEFORE, frames.AFTER, IN, LEFT))
        self._synthetic = Survey(wrapped).synthetic
        wrapped, unread = as_times(wrapped, time, f"{PLACE}(time=)")
        self._drops = duplicates == "drop"
        followed = exclusive(self.columns.lost(wrapped, nobody))
        self._left = counted(wrapped, followed)
        contacts, rows = self._left.pop(KEPT), sum(self._left.values())
        if unread:
            self._left = {"with a time that cannot be read": unread} | self._left
            self._left["without a time"] -= unread
        need_some(PLACE, self._left, contacts)
        self._rows = rows + contacts
        self._kept = frames.kept(wrapped, followed[KEPT])
        first, last = frames.extent(self._kept, time)
        zone = frames.zone(self._kept, time)
        self._first = moment(start, first, zone, f"{PLACE}(start=)", begins=True)
        self._last = moment(end, last, zone, f"{PLACE}(end=)")
        self._gap = gap_in(self._kept, time, first, last, (IN, LEFT))
        if self._gap is not None and end is None:
            raise DataError(
                f"{PLACE}(time={time!r}): {self._gap}. Such a date mostly stands for none: leave it out, or make it missing. "
                "If the log is right, say when it ends: ContactLog(end=)."
            )

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
        gone = self._spaced(self.columns.together(None))[1] if self._drops else 0
        left = self._left | {"twice there": gone}
        return {"rows": self._rows} | left | {"contacts": self._rows - sum(left.values())}

    @property
    def left_out(self) -> str:
        """What is not followed, in words."""
        counts = self.counts
        left = {why: n for why, n in counts.items() if why not in ("rows", "contacts")}
        return ". ".join([told(left | {KEPT: counts["contacts"]}, "rows"), *map(capital, self._odd)])

    @property
    def names(self) -> list[str]:
        """The columns of the frame."""
        return self._kept.columns

    def by_its_clock(self, *moments: datetime.datetime) -> list[datetime.datetime]:
        """Return moments of UTC by the clock of the times' zone, if they have one."""
        zone = frames.zone(self._kept, self.columns.time)
        if zone is None:
            return list(moments)
        return [at.replace(tzinfo=datetime.UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) for at in moments]

    @cached_property
    def _odd(self) -> tuple[str, ...]:
        """What is hardly so, though it is in the log, in words."""
        crowd = crowd_in(self._kept, self.columns.customer, self.counts["contacts"]) if self._drops else ""
        return tuple(filter(None, (str(self._gap or ""), crowd)))

    @cached_property
    def _negative_waits(self) -> int:
        wait = self.columns.wait
        if wait is None or self._kept.kinds([wait])[wait] != "number":
            return 0
        rows = self._spaced(self.columns.together(None))[0] if self.counts["twice there"] else self._kept
        return counted(rows, {wait: col(wait) < 0})[wait]

    def _spaced(self, by: tuple[str, ...], carry: tuple[str, ...] = ()) -> tuple[Frame, int]:
        if (by, carry) not in self._orders:
            self._orders[by, carry] = frames.spaced(
                self._kept, by, self.columns.time, self.columns.ties(by), self._drops, carry
            )
        return self._orders[by, carry]

    @cached_property
    def _orders(self) -> dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[Frame, int]]:
        return {}

    # --- as surveys -----------------------------------------------------------------------------------------------------

    def survey(
        self,
        where: Expression | None = None,
        *,
        same_issue: bool | None = None,
        carry: Sequence[str] = (),
        period: str | None = None,
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
        period : {"year", "quarter", "month", "week", "day"}, optional
            Adds a text column of this name with the period of each contact: "2026", "2026Q3", "2026-09", or a date, that of
            its Monday for weeks. Times with a zone lie in the periods of that zone (on DuckDB and Spark, of the session's).

        Returns
        -------
        Survey
            The columns of the frame, and ``days_before`` and ``days_after``: days since the contact before of the same
            customer (and issue), and until the next (missing where there is none); ``days_in`` and ``days_left``: days since
            the start of the log, and until its end.

        Raises
        ------
        ArgumentError
            If `where` is no condition, there are no issues to tell apart, `period` is none, or the log has a column of that
            name, or ``next_<name>``, already.
        ColumnError
            If a column to carry is not there.

        Notes
        -----
        Contacts of one customer are alike, so errors are those of a sample of customers: measured as a bare frame, each contact
        its own unit, intervals are too narrow. A month is not a sample of a customer's life: who has no contact in it is not
        there. The first and the last period are covered in part where `start` and `end` lie within them: shares bear it,
        totals do not. ``days_after`` is missing where no other contact follows: ``col("days_after") <= 7`` is not known of
        these, which leaves them out; ``col("days_after").is_missing() | (col("days_after") > 7)`` is "none within 7 days".

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
        need_free("survey(carry=)", [frames.NEXT + name for name in carry], self._kept.columns)
        found = self._frame(self.columns.together(same_issue), tuple(carry))
        if period is not None:
            one_of("survey(period=)", period, frames.PERIODS)
            need_free("survey(period=)", [period], self._kept.columns)
            found = frames.dated(found, self.columns.time, period)
        if where is not None:
            need_domain(where, found, "survey")
            found = frames.kept(found, where)
        made = Survey(found, psu=self.columns.customer)
        made.data_set = "contacts"
        made.looks_on = (frames.BEFORE, frames.AFTER, IN, LEFT, *(frames.NEXT + name for name in carry))
        made.counts_days, made.watched = (IN, LEFT), f"from {self.start} to {self.end}"
        made.left_out = {why: count for why, count in self.counts.items() if why != "contacts"}
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
            If the window is none, or the log has a column of a name that episodes give (capitals apart).
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
        window, by = span(within, "episodes(within=)"), self.columns.together(same_issue)
        need_free("episodes", EPISODE, self._kept.columns)
        if window > self.days:
            raise NoRowsError(
                f"episodes(within={within!r}): the log lasts {self.days:,.1f} days, less than the window, so that no first "
                "contact can be told. Take a shorter window, or a longer log."
            )
        c, rows = self.columns, self._frame(by)
        if c.transferred is not None:
            rows = frames.assigned(rows, {TRANSFERS: flag(rows, c.transferred, "episodes(transferred)")})
        how = frames.Runs(
            by, c.time, self.columns.ties(by), window, LEFT, c.channel, TRANSFERS if c.transferred else None
        )
        found = frames.runs(rows, how)
        again = col(frames.AFTER).is_answered() & (col(frames.AFTER) <= window)
        made = {"repeat": again, "censored": ~again & (col(LEFT) < window), "early": col(IN) < window}
        return frames.returned(frames.flagged(found, made, drop=[TRANSFERS] if c.transferred else []), self.given)

    def _frame(self, by: tuple[str, ...], carry: tuple[str, ...] = ()) -> Frame:
        """Return the contacts with the days before and after, into the log and left in it."""
        if (by, carry) not in self._frames:  # one frame for all claims about the log
            rows = self._spaced(by, carry)[0]
            self._frames[by, carry] = frames.placed(rows, self.columns.time, self._first, self._last, (IN, LEFT))
        return self._frames[by, carry]

    @cached_property
    def _frames(self) -> dict[tuple[tuple[str, ...], tuple[str, ...]], Frame]:
        return {}

    def __repr__(self) -> str:
        span = f"{self.start:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M} ({self.days:,.1f} days)"
        mark = f" {self._synthetic.capitalize()}." if self._synthetic else ""
        waits = self._negative_waits
        below = f" {waits:,} {'wait is' if waits == 1 else 'waits are'} negative." if waits else ""
        return (
            f"<ContactLog of {self.counts['contacts']:,} contacts on {self._kept.engine}, {span}. "
            f"{capital(self.left_out)}.{below}{mark}>"
        )
