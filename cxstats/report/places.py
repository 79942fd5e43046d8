"""An error of the data says which line of the configuration led there: the file, the table, the key or the metric."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cxstats.errors import ArgumentError, ColumnError, DataError, DesignError
from cxstats.readers.files import TEXT
from cxstats.readers.lines import line_numbers
from cxstats.report.config import Config
from cxstats.report.dates import not_dates
from cxstats.report.remedies import in_toml
from cxstats.report.words import listed

if TYPE_CHECKING:
    import pandas as pd

MOST_LINES = 5
COLUMN, OUTSIDE = re.compile(r"column '([^']*)'"), re.compile(r"outside the scale (\S+) to (\S+)")
DESIGN_KEY = re.compile(r"Survey\((weight|strata|psu|fpc|lone_psu|nest)=")


@contextmanager
def placed(config: Config, place: str, *named: str, frame: pd.DataFrame | None = None) -> Iterator[None]:
    """Raise errors of the data again, of the same kind, with the place in the configuration in front.

    What the design is to blame for is said of ``[design]``, whatever was being done. A message that begins with one of
    `named` loses that: the place says it. What remains is said in the words of the configuration, with the lines of the file
    if the rows of `frame` that it complains of are few.
    """
    try:
        yield
    except (DataError, ColumnError, DesignError, ArgumentError) as error:
        said = str(error)
        where = _design(config, said) if isinstance(error, DesignError) or said.startswith("Survey") else place
        for beginning in named:
            said = said.removeprefix(beginning)
        text = config.file is not None and config.file.suffix.lower() in TEXT
        lines = "" if frame is None else lines_of(config, _blamed(config, frame, said))
        own = config.file is not None
        said = in_toml(said, missing=config.missing, decimal=config.decimal, text_file=text, own=own)
        raise type(error)(f"{config.path.name}, {where}: {said}{lines}") from error


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


def lines_of(config: Config, rows: pd.Series[bool] | None) -> str:
    """Return where rows lie in the file, in a sentence with a blank in front: how many, and the lines of the first few."""
    if rows is None or config.file is None or not 0 < rows.sum() <= len(rows) / 2:
        return ""
    found = rows.to_numpy().nonzero()[0].tolist()
    lines = [str(n) for n in line_numbers(config.file, found[:MOST_LINES], config.encoding)]
    more = len(found) - MOST_LINES
    named = listed([*lines, f"{more:,} more"] if more > 0 else lines)
    return f" In {config.file.name}: line{'s'[: len(found) != 1]} {named}."


def _blamed(config: Config, frame: pd.DataFrame, said: str) -> pd.Series[bool] | None:
    """Return the rows of the column that a message names, if it complains of single ones."""
    import pandas as pd

    column = next((frame[name] for name in COLUMN.findall(said) if name in frame.columns), None)
    if column is None:
        return None
    number = pd.to_numeric(column.astype("object"), errors="coerce").astype("float64")
    rows: pd.Series[bool] | None = None
    if re.search(r"missing values|(is|are) missing", said):
        rows = column.isna()
    if "no date" in said:
        rows = not_dates(column, config.calendar.date_format)
    if "no number" in said:
        rows = column.notna() & number.isna()
    if re.search(r"(is|are) negative", said):
        rows = number < 0
    if scale := OUTSIDE.search(said):
        rows = number.notna() & ~number.between(float(scale[1]), float(scale[2]))
    return rows
