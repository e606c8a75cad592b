"""Layout of the code of a ``copies`` hash: points, their codes, the whole, a thumbnail."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.hashes import HashSpec

THUMBNAIL_PIXELS: Final = 3072
"""Room for the thumbnail, whose sides are 8 or more."""

MOST_POINTS: Final = 600

_PHOTOS_AT_A_TIME: Final = 4096

PLACE: Final = np.dtype([("x", "<u2"), ("y", "<u2"), ("size", "u1"), ("direction", "u1")])
"""A point: column and row in quarters of a pixel, step of size (24 an octave), and direction (256 a
turn), as :class:`sokkuri.kernels.points.Points` has them."""


@lru_cache(maxsize=8)
def record_type(room: int) -> np.dtype[Any]:
    """Return the layout of a code with room for so many points.

    The sides of the luma, which are even, are stored halved.  What lies beyond ``count`` points,
    and beyond the thumbnail's pixels, is zero.
    """
    return np.dtype(
        [
            ("count", "<u2"), ("half_width", "u1"), ("half_height", "u1"),
            ("thumbnail_width", "u1"), ("thumbnail_height", "u1"), ("whole", "u1", (16,)),
            ("places", PLACE, (room,)), ("codes", "u1", (room, 16)),
            ("thumbnail", "u1", (THUMBNAIL_PIXELS,)),
        ]
    )  # fmt: skip


def room_of(spec: HashSpec) -> int:
    """Return the points that a code of a ``copies`` recipe has room for."""
    return int(spec.name.rpartition("-")[2])


def records_of(codes: Codes, room: int) -> NDArray[np.void]:
    """Return codes of shape (N, B), uint8, as N records of :func:`record_type`, without a copy.

    Parameters
    ----------
    codes : ndarray of shape (N, B), uint8
    room : int
        Points that each has room for.
    """
    return codes.view(record_type(room))[:, 0]


def record_of(code: bytes, room: int) -> NDArray[np.void]:
    """Return one code as its record, of shape (), without a copy.

    Parameters
    ----------
    code : bytes
    room : int
        Points that it has room for.
    """
    return np.asarray(records_of(np.frombuffer(code, np.uint8)[np.newaxis], room)[0])


def places_of(places: NDArray[np.void]) -> NDArray[np.int64]:
    """Return column, row, size and direction of places: shape (P, 4), int64."""
    return np.stack([places[name] for name in places.dtype.names or ()], -1).astype(np.int64)


def point_starts(counts: NDArray[np.uint16], room: int) -> NDArray[np.int64]:
    """Return the number of each photo's first point, then that of all points, shape (N + 1,).

    Parameters
    ----------
    counts : ndarray of shape (N,), uint16
        Of the photos' records; a damaged one has no more points than there is room for.
    room : int
    """
    return np.concatenate([[0], np.cumsum(np.minimum(counts, room), dtype=np.int64)])


def points_in_turns(
    records: NDArray[np.void], starts: NDArray[np.int64], room: int,
    rows: NDArray[np.int64] | None = None,
) -> Iterator[tuple[slice, Codes, NDArray[np.void]]]:  # fmt: skip
    """Yield the points of photos, some photos at a time: where they are among all, codes, places.

    Parameters
    ----------
    records : ndarray of shape (S,), record
    starts : ndarray of shape (N + 1,), int64
        As of :func:`point_starts`.
    room : int
    rows : ndarray of shape (N,), int64, optional
        The record of each photo; they are in order if None.
    """
    counts = np.diff(starts)
    for first in range(0, len(counts), _PHOTOS_AT_A_TIME):
        turn = slice(first, first + _PHOTOS_AT_A_TIME)
        part = records[turn if rows is None else rows[turn]]
        filled = np.arange(room) < counts[first : first + len(part), np.newaxis]
        where = slice(int(starts[first]), int(starts[first + len(part)]))
        yield where, part["codes"][filled], part["places"][filled]
