"""Dates are read as the configuration states their format; what it could be is offered, never taken."""

from pathlib import Path

import pandas as pd
import pytest

from cxstats.errors import DataError
from cxstats.report import read_config
from cxstats.report.dates import FORMATS, as_dates, formats, remedy
from cxstats.report.source import read_source

from .slips import DATED, hear, period


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("%d.%m.%Y", ["02.04.2024", "31.12.2023", None]),
        ("%m/%d/%Y", ["04/02/2024", "12/31/2023", None]),
        ("%d.%m.%y %H:%M", ["02.04.24 23:59", "31.12.23 00:00", None]),
        ("%d.%m.%YT%H:%M%z", ["02.04.2024T00:30+02:00", "31.12.2023T23:30-05:00", None]),
        ("excel", [45384, 45291, None]),
        ("excel", ["45384.75", "45291", None]),
        (None, ["2024-04-02", "2023-12-31T23:59:00Z", None]),
    ],
)
def test_dates_are_read_as_stated(written: str | None, values: list[object]) -> None:
    column = pd.Series(values, dtype="Int64" if isinstance(values[0], int) else "string")
    found = as_dates(column, "d", written)
    assert found.dt.strftime("%Y-%m-%d").tolist()[:2] == ["2024-04-02", "2023-12-31"]
    assert found.isna().tolist() == [False, False, True]


@pytest.mark.parametrize("written", FORMATS)
def test_every_format_that_is_offered_reads_what_it_fits(written: str) -> None:
    days = pd.date_range("2024-01-25", periods=40, freq="9D") + pd.Timedelta("13:45:10")
    texts = pd.Series(days.strftime(written))
    offered = formats(texts)
    assert offered
    assert f'date_format = "{offered[0]}"' in remedy(texts)
    assert as_dates(texts, "d", offered[0]).notna().all()
    if "/" not in written or "%d" in written:
        assert len(offered) == 1, "some day is beyond the 12th"
        same = as_dates(texts, "d", offered[0]).dt.strftime("%Y-%m")
        assert same.tolist() == days.strftime("%Y-%m").tolist()


def test_german_dates_make_quarters(tmp_path: Path) -> None:
    assert hear(tmp_path, period(**DATED, date_format='"%d.%m.%Y"')) == "[0] "
    source = read_source(read_config(tmp_path / "my.toml"))
    assert source.frame["date"].astype(str).unique().tolist() == ["2025Q1", "2025Q2", "2025Q3", "2025Q4"]


def test_dates_among_texts_are_refused() -> None:
    mixed = pd.Series([pd.Timestamp("2025-04-02").to_pydatetime(), "13.04.2025", None], dtype=object)
    with pytest.raises(DataError, match="perhaps with day and month exchanged"):
        as_dates(mixed, "d", "%d.%m.%Y")
    with pytest.raises(DataError, match=r"write missing = \['n/a'\] in \[data\]"):
        as_dates(pd.Series(["02.04.2024", "13.04.2024", "n/a"]), "d", None)
