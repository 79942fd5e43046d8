"""Two figures, or a figure and your own estimate: their difference, what they have in common, whether they agree.

Nobody prints how many said both. Of the same people a difference is therefore given for the least and the most overlap, and how
many said both lies between Frechet's bounds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.claims.reading import Reading
from cxstats.claims.region import Region, above, between
from cxstats.errors import ArgumentError, PopulationError
from cxstats.published import bounds, printed
from cxstats.published.bounds import Share
from cxstats.published.line import Line, joined, people, span

if TYPE_CHECKING:
    import pandas as pd

    from cxstats.inference import Estimate
    from cxstats.published.percentage import Percentage

APART = "two figures differ in whatever sets the surveys apart: the question, the time, who was asked"
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

    def at(n: int, m: int, alpha: float) -> tuple[float, float]:
        p, q = a.at(n), b.at(m)
        every = [bounds.difference(p, q, alpha, r) for _, r in _overlaps(p, q, same_people=same_people)]
        return min(low for low, _ in every), max(high for _, high in every)

    def needed(region: Region, level: float) -> float:
        """Return the people that are needed: of the figure whose n is not told, or of both, in the proportion that is."""
        known = (a.n or 0) + (b.n or 0)

        def limits(n: int) -> tuple[float, float]:
            if a.n is None or b.n is None or same_people:
                sides = (a.n or n, b.n or n) if not same_people else (n, n)
            else:
                sides = max(round(a.n * n / known), 1), max(round(b.n * n / known), 1)
            return bounds.percent(at(*sides, 1 - level))

        return bounds.deciding(region, limits)

    known = a.n is not None and b.n is not None
    people = float((a.n or 0) + (0 if same_people else b.n or 0)) if known else np.nan
    return Reading(
        a.value - b.value, lambda alpha: bounds.widest(at(n, m, alpha) for n, m in sizes), "% points", people,
        printed.assumed(a, b), difference=_groups(a, b), low=-100.0, high=100.0, needed=needed,
        cautions=(*([] if same_people else [APART]), *printed.cautions(a, b)),
    )  # fmt: skip


def audited(a: Percentage, b: Percentage, level: float) -> Line:
    """Return the line of an audit about two figures: which is the higher, and how many may say both."""
    apart = reading(a, b, same_people=False)
    low, high = apart.limits(1 - level)
    if low > 0 or high < 0:
        first, second = (a, b) if low > 0 else (b, a)
        bears = f"{first.printed} is the higher of the two: {span((low, high) if low > 0 else (-high, -low))} points"
        bears += f" above {second.printed}"
    else:
        count = apart.needed(above(0.0), level) if apart.needed else np.nan
        whose = "of both" if (a.n is None) == (b.n is None) else f"behind {(a if a.n is None else b).printed}"
        clear = (
            "no number of people would tell, rounded as they are"
            if np.isinf(count)
            else f"it would take {people(count)} people {whose}"
        )
        bears = f"which is the higher cannot be told ({span((low, high))} points apart): {clear}"
    alike = ""
    if a.population.strip() and a.population.strip() == b.population.strip():
        both = overlap(a, b, same_people=False, level=level, among=False)
        bears += f"; of {a.population}, {span((both['conf_low'].min(), both['conf_high'].max()))} % may say both"
    elif not _groups(a, b):
        alike = "whether both are of one population: without that, nothing follows on how many say both"
    return Line(
        f"{a.words}, against {b.words}", joined([a.source, b.source]), apart.n, apart.value, low, high, "% points", bears,
        joined([*(f"n of {x.printed}" for x in (a, b) if x.n is None), alike, a.unknown, b.unknown]),
    )  # fmt: skip


def _groups(a: Percentage, b: Percentage) -> bool:
    """Tell whether two figures are of two groups that differ in something."""
    return bool(a.population.strip() and b.population.strip()) and a.population.strip() != b.population.strip()


def overlap(a: Percentage, b: Percentage, *, same_people: bool, level: float, among: bool) -> pd.DataFrame:
    """Return the table of `Percentage.both` and, `among` those who say b, of `Percentage.given`."""
    import pandas as pd

    lines = []
    for n, m in _joined(a, b, same_people=same_people, among=among):
        found = bounds.both_limits(a.at(n), b.at(m), level, same_people=same_people, among=among)
        lines.append([n, m, *(100 * x for x in found)])
    return pd.DataFrame(lines, columns=["n", "n_other", "lowest", "highest", "conf_low", "conf_high"])


def overlap_reading(a: Percentage, b: Percentage, *, same_people: bool, among: bool) -> Reading:
    """Return how many say both (among those who say b) as a claim measures it: bounds, and no value."""
    sizes = _joined(a, b, same_people=same_people, among=among)

    def at(alpha: float) -> list[tuple[float, ...]]:
        return [bounds.both_limits(a.at(n), b.at(m), 1 - alpha, same_people=same_people, among=among) for n, m in sizes]

    known = a.n is not None and b.n is not None
    people = float((a.n or 0) + (0 if same_people else b.n or 0)) if known else np.nan
    return Reading(
        np.nan, lambda alpha: bounds.widest((found[2], found[3]) for found in at(alpha)), "%", people,
        printed.assumed(a, b), cautions=("how many say both is not told: only its bounds are", *printed.cautions(a, b)),
        middle=sum(bounds.widest((found[0], found[1]) for found in at(0.05))) / 2,
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


def _joined(a: Percentage, b: Any, *, same_people: bool, among: bool) -> list[tuple[int, int]]:
    """Return the possible numbers of people of two figures that can be joined; raise for those that cannot."""
    place = "given" if among else "both"
    _need_percentage(place, b)
    if not a.population.strip() or a.population.strip() != b.population.strip():
        found = [f"{x.printed}: {x.population.strip() or 'not stated'}" for x in (a, b)]
        raise PopulationError(
            f"{place}: how many say both is a question about one population, and those of the figures are not known to be one "
            f"({'; '.join(found)}). State it as population= of both, or do not join them."
        )
    if among and b.value == 0:
        raise ArgumentError(f"given: nobody says {b.says or 'the other'!r}, so there is no share among them.")
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


def _overlaps(p: Share, q: Share, *, same_people: bool) -> list[tuple[float, tuple[float, ...]]]:
    """Return the overlaps that are possible, with the correlation of the answers: none of different people."""
    if not same_people:
        return [(np.nan, (0.0,))]
    return [(both, (bounds.correlation(p.value, q.value, both),)) for both in bounds.least_and_most(p.value, q.value)]
