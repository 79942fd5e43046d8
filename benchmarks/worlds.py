"""Verdicts in worlds whose truth is known: is each claim of the catalogue supported where it is true, contradicted where false?

    python benchmarks/worlds.py [--seeds 100] [--jobs 2]     # every claim in its two worlds
    python benchmarks/worlds.py --quick                      # a few claims and seeds against the table
    python benchmarks/worlds.py --sizes                      # finds the respondents each claim needs, as in SIZES

The worlds are those of ``cxstats.datasets.synthetic.worlds``. What the process states is the truth; the 40 branches with their
effects are drawn anew with each seed, as a sample of branches would be. Data come as an analyst would declare them: the survey with
weights, regions as strata and branches as PSUs; staff with their branches; contacts with customers as PSUs, an anonymous one
for itself; branches, which come once a quarter, as PSUs.

The power is worked out from how far the intervals lie from the edges of regions: with z the normal quantile of a verdict's p,
below 0 on the wrong side, it is Phi((mean z - 1.96) / sd z) over the seeds. A count of 100 could not tell .99 from .95.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

import cxstats as cx
from cxstats.claims.claim import AllOf
from cxstats.datasets.synthetic.worlds import FALSE, TRUE

STORED = Path(__file__).with_name("worlds.csv")
LADDER = (1280, 1920, 2560, 3840, 5120, 7680, 10_240, 15_360, 20_480, 30_720)  # respondents, a multiple of 640 each
START, ROUNDS, WANTED, AIM, TRIES, TRIAL_SEED = 2560, 4, 4.7, 0.995, 10, 10_000  # of --sizes, a little above the power of .99 since its seeds are few
RIGHT = {True: "supported", False: "contradicted"}
KEYS = ["claim", "world", "n"]

SIZES: dict[str, tuple[int, int]] = {}  # respondents in the world where it is true, and false


@dataclass(frozen=True)
class Drawn:
    """One world at one size, and the claims that are checked in it: each with the truth that it has there."""

    changes: dict[str, Any]
    n: int
    claims: dict[str, bool]

    def check(self, seed: int) -> list[dict[str, Any]]:
        """Draw the world and check the claims: one row each."""
        claims = [claim for claim in cx.catalogue() if claim.id in self.claims]
        tables = tuple(dict.fromkeys(name for claim in claims for name in sets_of(claim)))
        drawn = cx.simulate_world(n=self.n, seed=seed, tables=tables, **self.changes)
        return [self._row(v, seed) for v in cx.check(claims, {name: survey_of(name, drawn[name]) for name in tables})]

    def _row(self, verdict: cx.Verdict, seed: int) -> dict[str, Any]:
        truth = self.claims[verdict.claim]
        wrong_side = (verdict.edges[0] < verdict.estimate < verdict.edges[1]) is not truth
        z = 0.0 if np.isnan(verdict.p_value) else float(stats.norm.isf(verdict.p_value / 2))
        return {"claim": verdict.claim, "world": str(truth).lower(), "n": self.n, "seed": seed, "answers": verdict.n,
                "verdict": "right" if verdict.verdict == RIGHT[truth] else
                "wrong" if verdict.verdict in RIGHT.values() else verdict.verdict,
                "estimate": verdict.estimate, "z": -z if wrong_side else z}  # fmt: skip


def sets_of(claim: Any) -> tuple[str, ...]:
    """Return the names of the data sets that a claim takes."""
    return tuple(name for part in claim.parts for name in part.sets) if isinstance(claim, AllOf) else claim.sets


def survey_of(name: str, frame: pd.DataFrame) -> cx.Survey:
    """Return a table with the design that it has."""
    if name == "survey":
        return cx.Survey(frame, weight="weight", strata="region", psu="branch")
    if name == "staff":
        return cx.Survey(frame, strata="region", psu="branch")
    if name == "contacts":
        return cx.Survey(frame.assign(customer=frame["customer"].fillna(frame["contact"])), psu="customer")
    return cx.Survey(frame, psu="branch")


def worlds(sizes: dict[tuple[str, bool], int]) -> list[Drawn]:
    """Return the worlds of these claims: one for all that share it, at a size."""
    found: dict[str, Drawn] = {}
    for (claim, truth), n in sizes.items():
        changes = (TRUE if truth else FALSE)[claim]
        found.setdefault(repr((changes, n)), Drawn(changes, n, {})).claims[claim] = truth
    return list(found.values())


def checked(task: tuple[Drawn, list[int]]) -> pd.DataFrame:
    """Return one row a claim and seed."""
    world, seeds = task
    rows = [row for seed in seeds for row in world.check(seed)]
    print(f"{len(seeds)} seeds, n = {world.n:,}: {', '.join(world.claims)}", file=sys.stderr, flush=True)
    return pd.DataFrame(rows)


def counted(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a claim and world: verdicts of each kind, and the power."""

    def count(group: pd.DataFrame) -> pd.Series:
        kinds = group["verdict"].value_counts()
        return pd.Series({
            "seeds": len(group), **{kind: kinds.get(kind, 0) for kind in ("right", "wrong", "inconclusive", "untestable")},
            "power": power(group["z"]), "z": group["z"].mean(), "answers": group["answers"].median(), "estimate": group["estimate"].mean(),
        })  # fmt: skip

    found = rows.groupby(KEYS, sort=False).apply(count).reset_index()
    counts = ["seeds", "right", "wrong", "inconclusive", "untestable"]
    return found.astype(dict.fromkeys(counts, int))


def power(z: pd.Series) -> float:
    """Return the chance of a right verdict, from how far each interval lay from the edge."""
    spread = max(float(z.std()), 1e-3)
    return float(stats.norm.cdf((z.mean() - stats.norm.isf(0.025)) / spread))


def run(drawn: list[Drawn], seeds: list[int], jobs: int, step: int = 20) -> pd.DataFrame:
    """Return the counts; worlds that take longest first."""
    tasks = [(world, seeds[i : i + step]) for world in sorted(drawn, key=lambda w: -w.n) for i in range(0, len(seeds), step)]
    with get_context("spawn").Pool(jobs) as pool:
        rows = pd.concat(pool.imap(checked, tasks), ignore_index=True)
    return counted(rows)


def cells() -> Iterator[tuple[str, bool]]:
    """Return each claim of the catalogue, true and false."""
    for claim in cx.catalogue():
        yield from ((claim.id, True), (claim.id, False))


def needed(jobs: int) -> dict[tuple[str, bool], int]:
    """Return the smallest size of the ladder that has the power, for each claim and world: by trial, and the root of n."""
    tried, best = dict.fromkeys(cells(), START), {}
    for _ in range(ROUNDS):
        table = run(worlds(tried), list(range(TRIAL_SEED, TRIAL_SEED + TRIES)), jobs)
        print(table.to_string(), flush=True)
        tried = {}
        for row in table.itertuples():
            cell, wanted = (row.claim, row.world == "true"), row.n * (WANTED / max(row.z, 0.5)) ** 2
            if row.power >= AIM:
                best[cell] = min(row.n, best.get(cell, row.n))
            larger = [n for n in LADDER if n > row.n]
            better = next((n for n in LADDER if n >= wanted), LADDER[-1])
            if row.power < AIM and larger and cell not in best:
                tried[cell] = max(better, larger[0])
            elif row.power >= AIM and better < row.n:
                tried[cell] = better
    return best


if __name__ == "__main__":
    jobs = 2
    found = needed(jobs)
    for claim in cx.catalogue():
        print(f'    "{claim.id}": ({found.get((claim.id, True))}, {found.get((claim.id, False))}),')
