"""A first configuration: that of the sample survey, with every key explained; it works as it is."""

from __future__ import annotations

from pathlib import Path

from cxstats.errors import ConfigError
from cxstats.report.config import SAMPLE


def write_example(path: Path) -> Path:
    """Write the example and return its path; raise `ConfigError` if something is there already."""
    if path.suffix != ".toml":
        raise ConfigError(f"--init {path}: a configuration is a .toml file. Write {path.name or 'report'}.toml.")
    if not path.parent.is_dir():
        raise ConfigError(f"--init {path}: there is no folder {path.parent}. Make it first.")
    try:
        with path.open("xb") as file:
            file.write(SAMPLE.read_bytes())
    except FileExistsError as error:
        raise ConfigError(
            f"--init {path}: this file is there already and stays. Name another one, or move it."
        ) from error
    return path
