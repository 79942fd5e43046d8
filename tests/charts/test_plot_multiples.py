"""Small multiples: one panel a group with its line and ribbon, the others in grey, and the same axes everywhere."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import FillBetweenPolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import cxstats as cx
from cxstats.charts.multiples import OTHERS
from cxstats.charts.style import PALETTE
from cxstats.errors import ArgumentError
from tests.charts.looks import assert_readable, bars
from tests.charts.nasty import nasty_answers

CSAT = cx.csat("overall")


def line(ax: Axes) -> np.ndarray:
    (found,) = [each for each in ax.lines if to_hex(each.get_color()).upper() == PALETTE[0]]
    return np.column_stack(found.get_data())


def others(ax: Axes) -> list[list[float]]:
    return sorted(each.get_ydata().tolist() for each in ax.lines if to_hex(each.get_color()).upper() == OTHERS)


def corners(ax: Axes) -> set[tuple[float, float]]:
    paths = [p for c in ax.collections if isinstance(c, FillBetweenPolyCollection) for p in c.get_paths()]
    return {(float(x), float(y)) for path in paths for x, y in path.vertices}


def test_each_panel_has_its_line_and_ribbon_and_the_others_in_grey(survey: cx.Survey) -> None:
    est = cx.measure(survey, CSAT, by=["channel", "quarter"])
    axes = cx.plot_multiples(est, over="quarter", by="channel", level=0.9)
    table = est.frame(0.9)
    lines = {channel: rows["estimate"].tolist() for channel, rows in table.groupby("channel")}
    assert [ax.get_title("left") for ax in axes] == list(lines)
    for ax, (channel, rows) in zip(axes, table.groupby("channel"), strict=True):
        np.testing.assert_array_equal(line(ax)[:, 0], np.arange(2025 * 4, 2026 * 4))
        assert line(ax)[:, 1].tolist() == lines[channel]
        assert others(ax) == sorted(values for other, values in lines.items() if other != channel)
        for edge in ("conf_low", "conf_high"):
            assert set(zip(line(ax)[:, 0], rows[edge], strict=True)) <= corners(ax)
        assert [text.get_text() for text in ax.texts] == [f"{lines[channel][-1]:.0f}"]
        assert ax.texts[0].xy[1] == lines[channel][-1]


def test_all_panels_have_the_same_axes_and_one_name_of_the_values(survey: cx.Survey) -> None:
    axes = cx.plot_multiples(cx.measure(survey, CSAT, by=["channel", "quarter"]), over="quarter", columns=2, target=70)
    assert len({(ax.get_xlim(), ax.get_ylim()) for ax in axes}) == 1
    figure = axes[0].figure
    assert figure.get_supylabel() == "CSAT (%); target 70"
    assert all(70 in [float(each.get_ydata()[0]) for each in ax.lines if each.get_linestyle() == "--"] for ax in axes)
    assert [ax.get_subplotspec().get_geometry()[:2] for ax in axes] == [(2, 2)] * 4
    figure.canvas.draw()
    shown = [any(tick.label1.get_visible() for tick in ax.xaxis.get_major_ticks()) for ax in axes]
    assert shown == [False, False, True, True]


def test_a_panel_without_one_below_shows_its_periods(survey: cx.Survey) -> None:
    axes = cx.plot_multiples(cx.measure(survey, CSAT, by=["channel", "quarter"]), over="quarter", columns=3)
    axes[0].figure.canvas.draw()
    shown = [any(tick.label1.get_visible() for tick in ax.xaxis.get_major_ticks()) for ax in axes]
    assert shown == [False, True, True, True]
    assert len(axes[0].figure.axes) == 4


def test_one_group_is_one_panel(survey: cx.Survey) -> None:
    est = cx.measure(survey, CSAT, by=["channel", "quarter"]).pick(channel="app")
    (ax,) = cx.plot_multiples(est, over="quarter")
    assert (ax.get_title("left"), others(ax)) == ("app", [])


def test_metrics_of_one_unit_are_panels(survey: cx.Survey) -> None:
    est = cx.measure(survey, [CSAT, cx.first_contact_resolution("resolved")], by="quarter")
    axes = cx.plot_multiples(est, over="quarter")
    assert [ax.get_title("left") for ax in axes] == ["CSAT", "First-contact resolution"]


def test_contrasts_have_a_line_at_zero(survey: cx.Survey) -> None:
    est = cx.measure(survey, CSAT, by=["channel", "region", "quarter"])
    axes = cx.plot_multiples(est.contrast({"channel": "app"}, {"channel": "call"}), over="quarter", by="region")
    assert all([0, 0] in [list(each.get_ydata()) for each in ax.lines] for ax in axes)
    assert "difference app - call" in axes[0].figure.get_supylabel().replace("\n", " ")


@pytest.mark.parametrize("by", ["group", "side"])
@pytest.mark.parametrize("size", ["page", "own figure"])
def test_readable_whatever_is_drawn(monkeypatch: pytest.MonkeyPatch, by: str, size: str) -> None:
    est = cx.measure(nasty_answers(), cx.mean("ten"), by=[by, "quarter"])
    figure = plt.figure(figsize=(6.0, 7.0), layout="constrained") if size == "page" else None
    axes = cx.plot_multiples(est, over="quarter", by=by, columns=4, figure=figure)
    assert len(axes) == (12 if by == "group" else 2)
    axes[0].figure.canvas.draw()
    monkeypatch.setattr(axes[0].figure.canvas, "draw", lambda: None)  # once is enough for all panels
    for ax in axes:
        assert_readable(ax)
    last = {ax.get_title("left").replace("\n", " "): [text.get_text() for text in ax.texts] for ax in axes}
    if by == "group":
        assert last["Counter and telephone of the branches, region 4"] == []  # nobody answered
        assert last["Counter and telephone of the branches, region 3"] == ["7.0"]


def test_two_panels_are_readable_on_half_a_page(survey: cx.Survey) -> None:
    figure = plt.figure(figsize=(3.3, 2.6), layout="constrained")
    for ax in cx.plot_multiples(
        cx.measure(survey, CSAT, by=["channel", "quarter"]), over="quarter", columns=2, figure=figure
    ):
        assert_readable(ax)


def test_a_line_breaks_at_a_period_that_its_group_lacks() -> None:
    rows = pd.DataFrame(
        {"g": ["a"] * 12 + ["b"] * 8, "year": [2023, 2024, 2025] * 4 + [2023, 2025] * 4, "overall": [5, 1] * 10}
    )
    first, second = cx.plot_multiples(cx.measure(rows, CSAT, by=["g", "year"]), over="year")
    assert line(first)[:, 0].tolist() == line(second)[:, 0].tolist() == [2023, 2024, 2025]
    assert np.isfinite(line(first)[:, 1]).all()
    assert np.isnan(line(second)[:, 1]).tolist() == [False, True, False]
    np.testing.assert_array_equal(others(first)[0], line(second)[:, 1])
    assert (len(bars(first)), len(bars(second))) == (0, 2)  # a period between two gaps has a bar for a ribbon


def test_lines_over_dates_have_their_own_dates_only() -> None:
    days = ["2025-01-05", "2025-02-05", "2025-03-05", "2025-01-20", "2025-02-20", "2025-03-20"]
    rows = pd.DataFrame({"g": ["a"] * 12 + ["b"] * 12, "day": np.repeat(days, 4), "overall": [5, 1, 4, 2] * 6})
    for ax in cx.plot_multiples(cx.measure(rows, CSAT, by=["g", "day"]), over="day"):
        assert line(ax).shape == (3, 2)
        assert np.isfinite(line(ax)).all()


def test_it_draws_where_told_and_changes_no_setting(survey: cx.Survey) -> None:
    est = cx.measure(survey, CSAT, by=["channel", "quarter"])
    whole = Figure(layout="constrained")
    upper, lower = whole.subfigures(2, 1)
    before = dict(mpl.rcParams)
    axes = cx.plot_multiples(est, over="quarter", by="channel", figure=lower)
    assert {ax.figure for ax in axes} == {lower}
    assert not upper.axes
    assert not plt.get_fignums()
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"over": "quater"}, "Did you mean 'quarter'"),
        ({"over": "quarter", "by": "chanel"}, "Did you mean 'channel'"),
        ({}, r"over=\): name the label that holds the periods: one of 'channel', 'quarter'"),
        ({"over": "quarter", "by": "quarter"}, "'quarter' holds the periods already"),
        ({"over": "channel", "by": "quarter"}, "place in time is unknown"),
        ({"over": "quarter", "columns": 0}, "columns"),
        ({"over": "quarter", "figure": 3}, "Figure or SubFigure is needed, not int"),
        ({"over": "quarter", "level": 95}, "level"),
        ({"over": "quarter", "target": "high"}, "target"),
    ],
)
def test_bad_options_say_what_is_wrong_and_leave_no_figure(
    survey: cx.Survey, options: dict[str, Any], says: str
) -> None:
    est = cx.measure(survey, CSAT, by=["channel", "quarter"])
    with pytest.raises(ArgumentError, match=says):
        cx.plot_multiples(est, **options)
    assert not plt.get_fignums()


def test_what_makes_no_panels_is_refused(survey: cx.Survey) -> None:
    crowd = pd.DataFrame({"team": list(range(31)) * 4, "year": [2024] * 62 + [2025] * 62, "overall": [1, 5, 4, 2] * 31})
    cases: list[tuple[Any, str]] = [
        (cx.measure(survey, CSAT, by=["channel", "quarter"]).frame(), "DataFrame"),
        (cx.measure(survey, CSAT, by="quarter"), r"by=\): name the label whose values make the panels"),
        (cx.measure(survey, CSAT, by=["channel", "region", "quarter"]), "one of 'channel', 'region'"),
        (cx.measure(survey, [CSAT, cx.nps("recommend")], by="quarter"), "different units"),
    ]
    for est, says in cases:
        with pytest.raises(ArgumentError, match=says):
            cx.plot_multiples(est, over="quarter")
    three = cx.measure(survey, CSAT, by=["channel", "region", "quarter"])
    with pytest.raises(ArgumentError, match="'region' tell estimates apart, too"):
        cx.plot_multiples(three, over="quarter", by="channel")
    with pytest.raises(ArgumentError, match="31 groups are too many"):
        cx.plot_multiples(cx.measure(crowd, CSAT, by=["team", "year"]), over="year", by="team")
    twice = pd.DataFrame({"g": list("ab") * 8, "q": ["2025Q1", "2025-Q1"] * 8, "overall": [5, 1, 4, 2] * 4})
    twice["g"] = "a"
    with pytest.raises(ArgumentError, match="a period occurs twice in g 'a'"):
        cx.plot_multiples(cx.measure(twice, CSAT, by=["g", "q"]), over="q", by="g")
    assert not plt.get_fignums()
