"""Made-up files in the format of the public ones, in a folder that CXSTATS_DATA names."""

import csv
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from cxstats.datasets import PUBLIC_FILES
from cxstats.datasets.sfo_items import SFO_ITEMS

# What every row of a made-up year holds unless a test says otherwise: design columns as that year's file names them.
_FLIGHT = {"RESPNUM": "1", "INTDATE": "5", "AIRLINE": "33", "STRATA": "1", "GATE": "12"}
_DESIGN: dict[int, dict[str, str]] = {
    2010: {**_FLIGHT, "GATENUM": "12", "DESTINATION": "NOWHERE", "WEIGHT": "1.5"},
    2011: {**_FLIGHT, "RUNID": "7"},
    2012: {**_FLIGHT, "FLIGHT": "100", "BAREA": "A"},
    2013: {**_FLIGHT, "FLIGHT": "100", "RUN": "7", "WEIGHT": "1.5"},
    2014: {**_FLIGHT, "FLIGHT": "100", "RUN": "7", "AREA": "A", "WEIGHT": "1.5"},
    2015: {**_FLIGHT, "FLIGHT": "100", "RUNID": "7", "BAREA": "A", "WEIGHT": "1.5"},
    2016: {
        **_FLIGHT,
        "INTDATE": "05/06/2016 12:00:00 AM",
        "DAY": "6",
        "FLIGHT": "100",
        "RUNID": "7",
        "BAREA": "A",
        "WEIGHT": "1.5",
    },
    2017: {**_FLIGHT, "DAY": "FRI", "FLIGHT": "100", "RUNID": "7", "BAREA": "A", "WEIGHT": "1.5"},
    2018: {**_FLIGHT, "DAY": "7", "FLIGHT": "100", "RUNID": "7", "BAREA": "A", "WEIGHT": "1.5"},
}
del _DESIGN[2010]["GATE"]

WriteSfo = Callable[[int, Iterable[dict[str, str]]], Path]


@pytest.fixture
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder that CXSTATS_DATA names."""
    monkeypatch.setenv("CXSTATS_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Path]:
    """Return a function that registers the sha256 of a made-up file under its name."""

    def _register(path: Path) -> Path:
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        monkeypatch.setitem(PUBLIC_FILES, path.name, replace(PUBLIC_FILES[path.name], sha256=sha256))
        return path

    return _register


@pytest.fixture
def write_sfo(data_folder: Path, register: Callable[[Path], Path]) -> WriteSfo:
    """Return a function that writes a made-up year: each row says only where it differs from a blank questionnaire."""

    def _write(year: int, rows: Iterable[dict[str, str]]) -> Path:
        blank = {item.source: "0" for item in SFO_ITEMS[year]} | _DESIGN[year]
        path = data_folder / f"sfo_{year}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            rows = [blank | row for row in rows]
            writer = csv.DictWriter(file, list(dict.fromkeys(key for row in rows for key in row)))
            writer.writeheader()
            writer.writerows(rows)
        return register(path)

    return _write
