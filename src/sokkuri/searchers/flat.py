"""The exhaustive scan, and estimates of what a scan and a look into tables cost.

Costs were measured once, and are only good for choosing between searchers.  The unit is a
nanosecond of the machine they were measured on.  On other machines all of them change together,
more or less, and a wrong choice costs time, never a hit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from sokkuri.kernels.hamming import RawHits, nearest, within
from sokkuri.searchers.exact import ExactSearcher, do_all, ranges, useful_workers

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from sokkuri._typing import Codes

_MEMORY_BYTE: Final = 0.045
_BYTE: Final = 0.033
_ROW: Final = 0.05
# Both wait for memory; more so where tables and codes are larger than the caches.
_PROBE: Final = 22.0
_CANDIDATE: Final = 24.0


def flat_cost(rows: int, width: int, queries: int) -> float:
    """Return the cost of comparing all rows with so many queries in one pass.

    Parameters
    ----------
    rows, width, queries : int
    """
    return rows * (_MEMORY_BYTE * width + queries * (_ROW + _BYTE * width))


def lookup_cost(probes: float, candidates: float) -> float:
    """Return the cost of looking into so many buckets, which hold so many rows.

    Parameters
    ----------
    probes, candidates : float
    """
    return probes * _PROBE + candidates * _CANDIDATE


# Beyond such a share of the rows, listing and sorting all of them is quicker than keeping a heap.
_HEAP_SHARE: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class FlatSearcher(ExactSearcher):
    """Exact search by scanning all codes.

    A batch of queries reads the codes once.  Memory beside the codes is what the answer needs.

    Parameters
    ----------
    codes : ndarray of shape (N, B), uint8
        Packed codes; row numbers in the answers count along its first axis.
    workers : int, optional
        Threads to use at most; as many as there are cores if not given.
    """

    codes: Codes
    workers: int | None = None

    def _within(self, rows: Codes, limit: int, mask: NDArray[np.bool_] | None) -> RawHits:
        return self._scan(rows, partial(within, self.codes, rows, limit, mask=mask))

    def _nearest(self, rows: Codes, k: int, mask: NDArray[np.bool_] | None) -> RawHits:
        if k * _HEAP_SHARE > len(self.codes):
            return self._within(rows, 8 * self.codes.shape[1], mask)
        return self._scan(rows, partial(nearest, self.codes, rows, k, mask=mask))

    def _scan(self, rows: Codes, find: Callable[..., RawHits]) -> RawHits:
        workers = useful_workers(self.workers, self.codes.nbytes * len(rows))
        parts = ranges(len(self.codes), workers)
        return RawHits.joined(do_all(lambda part: find(first=part[0], last=part[1]), parts))
