"""The photos of a table that say enough, those of equal codes as one, and their pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.index.equal_parts import rows_by_equal_parts
from sokkuri.index.neighbour import Pairs, pairs_by_block
from sokkuri.index.planner import Planner
from sokkuri.index.table import Owners, Table
from sokkuri.searchers.exact import least_of_pairs
from sokkuri.settings import LOW_QUALITY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Codes, Distances, Progress
    from sokkuri.engine.table import PhotoTable
    from sokkuri.metric import Metric

_UNKNOWN: Final = -1


@dataclass(frozen=True, eq=False)
class DistinctCodes:
    """Codes as they are compared, each different one once, in the order of their bytes.

    So a number says what a photo looks like, and nothing of its name or of other photos' order.
    Photos of low quality have none: being near to them says nothing.

    Parameters
    ----------
    metric : Metric
    codes : ndarray of shape (M, B), uint8
        Those of the first number first; a photo may have several.
    owners : Owners, optional
        The number of each code; each is a number of its own if None.
    numbers : ndarray of shape (P,), int64
        The number of each photo; -1 if it says too little.
    sizes : ndarray of shape (N,), int64
        How many photos have each number.
    """

    metric: Metric
    codes: Codes
    owners: Owners | None
    numbers: NDArray[np.int64]
    sizes: NDArray[np.int64]

    @classmethod
    def of(cls, table: PhotoTable, metric: Metric) -> DistinctCodes:
        """Give a number to each photo of a table.

        Parameters
        ----------
        table : PhotoTable
        metric : Metric
        """
        said = (table.qualities == _UNKNOWN) | (table.qualities >= LOW_QUALITY)
        compared = np.ascontiguousarray(metric.table(table.codes))
        numbers = np.full(len(table), -1, np.int64)
        owners = None
        if table.owners is None:
            plain = compared[said]
            _, first, places = np.unique(_as_keys(plain), return_index=True, return_inverse=True)
            codes = plain[first]
        else:
            codes, owners, places = _by_all_codes(compared, table.owners, said)
        numbers[said] = places
        return cls(metric, codes, owners, numbers, np.bincount(places).astype(np.int64))

    def __len__(self) -> int:
        return len(self.sizes)

    @property
    def photos(self) -> int:
        """The number of photos that say enough."""
        return int(self.sizes.sum())

    @property
    def pairs_in_all(self) -> int:
        """The number of pairs of them."""
        return self.photos * (self.photos - 1) // 2

    @property
    def first_codes(self) -> Codes:
        """One code of each number, the first of several, shape (N, B), uint8."""
        if self.owners is None:
            return self.codes
        return self.codes[np.searchsorted(self.owners.numbers, np.arange(len(self)))]

    def pairs(
        self,
        max_distance: int,
        *,
        blocks: Sequence[NDArray[np.int64]] = (),
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> Iterator[Pairs]:
        """Yield every pair of different codes within a distance, some at a time, each once.

        Parameters
        ----------
        max_distance : int
            Inclusive, in bits; a mirrored picture is as near as the metric says.
        blocks : sequence of ndarray of shape (bits,), int64
            As of :class:`sokkuri.index.planner.Planner`.
        workers : int, optional
        progress : callable, optional
            Called as ``progress(codes asked about, codes)``.
        """
        if not len(self) or max_distance < 0:
            return
        metric, table = self.metric, Table(self.metric.spec, self.codes, self.owners)
        found = rows_by_equal_parts(
            self.codes, metric.spec.bits, metric.mirrored, self._distances, max_distance, progress
        )
        if found is not None:
            first, second, distances = found
            numbers = table.photo_of_rows()
            ends = np.sort([numbers[first], numbers[second]], axis=0)
            apart = ends[0] != ends[1]
            yield Pairs(*least_of_pairs(ends[0][apart], ends[1][apart], distances[apart]))
            return
        planner = Planner(self.codes, metric.spec.bits, blocks, None, workers)
        views = len(metric.views(self.codes[:1])[0])
        plan = planner.plan(k=None, max_distance=max_distance, queries=len(self.codes) * views)
        searcher = planner.searcher(plan.searcher)
        yield from pairs_by_block(
            table, None,
            lambda rows: searcher.search(metric.views(rows), max_distance=max_distance),
            progress,
        )  # fmt: skip

    def _distances(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> Distances:
        """Measure pairs of codes by their rows, shape (M,)."""
        views, others = self.metric.views(self.codes[first]), self.codes[second][:, np.newaxis]
        bits = np.bitwise_count(views ^ others).sum(axis=2, dtype=np.uint32)
        nearest: Distances = bits.min(axis=1)
        return nearest

    def counts(self, pairs: Iterable[Pairs], max_distance: int) -> NDArray[np.int64]:
        """Count the pairs of photos at each distance, shape (max_distance + 1,), int64.

        Parameters
        ----------
        pairs : iterable of Pairs
            All within the distance.
        max_distance : int
        """
        counts = np.zeros(max_distance + 1, np.int64)
        for _ in self.counted(pairs, counts):
            pass
        return counts

    def counted(self, pairs: Iterable[Pairs], counts: NDArray[np.int64]) -> Iterator[Pairs]:
        """Yield pairs of codes, and add the pairs of photos that they are to the counts.

        Parameters
        ----------
        pairs : iterable of Pairs
        counts : ndarray of shape (max_distance + 1,), int64
            By distance; photos of equal codes are added, too.
        """
        if len(counts):
            counts[0] += int((self.sizes * (self.sizes - 1) // 2).sum())
        for block in pairs:
            photos = self.sizes[block.first] * self.sizes[block.second]
            np.add.at(counts, block.distances.astype(np.int64), photos)
            yield block


def _as_keys(codes: Codes) -> NDArray[np.void]:
    """Return codes as one item each, shape (N,), in the order of their bytes."""
    return codes.view(f"V{codes.shape[1]}")[:, 0]


def _by_all_codes(
    codes: Codes, owners: Owners, said: NDArray[np.bool_]
) -> tuple[Codes, Owners, NDArray[np.int64]]:
    """Tell photos apart by all their codes; return codes, owners and the number of each photo."""
    starts = np.searchsorted(owners.numbers, np.arange(owners.photos + 1))
    rows = [np.arange(starts[photo], starts[photo + 1]) for photo in np.flatnonzero(said)]
    keys = [codes[own].tobytes() for own in rows]
    number_of = {key: number for number, key in enumerate(sorted(set(keys)))}
    places = np.array([number_of[key] for key in keys], np.int64)
    first = [rows[place] for place in np.unique(places, return_index=True)[1]]
    lengths = np.array([len(own) for own in first], np.int64)
    chosen = np.concatenate([np.empty(0, np.int64), *first])
    return codes[chosen], Owners.of(np.repeat(np.arange(len(first)), lengths)), places
