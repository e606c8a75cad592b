"""What lies in the folder now, and how it differs from what the library knows."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from PIL import __version__ as pillow_version

from sokkuri.images import Rejected, RejectKind, read_picture_file
from sokkuri.library.absences import Absences, Folder, folders_of, inode_of, judge
from sokkuri.limits import changed_limits
from sokkuri.pipeline import Listing, is_companion, list_files
from sokkuri.stores.schema import clamped

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sokkuri._typing import Progress
    from sokkuri.hashes import HashSpec
    from sokkuri.library.location import Location
    from sokkuri.library.state import State
    from sokkuri.stores.catalogue import Catalogue
    from sokkuri.stores.schema import FileRow, FolderRow, RejectionRow

__all__ = [
    "Plan",
    "Scan",
    "Seen",
    "companions_in",
    "compare",
    "complete_contents",
    "decided",
    "decoder",
    "scan",
]

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
class Seen:
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
    key: tuple[int, int, int, int]
    doubt: bool


@dataclass(frozen=True, slots=True)
class Scan:
    """What lies in the folder: the listing, and each file as it was met."""

    listing: Listing
    files: tuple[Seen, ...]
    folders: Mapping[bytes, Folder] = field(default_factory=dict)

    def without(self, names: Collection[bytes]) -> Scan:
        """Return the same without some files."""
        return replace(self, files=tuple(seen for seen in self.files if seen.name not in names))


@dataclass(frozen=True, slots=True)
class Plan:
    """What a refresh has to do.

    Parameters
    ----------
    fresh : tuple of Seen
        Files that are new, changed, or not known for sure.
    likely : tuple of Seen
        Files of the size and time that are known, but with another inode or another time of that:
        a sample of their bytes tells whether they are the same.
    returned : tuple of Seen
        Known and unchanged files that were out of reach.
    incomplete : tuple of Seen
        Known and unchanged files that lack the code of a hash.
    absences : Absences
        What the library knows and the folder does not have any more.
    folders : mapping of bytes to Folder
        Those that are not as they were noted.
    new_specs : tuple of HashSpec
        Recipes that have no segment yet.
    moved : bool
        Whether the folder has another place than was noted.
    """

    fresh: tuple[Seen, ...]
    likely: tuple[Seen, ...]
    returned: tuple[Seen, ...]
    incomplete: tuple[Seen, ...]
    absences: Absences
    folders: Mapping[bytes, Folder]
    new_specs: tuple[HashSpec, ...]
    moved: bool

    @property
    def nothing(self) -> bool:
        """Whether the library is as it should be."""
        missing = self.absences.gone or not all(row.is_away for row in self.absences.away)
        return not (
            self.fresh or self.likely or self.returned or self.incomplete or missing
            or self.folders or self.new_specs or self.moved
        )  # fmt: skip


def decoder() -> bytes:
    """Return what rejects files now; what another one rejected is given another chance.

    That is our rules, Pillow, and those limits that are not as they are by default.
    """
    set_limits = (f"{name}={value}" for name, value in changed_limits().items())
    return " ".join([f"{_RULES} pillow-{pillow_version}", *set_limits]).encode()


def scan(
    home: Location, *, exclude: Sequence[str], follow: bool, progress: Progress | None = None
) -> Scan:
    """List the folder, and ask every file for its size and times."""
    listing = list_files([home.root], exclude=exclude, follow=follow, progress=progress)
    cut = len(home.prefix)
    now = time.time_ns()
    files = []
    for path in listing.files:
        try:
            status = os.stat(path)
        except (OSError, ValueError, OverflowError):
            files.append(Seen(path, os.fsencode(path)[cut:], (0, 0, 0, 0), doubt=False))
            continue
        key = _key(status)
        changed = key[2] if os.name == "posix" else key[1]
        doubt = now - _YOUNG_NS < changed < now + _AHEAD_NS
        files.append(Seen(path, os.fsencode(path)[cut:], key, doubt))
    folders = folders_of(home.root, (seen.name for seen in files))
    return Scan(listing, tuple(files), folders)


def _key(status: os.stat_result) -> tuple[int, int, int, int]:
    times = status.st_mtime_ns, status.st_ctime_ns
    return clamped(status.st_size), clamped(times[0]), clamped(times[1]), inode_of(status)


def compare(
    state: State,
    found: Scan,
    specs: Sequence[HashSpec],
    *,
    forget_missing: bool = False,
    read_all: bool = False,
) -> Plan:
    """Tell what has changed; files that could not be read are tried again here.

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
    fresh: list[Seen] = []
    likely: list[Seen] = []
    returned: list[Seen] = []
    incomplete: list[Seen] = []
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
        name: folder
        for name, folder in found.folders.items()
        if name not in absences.others and not _is_noted(catalogue.folders.get(name), folder)
    }
    missing = tuple(spec for spec in specs if spec not in state.segments)
    return Plan(
        tuple(fresh), tuple(likely), tuple(returned), tuple(incomplete), absences, folders,
        missing, not state.in_place,
    )  # fmt: skip


def _may_be_same(row: FileRow, seen: Seen) -> bool:
    """Tell whether size and time are those of the row, as finely as either place keeps them."""
    size, time_ns, *_ = seen.key
    if row.size != size or time_ns in _ENDS:
        return False
    apart = abs(row.mtime_ns - time_ns)
    return not apart or any(
        apart < grain and (row.mtime_ns % grain == 0 or time_ns % grain == 0)
        for grain in _GRAINS_NS
    )


def _is_noted(row: FolderRow | None, folder: Folder) -> bool:
    return row is not None and (row.inode, bool(row.mount)) == (folder.inode, folder.mount)


def decided(catalogue: Catalogue, segment: int) -> dict[int, RejectionRow]:
    """Return the contents that this decoder rejects for a segment, and why."""
    now = decoder()
    return {
        row.content: row
        for row in catalogue.rejections.values()
        if row.segment == segment and row.content and row.decoder == now
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
    """Return the contents for which all hashes are known, or known to be impossible."""
    rows = state.segment_rows()
    complete: set[int] | None = None
    for spec in specs:
        segment = state.segments.get(spec)
        if segment is None or segment.rows is None:
            return set()
        segment.verified_codes()
        done = set(segment.rows["owner"].tolist())
        done.update(decided(state.catalogue, rows[spec].id))
        complete = done if complete is None else complete & done
    return complete or set()


def _still_rejected(seen: Seen, row: RejectionRow | None) -> bool:
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
    known: Mapping[bytes, FileRow] = state.catalogue.files
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
