"""Recomputes distances by itself and says whether an answer is right, ties treated fairly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sokkuri.matches import Hits

Codes = NDArray[np.uint8]


def check(
    hits: Hits, codes: Codes, queries: Codes, *, k: int | None = None, radius: int | None = None
) -> None:
    """Compare an answer of ours with NumPy's: rows, distances and order.

    Raises
    ------
    AssertionError
        If anything differs.
    """
    for number, query in enumerate(queries):
        distances = all_distances(codes, query)
        rows = np.arange(len(codes)) if radius is None else np.flatnonzero(distances <= radius)
        if k is not None and len(rows) > k:
            rows = rows[distances[rows] <= np.partition(distances[rows], k - 1)[k - 1]]
        rows = rows[np.argsort(distances[rows], kind="stable")][:k]
        part = slice(int(hits.offsets[number]), int(hits.offsets[number + 1]))
        assert np.array_equal(hits.rows[part], rows), f"query {number}: other rows"
        assert np.array_equal(hits.distances[part], distances[rows]), f"query {number}: distances"


def check_distances(found: NDArray[np.int32], codes: Codes, queries: Codes, k: int) -> None:
    """Compare the k smallest distances of another engine, which may order ties as it likes."""
    for number, query in enumerate(queries):
        expected = np.partition(all_distances(codes, query), k - 1)[:k]
        assert np.array_equal(np.sort(found[number]), np.sort(expected)), f"query {number}"


def check_pairs(
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    distances: NDArray[np.uint32],
    codes: Codes,
    radius: int,
    sampled: int,
) -> None:
    """Compare the pairs of some rows, spread evenly, with NumPy's.

    Raises
    ------
    AssertionError
        If any differs.
    """
    assert (first < second).all(), "a pair is the wrong way round"
    for row in range(0, len(codes), max(1, len(codes) // sampled)):
        expected = all_distances(codes, codes[row])
        later = np.flatnonzero(expected <= radius)
        later = later[later > row]
        here = first == row
        order = np.argsort(second[here])
        assert np.array_equal(second[here][order], later), f"row {row}: other pairs"
        assert np.array_equal(distances[here][order], expected[later]), f"row {row}: distances"


def all_distances(codes: Codes, query: Codes) -> NDArray[np.int64]:
    """Return how many bits each code differs in, some rows at a time."""
    step = max(1, (1 << 24) // codes.shape[1])
    parts = [
        np.bitwise_count(codes[at : at + step] ^ query).sum(axis=1, dtype=np.int64)
        for at in range(0, len(codes), step)
    ]
    return np.concatenate([np.empty(0, np.int64), *parts])
