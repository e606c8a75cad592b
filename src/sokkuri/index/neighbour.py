"""Answers about photos: one that was found, and pairs of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sokkuri.brief import brief, brief_repr
from sokkuri.matches import rate_of
from sokkuri.searchers.exact import least_of_pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from sokkuri._typing import Codes, Progress
    from sokkuri.index.table import Table
    from sokkuri.matches import Hits


class Neighbour(NamedTuple):
    """One photo that was found.

    Parameters
    ----------
    key : str or int
        What the photo was added under; its number where it has no key.
    number : int
        Its number: how many were added before it.
    distance : int
        Differing bits; of several codes of a photo the nearest counts.
    """

    key: str | int
    number: int
    distance: int

    @property
    def path(self) -> str:
        """The key as a match of a search has it."""
        return str(self.key)

    @property
    def rate(self) -> float:
        """The tutorial's rate, ``distance / 256``."""
        return rate_of(self.distance)

    def __repr__(self) -> str:
        key = brief(self.key, 48)
        return f"Neighbour(key={key}, number={self.number}, distance={self.distance})"


# So many rows are asked about at once, and of long codes so many bytes; fewer where photos are so
# dense that more than so many hits come back.
_ROWS: Final = 8192
_BYTES: Final = 1 << 19
_HITS: Final = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of photos, each once.

    Parameters
    ----------
    first, second : ndarray of shape (M,), int64
        Their numbers, ``first < second``; sorted by both.
    distances : ndarray of shape (M,), uint32
        Differing bits; of several codes of a photo the nearest count.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    distances: NDArray[np.uint32]

    __repr__ = brief_repr

    def __len__(self) -> int:
        return len(self.first)


def pairs_by_block(
    table: Table,
    asked: NDArray[np.bool_] | None,
    find: Callable[[Codes], Hits],
    progress: Progress | None,
) -> Iterator[Pairs]:
    """Search for blocks of codes and keep each pair of photos once.

    Parameters
    ----------
    table : Table
    asked : ndarray of shape (N,), bool, optional
        The rows to ask about; all if None.
    find : callable
        Finds the rows within the radius of queries.
    progress : callable, optional
        Called as ``progress(rows asked about, all of them)``.
    """
    codes, numbers = table.checked_codes(), table.photo_of_rows()
    order = np.argsort(numbers, kind="stable")
    if asked is not None:
        order = order[asked[order]]
    edges = np.flatnonzero(np.diff(numbers[order], prepend=-1))
    most = step = max(1, min(_ROWS, _BYTES // codes.shape[1]))
    start = 0
    while start < len(order):
        # A block ends where a photo begins, so that all its codes are in one block.
        place = int(np.searchsorted(edges, start + step))
        end = int(edges[place]) if place < len(edges) else len(order)
        rows = order[start:end]
        hits = find(codes[rows])
        first, second = numbers[np.repeat(rows, np.diff(hits.offsets))], numbers[hits.rows]
        later = second > first
        yield Pairs(*least_of_pairs(first[later], second[later], hits.distances[later]))
        step = max(1, min(most, len(rows) * _HITS // max(1, len(hits.rows))))
        start = end
        if progress is not None:
            progress(end, len(order))
