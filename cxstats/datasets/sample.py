"""A synthetic customer survey whose truth is known: made by a program, no real customers.

Every rate that the answers are drawn from is a constant in this file, and `sample_truth` works out what a metric should
come to, so that a method can be tested by whether it finds the truth again. Probabilities are linear in time and in
channel, so the truth is exact and needs no simulation.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.errors import ArgumentError, FetchError, one_of
from cxstats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

QUARTERS = tuple(f"{year}Q{quarter}" for year in range(2022, 2027) for quarter in range(1, 5))[3:19]
REGIONS = ("east", "north", "south", "west")
BRANCHES_PER_REGION = 10
CHANNELS = ("app", "branch", "phone", "web")

# who is asked: the share of contacts by channel; customers of a branch, drawn evenly between these
CHANNEL_SHARE = {"app": 0.34, "branch": 0.12, "phone": 0.28, "web": 0.26}
BRANCH_CUSTOMERS = (200.0, 2000.0)

# satisfied (overall 4 or 5): by channel at the middle of the time span, plus the slope, plus the branch's own effect
SATISFIED = {"app": 0.76, "branch": 0.80, "phone": 0.64, "web": 0.70}
SLOPE_PER_YEAR = 0.02
BRANCH_SPREAD = 0.06  # effects are even between -spread and +spread

# every other answer depends on whether the customer is satisfied: the probabilities if so, and if not
OVERALL = ({5: 0.45, 4: 0.55}, {3: 0.50, 2: 0.30, 1: 0.20})
RECOMMEND = (
    {10: 0.34, 9: 0.26, 8: 0.18, 7: 0.12, 6: 0.06, 5: 0.04},
    {10: 0.03, 9: 0.05, 8: 0.14, 7: 0.18, 6: 0.18, 5: 0.16, 4: 0.10, 3: 0.08, 2: 0.04, 1: 0.02, 0: 0.02},
)
RESOLVED = ({"yes": 0.88, "no": 0.12}, {"yes": 0.45, "no": 0.55})
DELIVERED = ({5: 0.45, 4: 0.40, 3: 0.15}, {4: 0.20, 3: 0.40, 2: 0.30, 1: 0.10})
EXPECTED = ({5: 0.45, 4: 0.35, 3: 0.15, 2: 0.05},) * 2
QUESTIONS: Mapping[str, tuple[Mapping[Any, float], Mapping[Any, float]]] = {
    "overall": OVERALL,
    "recommend": RECOMMEND,
    "resolved": RESOLVED,
    "expected": EXPECTED,
    "delivered": DELIVERED,
}
EASY = {"app": 0.78, "branch": 0.62, "phone": 0.58, "web": 0.70}  # easy is 1 + six throws at this chance,
EASY_IF = (0.06, -0.12)  # changed by this if satisfied, if not

# no answer: by question and channel, whatever the answer would have been
NO_ANSWER = {
    "overall": {"app": 0.02, "branch": 0.06, "phone": 0.04, "web": 0.03},
    "recommend": {"app": 0.05, "branch": 0.12, "phone": 0.10, "web": 0.06},
    "easy": {"app": 0.04, "branch": 0.09, "phone": 0.07, "web": 0.05},
    "resolved": {"app": 0.03, "branch": 0.08, "phone": 0.05, "web": 0.04},
    "expected": {"app": 0.06, "branch": 0.14, "phone": 0.12, "web": 0.08},
    "delivered": {"app": 0.05, "branch": 0.11, "phone": 0.09, "web": 0.06},
}
METRICS = ("csat", "nps", "effort", "first_contact_resolution", "gap")

SEED, SIZE = 20260930, 2000
NOTES = (
    "Synthetic: every answer was drawn by a program from rates stated in cxstats.datasets.sample; no real customer "
    "answered.",
)


def simulate(*, n: int = SIZE, seed: int = SEED) -> pd.DataFrame:
    """Draw a synthetic customer survey from the stated truth.

    Forty branches in four regions are visited in sixteen quarters. In each quarter each branch gives (nearly) the same
    number of respondents, so a respondent stands for the customers of the branch over that number.

    Parameters
    ----------
    n : int
        Number of respondents, at least one for each branch and quarter (640).
    seed : int
        Another seed, another sample of respondents and branches.

    Returns
    -------
    pandas.DataFrame
        One row a respondent: ``respondent``, ``quarter`` ("2022Q4" to "2026Q3"), ``region`` (the strata), ``branch``
        (the PSUs), ``weight`` (customers represented), ``channel``, ``overall`` (1-5), ``recommend`` (0-10), ``easy``
        (1-7, 7 is easy), ``resolved`` ("yes", "no"), ``expected`` and ``delivered`` (1-5), ``synthetic`` (always true).

    Raises
    ------
    ArgumentError
        If `n` is too small.

    Notes
    -----
    Caution: synthetic. It shows what the methods do, and nothing about customers anywhere.

    References
    ----------
    Burton, A. et al. (2006). The design of simulation studies in medical statistics. *Stat. Med.* 25.

    Examples
    --------
    >>> from cxstats.datasets.sample import simulate
    >>> simulate(n=640, seed=1)[["quarter", "region", "branch"]].iloc[0].tolist()
    ['2022Q4', 'east', 'east-01']
    """
    import pandas as pd

    branches = [f"{region}-{k:02d}" for region in REGIONS for k in range(1, BRANCHES_PER_REGION + 1)]
    cells = len(QUARTERS) * len(branches)
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < cells:
        raise ArgumentError(f"simulate(n=): a whole number of at least {cells} is needed, not {n!r}.")
    random = np.random.default_rng(seed)
    low, high = BRANCH_CUSTOMERS
    customers = low + (high - low) * random.random(len(branches))
    effect = BRANCH_SPREAD * (2 * random.random(len(branches)) - 1)

    size = np.full(cells, n // cells)
    size[random.permutation(cells)[: n % cells]] += 1
    cell = np.repeat(np.arange(cells), size)
    quarter, branch = cell // len(branches), cell % len(branches)
    channel = _drawn(random.random(n), [CHANNEL_SHARE[c] for c in CHANNELS])
    satisfied = random.random(n) < np.asarray([SATISFIED[c] for c in CHANNELS])[channel] + (
        SLOPE_PER_YEAR * _years()[quarter] + effect[branch]
    )

    frame = pd.DataFrame(
        {
            "respondent": [f"synthetic-{i:0{len(str(n))}d}" for i in range(1, n + 1)],
            "quarter": np.asarray(QUARTERS)[quarter],
            "region": np.repeat(REGIONS, BRANCHES_PER_REGION)[branch],
            "branch": np.asarray(branches)[branch],
            "weight": np.round(customers[branch] / size[cell], 2),
            "channel": np.asarray(CHANNELS)[channel],
        }
    )
    for name, (yes, no) in QUESTIONS.items():
        u = random.random(n)
        frame[name] = np.where(satisfied, _answers(u, yes), _answers(u, no))
    chance = np.asarray([EASY[c] for c in CHANNELS])[channel] + np.where(satisfied, *EASY_IF)
    frame["easy"] = 1 + (random.random((n, 6)) < chance[:, None]).sum(axis=1)
    for name, rates in NO_ANSWER.items():
        missing = random.random(n) < np.asarray([rates[c] for c in CHANNELS])[channel]
        frame[name] = _typed(frame[name]).mask(missing)
    frame["synthetic"] = True
    columns = ["overall", "recommend", "easy", "resolved", "expected", "delivered", "synthetic"]
    return _described(frame[[*frame.columns[:6], *columns]])


def sample_truth(metric: str, *, channel: str | None = None, quarter: str | None = None) -> float:
    """Return what a metric of the synthetic survey is in truth.

    Parameters
    ----------
    metric : {"csat", "nps", "effort", "first_contact_resolution", "gap"}
        With the scales of the survey: top 2 of 1-5, 0-10, mean of 1-7, "yes", delivered minus expected.
    channel, quarter : str, optional
        One channel, one quarter; None is all of them.

    Returns
    -------
    float
        The expected value of the metric among those who answer, in its unit.

    Raises
    ------
    ArgumentError
        If there is no such metric, channel or quarter.

    Notes
    -----
    Over all channels, those who answer more often weigh more: a metric describes who answered. The slope per year is
    ``4 / 15 * (truth in the last quarter - truth in the first)``, as every metric is linear in time.

    Examples
    --------
    >>> from cxstats.datasets.sample import sample_truth
    >>> round(sample_truth("csat", channel="app"), 6)
    76.0
    """
    one_of("sample_truth(metric)", metric, METRICS)
    one_of("sample_truth(channel=)", channel, (None, *CHANNELS))
    one_of("sample_truth(quarter=)", quarter, (None, *QUARTERS))
    years = 0.0 if quarter is None else float(_years()[QUARTERS.index(quarter)])
    asked = {"csat": ["overall"], "nps": ["recommend"], "effort": ["easy"], "first_contact_resolution": ["resolved"]}
    weights, values = [], []
    for name in CHANNELS if channel is None else (channel,):
        satisfied = SATISFIED[name] + SLOPE_PER_YEAR * years
        answering = [1 - NO_ANSWER[question][name] for question in asked.get(metric, ["expected", "delivered"])]
        weights.append(CHANNEL_SHARE[name] * float(np.prod(answering)))
        if_so, if_not = (_expected(metric, k, name) for k in (0, 1))
        values.append(satisfied * if_so + (1 - satisfied) * if_not)
    return float(np.average(values, weights=weights))


def load_survey() -> pd.DataFrame:
    """Return the embedded synthetic sample: 2,000 respondents, as `simulate` draws them.

    Returns
    -------
    pandas.DataFrame
        The columns of `simulate`; ``frame.attrs`` carries ``notes`` (that it is synthetic) and ``synthetic``.

    Raises
    ------
    FetchError
        If the file that comes with the package is not there.

    Notes
    -----
    Caution: synthetic. It shows what the methods do, and nothing about customers anywhere.

    Examples
    --------
    >>> from cxstats.datasets.sample import load_survey
    >>> len(load_survey())
    2000
    """
    import pandas as pd

    frame = pd.read_csv(sample_file("survey.csv"), keep_default_na=False, na_values=[""])
    for name in NO_ANSWER:
        frame[name] = _typed(frame[name])
    return _described(frame)


def sample_survey() -> Survey:
    """Return the embedded synthetic sample with its design: regions are strata, branches are clusters, weighted.

    Returns
    -------
    Survey
        On the frame of `load_survey`.

    Notes
    -----
    Caution: synthetic. It shows what the methods do, and nothing about customers anywhere.

    Examples
    --------
    >>> from cxstats.datasets.sample import sample_survey
    >>> sample_survey()
    <Survey of 13 columns on pandas: strata region, clusters branch, weight weight>
    """
    return Survey(load_survey(), weight="weight", strata="region", psu="branch")


def sample_file(name: str) -> Path:
    """Return where a file of the embedded sample lies: in the installed package, or in the source tree."""
    package = Path(__file__).parents[1]
    places = [package / "data_sample" / name, package.parent / "data" / "sample" / name]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise FetchError(f"sample_file: {name!r} did not come with this installation of cxstats. Install it again.")
    return found


def _described(frame: pd.DataFrame) -> pd.DataFrame:
    frame.attrs["synthetic"] = True
    frame.attrs["notes"] = list(NOTES)
    return frame


def _typed(column: pd.Series[Any]) -> pd.Series[Any]:
    return column if column.name == "resolved" else column.astype("Int64")


def _years() -> np.ndarray:
    """Return the time of each quarter in years from the middle of the span."""
    return (np.arange(len(QUARTERS)) - (len(QUARTERS) - 1) / 2) / 4


def _drawn(u: np.ndarray, chances: list[float]) -> np.ndarray:
    """Return which of the chances each random number falls on."""
    return np.asarray(np.minimum(np.searchsorted(np.cumsum(chances), u, side="right"), len(chances) - 1))


def _answers(u: np.ndarray, chances: Mapping[Any, float]) -> np.ndarray:
    answers = np.asarray(list(chances))
    return np.asarray(answers[_drawn(u, list(chances.values()))])


def _expected(metric: str, if_not: int, channel: str) -> float:
    """Return the expected points of a metric among the satisfied (0) or the others (1)."""
    if metric == "csat":
        return 100.0 * (1 - if_not)
    if metric == "nps":
        return 100.0 * sum(p * ((answer >= 9) - (answer <= 6)) for answer, p in RECOMMEND[if_not].items())
    if metric == "first_contact_resolution":
        return 100.0 * RESOLVED[if_not]["yes"]
    if metric == "effort":
        return 1 + 6 * (EASY[channel] + EASY_IF[if_not])
    got, wanted = (sum(a * p for a, p in chances[if_not].items()) for chances in (DELIVERED, EXPECTED))
    return float(got - wanted)
