"""Small cells are not shown, nor what would give them away.

A report shows totals beside their parts, so a single hidden part is the total minus the others. The cells of a metric
(periods, groups, periods x groups, everything) are tied by equations "these parts make this total". Cells with fewer
than `min_n` answers are hidden first; then, as long as an equation gives hidden answers away, a shown part is hidden
too: one that opens no further equation if possible, the smallest of these. An equation gives answers away if its total
is shown and its hidden parts are one, or together fewer than `min_n`; or if its total is hidden and all its parts are
shown. Several equations can give away together what none does alone; so in the end no small cell may be determined by
all of them (its unit vector lies outside their row space).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

SMALL, PROTECTS = "small", "protects"
Cell = tuple[Any, str, Any]  # period, group column, group value; None for "all"
ALL: Cell = (None, "", None)


@dataclass(frozen=True)
class Equation:
    """Parts that make a total."""

    total: Cell
    parts: tuple[Cell, ...]


def suppressed(counts: Mapping[Cell, int], min_n: int) -> dict[Cell, str]:
    """Return the cells to hide, and why: "small" has fewer than `min_n` answers, "protects" guards another cell.

    Parameters
    ----------
    counts : mapping
        Answers of each cell. A cell is (period, group column, group value), with None (and "") for "all".
    min_n : int
        The fewest answers that are shown. A cell without any answers hides nobody and is shown as such.

    Returns
    -------
    dict
        The reason, by cell.

    Examples
    --------
    >>> counts = {(2025, "", None): 60, (2025, "channel", "app"): 40, (2025, "channel", "web"): 15,
    ...           (2025, "channel", "fax"): 5}
    >>> suppressed(counts, 10)
    {(2025, 'channel', 'fax'): 'small', (2025, 'channel', 'web'): 'protects'}
    """
    hidden = {cell: SMALL for cell, n in counts.items() if 0 < n < min_n}
    tied = list(equations(counts))
    while hidden:
        found = next(_betrayed_by_one(tied, counts, hidden, min_n), None) or _betrayed_by_all(tied, counts, hidden)
        if found is None:
            break
        hidden[found] = PROTECTS
    return hidden


def equations(cells: Collection[Cell]) -> Iterator[Equation]:
    """Yield how the cells add up: groups to their period, periods to their group, and all of either to everything."""
    parts: dict[Cell, dict[tuple[str, str], list[Cell]]] = {}
    for cell in cells:
        period, column, _ = cell
        if cell == ALL:
            continue
        if column and period is not None:
            parts.setdefault((period, "", None), {}).setdefault(("groups", column), []).append(cell)
            parts.setdefault((None, *cell[1:]), {}).setdefault(("periods", column), []).append(cell)
        else:
            parts.setdefault(ALL, {}).setdefault(("groups", column) if column else ("periods", ""), []).append(cell)
    there = set(cells)
    for total, ways in parts.items():
        for found in ways.values():
            if total in there:
                yield Equation(total, tuple(found))


def _betrayed_by_one(
    tied: Sequence[Equation], counts: Mapping[Cell, int], hidden: Mapping[Cell, str], min_n: int
) -> Iterator[Cell]:
    """Yield the parts to hide because one equation gives hidden answers away."""
    for equation in tied:
        parts = [cell for cell in equation.parts if counts[cell] > 0]
        inside = [cell for cell in parts if cell in hidden]
        shown = [cell for cell in parts if cell not in hidden]
        if equation.total in hidden:
            betrayed = not inside
        else:
            betrayed = bool(inside) and (len(inside) == 1 or sum(counts[cell] for cell in inside) < min_n)
        if betrayed and shown:
            yield min(shown, key=lambda cell: (_opened(cell, tied, hidden), counts[cell], parts.index(cell)))


def _opened(cell: Cell, tied: Sequence[Equation], hidden: Mapping[Cell, str]) -> int:
    """Return how many equations without a hidden part would get one, and so need another."""
    return sum(cell in e.parts and not any(part in hidden for part in e.parts) for e in tied)


def _betrayed_by_all(tied: Sequence[Equation], counts: Mapping[Cell, int], hidden: Mapping[Cell, str]) -> Cell | None:
    """Return the cell to hide because the equations together determine a small one."""
    position = {cell: i for i, cell in enumerate(hidden)}
    touching = [e for e in tied if any(cell in position for cell in (e.total, *e.parts))]
    matrix = np.zeros((len(touching), len(position)))
    for row, equation in zip(matrix, touching, strict=True):
        for cell in (equation.total, *equation.parts):
            if cell in position:
                row[position[cell]] = -1.0 if cell == equation.total else 1.0
    free = _null_space(matrix)
    for cell, why in hidden.items():
        if why == SMALL and np.abs(free[position[cell]]).max(initial=0.0) < 1e-9:
            near = {c for e in touching if cell in (e.total, *e.parts) for c in (e.total, *e.parts)}
            for choice in (near, {c for e in touching for c in (e.total, *e.parts)}):
                shown = [c for c in counts if c in choice and c not in hidden and counts[c] > 0]
                if shown:
                    return min(shown, key=lambda c: counts[c])
    return None


def _null_space(matrix: np.ndarray) -> np.ndarray:
    if not matrix.size:
        return np.eye(matrix.shape[1])
    _, sizes, right = np.linalg.svd(matrix)
    rank = int((sizes > 1e-9 * max(sizes.max(initial=0.0), 1.0)).sum())
    return np.asarray(right[rank:].T)
