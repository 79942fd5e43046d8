"""The means of every outcome, group and level by a method, with one covariance for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cxstats.inference import Estimate
from cxstats.inference.influence import REMARK, from_influence
from cxstats.inference.leverage import Informed
from cxstats.inference.noted import as_shares, noted, of_their_levels
from cxstats.value.asked import Asked, Outcome
from cxstats.value.comparability import Comparable
from cxstats.value.fits import Columns, Weighted, mean_at

if TYPE_CHECKING:
    import pandas as pd


FEW = 3.0  # over n: what answers all alike leave open (the rule of three)


@dataclass(frozen=True)
class Cell:
    """One outcome in one group: its rows (places in the survey), and how they compare."""

    outcome: Outcome
    labels: pd.DataFrame
    rows: np.ndarray
    comparable: Comparable
    told: tuple[str, ...]
    named: str
    left_out: tuple[str, ...] = ()

    def with_left_out(self, left_out: tuple[str, ...]) -> Cell:
        """Return the same with what was left out, in words."""
        return replace(self, left_out=left_out)


def estimated(asked: Asked, cells: Sequence[Cell], method: str) -> Estimate:
    """Return the means by a method ("none": as they are), with one covariance for all."""
    import pandas as pd

    size, order = len(cells) * len(asked.levels.order), np.arange(len(asked.levels.order))
    values, influence = np.zeros(size), np.full((len(asked.data), size), np.nan)
    models: list[tuple[Informed, np.ndarray]] = []
    labels, n, group = [], np.zeros(size), np.zeros(size, dtype=np.int64)
    unseen, behind, certain = np.zeros(size), np.zeros(size, dtype=np.int64), np.zeros(size)
    groups = list(dict.fromkeys(cell.named for cell in cells))
    for k, cell in enumerate(cells):
        c, o = cell.comparable, cell.outcome
        y = o.points[cell.rows]
        regressed = method in ("standardise", "both") and len(c.terms) > 0
        columns, link = (c.columns, o.link) if regressed else (Columns.ones(len(y)), "identity")
        people = c.population if method != "none" else np.ones(len(y))
        for j in order:
            weighted = c.weighted[j] if method in ("weight", "both") else Weighted.none(len(y))
            at, here = k * len(order) + j, c.code == j
            one = 100.0 if o.percent else 1.0
            mean = mean_at(
                link, y / one, columns, c.weight, here, people, weighted, cell.rows, o.percent,
                f"service_value{f', {cell.named}' if cell.named else ''}, level {asked.levels.order[j]!r}",
            )  # fmt: skip
            if (
                method == "weight" and o.percent and c.terms
            ):  # weights have no doubts of answers all alike: a regression has
                sure = mean_at(
                    o.link, y / one, c.columns, c.weight, here, people, Weighted.none(len(y)), cell.rows, True, o.name
                )
                mean = replace(mean, certain=sure.certain, behind=sure.behind)
            values[at], influence[cell.rows, at] = one * mean.value, one * mean.influence
            slopes = np.zeros((size, len(mean.slopes)))
            slopes[at] = one * mean.slopes
            models.append((mean.model, slopes))
            unseen[at] = one * mean.certain * min(1.0, FEW / max(mean.behind, 1)) * (1.0 if o.percent else mean.value)
            behind[at], certain[at] = mean.behind, mean.certain
            n[at], group[at] = here.sum(), groups.index(cell.named) * len(order) + j
        table = pd.concat([cell.labels] * len(order), ignore_index=True)
        table.insert(0, "metric", o.name)
        labels.append(table.assign(**{asked.levels.column: asked.levels.of(order)}))
    told = [f"{REMARK}{f'{cell.named}: ' if cell.named else ''}{one}" for cell in cells for one in cell.told]
    left_out = list(dict.fromkeys([*(one for cell in cells for one in cell.left_out), *told]))
    made = from_influence(
        asked.survey, values, influence, pd.concat(labels, ignore_index=True),
        unit=[cell.outcome.unit for cell in cells for _ in order], left_out=left_out, models=models, group=group.tolist(),
    )  # fmt: skip
    hidden = unseen > np.nan_to_num(made.std_error)
    notes = [
        f"{rows:,} answers of this level, all alike, stand for {100 * part:.0f} % of the customers: how they vary is not known"
        if bad else "" for rows, part, bad in zip(behind, certain, hidden, strict=True)
    ]  # fmt: skip
    shares = np.asarray([cell.outcome.shares for cell in cells for _ in order])
    found = noted(of_their_levels(made, n, group=group), notes, unknown=made._rows.unknown | hidden)
    return _with_shares(found, (shares & ~hidden).tolist())


def _with_shares(found: Estimate, shares: Sequence[bool]) -> Estimate:
    """Return the estimate with those rows as shares that are."""
    if not any(shares):
        return found
    made, of = as_shares(found)._rows, np.asarray(shares)
    given = {
        "family": made.family,
        "low": made.low,
        "high": made.high,
        "n_effective": made.n_effective,
        "most": found.n,
    }
    return noted(found, "", **{name: np.where(of, new, getattr(found._rows, name)) for name, new in given.items()})
