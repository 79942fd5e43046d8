"""The San Francisco Airport customer survey: nine yearly files, one frame."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from cxstats.datasets.coding import BLANK, DONT_KNOW, NOT_APPLICABLE, OTHER_CODE
from cxstats.datasets.public import PUBLIC_FILES, public_file
from cxstats.datasets.sfo_design import DESIGN_COLUMNS, SAME_COLUMN, sampling_design, when_and_where
from cxstats.datasets.sfo_items import SFO_COLUMNS, SFO_ITEMS, SFO_YEARS
from cxstats.errors import ArgumentError, listing, need_columns

if TYPE_CHECKING:
    import pandas as pd

_REASONS = {"n_blank": BLANK, "n_not_applicable": NOT_APPLICABLE, "n_dont_know": DONT_KNOW, "n_other": OTHER_CODE}


def fetch_sfo(years: int | Iterable[int] | None = None) -> pd.DataFrame:
    """Return the customer survey of San Francisco Airport (SFO), its years harmonised to one frame.

    Passengers waiting at the gate rate the airport, a fresh sample every year. Each year has its own question numbers,
    column names and codes; here a column means the same in every row, and a code that is no answer is missing and
    counted.

    Parameters
    ----------
    years : int or iterable of int, optional
        Which years, from 2010 to 2018. Default: all nine.

    Returns
    -------
    pandas.DataFrame
        One row a respondent, years ascending, with the same columns whatever the years:

        * ``year``, ``respondent`` (text, unique over years);
        * ``weight`` (mean 1 in each year; 1.0 where the file has none) and ``weighted`` (whether it has one);
        * ``stratum`` (text, year and departure period), ``departure`` (the period as label), ``cluster`` (text, unique
          over years: the passengers interviewed at one flight), ``cluster_from`` (what told the flight);
        * ``interview_day`` (the day of the interview as numbered in the file), ``interview_date`` (2016-18; the other
          years do not state the month), ``boarding_area`` (A to G);
        * 1-5 ratings, 5 is best: ``overall``, ``art``, ``restaurants``, ``shops``, ``signs``, ``walkways``,
          ``screens``, ``info_arrivals``, ``info_departures``, ``wifi`` (2013-18), ``roads``, ``parking``,
          ``airtrain``, ``long_term_parking``, ``rental_car``, ``find_way`` and ``security_ease`` (5 is easy),
          ``getting_here`` (2012-18), ``safety``, ``clean_boarding``, ``clean_parking`` (2010-12), ``clean_airtrain``,
          ``clean_rental_car``, ``clean_restaurants``, ``clean_restrooms``, ``clean_overall`` (2013-18), ``website``
          (2010-12, asked of its users), ``precheck_rating`` (2014-18, asked of PreCheck users);
        * ``recommend``, 0-10 (2017-18);
        * true or false: ``problem`` (met one), ``precheck`` (2014-18), ``checked_bags``, ``bought_shop``,
          ``bought_food``, ``used_wifi`` (2013-18), ``bay_area`` (lives there), ``international`` (flies abroad);
        * labels: ``purpose``, ``flights`` (out of SFO in 12 months), ``age``, ``gender``, ``income``, ``language``,
          ``administered``, ``method`` (2013-18).

        ``frame.attrs`` carries ``left_out`` (column to reason to rows: the answers that became missing, as far as the
        question was asked; `sfo_questions` has them by year), ``notes`` (what had to be settled in weights, strata,
        clusters and dates) and ``source`` (the citations).

    Raises
    ------
    ArgumentError
        A year that the survey does not have.
    FetchError
        A file is neither on this machine nor reachable, or is not the registered one.

    Notes
    -----
    Caution: question wording changed between years; `sfo_questions` says which years share a wording. The weights of a
    year sum to its rows, so a pooled figure weighs years by their sample size; compare years with ``by="year"``.
    Analyse with strata and clusters: passengers of one flight answer alike. No year asks what people had expected.

    Source: San Francisco International Airport (2010-2018), SFO Customer Survey, DataSF.

    Examples
    --------
    .. code-block:: python

        import cxstats as cx

        frame = cx.fetch_sfo(range(2013, 2019))
        survey = cx.Survey(frame, weight="weight", strata="stratum", psu="cluster")
        cx.measure(survey, cx.csat("overall", scale=(1, 5)), by="year").frame()
    """
    import pandas as pd

    parts: list[pd.DataFrame] = []
    notes: list[str] = []
    left_out: dict[str, dict[str, int]] = {column: {} for column in SFO_COLUMNS}
    wanted = _wanted(years, "fetch_sfo")
    for year in wanted:
        part, questions, settled = _harmonised(year)
        parts.append(part)
        notes += settled
        for asked in questions:
            rows = left_out[asked["column"]]
            for count, reason in _REASONS.items():
                if asked[count]:
                    rows[reason] = rows.get(reason, 0) + asked[count]
    frame = pd.concat(parts, ignore_index=True)
    frame.attrs["left_out"] = {column: rows for column, rows in left_out.items() if rows}
    frame.attrs["notes"] = notes
    frame.attrs["source"] = [PUBLIC_FILES[f"sfo_{year}.csv"].citation for year in wanted]
    return frame


def sfo_questions(years: int | Iterable[int] | None = None) -> pd.DataFrame:
    """Return what the SFO survey asked in each year, how it is coded, and how many answered.

    Parameters
    ----------
    years : int or iterable of int, optional
        Which years, from 2010 to 2018. Default: all nine.

    Returns
    -------
    pandas.DataFrame
        One row a year and harmonised question: ``year``, ``column``, ``source`` (column of the file), ``wording`` (the
        item as the airport's code list of that year words it; missing where no public copy was found), ``variant``
        (years with equal column and equal variant asked the same), ``scale`` (of the harmonised values), and the
        counts ``n_valid``, ``n_blank`` (also not asked), ``n_not_applicable``, ``n_dont_know`` and ``n_other`` (codes
        that no code list explains).

    Raises
    ------
    ArgumentError
        A year that the survey does not have.
    FetchError
        A file is neither on this machine nor reachable, or is not the registered one.

    Notes
    -----
    Caution: 2010 and 2011 name their questions by number only, and they were matched to later years by their place in
    the questionnaire. In 2017 and 2018 ``overall`` has one code for blank and not applicable, counted as blank. The
    wordings are those of public copies and quotations of the code lists, not of the questionnaires.

    Source: San Francisco International Airport (2010-2018), code lists of the SFO Customer Survey, DataSF.

    Examples
    --------
    .. code-block:: python

        from cxstats.datasets import sfo_questions

        asked = sfo_questions()
        asked[asked["column"] == "overall"]
    """
    import pandas as pd

    return pd.DataFrame([asked for year in _wanted(years, "sfo_questions") for asked in _harmonised(year)[1]])


def _wanted(years: int | Iterable[int] | None, place: str) -> list[int]:
    """Return the years asked for, each once, ascending."""
    if years is None:
        return list(SFO_YEARS)
    try:
        wanted = sorted({operator.index(year) for year in (years if isinstance(years, Iterable) else [years])})
    except TypeError:
        raise ArgumentError(
            f"{place}: years are whole numbers such as 2018 or range(2013, 2019), not {years!r}."
        ) from None
    unknown = [year for year in wanted if year not in SFO_YEARS]
    if unknown or not wanted:
        problem = f"no survey of {listing(unknown)}" if unknown else "no year was named"
        raise ArgumentError(f"{place}: {problem}. The years are {listing(SFO_YEARS, most=len(SFO_YEARS))}.")
    return wanted


def _harmonised(year: int) -> tuple[pd.DataFrame, list[dict[str, Any]], list[str]]:
    """Return the rows of one year, what it asked with counts, and notes."""
    import pandas as pd

    raw = pd.read_csv(public_file(f"sfo_{year}.csv"), dtype="str", keep_default_na=False)
    headers = {header.strip(" *").upper(): header.strip(" *") for header in raw.columns}
    raw.columns = pd.Index(headers)
    need_columns(f"fetch_sfo({year})", [item.source.upper() for item in SFO_ITEMS[year]], list(headers))

    questions: list[dict[str, Any]] = []
    answers: dict[str, pd.Series[Any]] = {}
    for item in SFO_ITEMS[year]:
        values, counts = item.coding.read(raw[item.source.upper()])
        answers[item.column] = values
        questions.append(
            {
                "year": year,
                "column": item.column,
                "source": headers[item.source.upper()],
                "wording": item.wording,
                "variant": item.variant,
                "scale": item.coding.scale,
                "n_valid": int(values.notna().sum()),
                **{count: counts.get(reason, 0) for count, reason in _REASONS.items()},
            }
        )
    nothing = pd.Series("", index=raw.index, dtype="str")
    for column in SFO_COLUMNS.keys() - answers.keys():
        answers[column] = SFO_COLUMNS[column].read(nothing)[0]

    drawn = raw.rename(columns=SAME_COLUMN)
    drawn = drawn[[name for name in DESIGN_COLUMNS if name in drawn]].apply(lambda cells: cells.str.strip())
    design, settled = sampling_design(drawn, year)
    where, unsettled = when_and_where(drawn, year)
    identity = pd.DataFrame({"year": year, "respondent": f"{year}-" + drawn["RESPNUM"]}, index=raw.index)
    asked = pd.DataFrame({column: answers[column] for column in SFO_COLUMNS}, index=raw.index)
    return pd.concat([identity, design, where, asked], axis=1), questions, settled + unsettled
