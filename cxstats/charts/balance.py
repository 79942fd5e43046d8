"""The balance of levels: how far they differ in what is adjusted for, before and after weighting (a love plot)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.charts.price_axis import named, of_group
from cxstats.charts.style import MUTED, PALETTE, axes_for, dress, plain, text_size
from cxstats.charts.worth import (
    height_left,
    in_lines,
    name_rows,
    need_value,
    one_of_value,
    say,
    small_print,
    width_left,
)
from cxstats.errors import ArgumentError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST, PITCH = 40, 5.5  # rows; points from row to row, at least
APART = 0.1  # standard deviations: a level that differs by no more is taken to be alike (Austin 2009)
BEFORE, AFTER = PALETTE[1], PALETTE[0]
SHORT = 12  # letters of a level that is named beside a term
WHICH = "Each at the level that differs most from the customers whom the value is estimated for; +: more there."


def plot_balance(value: Any, ax: Axes | None = None, *, group: Any = None, outcome: str | None = None) -> Axes:
    """Draw how far levels differ in what is adjusted for: before weighting hollow, after weighting filled (a love plot).

    Of each term, the mean at that level that is farthest from the mean of the customers whom the value is estimated for, in
    standard deviations; weights are the inverse of the chance of the level. The term that differed most stands on top. Of
    many terms, those are shown that differ most before or after, and the note says how many are not, and how far these differ.

    Parameters
    ----------
    value : ServiceValue
        What `service_value` returns.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure. Of a figure with ``layout="constrained"``, no label is cut off.
    group : value or mapping, optional
        The group to draw, if the value has several: a value of the only ``by``, or one of each label.
    outcome : str, optional
        The outcome whose rows are compared, if the value has several.

    Returns
    -------
    matplotlib.axes.Axes
        Standard deviations on the x axis, terms from the top.

    Raises
    ------
    ArgumentError
        If `value` is no such result, adjusts for nothing, or there are several groups or outcomes and none is picked.

    Notes
    -----
    Levels that are alike here may differ in what was not asked. Means that are alike do not make distributions alike.

    References
    ----------
    Austin, P. C. (2009). Balance diagnostics for comparing the distribution of baseline covariates between treatment groups in
    propensity-score matched samples. *Statistics in Medicine* 28.

    Examples
    --------
    >>> import cxstats as cx
    >>> from matplotlib.figure import Figure
    >>> value = cx.service_value(cx.sample_survey(), outcome="spend", level="service_level",
    ...                          order=["poor", "adequate", "wow"], adjust=["tenure", "segment"], unit="EUR")
    >>> ax = cx.plot_balance(value, Figure().subplots())
    >>> [tick.get_text() for tick in ax.get_yticklabels()][:2]
    ['tenure = long (poor −)', 'tenure = new (poor +)']
    """
    place = "plot_balance"
    need_value(place, value, ax)
    name, picked = one_of_value(place, value, outcome, group)
    every = _farthest(of_group(value.balance, {"metric": name, **picked}))
    if not len(every):
        raise ArgumentError(
            f"{place}(value=): nothing is adjusted for, so nothing can balance. Name columns by adjust=."
        )
    means = value.pick(metric=name, **picked)
    ax = axes_for(means, ax, 6.0, float(np.clip(1.3 + 0.2 * min(len(every), MOST), 2.0, 9.0)))
    dress(ax, "x")
    drawn = _most_telling(every, min(MOST, max(int(height_left(ax, "\n\n") / PITCH), 3)))
    said = small_print(ax, [_told(every, drawn, picked, float(means.n.sum())), _how(value), WHICH])
    pitch = height_left(ax, said) / len(drawn)
    y, before, after = np.arange(len(drawn)), drawn["before"].to_numpy(), drawn["after"].to_numpy()
    ax.set_ylim(len(drawn) - 0.5, -0.5)
    rows = [f"{term}{where}" for term, where in zip(drawn["term"], drawn["where"], strict=True)]
    name_rows(ax, y, rows, 0.95 * pitch)
    _axis(ax, float(np.nanmax([before, after, np.full(len(y), 1.2 * APART)])))
    side = float(np.clip(0.5 * pitch, 2.5, 5.5))
    ax.hlines(y, np.fmin(before, after), np.fmax(before, after), color=MUTED, linewidth=0.7, zorder=1.5, label="_way")
    ax.scatter(
        before, y, s=side**2, marker="o", facecolor="white", edgecolor=BEFORE, linewidth=side / 4, zorder=2.5, clip_on=False,
        label="_before",
    )  # fmt: skip
    ax.scatter(after, y, s=side**2, marker="o", color=AFTER, linewidth=0, zorder=3, clip_on=False, label="_after")
    say(ax, said)
    return ax


def _farthest(table: pd.DataFrame) -> pd.DataFrame:
    """Return of each term the largest difference over levels, the largest before weighting first."""
    sizes = table[["before", "after"]].abs().assign(term=table["term"])
    found = sizes.groupby("term", sort=False, observed=True).max().reset_index()
    worst = table.loc[sizes.groupby("term", sort=False, observed=True)["before"].idxmax().to_list()]
    column = table.columns[table.columns.to_list().index("term") + 1]
    pairs = zip(worst[column].astype(str), worst["before"], strict=True)
    found["where"] = [f" ({level} {'−' if far < 0 else '+'})" if len(level) <= SHORT else "" for level, far in pairs]
    return found.sort_values("before", ascending=False, kind="stable").reset_index(drop=True)


def _most_telling(table: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return so many terms, those that differ most before or after weighting, in their order."""
    rank = table[["before", "after"]].max(axis=1).sort_values(ascending=False, kind="stable")
    return table.loc[np.sort(rank.index[:most].to_numpy())].reset_index(drop=True)


def _told(every: pd.DataFrame, drawn: pd.DataFrame, picked: dict[str, Any], n: float) -> str:
    """Return what is drawn, and what is not."""
    said = named(picked, f"hollow: before weighting; filled: after; n = {n:,.0f}.")
    if len(drawn) == len(every):
        return said
    rest = every[~every["term"].isin(drawn["term"])]
    return (
        f"{said} {len(drawn)} of {len(every)} terms; the others differ by at most {rest['before'].max():.2f} before and "
        f"{rest['after'].max():.2f} after."
    )


def _how(value: Any) -> str:
    return "The means are by regression, not by these weights." if value.method == "standardise" else ""


def _axis(ax: Axes, most: float) -> None:
    """Give the axis its view from 0, ticks and name, and the line up to which levels are taken to be alike."""
    from cxstats.charts.ticks import number_axis

    width = width_left(ax)
    ax.set_xlim(-0.02 * most, 1.05 * most)
    number_axis(ax.xaxis, (0.0, most), width, text_size(), across=True)
    ax.axvline(APART, color=MUTED, linewidth=1.0, linestyle=(0, (3, 2)), zorder=1.2, label="_alike")
    names = [f"Difference in standard deviations; alike up to {APART:g}", "Difference (standard deviations)"]
    lines = [in_lines(name, text_size(), width) for name in names]
    ax.set_xlabel(plain(lines[lines[0].count("\n") > 1]))
