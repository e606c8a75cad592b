"""Multi-index hashing in plain NumPy: the truth that the C kernels must equal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sokkuri.kernels.near.found import Found
from sokkuri.kernels.near.reference import refine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.kernels.mih.table import Probe

__all__ = ["candidates", "sort_rows", "within_tables"]


def sort_rows(codes: Codes, first: int, bits: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Sort rows by bits ``first`` to ``first + bits`` of their codes.

    Returns
    -------
    starts : ndarray of shape (2^bits + 1,), uint32
    ids : ndarray of shape (N,), uint32
    """
    keys = _keys(codes, first, bits)
    counts = np.bincount(keys, minlength=1 << bits)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32)
    return starts, np.argsort(keys, kind="stable").astype(np.uint32)


def candidates(codes: Codes, queries: Codes, probes: Sequence[Probe]) -> int:
    """Return how many rows lie in the buckets that the queries look into, all queries together."""
    del codes
    return sum(len(rows) for query in queries for _, rows in _looked_into(query, probes))


def within_tables(
    codes: Codes,
    queries: Codes,
    limit: int,
    probes: Sequence[Probe],
    *,
    mask: NDArray[np.bool_] | None = None,
) -> Found:
    """Find all rows within a limit of each query, through tables.

    Parameters
    ----------
    codes : ndarray of shape (N, B), uint8
        What the tables were made of.
    queries : ndarray of shape (Q, B), uint8
    limit : int
        The largest distance that counts.  All rows within it are found if the radii of the probes,
        plus 1 each, sum to more than it.
    probes : sequence of Probe
    mask : ndarray of shape (N,), bool, optional
        Only rows where it is true count.
    """
    parts = []
    for number, query in enumerate(queries):
        looked = [rows for _, rows in _looked_into(query, probes)]
        listed = np.unique(np.concatenate([np.empty(0, np.uint32), *looked]))
        rows, distances = refine(codes, query, listed, limit, mask=mask)
        parts.append(Found.of_query(number, rows.astype(np.int64), distances))
    return Found.joined(parts)


def _looked_into(
    query: Codes, probes: Sequence[Probe]
) -> Iterator[tuple[Probe, NDArray[np.uint32]]]:
    for probe in probes:
        if probe.radius < 0:
            continue
        table = probe.table
        key = _keys(query[np.newaxis], table.first, table.bits)[0]
        for bucket in (key ^ probe.flips).tolist():
            yield probe, table.ids[table.starts[bucket] : table.starts[bucket + 1]]


def _keys(codes: Codes, first: int, bits: int) -> NDArray[np.uint32]:
    part = np.unpackbits(codes, axis=1)[:, first : first + bits]
    weights = np.left_shift(1, np.arange(bits - 1, -1, -1, dtype=np.uint32), dtype=np.uint32)
    return part.astype(np.uint32) @ weights
