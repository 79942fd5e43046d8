"""Two figures, or a figure and your own estimate: their difference, what they have in common, whether they agree.

Nobody prints how many said both. Of the same people a difference is therefore given for the least and the most overlap, and how
many said both lies between Frechet's bounds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.claims.reading import Reading
from cxstats.claims.region import Region, between
from cxstats.errors import ArgumentError, PopulationError
from cxstats.published import bounds, printed
from cxstats.published.arguments import need_number
from cxstats.published.bounds import Share

if TYPE_CHECKING:
    import pandas as pd

    from cxstats.inference import Estimate
    from cxstats.published.percentage import Percentage

APART = "two figures differ in whatever sets the surveys apart: the question, the time, who was asked"
ANSWERS = {
    "supported": "consistent", "contradicted": "not consistent", "inconclusive": "cannot tell", "untestable": "cannot tell",
}  # fmt: skip


def comparison(a: Percentage, b: Percentage, *, same_people: bool, level: float) -> pd.DataFrame:
    """Return the table of `Percentage.compare`."""
    import pandas as pd

    lines = []
    for n, m in _sizes(a, b, "compare", same_people=same_people):
        p, q = a.at(n), b.at(m)
        for overlap, (low, high) in _by_overlap(p, q, 1 - level, same_people=same_people):
            lines.append([n, m, 100 * overlap, float(a.value - b.value), 100 * low, 100 * high])
    return pd.DataFrame(lines, columns=["n", "n_other", "overlap", "difference", "conf_low", "conf_high"])


def reading(a: Percentage, b: Percentage, *, same_people: bool) -> Reading:
    """Return the difference as a claim measures it: with the widest limits over all sizes and overlaps."""
    sizes = _sizes(a, b, "difference", same_people=same_people)

    def at(n: int, m: int, alpha: float) -> tuple[float, float]:
        every = [limits for _, limits in _by_overlap(a.at(n), b.at(m), alpha, same_people=same_people)]
        return min(low for low, _ in every), max(high for _, high in every)

    def needed(region: Region, level: float) -> float:
        """Return the people that are needed behind each figure whose n is not told, or else behind each of both."""
        told = a.n is not None and b.n is not None

        def limits(n: int) -> tuple[float, float]:
            n, m = (n, n) if told or same_people else (a.n or n, b.n or n)
            return bounds.percent(at(n, m, 1 - level))

        return bounds.deciding(region, limits)

    one = (a.n is None) != (b.n is None) and not same_people
    people = _people(a, b, same_people=same_people)
    return Reading(
        a.value - b.value, lambda alpha: bounds.widest(at(n, m, alpha) for n, m in sizes), "% points", people,
        printed.assumed(a, b), associated="difference" if of_two_groups(a, b) else "", low=-100.0, high=100.0, needed=needed,
        cautions=(*([] if same_people else [APART]), *printed.cautions(a, b)), what="the difference of two published shares",
        whom="people where n is not told" if one else "people" if same_people else "people each",
        hides="rounding, or the n that is told, leaves it open" if one else "rounding leaves it open",
    )  # fmt: skip


def of_same_people(a: Percentage, b: Percentage) -> bool:
    """Tell whether two figures are taken for answers of the same people: one source, one n, one population, all told."""
    return bool(
        a.n and a.n == b.n and a.source and a.source == b.source and a.population and a.population == b.population
    )


def of_two_groups(a: Percentage, b: Percentage) -> bool:
    """Tell whether two figures are of two groups that differ in something."""
    return bool(a.population and b.population) and a.population != b.population


def overlap(a: Percentage, b: Percentage, *, same_people: bool, level: float, among: bool) -> pd.DataFrame:
    """Return the table of `Percentage.both` and, `among` those who say b, of `Percentage.given`."""
    import pandas as pd

    lines = []
    for n, m in _joined(a, b, same_people=same_people, among=among):
        p, q = a.at(n), b.at(m)
        beyond = bounds.tail(p, q, level, among=among)
        found = (
            bounds.overlap(p, q, among=among),
            bounds.overlap_limits(p, q, beyond, same_people=same_people, among=among),
        )
        lines.append([n, m, *(100 * x for limits in found for x in limits)])
    return pd.DataFrame(lines, columns=["n", "n_other", "lowest", "highest", "conf_low", "conf_high"])


def overlap_reading(a: Percentage, b: Percentage, *, same_people: bool, among: bool) -> Reading:
    """Return how many say both (among those who say b) as a claim measures it: bounds, and no value."""
    sizes = _joined(a, b, same_people=same_people, among=among)

    def limits(alpha: float) -> bounds.Limits:
        """Return limits that are each passed with a chance of alpha / 2, as a verdict on a region needs them."""
        return bounds.widest(
            bounds.overlap_limits(a.at(n), b.at(m), alpha / 2, same_people=same_people, among=among) for n, m in sizes
        )

    people = _people(a, b, same_people=same_people)
    return Reading(
        np.nan, limits, "%", people,
        printed.assumed(a, b), cautions=("how many say both is not told: only its bounds are", *printed.cautions(a, b)),
        middle=sum(bounds.widest(bounds.overlap(a.at(n), b.at(m), among=among) for n, m in sizes)) / 2,
    )  # fmt: skip


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
    need_number("agrees_with(within=)", within, "a positive difference in percentage points that does not matter")
    if not within > 0:
        raise ArgumentError(
            f"agrees_with(within={within!r}): a positive difference in percentage points that does not matter."
        )
    margin = between(-float(within), float(within))
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


def _people(a: Percentage, b: Percentage, *, same_people: bool) -> float:
    """Return how many people stand behind two figures; NaN if that is not told."""
    if a.n is None or b.n is None:
        return np.nan
    return float(a.n if same_people else a.n + b.n)


def _joined(a: Percentage, b: Any, *, same_people: bool, among: bool) -> list[tuple[int, int]]:
    """Return the possible numbers of people of two figures that can be joined; raise for those that cannot."""
    place = "given" if among else "both"
    _need_percentage(place, b)
    if not a.population or a.population != b.population:
        found = [f"{x.printed}: {x.population or 'not stated'}" for x in (a, b)]
        raise PopulationError(
            f"{place}: how many say both is a question about one population, and those of the figures are not known to be one "
            f"({'; '.join(found)}). State it as population= of both, or do not join them."
        )
    if among and b.value == 0:
        raise ArgumentError(
            f"given: the other figure is 0 %{f', nobody {b.says}' if b.says else ''}, so there is no share among them."
        )
    return _sizes(a, b, place, same_people=same_people)


def _sizes(a: Percentage, b: Any, place: str, *, same_people: bool) -> list[tuple[int, int]]:
    """Return the pairs of possible numbers of people: equal ones of the same people; unknown ones of two surveys alike."""
    _need_percentage(place, b)
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
        raise ArgumentError(
            f"{place}: the same people cannot be {a.population!r} and {b.population!r}. Say same_people=False, or state one "
            "population."
        )
    known = a.n or b.n
    return [(known, known)] if known else [(n, n) for n in sorted({*a.sizes, *b.sizes})]


def _need_percentage(place: str, figure: Any) -> None:
    """Raise `ArgumentError` for what is no published percentage."""
    from cxstats.published.percentage import Percentage

    if not isinstance(figure, Percentage):
        raise ArgumentError(
            f"{place}: the other figure is a Percentage, not {type(figure).__name__}. Percentage({figure!r}) makes one of a "
            "number."
        )


def _by_overlap(p: Share, q: Share, alpha: float, *, same_people: bool) -> list[tuple[float, bounds.Limits]]:
    """Return the limits of p - q, of the same people for the least and the most that may say both."""
    if not same_people:
        return [(np.nan, bounds.difference(p, q, alpha))]
    least, most = bounds.least_and_most(p.value, q.value)
    return [(least, bounds.difference(p, q, alpha, bounds.least_correlation(p, q))), (most, bounds.nested(p, q, alpha))]
