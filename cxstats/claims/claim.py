"""A claim is a measure and a region of the number line, declared before any data is seen.

Two conditions are an `all_of`; a premise is `given`. A claim holds no data and no verdict.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cxstats.claims.region import Region
from cxstats.errors import ArgumentError, listing, suggestion

NO_DATA = " A measure that takes no data, as of published figures, is declared with data=()."


@dataclass(frozen=True, eq=False)
class Claim:
    """One statement about customers, ready to be tested: what is measured, and where the number must lie.

    The verdict is *supported* if the interval of the measure lies inside the region, *contradicted* if it lies outside,
    *inconclusive* across its edge, *untestable* if there is no interval.

    Parameters
    ----------
    id : str
        A short name, such as "gap-widens".
    says : str
        The claim in words, as a clause: "the gap between expected and delivered service grows every year".
    source : str
        Who says so.
    measure : callable
        Takes the data set (or data sets, in the order of `data`; and `params` by name) and returns an `Estimate` of one
        value.
    why : str
        Why this region: what makes its edge the one that matters.
    region : Region or callable
        From `above`, `below` or `between`, in the unit of the measure; or a function of `params` that returns one.
    data : str or sequence of str
        Name of the data set that the measure takes, or of several; () if it takes none, as of published figures.
    needs : sequence of str, or mapping of data set to such
        Columns without which the claim is untestable. If given, any other column that the measure misses is an error.
    given : Claim, optional
        The premise: unless it is supported, the claim is untestable.
    what : str
        What is measured, in words: "share satisfied among customers whose need was not met".
    identified : bool
        True if the measure is a randomised or otherwise identified contrast. Otherwise the verdict says "associated with".
    params : mapping
        Numbers that the measure or the region depends on, such as ``{"d": 0.1}``; `check` may replace them.
    answers : mapping of column to sequence
        The answers that a column may hold, such as ``{"need_met": ("yes", "no")}``: others would be counted as what they are
        not, and are an error.
    roles : mapping of column to str
        What the claim calls the columns, for messages.

    Raises
    ------
    ArgumentError
        If the id is empty, the measure is not callable, the region is not a region, or a premise is not a claim.

    Notes
    -----
    A region chosen after a look at the data makes the verdict worthless: declare claims (`declare`) before.

    References
    ----------
    Lakens, D. (2017). Equivalence tests: a practical primer. *Social Psychological and Personality Science* 8.

    Examples
    --------
    >>> import cxstats as cx
    >>> cx.Claim("most-satisfied", says="most customers are satisfied", region=cx.above(50),
    ...          measure=lambda survey: cx.measure(survey, cx.csat("overall")))
    <Claim 'most-satisfied': most customers are satisfied -> above(50)>
    """

    id: str
    says: str = field(default="", kw_only=True)
    source: str = field(default="", kw_only=True)
    measure: Callable[..., Any] = field(kw_only=True)
    region: Region | Callable[..., Region] = field(kw_only=True)
    data: str | Sequence[str] = field(default="survey", kw_only=True)
    needs: Sequence[str] | Mapping[str, Sequence[str]] = field(default=(), kw_only=True)
    given: Claim | AllOf | None = field(default=None, kw_only=True)
    what: str = field(default="", kw_only=True)
    why: str = field(default="", kw_only=True)
    identified: bool = field(default=False, kw_only=True)
    params: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
    answers: Mapping[str, Sequence[Any]] = field(default_factory=dict, kw_only=True)
    roles: Mapping[str, str] = field(default_factory=dict, kw_only=True)

    def __post_init__(self) -> None:
        _need_id(self.id)
        place = f"Claim({self.id!r})"
        if not isinstance(self.params, Mapping):
            raise ArgumentError(f"{place}: params= are named, as in {{'d': 0.1}}, not {self.params!r}.")
        self._need_columns(place)
        if not callable(self.measure):
            raise ArgumentError(f"{place}: measure= is a function of the data, not {type(self.measure).__name__}.")
        if not isinstance(self.region, Region) and not callable(self.region):
            raise ArgumentError(
                f"{place}: region= is above(x), below(x) or between(a, b), or a function of params, not {self.region!r}."
            )
        stray = [name for name in self.columns if name not in self.sets]
        if stray:
            raise ArgumentError(f"{place}: needs= names data sets {listing(stray)}, data= {listing(list(self.sets))}.")
        _need_premise(place, self.given)
        for name in ("says", "source", "what", "why"):
            if not isinstance(getattr(self, name), str):
                raise ArgumentError(f"{place}: {name}= is a text, not {getattr(self, name)!r}.")
        if not isinstance(self.identified, bool):
            raise ArgumentError(f"{place}: identified= is True or False, not {self.identified!r}.")
        object.__setattr__(self, "params", dict(self.params))
        self._need_arguments(place)
        self.region_for({})

    def _need_columns(self, place: str) -> None:
        """Raise `ArgumentError` where data sets or columns are no names."""
        named = isinstance(self.data, str) or (
            isinstance(self.data, Sequence) and all(isinstance(d, str) for d in self.data)
        )
        if not named or self.data == "" or len(set(self.sets)) < len(self.sets):
            raise ArgumentError(
                f"{place}: data= names a data set or several different ones, such as 'survey', not {self.data!r}."
            )
        each = self.needs.values() if isinstance(self.needs, Mapping) else [self.needs]
        for columns in each:
            listed = isinstance(columns, str) or (
                isinstance(columns, Sequence) and all(isinstance(c, str) for c in columns)
            )
            if not listed:
                raise ArgumentError(f"{place}: needs= names columns, such as ['overall'], not {columns!r}.")

    def _need_arguments(self, place: str) -> None:
        """Raise `ArgumentError` where the measure or the region cannot be called with what they will be given."""
        sets = f"the data set{'s'[: len(self.sets) != 1]} {listing(list(self.sets))}"
        called = [("measure", self.measure, self.sets, sets)]
        if not isinstance(self.region, Region):
            called.append(("region", self.region, (), "no data"))
        for name, function, given, said in called:
            try:
                inspect.signature(function).bind(*given, **_wanted(function, self.params))
            except ValueError:  # a built-in function does not say what it takes
                continue
            except TypeError as error:
                raise ArgumentError(
                    f"{place}: {name}= is called with {said} and the parameters {listing(list(self.params)) or 'none'}, and "
                    f"does not fit: {error}.{NO_DATA if name == 'measure' and _takes_nothing(function) else ''}"
                ) from error

    @property
    def sets(self) -> tuple[str, ...]:
        """The names of the data sets that the measure takes, in order."""
        return (self.data,) if isinstance(self.data, str) else tuple(self.data)

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """The columns needed, by data set."""
        if isinstance(self.needs, Mapping):
            return {name: _names(columns) for name, columns in self.needs.items()}
        return {self.sets[0]: _names(self.needs)} if self.needs and self.sets else {}

    def with_params(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the claim's parameters, replaced by those of `given` that it has."""
        return {name: given.get(name, value) for name, value in self.params.items()}

    def region_for(self, given: Mapping[str, Any]) -> Region:
        """Return the region, for these parameters."""
        if isinstance(self.region, Region):
            return self.region
        params = _wanted(self.region, self.with_params(given))
        try:
            region = self.region(**params)
        except ArgumentError as error:
            shown = listing([f"{name} = {value!r}" for name, value in params.items()])
            raise ArgumentError(f"Claim({self.id!r}): no region can be made with {shown}: {error}") from error
        if not isinstance(region, Region):
            raise ArgumentError(
                f"Claim({self.id!r}): region= returned {region!r}; above(x), below(x) or between(a, b) is one."
            )
        return region

    def measured(self, sets: Sequence[Any], given: Mapping[str, Any]) -> Any:
        """Return what the measure makes of the data sets."""
        return self.measure(*sets, **_wanted(self.measure, self.with_params(given)))

    def __repr__(self) -> str:
        given = f", given {self.given.id!r}" if self.given is not None else ""
        return f"<Claim {self.id!r}: {self.says or self.id} -> {self.region_for({})}{given}>"


@dataclass(frozen=True, eq=False)
class AllOf:
    """A claim of several conditions that must all hold; made by `all_of`."""

    id: str
    says: str
    source: str
    parts: tuple[Claim, ...]
    given: Claim | AllOf | None = None

    @property
    def params(self) -> dict[str, Any]:
        """The parameters of all parts."""
        return {name: value for part in self.parts for name, value in part.params.items()}

    def __repr__(self) -> str:
        shown = " and ".join(f"{part.id} -> {part.region_for({})}" for part in self.parts)
        return f"<Claim {self.id!r}: {self.says or self.id} -> {shown}>"


def all_of(
    id: str, *, says: str = "", source: str = "", parts: Sequence[Claim], given: Claim | AllOf | None = None
) -> AllOf:
    """Return a claim that holds if every part holds.

    It is supported if each part is (an intersection-union test: no correction is needed), contradicted if one part is at
    ``1 - (1 - level) / k`` with k parts, untestable if none is contradicted and one is untestable, else inconclusive.

    Parameters
    ----------
    id, says, source : str
        As in `Claim`.
    parts : sequence of Claim
        The conditions, two or more.
    given : Claim, optional
        The premise of the whole.

    Returns
    -------
    AllOf
        A claim for `check`.

    Raises
    ------
    ArgumentError
        If there are fewer than two parts, a part is not a `Claim`, or two have one id.

    Notes
    -----
    With many parts little is ever supported: each must be sure by itself.

    References
    ----------
    Berger, R. L. (1982). Multiparameter hypothesis testing and acceptance sampling. *Technometrics* 24.

    Examples
    --------
    >>> import cxstats as cx
    >>> happy = cx.Claim("happy", measure=lambda s: cx.measure(s, cx.csat("overall")), region=cx.above(60))
    >>> quick = cx.Claim("quick", measure=lambda s: cx.measure(s, cx.quantile("wait", 0.9)), region=cx.below(10))
    >>> cx.all_of("good-service", says="customers are happy and served quickly", parts=[happy, quick])
    <Claim 'good-service': customers are happy and served quickly -> happy -> above(60) and quick -> below(10)>
    """
    _need_id(id)
    place = f"all_of({id!r})"
    found: list[Any] = list(parts) if isinstance(parts, Iterable) else [parts]
    if len(found) < 2:
        raise ArgumentError(f"{place}: {len(found)} parts; two or more make an all_of.")
    for part in found:
        if not isinstance(part, Claim):
            raise ArgumentError(f"{place}: a part is a Claim, not {type(part).__name__}.")
    need_ids(place, found)
    _need_premise(place, given)
    return AllOf(id, says, source, tuple(found), given)


def need_claims(place: str, claims: Any) -> list[Claim | AllOf]:
    """Return one claim or several as a list; raise `ArgumentError` for what is no claim, or where two have one id."""
    one = isinstance(claims, Claim | AllOf | str) or not isinstance(claims, Iterable)
    found = [claims] if one else list(claims)
    for claim in found:
        if not isinstance(claim, Claim | AllOf):
            raise ArgumentError(f"{place}: {claim!r} is not a claim; cx.Claim(...) and cx.all_of(...) make one.")
    need_ids(place, found)
    return found


def need_ids(place: str, claims: Sequence[Claim | AllOf]) -> None:
    """Raise `ArgumentError` where two claims have one id."""
    ids = [claim.id for claim in claims]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise ArgumentError(f"{place}: two claims have the id {twice[0]!r}. Give each its own.")


def need_params(claims: Sequence[Claim | AllOf], given: Mapping[str, Any]) -> None:
    """Raise `ArgumentError` for parameters that no claim has."""
    if not isinstance(given, Mapping):
        raise ArgumentError(f"check(params=): parameters are named, as in {{'d': 0.2}}, not {given!r}.")
    known = {name for claim in claims for name in [*claim.params, *(claim.given.params if claim.given else ())]}
    ids = {claim.id: claim for claim in claims}
    for name, value in given.items():
        if name in ids:
            if not isinstance(value, Mapping):
                raise ArgumentError(
                    f"check(params=): {name!r} is a claim; give its parameters as a dict, not {value!r}."
                )
            claim = ids[name]
            of = [*claim.params, *(claim.given.params if claim.given else ())]
            stray = next((p for p in value if p not in of), None)
            if stray is not None:
                has = listing(of) or "none"
                raise ArgumentError(f"check(params=): claim {name!r} has no parameter {stray!r}; it has {has}.")
        elif name not in known:
            options = sorted({*known, *ids})
            what = "is called" if isinstance(value, Mapping) else "has a parameter"
            has = f"the claims are {listing(sorted(ids))}" if isinstance(value, Mapping) else (
                f"the parameters are {listing(sorted(known)) or 'none'}")  # fmt: skip
            raise ArgumentError(
                f"check(params=): no claim {what} {name!r}.{suggestion(name, options)} {has.capitalize()}."
            )


def _takes_nothing(function: Callable[..., Any]) -> bool:
    return not inspect.signature(function).parameters


def _wanted(function: Callable[..., Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that the function takes by name."""
    taken = inspect.signature(function).parameters.values()
    if any(p.kind is p.VAR_KEYWORD for p in taken):
        return dict(params)
    names = {p.name for p in taken if p.kind in (p.KEYWORD_ONLY, p.POSITIONAL_OR_KEYWORD)}
    return {name: value for name, value in params.items() if name in names}


def _names(columns: str | Sequence[str]) -> tuple[str, ...]:
    return (columns,) if isinstance(columns, str) else tuple(columns)


def _need_id(id: str) -> None:
    if not isinstance(id, str) or not id.strip() or not id.isprintable():
        raise ArgumentError(f"Claim(id=): a claim has a short name in one line such as 'gap-widens', not {id!r}.")


def _need_premise(place: str, given: object) -> None:
    if given is not None and not isinstance(given, Claim | AllOf):
        raise ArgumentError(f"{place}: given= is a claim, not {type(given).__name__}.")
