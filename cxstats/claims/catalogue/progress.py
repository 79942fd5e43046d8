"""Does service get better? The gap to expectations, satisfaction, and what everybody is promised."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import Any

from cxstats.claims.catalogue.roles import Columns
from cxstats.claims.catalogue.sources import DEMYSTIFY, POWERNET
from cxstats.claims.claim import AllOf, Claim, all_of
from cxstats.claims.region import above, below
from cxstats.inference import Estimate, extreme, measure, successive
from cxstats.metrics import gap, share

EPIC = ("easy", "personalised", "intuitive", "contextual")


def progress(c: Columns) -> list[Claim | AllOf]:
    """Return the claims about the course of service."""
    return [_gap_widens(c), _not_better(c), _epic(c), _price(c)]


def _gap_widens(c: Columns) -> AllOf:
    delivered, expected = c.rating("delivered"), c.rating("expected")
    quarter, year = c.name("quarter"), c.name("year")
    given: dict[str, Any] = {"source": DEMYSTIFY, "region": below(0), "why": "below 0 the distance grows"}

    def by(survey: Any, periods: str) -> Estimate:
        score = gap(delivered=delivered.column, expected=expected.column, scale=delivered.scale)
        return measure(survey, score, by=periods)

    return all_of(
        "gap-widens",
        says="the distance between expected and received service grows every year",
        source=DEMYSTIFY,
        parts=[
            Claim("gap-slope", says="the gap widens", measure=lambda survey: by(survey, quarter).trend(quarter, per="year"),
                  what="the slope of delivered minus expected per year", needs=c.needs("delivered", "expected", "quarter"),
                  **given),
            Claim("every-year", says="the gap widens every year",
                  measure=lambda survey: extreme(successive(by(survey, year), year), "largest"),
                  what="the largest change of delivered minus expected from one year to the next",
                  needs=c.needs("delivered", "expected", "year"), **given),
        ],
    )  # fmt: skip


def _not_better(c: Columns) -> Claim:
    rating, quarter = c.rating("satisfaction"), c.name("quarter")
    return Claim(
        "not-getting-better",
        says="service is not getting better",
        source=DEMYSTIFY,
        measure=lambda survey: measure(survey, rating.mean(), by=quarter).trend(quarter, per="year"),
        what="the slope of mean satisfaction per year",
        region=lambda d: below(d / 10),
        params={"d": rating.matters},
        why="a tenth of the smallest difference that matters, per year, would matter in ten years",
        needs=c.needs("satisfaction", "quarter"),
    )


def _epic(c: Columns) -> Claim:
    ratings = [c.rating(role) for role in EPIC]

    def epic(survey: Any) -> Estimate:
        met = reduce(and_, [rating.high for rating in ratings])
        known = reduce(and_, [rating.answer.is_answered() for rating in ratings])
        return measure(survey, share(met, name="all four"), where=known)

    return Claim(
        "epic-is-rare",
        says="service that is easy, personalised, intuitive and contextual is very rare",
        source=DEMYSTIFY,
        measure=epic,
        what="the share with all four met",
        region=below(10),
        why="below one in ten is very rare",
        needs=c.needs(*EPIC),
    )


def _price(c: Columns) -> Claim:
    more, pay = c.when("matters_more"), c.when("would_pay_more")

    def both(survey: Any) -> Estimate:
        found = measure(survey, [share(more, name="matters more"), share(pay, name="would pay more")])
        return found.contrast({"metric": "matters more"}, {"metric": "would pay more"})

    return Claim(
        "price-or-experience",
        says="more say that experience matters more than price than would pay more for it",
        source=POWERNET,
        measure=both,
        what="the share for whom experience matters more than price, less the share who would pay more",
        region=above(0, unit="% points"),
        why="at 0 as many would pay as say that it matters",
        identified=True,  # two answers of the same people: nothing sets groups apart
        needs=c.needs("matters_more", "would_pay_more"),
    )
