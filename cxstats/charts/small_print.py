"""What pictures of published figures share: objects taken by what they offer, and small print above and below the Axes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from cxstats.charts.style import MUTED, cell_width, lowest, need_figure, plain, text_size, wrapped
from cxstats.errors import ArgumentError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CHARACTER = 0.56  # width of a character, in sizes
AIR = 4.0  # points between things
INDENTED = 0.7  # of the width of its cell, that an Axes and its labels may have where the layout aligns it with others


def need_offers(place: str, thing: Any, offers: tuple[str, ...], needed: str) -> None:
    """Raise `ArgumentError` unless the thing has all that is drawn of it."""
    if not all(hasattr(thing, name) for name in offers):
        raise ArgumentError(f"{place}: {needed} is needed, not {type(thing).__name__}.")


def axes_or_new(ax: Axes | None, width: float, height: float) -> Axes:
    """Return the Axes given, or those of a new figure (inches), whose layout keeps labels inside."""
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(width, height), layout="constrained")[1] if ax is None else ax


def outside(ax: Axes) -> float:
    """Return the points that the names at the left of the Axes take."""
    named = [tick.get_window_extent() for tick in ax.get_yticklabels()]
    label = ax.yaxis.label
    wide = max((box.width for box in named), default=0.0) + (
        label.get_window_extent().width if label.get_text() else 0.0
    )
    return float(wide) * 72 / need_figure(ax).dpi + AIR


def lines_across(ax: Axes, text: str) -> str:
    """Return small print in lines as wide as the Axes and their labels."""
    spec = ax.get_subplotspec()
    room = cell_width(ax) * (1.0 if spec is None or spec.get_gridspec().nrows == 1 else INDENTED)
    width = max(int((room - 3 * AIR) / (CHARACTER * text_size("x-small"))), 16)
    return plain("\n".join(wrapped(line, width) for line in text.split("\n")))


def above(ax: Axes, text: str) -> None:
    """Write small print above the Axes, from where the names at their left begin."""
    ax.annotate(
        lines_across(ax, text), (0, 1), xycoords="axes fraction", xytext=(-outside(ax), AIR),
        textcoords="offset points", ha="left", va="bottom", size=text_size("x-small"), color=MUTED, linespacing=1.15,
        label="_above",
    )  # fmt: skip


def below(ax: Axes, text: str) -> None:
    """Write small print below the Axes and the name of their x axis."""
    ax.annotate(
        lines_across(ax, text), (0, 0), xycoords=("axes fraction", partial(lowest, ax)), xytext=(-outside(ax), -AIR),
        textcoords="offset points", ha="left", va="top", size=text_size("x-small"), color=MUTED, linespacing=1.15,
        annotation_clip=False, label="_below",
    )  # fmt: skip
