"""Hashes of low frequencies: of a cosine transform, and of Haar wavelets, against their middle.

A hash asks whether a coefficient is above the median.  In symmetric and in flat pictures whole
groups of coefficients are zero but for rounding, and there the last bit of a sum decides.  So the
transform is not any DCT-II but the one SciPy computes (C++ pocketfft): neighbours are added and
subtracted, a complex-to-real FFT follows, and a rotation by twiddle factors.  NumPy's own
``irfft`` is the same pocketfft, so only the two outer steps are written here.  And every step of
the wavelet multiplies each value by 1/sqrt(2) and then adds or subtracts, columns before rows, as
PyWavelets does.

References
----------
J. Makhoul, "A Fast Cosine Transform in One and Two Dimensions", IEEE Transactions on Acoustics,
Speech, and Signal Processing 28 (1980), for a DCT of N values by an FFT of N.
M. Reinecke, pocketfft (BSD), for the order of operations.
A. Haar, "Zur Theorie der orthogonalen Funktionensysteme", Mathematische Annalen 69 (1910).
S. Mallat, "A Theory for Multiresolution Signal Decomposition", IEEE Transactions on Pattern
Analysis and Machine Intelligence 11 (1989), for the pyramid.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

import numpy as np

from sokkuri.hashers.quality import gray_quality
from sokkuri.hashers.values import SizedHash, resize_luma
from sokkuri.hashes import HashSpec, ImageHash
from sokkuri.kernels import NATIVE, native

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri.images import Picture

_OVERSAMPLING: Final = 4  # imagehash's `highfreq_factor`
_PI: Final = Fraction(3141592653589793238462643383279502884197, 10**39)
_ROOT: Final = 0.7071067811865476
_TILE: Final = 1024
_NATIVE_SIDE: Final = 1 << 15  # what the C kernel takes


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
        if self.simple:
            low = _cosine_transform(values[: self.size])[:, 1 : self.size + 1]
            middle = low.mean()
        else:
            # Columns first, as imagehash does: the order is part of how the sums are rounded.
            columns = _cosine_transform(values.T)[:, : self.size].T
            low = _cosine_transform(columns)[:, : self.size]
            middle = _median(low)
        code = np.packbits(low > middle).tobytes()
        return ImageHash(self.spec, code, picture.once(gray_quality))


def _median(values: NDArray[np.float64]) -> np.float64:
    """Return the median as ``np.median`` does, in a fifth of the time for a few values."""
    ordered = np.sort(values, axis=None)
    middle: np.float64 = (ordered[(ordered.size - 1) // 2] + ordered[ordered.size // 2]) / 2
    return middle


def _cosine_transform(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the DCT-II of the last axis, unnormalised: ``2 sum x[n] cos(pi k (2n+1) / 2N)``.

    Bit for bit ``scipy.fft.dct(values)``; N is even and at least 4.
    """
    length = values.shape[-1]
    half = length // 2
    folded = np.zeros((*values.shape[:-1], half + 1), np.complex128)
    folded.real[..., 0] = values[..., 0] * 2
    folded.real[..., 1:half] = values[..., 2:-1:2] + values[..., 1:-1:2]
    folded.imag[..., 1:half] = values[..., 2:-1:2] - values[..., 1:-1:2]
    folded.real[..., half] = values[..., -1] * 2
    waves = np.fft.irfft(folded, length, norm="forward")
    twiddles = _twiddles(length)
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


@dataclass(frozen=True, slots=True)
class WaveletHash(SizedHash):
    """Wavelet hash: ``size`` x ``size`` Haar averages of luma, against their median.

    Luma is resized with Lanczos to the largest power of two that fits the shorter side (``size``
    at least), its mean is taken out in the Haar domain, and it is halved down to ``size``.  Most
    of the picture's pixels take part, so it costs several times what the others do.

    Parameters
    ----------
    size : int
        Side of the averages; a power of two from 2 to 64.

    References
    ----------
    D. Petrov, "Wavelet image hash in Python", 2 July 2016, for the hash.
    ``imagehash.whash(hash_size=N)`` with its other arguments left alone gives the same bits.
    """

    size: int = 8
    most: ClassVar[int] = 64

    def __post_init__(self) -> None:
        SizedHash.__post_init__(self)
        if self.size.bit_count() != 1:
            raise ValueError(f"`size` must be a power of two, not {self.size}")

    @property
    def spec(self) -> HashSpec:
        """The recipe: ``whash-N`` with N^2 bits."""
        return HashSpec(f"whash-{self.size}", self.size**2)

    def hash(self, picture: Picture) -> ImageHash:
        """Hash one picture."""
        side = max(1 << (min(picture.size).bit_length() - 1), self.size)
        pixels = resize_luma(picture, side, side)
        if NATIVE and side <= _NATIVE_SIDE:
            low = np.frombuffer(native.haar_averages(np.ascontiguousarray(pixels), side, self.size))
        else:
            low = _low_frequencies(pixels, self.size)
        code = np.packbits(low > _median(low)).tobytes()
        return ImageHash(self.spec, code, picture.once(gray_quality))


def _low_frequencies(pixels: NDArray[np.uint8], size: int) -> NDArray[np.float64]:
    """Return ``size`` x ``size`` averages of a picture whose mean was taken out.

    A large picture goes through in tiles, which bounds the memory: every step of the pyramid
    looks at four values at a time, so tiles change the order of the work and no result.
    """
    side, tile = len(pixels), min(len(pixels), _TILE)
    if tile == side:
        return _averaged_to(_without_mean(pixels / 255.0), size)
    corners = range(0, side, tile)
    kept = max(1, tile * size // side)

    def part(y: int, x: int) -> tuple[NDArray[np.float64], list[_Details]]:
        return _pyramid(pixels[y : y + tile, x : x + tile] / 255.0)

    def low(y: int, x: int) -> NDArray[np.float64]:
        top = tops[y // tile, x // tile].reshape(1, 1)
        return _averaged_to(_rebuilt(top, part(y, x)[1]), kept)

    tops = _without_mean(np.block([[part(y, x)[0] for x in corners] for y in corners]))
    return _averaged_to(np.block([[low(y, x) for x in corners] for y in corners]), size)


def _averaged_to(values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Take the averages of one step after the other, without the details."""
    while len(values) > size:
        for _ in ("rows", "columns"):
            scaled = values * _ROOT
            values = (scaled[1::2] + scaled[::2]).T
    return values


def _without_mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take the mean out by setting the last average of the pyramid to zero.

    Subtracting it would be quicker and round differently.
    """
    top, steps = _pyramid(values)
    return _rebuilt(top * 0.0, steps)


def _pyramid(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], list[_Details]]:
    """Analyse a square down to one value."""
    steps: list[_Details] = []
    while len(values) > 1:
        values, details = _analysed(values)
        steps.append(details)
    return values, steps


def _rebuilt(values: NDArray[np.float64], steps: list[_Details]) -> NDArray[np.float64]:
    """Undo :func:`_pyramid`; the steps are used up."""
    while steps:
        values = _synthesised(values, steps.pop())
    return values


_Details: TypeAlias = "tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]"
"""Differences that one step takes out of a square: down, across and of differences."""


def _analysed(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], _Details]:
    """Split a square of even side into its averages and details, each of half the side."""
    low, high = _halves(values)
    averages, across = _halves(low.T)
    down, diagonal = _halves(high.T)
    return averages.T, (down.T, across.T, diagonal.T)


def _halves(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the sums and the differences of neighbouring rows."""
    scaled = values * _ROOT
    return scaled[1::2] + scaled[::2], scaled[::2] - scaled[1::2]


def _synthesised(averages: NDArray[np.float64], details: _Details) -> NDArray[np.float64]:
    """Undo :func:`_analysed`."""
    down, across, diagonal = details
    return _woven(_woven(averages, across, axis=1), _woven(down, diagonal, axis=1), axis=0)


def _woven(low: NDArray[np.float64], high: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """Undo :func:`_halves`, along rows or columns."""
    sums, differences = low * _ROOT, high * _ROOT
    pairs = np.stack([sums + differences, sums - differences], axis=axis + 1)
    return pairs.reshape((2 - axis) * len(low), -1)
