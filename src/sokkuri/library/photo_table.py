"""The photos that a library knows, as one hash sees them: straight from the mapped codes."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sokkuri.engine.table import FileFacts, PhotoTable
from sokkuri.errors import FormatError
from sokkuri.images import Rejected, RejectKind
from sokkuri.index.table import Owners
from sokkuri.library.opened import with_advice
from sokkuri.pipeline import Exclude, kept_names, parted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.hashes import HashSpec
    from sokkuri.library.changes import Scan
    from sokkuri.library.opened import State
    from sokkuri.stores.schema import FileRow


def table_of(
    state: State, spec: HashSpec, found: Scan | None = None, *, exclude: Sequence[str] = ()
) -> PhotoTable:
    """Return the photos that a library has codes of.

    Parameters
    ----------
    state : State
    spec : HashSpec
        The recipe; a table without photos comes of one that the library does not have.
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
    known = state.catalogue.files
    files = [known.get(name) for name in names]
    wanted = np.array([0 if row is None else row.content for row in files], np.int64)
    codes, qualities, owners = _segment(state, spec)
    rows, counts = _rows_of(wanted, owners)
    has = np.flatnonzero(counts)
    several = bool((counts > 1).any())
    photo_of_row = np.repeat(np.arange(len(has)), counts[has])
    first = np.searchsorted(photo_of_row, np.arange(len(has)))
    # The mapped codes themselves where they fit.
    if len(rows) != len(codes) or not bool((rows == np.arange(len(codes))).all()):
        codes = codes[rows]
    prefix = state.home.prefix
    reasons = _Reasons(state, spec)
    rejected, companions = parted(
        reasons.of(os.fsdecode(prefix + names[place]), files[place])
        for place in np.flatnonzero(counts == 0).tolist()
    )
    listing = None if found is None else found.listing
    return PhotoTable(
        spec,
        tuple(os.fsdecode(prefix + names[place]) for place in has.tolist()),
        codes,
        qualities[rows[first]],
        Owners.of(photo_of_row) if several else None,
        wanted[has],
        (state.home.root,),
        facts_of=partial(_facts_of, state, [known[names[place]] for place in has.tolist()]),
        rejected=rejected,
        companions=companions,
        skipped=() if listing is None else listing.skipped,
        unused_exclude=patterns.unused if listing is None else listing.unused,
    )


def _segment(state: State, spec: HashSpec) -> tuple[Codes, NDArray[np.int8], NDArray[np.int64]]:
    """Return the codes of a recipe with quality and content of each row, all mapped."""
    segment = state.segments.get(spec)
    if segment is None or segment.rows is None:
        nothing = np.empty(0, np.int64)
        return np.empty((0, spec.code_bytes), np.uint8), nothing.astype(np.int8), nothing
    try:
        codes = segment.verified_codes()
    except FormatError as error:
        raise with_advice(state.home, error) from error
    return codes, segment.rows["quality"], np.ascontiguousarray(segment.rows["owner"])


def _rows_of(
    wanted: NDArray[np.int64], owners: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of each wanted content, one after the other, and how many each has.

    Photos that share a content share its rows.
    """
    order = np.argsort(owners, kind="stable")
    first = np.searchsorted(owners, wanted, side="left", sorter=order)
    counts = np.searchsorted(owners, wanted, side="right", sorter=order) - first
    starts = np.repeat(first - (np.cumsum(counts) - counts), counts)
    return order[starts + np.arange(len(starts))], counts


def _facts_of(state: State, files: Sequence[FileRow]) -> FileFacts:
    contents = state.catalogue.contents
    shown = ((row, contents.get(row.content)) for row in files)
    return FileFacts.of(
        (row.id, row.size, row.mtime_ns, 0, 0)
        if content is None
        else (row.id, row.size, row.mtime_ns, content.width, content.height)
        for row, content in shown
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

    def of(self, path: str, row: FileRow | None) -> Rejected:
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
