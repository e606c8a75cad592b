"""Which place of the picture each bit is about, for searchers that compare counts first."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["grid_blocks"]

# Blocks by side: 16 and 64 for each channel.
_CELLS: Final = (4, 8)
# With fewer pixels than this a block would hold too few bits to say anything.
_LEAST_SIZE: Final = 32


@lru_cache(maxsize=32)
def grid_blocks(size: int, channels: int) -> tuple[NDArray[np.int64], ...]:
    """Return blocks of neighbouring pixels, one set for each channel.

    Parameters
    ----------
    size : int
        Side of a square of pixels, whose bits run row by row.
    channels : int
        Bits a pixel, one after the other.

    Returns
    -------
    tuple of ndarray of shape (size^2 * channels,), int64
        4 x 4 blocks a channel, then 8 x 8; none for small squares.
    """
    if size < _LEAST_SIZE:
        return ()
    rows, columns, colours = np.mgrid[0:size, 0:size, 0:channels]
    levels = []
    for cells in _CELLS:
        blocks = (rows * cells // size) * cells + columns * cells // size
        level = (blocks * channels + colours).ravel().astype(np.int64)
        level.setflags(write=False)
        levels.append(level)
    return tuple(levels)
