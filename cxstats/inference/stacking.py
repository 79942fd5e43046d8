"""Estimates of independent samples, put one after the other."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cxstats.errors import ArgumentError
from cxstats.inference import picking
from cxstats.inference.estimate import Estimate, Origin
from cxstats.inference.rows import Rows
from cxstats.inference.small_sample import SmallSample
from cxstats.inference.support import Support
from cxstats.inference.variance import Independent
from cxstats.survey import marks_of


def stack(samples: Mapping[str, Estimate]) -> Estimate:
    """Join estimates of independent samples into one, with zero covariance between them.

    Parameters
    ----------
    samples : mapping of str to Estimate
        Name of each sample and its estimate, all with the same ``by`` columns.

    Returns
    -------
    Estimate
        The rows of all, with a label column ``source`` in front of the ``by`` columns. Rows of sample data stay marked as
        synthetic, and only these.

    Raises
    ------
    ArgumentError
        If fewer than two are given, their labels differ, or two were measured on one sample or share PSUs.
    VariantError
        If a metric is defined differently in two samples.

    Notes
    -----
    Samples that share PSUs (the same branches asked twice) are correlated: put them into one survey with `concat`.

    References
    ----------
    Kish, L. (1965). *Survey Sampling*. Wiley.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> ours, theirs = pd.DataFrame({"wait": [1, 2, 3]}), pd.DataFrame({"wait": [4, 6, 8]})
    >>> both = cx.stack({"ours": cx.measure(ours, cx.mean("wait")), "theirs": cx.measure(theirs, cx.mean("wait"))})
    >>> both.contrast("ours", "theirs").values.tolist()
    [-4.0]
    """
    import pandas as pd

    names, estimates = list(samples), list(samples.values())
    if len(names) < 2:
        raise ArgumentError(f"stack: at least two estimates are needed, not {len(names)}.")
    for name, estimate in samples.items():
        if not isinstance(estimate, Estimate):
            raise ArgumentError(
                f"stack: {name!r} is not an estimate but {type(estimate).__name__}; use measure() first."
            )
    picking.stackable(names, estimates)
    shift = np.cumsum([0, *(e._origin.support.width for e in estimates)])
    groups = np.cumsum([0, *(int(e._origin.group.max(initial=-1)) + 1 for e in estimates)])
    marks = marks_of({name: estimate.synthetic for name, estimate in samples.items()})
    many = [n for n, e in samples.items() if any(t.psus is not None for t in e._origin.small.passes)]
    taken = (
        (f"the PSUs of {' and '.join(many)} are too many to compare, and taken to be in one sample only",)
        if many
        else ()
    )
    origin = Origin(
        Support.stack([e._origin.support for e in estimates]),
        np.concatenate([e._origin.base for e in estimates]),
        np.concatenate([e._origin.group + g for e, g in zip(estimates, groups, strict=False)]),
        tuple(s for e in estimates for s in e._origin.samples),
        frozenset().union(*(e._origin.psus for e in estimates)),
        "; ".join(f"{n}: {e._origin.design}" for n, e in samples.items()),
        (*(f"{n}: {said}" for n, e in samples.items() for said in e._origin.left_out), *taken),
        np.concatenate([np.where(e._origin.synthetic == "", "", marks[n]) for n, e in samples.items()]),
        sum(e._origin.rows for e in estimates),
        SmallSample.stack([e._origin.small for e in estimates]),
        np.concatenate([e._origin.free for e in estimates]),
        {
            (i + int(s), j + int(s)): count
            for e, s in zip(estimates, shift, strict=False)
            for (i, j), count in e._origin.shared.items()
        },
    )
    tables = []
    for name, estimate in samples.items():
        labels = estimate.labels
        labels.insert(1, "source", name)
        tables.append(labels)
    uses = [u + s for e, s in zip(estimates, shift, strict=False) for u in e._used(np.arange(len(e)))]
    parts = None
    if all(e._parts is not None for e in estimates):
        sides = [{n: e._parts[i] for n, e in samples.items() if e._parts is not None} for i in (0, 1)]
        parts = (stack(sides[0]), stack(sides[1]))
    return Estimate(
        np.concatenate([e.values for e in estimates]), pd.concat(tables, ignore_index=True),
        Rows.stack([e._rows for e in estimates]), Independent([e._covariance for e in estimates]), origin,
        df=np.concatenate([e.df for e in estimates]), uses=uses, parts=parts,
    )  # fmt: skip
