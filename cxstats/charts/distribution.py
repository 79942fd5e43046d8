"""The answers to a rating question as diverging stacked bars: who is unhappy, who is happy, and who is neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxstats.charts.bars import Bars, bar_labels, draw_bars, frame_bars, new_size
from cxstats.charts.plan import Plan
from cxstats.charts.style import axes_for, is_constant, need_axes, need_estimate, one_unit, sentence
from cxstats.errors import ArgumentError, listing

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from cxstats.inference import Estimate

MOST_ANSWERS = 11
WHOLE = 1e-6  # by how much shares may miss 100 %


def plot_distribution(est: Estimate, ax: Axes | None = None, *, sums: bool = True) -> Axes:
    """Draw the distribution of answers as diverging stacked bars, one bar a group, 100 % a bar.

    Low answers lie to the left of zero, high ones to the right, so that both are compared along a line of their own; the
    neutral answer, the middle one of an odd number, stands apart at the right on a zero of its own.

    Parameters
    ----------
    est : Estimate
        Shares that make up a whole, from the worst answer to the best, as `distribution` declares them: by group, or of
        several questions with the same answers. Any shares of one base that sum to 100 % will do.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure. Of a figure with ``layout="constrained"``, no label is cut off.
    sums : bool
        Whether to write the sums of the low and of the high answers beyond the ends of the bars.

    Returns
    -------
    matplotlib.axes.Axes
        Percent of answers on the x axis, bars from the top in the order of the estimate, the base n at their right.

    Raises
    ------
    ArgumentError
        If `est` is no Estimate, or its values are not the shares of a whole: other units, sums other than 100 %, unlike
        bases, fewer than two or more than eleven answers.

    Notes
    -----
    The bars show no intervals: a difference between two of them is a finding only if ``est.contrast`` says so. Shares are
    rounded one by one, so the numbers of a bar may add up to 99 or 101.

    References
    ----------
    Heiberger, R. M. and Robbins, N. B. (2014). Design of diverging stacked bar charts for Likert scales and other
    applications. *Journal of Statistical Software* 57(5).

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> from matplotlib.figure import Figure
    >>> answers = pd.DataFrame({"overall": [5, 4, 4, 2, 5, 1, 3, 4], "channel": ["app"] * 4 + ["call"] * 4})
    >>> by_channel = cx.measure(answers, cx.distribution("overall"), by="channel")
    >>> ax = cx.plot_distribution(by_channel, Figure().subplots())
    >>> ax.get_xlabel(), ax.containers[4].datavalues.tolist()
    ('Overall (% of answers)', [25.0, 25.0])
    """
    need_estimate("plot_distribution", est)
    need_axes("plot_distribution", ax)
    labels, table = est.labels, est.frame()
    one_unit("plot_distribution", table, labels["metric"])
    rows, questions, texts = _wholes(labels)
    bars = Bars(est.values[rows], texts)
    _need_wholes(labels, table, rows, bars.shares)
    n = table["n"].to_numpy(dtype=float)[rows[:, 0]]
    named = bar_labels(labels, rows[:, 0], questions)
    plan = Plan.of(named, None)
    ax = axes_for(est, ax, *new_size(plan))
    one = is_constant(named, "metric") and "metric" not in plan.said
    said = f"{sentence(questions[0])} (% of answers)" if one and questions[0] else "Percent of answers"
    plan = frame_bars(ax, plan, bars, n, said)
    draw_bars(ax, plan, bars, n, sums=sums and bars.half > 1)
    return ax


def _wholes(labels: pd.DataFrame) -> tuple[np.ndarray, list[str], list[str]]:
    """Return the rows of each bar in the order of the answers, the question of each bar, and the texts of the answers."""
    by = [column for column in labels.columns if column != "metric"]
    found: dict[tuple[object, ...], list[int]] = {}
    answers: dict[str, list[str]] = {}
    for i, metric in enumerate(labels["metric"].tolist()):
        question, _, answer = str(metric).rpartition(": ")
        found.setdefault((question, *labels[by].iloc[i].tolist()), []).append(i)
        if answer not in answers.setdefault(question, []):
            answers[question].append(answer)
    scales = list(answers.values())
    unlike = next((scale for scale in scales if scale != scales[0]), None)
    if unlike is not None:
        raise ArgumentError(
            f"plot_distribution(est=): {listing(list(answers), 4)} have different answers ({listing(scales[0])}; "
            f"{listing(unlike)}), so one legend cannot name them. Draw each question on its own Axes (ax=)."
        )
    texts = scales[0]
    if not 2 <= len(texts) <= MOST_ANSWERS:
        raise ArgumentError(
            f"plot_distribution(est=): {len(texts)} answers ({listing(texts, 4)}); 2 to {MOST_ANSWERS} are drawn. Declare all "
            "answers of a question with distribution(), or bands of them with share()."
        )
    if any(len(rows) != len(texts) for rows in found.values()):
        raise ArgumentError(
            "plot_distribution(est=): some groups lack answers, or have one twice. Measure all answers in one call."
        )
    return np.asarray(list(found.values())), [str(key[0]) for key in found], texts


def _need_wholes(labels: pd.DataFrame, table: pd.DataFrame, rows: np.ndarray, shares: np.ndarray) -> None:
    """Raise `ArgumentError` unless the shares of each bar have one base and sum to 100 %."""
    n = table["n"].to_numpy(dtype=float)[rows]
    totals = shares.sum(axis=1)
    known = np.isfinite(totals)
    broken = known & ((np.abs(totals - 100) > WHOLE) | (shares < -WHOLE).any(axis=1) | (n != n[:, :1]).any(axis=1))
    if (table["unit"] != "%").any() or broken.any():
        first = rows[int(np.argmax(broken))]
        place = ", ".join(str(v) for c, v in labels.iloc[first[0]].items() if c != "metric")
        said = f"{place}: " if place else ""
        raise ArgumentError(
            f"plot_distribution(est=): {said}{listing(labels['metric'].iloc[first].tolist(), 4)} are not the shares of one "
            f"whole; they sum to {totals[int(np.argmax(broken))]:.1f}. Declare the answers with "
            "distribution('overall', scale=(1, 5)), and measure them in one call."
        )
