"""The photos of a table, searched for copies of a picture."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final, NamedTuple, TypedDict, TypeVar

from sokkuri.copies.candidates import PointTable
from sokkuri.copies.claim import copy_of
from sokkuri.copies.finder import SURE_SCORE, CopyFinder, least_score
from sokkuri.copies.itself import equal_rows, itself, says_little
from sokkuri.copies.outcome import CopyOutcome
from sokkuri.copies.views import described_views, find_in_views
from sokkuri.engine.options import Day, Filters
from sokkuri.engine.ranking import taking_part
from sokkuri.hashers.copies import CopiesHash
from sokkuri.hashers.copies_layout import room_of
from sokkuri.images import Rejected, describe
from sokkuri.pipeline import same_as

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np
    from numpy.typing import NDArray

    from sokkuri._typing import ImageLike
    from sokkuri.copies.copy import Copy
    from sokkuri.copies.finder import Claim, CopyQuery
    from sokkuri.engine.table import PhotoTable
    from sokkuri.protocols import Hasher

Answer = TypeVar("Answer", bound=CopyOutcome)

POINTS: Final = 150
HARDER_POINTS: Final = 300
"""Points that photos are described by, usually and where harder edits are to be found."""

COPIES_HASH: Final = f"copies-{POINTS}"
"""The hash that describes photos usually."""


@dataclass(frozen=True, kw_only=True)
class CopyOptions(Filters):
    """One search for copies, but for its queries and its place.

    Parameters
    ----------
    sure : bool
        Only those that are sure to be copies.
    harder : bool
        Describe photos by 300 points instead of 150: finds smaller parts, for twice the room.
    exclude_query : bool
        Leave the query's own file out.
    """

    sure: bool = False
    harder: bool = False
    exclude_query: bool = False

    @property
    def room(self) -> int:
        """Points that a description has room for."""
        return HARDER_POINTS if self.harder else POINTS

    @property
    def hashers(self) -> tuple[Hasher, Hasher]:
        """Describe a query and its mirror image; the first describes the photos, too."""
        return CopiesHash(self.room).both_ways

    @property
    def least(self) -> int:
        """The least score that counts, in thousandths."""
        return SURE_SCORE if self.sure else least_score(self.room)

    @property
    def leaves_out(self) -> bool:
        """True if photos may be left out; else all take part."""
        return self.exclude_query or self.filters != Filters()


class CopyArguments(TypedDict, total=False):
    """Keywords of a search for copies: the fields of :class:`CopyOptions`."""

    folder: str
    after: Day | None
    before: Day | None
    min_bytes: int | None
    max_bytes: int | None
    min_quality: int
    links: bool
    sure: bool
    harder: bool
    exclude_query: bool


class Claimed(NamedTuple):
    """The photos of a table that answer a search.

    Parameters
    ----------
    claims : dict of int to Claim
        What speaks for each photo, best first.
    equals : list of int
        Photos that nothing speaks for, but that are described as the query is: it may be itself.
    searched : int
        Number of photos that took part.
    """

    claims: dict[int, Claim]
    equals: list[int]
    searched: int


@dataclass(frozen=True, eq=False)
class CopySearch:
    """One table, ready to be searched for copies.

    Parameters
    ----------
    table : PhotoTable
        Of a ``copies`` hash.
    workers : int, optional
        Threads to use at most; as many as there are cores if not given.
    """

    table: PhotoTable
    workers: int | None = None

    @cached_property
    def finder(self) -> CopyFinder:
        """The finder over the table's codes."""
        table, room = self.table, room_of(self.table.spec)
        kept = None if table.point_keys_of is None else table.point_keys_of()
        return CopyFinder(PointTable(table.stored, room, table.rows, kept, self.workers))

    def find(
        self,
        kind: type[Answer],
        source: ImageLike,
        query: CopyQuery | Rejected,
        options: CopyOptions,
    ) -> Answer:
        """Find the copies of a picture.

        Parameters
        ----------
        kind : type
            The kind of :class:`sokkuri.copies.outcome.CopyOutcome`; it has ``error`` where there
            is no description.
        source : ImageLike
            Its path tells which photo it is itself.
        query : CopyQuery or Rejected
            Its description, or why it has none.
        options : CopyOptions
        """
        table, name = self.table, describe(source)
        if isinstance(query, Rejected):
            return kind(
                query=name, source=source, spec=table.spec, error=query.reason, searched=0,
                notes=table.notes, unused_exclude=table.unused_exclude,
            )  # fmt: skip
        path = os.fsdecode(source) if isinstance(source, str | os.PathLike) else None
        views = partial(described_views, source, self.finder.room)
        claims, equals, searched = self.claims(query, views, options, path)
        copies: list[Copy] = []
        scenes: list[Copy] = []
        paths = [table.paths[photo] for photo in (*claims, *equals)]
        same = same_as(source, paths)
        for place, claim, told in zip(paths, claims.values(), same, strict=False):
            found = copy_of(claim, query, self.finder, place, told)
            (scenes if claim.same_scene else copies).append(found)
        for place, told in zip(paths[len(claims) :], same[len(claims) :], strict=True):
            if told is not None:
                copies.append(itself(place, told, query, options.room))
        # The picture itself comes first; the others are the best first already.
        copies.sort(key=lambda copy: copy.same is None)
        return kind(
            query=name, source=source, spec=table.spec, copies=tuple(copies),
            same_scene=tuple(scenes), searched=searched,
            excluded=len(table) - searched, quality=query.plain.quality,
            too_little=says_little(query, options.room), rejected=table.rejected,
            other_files=table.other_files, skipped=table.skipped, notes=table.notes,
            unused_exclude=table.unused_exclude,
        )  # fmt: skip

    def claims(
        self,
        query: CopyQuery,
        views: Callable[[], Iterable[CopyQuery]],
        options: CopyOptions,
        path: str | None = None,
    ) -> Claimed:
        """Return the photos that are copies of a picture.

        Parameters
        ----------
        query : CopyQuery
        views : callable
            As of :func:`sokkuri.copies.views.find_in_views`.
        options : CopyOptions
        path : str, optional
            Of the query's own file.
        """
        mask, searched = None, len(self.table)
        if options.leaves_out:
            chosen = taking_part([self.table], options, path, exclude_query=options.exclude_query)
            mask, searched = chosen.mask(), len(chosen)
        found: dict[int, Claim] = {}
        rows = self._rows(mask)
        for claim in find_in_views(self.finder, query, views, least=options.least, mask=rows):
            found.setdefault(self._photo(claim.row), claim)
        equals = dict.fromkeys(map(self._photo, equal_rows(self.finder, query, rows)))
        return Claimed(found, [photo for photo in equals if photo not in found], searched)

    def _rows(self, photos: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
        owners = self.table.owners
        return photos if photos is None or owners is None else photos[owners.numbers]

    def _photo(self, row: int) -> int:
        owners = self.table.owners
        return row if owners is None else int(owners.numbers[row])
