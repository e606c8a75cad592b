"""Drives that are away, which is no deletion, and drives of other machines.

A file that is not there is believed to be gone if something of its folder still bears witness: a
photo that the library knew beside it, or the folder itself, which is the one it was.  A folder that
is there and is another one is the bare place where a drive is mounted; one that held a file system
and is not there any more was unmounted.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sokkuri.stores.schema import FileRow, FolderRow

_SEPARATOR: Final = os.fsencode(os.sep)
_MASK: Final = (1 << 63) - 1
_MOUNTS: Final = "/proc/self/mountinfo"
_REMOTE: Final = {
    "9p", "afpfs", "afs", "beegfs", "ceph", "cifs", "davfs", "drvfs", "lustre", "ncpfs", "nfs",
    "nfs4", "prl_fs", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs",
    "fuse.ceph-fuse", "fuse.davfs2", "fuse.glusterfs", "fuse.goofys", "fuse.grpcfuse",
    "fuse.gvfsd-fuse", "fuse.juicefs", "fuse.osxfs", "fuse.portal", "fuse.rclone", "fuse.s3fs",
    "fuse.smbnetfs", "fuse.sshfs", "fuse.vmhgfs-fuse",
}  # fmt: skip
# Blanks, tabs, newlines and backslashes of a mount point are written as octal numbers.
_ESCAPED: Final = re.compile(rb"\\([0-7]{3})")


class FolderMark(NamedTuple):
    """Marks that tell a folder from another in its place."""

    inode: int
    mount: bool  # a file system begins there: its inode may be that of any other drive's then


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


def away_words(count: int) -> str:
    """Say that photos are out of reach; empty where there are none."""
    words = f"{count:,} file{'s are' if count > 1 else ' is'} out of reach, and kept"
    return words if count else ""


def inode_of(status: os.stat_result) -> int:
    """Return an inode's number, as much of it as a row can hold."""
    return status.st_ino & _MASK


def marks_of_folders(root: str, names: Iterable[bytes]) -> dict[bytes, FolderMark]:
    """Look at every folder on the way to some files.

    Parameters
    ----------
    root : str
    names : iterable of bytes
        Paths of files relative to the root, as those of the folders that are returned.
    """
    found: dict[bytes, FolderMark] = {}
    devices: dict[bytes, int] = {}
    parent = _status(root, os.fsencode(os.pardir))
    outside = None if parent is None else parent.st_dev
    for name in sorted(folders_on_the_way(names)):  # a folder before those in it
        status = _status(root, name)
        if status is not None:
            devices[name] = status.st_dev
            above = devices.get(_above(name)) if name else outside
            found[name] = FolderMark(inode_of(status), above not in (None, status.st_dev))
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


def judge(
    root: str,
    absent: Iterable[FileRow],
    present: Iterable[FileRow],
    noted: Mapping[bytes, FolderRow],
) -> Absences:
    """Tell what is gone from what is out of reach.

    Parameters
    ----------
    root : str
        The folder of photos; it exists.
    absent, present : iterable of FileRow
        Known files that lie there no more, and those that still do.
    noted : mapping of bytes to FolderRow
        The folders as they were when files were last seen in them.
    """
    witnesses: tuple[list[bytes], list[bytes]] = [], []
    for row in present:
        # What was met while a drive was away says nothing about that drive.
        if row.content:
            witnesses[row.is_away].append(row.path)
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
    now = marks_of_folders(root, [name + _SEPARATOR]).get(name)
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


def network_drive(folder: str) -> str | None:
    """Return the kind of network drive that a folder lies on, such as ``"cifs"``.

    Such a drive reports no changes made on other machines.  None for a drive of this machine, and
    where the system does not tell.
    """
    path = os.path.realpath(folder)
    if path.startswith("\\\\"):
        return "network drive"  # so Windows calls it, under whatever letter
    name, longest, found = os.fsencode(path), -1, ""
    with contextlib.suppress(OSError), open(_MOUNTS, "rb") as mounts:
        for line in mounts:
            place, _, rest = line.partition(b" - ")
            words, kinds = place.split(), rest.split()
            if len(words) < 5 or not kinds:
                continue
            point = _ESCAPED.sub(lambda match: bytes([int(match[1], 8) & 0xFF]), words[4])
            is_below = name == point or name.startswith(point.rstrip(b"/") + b"/")
            # Of two at one place the later one is on top.
            if len(point) >= longest and is_below:
                longest, found = len(point), os.fsdecode(kinds[0])
    return found if found in _REMOTE else None
