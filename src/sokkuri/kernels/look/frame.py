"""A plain frame around a photo says nothing about it: how wide is it?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["plain_frame"]

_TOLERANCE: Final = 24  # of an eight-bit channel: what a JPEG makes of a plain strip
_STRAYS: Final = 50  # one pixel in fifty may differ
_DEEPEST: Final = 4  # a frame takes at most a quarter of the side
_EDGE: Final = 8  # the line it ends on is looked at between the outer eighths ...
_CHANGED: Final = 7  # ... and seven eighths of that must have another colour


def plain_frame(rgb: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Measure the frame of one colour that ends on a straight line.

    Only strips on two opposite sides count; an object on a plain ground has no straight edges all
    along, and is left alone.

    Parameters
    ----------
    rgb : ndarray of shape (H, W, C), uint8
        The first three channels count.

    Returns
    -------
    top, bottom, left, right : int
        Pixels to cut off.  At least half of the picture is left along each axis.
    """
    pixels = rgb[..., :3]
    across = pixels.transpose(1, 0, 2)
    top, bottom = _strip(pixels), _strip(pixels[::-1])
    left, right = _strip(across), _strip(across[::-1])
    if not (top and bottom) or 2 * (top + bottom) > len(pixels):
        top = bottom = 0
    if not (left and right) or 2 * (left + right) > len(across):
        left = right = 0
    return top, bottom, left, right


def _strip(rows: NDArray[np.uint8]) -> int:
    """Return how many first rows are plain, with one more where it blends into the photo."""
    height, width = rows.shape[:2]
    depth = 0
    while depth <= height // _DEEPEST:
        if int(_differs(rows, depth).sum()) * _STRAYS > width:
            break
        depth += 1
    if depth == 0 or depth > height // _DEEPEST or depth + 1 >= height:
        return 0
    middle = _differs(rows, depth + 1)[width // _EDGE : width - width // _EDGE]
    changed = int(middle.sum()) * _EDGE >= middle.size * _CHANGED
    return depth + 1 if changed else 0


def _differs(rows: NDArray[np.uint8], row: int) -> NDArray[np.bool_]:
    corner = rows[0, 0].astype(np.int16)
    off: NDArray[np.bool_] = (np.abs(rows[row].astype(np.int16) - corner) > _TOLERANCE).any(axis=-1)
    return off
