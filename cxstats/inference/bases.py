"""What is known of each row of an estimate besides its value: its base, what it is worth, and whether its variance is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from cxstats.inference.plan import squared_weights
from cxstats.inference.request import Request
from cxstats.inference.rows import Rows
from cxstats.inference.totals import Totals, undivided
from cxstats.inference.variance import ROUNDING, SampleCovariance, linearise, simple_variance
from cxstats.score import Score

WORN = 5e-10  # of the square of the shift a variance must be more, to have three digits left
ICC = 0.05  # assumed within PSUs where a sample shows nothing of it: all its answers are alike


def rows_of(
    t: Totals, first: Totals, request: Request, variance: np.ndarray, df: np.ndarray, drawn: np.ndarray
) -> Rows:
    """Return what is known of each row: its base, how much the base is worth, and whether its variance is known.

    `drawn` says whether chance had a part in it: some stratum of its domain is not a census.
    """
    design, groups = request.survey.design, len(t.groups)
    n = t.grouped["count"].T.ravel()
    census = (n > 0) & ~drawn
    plain = not (design.strata or design.psu or design.weight or design.fpc)
    alike = (n > 0) & (variance <= ROUNDING * raw_variance(t).T.ravel()) & ~census
    alike |= (n == 1) & np.isnan(variance)
    totals_too = np.repeat([score.family == "total" for score in t.scores], groups)
    nothing = (n > 0) & (t.grouped["x"].T.ravel() == 0) & ~totals_too
    alike &= ~nothing
    alone = (n > 0) & ~(df > 0) & ~census
    worn = (n > 0) & ~alike & ~census & _worn(t, variance, bool(design.weight))
    with np.errstate(divide="ignore", invalid="ignore"):
        most = n / free_part(t) if design.weight or design.psu else np.full(len(n), np.inf)
        effective = n * simple_variance(t).T.ravel() / variance
        if alike.any():
            effective = np.where(
                alike, np.minimum(n, n / _whole_design_effect(first, request).repeat(groups)), effective
            )
    effective = n if plain else np.where(n == 0, 0.0, np.where(census, np.inf, effective))

    def repeated(of: Callable[[Score], Any], kind: Any = object) -> np.ndarray:
        return np.repeat(np.asarray([of(score) for score in t.scores], dtype=kind), groups)

    family = repeated(lambda score: score.family)
    low = repeated(lambda score: score.range[0] if score.range else -np.inf, float)
    one_share = plain & (n == 1) & (family == "share")
    return Rows(
        n=n,
        n_effective=effective,
        most=most,
        kish=_kish(t) if design.weight and not design.psu else np.full(len(n), np.inf),
        represented=t.grouped["b"].T.ravel(),
        square=_mean_square(t).T.ravel(),
        unknown=(n == 0) | nothing | alike | alone | worn | ~np.isfinite(variance),
        simple=np.full(len(n), plain),
        family=family,
        unit=repeated(lambda score: score.unit),
        variant=repeated(lambda score: score.variant),
        direction=repeated(lambda score: score.direction or ""),
        low=low,
        high=repeated(lambda score: score.range[1] if score.range else np.inf, float),
        note=_notes(n, alike, alone & ~one_share, np.isfinite(low), nothing, worn, "PSU" if design.psu else "row"),
        own=np.full(len(n), None, dtype=object),
    )


def _worn(t: Totals, variance: np.ndarray, weighted: bool) -> np.ndarray:
    """Tell which totals of weighted amounts have a variance that is rounding: of moments, the square of the shift is in it."""
    found = np.zeros((len(t.scores), len(t.groups)), dtype=bool)
    inside = np.flatnonzero(t.group >= 0)
    for k in (k for k, score in enumerate(t.scores) if score.family == "total" and weighted and t.cluster is None):
        xx = np.bincount(t.group[inside], t.second[("x", k), ("x", k)][inside], len(t.groups))
        found[k] = variance.reshape(found.shape)[k] < WORN * t.shift[:, k] ** 2 * xx
    return found.ravel()


def free_part(t: Totals) -> np.ndarray:
    """Return 1 - f of each estimate, with the mean fraction f drawn of the strata that its answers are in: 0 for a census."""
    inside, groups = np.flatnonzero(t.group >= 0), len(t.groups)
    fraction, group = t.fraction[t.stratum[inside]], t.group[inside]
    n = t.grouped["count"]
    free = [np.bincount(group, (1 - fraction) * t.count[inside, k], groups) for k in range(len(t.scores))]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(n > 0, np.column_stack(free) / n, 1.0)).T.ravel()


def shared_of(t: Totals) -> dict[tuple[int, int], float]:
    """Return how many answers two estimates of one group share, where not all of the smaller base are in the larger."""
    inside, groups = np.flatnonzero(t.group >= 0), len(t.groups)
    n, found = t.grouped["count"], {}
    for (i, j), cells in t.shared.items():
        both = np.bincount(t.group[inside], cells[inside], groups)
        for g in np.flatnonzero(both < np.minimum(n[:, i], n[:, j])).tolist():
            found[i * groups + g, j * groups + g] = float(both[g])
    return found


def union(base: np.ndarray, group: np.ndarray, shared: Mapping[tuple[int, int], float], used: np.ndarray) -> float:
    """Return how many answers stand behind some estimates together.

    From the largest base on, each adds what it does not share with any one before: exact for bases that are apart or hold each
    other. Two of one group of which nothing is said share all they can.
    """
    total, before = 0.0, list[int]()
    for i in sorted(np.asarray(used).tolist(), key=lambda i: -base[i]):
        known = [shared.get((min(i, j), max(i, j)), min(base[i], base[j])) for j in before if group[j] == group[i]]
        total += base[i] - max(known, default=0.0)
        before.append(i)
    return total


def _kish(t: Totals) -> np.ndarray:
    """Return ``(sum w)^2 / sum w^2`` where rows are PSUs: what weights leave of n that have nothing to do with the answers."""
    inside, groups = np.flatnonzero(t.group >= 0), len(t.groups)
    sums = t.grouped
    squared = [np.bincount(t.group[inside], t.second[("x", k), ("x", k)][inside], groups) for k in range(len(t.scores))]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(sums["x"] > 0, sums["x"] ** 2 / np.column_stack(squared), np.inf)).T.ravel()


def _mean_square(t: Totals) -> np.ndarray:
    """Return the mean of the squared points, about the shift."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(t.grouped["yy"] / t.grouped["b"])


def raw_variance(t: Totals) -> np.ndarray:
    """Return the variance if the points varied about the shift, not about their mean: what rounding is measured by."""
    sums = t.grouped
    with np.errstate(divide="ignore", invalid="ignore"):
        of_total = sums["yy"] * sums["b"] / sums["count"]
        return np.asarray(np.where([s.family == "total" for s in t.scores], of_total, of_total / sums["x"] ** 2))


def _whole_design_effect(t: Totals, request: Request) -> np.ndarray:
    """Return each score's design effect in the whole sample, also outside the domain.

    Where that is unknown, too: Kish's for the weights, times 1 + (m - 1) 0.05 for PSUs of m answers.
    """
    whole = undivided(t) if t.whole is None else t.whole()
    variance = SampleCovariance(whole, linearise(whole)).diagonal()
    sums = whole.grouped
    with np.errstate(divide="ignore", invalid="ignore"):
        effect = variance / simple_variance(whole)[0]
        known = np.isfinite(effect) & (variance > ROUNDING * raw_variance(whole)[0])
        if known.all():
            return np.asarray(effect)
        kish = sums["count"][0] * squared_weights(request) / sums["b"][0] ** 2
    if request.survey.design.psu:
        psus = (whole.count > 0 if whole.psus is None else whole.psus).sum(axis=0)
        kish *= 1 + (np.maximum(sums["count"][0] / psus, 1) - 1) * ICC
    return np.asarray(np.where(known, effect, kish))


def _notes(
    n: np.ndarray,
    alike: np.ndarray,
    alone: np.ndarray,
    ranged: np.ndarray,
    nothing: np.ndarray,
    worn: np.ndarray,
    what: str,
) -> np.ndarray:
    notes = np.full(len(n), "", dtype=object)
    notes[alike] = "answers or PSUs do not differ, so the standard error is unknown"
    notes[alike & ranged] += "; the interval borrows the design effect of the whole sample"
    notes[alone] = f"no more {what}s than strata in this domain, so the standard error is unknown"
    notes[nothing] = "the denominators add up to zero, so there is no ratio"
    notes[worn] = (
        "amounts lie so far from 0 that the total's standard error has lost its digits: subtract a constant first"
    )
    notes[n == 0] = "no answers"
    return notes
