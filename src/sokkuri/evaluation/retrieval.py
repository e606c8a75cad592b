"""Leave-one-out retrieval: are the nearest photos of the same class, and of the same colour?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.evaluation.metrics import nearest, precision_at
from sokkuri.evaluation.results import RANDOM, RANKS, Ranking, Retrieval
from sokkuri.lab import colours_agree
from sokkuri.pipeline import ordered_map

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Codes, Progress
    from sokkuri.metric import Metric

__all__ = ["Group", "nearest_rows", "rank_by_chance", "rank_by_hash"]

_BLOCK_VALUES: Final = 1 << 20


class Group:
    """Photos with classes and colours, as arrays of one row a photo.

    Parameters
    ----------
    classes : sequence of str
        The class of each photo.
    colours : ndarray of shape (N, 3), float64
        The central colour of each.
    names : sequence of str
        All classes, in the order of the report.
    """

    def __init__(
        self, classes: Sequence[str], colours: NDArray[np.float64], names: Sequence[str]
    ) -> None:
        numbers = {name: number for number, name in enumerate(names)}
        self.names = tuple(names)
        self.labels = np.array([numbers[name] for name in classes], np.int64)
        self.colours = colours

    def parts(self) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        """Yield each class with a mask of its photos."""
        for number, name in enumerate(self.names):
            yield name, self.labels == number


def rank_by_hash(
    measure: Metric,
    codes: Codes,
    group: Group,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Ranking:
    """Measure the retrieval with one hash.

    Parameters
    ----------
    measure : Metric
        How its codes are compared.
    codes : ndarray of shape (N, B), uint8
        Of the photos in ``group``, a table of ``measure``.
    group : Group
        Their classes and colours.
    workers : int, optional
        Threads; all cores if None.
    progress : callable, optional
        Called as ``progress(done, total)`` in photos.
    """
    found = nearest_rows(measure, codes, RANKS[-1], workers=workers, progress=progress)
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
    return Ranking(measure.spec.name, measured("", slice(None)), parts)


def rank_by_chance(group: Group) -> Ranking:
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
    return Ranking(RANDOM, measured("", slice(None)), parts)


def nearest_rows(
    measure: Metric,
    codes: Codes,
    k: int,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> NDArray[np.int64]:
    """Find the ``k`` nearest others of every code, without ever holding all distances.

    Returns
    -------
    ndarray of shape (N, min(k, N - 1)), int64
        Row numbers in the order (distance, row).
    """
    found: list[NDArray[np.int64]] = []
    blocks = list(_blocks(len(codes)))
    results = ordered_map(partial(_nearest_of_block, measure, codes, k), blocks, workers=workers)
    for block, rows in zip(blocks, results, strict=True):
        found.append(rows)
        if progress is not None:
            progress(block.stop, len(codes))
    return np.concatenate(found)


def _nearest_of_block(measure: Metric, codes: Codes, k: int, block: slice) -> NDArray[np.int64]:
    distances = measure.distances(codes[block], codes)
    return nearest(distances, np.arange(block.start, block.stop), k)


def _blocks(rows: int) -> Iterator[slice]:
    """Part the rows so that one block against all takes a few dozen MiB at most."""
    step = max(1, min(256, _BLOCK_VALUES // max(1, rows)))
    for start in range(0, rows, step):
        yield slice(start, min(start + step, rows))
