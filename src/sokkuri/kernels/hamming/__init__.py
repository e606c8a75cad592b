"""Rows near a query: scans over packed rows, in differing bits or in block sums.

Every scan runs in C where that was built, and in its NumPy twin in :mod:`.reference` elsewhere; the
rows and distances are the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.kernels.hamming import reference
from sokkuri.kernels.hamming.reference import Best, Metric, RawHits
from sokkuri.kernels.loader import NATIVE, native

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri._typing import Codes, Distances

__all__ = [
    "Best", "Metric", "RawHits", "all_distances", "check_codes", "hamming_distances", "nearest",
    "refine", "refine_nearest", "within",
]  # fmt: skip

_METRICS: Final = {"bits": 0, "sums": 1}

# Hits are collected in arrays of this length, and the next ones in longer ones.
_FIRST_ROOM: Final = 4096
_LARGEST_ROOM: Final = 1 << 22
# Heaps of so many entries are made at once, whatever the number of queries.
_HEAP_ENTRIES: Final = 1 << 22


def hamming_distances(queries: Codes, codes: Codes) -> Distances:
    """Count the differing bits of every query and every code.

    Parameters
    ----------
    queries : ndarray of shape (Q, B), uint8
        Packed codes.
    codes : ndarray of shape (N, B), uint8
        Packed codes of the same recipe.

    Returns
    -------
    ndarray of shape (Q, N), uint32
        Distances in bits, 0 to 8 B.  Costs O(Q N B) time; scratch memory stays near 4 MiB.

    Raises
    ------
    ValueError
        If the arrays are not two-dimensional uint8 of one width.
    """
    check_codes(queries, codes)
    distances = np.empty((len(queries), len(codes)), np.uint32)
    for number, query in enumerate(queries):
        distances[number] = all_distances(codes, query)
    return distances


def check_codes(queries: Codes, codes: Codes) -> None:
    """Refuse arrays that are no packed codes, or codes of two widths.

    Parameters
    ----------
    queries, codes : ndarray of shape (rows, B), uint8

    Raises
    ------
    ValueError
        If one of them has another shape or dtype, or their widths differ.
    """
    for array, name in ((queries, "queries"), (codes, "codes")):
        if array.ndim != 2 or array.dtype != np.uint8 or array.shape[1] < 1:
            raise ValueError(
                f"`{name}` must be uint8 of shape (rows, bytes), not {array.dtype} {array.shape}"
            )
    if queries.shape[1] != codes.shape[1]:
        raise ValueError(
            f"`queries` have {queries.shape[1]} bytes a code and `codes` {codes.shape[1]}"
        )


def all_distances(
    codes: Codes, query: Codes, *, first: int = 0, last: int | None = None, metric: Metric = "bits"
) -> NDArray[np.uint32]:
    """Measure how far every row is from a query.

    Parameters
    ----------
    codes : ndarray of shape (N, B), uint8
    query : ndarray of shape (B,), uint8
    first, last : int
        Rows to compare, ``first <= row < last``; all if not given.
    metric : {"bits", "sums"}

    Returns
    -------
    ndarray of shape (last - first,), uint32
    """
    if not NATIVE:
        return reference.all_distances(codes, query, first=first, last=last, metric=metric)
    last = len(codes) if last is None else last
    distances = np.empty(last - first, np.uint32)
    codes, query, width = np.ascontiguousarray(codes), np.ascontiguousarray(query), codes.shape[1]
    native.hamming_all(codes, query, width, first, last, _METRICS[metric], distances)
    return distances


def within(
    codes: Codes, queries: Codes, limit: int, *, first: int = 0, last: int | None = None,
    mask: NDArray[np.bool_] | None = None, metric: Metric = "bits",
) -> RawHits:  # fmt: skip
    """Find all rows within a limit of each query.

    Parameters
    ----------
    codes : ndarray of shape (N, B), uint8
    queries : ndarray of shape (Q, B), uint8
    limit : int
        The largest distance that counts, 0 to 2^32 - 1.
    first, last : int
        Rows to compare, ``first <= row < last``; all if not given.
    mask : ndarray of shape (N,), bool, optional
        Only rows where it is true count.
    metric : {"bits", "sums"}
    """
    if not NATIVE:
        return reference.within(
            codes, queries, limit, first=first, last=last, mask=mask, metric=metric
        )
    last = len(codes) if last is None else last
    codes, queries = np.ascontiguousarray(codes), np.ascontiguousarray(queries)
    parts = []
    done, block, query, room = 0, first, 0, _FIRST_ROOM
    while not done:
        numbers = np.empty(room, np.int32)
        rows, distances = np.empty(room, np.int64), np.empty(room, np.uint32)
        done, count, block, query = native.hamming_within(
            codes, queries, mask, codes.shape[1], first, last, _METRICS[metric], limit,
            numbers, rows, distances, block, query,
        )  # fmt: skip
        parts.append(RawHits(numbers[:count], rows[:count], distances[:count]))
        room = min(4 * room, _LARGEST_ROOM)
    return RawHits.joined(parts)


def nearest(
    codes: Codes, queries: Codes, k: int, *, first: int = 0, last: int | None = None,
    mask: NDArray[np.bool_] | None = None, metric: Metric = "bits",
) -> RawHits:  # fmt: skip
    """Find the ``k`` nearest rows of each query; of equally near ones those that come first.

    Parameters are those of :func:`within`, in shape too; ``k`` is at least 1.
    """
    if not NATIVE:
        return reference.nearest(
            codes, queries, k, first=first, last=last, mask=mask, metric=metric
        )
    last = len(codes) if last is None else last
    k = max(1, min(k, last - first))
    codes, step = np.ascontiguousarray(codes), max(1, _HEAP_ENTRIES // k)
    parts = []
    for start in range(0, len(queries), step):
        part = np.ascontiguousarray(queries[start : start + step])
        distances = np.empty((len(part), k), np.uint32)
        rows, sizes = np.empty((len(part), k), np.int64), np.zeros(len(part), np.int64)
        native.hamming_nearest(
            codes, part, mask, codes.shape[1], first, last, _METRICS[metric], k,
            distances, rows, sizes,
        )  # fmt: skip
        used = np.arange(k) < sizes[:, np.newaxis]
        numbers = np.repeat(np.arange(start, start + len(part), dtype=np.int32), sizes)
        parts.append(RawHits(numbers, rows[used], distances[used]))
    return RawHits.joined(parts)


def refine(
    codes: Codes, query: Codes, listed: NDArray[np.uint32], limit: int, *,
    mask: NDArray[np.bool_] | None = None, metric: Metric = "bits",
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:  # fmt: skip
    """Keep of the listed rows those within a limit of the query, in their order.

    Parameters
    ----------
    codes : ndarray of shape (N, B), uint8
    query : ndarray of shape (B,), uint8
    listed : ndarray of shape (M,), uint32
        Row numbers.
    limit, mask, metric
        As of :func:`within`.

    Returns
    -------
    rows, distances : ndarray of shape (K,), uint32
    """
    if not NATIVE:
        return reference.refine(codes, query, listed, limit, mask=mask, metric=metric)
    rows, distances = listed.copy(), np.empty(len(listed), np.uint32)
    codes, query, width = np.ascontiguousarray(codes), np.ascontiguousarray(query), codes.shape[1]
    count = native.hamming_refine(
        codes, query, mask, width, _METRICS[metric], limit, rows, distances
    )
    return rows[:count], distances[:count]


def refine_nearest(
    codes: Codes, query: Codes, listed: NDArray[np.uint32], k: int, best: Best, *,
    mask: NDArray[np.bool_] | None = None,
) -> Best:  # fmt: skip
    """Keep the ``k`` nearest of the listed rows and of the best so far; no row is in both.

    Parameters
    ----------
    codes, query, listed, mask
        As of :func:`refine`, in shape too.
    k : int
    best : tuple of ndarray of shape (up to k,), uint32 and int64
        Distances and rows, as a heap.
    """
    if not NATIVE:
        return reference.refine_nearest(codes, query, listed, k, best, mask=mask)
    size = len(best[0])
    distances, rows = np.empty(k, np.uint32), np.empty(k, np.int64)
    distances[:size], rows[:size] = best
    codes, query, width = np.ascontiguousarray(codes), np.ascontiguousarray(query), codes.shape[1]
    size = native.hamming_refine_nearest(
        codes, query, mask, width, listed, k, distances, rows, size
    )
    return distances[:size], rows[:size]
