"""How much of the variance of an answer do groups explain? Eta squared, without its bias, by a noncentral F interval.

``eta^2 = B / (B + W)``: the variance B of the groups' means about the overall mean over that and the variance W within.
In the sample, f = B / W is ``a`` times a noncentral chi square with d degrees of freedom and noncentrality ``phi / a``, where
phi is its truth and ``t = a d`` what chance alone brings. Near 0, ``a`` follows from the joint covariance of the means (Rao and
Scott's generalised design effects); away from it, from the design variance of eta^2 itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_
from typing import Any

import numpy as np

from cxstats.errors import ArgumentError, NoGroupError
from cxstats.expression import Expression, Lookup, col
from cxstats.inference.estimate import Estimate
from cxstats.inference.intervals import t_quantile, z_quantile
from cxstats.inference.measure import measure
from cxstats.inference.own import with_own_limits
from cxstats.inference.picking import join
from cxstats.inference.request import need_by
from cxstats.score import Score
from cxstats.survey import Survey

MEANS = ("mean", "share", "balance")
MANY = 1e6  # with more degrees of freedom, a noncentral F is a noncentral chi square
STILL = 1e-12  # a variance within below this part of the whole is rounding


def explained(survey: Any, score: Score, by: str | Sequence[str], where: Expression | None = None) -> Estimate:
    """Return the share of an answer's variance that a grouping explains, in percent.

    ``eta^2 = 1 - W / T`` with the variance T of the points and W within groups, both with what the sampling of means takes
    away put back: ``1 - (W + sum_g p_g V(ybar_g)) / (T + V(ybar))``. In a simple random sample that is epsilon squared. A
    negative result is given as 0.

    Parameters
    ----------
    survey : Survey or frame
        Answers with their design, or a frame, taken as a simple random sample.
    score : Score
        A mean, a share or a balance: `mean`, `csat`, `nps`, ...
    by : str or list of str
        Columns whose values make the groups.
    where : Expression, optional
        The domain.

    Returns
    -------
    Estimate
        Of one value, in percent of the variance. It has no standard error: near 0 its distribution is far from normal.

    Raises
    ------
    ArgumentError
        If the score is no mean of points, or fewer than two groups have answers.

    Notes
    -----
    More groups explain more by chance alone; the correction takes that off, the sample's own eta squared does not. The
    interval reaches 0 unless the groups differ at its level. With true values of 0 to 30 %, 2 to 8 groups and 200 to 5,000
    answers, at least 95.7 % of intervals held the truth, and the limits missed on either side in at most
    2.9 % of samples, by kind of design (``benchmarks/claim_measures.md``).

    References
    ----------
    Kelley, T. L. (1935). An unbiased correlation ratio measure. *PNAS* 21.
    Steiger, J. H. (2004). Beyond the F test. *Psychological Methods* 9.
    Rao, J. N. K. and Scott, A. J. (1984). On chi-squared tests for multiway contingency tables with cell proportions
    estimated from survey data. *Ann. Statist.* 12.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> answers = pd.DataFrame({"overall": [5, 4, 5, 4, 3, 4, 3, 2, 2, 1] * 5, "industry": (["air"] * 5 + ["bank"] * 5) * 5})
    >>> cx.explained(answers, cx.mean("overall"), by="industry").frame()[["estimate", "conf_low", "conf_high"]].round(1)
       estimate  conf_low  conf_high
    0      49.3      31.2       68.3
    """
    survey, names = survey if isinstance(survey, Survey) else Survey(survey), need_by(by)
    if not isinstance(score, Score) or score.family not in MEANS:
        found = score.family if isinstance(score, Score) else type(score).__name__
        raise ArgumentError(f"explained: the variance of a mean, a share or a balance is divided, not of a {found}.")
    if not names:
        raise ArgumentError("explained(by=): name the columns whose values make the groups.")
    means = measure(survey, score, by=list(names), where=where)
    there = np.flatnonzero(means.n > 0)
    if len(there) < 2:
        raise NoGroupError(f"explained(by={by!r}): {len(there)} groups have answers to {score.name}; two are needed.")
    squares = measure(survey, _squares(score, names, means), where=where)
    notes = {str(n) for n in (*squares._rows.note, *means._rows.note) if n}
    within, total = (float(v) for v in squares.values[:2])
    value, limits = np.nan, _unknown
    if not within > STILL * total:
        notes |= {"answers do not differ within groups, so how sure that is cannot be known"}
        value = 100.0 if total > 0 else np.nan
    else:
        chance = _Chance.of(means._take(there), squares)
        bare = 1 - (within + chance.lost) / (total + float(squares.std_error[2]) ** 2)
        value, limits = (100 * max(bare, 0.0) if not np.isnan(bare) else np.nan), chance.limits
        notes |= {"below 0, given as 0"} if bare < 0 else set()
    labels = squares.labels.iloc[:1].assign(metric=means.labels["metric"][0], explained=f"by {', '.join(names)}")
    return with_own_limits(
        means, [value], labels, [there], [limits], family="explained", unit="%",
        notes=[join(notes)], low=np.zeros(1), high=np.full(1, 100.0),
    )  # fmt: skip


def _squares(score: Score, names: Sequence[str], means: Estimate) -> list[Score]:
    """Return the squared distance of the points from their group's mean, from the overall mean, and the points."""
    groups, share = means.labels[list(names)], means._rows.represented / means._rows.represented.sum()
    overall = float(share @ np.nan_to_num(means.values))
    own = Lookup(names, groups, means.values, f"mean {score.name} by {', '.join(names)}")
    base = reduce(and_, (col(name).is_answered() for name in names), score.base)
    plain = replace(score, base=base, family="mean", range=None, default_name="")
    return [
        replace(plain, points=(score.points - own) * (score.points - own), name="within"),
        replace(plain, points=(score.points - overall) * (score.points - overall), name="total"),
        replace(plain, name="points"),
    ]


@dataclass(frozen=True)
class _Chance:
    """What chance does to f = B / W: `trace` on average, with `spread` the trace of the squared covariance.

    `slope` is the part of its variance that grows with the truth phi, as ``4 slope phi (1 + phi)``; `lost` what sampling takes
    from W, `df` the degrees of freedom of the design, `known` those of the trace.
    """

    found: float
    trace: float
    spread: float
    slope: float
    lost: float
    df: float
    known: float

    @classmethod
    def of(cls, means: Estimate, squares: Estimate) -> _Chance:
        """Return it from the groups' means and the squared distances."""
        p = means._rows.represented / means._rows.represented.sum()
        within, total = squares.values[:2]
        df = float(squares.df[0])
        few = np.sqrt((1 + 1 / means.df) / (1 + 1 / df))  # a group of few PSUs shows less than its variance
        v = np.nan_to_num(means._covariance.matrix() * np.outer(few, few))
        alone = np.flatnonzero(means._rows.unknown)
        v[alone, alone] = within / means.n[alone]
        lost = float(p @ np.diagonal(v))
        w = within + lost
        centring = np.sqrt(p)[:, None] * (np.eye(len(p)) - p)
        joint = centring @ v @ centring.T / w
        trace, spread = float(np.trace(joint)), float((joint**2).sum())
        if df > 1:  # the covariance is itself estimated, with df degrees of freedom, which spreads its eigenvalues
            spread = df**2 / ((df - 1) * (df + 2)) * (spread - trace**2 / df)
        spread = float(np.clip(spread, trace**2 / (len(p) - 1), trace**2))
        slopes = np.asarray([-1 / total, within / total**2])
        change = float(slopes @ squares._covariance.matrix()[:2, :2] @ slopes) / (within / total) ** 4
        found = float(p @ (means.values - p @ means.values) ** 2) / w
        slope = change / (4 * found * (1 + found)) if found > STILL else 0.0
        known = min(trace**2 / spread * df, float(np.nansum(means.df)))
        return cls(found, trace, spread, slope if slope > 0 else spread / trace, lost, df, known)

    def limits(self, alpha: float, method: str | None) -> tuple[float, float]:
        """Return the truths, in percent, at which a share as high, or as low, as the one found has chance alpha / 2."""
        if not self.df > 0 or not np.isfinite(self.trace) or not self.trace > 0:
            return np.nan, np.nan
        t, z = t_quantile(alpha, np.asarray(self.df)), z_quantile(alpha)
        slope = self.slope * float(t / z) ** 2

        def tail(phi: float, x: float, *, above: bool) -> float:
            """Return the chance of a found share above, or below, x."""
            from scipy import stats

            a = (self.spread + 2 * slope * phi * (1 + phi)) / (self.trace + 2 * phi)
            d, noncentral = self.trace / a, max(phi / a, 1e-12)  # scipy is wrong at 0 itself
            known = self.known * (1 + phi / self.trace) ** 2  # it matters the less, the more is explained
            side = "sf" if above else "cdf"
            if known > MANY:
                return float(getattr(stats.ncx2, side)(x / a, d, noncentral))
            return float(getattr(stats.ncf, side)(x / self.trace, d, known, noncentral))

        low = _root(lambda phi: tail(phi, self.found, above=True) - alpha / 2)
        most = max(self.found, self.trace)
        high = _root(lambda phi: alpha / 2 - tail(phi, most, above=False))
        return 100 * low / (1 + low), 100 * high / (1 + high)


def _root(rising: Callable[[float], float]) -> float:
    """Return where a function that rises from 0 on reaches 0; 0 if it is above at once."""
    from scipy import optimize

    if rising(0.0) >= 0:
        return 0.0
    top = 1e-3
    while rising(top) < 0 and top < 1e6:
        top *= 2
    return float(optimize.brentq(rising, 0.0, top, xtol=1e-14, rtol=1e-12)) if top < 1e6 else np.inf


def _unknown(alpha: float, method: str | None) -> tuple[float, float]:
    return np.nan, np.nan
