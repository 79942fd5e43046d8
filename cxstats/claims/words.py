"""Verdicts in words: one plain sentence, and numbers with the digits that their interval needs.

A difference is "associated with" what sets its groups apart, unless the design makes it an effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.inference.show import label

if TYPE_CHECKING:
    from cxstats.claims.region import Region
    from cxstats.claims.verdict import Verdict

MOST_IN_BASE = 0.5  # of the respondents: if fewer are, it is told how many of those needed would be
LEAST = {"correlation": 2}  # decimals
MINUS = "\N{MINUS SIGN}"
ASSOCIATED = {
    "difference": "a difference associated with what sets the groups apart, not shown to be its effect",
    "trend": "a change associated with time, whatever drives it",
    "function": "a relation associated with what sets the groups apart, not shown to be its effect",
    "explained": "variance associated with the grouping, not shown to be its effect",
}


def digits(low: float, high: float, estimate: float) -> int:
    """Return decimals such that the width of the interval has two digits."""
    width = high - low if np.isfinite(high - low) and high > low else abs(estimate)
    return int(np.clip(1 - np.floor(np.log10(width)), 0, 9)) if width > 0 else 1


def number(value: float, decimals: int) -> str:
    """Return a number as it is read, with a real minus."""
    if np.isnan(value):
        return "unknown"
    if np.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    text = f"{round(value, decimals) + 0.0:,.{decimals}f}"
    return (text[1:] if text.startswith("-") and not text.strip("-0.,") else text).replace("-", MINUS)


def edge(value: float) -> str:
    """Return the edge of a region as it was written."""
    return f"{value:.12g}".replace("-", MINUS)


def numbers(v: Verdict) -> tuple[str, str, str]:
    """Return the estimate and its limits, told apart from the edges beside which they lie."""
    decimals = max(digits(v.conf_low, v.conf_high, v.estimate), LEAST.get(v.unit, 1 if v.unit.startswith("%") else 0))
    finite = [e for e in v.edges if np.isfinite(e)]
    for value in (v.conf_low, v.conf_high):
        while decimals < 6 and any(value != e and round(value, decimals) == round(e, decimals) for e in finite):
            decimals += 1
    return number(v.estimate, decimals), number(v.conf_low, decimals), number(v.conf_high, decimals)


def respondents(count: float) -> str:
    """Return a number of respondents to two or three digits: nobody plans to the person."""
    if count >= 1000:
        size = 10 ** (int(np.floor(np.log10(count))) - 1)
        count = np.ceil(count / size) * size
    return f"{count:,.0f}"


def place_of(v: Verdict, region: Region, *, no_rule: bool, settle: float, part: float = 1.0) -> str:
    """Say where the interval lies, and what would settle it; `part` is that of the respondents in the base."""
    _, low, high = numbers(v)
    span = f"the interval {low} to {high}"
    if v.verdict == "supported":
        return f"{span} lies inside {region}"
    if v.verdict == "contradicted":
        return f"{span} lies outside {region}"
    crossed = " and ".join(edge(e) for e in v.edges if np.isfinite(e) and v.conf_low <= e <= v.conf_high)
    if no_rule:
        more = "; no rule gives the sample that would settle a measure of this kind"
    elif v.basis != "data":
        more = ""
    elif np.isinf(settle):
        more = "; the estimate lies on the edge, so no sample would settle it"
    else:
        within = f" ({respondents(part * settle)} of them in the base)" if part < MOST_IN_BASE else ""
        more = "" if np.isnan(settle) else f"; about {respondents(settle)} respondents would settle it{within}"
    return f"{span} reaches across {crossed}{more}"


def in_print(settle: float, whom: str, hides: str, does: str = "settle it") -> str:
    """Say with how many people published figures, printed as they are, would settle something."""
    if np.isnan(settle):
        return ""
    if np.isinf(settle):
        return f"; no number of {whom} would {does}: {hides}"
    return f"; the same figures of about {respondents(settle)} {whom} would {does}"


def no_interval(note: str) -> str:
    """Say why there is no interval."""
    return note or "there is no interval"


def measured(labels: Mapping[str, Any]) -> str:
    """Return what was measured, from the labels of its row: "csat, app - call"."""
    metric, *others = labels.values()
    if "explained" in labels:
        return f"the part of the variance of {metric} explained {labels['explained']}"
    return ", ".join([str(metric), *(label(value) for value in others if str(value) != str(metric))])


def sentence(v: Verdict, what: str, associated: str = "") -> str:
    """Return the verdict in one plain sentence."""
    if v.verdict == "untestable":
        return f"The {v.basis} cannot test {_whether(v)}: {_ended(v.reason)}"
    value, low, high = numbers(v)
    unit, what = _unit(v.unit), _clause(what)
    found = f"{what} is {value}{unit} ({100 * v.level:g} % interval {low} to {high}, {_people(v)})"
    if np.isnan(v.estimate):
        found = f"{what} lies anywhere from {low} to {high}{unit} ({100 * v.level:g} % limits, {_people(v)})"
    tail = f", {ASSOCIATED[associated]}" if associated else ""
    place = v.reason.partition("; ")[2]
    if v.verdict == "inconclusive":
        return f"The {v.basis} leave open {_whether(v)}: {found}{tail}{f'; {place}' if place else ''}."
    verb = "support" if v.verdict == "supported" else "contradict"
    return f"The {v.basis} {verb} {_claim(v)}: {found}{tail}."


def of_parts(name: str, reason: str, supported: Sequence[str]) -> str:
    """Say which part decides, and which parts hold."""
    holds = (
        f" (supported: {', '.join(n for n in supported if n != name)})" if [n for n in supported if n != name] else ""
    )
    return f"{name}: {reason}{holds}"


def sentence_of_parts(v: Verdict, parts: Sequence[Verdict], decides: Verdict) -> str:
    """Return the verdict on an `all_of` in one plain sentence."""
    held = sum(part.verdict == "supported" for part in parts)
    if v.verdict == "untestable":
        return f"The {v.basis} cannot test {_whether(v)}: {_ended(v.reason)}"
    if v.verdict == "supported":
        every = "both" if len(parts) == 2 else f"all {len(parts)}"
        return f"The {v.basis} support {_claim(v)}: {every} conditions hold ({_each(parts)})."
    if v.verdict == "contradicted":
        return f"The {v.basis} contradict {_claim(v)}: its condition '{decides.claim}' fails, {_ended(decides.reason)}"
    shown = f"{held or 'none'} of its {len(parts)} conditions {'is' if held < 2 else 'are'} shown to hold"
    return f"The {v.basis} leave open {_whether(v)}: {shown}; '{decides.claim}' is open, {_ended(decides.reason)}"


def _each(parts: Sequence[Verdict]) -> str:
    shown = []
    for part in parts:
        value, low, high = numbers(part)
        shown.append(f"{part.claim} {value}{_unit(part.unit)}, {low} to {high}")
    return "; ".join(shown)


def _claim(v: Verdict) -> str:
    """Name the claim: a clause follows "that", a sentence or an id is quoted as it stands."""
    said = _said(v)
    return f"the claim that {said}" if _is_clause(v) else f"the claim '{said}'"


def _whether(v: Verdict) -> str:
    return f"whether {_said(v)}" if _is_clause(v) else f"the claim '{_said(v)}'"


def _said(v: Verdict) -> str:
    return (v.says or v.claim).strip().rstrip(".")


def _is_clause(v: Verdict) -> bool:
    return bool(v.says.strip()) and not v.says.strip()[:1].isupper()


def _people(v: Verdict) -> str:
    """Return how many answers the number rests on, or what is taken for it."""
    taken = [note for note in v.notes if note.startswith("n unknown")]
    return f"n = {v.n:,.0f}" if np.isfinite(v.n) else (*taken, "n unknown")[0]


def _clause(what: str) -> str:
    """Return what was measured as it stands within a sentence: without its full stop, and "The" small ("A" may be a name)."""
    text = what.strip().rstrip(".")
    return text[:1].lower() + text[1:] if text[:4] == "The " else text


def _ended(reason: str) -> str:
    return reason if reason.endswith(("?", ".")) else f"{reason}."


def _unit(unit: str) -> str:
    return f" {unit.replace('% points', 'percentage points')}" if unit and unit != "correlation" else ""
