"""`measure`: scores in, one estimate out. The glue between the pass, the variance and the estimate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.errors import ArgumentError, listing
from cxstats.expression import Expression
from cxstats.inference.bases import free_part, raw_variance, rows_of, shared_of
from cxstats.inference.estimate import Estimate, Origin
from cxstats.inference.oddities import oddities
from cxstats.inference.passes import once
from cxstats.inference.quantiles import Quantiles, quantiles, thresholds
from cxstats.inference.request import Request, need_by, need_domain
from cxstats.inference.small_sample import SmallSample
from cxstats.inference.support import Support
from cxstats.inference.totals import Totals, totals
from cxstats.inference.variance import (
    Covariance,
    SampleCovariance,
    linearise,
)
from cxstats.score import Score
from cxstats.survey import survey_of

if TYPE_CHECKING:
    import pandas as pd


BLURRED = 1e-6  # a variance below this part of the raw second moment has lost half of its digits
RESERVED = (
    "metric", "n", "estimate", "std_error", "conf_low", "conf_high", "n_effective", "unit", "note", "contrast", "trend",
)  # fmt: skip


def measure(
    survey: Any,
    scores: Score | Sequence[Score],
    by: str | Sequence[str] | None = None,
    where: Expression | None = None,
) -> Estimate:
    """Measure scores on a survey, by groups, in one pass over the rows.

    For a mean score, PSU c of stratum h contributes ``z_hc = (Y_hc - theta N_hc) / N`` with Y and N its weighted score and
    base totals; ``V = sum_h (1 - f_h) n_h / (n_h - 1) sum_c (z_hc - zbar_h)(z_hc - zbar_h)'``, jointly for all scores and
    groups. Without PSUs each row is its own; without a design the rows are a simple random sample.

    Parameters
    ----------
    survey : Survey, ContactLog or frame
        Answers with their design; a log, with customers as PSUs; or a frame, taken as a simple random sample.
    scores : Score or list of Score
        From `csat`, `nps`, `effort`, `first_contact_resolution`, `gap`, `mean`, `share`, `ratio`, `total`, `quantile`.
    by : str or list of str, optional
        Columns whose values make the groups. Rows with a missing value are left out and counted.
    where : Expression, optional
        A condition such as ``col("channel") == "app"``: the domain. All PSUs of the design stay in the variance, which
        filtering the frame beforehand would lose.

    Returns
    -------
    Estimate
        Rows are scores in the order given, within them groups in sorted (or category) order, with one covariance matrix.

    Raises
    ------
    ColumnError
        If a column is not there, is there twice, or holds text where numbers belong.
    DataError
        If the frame is empty, answers lie outside the stated scale, values are infinite, or weights are missing, negative
        or all zero.
    DesignError
        If a PSU lies in two strata, a stratum holds one PSU (and `lone_psu` is "error"), or the fpc cannot be.
    ArgumentError
        If `scores` are not scores.

    Notes
    -----
    A missing answer (null, NaN, NA) is out of the base of that score only. Nothing is dropped silently: the printed form
    counts what was left out.

    Degrees of freedom do not know of weights: with unequal ones (Kish's effect 1.5) and 15 answers, a difference of two means
    was covered in 88.7 % of samples, with 30 in 91.9 % (``benchmarks/coverage.md``).

    References
    ----------
    Binder, D. A. (1983). On the variances of asymptotically normal estimators from complex surveys. *Int. Stat. Rev.* 51.
    Lumley, T. (2010). *Complex Surveys: A Guide to Analysis Using R*. Wiley.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> answers = pd.DataFrame({"overall": [5, 4, 2, 5, 3, 4], "branch": list("aabbcc"), "weight": [1, 2, 1, 1, 2, 1]})
    >>> satisfaction = cx.measure(cx.Survey(answers, weight="weight", psu="branch"), cx.csat("overall"))
    >>> satisfaction.values.tolist(), satisfaction.std_error.round(4).tolist(), satisfaction.df.tolist()
    ([62.5], [22.1523], [2.0])
    """
    survey = survey_of(survey)
    request = Request(survey, tuple(need_scores(scores)), need_by(by), where)
    need_labels(request.by, "measure")
    need_domain(where, survey.frame, "measure")
    return once(request, lambda: _passed(request))


def _passed(request: Request) -> Estimate:
    """Make the pass over the rows (two, where one shift for all groups left too few digits)."""
    found = thresholds(request)
    asked = request.asking(f.score if f else s for f, s in zip(found, request.scores, strict=True))
    first = totals(asked)
    return estimate(_sharpened(first, asked), first, request, found)


def _sharpened(t: Totals, asked: Request) -> Totals:
    """Make the pass again, each group shifted by its own mean, where one shift for all left too few digits for a variance."""
    by_itself = SampleCovariance(t, linearise(t)).diagonal().reshape(len(t.scores), len(t.groups)).T
    blurred = (by_itself <= BLURRED * raw_variance(t)) & (t.grouped["count"] > 1) & (t.grouped["yy"] > 0)
    free = np.asarray([score.range is None and score.family != "quantile" for score in t.scores])
    most = asked.survey.frame.most_lookups
    frame = asked.survey.frame
    if not (blurred & free).any() or (most is not None and len(t.groups) > most) or frame.inexact(asked.by):
        return t
    with np.errstate(divide="ignore", invalid="ignore"):
        means = t.grouped["y"] / t.grouped["x"] + t.shift
    return totals(asked, np.where(free & np.isfinite(means), means, t.shift), t.groups)


def estimate(t: Totals, first: Totals, request: Request, found: Sequence[Quantiles | None]) -> Estimate:
    """Turn totals into an estimate: values, variances, bases, notes; `first` has one shift for all groups."""
    linear = linearise(t)
    covariance: Covariance = SampleCovariance(t, linear)
    support = Support.of(t)
    df = support.each()
    value = linear.value.T.ravel()
    rows = rows_of(t, first, request, covariance.diagonal(), df, support.drawn(t.fraction < 1))
    small = SmallSample((t,))
    if any(found):
        value, covariance, rows = quantiles(t, found, value, covariance, rows, df, small)
    groups = np.tile(np.arange(len(t.groups)), len(t.scores))
    psus = frozenset(t.cluster_names or ())
    said = (*lost(request.survey.left_out), *_left_out(t), *dict.fromkeys(_suspicions(t, request, value)))
    marks = np.full(len(groups), request.survey.synthetic, dtype=object)
    origin = Origin(support, rows.n, groups, (t.sample,), psus, request.survey.design.describe(), said, marks,
                    t.left_out.rows, small, free_part(t), shared_of(t))  # fmt: skip
    return Estimate(value, _labels(t, request.scores), rows, covariance, origin, df=df)


def need_labels(by: Sequence[str], place: str) -> None:
    """Raise `ArgumentError` for a group that is named like a column of results."""
    taken = next((name for name in by if name in RESERVED), None)
    if taken is not None:
        raise ArgumentError(f"{place}(by={taken!r}): results have a column {taken!r} of their own. Rename yours.")


def need_scores(scores: Score | Sequence[Score]) -> list[Score]:
    """Return the scores, with longer names where two would share one."""
    declared: list[Any] = list(scores) if isinstance(scores, list | tuple) else [scores]
    if not declared:
        raise ArgumentError("measure: no score is given.")
    for score in declared:
        if not isinstance(score, Score):
            raise ArgumentError(f"measure: a score such as csat('overall') is needed, not {score!r}.")
    names = [score.name for score in declared]
    renamed = [replace(s, name=s.default_name) if names.count(s.name) > 1 and s.default_name else s for s in declared]
    taken = [score.name for score in renamed]
    twice = next((name for name in taken if taken.count(name) > 1), None)
    if twice is not None:
        raise ArgumentError(f"measure: two scores are named {twice!r}. Give them names of their own with name=.")
    return renamed


def _labels(t: Totals, declared: Sequence[Score]) -> pd.DataFrame:
    import pandas as pd

    groups = len(t.groups)
    table = pd.concat([t.groups] * len(declared), ignore_index=True) if len(t.groups.columns) else pd.DataFrame(
        index=range(groups * len(declared)))  # fmt: skip
    names = np.repeat(np.asarray([s.name for s in declared], dtype=object), groups)
    table.insert(0, "metric", pd.Series(names.tolist(), dtype="str"))
    return table


def _suspicions(t: Totals, request: Request, value: np.ndarray) -> list[str]:
    """Say what looks like a slip: a share that no answer counts for, labels that differ in blanks or case only."""
    said = [] if request.gone else oddities(t, request, value)
    for name in request.by:
        labels = [label for label in t.groups[name].drop_duplicates().tolist() if isinstance(label, str)]
        times = Counter(label.strip().lower() for label in labels)
        alike = [label for label in labels if times[label.strip().lower()] > 1]
        if alike:
            said.append(f"labels of {name} differ in blanks or capitals only: {listing(sorted(alike), 4)}")
    return said


def lost(counts: Mapping[str, int]) -> list[str]:
    """Say how many rows never came into a survey, and why."""
    said = [f"{count:,} {why}" for why, count in counts.items() if count and why != "rows"]
    return [f"left out of {counts['rows']:,} rows: {', '.join(said)}"] if said else []


def _left_out(t: Totals) -> tuple[str, ...]:
    left = t.left_out
    said = [f"{count:,} without {name}" for name, count in left.missing_by.items() if count]
    if left.outside_where:
        said.insert(0, f"{left.outside_where:,} outside where=")
    if left.zero_weight:
        said.append(f"{left.zero_weight:,} with weight 0")
    said += [f"{count:,} with no answer to {name}" for name, count in left.no_answer.items() if count]
    return (f"left out of {left.rows:,} rows: {', '.join(said) if said else 'none'}",)
