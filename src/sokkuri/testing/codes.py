"""Codes to search, and the answers to expect, from NumPy alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri._typing import Codes

__all__ = ["clustered_codes", "expected_hits"]


def clustered_codes(rows: int, width: int, seed: int = 0, *, spread: float = 0.06) -> Codes:
    """Make codes as photos have them: many near others, some equal, most far apart.

    Parameters
    ----------
    rows, width : int
        Number of codes, and their bytes.
    seed : int
    spread : float
        The share of bits in which a code differs from the middle of its cluster.

    Returns
    -------
    ndarray of shape (rows, width), uint8
    """
    random = np.random.default_rng(seed)
    middles = random.integers(0, 256, (max(1, rows // 8), width), np.uint8)
    codes = middles[random.integers(0, len(middles), rows)]
    flips = random.random((rows, 8 * width)) < spread * random.random((rows, 1)) * 2
    flips[random.random(rows) < 0.1] = False
    return codes ^ np.packbits(flips, axis=1)


def expected_hits(
    codes: Codes,
    query: Codes,
    *,
    max_distance: int | None = None,
    k: int | None = None,
    mask: NDArray[np.bool_] | None = None,
) -> list[tuple[int, int]]:
    """Return what a search must answer, as ``(row, distance)`` pairs.

    Parameters
    ----------
    codes : ndarray of shape (N, B), uint8
    query : ndarray of shape (B,) or (V, B), uint8
    max_distance, k, mask
        As of :meth:`sokkuri.protocols.Searcher.search`.
    """
    views = query.reshape(-1, codes.shape[1])
    distances = np.full(len(codes), 1 << 40)
    for view in views:
        counted = np.bitwise_count(codes ^ view).sum(axis=1, dtype=np.int64)
        distances = np.minimum(distances, counted)
    rows = np.arange(len(codes)) if mask is None else np.flatnonzero(mask)
    if max_distance is not None:
        rows = rows[distances[rows] <= max_distance]
    rows = rows[np.argsort(distances[rows], kind="stable")][:k]
    return list(zip(rows.tolist(), distances[rows].tolist(), strict=True))
