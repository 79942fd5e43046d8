"""Running totals: what is added up by PSU may be added up by day, file or machine, and gives the answer of the whole.

Every estimate is a function of weighted totals by PSU and group. Totals of parts of a table are lines of such sums; put
together, with a PSU that lies in several parts on several lines, they are again rows to be summed: the same pass over lines
instead of answers.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats import frames
from cxstats.errors import ArgumentError, DataError, need_columns
from cxstats.expression import Expression, Literal, col
from cxstats.inference.definition import DEFINITION, Definition, difference
from cxstats.inference.estimate import Estimate
from cxstats.inference.lines import (
    HOLDS,
    INSIDE,
    LOST,
    NUMBER,
    PLACE,
    Part,
    lines_of,
    need_alike,
    plan_over,
    shifts_in,
    texts_in,
)  # fmt: skip
from cxstats.inference.measure import estimate, need_labels, need_scores
from cxstats.inference.plan import Sum, plan_of, shifts_of
from cxstats.inference.request import Request, need_by, need_domain, place_of
from cxstats.inference.totals import checked, summed
from cxstats.memory import Frame, Plan
from cxstats.score import Score
from cxstats.survey import Survey, survey_of

if TYPE_CHECKING:
    import pandas as pd


class RunningTotals:
    """Weighted totals by PSU and group of one table or of several parts of it; made by `totals`, read by `read_totals`.

    Parts are added with ``+`` (or ``sum``), written by `to_parquet`, and give by `estimate` what `measure` gives of the whole
    table, also where a customer or a branch lies in several parts.
    """

    def __init__(self, definition: Definition, parts: Sequence[Part]) -> None:
        self._definition, self._parts = definition, tuple(parts)

    def __add__(self, other: Any) -> RunningTotals:
        if isinstance(other, int) and other == 0:  # so that sum() works
            return self
        if not isinstance(other, RunningTotals):
            raise ArgumentError(f"{PLACE}: only totals can be added to totals, not {type(other).__name__}.")
        _need_same(self, other)
        _need_once([*self._holds, *other._holds])
        if self._definition.whole and (cut := self._names & other._names):
            raise ArgumentError(
                f"{PLACE}: {len(cut):,} PSUs lie in both parts (such as {sorted(cut, key=str)[0]!r}), and what is measured "
                "looks on to their other rows (days to the next contact), which a part lacks. Part the log by customer, "
                "not by day."
            )
        return RunningTotals(self._definition, (*self._parts, *other._parts))

    __radd__ = __add__

    def estimate(self) -> Estimate:
        """Return the estimate of the whole: value, covariance and degrees of freedom are those of `measure`.

        Returns
        -------
        Estimate
            As from `measure`.

        Raises
        ------
        DesignError
            If a PSU lies in two strata, or a stratum holds one PSU (and `lone_psu` is "error").

        Examples
        --------
        >>> import cxstats as cx
        >>> contacts = cx.load_contacts()
        >>> old, new = contacts[contacts["quarter"] < "2026Q1"], contacts[contacts["quarter"] >= "2026Q1"]
        >>> def day(part):
        ...     return cx.totals(cx.Survey(part.dropna(subset="customer"), psu="customer"), cx.mean("wait"))
        >>> both = (day(old) + day(new)).estimate()
        >>> whole = cx.measure(cx.Survey(contacts.dropna(subset="customer"), psu="customer"), cx.mean("wait"))
        >>> both.std_error.round(9) == whole.std_error.round(9)
        array([ True])
        """
        frame, count = self._whole(), len(self._definition.scores)
        shift = shifts_in(frame, count)
        request, plan, names = self._planned(frame, shift)
        t = summed(request, plan, names, shift)
        found = estimate(t, t, request, [None] * count)
        alike = sum(times - 1 for times in Counter(self._holds).values())
        if alike:
            said = f"{alike} of the parts hold the same sums as another: is one there twice? totals(part=) gives them names"
            found._origin = replace(found._origin, left_out=(*found._origin.left_out, said))
        return found

    def to_parquet(self, path: Any) -> Path:
        """Write the totals to a Parquet file, from which `read_totals` reads them.

        Parameters
        ----------
        path : str or path
            The file. One that is there is replaced once the new one is complete.

        Returns
        -------
        Path
            Where it is.

        Notes
        -----
        The file names PSUs (customers): treat it like the table that it was made of.
        """
        path = Path(path)
        partial = path.with_name(path.name + ".part")
        self.frame().to_parquet(partial, index=False)
        return Path(partial.replace(path))

    def frame(self) -> pd.DataFrame:
        """Return the lines: strata, PSU and group, whether inside the domain, and the sums, each PSU once in a group."""
        if len(self._parts) == 1:
            return self._parts[0].table()
        frame, d = self._whole(), self._definition
        shift = shifts_in(frame, len(d.scores))
        _, plan, names = self._planned(frame, shift)
        return lines_of(d, frame.sums(plan), names, shift, self._lost, self._holds)

    def _planned(self, frame: Frame, shift: np.ndarray) -> tuple[Request, Plan, dict[str, Sum]]:
        d, survey = self._definition, Survey(frame)
        survey.design, survey.synthetic = d.design, d.synthetic
        survey.left_out = self._lost
        request = Request(survey, d.scores, d.by, col(INSIDE), gone=True, place=PLACE)
        return request, *plan_over(request, frame, shift)

    def _whole(self) -> Frame:
        """Return all lines as one frame."""
        if len(self._parts) == 1:
            return self._parts[0].frame
        import pandas as pd

        tables = [part.table() for part in self._parts]
        for name in self._definition.keys:
            need_alike(name, [table[name] for table in tables])
        return frames.wrap(pd.concat(tables, ignore_index=True))

    @property
    def _holds(self) -> list[str]:
        """The parts that were added up, by the names they were given, or by a number made of their lines."""
        return [name for part in self._parts for name in part.holds]

    @property
    def _names(self) -> set[Any]:
        """The names of the PSUs."""
        return {name for part in self._parts for name in part.psus}

    @property
    def _lost(self) -> dict[str, int]:
        """How many rows never came into the parts, and why."""
        found: Counter[str] = Counter()
        for part in self._parts:
            found.update(part.lost)
        return dict(found)

    def __repr__(self) -> str:
        d, rows = self._definition, sum(part.rows for part in self._parts)
        by = f" by {' x '.join(d.by)}" if d.by else ""
        scores = ", ".join(score.name for score in d.scores)
        mark = f"; {d.synthetic}" if d.synthetic else ""
        parts = f" in {len(self._parts)} parts" if len(self._parts) > 1 else ""
        return f"<RunningTotals of {scores}{by}: {rows:,} rows{parts}; {d.design.describe()}{mark}>"


def totals(
    survey: Any,
    scores: Score | Sequence[Score],
    by: str | Sequence[str] | None = None,
    where: Expression | None = None,
    *,
    part: str | None = None,
) -> RunningTotals:
    """Add up a part of a table (a day, a file, a shard) by PSU and group, to be added to other parts and estimated later.

    For a score, a line holds the weighted sums of points and base of one PSU in one group (`measure` says what becomes of
    them): ``(totals(a) + totals(b)).estimate()`` is ``measure`` of both parts together, to rounding.

    Parameters
    ----------
    survey : Survey, ContactLog or frame
        The part, with its design. Give all parts the same; PSUs may lie in several.
    scores : Score or list of Score
        As in `measure`, without quantiles.
    by : str or list of str, optional
        Columns whose values make the groups.
    where : Expression, optional
        The domain.
    part : str, optional
        A name for this part, such as "2026-11-22": totals that hold a part of that name already refuse it. Without names a part
        that is added twice can only be guessed at; the estimate then says that two parts hold the same sums.

    Returns
    -------
    RunningTotals
        With ``+``, ``estimate()``, ``to_parquet(path)``, ``frame()``.

    Raises
    ------
    ArgumentError
        For a quantile, which is no function of totals; of ``+``, for totals of different things, and for a part that is in the
        totals already.
    ColumnError, DataError
        As `measure`.

    Notes
    -----
    Rows of one PSU may lie in several parts; one row may not: name the parts, and one that is added again is refused. What
    looks on to other rows (days to the next contact) needs each customer's log whole: parts of ``log.survey()`` that share
    customers are refused then, so part such a log by customer, not by day. A part without rows is no part: leave it out.

    References
    ----------
    Binder, D. A. (1983). On the variances of asymptotically normal estimators from complex surveys. *Int. Stat. Rev.* 51.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> monday = pd.DataFrame({"customer": ["a", "a", "b", "c"], "resolved": [1, 0, 1, 1]})
    >>> tuesday = pd.DataFrame({"customer": ["a", "c", "d"], "resolved": [0, 1, 0]})
    >>> week = [cx.totals(cx.Survey(day, psu="customer"), cx.first_contact_resolution("resolved")) for day in (monday, tuesday)]
    >>> sum(week).estimate().frame()[["metric", "n", "estimate", "std_error"]].round(3)
                         metric  n  estimate  std_error
    0  first_contact_resolution  7    57.143     21.854
    """
    survey = survey_of(survey)
    request = Request(survey, tuple(need_scores(scores)), need_by(by, PLACE), where, place=PLACE)
    need_labels(request.by, PLACE)
    if part is not None and (not isinstance(part, str) or not part or part.startswith(NUMBER)):
        raise ArgumentError(f"{PLACE}(part=): a name such as '2026-11-22' is needed, not {part!r}.")
    need_domain(where, survey.frame, PLACE)
    quantile = next((score for score in request.scores if score.family == "quantile"), None)
    if quantile is not None:
        raise ArgumentError(
            f"{PLACE}: {place_of(quantile)} is a quantile, which is no function of totals. Measure the share of answers up to "
            "a limit instead, as in share(col('wait') <= 10), or measure() the whole table."
        )
    taken = next((n for n in [*survey.design.columns(), *request.by] if n.startswith("cx_")), None)
    if taken is not None:
        raise ArgumentError(f"{PLACE}: column {taken!r} begins with 'cx_', as the sums do. Rename yours.")
    request.check()
    shift = shifts_of(request)
    plan, names = plan_of(request, shift, squares=True)
    sums = survey.frame.sums(plan)
    values = {name: found.times * sums.values[found.product] for name, found in names.items()}
    checked(request, sums, {name: column.copy() for name, column in values.items()})
    asks = tuple(repr((score.points, score.base, score.per)) for score in request.scores)
    domain = "" if where is None else repr(where)
    asked = {
        *request.by,
        *(where.columns() if where is not None else []),
        *(c for s in request.scores for c in s.columns()),
    }
    definition = Definition(
        request.scores, asks, request.by, domain, survey.design, survey.synthetic,
        not asked.isdisjoint(survey.looks_on), survey.watched if asked & set(survey.counts_days) else "",
    )  # fmt: skip
    lines = lines_of(definition, sums, names, np.asarray(shift), survey.left_out, [part] if part else [])
    return RunningTotals(definition, [Part(definition, frames.wrap(lines))])


def read_totals(source: Any) -> RunningTotals:
    """Return the totals that `RunningTotals.to_parquet` wrote: of a file, of several, or of a frame that holds them.

    Parameters
    ----------
    source : str, path, list of these, or frame
        Parquet files, also by a pattern such as ``"totals/*.parquet"``; or a frame on any engine, such as
        ``duckdb.read_parquet("totals/*.parquet")``, whose lines then stay there until they are estimated.

    Returns
    -------
    RunningTotals
        The totals of all parts together.

    Raises
    ------
    ArgumentError
        If the parts are totals of different things.
    DataError
        If what is read was not written by `to_parquet`.

    Notes
    -----
    Lines are believed: who changes the file changes the estimate.

    Examples
    --------
    >>> import tempfile, pathlib, pandas as pd, cxstats as cx
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> for name, waits in {"monday": [3, 5, 9], "tuesday": [2, 4]}.items():
    ...     written = cx.totals(pd.DataFrame({"wait": waits}), cx.mean("wait")).to_parquet(folder / f"{name}.parquet")
    >>> cx.read_totals(sorted(folder.glob("*.parquet"))).estimate().values.tolist()
    [4.6]
    """
    import pandas as pd

    if isinstance(source, str) and "*" in source:
        source = sorted(glob(source))
    if isinstance(source, list | tuple):
        if not source:
            raise ArgumentError("read_totals: no file is given.")
        paths = [str(Path(one).resolve()) for one in source if isinstance(one, str | Path)]
        twice = next((path for path in paths if paths.count(path) > 1), None)
        if twice is not None:
            raise ArgumentError(f"read_totals: the file {Path(twice).name!r} is given twice, and would count twice.")
        return sum((read_totals(one) for one in source[1:]), read_totals(source[0]))
    try:
        read = pd.read_parquet(source) if isinstance(source, str | Path) else source
    except (OSError, ValueError) as error:  # pyarrow's errors are these
        raise DataError(f"read_totals: {source} cannot be read as Parquet ({str(error).splitlines()[0]}).") from error
    frame = frames.wrap(read)
    if DEFINITION not in frame.columns:
        raise DataError(
            f"read_totals: there is no column {DEFINITION!r}; only what to_parquet() of totals wrote can be read."
        )
    found = texts_in(frame, DEFINITION)
    if not found:
        raise DataError("read_totals: there are no lines.")
    every = [Definition.read(text) for text in found]
    need_columns("read_totals", [*every[0].keys, INSIDE, LOST, HOLDS, "cx_rows"], frame.columns)
    made = RunningTotals(every[0], [Part(every[0], frame)])
    for other in every[1:]:
        _need_same(made, RunningTotals(other, made._parts))
    _need_once(made._holds)
    lines = frame.sums(Plan({"one": Literal(1.0)}, [("one",)], keys=[LOST]))
    told = [json.loads(text) for text in lines.keys[LOST].levels.iloc[lines.keys[LOST].codes]]
    for text, count in zip(told, lines.values["one",], strict=True):
        if count != text["lines"]:
            raise DataError(
                f"read_totals: of the parts {text['parts']} there are {count:,.0f} lines, not the {text['lines']:,} that were "
                "written: a file is there twice, or not whole."
            )
    return made


def _need_same(one: RunningTotals, two: RunningTotals) -> None:
    """Raise `ArgumentError` for totals of different things, or whose labels are of different types."""
    a, b = (json.loads(side._definition.text()) for side in (one, two))
    unlike = [name for name in a if a[name] != b[name]]
    if unlike:
        raise ArgumentError(f"{PLACE}: {difference(unlike[0], a, b)}. Make all parts with the same arguments.")
    for name in one._definition.keys:
        found = sorted({part.kinds[name] for part in (*one._parts, *two._parts)} - {""})
        if len(found) > 1:
            raise ArgumentError(
                f"{PLACE}: column {name!r} holds {' in one part, '.join(found)} in another, so that one PSU or group would "
                "have two names. Give all parts one type."
            )


def _need_once(parts: Sequence[str]) -> None:
    """Raise `ArgumentError` for parts of one name: one would count twice."""
    twice = [part for part, times in Counter(parts).items() if times > 1 and not part.startswith(NUMBER)]
    if twice:
        raise ArgumentError(
            f"{PLACE}: the totals hold part {twice[0]!r} already ({len(twice)} such), which would count twice. Add each part "
            "once; what must be made again is added up anew from its parts."
        )
