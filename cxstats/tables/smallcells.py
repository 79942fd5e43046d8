"""Cells of too few answers are closed, and a second one where the Total minus the others would give the first away."""

from __future__ import annotations

from collections.abc import Sequence

OPEN, SMALL, PROTECTS = "", "small", "protects"


def closed(counts: Sequence[int], total: int, min_n: int) -> list[str]:
    """Return why each column of a group is closed ("" if it is open), given the answers of each and of the Total.

    A cell without answers hides nobody. Closed cells beside a Total that is shown must be at least two, and hold at least
    `min_n` answers together; else the smallest open cell is closed, too.

    Examples
    --------
    >>> closed([60, 40, 15, 5], 120, 10)
    ['', '', 'protects', 'small']
    """
    why = [SMALL if 0 < n < min_n else OPEN for n in counts]
    while SMALL in why and total >= min_n:
        inside = [n for n, reason in zip(counts, why, strict=True) if reason]
        left = [i for i, n in enumerate(counts) if n > 0 and not why[i]]
        if (len(inside) > 1 and sum(inside) >= min_n) or not left:
            break
        why[min(left, key=lambda i: counts[i])] = PROTECTS
    return why
