"""Finding rows of an estimate by their labels: which to pair, to compare, to follow over time, to stack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.errors import ArgumentError, NoGroupError, VariantError, listing, one_of, suggestion

if TYPE_CHECKING:
    import pandas as pd

    from cxstats.inference.estimate import Estimate
    from cxstats.inference.rows import Rows


def pair(labels: pd.DataFrame, plus: Any, minus: Any) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Return the rows of both sides of a contrast, paired on the labels left over, and the labels of the pairs."""
    sides = [_picks(labels, side, "contrast") for side in (plus, minus)]
    if set(sides[0]) != set(sides[1]):
        raise ArgumentError(
            f"contrast: {plus!r} and {minus!r} pick by different labels. Name the same labels on both sides."
        )
    left_over = [name for name in labels.columns if name not in sides[0]]
    rows = [_rows(labels, side) for side in sides]
    found: list[dict[tuple[Any, ...], int]] = []
    for side, chosen in zip((plus, minus), rows, strict=True):
        keys = list(labels[left_over].iloc[chosen].itertuples(index=False, name=None))
        if not len(chosen):
            raise NoGroupError(f"contrast: no row has {side!r}.")
        if len(set(keys)) < len(keys):
            raise ArgumentError(f"contrast: {side!r} picks several rows that nothing tells apart; pick by more labels.")
        found.append(dict(zip(keys, chosen.tolist(), strict=True)))
    shared = [key for key in found[0] if key in found[1]]
    alone = [key for key in [*found[0], *found[1]] if not (key in found[0] and key in found[1])]
    if alone:
        raise ArgumentError(
            f"contrast: {len(alone)} rows have no partner with the same {' and '.join(left_over)} ({listing(alone, 3)}). "
            "Pick by these labels as well, or measure the groups that both sides have."
        )
    a, b = (np.asarray([side[key] for key in shared], dtype=np.int64) for side in found)
    table = labels[left_over].iloc[a].reset_index(drop=True)
    name = f"{_text(sides[0])} - {_text(sides[1])}"
    if "metric" not in table:
        table.insert(0, "metric", name)
    table["contrast"] = name
    return a, b, table


def pairs(labels: pd.DataFrame, to: Any) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Return all pairs of rows of one metric (later minus earlier), or all rows minus `to`, with their labels."""
    import pandas as pd

    by = [name for name in labels.columns if name != "metric"]
    if not by:
        raise ArgumentError("compare: there is one group only; measure(by=) makes groups to compare.")
    picks = None if to is None else _picks(labels, to, "compare(to=)")
    if picks is not None and set(picks) != set(by):
        raise ArgumentError(f"compare(to=): {to!r} does not name one group; give a value of each of {listing(by)}.")
    first, second = [], []
    for rows in labels.groupby("metric", sort=False).indices.values():
        if picks is None:
            later, earlier = np.tril_indices(len(rows), -1)
            order = np.lexsort((later, earlier))
            a, b = rows[later[order]], rows[earlier[order]]
        else:
            base = np.intersect1d(rows, _rows(labels, picks))
            if len(base) != 1:
                raise ArgumentError(f"compare(to=): {len(base)} rows have {to!r}; one is needed in each metric.")
            a = rows[rows != base[0]]
            b = np.repeat(base, len(a))
        first.append(a)
        second.append(b)
    one, two = (np.concatenate([np.zeros(0, dtype=np.int64), *parts]) for parts in (first, second))
    if not len(one):
        there = "there is one group only" if len(labels) else "there is no group"
        raise NoGroupError(f"compare: {there}; nothing can be compared.")
    named = (labels[by[0]] if len(by) == 1 else labels[by].astype(str).agg(", ".join, axis=1)).reset_index(drop=True)
    table = pd.DataFrame(
        {
            "metric": labels["metric"].to_numpy()[one],
            "group": named.iloc[one].array,
            "versus": named.iloc[two].array,
        }
    )
    return one, two, table


def series_over(
    labels: pd.DataFrame, over: str | None, rows: Rows, place: str = "trend"
) -> tuple[str, list[np.ndarray], pd.DataFrame]:
    """Return the period column, the rows of each series, and the labels of the series."""
    by = [name for name in labels.columns if name != "metric"]
    if not by:
        raise ArgumentError(
            f"{place}(over=): there are no periods; measure(by=) with the column of periods makes them."
        )
    if over is None:
        if len(by) != 1:
            raise ArgumentError(f"{place}(over=): name the label that holds the periods, one of {listing(by)}.")
        over = by[0]
    one_of(f"{place}(over=)", over, by)
    others = [name for name in labels.columns if name != over]
    found = list(labels.groupby(others, sort=False, observed=True).indices.values())
    sets = [np.asarray(r) for r in found]
    for chosen in sets:
        if len({(rows.variant[i], rows.unit[i]) for i in chosen}) > 1:
            shown = listing(sorted({str(rows.variant[i]) for i in chosen}))
            raise VariantError(f"{place}(over={over!r}): the periods are measured differently ({shown}).")
        if labels[over].iloc[chosen].duplicated().any():
            raise ArgumentError(f"{place}(over={over!r}): a period occurs twice in one series.")
    first = np.asarray([chosen[0] for chosen in sets], dtype=np.int64)
    return over, sets, labels[others].iloc[first].reset_index(drop=True).assign(trend=f"slope over {over}")


def transformed_labels(labels: pd.DataFrame, given: Any, size: int) -> pd.DataFrame:
    """Return the labels of `size` results of a transform."""
    import pandas as pd

    if given is None:
        if size == len(labels):
            return labels.copy()
        return pd.DataFrame({"metric": ["transform"] * size, "result": range(1, size + 1)})
    if isinstance(given, pd.DataFrame | Mapping):
        table = pd.DataFrame(given).reset_index(drop=True)
        if "metric" not in table:
            table.insert(0, "metric", "transform")
    else:
        names = [given] if isinstance(given, str) else list(given)
        table = pd.DataFrame({"metric": names})
    if len(table) != size:
        raise ArgumentError(f"transform(labels=): {len(table)} labels for {size} results.")
    return table


def stackable(names: Sequence[str], estimates: Sequence[Estimate]) -> None:
    """Raise unless the estimates have the same labels, like variants, and come from independent samples."""
    columns = list(estimates[0].labels.columns)
    seen: dict[str, tuple[str, str]] = {}
    for i, (name, estimate) in enumerate(zip(names, estimates, strict=True)):
        if "source" in estimate.labels.columns:
            raise ArgumentError(f"stack: {name!r} already has a label 'source'. Rename that column before measuring.")
        if list(estimate.labels.columns) != columns:
            raise ArgumentError(
                f"stack: {names[0]!r} is labelled by {listing(columns)}, {name!r} by {listing(list(estimate.labels.columns))}. "
                "Measure all by the same columns."
            )
        for metric, variant in zip(estimate.labels["metric"], estimate._rows.variant, strict=True):
            other, known = seen.setdefault(str(metric), (name, str(variant)))
            if known != variant:
                raise VariantError(
                    f"stack: {metric!r} is '{known}' in {other!r} and '{variant}' in {name!r}. These are different measures."
                )
        for other, earlier in zip(names[:i], estimates[:i], strict=True):
            _independent(other, earlier, name, estimate)


def _independent(a: str, one: Estimate, b: str, two: Estimate) -> None:
    same = any(s is t for s in one._origin.samples for t in two._origin.samples)
    shared = sorted(one._origin.psus & two._origin.psus)
    if same or shared:
        why = "were measured on the same frame" if same else f"share {len(shared)} PSUs ({listing(shared, 3)})"
        raise ArgumentError(
            f"stack: {a!r} and {b!r} {why}, so they are not independent. Measure them together: one measure(by=) call, or "
            "concat() for different frames. If the PSUs only have the same names, give them names of their own."
        )


def rows_with(labels: pd.DataFrame, wanted: Mapping[str, Any]) -> np.ndarray:
    """Return the rows whose labels are among those wanted."""
    chosen = np.ones(len(labels), dtype=bool)
    for name, values in wanted.items():
        options = list(values) if isinstance(values, list | tuple | set) else [values]
        for value in options:
            _picks(labels, {name: value}, "pick")
        chosen &= np.asarray([v in options for v in labels[name].tolist()], dtype=bool)
    if not chosen.any():
        raise NoGroupError(f"pick: no row has {dict(wanted)!r}.")
    return np.flatnonzero(chosen)


def joined_notes(one: np.ndarray, two: np.ndarray, still: np.ndarray, said: Sequence[str]) -> np.ndarray:
    """Return the notes of both sides of each difference, each once, what more is said; and of those that do not vary, why."""
    same = np.where(still, "the difference is the same in all answers or PSUs, so its standard error is unknown", "")
    return np.asarray(
        [join({str(n) for n in sides if n}) for sides in zip(one, two, same, said, strict=True)], dtype=object
    )


def join(notes: Iterable[str]) -> str:
    """Return the notes in one text, each once, in order."""
    return "; ".join(sorted(set(notes)))


def _picks(labels: pd.DataFrame, side: Any, place: str) -> dict[str, Any]:
    """Return a pick as a dict; raise where it names no label or no value that is there."""
    if not isinstance(side, Mapping):
        by = [name for name in labels.columns if name != "metric"]
        holds = [name for name in by if side in labels[name].tolist()] if len(by) > 1 else by
        if len(holds) != 1:
            where = f"stands in {listing(holds)}" if holds else f"is a value of none of {listing(by)}"
            raise ArgumentError(f"{place}: {side!r} {where}; write {{column: value}}.")
        side = {holds[0]: side}
    for name, value in side.items():
        one_of(f"{place}, label", name, list(labels.columns))
        values = labels[name].drop_duplicates().tolist()
        if value not in values:
            has = f"it has {listing(values)}" if values else "no row is in the domain (where=)"
            raise NoGroupError(f"{place}: {name} has no {value!r}; {has}.{suggestion(value, values)}")
    return dict(side)


def _rows(labels: pd.DataFrame, picks: Mapping[str, Any]) -> np.ndarray:
    chosen = np.ones(len(labels), dtype=bool)
    for name, value in picks.items():
        chosen &= np.asarray([v == value for v in labels[name].tolist()], dtype=bool)
    return np.flatnonzero(chosen)


def _text(picks: Mapping[str, Any]) -> str:
    return ", ".join(str(value) for value in picks.values())
