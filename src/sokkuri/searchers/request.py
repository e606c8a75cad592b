"""A request to a searcher, checked once for all; and its work, shared among threads."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from sokkuri.kernels.hamming import check_codes
from sokkuri.matches import Hits
from sokkuri.settings import cpu_count

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


def useful_workers(workers: int | None, scanned: int) -> int:
    """Return the number of threads that are worth starting.

    Parameters
    ----------
    workers : int, optional
        At most so many; as many as there are cores if None.
    scanned : int
        Bytes to scan.
    """
    most = cpu_count() if workers is None else max(1, workers)
    return max(1, min(most, scanned // _BYTES_PER_THREAD))


def ranges(count: int, parts: int) -> list[tuple[int, int]]:
    """Split rows into parts of nearly the same size; at least one, which may be empty.

    Parameters
    ----------
    count, parts : int
    """
    parts = max(1, min(parts, count))
    edges = [count * part // parts for part in range(parts + 1)]
    return list(itertools.pairwise(edges))


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

    threads = [threading.Thread(target=one, args=(place,)) for place in range(len(items) - 1)]
    for thread in threads:
        thread.start()
    one(len(items) - 1)
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results  # type: ignore[return-value]


@dataclass(frozen=True, slots=True, eq=False)
class SearchRequest:
    """One call of a search, with its views of queries side by side.

    Parameters
    ----------
    rows : ndarray of shape (Q V, B), uint8
        The views of the first query, then those of the second, and so on.
    queries, views : int
        Q and V.
    limit : int, optional
        The largest distance that counts, -1 for none at all; None for no bound.
    k : int, optional
        How many hits are kept.
    mask : ndarray of shape (N,), bool, optional
        The rows that count.
    live : int
        Their number.
    """

    rows: Codes
    queries: int
    views: int
    limit: int | None
    k: int | None
    mask: NDArray[np.bool_] | None
    live: int

    @classmethod
    def of(
        cls,
        codes: Codes,
        queries: Codes,
        max_distance: int | None,
        k: int | None,
        mask: NDArray[np.bool_] | None,
    ) -> SearchRequest:
        """Check the arguments of a search, which :meth:`FlatSearcher.search` describes.

        Parameters
        ----------
        codes : ndarray of shape (N, B), uint8
        queries : ndarray of shape (Q, B) or (Q, V, B), uint8
        max_distance, k : int, optional
        mask : ndarray of shape (N,), bool, optional

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
        check_codes(rows, codes)
        live = len(codes)
        if mask is not None:
            if mask.dtype != np.bool_ or mask.shape != (len(codes),):
                raise ValueError(
                    f"`mask` must be bool of shape ({len(codes)},), not {mask.dtype} {mask.shape}"
                )
            mask = np.ascontiguousarray(mask)
            live = int(np.count_nonzero(mask))
        limit = None if max_distance is None else max(-1, min(max_distance, 8 * codes.shape[1]))
        return cls(rows, len(queries), queries.shape[1], limit, k, mask, live)

    def hits(self, found: RawHits, *, complete: bool) -> Hits:
        """Return what was found in the order (distance, row), the nearest view of each query.

        Parameters
        ----------
        found : RawHits
            Hits of ``rows``; all within the limit, or at least the ``k`` nearest of each view.
        complete : bool
            Whether they are all within the limit; else all live rows are in the totals.
        """
        numbers, rows, distances = found.queries, found.rows, found.distances
        if self.views > 1:
            numbers = numbers // self.views
            order = np.lexsort((distances, rows, numbers))
            numbers, rows, distances = numbers[order], rows[order], distances[order]
            fresh = np.ones(len(rows), np.bool_)
            fresh[1:] = (numbers[1:] != numbers[:-1]) | (rows[1:] != rows[:-1])
            numbers, rows, distances = numbers[fresh], rows[fresh], distances[fresh]
        order = np.lexsort((rows, distances, numbers))
        numbers, rows, distances = numbers[order], rows[order], distances[order]
        counts = np.bincount(numbers, minlength=self.queries)
        totals = counts if complete else np.full(self.queries, self.live)
        if self.k is not None and len(rows) and counts.max() > self.k:
            place = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
            kept = place < self.k
            rows, distances = rows[kept], distances[kept]
            counts = np.minimum(counts, self.k)
        offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return Hits(offsets, rows, distances, totals.astype(np.int64))
