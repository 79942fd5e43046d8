"""What a step in service is worth: the mean outcome at each level of service, for the same customers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cxstats.errors import ArgumentError, NoRowsError, NotIdentifiedError, one_of
from cxstats.expression import Expression
from cxstats.inference.asked import counted, grouped, missing_groups
from cxstats.inference.covariates import covariates_of, need_adjustable, need_independent
from cxstats.inference.influence import REMARK
from cxstats.value.asked import ALONE, FEW, PLACE, SHARE_OF_ALL, Asked, Outcome, asked_of, need_levels
from cxstats.value.comparability import Adjusted, Comparable, apart
from cxstats.value.estimated import Cell
from cxstats.value.fits import Columns
from cxstats.value.result import ServiceValue
from cxstats.value.told import METHODS

SAME = 1e-6  # of a column's length that is its own: less, and rounding decides what it says
OVERLAP = ("error", "restrict")
MANY, NUMBER = 10, re.compile(r"\s*-?\d+([.,]\d+)?\s*")  # labels, from which on numbers among them look like a slip


def service_value(
    survey: Any,
    *,
    outcome: Any,
    level: str | Mapping[Any, Expression],
    order: Sequence[Any] | None = None,
    adjust: str | Sequence[str] = (),
    method: str = "standardise",
    among: Any = None,
    by: str | Sequence[str] | None = None,
    where: Expression | None = None,
    link: str | None = None,
    overlap: str = "error",
    randomised: bool = False,
    unit: str = "",
) -> ServiceValue:
    """Estimate the mean outcome at each level of service for the same customers: what a step in service goes with.

    ``mean = sum_i w_i p_i m_j(x_i) / sum_i w_i p_i``: what a regression of level j's customers says of everybody
    ("standardise"), the weighted mean of level j's customers ("weight"), or the regression of these weighted customers
    ("both").

    Parameters
    ----------
    survey : Survey or frame
        Customers with their design; a row each. Customers who are in several rows are not independent:
        ``Survey(frame, psu="customer")``.
    outcome : str, Score, or list of these
        A column of yes/no, true/false or 1/0 (a share, in percent), one of numbers (a mean), or a score such as ``csat(...)``.
        Several are estimated side by side, with one covariance.
    level : str, or mapping of level to condition
        Column of the level of service, or conditions: ``{"person": col("served_by") == "person", "bot": ...}``.
    order : list
        The levels from the worst to the best; of conditions, their own order unless given.
    adjust : str or list of str
        Columns by which customers of the levels may differ: numbers (linear), or labels. None: nothing is adjusted for.
    method : {"standardise", "weight", "both"}
        A regression a level, linear for amounts and logistic for shares; weights of one over the chance of the level, by a
        multinomial logit; or both, right if one of the two is (doubly robust).
    among : level, optional
        For the customers of this level only; by default for all.
    by : str or list of str, optional
        Columns whose values make groups, each with regressions of its own; the covariance is joint.
    where : Expression, optional
        The domain, as in `measure`.
    link : {"identity", "log"}, optional
        Another regression: linear for shares, too; or logarithmic for amounts (quasi-Poisson; zeros are fine).
    overlap : {"error", "restrict"}
        What to do with customers like whom nobody is at some level: raise if it is by a label, and say so if it is by a number
        beyond those met (there regressions are carried on); or leave both out, and count them.
    randomised : bool
        Whether the level was drawn by lot: then differences are called effects.
    unit : str
        Of amounts, such as "EUR".

    Returns
    -------
    ServiceValue
        An `Estimate` with a row a level, in the order given; ``steps``, ``overall``, ``unadjusted``, ``flattens()``,
        ``losses_to_gains()``, ``e_values()``, and ``overlap`` and ``balance``, which show whether levels can be compared.

    Raises
    ------
    ColumnError
        If a column is not there, or of the wrong kind.
    DataError
        If the level has a value that is not in `order`, rows are of two levels, or the outcome is the same in all rows.
    NotIdentifiedError
        Of this kind: if there is no overlap, an outcome is the same in all rows of a level, or columns say the same.
    NoGroupError
        If nobody is at a level.
    ArgumentError
        If an argument means nothing here.

    Notes
    -----
    A difference is an association: it is the effect of the level only if customers with the same adjusting columns had the same
    chance of it whatever they would have done (no unmeasured confounding). ``e_values()`` says how strong what is not measured
    would have to be.

    Answers come from statsmodels' GLM; errors are those of the design, from each row's influence on means, regressions and
    chances alike, the same as R's survey package gives (``tests/reference/18_value.R``). Degrees of freedom are those of the
    PSUs that tell of a level (Bell and McCaffrey 2002). Overlap, balance and remarks on extreme weights are worked out for
    every method.

    In 400 simulated samples of each of four worlds (450 customers of 30 PSUs; 150 of 12; heavy-tailed spend; weights from 1 to
    30), 95 % intervals of steps held the truth in 94 to 98 % ("standardise", "weight") and 91 to 98 % ("both"), guarded ones,
    by which `test` and `check` decide, in 95 to nearly 100 %. With 12 PSUs or such weights "both" left up to 9 % of intervals
    unknown ("weight" 1 %, "standardise" none), with the reason in the note (``tests/value/test_value_coverage.py`` draws such
    samples).

    Where few answers of a level, all alike, stand for many customers (a label that hardly goes with the level), a regression is
    certain of what it cannot know: errors are then NaN, and the note says for how many.

    References
    ----------
    Robins, J. M. (1986). A new approach to causal inference in mortality studies with a sustained exposure period.
    *Mathematical Modelling* 7.
    Hirano, K. and Imbens, G. W. (2001). Estimation of causal effects using propensity score weighting. *Health Services and
    Outcomes Research Methodology* 2.
    Wooldridge, J. M. (2007). Inverse probability weighted estimation for general missing data problems. *J. Econometrics* 141.
    Begg, C. B. and Gray, R. (1984). Calculation of polychotomous logistic regression parameters using individualized
    regressions. *Biometrika* 71.
    Bell, R. M. and McCaffrey, D. F. (2002). Bias reduction in standard errors for linear regression with multi-stage samples.
    *Survey Methodology* 28.

    Examples
    --------
    >>> import cxstats as cx
    >>> value = cx.service_value(cx.sample_survey(), outcome="spend", level="service_level",
    ...                          order=["poor", "adequate", "wow"], adjust=["tenure", "segment"], unit="EUR")
    >>> value.frame()[["service_level", "n", "estimate", "conf_low", "conf_high"]].round(1)
      service_level     n  estimate  conf_low  conf_high
    0          poor  1466      47.2      44.3       50.1
    1      adequate  4421      62.5      61.0       64.0
    2           wow  1733      68.5      65.1       71.9
    >>> value.steps.frame()[["contrast", "estimate", "conf_low", "conf_high", "unit"]].round(1)
              contrast  estimate  conf_low  conf_high unit
    0  adequate - poor      15.3      11.8       18.9  EUR
    1   wow - adequate       6.0       2.3        9.8  EUR
    >>> value.unadjusted.contrast("wow", "adequate").values.round(1).tolist()
    [8.7]
    """
    one_of(f"{PLACE}(method=)", method, list(METHODS))
    one_of(f"{PLACE}(overlap=)", overlap, OVERLAP)
    if not isinstance(randomised, bool):
        raise ArgumentError(f"{PLACE}(randomised=): True or False is needed, not {randomised!r}.")
    asked = asked_of(survey, outcome, level, order, adjust, by, where, among, link, unit)
    cells = [cell for each in asked.outcomes for cell in _cells(asked, each, overlap)]
    return ServiceValue.of(asked, cells, method, randomised)


def _cells(asked: Asked, outcome: Outcome, overlap: str) -> list[Cell]:
    """Return of each group its rows and how they compare; the groups are those of the rows that answered this outcome."""
    out, of = asked.out.copy(), f" ({outcome.name})" if len(asked.outcomes) > 1 else ""
    out[(out == "") & np.isnan(outcome.points)] = f"without {outcome.name}"
    labels = [name for name in asked.adjust if _labelled(asked, name)]
    kept, code = np.flatnonzero(out == ""), asked.levels.code
    group, table = grouped(asked.survey, asked.groups, kept)
    found = []
    for g in range(len(table)):
        named = ", ".join(f"{k} {v!r}" for k, v in table.iloc[g].items())
        place = f"{PLACE}, {named}" if named else PLACE
        rows = kept[group == g]
        points = outcome.points
        need_levels(place, asked.levels, code[rows], points[rows], outcome.name)
        rows, carried = _with_counterparts(asked, rows, labels, overlap, place)
        out[np.setdiff1d(kept[group == g], rows)] = ALONE + of
        need_levels(place, asked.levels, code[rows], points[rows], outcome.name)
        x, adjusted, told = _columns(asked, rows, place)
        names = ["intercept", *(term.name for term in adjusted.terms)]
        columns = Columns.of(x)
        for j, value in enumerate(asked.levels.order):
            met = np.unique(columns.kind[code[rows] == j])
            need_independent(columns.kinds[met], names, f"{place}, level {value!r}", SAME)
        comparable = Comparable.of(columns, adjusted, code[rows], asked.weight[rows], asked.levels, asked.among, place)
        told += [*carried, *comparable.remarks(asked.levels), *_few(outcome, rows, asked.weight)]
        told = [f"{one}{of}" for one in told]
        found.append(Cell(outcome, table.iloc[[g]].reset_index(drop=True), rows, comparable, tuple(told), named))
    said = missing_groups(asked.data, asked.groups, asked.out == "", table)
    left_out = (*counted(out), *(f"{REMARK}{one}" for one in said))
    return [cell.with_left_out(left_out) for cell in found]


def _few(outcome: Outcome, rows: np.ndarray, weight: np.ndarray) -> list[str]:
    """Say if a few rows hold much of an amount, so that they decide its means."""
    y = outcome.points[rows]
    if outcome.percent or outcome.scale or y.min() < 0:
        return []
    parts = y * weight[rows]
    top = np.argsort(parts)[::-1][: max(1, round(FEW * len(rows)))]
    held = float(parts[top].sum() / parts.sum())
    if held < SHARE_OF_ALL or len(rows) < 1 / SHARE_OF_ALL**2:
        return []
    ends = f"{y[top].min():,g}" if len(top) == 1 else f"{y[top].min():,g} to {y[top].max():,g}"
    return [
        f"{len(top):,} row{'s'[: len(top) != 1]} ({ends}) hold{'s'[len(top) != 1 :]} {100 * held:.0f} % of all "
        f"{outcome.name!r}: look at them; they decide its means, and intervals of means so skewed may be too short"
    ]


def _labelled(asked: Asked, name: str) -> bool:
    """Return whether a column holds labels, not numbers; raise for what cannot be adjusted for."""
    kind = asked.survey.frame.kinds([name])[name]
    need_adjustable(asked.survey, name, f"{PLACE}(adjust=)")
    return kind != "number" or hasattr(asked.data[name], "cat") or asked.data[name].nunique() <= 2


def _with_counterparts(
    asked: Asked, rows: np.ndarray, labels: Sequence[str], overlap: str, place: str
) -> tuple[np.ndarray, list[str]]:
    """Return the rows that have counterparts at every level, and what is carried on; raise unless others may be left out."""
    trimmed = overlap == "error"  # numbers are trimmed once: each time narrows what is met
    while True:
        data, code = asked.data.iloc[rows], asked.levels.code[rows]
        none = next((value for j, value in enumerate(asked.levels.order) if not (code == j).any()), None)
        if none is not None:
            raise NoRowsError(
                f"{place}: no overlap: no row of level {none!r} has counterparts at every level. Adjust for fewer columns, or "
                "merge labels."
            )
        found = apart(data, asked.adjust, labels, code, asked.levels, asked.among)
        if overlap == "error" and found.said:
            more = f" (and {len(found.said) - 1} more such)" if len(found.said) > 1 else ""
            raise NotIdentifiedError(
                f"{place}: no overlap: {found.said[0]}{more}. Leave them out by overlap='restrict' (they are counted), merge "
                "labels, or adjust for fewer columns."
            )
        gone = found.idle | found.alone if overlap == "restrict" else found.idle
        if not gone.any() and not trimmed:
            gone, trimmed = found.outside, True
        if gone.all():
            why = f" ({found.said[0]})" if found.said else ""
            raise NoRowsError(f"{place}: no overlap: of {len(rows):,} rows none has counterparts at every level{why}.")
        if not gone.any():
            return rows, [
                f"{count:,} rows have {name!r} beyond what is met at some level: there regressions are carried on"
                for name, count in found.beyond.items()
            ]
        rows = rows[~gone]


def _columns(asked: Asked, rows: np.ndarray, place: str) -> tuple[np.ndarray, Adjusted, list[str]]:
    """Return the columns adjusted for after one of ones, numbers centred and scaled, and what is to be said of them."""
    alike = [name for name in asked.adjust if asked.data[name].iloc[rows].nunique() == 1]
    names = [name for name in asked.adjust if name not in alike]
    x, terms, base = covariates_of(asked.survey, names, rows, f"{place}(adjust=)")
    units = [(0.0, 1.0)] * len(terms)
    for k, term in enumerate(terms, start=1):
        if term.level is None:
            units[k - 1] = float(x[:, k].mean()), float(x[:, k].std())
            x[:, k] = (x[:, k] - units[k - 1][0]) / units[k - 1][1]
    said = [f"{name!r} is the same in every row, so there is nothing to adjust for" for name in alike]
    for name in names:
        labels = [term.level for term in terms if term.column == name and isinstance(term.level, str)]
        if len(labels) > MANY and all(NUMBER.fullmatch(label) for label in labels):
            said.append(f"{name!r} holds numbers as texts ({labels[0]!r}): they are taken as labels; convert them")
    return x, Adjusted(terms, base, units), said
