"""All pairs of photos of a table that may be copies of each other, found at once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import numpy as np

from sokkuri.copies.mirrored import mirrored_directions, mirrored_point_codes
from sokkuri.copies.point_keys import keys_of
from sokkuri.hashers.copies_layout import point_starts, points_in_turns
from sokkuri.kernels.join import Join, JoinSide, part_mask
from sokkuri.kernels.mih import HashTable, sort_rows
from sokkuri.searchers.exact import do_all
from sokkuri.settings import worker_count

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sokkuri._typing import Codes, Progress
    from sokkuri.copies.candidates import PointTable

Result = TypeVar("Result")

_LIMIT: Final = 4
# The same for any number of photos, so that none is found because of others.
_PARTS: Final = ((0, 21), (21, 21), (42, 22))
_LEAST_CELLS, _MOST_CELLS = 1 << 20, 1 << 27
_CELLS_A_POINT: Final = 8
_RANGES: Final = 32


class CopyPairs(NamedTuple):
    """Pairs of rows of a table, sorted, each once.

    Parameters
    ----------
    first, second : ndarray of shape (M,), int64
    mirrored : ndarray of shape (M,), bool
        Whether it is the mirror image of one that may be a copy of the other.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    mirrored: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Points:
    keys: Codes
    mirrored: Codes
    marks: NDArray[np.uint16]
    mirrored_marks: NDArray[np.uint16]
    photos: NDArray[np.uint32]


def copy_pairs(table: PointTable, *, progress: Progress | None = None) -> CopyPairs:
    """Return pairs of photos that have three alike points of one turn and scale.

    Points are alike if their keys differ in 4 bits at most, and none of a third of them.  All such
    pairs are found, but where more than five photos have a point alike: then those with some of
    these, which are the same for all.

    Parameters
    ----------
    table : PointTable
        Of photos that differ.
    progress : callable, optional
        Called as ``progress(done, total)`` in steps; raising inside it ends the search.
    """
    # Which pairs are found must not depend on the order that photos came in.
    rows = np.arange(len(table)) if table.rows is None else table.rows
    order = np.lexsort(table.records["whole"][rows].view(np.uint64).T)
    points = _points_of(table.records, rows[order], table.room)
    workers = table.workers
    cells = min(_MOST_CELLS, max(_LEAST_CELLS, _CELLS_A_POINT * len(points.keys)))
    votes = np.zeros(1 << (cells - 1).bit_length(), np.uint8)
    step = _Steps(4 * len(_PARTS), progress)
    found = []
    for mirrored in (False, True):
        votes[:] = 0
        for number in range(len(_PARTS)):
            join = _join(points, votes, number, mirrored)
            _in_ranges(join.count, join.plain.table, workers)
            step()
        pairs = []
        for number in range(len(_PARTS)):
            join = _join(points, votes, number, mirrored)
            pairs += _in_ranges(join.gather, join.plain.table, workers)
            step()
        once = np.sort(np.concatenate(pairs))
        once = once[np.append(True, once[1:] != once[:-1])[: len(once)]]  # quicker than np.unique
        one, other = order[once >> np.uint64(32)], order[once & np.uint64(0xFFFFFFFF)]
        found.append(np.stack([np.minimum(one, other), np.maximum(one, other)]))
    first, second = np.concatenate(found, axis=1)
    ways = np.repeat([False, True], [part.shape[1] for part in found])
    rows = np.argsort(first << 32 | second, kind="stable")
    return CopyPairs(first[rows], second[rows], ways[rows])


class _Steps:
    def __init__(self, total: int, progress: Progress | None) -> None:
        self._total, self._progress, self._done = total, progress, 0

    def __call__(self) -> None:
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, self._total)


def _points_of(records: NDArray[np.void], rows: NDArray[np.int64], room: int) -> _Points:
    starts = point_starts(records["count"][rows], room)
    keys, mirrored = np.empty((2, int(starts[-1]), 8), np.uint8)
    marks, mirrored_marks = np.empty((2, int(starts[-1])), np.uint16)
    for where, own, places in points_in_turns(records, starts, room, rows):
        sizes = places["size"].astype(np.uint16) << 8
        keys[where] = keys_of(own)
        mirrored[where] = keys_of(mirrored_point_codes(own))
        marks[where] = sizes | places["direction"]
        mirrored_marks[where] = sizes | mirrored_directions(places["direction"])
    photos = np.repeat(np.arange(len(rows), dtype=np.uint32), np.diff(starts))
    return _Points(keys, mirrored, marks, mirrored_marks, photos)


def _join(points: _Points, votes: NDArray[np.uint8], number: int, mirrored: bool) -> Join:
    part = _PARTS[number]
    plain = other = JoinSide(points.keys, points.marks, sort_rows(points.keys, *part))
    if mirrored:
        table = sort_rows(points.mirrored, *part)
        other = JoinSide(points.mirrored, points.mirrored_marks, table)
    earlier = np.array([part_mask(*each) for each in _PARTS[:number]], np.uint64)
    return Join(plain, other, points.photos, earlier, _LIMIT, votes)


def _in_ranges(
    work: Callable[[int, int], Result], table: HashTable, workers: int | None
) -> list[Result]:
    """Do something with all buckets, in threads that have about as many rows each."""
    ranges, at_once = list(pairwise(_edges(table))), worker_count(workers)
    results: list[Result] = []
    for first in range(0, len(ranges), at_once):
        results += do_all(lambda part: work(*part), ranges[first : first + at_once])
    return results


def _edges(table: HashTable) -> list[int]:
    rows = np.linspace(0, int(table.starts[-1]), _RANGES + 1)[1:-1]
    inner = np.searchsorted(table.starts, rows, side="left")
    return [0, *np.unique(inner).tolist(), len(table.starts) - 1]
