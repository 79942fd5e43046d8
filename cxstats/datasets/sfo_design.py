"""How the SFO sample was drawn: departure periods are the strata, the passengers interviewed at one flight a cluster.

The file of a year says so in different ways. A survey run (RUNID) was one visit to the gate of one flight; where a row
has no run, its flight is told by date and flight number, and where there is no flight number either (2010), by date,
gate, airline, destination and departure period. In the years that carry runs, that last rule finds nearly the same
clusters as they do (2011: 245 instead of 244), so 2010 need not pretend that fellow passengers answer independently.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

SAME_COLUMN = {"RUN": "RUNID", "GATENUM": "GATE", "AREA": "BAREA"}
"""Columns that some years name differently."""

DESIGN_COLUMNS = (
    "RESPNUM",
    "RUNID",
    "INTDATE",
    "DAY",
    "FLIGHT",
    "GATE",
    "BAREA",
    "STRATA",
    "AIRLINE",
    "DESTINATION",
    "WEIGHT",
)
"""Columns read here, where a year has them."""

_DEPARTURES = {"1": "before 11 am", "2": "11 am to 5 pm", "3": "after 5 pm"}
_FIRST_GATES = {"A": 1, "B": 20, "C": 40, "D": 50, "E": 60, "F": 70, "G": 91}  # from the 2017 code list
_WEEKDAYS = ("MON", "TUE", "WED", "THUR", "FRI", "SAT", "SUN")
_SUNDAY_IS_ONE = {str((k + 1) % 7 + 1): k for k in range(7)}


def sampling_design(raw: pd.DataFrame, year: int) -> tuple[pd.DataFrame, list[str]]:
    """Return weight, stratum and cluster of each row, and what had to be settled.

    The departure period belongs to the flight: rows of one flight that state two periods all get the one that most of
    them state. A run that still lies in two periods was two flights, and is two clusters.
    """
    import pandas as pd

    notes: list[str] = []
    flight, grounds = _flights(raw)
    most_stated = pd.crosstab(flight, raw["STRATA"]).idxmax(axis="columns")
    period = flight.map(most_stated).astype(raw["STRATA"].dtype)
    if moved := int((period != raw["STRATA"]).sum()):
        notes.append(f"{year}: {moved} rows state another departure period than most of their flight and follow it.")

    run = raw["RUNID"] if "RUNID" in raw else pd.Series("", index=raw.index)
    cluster = run.where(run != "", flight)
    origin = pd.Series("run", index=raw.index).where(run != "", grounds)
    if told := int((run == "").sum()):
        notes.append(f"{year}: {told} rows have no run and are clustered by {grounds}.")
    straddles = period.groupby(cluster).transform("nunique") > 1
    if count := cluster[straddles].nunique():
        notes.append(f"{year}: runs that lie in two departure periods and so are two clusters each: {count}.")
        cluster = cluster.where(~straddles, cluster + "/" + period)

    if not (weighted := "WEIGHT" in raw):
        notes.append(f"{year}: the file carries no weight; weight is 1 for every row.")
    periods = pd.CategoricalDtype(list(_DEPARTURES.values()), ordered=True)
    design = {
        "weight": raw["WEIGHT"].astype("float64") if weighted else 1.0,
        "weighted": weighted,
        "stratum": f"{year}-" + period,
        "departure": period.map(_DEPARTURES).astype(periods),
        "cluster": f"{year}-" + cluster,
        "cluster_from": origin,
    }
    return pd.DataFrame(design, index=raw.index), notes


def _flights(raw: pd.DataFrame) -> tuple[pd.Series[str], str]:
    """Return what tells one flight of one day from another, and on what grounds."""
    if "FLIGHT" in raw:
        return raw["INTDATE"].str.slice(0, 10) + "x" + raw["FLIGHT"], "date and flight"
    flight = raw["INTDATE"]
    for name in ("GATE", "AIRLINE", "DESTINATION", "STRATA"):
        if name in raw:
            flight = flight + "x" + raw[name]
    return flight, "date, gate, airline, destination and departure period"


def when_and_where(raw: pd.DataFrame, year: int) -> tuple[pd.DataFrame, list[str]]:
    """Return the day of the interview and the boarding area of each row, and what could not be settled."""
    import pandas as pd

    date = _dates(raw, year)
    day = date.dt.day if year == 2016 else raw["INTDATE"]
    undated = int(date.isna().sum())
    notes = [f"{year}: {undated} rows have no date: the weekday contradicts it."] if 0 < undated < len(raw) else []
    area = raw["BAREA"] if "BAREA" in raw else _area_of_gate(raw["GATE"])
    where = {"interview_day": day.astype("int64"), "interview_date": date, "boarding_area": area}
    return pd.DataFrame(where, index=raw.index), notes


def _dates(raw: pd.DataFrame, year: int) -> pd.Series[Any]:
    """Return the dates. 2016 writes them out; in 2017-18 day and weekday fit May and no other month."""
    import pandas as pd

    if year == 2016:
        return pd.to_datetime(raw["INTDATE"], format="%m/%d/%Y %I:%M:%S %p").astype("datetime64[ns]")
    if "DAY" not in raw:
        return pd.Series(pd.NaT, index=raw.index, dtype="datetime64[ns]")
    dates = pd.to_datetime(f"{year}-05-" + raw["INTDATE"], format="%Y-%m-%d").astype("datetime64[ns]")
    stated = raw["DAY"].map({name: k for k, name in enumerate(_WEEKDAYS)} | _SUNDAY_IS_ONE)
    return dates.where(dates.dt.day_of_week == stated)


def _area_of_gate(gate: pd.Series[str]) -> pd.Series[Any]:
    import pandas as pd

    first_gates = [*_FIRST_GATES.values(), 103]
    return pd.cut(gate.astype("int64"), first_gates, right=False, labels=list(_FIRST_GATES)).astype(gate.dtype)
