"""One pass over the photos: what is compared, with which of them, and what is answered."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sokkuri.api.results import Results
from sokkuri.images import Rejected, describe
from sokkuri.pipeline import hash_source, same_as
from sokkuri.searchers.flat import FlatSearcher

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri._typing import Codes, ImageLike
    from sokkuri.api.gathering import Gathered
    from sokkuri.api.inputs import Threshold
    from sokkuri.hashes import ImageHash
    from sokkuri.matches import Match, Same
    from sokkuri.measures import Measure
    from sokkuri.protocols import Hasher

__all__ = ["Pass", "hash_query"]


def hash_query(maker: Hasher, source: ImageLike) -> ImageHash | Rejected:
    """Hash a picture that is searched for, or say why it cannot be."""
    hashed = hash_source([maker], source)
    return hashed.rejected or hashed.hashes[0]


@dataclass(frozen=True, slots=True, eq=False)
class Pass:
    """What all queries of one search share.

    Parameters
    ----------
    measure : Measure
        What is compared of the codes.
    threshold : Threshold
    gathered : Gathered
        The photos.
    exclude_query : bool
        Whether a query's own file is left out.
    min_quality : int
        Photos that say less are left out.
    table : ndarray of shape (N, B), uint8, optional
        What ``measure`` takes of the photos' codes, where it is at hand already.
    """

    measure: Measure
    threshold: Threshold
    gathered: Gathered
    exclude_query: bool = False
    min_quality: int = 0
    table: Codes | None = None

    def answer(self, source: ImageLike, asked: ImageHash | Rejected) -> Results:
        """Return the answer to one query."""
        if isinstance(asked, Rejected):
            return self._results(source, error=asked.reason)
        photos = self.gathered.photos
        mask = self._mask(source)
        table = self.measure.table(photos.codes) if self.table is None else self.table
        searcher = FlatSearcher(table)
        row = np.frombuffer(asked.code, np.uint8)[np.newaxis]
        queries = self.measure.views(self.measure.table(row))
        hits = searcher.search(
            queries, max_distance=self.threshold.max_distance, k=self.threshold.k, mask=mask
        )
        found = photos.matches(hits) or photos.matches(searcher.search(queries, k=1, mask=mask))
        # Those at distance 0 come first; none of the others can be the query itself.
        same = same_as(source, [match.path for match in found if match.distance == 0])
        found[: len(same)] = map(_with_same, found, same)
        left_out = 0 if mask is None else int(np.count_nonzero(~mask))
        return self._results(
            source,
            searched=len(photos.paths) - left_out,
            excluded=left_out,
            quality=asked.quality,
            matches=tuple(found) if len(hits.rows) else (),
            matched=int(hits.totals[0]),
            nearest=found[0] if found else None,
        )

    def _mask(self, source: ImageLike) -> NDArray[np.bool_] | None:
        """Return which photos are compared, shape (N,); None for all."""
        photos = self.gathered.photos
        masks = []
        if self.min_quality:
            masks.append(photos.of_quality(self.min_quality))
        if self.exclude_query and isinstance(source, str | os.PathLike):
            masks.append(photos.other_than(os.fsdecode(source)))
        return np.logical_and.reduce(masks) if masks else None

    def _results(
        self,
        source: ImageLike,
        *,
        searched: int = 0,
        excluded: int = 0,
        matches: tuple[Match, ...] = (),
        matched: int = 0,
        nearest: Match | None = None,
        quality: int | None = None,
        error: str | None = None,
    ) -> Results:
        return Results(
            query=describe(source),
            spec=self.measure.spec,
            searched=searched,
            excluded=excluded,
            rejected=self.gathered.rejected if error is None else (),
            skipped=self.gathered.skipped if error is None else (),
            matches=matches,
            matched=matched,
            max_distance=self.threshold.max_distance,
            k=self.threshold.k,
            rate=self.threshold.rate,
            nearest=nearest,
            source=source,
            quality=quality,
            error=error,
            notes=self.gathered.notes,
        )


def _with_same(match: Match, same: Same | None) -> Match:
    return replace(match, same=same)
