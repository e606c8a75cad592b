"""Search through a pyramid of block counts: most codes are ruled out before they are read.

Two codes differ in at least ``|a - b|`` bits of a block of which one has ``a`` bits set and the
other ``b``.  The sum over all blocks is a lower bound of their distance, and it needs some bytes a
code instead of the code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.kernels.bitops import BlockParts, count_blocks
from sokkuri.kernels.hamming import RawHits, all_distances, refine, refine_nearest, within
from sokkuri.searchers.exact import ExactSearcher, do_all, ranges, useful_workers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.kernels.hamming import Best

# Rows of counts are padded to vectors of this length.
_ALIGNED: Final = 16
# The rows of the lowest bounds are compared first; the k-th of them bounds all that follows.
_FIRST_SHARE: Final = 512
_FIRST_TIMES: Final = 16
# Which bounds are low is judged by every such row; k of them are k rows at least.
_SAMPLED: Final = 16
# Of the rows that are left, this share is compared before the others.
_LIKELY_SHARE: Final = 4
# From so many queries a thread on, threads take queries instead of rows.
_SHARED_QUERIES: Final = 2
_BEYOND: Final = 0xFFFFFFFF


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """One level of the pyramid.

    Parameters
    ----------
    parts : BlockParts
        The bits of each block.
    counts : ndarray of shape (N, S), uint8
        How many of them are set in each code, 255 at most.
    """

    parts: BlockParts
    counts: Codes

    @classmethod
    def of(cls, codes: Codes, block_of: NDArray[np.int64], workers: int | None) -> Level:
        """Count the blocks of all codes.

        Parameters
        ----------
        codes, block_of : ndarray of shape (N, B), uint8, and (bits,), int64
        workers : int, optional
        """
        parts = BlockParts.of(block_of)
        stride = -(-parts.blocks // _ALIGNED) * _ALIGNED
        counts = np.empty((len(codes), stride), np.uint8)

        def count(part: tuple[int, int]) -> None:
            first, last = part
            counts[first:last] = count_blocks(codes[first:last], parts, stride)

        do_all(count, ranges(len(codes), useful_workers(workers, codes.nbytes)))
        return cls(parts, counts)

    def query(self, row: Codes) -> Codes:
        """Return the counts of one code, shape (S,)."""
        counts: Codes = count_blocks(row[np.newaxis], self.parts, self.counts.shape[1])[0]
        return counts


@dataclass(frozen=True, slots=True, eq=False)
class PrunedSearcher(ExactSearcher):
    """Exact search that compares only the codes which block counts do not rule out.

    Parameters
    ----------
    codes : ndarray of shape (N, B), uint8
        Fewer than 2^32 packed codes.
    levels : tuple of Level
        The coarsest first.
    workers : int, optional
        Threads to use at most; as many as there are cores if not given.
    """

    codes: Codes
    levels: tuple[Level, ...]
    workers: int | None = None

    @classmethod
    def build(
        cls, codes: Codes, blocks: Sequence[NDArray[np.int64]], *, workers: int | None = None
    ) -> PrunedSearcher:
        """Count the blocks of all codes.

        Parameters
        ----------
        codes : ndarray of shape (N, B), uint8
        blocks : sequence of ndarray of shape (bits,), int64
            For each level the block of every bit, -1 for none.  Blocks of neighbouring pixels of
            one channel rule out most; see :class:`sokkuri.protocols.SupportsBlocks`.
        workers : int, optional

        Raises
        ------
        ValueError
            If there is no level.
        """
        if not blocks:
            raise ValueError("`blocks` must name one level at least")
        return cls(codes, tuple(Level.of(codes, level, workers) for level in blocks), workers)

    @property
    def nbytes(self) -> int:
        """Bytes beside the codes."""
        return sum(level.counts.nbytes for level in self.levels)

    def _workers(self, queries: int) -> int:
        return useful_workers(self.workers, self.levels[0].counts.nbytes * queries)

    def _within(self, rows: Codes, limit: int, mask: NDArray[np.bool_] | None) -> RawHits:
        seeds = [[level.query(row) for level in self.levels] for row in rows]

        def scan(part: tuple[int, int]) -> RawHits:
            parts = []
            for number, (row, (coarse, *finer)) in enumerate(zip(rows, seeds, strict=True)):
                found = within(
                    self.levels[0].counts, coarse[np.newaxis], limit,
                    first=part[0], last=part[1], mask=mask, metric="sums",
                )  # fmt: skip
                listed = found.rows.astype(np.uint32)
                for level, seed in zip(self.levels[1:], finer, strict=True):
                    listed, _ = refine(level.counts, seed, listed, limit, metric="sums")
                kept, distances = refine(self.codes, row, listed, limit)
                parts.append(RawHits.of_query(number, kept.astype(np.int64), distances))
            return RawHits.joined(parts)

        return RawHits.joined(do_all(scan, ranges(len(self.codes), self._workers(len(rows)))))

    def _nearest(self, rows: Codes, k: int, mask: NDArray[np.bool_] | None) -> RawHits:
        """Find the k nearest of each row; of few each by all threads, of many each by one."""
        workers = self._workers(len(rows))
        alone = self._workers(1) if len(rows) < _SHARED_QUERIES * workers else 1

        def answer(part: tuple[int, int]) -> RawHits:
            numbers = range(*part)
            return RawHits.joined(
                [self._nearest_of(rows[number], number, k, mask, alone) for number in numbers]
            )

        at_once = workers if alone == 1 else 1
        return RawHits.joined(do_all(answer, ranges(len(rows), at_once)))

    def _nearest_of(
        self, row: Codes, number: int, k: int, mask: NDArray[np.bool_] | None, workers: int
    ) -> RawHits:
        """Find the k nearest of one row: first among the lowest bounds, then among the rest."""
        live = len(self.codes) if mask is None else int(np.count_nonzero(mask))
        k = min(k, len(self.codes))
        seeds = [level.query(row) for level in self.levels]
        parts = ranges(len(self.codes), workers)
        bounds = self._coarse_bounds(seeds[0], parts, mask)
        low = _low_bound(bounds, max(_FIRST_TIMES * k, live // _FIRST_SHARE))
        start: Best = (np.empty(0, np.uint32), np.empty(0, np.int64))
        best = refine_nearest(self.codes, row, _rows_where(bounds <= low, 0), k, start, mask=mask)

        def rest_of(part: tuple[int, int]) -> Best:
            here = bounds[part[0] : part[1]]
            limit = self._limit(best, k)
            listed = _rows_where((here > low) & (here <= limit), part[0])
            finer = here[:0]
            for level, seed in zip(self.levels[1:], seeds[1:], strict=True):
                listed, finer = refine(level.counts, seed, listed, limit, metric="sums")
            if not len(finer):
                return refine_nearest(self.codes, row, listed, k, best, mask=mask)
            # Those that look nearest rule out some of the others.
            likely = _low_bound(finer, len(finer) // _LIKELY_SHARE)
            nearer = refine_nearest(self.codes, row, listed[finer <= likely], k, best, mask=mask)
            rest = listed[(finer > likely) & (finer <= self._limit(nearer, k))]
            return refine_nearest(self.codes, row, rest, k, nearer, mask=mask)

        # What the heaps began with is in all of them.
        heaps = do_all(rest_of, parts)
        found, places = np.unique(np.concatenate([heap[1] for heap in heaps]), return_index=True)
        return RawHits.of_query(number, found, np.concatenate([heap[0] for heap in heaps])[places])

    def _coarse_bounds(
        self, seed: Codes, parts: list[tuple[int, int]], mask: NDArray[np.bool_] | None
    ) -> NDArray[np.uint32]:
        """Bound the distances of all rows; those that do not count are beyond all others."""

        def bounds_of(part: tuple[int, int]) -> NDArray[np.uint32]:
            return all_distances(
                self.levels[0].counts, seed, first=part[0], last=part[1], metric="sums"
            )

        found = do_all(bounds_of, parts)
        bounds = found[0] if len(found) == 1 else np.concatenate(found)
        if mask is not None:
            bounds[~mask] = _BEYOND
        return bounds

    def _limit(self, best: Best, k: int) -> int:
        """Distance of the k-th nearest row so far."""
        # The farthest comes first.
        return int(best[0][0]) if len(best[0]) == k else 8 * self.codes.shape[1]


def _low_bound(bounds: NDArray[np.uint32], wanted: int) -> int:
    """Return a bound that about so many rows do not exceed, and never fewer than a part of them."""
    sample = bounds[::_SAMPLED]
    place = min(wanted // _SAMPLED, len(sample) - 1)
    return int(np.partition(sample, place)[place])


def _rows_where(chosen: NDArray[np.bool_], first: int) -> NDArray[np.uint32]:
    return (np.flatnonzero(chosen) + first).astype(np.uint32)
