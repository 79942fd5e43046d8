"""Expectations: what customers expect, what firms think they expect, and how firms see their own service."""

from __future__ import annotations

from functools import reduce
from operator import add, and_
from typing import Any

from cxstats.claims.catalogue.roles import Columns, Rating
from cxstats.claims.catalogue.sources import CLIENTOSCOPE, IS_NOT
from cxstats.claims.claim import AllOf, Claim
from cxstats.claims.region import above, below
from cxstats.errors import ArgumentError
from cxstats.expression import Expression, col
from cxstats.inference import Estimate, explained, extreme, measure
from cxstats.metrics import share
from cxstats.score import Score
from cxstats.survey import Survey, concat


def expectations(c: Columns) -> list[Claim | AllOf]:
    """Return the claims about expectations."""
    return [_no_perfection(c), _norms(c), _misjudge(c), _own_view(c)]


def _every(columns: tuple[str, ...]) -> Expression:
    return reduce(and_, [col(name).is_answered() for name in columns])


def _average(rating: Rating, name: str) -> Score:
    """Return the mean over the touchpoints, for those who answered all."""
    low, high = rating.scale
    total = reduce(add, [col(column) * 1 for column in rating.columns])
    return Score(total / len(rating.columns), _every(rating.columns), name, unit="points", range=(low, high),
                 variant=f"mean of {len(rating.columns)} touchpoints on {low:g}-{high:g}")  # fmt: skip


def _no_perfection(c: Columns) -> Claim:
    expected = c.rating("touchpoints_expected")

    def perfection(survey: Any) -> Estimate:
        top = reduce(and_, [col(name) == expected.scale[1] for name in expected.columns])
        return measure(survey, share(top, name="expects perfection"), where=_every(expected.columns))

    return Claim(
        "no-perfection-expected",
        says="customers do not expect perfection at every touchpoint",
        source=CLIENTOSCOPE,
        measure=perfection,
        what="the share who expect the top of the scale at every touchpoint",
        region=below(10),
        why="fewer than one in ten are not 'customers'",
        needs=c.needs("touchpoints_expected"),
    )


def _norms(c: Columns) -> Claim:
    expected, industry = c.rating("touchpoints_expected"), c.name("industry")
    return Claim(
        "norms-mislead",
        says="expectations cannot be assumed from industry norms",
        source=CLIENTOSCOPE,
        measure=lambda survey: explained(survey, _average(expected, "expected"), by=industry),
        what="the share of the variance of expectations that the industry explains",
        region=below(10),
        why="who knows a tenth of the variance knows little of a customer",
        needs=c.needs("touchpoints_expected", "industry"),
    )


def _misjudge(c: Columns) -> Claim:
    expected, guessed = c.rating("touchpoints_expected"), c.rating("staff_expected")

    def furthest(survey: Any, staff: Any) -> Estimate:
        _same_touchpoints(expected, guessed)
        both = _together(survey, staff, expected, guessed)
        found = measure(both, [_answer(expected, column) for column in expected.columns], by="source")
        return extreme(found.contrast("staff", "customers"), "largest absolute")

    return Claim(
        "firms-misjudge-expectations",
        says="organisations assume they know what customers expect",
        source=CLIENTOSCOPE,
        data=("survey", "staff"),
        measure=furthest,
        what="the largest difference, at any touchpoint, between the staff's guess and what customers expect",
        region=lambda d: above(d),
        params={"d": expected.matters},
        why="above the smallest difference that matters, the guess is wrong",
        needs=c.needs("touchpoints_expected", "staff_expected"),
    )


def _own_view(c: Columns) -> Claim:
    felt, seen = c.rating("touchpoints_delivered"), c.rating("staff_delivered")

    def higher(survey: Any, staff: Any) -> Estimate:
        _same_touchpoints(felt, seen)
        both = _together(survey, staff, felt, seen)
        return measure(both, _average(felt, "delivered"), by="source").contrast("staff", "customers")

    return Claim(
        "provider-customer-gap",
        says="companies see their own service better than customers do",
        source=IS_NOT,
        data=("survey", "staff"),
        measure=higher,
        what="what staff say is delivered less what customers say, over the touchpoints",
        region=above(0),
        why="above 0 the firm thinks better of itself than its customers do",
        needs=c.needs("touchpoints_delivered", "staff_delivered"),
    )


def _answer(rating: Rating, column: str) -> Score:
    low, high = rating.scale
    return Score(col(column) * 1, col(column).is_answered(), column, unit="points", range=(low, high),
                 variant=f"mean on {low:g}-{high:g}")  # fmt: skip


def _same_touchpoints(customers: Rating, staff: Rating) -> None:
    if customers.columns != staff.columns or customers.scale != staff.scale:
        raise ArgumentError(
            f"catalogue(columns=): the roles {customers.role!r} and {staff.role!r} must name the same columns in both data "
            f"sets, on one scale; {', '.join(customers.columns)} is not {', '.join(staff.columns)}, or the scales differ."
        )


def _together(survey: Any, staff: Any, *ratings: Rating) -> Survey:
    """Return customers and staff in one survey, so that branches they share are not taken for independent."""
    customers = survey if isinstance(survey, Survey) else Survey(survey)
    if not isinstance(staff, Survey):
        d = customers.design
        staff = Survey(staff, None, list(d.strata) or None, list(d.psu) or None, d.fpc, d.lone_psu, d.nest)
    return concat({"customers": customers, "staff": staff})
