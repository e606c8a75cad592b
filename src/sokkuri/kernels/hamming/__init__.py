"""Rows near a query: scans over packed rows, in differing bits or in block sums."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

from sokkuri.kernels import NATIVE, native

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Codes, Distances

_METRICS: Final = {"bits": 0, "sums": 1}

# The twin compares so many bytes at a time.
_BLOCK_BYTES: Final = 1 << 22
_ALL: Final = 0xFFFFFFFF
# Hits are collected in arrays of this length, and the next ones in longer ones.
_FIRST_ROOM: Final = 4096
_LARGEST_ROOM: Final = 1 << 22
# Heaps of so many entries are made at once, whatever the number of queries.
_HEAP_ENTRIES: Final = 1 << 22

Metric: TypeAlias = Literal["bits", "sums"]
"""Distance of two rows: number of differing bits, or sum over bytes of the absolute difference."""

Best: TypeAlias = "tuple[NDArray[np.uint32], NDArray[np.int64]]"
"""Distances and rows of the nearest so far, as a heap: the farthest (distance, row) comes first."""


@dataclass(frozen=True, slots=True, eq=False)
class RawHits:
    """Hits of several queries, in no order.

    Parameters
    ----------
    queries : ndarray of shape (M,), int32
        Number of the query that each hit belongs to.
    rows : ndarray of shape (M,), int64
    distances : ndarray of shape (M,), uint32
    """

    queries: NDArray[np.int32]
    rows: NDArray[np.int64]
    distances: NDArray[np.uint32]

    @classmethod
    def joined(cls, parts: Sequence[RawHits]) -> RawHits:
        """Join the hits of several scans."""
        if len(parts) == 1:
            return parts[0]
        parts = [cls.of_query(0, np.empty(0, np.int64), np.empty(0, np.uint32)), *parts]
        names = ("queries", "rows", "distances")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    @classmethod
    def of_query(
        cls, query: int, rows: NDArray[np.int64], distances: NDArray[np.uint32]
    ) -> RawHits:
        """Return the hits of one query.

        Parameters are those of the class, arrays of the same shape.
        """
        return cls(np.full(len(rows), query, np.int32), rows, distances)

    @classmethod
    def of_scan(cls, scan: Callable[..., tuple[int, ...]], *start: int) -> RawHits:
        """Call a C scan until it is done, with more room for hits each time.

        Parameters
        ----------
        scan : callable
            Fills arrays of queries, rows and distances from a place on; returns whether that was
            all, the number of hits, and the next place.
        start : int
            The first place, one number or several.
        """
        parts, done, place, room = [], 0, list(start), _FIRST_ROOM
        while not done:
            numbers, rows = np.empty(room, np.int32), np.empty(room, np.int64)
            distances, before = np.empty(room, np.uint32), place
            done, count, *place = scan(numbers, rows, distances, *before)
            parts.append(cls(numbers[:count], rows[:count], distances[:count]))
            # Where not even one step's hits found room, they need it whatever it takes.
            room = 4 * room if place == before else max(room, min(4 * room, _LARGEST_ROOM))
        return cls.joined(parts)


def hamming_distances(queries: Codes, codes: Codes) -> Distances:
    """Count the differing bits of every query and every code.

    Parameters
    ----------
    queries, codes : ndarray of shape (Q, B) and (N, B), uint8
        Packed codes of one recipe.

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
    last, width = len(codes) if last is None else last, codes.shape[1]
    distances = np.empty(last - first, np.uint32)
    if NATIVE:
        codes, query = np.ascontiguousarray(codes), np.ascontiguousarray(query)
        native.hamming_all(codes, query, width, first, last, _METRICS[metric], distances)
        return distances
    step = max(1, _BLOCK_BYTES // max(1, width))
    for start in range(first, last, step):
        block = codes[start : min(start + step, last)]
        if metric == "bits":
            values = np.bitwise_count(np.bitwise_xor(block, query))
        else:
            values = np.maximum(block, query) - np.minimum(block, query)
        distances[start - first :][: len(block)] = values.sum(axis=1, dtype=np.uint32)
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
    last = len(codes) if last is None else last
    if not NATIVE:
        parts = []
        for number, query in enumerate(queries):
            distances = all_distances(codes, query, first=first, last=last, metric=metric)
            inside = distances <= limit
            if mask is not None:
                inside &= mask[first:last]
            rows = np.flatnonzero(inside)
            parts.append(RawHits.of_query(number, rows + first, distances[rows]))
        return RawHits.joined(parts)
    codes, queries = np.ascontiguousarray(codes), np.ascontiguousarray(queries)
    scan = partial(
        native.hamming_within, codes, queries, mask, codes.shape[1], first, last,
        _METRICS[metric], limit,
    )  # fmt: skip
    return RawHits.of_scan(scan, first, 0)


def nearest(
    codes: Codes, queries: Codes, k: int, *, first: int = 0, last: int | None = None,
    mask: NDArray[np.bool_] | None = None,
) -> RawHits:  # fmt: skip
    """Find the ``k`` nearest rows of each query; of equally near ones those that come first.

    Parameters are those of :func:`within`, in shape too; ``k`` is at least 1.
    """
    last = len(codes) if last is None else last
    k = max(1, min(k, last - first))
    parts = []
    if not NATIVE:
        for number, query in enumerate(queries[:, np.newaxis]):
            found = within(codes, query, _ALL, first=first, last=last, mask=mask)
            order = np.argsort(found.distances, kind="stable")[:k]
            parts.append(RawHits.of_query(number, found.rows[order], found.distances[order]))
        return RawHits.joined(parts)
    codes, step = np.ascontiguousarray(codes), max(1, _HEAP_ENTRIES // k)
    for start in range(0, len(queries), step):
        part = np.ascontiguousarray(queries[start : start + step])
        distances = np.empty((len(part), k), np.uint32)
        rows, sizes = np.empty((len(part), k), np.int64), np.zeros(len(part), np.int64)
        native.hamming_nearest(
            codes, part, mask, codes.shape[1], first, last, _METRICS["bits"], k,
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
        distances = all_distances(codes[listed], query, metric=metric)
        inside = distances <= limit
        if mask is not None:
            inside &= mask[listed]
        return listed[inside], distances[inside]
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
        added, found = refine(codes, query, listed, _ALL, mask=mask)
        rows = np.concatenate([best[1], added.astype(np.int64)])
        distances = np.concatenate([best[0], found])
        order = np.lexsort((rows, distances))[:k][::-1]
        return distances[order], rows[order]
    size = len(best[0])
    distances, rows = np.empty(k, np.uint32), np.empty(k, np.int64)
    distances[:size], rows[:size] = best
    codes, query, width = np.ascontiguousarray(codes), np.ascontiguousarray(query), codes.shape[1]
    size = native.hamming_refine_nearest(
        codes, query, mask, width, listed, k, distances, rows, size
    )
    return distances[:size], rows[:size]
