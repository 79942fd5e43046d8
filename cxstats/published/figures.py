"""Figures that are quoted about customer service, as they were printed, with what was told about them and what was not."""

from __future__ import annotations

from cxstats.published.correlation import Correlation
from cxstats.published.ecology import EcologicalTable
from cxstats.published.percentage import Percentage
from cxstats.published.trend import PublishedTrend

POWERNET = "Customer Experience: Am I Doing This Right? (Powernet)"
SALESFORCE, PWC, CEB = "Salesforce 2018", "PwC 2018", "CEB 2010"
AMEX = "American Express {}, United States"
US = "US consumers in {}"
SQM, BART, KEININGHAM = "SQM", "BART customer satisfaction surveys", "Keiningham et al. 2007"

MATTERS_MORE = Percentage(
    64, says="say that experience matters more than price", source=f"quoted by {POWERNET}",
    unknown="the wording of the question",
)  # fmt: skip
WOULD_PAY_MORE = Percentage(67, n=6723, says="would pay more for a better experience", source=SALESFORCE)

ONE_BAD_EXPERIENCE = Percentage(32, n=15_000, says="leave after one bad experience", source=PWC)
US_LEAVE = Percentage(17, n=4_000, says="leave after one bad experience", population="US consumers", source=PWC)
LATIN_AMERICA_LEAVE = Percentage(
    49, says="leave after one bad experience", population="Latin American consumers", source=PWC
)
PAY_MORE_PWC = Percentage(
    43, says="would pay more", source=PWC, plausible_n=(100, 1_000, 15_000),
    unknown="of how many of the 15,000 asked it is the percentage",
)  # fmt: skip

SPEND_2010 = Percentage(
    58, says="would spend more (9 % more) for good service", population=US.format(2010), source=AMEX.format(2010)
)
SPEND_2011 = Percentage(
    70,
    n=1018,
    says="would spend more (13 % more) for good service",
    population=US.format(2011),
    source=AMEX.format(2011),
)
SPEND_2014 = Percentage(
    67, rounding=2, wording="two thirds", says="would spend more (14 % more) for good service", population=US.format(2014),
    source=AMEX.format(2014), unknown="what two thirds are in percent, taken as 65 to 69",
)  # fmt: skip
EXCEEDED = Percentage(
    6, n=1018, says="say that companies exceed their expectations", population=US.format(2011), source=AMEX.format(2011)
)
MET = Percentage(
    61, n=1018, says="say that companies meet their expectations", population=US.format(2011), source=AMEX.format(2011)
)
MISSED = Percentage(
    29, n=1018, says="say that companies miss their expectations", population=US.format(2011), source=AMEX.format(2011)
)

CUSTOMERS_OF_CEB = (1_000, 7_500, 37_500)  # of 75,000: how many had high effort, and how many low, is not told
HIGH_EFFORT = Percentage(
    96, plausible_n=CUSTOMERS_OF_CEB, says="are more disloyal", population="high-effort customers",
    source=CEB, unknown="how many of the more than 75,000 asked had high effort",
)  # fmt: skip
LOW_EFFORT = Percentage(
    9, plausible_n=CUSTOMERS_OF_CEB, says="are more disloyal", population="low-effort customers",
    source=CEB, unknown="how many of the more than 75,000 asked had low effort",
)  # fmt: skip

FIRST_CONTACT = EcologicalTable(
    {
        "retail": (78, 81), "insurance": (76, 80), "health": (72, 80), "energy": (72, 76), "finance": (71, 75),
        "tech": (65, 75), "telco": (61, 68),
    },
    x="first-contact resolution", y="satisfaction", of="industries", source=SQM,
)  # fmt: skip

BART_PLAUSIBLE = (3_000, 5_000, 8_000)  # as in 2016, the year whose n is told
RIDERS = PublishedTrend(
    {
        year: Percentage(
            value, n=n, decimals=1, says="are satisfied", population=f"BART riders in {year}", source=f"BART {year}",
            plausible_n=BART_PLAUSIBLE,
        )
        for year, value, n in (
            (2008, 83.8, None), (2010, 81.9, None), (2012, 83.9, None), (2014, 74.3, None), (2016, 68.8, 5342),
            (2018, 56.0, None),
        )
    },
    says="BART riders who are satisfied", source=BART,
)  # fmt: skip

GROWTH = tuple(
    Correlation(r, says=f"NPS and growth of firms, industry {k} of 5", source=KEININGHAM)
    for k, r in enumerate((0.40, -0.45, -0.12, 0.86, 0.08), 1)
)

FIGURES = (
    MATTERS_MORE, WOULD_PAY_MORE, (MATTERS_MORE, WOULD_PAY_MORE), ONE_BAD_EXPERIENCE, US_LEAVE, LATIN_AMERICA_LEAVE,
    (LATIN_AMERICA_LEAVE, US_LEAVE), PAY_MORE_PWC, SPEND_2010, SPEND_2011, SPEND_2014, (SPEND_2011, SPEND_2010),
    (SPEND_2014, SPEND_2011), EXCEEDED, MET, MISSED, HIGH_EFFORT, LOW_EFFORT, (HIGH_EFFORT, LOW_EFFORT), FIRST_CONTACT,
    RIDERS, *GROWTH,
)  # fmt: skip
