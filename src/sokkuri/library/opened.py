"""A library as it is at one moment, and the photos that it knows, as one hash sees them."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import __version__ as pillow_version

from sokkuri.engine.table import FileFacts, PhotoTable
from sokkuri.errors import FormatError
from sokkuri.images import Rejected, RejectKind
from sokkuri.index.table import Owners
from sokkuri.library.point_keys import point_keys_of
from sokkuri.limits import changed_limits
from sokkuri.pipeline import is_other_file, parted
from sokkuri.pipeline.exclude import Exclude, kept_names
from sokkuri.stores.catalogue import Catalogue, read_catalogue

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.hashes import HashSpec
    from sokkuri.library.location import Location, Scan
    from sokkuri.stores.schema import FileRow, RejectionRow
    from sokkuri.stores.segment import Segment

# Raised with our own rules of what is a picture.
_RULES: Final = 3
_TRIES: Final = 5


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """A library as a reader sees it."""

    home: Location
    catalogue: Catalogue
    # Those that were asked for and are there; headers and lengths checked, codes not yet.
    segments: Mapping[HashSpec, Segment]
    # The folder has not moved since the library was last written to.
    in_place: bool = True

    def reasons(self) -> dict[int, RejectionRow]:
        """Return why files have no content, by their numbers."""
        return {row.file: row for row in self.catalogue.rejections.values() if row.file}

    def refused(self, spec: HashSpec) -> dict[int, RejectionRow]:
        """Return why contents have no code of a recipe, by their numbers."""
        segments = {row.id for row in self.catalogue.segments.values() if row.spec == spec}
        rejections = self.catalogue.rejections.values()
        return {row.content: row for row in rejections if row.content and row.segment in segments}

    def tried(self, spec: HashSpec) -> set[int]:
        """Return the contents that have a hash, or are known to have none by today's decoder."""
        segment, now = self.segments.get(spec), decoder()
        if segment is None:
            return set()
        segment.verified_codes()
        refused = self.refused(spec).values()
        return {*segment.owners.tolist(), *(row.content for row in refused if row.decoder == now)}

    def complete(self, specs: Sequence[HashSpec]) -> set[int]:
        """Return the contents for which all hashes are known, or known to be impossible."""
        return set.intersection(*map(self.tried, specs)) if specs else set()

    def other_files(self) -> set[int]:
        """Return the numbers of the files that are no pictures and claim to be none."""
        kinds = {file: row.kind.decode("utf-8", "replace") for file, row in self.reasons().items()}
        return {
            row.id
            for row in self.catalogue.files.values()
            if row.id in kinds and is_other_file(os.fsdecode(row.path), kinds[row.id])
        }


def decoder() -> bytes:
    """Return the decoder of today; files that another one rejected are given another chance.

    It consists of our rules, Pillow, and those limits that are not as they are by default.
    """
    set_limits = (f"{name}={value}" for name, value in changed_limits().items())
    return " ".join([f"{_RULES} pillow-{pillow_version}", *set_limits]).encode()


def open_state(
    home: Location, specs: Collection[HashSpec] | None = None, catalogue: Catalogue | None = None
) -> State:
    """Open a library for reading, without any lock.

    Parameters
    ----------
    home : Location
        Without a root, it is the one that the library has noted.
    specs : collection of HashSpec, optional
        The recipes whose codes are needed; all if None.
    catalogue : Catalogue, optional
        What is in there now, where that is known; it is read if None.

    Raises
    ------
    FileNotFoundError
        If there is no library.
    StoreError
        If it is of another folder, or cannot be read; FormatError if it is damaged, with the
        command that repairs it; NewerFormat if it is of a later version.
    """
    with home.repair_advice():
        for attempt in range(_TRIES):
            try:
                # Before the catalogue: a commit between the two would look like one that was lost.
                acknowledged = home.directory.read_stamp()
                found = catalogue or read_catalogue(home.directory.catalogue)
                if acknowledged > found.commit:
                    lost = acknowledged - found.commit
                    problem = f"the last {lost} commits are lost; their files are hashed again"
                    raise FormatError(home.directory.catalogue, problem)
                home = replace(home, root=home.root or home.noted_root(found))
                in_place = home.is_noted(found)
                segments = {
                    row.spec: home.open_segment(row)
                    for row in found.segments.values()
                    if specs is None or row.spec in specs
                }
                return State(home, found, segments, in_place)
            except FileNotFoundError as error:
                # Compaction may have replaced a segment between the catalogue and its opening.
                if not home.directory.exists():
                    raise
                if attempt == _TRIES - 1:
                    path = os.fsdecode(error.filename or home.directory.path)
                    raise FormatError(path, "it is gone") from error
    raise AssertionError("unreachable")


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
    """
    patterns, known = Exclude(exclude), state.catalogue.files
    if found is not None:
        names = sorted(seen.name for seen in found.files)
    else:
        kept = kept_names(state.home.root, known, patterns)
        names = sorted(name for name in kept if not known[name].is_away)
    files = [known.get(name) for name in names]
    wanted = np.array([0 if row is None else row.content for row in files], np.int64)
    codes, qualities, owners = _segment(state, spec)
    rows, counts = _rows_of(wanted, owners)
    has = np.flatnonzero(counts)
    photo_of_row = np.repeat(np.arange(len(has)), counts[has])
    first = np.searchsorted(photo_of_row, np.arange(len(has)))
    in_order = len(rows) == len(codes) and bool((rows == np.arange(len(codes))).all())
    prefix = state.home.prefix
    without = ((names[place], files[place]) for place in np.flatnonzero(counts == 0).tolist())
    rejected, other_files = parted(_rejected(state, spec, without))
    return PhotoTable(
        spec,
        tuple(os.fsdecode(prefix + names[place]) for place in has.tolist()),
        codes,
        qualities[rows[first]],
        None if in_order else rows,
        Owners.of(photo_of_row) if (counts > 1).any() else None,
        wanted[has],
        (state.home.root,),
        facts_of=partial(_facts_of, state, [known[names[place]] for place in has.tolist()]),
        point_keys_of=point_keys_of(state.segments.get(spec)),
        rejected=rejected,
        other_files=other_files,
        unused_exclude=patterns.unused,
    )


def _segment(state: State, spec: HashSpec) -> tuple[Codes, NDArray[np.int8], NDArray[np.int64]]:
    """Return the codes of a recipe with quality and content of each row, all mapped."""
    segment = state.segments.get(spec)
    if segment is None:
        nothing = np.empty(0, np.int64)
        return np.empty((0, spec.code_bytes), np.uint8), nothing.astype(np.int8), nothing
    with state.home.repair_advice():
        return segment.verified_codes(), segment.rows["quality"], segment.owners


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
    contents, unknown = state.catalogue.contents, (0, 0, 0, 0)
    return FileFacts.of(
        (row.id, row.size, row.mtime_ns, *contents.get(row.content, unknown)[2:4]) for row in files
    )


def _rejected(
    state: State, spec: HashSpec, files: Iterable[tuple[bytes, FileRow | None]]
) -> Iterator[Rejected]:
    """Say of each file why it has no code."""
    reasons, refused = state.reasons(), state.refused(spec)
    for name, row in files:
        kind = RejectKind.UNREADABLE
        detail = "it is not in the library yet; run again without --no-refresh"
        reason = None if row is None else refused.get(row.content) or reasons.get(row.id)
        if reason is not None:
            detail = reason.detail.decode("utf-8", "surrogateescape")
            with contextlib.suppress(ValueError):  # a later version knows more causes
                kind = RejectKind(reason.kind.decode("utf-8", "replace"))
        yield Rejected(os.fsdecode(state.home.prefix + name), kind, detail)
