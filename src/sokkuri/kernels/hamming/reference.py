"""The scans in plain NumPy: the truth that the C kernels must equal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Codes

_BLOCK_BYTES: Final = 1 << 22

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

        Parameters
        ----------
        query : int
        rows : ndarray of shape (M,), int64
        distances : ndarray of shape (M,), uint32
        """
        return cls(np.full(len(rows), query, np.int32), rows, distances)


def all_distances(
    codes: Codes, query: Codes, *, first: int = 0, last: int | None = None, metric: Metric = "bits"
) -> NDArray[np.uint32]:
    """Measure how far every row is from a query.

    Parameters are those of :func:`sokkuri.kernels.hamming.all_distances`, in shape too.
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
    codes: Codes, queries: Codes, limit: int, *, first: int = 0, last: int | None = None,
    mask: NDArray[np.bool_] | None = None, metric: Metric = "bits",
) -> RawHits:  # fmt: skip
    """Find all rows within a limit of each query.

    Parameters are those of :func:`sokkuri.kernels.hamming.within`, in shape too.
    """
    parts = []
    for number, query in enumerate(queries):
        distances = all_distances(codes, query, first=first, last=last, metric=metric)
        inside = distances <= limit
        if mask is not None:
            inside &= mask[first:last]
        rows = np.flatnonzero(inside)
        parts.append(RawHits.of_query(number, rows + first, distances[rows]))
    return RawHits.joined(parts)


def nearest(
    codes: Codes, queries: Codes, k: int, *, first: int = 0, last: int | None = None,
    mask: NDArray[np.bool_] | None = None, metric: Metric = "bits",
) -> RawHits:  # fmt: skip
    """Find the ``k`` nearest rows of each query.

    Parameters are those of :func:`sokkuri.kernels.hamming.nearest`, in shape too.
    """
    parts = []
    for number, query in enumerate(queries[:, np.newaxis]):
        found = within(codes, query, 0xFFFFFFFF, first=first, last=last, mask=mask, metric=metric)
        order = np.argsort(found.distances, kind="stable")[:k]
        parts.append(RawHits.of_query(number, found.rows[order], found.distances[order]))
    return RawHits.joined(parts)


def refine(
    codes: Codes, query: Codes, listed: NDArray[np.uint32], limit: int, *,
    mask: NDArray[np.bool_] | None = None, metric: Metric = "bits",
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:  # fmt: skip
    """Keep of the listed rows those within a limit of the query, in their order.

    Parameters are those of :func:`sokkuri.kernels.hamming.refine`, in shape too.
    """
    distances = all_distances(codes[listed], query, metric=metric)
    inside = distances <= limit
    if mask is not None:
        inside &= mask[listed]
    return listed[inside], distances[inside]


def refine_nearest(
    codes: Codes, query: Codes, listed: NDArray[np.uint32], k: int, best: Best, *,
    mask: NDArray[np.bool_] | None = None,
) -> Best:  # fmt: skip
    """Keep the ``k`` nearest of the listed rows and of the best so far.

    Parameters are those of :func:`sokkuri.kernels.hamming.refine_nearest`, in shape too.
    """
    rows, distances = refine(codes, query, listed, 0xFFFFFFFF, mask=mask)
    all_rows = np.concatenate([best[1], rows.astype(np.int64)])
    every = np.concatenate([best[0], distances])
    order = np.lexsort((all_rows, every))[:k][::-1]
    return every[order], all_rows[order]
