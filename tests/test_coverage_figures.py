"""The coverage that docstrings own up to is the coverage that the stored run found."""

import csv
import re
from pathlib import Path

import pytest

import cxstats as cx

TABLE = Path(__file__).parent.parent / "benchmarks" / "coverage.csv"


def coverage(design: str, n: int, metric: str, method: str = "") -> str:
    with TABLE.open() as file:
        (found,) = (
            row["coverage"]
            for row in csv.DictReader(file)
            if (row["design"], row["n"], row["metric"], row["method"]) == (design, str(n), metric, method)
        )
    return f"{float(found):.1f}"


def test_the_docstring_of_shares_quotes_the_worst_of_korn_and_graubard() -> None:
    with TABLE.open() as file:
        rows = [row for row in csv.DictReader(file) if row["metric"] == "share 1%" and row["method"] == "korn-graubard"]
    assert f"at least {min(float(row['coverage']) for row in rows):.1f} %" in (cx.share.__doc__ or "")


@pytest.mark.parametrize(
    ("documented", "cells"),
    [
        (cx.mean, [("simple random", n, "mean, skewed spend", "") for n in (15, 30, 100)]),
        (cx.share, [("simple random", n, "share 1%", "wilson") for n in (15, 100)]),
        (cx.ratio, [("simple random", n, "ratio, spend a visit", "") for n in (15, 30, 100)]),
        (cx.nps, [("4 PSUs", 1000, "NPS 0 vs +20", "")]),
        (cx.measure, [("unequal weights", n, "means, near normal", "") for n in (15, 30)]),
    ],
)
def test_the_docstring_quotes_the_stored_run(documented: object, cells: list[tuple[str, int, str, str]]) -> None:
    said = re.findall(r"\d+\.\d", (documented.__doc__ or "").split("Examples")[0])
    for cell in cells:
        assert coverage(*cell) in said, f"{cell} is {coverage(*cell)}"
