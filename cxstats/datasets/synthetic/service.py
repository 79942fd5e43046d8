"""What happened and what people thought of it: level of service, need met, effort, ratings, satisfaction, loyalty, money."""

from __future__ import annotations

from typing import Any

import numpy as np

from cxstats.datasets.synthetic.branches import Branches
from cxstats.datasets.synthetic.draw import Draw, by
from cxstats.datasets.synthetic.people import People
from cxstats.datasets.synthetic.truth import (
    AMENITIES,
    CHANNELS,
    ISSUES,
    LEVELS,
    SEGMENTS,
    SERVICE_ITEMS,
    TENURES,
    TOUCHPOINTS,
    Truth,
)

ITEMS = (*SERVICE_ITEMS, *AMENITIES)
FAVOURITES = {"hurry": "timeliness", "explanation": "expertise", "reassurance": "fair", "relationship": "personalised"}
MIDDLE = 3  # of the ratings 1-5

# the answers, given that the customer is satisfied overall, and if not
OVERALL = ({5: 0.45, 4: 0.55}, {3: 0.50, 2: 0.30, 1: 0.20})
RECOMMEND = (
    {10: 0.34, 9: 0.26, 8: 0.18, 7: 0.12, 6: 0.06, 5: 0.04},
    {10: 0.03, 9: 0.05, 8: 0.14, 7: 0.18, 6: 0.18, 5: 0.16, 4: 0.10, 3: 0.08, 2: 0.04, 1: 0.02, 0: 0.02},
)

Columns = dict[str, Any]


def draw_service(truth: Truth, seed: int, people: People, branches: Branches) -> Columns:
    """Return what happened, and how each part of it was rated."""
    draw, n = Draw(seed, "service"), len(people)
    shares = np.asarray([truth.level_share[tenure] for tenure in TENURES])[people.tenure]
    level = (draw.uniform(n)[:, None] >= np.cumsum(shares, axis=1)[:, :-1]).sum(axis=1)
    chance = by(truth.need_met, LEVELS, level) + by(truth.need_met_segment, SEGMENTS, people.segment)
    met = draw.yes(chance, "need_met")
    branch, quarter = people.branch, people.quarter
    found: Columns = {
        "service_level": level,
        "need_met": met,
        "delight": draw.yes(by(truth.delight, LEVELS, level), "delight"),
        "resolved": draw.yes(np.where(met, truth.resolved[1], truth.resolved[0]), "resolved"),
        "effort": draw.rated(
            by(truth.ease, CHANNELS, people.channel) + np.where(met, 0.0, truth.ease_if_unmet), 1, 7, 1.2, "ease"
        ),
        "technology_met": draw.rated(
            1.8 + 0.24 * branches.technology[branch, quarter].clip(0, 10), 1, 5, 0.8, "technology_met"
        ),
        "told_others": draw.yes(by(truth.told_others, LEVELS, level), "told_others"),
    }
    for item in ITEMS:
        mean = truth.rating[item] + np.where(met, 0.0, truth.rating_if_unmet[item])
        found[item] = draw.rated(mean, 1, 5, 1.2, f"rating[{item!r}]")
    return found


def draw_opinions(truth: Truth, seed: int, people: People, branches: Branches, service: Columns) -> Columns:
    """Return overall, recommendation, satisfaction, loyalty, renewal and spend."""
    draw, n = Draw(seed, "opinions"), len(people)
    level, met = service["service_level"], service["need_met"]
    satisfied = draw.yes(
        np.where(met, truth.satisfied[1], truth.satisfied[0])
        + by(truth.satisfied_channel, CHANNELS, people.channel)
        + truth.satisfied_per_year * people.years
        + branches.effect[people.branch],
        "the chance of being satisfied",
    )
    found: Columns = {"satisfied": satisfied}
    for name, (yes, no) in {"overall": OVERALL, "recommend": RECOMMEND}.items():
        u = draw.uniform(n)
        found[name] = np.where(satisfied, _answers(u, yes), _answers(u, no))
    found["satisfaction"] = draw.rated(_satisfaction(truth, people, branches, service), 1, 10, 1.0, "satisfaction")
    found["loyalty"] = draw.rated(_loyalty(truth, people, branches, service), 1, 10, 0.8, "loyalty")
    renewed = by(truth.renewed, LEVELS, level) + by(truth.renewed_tenure, TENURES, people.tenure)
    found["renewed"] = draw.yes(renewed, "renewed")
    mean = by(truth.spend, LEVELS, level) + by(truth.spend_tenure, TENURES, people.tenure)
    mean = mean + truth.wow_spend_per_year * people.years * (level == LEVELS.index("wow"))
    some = mean / (1 - truth.spends_nothing) * np.exp(0.5 * draw.normal(n) - 0.125)
    found["spend"] = np.where(draw.yes(truth.spends_nothing, "spends_nothing", n), 0.0, np.round(some, 2))
    return found


def _satisfaction(truth: Truth, people: People, branches: Branches, service: Columns) -> np.ndarray:
    """Return the mean of satisfaction, 1-10."""
    met, branch, quarter = service["need_met"], people.branch, people.quarter
    programme = np.asarray([truth.programme_effect.get(lead, 0.0) for lead in branches.lead])[branch]
    mean = (
        truth.satisfaction
        + truth.need_effect * met
        + np.where(met, truth.delight_effect[1], truth.delight_effect[0]) * service["delight"]
        + truth.manner_effect * (service["manner"] - MIDDLE)
        + np.where(people.target, truth.tailored_effect[1], truth.tailored_effect[0]) * people.tailored
        + np.where(people.comfortable, truth.technology_effect[1], truth.technology_effect[0])
        * (service["technology_met"] - MIDDLE)
        + by(truth.satisfaction_channel, CHANNELS, people.channel)
        + truth.satisfaction_per_year * people.years
        + programme * branches.after[branch, quarter]
        + truth.clarity_effect * (branches.clarity[branch, quarter] - 5)
        + truth.innovation_effect * (branches.innovation[branch, quarter] - 5)
    )
    for item, effect in truth.item_effect.items():
        mean = mean + effect * (service[item] - MIDDLE)
    for segment, item in FAVOURITES.items():
        mean = mean + truth.favourite_effect * (people.segment == SEGMENTS.index(segment)) * (service[item] - MIDDLE)
    return np.asarray(mean)


def _loyalty(truth: Truth, people: People, branches: Branches, service: Columns) -> np.ndarray:
    """Return the mean of loyalty, 1-10."""
    mean = (
        truth.loyalty
        + by(truth.level_effect, LEVELS, service["service_level"])
        + truth.bot_effect * people.bot
        + truth.bad_first_impression_effect * ~people.good_impression
        + truth.low_effort_effect * (service["effort"] >= 5)
        + by(truth.tenure_effect, TENURES, people.tenure)
        + by(truth.issue_effect, ISSUES, people.issue)
        + truth.perception_effect * branches.perception[people.branch]
    )
    for touchpoint in TOUCHPOINTS:
        mean = mean + truth.touchpoint_effect[touchpoint] * (service[f"delivered_{touchpoint}"] - MIDDLE)
    return np.asarray(mean)


def _answers(u: np.ndarray, chances: dict[int, float]) -> np.ndarray:
    edges = np.cumsum(list(chances.values()))
    return np.asarray(list(chances))[np.minimum(np.searchsorted(edges, u, side="right"), len(chances) - 1)]
