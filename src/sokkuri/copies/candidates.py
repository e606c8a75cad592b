"""Photos that may be copies: some of their points lie as some of the query's do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sokkuri.hashers.copies_layout import places_of, records_of
from sokkuri.index.index import Index
from sokkuri.kernels.judge import BY_POINTS, WHOLE
from sokkuri.kernels.votes import count_votes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.index.planner import SearcherName

KEY_RADIUS: Final = 6
HARDER_RADIUS: Final = 8
_LEAST_VOTES: Final = 2
_MOST_BY_POINTS: Final = 200
_WHOLE_RADIUS: Final = 28
_MOST_WHOLE: Final = 20
_TOLERANCE: Final = 16  # quarters of a pixel
# Hits of one photo that are looked at; one with more is in no danger of being passed over.
_MOST_HITS: Final = 64
_PHOTOS_AT_A_TIME: Final = 4096
# Below that a scan of all keys is as quick as tables.
_LEAST_FOR_TABLES: Final = 50_000

# A key has the bits "brighter to the right" on the black squares of a chessboard, and "brighter
# below" on the white ones: what a neighbour would tell again is left out.
_BLACK: Final = np.packbits(np.indices((8, 8)).sum(0) % 2 == 0, axis=1, bitorder="little")[:, 0]


class Candidates(NamedTuple):
    """Photos to verify, the most promising first.

    Parameters
    ----------
    rows : ndarray of shape (C,), int64
        Rows of the table.
    ways : ndarray of shape (C,), uint8
        ``BY_POINTS``, ``WHOLE``, or both, as :func:`sokkuri.kernels.judge.judge` takes them.
    """

    rows: NDArray[np.int64]
    ways: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class PointTable:
    """The points of many photos, to be searched by their keys, and the photos' whole codes.

    Parameters
    ----------
    codes : ndarray of shape (N, B), uint8
        Codes of a ``copies`` hash.
    room : int
        Points that each has room for.
    workers : int, optional
        Threads to use at most; as many as there are cores if not given.
    """

    codes: Codes
    room: int
    workers: int | None = None

    @cached_property
    def records(self) -> NDArray[np.void]:
        """The codes as records, shape (N,)."""
        return records_of(self.codes, self.room)

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """The number of the first point of each photo, then that of all points, shape (N + 1,)."""
        counts = np.minimum(self.records["count"], self.room)
        return np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])

    @cached_property
    def keys(self) -> Index:
        """The keys of all points, those of the first photo first."""
        found = np.empty((int(self.starts[-1]), 8), np.uint8)
        for first in range(0, len(self.records), _PHOTOS_AT_A_TIME):
            part = self.records[first : first + _PHOTOS_AT_A_TIME]
            begin, end = self.starts[first], self.starts[first + len(part)]
            filled = np.arange(self.room) < part["count"][:, np.newaxis]
            found[begin:end] = keys_of(part["codes"][filled])
        # Planning would take as long as the search: keys are short, and the radius is always small.
        searcher: SearcherName = "mih" if len(found) >= _LEAST_FOR_TABLES else "flat"
        return Index.from_codes(found, searcher=searcher, workers=self.workers)

    @cached_property
    def whole(self) -> Index:
        """The codes of the whole photos."""
        whole = np.ascontiguousarray(self.records["whole"])
        return Index.from_codes(whole, searcher="flat", workers=self.workers)

    def candidates(
        self, query: NDArray[np.void], radius: int, mask: NDArray[np.bool_] | None = None
    ) -> Candidates:
        """Return the photos that are worth verifying.

        Parameters
        ----------
        query : ndarray of shape (1,), record
        radius : int
            Bits in which keys may differ.
        mask : ndarray of shape (N,), bool, optional
            Only photos where it is true.
        """
        by_points = self._by_points(query, radius, mask)
        near = self.whole.search_many(
            query["whole"], k=_MOST_WHOLE, max_distance=_WHOLE_RADIUS, mask=mask
        ).rows
        rows = np.concatenate([by_points, near[~np.isin(near, by_points)]])
        ways = np.full(len(rows), WHOLE, np.uint8)
        ways[: len(by_points)] = BY_POINTS + WHOLE * np.isin(by_points, near)
        return Candidates(rows, ways)

    def _by_points(
        self, query: NDArray[np.void], radius: int, mask: NDArray[np.bool_] | None
    ) -> NDArray[np.int64]:
        count = int(query["count"][0])
        if not count or not self.starts[-1]:
            return np.empty(0, np.int64)
        hits = self.keys.search_many(keys_of(query["codes"][0, :count]), max_distance=radius)
        points = np.repeat(np.arange(count), np.diff(hits.offsets))
        photos = np.searchsorted(self.starts, hits.rows, side="right") - 1
        others = hits.rows - self.starts[photos]
        if mask is not None:
            kept = mask[photos]
            points, photos, others = points[kept], photos[kept], others[kept]
        order = np.lexsort((others, points, photos))
        points, photos, others = points[order], photos[order], others[order]
        kept = _is_worth_counting(photos, points)
        points, photos, others = points[kept], photos[kept], others[kept]
        votes = count_votes(
            places_of(query["places"][0])[points],
            places_of(self.records["places"][photos, others]), points, photos, _TOLERANCE,
        )  # fmt: skip
        found, first = np.unique(photos, return_index=True)
        most = np.maximum.reduceat(votes, first) if len(found) else votes
        best = np.lexsort((found, -most))
        return found[best][most[best] >= _LEAST_VOTES][:_MOST_BY_POINTS]


def keys_of(codes: Codes) -> Codes:
    """Return the keys of points from their codes, of shapes (P, 16) and (P, 8), uint8."""
    return (codes[:, :8] & _BLACK) | (codes[:, 8:] & ~_BLACK)


def _is_worth_counting(photos: NDArray[np.int64], points: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which hits are of photos with two points or more, and not beyond the most of a photo."""
    fresh = np.ones(len(photos), np.bool_)
    fresh[1:] = photos[1:] != photos[:-1]
    number = np.cumsum(fresh) - 1
    first = np.flatnonzero(fresh)
    last = np.append(first[1:], len(photos)) - 1
    several = points[first] != points[last] if len(first) else fresh
    return np.asarray(several[number] & (np.arange(len(photos)) - first[number] < _MOST_HITS))
