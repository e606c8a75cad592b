"""Renames that overwrite nothing, and folders and links that outlive a power cut."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import sys
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from sokkuri.atomic import sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable

_AT_FDCWD: Final = -100
_RENAME_NOREPLACE: Final = 1
_RENAME_EXCL: Final = 4
_CLONE_NOFOLLOW: Final = 1
_FICLONE: Final = 0x40049409

_UNKNOWN: Final = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP}
"""A file system does not know such a rename."""

_NO_LINKS: Final = {errno.EPERM, errno.EMLINK, *_UNKNOWN}
"""A file system knows no hard links, or not for this file."""


def rename_new(source: str, target: str) -> None:
    """Rename a file to a name that is free; both folders are on the disk when it returns.

    Parameters
    ----------
    source, target : str

    Raises
    ------
    FileExistsError
        If the name is taken; nothing was overwritten.
    OSError
        If the system refuses; with ENOTSUP, if it has no rename that overwrites nothing.
    """
    _rename(source, target)
    sync_folders(os.path.dirname(source), os.path.dirname(target))


def _rename(source: str, target: str) -> None:
    if os.name == "nt":
        os.rename(source, target)  # which overwrites nothing there
        return
    call = _exclusive_rename()
    if call is not None:
        number = call(os.fsencode(source), os.fsencode(target))
        if number == 0:
            return
        if number not in _UNKNOWN:
            raise OSError(number, os.strerror(number), source, None, target)
    _link_and_unlink(source, target)


@cache
def _exclusive_rename() -> Callable[[bytes, bytes], int] | None:
    """Return the system's rename that overwrites nothing, which returns an errno; None for none."""
    library = ctypes.CDLL(None, use_errno=True)
    function: Any
    before: tuple[Any, ...]
    if sys.platform == "darwin":
        function, before = getattr(library, "renamex_np", None), ()
        flag = _RENAME_EXCL
    else:
        function = getattr(library, "renameat2", None)  # glibc from 2.28 on, and musl
        before, flag = (_AT_FDCWD,), _RENAME_NOREPLACE
    if function is None:
        return None

    def call(source: bytes, target: bytes) -> int:
        if function(*before, source, *before, target, ctypes.c_uint(flag)) == 0:
            return 0
        return ctypes.get_errno() or errno.ENOSYS

    return call


def _link_and_unlink(source: str, target: str) -> None:
    """Give a file its new name before it loses the old one; whoever dies between leaves both."""
    try:
        _link(source, target)
    except OSError as error:
        if error.errno in _NO_LINKS:
            words = "no rename that overwrites nothing"
            raise OSError(errno.ENOTSUP, words, source) from error
        raise
    os.unlink(source)


def _link(source: str, target: str) -> None:
    """Give a file a second name; a link that has slipped into its place is not followed."""
    if os.link in os.supports_follow_symlinks:
        os.link(source, target, follow_symlinks=False)
    else:  # as on Windows, where it never is
        os.link(source, target)


def sync_folders(*folders: str) -> None:
    """Have the names in folders on the disk."""
    for folder in dict.fromkeys(folders):
        # A folder that may be written but not read cannot be opened for it.
        with contextlib.suppress(PermissionError):
            sync_folder(folder)


def make_folders(folder: str) -> None:
    """Make a folder and those above it, and have their names on the disk."""
    missing = []
    while folder and not os.path.isdir(folder):
        missing.append(folder)
        folder = os.path.dirname(folder)
    for each in reversed(missing):
        with contextlib.suppress(FileExistsError):
            os.mkdir(each)
        sync_folders(os.path.dirname(each))


def remove_empty_folders(folder: str) -> None:
    """Remove a folder and those within, as far as they hold nothing."""
    for path, _, _ in os.walk(folder, topdown=False):
        with contextlib.suppress(OSError):
            os.rmdir(path)


def make_twin(source: str, target: str) -> None:
    """Let a new name have the bytes of a file, and no room of its own: a clone, else a hard link.

    Parameters
    ----------
    source, target : str

    Raises
    ------
    OSError
        If the file system knows neither.
    """
    if not _cloned(source, target):
        _link(source, target)
    sync_folders(os.path.dirname(target))


def _cloned(source: str, target: str) -> bool:
    """Clone a file to one of its own that shares its blocks; False if that cannot be."""
    if sys.platform == "darwin":
        clone = getattr(ctypes.CDLL(None, use_errno=True), "clonefile", None)
        names = os.fsencode(source), os.fsencode(target)
        return clone is not None and clone(*names, ctypes.c_int(_CLONE_NOFOLLOW)) == 0
    if sys.platform != "linux":
        return False
    import fcntl

    with open(source, "rb") as whole, open(target, "xb") as twin:
        try:
            fcntl.ioctl(twin.fileno(), _FICLONE, whole.fileno())
            os.fsync(twin.fileno())
        except OSError:
            os.unlink(target)
            return False
    shutil.copystat(source, target)
    return True
