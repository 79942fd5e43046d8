"""The report of the airport survey: needs the public files (CXSTATS_DATA names their folder)."""

from pathlib import Path

import pandas as pd
import pytest

from cxstats.report import build_report, read_config

EXAMPLE = Path(__file__).parents[2] / "examples" / "sfo.toml"

pytestmark = pytest.mark.public


@pytest.fixture(scope="module")
def sfo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cxstats.report.build._draw", _nothing)
        build_report(read_config(EXAMPLE), tmp_path_factory.mktemp("sfo") / "out")
    return next(tmp_path_factory.getbasetemp().glob("sfo*/out"))


def _nothing(
    folder: Path, source: object, config: object, found: list[object], tell: object
) -> dict[str, dict[str, str]]:
    folder.mkdir()
    return {m.metric.name: {} for m in found}  # type: ignore[attr-defined]


def test_nine_years_of_the_airport(sfo: Path) -> None:
    table = pd.read_csv(sfo / "tables" / "by-period.csv")
    overall = table[table["metric"].str.contains("as a whole")].set_index("year")
    assert overall.index.tolist() == list(range(2010, 2019))
    assert overall.loc[2018, "n"] == 2625
    assert overall.loc[2018, "estimate"] == pytest.approx(80.5, abs=0.1)


def test_nps_was_asked_twice_and_is_weighted(sfo: Path) -> None:
    table = pd.read_csv(sfo / "tables" / "by-period.csv")
    nps = table[table["metric"] == "Net Promoter Score"].set_index("year")
    assert nps["n"].eq(0).sum() == 7
    assert nps.loc[2018, "estimate"] == pytest.approx(35.1, abs=0.2)
    changes = pd.read_csv(sfo / "tables" / "changes.csv")
    assert changes[changes["metric"] == "Net Promoter Score"][["period", "versus"]].to_numpy().tolist() == [
        [2018, 2017]
    ]
    page = (sfo / "report.html").read_text(encoding="utf-8")
    assert "No answers in 2010 to 2016: not asked then, or not in the data." in page


def test_the_page_names_its_source_and_what_was_settled(sfo: Path) -> None:
    page = (sfo / "report.html").read_text(encoding="utf-8")
    for said in (
        "2018 SFO Customer Survey, DataSF",
        "2011: the file carries no weight",
        "1,194 blank",
        "strata stratum",
    ):
        assert said in page
    assert "ynthetic" not in page
