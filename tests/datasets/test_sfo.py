"""Nine questionnaires, one meaning a column. All rows are made up."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cxstats.datasets import fetch_sfo, sfo_questions
from cxstats.datasets.sfo_items import SFO_COLUMNS, SFO_ITEMS, SFO_YEARS
from cxstats.errors import ArgumentError, ColumnError

OVERALL = {
    2010: "Q6N",
    2011: "Q8N",
    2012: "Q8N_WHOLE",
    2013: "Q7O_WHOLE",
    **dict.fromkeys(range(2014, 2019), "Q7ALL"),
}


@pytest.mark.parametrize("year", SFO_YEARS)
def test_overall_satisfaction_is_found_in_every_year(write_sfo: Any, year: int) -> None:
    write_sfo(year, [{"RESPNUM": str(k), OVERALL[year]: str(k)} for k in range(1, 6)])
    frame = fetch_sfo(year)
    assert frame["overall"].tolist() == [1, 2, 3, 4, 5]
    assert frame["respondent"].tolist() == [f"{year}-{k}" for k in range(1, 6)]
    assert set(frame["year"]) == {year}


def test_one_frame_for_all_years(write_sfo: Any) -> None:
    for year in SFO_YEARS:
        write_sfo(year, [{}, {"RESPNUM": "2"}])
    frame = fetch_sfo()
    assert frame["year"].tolist() == [year for year in SFO_YEARS for _ in range(2)]
    assert frame["respondent"].is_unique
    assert frame.index.tolist() == list(range(18))
    for year in SFO_YEARS:
        one = fetch_sfo(year)
        assert list(one) == list(frame)
        assert one.dtypes.equals(frame.dtypes)


def test_headers_may_carry_blanks_and_stars(write_sfo: Any, register: Any) -> None:
    path: Path = write_sfo(2018, [{"NETPRO": "9", "Q14FIND": "2"}])
    text = path.read_text().replace("NETPRO", "NETPRO  ").replace("Q14FIND", "Q14FIND ").replace("RESPNUM", "*RESPNUM")
    path.write_text(text.replace("Q9BOARDING", "Q9Boarding"))
    register(path)
    frame = fetch_sfo(2018)
    assert frame[["recommend", "find_way"]].iloc[0].tolist() == [9, 2]
    asked = sfo_questions(2018).set_index("column")["source"]
    assert asked["recommend"] == "NETPRO"
    assert asked["clean_boarding"] == "Q9Boarding"


def test_codes_that_are_no_answer_are_missing_and_counted(write_sfo: Any) -> None:
    write_sfo(
        2018,
        [
            {"Q7ALL": "BLANK", "Q7ART": "6", "NETPRO": "11", "Q15PROBLEM": "3"},
            {"Q7ALL": "5", "Q7ART": "7", "NETPRO": "0", "Q15PROBLEM": "1"},
            {"Q7ALL": "0", "Q7ART": "2", "NETPRO": "10", "Q15PROBLEM": "2"},
        ],
    )
    frame = fetch_sfo(2018)
    assert frame["overall"].tolist()[1] == 5
    assert frame["art"].tolist()[2] == 2
    assert frame["recommend"].tolist()[1:] == [0, 10]
    assert frame["problem"].tolist() == [pd.NA, True, False]
    assert frame.attrs["left_out"]["overall"] == {"blank": 2}
    assert frame.attrs["left_out"]["art"] == {"not applicable": 1, "other code": 1}
    assert frame.attrs["left_out"]["recommend"] == {"blank": 1}
    assert frame.attrs["left_out"]["problem"] == {"don't know": 1}
    counts = sfo_questions(2018).set_index("column").filter(like="n_")
    assert list(counts.loc["art"]) == [1, 0, 1, 0, 1]
    assert (counts.sum(axis="columns") == 3).all()


def test_left_out_adds_up_over_years(write_sfo: Any) -> None:
    write_sfo(2014, [{"Q7ALL": "0"}, {"Q7ALL": "6"}])
    write_sfo(2015, [{"Q7ALL": "0"}])
    assert fetch_sfo([2014, 2015]).attrs["left_out"]["overall"] == {"blank": 2, "not applicable": 1}


def test_a_question_not_asked_is_missing_but_not_left_out(write_sfo: Any) -> None:
    write_sfo(2012, [{}])
    frame = fetch_sfo(2012)
    assert frame[["recommend", "wifi", "precheck", "method"]].isna().all(axis=None)
    assert "recommend" not in frame.attrs["left_out"]
    assert "recommend" not in set(sfo_questions(2012)["column"])


def test_a_year_without_weights_says_so(write_sfo: Any) -> None:
    write_sfo(2011, [{}])
    write_sfo(2013, [{}])
    frame = fetch_sfo([2011, 2013])
    assert frame["weight"].tolist() == [1.0, 1.5]
    assert frame["weighted"].tolist() == [False, True]
    assert any("2011" in note and "no weight" in note for note in frame.attrs["notes"])


def test_facts_are_labelled_alike(write_sfo: Any) -> None:
    write_sfo(2015, [{"Q18AGE": "3", "Q19GENDER": "1", "Q16LIVE": "1", "Q2PURP1": "2", "DESTGEO": "3"}])
    write_sfo(2016, [{"Q19AGE": "25-34", "Q20GENDER": "Male", "Q16LIVE": "3", "Q2PURP1": "5", "DESTGEO": "4"}])
    facts = fetch_sfo([2015, 2016])[["age", "gender", "bay_area", "purpose", "international"]]
    assert facts.iloc[0].tolist() == ["25-34", "male", True, "pleasure", False]
    assert facts.iloc[1].tolist() == ["25-34", "male", False, "other", True]


def test_ages_of_a_filled_down_column_are_unknown(write_sfo: Any) -> None:
    write_sfo(2016, [{"Q19AGE": "Under 18"}, {"Q19AGE": "Under 19"}, {"Q19AGE": "65-Over"}])
    frame = fetch_sfo(2016)
    assert frame["age"].astype(object).fillna("").tolist() == ["under 18", "", "65 and over"]
    assert frame.attrs["left_out"]["age"] == {"other code": 1}


def test_the_third_gender_code_is_read_where_it_is_explained(write_sfo: Any) -> None:
    write_sfo(2015, [{"Q19GENDER": "3"}])
    write_sfo(2018, [{"Q21GENDER": "3"}])
    assert fetch_sfo([2015, 2018])["gender"].astype(object).fillna("").tolist() == ["", "non-binary"]


def test_years_are_taken_as_number_list_or_range(write_sfo: Any) -> None:
    for year in (2013, 2014, 2015):
        write_sfo(year, [{}])
    for years in ([2015, 2013, 2015, 2014], range(2013, 2016), (y for y in (2013, 2014, 2015))):
        assert fetch_sfo(years)["year"].tolist() == [2013, 2014, 2015]


@pytest.mark.parametrize("years", [2009, [2018, 2019], [], "2018", 2018.5, True])
def test_an_unknown_year_names_the_years_there_are(years: Any) -> None:
    with pytest.raises(ArgumentError, match="fetch_sfo: "):
        fetch_sfo(years)
    if years == 2009:
        with pytest.raises(ArgumentError, match=r"no survey of 2009\. The years are 2010, .*, 2018"):
            sfo_questions(years)


def test_a_file_without_its_columns_is_refused(data_folder: Path, register: Any) -> None:
    (data_folder / "sfo_2018.csv").write_text("RESPNUM,Q7ALL\n1,5\n")
    register(data_folder / "sfo_2018.csv")
    with pytest.raises(ColumnError, match=r"fetch_sfo\(2018\): no column 'NETPRO'"):
        fetch_sfo(2018)


def test_questions_have_one_row_a_year_and_column(write_sfo: Any) -> None:
    for year in SFO_YEARS:
        write_sfo(year, [{}])
    asked = sfo_questions()
    assert not asked.duplicated(["year", "column"]).any()
    assert set(asked["column"]) == set(SFO_COLUMNS)
    assert len(asked) == sum(len(items) for items in SFO_ITEMS.values())


def test_a_variant_is_a_wording_or_a_source() -> None:
    variants: dict[str, set[str]] = {}
    for items in SFO_ITEMS.values():
        for item in items:
            assert item.variant in {item.wording, item.source} or item.wording is None
            variants.setdefault(item.column, set()).add(item.variant)
    assert variants["overall"] == {"SFO Airport as a whole"}
    assert len(variants["find_way"]) == 5
    assert len(variants["recommend"]) == 1


def test_no_raw_column_serves_two_questions() -> None:
    for items in SFO_ITEMS.values():
        sources = [item.source for item in items]
        assert len(set(sources)) == len(sources)
