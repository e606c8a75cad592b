"""Where the object is: what cannot be reached from the picture's edge without crossing a step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SIDE", "VIEW", "barrier", "object_box", "object_mask", "view_of"]

SIDE: Final = 64
"""Side of the working picture in pixels."""

VIEW: Final = 60
"""Side of the view, the object's box resampled."""

_ROUNDS: Final = 2
_FAR: Final = 1 << 14
# The box leaves out 1/32 of the object on each of its four sides, which sheds stray pixels, and is
# widened by an eighth of its side on each side, so that the outline lies inside.
_LEFT_OUT: Final = 32
_WIDENED: Final = 8

# Positions have eight fractional bits.
_ONE: Final = 256


def barrier(lab: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the minimum barrier distance of every pixel from the edge of the picture.

    A path costs, in each channel, its largest value less its smallest: a slow change of light is
    cheap, a step is not.  Two rounds of four sweeps (down, up, right, left) come near the minimum:
    each pixel takes over its neighbour's path if that is cheaper.  The channels are added.

    Parameters
    ----------
    lab : ndarray of shape (64, 64, 3), int32

    Returns
    -------
    ndarray of shape (64, 64), int32

    References
    ----------
    R. Strand, K. C. Ciesielski, F. Malmberg, P. K. Saha, "The minimum barrier distance", Computer
    Vision and Image Understanding 117 (2013).  J. Zhang et al., "Minimum Barrier Salient Object
    Detection at 80 FPS", ICCV 2015, for the sweeps.
    """
    cost = np.full(lab.shape, _FAR, np.int32)
    cost[[0, -1]] = cost[:, [0, -1]] = 0
    high, low = lab.copy(), lab.copy()
    inner = range(1, SIDE - 1)
    for _ in range(_ROUNDS):
        for turned in (False, True):
            maps = [np.swapaxes(each, 0, 1) if turned else each for each in (cost, high, low, lab)]
            for line in inner:
                _take_over(maps, line, line - 1)
            for line in reversed(inner):
                _take_over(maps, line, line + 1)
    total: NDArray[np.int32] = cost.sum(axis=2, dtype=np.int32)
    return total


def _take_over(maps: list[NDArray[np.int32]], line: int, before: int) -> None:
    cost, high, low, lab = maps
    highest = np.maximum(high[before], lab[line])
    lowest = np.minimum(low[before], lab[line])
    better = highest - lowest < cost[line]
    cost[line] = np.where(better, highest - lowest, cost[line])
    high[line] = np.where(better, highest, high[line])
    low[line] = np.where(better, lowest, low[line])


def object_mask(cost: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return the pixels above the mean cost; all of them where there are none."""
    mask: NDArray[np.bool_] = cost * (SIDE * SIDE) > cost.sum()
    return mask if mask.any() else np.ones_like(mask)


def object_box(
    mask: NDArray[np.bool_], size: tuple[int, int]
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return centre and length of the object's box along x and along y.

    Its sides are half-way between those of the object and the square on the longer one: a square
    would lose how slender the object is in empty space, and the box itself would forget it.

    Parameters
    ----------
    mask : ndarray of shape (64, 64), bool
    size : tuple of int
        Width and height of the photo: its pixels are not square in the working picture.

    Returns
    -------
    centre, length : tuple of int
        In 1/256 of a pixel of the working picture.
    """
    ends = [_ends(mask.sum(axis=axis)) for axis in (0, 1)]
    real = [(last - first) * side for (first, last), side in zip(ends, size, strict=True)]
    widened = _ONE // 2 * (_WIDENED + 2) // _WIDENED
    lengths = [(own + max(real)) * widened // side for own, side in zip(real, size, strict=True)]
    centres = [(first + last) * (_ONE // 2) for first, last in ends]
    return (centres[0], centres[1]), (lengths[0], lengths[1])


def _ends(counts: NDArray[np.int64]) -> tuple[int, int]:
    total = int(counts.sum())
    first = int((np.cumsum(counts) * _LEFT_OUT < total).sum())
    last = SIDE - int((np.cumsum(counts[::-1]) * _LEFT_OUT < total).sum())
    return first, max(last, first + 1)


def view_of(
    lab: NDArray[np.int32], centre: tuple[int, int], length: tuple[int, int]
) -> NDArray[np.int32]:
    """Resample the object's box bilinearly; beyond the picture its edge goes on.

    Returns
    -------
    ndarray of shape (60, 60, 3), int32
    """
    (x0, x1, fx), (y0, y1, fy) = (_places(*axis) for axis in zip(centre, length, strict=True))
    fx, fy = fx[None, :, None], fy[:, None, None]
    upper = lab[y0][:, x0] * (_ONE - fx) + lab[y0][:, x1] * fx
    lower = lab[y1][:, x0] * (_ONE - fx) + lab[y1][:, x1] * fx
    between: Any = upper * (_ONE - fy) + lower * fy
    return np.asarray(between >> 16, np.int32)


def _places(
    centre: int, length: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    odd = 2 * np.arange(VIEW, dtype=np.int64) + 1
    place = (2 * VIEW * (centre - _ONE // 2) - VIEW * length + odd * length) // (2 * VIEW)
    place = np.clip(place, 0, (SIDE - 1) * _ONE)
    first = place >> 8
    return first, np.minimum(first + 1, SIDE - 1), place & (_ONE - 1)
