"""The misses that docstrings of the measures of claims own up to are those of the stored run, and the run can be had again."""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

import cxstats as cx

SCRIPT = Path(__file__).parent.parent / "benchmarks" / "claim_measures.py"


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    sys.path.insert(0, str(SCRIPT.parent))  # it builds on coverage.py
    spec = importlib.util.spec_from_file_location("claim_measures", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["claim_measures"] = module  # dataclasses look themselves up
    spec.loader.exec_module(module)
    sys.path.remove(str(SCRIPT.parent))
    return module


@pytest.fixture(scope="module")
def stored() -> pd.DataFrame:
    return pd.read_csv(SCRIPT.with_suffix(".csv"))


def by_design(table: pd.DataFrame, measures: tuple[str, ...]) -> pd.DataFrame:
    """Return the mean over all cells of each measure and design."""
    chosen = table[table["measure"].isin(measures)]
    assert set(chosen["measure"]) == set(measures)
    return chosen.groupby(["measure", "design"])[["coverage", "truth_below", "truth_above"]].mean()


@pytest.mark.parametrize(
    ("documented", "measures", "what"),
    [
        (cx.extreme, ("largest", "range", "largest change"), "side"),
        (cx.explained, ("explained",), "side"),
        (cx.explained, ("explained",), "coverage"),
        (cx.ranks, ("ranks, all",), "missed"),
        (cx.ranks, ("rank, one",), "side"),
        (cx.reaching, ("reaching",), "side"),
        (cx.interaction, ("interaction",), "side"),
    ],
)
def test_the_docstring_quotes_the_stored_run(documented, measures, what, stored) -> None:
    found = by_design(stored, measures)
    worst = {
        "side": found[["truth_below", "truth_above"]].max().max(),
        "coverage": found["coverage"].min(),
        "missed": 100 - found["coverage"].min(),
    }[what]
    said = re.findall(r"\d+\.\d", (documented.__doc__ or "").split("Examples")[0])
    assert f"{worst:.1f}" in said, f"{what} is {worst:.1f}"


def test_every_cell_is_stored(benchmark, stored) -> None:
    cells = {(c.design, c.n, len(c.means), c.answers, c.name) for c in benchmark.cells()}
    assert {tuple(row) for row in stored[benchmark.KEYS[1:]].itertuples(index=False, name=None)} == cells
    assert (stored["replicates"] > 0).all()


def test_a_few_cells_come_out_as_stored(benchmark, stored, capsys) -> None:
    now = pd.concat([benchmark.run((cell, 10)) for cell in benchmark.quick()], ignore_index=True)
    assert set(now["measure"]) == set(stored["measure"])
    off = benchmark.check(now, stored)
    assert off.empty, off.to_string()
