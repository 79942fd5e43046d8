"""Notes below a table, each with a mark of its own: a mark on a number says which note is meant."""

from __future__ import annotations

from collections.abc import Iterable

MARKS = "*†‡§¶"


def footnotes(notes: Iterable[str]) -> dict[str, str]:
    """Return the mark of each note, in the order in which they first occur; after the last mark come doubled ones.

    Examples
    --------
    >>> footnotes(["few clusters", "", "all answers alike", "few clusters"])
    {'few clusters': '*', 'all answers alike': '†'}
    """
    found = dict.fromkeys(str(note) for note in notes if note)
    return {note: MARKS[i % len(MARKS)] * (1 + i // len(MARKS)) for i, note in enumerate(found)}
