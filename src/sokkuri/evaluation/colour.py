"""The colour of what a photo shows: the median CIE Lab colour of its middle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from sokkuri.lab import lab_of_rgb

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri.images import Picture

_LARGEST_SIDE: Final = 64


def central_colour(picture: Picture) -> NDArray[np.float64]:
    """Return the median L*, a* and b* over the middle of a picture.

    The middle reaches from 30 % to 70 % of the width and of the height, to the nearest pixel.
    Where its longer side exceeds 64 pixels it is shrunk to that by averaging areas.

    Parameters
    ----------
    picture : Picture
        Decoded in full and upright.

    Returns
    -------
    ndarray of shape (3,), float64
    """
    width, height = picture.size
    left, right = _middle(width)
    top, bottom = _middle(height)
    middle = picture.srgb.rgb().crop((left, top, right, bottom))
    longer = max(middle.size)
    if longer > _LARGEST_SIDE:
        sides = [max(1, round(side * _LARGEST_SIDE / longer)) for side in middle.size]
        middle = middle.resize((sides[0], sides[1]), Image.Resampling.BOX)
    colours = lab_of_rgb(np.asarray(middle).reshape(-1, 3))
    return np.asarray(np.median(colours, axis=0), np.float64)


def _middle(side: int) -> tuple[int, int]:
    """Return where the middle of a side begins and ends; at least one pixel."""
    begin, end = (3 * side + 5) // 10, (7 * side + 5) // 10
    return begin, max(begin + 1, end)
