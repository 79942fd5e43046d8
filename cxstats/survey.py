"""A survey is a frame and the design its rows came from.

The frame is never copied, changed or reordered. `concat` puts several samples into one survey, so that samples that
share PSUs are measured together and their covariance is not lost. A survey also knows whether a program made its answers:
`synthetic` is the mark that estimates carry on to tables and pictures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from cxstats import frames
from cxstats.design import Design, design
from cxstats.errors import ArgumentError, ColumnError, DesignError, need_columns
from cxstats.expression import col
from cxstats.memory import Frame

SYNTHETIC = "synthetic sample data"
"""The mark of answers that a program made, wherever they are shown."""


class Survey:
    """Answers, with the sampling design that brought them in.

    Parameters
    ----------
    frame : pandas.DataFrame, polars.DataFrame, polars.LazyFrame, pyarrow.Table, DuckDB relation or PySpark DataFrame
        One row a respondent (or contact). It stays where it is and is never changed.
    weight : str, optional
        Column of sampling weights: how many people a row stands for, on any scale. None: each row counts once.
    strata : str or list of str, optional
        Column or columns that name the stratum.
    psu : str or list of str, optional
        Column or columns that name the primary sampling unit (branch, flight, household). None: each row is its own.
    fpc : str, optional
        Column with the number of PSUs in the population of the row's stratum: the finite population correction.
    lone_psu : {"error", "center", "skip"}
        What to do with a stratum that holds a single PSU. "center" measures its deviation from the overall estimate,
        "skip" leaves it out of the variance (R survey: fail, adjust, remove).
    nest : bool
        True if PSU names are only unique within strata.

    Attributes
    ----------
    synthetic : str
        "synthetic sample data" if the frame says so, by ``frame.attrs["synthetic"]`` (pandas) or by a column ``synthetic``
        that is true in every row, as all sample data does; empty for data of your own. Estimates, tables and pictures
        show it.

    Raises
    ------
    ColumnError
        If a column is not in the frame, or is there twice.
    ArgumentError
        If `frame` is not a frame, or an argument has no meaning.

    Notes
    -----
    Filtering the frame before it comes here drops PSUs and makes errors too small: use ``where=`` in `measure`.

    References
    ----------
    Lumley, T. (2010). *Complex Surveys: A Guide to Analysis Using R*. Wiley.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> answers = pd.DataFrame({"overall": [5, 4, 2, 5], "branch": ["a", "a", "b", "c"]})
    >>> cx.Survey(answers, psu="branch")
    <Survey of 2 columns on pandas: clusters branch>
    """

    def __init__(
        self,
        frame: Any,
        weight: str | None = None,
        strata: str | Sequence[str] | None = None,
        psu: str | Sequence[str] | None = None,
        fpc: str | None = None,
        lone_psu: str = "error",
        nest: bool = False,
    ) -> None:
        self.design: Design = design(weight, strata, psu, fpc, lone_psu, nest)
        self.left_out: Mapping[str, int] = {}  # of how many "rows" how many did not come into the frame, and why
        self.data_set = "survey"  # what claims call it
        self.looks_on: tuple[str, ...] = ()  # columns that tell of other rows of the PSU
        self.counts_days: tuple[str, ...] = ()  # columns of days since the frame begins, or until it ends
        self.watched = ""  # from when to when
        self.frame = frames.wrap(frame)
        for place, names in (
            ("weight", [weight] if weight else []),
            ("strata", self.design.strata),
            ("psu", self.design.psu),
            ("fpc", [fpc] if fpc else []),
        ):
            need_columns(f"Survey({place}=)", names, self.frame.columns)
        for place, name in (("weight", weight), ("fpc", fpc)):
            if name and self.frame.kinds([name])[name] not in ("number", "boolean"):
                found, remedy = self.frame.why_no_number(name)
                raise ColumnError(
                    f"Survey({place}=): column {name!r} holds {found}, where numbers are needed. {remedy}"
                )

    @cached_property
    def synthetic(self) -> str:  # noqa: D102  (documented as an attribute)
        attrs = getattr(self.frame.native, "attrs", None)
        said = isinstance(attrs, dict) and attrs.get("synthetic") is True
        return SYNTHETIC if said or _all_true(self.frame, "synthetic") else ""

    def __repr__(self) -> str:
        count, mark = len(self.frame.columns), f"; {self.synthetic}" if self.synthetic else ""
        return f"<Survey of {count} column{'s'[: count != 1]} on {self.frame.engine}: {self.design.describe()}{mark}>"


def _all_true(frame: Frame, name: str) -> bool:
    """Return whether there is such a column and it is true in every row."""
    if name not in frame.columns or frame.kinds([name])[name] != "boolean":
        return False
    answered, true = col(name).is_answered(), col(name)
    return frame.first(true, true) is not None and frame.first(answered, ~(answered & true)) is None


def survey_of(data: Any) -> Survey:
    """Return a survey as it is, that of a contact log, or a frame as a simple random sample."""
    if isinstance(data, Survey):
        return data
    if callable(getattr(type(data), "survey", None)):
        made: Survey = data.survey()
        return made
    return Survey(data)


def marks_of(marks: Mapping[str, str]) -> dict[str, str]:
    """Return the marks of samples that are put together: where they differ, each names its sample.

    Examples
    --------
    >>> marks_of({"ours": "", "peers": "synthetic sample data"})
    {'ours': '', 'peers': 'synthetic sample data: peers'}
    """
    if len(set(marks.values())) == 1:
        return dict(marks)
    return {name: f"{mark}: {name}" if mark else "" for name, mark in marks.items()}


def concat(samples: Mapping[str, Any]) -> Survey:
    """Put several samples into one survey with a column `source`, so that they are measured together.

    Samples that share PSUs (customers and staff of the same branches) are correlated; measured in one survey, the
    covariance is kept. The parts of one table, put together, measure as the table. Independent samples, each of a size of
    its own, are better measured apart and joined by `stack`: here their sizes count as drawn, too.

    Parameters
    ----------
    samples : mapping of str to Survey or frame
        Name of each sample and its rows. All must lie on one engine and have the same design: the same strata, psu and
        fpc columns, the same `lone_psu` and `nest`. A sample without a weight counts each row once.

    Returns
    -------
    Survey
        All rows, with the union of the columns (missing where a sample has no such column) and a column ``source``.

    Raises
    ------
    ArgumentError
        If fewer than two samples are given, or a sample already has a column ``source``.
    DesignError
        If the designs differ.

    Notes
    -----
    Weights are used as they are: samples whose weights are on different scales are still right as long as each is
    measured by ``by="source"``; a mean over both sources then weighs them by their totals.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> customers = pd.DataFrame({"branch": ["a", "a", "b", "c"], "rating": [3, 4, 2, 5]})
    >>> staff = pd.DataFrame({"branch": ["a", "b", "c"], "rating": [5, 4, 5]})
    >>> both = cx.concat({"customers": cx.Survey(customers, psu="branch"), "staff": cx.Survey(staff, psu="branch")})
    >>> cx.measure(both, cx.mean("rating"), by="source").values.tolist()
    [3.5, 4.666666666666667]
    """
    if len(samples) < 2:
        raise ArgumentError(f"concat: at least two samples are needed, not {len(samples)}.")
    surveys = {name: s if isinstance(s, Survey) else Survey(s) for name, s in samples.items()}
    first_name, first = next(iter(surveys.items()))
    for name, survey in surveys.items():
        a, b = first.design, survey.design
        if (a.strata, a.psu, a.fpc, a.lone_psu, a.nest) != (b.strata, b.psu, b.fpc, b.lone_psu, b.nest):
            raise DesignError(
                f"concat: {first_name!r} has {a.describe()}, {name!r} has {b.describe()}. Samples measured together need "
                "the same strata, psu and fpc columns, lone_psu and nest; independent samples are joined by stack()."
            )
        if "source" in survey.frame.columns:
            raise ArgumentError(f"concat: {name!r} already has a column 'source'. Rename it.")
    for name, survey in surveys.items():
        b = survey.design
        if b.fpc and not b.psu:
            raise DesignError(
                f"concat: {name!r} has population sizes ({b.fpc}) and no psu, so nothing says which rows of the samples are "
                "the same. Name the PSUs, or measure each sample by itself and join the estimates by stack()."
            )
        for column in (*b.strata, *b.psu):
            kinds = [s.frame.kinds([column])[column] for s in (first, survey)]
            if kinds[0] != kinds[1]:
                raise DesignError(
                    f"concat: column {column!r} holds {kinds[0]} in {first_name!r} and {kinds[1]} in {name!r}, so the same "
                    "PSU would have two names. Give the column one type."
                )
    weights = {survey.design.weight for survey in surveys.values()}
    weight = None if weights == {None} else next(iter(weights)) if len(weights) == 1 else "source_weight"
    if weight == "source_weight" and any(weight in survey.frame.columns for survey in surveys.values()):
        raise ArgumentError("concat: a sample already has a column 'source_weight'. Rename it.")
    frame = frames.together(
        {name: survey.frame for name, survey in surveys.items()},
        {name: survey.design.weight for name, survey in surveys.items()} if weight == "source_weight" else None,
    )
    a = first.design
    joined = Survey(frame, weight, list(a.strata) or None, list(a.psu) or None, a.fpc, a.lone_psu, a.nest)
    marks = marks_of({name: survey.synthetic for name, survey in surveys.items()})
    joined.synthetic = "; ".join(dict.fromkeys(filter(None, marks.values())))
    return joined
