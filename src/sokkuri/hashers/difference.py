"""The difference hash: is each pixel brighter than the one before it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sokkuri.hashers.packing import check_bounds, packed
from sokkuri.hashers.quality import gray_quality
from sokkuri.hashers.reading import gray_grid
from sokkuri.hashers.shrinking import shrunk_colour, shrunk_luma
from sokkuri.hashes import HashSpec, Reading

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sokkuri.hashes import ImageHash
    from sokkuri.images import Picture

__all__ = ["DifferenceHash"]

_MIN_SIZE: Final = 2
_MAX_SIZE: Final = 256


@dataclass(frozen=True, slots=True)
class DifferenceHash:
    """Difference hash: ``size`` x ``size`` comparisons of neighbours, across or down.

    Luma is shrunk with Lanczos to one pixel more along the direction of comparison; a bit is 1
    where a pixel is brighter than its left (upper) neighbour.  Gradients survive changes of
    brightness and contrast better than the average hash does.

    Parameters
    ----------
    size : int
        Comparisons a row and a column, 2 to 256.
    vertical : bool
        Compare with the neighbour above instead of the one to the left.

    Raises
    ------
    ValueError
        If ``size`` is out of bounds.

    References
    ----------
    Neal Krawetz, "Kind of Like That", The Hacker Factor Blog, 21 January 2013.
    ``imagehash.dhash`` and ``imagehash.dhash_vertical`` (hash_size=N) give the same bits.
    """

    size: int = 8
    vertical: bool = False

    def __post_init__(self) -> None:
        check_bounds("size", self.size, _MIN_SIZE, _MAX_SIZE)

    @property
    def spec(self) -> HashSpec:
        """The recipe: ``dhash-N`` or ``dhash-vertical-N``, N^2 bits."""
        return HashSpec(f"dhash-{'vertical-' if self.vertical else ''}{self.size}", self.size**2)

    @property
    def working_side(self) -> int:
        """The longer side of the shrunk picture in pixels."""
        return self.size + 1

    @property
    def fast(self) -> bool:
        """False: the bits are those of a full decode."""
        return False

    def hash(self, picture: Picture) -> ImageHash:
        """Hash one picture."""
        values, neighbours = self._compared(picture)
        return packed(self.spec, values > neighbours, picture.once(gray_quality))

    def reading(self, picture: Picture) -> Reading:
        """Return each pixel that was compared, beside the neighbour before it."""
        values, neighbours = self._compared(picture)
        first = 1 / (self.size + 1)  # the first row or column is a neighbour only
        if self.vertical:
            grid = gray_grid(values, neighbours, "upper neighbour")
            pixels = shrunk_colour(picture, self.size, self.size + 1)[1:, :, :3]
            return Reading(pixels, (0.0, first, 1.0, 1.0), (grid,))
        grid = gray_grid(values, neighbours, "left neighbour")
        pixels = shrunk_colour(picture, self.size + 1, self.size)[:, 1:, :3]
        return Reading(pixels, (first, 0.0, 1.0, 1.0), (grid,))

    def _compared(self, picture: Picture) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        if self.vertical:
            values = shrunk_luma(picture, self.size, self.size + 1)
            return values[1:], values[:-1]
        values = shrunk_luma(picture, self.size + 1, self.size)
        return values[:, 1:], values[:, :-1]
