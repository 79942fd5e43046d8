"""`check`: claims and data in, verdicts out.

Only what is needed is measured, each pass over the rows once. A claim becomes untestable by what the data lack and by nothing
else: mistakes of a claim or of a survey stay errors, which name the claim.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cxstats import frames
from cxstats.claims.claim import AllOf, Claim, need_claims, need_params
from cxstats.claims.declaration import ADJUST, Declaration, need_level, read_declaration
from cxstats.claims.reading import Reading
from cxstats.claims.verdict import SUPPORTED, Verdict, judged, read, together, untestable
from cxstats.claims.verdicts import Verdicts
from cxstats.contacts import ContactLog
from cxstats.errors import ArgumentError, CxError, DataError, NoColumnError, Unanswerable, listing, one_of, suggestion
from cxstats.expression import col
from cxstats.inference import Estimate
from cxstats.inference.passes import remembering
from cxstats.metrics.yes_no import YES
from cxstats.survey import survey_of

CONTACTS = "contacts"  # the data set that a contact log is
AFFIRMATIVE = (
    *YES,
    "t",
    "1",
    "ja",
    "j",
    "oui",
    "o",
    "si",
    "sí",
    "s",
    "sim",
    "tak",
    "da",
    "ano",
    "igen",
    "kyllä",
    "evet",
)
MOST_ANSWERS = 20  # different ones that are looked at in a column with stated answers


def check(
    claims: Claim | AllOf | Sequence[Claim | AllOf],
    data: Any = None,
    *,
    level: float = 0.95,
    adjust: str | None = None,
    params: Mapping[str, Any] | None = None,
    declared: str | Path | None = None,
) -> Verdicts:
    """Test claims against data.

    *supported*: the interval of the measure lies inside the claim's region. *contradicted*: it lies outside. *inconclusive*:
    across an edge, with the number of respondents that would settle it. *untestable*: there is no interval, with the reason.

    Parameters
    ----------
    claims : Claim or sequence of Claim
        From `Claim`, `all_of` or `catalogue`.
    data : Survey, ContactLog, frame or mapping of str to such, optional
        One data set, taken as "survey" (a log, and what its ``survey()`` gives, as "contacts"), or several by name:
        ``{"survey": ..., "contacts": ..., "staff": ...}``. A log is measured as ``log.survey()``, with customers as PSUs; for
        claims about quarters give ``log.survey(period="quarter")``. None if the claims need none, as those about published
        figures.
    level : float
        Level of the intervals. At .95 a wrong *supported* for a one-sided region happens in at most 2.5 % of samples.
    adjust : {None, "bonferroni"}
        None judges each claim at `level`; "bonferroni" at ``1 - (1 - level) / m`` with m claims, so that all verdicts
        together keep the promise.
    params : mapping, optional
        Values of the claims' parameters, such as ``{"d": 0.2}`` for all that have it, or ``{"claim-id": {"d": 0.2}}`` for one.
    declared : path, optional
        A file written by `declare` beforehand; verdicts then say "declared", "changed: ..." or "not declared".

    Returns
    -------
    Verdicts
        One verdict a claim, in the order given.

    Raises
    ------
    ArgumentError
        If two claims have one id, a measure returns no estimate of one value, a region is in another unit than its measure,
        or an option has no meaning.
    DeclarationError
        If the declared file was edited by hand or cannot be read.
    CxError
        What a measure raises for bad data (answers outside the scale, weights missing), with the claim's id.

    Notes
    -----
    A verdict is about the data at hand. A claim that is not contradicted is not thereby true: look at the interval. A frame is
    taken as a simple random sample of rows: a log of contacts passed so, not as a `ContactLog`, takes the contacts of one
    customer as independent, which they are not. Its intervals are too narrow, and verdicts come too early.

    Of the 348 situations in ``benchmarks/calibration.md`` the promise is broken in 13, all of them means of skewed amounts
    (log-normal spend) in up to 300 answers: the truth lies above the interval in up to 6.8 % of samples.

    References
    ----------
    Wellek, S. (2010). *Testing Statistical Hypotheses of Equivalence and Noninferiority*, 2nd ed. CRC.
    Berger, R. L. (1982). Multiparameter hypothesis testing and acceptance sampling. *Technometrics* 24.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> answers = pd.DataFrame({"overall": [5] * 60 + [3] * 20 + [1] * 10})
    >>> most = cx.Claim("most", says="most are satisfied", what="the share satisfied", region=cx.above(50),
    ...                 measure=lambda survey: cx.measure(survey, cx.csat("overall")))
    >>> print(cx.check(most, answers)["most"].sentence)
    The data support the claim that most are satisfied: the share satisfied is 66.7 % (95 % interval 55.9 to 76.3, n = 90).
    """
    found = need_claims("check", claims)
    need_params(found, params or {})
    one_of("check(adjust=)", adjust, ADJUST)
    need_level("check", level)
    if data is None and (wanted := sorted({name for claim in found for name in _needed(claim)})):
        raise ArgumentError(
            f"check(data=): nothing was given, and the claims take {listing(wanted)}. Give a survey or a frame."
        )
    declaration = None if declared is None else read_declaration(declared)
    each = 1 - (1 - level) / max(len(found), 1) if adjust == "bonferroni" else level
    with remembering():
        at = Bench(_sets(data), params or {}, frozenset(claim.id for claim in found), declaration)
        verdicts = [at.verdict(claim, each) for claim in found]
    if declaration is None:
        return Verdicts(tuple(verdicts), level=level, adjust=adjust)
    unchecked, conditions = declaration.unchecked(at.ids), declaration.conditions(level, adjust)
    return Verdicts(tuple(verdicts), level, adjust, unchecked=unchecked, conditions=conditions)


@dataclass(frozen=True)
class Bench:
    """The data sets by name, and the parameters that replace those of the claims."""

    sets: Mapping[str, Any]
    params: Mapping[str, Any]
    ids: frozenset[str]
    declaration: Declaration | None

    def verdict(self, claim: Claim | AllOf, level: float) -> Verdict:
        """Return the verdict on a claim, and whether it was declared so."""
        found = self._judged(claim, level, self._params_of(claim))
        said = "" if self.declaration is None else self.declaration.compare(claim, self._params_of(claim))
        return replace(found, declared=said)

    def _params_of(self, claim: Claim | AllOf) -> dict[str, Any]:
        common = {name: value for name, value in self.params.items() if name not in self.ids}
        return common | dict(self.params.get(claim.id, {}))

    def _judged(self, claim: Claim | AllOf, level: float, params: Mapping[str, Any]) -> Verdict:
        if claim.given is not None:
            premise = self._judged(claim.given, level, params)
            said = f"its premise '{premise.says or premise.claim}' is {premise.verdict}"
            if premise.verdict != SUPPORTED:
                region = claim.region_for(params) if isinstance(claim, Claim) else None
                return untestable(claim, f"{said} ({premise.reason})", level, region=region)
            found = self._alone(claim, level, params)
            return replace(found, notes=(*found.notes, said))
        return self._alone(claim, level, params)

    def _alone(self, claim: Claim | AllOf, level: float, params: Mapping[str, Any]) -> Verdict:
        """Return the verdict on a claim whose premise holds."""
        if isinstance(claim, AllOf):
            stricter = 1 - (1 - level) / len(claim.parts)
            return together(
                claim,
                [self._judged(part, level, params) for part in claim.parts],
                [self._judged(part, stricter, params) for part in claim.parts],
                level,
            )
        region = claim.region_for(params)
        try:
            estimate = self._estimate(claim, params)
        except Unanswerable as error:
            return untestable(claim, str(error), level, region=region)
        place = f"claim {claim.id!r}"
        if isinstance(estimate, Reading):
            region.need_unit(place, estimate.unit, estimate.low, estimate.high)
            return read(claim, region, estimate, level)
        rows = estimate._rows
        region.need_unit(place, str(rows.unit[0]), float(rows.low[0]), float(rows.high[0]))
        return judged(claim, region, estimate, level)

    def _estimate(self, claim: Claim, params: Mapping[str, Any]) -> Estimate | Reading:
        """Return what the claim measures; raise `Unanswerable` for what the data lack."""
        for name in claim.sets:
            if name not in self.sets:
                has = f"only {listing(list(self.sets))}" if self.sets else "nor any other"
                raise Unanswerable(f"no data set {name!r} was given, {has}.{self._other_set(name)}")
        for name, columns in claim.columns.items():
            have = _columns(self.sets[name])
            missing = [column for column in columns if column not in have]
            if missing:
                close = suggestion(missing[0], have)
                if name == CONTACTS and missing[0] in frames.PERIODS:
                    close = f" A log makes it of its times: log.survey(period={missing[0]!r})."
                own = _of_log(self.sets[name]).get(missing[0])
                if own is not None:
                    close = f" The log's is {own!r}: catalogue(columns={{{missing[0]!r}: {own!r}}})."
                shown = ", ".join(
                    f"{c!r} (role {claim.roles[c]!r})" if claim.roles.get(c, c) != c else repr(c) for c in missing
                )
                raise Unanswerable(f"data set {name!r} has no column {shown}.{close}")
            self._need_answers(claim, name, [column for column in columns if column in claim.answers])
        try:
            found = claim.measured([self.sets[name] for name in claim.sets], params)
        except NoColumnError as error:
            if any(claim.columns.values()):  # it said what it needs, and that is there: this is a mistake
                raise NoColumnMistake(
                    f"claim {claim.id!r}: {error} Name it in needs=, if the data may lack it."
                ) from error
            raise
        except Unanswerable:
            raise
        except CxError as error:
            raise _named(error, claim) from error
        except Exception as error:
            error.add_note(f"while measuring the claim {claim.id!r}")
            raise
        found = found.reading() if callable(getattr(found, "reading", None)) else found  # a published figure
        if isinstance(found, Reading):
            return found
        if not isinstance(found, Estimate):
            raise ArgumentError(
                f"claim {claim.id!r}: its measure returned {type(found).__name__}, not an Estimate from measure()."
            )
        if len(found) == 0:
            raise Unanswerable("no rows: nothing in the data belongs to what is measured")
        if len(found) > 1:
            shown = listing([", ".join(map(str, row)) for row in found.labels.itertuples(index=False)], 4)
            raise ArgumentError(
                f"claim {claim.id!r}: its measure returned {len(found)} values ({shown}), and a claim is about one. Use "
                "pick(), contrast() or trend(), or make each a claim and join them by all_of()."
            )
        return found

    def _other_set(self, name: str) -> str:
        """Return what may be meant where a data set is not there."""
        close = suggestion(name, self.sets)
        if close or len(self.sets) != 1:
            return close
        (only,) = self.sets
        if name == "survey":
            return f" For a claim about it, say Claim(data={only!r})."
        return f" If it is one of contacts, hand it over as {{{name!r}: ...}}." if name == CONTACTS else ""

    def _need_answers(self, claim: Claim, name: str, columns: Sequence[str]) -> None:
        """Raise `DataError` for columns that hold other answers than the claim counts."""
        for column in columns:
            data, answers = self.sets[name], list(claim.answers[column])
            frame = survey_of(data).frame
            found = _tallied(frame, column)
            others = [value for value in found if value not in answers or isinstance(value, bool)]
            if others:
                role = claim.roles.get(column)
                played = f" plays the role {role!r} and" if role else ""
                counts = _affirmative(others)
                remedy = f"catalogue(columns={{{role!r}: cx.col({column!r}) == {counts!r}}})" if role else "answers="
                raise DataError(
                    f"claim {claim.id!r}: column {column!r} of {name!r}{played} should be answered {listing(answers)}, "
                    f"but holds {listing(found, 4)}. Say which answer counts{f' as {role!r}' if role else ''}, as in {remedy}."
                )


def _affirmative(found: Sequence[Any]) -> Any:
    """Return the answer that most likely counts: true, 1 or a word for yes, if there is one."""
    said = [value for value in found if value is True or value == 1 or str(value).strip().lower() in AFFIRMATIVE]
    return said[0] if said else found[0]


def _tallied(frame: Any, column: str) -> list[Any]:
    """Return the answers of a column, the most frequent first."""
    tally = frame.tally(col(column), col(column).is_answered(), most=MOST_ANSWERS)
    return [value.item() if hasattr(value, "item") else value for value, _ in tally]


class NoColumnMistake(ArgumentError):
    """A measure asks for a column that its claim did not say it needs."""


def _named(error: CxError, claim: Claim) -> CxError:
    """Return the error, naming the claim that met it."""
    kind = type(error)
    made = kind.__new__(kind)
    made.args = (f"claim {claim.id!r}: {error}",)
    return made


def _sets(data: Any) -> dict[str, Any]:
    """Return the data sets by name; one alone is "survey", a log "contacts"."""
    if data is None:
        return {}
    if isinstance(data, Mapping):
        for name in data:
            if not isinstance(name, str):
                raise ArgumentError(f"check(data=): a data set is named by a text, not by {name!r}.")
        return dict(data)
    if isinstance(data, ContactLog):
        return {CONTACTS: data}
    survey = survey_of(data)
    return {survey.data_set: survey}


def _needed(claim: Claim | AllOf) -> set[str]:
    """Return the data sets that a claim, its parts and its premise take."""
    parts = claim.parts if isinstance(claim, AllOf) else (claim,)
    given = set() if claim.given is None else _needed(claim.given)
    return given | {name for part in parts for name in part.sets}


def _of_log(data: Any) -> dict[str, str]:
    """Return the columns that a log has named, by what they are to it."""
    return data.columns.named() if isinstance(data, ContactLog) else {}


def _columns(data: Any) -> list[str]:
    """Return the names of a data set's columns."""
    return list(survey_of(data).frame.columns)
