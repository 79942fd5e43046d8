"""The cells of a banner: what was measured, the letters, and what may not be seen."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.errors import ArgumentError
from cxstats.inference import Estimate
from cxstats.inference.show import label
from cxstats.tables.footnotes import noted
from cxstats.tables.letters import letter, lower_cells, named
from cxstats.tables.smallcells import OPEN, SMALL, closed

if TYPE_CHECKING:
    import pandas as pd

TOTAL = "Total"
WITHHELD = "withheld"
MOST_COLUMNS = 200
COLUMNS = (
    "metric", "group", "column", "letter", "n", "n_effective", "estimate", "std_error", "conf_low", "conf_high",
    "higher_than", "unit", "note",
)  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """How cells are compared and which are closed: the options of `banner`."""

    level: float
    second_level: float | None
    adjust: str | None
    min_n: int


def total_cells(total: Estimate, rule: Rule) -> pd.DataFrame:
    """Return the cells of the Total, one a metric."""
    why = [SMALL if 0 < n < rule.min_n else OPEN for n in total.n]
    found = total.frame(rule.level).assign(group="", column=TOTAL, letter="", higher_than="")
    return _veiled(found, why, rule.min_n)


def group_cells(group: str, estimate: Estimate, total: Estimate, rule: Rule) -> pd.DataFrame:
    """Return the cells of one grouping column, within each metric in the order of its values."""
    metrics = len(total)
    columns = len(estimate) // metrics
    if columns > MOST_COLUMNS:
        raise ArgumentError(
            f"banner(by=): {group!r} has {columns:,} values, and each would be a column; {MOST_COLUMNS} are the most. "
            "Put its values into bands first."
        )
    counts = estimate.n.astype(int).reshape(metrics, columns).tolist()
    why = [reason for n, of in zip(counts, total.n, strict=True) for reason in closed(n, int(of), rule.min_n)]
    is_open = np.asarray([reason == OPEN for reason in why], dtype=bool) & (estimate.n > 0)
    letters = {i: letter(i % columns) for i in range(len(estimate))}
    higher = [
        named(cells, letters, rule.level, rule.second_level) for cells in lower_cells(estimate, is_open, rule.adjust)
    ]
    names = [text_of(value) for value in estimate.labels[group].tolist()]
    found = estimate.frame(rule.level).drop(columns=group)
    found = found.assign(group=group, column=names, letter=list(letters.values()), higher_than=higher)
    return _veiled(found, why, rule.min_n)


def _veiled(found: pd.DataFrame, why: Sequence[str], min_n: int) -> pd.DataFrame:
    """Return the cells without the numbers of the closed ones; the note says why."""
    said = [
        f"n < {min_n}" if reason == SMALL else f"{WITHHELD}: it would give away a cell with n < {min_n}"
        for reason in why
    ]
    shut = np.asarray([reason != OPEN for reason in why], dtype=bool)
    found["n"] = found["n"].astype("Int64").mask(shut)
    for name in ("n_effective", "estimate", "std_error", "conf_low", "conf_high"):
        found[name] = found[name].mask(shut)
    found["note"] = np.where(shut, said, found["note"].to_numpy(dtype=object)) if len(found) else found["note"]
    return found[list(COLUMNS)]


def by_metric(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the cells metric by metric: the Total, then each group."""
    import pandas as pd

    table = pd.concat([part for part in parts if len(part)], ignore_index=True)
    place = {metric: i for i, metric in enumerate(parts[0]["metric"].tolist())}
    return table.iloc[np.argsort(table["metric"].map(place).to_numpy(), kind="stable")].reset_index(drop=True)


def remarks(cells: pd.DataFrame, groups: Sequence[str], rule: Rule) -> Iterator[str]:
    """Yield the lines below the table: the meaning of letters, what is suppressed, what only the Total counts."""
    small = "" if rule.second_level is None else f" (small letters: {100 * rule.second_level:g} %)"
    how = {"none": "not adjusted", "holm": "by Holm", "bonferroni": "by Bonferroni"}.get(
        rule.adjust or "none", "by Benjamini and Hochberg"
    )
    yield (
        "A letter names a column of the same group that the cell lies significantly above, "
        f"at {100 * rule.level:g} %{small}; joint covariance, p-values {how}"
        f"{' within metric and group' if rule.adjust not in (None, 'none') else ''}."
    )
    if cells["n"].isna().any():
        yield (
            f"n < {rule.min_n}: too few answers to be shown or compared; {WITHHELD}: it would give away such a cell."
        )
    yield from (f"{mark} {note}." for note, mark in noted(cells).items())
    for group in groups:
        lost = _only_in_total(cells, group)
        if lost:
            yield f"Without {group}, in the Total only: {', '.join(lost)}."


def _only_in_total(cells: pd.DataFrame, group: str) -> list[str]:
    """Return how many answers to each metric have no value of the group; unsaid where cells are closed."""
    found = []
    for metric, rows in cells.groupby("metric", sort=False):
        inside = rows.loc[rows["group"] == group, "n"]
        lost = rows["n"].iloc[0] - inside.sum() if rows["n"].iloc[:1].notna().all() and inside.notna().all() else 0
        if lost:
            found.append(f"{int(lost):,} of {metric}")
    return found


def text_of(value: Any) -> str:
    """Return a label of the data as text; dates without an idle midnight."""
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return label(value)
