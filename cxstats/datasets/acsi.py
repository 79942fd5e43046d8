"""The American Customer Satisfaction Index, a sample of respondents: what was expected and what was received."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxstats.datasets.coding import Coding, numbers
from cxstats.datasets.public import PUBLIC_FILES, public_file
from cxstats.errors import need_columns

if TYPE_CHECKING:
    import pandas as pd

_FILE = "acsi_2015.xlsx"
_NO_ANSWER = {"98": "no answer (98, 99)", "99": "no answer (98, 99)"}
_MORE_THAN_25 = "26"


def _scale(low: str, high: str) -> Coding:
    return numbers(1, 10, f"1 {low} .. 10 {high}", _NO_ANSWER)


def _classes(scale: str, *labels: str) -> Coding:
    return Coding(scale, {str(k): label for k, label in enumerate(labels, start=1)}, _NO_ANSWER, ordered=True)


_PRICE_CHANGE = Coding("percent, 25 and more is 25", {str(k): float(min(k, 25)) for k in range(27)}, _NO_ANSWER)
_INDUSTRIES = {"1001": "processed food", "3003": "airlines", "3013": "internet providers", "5001": "banks"}

# harmonised column, column of the file, coding; scale ends as in the file's data dictionary
_ITEMS: tuple[tuple[str, str, Coding], ...] = (
    ("industry", "INDUSTRY", Coding("industry", _INDUSTRIES)),
    ("year", "YEAR", Coding("year", {"2015": 2015.0})),
    ("satisfaction", "SATIS", _scale("very dissatisfied", "very satisfied")),
    ("confirmation", "CONFIRM", _scale("falls short of expectations", "exceeds expectations")),
    ("ideal", "IDEAL", _scale("not very close to ideal", "very close to ideal")),
    ("overall_expected", "OVERALLX", _scale("not very high", "very high")),
    ("overall_received", "OVERALLQ", _scale("not very good", "very good")),
    ("customization_expected", "CUSTOMX", _scale("not very high", "very high")),
    ("customization_received", "CUSTOMQ", _scale("not very good", "very good")),
    ("reliability_expected", "WRONGX", _scale("not very high", "very high")),
    ("reliability_received", "WRONGQ", _scale("not very good", "very good")),
    ("price_given_quality", "PQ", _scale("not very good price given quality", "very good price given quality")),
    ("quality_given_price", "QP", _scale("not very good quality given price", "very good quality given price")),
    ("complained", "COMP", Coding("yes or no", {"1": True, "0": False}, _NO_ANSWER)),
    ("complaint_handling", "HANDLE", _scale("not very well", "very well")),
    ("repurchase", "REPUR", _scale("not very likely", "very likely")),
    ("price_rise_tolerated", "HIGHPTOL", _PRICE_CHANGE),
    ("price_cut_needed", "LOWPTOL", _PRICE_CHANGE),
    ("age", "AGE", numbers(18, 97, "years", _NO_ANSWER)),
    (
        "education",
        "EDUCAT",
        _classes(
            "highest level",
            "less than high school",
            "high school",
            "some college or associate degree",
            "college graduate",
            "post-graduate",
        ),
    ),
    (
        "income",
        "INCOME",
        _classes(
            "income, US dollars",
            "under $20,000",
            "$20,000-30,000",
            "$30,000-40,000",
            "$40,000-60,000",
            "$60,000-80,000",
            "$80,000-100,000",
            "$100,000 or more",
        ),
    ),
    ("gender", "GENDER", Coding("gender", {"1": "male", "2": "female"}, _NO_ANSWER)),
)
_CENSORED = {"price_rise_tolerated": "price_rise_over_25", "price_cut_needed": "price_cut_over_25"}


def fetch_acsi() -> pd.DataFrame:
    """Return 8,239 respondents of the American Customer Satisfaction Index (ACSI) of 2015: expected and received.

    Customers of one company each say what they had expected and what they got, on the same three dimensions, how
    satisfied they are, and what price they would bear. Companies are not named.

    Returns
    -------
    pandas.DataFrame
        One row a respondent, in the order of the file:

        * ``industry``: processed food, airlines, internet providers or banks; ``year``: 2015;
        * 1-10 items: ``satisfaction``, ``confirmation`` (1 falls short of expectations, 10 exceeds them), ``ideal``,
          ``price_given_quality``, ``quality_given_price``, ``repurchase``, ``complaint_handling`` (complainers only);
        * pairs, 1-10: ``overall_expected``/``overall_received``, ``customization_expected``/``customization_received``
          (meeting personal requirements), ``reliability_expected``/``reliability_received``; 10 is best;
        * ``complained``: true or false;
        * ``price_rise_tolerated``, percent, asked of those with ``repurchase`` 6-10, and ``price_cut_needed``, percent,
          asked of those with 1-5. The code 26, undocumented, is taken as "more than 25": the value is 25 and
          ``price_rise_over_25`` or ``price_cut_over_25`` is true (right-censored);
        * ``age`` (years), ``education``, ``income`` (ordered labels), ``gender``.

        Zip code, race and Hispanic origin are left out. ``frame.attrs`` carries ``left_out`` (column to reason to
        rows: the answers that became missing; "blank" is also not asked, and 101 on the price items is unexplained, an
        "other code"), ``scales`` (column to scale) and ``source`` (the citation).

    Raises
    ------
    FetchError
        The file is neither on this machine nor reachable, or is not the registered one.

    Notes
    -----
    Caution: the file has neither weights nor companies, so an average describes these respondents, not the customers
    of an industry, and company-level clustering cannot be allowed for. A mean of a price item is a lower bound.

    Source: Morgeson, F. V., Hult, G. T. M., Sharma, U. and Fornell, C. (2023), The American Customer Satisfaction Index
    (ACSI): A sample dataset and description, Data in Brief 48:109123.

    Examples
    --------
    .. code-block:: python

        import cxstats as cx

        frame = cx.fetch_acsi()
        gap = cx.gap(delivered="overall_received", expected="overall_expected")
        cx.measure(frame, gap, by="industry").frame()
    """
    import pandas as pd

    raw = pd.read_excel(public_file(_FILE), sheet_name=0, engine="calamine")
    need_columns("fetch_acsi", [source for _, source, _ in _ITEMS], list(raw.columns))
    columns: dict[str, pd.Series[Any]] = {}
    left_out: dict[str, dict[str, int]] = {}
    for column, source, coding in _ITEMS:
        codes = raw[source].astype("Int64").astype("string").fillna("")
        columns[column], counts = coding.read(codes)
        if counts:
            left_out[column] = counts
        if flag := _CENSORED.get(column):
            columns[flag] = (codes == _MORE_THAN_25).astype("boolean").where(columns[column].notna())
    frame = pd.DataFrame(columns).astype({"year": "int64"})
    frame.attrs["left_out"] = left_out
    frame.attrs["scales"] = {column: coding.scale for column, _, coding in _ITEMS}
    frame.attrs["source"] = [PUBLIC_FILES[_FILE].citation]
    return frame
