"""Running totals: what is added up by PSU may be added up by day, file or machine, and gives the answer of the whole.

Every estimate is a function of weighted totals by PSU and group. Totals of parts of a table are lines of such sums; put
together, with a PSU that lies in several parts on several lines, they are again rows to be summed: the same pass over lines
instead of answers.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats import frames
from cxstats.design import Design
from cxstats.errors import ArgumentError, DataError, listing, need_columns
from cxstats.expression import Expression, Literal, col, when
from cxstats.inference.estimate import Estimate
from cxstats.inference.measure import estimate, need_condition, need_labels, need_scores
from cxstats.inference.plan import CUBES, Sum, plan_of, shifts_of
from cxstats.inference.request import Request, need_by, place_of
from cxstats.inference.totals import checked, summed
from cxstats.memory import Frame, Key, Plan, Sums
from cxstats.score import Score
from cxstats.survey import Survey, survey_of

if TYPE_CHECKING:
    import pandas as pd

PLACE = "totals"
NUMBER = "#"  # before the number of a part without a name
INSIDE, LOST, HOLDS, DEFINITION = "cx_inside", "cx_left_out", "cx_parts", "cx_definition"
NAMES = ("rows", "counted", "bad", "bad weight", "fpc", "fpc fpc", "no fpc")
OF_SCORES = ("wy", "wx", "wb", "n", "yy", "yx", "xx", "ww", *CUBES)
TOLD = ("name", "default_name", "unit", "family", "range", "direction", "variant")  # of a score, when its rows are gone


@dataclass(frozen=True)
class Definition:
    """What was summed: the scores in words, the groups, the domain and the design."""

    scores: tuple[Score, ...]
    asks: tuple[str, ...]
    by: tuple[str, ...]
    where: str
    design: Design
    synthetic: str
    whole: bool = False  # each PSU must be whole in its part: something looks on to other rows of it
    watched: str = ""  # from when to when rows were watched, where days since or until then are asked

    def text(self) -> str:
        """Return the definition as a text that a column can hold."""
        scores = [
            {name: getattr(s, name) for name in TOLD}
            | {"columns": s.columns(), "asks": asks, "ratio": s.per is not None}
            for s, asks in zip(self.scores, self.asks, strict=True)
        ]
        design = {f.name: getattr(self.design, f.name) for f in fields(Design)}
        plain = {name: getattr(self, name) for name in ("by", "where", "synthetic", "whole", "watched")}
        return json.dumps({"scores": scores, "design": design, **plain}, sort_keys=True)

    @classmethod
    def read(cls, text: str) -> Definition:
        """Return the definition that a text holds."""
        try:
            found = json.loads(text)
            design: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in found["design"].items()}
            scores = tuple(_told(score) for score in found["scores"])
            asks = tuple(score["asks"] for score in found["scores"])
            return cls(
                scores, asks, tuple(found["by"]), found["where"], Design(**design), found["synthetic"], found["whole"]
            )
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"read_totals: column {DEFINITION!r} is not one that totals wrote ({error}).") from error

    @property
    def keys(self) -> list[str]:
        """The columns of a line that say where it belongs."""
        return list(dict.fromkeys([*self.design.strata, *self.design.psu, *self.by]))


class RunningTotals:
    """Weighted totals by PSU and group of one table or of several parts of it; made by `totals`, read by `read_totals`.

    Parts are added with ``+`` (or ``sum``), written by `to_parquet`, and give by `estimate` what `measure` gives of the whole
    table, also where a customer or a branch lies in several parts.
    """

    def __init__(self, definition: Definition, parts: Sequence[Frame]) -> None:
        self._definition, self._parts = definition, tuple(parts)

    def __add__(self, other: Any) -> RunningTotals:
        if isinstance(other, int) and other == 0:  # so that sum() works
            return self
        if not isinstance(other, RunningTotals):
            raise ArgumentError(f"{PLACE}: only totals can be added to totals, not {type(other).__name__}.")
        self._same(other)
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
        shift = _shifts(frame, count)
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
            return frames.in_memory(self._parts[0], self._parts[0].columns)
        frame, d = self._whole(), self._definition
        shift = _shifts(frame, len(d.scores))
        _, plan, names = self._planned(frame, shift)
        return _lines(d, frame.sums(plan), names, shift, self._lost, self._holds)

    def _planned(self, frame: Frame, shift: np.ndarray) -> tuple[Request, Plan, dict[str, Sum]]:
        d, survey = self._definition, Survey(frame)
        survey.design, survey.synthetic = d.design, d.synthetic
        survey.left_out = self._lost
        request = Request(survey, d.scores, d.by, col(INSIDE), gone=True, place=PLACE)
        return request, *_plan(request, frame, shift)

    def _whole(self) -> Frame:
        """Return all lines as one frame."""
        if len(self._parts) == 1:
            return self._parts[0]
        import pandas as pd

        tables = [frames.in_memory(part, part.columns) for part in self._parts]
        for name in self._definition.keys:
            _alike(name, [table[name] for table in tables])
        return frames.wrap(pd.concat(tables, ignore_index=True))

    @cached_property
    def _holds(self) -> list[str]:
        """The parts that were added up, by the names they were given, or by a number made of their lines."""
        return [part for frame in self._parts for text in _levels(frame, HOLDS) for part in json.loads(text)]

    @cached_property
    def _names(self) -> set[Any]:
        """The names of the PSUs."""
        keys = _psus(self._definition.design)
        tables = [frames.in_memory(part, keys).drop_duplicates() for part in self._parts]
        return {
            row[0] if len(row) == 1 else row for table in tables for row in table.itertuples(index=False, name=None)
        }

    @cached_property
    def _lost(self) -> dict[str, int]:
        """How many rows never came into the parts, and why."""
        found: dict[str, int] = {}
        for frame in self._parts:
            for text in _levels(frame, LOST):  # each names its parts, so that none is taken for another
                for why, count in json.loads(text)["counts"].items():
                    found[why] = found.get(why, 0) + count
        return found

    def _same(self, other: RunningTotals) -> None:
        a, b = json.loads(self._definition.text()), json.loads(other._definition.text())
        unlike = [name for name in a if a[name] != b[name]]
        if unlike:
            raise ArgumentError(f"{PLACE}: {_unlike(unlike[0], a, b)}. Make all parts with the same arguments.")
        for name in self._definition.keys:
            found = sorted({kind for part in (*self._parts, *other._parts) if (kind := _kind(part, name))})
            if len(found) > 1:
                raise ArgumentError(
                    f"{PLACE}: column {name!r} holds {' in one part, '.join(found)} in another, so that one PSU or group would "
                    "have two names. Give all parts one type."
                )

    def __repr__(self) -> str:
        d, rows = self._definition, 0
        for part in self._parts:
            rows += int(part.sums(Plan({"rows": col("cx_rows")}, [("rows",)])).values["rows",].sum())
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
    need_condition(where, PLACE)
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
    lines = _lines(definition, sums, names, np.asarray(shift), survey.left_out, [part] if part else [])
    return RunningTotals(definition, [frames.wrap(lines)])


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
    found = _levels(frame, DEFINITION)
    if not found:
        raise DataError("read_totals: there are no lines.")
    every = [Definition.read(text) for text in found]
    made = RunningTotals(every[0], [frame])
    for other in every[1:]:
        made._same(RunningTotals(other, [frame]))
    need_columns("read_totals", [*every[0].keys, INSIDE, LOST, HOLDS, "cx_rows"], frame.columns)
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


def _unlike(what: str, a: dict[str, Any], b: dict[str, Any]) -> str:
    """Say in what two definitions differ."""
    if what == "scores":
        one, two = ([score["variant"] for score in side[what]] for side in (a, b))
        more = "" if one != two else ", of different answers"
        return f"totals of different scores cannot be added: {listing(one)} and {listing(two)}{more}"
    if what == "design":
        designs = [Design(**side[what]).describe() for side in (a, b)]
        return f"totals of different designs cannot be added: {' and '.join(designs)}"
    shown = {"by": "groups", "where": "domains", "synthetic": "marks", "whole": "kinds", "watched": "watches"}[what]
    if what == "watched":
        said = "count days_in and days_left from different times: give both start= and end="
        return f"logs watched {a[what]} and {b[what]} {said}"
    return f"totals of different {shown} cannot be added: {a[what] or 'none'} and {b[what] or 'none'}"


def _need_once(parts: Sequence[str]) -> None:
    """Raise `ArgumentError` for parts of one name: one would count twice."""
    twice = [part for part, times in Counter(parts).items() if times > 1 and not part.startswith(NUMBER)]
    if twice:
        raise ArgumentError(
            f"{PLACE}: the totals hold part {twice[0]!r} already ({len(twice)} such), which would count twice. Add each part "
            "once; what must be made again is added up anew from its parts."
        )


def _psus(design: Design) -> list[str]:
    return list(dict.fromkeys([*design.strata, *design.psu]))


def _told(score: dict[str, Any]) -> Score:
    """Return a score whose rows are gone: its expressions only name the columns that it asked."""
    base: Expression = Literal(True)
    for name in score["columns"]:
        base = base & col(name).is_answered()
    given = {name: score[name] for name in TOLD}
    given["range"] = None if score["range"] is None else tuple(score["range"])
    return Score(Literal(0.0), base, per=Literal(1.0) if score["ratio"] else None, **given)


def _column(name: str) -> str:
    """Return the column of the lines that holds a sum: "y0*x1" is cx_y0_x1."""
    return "cx_" + re.sub(r"\W", "_", name)


def _levels(frame: Frame, column: str) -> list[str]:
    """Return the different texts in a column of the lines."""
    found = frame.sums(Plan({"one": Literal(1.0)}, [("one",)], keys=[column])).keys[column].levels
    return [str(text) for text in found]


def _number(table: pd.DataFrame) -> str:
    """Return a number made of the lines of a part, in whatever order they come and however their sums are rounded."""
    from pandas.util import hash_pandas_object

    rounded = table.copy()
    for name in rounded.select_dtypes("float"):
        rounded[name] = rounded[name].astype("float32")
    return f"{NUMBER}{int(hash_pandas_object(rounded, index=False).sum()):016x}"


def _lines(
    d: Definition,
    sums: Sums,
    names: dict[str, Sum],
    shift: np.ndarray,
    lost: Mapping[str, int],
    holds: Iterable[str] = (),
) -> pd.DataFrame:
    """Return the sums as a table of lines that tells what it holds."""
    import pandas as pd

    table: dict[str, Any] = {name: _labels(sums.keys[name], sums.inside) for name in d.keys}
    table[INSIDE] = sums.inside
    table |= {_column(name): found.times * sums.values[found.product] for name, found in names.items()}
    table |= {_column(f"shift{i}"): np.full(len(sums.inside), float(c)) for i, c in enumerate(shift)}
    made = pd.DataFrame(table)
    parts = json.dumps(sorted(holds) or [_number(made)])
    told = json.dumps({"parts": parts, "counts": dict(lost), "lines": len(made)})
    for name, text in {LOST: told, HOLDS: parts, DEFINITION: d.text()}.items():
        made[name] = pd.Categorical([text] * len(made))
    return made


def _labels(key: Key, inside: np.ndarray) -> Any:
    """Return the labels of the lines; those outside the domain have none that counts, so a missing one is any."""
    codes = np.where((key.codes < 0) & ~inside, 0, key.codes) if len(key.levels) else key.codes
    levels = key.levels
    if (codes < 0).any() and levels.dtype.kind in "iub":
        levels = levels.convert_dtypes()
    return levels.reindex(codes).array


def _kind(part: Frame, name: str) -> str:
    """Return what a column of labels holds, finely: whole numbers apart from others, dates from times; "" for no labels."""
    if not part.sums(Plan({"one": when(col(name).is_answered(), 1.0, 0.0)}, [("one",)])).values["one",].sum():
        return ""
    return part.finer([name])[name]


def _alike(name: str, columns: Sequence[pd.Series[Any]]) -> None:
    """Raise where categories of the parts differ: their order would be lost."""
    import pandas as pd

    kinds = [c.dtype for c in columns if isinstance(c.dtype, pd.CategoricalDtype)]
    if kinds and (len(kinds) < len(columns) or any(kind != kinds[0] for kind in kinds)):
        raise ArgumentError(
            f"{PLACE}: column {name!r} has other categories in one part than in another, so that their order would be lost. "
            f"Give all parts the same: astype(pandas.CategoricalDtype([...], ordered=True))."
        )


def _shifts(frame: Frame, count: int) -> np.ndarray:
    """Return one shift for all lines of each score, near their own."""
    found = [frame.first(col(_column(f"shift{i}")), col(INSIDE) & (col(_column(f"n{i}")) > 0)) for i in range(count)]
    return np.asarray([shift or 0.0 for shift in found], dtype=np.float64)


def _plan(request: Request, frame: Frame, shift: np.ndarray) -> tuple[Plan, dict[str, Sum]]:
    """Return the pass over lines: each sum as it is, those of points about one shift."""
    k = range(len(request.scores))
    parts = [f"{part}{i}" for part in "yx" for i in k]
    every = [*NAMES, *(f"{name}{i}" for name in OF_SCORES for i in k), *(f"n{i}&{j}" for j in k for i in range(j))]
    every += [f"{p}*{q}" for p in parts for q in parts]
    there = {name: col(_column(name)) for name in every if _column(name) in frame.columns}
    away = [float(c) - col(_column(f"shift{i}")) for i, c in enumerate(shift)]
    made: dict[str, Expression] = dict(there)
    for i, a in enumerate(away):  # of points y - a x
        made[f"wy{i}"] = there[f"wy{i}"] - a * there[f"wx{i}"]
        made[f"yy{i}"] = there[f"yy{i}"] - 2 * a * there[f"yx{i}"] + a * a * there[f"xx{i}"]
        made[f"yx{i}"] = there[f"yx{i}"] - a * there[f"xx{i}"]
        if f"yyy{i}" in there:
            yyy, yyx, yxx, xxx = (there[f"{cube}{i}"] for cube in CUBES)
            made[f"yyy{i}"] = yyy - 3 * a * yyx + 3 * a * a * yxx - a * a * a * xxx
            made[f"yyx{i}"] = yyx - 2 * a * yxx + a * a * xxx
            made[f"yxx{i}"] = yxx - a * xxx
        for j, b in enumerate(away if f"y{i}*y{i}" in there else []):
            yx, xy, xx = (there[f"{p}{i}*{q}{j}"] for p, q in ("yx", "xy", "xx"))
            made[f"y{i}*y{j}"] = there[f"y{i}*y{j}"] - a * xy - b * yx + a * b * xx
            made[f"y{i}*x{j}"], made[f"x{i}*y{j}"] = yx - a * xx, xy - b * xx
    plan = Plan(
        {_column(name): made[name] for name in there}, [(_column(name),) for name in there],
        _psus(request.survey.design), request.by, col(INSIDE),
    )  # fmt: skip
    return plan, {name: Sum((_column(name),)) for name in there}
