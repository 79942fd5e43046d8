"""Errors say three things: the place, the value found there, and the remedy.

Everything cxstats raises on purpose is a `CxError`; each kind is also the built-in error a caller
would expect (`ValueError`, `KeyError`), so code that catches those keeps working.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence


class CxError(Exception):
    """Any error that cxstats raises on purpose."""

    def __str__(self) -> str:  # KeyError would print the repr of the message
        return str(self.args[0]) if self.args else ""


class ColumnError(CxError, KeyError):
    """A column is not there, is there twice, or holds the wrong kind of values."""


class DataError(CxError, ValueError):
    """Values in the data contradict what was said about them (scale, weights, infinities)."""


class DesignError(CxError, ValueError):
    """The sampling design cannot be what was stated (a PSU in two strata, a lone PSU, a bad fpc)."""


class VariantError(CxError, ValueError):
    """Two metrics that are not the same measure were compared, trended or stacked."""


class ArgumentError(CxError, ValueError):
    """An argument has a value that means nothing here."""


class ConfigError(CxError, ValueError):
    """A configuration file is not readable, or one of its keys is unknown or wrong."""


class FetchError(CxError, OSError):
    """A public data file is neither on this machine nor reachable."""


def suggestion(wanted: object, options: Iterable[object]) -> str:
    """Return " Did you mean 'x'?" for the closest option, or an empty string."""
    close = difflib.get_close_matches(str(wanted), [str(o) for o in options], n=1, cutoff=0.6)
    return f" Did you mean {close[0]!r}?" if close else ""


def listing(values: Sequence[object], most: int = 8) -> str:
    """Return the values as "'a', 'b', 'c' and 4 more"."""
    shown = ", ".join(repr(v) for v in values[:most])
    return shown + (f" and {len(values) - most} more" if len(values) > most else "")


def need_columns(place: str, wanted: Iterable[str], have: Sequence[str]) -> None:
    """Raise `ColumnError` unless every wanted column is there, once."""
    for name in wanted:
        if not isinstance(name, str):
            raise ColumnError(f"{place}: a column is named by a text, not by {name!r}.")
        count = sum(1 for h in have if h == name)
        if count == 0:
            hint = suggestion(name, have) or f" The columns are {listing(list(have))}."
            raise ColumnError(f"{place}: no column {name!r}.{hint}")
        if count > 1:
            raise ColumnError(
                f"{place}: {count} columns are named {name!r}. Rename them so that each name is used once."
            )


def one_of(place: str, value: object, options: Sequence[object]) -> None:
    """Raise `ArgumentError` unless `value` is one of the options."""
    if value not in options:
        raise ArgumentError(
            f"{place}: {value!r} is not one of {listing(list(options), most=20)}.{suggestion(value, options)}"
        )
