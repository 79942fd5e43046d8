"""The catalogue: claims that five articles on customer service make, with measures, regions and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cxstats.claims.catalogue.contacts import contacts
from cxstats.claims.catalogue.expectations import expectations
from cxstats.claims.catalogue.experience import experience
from cxstats.claims.catalogue.needs import needs
from cxstats.claims.catalogue.progress import progress
from cxstats.claims.catalogue.roles import Columns
from cxstats.claims.claim import AllOf, Claim

TOPICS = (needs, progress, experience, expectations, contacts)


def catalogue(
    columns: Mapping[str, Any] | None = None, scales: Mapping[str, tuple[float, float]] | None = None
) -> list[Claim | AllOf]:
    """Return the claims of five articles on customer service that can be tested now.

    Each has an id, words, its source, what is measured, a region and why that region; none has seen any data.

    Parameters
    ----------
    columns : mapping of role to column, optional
        Your names for the roles, where they differ from the sample's: ``{"overall": "q1"}``. A condition (such as
        "need_met") is a column answered "yes" and "no", or an expression: ``{"need_met": cx.col("q7") == 1}``.
        Touchpoints are a list of columns.
    scales : mapping of role to (lowest, highest), optional
        The scales of ratings. One whose column you name must have its scale here, or its claims are untestable.

    Returns
    -------
    list of Claim
        For `check` and `declare`. They ask for the data sets "survey", "contacts", "staff" and "branches".

    Raises
    ------
    ArgumentError
        If there is no such role, or what is given cannot play it.

    Notes
    -----
    Regions are the claims' own words made exact, and somebody else might draw them elsewhere: ``why`` says what they rest on.

    References
    ----------
    Mayo, D. G. (2018). *Statistical Inference as Severe Testing*. Cambridge University Press.

    Examples
    --------
    >>> import cxstats as cx
    >>> rare = next(claim for claim in cx.catalogue() if claim.id == "epic-is-rare")
    >>> rare
    <Claim 'epic-is-rare': service that is easy, personalised, intuitive and contextual is very rare -> below(10)>
    """
    named = Columns(columns or {}, scales or {})
    return [claim for topic in TOPICS for claim in topic(named)]
