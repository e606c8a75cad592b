"""Multi-index hashing in plain NumPy: the truth that the C kernels must equal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sokkuri.kernels.hamming.reference import RawHits, refine

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


def sort_rows(codes: Codes, first: int, bits: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Sort rows by bits ``first`` to ``first + bits`` of their codes.

    Parameters are those of :func:`sokkuri.kernels.mih.sort_rows`, in shape too.
    """
    keys = _keys(codes, first, bits)
    counts = np.bincount(keys, minlength=1 << bits)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32)
    return starts, np.argsort(keys, kind="stable").astype(np.uint32)


def candidates(queries: Codes, probes: Sequence[Probe]) -> int:
    """Count the rows in the buckets that the queries look into, all queries together.

    Parameters
    ----------
    queries : ndarray of shape (Q, B), uint8
    probes : sequence of Probe
    """
    return sum(len(rows) for query in queries for rows in _looked_into(query, probes))


def within_tables(
    codes: Codes, queries: Codes, limit: int, probes: Sequence[Probe], *,
    mask: NDArray[np.bool_] | None = None,
) -> RawHits:  # fmt: skip
    """Find all rows within a limit of each query, through tables.

    Parameters are those of :func:`sokkuri.kernels.mih.within_tables`, in shape too.
    """
    parts = []
    for number, query in enumerate(queries):
        looked = [np.empty(0, np.uint32), *_looked_into(query, probes)]
        listed = np.unique(np.concatenate(looked))
        rows, distances = refine(codes, query, listed, limit, mask=mask)
        parts.append(RawHits.of_query(number, rows.astype(np.int64), distances))
    return RawHits.joined(parts)


def _looked_into(query: Codes, probes: Sequence[Probe]) -> Iterator[NDArray[np.uint32]]:
    for probe in probes:
        if probe.radius < 0:
            continue
        table = probe.table
        key = _keys(query[np.newaxis], table.first, table.bits)[0]
        for bucket in (key ^ probe.flips).tolist():
            yield table.ids[table.starts[bucket] : table.starts[bucket + 1]]


def _keys(codes: Codes, first: int, bits: int) -> NDArray[np.uint32]:
    part = np.unpackbits(codes, axis=1)[:, first : first + bits]
    weights = np.left_shift(1, np.arange(bits - 1, -1, -1, dtype=np.uint32), dtype=np.uint32)
    return part.astype(np.uint32) @ weights
