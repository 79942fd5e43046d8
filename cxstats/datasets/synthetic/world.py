"""A synthetic world: all tables, drawn from one truth and one seed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.datasets.synthetic.branches import COUNT, Branches, branch_table, draw_branches
from cxstats.datasets.synthetic.contacts import draw_contacts
from cxstats.datasets.synthetic.draw import Draw, by
from cxstats.datasets.synthetic.people import People, draw_people
from cxstats.datasets.synthetic.prices import draw_choices, draw_prices
from cxstats.datasets.synthetic.service import ITEMS, Columns, draw_opinions, draw_service
from cxstats.datasets.synthetic.staff import cost_table, draw_staff
from cxstats.datasets.synthetic.touchpoints import draw_touchpoints
from cxstats.datasets.synthetic.truth import (
    AGES,
    CHANNELS,
    FEATURES,
    INDUSTRIES,
    ISSUES,
    LEVELS,
    PRICES,
    QUARTERS,
    REGIONS,
    SEGMENTS,
    TENURES,
    TOUCHPOINTS,
    Truth,
)
from cxstats.errors import ArgumentError

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("survey", "contacts", "staff", "branches", "choices", "costs")
SMALLEST = COUNT * len(QUARTERS)

# no answer: by channel, times what the question adds; the dissatisfied leave more gaps
NO_ANSWER = {"app": 0.03, "branch": 0.08, "phone": 0.06, "web": 0.04}
QUESTION = {
    "recommend": 1.6,
    "expected": 1.5,
    "delivered": 1.2,
    "spend": 1.5,
    "effort": 1.2,
    "resolved": 0.9,
    "overall": 0.7,
}
DISSATISFIED = 1.5
PRICE_QUESTIONS = (
    "too_cheap", "cheap", "expensive", "too_expensive", "intent_at_cheap", "intent_at_expensive",
    *(f"buy_at_{p}" for p in PRICES), "bid_accepted", "second_accepted",
)  # fmt: skip
ASKED_OF_TOUCHPOINTS = ("expected", "adequate", "desired", "delivered")
PRICE_GAP = 2.0  # questions about prices are left out more often, all of them together


def draw_world(truth: Truth, n: int, seed: int, tables: tuple[str, ...] = TABLES) -> dict[str, pd.DataFrame]:
    """Return the tables asked for; a table is the same whatever others are asked for."""
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < SMALLEST:
        raise ArgumentError(f"simulate(n=): a whole number of at least {SMALLEST} is needed, not {n!r}.")
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ArgumentError(f"simulate(seed=): a whole number of at least 0 is needed, not {seed!r}.")
    branches = draw_branches(truth, seed)
    people = draw_people(truth, seed, n, branches)
    service = draw_service(truth, seed, people, branches)
    found: dict[str, pd.DataFrame] = {}
    for table in tables:
        if table == "survey":
            found[table] = _survey(truth, seed, people, branches, service)
        elif table == "contacts":
            found[table] = draw_contacts(truth, seed, n, people, service)
        elif table == "staff":
            found[table] = draw_staff(truth, seed, n, branches)
        elif table == "branches":
            found[table] = branch_table(branches)
        elif table == "choices":
            found[table] = draw_choices(truth, seed)
        else:
            found[table] = cost_table(truth)
    return found


def _survey(truth: Truth, seed: int, people: People, branches: Branches, service: Columns) -> pd.DataFrame:
    import pandas as pd

    service = service | draw_touchpoints(truth, seed, people, branches, service["need_met"])
    opinions = draw_opinions(truth, seed, people, branches, service)
    prices = draw_prices(truth, seed, people, service["service_level"])
    facts = _facts(people, branches, service)
    answers = {
        "overall": opinions["overall"],
        "satisfaction": opinions["satisfaction"],
        "recommend": opinions["recommend"],
        "loyalty": opinions["loyalty"],
        "resolved": service["resolved"],
        "effort": service["effort"],
        "expected": service["expected"],
        "delivered": service["delivered"],
        "need_met": service["need_met"],
        "delight": service["delight"],
        "told_others": service["told_others"],
        "renewed": opinions["renewed"],
        "spend": opinions["spend"],
        **{item: service[item] for item in ITEMS},
        **{f"{what}_{t}": service[f"{what}_{t}"] for what in ASKED_OF_TOUCHPOINTS for t in TOUCHPOINTS},
        **{name: column for name, column in prices.items() if not name.endswith("_with") and not name.endswith("_without")},
        **{f"{f}_{how}": prices[f"{f}_{how}"] for f in FEATURES for how in ("with", "without")},
        **{f"points_{t}": service[f"points_{t}"] for t in TOUCHPOINTS},
    }  # fmt: skip
    gaps = _gaps(truth, seed, people, opinions["satisfied"], answers)
    table = {name: _answer(values, gaps.get(name)) for name, values in answers.items()}
    return pd.DataFrame({**facts, **table, "synthetic": True})


def _facts(people: People, branches: Branches, service: Columns) -> Columns:
    """Return what is known of each respondent and contact without asking."""
    lead, after = branches.lead[people.branch], branches.after[people.branch, people.quarter]
    return {
        "respondent": people.names,
        "customer": [f"customer-{i:0{len(str(len(people) + COUNT * 10**4))}d}" for i in people.customer + 1],
        "quarter": np.asarray(QUARTERS)[people.quarter],
        "year": 1 + people.quarter // 4,
        "industry": np.asarray(INDUSTRIES)[branches.industry[people.branch]],
        "region": np.asarray(REGIONS)[branches.region[people.branch]],
        "branch": branches.name[people.branch],
        "weight": people.weight,
        "age": np.asarray(AGES)[people.age],
        "segment": np.asarray(SEGMENTS)[people.segment],
        "tenure": np.asarray(TENURES)[people.tenure],
        "comfort": np.where(people.comfortable, "comfortable", "uncomfortable"),
        "target": np.where(people.target, "yes", "no"),
        "tailored": np.where(people.tailored, "yes", "no"),
        "first_impression": np.where(people.good_impression, "good", "bad"),
        "issue": np.asarray(ISSUES)[people.issue],
        "channel": np.asarray(CHANNELS)[people.channel],
        "served_by": np.where(people.bot, "bot", "person"),
        "service_level": np.asarray(LEVELS)[service["service_level"]],
        "technology_met": service["technology_met"],
        "programme": np.where(after, lead, "none"),
    }


def _gaps(truth: Truth, seed: int, people: People, satisfied: np.ndarray, answers: Columns) -> dict[str, np.ndarray]:
    """Return where answers are missing: more often by channel, and from the dissatisfied."""
    draw, n = Draw(seed, "gaps"), len(people)
    usual = truth.no_answer * by(NO_ANSWER, CHANNELS, people.channel) * np.where(satisfied, 1.0, DISSATISFIED)
    prices = draw.yes(PRICE_GAP * usual, "no_answer")
    asked_always = ("bid", "second_bid")
    found = {}
    for name in answers:
        own = draw.yes(QUESTION.get(name, 1.0) * usual, "no_answer", n)
        if name not in asked_always:
            found[name] = prices if name in PRICE_QUESTIONS else own
    return found


def _answer(values: np.ndarray, gaps: np.ndarray | None) -> Any:
    """Return a column as it is read from a file: whole numbers, amounts, or yes and no; empty where there is no answer."""
    import pandas as pd

    if values.dtype == bool:
        texts = pd.Series(np.where(values, "yes", "no"), dtype="str")
        return texts if gaps is None else texts.mask(gaps)
    column = pd.Series(values)
    column = column if values.dtype.kind == "f" else column.astype("Int64")
    return column if gaps is None else column.mask(gaps)


def answering(question: str, channel: str, satisfied: bool, truth: Truth) -> float:
    """Return the chance that a question is answered."""
    rate: Mapping[str, float] = NO_ANSWER
    return 1 - truth.no_answer * rate[channel] * (1.0 if satisfied else DISSATISFIED) * QUESTION.get(question, 1.0)
