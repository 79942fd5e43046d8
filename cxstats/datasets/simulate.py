"""Worlds with a known truth: a survey of any size, or all tables, with any single truth changed, and what metrics come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxstats.datasets.synthetic.frame import as_frame
from cxstats.datasets.synthetic.headlines import METRICS, headline
from cxstats.datasets.synthetic.truth import CHANNELS, QUARTERS, Truth
from cxstats.datasets.synthetic.world import TABLES, draw_world
from cxstats.errors import one_of

if TYPE_CHECKING:
    import pandas as pd

SEED, SIZE = 20260930, 8320  # those of the embedded sample


def simulate(*, n: int = SIZE, seed: int = SEED, **truths: Any) -> pd.DataFrame:
    """Draw a synthetic customer survey from the stated truth, or from another one.

    Forty branches in four regions are visited in sixteen quarters. In each quarter each branch gives (nearly) the same
    number of respondents, so a respondent stands for the customers of the branch over that number; some customers are asked
    in several quarters. ``data/sample/README.md`` describes the columns and the truth.

    Parameters
    ----------
    n : int
        Number of respondents, at least one for each branch and quarter (640).
    seed : int
        Another seed, another sample of respondents and branches.
    **truths
        Truths to change, by the names of `cxstats.datasets.synthetic.Truth`: a number, or of a table only the entries given,
        such as ``need_effect=0.0`` or ``worth={"wow": 40.0}``. Effects are in points of the answer's scale, chances and
        shares from 0 to 1.

    Returns
    -------
    pandas.DataFrame
        One row a respondent; the columns of `load_survey`, marked as synthetic as those are.

    Raises
    ------
    ArgumentError
        If `n` or `seed` is out of range, there is no such truth, or the truths contradict each other (a chance over 1).

    Notes
    -----
    Caution: synthetic. It shows what the methods do, and nothing about customers anywhere.

    References
    ----------
    Burton, A. et al. (2006). The design of simulation studies in medical statistics. *Stat. Med.* 25.

    Examples
    --------
    >>> import cxstats as cx
    >>> cx.simulate(n=640, seed=1)[["quarter", "region", "branch"]].iloc[0].tolist()
    ['2022Q4', 'east', 'east-01']
    """
    return simulate_world(n=n, seed=seed, tables=("survey",), **truths)["survey"]


def simulate_world(
    *, n: int = SIZE, seed: int = SEED, tables: tuple[str, ...] = TABLES, **truths: Any
) -> dict[str, pd.DataFrame]:
    """Draw all tables of a synthetic world: survey, contact log, staff, branches, choices and costs.

    Parameters
    ----------
    n : int
        Number of respondents of the survey; the contact log grows with it and, beyond 8,320, the staff asked.
    seed : int
        Another seed, another sample.
    tables : tuple of str
        Which tables; each is the same whatever others are drawn.
    **truths
        As in `simulate`.

    Returns
    -------
    dict of pandas.DataFrame
        By name, each with the columns of its ``load_`` function.

    Raises
    ------
    ArgumentError
        As in `simulate`, or if there is no such table.

    Notes
    -----
    Caution: synthetic. The world is one in which most claims of the field have a known answer, not one that exists.

    References
    ----------
    Burton, A. et al. (2006). The design of simulation studies in medical statistics. *Stat. Med.* 25.

    Examples
    --------
    >>> import cxstats as cx
    >>> world = cx.simulate_world(n=640, seed=1, tables=("staff", "costs"))
    >>> {name: len(table) for name, table in world.items()}
    {'staff': 320, 'costs': 3}
    """
    for table in tables:
        one_of("simulate_world(tables=)", table, TABLES)
    drawn = draw_world(Truth().changed(**truths), n, seed, tuple(tables))
    return {name: as_frame(table) for name, table in drawn.items()}


def sample_truth(metric: str, *, channel: str | None = None, quarter: str | None = None, **truths: Any) -> float:
    """Return what a metric of the synthetic survey is in truth, among those who answer.

    Parameters
    ----------
    metric : {"csat", "nps", "effort", "first_contact_resolution", "gap"}
        With the scales of the survey: top 2 of 1-5, 0-10, mean of 1-7 (7 is easy), "yes", delivered minus expected.
    channel, quarter : str, optional
        One channel, one quarter; None is all of them.
    **truths
        The world, as in `simulate`.

    Returns
    -------
    float
        The expected value of the metric, in its unit.

    Raises
    ------
    ArgumentError
        If there is no such metric, channel, quarter or truth.

    Notes
    -----
    The dissatisfied leave more questions out, so this is not the mean of all customers: no weight of the survey undoes that.

    References
    ----------
    Burton, A. et al. (2006). The design of simulation studies in medical statistics. *Stat. Med.* 25.

    Examples
    --------
    >>> from cxstats.datasets.simulate import sample_truth
    >>> round(sample_truth("csat", channel="app", no_answer=0.0), 4)
    74.8364
    """
    one_of("sample_truth(metric)", metric, METRICS)
    one_of("sample_truth(channel=)", channel, (None, *CHANNELS))
    one_of("sample_truth(quarter=)", quarter, (None, *QUARTERS))
    return headline(metric, channel, quarter, Truth().changed(**truths))
