"""The embedded synthetic sample: six tables of one invented firm, whose truth is known, and other worlds like it.

`load_survey` and its kin read the tables that come with the package; `simulate` draws a survey of any size, `simulate_world`
all tables, with any single truth changed; `sample_truth` works out what a metric should come to.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxstats.datasets.synthetic.headlines import METRICS, headline
from cxstats.datasets.synthetic.truth import CHANNELS, QUARTERS, Truth
from cxstats.datasets.synthetic.world import TABLES, draw_world
from cxstats.errors import FetchError, one_of
from cxstats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

SEED, SIZE = 20260930, 8320
NOTES = (
    "Synthetic: every answer was drawn by a program from truths stated in cxstats.datasets.synthetic.truth; no real "
    "customer answered.",
)
AMOUNTS = ("weight", "spend", "wait", "technology", "basics_delivered", "innovation", "clarity", "investment", "improvement",
           "cost", "margin", "planned_return")  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """One table that comes with the package: its file, its rows, and the sha256 of the file."""

    file: str
    rows: int
    sha256: str


SAMPLES = {
    "survey": Sample("survey.csv.gz", 8320, "02650455140a6a381616b9a5a463ed7e6c584a14062d29310d20c166d9b9afa5"),
    "contacts": Sample("contacts.csv.gz", 45469, "f87d5c00171ad2dfdb3e093bba3202bb08ba9fa8dea63d6c4c1354c5dadfffac"),
    "staff": Sample("staff.csv", 320, "f44de3a73b59d96efc2da6d5c83d5cf6b1dec4cd9dba4fb1ccec5e3cc7d331b2"),
    "branches": Sample("branches.csv", 640, "2d400f48edcfeba90d1a76a87355c2ca361104247f9aa9abbd489b056e244919"),
    "choices": Sample("choices.csv.gz", 9600, "e754ef8a0c6237d2aaf9752ca788f39e52cd97c7981149baa70f47780afd0771"),
    "costs": Sample("costs.csv", 3, "2eaf8351e152187d30fdfabfc525897e502b9ba37f981bdf5a380a7210a1d3e8"),
}
"""The tables of the embedded sample, by name."""


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
        One row a respondent; the columns of `load_survey`. ``frame.attrs`` says that it is synthetic.

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
        Number of respondents of the survey; the contact log grows with it.
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
    return {name: _described(_typed(frame)) for name, frame in drawn.items()}


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
    >>> from cxstats.datasets.sample import sample_truth
    >>> round(sample_truth("csat", channel="app", no_answer=0.0), 4)
    74.8364
    """
    one_of("sample_truth(metric)", metric, METRICS)
    one_of("sample_truth(channel=)", channel, (None, *CHANNELS))
    one_of("sample_truth(quarter=)", quarter, (None, *QUARTERS))
    return headline(metric, channel, quarter, Truth().changed(**truths))


def load_survey() -> pd.DataFrame:
    """Return the survey of the embedded synthetic sample: 8,320 respondents in 16 quarters.

    Returns
    -------
    pandas.DataFrame
        One row a respondent. Among the columns: ``quarter`` ("2022Q4" to "2026Q3"), ``region`` (the strata), ``branch`` (the
        PSUs), ``weight``, ``channel``, ``segment``, ``overall`` (1-5), ``satisfaction`` and ``loyalty`` (1-10), ``recommend``
        (0-10), ``effort`` (1-7, 7 is easy), ``resolved`` ("yes", "no"), ``expected`` and ``delivered`` (1-5);
        ``data/sample/README.md`` lists them all. ``frame.attrs`` says that it is synthetic.

    Raises
    ------
    FetchError
        If the file that comes with the package is not there.

    Notes
    -----
    Caution: synthetic. It shows what the methods do, and nothing about customers anywhere.

    References
    ----------
    Burton, A. et al. (2006). The design of simulation studies in medical statistics. *Stat. Med.* 25.

    Examples
    --------
    >>> import cxstats as cx
    >>> len(cx.load_survey())
    8320
    """
    return _loaded("survey")


def load_contacts() -> pd.DataFrame:
    """Return the contact log of the embedded synthetic sample: two years, one row a contact.

    Returns
    -------
    pandas.DataFrame
        ``contact``, ``customer`` (missing where anonymous), ``time``, ``issue``, ``channel``, ``served_by``, ``agent``,
        ``wait`` (minutes), ``transferred``, ``repeated_information``, ``self_service_tried``, ``follow_up_promised``,
        ``follow_up_kept``, ``abandoned``, ``resolved`` (the agent's word), ``age``, ``respondent`` (of the survey, if any).

    Raises
    ------
    FetchError
        If the file that comes with the package is not there.

    Notes
    -----
    Caution: synthetic. The agent's word overstates what the customers' next contact shows.

    References
    ----------
    Burton, A. et al. (2006). The design of simulation studies in medical statistics. *Stat. Med.* 25.

    Examples
    --------
    >>> import cxstats as cx
    >>> cx.load_contacts()["channel"].value_counts().index.tolist()
    ['phone', 'app', 'web', 'branch']
    """
    return _loaded("contacts")


def load_staff() -> pd.DataFrame:
    """Return the staff of the embedded synthetic sample: how they rate their touchpoints, and guess what customers expect.

    Returns
    -------
    pandas.DataFrame
        ``staff``, ``branch``, ``region``, ``role``, and for each touchpoint ``delivered_...`` and ``expected_...`` (1-5).

    Raises
    ------
    FetchError
        If the file that comes with the package is not there.

    Notes
    -----
    Caution: synthetic. Staff are of the survey's branches, so compare the two by `concat`, not as independent samples.

    References
    ----------
    Burton, A. et al. (2006). The design of simulation studies in medical statistics. *Stat. Med.* 25.

    Examples
    --------
    >>> import cxstats as cx
    >>> cx.load_staff()["branch"].nunique()
    40
    """
    return _loaded("staff")


def load_branches() -> pd.DataFrame:
    """Return the branches of the embedded synthetic sample, quarter by quarter.

    Returns
    -------
    pandas.DataFrame
        ``branch``, ``region``, ``industry``, ``quarter``, ``customers``, ``technology``, ``innovation`` and ``clarity`` (0-10),
        ``basics_delivered`` (0-100), ``investment`` (thousands), ``improvement`` (points), ``programme`` ("marketing",
        "service", "none": who led it) and ``programme_start``.

    Raises
    ------
    FetchError
        If the file that comes with the package is not there.

    Notes
    -----
    Caution: synthetic. Which branch has a programme was drawn by lot.

    References
    ----------
    Burton, A. et al. (2006). The design of simulation studies in medical statistics. *Stat. Med.* 25.

    Examples
    --------
    >>> import cxstats as cx
    >>> len(cx.load_branches())
    640
    """
    return _loaded("branches")


def load_choices() -> pd.DataFrame:
    """Return the choice experiment of the embedded synthetic sample: 400 respondents, 8 tasks of 3 alternatives.

    Returns
    -------
    pandas.DataFrame
        ``respondent``, ``task``, ``alternative``, ``price``, ``wait`` (minutes), ``channel``, ``expertise``, ``chosen``.

    Raises
    ------
    FetchError
        If the file that comes with the package is not there.

    Notes
    -----
    Caution: synthetic.

    References
    ----------
    McFadden, D. (1974). Conditional logit analysis of qualitative choice behavior. In *Frontiers in Econometrics*.

    Examples
    --------
    >>> import cxstats as cx
    >>> int(cx.load_choices()["chosen"].sum())
    3200
    """
    return _loaded("choices")


def load_costs() -> pd.DataFrame:
    """Return what each level of service costs in the embedded synthetic sample, and the return that was planned.

    Returns
    -------
    pandas.DataFrame
        ``service_level``, ``cost`` (of a customer served), ``margin`` (of spend), ``planned_return`` (per unit of extra cost).

    Raises
    ------
    FetchError
        If the file that comes with the package is not there.

    Notes
    -----
    Caution: synthetic.

    References
    ----------
    Burton, A. et al. (2006). The design of simulation studies in medical statistics. *Stat. Med.* 25.

    Examples
    --------
    >>> import cxstats as cx
    >>> cx.load_costs()["service_level"].tolist()
    ['poor', 'adequate', 'wow']
    """
    return _loaded("costs")


def sample_survey() -> Survey:
    """Return the survey of the embedded synthetic sample with its design: regions are strata, branches clusters, weighted.

    Returns
    -------
    Survey
        On the frame of `load_survey`.

    Raises
    ------
    FetchError
        If the file that comes with the package is not there.

    Notes
    -----
    Caution: synthetic. It shows what the methods do, and nothing about customers anywhere.

    References
    ----------
    Burton, A. et al. (2006). The design of simulation studies in medical statistics. *Stat. Med.* 25.

    Examples
    --------
    >>> import cxstats as cx
    >>> cx.sample_survey()
    <Survey of 105 columns on pandas: strata region, clusters branch, weight weight>
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


def _loaded(name: str) -> pd.DataFrame:
    import pandas as pd

    return _described(_typed(pd.read_csv(sample_file(SAMPLES[name].file), keep_default_na=False, na_values=[""])))


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with whole numbers as such, also where some are missing, with times, and without empty texts."""
    import pandas as pd

    types = pd.api.types
    typed: dict[str, pd.Series[Any]] = {}
    for name in frame.columns:
        column = frame[name]
        if name == "time":
            typed[name] = pd.to_datetime(column)
        elif types.is_numeric_dtype(column) and not types.is_bool_dtype(column) and name not in AMOUNTS:
            typed[name] = column.astype("Int64" if column.isna().any() else "int64")
        elif types.is_string_dtype(column):
            typed[name] = column.astype("str").mask(column == "")
        else:
            typed[name] = column
    return pd.DataFrame(typed)


def _described(frame: pd.DataFrame) -> pd.DataFrame:
    frame.attrs["synthetic"] = True
    frame.attrs["notes"] = list(NOTES)
    return frame
