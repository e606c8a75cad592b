"""The measures, as functions of arrays: no files, no hashes, no threads."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["false_positives", "nearest", "precision_at", "recall_at_rate", "threshold_at_rate"]


def nearest(distances: NDArray[Any], own: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """Rank all other photos and return the first ``k``, in the order (distance, row).

    Parameters
    ----------
    distances : ndarray of shape (Q, N), integer
        From each query to every photo.
    own : ndarray of shape (Q,), int64
        The row of each query itself, which is left out.
    k : int
        How many; all others where there are fewer.

    Returns
    -------
    ndarray of shape (Q, min(k, N - 1)), int64
        Row numbers.
    """
    queries, photos = distances.shape
    k = min(k, photos - 1)
    # Distance and row in one number, so that no two are equal and any selection is in order.
    keys: NDArray[np.int64] = distances.astype(np.int64) * photos + np.arange(photos)
    keys[np.arange(queries), own] = np.iinfo(np.int64).max
    if k < photos - 1:
        keys = np.partition(keys, k, axis=1)[:, :k]
    ranked: NDArray[np.int64] = np.sort(keys, axis=1)[:, :k] % photos
    return ranked


def precision_at(k: int, hits: NDArray[np.bool_]) -> float:
    """Return the mean share of hits among the first ``k`` of each ranking.

    Parameters
    ----------
    k : int
        At least 1.  Where fewer were ranked, the share is of those that were.
    hits : ndarray of shape (Q, K), bool
        Whether each of the nearest photos is one that was wanted, nearest first.
    """
    first = hits[:, :k]
    # Counted in whole numbers and divided once, so that no order of summing shows.
    return int(first.sum()) / first.size if first.size else 0.0


def threshold_at_rate(unrelated: ArrayLike, rate: float) -> int:
    """Return the largest distance that lets through at most ``rate`` of the unrelated pairs.

    Parameters
    ----------
    unrelated : array_like of shape (bits + 1,), integer
        How many unrelated pairs lie at each distance.
    rate : float
        Largest share of pairs at or below the threshold, read as the decimal it is written as.

    Returns
    -------
    int
        From -1 (not even distance 0 will do) to ``bits``.  With fewer than ``1 / rate`` pairs this
        is just below the smallest unrelated distance.

    Raises
    ------
    ValueError
        If there are no pairs, or ``rate`` is not within 0 to 1.
    """
    counts = np.asarray(unrelated, np.int64)
    pairs = int(counts.sum())
    if not pairs:
        raise ValueError("without unrelated pairs there is no threshold")
    if not 0 <= rate <= 1:
        raise ValueError(f"`rate` must lie within 0 and 1, not {rate}")
    # 1e-5 * 300_000 is not 3 in binary; the fraction of the decimal is.
    allowed = math.floor(Fraction(repr(float(rate))) * pairs)
    return int(np.searchsorted(np.cumsum(counts), allowed, side="right")) - 1


def false_positives(unrelated: ArrayLike, threshold: int) -> int:
    """Count the unrelated pairs at or below a threshold; see :func:`threshold_at_rate`."""
    return int(np.asarray(unrelated, np.int64)[: threshold + 1].sum())


def recall_at_rate(genuine: ArrayLike, unrelated: ArrayLike, rate: float) -> tuple[float, int]:
    """Return the share of genuine pairs found where ``rate`` of the unrelated ones pass.

    Parameters
    ----------
    genuine : array_like of int
        Distances of pairs that belong together.
    unrelated : array_like of int
        Distances of pairs that do not.
    rate : float
        The largest share of unrelated pairs at or below the threshold.

    Returns
    -------
    recall : float
        Share of ``genuine`` at or below the threshold.
    threshold : int
        See :func:`threshold_at_rate`.

    Raises
    ------
    ValueError
        If one of the lists is empty, or ``rate`` is not within 0 to 1.
    """
    distances = np.asarray(genuine, np.int64)
    others = np.asarray(unrelated, np.int64)
    if not distances.size:
        raise ValueError("without genuine pairs there is no recall")
    longest = int(max(distances.max(), others.max(initial=0)))
    threshold = threshold_at_rate(np.bincount(others, minlength=longest + 1), rate)
    return int((distances <= threshold).sum()) / distances.size, threshold
