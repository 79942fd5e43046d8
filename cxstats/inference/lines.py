"""Running totals as lines of a table: a PSU in a group, with its sums, and what they are sums of.

The column of a sum begins with cx_ and names it as the plan does; each part brings its own shift, and the pass over lines moves
the sums of points to one.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats import frames
from cxstats.errors import ArgumentError
from cxstats.expression import Expression, Literal, col, when
from cxstats.inference.definition import DEFINITION, Definition, psus
from cxstats.inference.plan import CUBES, Sum
from cxstats.inference.request import Request
from cxstats.memory import Frame, Key, Plan, Sums

if TYPE_CHECKING:
    import pandas as pd

PLACE = "totals"
NUMBER = "#"  # before the number of a part without a name
INSIDE, LOST, HOLDS = "cx_inside", "cx_left_out", "cx_parts"
NAMES = ("rows", "counted", "bad", "bad weight", "fpc", "fpc fpc", "no fpc")
OF_SCORES = ("wy", "wx", "wb", "n", "yy", "yx", "xx", "ww", *CUBES)


@dataclass(frozen=True)
class Part:
    """Lines on some engine, and what is asked of them again and again."""

    definition: Definition
    frame: Frame

    @cached_property
    def holds(self) -> list[str]:
        """The parts that were added up in it."""
        return [name for text in texts_in(self.frame, HOLDS) for name in json.loads(text)]

    @cached_property
    def kinds(self) -> dict[str, str]:
        """What the labels are, finely: whole numbers apart from others, dates from times; "" where there are none."""
        names = self.definition.keys
        there = {name: when(col(name).is_answered(), 1.0, 0.0) for name in names}
        counts = self.frame.sums(Plan(there, [(name,) for name in names])).values
        return {name: kind if counts[name,].sum() else "" for name, kind in self.frame.finer(names).items()}

    @cached_property
    def psus(self) -> set[Any]:
        """The names of the PSUs."""
        table = frames.in_memory(self.frame, psus(self.definition.design)).drop_duplicates()
        return {row[0] if len(row) == 1 else row for row in table.itertuples(index=False, name=None)}

    @cached_property
    def lost(self) -> dict[str, int]:
        """How many rows never came into it, and why."""
        found: Counter[str] = Counter()
        for text in texts_in(self.frame, LOST):  # each names its parts, so that none is taken for another
            found.update(json.loads(text)["counts"])
        return dict(found)

    @cached_property
    def rows(self) -> int:
        """How many rows were added up."""
        return int(self.frame.sums(Plan({"rows": col("cx_rows")}, [("rows",)])).values["rows",].sum())

    def table(self) -> pd.DataFrame:
        """Return the lines in memory."""
        return frames.in_memory(self.frame, self.frame.columns)


def texts_in(frame: Frame, column: str) -> list[str]:
    """Return the different texts in a column of the lines."""
    found = frame.sums(Plan({"one": Literal(1.0)}, [("one",)], keys=[column])).keys[column].levels
    return [str(text) for text in found]


def _column(name: str) -> str:
    """Return the column of the lines that holds a sum: "y0*x1" is cx_y0_x1."""
    return "cx_" + re.sub(r"\W", "_", name)


def _number(table: pd.DataFrame) -> str:
    """Return a number made of the lines of a part, in whatever order they come and however their sums are rounded."""
    from pandas.util import hash_pandas_object

    rounded = table.copy()
    for name in rounded.select_dtypes("float"):
        rounded[name] = rounded[name].astype("float32")
    return f"{NUMBER}{int(hash_pandas_object(rounded, index=False).sum()):016x}"


def lines_of(
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


def need_alike(name: str, columns: Sequence[pd.Series[Any]]) -> None:
    """Raise where categories of the parts differ: their order would be lost."""
    import pandas as pd

    kinds = [c.dtype for c in columns if isinstance(c.dtype, pd.CategoricalDtype)]
    if kinds and (len(kinds) < len(columns) or any(kind != kinds[0] for kind in kinds)):
        raise ArgumentError(
            f"{PLACE}: column {name!r} has other categories in one part than in another, so that their order would be lost. "
            "Give all parts the same: astype(pandas.CategoricalDtype([...], ordered=True))."
        )


def shifts_in(frame: Frame, count: int) -> np.ndarray:
    """Return one shift for all lines of each score, near their own."""
    found = [frame.first(col(_column(f"shift{i}")), col(INSIDE) & (col(_column(f"n{i}")) > 0)) for i in range(count)]
    return np.asarray([shift or 0.0 for shift in found], dtype=np.float64)


def plan_over(request: Request, frame: Frame, shift: np.ndarray) -> tuple[Plan, dict[str, Sum]]:
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
        psus(request.survey.design), request.by, col(INSIDE),
    )  # fmt: skip
    return plan, {name: Sum((_column(name),)) for name in there}
