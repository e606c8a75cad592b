"""A digest of a few blocks of a file, which tells the same bytes from others at little cost.

It is taken where size and time are as they were and only the inode or its time is another, as after
a copy or a remount.  Whoever re-encodes, rotates or tags a photo changes its first bytes, its last
ones, or its length; a single byte changed elsewhere in a large file is found by reading all of it.
"""

from __future__ import annotations

import hashlib
import os
import stat
from typing import TYPE_CHECKING, Final

from sokkuri.images.reader import OPEN_FLAGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["SAMPLE_BYTES", "sample_data", "sample_file"]

SAMPLE_BYTES: Final = 16
"""The length of a sample's digest."""

_FIRST: Final = 32 << 10
_MIDDLE: Final = 16 << 10
_LAST: Final = 16 << 10
_LENGTH_BYTES: Final = 8


def sample_data(data: bytes) -> bytes:
    """Return the sample of a file with these bytes, 16 bytes."""
    return _digest(len(data), lambda start, end: data[start:end])


def sample_file(path: str) -> bytes | None:
    """Return the sample of a file, None if it cannot be taken.

    Parameters
    ----------
    path : str
        At most 64 KiB of it are read: the first 32, and 16 from the middle and from the end.
    """
    try:
        handle = os.open(path, OPEN_FLAGS)
    except (OSError, ValueError):
        return None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            return None
        with open(handle, "rb", buffering=0, closefd=False) as file:

            def read(start: int, end: int) -> bytes:
                file.seek(start)
                return file.read(end - start)

            return _digest(status.st_size, read)
    except OSError:
        return None
    finally:
        os.close(handle)


def _digest(length: int, read: Callable[[int, int], bytes]) -> bytes:
    digest = hashlib.blake2b(length.to_bytes(_LENGTH_BYTES, "little"), digest_size=SAMPLE_BYTES)
    for start, end in _blocks(length):
        digest.update(read(start, end))
    return digest.digest()


def _blocks(length: int) -> Iterator[tuple[int, int]]:
    if length <= _FIRST + _MIDDLE + _LAST:
        yield 0, length
        return
    middle = (length - _MIDDLE) // 2
    yield 0, _FIRST
    yield max(middle, _FIRST), middle + _MIDDLE
    yield length - _LAST, length
