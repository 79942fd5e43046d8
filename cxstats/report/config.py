"""The configuration of a report: a TOML file, checked whole before any data is read.

Every message names the file, the table and the key. What the keys mean is said by `Config`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cxstats.design import LONE_PSU
from cxstats.errors import ConfigError, listing, suggestion
from cxstats.report.answers import read_data
from cxstats.report.comparisons import Compare, read_compare
from cxstats.report.keys import NUMBER, TABLE, TABLES, TEXT, TEXTS, TRUTH, WHOLE, Key, checked, need_one_of
from cxstats.report.periods import Calendar, read_period
from cxstats.report.scores import Metric, metrics
from cxstats.report.syntax import slip
from cxstats.report.words import EN, LANGUAGES, Marks, plain

NUMBERS = ("n", "estimate", "std_error", "conf_low", "conf_high", "n_effective")
RESERVED = frozenset(("metric", *NUMBERS, "unit", "note", "contrast", "trend", "source", "period"))
SAMPLE = Path(__file__).parent / "sample.toml"

KEYS = {
    "title": Key(TEXT),
    "level": Key(NUMBER),
    "min_n": Key(WHOLE),
    "numbers": Key(TEXT),
    "data": Key(TABLE, needed=True),
    "design": Key(TABLE),
    "period": Key(TABLE, needed=True),
    "groups": Key(TABLE),
    "compare": Key(TABLE),
    "metrics": Key(TABLES, needed=True),
}
DESIGN = {
    "weight": Key(TEXT),
    "strata": Key(TEXTS),
    "psu": Key(TEXTS),
    "fpc": Key(TEXT),
    "lone_psu": Key(TEXT),
    "nest": Key(TRUTH),
}
GROUPS = {"by": Key(TEXTS, needed=True)}


@dataclass(frozen=True)
class Config:
    """What to report.

    Attributes
    ----------
    path : pathlib.Path
        The configuration file; relative paths in it start from its folder.
    title : str
        Heading of the page.
    source : str
        A named data set, "sample", "sfo" or "acsi"; empty where `file` is given.
    file : pathlib.Path, optional
        The file of answers.
    sheet : str, optional
        The sheet, if the file is a spreadsheet.
    decimal : str
        The decimal mark of a text file, "." or ",".
    thousands, encoding : str, optional
        The mark between thousands and the encoding of a text file; none and UTF-8 unless said.
    missing : tuple
        Values of the file that mean "no answer".
    strip : bool
        Whether texts of the file lose the blanks at their ends.
    years : tuple of int, optional
        The years of "sfo".
    design : dict
        Arguments of `Survey`: weight, strata, psu, fpc, lone_psu, nest.
    period : str
        The column of periods.
    calendar : Calendar
        How dates become years, quarters or months, fiscal ones too; whether the last period is stated to be incomplete.
    groups : tuple of str
        The columns whose values are compared.
    metrics : tuple of Metric
        What is measured.
    level : float
        Confidence level of the intervals.
    min_n : int
        Cells with fewer answers are suppressed.
    compare : Compare
        Which comparisons are made, and how their p-values are adjusted.
    marks : Marks
        How numbers are written.
    as_read : dict
        The tables of the file, as they are.
    """

    path: Path
    title: str
    source: str
    file: Path | None
    period: str
    metrics: tuple[Metric, ...]
    sheet: str | None = None
    decimal: str = "."
    thousands: str | None = None
    encoding: str | None = None
    missing: tuple[str | float, ...] = ()
    strip: bool = True
    years: tuple[int, ...] | None = None
    design: dict[str, Any] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)
    groups: tuple[str, ...] = ()
    level: float = 0.95
    min_n: int = 10
    compare: Compare = field(default_factory=Compare)
    marks: Marks = EN
    as_read: dict[str, Any] = field(default_factory=dict)

    @property
    def step(self) -> str:
        """What the periods are called: "quarter" where dates are put together to quarters, else by their column."""
        return self.calendar.every or self.period

    def columns(self) -> dict[str, str]:
        """Return every column that the report needs, with the place in the configuration that asks for it."""
        wanted: dict[str, str] = {}
        for key in ("weight", "strata", "psu", "fpc"):
            value = self.design.get(key)
            for name in [value] if isinstance(value, str) else value or []:
                wanted.setdefault(name, f"[design] {key}")
        wanted.setdefault(self.period, "[period] column")
        for name in self.groups:
            wanted.setdefault(name, "[groups] by")
        for metric in self.metrics:
            for name in metric.score.columns():
                wanted.setdefault(name, f"[[metrics]] {metric.name}")
        return wanted


def read_config(path: str | Path) -> Config:
    """Read and check a configuration file.

    Parameters
    ----------
    path : str or pathlib.Path
        A TOML file with the tables ``[data]``, ``[design]``, ``[period]``, ``[groups]``, ``[compare]`` and
        ``[[metrics]]``.

    Returns
    -------
    Config
        What to report.

    Raises
    ------
    ConfigError
        The file is not there or is not TOML, or a key is unknown, missing, of the wrong type or of no meaning.

    Notes
    -----
    Caution: no data is read here, so a column that the data lacks is found later, before anything is measured.

    Examples
    --------
    >>> from cxstats.report import read_config, SAMPLE
    >>> read_config(SAMPLE).groups
    ('channel', 'region')
    """
    path = Path(path)
    table = checked(path.name, _parsed(path), KEYS)
    period, calendar = read_period(f"{path.name}, [period]", table["period"])
    if period in RESERVED - {"period"}:
        raise ConfigError(
            f"{path.name}, [period] column: results have a column {period!r} of their own. Rename yours in the data."
        )
    language = table.get("numbers", "en")
    need_one_of(f"{path.name}: numbers", language, tuple(LANGUAGES))
    return Config(
        path=path,
        period=period,
        calendar=calendar,
        groups=_groups(path.name, table.get("groups"), period),
        compare=read_compare(f"{path.name}, [compare]", table.get("compare", {})),
        marks=LANGUAGES[language],
        as_read=table,
        title=table.get("title", "Customer service report"),
        metrics=metrics(path.name, table["metrics"]),
        design=_design(path.name, table.get("design", {})),
        level=_level(path.name, table.get("level", 0.95)),
        min_n=_min_n(path.name, table.get("min_n", 10)),
        **read_data(path, table["data"]),
    )


def _parsed(path: Path) -> dict[str, Any]:
    if not path.is_file():
        near = [p.name for p in path.parent.glob("*.toml")] if path.parent.is_dir() else []
        there = f" The configurations there are {listing(sorted(near))}." if near else ""
        raise ConfigError(f"no configuration file {path}.{suggestion(path.name, near) or there}")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path.name}: this is not UTF-8 text. Save it as UTF-8.") from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path.name}, {slip(text, str(error))}") from error


def _design(name: str, table: dict[str, Any]) -> dict[str, Any]:
    place = f"{name}, [design]"
    design = checked(place, table, DESIGN)
    if "lone_psu" in design:
        need_one_of(f"{place} lone_psu", design["lone_psu"], LONE_PSU)
    if design.get("nest") and not ("psu" in design and "strata" in design):
        raise ConfigError(f"{place}: nest = true says that psu names are unique within strata; both need to be given.")
    return design


def _groups(name: str, table: dict[str, Any] | None, period: str) -> tuple[str, ...]:
    if table is None:
        return ()
    place = f"{name}, [groups] by"
    by = checked(f"{name}, [groups]", table, GROUPS)["by"]
    groups = (by,) if isinstance(by, str) else tuple(by)
    for group in groups:
        if groups.count(group) > 1:
            raise ConfigError(f"{place}: {group!r} is named twice.")
        if group == period:
            raise ConfigError(f"{place}: {group!r} is the period. Every group is shown by period anyway; leave it out.")
        if group in RESERVED:
            raise ConfigError(f"{place}: results have a column {group!r} of their own. Rename yours in the data.")
    return groups


def _level(name: str, level: float) -> float:
    if not 0 < level < 1:
        hint = f"Write {plain(level / 100)} for {plain(level)} %." if 1 < level < 100 else "Usual is 0.95."
        raise ConfigError(f"{name}: level = {level!r} is not between 0 and 1. {hint}")
    return float(level)


def _min_n(name: str, min_n: int) -> int:
    if min_n < 1:
        raise ConfigError(
            f"{name}: min_n = {min_n} is less than 1. Cells with fewer answers are suppressed; usual is 10."
        )
    return min_n
