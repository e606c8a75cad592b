"""One picture or two: names of one file, samples of its bytes, and pixels.

A file is told by its device and number, so that it does not matter what its other name came from:
a link, another case, letters taken apart, or a folder that is mounted twice.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np

from sokkuri.images import exact_digest
from sokkuri.images.reader import OPEN_FLAGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from sokkuri._typing import ImageLike
    from sokkuri.matches import Same

SAMPLE_BYTES: Final = 16
"""Length of a sample's digest.

A sample is taken where size and time are as they were and only the inode or its time is another, as
after a copy or a remount.  Whoever re-encodes, rotates or tags a photo changes its first bytes, its
last ones, or its length; a single byte changed elsewhere in a large file is found by reading all of
it."""

_FIRST, _MIDDLE, _LAST = 32 << 10, 16 << 10, 16 << 10


def _file_key(path: str) -> tuple[int, ...] | str:
    """Return what tells a file from all others, by whatever name it is reached."""
    status = os.stat(path)
    if status.st_ino == 0:  # a disk that does not number its files
        return os.path.normcase(os.path.realpath(path))
    # Some network drives give two files one number; size and time hardly agree then, too.
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def known_file_key(path: str) -> tuple[int, ...] | str:
    """Return the key of a file; of one that is gone, the name is all there is."""
    try:
        return _file_key(path)
    except (OSError, ValueError):
        return path


def _is_one_name(a: str, b: str) -> bool:
    """Tell whether two paths of one file are the same name, however they are written."""
    return os.path.abspath(a) == os.path.abspath(b)


def without_links(paths: Iterable[str], query: str | None) -> NDArray[np.bool_]:
    """Tell which photos are left where each file is shown under one name.

    Parameters
    ----------
    paths : iterable of str
        In path order; of several names of one file the first is kept.
    query : str, optional
        The query's path.  Its other names are left out, and its own is kept if it is there.

    Returns
    -------
    ndarray of shape (N,), bool
    """
    own = None if query is None else known_file_key(query)
    taken: set[tuple[int, ...] | str] = set()
    keep = []
    for path in paths:
        key = known_file_key(path)
        other_name = key == own and query is not None and not _is_one_name(path, query)
        keep.append(key not in taken and not other_name)
        if keep[-1]:
            taken.add(key)
    return np.array(keep, np.bool_)


def same_as(source: ImageLike, candidates: Iterable[ImageLike]) -> list[Same | None]:
    """Tell which of ``candidates`` are the picture ``source`` itself.

    Parameters
    ----------
    source : ImageLike
        The query; a stream must have been read into bytes.
    candidates : iterable of ImageLike
        Pictures worth asking about; only those at distance 0 can be the same.

    Returns
    -------
    list of {"bytes", "link", "pixels", None}
        ``"bytes"`` for equal encoded bytes, ``"link"`` for the very file under another name,
        ``"pixels"`` for pictures that store the same, as
        :func:`~sokkuri.images.exact_digest` has it; None for all others, also those gone
        meanwhile and those of which it cannot be told.
    """
    digest = cache(lambda: exact_digest(source))
    return [_compare(_held(source), candidate, digest) for candidate in candidates]


def same_file(a: str, b: str) -> Same | None:
    """Tell whether two paths lead to one file: under one name, or as a link.

    Parameters
    ----------
    a, b : str

    Raises
    ------
    OSError
        If one of them leads to none.
    """
    if _file_key(a) != _file_key(b):
        return None
    return "bytes" if _is_one_name(a, b) else "link"


def _compare(
    own: str | bytes | None, candidate: ImageLike, own_digest: Callable[[], bytes | None]
) -> Same | None:
    other = _held(candidate)
    try:
        if isinstance(own, str) and isinstance(other, str) and (same := same_file(own, other)):
            return same
        if own is not None and other is not None and _has_equal_bytes(own, other):
            return "bytes"
    except (OSError, ValueError):
        return None
    digest = own_digest()
    return "pixels" if digest is not None and digest == exact_digest(candidate) else None


def _held(source: ImageLike) -> str | bytes | None:
    """Return the path or the bytes of a picture that is encoded."""
    if isinstance(source, str | os.PathLike):
        return os.fsdecode(source)
    return bytes(source) if isinstance(source, bytes | bytearray | memoryview) else None


def _has_equal_bytes(own: str | bytes, other: str | bytes) -> bool:
    def size(held: str | bytes) -> int:
        return os.stat(held).st_size if isinstance(held, str) else len(held)

    def data(held: str | bytes) -> bytes:
        return Path(held).read_bytes() if isinstance(held, str) else held

    return size(own) == size(other) and data(own) == data(other)


def sample_data(data: bytes) -> bytes:
    """Return the sample of a file with these bytes, 16 bytes."""
    return _sample(io.BytesIO(data), len(data))


def sample_file(path: str) -> bytes | None:
    """Return the sample of a file, None if it cannot be taken.

    At most 64 KiB of it are read: the first 32, and 16 from the middle and from the end.
    """
    try:
        with open(path, "rb", 0, opener=lambda name, _: os.open(name, OPEN_FLAGS)) as file:
            status = os.fstat(file.fileno())
            return _sample(file, status.st_size) if stat.S_ISREG(status.st_mode) else None
    except (OSError, ValueError):
        return None


def _sample(file: BinaryIO | io.FileIO, length: int) -> bytes:
    digest = hashlib.blake2b(length.to_bytes(8, "little"), digest_size=SAMPLE_BYTES)
    blocks = [(0, length)]
    if length > _FIRST + _MIDDLE + _LAST:
        middle = (length - _MIDDLE) // 2
        blocks = [(0, _FIRST), (max(middle, _FIRST), middle + _MIDDLE), (length - _LAST, length)]
    for start, end in blocks:
        file.seek(start)
        digest.update(file.read(end - start))
    return digest.digest()
