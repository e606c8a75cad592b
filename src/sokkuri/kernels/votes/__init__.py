"""Pairs of points that agree on one turn, scale and shift, and the map that fits them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.kernels import NATIVE, native
from sokkuri.kernels.points.reference import MOST_SIDE, TURN_TABLE
from sokkuri.kernels.votes.reference import AREAS, SCALES, SIZE_QUARTERS, agree, partner_pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["TABLES", "count_votes", "partner_pairs"]

TABLES: Final = (TURN_TABLE, SCALES, SIZE_QUARTERS, AREAS)
"""What the C kernels read: turns, scales, sizes, and borders between areas."""

_MOST_PLACE: Final = 4 * MOST_SIDE
_PAIRS_AT_A_TIME: Final = 1 << 20


def count_votes(
    own: NDArray[np.int64], others: NDArray[np.int64],
    points: NDArray[np.int64], photos: NDArray[np.int64], tolerance: int,
) -> NDArray[np.int64]:  # fmt: skip
    """Count for each hit the points that agree with the turn, scale and shift that it carries.

    A hit is a point of a query and one of a photo that are alike.

    Parameters
    ----------
    own, others : ndarray of shape (H, 4), int64
        The places of each hit in the query and in the photo: column, row, step of size, direction.
        What cannot be a place, for its description is damaged, agrees with nothing.
    points, photos : ndarray of shape (H,), int64
        Number of the query's point, and of the photo; sorted by photo, then by point.
    tolerance : int
        Quarters of a pixel that are always allowed.

    Returns
    -------
    ndarray of shape (H,), int64
        At least 1: each hit agrees with itself.  Several hits of one point count once.
    """
    if NATIVE:
        votes = np.empty(len(points), np.int64)
        native.count_votes(
            np.ascontiguousarray(own, np.int64), np.ascontiguousarray(others, np.int64),
            np.ascontiguousarray(points, np.int64), np.ascontiguousarray(photos, np.int64),
            tolerance, votes, TABLES,
        )  # fmt: skip
        return votes
    good = np.ones(len(points), np.bool_)
    for places in (own, others):
        good &= (places[:, :2] <= _MOST_PLACE).all(1) & (places[:, 2] < len(SIZE_QUARTERS))
    votes = np.ones(len(points), np.int64)
    if good.any():
        votes[good] = _counted(own[good], others[good], points[good], photos[good], tolerance)
    return votes


def _counted(
    own: NDArray[np.int64], others: NDArray[np.int64],
    points: NDArray[np.int64], photos: NDArray[np.int64], tolerance: int,
) -> NDArray[np.int64]:  # fmt: skip
    """Count votes in NumPy, so many photos at a time that the pairs of their hits are not many."""
    first = np.flatnonzero(np.append(True, photos[1:] != photos[:-1]))
    counts = np.diff(np.append(first, len(photos)))
    parts = []
    for some in np.split(np.arange(len(first)), _breaks(counts)):
        hits = slice(first[some[0]], first[some[-1]] + counts[some[-1]])
        arguments = own[hits], others[hits], points[hits], counts[some], tolerance
        parts.append(_counted_at_once(*arguments))
    return np.concatenate(parts)


def _breaks(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.flatnonzero(np.diff(np.cumsum(counts**2) // _PAIRS_AT_A_TIME)) + 1


def _counted_at_once(
    own: NDArray[np.int64], others: NDArray[np.int64], points: NDArray[np.int64],
    counts: NDArray[np.int64], tolerance: int,
) -> NDArray[np.int64]:  # fmt: skip
    several = np.repeat(counts, counts)
    # Every hit leads once, and is asked about by every hit of its photo.
    lead = np.repeat(np.arange(len(points)), several)
    begins = np.repeat(np.cumsum(several) - several, several)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    other = np.repeat(first, several) + np.arange(len(lead)) - begins
    good = points[lead] != points[other]
    lead, other = lead[good], other[good]
    good = agree(own[lead], others[lead], own[other], others[other], tolerance)
    pairs = np.unique(np.stack([lead[good], points[other[good]]], 1), axis=0)
    return np.asarray(1 + np.bincount(pairs[:, 0], minlength=len(points)), np.int64)
