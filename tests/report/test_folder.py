import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cxstats.errors import ArgumentError
from cxstats.report import build_report, read_config
from cxstats.report.folder import MANIFEST, need_ours, replacing


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def write(target: Path, text: str) -> None:
    with replacing(target) as folder:
        (folder / "a.txt").write_text(text, encoding="utf-8")


def test_a_new_folder_and_its_parents_are_made(tmp_path: Path) -> None:
    write(tmp_path / "new" / "deep" / "out", "1")
    assert set(bytes_of(tmp_path)) == {"new/deep/out/a.txt", f"new/deep/out/{MANIFEST}"}
    assert json.loads((tmp_path / "new" / "deep" / "out" / MANIFEST).read_text())["files"].keys() == {"a.txt"}


def test_a_former_report_is_replaced_whole(tmp_path: Path) -> None:
    with replacing(tmp_path / "out") as folder:
        (folder / "old.txt").write_text("1")
    write(tmp_path / "out", "2")
    assert set(bytes_of(tmp_path)) == {"out/a.txt", f"out/{MANIFEST}"}


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write(tmp_path / "out", "1")
    assert "out/a.txt" in bytes_of(tmp_path)


@pytest.mark.parametrize("there", ["notes.txt", "sub/notes.txt", MANIFEST, "sub"])
def test_somebody_elses_folder_stays(tmp_path: Path, there: str) -> None:
    place = tmp_path / "out" / there
    if there == "sub":
        place.mkdir(parents=True)
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text('{"what": "something else"}')
    before = bytes_of(tmp_path)
    with pytest.raises(ArgumentError, match="not replaced"):
        write(tmp_path / "out", "1")
    assert bytes_of(tmp_path) == before


def test_a_file_put_into_a_report_is_not_lost(tmp_path: Path) -> None:
    write(tmp_path / "out", "1")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    with pytest.raises(ArgumentError, match=r"'notes\.txt', which would be lost"):
        write(tmp_path / "out", "2")
    assert (tmp_path / "out" / "a.txt").read_text() == "1"


def test_neither_a_file_nor_the_current_folder_is_a_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(ArgumentError, match="this is a file"):
        need_ours(tmp_path / "out")
    monkeypatch.chdir(tmp_path)
    for name in (".", "..", str(tmp_path)):
        with pytest.raises(ArgumentError, match="current folder"):
            need_ours(Path(name))


def test_a_link_to_a_report_stays_a_link(tmp_path: Path) -> None:
    write(tmp_path / "real", "1")
    os.symlink(tmp_path / "real", tmp_path / "link")
    write(tmp_path / "link", "2")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "a.txt").read_text() == "2"


def test_a_run_that_fails_leaves_everything_as_it_was(tmp_path: Path) -> None:
    def fail(target: Path) -> None:
        with replacing(target) as folder:
            (folder / "half.txt").write_text("x")
            raise KeyboardInterrupt

    write(tmp_path / "out", "1")
    before = bytes_of(tmp_path)
    for target in (tmp_path / "out", tmp_path / "new" / "deep"):
        with pytest.raises(KeyboardInterrupt):
            fail(target)
    assert bytes_of(tmp_path) == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_swap_that_fails_puts_the_former_report_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "out", "1")
    before = bytes_of(tmp_path)
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise PermissionError(13, "no")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(PermissionError):
        write(tmp_path / "out", "2")
    assert bytes_of(tmp_path) == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("step", ["write_tables", "_draw", "write_workbook", "write_page"])
def test_a_report_that_fails_midway_leaves_the_former_one(
    configured: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_charts: None, step: str
) -> None:
    config = read_config(configured())
    build_report(config, tmp_path / "out")
    before = bytes_of(tmp_path)

    def broken(*arguments: Any) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(f"cxstats.report.build.{step}", broken)
    with pytest.raises(OSError, match="no space"):
        build_report(config, tmp_path / "out")
    assert bytes_of(tmp_path) == before
    assert {p.name for p in tmp_path.iterdir()} == {"answers.csv", "report.toml", "out"}
