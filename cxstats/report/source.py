"""The answers of a report: read, only the columns that are needed, periods and groups as a reader writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cxstats.errors import ColumnError, ConfigError, CxError, DataError, need_columns
from cxstats.readers import read_frame
from cxstats.report.config import Config
from cxstats.report.dates import as_dates, formats, remedy
from cxstats.report.periods import FISCAL, Last, far_away, last_period
from cxstats.report.places import placed
from cxstats.report.words import count
from cxstats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

MOST_PERIODS, MOST_GROUPS = 80, 40
FEWEST_COLUMNS = 5  # in which rows that are alike are copies
NAMES = {
    "sample": "Sample survey of cxstats (synthetic: made by a program, no real customers)",
    "sfo": "San Francisco International Airport, customer survey",
    "acsi": "American Customer Satisfaction Index, sample of respondents, 2015",
}
# a year that does not come first, a quarter or month before a number, the name of a month
UNSORTED = re.compile(
    r"(?<=\D)(19|20)\d\d\b|^(q|kw|cw|w|h|m)\.? ?\d{1,2}\D+\d{2}\b|^\d{1,2}[./]\d{2}$"
    r"|^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|^(mär|mrz|mai|okt|dez)(z|ober|ember)?\b",
    re.IGNORECASE,
)


class NothingToReport(CxError):
    """There are no rows, no periods or no answers."""


@dataclass(frozen=True)
class Source:
    """The answers with their design, and what is known of where they came from.

    `timed` is the same survey with its periods as a time axis knows them: fiscal ones without their prefix.
    """

    survey: Survey
    timed: Survey
    frame: pd.DataFrame
    name: str
    citations: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    reasons: dict[str, dict[str, int]] = field(default_factory=dict)
    wordings: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    stripped: dict[str, int] = field(default_factory=dict)
    last: Last = field(default_factory=Last)
    doubts: tuple[str, ...] = ()

    @property
    def cautions(self) -> tuple[str, ...]:
        """What looks like a slip of the file or its periods, in sentences without their full stop."""
        return (*self.doubts, *filter(None, [self.last.caution.removesuffix(".")]))

    @property
    def synthetic(self) -> str:
        """The mark of answers that a program made; empty for others."""
        return self.survey.synthetic


def read_source(config: Config) -> Source:
    """Read what the configuration names.

    Parameters
    ----------
    config : Config
        As `read_config` returns it.

    Returns
    -------
    Source
        The survey, on a pandas frame of the columns that are needed.

    Raises
    ------
    ConfigError
        The data has no such column, file or sheet, or a column of periods or groups has too many values.
    DataError, FetchError, DesignError
        The data cannot be read, or cannot have the design stated.
    NothingToReport
        There are no rows, or none with a period.
    """
    raw = _raw(config)
    _need(config, list(map(str, raw.columns)))
    if not len(raw):
        raise NothingToReport(f"{_name(config)}: there are no rows, so there is nothing to report.")
    frame = raw[list(config.columns())].copy()
    frame.attrs["synthetic"] = bool(Survey(raw).synthetic)  # the column that may say so is not needed, so it is gone
    with placed(config, "[period] column", frame=frame):
        calendar, column = config.calendar, frame[config.period]
        dates = as_dates(column, config.period, calendar.date_format) if calendar.every else None
        frame[config.period] = _periods(config, column) if dates is None else calendar.labels(dates)
    for group in config.groups:
        frame[group] = _texts(frame[group])
    _need_few(config, frame)
    if not frame[config.period].notna().any():
        raise NothingToReport(f"{_name(config)}: no row has a {config.period}, so there is no period to report.")
    with placed(config, "[design]", frame=frame):
        survey = Survey(frame, **config.design)
        timed = frame.assign(**{config.period: frame[config.period].astype("string").str.removeprefix(FISCAL)})
    return Source(
        survey=survey,
        timed=Survey(timed, **config.design) if config.calendar.rule else survey,
        frame=frame,
        name=_name(config),
        citations=tuple(map(str, raw.attrs.get("source", ()))),
        notes=tuple(map(str, raw.attrs.get("notes", ()))),
        reasons={str(k): dict(v) for k, v in raw.attrs.get("left_out", {}).items()},
        wordings=_wordings(config),
        stripped={str(k): int(n) for k, n in raw.attrs.get("stripped", {}).items() if k in frame.columns},
        last=last_period(config.calendar, config.period, frame[config.period], dates),
        doubts=(*_copies(config, raw), *far_away(frame[config.period])),
    )


def _raw(config: Config) -> pd.DataFrame:
    if config.file is not None:
        with placed(config, "[data] file"):
            return read_frame(
                config.file, sheet=config.sheet, decimal=config.decimal, thousands=config.thousands,
                encoding=config.encoding, missing=config.missing, strip=config.strip,
            )  # fmt: skip
    if config.source == "sample":
        from cxstats.datasets.sample import load_survey

        return load_survey()
    from cxstats import datasets

    if config.source == "acsi":
        return datasets.fetch_acsi()
    with placed(config, "[data] years", "fetch_sfo: "):
        return datasets.fetch_sfo(config.years)


def _copies(config: Config, raw: pd.DataFrame) -> list[str]:
    """Tell of a file in which most rows are there twice."""
    if config.file is None or raw.shape[1] < FEWEST_COLUMNS:
        return []
    try:
        copies, marks = int(raw.duplicated(keep=False).sum()), config.marks
    except TypeError:  # lists within the cells of a parquet file are not compared
        return []
    if 2 * copies <= len(raw):
        return []
    return [
        f"{count(copies, marks=marks)} of {count(len(raw), 'row', marks=marks)} are the same as another row in all "
        f"{raw.shape[1]} columns: were the same answers put into the file twice? The intervals take each row for a respondent"
    ]


def _wordings(config: Config) -> dict[str, dict[str, list[Any]]]:
    """Return the wordings of each question and the periods that used them, where the data set keeps a list of them."""
    if config.source != "sfo":
        return {}
    from cxstats.datasets import sfo_questions

    asked = sfo_questions(config.years)
    found: dict[str, dict[str, list[Any]]] = {}
    for column, wording, year in zip(asked["column"], asked["variant"], asked["year"], strict=True):
        found.setdefault(str(column), {}).setdefault(str(wording), []).append(year)
    return found


def _name(config: Config) -> str:
    return config.file.name if config.file is not None else NAMES[config.source]


def _need(config: Config, have: list[str]) -> None:
    for name, place in config.columns().items():
        try:
            need_columns(f"{config.path.name}, {place}", [name], have)
        except ColumnError as error:
            raise ConfigError(f"{error} (The data is {_name(config)}.)") from error


def _need_few(config: Config, frame: pd.DataFrame) -> None:
    for name, most, instead in (
        (config.period, MOST_PERIODS, 'If it holds dates, write every = "quarter" (or "month", "year") in [period].'),
        *((group, MOST_GROUPS, "Name a column that puts respondents into few groups.") for group in config.groups),
    ):
        count = frame[name].nunique()
        if count > most:
            raise ConfigError(
                f"{config.path.name}: column {name!r} has {count:,} different values; a report shows at most {most}. {instead}"
            )


def _periods(config: Config, column: pd.Series[Any]) -> pd.Series[Any]:
    """Return periods that sort and space well: whole numbers without a point, texts in a natural order."""
    import pandas as pd
    from pandas.api import types

    if types.is_datetime64_any_dtype(column.dtype) or isinstance(column.dtype, pd.CategoricalDtype):
        return column
    if (dates := formats(column)) and not dates[0].startswith("%Y"):
        raise DataError(
            f"the period {str(column.dropna().iloc[0])!r} of column {config.period!r} does not sort by time. "
            f'If these are dates, write every = "quarter" (or "month", "year") in [period]. {remedy(column.dropna())}'
        )
    if types.is_numeric_dtype(column.dtype) and not types.is_bool_dtype(column.dtype):
        return column.astype("Int64") if bool((column.dropna() % 1 == 0).all()) else column
    texts = _texts(column)
    for text in texts.cat.categories:
        if UNSORTED.search(text):
            raise DataError(
                f"the period {text!r} of column {config.period!r} does not sort by time. Write periods with the year first, "
                'such as 2025Q3 or 2025-09, or name a column of dates and write every = "quarter" (or "month", "year").'
            )
    return texts


def _texts(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return labels as texts in a natural order (2 before 10), true/false as yes/no; categories keep their order."""
    import pandas as pd
    from pandas.api import types

    if isinstance(column.dtype, pd.CategoricalDtype):
        names = [str(c) for c in column.cat.categories]
        if len(set(names)) == len(names):
            return column.cat.rename_categories(names)
    if types.is_bool_dtype(column.dtype):
        column = column.astype("boolean").map({True: "yes", False: "no"})
    elif types.is_float_dtype(column.dtype) and bool((column.dropna() % 1 == 0).all()):
        column = column.astype("Int64")
    texts = column.astype("string")
    return texts.astype(pd.CategoricalDtype(sorted(texts.dropna().unique(), key=_natural), ordered=True))


def _natural(text: str) -> list[tuple[int, float, str]]:
    return [(0, float(part), "") if part.isdecimal() else (1, 0.0, part) for part in re.split(r"(\d+)", text) if part]
