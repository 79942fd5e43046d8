"""An error of the data says which line of the configuration led there: the file, the table, the key or the metric."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from cxstats.errors import ArgumentError, ColumnError, DataError, DesignError
from cxstats.readers.files import TEXT
from cxstats.report.config import Config
from cxstats.report.remedies import in_toml

DESIGN_KEY = re.compile(r"Survey\((weight|strata|psu|fpc|lone_psu|nest)=")


@contextmanager
def placed(config: Config, place: str, *named: str) -> Iterator[None]:
    """Raise errors of the data again, of the same kind, with the place in the configuration in front.

    What the design is to blame for is said of ``[design]``, whatever was being done. A message that begins with one of
    `named` loses that: the place says it. What remains is said in the words of the configuration.
    """
    try:
        yield
    except (DataError, ColumnError, DesignError, ArgumentError) as error:
        said = str(error)
        where = _design(config, said) if isinstance(error, DesignError) or said.startswith("Survey") else place
        for beginning in named:
            said = said.removeprefix(beginning)
        text = config.file is not None and config.file.suffix.lower() in TEXT
        said = in_toml(said, missing=config.missing, text_file=text, own=config.file is not None)
        raise type(error)(f"{config.path.name}, {where}: {said}") from error


def metric_place(config: Config, number: int) -> str:
    """Return how a message names a metric: "[[metrics]] number 1 (csat overall)"; numbers start from 1."""
    metric = config.metrics[number - 1]
    return f"[[metrics]] number {number} ({' '.join([metric.kind, *metric.score.columns()])})"


def _design(config: Config, said: str) -> str:
    """Return the table and, as far as the message tells, the key."""
    if found := DESIGN_KEY.search(said):
        return f"[design] {found[1]}"
    for key in ("weight", "strata", "psu", "fpc"):
        value = config.design.get(key) or []
        if any(repr(name) in said for name in ([value] if isinstance(value, str) else value)):
            return f"[design] {key}"
    return "[design]"
