"""What customers would pay, as functions of coefficients: the median, the mean, and the mean up to the highest bid.

With acceptance ``S(a) = F(x'b + c g(a))`` the median solves ``S = 1/2``, the mean is the area under S from 0 on, the
truncated mean that from 0 to the highest bid. The mean of a heavy tail is a number that no answer vouches for: it is
withheld, with the reason.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.errors import ArgumentError, listing, one_of
from cxstats.inference import Estimate
from cxstats.inference.known import as_it_is
from cxstats.inference.noted import as_shares, noted, of_their_levels
from cxstats.pricing.fitting import Asked, Joint
from cxstats.pricing.tolerance import Distribution

if TYPE_CHECKING:
    import pandas as pd

METRICS = ("median", "mean", "truncated mean")
MOST_BEYOND = 0.5  # of a mean may lie beyond the highest bid, where no one was asked
MOST_VALUES = 12  # of a covariate that holds numbers are taken in turn


@cache
def _quadrature() -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights on 0 to 1 that bear any power of a at 0 (double exponential rule)."""
    t = np.linspace(-3.6, 3.6, 145)
    reach = np.pi * np.sinh(t)
    node = 1 / (1 + np.exp(-reach))
    weight = (t[1] - t[0]) * np.pi * np.cosh(t) * node * (1 - node)
    return node, weight


def points(asked: Asked, over: Any, at: Any) -> tuple[np.ndarray, pd.DataFrame]:
    """Return the values that covariates are held at, one row a point (NaN: at the mean), and labels of the points."""
    import pandas as pd

    fixed = {} if at is None else dict(at)
    varied = _varied(asked, over)
    twice = sorted(set(fixed) & set(varied))
    if twice:
        raise ArgumentError(f"amounts: {listing(twice)} stands in over= and in at=. Name it once.")
    rows, labels = [], []
    for values in product(*varied.values()):
        label = dict(zip(varied, values, strict=True))
        labels.append(label)
        rows.append(_held(asked, fixed | label))
    return np.asarray(rows).reshape(len(labels), len(asked.covariates)), pd.DataFrame(labels, index=range(len(labels)))


def _varied(asked: Asked, over: Any) -> dict[str, list[Any]]:
    names = [over] if isinstance(over, str) else list(over)
    found = {}
    for name in names:
        columns = _columns_of(asked, name)
        if isinstance(over, dict):
            found[name] = list(over[name])
        elif name in asked.base:
            found[name] = [asked.base[name], *(asked.covariates[j].level for j in columns)]
        else:
            values = np.unique(asked.x[:, 1 + columns[0]])
            if len(values) > MOST_VALUES:
                raise ArgumentError(
                    f"amounts(over={name!r}): it takes {len(values):,} values, from {values[0]:g} to {values[-1]:g}. Name "
                    f"those wanted: over={{{name!r}: [{values[0]:g}, {values[-1]:g}]}}."
                )
            found[name] = values.tolist()
    return found


def _held(asked: Asked, values: dict[str, Any]) -> np.ndarray:
    row = np.full(len(asked.covariates), np.nan)
    for name, value in values.items():
        columns = _columns_of(asked, name)
        if name in asked.base:
            levels = [asked.base[name], *(asked.covariates[j].level for j in columns)]
            one_of(f"amounts({name}=)", value, levels)
            row[columns] = [asked.covariates[j].level == value for j in columns]
        elif isinstance(value, int | float | np.number | np.bool_) and np.isfinite(value):
            row[columns] = float(value)
        else:
            raise ArgumentError(f"amounts({name}=): a number is needed, not {value!r}.")
    return row


def _columns_of(asked: Asked, name: str) -> list[int]:
    one_of("amounts", name, list(dict.fromkeys(c.column for c in asked.covariates)))
    return [j for j, c in enumerate(asked.covariates) if c.column == name]


def indices(values: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the index at a price with g = 0 and the slope, groups x points, from coefficients and means (each x groups)."""
    k = points.shape[1]
    means = values[k + 2 :].T[:, None, :]
    x = np.where(np.isnan(points), means, points)  # groups x points x covariates
    index = values[0][:, None] + (x * values[1 : k + 1].T[:, None, :]).sum(axis=2)
    return index, np.broadcast_to(values[k + 1][:, None], index.shape)


def three(of: Distribution, values: np.ndarray, points: np.ndarray, highest: float) -> np.ndarray:
    """Return median, mean and truncated mean: 3 x groups x points."""
    index, slope = indices(values, points)
    node, weight = _quadrature()
    accepted = of.above(index[..., None] + slope[..., None] * of.scaled(highest * node))
    with np.errstate(all="ignore"):
        falling = slope < 0
        median = np.where(falling, of.median(index, np.where(falling, slope, -1.0)), np.nan)
        mean = np.where(falling, of.mean(index, np.where(falling, -slope, 1.0)), np.inf)
    return np.stack([median, mean, highest * (accepted @ weight)])


def reasons(of: Distribution, joint: Joint, points: np.ndarray, asked: Asked) -> np.ndarray:
    """Return why an amount is withheld, 3 x groups x points; "" where it is not."""
    groups = len(asked.groups)
    values, k = joint.estimate.values.reshape(-1, groups), points.shape[1]
    low, high = (limit.reshape(-1, groups)[k + 1] for limit in joint.estimate.interval(0.95))
    median, mean, truncated = three(of, values, points, asked.highest)
    why = np.full((3, *median.shape), "", dtype=object)
    for g, s in np.ndindex(median.shape):
        slope = f"slope {values[k + 1, g]:.3g}, 95 % interval {low[g]:.3g} to {high[g]:.3g}"
        if not high[g] < 0:
            why[:2, g, s] = (
                f"withheld: acceptance is not shown to fall with the bid ({slope}), so no amount solves for one half"
            )
        elif of.name == "log-logistic" and high[g] >= -1:
            why[1, g, s] = (
                f"withheld: at a slope of -1 or flatter the mean is infinite ({slope}); take the truncated mean"
            )
        elif not truncated[g, s] >= (1 - MOST_BEYOND) * mean[g, s]:
            beyond = 100 * (1 - truncated[g, s] / mean[g, s])
            why[1, g, s] = (
                f"withheld: {beyond:.0f} % of a mean of {mean[g, s]:.4g} would lie beyond the highest bid, "
                f"{asked.highest:g}, where no one was asked; take the truncated mean"
            )
    return why


def amounts(of: Distribution, joint: Joint, points: np.ndarray, labels: pd.DataFrame, asked: Asked) -> Estimate:
    """Return the three amounts by group and point, with one covariance; those withheld are NaN, with a note that says why."""
    import pandas as pd

    groups, why = len(asked.groups), reasons(of, joint, points, asked)

    def smooth(values: np.ndarray) -> np.ndarray:
        found = three(of, values.reshape(-1, groups), points, asked.highest)
        return np.asarray(np.where(why != "", found[2], found).ravel())  # the truncated mean always is

    cells = pd.merge(asked.groups, labels, how="cross")
    table = pd.concat([cells.assign(metric=name) for name in METRICS], ignore_index=True)
    table = table[["metric", *asked.groups.columns, *labels.columns]]
    made = of_their_levels(joint.through(smooth, table, asked.unit), people(asked, points), len(METRICS))
    told = np.where(
        why == "",
        np.array(["", "", f"amounts above {asked.highest:g} count as {asked.highest:g}"], dtype=object)[:, None, None],
        why,
    )
    return noted(made, told.ravel(), (why != "").ravel())


def people(asked: Asked, points: np.ndarray) -> np.ndarray:
    """Return of each group and point the rows of the levels that covariates of labels are held at."""
    labelled = [j for j, c in enumerate(asked.covariates) if c.level is not None]
    x = asked.x[:, 1:]
    found = np.zeros((len(asked.groups), len(points)))
    for s, point in enumerate(points):
        held = [j for j in labelled if not np.isnan(point[j])]
        inside = (x[:, held] == point[held]).all(axis=1)
        found[:, s] = np.bincount(asked.group[inside], minlength=len(asked.groups))
    return found


def demand(of: Distribution, joint: Joint, points: np.ndarray, prices: np.ndarray, asked: Asked) -> Estimate:
    """Return the share who would pay each price, in percent, by group."""
    import pandas as pd

    def index_at(values: np.ndarray) -> np.ndarray:
        index, slope = indices(values.reshape(-1, len(asked.groups)), points)
        return np.asarray((index + slope * of.scaled(prices)).ravel())

    table = pd.merge(asked.groups, pd.DataFrame({"price": prices}), how="cross")
    table.insert(0, "metric", "demand")
    index = joint.through(index_at, table, "")  # linear but for the means of covariates: no far tail bends it
    e, step = index.values, 1e-4
    slopes = np.diag(100 * (of.above(e + step) - of.above(e - step)) / (2 * step))
    unit = np.full(len(e), "%", dtype=object)
    return as_shares(index._linear(100 * of.above(e), slopes, slopes != 0, table, unit, as_it_is(index)))
