"""Purchase intent by price after Newton, Miller and Smith: how many would try it at a price, and what that brings in.

A respondent's chance to buy is 0 up to the price that is too cheap and from the one that is too expensive on; at the cheap and
the expensive price it is what the stated intent is calibrated to; in between it is straight. Trial is its mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.errors import ArgumentError, DataError, NoRowsError, listing
from cxstats.expression import Expression, Literal, col, when
from cxstats.inference.asked import counting, holds
from cxstats.inference.estimate import Estimate
from cxstats.inference.known import lent
from cxstats.inference.measure import measure
from cxstats.pricing.asked import at_prices, thinned
from cxstats.pricing.best_price import Series, best_price, candidates, series
from cxstats.score import Score
from cxstats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

CALIBRATION = {5: 0.7, 4: 0.5, 3: 0.3, 2: 0.1, 1: 0.0}
MOST_PRICES, MOST_ASKED = 30, 60
RARE = 0.05  # by default no price is looked at that is too cheap, or not too expensive, to fewer


@dataclass(frozen=True)
class NewtonMillerSmith:
    """Trial and revenue by price from purchase intent; made by ``van_westendorp(...).newton_miller_smith()``.

    Attributes
    ----------
    trial : Estimate
        Mean chance to buy at each price, in percent; labelled by ``price`` (and group).
    revenue : Estimate
        Price x trial, for each customer asked, in the unit of the prices.
    best_price : Estimate
        ``trial`` and ``revenue``: the price at which each is highest, of those looked at. The interval is the range of all
        prices that are not shown to be worse than another, and so holds the best one however flat the top.
    calibration : dict
        The probability of a purchase that each answer stands for.
    """

    survey: Survey
    base: Expression
    chances: tuple[Expression, Expression]
    named: tuple[str, ...]
    by: tuple[str, ...]
    where: Expression | None
    calibration: dict[Any, float]
    prices: np.ndarray
    unit: str

    @cached_property
    def trial(self) -> Estimate:  # noqa: D102  (documented as an attribute)
        scores = [
            Score(100 * self.chance(p), self.base, f"trial at {p:g}", unit="%", range=(0.0, 100.0))
            for p in self.prices.tolist()
        ]
        found = at_prices(measure(self.survey, scores, list(self.by), self.where), "trial", self.prices)
        n = int(found.n[: len(found) // len(self.prices)].sum())
        stated = ", ".join(f"{answer}: {chance:g}" for answer, chance in self.calibration.items())
        said = f"trial rests on {n:,} of {found.respondents:,} rows, with four prices in order and both intents"
        found._origin = replace(found._origin, left_out=(said, f"calibration: {stated}"))
        return found

    def chance(self, p: float) -> Expression:
        """Return a respondent's chance to buy at price p."""
        too_cheap, cheap, expensive, too_expensive = map(col, self.named)
        first, second = self.chances
        rising = first * (p - too_cheap) / (cheap - too_cheap)
        between = first + (second - first) * (p - cheap) / (expensive - cheap)
        falling = second * (too_expensive - p) / (too_expensive - expensive)
        up_to_cheap = when(too_cheap >= p, 0.0, rising)
        from_expensive = when(too_expensive > p, falling, 0.0)
        return when(cheap > p, up_to_cheap, when(cheap == p, first, when(expensive > p, between, when(
            expensive == p, second, from_expensive))))  # fmt: skip

    @cached_property
    def revenue(self) -> Estimate:  # noqa: D102
        trial, labels = self.trial, self.trial.labels
        price = labels["price"].to_numpy(dtype=np.float64) / 100
        labels["metric"] = "revenue"
        jacobian = np.diag(price)
        unit = np.full(len(trial), f"{self.unit} per customer asked".strip(), dtype=object)
        return trial._linear(price * trial.values, jacobian, jacobian != 0, labels, unit, lent(trial))

    @cached_property
    def _series(self) -> list[Series]:
        return [one for e in (self.trial, self.revenue) for one in series(e, e.values)]

    @cached_property
    def best_price(self) -> Estimate:  # noqa: D102
        return best_price(self._series, self.unit)

    def candidates(self, level: float = 0.95) -> pd.DataFrame:
        """Return the confidence sets of the best prices: each price with its trial and revenue, and whether it may be the best.

        Parameters
        ----------
        level : float
            The chance, at least, that each set holds the price of the truly highest trial, or revenue, among those looked at.

        Returns
        -------
        pandas.DataFrame
            Columns ``metric``, those of ``by``, ``price``, ``estimate``, ``below_best`` (what it lacks to the highest) and
            ``may_be_best``: no other price is shown to be better.

        Raises
        ------
        ArgumentError
            If the level is not between 0 and 1.

        Notes
        -----
        The calibration is taken as known.

        References
        ----------
        Gupta, S. S. (1965). On some multiple decision (selection and ranking) rules. *Technometrics* 7.

        Examples
        --------
        >>> import cxstats as cx
        >>> found = cx.van_westendorp(cx.sample_survey(), too_cheap="too_cheap", cheap="cheap", expensive="expensive",
        ...                           too_expensive="too_expensive", intent_at_cheap="intent_at_cheap",
        ...                           intent_at_expensive="intent_at_expensive", where=cx.col("quarter") == "2026Q3")
        >>> found.newton_miller_smith([35, 40, 45]).candidates().round(1)
            metric  price  estimate  below_best  may_be_best
        0    trial   35.0      21.5         0.0         True
        1    trial   40.0      20.9         0.6         True
        2    trial   45.0      17.4         4.0        False
        3  revenue   35.0       7.5         0.8        False
        4  revenue   40.0       8.4         0.0         True
        5  revenue   45.0       7.9         0.5         True
        """
        return candidates(self._series, level)

    def __repr__(self) -> str:
        return f"Best prices among those looked at, for trial and for revenue\n{self.best_price!r}"


def market(
    survey: Survey,
    named: Mapping[str, str],
    intents: Mapping[str, str],
    calibration: Mapping[Any, float] | None,
    by: tuple[str, ...],
    where: Expression | None,
    ordered: Expression,
    unit: str,
) -> NewtonMillerSmith:
    """Return trial and revenue by price; the columns are there, the answers about intent are checked here."""
    stated = dict(CALIBRATION if calibration is None else calibration)
    for answer, likely in stated.items():
        if isinstance(likely, bool) or not isinstance(likely, int | float) or not 0 <= likely <= 1:
            raise ArgumentError(
                f"van_westendorp(calibration=): {answer!r} stands for a probability from 0 to 1, not for {likely!r}."
            )
    if not any(likely > 0 for likely in stated.values()):
        raise ArgumentError("van_westendorp(calibration=): at least one answer must stand for a probability above 0.")
    chances, base, inside = [], ordered, counting(survey, where)
    for place, column in intents.items():
        answers = survey.frame.data[column][inside].dropna().unique().tolist()  # type: ignore[attr-defined]
        if not answers:
            raise DataError(f"van_westendorp({place}=): column {column!r} has no answers.")
        unknown = sorted((a for a in answers if a not in stated), key=str)
        if unknown:
            raise DataError(
                f"van_westendorp({place}=): column {column!r} holds {listing(unknown, 4)}, for which no probability is stated. "
                f"State one for each answer by calibration={{answer: probability}}; there is one for {listing(list(stated))}."
            )
        chance: Expression = Literal(0.0)
        for answer in answers:
            chance = when(col(column) == answer, float(stated[answer]), chance)
        chances.append(chance)
        base = base & col(column).is_answered()
    used = inside & holds(base, survey)
    if not used.any():
        raise NoRowsError(
            f"van_westendorp: no row has four prices in order and answers to {listing(list(intents.values()))}."
        )
    data: Any = survey.frame.data  # type: ignore[attr-defined]
    said = data.loc[used, list(named.values())].to_numpy(dtype=np.float64, na_value=np.nan)
    prices = np.unique(said[np.isfinite(said)])
    ends = np.nanquantile(said[:, 0], RARE), np.nanquantile(said[:, -1], 1 - RARE)
    middle = thinned(prices[(prices >= ends[0]) & (prices <= ends[1])], MOST_PRICES)
    return NewtonMillerSmith(
        survey, base, (chances[0], chances[1]), tuple(named.values()), by, where, stated, middle, unit
    )


def need_prices(prices: Any) -> np.ndarray:
    """Return two or more different prices in rising order."""
    found = np.asarray(prices)
    usable = found.ndim == 1 and found.dtype.kind in "iuf" and np.isfinite(found).all() and (found >= 0).all()
    if not usable or len(np.unique(found)) < 2 or len(found) > MOST_ASKED:
        raise ArgumentError(
            f"newton_miller_smith(prices=): 2 to {MOST_ASKED} different prices, 0 or more, are needed, not {prices!r}."
        )
    return np.unique(found).astype(np.float64)
