"""Where customers turn next: of contacts that another follows, by which channel it comes.

Each contact knows the channel of the next one of its customer. The shares of one channel's contacts by the channel of the next
are one row of a matrix; a matrix is one estimate, with customers as primary sampling units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from cxstats.contacts.flags import span
from cxstats.contacts.groups import grouped, need_log
from cxstats.contacts.left_out import KEPT, reasons, told
from cxstats.contacts.log import LEFT, ContactLog
from cxstats.errors import ArgumentError, ColumnError, NoColumnError, NoRowsError, listing
from cxstats.expression import Expression, col
from cxstats.frames import AFTER, NEXT
from cxstats.inference.estimate import Estimate
from cxstats.inference.measure import measure
from cxstats.inference.request import need_by
from cxstats.memory import Frame
from cxstats.metrics import share

PLACE = "channel_switches"
FROM, TO = "channel", "next_channel"
MOST = 30  # channels; more are a column of something else


def channel_switches(
    log: ContactLog,
    within: Any = "7D",
    *,
    by: str | Sequence[str] | None = None,
    same_issue: bool | None = None,
) -> Estimate:
    """Estimate by which channel the next contact comes, of contacts that another follows within a window.

    For each channel the share of its followed contacts by the channel of the next: ``100 * n(from, to) / n(from)``. The shares
    of one channel sum to 100 %; that of the channel itself are the contacts without a switch.

    Parameters
    ----------
    log : ContactLog
        The contacts; it needs its column of channels.
    within : str, number or timedelta
        The window: "7D", "36h", or a number of days. A contact exactly so long after still follows.
    by : str or list of str, optional
        Columns of the contact that is followed, such as the customer's age; or a period, as in `resolution_curve`.
    same_issue : bool, optional
        Whether only a contact about the same issue follows; by default so, where the log has issues.

    Returns
    -------
    Estimate
        Labels ``metric`` ("next_contact"), those of `by`, ``channel`` (from) and ``next_channel`` (to); in percent, with
        customers as PSUs, Wilson intervals and one covariance. `n` counts the followed contacts of the channel.

    Raises
    ------
    NoColumnError
        If the log has no channels, or a column of `by` is not there.
    NoRowsError
        If the window is longer than the log, or no contact is followed within it.
    ArgumentError
        If the window is none, `by` names the channel, or there are more than 30 channels.

    Notes
    -----
    The next contact is one after, not because of, the one before. Contacts that none follows, as far as the log goes, and that
    are watched for less than the window are censored: they are left out and counted. In the last days of a log only quick
    followers are seen: the shorter the log, the more they count.

    References
    ----------
    Neslin, S. A. et al. (2006). Challenges and opportunities in multichannel customer management. *J. Service Research* 9.

    Examples
    --------
    >>> import cxstats as cx
    >>> log = cx.ContactLog(cx.load_contacts(), customer="customer", time="time", channel="channel")
    >>> found = cx.channel_switches(log).frame()
    >>> found.pivot(index="channel", columns="next_channel", values="estimate").round(1)
    next_channel   app  branch  phone   web
    channel
    app           30.1    11.1   35.8  23.0
    branch        30.6    11.1   34.1  24.3
    phone         29.6     9.8   38.0  22.6
    web           31.8    11.6   33.3  23.3
    """
    need_log(log, PLACE)
    window, channel = span(within, f"{PLACE}(within=)"), log.columns.channel
    if channel is None:
        raise NoColumnError(f"{PLACE}: the log has no channels. Name their column: ContactLog(channel=).")
    taken = next((name for name in need_by(by) if name in (channel, FROM, TO)), None)
    if taken is not None:
        raise ArgumentError(
            f"{PLACE}(by={taken!r}): the channels of both contacts are labels already. Name other columns."
        )
    if window > log.days:
        raise NoRowsError(
            f"{PLACE}(within={within!r}): the log lasts {log.days:,.1f} days, less than the window, so that it is not known of "
            "any contact whether another follows. Take a shorter window, or a longer log."
        )
    survey, groups = grouped(log, by, PLACE, same_issue=same_issue, carry=[channel])
    to, follows = col(NEXT + channel), col(AFTER).is_answered() & (col(AFTER) <= window)
    counts = reasons(survey.frame, {
        **{f"without {name}": col(name).is_missing() for name in [channel, *groups]},
        "followed by none so far, watched for less than the window (censored)":
            col(AFTER).is_missing() & (col(LEFT) < window),
        f"followed by none within {window:g} days": ~follows,
        f"whose next has no {channel}": to.is_missing(),
    })  # fmt: skip
    base = follows & to.is_answered()
    if not counts[KEPT]:
        raise NoRowsError(f"{PLACE}: no contact is followed by another within {window:g} days; {told(counts)}.")
    channels = _channels(survey.frame, NEXT + channel, base)
    scores = [replace(share(to == one, name=str(one)), base=base, variant=f"next contact by {one}") for one in channels]
    found = measure(survey, scores, [*groups, channel])
    return _matrix(found, channels, channel, (log.left_out, told(counts), *found.remarks))


def _channels(frame: Frame, column: str, base: Expression) -> list[Any]:
    """Return the channels of next contacts, in order."""
    if frame.kinds([column])[column] not in ("text", "number", "boolean"):
        raise ColumnError(
            f"{PLACE}: column {column!r} holds {frame.described(column)}, where names of channels are needed."
        )
    found = [value for value, _ in frame.tally(col(column), base, most=MOST + 1)]
    if len(found) > MOST:
        raise ArgumentError(
            f"{PLACE}: there are more than {MOST} channels (such as {listing(found, 3)}). Put those that are alike into one."
        )
    return sorted(found)


def _matrix(found: Estimate, channels: Sequence[Any], channel: str, said: tuple[str, ...]) -> Estimate:
    """Return the shares channel by channel, labelled from and to."""
    order = found.labels[channel].drop_duplicates().tolist()  # sorted, or as categories stand
    columns = sorted(
        range(len(channels)), key=lambda k: order.index(channels[k]) if channels[k] in order else len(order)
    )
    made = found._take(np.arange(len(found)).reshape(len(channels), -1)[columns].T.ravel())
    labels = made.labels.rename(columns={channel: FROM}).assign(metric="next_contact")
    made._labels = labels.assign(**{TO: [channels[k] for k in columns] * (len(found) // len(channels))})
    made._origin = replace(made._origin, left_out=said)
    return made
