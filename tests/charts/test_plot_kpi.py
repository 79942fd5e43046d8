"""The KPI line: the latest value, its change with the interval of the contrast, and the line of all periods."""

from __future__ import annotations

import math
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import FillBetweenPolyCollection, PathCollection

import cxstats as cx
from cxstats.charts.numbers import decimals, written
from cxstats.errors import ArgumentError
from tests.charts.looks import assert_readable, texts
from tests.charts.nasty import nasty_answers

CSAT = cx.csat("overall")


def words(ax: Axes) -> list[str]:
    """Return the words at the left, without the names of the first and last period."""
    return [text.get_text().replace("\n", " ") for text in ax.texts[:5]]


def two_years(first: list[int], second: list[int]) -> cx.Estimate:
    rows = pd.DataFrame({"overall": first + second, "year": [2025] * len(first) + [2026] * len(second)})
    return cx.measure(rows, CSAT, by="year")


def test_the_line_is_the_values_and_the_words_the_latest_of_them(survey: cx.Survey) -> None:
    est = cx.measure(survey, CSAT, by="quarter")
    ax = cx.plot_kpi(est, level=0.9)
    table = est.frame(0.9)
    assert ax.lines[0].get_ydata().tolist() == est.values.tolist()
    assert ax.lines[0].get_xdata().tolist() == list(range(2025 * 4, 2026 * 4))
    (ribbon,) = [c for c in ax.collections if isinstance(c, FillBetweenPolyCollection)]
    corners = {float(y) for path in ribbon.get_paths() for _, y in path.vertices}
    assert set(table["conf_low"]) | set(table["conf_high"]) <= corners
    (dot,) = [c for c in ax.collections if isinstance(c, PathCollection)]
    assert np.asarray(dot.get_offsets()).tolist() == [[2026 * 4 - 1, est.values[-1]]]
    last, change = table.iloc[-1], est.contrast("2025Q4", "2025Q3").frame(0.9).iloc[0]
    assert words(ax) == [
        "CSAT, 2025Q4",
        f"{last['estimate']:.0f} %",
        f"{last['conf_low']:.0f} to {last['conf_high']:.0f} (90 % interval), n {last['n']}",
        f"Change {written(change['estimate'], 0, sign=True)} percentage points on 2025Q3",
        f"{written(change['conf_low'], 0)} to {written(change['conf_high'], 0)} (90 % interval): no clear change",
    ]
    assert [text.get_text() for text in ax.texts[-2:]] == ["2025Q1", "2025Q4"]


def test_the_interval_of_the_change_has_the_covariance_of_periods_that_share_branches(survey: cx.Survey) -> None:
    est = cx.measure(survey, CSAT, by="quarter")
    joint = est.contrast("2025Q4", "2025Q3").std_error[0]
    assert not math.isclose(joint, math.hypot(*est.std_error[-2:]), rel_tol=0.01)
    change = est.contrast("2025Q4", "2025Q3").frame().iloc[0]
    assert f"{written(change['conf_low'], 0)} to {written(change['conf_high'], 0)}" in words(cx.plot_kpi(est))[4]


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        ([5, 1] * 100, [5] * 160 + [1] * 40, "Up by 30 percentage points on 2025"),
        ([5] * 160 + [1] * 40, [5, 1] * 100, "Down by 30 percentage points on 2025"),
        ([5, 1] * 100, [5, 1] * 100, "Change 0 percentage points on 2025"),
    ],
)
def test_a_change_is_up_or_down_only_if_its_interval_says_so(first: list[int], second: list[int], says: str) -> None:
    est = two_years(first, second)
    ax = cx.plot_kpi(est)
    assert words(ax)[3] == says
    change = est.contrast(2026, 2025).frame().iloc[0]
    clear = change["conf_low"] > 0 or change["conf_high"] < 0
    assert ("no clear change" in words(ax)[4]) is (not clear) is (says.startswith("Change"))


def test_the_period_before_is_named_though_one_is_missing() -> None:
    rows = pd.DataFrame({"overall": [5, 1, 4] * 10, "q": ["2025Q1", "2025Q2", "2026Q1"] * 10})
    ax = cx.plot_kpi(cx.measure(rows, CSAT, by="q"))
    assert words(ax)[3].endswith("on 2025Q2")
    assert ax.lines[0].get_xdata().tolist() == [8100, 8101, 8104]


def test_what_is_unknown_is_said() -> None:
    lone = cx.plot_kpi(two_years([], [5, 1, 4, 2]))
    assert words(lone)[3:5] == ["No period before", ""]
    rows = pd.DataFrame({"overall": [5.0, 1.0, 4.0, np.nan, np.nan], "year": [2024, 2024, 2025, 2026, 2026]})
    gone = cx.plot_kpi(cx.measure(rows, CSAT, by="year"))
    assert words(gone) == ["CSAT, 2026", "no answers", "", "Change on 2025 unknown", ""]
    alike = cx.measure(pd.DataFrame({"x": [3] * 6, "year": [2025, 2026] * 3}), cx.mean("x"), by="year")
    assert words(cx.plot_kpi(alike))[2:] == [
        "interval unknown, n 3",
        "Change 0 on 2025",
        "interval of the change unknown",
    ]


def test_a_target_is_a_line_and_a_word(survey: cx.Survey) -> None:
    ax = cx.plot_kpi(cx.measure(survey, cx.nps("recommend"), by="quarter"), target=-5)
    (segment,) = [s for c in ax.collections if hasattr(c, "get_segments") for s in c.get_segments()]
    assert segment[:, 1].tolist() == [-5, -5]
    assert "Target −5" in [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("size", [(6.0, 1.35), (3.3, 2.6), (3.3, 1.2), (2.4, 2.0)], ids=str)
@pytest.mark.parametrize("name", ["csat", "How $satisfied$ were you with all that we did for you"])
@pytest.mark.parametrize("domain", ["all", "few", "one period", "nobody"])
def test_readable_whatever_is_drawn(size: tuple[float, float], name: str, domain: str) -> None:
    wanted = {
        "all": cx.col("five") > 0,
        "few": cx.col("group") == "Counter and telephone of the branches, region 5",
        "one period": cx.col("quarter") == "2026Q2",
        "nobody": cx.col("group") == "Counter and telephone of the branches, region 4",
    }[domain]
    est = cx.measure(nasty_answers(), cx.csat("five", name=name), by="quarter", where=wanted)
    ax = plt.subplots(figsize=size, layout="constrained")[1]
    cx.plot_kpi(est, ax, target=50)
    assert_readable(ax)
    assert not [t.get_text() for t in texts(ax) if t._preprocess_math(t.get_text())[1]]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("errors", "digits"),
    [([3.0], 0), ([1.3], 0), ([0.3], 1), ([0.07], 2), ([math.nan, 0.07], 2), ([math.nan], 0), ([0.0], 0)],
)
def test_decimals_are_those_that_the_standard_error_bears(errors: list[float], digits: int) -> None:
    assert decimals(np.asarray(errors)) == digits


@pytest.mark.parametrize(
    ("value", "digits", "sign", "text"),
    [
        (1234.56, 1, False, "1,234.6"),
        (-3.2, 0, False, "−3"),
        (-0.2, 0, False, "0"),
        (-0.2, 0, True, "0"),
        (2.0, 0, True, "+2"),
        (math.nan, 1, False, "unknown"),
        (-math.inf, 1, False, "−∞"),
    ],
)
def test_numbers_as_they_are_written(value: float, digits: int, sign: bool, text: str) -> None:
    assert written(value, digits, sign=sign) == text


def test_it_draws_where_told_and_changes_no_setting(survey: cx.Survey) -> None:
    _, (left, right) = plt.subplots(1, 2)
    before, current = dict(mpl.rcParams), plt.gca()
    assert cx.plot_kpi(cx.measure(survey, CSAT, by="quarter"), left) is left
    assert not right.lines
    assert plt.gca() is current
    assert dict(mpl.rcParams) == before


def test_what_is_no_series_is_refused_and_leaves_no_figure(survey: cx.Survey) -> None:
    by_both = cx.measure(survey, CSAT, by=["channel", "quarter"])
    cases: list[tuple[Any, dict[str, Any], str]] = [
        (by_both.frame(), {}, "DataFrame"),
        (cx.measure(survey, CSAT), {}, "measure\\(by=\\) makes labels"),
        (by_both, {}, "one of 'channel', 'quarter'"),
        (by_both, {"over": "quarter"}, "'channel' tell several apart.*est.pick\\(channel='app'\\)"),
        (cx.measure(survey, CSAT, by="quarter"), {"over": "quater"}, "Did you mean 'quarter'"),
        (cx.measure(survey, CSAT, by="channel"), {}, "place in time is unknown"),
        (cx.measure(survey, [CSAT, cx.nps("recommend")], by="quarter"), {}, "different units"),
        (cx.measure(survey, CSAT, by="quarter"), {"level": 2}, "level"),
        (cx.measure(survey, CSAT, by="quarter"), {"target": "x"}, "target"),
        (cx.measure(survey, CSAT, by="quarter"), {"ax": 3}, "Axes"),
    ]
    for est, options, says in cases:
        with pytest.raises(ArgumentError, match=says):
            cx.plot_kpi(est, **options)
    assert not plt.get_fignums()


def test_one_group_of_several_is_drawn_when_picked(survey: cx.Survey) -> None:
    est = cx.measure(survey, CSAT, by=["channel", "quarter"]).pick(channel="app")
    assert cx.plot_kpi(est).lines[0].get_ydata().tolist() == est.values.tolist()
