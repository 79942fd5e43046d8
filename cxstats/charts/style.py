"""What all charts share: colours, words, the look of an Axes, and the mark of data that a program made."""

from __future__ import annotations

import datetime
import re
import textwrap
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.errors import ArgumentError, listing
from cxstats.inference import Estimate

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.backend_bases import RendererBase
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.text import Text
    from matplotlib.transforms import Bbox

# Okabe and Ito (2008) without greens (no red-green pair) and with a grey for black; each has a shape for grey print.
PALETTE = ("#0072B2", "#E69F00", "#404040", "#D55E00", "#56B4E9", "#CC79A7")
MARKERS = ("o", "s", "^", "D", "v", "P")
INK, MUTED, FAINT, SIGNAL = "#262626", "#6B6B6B", "#E4E4E4", "#D55E00"

ABBREVIATIONS = {
    "csat": "CSAT",
    "nps": "NPS",
    "fcr": "FCR",
    "first_contact_resolution": "First-contact resolution",
    "net_first_contact_resolution": "Net first-contact resolution",
    "self_service_failed": "Self-service failed",
}
MARGIN = 0.06
EDGE = 0.03
MARK, NOTE = "_synthetic", 9.0  # the label of the mark among the artists; points that it takes


# --- what is drawn ----------------------------------------------------------------------------------------------------


def need_estimate(place: str, est: Any) -> None:
    """Raise `ArgumentError` unless `est` is an estimate with rows."""
    if not isinstance(est, Estimate):
        raise ArgumentError(f"{place}(est=): an Estimate, as measure() returns, is needed, not {type(est).__name__}.")
    if not len(est):
        raise ArgumentError(f"{place}(est=): the estimate has no rows, so there is nothing to draw.")


def need_axes(place: str, ax: Any) -> None:
    """Raise `ArgumentError` unless `ax` is one Axes, or None."""
    from matplotlib.axes import Axes

    if ax is not None and not isinstance(ax, Axes):
        raise ArgumentError(
            f"{place}(ax=): one matplotlib Axes is needed, not {type(ax).__name__}; of several, choose one."
        )


def need_panels(place: str, figure: Any) -> None:
    """Raise `ArgumentError` unless `figure` is a figure or a part of one, or None."""
    from matplotlib.figure import FigureBase

    if figure is not None and not isinstance(figure, FigureBase):
        raise ArgumentError(
            f"{place}(figure=): a matplotlib Figure or SubFigure is needed, not {type(figure).__name__}."
        )


def need_number(place: str, value: Any) -> float:
    """Return a finite number, or raise `ArgumentError`."""
    real = isinstance(value, int | float | np.number) and not isinstance(value, bool | np.bool_)
    if not real or not np.isfinite(value):
        raise ArgumentError(f"{place}: a finite number in the unit of the estimates is needed, not {value!r}.")
    return float(value)


def one_unit(place: str, table: pd.DataFrame, metrics: Iterable[Any]) -> str:
    """Return the unit of all rows, or raise `ArgumentError`: one axis cannot show two units."""
    found: dict[str, list[str]] = {}
    for unit, metric in zip(table["unit"], metrics, strict=True):
        named = found.setdefault(str(unit), [])
        if str(metric) not in named:
            named.append(str(metric))
    if len(found) > 1:
        said = "; ".join(f"{unit or 'no unit'!r}: {listing(names, 4)}" for unit, names in found.items())
        raise ArgumentError(
            f"{place}(est=): one axis cannot show different units ({said}). Measure the scores of each unit by a call of "
            "their own, and draw each estimate on its own Axes (ax=)."
        )
    return next(iter(found))


def axes_for(est: Estimate, ax: Axes | None, width: float, height: float) -> Axes:
    """Return the Axes to draw on, marked if a program made the data: those given, or of a new figure (inches).

    The layout of the new figure keeps labels inside.
    """
    import matplotlib.pyplot as plt

    if ax is None:
        _, ax = plt.subplots(figsize=(width, height + NOTE * bool(est.synthetic) / 72), layout="constrained")
    mark_synthetic(ax, est)
    return ax


def detached_figure(width: float, height: float) -> Figure:
    """Return a figure (inches) that belongs to no window and to no list of open figures: for files."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


# --- words ------------------------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """Return the text such that matplotlib shows it as it is: a dollar sign is a dollar sign."""
    return text.replace("$", r"\$")


def sentence(name: str) -> str:
    """Return a name of the library or of a column in sentence case: "first_contact_resolution" is no title."""
    first, space, rest = name.partition(" ")
    if first in ABBREVIATIONS:
        return ABBREVIATIONS[first] + space + rest
    text = name.replace("_", " ").strip() if name.isidentifier() else name
    return text[:1].upper() + text[1:]


def shown(value: Any) -> str:
    """Return a label of the data as text: dates without an idle midnight, whole numbers without a point."""
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def wrapped(text: str, width: int) -> str:
    """Return the text in lines of at most `width` characters; words that are longer break at a hyphen, if they have one."""
    long = any(len(word) > width for word in text.split())
    return "\n".join(textwrap.wrap(text, width, break_on_hyphens=long)) or text


def value_label(labels: pd.DataFrame, unit: str, said: Iterable[str] = ()) -> str:
    """Return what the values are, with their unit: "CSAT (%)", "CSAT, difference app - call (percentage points)".

    Label columns that are `said` elsewhere, or that vary, are not named.
    """

    def only(column: str) -> str:
        telling = column in labels and column not in said and is_constant(labels, column)
        return shown(labels[column].iloc[0]) if telling else ""

    metric, contrast = sentence(only("metric")), only("contrast")
    if "contrast" in labels:
        metric = "" if (labels["metric"].astype(str) == labels["contrast"].astype(str)).all() else metric
        contrast = f"difference {contrast}".strip()
    text = ", ".join(part for part in (metric, contrast, only("trend")) if part)
    text = text[:1].upper() + text[1:]
    if is_difference(labels):
        unit = re.sub(r"^(net )?%( points)?", "percentage points", unit)
    if not text:
        return unit_label(unit)
    return f"{text} ({unit})" if unit else text


def unit_label(unit: str) -> str:
    """Return a unit as the name of an axis: "Percent", "Percentage points per year"; "Estimate" where there is none."""
    unit = re.sub(r"^(net )?% (points ?)?", "percentage points ", unit).strip()
    return {"%": "Percent", "net %": "Net percent", "": "Estimate"}.get(unit, unit[:1].upper() + unit[1:])


def broken(label: str, width: int) -> str:
    """Return the label of an axis in lines of about `width` characters, its unit unbroken on a line of its own."""
    name, bracket, unit = label.rpartition(" (")
    if len(label) <= width or not bracket:
        return wrapped(label, width)
    return f"{wrapped(name, width)}\n({unit}"


def is_difference(labels: pd.DataFrame) -> bool:
    """Return whether the values are contrasts or slopes, which zero divides."""
    return "contrast" in labels or "trend" in labels


def is_constant(labels: pd.DataFrame, column: str) -> bool:
    """Return whether a label column tells nothing apart."""
    return labels[column].drop_duplicates().size <= 1


# --- the look ---------------------------------------------------------------------------------------------------------


def ink(color: str) -> str:
    """Return the colour, darkened until text in it has a contrast of 4.5 to white (WCAG AA)."""
    from matplotlib.colors import to_hex, to_rgb

    rgb = np.asarray(to_rgb(color))
    while 1.05 / (luminance(rgb) + 0.05) < 4.5:
        rgb = rgb * 0.95
    return str(to_hex(tuple(rgb.tolist())))


def luminance(rgb: np.ndarray) -> float:
    """Return the relative luminance of an sRGB colour."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


def text_size(relative: str = "small") -> float:
    """Return a size of text in points, relative to the caller's font size."""
    from matplotlib.font_manager import FontProperties

    return float(FontProperties(size=relative).get_size_in_points())


def size_in_points(ax: Axes) -> tuple[float, float]:
    """Return width and height of the Axes in points, as laid out so far."""
    box, dpi = ax.get_window_extent(), need_figure(ax).dpi
    return float(box.width * 72 / dpi), float(box.height * 72 / dpi)


def cell_width(ax: Axes) -> float:
    """Return the width in points that the Axes and its labels have in their figure."""
    figure, spec = need_figure(ax), ax.get_subplotspec()
    return float(figure.bbox.width * 72 / figure.dpi) / (spec.get_gridspec().ncols if spec is not None else 1)


def cell_height(ax: Axes) -> float:
    """Return the height in points that the Axes and its labels have in their figure, above a mark."""
    figure, spec = need_figure(ax), ax.get_subplotspec()
    height = float(figure.bbox.height * 72 / figure.dpi) / (spec.get_gridspec().nrows if spec is not None else 1)
    return height - NOTE * len(_marks(ax))


def need_figure(ax: Axes) -> Figure | SubFigure:
    """Return the figure of the Axes."""
    if ax.figure is None:
        raise ArgumentError("ax=: these Axes were removed from their figure. Give Axes that are part of one.")
    return ax.figure


def dress(ax: Axes, values: str) -> None:
    """Give the Axes the look of the library: faint grid lines across the axis of the values ("x" or "y"), no frame."""
    for side in ("top", "right", "left" if values == "x" else "bottom"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(MUTED)
        ax.spines[side].set_linewidth(0.8)
    ax.set_axisbelow(True)
    ax.grid(False)
    ax.grid(True, axis=values, color=FAINT, linewidth=0.8, linestyle="-")  # type: ignore[arg-type]
    ax.tick_params(axis="both", which="both", length=0, labelsize=text_size(), labelcolor=INK)
    ax.xaxis.label.set(size=text_size(), color=INK)
    ax.yaxis.label.set(size=text_size(), color=INK)


def view(numbers: Iterable[Any], unit: str, *, difference: bool) -> tuple[float, float]:
    """Return axis limits around the numbers; percentages do not pass their ends by more than a marker needs."""
    every = np.concatenate([np.ravel(np.asarray(n, dtype=np.float64)) for n in numbers])
    finite = every[np.isfinite(every)]
    if not len(finite):
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    span = high - low if high > low else max(abs(high) * 0.1, 1e-9 if high else 1.0)
    left, right = low - MARGIN * span, high + MARGIN * span
    ends = {"%": (0.0, 100.0), "net %": (-100.0, 100.0)}.get(unit)
    if ends is not None and not difference and ends[0] <= low and high <= ends[1]:
        left, right = max(left, ends[0] - EDGE * span), min(right, ends[1] + EDGE * span)
    return left, right


def inside(values: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    """Return the values with infinite ones put just beyond the limits, where the Axes cuts them off."""
    span = limits[1] - limits[0]
    return np.where(np.isinf(values), np.clip(values, limits[0] - span, limits[1] + span), values)


# --- data that a program made -----------------------------------------------------------------------------------------


def mark_synthetic(ax: Axes, est: Any, drop: float = 0.0) -> None:
    """Say below the Axes, and below `drop` points of other notes, that a program made the data, if it did."""
    text, marks = plain(est.synthetic), _marks(ax)
    if text and text not in [mark.get_text() for mark in marks]:
        ax.annotate(
            text, (1, 0), xycoords=("axes fraction", partial(lowest, ax)), xytext=(0, -2 - drop - NOTE * len(marks)),
            textcoords="offset points", ha="right", va="top", size=text_size("x-small"), color=MUTED, label=MARK,
        )  # fmt: skip


def mark_once(figure: Figure) -> str:
    """Take the marks off the Axes of a figure of one source, and return what they say, to be said once; empty without."""
    marks = [mark for ax in figure.axes for mark in _marks(ax)]
    for mark in marks:
        mark.remove()
    return "; ".join(dict.fromkeys(mark.get_text() for mark in marks))


def _marks(ax: Axes) -> list[Text]:
    return [text for text in ax.texts if text.get_label() == MARK]


def lowest(ax: Axes, renderer: RendererBase) -> Bbox:
    """Return what stands lowest below the Axes: the name of their x axis, or nothing where axes are off."""
    return (ax.xaxis.label if ax.axison else ax).get_window_extent(renderer)
