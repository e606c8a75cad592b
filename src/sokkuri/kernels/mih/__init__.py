"""Multi-index hashing: tables of rows by parts of their codes, sorted and searched.

Every function runs in C where that was built, and in its NumPy twin in :mod:`.reference` elsewhere.

References
----------
M. Norouzi, A. Punjani, D. J. Fleet, "Fast Search in Hamming Space with Multi-Index Hashing", CVPR
2012.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sokkuri.kernels.hamming.reference import RawHits
from sokkuri.kernels.loader import NATIVE, native
from sokkuri.kernels.mih import reference
from sokkuri.kernels.mih.reference import HashTable, Probe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Codes

__all__ = ["HashTable", "Probe", "candidates", "sort_rows", "within_tables"]

_FIRST_ROOM: Final = 4096
_LARGEST_ROOM: Final = 1 << 22


def sort_rows(codes: Codes, first: int, bits: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Sort rows by bits ``first`` to ``first + bits`` of their codes.

    Parameters
    ----------
    codes : ndarray of shape (N, B), uint8
    first, bits : int

    Returns
    -------
    starts : ndarray of shape (2^bits + 1,), uint32
    ids : ndarray of shape (N,), uint32
    """
    if not NATIVE:
        return reference.sort_rows(codes, first, bits)
    starts, ids = np.empty((1 << bits) + 1, np.uint32), np.empty(len(codes), np.uint32)
    native.mih_sort(np.ascontiguousarray(codes), codes.shape[1], first, bits, starts, ids)
    return starts, ids


def candidates(codes: Codes, queries: Codes, probes: Sequence[Probe]) -> int:
    """Count the rows in the buckets that the queries look into, all queries together.

    Parameters
    ----------
    codes, queries : ndarray of shape (N, B) and (Q, B), uint8
    probes : sequence of Probe
    """
    if not NATIVE:
        return reference.candidates(queries, probes)
    codes, queries = np.ascontiguousarray(codes), np.ascontiguousarray(queries)
    return native.mih_candidates(codes, queries, codes.shape[1], _tables(probes))


def within_tables(
    codes: Codes, queries: Codes, limit: int, probes: Sequence[Probe], *,
    mask: NDArray[np.bool_] | None = None,
) -> RawHits:  # fmt: skip
    """Find all rows within a limit of each query, through tables.

    Parameters
    ----------
    codes : ndarray of shape (N, B), uint8
        Codes that the tables were made of.
    queries : ndarray of shape (Q, B), uint8
    limit : int
        The largest distance that counts.  All rows within it are found if the radii of the probes,
        plus 1 each, sum to more than it.
    probes : sequence of Probe
    mask : ndarray of shape (N,), bool, optional
        Only rows where it is true count.
    """
    if not NATIVE:
        return reference.within_tables(codes, queries, limit, probes, mask=mask)
    codes, queries = np.ascontiguousarray(codes), np.ascontiguousarray(queries)
    tables = _tables(probes)
    parts = []
    done, query, room = 0, 0, _FIRST_ROOM
    while not done:
        numbers = np.empty(room, np.int32)
        rows, distances = np.empty(room, np.int64), np.empty(room, np.uint32)
        before = query
        done, count, query = native.mih_within(
            codes, queries, mask, codes.shape[1], tables, limit, numbers, rows, distances, query
        )
        parts.append(RawHits(numbers[:count], rows[:count], distances[:count]))
        # One query's hits must find room together.
        room = 4 * room if query == before else max(room, min(4 * room, _LARGEST_ROOM))
    return RawHits.joined(parts)


def _tables(probes: Sequence[Probe]) -> tuple[tuple[Any, ...], ...]:
    return tuple(
        (
            probe.table.first, probe.table.bits, probe.table.starts, probe.table.ids, probe.flips,
            len(probe.flips), max(0, probe.radius),
        )
        for probe in probes
    )  # fmt: skip
