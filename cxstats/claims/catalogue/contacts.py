"""What contacts show: effort that is forced on people, help that fails, promises, and the telephone."""

from __future__ import annotations

from typing import Any

from cxstats.claims.catalogue.roles import Columns
from cxstats.claims.catalogue.scores import among
from cxstats.claims.catalogue.sources import DEMYSTIFY, POWERNET
from cxstats.claims.claim import AllOf, Claim
from cxstats.claims.region import above, below
from cxstats.expression import col
from cxstats.inference import Estimate, measure
from cxstats.metrics import share


def contacts(c: Columns) -> list[Claim | AllOf]:
    """Return the claims about contacts."""
    return [_effort(c), _self_service(c), _follow_ups(c), _young(c), _phone(c)]


def _effort(c: Columns) -> Claim:
    waited, transferred, repeated = c.name("wait"), c.when("transferred"), c.when("repeated_information")

    def forced(log: Any, wait: float) -> Estimate:
        known = col(waited).is_answered() & transferred.is_answered() & repeated.is_answered()
        return measure(log, share((col(waited) > wait) | transferred | repeated, name="effort forced"), where=known)

    return Claim(
        "effort-is-forced",
        says="people are made to wait, to transfer and to repeat themselves",
        source=DEMYSTIFY,
        data="contacts",
        measure=forced,
        what="the share of contacts with a long wait, a transfer or information given twice",
        region=above(50),
        params={"wait": 5},
        why="above half it is what people must expect; a wait counts above `wait` minutes",
        needs=c.needs("wait", "transferred", "repeated_information"),
    )


def _self_service(c: Columns) -> Claim:
    phone, tried = c.when("by_phone"), c.when("self_service_tried")
    return Claim(
        "self-service-fails",
        says="people call although they wanted to help themselves",
        source=DEMYSTIFY,
        data="contacts",
        measure=lambda log: measure(log, share(tried, name="self-service tried first"), where=phone),
        what="the share of calls after a failed try of self-service",
        region=above(10),
        why="above one in ten calls it is no exception",
        needs=c.needs("by_phone", "self_service_tried"),
    )


def _follow_ups(c: Columns) -> Claim:
    promised, kept = c.when("follow_up_promised"), c.when("follow_up_kept")
    return Claim(
        "follow-ups-not-kept",
        says="promised follow-ups are not kept",
        source=DEMYSTIFY,
        data="contacts",
        measure=lambda log: measure(log, share(~kept, name="not kept"), where=promised),
        what="the share of promised follow-ups that were not kept",
        region=above(10),
        why="a promise broken more than once in ten is not reliable",
        needs=c.needs("follow_up_promised", "follow_up_kept"),
    )


def _young(c: Columns) -> Claim:
    phone, young = c.when("by_phone"), c.when("young")

    def avoid(log: Any) -> Estimate:
        score = share(phone)
        found = measure(log, [among(score, young, "young"), among(score, ~young, "older")])
        return found.contrast({"metric": "young"}, {"metric": "older"})

    return Claim(
        "young-avoid-phone",
        says="18-24-year-olds avoid the phone",
        source=POWERNET,
        data="contacts",
        measure=avoid,
        what="the share of the phone in contacts of 18-24-year-olds, less that of older people",
        region=below(0, unit="% points"),
        why="at 0 they call as often as others",
        needs=c.needs("by_phone", "young"),
    )


def _phone(c: Columns) -> Claim:
    phone, quarter = c.when("by_phone"), c.name("contact_quarter")
    return Claim(
        "phone-is-dying",
        says="phone service lives on borrowed time",
        source=POWERNET,
        data="contacts",
        measure=lambda log: measure(log, share(phone, name="by phone"), by=quarter).trend(quarter),
        what="the slope of the share of the phone in all contacts per quarter",
        region=below(0),
        why="below 0 the phone loses ground; `reaching` says when it would be at 10 %",
        needs=c.needs("by_phone", "contact_quarter"),
    )
