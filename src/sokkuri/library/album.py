"""The photos of a folder as one hash sees them, straight from the mapped codes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sokkuri.errors import FormatError
from sokkuri.images import Rejected, RejectKind
from sokkuri.library.opened import with_advice
from sokkuri.pipeline import Exclude, kept_names, parted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.hashes import HashSpec
    from sokkuri.library.changes import Scan
    from sokkuri.library.opened import State
    from sokkuri.stores.segment import Segment

__all__ = ["Album", "album_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Album:
    """Some photos of a library, in path order, and the rows of codes that belong to each.

    Parameters
    ----------
    spec : HashSpec
        The recipe.
    paths : tuple of str
        The photos that have a code, sorted by the bytes of their paths.
    contents : ndarray of shape (P,), int64
        The content of each: photos with the same bytes share one, and ``owners`` counts by it.
    rows : ndarray of shape (M,), int64
        Rows of ``all_codes``, those of the first photo first.  Photos that share a content share
        its rows, and a photo has a row for each view.
    photos : ndarray of shape (M,), int64
        The photo, as a place in ``paths``, that each of ``rows`` belongs to; ascending.
    rejected : tuple of Rejected
        The files that have no code, and why, sorted by path.
    segment : Segment, optional
        Where the codes are; None for an album without photos.
    companions : tuple of str
        The files that have no code because they only go with photos.
    unused : tuple of str
        Patterns to leave out that were about none of the files.
    """

    spec: HashSpec
    paths: tuple[str, ...]
    contents: NDArray[np.int64]
    rows: NDArray[np.int64]
    photos: NDArray[np.int64]
    rejected: tuple[Rejected, ...]
    segment: Segment | None
    companions: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()

    @property
    def all_codes(self) -> Codes:
        """Every code of the library, mapped and verified, shape (N, B), uint8."""
        if self.segment is None:
            return np.empty((0, self.spec.code_bytes), np.uint8)
        return self.segment.verified_codes()

    @property
    def owners(self) -> NDArray[np.int64]:
        """The content that each row of ``all_codes`` belongs to, shape (N,), int64."""
        owners = None if self.segment is None else self.segment.owners
        return np.empty(0, np.int64) if owners is None else owners

    @property
    def codes(self) -> Codes:
        """The codes of ``rows``, shape (M, B), uint8; the mapped ones themselves where they fit."""
        codes = self.all_codes
        if len(codes) == len(self.rows) and bool((self.rows == np.arange(len(codes))).all()):
            return codes
        taken: Codes = codes[self.rows]
        return taken

    @property
    def qualities(self) -> list[int | None]:
        """How much each of ``rows`` says, 0 to 100; None where that is not known."""
        known = None if self.segment is None else self.segment.qualities
        if known is None:
            return []
        return [None if value < 0 else value for value in known[self.rows].tolist()]

    def paths_of(self, content: int) -> list[str]:
        """Return the photos that have a content, in path order."""
        return [self.paths[place] for place in np.flatnonzero(self.contents == content).tolist()]


def album_of(
    state: State, spec: HashSpec, found: Scan | None = None, *, exclude: Sequence[str] = ()
) -> Album:
    """Return the photos that a library has codes of.

    Parameters
    ----------
    state : State
    spec : HashSpec
        The recipe; an album without photos comes of one that the library does not have.
    found : Scan, optional
        The files to look up, from a walk just now; all that the library knows and that was within
        reach when it was last brought up to date, if None.
    exclude : sequence of str
        Patterns of files and folders to leave out, where there was no walk.  Ignore files that the
        library knows of are read for that.

    Raises
    ------
    FormatError
        If a block of codes is damaged, with the command that repairs it.
    """
    patterns = Exclude(exclude)
    names = sorted(_names(state, found, patterns))
    catalogue = state.catalogue
    segment = state.segments.get(spec)
    files = [catalogue.files.get(name) for name in names]
    wanted = np.array([0 if row is None else row.content for row in files], np.int64)
    owners = np.empty(0, np.int64)
    if segment is not None and segment.rows is not None:
        try:
            segment.verified_codes()
        except FormatError as error:
            raise with_advice(state.home, error) from error
        owners = np.ascontiguousarray(segment.rows["owner"])
    order = np.argsort(owners, kind="stable")
    first = np.searchsorted(owners, wanted, side="left", sorter=order)
    counts = np.searchsorted(owners, wanted, side="right", sorter=order) - first
    has, lacking = np.flatnonzero(counts), np.flatnonzero(counts == 0)
    counts = counts[has]
    # For each photo its rows in a row: where they begin, and then one after the other.
    starts = np.repeat(
        first[has] - np.concatenate([[0], np.cumsum(counts)[:-1]])[: len(has)], counts
    )
    rows = order[(starts + np.arange(len(starts))).astype(np.int64)]
    prefix = state.home.prefix
    paths = tuple(os.fsdecode(prefix + names[place]) for place in has.tolist())
    reasons = _Reasons(state, spec)
    rejected, companions = parted(
        reasons.of(os.fsdecode(prefix + names[place]), files[place]) for place in lacking.tolist()
    )
    photos = np.repeat(np.arange(len(has)), counts)
    return Album(
        spec, paths, wanted[has], rows, photos, rejected, segment, companions, patterns.unused
    )


class _Reasons:
    """Why files have no code."""

    def __init__(self, state: State, spec: HashSpec) -> None:
        row = state.segment_rows().get(spec)
        rejections = state.catalogue.rejections.values()
        number = -1 if row is None else row.id
        self._of_file = {reason.file: reason for reason in rejections if reason.file}
        self._of_content = {
            reason.content: reason
            for reason in rejections
            if reason.content and reason.segment == number
        }

    def of(self, path: str, row: Any) -> Rejected:
        reason = None
        if row is not None:
            reason = self._of_content.get(row.content) or self._of_file.get(row.id)
        if reason is None:
            detail = "it is not in the library yet; run again without --no-refresh"
            return Rejected(path, RejectKind.UNREADABLE, detail)
        detail = reason.detail.decode("utf-8", "surrogateescape")
        return Rejected(path, _kind(reason.kind), detail)


def _kind(word: bytes) -> RejectKind:
    try:
        return RejectKind(word.decode("utf-8", "replace"))
    except ValueError:
        return RejectKind.UNREADABLE  # a later version knows more causes


def _names(state: State, found: Scan | None, exclude: Exclude) -> list[bytes]:
    if found is not None:
        return [seen.name for seen in found.files]
    known = state.catalogue.files
    kept = kept_names(state.home.root, known, exclude)
    return [name for name in kept if not known[name].is_away]
