"""The files of a folder as they are now, and how they differ from those that its library knows.

A file that is not there is believed to be gone if something of its folder still bears witness: a
photo that the library knew beside it, or the folder itself, which is the one it was.  A folder that
is there and is another one is the bare place where a drive is mounted; one that held a file system
and is not there any more was unmounted.
"""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sokkuri.images import Rejected, RejectKind, read_picture_file
from sokkuri.language import sentence
from sokkuri.library.location import FileStat, FolderMark, Scan
from sokkuri.library.opened import decoder
from sokkuri.limits import SETTLE_SECONDS
from sokkuri.pipeline import list_files
from sokkuri.stores.schema import clamped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sokkuri._typing import Progress
    from sokkuri.hashes import HashSpec
    from sokkuri.library.location import Location
    from sokkuri.library.opened import State
    from sokkuri.stores.schema import FileRow, FolderRow, RejectionRow

_SEPARATOR: Final = os.fsencode(os.sep)
_MASK: Final = (1 << 63) - 1  # as much of an inode's number as a row can hold
_PASSING: Final = {RejectKind.MISSING.encode(), RejectKind.UNREADABLE.encode()}
# A clock that is ahead by more is no clock: such a time was set by somebody.
_AHEAD_NS: Final = 86_400_000_000_000
# Here lie all times that no row can hold, so two of them need not be the same.
_ENDS: Final = clamped(-1 << 64), clamped(1 << 64)
_LONGEST_DETAIL: Final = 2_000
# How finely file systems and archives keep times: to 100 ns, 1 us, 1 ms, 1 s or 2 s.
_GRAINS_NS: Final = (100, 1_000, 1_000_000, 1_000_000_000, 2_000_000_000)


@dataclass(frozen=True, slots=True)
class Absences:
    """The rows of files that are not there."""

    # To be forgotten.
    gone: tuple[FileRow, ...] = ()
    # Out of reach, and kept, unless they turn up under another name.
    away: tuple[FileRow, ...] = ()
    # Folders that are not the ones that were noted, and what is in there none of it.
    others: frozenset[bytes] = frozenset()
    # All that was known is away though the folder is the one it was: if other photos are there,
    # these took their place.
    replaced: bool = False

    def settled(self, arrived: Collection[int]) -> Absences:
        """Return the same; what is away with a content that arrived under a new name was moved."""
        if self.replaced and arrived:
            return Absences((*self.gone, *self.away))
        moved = tuple(row for row in self.away if row.content in arrived)
        away = tuple(row for row in self.away if row.content not in arrived)
        return Absences((*self.gone, *moved), away, self.others)


@dataclass(frozen=True, slots=True)
class Changes:
    """The work of a refresh."""

    absences: Absences
    # Those that are not as they were noted.
    folders: Mapping[bytes, FolderMark]
    # A recipe has no segment yet, or the folder has another place than was noted.
    unnoted: bool
    # Files that are new, changed, or not known for sure.
    fresh: list[FileStat] = field(default_factory=list)
    # Those of the size and time that are known, but with another inode or another time of that: a
    # sample of their bytes tells whether they are the same.
    likely: list[FileStat] = field(default_factory=list)
    # Known and unchanged files that were out of reach, and those that lack the code of a hash.
    returned: list[FileStat] = field(default_factory=list)
    incomplete: list[FileStat] = field(default_factory=list)

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
        files.append(FileStat(path, name, (size, mtime, ctime, status.st_ino & _MASK), doubt))
    folders = _marks_of_folders(home.root, (seen.name for seen in files))
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
    forget_missing : bool
        Whether what is not there is gone, also where a drive may be away.
    read_all : bool
        Whether no size and no time is trusted.
    """
    catalogue, reasons, complete = state.catalogue, state.reasons(), state.complete(specs)
    absences = _absences(state, found, forget=forget_missing)
    noted = {name: row[1:3] for name, row in catalogue.folders.items()}
    folders = {
        name: mark
        for name, mark in found.folders.items()
        if name not in absences.others and mark != noted.get(name)
    }
    unnoted = not state.in_place or not state.segments.keys() >= {*specs}
    changes = Changes(absences, folders, unnoted)
    for seen in found.files:
        row = catalogue.files.get(seen.name)
        if row is None or row.is_young or read_all:
            changes.fresh.append(seen)
        elif row[1:5] != seen.key:
            # What was rejected unread has no content, and so no sample.
            may_be_same = row.content and _may_be_same(row, seen)
            (changes.likely if may_be_same else changes.fresh).append(seen)
        elif not row.content and not _still_rejected(seen, reasons.get(row.id)):
            changes.fresh.append(seen)
        else:
            if row.is_away:
                changes.returned.append(seen)
            if row.content and row.content not in complete:
                changes.incomplete.append(seen)
    return changes


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
    return isinstance(found, Rejected) and reason_columns(found) == row[4:7]


def reason_columns(rejected: Rejected) -> tuple[bytes, bytes, bytes]:
    """Return kind, detail and decoder as the catalogue keeps them; no detail is too long or odd."""
    detail = rejected.detail
    if len(detail) > _LONGEST_DETAIL:
        detail = f"{detail[: _LONGEST_DETAIL - 1]}…"
    try:
        encoded = detail.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        encoded = detail.encode("utf-8", "backslashreplace")
    return rejected.kind.encode(), encoded, decoder()


def _absences(state: State, found: Scan, *, forget: bool) -> Absences:
    """Sort the files that are neither there nor left out nor in a folder that is closed."""
    known, root = state.catalogue.files, state.home.root
    listed = {seen.name for seen in found.files}
    absent = [row for name, row in known.items() if name not in listed]
    if not absent or not os.path.isdir(root):
        return Absences()
    rejected = (os.path.join(each.path, "") for each in found.listing.rejected)
    closed = tuple(os.fsencode(path)[len(state.home.prefix) :] for path in rejected)

    def is_left(row: FileRow) -> bool:
        path = os.path.join(root, os.fsdecode(row.path))
        # A folder in its place is not it.
        return os.path.lexists(path) and not os.path.isdir(path)

    absent = [row for row in absent if not row.path.startswith(closed) and not is_left(row)]
    return Absences(tuple(absent)) if forget or not absent else _judge(state, absent)


def _judge(state: State, absent: Sequence[FileRow]) -> Absences:
    """Tell what is gone from what is out of reach, of known files that lie there no more."""
    root, noted = state.home.root, state.catalogue.folders
    names = {row.path for row in absent}
    witnesses: tuple[list[bytes], list[bytes]] = [], []
    for name, row in state.catalogue.files.items():
        # What was met while a drive was away says nothing about that drive.
        if row.content and name not in names:
            witnesses[row.is_away].append(name)
    alive = [folders_on_the_way(names) for names in witnesses]
    verdicts: dict[tuple[bytes, bool], bool] = {}

    def is_away(folder: bytes, row: FileRow) -> bool:
        key = folder, row.is_away
        if key not in verdicts:
            left = folder in alive[row.is_away]
            verdicts[key] = not left and _is_another(root, folder, noted, before=row.is_away)
        return verdicts[key]

    gone: list[FileRow] = []
    away: list[FileRow] = []
    for row in absent:
        lost = any(is_away(folder, row) for folder in sorted(folders_on_the_way([row.path])))
        (away if lost else gone).append(row)
    others = frozenset(folder for (folder, _), verdict in verdicts.items() if verdict)
    nothing_left = not alive[False] and not alive[True]
    if nothing_left and any(row.content for row in (*gone, *away)):
        # Even the folder itself is too little to believe that all was deleted.
        replaced = not any(_is_another(root, folder, noted, before=False) for folder in others)
        return Absences((), (*gone, *away), others, replaced)
    return Absences(tuple(gone), tuple(away), others)


def _is_another(root: str, name: bytes, noted: Mapping[bytes, FolderRow], *, before: bool) -> bool:
    """Tell whether an emptied folder is not the one noted; ``before``: it was not the last time."""
    note = noted.get(name)
    now = _marks_of_folders(root, [name + _SEPARATOR]).get(name)
    if now is None:
        # A link that leads nowhere, or a mount point that went with its drive.
        path = os.path.join(root, os.fsdecode(name))
        return before or os.path.islink(path) or (note is not None and bool(note.mount))
    if note is None or note.mount or now.mount:
        return True
    return note.inode != now.inode or not now.inode  # 0 where a file system numbers nothing


def _status(root: str, name: bytes) -> os.stat_result | None:
    try:
        status = os.stat(os.path.join(root, os.fsdecode(name)))
    except (OSError, ValueError):
        return None
    return status if stat.S_ISDIR(status.st_mode) else None


def _above(name: bytes) -> bytes:
    return name.rpartition(_SEPARATOR)[0]


def _marks_of_folders(root: str, names: Iterable[bytes]) -> dict[bytes, FolderMark]:
    """Look at every folder on the way to some files; all paths are relative to the root."""
    found: dict[bytes, FolderMark] = {}
    outside = os.fsencode(os.pardir)
    met = {outside: _status(root, outside)}
    for name in sorted(folders_on_the_way(names)):  # a folder before those in it
        status = met[name] = _status(root, name)
        if status is not None:
            above = met[_above(name) if name else outside]
            mount = above is not None and above.st_dev != status.st_dev
            found[name] = FolderMark(status.st_ino & _MASK, mount)
    return found


def folders_on_the_way(names: Iterable[bytes]) -> set[bytes]:
    """Return every folder that a path to one of some files passes through, the root included."""
    met: set[bytes] = set()
    for name in names:
        folder = _above(name)
        while folder not in met:
            met.add(folder)
            folder = _above(folder)
    return met


def away_words(count: int) -> str:
    """Say that photos are out of reach; empty where there are none."""
    if count > 1:
        return sentence(f"{count:,} files are out of reach, and kept")
    return sentence("1 file is out of reach, and kept") if count else ""
