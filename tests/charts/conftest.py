"""A survey to draw, a half page to draw on, and nothing left open."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.axes import Axes

import cxstats as cx


@pytest.fixture(autouse=True)
def _close_figures() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.fixture(scope="session")
def survey(reference_data: Callable[[str], pd.DataFrame]) -> cx.Survey:
    """Return answers with strata and branches, in four quarters."""
    return cx.Survey(reference_data("straddle"), weight="weight", strata=["region", "zone"], psu="branch")


@pytest.fixture
def half_page() -> Axes:
    """Return Axes that take half the width of a page."""
    return plt.subplots(figsize=(3.3, 2.6), layout="constrained")[1]


@pytest.fixture(scope="session")
def extremes() -> pd.DataFrame:
    """Return groups where everybody, half of them, nobody is happy, and one where nobody answered."""
    groups = ["all"] * 30 + ["half"] * 40 + ["none"] * 25 + ["unasked"] * 5
    return pd.DataFrame({"group": groups, "overall": [5.0] * 30 + [5.0, 1.0] * 20 + [1.0] * 25 + [float("nan")] * 5})
