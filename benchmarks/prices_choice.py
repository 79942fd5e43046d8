"""Conditional logit: the time to an optimum and an estimate, ours against statsmodels at the same optimum.

    python benchmarks/prices_choice.py [--choices 1e5] [--few 5e3] [--runs 5]

Choices among three alternatives with five attributes, eight choices a respondent. statsmodels' `ConditionalLogit` walks from
set to set in Python, so it is given fewer choices; its `GenericLikelihoodModel` is given the same likelihood in numpy, and
finds its way by numerical gradients (BFGS), as a user would. Peers get the matrices ready; our time holds reading and checking
the frame, and the covariance by the design. No ratio is shown before the log-likelihoods agree.
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

ALTERNATIVES, TASKS, SEED = 3, 8, 20261
ATTRIBUTES = ["wait", "kind", "hours", "distance"]
TRUTH = np.asarray([-0.05, -0.04, 0.8, 0.3, -0.2])
HEAD = (
    "choices",
    "peer",
    "its seconds",
    "our seconds",
    "ratio",
    "log-likelihood, ours - its",
    "coefficients, largest difference",
)
SAME = 1e-6  # of the log-likelihood


def drawn(choices: int) -> tuple[Any, np.ndarray, np.ndarray]:
    """Return choices as a long frame, as a matrix (choices x alternatives x attributes), and the alternative chosen."""
    import pandas as pd

    rng, size = np.random.default_rng(SEED), (choices, ALTERNATIVES)
    x = np.stack([rng.choice([20.0, 30, 40, 50], size), rng.choice([1.0, 5, 15], size), rng.integers(0, 2, size),
                  rng.normal(size=size), rng.exponential(size=size)], axis=2)  # fmt: skip
    chosen = (x @ TRUTH + rng.gumbel(size=size)).argmax(axis=1)
    frame = pd.DataFrame(x.reshape(-1, 5), columns=["price", *ATTRIBUTES])
    frame["task"] = np.repeat(np.arange(choices), ALTERNATIVES)
    frame["who"] = frame["task"] // TASKS
    frame["chosen"] = (np.arange(ALTERNATIVES) == chosen[:, None]).ravel()
    return frame, x, chosen


def with_cxstats(frame: Any) -> tuple[float, np.ndarray]:
    """Return log-likelihood and coefficients."""
    import cxstats as cx

    model = cx.choice_model(frame, task="task", chosen="chosen", attributes=ATTRIBUTES, price="price", respondent="who")
    assert np.isfinite(model.params.std_error).all()
    return model.log_likelihood, model.params.values


def with_generic(x: np.ndarray, chosen: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the same by statsmodels' GenericLikelihoodModel."""
    from scipy.special import logsumexp
    from statsmodels.base.model import GenericLikelihoodModel

    rows = np.arange(len(chosen))

    class Choice(GenericLikelihoodModel):
        def loglikeobs(self, params: np.ndarray) -> np.ndarray:
            utility = x @ params
            return utility[rows, chosen] - logsumexp(utility, axis=1)

    warnings.simplefilter("ignore", UserWarning)  # statsmodels counts parameters as those of a regression
    model = Choice(chosen.astype(float), x[:, 0, :])
    fit = model.fit(start_params=np.zeros(x.shape[2]), method="bfgs", maxiter=500, gtol=1e-7, disp=0)
    assert np.isfinite(fit.bse).all()
    return float(fit.llf), np.asarray(fit.params)


def with_conditional(x: np.ndarray, chosen: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the same by statsmodels' ConditionalLogit."""
    from statsmodels.discrete.conditional_models import ConditionalLogit

    y = (np.arange(ALTERNATIVES) == chosen[:, None]).astype(float).ravel()
    groups = np.repeat(np.arange(len(chosen)), ALTERNATIVES)
    fit = ConditionalLogit(y, x.reshape(-1, x.shape[2]), groups=groups).fit(disp=0)
    return float(fit.llf), np.asarray(fit.params)


def timed(run: Callable[[], Any], runs: int) -> tuple[float, Any]:
    """Return the median time after a run that is not timed (one run alone where that took long), and the result."""
    start = time.perf_counter()
    result = run()
    took = [time.perf_counter() - start]
    if took[0] < 15:
        took = []
        for _ in range(runs):
            start = time.perf_counter()
            run()
            took.append(time.perf_counter() - start)
    return statistics.median(took), result


def choice_model_against(peer: str, choices: int, runs: int = 5) -> dict[str, Any]:
    """Return one line of the table; raise where the optima differ."""
    frame, x, chosen = drawn(choices)
    run = {"GenericLikelihoodModel": with_generic, "ConditionalLogit": with_conditional}[peer]
    theirs, (their_likelihood, their_b) = timed(lambda: run(x, chosen), runs)
    ours, (likelihood, b) = timed(lambda: with_cxstats(frame), runs)
    if not abs(likelihood - their_likelihood) <= SAME * abs(likelihood):
        raise SystemExit(f"{peer}: log-likelihood {their_likelihood}, ours {likelihood}: not one optimum.")
    apart = likelihood - their_likelihood, np.abs(b - their_b).max()
    return dict(zip(HEAD, (choices, f"statsmodels {peer}", theirs, ours, theirs / ours, *apart), strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--choices", type=float, default=1e5)
    parser.add_argument("--few", type=float, default=5e3, help="choices for ConditionalLogit")
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    print("| " + " | ".join(HEAD) + " |")
    print("| " + " | ".join("---" for _ in HEAD) + " |")
    for peer, size in (("GenericLikelihoodModel", asked.choices), ("ConditionalLogit", asked.few)):
        line = choice_model_against(peer, int(size), asked.runs)
        print(
            "| " + " | ".join(f"{v:.3g}" if isinstance(v, float) else str(v) for v in line.values()) + " |", flush=True
        )


if __name__ == "__main__":
    main()
