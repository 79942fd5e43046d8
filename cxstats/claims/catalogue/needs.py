"""Needs and delight: whether the need was met comes first, and averages hide for whom it was not."""

from __future__ import annotations

from typing import Any

from cxstats.claims.catalogue.roles import Columns
from cxstats.claims.catalogue.scores import among
from cxstats.claims.catalogue.sources import DAWSON
from cxstats.claims.claim import AllOf, Claim, all_of
from cxstats.claims.region import above, below
from cxstats.inference import Estimate, extreme, measure
from cxstats.metrics import csat, share


def needs(c: Columns) -> list[Claim | AllOf]:
    """Return the claims about needs."""
    return [_before_delight(c), _necessary(c), _enjoyed(c), _averages(c), _good_is_rare(c)]


def _before_delight(c: Columns) -> AllOf:
    rating, met, delighted = c.rating("satisfaction"), c.when("need_met"), c.when("delighted")
    given: dict[str, Any] = {
        "source": DAWSON,
        "needs": c.needs("satisfaction", "need_met", "delighted"),
    }

    def four(survey: Any) -> Estimate:
        score = rating.mean()
        cells = {"met, delighted": met & delighted, "met, plain": met & ~delighted}
        cells |= {"unmet, delighted": ~met & delighted, "unmet, plain": ~met & ~delighted}
        return measure(survey, [among(score, cell, name) for name, cell in cells.items()])

    def interaction(survey: Any) -> Estimate:
        return four(survey).transform(lambda v: (v[0] - v[1]) - (v[2] - v[3]), labels="interaction of delight and need")

    def instead(survey: Any) -> Estimate:
        return four(survey).contrast({"metric": "unmet, delighted"}, {"metric": "met, plain"})

    return all_of(
        "needs-before-delight",
        says="delight pays only once the need is met",
        source=DAWSON,
        parts=[
            Claim("delight-needs-need", says="delight adds more satisfaction where the need is met", measure=interaction,
                  region=above(0), what="the effect of delight with the need met, less its effect with the need unmet",
                  why="if delight paid alike without the need, the difference of its effects would be 0", **given),
            Claim("no-substitute", says="delight does not make up for an unmet need", measure=instead, region=below(0),
                  what="satisfaction of the delighted with the need unmet, less that of the others with the need met",
                  why="at 0 delight would make up for the need", **given),
        ],
    )  # fmt: skip


def _necessary(c: Columns) -> Claim:
    rating, met = c.rating("overall"), c.when("need_met")
    return Claim(
        "needs-are-necessary",
        says="nobody rates well while the need is unmet",
        source=DAWSON,
        measure=lambda survey: measure(survey, csat(rating.column, scale=rating.scale), where=~met),
        what="the share satisfied among customers whose need was not met",
        region=below(10),
        why="one in ten is the most that 'nobody' can mean in a survey",
        needs=c.needs("overall", "need_met"),
    )


def _enjoyed(c: Columns) -> Claim:
    rating, met = c.rating("overall"), c.when("need_met")
    return Claim(
        "enjoyed-but-unmet",
        says="people say they enjoyed it although the need was not met",
        source=DAWSON,
        measure=lambda survey: measure(survey, share(~met, name="need not met"), where=rating.high),
        what="the share whose need was not met among the satisfied",
        region=above(10),
        why="above one in ten it is no exception",
        needs=c.needs("overall", "need_met"),
    )


def _averages(c: Columns) -> Claim:
    rating, met, segment = c.rating("overall"), c.when("need_met"), c.name("segment")
    return Claim(
        "averages-hide-people",
        says="a good average hides segments whose needs are not met",
        source=DAWSON,
        measure=lambda survey: extreme(measure(survey, share(met, name="need met"), by=segment), "range"),
        what="the range of the share whose need was met over the segments",
        region=above(10, unit="% points"),
        why="ten points between segments are more than an average may hide",
        needs=c.needs("overall", "need_met", "segment"),
        given=Claim(
            "good-average",
            says="the average is good",
            source=DAWSON,
            measure=lambda survey: measure(survey, csat(rating.column, scale=rating.scale)),
            what="the share satisfied",
            region=above(60),
            why="three in five satisfied is what firms call good",
            needs=c.needs("overall"),
        ),
    )


def _good_is_rare(c: Columns) -> Claim:
    met, resolved, effort = c.when("need_met"), c.when("resolved"), c.rating("effort")

    def good(survey: Any) -> Estimate:
        easy = effort.answer >= effort.scale[1] - 2
        known = met.is_answered() & resolved.is_answered() & effort.answer.is_answered()
        return measure(survey, share(met & resolved & easy, name="good service"), where=known)

    return Claim(
        "good-service-is-rare",
        says="good service is rare",
        source=DAWSON,
        measure=good,
        what="the share with the need met, at first contact, in the three easiest answers",
        region=below(50),
        why="what fewer than half get is not the rule",
        needs=c.needs("need_met", "resolved", "effort"),
    )
