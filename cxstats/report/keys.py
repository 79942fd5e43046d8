"""A table of a configuration file is checked key by key: each known, each of its type, none missing."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cxstats.errors import ConfigError, listing


@dataclass(frozen=True)
class Key:
    """What one key holds: the words for its type, and whether it has to be there."""

    words: str
    needed: bool = False


TEXT, NUMBER, WHOLE, TRUTH = "a text", "a number", "a whole number", "true or false"
TABLE, TABLES, TEXTS, WHOLES = "a table", "a list of tables", "a text or a list of texts", "a list of whole numbers"
ANYTHING = "a value"
CODES = "a list of texts and numbers"
MEANT = {
    "path": "file",
    "filename": "file",
    "na": "missing",
    "kind": "variant",
    "version": "variant",
    "method": "variant",
}


def checked(place: str, table: Mapping[str, Any], keys: Mapping[str, Key]) -> dict[str, Any]:
    """Return the table; raise `ConfigError` naming the first key that is unknown, missing or of the wrong type."""
    for name, value in table.items():
        if name not in keys:
            hint = _meant(name, table, keys) or f" The keys are {listing(list(keys), most=20)}."
            raise ConfigError(f"{place}: unknown key {name!r}.{hint}")
        if not _is(keys[name].words, value):
            raise ConfigError(f"{place}: {name} = {_said(value)} is not {keys[name].words}.")
    for name, key in keys.items():
        if key.needed and name not in table:
            raise ConfigError(f"{place}: the key {name!r} is missing; it holds {key.words}.")
    return dict(table)


def _meant(name: str, table: Mapping[str, Any], keys: Mapping[str, Key]) -> str:
    """Return " Did you mean 'x'?": the nearest key that is not given yet, or what other programs call it."""
    free = [key for key in keys if key not in table]
    options = {**{alias: key for alias, key in MEANT.items() if key in free}, **{key: key for key in free}}
    close = difflib.get_close_matches(name.lower(), options, n=1, cutoff=0.6)
    if close:
        return f" Did you mean {options[close[0]]!r}?"
    given = difflib.get_close_matches(name.lower(), [key for key in keys if key in table], n=1, cutoff=0.6)
    return f" Did you mean {given[0]!r}, which is there already?" if given else ""


def _is(words: str, value: Any) -> bool:
    if words == TEXT:
        return isinstance(value, str) and bool(value.strip())
    if words == TRUTH:
        return isinstance(value, bool)
    if words == WHOLE:
        return isinstance(value, int) and not isinstance(value, bool)
    if words == NUMBER:
        return isinstance(value, int | float) and not isinstance(value, bool) and value == value
    if words == TABLE:
        return isinstance(value, dict)
    if words == TABLES:
        return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)
    if words == TEXTS:
        return _is(TEXT, value) or (isinstance(value, list) and bool(value) and all(_is(TEXT, v) for v in value))
    if words == WHOLES:
        return isinstance(value, list) and bool(value) and all(_is(WHOLE, v) for v in value)
    if words == CODES:
        return isinstance(value, list) and bool(value) and all(_is(TEXT, v) or _is(NUMBER, v) for v in value)
    return True


def _said(value: Any) -> str:
    """Return a value as TOML has it, shortened."""
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
