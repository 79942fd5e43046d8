"""The house holds: imports go strictly down, and each outside library has one door."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "cxstats"
FILES = sorted(PACKAGE.rglob("*.py"))


def rooms() -> dict[str, int]:
    """Read the floors off the table in ARCHITECTURE.md."""
    page = (PACKAGE.parent / "ARCHITECTURE.md").read_text()
    found = {}
    for floor, names in re.findall(r"^\| (\d+) \| ([^|]+) \|", page, flags=re.MULTILINE):
        found |= {name: int(floor) for name in re.findall(r"`(\w+)`", names)}
    return found


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> list[str]:
    """Return every module that a file imports, wherever the import stands."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            if node.module == "cxstats":
                found += [f"cxstats.{alias.name}" for alias in node.names]
            else:
                found.append(node.module or "")
    return found


def test_the_page_names_every_room() -> None:
    assert {room_of(path) for path in FILES} == set(rooms())


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_strictly_down(path: Path) -> None:
    floors, own = rooms(), room_of(path)
    for module in imports(path):
        if module.startswith("cxstats."):
            other = module.split(".")[1]
            assert other == own or floors[other] < floors[own], f"{own} imports {module}"


@pytest.mark.parametrize(
    ("library", "doors"),
    [
        ("narwhals", {"frames"}),
        ("matplotlib", {"charts"}),
        ("seaborn", {"charts"}),
        ("pooch", {"datasets"}),
        ("jinja2", {"report"}),
        ("click", {"cli", "planning"}),
    ],
)
def test_each_outside_library_has_one_door(library: str, doors: set[str]) -> None:
    used = {room_of(path) for path in FILES for module in imports(path) if module.split(".")[0] == library}
    assert used <= doors


def test_variance_is_numpy_only() -> None:
    outside = {m.split(".")[0] for m in imports(PACKAGE / "inference" / "variance.py")} - {"cxstats", "__future__"}
    assert outside <= {"numpy", "dataclasses", "functools", "typing", "collections"}


def test_metrics_never_see_data() -> None:
    for path in (PACKAGE / "metrics").glob("*.py"):
        assert not {"numpy", "pandas", "narwhals"} & {module.split(".")[0] for module in imports(path)}
        assert not {"cxstats.frames", "cxstats.memory", "cxstats.survey"} & set(imports(path))


def test_importing_cxstats_is_light() -> None:
    heavy = [
        "statsmodels",
        "seaborn",
        "matplotlib",
        "scipy",
        "pandas",
        "polars",
        "pyarrow",
        "duckdb",
        "jinja2",
        "click",
    ]
    program = f"import sys, cxstats; print([m for m in {heavy!r} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
