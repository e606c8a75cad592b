"""Traces of the JPEG that a picture was before it was saved as it is now.

JPEG rounds each of 64 sums over a block of 8 x 8 pixels to multiples of a step (ITU-T T.81).
Saved again with finer steps, or without loss, the sums still crowd around multiples of the coarser
ones: more pixels' worth of bytes, and no better a picture.  It is not seen after a resize or a crop
off the grid, nor where the new steps are nearly the old ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOCK: Final = 8
_LOW: Final = ((0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1))
"""Rows and columns of the sums that are looked at: the largest."""

_MOST_STEP: Final = 40
_UNIT: Final = 16  # sums are in sixteenths
_CROWDED: Final = 170  # thousandths of a step; sums spread evenly are 250 away
_FEWEST: Final = 40
_AGREEING: Final = 3
_MOST_BLOCKS: Final = 96  # rows and columns of blocks


def _cosines() -> NDArray[np.float64]:
    places = (2 * np.arange(_BLOCK) + 1) * np.pi / 16
    waves = np.cos(np.outer(np.arange(_BLOCK), places)) / 2
    waves[0] /= np.sqrt(2)
    return np.asarray(np.round(4096 * waves), np.float64)


_COSINES: Final = _cosines()


def coarseness_of(luma: NDArray[np.uint8], steps: tuple[int, ...]) -> tuple[int, bool]:
    """Return how coarsely a picture was ever compressed, and whether that was before its last save.

    Parameters
    ----------
    luma : ndarray of shape (H, W), uint8
        As stored, not turned upright.
    steps : tuple of int
        The first quantisation table of its JPEG, row by row; empty for a file without loss.

    Returns
    -------
    coarseness : int
        Sum of the seven steps that are looked at, in eighths; 0 where nothing was lost.
    resaved : bool
    """
    own = [steps[_BLOCK * row + column] if steps else 1 for row, column in _LOW]
    sums = _sums(luma)
    earlier = [
        _earlier_step(np.abs(sums[:, row, column]), step)
        for (row, column), step in zip(_LOW, own, strict=True)
    ]
    if sum(map(bool, earlier)) < _AGREEING:
        return (8 * sum(own) if steps else 0), False
    # Rather too coarse than too fine, and a quarter more for that it was rounded twice.
    most = max(earlier)
    return 10 * sum(map(max, own, (step or most for step in earlier))), True


def _sums(luma: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return the sums of blocks without black or white, in sixteenths, shape (N, 8, 8)."""
    high, wide = (side // _BLOCK for side in luma.shape)
    grid = luma[: high * _BLOCK, : wide * _BLOCK].reshape(high, _BLOCK, wide, _BLOCK)
    blocks = grid.swapaxes(1, 2)[:: max(1, high // _MOST_BLOCKS), :: max(1, wide // _MOST_BLOCKS)]
    blocks = blocks.reshape(-1, _BLOCK, _BLOCK)
    # Where light or shadow was cut off, so were the sums.
    whole = (blocks.min(axis=(1, 2)) > 1) & (blocks.max(axis=(1, 2)) < 254)
    values = blocks[whole].astype(np.float64) - 128
    # Whole numbers below 2**40, so the order of summing does not matter.
    return np.asarray((_COSINES @ values @ _COSINES.T).astype(np.int64) >> 20)


def _earlier_step(sizes: NDArray[np.int64], own: int) -> int:
    """Return the coarsest step whose multiples sums of one kind crowd around, 0 if none."""
    found = 0
    for step in range(own + 1, _MOST_STEP + 1):
        # Multiples of a step lie near those of one that is hardly coarser, and many of them near
        # those of half as much again.
        if 4 * step < 5 * own or 6 * abs(2 * step - 3 * own) <= own:
            continue
        away = _mean_away(sizes, _UNIT * step)
        if away is not None and away < _CROWDED:
            found = step  # they crowd around multiples of its parts, too
    return found


def _mean_away(sizes: NDArray[np.int64], unit: int) -> int | None:
    """Return how far sums are from the next multiple, in thousandths of a step."""
    # Small sums are many and fall off steeply, so about the first multiple they always crowd.
    sizes = sizes[2 * sizes >= 3 * unit]
    if len(sizes) < _FEWEST:
        return None
    over = sizes % unit
    return 1000 * int(np.minimum(over, unit - over).sum()) // (unit * len(sizes))
