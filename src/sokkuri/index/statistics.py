"""What the codes of an index are like, from a sample: how near they lie, what prunes them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.kernels.hamming import all_distances
from sokkuri.searchers.costs import (
    candidate_cost,
    flat_cost,
    listed_cost,
    probe_cost,
    sums_cost,
)
from sokkuri.searchers.flat import FlatSearcher
from sokkuri.searchers.mih import parts_of, share_radius
from sokkuri.searchers.pruned import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Codes

__all__ = ["Statistics", "statistics_cost"]

_QUERIES: Final = 12
_ROWS: Final = 4096
_NEAREST: Final = 128
_MOST_TABLES: Final = 16
_MOST_FLIPS: Final = 1 << 18


def statistics_cost(rows: int, width: int) -> float:
    """Return what a statistics costs, in the unit of :mod:`sokkuri.searchers.costs`."""
    return flat_cost(rows, width, _QUERIES) + 5e6


@dataclass(frozen=True, slots=True, eq=False)
class Statistics:
    """A sample of codes, compared with all of them once.

    Parameters
    ----------
    count, width, bits : int
        Of all codes: their number, bytes and meaningful bits.
    queries : ndarray of shape (Q, B), uint8
        Codes that stand for the queries to come.
    sample : ndarray of shape (S, B), uint8
        Codes that stand for all others.
    nearest : ndarray of shape (Q, K), int64
        How far each query's nearest other codes are, in order.
    bounds : tuple of ndarray of shape (Q, S), uint32
        For each level of blocks, the lower bounds of the distances of queries and sample.
    """

    count: int
    width: int
    bits: int
    queries: Codes
    sample: Codes
    nearest: NDArray[np.int64]
    bounds: tuple[NDArray[np.uint32], ...]
    strides: tuple[int, ...]

    @classmethod
    def of(
        cls, codes: Codes, bits: int, blocks: Sequence[NDArray[np.int64]], jobs: int | None
    ) -> Statistics:
        """Take a sample, evenly spread over the rows."""
        queries = codes[:: max(1, len(codes) // _QUERIES)][:_QUERIES].copy()
        sample = codes[:: max(1, len(codes) // _ROWS)][:_ROWS].copy()
        k = min(len(codes), _NEAREST + 1)
        hits = FlatSearcher(codes, jobs).search(queries, k=k)
        nearest = hits.distances.astype(np.int64).reshape(len(queries), k)[:, 1:]
        levels = [Level.of(sample, level, jobs) for level in blocks]
        bounds = tuple(
            np.stack([all_distances(level.counts, level.query(q), metric="sums") for q in queries])
            for level in levels
        )
        strides = tuple(level.counts.shape[1] for level in levels)
        width = codes.shape[1]
        return cls(len(codes), width, bits, queries, sample, nearest, bounds, strides)

    def reach(self, k: int | None, limit: int | None) -> int:
        """Return how far a search reaches: its radius, or what usually holds its k nearest."""
        if limit is not None:
            return limit
        if k is None or not self.nearest.size:
            return self.bits
        within = self.nearest[:, min(k, self.nearest.shape[1]) - 1]
        reach = float(np.mean(within))
        # Beyond what was sampled distances grow slowly: by the spread of random codes at most.
        return min(self.bits, int(reach) + (k > _NEAREST) * self.bits // 16)

    def pruned_cost(self, reach: int) -> float:
        """Return what a query through block counts costs; infinite where there are none."""
        if not self.bounds:
            return math.inf
        cost, left = sums_cost(self.count, self.strides[0]), float(self.count)
        for bounds, stride in zip(self.bounds, (*self.strides[1:], self.width), strict=True):
            left = min(left, float((bounds <= reach).mean()) * self.count)
            cost += listed_cost(left, stride)
        return cost

    def mih_cost(self, reach: int) -> float:
        """Return what a query through tables costs; infinite where they would not pay."""
        parts = parts_of(self.bits, self.count)
        if len(parts) > _MOST_TABLES:
            return math.inf
        radii = share_radius([bits for _, bits in parts], self.count, reach)
        cost = 0.0
        for (first, bits), radius in zip(parts, radii, strict=True):
            probes = sum(math.comb(bits, weight) for weight in range(radius + 1))
            if probes > _MOST_FLIPS:
                return math.inf
            near = self._part_distances(first, bits) <= radius
            cost += probe_cost(probes) + candidate_cost(float(near.mean()) * self.count)
        return cost

    def nbytes(self, name: str) -> int:
        """Return what a searcher would hold in memory beside the codes."""
        if name == "pruned":
            return self.count * sum(self.strides)
        if name == "mih":
            parts = parts_of(self.bits, self.count)
            return 4 * sum((1 << bits) + self.count for _, bits in parts)
        return 0

    def _part_distances(self, first: int, bits: int) -> NDArray[np.int64]:
        ours, others = (
            np.unpackbits(codes, axis=1)[:, first : first + bits].astype(np.float32)
            for codes in (self.queries, self.sample)
        )
        # Of 0 and 1: |a - b| = a + b - 2 a b.
        sums = ours.sum(axis=1)[:, np.newaxis] + others.sum(axis=1)
        distances: NDArray[np.int64] = np.rint(sums - 2 * (ours @ others.T)).astype(np.int64)
        return distances
