"""A verdict: the number, its interval, the region, and what follows; for one claim.

`judged` takes an estimate and a region to a verdict; what cannot be measured is `untestable`, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cxstats.claims import words
from cxstats.claims.claim import Claim
from cxstats.claims.region import Region
from cxstats.inference.settle import NO_RULE, settling_factor

if TYPE_CHECKING:
    from cxstats.claims.claim import AllOf
    from cxstats.inference import Estimate

SUPPORTED, CONTRADICTED, INCONCLUSIVE, UNTESTABLE = "supported", "contradicted", "inconclusive", "untestable"
VERDICTS = (SUPPORTED, CONTRADICTED, INCONCLUSIVE, UNTESTABLE)
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
        The measure with its interval, in `unit`; of an `all_of`, those of the part that decides.
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
        of 80 % if the estimate is true; infinite on the boundary; NaN for settled ones and where no rule gives it.
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
    )  # fmt: skip
    if verdict.verdict == UNTESTABLE:
        return untestable(claim, words.no_interval(str(rows.note[0])), level, verdict)
    settle = np.nan
    if verdict.verdict == INCONCLUSIVE:
        settle = np.ceil(estimate.respondents * settling_factor(estimate, region, level, METHOD))
    reason = words.place_of(verdict, region, no_rule=rows.family[0] in NO_RULE, settle=float(settle))
    verdict = replace(verdict, reason=reason, n_to_settle=float(settle))
    labels = {str(k): v for k, v in estimate.labels.iloc[0].items()}
    contrast = estimate._parts is not None or rows.family[0] in ("derived", "extreme")
    associated = "trend" if "trend" in labels else "difference" if contrast else ""
    what = claim.what or words.measured(labels)
    return replace(verdict, sentence=words.sentence(verdict, what, "" if claim.identified else associated))


def untestable(claim: Claim | AllOf, reason: str, level: float, seen: Verdict | None = None) -> Verdict:
    """Return the verdict on a claim that the data cannot test, with what was seen."""
    bare = seen or Verdict(claim.id, claim.says, claim.source, UNTESTABLE, "", level=level)
    said = replace(bare, verdict=UNTESTABLE, reason=reason, p_value=np.nan)
    return replace(said, sentence=words.sentence(said, ""))


def together(claim: AllOf, at_level: list[Verdict], stricter: list[Verdict], level: float) -> Verdict:
    """Return the verdict on an `all_of`, from its parts at the level and at 1 - (1 - level) / k."""
    against = [i for i, part in enumerate(stricter) if part.verdict == CONTRADICTED]
    missing = [i for i, part in enumerate(at_level) if part.verdict == UNTESTABLE]
    open_ = [i for i, part in enumerate(at_level) if part.verdict != SUPPORTED]
    if against:
        decides, found = min(against, key=lambda i: stricter[i].p_value), CONTRADICTED
    elif missing:
        decides, found = missing[0], UNTESTABLE
    elif open_:
        decides, found = max(open_, key=lambda i: _need(at_level[i])), INCONCLUSIVE
    else:
        decides, found = max(range(len(at_level)), key=lambda i: at_level[i].p_value), SUPPORTED
    part = stricter[decides] if found == CONTRADICTED else at_level[decides]
    needs = [at_level[i].n_to_settle for i in open_]
    verdict = replace(
        part, claim=claim.id, says=claim.says, source=claim.source, verdict=found, parts=tuple(at_level),
        p_value=min(len(at_level) * part.p_value, 1.0) if found == CONTRADICTED else part.p_value,
        n_to_settle=max(needs) if found == INCONCLUSIVE and not np.isnan(needs).any() else np.nan,
        synthetic="; ".join(dict.fromkeys(p.synthetic for p in at_level if p.synthetic)),
    )  # fmt: skip
    verdict = replace(
        verdict, reason=words.of_parts(part.claim, part.reason, [p.claim for p in at_level if p.verdict == SUPPORTED])
    )
    return replace(verdict, sentence=words.sentence_of_parts(verdict, at_level, part))


def _need(part: Verdict) -> float:
    """Return how far an open part is from being settled; the one without a rule counts as farthest."""
    return np.inf if np.isnan(part.n_to_settle) else part.n_to_settle
