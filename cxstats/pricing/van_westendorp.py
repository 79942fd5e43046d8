"""Van Westendorp's price sensitivity meter: four questions about prices, four curves, and where they cross."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.errors import ArgumentError, one_of
from cxstats.expression import Expression, col
from cxstats.inference.asked import asked, counting, need_unit
from cxstats.inference.estimate import Estimate
from cxstats.inference.measure import measure
from cxstats.metrics import share
from cxstats.pricing.asked import codes, price_answer, thinned
from cxstats.pricing.four_prices import CROSSING, DEFINITION, QUESTIONS, FourPrices
from cxstats.pricing.newton_miller_smith import NewtonMillerSmith, market, need_prices

if TYPE_CHECKING:
    import pandas as pd

MOST_PRICES, BATCH = 100, 20  # of a table of curves; of one pass over the rows


def van_westendorp(
    survey: Any,
    *,
    too_cheap: str,
    cheap: str,
    expensive: str,
    too_expensive: str,
    intent_at_cheap: str | None = None,
    intent_at_expensive: str | None = None,
    calibration: Mapping[Any, float] | None = None,
    definition: str = "original",
    inconsistent: str = "drop",
    by: str | list[str] | None = None,
    where: Expression | None = None,
    unit: str = "",
) -> VanWestendorp:
    """Estimate the range of acceptable prices, and the optimal and the indifference price, from four price questions.

    Four curves by price p: the shares to whom p is too cheap or cheap (``1 - F(p)``, falling) and to whom it is expensive or
    too expensive (``F(p)``, rising), with F the weighted share whose answer is at or below p. The optimal price is where too
    cheap and too expensive cross, the indifference price where cheap and expensive do. The original range goes from too cheap
    x not cheap to not expensive x too expensive, the narrower one from too cheap x expensive to cheap x too expensive. Each
    crossing is a zero of ``D(p) = F_a(p) + F_b(p) - 1``, the curves being straight between the prices that someone in the
    group named.

    Parameters
    ----------
    survey : Survey or frame
        Answers with their design, or a frame, taken as a simple random sample.
    too_cheap, cheap, expensive, too_expensive : str
        Columns of prices, 0 or more, all in one currency.
    intent_at_cheap, intent_at_expensive : str, optional
        Columns of purchase intent at the respondent's own cheap and expensive price, for `newton_miller_smith`.
    calibration : mapping, optional
        From each answer about intent to the probability (0 to 1) of a purchase. By default that of Newton, Miller and Smith
        for a scale of 1 to 5: 0.7 for 5, 0.5 for 4, 0.3 for 3, 0.1 for 2, 0 for 1.
    definition : {"original", "narrower"}
        Which range ``prices`` holds; ``narrower`` always holds the other.
    inconsistent : {"drop", "keep"}
        Answers are inconsistent where a price is below the one before it, in the order too cheap, cheap, expensive, too
        expensive (equal ones are consistent). They are left out and counted, or kept and counted.
    by : str or list of str, optional
        Columns whose values make the groups.
    where : Expression, optional
        The domain, as in `measure`.
    unit : str
        Of the prices, such as "EUR"; shown with them.

    Returns
    -------
    VanWestendorp
        ``prices`` is an Estimate labelled (``metric``) ``low``, ``optimum``, ``indifference``, ``high`` (and by group), in the
        unit of the prices, with one joint covariance. ``curves()`` is a table, ``answers`` counts who answered.

    Raises
    ------
    ColumnError
        If a column is not there, or holds no numbers.
    DataError
        If a price is below 0 or infinite, there are fewer than 10 consistent respondents, all name one single price, or an
        answer about intent has no calibration.
    ArgumentError
        If an argument has no meaning, or only one of the two columns of intent is given.

    Notes
    -----
    These are opinions on prices, not purchases, and people name what they are used to pay: take the range as the prices that
    need no explaining, not as a forecast. Only respondents with all four answers count. If two curves meet along a stretch of
    prices, its middle is shown and said.

    An interval holds the prices at which ``|D(p)| <= t se(D(p))`` with the error of the design at that price; it need not be
    symmetric. Its half-width over t is the standard error. In simulations over three price grids
    (``benchmarks/price_points.md``) 95 % intervals held the price point in 95.3 % of simple random samples of 60 and 95.2 %
    of 300, in 94.5 and 95.2 % in 30 PSUs, and in 93.1 and 95.2 % with weights of Kish's effect 1.5 (at 60, guarded limits
    in 93.6 %).

    References
    ----------
    van Westendorp, P. H. (1976). NSS price sensitivity meter (PSM): a new approach to study consumer perception of prices.
    *Proceedings of the 29th ESOMAR Congress*.
    Woodruff, R. S. (1952). Confidence intervals for medians and other position measures. *JASA* 47.

    Examples
    --------
    >>> import cxstats as cx
    >>> found = cx.van_westendorp(cx.sample_survey(), too_cheap="too_cheap", cheap="cheap", expensive="expensive",
    ...                           too_expensive="too_expensive", where=cx.col("quarter") == "2026Q3")
    >>> found.prices.frame()[["metric", "n", "estimate", "conf_low", "conf_high"]].round(1)
             metric    n  estimate  conf_low  conf_high
    0           low  436      26.9      26.2       27.7
    1       optimum  436      33.6      31.7       35.2
    2  indifference  436      35.7      34.7       36.6
    3          high  436      47.7      46.3       49.5
    """
    function = "van_westendorp"
    one_of(f"{function}(definition=)", definition, tuple(CROSSING))
    one_of(f"{function}(inconsistent=)", inconsistent, ("drop", "keep"))
    need_unit(function, unit)
    named = dict(zip(QUESTIONS, (too_cheap, cheap, expensive, too_expensive), strict=True))
    intents = {"intent_at_cheap": intent_at_cheap, "intent_at_expensive": intent_at_expensive}
    given = {name: column for name, column in intents.items() if column is not None}
    if len(given) == 1 or (calibration is not None and not given):
        raise ArgumentError(
            f"{function}: purchase intent needs both intent_at_cheap= and intent_at_expensive=; "
            f"{'only ' + next(iter(given)) + '= is given' if given else 'calibration= is given without them'}."
        )
    places = {f"{name}=": column for name, column in (named | given).items()}
    rows, groups = asked(function, survey, places, by, where, ("price",))
    measure(rows, [price_answer(f"{function}({name}=)", column) for name, column in named.items()], list(groups), where)
    data: Any = rows.frame.data  # type: ignore[attr-defined]
    inside = counting(rows, where)
    said = codes({name: data.loc[inside, name].to_numpy(dtype=np.float64, na_value=np.nan) for name in named.values()})
    ask = FourPrices(rows, named, groups, where, inconsistent == "drop", unit, tuple(said))
    intent = None if not given else market(rows, named, given, calibration, groups, where, ask.ordered, unit)
    return VanWestendorp(ask, definition, intent)


class VanWestendorp:
    """Prices where van Westendorp's four curves cross; made by `van_westendorp`.

    Attributes
    ----------
    prices : Estimate
        ``low``, ``optimum``, ``indifference``, ``high`` by the definition asked for, in the unit of the prices.
    narrower, original : Estimate
        The same by each of the two definitions of the range.
    definition : str
        Which curves bound the range of ``prices``, in words.
    answers : pandas.DataFrame
        By group: ``complete`` (all four prices), ``inconsistent`` among them, and ``used``; respondents.
    """

    def __init__(self, ask: FourPrices, definition: str, intent: NewtonMillerSmith | None) -> None:
        self._ask, self._definition, self._intent = ask, definition, intent
        self.definition = DEFINITION[definition]
        self.prices: Estimate = getattr(self, definition)

    @cached_property
    def original(self) -> Estimate:  # noqa: D102  (documented as an attribute)
        return self._ask.prices("original")

    @cached_property
    def narrower(self) -> Estimate:  # noqa: D102
        return self._ask.prices("narrower")

    @property
    def answers(self) -> pd.DataFrame:  # noqa: D102
        ask = self._ask
        table = ask.counted.labels[list(ask.by)]
        complete, used = ask.counted.n.astype(np.int64), ask.used.n.astype(np.int64)
        return table.assign(complete=complete, inconsistent=ask.inconsistent(), used=used)

    def newton_miller_smith(self, prices: Sequence[float] | None = None) -> NewtonMillerSmith:
        """Return trial and revenue by price, from the purchase intent at the cheap and the expensive price.

        Parameters
        ----------
        prices : sequence of float, optional
            The prices looked at, 2 to 60 of them; the best price is one of these. By default those that someone named between
            the 5 % point of too cheap and the 95 % point of too expensive, at most 30 of them.

        Returns
        -------
        NewtonMillerSmith
            ``trial``, ``revenue`` and ``best_price`` are Estimates.

        Raises
        ------
        ArgumentError
            If the columns of intent were not given, or the prices are not prices.

        Notes
        -----
        Stated intent is more than what is bought: everything hangs on the calibration. It is taken as known, so the intervals
        do not hold its error. Respondents with prices out of order are left out in any case.

        References
        ----------
        Newton, D., Miller, J. and Smith, P. (1993). A market acceptance extension to traditional price sensitivity
        measurement. *AMA Advanced Research Techniques Forum*.

        Examples
        --------
        >>> import cxstats as cx
        >>> found = cx.van_westendorp(cx.sample_survey(), too_cheap="too_cheap", cheap="cheap", expensive="expensive",
        ...                           too_expensive="too_expensive", intent_at_cheap="intent_at_cheap",
        ...                           intent_at_expensive="intent_at_expensive", where=cx.col("quarter") == "2026Q3")
        >>> market = found.newton_miller_smith(range(25, 61, 5))
        >>> market.best_price.frame()[["metric", "estimate", "conf_low", "conf_high"]]
            metric  estimate  conf_low  conf_high
        0    trial      35.0      35.0       40.0
        1  revenue      40.0      40.0       45.0
        """
        if self._intent is None:
            raise ArgumentError(
                "newton_miller_smith: purchase intent was not given. Name its columns: "
                "van_westendorp(..., intent_at_cheap=, intent_at_expensive=)."
            )
        return self._intent if prices is None else replace(self._intent, prices=need_prices(prices))

    def curves(self, level: float = 0.95) -> pd.DataFrame:
        """Return the four curves, with Wilson intervals at each price by itself.

        Parameters
        ----------
        level : float
            Confidence level, by default 0.95.

        Returns
        -------
        pandas.DataFrame
            Columns ``price`` (those that anyone named, at most 100 of them), those of ``by``, ``curve`` (``too_cheap`` and
            ``cheap``: the price is below the answer; ``expensive`` and ``too_expensive``: at or above it), ``estimate``,
            ``conf_low`` and ``conf_high`` in percent.

        Raises
        ------
        ArgumentError
            If the level is not between 0 and 1.

        Notes
        -----
        The band does not hold the whole curve at once.

        References
        ----------
        van Westendorp, P. H. (1976). NSS price sensitivity meter (PSM): a new approach to study consumer perception of
        prices. *Proceedings of the 29th ESOMAR Congress*.

        Examples
        --------
        >>> import cxstats as cx
        >>> found = cx.van_westendorp(cx.sample_survey(), too_cheap="too_cheap", cheap="cheap", expensive="expensive",
        ...                           too_expensive="too_expensive", where=cx.col("quarter") == "2026Q3")
        >>> found.curves().query("price == 36")[["curve", "estimate", "conf_low", "conf_high"]].round(1)
                     curve  estimate  conf_low  conf_high
        33       too_cheap       5.6       3.7        8.3
        127          cheap      27.9      23.7       32.4
        221      expensive      30.1      25.3       35.4
        315  too_expensive      12.4       9.6       16.0
        """
        import pandas as pd

        ask = self._ask
        named = np.unique(np.concatenate([c.prices for c in ask.crossings.curves]))
        prices = thinned(named, MOST_PRICES)
        tables = []
        for name, column in ask.named.items():
            falls = name in ("too_cheap", "cheap")
            for start in range(0, len(prices), BATCH):
                some = prices[start : start + BATCH].tolist()
                scores = [share(col(column) > p if falls else col(column) <= p, name=f"{p!r}") for p in some]
                found = measure(ask.survey, [replace(s, base=ask.base) for s in scores], list(ask.by), ask.where)
                table = found.frame(level)[["metric", *ask.by, "estimate", "conf_low", "conf_high"]]
                table.insert(0, "price", table.pop("metric").astype(float))
                table.insert(1 + len(ask.by), "curve", name)
                tables.append(table)
        return pd.concat(tables, ignore_index=True)

    def __repr__(self) -> str:
        return repr(self.prices)

    def _repr_html_(self) -> str:
        return self.prices._repr_html_()
