"""Whether a folder lies on a drive of another machine, which reports no changes made over there."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["network_drive", "network_kind"]

_MOUNTS: Final = "/proc/self/mountinfo"
_REMOTE: Final = frozenset(
    {
        "9p", "afpfs", "afs", "beegfs", "ceph", "cifs", "davfs", "drvfs", "lustre", "ncpfs", "nfs",
        "nfs4", "prl_fs", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs",
        "fuse.ceph-fuse", "fuse.davfs2", "fuse.glusterfs", "fuse.goofys", "fuse.grpcfuse",
        "fuse.gvfsd-fuse", "fuse.juicefs", "fuse.osxfs", "fuse.portal", "fuse.rclone", "fuse.s3fs",
        "fuse.smbnetfs", "fuse.sshfs", "fuse.vmhgfs-fuse",
    }
)  # fmt: skip
_WINDOWS_REMOTE: Final = 4
# Blanks, tabs, newlines and backslashes of a mount point are written as octal numbers.
_ESCAPED: Final = re.compile(rb"\\([0-7]{3})")


def network_drive(folder: str) -> str | None:
    """Return what kind of network drive a folder lies on, such as ``"cifs"``.

    None for a drive of this machine, and where the system does not tell.
    """
    path = os.path.realpath(folder)
    if path.startswith("\\\\"):
        return "network drive"  # so Windows calls it, under whatever letter
    try:
        with open(_MOUNTS, "rb") as file:
            return network_kind(os.fsencode(path), file)
    except OSError:
        return None


def network_kind(path: bytes, mounts: Iterable[bytes]) -> str | None:
    """Return the same from lines as of ``/proc/self/mountinfo``.

    Parameters
    ----------
    path : bytes
        Absolute, without links.
    mounts : iterable of bytes
    """
    longest, found = -1, ""
    for line in mounts:
        place, _, rest = line.partition(b" - ")
        words, kinds = place.split(), rest.split()
        if len(words) < 5 or not kinds:
            continue
        point = _ESCAPED.sub(lambda match: bytes([int(match[1], 8) & 0xFF]), words[4])
        # Of two at one place the later one is on top.
        if len(point) >= longest and _is_below(path, point):
            longest, found = len(point), os.fsdecode(kinds[0])
    return found if found in _REMOTE else None


def _is_below(path: bytes, point: bytes) -> bool:
    return path == point or path.startswith(point.rstrip(b"/") + b"/")
