"""Choose a searcher for each call, by what a sample of the codes tells of the costs.

The other searchers are imported where they are needed: most searches are small, and a scan is all
they need.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from sokkuri.brief import brief_repr
from sokkuri.kernels.hamming import all_distances
from sokkuri.language import sentence
from sokkuri.searchers.flat import FlatSearcher, flat_cost, lookup_cost
from sokkuri.settings import MOST_SEARCHER_BYTES, worker_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.index.table import Owners
    from sokkuri.matches import Hits
    from sokkuri.protocols import Searcher


SearcherName = Literal["flat", "pruned", "mih"]
CHOICES: Final[tuple[SearcherName, ...]] = ("flat", "pruned", "mih")


@dataclass(frozen=True, slots=True)
class Plan:
    """The choice for one call.

    Parameters
    ----------
    searcher : {"flat", "pruned", "mih"}
        Every one of them gives the same answer.
    why : str
        The reason, in a sentence.
    milliseconds : dict of str to float
        What each of them that was considered would take, estimated; without building it.
    """

    searcher: SearcherName
    why: str
    milliseconds: dict[str, float] = field(default_factory=dict)

    __repr__ = brief_repr

    def __str__(self) -> str:
        told = ", ".join(f"{name} {cost:.3g} ms" for name, cost in self.milliseconds.items())
        why = sentence(f"{self.why} (estimated: {told})") if told else self.why
        return f"{self.searcher}: {why}"


# A scan below so many bytes is over before anything else could begin.
_SMALL: Final = 1 << 21
# Looking at a sample should cost little of what was spent on scans before it.
_STATISTICS_SHARE: Final = 4
# Costs in the unit of `flat_cost`: of Python around one call, of bounding a row by the sums of its
# blocks, of comparing a listed row, which lies apart, and of building.
_CALL: Final = 60_000.0
_SUMS_BYTE: Final = 0.05
_LISTED_ROW: Final = 20.0
_LISTED_BYTE: Final = 0.2
_BUILD_ROW: Final = {"pruned": 40.0, "mih": 25.0}
_BUILD_BYTE: Final = {"pruned": 1.0, "mih": 1.0}
# How much there is to do for threads: bytes of a row's blocks, and of a query of tables.
_SUMS_BYTES: Final = 64
_QUERY_BYTES: Final = 1 << 14
_TO_MS: Final = 1e-6

_QUERIES: Final = 12
_ROWS: Final = 4096
_NEAREST: Final = 128
_MOST_TABLES: Final = 16


@dataclass(frozen=True, slots=True, eq=False)
class Statistics:
    """A sample of codes, compared with all of them once.

    Parameters
    ----------
    count, bits : int
        Number of all codes, and of their meaningful bits.
    queries, sample : ndarray of shape (Q, B) and (S, B), uint8
        Codes that stand for the queries to come, and for all others.
    nearest : ndarray of shape (Q, K), int64
        How far each query's nearest other codes are, in order.
    bounds : tuple of ndarray of shape (Q, S), uint32
        For each level of blocks, the lower bounds of the distances of queries and sample.
    strides : tuple of int
        Bytes of counts that each level has of a code.
    """

    count: int
    bits: int
    queries: Codes
    sample: Codes
    nearest: NDArray[np.int64]
    bounds: tuple[NDArray[np.uint32], ...]
    strides: tuple[int, ...]

    @classmethod
    def of(
        cls, codes: Codes, bits: int, blocks: Sequence[NDArray[np.int64]], workers: int | None
    ) -> Statistics:
        """Take a sample, evenly spread over the rows.

        Parameters
        ----------
        codes, bits, blocks, workers
            As of :class:`Planner`, in shape too.
        """
        from sokkuri.searchers.pruned import Level

        queries = codes[:: max(1, len(codes) // _QUERIES)][:_QUERIES].copy()
        sample = codes[:: max(1, len(codes) // _ROWS)][:_ROWS].copy()
        k = min(len(codes), _NEAREST + 1)
        hits = FlatSearcher(codes, workers).search(queries, k=k)
        nearest = hits.distances.astype(np.int64).reshape(len(queries), k)[:, 1:]
        levels = [Level.of(sample, level, workers) for level in blocks]
        bounds = tuple(
            np.stack([all_distances(level.counts, level.query(q), metric="sums") for q in queries])
            for level in levels
        )
        strides = tuple(level.counts.shape[1] for level in levels)
        return cls(len(codes), bits, queries, sample, nearest, bounds, strides)

    def reach(self, k: int | None, max_distance: int | None) -> int:
        """Estimate the reach of a search: its radius, or what usually holds its k nearest.

        Parameters
        ----------
        k, max_distance : int, optional
        """
        if max_distance is not None:
            return max_distance
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
        cost, left = self.count * (1.0 + _SUMS_BYTE * self.strides[0]), float(self.count)
        strides = (*self.strides[1:], self.sample.shape[1])
        for bounds, stride in zip(self.bounds, strides, strict=True):
            left = min(left, float((bounds <= reach).mean()) * self.count)
            cost += left * (_LISTED_ROW + _LISTED_BYTE * stride)
        return cost

    def mih_cost(self, reach: int) -> float:
        """Return what a query through tables costs; infinite where they would not pay."""
        from sokkuri.searchers.mih import look_ups, parts_of, share_radius

        parts = parts_of(self.bits, self.count)
        if len(parts) > _MOST_TABLES:
            return math.inf
        radii = share_radius([bits for _, bits in parts], self.count, reach)
        cost = 0.0
        for (first, bits), radius in zip(parts, radii, strict=True):
            probes = look_ups(bits, radius)
            if probes == math.inf:
                return math.inf
            near = self._part_distances(first, bits) <= radius
            cost += lookup_cost(probes, float(near.mean()) * self.count)
        return cost

    def nbytes(self, name: str) -> int:
        """Return what a searcher would hold in memory beside the codes."""
        if name == "pruned":
            return self.count * sum(self.strides)
        if name == "mih":
            from sokkuri.searchers.mih import parts_of

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


@dataclass(slots=True, eq=False)
class Planner:
    """The searchers of one set of codes, and what they would cost.

    A scan needs nothing; the others must be built first.  So codes are scanned until what another
    searcher would have saved by then pays for building it: whatever comes, no more than twice the
    time of the best choice is spent.  The choice depends on what was asked, never on a clock.

    Parameters
    ----------
    codes : ndarray of shape (N, B), uint8
    bits : int
        How many of the 8 B bits have a meaning.
    blocks : sequence of ndarray of shape (bits,), int64
        See :class:`sokkuri.protocols.SupportsBlocks`; empty if nothing is known of the bits.
    owners : Owners, optional
        The photo of each code; without it every code is a photo.
    workers : int, optional
        Threads to use at most.
    """

    codes: Codes
    bits: int
    blocks: Sequence[NDArray[np.int64]] = ()
    owners: Owners | None = None
    workers: int | None = None
    _built: dict[SearcherName, Searcher] = field(init=False)
    _statistics: Statistics | None = field(default=None, init=False)
    _scanned: float = field(default=0.0, init=False)
    _missed: dict[SearcherName, float] = field(init=False)

    def __post_init__(self) -> None:
        self._built = {"flat": FlatSearcher(self.codes, self.workers)}
        self._missed = {"pruned": 0.0, "mih": 0.0}

    def search(
        self, queries: Codes, *, k: int | None = None, max_distance: int | None = None,
        photos: NDArray[np.bool_] | None = None, searcher: SearcherName | None = None,
    ) -> Hits:  # fmt: skip
        """Find the photos near queries; of several codes of a photo the nearest counts.

        Parameters
        ----------
        queries : ndarray of shape (Q, B) or (Q, V, B), uint8
        k, max_distance : int, optional
            As of a searcher, but counting photos.
        photos : ndarray of shape (P,), bool, optional
            Only photos where it is true.
        searcher : {"flat", "pruned", "mih"}, optional
            What to take instead of choosing.

        Returns
        -------
        Hits
            Numbers of photos, in the order (distance, row of the nearest code).
        """
        if searcher is None:
            views = queries.shape[0] * (queries.shape[1] if queries.ndim == 3 else 1)
            searcher = self.plan(k=k, max_distance=max_distance, queries=views).searcher
        found, owners = self.searcher(searcher), self.owners
        if owners is None:
            return found.search(queries, max_distance=max_distance, k=k, mask=photos)
        # The totals tell of photos, so all codes within a radius are needed.
        wanted = None if k is None or max_distance is not None else k * owners.most
        mask = None if photos is None else photos[owners.numbers]
        hits = found.search(queries, max_distance=max_distance, k=wanted, mask=mask)
        total = owners.photos if photos is None else int(np.count_nonzero(photos))
        return owners.photos_of(hits, k, total if max_distance is None else None)

    def plan(
        self, *, k: int | None, max_distance: int | None, queries: int,
        searcher: SearcherName | None = None,
    ) -> Plan:  # fmt: skip
        """Choose for a call, and note what it costs and misses.

        Parameters
        ----------
        k, max_distance, searcher
            As of :meth:`search`.
        queries : int
            Number of views of queries.

        Raises
        ------
        ValueError
            If the searcher that is named cannot search these codes.
        """
        if searcher is not None:
            self._check(searcher)
            return Plan(searcher, "you asked for it")
        rows, width = self.codes.shape
        size = sentence(f"{rows:,} codes of {width:,} bytes")
        if rows * width * queries < _SMALL:
            return Plan("flat", f"{size} are scanned at once")
        scan = flat_cost(rows, width, queries) / self._workers_for(rows * width)
        if self._statistics is None:
            self._scanned += scan
            # The cost of a look at a sample, in the unit of `flat_cost`.
            look = flat_cost(rows, width, _QUERIES) + 5e6
            if max(self._scanned, scan) < look * _STATISTICS_SHARE:
                told = {"flat": (_CALL + scan) * _TO_MS}
                return Plan("flat", f"{size} are scanned; too few searches to look closer", told)
            self._statistics = Statistics.of(self.codes, self.bits, self.blocks, self.workers)
        reach = self._statistics.reach(k, max_distance)
        return self._cheapest(self._statistics, size, scan, reach, queries)

    def searcher(self, name: SearcherName) -> Searcher:
        """Return a searcher, built if it was not."""
        if name not in self._built:
            self._check(name)
            codes, workers = self.codes, self.workers
            if name == "pruned":
                from sokkuri.searchers.pruned import PrunedSearcher

                self._built[name] = PrunedSearcher.build(codes, self.blocks, workers=workers)
            else:
                from sokkuri.searchers.mih import MihSearcher

                self._built[name] = MihSearcher.build(codes, bits=self.bits, workers=workers)
        return self._built[name]

    @property
    def built(self) -> tuple[SearcherName, ...]:
        """The searchers that stand ready."""
        return tuple(self._built)

    def _check(self, name: SearcherName) -> None:
        if name == "pruned" and not self.blocks:
            raise ValueError("`pruned` needs to know which bits belong together: give `blocks`")

    def _cheapest(
        self, statistics: Statistics, size: str, scan: float, reach: int, queries: int
    ) -> Plan:
        pruned = statistics.pruned_cost(reach) / self._workers_for(len(self.codes) * _SUMS_BYTES)
        mih = statistics.mih_cost(reach) / self._workers_for(queries * _QUERY_BYTES)
        costs: dict[SearcherName, float] = {
            "flat": scan, "pruned": queries * pruned, "mih": queries * mih,
        }  # fmt: skip
        told: dict[str, float] = {
            name: (_CALL + cost) * _TO_MS for name, cost in costs.items() if cost < 1e18
        }
        best = min(costs, key=lambda name: costs[name])
        if best == "flat":
            return Plan("flat", f"scanning {size} is the cheapest", told)
        for name in ("pruned", "mih"):
            self._missed[name] += max(0.0, scan - costs[name])
        if best not in self._built and statistics.nbytes(best) > MOST_SEARCHER_BYTES:
            held = statistics.nbytes(best) >> 20
            why = f"{best} would hold {held:,} MiB; ask for it by name"
            return Plan(self._ready(costs), why, told)
        if best in self._built or self._missed[best] >= self._build_cost(best):
            return Plan(best, f"it reaches {reach:,} bits far for less than a scan of {size}", told)
        why = f"{best} would be cheaper, but is not worth building yet"
        return Plan(self._ready(costs), why, told)

    def _ready(self, costs: dict[SearcherName, float]) -> SearcherName:
        return min(self._built, key=lambda name: costs[name])

    def _build_cost(self, name: SearcherName) -> float:
        rows, width = self.codes.shape
        tables = self.bits / 20 if name == "mih" else 1.0
        cost: float = rows * tables * (_BUILD_ROW[name] + _BUILD_BYTE[name] * width)
        return cost

    def _workers_for(self, scanned: int) -> int:
        return max(1, min(worker_count(self.workers), scanned >> 20))
