"""What a reader sees of a chart: its dots, bars and texts, read from the artists."""

from __future__ import annotations

import itertools

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.text import Text
from matplotlib.transforms import Bbox


def dots(ax: Axes) -> np.ndarray:
    """Return all dots as rows of x, y, without the empty collections."""
    found = [np.asarray(c.get_offsets()) for c in ax.collections if isinstance(c, PathCollection)]
    return np.concatenate([f for f in found if len(f)])


def bars(ax: Axes) -> np.ndarray:
    """Return all straight segments as rows of x0, y0, x1, y1."""
    found = [s.ravel() for c in ax.collections if isinstance(c, LineCollection) for s in c.get_segments()]
    return np.asarray(found).reshape(-1, 4)


def in_order(rows: np.ndarray, column: int) -> np.ndarray:
    """Return the rows sorted by a column."""
    return rows[np.argsort(rows[:, column], kind="stable")]


def texts(ax: Axes) -> list[Text]:
    """Return the texts that are drawn, of labels, ticks in view, legends and notes."""
    ax.figure.canvas.draw()
    (left, right), (low, high) = sorted(ax.get_xlim()), sorted(ax.get_ylim())
    hidden = {
        id(tick.label1)
        for axis, ends in ((ax.xaxis, (left, right)), (ax.yaxis, (low, high)))
        for tick in axis.get_major_ticks() + axis.get_minor_ticks()
        if not ends[0] <= tick.get_loc() <= ends[1]
    }
    return [t for t in ax.findobj(Text) if t.get_visible() and t.get_text().strip() and id(t) not in hidden]


def assert_readable(ax: Axes) -> None:
    """Fail where a text is cut off by the edge of the figure, or lies on another."""
    drawn = texts(ax)
    page = ax.figure.bbox
    boxes = [(t.get_text(), Text.get_window_extent(t)) for t in drawn]  # of an annotation, without its arrow
    for text, box in boxes:
        assert page.x0 - 1 <= box.x0 <= box.x1 <= page.x1 + 1, f"{text!r} is cut off sideways"
        assert page.y0 - 1 <= box.y0 <= box.y1 <= page.y1 + 1, f"{text!r} is cut off above or below"
    turned = [t.get_rotation() % 90 for t in drawn]
    for (i, (one, a)), (j, (two, b)) in itertools.combinations(enumerate(boxes), 2):
        if not turned[i] and not turned[j]:
            assert Bbox.intersection(a.padded(-1), b.padded(-1)) is None, f"{one!r} lies on {two!r}"
