"""Models of prices: the time to an optimum and an estimate, ours against statsmodels at the same optimum.

    python benchmarks/prices.py [--rows 1e4,1e5] [--choices 1e5] [--runs 5]      # writes prices.csv and prices.md

Contingent valuation: double-bounded answers with four covariates. statsmodels' `GenericLikelihoodModel` is given the same
log-likelihood in numpy, the limits ready as arrays, and a start, and finds its way by numerical gradients (BFGS), as a user
would; its standard errors are those of its numerical Hessian. Our time holds reading and checking the frame, the covariance by
the design, and median, mean and truncated mean. Choice models are those of `prices_choice.py`. Each side has one core. No ratio
is shown before the log-likelihoods agree.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy is loaded: matrices of six columns gain nothing from threads

import argparse
import csv
import importlib.metadata
import platform
import warnings
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from prices_choice import choice_model_against, timed

HERE = Path(__file__)
SEED, LIMIT = 20261, 1.0  # seconds, for 100,000 rows
AIM = 20  # times statsmodels' generic likelihood
SAME = 1e-7  # of the log-likelihood
COVARIATES = ["experience", "visits", "age", "member"]
TRUTH = np.asarray([0.10, 0.05, -0.01, 0.30])
KINDS = ("log-logistic", "log-normal", "weibull", "logistic")
HEAD = (
    "model",
    "rows",
    "peer",
    "its seconds",
    "our seconds",
    "ratio",
    "our seconds, optimum alone",
    "ratio, optimum alone",
    "log-likelihood, ours - its",
    "coefficients, largest difference in standard errors",
)


def drawn(rows: int) -> Any:
    """Return double-bounded answers of people whose amounts are log-logistic, median 20 for a usual one."""
    import pandas as pd

    rng = np.random.default_rng(SEED)
    x = np.column_stack(
        [rng.integers(1, 6, rows), rng.poisson(4, rows), rng.uniform(18, 80, rows), rng.integers(0, 2, rows)]
    ).astype(float)
    amount = 20 * np.exp((x - x.mean(axis=0)) @ TRUTH + 0.4 * rng.logistic(size=rows))
    bid = rng.choice([5.0, 10, 20, 40, 80], rows)
    yes = amount > bid
    second = np.where(yes, 2 * bid, bid / 2)
    return pd.DataFrame(x, columns=COVARIATES).assign(bid=bid, yes=yes, second=second, again=amount > second)


def with_cxstats(frame: Any, kind: str) -> tuple[float, np.ndarray, np.ndarray]:
    """Return log-likelihood, coefficients, and their standard errors."""
    import cxstats as cx

    found = cx.contingent_valuation(
        frame, bid="bid", answer="yes", bid_up="second", bid_down="second", answer2="again", covariates=COVARIATES,
        distribution=kind,
    )  # fmt: skip
    assert np.isfinite(found.median.std_error).all()
    return found.log_likelihood, found.params.values, found.params.std_error


def optimum(frame: Any, kind: str) -> Any:
    """Return a function from nothing to our optimum alone, its matrices ready, as the peer's are."""
    from cxstats.pricing.tolerance import DISTRIBUTIONS, Amounts, fitted

    of, (low, high) = DISTRIBUTIONS[kind], limits(frame)
    x = np.column_stack([np.ones(len(frame)), frame[COVARIATES].to_numpy()])
    data = Amounts(x, of.scaled(low), of.scaled(high), np.ones(len(x)), ["intercept", *COVARIATES, "bid"])
    return lambda: fitted(of, data, "benchmark")


def limits(frame: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the limits of the amounts."""
    yes, again, bid, second = (frame[name].to_numpy() for name in ("yes", "again", "bid", "second"))
    return np.where(again, second, np.where(yes, bid, -np.inf)), np.where(again, np.where(yes, np.inf, bid), second)


def with_generic(frame: Any, kind: str) -> tuple[float, np.ndarray]:
    """Return log-likelihood and coefficients by statsmodels."""
    from scipy.special import expit, ndtr
    from statsmodels.base.model import GenericLikelihoodModel

    above = {"log-normal": ndtr, "weibull": lambda e: np.exp(-np.exp(-e))}.get(kind, expit)
    g = (lambda a: a) if kind == "logistic" else np.log
    bid, (lower, upper) = g(frame["bid"].to_numpy()), limits(frame)
    some, ends = np.isfinite(lower), np.isfinite(upper)
    low, high = np.where(some, g(np.where(some, lower, 1.0)), 0.0), np.where(ends, g(np.where(ends, upper, 1.0)), 0.0)
    x = np.column_stack([np.ones(len(frame)), frame[COVARIATES].to_numpy()])

    class Valuation(GenericLikelihoodModel):
        def loglikeobs(self, params: np.ndarray) -> np.ndarray:
            index = x @ params[:-1]
            upper = np.where(ends, above(index + params[-1] * high), 0.0)
            return np.log(np.maximum(np.where(some, above(index + params[-1] * low), 1.0) - upper, 1e-300))

    warnings.simplefilter(
        "ignore"
    )  # statsmodels counts parameters as those of a regression; steps may leave the domain
    start = np.zeros(x.shape[1] + 1)
    start[0], start[-1] = bid.mean() / bid.std(), -1 / bid.std()
    model = Valuation(some.astype(float), np.column_stack([x, bid]))
    fit = model.fit(start_params=start, method="bfgs", maxiter=1000, gtol=1e-6, disp=0)
    assert np.isfinite(fit.bse).all()
    return float(fit.llf), np.asarray(fit.params)


def valuation_against(kind: str, rows: int, runs: int) -> dict[str, Any]:
    """Return one line of the table; raise where ours is not at least as likely."""
    frame = drawn(rows)
    theirs, (their_likelihood, their_b) = timed(lambda: with_generic(frame, kind), 1)
    ours, (likelihood, b, error) = timed(lambda: with_cxstats(frame, kind), runs)
    alone, fit = timed(optimum(frame, kind), runs)
    assert abs(fit.log_likelihood - likelihood) <= SAME * abs(likelihood)
    if not abs(likelihood - their_likelihood) <= SAME * abs(likelihood):
        raise SystemExit(f"{kind}: log-likelihood {their_likelihood}, ours {likelihood}: not one optimum.")
    apart = likelihood - their_likelihood, float((np.abs(b - their_b) / error).max())
    model = f"contingent valuation, {kind}"
    return dict(
        zip(
            HEAD,
            (
                model,
                rows,
                "statsmodels GenericLikelihoodModel",
                theirs,
                ours,
                theirs / ours,
                alone,
                theirs / alone,
                *apart,
            ),
            strict=True,
        )
    )


def choice_against(choices: int, runs: int) -> dict[str, Any]:
    """Return the line of the choice model."""
    line = list(choice_model_against("GenericLikelihoodModel", choices, runs).values())
    return dict(zip(HEAD, ("choice model", *line[:5], np.nan, np.nan, *line[5:6], np.nan), strict=True))


def written(lines: list[dict[str, Any]]) -> str:
    """Return the page."""
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("cxstats", "numpy", "scipy", "statsmodels")
    )
    largest = [line for line in lines if line["rows"] >= 1e5]
    slowest = max(line["our seconds"] for line in lines)
    least, alone = (np.nanmin([line[k] for line in largest or lines]) for k in ("ratio", "ratio, optimum alone"))
    table = [HEAD, ["---"] * len(HEAD)]
    table += [
        [f"{v:.3g}" if isinstance(v, float) else f"{v:,}" if isinstance(v, int) else v for v in line.values()]
        for line in lines
    ]
    rows = "\n".join(f"| {' | '.join('' if cell == 'nan' else cell for cell in row)} |" for row in table)
    return f"""# Models of prices against statsmodels

Written by `python benchmarks/prices.py` on {date.today()}.
{os.cpu_count()} cores, of which each side uses one; Python {platform.python_version()}, {versions}.

The same likelihood at the same optimum: log-likelihoods agree to {SAME:g} of their size. Peers get matrices ready; our time
holds reading and checking the frame, the design's covariance and the amounts; "optimum alone" has matrices ready, too, and
no standard errors. Asked: within {LIMIT:g} s for 100,000 rows (the
slowest: {slowest:.2f} s), {AIM} times as fast (at 100,000 rows at least {least:.0f}, the optimum alone {alone:.0f}).

{rows}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="1e4,1e5")
    parser.add_argument("--choices", type=float, default=1e5)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    lines = [valuation_against(kind, int(float(n)), asked.runs) for n in asked.rows.split(",") for kind in KINDS]
    if asked.choices:
        lines.append(choice_against(int(asked.choices), asked.runs))
    with HERE.with_suffix(".csv").open("w", newline="") as file:
        table = csv.DictWriter(file, HEAD)
        table.writeheader()
        table.writerows(lines)
    HERE.with_suffix(".md").write_text(written(lines))
    print(written(lines))


if __name__ == "__main__":
    main()
