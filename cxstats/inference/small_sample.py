"""What a small or uneven sample takes from a variance: its bias and its degrees of freedom (Bell and McCaffrey).

The estimated variance is a quadratic form z'Qz of the PSUs' contributions. If PSU c holds the part p_c of an estimate's base
and m_c answers that are correlated by rho, its contribution varies by ``v_c = p_c^2 (rho + (1 - rho) / m_c)``. Under this
working model, S = diag(v), the form has the mean tr(QS), where sum v is the truth, and ``tr(QS)^2 / tr(QSQS)`` degrees of
freedom. PSUs alike have bias 1 and PSUs - strata degrees of freedom; a PSU that holds half of the base leaves about two.

Bell, R. M. and McCaffrey, D. F. (2002). Bias reduction in standard errors for linear regression with multi-stage samples.
*Survey Methodology* 28.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from cxstats.inference.many import POWERS, RHO
from cxstats.inference.sampling import dense
from cxstats.inference.skewness import third_cumulants
from cxstats.inference.support import Support
from cxstats.inference.totals import Totals
from cxstats.inference.variance import scales

MOST_BIAS = 10.0


@dataclass(frozen=True)
class SmallSample:
    """Of everything that some passes measured: by how much variances are too small, and the part of df that they keep.

    `growth` says how many times the sample is thought to be larger, PSUs too.
    """

    passes: tuple[Totals, ...]
    growth: float = 1.0

    def grown(self, factor: float) -> SmallSample:
        """Return the same for `factor` times the sample."""
        return replace(self, growth=self.growth * factor)

    @classmethod
    def stack(cls, parts: Sequence[SmallSample]) -> SmallSample:
        """Return that of independent samples, one after the other."""
        return cls(tuple(t for part in parts for t in part.passes), parts[0].growth)

    def of(self, uses: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Return bias and kept part of df of functions of estimates: the worst of those that enter each."""
        bias, kept = self._each
        worst = [(bias[used].max(initial=1.0), kept[used].min(initial=1.0)) for used in uses]
        found = np.asarray(worst, dtype=np.float64).reshape(-1, 2)
        return 1 + (found[:, 0] - 1) / self.growth, found[:, 1]

    @cached_property
    def third(self) -> np.ndarray:
        """The third cumulant of each estimate of the passes."""
        return np.concatenate([third_cumulants(t) for t in self.passes]) / self.growth**2

    @cached_property
    def _each(self) -> tuple[np.ndarray, np.ndarray]:
        bias, kept = [], []
        for t in self.passes:
            found = [_moments(t, k) for k in range(len(t.scores))]
            low, df = (np.concatenate(column) for column in zip(*found, strict=True))
            if t.bias is not None:  # with degrees of freedom that the estimates have already
                told = ~np.isnan(t.bias)
                low[told], df[told] = t.bias[told], np.nan
            with np.errstate(divide="ignore", invalid="ignore"):
                part = df / Support.of(t).each()
            bias.append(np.where(np.isfinite(low), np.clip(low, 1.0, MOST_BIAS), 1.0))
            kept.append(np.where(np.isfinite(part), np.clip(part, 0.0, 1.0), 1.0))
        return np.concatenate(bias), np.concatenate(kept)


INFLUENCE = "influence"  # totals that sum to 0, like the residuals of a mean


def _moments(t: Totals, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the bias and the degrees of freedom of one score, by group; NaN where there is nothing to say.

    Sums run over the PSUs of each stratum x group; rows as PSUs count as Kish's number of rows of one weight. With ``C`` the
    centring in strata times (1 - f) n / (n - 1) and ``a = C p``: ``Q = C - 1 a' - a 1' + 1 1' (p'Cp)``, since contributions
    are themselves centred, z = (I - p 1') of the sums of PSUs.
    """
    groups, rows = len(t.groups), t.cluster is None and t.psus is None
    inside = np.flatnonzero((t.group >= 0) & (t.count[:, k] > 0))
    if (t.scores[k].family == "total" and t.scores[k].variant != INFLUENCE) or not len(inside):
        return np.full(groups, np.nan), np.full(groups, np.nan)
    stratum, group, count = t.stratum[inside], t.group[inside], t.count[inside, k]
    pair, (strata, of) = dense([stratum, group])

    def by_group(z: np.ndarray) -> np.ndarray:
        return np.bincount(of, z, groups)

    with np.errstate(divide="ignore", invalid="ignore"):
        sums = _sums(t, k, inside)
        whole = np.bincount(group, sums["x"], groups)[of]
        one, sum_p, sum_pp, sum_v, sum_vv, sum_vp, sum_vpp, sum_vvp = (
            np.bincount(pair, sums[power], len(of)) / whole ** (2 * power.count("u") + power.count("x"))
            for power in ("", "x", "xx", "u", "uu", "ux", "uxx", "uux")
        )
        n, free = t.sampled[strata].astype(float), 1 - t.fraction[strata]
        lone = n <= 1
        if rows:  # those outside the group shrink like those inside
            n = np.maximum(n * one / np.bincount(pair, count, len(of)), 2.0)
        scale = np.where(lone, scales(t)[strata], free * n / (n - 1))
        mean_of = np.where(lone, 0.0, 1 / n)  # a lone PSU is measured from the whole estimate
        drawn = scale > 0
        sum_v, sum_vv, sum_vp, sum_vpp, sum_vvp = (
            np.where(drawn, z, 0.0) for z in (sum_v, sum_vv, sum_vp, sum_vpp, sum_vvp)
        )
        mean_p = mean_of * sum_p
        va = scale * (sum_vp - mean_p * sum_v)  # sums of v a, v a^2 and v^2 a, with a = scale (p - mean_p)
        vaa = scale**2 * (sum_vpp - 2 * mean_p * sum_vp + mean_p**2 * sum_v)
        vva = scale * (sum_vvp - mean_p * sum_vv)
        s = by_group(scale * (sum_pp - mean_of * sum_p**2))
        v0, v1, v2 = (by_group(z) for z in (sum_v, va, vaa))
        mean = by_group(scale * (1 - mean_of) * sum_v) - 2 * v1 + s * v0
        spread = by_group(scale**2 * ((1 - mean_of) ** 2 * sum_vv + mean_of**2 * (sum_v**2 - sum_vv)))
        spread += 2 * by_group(scale * (s[of] * sum_vv - 2 * vva))
        spread -= 2 * by_group(scale * mean_of * (s[of] * sum_v**2 - 2 * sum_v * va))
        spread += s**2 * v0**2 - 4 * s * v0 * v1 + 2 * v0 * v2 + 2 * v1**2
        bias, df = by_group(free * sum_v) / mean, mean**2 / spread
        if rows:  # squared errors of a few heavy rows say less of a variance than those of Kish's equal ones
            df *= by_group(one) / np.bincount(group, count, groups)
        return bias, df


def _sums(t: Totals, k: int, inside: np.ndarray) -> dict[str, np.ndarray]:
    """Return, by cell, sums over PSUs of 1 and of powers of their part x of the base and the variance u of their total."""
    if t.psus is not None:
        return {power: t.powers[power][inside, k] for power in POWERS} | {"": t.psus[inside, k]}
    x, count = t.first["x"][inside, k], t.count[inside, k]
    if t.cluster is None:
        copies = np.clip(x**2 / t.second[("x", k), ("x", k)][inside], 1.0, count)
        x = x / copies
        u = x**2
    else:
        copies, u = np.ones(len(x)), x**2 * (RHO + (1 - RHO) / count)
    return {power: copies * x ** power.count("x") * u ** power.count("u") for power in ("", *POWERS)}
