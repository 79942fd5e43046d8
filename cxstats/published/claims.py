"""What is claimed on the strength of published figures, each as a measure and a region, ready for `check`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from cxstats.claims import AllOf, Claim, above, all_of, below, between
from cxstats.claims.catalogue import Claims
from cxstats.published import figures as f

if TYPE_CHECKING:
    import pandas as pd

D = 3.0  # percentage points: the smallest difference that matters


class PublishedClaims(Claims):
    """Claims that rest on published figures, found by their ids, with the figures themselves.

    Attributes
    ----------
    figures : tuple
        The published figures, and the pairs of them that are compared, for `audit`.
    """

    figures = f.FIGURES

    def frame(self) -> pd.DataFrame:
        """Return the figures as a table: ``figure``, ``source``, ``n``, ``value``, ``unit`` and what is ``not_told``."""
        from cxstats.published.audit import audit

        single = [figure for figure in self.figures if not isinstance(figure, tuple)]
        return audit(single).frame()[["figure", "source", "n", "value", "unit", "not_told"]]


def published_claims() -> PublishedClaims:
    """Return claims that rest on published figures, ready for `check`, with the figures and their sources.

    They take no data: ``cx.check(cx.published_claims())``. A figure whose n nobody told is tested for every n that is
    plausible, and a verdict holds only if it holds for all.

    Returns
    -------
    PublishedClaims
        A list of claims, found by id as well, with ``figures`` (for `audit`) and ``frame()`` (figures, sources, n, and what is
        not told).

    Notes
    -----
    A verdict on published figures says what the figures can bear if people were asked at random. Nobody outside can check that.

    References
    ----------
    Manski, C. F. (2003). *Partial Identification of Probability Distributions*. Springer.

    Examples
    --------
    >>> import cxstats as cx
    >>> claims = cx.published_claims()
    >>> cx.check(claims["only-67-would-pay"])["only-67-would-pay"].verdict
    'inconclusive'
    """
    return PublishedClaims([*_price_or_experience(), *_leaving(), *_american_express(), *_effort(), *_tables()])


def _claim(id: str, measure: Any, region: Any, **words: Any) -> Claim:
    return Claim(id, measure=measure, region=region, data=(), **words)


def _price_or_experience() -> list[Claim | AllOf]:
    both = f"{f.MATTERS_MORE.source}; {f.SALESFORCE}"
    return [
        _claim(
            "experience-beats-price", f.MATTERS_MORE.reading, above(50), source=f.MATTERS_MORE.source,
            says="most say that experience matters more than price", what="the share who say so", why="most is more than half",
        ),
        _claim(
            "most-would-pay-more", f.WOULD_PAY_MORE.reading, above(50), source=f.SALESFORCE,
            says="most would pay more for a better experience", what="the share who would", why="most is more than half",
        ),
        _claim(
            "only-67-would-pay", partial(f.WOULD_PAY_MORE.difference, f.MATTERS_MORE), below(0), source=both,
            says="fewer would pay more than say that experience matters more",
            what="the share who would pay more minus the share who say that it matters more",
            why="'only 67 %' after '64 %' says that fewer act than say so",
        ),
        _claim(
            "who-says-so-would-pay", partial(f.WOULD_PAY_MORE.among, f.MATTERS_MORE), above(50), source=both,
            says="most of those who say that experience matters more would pay more",
            what="the share who would pay more among those who say that it matters more", why="most is more than half",
        ),
    ]  # fmt: skip


def _leaving() -> list[Claim | AllOf]:
    return [
        _claim(
            "one-in-three-leaves", f.ONE_BAD_EXPERIENCE.reading, between(30, 37), source=f.PWC,
            says="one in three leaves after one bad experience", what="the share who leave after one",
            why="33 %, give or take the 3 points that matter, in whole percent",
        ),
        _claim(
            "latin-america-leaves-sooner", partial(f.LATIN_AMERICA_LEAVE.difference, f.US_LEAVE), above(D), source=f.PWC,
            says="more leave after one bad experience in Latin America than in the United States",
            what="the share who leave after one, Latin America minus United States", why="3 points are what matters",
        ),
        _claim(
            "most-would-pay-more-pwc", f.PAY_MORE_PWC.reading, above(50), source=f.PWC, says="most would pay more",
            what="the share who would", why="most is more than half",
        ),
    ]  # fmt: skip


def _american_express() -> list[Claim | AllOf]:
    rises = partial(
        _claim, region=above(0), source=f.AMEX.format("2010 to 2014"), why="more is a difference above 0",
    )  # fmt: skip
    return [
        all_of(
            "ever-more-would-spend", source=f.AMEX.format("2010 to 2014"),
            says="ever more would spend more for good service",
            parts=[
                rises("from 2010 to 2011", partial(f.SPEND_2011.difference, f.SPEND_2010), what="the share of 2011 minus 2010"),
                rises("from 2011 to 2014", partial(f.SPEND_2014.difference, f.SPEND_2011), what="the share of 2014 minus 2011"),
            ],
        ),
        _claim(
            "few-say-exceeded", f.EXCEEDED.reading, below(10), source=f.EXCEEDED.source,
            says="few say that companies exceed their expectations", what="the share who say so", why="few: one in ten",
        ),
        _claim(
            "most-say-met", f.MET.reading, above(50), source=f.MET.source,
            says="most say that companies meet their expectations", what="the share who say so", why="most is more than half",
        ),
    ]  # fmt: skip


def _effort() -> list[Claim | AllOf]:
    return [
        _claim(
            "effort-goes-with-disloyalty", partial(f.HIGH_EFFORT.difference, f.LOW_EFFORT), above(50), source=f.CEB,
            says="high effort goes with far more disloyalty than low effort",
            what="the share more disloyal, high effort minus low effort", why="far more: half of all customers",
        ),
    ]  # fmt: skip


def _tables() -> list[Claim | AllOf]:
    fall = [
        _claim(
            f"{earlier} to {later}", partial(f.RIDERS.change, earlier, later), below(0), what=f"{later} minus {earlier}",
            why="a fall is a difference below 0",
        )
        for earlier, later in zip(list(f.RIDERS.figures), list(f.RIDERS.figures)[1:], strict=False)
    ]  # fmt: skip
    growth = [
        _claim(f"industry {k}", r.reading, above(0), what=f"r of {r.says}", why="goes with: a correlation above 0")
        for k, r in enumerate(f.GROWTH, 1)
    ]
    return [
        _claim(
            "one-point-for-one", f.FIRST_CONTACT.reading, between(0.9, 1.1), source=f.SQM,
            says="one point more of first-contact resolution brings one point more of satisfaction",
            what="the slope of satisfaction on first-contact resolution over seven industries",
            why="one, give or take a tenth",
        ),
        _claim(
            "riders-less-satisfied", f.RIDERS.reading, below(0), source=f.BART, says="satisfaction of BART riders falls",
            what="the slope per year from 2008 to 2018", why="falling is a slope below 0",
        ),
        all_of(
            "riders-less-satisfied-every-time", source=f.BART, parts=fall,
            says="satisfaction of BART riders falls from each survey to the next",
        ),
        all_of(
            "nps-goes-with-growth", source=f.KEININGHAM, parts=growth,
            says="NPS goes with growth in each of the five industries",
        ),
    ]  # fmt: skip
