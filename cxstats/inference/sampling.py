"""From design columns to numbers: each cell's stratum and PSU, how many PSUs were sampled, and from how many."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxstats.errors import DesignError, LonePsuError
from cxstats.inference.show import label
from cxstats.memory import Sums
from cxstats.survey import Survey


def numbered(sums: Sums, columns: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """Return the number of each cell's combination of key columns, in sorted order, and the combinations' names."""
    for name in columns:
        missing = sums.keys[name].codes < 0
        if missing.any():
            raise DesignError(
                f"Survey: column {name!r} of the design has missing values. Every row needs its stratum and its PSU: "
                "repair them, or drop those rows before."
            )
    if not columns:
        return np.zeros(len(sums.inside), dtype=np.int64), [""]
    numbers, occurring = dense([sums.keys[name].codes for name in columns])
    labels = [
        [label(v) for v in sums.keys[name].levels.iloc[codes]] for name, codes in zip(columns, occurring, strict=True)
    ]
    return numbers, [" / ".join(parts) for parts in zip(*labels, strict=True)]


def dense(keys: Sequence[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the number of each combination of codes that occur, in sorted order, and each number's codes."""
    numbers = np.zeros(len(keys[0]), dtype=np.int64)
    occurring: list[np.ndarray] = []
    for codes in keys:
        width = int(codes.max(initial=0)) + 1
        combined = numbers * width + codes
        if width * (len(occurring[0]) if occurring else 1) <= 4 * len(combined):  # a table of all combinations is small
            there = np.flatnonzero(np.bincount(combined))
            place = np.zeros(int(combined.max(initial=0)) + 1, dtype=np.int64)
            place[there] = np.arange(len(there))
            numbers = place[combined]
        else:
            there, numbers = np.unique(combined, return_inverse=True)
        occurring = [*(before[there // width] for before in occurring), there % width]
    return numbers, occurring


def clusters(
    survey: Survey, sums: Sums, stratum: np.ndarray, strata_names: list[str], rows: np.ndarray
) -> tuple[np.ndarray | None, list[str] | None, np.ndarray]:
    """Return each cell's PSU, the PSUs' names, and the number of PSUs sampled in each stratum."""
    design, count = survey.design, len(strata_names)
    if not design.psu:
        return None, None, np.bincount(stratum, weights=rows, minlength=count)
    psu, names = numbered(sums, design.psu)
    if design.nest:
        pairs, cluster = np.unique(stratum * len(names) + psu, return_inverse=True)
        home = pairs // len(names)
        names = [f"{strata_names[h]} / {names[p]}" for h, p in zip(home, pairs % len(names), strict=True)]
        return cluster, names, np.bincount(home, minlength=count)
    home = np.full(len(names), -1)
    home[psu] = stratum
    twice = np.unique(psu[home[psu] != stratum])
    if len(twice):
        raise straddling(len(twice), f" ({', '.join(repr(names[p]) for p in twice[:3])})")
    return psu, names, np.bincount(home, minlength=count)


def straddling(count: int, shown: str = "") -> DesignError:
    """Return the error for PSUs that lie in more than one stratum."""
    return DesignError(
        f"Survey(psu=): {count:,} PSUs lie in more than one stratum{shown}. If PSU names are only unique "
        "within strata, say nest=True; if not, the stratum or the PSU of some rows is wrong."
    )


def fractions(
    survey: Survey,
    sums: Sums,
    stratum: np.ndarray,
    names: list[str],
    sampled: np.ndarray,
    values: dict[str, np.ndarray],
) -> np.ndarray:
    """Return each stratum's sampling fraction; 0 without a population size."""
    name = survey.design.fpc
    if name is None:
        return np.zeros(len(names))
    if values["no fpc"].sum():
        raise DesignError(
            f"Survey(fpc=): column {name!r} is missing in {values['no fpc'].sum():.0f} rows. Every row needs the size of its "
            "stratum's population."
        )
    rows, total, square = (
        np.bincount(stratum, weights=values[key], minlength=len(names)) for key in ("rows", "fpc", "fpc fpc")
    )
    size = total / np.maximum(rows, 1)
    spread = square / np.maximum(rows, 1) - size**2
    for h in np.flatnonzero((spread > 1e-13 * np.maximum(size, 1) ** 2) | ~(size >= sampled * (1 - 1e-12))):
        where = f"stratum {names[h]!r}" if survey.design.strata else "the sample"
        if size[h] >= sampled[h]:
            raise DesignError(f"Survey(fpc=): column {name!r} has different population sizes within {where}.")
        raise DesignError(
            f"Survey(fpc=): column {name!r} says that {where} has {size[h]:g} PSUs in the population, but {sampled[h]:g} "
            "were sampled. Give the number of PSUs in the stratum's population (a size, not a fraction)."
        )
    return np.asarray(sampled / np.maximum(size, 1))


def complain_of_lone(names: list[str], sampled: np.ndarray, strata: Sequence[str], psu: Sequence[str]) -> None:
    """Raise the `LonePsuError` for strata of a single PSU."""
    lone = np.flatnonzero(sampled == 1)
    what = "PSU" if psu else "row"
    if not strata:
        said = f": column {' x '.join(map(repr, psu))} has one value" if psu else ""
        raise LonePsuError(f"Survey: the sample has a single {what}{said}, so nothing shows how much {what}s differ.")
    shown = ", ".join(repr(names[h]) for h in lone[:3])
    raise LonePsuError(
        f"Survey(strata=): {len(lone)} strata hold a single {what} ({shown}), which has no variance of its own. Join them "
        'to similar strata, or say lone_psu="center" (deviation from the overall estimate) or "skip" (left out).'
    )
