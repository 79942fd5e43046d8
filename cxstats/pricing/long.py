"""From one row a choice set to one row an alternative: columns such as `price_1`, `price_2` become one column `price`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats import frames
from cxstats.errors import ArgumentError, ColumnError, DataError, listing, need_columns
from cxstats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

PLACE = "to_long"
BETWEEN = " _.:-"  # what may stand between an attribute and the name of an alternative


def to_long(
    frame: Any,
    *,
    chosen: str,
    attributes: Sequence[str] | Mapping[str, Mapping[Any, str]],
    task: str | None = None,
    available: str | None = None,
) -> pd.DataFrame:
    """Return choices in long form, one row an alternative, from one row a choice set.

    Column ``price_1`` is attribute ``price`` of alternative ``1``: what an attribute's columns have after its name (and a blank
    or one of ``_ . : -``) names the alternatives, the same for all attributes.

    Parameters
    ----------
    frame : frame
        One row a choice set, on any engine.
    chosen : str
        Column that names the alternative chosen, as the columns do (``1``), or with a word before it that is the same in all
        rows (``choice1``).
    attributes : list of str, or mapping of str to {alternative: column}
        What alternatives differ in: the beginnings of the columns' names; or the columns by name, where they follow no pattern.
    task : str, optional
        Column that names the choice set; by default rows are numbered from 1.
    available : str, optional
        Beginning of the names of columns that are true (or 1) where an alternative was offered; others are left out.

    Returns
    -------
    pandas.DataFrame
        Rows in the order of the frame, within them alternatives in the order of the columns: the frame's other columns, then
        ``task`` (unless named), ``alternative``, the attributes, and ``chosen`` (true or false; missing where no alternative
        is named). For `choice_model`.

    Raises
    ------
    ColumnError
        If a column is not there, an attribute has no columns, or attributes have columns for different alternatives.
    DataError
        If `chosen` names something that is no alternative, or one that was not available.
    ArgumentError
        If an argument means nothing, or a column of the result would take the name of another one.

    Notes
    -----
    The frame is not changed. Caution: an alternative without values is kept, and its choice set is left out by `choice_model`;
    say with `available` that it was not offered.

    References
    ----------
    Wickham, H. (2014). Tidy data. *Journal of Statistical Software* 59.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> wide = pd.DataFrame({"who": ["a", "b"], "price_1": [20, 30], "price_2": [30, 40], "wait_1": [5, 5], "wait_2": [1, 1],
    ...                      "picked": [1, 2]})
    >>> cx.to_long(wide, chosen="picked", attributes=["price", "wait"])
      who  picked  task alternative  price  wait  chosen
    0   a       1     1           1     20     5    True
    1   a       1     1           2     30     1   False
    2   b       2     2           1     30     5   False
    3   b       2     2           2     40     1    True
    """
    if isinstance(frame, Survey):
        raise ArgumentError(f"{PLACE}: a frame is needed, not a Survey; make the Survey of what {PLACE}() returns.")
    wrapped = frames.wrap(frame)
    need_columns(f"{PLACE}(chosen=)", [chosen], wrapped.columns)
    need_columns(f"{PLACE}(task=)", [] if task is None else [task], wrapped.columns)
    wide = frames.in_memory(wrapped, wrapped.columns)
    columns = _columns(attributes, wrapped.columns, "attributes")
    names = list(next(iter(columns.values())))
    offered = {} if available is None else _columns([available], wrapped.columns, "available")
    if available is not None and list(offered[available]) != names:
        raise ColumnError(
            f"{PLACE}(available={available!r}): its columns name {listing(list(offered[available]))}, those of the attributes "
            f"{listing(names)}. Every alternative needs one."
        )
    used = {column for part in (columns, offered) for by_name in part.values() for column in by_name.values()}
    others = [name for name in wrapped.columns if name not in used and name != "chosen"]
    made = [*([] if task else ["task"]), "alternative", *columns]
    taken = [name for name in made if name in others]
    if taken:
        raise ArgumentError(
            f"{PLACE}: the frame has a column {taken[0]!r}, a name that the result needs. "
            + ("Say task='task' if it names the choice set, or rename it." if taken[0] == "task" else "Rename it.")
        )
    chosen_at = _chosen(wide[chosen].tolist(), names, chosen)
    return _stacked(
        wide, others, task, names, columns, offered.get(available or ""), chosen_at, Survey(wrapped).synthetic
    )


def _stacked(
    wide: pd.DataFrame,
    others: list[str],
    task: str | None,
    names: list[str],
    columns: Mapping[str, Mapping[str, str]],
    offered: Mapping[str, str] | None,
    chosen_at: np.ndarray,
    synthetic: str,
) -> pd.DataFrame:
    """Return the rows of all alternatives, side by side by choice set."""
    import pandas as pd

    size, count = len(wide), len(names)
    place = np.arange(size * count).reshape(count, size).T.ravel()  # row i of alternative j follows row i of j - 1
    long = wide[others].iloc[np.repeat(np.arange(size), count)].reset_index(drop=True)
    if task is None:
        long["task"] = np.repeat(np.arange(1, size + 1), count)
    long["alternative"] = np.tile(np.asarray(names, dtype=object), size)
    for attribute, by_name in columns.items():
        parts = [wide[by_name[name]] for name in names]
        long[attribute] = pd.concat(parts, ignore_index=True).iloc[place].reset_index(drop=True)
    hit = np.tile(np.arange(count), size) == np.repeat(chosen_at, count)
    unknown = np.repeat(chosen_at, count) < 0
    long["chosen"] = pd.Series(hit).astype("boolean").mask(unknown) if unknown.any() else hit
    if offered is not None:
        there = (
            pd.concat([wide[offered[name]] for name in names], ignore_index=True).iloc[place].fillna(0).to_numpy() == 1
        )
        absent = np.flatnonzero(~there & hit)
        if len(absent):
            at = int(absent[0])
            raise DataError(
                f"{PLACE}(available=): row {at // count + 1} chose alternative {names[at % count]!r}, which was not available "
                f"({len(absent):,} such rows). Mend the one or the other."
            )
        long = long[there].reset_index(drop=True)
    if synthetic:
        long.attrs["synthetic"] = True
    return long


def _columns(attributes: Any, have: Sequence[str], place: str) -> dict[str, dict[str, str]]:
    """Return for each attribute the column of each alternative; the same alternatives for all, in one order."""
    if isinstance(attributes, Mapping):
        found = {a: {str(name): column for name, column in by_name.items()} for a, by_name in attributes.items()}
        need_columns(f"{PLACE}({place}=)", [c for by_name in found.values() for c in by_name.values()], have)
    elif isinstance(attributes, str) or not isinstance(attributes, Sequence):
        raise ArgumentError(
            f"{PLACE}({place}=): a list of the beginnings of column names is needed, not {attributes!r}."
        )
    else:
        found = {a: _beginning(a, have) for a in attributes}
        shared = [name for name in next(iter(found.values()), {}) if all(name in by_name for by_name in found.values())]
        for attribute, by_name in found.items():
            if not by_name:
                raise ColumnError(
                    f"{PLACE}({place}=): no column is named {attribute!r} and an alternative, such as {attribute}_1. "
                    f"The columns are {listing(list(have))}."
                )
        if len(shared) > 1:
            found = {a: {name: by_name[name] for name in shared} for a, by_name in found.items()}
    names = [set(by_name) for by_name in found.values()]
    if not names or any(one != names[0] for one in names) or len(names[0]) < 2:
        said = "; ".join(f"{a}: {listing(list(by_name))}" for a, by_name in found.items())
        raise ColumnError(
            f"{PLACE}({place}=): every attribute needs a column for each of the same two alternatives or more; found "
            f"{said or 'none'}. Name them as {{attribute: {{alternative: column}}}}."
        )
    order = list(next(iter(found.values())))
    return {a: {name: by_name[name] for name in order} for a, by_name in found.items()}


def _beginning(attribute: str, have: Sequence[str]) -> dict[str, str]:
    """Return the columns whose names begin with the attribute, by what follows."""
    longer = {c: c[len(attribute) :].lstrip(BETWEEN) for c in have if c.startswith(attribute) and c != attribute}
    return {name: column for column, name in longer.items() if name}


def _chosen(values: Sequence[Any], names: Sequence[str], column: str) -> np.ndarray:
    """Return the number of the alternative that each row chose, -1 where none is named."""
    import pandas as pd

    texts = [None if pd.isna(v) else re.sub(r"\.0$", "", str(v)) if isinstance(v, float) else str(v) for v in values]
    known = list(dict.fromkeys(t for t in texts if t is not None))
    number = {text: names.index(text) for text in known if text in names}
    if len(number) < len(known):
        ends = {text: max((n for n in names if text.endswith(n)), key=len, default=None) for text in known}
        before = {text[: len(text) - len(name)] for text, name in ends.items() if name is not None}
        odd = [text for text, name in ends.items() if name is None or len(before) > 1]
        if odd:
            raise DataError(
                f"{PLACE}(chosen={column!r}): {odd[0]!r} in row {texts.index(odd[0]) + 1} is none of the alternatives "
                f"{listing(list(names))}. Name them alike, or name the columns as {{attribute: {{alternative: column}}}}. "
                "If it means that none was chosen, make it missing (such tasks are left out and counted), or give it columns "
                "as an alternative of its own, with a price of 0 and an attribute that is 1 for it alone."
            )
        number = {text: names.index(name) for text, name in ends.items() if name is not None}
    return np.asarray([-1 if t is None else number[t] for t in texts], dtype=np.int64)
