"""Branches: where they are, how large, and what they did quarter by quarter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxstats.datasets.synthetic.draw import Draw
from cxstats.datasets.synthetic.truth import BRANCHES_PER_REGION, INDUSTRIES, QUARTERS, REGIONS, Truth

if TYPE_CHECKING:
    import pandas as pd

CUSTOMERS = (200.0, 2000.0)  # of a branch, even between these
STARTS = (6, 8, 10)  # the quarters in which programmes start
COUNT = len(REGIONS) * BRANCHES_PER_REGION


@dataclass(frozen=True)
class Branches:
    """What is fixed for each branch (arrays of one entry a branch) or each branch and quarter (branches x quarters).

    `effect` is its effect on the chance of being satisfied, `perception` how much further than others its staff's view lies
    above its customers'. `lead` is "", "marketing" or "service"; `start` the quarter in which its programme starts.
    """

    name: np.ndarray
    region: np.ndarray
    industry: np.ndarray
    customers: np.ndarray
    effect: np.ndarray
    perception: np.ndarray
    lead: np.ndarray
    start: np.ndarray
    technology: np.ndarray
    clarity: np.ndarray
    innovation: np.ndarray
    basics: np.ndarray
    investment: np.ndarray
    improvement: np.ndarray

    @property
    def after(self) -> np.ndarray:
        """Whether the branch's programme has started, by quarter."""
        return np.asarray((self.lead != "")[:, None] & (np.arange(len(QUARTERS)) >= self.start[:, None]))


def draw_branches(truth: Truth, seed: int) -> Branches:
    """Draw the branches of a world."""
    draw, quarters = Draw(seed, "branches"), len(QUARTERS)
    region = np.repeat(np.arange(len(REGIONS)), BRANCHES_PER_REGION)
    number = np.tile(np.arange(BRANCHES_PER_REGION), len(REGIONS))
    low, high = CUSTOMERS
    lead = np.full(COUNT, "", dtype=object)
    chosen = draw.shuffled(COUNT)
    lead[chosen[: COUNT // 4]], lead[chosen[COUNT // 4 : COUNT // 2]] = "marketing", "service"
    start = np.asarray(STARTS)[draw.shuffled(COUNT) % len(STARTS)]
    usual = 2 + 6 * draw.uniform(COUNT)
    technology = usual[:, None] + 0.08 * np.arange(quarters) + 1.2 * (draw.uniform(COUNT, quarters) - 0.5)
    clarity = 3 + 4 * draw.uniform(COUNT)[:, None] + 2 * (draw.uniform(COUNT, quarters) - 0.5)
    innovation = 5 + 0.5 * (clarity - 5) + 3 * (draw.uniform(COUNT, quarters) - 0.5)  # clear branches innovate, too
    own, season = 10 * (draw.uniform(COUNT) - 0.5), 4 * (draw.uniform(quarters) - 0.5)
    noise = 3 * draw.normal(COUNT * quarters).reshape(COUNT, quarters)
    basics = 78 + own[:, None] + season + truth.basics_per_technology * (technology - 5) + noise
    investment = 20 * np.exp(0.7 * draw.normal(COUNT * quarters).reshape(COUNT, quarters))
    mean = np.where(investment < np.median(investment), *truth.improvement)
    improvement = mean + 0.5 * draw.normal(COUNT * quarters).reshape(COUNT, quarters)
    return Branches(
        name=np.asarray([f"{REGIONS[r]}-{k + 1:02d}" for r, k in zip(region, number, strict=True)]),
        region=region,
        industry=number % len(INDUSTRIES),
        customers=low + (high - low) * draw.uniform(COUNT),
        effect=truth.branch_spread * (2 * draw.uniform(COUNT) - 1),
        perception=truth.perception_spread * (2 * draw.uniform(COUNT) - 1),
        lead=lead,
        start=start,
        technology=np.round(technology, 1),
        clarity=np.round(clarity, 1),
        innovation=np.round(innovation, 1),
        basics=np.round(np.clip(basics, 0, 100), 1),
        investment=np.round(investment, 1),
        improvement=np.round(improvement, 2),
    )


def branch_table(branches: Branches) -> pd.DataFrame:
    """Return one row a branch and quarter."""
    import pandas as pd

    quarters = len(QUARTERS)
    branch, quarter = np.repeat(np.arange(COUNT), quarters), np.tile(np.arange(quarters), COUNT)
    lead = branches.lead[branch]
    return pd.DataFrame(
        {
            "branch": branches.name[branch],
            "region": np.asarray(REGIONS)[branches.region[branch]],
            "industry": np.asarray(INDUSTRIES)[branches.industry[branch]],
            "quarter": np.asarray(QUARTERS)[quarter],
            "customers": np.round(branches.customers[branch]).astype(int),
            "technology": branches.technology.ravel(),
            "basics_delivered": branches.basics.ravel(),
            "innovation": branches.innovation.ravel(),
            "clarity": branches.clarity.ravel(),
            "investment": branches.investment.ravel(),
            "improvement": branches.improvement.ravel(),
            "programme": np.where(lead == "", "none", lead),
            "programme_start": np.where(lead == "", "", np.asarray(QUARTERS)[branches.start[branch]]),
            "synthetic": True,
        }
    )
