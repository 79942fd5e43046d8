"""Errors say three things: the place, the value found there, and the remedy.

Everything cxstats raises on purpose is a `CxError`; each kind is also the built-in error a caller
would expect (`ValueError`, `KeyError`), so code that catches those keeps working.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

CONVERT = "Convert it first (for example with pd.to_numeric), or name another column."  # texts where numbers belong


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


class DeclarationError(CxError, ValueError):
    """A file of declared claims cannot be read, or was changed after it was written."""


class FetchError(CxError, OSError):
    """A public data file is neither on this machine nor reachable."""


class Unanswerable(CxError):
    """The data at hand cannot answer: a column, a group, a period, a second PSU or a scale is not there.

    A claim that meets it is untestable; every other error is somebody's mistake and stays one.
    """


class NoColumnError(ColumnError, Unanswerable):
    """A column is not there."""

    def __init__(self, message: str, column: str = "") -> None:
        super().__init__(message)
        self.column = column


class NoGroupError(ArgumentError, Unanswerable):
    """No row belongs to a group or a period that is asked for."""


class NoRowsError(DataError, Unanswerable):
    """The frame has no rows."""


class LonePsuError(DesignError, Unanswerable):
    """A stratum holds a single PSU, so nothing is known of its variance."""


class PopulationError(ArgumentError, Unanswerable):
    """Two published figures are not known to be of one population, so nothing follows on what they have in common."""


class NotIdentifiedError(DataError, Unanswerable):
    """The answers cannot tell the parameters of a model apart, or let them grow without end."""


class NoScaleError(ArgumentError, Unanswerable):
    """The scale of a column is not declared, so what is asked of it has no unit."""


def suggestion(wanted: object, options: Iterable[object]) -> str:
    """Return " Did you mean 'x'?" for the closest option, capitals and blanks apart, or an empty string."""
    alike = {str(option).strip().casefold(): str(option) for option in options}
    close = difflib.get_close_matches(str(wanted).strip().casefold(), alike, n=1, cutoff=0.6)
    return f" Did you mean {alike[close[0]]!r}?" if close else ""


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
            raise NoColumnError(f"{place}: no column {name!r}.{hint}", name)
        if count > 1:
            raise ColumnError(
                f"{place}: {count} columns are named {name!r}. Rename them so that each name is used once."
            )


def need_free(place: str, own: Iterable[str], have: Iterable[object]) -> None:
    """Raise `ArgumentError` if a column has a name that cxstats gives: capitals apart, as DuckDB and Spark read names."""
    there = {str(name).casefold(): name for name in have}
    taken = next((name for name in own if name.casefold() in there), None)
    if taken is not None:
        theirs = there[taken.casefold()]
        so = "" if theirs == taken else f", and capitals do not tell {theirs!r} from it"
        raise ArgumentError(f"{place}: a log has a column {taken!r} of its own{so}. Rename yours.")


def one_of(place: str, value: object, options: Sequence[object]) -> None:
    """Raise `ArgumentError` unless `value` is one of the options."""
    if value not in options:
        raise ArgumentError(
            f"{place}: {value!r} is not one of {listing(list(options), most=20)}.{suggestion(value, options)}"
        )
