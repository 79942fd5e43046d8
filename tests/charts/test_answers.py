"""Shares of answers drawn one line, or one colour, an answer: the mix of channels over time and by age."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

import cxstats as cx

from .looks import assert_readable, dots, texts

MIX = ["phone", "app", "web", "branch"]


@pytest.fixture(scope="module")
def log() -> cx.ContactLog:
    contacts = cx.load_contacts().drop(columns="quarter")
    return cx.ContactLog(contacts, customer="customer", time="time", wait="wait", abandoned="abandoned")


@pytest.fixture(scope="module")
def mix(log: cx.ContactLog) -> cx.Estimate:
    return cx.measure(log.survey(period="quarter"), cx.distribution("channel", answers=MIX), by="quarter")


def test_a_mix_over_time_is_a_line_an_answer(mix: cx.Estimate) -> None:
    ax = cx.plot_trend(mix)
    assert {text.get_text() for text in texts(ax)} >= {*MIX, "Channel (%)"}
    lines = [np.asarray(line.get_ydata()) for line in ax.lines]
    np.testing.assert_array_equal(np.concatenate(lines), mix.values)
    drawn = [found for found in ax.collections if isinstance(found, PolyCollection)]
    ribbons = [path.vertices[:, 1] for found in drawn for path in found.get_paths()]
    low, high = mix.interval()
    assert max(map(max, ribbons)) == high.max()
    assert min(map(min, ribbons)) == low.min()
    assert_readable(ax)


def test_it_is_readable_on_half_a_page(mix: cx.Estimate, half_page: Axes) -> None:
    assert_readable(cx.plot_trend(mix, half_page))


def test_groups_are_rows_and_answers_colours(log: cx.ContactLog) -> None:
    found = cx.measure(log.survey(), cx.distribution("channel", answers=MIX), by="age")
    ax = cx.plot_estimates(found, plt.subplots(figsize=(6, 5), layout="constrained")[1])
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["18-24", "25-34", "35-49", "50-64", "65+"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == MIX
    assert ax.get_xlabel() == "Channel (%)"
    assert sorted(dots(ax)[:, 0]) == sorted(found.values)
    assert_readable(ax)
    by_metric = cx.plot_estimates(found, color_by="metric")
    assert [t.get_text() for t in by_metric.get_legend().get_texts()] == [f"Channel: {channel}" for channel in MIX]


def test_a_change_of_the_mix_says_what_changed(mix: cx.Estimate) -> None:
    ax = cx.plot_estimates(mix.contrast("2026Q3", "2024Q4"))
    assert ax.get_xlabel() == "Channel, difference 2026Q3 - 2024Q4 (percentage points)"
    assert [tick.get_text() for tick in ax.get_yticklabels()] == MIX


def test_a_column_called_answer_keeps_its_labels() -> None:
    rows = pd.DataFrame(
        {"answer": ["x", "y"] * 20, "how": ["a", "b", "b", "a"] * 10, "year": [2024] * 20 + [2025] * 20}
    )
    found = cx.measure(rows, cx.distribution("how", answers=["a", "b"]), by=["answer", "year"])
    ax = cx.plot_trend(found, over="year")
    assert {text.get_text() for text in texts(ax)} >= {f"How: {how}, {answer}" for how in "ab" for answer in "xy"}


def test_one_answer_alone_keeps_its_whole_name(mix: cx.Estimate) -> None:
    assert cx.plot_trend(mix.pick(metric="channel: phone")).get_ylabel() == "Channel: phone (%)"


def test_two_questions_are_named(log: cx.ContactLog) -> None:
    both = [*cx.distribution("channel", answers=MIX), *cx.distribution("abandoned", answers=["yes", "no"])]
    ax = cx.plot_estimates(cx.measure(log.survey(), both))
    assert [tick.get_text() for tick in ax.get_yticklabels()][-2:] == ["Abandoned: yes", "Abandoned: no"]


def test_gross_and_net_rates_are_told_apart() -> None:
    rows = pd.DataFrame({"resolved": [1, 0, 1, 1] * 5, "could_be": ["yes", "no", "yes", None] * 5})
    scores = [cx.first_contact_resolution("resolved", resolvable=column) for column in (None, "could_be")]
    ax = cx.plot_estimates(cx.measure(rows, scores))
    names = [tick.get_text().replace("\n", " ") for tick in ax.get_yticklabels()]
    assert names == ["First-contact resolution", "Net first-contact resolution"]


def test_forced_effort_and_waits_by_quantile_are_readable(log: cx.ContactLog) -> None:
    effort = cx.forced_effort(log, long_wait=10, repeated="repeated_information", by="channel")
    ax = cx.plot_estimates(effort)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["Information repeated", "Long wait", "Abandoned", "Any"]
    assert_readable(ax)
    waits = [cx.quantile("wait", p, unit="minutes") for p in (0.5, 0.9, 0.95)]
    ax = cx.plot_estimates(cx.measure(log.survey(), waits, by="channel"))
    assert ax.get_xlabel() == "Minutes"
    assert [tick.get_text().replace("\n", " ") for tick in ax.get_yticklabels()] == [
        f"Quantile (wait, {p})" for p in (0.5, 0.9, 0.95)
    ]
    assert_readable(ax)
