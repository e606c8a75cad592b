"""Lanczos resampling in plain Python and NumPy, as Pillow defines it and the C kernel must."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

_LOBES = 3.0
_WEIGHT_BITS = 22


def resampled(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Resample pixels of shape (H, W, C); which axis goes first is part of the result."""
    lost_height, lost_width = pixels.shape[0] - height, pixels.shape[1] - width
    if lost_height > max(0, 2 * lost_width):
        return _along_rows(_along(pixels, height), width)
    return _along(_along_rows(pixels, width), height)


def _along_rows(values: NDArray[np.uint8], outputs: int) -> NDArray[np.uint8]:
    return np.swapaxes(_along(np.swapaxes(values, 0, 1), outputs), 0, 1)


def _along(values: NDArray[np.uint8], outputs: int) -> NDArray[np.uint8]:
    """Resample the first axis."""
    result = np.empty((outputs, *values.shape[1:]), np.uint8)
    for output in range(outputs):
        first, weights = span(len(values), outputs, output)
        window = values[first : first + len(weights)].astype(np.int64)
        sums = np.tensordot(np.array(weights, np.int64), window, axes=1)
        half = 1 << (_WEIGHT_BITS - 1)
        result[output] = np.clip((sums + half) >> _WEIGHT_BITS, 0, 255)
    return result


def span(inputs: int, outputs: int, output: int) -> tuple[int, list[int]]:
    """Return the first input of an output, and the weights from there on, with 22 binary places."""
    scale = inputs / outputs
    stretch = max(scale, 1.0)
    support = _LOBES * stretch
    centre = (output + 0.5) * scale
    first = max(int(centre - support + 0.5), 0)
    last = min(int(centre + support + 0.5), inputs)
    inverse = 1.0 / stretch
    window = [_lanczos((x - centre + 0.5) * inverse) for x in range(first, last)]
    total = 0.0
    for weight in window:  # in this order: a sum of doubles depends on it
        total += weight
    return first, [_fixed(weight / total if total else weight) for weight in window]


def _lanczos(x: float) -> float:
    return _sinc(x) * _sinc(x / _LOBES) if -_LOBES <= x < _LOBES else 0.0


def _sinc(x: float) -> float:
    return math.sin(x * math.pi) / (x * math.pi) if x else 1.0


def _fixed(weight: float) -> int:
    scaled = weight * (1 << _WEIGHT_BITS)
    return int(scaled - 0.5) if weight < 0 else int(scaled + 0.5)
