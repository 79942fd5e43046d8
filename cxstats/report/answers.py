"""The table ``[data]`` of a configuration: a named data set, or a file of one's own and how it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cxstats.errors import ConfigError, listing
from cxstats.readers.files import PARQUET, SHEETS
from cxstats.readers.files import TEXT as FILE_TEXT
from cxstats.report.keys import CODES, SIGN, TEXT, TRUTH, WHOLES, Key, checked, need_one_of
from cxstats.report.syntax import BACKSLASH

SOURCES = ("sample", "sfo", "acsi")
DATA = {
    "source": Key(TEXT),
    "file": Key(TEXT),
    "sheet": Key(TEXT),
    "decimal": Key(TEXT),
    "thousands": Key(SIGN),
    "encoding": Key(TEXT),
    "missing": Key(CODES),
    "strip": Key(TRUTH),
    "years": Key(WHOLES),
}
FILE_ONLY = ("sheet", "decimal", "thousands", "encoding", "missing", "strip")
ENDINGS = (*FILE_TEXT, *PARQUET, *SHEETS)


def read_data(path: Path, table: dict[str, Any]) -> dict[str, Any]:
    """Return what a ``[data]`` table says, by the attributes of `Config`; raise `ConfigError` naming a key that is wrong."""
    place = f"{path.name}, [data]"
    data = checked(place, table, DATA)
    named = data.get("source", "")
    if named not in SOURCES and Path(named).suffix.lower() in ENDINGS:
        raise ConfigError(f'{place}: source = "{named}" looks like a file. Use file = "{named}".')
    if ("source" in data) == ("file" in data):
        raise ConfigError(f"{place}: name either a source ({listing(SOURCES)}) or a file, one of the two.")
    if "source" in data:
        need_one_of(f"{place} source", data["source"], SOURCES)
    if "years" in data and data.get("source") != "sfo":
        raise ConfigError(f"{place}: years = {data['years']!r} is for source = 'sfo' only.")
    for key in ("file", "sheet"):
        if any(ord(letter) < 32 for letter in data.get(key, "")):
            raise ConfigError(f"{place}: {key} = {data[key]!r} holds a sign that is not printed. {BACKSLASH}")
    for key in FILE_ONLY:
        if key in data and "file" not in data:
            raise ConfigError(f"{place}: {key} = {data[key]!r} is for a file only.")
    if data.get("decimal", ".") not in (".", ","):
        raise ConfigError(f"{place}: decimal = {data['decimal']!r} is neither '.' nor ','.")
    if data.get("decimal") == "," and Path(data["file"]).suffix.lower() not in FILE_TEXT:
        raise ConfigError(f"{place}: decimal = ',' is for .csv and .tsv; other files hold numbers. Leave it out.")
    return {
        "source": data.get("source", ""),
        "file": path.parent / data["file"] if "file" in data else None,
        "decimal": data.get("decimal", "."),
        **{key: data.get(key) for key in ("sheet", "thousands", "encoding")},
        "missing": tuple(data.get("missing", ())),
        "strip": data.get("strip", True),
        "years": tuple(data["years"]) if "years" in data else None,
    }
