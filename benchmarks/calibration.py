"""Calibration of verdicts: how often `check` is wrong, for truths on the edge of a claim's region and inside and outside of it.

    python benchmarks/calibration.py [--replicates 2000] [--jobs 1] [--only "share 2%"]   # all cells: a quarter of an hour
    python benchmarks/calibration.py --quick                                              # a few against the table, seconds

A claim at level .95 may be *supported* wrongly in 2.5 % of samples and *contradicted* wrongly in 5 %, 2.5 % a side. Regions are
laid around the truth in standard errors: `above(0)` has its edge at the truth, `between(0, 0.2)` is an equivalence claim of
half-width 0.1 whose truth lies at its lower edge. A truth on the edge may be taken to lie just outside (so that "supported" is
wrong) or just inside (so that "contradicted" is); it is judged as both.

Samples come from the models of `coverage.py`. Many are measured in one call, each a stratum of its own (or, where a simple
random sample has exact limits, a group of one); `alone` measures those again whose numbers that would change, and a few of each
cell to show that it changes no others.
"""

from __future__ import annotations

import argparse
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
from coverage import DESIGNS as COVERED
from coverage import Design, Draw, Population, drifted
from scipy import optimize, stats

import cxstats as cx
from cxstats.claims.region import Region

SEED, LEVEL, CHUNK_ROWS, SHOWN = 20261, 0.95, 200_000, 2
STORED = Path(__file__).with_name("calibration.csv")
KEYS = ["measure", "design", "n"]
SUPPORTED, ONE_SIDE, TWO_SIDES = 2.5, 2.5, 5.0  # the promise, in percent of samples
HALVES = (0.1, 0.5, 1.0, 2.0, 5.0)  # of equivalence claims, in standard errors
ICC, PERIODS = 0.05, 8

Columns = dict[str, np.ndarray]
Samples = tuple[np.ndarray, np.ndarray, np.ndarray]  # values and limits, one a sample


# --- regions, in standard errors from the truth ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Around:
    """A region around the truth, and which verdicts are wrong of it."""

    low: float
    high: float

    @property
    def wrong(self) -> tuple[str, ...]:
        if 0 in (self.low, self.high):
            return ("supported", "contradicted")
        return ("contradicted",) if self.low < 0 < self.high else ("supported",)

    def promise(self, verdict: str) -> float:
        """Return the percentage of samples in which the verdict may be wrong."""
        return SUPPORTED if verdict == "supported" else TWO_SIDES if np.isfinite(self.low + self.high) else ONE_SIDE

    def region(self, truth: float, error: float) -> Region:
        """Return the region, given the truth and the standard error."""
        low, high = truth + self.low * error, truth + self.high * error
        return cx.above(low) if np.isinf(high) else cx.below(high) if np.isinf(low) else cx.between(low, high)

    def __str__(self) -> str:
        return str(self.region(0.0, 1.0))


REGIONS = (
    *(Around(edge, np.inf) for edge in (0.0, -1.0, 1.0)),
    *(Around(-np.inf, edge) for edge in (0.0, -1.0, 1.0)),
    *(Around(*edges) for h in HALVES for edges in ((0.0, 2 * h), (-2 * h, 0.0), (-h, h))),
)
RATES = {f"{verdict} {around}": around.promise(verdict) for around in REGIONS for verdict in around.wrong}


def wrong_verdicts(samples: Samples, truth: float) -> dict[str, float]:
    """Return the percentage of samples with each wrong verdict."""
    values, low, high = samples
    error, found = float(np.nanstd(values)), {}
    for around in REGIONS:
        region = around.region(truth, error)
        judged = {
            "supported": ((low > region.low) | np.isinf(region.low)) & ((high < region.high) | np.isinf(region.high)),
            "contradicted": (high < region.low) | (low > region.high),
        }
        known = ~(np.isnan(low) | np.isnan(high))
        for verdict in around.wrong:
            found[f"{verdict} {around}"] = 100 * float(np.mean(judged[verdict] & known))
        for at in range(SHOWN):  # the formulas above are those of Region.judge
            said = region.judge(low[at], high[at])
            assert known[at] <= all((said == verdict) == judged[verdict][at] for verdict in judged), (said, region)
    return found


# --- designs --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sampling(Design):
    """A design of `coverage.py`, with PSUs whose sizes may vary and weights that may be lognormal."""

    varied: float = 0.0  # coefficient of variation of the sizes of PSUs
    lognormal: float = 0.0  # standard deviation of the logarithms of weights that have nothing to do with the answers

    @property
    def weighted(self) -> bool:
        return bool(self.lognormal) or len(self.share) > 1

    def draw(self, n: int, reps: int, rng: np.random.Generator) -> Draw:
        draw = super().draw(n, reps, rng)
        if self.psus:
            part = np.full((reps, self.psus), 1 / self.psus)
            if self.varied:
                part = rng.dirichlet(np.full(self.psus, self.varied**-2), size=reps)
            size = 1 + rng.multinomial(n - self.psus, part) if self.varied else _equal(n, self.psus, reps)
            draw = replace(draw, psu=np.stack([np.repeat(np.arange(self.psus), s) for s in size]))
        if self.lognormal:
            draw = replace(draw, weight=np.exp(self.lognormal * rng.standard_normal((reps, n))))
        return draw

    def sample(self, frame: pd.DataFrame, *, strata: bool) -> cx.Survey:
        """Return samples as one survey: each a stratum, or all one simple random sample."""
        weight = "weight" if self.weighted else None
        psu = ["sample", "psu"] if self.psus else None
        return cx.Survey(frame, weight=weight, strata="sample" if strata else None, psu=psu)


def _equal(n: int, psus: int, reps: int) -> np.ndarray:
    """Return sizes of PSUs that differ by one at most."""
    return np.tile(n // psus + (np.arange(psus) < n % psus), (reps, 1))


_WEIGHTS = COVERED["unequal weights"]
DESIGNS = {
    "simple": Sampling(),
    **{f"{k} PSUs": Sampling(psus=k) for k in (4, 10, 40)},
    **{f"{k} unequal PSUs": Sampling(psus=k, varied=0.7) for k in (4, 10, 40)},
    "weights": Sampling(share=_WEIGHTS.share, shift=_WEIGHTS.shift, sampled=_WEIGHTS.sampled),
    "lognormal(1) weights": Sampling(lognormal=1.0),
}
SIZES = (30, 100, 300, 3000)
RARE = ("share 2%", "share 98%", "NPS 95")
LARGE = ("simple", "10 unequal PSUs", "weights")  # the designs of n = 3,000


# --- measures -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measure:
    """What is claimed of: how answers are drawn, how they are measured, and the truth.

    `groups` are crossed with PSUs; `finish` turns the values of groups into the one value; `exact` limits of a simple random
    sample know it by having no strata. `sizes` and `designs` say where it is simulated.
    """

    name: str
    answers: Callable[[Draw, Population, np.ndarray], np.ndarray]
    score: cx.Score
    truth: Callable[[Population], float]
    groups: int = 1
    finish: Callable[[cx.Estimate], cx.Estimate] = lambda estimate: estimate
    exact: bool = False
    sizes: tuple[int, ...] = SIZES
    of: str = ""


@cache
def latent_correlation(p: float) -> float:
    """Return the correlation of normal variables whose cuts at a share p have an intra-cluster correlation of ICC."""
    both, cut = p**2 + ICC * p * (1 - p), stats.norm.ppf(p)

    def off(r: float) -> float:
        return float(stats.multivariate_normal([0, 0], [[1, r], [r, 1]]).cdf([cut, cut])) - both

    return float(optimize.brentq(off, 0.001, 0.9, xtol=1e-4))


def classes(points: tuple[float, ...], chances: tuple[float, ...], rho: float) -> Callable[..., np.ndarray]:
    """Answers in classes, lowest first."""
    return lambda draw, people, group: np.asarray(points)[np.searchsorted(people.cuts(chances), draw.latent(rho))]


def shares(low: float, high: float) -> Callable[..., np.ndarray]:
    """Yes or no; the chance of a yes is `low` in group 0 and `high` in the others."""

    def answers(draw: Draw, people: Population, group: np.ndarray) -> np.ndarray:
        cut = np.where(group > 0, people.cuts((1 - high, high))[0], people.cuts((1 - low, low))[0])
        return (draw.latent(latent_correlation(low)) > cut).astype(float)

    return answers


def _latent_mean(people: Population) -> float:
    return people.expect(lambda shift: shift)


def _apart(estimate: cx.Estimate) -> cx.Estimate:
    return estimate.contrast({"group": 1}, {"group": 0})


FIVE, MIDDLE, HIGH = (0.04, 0.08, 0.18, 0.40, 0.30), (0.25, 0.35, 0.40), (0.01, 0.03, 0.96)
MEAN, YES, NPS = cx.mean("x", name="x"), cx.share(cx.col("x") > 0, name="x"), cx.nps("x", name="x")
ON_FIVE = cx.effort("x", scale=(1, 5), kind="mean", easy="high", name="x")


def _spend(people: Population) -> float:
    return people.expect(lambda shift: np.exp(shift + 0.5))


MEASURES = (
    Measure("mean, near normal", lambda d, p, g: d.latent(ICC), MEAN, _latent_mean),
    Measure("mean of a 1-5 scale", classes((1, 2, 3, 4, 5), FIVE, 0.06), ON_FIVE, lambda p: float(np.arange(1, 6) @ FIVE)),
    Measure("mean, skewed spend", lambda d, p, g: np.exp(d.latent(0.08)), MEAN, _spend),
    *(
        Measure(f"share {s:.0%}", shares(s, s), YES, lambda p, s=s: 100 * s, exact=True)  # type: ignore[misc]
        for s in (0.02, 0.5, 0.98)
    ),
    *(
        Measure(f"shares {a:.0%} - {b:.0%}", shares(b, a), YES, lambda p, d=a - b: 100 * d, 2, _apart, exact=True,  # type: ignore[misc]
                sizes=(100, 300, 3000))
        for a, b in ((0.02, 0.02), (0.04, 0.02))
    ),
    Measure("NPS 15", classes((4, 8, 10), MIDDLE, 0.06), NPS, lambda p: 15.0, exact=True),
    Measure("NPS 95", classes((4, 8, 10), HIGH, 0.15), NPS, lambda p: 95.0, exact=True),
    *(
        Measure(f"quantile {q}", lambda d, p, g: np.exp(d.latent(0.08)), cx.quantile("x", q, name="x"),
                lambda p, q=q: float(np.exp(p.cuts((q, 1 - q))[0])), exact=True)  # type: ignore[misc]
        for q in (0.5, 0.9)
    ),
    Measure("slope of means", lambda d, p, g: d.latent(ICC) + 0.1 * g, MEAN, lambda p: 0.1, PERIODS,
            lambda e: e.trend(over="group"), sizes=(100, 300, 3000)),
    Measure("slope of shares of 20%", shares(0.2, 0.2), YES, lambda p: 0.0, PERIODS,
            lambda e: e.trend(over="group"), sizes=(100, 300, 3000)),
)  # fmt: skip


# --- samples --------------------------------------------------------------------------------------------------------------


def drawn(measure: Measure, design: Sampling, n: int, reps: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw `reps` samples of n rows, one below the other."""
    draw, people = design.draw(n, reps, rng), Population(design)
    group = rng.integers(0, measure.groups, (reps, n))
    group[:, : 2 * measure.groups] = np.arange(2 * measure.groups) % measure.groups  # none has fewer than two answers
    group = rng.permuted(group, axis=1)
    columns = {"x": measure.answers(draw, people, group), "group": group, "psu": draw.psu, "weight": draw.weight}
    frame = pd.DataFrame({name: np.ravel(column) for name, column in columns.items()})
    return frame.assign(sample=np.repeat(np.arange(reps), n))


def estimated(measure: Measure, survey: cx.Survey, by: list[str]) -> cx.Estimate:
    if measure.groups > 1:
        by = [*by, "group"]
    return measure.finish(cx.measure(survey, measure.score, by=by or None))


def alone(measure: Measure, design: Sampling, frame: pd.DataFrame) -> cx.Estimate:
    """Measure one sample as its owner would."""
    return estimated(measure, design.sample(frame, strata=False), [])


def samples_of(measure: Measure, design: Sampling, n: int, reps: int, rng: np.random.Generator) -> Samples:
    """Return values and guarded limits of `reps` samples."""
    frame = drawn(measure, design, n, reps, rng)
    strata = not (design.simple and not design.weighted and measure.exact)
    together = estimated(measure, design.sample(frame, strata=strata), ["sample"])
    low, high = (np.array(limit) for limit in together.interval(LEVEL, "guarded"))
    borrows = together.frame()["note"].str.contains("borrows").to_numpy() & ~np.isnan(
        low
    )  # from the rest of its own sample
    again = np.flatnonzero(borrows) if strata else np.zeros(0, dtype=int)
    twin = not design.weighted and measure.groups == 1  # then samples of one value borrow alike
    at: dict[tuple[float, ...], tuple[np.ndarray, np.ndarray]] = {}
    for r in np.union1d(again, np.arange(SHOWN)).tolist():
        key = (together.values[r],) if twin and r in again else (r,)
        if key not in at:
            mine = alone(measure, design, frame.iloc[r * n : (r + 1) * n])
            at[key] = mine.interval(LEVEL, "guarded")
            if r < SHOWN:
                show_verdict(mine, *at[key])
        if r in again:
            low[r], high[r] = at[key][0][0], at[key][1][0]
        else:
            np.testing.assert_allclose([low[r], high[r]], np.ravel(at[key]), rtol=1e-6, atol=1e-9)
    return together.values, low, high


def show_verdict(estimate: cx.Estimate, low: np.ndarray, high: np.ndarray) -> None:
    """Show that `check` and `Estimate.test` judge by the limits given: for edges in the interval and to either side."""
    rows, unit, width = estimate._rows, estimate.frame()["unit"].iloc[0], high - low
    edges = np.clip(np.concatenate([low - 0.1 * width, estimate.values, high + 0.1 * width]), rows.low, rows.high)
    for edge in edges[np.isfinite(edges) & (edges < rows.high)].tolist():  # nothing lies above the highest value
        region = cx.above(edge, unit=unit)
        claim = cx.Claim("shown", says="it is above", region=region, measure=lambda _: estimate)
        said = cx.check(claim, pd.DataFrame({"x": [0]}), level=LEVEL)["shown"].verdict
        assert said == region.judge(low[0], high[0]) == estimate.test(region, level=LEVEL)["verdict"].iloc[0], (
            said,
            region,
        )


# --- extremes of several groups -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Extreme:
    """The largest value, or difference, of k groups: all equal, or one apart."""

    of: str
    groups: int
    apart: float = 0.0

    @property
    def name(self) -> str:
        return f"{self.of} of {self.groups}, {'one apart' if self.apart else 'equal'}"

    @property
    def truth(self) -> float:
        return self.apart

    def rows(self, by: cx.Estimate) -> list[cx.Estimate]:
        """Return what is compared: groups, or differences of pairs, each over all samples."""
        if self.of == "range":
            return [by.contrast({"group": b}, {"group": a}) for a, b in combinations(range(self.groups), 2)]
        return [by.pick(group=g) for g in range(self.groups)]


def extremes_of(extreme: Extreme, design: Sampling, n: int, reps: int, rng: np.random.Generator) -> Samples:
    """Return extremes and their limits.

    The limit that must hold for all rows at once is never tighter than the separate ones, of level 1 - alpha for the largest
    and 1 - alpha / 2 for the two-sided others. Where those hold the truth, no wrong verdict rests on it: it is not asked for.
    """
    last = extreme.groups - 1
    made = Measure("", lambda d, p, g: d.latent(ICC) + extreme.apart * (g == last), MEAN, lambda p: 0.0, extreme.groups)
    by = estimated(made, design.sample(drawn(made, design, n, reps, rng), strata=True), ["sample"])
    rows, one_sided = extreme.rows(by), extreme.of == "largest"
    values, loose = np.stack([row.values for row in rows]), _limits(rows, LEVEL)
    strict = loose if one_sided else _limits(rows, (1 + LEVEL) / 2)
    if one_sided:
        value, low, high = values.max(axis=0), strict[0].max(axis=0), loose[1].max(axis=0)
    else:
        value, low = np.abs(values).max(axis=0), np.maximum(strict[0], -strict[1]).max(axis=0).clip(0)
        high = np.maximum(-loose[0], loose[1]).max(axis=0)
    asked = np.union1d(np.flatnonzero(low > extreme.truth), np.arange(SHOWN)).tolist()
    for r in asked:
        left, right = cx.extreme(by.pick(sample=r), extreme.of).interval(LEVEL, "guarded")
        assert left[0] <= low[r] + 1e-9, "a limit that holds for all rows is tighter than separate ones"
        np.testing.assert_allclose(right[0], high[r], rtol=1e-9)
        low[r] = left[0]
    return value, low, high


def _limits(rows: list[cx.Estimate], level: float) -> tuple[np.ndarray, np.ndarray]:
    low, high = zip(*(row.interval(level, "guarded") for row in rows), strict=True)
    return np.stack(low), np.stack(high)


EXTREMES = (
    *(Extreme(of, k) for of in ("largest", "largest absolute") for k in (2, 4, 8)),
    *(Extreme("range", k) for k in (2, 4, 8)),
    *(Extreme(of, 4, 0.5) for of in ("largest", "range")),
)


# --- the table ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One measure under one design and size."""

    measure: str
    design: str
    n: int

    @property
    def joint(self) -> bool:
        """Whether the joint covariance of groups is needed, which is formed for all samples of a call."""
        return self.measure.startswith(("slope", "largest", "range"))

    def samples(self, reps: int, rng: np.random.Generator) -> tuple[Samples, float]:
        """Return values and limits of samples, and the truth."""
        design = DESIGNS[self.design]
        for measure in MEASURES:
            if measure.name == self.measure:
                return samples_of(measure, design, self.n, reps, rng), measure.truth(Population(design))
        (extreme,) = (e for e in EXTREMES if e.name == self.measure)
        return extremes_of(extreme, design, self.n, reps, rng), extreme.truth


def cells() -> Iterator[Cell]:
    """Return all cells."""
    for measure in MEASURES:
        for name, design in DESIGNS.items():
            for n in measure.sizes:
                few = n == 3000 or measure.groups == PERIODS or (n == 100 and measure.groups == 2)
                # most samples of these would have to be measured alone
                slow = design.weighted and measure.name in RARE and n < (300 if design.lognormal else 100)
                if design.psus <= n and not (few and name not in LARGE) and not slow:
                    yield Cell(measure.name, name, n)
    for extreme in EXTREMES:
        for name in ("simple", "4 PSUs", "10 unequal PSUs"):
            if name == "10 unequal PSUs" or extreme.groups < 8 or (name == "simple" and extreme.of != "range"):
                yield Cell(extreme.name, name, 300)


def run(task: tuple[Cell, int]) -> dict[str, object]:
    """Return one row: the percentages of wrong verdicts."""
    cell, replicates = task
    start, parts, truth = time.perf_counter(), [], np.nan
    rng = np.random.default_rng([SEED, zlib.crc32(repr(cell).encode())])
    many = max(20, CHUNK_ROWS // cell.n // (12 if cell.joint else 1))
    for done in range(0, replicates, many):
        part, truth = cell.samples(min(many, replicates - done), rng)
        parts.append(part)
    values, low, high = (np.concatenate(column) for column in zip(*parts, strict=True))
    wrong = wrong_verdicts((values, low, high), truth)
    sides = " and ".join(f"{wrong[f'supported {side}(0)']:.1f}" for side in ("above", "below"))
    print(f"{cell}: {sides} % wrong; {time.perf_counter() - start:.1f} s", file=sys.stderr, flush=True)
    return {
        "measure": cell.measure, "design": cell.design, "n": cell.n, "truth": truth, "std_error": float(np.nanstd(values)),
        **wrong,
        "untestable": 100 * float(np.mean(np.isnan(low) | np.isnan(high))), "replicates": replicates,
    }  # fmt: skip


def tolerance(replicates: int, promise: float) -> float:
    """Return three Monte-Carlo standard errors of a rate that is just what was promised."""
    return float(300 * np.sqrt(promise / 100 * (1 - promise / 100) / replicates))


def broken(table: pd.DataFrame) -> pd.DataFrame:
    """Return by how many points each cell breaks the promise at most, in which verdict; those beyond tolerance, worst first."""
    allowed = {rate: promise + tolerance(int(table["replicates"].iloc[0]), promise) for rate, promise in RATES.items()}
    over = pd.DataFrame({rate: table[rate] - RATES[rate] for rate in RATES})
    beyond = pd.DataFrame({rate: table[rate] > allowed[rate] for rate in RATES}).any(axis=1)
    found = table[KEYS].assign(worst=over.idxmax(axis=1), over=over.max(axis=1))
    found["high"], found["low"] = table["supported above(0)"], table["supported below(0)"]
    found["rate"] = [table.at[i, worst] for i, worst in found["worst"].items()]
    return found[beyond].sort_values("over", ascending=False)


def page(table: pd.DataFrame) -> str:
    """Return the page that goes with the table."""
    replicates, bad = int(table["replicates"].iloc[0]), broken(table)
    lines = [
        "# Calibration of verdicts",
        "",
        f"Written by `python benchmarks/calibration.py --replicates {replicates}` on {date.today():%Y-%m-%d}; "
        f"cxstats {cx.__version__}, seed {SEED}.",
        f"{replicates:,} samples a cell. A rate of 2.5 % has a Monte-Carlo tolerance (three standard errors) of "
        f"{tolerance(replicates, 2.5):.1f} points, one of 5 % of {tolerance(replicates, 5.0):.1f};",
        f"with {len(table)} cells of two sides, about {0.00135 * 2 * len(table):.0f} would pass it by chance alone.",
        "",
        "The promise at level .95: a wrong *supported* in at most 2.5 % of samples; a wrong *contradicted* in at most 2.5 %",
        "for a region with one edge and 5 % for one with two. Edges are in standard errors from the truth: `above(0)` has",
        "its edge at the truth.",
        "",
        f"## The promise is broken beyond tolerance in {len(bad)} of {len(table)} cells",
        "",
        "`too high` is the percentage of samples whose interval lies above the truth (a wrong *supported* of `above`),",
        "`too low` of those whose interval lies below it.",
        "",
        "| measure | design | n | too high | too low | the worst | of samples |",
        "|---|---|---|---|---|---|---|",
    ]
    for _, row in bad.iterrows():
        shown = f"{row['high']:.1f} | {row['low']:.1f} | {row['worst']} | {row['rate']:.1f}"
        lines.append(f"| {row['measure']} | {row['design']} | {row['n']:,} | {shown} |")
    lines += [
        "",
        "## By measure and design: the worst rates of wrong verdicts over sizes and regions",
        "",
        "| measure | design | sizes | supported | contradicted, one edge | contradicted, two edges | untestable |",
        "|---|---|---|---|---|---|---|",
    ]
    kinds = (
        [rate for rate in RATES if rate.startswith("supported")],
        [rate for rate, promise in RATES.items() if rate.startswith("contradicted") and promise == ONE_SIDE],
        [rate for rate, promise in RATES.items() if rate.startswith("contradicted") and promise == TWO_SIDES],
    )
    for (measure, design), rows in table.groupby(["measure", "design"], sort=False):
        worst = " | ".join(f"{rows[kind].max().max():.1f}" for kind in kinds)
        sizes = ", ".join(f"{n:,}" for n in rows["n"])
        lines.append(f"| {measure} | {design} | {sizes} | {worst} | {rows['untestable'].max():.1f} |")
    return "\n".join(lines) + "\n"


def check(now: pd.DataFrame, stored: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose rates differ from the stored ones by more than chance (4.5 s.e.)."""
    both, off = drifted(now, stored, KEYS, RATES, 4.5)
    return both.loc[off, [*KEYS, *(f"{name}{end}" for name in list(RATES)[:2] for end in ("", "_stored"))]]


QUICK = (
    Cell("mean, near normal", "10 PSUs", 100), Cell("share 2%", "simple", 300), Cell("share 98%", "40 PSUs", 300),
    Cell("shares 4% - 2%", "simple", 300), Cell("NPS 95", "weights", 100), Cell("quantile 0.9", "simple", 100),
    Cell("slope of means", "10 unequal PSUs", 100), Cell("largest of 4, equal", "10 unequal PSUs", 300),
    Cell("range of 4, equal", "simple", 300),
)  # fmt: skip


def main() -> int:
    """Write the table, or check a few cells against it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--replicates", type=int, default=2000)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", help="measures whose name holds this; their rows replace those stored")
    parser.add_argument("--quick", action="store_true", help="check a few cells against the stored table")
    parser.add_argument("--out", type=Path, default=STORED)
    asked = parser.parse_args()
    if asked.quick:
        off = check(pd.DataFrame([run((cell, 200)) for cell in QUICK]), pd.read_csv(STORED))
        print("calibration as stored" if off.empty else f"calibration is off:\n{off.to_string()}")
        return int(not off.empty)
    tasks = [(cell, asked.replicates) for cell in cells() if not asked.only or asked.only in cell.measure]
    before = [pd.read_csv(asked.out)] if asked.only and asked.out.exists() else []
    with get_context("spawn").Pool(asked.jobs) as pool:
        table = pd.DataFrame(pool.imap(run, tasks))
    order = {(cell.measure, cell.design, cell.n): i for i, cell in enumerate(cells())}
    table = pd.concat([*before, table]).drop_duplicates(KEYS, keep="last")
    place = [order.get(row, len(order)) for row in table[KEYS].itertuples(index=False, name=None)]
    table = table.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)
    table.to_csv(asked.out, index=False, float_format="%.6g")
    asked.out.with_suffix(".md").write_text(page(table), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
