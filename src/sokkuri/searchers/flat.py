"""The exhaustive scan: every code is compared with every query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sokkuri.kernels import hamming_distances
from sokkuri.matches import Hits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri._typing import Codes

__all__ = ["FlatSearcher"]


@dataclass(frozen=True, slots=True, eq=False)
class FlatSearcher:
    """Exact search by scanning all codes.

    Parameters
    ----------
    codes : ndarray of shape (N, B), uint8
        Packed codes; row numbers in the answers count along its first axis.
    """

    codes: Codes

    def search(
        self, queries: Codes, *, max_distance: int | None = None, k: int | None = None
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
        offsets, totals = [0], []
        rows_of: list[NDArray[np.int64]] = []
        distances_of: list[NDArray[np.uint32]] = []
        for query in queries:
            views = query.reshape(-1, query.shape[-1])
            distances = hamming_distances(views, self.codes).min(axis=0)
            rows = _within(distances, max_distance)
            totals.append(len(rows))
            nearest = rows[np.argsort(distances[rows], kind="stable")][:k]
            rows_of.append(nearest)
            distances_of.append(distances[nearest])
            offsets.append(offsets[-1] + len(nearest))
        return Hits(
            np.array(offsets, np.int64),
            np.concatenate([np.empty(0, np.int64), *rows_of]),
            np.concatenate([np.empty(0, np.uint32), *distances_of]),
            np.array(totals, np.int64),
        )


def _within(distances: NDArray[np.uint32], max_distance: int | None) -> NDArray[np.int64]:
    if max_distance is None:
        return np.arange(len(distances), dtype=np.int64)
    return np.flatnonzero(distances.astype(np.int64) <= max_distance).astype(np.int64)
