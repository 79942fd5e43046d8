"""The experience itself: alike in every channel, talked about, good or bad, and not the same for everybody."""

from __future__ import annotations

from typing import Any

from cxstats.claims.catalogue.roles import Columns
from cxstats.claims.catalogue.scores import among
from cxstats.claims.catalogue.sources import CLIENTOSCOPE, IS_NOT, POWERNET
from cxstats.claims.claim import AllOf, Claim, all_of
from cxstats.claims.region import above, below
from cxstats.expression import Expression, col
from cxstats.inference import Estimate, extreme, measure
from cxstats.metrics import mean, quantile, share
from cxstats.score import Score


def experience(c: Columns) -> list[Claim | AllOf]:
    """Return the claims about experiences."""
    return [_consistent(c), _word_of_mouth(c), _two_signs(c), _trade_off(c), _manner(c), _cheap(c)]


def _difference(survey: Any, score: Score, plus: Expression, minus: Expression) -> Estimate:
    """Return the score among some rows minus that among others."""
    found = measure(survey, [among(score, plus, "some"), among(score, minus, "others")])
    return found.contrast({"metric": "some"}, {"metric": "others"})


def _consistent(c: Columns) -> Claim:
    rating, channel = c.rating("satisfaction"), c.name("channel")
    return Claim(
        "channels-consistent",
        says="every channel gives the same experience",
        source=POWERNET,
        measure=lambda survey: extreme(measure(survey, rating.mean(), by=channel), "range"),
        what="the largest difference of mean satisfaction between two channels",
        region=lambda d: below(d),
        params={"d": rating.matters},
        why="differences below the smallest that matters are none",
        needs=c.needs("satisfaction", "channel"),
    )


def _word_of_mouth(c: Columns) -> Claim:
    told, good, ordinary = c.when("told_others"), c.when("wow_service"), c.when("adequate_service")
    return Claim(
        "word-of-mouth",
        says="a good experience is talked about",
        source=IS_NOT,
        measure=lambda survey: _difference(survey, share(told), good, ordinary),
        what="the share who told others after a good experience, less that after an ordinary one",
        region=above(0, unit="% points"),
        why="at 0 good experiences are talked about as much as others",
        needs=c.needs("told_others", "wow_service", "adequate_service"),
    )


def _two_signs(c: Columns) -> Claim:
    rating = c.rating("overall")

    def bad(survey: Any) -> Estimate:
        low, high = rating.scale
        return measure(survey, share(rating.answer < (low + high) / 2, name="below the middle"))

    return Claim(
        "experience-has-two-signs",
        says="customer experience is not a positive word: it can be bad",
        source=CLIENTOSCOPE,
        measure=bad,
        what="the share of answers below the middle of the scale",
        region=above(5),
        why="above one in twenty, bad experiences are part of the matter",
        needs=c.needs("overall"),
    )


def _trade_off(c: Columns) -> AllOf:
    rating, target, tailored = c.rating("satisfaction"), c.when("on_target"), c.when("tailored")
    given: dict[str, Any] = {"source": IS_NOT, "needs": c.needs("satisfaction", "on_target", "tailored")}

    def effect(survey: Any, whom: Expression) -> Estimate:
        return _difference(survey, rating.mean(), whom & tailored, whom & ~tailored)

    return all_of(
        "target-trade-off",
        says="pleasing the target customers displeases others",
        source=IS_NOT,
        parts=[
            Claim("target-pleased", says="the tailored treatment pleases the target", region=above(0),
                  measure=lambda survey: effect(survey, target),
                  what="satisfaction of the target with the tailored treatment, less that without it",
                  why="above 0 the treatment pleases", **given),
            Claim("others-displeased", says="the tailored treatment displeases others", region=below(0),
                  measure=lambda survey: effect(survey, ~target),
                  what="satisfaction of the others with the tailored treatment, less that without it",
                  why="below 0 the treatment displeases", **given),
        ],
    )  # fmt: skip


def _manner(c: Columns) -> Claim:
    rating, met, manner = c.rating("satisfaction"), c.when("need_met"), c.rating("manner")

    def said_well(survey: Any) -> Estimate:
        return _difference(survey, rating.mean(), ~met & manner.high, met & manner.low)

    return Claim(
        "manner-beats-words",
        says="the wrong word said in the right way still works",
        source=IS_NOT,
        measure=said_well,
        what="satisfaction with the need unmet and good manners, less that with the need met and bad manners",
        region=lambda d: above(-d),
        params={"d": rating.matters},
        why="above minus the smallest difference that matters, manner makes up for the need",
        needs=c.needs("satisfaction", "need_met", "manner"),
    )


def _cheap(c: Columns) -> Claim:
    investment, improvement, d = c.name("investment"), c.name("improvement"), c.rating("overall").matters

    def improved(branches: Any) -> Estimate:
        half = measure(branches, quantile(investment, 0.5)).values[0]
        return measure(branches, mean(improvement), where=col(investment) < half)

    return Claim(
        "cheap-can-be-good",
        says="good experience does not need a large investment",
        source=CLIENTOSCOPE,
        data="branches",
        measure=improved,
        what="the mean improvement of the branches that invested less than half of them did",
        region=lambda d: above(d),
        params={"d": d},
        why="an improvement above the smallest that matters is one",
        needs=c.needs("investment", "improvement"),
    )
