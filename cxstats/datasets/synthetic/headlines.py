"""What the usual metrics come to in truth, worked out from the truths without drawing anything.

Answers depend on whether the need was met and whether the customer is satisfied: four kinds of customer, each with its share,
its expected answer and its chance to answer.
"""

from __future__ import annotations

from itertools import product

from cxstats.datasets.synthetic.service import RECOMMEND
from cxstats.datasets.synthetic.truth import CHANNELS, QUARTERS, Truth
from cxstats.datasets.synthetic.world import answering

METRICS = ("csat", "nps", "effort", "first_contact_resolution", "gap")
ASKED = {"csat": ["overall"], "nps": ["recommend"], "effort": ["effort"], "first_contact_resolution": ["resolved"],
         "gap": ["expected", "delivered"]}  # fmt: skip


def headline(metric: str, channel: str | None, quarter: str | None, truth: Truth) -> float:
    """Return the expected value of a metric among those who answer: all channels or one, all quarters or one."""
    share = answered = 0.0
    for c in CHANNELS if channel is None else (channel,):
        for q in QUARTERS if quarter is None else (quarter,):
            years = (QUARTERS.index(q) - (len(QUARTERS) - 1) / 2) / 4
            for met, satisfied in product((False, True), repeat=2):
                need = truth.chance_of_need_met()
                happy = truth.satisfied[met] + truth.satisfied_channel[c] + truth.satisfied_per_year * years
                kind = truth.channel_share[c] * (need if met else 1 - need) * (happy if satisfied else 1 - happy)
                for question in ASKED[metric]:
                    kind *= answering(question, c, satisfied, truth)
                share += kind * _points(metric, c, years, met, satisfied, truth)
                answered += kind
    return share / answered


def _points(metric: str, channel: str, years: float, met: bool, satisfied: bool, truth: Truth) -> float:
    """Return the points that such a customer is expected to give."""
    if metric == "csat":
        return 100.0 * satisfied
    if metric == "nps":
        return 100.0 * sum(p * ((answer >= 9) - (answer <= 6)) for answer, p in RECOMMEND[not satisfied].items())
    if metric == "effort":
        return truth.ease[channel] + (0.0 if met else truth.ease_if_unmet)
    if metric == "first_contact_resolution":
        return 100.0 * truth.resolved[met]
    return (truth.delivered[met] - truth.expected) + (truth.delivered_per_year - truth.expected_per_year) * years
