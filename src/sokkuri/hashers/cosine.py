"""The discrete cosine transform in the one order of operations that gives imagehash's bits.

A hash asks whether a coefficient is above the median.  In symmetric and in flat pictures whole
groups of coefficients are zero but for rounding, and there the last bit of a sum decides.  So the
transform is not any DCT-II but the one SciPy computes (C++ pocketfft): neighbours are added and
subtracted, a complex-to-real FFT follows, and a rotation by twiddle factors.  NumPy's own
``irfft`` is the same pocketfft, so only the two outer steps are written here.

References
----------
J. Makhoul, "A Fast Cosine Transform in One and Two Dimensions", IEEE Transactions on Acoustics,
Speech, and Signal Processing 28 (1980), for a DCT of N values by an FFT of N.
M. Reinecke, pocketfft (BSD), for the order of operations.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["cosine_transform"]

_PI: Final = Fraction(3141592653589793238462643383279502884197, 10**39)


def cosine_transform(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the DCT-II of the last axis, unnormalised: ``2 sum x[n] cos(pi k (2n+1) / 2N)``.

    Parameters
    ----------
    values : ndarray of shape (..., N), float64
        N even and at least 4.

    Returns
    -------
    ndarray of shape (..., N), float64
        Bit for bit ``scipy.fft.dct(values)``.
    """
    length = values.shape[-1]
    half = length // 2
    folded = np.zeros((*values.shape[:-1], half + 1), np.complex128)
    folded.real[..., 0] = values[..., 0] * 2
    folded.real[..., 1:half] = values[..., 2:-1:2] + values[..., 1:-1:2]
    folded.imag[..., 1:half] = values[..., 2:-1:2] - values[..., 1:-1:2]
    folded.real[..., half] = values[..., -1] * 2
    waves = np.fft.irfft(folded, length, norm="forward")
    return _rotated(waves, _twiddles(length))


def _rotated(waves: NDArray[np.float64], twiddles: NDArray[np.float64]) -> NDArray[np.float64]:
    half = waves.shape[-1] // 2
    low, high = waves[..., 1:half], waves[..., :half:-1]
    cosines, sines = twiddles[: half - 1], twiddles[: half - 1 : -1][1:]
    first = cosines * high + sines * low
    second = cosines * low - sines * high
    result = np.empty_like(waves)
    result[..., 0] = waves[..., 0]
    result[..., 1:half] = 0.5 * (first + second)
    result[..., half] = waves[..., half] * twiddles[half - 1]
    result[..., :half:-1] = 0.5 * (first - second)
    return result


@lru_cache(maxsize=128)
def _twiddles(length: int) -> NDArray[np.float64]:
    """Return ``cos(2 pi i / 4N)`` for i = 1 to N as pocketfft rounds it.

    Each is the real part of a product of two table entries, a coarse and a fine angle.
    """
    circle = 4 * length
    shift = 1
    while (1 << shift) * (1 << shift) < (circle + 2) // 2:
        shift += 1
    fine = (1 << shift) - 1
    cosines = np.empty(length)
    for index in range(1, length + 1):
        a, b = _cos_sin(index & fine, circle)
        c, d = _cos_sin(index & ~fine, circle)
        cosines[index - 1] = a * c - b * d
    cosines.flags.writeable = False
    return cosines


def _cos_sin(index: int, circle: int) -> tuple[float, float]:
    """Return cosine and sine of ``2 pi index / circle``, for at most a quarter of the circle."""
    unit = float(_PI / (4 * circle))  # rounded once: pi / (4 * circle) in doubles rounds twice
    eighths = 8 * index
    if eighths < circle:
        return math.cos(eighths * unit), math.sin(eighths * unit)
    rest = (2 * circle - eighths) * unit
    return math.sin(rest), math.cos(rest)
