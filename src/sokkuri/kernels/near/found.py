"""What a scan finds, as flat arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Best", "Found", "Metric"]

Metric: TypeAlias = Literal["bits", "sums"]
"""How far two rows are apart: the number of differing bits, or the sum of the differences of bytes
without sign."""

Best: TypeAlias = "tuple[NDArray[np.uint32], NDArray[np.int64]]"
"""Distances and rows of the nearest so far, as a heap: the farthest (distance, row) comes first."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
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
    def joined(cls, parts: Sequence[Found]) -> Found:
        """Return the hits of several scans together."""
        if len(parts) == 1:
            return parts[0]
        return cls(
            np.concatenate([np.empty(0, np.int32), *(part.queries for part in parts)]),
            np.concatenate([np.empty(0, np.int64), *(part.rows for part in parts)]),
            np.concatenate([np.empty(0, np.uint32), *(part.distances for part in parts)]),
        )

    @classmethod
    def of_query(cls, query: int, rows: NDArray[np.int64], distances: NDArray[np.uint32]) -> Found:
        """Return the hits of one query."""
        return cls(np.full(len(rows), query, np.int32), rows, distances)
