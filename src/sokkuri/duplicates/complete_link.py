"""Complete link on pairs: clusters whose members are all within the threshold of each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri.duplicates.near_pairs import NearPairs


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """Points in clusters, of which each is named for its lowest point.

    Parameters
    ----------
    names : ndarray of shape (N,), int32
        The cluster of each point.
    diameters : ndarray of shape (N,), int32
        By name, the largest distance within a cluster.
    """

    names: NDArray[np.int32]
    diameters: NDArray[np.int32]


def complete_link(pairs: NearPairs, points: int) -> Clusters:
    """Join clusters until no two have all their pairs among the given ones.

    Two clusters are as far apart as their farthest points.  The nearest two are joined first, and
    of equally near ones those of the lowest names, the lower of both first.  Nearest neighbours of
    each other stay so whatever is joined elsewhere, since a joined cluster is no nearer to anything
    than its parts were; so all of them are joined at once, with the same result.

    Parameters
    ----------
    pairs : NearPairs
        All that are within the threshold.
    points : int
        How many points there are.
    """
    names = np.arange(points, dtype=np.int32)
    diameters = np.zeros(points, np.int32)
    low, high, distances = pairs.first, pairs.second, pairs.distances
    while len(low):
        joined = _mutual(low, high, distances, points)
        diameters[low[joined]] = distances[joined]
        new_names = np.arange(points, dtype=np.int32)
        new_names[high[joined]] = low[joined]
        names = new_names[names]
        parts = np.bincount(new_names, minlength=points)
        low, high, distances = _joined(new_names[low], new_names[high], distances, parts)
    return Clusters(names, diameters)


def _mutual(
    low: NDArray[np.int32], high: NDArray[np.int32], distances: NDArray[np.int32], points: int
) -> NDArray[np.int64]:
    """Return the places of the pairs that are the nearest of both of their clusters."""
    order = np.lexsort((high, low, distances))
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    first = np.full(points, len(order))
    np.minimum.at(first, low, ranks)
    np.minimum.at(first, high, ranks)
    return np.flatnonzero((first[low] == ranks) & (first[high] == ranks))


def _joined(
    one: NDArray[np.int32],
    other: NDArray[np.int32],
    distances: NDArray[np.int32],
    parts: NDArray[np.int64],
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Return the pairs of clusters after a round, with the largest distance of their parts.

    A pair stays only where each part of one had a pair with each part of the other.
    """
    apart = one != other
    low, high = np.minimum(one, other)[apart], np.maximum(one, other)[apart]
    distances = distances[apart]
    order = np.lexsort((high, low))
    low, high, distances = low[order], high[order], distances[order]
    starts = np.flatnonzero(
        np.concatenate([[True], (low[1:] != low[:-1]) | (high[1:] != high[:-1])])[: len(low)]
    )
    if not len(starts):
        return low, high, distances
    counts = np.diff(starts, append=len(low))
    largest = np.maximum.reduceat(distances, starts)
    low, high = low[starts], high[starts]
    whole = counts == parts[low] * parts[high]
    return low[whole], high[whole], largest[whole]
