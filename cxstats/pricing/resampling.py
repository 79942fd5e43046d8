"""Replicate weights by the rescaled bootstrap: in each stratum one PSU fewer than there are is drawn, with replacement.

Row i of PSU c, drawn t times of n - 1 in its stratum, weighs ``w_i (1 - r + r t n / (n - 1))`` with ``r = sqrt(1 - f)``.

Rao, J. N. K., Wu, C. F. J. and Yue, K. (1992). Some recent work on resampling methods for complex surveys. *Survey
Methodology* 18.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cxstats import frames
from cxstats.survey import Survey


def replicates(survey: Survey, draws: int, seed: int) -> Iterator[np.ndarray]:
    """Yield the factor of each row's weight, `draws` times."""
    stratum, psu, fraction = _units(survey)
    generator = np.random.default_rng(seed)
    first = np.unique(psu, return_index=True)[1]
    of_psu, part = stratum[first], fraction[first]
    sizes = np.bincount(of_psu)
    members = np.split(np.argsort(of_psu, kind="stable"), np.cumsum(sizes)[:-1])
    for _ in range(draws):
        factor = np.ones(len(first))
        for inside in members:
            n = len(inside)
            if n > 1:  # a lone PSU stays as it is
                times = generator.multinomial(n - 1, np.full(n, 1 / n))
                r = np.sqrt(1 - part[inside])
                factor[inside] = 1 - r + r * times * n / (n - 1)
        yield factor[psu]


def _units(survey: Survey) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return each row's stratum, its PSU, and the part of the stratum's PSUs that was drawn."""
    d = survey.design
    table = frames.in_memory(survey.frame, d.columns() or survey.frame.columns[:1])
    rows = np.arange(len(table))

    def numbered(names: list[str]) -> np.ndarray:
        return (
            table.groupby(names, dropna=False, observed=True).ngroup().to_numpy()
            if names
            else np.zeros(len(table), int)
        )

    stratum = numbered(list(d.strata))
    psu = numbered([*(d.strata if d.nest else ()), *d.psu]) if d.psu else rows
    fraction = np.zeros(len(table))
    if d.fpc:
        drawn = np.bincount(stratum[np.unique(psu, return_index=True)[1]])
        fraction = np.minimum(drawn[stratum] / table[d.fpc].to_numpy(dtype=np.float64), 1.0)
    return stratum, psu, fraction
