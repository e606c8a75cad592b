"""The files of a folder as they are now, and how they differ from those that its library knows."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sokkuri.images import Rejected, RejectKind, read_picture_file
from sokkuri.library.drives import Absences, FolderMark, inode_of, judge, marks_of_folders
from sokkuri.library.location import FileStat, Scan
from sokkuri.library.opened import decoder
from sokkuri.limits import SETTLE_SECONDS
from sokkuri.pipeline import list_files
from sokkuri.stores.schema import clamped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sokkuri._typing import Progress
    from sokkuri.hashes import HashSpec
    from sokkuri.library.location import Location
    from sokkuri.library.opened import State
    from sokkuri.stores.schema import FileRow, RejectionRow

_PASSING: Final = {RejectKind.MISSING.encode(), RejectKind.UNREADABLE.encode()}
# A clock that is ahead by more is no clock: such a time was set by somebody.
_AHEAD_NS: Final = 86_400_000_000_000
# Here lie all times that no row can hold, so two of them need not be the same.
_ENDS: Final = clamped(-1 << 64), clamped(1 << 64)
_LONGEST_DETAIL: Final = 2_000
# How finely file systems and archives keep times: to 100 ns, 1 us, 1 ms, 1 s or 2 s.
_GRAINS_NS: Final = (100, 1_000, 1_000_000, 1_000_000_000, 2_000_000_000)


@dataclass(frozen=True, slots=True)
class Changes:
    """The work of a refresh."""

    # Files that are new, changed, or not known for sure.
    fresh: Sequence[FileStat]
    # Those of the size and time that are known, but with another inode or another time of that: a
    # sample of their bytes tells whether they are the same.
    likely: Sequence[FileStat]
    # Known and unchanged files that were out of reach, and those that lack the code of a hash.
    returned: Sequence[FileStat]
    incomplete: Sequence[FileStat]
    absences: Absences
    # Those that are not as they were noted.
    folders: Mapping[bytes, FolderMark]
    # A recipe has no segment yet, or the folder has another place than was noted.
    unnoted: bool

    def __bool__(self) -> bool:
        missing = self.absences.gone or not all(row.is_away for row in self.absences.away)
        files = self.fresh or self.likely or self.returned or self.incomplete or missing
        return bool(files or self.folders or self.unnoted)


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
    now, settle_ns = time.time_ns(), int(SETTLE_SECONDS.value() * 1e9)
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
        doubt = now - settle_ns < changed < now + _AHEAD_NS
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
    catalogue, reasons, complete = state.catalogue, state.reasons(), state.complete(specs)
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
    noted = {name: row[1:3] for name, row in catalogue.folders.items()}
    folders = {
        name: mark
        for name, mark in found.folders.items()
        if name not in absences.others and mark != noted.get(name)
    }
    unnoted = not state.in_place or any(spec not in state.segments for spec in specs)
    return Changes(fresh, likely, returned, incomplete, absences, folders, unnoted)


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


def _still_rejected(seen: FileStat, row: RejectionRow | None) -> bool:
    if row is None or row.decoder != decoder():
        return False
    if row.kind not in _PASSING:
        return True
    found = read_picture_file(seen.path)
    words = (found.kind.encode(), encoded(found.detail)) if isinstance(found, Rejected) else None
    return words == (row.kind, row.detail)


def encoded(detail: str) -> bytes:
    """Return a reason's words as the catalogue keeps them: none too long, nor any character."""
    if len(detail) > _LONGEST_DETAIL:
        detail = f"{detail[: _LONGEST_DETAIL - 1]}…"
    try:
        return detail.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return detail.encode("utf-8", "backslashreplace")


def _absences(state: State, found: Scan, *, forget: bool) -> Absences:
    """Sort the files that are neither there nor left out nor in a folder that is closed."""
    known, root = state.catalogue.files, state.home.root
    listed = {seen.name for seen in found.files}
    absent = [row for name, row in known.items() if name not in listed]
    if not absent or not os.path.isdir(root):
        return Absences()
    cut = len(state.home.prefix)
    closed = tuple(
        os.fsencode(os.path.join(rejected.path, ""))[cut:] for rejected in found.listing.rejected
    )

    def is_left(row: FileRow) -> bool:
        path = os.path.join(root, os.fsdecode(row.path))
        # A folder in its place is not it.
        return os.path.lexists(path) and not os.path.isdir(path)

    absent = [row for row in absent if not row.path.startswith(closed) and not is_left(row)]
    if forget or not absent:
        return Absences(tuple(absent))
    away = {row.path for row in absent}
    present = (row for name, row in known.items() if name not in away)
    return judge(root, absent, present, state.catalogue.folders)
