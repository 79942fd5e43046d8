"""When the line through the periods reaches a level: Fieller's interval."""

import datetime

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError

QUARTERS = ["2024Q3", "2024Q4", "2025Q1", "2025Q2"]


def answers(change: float, rows: int = 300, periods: list[object] | None = None, seed: int = 6) -> pd.DataFrame:
    draw, periods = np.random.default_rng(seed), periods or list(QUARTERS)
    at = np.tile(np.arange(len(periods)), rows)
    frame = pd.DataFrame({"period": [periods[i] for i in at], "x": 5 + change * at + draw.normal(size=len(at))})
    frame["psu"] = draw.integers(0, 40, len(at))
    return frame


def by_period(change: float, **kind: object) -> cx.Estimate:
    return cx.measure(cx.Survey(answers(change, **kind), psu="psu"), cx.mean("x"), by="period")


def line(e: cx.Estimate, at: float) -> cx.Estimate:
    """Return the height of the least-squares line, `at` steps after the last period."""
    steps = np.arange(len(e)) - (len(e) - 1.0)
    return e.transform(lambda v: np.polyval(np.polyfit(steps, v, 1), at), labels="line")


def test_the_line_is_at_the_level_then():
    e = by_period(-0.4)
    found = cx.reaching(e, 2.0)
    assert line(e, found.values[0]).values[0] == pytest.approx(2.0)
    assert found.df[0] == 39
    assert found.n[0] == e.n.sum()


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.999])
def test_at_the_limits_the_interval_of_the_line_just_reaches_the_level(level):
    e = by_period(-0.4)
    low, high = (side[0] for side in cx.reaching(e, 2.0).interval(level))
    assert line(e, low).interval(level)[0][0] == pytest.approx(2.0)
    assert line(e, high).interval(level)[1][0] == pytest.approx(2.0)


def test_a_line_that_may_be_level_may_never_get_there():
    e = by_period(-0.04)
    slope = e.trend()
    assert slope.interval()[1][0] > 0, "the slope may be 0"
    found = cx.reaching(e, 2.0)
    assert np.ravel(found.interval()).tolist() == [-np.inf, np.inf]
    note = found.frame()["note"][0]
    assert "any time up to" in note
    assert "from 20" in note or "from 2" in note
    narrow = cx.reaching(e, 2.0).interval(0.2)
    assert np.isfinite(np.ravel(narrow)).all()
    assert found.test(cx.below(100))["verdict"][0] == "inconclusive"


def test_the_hole_is_where_the_line_surely_is_not_at_the_level():
    e = by_period(-0.04)
    left, right, outside = _ends(e, 2.0)
    assert outside
    for at in (left, right):
        assert np.min(np.abs(np.ravel(line(e, at).interval()) - 2.0)) < 1e-6
    inside = line(e, (left + right) / 2).interval()
    assert inside[0][0] > 2.0


def _ends(e: cx.Estimate, level: float) -> tuple[float, float, bool]:
    from cxstats.inference.crossing import Line

    return Line.through(np.arange(-3.0, 1.0), np.arange(4), e, level).fieller(0.05)


def test_a_line_that_is_anywhere_at_any_time():
    e = by_period(0.0)
    found = cx.reaching(e, float(e.values.mean()))
    assert np.ravel(found.interval()).tolist() == [-np.inf, np.inf]
    assert "any time)" in found.frame()["note"][0]


def test_limits_widen_with_the_level_and_the_p_value_inverts_them():
    found = cx.reaching(by_period(-0.3), 2.0)
    levels = (0.01, 0.5, 0.9, 0.95, 0.99, 1 - 1e-13)
    ends = np.asarray([np.ravel(found.interval(level, "guarded")) for level in levels])
    assert (np.diff(ends[:, 0]) <= 0).all()
    assert (np.diff(ends[:, 1]) >= 0).all()
    edge = 0.5 * (found.values[0] + ends[3, 1])
    p = found.test(cx.below(edge))["p_value"][0]
    assert found.interval(1 - p, "guarded")[1][0] == pytest.approx(edge, rel=1e-6)


def test_the_unit_of_the_answers_does_not_matter():
    frame = answers(-0.4)
    one = cx.reaching(cx.measure(frame, cx.mean("x"), by="period"), 2.0)
    two = cx.reaching(cx.measure(frame.assign(x=100 - 30 * frame["x"]), cx.mean("x"), by="period"), 40.0)
    np.testing.assert_allclose(np.ravel(one.interval()), np.ravel(two.interval()), rtol=1e-8)


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        (["2024Q3", "2024Q4", "2025Q1", "2025Q2"], "2026Q2"),
        ([2022, 2023, 2024, 2025], "2029"),
        (["2025-08", "2025-09", "2025-10", "2025-11"], "2026-03"),
        (list(pd.period_range("2024Q3", periods=4, freq="Q")), "2026Q2"),
        ([datetime.date(2025, 1, day) for day in (1, 2, 3, 4)], "2025-01-08"),
        ([1.5, 2.5, 3.5, 4.5], ""),
    ],
)
def test_the_note_names_the_period(periods, expected):
    found = cx.reaching(by_period(-0.4, periods=periods), 2.15)
    assert found.values[0] == pytest.approx(4, abs=0.4)
    note = found.frame()["note"][0]
    assert note.split(" (")[0] == expected
    assert bool(expected) == ("95 %" in note)


def test_years_after_the_last_period():
    e = by_period(-0.4)
    steps, years = cx.reaching(e, 2.0), cx.reaching(e, 2.0, per="year")
    np.testing.assert_allclose(np.ravel(years.interval()), np.ravel(steps.interval()) / 4)
    assert years.frame()["unit"][0] == "years"


def test_one_time_for_each_group():
    frame = answers(-0.4).assign(half=np.tile(["a", "b"], 600))
    both = cx.measure(frame, cx.mean("x"), by=["half", "period"])
    found = cx.reaching(both, 2.0, over="period")
    assert found.labels["half"].tolist() == ["a", "b"]
    alone = cx.reaching(both.pick(half="b"), 2.0, over="period")
    assert (found.values[1], found.interval()[1][1]) == (alone.values[0], alone.interval()[1][0])


def test_periods_without_an_interval():
    frame = pd.DataFrame({"x": [3.0, 3.0, 2.0, 2.0], "period": [2024, 2024, 2025, 2025]})
    found = cx.reaching(cx.measure(frame, cx.mean("x"), by="period"), 1.0)
    assert found.values[0] == 1.0
    assert found.test(cx.below(3))["verdict"][0] == "untestable"
    level = cx.reaching(cx.measure(frame.assign(x=3.0), cx.mean("x"), by="period"), 1.0)
    assert np.isnan(level.values[0])
    assert "the line is level" in level.frame()["note"][0]


def test_what_cannot_be_reached():
    e = by_period(-0.4)
    with pytest.raises(ArgumentError, match=r"reaching\(level=\).*'ten'"):
        cx.reaching(e, "ten")
    with pytest.raises(ArgumentError, match=r"reaching\(over='period'\).*one period only"):
        cx.reaching(e.pick(period="2025Q1"), 2.0)
    with pytest.raises(ArgumentError, match=r"reaching\(per=\)"):
        cx.reaching(e, 2.0, per="month")
    with pytest.raises(ArgumentError, match=r"reaching\(over=\).*Did you mean 'period'"):
        cx.reaching(e, 2.0, over="periode")
    shares = cx.measure(answers(-0.4).assign(yes=lambda d: d["x"] > 4), cx.share(cx.col("yes")), by="period")
    with pytest.raises(ArgumentError, match=r"reaching\(level=120\).*between 0 and 100"):
        cx.reaching(shares, 120)
