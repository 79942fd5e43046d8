"""Speed and memory of `measure` against other packages, and against the same sums written by hand on each engine.

    python benchmarks/measure.py [--rows 1e5,1e6] [--groups 10,1000] [--peers r,svy,samplics,bootstrap] [--runs 5]
                                 [--designs clustered,rows] [--huge] [--limit 300] [--out benchmarks/measure.md]

Five scores (top-2 satisfaction, NPS, mean effort, first-contact resolution, mean spend) with weights and missing answers are
measured by group, once with strata and PSUs and once with rows as their own PSUs. Each side runs in a process of its own; its
first run gives the memory and is not timed; medians of the others are compared. Before a ratio is shown, the numbers are.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import importlib.metadata
import importlib.util
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__)
SEED, STRATA, PSUS = 20260, 20, 20  # PSUs in each stratum
ITEMS = ("csat", "recommend", "effort", "resolved", "spend")
MISSING = (0.05, 0.10, 0.15, 0.20, 0.08)
CENTRE = 40.0  # near the mean spend: what the floors shift it by, as `measure` shifts by some value
CHUNK = 1 << 16
PEERS = ("r", "svy", "samplics", "bootstrap")
ENGINES = ("pandas", "polars", "duckdb")
MOST_ROWS = {"r": 10**6, "samplics": 10**6, "svy": 10**7, "bootstrap": 10**6}
MOST_COVARIANCE = 100  # groups; R keeps rows x (groups x scores) influence values
REPLICATES, DRAWN = 200, 10
FLOOR_TARGETS = {"pandas": 2.0, "polars": 1.5, "duckdb": 1.5}
PEER_TARGETS = {  # at 1e6 rows: (peer, groups) -> at least
    ("r each", 10): 30, ("r each", 1000): 150, ("r together", 10): 30, ("r together", 1000): 150, ("r covariance", 10): 80,
    ("svy", 10): 25, ("samplics", 10): 100, ("bootstrap", 10): 250,
}  # fmt: skip
PEER_HEAD = (
    "rows",
    "groups",
    "design",
    "peer",
    "peer's time",
    "ours",
    "ratio",
    "at least",
    "by hand",
    "peer's MB",
    "our MB",
    "numbers",
)
FLOOR_HEAD = ("rows", "groups", "design", "engine", "sums, ours / floor", "floor", "ours", "ratio", "at most",
              "floor with fewer", "MB, ours / floor", "numbers")  # fmt: skip
NAMES = {
    "r each": "R survey, a svyby a score", "r together": "R survey, one svyby, complete answers",
    "r covariance": "R survey, svyby with covmat, complete answers", "svy": "svy", "samplics": "samplics",
    "bootstrap": f"pandas bootstrap x {REPLICATES}",
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """Which rows, and how they were sampled."""

    rows: int
    groups: int
    clustered: bool
    complete: bool = False

    @property
    def stem(self) -> str:
        return f"{self.rows}-{self.groups}{'-complete' if self.complete else ''}"

    def __str__(self) -> str:
        return f"{self.rows:.0e} rows, {self.groups:,} groups, {self.design}".replace("e+0", "e")

    @property
    def design(self) -> str:
        return "strata and PSUs" if self.clustered else "rows as PSUs"


# --- the rows -------------------------------------------------------------------------------------------------------------


def write_rows(case: Case, folder: Path) -> None:
    """Write the answers (Parquet) and, for those who take finished points, the points of each score (csv)."""
    import polars as pl

    if (folder / f"{case.stem}.parquet").exists():
        return
    rng, n = np.random.default_rng(SEED), case.rows
    stratum = rng.integers(STRATA, size=n)
    psu = stratum * PSUS + rng.integers(PSUS, size=n)
    latent = rng.standard_normal(n) + 0.25 * rng.standard_normal(STRATA * PSUS)[psu]
    answers = {
        "csat": np.digitize(latent, (-2.0, -1.3, -0.7, 0.3)) + 1,
        "recommend": np.clip(np.rint(7.5 + 2 * latent + rng.standard_normal(n)), 0, 10).astype(int),
        "effort": np.clip(np.rint(4.5 + latent + rng.standard_normal(n)), 1, 7).astype(int),
        "resolved": (latent + rng.standard_normal(n) > -0.8).astype(int),
        "spend": np.exp(3.4 + 0.2 * latent + 0.7 * rng.standard_normal(n)),
    }
    frame = pl.DataFrame(
        {
            "g": pl.Series(rng.integers(case.groups, size=n)).cast(pl.String).str.zfill(4),
            "stratum": stratum, "psu": psu, "weight": rng.uniform(0.5, 3.0, n), **answers,
        }
    ).with_columns(g=pl.lit("g") + pl.col("g"))  # fmt: skip
    if not case.complete:
        gaps = [
            pl.when(pl.Series(rng.random(n) >= m)).then(pl.col(i)).alias(i) for i, m in zip(ITEMS, MISSING, strict=True)
        ]
        frame = frame.with_columns(gaps)
    frame.write_parquet(folder / f"{case.stem}.parquet")
    if n <= 10**6:
        with_points(frame).write_csv(folder / f"{case.stem}.csv")


def with_points(frame: Any) -> Any:
    """Return the polars frame with the points of each score, s0 to s4, instead of the answers."""
    import polars as pl

    c, r = pl.col("csat"), pl.col("recommend")
    points = (
        100.0 * (c >= 4), 100.0 * (r >= 9).cast(pl.Int64) - 100.0 * (r <= 6), pl.col("effort") * 1.0,
        pl.col("resolved") * 100.0, pl.col("spend"),
    )  # fmt: skip
    return frame.select(
        "g", "stratum", "psu", "weight", *(p.cast(pl.Float64).alias(f"s{i}") for i, p in enumerate(points))
    )


def load(engine: str, path: Path) -> Any:
    """Return the rows as a user of the engine would hold them."""
    if engine == "pandas":
        import pandas as pd

        return pd.read_parquet(path)
    if engine == "polars":
        import polars as pl

        return pl.read_parquet(path)
    import duckdb

    connection = duckdb.connect()
    connection.execute("CREATE TABLE t AS SELECT * FROM read_parquet(?)", [str(path)])
    return connection.table("t")


# --- ours -----------------------------------------------------------------------------------------------------------------


def scores() -> list[Any]:
    import cxstats as cx

    return [cx.csat("csat"), cx.nps("recommend"), cx.effort("effort"), cx.first_contact_resolution("resolved"),
            cx.mean("spend")]  # fmt: skip


def survey(case: Case, frame: Any) -> Any:
    import cxstats as cx

    return cx.Survey(frame, weight="weight", **({"strata": "stratum", "psu": "psu"} if case.clustered else {}))


def ours(case: Case, frame: Any, covariance: bool = False) -> Any:
    import cxstats as cx

    estimate = cx.measure(survey(case, frame), scores(), by="g")
    _ = estimate.std_error, estimate.vcov if covariance else None
    return estimate


def sums_asked(case: Case, frame: Any) -> int:
    """Return how many sums the (largest) pass asks the engine for."""
    asked: list[int] = []
    frame_type = type(survey(case, frame).frame)
    usual = frame_type.sums

    def counting(self: Any, plan: Any) -> Any:
        asked.append(len(plan.products))
        return usual(self, plan)

    frame_type.sums = counting
    try:
        ours(case, frame)
    finally:
        frame_type.sums = usual
    return max(asked)


# --- the floors: the same sums, written by hand ---------------------------------------------------------------------------
# The weighted score wy, the weighted base wb and the base b of each score, the squares of those that are not shares, the
# checks that must be zero, and, where rows are PSUs, the second moments: of each score (`lean`), or of all pairs, which the
# full covariance takes. What follows from another sum (a share's square) is not asked for, here as there.

SHARES = (0, 3)  # scores worth 100 or 0


def moments(case: Case, lean: bool) -> list[tuple[str, str]]:
    """Return the pairs of columns whose products are summed."""
    k = range(len(ITEMS))
    pairs = [(f"wy{i}", f"y{i}") for i in k if i not in SHARES]
    if not case.clustered:
        alike = [(i, j) for i in k for j in k if i == j or not lean]
        pairs += [(f"wy{i}", f"wy{j}") for i, j in alike if i <= j and not (i == j and i in SHARES)]
        pairs += [(f"wy{i}", f"wb{j}") for i, j in alike] + [(f"wb{i}", f"wb{j}") for i, j in alike if i <= j]
    return pairs


def singles() -> list[str]:
    return ["one", "counted", "unfit", "bad", *(f"{p}{i}" for i in range(5) for p in ("wy", "wb", "b"))]


def keys(case: Case) -> list[str]:
    return ["stratum", "psu", "g"] if case.clustered else ["g"]


def floor_duckdb(case: Case, table: Any, lean: bool) -> tuple[Any, Any]:
    points = ("1e2 * (csat >= 4)::DOUBLE", "1e2 * ((recommend >= 9)::DOUBLE - (recommend <= 6)::DOUBLE)",
              "effort::DOUBLE - 4e0", "1e2 * resolved::DOUBLE", f"spend - {CENTRE}e0")  # fmt: skip
    columns = [f"coalesce({p}, 0e0) AS y{i}, ({c} IS NOT NULL)::DOUBLE AS b{i}"
               for i, (p, c) in enumerate(zip(points, ITEMS, strict=True))]  # fmt: skip
    bad = (
        "csat < 1 OR csat > 5 OR recommend < 0 OR recommend > 10 OR effort < 1 OR effort > 7 OR resolved NOT IN (0, 1)"
    )
    products = [f"sum({a} * {b})" for a, b in moments(case, lean)]
    query = f"""
        WITH scored AS (
            SELECT {", ".join(keys(case))}, weight, 1e0 AS one, (weight > 0)::DOUBLE AS counted,
                   (weight < 0 OR weight IS NULL)::DOUBLE AS unfit, coalesce(({bad})::DOUBLE, 0e0) AS bad,
                   {", ".join(columns)} FROM t),
        heavy AS (SELECT *, {", ".join(f"weight * y{i} AS wy{i}, weight * b{i} AS wb{i}" for i in range(5))} FROM scored)
        SELECT {", ".join([*keys(case), *(f"sum({s}) AS {s}" for s in singles()), *products])} FROM heavy GROUP BY ALL
    """
    found = table.query("t", query).to_arrow_table()
    assert sum(found["bad"].to_numpy()) == sum(found["unfit"].to_numpy()) == 0
    return found["g"].to_pandas(), np.stack([found[f"{p}{i}"].to_numpy() for p in ("wy", "wb") for i in range(5)])


def floor_polars(case: Case, frame: Any, lean: bool) -> tuple[Any, Any]:
    import polars as pl

    c, r, e, f, s, w = (pl.col(n) for n in (*ITEMS, "weight"))
    points = (100.0 * (c >= 4), 100.0 * (r >= 9) - 100.0 * (r <= 6), e - 4.0, 100.0 * f, s - CENTRE)
    bad = (c < 1) | (c > 5) | (r < 0) | (r > 10) | (e < 1) | (e > 7) | ~f.is_in([0, 1])
    found = (
        frame.lazy()
        .select(
            *keys(case), "weight", one=pl.lit(1.0), counted=(w > 0).cast(pl.Float64),
            unfit=((w < 0) | w.is_null()).cast(pl.Float64), bad=bad.fill_null(False).cast(pl.Float64),
            **{f"y{i}": p.cast(pl.Float64).fill_null(0.0) for i, p in enumerate(points)},
            **{f"b{i}": pl.col(n).is_not_null().cast(pl.Float64) for i, n in enumerate(ITEMS)},
        )
        .with_columns(**{f"w{p}{i}": w * pl.col(f"{p}{i}") for i in range(5) for p in ("y", "b")})
        .group_by(keys(case))
        .agg(*(pl.col(s).sum() for s in singles()),
             *((pl.col(a) * pl.col(b)).sum().alias(f"{a}*{b}") for a, b in moments(case, lean)))
        .collect()
    )  # fmt: skip
    assert found["bad"].sum() == found["unfit"].sum() == 0
    return found["g"].to_pandas(), np.stack([found[f"{p}{i}"].to_numpy() for p in ("wy", "wb") for i in range(5)])


def floor_pandas(case: Case, frame: Any, lean: bool) -> tuple[Any, Any]:
    import pandas as pd

    cell, labels = pd.factorize(frame["g"])
    size = len(labels)
    if case.clustered:
        for name in ("psu", "stratum"):
            codes, levels = pd.factorize(frame[name])
            cell, size = codes * size + cell, size * len(levels)
        if size > 4 * len(cell):
            cell, occurring = pd.factorize(cell)
        else:
            occurring = np.flatnonzero(np.bincount(cell, minlength=size))
            position = np.zeros(size, dtype=np.int64)
            position[occurring] = np.arange(len(occurring))
            cell = position[cell]
        size, labels = len(occurring), labels[occurring % len(labels)]
    made = [frame[name].to_numpy() for name in (*ITEMS, "weight")]
    pairs = moments(case, lean)
    sums = {name: np.zeros(size) for name in [*singles(), *pairs]}
    for start in range(0, len(cell), max(CHUNK, size)):
        rows = slice(start, start + max(CHUNK, size))
        c, r, e, f, s, w = (column[rows] for column in made)
        points = (100.0 * (c >= 4), 100.0 * (r >= 9) - 100.0 * (r <= 6), e - 4, 100.0 * f, s - CENTRE)
        bad = (c < 1) | (c > 5) | (r < 0) | (r > 10) | (e < 1) | (e > 7) | ((f != 0) & (f != 1) & (f == f))
        part = {"one": np.ones(len(w)), "counted": (w > 0) * 1.0, "unfit": ~(w >= 0) * 1.0, "bad": bad * 1.0}
        for i, (p, answer) in enumerate(zip(points, (c, r, e, f, s), strict=True)):
            known = answer == answer
            part[f"b{i}"], part[f"y{i}"] = known * 1.0, np.where(known, p, 0.0)
            part[f"wy{i}"], part[f"wb{i}"] = w * part[f"y{i}"], w * part[f"b{i}"]
        for name, total in sums.items():
            values = part[name] if isinstance(name, str) else part[name[0]] * part[name[1]]
            total += np.bincount(cell[rows], weights=values, minlength=size)
    assert sums["bad"].sum() == sums["unfit"].sum() == 0
    return pd.Series(labels), np.stack([sums[f"{p}{i}"] for p in ("wy", "wb") for i in range(5)])


FLOORS: dict[str, Callable[[Case, Any, bool], tuple[Any, Any]]] = {
    "pandas": floor_pandas, "polars": floor_polars, "duckdb": floor_duckdb,
}  # fmt: skip


def values_of(labels: Any, sums: np.ndarray) -> np.ndarray:
    """Return the means that the floor's sums give: scores x groups."""
    totals = [labels.groupby(labels).ngroup().to_numpy()]
    by_group = np.stack([np.bincount(totals[0], weights=line) for line in sums])
    return by_group[:5] / by_group[5:] + np.array([0, 0, 4.0, 0, CENTRE])[:, None]


# --- the peers ------------------------------------------------------------------------------------------------------------
# Each but the bootstrap gets finished points and a finished design object; only its statistic is timed.


def with_svy(case: Case, folder: Path) -> Callable[[], tuple[np.ndarray, np.ndarray]]:
    import polars as pl
    import svy

    frame = with_points(pl.read_parquet(folder / f"{case.stem}.parquet"))
    design = svy.Design(wgt="weight", **({"stratum": "stratum", "psu": "psu"} if case.clustered else {}))
    sample = svy.Sample(frame, design)

    def statistic() -> tuple[np.ndarray, np.ndarray]:
        found = sample.estimation.mean([f"s{i}" for i in range(5)], by="g", drop_nulls=True)
        tables = [one.to_polars().sort("g") for one in found]
        return np.stack([t["est"].to_numpy() for t in tables]), np.stack([t["se"].to_numpy() for t in tables])

    return statistic


def with_samplics(case: Case, folder: Path) -> Callable[[], tuple[np.ndarray, np.ndarray]]:
    import pandas as pd
    from samplics import PopParam
    from samplics.estimation import TaylorEstimator

    rows = pd.read_csv(folder / f"{case.stem}.csv")
    design = {"stratum": rows["stratum"], "psu": rows["psu"]} if case.clustered else {}

    def statistic() -> tuple[np.ndarray, np.ndarray]:
        values, errors = [], []
        for i in range(5):
            estimator = TaylorEstimator(PopParam.mean)
            estimator.estimate(y=rows[f"s{i}"], samp_weight=rows["weight"], domain=rows["g"], remove_nan=True, **design)
            values.append([estimator.point_est[g] for g in sorted(estimator.point_est)])
            errors.append([estimator.stderror[g] for g in sorted(estimator.stderror)])
        return np.array(values), np.array(errors)

    return statistic


def with_bootstrap(case: Case, folder: Path) -> Callable[[], tuple[np.ndarray, np.ndarray]]:
    """Rows drawn with replacement, five weighted means by group each time; `DRAWN` of the replicates are run."""
    import pandas as pd

    rows = pd.read_parquet(folder / f"{case.stem}.parquet")

    def means(sample: pd.DataFrame) -> np.ndarray:
        c, r = sample["csat"], sample["recommend"]
        points = {
            "csat": 100.0 * (c >= 4), "nps": 100.0 * (r >= 9) - 100.0 * (r <= 6), "effort": sample["effort"],
            "resolved": 100 * sample["resolved"], "spend": sample["spend"],
        }  # fmt: skip
        known = sample[list(ITEMS)].notna().to_numpy()
        weight = sample["weight"].to_numpy()[:, None] * known
        heavy = pd.DataFrame(np.where(known, pd.DataFrame(points).to_numpy(), 0.0) * weight)
        both = pd.concat([heavy, pd.DataFrame(weight).add_prefix("base")], axis=1)
        sums = both.groupby(sample["g"].to_numpy()).sum().to_numpy().T
        return np.asarray(sums[:5] / sums[5:])

    def statistic() -> tuple[np.ndarray, np.ndarray]:
        drawn = [means(rows.sample(frac=1.0, replace=True, random_state=seed)) for seed in range(DRAWN)]
        return means(rows), np.std(drawn, axis=0, ddof=1)

    return statistic


IN_PYTHON = {"svy": with_svy, "samplics": with_samplics, "bootstrap": with_bootstrap}


# --- one side, in a process of its own ------------------------------------------------------------------------------------


def _status(name: str) -> float:
    """Return a line of this process's memory in megabytes (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(name + ":")) / 1024


def memory(function: Callable[[], Any]) -> tuple[Any, float, float]:
    """Return the function's result, its seconds, and the megabytes it took at its peak beyond what was there before."""
    gc.collect()
    if "pyarrow" in sys.modules:
        sys.modules["pyarrow"].default_memory_pool().release_unused()
        time.sleep(0.5)  # it hands memory back a little later
    try:  # hand free memory back, so that none of it hides what the function takes; then forget the peak so far
        ctypes.CDLL(None).malloc_trim(0)
        Path("/proc/self/clear_refs").write_text("5")
        before, peak = _status("VmRSS"), lambda: _status("VmHWM")
    except (OSError, AttributeError):
        unit = 2**20 if sys.platform == "darwin" else 2**10
        peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit  # noqa: E731
        before = peak()
    start = time.perf_counter()
    result = function()
    return result, time.perf_counter() - start, max(peak() - before, 0.0)


def timed(functions: Sequence[Callable[[], Any]], runs: int, budget: float) -> list[list[float]]:
    """Return the seconds of each function, run in turn, `runs` times or until the budget is spent."""
    seconds: list[list[float]] = [[] for _ in functions]
    start = time.perf_counter()
    for turn in range(runs):
        for function, found in zip(functions, seconds, strict=True):
            gc.collect()
            began = time.perf_counter()
            function()
            found.append(time.perf_counter() - began)
        if time.perf_counter() - start > budget and turn + 1 < runs:
            break
    return seconds


def child(task: dict[str, Any]) -> dict[str, Any]:
    """Run one side, and return its times and its numbers."""
    warnings.simplefilter("ignore")
    case, folder = Case(**task["case"]), Path(task["folder"])
    runs, budget = task["runs"], task["budget"]
    if task["side"] in IN_PYTHON:
        statistic = IN_PYTHON[task["side"]](case, folder)
        (values, errors), first, peak = memory(statistic)
        seconds = [first] if first > budget else timed([statistic], runs, budget - first)[0]
        factor = REPLICATES / DRAWN if task["side"] == "bootstrap" else 1.0
        np.savez(folder / task["out"], values=values, errors=errors)
        return {"seconds": [s * factor for s in seconds], "megabytes": peak}
    frame = load(task["engine"], folder / f"{case.stem}.parquet")
    small = load(task["engine"], folder / f"{replace(case, rows=2000, groups=10).stem}.parquet")
    run: Callable[[], Any] = lambda: ours(case, frame, task["side"] == "ours covariance")  # noqa: E731
    ours(case, small)  # imports are not what is measured
    estimate, _, peak = memory(run)
    result: dict[str, Any] = {"megabytes": peak}
    shape = (len(ITEMS), case.groups)
    if task["side"] == "floor":
        floor = FLOORS[task["engine"]]
        floor(case, small, False)
        (labels, sums), _, result["floor megabytes"] = memory(lambda: floor(case, frame, False))
        result["gap"] = float(np.max(np.abs(values_of(labels, sums) - estimate.values.reshape(shape))))
        result["sums"] = [
            sums_asked(case, frame),
            *(len(singles()) + len(moments(case, lean)) for lean in (False, True)),
        ]
        sides = [
            run,
            lambda: floor(case, frame, False),
            *([] if case.clustered else [lambda: floor(case, frame, True)]),
        ]
        result["seconds"] = timed(sides, runs, budget)
    else:
        result["seconds"] = timed([run], runs, budget)[0]
        vcov = {"vcov": estimate.vcov} if task["side"] == "ours covariance" else {}
        np.savez(
            folder / task["out"],
            values=estimate.values.reshape(shape),
            errors=estimate.std_error.reshape(shape),
            **vcov,
        )
    return result


# --- the parent -----------------------------------------------------------------------------------------------------------


@dataclass
class Bench:
    """Where the rows lie, how often and how long each side may run, and which packages are there."""

    folder: Path
    runs: int
    budget: float
    limit: float
    samplics: list[str] | None
    by_hand: dict[tuple[Case, str], list[float]] = field(
        default_factory=dict
    )  # medians of the floors: all sums, fewest

    def side(self, case: Case, side: str, engine: str = "") -> dict[str, Any] | None:
        """Run one side; None if it took too long."""
        say(f"{case}: {side} {engine}")
        write_rows(case, self.folder)
        write_rows(replace(case, rows=2000, groups=10), self.folder)
        out = f"{side} {engine}.npz".replace(" ", "-")
        if side.startswith("r "):
            how = [
                str(self.folder / f"{case.stem}.csv"),
                str(self.folder / out),
                "clustered" if case.clustered else "rows",
            ]
            command = ["Rscript", str(HERE.with_name("measure_r.R")), *how, side[2:], str(self.runs), str(self.budget)]
        else:
            task = {"case": asdict(case), "side": side, "engine": engine, "folder": str(self.folder), "out": out,
                    "runs": self.runs, "budget": self.budget}  # fmt: skip
            python = self.samplics if side == "samplics" and self.samplics else [sys.executable]
            command = [*python, str(HERE), "--child", json.dumps(task)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=self.limit)
        except subprocess.TimeoutExpired:
            return None
        if done.returncode:
            raise RuntimeError(f"{side} {engine} failed on {case}:\n{done.stderr[-2000:]}")
        result = json.loads(done.stdout.splitlines()[-1])
        result["numbers"] = self._numbers(side, case, self.folder / out)
        return result

    def _numbers(self, side: str, case: Case, path: Path) -> dict[str, np.ndarray]:
        if side == "floor":
            return {}
        if not side.startswith("r "):
            return dict(np.load(path))
        both = np.loadtxt(path, delimiter=",").T
        numbers = {"values": both[:, : case.groups], "errors": both[:, case.groups :]}
        if side == "r covariance":
            numbers["vcov"] = np.loadtxt(f"{path}.vcov", delimiter=",")
        return numbers

    def peers(self, case: Case, wanted: Sequence[str]) -> Iterator[list[str]]:
        """Yield one line a peer."""
        known: dict[tuple[bool, str, str], dict[str, Any]] = {}
        for peer in wanted:
            if case.rows > MOST_ROWS[peer]:
                continue
            for side in ("r each", "r together", "r covariance") if peer == "r" else (peer,):
                if side == "r covariance" and case.groups > MOST_COVARIANCE:
                    continue
                mine = (
                    "ours covariance" if side == "r covariance" else "ours",
                    "polars" if peer == "svy" else "pandas",
                )
                its = replace(case, complete=side in ("r together", "r covariance"))
                we = known.get((its.complete, *mine)) or self.side(its, *mine)
                if we is None:
                    raise RuntimeError(f"{case}: our own side took more than {self.limit:.0f} s")
                known[its.complete, *mine] = we
                try:
                    yield self._peer(its, side, mine[1], we, self.side(its, side))
                except RuntimeError as error:
                    say(str(error))
                    row = [f"{case.rows:.0e}".replace("e+0", "e"), f"{case.groups:,}", case.design, NAMES[side]]
                    yield [*row, *[""] * (len(PEER_HEAD) - len(row) - 1), "failed"]

    def _peer(self, case: Case, side: str, engine: str, we: dict[str, Any], it: dict[str, Any] | None) -> list[str]:
        seconds = statistics.median(we["seconds"])
        target = PEER_TARGETS.get((side, case.groups)) if case.rows == 10**6 else None
        its = self.limit if it is None else statistics.median(it["seconds"])
        ratio = its / seconds
        more = "> " if it is None else ""
        floors = self.by_hand.get((replace(case, complete=False), engine), [])
        best = its / min(floors[:1] if side == "r covariance" else floors) if floors else None
        out_of_reach = best is not None and target is not None and best < target
        missed = "not known" if it is None else "out of reach" if out_of_reach else "missed"
        aim = "" if target is None else f"{target} {'met' if ratio >= target else missed}"
        size = "" if it is None or it["megabytes"] is None else f"{it['megabytes']:,.0f}"
        return [f"{case.rows:.0e}".replace("e+0", "e"), f"{case.groups:,}", case.design, NAMES[side], more + clock(its),
                f"{clock(seconds)} ({engine})", f"{more}{ratio:,.0f}", aim,
                "" if best is None else f"{more}{best:,.0f}", size, f"{we['megabytes']:,.0f}",
                "not finished" if it is None else agreement(side, we["numbers"], it["numbers"])]  # fmt: skip

    def floor(self, case: Case, engine: str) -> list[str]:
        """Return the line that compares ours with the same sums by hand."""
        found = self.side(case, "floor", engine)
        if found is None:
            return [
                f"{case.rows:.0e}".replace("e+0", "e"),
                f"{case.groups:,}",
                case.design,
                engine,
                *[""] * 7,
                "not finished",
            ]
        ours_, floor, *lean = (statistics.median(s) for s in found["seconds"])
        self.by_hand[case, engine] = [floor, *lean]
        ratio, target = ours_ / floor, FLOOR_TARGETS[engine]
        asked, by_hand, fewest = found["sums"]
        return [f"{case.rows:.0e}".replace("e+0", "e"), f"{case.groups:,}", case.design, engine, f"{asked} / {by_hand}",
                clock(floor), clock(ours_), f"{ratio:.2f}", f"{target} {'met' if ratio <= target else 'missed'}",
                f"{clock(lean[0])} ({fewest} sums)" if lean else "",
                f"{found['megabytes']:,.0f} / {found['floor megabytes']:,.0f}",
                "same" if found["gap"] < 1e-6 else f"differ by {found['gap']:.1e}"]  # fmt: skip


def agreement(side: str, we: dict[str, np.ndarray], it: dict[str, np.ndarray]) -> str:
    """Say whether the peer's numbers are ours."""
    if we["values"].shape != it["values"].shape:
        return "other groups"
    notes: list[str] = []
    gaps = {"values": np.abs(we["values"] - it["values"]) / np.maximum(np.abs(we["values"]), 1.0)}
    if side != "bootstrap":  # it ignores the design and is subject to chance
        unknown = np.isnan(we["errors"])  # answers all alike, or no degrees of freedom; some peers say 0
        with np.errstate(invalid="ignore", divide="ignore"):
            gaps["SEs"] = np.where(unknown, 0.0, np.abs(we["errors"] / it["errors"] - 1))
        notes += [f"{unknown.sum()} of {unknown.size:,} SEs unknown to us"] * bool(unknown.any())
        if "vcov" in it:
            scale = np.sqrt(np.outer(np.diag(we["vcov"]), np.diag(we["vcov"])))
            gaps["covariances"] = np.abs(we["vcov"] - it["vcov"]) / scale
    off = {name: float(np.max(gap)) for name, gap in gaps.items() if not np.all(gap < 1e-6)}
    same = [name for name in gaps if name not in off]
    said = [f"{name} differ by {gap:.0e}" for name, gap in off.items()]
    return "; ".join([*([f"same {', '.join(same)}"] if same else []), *said, *notes])


def clock(seconds: float) -> str:
    return f"{seconds:,.0f} s" if seconds >= 100 else f"{seconds:.1f} s" if seconds >= 10 else (
        f"{seconds:.2f} s" if seconds >= 1 else f"{1000 * seconds:.0f} ms")  # fmt: skip


def imports(runs: int = 7) -> Iterator[list[str]]:
    """Yield what importing costs, in fresh processes that take turns."""
    everything = ["pandas", "scipy.stats", "statsmodels.api", "seaborn"]
    there = [name for name in everything if importlib.util.find_spec(name.split(".")[0])]
    statements = {
        "cxstats": "import cxstats",
        "pandas": "import pandas",
        " + ".join(there): f"import {', '.join(there)}",
    }
    code = "import time; start = time.perf_counter(); {}; print(time.perf_counter() - start)"
    found: dict[str, list[float]] = {name: [] for name in statements}
    for _ in range(runs + 1):
        for name, statement in statements.items():
            done = subprocess.run(
                [sys.executable, "-c", code.format(statement)], capture_output=True, text=True, check=True
            )
            found[name].append(float(done.stdout))
    cost = {name: statistics.median(seconds[1:]) for name, seconds in found.items()}
    whole = " + ".join(there)
    yield ["import cxstats", clock(cost["cxstats"]), "", ""]
    ratio = cost["cxstats"] / cost["pandas"]
    yield [
        "import pandas",
        clock(cost["pandas"]),
        f"ours / theirs {ratio:.2f}",
        f"< 1.3 {'met' if ratio < 1.3 else 'missed'}",
    ]
    ratio = cost[whole] / cost["cxstats"]
    absent = [name for name in everything if name not in there]
    left = f" (not installed, left out: {', '.join(absent)})" if absent else ""
    yield [
        f"import {whole}{left}",
        clock(cost[whole]),
        f"theirs / ours {ratio:.1f}",
        f"4 {'met' if ratio >= 4 else 'missed'}",
    ]


def markdown(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, ["---"] * len(head), *lines])


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def machine(samplics: str) -> str:
    """Return what the figures depend on."""
    model = platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = [line.partition(":") for line in Path("/proc/cpuinfo").read_text().splitlines()]
        model = next((value.strip() for name, _, value in lines if name.strip() == "model name"), model)
    packages = ["cxstats", "numpy", "pandas", "polars", "duckdb", "narwhals", "svy"]
    versions = [f"{p} {importlib.metadata.version(p)}" for p in packages if importlib.util.find_spec(p)]
    if samplics:
        versions.append(f"samplics {samplics}")
    if shutil.which("Rscript"):
        asked = (
            'cat(as.character(getRversion()), tryCatch(as.character(packageVersion("survey")), error = function(e) ""))'
        )
        r, _, package = (
            subprocess.run(["Rscript", "-e", asked], capture_output=True, text=True).stdout.strip().partition(" ")
        )
        versions += [f"R {r}", *([f"survey {package}"] if package else [])]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{cores} cores ({model}), {platform.system()}, Python {platform.python_version()}; {', '.join(versions)}."


def find_samplics() -> tuple[list[str] | None, str]:
    """Return a Python that has samplics (this one, or one that uv makes for the occasion), and the version."""
    code = "import importlib.metadata as m, pandas, samplics; print(m.version('samplics'))"
    candidates = [[sys.executable]]
    if uv := os.environ.get("UV") or shutil.which("uv"):
        candidates.append([uv, "run", "--quiet", "--isolated", "--no-project", "--with", "samplics", "python"])
    for python in candidates:
        done = subprocess.run([*python, "-W", "ignore", "-c", code], capture_output=True, text=True)
        if done.returncode == 0:
            return python, done.stdout.strip()
    return None, ""


def available(wanted: Sequence[str], samplics: list[str] | None) -> tuple[list[str], list[str]]:
    """Return the peers that are there, and what to say of the others."""
    r = 'quit(status = !requireNamespace("survey", quietly = TRUE))'
    there = {
        "r": bool(shutil.which("Rscript"))
        and subprocess.run(["Rscript", "-e", r], capture_output=True).returncode == 0,
        "svy": importlib.util.find_spec("svy") is not None,
        "samplics": samplics is not None,
        "bootstrap": True,
    }
    return [p for p in wanted if there[p]], [p for p in wanted if not there[p]]


def page(asked: argparse.Namespace, bench: Bench, peers: list[str], absent: list[str], version: str) -> str:
    """Measure everything, and return the page."""
    sizes = [*asked.rows, *([10**7] if asked.huge else [])]
    cases = [Case(n, g, d == "clustered") for n, g, d in product(sizes, asked.groups, asked.designs)]
    started = time.perf_counter()
    importing = list(imports())
    floors = [bench.floor(case, engine) for case in cases for engine in ENGINES]
    against = [line for case in cases for line in bench.peers(case, peers)]
    minutes = (time.perf_counter() - started) / 60
    missing = f"Not installed, so left out: {', '.join(absent)}." if absent else ""
    text = f"""# Speed and memory of `measure`

Written by `python benchmarks/measure.py` on {date.today():%Y-%m-%d}, in {minutes:.0f} minutes; medians of {asked.runs} runs
after one that is not timed (fewer where they took over {bench.budget:.0f} s).
{machine(version)}

Five scores in one call: top-2 satisfaction, NPS, mean effort, first-contact resolution, mean spend; 5 to 20 % of the answers
missing; weights; groups named by texts. With strata and PSUs: {STRATA} strata of {PSUS} PSUs, which the groups cross.
Memory is the peak beyond the data, in megabytes. polars and DuckDB use all cores; pandas, R and samplics one. {missing}

## Against other packages

Peers get finished points (ours, and the bootstrap, compute them from the answers), and their reading and design objects are
not timed. "Complete answers" leaves no answer missing, for both, since one svyby of several scores drops a row if any answer is
missing. Ours has the whole covariance where the peer has it. samplics drops rows with a missing answer from the design: where
rows are PSUs, its n / (n - 1) is another. The bootstrap draws rows, ignores the design, and is run {DRAWN} times and scaled
up. "By hand" is the ratio that the bare sums would have, by hand on the same engine (below): more than that is out of its
reach, whoever writes the sums. "At least" holds for 1e6 rows; numbers are the same where they differ by less than 1e-6.

{markdown(PEER_HEAD, against)}

## Against the same sums by hand

The floor is one query in SQL (DuckDB), one lazy query (polars), or one factorisation and chunked bincounts (pandas), for the
same sums by stratum x PSU x group, or by group. Floor and ours take turns in one process. "Fewer" leaves out moments across
scores, which only the full covariance needs.

{markdown(FLOOR_HEAD, floors)}

## Importing

{markdown(["what", "time", "ratio", "target"], importing)}
"""  # fmt: skip
    return text


def main() -> int:
    """Measure, print the page, and write it where asked."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])

    def numbers(text: str) -> list[int]:
        return [int(float(t)) for t in text.split(",") if t]

    def names(text: str) -> list[str]:
        return [t for t in text.split(",") if t]

    parser.add_argument("--rows", type=numbers, default=[10**5, 10**6])
    parser.add_argument("--groups", type=numbers, default=[10, 1000])
    parser.add_argument(
        "--designs", type=names, default=["clustered", "rows"], help="clustered (strata and PSUs), rows"
    )
    parser.add_argument("--peers", type=names, default=list(PEERS), help="r, svy, samplics, bootstrap; empty for none")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--huge", action="store_true", help="1e7 rows, too (without R, samplics and the bootstrap)")
    parser.add_argument("--budget", type=float, default=60.0, help="seconds after which a side is not run again")
    parser.add_argument("--limit", type=float, default=300.0, help="seconds after which a side is given up")
    parser.add_argument("--out", type=Path, help="Markdown file; otherwise printed only")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        print(json.dumps(child(json.loads(asked.child))))
        return 0
    for option, given, allowed in (
        ("--peers", asked.peers, PEERS),
        ("--designs", asked.designs, ("clustered", "rows")),
    ):
        if unknown := [name for name in given if name not in allowed]:
            parser.error(f"{option}: {', '.join(unknown)} is not among {', '.join(allowed)}")
    python, version = find_samplics() if "samplics" in asked.peers else (None, "")
    peers, absent = available(asked.peers, python)
    with tempfile.TemporaryDirectory() as folder:
        text = page(asked, Bench(Path(folder), asked.runs, asked.budget, asked.limit, python), peers, absent, version)
    print(text)
    if asked.out:
        asked.out.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
