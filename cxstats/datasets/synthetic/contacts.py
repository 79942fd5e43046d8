"""The contact log: customers come for a new reason now and then, and again if their issue was not resolved.

A customer's new contacts are a Poisson process; each contact is left unresolved with one chance, whatever was before, and
then repeated after an exponential time. So the chance that a contact with none before it is followed by none within d days is
``(1 - unresolved (1 - exp(-d / repeat_days))) exp(-fresh_per_year d / 365.25)``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from cxstats.datasets.synthetic.draw import Draw, by
from cxstats.datasets.synthetic.people import People
from cxstats.datasets.synthetic.service import Columns
from cxstats.datasets.synthetic.truth import AGES, CHANNELS, ISSUES, QUARTERS, Truth

if TYPE_CHECKING:
    import pandas as pd

FIRST_DAY, DAYS = "2024-10-01", 730  # two years, to 2026-09-30
FIRST_QUARTER = 8  # of the survey's, in which the log begins
SECONDS = 86_400
STRANGERS = 2.1  # customers in the log for each respondent of the survey
SURVEYED = 0.6  # of the respondents of the log's quarters have their contact in it
OFTENER = (
    2.0  # how much more often than others those come again who say that their issue was not resolved, and less often
)
AGENTS = 120


def no_repeat(truth: Truth, days: float) -> float:
    """Return the share of contacts that no other follows within so many days (of those that none came shortly before)."""
    repeated = truth.unresolved * (1 - math.exp(-days / truth.repeat_days))
    return (1 - repeated) * math.exp(-truth.fresh_per_year * days / 365.25)


@dataclass(frozen=True)
class Contacts:
    """One entry a contact: `time` in days, `respondent` the row of the survey (-1 for none), `again` if it is repeated."""

    customer: np.ndarray
    time: np.ndarray
    respondent: np.ndarray
    issue: np.ndarray
    again: np.ndarray

    def take(self, rows: np.ndarray) -> Contacts:
        """Return some of the contacts, in the order given."""
        return Contacts(*(getattr(self, f.name)[rows] for f in fields(self)))


def draw_contacts(truth: Truth, seed: int, n: int, people: People, service: Columns) -> pd.DataFrame:
    """Return one row a contact, by time."""
    draw = Draw(seed, "contacts")
    new = _new(truth, draw, n, people, service)
    waves = [new]
    while waves[-1].again.any():
        waves.append(_repeated(truth, draw, waves[-1].take(np.flatnonzero(waves[-1].again))))
    every = Contacts(*(np.concatenate([getattr(wave, f.name) for wave in waves]) for f in fields(Contacts)))
    every = every.take(np.lexsort((every.customer, every.time)))
    return _table(truth, seed, every, people)


def _new(truth: Truth, draw: Draw, n: int, people: People, service: Columns) -> Contacts:
    """Return the contacts for a new reason: of customers of the log only, and of those who were surveyed about it."""
    strangers = round(n * STRANGERS)
    often = _poisson(draw.uniform(strangers), truth.fresh_per_year * DAYS / 365.25)
    stranger = np.repeat(np.arange(strangers), often)
    asked = np.flatnonzero(people.quarter >= FIRST_QUARTER)
    asked = asked[draw.uniform(len(asked)) < SURVEYED]
    quarter = people.quarter[asked] - FIRST_QUARTER
    span = DAYS / (len(QUARTERS) - FIRST_QUARTER)
    n = len(stranger)
    # who says that the issue was not resolved comes again more often than who says that it was
    said_no = ~service["resolved"][asked]
    chance = np.where(said_no, min(1.0, OFTENER * truth.unresolved), truth.unresolved / OFTENER)
    return Contacts(
        customer=np.concatenate([stranger, strangers + people.customer[asked]]),
        time=np.concatenate([DAYS * draw.uniform(n), (quarter + draw.uniform(len(asked))) * span]),
        respondent=np.concatenate([np.full(n, -1), asked]),
        issue=np.concatenate([draw.shuffled(n) % len(ISSUES), people.issue[asked]]),
        again=np.concatenate([draw.yes(truth.unresolved, "unresolved", n), draw.yes(chance, "unresolved")]),
    )


def _repeated(truth: Truth, draw: Draw, before: Contacts) -> Contacts:
    """Return the contacts that follow, as far as the log goes: about the same issue, and perhaps repeated again."""
    time = before.time + truth.repeat_days * draw.exponential(len(before.time))
    inside = np.flatnonzero(time < DAYS)
    again = draw.yes(truth.unresolved, "unresolved", len(inside))
    return Contacts(before.customer[inside], time[inside], np.full(len(inside), -1), before.issue[inside], again)


def _table(truth: Truth, seed: int, contacts: Contacts, people: People) -> pd.DataFrame:
    """Return the log as a company would have it: how each contact went, and who is unknown."""
    import pandas as pd

    draw, n = Draw(seed, "contact details"), len(contacts.time)
    row, known = contacts.respondent, contacts.respondent >= 0
    age = _ages(truth, seed, contacts, people)
    channel = np.where(known, people.channel[row], _channels(truth, draw, age, contacts.time))
    bot = np.where(known, people.bot[row], draw.yes(by(truth.bot, CHANNELS, channel), "bot"))
    wait = np.round(by(truth.wait, CHANNELS, channel) * draw.exponential(n) * np.where(bot, 0.1, 1.0), 1)
    moved = draw.yes(by(truth.transferred, CHANNELS, channel), "transferred")
    promised = draw.yes(truth.follow_up_promised, "follow_up_promised", n)
    kept = draw.yes(truth.follow_up_kept, "follow_up_kept", n)
    phone = channel == CHANNELS.index("phone")
    left = draw.yes(
        np.minimum(1.0, truth.abandoned_per_minute * wait) * (phone & ~known & ~contacts.again), "abandoned"
    )
    done = draw.yes(np.where(contacts.again, *truth.called_resolved), "called_resolved") & ~left
    agent = 1 + draw.shuffled(n) % AGENTS
    once, of = np.unique(contacts.customer, return_inverse=True)
    anonymous = draw.yes(truth.anonymous, "anonymous", len(once))[of] & ~np.isin(
        contacts.customer, contacts.customer[known]
    )
    moment = pd.Timestamp(FIRST_DAY) + pd.to_timedelta(np.floor(contacts.time * SECONDS), unit="s")
    answer = {True: "yes", False: "no"}
    names = np.asarray(["", *people.names], dtype=object)
    width = len(str(int(contacts.customer.max(initial=0)) + 1))
    return pd.DataFrame(
        {
            "contact": [f"contact-{i + 1:06d}" for i in range(n)],
            "customer": [
                "" if gone else f"c{c + 1:0{width}d}" for c, gone in zip(contacts.customer, anonymous, strict=True)
            ],
            "time": moment.strftime("%Y-%m-%d %H:%M:%S"),
            "quarter": [f"{day.year}Q{day.quarter}" for day in moment],
            "issue": np.asarray(ISSUES)[contacts.issue],
            "channel": np.asarray(CHANNELS)[channel],
            "served_by": np.where(bot, "bot", "person"),
            "agent": np.where(bot, "", [f"agent-{a:03d}" for a in agent]),
            "wait": wait,
            "transferred": pd.Series(moved).map(answer),
            "repeated_information": pd.Series(
                draw.yes(
                    np.where(moved, truth.repeated_information[1], truth.repeated_information[0]),
                    "repeated_information",
                )
            ).map(answer),
            "self_service_tried": pd.Series(
                draw.yes(by(truth.self_service_tried, CHANNELS, channel), "self_service_tried")
            ).map(answer),
            "follow_up_promised": pd.Series(promised).map(answer),
            "follow_up_kept": pd.Series(kept).map(answer).where(promised, ""),
            "abandoned": pd.Series(left).map(answer),
            "resolved": pd.Series(done).map(answer).where(~left, ""),
            "age": np.asarray(AGES)[age],
            "respondent": names[row + 1],
            "synthetic": True,
        }
    )


def _ages(truth: Truth, seed: int, contacts: Contacts, people: People) -> np.ndarray:
    """Return each contact's age band: the same for all contacts of a customer, and for a respondent as in the survey."""
    once, of = np.unique(contacts.customer, return_inverse=True)
    age = Draw(seed, "ages of callers").one_of(truth.age_share, len(once), "age_share")
    known = contacts.respondent >= 0
    age[of[known]] = people.age[contacts.respondent[known]]
    return np.asarray(age[of])


def _channels(truth: Truth, draw: Draw, age: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Return the channel: the phone by age and time, the others by their shares of the rest."""
    quarters = time / DAYS * 8 - 4
    phone = draw.yes(by(truth.phone_share, AGES, age) + truth.phone_per_quarter * quarters, "phone_share")
    rest = {c: share for c, share in truth.channel_share.items() if c != "phone"}
    total = sum(rest.values())
    other = draw.one_of({c: share / total for c, share in rest.items()}, len(time), "channel_share")
    position = np.asarray([CHANNELS.index(c) for c in rest])
    return np.where(phone, CHANNELS.index("phone"), position[other])


def _poisson(u: np.ndarray, mean: float) -> np.ndarray:
    """Return Poisson numbers."""
    chances = np.exp(-mean) * np.cumprod(np.r_[1.0, mean / np.arange(1, 60)])
    return np.asarray(np.searchsorted(np.cumsum(chances), u, side="right"))
