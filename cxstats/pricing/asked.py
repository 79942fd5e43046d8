"""What a price question needs of a survey: its columns, checked and read once, before anything is computed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cxstats.errors import CONVERT
from cxstats.expression import col
from cxstats.inference.estimate import Estimate
from cxstats.score import CODE, Check, Score

if TYPE_CHECKING:
    pass

FAR = 3  # times the next highest value: then the highest looks like a code


def price_answer(place: str, column: str) -> Score:
    """Return the mean of a column of prices, which refuses texts, negative and infinite ones."""
    value = col(column)
    impossible = Check(
        column, (value < 0) | (value == math.inf), "prices below 0 or infinite",
        "Recode what means 'no answer' as missing, or leave such rows out with where=.", numeric=CONVERT,
    )  # fmt: skip
    return Score(value, value.is_answered(), place, checks=(impossible,))


def at_prices(e: Estimate, metric: str, prices: np.ndarray) -> Estimate:
    """Return an estimate of one score for each price, labelled by `metric`, `price` and the groups."""
    labels = e.labels
    labels["metric"] = metric
    labels.insert(1, "price", np.repeat(prices, len(e) // len(prices)))
    rows = replace(e._rows, variant=np.full(len(e), metric, dtype=object))
    return Estimate(e.values, labels, rows, e._covariance, e._origin, df=e.df, uses=e._uses)


def thinned(prices: np.ndarray, most: int) -> np.ndarray:
    """Return at most so many of the prices, evenly spread among them, with the first and the last."""
    return (
        prices if len(prices) <= most else prices[np.unique(np.linspace(0, len(prices) - 1, most).round().astype(int))]
    )


def codes(values: Mapping[str, np.ndarray]) -> list[str]:
    """Say of each column whether its highest value, far above the next, looks like a code for "no answer"."""
    said = []
    for name, column in values.items():
        found = np.unique(column[np.isfinite(column)])
        if len(found) > 1 and found[-1] > FAR * found[-2] and CODE.fullmatch(f"{found[-1]:.15g}"):
            times, next_one = int((column == found[-1]).sum()), found[-2]
            rows = f"{times:,} row{'s'[: times != 1]}"
            said.append(
                f"{name!r} holds {found[-1]:g} ({rows}), far above the next, {next_one:g}: if it means no answer, "
                "make it missing"
            )
    return said
