"""The panels of a forest: verdicts of one unit share one, unless an interval would vanish beside another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import cxstats as cx
from tests.charts.test_plot_verdicts import readable, rows, satisfied


@pytest.fixture(scope="module")
def verdicts() -> cx.Verdicts:
    return cx.check(cx.Claim("most", measure=satisfied, region=cx.above(50)), pd.DataFrame({"overall": [5, 4, 1] * 50}))


def sized(verdicts: cx.Verdicts, name: str, low: float, high: float, *edges: float) -> Any:
    """Return a verdict without a unit."""
    middle = (low + high) / 2
    return replace(
        verdicts["most"], claim=name, unit="", estimate=middle, conf_low=low, conf_high=high, edges=(*edges, np.inf)[:2]
    )


@pytest.mark.parametrize(
    ("other", "panels"),
    [
        ((41.0, 43.0, 35.0), [["euros", "other"]]),
        ((-0.15, 0.15, -0.2, 0.2), [["euros"], ["other"]]),  # an interval that would vanish
        ((-0.15, 0.15, -50.0, 50.0), [["euros"], ["other"]]),  # the same, with a wide region
        ((2000.0, 2010.0, 1990.0), [["euros"], ["other"]]),  # far away
        ((2000.0, 2010.0, 35.0), [["euros"], ["other"]]),  # its region reaches so far that the first would vanish
        ((38.0, 38.0, 38.0), [["euros", "other"]]),  # without a width, nothing vanishes
        ((-np.inf, np.inf, 38.0), [["euros", "other"]]),
    ],
)
def test_a_panel_holds_what_can_be_seen_together(
    verdicts: cx.Verdicts, other: tuple[float, ...], panels: list[list[str]]
) -> None:
    euros = sized(verdicts, "euros", 36, 46, 30)
    with np.errstate(invalid="ignore"):
        found = cx.Verdicts((euros, sized(verdicts, "other", *other)), 0.95)
    axes = cx.plot_verdicts(found)
    assert [list(rows(ax)) for ax in axes] == panels
    readable(axes)
    (ax,) = cx.plot_verdicts(found, Figure(layout="constrained").subplots())  # told where: one panel
    assert list(rows(ax)) == ["euros", "other"]


def test_no_interval_is_hidden_by_its_marker(verdicts: cx.Verdicts) -> None:
    sizes = (0.01, 0.1, 1, 10, 100, 1000)
    found = cx.Verdicts(tuple(sized(verdicts, f"{size}", size, 2 * size, size / 2) for size in sizes), 0.95)
    axes = cx.plot_verdicts(found)
    assert [list(rows(ax)) for ax in axes] == [["0.01", "0.1"], ["1", "10"], ["100", "1000"]]
    for ax in axes:
        low, high = ax.get_xlim()
        assert all((v.conf_high - v.conf_low) / (high - low) > 0.02 for v in found if v.claim in rows(ax))
