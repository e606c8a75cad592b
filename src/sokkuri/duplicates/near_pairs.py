"""Pairs that are collected until they fill their room, and then the nearest of each photo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sokkuri.index.neighbour import Pairs

MOST_NEIGHBOURS: Final = 1024
"""A point keeps so many neighbours at most, the nearest."""

MOST_PAIRS: Final = 2_500_000
"""Of more pairs, points keep half as many neighbours, until they fit."""


@dataclass(frozen=True, slots=True, eq=False)
class NearPairs:
    """Pairs of points, each once, each among the nearest of both of its points.

    Parameters
    ----------
    first, second : ndarray of shape (M,), int32
        Numbers of points, ``first < second``.
    distances : ndarray of shape (M,), int32
    """

    first: NDArray[np.int32]
    second: NDArray[np.int32]
    distances: NDArray[np.int32]

    @classmethod
    def collected(
        cls,
        blocks: Iterable[Pairs],
        *,
        most_pairs: int | None = None,
        most_neighbours: int | None = None,
    ) -> NearPairs:
        """Collect pairs, some at a time; the order of the blocks and within them does not matter.

        Where a point has more neighbours than it may keep, the nearest stay, and of equally near
        ones those whose numbers are next to its own, so that a crowd of equally near points falls
        into parts and not into one part and many single points.  Each point has a list of its own;
        in the end a pair stays that is in both.

        Parameters
        ----------
        blocks : iterable of Pairs
        most_pairs, most_neighbours : int, optional
            How many are kept in all, and of a point, at most.
        """
        lists = _Lists(most_pairs or MOST_PAIRS, most_neighbours or MOST_NEIGHBOURS)
        for block in blocks:
            lists.add(block)
        return lists.pairs()

    def within(self, max_distance: int) -> NearPairs:
        """Return those that are within a distance."""
        near = self.distances <= max_distance
        return NearPairs(self.first[near], self.second[near], self.distances[near])


class _Lists:
    """The nearest neighbours of each point, in one direction each: from, to, distance."""

    def __init__(self, most_pairs: int, most_neighbours: int) -> None:
        self._room = max(2, 2 * most_pairs)
        self._most = most_neighbours
        self._kept = np.empty((3, 0), np.int32)
        self._added: list[NDArray[np.int32]] = []
        self._waiting = 0

    def add(self, block: Pairs) -> None:
        first, second, distances = (
            column.astype(np.int32) for column in (block.first, block.second, block.distances)
        )
        self._added += [np.stack([first, second, distances]), np.stack([second, first, distances])]
        self._waiting += 2 * len(first)
        if self._kept.shape[1] + self._waiting > self._room:
            self._settle()

    def _settle(self) -> None:
        """Sort what was added in, and let go of the neighbours that are too many."""
        kept = np.concatenate([self._kept, *self._added], axis=1)
        self._added, self._waiting = [], 0
        aside = np.abs(kept[1] - kept[0])
        kept = kept[:, np.lexsort((kept[1], aside, kept[2], kept[0]))]
        starts = np.flatnonzero(np.diff(kept[0], prepend=-1))
        lengths = np.diff(starts, append=kept.shape[1])
        ranks = np.arange(kept.shape[1]) - np.repeat(starts, lengths)
        # More pairs only add to what so many neighbours take, so a number that is too large now
        # is too large in the end.
        while self._most > 1 and np.minimum(lengths, self._most).sum() > self._room:
            self._most //= 2
        self._kept = kept[:, ranks < self._most]

    def pairs(self) -> NearPairs:
        self._settle()
        low, high = np.minimum(*self._kept[:2]), np.maximum(*self._kept[:2])
        order = np.lexsort((high, low))
        low, high, distances = low[order], high[order], self._kept[2][order]
        both = np.flatnonzero((low[1:] == low[:-1]) & (high[1:] == high[:-1]))
        return NearPairs(low[both], high[both], distances[both])
