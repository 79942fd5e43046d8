"""Diverging bars: widths are the shares, low ones left of zero, high ones right, the neutral apart, n beside each bar."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

import cxstats as cx
from cxstats.charts.shades import diverging, ink_on
from cxstats.charts.style import luminance
from cxstats.errors import ArgumentError
from tests.charts.looks import assert_readable, texts
from tests.charts.nasty import nasty_answers
from tests.charts.test_chart_style import VISION, _oklab

WORDS = ["Very dissatisfied", "Dissatisfied", "Neither", "Satisfied", "Very satisfied"]


def spans(ax: Axes) -> np.ndarray:
    """Return left and right end of every bar: answers, then groups, then the two ends."""
    return np.asarray([[(bar.get_x(), bar.get_x() + bar.get_width()) for bar in each] for each in ax.containers])


def shares(est: cx.Estimate, answers: int) -> np.ndarray:
    return est.values.reshape(answers, -1)


def row_labels(ax: Axes) -> list[str]:
    return [tick.get_text() for tick in ax.get_yticklabels()]


def notes(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_bars_are_the_shares_about_zero_and_the_neutral_ones_apart(survey: cx.Survey) -> None:
    est = cx.measure(survey, cx.distribution("overall", labels=WORDS), by="channel")
    ax = cx.plot_distribution(est)
    share, drawn = shares(est, 5), spans(ax)
    np.testing.assert_allclose(drawn[:, :, 1] - drawn[:, :, 0], share, atol=1e-9)
    zero = np.zeros(share.shape[1])
    np.testing.assert_allclose(drawn[1, :, 1], zero, atol=1e-9)
    np.testing.assert_allclose(drawn[0, :, 1], drawn[1, :, 0])
    np.testing.assert_allclose(drawn[3, :, 0], zero, atol=1e-9)
    np.testing.assert_allclose(drawn[4, :, 0], drawn[3, :, 1])
    assert len(set(drawn[2, :, 0])) == 1
    assert drawn[2, 0, 0] > drawn[4, :, 1].max()
    assert sorted({float(line.get_xdata()[0]) for line in ax.lines}) == [0.0, drawn[2, 0, 0]]
    assert row_labels(ax) == ["app", "branch", "call", "chat"]
    assert [f"{n:,.0f}" for n in est.n[:4]] == notes(ax)[:4]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == WORDS
    assert ax.get_xlabel() == "Overall (% of answers)"


def test_of_an_even_number_of_answers_none_is_neutral(survey: cx.Survey) -> None:
    est = cx.measure(survey, cx.distribution("overall", scale=(0, 5)))
    drawn = spans(cx.plot_distribution(est))
    np.testing.assert_allclose(drawn[2, :, 1], 0, atol=1e-9)
    np.testing.assert_allclose(drawn[3, :, 0], 0, atol=1e-9)


def test_the_axis_counts_from_both_zeros_in_one_length(survey: cx.Survey) -> None:
    ax = cx.plot_distribution(cx.measure(survey, cx.distribution("overall"), by="channel"))
    apart = max(float(line.get_xdata()[0]) for line in ax.lines)
    for place, tick in zip(ax.get_xticks(), ax.get_xticklabels(), strict=True):
        assert float(tick.get_text()) == pytest.approx(place - apart if place >= apart else abs(place))


@pytest.mark.parametrize("side", ["low", "high"])
def test_sums_stand_at_the_ends_of_the_bars(survey: cx.Survey, side: str) -> None:
    est = cx.measure(survey, cx.distribution("overall"), by="channel")
    ax = cx.plot_distribution(est)
    total = shares(est, 5)[:2].sum(axis=0) if side == "low" else shares(est, 5)[3:].sum(axis=0)
    ends = {text.xy[0]: text.get_text() for text in ax.texts if text.get_weight() == "bold"}
    sign = -1 if side == "low" else 1
    assert {end: said for end, said in ends.items() if sign * end > 0} == {sign * t: f"{t:.0f}" for t in total}
    assert not [text for text in cx.plot_distribution(est, sums=False).texts if text.get_weight() == "bold"]


def test_several_questions_are_bars_with_one_legend(survey: cx.Survey, half_page: Axes) -> None:
    scores = cx.distribution("overall", name="After the call") + cx.distribution("overall", name="After a week")
    ax = cx.plot_distribution(cx.measure(survey, scores), half_page)
    assert row_labels(ax) == ["After the call", "After a week"]
    assert ax.get_xlabel() == "Percent of answers"
    assert_readable(ax)


def test_bands_of_a_long_scale_are_drawn_as_well(survey: cx.Survey) -> None:
    value = cx.col("recommend")
    bands = [
        cx.share(value <= 3, name="0-3"),
        cx.share((value > 3) & (value < 7), name="4-6"),
        cx.share(value > 6, name="7-10"),
    ]
    est = cx.measure(survey, bands, by="channel")
    drawn = spans(cx.plot_distribution(est))
    np.testing.assert_allclose(drawn[0, :, 0], -est.values[:4])
    np.testing.assert_allclose(drawn[2, :, 1], est.values[8:])


def test_two_groupings_make_blocks(survey: cx.Survey) -> None:
    ax = cx.plot_distribution(cx.measure(survey, cx.distribution("overall"), by=["quarter", "channel"]))
    assert row_labels(ax) == ["app", "branch", "call", "chat"] * 4
    assert [text for text in notes(ax) if text.startswith("2025")] == ["2025Q1", "2025Q2", "2025Q3", "2025Q4"]


@pytest.mark.parametrize("by", [None, "side", "group", ["side", "quarter"]], ids=str)
@pytest.mark.parametrize(("column", "scale"), [("five", (1, 5)), ("four", (1, 4)), ("ten", (0, 10))])
@pytest.mark.parametrize("size", ["half page", "own figure"])
def test_readable_whatever_is_drawn(half_page: Axes, by: Any, column: str, scale: tuple[int, int], size: str) -> None:
    est = cx.measure(nasty_answers(), cx.distribution(column, scale=scale), by=by)
    ax = cx.plot_distribution(est, half_page if size == "half page" else None)
    assert_readable(ax)
    assert ("no answers" in notes(ax)) == (by == "group")


def test_long_texts_of_answers_are_readable(half_page: Axes) -> None:
    words = [f"This is how I would put it on a day like today, {i}" for i in range(1, 6)]
    ax = cx.plot_distribution(cx.measure(nasty_answers(), cx.distribution("five", labels=words), by="side"), half_page)
    assert_readable(ax)
    assert [t.get_text().replace("\n", " ") for t in ax.get_legend().get_texts()] == [words[i] for i in range(5)]


def test_labels_are_text_and_never_formulas() -> None:
    words = ["$a$", "_b", "$c$"]
    rows = nasty_answers().assign(q=lambda d: d["four"].clip(upper=3))
    est = cx.measure(rows, cx.distribution("q", scale=(1, 3), labels=words, name="$q$"), by="side")
    ax = cx.plot_distribution(est)
    assert not [t.get_text() for t in texts(ax) if t._preprocess_math(t.get_text())[1]]  # type: ignore[attr-defined]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [r"\$a\$", "_b", r"\$c\$"]


def contrast(one: str, two: str) -> float:
    dark, light = sorted(luminance(np.asarray(to_rgb(color))) for color in (one, two))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("count", range(2, 12))
def test_numbers_can_be_read_on_every_shade(count: int) -> None:
    assert min(contrast(color, ink_on(color)) for color in diverging(count)) >= 4.5


@pytest.mark.parametrize("level", np.linspace(0, 1, 21))
def test_black_or_white_can_be_read_on_every_grey(level: float) -> None:
    grey = mpl.colors.to_hex((level, level, level))
    assert contrast(grey, ink_on(grey)) >= 4.5


@pytest.mark.parametrize("vision", VISION)
def test_low_high_and_neutral_can_be_told_apart(vision: str) -> None:
    def seen(color: str) -> np.ndarray:
        rgb = np.array(to_rgb(color))
        return _oklab(VISION[vision] @ np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4))

    low_mild, low_strong, grey, high_mild, high_strong = (seen(c) for c in np.array(diverging(5))[[1, 0, 2, 3, 4]])
    pairs = [
        (low_mild, high_mild),
        (low_strong, high_strong),
        (low_mild, grey),
        (high_mild, grey),
        (low_mild, low_strong),
    ]
    assert min(float(np.linalg.norm(a - b)) for a, b in pairs) > 0.04
    assert float(np.linalg.norm(low_strong - high_strong)) > 0.15


def test_it_draws_where_told_and_changes_no_setting(survey: cx.Survey) -> None:
    est = cx.measure(survey, cx.distribution("overall"), by="channel")
    _, (left, right) = plt.subplots(1, 2)
    before, current = dict(mpl.rcParams), plt.gca()
    assert cx.plot_distribution(est, left) is left
    assert not right.patches
    assert plt.gca() is current
    cx.plot_distribution(est)
    assert dict(mpl.rcParams) == before


def test_what_is_no_distribution_is_refused_and_leaves_no_figure(survey: cx.Survey) -> None:
    everything = cx.measure(survey, cx.distribution("overall"), by="channel")
    first_four = everything.pick(metric=[f"overall: {i}" for i in range(1, 5)])
    cases: list[tuple[Any, str]] = [
        (everything.frame(), "not DataFrame"),
        (cx.measure(survey, [cx.csat("overall"), cx.nps("recommend")]), "different units"),
        (cx.measure(survey, cx.csat("overall"), by="channel"), r"1 answers \('csat'\); 2 to 11 are drawn"),
        (first_four, r"app: 'overall: 1', .* are not the shares of one whole; they sum to \d\d\.\d\."),
        (cx.measure(survey, [cx.mean("overall"), cx.mean("wait")]), "not the shares of one whole"),
        (everything.contrast("app", "call"), "not the shares of one whole"),
        (
            cx.measure(survey, cx.distribution("overall") + cx.distribution("recommend", scale=(0, 10))),
            "'overall', 'recommend' have different answers",
        ),
    ]
    for est, says in cases:
        with pytest.raises(ArgumentError, match=says):
            cx.plot_distribution(est)
    with pytest.raises(ArgumentError, match="Axes"):
        cx.plot_distribution(everything, 3)  # type: ignore[arg-type]
    assert not plt.get_fignums()


def test_shares_of_unlike_bases_are_refused() -> None:
    rows = pd.DataFrame({"a": [1.0, 0.0, 1.0, 0.0], "b": [1.0, 0.0, np.nan, np.nan]})
    est = cx.measure(rows, [cx.share(cx.col("a") < 1, name="a"), cx.share(cx.col("b") == 1, name="b")])
    assert est.values.sum() == 100
    with pytest.raises(ArgumentError, match="not the shares of one whole"):
        cx.plot_distribution(est)
