"""The stored comparison with other packages still holds, and what the README says of it stands in it."""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
STORED = (ROOT / "benchmarks" / "peers.md").read_text(encoding="utf-8")
COLUMNS = ("package", "call", "change", "standard error", "95 % interval", "p", "s.e. / R's")


@pytest.fixture(scope="module")
def peers() -> ModuleType:
    spec = importlib.util.spec_from_file_location("peers", ROOT / "benchmarks" / "peers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["peers"] = module
    spec.loader.exec_module(module)
    return module


def stored(package: str) -> list[tuple[str, ...]]:
    """Return the lines of the stored table on a package, without the last cell (why)."""
    rows = [
        tuple(cell.strip() for cell in line.strip("|\n").split("|")) for line in STORED.splitlines() if line[:1] == "|"
    ]
    assert rows[0][:-1] == COLUMNS
    return [row[:-1] for row in rows if row[0] == package]


@pytest.mark.parametrize("package", ["cxstats", "statsmodels", "svy"])
def test_the_stored_page_says_what_the_packages_say_today(peers: ModuleType, package: str, tmp_path: Path) -> None:
    answered, customers = peers.write_rows(tmp_path / "rows.csv")
    assert f"{answered:,} answers" in STORED
    assert f"stand for {customers:,.0f}" in STORED
    today = peers.lines({package: peers.child(package, tmp_path / "rows.csv")})
    assert [line[:6] for line in today] == [line[:6] for line in stored(package)]


def test_cxstats_and_svy_agree_with_r() -> None:
    (r,) = stored("R survey")
    for package in ("cxstats", "svy"):
        (line,) = stored(package)
        assert line[2:4] == r[2:4]
        assert line[6] == "1.00"
    (apart,) = re.findall(r"differ from R's by at most (\S+)\.\n", STORED)
    assert float(apart) < 1e-9


def test_the_readme_quotes_the_stored_page() -> None:
    quoting = [
        part for part in (ROOT / "README.md").read_text(encoding="utf-8").split("\n\n") if "benchmarks/peers" in part
    ]
    assert quoting
    numbers = [number for part in quoting for number in re.findall(r"\d+\.\d+", part)]
    assert numbers
    assert set(numbers) <= set(re.findall(r"\d+\.\d+", STORED))
