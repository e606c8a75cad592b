"""Small pictures to be removed, all that must come back with them, and plans about them."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sokkuri.removal import PlannedFile, PlannedGroup, RemovalPlan

HEAD = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0"
"""What lets a file pass for a picture; nobody decodes it."""

XATTR = "user.sokkuri.test"


@dataclass(frozen=True)
class Facts:
    """All that must be the same when a file is back: the very file, with all that is said of it."""

    inode: int
    data: bytes
    mode: int
    mtime_ns: int
    xattr: bytes


def picture(word: object, size: int = 200) -> bytes:
    """Return the bytes of a picture that no other word has."""
    return (HEAD + str(word).encode() * size)[:size]


def write(path: Path, word: object, *, mode: int = 0o644, mtime: int = 10**18) -> Path:
    """Write a picture with marks that a copy would lose."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(picture(word))
    if hasattr(os, "setxattr"):
        with contextlib.suppress(OSError):  # not every file system has them
            os.setxattr(path, XATTR, str(path.name).encode("utf-8", "surrogateescape"))
    os.utime(path, ns=(mtime, mtime))
    path.chmod(mode)
    return path


def facts_of(path: Path) -> Facts:
    """Return what must be the same when a file is back."""
    status = path.lstat()
    xattr = b""
    if hasattr(os, "getxattr"):
        with contextlib.suppress(OSError):
            xattr = os.getxattr(path, XATTR)
    return Facts(status.st_ino, path.read_bytes(), status.st_mode, status.st_mtime_ns, xattr)


def files_under(*folders: Path) -> Iterator[Path]:
    """Yield all files under folders, those in holding areas too."""
    for folder in folders:
        for place, _, names in os.walk(folder):
            yield from (Path(place, name) for name in sorted(names))


def all_facts(*folders: Path) -> dict[str, Facts]:
    """Return the facts of all files under folders, by path."""
    return {str(path): facts_of(path) for path in files_under(*folders)}


def planned(root: Path, path: Path) -> PlannedFile:
    """Return a file as a plan has it now."""
    data = path.read_bytes()
    digest = hashlib.blake2b(data, digest_size=32).digest()
    return PlannedFile(str(path.relative_to(root)), len(data), digest)


def group_of(root: Path, name: str, keep: Iterable[Path], remove: Iterable[Path]) -> PlannedGroup:
    """Return a group of files as they are now."""
    kept, gone = ([planned(root, path) for path in paths] for paths in (keep, remove))
    return PlannedGroup(name, "bytes", tuple(kept), tuple(gone))


def twins(root: Path, count: int) -> RemovalPlan:
    """Write pairs of files with equal bytes, and return a plan that keeps one of each pair."""
    groups = []
    for number in range(count):
        kept = write(root / f"{number:03}.png", number)
        gone = write(root / f"内側/{number:03} copy.png", number, mode=0o640, mtime=10**18 + number)
        groups.append(group_of(root, str(number), [kept], [gone]))
    return RemovalPlan(str(root), tuple(groups))
