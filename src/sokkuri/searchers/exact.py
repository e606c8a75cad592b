"""The frame of every exact searcher: arguments are checked once, hits ordered and cut once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sokkuri.kernels.hamming import check_codes
from sokkuri.matches import Hits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.kernels.hamming import RawHits


class ExactSearcher(ABC):
    """A searcher of this package, which finds all that lies within the radius."""

    __slots__ = ()

    exact: ClassVar[bool] = True

    codes: Codes
    workers: int | None

    @abstractmethod
    def _find(
        self, rows: Codes, limit: int | None, k: int | None, mask: NDArray[np.bool_] | None
    ) -> RawHits:
        """Find all codes within ``limit`` of each row, or the ``k`` nearest at least without one.

        There are codes, and ``limit`` is 0 or more.
        """

    def search(
        self,
        queries: Codes,
        *,
        max_distance: int | None = None,
        k: int | None = None,
        mask: NDArray[np.bool_] | None = None,
    ) -> Hits:
        """Find, for every query, the rows within ``max_distance`` bits, ``k`` at most.

        Parameters
        ----------
        queries : ndarray of shape (Q, B) or (Q, V, B), uint8
            Packed codes of the same recipe; of V views of a query the nearest counts.
        max_distance : int, optional
            Inclusive radius in bits; None for no bound, negative for no hits.
        k : int, optional
            Keep the ``k`` nearest; None keeps all.
        mask : ndarray of shape (N,), bool, optional
            Only rows where it is true count.

        Returns
        -------
        Hits
            Sorted by (distance, row) within each query, so ties always come in the same order.

        Raises
        ------
        ValueError
            If ``k`` is below 1 or the shapes do not fit.
        """
        if k is not None and k < 1:
            raise ValueError(f"`k` must be 1 or more, not {k}")
        if queries.ndim == 2:
            queries = queries[:, np.newaxis]
        if queries.ndim != 3 or not queries.shape[1]:
            raise ValueError(f"`queries` must be of shape (Q, B) or (Q, V, B), not {queries.shape}")
        rows = np.ascontiguousarray(queries.reshape(-1, queries.shape[2]))
        check_codes(rows, self.codes)
        total = len(self.codes)
        if mask is not None:
            if mask.dtype != np.bool_ or mask.shape != (total,):
                raise ValueError(
                    f"`mask` must be bool of shape ({total},), not {mask.dtype} {mask.shape}"
                )
            mask = np.ascontiguousarray(mask)
            total = int(np.count_nonzero(mask))
        limit = None if max_distance is None else min(max_distance, 8 * self.codes.shape[1])
        if not len(self.codes) or (limit is not None and limit < 0):
            nothing = np.zeros(len(queries) + 1, np.int64)
            return Hits(nothing, nothing[:0], nothing[:0].astype(np.uint32), nothing[1:])
        found = self._find(rows, limit, k, mask)
        return _ordered(found, queries.shape[:2], k, None if limit is not None else total)


def _ordered(found: RawHits, shape: tuple[int, ...], k: int | None, total: int | None) -> Hits:
    """Return hits in the order (distance, row), of the views of a query the nearest.

    Without a ``total`` all within the radius were found, and are counted.
    """
    count, views = shape
    numbers, rows, distances = found.queries, found.rows, found.distances
    if views > 1:
        numbers = numbers // views
        order = np.lexsort((distances, rows, numbers))
        numbers, rows, distances = numbers[order], rows[order], distances[order]
        fresh = np.ones(len(rows), np.bool_)
        fresh[1:] = (numbers[1:] != numbers[:-1]) | (rows[1:] != rows[:-1])
        numbers, rows, distances = numbers[fresh], rows[fresh], distances[fresh]
    order = np.lexsort((rows, distances, numbers))
    columns = numbers[order], rows[order], distances[order]
    return Hits.of_sorted(*columns, count, k=k, total=total)
