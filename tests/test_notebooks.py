"""The committed notebooks print what a fresh run prints."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import nbformat
import pytest

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
NEED_PUBLIC_DATA = {
    "02_wow_versus_adequate.ipynb", "04_price_or_experience.ipynb", "07_claims_and_myths.ipynb", "08_airport_survey.ipynb",
}  # fmt: skip
EVERY = [
    pytest.param(path, marks=[pytest.mark.public] if path.name in NEED_PUBLIC_DATA else [], id=path.stem)
    for path in sorted(NOTEBOOKS.glob("*.ipynb"))
]


def runner() -> ModuleType:
    spec = importlib.util.spec_from_file_location("run", NOTEBOOKS / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def printed(notebook: nbformat.NotebookNode) -> list[list[str]]:
    """Return what each code cell prints as text; pictures only by their kind."""
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            shown = []
            for output in cell.outputs:
                data = output.get("data", {})
                text = output.get("text") or data.get("text/plain") or ""
                shown.append(re.sub(r" at 0x[0-9a-f]+", "", text) if "image/png" not in data else "a picture")
            cells.append(shown)
    return cells


@pytest.mark.parametrize("path", EVERY)
def test_the_notebook_prints_what_it_printed(path: Path) -> None:
    stored = nbformat.read(path, as_version=4)
    assert printed(runner().execute(path)) == printed(stored)


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_the_notebook_is_stored_with_its_outputs_and_without_errors(path: Path) -> None:
    stored = nbformat.read(path, as_version=4)
    code = [cell for cell in stored.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    assert any(cell.outputs for cell in code)
    outputs = [output for cell in code for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]
    text = path.read_text()
    assert not re.search(r"(/work/|/tmp/|/root/|/home/)", text)
