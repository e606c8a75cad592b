"""Leave-one-out retrieval: are the nearest photos of the same class, and of the same colour?"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sokkuri.brief import brief_repr
from sokkuri.lab import colours_agree
from sokkuri.pipeline import ordered_map

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Codes, Progress
    from sokkuri.metric import Metric

RANKS: Final = (1, 5, 10)
"""Ranks up to which the precision is measured; colour is measured at the last."""

RANDOM: Final = "random"
"""Name of the baseline: the expected value over all orders of the photos."""

_BLOCK_VALUES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Retrieval:
    """The nearest photos of some queries; every value is a share, 0 to 1.

    Parameters
    ----------
    name : str
        The class of the queries, or "" for all of them.
    photos : int
        Number of queries.
    precision : tuple of float
        Share of the same class among the first 1, 5 and 10.
    colour : float
        Share of the first 10 that agree in colour.
    both : float
        Share of the first 10 that are of the same class and agree in colour.
    """

    name: str
    photos: int
    precision: tuple[float, ...]
    colour: float
    both: float


@dataclass(frozen=True, slots=True)
class HashRetrieval:
    """Leave-one-out retrieval with one hash, or by chance.

    Parameters
    ----------
    hash : str
        Name of the hash, or "random".
    overall : Retrieval
        Over all photos that have a class.
    classes : tuple of Retrieval
        One for each class, in byte order of the names.
    """

    hash: str
    overall: Retrieval
    classes: tuple[Retrieval, ...]

    __repr__ = brief_repr


class Group:
    """Photos with classes and colours, as arrays of one row a photo.

    Parameters
    ----------
    classes : sequence of str
        The class of each photo.
    colours : ndarray of shape (N, 3), float64
        The central colour of each.
    """

    def __init__(self, classes: Sequence[str], colours: NDArray[np.float64]) -> None:
        self.names = tuple(sorted(set(classes), key=os.fsencode))
        numbers = {name: number for number, name in enumerate(self.names)}
        self.labels = np.array([numbers[name] for name in classes], np.int64)
        self.colours = colours

    def parts(self) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        """Yield each class with the mask of its photos, of shape (N,), bool."""
        for number, name in enumerate(self.names):
            yield name, self.labels == number


def rank_by_hash(
    metric: Metric,
    codes: Codes,
    group: Group,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> HashRetrieval:
    """Measure the retrieval with one hash.

    Parameters
    ----------
    metric : Metric
        How its codes are compared.
    codes : ndarray of shape (N, B), uint8
        Of the photos in ``group``, a table of ``metric``.
    group : Group
        Their classes and colours.
    workers : int, optional
        Threads; all cores if None.
    progress : callable, optional
        Called as ``progress(done, total)`` in photos.
    """
    found = nearest_rows(metric, codes, RANKS[-1], workers=workers, progress=progress)
    same = group.labels[found] == group.labels[:, None]
    agree = colours_agree(group.colours[found], group.colours[:, None])

    def measured(part: str, rows: NDArray[np.bool_] | slice) -> Retrieval:
        return Retrieval(
            part,
            len(same[rows]),
            tuple(precision_at(k, same[rows]) for k in RANKS),
            precision_at(RANKS[-1], agree[rows]),
            precision_at(RANKS[-1], (same & agree)[rows]),
        )

    parts = tuple(measured(part, rows) for part, rows in group.parts())
    return HashRetrieval(metric.spec.name, measured("", slice(None)), parts)


def rank_by_chance(group: Group) -> HashRetrieval:
    """Return what a random order of the photos gives on average, computed and not drawn.

    Every other photo is equally likely at every rank, so the expected share is that among all
    others, the same at each rank.
    """
    photos = len(group.labels)
    counts = np.zeros((3, photos), np.int64)
    for rows in _blocks(photos):
        same = group.labels[rows, None] == group.labels
        agree = colours_agree(group.colours[rows, None], group.colours)
        for number, wanted in enumerate((same, agree, same & agree)):
            counts[number, rows] = wanted.sum(axis=1) - 1  # itself

    def measured(part: str, rows: NDArray[np.bool_] | slice) -> Retrieval:
        queries = counts[0, rows].size
        chances = queries * (photos - 1)
        same, agree, both = (int(row[rows].sum()) / chances for row in counts)
        return Retrieval(part, queries, (same,) * len(RANKS), agree, both)

    parts = tuple(measured(part, rows) for part, rows in group.parts())
    return HashRetrieval(RANDOM, measured("", slice(None)), parts)


def nearest_rows(
    metric: Metric,
    codes: Codes,
    k: int,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> NDArray[np.int64]:
    """Find the ``k`` nearest others of every code, without ever holding all distances.

    Parameters
    ----------
    metric : Metric
    codes : ndarray of shape (N, B), uint8
    k : int
    workers, progress
        See :func:`rank_by_hash`.

    Returns
    -------
    ndarray of shape (N, min(k, N - 1)), int64
        Row numbers in the order (distance, row).
    """

    def nearest_of(block: slice) -> NDArray[np.int64]:
        distances = metric.distances(codes[block], codes)
        return nearest_others(distances, np.arange(block.start, block.stop), k)

    found: list[NDArray[np.int64]] = []
    blocks = list(_blocks(len(codes)))
    for block, rows in zip(blocks, ordered_map(nearest_of, blocks, workers=workers), strict=True):
        found.append(rows)
        if progress is not None:
            progress(block.stop, len(codes))
    return np.concatenate(found)


def _blocks(rows: int) -> Iterator[slice]:
    """Part the rows so that one block against all takes a few dozen MiB at most."""
    step = max(1, min(256, _BLOCK_VALUES // max(1, rows)))
    for start in range(0, rows, step):
        yield slice(start, min(start + step, rows))


def nearest_others(distances: NDArray[Any], own: NDArray[np.int64], k: int) -> NDArray[np.int64]:
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
