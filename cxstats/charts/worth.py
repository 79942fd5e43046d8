"""What pictures of value and return share: one outcome and group, names of rows, small print, and numbers in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.charts.price_axis import one_group
from cxstats.charts.small_print import AIR, INDENTED, need_offers, outside
from cxstats.charts.style import MUTED, cell_height, cell_width, need_axes, plain, text_size, wrapped
from cxstats.errors import ArgumentError, listing, one_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cxstats.inference import Estimate

SMALLEST = 4.5  # points: smaller text is not read
NARROW = 3.0  # points: smaller names overlap
HINTED = 1.1  # times wider: small text on a screen
LINE = 1.17  # height of a line, in sizes
NAMES, NOTE = 0.36, 0.2  # of the width, for the names of rows; of the height, for small print


# --- what is drawn ----------------------------------------------------------------------------------------------------


def need_value(place: str, value: Any, ax: Any) -> None:
    """Raise `ArgumentError` unless `value` is what `service_value` returns and `ax` one Axes, or None."""
    offers = ("order", "level", "steps", "unadjusted", "balance", "words")
    need_offers(f"{place}(value=)", value, offers, "the result of service_value()")
    need_axes(place, ax)


def need_return(place: str, thing: Any, ax: Any) -> None:
    """Raise `ArgumentError` unless `thing` is what `roi` returns and `ax` one Axes, or None."""
    offers = ("net", "benefit", "cost", "break_even_cost", "pays", "tornado", "inputs", "assumed")
    need_offers(place, thing, offers, "the result of roi()")
    need_axes(place.partition("(")[0], ax)


def one_of_value(place: str, value: Any, outcome: Any, group: Any) -> tuple[str, dict[str, Any]]:
    """Return the outcome to draw and the labels of the group; raise `ArgumentError` where none of several is picked."""
    metrics = list(dict.fromkeys(value.labels["metric"]))
    if outcome is None and len(metrics) > 1:
        raise ArgumentError(
            f"{place}(outcome=): the value has {len(metrics)} outcomes ({listing(metrics, 4)}), and a picture shows one. Pick "
            "one by outcome=, and draw each on its own Axes (ax=)."
        )
    if outcome is not None:
        one_of(f"{place}(outcome=)", outcome, metrics)
    name = str(metrics[0] if outcome is None else outcome)
    labels = value.labels
    return name, one_group(place, labels[labels["metric"] == name], group, ("metric", value.level))


def places_of(est: Estimate, picked: Mapping[str, Any]) -> np.ndarray:
    """Return the places of the rows with these labels."""
    labels = est.labels
    keep = np.ones(len(labels), dtype=bool)
    for name, wanted in picked.items():
        keep &= (labels[name] == wanted).to_numpy()
    return np.flatnonzero(keep)


def limits_of(est: Estimate, level: float, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return values and limits of these rows."""
    low, high = est.interval(level)
    return est.values[rows], np.asarray(low)[rows], np.asarray(high)[rows]


# --- numbers ----------------------------------------------------------------------------------------------------------


def digits_of(*ends: np.ndarray) -> int:
    """Return the decimals at which intervals (values, lows, highs) are about 13 to 130 wide; without, three of values."""
    values, low, high = ends
    wide = 0.75 * (high - low)
    known = wide[np.isfinite(wide) & (wide > 0)]
    if len(known):
        return int(np.clip(1 - np.floor(np.log10(np.median(known))), 0, 6))
    size = np.abs(values[np.isfinite(values) & (values != 0)])
    return int(np.clip(2 - np.floor(np.log10(size.max())), 0, 6)) if len(size) else 0


def short(*numbers: float) -> list[str]:
    """Return numbers as they were given, with three digits of the largest at least and no idle nought."""
    largest = max((abs(n) for n in numbers if np.isfinite(n)), default=0.0)
    most = int(np.clip(2 - np.floor(np.log10(largest)), 0, 6)) if largest else 0
    digits = next(
        d for d in range(most + 1) if d == most or all(round(n, d) == round(n, most) for n in numbers if np.isfinite(n))
    )
    texts = [f"{round(n, digits) + 0.0:,.{digits}f}" if np.isfinite(n) else "unknown" for n in numbers]
    return [text.replace("-", "\N{MINUS SIGN}") for text in texts]


# --- room -------------------------------------------------------------------------------------------------------------


def text_width(text: str, size: float) -> float:
    """Return the points that the longest line of a text takes, also where letters are moved to whole dots."""
    import matplotlib as mpl

    family = f"{mpl.rcParams['font.family']} {mpl.rcParams['font.sans-serif']}"  # a letter is measured once in each
    return HINTED * size * max(sum(_advance(letter, family) for letter in line) for line in text.split("\n"))


@lru_cache(maxsize=2000)
def _advance(letter: str, family: str) -> float:
    """Return by how much a letter moves the next one on, in sizes."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    one, two = (
        text_to_path.get_text_width_height_descent(text, FontProperties(size=100), False)[0] for text in ("xx", f"x{letter}x")
    )  # fmt: skip
    return float(two - one) / 100


def in_lines(text: str, size: float, width: float) -> str:
    """Return the text in lines that are at most so many points wide, unless a word is wider."""
    lines = text
    for characters in range(max(int(width / (0.45 * size)), 3), 2, -1):
        lines = wrapped(text, characters)
        if text_width(lines, size) <= width:
            break
        if characters <= max(map(len, text.split())):
            break
    return lines


def whole_width(ax: Axes) -> float:
    """Return the points of width that the Axes and the names at their left will have, less where others stand above them."""
    spec = ax.get_subplotspec()
    return cell_width(ax) * (1.0 if spec is None or spec.get_gridspec().nrows == 1 else INDENTED)


def width_left(ax: Axes) -> float:
    """Return the points of width that the Axes will have when the names at their left have theirs."""
    return max(whole_width(ax) - outside(ax) - 4 * AIR, 40.0)


def height_left(ax: Axes, noted: str, named: float = 2.6) -> float:
    """Return the points of height that the Axes will have below small print and above `named` lines of ticks and names."""
    small = LINE * text_size("x-small") * (noted.count("\n") + 1)
    return max(cell_height(ax) - small - named * LINE * text_size() - 4 * AIR, 30.0)


def name_rows(ax: Axes, at: np.ndarray, texts: Sequence[str], room: float) -> None:
    """Name rows at the left, at the largest size at which all names fit into `room` points of height."""
    most, names, size = NAMES * cell_width(ax), list(texts), NARROW
    for size in np.arange(text_size(), NARROW - 0.01, -0.25).tolist():
        names = [in_lines(text, size, most) for text in texts]
        lines = max(int(room / (LINE * size)), 1)
        if all(name.count("\n") < lines and text_width(name, size) <= most for name in names):
            break
    ax.set_yticks(at.tolist(), [plain(name) for name in names], size=size)
    for tick in ax.get_yticklabels():
        tick.set(linespacing=1.0, verticalalignment="center")


def fitted(versions: Sequence[Sequence[str]], width: float, height: float) -> tuple[float, list[str]]:
    """Return the largest size at which one of the versions of texts fits, the first of these; the last and smallest if none."""
    for size in np.arange(text_size("x-small"), SMALLEST - 0.01, -0.25).tolist():
        for texts in versions:
            lines = max(text.count("\n") + 1 for text in texts)
            if lines * LINE * size <= height and max(text_width(text, size) for text in texts) <= width:
                return size, list(texts)
    return SMALLEST, list(versions[-1])


def axis_name(unit: str, more: str, width: float, span: str = "") -> str:
    """Return the name of an axis of net returns in at most two lines of so many points, if shorter words can make it so."""
    unit = f" ({unit})" if unit else ""
    whole = f"Net return per customer{span}{unit}"
    names = [f"{whole}{more}", whole, f"Net return{unit}"]
    lines = [in_lines(name, text_size(), width) for name in names]
    return next((name for name in lines if name.count("\n") < 2), lines[-1])


def small_print(ax: Axes, parts: Sequence[str]) -> str:
    """Return sentences in lines as wide as the Axes and their names.

    On small Axes the last ones, but never the first, are left out.
    """
    parts, size = [part for part in parts if part], text_size("x-small")
    width, most = whole_width(ax) - 3 * AIR, NOTE * cell_height(ax) / (LINE * size)
    every = [in_lines(" ".join(parts[:k]), size, width) for k in range(len(parts), 0, -1)]
    return next((text for text in every if text.count("\n") + 1 <= most), every[-1])


def say(ax: Axes, text: str) -> None:
    """Write small print above the Axes, from where the names at their left begin."""
    ax.annotate(
        plain(text), (0, 1), xycoords="axes fraction", xytext=(-outside(ax), AIR), textcoords="offset points", ha="left",
        va="bottom", size=text_size("x-small"), color=MUTED, linespacing=1.15, label="_above",
    )  # fmt: skip
