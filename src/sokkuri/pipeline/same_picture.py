"""One picture or two: names of one file, samples of its bytes, and pixels.

A file is told by its device and number, so that it does not matter what its other name came from:
a link, another case, letters taken apart, or a folder that is mounted twice.
"""

from __future__ import annotations

import hashlib
import os
import stat
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.images import exact_digest
from sokkuri.images.reader import OPEN_FLAGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from sokkuri._typing import ImageLike
    from sokkuri.matches import Same

SAMPLE_BYTES: Final = 16
"""Length of a sample's digest.

A sample is taken where size and time are as they were and only the inode or its time is another, as
after a copy or a remount.  Whoever re-encodes, rotates or tags a photo changes its first bytes, its
last ones, or its length; a single byte changed elsewhere in a large file is found by reading all of
it."""

_FIRST: Final = 32 << 10
_MIDDLE: Final = 16 << 10
_LAST: Final = 16 << 10
_LENGTH_BYTES: Final = 8


def file_key(path: str) -> tuple[int, ...] | str:
    """Return what tells a file from all others, by whatever name it is reached.

    Raises
    ------
    OSError
        If there is no such file.
    """
    status = os.stat(path)
    if status.st_ino == 0:  # a disk that does not number its files
        return os.path.normcase(os.path.realpath(path))
    # Some network drives give two files one number; size and time hardly agree then, too.
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def known_file_key(path: str) -> tuple[int, ...] | str:
    """Return the key of a file; of one that is gone, the name is all there is."""
    try:
        return file_key(path)
    except (OSError, ValueError):
        return path


def is_one_name(a: str, b: str) -> bool:
    """Tell whether two paths of one file are the same name, however they are written.

    Parameters
    ----------
    a, b : str
    """
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
        True for those that are left.
    """
    own = None if query is None else known_file_key(query)
    taken: set[tuple[int, ...] | str] = set()
    keep = []
    for path in paths:
        key = known_file_key(path)
        other_name = key == own and query is not None and not is_one_name(path, query)
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
    reference = _Held(source)
    return [_compare(reference, _Held(candidate)) for candidate in candidates]


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
    if file_key(a) != file_key(b):
        return None
    return "bytes" if is_one_name(a, b) else "link"


class _Held:
    """A picture held for comparing: bytes and pixels are fetched only if a comparison asks."""

    def __init__(self, source: ImageLike) -> None:
        self._source = source
        self.path = os.fsdecode(source) if isinstance(source, str | os.PathLike) else None

    def size(self) -> int | None:
        """Return the encoded size in bytes, None for pictures that are not encoded."""
        if self.path is not None:
            return os.stat(self.path).st_size
        return len(self._data()) if self._is_binary() else None

    def same_bytes(self, other: _Held) -> bool:
        size = self.size()
        return size is not None and size == other.size() and self._data() == other._data()

    @cached_property
    def digest(self) -> bytes | None:
        return exact_digest(self._source)

    def _is_binary(self) -> bool:
        return isinstance(self._source, bytes | bytearray | memoryview)

    def _data(self) -> bytes:
        if self.path is not None:
            with open(self.path, "rb") as file:
                return file.read()
        return bytes(self._source) if self._is_binary() else b""  # type: ignore[arg-type]


def _compare(left: _Held, right: _Held) -> Same | None:
    try:
        if left.path is not None and right.path is not None:
            found = same_file(left.path, right.path)
            if found is not None:
                return found
        if left.same_bytes(right):
            return "bytes"
    except (OSError, ValueError):
        return None
    return "pixels" if left.digest is not None and left.digest == right.digest else None


def sample_data(data: bytes) -> bytes:
    """Return the sample of a file with these bytes, 16 bytes."""
    return _sample_digest(len(data), lambda start, end: data[start:end])


def sample_file(path: str) -> bytes | None:
    """Return the sample of a file, None if it cannot be taken.

    Parameters
    ----------
    path : str
        At most 64 KiB of it are read: the first 32, and 16 from the middle and from the end.
    """
    try:
        with open(path, "rb", 0, opener=lambda name, _: os.open(name, OPEN_FLAGS)) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                return None

            def read(start: int, end: int) -> bytes:
                file.seek(start)
                return file.read(end - start)

            return _sample_digest(status.st_size, read)
    except (OSError, ValueError):
        return None


def _sample_digest(length: int, read: Callable[[int, int], bytes]) -> bytes:
    digest = hashlib.blake2b(length.to_bytes(_LENGTH_BYTES, "little"), digest_size=SAMPLE_BYTES)
    for start, end in _sample_blocks(length):
        digest.update(read(start, end))
    return digest.digest()


def _sample_blocks(length: int) -> Iterator[tuple[int, int]]:
    if length <= _FIRST + _MIDDLE + _LAST:
        yield 0, length
        return
    middle = (length - _MIDDLE) // 2
    yield 0, _FIRST
    yield max(middle, _FIRST), middle + _MIDDLE
    yield length - _LAST, length
