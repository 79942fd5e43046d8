"""Which interval belongs to which row of an estimate.

Means, ratios and totals take t; shares Wilson on the effective sample size; balances (NPS) adjusted Wald on it; quantiles
Woodruff; differences of shares or balances MOVER from the intervals of both sides. p-values invert the interval shown.
Verdicts take "guarded" intervals, which keep their promise where answers are rare, amounts skewed, PSUs few or unequal: shares
Korn-Graubard with the degrees of freedom that rare answers leave, balances MOVER of two such, quantiles order statistics, means
of a scale Wilson, amounts t after Hall's transformation (`skewness`); variances and degrees of freedom by `small_sample`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxstats.inference import intervals
from cxstats.inference.intervals import Limits
from cxstats.inference.rows import OWN, own_limits
from cxstats.inference.skewness import skewed

if TYPE_CHECKING:
    from cxstats.inference.estimate import Estimate

ADDED = 1  # answer at an end, as far out as the mean allows, that the variance of a mean of a scale is taken to hold
USUAL, SEEN = 0.05, 5  # the correlation within PSUs that rare answers are taken to have, until about so many are seen
ENDLESS = 1e150
NOTHING = 1e-12  # a share that is nothing but rounding


def limits(e: Estimate, alpha: np.ndarray, method: str | None) -> Limits:
    """Return limits at one alpha a row: each family by its own interval."""
    rows = e._rows
    if e._parts is not None:
        low, high = _difference_limits(e, e._parts, alpha, method)
    else:
        low, high = _t_limits(e, ~np.isin(rows.family, ("share", "balance", *OWN)), alpha, method)
        for kind, formula in (("share", _share_limits), ("balance", _balance_limits)):
            chosen = np.flatnonzero(rows.family == kind)
            if len(chosen):
                low[chosen], high[chosen] = formula(e, chosen, alpha[chosen], method)
        if method == "guarded":
            scale = (rows.family == "mean") & np.isfinite(rows.high - rows.low)
            scaled = np.flatnonzero(scale & ~rows.unknown & (e.std_error > 0) & (e.df > 0))
            if len(scaled):
                low[scaled], high[scaled] = _scaled_limits(e, scaled, alpha[scaled])
        alike = np.flatnonzero((rows.family == "mean") & rows.unknown & np.isfinite(rows.low) & (e.df > 0))
        if len(alike):
            low[alike], high[alike] = _alike_limits(e, alike, alpha[alike])
        own = np.flatnonzero(np.isin(rows.family, OWN))
        if len(own):
            low[own], high[own] = own_limits(rows.take(own), alpha[own], method)
    low, high = intervals.clipped((low, high), rows.low, rows.high)
    return np.where(np.isnan(e.values), np.nan, low), np.where(np.isnan(e.values), np.nan, high)


def _t_limits(e: Estimate, wanted: np.ndarray, alpha: np.ndarray, method: str | None) -> Limits:
    """Return t intervals of the rows wanted, NaN elsewhere."""
    low, high = np.full(len(e), np.nan), np.full(len(e), np.nan)
    rows, (se, df) = np.flatnonzero(wanted), e._spread(method)
    if method == "guarded":
        t = intervals.t_quantile(alpha[rows], df[rows])
        low[rows], high[rows] = skewed(e.values[rows], se[rows], t, e._third[rows])
    else:
        low[rows], high[rows] = intervals.t_interval(e.values[rows], se[rows], df[rows], alpha[rows])
    return low, high


def _scaled_limits(e: Estimate, chosen: np.ndarray, alpha: np.ndarray) -> Limits:
    """Guarded limits of a mean of a scale: Wilson's, of the mean as a share of the scale, on answers that leave its variance.

    They are longer towards the middle of the scale, as the skewed answers near an end of it demand.
    """
    se, df = (part[chosen] for part in e._spread("guarded"))
    left, span = e._rows.low[chosen], (e._rows.high - e._rows.low)[chosen]
    p = (e.values[chosen] - left) / span
    with np.errstate(invalid="ignore", divide="ignore"):
        n, answers = p * (1 - p) * (span / se) ** 2, e.n_effective[chosen]
        n *= (answers + ADDED) / (answers + ADDED * np.maximum(n / answers, 1.0)) * intervals.shrinkage(df, alpha)
    low, high = intervals.wilson(p, n, alpha)
    return left + span * low, left + span * high


def _answers(e: Estimate, chosen: np.ndarray, alpha: np.ndarray, *, exact: bool = False) -> np.ndarray:
    """Return the effective n, shrunk for what is not known of the design effect; n itself in a simple random sample.

    It is held to the most that the answers can be worth, but for R's exact form, which is not.
    """
    n, df = (e._rows.n_effective if exact else e.n_effective)[chosen], e.df[chosen]
    designed = np.flatnonzero(~e._rows.simple[chosen])
    full = e.n[chosen][designed] - 1 if exact else None
    n[designed] *= intervals.shrinkage(df[designed], alpha[designed], full)
    return np.asarray(n)


def _share_limits(e: Estimate, chosen: np.ndarray, alpha: np.ndarray, method: str | None) -> Limits:
    p, unknown = e.values[chosen] / 100, e._rows.unknown[chosen]
    effective = _answers(e, chosen, alpha)
    low, high = intervals.wilson(p, effective, alpha)
    if method in ("korn-graubard", "beta"):
        low, high = _exact(e, chosen, p, alpha, capped=method == "korn-graubard")
    elif method == "guarded":
        low, high = _guarded(e, chosen, p, alpha)
    elif method in ("logit", "wald"):
        se, df = e.std_error[chosen] / 100, e.df[chosen]
        asked = intervals.logit(p, se, df, alpha) if method == "logit" else intervals.t_interval(p, se, df, alpha)
        low, high = np.where(unknown, low, asked[0]), np.where(unknown, high, asked[1])
    return 100 * low, 100 * high


def _exact(e: Estimate, chosen: np.ndarray, p: np.ndarray, alpha: np.ndarray, *, capped: bool) -> Limits:
    """Clopper-Pearson on the effective n; capped at n, Korn and Graubard's interval."""
    n, unknown = e.n[chosen], e._rows.unknown[chosen]
    exact = _answers(e, chosen, alpha, exact=True) * np.where(unknown, 1.0, (n - 1) / np.maximum(n, 1))
    if capped:
        exact = np.where(e._rows.simple[chosen], n, np.minimum(exact, n))
    return _beta(e, chosen, p, exact, alpha)


def _beta(e: Estimate, chosen: np.ndarray, p: np.ndarray, n: np.ndarray, alpha: np.ndarray) -> Limits:
    """Clopper-Pearson limits on n answers; the share itself in a census."""
    certain = np.isinf(e.n_effective[chosen])
    low, high = intervals.beta(p, np.where(certain, 1.0, n), alpha)
    return np.where(certain, p, low), np.where(certain, p, high)


def _guarded(e: Estimate, chosen: np.ndarray, p: np.ndarray, alpha: np.ndarray) -> Limits:
    """Clopper-Pearson limits, each on the effective n that the answers on its side of the scale can vouch for."""
    p = np.where(p < NOTHING, 0.0, np.where(p > 1 - NOTHING, 1.0, p))
    lower, higher = (_vouched(e, chosen, side, alpha) for side in (1 - p, p))
    return _beta(e, chosen, p, lower, alpha)[0], _beta(e, chosen, p, higher, alpha)[1]


def _vouched(e: Estimate, chosen: np.ndarray, share: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Return the effective n of shares, held to what it can be, shrunk for a variance that rests on a share of the answers.

    The fewer these are, the nearer is the effect of the weights to that of weights without any bearing on the answers (Kish),
    and the less do PSUs show of their correlation: a usual one counts like 5 answers. A design effect that answers all alike
    have borrowed is none of theirs, and nothing is taken off for it.
    """
    rows, n, df = e._rows, e.n[chosen], e._spread("guarded")[1][chosen]
    with np.errstate(invalid="ignore", divide="ignore"):
        found = e.n_effective[chosen] / e._small[0][chosen]
        usual = 1 + np.maximum(n / (e.df[chosen] + 1) - 1, 0) * USUAL
        mixed = (n * share * n / found + SEEN * usual) / (n * share + SEEN)
        worth = np.minimum(np.minimum(found, rows.kish[chosen]), n / mixed)
        clustered = np.clip(n / (e.df[chosen] + 1) - 1, 0.0, 1.0)
        df = intervals.guarded_df(df, n, share, n / np.minimum(found, rows.kish[chosen]), clustered)
        estimated = worth * intervals.shrinkage(df, alpha, n - 1) * (n - 1) / n
        shrunk = np.where(rows.unknown[chosen], worth, estimated)
    return np.asarray(np.where(rows.simple[chosen], n, shrunk))


def _balance_limits(e: Estimate, chosen: np.ndarray, alpha: np.ndarray, method: str | None) -> Limits:
    value, square = e.values[chosen] / 100, e._rows.square[chosen] / 100**2
    if method == "guarded":
        low, high = _guarded_balance(e, chosen, (square + value) / 2, (square - value) / 2, alpha)
    else:
        low, high = intervals.balance(value, square, _answers(e, chosen, alpha), alpha)
    return 100 * low, 100 * high


def _guarded_balance(e: Estimate, chosen: np.ndarray, up: np.ndarray, down: np.ndarray, alpha: np.ndarray) -> Limits:
    """MOVER from the guarded limits of both shares, with their multinomial correlation at the limits of 95 %.

    A correlation that changed with the level could make the interval shorter at a higher one.
    """
    up, down = (np.where(p < NOTHING, 0.0, np.where(p > 1 - NOTHING, 1.0, p)) for p in (up, down))
    one, two = _guarded(e, chosen, up, alpha), _guarded(e, chosen, down, alpha)
    usual = np.full(len(chosen), 0.05)
    first, second = _guarded(e, chosen, up, usual), _guarded(e, chosen, down, usual)
    low = intervals.mover(up, one, down, two, _exclusive(first[0], second[1]))[0]
    return low, intervals.mover(up, one, down, two, _exclusive(first[1], second[0]))[1]


def _exclusive(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Return the correlation of two answers that exclude each other: -1 where there is hardly a third."""
    with np.errstate(invalid="ignore", divide="ignore"):
        r = -np.sqrt(p * q / ((1 - p) * (1 - q)))
    return np.where(np.isfinite(r), np.maximum(r, -1.0), -1.0)


def _alike_limits(e: Estimate, chosen: np.ndarray, alpha: np.ndarray) -> Limits:
    """All answers alike on a scale: the widest spread it allows (all at its ends) bounds the mean."""
    low, high = e._rows.low[chosen], e._rows.high[chosen]
    p = (e.values[chosen] - low) / (high - low)
    left, right = intervals.wilson(p, _answers(e, chosen, alpha), alpha)
    return low + left * (high - low), low + right * (high - low)


def _difference_limits(e: Estimate, parts: tuple[Estimate, Estimate], alpha: np.ndarray, method: str | None) -> Limits:
    """MOVER where both sides have intervals of their own kind, t elsewhere; guarded ones are never tighter than t.

    A correlation that few PSUs show is uncertain: it counts for at most 1 - 1 / df.
    """
    plus, minus = parts
    own = has_own_interval(plus, method) & has_own_interval(minus, method)
    plain = _t_limits(e, np.ones(len(e), dtype=bool), alpha, method)
    low, high = (np.where(own, np.nan, side) for side in plain)
    chosen = np.flatnonzero(own)
    if len(chosen):
        a, b = (plus, minus) if own.all() else (plus._take(chosen), minus._take(chosen))
        variances = [np.where(side._rows.unknown, 0.0, side._covariance.diagonal()) for side in (a, b)]
        both = e._covariance.diagonal()[chosen]
        with np.errstate(invalid="ignore", divide="ignore"):
            r = (variances[0] + variances[1] - both) / (2 * np.sqrt(variances[0] * variances[1]))
            most = np.where(e.df[chosen] >= 1, 1 - 1 / e.df[chosen], 0.0)
        r = np.where(np.isfinite(r), np.clip(r, -most, most), 0.0)
        one, two = (tuple(_finite(x) for x in side._limits(alpha[chosen], method)) for side in (a, b))
        found = intervals.mover(a.values, (one[0], one[1]), b.values, (two[0], two[1]), r)
        found = (_open(found[0]), _open(found[1]))
        if method == "guarded":
            found = np.fmin(found[0], plain[0][chosen]), np.fmax(found[1], plain[1][chosen])
        still = e._rows.unknown[chosen] & ~a._rows.unknown & ~b._rows.unknown
        low[chosen], high[chosen] = (np.where(still, np.nan, side) for side in found)
    return low, high


def _finite(limits: np.ndarray) -> np.ndarray:
    """Return limits with infinite ones so large that their squares are not."""
    return np.asarray(np.clip(limits, -ENDLESS, ENDLESS))


def _open(limits: np.ndarray) -> np.ndarray:
    """Return limits that are as large as that as infinite."""
    return np.asarray(np.where(np.abs(limits) > ENDLESS / 2, np.sign(limits) * np.inf, limits))


def p_values(e: Estimate, edge: np.ndarray, method: str | None = None) -> np.ndarray:
    """Return 1 - level at which the interval just reaches the edge."""
    chosen = np.flatnonzero(np.isfinite(edge))
    p = np.zeros(len(e))
    some = e._take(chosen)
    p[chosen] = intervals.p_by_inversion(lambda alpha: some._limits(alpha, method), some.values, edge[chosen])
    return p


def has_own_interval(estimate: Estimate, method: str | None = None) -> np.ndarray:
    """Shares, balances and differences of them have intervals that are not value -+ t se; guarded, means of a scale, too."""
    rows = estimate._rows
    own = np.isin(rows.family, ("share", "balance"))
    if method == "guarded":
        own |= (rows.family == "quantile") | ((rows.family == "mean") & np.isfinite(rows.high - rows.low))
    if estimate._parts is not None:
        own |= has_own_interval(estimate._parts[0], method) & has_own_interval(estimate._parts[1], method)
    return np.asarray(own)
