"""The embedded synthetic sample: six tables of one invented firm, whose truth is known, as files that come with the package.

What holds for all of them is written once (`SHARED`) and put into the docstring of each.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from cxstats.datasets.synthetic.frame import as_frame
from cxstats.errors import FetchError
from cxstats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

Loader = TypeVar("Loader", bound=Callable[[], Any])

SHARED = """
Raises
------
FetchError
    If the file that comes with the package is not there.

Notes
-----
Caution: synthetic. It shows what the methods do, and nothing about customers anywhere. All that is made of it says so. What
carries the mark is a column ``synthetic``, which goes with the rows into files, merges, polars and DuckDB, and
``frame.attrs["synthetic"]``, which stays in pandas where columns are chosen. The mark is lost where both are: columns chosen
in polars without ``synthetic``, or other rows put to these by hand (`concat` and `stack` keep them apart).

References
----------
Burton, A. et al. (2006). The design of simulation studies in medical statistics. *Stat. Med.* 25.

Examples
"""


@dataclass(frozen=True)
class Sample:
    """One table that comes with the package: its file, its rows, and the sha256 of the file."""

    file: str
    rows: int
    sha256: str


SAMPLES = {
    "survey": Sample("survey.csv.gz", 8320, "02650455140a6a381616b9a5a463ed7e6c584a14062d29310d20c166d9b9afa5"),
    "contacts": Sample("contacts.csv.gz", 45469, "dd522749d28eafa70eae9224da421a4660fcc010b1e80223da64840f70ac951d"),
    "staff": Sample("staff.csv", 320, "f44de3a73b59d96efc2da6d5c83d5cf6b1dec4cd9dba4fb1ccec5e3cc7d331b2"),
    "branches": Sample("branches.csv", 640, "2d400f48edcfeba90d1a76a87355c2ca361104247f9aa9abbd489b056e244919"),
    "choices": Sample("choices.csv.gz", 9600, "e754ef8a0c6237d2aaf9752ca788f39e52cd97c7981149baa70f47780afd0771"),
    "costs": Sample("costs.csv", 3, "2eaf8351e152187d30fdfabfc525897e502b9ba37f981bdf5a380a7210a1d3e8"),
}
"""The tables of the embedded sample, by name."""


def _documented(load: Loader) -> Loader:
    """Put what all tables share into a docstring, before its example."""
    load.__doc__ = inspect.cleandoc(load.__doc__ or "").replace("\nExamples\n", SHARED)
    return load


@_documented
def load_survey() -> pd.DataFrame:
    """Return the survey of the embedded synthetic sample: 8,320 respondents in 16 quarters.

    Returns
    -------
    pandas.DataFrame
        One row a respondent. Among the columns: ``quarter`` ("2022Q4" to "2026Q3"), ``region`` (the strata), ``branch`` (the
        PSUs), ``weight``, ``channel``, ``segment``, ``overall`` (1-5), ``satisfaction`` and ``loyalty`` (1-10), ``recommend``
        (0-10), ``effort`` (1-7, 7 is easy), ``resolved`` ("yes", "no"), ``expected`` and ``delivered`` (1-5);
        ``data/sample/README.md`` lists them all.

    Examples
    --------
    >>> import cxstats as cx
    >>> len(cx.load_survey())
    8320
    """
    return _loaded("survey")


@_documented
def load_contacts() -> pd.DataFrame:
    """Return the contact log of the embedded synthetic sample: two years, one row a contact.

    The agent's word overstates what the customers' next contact shows.

    Returns
    -------
    pandas.DataFrame
        ``contact``, ``customer`` (missing where anonymous), ``time``, ``quarter``, ``issue``, ``channel``, ``served_by``,
        ``agent``, ``wait`` (minutes), ``transferred``, ``repeated_information``, ``self_service_tried``,
        ``follow_up_promised``, ``follow_up_kept``, ``abandoned``, ``resolved`` (the agent's word), ``age``, ``respondent``
        (of the survey, if any).

    Examples
    --------
    >>> import cxstats as cx
    >>> cx.load_contacts()["channel"].value_counts().index.tolist()
    ['phone', 'app', 'web', 'branch']
    """
    return _loaded("contacts")


@_documented
def load_staff() -> pd.DataFrame:
    """Return the staff of the embedded synthetic sample: how they rate their touchpoints, and guess what customers expect.

    Staff are of the survey's branches, so compare the two by `concat`, not as independent samples.

    Returns
    -------
    pandas.DataFrame
        ``staff``, ``branch``, ``region``, ``role``, and for each touchpoint ``delivered_...`` and ``expected_...`` (1-5).

    Examples
    --------
    >>> import cxstats as cx
    >>> cx.load_staff()["branch"].nunique()
    40
    """
    return _loaded("staff")


@_documented
def load_branches() -> pd.DataFrame:
    """Return the branches of the embedded synthetic sample, quarter by quarter.

    Which branch has a programme was drawn by lot.

    Returns
    -------
    pandas.DataFrame
        ``branch``, ``region``, ``industry``, ``quarter``, ``customers``, ``technology``, ``innovation`` and ``clarity`` (0-10),
        ``basics_delivered`` (0-100), ``investment`` (thousands), ``improvement`` (points), ``programme`` ("marketing",
        "service", "none": who led it) and ``programme_start``.

    Examples
    --------
    >>> import cxstats as cx
    >>> len(cx.load_branches())
    640
    """
    return _loaded("branches")


@_documented
def load_choices() -> pd.DataFrame:
    """Return the choice experiment of the embedded synthetic sample: 400 respondents, 8 tasks of 3 alternatives.

    The choices follow the conditional logit of McFadden (1974), in *Frontiers in Econometrics*.

    Returns
    -------
    pandas.DataFrame
        ``respondent``, ``task``, ``alternative``, ``price``, ``wait`` (minutes), ``channel``, ``expertise``, ``chosen``.

    Examples
    --------
    >>> import cxstats as cx
    >>> int(cx.load_choices()["chosen"].sum())
    3200
    """
    return _loaded("choices")


@_documented
def load_costs() -> pd.DataFrame:
    """Return what each level of service costs in the embedded synthetic sample, and the return that was planned.

    Returns
    -------
    pandas.DataFrame
        ``service_level``, ``cost`` (of a customer served), ``margin`` (of spend), ``planned_return`` (per unit of extra cost).

    Examples
    --------
    >>> import cxstats as cx
    >>> cx.load_costs()["service_level"].tolist()
    ['poor', 'adequate', 'wow']
    """
    return _loaded("costs")


@_documented
def sample_survey() -> Survey:
    """Return the survey of the embedded synthetic sample with its design: regions are strata, branches clusters, weighted.

    Returns
    -------
    Survey
        On the frame of `load_survey`.

    Examples
    --------
    >>> import cxstats as cx
    >>> cx.sample_survey()
    <Survey of 105 columns on pandas: strata region, clusters branch, weight weight; synthetic sample data>
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

    return as_frame(pd.read_csv(sample_file(SAMPLES[name].file), keep_default_na=False, na_values=[""]))
