"""A mark on a number belongs to one note below the table."""

from __future__ import annotations

import pandas as pd

import cxstats as cx
from cxstats.inference.footnotes import MARKS, footnotes


def test_each_note_has_a_mark_of_its_own_however_many_there_are() -> None:
    notes = [f"note {i}" for i in range(3 * len(MARKS))]
    found = footnotes([*notes, "", *notes])
    assert list(found) == notes
    assert len(set(found.values())) == len(notes)
    assert [found["note 0"], found["note 5"], found["note 14"]] == ["*", "**", "¶¶¶"]


def test_a_banner_marks_what_each_note_is_about() -> None:
    rows = pd.DataFrame({"g": ["a"] * 30 + ["b"], "overall": [5] * 30 + [1]})
    table = cx.banner(rows, [cx.csat("overall"), cx.mean("overall")], by="g")
    below = {note[2:].rstrip("."): note[0] for note in table.notes if note[0] in MARKS}
    assert list(below.values()) == ["*", "†", "‡"]
    cells = table.frame()
    first = {
        metric: line for metric in ("csat", "mean") for line in repr(table).splitlines() if line.startswith(metric)
    }
    for metric, line in first.items():
        marks = [below[note] for note in cells.loc[cells["metric"] == metric, "note"] if note]
        assert [c for c in line if c in MARKS] == marks
        assert marks
