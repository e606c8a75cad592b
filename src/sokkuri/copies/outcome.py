"""The whole answer to one query for copies, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sokkuri.brief import brief_repr
from sokkuri.matches import FilesSeen

if TYPE_CHECKING:
    from sokkuri._typing import ImageLike
    from sokkuri.copies.copy import Copy
    from sokkuri.hashes import HashSpec
    from sokkuri.images import Rejected


@dataclass(frozen=True, kw_only=True)
class CopyOutcome(FilesSeen):
    """The copies of one picture, and everything behind the answer.

    Parameters
    ----------
    query : str
        The query's path, or a word for a query that is not a file.
    spec : HashSpec
        The recipe of the descriptions.
    copies : tuple of Copy
        Best first; of one score in path order.
    same_scene : tuple of Copy
        Photos that match and are no copies: the same scene with another thing on it.
    too_little : bool
        Hardly anything stands out in the query: of its copies, only itself can be told.
    searched, rejected, source, excluded, skipped, quality, error
        As of an :class:`sokkuri.matches.Outcome`.
    other_files, unused_exclude, notes
        As of an :class:`sokkuri.matches.Outcome`.
    """

    query: str
    spec: HashSpec
    searched: int
    copies: tuple[Copy, ...] = ()
    same_scene: tuple[Copy, ...] = ()
    too_little: bool = False
    rejected: tuple[Rejected, ...] = ()
    source: ImageLike | None = field(default=None, compare=False, repr=False)
    excluded: int = 0
    skipped: tuple[str, ...] = ()
    quality: int | None = field(default=None, compare=False)
    error: str | None = None
    other_files: tuple[str, ...] = ()
    unused_exclude: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=(), compare=False)

    __repr__ = brief_repr
