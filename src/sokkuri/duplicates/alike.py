"""Groups of photos whose hashes are near: every two members within the threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sokkuri.duplicates.complete_link import Clusters, complete_link
from sokkuri.duplicates.group import Group, Grouping
from sokkuri.duplicates.near_pairs import NearPairs
from sokkuri.engine.thresholds import ThresholdChoice

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from sokkuri.engine.distinct import DistinctCodes
    from sokkuri.index.neighbour import Pairs


def alike_groups(distinct: DistinctCodes, max_distance: int, **how: Any) -> Grouping:
    """Group the photos of a table whose hashes are near.

    Parameters
    ----------
    distinct : DistinctCodes
    max_distance : int
        The threshold, inclusive, in bits; with -1 there are no groups.
    **how
        As of :meth:`sokkuri.engine.distinct.DistinctCodes.pairs`.
    """
    pairs = distinct.pairs(max_distance, **how)
    return grouped(pairs, distinct.numbers, len(distinct), max_distance)


def alike_by_chance(distinct: DistinctCodes, **how: Any) -> tuple[Grouping, dict[str, Any]]:
    """Group photos by the threshold that they choose themselves, in one pass over their pairs.

    Parameters
    ----------
    distinct : DistinctCodes
    **how
        As of :meth:`sokkuri.engine.distinct.DistinctCodes.pairs`.

    Returns
    -------
    Grouping
        Without groups where no distance is safe.
    dict
        Fields of a :class:`sokkuri.engine.thresholds.ThresholdOutcome`, by name.
    """
    choice = ThresholdChoice.among(distinct)
    counts = np.zeros(choice.reach + 1, np.int64)
    pairs = NearPairs.collected(distinct.counted(distinct.pairs(choice.reach, **how), counts))
    fields = choice.fields(counts)
    limit = -1 if fields["max_distance"] is None else fields["max_distance"]
    return _grouping(pairs.within(limit), distinct.numbers, len(distinct), limit), fields


def grouped(
    blocks: Iterable[Pairs], numbers: NDArray[np.int64], points: int, max_distance: int
) -> Grouping:
    """Group photos by the pairs of their points.

    The same pairs give the same groups, in whatever order they come.

    Parameters
    ----------
    blocks : iterable of Pairs
        All pairs of points within the threshold.
    numbers : ndarray of shape (P,), int64
        The point of each photo; -1 where it takes no part.  Photos of one point are equal.
    points : int
        How many points there are; in their order ties are decided.
    max_distance : int
        The threshold; with -1 there are no groups.
    """
    return _grouping(NearPairs.collected(blocks), numbers, points, max_distance)


def _grouping(
    pairs: NearPairs, numbers: NDArray[np.int64], points: int, max_distance: int
) -> Grouping:
    low_quality = tuple(np.flatnonzero(numbers < 0).tolist())
    if max_distance < 0:
        return Grouping((), max_distance, low_quality)
    clusters = complete_link(pairs, points)
    photos = np.flatnonzero(numbers >= 0)
    names = clusters.names[numbers[photos]]
    order = np.argsort(names, kind="stable")  # photos stay ascending
    photos, names = photos[order], names[order]
    starts = np.flatnonzero(np.diff(names, prepend=-1))
    members = [part for part in np.split(photos, starts[1:]) if len(part) > 1]
    members.sort(key=lambda part: int(part[0]))
    places = {int(clusters.names[numbers[part[0]]]): at for at, part in enumerate(members)}
    touching = _touching(pairs, clusters, places)
    found = []
    for name, part in zip(places, members, strict=True):
        diameter, touches = int(clusters.diameters[name]), touching.get(name, ())
        found.append(Group("alike", tuple(part.tolist()), diameter, tuple(sorted(touches))))
    return Grouping(tuple(found), max_distance, low_quality)


def _touching(pairs: NearPairs, clusters: Clusters, places: dict[int, int]) -> dict[int, set[int]]:
    """Return, by the name of a cluster, the places of the groups that have a point near to it."""
    touching: dict[int, set[int]] = {}
    for one, other in _names_apart(pairs, clusters):
        if one in places and other in places:
            touching.setdefault(one, set()).add(places[other])
            touching.setdefault(other, set()).add(places[one])
    return touching


def _names_apart(pairs: NearPairs, clusters: Clusters) -> Iterator[tuple[int, int]]:
    """Yield the pairs of clusters that have a pair of points, each once or twice."""
    ends = np.stack([clusters.names[pairs.first], clusters.names[pairs.second]])
    apart = ends[:, ends[0] != ends[1]]
    keys = np.unique(apart[0].astype(np.int64) << 32 | apart[1])
    yield from zip((keys >> 32).tolist(), (keys & 0xFFFFFFFF).tolist(), strict=True)
