"""What each year of the SFO survey asked: the raw column, the coding and, where it is published, the wording.

The tables below are the whole mapping. The raw columns of 2010 and 2011 carry no name, only a place in the
questionnaire (Q6N, Q8N); they were matched to 2012, the first year with names, by that place and by who answers
"not applicable". Labels of codes are those of the 2017 and 2018 code lists; the codes keep their pattern over the years
(midpoints in the 2010 file give the same classes of age, income and flights). Column names are compared in upper case,
without blanks and stars around them.
"""

from __future__ import annotations

from dataclasses import dataclass

from cxstats.datasets.coding import BLANK, DONT_KNOW, NOT_APPLICABLE, Coding, numbers

SFO_YEARS = tuple(range(2010, 2019))

# One row a harmonised column: its raw column from 2010 to 2018. "-": not asked; '"': the same name as the year before.
_SOURCES = """
overall              Q6N   Q8N   Q8N_WHOLE         Q7O_WHOLE        Q7ALL       " " " "
recommend            -     -     -                 -                -           - - NETPRO "
find_way             Q13A  Q15A  Q15A_FIND         Q14A_FIND        Q14FIND     " " " "
security_ease        Q13B  Q15B  Q15B_SECURITY     Q14B_SECURITY    Q14PASSTHRU " " " "
getting_here         -     -     Q14RATEGETTO      Q13_RATEGETTO    Q13GETRATE  " " " "
problem              Q14   Q16   Q16_PROBLEM       Q15_PROBLEMS     Q15PROBLEM  " " " "
safety               Q9    Q11   Q11SAFE           Q10SAFE          "           " " " "
art                  Q6A   Q8A   Q8A_ART           Q7A_ART          Q7ART       " " " "
restaurants          Q6B   Q8B   Q8B_FOOD          Q7B_FOOD         Q7FOOD      " " " "
shops                Q6C   Q8C   Q8C_SHOP          Q7C_SHOPS        Q7STORE     " " " "
signs                Q6D   Q8D   Q8D_SIGNS         Q7D_SIGNS        Q7SIGN      " " " "
walkways             Q6E   Q8E   Q8E_WALK          Q7E_WALK         Q7WALKWAYS  " " " Q7WALKWAY
screens              Q6F   Q8F   Q8F_SCREENS       Q7F_SCREENS      Q7SCREENS   " " " "
info_arrivals        Q6G   Q8G   Q8G_INFOARR       Q7G_INFOARR      Q7INFODOWN  " " " "
info_departures      Q6H   Q8H   Q8H_INFODEP       Q7H_INFODEP      Q7INFOUP    " " " "
wifi                 -     -     -                 Q7I_WIFI         Q7WIFI      " " " "
roads                Q6I   Q8I   Q8I_ROAD          Q7J_ROAD         Q7ROADS     " " " "
parking              Q6J   Q8J   Q8J_PARK          Q7K_PARK         Q7PARK      " " " "
airtrain             Q6K   Q8K   Q8K_AIRTRAIN      Q7L_AIRTRAIN     Q7AIRTRAIN  " " " "
long_term_parking    Q6L   Q8L   Q8L_LTPARK        Q7M_LTPARK       Q7LTPARKING " " " "
rental_car           Q6M   Q8M   Q8M_RENTAL        Q7N_RENTAL       Q7RENTAL    " " " "
clean_boarding       Q8A   Q10A  Q10A_CLNBOARD     Q9A_CLNBOARD     Q9BOARDING  " " " "
clean_parking        Q8B   Q10B  Q10B_CLNPARK      -                -           - - - -
clean_airtrain       Q8C   Q10C  Q10C_CLNAIRTRAIN  Q9B_CLNAIRTRAIN  Q9AIRTRAIN  " " " "
clean_rental_car     Q8D   Q10D  Q10D_CLNRENT      Q9C_CLNRENT      Q9RENTAL    " " " "
clean_restaurants    Q8E   Q10E  Q10E_CLNFOOD      Q9D_CLNFOOD      Q9FOOD      " " " "
clean_restrooms      Q8F   Q10F  Q10F_CLNBATH      Q9E_CLNBATH      Q9RESTROOM  " " " "
clean_overall        -     -     -                 Q9F_CLNWHOLE     Q9ALL       " " " "
website              Q11   Q13   Q13_RATEWEB       -                -           - - - -
precheck             -     -     -                 -                Q11TSAPRE   " " " "
precheck_rating      - - - - Q12PRECHECKRATE Q12PRECHEKCRATE Q12PRECHECKRATE Q12PRECHEKCRATE Q12PRECHECKRATE
checked_bags         Q4A   "     Q4BAGS            "                "           " " " "
bought_shop          Q4B   "     Q4BUY             "                Q4STORE     " " " "
bought_food          Q4C   "     Q4FOOD            "                "           " " " "
used_wifi            -     -     -                 Q4WIFI           "           " " " "
purpose              Q2_1  "     Q2PURP1           "                "           " " " "
flights              Q5    Q7    Q7FLYPERYR        Q5FLYPERYR       Q5TIMESFLOWN " " " "
bay_area             Q15   Q17   Q17REGION         Q16_REGION       Q16LIVE     " " " Q17LIVE
international        DESTGEO "   "                 "                "           " " " "
age                  Q17   Q19   Q19_AGE           Q18_AGE          Q18AGE      " Q19AGE " Q20AGE
gender               Q18   Q20   Q20_SEX           Q19_SEX          Q19GENDER   " Q20GENDER " Q21GENDER
income               Q19   Q21   Q21_INCOME        Q20_INCOME       Q20INCOME   " Q21INCME Q21INCOME Q22INCOME
language             LANG  "     "                 "                "           " " " "
administered         SAQ   "     "                 "                "           " " " "
method               -     -     -                 METHOD           "           " " " METH
"""

# The item as the airport's code lists name it, for the years for which a public copy or quotation of one was found.
_WORDINGS: dict[str, tuple[str, range]] = {
    "overall": ("SFO Airport as a whole", range(2010, 2019)),
    "recommend": (
        "On a scale of 0 to 10, how likely is it that you would recommend SFO to a friend or colleague?",
        range(2018, 2019),
    ),
    "find_way": ("Finding your way around airport", range(2014, 2017)),
    "security_ease": ("Passing through security and screening", range(2014, 2017)),
    "getting_here": ("How would you rate your experience getting to the airport?", range(2014, 2017)),
    "safety": ("How safe do you feel at SFO?", range(2014, 2017)),
    "precheck_rating": ("TSA Pre-check vs regular security line rating", range(2014, 2017)),
    "art": ("Artwork and exhibitions", range(2010, 2019)),
    "restaurants": ("Restaurants", range(2010, 2019)),
    "shops": ("Retail shops and concessions", range(2010, 2019)),
    "signs": ("Signs and directions inside SFO", range(2010, 2019)),
    "walkways": ("Escalators/Elevators/Moving walkways", range(2010, 2019)),
    "screens": ("Information on screens/monitors", range(2010, 2019)),
    "info_arrivals": ("Information booths (lower level - near baggage claim)", range(2010, 2019)),
    "info_departures": ("Information booths (upper level - departure area)", range(2010, 2019)),
    "wifi": ("Accessing and using free WiFi at SFO", range(2013, 2019)),
    "roads": ("Signs and directions on SFO airport roadways", range(2010, 2019)),
    "parking": ("Airport parking facilities", range(2010, 2019)),
    "airtrain": ("AirTrain", range(2010, 2019)),
    "long_term_parking": ("Long term parking lot shuttle (bus ride)", range(2010, 2019)),
    "rental_car": ("Airport Rental Car Center", range(2010, 2019)),
    "clean_boarding": ("Boarding areas", range(2014, 2017)),
    "clean_airtrain": ("Airtrain", range(2014, 2017)),
    "clean_rental_car": ("Airport Rental Car Center", range(2014, 2017)),
    "clean_restaurants": ("Airport restaurants", range(2014, 2017)),
    "clean_restrooms": ("Restrooms", range(2014, 2017)),
    "clean_overall": ("Overall cleanliness", range(2014, 2017)),
    "age": ("Age", range(2010, 2019)),
    "gender": ("Gender", range(2010, 2019)),
    "income": ("Income", range(2010, 2019)),
}

_NO_RATING = {"0": BLANK, "6": NOT_APPLICABLE}
_NO_TRUTH = {"0": BLANK, "3": DONT_KNOW}
_RATING = numbers(1, 5, "1 unacceptable .. 5 outstanding", _NO_RATING)
_EASE = numbers(1, 5, "1 difficult .. 5 easy", _NO_RATING)
_CLEAN = numbers(1, 5, "1 dirty .. 5 clean", _NO_RATING)
_GOOD = numbers(1, 5, "1 .. 5, 5 is best (ends not labelled here)", _NO_RATING)
_TRUTH = Coding("yes or no", {"1": True, "2": False}, _NO_TRUTH)
_GENDER = {"1": "male", "2": "female", "male": "male", "female": "female"}
_GENDERS = ("male", "female", "non-binary")
_AGES = ("under 18", "18-24", "25-34", "35-44", "45-54", "55-64", "65 and over")
_INCOMES = ("under $50,000", "$50,000-100,000", "$100,001-150,000", "over $150,000")
_FLIGHTS = ("1", "2", "3-6", "7-12", "13-24", "25 and more")
_PURPOSES = {"1": "business", "2": "pleasure", "3": "friends or relatives"}
_OTHER_PURPOSES = ("4", "5", "6", "7", "9", "10", "11", "12", "13")


def _classes(scale: str, labels: tuple[str, ...], missing: dict[str, str], **extra: str) -> Coding:
    codes = {str(code): label for code, label in enumerate(labels, start=1)}
    return Coding(scale, codes | extra, missing, ordered=True)


_CODINGS: dict[str, Coding] = {
    "recommend": numbers(0, 10, "0 not at all likely .. 10 extremely likely", {"11": BLANK}),
    "find_way": _EASE,
    "security_ease": _EASE,
    "getting_here": _GOOD,
    "problem": _TRUTH,
    "safety": _GOOD,
    "website": _GOOD,
    "precheck": Coding("yes or no", {"1": True, "2": False}, _NO_TRUTH | {"4": NOT_APPLICABLE}),
    "precheck_rating": _GOOD,
    "checked_bags": _TRUTH,
    "bought_shop": _TRUTH,
    "bought_food": _TRUTH,
    "used_wifi": _TRUTH,
    "purpose": Coding("first purpose named", _PURPOSES | dict.fromkeys(_OTHER_PURPOSES, "other"), {"0": BLANK}),
    "flights": _classes("flights out of SFO in 12 months", _FLIGHTS, {"0": BLANK}),
    "bay_area": Coding("lives in the nine-county Bay Area", {"1": True, "2": False, "3": False}, {"0": BLANK}),
    "international": Coding("flies abroad", {str(k): k > 3 for k in range(1, 10)}),
    "age": _classes(  # 2016 has one row each of "Under 18" to "Under 32", a fill-down slip: those above 18 are unknown
        "years of age",
        _AGES,
        {"0": BLANK, "8": DONT_KNOW, "don't know or refused": DONT_KNOW},
        **{label: label for label in _AGES[:-1]},
        **{"65-over": "65 and over"},
    ),
    "gender": Coding("gender", _GENDER, {"0": BLANK}, levels=_GENDERS),
    "income": _classes("income, US dollars", _INCOMES, {"0": BLANK}),
    "language": Coding("questionnaire", {"1": "English", "2": "Spanish", "3": "Chinese", "4": "Japanese"}),
    "administered": Coding("by whom", {"1": "interviewer", "2": "self"}, {"0": BLANK}),
    "method": Coding("how it came back", {"1": "at gate", "2": "by mail", "3": "online"}),
}
_BAY_AREA_OF_FOUR = Coding(  # 2010-12: a fourth answer, also outside the Bay Area
    "lives in the nine-county Bay Area", {"1": True, "2": False, "3": False, "4": False}, {"0": BLANK}
)
_CODINGS_OF_A_YEAR: dict[tuple[str, int], Coding] = {
    ("bay_area", 2010): _BAY_AREA_OF_FOUR,
    ("bay_area", 2011): _BAY_AREA_OF_FOUR,
    ("bay_area", 2012): _BAY_AREA_OF_FOUR,
    ("gender", 2017): Coding("gender", _GENDER, {"0": BLANK, "4": BLANK}, levels=_GENDERS),
    ("gender", 2018): Coding("gender", _GENDER | {"3": "non-binary"}, {"0": BLANK}, levels=_GENDERS),
}


@dataclass(frozen=True)
class Item:
    """One question of one year."""

    year: int
    column: str
    source: str
    wording: str | None
    variant: str
    coding: Coding


def _sources() -> dict[str, dict[int, str]]:
    table: dict[str, dict[int, str]] = {}
    for line in _SOURCES.strip().splitlines():
        column, *names = line.split()
        row: dict[int, str] = {}
        for year, name in zip(SFO_YEARS, names, strict=True):
            if name != "-":
                row[year] = row[year - 1] if name == '"' else name
        table[column] = row
    return table


def _coding(column: str) -> Coding:
    return _CODINGS.get(column) or (_CLEAN if column.startswith("clean_") else _RATING)


def _item(column: str, year: int, sources: dict[int, str]) -> Item:
    wording, worded = _WORDINGS.get(column, (None, range(0)))
    same_as_worded = {sources[y] for y in worded}
    return Item(
        year=year,
        column=column,
        source=sources[year],
        wording=wording if year in worded else None,
        variant=wording if wording and sources[year] in same_as_worded else sources[year],
        coding=_CODINGS_OF_A_YEAR.get((column, year)) or _coding(column),
    )


SFO_ITEMS: dict[int, list[Item]] = {
    year: [_item(column, year, sources) for column, sources in _sources().items() if year in sources]
    for year in SFO_YEARS
}
"""The questions of each year, in the order of the harmonised columns."""

SFO_COLUMNS: dict[str, Coding] = {column: _coding(column) for column in _sources()}
"""The harmonised question columns of all years, in order, with their usual coding."""
