"""The Jacobian of a function of estimates, by central differences checked at two step sizes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cxstats.errors import ArgumentError

TOLERANCE = 1e-4


def gradient(function: Callable[[Any], Any], values: np.ndarray, se: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the function's values and its Jacobian (results x values); raise `ArgumentError` where it is not smooth.

    Steps are a hundredth of a value's standard error: the delta method holds where the function is smooth on that scale.
    Richardson's combination of two central differences has an error of the fourth order in the step. Values that are
    missing (NaN) are passed as they are and have no derivative.
    """
    result = _evaluate(function, values)
    jacobian = np.zeros((len(result), len(values)))
    for i in np.flatnonzero(np.isfinite(values)).tolist():
        scale = float(se[i]) if np.isfinite(se[i]) and se[i] > 0 else 0.1 * max(abs(values[i]), 1e-3)
        step = max(1e-2 * scale, 64 * np.finfo(float).eps * abs(values[i]))
        wide, narrow = (_difference(function, values, i, h) for h in (step, step / 2))
        if len(wide) != len(result):
            raise ArgumentError("transform: the function returns a different number of results near the estimates.")
        noise = 1e-13 * np.fmax(np.abs(result), np.abs(narrow * values[i])) / step
        rough = ~(np.abs(wide - narrow) <= TOLERANCE * 25 * np.abs(narrow) + noise)
        rough |= _kinked(function, values, result, i, step, noise)
        rough &= np.isfinite(result)
        if rough.any():
            raise ArgumentError(
                f"transform: result {int(np.flatnonzero(rough)[0]) + 1} is not a smooth function of value {i + 1} "
                f"({values[i]:g}), so its uncertainty cannot be carried over. Minima, maxima, ranks and rounding have kinks."
            )
        derivative = (4 * narrow - wide) / 3
        jacobian[:, i] = np.where(np.isfinite(derivative) & (np.abs(derivative) > noise), derivative, 0.0)
    return result, jacobian


def _kinked(
    function: Callable[[Any], Any], values: np.ndarray, result: np.ndarray, i: int, step: float, noise: np.ndarray
) -> np.ndarray:
    """Tell where the slopes to the left and to the right differ, however short the step (they meet if it is smooth)."""
    jumps = []
    for h in (step, step / 4):
        up, down = values.copy(), values.copy()
        up[i] += h
        down[i] -= h
        right, left = (_evaluate(function, up) - result) / h, (result - _evaluate(function, down)) / h
        jumps.append(np.abs(right - left))
        size = np.abs(right) + np.abs(left)
    return np.asarray((jumps[1] > 0.75 * jumps[0]) & (jumps[1] > TOLERANCE * size + 8 * noise))


def _difference(function: Callable[[Any], Any], values: np.ndarray, i: int, step: float) -> np.ndarray:
    up, down = values.copy(), values.copy()
    up[i] += step
    down[i] -= step
    return np.asarray((_evaluate(function, up) - _evaluate(function, down)) / (up[i] - down[i]))


def _evaluate(function: Callable[[Any], Any], values: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        result = np.atleast_1d(np.asarray(function(values.copy())))
    if result.ndim != 1 or result.dtype.kind not in "fiu":
        raise ArgumentError(
            f"transform: the function returns {type(function(values.copy())).__name__} of shape {result.shape}; "
            "a number or a one-dimensional array of numbers is needed."
        )
    return result.astype(np.float64)
