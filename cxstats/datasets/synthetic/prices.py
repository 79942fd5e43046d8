"""What customers would pay: opinions, price questions of four kinds, features wanted, and a choice experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxstats.datasets.synthetic.draw import Draw, by
from cxstats.datasets.synthetic.people import People
from cxstats.datasets.synthetic.service import Columns
from cxstats.datasets.synthetic.truth import FEATURES, LEVELS, PRICES, Truth

if TYPE_CHECKING:
    import pandas as pd

# answers to "with it" and "without it" (1 like, 2 expect, 3 neutral, 4 tolerate, 5 dislike) by what a feature is to one
KANO_ANSWERS = ((1, 3), (1, 5), (2, 5), (3, 3))  # attractive, one-dimensional, must-be, indifferent
OPINIONS = (0.62, 0.78, 1.10, 1.35)  # too cheap, cheap, expensive, too expensive: times what it is worth
RESPONDENTS, TASKS, ALTERNATIVES = 400, 8, 3


def draw_prices(truth: Truth, seed: int, people: People, level: np.ndarray) -> Columns:
    """Return the answers about prices and features."""
    draw, n = Draw(seed, "prices"), len(people)
    matters = draw.yes(truth.matters_more, "matters_more", n)
    worth = by(truth.worth, LEVELS, level) + truth.worth_spread * _logistic(draw.uniform(n))
    found: Columns = {
        "matters_more": matters,
        "would_pay_more": draw.yes(
            np.where(matters, truth.would_pay_more[1], truth.would_pay_more[0]), "would_pay_more"
        ),
    }
    opinion = [np.maximum(1, np.round(worth.clip(5) * share * (1 + 0.06 * draw.normal(n)))) for share in OPINIONS]
    stated = np.sort(np.stack(opinion), axis=0)
    mixed = draw.yes(truth.inconsistent_prices, "inconsistent_prices", n)
    stated[1:3, mixed] = stated[2:0:-1, mixed]
    for name, prices in zip(("too_cheap", "cheap", "expensive", "too_expensive"), stated, strict=True):
        found[name] = prices.astype(int)
    for name, base in (("intent_at_cheap", 3.6), ("intent_at_expensive", 2.5)):
        found[name] = draw.rated(np.full(n, base), 1, 5, 1.3, name)
    for price in PRICES:
        found[f"buy_at_{price}"] = worth >= price
    first = np.asarray(PRICES)[draw.shuffled(n) % len(PRICES)]
    agreed = worth >= first
    second = np.where(agreed, first + 10, first - 10)
    found |= {"bid": first, "bid_accepted": agreed, "second_bid": second, "second_accepted": worth >= second}
    for feature in FEATURES:
        kind = draw.one_of(dict(enumerate(truth.kano[feature])), n, f"kano[{feature!r}]")
        functional, dysfunctional = np.asarray(KANO_ANSWERS)[kind].T
        found[f"{feature}_with"], found[f"{feature}_without"] = functional, dysfunctional
    return found


def draw_choices(truth: Truth, seed: int) -> pd.DataFrame:
    """Return a choice experiment in long form: one row a respondent, task and alternative."""
    import pandas as pd

    draw, n = Draw(seed, "choices"), RESPONDENTS * TASKS * ALTERNATIVES
    price = np.asarray(PRICES[:4])[draw.shuffled(n) % 4]
    wait = np.asarray((1, 5, 15))[draw.shuffled(n) % 3]
    channel = np.asarray(("app", "branch", "phone"))[draw.shuffled(n) % 3]
    expert = draw.shuffled(n) % 2 == 1
    u = truth.utility
    value = (
        u["price"] * price
        + u["wait"] * wait
        + u["expert"] * expert
        + by(u, list(u), np.vectorize(list(u).index)(channel))
    )
    value = value - np.log(-np.log(draw.uniform(n)))
    best = value.reshape(-1, ALTERNATIVES).argmax(axis=1)
    respondent, task, alternative = (a.ravel() for a in np.indices((RESPONDENTS, TASKS, ALTERNATIVES)))
    return pd.DataFrame(
        {
            "respondent": [f"chooser-{i + 1:03d}" for i in respondent],
            "task": task + 1,
            "alternative": np.asarray(list("ABC"))[alternative],
            "price": price,
            "wait": wait,
            "channel": channel,
            "expertise": np.where(expert, "expert", "basic"),
            "chosen": alternative == best.repeat(ALTERNATIVES),
            "synthetic": True,
        }
    )


def _logistic(u: np.ndarray) -> np.ndarray:
    return np.asarray(np.log(u / (1 - u)))
