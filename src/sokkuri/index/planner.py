"""Chooses a searcher for each call, and builds what pays for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sokkuri.cpu_count import cpu_count
from sokkuri.index.plan import Plan, SearcherName
from sokkuri.searchers.costs import CALL, flat_cost
from sokkuri.searchers.flat import FlatSearcher
from sokkuri.settings import MOST_SEARCHER_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.index.statistics import Statistics
    from sokkuri.protocols import Searcher

__all__ = ["Planner"]

# A scan below so many bytes is over before anything else could begin.
_SMALL: Final = 1 << 21
# Looking at a sample should cost little of what was spent on scans before it.
_STATISTICS_SHARE: Final = 4
_BUILD_ROW: Final = {"pruned": 40.0, "mih": 25.0}
_BUILD_BYTE: Final = {"pruned": 1.0, "mih": 1.0}
# How much there is to do for threads: bytes of a row's blocks, and of a query of tables.
_SUMS_BYTES: Final = 64
_QUERY_BYTES: Final = 1 << 14
_TO_MS: Final = 1e-6


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
    jobs : int, optional
        Threads to use at most.
    """

    def __init__(
        self,
        codes: Codes,
        bits: int,
        blocks: Sequence[NDArray[np.int64]] = (),
        jobs: int | None = None,
    ) -> None:
        self._codes = codes
        self._bits = bits
        self._blocks = blocks
        self._jobs = jobs
        self._built: dict[SearcherName, Searcher] = {"flat": FlatSearcher(codes, jobs)}
        self._statistics: Statistics | None = None
        self._scanned = 0.0
        self._missed = dict.fromkeys(("pruned", "mih"), 0.0)

    def plan(
        self,
        *,
        k: int | None,
        limit: int | None,
        queries: int,
        searcher: SearcherName | None = None,
        note: bool = True,
    ) -> Plan:
        """Choose for a call, and note what it costs and misses.

        Parameters
        ----------
        k, limit : int, optional
            As of a search.
        queries : int
            How many views of queries it has.
        searcher : {"flat", "pruned", "mih"}, optional
            What to take instead of choosing.
        note : bool
            Whether the call will really be made, and counts.

        Raises
        ------
        ValueError
            If the searcher that is named cannot search these codes.
        """
        if searcher is not None:
            self._check(searcher)
            return Plan(searcher, "you asked for it")
        rows, width = self._codes.shape
        size = f"{rows:,} codes of {width:,} bytes"
        if rows * width * queries < _SMALL:
            return Plan("flat", f"{size} are scanned at once")
        scan = flat_cost(rows, width, queries) / self._jobs_for(rows * width)
        from sokkuri.index.statistics import Statistics, statistics_cost

        if self._statistics is None:
            self._scanned += scan * note
            worth = statistics_cost(rows, width) * _STATISTICS_SHARE
            if max(self._scanned, scan) < worth:
                told = {"flat": (CALL + scan) * _TO_MS}
                return Plan("flat", f"{size} are scanned; too few searches to look closer", told)
            self._statistics = Statistics.of(self._codes, self._bits, self._blocks, self._jobs)
        return self._cheapest(size, scan, k, limit, queries, note=note)

    def searcher(self, name: SearcherName) -> Searcher:
        """Return a searcher, built if it was not."""
        if name not in self._built:
            self._check(name)
            # Imported here, for most searches are small, and a scan is all they need.
            if name == "pruned":
                from sokkuri.searchers.pruned import PrunedSearcher

                self._built[name] = PrunedSearcher.build(self._codes, self._blocks, jobs=self._jobs)
            else:
                from sokkuri.searchers.mih import MihSearcher

                self._built[name] = MihSearcher.build(self._codes, bits=self._bits, jobs=self._jobs)
        return self._built[name]

    @property
    def built(self) -> tuple[SearcherName, ...]:
        """The searchers that stand ready."""
        return tuple(self._built)

    def _check(self, name: SearcherName) -> None:
        if name == "pruned" and not self._blocks:
            raise ValueError("`pruned` needs to know which bits belong together: give `blocks`")

    def _cheapest(
        self,
        size: str,
        scan: float,
        k: int | None,
        limit: int | None,
        queries: int,
        *,
        note: bool,
    ) -> Plan:
        statistics = self._statistics
        assert statistics is not None  # noqa: S101 - the caller made it
        reach = statistics.reach(k, limit)
        rows = len(self._codes)
        costs: dict[SearcherName, float] = {
            "flat": scan,
            "pruned": queries * statistics.pruned_cost(reach) / self._jobs_for(rows * _SUMS_BYTES),
            "mih": queries * statistics.mih_cost(reach) / self._jobs_for(queries * _QUERY_BYTES),
        }
        told: dict[str, float] = {
            name: (CALL + cost) * _TO_MS for name, cost in costs.items() if cost < 1e18
        }
        best = min(costs, key=lambda name: costs[name])
        if best == "flat":
            return Plan("flat", f"scanning {size} is the cheapest", told)
        for name in ("pruned", "mih"):
            self._missed[name] += max(0.0, scan - costs[name]) * note
        if best not in self._built and statistics.nbytes(best) > MOST_SEARCHER_BYTES:
            held = f"{best} would hold {statistics.nbytes(best) >> 20:,} MiB; ask for it by name"
            return Plan(self._ready(costs), held, told)
        if best in self._built or self._missed[best] >= self._build_cost(best):
            return Plan(best, f"it reaches {reach:,} bits far for less than a scan of {size}", told)
        why = f"{best} would be cheaper, but is not worth building yet"
        return Plan(self._ready(costs), why, told)

    def _ready(self, costs: dict[SearcherName, float]) -> SearcherName:
        return min(self._built, key=lambda name: costs[name])

    def _build_cost(self, name: SearcherName) -> float:
        rows, width = self._codes.shape
        tables = self._bits / 20 if name == "mih" else 1.0
        cost: float = rows * tables * (_BUILD_ROW[name] + _BUILD_BYTE[name] * width)
        return cost

    def _jobs_for(self, scanned: int) -> int:
        most = cpu_count() if self._jobs is None else self._jobs
        return max(1, min(most, scanned >> 20))
