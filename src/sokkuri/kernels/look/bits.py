"""The last step: values become bits, in the order that the layout publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.kernels.look.describing import CELLS, block_sums, outline_map, window_strengths
from sokkuri.kernels.look.finding import barrier, object_box, object_mask, view_of
from sokkuri.kernels.look.lab import lab_quarters

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BITS", "CENTRE_LEVELS", "PLACES", "PLACE_LEVELS", "SHARES", "look_reference"]

BITS: Final = 3513

SHARES: Final = ((1, 1), (1, 2), (3, 2))
"""A strength is compared with these shares of the mean of its map."""

CENTRE_LEVELS: Final = 96
PLACES: Final = 3
PLACE_LEVELS: Final = 24

_CENTRE: Final = slice(15, 45)  # the middle half of the view
_PLACED: Final = slice(9, 51)  # three places of 14 pixels a side

# Levels in quarter units, lightness around 50, a* and b* around 0: one unit apart for the centre,
# four units apart for the places.
_CENTRE_L: Final = 4 * np.arange(CENTRE_LEVELS) + 10
_CENTRE_AB: Final = 4 * np.arange(CENTRE_LEVELS) - 190
_PLACE_L: Final = 16 * np.arange(PLACE_LEVELS) + 16
_PLACE_AB: Final = 16 * np.arange(PLACE_LEVELS) - 184


def look_reference(rgb: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.bool_]:
    """Compute the bits of a look hash.

    Parameters
    ----------
    rgb : ndarray of shape (64, 64, 3), uint8
        The photo shrunk to a square.
    size : tuple of int
        Width and height of the photo before that, in pixels.

    Returns
    -------
    ndarray of shape (3513,), bool
        Strengths above their mean (2 maps x 7 rows x 7 columns x 8 directions), above half of it,
        above one and a half of it; the body (15 rows x 15 columns); the colour of the centre
        (L*, a*, b*, 96 levels each); the colours of 3 x 3 places (L*, a*, b*, 24 levels each).
    """
    lab = lab_quarters(rgb)
    mask = object_mask(barrier(lab))
    view = view_of(lab, *object_box(mask, size))
    outline = outline_map(lab, mask, view)
    strengths = [window_strengths(outline[..., None]), window_strengths(view.astype(np.int64))]
    parts = [_above(values, share) for share in SHARES for values in strengths]
    parts.append(_above(block_sums(outline, CELLS), (1, 1)))
    parts += [_centre_colour(view), _place_colours(view)]
    return np.concatenate(parts)


def _above(values: NDArray[np.int64], share: tuple[int, int]) -> NDArray[np.bool_]:
    """Tell which values are above a share of their mean, without dividing."""
    above: NDArray[np.bool_] = values * (values.size * share[1]) > values.sum() * share[0]
    return above.ravel()


def _centre_colour(view: NDArray[np.int32]) -> NDArray[np.bool_]:
    middle = np.sort(view[_CENTRE, _CENTRE].reshape(-1, 3), axis=0)
    return _levels(middle[len(middle) // 2], _CENTRE_L, _CENTRE_AB).ravel()


def _place_colours(view: NDArray[np.int32]) -> NDArray[np.bool_]:
    placed = view[_PLACED, _PLACED].astype(np.int64)
    pixels = (len(placed) // PLACES) ** 2
    return _levels(block_sums(placed, PLACES), _PLACE_L * pixels, _PLACE_AB * pixels).ravel()


def _levels(
    values: NDArray[np.int64] | NDArray[np.int32],
    lightness: NDArray[np.int64],
    chroma: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Return a thermometer of each channel: which levels its value is above."""
    each = [
        values[..., channel, None] > levels
        for channel, levels in enumerate((lightness, chroma, chroma))
    ]
    return np.concatenate(each, axis=-1)
