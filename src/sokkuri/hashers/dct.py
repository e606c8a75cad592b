"""The perceptual hash: low frequencies of a cosine transform against their middle.

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
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from sokkuri.hashers.quality import gray_quality
from sokkuri.hashers.values import SizedHash, median, packed, resize_luma
from sokkuri.hashes import HashSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri.hashes import ImageHash
    from sokkuri.images import Picture

_OVERSAMPLING: Final = 4  # imagehash's `highfreq_factor`
_PI: Final = Fraction(3141592653589793238462643383279502884197, 10**39)


@dataclass(frozen=True, slots=True)
class PerceptualHash(SizedHash):
    """Perceptual hash: ``size`` x ``size`` low frequencies of luma shrunk to four times the side.

    The full form transforms columns and rows and compares with the median of the frequencies, so
    close to half of the bits are 1.  The simple form transforms rows only, leaves out each row's
    mean, and compares with the mean of the frequencies; it looks at the upper quarter of the
    picture only.

    Parameters
    ----------
    size : int
        Frequencies a side, 2 to 64.
    simple : bool
        The simple form.

    Notes
    -----
    The bits are those of ``imagehash.phash`` and ``imagehash.phash_simple`` (hash_size=N), for
    flat and symmetric pictures too, where rounding decides; see the head of this module.
    Where a compiler fused multiplications with additions (Linux on ARM, for one), SciPy and NumPy
    may round those coefficients that should be zero in another way than each other.

    References
    ----------
    Neal Krawetz, "Looks Like It", The Hacker Factor Blog, 26 May 2011.
    C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010.
    """

    size: int = 8
    simple: bool = False
    most: ClassVar[int] = 64

    @property
    def spec(self) -> HashSpec:
        """The recipe: ``phash-N`` or ``phash-simple-N``, N^2 bits."""
        return HashSpec(f"phash-{'simple-' if self.simple else ''}{self.size}", self.size**2)

    @property
    def working_side(self) -> int:
        """Side of the shrunk picture in pixels."""
        return _OVERSAMPLING * self.size

    def hash(self, picture: Picture) -> ImageHash:
        """Hash one picture."""
        side = self.working_side
        values = resize_luma(picture, side, side).astype(np.float64)
        above = self._simple_bits(values) if self.simple else self._bits(values)
        return packed(self.spec, above, picture.once(gray_quality))

    def _bits(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        # Columns first, as imagehash does: the order is part of how the sums are rounded.
        columns = cosine_transform(values.T)[:, : self.size].T
        low = cosine_transform(columns)[:, : self.size]
        return np.asarray(low > median(low))

    def _simple_bits(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        low = cosine_transform(values[: self.size])[:, 1 : self.size + 1]
        return np.asarray(low > low.mean())


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
