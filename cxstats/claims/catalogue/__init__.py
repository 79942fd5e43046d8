"""The catalogue: claims that five articles on customer service make, with measures, regions and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cxstats.claims.catalogue.contacts import contacts
from cxstats.claims.catalogue.expectations import expectations
from cxstats.claims.catalogue.experience import experience
from cxstats.claims.catalogue.needs import needs
from cxstats.claims.catalogue.progress import progress
from cxstats.claims.catalogue.roles import Columns, Needs
from cxstats.claims.catalogue.value import value
from cxstats.claims.claim import AllOf, Claim
from cxstats.errors import ArgumentError, listing, suggestion


class Claims(list[Claim | AllOf]):
    """Claims in a list, which are also found by their ids: ``catalogue()["gap-widens"]``."""

    def __getitem__(self, key: Any) -> Any:
        """Return a claim by its place or its id, or a slice."""
        if not isinstance(key, str):
            return super().__getitem__(key)
        ids = [claim.id for claim in self]
        if key not in ids:
            raise ArgumentError(
                f"claims[{key!r}]: no claim has that id.{suggestion(key, ids)} They are {listing(ids, 60)}."
            )
        return list(self)[ids.index(key)]


TOPICS = (needs, progress, experience, value, expectations, contacts)


def catalogue(
    columns: Mapping[str, Any] | None = None, scales: Mapping[str, tuple[float, float]] | None = None
) -> Claims:
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
        For `check` and `declare`; one is found by its id, ``catalogue()["gap-widens"]``. They ask for the data sets "survey",
        "contacts", "staff", "branches" and "costs".

    Raises
    ------
    ArgumentError
        If there is no such role, or what is given cannot play it.

    Notes
    -----
    The roles, by data set:

    survey: overall, satisfaction, loyalty, effort, expected, delivered, manner, easy, personalised, intuitive, contextual,
    technology_met, touchpoints_expected, touchpoints_delivered, spend, tenure, issue, segment, channel, industry, quarter,
    year, need_met, delighted, resolved, told_others, matters_more, would_pay_more, on_target, tailored, renewed, by_bot,
    comfortable, good_first_impression, poor_service, adequate_service, wow_service;
    contacts: wait, contact_quarter, by_phone, young, transferred, repeated_information, self_service_tried,
    follow_up_promised, follow_up_kept;
    staff: staff_expected, staff_delivered;
    branches: investment, improvement;
    costs: cost, margin, planned_return, costs_of_poor, costs_of_adequate, costs_of_wow.

    "costs" is a table with a row a level of service: what it costs a customer served, the margin on spend (0.6 is 60 %), and
    the return planned for each unit of its extra cost. ``costs_of_...`` say which row is of which level.

    Regions are the claims' own words made exact, and somebody else might draw them elsewhere: ``why`` says what they rest on.

    References
    ----------
    Mayo, D. G. (2018). *Statistical Inference as Severe Testing*. Cambridge University Press.

    Examples
    --------
    >>> import cxstats as cx
    >>> cx.catalogue()["epic-is-rare"]
    <Claim 'epic-is-rare': service that is easy, personalised, intuitive and contextual is very rare -> below(10)>
    """
    for place, given in (("columns", columns), ("scales", scales)):
        if given is not None and not isinstance(given, Mapping):
            raise ArgumentError(f"catalogue({place}=): a mapping of roles, as in {{'overall': ...}}, not {given!r}.")
    named = Columns(columns or {}, scales or {})
    return Claims(_cast(claim, named) for topic in TOPICS for claim in topic(named))


def _cast(claim: Claim | AllOf, named: Columns) -> Any:
    """Return the claim with the roles of its columns, and the answers that conditions among them may hold."""
    given = None if claim.given is None else _cast(claim.given, named)
    if isinstance(claim, AllOf):
        return replace(claim, parts=tuple(_cast(part, named) for part in claim.parts), given=given)
    assert isinstance(claim.needs, Needs)
    answers: dict[str, tuple[str, str]] = {}
    for data, columns in claim.columns.items():
        answers |= named.answered(data, columns)
    return replace(claim, roles=claim.needs.played, answers=answers, given=given)
