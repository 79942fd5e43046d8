"""The four answers of van Westendorp's questions: who gave them all, who in order, and which curves cross where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from itertools import pairwise
from operator import and_

import numpy as np

from cxstats.errors import DataError, NoRowsError
from cxstats.expression import Expression, col
from cxstats.inference.estimate import Estimate
from cxstats.inference.measure import measure
from cxstats.pricing.crossings import Crossings, Curves, Pair, curves
from cxstats.score import Score
from cxstats.survey import Survey

FEWEST = 10  # consistent answers, below which no curve is drawn
QUESTIONS = ("too_cheap", "cheap", "expensive", "too_expensive")
CROSSING: dict[str, dict[str, Pair]] = {  # the curve of too cheap falls, "not cheap" rises, and so on: F_a + F_b = 1
    "original": {
        "low": ("too_cheap", "cheap"),
        "optimum": ("too_cheap", "too_expensive"),
        "indifference": ("cheap", "expensive"),
        "high": ("expensive", "too_expensive"),
    },
    "narrower": {
        "low": ("too_cheap", "expensive"),
        "optimum": ("too_cheap", "too_expensive"),
        "indifference": ("cheap", "expensive"),
        "high": ("cheap", "too_expensive"),
    },
}
DEFINITION = {
    "original": "original range: low is too cheap x not cheap, high is not expensive x too expensive",
    "narrower": "narrower range: low is too cheap x expensive, high is cheap x too expensive",
}


@dataclass(frozen=True)
class FourPrices:
    """The four answers: who gave them all, in which order, and the curves of those who count."""

    survey: Survey
    named: Mapping[str, str]
    by: tuple[str, ...]
    where: Expression | None
    drop: bool
    unit: str
    remarks: tuple[str, ...] = ()

    @cached_property
    def complete(self) -> Expression:
        """All four answers."""
        return reduce(and_, [col(column).is_answered() for column in self.named.values()])

    @cached_property
    def ordered(self) -> Expression:
        """All four answers, none below the one before it."""
        prices = [col(column) for column in self.named.values()]
        return reduce(and_, [a <= b for a, b in pairwise(prices)], self.complete)

    @cached_property
    def base(self) -> Expression:
        """Who counts."""
        return self.ordered if self.drop else self.complete

    def pairs(self, definition: str) -> dict[str, Pair]:
        """Return the columns whose curves cross at each price point."""
        return {name: (self.named[a], self.named[b]) for name, (a, b) in CROSSING[definition].items()}

    @cached_property
    def counted(self) -> Estimate:
        """The share of inconsistent answers among the complete ones, by group."""
        return measure(
            self.survey,
            Score(
                100 * ((~self.ordered) + 0),
                self.complete,
                "all four prices",
                unit="%",
                family="share",
                range=(0.0, 100.0),
            ),
            list(self.by),
            self.where,
        )

    @cached_property
    def used(self) -> Estimate:
        """The same among those who count, whose numbers these are."""
        score = Score(100 * ((~self.ordered) + 0), self.base, "used", unit="%", family="share", range=(0.0, 100.0))
        return measure(self.survey, score, list(self.by), self.where)

    @cached_property
    def crossings(self) -> Crossings:
        """The curves of each group; refused where too few answered, or all named one price."""
        n, complete = int(self.used.n.sum()), int(self.counted.n.sum())
        if not complete:
            raise NoRowsError(
                "van_westendorp: no row holds all four prices. Look at the columns given for each question, and at where=."
            )
        if n < FEWEST:
            raise NoRowsError(
                f"van_westendorp: {n} respondents gave four prices in order (of {complete:,} who gave four); at least {FEWEST} "
                "are needed. Ask more, look at the columns given for each question, or keep all by inconsistent='keep'."
            )
        found = curves(self.survey, list(self.named.values()), self.base, self.by, self.where)
        single = {price for curve in found.values() for price in curve.prices.tolist()}
        if len(single) == 1:
            raise DataError(
                f"van_westendorp: every respondent named one price, {single.pop():g}, for all four questions, so no curves "
                "cross. Look at the columns given for each question."
            )
        groups = self.used.labels[list(self.by)]
        labels = list(groups.itertuples(index=False, name=None)) if self.by else [()]
        none = Curves(np.zeros(0), dict.fromkeys(self.named.values(), np.zeros(0)))
        return Crossings(self.survey, self.base, self.by, self.where, groups, [found.get(g, none) for g in labels])

    def left_out(self) -> tuple[str, ...]:
        """Say who was left out, or kept though inconsistent."""
        said, *remarks = self.counted._origin.left_out
        mixed = self.inconsistent().sum()
        order = f"{mixed:,} with prices out of order"
        none = said.endswith(": none")
        if self.drop and mixed:
            said = f"{said.removesuffix('none')}{order}" if none else f"{said}, {order}"
        return (said, *([f"kept: {order}"] if mixed and not self.drop else []), *self.remarks, *remarks)

    def inconsistent(self) -> np.ndarray:
        """Return how many answers are inconsistent, by group; unweighted."""
        score = Score(col(self.named["cheap"]), self.complete & ~self.ordered, "inconsistent")
        return measure(self.survey, score, list(self.by), self.where).n.astype(np.int64)

    def prices(self, definition: str) -> Estimate:
        """Return the four price points, with who was left out and which curves cross."""
        made = self.crossings.estimate(self.pairs(definition), self.unit, "van Westendorp's price")
        made._origin = replace(made._origin, left_out=(*self.left_out(), DEFINITION[definition]))
        return made
