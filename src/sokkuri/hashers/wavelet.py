"""The wavelet hash: Haar averages against their median, the picture's mean taken out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.hashers.haar import Details, analysed, averaged, synthesised
from sokkuri.hashers.packing import check_bounds, check_power_of_two, median, packed
from sokkuri.hashers.quality import gray_quality
from sokkuri.hashers.shrinking import shrunk_luma
from sokkuri.hashes import HashSpec
from sokkuri.kernels import NATIVE
from sokkuri.kernels.hasher_kernels import haar_averages_native

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri.hashes import ImageHash
    from sokkuri.images import Picture

__all__ = ["WaveletHash"]

_MIN_SIZE: Final = 2
_MAX_SIZE: Final = 64
_TILE: Final = 1024
_NATIVE_SIDE: Final = 1 << 15  # what the C kernel takes


@dataclass(frozen=True, slots=True)
class WaveletHash:
    """Wavelet hash: ``size`` x ``size`` Haar averages of luma, against their median.

    Luma is resized with Lanczos to the largest power of two that fits the shorter side (``size``
    at least), its mean is taken out in the Haar domain, and it is halved down to ``size``.  Most
    of the picture's pixels take part, so it costs several times what the others do.

    Parameters
    ----------
    size : int
        Side of the averages; a power of two from 2 to 64.

    Raises
    ------
    ValueError
        If ``size`` is out of bounds or no power of two.

    References
    ----------
    D. Petrov, "Wavelet image hash in Python", 2 July 2016, for the hash.
    ``imagehash.whash(hash_size=N)`` with its other arguments left alone gives the same bits.
    """

    size: int = 8

    def __post_init__(self) -> None:
        check_bounds("size", self.size, _MIN_SIZE, _MAX_SIZE)
        check_power_of_two("size", self.size)

    @property
    def spec(self) -> HashSpec:
        """The recipe: ``whash-N`` with N^2 bits."""
        return HashSpec(f"whash-{self.size}", self.size**2)

    @property
    def working_side(self) -> int:
        """Side of the averages in pixels."""
        return self.size

    @property
    def fast(self) -> bool:
        """False: the bits are those of a full decode."""
        return False

    def hash(self, picture: Picture) -> ImageHash:
        """Hash one picture."""
        side = max(1 << (min(picture.size).bit_length() - 1), self.size)
        pixels = shrunk_luma(picture, side, side)
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

    def part(y: int, x: int) -> tuple[NDArray[np.float64], list[Details]]:
        return _pyramid(pixels[y : y + tile, x : x + tile] / 255.0)

    def low(y: int, x: int) -> NDArray[np.float64]:
        top = tops[y // tile, x // tile].reshape(1, 1)
        return _averaged_to(_rebuilt(top, part(y, x)[1]), kept)

    tops = _without_mean(np.block([[part(y, x)[0] for x in corners] for y in corners]))
    return _averaged_to(np.block([[low(y, x) for x in corners] for y in corners]), size)


def _averaged_to(values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    while len(values) > size:
        values = averaged(values)
    return values


def _without_mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take the mean out by setting the last average of the pyramid to zero.

    Subtracting it would be quicker and round differently.
    """
    top, steps = _pyramid(values)
    return _rebuilt(top * 0.0, steps)


def _pyramid(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], list[Details]]:
    """Analyse a square down to one value."""
    steps: list[Details] = []
    while len(values) > 1:
        values, details = analysed(values)
        steps.append(details)
    return values, steps


def _rebuilt(values: NDArray[np.float64], steps: list[Details]) -> NDArray[np.float64]:
    """Undo :func:`_pyramid`; the steps are used up."""
    while steps:
        values = synthesised(values, steps.pop())
    return values
