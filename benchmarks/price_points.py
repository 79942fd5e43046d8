"""Coverage of price points: how often the limits of van Westendorp's crossings, and the sets of best prices, hold the truth.

    python benchmarks/price_points.py [--crossings 200] [--sets 200]     # writes price_points.csv and price_points.md

Van Westendorp's four answers are cut from a log-normal willingness to pay and rounded by a grid (to 0.01, to 5, or each
respondent to 1, 5 or 10); the truth is what a sample of 200,000 shows. Gabor and Granger's acceptances are chosen so that
several prices bring in the same. Many replicates are measured in one call, each a stratum and a group of its own.
"""

from __future__ import annotations

import argparse
import sys
import time
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import special

import cxstats as cx

SEED, LEVEL, CHUNK = 20261, 0.95, 50  # CHUNK: replicates in a call
STORED = Path(__file__).with_name("price_points.csv")
QUESTIONS = dict(zip(("too_cheap", "cheap", "expensive", "too_expensive"), ("tc", "c", "e", "te"), strict=True))
DESIGNS = ("simple random", "30 PSUs", "unequal weights")
GRIDS = ("0.01", "5", "1, 5 or 10")
PRICES = dict(zip((10.0, 12.0, 15.0, 20.0, 30.0), "abcde", strict=True))
WORLDS = {
    "three best": (0.90, 0.75, 0.60, 0.40, 0.20),
    "two best": (0.80, 0.70, 0.60, 0.45, 0.20),
    "one clear best": (0.80, 0.60, 0.55, 0.50, 0.20),
    "all equal": (0.90, 0.75, 0.60, 0.45, 0.30),
}


def latent(draw: np.random.Generator, design: str, n: int, replicates: int) -> tuple[np.ndarray, pd.DataFrame]:
    """Draw standard normal variables with the design's columns: 15 % of the variance between PSUs, or with the weight."""
    z = draw.standard_normal(n * replicates)
    columns = pd.DataFrame({"replicate": np.repeat(np.arange(replicates), n)})
    if design == "30 PSUs":
        columns["psu"] = columns["replicate"] * 30 + np.tile(np.arange(n) % 30, replicates)
        z = np.sqrt(0.15) * draw.standard_normal(30 * replicates)[columns["psu"]] + np.sqrt(0.85) * z
    if design == "unequal weights":  # Kish's effect 1.5
        columns["weight"] = np.exp(0.63 * (0.4 * z + np.sqrt(1 - 0.4**2) * draw.standard_normal(len(z))))
    return z, columns


def survey(frame: pd.DataFrame) -> cx.Survey:
    """Return the survey of many replicates, each a stratum."""
    own = {name: name for name in ("psu", "weight") if name in frame}
    return cx.Survey(frame, strata="replicate", **own)


def opinions(draw: np.random.Generator, design: str, n: int, grid: str, replicates: int = 1) -> pd.DataFrame:
    """Draw the four answers of respondents to whom it is worth about 40."""
    z, columns = latent(draw, design, n, replicates)
    worth = 40 * np.exp(0.35 * z)
    prices = np.stack([worth * s * np.exp(0.08 * draw.standard_normal(len(z))) for s in (0.62, 0.78, 1.10, 1.35)])
    step = draw.choice([1.0, 5.0, 10.0], len(z)) if "or" in grid else float(grid)
    rounded = np.maximum(np.round(np.sort(prices, axis=0) / step), 1) * step
    return columns.assign(**dict(zip(QUESTIONS.values(), rounded, strict=True)))


def crossings(replicates: int) -> Iterator[dict[str, object]]:
    """Yield, for each design, size, grid and price point, the coverage of the plain and of the guarded limits."""
    for design in DESIGNS:
        for grid in GRIDS:
            draw = np.random.default_rng([SEED, zlib.crc32(f"{design} {grid}".encode())])
            whole = opinions(draw, design, 200_000, grid)
            if design == "30 PSUs":  # thirty PSUs are no population
                whole = opinions(draw, "simple random", 200_000, grid)
            everyone = cx.van_westendorp(cx.Survey(whole, weight="weight" if "weight" in whole else None), **QUESTIONS)
            for n in (60, 300):
                calls = [
                    cx.van_westendorp(survey(opinions(draw, design, n, grid, CHUNK)), **QUESTIONS, by="replicate")
                    for _ in range(replicates // CHUNK)
                ]
                for kind in ("original", "narrower"):
                    truth, found = getattr(everyone, kind), [getattr(call, kind) for call in calls]
                    for k, name in enumerate(truth.labels["metric"]):
                        if kind == "original" or name in ("low", "high"):
                            of = name if kind == "original" else f"{name}, narrower"
                            about = {"what": "crossing", "design": design, "n": n, "case": grid, "of": of}
                            yield about | held([e.pick(metric=name) for e in found], truth.values[k])


def held(found: list[cx.Estimate], truth: float) -> dict[str, object]:
    """Return how often the limits of many replicates hold the truth, and the mean standard error over the true one."""
    low, high = np.concatenate([e.interval(LEVEL) for e in found], axis=1)
    least, most = np.concatenate([e.interval(LEVEL, "guarded") for e in found], axis=1)
    errors, values = (np.concatenate([getattr(e, name) for e in found]) for name in ("std_error", "values"))
    return {
        "replicates": len(low),
        "coverage": 100 * np.mean((low <= truth) & (truth <= high)),
        "truth_below": 100 * np.mean(truth < low),
        "truth_above": 100 * np.mean(truth > high),
        "guarded": 100 * np.mean((least <= truth) & (truth <= most)),
        "error_ratio": np.nanmean(errors) / values.std(),
    }


def sets(replicates: int) -> Iterator[dict[str, object]]:
    """Yield how often the set holds each truly best price."""
    for design in DESIGNS:
        for world, shares in WORLDS.items():
            revenue = np.asarray(list(PRICES)) * shares
            best = np.flatnonzero(revenue > revenue.max() - 1e-9)
            for n in (60, 200):
                draw = np.random.default_rng([SEED, zlib.crc32(f"{design} {world} {n}".encode())])
                z, columns = latent(draw, design, n, replicates)
                z = (
                    -z if "weight" not in columns else draw.standard_normal(len(z))
                )  # weights have no bearing: the truth is plain
                accepts = {name: special.ndtr(z) <= share for name, share in zip(PRICES.values(), shares, strict=True)}
                inside = np.concatenate([
                    cx.gabor_granger(survey(part), PRICES, by="replicate").candidates(LEVEL)["may_be_best"]
                    for _, part in columns.assign(**accepts).groupby(columns["replicate"] // CHUNK)
                ]).reshape(replicates, len(PRICES))  # fmt: skip
                for k in best:
                    yield {
                        "what": "best price", "design": design, "n": n, "case": world, "of": f"{list(PRICES)[k]:g}",
                        "replicates": replicates, "coverage": 100 * inside[:, k].mean(), "size": inside.sum(axis=1).mean(),
                    }  # fmt: skip


def page(table: pd.DataFrame) -> str:
    """Return the summary: lowest and mean coverage by design and size."""
    lines = [
        "# Coverage of price points", "",
        f"Written by `python benchmarks/price_points.py` on {date.today()}; cxstats {cx.__version__}, seed {SEED}.", "",
        "How often 95 % limits of van Westendorp's crossings (six price points on three price grids), and 95 % sets of",
        "Gabor and Granger's best price (five prices), hold the truth. `price_points.csv` has every cell.",
    ]  # fmt: skip
    for what, columns in (("crossing", ("coverage", "guarded")), ("best price", ("coverage",))):
        part = table[table["what"] == what]
        by = ["design", "n"] if what == "crossing" else ["case", "n"]
        heads = [head for column in columns for head in (f"{column}: mean", "lowest")]
        lines += ["", f"## {what}, {part['replicates'].iloc[0]} samples a cell", ""]
        lines += [f"| {' | '.join(by + heads)} |", f"|{'---|' * (len(by) + len(heads))}"]
        for key, rows in part.groupby(by, sort=False):
            cells = [f"{value:.1f}" for column in columns for value in (rows[column].mean(), rows[column].min())]
            lines.append(f"| {' | '.join([*map(str, key), *cells])} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--crossings", type=int, default=200)
    parser.add_argument("--sets", type=int, default=200)
    parser.add_argument("--out", type=Path, default=STORED)
    options = parser.parse_args()
    start, found = time.perf_counter(), []
    for rows in (crossings(options.crossings), sets(options.sets)):
        for row in rows:
            found.append(row)
            print(f"{time.perf_counter() - start:6.0f} s", row, file=sys.stderr, flush=True)
    table = pd.DataFrame(found)
    table.round(4).to_csv(options.out, index=False)
    options.out.with_suffix(".md").write_text(page(table))


if __name__ == "__main__":
    main()
