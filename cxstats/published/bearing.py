"""What figures bear and what nobody told, in plain words: one function for each kind of figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxstats.claims.region import above
from cxstats.claims.words import in_print
from cxstats.published import bounds, pairs
from cxstats.published.line import Line, by_size, joined, people, span, told

if TYPE_CHECKING:
    from cxstats.published.ecology import EcologicalTable
    from cxstats.published.percentage import Percentage
    from cxstats.published.trend import PublishedTrend

HALF = (50.0,)
ZERO = (0.0,)


def of_percentage(figure: Percentage, level: float) -> Line:
    """Return the line about one figure: whether it is a majority, and its limits."""
    by_n = {n: bounds.percent(figure.at(n).limits(1 - level)) for n in figure.sizes}
    low, high = figure.limits(1 - level)
    half = "majority" if figure.value > 50 else "minority"
    count = np.inf if figure.value == 50 else figure.n_needed(50.0, level=level)
    if figure.n and (low > 50 or high < 50):
        bears = f"a {half}"
    elif np.isinf(count):
        bears = "whether it is a majority cannot be told with any n"
    elif figure.n:
        bears = (
            f"whether it is a majority cannot be told; as printed it would be a {half} from {people(count)} people on"
        )
    else:
        bears = f"a {half} if n is {people(count)} or more"
    shown = f"{span((low, high), edges=HALF)} %" if figure.n else by_size(by_n, "%", edges=HALF)
    found = figure.feasible()
    bears = f"{found.reason}; taken as printed, {bears}" if found.possible is False else bears
    doubts = joined(
        [
            "" if figure.n else "n",
            "" if figure.population else "who was asked",
            figure.unknown,
            "what its weights cost (design effect)" if figure.weighted and figure.design_effect == 1 else "",
            "" if found.possible is not False else "its weights, or its base, if it is no slip",
        ]
    )
    n = np.nan if figure.n is None else float(figure.n)
    return Line(figure.words, figure.source, n, figure.value, low, high, "%", f"{bears}: {shown}", doubts)


def of_pair(a: Percentage, b: Percentage, level: float) -> Line:
    """Return the line about two figures: which is the higher, and how many may say both."""
    same_people = pairs.of_same_people(a, b)
    apart = pairs.reading(a, b, same_people=same_people)
    low, high = apart.limits(1 - level)
    if low > 0 or high < 0:
        first, second, by = (a, b, (low, high)) if low > 0 else (b, a, (-high, -low))
        bears = f"{first.printed} is more than {second.printed}, by {span(by, edges=ZERO)} points"
    else:
        count = apart.needed(above(0.0), level) if apart.needed else np.nan
        clear = in_print(count, apart.whom, apart.hides, "tell")
        bears = f"which is more cannot be told ({span((low, high), edges=ZERO)} points){clear}"
    alike = ""
    other_source = a.source and b.source and a.source != b.source
    if a.population and a.population == b.population and not other_source:
        both = pairs.overlap(a, b, same_people=same_people, level=level, among=False)
        bears += f"; {span((both['conf_low'].min(), both['conf_high'].max()))} % may say both"
    elif not pairs.of_two_groups(a, b):
        alike = "whether both are of one population: without that, nothing follows on how many say both"
    taken = "taken for answers of the same people (one source, n and population)" if same_people else ""
    apart_by = "" if same_people else "what else sets the two apart: question, time, who was asked"
    unknown = [f"n of {x.printed}" for x in (a, b) if x.n is None]
    return Line(
        f"{a.words}, against {b.words}", joined([a.source, b.source]), apart.n, apart.value, low, high, "% points",
        joined([bears, taken]), joined([*unknown, alike, a.unknown, b.unknown, apart_by]),
    )  # fmt: skip


def of_trend(trend: PublishedTrend, level: float) -> Line:
    """Return the line about a figure published again and again: whether it rises or falls."""
    found = trend.reading()
    low, high = found.limits(1 - level)
    unit = f"points a {trend.step}"
    limits = {n: trend.at(n, 1 - level) for n in trend.sizes}
    told_all = trend.n_is == "published"
    shown = f"{span((low, high), 2, ZERO)} {unit}" if told_all else by_size(limits, unit, 2, ZERO)
    if low > 0 or high < 0:
        bears = f"that it {'rises' if low > 0 else 'falls'}"
    else:
        bears = "whether it rises or falls cannot be told"
        bears += in_print(trend.n_needed(level=level), found.whom, found.hides, "tell")
    unknown = ", ".join(str(t) for t, f in trend.figures.items() if f.n is None)
    figures = ", ".join(f"{t} {f.printed}" for t, f in trend.figures.items())
    return Line(
        f"{trend.says or 'figures'}: {figures}", trend.source, found.n, found.value, low, high, found.unit,
        f"{bears}: {shown}",
        joined([f"n of {unknown}" if unknown else "", *(f.unknown for f in trend.figures.values())]),
    )  # fmt: skip


def of_table(table: EcologicalTable, level: float) -> Line:
    """Return the line about a table of groups: the slope, how it hangs on each group, and what it is not about."""
    found = table.reading()
    low, high = found.limits(1 - level)
    without = table.leave_one_out(level)["slope"]
    r = float(table.correlation(level)["correlation"].iloc[0])
    bears = (
        f"a slope of {told(found.value, 2)} ({span((low, high), 2, ZERO)}), {span((without.min(), without.max()), 2)}"
    )
    bears += f" if one of the {table.of} is left out; r = {told(r, 2)}"
    bears += "".join(f"; without {name} there is no line" for name in without.index[without.isna()])
    return Line(
        f"{table.y} by {table.x}, {len(without)} {table.of}", table.source, found.n, found.value, low, high, table.unit,
        f"{bears}; {table.warning}", "customers behind each figure",
    )  # fmt: skip
