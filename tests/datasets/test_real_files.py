"""What the published files hold, once harmonised. Needs them: CXSTATS_DATA names their folder."""

import pandas as pd
import pytest

from cxstats.datasets import PUBLIC_FILES, fetch_acsi, fetch_sfo, public_file, sfo_questions
from cxstats.datasets.sfo_items import SFO_COLUMNS

pytestmark = pytest.mark.public

ROWS = {2010: 3234, 2011: 3872, 2012: 3521, 2013: 3535, 2014: 2818, 2015: 2958, 2016: 3087, 2017: 2831, 2018: 2809}
CLUSTERS = {2010: 186, 2011: 244, 2012: 199, 2013: 210, 2014: 154, 2015: 219, 2016: 225, 2017: 212, 2018: 207}
RATINGS = [name for name, coding in SFO_COLUMNS.items() if coding.scale.startswith("1 ")]


@pytest.fixture(scope="module")
def sfo() -> pd.DataFrame:
    return fetch_sfo()


@pytest.fixture(scope="module")
def acsi() -> pd.DataFrame:
    return fetch_acsi()


@pytest.mark.parametrize("name", sorted(PUBLIC_FILES))
def test_every_file_has_the_registered_bytes(name: str) -> None:
    assert public_file(name).name == name


def test_rows_of_each_year(sfo: pd.DataFrame) -> None:
    assert sfo["year"].value_counts().to_dict() == ROWS
    assert sfo["respondent"].is_unique


def test_clusters_lie_in_one_stratum_and_no_stratum_has_a_lone_one(sfo: pd.DataFrame) -> None:
    assert (sfo.groupby("cluster")["stratum"].nunique() == 1).all()
    assert sfo.groupby("year")["cluster"].nunique().to_dict() == CLUSTERS
    assert sfo["stratum"].nunique() == 27
    assert sfo.groupby("stratum")["cluster"].nunique().min() == 41


def test_weights_have_mean_one_in_every_year(sfo: pd.DataFrame) -> None:
    assert sfo.groupby("year")["weight"].mean().tolist() == pytest.approx([1.0] * 9, abs=1e-4)
    assert sfo.groupby("weighted")["year"].unique().loc[False].tolist() == [2011, 2012]


def test_no_rating_is_out_of_range(sfo: pd.DataFrame) -> None:
    assert len(RATINGS) == 28
    for name in RATINGS:
        assert set(sfo[name].dropna()) == {1, 2, 3, 4, 5}, name
    assert set(sfo["recommend"].dropna()) == set(range(11))
    assert sfo.loc[sfo["recommend"].notna(), "year"].unique().tolist() == [2017, 2018]


def test_every_answer_is_valid_or_counted(sfo: pd.DataFrame) -> None:
    asked = sfo_questions()
    assert len(asked) == 364
    counted = asked.filter(like="n_").sum(axis="columns")
    assert (counted == asked["year"].map(ROWS)).all()
    valid = asked.groupby("column")["n_valid"].sum()
    assert (sfo[valid.index].notna().sum() == valid).all()


def test_net_promoter_score_of_2018_shows_a_dropped_weight(sfo: pd.DataFrame) -> None:
    answers = sfo[(sfo["year"] == 2018) & sfo["recommend"].notna()]
    points = 100.0 * ((answers["recommend"] >= 9).astype(int) - (answers["recommend"] <= 6).astype(int))
    assert len(answers) == 2650
    assert points.mean() == pytest.approx(30.981, abs=5e-4)
    assert (points * answers["weight"]).sum() / answers["weight"].sum() == pytest.approx(35.114, abs=5e-4)


def test_overall_satisfaction_of_each_year(sfo: pd.DataFrame) -> None:
    means = sfo.groupby("year")["overall"].mean().round(3).tolist()
    assert means == [3.925, 3.946, 3.998, 3.982, 3.996, 4.048, 4.038, 4.064, 4.003]


def test_dates_lie_in_may(sfo: pd.DataFrame) -> None:
    dated = sfo[sfo["interview_date"].notna()]
    assert dated["year"].value_counts().to_dict() == {2016: 3087, 2017: 2829, 2018: 2809}
    assert (dated["interview_date"].dt.month == 5).all()
    assert (dated["interview_date"].dt.day == dated["interview_day"]).all()


def test_what_had_to_be_settled_is_noted(sfo: pd.DataFrame) -> None:
    notes = "\n".join(sfo.attrs["notes"])
    assert "2012: 2 rows state another departure period" in notes
    assert "2013: 8 rows state another departure period" in notes
    assert "2015: runs that lie in two departure periods and so are two clusters each: 1" in notes
    assert "2014: 24 rows have no run" in notes
    assert "2018: 12 rows have no run" in notes


def test_those_who_met_a_problem_are_less_satisfied_in_every_year(sfo: pd.DataFrame) -> None:
    means = sfo.dropna(subset="problem").groupby(["year", "problem"])["overall"].mean().unstack()
    assert (means[True] < means[False]).all()


def test_acsi_rows_and_range(acsi: pd.DataFrame) -> None:
    assert len(acsi) == 8239
    for column, scale in acsi.attrs["scales"].items():
        if " .. 10 " in scale:
            assert set(acsi[column].dropna()) == set(range(1, 11)), column
    assert acsi["industry"].value_counts().to_dict() == {
        "banks": 2505,
        "internet providers": 2287,
        "processed food": 1968,
        "airlines": 1479,
    }


def test_acsi_price_items_are_asked_by_repurchase(acsi: pd.DataFrame) -> None:
    assert acsi.loc[acsi["price_rise_tolerated"].notna(), "repurchase"].min() == 6
    assert acsi.loc[acsi["price_cut_needed"].notna(), "repurchase"].max() == 5
    assert int(acsi["price_rise_over_25"].sum()) == 1274
    assert int(acsi["price_cut_over_25"].sum()) == 490
    assert acsi["price_rise_tolerated"].max() == 25


def test_acsi_received_falls_short_of_expected(acsi: pd.DataFrame) -> None:
    pairs = acsi[["overall_received", "overall_expected"]].dropna()
    gap = pairs["overall_received"] - pairs["overall_expected"]
    assert len(gap) == 7877
    assert gap.mean() == pytest.approx(-0.1687, abs=5e-5)
