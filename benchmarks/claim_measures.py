"""Coverage of the measures that claims need: extremes, variance explained, ranks, times of crossing, interactions.

    python benchmarks/claim_measures.py [--replicates 1000] [--jobs 1] [--only ranks]   # all cells: an hour on two cores
    python benchmarks/claim_measures.py --quick                                          # a few against the table, seconds

Answers are normal (or cut from normal variables) with a mean by group, and share a part within PSUs; every truth follows
from the model in closed form. Groups straddle PSUs, but in the design "nested". Limits are those that verdicts rest on
("guarded"). A one-sided miss is what makes a wrong "supported" or "contradicted": 2.5 % each are allowed.

Many samples are measured in one call, each a stratum of its own, which changes no number but that of the shares of a simple
random sample (slightly wider); variance explained is measured sample by sample.
"""

from __future__ import annotations

import argparse
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
from coverage import drifted
from scipy import stats

import cxstats as cx

SEED, LEVEL, CHUNK = 20260, 0.95, 50
STORED = Path(__file__).with_name("claim_measures.csv")
KEYS = ["measure", "design", "n", "groups", "answers", "truth"]
CUTS = np.asarray([-1.5, -0.8, 0.0, 0.9])  # a five-point scale


@dataclass(frozen=True)
class Design:
    """PSUs (0: rows are their own), whether groups are made of whole PSUs, and the weights in use."""

    psus: int = 0
    nested: bool = False
    weights: tuple[float, ...] = (1.0,)
    icc: float = 0.05

    def draw(self, n: int, groups: int, rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
        """Return who is in the sample, and standard normal errors."""
        error = rng.standard_normal(n)
        frame = pd.DataFrame({"group": rng.integers(0, groups, n)})
        frame.loc[: 2 * groups - 1, "group"] = np.arange(2 * groups) % groups
        if self.psus:
            psu = rng.choice(self.psus, n, p=rng.dirichlet(np.full(self.psus, 8.0)))
            psu[: self.psus] = np.arange(self.psus)
            error = np.sqrt(self.icc) * rng.standard_normal(self.psus)[psu] + np.sqrt(1 - self.icc) * error
            frame["psu"] = psu
            if self.nested:
                frame["group"] = psu % groups
        if len(self.weights) > 1:
            frame["weight"] = rng.choice(self.weights, n)
        return frame, error

    def survey(self, frame: pd.DataFrame) -> cx.Survey:
        apart = "sample" in frame  # many samples in one frame
        return cx.Survey(
            frame,
            psu="psu" if self.psus else None,
            strata="sample" if apart else None,
            nest=apart and bool(self.psus),
            weight="weight" if len(self.weights) > 1 else None,
        )


DESIGNS = {
    "simple": Design(),
    "weights": Design(weights=(1.0, 1.0, 4.0)),
    "8 PSUs": Design(8),
    "20 PSUs": Design(20),
    "nested": Design(40, nested=True),
}


@dataclass(frozen=True)
class Answers:
    """How latent answers with a mean by group become answers, the score, and the truth of each group."""

    points: Callable[[np.ndarray], np.ndarray]
    score: cx.Score
    truth: Callable[[np.ndarray], np.ndarray]
    variance: Callable[[np.ndarray], np.ndarray]


def _share(p: float) -> Answers:
    cut = stats.norm.isf(p)

    def truth(mean: np.ndarray) -> np.ndarray:
        return 100 * stats.norm.sf(cut - mean)

    return Answers(
        lambda z: z > cut, cx.share(cx.col("x"), name="x"), truth, lambda mean: truth(mean) * (100 - truth(mean))
    )


def _chances(mean: np.ndarray) -> np.ndarray:
    return np.diff(stats.norm.cdf(CUTS - mean[:, None]), axis=1, prepend=0.0, append=1.0)


def _five(mean: np.ndarray, power: int = 1) -> np.ndarray:
    return _chances(mean) @ np.arange(1.0, 6.0) ** power


ANSWERS = {
    "normal": Answers(lambda z: z, cx.mean("x", name="x"), lambda mean: mean, lambda mean: np.ones(len(mean))),
    "1 to 5": Answers(
        lambda z: 1 + np.searchsorted(CUTS, z), cx.mean("x", name="x"), _five, lambda m: _five(m, 2) - _five(m) ** 2
    ),
    **{f"share {p:.0%}": _share(p) for p in (0.03, 0.10, 0.50)},
}


@dataclass(frozen=True)
class Cell:
    """One simulated situation: several measures may be asked of one sample."""

    family: str
    design: str
    n: int
    answers: str
    name: str
    means: tuple[float, ...]

    def samples(self, rng: np.random.Generator, count: int) -> cx.Survey:
        design, answers, frames = DESIGNS[self.design], ANSWERS[self.answers], []
        for sample in range(count):
            frame, error = design.draw(self.n, len(self.means), rng)
            frame["x"] = answers.points(error + np.asarray(self.means)[frame["group"]])
            frames.append(frame if self.family == "explained" else frame.assign(sample=sample))
        return design.survey(pd.concat(frames, ignore_index=True))

    @property
    def truths(self) -> np.ndarray:
        return ANSWERS[self.answers].truth(np.asarray(self.means))

    @property
    def score(self) -> cx.Score:
        return ANSWERS[self.answers].score


Found = Iterator[tuple[str, np.ndarray, np.ndarray, np.ndarray, np.ndarray]]  # limits and truths (lowest, highest)


def _one(name: str, found: cx.Estimate, lowest: object, highest: object = None) -> Found:
    """Yield the limits of one sample."""
    low, high = found.interval(LEVEL, "guarded")
    yield name, low, high, np.ravel(lowest), np.ravel(lowest if highest is None else highest)


def _rows(name: str, found: cx.Estimate, truth: float) -> Found:
    """Yield the limits of many samples, one a row."""
    for low, high in zip(*found.interval(LEVEL, "guarded"), strict=True):
        yield name, np.ravel(low), np.ravel(high), np.ravel(truth), np.ravel(truth)


def _each(cell: Cell, survey: cx.Survey) -> Iterator[cx.Estimate]:
    """Yield the groups of one sample after the other."""
    by, k = cx.measure(survey, cell.score, by=["sample", "group"]), len(cell.means)
    for start in range(0, len(by), k):
        yield by._take(np.arange(start, start + k))


def extremes(cell: Cell, survey: cx.Survey) -> Found:
    truth = cell.truths
    for by in _each(cell, survey):
        yield from _one("largest", cx.extreme(by), truth.max())
        yield from _one("range", cx.extreme(by, "range"), np.ptp(truth))
        yield from _one("largest change", cx.extreme(cx.successive(by, over="group")), np.diff(truth).max())


def explained(cell: Cell, survey: cx.Survey) -> Found:
    between, within = cell.truths.var(), ANSWERS[cell.answers].variance(np.asarray(cell.means)).mean()
    yield from _one("explained", cx.explained(survey, cell.score, "group"), 100 * between / (between + within))


def ranks(cell: Cell, survey: cx.Survey) -> Found:
    truth, last = cell.truths, np.zeros(1, dtype=int)  # the lowest group: one of the two ranks that are easiest to miss
    best, worst = 1 + (truth[:, None] > truth).sum(axis=0), len(truth) - (truth[:, None] < truth).sum(axis=0)
    for by in _each(cell, survey):
        yield from _one("ranks, all", cx.ranks(by), best, worst)
        yield from _one("rank, one", cx.ranks(by, simultaneous=False)._take(last), best[last], worst[last])


def reaching(cell: Cell, survey: cx.Survey) -> Found:
    truth, steps = cell.truths, np.arange(len(cell.means))
    slope, at = np.polyfit(steps, truth, 1)
    level = float(np.clip(truth.mean() + 2 * (truth[-1] - truth.mean()), 1, 99)) if "share" in cell.answers else -1.0
    by = cx.measure(survey, cell.score, by=["sample", "group"])
    yield from _rows("reaching", cx.reaching(by, level, over="group"), (level - at) / slope - steps[-1])


def interactions(cell: Cell, survey: cx.Survey) -> Found:
    truth, rows = cell.truths, survey.frame.native
    crossed = DESIGNS[cell.design].survey(rows.assign(a=rows["group"] // 2, b=rows["group"] % 2))
    found = cx.interaction(cx.measure(crossed, cell.score, by=["sample", "a", "b"]), {"a": (1, 0)}, {"b": (1, 0)})
    yield from _rows("interaction", found, truth[3] - truth[1] - truth[2] + truth[0])


FAMILIES = {f.__name__: f for f in (extremes, explained, ranks, reaching, interactions)}


def cells() -> Iterator[Cell]:
    """Return all situations."""
    for design, k, (answers, step) in product(
        ("simple", "8 PSUs", "20 PSUs"), (2, 8), (("normal", 0.6), ("share 3%", 0.5))
    ):
        for name, means in (("equal", (0.0,) * k), ("one apart", (0.0,) * (k - 1) + (step,))):
            yield Cell("extremes", design, 150 * k, answers, name, means)
    sizes = (
        ("simple", 200),
        ("simple", 5000),
        *((design, 1000) for design in ("weights", "20 PSUs", "nested")),
    )
    for (design, n), (k, answers), percent in product(
        sizes, ((2, "normal"), (8, "normal"), (4, "1 to 5")), (0, 1, 5, 10, 30)
    ):
        line = np.linspace(-1, 1, k)
        means = line / line.std() * np.sqrt(percent / (100 - percent))
        yield Cell("explained", design, n, answers, f"{percent} %", tuple(means.tolist()))
    for design, k, answers in product(("simple", "20 PSUs"), (3, 8), ("normal", "share 10%")):
        for name, step in (("all but equal", 1e-9), ("apart", 0.15)):
            yield Cell("ranks", design, 150 * k, answers, name, tuple((step * np.arange(k)).tolist()))
    for design, k, (answers, n) in product(
        ("simple", "weights", "8 PSUs", "20 PSUs"), (4, 8), (("normal", 100), ("share 50%", 200))
    ):
        for name, whole in (("weak slope", -0.15), ("steep slope", -0.8)):
            yield Cell("reaching", design, n * k, answers, name, tuple((whole * np.arange(k) / (k - 1)).tolist()))
    for (design, n), answers in product(
        (("simple", 200), ("simple", 2000), ("weights", 1000), ("8 PSUs", 1000), ("20 PSUs", 1000)),
        ("normal", "share 3%", "share 50%"),
    ):
        for name, means in (("none", (0.0, 0.3, 0.0, 0.3)), ("some", (0.0, 0.0, 0.2, 0.8))):
            yield Cell("interactions", design, n, answers, name, means)


QUICK = (("ranks", "20 PSUs", 3), ("extremes", "8 PSUs", 2), ("explained", "simple", 4), ("reaching", "simple", 4),
         ("interactions", "simple", 4))  # fmt: skip


def run(task: tuple[Cell, int]) -> pd.DataFrame:
    """Return one row a measure: coverage and one-sided misses."""
    cell, replicates = task
    began = time.perf_counter()
    rng = np.random.default_rng([SEED, zlib.crc32(repr(cell).encode())])
    missed: dict[str, list[tuple[float, ...]]] = {}
    many = 1 if cell.family == "explained" else CHUNK
    for start in range(0, replicates, many):
        survey = cell.samples(rng, min(many, replicates - start))
        for name, low, high, lowest, highest in FAMILIES[cell.family](cell, survey):
            slack = 1e-9 * (1 + np.abs(lowest))
            below, above = (lowest < low - slack).any(), (highest > high + slack).any()
            width = (high - low).mean()
            unknown = np.isnan(low).any()
            missed.setdefault(name, []).append((below, above, below or above, unknown, np.isinf(width), width))
    rows = []
    for name, found in missed.items():
        below, above, either, unknown, open_, width = np.asarray(found, dtype=float).T
        closed = width[np.isfinite(width)]
        rows.append({
            "measure": name, "design": cell.design, "n": cell.n, "groups": len(cell.means), "answers": cell.answers,
            "truth": cell.name, "coverage": 100 * (1 - either.mean()), "truth_below": 100 * below.mean(),
            "truth_above": 100 * above.mean(), "unknown": 100 * unknown.mean(), "open": 100 * open_.mean(),
            "width": closed.mean() if len(closed) else np.nan, "replicates": replicates,
        })  # fmt: skip
    print(f"{cell}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    return pd.DataFrame(rows)


def check(now: pd.DataFrame, stored: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose coverage or misses differ from the stored ones by more than chance (4 s.e.)."""
    both, off = drifted(now, stored, KEYS, ("coverage", "truth_below", "truth_above"), 4)
    return both.loc[off, [*KEYS, "coverage", "coverage_stored"]]


def page(table: pd.DataFrame) -> str:
    """Return the page that goes with the table."""
    few, many = int(table["replicates"].min()), int(table["replicates"].max())
    error = 100 * np.sqrt(0.025 * 0.975 / few)
    lines = [
        "# Coverage of the measures of claims",
        "",
        f"Written by `python benchmarks/claim_measures.py` on {date.today():%Y-%m-%d}; cxstats {cx.__version__}, seed {SEED}.",
        f"{few:,} to {many:,} samples a cell: the Monte-Carlo standard error of a miss of 2.5 % is at most {error:.2f}",
        f"points, so that among a hundred such cells the worst shows about {2.5 + 2.5 * error:.1f}.",
        "",
        "At level 95 %. `below` is the percentage of samples whose truth lies below the lower limit (a wrong 'above'),",
        "`above` that with the truth above the upper limit; 2.5 each are allowed. For `ranks, all`, 5 % of samples may have",
        "some rank outside its interval. `open` is the percentage of intervals with an infinite end.",
        "",
        "## By measure and design: over all cells, and the worst",
        "",
        "| measure | design | cells | samples | coverage | lowest | below | most | above | most | open |",
        f"|{'---|' * 11}",
    ]
    for (name, design), rows in table.groupby(["measure", "design"], sort=False):
        rates = [
            f"{shown:.1f}"
            for rate, extreme in (("coverage", "min"), ("truth_below", "max"), ("truth_above", "max"))
            for shown in (rows[rate].mean(), rows[rate].agg(extreme))
        ]
        samples = int(rows["replicates"].sum())
        lines.append(
            f"| {name} | {design} | {len(rows)} | {samples:,} | {' | '.join(rates)} | {rows['open'].mean():.0f} |"
        )
    most, worst = 2.5 + 2 * error, table[["truth_below", "truth_above"]].max(axis=1)
    heads = "| measure | design | n | groups | answers | truth | coverage | below | above |"
    lines += ["", f"## Cells that miss on one side in more than {most:.1f} %", "", heads, f"|{'---|' * 9}"]
    for _, row in table[(worst > most) & (table["measure"] != "ranks, all")].iterrows():
        shown = [f"{row[rate]:.1f}" for rate in ("coverage", "truth_below", "truth_above")]
        lines.append(f"| {' | '.join([*(str(row[key]) for key in KEYS), *shown])} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the table, or check a few cells against it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", choices=list(FAMILIES), help="one family of measures; its rows replace those stored")
    parser.add_argument("--quick", action="store_true", help="check a few cells against the stored table")
    parser.add_argument("--out", type=Path, default=STORED)
    asked = parser.parse_args()
    if asked.quick:
        off = check(pd.concat([run((cell, 40)) for cell in quick()], ignore_index=True), pd.read_csv(STORED))
        print("coverage as stored" if off.empty else f"coverage is off:\n{off.to_string()}")
        return int(not off.empty)
    tasks = [(cell, asked.replicates) for cell in cells() if asked.only in (None, cell.family)]
    with get_context("spawn").Pool(asked.jobs) as pool:
        table = pd.concat(pool.imap(run, tasks), ignore_index=True)
    if asked.only and asked.out.exists():
        kept = pd.read_csv(asked.out)
        table = pd.concat([kept[~kept["measure"].isin(table["measure"])], table], ignore_index=True)
    table.to_csv(asked.out, index=False, float_format="%.6g")
    asked.out.with_suffix(".md").write_text(page(table), encoding="utf-8")
    return 0


def quick() -> list[Cell]:
    """Return one small cell a family."""
    found = {}
    for cell in cells():
        if (cell.family, cell.design, len(cell.means)) in QUICK:
            found.setdefault(cell.family, cell)
    return list(found.values())


if __name__ == "__main__":
    sys.exit(main())
