"""Leave-one-out retrieval: are the nearest photos of the same class, and of the same colour?"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.brief import brief_repr
from sokkuri.lab import colours_agree
from sokkuri.searchers.flat import FlatSearcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Codes, Progress
    from sokkuri.evaluation.photos import PhotoSet
    from sokkuri.metric import Metric

RANKS: Final = (1, 5, 10)
"""Ranks up to which the precision is measured; colour is measured at the last."""

RANDOM: Final = "random"
"""Name of the baseline: the expected value over all orders of the photos."""


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
    colour, both : float
        Share of the first 10 that agree in colour; of those, that are of the same class too.
    """

    name: str
    photos: int
    precision: tuple[float, ...]
    colour: float
    both: float


@dataclass(frozen=True, slots=True)
class HashRetrieval:
    """Leave-one-out retrieval with one hash, or by chance; classes in byte order of the names."""

    hash: str
    overall: Retrieval
    classes: tuple[Retrieval, ...]

    __repr__ = brief_repr


class _Group:
    """Photos with classes and colours, as arrays of one row a photo."""

    def __init__(self, classes: Sequence[str], colours: NDArray[np.float64]) -> None:
        self.names = sorted(set(classes), key=os.fsencode)
        numbers = {name: number for number, name in enumerate(self.names)}
        self.labels = np.array([numbers[name] for name in classes], np.int64)
        self.colours = colours


def measure_classes(
    photos: PhotoSet,
    labels: Sequence[str | None],
    *,
    workers: int | None = None,
    steps: Sequence[Progress | None],
) -> tuple[HashRetrieval, ...]:
    """Measure the retrieval with each hash, then by chance, of the photos that have a class.

    Parameters
    ----------
    photos : PhotoSet
    labels : sequence of str or None
        The class of each photo.
    workers : int, optional
    steps : sequence of callable or None
        For each hash, called as ``progress(done, total)`` in photos.
    """
    rows = [row for row, label in enumerate(labels) if label is not None]
    group = _Group([label for label in labels if label is not None], photos.colours[rows])
    rankings = [
        _rank_by_hash(metric, codes[rows], group, workers, progress)
        for (_, metric), codes, progress in zip(photos.hashes, photos.codes, steps, strict=True)
    ]
    return (*rankings, _rank_by_chance(group))


def _rank_by_hash(
    metric: Metric,
    codes: Codes,
    group: _Group,
    workers: int | None = None,
    progress: Progress | None = None,
) -> HashRetrieval:
    found = nearest_rows(metric, codes, RANKS[-1], workers=workers, progress=progress)
    same = group.labels[found] == group.labels[:, None]
    agree = colours_agree(group.colours[found], group.colours[:, None])

    def measured(part: str, rows: NDArray[np.bool_]) -> Retrieval:
        precision = tuple(precision_at(k, same[rows]) for k in RANKS)
        colour, both = (precision_at(RANKS[-1], hits[rows]) for hits in (agree, same & agree))
        return Retrieval(part, int(rows.sum()), precision, colour, both)

    return _by_class(metric.spec.name, group, measured)


def _rank_by_chance(group: _Group) -> HashRetrieval:
    """Return what a random order gives on average: at each rank the share among all others."""
    photos = len(group.labels)
    counts = np.zeros((3, photos), np.int64)
    for rows in _blocks(photos):
        same = group.labels[rows, None] == group.labels
        agree = colours_agree(group.colours[rows, None], group.colours)
        for number, wanted in enumerate((same, agree, same & agree)):
            counts[number, rows] = wanted.sum(axis=1) - 1  # itself

    def measured(part: str, rows: NDArray[np.bool_]) -> Retrieval:
        queries = int(rows.sum())
        same, agree, both = (int(row[rows].sum()) / (queries * (photos - 1)) for row in counts)
        return Retrieval(part, queries, (same,) * len(RANKS), agree, both)

    return _by_class(RANDOM, group, measured)


def _by_class(
    name: str, group: _Group, measured: Callable[[str, NDArray[np.bool_]], Retrieval]
) -> HashRetrieval:
    parts = [measured(part, group.labels == number) for number, part in enumerate(group.names)]
    return HashRetrieval(name, measured("", group.labels >= 0), tuple(parts))


def nearest_rows(
    metric: Metric,
    codes: Codes,
    k: int,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> NDArray[np.int64]:
    """Find the ``k`` nearest others of every code.

    Parameters
    ----------
    metric : Metric
    codes : ndarray of shape (N, B), uint8
    k, workers : int
    progress : callable, optional
        Called as ``progress(done, total)`` in codes.

    Returns
    -------
    ndarray of shape (N, min(k, N - 1)), int64
        Row numbers in the order (distance, row).
    """
    searcher, k = FlatSearcher(codes, workers), min(k, len(codes) - 1)
    found = []
    for block in _blocks(len(codes)):
        rows = searcher.search(metric.views(codes[block]), k=k + 1).rows.reshape(-1, k + 1)
        # All but itself; where so many are equal that it is not among them, all but the last.
        others = rows != np.arange(block.start, block.stop)[:, None]
        others[:, -1] &= ~others.all(axis=1)
        found.append(rows[others].reshape(-1, k))
        if progress is not None:
            progress(block.stop, len(codes))
    return np.concatenate(found)


def _blocks(rows: int) -> Iterator[slice]:
    """Part the rows so that one block against all takes a few dozen MiB at most."""
    step = max(1, min(256, (1 << 20) // max(1, rows)))
    for start in range(0, rows, step):
        yield slice(start, min(start + step, rows))


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
