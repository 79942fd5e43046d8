"""The score on its composition: bars are the parts, the dot is promoters minus detractors on the same axis."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection

import cxstats as cx
from cxstats.errors import ArgumentError
from tests.charts.looks import assert_readable, bars, dots, in_order, texts
from tests.charts.nasty import nasty_answers

NPS = cx.nps_composition("recommend")


def bold(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts if text.get_weight() == "bold"]


@pytest.mark.parametrize("level", [0.95, 0.8])
def test_bars_are_the_parts_and_the_dot_the_score(survey: cx.Survey, level: float) -> None:
    est = cx.measure(survey, NPS, by="channel")
    ax = cx.plot_nps(est, level=level)
    table = est.frame(level)
    score, promoters, passives, detractors = (table["estimate"].to_numpy()[4 * k : 4 * k + 4] for k in range(4))
    low, neutral, high = ([(b.get_x(), b.get_width()) for b in each] for each in list(ax.containers)[:3])
    np.testing.assert_allclose(low, np.column_stack([-detractors, detractors]))
    np.testing.assert_allclose(high, np.column_stack([0 * promoters, promoters]), atol=1e-9)
    np.testing.assert_allclose([width for _, width in neutral], passives)
    assert len({x for x, _ in neutral}) == 1
    assert min(x for x, _ in neutral) > max(promoters.max(), table["conf_high"][:4].max())
    drawn = in_order(dots(ax), 1)
    np.testing.assert_array_equal(drawn[:, 0], score)
    np.testing.assert_array_equal(in_order(bars(ax), 1)[:, [0, 2]], table[["conf_low", "conf_high"]].to_numpy()[:4])
    assert bold(ax) == [f"{round(value) + 0:d}".replace("-", "−") for value in score]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["app", "branch", "call", "chat"]
    assert [text.get_text() for text in ax.texts][:4] == [f"{n:,.0f}" for n in table["n"][:4]]
    assert f"NPS with {100 * level:g} % interval" in [text.get_text() for text in ax.get_legend().get_texts()]
    assert_readable(ax)


def test_detractors_and_a_negative_score_are_below_zero_on_one_axis() -> None:
    ax = cx.plot_nps(cx.measure(pd.DataFrame({"recommend": [0] * 6 + [10] * 2 + [8] * 2}), NPS))
    ax.figure.canvas.draw()
    zero = min(float(line.get_xdata()[0]) for line in ax.lines)
    below = {t.get_text(): x for x, t in zip(ax.get_xticks(), ax.get_xticklabels(), strict=True) if x < zero}
    assert {float(said.replace("−", "-")): x for said, x in below.items()} == {x: x for x in below.values()}
    assert below
    assert bold(ax) == ["−40"]
    assert dots(ax)[:, 0].tolist() == [-40.0]


@pytest.mark.parametrize("by", [None, "side", "group", ["side", "quarter"]], ids=str)
@pytest.mark.parametrize("size", ["half page", "own figure"])
def test_readable_whatever_is_drawn(half_page: Axes, by: Any, size: str) -> None:
    est = cx.measure(nasty_answers(), cx.nps_composition("ten", name="$Would$ you recommend us to others"), by=by)
    ax = cx.plot_nps(est, half_page if size == "half page" else None)
    assert_readable(ax)
    assert ("no answers" in [text.get_text() for text in ax.texts]) == (by == "group")
    assert not [t.get_text() for t in texts(ax) if t._preprocess_math(t.get_text())[1]]  # type: ignore[attr-defined]


def test_an_unknown_interval_is_a_hollow_dot() -> None:
    rows = pd.DataFrame({"recommend": [10, 8, 3, 10] * 5, "branch": ["a", "b"] * 10, "channel": ["x", "y"] * 10})
    est = cx.measure(cx.Survey(rows, psu="branch"), NPS, by="channel")
    ax = cx.plot_nps(est)
    assert np.isnan(est.frame()["conf_low"][:2]).all()
    clouds = [c for c in ax.collections if isinstance(c, PathCollection) and len(np.asarray(c.get_offsets()))]
    assert [c.get_facecolor()[0].tolist() for c in clouds] == [[1, 1, 1, 1]]
    assert not len(bars(ax))


def test_it_draws_where_told_and_changes_no_setting(survey: cx.Survey) -> None:
    _, (left, right) = plt.subplots(1, 2)
    before, current = dict(mpl.rcParams), plt.gca()
    assert cx.plot_nps(cx.measure(survey, NPS), left) is left
    assert not right.patches
    assert plt.gca() is current
    assert dict(mpl.rcParams) == before


def test_what_is_no_composition_is_refused_and_leaves_no_figure(survey: cx.Survey) -> None:
    whole = cx.measure(survey, NPS, by="channel")
    other = cx.measure(survey, [cx.nps("recommend"), *(cx.share(cx.col("overall") > k, name=name) for k, name in
                       ((3, "promoters"), (2, "passives"), (1, "detractors")))])  # fmt: skip
    cases: list[tuple[Any, str]] = [
        (whole.frame(), "not DataFrame"),
        (cx.measure(survey, cx.nps("recommend")), r"not 'nps'\. Measure nps_composition"),
        (whole.pick(metric=["nps", "promoters", "passives"]), "not 'nps', 'promoters', 'passives'"),
        (other, "'nps' is not promoters minus detractors of the same answers"),
        (whole.contrast("app", "call"), "one score with its promoters"),
    ]
    for est, says in cases:
        with pytest.raises(ArgumentError, match=says):
            cx.plot_nps(est)
    with pytest.raises(ArgumentError, match="level"):
        cx.plot_nps(whole, level=95)
    with pytest.raises(ArgumentError, match="Axes"):
        cx.plot_nps(whole, 3)  # type: ignore[arg-type]
    assert not plt.get_fignums()
