"""One task, five packages: did satisfaction change between two quarters of a weighted survey in clusters?

    python benchmarks/peers.py [--out benchmarks/peers.md]

The rows are the embedded sample survey (synthetic): in each quarter the same 40 branches (PSUs) in four regions (strata) are
visited, and a customer of a large branch stands for more. The task is the change of CSAT (% who answer 4 or 5 of 1-5) from
2025Q3 to 2026Q3, the last quarter and the same one a year earlier. Each package does it as its manual suggests, in a process
of its own; one that is not installed gets an environment that uv makes for the occasion; what cannot be had is named.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import math
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

HERE = Path(__file__)
NOW, BEFORE = "2026Q3", "2025Q3"
Answer = dict[str, Any]  # estimate, std_error, conf_low, conf_high, p_value; each in % points but the last
NUMBERS = ("estimate", "std_error", "conf_low", "conf_high", "p_value")
RIGHT, NO_BREAK = "R survey", "\u00a0"
WHAT = {  # (package, number of its answer): what was called, and why it comes out as it does
    ("pingouin", 0): ("`ttest`", "No weights: customers of large branches count too little. No branches either."),
    ("pingouin", 1): ("`linear_regression(weights=)`", "Weights. Answers of one branch pass for strangers', though what "
                      "sets a branch apart is there in both quarters and cancels in the change."),
    ("statsmodels", 0): ("`test_proportions_2indep`", "As `ttest`: no weights, no branches."),
    ("statsmodels", 1): ("`CompareMeans(DescrStatsW, DescrStatsW)`", "Takes the customers stood for as customers asked, and is "
                         "sure of a change that the data cannot show."),
    ("statsmodels", 2): ("`WLS(...).fit(cov_type=\"cluster\")`", "Weights and shared branches, for those who know to ask. "
                         "Regions ignored; normal, not t."),
    ("svy", 0): ("`mean(by=)`, then `contrast`", "Weights, regions, and branches that the quarters share."),
    (RIGHT, 0): ("`svyby(covmat=TRUE)`, then `svycontrast`", "The same. The others are held against this one."),
    ("cxstats", 0): ("`measure(by=)`, then `compare`", "The same. The interval is one for differences of shares (MOVER), which "
                     "cannot leave -100 to 100."),
}  # fmt: skip
HEAD = ("package", "call", "change", "standard error", "95 % interval", "p", "s.e. / R's", "why")


# --- the packages: each takes the rows (branch, region, quarter, weight, csat: 0, 100 or missing) --------------------------


def with_pingouin(rows: Any) -> Iterator[Answer]:
    """Answer as a user of pingouin would, who has nowhere to put branches."""
    import pingouin

    rows = rows[rows["quarter"].isin([NOW, BEFORE])].dropna(subset="csat")
    now, before = (rows.loc[rows["quarter"] == q, "csat"] for q in (NOW, BEFORE))
    test = pingouin.ttest(now, before).iloc[0]
    change = float(now.mean() - before.mean())
    low, high = (float(end) for end in test["CI95"])
    yield answer(change, change / test["T"], low, high, test["p_val"])
    fit = pingouin.linear_regression((rows["quarter"] == NOW).astype(float), rows["csat"], weights=rows["weight"]).iloc[
        1
    ]
    yield answer(fit["coef"], fit["se"], fit["CI2.5"], fit["CI97.5"], fit["pval"])


def with_statsmodels(rows: Any) -> Iterator[Answer]:
    """Answer as a user of statsmodels would: by proportions, by weighted means, and by regression with robust errors."""
    import statsmodels.api as sm
    from statsmodels.stats.proportion import confint_proportions_2indep, test_proportions_2indep
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    rows = rows[rows["quarter"].isin([NOW, BEFORE])].dropna(subset="csat")
    parts = [rows[rows["quarter"] == q] for q in (NOW, BEFORE)]
    counts = [n for part in parts for n in (int((part["csat"] == 100).sum()), len(part))]
    test = test_proportions_2indep(*counts, method="wald")
    low, high = confint_proportions_2indep(*counts, method="wald")
    yield answer(100 * test.diff, 100 * math.sqrt(test.variance), 100 * low, 100 * high, test.pvalue)
    means = CompareMeans(*(DescrStatsW(part["csat"], weights=part["weight"]) for part in parts))
    change = means.d1.mean - means.d2.mean
    low, high = means.zconfint_diff(usevar="unequal")
    yield answer(change, means.std_meandiff_separatevar, low, high, means.ztest_ind(usevar="unequal")[1])
    later = sm.add_constant((rows["quarter"] == NOW).astype(float))
    branches = rows["branch"].astype("category").cat.codes.to_numpy()
    fit = sm.WLS(rows["csat"], later, weights=rows["weight"]).fit(cov_type="cluster", cov_kwds={"groups": branches})
    low, high = fit.conf_int().iloc[1]
    yield answer(fit.params.iloc[1], fit.bse.iloc[1], low, high, fit.pvalues.iloc[1])


def with_svy(rows: Any) -> Iterator[Answer]:
    """Answer as a user of svy would: means by quarter, then a contrast with their covariance."""
    import polars as pl
    import svy

    sample = svy.Sample(pl.from_pandas(rows), svy.Design(wgt="weight", stratum="region", psu="branch"))
    quarters = sample.estimation.mean("csat", by="quarter", drop_nulls=True)
    found = quarters.contrast({NOW: 1, BEFORE: -1}).to_polars().row(0, named=True)
    yield answer(found["est"], found["se"], found["lci"], found["uci"], found["p_value"])


def with_cxstats(rows: Any) -> Iterator[Answer]:
    """Answer with cxstats, from the answers themselves."""
    import cxstats as cx

    quarters = cx.measure(cx.sample_survey(), cx.csat("overall", scale=(1, 5), top=2), by="quarter")
    pairs = quarters.compare(to=BEFORE, adjust="none")
    found = pairs[pairs["group"] == NOW].iloc[0]
    yield answer(*(found[name] for name in ("difference", *NUMBERS[1:])))


WITH: dict[str, Callable[[Any], Iterator[Answer]]] = {
    "pingouin": with_pingouin, "statsmodels": with_statsmodels, "svy": with_svy, "cxstats": with_cxstats,
}  # fmt: skip
ORDER = ("pingouin", "statsmodels", "svy", RIGHT, "cxstats")


def answer(*numbers: Any) -> Answer:
    return {name: float(number) for name, number in zip(NUMBERS, numbers, strict=True)}


# --- one process each -----------------------------------------------------------------------------------------------------


def child(package: str, rows: Path) -> dict[str, Any]:
    """Return the answers of one package, and its version."""
    import pandas as pd

    return {"version": importlib.metadata.version(package), "answers": list(WITH[package](pd.read_csv(rows)))}


def asked(package: str, rows: Path) -> tuple[dict[str, Any] | None, str]:
    """Return what a package answers; or None, and why not."""
    if package == RIGHT:
        script = HERE.with_name("peers_r.R")
        commands = [["Rscript", str(script), str(rows), NOW, BEFORE]] if shutil.which("Rscript") else []
    else:
        task = [str(HERE), "--child", package, str(rows)]
        commands = [[sys.executable, *task]] if importlib.util.find_spec(package) else []
        if not commands and (uv := os.environ.get("UV") or shutil.which("uv")):
            isolated = [uv, "run", "--quiet", "--isolated", "--no-project", "--with", package, "--with", "pandas"]
            commands = [[*isolated, "python", "-W", "ignore", *task]]
    if not commands:
        return None, f"{package}: neither installed nor to be installed here"
    done = subprocess.run(commands[0], capture_output=True, text=True)
    if done.returncode:
        return None, f"{package}: {' '.join(done.stderr.split())[-300:]}"
    return json.loads(done.stdout.splitlines()[-1]), ""


def write_rows(path: Path) -> tuple[int, float]:
    """Write the rows that every package gets; return how many answers the task has, and how many customers they stand for."""
    import cxstats as cx

    rows = cx.load_survey()[["quarter", "region", "branch", "weight", "overall"]]
    rows["csat"] = (100.0 * (rows["overall"] >= 4)).where(rows["overall"].notna())
    rows.drop(columns="overall").to_csv(path, index=False)
    of_task = rows[rows["quarter"].isin([NOW, BEFORE]) & rows["csat"].notna()]
    return len(of_task), float(of_task["weight"].sum())


def lines(results: dict[str, dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    """Yield a line of the table for each answer."""
    right = results[RIGHT]["answers"][0]["std_error"] if RIGHT in results else math.nan
    for package, result in results.items():
        for i, a in enumerate(result["answers"]):
            call, why = WHAT[package, i]
            p = f"{a['p_value']:.3f}" if a["p_value"] >= 0.001 else f"<{NO_BREAK}0.001"
            interval = f"{a['conf_low']:.2f} to {a['conf_high']:.2f}".replace(" ", NO_BREAK)
            ratio = f"{a['std_error'] / right:.2f}" if right == right else "not known"
            yield (package, call, f"{a['estimate']:.2f}", f"{a['std_error']:.2f}", interval, p, ratio, why)


def page(results: dict[str, dict[str, Any]], absent: list[str], size: tuple[int, float]) -> str:
    """Return the page of what was found."""
    versions = ", ".join(f"{package} {result['version']}" for package, result in results.items())
    table = "\n".join("| " + " | ".join(cells) + " |" for cells in (HEAD, ["---"] * len(HEAD), *lines(results)))
    closing = ""
    if RIGHT in results and "cxstats" in results:
        ours, right = (results[package]["answers"][0] for package in ("cxstats", RIGHT))
        apart = max(abs(ours[name] - right[name]) for name in ("estimate", "std_error"))
        closing = f"\nChange and standard error of cxstats differ from R's by at most {apart:.0e}.\n"
    if absent:
        closing += f"\nLeft out: {'; '.join(absent)}.\n"
    return f"""# One task, five packages

Written by `python benchmarks/peers.py` on {date.today():%Y-%m-%d}.
Python {platform.python_version()}, {versions}.

The change of CSAT (% who answer 4 or 5 of 1-5) from {BEFORE} to {NOW}, the last quarter and the same one a year earlier, in the
embedded sample survey (synthetic): {size[0]:,} answers in the same 40 branches of four regions, which stand for {size[1]:,.0f}
customers. All numbers but p are in % points.

{table}
{closing}"""


def main() -> int:
    """Ask all, print the page, and write it where asked."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, help="Markdown file; otherwise printed only")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(child(options.child[0], Path(options.child[1]))))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.csv"
        size = write_rows(rows)
        said = {package: asked(package, rows) for package in ORDER}
    results = {package: result for package, (result, _) in said.items() if result}
    text = page(results, [why for _, why in said.values() if why], size)
    print(text)
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
