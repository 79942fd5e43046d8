"""The tables of a report: by period, by group, changes, trends, targets, and what each metric means."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cxstats.report.config import Config
from cxstats.report.measures import Measured, joined
from cxstats.report.source import Source
from cxstats.report.suppression import ALL
from cxstats.report.words import shown, slug
from cxstats.tables.formulas import guarded, write_table

if TYPE_CHECKING:
    import pandas as pd


def tables_of(source: Source, config: Config, found: list[Measured]) -> dict[str, pd.DataFrame]:
    """Return the tables of a report by name, periods that are dates as texts; of made-up data, a column says so."""
    tables = {"by-period": joined([m.by_period for m in found]), "overall": joined([m.overall for m in found])}
    taken = {*tables, "changes", "trends", "targets", "metrics"}
    for group in config.groups:
        name = slug(f"by-{group}", taken)
        both = slug(f"by-period-and-{group}", taken | {name})
        taken |= {name, both}
        tables[name] = joined([m.by_group[group] for m in found])
        tables[both] = joined([m.by_both[group] for m in found])
    tables["changes"] = joined([m.changes for m in found])
    tables["trends"] = joined([m.trend for m in found])
    if any(m.metric.target is not None for m in found):
        tables["targets"] = joined([m.target for m in found])
    tables["metrics"] = _definitions(source, found)
    mark = {"synthetic": True} if source.synthetic else {}
    return {name: _dated(table).assign(**mark) for name, table in tables.items()}


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> list[Path]:
    """Write the tables into a new folder, one file each, and return their paths."""
    folder.mkdir()
    return [write_table(folder / f"{name}.csv", table) for name, table in tables.items()]


def escaped(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return the texts that get an apostrophe in front, each once."""
    texts = [text for name, table in tables.items() for text in (name, *map(str, table.columns), *_texts(table))]
    return [text for text in dict.fromkeys(texts) if guarded(text) != text]


def _texts(table: pd.DataFrame) -> list[str]:
    from pandas.api import types

    texts = [table[name] for name in table.columns if not types.is_numeric_dtype(table[name].dtype)]
    return [value for column in texts for value in column.astype(object) if isinstance(value, str)]


def _dated(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with periods that are dates as texts."""
    from pandas.api import types

    dates = [n for n in table.columns if types.is_datetime64_any_dtype(table[n].dtype)]
    return table.assign(**{name: table[name].map(shown) for name in dates})


def _definitions(source: Source, found: list[Measured]) -> pd.DataFrame:
    import pandas as pd

    rows = [
        {
            "metric": m.metric.name,
            "kind": m.metric.kind,
            "meaning": m.metric.meaning,
            "columns": ", ".join(m.metric.score.columns()),
            "unit": m.metric.score.unit,
            "better": m.metric.score.direction or "",
            "target": float("nan") if m.metric.target is None else m.metric.target,
            "answers": m.answers if ALL not in m.hidden else None,
            "data": source.name,
        }
        for m in found
    ]
    return pd.DataFrame(rows).astype({"answers": "Int64"})
