"""Pictures of published figures: bands, bars and lines are the numbers of the tables, and nothing lies on anything else."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.text import Text
from scipy import stats

import cxstats as cx
from cxstats.charts.published_bands import ASSUMED, TOLD
from cxstats.errors import ArgumentError
from tests.charts.looks import assert_readable, texts

LONG = (
    "of all customers of the branches who had waited longer than they expected when they called say that they would under no "
    "circumstances come back, not for $5 or $6"
)
TOLD_N = cx.Percentage(67, n=6723, says="would pay more for a better experience", source="Salesforce 2018")
UNTOLD = cx.Percentage(64, says="say that experience matters more than price")
ADULTS = {"n": 1000, "population": "adults"}


def published(kind: type) -> list[Any]:
    return [figure for figure in cx.published_claims().figures if isinstance(figure, kind)]


def segments(ax: Axes, label: str) -> np.ndarray:
    """Return the straight bands with this label as rows of x0, y0, x1, y1."""
    found = [c.get_segments() for c in ax.collections if isinstance(c, LineCollection) and c.get_label() == label]
    return np.asarray([s.ravel() for each in found for s in each]).reshape(-1, 4)


def markers(ax: Axes) -> np.ndarray:
    found = [c for c in ax.collections if isinstance(c, PathCollection) and c.get_label() == "_printed"]
    return np.concatenate([np.asarray(c.get_offsets()) for c in found])


def said(ax: Axes, label: str) -> list[str]:
    return [text.get_text().replace("\n", " ") for text in ax.texts if text.get_label() == label]


# --- percentages ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0.95, 0.8])
def test_a_row_has_the_figure_its_rounding_and_a_band_for_each_n(level: float) -> None:
    ax = cx.plot_percentages([TOLD_N, UNTOLD], level=level)
    tables = [figure.interval(level) for figure in (TOLD_N, UNTOLD)]
    np.testing.assert_array_equal(markers(ax)[:, 0], [67, 64])
    heights = markers(ax)[:, 1]
    for table, y in zip(tables, heights, strict=True):
        here = segments(ax, "_sampling")
        here = here[here[:, 1] == y]
        np.testing.assert_allclose(here[:, [0, 2]], table[["conf_low", "conf_high"]])
        (rounding,) = [s for s in segments(ax, "_rounding") if s[1] == y]
        np.testing.assert_allclose(rounding[[0, 2]], [table["rounding_low"].min(), table["rounding_high"].max()])
    assert f"{100 * level:g} % limits" in said(ax, "_above")[0]
    assert ax.get_xlabel() == "Percent"
    assert_readable(ax)


def test_an_assumed_n_differs_from_a_told_one_in_words_colour_and_shape() -> None:
    ax = cx.plot_percentages([TOLD_N, UNTOLD])
    assert [t.get_text() for t in ax.texts if "n" in t.get_text()][:2] == ["n = 6,723", "n assumed"]
    assert TOLD[0] != ASSUMED[0]
    assert TOLD[1] != ASSUMED[1]
    round_one, square = [c.get_paths()[0] for c in ax.collections if c.get_label() == "_printed"]
    assert len(round_one.vertices) > len(square.vertices)
    assert "squares: n assumed, 100 to 10,000 (palest: fewest)" in said(ax, "_above")[0]
    alone = cx.plot_percentages(TOLD_N)
    assert "assumed" not in said(alone, "_above")[0]


def test_bands_are_nested_and_the_palest_is_for_the_fewest() -> None:
    ax = cx.plot_percentages(cx.Percentage(64, plausible_n=(3000, 100, 1000, 100)))
    drawn = [c for c in ax.collections if c.get_label() == "_sampling"]
    assert len(drawn) == 3  # 100 is there once
    ends = [c.get_segments()[0][:, 0] for c in drawn]
    for wide, narrow in pairwise(ends):
        assert wide[0] < narrow[0] < narrow[1] < wide[1]
    light = [sum(mpl.colors.to_rgb(c.get_color()[0])) for c in drawn]
    assert light == sorted(light, reverse=True)
    assert [c.get_zorder() for c in drawn] == sorted(c.get_zorder() for c in drawn)


def test_the_n_of_a_band_stands_where_it_ends() -> None:
    ax = cx.plot_percentages(UNTOLD)
    lows = {f"{n:,.0f}": low for n, low in UNTOLD.interval()[["n", "conf_low"]].to_numpy()}
    found = {text.get_text(): text.xy[0] for text in ax.texts if text.get_label() == "_n"}
    assert list(found)[:2] == ["100", "300"]
    assert found == {n: lows[n] for n in found}
    assert not said(cx.plot_percentages(TOLD_N), "_n")


def test_a_line_is_drawn_where_asked() -> None:
    (line,) = cx.plot_percentages(TOLD_N, against=50).lines
    assert set(line.get_xdata()) == {50.0}
    assert not cx.plot_percentages(TOLD_N).lines


def test_same_words_are_told_apart_by_their_sources() -> None:
    same = [cx.Percentage(67, n=100, says="pay", source=source) for source in ("A", "B")]
    words = same[0].words
    assert [t.get_text() for t in cx.plot_percentages(same).get_yticklabels()] == [f"{words} (A)", f"{words} (B)"]
    assert [t.get_text() for t in cx.plot_percentages(same[0]).get_yticklabels()] == [words]


NASTY = {
    "one": [UNTOLD],
    "real": published(cx.Percentage)[:8],
    "all real": published(cx.Percentage),
    "long words": [cx.Percentage(0, n=30, says=LONG), cx.Percentage(100, says=LONG), TOLD_N],
    "ends": [
        cx.Percentage(0, n=30),
        cx.Percentage(100, n=2000),
        cx.Percentage(0),
        cx.Percentage(100, plausible_n=(5,)),
    ],
    "five": [cx.Percentage(20, n=5, says="of five"), cx.Percentage(33, n=5)],
}


@pytest.mark.parametrize("name", NASTY)
def test_percentages_are_readable_on_a_figure_of_their_own(name: str) -> None:
    assert_readable(cx.plot_percentages(NASTY[name], against=50))


@pytest.mark.parametrize("name", ["one", "long words", "ends", "five"])
def test_percentages_are_readable_on_half_a_page(half_page: Axes, name: str) -> None:
    assert_readable(cx.plot_percentages(NASTY[name], half_page))


@pytest.mark.parametrize("count", [3, 8])
def test_rows_leave_room_for_axis_and_note_on_low_axes(count: int) -> None:
    words = [cx.Percentage(60 + k, says=UNTOLD.says) for k in range(count)]
    ax = plt.subplots(figsize=(3.3, 1.6), layout="constrained")[1]
    assert_readable(cx.plot_percentages(words, ax))


# --- overlap --------------------------------------------------------------------------------------------------------------


def parts(ax: Axes) -> dict[str, np.ndarray]:
    return {bars.get_label().strip(): np.asarray(bars.datavalues) for bars in ax.containers}


@pytest.mark.parametrize(("p", "q"), [(64, 67), (67, 64), (12, 30), (98, 97), (0, 100), (50, 50), (0, 0)])
def test_the_bars_are_the_least_and_the_most_overlap_of_any_hundred_people(p: int, q: int) -> None:
    a, b = cx.Percentage(p, **ADULTS), cx.Percentage(q, **ADULTS)
    ax = cx.plot_overlap(a, b)
    possible = [both for both in range(101) if both <= p and both <= q and p + q - both <= 100]
    drawn = parts(ax)
    np.testing.assert_array_equal(drawn["both"], [min(possible), max(possible)])
    np.testing.assert_array_equal(drawn["only A"] + drawn["both"], [p, p])
    np.testing.assert_array_equal(drawn["only B"] + drawn["both"], [q, q])
    np.testing.assert_array_equal(sum(drawn.values()), [100, 100])
    assert_readable(ax)


def test_each_part_is_named_with_its_percent_and_has_its_colour() -> None:
    a, b = cx.Percentage(64, says="more", **ADULTS), cx.Percentage(66.5, decimals=1, says="pay", **ADULTS)
    ax = cx.plot_overlap(a, b)
    named = {t.get_text().replace("\n", " ") for t in ax.texts if not t.get_label().startswith("_a")}
    assert {"only A 33.5 %", "both 30.5 %", "only B 36.0 %", "both 64.0 %", "only B 2.5 %", "neither 33.5 %"} <= named
    assert not {"neither 0.0 %", "only A 0.0 %"} & named
    assert len({bars.patches[0].get_facecolor() for bars in ax.containers}) == 4
    assert said(ax, "_above") == [f"A: {a} B: {b}"]
    assert ax.get_xlabel() == "Percent of adults"


def test_the_note_has_the_limits_of_both() -> None:
    a, b = cx.Percentage(64, **ADULTS), cx.Percentage(67, population="adults")
    ax = cx.plot_overlap(a, b, same_people=False, level=0.9)
    table = a.both(b, same_people=False, level=0.9)
    low, high = table["conf_low"].min(), table["conf_high"].max()
    (note,) = said(ax, "_below")
    assert note == (
        f"Both: 31 to 64 % by the figures as printed, {low:.0f} to {high:.0f} % with rounding and sampling (90 % limits)"
    )


@pytest.mark.parametrize(("p", "q"), [(9, 4), (96, 99)])
def test_names_of_thin_parts_stay_below_the_bar(half_page: Axes, p: int, q: int) -> None:
    ax = cx.plot_overlap(cx.Percentage(p, **ADULTS), cx.Percentage(q, **ADULTS), half_page)
    assert_readable(ax)
    tied = [Text.get_window_extent(text) for text in ax.texts if getattr(text, "arrow_patch", None)]
    left, right = (float(ax.transData.transform((x, 0))[0]) for x in (0, 100))
    assert len(tied) >= 4
    assert left - 3 <= min(box.x0 for box in tied)
    assert max(box.x1 for box in tied) <= right + 3


@pytest.mark.parametrize("small", [True, False])
def test_overlap_is_readable_with_long_words_and_thin_parts(half_page: Axes, small: bool) -> None:
    a, b = cx.Percentage(3, says=LONG, **ADULTS), cx.Percentage(98.6, decimals=1, says=LONG, **ADULTS)
    ax = cx.plot_overlap(a, b, half_page if small else None)
    assert_readable(ax)
    assert not [t for t in texts(ax) if t._preprocess_math(t.get_text())[1]]  # type: ignore[attr-defined]


# --- ecological tables ----------------------------------------------------------------------------------------------------

(FIRST_CONTACT,) = published(cx.EcologicalTable)
CROWDED = cx.EcologicalTable(
    {f"group with a long name {i}": (50 + i % 3 + i / 10, 60 + (i * 7) % 4 + i / 10) for i in range(12)},
    x="the share of calls that were solved at the first contact, in percent", y="satisfaction with it all, for $5",
)  # fmt: skip
STEEP = cx.EcologicalTable({"a": (1, 4), "b": (1, 3), "c": (1, 2), "d": (2, -4)})


@pytest.mark.parametrize("level", [0.95, 0.8])
def test_line_and_band_are_those_of_least_squares(level: float) -> None:
    ax = cx.plot_ecological(FIRST_CONTACT, level=level)
    x, y = FIRST_CONTACT.points.T
    fit = stats.linregress(x, y)
    (line,) = [each for each in ax.lines if each.get_label() == "_line"]
    places = np.asarray(line.get_xdata())
    middle = fit.intercept + fit.slope * places
    np.testing.assert_allclose(line.get_ydata(), middle)
    (band,) = [c for c in ax.collections if c.get_label() == "_band"]
    corners = band.get_paths()[0].vertices
    rest = np.sqrt(np.sum((y - fit.intercept - fit.slope * x) ** 2) / (len(x) - 2))
    error = rest * np.sqrt(1 / len(x) + (places - x.mean()) ** 2 / np.sum((x - x.mean()) ** 2))
    half = stats.t.ppf((1 + level) / 2, len(x) - 2) * error
    for k in (0, len(places) // 2, len(places) - 1):
        upright = corners[np.isclose(corners[:, 0], places[k]), 1]
        np.testing.assert_allclose([upright.min(), upright.max()], [middle[k] - half[k], middle[k] + half[k]])
    (note,) = said(ax, "_above")
    low, high = FIRST_CONTACT.slope(level)[["conf_low", "conf_high"]].iloc[0]
    assert note.startswith(f"Slope {fit.slope:.2f} ({low:.2f} to {high:.2f}) and band: {100 * level:g} % limits")


def test_each_group_is_named_and_left_out_once() -> None:
    ax = cx.plot_ecological(FIRST_CONTACT)
    x, y = FIRST_CONTACT.points.T
    drawn = [line for line in ax.lines if line.get_label() == "_without"]
    assert len(drawn) == len(x)
    for k, line in enumerate(drawn):
        slope, intercept = np.polyfit(np.delete(x, k), np.delete(y, k), 1)
        np.testing.assert_allclose(line.get_ydata(), intercept + slope * np.asarray(line.get_xdata()))
    named = {text.get_text(): text.xy for text in ax.texts if not text.get_label().startswith("_")}
    assert named == {name: tuple(pair) for name, pair in FIRST_CONTACT.groups.items()}


def test_the_warning_stands_below_all_else() -> None:
    ax = cx.plot_ecological(FIRST_CONTACT)
    assert said(ax, "_below") == [
        "About 7 industries, not about customers: within each of them the relation may be another"
    ]
    heights = {text.get_label(): text.get_window_extent().y0 for text in texts(ax)}
    assert min(heights, key=heights.__getitem__) == "_below"


def test_no_line_without_a_group_where_x_does_not_vary_without_it() -> None:
    ax = cx.plot_ecological(STEEP)
    assert len([line for line in ax.lines if line.get_label() == "_without"]) == 3


@pytest.mark.parametrize("table", [FIRST_CONTACT, CROWDED, STEEP], ids=["real", "crowded", "steep"])
@pytest.mark.parametrize("size", [(6.0, 4.2), (3.3, 2.6)], ids=str)
def test_no_name_lies_on_another(table: cx.EcologicalTable, size: tuple[float, float]) -> None:
    if table is CROWDED and size[0] < 4:
        table = cx.EcologicalTable(dict(list(CROWDED.groups.items())[:6]), x=CROWDED.x, y=CROWDED.y)
    assert_readable(cx.plot_ecological(table, plt.subplots(figsize=size, layout="constrained")[1]))


# --- published trends -----------------------------------------------------------------------------------------------------

(RIDERS,) = published(cx.PublishedTrend)


def test_a_trend_has_bands_at_its_times_and_the_line_of_least_squares() -> None:
    ax = cx.plot_published_trend(RIDERS, level=0.9)
    times, values = np.asarray(list(RIDERS.figures)), np.asarray([f.value for f in RIDERS.figures.values()])
    np.testing.assert_array_equal(markers(ax), np.c_[times, values])
    for time, figure in RIDERS.figures.items():
        drawn = segments(ax, "_sampling")
        np.testing.assert_allclose(
            drawn[drawn[:, 0] == time][:, [1, 3]], figure.interval(0.9)[["conf_low", "conf_high"]]
        )
    (line,) = [each for each in ax.lines if each.get_label() == "_line"]
    slope, intercept = np.polyfit(times - 2013, values, 1)
    np.testing.assert_allclose(line.get_ydata(), intercept + slope * (times - 2013))
    assert said(ax, "_n") == ["n = 5,342"]
    assert said(ax, "_above")[0].endswith(
        "squares: n assumed, 3,000 to 8,000 (palest: fewest); thin line: least squares"
    )
    assert " ".join(ax.get_ylabel().split()) == f"{RIDERS.says} (%)"
    assert_readable(ax)


TRENDS = {
    "real": RIDERS,
    "months": cx.PublishedTrend({0.5: cx.Percentage(0), 1: cx.Percentage(100, n=5)}, says=LONG),
    "quarters": cx.PublishedTrend(
        {"2025Q1": cx.Percentage(61, n=800), "2025Q2": cx.Percentage(62), "2025Q4": cx.Percentage(66)}, per="year"
    ),
    "many": cx.PublishedTrend({1990 + k: cx.Percentage(50 + k % 2, n=400 + k) for k in range(30)}),
}


@pytest.mark.parametrize("name", TRENDS)
@pytest.mark.parametrize("small", [True, False])
def test_trends_are_readable(half_page: Axes, name: str, small: bool) -> None:
    ax = cx.plot_published_trend(TRENDS[name], half_page if small else None)
    assert_readable(ax)
    (left, right) = ax.get_xlim()
    places = np.concatenate([line.get_xdata() for line in ax.lines if line.get_label() == "_line"])
    assert left < places.min() < places.max() < right
    assert len(places) == len(TRENDS[name].figures)


# --- all of them ----------------------------------------------------------------------------------------------------------

DRAW: dict[str, Callable[..., Axes]] = {
    "percentages": lambda ax=None, **options: cx.plot_percentages([UNTOLD, TOLD_N], ax, **options),
    "overlap": lambda ax=None, **options: cx.plot_overlap(
        cx.Percentage(64, says="more", **ADULTS), cx.Percentage(67, says="pay", **ADULTS), ax, **options
    ),
    "ecological": lambda ax=None, **options: cx.plot_ecological(FIRST_CONTACT, ax, **options),
    "trend": lambda ax=None, **options: cx.plot_published_trend(RIDERS, ax, **options),
}


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (1, 2, 3, 0)], ids=str)
def test_four_on_one_page_are_readable(order: tuple[int, ...]) -> None:
    figure, axes = plt.subplots(2, 2, figsize=(7, 5.5), layout="constrained")
    draw = [*DRAW.values()]
    draw[0] = lambda ax: cx.plot_percentages(published(cx.Percentage)[:5], ax)
    for ax, k in zip(axes.flat, order, strict=True):
        draw[k](ax)
    figure.canvas.draw()
    for ax in axes.flat:
        assert_readable(ax)
        assert ax.get_position().width > 0.15
        assert ax.get_position().height > 0.15


@pytest.mark.parametrize("name", DRAW)
def test_it_draws_where_told_and_changes_no_setting(name: str) -> None:
    left, right = Figure().subplots(1, 2)
    before = dict(mpl.rcParams)
    assert DRAW[name](left) is left
    assert not right.texts
    assert not plt.get_fignums()
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("name", DRAW)
def test_what_cannot_be_drawn_is_refused_and_leaves_no_figure(name: str) -> None:
    with pytest.raises(ArgumentError, match=r"level=95\): a level lies between 0 and 1"):
        DRAW[name](level=95)
    with pytest.raises(ArgumentError, match="one matplotlib Axes is needed, not int"):
        DRAW[name](3)
    assert not plt.get_fignums()


@pytest.mark.parametrize(
    ("draw", "says"),
    [
        (lambda: cx.plot_percentages([TOLD_N, 64]), r"figures=\), number 2: a Percentage is needed, not int"),
        (lambda: cx.plot_percentages(64), r"number 1: a Percentage is needed, not int"),
        (lambda: cx.plot_percentages([(TOLD_N, UNTOLD)]), "number 1: a Percentage is needed, not tuple"),
        (lambda: cx.plot_percentages(cx.Correlation(0.4)), "a Percentage is needed, not Correlation"),
        (lambda: cx.plot_percentages([]), "there are no figures"),
        (lambda: cx.plot_percentages(TOLD_N, against=101), r"against=101\): a percentage lies between 0 and 100"),
        (lambda: cx.plot_percentages(TOLD_N, against="half"), "a finite number in the unit of the estimates"),
        (lambda: cx.plot_overlap(TOLD_N, 64), r"plot_overlap\(b=\): a Percentage is needed, not int"),
        (lambda: cx.plot_ecological(RIDERS), "an EcologicalTable is needed, not PublishedTrend"),
        (lambda: cx.plot_published_trend({2016: TOLD_N}), "a PublishedTrend is needed, not dict"),
    ],
)
def test_what_is_no_published_figure_is_refused(draw: Callable[[], Axes], says: str) -> None:
    with pytest.raises(ArgumentError, match=says):
        draw()
    assert not plt.get_fignums()


@pytest.mark.parametrize("other", ["", "US adults"])
def test_two_populations_are_not_joined(other: str) -> None:
    with pytest.raises(cx.CxError, match="question about one population"):
        cx.plot_overlap(cx.Percentage(64, **ADULTS), cx.Percentage(67, n=1000, population=other))
    assert not plt.get_fignums()
