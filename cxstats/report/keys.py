"""A table of a configuration file is checked key by key: each known, each of its type, none missing."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cxstats.errors import ArgumentError, ConfigError, listing, one_of


@dataclass(frozen=True)
class Key:
    """What one key holds: the words for its type, and whether it has to be there."""

    words: str
    needed: bool = False


TEXT, NUMBER, WHOLE, TRUTH = "a text", "a number", "a whole number", "true or false"
TABLE, TABLES, TEXTS, WHOLES = "a table", "a list of tables", "a text or a list of texts", "a list of whole numbers"
ANYTHING = "a value"
CODES, SIGN = "a list of texts and numbers", "a single sign in quotes"
HOMES = {  # where keys belong that are often written elsewhere
    "above the first [table]": ("title", "level", "min_n", "numbers"),
    "in [data]": ("file", "sheet", "decimal", "thousands", "encoding", "missing", "strip", "years"),
    "in [design]": ("weight", "strata", "psu", "fpc", "lone_psu", "nest"),
    "in [period]": ("every", "date_format", "fiscal_start", "incomplete"),
    "in [groups]": ("by",),
    "in [compare]": ("previous", "year_earlier", "first", "trend", "adjust"),
    "in a [[metrics]] table": ("kind", "target", "better", "scale", "top", "variant", "easy", "yes", "condition"),
}
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
            raise ConfigError(f"{place}: unknown key {name!r}.{_home(name)}{hint}")
        if not _is(keys[name].words, value):
            hint = _instead(name, keys[name].words, value)
            raise ConfigError(f"{place}: {name} = {_said(value)} is not {keys[name].words}.{hint}")
    for name, key in keys.items():
        if key.needed and name not in table:
            table_of = {TABLE: f" Write [{name}] and its keys.", TABLES: f" Write [[{name}]] above each of them."}
            raise ConfigError(
                f"{place}: the key {name!r} is missing; it holds {key.words}.{table_of.get(key.words, '')}"
            )
    return dict(table)


def need_one_of(place: str, value: object, options: tuple[str, ...]) -> None:
    """Raise `ConfigError` unless the value is one of the options."""
    try:
        one_of(place, value, options)
    except ArgumentError as error:
        raise ConfigError(str(error)) from error


def _home(name: str) -> str:
    """Return where a key belongs that is known elsewhere."""
    home = next((home for home, keys in HOMES.items() if name in keys), None)
    return f" It belongs {home}." if home else ""


def _instead(name: str, words: str, value: Any) -> str:
    """Return what to write for a value of the wrong type."""
    if words == TABLES and isinstance(value, dict):
        return f" Write [[{name}]], in double brackets, above each of them."
    if words == TABLE and isinstance(value, list) and all(isinstance(v, dict) for v in value):
        return f" Write [{name}], in single brackets."
    if words in (NUMBER, WHOLE) and isinstance(value, str):
        number = value.strip().rstrip("%").rstrip().replace(",", ".")
        if _is_number(number) and (words == NUMBER or number.lstrip("+-").isdecimal()):
            return f" Write it without quotes: {name} = {number}."
    if words == WHOLE and isinstance(value, float):
        return " Write it without a point; thousands have no mark."
    if words == TRUTH:
        return f" Write {name} = true or {name} = false, without quotes."
    if words == CODES:
        return f" Write it in brackets: {name} = [{value!r}]." if isinstance(value, str | int | float) else ""
    if words in (TEXT, TEXTS) and isinstance(value, int | float) and not isinstance(value, bool):
        return f' Write it in quotes: {name} = "{value}".'
    return ""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


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
    if words == SIGN:
        return isinstance(value, str) and len(value) == 1
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
