"""Returns from means with their joint covariance and from inputs.

Where all inputs are numbers, results are smooth functions of the means (delta method; ratios by Fieller). Where one is a range
or a distribution, means and inputs are drawn together, a seed making the draws the same, and limits are quantiles of the
results.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cxstats.errors import VariantError
from cxstats.inference import Estimate
from cxstats.inference.crossing import Line
from cxstats.inference.known import as_it_is
from cxstats.inference.leverage import HIDES
from cxstats.inference.noted import noted
from cxstats.inference.own import with_own_limits
from cxstats.inference.rows import OwnLimits
from cxstats.value.inputs import drawn
from cxstats.value.result import ServiceValue
from cxstats.value.returns import Inputs, Point, step

if TYPE_CHECKING:
    import pandas as pd

NOTHING_MORE = "the step costs nothing more, so there is no return on its cost"
NO_MARGIN = "the step brings nothing more, so no margin pays it"
SOME_FREE = "in some draws the step costs nothing more and brings nothing more"
NAMES = {
    "net": "net return", "benefit_cost": "benefit-cost ratio", "roi": "return on investment",
    "break_even_cost": "break-even extra cost", "break_even_margin": "break-even margin",
}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """Which rows of a value bring money, and which tell who stays."""

    value: ServiceValue
    outcome: str
    share: bool
    kept: str | None

    @property
    def unit(self) -> str:
        """The unit of the money."""
        rows = self.value._rows.unit[(self.value.labels["metric"] == self.outcome).to_numpy()]
        return "" if self.share else str(rows[0])

    @cached_property
    def groups(self) -> pd.DataFrame:
        """The groups, a row each."""
        return self._groups_of(self.outcome)

    def _groups_of(self, name: str) -> pd.DataFrame:
        labels = self.value.labels
        by = [column for column in labels.columns if column not in ("metric", self.value.level)]
        return labels[labels["metric"] == name][by].iloc[:: len(self.value.order)].reset_index(drop=True)

    def need_alike(self) -> None:
        """Raise unless both outcomes have the same groups."""
        if self.kept is not None and not self.groups.equals(self._groups_of(self.kept)):
            raise VariantError(
                f"roi: {self.outcome!r} and {self.kept!r} have not the same groups. Leave the others out by where=."
            )

    def rows(self, name: str) -> np.ndarray:
        """Return the rows of an outcome, levels x groups."""
        found = np.flatnonzero((self.value.labels["metric"] == name).to_numpy())
        return found.reshape(-1, len(self.value.order)).T

    def means(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Return outcome and retention, levels x groups (x draws), from values of the estimate (x draws)."""
        money = values[self.rows(self.outcome)] / (100 if self.share else 1)
        return money, None if self.kept is None else values[self.rows(self.kept)] / 100


class Reckoning:
    """Quantities of each step, by groups: a row each, the last level against the first below if there are more than two."""

    def __init__(self, source: Source, inputs: Inputs, draws: int, seed: int) -> None:
        self.source, self.inputs, self.draws, self.seed = source, inputs, draws, seed
        self.fixed, self.value = inputs.fixed, source.value
        size = len(source.value.order)
        self.pairs = [(j, j - 1) for j in range(1, size)] + ([(size - 1, 0)] if size > 2 else [])

    @cached_property
    def now(self) -> dict[str, np.ndarray]:
        """Every quantity, groups x steps, at the means."""
        return self.at(self.value.values, {})

    def labels(self, metric: str) -> pd.DataFrame:
        """Return the labels of the rows."""
        import pandas as pd

        order = self.value.order
        names = pd.DataFrame({"contrast": [f"{order[b]} - {order[a]}" for b, a in self.pairs]})
        groups = self.source.groups
        table = pd.merge(groups, names, how="cross") if len(groups.columns) else names
        table.insert(0, "metric", metric)
        return table

    def _steps(self, values: np.ndarray, at: Point) -> dict[str, np.ndarray]:
        """Return every quantity, groups x steps (x draws)."""
        money, kept = self.source.means(values)
        found = [step(self.inputs, at, money, kept, b, a) for b, a in self.pairs]
        return {name: np.stack([one[name] for one in found], axis=1) for name in found[0]}

    def at(self, values: np.ndarray, changed: Mapping[str, float]) -> dict[str, np.ndarray]:
        """Return every quantity, groups x steps, at values of the estimate, inputs at their means but for those changed."""
        point = Point.at(self.inputs, lambda one: np.asarray(changed.get(one.name, one.mean)))
        return self._steps(values, point)

    def _transformed(self, names: tuple[str, ...]) -> Estimate:
        at = Point.at(self.inputs, lambda one: np.asarray(one.mean))
        size = len(self.labels(""))
        found = {name: self.now[name].ravel() for name in names}

        def function(values: np.ndarray) -> np.ndarray:
            made = self._steps(values, at)
            return np.concatenate([np.where(np.isnan(found[name]), 0.0, made[name].ravel()) for name in names])

        return self.value.transform(function, labels=[f"{name} {i}" for name in names for i in range(size)])

    @property
    def unit(self) -> str:
        """The unit of the money."""
        return self.source.unit

    def quantity(self, name: str, unit: str, missing: str = "") -> Estimate:
        """Return a quantity by the delta method, or by draws where inputs are not all numbers."""
        if not self.fixed:
            return self._drawn(name, unit, missing)
        made, withheld = self._transformed((name,)), np.isnan(self.now[name].ravel())
        made._labels = self.labels(NAMES.get(name, name))
        return noted(made, np.where(withheld, missing, ""), withheld, unit=np.full(len(made), unit, dtype=object))

    def _margin_limits(self, both: Estimate, row: int) -> OwnLimits:
        """Return the margins at which the step may break even: Fieller's interval of cost over what a margin of 1 brings."""
        rows, m = np.asarray([row, row + len(both) // 2]), self.inputs.margin.mean
        scale = np.asarray([1.0, -1.0 / m])
        known, used = as_it_is(both), both._take(rows)
        v = known.covariance[np.ix_(rows, rows)] * np.outer(scale, scale)
        if known.unknown[rows[1]]:
            v[:] = np.nan
        bias, kept = used._small
        df = float(np.nanmin(used.df)) if np.isfinite(used.df).any() else np.nan
        cost, bring = both.values[rows] * scale
        line = Line(float(cost), float(bring), v, df, (float(np.nanmax(bias)), float(np.nanmin(kept))))

        def limits(alpha: float, method: str | None) -> tuple[float, float]:
            low, high, outside = line.fieller(alpha, method)
            if np.isnan(low):
                return np.nan, np.nan
            return (max(high, 0.0), np.inf) if outside else (max(low, 0.0), max(high, 0.0))

        return limits

    @cached_property
    def _draws(self) -> dict[str, np.ndarray]:
        """Every quantity, results x draws: means from their t distribution, inputs from theirs."""
        rng, e = np.random.default_rng(self.seed), self.value
        used = np.concatenate(
            [self.source.rows(n).ravel() for n in (self.source.outcome, self.source.kept) if n is not None]
        )
        known = as_it_is(e)
        size, turned = np.linalg.eigh(known.covariance[np.ix_(used, used)])
        normal = rng.standard_normal((self.draws, len(used))) * np.sqrt(np.maximum(size, 0.0)) @ turned.T
        df = float(np.nanmin(e.df[used]))
        normal /= np.sqrt(rng.chisquare(df, self.draws) / df)[:, None] if np.isfinite(df) else 1.0
        values = np.repeat(e.values[:, None], self.draws, axis=1)
        values[used] += np.where(known.unknown[used], np.nan, normal).T
        inputs = self.inputs.named
        seen = dict(zip([one.name for one in inputs], drawn(inputs, self.draws, rng), strict=True))
        made = self._steps(values, Point.at(self.inputs, lambda one: seen[one.name]))
        return {name: found.reshape(-1, self.draws) for name, found in made.items()}

    def _drawn(self, name: str, unit: str, missing: str) -> Estimate:
        """Return a quantity with quantiles of the draws as limits."""
        found, values = self._draws[name], self.now[name].ravel()
        costs, brings = self._draws["cost"] > 0, self._draws["benefit"] > 0
        unknown = np.isnan(self._draws["net"])
        if name == "break_even_margin":  # no margin pays, or any does
            found = np.where(costs & ~brings, np.inf, np.where(brings & ~costs, 0.0, found))
        elif missing:  # something comes of nothing
            found = np.where(brings & ~costs, np.inf, found)
        found = np.where(unknown, np.nan, found)
        free = np.isnan(found).any(axis=1) & ~unknown.all(axis=1) & bool(missing)
        notes = np.where(np.isnan(values), missing, np.where(free, SOME_FREE, ""))
        rows = [self.source.rows(n) for n in (self.source.outcome, self.source.kept) if n is not None]
        groups = range(len(self.source.groups))
        enters = [np.concatenate([r[list(pair), g] for r in rows]) for g in groups for pair in self.pairs]
        limits = [_quantiles(line) for line in found]
        labels, said = self.labels(NAMES.get(name, name)), notes.tolist()
        return with_own_limits(self.value, values, labels, enters, limits, family="drawn", unit=unit, notes=said)

    def margin(self) -> Estimate:
        """Return the margin at which each step breaks even."""
        if not self.fixed:
            return self._drawn("break_even_margin", "", NO_MARGIN)
        bring = self.quantity("benefit", "").values / self.inputs.margin.mean
        both = self._transformed(("cost", "benefit"))
        limits = [self._margin_limits(both, row) for row in range(len(bring))]
        values, free = self.now["break_even_margin"].ravel(), self.now["cost"].ravel() <= 0
        unknown = as_it_is(both).unknown[len(bring) :]
        notes = np.where(free, NOTHING_MORE, np.where(bring <= 0, NO_MARGIN, np.where(unknown, HIDES, "")))
        enters = [np.asarray([row, row + len(bring)]) for row in range(len(bring))]
        labels = self.labels("break-even margin")
        return with_own_limits(both, values, labels, enters, limits, family="fieller", unit="", notes=notes.tolist())

    def chance(self, net: Estimate) -> np.ndarray:
        """Return the part of the distribution of the net return above 0, in percent."""
        if not self.fixed:
            draws = self._draws["net"]
            return np.where(np.isnan(draws).any(axis=1), np.nan, 100 * (draws > 0).mean(axis=1))
        from scipy.stats import t

        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(100 * t.cdf(net.values / net.std_error, net.df))


def _quantiles(draws: np.ndarray) -> OwnLimits:
    """Return the function from alpha to the quantiles of draws; one that has no result may be anything."""
    least, most = (np.sort(np.where(np.isnan(draws), end, draws)) for end in (-np.inf, np.inf))
    nothing = bool(np.isnan(draws).all())

    def limits(alpha: float, method: str | None) -> tuple[float, float]:
        at = np.asarray([alpha / 2, 1 - alpha / 2]) * (len(draws) - 1)
        low, high = least[int(np.floor(at[0]))], most[int(np.ceil(at[1]))]
        return (np.nan, np.nan) if nothing else (float(low), float(high))

    return limits
