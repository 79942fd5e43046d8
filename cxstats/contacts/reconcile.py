"""Was it resolved: the survey's answer against the log, on the same contacts.

A customer says yes or no; the log shows whether another contact follows within the window. Both are told of the same first
contacts, with an answer and watched to the end of the window, so that rates, agreement and Cohen's kappa are functions of one
table of two by two, and their errors of one covariance with customers as primary sampling units.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.contacts.answers import answered
from cxstats.contacts.flags import span
from cxstats.contacts.groups import grouped, need_few, need_log
from cxstats.contacts.left_out import KEPT, reasons, told
from cxstats.contacts.log import IN, LEFT, ContactLog
from cxstats.errors import ArgumentError, NoRowsError
from cxstats.expression import Expression, col
from cxstats.frames import AFTER, BEFORE
from cxstats.inference.estimate import Estimate
from cxstats.inference.measure import measure
from cxstats.inference.noted import noted
from cxstats.inference.request import need_by
from cxstats.inference.show import footer, number
from cxstats.metrics import share
from cxstats.score import Score

if TYPE_CHECKING:
    import pandas as pd

PLACE = "reconcile"
WITNESS = "according_to"
RESERVED = (WITNESS, "said", "log", "share")
CELLS = [
    ("resolved", "resolved"),
    ("resolved", "came again"),
    ("not resolved", "resolved"),
    ("not resolved", "came again"),
]
UNDEFINED = "all are alike by both, so that any agreement is by chance and there is no kappa"


@dataclass(frozen=True, repr=False)
class Reconciliation:
    """Survey against log on the same contacts; made by `reconcile`.

    Attributes
    ----------
    rates : Estimate
        Share resolved, in percent: labels ``metric``, ``according_to`` ("said" by the customer, or by the "log": no other
        contact within the window) and those of `by`; ``rates.contrast("said", "log")`` is their difference.
    agreement : Estimate
        Share of contacts of which both say the same, in percent.
    kappa : Estimate
        Cohen's kappa: agreement beyond chance, 1 if perfect, 0 if as by chance.
    table : pandas.DataFrame
        Who agrees and who does not: columns of `by`, ``said`` and ``log`` ("resolved" or not), ``n`` contacts, ``share`` in
        percent, ``conf_low``, ``conf_high``.
    left_out : dict of str to int
        How many contacts are not in the base, each under the first reason that holds; with `answers`, how many of these are
        blank, are of contacts that the log left out, and have no contact: what remains of them are the answers of contacts.
    """

    rates: Estimate
    agreement: Estimate
    kappa: Estimate
    table: pd.DataFrame
    left_out: Mapping[str, int]

    def __repr__(self) -> str:
        lines = []
        for part, digits in ((self.rates, 1), (self.agreement, 1), (self.kappa, 3)):
            low, high = part.interval()
            for i, label in enumerate(part.labels.itertuples(index=False)):
                value, lower, upper = (number(x, digits) for x in (part.values[i], low[i], high[i]))
                unit = "" if part is self.kappa else " %"
                lines.append(f"{' '.join(map(str, label))}: {value}{unit} [{lower}, {upper}], n {part.n[i]:,.0f}")
        return "\n".join([*lines, self.table.round(1).to_string(index=False), footer(self.rates)])


def reconcile(
    log: ContactLog,
    answer: str,
    within: Any = "7D",
    *,
    yes: Any = None,
    by: str | Sequence[str] | None = None,
    answers: Any = None,
    on: str | None = None,
    same_issue: bool | None = None,
) -> Reconciliation:
    """Compare what customers say of their contact with what the log shows, on the same contacts.

    With the shares said resolved ``s`` and resolved by the log ``l``, and the share of agreement ``a``, kappa is
    ``(a - e) / (1 - e)`` with ``e = s l + (1 - s)(1 - l)``, the agreement to be expected by chance.

    Parameters
    ----------
    log : ContactLog
        The contacts.
    answer : str
        Column of the answer to "was your issue resolved at the first contact", of the log or of `answers`: yes/no, true/false,
        1/0, or with `yes` any codes.
    within : str, number or timedelta
        The window: "7D", "36h", or a number of days. By the log a contact is resolved if no other follows within it.
    yes : object or list, optional
        The answer or answers that mean "resolved"; every other answer then means "not resolved".
    by : str or list of str, optional
        Columns of the contact, such as its channel; or a period, as in `resolution_curve`.
    answers : frame or Survey, optional
        Where the answers are, if not in the log: one row an answer. They are read into memory.
    on : str, optional
        With `answers`: the column that both have, such as the number of the contact or of the respondent.
    same_issue : bool, optional
        Whether a contact about another issue is one before or after; by default not, where the log has issues.

    Returns
    -------
    Reconciliation
        With `rates`, `agreement`, `kappa`, `table` and `left_out`.

    Raises
    ------
    ColumnError
        If a column is not there, or `on` is of different kinds in the two frames.
    DataError
        If answers are not yes or no (and `yes` is not given), or one belongs to several contacts.
    NoRowsError
        If the log is shorter than two windows, or no first contact has an answer and is watched to the end of the window.
    ArgumentError
        If the window is none, or `answers` and `on` are not given together.

    Notes
    -----
    Base: first contacts (none before them within the window, which must have been seen), with an answer, in a log that goes on
    for a window. Neither side is the truth: who was told a wrong answer says yes, who gives up does not come again. And those
    who answer are not all: survey weights are not used here.

    References
    ----------
    Cohen, J. (1960). A coefficient of agreement for nominal scales. *Educational and Psychological Measurement* 20.

    Examples
    --------
    >>> import cxstats as cx
    >>> log = cx.ContactLog(cx.load_contacts(), customer="customer", time="time", channel="channel")
    >>> both = cx.reconcile(log, "resolved", answers=cx.sample_survey(), on="respondent")
    >>> both.rates.frame()[["according_to", "n", "estimate", "conf_low", "conf_high"]].round(1)
      according_to     n  estimate  conf_low  conf_high
    0         said  2344      75.4      73.6       77.1
    1          log  2344      80.9      79.2       82.4
    >>> both.kappa.values.round(2).tolist(), both.kappa.std_error.round(2).tolist()
    ([0.39], [0.02])
    >>> both.table.round(1)
               said         log     n  share  conf_low  conf_high
    0      resolved    resolved  1587   67.7      65.8       69.6
    1      resolved  came again   180    7.7       6.7        8.8
    2  not resolved    resolved   309   13.2      11.9       14.6
    3  not resolved  came again   268   11.4      10.2       12.8
    """
    need_log(log, PLACE)
    window = span(within, f"{PLACE}(within=)")
    if 2 * window > log.days:
        raise NoRowsError(
            f"{PLACE}(within={within!r}): the log lasts {log.days:,.1f} days, less than a window before and one after a "
            "contact. Take a shorter window, or a longer log."
        )
    taken = next((name for name in need_by(by) if name in RESERVED), None)
    if taken is not None:
        raise ArgumentError(f"{PLACE}(by={taken!r}): results have a column {taken!r} of their own. Rename yours.")
    survey, groups = grouped(log, by, PLACE, same_issue=same_issue)
    need_few(survey.frame, groups, PLACE)
    survey, said, beside = answered(log, survey, answer, yes, answers, on, PLACE)
    comes_again = col(AFTER).is_answered() & (col(AFTER) <= window)
    counts = reasons(survey.frame, {
        "without an answer": said.is_missing(),
        "not a first contact": col(BEFORE).is_answered() & (col(BEFORE) <= window),
        f"in the first {window:g} days, so that one before is not known": col(IN) < window,
        "not watched long enough": col(LEFT) < window,
        **{f"without {name}": col(name).is_missing() for name in groups},
    })  # fmt: skip
    base = said.is_answered() & (col(IN) >= window) & (col(LEFT) >= window)
    base = base & (col(BEFORE).is_missing() | (col(BEFORE) > window))
    if not counts[KEPT]:
        raise NoRowsError(
            f"{PLACE}: no first contact has an answer and is watched for {window:g} days; {told(counts)}."
        )
    found = measure(survey, _scores(said, ~comes_again, base), groups)
    unseen = {} if beside is None else beside.unseen
    remarks = (log.left_out, told(counts), *([] if beside is None else [str(beside)]), *found.remarks)
    return _reconciled(found, remarks, {reason: n for reason, n in counts.items() if reason != KEPT} | unseen)


def _scores(said: Expression, held: Expression, base: Expression) -> list[Score]:
    """Return the shares said resolved, resolved by the log, and the same by both, and the four cells of the table."""
    cells = [said & held, said & ~held, ~said & held, ~said & ~held]
    named = {"said": said, "log": held, "agreement": (said & held) | (~said & ~held)}
    named |= {f"{one}, {other}": cell for (one, other), cell in zip(CELLS, cells, strict=True)}
    return [replace(share(is_so, name=name), base=base, variant=f"share: {name}") for name, is_so in named.items()]


def _reconciled(found: Estimate, remarks: tuple[str, ...], left_out: dict[str, int]) -> Reconciliation:
    """Return the parts of one estimate: both rates, agreement, kappa, and the table."""
    found = noted(found, "")
    found._origin = replace(found._origin, left_out=remarks)
    size = len(found) // (3 + len(CELLS))
    block = np.arange(len(found)).reshape(-1, size)
    rates = found._take(block[:2].ravel())
    rates._labels.insert(1, WITNESS, rates._labels["metric"])
    rates._labels["metric"] = "resolved"
    groups = found.labels.iloc[:size]
    kappa = found._take(block[:3].ravel()).transform(_kappa, groups.assign(metric="kappa"))
    undefined = np.isnan(kappa.values) & (found.n[:size] > 0)
    cells = found._take(block[3:].T.ravel()).frame()
    table = cells.drop(
        columns=["metric", "n", "estimate", "std_error", "n_effective", "unit", "note", "conf_low", "conf_high"]
    )
    table["said"], table["log"] = (np.tile([cell[i] for cell in CELLS], size) for i in (0, 1))
    table["n"] = np.rint(cells["estimate"].fillna(0) * cells["n"] / 100).astype(np.int64)
    table["share"], table["conf_low"], table["conf_high"] = cells["estimate"], cells["conf_low"], cells["conf_high"]
    return Reconciliation(
        rates, found._take(block[2]), noted(kappa, np.where(undefined, UNDEFINED, "")), table, left_out
    )


def _kappa(percent: np.ndarray) -> np.ndarray:
    said, held, alike = percent.reshape(3, -1) / 100
    chance = said * held + (1 - said) * (1 - held)
    return np.where(chance < 1, (alike - chance) / (1 - chance), np.nan)
