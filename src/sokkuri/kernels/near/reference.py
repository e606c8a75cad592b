"""The scans in plain NumPy: the truth that the C kernels must equal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.kernels.near.found import Best, Found, Metric

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri._typing import Codes

__all__ = ["all_distances", "nearest", "refine", "refine_nearest", "within"]

_BLOCK_BYTES: Final = 1 << 22


def all_distances(
    codes: Codes, query: Codes, *, first: int = 0, last: int | None = None, metric: Metric = "bits"
) -> NDArray[np.uint32]:
    """Return how far every row is from a query.

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
    part = codes[first:last]
    distances = np.empty(len(part), np.uint32)
    step = max(1, _BLOCK_BYTES // max(1, codes.shape[1]))
    for start in range(0, len(part), step):
        block = part[start : start + step]
        if metric == "bits":
            values = np.bitwise_count(np.bitwise_xor(block, query))
        else:
            values = np.maximum(block, query) - np.minimum(block, query)
        distances[start : start + step] = values.sum(axis=1, dtype=np.uint32)
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
    """Find all rows within a limit of each query.

    Parameters
    ----------
    codes : ndarray of shape (N, B), uint8
    queries : ndarray of shape (Q, B), uint8
    limit : int
        The largest distance that counts, 0 to 2^32 - 1.
    first, last : int
        Rows to compare.
    mask : ndarray of shape (N,), bool, optional
        Only rows where it is true count.
    metric : {"bits", "sums"}
    """
    parts = []
    for number, query in enumerate(queries):
        distances = all_distances(codes, query, first=first, last=last, metric=metric)
        inside = distances <= limit
        if mask is not None:
            inside &= mask[first:last]
        rows = np.flatnonzero(inside)
        parts.append(Found.of_query(number, rows + first, distances[rows]))
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
    """Find the ``k`` nearest rows of each query; of equally near ones those that come first.

    Parameters are those of :func:`within`; ``k`` is at least 1.
    """
    parts = []
    for number, query in enumerate(queries):
        found = within(
            codes, query[np.newaxis], 0xFFFFFFFF, first=first, last=last, mask=mask, metric=metric
        )
        order = np.argsort(found.distances, kind="stable")[:k]
        parts.append(Found.of_query(number, found.rows[order], found.distances[order]))
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
    """Keep of the listed rows those within a limit of the query, in their order.

    Parameters
    ----------
    listed : ndarray of shape (M,), uint32
        Row numbers.

    Returns
    -------
    rows, distances : ndarray of shape (K,), uint32
    """
    distances = all_distances(codes[listed], query, metric=metric)
    inside = distances <= limit
    if mask is not None:
        inside &= mask[listed]
    return listed[inside], distances[inside]


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
    rows, distances = refine(codes, query, listed, 0xFFFFFFFF, mask=mask)
    all_rows = np.concatenate([best[1], rows.astype(np.int64)])
    every = np.concatenate([best[0], distances])
    order = np.lexsort((all_rows, every))[:k][::-1]
    return every[order], all_rows[order]
