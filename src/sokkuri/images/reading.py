"""From a file name to bytes, whatever lies under that name."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING, Final

from sokkuri.images.raws import raw_in_tiff
from sokkuri.images.rejected import RejectKind, Unusable
from sokkuri.images.sniff import HEAD_BYTES, decoded_format, foreign_format

if TYPE_CHECKING:
    from sokkuri.images.directories import Reader
    from sokkuri.images.limits import Limits

__all__ = ["OPEN_FLAGS", "checked_format", "read_file", "refuse_raw"]

# Without O_NONBLOCK the open of a FIFO named x.jpg would wait for ever for a writer.
OPEN_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
"""How a file is opened that may be anything."""

_CONVERT = "{} is not decoded; convert it to JPEG or PNG"
_FARTHEST = 1 << 62  # no file has such a place, and asking for it is an error


def read_file(path: str, limits: Limits) -> bytes:
    """Read a picture file whole; anything that is no picture is refused after its first bytes.

    Raises
    ------
    Unusable
        With the cause: missing, unreadable, not a regular file, too large, not an image, or
        changed while it was being read.
    """
    try:
        handle = os.open(path, OPEN_FLAGS)
    except (OSError, ValueError) as error:
        raise _open_failure(path, error) from error
    try:
        return _read_open_file(handle, limits)
    except OSError as error:
        detail = f"{error.strerror or error}; check the disk"
        raise Unusable(RejectKind.UNREADABLE, detail) from error
    finally:
        os.close(handle)


def checked_format(head: bytes) -> str:
    """Return Pillow's name of the format that ``head`` begins, or refuse by naming what it is."""
    name = decoded_format(head)
    if name is not None:
        return name
    if not head:
        raise Unusable(RejectKind.EMPTY, "the file has no bytes")
    found, is_image = foreign_format(head)
    if is_image:
        raise Unusable(RejectKind.UNSUPPORTED, _CONVERT.format(found))
    raise Unusable(RejectKind.NOT_AN_IMAGE, f"the content is {found}")


def refuse_raw(name: str, reader: Reader) -> None:
    """Refuse a camera's raw file that looks like a TIFF from its first bytes.

    Parameters
    ----------
    name : str
        What :func:`checked_format` says of it.
    reader : callable
        ``reader(start, count)`` returns so many bytes of it.
    """
    raw = raw_in_tiff(reader) if name == "TIFF" else None
    if raw is not None:
        raise Unusable(RejectKind.UNSUPPORTED, _CONVERT.format(f"camera raw ({raw})"))


def _read_open_file(handle: int, limits: Limits) -> bytes:
    before = os.fstat(handle)
    if stat.S_ISDIR(before.st_mode):
        raise Unusable(RejectKind.NOT_A_FILE, "this is a folder")
    if not stat.S_ISREG(before.st_mode):
        raise Unusable(RejectKind.NOT_A_FILE, "a pipe, socket or device cannot be a photo")
    head = os.read(handle, HEAD_BYTES)
    if checked_format(head) == "TIFF":
        refuse_raw("TIFF", lambda start, count: _part(handle, start, count))
        os.lseek(handle, len(head), os.SEEK_SET)
    limits.check_bytes(before.st_size)
    parts = [head]
    # One byte more than announced shows a file that is still growing.
    missing = before.st_size - len(head) + 1
    while missing > 0 and (part := os.read(handle, missing)):
        parts.append(part)
        missing -= len(part)
    after = os.fstat(handle)
    if missing != 1 or (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise Unusable(RejectKind.UNREADABLE, "the file changed while it was being read; run again")
    return b"".join(parts)


def _part(handle: int, start: int, count: int) -> bytes:
    if start > _FARTHEST:
        return b""
    os.lseek(handle, start, os.SEEK_SET)
    return os.read(handle, count)


def _open_failure(path: str, error: OSError | ValueError) -> Unusable:
    if isinstance(error, ValueError):
        return Unusable(RejectKind.MISSING, "no file can have this name")
    if error.errno == errno.ELOOP:
        return Unusable(RejectKind.UNREADABLE, "the symbolic link leads back to itself")
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        if os.path.islink(path):
            return Unusable(RejectKind.MISSING, "the symbolic link leads to no file")
        return Unusable(RejectKind.MISSING, "no such file")
    if isinstance(error, PermissionError):
        if os.path.isdir(path):  # how Windows answers the opening of a folder
            return Unusable(RejectKind.NOT_A_FILE, "this is a folder")
        return Unusable(RejectKind.UNREADABLE, "permission denied; change the file's rights")
    if error.errno == errno.ENXIO:
        return Unusable(RejectKind.NOT_A_FILE, "a pipe, socket or device cannot be a photo")
    return Unusable(RejectKind.UNREADABLE, error.strerror or str(error))
