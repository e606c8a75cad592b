"""The frame of every exact searcher: checked arguments, ordered hits, work shared among threads."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

import numpy as np

from sokkuri.kernels.hamming import check_codes
from sokkuri.matches import Hits
from sokkuri.settings import worker_count

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.kernels.hamming import RawHits

Result = TypeVar("Result")
Item = TypeVar("Item")

# What a core reads while a thread starts and is waited for, 0.2 to 0.4 ms; with less to do, two
# threads are slower than one.
_BYTES_PER_THREAD: Final = 1 << 23


class ExactSearcher(ABC):
    """A searcher of this package, which finds all that lies within the radius."""

    __slots__ = ()

    exact: ClassVar[bool] = True

    codes: Codes
    workers: int | None

    @abstractmethod
    def _within(self, rows: Codes, limit: int, mask: NDArray[np.bool_] | None) -> RawHits:
        """Find all codes within ``limit`` of each row; there are codes, and it is 0 or more."""

    @abstractmethod
    def _nearest(self, rows: Codes, k: int, mask: NDArray[np.bool_] | None) -> RawHits:
        """Find the ``k`` nearest codes of each row, at least; there are codes."""

    def search(
        self, queries: Codes, *, max_distance: int | None = None, k: int | None = None,
        mask: NDArray[np.bool_] | None = None,
    ) -> Hits:  # fmt: skip
        """Find, for every query, the rows within ``max_distance`` bits, ``k`` at most.

        Parameters
        ----------
        queries : ndarray of shape (Q, B) or (Q, V, B), uint8
            Packed codes of the same recipe; of V views of a query the nearest counts.
        max_distance : int, optional
            Inclusive radius in bits; None for no bound, negative for no hits.
        k : int, optional
            Keep the ``k`` nearest; None keeps all.
        mask : ndarray of shape (N,), bool, optional
            Only rows where it is true count.

        Returns
        -------
        Hits
            Sorted by (distance, row) within each query, so ties always come in the same order.

        Raises
        ------
        ValueError
            If ``k`` is below 1 or the shapes do not fit.
        """
        if k is not None and k < 1:
            raise ValueError(f"`k` must be 1 or more, not {k}")
        if queries.ndim == 2:
            queries = queries[:, np.newaxis]
        if queries.ndim != 3 or not queries.shape[1]:
            raise ValueError(f"`queries` must be of shape (Q, B) or (Q, V, B), not {queries.shape}")
        rows = np.ascontiguousarray(queries.reshape(-1, queries.shape[2]))
        check_codes(rows, self.codes)
        total = len(self.codes)
        if mask is not None:
            if mask.dtype != np.bool_ or mask.shape != (total,):
                raise ValueError(
                    f"`mask` must be bool of shape ({total},), not {mask.dtype} {mask.shape}"
                )
            mask = np.ascontiguousarray(mask)
            total = int(np.count_nonzero(mask))
        if not len(self.codes) or (max_distance is not None and max_distance < 0):
            nothing = np.zeros(len(queries) + 1, np.int64)
            return Hits(nothing, nothing[:0], nothing[:0].astype(np.uint32), nothing[1:])
        if max_distance is None and k is not None:
            return _ordered(self._nearest(rows, k, mask), queries.shape[:2], k, total)
        bits = 8 * self.codes.shape[1]
        limit = bits if max_distance is None else min(max_distance, bits)
        return _ordered(self._within(rows, limit, mask), queries.shape[:2], k, None)


def _ordered(found: RawHits, shape: tuple[int, ...], k: int | None, total: int | None) -> Hits:
    """Return hits in the order (distance, row), of the views of a query the nearest.

    Without a ``total`` all within the radius were found, and are counted.
    """
    count, views = shape
    numbers, rows, distances = found.queries, found.rows, found.distances
    if views > 1:
        numbers, rows, distances = least_of_pairs(numbers // views, rows, distances)
    order = np.lexsort((rows, distances, numbers))
    columns = numbers[order], rows[order], distances[order]
    return Hits.of_sorted(*columns, count, k=k, total=total)


def least_of_pairs(
    first: NDArray[Any], second: NDArray[np.int64], distances: NDArray[np.uint32]
) -> tuple[NDArray[Any], NDArray[np.int64], NDArray[np.uint32]]:
    """Sort pairs, and keep each once with its least distance.

    Parameters
    ----------
    first, second, distances : ndarray of shape (M,), integers, int64 and uint32
    """
    order = np.lexsort((distances, second, first))
    first, second, distances = first[order], second[order], distances[order]
    fresh = np.ones(len(first), np.bool_)
    fresh[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1])
    return first[fresh], second[fresh], distances[fresh]


def useful_workers(workers: int | None, scanned: int) -> int:
    """Return the number of threads that are worth starting.

    Parameters
    ----------
    workers : int, optional
        At most so many; as many as there are cores if None.
    scanned : int
        Bytes to scan.
    """
    return max(1, min(worker_count(workers), scanned // _BYTES_PER_THREAD))


def ranges(count: int, parts: int) -> list[tuple[int, int]]:
    """Split rows into parts of nearly the same size; at least one, which may be empty.

    Parameters
    ----------
    count, parts : int
    """
    parts = max(1, min(parts, count))
    edges = [count * part // parts for part in range(parts + 1)]
    return list(pairwise(edges))


def do_all(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Do ``work`` with every item, each in a thread, the last one in the caller's.

    The threads must leave Python's lock to gain anything; the kernels do.

    Parameters
    ----------
    work : callable
    items : sequence
    """
    results: list[Result | None] = [None] * len(items)
    errors: list[BaseException] = []

    def one(place: int) -> None:
        try:
            results[place] = work(items[place])
        except BaseException as error:  # it is raised again in the caller
            errors.append(error)

    # A pool would cost 0.1 ms more, and a search of a million codes takes less than one.
    threads = [threading.Thread(target=one, args=(place,)) for place in range(len(items) - 1)]
    for thread in threads:
        thread.start()
    one(len(items) - 1)
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results  # type: ignore[return-value]
