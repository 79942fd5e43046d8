from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.report import read_config
from cxstats.report.about import facts
from cxstats.report.comparisons import no_trend
from cxstats.report.measures import Measured, measured
from cxstats.report.source import Source, read_source

from .conftest import CONFIG, SCRIPT, answers


@pytest.fixture
def found(configured: Callable[..., Path]) -> tuple[Source, list[Measured]]:
    config = read_config(configured(CONFIG + "\n[compare]\nfirst = true\n"))
    source = read_source(config)
    return source, [measured(source, config, m) for m in config.metrics]


def survey() -> cx.Survey:
    return cx.Survey(answers(), weight="weight", strata="region", psu="branch")


def test_shown_cells_are_the_estimates_and_hidden_ones_hold_no_number(found: tuple[Source, list[Measured]]) -> None:
    _, (satisfied, _) = found
    table = satisfied.by_both["channel"]
    estimate = cx.measure(survey(), cx.csat("overall"), by=["quarter", "channel"]).frame()
    shown = table["n"].notna().to_numpy()
    assert 0 < shown.sum() < len(shown)
    for column in ("n", "estimate", "std_error", "conf_low", "conf_high"):
        assert table[column][shown].astype(float).tolist() == estimate[column][shown].astype(float).tolist()
        assert table[column][~shown].isna().all()
    assert estimate["n"][~shown].gt(0).all()
    assert estimate["n"][shown].ge(10).all()
    assert set(table["note"][~shown]) == {"n < 10", "withheld: it would give away a cell with n < 10"}


def test_changes_are_the_contrasts_of_the_shared_covariance(found: tuple[Source, list[Measured]]) -> None:
    _, (satisfied, _) = found
    estimate = cx.measure(survey(), cx.csat("overall"), by="quarter")
    assert satisfied.changes["since"].tolist() == ["previous period", "first period"]
    for row, versus in zip(satisfied.changes.to_dict("records"), ("2025Q3", "2025Q1"), strict=True):
        expected = estimate.contrast("2025Q4", versus).frame().iloc[0]
        assert (row["period"], row["versus"]) == ("2025Q4", versus)
        assert row["difference"] == expected["estimate"]
        for column in ("std_error", "conf_low", "conf_high"):
            assert row[column] == pytest.approx(expected[column], rel=1e-12)
        assert 0 < row["p_value"] <= 1
        assert (row["p_value"] < 0.05) == (row["conf_low"] > 0 or row["conf_high"] < 0)


def test_the_trend_is_the_slope_a_year(found: tuple[Source, list[Measured]]) -> None:
    _, (satisfied, recommended) = found
    row = satisfied.trend.iloc[0]
    slope = cx.measure(survey(), cx.csat("overall"), by="quarter").trend(per="year").frame().iloc[0]
    assert row["per"] == "year"
    assert row["slope"] == pytest.approx(slope["estimate"])
    assert (row["p_value"] < 0.05) == (row["conf_low"] > 0 or row["conf_high"] < 0)
    assert recommended.trend.empty


def test_a_question_that_was_not_asked_is_silent_not_zero(found: tuple[Source, list[Measured]]) -> None:
    _, (_, recommended) = found
    assert recommended.silent == ["2025Q1", "2025Q2"]
    assert recommended.visible == ["2025Q3", "2025Q4"]
    assert recommended.by_period["estimate"].isna().tolist() == [True, True, False, False]
    assert recommended.changes[["period", "versus"]].to_numpy().tolist() == [["2025Q4", "2025Q3"]]


def test_the_target_is_judged_by_the_interval_that_decides_claims(found: tuple[Source, list[Measured]]) -> None:
    _, (satisfied, recommended) = found
    last = cx.measure(survey(), cx.csat("overall"), by="quarter").pick(quarter="2025Q4")
    expected = last.test(cx.above(60)).iloc[0]
    row = satisfied.target.iloc[0]
    assert row[["conf_low", "conf_high"]].tolist() == expected[["conf_low", "conf_high"]].tolist()
    assert row["verdict"] == {"supported": "met", "contradicted": "missed"}.get(expected["verdict"], "inconclusive")
    assert recommended.target.empty


@pytest.mark.parametrize(("target", "said"), [(5, "met"), (95, "missed")])
def test_a_target_is_met_or_missed(configured: Callable[..., Path], target: int, said: str) -> None:
    config = read_config(configured(CONFIG.replace("target = 60", f"target = {target}")))
    assert measured(read_source(config), config, config.metrics[0]).target["verdict"].tolist() == [said]


def test_of_effort_where_low_is_good_the_target_lies_above(configured: Callable[..., Path]) -> None:
    text = CONFIG + '\n[[metrics]]\nkind = "effort"\ncolumn = "overall"\nscale = [1, 5]\neasy = "low"\ntarget = 4.9\n'
    config = read_config(configured(text))
    assert measured(read_source(config), config, config.metrics[2]).target["verdict"].tolist() == ["met"]


def test_rows_without_a_period_are_in_no_number(configured: Callable[..., Path]) -> None:
    rows = answers()
    rows.loc[:9, "quarter"] = None
    config = read_config(configured(rows=rows))
    found = measured(read_source(config), config, config.metrics[0])
    assert (found.rows, found.answers) == (390, 390)
    assert found.overall["n"].tolist() == [390]
    assert int(found.by_group["region"]["n"].sum()) == 390


def test_periods_that_are_hidden_leave_the_changes_to_the_others(configured: Callable[..., Path]) -> None:
    rows = answers()
    rows = rows[(rows["quarter"] != "2025Q4") | (rows.index % 20 == 0)]
    config = read_config(configured(rows=rows))
    found = measured(read_source(config), config, config.metrics[0])
    assert (("2025Q4", "", None), "small") in found.hidden.items()
    assert len(found.visible) == 2
    assert "2025Q4" not in found.changes["period"].tolist()


def test_a_single_period_has_no_changes(configured: Callable[..., Path]) -> None:
    rows = answers()
    config = read_config(configured(rows=rows[rows["quarter"] == "2025Q3"]))
    found = measured(read_source(config), config, config.metrics[0])
    assert found.changes.empty
    assert found.trend.empty


@pytest.mark.parametrize(
    ("values", "every", "periods", "per"),
    [
        ([2022, 2023, 2024, 2025], None, [2022, 2023, 2024, 2025], "year"),
        ([2022.0, 2023.0, 2024.0, None], None, [2022, 2023, 2024], None),
        (["wave 1", "wave 2", "wave 9", "wave 10"], None, ["wave 1", "wave 2", "wave 9", "wave 10"], "period"),
        (["2025-01-31", "2025-02-01", "2025-05-09", "2025-12-31"], "quarter", ["2025Q1", "2025Q2", "2025Q4"], None),
        (["2025-01-31", "2025-02-01", "2025-02-28", "2025-12-31"], "month", ["2025-01", "2025-02", "2025-12"], None),
        (["2023-01-31", "2024-02-01", "2024-02-28", "2025-12-31"], "year", ["2023", "2024", "2025"], None),
    ],
)
def test_periods_are_read_as_they_are_written(
    configured: Callable[..., Path], values: list[object], every: str | None, periods: list[object], per: str | None
) -> None:
    rows = answers().assign(quarter=np.repeat(np.asarray(values, dtype=object), 100))
    text = CONFIG.replace('column = "quarter"', f'column = "quarter"\nevery = "{every}"') if every else CONFIG
    config = read_config(configured(text, rows))
    found = measured(read_source(config), config, config.metrics[0])
    assert found.periods == periods
    assert found.trend["per"].tolist() == ([per] if per else [])


@pytest.mark.parametrize(
    ("periods", "told"),
    [
        (["2025Q1", "2025Q2", "2025Q3", "2025Q4"], True),
        (["2025Q1", "2025Q2", "2025Q4"], False),
        (["2024Q1", "2025Q1", "2026Q1"], False),
        (["FY2025Q1", "FY2025Q2", "FY2025Q4", "FY2026Q1"], True),
        ([2022, 2023, 2024, 2025], True),
        ([f"2025-{month:02d}" for month in range(1, 12)], False),
        ([f"2025-{month:02d}" for month in range(1, 13)], True),
        (["2025-01-01", "2025-04-01", "2025-07-01", "2025-12-31"], True),
        (["2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31"], False),
        (["wave 1", "wave 2", "wave 3", "wave 4"], True),
        ([], False),
    ],
)
def test_a_slope_needs_four_periods_that_cover_a_year(periods: list[object], told: bool) -> None:
    said = no_trend(periods)
    assert (said == "") == told
    assert told or "at least 4 periods that together cover a year" in said


def test_true_and_false_groups_are_yes_and_no_and_numbers_sort_as_numbers(configured: Callable[..., Path]) -> None:
    rows = answers().assign(member=np.resize([True, False, None], 400), age=np.resize([2, 10, 1], 400))
    text = CONFIG.replace('by = ["channel", "region"]', 'by = ["member", "age"]')
    config = read_config(configured(text, rows))
    found = measured(read_source(config), config, config.metrics[0])
    assert found.by_group["member"]["member"].tolist() == ["no", "yes"]
    assert found.by_group["age"]["age"].tolist() == ["1", "2", "10"]


def test_labels_of_the_data_stay_as_they_are(found: tuple[Source, list[Measured]]) -> None:
    _, (satisfied, _) = found
    assert SCRIPT in satisfied.by_group["channel"]["channel"].tolist()
    assert isinstance(satisfied.by_group["channel"], pd.DataFrame)


def test_a_share_that_no_answer_counts_for_is_remarked_on_the_page(tmp_path: Path) -> None:
    frame = pd.DataFrame({"quarter": ["2025Q1"] * 40 + ["2025Q2"] * 40, "resolved": ["ja", "nein"] * 40})
    frame.to_csv(tmp_path / "answers.csv", index=False)
    start = '[data]\nfile = "answers.csv"\n[period]\ncolumn = "quarter"\n'
    (tmp_path / "r.toml").write_text(
        start + '[[metrics]]\nkind = "first_contact_resolution"\ncolumn = "resolved"\nyes = "yes"\n', encoding="utf-8"
    )
    config = read_config(tmp_path / "r.toml")
    source = read_source(config)
    found = measured(source, config, config.metrics[0])
    (remark,) = found.remarks
    assert "no answer counts for" in remark
    assert any(line == f"Caution: {remark}." for line in facts(source, config, found))
