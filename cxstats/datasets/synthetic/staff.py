"""Staff: how they rate their branch's touchpoints and what they guess customers expect. And what service costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxstats.datasets.synthetic.branches import COUNT, Branches
from cxstats.datasets.synthetic.draw import Draw
from cxstats.datasets.synthetic.touchpoints import TOP, expected_of
from cxstats.datasets.synthetic.truth import LEVELS, REGIONS, TOUCHPOINTS, Truth

if TYPE_CHECKING:
    import pandas as pd

A_BRANCH, FOR = 8, 8_320  # staff asked in each branch, in a survey of so many customers; more in a larger one
ROLES = ("adviser", "manager", "service")


def draw_staff(truth: Truth, seed: int, respondents: int, branches: Branches) -> pd.DataFrame:
    """Return one row a member of staff."""
    import pandas as pd

    each = max(A_BRANCH, A_BRANCH * respondents // FOR)
    draw, n = Draw(seed, "staff"), COUNT * each
    branch = np.repeat(np.arange(COUNT), each)
    frame = pd.DataFrame(
        {
            "staff": [f"staff-{i + 1:03d}" for i in range(n)],
            "branch": branches.name[branch],
            "region": np.asarray(REGIONS)[branches.region[branch]],
            "role": np.asarray(ROLES)[draw.shuffled(n) % len(ROLES)],
        }
    )
    for touchpoint in TOUCHPOINTS:
        seen = truth.touchpoint_delivered[touchpoint] + truth.staff_over_customers + branches.perception[branch]
        frame[f"delivered_{touchpoint}"] = draw.rated(seen, 1, TOP, 0.4, f"staff's rating of {touchpoint}")
        guess = np.full(n, expected_of(truth, touchpoint) + truth.guess_error[touchpoint])
        frame[f"expected_{touchpoint}"] = draw.rated(guess, 1, TOP, 0.4, f"staff's guess about {touchpoint}")
    frame["synthetic"] = True
    return frame


def cost_table(truth: Truth) -> pd.DataFrame:
    """Return one row a level of service: what it costs a customer served, the margin on spend, the return planned."""
    import pandas as pd

    return pd.DataFrame(
        {
            "service_level": list(LEVELS),
            "cost": [truth.cost[level] for level in LEVELS],
            "margin": truth.margin,
            "planned_return": [truth.planned_return[level] for level in LEVELS],
            "synthetic": True,
        }
    )
