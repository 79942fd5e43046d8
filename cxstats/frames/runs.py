"""A log cut into episodes: runs of contacts of one customer, none later than a window after the one before.

Each run becomes its first row, with what follows in it: how many contacts, how long, through which channels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np

from cxstats.frames.lazy import LazyFrame
from cxstats.frames.spaced import BEFORE, hidden, moment, sorted_rows
from cxstats.memory import Frame, MemoryFrame

MOST_SHOWN = 5  # channels of an episode that are named; of more the number
TO = " > "


@dataclass(frozen=True)
class Runs:
    """How to cut: the key, the time and what breaks ties; the window in days; columns of the days left, channels, transfers."""

    by: Sequence[str]
    time: str
    ties: Sequence[str]
    window: float
    left: str
    channel: str | None
    transfers: str | None


def runs(frame: Frame, how: Runs) -> Frame:
    """Return the first row of each run of a frame that is `spaced`, with what follows in it.

    Columns ``contacts``, ``days`` (to the last), ``channels``, ``transfers``, and ``open``: the last is less than a window from
    the end of the log.
    """
    return _in_memory(frame, how) if isinstance(frame, MemoryFrame) else _lazily(frame, how)


def _in_memory(frame: MemoryFrame, how: Runs) -> Frame:
    order, _, _, _ = sorted_rows(frame, how.by, how.time, how.ties, False)
    before, left = (frame.data[name].to_numpy(dtype=np.float64) for name in (BEFORE, how.left))
    first = np.flatnonzero(~(before[order] <= how.window))
    last = np.append(first[1:], len(order)) - 1
    rows = order[first]
    made = {
        "contacts": last - first + 1,
        "days": left[rows] - left[order[last]],
        "open": left[order[last]] < how.window,
    }
    if how.channel is not None:
        made["channels"] = _joined(frame.data[how.channel].astype(object).to_numpy()[order], first, last)
    if how.transfers is not None:
        counts = np.nan_to_num(frame.data[how.transfers].to_numpy(dtype=np.float64))[order]
        made["transfers"] = np.add.reduceat(counts, first) if len(first) else counts
    data = frame.data.iloc[rows].assign(**made)
    return MemoryFrame(data, data)


def _joined(channels: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Return the channels of each run in order, missing ones as "?"; of more than are shown, how many more."""
    import pandas as pd

    texts = np.where(pd.isna(channels), "?", channels).astype(str).astype(object)
    joined = texts[first]
    for step in range(1, MOST_SHOWN):
        longer = np.flatnonzero(last - first >= step)
        joined[longer] = joined[longer] + TO + texts[first[longer] + step]
    more = np.flatnonzero(last - first >= MOST_SHOWN)
    joined[more] = joined[more] + [f"{TO}{n} more" for n in (last - first - MOST_SHOWN + 1)[more].tolist()]
    return np.asarray(joined)


def _lazily(frame: Frame, how: Runs) -> Frame:
    assert isinstance(frame, LazyFrame)
    own = hidden(frame)
    at, later, first, run, shown, one, end = (
        own + name for name in ("at", "later", "first", "run", "shown", "one", "end")
    )
    following = [f"{own}{step}" for step in range(1, MOST_SHOWN)]
    order = {"order_by": [at, later, *how.ties]}  # of equal rows the one that was first stays so
    follows = nw.when(nw.col(BEFORE) <= how.window).then(nw.lit(1.0)).otherwise(nw.lit(0.0))
    rows = frame.lazy.with_columns(
        **{at: moment(frame, how.time), later: follows, first: 1.0 - follows, one: nw.lit(1.0)}
    )
    rows = rows.with_columns(**{run: nw.col(first).cum_sum().over(*how.by, **order)})
    same = [*how.by, run]
    if how.channel is not None:
        rows = rows.with_columns(**{shown: nw.col(how.channel).cast(nw.String).fill_null("?")})
        shifted = {
            name: nw.col(shown).shift(-step).over(*same, **order) for step, name in enumerate(following, start=1)
        }
        rows = rows.with_columns(**shifted)
    sums = {"contacts": one} | ({} if how.transfers is None else {"transfers": how.transfers})
    rows = rows.with_columns(
        **{name: nw.col(column).fill_null(0.0).sum().over(*same) for name, column in sums.items()},
        **{end: nw.col(how.left).min().over(*same)},
    )
    rows = rows.filter(nw.col(first) == 1)
    made = {
        "contacts": nw.col("contacts").cast(nw.Int64), "days": nw.col(how.left) - nw.col(end),
        "open": nw.col(end) < how.window,
    }  # fmt: skip
    if how.channel is not None:
        joined = nw.concat_str(shown, *following, separator=TO, ignore_nulls=True)
        more = nw.concat_str(
            joined, nw.lit(TO), (nw.col("contacts") - MOST_SHOWN).cast(nw.Int64).cast(nw.String), nw.lit(" more")
        )
        made["channels"] = nw.when(nw.col("contacts") > MOST_SHOWN).then(more).otherwise(joined)
    if how.transfers is not None:
        made["transfers"] = nw.col("transfers")
    rows = rows.with_columns(**made).select(*frame.columns, *made)
    return LazyFrame(rows.to_native(), rows)


def returned(frame: Frame, given: Any) -> Any:
    """Return a frame as one of the kind that was given: what was no lazy frame is none, arrow stays arrow."""
    asked = nw.from_native(given)
    if asked.implementation.is_pyarrow():
        import pyarrow as pa

        return pa.Table.from_pandas(frame.native, preserve_index=False)
    if isinstance(frame, LazyFrame) and isinstance(asked, nw.DataFrame):
        return frame.lazy.collect().to_native()
    return frame.native
