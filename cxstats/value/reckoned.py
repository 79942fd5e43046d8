"""Returns from means with their joint covariance and from inputs.

Where all inputs are numbers, results are smooth functions of the means (delta method; ratios by Fieller). Where one is a range
or a distribution, means and inputs are drawn together, a seed making the draws the same, and limits are quantiles of the
results.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from cxstats.value.draws import RATIOS, complete, quantiles
from cxstats.value.inputs import drawn
from cxstats.value.result import ServiceValue
from cxstats.value.returns import Inputs, Point, step

if TYPE_CHECKING:
    import pandas as pd

NOTHING_MORE = "the step costs nothing more, so there is no return on its cost"
LESS = "the step costs less and brings less: it pays at margins below"
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
        self.pairs = source.value.levels.pairs

    @cached_property
    def now(self) -> dict[str, np.ndarray]:
        """Every quantity, groups x steps, at the means."""
        return self.at(self.value.values, {})

    def labels(self, metric: str) -> pd.DataFrame:
        """Return the labels of the rows."""
        import pandas as pd

        names = pd.DataFrame({"contrast": [self.value.levels.named(pair) for pair in self.pairs]})
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

    def margin(self) -> Estimate:
        """Return the margin at which each step breaks even: cost over what a margin of 1 brings."""
        bring, costs = self.now["benefit"].ravel() / self.inputs.margin.mean, self.now["cost"].ravel()
        with np.errstate(divide="ignore", invalid="ignore"):
            below = [f"{LESS} {ratio:.2g}" for ratio in costs / bring]
        less = np.where((costs < 0) & (bring < 0), below, NOTHING_MORE)
        missing = np.where(costs <= 0, less, np.where(bring <= 0, NO_MARGIN, ""))
        if not self.fixed:
            return self._drawn("break_even_margin", "", missing)

        def positive(low: float, high: float, outside: bool) -> tuple[float, float]:
            if outside:
                return (0.0, np.inf) if low > 0 else (max(high, 0.0), np.inf)
            return max(low, 0.0), max(high, 0.0)

        scale = np.asarray([1.0, 1 / self.inputs.margin.mean])
        return self._ratio("break_even_margin", ("cost", "benefit"), scale, positive, missing, "")

    def benefit_cost(self, percent: bool) -> Estimate:
        """Return benefit over cost; as a return on investment, less 1 and in percent."""
        name, unit = ("roi", "% of the cost") if percent else ("benefit_cost", "times the cost")
        if not self.fixed or self.inputs.costs_given:
            return self.quantity(name, unit, NOTHING_MORE)

        def shown(low: float, high: float, outside: bool) -> tuple[float, float]:
            ends = (-np.inf, np.inf) if outside else (low, high)
            return (100 * (ends[0] - 1), 100 * (ends[1] - 1)) if percent else ends

        missing = np.where(self.now["cost"].ravel() <= 0, NOTHING_MORE, "")
        return self._ratio(name, ("benefit", "cost"), np.ones(2), shown, missing, unit)

    def _ratio(
        self, name: str, of: tuple[str, str], scale: np.ndarray, ends: Callable[[float, float, bool], tuple[float, float]],
        missing: np.ndarray, unit: str,
    ) -> Estimate:  # fmt: skip
        """Return one estimated quantity over another, with Fieller's interval; `ends` makes limits of its roots."""
        both, values = self._transformed(of), self.now[name].ravel()
        known, size = as_it_is(both), len(values)
        pairs = [np.asarray([row, row + size]) for row in range(size)]
        estimated = [not (part == "cost" and self.inputs.costs_given) for part in of]
        limits: list[OwnLimits] = []
        for rows in pairs:
            v = known.covariance[np.ix_(rows, rows)] * np.outer(scale, scale) * np.asarray([[1, -1], [-1, 1]])
            if known.unknown[rows[estimated]].any():
                v[:] = np.nan
            used = both._take(rows)
            bias, kept = used._small
            df = float(np.nanmin(used.df)) if np.isfinite(used.df).any() else np.nan
            top, under = both.values[rows] * scale
            line = Line(float(top), -float(under), v, df, (float(np.nanmax(bias)), float(np.nanmin(kept))))
            limits.append(_fieller(line, ends))
        hidden = [known.unknown[rows[estimated]].any() for rows in pairs]
        notes = np.where(missing != "", missing, np.where(hidden, HIDES, "")).tolist()
        labels = self.labels(NAMES[name])
        return with_own_limits(both, values, labels, pairs, limits, family="fieller", unit=unit, notes=notes)

    # --- draws --------------------------------------------------------------------------------------------------------

    @cached_property
    def _drawn_inputs(self) -> tuple[Point, np.ndarray, np.ndarray]:
        """Draws of the inputs, of standard normal numbers for the rows of the value, and of a part of their spread."""
        rng, inputs = np.random.default_rng(self.seed), self.inputs.named
        normal, u = rng.standard_normal((len(self.value), self.draws)), rng.random(self.draws)
        seen = dict(zip([one.name for one in inputs], drawn(inputs, self.draws, rng), strict=True))
        return Point.at(self.inputs, lambda one: seen[one.name]), normal, u

    @cached_property
    def _plain(self) -> dict[str, np.ndarray]:
        return self._drawing(None)

    @cached_property
    def _guarded(self) -> dict[str, np.ndarray]:
        return self._drawing("guarded")

    def _drawing(self, method: str | None) -> dict[str, np.ndarray]:
        """Return every quantity, results x draws: means from a t distribution with the spread and df of the net return."""
        from scipy.stats import chi2

        point, normal, u = self._drawn_inputs
        net, known = self._transformed(("net",)), as_it_is(self.value)
        spread, df = net._spread(method)
        with np.errstate(divide="ignore", invalid="ignore"):
            wider = np.where(net.std_error > 0, spread / net.std_error, 1.0)
        size, turned = np.linalg.eigh(known.covariance)
        moved = (turned * np.sqrt(np.maximum(size, 0.0))) @ normal
        moved[known.unknown] = np.nan
        found: dict[str, list[np.ndarray]] = {}
        for row, (g, pair) in enumerate((g, p) for g in range(len(self.source.groups)) for p in self.pairs):
            scale = wider[row] * np.sqrt(df[row] / chi2.ppf(u, df[row])) if np.isfinite(df[row]) else wider[row]
            money, kept = self.source.means(self.value.values[:, None] + scale * moved)
            one = step(self.inputs, point, money[:, g], None if kept is None else kept[:, g], *pair)
            for name, value in one.items():
                found.setdefault(name, []).append(value)
        return {name: np.stack(rows) for name, rows in found.items()}

    def _drawn(self, name: str, unit: str, missing: str | np.ndarray) -> Estimate:
        """Return a quantity with quantiles of the draws as limits."""
        values, unknown = self.now[name].ravel(), np.isnan(self._plain["net"])
        found, guarded = (complete(name, draws) for draws in (self._plain, self._guarded))
        free = np.isnan(found).any(axis=1) & ~unknown.all(axis=1) & (name in RATIOS)
        told = np.where(unknown.all(axis=1), HIDES, np.where(free, SOME_FREE, ""))
        notes = np.where(np.isnan(values), missing, told)
        rows = [self.source.rows(n) for n in (self.source.outcome, self.source.kept) if n is not None]
        groups = range(len(self.source.groups))
        enters = [np.concatenate([r[list(pair), g] for r in rows]) for g in groups for pair in self.pairs]
        limits = [quantiles(*both) for both in zip(found, guarded, strict=True)]
        labels, said = self.labels(NAMES.get(name, name)), notes.tolist()
        return with_own_limits(self.value, values, labels, enters, limits, family="drawn", unit=unit, notes=said)

    def chance(self, net: Estimate) -> np.ndarray:
        """Return the part of the distribution of the net return above 0, in percent."""
        if not self.fixed:
            draws = self._plain["net"]
            return np.where(np.isnan(draws).any(axis=1), np.nan, 100 * (draws > 0).mean(axis=1))
        from scipy.stats import t

        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(100 * t.cdf(net.values / net.std_error, net.df))


def _fieller(line: Line, ends: Callable[[float, float, bool], tuple[float, float]]) -> OwnLimits:
    """Return the function from alpha to limits made of the roots of Fieller's equation."""

    def limits(alpha: float, method: str | None) -> tuple[float, float]:
        low, high, outside = line.fieller(alpha, method)
        return (np.nan, np.nan) if np.isnan(low) else ends(low, high, outside)

    return limits
