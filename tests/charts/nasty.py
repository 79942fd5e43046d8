"""Answers that are hard to draw: one group, twelve, long names, few answers, all alike, none at all, missing cells."""

from __future__ import annotations

import numpy as np
import pandas as pd

LONG = "Counter and telephone of the branches, region"


def nasty_answers() -> pd.DataFrame:
    """Return answers of twelve groups with long names, over four quarters and two sides, in which every trouble occurs."""
    draw = np.random.default_rng(5)
    rows = pd.DataFrame(
        {
            "group": np.repeat([f"{LONG} {i}" for i in range(12)], 40),
            "quarter": np.tile(["2025Q4", "2026Q1", "2026Q2", "2026Q3"], 120),
            "side": np.where(np.arange(480) % 7 < 3, "$left$ or nowhere", "_right"),
            "five": draw.integers(1, 6, 480).astype(float),
            "four": draw.integers(1, 5, 480).astype(float),
            "ten": draw.integers(0, 11, 480).astype(float),
        }
    )
    questions, group = ["five", "four", "ten"], rows["group"].str.split().str[-1].astype(int)
    for number, answers in {1: (5.0, 4.0, 10.0), 2: (1.0, 1.0, 0.0), 3: (3.0, 2.0, 7.0), 4: (np.nan,) * 3}.items():
        rows.loc[group == number, questions] = answers
    few = (group == 5) & (rows.index % 40 > 1)
    missing = (group == 6) & (rows["side"] == "_right")
    return rows[~few & ~missing].reset_index(drop=True)
