"""Multi-index hashing: at small radii, look only where a part of the code nearly agrees."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.kernels.hamming import RawHits
from sokkuri.kernels.mih import HashTable, Probe, candidates, sort_rows, within_tables
from sokkuri.searchers.exact import ExactSearcher, do_all, ranges, useful_workers
from sokkuri.searchers.flat import FlatSearcher, flat_cost, lookup_cost

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Codes

_LEAST_BITS: Final = 8
_MOST_BITS: Final = 26
_MOST_TABLES: Final = 64
# Stored codes that stand for the queries to come where costs are estimated.
_SAMPLES: Final = 64
# A search is not worth more flips than this of any one table.
_MOST_FLIPS: Final = 1 << 18
# What a query takes, in bytes that a scan would read meanwhile.
_BYTES_PER_QUERY: Final = 1 << 18


def parts_of(bits: int, rows: int) -> list[tuple[int, int]]:
    """Cut codes into parts for tables: as long as the number of rows has bits, about.

    Parameters
    ----------
    bits, rows : int

    Returns
    -------
    list of (first, bits)
        Together all bits, in order; the longer ones come last.
    """
    wanted = min(_MOST_BITS, max(_LEAST_BITS, math.log2(max(2, rows))))
    count = max(1, round(bits / wanted), -(-bits // _MOST_BITS))
    edges = [bits * part // count for part in range(count + 1)]
    return [(a, b - a) for a, b in pairwise(edges)]


@dataclass(frozen=True, slots=True, eq=False)
class MihSearcher(ExactSearcher):
    """Exact search at small radii through tables of parts of the codes.

    If two codes differ in few bits, they differ in very few bits of some part; so the rows whose
    part is within that of the query's are looked up, and only they are compared.  Where a radius
    would need more look-ups than a scan costs, the codes are scanned.

    Parameters
    ----------
    codes : ndarray of shape (N, B), uint8
        Fewer than 2^32 packed codes, of 64 tables' parts at most.
    tables : tuple of HashTable
        Four bytes a row each, and four bytes a bucket.
    workers : int, optional
        Threads to use at most; as many as there are cores if not given.

    References
    ----------
    M. Norouzi, A. Punjani, D. J. Fleet, "Fast Search in Hamming Space with Multi-Index Hashing",
    CVPR 2012.
    """

    codes: Codes
    tables: tuple[HashTable, ...]
    workers: int | None = None
    _met: dict[int, float] = field(default_factory=dict)  # costs by radius, once measured
    _asked: dict[int, tuple[Probe, ...]] = field(default_factory=dict)

    @classmethod
    def build(
        cls, codes: Codes, *, bits: int | None = None, workers: int | None = None
    ) -> MihSearcher:
        """Sort all rows into tables.

        Parameters
        ----------
        codes : ndarray of shape (N, B), uint8
        bits : int, optional
            How many bits of the codes have a meaning; 8 B if not given.
        workers : int, optional

        Raises
        ------
        ValueError
            If the codes are too long for tables.
        """
        bits = 8 * codes.shape[1] if bits is None else bits
        parts = parts_of(bits, len(codes))
        if len(parts) > _MOST_TABLES or len(codes) >= 1 << 32:
            raise ValueError(
                f"codes of {bits:,} bits are too long for multi-index hashing (mih): take flat or "
                "pruned, which give the same answer"
            )

        at_once = useful_workers(workers, codes.nbytes)
        tables: list[HashTable] = []
        for start in range(0, len(parts), at_once):
            tables += do_all(lambda part: sort_rows(codes, *part), parts[start : start + at_once])
        return cls(codes, tuple(tables), workers)

    @property
    def nbytes(self) -> int:
        """Bytes beside the codes."""
        return sum(table.starts.nbytes + table.ids.nbytes for table in self.tables)

    def cost(self, radius: int) -> float:
        """Return what one query costs at a radius, in the unit of :mod:`.flat`; may be infinite.

        The number of rows met is measured, with stored codes for queries: real codes lie in heaps.
        """
        if radius not in self._met:
            self._met[radius] = self._measured(radius)
        return self._met[radius]

    def _measured(self, radius: int) -> float:
        flips = [
            look_ups(table.bits, each)
            for table, each in zip(self.tables, self._radii(radius), strict=True)
        ]
        if math.inf in flips:
            return math.inf
        step = max(1, len(self.codes) // _SAMPLES)
        sample = self.codes[::step][:_SAMPLES]
        met = candidates(self.codes, sample, self._probes(radius))
        return lookup_cost(sum(flips), met / max(1, len(sample)))

    def _within(self, rows: Codes, limit: int, mask: NDArray[np.bool_] | None) -> RawHits:
        if len(rows) * self.cost(limit) > self._scan_cost(len(rows)):
            return FlatSearcher(self.codes, self.workers)._within(rows, limit, mask)  # noqa: SLF001
        return self._looked_up(rows, limit, mask)

    def _scan_cost(self, queries: int) -> float:
        return flat_cost(len(self.codes), self.codes.shape[1], queries)

    def _looked_up(self, rows: Codes, radius: int, mask: NDArray[np.bool_] | None) -> RawHits:
        probes = self._probes(radius)

        def look(part: tuple[int, int]) -> RawHits:
            first, last = part
            found = within_tables(self.codes, rows[first:last], radius, probes, mask=mask)
            return RawHits(found.queries + np.int32(first), found.rows, found.distances)

        workers = useful_workers(self.workers, len(rows) * _BYTES_PER_QUERY)
        return RawHits.joined(do_all(look, ranges(len(rows), workers)))

    def _nearest(self, rows: Codes, k: int, mask: NDArray[np.bool_] | None) -> RawHits:
        """Widen the radius until it holds k rows; scan for whom that has cost as much as a scan."""
        wanted = min(k, len(self.codes) if mask is None else int(np.count_nonzero(mask)))
        waiting = np.arange(len(rows), dtype=np.int32)
        parts: list[RawHits] = []
        radius, spent = len(self.tables) - 1, 0.0
        while len(waiting):
            spent += self.cost(radius)
            if len(waiting) * spent > self._scan_cost(len(waiting)):
                scan = FlatSearcher(self.codes, self.workers)
                found = scan._nearest(rows[waiting], k, mask)  # noqa: SLF001
                parts.append(replace(found, queries=waiting[found.queries]))
                break
            found = self._looked_up(rows[waiting], radius, mask)
            enough = np.bincount(found.queries, minlength=len(waiting)) >= wanted
            kept = enough[found.queries]
            parts.append(
                RawHits(waiting[found.queries[kept]], found.rows[kept], found.distances[kept])
            )
            waiting = waiting[~enough]
            radius += 1
        return RawHits.joined(parts)

    def _radii(self, radius: int) -> list[int]:
        return share_radius([table.bits for table in self.tables], len(self.codes), radius)

    def _probes(self, radius: int) -> tuple[Probe, ...]:
        if radius not in self._asked:
            self._asked[radius] = tuple(
                Probe(table, each, _flips(table.bits, each))
                for table, each in zip(self.tables, self._radii(radius), strict=True)
            )
        return self._asked[radius]


def look_ups(bits: int, radius: int) -> float:
    """Return the number of buckets within a radius; infinite where no search is worth so many.

    Parameters
    ----------
    bits, radius : int
    """
    count = sum(math.comb(bits, weight) for weight in range(radius + 1))
    return count if count <= _MOST_FLIPS else math.inf


def share_radius(bits: Sequence[int], rows: int, radius: int) -> list[int]:
    """Share a search radius among tables, as cheaply as that goes.

    Parameters
    ----------
    bits : sequence of int
        Number of bits that each table is about.
    rows, radius : int

    Returns
    -------
    list of int
        A radius for each table, -1 for none.  Plus 1 each they sum to more than ``radius``, so a
        code within it differs from a query by no more than its radius in some table.
    """
    radii = [-1] * len(bits)
    met = [1 + rows / (1 << each) for each in bits]
    for _ in range(radius + 1):
        prices = [
            math.comb(length, each + 1) * found if each < length else math.inf
            for length, each, found in zip(bits, radii, met, strict=True)
        ]
        cheapest = prices.index(min(prices))
        if prices[cheapest] == math.inf:
            break
        radii[cheapest] += 1
    return radii


@lru_cache(maxsize=256)
def _flips(bits: int, radius: int) -> NDArray[np.uint32]:
    """Return all numbers of ``radius`` set bits at most, fewest first."""
    numbers = [np.zeros(min(1, radius + 1), np.uint32)]
    for weight in range(1, radius + 1):
        chosen = np.array(list(combinations(range(bits), weight)), np.uint32)
        numbers.append(np.left_shift(np.uint32(1), chosen).sum(axis=1, dtype=np.uint32))
    flips = np.concatenate(numbers)
    flips.setflags(write=False)
    return flips
