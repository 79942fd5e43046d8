"""What a report was made from and with: the data by its sha256 or name, the versions, the configuration as read.

It holds no time, no user and no folder, so that two runs on the same data and versions give the same bytes.
"""

from __future__ import annotations

import datetime
import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cxstats.report.config import Config

LIBRARIES = ("cxstats", "pandas", "numpy", "matplotlib")


def provenance(config: Config) -> dict[str, Any]:
    """Return what the manifest says beside the list of files."""
    return {
        "data": _data(config),
        "versions": {name: version(name) for name in LIBRARIES},
        "config": _written(config.as_read),
    }


def _data(config: Config) -> dict[str, str]:
    if config.file is None:
        return {"source": config.source}
    with config.file.open("rb") as file:
        return {"file": config.file.name, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _written(value: Any) -> Any:
    """Return a value of the configuration as JSON knows it; a file by its name, for its folder is nobody's business."""
    if isinstance(value, dict):
        return {k: Path(v).name if k == "file" and isinstance(v, str) else _written(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_written(v) for v in value]
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else value
