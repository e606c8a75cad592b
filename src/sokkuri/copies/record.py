"""A photo as the copy finder keeps it: a code of fixed length, stored and sent as a hash is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri._typing import Codes

THUMBNAIL_PIXELS: Final = 3072
PLACE: Final = np.dtype([("x", "<u2"), ("y", "<u2"), ("size", "u1"), ("direction", "u1")])


def record_type(points: int) -> np.dtype[Any]:
    """Return the layout of a code with room for so many points.

    The sides of the luma are even and stored halved.  Places beyond ``count`` are zero.
    """
    return np.dtype(
        [
            ("count", "<u2"), ("half_width", "u1"), ("half_height", "u1"),
            ("thumbnail_width", "u1"), ("thumbnail_height", "u1"), ("whole", "u1", (16,)),
            ("places", PLACE, (points,)), ("codes", "u1", (points, 16)),
            ("thumbnail", "u1", (THUMBNAIL_PIXELS,)),
        ]
    )  # fmt: skip


def records_of(codes: Codes, points: int) -> NDArray[np.void]:
    """Return codes of shape (N, B), uint8, as N records of :func:`record_type`, without a copy.

    Parameters
    ----------
    codes : ndarray of shape (N, B), uint8
    points : int
        Room for points in each.
    """
    return codes.view(record_type(points))[:, 0]
