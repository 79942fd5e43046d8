"""Replicate weights by the rescaled bootstrap: in each stratum one PSU fewer than there are is drawn, with replacement.

Row i of PSU c, drawn t times of n - 1 in its stratum, weighs ``w_i (1 - r + r t n / (n - 1))`` with ``r = sqrt(1 - f)``.

Rao, J. N. K., Wu, C. F. J. and Yue, K. (1992). Some recent work on resampling methods for complex surveys. *Survey
Methodology* 18.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cxstats.inference.leverage import Psus
from cxstats.survey import Survey


def replicates(survey: Survey, draws: int, seed: int) -> Iterator[np.ndarray]:
    """Yield the factor of each row's weight, `draws` times."""
    psus, generator = Psus.read(survey), np.random.default_rng(seed)
    members = np.split(np.argsort(psus.stratum, kind="stable"), np.cumsum(psus.count)[:-1])
    for _ in range(draws):
        factor = np.ones(len(psus.stratum))
        for inside, fraction in zip(members, psus.fraction, strict=True):
            n = len(inside)
            if n > 1:  # a lone PSU stays as it is
                times = generator.multinomial(n - 1, np.full(n, 1 / n))
                r = np.sqrt(1 - fraction)
                factor[inside] = 1 - r + r * times * n / (n - 1)
        yield factor[psus.of]
