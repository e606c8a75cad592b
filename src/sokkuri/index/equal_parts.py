"""All pairs within a small distance of long codes, found by the parts in which they are equal.

Two codes that differ in at most d bits are equal in at least one of any d + 1 parts.  Bits are
dealt to the parts in turn, so that a part has some of each place of the picture, and codes of
different pictures are seldom equal in one.  What is equal is compared whole: nothing is missed, and
nothing is found that is farther.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.kernels.bitops import choose_bits

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sokkuri._typing import Codes, Progress

_LEAST_CODES: Final = 4096
_LEAST_PART_BITS: Final = 32
_TRIED_PARTS: Final = 3
_MOST_CANDIDATES: Final = 60
"""So many for each code, in all parts together, are still cheaper than any other way."""

_MOST_AT_ONCE: Final = 1 << 22
"""Of more candidates in one part there is a crowd, for which other ways are made."""

_STEP: Final = 1 << 15


def rows_by_equal_parts(
    codes: Codes,
    bits: int,
    mirrored: NDArray[np.int64] | None,
    measure: Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.uint32]],
    max_distance: int,
    progress: Progress | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint32]] | None:
    """Find all pairs of rows within a distance; None where another way is better.

    Parameters
    ----------
    codes : ndarray of shape (N, B), uint8
    bits : int
        How many of the 8 B bits have a meaning.
    mirrored : ndarray of shape (bits,), int64, optional
        As of :class:`sokkuri.metric.Metric`.
    measure : callable
        Returns the distances of pairs of rows, shape (M,), uint32.
    max_distance : int
    progress : callable, optional
        Called as ``progress(rows done, all rows)``.

    Returns
    -------
    first, second, distances : ndarray of shape (M,), int64, int64 and uint32
        Each pair once, ``first < second``.
    """
    parts = max_distance + 1
    if len(codes) < _LEAST_CODES or bits < parts * _LEAST_PART_BITS:
        return None
    equal_in = partial(_candidates, codes, bits, mirrored, parts)
    tried = [equal_in(parts * number // _TRIED_PARTS) for number in range(_TRIED_PARTS)]
    most = _MOST_CANDIDATES * _TRIED_PARTS * len(codes) // parts
    if sum(most + 1 if each is None else len(each) for each in tried) > most:
        return None
    known, distances = np.empty(0, np.int64), np.empty(0, np.uint32)
    for part in range(parts):
        candidates = equal_in(part)
        if candidates is None:
            return None
        fresh = np.setdiff1d(candidates, known, assume_unique=True)
        for start in range(0, len(fresh), _STEP):
            block = fresh[start : start + _STEP]
            found = measure(*np.divmod(block, len(codes)))
            near = found <= max_distance
            known = np.concatenate([known, block[near]])
            distances = np.concatenate([distances, found[near]])
        if progress is not None:
            progress(len(codes) * (part + 1) // parts, len(codes))
    first, second = np.divmod(known, len(codes))
    return first, second, distances


def _candidates(
    codes: Codes, bits: int, mirrored: NDArray[np.int64] | None, parts: int, part: int
) -> NDArray[np.int64] | None:
    """Return the pairs that are equal in a part as ``first * N + second``, each once, ascending.

    None if they are too many.
    """
    count = len(codes)
    chosen = np.arange(part, bits, parts)
    keys = _digests(choose_bits(codes, chosen))
    if mirrored is not None:
        keys = np.concatenate([keys, _digests(choose_bits(codes, mirrored[chosen]))])
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    sizes = np.diff(np.flatnonzero(np.diff(keys, prepend=~keys[:1])), append=len(keys))
    if int((sizes * (sizes - 1) // 2).sum()) > _MOST_AT_ONCE:
        return None
    found = [np.empty(0, np.int64)]
    # Equal keys lie side by side: first those that are neighbours, then those two apart, and so on.
    starts = np.arange(len(order) - 1)
    for gap in range(1, int(sizes.max())):
        starts = starts[: np.searchsorted(starts, len(order) - gap)]
        starts = starts[keys[starts] == keys[starts + gap]]
        ends = np.sort([order[starts], order[starts + gap]], axis=0)
        # Of two mirrored codes the plain ones tell.
        low, high = np.sort(ends[:, ends[0] < count] % count, axis=0)
        found.append((low * count + high)[low != high])
    return np.unique(np.concatenate(found))


def _digests(keys: Codes) -> NDArray[np.uint64]:
    """Return a number for each row, equal for equal rows; others are seldom equal, too."""
    words = np.zeros((len(keys), -(-keys.shape[1] // 8) * 8), np.uint8)
    words[:, : keys.shape[1]] = keys
    numbers = np.zeros(len(keys), np.uint64)
    for column in words.view(np.uint64).T:
        numbers = (numbers ^ column) * np.uint64(0x9E3779B97F4A7C15)
        numbers ^= numbers >> np.uint64(29)
    return numbers
