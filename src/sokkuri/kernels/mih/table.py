"""A table of rows by a part of their codes, and how far around a query it is looked into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Probe", "Table"]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The rows of all codes, sorted by some of their bits.

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
    table : Table
    radius : int
        Buckets whose number differs in so many bits at most; -1 for none at all.
    flips : ndarray of shape (P,), uint32
        What to flip of a bucket's number: every number of ``radius`` set bits at most, once.
    """

    table: Table
    radius: int
    flips: NDArray[np.uint32]
