"""The files of a folder as they are now, and how they differ from those that its library knows."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from PIL import __version__ as pillow_version

from sokkuri.images import Rejected, RejectKind, read_picture_file
from sokkuri.library.drives import Absences, FolderMark, inode_of, judge, marks_of_folders
from sokkuri.limits import changed_limits
from sokkuri.pipeline import FileListing, is_companion, list_files
from sokkuri.stores.schema import clamped

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sokkuri._typing import Progress
    from sokkuri.hashes import HashSpec
    from sokkuri.library.location import Location
    from sokkuri.library.opened import State
    from sokkuri.stores.catalogue import Catalogue
    from sokkuri.stores.schema import FileRow, FolderRow, RejectionRow

_RULES: Final = 2
"""Raised with our own rules of what is a picture."""

_PASSING: Final = {RejectKind.MISSING.encode(), RejectKind.UNREADABLE.encode()}
# Within so much time a file can change twice without its times showing it.
_YOUNG_NS: Final = 2_000_000_000
# A clock that is ahead by more is no clock: such a time was set by somebody.
_AHEAD_NS: Final = 86_400_000_000_000
# Here lie all times that no row can hold, so two of them need not be the same.
_ENDS: Final = clamped(-1 << 64), clamped(1 << 64)
_LONGEST_DETAIL: Final = 2_000
# How finely file systems and archives keep times: to 100 ns, 1 us, 1 ms, 1 s or 2 s.
_GRAINS_NS: Final = (100, 1_000, 1_000_000, 1_000_000_000, 2_000_000_000)


@dataclass(frozen=True, slots=True)
class FileStat:
    """A file as the walk met it.

    Parameters
    ----------
    path : str
        The whole path.
    name : bytes
        The path relative to the root.
    key : tuple of int
        Size, mtime_ns, ctime_ns and inode; zeros if there is nothing to ask.
    doubt : bool
        Whether it changed so lately that it may change again without its key showing it.
    """

    path: str
    name: bytes
    key: tuple[int, int, int, int] = (0, 0, 0, 0)
    doubt: bool = False


@dataclass(frozen=True, slots=True)
class Scan:
    """A folder as it was walked: the listing, and each file and folder as it was met."""

    listing: FileListing
    files: tuple[FileStat, ...]
    folders: Mapping[bytes, FolderMark] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changes:
    """The work of a refresh.

    Parameters
    ----------
    fresh : tuple of FileStat
        Files that are new, changed, or not known for sure.
    likely : tuple of FileStat
        Files of the size and time that are known, but with another inode or another time of that:
        a sample of their bytes tells whether they are the same.
    returned : tuple of FileStat
        Known and unchanged files that were out of reach.
    incomplete : tuple of FileStat
        Known and unchanged files that lack the code of a hash.
    absences : Absences
        Files that the library knows and the folder does not have any more.
    folders : mapping of bytes to FolderMark
        Those that are not as they were noted.
    new_specs : tuple of HashSpec
        Recipes that have no segment yet.
    moved : bool
        Whether the folder has another place than was noted.
    """

    fresh: tuple[FileStat, ...]
    likely: tuple[FileStat, ...]
    returned: tuple[FileStat, ...]
    incomplete: tuple[FileStat, ...]
    absences: Absences
    folders: Mapping[bytes, FolderMark]
    new_specs: tuple[HashSpec, ...]
    moved: bool

    def __bool__(self) -> bool:
        missing = self.absences.gone or not all(row.is_away for row in self.absences.away)
        files = self.fresh or self.likely or self.returned or self.incomplete or missing
        return bool(files or self.folders or self.new_specs or self.moved)


def decoder() -> bytes:
    """Return the decoder of today; files that another one rejected are given another chance.

    It consists of our rules, Pillow, and those limits that are not as they are by default.
    """
    set_limits = (f"{name}={value}" for name, value in changed_limits().items())
    return " ".join([f"{_RULES} pillow-{pillow_version}", *set_limits]).encode()


def scan(
    home: Location, *, exclude: Sequence[str], follow: bool, progress: Progress | None = None
) -> Scan:
    """List the folder, and ask every file for its size and times.

    Parameters
    ----------
    home : Location
    exclude, follow, progress
        As of :func:`sokkuri.pipeline.list_files`.
    """
    listing = list_files([home.root], exclude=exclude, follow=follow, progress=progress)
    cut = len(home.prefix)
    now = time.time_ns()
    files = []
    for path in listing.files:
        name = os.fsencode(path)[cut:]
        try:
            status = os.stat(path)
        except (OSError, ValueError, OverflowError):
            files.append(FileStat(path, name))
            continue
        values = status.st_size, status.st_mtime_ns, status.st_ctime_ns
        size, mtime, ctime = map(clamped, values)
        changed = ctime if os.name == "posix" else mtime
        doubt = now - _YOUNG_NS < changed < now + _AHEAD_NS
        files.append(FileStat(path, name, (size, mtime, ctime, inode_of(status)), doubt))
    folders = marks_of_folders(home.root, (seen.name for seen in files))
    return Scan(listing, tuple(files), folders)


def find_changes(
    state: State,
    found: Scan,
    specs: Sequence[HashSpec],
    *,
    forget_missing: bool = False,
    read_all: bool = False,
) -> Changes:
    """Compare a folder with its library; files that could not be read are tried again here.

    Parameters
    ----------
    state : State
    found : Scan
    specs : sequence of HashSpec
        The hashes that are wanted.
    forget_missing : bool
        Whether what is not there is gone, also where a drive may be away.
    read_all : bool
        Whether no size and no time is trusted.
    """
    catalogue = state.catalogue
    complete = complete_contents(state, specs)
    reasons = {row.file: row for row in catalogue.rejections.values() if row.file}
    fresh: list[FileStat] = []
    likely: list[FileStat] = []
    returned: list[FileStat] = []
    incomplete: list[FileStat] = []
    for seen in found.files:
        row = catalogue.files.get(seen.name)
        if row is None or row.is_young or read_all:
            fresh.append(seen)
        elif row[1:5] != seen.key:
            # What was rejected unread has no content, and so no sample.
            (likely if row.content and _may_be_same(row, seen) else fresh).append(seen)
        elif not row.content and not _still_rejected(seen, reasons.get(row.id)):
            fresh.append(seen)
        else:
            if row.is_away:
                returned.append(seen)
            if row.content and row.content not in complete:
                incomplete.append(seen)
    absences = _absences(state, found, forget=forget_missing)
    folders = {
        name: mark
        for name, mark in found.folders.items()
        if name not in absences.others and not _is_noted(catalogue.folders.get(name), mark)
    }
    missing = tuple(spec for spec in specs if spec not in state.segments)
    return Changes(
        tuple(fresh), tuple(likely), tuple(returned), tuple(incomplete), absences, folders,
        missing, not state.in_place,
    )  # fmt: skip


def _may_be_same(row: FileRow, seen: FileStat) -> bool:
    """Tell whether size and time are those of the row, as finely as either place keeps them."""
    size, time_ns, *_ = seen.key
    if row.size != size or time_ns in _ENDS:
        return False
    apart = abs(row.mtime_ns - time_ns)
    return not apart or any(
        apart < grain and (row.mtime_ns % grain == 0 or time_ns % grain == 0)
        for grain in _GRAINS_NS
    )


def _is_noted(row: FolderRow | None, mark: FolderMark) -> bool:
    return row is not None and (row.inode, bool(row.mount)) == (mark.inode, mark.mount)


def tried_contents(state: State, spec: HashSpec) -> set[int]:
    """Return the contents that have a hash, or are known to have none by the decoder of today.

    Parameters
    ----------
    state : State
    spec : HashSpec
    """
    segment, now = state.segments.get(spec), decoder()
    if segment is None or segment.owners is None:
        return set()
    number = state.segment_rows()[spec].id
    return set(segment.owners.tolist()) | {
        row.content
        for row in state.catalogue.rejections.values()
        if row.segment == number and row.content and row.decoder == now
    }


def companions_in(catalogue: Catalogue) -> set[int]:
    """Return the numbers of the files that only go with photos."""
    kinds = {row.file: row.kind for row in catalogue.rejections.values() if row.file}
    return {
        row.id
        for row in catalogue.files.values()
        if row.id in kinds
        and is_companion(os.fsdecode(row.path), kinds[row.id].decode("utf-8", "replace"))
    }


def complete_contents(state: State, specs: Sequence[HashSpec]) -> Collection[int]:
    """Return the contents for which all hashes are known, or known to be impossible.

    Parameters
    ----------
    state : State
    specs : sequence of HashSpec
    """
    complete: set[int] | None = None
    for spec in specs:
        if spec not in state.segments:
            return set()
        state.segments[spec].verified_codes()
        done = tried_contents(state, spec)
        complete = done if complete is None else complete & done
    return complete or set()


def _still_rejected(seen: FileStat, row: RejectionRow | None) -> bool:
    if row is None or row.decoder != decoder():
        return False
    if row.kind not in _PASSING:
        return True
    found = read_picture_file(seen.path)
    return isinstance(found, Rejected) and (found.kind.encode(), encoded(found.detail)) == (
        row.kind,
        row.detail,
    )


def encoded(detail: str) -> bytes:
    """Return a reason's words as the catalogue keeps them: none too long, nor any character."""
    if len(detail) > _LONGEST_DETAIL:
        detail = f"{detail[: _LONGEST_DETAIL - 1]}…"
    try:
        return detail.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return detail.encode("utf-8", "backslashreplace")


def _is_there(path: str) -> bool:
    """Tell whether a file is left that was not listed; a folder in its place is not it."""
    return os.path.lexists(path) and not os.path.isdir(path)


def _absences(state: State, found: Scan, *, forget: bool) -> Absences:
    """Sort the files that are neither there nor left out nor in a folder that is closed."""
    known = state.catalogue.files
    listed = {seen.name for seen in found.files}
    absent = [row for name, row in known.items() if name not in listed]
    if not absent or not os.path.isdir(state.home.root):
        return Absences()
    cut = len(state.home.prefix)
    closed = tuple(
        os.fsencode(os.path.join(rejected.path, ""))[cut:] for rejected in found.listing.rejected
    )
    absent = [
        row
        for row in absent
        if not row.path.startswith(closed)
        and not _is_there(os.path.join(state.home.root, os.fsdecode(row.path)))
    ]
    if forget or not absent:
        return Absences(tuple(absent))
    away = {row.path for row in absent}
    present = (row for name, row in known.items() if name not in away)
    return judge(state.home.root, absent, present, state.catalogue.folders)
