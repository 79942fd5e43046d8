"""A verdict: the number, its interval, the region, and what follows; for one claim.

`judged` takes an estimate and a region to a verdict; what cannot be measured is `untestable`, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.claims import words
from cxstats.claims.claim import AllOf, Claim
from cxstats.claims.reading import Reading
from cxstats.claims.region import Region
from cxstats.inference.guard import Terms
from cxstats.inference.periods import over_time
from cxstats.inference.settle import NO_RULE, settling_factor

if TYPE_CHECKING:
    from cxstats.inference import Estimate

SUPPORTED, CONTRADICTED, INCONCLUSIVE, UNTESTABLE = "supported", "contradicted", "inconclusive", "untestable"
VERDICTS = (SUPPORTED, CONTRADICTED, INCONCLUSIVE, UNTESTABLE)
PUBLISHED = "published figures"  # what a verdict may rest on, besides data
METHOD = "guarded"  # intervals that keep their promise near 0 and 100 %


@dataclass(frozen=True)
class Verdict:
    """What the data say of one claim; made by `check`, never by hand.

    Attributes
    ----------
    claim, says, source : str
        The claim, in its id and in words, and who makes it.
    verdict : {"supported", "contradicted", "inconclusive", "untestable"}
        The interval lies inside the region, outside, across an edge; or there is none.
    reason : str
        Why: where the interval lies, or what is missing.
    estimate, conf_low, conf_high : float
        The measure with its interval, in `unit`; of an `all_of`, those of the part that decides. The estimate is NaN where
        published figures only give bounds.
    region, unit : str
        Where the number should lie.
    level : float
        Level of the interval.
    p_value : float
        The smallest 1 - level at which the interval still decides.
    n, n_effective : float
        Answers in the base, and the simple random sample that would be as exact.
    n_to_settle : float
        Respondents, of the same design and PSUs scaled alike, with whom an inconclusive claim would be settled with a power
        of 80 % if the estimate is true; infinite on the boundary; NaN for settled ones and where no rule gives it. Of published
        figures, the people with whom they would be settled as they are printed; infinite if rounding hides it.
    sentence : str
        The verdict in one plain sentence.
    declared : str
        "declared", "changed: ..." or "not declared", if a declaration was given.
    synthetic : str
        The mark of made-up data, if the numbers rest on such.
    edges : tuple of float
        The edges of the region, infinite where it has none.
    parts : tuple of Verdict
        Of an `all_of`, its parts.
    what, why : str
        What was measured, in words, and why the region is where it is.
    notes : tuple of str
        What to know of the number: what looks like a slip, which group an extreme is, what an interval borrows.
    left_out : str
        How many rows were left out of the base, and why.
    basis : {"data", "published figures"}
        What the verdict rests on.
    """

    claim: str
    says: str
    source: str
    verdict: str
    reason: str
    estimate: float = np.nan
    conf_low: float = np.nan
    conf_high: float = np.nan
    region: str = ""
    unit: str = ""
    level: float = np.nan
    p_value: float = np.nan
    n: float = np.nan
    n_effective: float = np.nan
    n_to_settle: float = np.nan
    sentence: str = ""
    declared: str = ""
    synthetic: str = ""
    edges: tuple[float, float] = (-np.inf, np.inf)
    parts: tuple[Verdict, ...] = ()
    what: str = ""
    why: str = ""
    notes: tuple[str, ...] = ()
    left_out: str = ""
    basis: str = "data"

    def __repr__(self) -> str:
        return f"<Verdict {self.claim!r}: {self.verdict}. {self.sentence}>"


def judged(claim: Claim, region: Region, estimate: Estimate, level: float) -> Verdict:
    """Return the verdict on a claim, given the estimate of its one value."""
    row = estimate.test(region, level=level, method=METHOD).iloc[0]
    low, high = float(row["conf_low"]), float(row["conf_high"])
    rows = estimate._rows
    verdict = Verdict(
        claim.id, claim.says, claim.source, str(row["verdict"]), "",
        float(row["estimate"]), low, high, str(region), str(rows.unit[0]), level, float(row["p_value"]),
        float(estimate.n[0]), float(estimate.n_effective[0]), synthetic=estimate.synthetic, edges=(region.low, region.high),
        why=claim.why, notes=_notes(estimate), left_out=_left_out(estimate),
    )  # fmt: skip
    labels = {str(k): v for k, v in estimate.labels.iloc[0].items()}
    verdict = replace(verdict, what=claim.what or words.measured(labels))
    if verdict.verdict == UNTESTABLE:
        said = "; ".join(dict.fromkeys([words.no_interval(str(rows.note[0])), *estimate.remarks]))
        return untestable(claim, said, level, verdict)
    settle = np.nan
    if verdict.verdict == INCONCLUSIVE:
        settle = np.ceil(estimate.respondents * settling_factor(estimate, region, level, METHOD))
    part = verdict.n / estimate.respondents if estimate.respondents else 1.0
    reason = words.place_of(verdict, region, no_rule=rows.family[0] in NO_RULE, settle=float(settle), part=part)
    verdict = replace(verdict, reason=reason, n_to_settle=float(settle))
    associated = "" if claim.identified else _associated(estimate, labels)
    return replace(verdict, sentence=words.sentence(verdict, verdict.what, associated))


def read(claim: Claim, region: Region, reading: Reading, level: float) -> Verdict:
    """Return the verdict on a claim about published figures."""
    low, high = reading.limits(1 - level)
    said = region.judge(low, high)
    settle = reading.needed(region, level) if reading.needed and said == INCONCLUSIVE else np.nan
    centre = float(reading.centre)
    inside = region.low < centre < region.high
    p = [reading.p_value(edge) for edge in (region.low, region.high)]
    verdict = Verdict(
        claim.id, claim.says, claim.source, said, "", reading.value, low, high, str(region), reading.unit,
        level, max(p) if inside else p[centre > region.low], reading.n, edges=(region.low, region.high), why=claim.why,
        what=claim.what or reading.what, notes=(*filter(None, [reading.assumed]), *reading.cautions),
        basis=PUBLISHED, n_to_settle=settle,
    )  # fmt: skip
    verdict = replace(verdict, reason=words.place_of(verdict, region, no_rule=False, settle=settle))
    if said == INCONCLUSIVE:
        does = "settle it" if np.isinf(settle) else "support it" if inside else "contradict it"
        verdict = replace(verdict, reason=verdict.reason + words.in_print(settle, reading.whom, reading.hides, does))
    associated = "" if claim.identified else reading.associated
    return replace(verdict, sentence=words.sentence(verdict, verdict.what, associated))


def _associated(estimate: Estimate, labels: dict[str, Any]) -> str:
    """Return what the numbers that are compared differ by: groups, time, or nothing, if none are."""
    family, extreme = estimate._rows.family[0], str(labels.get("extreme", ""))
    if "trend" in labels or over_time(str(labels.get("contrast", ""))) or extreme.endswith("changes"):
        return "trend"
    if estimate._parts is not None or extreme.endswith("differences") or extreme.startswith("range"):
        return "difference"
    if estimate._terms is not None and np.count_nonzero(estimate._terms.jacobian[0]) <= 1:
        return _associated_alone(estimate._terms)
    return {"derived": "function", "explained": "explained"}.get(family, "")


def _associated_alone(terms: Terms) -> str:
    """Return the same of a function of one number: what that number compares, or nothing if it is of a model by itself."""
    of = terms.source
    if of._terms is None and of._parts is None:
        return ""
    row = np.flatnonzero(terms.jacobian[0])[:1]
    return _associated(of._take(row), of.labels.iloc[row[0]].to_dict()) if len(row) else ""


def _notes(estimate: Estimate) -> tuple[str, ...]:
    """Return what to know of the number: the note of its row, and what looks like a slip."""
    return tuple(dict.fromkeys(filter(None, [str(estimate._rows.note[0]), *estimate.remarks])))


def _left_out(estimate: Estimate) -> str:
    """Return how many rows were left out, and why; empty if none were."""
    said = [text for text in estimate._origin.left_out if "left out of" in text and not text.endswith(": none")]
    return "; ".join(said)


def untestable(
    claim: Claim | AllOf, reason: str, level: float, seen: Verdict | None = None, region: Region | None = None
) -> Verdict:
    """Return the verdict on a claim that the data cannot test, with what was seen."""
    bare = seen or Verdict(claim.id, claim.says, claim.source, UNTESTABLE, "", level=level)
    if region is not None:
        bare = replace(bare, region=str(region), edges=(region.low, region.high))
    basis = bare.basis if _takes_data(claim) else PUBLISHED
    said = replace(
        bare, verdict=UNTESTABLE, reason=reason, p_value=np.nan, notes=(), basis=basis
    )  # the reason says it all
    return replace(said, sentence=words.sentence(said, ""))


def _takes_data(claim: Claim | AllOf) -> bool:
    """Tell whether a claim is about data, and not about published figures."""
    return any(part.sets for part in (claim.parts if isinstance(claim, AllOf) else (claim,)))


def together(claim: AllOf, at_level: list[Verdict], stricter: list[Verdict], level: float) -> Verdict:
    """Return the verdict on an `all_of`, from its parts at the level and at 1 - (1 - level) / k."""
    found, at = _decided(at_level, stricter)
    against = found == CONTRADICTED or (found == INCONCLUSIVE and _outside(at_level[at]))
    part = stricter[at] if against else at_level[at]
    open_ = [part] if against else [v for v in at_level if v.verdict != SUPPORTED]
    needs = [v.n_to_settle for v in open_]
    verdict = replace(
        part, claim=claim.id, says=claim.says, source=claim.source, verdict=found, parts=tuple(at_level),
        p_value=min(len(at_level) * part.p_value, 1.0) if against else part.p_value,
        n_to_settle=max(needs) if found == INCONCLUSIVE and not np.isnan(needs).any() else np.nan,
        synthetic="; ".join(dict.fromkeys(p.synthetic for p in at_level if p.synthetic)),
        notes=tuple(dict.fromkeys(note for p in at_level for note in p.notes)),
        left_out="; ".join(dict.fromkeys(p.left_out for p in at_level if p.left_out)),
    )  # fmt: skip
    if against:
        part = replace(
            part, reason=f"{part.reason} (level {100 * part.level:.4g} %, shared by {len(at_level)} conditions)"
        )
    held = [p.claim for p in at_level if p.verdict == SUPPORTED]
    verdict = replace(verdict, reason=words.of_parts(part.claim, part.reason, held))
    return replace(verdict, sentence=words.sentence_of_parts(verdict, at_level, part))


def _decided(at_level: list[Verdict], stricter: list[Verdict]) -> tuple[str, int]:
    """Return the verdict on the whole, and the part that decides it.

    An open whole is decided by the part nearest to failing, if an estimate lies outside its region, else by that farthest from
    holding.
    """
    every = range(len(at_level))
    if against := [i for i in every if stricter[i].verdict == CONTRADICTED]:
        return CONTRADICTED, min(against, key=lambda i: stricter[i].p_value)
    if missing := [i for i in every if at_level[i].verdict == UNTESTABLE]:
        return UNTESTABLE, missing[0]
    if outside := [i for i in every if _outside(at_level[i])]:
        return INCONCLUSIVE, min(outside, key=lambda i: at_level[i].p_value)
    if open_ := [i for i in every if at_level[i].verdict != SUPPORTED]:
        return INCONCLUSIVE, max(open_, key=lambda i: _need(at_level[i]))
    return SUPPORTED, max(every, key=lambda i: at_level[i].p_value)


def _outside(part: Verdict) -> bool:
    """Tell whether the estimate lies outside the region, so that no level makes the part supported."""
    return not (np.isnan(part.estimate) or part.edges[0] < part.estimate < part.edges[1])


def _need(part: Verdict) -> float:
    """Return how far an open part is from being settled; the one without a rule counts as farthest."""
    return np.inf if np.isnan(part.n_to_settle) else part.n_to_settle
