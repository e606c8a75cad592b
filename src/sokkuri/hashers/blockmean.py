"""The block mean value hash: block means against their median, in whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.hashers.packing import check_bounds, packed
from sokkuri.hashers.quality import gray_quality
from sokkuri.hashers.reading import whole_reading
from sokkuri.hashers.shrinking import luma_raster
from sokkuri.hashes import Grid, HashSpec
from sokkuri.kernels.hasher_kernels import block_sums_native

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri.hashes import ImageHash, Reading
    from sokkuri.images import Picture

__all__ = ["BlockMeanHash", "block_sums"]

_MIN_SIZE: Final = 2
_MAX_SIZE: Final = 256
_NATIVE_ROWS: Final = 1 << 24  # what the C kernel takes


@dataclass(frozen=True, slots=True)
class BlockMeanHash:
    """Block mean value hash: luma in ``size`` x ``size`` equal blocks, without overlap.

    A bit is 1 where a block's mean is the median of all means or above, 0 where it is below.
    Blocks divide the picture exactly: a pixel on the edge of two blocks counts in each with the
    part of its area that lies there.  All sums are of integers, so the bits are the same on every
    machine.  The published method resizes to a preset size first; here the exact area means take
    the place of that.

    Parameters
    ----------
    size : int
        Blocks a side, 2 to 256.

    Raises
    ------
    ValueError
        If ``size`` is out of bounds.

    Notes
    -----
    Of a flat picture every mean is the median, and every bit is 1.

    References
    ----------
    B. Yang, F. Gu, X. Niu, "Block Mean Value Based Image Perceptual Hashing", Proc. International
    Conference on Intelligent Information Hiding and Multimedia Signal Processing, 2006, method 1.
    """

    size: int = 16

    def __post_init__(self) -> None:
        check_bounds("size", self.size, _MIN_SIZE, _MAX_SIZE)

    @property
    def spec(self) -> HashSpec:
        """The recipe: ``blockmean-N`` with N^2 bits."""
        return HashSpec(f"blockmean-{self.size}", self.size**2)

    @property
    def working_side(self) -> int:
        """Blocks a side."""
        return self.size

    @property
    def fast(self) -> bool:
        """False: the bits are those of a full decode."""
        return False

    def hash(self, picture: Picture) -> ImageHash:
        """Hash one picture."""
        sums = self._sums(picture)
        return packed(self.spec, sums > _below_median(sums), picture.once(gray_quality))

    def reading(self, picture: Picture) -> Reading:
        """Return the sums of the blocks and what they must exceed to reach their median."""
        sums = self._sums(picture)
        width, height = picture.size
        reference = np.array(_below_median(sums))
        grid = Grid("gray", sums, reference, "median", unit=width * height)
        return whole_reading(picture, (grid,))

    def _sums(self, picture: Picture) -> NDArray[np.int64]:
        raster = picture.once(luma_raster)
        if raster is not None and raster.size[1] <= _NATIVE_ROWS:
            sums: NDArray[np.int64] = block_sums_native(raster.source, raster.size, self.size)
            return sums
        return block_sums(np.asarray(picture.luma()), self.size)


def _below_median(sums: NDArray[np.int64]) -> int:
    """Return the largest whole number that is below the median."""
    ordered = np.sort(sums, axis=None)
    # The sum of the two in the middle is twice the median; of an odd number both are one.
    doubled = int(ordered[(ordered.size - 1) // 2]) + int(ordered[ordered.size // 2])
    return (doubled - 1) // 2


def block_sums(values: NDArray[np.uint8], size: int) -> NDArray[np.int64]:
    """Return ``size**2`` times the sum over each of ``size`` x ``size`` equal blocks.

    In units of 1/``size`` of a pixel every edge is a whole number, and so is every sum.

    Parameters
    ----------
    values : ndarray of shape (H, W), uint8
        At most 2^46 / ``size**2`` pixels, far beyond what is ever decoded.
    size : int
        Blocks a side.

    Returns
    -------
    ndarray of shape (size, size), int64
        Each is ``H * W`` times the mean of its block.
    """
    bands = np.stack([_band(values, block, size) for block in range(size)])
    below = np.cumsum(bands, axis=1)
    below = np.concatenate([np.zeros((size, 1), np.int64), below], axis=1)
    whole, parts = np.divmod(np.arange(size + 1) * values.shape[1], size)
    # At the right edge there is no pixel to take a part of.
    edges = bands[:, np.minimum(whole, values.shape[1] - 1)] * parts
    sums: NDArray[np.int64] = np.diff(below[:, whole] * size + edges, axis=1)
    return sums


def _band(values: NDArray[np.uint8], block: int, size: int) -> NDArray[np.int64]:
    """Return ``size`` times the sum of the rows of one band of blocks."""
    first, skipped = divmod(block * len(values), size)
    last, taken = divmod((block + 1) * len(values), size)
    rows = values[first:last].sum(axis=0, dtype=np.uint32)
    total: NDArray[np.int64] = rows.astype(np.int64) * size
    total -= values[first].astype(np.int64) * skipped
    if taken:
        total += values[last].astype(np.int64) * taken
    return total
