"""The heat map: each cell has its value and colour, few answers have neither, and texts can be read on every cell."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_hex, to_rgb

import cxstats as cx
from cxstats.charts.shades import HIGH, LOW
from cxstats.charts.style import luminance
from cxstats.errors import ArgumentError
from tests.charts.looks import assert_readable, texts
from tests.charts.nasty import nasty_answers

CSAT = cx.csat("overall")


def mesh(ax: Axes) -> QuadMesh:
    (found,) = [c for c in ax.collections if isinstance(c, QuadMesh)]
    return found


def values(ax: Axes) -> np.ma.MaskedArray[Any, Any]:
    return np.ma.asarray(mesh(ax).get_array())


def written(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def names(ax: Axes) -> tuple[list[str], list[str]]:
    rows, columns = ax.get_yticklabels(), ax.get_xticklabels()
    return [t.get_text().replace("\n", " ") for t in rows], [t.get_text().replace("\n", " ") for t in columns]


def cells() -> pd.DataFrame:
    """Return answers of two by three groups: 20 a cell, 9 in one, none of one pair."""
    rows = [
        ("a", "x", 5, 20),
        ("a", "y", 1, 20),
        ("a", "z", 5, 9),
        ("b", "x", 4, 10),
        ("b", "x", 2, 10),
        ("b", "y", 5, 20),
    ]
    return pd.DataFrame([(g, h, v) for g, h, v, n in rows for _ in range(n)], columns=["g", "h", "overall"])


def test_cells_are_the_values_and_say_them(survey: cx.Survey) -> None:
    est = cx.measure(survey, CSAT, by=["channel", "quarter"])
    ax = cx.plot_heatmap(est, min_n=1)
    np.testing.assert_array_equal(values(ax), est.values.reshape(4, 4))
    assert names(ax) == (["app", "branch", "call", "chat"], ["Q1 2025", "Q2", "Q3", "Q4"])
    assert written(ax) == [f"{value:.0f}" for value in est.values]
    low, high = est.n.min(), est.n.max()
    assert ax.get_xlabel() == f"CSAT (%); n {low:.0f} to {high:.0f} a cell"
    turned = cx.plot_heatmap(est, rows="quarter", min_n=1)
    np.testing.assert_array_equal(values(turned), est.values.reshape(4, 4).T)
    np.testing.assert_array_equal(values(cx.plot_heatmap(est, columns="channel", min_n=1)), values(turned))


def test_few_answers_are_shown_as_such_and_not_coloured() -> None:
    est = cx.measure(cells(), CSAT, by=["g", "h"])
    ax = cx.plot_heatmap(est)
    assert values(ax).mask.tolist() == [[False, False, True], [False, False, True]]
    assert written(ax) == ["100", "0", "n 9", "50", "100", "–"]
    assert ax.get_xlabel().replace("\n", " ") == "CSAT (%); n 20 a cell; cells with n show fewer than 10 answers"
    every = cx.plot_heatmap(est, min_n=0)
    assert written(every) == ["100", "0", "100", "50", "100", "–"]
    assert "fewer" not in every.get_xlabel()
    none = cx.plot_heatmap(est, min_n=1000)
    assert (values(none).mask.all(), written(none)[0]) == (True, "n 20")


def colors(ax: Axes) -> list[str]:
    ax.figure.canvas.draw()
    return [to_hex(color).upper() for color in mesh(ax).get_facecolor()]


def test_colours_go_from_the_lowest_to_the_highest() -> None:
    ax = cx.plot_heatmap(cx.measure(cells(), CSAT, by=["g", "h"]))
    drawn = colors(ax)
    assert drawn[0] == drawn[4] == HIGH
    shades = [luminance(np.asarray(to_rgb(drawn[i]))) for i in (1, 3, 0)]
    assert shades == sorted(shades, reverse=True)


@pytest.mark.parametrize(("target", "says"), [(50, "50"), (-20, "−20")])
def test_colours_about_a_target_are_orange_below_and_blue_above(target: float, says: str) -> None:
    ax = cx.plot_heatmap(cx.measure(cells(), CSAT, by=["g", "h"]), target=target)
    assert f"CSAT (%), blue above and orange below {says};" in ax.get_xlabel().replace("\n", " ")
    drawn = colors(ax)
    assert drawn[0] == HIGH
    if target == 50:
        assert drawn[1] == LOW
        assert luminance(np.asarray(to_rgb(drawn[3]))) > 0.98


def test_differences_of_chance_stay_pale() -> None:
    rows = pd.DataFrame({"overall": [5, 1] * 200, "g": ["a", "a", "b", "b"] * 100, "h": ["x"] * 200 + ["y"] * 200})
    rows.loc[0, "overall"] = 1
    est = cx.measure(rows, CSAT, by=["g", "h"])
    norm = mesh(cx.plot_heatmap(est)).norm
    assert norm.vmax - norm.vmin == pytest.approx(4 * np.median(est.std_error))
    norm = mesh(cx.plot_heatmap(est, target=50)).norm
    assert norm.vmax - 50 == pytest.approx(2 * np.median(est.std_error)) == 50 - norm.vmin


def test_contrasts_are_coloured_about_zero(survey: cx.Survey) -> None:
    est = cx.measure(survey, CSAT, by=["channel", "region", "quarter"])
    change = est.contrast({"quarter": "2025Q4"}, {"quarter": "2025Q3"})
    ax = cx.plot_heatmap(change, min_n=0)
    norm = mesh(ax).norm
    assert norm.vmin == -norm.vmax
    assert "difference 2025Q4 - 2025Q3 (percentage points), blue above and orange below 0" in ax.get_xlabel().replace(
        "\n", " "
    )
    assert any(text.startswith("−") for text in written(ax))


def test_metrics_of_one_unit_make_rows(survey: cx.Survey) -> None:
    est = cx.measure(survey, [cx.csat("overall"), cx.first_contact_resolution("resolved")], by="channel")
    ax = cx.plot_heatmap(est)
    assert names(ax)[0] == ["CSAT", "First-contact resolution"]
    np.testing.assert_array_equal(values(ax), est.values.reshape(2, 4))


def test_categories_keep_their_order_though_the_first_row_lacks_one() -> None:
    rows = cells()[lambda d: (d["g"] != "a") | (d["h"] != "y")]
    rows["h"] = pd.Categorical(rows["h"], ["z", "y", "x"])
    ax = cx.plot_heatmap(cx.measure(rows, CSAT, by=["g", "h"]), min_n=1)
    assert names(ax)[1] == ["z", "y", "x"]
    assert written(ax) == ["100", "–", "100", "–", "100", "50"]


@pytest.mark.parametrize(
    "by", [["group", "side"], ["side", "group"], ["quarter", "side"], ["group", "quarter"]], ids=str
)
@pytest.mark.parametrize("size", ["half page", "own figure"])
@pytest.mark.parametrize("target", [None, 50])
def test_readable_whatever_is_drawn(half_page: Axes, by: list[str], size: str, target: float | None) -> None:
    est = cx.measure(nasty_answers(), cx.csat("five"), by=by)
    ax = cx.plot_heatmap(est, half_page if size == "half page" else None, target=target)
    assert_readable(ax)
    assert not [t.get_text() for t in texts(ax) if t._preprocess_math(t.get_text())[1]]  # type: ignore[attr-defined]


def test_words_of_column_names_are_not_broken(half_page: Axes) -> None:
    rows = nasty_answers().assign(
        way=lambda d: d["side"].map({"_right": "telecommunication", "$left$ or nowhere": "in person"})
    )
    ax = cx.plot_heatmap(cx.measure(rows, cx.csat("five"), by=["group", "way"]), half_page)
    assert [t.get_text().replace("\n", " ") for t in ax.get_xticklabels()] == ["in person", "telecommunication"]
    assert_readable(ax)


def test_many_periods_are_readable_on_half_a_page(half_page: Axes) -> None:
    periods = [f"{year}Q{quarter}" for year in range(2022, 2026) for quarter in range(1, 5)]
    rows = pd.DataFrame([(p, c, v) for p in periods for c in "abc" for v in (5, 1) * 10], columns=["p", "c", "overall"])
    ax = cx.plot_heatmap(cx.measure(rows, CSAT, by=["c", "p"]), half_page)
    assert names(ax)[1] == periods
    assert_readable(ax)


@pytest.mark.parametrize("target", [None, 60.0])
def test_every_value_can_be_read_on_its_cell(target: float | None) -> None:
    groups = [
        (f"{i:02d}", side, v) for i in range(50) for side in "ab" for v in [5] * (i + (side == "b")) + [1] * (50 - i)
    ]
    est = cx.measure(pd.DataFrame(groups, columns=["g", "h", "overall"]), CSAT, by=["g", "h"])
    ax = cx.plot_heatmap(est, target=target)
    grounds = colors(ax)
    assert len(set(grounds)) > 40
    for ground, text in zip(grounds, ax.texts, strict=True):
        dark, light = sorted(luminance(np.asarray(to_rgb(color))) for color in (ground, text.get_color()))
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_it_draws_where_told_and_changes_no_setting(survey: cx.Survey) -> None:
    est = cx.measure(survey, CSAT, by=["channel", "quarter"])
    _, (left, right) = plt.subplots(1, 2)
    before, current = dict(mpl.rcParams), plt.gca()
    assert cx.plot_heatmap(est, left) is left
    assert not right.collections
    assert plt.gca() is current
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"rows": "chanel"}, "Did you mean 'channel'"),
        ({"columns": "x"}, r"plot_heatmap\(columns=\)"),
        ({"rows": "channel", "columns": "channel"}, "makes the rows already"),
        ({"target": "high"}, "target"),
        ({"min_n": 2.5}, "min_n"),
        ({"min_n": -1}, "min_n"),
        ({"ax": 3}, "Axes"),
    ],
)
def test_bad_options_say_what_is_wrong_and_leave_no_figure(
    survey: cx.Survey, options: dict[str, Any], says: str
) -> None:
    est = cx.measure(survey, CSAT, by=["channel", "quarter"])
    with pytest.raises(ArgumentError, match=says):
        cx.plot_heatmap(est, **options)
    assert not plt.get_fignums()


def test_what_makes_no_table_is_refused(survey: cx.Survey) -> None:
    cases: list[tuple[Any, str]] = [
        (cx.measure(survey, CSAT, by="channel"), "these tell the estimates apart: 'channel'"),
        (cx.measure(survey, CSAT), "two labels make a table"),
        (cx.measure(survey, CSAT, by=["channel", "quarter", "region"]), "'channel', 'quarter', 'region'"),
        (
            cx.measure(survey, [CSAT, cx.csat("overall", top=1, name="b")], by=["channel", "quarter"]),
            "'metric', 'channel'",
        ),
        (cx.measure(survey, [CSAT, cx.nps("recommend")], by="channel"), "different units"),
        (cx.measure(survey, CSAT, by=["channel", "quarter"]).frame(), "DataFrame"),
    ]
    for est, says in cases:
        with pytest.raises(ArgumentError, match=says):
            cx.plot_heatmap(est)
    assert not plt.get_fignums()
