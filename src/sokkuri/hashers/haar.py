"""The Haar wavelet on squares, in the order of operations that gives PyWavelets' values.

Every step multiplies each value by 1/sqrt(2) and then adds or subtracts, columns before rows, as
PyWavelets does; another order rounds differently, and a hash that compares with a median of many
equal values would show it.

References
----------
A. Haar, "Zur Theorie der orthogonalen Funktionensysteme", Mathematische Annalen 69 (1910).
S. Mallat, "A Theory for Multiresolution Signal Decomposition", IEEE Transactions on Pattern
Analysis and Machine Intelligence 11 (1989), for the pyramid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from numpy.typing import NDArray

import numpy as np

__all__ = ["Details", "analysed", "averaged", "synthesised"]

_ROOT: Final = 0.7071067811865476


class Details(NamedTuple):
    """What one step takes out of a square: differences down, across and of differences."""

    down: NDArray[np.float64]
    across: NDArray[np.float64]
    diagonal: NDArray[np.float64]


def analysed(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], Details]:
    """Split a square of even side into its averages and details, each of half the side."""
    scaled = values * _ROOT
    low, high = scaled[1::2] + scaled[::2], scaled[::2] - scaled[1::2]
    low *= _ROOT
    high *= _ROOT
    details = Details(
        high[:, 1::2] + high[:, ::2], low[:, ::2] - low[:, 1::2], high[:, ::2] - high[:, 1::2]
    )
    return low[:, 1::2] + low[:, ::2], details


def averaged(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the averages of :func:`analysed` alone."""
    scaled = values * _ROOT
    low = scaled[1::2] + scaled[::2]
    low *= _ROOT
    return np.asarray(low[:, 1::2] + low[:, ::2])


def synthesised(averages: NDArray[np.float64], details: Details) -> NDArray[np.float64]:
    """Undo :func:`analysed`."""
    low = _woven(averages, details.across, axis=1)
    high = _woven(details.down, details.diagonal, axis=1)
    return _woven(low, high, axis=0)


def _woven(low: NDArray[np.float64], high: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    sums, differences = low * _ROOT, high * _ROOT
    shape = list(low.shape)
    shape[axis] *= 2
    result = np.empty(shape)
    even, odd = (result[::2], result[1::2]) if axis == 0 else (result[:, ::2], result[:, 1::2])
    np.add(sums, differences, out=even)
    np.subtract(sums, differences, out=odd)
    return result
