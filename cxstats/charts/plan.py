"""The plan of a dot chart: which row, block and colour each estimate has, from its labels alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.charts.style import PALETTE, is_constant, sentence, shown, wrapped
from cxstats.errors import ArgumentError, one_of

if TYPE_CHECKING:
    import pandas as pd

MOST_AUTO_COLORS = 4
DOT, HEADING, LINE, WIDE = 0.72, 1.15, 0.6, 34  # heights of a dot, a heading and a line of text; characters in a line


@dataclass(frozen=True)
class Plan:
    """Where each estimate goes: its height from the top, its colour, and the texts of rows and blocks.

    Attributes
    ----------
    y : array of float
        Height of each estimate's dot.
    series : array of int
        Index of each estimate's colour.
    colors, title : list of str, str
        Text of each colour, none where colour says nothing, and what they are.
    texts, at : list of str, list of float
        Text of each row and its height.
    headings : list of (str, float)
        Text of each block and its height.
    row, height : float
        Height of one row, and of it all.
    said : list of str
        The label column that the rows name, so that the axis of values need not.
    """

    y: np.ndarray
    series: np.ndarray
    colors: list[str]
    title: str
    texts: list[str]
    at: list[float]
    headings: list[tuple[str, float]]
    row: float
    height: float
    said: list[str]

    @classmethod
    def of(cls, labels: pd.DataFrame, color_by: str | None) -> Plan:
        """Lay out the rows of the labels."""
        telling = [str(c) for c in labels.columns if not is_constant(labels, c)]
        if labels[telling].duplicated().any() if telling else len(labels) > 1:
            raise ArgumentError(
                "plot_estimates(est=): two rows have the same labels, so a reader could not tell them apart."
            )
        color = _color_column(labels, telling, color_by)
        only = "contrast" if "contrast" in labels else [c for c in labels.columns if c != "trend"][-1]
        rest = [c for c in telling if c != color] or [color or only]
        series, colors = np.zeros(len(labels), dtype=np.int64), []
        if color is not None:
            kinds = list(dict.fromkeys(labels[color].tolist()))
            series = np.asarray([kinds.index(value) for value in labels[color].tolist()])
            colors = [label_text(color, kind) for kind in kinds]
        dots = len(colors) if color is not None and rest != [color] else 1
        keys = list(labels[rest].itertuples(index=False, name=None))
        lines = max(wrapped(label_text(rest[-1], key[-1]), WIDE).count("\n") + 1 for key in keys)
        row = max(1.0 + (DOT * (dots - 1) + 0.25 if dots > 1 else 0.0), LINE * lines + 0.3)
        y, height = np.zeros(len(labels)), 0.1
        texts: list[str] = []
        at: list[float] = []
        headings: list[tuple[str, float]] = []
        for block in dict.fromkeys(key[:-1] for key in keys):
            if block:
                height += 0.3 * bool(headings)
                headings.append(
                    (", ".join(label_text(c, v) for c, v in zip(rest, block, strict=False)), height + HEADING / 2)
                )
                height += HEADING
            for key in dict.fromkeys(key for key in keys if key[:-1] == block):
                rows = [i for i, other in enumerate(keys) if other == key]
                at.append(height + row / 2)
                y[rows] = at[-1] + (DOT * (series[rows] - (dots - 1) / 2) if dots > 1 else 0.0)
                texts.append(label_text(rest[-1], key[-1]))
                height += row
        return cls(
            y, series, colors, sentence(color or ""), texts, at, headings, row, height + 0.1,
            [c for c in ("metric", "contrast") if rest == [c]],
        )  # fmt: skip


def _color_column(labels: pd.DataFrame, telling: list[str], color_by: str | None) -> str | None:
    if color_by == "auto" and "auto" not in labels:
        few = len(telling) > 1 and labels[telling[-1]].drop_duplicates().size <= MOST_AUTO_COLORS
        return telling[-1] if few else None
    if color_by is None:
        return None
    one_of("plot_estimates(color_by=)", color_by, list(labels.columns))
    count = labels[color_by].drop_duplicates().size
    if count > len(PALETTE):
        raise ArgumentError(
            f"plot_estimates(color_by=): {color_by!r} has {count} values, and {len(PALETTE)} colours can be told apart. "
            "Leave color_by= out, and its values make rows."
        )
    return color_by


def label_text(column: str, value: Any) -> str:
    """Return a label as text: metrics by their name in sentence case, values of the data as they are."""
    return sentence(shown(value)) if column == "metric" else shown(value)
