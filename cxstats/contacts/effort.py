"""Forced effort: what customers had to go through because of the provider, as shares of contacts.

Effort is forced when the provider, not the customer, causes it: being passed on, telling it again, waiting, a self-service
that did not do, a promise not kept. Each is a yes or no of a contact; all are measured in one pass with customers as primary
sampling units, so that they may be compared and followed with their joint covariance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_
from typing import Any

import numpy as np

from cxstats.contacts.flags import flag
from cxstats.contacts.groups import grouped, need_log
from cxstats.contacts.log import ContactLog
from cxstats.errors import ArgumentError, ColumnError, NoColumnError, need_columns
from cxstats.expression import Expression, col
from cxstats.inference.estimate import Estimate
from cxstats.inference.measure import measure
from cxstats.inference.noted import noted
from cxstats.inference.request import need_domain
from cxstats.memory import Frame
from cxstats.metrics import share
from cxstats.score import Check, Score

PLACE = "forced_effort"
NO_PROMISE = "without a promised follow-up of which it is known whether it was kept"


def forced_effort(
    log: ContactLog,
    *,
    long_wait: float | None = None,
    repeated: str | None = None,
    self_service: str | None = None,
    promised: str | None = None,
    kept: str | None = None,
    by: str | Sequence[str] | None = None,
    where: Expression | None = None,
) -> Estimate:
    """Estimate the shares of contacts with effort that the provider forced on the customer.

    Effort is forced when the provider, not the customer, causes it. Each kind is ``100 * contacts with it / contacts of which
    it is known``, in percent; a kind is there if its column is.

    Parameters
    ----------
    log : ContactLog
        The contacts; its columns `transferred`, `wait` (in minutes) and `abandoned` count if it has them.
    long_wait : number, optional
        A wait of more minutes is long. Without it waits do not count.
    repeated : str, optional
        Column: had the customer to give information again (yes/no, true/false or 1/0, as all of these).
    self_service : str, optional
        Column: did the customer try self-service before, which failed, as this contact shows.
    promised, kept : str, optional
        Columns: was a follow-up promised, and was it kept. With `kept` alone, no answer means that none was promised.
    by : str or list of str, optional
        Columns of the contact, such as its channel; or a period, as in `resolution_curve`.
    where : Expression, optional
        The domain: contacts that count.

    Returns
    -------
    Estimate
        In percent, with customers as PSUs, Wilson intervals and one covariance. Labels ``metric`` and those of `by`; metrics
        are ``transferred``, ``information_repeated``, ``long_wait``, ``self_service_failed`` (among all contacts, not only
        calls), ``promise_broken`` (among contacts with a promised follow-up of which it is known), ``abandoned``, and ``any``
        of these, among contacts of which all are known.

    Raises
    ------
    ColumnError
        If a column is not there, or of the wrong kind.
    DataError
        If a column that should say yes or no says something else, or a wait is negative.
    ArgumentError
        If the log and the arguments name no kind of effort, `long_wait` is given without a column of waits, or `promised`
        without `kept`.

    Notes
    -----
    A share of contacts is not one of customers: who comes often counts often. ``any`` grows with the number of kinds that are
    recorded; compare it between groups or periods of one log, never between logs that record different ones.

    References
    ----------
    Dixon, M., Freeman, K. and Toman, N. (2010). Stop trying to delight your customers. *Harvard Business Review* 88.

    Examples
    --------
    >>> import cxstats as cx
    >>> log = cx.ContactLog(cx.load_contacts(), customer="customer", time="time", channel="channel", wait="wait",
    ...                     transferred="transferred", abandoned="abandoned")
    >>> found = cx.forced_effort(log, long_wait=10, repeated="repeated_information", self_service="self_service_tried",
    ...                          promised="follow_up_promised", kept="follow_up_kept")
    >>> found.frame()[["metric", "n", "estimate", "conf_low", "conf_high"]].round(1)
                     metric      n  estimate  conf_low  conf_high
    0           transferred  43899      16.9      16.5       17.2
    1  information_repeated  43899      20.3      20.0       20.7
    2             long_wait  43899      12.7      12.4       13.0
    3   self_service_failed  43899      30.3      29.9       30.7
    4        promise_broken   8701      20.0      19.2       20.8
    5             abandoned  43899       2.3       2.2        2.5
    6                   any  43899      56.8      56.3       57.3
    """
    need_log(log, PLACE)
    if promised is not None and kept is None:
        raise ArgumentError(
            f"{PLACE}(promised={promised!r}): kept= is needed, the column of whether promises were kept."
        )
    columns = log.columns
    survey, groups = grouped(log, by, PLACE)
    need_domain(where, survey.frame, PLACE)

    def yes(argument: str, column: str | None) -> Expression | None:
        need_columns(f"{PLACE}({argument}=)", [] if column is None else [column], survey.frame.columns)
        return None if column is None else flag(survey.frame, column, f"{PLACE}({argument}=)") == 1

    kinds = [
        Kind("transferred", yes("log, transferred", columns.transferred)),
        Kind("information_repeated", yes("repeated", repeated)),
        Kind("long_wait", None) if long_wait is None else _long_wait(survey.frame, columns.wait, long_wait),
        Kind("self_service_failed", yes("self_service", self_service)),
        _promise_broken(yes("promised", promised), yes("kept", kept)),
        Kind("abandoned", yes("log, abandoned", columns.abandoned)),
    ]
    found = noted(measure(survey, _scores(kinds), groups, where), "")
    said = (one.replace("with no answer to promise_broken", NO_PROMISE) for one in found._origin.left_out)
    found._origin = replace(found._origin, left_out=tuple(said))
    return found


@dataclass(frozen=True)
class Kind:
    """A kind of effort: whether a contact has it (None if the log cannot tell), and among which contacts: where it is known."""

    name: str
    forced: Expression | None
    among: Expression | None = None
    checks: tuple[Check, ...] = ()


def _long_wait(frame: Frame, wait: str | None, minutes: Any) -> Kind:
    """Return whether a wait is longer than so many minutes."""
    if isinstance(minutes, bool) or not isinstance(minutes, int | float | np.number) or not 0 <= minutes < np.inf:
        raise ArgumentError(f"{PLACE}(long_wait=): a number of minutes, 0 or more, is needed, not {minutes!r}.")
    if wait is None:
        raise NoColumnError(
            f"{PLACE}(long_wait={minutes:g}): the log has no waits. Name their column: ContactLog(wait=)."
        )
    if frame.kinds([wait])[wait] != "number":
        found, remedy = frame.why_no_number(wait)
        raise ColumnError(f"{PLACE}(long_wait=): column {wait!r} holds {found}, where minutes are needed. {remedy}")
    negative = Check(wait, col(wait) < 0, "negative waits", "Recode them as missing, or leave them out with where=.")
    return Kind("long_wait", col(wait) > float(minutes), checks=(negative,))


def _promise_broken(promised: Expression | None, kept: Expression | None) -> Kind:
    """Return whether a follow-up was promised and not kept, among those promised of which it is known."""
    if kept is None:
        return Kind("promise_broken", None)
    promised = kept.is_answered() if promised is None else promised
    return Kind("promise_broken", promised & ~kept, promised & kept.is_answered())


def _scores(kinds: Sequence[Kind]) -> list[Score]:
    """Return the share of contacts with each kind of effort, and with any of them where there are several."""
    told = [(kind, kind.forced) for kind in kinds if kind.forced is not None]
    if not told:
        raise ArgumentError(
            f"{PLACE}: no kind of effort is named. Give the log its transferred=, abandoned= or wait= column (and long_wait=), "
            "or name repeated=, self_service= or kept=."
        )
    scores = [
        replace(
            share(forced, name=kind.name), base=forced.is_answered() if kind.among is None else kind.among,
            checks=kind.checks, variant=f"share of contacts: {kind.name}",
        )
        for kind, forced in told
    ]  # fmt: skip
    if len(told) > 1:
        known = reduce(and_, (forced.is_answered() for _, forced in told))
        named = "any of " + ", ".join(kind.name for kind, _ in told)
        scores.append(
            replace(share(reduce(or_, (forced for _, forced in told)), name="any"), base=known, variant=named)
        )
    return scores
