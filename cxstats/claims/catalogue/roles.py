"""Roles: what the claims of the catalogue call columns, and which columns of your data play them.

The sample's names are the defaults. A condition ("need_met") is a column answered "yes" or "no", or an expression of yours; a
rating has a scale, which must be declared where the column is not the sample's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cxstats import metrics
from cxstats.errors import ArgumentError, NoScaleError, listing, suggestion
from cxstats.expression import Expression, col
from cxstats.metrics.service import within
from cxstats.score import Score

TOUCHPOINTS = ("advertising", "purchase", "onboarding", "support", "billing", "amenities", "back_office")
Scale = tuple[float, float]
POINTS_5, POINTS_10 = 0.1, 0.2  # the smallest differences that matter on scales of 5 and of 10 points


@dataclass(frozen=True)
class Role:
    """A role: the data set, the sample's column (columns, or condition) for it, and the scale of ratings."""

    data: str
    default: Any
    scale: Scale | None = None


def _yes(column: str) -> Expression:
    return col(column) == "yes"


def _each(prefix: str) -> list[str]:
    return [f"{prefix}_{name}" for name in TOUCHPOINTS]


ROLES: dict[str, Role] = {
    # ratings and other columns of the survey
    "overall": Role("survey", "overall", (1, 5)),
    "satisfaction": Role("survey", "satisfaction", (1, 10)),
    "loyalty": Role("survey", "loyalty", (1, 10)),
    "effort": Role("survey", "effort", (1, 7)),
    "expected": Role("survey", "expected", (1, 5)),
    "delivered": Role("survey", "delivered", (1, 5)),
    "manner": Role("survey", "manner", (1, 5)),
    "easy": Role("survey", "easy", (1, 5)),
    "personalised": Role("survey", "personalised", (1, 5)),
    "intuitive": Role("survey", "intuitive", (1, 5)),
    "contextual": Role("survey", "contextual", (1, 5)),
    "technology_met": Role("survey", "technology_met", (1, 5)),
    "touchpoints_expected": Role("survey", _each("expected"), (1, 5)),
    "touchpoints_delivered": Role("survey", _each("delivered"), (1, 5)),
    "spend": Role("survey", "spend"),
    "tenure": Role("survey", "tenure"),
    "issue": Role("survey", "issue"),
    "segment": Role("survey", "segment"),
    "channel": Role("survey", "channel"),
    "industry": Role("survey", "industry"),
    "quarter": Role("survey", "quarter"),
    "year": Role("survey", "year"),
    # conditions on a row of the survey
    "need_met": Role("survey", _yes("need_met")),
    "delighted": Role("survey", _yes("delight")),
    "resolved": Role("survey", _yes("resolved")),
    "told_others": Role("survey", _yes("told_others")),
    "matters_more": Role("survey", _yes("matters_more")),
    "would_pay_more": Role("survey", _yes("would_pay_more")),
    "on_target": Role("survey", _yes("target")),
    "tailored": Role("survey", _yes("tailored")),
    "renewed": Role("survey", _yes("renewed")),
    "by_bot": Role("survey", col("served_by") == "bot"),
    "comfortable": Role("survey", col("comfort") == "comfortable"),
    "good_first_impression": Role("survey", col("first_impression") == "good"),
    "poor_service": Role("survey", col("service_level") == "poor"),
    "adequate_service": Role("survey", col("service_level") == "adequate"),
    "wow_service": Role("survey", col("service_level") == "wow"),
    # contacts: one row a contact
    "wait": Role("contacts", "wait"),
    "contact_quarter": Role("contacts", "quarter"),
    "by_phone": Role("contacts", col("channel") == "phone"),
    "young": Role("contacts", col("age") == "18-24"),
    "transferred": Role("contacts", _yes("transferred")),
    "repeated_information": Role("contacts", _yes("repeated_information")),
    "self_service_tried": Role("contacts", _yes("self_service_tried")),
    "follow_up_promised": Role("contacts", _yes("follow_up_promised")),
    "follow_up_kept": Role("contacts", _yes("follow_up_kept")),
    # staff: one row a member of staff; branches: one row a branch and quarter
    "staff_expected": Role("staff", _each("expected"), (1, 5)),
    "staff_delivered": Role("staff", _each("delivered"), (1, 5)),
    "investment": Role("branches", "investment"),
    "improvement": Role("branches", "improvement"),
    # costs: one row a level of service, which a condition picks
    "cost": Role("costs", "cost"),
    "margin": Role("costs", "margin"),
    "planned_return": Role("costs", "planned_return"),
    "costs_of_poor": Role("costs", col("service_level") == "poor"),
    "costs_of_adequate": Role("costs", col("service_level") == "adequate"),
    "costs_of_wow": Role("costs", col("service_level") == "wow"),
}


class Needs(dict[str, tuple[str, ...]]):
    """The columns that a claim reads, by data set, and the role that each plays in it."""

    def __init__(self, played: Mapping[str, str], columns: Mapping[str, Sequence[str]]) -> None:
        super().__init__({data: tuple(dict.fromkeys(names)) for data, names in columns.items()})
        self.played = dict(played)


@dataclass(frozen=True)
class Rating:
    """One or several rating columns with their scale; unknown where a column of yours came without one."""

    role: str
    columns: tuple[str, ...]
    declared: Scale | None
    usual: Scale

    @property
    def scale(self) -> Scale:
        """The scale; raise `NoScaleError` if it was not declared."""
        if self.declared is None:
            raise NoScaleError(
                f"the scale of {listing(list(self.columns), 3)} (role {self.role!r}) is not declared. Say "
                f"catalogue(scales={{{self.role!r}: (lowest, highest)}})."
            )
        return self.declared

    @property
    def column(self) -> str:
        """The only column."""
        return self.columns[0]

    @property
    def answer(self) -> Expression:
        """The only column, as an expression."""
        return col(self.column)

    @property
    def high(self) -> Expression:
        """The condition of an answer among the two best."""
        return col(self.column) >= self.scale[1] - 1

    @property
    def low(self) -> Expression:
        """The condition of an answer among the two lowest."""
        return col(self.column) <= self.scale[0] + 1

    @property
    def matters(self) -> float:
        """The smallest difference that matters: 0.1 on 5 points, 0.2 on 10, else 2.5 % of the scale's length."""
        low, high = self.declared or self.usual
        return {4.0: POINTS_5, 9.0: POINTS_10}.get(float(high - low), round(0.025 * (high - low), 3))

    def mean(self, name: str | None = None) -> Score:
        """Return the mean answer, in points of the scale, which is checked."""
        low, high = self.scale
        score = metrics.mean(self.column, name=name)
        checks = (within(self.column, low, high, "declare the right one by catalogue(scales=)."),)
        return replace(score, unit="points", range=(low, high), checks=checks, variant=f"mean on {low:g}-{high:g}")


class Columns:
    """The columns that play the roles: the sample's, but for those given."""

    def __init__(self, columns: Mapping[str, Any], scales: Mapping[str, Scale]) -> None:
        for place, given in (("columns", columns), ("scales", scales)):
            for name in given:
                if name not in ROLES:
                    known = listing(list(ROLES), 60)
                    raise ArgumentError(
                        f"catalogue({place}=): no role {name!r}.{suggestion(name, ROLES)} The roles are {known}."
                    )
        for name, value in columns.items():
            _need_kind(name, value)
        for name, scale in scales.items():
            if ROLES[name].scale is None:
                raise ArgumentError(f"catalogue(scales=): the role {name!r} is no rating and has no scale.")
            if len(scale) != 2 or not scale[0] < scale[1]:
                raise ArgumentError(f"catalogue(scales=): {name!r} needs (lowest, highest), not {scale!r}.")
        self._columns, self._scales = dict(columns), dict(scales)

    def name(self, role: str) -> str:
        """Return the column."""
        return str(self._columns.get(role, ROLES[role].default))

    def names(self, roles: Sequence[str]) -> list[str]:
        """Return the columns of several roles."""
        return [self.name(role) for role in roles]

    def when(self, role: str) -> Expression:
        """Return the condition."""
        given = self._columns.get(role, ROLES[role].default)
        return _yes(given) if isinstance(given, str) else given

    def rating(self, role: str) -> Rating:
        """Return the rating column (or columns) with the scale."""
        usual = ROLES[role].scale
        if usual is None:
            raise ArgumentError(f"the role {role!r} is no rating.")
        given = self._columns.get(role, ROLES[role].default)
        names = (given,) if isinstance(given, str) else tuple(given)
        same = role not in self._columns
        return Rating(role, names, self._scales.get(role, usual if same else None), usual)

    def needs(self, *roles: str) -> Needs:
        """Return the columns that these roles read, by data set."""
        played: dict[str, str] = {}
        found: dict[str, list[str]] = {}
        for role in roles:
            given = self._columns.get(role, ROLES[role].default)
            columns = (
                given.columns() if isinstance(given, Expression) else [given] if isinstance(given, str) else list(given)
            )
            found.setdefault(ROLES[role].data, []).extend(columns)
            played = dict.fromkeys(columns, role) | played
        return Needs(played, found)

    def answered(self, data: str, columns: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Return the columns, of some, that are answered "yes" or "no"."""
        asked = [
            self.when(role)
            for role, given in ROLES.items()
            if given.data == data and isinstance(given.default, Expression)
        ]
        plain = {condition.columns()[0] for condition in asked if repr(condition) == repr(_yes(condition.columns()[0]))}
        return {column: ("yes", "no") for column in columns if column in plain}


def _need_kind(role: str, value: Any) -> None:
    default = ROLES[role].default
    place = f"catalogue(columns={{{role!r}: ...}})"
    if isinstance(default, Expression):
        if not isinstance(value, str | Expression):
            raise ArgumentError(
                f"{place}: a column answered 'yes' or 'no', or a condition such as col('q7') == 1, not {value!r}."
            )
    elif isinstance(default, list):
        listed = isinstance(value, Sequence) and not isinstance(value, str)
        if not listed or not value or not all(isinstance(v, str) for v in value):
            raise ArgumentError(f"{place}: a list of columns, one a touchpoint, not {value!r}.")
    elif not isinstance(value, str):
        raise ArgumentError(f"{place}: the name of a column, not {value!r}.")
