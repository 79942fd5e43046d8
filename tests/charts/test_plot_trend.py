"""The line over time: places are times, the line is the values, the ribbon the limits, and diamonds lie outside."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import FillBetweenPolyCollection, PathCollection
from matplotlib.colors import to_hex

import cxstats as cx
from cxstats.charts import plot_trend
from cxstats.charts.style import PALETTE, SIGNAL
from cxstats.charts.trend import apart, control_limits
from cxstats.errors import ArgumentError, ColumnError
from tests.charts.looks import assert_readable, bars, dots, in_order, texts

CSAT = cx.csat("overall", scale=(1, 5))
FCR = cx.first_contact_resolution("resolved")


def over_periods(periods: Sequence[Any], answers: Sequence[float] = (5, 4, 2, 5, 1, 3, 4)) -> cx.Estimate:
    repeated: Any = [p for p in periods for _ in answers]
    if isinstance(periods, pd.Categorical):
        repeated = periods.repeat(len(answers))
    frame = pd.DataFrame({"period": repeated, "overall": list(answers) * len(periods)})
    return cx.measure(frame, cx.csat("overall"), by="period")


def as_waves(periods: list[str]) -> pd.Categorical:
    return pd.Categorical(periods, categories=periods, ordered=True)


def line(ax: Axes, k: int = 0) -> np.ndarray:
    """Return the points of the k-th line with markers' companions left out."""
    drawn = [each for each in ax.lines if to_hex(each.get_color()).upper() == PALETTE[k]]
    return np.column_stack(drawn[0].get_data())


def ribbons(ax: Axes) -> list[np.ndarray]:
    return [p.vertices for c in ax.collections if isinstance(c, FillBetweenPolyCollection) for p in c.get_paths()]


def tick_texts(ax: Axes) -> list[str]:
    ax.figure.canvas.draw()
    return [tick.get_text() for tick in ax.get_xticklabels()]


def notes(ax: Axes) -> dict[str, Any]:
    return {text.get_text(): text for text in ax.texts}


def test_the_line_is_the_values_and_the_ribbon_the_limits(survey: cx.Survey) -> None:
    est = cx.measure(survey, CSAT, by="quarter")
    ax = plot_trend(est, level=0.9, target=70)
    table = est.frame(0.9)
    place = np.arange(2025 * 4, 2026 * 4)
    np.testing.assert_array_equal(line(ax), np.column_stack([place, est.values]))
    np.testing.assert_array_equal(in_order(dots(ax), 0), line(ax))
    (ribbon,) = ribbons(ax)
    corners = {(float(x), float(y)) for x, y in ribbon}
    for edge in ("conf_low", "conf_high"):
        assert set(zip(place.astype(float), table[edge], strict=True)) <= corners
    assert len(corners) == 8
    assert ax.get_ylabel() == "CSAT (%)"
    assert ax.get_xlabel() == ""
    assert tick_texts(ax) == ["Q1\n2025", "Q2", "Q3", "Q4"]
    assert [each.get_ydata() for each in ax.lines if each.get_linestyle() == "--"] == [[70, 70]]
    assert "Target 70" in notes(ax)


def test_a_missing_year_leaves_a_gap_in_the_spacing() -> None:
    ax = plot_trend(over_periods([2016, 2017, 2019, 2020]))
    assert line(ax)[:, 0].tolist() == [2016, 2017, 2019, 2020]
    assert tick_texts(ax) == ["2016", "2017", "2019", "2020"]


@pytest.mark.parametrize(
    ("periods", "places", "shown"),
    [
        (["2024-12", "2025-01", "2025-03"], [0, 1, 3], ["Dec\n2024", "Jan\n2025", "Mar"]),
        (["2024Q4", "2025Q2"], [0, 2], ["Q4\n2024", "Q2\n2025"]),
        ([datetime.date(2025, 1, 1), datetime.date(2025, 1, 31)], [0, 30], ["2025-01-01", "2025-01-31"]),
        (list(pd.to_datetime(["2025-01-01", "2025-01-08"])), [0, 7], ["2025-01-01", "2025-01-08"]),
        (list(pd.PeriodIndex(["2024Q4", "2025Q2"], freq="Q")), [0, 2], ["Q4\n2024", "Q2\n2025"]),
        ([1.0, 2.5], [0, 1.5], ["1", "2.5"]),
        (pd.Categorical(["low", "high"], ["low", "mid", "high"], ordered=True), [0, 1], ["low", "high"]),
    ],
)
def test_periods_stand_where_they_belong_in_time(periods: Any, places: list[float], shown: list[str]) -> None:
    ax = plot_trend(over_periods(periods))
    x = line(ax)[:, 0]
    assert (x - x[0]).tolist() == places
    assert tick_texts(ax) == shown


def test_periods_are_in_order_though_a_series_lacks_the_first() -> None:
    frame = pd.DataFrame(
        {
            "team": ["a"] * 6 + ["b"] * 9,
            "wave": pd.Categorical(["wave 2", "wave 3"] * 3 + ["wave 1", "wave 2", "wave 3"] * 3),
            "overall": [5, 1, 4, 2, 3] * 3,
        }
    )
    ax = plot_trend(cx.measure(frame, cx.csat("overall"), by=["team", "wave"]), over="wave")
    assert tick_texts(ax) == ["wave 1", "wave 2", "wave 3"]
    assert ax.get_xlabel() == "Wave"
    finite = line(ax, 0)[np.isfinite(line(ax, 0)[:, 1])]
    assert finite[:, 0].tolist() == [1, 2]
    assert line(ax, 1)[:, 0].tolist() == [0, 1, 2]


def test_the_line_breaks_where_an_estimate_is_missing(half_page: Axes) -> None:
    frame = pd.DataFrame({"year": np.repeat(range(2015, 2021), 10), "overall": [5.0, 1.0] * 30})
    frame.loc[frame["year"].isin([2017, 2019]), "overall"] = np.nan
    ax = plot_trend(cx.measure(frame, cx.csat("overall"), by="year"), half_page)
    assert np.isnan(line(ax)[:, 1]).tolist() == [False, False, True, False, True, False]
    assert in_order(dots(ax), 0)[:, 0].tolist() == [2015, 2016, 2018, 2020]
    assert [sorted(set(r[:, 0].tolist())) for r in ribbons(ax)] == [[2015, 2016]]
    assert in_order(bars(ax), 0)[:, 0].tolist() == [2018, 2020]  # a ribbon of one point would not be seen
    assert_readable(ax)


def test_series_are_named_at_their_ends(survey: cx.Survey, half_page: Axes) -> None:
    est = cx.measure(survey, CSAT, by=["channel", "quarter"])
    ax = plot_trend(est, half_page, over="quarter")
    table = est.frame()
    for k, channel in enumerate(["app", "branch", "call", "chat"]):
        mine = table[table["channel"] == channel]["estimate"].tolist()
        assert line(ax, k)[:, 1].tolist() == mine
        assert notes(ax)[channel].xy[1] == mine[-1]
    shapes = [c.get_paths()[0].vertices.tobytes() for c in ax.collections if isinstance(c, PathCollection)]
    assert len(set(shapes)) >= 4
    assert ax.get_legend() is None
    assert_readable(ax)


def test_metrics_of_one_unit_are_series(survey: cx.Survey, half_page: Axes) -> None:
    ax = plot_trend(cx.measure(survey, [CSAT, FCR], by="quarter"), half_page)
    assert ax.get_ylabel() == "Percent"
    assert [text.replace("\n", " ") for text in notes(ax)] == ["CSAT", "First-contact resolution"]
    assert_readable(ax)


def test_contrasts_over_time_have_a_line_at_zero(survey: cx.Survey) -> None:
    est = cx.measure(survey, CSAT, by=["channel", "quarter"])
    ax = plot_trend(est.contrast({"channel": "app"}, {"channel": "call"}))
    assert [0, 0] in [list(each.get_ydata()) for each in ax.lines]
    assert ax.get_ylabel() == "CSAT, difference app - call\n(percentage points)"


def test_control_limits_of_a_share_are_those_of_a_p_chart(half_page: Axes) -> None:
    frame = pd.DataFrame({"year": np.repeat(range(2010, 2020), 50), "overall": [5] * 25 + [1] * 475})
    frame["overall"] = np.where(frame["year"] == 2015, 5, np.tile([5, 1], 250))
    est = cx.measure(frame, cx.csat("overall"), by="year")
    ax = plot_trend(est, half_page, limits=True)
    mean = est.values.mean()
    allowed = 3 * np.sqrt(mean * (100 - mean) / 50)
    np.testing.assert_allclose(sorted(set(bars(ax)[:, 1].round(9))), [mean - allowed, mean + allowed])
    assert [mean, mean] in [list(each.get_ydata()) for each in ax.lines]
    outside = [
        c for c in ax.collections if isinstance(c, PathCollection) and to_hex(c.get_facecolor()[0]).upper() == SIGNAL
    ]
    assert [np.asarray(c.get_offsets()).tolist() for c in outside] == [[[2015.0, 100.0]]]  # its own error is unknown
    assert set(notes(ax)) == {"Mean", "Upper limit", "Lower limit"}
    assert not ribbons(ax)
    assert_readable(ax)


def test_control_limits_of_a_mean_use_each_periods_own_error(survey: cx.Survey) -> None:
    est = cx.measure(survey, cx.mean("wait"), by="quarter")
    ax = plot_trend(est, limits=True)
    expected = np.concatenate([est.values.mean() - 3 * est.std_error, est.values.mean() + 3 * est.std_error])
    np.testing.assert_allclose(np.sort(bars(ax)[:, 1]), np.sort(expected))


@pytest.mark.parametrize(("share", "n"), [(80, 40), (90, 40)])
def test_control_limits_keep_stable_periods_inside(share: float, n: int) -> None:
    """Three in a thousand, not the two in a hundred that each share's own standard error would give."""
    drawn = np.random.default_rng(7).binomial(n, share / 100, (500, 12)) / n * 100
    out = 0
    for row in drawn:
        own = np.sqrt(row * (100 - row) / (n - 1))
        table = pd.DataFrame(
            {"estimate": row, "std_error": np.where(own > 0, own, np.nan), "n_effective": n, "unit": "%"}
        )
        center, allowed = control_limits(table)
        out += int((np.abs(row - center) > allowed).sum())
    assert out / drawn.size < 0.005


@pytest.mark.parametrize(
    "periods",
    [
        list(range(2014, 2023)),
        [f"{y}Q{q}" for y in range(2021, 2026) for q in range(1, 5)],
        [f"{y}-{m:02d}" for y in (2023, 2024, 2025) for m in range(1, 13)],
        as_waves([f"Wave {i}" for i in range(1, 13)]),
        as_waves([f"After the change of the opening hours, {i}" for i in range(1, 4)]),
        [2025],
        list(pd.date_range("2025-01-06", periods=30, freq="7D")),
        list(range(1990, 2026)),
    ],
    ids=lambda p: str(p[0])[:10] + f" x {len(p)}",
)
def test_readable_on_half_a_page(periods: Any, half_page: Axes) -> None:
    ax = plot_trend(over_periods(periods), half_page, target=60)
    assert_readable(ax)
    assert tick_texts(ax)


def test_long_names_of_series_are_readable(half_page: Axes) -> None:
    names = [f"Counter and telephone of the branches, region {i}" for i in range(4)]
    frame = pd.DataFrame(
        [(n, y, a) for n in names for y in (2023, 2024, 2025) for a in (5, 1, 4)], columns=["s", "y", "overall"]
    )
    ax = plot_trend(cx.measure(frame, cx.csat("overall"), by=["s", "y"]), half_page, over="y")
    assert {text.replace("\n", " ") for text in notes(ax)} == set(names)
    assert_readable(ax)


def test_labels_are_text_and_never_formulas(half_page: Axes) -> None:
    frame = pd.DataFrame(
        {
            "$a$": pd.Categorical(["$1$", "$2$"] * 20),
            "side": ["$l$", "$l$", "_r$", "_r$"] * 10,
            "overall": [1, 5, 4, 2] * 10,
        }
    )
    ax = plot_trend(cx.measure(frame, cx.csat("overall", name="$s$"), by=["$a$", "side"]), half_page, over="$a$")
    assert not [t.get_text() for t in texts(ax) if t._preprocess_math(t.get_text())[1]]  # type: ignore[attr-defined]
    assert ax.get_ylabel() == r"\$s\$ (%)"


@pytest.mark.parametrize("count", [1, 2, 6])
def test_names_are_moved_apart_no_further_than_needed(count: int) -> None:
    heights = np.full(count, 0.1)
    far = np.linspace(0.1, 0.9, count)
    np.testing.assert_allclose(apart(far, heights), far)
    close = apart(np.full(count, 0.99), heights)
    assert np.all(np.diff(close) >= 0.1 - 1e-12)
    assert close[-1] <= 1.0
    np.testing.assert_allclose(apart(np.full(2, 0.5), np.array([0.1, 0.1])), [0.45, 0.55])


def test_it_draws_where_told_and_changes_no_setting(survey: cx.Survey) -> None:
    est = cx.measure(survey, CSAT, by="quarter")
    _, (left, right) = plt.subplots(1, 2)
    before, current = dict(mpl.rcParams), plt.gca()
    assert plot_trend(est, left, limits=True, target=50) is left
    assert not right.lines
    assert plt.gca() is current
    plot_trend(est)
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"over": "quater"}, "Did you mean 'quarter'"),
        ({"over": None}, "'channel', 'quarter'"),
        ({"over": "quarter", "limits": True}, "4 \\('app', 'branch', 'call', 'chat'\\)"),
        ({"over": "quarter", "level": 1.5}, "level"),
        ({"over": "quarter", "method": "bayes"}, "method"),
        ({"over": "quarter", "target": "high"}, "target"),
        ({"over": "quarter", "ax": 3}, "Axes"),
    ],
)
def test_bad_options_say_what_is_wrong_and_leave_no_figure(
    survey: cx.Survey, options: dict[str, Any], says: str
) -> None:
    est = cx.measure(survey, CSAT, by=["channel", "quarter"])
    with pytest.raises((ArgumentError, ColumnError), match=says):
        plot_trend(est, **options)
    assert not plt.get_fignums()


def test_what_has_no_periods_or_mixes_units_is_refused(survey: cx.Survey) -> None:
    with pytest.raises(ArgumentError, match="no label holds periods"):
        plot_trend(cx.measure(survey, CSAT))
    with pytest.raises(ArgumentError, match=r"different units \('%': 'csat'; 'net %': 'nps'\)"):
        plot_trend(cx.measure(survey, [CSAT, cx.nps("recommend")], by="quarter"))
    with pytest.raises(ArgumentError, match="DataFrame"):
        plot_trend(cx.measure(survey, CSAT, by="quarter").frame())  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="occurs twice"):
        plot_trend(over_periods(["2025Q1", "2025-Q1"]))
    crowd = pd.DataFrame({"team": list(range(7)) * 4, "year": [2024, 2025] * 14, "overall": [1, 5, 4, 2] * 7})
    with pytest.raises(ArgumentError, match="7 series are too many"):
        plot_trend(cx.measure(crowd, cx.csat("overall"), by=["team", "year"]), over="year")


def test_all_missing_is_drawn_as_nothing() -> None:
    ax = plot_trend(over_periods([2024, 2025], [float("nan")] * 3), limits=True)
    assert np.isnan(line(ax)[:, 1]).all()
