"""Coverage of the measures that claims need: extremes, variance explained, ranks, times of crossing, interactions.

    python benchmarks/claim_measures.py [--replicates 1000] [--jobs 1] [--only ranks]   # all cells: an hour on two cores
    python benchmarks/claim_measures.py --quick                                          # a few against the table, seconds

Answers are normal (or cut from normal variables) with a mean by group, and share a part within PSUs; every truth follows
from the model in closed form. Groups straddle PSUs, but in the design "nested". Shares are asked for as claims are: by
Korn and Graubard. A one-sided miss is what makes a wrong "supported" or "contradicted": 2.5 % each are allowed.
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
from scipy import stats

import cxstats as cx

SEED, LEVEL = 20260, 0.95
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
        return cx.Survey(frame, psu="psu" if self.psus else None, weight="weight" if len(self.weights) > 1 else None)


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

    def sample(self, rng: np.random.Generator) -> cx.Survey:
        design, answers = DESIGNS[self.design], ANSWERS[self.answers]
        frame, error = design.draw(self.n, len(self.means), rng)
        frame["x"] = answers.points(error + np.asarray(self.means)[frame["group"]])
        return design.survey(frame)

    @property
    def truths(self) -> np.ndarray:
        return ANSWERS[self.answers].truth(np.asarray(self.means))

    @property
    def score(self) -> cx.Score:
        return ANSWERS[self.answers].score


Found = dict[str, tuple[cx.Estimate, np.ndarray, np.ndarray]]  # name, estimate, lowest and highest truth


def _one(estimate: cx.Estimate, truth: float) -> tuple[cx.Estimate, np.ndarray, np.ndarray]:
    return estimate, np.asarray([truth]), np.asarray([truth])


def extremes(cell: Cell, survey: cx.Survey) -> Found:
    by, truth = cx.measure(survey, cell.score, by="group"), cell.truths
    return {
        "largest": _one(cx.extreme(by), truth.max()),
        "range": _one(cx.extreme(by, "range"), np.ptp(truth)),
        "largest change": _one(cx.extreme(cx.successive(by, over="group")), np.diff(truth).max()),
    }


def explained(cell: Cell, survey: cx.Survey) -> Found:
    between, within = cell.truths.var(), ANSWERS[cell.answers].variance(np.asarray(cell.means)).mean()
    truth = 100 * between / (between + within)
    return {"explained": _one(cx.explained(survey, cell.score, "group"), truth)}


def ranks(cell: Cell, survey: cx.Survey) -> Found:
    by, truth = cx.measure(survey, cell.score, by="group"), cell.truths
    best, worst = 1 + (truth[:, None] > truth).sum(axis=0), len(truth) - (truth[:, None] < truth).sum(axis=0)
    middle = [len(truth) // 2]
    alone = cx.ranks(by, simultaneous=False)._take(np.asarray(middle))
    return {"ranks, all": (cx.ranks(by), best, worst), "rank, one": (alone, best[middle], worst[middle])}


def reaching(cell: Cell, survey: cx.Survey) -> Found:
    truth, steps = cell.truths, np.arange(len(cell.means))
    slope, at = np.polyfit(steps, truth, 1)
    level = float(np.clip(truth.mean() + 2 * (truth[-1] - truth.mean()), 1, 99)) if "share" in cell.answers else -1.0
    when = (level - at) / slope - steps[-1]
    return {"reaching": _one(cx.reaching(cx.measure(survey, cell.score, by="group"), level, over="group"), when)}


def interactions(cell: Cell, survey: cx.Survey) -> Found:
    rows, truth = survey.frame.native, cell.truths
    both = cx.Survey(rows.assign(a=rows["group"] // 2, b=rows["group"] % 2), **_design(survey))
    estimate = cx.measure(both, cell.score, by=["a", "b"])
    found = cx.interaction(estimate, {"a": (1, 0)}, {"b": (1, 0)})
    return {"interaction": _one(found, truth[3] - truth[1] - truth[2] + truth[0])}


def _design(survey: cx.Survey) -> dict[str, object]:
    return {"psu": list(survey.design.psu) or None, "weight": survey.design.weight}


FAMILIES = {f.__name__: f for f in (extremes, explained, ranks, reaching, interactions)}


def cells() -> Iterator[Cell]:
    """Return all situations."""
    for design, k, (answers, step) in product(
        ("simple", "8 PSUs", "20 PSUs"), (2, 4, 8), (("normal", 0.6), ("share 3%", 0.5))
    ):
        for name, means in (("equal", (0.0,) * k), ("one apart", (0.0,) * (k - 1) + (step,))):
            yield Cell("extremes", design, 150 * k, answers, name, means)
    sizes = (
        ("simple", 200),
        ("simple", 5000),
        *((design, 1000) for design in ("weights", "8 PSUs", "20 PSUs", "nested")),
    )
    for (design, n), k, percent in product(sizes, (2, 4, 8), (0, 1, 5, 10, 30)):
        line = np.linspace(-1, 1, k)
        means = line / line.std() * np.sqrt(percent / (100 - percent))
        yield Cell("explained", design, n, "normal", f"{percent} %", tuple(means))
        if k == 4:
            yield Cell("explained", design, n, "1 to 5", f"{percent} %", tuple(means))
    for design, k, answers in product(("simple", "8 PSUs", "20 PSUs"), (3, 8), ("normal", "share 10%")):
        for name, step in (("all but equal", 1e-9), ("apart", 0.15)):
            yield Cell("ranks", design, 150 * k, answers, name, tuple(step * np.arange(k)))
    for design, k, (answers, n) in product(
        ("simple", "weights", "8 PSUs", "20 PSUs"), (4, 8), (("normal", 100), ("share 50%", 200))
    ):
        for name, whole in (("weak slope", -0.15), ("steep slope", -0.8)):
            yield Cell("reaching", design, n * k, answers, name, tuple(whole * np.arange(k) / (k - 1)))
    for (design, n), answers in product(
        (("simple", 200), ("simple", 2000), ("weights", 1000), ("8 PSUs", 1000), ("20 PSUs", 1000)),
        ("normal", "share 3%", "share 50%"),
    ):
        for name, means in (("none", (0.0, 0.3, 0.0, 0.3)), ("some", (0.0, 0.0, 0.2, 0.8))):
            yield Cell("interactions", design, n, answers, name, means)


QUICK = (("ranks", "20 PSUs", 3), ("extremes", "8 PSUs", 3), ("explained", "simple", 4), ("reaching", "simple", 4),
         ("interactions", "simple", 4))  # fmt: skip


def run(task: tuple[Cell, int]) -> pd.DataFrame:
    """Return one row a measure: coverage and one-sided misses."""
    cell, replicates = task
    start = time.perf_counter()
    rng = np.random.default_rng([SEED, zlib.crc32(repr(cell).encode())])
    missed: dict[str, list[tuple[float, ...]]] = {}
    for _ in range(replicates):
        for name, (estimate, lowest, highest) in FAMILIES[cell.family](cell, cell.sample(rng)).items():
            low, high = estimate.interval(LEVEL, "korn-graubard")
            slack = 1e-9 * (1 + np.abs(lowest))
            below, above = (lowest < low - slack).any(), (highest > high + slack).any()
            width = (high - low).mean()
            missed.setdefault(name, []).append(
                (below, above, below or above, np.isnan(low).any(), np.isinf(width), width)
            )
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
    print(f"{cell}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    return pd.DataFrame(rows)


def check(now: pd.DataFrame, stored: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose coverage or misses differ from the stored ones by more than chance (4 s.e.)."""
    both = now.merge(stored, on=KEYS, suffixes=("", "_stored"), how="left", validate="one_to_one")
    parts = 1 / both["replicates"] + 1 / both["replicates_stored"]
    off = both["coverage_stored"].isna()
    for rate in ("coverage", "truth_below", "truth_above"):
        p = np.clip((both[rate] + both[f"{rate}_stored"]) / 200, 0.005, 0.995)
        off |= (both[rate] - both[f"{rate}_stored"]).abs() > 400 * np.sqrt(p * (1 - p) * parts)
    return both.loc[off, [*KEYS, "coverage", "coverage_stored"]]


def page(table: pd.DataFrame) -> str:
    """Return the page that goes with the table."""
    replicates = int(table["replicates"].iloc[0])
    error = 100 * np.sqrt(0.025 * 0.975 / replicates)
    lines = [
        "# Coverage of the measures of claims",
        "",
        f"Written by `python benchmarks/claim_measures.py --replicates {replicates}` on {date.today():%Y-%m-%d}; "
        f"cxstats {cx.__version__}, seed {SEED}.",
        f"{replicates:,} samples a cell: the Monte-Carlo standard error of a miss of 2.5 % is {error:.2f} points, so that",
        f"among a hundred cells which miss in 2.5 % the worst shows about {2.5 + 2.5 * error:.1f}.",
        "",
        "At level 95 %. `below` is the percentage of samples whose truth lies below the lower limit (a wrong 'above'),",
        "`above` that with the truth above the upper limit; 2.5 each are allowed. For `ranks, all`, 5 % of samples may have",
        "some rank outside its interval. `open` is the percentage of intervals with an infinite end.",
        "",
        "## The worst cell of each measure and design",
        "",
        "| measure | design | cells | lowest coverage | most below | most above | open |",
        "|---|---|---|---|---|---|---|",
    ]
    for (name, design), rows in table.groupby(["measure", "design"], sort=False):
        lines.append(
            f"| {name} | {design} | {len(rows)} | {rows['coverage'].min():.1f} | {rows['truth_below'].max():.1f} | "
            f"{rows['truth_above'].max():.1f} | {rows['open'].mean():.0f} |"
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
