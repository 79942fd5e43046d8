"""The manifest says what a report was made from and with, and nothing of where."""

import hashlib
import json
import tomllib
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from cxstats.report import SAMPLE, build_report, read_config
from cxstats.report.provenance import provenance

from .conftest import CONFIG


def test_the_manifest_names_data_versions_and_configuration(project: Path, built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    digest = hashlib.sha256((project / "answers.csv").read_bytes()).hexdigest()
    assert manifest["data"] == {"file": "answers.csv", "sha256": digest}
    assert manifest["versions"] == {name: version(name) for name in ("cxstats", "pandas", "numpy", "matplotlib")}
    assert manifest["config"] == tomllib.loads((project / "report.toml").read_text(encoding="utf-8"))
    assert {"report.html", "report.xlsx", "tables/by-period.csv"} <= set(manifest["files"])
    for name, said in manifest["files"].items():
        assert hashlib.sha256((built / name).read_bytes()).hexdigest() == said


def test_a_named_data_set_is_named(configured: Callable[..., Path]) -> None:
    assert provenance(read_config(SAMPLE))["data"] == {"source": "sample"}


def test_no_folder_of_the_machine_is_told(configured: Callable[..., Path], tmp_path: Path, no_charts: None) -> None:
    path = configured(CONFIG.replace('"answers.csv"', f'"{tmp_path}/answers.csv"') + "\n[[metrics]]\n" + SINCE)
    build_report(read_config(path), tmp_path / "out")
    for file in (tmp_path / "out").rglob("*.*"):
        assert str(tmp_path).encode() not in file.read_bytes()
    said = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))["config"]
    assert said["data"]["file"] == "answers.csv"
    assert said["metrics"][2]["condition"]["above"] == 3


SINCE = 'kind = "share"\ncondition = {column = "overall", above = 3}\n'
