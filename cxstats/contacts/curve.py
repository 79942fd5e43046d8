"""First-contact resolution by a log: the share of contacts that no other follows within so many days.

Every contact is watched until the log ends, a time that is known for all. So in each bin of days those are at risk who are
watched to its end and have not come again before, whatever happens to them, and

    S(d) = product over bins up to d of (1 - events / at risk)

is a smooth function of two totals a bin (`survival`), with customers as primary sampling units and one covariance for all days
and groups. Greenwood's formula takes contacts as independent, and those of one customer are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np

from cxstats.contacts.flags import flag, span
from cxstats.contacts.groups import grouped, in_part, need_few, need_log, periods_made
from cxstats.contacts.left_out import capital, told
from cxstats.contacts.log import IN, LEFT, ContactLog
from cxstats.contacts.survival import Survival, survival
from cxstats.errors import ArgumentError, NoRowsError, need_columns
from cxstats.expression import Expression, col
from cxstats.frames import AFTER, BEFORE
from cxstats.inference.estimate import Estimate
from cxstats.inference.known import Known
from cxstats.inference.measure import measure
from cxstats.inference.noted import as_shares, noted
from cxstats.inference.request import need_domain
from cxstats.metrics import share
from cxstats.survey import Survey

PLACE = "resolution_curve"
MOST_BINS = 60
FEW = 30  # at risk in a bin


def resolution_curve(
    log: ContactLog,
    days: Any = (1, 3, 7, 14, 30),
    washout: Any = None,
    by: str | Sequence[str] | None = None,
    *,
    where: Expression | None = None,
    same_issue: bool | None = None,
    resolvable: str | None = None,
) -> Estimate:
    """Estimate the share of first contacts that are followed by no other within each of several windows.

    A first contact has none before it within the washout. ``S(d)`` is the product over bins of days up to d of
    ``1 - events / at risk``: at risk is who is watched to the end of the bin and has not come again before it begins.

    Parameters
    ----------
    log : ContactLog
        The contacts.
    days : list of numbers, texts or timedeltas
        The windows, in days of 24 hours, or as "7D" or "36h": a contact at most so long after counts as a repeat.
    washout : number, str or timedelta, optional
        How many days a contact must have none before it to be a first one; by default the longest window. Contacts of the first
        days of the log, up to the washout, are left out: what was before them is not known.
    by : str or list of str, optional
        Columns of the first contact, such as its channel; or a period ("year", "quarter", "month", "week", "day"), made of the
        times if the log has no such column. A first and last period that are seen in part are named.
    where : Expression, optional
        The domain: first contacts that count. Contacts outside it still count as repeats.
    same_issue : bool, optional
        Whether a contact about another issue counts as one before or after; by default not, where the log has issues.
    resolvable : str, optional
        Column of the first contact (yes/no, true/false or 1/0): could it be resolved at the first contact. The curve is then
        the net one: first contacts that say no, or do not say, are left out and counted; they still count as repeats.

    Returns
    -------
    Estimate
        Labels ``metric`` ("resolved", or "net_resolved"), ``days`` and those of ``by``; in percent, with customers as PSUs,
        Wilson intervals and one covariance. `n` counts the first contacts in the base; all windows have the same. Printed, it
        counts all other contacts of the log, each under the first reason that holds.

    Raises
    ------
    NoRowsError
        If the log is shorter than the washout and the longest window together, or no first contact is left.
    ArgumentError
        If days are not positive, the washout is below 0, `where` is no condition, or there are more than 1,000 groups.
    ColumnError, DataError
        If a column is not there or of the wrong kind, or `resolvable` says something else than yes or no.

    Notes
    -----
    No repeat is not yet resolved: who gives up does not come again. A repeat by a contact without a customer goes unseen: the
    share without one bounds what is missed. And in the newest month the naive rate, repeats among
    contacts seen so far, is too high, since most have not been watched for long. Gross and net curves are different measures.

    References
    ----------
    Kaplan, E. L. and Meier, P. (1958). Nonparametric estimation from incomplete observations. *J. Am. Stat. Assoc.* 53.
    Binder, D. A. (1992). Fitting Cox's proportional hazards models from survey data. *Biometrika* 79.

    Examples
    --------
    >>> import cxstats as cx
    >>> log = cx.ContactLog(cx.load_contacts(), customer="customer", time="time", channel="channel")
    >>> cx.resolution_curve(log).frame()[["days", "n", "estimate", "conf_low", "conf_high"]].round(1)
       days      n  estimate  conf_low  conf_high
    0     1  29439      94.1      93.8       94.4
    1     3  29439      86.3      85.9       86.7
    2     7  29439      78.2      77.7       78.7
    3    14  29439      73.7      73.1       74.2
    4    30  29439      70.4      69.9       71.0
    """
    need_log(log, PLACE)
    windows = _windows(days)
    longest = windows[-1] if washout is None else _washout(washout)
    if log.days < longest + windows[-1]:
        raise NoRowsError(
            f"{PLACE}: the log lasts {log.days:,.1f} days, which is less than a washout of {longest:g} and a window of "
            f"{windows[-1]:g}: no first contact can be told and watched so long. Take shorter ones, or a longer log."
        )
    survey, groups = grouped(log, by, PLACE, same_issue=same_issue)
    if "days" in groups:
        raise ArgumentError(f"{PLACE}(by='days'): results have a column 'days' of their own. Rename yours.")
    need_domain(where, survey.frame, PLACE)
    need_few(survey.frame, groups, PLACE)
    ends = _bins(windows)
    first = (col(IN) >= longest) & (col(BEFORE).is_missing() | (col(BEFORE) > longest))
    base = first if where is None else first & where
    why = {} if where is None else {"outside where=": where.is_missing() | ~where}
    why |= {
        "not first contacts": col(BEFORE).is_answered() & (col(BEFORE) <= longest),
        f"in the first {longest:g} days, so that one before is not known": col(IN) < longest,
        f"watched for less than {ends[0]:g} {'day' if ends[0] == 1 else 'days'}": col(LEFT) < ends[0],
    }
    if resolvable is not None:
        need_columns(f"{PLACE}(resolvable=)", [resolvable], survey.frame.columns)
        can_be = flag(survey.frame, resolvable, f"{PLACE}(resolvable=)")
        why |= {f"without {resolvable}": can_be.is_missing(), f"not resolvable by {resolvable}": can_be == 0}
        base = base & (can_be == 1)
    why |= {f"without {name}": col(name).is_missing() for name in groups}
    at = [ends.index(window) for window in windows]
    try:
        still = survival(survey, AFTER, LEFT, ends, at, base, groups, why)
    except NoRowsError as error:
        nowhere = "" if where is None else _why_none(survey, where)
        raise NoRowsError(f"{error} {capital(nowhere)}".strip()) from None
    found = _curve(still, at, windows, resolvable)
    begins = log.start + timedelta(days=longest)
    said = f"first contacts have none before them in {longest:g} days; from {begins:%Y-%m-%d} on, watched to {log.end:%Y-%m-%d}"
    partly = (in_part(log, found.labels[period], period, longest) for period in periods_made(log, groups))
    found._origin = replace(found._origin, left_out=(log.left_out, told(still.counts), said, *filter(None, partly)))
    return found


def _why_none(survey: Survey, where: Expression) -> str:
    """Return what `measure` says of a domain without a row: which value does not occur, and which is like it."""
    everyone = share(col(survey.design.psu[0]).is_answered(), name="everyone")
    return next((said for said in measure(survey, everyone, where=where).remarks if said.startswith("where=")), "")


def _curve(found: Survival, at: list[int], windows: list[float], resolvable: str | None) -> Estimate:
    """Return S at the windows, by group, in percent."""
    import pandas as pd

    left = 100 * found.still[at].ravel()
    over = np.vstack([np.zeros(len(found.groups), dtype=bool), found.still[:-1] == 0])  # all have come again before
    watched = np.asarray([np.where(over, np.inf, found.at_risk)[: t + 1].min(axis=0) for t in at]).ravel()
    table = pd.concat([found.groups.assign(days=_plain(window)) for window in windows], ignore_index=True)
    table.insert(0, "metric", "resolved" if resolvable is None else "net_resolved")
    change, every = found.change, 100 * np.eye(len(left))
    errors = np.where(change._rows.unknown[:, None] | change._rows.unknown, 0.0, change._covariance.matrix())
    known = Known(errors, np.isnan(left), np.full(len(left), "", dtype=object))
    shares = as_shares(change._linear(left, every, every != 0, table, np.full(len(table), "%", dtype=object), known))
    worth = np.where(np.isin(left, (0.0, 100.0)), watched, shares._rows.n_effective)  # nobody, or all: no variance
    notes = ["" if few >= FEW else f"{few:,.0f} are watched so long" for few in watched]
    variant = "resolved by the log" + ("" if resolvable is None else f", net of what is not resolvable by {resolvable}")
    return noted(
        shares, notes, unknown=shares._rows.unknown | np.isnan(worth), n_effective=worth, most=shares.n,
        variant=np.full(len(table), variant, dtype=object), direction=np.full(len(table), "high", dtype=object),
    )  # fmt: skip


def _plain(window: float) -> float | int:
    return int(window) if float(window).is_integer() else window


def _bins(windows: list[float]) -> list[float]:
    """Return the ends of the bins: the windows, and days (or longer steps) between them."""
    step = max(1.0, windows[-1] / MOST_BINS)
    return sorted({*windows, *np.arange(step, windows[-1], step).tolist()})


def _windows(days: Any) -> list[float]:
    """Return the windows in days, each once, from short to long."""
    several = days if isinstance(days, Iterable) and not isinstance(days, str) else [days]
    found = sorted({span(one, f"{PLACE}(days=)") for one in several})
    if not found:
        raise ArgumentError(f"{PLACE}(days=): a window at least is needed, such as 7 or '7D', not {days!r}.")
    return found


def _washout(washout: Any) -> float:
    none = isinstance(washout, int | float | np.number) and not isinstance(washout, bool) and washout == 0
    return 0.0 if none else span(washout, f"{PLACE}(washout=)", "of 0 or more")
