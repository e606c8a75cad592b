"""The search itself: the photos of a table, compared with a query."""

from __future__ import annotations

import os
import threading
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.chance import ChanceModel
from sokkuri.engine.distinct import DistinctCodes
from sokkuri.engine.ranking import Ranking, taking_part
from sokkuri.images import Rejected, describe
from sokkuri.index.planner import Planner
from sokkuri.pipeline import same_as

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import ImageLike
    from sokkuri.engine.options import SearchOptions
    from sokkuri.engine.ranking import Answer
    from sokkuri.engine.table import PhotoTable
    from sokkuri.hashes import ImageHash
    from sokkuri.metric import Metric

_MOST_ENGINES: Final = 6


class Engine:
    """One table as the hash and the emphasis of a search see it: its compared bits, read once.

    Parameters
    ----------
    table : PhotoTable
    options : SearchOptions
    workers : int, optional
        Threads to use at most; as many as there are cores if None.
    """

    def __init__(
        self, table: PhotoTable, options: SearchOptions, workers: int | None = None
    ) -> None:
        self.table = table
        self.metric = metric = options.metric
        self.compared = metric.table(table.codes)
        blocks = metric.blocks(options.hasher)
        self.planner = Planner(self.compared, metric.spec.bits, blocks, table.owners, workers)

    def distances(self, query: ImageHash, metric: Metric) -> NDArray[np.int64]:
        """Return how far every photo is, shape (P,), int64.

        Parameters
        ----------
        query : ImageHash
        metric : Metric
        """
        return self.table.nearest(metric.distances(metric.row(query), self.compared)[0])

    @cached_property
    def chance(self) -> ChanceModel | None:
        """The shares of photos that are near to each other by chance; None for too few photos."""
        distinct = DistinctCodes.of(self.table, self.metric)
        return ChanceModel.of(self.metric, distinct.first_codes)

    def by_chance(self, options: SearchOptions, searched: int) -> float | None:
        """Return how many photos are within the thresholds of a usual photo by chance.

        Parameters
        ----------
        options : SearchOptions
        searched : int
            How many photos take part.
        """
        if options.limit is None or self.chance is None:
            return None
        nearer = self.chance.pairs_by_chance(options.min_distance - 1, searched)
        return max(0.0, self.chance.pairs_by_chance(options.limit, searched) - nearer)

    def search(
        self,
        kind: type[Answer],
        source: ImageLike,
        query: ImageHash | Rejected,
        options: SearchOptions,
    ) -> Answer:
        """Find the photos near a picture, and no more of the others than the nearest.

        That one is told where no photo matches, and where all that match are the picture itself.

        Parameters
        ----------
        kind : type
            The kind of :class:`sokkuri.matches.Outcome`; it has ``error`` where there is no hash.
        source : ImageLike
            Its path tells which photo it is itself.
        query : ImageHash or Rejected
            Its hash, or why it has none.
        options : SearchOptions
        """
        table, name = self.table, describe(source)
        if isinstance(query, Rejected):
            return kind(
                query=name, source=source, error=query.reason, matches=(), searched=0, matched=0,
                rejected=(), notes=table.notes, unused_exclude=table.unused_exclude,
                **options.bounds(),
            )  # fmt: skip
        mask = links_left_out = None
        searched = len(table)
        if options.leaves_out:
            path = os.fsdecode(source) if isinstance(source, str | os.PathLike) else None
            chosen = taking_part([table], options, path, exclude_query=options.exclude_query)
            mask, searched, links_left_out = chosen.mask(), len(chosen), chosen.links_left_out
        views = options.metric.views(options.metric.row(query))
        limit, k = options.limit, options.most
        plan = self.planner.plan(
            k=k, max_distance=limit, queries=views.shape[1], searcher=options.searcher
        )
        find = partial(self.planner.search, views, searcher=plan.searcher)
        far = mask
        if options.min_distance:
            far = np.ones(len(table), np.bool_) if mask is None else mask.copy()
            far[find(max_distance=options.min_distance - 1, photos=mask).rows] = False
        hits = find(max_distance=limit, k=k, photos=far)
        count = len(hits.rows)
        shown = hits if count else find(k=1, photos=far)
        if not len(shown.rows):  # all that take part are nearer than the lower bound
            shown = find(k=1, photos=mask)
        # Those at distance 0 come first; none of the others can be the query itself.
        itself = shown.rows[: shown.distances.searchsorted(1)].tolist()
        same = dict(enumerate(same_as(source, [table.paths[photo] for photo in itself])))
        if limit is not None and 0 < count == hits.totals[0] and all(map(same.get, range(count))):
            shown = find(k=count + 1, photos=far)
        distances, which = shown.distances.astype(np.int64), np.zeros(len(shown.rows), np.int64)
        found = Ranking((table,), which, shown.rows, distances, links_left_out)
        return found.answer(
            kind, slice(0, count), options, same,
            query=name, source=source, quality=query.quality, plan=str(plan),
            searched=searched, excluded=len(table) - searched, matched=int(hits.totals[0]),
        )  # fmt: skip


class Engines:
    """The engines used last, so many at most, each made once; safe to use from any thread."""

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

    def by_chance(
        self, tables: Sequence[PhotoTable], options: SearchOptions, searched: int
    ) -> NDArray[np.float64] | None:
        """Return how many photos are within each distance of a usual one by chance.

        Tables of too few photos tell nothing, and others speak for them.

        Parameters
        ----------
        tables : sequence of PhotoTable
        options : SearchOptions
        searched : int
            How many photos take part.

        Returns
        -------
        ndarray of shape (bits + 1,), float64
            None where nothing can be told.
        """
        models = [(self.of(table, options).chance, len(table)) for table in tables]
        parts = [model.shares * count for model, count in models if model is not None]
        told = sum(count for model, count in models if model is not None)
        return sum(parts, np.zeros(1)) * (searched / told) if parts else None

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
