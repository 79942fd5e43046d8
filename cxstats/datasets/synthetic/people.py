"""Who is asked: respondents by branch and quarter, some of them several times, with what they are like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxstats.datasets.synthetic.branches import COUNT, Branches
from cxstats.datasets.synthetic.draw import Draw, by
from cxstats.datasets.synthetic.truth import AGES, CHANNELS, ISSUES, QUARTERS, SEGMENTS, Truth


@dataclass(frozen=True)
class People:
    """One entry a respondent; numbers are positions in the lists of `truth`. `years` counts from the middle of the time."""

    customer: np.ndarray
    quarter: np.ndarray
    years: np.ndarray
    branch: np.ndarray
    weight: np.ndarray
    age: np.ndarray
    segment: np.ndarray
    tenure: np.ndarray
    comfortable: np.ndarray
    target: np.ndarray
    tailored: np.ndarray
    good_impression: np.ndarray
    channel: np.ndarray
    issue: np.ndarray
    bot: np.ndarray

    def __len__(self) -> int:
        return len(self.customer)

    @property
    def names(self) -> list[str]:
        """The respondents' names."""
        return [f"synthetic-{i:0{len(str(len(self)))}d}" for i in range(1, len(self) + 1)]


def draw_people(truth: Truth, seed: int, n: int, branches: Branches) -> People:
    """Draw n respondents: in each quarter (nearly) as many of each branch, whatever its size."""
    draw = Draw(seed, "people")
    cells = COUNT * len(QUARTERS)
    size = np.full(cells, n // cells)
    size[draw.shuffled(cells)[: n % cells]] += 1
    cell = np.repeat(np.arange(cells), size)
    quarter, branch = cell // COUNT, cell % COUNT
    customer = _customers(truth, draw, branch, quarter, int(size.max(initial=1)))
    once, of = np.unique(customer, return_inverse=True)
    traits = Draw(seed, "traits")
    age = traits.one_of(truth.age_share, len(once), "age_share")
    segment = traits.one_of(truth.segment_share, len(once), "segment_share")
    tenure = traits.one_of(truth.tenure_share, len(once), "tenure_share")
    comfortable = traits.yes(by(truth.comfortable, AGES, age), "comfortable")
    target = traits.yes(truth.target_customer, "target_customer", len(once))
    channel = draw.one_of(truth.channel_share, n, "channel_share")
    issue = draw.one_of(dict.fromkeys(ISSUES, 1 / len(ISSUES)), n, "issue")
    bot = (
        by(truth.bot, CHANNELS, channel)
        * by(truth.bot_issue, ISSUES, issue)
        * by(truth.bot_segment, SEGMENTS, segment[of])
    )
    return People(
        customer=customer,
        quarter=quarter,
        years=(quarter - (len(QUARTERS) - 1) / 2) / 4,
        branch=branch,
        weight=np.round(branches.customers[branch] / size[cell], 2),
        age=age[of],
        segment=segment[of],
        tenure=tenure[of],
        comfortable=comfortable[of],
        target=target[of],
        tailored=draw.yes(truth.tailored, "tailored", n),
        good_impression=draw.yes(truth.good_first_impression, "good_first_impression", n),
        channel=channel,
        issue=issue,
        bot=draw.yes(bot, "bot"),
    )


def _customers(truth: Truth, draw: Draw, branch: np.ndarray, quarter: np.ndarray, most: int) -> np.ndarray:
    """Return a customer number a row; a branch's panel of `most` customers is asked again and again, each once a quarter."""
    n = len(branch)
    start = (
        np.flatnonzero(np.r_[True, (branch[1:] != branch[:-1]) | (quarter[1:] != quarter[:-1])])
        if n
        else np.zeros(0, int)
    )
    place = np.arange(n) - np.repeat(
        start, np.diff(np.r_[start, n])
    )  # the row's place among those of its branch and quarter
    panel = branch * most + place
    return np.asarray(np.where(draw.yes(truth.returning, "returning", n), panel, COUNT * most + np.arange(n)))
