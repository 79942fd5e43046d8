"""The tornado: by how much a net return swings if one thing that it hangs on goes from its low to its high end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.value.inputs import Input

if TYPE_CHECKING:
    import pandas as pd


def swings(result: Any, place: int, within: float, level: float) -> pd.DataFrame:
    """Return the tornado of the step at a place of a `ReturnOnService`."""
    import pandas as pd

    source, value = result.source, result.value
    later, earlier = result.pairs[place]
    lines = []
    for g in range(len(source.groups)):
        base = float(result.at(value.values, {})["net"][g, place])

        def net(values: np.ndarray, changed: dict[str, float], g: int = g) -> float:
            return float(result.at(values, changed)["net"][g, place])

        for name in (source.outcome, source.kept):
            if name is None or (name == source.kept and result.inputs.horizon == 1):
                continue
            a, b = source.rows(name)[later, g], source.rows(name)[earlier, g]
            steps = value.levels.between(value, [(later, earlier)])
            low, high = (float(end[a // len(value.order)]) for end in steps.interval(level))
            ends = []
            for end in (low, high):
                moved = np.array(value.values)
                moved[a] = moved[b] + end
                ends.append(net(moved, {}))
            what = f"{name}, {value.order[later]} less {value.order[earlier]}"
            lines.append((g, what, low, high, *ends, base, f"estimated, its {100 * level:g} % interval"))
        for one in _moved(result.inputs, later, earlier):
            low, high = (one.low, one.high) if not one.fixed else one.around(within)
            if low < high:
                said = one.given if not one.fixed else f"one number, {100 * within:g} % up and down"
                said += f", as far as {low:g} to {high:g}" if one.fixed and one.mean * (1 + within) > high else ""
                ends = [net(value.values, {one.name: end}) for end in (low, high)]
                lines.append((g, one.name, low, high, *ends, base, said))
    columns = ["group", "input", "low", "high", "net_low", "net_high", "net", "moved"]
    table = pd.DataFrame(lines, columns=columns)
    table["swing"] = (table["net_high"] - table["net_low"]).abs()
    told = table[["net_low", "net_high"]].notna().all(axis=1)
    table["decides"] = told & (np.sign(table["net_low"]) != np.sign(table["net_high"]))
    table = table.sort_values(["group", "swing"], ascending=[True, False], kind="stable").reset_index(drop=True)
    groups = source.groups.iloc[table.pop("group")].reset_index(drop=True)
    order = ["input", "low", "high", "net_low", "net_high", "net", "swing", "moved", "decides"]
    found: pd.DataFrame = pd.concat([groups, table[order]], axis=1)
    return found


def _moved(inputs: Any, later: int, earlier: int) -> list[Input]:
    """Return the inputs that enter a step, each once."""
    chosen = [inputs.costs[later], inputs.costs[earlier], inputs.margin, inputs.worth]
    if inputs.horizon > 1:
        kept = [] if inputs.retention is None else [inputs.retention[later], inputs.retention[earlier]]
        chosen += [*kept, inputs.discount]
    found = {one.name: one for one in chosen}
    whole = [one.name for one in (inputs.worth, inputs.margin) if one.fixed and one.mean == 1]  # all of it: not given
    return [one for name, one in found.items() if name not in whole]
