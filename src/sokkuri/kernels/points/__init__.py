"""Points of a picture that stay where it is cut, turned or filtered, and the codes around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.kernels import NATIVE, native
from sokkuri.kernels.points import reference
from sokkuri.kernels.points.reference import LEAST_SIDE, MOST_POINTS, MOST_SIDE, Points

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LEAST_SIDE", "MOST_POINTS", "MOST_SIDE", "Points", "find_points"]

_WEIGHTS: Final = (*reference.BLURS, *reference.WINDOWS)
_TABLES: Final = (
    np.array([len(each) // 2 for each in _WEIGHTS], np.int32),
    np.concatenate(_WEIGHTS),
    reference.SIZE_TABLE,
    reference.TURN_TABLE,
    reference.BORDERS,
)


def find_points(luma: NDArray[np.uint8], most: int) -> Points:
    """Find the strongest points of a picture and their codes.

    Parameters
    ----------
    luma : ndarray of shape (H, W), uint8
        Both sides from ``LEAST_SIDE`` to ``MOST_SIDE``.
    most : int
        Number of points at most, 1 to ``MOST_POINTS``.

    Returns
    -------
    Points
        The strongest first.

    Raises
    ------
    ValueError
        If a side or the number is out of bounds.
    """
    sides = luma.shape
    if len(sides) != 2 or min(sides) < LEAST_SIDE or max(sides) > MOST_SIDE:
        raise ValueError(f"sides from {LEAST_SIDE} to {MOST_SIDE}, got {sides}")
    if not 1 <= most <= MOST_POINTS:
        raise ValueError(f"1 to {MOST_POINTS} points, got {most}")
    if not NATIVE:
        return reference.points_reference(luma, most)
    height, width = sides
    places, codes = native.points(np.ascontiguousarray(luma), width, height, most, _TABLES)
    return Points(
        np.frombuffer(places, np.uint16).reshape(-1, 4),
        np.frombuffer(codes, np.uint8).reshape(-1, 16),
    )
