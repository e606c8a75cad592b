"""Multi-index hashing in C; see :mod:`sokkuri.kernels.mih.reference` for what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sokkuri.kernels.built import native
from sokkuri.kernels.near.found import Found

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.kernels.mih.table import Probe

__all__ = ["candidates", "sort_rows", "within_tables"]

_FIRST_ROOM: Final = 4096
_LARGEST_ROOM: Final = 1 << 22


def sort_rows(codes: Codes, first: int, bits: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Sort rows by bits ``first`` to ``first + bits`` of their codes."""
    starts, ids = np.empty((1 << bits) + 1, np.uint32), np.empty(len(codes), np.uint32)
    native.mih_sort(np.ascontiguousarray(codes), codes.shape[1], first, bits, starts, ids)
    return starts, ids


def candidates(codes: Codes, queries: Codes, probes: Sequence[Probe]) -> int:
    """Return how many rows lie in the buckets that the queries look into, all queries together."""
    return native.mih_candidates(
        np.ascontiguousarray(codes), np.ascontiguousarray(queries), codes.shape[1], _told(probes)
    )


def within_tables(
    codes: Codes,
    queries: Codes,
    limit: int,
    probes: Sequence[Probe],
    *,
    mask: NDArray[np.bool_] | None = None,
) -> Found:
    """Find all rows within a limit of each query, through tables."""
    codes, queries = np.ascontiguousarray(codes), np.ascontiguousarray(queries)
    tables = _told(probes)
    parts = []
    done, query, room = 0, 0, _FIRST_ROOM
    while not done:
        numbers = np.empty(room, np.int32)
        rows, distances = np.empty(room, np.int64), np.empty(room, np.uint32)
        before = query
        done, count, query = native.mih_within(
            codes, queries, mask, codes.shape[1], tables, limit, numbers, rows, distances, query
        )
        parts.append(Found(numbers[:count], rows[:count], distances[:count]))
        # One query's hits must find room together.
        room = 4 * room if query == before else max(room, min(4 * room, _LARGEST_ROOM))
    return Found.joined(parts)


def _told(probes: Sequence[Probe]) -> tuple[tuple[Any, ...], ...]:
    return tuple(
        (
            probe.table.first, probe.table.bits, probe.table.starts, probe.table.ids, probe.flips,
            len(probe.flips), max(0, probe.radius),
        )
        for probe in probes
    )  # fmt: skip
