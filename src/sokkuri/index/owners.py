"""From rows to photos: of several codes of a photo the nearest counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sokkuri.matches import Hits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.protocols import Searcher


@dataclass(frozen=True, slots=True, eq=False)
class Owners:
    """The photo that each row belongs to.

    Parameters
    ----------
    numbers : ndarray of shape (N,), int64
        The photo of each row, 0 to P - 1, every one of them at least once.
    photos : int
        P.
    most : int
        The largest number of rows of any photo.
    """

    numbers: NDArray[np.int64]
    photos: int
    most: int

    @classmethod
    def of(cls, numbers: NDArray[np.int64]) -> Owners:
        """Count the rows of each photo.

        Raises
        ------
        ValueError
            If a number is missing between 0 and the largest one.
        """
        if not len(numbers):
            return cls(numbers, 0, 1)
        counts = np.bincount(numbers)
        if not counts.all():
            raise ValueError(f"`owners` leave out photo {int(np.argmin(counts))}")
        return cls(numbers, len(counts), int(counts.max()))

    def photos_of(self, hits: Hits, k: int | None, total: int | None) -> Hits:
        """Turn hits of rows into hits of photos.

        Parameters
        ----------
        hits : Hits
            Of rows, in the order (distance, row); the ``k * most`` nearest at least.
        k : int, optional
            How many photos are kept of each query.
        total : int, optional
            How many photos lie within the radius; None where the hits tell.

        Returns
        -------
        Hits
            Of photo numbers, in the order of (distance, row) of their nearest rows.
        """
        queries = np.repeat(np.arange(len(hits.totals)), np.diff(hits.offsets))
        photos = self.numbers[hits.rows]
        pairs = queries * (self.photos + 1) + photos
        first = np.sort(np.unique(pairs, return_index=True)[1])
        queries, photos, distances = queries[first], photos[first], hits.distances[first]
        counts = np.bincount(queries, minlength=len(hits.totals))
        totals = counts if total is None else np.full(len(counts), total)
        if k is not None and len(photos):
            place = np.arange(len(photos)) - np.repeat(np.cumsum(counts) - counts, counts)
            photos, distances = photos[place < k], distances[place < k]
            counts = np.minimum(counts, k)
        offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return Hits(offsets, photos.astype(np.int64), distances, totals.astype(np.int64))


def search_photos(
    searcher: Searcher,
    owners: Owners | None,
    queries: Codes,
    *,
    k: int | None = None,
    max_distance: int | None = None,
    photos: NDArray[np.bool_] | None = None,
) -> Hits:
    """Find photos near queries, where a photo may have several codes.

    Parameters
    ----------
    searcher : Searcher
        Of the codes.
    owners : Owners, optional
        The photo of each code; without it every code is a photo.
    queries : ndarray of shape (Q, B) or (Q, V, B), uint8
    k, max_distance : int, optional
        As of the searcher, but counting photos.
    photos : ndarray of shape (P,), bool, optional
        Only photos where it is true.

    Returns
    -------
    Hits
        Numbers of photos, in the order (distance, row of the nearest code).
    """
    if owners is None:
        return searcher.search(queries, max_distance=max_distance, k=k, mask=photos)
    # The totals tell of photos, so all rows within a radius are needed.
    wanted = None if k is None or max_distance is not None else k * owners.most
    rows = None if photos is None else photos[owners.numbers]
    hits = searcher.search(queries, max_distance=max_distance, k=wanted, mask=rows)
    total = None
    if max_distance is None:
        total = owners.photos if photos is None else int(np.count_nonzero(photos))
    return owners.photos_of(hits, k, total)
