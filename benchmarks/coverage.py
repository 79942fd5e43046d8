"""Coverage of the intervals: samples from populations whose truth is known, and how often the interval holds it.

    python benchmarks/coverage.py [--replicates 3000] [--out benchmarks/coverage.csv]     # all cells, minutes
    python benchmarks/coverage.py --quick                                                 # a few against the table

Answers are cut from normal variables (the latent answers) whose mean shifts between strata, or with the weight, and
that share a part within PSUs; every truth follows from the model in closed form. Many replicates are measured in one
call, each a stratum of its own. That changes no number but two, and those are measured apart: shares of a simple random
sample (it alone has neither strata nor weights), and answers all alike (they borrow from the rest of their own sample).
"""

from __future__ import annotations

import argparse
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import optimize, stats

import cxstats as cx

SEED, LEVEL, LOW = 20260, 0.95, 93.5
CHUNK, APART = 100, 20  # replicates in a call
SIZES = (15, 30, 100, 1000)
STORED = Path(__file__).with_name("coverage.csv")
KEYS = ["design", "n", "metric", "method"]
QUICK = (("simple random", 30), ("stratified, disproportional", 100), ("10 PSUs", 100), ("unequal weights", 30))
SCALE, EVEN, HIGH = (0.04, 0.08, 0.18, 0.40, 0.30), (0.35, 0.30, 0.35), (0.05, 0.10, 0.85)  # lowest answer first
ABOVE_EVEN = (0.25, 0.30, 0.45)
VISITS = ((1, 2, 3, 5, 8), (0.35, 0.30, 0.20, 0.10, 0.05))


@dataclass(frozen=True)
class Design:
    """A sampling design, and the part of the population that each kind of row stands for.

    `share` of the population and latent `shift` of each kind (stratum, or class of weights), and its part of the
    sample: fixed in strata, at random otherwise.
    """

    share: tuple[float, ...] = (1.0,)
    shift: tuple[float, ...] = (0.0,)
    sampled: tuple[float, ...] = (1.0,)
    psus: int = 0
    stratified: bool = False

    @property
    def simple(self) -> bool:
        """One kind of row, no PSUs."""
        return len(self.share) == 1 and not self.psus

    def survey(self, frame: pd.DataFrame, *, apart: bool = False) -> cx.Survey:
        """Return replicates as the strata of one survey; `apart`, a simple random sample has no strata."""
        if apart and self.simple:
            return cx.Survey(frame)
        strata = ["rep", "kind"] if self.stratified else "rep"
        weight = "weight" if len(self.share) > 1 else None
        return cx.Survey(frame, weight=weight, strata=strata, psu=["rep", "psu"] if self.psus else None)

    def draw(self, n: int, reps: int, rng: np.random.Generator) -> Draw:
        """Draw who is in the sample: arrays of replicates x rows."""
        if self.stratified:
            kind = np.tile(np.repeat(np.arange(len(self.share)), _allocate(n, np.asarray(self.sampled))), (reps, 1))
        else:
            kind = rng.choice(len(self.share), size=(reps, n), p=self.sampled)
        part = np.bincount(kind[0]) / n if self.stratified else np.asarray(self.sampled)
        weight = (np.asarray(self.share) / part)[kind]
        psu = np.tile(np.arange(n), (reps, 1))
        group = rng.random((1 if self.simple else reps, n))
        half = np.full((reps, 1), 0.5)
        if self.psus:  # PSUs of unequal size, none empty; two groups in unequal parts in each PSU
            size = 1 + rng.multinomial(n - self.psus, np.full(self.psus, 1 / self.psus), size=reps)
            psu = np.stack([np.repeat(np.arange(self.psus), s) for s in size])
            half = np.take_along_axis(rng.uniform(0.2, 0.8, (reps, self.psus)), psu, axis=1)
        group = (group < half).astype(int)
        group[:, :4] = [0, 1, 0, 1]  # no group has fewer than two answers
        return Draw(self, kind, weight, psu, group, rng)


@dataclass(frozen=True)
class Draw:
    """Who is in the samples; answers are drawn on request."""

    design: Design
    kind: np.ndarray
    weight: np.ndarray
    psu: np.ndarray
    group: np.ndarray
    rng: np.random.Generator

    def latent(self, icc: float) -> np.ndarray:
        """Draw normal variables of variance 1 around the shift of their kind, correlated by `icc` within PSUs."""
        z = self.rng.standard_normal(self.kind.shape)
        if self.design.psus:
            common = self.rng.standard_normal((len(z), self.design.psus))
            z = np.sqrt(icc) * np.take_along_axis(common, self.psu, axis=1) + np.sqrt(1 - icc) * z
        return z + np.asarray(self.design.shift)[self.kind]


class Population:
    """Truths of a design's population: a mixture of normal latent answers."""

    def __init__(self, design: Design) -> None:
        self.share, self.shift = np.asarray(design.share), np.asarray(design.shift)
        self._cuts: dict[tuple[float, ...], np.ndarray] = {}

    def expect(self, function: Callable[[np.ndarray], np.ndarray]) -> float:
        """Return the mean over the kinds of a function of their shift."""
        return float(self.share @ function(self.shift))

    def below(self, cut: float) -> float:
        """Return the part of the population whose latent answer lies below the cut."""
        return self.expect(lambda shift: stats.norm.cdf(cut - shift))

    def cuts(self, chances: tuple[float, ...]) -> np.ndarray:
        """Return where to cut the latent answer so that the classes have these chances in the population."""
        if chances not in self._cuts:
            found = [optimize.brentq(lambda c, p: self.below(c) - p, -9, 9, args=(p,)) for p in np.cumsum(chances)[:-1]]
            self._cuts[chances] = np.asarray(found)
        return self._cuts[chances]

    def classes(self, chances: tuple[float, ...], shift: np.ndarray) -> np.ndarray:
        """Return the chances of the classes within each kind."""
        below = stats.norm.cdf(self.cuts(chances)[None, :] - shift[:, None])
        return np.diff(below, axis=1, prepend=0.0, append=1.0)


Answers = Callable[[Draw, Population], "dict[str, np.ndarray]"]


@dataclass(frozen=True)
class Metric:
    """What is estimated: how its answers are drawn, how it is measured, and its truth."""

    name: str
    answers: Answers
    score: Callable[[str], cx.Score]
    truth: Callable[[Population], float]
    groups: bool = False
    methods: tuple[str, ...] = ("",)
    borrows: bool = False


def classed(points: tuple[float, ...], chances: tuple[float, ...], other: tuple[float, ...] | None = None) -> Answers:
    """Answers in classes; group 1 has chances of its own."""

    def answers(draw: Draw, people: Population) -> dict[str, np.ndarray]:
        z = draw.latent(0.08)  # an intra-cluster correlation of about 0.05 of the answers cut from it
        first, second = (np.searchsorted(people.cuts(c), z) for c in (chances, other or chances))
        return {"": np.asarray(points)[np.where(draw.group == 1, second, first)].astype(float)}

    return answers


def normal(draw: Draw, people: Population) -> dict[str, np.ndarray]:
    return {"": 50 + 10 * draw.latent(0.05)}


def normal_by_group(draw: Draw, people: Population) -> dict[str, np.ndarray]:
    return {"": 50 + 10 * draw.latent(0.05) + 2 * draw.group}


def spend(draw: Draw, people: Population) -> dict[str, np.ndarray]:
    return {"": 40 * np.exp(draw.latent(0.08))}


def spend_by_group(draw: Draw, people: Population) -> dict[str, np.ndarray]:
    return {"": 40 * np.exp(draw.latent(0.08)) * (1 + 0.2 * draw.group)}


def spend_and_visits(draw: Draw, people: Population) -> dict[str, np.ndarray]:
    visits = classed(*VISITS)(draw, people)[""]
    return {"": visits**0.8 * np.exp(0.6 * draw.latent(0.08)), " visits": visits}


def spend_a_visit(people: Population) -> float:
    points = np.asarray(VISITS[0], float)

    def each(shift: np.ndarray) -> np.ndarray:
        return people.classes(VISITS[1], shift) @ points**0.8 * np.exp(0.6 * shift + 0.18)

    return people.expect(each) / people.expect(lambda d: people.classes(VISITS[1], d) @ points)


def mean_spend(people: Population) -> float:
    return 40 * people.expect(lambda d: np.exp(d + 0.5))


def _share(p: float) -> Metric:
    return Metric(
        f"share {p:.0%}", classed((0, 1), (1 - p, p)), lambda c: cx.share(cx.col(c) > 0, name=c), lambda _: 100 * p,
        methods=("wilson", "korn-graubard"), borrows=True,
    )  # fmt: skip


def _shares(p: float, q: float) -> Metric:
    return Metric(
        f"shares {p:.0%} vs {q:.0%}", classed((0, 1), (1 - p, p), (1 - q, q)),
        lambda c: cx.share(cx.col(c) > 0, name=c), lambda _: 100 * (q - p), groups=True,
        methods=("wilson", "korn-graubard"), borrows=True,
    )  # fmt: skip


def _nps(name: str, chances: tuple[float, ...], other: tuple[float, ...] | None = None) -> Metric:
    truth = 100 * ((other or chances)[2] - (other or chances)[0] - ((chances[2] - chances[0]) if other else 0))
    return Metric(
        name, classed((4, 8, 10), chances, other), lambda c: cx.nps(c, name=c), lambda _: truth,
        groups=other is not None, borrows=True,
    )  # fmt: skip


def _mean(c: str) -> cx.Score:
    return cx.mean(c, name=c)


METRICS = (
    Metric("mean, near normal", normal, _mean, lambda p: 50 + 10 * p.expect(lambda d: d)),
    Metric("mean, skewed spend", spend, _mean, mean_spend),
    Metric("mean of a 1-5 scale", classed((1, 2, 3, 4, 5), SCALE), _mean, lambda _: float(np.arange(1, 6) @ SCALE)),
    *(_share(p) for p in (0.01, 0.05, 0.20, 0.50)),
    _nps("NPS 0", EVEN),
    _nps("NPS +80", HIGH),
    Metric("ratio, spend a visit", spend_and_visits, lambda c: cx.ratio(c, f"{c} visits", name=c), spend_a_visit),
    Metric("median spend", spend, lambda c: cx.quantile(c, 0.5, name=c), lambda p: 40 * np.exp(p.cuts((0.5, 0.5))[0])),
    Metric("means, near normal", normal_by_group, _mean, lambda _: 2.0, groups=True),
    Metric("means, skewed spend", spend_by_group, _mean, lambda p: 0.2 * mean_spend(p), groups=True),
    _shares(0.20, 0.25),
    _shares(0.02, 0.04),
    _nps("NPS 0 vs +20", EVEN, ABOVE_EVEN),
)

_STRATA = {"share": (0.4, 0.3, 0.2, 0.1), "shift": (-0.3, 0.0, 0.3, 0.6), "stratified": True}
_WEIGHTS, _DRAWN = np.array([0.3, 0.7, 1.2, 2.7]), np.array([0.25, 0.30, 0.30, 0.15])
DESIGNS = {
    "simple random": Design(),
    "stratified, proportional": Design(sampled=_STRATA["share"], **_STRATA),
    "stratified, disproportional": Design(sampled=(0.20, 0.25, 0.25, 0.30), **_STRATA),
    "4 PSUs": Design(psus=4),
    "10 PSUs": Design(psus=10),
    "40 PSUs": Design(psus=40),
    "unequal weights": Design(  # Kish's design effect 1.54; the heavier the row, the higher the answer
        share=tuple(_WEIGHTS * _DRAWN / (_WEIGHTS @ _DRAWN)), shift=(-0.3, -0.1, 0.1, 0.3), sampled=tuple(_DRAWN)
    ),
}


def _allocate(n: int, part: np.ndarray) -> np.ndarray:
    """Return whole sample sizes near n * part, none below 2."""
    size = np.maximum(np.floor(n * part + 1e-9), 2).astype(int)
    size[np.argsort(size - n * part, kind="stable")[: n - size.sum()]] += 1
    return size


Limits = dict[tuple[str, str], np.ndarray]  # (metric, method): replicates x (low, high)


def limits(people: Population, design: Design, n: int, reps: int, rng: np.random.Generator) -> Limits:
    """Draw `reps` samples and return the intervals of all metrics."""
    draw = design.draw(n, reps, rng)
    answers = {f"{m.name}{part}": x for m in METRICS for part, x in m.answers(draw, people).items()}
    columns = {
        "rep": np.repeat(np.arange(reps), n), "kind": draw.kind, "weight": draw.weight, "psu": draw.psu,
        "group": np.broadcast_to(draw.group, (reps, n)),
    }  # fmt: skip
    frame = pd.DataFrame({name: np.ravel(x) for name, x in (columns | answers).items()})
    found: Limits = {}
    for groups in (False, True):
        chosen = [m for m in METRICS if m.groups == groups]
        together = _estimate(design.survey(frame), [m.score(m.name) for m in chosen], ["rep"], groups)
        methods = dict.fromkeys(method for m in chosen for method in m.methods)
        tables = {m: together.frame(LEVEL, m or None).set_index(["metric", "rep"]).sort_index() for m in methods}
        for metric in chosen:
            for method in metric.methods:
                mine = tables[method].loc[metric.name]
                found[metric.name, method] = mine[["conf_low", "conf_high"]].to_numpy()
            redo = metric.borrows & ((mine["note"] != "") | (design.simple and len(metric.methods) > 1)).to_numpy()
            for some in _chunks(np.flatnonzero(redo), APART):
                for method, new in apart(design, metric, frame, n, some).items():
                    found[metric.name, method][some] = new
    return found


def apart(design: Design, metric: Metric, frame: pd.DataFrame, n: int, reps: np.ndarray) -> dict[str, np.ndarray]:
    """Measure replicates in one call, each by a score of its own, so that none borrows from another."""
    names, kept = [f"r{r}" for r in reps], ["rep", "kind", "weight", "psu", "group"]
    answers = frame[metric.name].to_numpy().reshape(-1, n)[reps]
    if design.simple:  # side by side on the same n rows
        rows, beside = frame.iloc[:n], answers.T
    else:  # below each other, answers missing outside the replicate
        rows = frame[frame["rep"].isin(reps)]
        beside = np.full((len(rows), len(reps)), np.nan)
        beside.reshape(len(reps), n, len(reps))[np.arange(len(reps)), :, np.arange(len(reps))] = answers
    wide = pd.concat([rows[kept], pd.DataFrame(beside, index=rows.index, columns=names)], axis=1)
    estimate = _estimate(design.survey(wide, apart=True), [metric.score(name) for name in names], [], metric.groups)
    tables = {method: estimate.frame(LEVEL, method or None).set_index("metric") for method in metric.methods}
    return {method: table.loc[names, ["conf_low", "conf_high"]].to_numpy() for method, table in tables.items()}


def _estimate(survey: cx.Survey, scores: list[cx.Score], by: list[str], groups: bool) -> cx.Estimate:
    if not groups:
        return cx.measure(survey, scores, by=by or None)
    return cx.measure(survey, scores, by=[*by, "group"]).contrast({"group": 1}, {"group": 0})


def _chunks(items: np.ndarray, size: int) -> Iterator[np.ndarray]:
    return (items[i : i + size] for i in range(0, len(items), size))


def cell(name: str, n: int, replicates: int) -> pd.DataFrame:
    """Return one row a metric and method: coverage, misses on either side, width."""
    design = DESIGNS[name]
    people, parts = Population(design), []
    for chunk, some in enumerate(_chunks(np.arange(replicates), CHUNK)):
        rng = np.random.default_rng([SEED, zlib.crc32(name.encode()), n, chunk])
        parts.append(limits(people, design, n, len(some), rng))
    rows = []
    for metric in METRICS:
        truth = metric.truth(people)
        for method in metric.methods:
            low, high = np.concatenate([p[metric.name, method] for p in parts]).T
            known = ~(np.isnan(low) | np.isnan(high))
            below, above = (truth < low[known]).mean(), (truth > high[known]).mean()
            width = (high - low)[known]
            closed = width[np.isfinite(width)]
            rows.append({
                "design": name, "n": n, "metric": metric.name, "method": method, "truth": truth,
                "coverage": 100 * (1 - below - above), "truth_below": 100 * below, "truth_above": 100 * above,
                "width": closed.mean(), "width_sd": closed.std(), "open": 100 * np.isinf(width).mean(),
                "unknown": 100 * (~known).mean(), "replicates": replicates,
            })  # fmt: skip
    return pd.DataFrame(rows)


def run(cells: list[tuple[str, int]], replicates: int) -> pd.DataFrame:
    """Return the table of all cells."""
    tables = []
    for name, n in cells:
        start = time.perf_counter()
        tables.append(cell(name, n, replicates))
        print(f"{name}, n = {n:,}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    return pd.concat(tables, ignore_index=True)


def drifted(
    now: pd.DataFrame, stored: pd.DataFrame, keys: Sequence[str], rates: Iterable[str], errors: float
) -> tuple[pd.DataFrame, pd.Series[bool]]:
    """Return both tables side by side, and the rows with a rate that differs by more standard errors than chance allows."""
    both = now.merge(stored, on=list(keys), suffixes=("", "_stored"), how="left", validate="one_to_one")
    parts = 1 / both["replicates"] + 1 / both["replicates_stored"]
    off = both["replicates_stored"].isna()
    for rate in rates:
        p = np.clip((both[rate] + both[f"{rate}_stored"]) / 200, 0.005, 0.995)
        off |= (both[rate] - both[f"{rate}_stored"]).abs() > 100 * errors * np.sqrt(p * (1 - p) * parts)
    return both, off


def check(now: pd.DataFrame, stored: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose coverage, misses or width differ from the stored ones by more than chance (4 s.e.)."""
    both, off = drifted(now, stored, KEYS, ("coverage", "truth_below", "truth_above"), 4)
    parts = 1 / both["replicates"] + 1 / both["replicates_stored"]
    off |= (both["width"] - both["width_stored"]).abs() > 4 * both["width_sd"] * np.sqrt(parts)
    shown = [name for rate in ("coverage", "width") for name in (rate, f"{rate}_stored")]
    return both.loc[off, [*KEYS, *shown]]


def page(table: pd.DataFrame) -> str:
    """Return the page that goes with the table."""
    replicates = int(table["replicates"].iloc[0])
    error = 100 * np.sqrt(0.95 * 0.05 / replicates)
    lines = [
        "# Coverage of 95 % intervals",
        "",
        f"Written by `python benchmarks/coverage.py --replicates {replicates}` on {date.today():%Y-%m-%d}; "
        f"cxstats {cx.__version__}, seed {SEED}.",
        f"{replicates:,} samples a cell: the Monte-Carlo standard error of a coverage of 95 % is {error:.2f} points.",
        "",
        "Samples are drawn from populations whose truth is known. In `coverage.csv`, `coverage` is the percentage of",
        "intervals that hold it, `truth_below` and `truth_above` the percentages with the truth below the lower and above",
        "the upper limit (2.5 each is the promise), `width` the mean width of closed intervals, `open` the percentage with",
        "an infinite end, `unknown` the percentage of samples without an interval (they are not counted as misses).",
        "The intra-cluster correlation is about 0.05; groups straddle PSUs and strata.",
        "",
        "## By design and size: lowest and median coverage over the metrics",
        "",
        "| design | n | lowest | of | median |",
        "|---|---|---|---|---|",
    ]
    for (name, n), rows in table.groupby(["design", "n"], sort=False):
        worst = rows.loc[rows["coverage"].idxmin()]
        lines.append(
            f"| {name} | {n:,} | {worst['coverage']:.1f} | {_label(worst)} | {rows['coverage'].median():.1f} |"
        )
    heads = "| metric | design | n | coverage | below | above |"
    lines += ["", f"## Under {LOW} %", "", heads, "|---|---|---|---|---|---|"]
    for _, row in table[table["coverage"] < LOW].sort_values(["metric", "method", "design", "n"]).iterrows():
        shown = (f"{row[name]:.1f}" for name in ("coverage", "truth_below", "truth_above"))
        lines.append(f"| {' | '.join((_label(row), row['design'], format(row['n'], ','), *shown))} |")
    return "\n".join(lines) + "\n"


def _label(row: pd.Series) -> str:
    return f"{row['metric']} ({row['method']})" if row["method"] else str(row["metric"])


def main() -> int:
    """Write the table, or check a few cells against it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--replicates", type=int, default=3000)
    parser.add_argument("--quick", action="store_true", help="check a few cells against the stored table")
    parser.add_argument("--out", type=Path, default=STORED)
    asked = parser.parse_args()
    if asked.quick:
        stored = pd.read_csv(STORED).fillna({"method": ""})
        off = check(run(list(QUICK), 200), stored)
        print("coverage as stored" if off.empty else f"coverage is off:\n{off.to_string()}")
        return int(not off.empty)
    cells = [(name, n) for name, n in product(DESIGNS, SIZES) if DESIGNS[name].psus <= n]
    table = run(cells, asked.replicates)
    table.to_csv(asked.out, index=False, float_format="%.6g")
    asked.out.with_suffix(".md").write_text(page(table), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
