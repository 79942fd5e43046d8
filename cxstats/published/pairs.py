"""Two figures, or a figure and your own estimate: their difference, what they have in common, whether they agree.

Nobody prints how many said both. Of the same people a difference is therefore given for the least and the most overlap, and how
many said both lies between Frechet's bounds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.claims.reading import Reading
from cxstats.claims.region import between
from cxstats.errors import ArgumentError
from cxstats.published import bounds
from cxstats.published.bounds import Share

if TYPE_CHECKING:
    import pandas as pd

    from cxstats.inference import Estimate
    from cxstats.published.percentage import Percentage

ANSWERS = {"supported": "consistent", "contradicted": "not consistent", "inconclusive": "cannot tell"}


def comparison(a: Percentage, b: Percentage, *, same_people: bool, level: float) -> pd.DataFrame:
    """Return the table of `Percentage.compare`."""
    import pandas as pd

    lines = []
    for n, m in _sizes(a, b, "compare", same_people=same_people):
        p, q = a.at(n), b.at(m)
        for overlap, r in _overlaps(p, q, same_people=same_people):
            low, high = bounds.difference(p, q, 1 - level, r)
            lines.append([n, m, 100 * overlap, float(a.value - b.value), 100 * low, 100 * high])
    return pd.DataFrame(lines, columns=["n", "n_other", "overlap", "difference", "conf_low", "conf_high"])


def reading(a: Percentage, b: Percentage, *, same_people: bool) -> Reading:
    """Return the difference as a claim measures it: with the widest limits over all sizes and overlaps."""
    sizes = _sizes(a, b, "difference", same_people=same_people)

    def limits(alpha: float) -> tuple[float, float]:
        every = [
            bounds.difference(a.at(n), b.at(m), alpha, r)
            for n, m in sizes
            for _, r in _overlaps(a.at(n), b.at(m), same_people=same_people)
        ]
        return 100 * min(low for low, _ in every), 100 * max(high for _, high in every)

    known = a.n is not None and b.n is not None
    people = float((a.n or 0) + (0 if same_people else b.n or 0)) if known else np.nan
    return Reading(
        a.value - b.value, limits, "% points", people, assumed(a, b), difference=True, low=-100.0, high=100.0
    )


def overlap(a: Percentage, b: Percentage, *, same_people: bool, level: float, among: bool) -> pd.DataFrame:
    """Return the table of `Percentage.both` and, `among` those who say b, of `Percentage.given`."""
    import pandas as pd

    place = "given" if among else "both"
    if not a.population.strip() or a.population.strip() != getattr(b, "population", "").strip():
        raise ArgumentError(
            f"{place}: the populations are {a.population!r} and {getattr(b, 'population', '')!r}. How many say both is a "
            "question about one population: state it as population= of both figures, or do not join them."
        )
    if among and b.value == 0:
        raise ArgumentError(f"given: nobody says {b.says or 'the other'!r}, so there is no share among them.")
    lines = []
    for n, m in _sizes(a, b, place, same_people=same_people):
        found = bounds.both_limits(a.at(n), b.at(m), level, same_people=same_people, among=among)
        lines.append([n, m, *(100 * x for x in found)])
    return pd.DataFrame(lines, columns=["n", "n_other", "lowest", "highest", "conf_low", "conf_high"])


def replication(figure: Percentage, estimate: Estimate, *, within: float, level: float) -> pd.DataFrame:
    """Return the table of `Percentage.agrees_with`."""
    import pandas as pd

    from cxstats.inference import Estimate
    from cxstats.inference.intervals import mover

    if not isinstance(estimate, Estimate):
        raise ArgumentError(f"agrees_with: an estimate from measure() is needed, not {type(estimate).__name__}.")
    if len(estimate) != 1:
        raise ArgumentError(f"agrees_with: one estimate is needed, not {len(estimate)}. Choose it with pick().")
    if estimate.frame()["unit"][0] != "%":
        unit = estimate.frame()["unit"][0] or "no unit"
        raise ArgumentError(f"agrees_with: the estimate is in {unit!r}, the published figure in '%'. Measure a share.")
    margin = between(-within, within) if isinstance(within, int | float) and within > 0 else None
    if margin is None:
        raise ArgumentError(
            f"agrees_with(within={within!r}): a positive difference in percentage points that does not matter."
        )
    own, lines = estimate.interval(level, "guarded"), []
    for n in figure.sizes:
        share = figure.at(n)
        low, high = share.limits(1 - level)
        sides = [
            mover(
                estimate.values,
                own,
                np.asarray([100 * p]),
                (np.asarray([100 * low]), np.asarray([100 * high])),
                np.zeros(1),
            )
            for p in (share.high, share.low)
        ]
        left, right = float(sides[0][0][0]), float(sides[1][1][0])
        said = ANSWERS[margin.judge(left, right)]
        lines.append([n, float(estimate.n[0]), float(estimate.values[0]) - figure.value, left, right, said])
    table = pd.DataFrame(lines, columns=["n", "n_own", "difference", "conf_low", "conf_high", "answer"])
    return table.astype({"n_own": int})


def assumed(*figures: Percentage) -> str:
    """Return what is taken for possible of the numbers that are not told; empty if all are."""
    sizes = sorted({n for figure in figures if figure.n is None for n in figure.sizes})
    if not sizes:
        return ""
    return f"n unknown, taken as {sizes[0]:,}" + (f" to {sizes[-1]:,}" if len(sizes) > 1 else "")


def _sizes(a: Percentage, b: Any, place: str, *, same_people: bool) -> list[tuple[int, int]]:
    """Return the pairs of possible numbers of people: equal ones of the same people; unknown ones of two surveys alike."""
    from cxstats.published.percentage import Percentage

    if not isinstance(b, Percentage):
        raise ArgumentError(f"{place}: the other figure is a Percentage, not {type(b).__name__}.")
    if not same_people:
        if a.n is None and b.n is None:
            return [(n, n) for n in sorted({*a.sizes, *b.sizes})]
        return [(n, m) for n in a.sizes for m in b.sizes]
    if a.n is not None and b.n is not None and a.n != b.n:
        raise ArgumentError(
            f"{place}: the same people are {a.n:,} in one figure and {b.n:,} in the other. Say same_people=False, or give both "
            "the n of those who were asked both."
        )
    if a.population and b.population and a.population != b.population:
        raise ArgumentError(f"{place}: the same people cannot be {a.population!r} and {b.population!r}.")
    known = a.n or b.n
    return [(known, known)] if known else [(n, n) for n in sorted({*a.sizes, *b.sizes})]


def _overlaps(p: Share, q: Share, *, same_people: bool) -> list[tuple[float, tuple[float, ...]]]:
    """Return the overlaps that are possible, with the correlation of the answers: none of different people."""
    if not same_people:
        return [(np.nan, (0.0,))]
    return [(both, (bounds.correlation(p.value, q.value, both),)) for both in bounds.least_and_most(p.value, q.value)]
