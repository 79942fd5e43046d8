"""Verdicts in worlds whose truth is known: is each claim of the catalogue supported where it is true, contradicted where false?

    python benchmarks/worlds.py [--seeds 100] [--jobs 2]     # every claim in its two worlds: 20 minutes of one core
    python benchmarks/worlds.py --only gap-widens            # one claim; its rows replace those stored
    python benchmarks/worlds.py --quick                      # a few claims and seeds: are they right?
    python benchmarks/worlds.py --sizes                      # how many respondents does each claim need? By trial

The worlds are those of ``cxstats.datasets.synthetic.worlds``. What a process states is the truth; the 40 branches with their
effects are drawn anew with each seed, as a sample of branches would be. Data come as an analyst would declare them: the survey
with weights, regions as strata and branches as PSUs; staff with their branches; branches, which come once a quarter, as PSUs;
contacts with customers as PSUs, each anonymous contact for itself; costs, which are no sample, as they are.

Right is *supported* where the claim is true, *contradicted* where it is false. The power is worked out from how far intervals
lie from the edges of regions: with z the normal quantile of a verdict's p, below 0 on the wrong side, it is
Phi((mean z - 1.96) / sd z) over the seeds. A count of 100 can hardly tell .99 from .95.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
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
RIGHT = {True: "supported", False: "contradicted"}
KINDS = ["right", "wrong", "inconclusive", "untestable"]
KEYS = ["claim", "world", "n"]
Cell = tuple[str, bool]  # a claim, and whether it is true

SIZES: dict[str, tuple[int, int]] = {  # respondents, where it is true and where it is false
    "needs-before-delight": (10_240, 15_360),
    "needs-are-necessary": (7680, 1280),
    "enjoyed-but-unmet": (1920, 5120),
    "averages-hide-people": (7680, 15_360),
    "good-service-is-rare": (2560, 1920),
    "gap-widens": (30_720, 3840),
    "not-getting-better": (3840, 2560),
    "epic-is-rare": (3840, 1920),
    "price-or-experience": (2560, 1280),
    "channels-consistent": (30_720, 5120),
    "word-of-mouth": (2560, 7680),
    "experience-has-two-signs": (1280, 3840),
    "target-trade-off": (10_240, 20_480),
    "manner-beats-words": (5120, 1280),
    "cheap-can-be-good": (1280, 1280),
    "bots-cost-loyalty": (2560, 5120),
    "service-creates-loyalty": (1280, 15_360),
    "service-may-not-repair": (1280, 3840),
    "prize-grows": (7680, 7680),
    "poor-service-leaves": (7680, 3840),
    "wow-not-worth-it": (7680, 15_360),
    "frictionless-is-enough": (3840, 1920),
    "adequate-pays": (3840, 15_360),
    "roi-less-than-thought": (2560, 10_240),
    "technology-wrong-customer": (7680, 7680),
    "no-perfection-expected": (3840, 1280),
    "norms-mislead": (2560, 1280),
    "firms-misjudge-expectations": (2560, 30_720),
    "provider-customer-gap": (1280, 1920),
    "effort-is-forced": (1280, 1280),
    "self-service-fails": (1280, 1280),
    "follow-ups-not-kept": (1280, 1280),
    "young-avoid-phone": (1280, 1280),
    "phone-is-dying": (2560, 2560),
}

# how --sizes looks for them: few seeds, so a power a little above .99
LADDER = (1280, 1920, 2560, 3840, 5120, 7680, 10_240, 15_360, 20_480, 30_720, 40_960)
START, ROUNDS, TRIES, FIRST_TRIAL = 2560, 4, 10, 10_000
AIM, DISTANCE = 0.995, 4.7  # the power, and the mean z at which it is about reached

SHORT = ("word-of-mouth", "needs-are-necessary", "gap-widens", "cheap-can-be-good", "young-avoid-phone")  # of --quick
MOST = 10_000  # and no larger worlds


@dataclass(frozen=True)
class World:
    """One world at one size, and the claims that are checked in it: each with the truth that it has there."""

    changes: dict[str, Any]
    n: int
    claims: dict[str, bool]

    def check(self, seed: int) -> list[dict[str, Any]]:
        """Draw the world and check the claims: one row each."""
        claims = [claim for claim in cx.catalogue() if claim.id in self.claims]
        tables = tuple(dict.fromkeys(name for claim in claims for name in sets_of(claim)))
        drawn = cx.simulate_world(n=self.n, seed=seed, tables=tables, **self.changes)
        return [self._row(found) for found in cx.check(claims, {name: survey_of(name, drawn[name]) for name in tables})]

    def _row(self, found: cx.Verdict) -> dict[str, Any]:
        truth = self.claims[found.claim]
        said = {RIGHT[truth]: "right", RIGHT[not truth]: "wrong"}.get(found.verdict, found.verdict)
        z = 0.0 if np.isnan(found.p_value) else float(stats.norm.isf(found.p_value / 2))
        inside = found.edges[0] < found.estimate < found.edges[1]
        return {"claim": found.claim, "world": str(truth).lower(), "n": self.n, "answers": found.n, "verdict": said,
                "z": z if inside is truth else -z}  # fmt: skip


def sets_of(claim: Any) -> tuple[str, ...]:
    """Return the names of the data sets that a claim takes."""
    return tuple(name for part in claim.parts for name in part.sets) if isinstance(claim, AllOf) else claim.sets


def survey_of(name: str, frame: pd.DataFrame) -> cx.Survey:
    """Return a table with its design."""
    if name == "survey":
        return cx.Survey(frame, weight="weight", strata="region", psu="branch")
    if name == "contacts":
        return cx.Survey(frame.assign(customer=frame["customer"].fillna(frame["contact"])), psu="customer")
    if name == "costs":
        return cx.Survey(frame)
    return cx.Survey(frame, strata="region", psu="branch") if name == "staff" else cx.Survey(frame, psu="branch")


def worlds(sizes: dict[Cell, int]) -> list[World]:
    """Return the worlds of these claims: one for all that share it, at one size."""
    found: dict[str, World] = {}
    for (claim, truth), n in sizes.items():
        changes = (TRUE if truth else FALSE)[claim]
        found.setdefault(repr((changes, n)), World(changes, n, {})).claims[claim] = truth
    return list(found.values())


def cells(only: Iterable[str] = ()) -> dict[Cell, int]:
    """Return each claim of the catalogue, true and false, with its size."""
    ids = list(only) or [claim.id for claim in cx.catalogue()]
    return {(claim, truth): SIZES[claim][not truth] for claim in ids for truth in (True, False)}


def quick() -> dict[Cell, int]:
    """Return a few claims and worlds, none of them large."""
    return {cell: n for cell, n in cells(SHORT).items() if n < MOST}


def checked(task: tuple[World, range]) -> pd.DataFrame:
    """Return one row a claim and seed."""
    world, seeds = task
    rows = pd.DataFrame([row for seed in seeds for row in world.check(seed)])
    print(f"n = {world.n:,}, seeds {seeds[0]} to {seeds[-1]}: {', '.join(world.claims)}", file=sys.stderr, flush=True)
    return rows


def run(drawn: list[World], seeds: range, jobs: int, step: int = 10) -> Iterator[pd.DataFrame]:
    """Yield the counts after every few seeds: one row a claim and world, verdicts of each kind, and the power."""
    drawn = sorted(drawn, key=lambda world: -world.n)
    chunks = [seeds[i : i + step] for i in range(0, len(seeds), step)]
    rows = []
    with get_context("spawn").Pool(jobs) as pool:
        for found in pool.imap(checked, [(world, chunk) for chunk in chunks for world in drawn]):
            rows.append(found)
            if len(rows) % len(drawn) == 0:
                yield in_order(counted(pd.concat(rows, ignore_index=True)))


def counted(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the counts of verdicts, and the power."""
    by = rows.groupby(KEYS)
    found = by.agg(answers=("answers", "median"), seeds=("z", "size"), z=("z", "mean"), spread=("z", "std"))
    counts = by["verdict"].value_counts().unstack(fill_value=0).reindex(columns=KINDS, fill_value=0)
    found["power"] = stats.norm.cdf((found["z"] - stats.norm.isf(0.025)) / found["spread"].clip(lower=1e-3))
    return found.join(counts).reset_index()[[*KEYS, "answers", "seeds", *KINDS, "z", "power"]]


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in the order of the catalogue, the true world first."""
    order = {claim.id: i for i, claim in enumerate(cx.catalogue())}
    return table.sort_values(["claim", "world"], key=lambda c: c.map(order) if c.name == "claim" else c == "false")


def needed(only: list[str], jobs: int) -> dict[Cell, int]:
    """Return the smallest size of the ladder that has the power: tried, then reckoned by the root of n, and tried again."""
    left, found = dict.fromkeys(cells(only), START), {}
    for _ in range(ROUNDS):
        if not left:
            break
        (table,) = run(worlds(left), range(FIRST_TRIAL, FIRST_TRIAL + TRIES), jobs, TRIES)
        print(table.to_string(), flush=True)
        left = {}
        for row in table.itertuples():
            cell, wanted = (row.claim, row.world == "true"), row.n * (DISTANCE / max(row.z, 0.5)) ** 2
            reckoned = next((n for n in LADDER if n >= wanted), LADDER[-1])
            if row.power >= AIM:
                found[cell] = row.n
                left |= {cell: reckoned} if reckoned < row.n else {}
            elif cell not in found and row.n < LADDER[-1]:
                left[cell] = max(reckoned, LADDER[LADDER.index(row.n) + 1])
    return found


def page(table: pd.DataFrame) -> str:
    """Return the page that goes with the table."""
    regions = {claim.id: repr(claim).partition(" -> ")[2].rstrip(">") for claim in cx.catalogue()}
    more = " or more" if table["seeds"].nunique() > 1 else ""
    claims, least = table["claim"].nunique(), table.loc[table["right"].idxmin()]
    lines = [
        "# Verdicts in worlds whose truth is known",
        "",
        f"Written by `python benchmarks/worlds.py --seeds {table['seeds'].min()}` on {date.today():%Y-%m-%d}; cxstats "
        f"{cx.__version__}, seeds 1 to {table['seeds'].min()}{more}.",
        "",
        f"{claims} claims, each in a world in which it is true and in one in which it is false; level 95 %. `right` counts",
        "*supported* where it is true and *contradicted* where it is false, `wrong` the opposite. `n` respondents (the contact",
        "log grows with them, as do the staff asked beyond 8,320) give a power of at least .99; `answers` is the median base.",
        "",
        "In all " + ", ".join(f"{table[kind].sum():,} {kind}" for kind in KINDS) + ". Fewest right: "
        f"{least['right']} of {least['seeds']}, {least['claim']} ({least['world']}).",
        "",
        "| claim | region | world | n | answers | right | wrong | inconclusive | untestable | power |",
        f"|{'---|' * 10}",
    ]
    for row in table.itertuples():
        counts = " | ".join(str(getattr(row, kind)) for kind in KINDS)
        shown = f"{row.n:,} | {row.answers:,.0f} | {counts} | {'> .999' if row.power > 0.999 else f'{row.power:.3f}'}"
        lines.append(f"| {row.claim} | {regions[row.claim]} | {row.world} | {shown} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the table, or check a few cells against it, or look for the sizes."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="claims, with commas; their rows replace those stored")
    parser.add_argument("--quick", action="store_true", help="a few worlds and seeds")
    parser.add_argument("--sizes", action="store_true", help="look for the smallest sizes with the power wanted")
    parser.add_argument("--out", type=Path, default=STORED)
    asked = parser.parse_args()
    only = asked.only.split(",") if asked.only else []
    if set(only) - set(SIZES):
        parser.error(f"--only: {', '.join(set(only) - set(SIZES))} is no claim of the catalogue")
    if asked.sizes:
        found = needed(only, asked.jobs)
        for claim in only or SIZES:
            print(f'    "{claim}": ({found.get((claim, True))}, {found.get((claim, False))}),')
        return 0
    if asked.quick:
        (now,) = run(worlds(quick()), range(1, 3), asked.jobs)
        off = now[now["right"] < now["seeds"]]
        print("all verdicts are right" if off.empty else f"verdicts are off:\n{off.to_string()}")
        return int(not off.empty)
    kept = pd.read_csv(asked.out, dtype={"world": str}).query("claim not in @only") if only else None
    for found in run(worlds(cells(only)), range(1, asked.seeds + 1), asked.jobs):
        table = in_order(pd.concat([kept, found], ignore_index=True))
        table.to_csv(asked.out, index=False, float_format="%.6g", lineterminator="\n")
        asked.out.with_suffix(".md").write_text(page(table), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
