"""Value: what service is worth in loyalty, renewal and spend, like for like, and whether a step in it pays what it costs.

Like for like: `service_value` averages the answers at each level over all customers who are compared, by a regression a level
on what may decide who gets it. Customers like whom no one is at some level are left out, and counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cxstats.claims.catalogue.costs import Costs
from cxstats.claims.catalogue.roles import Columns
from cxstats.claims.catalogue.sources import CLIENTOSCOPE, DAWSON, DEMYSTIFY, IS_NOT, POWERNET
from cxstats.claims.claim import AllOf, Claim, all_of
from cxstats.claims.region import above, below
from cxstats.errors import NotIdentifiedError
from cxstats.expression import Expression
from cxstats.inference import Estimate, measure
from cxstats.metrics import mean, share
from cxstats.score import Score
from cxstats.value import ReturnOnService, ServiceValue, roi, service_value

CUSTOMERS = ("tenure", "issue", "segment")  # who gets which level of service
CONTACTS = ("issue", "segment", "channel")  # who meets a bot, and how much technology


def value(c: Columns) -> list[Claim | AllOf]:
    """Return the claims about the value of service."""
    return [
        _bots(c), _loyalty(c), _repair(c), _prize(c), _poor_leaves(c), _wow_pays(c), _frictionless(c), _adequate_pays(c),
        _returns(c), _technology(c),
    ]  # fmt: skip


def _alike(
    survey: Any, outcome: Score, levels: Mapping[str, Expression], adjust: list[str], **options: Any
) -> ServiceValue:
    """Return the mean outcome at each level for the same customers; ``.overall`` is the last level minus the first.

    What makes the levels (a bot that is a channel), or is the outcome, cannot be adjusted for, and is not.
    """
    taken = {name for condition in levels.values() for name in condition.columns()} | {*outcome.columns()}
    free = [name for name in adjust if name not in taken]
    return service_value(survey, outcome=outcome, level=levels, adjust=free, overlap="restrict", **options)


def _bots(c: Columns) -> Claim:
    loyalty, bot, alike = c.rating("loyalty"), c.when("by_bot"), c.names(CONTACTS)

    def served(survey: Any) -> Estimate:
        return _alike(survey, loyalty.mean(loyalty.column), {"person": ~bot, "bot": bot}, alike).overall

    return Claim(
        "bots-cost-loyalty",
        says="customers served by a bot are less loyal than those understood by a person",
        source=DAWSON,
        measure=served,
        what="mean loyalty of customers served by a bot, less that of customers alike in issue, segment and channel who "
        "were served by a person",
        region=below(0),
        why="at 0 it does not matter who serves",
        needs=c.needs("loyalty", "by_bot", *CONTACTS),
    )


def _loyalty(c: Columns) -> Claim:
    loyalty, poor, alike = c.rating("loyalty"), c.when("poor_service"), c.names(CUSTOMERS)

    def more(survey: Any) -> Estimate:
        return _alike(survey, loyalty.mean(loyalty.column), {"poor": poor, "good": ~poor}, alike).overall

    return Claim(
        "service-creates-loyalty",
        says="good service goes with loyalty",
        source=DAWSON,
        measure=more,
        what="mean loyalty after good service, less that of customers alike in tenure, issue and segment after poor service",
        region=lambda d: above(d),
        params={"d": loyalty.matters},
        why="differences below the smallest that matters create no loyalty",
        needs=c.needs("loyalty", "poor_service", *CUSTOMERS),
    )


def _repair(c: Columns) -> Claim:
    loyalty, alike = c.rating("loyalty"), c.names(CUSTOMERS)
    poor, good = c.when("poor_service"), c.when("good_first_impression")

    def left(survey: Any) -> Estimate:
        levels = {"good first impression": good, "bad first impression": ~good}
        return _alike(survey, loyalty.mean(loyalty.column), levels, alike, where=~poor).overall

    return Claim(
        "service-may-not-repair",
        says="good service may not change a bad first impression",
        source=IS_NOT,
        measure=left,
        what="mean loyalty after good service with a bad first impression, less that of customers alike in tenure, issue and "
        "segment with a good one",
        region=below(0),
        why="at 0 good service has made up for the first impression",
        needs=c.needs("loyalty", "poor_service", "good_first_impression", *CUSTOMERS),
    )


def _prize(c: Columns) -> Claim:
    spend, year, alike = c.name("spend"), c.name("year"), c.names(CUSTOMERS)
    levels = {"adequate": c.when("adequate_service"), "wow": c.when("wow_service")}

    # by year, not by quarter: quarters have too few rows for a regression a level, and a slope over years is as exact
    def growth(survey: Any) -> Estimate:
        return _alike(survey, mean(spend, name=spend), levels, alike, by=year).overall.trend(year)

    return Claim(
        "prize-grows",
        says="what amazing service is worth is greater than ever",
        source=DEMYSTIFY,
        measure=growth,
        what="the slope per year of the spend of customers with wow service, less that of customers alike in tenure, issue "
        "and segment with adequate service",
        region=above(0),
        why="at 0 wow service is worth what it always was",
        needs=c.needs("spend", "year", "adequate_service", "wow_service", *CUSTOMERS),
    )


def _poor_leaves(c: Columns) -> AllOf:
    poor, adequate = c.when("poor_service"), c.when("adequate_service")
    left, alike = share(~c.when("renewed"), name="not renewed"), c.names(CUSTOMERS)

    def more(survey: Any) -> Estimate:
        return _alike(survey, left, {"adequate": adequate, "poor": poor}, alike, among="poor").overall

    return all_of(
        "poor-service-leaves",
        says="most people who get poor service leave",
        source=DEMYSTIFY,
        parts=[
            Claim("most-leave", says="most leave after poor service", source=DEMYSTIFY, region=above(50),
                  measure=lambda survey: measure(survey, left, where=poor),
                  what="the share who did not renew after poor service",
                  why="most are more than half", needs=c.needs("renewed", "poor_service")),
            Claim("more-leave", says="more leave after poor service than would after adequate service", source=DEMYSTIFY,
                  region=above(0, unit="% points"), measure=more,
                  what="the share who did not renew after poor service, less that of customers alike in tenure, issue and "
                  "segment after adequate service",
                  why="at 0 as many would leave after adequate service",
                  needs=c.needs("renewed", "poor_service", "adequate_service", *CUSTOMERS)),
        ],
    )  # fmt: skip


def _frictionless(c: Columns) -> Claim:
    loyalty, effort, alike = c.rating("loyalty"), c.rating("effort"), c.names(CUSTOMERS)
    adequate, wow = c.when("adequate_service"), c.when("wow_service")

    def more(survey: Any) -> Estimate:
        levels = {"adequate and easy": adequate & (effort.answer >= effort.scale[1] - 2), "wow": wow}
        return _alike(survey, loyalty.mean(loyalty.column), levels, alike, where=effort.answer.is_answered()).overall

    return Claim(
        "frictionless-is-enough",
        says="an adequate, frictionless experience is good enough",
        source=POWERNET,
        measure=more,
        what="mean loyalty after wow service, less that of customers alike in tenure, issue and segment after adequate "
        "service in the three easiest answers",
        region=lambda d: below(d),
        params={"d": loyalty.matters},
        why="below the smallest difference that matters, wow adds nothing to what is easy",
        needs=c.needs("loyalty", "effort", "adequate_service", "wow_service", *CUSTOMERS),
    )


@dataclass(frozen=True)
class Step:
    """A step from one level of service to another: the columns that tell what it brings and costs."""

    spend: str
    levels: Mapping[str, Expression]
    alike: list[str]
    costs: Costs

    @classmethod
    def of(cls, c: Columns, first: str, then: str) -> Step:
        """Return the step between two levels."""
        levels = {level: c.when(f"{level}_service") for level in (first, then)}
        return cls(c.name("spend"), levels, c.names(CUSTOMERS), Costs.of(c, first, then))

    def returns(self, survey: Any, costs: Any) -> ReturnOnService:
        """Return what comes back of what the step costs."""
        cost, margin = self.costs.read("cost", costs), self.costs.margin(costs)
        return roi(_alike(survey, mean(self.spend, name=self.spend), self.levels, self.alike), cost=cost, margin=margin)


def _paying(*levels: str) -> tuple[str, ...]:
    """Return the roles that tell what a step brings and costs."""
    served, priced = ([f"{level}_service" for level in levels], [f"costs_of_{level}" for level in levels])
    return "spend", *served, *CUSTOMERS, "cost", "margin", *priced


def _wow_pays(c: Columns) -> Claim:
    step = Step.of(c, "adequate", "wow")
    return Claim(
        "wow-not-worth-it",
        says="a wow experience is not worth the extra money",
        source=POWERNET,
        data=("survey", "costs"),
        measure=lambda survey, costs: step.returns(survey, costs).net,
        what="the margin on what customers with wow service spend more than customers alike in tenure, issue and segment "
        "with adequate service, less its extra cost",
        region=below(0),
        why="at 0 it earns its cost",
        needs=c.needs(*_paying("adequate", "wow")),
    )


def _adequate_pays(c: Columns) -> Claim:
    step = Step.of(c, "poor", "adequate")
    return Claim(
        "adequate-pays",
        says="simply solving the issue pays",
        source=POWERNET,
        data=("survey", "costs"),
        measure=lambda survey, costs: step.returns(survey, costs).net,
        what="the margin on what customers with adequate service spend more than customers alike in tenure, issue and "
        "segment with poor service, less its extra cost",
        region=above(0),
        why="at 0 it earns its cost",
        needs=c.needs(*_paying("poor", "adequate")),
    )


def _returns(c: Columns) -> Claim:
    step = Step.of(c, "adequate", "wow")

    def beyond(survey: Any, costs: Any) -> Estimate:
        planned, found = step.costs.number("planned_return", "wow", costs), step.returns(survey, costs)
        if found.cost.values[0] <= 0:
            raise NotIdentifiedError(
                "data set 'costs': wow service costs no more than adequate service, so nothing returns on an extra cost."
            )
        return found.benefit_cost.transform(lambda v: v - planned, labels="return earned minus planned")

    return Claim(
        "roi-less-than-thought",
        says="very personalised experiences earn less than firms think",
        source=POWERNET,
        data=("survey", "costs"),
        measure=beyond,
        what="what wow service earns for each unit of its extra cost over adequate service, with customers alike in tenure, "
        "issue and segment, less what the plan says",
        region=below(0),
        why="at 0 the plan was right",
        needs=c.needs(*_paying("adequate", "wow"), "planned_return"),
    )


def _technology(c: Columns) -> AllOf:
    rating, met, alike = c.rating("satisfaction"), c.rating("technology_met"), c.names(CONTACTS)
    comfortable = c.when("comfortable")
    given: dict[str, Any] = {
        "source": CLIENTOSCOPE,
        "needs": c.needs("satisfaction", "technology_met", "comfortable", *CONTACTS),
    }

    def harm(survey: Any) -> Estimate:
        levels = {"little": met.low, "much": met.high}
        return _alike(survey, rating.mean(rating.column), levels, alike, where=~comfortable).overall

    def differs(survey: Any) -> Estimate:
        levels = {
            "little (uncomfortable)": met.low & ~comfortable,
            "much (uncomfortable)": met.high & ~comfortable,
            "little (comfortable)": met.low & comfortable,
            "much (comfortable)": met.high & comfortable,
        }
        four = _alike(survey, rating.mean(rating.column), levels, alike)
        return four.transform(lambda v: (v[3] - v[2]) - (v[1] - v[0]), labels="interaction of technology and comfort")

    return all_of(
        "technology-wrong-customer",
        says="too much technology for the wrong customer does harm",
        source=CLIENTOSCOPE,
        parts=[
            Claim("technology-harms", says="much technology displeases those who are not comfortable with it",
                  region=below(0), measure=harm,
                  what="satisfaction of uncomfortable customers with much technology, less that of those alike in issue, "
                  "segment and channel with little",
                  why="below 0 it does harm", **given),
            Claim("technology-divides", says="much technology does more for those who are comfortable with it",
                  region=above(0), measure=differs,
                  what="that difference between much and little technology for comfortable customers, less the same for "
                  "uncomfortable ones",
                  why="at 0 technology suits both alike, and no customer is the wrong one", **given),
        ],
    )  # fmt: skip
