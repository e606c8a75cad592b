"""Bytes of a file, whatever lies under its name, and the image that Pillow opens from them.

Decoders warn about odd metadata of perfectly good pictures.  Where a program runs with warnings as
errors, such a warning would lose the pixels; where it does not, thousands of files would bury the
terminal.  ``warnings.catch_warnings`` alone is no answer: it swaps process-wide state, and two
threads that enter and leave crosswise restore the wrong one.  So the first decoder in swaps the
state and the last one out restores it.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import stat
import struct
import sys
import threading
import warnings
from typing import TYPE_CHECKING, Any, Final

from PIL import Image, UnidentifiedImageError

from sokkuri.images.limits import RejectKind, Unusable
from sokkuri.images.mend import bared, fitted
from sokkuri.images.sniff import checked_format
from sokkuri.language import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.ImageFile import ImageFile

    from sokkuri._typing import ImageLike
    from sokkuri.images.limits import Limits

# Without O_NONBLOCK the open of a FIFO named x.jpg would wait for ever for a writer.
OPEN_FLAGS: Final = os.O_RDONLY | sum(
    getattr(os, name, 0) for name in ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY")
)
"""Flags to open a file that may be anything."""

_FOLDER: Final = (RejectKind.NOT_A_FILE, sentence("this is a folder"))
_NO_FILE: Final = (
    RejectKind.NOT_A_FILE, sentence("a pipe, socket or device cannot be a photo")
)  # fmt: skip


def read_source(source: ImageLike, limits: Limits) -> bytes:
    """Read encoded bytes; a file that is no picture is refused after its first ones.

    Parameters
    ----------
    source : path, bytes or binary file object
        A file object is read from its start if it can seek.
    limits : Limits

    Raises
    ------
    Unusable
        With the cause: missing, unreadable, not a regular file, too large, not an image, or
        changed while it was being read.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        data = bytes(source)
    elif isinstance(source, str | os.PathLike):
        return _read_file(os.fsdecode(source), limits)
    elif hasattr(source, "read"):
        stream: Any = source
        if stream.seekable():
            stream.seek(0)
        data = stream.read(limits.file_bytes + 1)
        if not isinstance(data, bytes | bytearray):
            detail = "the file object gives text; open it in binary mode"
            raise Unusable(RejectKind.UNREADABLE, detail)
    else:
        kind = type(source).__name__
        detail = f"a {kind}; give a path, bytes, a file object, an image or an array"
        raise Unusable(RejectKind.NOT_AN_IMAGE, detail)
    limits.check_bytes(len(data))
    return bytes(data)


def _read_file(path: str, limits: Limits) -> bytes:
    try:
        handle = os.open(path, OPEN_FLAGS)
    except (OSError, ValueError) as error:
        raise _open_failure(path, error) from error
    try:
        before = os.fstat(handle)
        if not stat.S_ISREG(before.st_mode):
            raise Unusable(*_FOLDER if stat.S_ISDIR(before.st_mode) else _NO_FILE)
        checked_format(lambda start, count: _part(handle, start, count))
        limits.check_bytes(before.st_size)
        # One byte more than announced shows a file that is still growing.
        data = _part(handle, 0, before.st_size + 1)
        after = os.fstat(handle)
    except OSError as error:
        detail = f"{error.strerror or error}; check the disk"
        raise Unusable(RejectKind.UNREADABLE, detail) from error
    finally:
        os.close(handle)
    size = len(data)
    if not size == before.st_size == after.st_size or before.st_mtime_ns != after.st_mtime_ns:
        raise Unusable(RejectKind.UNREADABLE, "the file changed while it was being read; run again")
    return data


def _part(handle: int, start: int, count: int) -> bytes:
    if start > 1 << 62:
        return b""  # no file has such a place, and asking for it is an error
    os.lseek(handle, start, os.SEEK_SET)
    part = data = os.read(handle, count)
    while part and len(data) < count:  # one call reads 2 GiB at most
        data += (part := os.read(handle, count - len(data)))
    return data


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
            return Unusable(*_FOLDER)
        return Unusable(RejectKind.UNREADABLE, "permission denied; change the file's rights")
    if error.errno == errno.ENXIO:
        return Unusable(*_NO_FILE)
    return Unusable(RejectKind.UNREADABLE, error.strerror or str(error))


# libtiff gives compressed values in the byte order of the machine; Pillow knows that of unsigned
# 16 bits alone.
_NATIVE: Final = {
    "I;16S": "I;16NS", "I;16BS": "I;16NS", "I;32S": "I;32NS", "I;32BS": "I;32NS",
    "F;32F": "F;32NF", "F;32BF": "F;32NF",
}  # fmt: skip


@contextlib.contextmanager
def opened(data: bytes, name: str, *, mend: bool = True) -> Iterator[ImageFile]:
    """Open encoded bytes as a picture of one format; its warnings are not heard meanwhile.

    Pillow raises errors of many classes for broken headers.

    Parameters
    ----------
    data : bytes
    name : str
        Pillow's name of its format.
    mend : bool
        Leave out metadata that keeps Pillow from opening a file, and what else is broken beside
        its first picture.
    """
    with quiet_decoding(), (_mended if mend else _by_pillow)(data, name) as image:
        yield image


def _mended(data: bytes, name: str) -> ImageFile:
    data = fitted(data, name)
    try:
        return _by_pillow(data, name)
    except Image.DecompressionBombError:
        raise
    except Exception:
        for less in bared(data, name):
            with contextlib.suppress(Exception):
                return _by_pillow(less, name)
        raise


def _by_pillow(data: bytes, name: str) -> ImageFile:
    """Do what ``Image.open`` does for one format, but for its limit, which is one for all."""
    if name not in Image.OPEN:
        Image.init()
    factory, accepts = Image.OPEN[name]
    if accepts is not None and accepts(data[:16]) is not True:
        raise UnidentifiedImageError(name)
    try:
        image: ImageFile = factory(io.BytesIO(data), "")
        for number, tile in enumerate(image.tile):
            if tile.codec_name == "libtiff" and isinstance(tile.args, tuple):
                mode, *rest = tile.args
                image.tile[number] = tile._replace(args=(_NATIVE.get(mode, mode), *rest))
    except (SyntaxError, IndexError, TypeError, struct.error) as error:
        raise UnidentifiedImageError(name) from error
    return image


_lock = threading.Lock()
_inside = 0
_saved: warnings.catch_warnings[None]

# From Python 3.14 on the filters may belong to the context, and then each thread needs its own.
_PER_CONTEXT = bool(getattr(sys.flags, "context_aware_warnings", False))


@contextlib.contextmanager
def quiet_decoding() -> Iterator[None]:
    """Ignore every warning while the block runs; reentrant and safe across threads."""
    if _PER_CONTEXT:
        with warnings.catch_warnings(action="ignore"):
            yield
        return
    global _inside, _saved  # noqa: PLW0603 - the filters themselves are process-wide
    with _lock:
        if _inside == 0:
            _saved = warnings.catch_warnings(action="ignore")
            _saved.__enter__()
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                _saved.__exit__(None, None, None)
