"""The scans in C; see :mod:`sokkuri.kernels.near.reference` for what each of them does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.kernels.built import native
from sokkuri.kernels.near.found import Best, Found, Metric

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri._typing import Codes

__all__ = ["all_distances", "nearest", "refine", "refine_nearest", "within"]

_METRICS: Final = {"bits": 0, "sums": 1}

# Hits are collected in arrays of this length, and the next ones in longer ones.
_FIRST_ROOM: Final = 4096
_LARGEST_ROOM: Final = 1 << 22
# Heaps of so many entries are made at once, whatever the number of queries.
_HEAP_ENTRIES: Final = 1 << 22


def all_distances(
    codes: Codes, query: Codes, *, first: int = 0, last: int | None = None, metric: Metric = "bits"
) -> NDArray[np.uint32]:
    """Return how far every row is from a query."""
    last = len(codes) if last is None else last
    distances = np.empty(last - first, np.uint32)
    native.near_all(
        _flat(codes), _flat(query), codes.shape[1], first, last, _METRICS[metric], distances
    )
    return distances


def within(
    codes: Codes,
    queries: Codes,
    limit: int,
    *,
    first: int = 0,
    last: int | None = None,
    mask: NDArray[np.bool_] | None = None,
    metric: Metric = "bits",
) -> Found:
    """Find all rows within a limit of each query."""
    last = len(codes) if last is None else last
    codes, queries, width = _flat(codes), _flat(queries), codes.shape[1]
    parts = []
    done, block, query, room = 0, first, 0, _FIRST_ROOM
    while not done:
        numbers = np.empty(room, np.int32)
        rows, distances = np.empty(room, np.int64), np.empty(room, np.uint32)
        done, count, block, query = native.near_within(
            codes, queries, mask, width, first, last, _METRICS[metric], limit,
            numbers, rows, distances, block, query,
        )  # fmt: skip
        parts.append(Found(numbers[:count], rows[:count], distances[:count]))
        room = min(4 * room, _LARGEST_ROOM)
    return Found.joined(parts)


def nearest(
    codes: Codes,
    queries: Codes,
    k: int,
    *,
    first: int = 0,
    last: int | None = None,
    mask: NDArray[np.bool_] | None = None,
    metric: Metric = "bits",
) -> Found:
    """Find the ``k`` nearest rows of each query; of equally near ones those that come first."""
    last = len(codes) if last is None else last
    k = max(1, min(k, last - first))
    step = max(1, _HEAP_ENTRIES // k)
    parts = []
    for start in range(0, len(queries), step):
        part = queries[start : start + step]
        distances = np.empty((len(part), k), np.uint32)
        rows, sizes = np.empty((len(part), k), np.int64), np.zeros(len(part), np.int64)
        native.near_nearest(
            _flat(codes), _flat(part), mask, codes.shape[1], first, last, _METRICS[metric], k,
            distances, rows, sizes,
        )  # fmt: skip
        used = np.arange(k) < sizes[:, np.newaxis]
        numbers = np.repeat(np.arange(start, start + len(part), dtype=np.int32), sizes)
        parts.append(Found(numbers, rows[used], distances[used]))
    return Found.joined(parts)


def refine(
    codes: Codes,
    query: Codes,
    listed: NDArray[np.uint32],
    limit: int,
    *,
    mask: NDArray[np.bool_] | None = None,
    metric: Metric = "bits",
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Keep of the listed rows those within a limit of the query, in their order."""
    rows, distances = listed.copy(), np.empty(len(listed), np.uint32)
    count = native.near_refine(
        _flat(codes), _flat(query), mask, codes.shape[1], _METRICS[metric], limit, rows, distances
    )
    return rows[:count], distances[:count]


def refine_nearest(
    codes: Codes,
    query: Codes,
    listed: NDArray[np.uint32],
    k: int,
    best: Best,
    *,
    mask: NDArray[np.bool_] | None = None,
) -> Best:
    """Return the ``k`` nearest of the listed rows and of the best so far; no row is in both."""
    size = len(best[0])
    distances, rows = np.empty(k, np.uint32), np.empty(k, np.int64)
    distances[:size], rows[:size] = best
    size = native.near_refine_nearest(
        _flat(codes), _flat(query), mask, codes.shape[1], listed, k, distances, rows, size
    )
    return distances[:size], rows[:size]


def _flat(array: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the bytes without gaps; mapped files and fresh arrays are so already."""
    return np.ascontiguousarray(array)
