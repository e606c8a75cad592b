"""The exhaustive scan, and estimates of what every kind of search costs.

Costs were measured once, and are only good for choosing between searchers.  The unit is a
nanosecond of the machine they were measured on.  On other machines all of them change together,
more or less, and a wrong choice costs time, never a hit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sokkuri.kernels.hamming import RawHits, nearest, within
from sokkuri.searchers.exact import ExactSearcher
from sokkuri.searchers.threads import do_all, ranges, useful_workers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sokkuri._typing import Codes


CALL: Final = 60_000.0
"""Python around one call of a search."""

_MEMORY_BYTE: Final = 0.045
_BYTE: Final = 0.033
_ROW: Final = 0.05
_SUMS_BYTE: Final = 0.05
_LISTED_ROW: Final = 20.0
_LISTED_BYTE: Final = 0.2
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


def sums_cost(rows: int, width: int) -> float:
    """Return the cost of bounding the distances of all rows by sums of so many blocks.

    Parameters
    ----------
    rows, width : int
    """
    return rows * (1.0 + _SUMS_BYTE * width)


def listed_cost(rows: float, width: int) -> float:
    """Return the cost of comparing listed rows, which lie apart.

    Parameters
    ----------
    rows : float
    width : int
    """
    return rows * (_LISTED_ROW + _LISTED_BYTE * width)


def probe_cost(probes: float) -> float:
    """Return the cost of looking into so many buckets."""
    return probes * _PROBE


def candidate_cost(rows: float) -> float:
    """Return the cost of so many rows that buckets hold."""
    return rows * _CANDIDATE


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

    def _find(
        self, rows: Codes, limit: int | None, k: int | None, mask: NDArray[np.bool_] | None
    ) -> RawHits:
        if limit is None and (k is None or k * _HEAP_SHARE > len(self.codes)):
            limit = 8 * self.codes.shape[1]

        def scan(part: tuple[int, int]) -> RawHits:
            first, last = part
            if limit is not None:
                return within(self.codes, rows, limit, first=first, last=last, mask=mask)
            return nearest(self.codes, rows, k or 1, first=first, last=last, mask=mask)

        workers = useful_workers(self.workers, self.codes.nbytes * len(rows))
        return RawHits.joined(do_all(scan, ranges(len(self.codes), workers)))
