"""Pairs of photos whose points are alike, of all photos at once: a join over tables of keys.

References
----------
D. G. Lowe, "Distinctive Image Features from Scale-Invariant Keypoints", IJCV 2004, section 7.3: the
Hough transform, of which turn and scale are taken here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sokkuri.kernels import NATIVE, native

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.kernels.mih import HashTable

LEAST_VOTES: Final = 3
"""Alike points of one turn and scale that make two photos a pair."""

MOST_PARTNERS: Final = 4
"""A point votes with so many of those that are alike, of the lowest photos."""

MOST_ROWS: Final = 8192
"""Of a bucket so many rows, those of the lowest photos, are compared with each row of another."""

_TURN_STEP: Final = 16  # of 256
_SCALE_STEP: Final = 12  # of 24 an octave: half of it
_LEAST_PLACES: Final = 1 << 12


@dataclass(frozen=True, slots=True, eq=False)
class JoinSide:
    """Points of all photos, sorted into a table.

    Parameters
    ----------
    keys : ndarray of shape (P, 8), uint8
    marks : ndarray of shape (P,), uint16
        Direction, 256 a turn, and 256 times the step of size.
    table : HashTable
        Of the keys.
    """

    keys: Codes
    marks: NDArray[np.uint16]
    table: HashTable


@dataclass(frozen=True, slots=True, eq=False)
class Join:
    """One table of points, joined with itself or with that of their mirror images.

    Two points are alike if they agree in all bits of the table and differ in few of all bits.  Each
    point and the first few that are alike vote for their two photos, and for the turn and the scale
    that take one onto the other, in one of many cells; but not if they agree in all bits of an
    earlier table.  Where many photos are copies of each other, each is found with some of them.

    Parameters
    ----------
    plain, other : JoinSide
        The same where photos are compared as they are; else ``other`` has their mirror images.
    owners : ndarray of shape (P,), uint32
        The photo of each point, ascending.
    earlier : ndarray of shape (T,), uint64
        For each table that was joined before, its bits in a key.
    limit : int
        The most bits in which alike keys differ.
    cells : ndarray of shape (2^n,), uint8
        Votes.  Pairs may share a cell, so two photos may pass that have less than that.
    """

    plain: JoinSide
    other: JoinSide
    owners: NDArray[np.uint32]
    earlier: NDArray[np.uint64]
    limit: int
    cells: NDArray[np.uint8]

    def count(self, first: int, end: int) -> None:
        """Add the votes of some buckets; several threads may do it at once.

        Parameters
        ----------
        first, end : int
            Those from ``first`` to ``end - 1``.
        """
        if NATIVE:
            native.join(*self._arguments(), first, end, np.empty(0, np.uint64), 0)
        else:
            cells, _ = self._votes(first, end)
            numbers, votes = np.unique(cells, return_counts=True)
            self.cells[numbers] = np.minimum(self.cells[numbers] + votes, 128)

    def gather(self, first: int, end: int) -> NDArray[np.uint64]:
        """Return the photos that have three votes in some cell, once all are counted.

        Parameters
        ----------
        first, end : int
            Buckets.

        Returns
        -------
        ndarray of shape (M,), uint64
            Pairs of the buckets ``first`` to ``end - 1``, each once, in order: the lower number
            times 2^32, plus the higher one.
        """
        if not NATIVE:
            cells, photos = self._votes(first, end)
            low, high = photos[self.cells[cells] >= LEAST_VOTES].astype(np.uint64).T
            return np.unique(low << np.uint64(32) | high)
        places, size, at = np.zeros(_LEAST_PLACES, np.uint64), 0, first
        while True:
            at, size = native.join(*self._arguments(), at, end, places, size)
            found = places[places > 0]
            if at == end:
                return np.sort(found) - np.uint64(1)
            places = grown(found, 4 * len(places))

    def _arguments(self) -> tuple[Any, ...]:
        sides = (
            array
            for side in (self.plain, self.other)
            for array in (side.keys, side.marks, side.table.starts, side.table.ids)
        )
        return *sides, self.owners, self.earlier, self.limit, self.cells

    def _votes(self, first: int, end: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the cell and the two photos of each pair of alike points."""
        pairs = [self._pairs_of(bucket) for bucket in range(first, end)]
        a, b = np.concatenate([np.empty((2, 0), np.int64), *pairs], axis=1)
        keys, others = _words(self.plain.keys)[a], _words(self.other.keys)[b]
        differing = keys ^ others
        kept = np.ones(len(a), np.bool_)
        for mask in self.earlier:
            kept &= (differing & mask) != 0
        a, b = a[kept], b[kept]
        photos = np.stack([self.owners[a], self.owners[b]], 1).astype(np.int64)
        marks = np.stack([self.plain.marks[a], self.other.marks[b]], 1).astype(np.int64)
        return _cells(photos, marks, len(self.cells)), photos

    def _pairs_of(self, bucket: int) -> NDArray[np.int64]:
        rows, others = (
            side.table.ids[side.table.starts[bucket] : side.table.starts[bucket + 1]]
            for side in (self.plain, self.other)
        )
        rows = rows[:MOST_ROWS]
        keys = _words(self.other.keys)[others][:, np.newaxis] ^ _words(self.plain.keys)[rows]
        alike = np.bitwise_count(keys) <= self.limit
        alike &= self.owners[rows] < self.owners[others][:, np.newaxis]
        alike &= np.cumsum(alike, axis=1) <= MOST_PARTNERS
        j, i = np.nonzero(alike)
        return np.stack([rows[i], others[j]]).astype(np.int64)


def part_mask(first: int, bits: int) -> int:
    """Return some bits of a key as a word of this machine.

    Parameters
    ----------
    first, bits : int
        Their place and number.
    """
    marked = np.zeros(64, np.uint8)
    marked[first : first + bits] = 1
    return int(_words(np.packbits(marked)[np.newaxis])[0])


def grown(pairs: NDArray[np.uint64], places: int) -> NDArray[np.uint64]:
    """Return a set of so many places, a power of two, with some pairs in it; others may be added.

    Parameters
    ----------
    pairs : ndarray of shape (M,), uint64
        Each once, none of them 0.
    places : int
    """
    found = np.zeros(places, np.uint64)
    waiting = pairs
    with np.errstate(over="ignore"):
        at = waiting * np.uint64(0x9E3779B97F4A7C15)
    at = (at ^ (at >> np.uint64(32))) & np.uint64(places - 1)
    while len(waiting):
        free = found[at] == 0
        found[at[free]] = waiting[free]  # the last of several that want one place
        left = found[at] != waiting
        waiting, at = waiting[left], (at[left] + np.uint64(1)) & np.uint64(places - 1)
    return found


def _words(keys: Codes) -> NDArray[np.uint64]:
    return np.ascontiguousarray(keys).view(np.uint64)[:, 0]


def _cells(photos: NDArray[np.int64], marks: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    turn = ((marks[:, 1] & 255) - (marks[:, 0] & 255) + _TURN_STEP // 2) % 256 // _TURN_STEP
    scale = ((marks[:, 1] >> 8) - (marks[:, 0] >> 8) + 256 * _SCALE_STEP + 6) // _SCALE_STEP
    pairs = photos.astype(np.uint64)
    with np.errstate(over="ignore"):
        x = (pairs[:, 0] << np.uint64(32) | pairs[:, 1]) * np.uint64(0x9E3779B97F4A7C15)
        x ^= x >> np.uint64(29)
        x = (x + (scale << 4 | turn).astype(np.uint64)) * np.uint64(0xBF58476D1CE4E5B9)
    x ^= x >> np.uint64(32)
    return np.asarray(x & np.uint64(count - 1), np.int64)
