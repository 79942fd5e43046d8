"""What comes back of what a step in service costs: the return, whether the step pays, and where it breaks even."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cxstats.errors import ArgumentError, VariantError, listing, one_of
from cxstats.value.inputs import PLACE, Input, costs_of, input_of
from cxstats.value.reckoned import Reckoning, Source
from cxstats.value.result import ServiceValue
from cxstats.value.returned import ReturnOnService
from cxstats.value.returns import Inputs

PAID = ("each period", "once")


def roi(
    value: ServiceValue,
    *,
    cost: Mapping[Any, Any],
    margin: Any = 1.0,
    horizon: int = 1,
    retention: Any = None,
    discount: Any = 0.0,
    outcome: str | None = None,
    worth: Any = None,
    paid: str = "each period",
    draws: int = 20_000,
    seed: int = 0,
) -> ReturnOnService:
    """Estimate what each step in service returns per customer: benefit less cost, and whether it pays.

    ``net = m (s_j A_j - s_i A_i) - (c_j A_j - c_i A_i)`` for the step from level i to j, with the mean outcome s, the margin m
    and the cost c a period; ``A = sum_{t < T} (r / (1 + d))^t`` periods at retention r and discount d, 1 for one period.

    Parameters
    ----------
    value : ServiceValue
        From `service_value`; its outcome in money a period, or a share (see `worth`).
    cost : mapping of level to cost
        What one customer costs at each level, a period, in the unit of the outcome: a number; a range (lowest, highest), any
        part of it alike; (lowest, likeliest, highest), a triangle; or a distribution, such as ``scipy.stats.norm(22, 3)``.
        Where the first level is left out, the others are costs beyond its own. Ranges of different levels are drawn
        independently of each other.
    margin : number, range or distribution
        The part of the outcome that is left after its own costs, up to 1.
    horizon : int
        Periods T that are counted.
    retention : number, range, distribution, mapping by level, or str
        The part of customers who stay from one period to the next; a text names an outcome of the value that is a share, as
        "renewed": then it is estimated, with the covariance of both. Needed for a horizon of more than 1.
    discount : number, range or distribution
        Rate a period: 0.02 is 2 %.
    outcome : str, optional
        Which outcome brings the money, if the value has several.
    worth : number, range or distribution, optional
        Money for one unit of the outcome: of a share, what one customer who says yes is worth. By default 1.
    paid : {"each period", "once"}
        Whether costs arise as long as a customer stays, or at the beginning only.
    draws, seed : int
        Of ranges and distributions; the same seed gives the same numbers.

    Returns
    -------
    ReturnOnService
        ``benefit``, ``cost``, ``net``, ``benefit_cost``, ``roi``, ``break_even_cost``, ``break_even_margin`` and ``pays`` by
        step, ``frame()`` with all of them, ``tornado()``.

    Raises
    ------
    ArgumentError
        If a cost is below 0, a margin or retention is above 1, a level has no cost, or an argument means nothing here.
    VariantError
        If the retention named is no share among the outcomes.

    Notes
    -----
    A return is no more causal than the value: if better customers get the better service, a return on it is theirs, not the
    service's. Intervals hold for the inputs as given; what is not given as a range is taken to be known.

    References
    ----------
    Rust, R. T., Zahorik, A. J. and Keiningham, T. L. (1995). Return on quality (ROQ): making service quality financially
    accountable. *J. Marketing* 59.
    Gupta, S. and Lehmann, D. R. (2003). Customers as assets. *J. Interactive Marketing* 17.
    McKay, M. D., Beckman, R. J. and Conover, W. J. (1979). A comparison of three methods for selecting values of input
    variables. *Technometrics* 21.

    Examples
    --------
    >>> import cxstats as cx
    >>> value = cx.service_value(cx.sample_survey(), outcome=["spend", "renewed"], level="service_level",
    ...                          order=["poor", "adequate", "wow"], adjust=["tenure", "segment"], unit="EUR")
    >>> found = cx.roi(value, cost={"poor": 5, "adequate": 12, "wow": 22}, margin=0.6)
    >>> found.net.frame()[["contrast", "estimate", "conf_low", "conf_high", "unit"]].round(1)
              contrast  estimate  conf_low  conf_high unit
    0  adequate - poor       2.2       0.1        4.3  EUR
    1   wow - adequate      -6.4      -8.6       -4.1  EUR
    2       wow - poor      -4.2      -7.3       -1.0  EUR
    >>> found.pays.round(1).tolist()
    [97.8, 0.0, 0.6]
    >>> year = cx.roi(value, cost={"poor": 5, "adequate": 12, "wow": (18, 26)}, margin=0.6, horizon=4, retention="renewed")
    >>> year.net.frame()[["contrast", "estimate", "conf_low", "conf_high"]].round(1)
              contrast  estimate  conf_low  conf_high
    0  adequate - poor      36.3      30.6       42.0
    1   wow - adequate     -14.3     -29.3        0.6
    2       wow - poor      22.0       6.4       37.6
    """
    if not isinstance(value, ServiceValue):
        raise ArgumentError(f"{PLACE}: what service_value() returns is needed, not a {type(value).__name__}.")
    one_of(f"{PLACE}(paid=)", paid, PAID)
    for name, number, least in (("horizon", horizon, 1), ("draws", draws, 1000), ("seed", seed, 0)):
        if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < least:
            raise ArgumentError(f"{PLACE}({name}=): a whole number of {least:,} or more is needed, not {number!r}.")
    metrics = list(dict.fromkeys(value.labels["metric"]))
    shares = {name for name in metrics if value.scored(name) == "share"}
    kept = _kept(value, retention, int(horizon), shares)
    chosen = _outcome(metrics, shares, outcome, retention)
    inputs = Inputs(
        costs=costs_of(cost, value.order),
        margin=input_of(
            f"{PLACE}(margin=)", "margin", margin, 0.0, 1.0, "It is the part of the outcome that is left after its own "
            "costs: 60 % is 0.6."
        ),
        worth=_worth(value.scored(chosen), chosen, worth),
        discount=input_of(f"{PLACE}(discount=)", "discount", discount, 0.0, 1.0, "It is a rate a period: 2 % is 0.02."),
        retention=kept,
        horizon=int(horizon),
        once=paid == "once",
    )  # fmt: skip
    if inputs.margin.high == 0:
        raise ArgumentError(f"{PLACE}(margin=): margin is 0, so nothing is left of the outcome. 60 % is 0.6.")
    _need_first_cost(inputs, value.order)
    source = Source(value, chosen, chosen in shares, retention if isinstance(retention, str) else None)
    source.need_alike()
    return ReturnOnService(Reckoning(source, inputs, int(draws), int(seed)))


def _outcome(metrics: list[str], shares: set[str], outcome: str | None, retention: Any) -> str:
    """Return the outcome that brings the money."""
    if outcome is not None:
        one_of(f"{PLACE}(outcome=)", outcome, metrics)
        return outcome
    possible = [name for name in metrics if name != retention]
    possible = [name for name in possible if name not in shares] or possible
    if len(possible) != 1:
        raise ArgumentError(
            f"{PLACE}(outcome=): the value has the outcomes {listing(metrics)}. Name the one that brings the money."
        )
    return possible[0]


def _need_first_cost(inputs: Inputs, order: tuple[Any, ...]) -> None:
    """Raise where costs are beyond those of the first level, and levels keep customers for different times."""
    kept = inputs.retention
    differs = kept is None or len({(one.mean, one.shape, id(one.distribution)) for one in kept}) > 1
    if inputs.costs[0].given.startswith("not given") and inputs.horizon > 1 and differs and not inputs.once:
        raise ArgumentError(
            f"{PLACE}(cost=): the cost of {order[0]!r} is needed: who stays longer at a better level costs it longer. Name "
            "what a customer costs at each level, not what it costs more."
        )


def _worth(scored: str, outcome: str, worth: Any) -> Input:
    """Return what a unit of the outcome is worth in money."""
    if worth is None:
        if scored == "share":
            raise ArgumentError(
                f"{PLACE}(worth=): {outcome!r} is a share. Say what one customer who says yes is worth, as in worth=250."
            )
        if scored:
            raise ArgumentError(
                f"{PLACE}(worth=): {outcome!r} is in {scored}, not in money. Say what one of these is worth, as in worth=3."
            )
        worth = 1.0
    return input_of(f"{PLACE}(worth=)", "worth", worth, 0.0, np.inf, "It is money for one unit of the outcome.")


def _kept(value: ServiceValue, retention: Any, horizon: int, shares: set[str]) -> list[Input] | None:
    """Return the retention of each level; None where it is an outcome of the value."""
    place = f"{PLACE}(retention=)"
    if horizon > 1 and retention is None:
        raise ArgumentError(
            f"{place}: over {horizon} periods it must be said which part of customers stays from one to the next: a number "
            "from 0 to 1, one for each level, or the name of an outcome of the value, such as 'renewed'."
        )
    if isinstance(retention, str):
        if retention not in shares:
            raise VariantError(
                f"{place}: {retention!r} is no share among the outcomes of the value, "
                f"{listing(list(value.labels['metric'].unique()))}. "
                f"Estimate it along: service_value(outcome=[..., {retention!r}])."
            )
        return None
    remedy = "It is the part of customers who stay from one period to the next: 80 % is 0.8."
    if isinstance(retention, Mapping):
        missing = [level for level in value.order if level not in retention]
        if missing or len(retention) > len(value.order):
            raise ArgumentError(
                f"{place}: one for each level of {listing(list(value.order))} is needed, not {retention!r}."
            )
        return [input_of(place, f"retention of {level}", retention[level], 0.0, 1.0, remedy) for level in value.order]
    one = input_of(place, "retention", 1.0 if retention is None else retention, 0.0, 1.0, remedy)
    return [one] * len(value.order)
