"""Photos that may be copies: some of their points lie as some of the query's do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sokkuri.copies.point_keys import PointKeys, keys_of
from sokkuri.hashers.copies_layout import places_of, records_of
from sokkuri.kernels.judge import BY_POINTS, WHOLE
from sokkuri.kernels.votes import count_votes
from sokkuri.searchers.flat import FlatSearcher

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri._typing import Codes

KEY_RADIUS: Final = 6
HARDER_RADIUS: Final = 8
_LEAST_VOTES: Final = 2
_MOST_BY_POINTS: Final = 200
_WHOLE_RADIUS: Final = 28
_MOST_WHOLE: Final = 20
_TOLERANCE: Final = 16  # quarters of a pixel
# Hits of one photo that are looked at; one with more is in no danger of being passed over.
_MOST_HITS: Final = 64


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


class _Hits(NamedTuple):
    """Pairs of alike points, by the number of the query's, the stored photo, and its point."""

    points: NDArray[np.int64]
    photos: NDArray[np.int64]
    others: NDArray[np.int64]

    def where(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> _Hits:
        return _Hits(self.points[chosen], self.photos[chosen], self.others[chosen])


@dataclass(frozen=True, eq=False)
class PointTable:
    """The points of many photos, to be searched by their keys, and the photos' whole codes.

    Parameters
    ----------
    stored : ndarray of shape (S, B), uint8
        Codes of a ``copies`` hash as they are kept.
    room : int
        Points that each has room for.
    rows : ndarray of shape (N,), int64, optional
        The stored code of each row of the table; all of them in order if None.
    kept : PointKeys, optional
        Keys of the first stored codes, where they were kept with them.
    workers : int, optional
        Threads to use at most; as many as there are cores if not given.
    """

    stored: Codes
    room: int
    rows: NDArray[np.int64] | None = None
    kept: PointKeys | None = None
    workers: int | None = None

    def __len__(self) -> int:
        return len(self.stored if self.rows is None else self.rows)

    @cached_property
    def records(self) -> NDArray[np.void]:
        """The stored codes as records, shape (S,)."""
        return records_of(self.stored, self.room)

    def record(self, row: int) -> NDArray[np.void]:
        """Return the record of a row of the table, shape ()."""
        return np.asarray(self.records[row if self.rows is None else self.rows[row]])

    def stored_of(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the stored codes of rows of the table, both of shape (C,), int64."""
        return rows if self.rows is None else self.rows[rows]

    @cached_property
    def parts(self) -> tuple[tuple[int, PointKeys], ...]:
        """The keys of all photos: the first photo of each part, and its keys."""
        known = 0 if self.kept is None else len(self.kept)
        parts = [] if self.kept is None else [(0, self.kept)]
        if known < len(self.stored) or not parts:
            parts.append((known, PointKeys.of(self.stored[known:], self.room, self.workers)))
        return tuple(parts)

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
        near = self.near_as_wholes(query, mask)
        rows = np.concatenate([by_points, near[~np.isin(near, by_points)]])
        ways = np.full(len(rows), WHOLE, np.uint8)
        ways[: len(by_points)] = BY_POINTS + WHOLE * np.isin(by_points, near)
        return Candidates(rows, ways)

    def near_as_wholes(
        self,
        query: NDArray[np.void],
        mask: NDArray[np.bool_] | None = None,
        radius: int = _WHOLE_RADIUS,
        most: int | None = _MOST_WHOLE,
    ) -> NDArray[np.int64]:
        """Return the rows whose whole photo has a code near the query's, nearest first.

        Parameters
        ----------
        query : ndarray of shape (1,), record
        mask : ndarray of shape (N,), bool, optional
            Only photos where it is true.
        radius : int
            Bits in which the codes may differ.
        most : int, optional
            At most so many; all if None.
        """
        wholes = np.ascontiguousarray(query["whole"])
        photos, distances = [], []
        for first, keys in self.parts:
            found = FlatSearcher(keys.whole, self.workers).search(wholes, max_distance=radius)
            photos.append(found.rows + first)
            distances.append(found.distances)
        return self._best(np.concatenate(photos), np.concatenate(distances), mask, most)

    def _by_points(
        self, query: NDArray[np.void], radius: int, mask: NDArray[np.bool_] | None
    ) -> NDArray[np.int64]:
        hits = self._hits(query, radius)
        hits = hits.where(np.lexsort((hits.others, hits.points, hits.photos)))
        hits = hits.where(_is_worth_counting(hits.photos, hits.points))
        votes = count_votes(
            places_of(query["places"][0])[hits.points],
            places_of(self.records["places"][hits.photos, hits.others]),
            hits.points, hits.photos, _TOLERANCE,
        )  # fmt: skip
        found, first = np.unique(hits.photos, return_index=True)
        most = np.maximum.reduceat(votes, first) if len(found) else votes
        promising = most >= _LEAST_VOTES
        return self._best(found[promising], -most[promising], mask, _MOST_BY_POINTS)

    def _hits(self, query: NDArray[np.void], radius: int) -> _Hits:
        keys = keys_of(query["codes"][0, : int(query["count"][0])])
        found = []
        for first, part in self.parts:
            hits = part.searcher.search(keys, max_distance=radius)
            points = np.repeat(np.arange(len(keys)), np.diff(hits.offsets))
            photos = np.searchsorted(part.starts, hits.rows, side="right") - 1
            found.append(_Hits(points, photos + first, hits.rows - part.starts[photos]))
        return _Hits(*(np.concatenate(columns) for columns in zip(*found, strict=True)))

    def _best(
        self,
        photos: NDArray[np.int64],
        costs: NDArray[np.int64] | NDArray[np.uint32],
        mask: NDArray[np.bool_] | None,
        most: int | None,
    ) -> NDArray[np.int64]:
        """Return the rows of stored photos, those of the least cost first, then the first rows."""
        which, rows = self._rows_of(photos)
        if mask is not None:
            which, rows = which[mask[rows]], rows[mask[rows]]
        return rows[np.lexsort((rows, costs[which]))[:most]]

    def _rows_of(self, photos: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the rows of the table that stored photos have, and the place of each's photo."""
        if self.rows is None:
            return np.arange(len(photos)), photos
        order, starts = self._inverse
        counts = starts[photos + 1] - starts[photos]
        which = np.repeat(np.arange(len(photos)), counts)
        within = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
        return which, order[starts[photos][which] + within]

    @cached_property
    def _inverse(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The rows of the table by stored photo, and where those of each begin, shape (S + 1,)."""
        rows = np.empty(0, np.int64) if self.rows is None else self.rows
        counts = np.bincount(rows, minlength=len(self.stored))
        return np.argsort(rows, kind="stable"), np.concatenate([[0], np.cumsum(counts)])


def _is_worth_counting(photos: NDArray[np.int64], points: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which hits are of photos with two points or more, and not beyond the most of a photo."""
    fresh = np.ones(len(photos), np.bool_)
    fresh[1:] = photos[1:] != photos[:-1]
    number = np.cumsum(fresh) - 1
    first = np.flatnonzero(fresh)
    last = np.append(first[1:], len(photos)) - 1
    several = points[first] != points[last] if len(first) else fresh
    return np.asarray(several[number] & (np.arange(len(photos)) - first[number] < _MOST_HITS))
