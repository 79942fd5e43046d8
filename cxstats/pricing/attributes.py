"""Attributes of alternatives as columns of numbers: numbers as they are, texts as 0/1 contrasts with a base level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.errors import CONVERT, ArgumentError, ColumnError, DataError, listing, one_of
from cxstats.memory import Frame, factorised, ordered

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Attribute:
    """One attribute: a number between `low` and `high` as shown, or one of `levels`, of which the first is the base."""

    name: str
    levels: tuple[Any, ...] = ()
    low: float = -np.inf
    high: float = np.inf

    @property
    def terms(self) -> list[str]:
        """Names of its columns: its own, or one for each level but the base."""
        return [f"{self.name}: {level}" for level in self.levels[1:]] or [self.name]

    @property
    def note(self) -> str:
        """What its coefficients compare with."""
        return f"compared with {self.name} {self.levels[0]!r}" if self.levels else ""

    def of(self, value: Any, place: str) -> list[float]:
        """Return the columns for one value."""
        if self.levels:
            one_of(f"{place}: {self.name}", value, self.levels)
            return [float(value == level) for level in self.levels[1:]]
        number = isinstance(value, int | float | np.number | np.bool_)
        if not number or not np.isfinite(value):
            raise ArgumentError(f"{place}: {self.name} is a finite number, not {value!r}.")
        return [float(value)]

    def beyond(self, value: Any) -> str:
        """Say where a value lies outside of those shown."""
        if self.levels or self.low <= value <= self.high:
            return ""
        return f"{self.name} {value:g} lies outside of what was shown ({self.low:g} to {self.high:g})"


def coded(frame: Frame, data: pd.DataFrame, name: str, place: str) -> tuple[Attribute, np.ndarray, np.ndarray]:
    """Return an attribute, its columns (rows x terms), and the rows where it is missing."""
    kind = frame.kinds([name])[name]
    if kind == "text":
        key = ordered(*factorised(data[name]))
        levels = tuple(key.levels.tolist())
        if not hasattr(data[name], "cat") and all(_is_number(level) for level in levels):
            raise ColumnError(
                f"{place}: column {name!r} holds numbers as texts (such as {levels[0]!r}). Convert it with pd.to_numeric, or "
                "make it a category if they are names."
            )
        if len(levels) == 1:
            raise DataError(f"{place}: column {name!r} holds {levels[0]!r} only, so it varies nowhere. Leave it out.")
        return Attribute(name, levels), (key.codes[:, None] == np.arange(1, len(levels))).astype(float), key.codes < 0
    values = numbers_of(frame, data, name, place)
    missing = np.isnan(values)
    shown = values[~missing] if not missing.all() else np.zeros(1)
    return Attribute(name, (), float(shown.min()), float(shown.max())), values[:, None], missing


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def numbers_of(frame: Frame, data: pd.DataFrame, name: str, place: str) -> np.ndarray:
    """Return a column as finite numbers, NaN where it is missing; raise for texts and infinities."""
    if frame.kinds([name])[name] not in ("number", "boolean"):
        found, remedy = frame.why_no_number(name)
        raise ColumnError(f"{place}: column {name!r} holds {found}, where numbers are needed. {remedy or CONVERT}")
    column: Any = data[name].astype(object) if hasattr(data[name], "cat") else data[name]
    values = np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))
    infinite = np.flatnonzero(np.isinf(values))
    if len(infinite):
        raise DataError(
            f"{place}: column {name!r} is infinite in row {infinite[0] + 1} ({len(infinite):,} such rows). "
            "Recode such values as missing."
        )
    return values


def offered(
    attributes: Sequence[Attribute], alternatives: Any, place: str
) -> tuple[list[Any], list[dict[str, Any]], np.ndarray]:
    """Return the names of alternatives, their attributes, and their columns (alternatives x terms)."""
    named = _named(alternatives, [a.name for a in attributes], place)
    if len(named) < 2:
        raise ArgumentError(f"{place}: {len(named)} alternative is given; shares need two or more to choose from.")
    for name, values in named.items():
        lacking = [a.name for a in attributes if a.name not in values]
        if lacking:
            raise ArgumentError(
                f"{place}: alternative {name!r} has no {listing(lacking)}. Give every attribute a value."
            )
    x = [
        [number for a in attributes for number in a.of(values[a.name], f"{place}, alternative {name!r}")]
        for name, values in named.items()
    ]
    return list(named), list(named.values()), np.asarray(x)


def _named(alternatives: Any, attributes: Sequence[str], place: str) -> dict[Any, dict[str, Any]]:
    """Return alternatives by name, from a mapping, a list of mappings (numbered from 1) or a frame (a row each)."""
    if isinstance(alternatives, Mapping):
        rows = dict(alternatives)
    elif isinstance(alternatives, Sequence) and not isinstance(alternatives, str):
        rows = dict(enumerate(alternatives, start=1))
    else:
        from cxstats import frames

        frame = frames.wrap(alternatives)
        records = frames.in_memory(frame, frame.columns).to_dict("records")
        given = [r.get("alternative", i) if "alternative" not in attributes else i for i, r in enumerate(records, 1)]
        if len(set(given)) < len(given):
            raise ArgumentError(f"{place}: two rows are named {listing(sorted(map(str, given)))} by 'alternative'.")
        return {name: {a: r[a] for a in attributes if a in r} for name, r in zip(given, records, strict=True)}
    for name, values in rows.items():
        if not isinstance(values, Mapping):
            raise ArgumentError(f"{place}: alternative {name!r} is a mapping of attributes to values, not {values!r}.")
        for attribute in values:
            one_of(f"{place}, alternative {name!r}", attribute, list(attributes))
    return {name: dict(values) for name, values in rows.items()}
