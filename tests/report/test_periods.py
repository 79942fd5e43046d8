"""Dates become calendar and fiscal periods, a year earlier is found, and a last period that is not over is told apart."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxstats.report import build_report, read_config
from cxstats.report.measures import Measured, in_one_family, measured
from cxstats.report.periods import Calendar, a_year_earlier, last_period
from cxstats.report.source import Source, read_source

from .conftest import CONFIG, answers
from .test_page import Page


def dated(every: str = "quarter", **more: object) -> str:
    keys = "".join(f"\n{k} = {str(v).lower()}" for k, v in more.items())
    return CONFIG.replace('column = "quarter"', f'column = "date"\nevery = "{every}"{keys}')


def with_dates(first: str, last: str) -> pd.DataFrame:
    rows = answers()
    return rows.assign(date=pd.date_range(first, last, periods=len(rows)).strftime("%Y-%m-%d"))


def found(path: Path) -> tuple[Source, Measured]:
    config = read_config(path)
    source = read_source(config)
    return source, measured(source, config, config.metrics[0])


@pytest.mark.parametrize(
    ("every", "start", "labels"),
    [
        ("quarter", 1, ["2025Q1", "2025Q1", "2025Q2", "2025Q4"]),
        ("quarter", 4, ["FY2025Q4", "FY2025Q4", "FY2026Q1", "FY2026Q3"]),
        ("quarter", 7, ["FY2025Q3", "FY2025Q3", "FY2025Q4", "FY2026Q2"]),
        ("quarter", 12, ["FY2025Q1", "FY2025Q2", "FY2025Q2", "FY2026Q1"]),
        ("quarter", 2, ["FY2025Q4", "FY2026Q1", "FY2026Q1", "FY2026Q4"]),
        ("year", 4, ["FY2025", "FY2025", "FY2026", "FY2026"]),
        ("year", 1, ["2025"] * 4),
        ("month", 1, ["2025-01", "2025-03", "2025-04", "2025-12"]),
    ],
)
def test_a_fiscal_year_has_the_name_of_the_year_in_which_it_ends(every: str, start: int, labels: list[str]) -> None:
    dates = pd.Series(pd.to_datetime(["2025-01-01", "2025-03-31", "2025-04-01", "2025-12-31"]))
    assert Calendar(every, start).labels(dates).tolist() == labels


@pytest.mark.parametrize(
    ("every", "start", "label", "end", "days"),
    [
        ("quarter", 1, "2025Q4", "2025-12-31", 92),
        ("quarter", 4, "FY2025Q4", "2025-03-31", 90),
        ("year", 4, "FY2024", "2024-03-31", 366),
        ("month", 1, "2024-02", "2024-02-29", 29),
    ],
)
def test_a_period_ends_on_its_last_day(every: str, start: int, label: str, end: str, days: int) -> None:
    calendar = Calendar(every, start)
    assert (calendar.ends(label).isoformat(), calendar.days(label)) == (end, days)


@pytest.mark.parametrize(
    ("period", "periods", "earlier"),
    [
        ("2026Q1", ["2024Q4", "2025Q1", "2025Q4", "2026Q1"], "2025Q1"),
        ("FY2026Q1", ["FY2025Q1", "FY2025Q4", "FY2026Q1"], "FY2025Q1"),
        ("2026Q1", ["2024Q4", "2025Q4", "2026Q1"], None),
        ("2026-02", ["2025-02", "2026-01", "2026-02"], "2025-02"),
        (2026, [2024, 2025, 2026], 2025),
        ("wave 4", ["wave 1", "wave 2", "wave 4"], None),
        (pd.Timestamp("2026-01-31"), [pd.Timestamp("2025-01-31"), pd.Timestamp("2026-01-31")], None),
    ],
)
def test_a_year_earlier_is_the_same_period_or_nothing(period: object, periods: list[object], earlier: object) -> None:
    assert a_year_earlier(period, periods) == earlier


@pytest.mark.parametrize(
    ("last", "incomplete"),
    [("2025-12-31", None), ("2025-12-23", None), ("2025-12-21", "2025Q4"), ("2025-11-03", "2025Q4")],
)
def test_a_quarter_whose_dates_end_well_before_it_is_incomplete(last: str, incomplete: str | None) -> None:
    dates = pd.Series(pd.date_range("2025-01-01", last, freq="D"))
    told = last_period(Calendar("quarter"), "date", Calendar("quarter").labels(dates), dates)
    assert told.incomplete == incomplete
    assert (last in told.why) == (incomplete is not None)


def test_waves_that_always_end_early_are_no_sign_of_an_open_quarter() -> None:
    for days, incomplete in (
        (["2025-02-15", "2025-05-15", "2025-08-15"], None),
        (["2025-02-15", "2025-07-02"], "2025Q3"),
    ):
        dates = pd.Series(pd.to_datetime(days))
        told = last_period(Calendar("quarter"), "date", Calendar("quarter").labels(dates), dates)
        assert told.incomplete == incomplete


def test_what_is_stated_goes_before_what_the_dates_say() -> None:
    dates = pd.Series(pd.to_datetime(["2025-03-31", "2025-04-02"]))
    for stated, incomplete in ((False, None), (True, "2025Q2"), (None, "2025Q2")):
        calendar = Calendar("quarter", incomplete=stated)
        assert last_period(calendar, "date", calendar.labels(dates), dates).incomplete == incomplete


def test_far_fewer_rows_of_a_period_column_are_a_caution_only() -> None:
    periods = pd.Series(["2025Q1"] * 100 + ["2025Q2"] * 90 + ["2025Q3"] * 110 + ["2025Q4"] * 49)
    told = last_period(Calendar(), "quarter", periods, None)
    assert told.incomplete is None
    assert "2025Q4" in told.caution
    assert "incomplete = true" in told.caution
    assert not last_period(Calendar(), "quarter", periods[:-1].replace("2025Q1", "2025Q4"), None).caution
    assert not last_period(Calendar(incomplete=False), "quarter", periods, None).caution
    assert not last_period(Calendar(), "quarter", periods[100:], None).caution


def test_an_incomplete_quarter_is_shown_and_neither_compared_nor_judged(configured: Callable[..., Path]) -> None:
    source, m = found(configured(dated(), with_dates("2024-01-01", "2025-08-10")))
    assert source.last.incomplete == m.incomplete == m.visible[-1] == "2025Q3"
    assert m.latest == m.compared[-1] == "2025Q2"
    assert m.changes[["since", "period", "versus"]].to_numpy().tolist() == [
        ["previous period", "2025Q2", "2025Q1"],
        ["year earlier", "2025Q2", "2024Q2"],
    ]
    assert m.trend["last"].tolist() == ["2025Q2"]
    assert m.target["period"].tolist() == ["2025Q2"]
    notes = dict(zip(m.periods, m.by_period["note"], strict=True))
    assert [p for p, note in notes.items() if "incomplete period" in note] == ["2025Q3"]


def test_fiscal_quarters_have_a_trend_a_year_and_their_gaps_count(configured: Callable[..., Path]) -> None:
    rows = with_dates("2023-04-01", "2025-03-31")
    rows = rows[~rows["date"].str.startswith(("2023-07", "2023-08", "2023-09"))]
    fiscal, calendar = (
        found(configured(dated(**keys), rows))[1]
        for keys in ({"fiscal_start": 4}, {})  # type: ignore[arg-type]
    )
    assert fiscal.periods[:3] == ["FY2024Q1", "FY2024Q3", "FY2024Q4"]
    assert fiscal.changes["versus"].tolist() == ["FY2025Q3", "FY2024Q4"]
    assert fiscal.trend["per"].tolist() == ["year"]
    numbers = ["slope", "std_error", "conf_low", "conf_high"]
    np.testing.assert_allclose(fiscal.trend[numbers].astype(float), calendar.trend[numbers].astype(float), rtol=1e-6)


def test_fiscal_and_incomplete_periods_on_page_charts_and_tables(
    configured: Callable[..., Path], tmp_path: Path
) -> None:
    text = dated(fiscal_start=4).replace('[groups]\nby = ["channel", "region"]', '[groups]\nby = "region"')
    build_report(read_config(configured(text, with_dates("2024-01-01", "2025-08-10"))), tmp_path / "out")
    page = Page((tmp_path / "out" / "report.html").read_text(encoding="utf-8"))
    for said in (
        "Fiscal years start in April and have the name of the calendar year in which they end",
        "FY2026Q2 is incomplete", "FY2026Q2 (incomplete)", "The last date is 2025-08-10; the quarter ends on 2025-09-30.",
        "so the numbers here are of FY2026Q1", "What changed to FY2026Q1, in points", "since FY2025Q1, a year earlier",
        "Grey ground: FY2026Q2, incomplete.",
    ):  # fmt: skip
        assert said in page.text, said
    table = pd.read_csv(tmp_path / "out" / "tables" / "by-period.csv")
    marked = table[table["note"].fillna("").str.contains("incomplete period")]
    assert marked["date"].unique().tolist() == ["FY2026Q2"]
    assert pd.read_csv(tmp_path / "out" / "tables" / "changes.csv")["period"].unique().tolist() == ["FY2026Q1"]
    assert any("FY2026Q2, on a grey ground, is incomplete." in text for text in page.text.split("\n"))


def test_times_with_a_zone_count_on_their_own_day(configured: Callable[..., Path]) -> None:
    days = ["2025-01-01T00:30:00+02:00", "2025-06-30T23:59:59.5Z", "2025-07-01", "2025-12-31T23:00:00-05:00"]
    _, m = found(configured(dated(), answers().assign(date=np.repeat(days, 100))))
    assert m.periods == ["2025Q1", "2025Q2", "2025Q3", "2025Q4"]


def test_a_single_incomplete_period_is_shown_as_such(
    configured: Callable[..., Path], tmp_path: Path, no_charts: None
) -> None:
    path = configured(dated(incomplete=True), with_dates("2025-01-01", "2025-03-31"))
    build_report(read_config(path), tmp_path / "out")
    page = Page((tmp_path / "out" / "report.html").read_text(encoding="utf-8")).text
    assert "There is nothing to compare with yet." in page
    assert "2025Q1 (incomplete)" in page
    assert "nothing is compared" in page


def test_the_family_is_all_changes_and_slopes_of_all_metrics(configured: Callable[..., Path]) -> None:
    from cxstats.inference.multiplicity import adjusted

    for method in ("holm", "benjamini-hochberg", "none"):
        config = read_config(configured(CONFIG + f'\n[compare]\nfirst = true\nadjust = "{method}"\n'))
        source = read_source(config)
        every = in_one_family([measured(source, config, m) for m in config.metrics], config)
        rows = pd.concat([table for m in every for table in (m.changes, m.trend)])
        assert len(rows) == 4
        assert rows["family"].unique().tolist() == [4]
        assert rows["adjusted"].unique().tolist() == [method]
        expected = adjusted(rows["p_unadjusted"].to_numpy(dtype=float), method)
        assert rows["p_value"].astype(float).tolist() == pytest.approx(expected.tolist())
        assert ((rows["p_unadjusted"] < 0.05) == ((rows["conf_low"] > 0) | (rows["conf_high"] < 0))).all()


@pytest.mark.parametrize(
    ("keys", "changes", "trends"),
    [
        ("previous = false\nyear_earlier = false\ntrend = false", [], 0),
        ("previous = false\nfirst = true", ["first period"], 1),
        ("trend = false", ["previous period"], 0),
    ],
)
def test_comparisons_can_be_switched(
    configured: Callable[..., Path], keys: str, changes: list[str], trends: int
) -> None:
    _, m = found(configured(CONFIG + f"\n[compare]\n{keys}\n"))
    assert m.changes["since"].tolist() == changes
    assert len(m.trend) == trends


def test_of_years_the_previous_one_is_a_year_earlier_and_stands_once(configured: Callable[..., Path]) -> None:
    rows = answers().assign(quarter=np.repeat([2022, 2023, 2024, 2025], 100))
    _, m = found(configured(rows=rows))
    assert m.changes[["since", "versus"]].to_numpy().tolist() == [["previous period", 2024]]
