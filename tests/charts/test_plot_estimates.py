"""The dot chart: dots are the values, bars the limits, texts the labels, and nothing is cut off."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import cxstats as cx
from cxstats.charts import plot_estimates
from cxstats.charts.style import PALETTE
from cxstats.errors import ArgumentError
from tests.charts.looks import assert_readable, bars, dots, in_order, texts

CSAT = cx.csat("overall", scale=(1, 5))
FCR = cx.first_contact_resolution("resolved")


def row_labels(ax: Axes) -> list[str]:
    return [tick.get_text() for tick in ax.get_yticklabels()]


def notes(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def verticals(ax: Axes) -> list[float]:
    return [float(line.get_xdata()[0]) for line in ax.lines]


@pytest.mark.parametrize(("level", "method"), [(0.95, None), (0.8, None), (0.95, "korn-graubard")])
def test_dots_are_the_values_and_bars_the_limits(survey: cx.Survey, level: float, method: str | None) -> None:
    est = cx.measure(survey, CSAT, by="channel")
    ax = plot_estimates(est, level=level, method=method)
    table = est.frame(level, method)
    assert in_order(dots(ax), 1)[:, 0].tolist() == table["estimate"].tolist()
    drawn = in_order(bars(ax), 1)
    np.testing.assert_array_equal(drawn[:, [0, 2]], table[["conf_low", "conf_high"]].to_numpy())
    np.testing.assert_array_equal(drawn[:, 1], in_order(dots(ax), 1)[:, 1])
    assert row_labels(ax) == table["channel"].tolist()
    assert ax.get_yticks().tolist() == in_order(dots(ax), 1)[:, 1].tolist()
    assert ax.yaxis_inverted()
    assert notes(ax) == [*(f"{n}" for n in table["n"]), "n"]


def test_units_stand_on_the_axis(survey: cx.Survey) -> None:
    by_channel = cx.measure(survey, CSAT, by="channel")
    assert plot_estimates(by_channel).get_xlabel() == "CSAT (%)"
    assert plot_estimates(cx.measure(survey, cx.nps("recommend"), by="channel")).get_xlabel() == "NPS (net %)"
    assert plot_estimates(cx.measure(survey, [CSAT, FCR])).get_xlabel() == "Percent"
    assert plot_estimates(cx.measure(survey, cx.mean("wait"), by="channel")).get_xlabel() == "Mean"


def test_contrasts_and_slopes_have_a_line_at_zero(survey: cx.Survey) -> None:
    est = cx.measure(survey, CSAT, by=["channel", "quarter"])
    difference = plot_estimates(est.contrast({"channel": "app"}, {"channel": "call"}))
    assert verticals(difference) == [0.0]
    assert difference.get_xlabel() == "CSAT, difference app - call (percentage points)"
    assert row_labels(difference) == ["2025Q1", "2025Q2", "2025Q3", "2025Q4"]
    slope = plot_estimates(est.trend("quarter", per="year"))
    assert verticals(slope) == [0.0]
    assert slope.get_xlabel() == "CSAT, slope over quarter (percentage points per year)"
    one = plot_estimates(cx.measure(survey, CSAT, by="channel").contrast("app", "call"), reference=[-5, 5])
    assert (verticals(one), row_labels(one)) == ([-5.0, 5.0], ["app - call"])
    assert one.get_xlabel() == "CSAT, difference (percentage points)"
    assert verticals(plot_estimates(est.trend("quarter"), reference=[])) == []


def test_the_difference_of_two_metrics_is_named_once(survey: cx.Survey) -> None:
    est = cx.measure(survey, [cx.share(cx.col("overall") > 3, name="a"), cx.share(cx.col("overall") > 3, name="b")])
    ax = plot_estimates(est.contrast({"metric": "a"}, {"metric": "b"}))
    assert (row_labels(ax), ax.get_xlabel()) == (["a - b"], "Difference (percentage points)")


def test_a_second_label_is_told_by_colour_and_shape(survey: cx.Survey) -> None:
    est = cx.measure(survey, CSAT, by=["quarter", "channel"])
    ax = plot_estimates(est)
    table = est.frame()
    legend = ax.get_legend()
    assert legend.get_title().get_text() == "Channel"
    channels = [text.get_text() for text in legend.get_texts()]
    assert channels == ["app", "branch", "call", "chat"]
    clouds = [c for c in ax.collections if isinstance(c, PathCollection) and len(c.get_offsets())]
    for channel, cloud, color in zip(channels, clouds, PALETTE, strict=False):
        mine = table[table["channel"] == channel]
        assert np.asarray(cloud.get_offsets())[:, 0].tolist() == mine["estimate"].tolist()
        assert to_hex(cloud.get_facecolor()[0]).upper() == color
    assert len({cloud.get_paths()[0].vertices.tobytes() for cloud in clouds}) == 4
    heights = in_order(dots(ax), 1)[:, 1].reshape(4, 4)
    np.testing.assert_allclose(heights.mean(axis=1), ax.get_yticks())
    assert row_labels(ax) == ["2025Q1", "2025Q2", "2025Q3", "2025Q4"]


def test_many_labels_make_blocks_of_rows(survey: cx.Survey) -> None:
    est = cx.measure(survey, [CSAT, FCR], by="channel")
    ax = plot_estimates(est, color_by=None)
    assert ax.get_legend() is None
    assert row_labels(ax) == ["app", "branch", "call", "chat"] * 2
    heads = {text.get_text(): text.get_position()[1] for text in ax.texts if text.get_weight() == "bold"}
    assert list(heads) == ["CSAT", "First-contact resolution"]
    rows = ax.get_yticks()
    assert heads["CSAT"] < rows[0] < rows[3] < heads["First-contact resolution"] < rows[4]
    assert in_order(dots(ax), 1)[:, 0].tolist() == est.values.tolist()


def test_more_groups_than_colours_make_rows() -> None:
    frame = pd.DataFrame({"team": np.repeat(range(5), 6), "side": [0, 1] * 15, "overall": [1, 5, 4, 2, 5, 3] * 5})
    by_team = plot_estimates(cx.measure(frame, cx.csat("overall"), by=["side", "team"]))
    assert by_team.get_legend() is None
    assert row_labels(by_team) == ["0", "1", "2", "3", "4"] * 2


def test_metrics_by_colour_on_request(survey: cx.Survey) -> None:
    ax = plot_estimates(cx.measure(survey, [CSAT, FCR], by="channel"), color_by="metric")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["CSAT", "First-contact resolution"]
    assert row_labels(ax) == ["app", "branch", "call", "chat"]


def test_ends_of_the_scale_and_missing_estimates(extremes: pd.DataFrame, half_page: Axes) -> None:
    ax = plot_estimates(cx.measure(extremes, cx.csat("overall"), by="group"), half_page)
    assert in_order(dots(ax), 1)[:, 0].tolist() == [100.0, 50.0, 0.0]
    assert row_labels(ax) == ["all", "half", "none", "unasked"]
    assert "no answers" in notes(ax)
    left, right = ax.get_xlim()
    assert -5 < left < 0
    assert 100 < right < 105
    ax.figure.canvas.draw()
    assert [t for t in ax.get_xticks() if left <= t <= right] == [0, 20, 40, 60, 80, 100]
    assert_readable(ax)


def test_an_unknown_interval_is_a_hollow_dot(half_page: Axes) -> None:
    waits = pd.DataFrame({"wait": [1.0, 2.0, 4.0, 9.0], "channel": ["app", "app", "app", "call"]})
    ax = plot_estimates(cx.measure(waits, cx.mean("wait"), by="channel"), half_page)
    hollow = [c for c in ax.collections if isinstance(c, PathCollection) and to_hex(c.get_facecolor()[0]) == "#ffffff"]
    assert [np.asarray(c.get_offsets()).tolist() for c in hollow] == [[[9.0, ax.get_yticks()[1]]]]
    assert len(bars(ax)) == 1
    assert "interval unknown" in notes(ax)
    assert_readable(ax)


def test_infinite_limits_run_off_the_axes(monkeypatch: pytest.MonkeyPatch, survey: cx.Survey) -> None:
    est = cx.measure(survey, cx.mean("wait"), by="channel")
    table = est.frame()
    table["conf_high"] = table["conf_high"].where(table["channel"] != "app", np.inf)
    monkeypatch.setattr(type(est), "frame", lambda *_: table)
    ax = plot_estimates(est)
    assert np.isfinite(ax.get_xlim()).all()
    assert in_order(bars(ax), 1)[0, 2] > ax.get_xlim()[1]


@pytest.mark.parametrize("groups", [1, 2, 12, 30])
@pytest.mark.parametrize("names", ["{}", "Group {}", "Telephone and counter of the branches, group {}"])
def test_readable_on_half_a_page(half_page: Axes, groups: int, names: str) -> None:
    rng = np.random.default_rng(groups)
    group = [names.format(f"{i:02d}") for i in range(groups) for _ in range(30)]
    frame = pd.DataFrame({"group": group, "overall": rng.integers(1, 6, len(group))})
    ax = plot_estimates(cx.measure(frame, cx.csat("overall"), by="group"), half_page)
    if groups < 30 or "counter" not in names:
        assert_readable(ax)
    assert [label.replace("\n", " ") for label in row_labels(ax)] == list(dict.fromkeys(group))


@pytest.mark.parametrize("by", [["quarter", "channel"], ["channel", "region"]])
@pytest.mark.parametrize("scores", [[CSAT], [CSAT, FCR]])
def test_two_labels_are_readable_on_a_new_figure(survey: cx.Survey, by: list[str], scores: list[Any]) -> None:
    assert_readable(plot_estimates(cx.measure(survey, scores, by=by)))


def test_bases_become_a_range_where_rows_are_too_close(survey: cx.Survey, half_page: Axes) -> None:
    est = cx.measure(survey, [CSAT, FCR], by=["channel", "region"])
    ax = plot_estimates(est, half_page)
    assert f"n {est.n.min():.0f} to {est.n.max():.0f}" in notes(ax)
    assert_readable(ax)
    assert not [t for t in notes(plot_estimates(est, show_n=False)) if t.startswith("n")]


def test_labels_are_text_and_never_formulas(half_page: Axes) -> None:
    labels = ["$x^2$", "_low", "50 % & more", "a\\b $"]
    frame = pd.DataFrame({"group": np.repeat(labels, 20), "side": ["_l", "$r$"] * 40, "overall": [1, 5, 4, 2] * 20})
    ax = plot_estimates(cx.measure(frame, cx.csat("overall"), by=["group", "side"]), half_page)
    assert not [t.get_text() for t in texts(ax) if t._preprocess_math(t.get_text())[1]]  # type: ignore[attr-defined]
    assert {t._preprocess_math(t.get_text())[0] for t in ax.get_yticklabels()} == set(labels)  # type: ignore[attr-defined]
    assert [t.get_text() for t in ax.get_legend().get_texts()] == [r"\$r\$", "_l"]


def test_large_numbers_are_readable(survey: cx.Survey, half_page: Axes) -> None:
    ax = plot_estimates(cx.measure(survey, cx.total("spend"), by="channel"), half_page)
    assert_readable(ax)
    assert "100,000" in [t.get_text() for t in texts(ax)]


def test_it_draws_where_told_and_changes_no_setting(survey: cx.Survey) -> None:
    est = cx.measure(survey, CSAT, by="channel")
    _, (left, right) = plt.subplots(1, 2)
    before, current = dict(mpl.rcParams), plt.gca()
    assert plot_estimates(est, left) is left
    assert not right.collections
    assert plt.gca() is current
    assert dict(mpl.rcParams) == before
    assert len(plt.get_fignums()) == 1
    new = plot_estimates(est)
    assert new.figure not in (left.figure, None)
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"level": 95}, "level"),
        ({"method": "exact"}, "method"),
        ({"reference": "high"}, "reference"),
        ({"reference": float("nan")}, "reference"),
        ({"reference": True}, "reference"),
        ({"color_by": "chanel"}, "Did you mean 'channel'"),
        ({"ax": "left"}, "Axes"),
    ],
)
def test_bad_options_say_what_is_wrong_and_leave_no_figure(
    survey: cx.Survey, options: dict[str, Any], says: str
) -> None:
    est = cx.measure(survey, CSAT, by="channel")
    with pytest.raises(ArgumentError, match=says):
        plot_estimates(est, **options)
    assert not plt.get_fignums()


def test_what_is_no_estimate_is_refused(survey: cx.Survey) -> None:
    with pytest.raises(ArgumentError, match=r"plot_estimates\(est=\).*measure\(\).*DataFrame"):
        plot_estimates(cx.measure(survey, CSAT).frame())  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match=r"one matplotlib Axes.*ndarray"):
        plot_estimates(cx.measure(survey, CSAT), plt.subplots(2)[1])


def test_units_are_not_mixed(survey: cx.Survey) -> None:
    est = cx.measure(survey, [CSAT, FCR, cx.nps("recommend"), cx.mean("wait")])
    with pytest.raises(
        ArgumentError, match=r"'%': 'csat', 'first_contact_resolution'; 'net %': 'nps'; 'no unit': 'mean'"
    ):
        plot_estimates(est)


def test_too_many_colours_and_twin_rows_are_refused(survey: cx.Survey) -> None:
    frame = pd.DataFrame({"team": np.repeat(range(7), 5), "side": [0, 1, 0, 1, 0] * 7, "overall": [1, 5, 4, 2, 5] * 7})
    est = cx.measure(frame, cx.csat("overall"), by=["team", "side"])
    with pytest.raises(ArgumentError, match="'team' has 7 values"):
        plot_estimates(est, color_by="team")
    twins = cx.measure(survey, CSAT, by="channel").transform(lambda v: v, labels=["a", "a", "b", "c"])
    with pytest.raises(ArgumentError, match="same labels"):
        plot_estimates(twins)


def test_a_bare_figure_will_do(survey: cx.Survey) -> None:
    ax = Figure(layout="constrained").subplots()
    assert plot_estimates(cx.measure(survey, CSAT), ax) is ax
    assert row_labels(ax) == ["CSAT"]
    assert ax.get_xlabel() == "Percent"
