"""The truth of the synthetic data: every share, effect, slope and price that its answers are drawn from.

Change one and you have another world: ``simulate(need_effect=0.0)`` draws customers who do not mind an unmet need. Means
are linear in the effects and answers are drawn so that their expectation is exact, so a truth is what a method should find.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

from cxstats.errors import ArgumentError, suggestion

QUARTERS = tuple(f"{year}Q{quarter}" for year in range(2022, 2027) for quarter in range(1, 5))[3:19]
REGIONS = ("east", "north", "south", "west")
BRANCHES_PER_REGION = 10
INDUSTRIES = ("bank", "insurance", "retail", "telecom")
CHANNELS = ("app", "branch", "phone", "web")
ISSUES = ("advice", "billing", "order", "technical")
SEGMENTS = ("hurry", "explanation", "reassurance", "relationship")
AGES = ("18-24", "25-34", "35-49", "50-64", "65+")
TENURES = ("new", "settled", "long")
LEVELS = ("poor", "adequate", "wow")
TOUCHPOINTS = ("advertising", "purchase", "onboarding", "support", "billing", "amenities", "back_office")
SERVICE_ITEMS = ("fast", "fair", "easy", "personalised", "intuitive", "contextual", "expertise", "timeliness", "manner")
AMENITIES = ("decor", "drinks", "hold_music")
PRICES = (20, 30, 40, 50, 60)
FEATURES = ("call_back", "evening_hours", "chat_history")


def _of(**values: float) -> Any:
    """Return a field whose default is a table of numbers that nobody can change."""
    return field(default_factory=lambda: MappingProxyType(dict(values)))


def _table(values: Mapping[Any, Any]) -> Any:
    return field(default_factory=lambda: MappingProxyType(dict(values)))


@dataclass(frozen=True)
class Truth:
    """What the synthetic world is like. Effects are in points of the answer's scale, chances and shares from 0 to 1."""

    # who is asked
    channel_share: Mapping[str, float] = _of(app=0.34, branch=0.12, phone=0.28, web=0.26)
    segment_share: Mapping[str, float] = _of(hurry=0.35, explanation=0.25, reassurance=0.20, relationship=0.20)
    age_share: Mapping[str, float] = _table(dict(zip(AGES, (0.12, 0.20, 0.28, 0.24, 0.16), strict=True)))
    comfortable: Mapping[str, float] = _table(dict(zip(AGES, (0.90, 0.85, 0.75, 0.60, 0.45), strict=True)))
    tenure_share: Mapping[str, float] = _of(new=0.25, settled=0.45, long=0.30)
    target_customer: float = 0.6
    tailored: float = 0.5  # by lot
    good_first_impression: float = 0.75
    bot: Mapping[str, float] = _of(app=0.45, branch=0.0, phone=0.20, web=0.40)  # by channel, times:
    bot_issue: Mapping[str, float] = _of(advice=0.6, billing=1.0, order=1.4, technical=0.8)
    bot_segment: Mapping[str, float] = _of(hurry=1.2, explanation=0.9, reassurance=0.9, relationship=0.7)
    returning: float = 0.3  # share of answers from customers who are asked in several quarters
    no_answer: float = 1.0  # times the rates of NO_ANSWER; 0 leaves no gaps

    # what happens: the level of service, by tenure, and what comes of it
    level_share: Mapping[str, tuple[float, float, float]] = _table(
        {"new": (0.25, 0.60, 0.15), "settled": (0.20, 0.60, 0.20), "long": (0.12, 0.58, 0.30)}
    )
    need_met: Mapping[str, float] = _of(poor=0.40, adequate=0.82, wow=0.90)
    need_met_segment: Mapping[str, float] = _of(hurry=0.06, explanation=-0.14, reassurance=0.02, relationship=0.04)
    delight: Mapping[str, float] = _of(poor=0.08, adequate=0.15, wow=0.60)
    resolved: tuple[float, float] = (0.35, 0.88)  # at the first contact: need unmet, met
    ease: Mapping[str, float] = _of(app=5.7, branch=5.0, phone=4.7, web=5.3)  # 1-7, 7 is easy
    ease_if_unmet: float = -1.0
    told_others: Mapping[str, float] = _of(poor=0.35, adequate=0.22, wow=0.45)

    # overall 1-5: the chance of 4 or 5
    satisfied: tuple[float, float] = (0.30, 0.84)  # need unmet, met
    satisfied_channel: Mapping[str, float] = _of(app=0.04, branch=0.06, phone=-0.06, web=-0.01)
    satisfied_per_year: float = 0.02
    branch_spread: float = 0.06  # effects of branches are even between -spread and +spread

    # satisfaction 1-10, for an unmet need, ratings at their middle, in the middle of the time
    satisfaction: float = 4.5
    need_effect: float = 1.8
    delight_effect: tuple[float, float] = (0.1, 0.4)  # need unmet, met
    manner_effect: float = 0.30  # a step of the rating, as below
    item_effect: Mapping[str, float] = _of(
        fast=0.04, fair=0.04, easy=0.04, personalised=0.02, intuitive=0.01, contextual=0.01, expertise=0.05, timeliness=0.05,
        decor=0.005, drinks=0.005, hold_music=0.005,
    )  # fmt: skip
    favourite_effect: float = 0.10  # more for the item that the segment cares for
    tailored_effect: tuple[float, float] = (-0.2, 0.3)  # on other customers, on the target
    technology_effect: tuple[float, float] = (
        -0.10,
        0.05,
    )  # a step of technology met: the uncomfortable, the comfortable
    satisfaction_channel: Mapping[str, float] = _of(app=0.05, branch=0.10, phone=-0.10, web=0.0)
    satisfaction_per_year: float = 0.0
    programme_effect: Mapping[str, float] = _of(
        marketing=0.0, service=0.10
    )  # after the start of the branch's programme
    clarity_effect: float = 0.03  # a point of clarity of the branch's touchpoints
    innovation_effect: float = 0.0  # a point of its innovation, beyond clarity

    # loyalty 1-10, for adequate service, a good first impression, ratings at their middle
    loyalty: float = 6.2
    level_effect: Mapping[str, float] = _of(poor=-1.2, adequate=0.0, wow=0.15)
    bot_effect: float = -0.4
    bad_first_impression_effect: float = -0.5
    low_effort_effect: float = 0.2  # for a contact rated 5 or more for ease
    tenure_effect: Mapping[str, float] = _of(new=-0.2, settled=0.0, long=0.3)
    issue_effect: Mapping[str, float] = _of(advice=0.1, billing=-0.2, order=0.2, technical=-0.1)
    touchpoint_effect: Mapping[str, float] = _of(
        advertising=0.03, purchase=0.08, onboarding=0.09, support=0.20, billing=0.12, amenities=0.02, back_office=0.16
    )
    perception_effect: float = -0.5  # a point of the gap between the staff's and the customers' view of a branch

    # renewal and spend
    renewed: Mapping[str, float] = _of(poor=0.42, adequate=0.80, wow=0.84)
    renewed_tenure: Mapping[str, float] = _of(new=-0.05, settled=0.0, long=0.05)
    spend: Mapping[str, float] = _of(poor=45.0, adequate=60.0, wow=66.0)  # mean, those who spend nothing included
    spend_tenure: Mapping[str, float] = _of(new=-10.0, settled=0.0, long=15.0)
    wow_spend_per_year: float = 1.0  # more for wow than for the others
    spends_nothing: float = 0.25

    # ratings 1-5: the mean where the need is met, and how much lower it is where it is not
    rating: Mapping[str, float] = _of(
        fast=3.5, fair=3.6, easy=3.5, personalised=2.9, intuitive=2.9, contextual=2.8, expertise=3.7, timeliness=3.5,
        manner=3.7, decor=3.2, drinks=3.0, hold_music=2.8,
    )  # fmt: skip
    rating_if_unmet: Mapping[str, float] = _of(
        fast=-0.9, fair=-0.9, easy=-0.9, personalised=-0.4, intuitive=-0.3, contextual=-0.3, expertise=-0.8, timeliness=-0.8,
        manner=0.0, decor=0.0, drinks=0.0, hold_music=0.0,
    )  # fmt: skip

    # expectations: a service overall, and at each touchpoint, 1-5
    expected: float = 3.85
    expected_per_year: float = 0.12
    delivered: tuple[float, float] = (3.0, 3.8)  # need unmet, met
    delivered_per_year: float = 0.0
    perfectionists: float = 0.06  # share who expect the top of the scale everywhere
    touchpoint_expected: Mapping[str, float] = _of(
        advertising=3.4, purchase=3.8, onboarding=3.8, support=4.1, billing=4.0, amenities=3.3, back_office=3.9
    )
    expected_industry: Mapping[str, float] = _of(bank=0.06, insurance=0.0, retail=-0.06, telecom=0.0)
    touchpoint_delivered: Mapping[str, float] = _of(
        advertising=3.5, purchase=3.7, onboarding=3.4, support=3.4, billing=3.5, amenities=3.4, back_office=3.3
    )

    # staff and branches
    staff_over_customers: float = 0.4  # staff's rating of a touchpoint minus the customers'
    perception_spread: float = 0.4  # that gap differs by branch, evenly between -spread and +spread
    guess_error: Mapping[str, float] = _of(
        advertising=0.3, purchase=0.1, onboarding=0.0, support=-0.3, billing=0.0, amenities=0.4, back_office=-0.2
    )  # staff's guess of what customers expect, minus what they expect
    basics_per_technology: float = -1.5  # points of 100 a point of technology, branch and quarter effects removed
    improvement: tuple[float, float] = (0.35, 0.45)  # points, branches of low and of high investment

    # price and experience
    matters_more: float = 0.64  # say that experience matters more than price
    would_pay_more: tuple[float, float] = (0.36, 0.70)  # of those who do not say so, and of those who do
    worth: Mapping[str, float] = _of(poor=36.0, adequate=40.0, wow=43.0)  # median willingness to pay, by level
    worth_spread: float = 7.0  # scale of its logistic distribution
    inconsistent_prices: float = 0.03
    stated_importance: Mapping[str, float] = _of(
        advertising=0.06, purchase=0.12, onboarding=0.12, support=0.26, billing=0.16, amenities=0.08, back_office=0.20
    )
    kano: Mapping[str, tuple[float, float, float, float]] = _table(
        {"call_back": (0.55, 0.20, 0.10, 0.15), "evening_hours": (0.15, 0.55, 0.15, 0.15),
         "chat_history": (0.10, 0.20, 0.50, 0.20)}
    )  # fmt: skip  # attractive, one-dimensional, must-be, indifferent
    utility: Mapping[str, float] = _of(price=-0.06, wait=-0.05, app=0.2, branch=0.0, phone=0.1, expert=0.8)

    # costs and plans of a level of service, for one customer
    cost: Mapping[str, float] = _of(poor=5.0, adequate=12.0, wow=22.0)
    planned_return: Mapping[str, float] = _of(poor=0.0, adequate=1.0, wow=1.5)
    margin: float = 0.6

    # the contact log
    phone_share: Mapping[str, float] = _table(dict(zip(AGES, (0.20, 0.27, 0.35, 0.42, 0.50), strict=True)))
    phone_per_quarter: float = -0.01
    anonymous: float = 0.04
    fresh_per_year: float = 0.9  # contacts a customer makes for a new reason
    unresolved: float = 0.25  # contacts that the customer will repeat,
    repeat_days: float = 4.0  # after this mean time (exponential)
    wait: Mapping[str, float] = _of(app=1.0, branch=8.0, phone=9.0, web=2.0)  # mean minutes
    transferred: Mapping[str, float] = _of(app=0.08, branch=0.10, phone=0.30, web=0.12)
    repeated_information: tuple[float, float] = (0.12, 0.60)  # not transferred, transferred
    self_service_tried: Mapping[str, float] = _of(app=0.30, branch=0.15, phone=0.35, web=0.30)
    follow_up_promised: float = 0.20
    follow_up_kept: float = 0.80
    abandoned_per_minute: float = 0.012  # chance a minute of waiting, on the phone
    called_resolved: tuple[float, float] = (0.55, 0.95)  # by the agent: contacts that are repeated, and that are not

    def changed(self, **truths: Any) -> Truth:
        """Return another world: a number replaced, of a table only the entries given.

        Raises
        ------
        ArgumentError
            If there is no such truth or entry, or it is not a number (or as many numbers) as the one it replaces.
        """
        known = {f.name: getattr(self, f.name) for f in fields(self)}
        return replace(self, **{name: _replaced(name, value, known) for name, value in truths.items()})

    def chance_of_need_met(self) -> float:
        """Return the share of all contacts in which the need is met."""
        by_level = {
            level: sum(self.tenure_share[t] * self.level_share[t][i] for t in TENURES) for i, level in enumerate(LEVELS)
        }
        met = sum(by_level[level] * self.need_met[level] for level in LEVELS)
        return float(met + sum(self.segment_share[s] * self.need_met_segment[s] for s in SEGMENTS))


def _replaced(name: str, value: Any, known: Mapping[str, Any]) -> Any:
    if name not in known:
        raise ArgumentError(f"simulate: there is no truth {name!r}.{suggestion(name, known)}")
    old = known[name]
    if isinstance(old, Mapping):
        if not isinstance(value, Mapping):
            raise ArgumentError(f"simulate({name}=): a table such as {dict(old)!r} is needed, not {value!r}.")
        for key in value:
            if key not in old:
                raise ArgumentError(
                    f"simulate({name}=): there is no entry {key!r}.{suggestion(str(key), map(str, old))}"
                )
        return MappingProxyType({**old, **{key: _alike(f"{name}[{key!r}]", v, old[key]) for key, v in value.items()}})
    return _alike(name, value, old)


def _alike(name: str, value: Any, old: Any) -> Any:
    if isinstance(old, tuple):
        if not isinstance(value, tuple | list) or len(value) != len(old):
            raise ArgumentError(f"simulate({name}=): {len(old)} numbers such as {old!r} are needed, not {value!r}.")
        return tuple(_alike(name, part, before) for part, before in zip(value, old, strict=True))
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ArgumentError(f"simulate({name}=): a number such as {old!r} is needed, not {value!r}.")
    return float(value)
