"""The kernels in plain NumPy: the truth that every faster one must equal bit for bit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri._typing import Codes, Distances

__all__ = ["above_mean", "hamming_distances", "quality_counts"]

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


def above_mean(values: NDArray[np.uint8], used: int, *, by_channel: bool = False) -> bytes:
    """Tell which values are above their mean, as packed bits.

    Parameters
    ----------
    values : ndarray of shape (H, W, C), uint8
        At most 2^24 pixels.
    used : int
        How many channels count, from the first.
    by_channel : bool
        Each channel against its own mean; else all under one.

    Returns
    -------
    bytes
        ``ceil(H W used / 8)`` bytes, pixel by pixel, channels last, first bit highest.
    """
    chosen = values[..., :used].astype(np.int64)
    axes = (0, 1) if by_channel else None
    count = values.shape[0] * values.shape[1] * (1 if by_channel else used)
    return np.packbits(chosen * count > chosen.sum(axis=axes)).tobytes()


def quality_counts(luma: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Count what a picture shows: its steps, and its tones.

    Parameters
    ----------
    luma : ndarray of shape (H, W), uint8
        At most 64 x 64 pixels.

    Returns
    -------
    ndarray of shape (34,), int32
        The sum of steps between rows, and between columns, in whole percent of full scale; then
        how many pixels have each of 32 tones.
    """
    wide = luma.astype(np.int32)
    steps = (wide[1:] - wide[:-1], wide[:, 1:] - wide[:, :-1])
    sums = [int((np.abs(step) * 100 // 255).sum()) for step in steps]
    tones = np.bincount((luma >> 3).ravel(), minlength=32)
    return np.array([*sums, *tones], np.int32)


def _check(array: Codes, name: str) -> None:
    if array.ndim != 2 or array.dtype != np.uint8:
        raise ValueError(
            f"`{name}` must be uint8 of shape (rows, bytes), not {array.dtype} {array.shape}"
        )
