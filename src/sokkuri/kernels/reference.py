"""The kernels in plain NumPy: the truth that every faster one must equal bit for bit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from sokkuri._typing import Codes, Distances

__all__ = ["hamming_distances"]

_BLOCK_BYTES: Final = 1 << 22


def hamming_distances(queries: Codes, codes: Codes) -> Distances:
    """Count the differing bits of every query and every code.

    Parameters
    ----------
    queries : ndarray of shape (Q, B), uint8
        Packed codes.
    codes : ndarray of shape (N, B), uint8
        Packed codes of the same recipe.

    Returns
    -------
    ndarray of shape (Q, N), uint32
        Distances in bits, 0 to 8 B.  Costs O(Q N B) time; scratch memory stays near 4 MiB.

    Raises
    ------
    ValueError
        If the arrays are not two-dimensional uint8 of one width.
    """
    _check(queries, "queries")
    _check(codes, "codes")
    if queries.shape[1] != codes.shape[1]:
        raise ValueError(
            f"`queries` have {queries.shape[1]} bytes a code and `codes` {codes.shape[1]}"
        )
    distances = np.empty((len(queries), len(codes)), np.uint32)
    rows = max(1, _BLOCK_BYTES // max(1, codes.shape[1]))
    for number, query in enumerate(queries):
        for start in range(0, len(codes), rows):
            block = codes[start : start + rows]
            counts = np.bitwise_count(np.bitwise_xor(block, query))
            distances[number, start : start + rows] = counts.sum(axis=1, dtype=np.uint32)
    return distances


def _check(array: Codes, name: str) -> None:
    if array.ndim != 2 or array.dtype != np.uint8:
        raise ValueError(
            f"`{name}` must be uint8 of shape (rows, bytes), not {array.dtype} {array.shape}"
        )
