"""The colour of what a photo shows: the median CIE Lab colour of its middle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri.images import Picture

__all__ = ["AGREEING_DELTA_E", "central_colour", "colours_agree", "lab_of"]

AGREEING_DELTA_E: Final = 20.0
"""Two photos agree in colour up to this CIE76 difference, inclusive."""

_LARGEST_SIDE: Final = 64

# IEC 61966-2-1 primaries and white point D65; the rows add up to the white point.
_XYZ_OF_RGB: Final = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE: Final = np.array([0.95047, 1.0, 1.08883])

# The exact fractions of the CIE's newer texts; the rounded ones leave a step between the branches.
_EPSILON: Final = 216 / 24389
_KAPPA: Final = 24389 / 27


def lab_of(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Convert sRGB colours to CIE L*a*b* under D65.

    Parameters
    ----------
    rgb : ndarray of shape (..., 3), uint8

    Returns
    -------
    ndarray of shape (..., 3), float64
        L* from 0 to 100, then a* and b*.
    """
    xyz = _LINEAR[rgb] @ _XYZ_OF_RGB.T / _WHITE
    f = np.where(xyz > _EPSILON, np.cbrt(xyz), (_KAPPA * xyz + 16) / 116)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


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
    colours = lab_of(np.asarray(middle).reshape(-1, 3))
    return np.asarray(np.median(colours, axis=0), np.float64)


def colours_agree(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which Lab colours lie within Delta-E 20 of each other; shapes broadcast.

    Delta-E is CIE76: the Euclidean distance in L*a*b*.
    """
    squares: Any = np.square(a - b).sum(axis=-1)
    return np.asarray(squares <= AGREEING_DELTA_E**2, np.bool_)


def _middle(side: int) -> tuple[int, int]:
    """Return where the middle of a side begins and ends; at least one pixel."""
    begin, end = (3 * side + 5) // 10, (7 * side + 5) // 10
    return begin, max(begin + 1, end)


def _linear_light() -> NDArray[np.float64]:
    coded = np.arange(256) / 255
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


_LINEAR: Final = _linear_light()
"""Linear light of each coded value."""
