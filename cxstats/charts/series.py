"""The plan of a chart over time: where each period lies, and which estimates make a series, from the labels alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.charts.plan import label_text
from cxstats.charts.style import PALETTE, is_constant
from cxstats.errors import ArgumentError, listing, one_of
from cxstats.inference.periods import positions

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class TimeAxis:
    """The periods in order: labels, positions, and steps in a year (NaN where that is unknown)."""

    labels: list[Any]
    places: np.ndarray
    per_year: float


def period_column(labels: pd.DataFrame, over: str | None) -> str:
    """Return the label column that holds the periods."""
    by = [str(c) for c in labels.columns if c != "metric"]
    if over is None:
        able = [c for c in by if c not in ("contrast", "trend")]
        if len(able) != 1:
            said = (
                f"name the label that holds the periods, one of {listing(able)}" if able else "no label holds periods"
            )
            raise ArgumentError(f"plot_trend(over=): {said}; measure(by=) makes labels.")
        return able[0]
    one_of("plot_trend(over=)", over, by)
    return over


def time_axis(column: pd.Series[Any]) -> tuple[np.ndarray, TimeAxis]:
    """Return the position of every row, and the periods that there are, in order."""
    values = column.tolist()
    found = list(dict.fromkeys(values))
    if hasattr(column, "cat"):
        found = [value for value in column.cat.categories.tolist() if value in found]
    elif all(isinstance(value, str) for value in found):
        found.sort()
    places, per_year = positions(found, ordered=hasattr(column, "cat"))
    order = np.argsort(places, kind="stable")
    at = dict(zip(found, places.tolist(), strict=True))
    return np.asarray([at[v] for v in values]), TimeAxis([found[i] for i in order], places[order], per_year)


def answers_apart(labels: pd.DataFrame) -> pd.DataFrame:
    """Return labels with the answers in a column of their own, where all metrics are "question: answer" of one question."""
    if "answer" in labels:
        return labels
    parts = [str(metric).rpartition(": ") for metric in labels["metric"]]
    several = len({answer for _, _, answer in parts}) > 1
    if not several or not parts[0][0] or len({question for question, _, _ in parts}) > 1:
        return labels
    return labels.assign(metric=parts[0][0], answer=[answer for _, _, answer in parts])


def series_of(labels: pd.DataFrame, over: str, places: np.ndarray) -> dict[str, np.ndarray]:
    """Return the rows of each series in the order of time, by the name of the series."""
    others = [str(c) for c in labels.columns if c != over and not is_constant(labels, c)]
    keys = list(labels[others].itertuples(index=False, name=None)) if others else [()] * len(labels)
    found: dict[str, np.ndarray] = {}
    for key in dict.fromkeys(keys):
        rows = np.asarray([i for i, other in enumerate(keys) if other == key])
        if len(np.unique(places[rows])) < len(rows):
            raise ArgumentError(
                f"plot_trend(over={over!r}): a period occurs twice in one series; its rows are no trend."
            )
        name = ", ".join(label_text(column, value) for column, value in zip(others, key, strict=True))
        found[name] = rows[np.argsort(places[rows], kind="stable")]
    if len(found) > len(PALETTE):
        raise ArgumentError(
            f"plot_trend(est=): {len(found)} series are too many for one Axes; {len(PALETTE)} lines can be told apart. "
            "Measure fewer groups (where=), or draw each on its own Axes (ax=)."
        )
    return found
