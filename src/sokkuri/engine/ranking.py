"""Which photos take part, and the order in which they are answered: the only place that says so."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from sokkuri.engine.options import SECOND_NS
from sokkuri.matches import Match, Outcome
from sokkuri.pipeline.same_picture import known_file_key, without_links

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sokkuri.engine.options import Filters, SearchOptions, Sort
    from sokkuri.engine.table import PhotoTable
    from sokkuri.matches import Same

Answer = TypeVar("Answer", bound=Outcome)

# What became of the files that are no photos.
_OF_FILES: Final = ("rejected", "skipped", "other_files", "unused_exclude", "notes")


@dataclass(frozen=True, eq=False)
class Ranking:
    """Photos in the order (distance, table, path).

    Parameters
    ----------
    tables : sequence of PhotoTable
    which, photos : ndarray of shape (N,), int64
        The table of each photo, as a place in ``tables``, and its place there.
    distances : ndarray of shape (N,), int64
        Differing bits, ascending; all 0 where there is no query.
    links_left_out : int, optional
        Number of other names of a file that do not take part; None where all do.
    """

    tables: Sequence[PhotoTable]
    which: NDArray[np.int64]
    photos: NDArray[np.int64]
    distances: NDArray[np.int64]
    links_left_out: int | None = None

    def __len__(self) -> int:
        return len(self.photos)

    @property
    def left_out(self) -> int:
        """Number of photos that do not take part."""
        return sum(map(len, self.tables)) - len(self)

    @cached_property
    def histogram(self) -> NDArray[np.int64]:
        """Number of photos at each distance from 0 to the farthest, shape (D + 1,)."""
        return np.bincount(self.distances, minlength=1)

    def mask(self) -> NDArray[np.bool_] | None:
        """Which photos of the only table take part, shape (P,); None where all do."""
        if not self.left_out:
            return None
        mask = np.zeros(len(self.tables[0]), np.bool_)
        mask[self.photos] = True
        return mask

    def ranked(self, distances: Sequence[NDArray[np.int64]]) -> Ranking:
        """Return the photos that take part by their distance.

        ``distances`` has for each table those of all its photos, shape (P,), int64.
        """
        found = _gathered(self, distances)
        # Within a table photos are in path order, so a stable sort keeps ties in it.
        return replace(self, distances=found).taken(np.argsort(found, kind="stable"))

    def taken(self, places: NDArray[np.int64]) -> Ranking:
        """Return some of the photos, in the order of ``places``, shape (n,), int64."""
        columns = (self.which[places], self.photos[places], self.distances[places])
        return Ranking(self.tables, *columns, self.links_left_out)

    def between(self, least: int, most: int | None, k: int | None) -> slice:
        """Return the part that lies within two bounds.

        Parameters
        ----------
        least, most, k : int
            The bounds in bits, both inclusive, and how many photos at most; the latter two may be
            None.
        """
        start = int(self.distances.searchsorted(least))
        end = len(self) if most is None else int(self.distances.searchsorted(most, side="right"))
        return slice(start, max(start, end if k is None else min(end, start + k)))

    def nearest(self, part: slice) -> int | None:
        """Return the place of what a wider threshold would let in where nothing is in a part.

        It is the first photo from the part's lower bound on, or else of all; None without photos.
        """
        return (part.start if part.start < len(self) else 0) if len(self) else None

    def nearest_other(
        self, part: slice, limit: int | None, same: Mapping[int, Same | None]
    ) -> int | None:
        """Return the place of the first photo beyond a threshold that only the query itself passes.

        Parameters
        ----------
        part : slice
            What matches.
        limit : int, optional
            The threshold in bits, inclusive.
        same : mapping of int to {"bytes", "link", "pixels", None}
            Identity beyond the hash, by place.
        """
        found, end = range(part.start, part.stop), part.stop
        if limit is None or not found or end == len(self) or self.distances[end] <= limit:
            return None
        return end if all(same.get(place) for place in found) else None

    def order(self, part: slice, sort: Sort) -> NDArray[np.int64]:
        """Return the places of a part in the order of the answer.

        Parameters
        ----------
        part : slice
        sort : {"nearest", "farthest", "newest", "oldest", "biggest", "smallest", "name"}
            Names are compared without case, then whole paths; other ties stay nearest first.

        Returns
        -------
        ndarray of shape (n,), int64
        """
        places = np.arange(len(self))[part]
        if sort == "nearest":
            return places
        if sort == "name" and len(self.tables) > 1:
            keys = [table.name_keys[photo] for table, photo in map(self.at, places.tolist())]
            return places[sorted(range(len(places)), key=keys.__getitem__)]
        if sort == "name":
            values = self.tables[0].name_ranks[self.photos] if self.tables else self.photos
        elif sort == "farthest":
            values = self.distances
        elif sort in ("newest", "oldest"):
            # Whole seconds, as the page has them: both must come to the same order.
            values = self.column("mtimes_ns") // SECOND_NS
        else:
            values = self.column("bytes")
        down = sort in ("farthest", "newest", "biggest")
        return places[np.argsort(-values[places] if down else values[places], kind="stable")]

    def column(self, name: str) -> NDArray[np.int64]:
        """Return one of the facts about the files, in the order of the ranking, shape (N,)."""
        return _gathered(self, [getattr(table.facts, name) for table in self.tables])

    def at(self, place: int) -> tuple[PhotoTable, int]:
        """Return the table of a photo, and its place there."""
        return self.tables[int(self.which[place])], int(self.photos[place])

    def answer(
        self,
        kind: type[Answer],
        part: slice,
        options: SearchOptions,
        same: Mapping[int, Same | None],
        **fields: Any,
    ) -> Answer:
        """Return a part of the ranking as the answer to a query.

        Parameters
        ----------
        kind : type
            The kind of :class:`sokkuri.matches.Outcome`; ``fields`` of it are those told by neither
            the ranking nor the options.
        part : slice
            What matches.
        options : SearchOptions
        same : mapping of int to {"bytes", "link", "pixels", None}
            Identity beyond the hash, by place.
        """
        nearest, other = self.nearest(part), self.nearest_other(part, options.limit, same)
        for name in _OF_FILES:
            fields[name] = sum((getattr(table, name) for table in self.tables), ())
        return kind(
            matches=self._matches(self.order(part, options.sort), same),
            nearest=self._match(nearest, same), nearest_other=self._match(other, same),
            links_left_out=self.links_left_out, **options.bounds(), **fields,
        )  # fmt: skip

    def _match(self, place: int | None, same: Mapping[int, Same | None]) -> Match | None:
        return None if place is None else self._matches(np.array([place]), same)[0]

    def _matches(
        self, places: NDArray[np.int64], same: Mapping[int, Same | None]
    ) -> tuple[Match, ...]:
        some = self.taken(places)
        qualities = _gathered(some, [table.qualities for table in self.tables])
        columns = (some.which, some.photos, some.distances, qualities, places)
        paths = [table.paths for table in self.tables]
        rows = zip(*[column.tolist() for column in columns], strict=True)
        # A list first: a tuple made of a generator takes half as long again.
        found = [
            Match(paths[which][photo], distance, same.get(place), None if quality < 0 else quality)
            for which, photo, distance, quality, place in rows
        ]
        return tuple(found)


def taking_part(
    tables: Sequence[PhotoTable],
    filters: Filters,
    query: str | None = None,
    *,
    exclude_query: bool = False,
) -> Ranking:
    """Return the photos that filters let through, unranked: by table and path, at distance 0.

    Parameters
    ----------
    tables : sequence of PhotoTable
    filters : Filters
    query : str, optional
        The query's path: its other names are left out with ``links=False``.
    exclude_query : bool
        Leave the query's own file out, by whatever name it is reached.
    """
    chosen = [np.flatnonzero(_passing(table, filters)) for table in tables]
    photos = np.concatenate([np.empty(0, np.int64), *chosen])
    which = np.repeat(np.arange(len(chosen)), [len(each) for each in chosen])
    found = Ranking(tuple(tables), which, photos, np.zeros(len(photos), np.int64))
    if exclude_query and query is not None:
        own = known_file_key(query)
        other = np.array([known_file_key(path) != own for path in _paths(found)], np.bool_)
        found = found.taken(np.flatnonzero(other))
    if filters.links:
        return found
    keep = without_links(_paths(found), query)
    left_out = int(np.count_nonzero(~keep))
    return replace(found.taken(np.flatnonzero(keep)), links_left_out=left_out)


def _gathered(ranking: Ranking, columns: Sequence[NDArray[Any]]) -> NDArray[np.int64]:
    """Return a column of each table in the order of a ranking, shape (N,)."""
    if len(columns) == 1:
        return columns[0][ranking.photos]
    found = np.empty(len(ranking), np.int64)
    for place, column in enumerate(columns):
        mine = ranking.which == place
        found[mine] = column[ranking.photos[mine]]
    return found


def _paths(ranking: Ranking) -> list[str]:
    found = map(ranking.at, range(len(ranking)))
    return [table.paths[photo] for table, photo in found]


def _passing(table: PhotoTable, filters: Filters) -> NDArray[np.bool_]:
    """Tell which photos of a table filters let through, shape (P,)."""
    keep = np.ones(len(table), np.bool_)
    if filters.min_quality:
        keep &= (table.qualities < 0) | (table.qualities >= filters.min_quality)
    if filters.after_ns is not None:
        keep &= table.facts.mtimes_ns >= filters.after_ns
    if filters.before_ns is not None:
        keep &= table.facts.mtimes_ns < filters.before_ns
    if filters.min_bytes is not None:
        keep &= table.facts.bytes >= filters.min_bytes
    if filters.max_bytes is not None:
        keep &= table.facts.bytes <= filters.max_bytes
    if wanted := unicodedata.normalize("NFC", filters.folder).strip("/"):
        inside = {each for each in set(table.folders) if f"{each}/".startswith(f"{wanted}/")}
        keep &= np.array([folder in inside for folder in table.folders], np.bool_)
    return keep
