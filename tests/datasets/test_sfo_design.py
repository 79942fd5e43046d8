"""Which rows are one cluster, and in which stratum. All rows are made up."""

from typing import Any

import pandas as pd

from cxstats.datasets import fetch_sfo


def test_a_run_is_a_cluster(write_sfo: Any) -> None:
    write_sfo(2013, [{"RUN": "7"}, {"RUN": "7"}, {"RUN": "8", "FLIGHT": "200"}])
    frame = fetch_sfo(2013)
    assert frame["cluster"].tolist() == ["2013-7", "2013-7", "2013-8"]
    assert set(frame["cluster_from"]) == {"run"}


def test_without_a_run_date_and_flight_tell_the_cluster(write_sfo: Any) -> None:
    write_sfo(2014, [{"RUN": "7"}, {"RUN": "", "FLIGHT": "300"}, {"RUN": "", "FLIGHT": "300", "INTDATE": "6"}])
    write_sfo(2012, [{}, {"INTDATE": "6"}])
    frame = fetch_sfo([2012, 2014])
    assert frame["cluster"].tolist() == ["2012-5x100", "2012-6x100", "2014-7", "2014-5x300", "2014-6x300"]
    assert frame["cluster_from"].tolist()[2:] == ["run", "date and flight", "date and flight"]
    assert any("2014: 2 rows have no run" in note for note in frame.attrs["notes"])


def test_without_flight_numbers_the_gate_at_a_date_tells_the_cluster(write_sfo: Any) -> None:
    write_sfo(2010, [{}, {"RESPNUM": "2"}, {"GATENUM": "13"}, {"AIRLINE": "1"}, {"DESTINATION": "X"}, {"STRATA": "2"}])
    frame = fetch_sfo(2010)
    assert frame["cluster"].nunique() == 5
    assert frame["cluster"].iloc[0] == frame["cluster"].iloc[1]
    assert (frame["cluster_from"] == "date, gate, airline, destination and departure period").all()


def test_a_flight_has_one_departure_period(write_sfo: Any) -> None:
    write_sfo(2013, [{"STRATA": "3"}, {"STRATA": "3"}, {"STRATA": "2"}])
    frame = fetch_sfo(2013)
    assert frame["stratum"].tolist() == ["2013-3"] * 3
    assert set(frame["departure"]) == {"after 5 pm"}
    assert frame["cluster"].nunique() == 1
    assert any("1 rows state another departure period" in note for note in frame.attrs["notes"])


def test_a_run_of_two_flights_in_two_periods_is_two_clusters(write_sfo: Any) -> None:
    write_sfo(2015, [{"FLIGHT": "1", "STRATA": "2"}, {"FLIGHT": "2", "STRATA": "3"}])
    frame = fetch_sfo(2015)
    assert frame["cluster"].tolist() == ["2015-7/2", "2015-7/3"]
    assert frame["stratum"].tolist() == ["2015-2", "2015-3"]


def test_strata_and_clusters_are_unique_over_years(write_sfo: Any) -> None:
    write_sfo(2013, [{}])
    write_sfo(2014, [{}])
    frame = fetch_sfo([2013, 2014])
    assert frame["stratum"].is_unique
    assert frame["cluster"].is_unique


def test_dates_are_given_where_weekday_and_day_agree(write_sfo: Any) -> None:
    write_sfo(2015, [{}])
    write_sfo(2016, [{}])
    write_sfo(2017, [{"INTDATE": "5", "DAY": "FRI"}, {"INTDATE": "5", "DAY": "MON"}])
    write_sfo(2018, [{"INTDATE": "5", "DAY": "7"}])
    frame = fetch_sfo(range(2015, 2019))
    dates = [pd.NaT, *pd.to_datetime(["2016-05-06", "2017-05-05"]), pd.NaT, pd.Timestamp("2018-05-05")]
    assert frame["interview_date"].tolist() == dates
    assert frame["interview_day"].tolist() == [5, 6, 5, 5, 5]
    assert any("2017: 1 rows have no date" in note for note in frame.attrs["notes"])


def test_the_boarding_area_is_stated_or_follows_from_the_gate(write_sfo: Any) -> None:
    gates = ["1", "12", "20", "39", "40", "48", "50", "60", "69", "70", "90", "91", "102"]
    write_sfo(2013, [{"GATE": gate} for gate in gates])
    write_sfo(2018, [{"GATE": "45", "BAREA": "D"}])
    assert "".join(fetch_sfo(2013)["boarding_area"]) == "AABBCCDEEFFGG"
    assert fetch_sfo(2018)["boarding_area"].tolist() == ["D"]
