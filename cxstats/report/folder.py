"""A folder is replaced as a whole or not at all: built beside the target, put in its place by rename.

What is replaced must be a report: a folder without the manifest of one, or with files that the manifest does not list, is
somebody's, and stays.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cxstats.errors import ArgumentError, listing

MANIFEST = "manifest.json"
MARK = "cxstats report"


@contextmanager
def replacing(target: Path, about: Mapping[str, Any] | None = None) -> Iterator[Path]:
    """Give a new folder to write into; when the block ends well it takes the place of the target, else it is removed.

    What it is `about` is written into the manifest, beside the files.
    """
    target = need_ours(target)
    made = _parents(target)
    workshop = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        fresh = workshop / "new"
        fresh.mkdir()
        yield fresh
        write_manifest(fresh, about or {})
        need_ours(target)  # again, for it took a while
        _swap(fresh, target, workshop / "old")
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
        for parent in made:
            if parent.is_dir() and not any(parent.iterdir()):
                parent.rmdir()


def need_ours(target: Path) -> Path:
    """Return the target as a full path; raise `ArgumentError` unless it is free, an empty folder or a former report."""
    target = Path(os.path.realpath(target))
    if target == Path.cwd() or target in Path.cwd().parents:
        raise ArgumentError(f"--out {target}: this is the current folder or one above it. Name a folder inside it.")
    if not target.exists():
        return target
    if not target.is_dir():
        raise ArgumentError(f"--out {target}: this is a file. Name a folder.")
    there = sorted(p.relative_to(target).as_posix() for p in target.rglob("*") if not p.is_dir() or p.is_symlink())
    if not there and not any(target.iterdir()):
        return target
    ours = _listed(target / MANIFEST)
    if ours is None:
        raise ArgumentError(
            f"--out {target}: the folder holds {listing(there or sorted(p.name for p in target.iterdir()), 3)} and is no "
            "former report, so it is not replaced. Name another folder, or empty this one."
        )
    foreign = [name for name in there if name not in ours]
    if foreign:
        raise ArgumentError(
            f"--out {target}: besides the former report the folder holds {listing(foreign, 3)}, which would be lost. "
            "Move them, or name another folder."
        )
    return target


def write_manifest(folder: Path, about: Mapping[str, Any]) -> None:
    """Write the list of the folder's files with their sha256, by which a former report is known, and what it is about."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    content = {
        "what": MARK,
        **about,
        "files": {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files},
    }
    (folder / MANIFEST).write_bytes((json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode("utf-8"))


def _listed(manifest: Path) -> set[str] | None:
    """Return the files of a former report, None if there is no manifest of one."""
    try:
        content = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(content, dict) or content.get("what") != MARK or not isinstance(content.get("files"), dict):
        return None
    return {*content["files"], MANIFEST}


def _parents(target: Path) -> list[Path]:
    """Make the folders above the target; return those made, the innermost first."""
    missing = [parent for parent in target.parents if not parent.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    return missing


def _swap(fresh: Path, target: Path, old: Path) -> None:
    if not target.exists():
        fresh.rename(target)
        return
    target.rename(old)
    try:
        fresh.rename(target)
    except BaseException:
        old.rename(target)
        raise
