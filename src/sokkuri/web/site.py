"""All that the page shows: folders, uploaded queries, and what reads their pictures."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from sokkuri.engine.ranking import taking_part
from sokkuri.engine.search import Engines
from sokkuri.names import shown_name
from sokkuri.web.cache import Lru
from sokkuri.web.copies import CopyDesk
from sokkuri.web.photo import Found, Identity, PhotoRow, iso_time, readable
from sokkuri.web.problems import not_found, problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sokkuri.engine.options import Filters, SearchOptions, Sort
    from sokkuri.engine.ranking import Ranking
    from sokkuri.engine.table import PhotoTable
    from sokkuri.hashes import ImageHash
    from sokkuri.pipeline import FileRecord
    from sokkuri.web.copies import CopyWish, FoundCopies
    from sokkuri.web.models import Photo
    from sokkuri.web.pictures import Pictures
    from sokkuri.web.problems import Problem
    from sokkuri.web.shelf import Shelf
    from sokkuri.web.uploads import Uploads

# The id of a photo of a library: its folder's key, and its number in that library.
_PHOTO_ID: Final = re.compile(r"([0-9a-f]{6})\.([1-9][0-9]{0,17})", re.ASCII)

_MOST_RANKINGS: Final = 16
_MOST_ENGINES: Final = 6  # a folder
_MOST_COPY_TABLES: Final = 2  # a folder: usual, and harder
_MOST_HASHES: Final = 512
_STOP_SECONDS: Final = 1.5
"""How long refreshes may take to end: the server has five seconds in all."""


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """One search, as a link or a form asks for it, but for the picture.

    Parameters
    ----------
    options : SearchOptions
    offset, limit : int
        The part of the list that is sent.
    """

    options: SearchOptions
    offset: int
    limit: int

    @property
    def hash(self) -> str:
        """Name of the hash."""
        return self.options.hasher.spec.name


class Site:
    """The photos of one server.

    Parameters
    ----------
    shelves : sequence of Shelf
        The folders.
    uploads : Uploads
    pictures : Pictures
    default_hash : str
        Used where nothing is said.
    read_only : bool
        Nobody may start a refresh.
    reveal : callable, optional
        Shows a file in the file manager.
    """

    def __init__(
        self,
        shelves: Sequence[Shelf],
        uploads: Uploads,
        pictures: Pictures,
        *,
        default_hash: str,
        read_only: bool = False,
        reveal: Callable[[str], object] | None = None,
    ) -> None:
        self.shelves = tuple(shelves)
        for shelf in shelves if len(shelves) > 1 else ():
            shelf.label = shelf.name
        self.uploads = uploads
        self.pictures = pictures
        self.identity = Identity(pictures)
        self.default_hash = default_hash
        self.read_only = read_only
        self.reveal = reveal
        self._engines = Engines(_MOST_ENGINES * max(1, len(shelves)))
        self.copies = CopyDesk(
            pictures, self.identity, self.remember, _MOST_COPY_TABLES * max(1, len(shelves))
        )
        self._rankings: Lru[Any, Ranking] = Lru(_MOST_RANKINGS)
        self._hashes: Lru[tuple[str, str], ImageHash] = Lru(_MOST_HASHES)
        self._sizes: Lru[str, tuple[int, int]] = Lru(_MOST_HASHES)

    def shelf(self, key: str) -> Shelf:
        """Return a folder by its key.

        Raises
        ------
        Problem
            If there is none.
        """
        for shelf in self.shelves:
            if shelf.key == key:
                return shelf
        raise not_found("no such folder", "open the library page for the folders there are")

    def tables(self, hash: str) -> list[PhotoTable]:
        """Return the photos of all folders that have codes of a hash."""
        found = (shelf.table(hash) for shelf in self.shelves)
        return [table for table in found if table is not None]

    def find(self, id: str, among: Sequence[PhotoTable] = ()) -> Found:
        """Return the picture that an id stands for.

        Parameters
        ----------
        id : str
        among : sequence of PhotoTable
            Where a photo stands, if it is there; else among those of the default hash.

        Raises
        ------
        Problem
            If there is none, or not yet.
        """
        upload = self.uploads.find(id)
        if upload is not None:
            return Found(id, upload.path, shown_name(upload.name), upload=upload)
        match = _PHOTO_ID.fullmatch(id)
        key, number = match.groups() if match is not None else ("", "0")
        for table in chain(among, self.tables(self.default_hash)) if key else ():
            photo = table.place_of(int(number)) if table.key == key else None
            if photo is not None:
                row = PhotoRow(table, photo)
                return Found(id, row.path, table.names[photo], row, shelf=self.shelf(key))
        if any(shelf.key == key and shelf.indexing is not None for shelf in self.shelves):
            raise problem("being-hashed", hash=self.default_hash)
        raise not_found(
            "no photo has this id; it may have been moved or removed",
            "search again from a photo that is shown",
        )

    def photo(self, found: Found) -> Photo:
        """Return what is said of a picture everywhere."""
        if found.row is not None:
            return found.row.answer()
        try:
            status = os.stat(found.path)
        except OSError:
            raise not_found("the upload is gone", "upload the picture again") from None
        known = self._hashes.get((found.id, self.default_hash))
        width, height = self._sizes.get(found.id) or (None, None)
        return {
            "id": found.id,
            "name": found.name,
            "folder": "",
            "bytes": status.st_size,
            "width": width,
            "height": height,
            "modified": iso_time(status.st_mtime_ns),
            "kind": "upload",
            "quality": None if known is None else known.quality,
        }

    def hash_of(self, found: Found, hash: str) -> ImageHash:
        """Return the hash of a picture; an upload is read once.

        Parameters
        ----------
        found : Found
        hash : str

        Raises
        ------
        Problem
            If the picture cannot be read.
        """
        if found.row is not None and found.row.table.spec.name == hash:
            return found.row.table.hash_of(found.row.photo)
        known = self._hashes.get((found.id, hash))
        if known is not None:
            return known
        hashed = readable(self.pictures.hash(found.path, [hash]).result())
        self.remember(found.id, hashed)
        return hashed.hashes[0]

    def remember(self, id: str, hashed: FileRecord) -> None:
        """Keep the hashes and the size of a picture that was read just now.

        Parameters
        ----------
        id : str
        hashed : FileRecord
        """
        for value in hashed.hashes:
            self._hashes.put((id, value.spec.name), value)
        if hashed.size is not None:
            self._sizes.put(id, hashed.size)

    def rank(self, image: str, asked: SearchQuery) -> tuple[Found, Ranking]:
        """Return a query and all photos by their distance from it.

        Parameters
        ----------
        image : str
            The id of the query.
        asked : SearchQuery

        Raises
        ------
        Problem
            If the query cannot be read, or no folder has codes of the hash yet.
        """
        options = asked.options
        tables = self.tables(asked.hash)
        if not tables:
            raise self._lacking(asked.hash)
        # Among the photos of this hash, so that nothing of it is read again.
        query = self.find(image, tables)
        value = self.hash_of(query, asked.hash)
        path = None if options.links else query.path
        key = (
            value.code, options.metric.spec, options.mirror, options.filters, path,
            tuple(map(id, tables)),
        )  # fmt: skip
        return query, self._kept(
            key, lambda: self._engines.rank(tables, value, options, query.path)
        )

    def by_chance(self, asked: SearchQuery, ranking: Ranking, most: int) -> list[float] | None:
        """Return how many photos are within each distance of a usual one by chance.

        None where the photos are too few to tell.

        Parameters
        ----------
        asked : SearchQuery
        ranking : Ranking
            Of all photos that take part.
        most : int
            The largest distance that is asked about.
        """
        tables = self.tables(asked.hash)
        numbers = self._engines.by_chance(tables, asked.options, len(ranking))
        return None if numbers is None else numbers[: most + 1].round(3).tolist()

    def find_copies(self, image: str, wish: CopyWish) -> tuple[Found, FoundCopies]:
        """Return a query and the photos that are copies of it.

        Parameters
        ----------
        image : str
            The id of the query.
        wish : CopyWish

        Raises
        ------
        Problem
            If the query cannot be read, or no folder has descriptions yet.
        """
        tables = self.tables(wish.hash)
        if not tables:
            raise self._lacking(wish.hash)
        query = self.find(image, tables)
        return query, self.copies.find(query, tables, wish.options)

    def listing(self, filters: Filters, sort: Sort) -> Ranking:
        """Return all photos in the order of a list.

        Parameters
        ----------
        filters : Filters
        sort : str
        """
        tables = self.tables(self.default_hash)

        def make() -> Ranking:
            plain = taking_part(tables, filters)
            return plain.taken(plain.order(slice(None), sort))

        return self._kept((filters, sort, tuple(map(id, tables))), make)

    def stop(self) -> None:
        """End what runs in the background."""
        end = time.monotonic() + _STOP_SECONDS
        for shelf in self.shelves:
            shelf.stop(0)  # so that all of them are ending
        self.pictures.close()
        for shelf in self.shelves:
            shelf.stop(max(0.0, end - time.monotonic()))

    def _lacking(self, hash: str) -> Problem:
        """Say that no folder has codes of a hash; asking alone makes none."""
        if any(shelf.is_making(hash) for shelf in self.shelves):
            return problem("being-hashed", hash=hash)
        words = self.shelves[0].cli_args if self.shelves else "DIR"
        name = "not-hashed-and-read-only" if self.read_only else "not-hashed"
        return problem(name, hash=hash, words=words)

    def _kept(self, key: Any, make: Callable[[], Ranking]) -> Ranking:
        kept = self._rankings.get(key)
        if kept is None:
            kept = make()
            self._rankings.put(key, kept)
        return kept
