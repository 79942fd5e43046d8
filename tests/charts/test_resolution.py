"""The picture of a resolution curve."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import cxstats as cx
from cxstats.errors import ArgumentError


@pytest.fixture(scope="module")
def log() -> cx.ContactLog:
    return cx.ContactLog(cx.load_contacts(), customer="customer", time="time", channel="channel")


def test_the_line_is_the_curve(log: cx.ContactLog) -> None:
    curve = cx.resolution_curve(log)
    ax = cx.plot_resolution(curve, Figure().subplots())
    assert ax.lines[0].get_xdata().tolist() == [1, 3, 7, 14, 30]
    assert np.asarray(ax.lines[0].get_ydata()) == pytest.approx(curve.values)
    assert not [line for line in ax.lines if line.get_label() == "_few"]


def test_groups_are_named_at_their_ends(log: cx.ContactLog) -> None:
    ax = cx.plot_resolution(cx.resolution_curve(log, by="channel"), Figure().subplots())
    assert {"app", "branch", "phone", "web"} <= {text.get_text() for text in ax.texts}


def test_a_window_that_few_are_watched_for_has_a_hollow_marker() -> None:
    start = pd.Timestamp("2026-01-01")
    days = [*np.arange(16.0), *np.linspace(20, 38, 50), 40.0]
    frame = pd.DataFrame({"who": range(len(days)), "at": [start + pd.Timedelta(days=d) for d in days]})
    curve = cx.resolution_curve(cx.ContactLog(frame, customer="who", time="at"), days=(1, 15), washout=1)
    ax = cx.plot_resolution(curve, Figure().subplots())
    few = [line for line in ax.lines if line.get_label() == "_few"]
    assert [line.get_xdata()[0] for line in few] == [15]


def test_one_window_is_no_curve(log: cx.ContactLog) -> None:
    with pytest.raises(ArgumentError, match="windows of two lengths or more"):
        cx.plot_resolution(cx.resolution_curve(log, days=7))


def test_it_names_itself(log: cx.ContactLog) -> None:
    for given, kind in ((log, "ContactLog"), (3, "int")):
        with pytest.raises(ArgumentError, match=rf"plot_resolution\(curve=\): the Estimate .* is needed, not {kind}"):
            cx.plot_resolution(given, Figure().subplots())
    with pytest.raises(ArgumentError, match=r"plot_resolution\(curve=\): 8 groups are too many .*; 6 lines"):
        cx.plot_resolution(cx.resolution_curve(log, days=(1, 7), by="quarter"), Figure().subplots())


def test_one_window_by_period_is_a_trend() -> None:
    log = cx.ContactLog(cx.load_contacts().drop(columns="quarter"), customer="customer", time="time")
    curve = cx.resolution_curve(log, days=(1, 7), by="quarter")
    ax = cx.plot_trend(curve.pick(days=7), Figure().subplots(), over="quarter")
    assert np.asarray(ax.lines[0].get_ydata()) == pytest.approx(curve.pick(days=7).values)
    assert len(ax.lines[0].get_xdata()) == 8
