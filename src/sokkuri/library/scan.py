"""What lies in the folder now, and how it differs from what the library knows."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from PIL import __version__ as pillow_version

from sokkuri.images import Rejected, RejectKind, read_picture_file
from sokkuri.limits import changed_limits
from sokkuri.pipeline import Listing, is_companion, list_files

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sokkuri._typing import Progress
    from sokkuri.hashes import HashSpec
    from sokkuri.library.home import Home
    from sokkuri.library.state import State
    from sokkuri.stores.catalogue import Catalogue
    from sokkuri.stores.catalogue_rows import FileRow, RejectionRow

__all__ = [
    "Plan",
    "Scan",
    "Seen",
    "companions_in",
    "compare",
    "decided",
    "decoder",
    "scan",
]

_RULES: Final = 2
"""Raised with our own rules of what is a picture."""

_PASSING: Final = {RejectKind.MISSING.encode(), RejectKind.UNREADABLE.encode()}
# Within so much time a file can change twice without its times showing it.
_YOUNG_NS: Final = 2_000_000_000
_MASK: Final = (1 << 63) - 1


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


@dataclass(frozen=True, slots=True)
class Plan:
    """What a refresh has to do.

    Parameters
    ----------
    fresh : tuple of Seen
        Files that are new, changed, or not known for sure.
    incomplete : tuple of Seen
        Known and unchanged files that lack the code of a hash.
    vanished : tuple of FileRow
        What the library knows and the folder does not have any more.
    kept : int
        Files that are gone, and whose rows are kept, because all are.
    new_specs : tuple of HashSpec
        Recipes that have no segment yet.
    moved : bool
        Whether the folder has another place than was noted.
    """

    fresh: tuple[Seen, ...]
    incomplete: tuple[Seen, ...]
    vanished: tuple[FileRow, ...]
    kept: int
    new_specs: tuple[HashSpec, ...]
    moved: bool

    @property
    def nothing(self) -> bool:
        """Whether the library is as it should be."""
        return not (self.fresh or self.incomplete or self.vanished or self.new_specs or self.moved)


def decoder() -> bytes:
    """Return what rejects files now; what another one rejected is given another chance.

    That is our rules, Pillow, and those limits that are not as they are by default.
    """
    set_limits = (f"{name}={value}" for name, value in changed_limits().items())
    return " ".join([f"{_RULES} pillow-{pillow_version}", *set_limits]).encode()


def scan(
    home: Home, *, exclude: Sequence[str], follow: bool, progress: Progress | None = None
) -> Scan:
    """List the folder, and ask every file for its size and times."""
    listing = list_files([home.root], exclude=exclude, follow=follow, progress=progress)
    listing = _without_own(home, listing)
    cut = len(home.prefix)
    now = time.time_ns()
    files = []
    for path in listing.files:
        try:
            status = os.stat(path)
        except (OSError, ValueError):
            files.append(Seen(path, os.fsencode(path)[cut:], (0, 0, 0, 0), doubt=False))
            continue
        changed = status.st_ctime_ns if os.name == "posix" else status.st_mtime_ns
        key = (
            status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino & _MASK,
        )  # fmt: skip
        files.append(Seen(path, os.fsencode(path)[cut:], key, changed > now - _YOUNG_NS))
    return Scan(listing, tuple(files))


def _without_own(home: Home, listing: Listing) -> Listing:
    """Leave out the library's own files, where it lies among the photos."""
    inner = os.path.relpath(os.path.realpath(home.directory.path), os.path.realpath(home.root))
    if not home.portable or inner.split(os.sep)[0] == os.pardir:
        return listing
    own = os.path.join(home.root, inner, "")
    files = tuple(path for path in listing.files if not path.startswith(own))
    return replace(listing, files=files)


def compare(state: State, found: Scan, specs: Sequence[HashSpec]) -> Plan:
    """Tell what has changed; files that could not be read are tried again here."""
    catalogue = state.catalogue
    complete = _complete(state, specs)
    reasons = {row.file: row for row in catalogue.rejections.values() if row.file}
    known = catalogue.files
    fresh, incomplete = [], []
    for seen in found.files:
        row = known.get(seen.name)
        if row is None or row[1:5] != seen.key or row.doubt:
            fresh.append(seen)
        elif row.content:
            if row.content not in complete:
                incomplete.append(seen)
        elif not _still_rejected(seen, reasons.get(row.id)):
            fresh.append(seen)
    vanished = _vanished(state, found)
    kept = 0
    if not found.files and len(vanished) == len(known):
        kept, vanished = len(vanished), ()
    missing = tuple(spec for spec in specs if spec not in state.segments)
    return Plan(tuple(fresh), tuple(incomplete), tuple(vanished), kept, missing, not state.in_place)


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
        if row.id in kinds and is_companion(os.fsdecode(row.path), kinds[row.id].decode())
    }


def _complete(state: State, specs: Sequence[HashSpec]) -> Collection[int]:
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
    """Return a reason's words as the catalogue keeps them."""
    return detail.encode("utf-8", "surrogateescape")


def _vanished(state: State, found: Scan) -> tuple[FileRow, ...]:
    """Return the rows of files that are gone, not merely left out or out of reach."""
    known: Mapping[bytes, FileRow] = state.catalogue.files
    listed = {seen.name for seen in found.files}
    absent = [row for name, row in known.items() if name not in listed]
    if not absent or not os.path.isdir(state.home.root):
        return ()
    cut = len(state.home.prefix)
    closed = tuple(
        os.fsencode(os.path.join(rejected.path, ""))[cut:] for rejected in found.listing.rejected
    )
    return tuple(
        row
        for row in absent
        if not row.path.startswith(closed)
        and not os.path.lexists(os.path.join(state.home.root, os.fsdecode(row.path)))
    )
