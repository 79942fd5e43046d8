"""How the rows were sampled: weights, strata, clusters, population sizes, and what to do with a lone cluster.

No design given means a simple random sample. Only the first stage counts: primary sampling units (PSUs) are treated
as if drawn with replacement within strata unless `fpc` states how many there were (the ultimate-cluster variance).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cxstats.errors import ArgumentError, one_of

LONE_PSU = ("error", "center", "skip")


@dataclass(frozen=True)
class Design:
    """The sampling design of a survey, by column names.

    Attributes
    ----------
    weight : str or None
        Column of sampling weights (rows represented). None: every row counts once.
    strata : tuple of str
        Columns that together name the stratum.
    psu : tuple of str
        Columns that together name the primary sampling unit. Empty: every row is its own.
    fpc : str or None
        Column with the number of PSUs in the stratum's population.
    lone_psu : str
        A stratum of one PSU has no variance of its own: "error" refuses, "center" takes its deviation from the overall
        estimate, "skip" leaves it out.
    nest : bool
        PSU names are only unique within strata.
    """

    weight: str | None = None
    strata: tuple[str, ...] = ()
    psu: tuple[str, ...] = ()
    fpc: str | None = None
    lone_psu: str = "error"
    nest: bool = False

    def columns(self) -> list[str]:
        """Return the names of the design's columns, each once."""
        single = [name for name in (self.weight, self.fpc) if name is not None]
        return list(dict.fromkeys([*single, *self.strata, *self.psu]))

    def describe(self) -> str:
        """Return the design in a few words."""
        parts = []
        if self.strata:
            parts.append(f"strata {' x '.join(self.strata)}")
        if self.psu:
            parts.append(f"clusters {' x '.join(self.psu)}")
        if self.weight:
            parts.append(f"weight {self.weight}")
        if self.fpc:
            parts.append(f"population sizes {self.fpc}")
        return ", ".join(parts) if parts else "simple random sample"


def design(
    weight: str | None = None,
    strata: str | Sequence[str] | None = None,
    psu: str | Sequence[str] | None = None,
    fpc: str | None = None,
    lone_psu: str = "error",
    nest: bool = False,
) -> Design:
    """Return the design, with its arguments checked."""
    one_of("Survey(lone_psu=)", lone_psu, LONE_PSU)
    for name, value in (("weight", weight), ("fpc", fpc)):
        if value is not None and not isinstance(value, str):
            raise ArgumentError(f"Survey({name}=): one column name is needed, not {value!r}.")
    if nest and not (strata and psu):
        raise ArgumentError("Survey(nest=True): PSUs can only be nested in strata: give both strata= and psu=.")
    return Design(weight, _names("strata", strata), _names("psu", psu), fpc, lone_psu, bool(nest))


def _names(place: str, names: str | Sequence[str] | None) -> tuple[str, ...]:
    if names is None:
        return ()
    found = (names,) if isinstance(names, str) else tuple(names)
    if not all(isinstance(name, str) for name in found) or len(set(found)) < len(found):
        raise ArgumentError(
            f"Survey({place}=): a column name or a list of different column names is needed, not {names!r}."
        )
    return found
