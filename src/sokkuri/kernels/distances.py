"""The distances of every query and every code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sokkuri.kernels.near import all_distances

if TYPE_CHECKING:
    from sokkuri._typing import Codes, Distances

__all__ = ["check_codes", "hamming_distances"]


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
    check_codes(queries, codes)
    distances = np.empty((len(queries), len(codes)), np.uint32)
    for number, query in enumerate(queries):
        distances[number] = all_distances(codes, query)
    return distances


def check_codes(queries: Codes, codes: Codes) -> None:
    """Refuse what are no packed codes, or codes of two widths.

    Raises
    ------
    ValueError
    """
    for array, name in ((queries, "queries"), (codes, "codes")):
        if array.ndim != 2 or array.dtype != np.uint8 or array.shape[1] < 1:
            raise ValueError(
                f"`{name}` must be uint8 of shape (rows, bytes), not {array.dtype} {array.shape}"
            )
    if queries.shape[1] != codes.shape[1]:
        raise ValueError(
            f"`queries` have {queries.shape[1]} bytes a code and `codes` {codes.shape[1]}"
        )
