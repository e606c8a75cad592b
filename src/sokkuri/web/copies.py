"""Copies of a picture among the photos of the page, and how two pictures lie on each other."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sokkuri.copies.claim import copy_of, details_of
from sokkuri.copies.finder import CopyFinder, CopyQuery
from sokkuri.copies.itself import itself, says_little
from sokkuri.copies.outcome import CopyOutcome
from sokkuri.copies.views import find_in_views
from sokkuri.engine.copies import CopySearch
from sokkuri.images import Rejected
from sokkuri.web.cache import Lru
from sokkuri.web.photo import PhotoRow, readable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sokkuri.copies.copy import Copy
    from sokkuri.copies.details import Details
    from sokkuri.engine.copies import CopyOptions
    from sokkuri.engine.table import PhotoTable
    from sokkuri.pipeline import FileRecord
    from sokkuri.web.photo import Found, Identity
    from sokkuri.web.pictures import Pictures

_MOST_QUERIES: Final = 256


@dataclass(frozen=True, slots=True)
class CopyWish:
    """One search for copies, as a link or a form asks for it, but for the picture.

    Parameters
    ----------
    options : CopyOptions
    offset, limit : int
        The part of the list that is sent.
    """

    options: CopyOptions
    offset: int
    limit: int

    @property
    def hash(self) -> str:
        """Name of the hash that describes photos."""
        return self.options.hashers[0].spec.name


class FoundCopies(NamedTuple):
    """The photos that are copies of a picture.

    Parameters
    ----------
    query : CopyQuery
    copies : list of (PhotoRow, Copy)
        The picture itself first, then best first.
    same_scene : list of (PhotoRow, Copy)
        Photos that match and are no copies: the same scene with another thing on it.
    searched : int
        Number of photos that took part.
    too_little : bool
        Hardly anything stands out in the picture: of its copies, only itself can be told.
    """

    query: CopyQuery
    copies: list[tuple[PhotoRow, Copy]]
    same_scene: list[tuple[PhotoRow, Copy]]
    searched: int
    too_little: bool

    def outcome(self, query: Found, tables: Sequence[PhotoTable]) -> CopyOutcome:
        """Return the whole answer as a value.

        Parameters
        ----------
        query : Found
        tables : sequence of PhotoTable
            That were searched.
        """
        return CopyOutcome(
            query=query.path if query.upload is None else query.upload.name, source=query.path,
            spec=self.query.plain.spec, searched=self.searched,
            copies=tuple(copy for _, copy in self.copies),
            same_scene=tuple(copy for _, copy in self.same_scene), too_little=self.too_little,
            excluded=sum(map(len, tables)) - self.searched, quality=self.query.plain.quality,
            rejected=sum((table.rejected for table in tables), ()),
            other_files=sum((table.other_files for table in tables), ()),
        )  # fmt: skip


class LaidPair(NamedTuple):
    """A picture laid on another.

    Parameters
    ----------
    copy : Copy
    details : Details, optional
        The evidence; None where a picture is the other itself, and says too little for more.
    same_scene : bool
        Whether it is no copy: the same scene with another thing on it.
    """

    copy: Copy
    details: Details | None
    same_scene: bool


class CopyDesk:
    """Finds copies for the page; every method may be called from any thread.

    Parameters
    ----------
    pictures : Pictures
        Reads queries.
    identity : Identity
        Knows which photos are the query itself.
    remember : callable
        Told of each picture that was read: its id, and what is known of it now.
    most : int
        Tables that are kept ready.
    """

    def __init__(
        self,
        pictures: Pictures,
        identity: Identity,
        remember: Callable[[str, FileRecord], None],
        most: int,
    ) -> None:
        self._pictures = pictures
        self._identity = identity
        self._remember = remember
        self._lock = threading.Lock()
        self._searches: Lru[int, CopySearch] = Lru(most)
        self._queries: Lru[tuple[str, int, int], CopyQuery] = Lru(_MOST_QUERIES)
        self._parts: Lru[tuple[str, int, int], tuple[CopyQuery, ...]] = Lru(_MOST_QUERIES)

    def find(self, query: Found, tables: Sequence[PhotoTable], options: CopyOptions) -> FoundCopies:
        """Return the photos of some tables that are copies of a picture.

        Parameters
        ----------
        query : Found
        tables : sequence of PhotoTable
            Of the hash that the options name.
        options : CopyOptions

        Raises
        ------
        Problem
            If the picture cannot be read.
        """
        described, views = self._described(query, options), partial(self._views, query, options)
        copies: list[tuple[PhotoRow, Copy]] = []
        scenes: list[tuple[PhotoRow, Copy]] = []
        equals: list[PhotoRow] = []
        searched = 0
        for table in tables:
            search = self._search(table)
            claimed = search.claims(described, views, options, query.path)
            searched += claimed.searched
            for photo, claim in claimed.claims.items():
                row = PhotoRow(table, photo)
                found = row, copy_of(claim, described, search.finder, row.path)
                (scenes if claim.same_scene else copies).append(found)
            equals += [PhotoRow(table, photo) for photo in claimed.equals]
        for each in (copies, scenes):
            each.sort(key=lambda found: -found[1].score)
        same = self._identity.of_rows(query, [*(row for row, _ in copies), *equals])
        copies = [(row, replace(copy, same=same.get(at))) for at, (row, copy) in enumerate(copies)]
        for at, row in enumerate(equals, start=len(copies)):
            if (told := same.get(at)) is not None:
                copies.append((row, itself(row.path, told, described, options.room)))
        copies.sort(key=lambda found: found[1].same is None)
        little = says_little(described, options.room)
        return FoundCopies(described, copies, scenes, searched, little)

    def pair(self, a: Found, b: Found, options: CopyOptions) -> LaidPair | None:
        """Return how a picture lies in another; None where they have too little in common.

        Parameters
        ----------
        a, b : Found
        options : CopyOptions

        Raises
        ------
        Problem
            If one of them cannot be read.
        """
        query, photo = self._described(a, options), self._described(b, options)
        code = np.frombuffer(photo.plain.code, np.uint8)[np.newaxis]
        finder = CopyFinder.of(code, options.room, workers=1)
        views = partial(self._views, a, options)
        claims = find_in_views(finder, query, views, least=options.least)
        answer = self._pictures.same(a.file(), [b.file()]).result()
        same = None if isinstance(answer, Rejected) else answer[0]
        if claims:
            copy = copy_of(claims[0], query, finder, b.path, same)
            return LaidPair(copy, details_of(claims[0], finder), claims[0].same_scene)
        if same is not None:
            return LaidPair(itself(b.path, same, query, options.room), None, same_scene=False)
        return None

    def _search(self, table: PhotoTable) -> CopySearch:
        """Return a table ready to be searched; it is made ready once, whoever else waits."""
        with self._lock:
            search = self._searches.get(id(table))
            if search is None or search.table is not table:
                search = CopySearch(table)
                _ = search.finder.points.parts
                self._searches.put(id(table), search)
            return search

    def _described(self, found: Found, options: CopyOptions) -> CopyQuery:
        key = _key(found, options)
        known = self._queries.get(key)
        if known is None:
            record = readable(self._pictures.describe(found.file(), options.room).result())
            # Its mirror image is no hash of the picture's.
            self._remember(found.id, replace(record, hashes=record.hashes[:1]))
            plain, mirrored = record.hashes
            known = CopyQuery(plain, mirrored)
            self._queries.put(key, known)
        return known

    def _views(self, found: Found, options: CopyOptions) -> tuple[CopyQuery, ...]:
        key = _key(found, options)
        known = self._parts.get(key)
        if known is None:
            known = readable(self._pictures.views(found.file(), options.room).result())
            self._parts.put(key, known)
        return known


def _key(found: Found, options: CopyOptions) -> tuple[str, int, int]:
    return found.id, 0 if found.row is None else found.row.content, options.room
