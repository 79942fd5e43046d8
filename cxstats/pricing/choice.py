"""Choice experiments: what an attribute of service is worth, from choices among alternatives at a price.

`choice_sets` reads rows into choice sets, `conditional` fits each group; each choice set is then one row of a survey, whose
influence on the coefficients is measured with the design. `choices` is the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from cxstats.errors import ArgumentError, need_columns, one_of
from cxstats.inference.estimate import Estimate
from cxstats.inference.influence import from_influence, told, with_covariance
from cxstats.inference.measure import RESERVED as TAKEN
from cxstats.inference.noted import noted
from cxstats.pricing.choice_sets import PLACE, Names, Reading, read
from cxstats.pricing.choices import ChoiceModel
from cxstats.pricing.conditional import ChoiceSets, Fit, fitted
from cxstats.survey import Survey

RESERVED = (*TAKEN, "alternative", "change")
MODEL = "covariance of the model, which takes choices of one respondent as independent"


def choice_model(
    data: Any,
    *,
    task: str,
    chosen: str,
    attributes: Sequence[str],
    price: str,
    respondent: str | None = None,
    weight: str | None = None,
    by: str | None = None,
    covariance: str = "design",
    unit: str = "",
) -> ChoiceModel:
    """Estimate what attributes of a service are worth, from choices among alternatives (conditional logit).

    Alternative j of a choice set is chosen with the chance ``exp(x_j b) / sum_k exp(x_k b)``. The coefficients b are those of
    the largest (weighted) likelihood. A choice set moves them by ``H^-1 s``, with s its score and H the information; the
    covariance of b is that of the weighted totals of these, by the design: respondents are the primary sampling units
    unless the survey has others.

    Parameters
    ----------
    data : Survey or frame
        One row an alternative of a choice set; `to_long` makes it from one row a choice set. Strata, PSUs and weights of a
        Survey count.
    task : str
        Column that names the choice set; with `respondent`, task numbers may start again for each of them.
    chosen : str
        Column that is true (or 1) for the alternative chosen and false (or 0) for the others of the set.
    attributes : list of str
        Columns of what alternatives differ in. Numbers and true/false enter as they are; texts as contrasts with a base
        level, the first in sorted (or category) order.
    price : str
        Column of the price, 0 or more; it may be among `attributes`, else it comes first.
    respondent : str, optional
        Column that names who chose. Without it (and without PSUs of a Survey), choice sets are taken as independent.
    weight : str, optional
        Column of the weight of a respondent, the same in all rows of a choice set.
    by : str, optional
        Column of groups, such as a segment: each gets coefficients of its own, with one covariance matrix for all.
    covariance : {"design", "model"}
        "model" is the inverse information instead: it takes all choices as independent and the model as true.
    unit : str
        Of the price, such as "EUR"; shown with amounts.

    Returns
    -------
    ChoiceModel
        `params`, `wtp`, `log_likelihood`, `rho_squared`, `hit_rate`, and the methods `wtp_intervals`, `shares`, `effect`.

    Raises
    ------
    ColumnError
        If a column is not there, or prices are texts.
    DataError
        If a choice set has one alternative only, none or two chosen, two respondents or two weights; if an attribute never
        varies within a set, follows from others, or always decides (separation); if prices are negative or values infinite.
    ArgumentError
        If an argument means nothing, or no attribute besides the price is given.

    Notes
    -----
    Degrees of freedom are those of the respondents who tell of a coefficient (Bell and McCaffrey 2002): an attribute that one
    of them was shown has no standard error.

    A choice set with a missing value is left out as a whole and counted. Caution: the model holds that leaving out one
    alternative does not change the odds of the others (independence of irrelevant alternatives), and that all respondents of
    a group have the same tastes. Tastes that differ make the choices of one person alike: the design's covariance allows for
    that, the model's does not. In 1,000 simulated samples of 100 respondents with 16 choices each and strong tastes of their
    own, 95 % intervals of willingness to pay held it in 93 to 95 % (design) and in 66 to 68 % (model). Models of the spread
    of tastes (mixed logit, random parameters) are not built here; xlogit estimates them (0.2.7 ran with pandas 3.1 and numpy
    2.4).

    References
    ----------
    Bell, R. M. and McCaffrey, D. F. (2002). Bias reduction in standard errors for linear regression with multi-stage samples.
    *Survey Methodology* 28.
    McFadden, D. (1974). Conditional logit analysis of qualitative choice behavior. In *Frontiers in Econometrics*.
    Train, K. (2009). *Discrete Choice Methods with Simulation*, 2nd ed. Cambridge University Press.
    Binder, D. A. (1983). On the variances of asymptotically normal estimators from complex surveys. *Int. Stat. Rev.* 51.
    Arteaga, C. et al. (2022). xlogit: An open-source Python package for GPU-accelerated estimation of mixed logit models.
    *J. Choice Modelling* 42.

    Examples
    --------
    >>> import cxstats as cx
    >>> model = cx.choice_model(cx.load_choices(), task="task", chosen="chosen", attributes=["wait", "expertise"],
    ...                         price="price", respondent="respondent", unit="EUR")
    >>> model.wtp.frame()[["metric", "estimate", "std_error", "conf_low", "conf_high", "unit"]].round(2)
                  metric  estimate  std_error  conf_low  conf_high unit
    0               wait      0.86       0.08      0.71       1.00  EUR
    1  expertise: expert     12.41       0.82     10.80      14.01  EUR
    >>> round(model.rho_squared, 4), round(model.hit_rate, 1)
    (0.1618, 56.2)
    """
    one_of(f"{PLACE}(covariance=)", covariance, ("design", "model"))
    if by in RESERVED:
        raise ArgumentError(f"{PLACE}(by={by!r}): results have a column {by!r} of their own. Rename yours.")
    survey = _survey(data, weight, respondent)
    names = Names(task, chosen, _attributes(attributes, price), price, respondent, by)
    found = read(survey, names)
    parts = [_sets(found, g) for g in range(len(found.groups))]
    places = [f"{PLACE}, {by} {label!r}" for label in found.groups[by]] if by else [PLACE]
    fits = [fitted(sets, found.terms, place) for sets, place in zip(parts, places, strict=True)]
    hits = sum(sets.weight @ sets.against.hits(fit.b) for sets, fit in zip(parts, fits, strict=True))
    return ChoiceModel(
        params=_params(found, parts, fits, covariance),
        log_likelihood=float(sum(fit.log_likelihood for fit in fits)),
        log_likelihood_null=-float(sum(sets.weight @ np.log(sets.sizes) for sets in parts)),
        hit_rate=100 * float(hits / sum(sets.weight.sum() for sets in parts)),
        choices=int(found.kept.sum()),
        attributes=found.attributes,
        price=price,
        unit=unit,
        groups=found.groups,
        caution=MODEL if covariance == "model" else "",
        respondents=found.respondents,
    )


def _survey(data: Any, weight: str | None, respondent: str | None) -> Survey:
    """Return the survey with respondents as PSUs, unless it has others."""
    survey = data if isinstance(data, Survey) else Survey(data)
    d = survey.design
    for place, name in (("weight", weight), ("respondent", respondent)):
        need_columns(f"{PLACE}({place}=)", [] if name is None else [name], survey.frame.columns)
    if weight is not None and d.weight not in (None, weight):
        raise ArgumentError(f"{PLACE}(weight={weight!r}): the survey is weighted by {d.weight!r} already. Name one.")
    psu = list(d.psu) or respondent
    made = Survey(survey.frame, weight or d.weight, list(d.strata) or None, psu, d.fpc, d.lone_psu, d.nest)
    made.synthetic = survey.synthetic
    return made


def _attributes(attributes: Sequence[str], price: str) -> list[str]:
    """Return the attributes, the price first unless it stands among them."""
    if isinstance(attributes, str) or not isinstance(attributes, Sequence):
        raise ArgumentError(f"{PLACE}(attributes=): a list of column names is needed, not {attributes!r}.")
    twice = [name for name in attributes if list(attributes).count(name) > 1]
    if twice:
        raise ArgumentError(f"{PLACE}(attributes=): {twice[0]!r} is named twice.")
    if not set(attributes) - {price}:
        raise ArgumentError(f"{PLACE}(attributes=): name at least one attribute besides the price {price!r}.")
    return list(attributes) if price in attributes else [price, *attributes]


def _sets(found: Reading, group: int) -> ChoiceSets:
    """Return the choice sets of one group, with weights of mean 1."""
    sets = found.sets.take(found.group[found.kept] == group)
    return replace(sets, weight=sets.weight / sets.weight.mean())


def _params(found: Reading, parts: Sequence[ChoiceSets], fits: Sequence[Fit], covariance: str) -> Estimate:
    """Return the coefficients of all groups: terms in their order, within them groups; with their joint covariance."""
    import pandas as pd

    terms, count = found.terms, len(fits)
    influence = np.full((len(found.kept), len(terms), count), np.nan)
    own = np.zeros((len(terms), count, len(terms), count))
    weight = np.zeros(len(found.kept))
    weight[found.kept] = found.sets.weight
    number, models = np.arange(len(terms) * count).reshape(len(terms), count), []
    for g, (sets, fit) in enumerate(zip(parts, fits, strict=True)):
        inside = found.group == g
        influence[inside, :, g] = fit.scores @ fit.covariance / weight[inside].mean()
        own[:, g, :, g] = fit.covariance
        models.append((sets.against.informed(fit, np.flatnonzero(inside)), np.eye(number.size)[:, number[:, g]]))
    labels = pd.concat([found.groups] * len(terms), ignore_index=True)
    labels.insert(0, "metric", pd.Series(np.repeat(np.asarray(terms, dtype=object), count).tolist(), dtype="str"))
    values = np.stack([fit.b for fit in fits], axis=1).ravel()
    flat = influence.reshape(len(influence), -1)
    params = from_influence(found.every, values, flat, labels, left_out=found.left_out, models=models)
    gone, *remarks = told(len(found.kept), found.left_out)
    said = (gone.replace(" rows: ", " choice sets: ", 1), *remarks)
    params._origin = replace(params._origin, left_out=said, group=np.tile(np.arange(count), len(terms)))
    if covariance == "model":
        params = with_covariance(params, own.reshape(len(values), -1), MODEL)
        params._origin = replace(params._origin, design="not used")
    bases = np.repeat([a.note for a in found.attributes for _ in a.terms], count)
    return noted(params, bases)
