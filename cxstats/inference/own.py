"""An estimate whose rows bring their own limits: extremes, ranks, shares of variance, times of crossing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.inference.estimate import Estimate
from cxstats.inference.rows import OwnLimits, Rows
from cxstats.inference.variance import Dense

if TYPE_CHECKING:
    import pandas as pd


def with_own_limits(
    source: Estimate,
    values: Sequence[float] | np.ndarray,
    labels: pd.DataFrame,
    enters: Sequence[np.ndarray],
    limits: Sequence[OwnLimits],
    *,
    family: str,
    unit: str,
    notes: Sequence[str],
    **given: Any,
) -> Estimate:
    """Return results of one `family`, each a function of the rows of `source` that enter it; none has a standard error."""
    size = len(values)
    used = source._used(np.arange(len(source)))
    uses = [np.unique(np.concatenate([used[i] for i in rows])) for rows in enters]
    own = np.full(size, None, dtype=object)
    own[:] = list(limits)
    rows = Rows.derived(
        source._bases(uses), np.full(size, True), np.full(size, unit, dtype=object), own=own,
        family=np.full(size, family, dtype=object), note=np.asarray(list(notes), dtype=object), **given,
    )  # fmt: skip
    df = np.asarray([source._origin.support.union(u) for u in uses])
    return Estimate(np.asarray(values), labels, rows, Dense(np.zeros((size, size))), source._origin, df=df, uses=uses)
