"""The forest of verdicts: dots, intervals and regions where they belong, a panel a unit, verdicts in shape and word."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import FillBetweenPolyCollection, LineCollection
from matplotlib.figure import Figure
from matplotlib.text import Text

import cxstats as cx
from cxstats.charts import save
from cxstats.charts.verdicts import LOOKS
from cxstats.errors import ArgumentError
from tests.charts.looks import assert_readable, texts

LONG = "customers-who-wait-longer-than-they-expected-rate-the-service-lower-every-single-year"


def satisfied(survey: Any) -> cx.Estimate:
    return cx.measure(survey, cx.csat("overall"))


def apart(survey: Any) -> cx.Estimate:
    return cx.measure(survey, cx.csat("overall"), by="channel").contrast("app", "call")


def nothing(survey: Any) -> cx.Estimate:
    return cx.measure(survey, cx.mean("overal"))


def claims() -> dict[str, Any]:
    """Return claims of each verdict in two units, one of two conditions in both, and one that cannot be tested."""
    most = cx.Claim("most", says="most customers are satisfied", measure=satisfied, region=cx.above(50))
    about = cx.Claim("about", measure=satisfied, region=cx.between(60, 72.5))
    alike = cx.Claim("alike", measure=apart, region=cx.between(-80, 80))
    both = cx.all_of("both", says="customers are satisfied everywhere", parts=[most, alike])
    made = [most, cx.Claim("few", measure=satisfied, region=cx.below(20)), about, alike, both]
    made.append(cx.Claim("lost", measure=nothing, region=cx.above(1)))
    return {claim.id: claim for claim in made}


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        {"overall": rng.choice([1, 3, 4, 5], 300, p=[0.15, 0.15, 0.3, 0.4]), "channel": ["app", "call"] * 150}
    )


@pytest.fixture(scope="module")
def verdicts(answers: pd.DataFrame) -> cx.Verdicts:
    return cx.check(list(claims().values()), answers)


def rows(ax: Axes) -> dict[str, float]:
    return {t.get_text().strip(): float(y) for t, y in zip(ax.get_yticklabels(), ax.get_yticks(), strict=True)}


def drawn(ax: Axes, label: str, y: float) -> list[Any]:
    """Return the points of the artists with this label at this height: offsets, segments or corners."""
    found: list[Any] = []
    for each in ax.collections:
        if each.get_label() != label:
            continue
        if isinstance(each, LineCollection):
            found += [s.tolist() for s in each.get_segments() if np.isclose(s[:, 1].mean(), y)]
        elif isinstance(each, FillBetweenPolyCollection):
            found += [p.vertices for p in each.get_paths() if p.vertices[:, 1].min() < y < p.vertices[:, 1].max()]
        else:
            found += [p.tolist() for p in each.get_offsets() if np.isclose(p[1], y)]
    return found


def beside(ax: Axes, y: float) -> list[str]:
    """Return the texts at the right of a row."""
    return [t.get_text() for t in ax.texts if t.get_text() and t.xy == (1, y)]


def readable(axes: Any) -> None:
    """Fail where a text is cut off or lies on another; the figure is drawn once for all its panels."""
    canvas = axes[0].figure.canvas
    canvas.draw()
    with pytest.MonkeyPatch.context() as once:
        once.setattr(canvas, "draw", lambda: None)
        for ax in axes:
            assert_readable(ax)


def test_each_row_has_its_estimate_interval_region_and_words(verdicts: cx.Verdicts) -> None:
    percent, points = cx.plot_verdicts(verdicts)
    assert {v.verdict for v in verdicts} == set(LOOKS)
    for ax, names in ((percent, ("most", "few", "about")), (points, ("alike",))):
        for name in names:
            v, y = verdicts[name], rows(ax)[name]
            assert drawn(ax, "_estimate", y) == [[v.estimate, y]]
            assert drawn(ax, "_interval", y) == [[[v.conf_low, y], [v.conf_high, y]]]
            edges = [e for e in v.edges if np.isfinite(e)]
            assert [segment[0][0] for segment in drawn(ax, "_edges", y)] == edges
            (corners,) = drawn(ax, "_region", y)
            low, high = corners[:, 0].min(), corners[:, 0].max()
            assert low == v.edges[0] if np.isfinite(v.edges[0]) else low < ax.get_xlim()[0]
            assert high == v.edges[1] if np.isfinite(v.edges[1]) else high > ax.get_xlim()[1]
            assert beside(ax, y) == [f"{v.n:,.0f}", v.verdict]


def test_a_panel_holds_the_claims_of_one_unit_in_their_order(verdicts: cx.Verdicts) -> None:
    percent, points = cx.plot_verdicts(verdicts)
    assert [t.get_text() for t in percent.get_yticklabels()] == ["most", "few", "about", "both", "   most"]
    assert [t.get_text() for t in points.get_yticklabels()] == ["alike", "both: alike"]
    assert (percent.get_xlabel(), points.get_xlabel()) == ("Percent", "Percentage points")
    assert percent.yaxis_inverted()
    assert [t.get_text() for ax in (percent, points) for t in ax.texts if t.get_text() == "n"] == ["n"]


def test_an_all_of_has_a_verdict_and_no_number_and_stands_once(verdicts: cx.Verdicts) -> None:
    first, second = cx.plot_verdicts(verdicts)
    y = rows(first)["both"]
    assert not drawn(first, "_estimate", y)
    assert not drawn(first, "_region", y)
    assert beside(first, y) == ["supported"]
    y = rows(second)["both: alike"]
    assert "both" not in rows(second)
    assert drawn(second, "_estimate", y) == [[verdicts["both"].parts[1].estimate, y]]


def test_verdicts_differ_in_shape_and_colour_and_no_pair_is_red_and_green(verdicts: cx.Verdicts) -> None:
    assert len({marker for marker, _ in LOOKS.values()}) == 4
    assert len({color for _, color in LOOKS.values()}) == 3
    for _, color in LOOKS.values():
        red, green, blue = mpl.colors.to_rgb(color)
        assert not green > max(red, blue) + 0.1
    percent = cx.plot_verdicts(verdicts)[0]
    symbols = {float(line.get_ydata()[0]): line.get_marker() for line in percent.lines}
    for name in ("most", "few", "about", "both"):
        assert symbols[rows(percent)[name]] == LOOKS[verdicts[name].verdict][0]


def test_what_cannot_be_tested_is_listed_with_its_reason(answers: pd.DataFrame) -> None:
    known = claims()
    half = cx.all_of("half", parts=[known["most"], known["lost"]])
    (ax,) = cx.plot_verdicts(cx.check([known["most"], known["lost"], half], answers))
    (listed,) = [t.get_text() for t in ax.texts if t.get_label() == "_untestable"]
    reason = "mean (overal): no column 'overal'. Did you mean 'overall'?"
    assert listed.split("\n") == ["Untestable", f"lost: {reason}", f"half: lost: {reason}"]
    assert beside(ax, rows(ax)["half"]) == ["untestable"]


def test_where_nothing_can_be_tested_there_is_the_list_alone(answers: pd.DataFrame) -> None:
    (ax,) = cx.plot_verdicts(cx.check(claims()["lost"], answers))
    assert not ax.axison
    assert [t.get_text().split("\n")[0] for t in texts(ax)] == ["Untestable"]
    assert_readable(ax)


def test_an_interval_without_an_end_is_an_arrow(verdicts: cx.Verdicts) -> None:
    endless = replace(verdicts["about"], claim="endless", conf_high=np.inf)
    nowhere = replace(verdicts["about"], claim="nowhere", conf_low=-np.inf, conf_high=np.inf, estimate=np.inf)
    (ax,) = cx.plot_verdicts(cx.Verdicts((verdicts["most"], endless, nowhere), 0.95))
    low, high = ax.get_xlim()
    y = rows(ax)["endless"]
    assert drawn(ax, "_open", y) == [[high, y]]
    assert drawn(ax, "_interval", y) == [[[endless.conf_low, y], [high, y]]]
    y = rows(ax)["nowhere"]
    assert drawn(ax, "_open", y) == [[low, y], [high, y]]
    assert not drawn(ax, "_estimate", y)
    assert not drawn(ax, "_open", rows(ax)["most"])
    readable([ax])


@pytest.mark.parametrize(
    ("adjust", "says"),
    [(None, "90 % intervals, shaded where the claim holds"),
     ("bonferroni", "98.33 % intervals (90 % shared by 6 claims), shaded where the claim holds")],
)  # fmt: skip
def test_the_note_says_the_level_and_how_it_is_shared(answers: pd.DataFrame, adjust: str | None, says: str) -> None:
    found = cx.check(list(claims().values()), answers, level=0.9, adjust=adjust)
    assert [t.get_text() for t in cx.plot_verdicts(found)[0].texts][-1] == says
    assert [t.get_text() for t in cx.plot_verdicts(found[:2])[0].texts][-1] == says  # also of some of them


def test_rows_can_be_named_in_words(verdicts: cx.Verdicts) -> None:
    percent, points = cx.plot_verdicts(verdicts, label="says")
    named = [" ".join(t.get_text().split()) for t in percent.get_yticklabels()]
    most = "most customers are satisfied"
    assert named == [most, "few", "about", "customers are satisfied everywhere", most]
    assert all(line.startswith("   ") for line in percent.get_yticklabels()[-1].get_text().split("\n"))
    readable([percent, points])


def test_dollars_and_underscores_are_shown_as_they_are(verdicts: cx.Verdicts) -> None:
    odd = [
        replace(verdicts["most"], claim="pays_$5_or_$6"),
        replace(verdicts["lost"], claim="$x$", reason="no column '$y$'."),
    ]
    (ax,) = cx.plot_verdicts(cx.Verdicts(tuple(odd), 0.95))
    ax.figure.canvas.draw()
    assert [t.get_text() for t in ax.get_yticklabels()] == [r"pays_\$5_or_\$6"]
    assert any(r"\$x\$: no column '\$y\$'." in t.get_text() for t in ax.texts)


def many(verdicts: cx.Verdicts, count: int) -> cx.Verdicts:
    """Return many verdicts, with long names, two units, and an all_of with conditions."""
    kinds = list(verdicts)
    long = [
        replace(kinds[k % 6], claim=LONG if k == 0 else f"{kinds[k % 6].claim}-{LONG[: 5 * (k % 8)]}{k}")
        for k in range(count)
    ]
    return cx.Verdicts(tuple(long), 0.95)


@pytest.mark.parametrize("count", [3, 12, 30])
def test_readable_on_a_figure_of_its_own(verdicts: cx.Verdicts, count: int) -> None:
    readable(cx.plot_verdicts(many(verdicts, count)))


@pytest.mark.parametrize(("count", "height"), [(3, 2.6), (12, 7.5)])
def test_readable_on_half_a_page(verdicts: cx.Verdicts, count: int, height: float) -> None:
    figure = plt.figure(figsize=(3.3, height), layout="constrained")
    axes = cx.plot_verdicts(many(verdicts, count), figure=figure)
    readable(axes)
    assert all(ax.get_position().width * 3.3 > 0.9 for ax in axes)  # inches are left for the intervals


def test_it_draws_where_told_and_changes_no_setting(verdicts: cx.Verdicts) -> None:
    whole = Figure(layout="constrained")
    upper, lower = whole.subfigures(2, 1)
    before = dict(mpl.rcParams)
    axes = cx.plot_verdicts(verdicts, figure=lower)
    assert {ax.figure for ax in axes} == {lower}
    one = cx.plot_verdicts(cx.Verdicts((verdicts["most"], verdicts["lost"]), 0.95), upper.subplots())
    assert len(one) == 1
    assert {ax.figure for ax in one} == {upper}
    assert not plt.get_fignums()
    assert dict(mpl.rcParams) == before


def test_made_up_data_are_marked_below_all_else() -> None:
    found = cx.check([*list(claims().values())[:3], claims()["lost"]], cx.sample_survey())
    (ax,) = cx.plot_verdicts(found)
    heights = {text.get_text(): Text.get_window_extent(text).y0 for text in texts(ax)}
    assert min(heights, key=heights.__getitem__) == "synthetic sample data"
    assert_readable(ax)


def test_the_same_verdicts_give_the_same_file(verdicts: cx.Verdicts, tmp_path: Any) -> None:
    one, two = (save(cx.plot_verdicts(verdicts)[0].figure, tmp_path / f"{k}.svg").read_bytes() for k in (1, 2))
    assert one == two


def test_what_cannot_be_drawn_is_refused_and_leaves_no_figure(verdicts: cx.Verdicts) -> None:
    ax = Figure().subplots()
    cases: list[tuple[Any, dict[str, Any], str]] = [
        (list(verdicts), {}, r"verdicts=\): Verdicts, as check\(\) returns, are needed, not list"),
        (verdicts.frame(), {}, "not DataFrame"),
        (cx.Verdicts((), 0.95), {}, "there are no verdicts"),
        (verdicts, {"ax": ax}, r"ax=\): units '%', '% points' need an Axes each"),
        (verdicts[:1], {"ax": ax, "figure": ax.figure}, "figure= is given, too"),
        (verdicts, {"figure": 3}, "Figure or SubFigure is needed, not int"),
        (verdicts, {"ax": [ax]}, "one matplotlib Axes is needed, not list"),
        (verdicts, {"label": "words"}, "'words' is not one of 'claim', 'says'"),
    ]
    for thing, options, says in cases:
        with pytest.raises(ArgumentError, match=says):
            cx.plot_verdicts(thing, **options)
    assert not plt.get_fignums()
    assert not ax.texts
