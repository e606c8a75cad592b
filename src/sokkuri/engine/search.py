"""The search itself: the photos of a table, compared with a query."""

from __future__ import annotations

import os
import threading
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sokkuri.engine.ranking import Ranking, taking_part
from sokkuri.images import describe
from sokkuri.index.planner import Planner
from sokkuri.index.table import search_photos
from sokkuri.matches import Outcome
from sokkuri.pipeline import same_as

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Codes, ImageLike
    from sokkuri.engine.options import SearchOptions
    from sokkuri.engine.table import PhotoTable
    from sokkuri.hashes import ImageHash
    from sokkuri.matches import Same
    from sokkuri.metric import Metric

_MOST_ENGINES: Final = 6
# What became of the files that are no photos.
_OF_FILES: Final = ("rejected", "skipped", "companions", "unused_exclude", "notes")


class Engine:
    """One table as one hash and one emphasis see it: its compared bits, read once.

    Parameters
    ----------
    table : PhotoTable
    options : SearchOptions
        Whose hash and emphasis count.
    workers : int, optional
        Threads to use at most; as many as there are cores if None.
    """

    def __init__(
        self, table: PhotoTable, options: SearchOptions, workers: int | None = None
    ) -> None:
        self.table = table
        self.compared = options.metric.table(table.codes)
        bits, blocks = options.metric.spec.bits, options.metric.blocks(options.hasher)
        self.planner = Planner(self.compared, bits, blocks, workers)

    def distances(self, query: ImageHash, metric: Metric) -> NDArray[np.int64]:
        """Return how far every photo is, shape (P,), int64.

        Parameters
        ----------
        query : ImageHash
        metric : Metric
            Of the engine's hash and emphasis.
        """
        return self.table.nearest(metric.distances(_row(query, metric), self.compared)[0])

    def search(self, query: ImageHash, options: SearchOptions, source: ImageLike) -> Outcome:
        """Find the photos near a query, and no more of the others than the nearest.

        Parameters
        ----------
        query : ImageHash
        options : SearchOptions
        source : ImageLike
            What the query is of; its path tells which photo it is itself.
        """
        path = os.fsdecode(source) if isinstance(source, str | os.PathLike) else None
        mask = links_left_out = None
        searched = len(self.table)
        if options.leaves_out:
            chosen = taking_part([self.table], options, path, exclude_query=options.exclude_query)
            mask, searched, links_left_out = chosen.mask(), len(chosen), chosen.links_left_out
        views = options.metric.views(_row(query, options.metric))
        limit, k = options.limit, options.most
        plan = self.planner.plan(
            k=k, limit=limit, queries=views.shape[1], searcher=options.searcher
        )
        find = partial(
            search_photos, self.planner.searcher(plan.searcher), self.table.owners, views
        )
        far = mask
        if options.min_distance:
            far = np.ones(len(self.table), np.bool_) if mask is None else mask.copy()
            far[find(max_distance=options.min_distance - 1, photos=mask).rows] = False
        hits = find(max_distance=limit, k=k, photos=far)
        shown = hits if len(hits.rows) else find(k=1, photos=mask)
        distances, which = shown.distances.astype(np.int64), np.zeros(len(shown.rows), np.int64)
        found = Ranking((self.table,), which, shown.rows, distances, links_left_out)
        # Those at distance 0 come first; none of the others can be the query itself.
        itself = shown.rows[: distances.searchsorted(1)].tolist()
        same = dict(enumerate(same_as(source, [self.table.paths[photo] for photo in itself])))
        return outcome_of(
            found, slice(0, len(hits.rows)), options, same,
            query=describe(source), source=source, quality=query.quality, plan=str(plan),
            searched=searched, excluded=len(self.table) - searched, matched=int(hits.totals[0]),
        )  # fmt: skip


def outcome_of(
    ranking: Ranking,
    part: slice,
    options: SearchOptions,
    same: Mapping[int, Same | None],
    **fields: Any,
) -> Outcome:
    """Return a part of a ranking as the answer to a query.

    Parameters
    ----------
    ranking : Ranking
    part : slice
        What matches; the first photo of all is the nearest where nothing does.
    options : SearchOptions
    same : mapping of int to {"bytes", "link", "pixels", None}
        Identity beyond the hash, by place of the ranking.
    **fields
        Those of :class:`sokkuri.matches.Outcome` that neither tells.
    """
    places = ranking.order(part, options.sort)
    matches = ranking.matches(places, same)
    nearest = matches[0] if matches and options.sort == "nearest" else None
    if nearest is None and len(ranking):
        (nearest,) = ranking.matches(np.array([part.start if matches else 0]), same)
    for name in _OF_FILES:
        fields[name] = sum((getattr(table, name) for table in ranking.tables), ())
    return Outcome(
        spec=options.metric.spec,
        matches=matches,
        nearest=nearest,
        max_distance=options.limit,
        min_distance=options.min_distance,
        k=options.most,
        rate=options.rate,
        links_left_out=ranking.links_left_out,
        **fields,
    )


def refused(source: ImageLike, options: SearchOptions, reason: str, table: PhotoTable) -> Outcome:
    """Return the answer to a query that cannot be read.

    Parameters
    ----------
    source : ImageLike
    options : SearchOptions
    reason : str
    table : PhotoTable
        What would have been searched.
    """
    return Outcome(
        query=describe(source), spec=options.metric.spec, searched=0, rejected=(), matches=(),
        matched=0, max_distance=options.limit, min_distance=options.min_distance, k=options.most,
        rate=options.rate, source=source, error=reason, notes=table.notes,
        unused_exclude=table.unused_exclude,
    )  # fmt: skip


class Engines:
    """The engines used last, each made once; safe to use from any thread.

    Parameters
    ----------
    most : int
        Number of engines that are kept.
    """

    def __init__(self, most: int = _MOST_ENGINES) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: dict[tuple[int, str], Engine] = {}

    def of(self, table: PhotoTable, options: SearchOptions) -> Engine:
        """Return the engine of a table for the hash and the emphasis of a search.

        Parameters
        ----------
        table : PhotoTable
        options : SearchOptions
        """
        key = id(table), options.metric.spec.name
        with self._lock:
            engine = self._kept.pop(key, None)
            if engine is None or engine.table is not table:
                engine = Engine(table, options)
            self._kept[key] = engine  # the latest stands last
            while len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]
            return engine

    def rank(
        self, tables: Sequence[PhotoTable], query: ImageHash, options: SearchOptions, path: str
    ) -> Ranking:
        """Return all photos of some tables that take part by their distance from a query.

        Parameters
        ----------
        tables : sequence of PhotoTable
        query : ImageHash
        options : SearchOptions
        path : str
            Where the query lies.
        """
        metric = options.metric
        chosen = taking_part(tables, options, path, exclude_query=options.exclude_query)
        return chosen.ranked([self.of(table, options).distances(query, metric) for table in tables])


def _row(query: ImageHash, metric: Metric) -> Codes:
    return metric.table(np.frombuffer(query.code, np.uint8)[np.newaxis])
