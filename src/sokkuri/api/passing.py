"""One pass over the photos: what is compared, with which of them, and what is answered."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sokkuri.api.results import Results
from sokkuri.images import Rejected, describe
from sokkuri.index.planner import Planner
from sokkuri.pipeline import hash_source, same_as

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri._typing import Codes, ImageLike
    from sokkuri.api.gathering import Gathered
    from sokkuri.engine.options import SearchOptions
    from sokkuri.hashes import ImageHash
    from sokkuri.matches import Match, Same
    from sokkuri.metric import Metric
    from sokkuri.protocols import Hasher, Searcher

__all__ = ["Pass", "hash_query", "planner_for"]


def hash_query(maker: Hasher, source: ImageLike) -> ImageHash | Rejected:
    """Hash a picture that is searched for, or say why it cannot be."""
    hashed = hash_source([maker], source)
    return hashed.rejected or hashed.hashes[0]


def planner_for(maker: Hasher, measure: Metric, gathered: Gathered, jobs: int | None) -> Planner:
    """Return what searches the photos: over what is compared of their codes, read once."""
    table = measure.table(gathered.photos.codes)
    return Planner(table, measure.spec.bits, measure.blocks(maker), jobs)


@dataclass(frozen=True, slots=True, eq=False)
class Pass:
    """What all queries of one search share.

    Parameters
    ----------
    measure : Metric
        What is compared of the codes.
    options : SearchOptions
    gathered : Gathered
        The photos.
    planner : Planner
        What searches, over what ``measure`` takes of the photos' codes.
    """

    measure: Metric
    options: SearchOptions
    gathered: Gathered
    planner: Planner

    def answer(self, source: ImageLike, asked: ImageHash | Rejected) -> Results:
        """Return the answer to one query."""
        if isinstance(asked, Rejected):
            return self._results(source, error=asked.reason)
        photos = self.gathered.photos
        mask, links_left_out = self._mask(source)
        row = np.frombuffer(asked.code, np.uint8)[np.newaxis]
        queries = self.measure.views(self.measure.table(row))
        limit, k = self.options.limit, self.options.most
        plan = self.planner.plan(
            k=k, limit=limit, queries=queries.shape[1], searcher=self.options.searcher
        )
        searcher = self.planner.searcher(plan.searcher)
        far = self._far(searcher, queries, mask)
        hits = searcher.search(queries, max_distance=limit, k=k, mask=far)
        found = photos.matches(hits) or photos.matches(searcher.search(queries, k=1, mask=mask))
        # Those at distance 0 come first; none of the others can be the query itself.
        same = same_as(source, [match.path for match in found if match.distance == 0])
        found[: len(same)] = map(_with_same, found, same)
        left_out = 0 if mask is None else int(np.count_nonzero(~mask))
        return self._results(
            source,
            searched=len(photos.paths) - left_out,
            excluded=left_out,
            links_left_out=links_left_out,
            quality=asked.quality,
            matches=tuple(found) if len(hits.rows) else (),
            matched=int(hits.totals[0]),
            nearest=found[0] if found else None,
            plan=str(plan),
        )

    def _far(
        self, searcher: Searcher, queries: Codes, mask: NDArray[np.bool_] | None
    ) -> NDArray[np.bool_] | None:
        """Return the mask without the photos that are nearer than asked for."""
        least = self.options.min_distance
        if least == 0:
            return mask
        near = searcher.search(queries, max_distance=least - 1, mask=mask).rows
        far = np.ones(len(self.gathered.photos.paths), np.bool_) if mask is None else mask.copy()
        far[near] = False
        return far

    def _mask(self, source: ImageLike) -> tuple[NDArray[np.bool_] | None, int | None]:
        """Return which photos are compared, shape (N,), or None for all; and how many are links."""
        photos = self.gathered.photos
        path = os.fsdecode(source) if isinstance(source, str | os.PathLike) else None
        masks = []
        if self.options.min_quality:
            masks.append(photos.of_quality(self.options.min_quality))
        if self.options.exclude_query and path is not None:
            masks.append(photos.other_than(path))
        mask = np.logical_and.reduce(masks) if masks else None
        if self.options.links:
            return mask, None
        once = photos.without_links(path)
        others = np.ones(len(once), np.bool_) if mask is None else mask
        return others & once, int(np.count_nonzero(others & ~once))

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
        plan: str = "",
        links_left_out: int | None = None,
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
            max_distance=self.options.limit,
            k=self.options.most,
            rate=self.options.rate,
            min_distance=self.options.min_distance,
            nearest=nearest,
            source=source,
            quality=quality,
            error=error,
            links_left_out=links_left_out,
            notes=self.gathered.notes,
            companions=self.gathered.companions if error is None else (),
            unused_exclude=self.gathered.unused_exclude,
            plan=plan,
        )


def _with_same(match: Match, same: Same | None) -> Match:
    return replace(match, same=same)
