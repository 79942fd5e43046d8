"""Pictures of value and return: dots, bars, intervals and words are the numbers of the results, and no text lies on another."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from scipy import stats

import cxstats as cx
from cxstats.charts import save
from cxstats.charts.style import luminance
from cxstats.charts.worth import digits_of, short
from cxstats.errors import ArgumentError

from .looks import assert_readable

ORDER = ["poor", "adequate", "wow"]
COST = {"poor": 5, "adequate": 12, "wow": 22}
LONG = [
    "far worse than what was promised",
    "somewhat worse than what was promised",
    "about what was promised to them",
    "somewhat better than what was promised",
    "far better than anything that was promised",
]
HOW: dict[str, Any] = {"level": "service_level", "order": ORDER, "unit": "EUR"}
SIZES = [None, (3.3, 2.6), (3.0, 2.2)]


@pytest.fixture(scope="module")
def value() -> Any:
    return cx.service_value(cx.sample_survey(), outcome=["spend", "renewed"], adjust=["tenure", "segment"], **HOW)


@pytest.fixture(scope="module")
def by_tenure() -> Any:
    return cx.service_value(cx.sample_survey(), outcome="spend", adjust=["segment", "channel"], by="tenure", **HOW)


@pytest.fixture(scope="module")
def found(value: Any) -> Any:
    return cx.roi(value, cost=COST, margin=0.6)


@pytest.fixture(scope="module")
def drawn(value: Any) -> Any:
    """A return with a range and a distribution among its inputs."""
    cost = {"poor": 5, "adequate": (10, 12, 14), "wow": stats.norm(22, 3)}
    return cx.roi(value, cost=cost, margin=(0.5, 0.7), outcome="spend")


@pytest.fixture(scope="module")
def five() -> Any:
    """Five levels with long names, an outcome below zero, many terms."""
    rng, n = np.random.default_rng(3), 3000
    kind = rng.integers(0, 12, n)
    place = np.clip(rng.normal(1.3 + kind / 8, 1, n).round(), 0, 4).astype(int)
    rows = pd.DataFrame(
        {"level of service": np.array(LONG)[place], "y": rng.normal(-30 + 12 * np.sqrt(place) + kind, 9, n)}
    )
    rows["region"] = [f"region number {k} of the north" for k in kind]
    for i in range(30):
        rows[f"column {i} that may differ"] = rng.normal(size=n) + kind / (5 + i)
    adjust = [c for c in rows.columns if c not in ("level of service", "y")]
    long_unit = "EUR a customer and year"
    return cx.service_value(rows, outcome="y", level="level of service", order=LONG, adjust=adjust, unit=long_unit)


@pytest.fixture(scope="module")
def of_five(five: Any) -> Any:
    return cx.roi(five, cost=dict(zip(LONG, (1, 3, 7, 15, 40), strict=True)), margin=0.6)


@pytest.fixture(scope="module")
def unknown() -> Any:
    """A level that all comes from one branch: how much its mean varies between branches is not known."""
    rng, i = np.random.default_rng(1), np.arange(300)
    level = np.where(i < 75, np.where(i % 2, "wow", "adequate"), np.where(i % 2, "adequate", "poor"))
    rows = pd.DataFrame({"level": level, "y": rng.normal(10, 3, 300), "x": rng.normal(size=300), "branch": i // 75})
    return cx.service_value(cx.Survey(rows, psu="branch"), outcome="y", level="level", order=ORDER, adjust="x")


@pytest.fixture(scope="module")
def pictures(value: Any, by_tenure: Any, found: Any, drawn: Any, five: Any, of_five: Any, unknown: Any) -> Any:
    """Each picture with something to draw, as a function of where and how."""
    new, broken = cx.roi(by_tenure, cost=COST, margin=0.6), cx.roi(unknown, cost=COST, margin=0.6)
    return {
        "value": lambda ax=None, **how: cx.plot_value(value, ax, **{"outcome": "spend"} | how),
        "value with returns": lambda ax=None, **how: cx.plot_value(
            value, ax, **{"outcome": "renewed", "roi": drawn} | how
        ),
        "value of a group": lambda ax=None, **how: cx.plot_value(by_tenure, ax, **{"group": "new", "roi": new} | how),
        "value of five": lambda ax=None, **how: cx.plot_value(five, ax, **{"roi": of_five} | how),
        "value unknown": lambda ax=None, **how: cx.plot_value(unknown, ax, **{"roi": broken} | how),
        "roi": lambda ax=None, **how: cx.plot_roi(found, ax, **how),
        "roi of a group": lambda ax=None, **how: cx.plot_roi(new, ax, **{"group": "new"} | how),
        "roi of five": lambda ax=None, **how: cx.plot_roi(of_five, ax, **how),
        "roi unknown": lambda ax=None, **how: cx.plot_roi(broken, ax, **how),
        "tornado": lambda ax=None, **how: cx.plot_tornado(drawn, None, ax, **how),
        "tornado of a group": lambda ax=None, **how: cx.plot_tornado(new, None, ax, **{"group": "new"} | how),
        "tornado of five": lambda ax=None, **how: cx.plot_tornado(of_five, None, ax, **how),
        "tornado unknown": lambda ax=None, **how: cx.plot_tornado(broken, None, ax, **how),
        "balance": lambda ax=None, **how: cx.plot_balance(value, ax, **{"outcome": "spend"} | how),
        "balance of a group": lambda ax=None, **how: cx.plot_balance(by_tenure, ax, **{"group": "new"} | how),
        "balance of many": lambda ax=None, **how: cx.plot_balance(five, ax, **how),
    }


NAMES = [
    "value", "value with returns", "value of a group", "value of five", "value unknown", "roi", "roi of a group", "roi of five",
    "roi unknown", "tornado", "tornado of a group", "tornado of five", "tornado unknown", "balance", "balance of a group",
    "balance of many",
]  # fmt: skip


def dots(ax: Axes, label: str) -> np.ndarray:
    """Return dots as rows of x, y, from the left and the top."""
    marks = [c for c in ax.collections if isinstance(c, PathCollection) and c.get_label() == label]
    rows = np.concatenate([np.asarray(c.get_offsets()) for c in marks])
    return rows[np.lexsort(rows.T)] if label == "_estimate" else rows[np.argsort(rows[:, 0], kind="stable")]


def hollow(ax: Axes, label: str) -> int:
    marks = [c for c in ax.collections if isinstance(c, PathCollection) and c.get_label() == label]
    return sum(len(c.get_offsets()) for c in marks if c.get_facecolor()[0][:3].tolist() == [1, 1, 1])


def lines(ax: Axes, label: str = "_interval") -> np.ndarray:
    """Return straight segments as rows of x0, y0, x1, y1."""
    marks = [c.get_segments() for c in ax.collections if isinstance(c, LineCollection) and c.get_label() == label]
    return np.asarray([s.ravel() for each in marks for s in each]).reshape(-1, 4)


def said(ax: Axes, label: str) -> list[str]:
    return [" ".join(text.get_text().split()) for text in ax.texts if text.get_label() == label]


def numbers(text: str) -> list[float]:
    return [float(n.replace(",", "")) for n in re.findall(r"[+-]?\d[\d,]*\.?\d*", text.replace("\N{MINUS SIGN}", "-"))]


def strip_of(ax: Axes) -> Axes:
    (strip,) = [child for child in ax.child_axes if child.get_label() == "_strip"]
    return strip


# --- the ladder -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0.95, 0.8])
@pytest.mark.parametrize("outcome", ["spend", "renewed"])
def test_the_ladder_has_the_means_their_intervals_and_each_step_in_words(
    value: Any, outcome: str, level: float
) -> None:
    ax = cx.plot_value(value, outcome=outcome, level=level)
    means, steps = (est.pick(metric=outcome).frame(level) for est in (value, value.steps))
    np.testing.assert_allclose(dots(ax, "_mean"), np.c_[range(3), means["estimate"]])
    np.testing.assert_allclose(lines(ax)[:, [1, 3]], means[["conf_low", "conf_high"]])
    np.testing.assert_allclose(dots(ax, "_raw")[:, 1], value.unadjusted.pick(metric=outcome).values)
    for text, row in zip(said(ax, "_step"), steps.itertuples(), strict=True):
        np.testing.assert_allclose(numbers(text), [row.estimate, row.conf_low, row.conf_high], atol=0.051)
        assert ("EUR" if outcome == "spend" else "points") in text
    assert [t.get_text() for t in ax.get_xticklabels()] == [
        f"{name}\nn {n:,.0f}" for name, n in zip(ORDER, means["n"], strict=True)
    ]
    assert ax.get_ylabel() == {"spend": "Spend (EUR)", "renewed": "Renewed (%)"}[outcome]
    assert f"{100 * level:g} % intervals" in said(ax, "_above")[0]
    assert value.words in said(ax, "_above")[0]
    assert not ax.child_axes


def test_words_of_a_step_stand_between_its_levels_and_above_both(value: Any) -> None:
    ax = cx.plot_value(value, outcome="spend")
    ax.figure.canvas.draw()
    tops = value.pick(metric="spend").interval()[1]
    for j, text in enumerate(t for t in ax.texts if t.get_label() == "_step"):
        (left, low), (right, _) = ax.transData.inverted().transform(text.get_window_extent())
        assert j < left < right < j + 1
        assert low > tops[j : j + 2].max()


@pytest.mark.parametrize("level", [0.95, 0.8])
def test_what_a_step_brings_and_costs_stands_as_bars_from_nought_on_one_scale(
    value: Any, drawn: Any, level: float
) -> None:
    strip = strip_of(cx.plot_value(value, roi=drawn, outcome="renewed", level=level))
    table, low_high = drawn.frame(level).head(2), np.c_[drawn.benefit.interval(level)][:2]
    heights = {c.get_label().strip(): c.datavalues for c in strip.containers}
    np.testing.assert_allclose(heights["brings"], table["benefit"])
    np.testing.assert_allclose(heights["costs"], table["cost"])
    assert {patch.get_y() for patch in strip.patches} == {0.0}
    np.testing.assert_allclose(lines(strip)[:, [1, 3]], low_high)
    for label, column in (("_brings", "benefit"), ("_costs", "cost")):
        written = [numbers(text)[0] for text in said(strip, label)]
        np.testing.assert_allclose(written, table[column], atol=0.051)
    one, two = (luminance(np.asarray(to_rgb(c.patches[0].get_facecolor()))) for c in strip.containers)
    assert max(one, two) + 0.05 > 1.8 * (min(one, two) + 0.05)  # told apart in grey print


def test_a_step_that_brings_less_than_nothing_goes_below_nought(five: Any) -> None:
    turned = dict(zip(LONG, (40, 15, 7, 3, 1), strict=True))
    rows = pd.DataFrame({"level": np.repeat(["a", "b"], 50), "y": np.r_[np.arange(50.0), np.arange(50.0) - 30]})
    value = cx.service_value(rows, outcome="y", level="level", order=["a", "b"])
    ax = cx.plot_value(value, roi=cx.roi(value, cost={"a": 3, "b": 1}))
    bars = {c.get_label().strip(): c.datavalues for c in strip_of(ax).containers}
    assert bars["brings"] == pytest.approx([-30])
    assert bars["costs"] == pytest.approx([-2])
    assert strip_of(ax).get_ylim()[0] < value.steps.interval()[0].min()
    assert not [c for c in ax.collections if c.get_label() == "_raw"]  # nothing is adjusted for
    assert_readable(ax)
    assert cx.roi(five, cost=turned).cost.values[0] == -25
    assert_readable(cx.plot_value(five, roi=cx.roi(five, cost=turned)))


# --- returns --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0.95, 0.8])
@pytest.mark.parametrize("which", ["found", "drawn"])
def test_net_returns_with_what_pays_and_where_it_breaks_even(request: Any, which: str, level: float) -> None:
    result = request.getfixturevalue(which)
    ax, table = cx.plot_roi(result, level=level), result.frame(level)
    np.testing.assert_allclose(dots(ax, "_estimate")[:, 0], table["net"])
    np.testing.assert_allclose(lines(ax)[:, [0, 2]], table[["net_low", "net_high"]])
    assert [t.get_text() for t in ax.get_yticklabels()] == table["contrast"].tolist()
    np.testing.assert_allclose([numbers(text)[0] for text in said(ax, "_net")], table["net"], atol=0.051)
    for text, row in zip(said(ax, "_words"), table.itertuples(), strict=True):
        pays, *even = numbers(text)
        assert pays == pytest.approx(np.clip(row.pays, 0.1, 99.9), abs=0.5)
        expected = [row.break_even_cost, row.break_even_cost_low, row.break_even_cost_high, row.cost]
        np.testing.assert_allclose(even, expected, atol=0.051)
    (zero,) = [line for line in ax.lines if line.get_label() == "_break-even"]
    assert set(zero.get_xdata()) == {0}
    assert ax.get_xlim()[0] < 0 < ax.get_xlim()[1]
    note = said(ax, "_above")[0]
    assert f"{100 * level:g} % intervals; n = 3,199 to 6,154 a step" in note
    assert result.assumed in note


def test_shapes_say_on_which_side_of_break_even_an_interval_lies(found: Any, drawn: Any) -> None:
    def shapes(ax: Axes) -> list[int]:
        marks = [c for c in ax.collections if c.get_label() == "_estimate"]
        return [len(c.get_paths()[0].vertices) for c in marks]

    plus, minus, _ = shapes(cx.plot_roi(found))  # 0.1 to 4.3, -8.6 to -4.1
    first, open_, _ = shapes(cx.plot_roi(drawn))  # -0.9 to 5.4, -12.9 to 0.2
    assert first == open_
    assert len({plus, minus, open_}) == 3


def test_a_cost_of_each_period_is_beside_one_of_each_period(value: Any) -> None:
    result = cx.roi(value, cost=COST, margin=0.6, horizon=8, retention="renewed", discount=0.02)
    words = said(cx.plot_roi(result), "_words")
    assert all("a customer and period" in text for text in words)
    assert [numbers(text)[-1] for text in words] == [7, 10, 17]
    once = cx.roi(value, cost=COST, margin=0.6, horizon=8, retention="renewed", paid="once")
    assert all("a customer, once" in text for text in said(cx.plot_roi(once), "_words"))


# --- the tornado ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("contrast", [None, "adequate - poor", "wow - poor"])
def test_the_tornado_has_its_bars_at_both_ends_of_each_input(drawn: Any, contrast: str | None) -> None:
    ax, table = cx.plot_tornado(drawn, contrast), drawn.tornado(contrast)
    assert [" ".join(t.get_text().split()) for t in ax.get_yticklabels()] == table["input"].tolist()
    bars = [(c.get_label().strip(), c.patches[0]) for c in ax.containers]
    for name in ("low", "high"):
        of = sorted((p for label, p in bars if label == name), key=lambda p: p.get_y())
        ends = [(p.get_x(), p.get_x() + p.get_width()) for p in of]
        np.testing.assert_allclose([end for _, end in ends], table[f"net_{name}"])
        np.testing.assert_allclose([start for start, _ in ends], table["net"])
        assert [bool(p.get_hatch()) for p in of] == table["moved"].str.startswith("estimated").tolist()
    widths = [abs(r.net_high - r.net_low) for r in table.itertuples()]
    assert widths == sorted(widths, reverse=True)
    light, dark = ({p.get_facecolor() for label, p in bars if label == name} for name in ("low", "high"))
    assert len(light) == len(dark) == 1
    assert luminance(np.asarray(light.pop()[:3])) > 4 * luminance(
        np.asarray(dark.pop()[:3])
    )  # told apart in grey print
    assert_readable(ax)


def test_each_end_of_a_bar_has_the_end_of_the_input_that_leads_there(found: Any) -> None:
    ax, table = cx.plot_tornado(found, within=0.1, level=0.8), found.tornado(within=0.1, level=0.8)
    ends = [(t.xy[0], t.get_text()) for t in ax.texts if t.get_label() == "_end"]  # type: ignore[attr-defined]
    expected = [(r.net_low, short(r.low, r.high)[0]) for r in table.itertuples()]
    expected += [(r.net_high, short(r.low, r.high)[1]) for r in table.itertuples()]
    assert sorted(ends) == [(pytest.approx(at), text) for at, text in sorted(expected)]
    note = said(ax, "_above")[0]
    assert "80 % interval" in note
    assert "10 % up and down" in note


def test_break_even_is_drawn_where_it_is_near_and_only_there(found: Any, of_five: Any) -> None:
    for result, near in ((found, True), (of_five, False)):
        ax = cx.plot_tornado(result)
        assert bool([line for line in ax.lines if line.get_label() == "_break-even"]) == near
        assert ("breaks even" in ax.get_xlabel()) == near
        left, right = ax.get_xlim()
        assert (left < 0 < right) == near


# --- balance --------------------------------------------------------------------------------------------------------------


def test_the_balance_is_the_largest_difference_of_each_term_before_and_after(value: Any) -> None:
    ax = cx.plot_balance(value, outcome="renewed")
    table = value.balance.query("metric == 'renewed'")
    largest = table[["before", "after"]].abs().groupby(table["term"]).max().sort_values("before", ascending=False)
    names = [t.get_text().partition(" (")[0] for t in ax.get_yticklabels()]
    assert names == largest.index.tolist()
    far = table.set_index(["term", "service_level"])["before"]
    for text in (t.get_text() for t in ax.get_yticklabels()):
        term, _, where = text.rstrip(")").partition(" (")
        level, sign = where.split()
        assert abs(far[term, level]) == far[term].abs().max()
        assert (sign == "+") == (far[term, level] > 0)
    for label, column in (("_before", "before"), ("_after", "after")):
        marks = dots(ax, label)
        np.testing.assert_allclose(marks[np.argsort(marks[:, 1]), 0], largest[column])
    assert hollow(ax, "_before") == len(largest)
    assert hollow(ax, "_after") == 0
    (line,) = [line for line in ax.lines if line.get_label() == "_alike"]
    assert set(line.get_xdata()) == {0.1}
    assert "n = 7,879" in said(ax, "_above")[0]


def test_of_many_terms_those_that_differ_most_are_drawn_and_the_rest_is_counted(five: Any) -> None:
    sizes = five.balance.assign(most=five.balance[["before", "after"]].abs().max(axis=1)).groupby("term")["most"].max()
    for size, most in ((None, 40), ((3.0, 2.2), 25)):
        ax = cx.plot_balance(five, None if size is None else plt.subplots(figsize=size, layout="constrained")[1])
        names = [" ".join(t.get_text().split()).partition(" (")[0] for t in ax.get_yticklabels()]
        assert len(names) <= most
        assert set(names) == set(sizes.sort_values(ascending=False).index[: len(names)])
        assert f"{len(names)} of {len(sizes)} terms; the others differ by at most" in said(ax, "_above")[0]


# --- all of them ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", SIZES, ids=["its own", "half a page", "tiny"])
def test_they_are_readable(
    pictures: dict[str, Callable[..., Any]], name: str, size: tuple[float, float] | None
) -> None:
    assert_readable(pictures[name](None if size is None else plt.subplots(figsize=size, layout="constrained")[1]))


def test_four_on_one_page_are_readable(pictures: dict[str, Callable[..., Any]]) -> None:
    figure, axes = plt.subplots(2, 2, figsize=(8.5, 7), layout="constrained")
    for ax, name in zip(axes.flat, ("value with returns", "roi", "tornado", "balance"), strict=True):
        pictures[name](ax)
    figure.canvas.draw()
    for ax in axes.flat:
        assert_readable(ax)
        assert ax.get_position().height > 0.15


def test_what_is_unknown_is_hollow_and_said(pictures: dict[str, Callable[..., Any]]) -> None:
    ladder, returns, tornado = (pictures[f"{name} unknown"]() for name in ("value", "roi", "tornado"))
    assert (hollow(ladder, "_mean"), len(lines(ladder))) == (1, 2)
    assert "interval unknown" in said(ladder, "_step")[1]
    assert (hollow(returns, "_estimate"), len(lines(returns))) == (2, 1)
    assert ["pays: unknown" in text and "interval unknown" in text for text in said(returns, "_words")] == [
        False,
        True,
        True,
    ]
    for ax in (ladder, returns):
        assert "Hollow: interval unknown" in said(ax, "_above")[0]
    assert "interval unknown" in said(tornado, "_end")
    assert "(interval unknown)" in said(tornado, "_above")[0]
    assert tornado.get_yticklabels()[-1].get_text().startswith("y, wow less")


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("of a group")])
def test_a_group_is_named_and_is_the_group(pictures: dict[str, Callable[..., Any]], by_tenure: Any, name: str) -> None:
    ax = pictures[name]()
    assert said(ax, "_above")[0].startswith("Tenure new. ")
    if name.startswith("value"):
        np.testing.assert_allclose(dots(ax, "_mean")[:, 1], by_tenure.pick(tenure="new").values)
        benefit = cx.roi(by_tenure, cost=COST, margin=0.6).benefit.pick(tenure="new").values
        np.testing.assert_allclose(strip_of(ax).containers[0].datavalues, benefit[:2])
    if name.startswith("roi"):
        net = cx.roi(by_tenure, cost=COST, margin=0.6).net.pick(tenure="new").values
        np.testing.assert_allclose(dots(ax, "_estimate")[:, 0], net)


@pytest.mark.parametrize("name", ["value with returns", "roi", "tornado", "balance"])
def test_files_are_the_same_each_time(pictures: dict[str, Callable[..., Any]], name: str, tmp_path: Path) -> None:
    one, two = (save(pictures[name]().figure, tmp_path / f"{k}.svg").read_bytes() for k in (1, 2))
    assert one == two
    assert len(one) > 5000


@pytest.mark.parametrize("name", NAMES)
def test_it_draws_where_told_and_changes_no_setting(pictures: dict[str, Callable[..., Any]], name: str) -> None:
    left, right = Figure().subplots(1, 2)
    before = dict(mpl.rcParams)
    assert pictures[name](left) is left
    assert not right.texts
    assert not plt.get_fignums()
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("name", NAMES)
def test_what_cannot_be_drawn_is_refused_and_leaves_no_figure(
    pictures: dict[str, Callable[..., Any]], name: str
) -> None:
    if not name.startswith("balance"):
        with pytest.raises(ArgumentError, match="between 0 and 1"):
            pictures[name](level=95)
    with pytest.raises(ArgumentError, match="one matplotlib Axes is needed, not int"):
        pictures[name](3)
    with pytest.raises(ArgumentError, match=r"group='nowhere'\)|group=\): 'nowhere' is not one of"):
        pictures[name](group="nowhere")
    assert not plt.get_fignums()


def test_other_things_are_refused(value: Any, by_tenure: Any, found: Any) -> None:
    plain = cx.service_value(cx.sample_survey(), outcome="spend", **HOW)
    groups = cx.roi(by_tenure, cost=COST)
    for draw, says in (
        (
            lambda: cx.plot_value(value.steps),
            r"plot_value\(value=\): the result of service_value\(\) is needed, not Estimate",
        ),
        (lambda: cx.plot_value(found), "is needed, not ReturnOnService"),
        (lambda: cx.plot_balance(3), r"plot_balance\(value=\): the result of service_value\(\) is needed, not int"),
        (lambda: cx.plot_roi(value), r"plot_roi\(result=\): the result of roi\(\) is needed, not ServiceValue"),
        (lambda: cx.plot_tornado(found.net), r"plot_tornado\(result=\): the result of roi\(\) is needed, not Estimate"),
        (
            lambda: cx.plot_value(value, outcome="spend", roi=value),
            r"plot_value\(roi=\): the result of roi\(\) is needed",
        ),
        (lambda: cx.plot_value(plain, roi=found), r"plot_value\(roi=\): the return is of another value"),
        (lambda: cx.plot_value(value), r"plot_value\(outcome=\): the value has 2 outcomes \('spend', 'renewed'\)"),
        (lambda: cx.plot_balance(value), r"plot_balance\(outcome=\): the value has 2 outcomes"),
        (lambda: cx.plot_value(value, outcome="spent"), r"plot_value\(outcome=\): 'spent' is not one of"),
        (lambda: cx.plot_value(by_tenure), r"plot_value\(group=\): the result holds 3 groups by tenure"),
        (lambda: cx.plot_roi(groups), r"plot_roi\(group=\): the result holds 3 groups by tenure"),
        (lambda: cx.plot_tornado(groups), r"plot_tornado\(group=\): the result holds 3 groups"),
        (lambda: cx.plot_balance(by_tenure), r"plot_balance\(group=\): the result holds 3 groups"),
        (lambda: cx.plot_tornado(found, "wow - bad"), "'wow - bad' is not one of"),
        (lambda: cx.plot_tornado(found, within=2), r"within=\): a part between 0 and 1"),
        (lambda: cx.plot_balance(plain), "nothing is adjusted for"),
    ):
        with pytest.raises(ArgumentError, match=says):
            draw()
    assert not plt.get_fignums()


def test_a_group_by_a_column_called_price_is_a_group() -> None:
    rng = np.random.default_rng(2)
    rows = pd.DataFrame(
        {"level": np.tile(["a", "b"], 100), "y": rng.normal(size=200), "price": np.repeat(["old", "new"], 100)}
    )
    value = cx.service_value(rows, outcome="y", level="level", order=["a", "b"], by="price")
    with pytest.raises(ArgumentError, match="2 groups by price"):
        cx.plot_value(value)
    np.testing.assert_allclose(dots(cx.plot_value(value, group="old"), "_mean")[:, 1], value.pick(price="old").values)


@pytest.mark.parametrize(
    ("given", "texts"),
    [
        ((9.6, 14.4), ["9.6", "14.4"]),
        ((0.48, 0.72), ["0.48", "0.72"]),
        ((10.0, 14.0), ["10", "14"]),
        ((2.258, 9.817), ["2.26", "9.82"]),
        ((-1234.5, 12345.6), ["\N{MINUS SIGN}1,234", "12,346"]),
        ((0.016, 0.024), ["0.016", "0.024"]),
        ((0.0, 0.0), ["0", "0"]),
        ((float("nan"), 1.5), ["unknown", "1.5"]),
    ],
)
def test_ends_are_written_short(given: tuple[float, float], texts: list[str]) -> None:
    assert short(*given) == texts


def test_decimals_go_by_the_width_of_intervals() -> None:
    def of(wide: float) -> int:
        return digits_of(np.asarray([5.0]), np.asarray([5 - wide / 2]), np.asarray([5 + wide / 2]))

    assert [of(w) for w in (0.5, 2.0, 7.6, 40.0, 4000.0)] == [2, 1, 1, 0, 0]
    assert digits_of(np.asarray([5.25]), np.asarray([np.nan]), np.asarray([np.nan])) == 2
