"""The wavelet hash: Haar averages against their median, the picture's mean taken out.

Every step of the Haar wavelet multiplies each value by 1/sqrt(2) and then adds or subtracts,
columns before rows, as PyWavelets does; another order rounds differently, and a hash that compares
with a median of many equal values would show it.

References
----------
A. Haar, "Zur Theorie der orthogonalen Funktionensysteme", Mathematische Annalen 69 (1910).
S. Mallat, "A Theory for Multiresolution Signal Decomposition", IEEE Transactions on Pattern
Analysis and Machine Intelligence 11 (1989), for the pyramid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

import numpy as np

from sokkuri.hashers.quality import gray_quality
from sokkuri.hashers.values import SizedHash, median, packed, resize_luma
from sokkuri.hashes import HashSpec
from sokkuri.kernels import NATIVE
from sokkuri.kernels.hasher_kernels import haar_averages_native

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri.hashes import ImageHash
    from sokkuri.images import Picture

_ROOT: Final = 0.7071067811865476
_TILE: Final = 1024
_NATIVE_SIDE: Final = 1 << 15  # what the C kernel takes


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
            low = haar_averages_native(np.ascontiguousarray(pixels), side, self.size)
        else:
            low = _low_frequencies(pixels, self.size)
        return packed(self.spec, low > median(low), picture.once(gray_quality))


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
    while len(values) > size:
        values = _averaged(values)
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


class _Details(NamedTuple):
    """Differences that one step takes out of a square: down, across and of differences."""

    down: NDArray[np.float64]
    across: NDArray[np.float64]
    diagonal: NDArray[np.float64]


def _analysed(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], _Details]:
    """Split a square of even side into its averages and details, each of half the side."""
    scaled = values * _ROOT
    low, high = scaled[1::2] + scaled[::2], scaled[::2] - scaled[1::2]
    low *= _ROOT
    high *= _ROOT
    details = _Details(
        high[:, 1::2] + high[:, ::2], low[:, ::2] - low[:, 1::2], high[:, ::2] - high[:, 1::2]
    )
    return low[:, 1::2] + low[:, ::2], details


def _averaged(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the averages of :func:`_analysed` alone."""
    scaled = values * _ROOT
    low = scaled[1::2] + scaled[::2]
    low *= _ROOT
    return np.asarray(low[:, 1::2] + low[:, ::2])


def _synthesised(averages: NDArray[np.float64], details: _Details) -> NDArray[np.float64]:
    """Undo :func:`_analysed`."""
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
