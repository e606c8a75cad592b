"""Multi-index hashing: tables of rows by parts of their codes, sorted and searched.

References
----------
M. Norouzi, A. Punjani, D. J. Fleet, "Fast Search in Hamming Space with Multi-Index Hashing", CVPR
2012.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sokkuri.kernels import NATIVE, native
from sokkuri.kernels.hamming import RawHits, refine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Codes


@dataclass(frozen=True, slots=True, eq=False)
class HashTable:
    """Rows of all codes, sorted by some of their bits.

    Parameters
    ----------
    first, bits : int
        The part: bits ``first`` to ``first + bits`` of a code, 28 at most.
    starts : ndarray of shape (2^bits + 1,), uint32
        The rows of bucket b are ``ids[starts[b]:starts[b + 1]]``.
    ids : ndarray of shape (N,), uint32
        Row numbers, ascending within a bucket.
    """

    first: int
    bits: int
    starts: NDArray[np.uint32]
    ids: NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """A table, and the buckets around a query's own that are looked into.

    Parameters
    ----------
    table : HashTable
    radius : int
        Buckets whose number differs in so many bits at most; -1 for none at all.
    flips : ndarray of shape (P,), uint32
        Bits to flip of a bucket's number: every number of ``radius`` set bits at most, once.
    """

    table: HashTable
    radius: int
    flips: NDArray[np.uint32]


def sort_rows(codes: Codes, first: int, bits: int) -> HashTable:
    """Sort rows by bits ``first`` to ``first + bits`` of their codes.

    Parameters
    ----------
    codes : ndarray of shape (N, B), uint8
    first, bits : int
    """
    starts, ids = np.zeros((1 << bits) + 1, np.uint32), np.empty(len(codes), np.uint32)
    if NATIVE:
        native.mih_sort(np.ascontiguousarray(codes), codes.shape[1], first, bits, starts, ids)
    else:
        keys = _keys(codes, first, bits)
        starts[1:] = np.cumsum(np.bincount(keys, minlength=1 << bits))
        ids[:] = np.argsort(keys, kind="stable")
    return HashTable(first, bits, starts, ids)


def candidates(codes: Codes, queries: Codes, probes: Sequence[Probe]) -> int:
    """Count the rows in the buckets that the queries look into, all queries together.

    Parameters
    ----------
    codes, queries : ndarray of shape (N, B) and (Q, B), uint8
    probes : sequence of Probe
    """
    if not NATIVE:
        return sum(len(rows) for query in queries for rows in _looked_into(query, probes))
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
        parts = []
        for number, query in enumerate(queries):
            looked = [np.empty(0, np.uint32), *_looked_into(query, probes)]
            listed = np.unique(np.concatenate(looked))
            kept, near = refine(codes, query, listed, limit, mask=mask)
            parts.append(RawHits.of_query(number, kept.astype(np.int64), near))
        return RawHits.joined(parts)
    codes, queries = np.ascontiguousarray(codes), np.ascontiguousarray(queries)
    width, tables = codes.shape[1], _tables(probes)
    return RawHits.of_scan(
        partial(native.mih_within, codes, queries, mask, width, tables, limit), 0
    )


def _tables(probes: Sequence[Probe]) -> tuple[tuple[Any, ...], ...]:
    return tuple(
        (
            probe.table.first, probe.table.bits, probe.table.starts, probe.table.ids, probe.flips,
            len(probe.flips), max(0, probe.radius),
        )
        for probe in probes
    )  # fmt: skip


def _looked_into(query: Codes, probes: Sequence[Probe]) -> Iterator[NDArray[np.uint32]]:
    for probe in probes:
        table = probe.table
        key = _keys(query[np.newaxis], table.first, table.bits)[0]
        for bucket in (key ^ probe.flips).tolist():
            yield table.ids[table.starts[bucket] : table.starts[bucket + 1]]


def _keys(codes: Codes, first: int, bits: int) -> NDArray[np.uint32]:
    part = np.unpackbits(codes, axis=1)[:, first : first + bits]
    weights = np.left_shift(1, np.arange(bits - 1, -1, -1, dtype=np.uint32), dtype=np.uint32)
    return part.astype(np.uint32) @ weights
